/* iphlpapi.h: GetAdaptersAddresses. */
#include "network.h"

/* Hands out the caller's buffer; once it is full, scratch memory, so that the size needed comes out. */
struct writer {
    char *buffer;
    ULONG room, used;
    _Alignas(16) char scratch[1024];
};

static void *take(struct writer *writer, ULONG size)
{
    ULONG at = writer->used;

    size = (size + 7) & ~7u;
    writer->used += size;
    void *memory = writer->used <= writer->room ? writer->buffer + at : writer->scratch;
    return memset(memory, 0, size);
}

static void put_address(struct writer *writer, SOCKET_ADDRESS *to, uint32_t family, const uint8_t *bytes, uint32_t netif)
{
    SOCKADDR_INET address;
    int size = socket_address(&address, family, bytes, netif);

    to->lpSockaddr = take(writer, sizeof(SOCKADDR_IN6));
    to->iSockaddrLength = size;
    memcpy(to->lpSockaddr, &address, size);
}

static bool wanted_family(ULONG family, uint32_t is)
{
    return family == AF_UNSPEC || family == is;
}

static void put_unicast(struct writer *writer, IP_ADAPTER_ADDRESSES *adapter, const struct network *network, ULONG family)
{
    IP_ADAPTER_UNICAST_ADDRESS **link = &adapter->FirstUnicastAddress;

    for (uint32_t i = 0; i < network->head->addresses; i++) {
        const struct ferry_address *at = &network->addresses[i];
        if (at->netif != adapter->IfIndex || at->kind != FERRY_ADDRESS_UNICAST || !wanted_family(family, at->family))
            continue;
        IP_ADAPTER_UNICAST_ADDRESS *entry = take(writer, sizeof(*entry));
        entry->Length = sizeof(*entry);
        entry->Flags = IP_ADAPTER_ADDRESS_DNS_ELIGIBLE;
        put_address(writer, &entry->Address, at->family, at->bytes, at->netif);
        entry->PrefixOrigin = IpPrefixOriginManual;
        entry->SuffixOrigin = IpSuffixOriginManual;
        entry->DadState = IpDadStatePreferred;
        entry->ValidLifetime = entry->PreferredLifetime = entry->LeaseLifetime = 0xffffffff;
        entry->OnLinkPrefixLength = (UINT8)at->prefix;
        *link = entry;
        link = &entry->Next;
    }
}

static void put_multicast(struct writer *writer, IP_ADAPTER_ADDRESSES *adapter, const struct network *network, ULONG family)
{
    IP_ADAPTER_MULTICAST_ADDRESS **link = &adapter->FirstMulticastAddress;

    for (uint32_t i = 0; i < network->head->addresses; i++) {
        const struct ferry_address *at = &network->addresses[i];
        if (at->netif != adapter->IfIndex || at->kind != FERRY_ADDRESS_MULTICAST || !wanted_family(family, at->family))
            continue;
        IP_ADAPTER_MULTICAST_ADDRESS *entry = take(writer, sizeof(*entry));
        entry->Length = sizeof(*entry);
        put_address(writer, &entry->Address, at->family, at->bytes, at->netif);
        *link = entry;
        link = &entry->Next;
    }
}

static void put_prefixes(struct writer *writer, IP_ADAPTER_ADDRESSES *adapter, const struct network *network, ULONG family)
{
    IP_ADAPTER_PREFIX **link = &adapter->FirstPrefix;

    for (uint32_t i = 0; i < network->head->addresses; i++) {
        const struct ferry_address *at = &network->addresses[i];
        uint8_t prefix[16];
        if (at->netif != adapter->IfIndex || at->kind != FERRY_ADDRESS_UNICAST || !wanted_family(family, at->family))
            continue;
        for (uint32_t n = 0; n < 16; n++) {
            uint32_t left = at->prefix > n * 8 ? at->prefix - n * 8 : 0;
            prefix[n] = left >= 8 ? at->bytes[n] : (uint8_t)(at->bytes[n] & 0xff00 >> left);
        }
        IP_ADAPTER_PREFIX *entry = take(writer, sizeof(*entry));
        entry->Length = sizeof(*entry);
        entry->PrefixLength = at->prefix;
        put_address(writer, &entry->Address, at->family, prefix, at->netif);
        *link = entry;
        link = &entry->Next;
    }
}

