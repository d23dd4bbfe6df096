/* Names of hosts and services: ws2tcpip.h. */
#include "ws2_32.h"
#include "ferry/resolve.h"

#define AI_KNOWN (AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_NUMERICSERV | AI_ALL | AI_ADDRCONFIG | AI_V4MAPPED)

/* Decimal port; -1 if the text is no number. */
static int decimal_port(const char *text)
{
    int port = 0;

    if (!*text) return 0;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || port > 65535) return -1;
        port = port * 10 + *text - '0';
    }
    return port <= 65535 ? port : -1;
}

/* Port and, when only one fits, the type of a service. */
static int find_service(const char *service, int flags, int *type, int *port)
{
    const struct service *found;
    unsigned protocols = *type == SOCK_DGRAM ? SERVICE_UDP : *type == SOCK_STREAM ? SERVICE_TCP
                                                                                  : SERVICE_TCP | SERVICE_UDP;

    *port = service ? decimal_port(service) : 0;
    if (*port >= 0) return 0;
    if (flags & AI_NUMERICSERV) return WSAHOST_NOT_FOUND;
    found = service_by_name(service, protocols);
    if (!found) return WSATYPE_NOT_FOUND;
    *port = found->port;
    if (!*type) *type = found->protocols & SERVICE_TCP ? SOCK_STREAM : SOCK_DGRAM;
    return 0;
}

static int append(struct addrinfo ***tail, const void *address, ULONG length, int port, const struct addrinfo *hints)
{
    /* one allocation for each entry and its address */
    struct addrinfo *entry = ws_allocate(sizeof(*entry) + sizeof(struct sockaddr_in6));

    if (!entry) return WSA_NOT_ENOUGH_MEMORY;
    entry->ai_addr = (struct sockaddr *)(entry + 1);
    memcpy(entry->ai_addr, address, length);
    ((struct sockaddr_in *)entry->ai_addr)->sin_port = htons(port); /* at the same place in sockaddr_in6 */
    entry->ai_addrlen = length;
    entry->ai_family = entry->ai_addr->sa_family;
    entry->ai_socktype = hints->ai_socktype;
    entry->ai_protocol = hints->ai_protocol;
    entry->ai_flags = hints->ai_flags & AI_CANONNAME;
    **tail = entry;
    *tail = &entry->ai_next;
    return 0;
}

