/* Interfaces, addresses, routes and name servers from getifaddrs, /sys/class/net, /proc/net and resolv.conf. */
#include "network.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "ferry/network.h"

/* Four growing arrays. */
struct list {
    void *items;
    uint32_t count, room;
};

static void *append(struct list *list, size_t size)
{
    if (list->count == list->room) {
        uint32_t room = list->room ? list->room * 2 : 16;
        void *more = realloc(list->items, room * size);
        if (!more)
            return NULL;
        list->items = more;
        list->room = room;
    }
    return memset((char *)list->items + list->count++ * size, 0, size);
}

static bool read_text(const char *netif, const char *what, char *to, int size)
{
    char path[128];
    FILE *file;
    bool good;

    snprintf(path, sizeof(path), "/sys/class/net/%s/%s", netif, what);
    if (!(file = fopen(path, "re")))
        return false;
    good = fgets(to, size, file) != NULL;
    fclose(file);
    return good;
}

static uint64_t read_number(const char *netif, const char *what)
{
    char text[32];
    long long value = read_text(netif, what, text, sizeof(text)) ? strtoll(text, NULL, 10) : 0;

    return value > 0 ? value : 0;
}

static uint32_t type_of(const char *name, uint32_t hardware)
{
    char path[128];

    switch (hardware) {
    case ARPHRD_LOOPBACK: return 24;
    case ARPHRD_PPP: return 23;
    case ARPHRD_TUNNEL:
    case ARPHRD_TUNNEL6:
    case ARPHRD_SIT:
    case ARPHRD_NONE: return 131;
    case ARPHRD_ETHER: break;
    default: return 1;
    }
    snprintf(path, sizeof(path), "/sys/class/net/%s/wireless", name);
    return access(path, F_OK) ? 6 : 71;
}

static void add_interface(struct list *interfaces, const char *name, unsigned flags)
{
    static const char *const counts[FERRY_COUNTS] = {
        "statistics/rx_bytes", "statistics/rx_packets", "statistics/rx_errors", "statistics/rx_dropped",
        "statistics/tx_bytes", "statistics/tx_packets", "statistics/tx_errors", "statistics/tx_dropped"};
    unsigned index = if_nametoindex(name);
    struct ferry_interface *entry;
    char text[128], *at;
    uint32_t i;

    for (i = 0; i < interfaces->count; i++)
        if (((struct ferry_interface *)interfaces->items)[i].index == index)
            return;
    if (!index || !(entry = append(interfaces, sizeof(*entry))))
        return;
    entry->index = index;
    snprintf(entry->name, sizeof(entry->name), "%s", name);
    entry->type = type_of(name, read_number(name, "type"));
    entry->mtu = read_number(name, "mtu");
    entry->speed = read_number(name, "speed") * 1000000;
    entry->flags = (flags & IFF_UP ? FERRY_INTERFACE_UP : 0) | (flags & IFF_RUNNING ? FERRY_INTERFACE_RUNNING : 0) |
                   (flags & IFF_MULTICAST ? FERRY_INTERFACE_MULTICAST : 0) |
                   (flags & IFF_BROADCAST ? FERRY_INTERFACE_BROADCAST : 0) |
                   (flags & IFF_POINTOPOINT ? FERRY_INTERFACE_POINT_TO_POINT : 0);
    if (entry->type != 24 && read_text(name, "address", text, sizeof(text)))
        for (at = text; entry->mac_length < sizeof(entry->mac) && *at && *at != '\n';) {
            entry->mac[entry->mac_length++] = strtoul(at, &at, 16);
            if (*at == ':')
                at++;
        }
    for (i = 0; i < FERRY_COUNTS; i++)
        entry->counts[i] = read_number(name, counts[i]);
}

static uint32_t prefix_of(const struct sockaddr *mask)
{
    const uint8_t *bytes;
    uint32_t bits = 0, size, i;

    if (!mask)
        return 0;
    bytes = mask->sa_family == AF_INET6 ? (const uint8_t *)&((const struct sockaddr_in6 *)mask)->sin6_addr
                                        : (const uint8_t *)&((const struct sockaddr_in *)mask)->sin_addr;
    size = mask->sa_family == AF_INET6 ? 16 : 4;
    for (i = 0; i < size; i++)
        bits += __builtin_popcount(bytes[i]);
    return bits;
}

static void add_interfaces(struct list *interfaces, struct list *addresses)
{
    struct ifaddrs *list, *at;
    struct ferry_address *entry;

    if (getifaddrs(&list))
        return;
    for (at = list; at; at = at->ifa_next) {
        add_interface(interfaces, at->ifa_name, at->ifa_flags);
        if (!at->ifa_addr || (at->ifa_addr->sa_family != AF_INET && at->ifa_addr->sa_family != AF_INET6) ||
            !(entry = append(addresses, sizeof(*entry))))
            continue;
        entry->netif = if_nametoindex(at->ifa_name);
        entry->family = at->ifa_addr->sa_family == AF_INET ? FERRY_AF_INET : FERRY_AF_INET6;
        entry->prefix = prefix_of(at->ifa_netmask);
        if (entry->family == FERRY_AF_INET)
            memcpy(entry->bytes, &((struct sockaddr_in *)at->ifa_addr)->sin_addr, 4);
        else
            memcpy(entry->bytes, &((struct sockaddr_in6 *)at->ifa_addr)->sin6_addr, 16);
    }
    freeifaddrs(list);
}

