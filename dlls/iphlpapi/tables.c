/* netioapi.h: tables of interfaces, addresses and routes. Each is freed with FreeMibTable. */
#include "network.h"

static void *table_new(SIZE_T size)
{
    return RtlAllocateHeap(ferry_peb()->ProcessHeap, HEAP_ZERO_MEMORY, size);
}

void WINAPI FreeMibTable(void *table)
{
    if (table) RtlFreeHeap(ferry_peb()->ProcessHeap, 0, table);
}

static void fill_interface(const struct ferry_interface *from, MIB_IF_ROW2 *row)
{
    memset(row, 0, sizeof(*row));
    row->InterfaceLuid = luid_of(from);
    row->InterfaceIndex = from->index;
    row->InterfaceGuid = guid_of(from);
    alias_of(from, row->Alias);
    alias_of(from, row->Description);
    row->PhysicalAddressLength = from->mac_length;
    memcpy(row->PhysicalAddress, from->mac, sizeof(from->mac));
    memcpy(row->PermanentPhysicalAddress, from->mac, sizeof(from->mac));
    row->Mtu = from->mtu;
    row->Type = from->type;
    row->AccessType = from->type == IF_TYPE_SOFTWARE_LOOPBACK           ? NET_IF_ACCESS_LOOPBACK
                      : from->flags & FERRY_INTERFACE_POINT_TO_POINT ? NET_IF_ACCESS_POINT_TO_POINT
                                                                     : NET_IF_ACCESS_BROADCAST;
    row->InterfaceAndOperStatusFlags.HardwareInterface = from->mac_length != 0;
    row->InterfaceAndOperStatusFlags.ConnectorPresent = from->mac_length != 0;
    row->InterfaceAndOperStatusFlags.NotMediaConnected = !(from->flags & FERRY_INTERFACE_RUNNING);
    row->OperStatus = state_of(from);
    row->AdminStatus = from->flags & FERRY_INTERFACE_UP ? NET_IF_ADMIN_STATUS_UP : NET_IF_ADMIN_STATUS_DOWN;
    row->MediaConnectState = from->flags & FERRY_INTERFACE_RUNNING ? MediaConnectStateConnected : MediaConnectStateDisconnected;
    row->ConnectionType = NET_IF_CONNECTION_DEDICATED;
    row->TransmitLinkSpeed = row->ReceiveLinkSpeed = from->speed;
    row->InOctets = row->InUcastOctets = from->counts[FERRY_COUNT_IN_BYTES];
    row->InUcastPkts = from->counts[FERRY_COUNT_IN_PACKETS];
    row->InErrors = from->counts[FERRY_COUNT_IN_ERRORS];
    row->InDiscards = from->counts[FERRY_COUNT_IN_DROPPED];
    row->OutOctets = row->OutUcastOctets = from->counts[FERRY_COUNT_OUT_BYTES];
    row->OutUcastPkts = from->counts[FERRY_COUNT_OUT_PACKETS];
    row->OutErrors = from->counts[FERRY_COUNT_OUT_ERRORS];
    row->OutDiscards = from->counts[FERRY_COUNT_OUT_DROPPED];
}

/* The row's InterfaceLuid, or its InterfaceIndex if that is zero, says which. */
NETIO_STATUS WINAPI GetIfEntry2(MIB_IF_ROW2 *row)
{
    struct network network;
    DWORD error;

    if (!row || (!row->InterfaceLuid.Value && !row->InterfaceIndex)) return ERROR_INVALID_PARAMETER;
    error = network_query(&network);
    if (error) return error;
    error = ERROR_FILE_NOT_FOUND;
    for (uint32_t i = 0; i < network.head->interfaces && error; i++) {
        const struct ferry_interface *at = &network.interfaces[i];
        if (row->InterfaceLuid.Value ? row->InterfaceLuid.Value != luid_of(at).Value : row->InterfaceIndex != at->index) continue;
        fill_interface(at, row);
        error = NO_ERROR;
    }
    network_free(&network);
    return error;
}