static int local_addresses(struct addrinfo ***tail, int port, const struct addrinfo *hints)
{
    bool passive = hints->ai_flags & AI_PASSIVE;
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    struct sockaddr_in in = {.sin_family = AF_INET};
    int error = 0;

    if (!passive) {
        in6.sin6_addr.s6_addr[15] = 1;
        in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    if (hints->ai_family != AF_INET) error = append(tail, &in6, sizeof(in6), port, hints);
    if (!error && hints->ai_family != AF_INET6) error = append(tail, &in, sizeof(in), port, hints);
    return error;
}

static int host_addresses(struct addrinfo ***tail, const char *node, int port, const struct addrinfo *hints)
{
    struct resolve_query *query = ws_allocate(sizeof(*query) + sizeof(struct resolve_answer));
    struct resolve_answer *answer = (struct resolve_answer *)(query + 1);
    struct addrinfo *first;
    size_t length = strlen(node), canonical;
    NTSTATUS status;
    ULONG i;
    int error = 0;

    if (!query) return WSA_NOT_ENOUGH_MEMORY;
    if (length >= sizeof(query->name)) {
        ws_free(query);
        return WSAHOST_NOT_FOUND;
    }
    memcpy(query->name, node, length + 1);
    if (!_stricmp(node, "..localmachine")) query->name[0] = 0;
    query->family = hints->ai_family;
    query->flags = hints->ai_flags;
    status = NtFerryResolve(query, answer);
    error = status ? WSANO_RECOVERY : answer->error;
    if (!error && !answer->count) error = WSANO_DATA;
    for (i = 0; i < answer->count && !error; i++) {
        struct addrinfo **at = *tail;
        error = append(tail, answer->addresses[i].address, answer->addresses[i].length, port, hints);
        if (error || i || !(hints->ai_flags & AI_CANONNAME)) continue;
        first = *at;
        canonical = strlen(answer->canonical) + 1;
        first->ai_canonname = ws_allocate(canonical);
        if (first->ai_canonname) memcpy(first->ai_canonname, answer->canonical, canonical);
        else error = WSA_NOT_ENOUGH_MEMORY;
    }
    ws_free(query);
    return error;
}

/* Texts are in UTF-8 or the ANSI code page, which is the same for names of hosts that exist. Returns the error and sets
 * it too. */
INT WINAPI getaddrinfo(PCSTR node, PCSTR service, const ADDRINFOA *given, PADDRINFOA *result)
{
    struct addrinfo hints = {0}, *list = NULL, **tail = &list;
    int error = 0, port;

    if (!result) error = WSAEFAULT;
    else *result = NULL;
    if (!error && !wsa_started()) return WSANOTINITIALISED;
    if (!error && !node && !service) error = WSAHOST_NOT_FOUND;
    if (!error && given) {
        if (given->ai_addrlen || given->ai_canonname || given->ai_addr || given->ai_next) error = WSANO_RECOVERY;
        else if ((given->ai_flags & AI_CANONNAME) && !node) error = WSAEINVAL;
        else if (given->ai_family != AF_UNSPEC && given->ai_family != AF_INET && given->ai_family != AF_INET6)
            error = WSAEAFNOSUPPORT;
        else if (given->ai_socktype < 0 || given->ai_socktype > SOCK_SEQPACKET) error = WSAESOCKTNOSUPPORT;
        hints.ai_flags = given->ai_flags & AI_KNOWN;
        hints.ai_family = given->ai_family;
        hints.ai_socktype = given->ai_socktype;
        hints.ai_protocol = given->ai_protocol;
    }
    if (!error) error = find_service(service, hints.ai_flags, &hints.ai_socktype, &port);
    if (!error) error = node ? host_addresses(&tail, node, port, &hints) : local_addresses(&tail, port, &hints);
    if (error) {
        freeaddrinfo(list);
        WSASetLastError(error);
        return error;
    }
    *result = list;
    return 0;
}

void WINAPI freeaddrinfo(PADDRINFOA list)
{
    while (list) {
        PADDRINFOA next = list->ai_next;
        ws_free(list->ai_canonname);
        ws_free(list);
        list = next;
    }
}

/* Name of a host: numeric with NI_NUMERICHOST or when there is none and NI_NAMEREQD is not set. */
static int host_name(const struct sockaddr *address, ULONG length, int flags, struct resolve_address_answer *answer)
{
    struct resolve_address_query query = {.flags = flags, .length = length};

    memcpy(query.address, address, length);
    return NtFerryResolveAddress(&query, answer) ? WSANO_RECOVERY : answer->error;
}

/* Room in bytes. */
static int put(const char *text, char *out, DWORD room)
{
    size_t length = strlen(text) + 1;

    if (length > room) return WSAEFAULT;
    memcpy(out, text, length);
    return 0;
}

INT WINAPI getnameinfo(const SOCKADDR *address, socklen_t length, PCHAR host, DWORD host_room, PCHAR service,
                       DWORD service_room, INT flags)
{
    static const int known = NI_NOFQDN | NI_NUMERICHOST | NI_NAMEREQD | NI_NUMERICSERV | NI_DGRAM;
    struct resolve_address_answer answer;
    int error = 0;

    if (!wsa_started()) return WSANOTINITIALISED;
    if (!address) error = WSAEFAULT;
    else if (address->sa_family != AF_INET && address->sa_family != AF_INET6) error = WSAEAFNOSUPPORT;
    else if (length < (address->sa_family == AF_INET ? (int)sizeof(SOCKADDR_IN) : (int)sizeof(SOCKADDR_IN6)))
        error = WSAEFAULT;
    else if (flags & ~known) error = WSAEINVAL;
    else if (!(host && host_room) && !(service && service_room)) error = WSAHOST_NOT_FOUND;
    if (!error && service && service_room) {
        USHORT port = ntohs(((const SOCKADDR_IN *)address)->sin_port);
        const struct service *found =
            flags & NI_NUMERICSERV ? NULL : service_by_port(port, flags & NI_DGRAM ? SERVICE_UDP : SERVICE_TCP);
        char number[8];
        int digits = 0;
        do {
            memmove(number + 1, number, digits);
            number[0] = '0' + port % 10;
            number[++digits] = 0;
        } while (port /= 10);
        error = put(found ? found->name : number, service, service_room);
    }
    if (!error && host && host_room) {
        error = host_name(address, address->sa_family == AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6), flags,
                          &answer);
        if (!error) error = put(answer.name, host, host_room);
    }
    if (error) WSASetLastError(error);
    return error;
}
