/* Hosts, services and protocols as structures that belong to the thread: winsock2.h's gethostbyname and relatives. */
#include "ws2_32.h"
#include "ferry/resolve.h"

/* A block that is filled from the front with pointers' targets. */
struct block {
    char *at;
};

static char *put_bytes(struct block *block, const void *data, size_t size)
{
    char *to = block->at;

    memcpy(to, data, size);
    block->at += (size + 7) & ~(size_t)7;
    return to;
}

/* The thread's block of one kind, made anew; NULL without memory, error set. */
static void *renew(void **slot, size_t size)
{
    ws_free(*slot);
    *slot = ws_allocate(size);
    if (!*slot) WSASetLastError(WSA_NOT_ENOUGH_MEMORY);
    return *slot;
}

/* ---- hosts ---- */

static struct hostent *put_host(const char *name, int family, int size, const struct resolve_answer *answer)
{
    struct ws_thread *thread = ws_thread();
    ULONG i, count = 0;
    struct hostent *host;
    struct block block;

    if (!thread) return NULL;
    host = renew(&thread->host, sizeof(*host) + 16 + strlen(name) + 1 + (answer->count + 2) * (sizeof(char *) + 16));
    if (!host) return NULL;
    block.at = (char *)(((ULONG_PTR)(host + 1) + 7) & ~(ULONG_PTR)7);
    host->h_aliases = (char **)block.at;
    host->h_addr_list = host->h_aliases + 1;
    block.at += ((answer->count + 2) * sizeof(char *) + 7) & ~(size_t)7;
    host->h_addrtype = family;
    host->h_length = size;
    for (i = 0; i < answer->count; i++) {
        const SOCKADDR *address = (const SOCKADDR *)answer->addresses[i].address;
        if (address->sa_family != family) continue;
        host->h_addr_list[count++] =
            put_bytes(&block, family == AF_INET ? (const void *)&((const SOCKADDR_IN *)address)->sin_addr
                                                : (const void *)&((const SOCKADDR_IN6 *)address)->sin6_addr, size);
    }
    host->h_name = put_bytes(&block, name, strlen(name) + 1);
    return host;
}

static struct resolve_answer *resolve(const char *name, int family, int flags, int *error)
{
    struct resolve_query *query = ws_allocate(sizeof(*query) + sizeof(struct resolve_answer));
    struct resolve_answer *answer = (struct resolve_answer *)(query + 1);
    size_t length = strlen(name);

    *error = WSA_NOT_ENOUGH_MEMORY;
    if (!query) return NULL;
    query->family = family;
    query->flags = flags;
    *error = WSAHOST_NOT_FOUND;
    if (length < sizeof(query->name)) {
        memcpy(query->name, name, length + 1);
        *error = NtFerryResolve(query, answer) ? WSANO_RECOVERY : answer->error;
        if (!*error && !answer->count) *error = WSANO_DATA;
    }
    return answer;
}

static void resolve_free(struct resolve_answer *answer)
{
    if (answer) ws_free((struct resolve_query *)answer - 1);
}

/* IPv4 addresses. NULL or an empty name: this machine. The result belongs to the thread until its next call. */
struct hostent *WINAPI gethostbyname(const char *name)
{
    struct resolve_answer *answer;
    struct hostent *host = NULL;
    char machine[256];
    int error;

    if (!wsa_started()) return NULL;
    if (!name || !*name) {
        if (gethostname(machine, sizeof(machine))) return NULL;
        name = machine;
    }
    answer = resolve(name, AF_INET, AI_CANONNAME, &error);
    if (error) WSASetLastError(error);
    else host = put_host(answer->canonical[0] ? answer->canonical : name, AF_INET, sizeof(struct in_addr), answer);
    resolve_free(answer);
    return host;
}

