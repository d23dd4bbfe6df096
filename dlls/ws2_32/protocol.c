/* WSAEnumProtocols: the catalogue of transports. */
#include "ws2_32.h"

#define TCP_FLAGS (XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER | XP1_GRACEFUL_CLOSE | XP1_EXPEDITED_DATA | XP1_IFS_HANDLES)
#define UDP_FLAGS (XP1_CONNECTIONLESS | XP1_MESSAGE_ORIENTED | XP1_SUPPORT_BROADCAST | XP1_SUPPORT_MULTIPOINT | XP1_IFS_HANDLES)
#define LOCAL_FLAGS (XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER | XP1_GRACEFUL_CLOSE | XP1_IFS_HANDLES)

static const struct transport {
    int family, type, protocol, address_size;
    DWORD flags, message_size;
    GUID provider;
    WCHAR name[24];
} transports[] = {
    { AF_INET, SOCK_STREAM, IPPROTO_TCP, sizeof(struct sockaddr_in), TCP_FLAGS, 0,
      { 0xe70f1aa0, 0xab8b, 0x11cf, { 0x8c, 0xa3, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92 } }, L"MSAFD Tcpip [TCP/IP]" },
    { AF_INET, SOCK_DGRAM, IPPROTO_UDP, sizeof(struct sockaddr_in), UDP_FLAGS, 65527,
      { 0xe70f1aa0, 0xab8b, 0x11cf, { 0x8c, 0xa3, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92 } }, L"MSAFD Tcpip [UDP/IP]" },
    { AF_INET6, SOCK_STREAM, IPPROTO_TCP, sizeof(struct sockaddr_in6), TCP_FLAGS, 0,
      { 0xf9eab0c0, 0x26d4, 0x11d0, { 0xbb, 0xbf, 0x00, 0xaa, 0x00, 0x6c, 0x34, 0xe4 } }, L"MSAFD Tcpip [TCP/IPv6]" },
    { AF_INET6, SOCK_DGRAM, IPPROTO_UDP, sizeof(struct sockaddr_in6), UDP_FLAGS, 65527,
      { 0xf9eab0c0, 0x26d4, 0x11d0, { 0xbb, 0xbf, 0x00, 0xaa, 0x00, 0x6c, 0x34, 0xe4 } }, L"MSAFD Tcpip [UDP/IPv6]" },
    { AF_UNIX, SOCK_STREAM, 0, 110 /* sockaddr_un */, LOCAL_FLAGS, 0,
      { 0xa00943d9, 0x9c2e, 0x4633, { 0x9b, 0x59, 0x00, 0x57, 0xa3, 0x16, 0x09, 0x94 } }, L"AF_UNIX" },
};

/* Everything but the name, which is what differs between WSAPROTOCOL_INFOA and W, and comes last. */
static void describe(const struct transport *from, DWORD number, void *to)
{
    WSAPROTOCOL_INFOW *info = to;

    memset(info, 0, offsetof(WSAPROTOCOL_INFOW, szProtocol));
    info->dwServiceFlags1 = from->flags;
    info->dwProviderFlags = PFL_MATCHES_PROTOCOL_ZERO;
    info->ProviderId = from->provider;
    info->dwCatalogEntryId = 1001 + number;
    info->ProtocolChain.ChainLen = BASE_PROTOCOL;
    info->iVersion = 2;
    info->iAddressFamily = from->family;
    info->iMaxSockAddr = from->address_size;
    info->iMinSockAddr = from->family == AF_UNIX ? 2 : from->address_size;
    info->iSocketType = from->type;
    info->iProtocol = from->protocol;
    info->iNetworkByteOrder = BIGENDIAN;
    info->iSecurityScheme = SECURITY_PROTOCOL_NONE;
    info->dwMessageSize = from->message_size;
}

static void describe_with_name(const struct transport *from, DWORD number, void *to, bool wide)
{
    WCHAR *name = ((WSAPROTOCOL_INFOW *)to)->szProtocol;
    CHAR *ansi = ((WSAPROTOCOL_INFOA *)to)->szProtocol;

    describe(from, number, to);
    memset(ansi, 0, (wide ? sizeof(WSAPROTOCOL_INFOW) : sizeof(WSAPROTOCOL_INFOA)) - offsetof(WSAPROTOCOL_INFOA, szProtocol));
    for (int at = 0; from->name[at]; at++) {
        if (wide) name[at] = from->name[at];
        else ansi[at] = (CHAR)from->name[at];
    }
}

void protocol_info(int family, int type, int protocol, void *info, bool wide)
{
    WSAPROTOCOL_INFOW *out = info;
    DWORD i;

    for (i = 0; i < ARRAYSIZE(transports) - 1; i++)
        if (transports[i].family == family && transports[i].type == type) break;
    describe_with_name(&transports[i], i, info, wide);
    out->iAddressFamily = family;
    out->iSocketType = type;
    out->iProtocol = protocol;
}

/* The transports whose protocol is in the list, which ends with 0; NULL: all. WSAENOBUFS with `*size` the bytes needed. */
static int enumerate(const INT *wanted, char *buffer, DWORD *size, bool wide)
{
    DWORD each = wide ? sizeof(WSAPROTOCOL_INFOW) : sizeof(WSAPROTOCOL_INFOA), needed = 0, count = 0;
    bool listed[ARRAYSIZE(transports)];

    if (!wsa_started()) return SOCKET_ERROR;
    if (!size) return wsa_result(WSAEFAULT);
    for (DWORD i = 0; i < ARRAYSIZE(transports); i++) {
        const INT *at = wanted;
        while (at && *at && *at != transports[i].protocol) at++;
        listed[i] = !at || *at;
        if (listed[i]) needed += each;
    }
    if (!buffer || *size < needed) {
        *size = needed;
        return wsa_result(WSAENOBUFS);
    }
    for (DWORD i = 0; i < ARRAYSIZE(transports); i++) {
        if (!listed[i]) continue;
        describe_with_name(&transports[i], i, buffer + count * each, wide);
        count++;
    }
    return (int)count;
}

int WINAPI WSAEnumProtocolsW(LPINT protocols, LPWSAPROTOCOL_INFOW buffer, LPDWORD size)
{
    return enumerate(protocols, (char *)buffer, size, true);
}

int WINAPI WSAEnumProtocolsA(LPINT protocols, LPWSAPROTOCOL_INFOA buffer, LPDWORD size)
{
    return enumerate(protocols, (char *)buffer, size, false);
}