NETIO_STATUS WINAPI GetIfTable2(MIB_IF_TABLE2 **table)
{
    struct network network;
    DWORD error;

    if (!table) return ERROR_INVALID_PARAMETER;
    *table = NULL;
    error = network_query(&network);
    if (error) return error;
    *table = table_new(sizeof(**table) + network.head->interfaces * sizeof(MIB_IF_ROW2));
    if (*table) {
        (*table)->NumEntries = network.head->interfaces;
        for (uint32_t i = 0; i < network.head->interfaces; i++) fill_interface(&network.interfaces[i], &(*table)->Table[i]);
    }
    network_free(&network);
    return *table ? NO_ERROR : ERROR_NOT_ENOUGH_MEMORY;
}

static bool is_family(ADDRESS_FAMILY family)
{
    return family == AF_UNSPEC || family == AF_INET || family == AF_INET6;
}

NETIO_STATUS WINAPI GetUnicastIpAddressTable(ADDRESS_FAMILY family, MIB_UNICASTIPADDRESS_TABLE **table)
{
    struct network network;
    DWORD error;

    if (!table || !is_family(family)) return ERROR_INVALID_PARAMETER;
    *table = NULL;
    error = network_query(&network);
    if (error) return error;
    *table = table_new(sizeof(**table) + network.head->addresses * sizeof(MIB_UNICASTIPADDRESS_ROW));
    for (uint32_t i = 0; *table && i < network.head->addresses; i++) {
        const struct ferry_address *at = &network.addresses[i];
        const struct ferry_interface *netif = network_interface(&network, at->netif);
        if (!netif || at->kind != FERRY_ADDRESS_UNICAST || (family && at->family != family)) continue;
        MIB_UNICASTIPADDRESS_ROW *row = &(*table)->Table[(*table)->NumEntries++];
        socket_address(&row->Address, at->family, at->bytes, at->netif);
        row->InterfaceLuid = luid_of(netif);
        row->InterfaceIndex = at->netif;
        row->PrefixOrigin = IpPrefixOriginManual;
        row->SuffixOrigin = IpSuffixOriginManual;
        row->ValidLifetime = row->PreferredLifetime = 0xffffffff;
        row->OnLinkPrefixLength = (UINT8)at->prefix;
        row->DadState = IpDadStatePreferred;
        if (at->family == AF_INET6) row->ScopeId.Value = row->Address.Ipv6.sin6_scope_id;
    }
    network_free(&network);
    if (!*table) return ERROR_NOT_ENOUGH_MEMORY;
    if ((*table)->NumEntries) return NO_ERROR;
    FreeMibTable(*table);
    *table = NULL;
    return ERROR_NOT_FOUND;
}

static void fill_route(const struct network *network, const struct ferry_route *from, MIB_IPFORWARD_ROW2 *row)
{
    const struct ferry_interface *netif = network_interface(network, from->netif);

    memset(row, 0, sizeof(*row));
    row->InterfaceIndex = from->netif;
    if (netif) row->InterfaceLuid = luid_of(netif);
    socket_address(&row->DestinationPrefix.Prefix, from->family, from->destination, 0);
    row->DestinationPrefix.PrefixLength = (UINT8)from->prefix;
    socket_address(&row->NextHop, from->family, from->gateway, from->netif);
    row->ValidLifetime = row->PreferredLifetime = 0xffffffff;
    row->Metric = from->metric;
    row->Protocol = MIB_IPPROTO_NETMGMT;
    row->Loopback = netif && netif->type == IF_TYPE_SOFTWARE_LOOPBACK;
    row->Immortal = TRUE;
    row->Origin = NlroManual;
}

