/* Interlocked singly linked lists (interlockedapi.h). A header is exchanged as a whole; its sequence number grows with
 * every change, so that a pop does not mistake a list that came back to the same first entry.
 */
#include "except.h"

#ifdef _WIN64
typedef unsigned __int128 whole;
#define NEXT_OF(header) ((SLIST_ENTRY *)(ULONG_PTR)((header).HeaderX64.NextEntry << 4))
static inline SLIST_HEADER with(SLIST_HEADER old, SLIST_ENTRY *next, LONG depth)
{
    old.HeaderX64.Depth += depth;
    old.HeaderX64.Sequence++;
    old.HeaderX64.NextEntry = (ULONG_PTR)next >> 4;
    return old;
}
static inline USHORT depth_of(SLIST_HEADER header)
{
    return (USHORT)header.HeaderX64.Depth;
}
#else
typedef ULONGLONG whole;
#define NEXT_OF(header) ((header).Next.Next)
static inline SLIST_HEADER with(SLIST_HEADER old, SLIST_ENTRY *next, LONG depth)
{
    old.Depth += (USHORT)depth;
    old.Sequence++;
    old.Next.Next = next;
    return old;
}
static inline USHORT depth_of(SLIST_HEADER header)
{
    return header.Depth;
}
#endif
_Static_assert(sizeof(whole) == sizeof(SLIST_HEADER), "SLIST_HEADER");

static inline bool replace(SLIST_HEADER *header, SLIST_HEADER old, SLIST_HEADER new)
{
    whole from, to;

    memcpy(&from, &old, sizeof(from));
    memcpy(&to, &new, sizeof(to));
    return __sync_bool_compare_and_swap((whole *)header, from, to);
}

/* Not one atomic read: replace() fails if the halves do not belong together. */
static inline SLIST_HEADER look(SLIST_HEADER *header)
{
    SLIST_HEADER value;
    const volatile ULONG_PTR *from = (const volatile ULONG_PTR *)header;

    ((ULONG_PTR *)&value)[0] = from[0];
    ((ULONG_PTR *)&value)[1] = from[1];
    return value;
}

void NTAPI RtlInitializeSListHead(SLIST_HEADER *header)
{
    if ((ULONG_PTR)header & (sizeof(SLIST_HEADER) - 1)) RtlRaiseStatus(STATUS_DATATYPE_MISALIGNMENT);
    memset(header, 0, sizeof(*header));
#ifdef _WIN64
    header->HeaderX64.HeaderType = 1; /* 16-byte header */
#endif
}

SLIST_ENTRY *NTAPI RtlFirstEntrySList(const SLIST_HEADER *header)
{
    return NEXT_OF(*header);
}

USHORT NTAPI RtlQueryDepthSList(SLIST_HEADER *header)
{
    return depth_of(look(header));
}

/* Returns the entry that was first before. */
SLIST_ENTRY *NTAPI RtlInterlockedPushEntrySList(SLIST_HEADER *header, SLIST_ENTRY *entry)
{
    return RtlInterlockedPushListSListEx(header, entry, entry, 1);
}

SLIST_ENTRY *NTAPI RtlInterlockedPushListSListEx(SLIST_HEADER *header, SLIST_ENTRY *first, SLIST_ENTRY *last,
                                                 ULONG count)
{
    SLIST_HEADER old;

    do {
        old = look(header);
        last->Next = NEXT_OF(old);
    } while (!replace(header, old, with(old, first, (LONG)count)));
    return NEXT_OF(old);
}

SLIST_ENTRY *FASTCALL RtlInterlockedPushListSList(SLIST_HEADER *header, SLIST_ENTRY *first, SLIST_ENTRY *last,
                                                  ULONG count)
{
    return RtlInterlockedPushListSListEx(header, first, last, count);
}

/* Reads the next link of an entry that another thread may have popped and freed meanwhile: a fault there means the
 * list has changed (slist_fault). */
extern const char slist_read[], slist_resume[];
static inline __attribute__((always_inline)) SLIST_ENTRY *next_of(SLIST_ENTRY *entry)
{
    SLIST_ENTRY *next;

#ifdef _WIN64
    __asm__ volatile("slist_read: movq (%1), %0\nslist_resume:" : "=r"(next) : "r"(entry) : "memory");
#else
    __asm__ volatile("_slist_read: movl (%1), %0\n_slist_resume:" : "=r"(next) : "r"(entry) : "memory");
#endif
    return next;
}

bool slist_fault(const EXCEPTION_RECORD *record, CONTEXT *context)
{
#ifdef _WIN64
    ULONG64 *pc = &context->Rip;
#else
    DWORD *pc = &context->Eip;
#endif
    if (*pc != (ULONG_PTR)slist_read || (record->ExceptionCode != STATUS_ACCESS_VIOLATION &&
                                         record->ExceptionCode != STATUS_GUARD_PAGE_VIOLATION))
        return false;
    *pc = (ULONG_PTR)slist_resume; /* with whatever the register holds: the exchange that follows fails */
    return true;
}

static __attribute__((noinline)) SLIST_ENTRY *read_next(SLIST_ENTRY *entry)
{
    return next_of(entry);
}

SLIST_ENTRY *NTAPI RtlInterlockedPopEntrySList(SLIST_HEADER *header)
{
    SLIST_HEADER old;
    SLIST_ENTRY *entry;

    do {
        old = look(header);
        if (!(entry = NEXT_OF(old))) return NULL;
    } while (!replace(header, old, with(old, read_next(entry), -1)));
    return entry;
}

SLIST_ENTRY *NTAPI RtlInterlockedFlushSList(SLIST_HEADER *header)
{
    SLIST_HEADER old, new;

    do {
        old = look(header);
        if (!NEXT_OF(old)) return NULL;
        new = with(old, NULL, 0);
#ifdef _WIN64
        new.HeaderX64.Depth = 0;
#else
        new.Depth = 0;
#endif
    } while (!replace(header, old, new));
    return NEXT_OF(old);
}
