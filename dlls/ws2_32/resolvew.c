/* Names of hosts and services in UTF-16, and the calls that do not wait: ws2tcpip.h. */
#include "ws2_32.h"

static int report(int error)
{
    if (error) WSASetLastError(error);
    return error;
}

/* The list in UTF-16; each entry keeps its address behind itself. */
static int widen(const ADDRINFOA *list, ADDRINFOW **out)
{
    ADDRINFOW **tail = out;

    for (*out = NULL; list; list = list->ai_next) {
        ADDRINFOW *entry = ws_allocate(sizeof(*entry) + list->ai_addrlen);
        if (!entry) return WSA_NOT_ENOUGH_MEMORY;
        *tail = entry;
        tail = &entry->ai_next;
        entry->ai_flags = list->ai_flags;
        entry->ai_family = list->ai_family;
        entry->ai_socktype = list->ai_socktype;
        entry->ai_protocol = list->ai_protocol;
        entry->ai_addrlen = list->ai_addrlen;
        entry->ai_addr = (struct sockaddr *)(entry + 1);
        memcpy(entry->ai_addr, list->ai_addr, list->ai_addrlen);
        if (list->ai_canonname && !(entry->ai_canonname = ws_wide(list->ai_canonname))) return WSA_NOT_ENOUGH_MEMORY;
    }
    return 0;
}

INT WINAPI GetAddrInfoW(PCWSTR node, PCWSTR service, const ADDRINFOW *hints, PADDRINFOW *result)
{
    char *narrow_node = ws_narrow(node), *narrow_service = ws_narrow(service);
    ADDRINFOA *list = NULL;
    int error;

    if (result) *result = NULL;
    if ((node && !narrow_node) || (service && !narrow_service)) error = WSA_NOT_ENOUGH_MEMORY;
    else if (!result) error = WSAEFAULT;
    else error = getaddrinfo(narrow_node, narrow_service, (const ADDRINFOA *)hints, &list); /* no names in hints */
    if (!error) error = widen(list, result);
    if (error && result) {
        FreeAddrInfoW(*result);
        *result = NULL;
    }
    freeaddrinfo(list);
    ws_free(narrow_node);
    ws_free(narrow_service);
    return report(error);
}

void WINAPI FreeAddrInfoW(PADDRINFOW list)
{
    freeaddrinfo((PADDRINFOA)list); /* the same memory in the same places */
}

/* Room in characters. */
static int put_wide(const char *text, WCHAR *out, DWORD room)
{
    ULONG bytes;
    size_t length = strlen(text);
    NTSTATUS status = RtlUTF8ToUnicodeN(out, (room - 1) * sizeof(WCHAR), &bytes, text, length);

    if (status == STATUS_BUFFER_TOO_SMALL) return WSAEFAULT;
    out[bytes / sizeof(WCHAR)] = 0;
    return 0;
}

INT WINAPI GetNameInfoW(const SOCKADDR *address, socklen_t length, PWCHAR host, DWORD host_room, PWCHAR service,
                        DWORD service_room, INT flags)
{
    char host_text[NI_MAXHOST], service_text[NI_MAXSERV];
    bool with_host = host && host_room, with_service = service && service_room;
    int error = getnameinfo(address, length, with_host ? host_text : NULL, with_host ? sizeof(host_text) : 0,
                            with_service ? service_text : NULL, with_service ? sizeof(service_text) : 0, flags);

    if (!error && with_host) error = put_wide(host_text, host, host_room);
    if (!error && with_service) error = put_wide(service_text, service, service_room);
    return report(error);
}

/* ---- GetAddrInfoEx ---- */

typedef void(CALLBACK *completion_routine)(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped);

struct lookup {
    WCHAR *node, *service;
    ADDRINFOEXW hints, **result;
    WSAOVERLAPPED *overlapped;
    completion_routine routine;
    HANDLE event; /* of the structure, which may be gone when it is to be set */
    LONG state;   /* LOOKUP_* */
    LONG users;   /* the worker, the handle */
};
#define LOOKUP_RUNS 0
#define LOOKUP_CANCELLED 1
#define LOOKUP_DONE 2

