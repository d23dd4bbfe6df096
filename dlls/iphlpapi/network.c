/* Asking the host for its network, and the names that Windows gives to interfaces: an index, a LUID made of type and index,
 * a GUID made of the LUID, "ethernet_2", and the alias, which is Linux' name. */
#include "network.h"

#define ROOM_FIRST 16384

DWORD network_query(struct network *network)
{
    HANDLE heap = ferry_peb()->ProcessHeap;
    ULONG room = ROOM_FIRST, needed = 0;
    NTSTATUS status;

    memset(network, 0, sizeof(*network));
    do {
        network->head = RtlAllocateHeap(heap, 0, room);
        if (!network->head) return ERROR_NOT_ENOUGH_MEMORY;
        status = NtFerryQueryHost("network", network->head, room, &needed);
        if (status >= 0) break;
        RtlFreeHeap(heap, 0, network->head);
        network->head = NULL;
        room = needed + 4096;
    } while (status == STATUS_BUFFER_TOO_SMALL);
    if (status < 0) return RtlNtStatusToDosError(status);
    network->interfaces = (const void *)(network->head + 1);
    network->addresses = (const void *)(network->interfaces + network->head->interfaces);
    network->routes = (const void *)(network->addresses + network->head->addresses);
    network->servers = (const void *)(network->routes + network->head->routes);
    return NO_ERROR;
}

void network_free(struct network *network)
{
    if (network->head) RtlFreeHeap(ferry_peb()->ProcessHeap, 0, network->head);
}

const struct ferry_interface *network_interface(const struct network *network, uint32_t index)
{
    for (uint32_t i = 0; i < network->head->interfaces; i++)
        if (network->interfaces[i].index == index) return &network->interfaces[i];
    return NULL;
}

GUID guid_of(const struct ferry_interface *netif)
{
    GUID guid = {0x46657272, 0x7900, 0x4e49, {0x80}};
    NET_LUID luid = luid_of(netif);

    for (int i = 0; i < 7; i++) guid.Data4[1 + i] = (UCHAR)(luid.Value >> (56 - 8 * i));
    return guid;
}

void alias_of(const struct ferry_interface *netif, WCHAR *to)
{
    ULONG bytes = 0;

    RtlUTF8ToUnicodeN(to, 31 * sizeof(WCHAR), &bytes, netif->name, strnlen(netif->name, sizeof(netif->name)));
    to[bytes / sizeof(WCHAR)] = 0;
}

void name_of(const struct ferry_interface *netif, char *to)
{
    const char *type;
    char digits[12];
    int count = 0;

    switch (netif->type) {
    case IF_TYPE_ETHERNET_CSMACD: type = "ethernet_"; break;
    case IF_TYPE_SOFTWARE_LOOPBACK: type = "loopback_"; break;
    case IF_TYPE_PPP: type = "ppp_"; break;
    case IF_TYPE_IEEE80211: type = "wireless_"; break;
    case IF_TYPE_TUNNEL: type = "tunnel_"; break;
    default: type = "other_"; break;
    }
    while (*type) *to++ = *type++;
    for (uint32_t rest = netif->index; rest || !count; rest /= 10) digits[count++] = (char)('0' + rest % 10);
    while (count) *to++ = digits[--count];
    *to = 0;
}

IF_OPER_STATUS state_of(const struct ferry_interface *netif)
{
    const uint32_t both = FERRY_INTERFACE_UP | FERRY_INTERFACE_RUNNING;

    return (netif->flags & both) == both ? IfOperStatusUp : IfOperStatusDown;
}

int socket_address(SOCKADDR_INET *to, uint32_t family, const uint8_t *bytes, uint32_t netif)
{
    memset(to, 0, sizeof(*to));
    to->si_family = (ADDRESS_FAMILY)family;
    if (family == AF_INET) {
        memcpy(&to->Ipv4.sin_addr, bytes, 4);
        return sizeof(to->Ipv4);
    }
    memcpy(&to->Ipv6.sin6_addr, bytes, 16);
    if (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80) to->Ipv6.sin6_scope_id = netif;
    return sizeof(to->Ipv6);
}