struct hostent *WINAPI gethostbyaddr(const char *bytes, int length, int family)
{
    struct resolve_address_query query = {.flags = NI_NAMEREQD};
    struct resolve_address_answer *name;
    struct resolve_answer *answer;
    struct hostent *host = NULL;
    int error = 0, size = family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);

    if (!wsa_started()) return NULL;
    if (family != AF_INET && family != AF_INET6) error = WSAEAFNOSUPPORT;
    else if (!bytes || length < size) error = WSAEFAULT;
    if (error) {
        WSASetLastError(error);
        return NULL;
    }
    name = ws_allocate(sizeof(*name) + sizeof(*answer));
    if (!name) {
        WSASetLastError(WSA_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    answer = (struct resolve_answer *)(name + 1);
    if (family == AF_INET) {
        SOCKADDR_IN *in = (SOCKADDR_IN *)query.address;
        in->sin_family = AF_INET;
        memcpy(&in->sin_addr, bytes, size);
        query.length = sizeof(*in);
    } else {
        SOCKADDR_IN6 *in6 = (SOCKADDR_IN6 *)query.address;
        in6->sin6_family = AF_INET6;
        memcpy(&in6->sin6_addr, bytes, size);
        query.length = sizeof(*in6);
    }
    answer->count = 1;
    answer->addresses[0].length = query.length;
    memcpy(answer->addresses[0].address, query.address, query.length);
    error = NtFerryResolveAddress(&query, name) ? WSANO_RECOVERY : name->error;
    if (error) WSASetLastError(error);
    else host = put_host(name->name, family, size, answer);
    ws_free(name);
    return host;
}

/* Size in bytes, with the end. WSAEFAULT if it is too small. */
int WINAPI gethostname(char *name, int size)
{
    char text[256];
    DWORD length = sizeof(text);

    if (!wsa_started()) return SOCKET_ERROR;
    if (!name || size < 0) return wsa_result(WSAEFAULT);
    if (!GetComputerNameExA(ComputerNameDnsHostname, text, &length)) return wsa_result(WSAENETDOWN);
    if (length + 1 > (DWORD)size) return wsa_result(WSAEFAULT);
    memcpy(name, text, length + 1);
    return 0;
}

/* Size in characters, with the end. */
int WINAPI GetHostNameW(PWSTR name, int size)
{
    WCHAR text[256];
    DWORD length = ARRAYSIZE(text);

    if (!wsa_started()) return SOCKET_ERROR;
    if (!name || size < 0) return wsa_result(WSAEFAULT);
    if (!GetComputerNameExW(ComputerNameDnsHostname, text, &length)) return wsa_result(WSAENETDOWN);
    if (length + 1 > (DWORD)size) return wsa_result(WSAEFAULT);
    memcpy(name, text, (length + 1) * sizeof(WCHAR));
    return 0;
}

/* ---- services ---- */

/* Bits of a protocol's name, both of NULL, 0 of any other. */
static unsigned protocols_of(const char *protocol)
{
    if (!protocol) return SERVICE_TCP | SERVICE_UDP;
    return !_stricmp(protocol, "tcp") ? SERVICE_TCP : !_stricmp(protocol, "udp") ? SERVICE_UDP : 0;
}

static struct servent *put_service(const struct service *found, unsigned protocols)
{
    struct ws_thread *thread;
    struct servent *service;
    struct block block;
    const char *protocol;

    if (!found) {
        WSASetLastError(WSANO_DATA);
        return NULL;
    }
    thread = ws_thread();
    if (!thread) return NULL;
    service = renew(&thread->service, sizeof(*service) + 2 * sizeof(char *) + 128);
    if (!service) return NULL;
    service->s_aliases = (char **)(service + 1);
    block.at = (char *)(((ULONG_PTR)(service->s_aliases + 2) + 7) & ~(ULONG_PTR)7);
    protocol = found->protocols & protocols & SERVICE_TCP ? "tcp" : "udp";
    service->s_name = put_bytes(&block, found->name, strlen(found->name) + 1);
    service->s_proto = put_bytes(&block, protocol, 4);
    if (found->alias) service->s_aliases[0] = put_bytes(&block, found->alias, strlen(found->alias) + 1);
    service->s_port = htons(found->port);
    return service;
}

/* `protocol` NULL: any. A decimal number is a port's own name (winsock2.h reference: getservbyname, parameters). */
struct servent *WINAPI getservbyname(const char *name, const char *protocol)
{
    unsigned protocols = protocols_of(protocol);

    if (!wsa_started()) return NULL;
    if (!name) {
        WSASetLastError(WSAEFAULT);
        return NULL;
    }
    return put_service(service_by_name(name, protocols), protocols);
}

/* Port in network byte order. */
struct servent *WINAPI getservbyport(int port, const char *protocol)
{
    unsigned protocols = protocols_of(protocol);

    return wsa_started() ? put_service(service_by_port(ntohs((USHORT)port), protocols), protocols) : NULL;
}

/* ---- protocols ---- */

static const struct {
    const char *name, *alias;
    short number;
} protocols[] = {
    {"ip", "IP", 0}, {"icmp", "ICMP", 1}, {"ggp", "GGP", 3}, {"tcp", "TCP", 6}, {"egp", "EGP", 8}, {"pup", "PUP", 12},
    {"udp", "UDP", 17}, {"hmp", "HMP", 20}, {"xns-idp", "XNS-IDP", 22}, {"rdp", "RDP", 27}, {"ipv6", "IPv6", 41},
    {"ipv6-route", "IPv6-Route", 43}, {"ipv6-frag", "IPv6-Frag", 44}, {"esp", "ESP", 50}, {"ah", "AH", 51},
    {"ipv6-icmp", "IPv6-ICMP", 58}, {"ipv6-nonxt", "IPv6-NoNxt", 59}, {"ipv6-opts", "IPv6-Opts", 60},
    {"rvd", "RVD", 66},
};

static struct protoent *put_protocol(size_t number)
{
    struct ws_thread *thread = ws_thread();
    struct protoent *protocol;
    struct block block;

    if (!thread) return NULL;
    protocol = renew(&thread->protocol, sizeof(*protocol) + 2 * sizeof(char *) + 64);
    if (!protocol) return NULL;
    protocol->p_aliases = (char **)(protocol + 1);
    block.at = (char *)(((ULONG_PTR)(protocol->p_aliases + 2) + 7) & ~(ULONG_PTR)7);
    protocol->p_name = put_bytes(&block, protocols[number].name, strlen(protocols[number].name) + 1);
    protocol->p_aliases[0] = put_bytes(&block, protocols[number].alias, strlen(protocols[number].alias) + 1);
    protocol->p_proto = protocols[number].number;
    return protocol;
}

struct protoent *WINAPI getprotobyname(const char *name)
{
    size_t i;

    if (!wsa_started()) return NULL;
    for (i = 0; name && i < ARRAYSIZE(protocols); i++)
        if (!_stricmp(name, protocols[i].name)) return put_protocol(i);
    WSASetLastError(name ? WSANO_DATA : WSAEFAULT);
    return NULL;
}

struct protoent *WINAPI getprotobynumber(int number)
{
    size_t i;

    if (!wsa_started()) return NULL;
    for (i = 0; i < ARRAYSIZE(protocols); i++)
        if (protocols[i].number == number) return put_protocol(i);
    WSASetLastError(WSANO_DATA);
    return NULL;
}
