/* Names of hosts by the host's resolver. */
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "ferry/resolve.h"
#include "ferry/syscall_table.h"
#include "host.h"
#include "socket.h"
#include "virtual.h"

#define WINDOWS_AF_INET6 23

static LONG winsock_error(int error)
{
    switch (error) {
    case 0: return 0;
    case EAI_AGAIN: return 11002;   /* WSATRY_AGAIN */
    case EAI_BADFLAGS: return 10022; /* WSAEINVAL */
    case EAI_FAIL: return 11003;    /* WSANO_RECOVERY */
    case EAI_FAMILY: return 10047;  /* WSAEAFNOSUPPORT */
    case EAI_MEMORY: return 8;      /* WSA_NOT_ENOUGH_MEMORY */
    case EAI_NODATA: return 11004;  /* WSANO_DATA */
    case EAI_SERVICE: return 10109; /* WSATYPE_NOT_FOUND */
    case EAI_SOCKTYPE: return 10044; /* WSAESOCKTNOSUPPORT */
    default: return 11001;          /* WSAHOST_NOT_FOUND */
    }
}

NTSTATUS sys_NtFerryResolve(const void *query, void *out)
{
    static const int flags[][2] = {{0x4, AI_NUMERICHOST}, {0x2, AI_CANONNAME}, {0x100, AI_ALL},
                                   {0x400, AI_ADDRCONFIG}, {0x800, AI_V4MAPPED}};
    struct resolve_query in;
    struct resolve_answer *answer;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL, *entry;
    NTSTATUS status = STATUS_SUCCESS;
    int i, error;

    if (!virtual_read(&in, query, sizeof(in)))
        return STATUS_ACCESS_VIOLATION;
    answer = calloc(1, sizeof(*answer));
    if (!answer)
        return STATUS_NO_MEMORY;
    in.name[sizeof(in.name) - 1] = 0;
    if (!in.name[0])
        gethostname(in.name, sizeof(in.name) - 1);
    hints.ai_family = in.family == WINDOWS_AF_INET6 ? AF_INET6 : in.family;
    for (i = 0; i < sizeof(flags) / sizeof(*flags); i++)
        if (in.flags & flags[i][0])
            hints.ai_flags |= flags[i][1];
    error = getaddrinfo(in.name, NULL, &hints, &list);
    answer->error = winsock_error(error);
    for (entry = error ? NULL : list; entry && answer->count < FERRY_RESOLVE_ADDRESSES; entry = entry->ai_next) {
        struct sockaddr_storage address = {0};
        int length;
        if (entry->ai_canonname && !answer->canonical[0])
            strncpy(answer->canonical, entry->ai_canonname, sizeof(answer->canonical) - 1);
        if (entry->ai_addrlen > sizeof(address))
            continue;
        memcpy(&address, entry->ai_addr, entry->ai_addrlen);
        length = address_from_linux(&address, entry->ai_addrlen, answer->addresses[answer->count].address,
                                    sizeof(answer->addresses[0].address));
        if (length > 0)
            answer->addresses[answer->count++].length = length;
    }
    if (list)
        freeaddrinfo(list);
    if (!virtual_write(out, answer, sizeof(*answer)))
        status = STATUS_ACCESS_VIOLATION;
    free(answer);
    return status;
}

NTSTATUS sys_NtFerryResolveAddress(const void *query, void *out)
{
    struct resolve_address_query in;
    struct resolve_address_answer answer = {0};
    struct sockaddr_storage address;
    int length, flags = 0;

    if (!virtual_read(&in, query, sizeof(in)))
        return STATUS_ACCESS_VIOLATION;
    length = in.length <= sizeof(in.address) ? address_to_linux(in.address, in.length, &address) : -1;
    if (length < 0)
        return STATUS_INVALID_PARAMETER;
    /* NI_NOFQDN 1, NI_NUMERICHOST 2, NI_NAMEREQD 4 */
    if (in.flags & 1)
        flags |= NI_NOFQDN;
    if (in.flags & 2)
        flags |= NI_NUMERICHOST;
    if (in.flags & 4)
        flags |= NI_NAMEREQD;
    answer.error = winsock_error(getnameinfo((struct sockaddr *)&address, length, answer.name, sizeof(answer.name),
                                             NULL, 0, flags));
    return virtual_write(out, &answer, sizeof(answer)) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}