/* Lookups whose handles can be cancelled. */
static RTL_SRWLOCK lookups_lock;
static struct lookup *lookups[64];

static int lookup_now(PCWSTR node, PCWSTR service, const ADDRINFOEXW *hints, ADDRINFOEXW **result)
{
    ADDRINFOW plain = {0}, *list, *entry;
    ADDRINFOEXW **tail = result;
    int error;

    *result = NULL;
    if (hints) {
        if (hints->ai_addrlen || hints->ai_canonname || hints->ai_addr || hints->ai_next) return WSANO_RECOVERY;
        plain.ai_flags = hints->ai_flags;
        plain.ai_family = hints->ai_family;
        plain.ai_socktype = hints->ai_socktype;
        plain.ai_protocol = hints->ai_protocol;
    }
    error = GetAddrInfoW(node, service, &plain, &list);
    for (entry = error ? NULL : list; entry && !error; entry = entry->ai_next) {
        ADDRINFOEXW *out = ws_allocate(sizeof(*out) + entry->ai_addrlen);
        if (!out) {
            error = WSA_NOT_ENOUGH_MEMORY;
            break;
        }
        *tail = out;
        tail = (ADDRINFOEXW **)&out->ai_next; /* mingw-w64 spells the tag in two ways */
        out->ai_flags = entry->ai_flags;
        out->ai_family = entry->ai_family;
        out->ai_socktype = entry->ai_socktype;
        out->ai_protocol = entry->ai_protocol;
        out->ai_addrlen = entry->ai_addrlen;
        out->ai_addr = (struct sockaddr *)(out + 1);
        memcpy(out->ai_addr, entry->ai_addr, entry->ai_addrlen);
        out->ai_canonname = entry->ai_canonname;
        entry->ai_canonname = NULL;
    }
    FreeAddrInfoW(list);
    if (error) {
        FreeAddrInfoExW(*result);
        *result = NULL;
    }
    return error;
}

void WINAPI FreeAddrInfoExW(PADDRINFOEXW list)
{
    while (list) {
        PADDRINFOEXW next = (PADDRINFOEXW)list->ai_next;
        ws_free((void *)list->ai_canonname);
        ws_free(list);
        list = next;
    }
}

static void lookup_release(struct lookup *lookup)
{
    if (InterlockedDecrement(&lookup->users)) return;
    ws_free(lookup->node);
    ws_free(lookup->service);
    ws_free(lookup);
}

/* Ends it for the program, once: by the worker or by cancellation. */
static bool lookup_end(struct lookup *lookup, LONG how, int error, ADDRINFOEXW *list)
{
    WSAOVERLAPPED *overlapped = lookup->overlapped;
    size_t i;

    if (InterlockedCompareExchange(&lookup->state, how, LOOKUP_RUNS) != LOOKUP_RUNS) return false;
    RtlAcquireSRWLockExclusive(&lookups_lock);
    for (i = 0; i < ARRAYSIZE(lookups); i++)
        if (lookups[i] == lookup) lookups[i] = NULL;
    RtlReleaseSRWLockExclusive(&lookups_lock);
    *lookup->result = list;
    overlapped->InternalHigh = 0;
    __atomic_store_n(&overlapped->Internal, error, __ATOMIC_RELEASE);
    if (lookup->routine) lookup->routine(error, 0, overlapped);
    else if (lookup->event) NtSetEvent(lookup->event, NULL);
    lookup_release(lookup); /* the handle's */
    return true;
}

static DWORD WINAPI lookup_worker(void *context)
{
    struct lookup *lookup = context;
    ADDRINFOEXW *list;
    int error = lookup_now(lookup->node, lookup->service, &lookup->hints, &list);

    if (!lookup_end(lookup, LOOKUP_DONE, error, list)) FreeAddrInfoExW(list);
    lookup_release(lookup);
    return 0;
}