static void put_servers(struct writer *writer, IP_ADAPTER_ADDRESSES *adapter, const struct network *network, ULONG family)
{
    IP_ADAPTER_DNS_SERVER_ADDRESS **link = &adapter->FirstDnsServerAddress;

    for (uint32_t i = 0; i < network->head->servers; i++) {
        const struct ferry_server *at = &network->servers[i];
        if (!wanted_family(family, at->family)) continue;
        IP_ADAPTER_DNS_SERVER_ADDRESS *entry = take(writer, sizeof(*entry));
        entry->Length = sizeof(*entry);
        put_address(writer, &entry->Address, at->family, at->bytes, adapter->IfIndex);
        *link = entry;
        link = &entry->Next;
    }
}

static void put_gateways(struct writer *writer, IP_ADAPTER_ADDRESSES *adapter, const struct network *network, ULONG family)
{
    static const uint8_t none[16];
    IP_ADAPTER_GATEWAY_ADDRESS **link = &adapter->FirstGatewayAddress;

    for (uint32_t i = 0; i < network->head->routes; i++) {
        const struct ferry_route *at = &network->routes[i];
        if (at->netif != adapter->IfIndex || at->prefix || !wanted_family(family, at->family) ||
            !memcmp(at->gateway, none, sizeof(none)))
            continue;
        IP_ADAPTER_GATEWAY_ADDRESS *entry = take(writer, sizeof(*entry));
        entry->Length = sizeof(*entry);
        put_address(writer, &entry->Address, at->family, at->gateway, at->netif);
        *link = entry;
        link = &entry->Next;
    }
}

static char *put_guid(struct writer *writer, const GUID *guid)
{
    static const UCHAR order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    static const char digits[] = "0123456789ABCDEF";
    char *text = take(writer, 40), *to = text;

    *to++ = '{';
    for (int i = 0; i < 16; i++) {
        UCHAR byte = ((const UCHAR *)guid)[order[i]];
        *to++ = digits[byte >> 4];
        *to++ = digits[byte & 15];
        if (i == 3 || i == 5 || i == 7 || i == 9) *to++ = '-';
    }
    *to = '}';
    return text;
}

