/* What Windows Sockets 1.1 does otherwise than 2: IPPROTO_IP's options have other numbers. */
#define WINSOCK_API_LINKAGE
#include "ferry/ntapi.h"
#include <winsock2.h>
#include <ws2tcpip.h>

/* winsock.h's numbers of IPPROTO_IP, IP_OPTIONS being the same: IP_MULTICAST_IF 2, …, IP_DONTFRAGMENT 9 */
static int new_name(int level, int name)
{
    static const int names[] = {[2] = IP_MULTICAST_IF, IP_MULTICAST_TTL, IP_MULTICAST_LOOP, IP_ADD_MEMBERSHIP,
                                IP_DROP_MEMBERSHIP, IP_TTL, IP_TOS, IP_DONTFRAGMENT};

    return level == IPPROTO_IP && name >= 2 && name < (int)ARRAYSIZE(names) ? names[name] : name;
}

int WINAPI get_option(SOCKET s, int level, int name, char *value, int *length)
{
    return getsockopt(s, level, new_name(level, name), value, length);
}

int WINAPI set_option(SOCKET s, int level, int name, const char *value, int length)
{
    return setsockopt(s, level, new_name(level, name), value, length);
}

/* Host byte order; INADDR_NONE if the text is no address. */
u_long WINAPI inet_network(const char *text)
{
    return ntohl(inet_addr(text));
}