NETIO_STATUS WINAPI GetIpForwardTable2(ADDRESS_FAMILY family, MIB_IPFORWARD_TABLE2 **table)
{
    struct network network;
    DWORD error;

    if (!table || !is_family(family)) return ERROR_INVALID_PARAMETER;
    *table = NULL;
    error = network_query(&network);
    if (error) return error;
    *table = table_new(sizeof(**table) + network.head->routes * sizeof(MIB_IPFORWARD_ROW2));
    for (uint32_t i = 0; *table && i < network.head->routes; i++)
        if (!family || network.routes[i].family == family)
            fill_route(&network, &network.routes[i], &(*table)->Table[(*table)->NumEntries++]);
    network_free(&network);
    return *table ? NO_ERROR : ERROR_NOT_ENOUGH_MEMORY;
}

static bool in_prefix(const uint8_t *address, const uint8_t *prefix, uint32_t bits)
{
    for (uint32_t i = 0; i < bits; i++)
        if ((address[i / 8] ^ prefix[i / 8]) >> (7 - i % 8) & 1) return false;
    return true;
}

/* The longest prefix, then the lowest metric. The machine's own addresses are reached through the loopback interface. */
static const struct ferry_route *best_route(const struct network *network, uint32_t family, const uint8_t *to, uint32_t only,
                                            struct ferry_route *own)
{
    const struct ferry_route *best = NULL;

    for (uint32_t i = 0; i < network->head->addresses; i++) {
        const struct ferry_address *at = &network->addresses[i];
        uint32_t bytes = family == AF_INET ? 4 : 16;
        bool loopback = family == AF_INET && to[0] == 127;
        if (at->kind != FERRY_ADDRESS_UNICAST || at->family != family || (only && at->netif != only)) continue;
        if (loopback ? at->bytes[0] != 127 : memcmp(at->bytes, to, bytes)) continue;
        memset(own, 0, sizeof(*own));
        own->netif = at->netif;
        own->family = family;
        own->prefix = bytes * 8;
        memcpy(own->destination, to, bytes);
        return own;
    }
    for (uint32_t i = 0; i < network->head->routes; i++) {
        const struct ferry_route *at = &network->routes[i];
        if (at->family != family || (only && at->netif != only) || !in_prefix(to, at->destination, at->prefix)) continue;
        if (!best || at->prefix > best->prefix || (at->prefix == best->prefix && at->metric < best->metric)) best = at;
    }
    return best;
}

NETIO_STATUS WINAPI GetBestRoute2(NET_LUID *luid, NET_IFINDEX index, const SOCKADDR_INET *source,
                                  const SOCKADDR_INET *destination, ULONG options, MIB_IPFORWARD_ROW2 *route,
                                  SOCKADDR_INET *best_source)
{
    struct network network;
    struct ferry_route own;
    DWORD error;

    if (!destination || !route || !best_source ||
        (destination->si_family != AF_INET && destination->si_family != AF_INET6) ||
        (source && source->si_family != AF_UNSPEC && source->si_family != destination->si_family))
        return ERROR_INVALID_PARAMETER;
    error = network_query(&network);
    if (error) return error;
    const uint8_t *to = destination->si_family == AF_INET ? (const uint8_t *)&destination->Ipv4.sin_addr
                                                          : (const uint8_t *)&destination->Ipv6.sin6_addr;
    if (luid && luid->Value) index = (NET_IFINDEX)luid->Info.NetLuidIndex;
    const struct ferry_route *best = best_route(&network, destination->si_family, to, index, &own);
    error = best ? NO_ERROR : ERROR_NETWORK_UNREACHABLE;
    if (best) {
        fill_route(&network, best, route);
        memset(best_source, 0, sizeof(*best_source));
        best_source->si_family = destination->si_family;
        for (uint32_t i = 0; i < network.head->addresses; i++) {
            const struct ferry_address *at = &network.addresses[i];
            if (at->netif != best->netif || at->family != destination->si_family || at->kind) continue;
            socket_address(best_source, at->family, at->bytes, at->netif);
            break;
        }
        if (source && source->si_family) *best_source = *source;
    }
    network_free(&network);
    return error;
}
