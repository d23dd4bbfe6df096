/* Internal header of iphlpapi.dll: the machine's network, as the host tells it. */
#ifndef IPHLPAPI_INTERNAL_H
#define IPHLPAPI_INTERNAL_H

#define WINSOCK_API_LINKAGE
#include "ferry/ntapi.h"
#include <stdbool.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <iphlpapi.h>
#include <netioapi.h>
#include "ferry/network.h"

void *__cdecl memcpy(void *to, const void *from, size_t size);
void *__cdecl memset(void *to, int value, size_t size);
int __cdecl memcmp(const void *a, const void *b, size_t size);

struct network {
    struct ferry_network *head; /* on the process heap; NULL: none */
    const struct ferry_interface *interfaces;
    const struct ferry_address *addresses;
    const struct ferry_route *routes;
    const struct ferry_server *servers;
};

/* ERROR_NOT_ENOUGH_MEMORY. Freed by network_free. */
DWORD network_query(struct network *network);
void network_free(struct network *network);
const struct ferry_interface *network_interface(const struct network *network, uint32_t index);

static inline NET_LUID luid_of(const struct ferry_interface *netif)
{
    NET_LUID luid = {0};

    luid.Info.IfType = netif->type;
    luid.Info.NetLuidIndex = netif->index;
    return luid;
}
GUID guid_of(const struct ferry_interface *netif);
/* UTF-16 of its name with a terminator; `to` has room for 32 units. */
void alias_of(const struct ferry_interface *netif, WCHAR *to);
/* "ethernet_2" */
void name_of(const struct ferry_interface *netif, char *to);
IF_OPER_STATUS state_of(const struct ferry_interface *netif);
/* Address bytes as a sockaddr of its family: its size. Link-local IPv6 addresses get the interface as scope. */
int socket_address(SOCKADDR_INET *to, uint32_t family, const uint8_t *bytes, uint32_t netif);

#endif