/* Name spaces: all, or DNS. With `overlapped` the lookup goes on after WSA_IO_PENDING; its end is told by the routine or
 * the structure's event. */
INT WINAPI GetAddrInfoExW(PCWSTR node, PCWSTR service, DWORD name_space, LPGUID provider, const ADDRINFOEXW *hints,
                          PADDRINFOEXW *result, struct timeval *timeout, LPOVERLAPPED overlapped,
                          LPLOOKUPSERVICE_COMPLETION_ROUTINE routine, LPHANDLE handle)
{
    struct lookup *lookup;
    size_t i;

    if (!wsa_started()) return WSANOTINITIALISED;
    if (!result) return report(WSAEFAULT);
    *result = NULL;
    if (handle) *handle = NULL;
    if (name_space != NS_ALL && name_space != NS_DNS) return report(WSAEINVAL);
    if (timeout) return report(WSAEOPNOTSUPP); /* lookups of the host's resolver have its own time limits */
    if (!overlapped) return routine || handle ? report(WSAEINVAL) : report(lookup_now(node, service, hints, result));
    if (routine && overlapped->hEvent) return report(WSAEINVAL);
    lookup = ws_allocate(sizeof(*lookup));
    if (!lookup) return report(WSA_NOT_ENOUGH_MEMORY);
    lookup->users = 2;
    if (node && (lookup->node = ws_allocate((wcslen(node) + 1) * sizeof(WCHAR))))
        memcpy(lookup->node, node, wcslen(node) * sizeof(WCHAR));
    if (service && (lookup->service = ws_allocate((wcslen(service) + 1) * sizeof(WCHAR))))
        memcpy(lookup->service, service, wcslen(service) * sizeof(WCHAR));
    if (hints) lookup->hints = *hints;
    lookup->result = result;
    lookup->overlapped = overlapped;
    lookup->routine = (completion_routine)routine;
    lookup->event = overlapped->hEvent;
    overlapped->Internal = WSAEINPROGRESS;
    RtlAcquireSRWLockExclusive(&lookups_lock);
    for (i = 0; i < ARRAYSIZE(lookups) && lookups[i]; i++)
        ;
    if (i < ARRAYSIZE(lookups)) lookups[i] = lookup;
    RtlReleaseSRWLockExclusive(&lookups_lock);
    if (i == ARRAYSIZE(lookups) || (node && !lookup->node) || (service && !lookup->service) ||
        !QueueUserWorkItem(lookup_worker, lookup, WT_EXECUTELONGFUNCTION)) {
        RtlAcquireSRWLockExclusive(&lookups_lock);
        if (i < ARRAYSIZE(lookups)) lookups[i] = NULL;
        RtlReleaseSRWLockExclusive(&lookups_lock);
        lookup->users = 1;
        lookup_release(lookup);
        return report(WSAENOBUFS);
    }
    if (handle) *handle = (HANDLE)lookup;
    return report(WSA_IO_PENDING);
}

/* WSA_INVALID_HANDLE if it has ended. The program hears of the end, WSA_E_CANCELLED, as of any other. */
INT WINAPI GetAddrInfoExCancel(LPHANDLE handle)
{
    struct lookup *lookup = NULL;
    size_t i;

    RtlAcquireSRWLockExclusive(&lookups_lock);
    for (i = 0; i < ARRAYSIZE(lookups) && handle && *handle; i++)
        if (lookups[i] == *handle) {
            lookup = lookups[i];
            InterlockedIncrement(&lookup->users);
        }
    RtlReleaseSRWLockExclusive(&lookups_lock);
    if (!lookup) return WSA_INVALID_HANDLE;
    bool ended = lookup_end(lookup, LOOKUP_CANCELLED, WSA_E_CANCELLED, NULL);
    lookup_release(lookup);
    return ended ? 0 : WSA_INVALID_HANDLE;
}

INT WINAPI GetAddrInfoExOverlappedResult(LPOVERLAPPED overlapped)
{
    return overlapped ? (int)__atomic_load_n(&overlapped->Internal, __ATOMIC_ACQUIRE) : WSAEINVAL;
}