static bool parse_hex(const char *text, uint8_t *to, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        unsigned value;
        if (sscanf(text + 2 * i, "%2x", &value) != 1)
            return false;
        to[i] = value;
    }
    return true;
}

static void add_multicast(struct list *addresses)
{
    struct ferry_address *entry;
    char line[256], hex[64];
    unsigned index = 0, group;
    FILE *file = fopen("/proc/net/igmp", "re");

    while (file && fgets(line, sizeof(line), file)) {
        if (line[0] >= '0' && line[0] <= '9')
            index = strtoul(line, NULL, 10);
        else if (line[0] == '\t' && sscanf(line, " %x", &group) == 1 && (entry = append(addresses, sizeof(*entry)))) {
            entry->netif = index;
            entry->kind = FERRY_ADDRESS_MULTICAST;
            entry->family = FERRY_AF_INET;
            memcpy(entry->bytes, &group, 4);
        }
    }
    if (file)
        fclose(file);
    file = fopen("/proc/net/igmp6", "re");
    while (file && fgets(line, sizeof(line), file)) {
        if (sscanf(line, "%u %*s %40s", &index, hex) != 2 || !(entry = append(addresses, sizeof(*entry))))
            continue;
        entry->netif = index;
        entry->kind = FERRY_ADDRESS_MULTICAST;
        entry->family = FERRY_AF_INET6;
        parse_hex(hex, entry->bytes, 16);
    }
    if (file)
        fclose(file);
}

#define ROUTE_UP 1u
#define ROUTE_REJECT 0x200u

static void add_routes(struct list *routes)
{
    char line[256], name[32], destination[40], gateway[40];
    unsigned to, by, flags, metric, mask, prefix;
    struct ferry_route *entry;
    FILE *file = fopen("/proc/net/route", "re");

    while (file && fgets(line, sizeof(line), file)) {
        if (sscanf(line, "%31s %x %x %x %*d %*d %u %x", name, &to, &by, &flags, &metric, &mask) != 6 ||
            !(flags & ROUTE_UP) || (flags & ROUTE_REJECT) || !(entry = append(routes, sizeof(*entry))))
            continue;
        entry->netif = if_nametoindex(name);
        entry->family = FERRY_AF_INET;
        entry->prefix = __builtin_popcount(mask);
        entry->metric = metric;
        memcpy(entry->destination, &to, 4);
        memcpy(entry->gateway, &by, 4);
    }
    if (file)
        fclose(file);
    file = fopen("/proc/net/ipv6_route", "re");
    while (file && fgets(line, sizeof(line), file)) {
        if (sscanf(line, "%39s %x %*s %*x %39s %x %*x %*x %x %31s", destination, &prefix, gateway, &metric, &flags, name) != 6 ||
            !(flags & ROUTE_UP) || (flags & ROUTE_REJECT) || !(entry = append(routes, sizeof(*entry))))
            continue;
        entry->netif = if_nametoindex(name);
        entry->family = FERRY_AF_INET6;
        entry->prefix = prefix;
        entry->metric = metric;
        parse_hex(destination, entry->destination, 16);
        parse_hex(gateway, entry->gateway, 16);
    }
    if (file)
        fclose(file);
}

static void add_servers(struct list *servers)
{
    char line[256], text[64];
    struct ferry_server *entry;
    uint8_t bytes[16];
    FILE *file = fopen("/etc/resolv.conf", "re");

    while (file && fgets(line, sizeof(line), file)) {
        if (sscanf(line, " nameserver %63s", text) != 1)
            continue;
        text[strcspn(text, "%")] = 0;
        bool four = inet_pton(AF_INET, text, bytes) == 1;
        if (!four && inet_pton(AF_INET6, text, bytes) != 1)
            continue;
        if (!(entry = append(servers, sizeof(*entry))))
            break;
        entry->family = four ? FERRY_AF_INET : FERRY_AF_INET6;
        memcpy(entry->bytes, bytes, four ? 4 : 16);
    }
    if (file)
        fclose(file);
}

NTSTATUS network_query(void *buffer, ULONG length, ULONG *needed)
{
    struct list lists[4] = {{0}};
    const size_t sizes[4] = {sizeof(struct ferry_interface), sizeof(struct ferry_address), sizeof(struct ferry_route),
                             sizeof(struct ferry_server)};
    size_t total = sizeof(struct ferry_network);
    char *copy;

    add_interfaces(&lists[0], &lists[1]);
    add_multicast(&lists[1]);
    add_routes(&lists[2]);
    add_servers(&lists[3]);
    for (int i = 0; i < 4; i++)
        total += lists[i].count * sizes[i];
    copy = malloc(total);
    if (copy) {
        char *at = copy + sizeof(struct ferry_network);
        *(struct ferry_network *)copy =
            (struct ferry_network){lists[0].count, lists[1].count, lists[2].count, lists[3].count};
        for (int i = 0; i < 4; i++) {
            if (lists[i].count)
                memcpy(at, lists[i].items, lists[i].count * sizes[i]);
            at += lists[i].count * sizes[i];
        }
    }
    for (int i = 0; i < 4; i++)
        free(lists[i].items);
    if (!copy)
        return STATUS_NO_MEMORY;
    NTSTATUS status = total > length ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS;
    if (needed)
        *needed = total;
    if (!status)
        memcpy(buffer, copy, total);
    free(copy);
    return status;
}