static void put_adapter(struct writer *writer, IP_ADAPTER_ADDRESSES *adapter, const struct ferry_interface *from,
                        const struct network *network, ULONG family, ULONG flags)
{
    GUID guid = guid_of(from);

    adapter->Length = sizeof(*adapter);
    adapter->IfIndex = adapter->Ipv6IfIndex = from->index;
    adapter->AdapterName = put_guid(writer, &guid);
    if (!(flags & GAA_FLAG_SKIP_UNICAST)) put_unicast(writer, adapter, network, family);
    if (!(flags & GAA_FLAG_SKIP_MULTICAST)) put_multicast(writer, adapter, network, family);
    /* The servers are the machine's, not an interface's: they stand with those that lead outside. */
    if (!(flags & GAA_FLAG_SKIP_DNS_SERVER) && from->type != IF_TYPE_SOFTWARE_LOOPBACK)
        put_servers(writer, adapter, network, family);
    if (flags & GAA_FLAG_INCLUDE_PREFIX) put_prefixes(writer, adapter, network, family);
    if (flags & GAA_FLAG_INCLUDE_GATEWAYS) put_gateways(writer, adapter, network, family);
    adapter->DnsSuffix = take(writer, sizeof(WCHAR));
    adapter->Description = take(writer, 32 * sizeof(WCHAR));
    alias_of(from, adapter->Description);
    if (!(flags & GAA_FLAG_SKIP_FRIENDLY_NAME)) {
        adapter->FriendlyName = take(writer, 32 * sizeof(WCHAR));
        alias_of(from, adapter->FriendlyName);
    }
    adapter->PhysicalAddressLength = min(from->mac_length, MAX_ADAPTER_ADDRESS_LENGTH);
    memcpy(adapter->PhysicalAddress, from->mac, adapter->PhysicalAddressLength);
    adapter->NoMulticast = !(from->flags & FERRY_INTERFACE_MULTICAST) && from->type != IF_TYPE_SOFTWARE_LOOPBACK;
    for (uint32_t i = 0; i < network->head->addresses; i++) {
        const struct ferry_address *at = &network->addresses[i];
        if (at->netif != from->index || at->kind != FERRY_ADDRESS_UNICAST) continue;
        if (at->family == AF_INET) adapter->Ipv4Enabled = 1;
        else adapter->Ipv6Enabled = 1;
    }
    adapter->Mtu = from->mtu;
    adapter->IfType = from->type;
    adapter->OperStatus = state_of(from);
    adapter->TransmitLinkSpeed = adapter->ReceiveLinkSpeed = from->speed ? from->speed : ~0ull;
    adapter->Luid = luid_of(from);
    adapter->CompartmentId = 1; /* the only one */
    adapter->ConnectionType = NET_IF_CONNECTION_DEDICATED;
    for (uint32_t i = 0; i < network->head->routes; i++) {
        const struct ferry_route *at = &network->routes[i];
        if (at->netif != from->index) continue;
        ULONG *metric = at->family == AF_INET ? &adapter->Ipv4Metric : &adapter->Ipv6Metric;
        if (!*metric || at->metric < *metric) *metric = at->metric;
    }
}

static bool has_address(const struct network *network, uint32_t netif, ULONG family)
{
    for (uint32_t i = 0; i < network->head->addresses; i++)
        if (network->addresses[i].netif == netif && network->addresses[i].kind == FERRY_ADDRESS_UNICAST &&
            wanted_family(family, network->addresses[i].family))
            return true;
    return false;
}

/* *size: bytes of the buffer, then bytes needed. Flags as the reference has them. */
ULONG WINAPI GetAdaptersAddresses(ULONG family, ULONG flags, void *reserved, IP_ADAPTER_ADDRESSES *addresses, ULONG *size)
{
    struct writer writer;
    struct network network;
    IP_ADAPTER_ADDRESSES *last = NULL;

    if (!size || (family != AF_UNSPEC && family != AF_INET && family != AF_INET6)) return ERROR_INVALID_PARAMETER;
    ULONG error = network_query(&network);
    if (error) return error;
    writer.buffer = (char *)addresses;
    writer.room = addresses ? *size : 0;
    writer.used = 0;
    for (uint32_t i = 0; i < network.head->interfaces; i++) {
        const struct ferry_interface *from = &network.interfaces[i];
        _Alignas(8) IP_ADAPTER_ADDRESSES scratch;
        if (!(flags & GAA_FLAG_INCLUDE_ALL_INTERFACES) && !has_address(&network, from->index, family)) continue;
        IP_ADAPTER_ADDRESSES *adapter = take(&writer, sizeof(*adapter));
        if (writer.used > writer.room) adapter = memset(&scratch, 0, sizeof(scratch)); /* the writer's own is reused */
        put_adapter(&writer, adapter, from, &network, family, flags);
        if (last && writer.used <= writer.room) last->Next = adapter;
        if (writer.used <= writer.room) last = adapter;
    }
    network_free(&network);
    if (!writer.used) return ERROR_NO_DATA;
    error = writer.used <= writer.room ? NO_ERROR : ERROR_BUFFER_OVERFLOW;
    *size = writer.used;
    return error;
}
