/* winbase.h: GlobalAlloc, LocalAlloc and relatives, for both names the same.
 *
 * Fixed memory is a heap block, its handle the pointer. A movable block has an entry of a handle table: the handle is
 * the entry's address plus sizeof(void *), which no heap block's address can be (blocks are aligned to twice that).
 */
#include "kernelbase.h"

#define ENTRY_MAGIC 0x4c47 /* "GL" */
#define MOVABLE_BIT sizeof(void *)

struct entry {
    union {
        void *memory;       /* NULL when discarded or of size 0 */
        struct entry *next; /* in the free list */
    };
    USHORT magic;
    UCHAR locks;
    UCHAR flags; /* ENTRY_* */
};
#define ENTRY_DISCARDABLE 1
#define ENTRY_DISCARDED 2

#define ENTRIES_PER_PAGE 254

static SRWLOCK table_lock = SRWLOCK_INIT;
static struct entry *free_entries;

/* Every page of entries, for GlobalHandle. */
static struct page {
    struct page *next;
    struct entry *entries;
} *pages;

static struct entry *new_entry(void)
{
    struct entry *entry;

    RtlAcquireSRWLockExclusive((void *)&table_lock);
    if (!free_entries) {
        /* Entries are aligned as blocks are, so that the bit tells them apart. */
        struct page *page = mem_alloc_zeroed(sizeof(*page) + ENTRIES_PER_PAGE * sizeof(struct entry) + MOVABLE_BIT * 2);
        if (page) {
            ULONG_PTR start = ((ULONG_PTR)(page + 1) + MOVABLE_BIT * 2 - 1) & ~(ULONG_PTR)(MOVABLE_BIT * 2 - 1);
            struct entry *entries = (struct entry *)start;
            page->entries = entries;
            page->next = pages;
            pages = page;
            for (int i = ENTRIES_PER_PAGE; i--;) {
                entries[i].next = free_entries;
                free_entries = &entries[i];
            }
        }
    }
    if ((entry = free_entries)) {
        free_entries = entry->next;
        *entry = (struct entry){ .magic = ENTRY_MAGIC };
    }
    RtlReleaseSRWLockExclusive((void *)&table_lock);
    return entry;
}

static void free_entry(struct entry *entry)
{
    RtlAcquireSRWLockExclusive((void *)&table_lock);
    entry->magic = 0;
    entry->next = free_entries;
    free_entries = entry;
    RtlReleaseSRWLockExclusive((void *)&table_lock);
}

static bool is_movable(const void *handle)
{
    return (ULONG_PTR)handle & MOVABLE_BIT;
}

/* The entry of a movable handle; NULL with ERROR_INVALID_HANDLE for anything else. */
static struct entry *entry_of(const void *handle)
{
    struct entry *entry = (struct entry *)((ULONG_PTR)handle - MOVABLE_BIT);

    if ((ULONG_PTR)handle > 0x10000 && is_movable(handle) && entry->magic == ENTRY_MAGIC) return entry;
    set_error(ERROR_INVALID_HANDLE);
    return NULL;
}

HGLOBAL WINAPI GlobalAlloc(UINT flags, SIZE_T size)
{
    ULONG heap_flags = flags & GMEM_ZEROINIT ? HEAP_ZERO_MEMORY : 0;
    struct entry *entry;

    if (!(flags & GMEM_MOVEABLE)) {
        void *memory = RtlAllocateHeap(ferry_peb()->ProcessHeap, heap_flags, size);
        if (!memory) set_error(ERROR_NOT_ENOUGH_MEMORY);
        return memory;
    }
    if (!(entry = new_entry())) {
        set_error(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    if (flags & GMEM_DISCARDABLE) entry->flags |= ENTRY_DISCARDABLE;
    if (!size) {
        entry->flags |= ENTRY_DISCARDED;
    } else if (!(entry->memory = RtlAllocateHeap(ferry_peb()->ProcessHeap, heap_flags, size))) {
        free_entry(entry);
        set_error(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    return (UCHAR *)entry + MOVABLE_BIT;
}

/* NULL when it is gone, the handle when it is not ours. */
HGLOBAL WINAPI GlobalFree(HGLOBAL handle)
{
    struct entry *entry;

    if (!handle) return NULL;
    if (!is_movable(handle)) {
        if (RtlFreeHeap(ferry_peb()->ProcessHeap, 0, handle)) return NULL;
        set_error(ERROR_INVALID_HANDLE);
        return handle;
    }
    if (!(entry = entry_of(handle))) return handle;
    mem_free(entry->memory);
    free_entry(entry);
    return NULL;
}

LPVOID WINAPI GlobalLock(HGLOBAL handle)
{
    struct entry *entry;
    void *memory = NULL;

    if (!handle) {
        set_error(ERROR_INVALID_HANDLE);
        return NULL;
    }
    if (!is_movable(handle)) return handle;
    if (!(entry = entry_of(handle))) return NULL;
    RtlAcquireSRWLockExclusive((void *)&table_lock);
    if (!entry->memory) {
        set_error(ERROR_DISCARDED);
    } else {
        memory = entry->memory;
        if (entry->locks < 0xff) entry->locks++; /* GMEM_LOCKCOUNT: one byte, which sticks at the end */
    }
    RtlReleaseSRWLockExclusive((void *)&table_lock);
    return memory;
}

/* TRUE while locks are left; FALSE with NO_ERROR when the last one went. Fixed memory: TRUE. */
BOOL WINAPI GlobalUnlock(HGLOBAL handle)
{
    struct entry *entry;
    BOOL left = FALSE;
    DWORD error = NO_ERROR;

    if (!handle) return set_error(ERROR_NOT_LOCKED);
    if (!is_movable(handle)) return TRUE;
    if (!(entry = entry_of(handle))) return FALSE;
    RtlAcquireSRWLockExclusive((void *)&table_lock);
    if (!entry->locks) error = ERROR_NOT_LOCKED;
    else left = --entry->locks != 0;
    RtlReleaseSRWLockExclusive((void *)&table_lock);
    if (!left) set_error(error);
    return left;
}

SIZE_T WINAPI GlobalSize(HGLOBAL handle)
{
    struct entry *entry;
    SIZE_T size;

    if (!handle) return set_error(ERROR_INVALID_HANDLE);
    if (is_movable(handle)) {
        if (!(entry = entry_of(handle))) return 0;
        if (!entry->memory) return 0;
        handle = entry->memory;
    }
    size = RtlSizeHeap(ferry_peb()->ProcessHeap, 0, handle);
    if (size != ~(SIZE_T)0) return size;
    return set_error(ERROR_INVALID_HANDLE);
}

HGLOBAL WINAPI GlobalReAlloc(HGLOBAL handle, SIZE_T size, UINT flags)
{
    HANDLE heap = ferry_peb()->ProcessHeap;
    ULONG heap_flags = flags & GMEM_ZEROINIT ? HEAP_ZERO_MEMORY : 0;
    struct entry *entry;
    void *memory;

    if (!handle) {
        set_error(ERROR_INVALID_HANDLE);
        return NULL;
    }
    if (!is_movable(handle)) {
        if (flags & GMEM_MODIFY) {
            /* Fixed memory becomes movable. */
            if (!(flags & GMEM_MOVEABLE)) return handle;
            if (!(entry = new_entry())) {
                set_error(ERROR_NOT_ENOUGH_MEMORY);
                return NULL;
            }
            entry->memory = handle;
            return (UCHAR *)entry + MOVABLE_BIT;
        }
        /* Without GMEM_MOVEABLE a fixed block must stay where it is. */
        if (!(flags & GMEM_MOVEABLE)) heap_flags |= HEAP_REALLOC_IN_PLACE_ONLY;
        if (!(memory = RtlReAllocateHeap(heap, heap_flags, handle, size))) set_error(ERROR_NOT_ENOUGH_MEMORY);
        return memory;
    }
    if (!(entry = entry_of(handle))) return NULL;
    if (flags & GMEM_MODIFY) {
        if (flags & GMEM_DISCARDABLE) entry->flags |= ENTRY_DISCARDABLE;
        return handle;
    }
    if (!size) {
        /* Discards, unless it is locked. */
        if (entry->locks) {
            set_error(ERROR_INVALID_PARAMETER);
            return NULL;
        }
        mem_free(entry->memory);
        entry->memory = NULL;
        entry->flags |= ENTRY_DISCARDED;
        return handle;
    }
    memory = entry->memory ? RtlReAllocateHeap(heap, heap_flags | (entry->locks && !(flags & GMEM_MOVEABLE)
                                                                   ? HEAP_REALLOC_IN_PLACE_ONLY : 0),
                                               entry->memory, size)
                           : RtlAllocateHeap(heap, heap_flags, size);
    if (!memory) {
        set_error(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    entry->memory = memory;
    entry->flags &= ~ENTRY_DISCARDED;
    return handle;
}

UINT WINAPI GlobalFlags(HGLOBAL handle)
{
    struct entry *entry;

    if (!handle) {
        set_error(ERROR_INVALID_HANDLE);
        return GMEM_INVALID_HANDLE;
    }
    if (!is_movable(handle)) return 0;
    if (!(entry = entry_of(handle))) return GMEM_INVALID_HANDLE;
    return entry->locks | (entry->flags & ENTRY_DISCARDABLE ? GMEM_DISCARDABLE : 0) |
           (entry->flags & ENTRY_DISCARDED ? GMEM_DISCARDED : 0);
}

/* The handle of a pointer that GlobalLock gave out; fixed memory is its own handle. */
HGLOBAL WINAPI GlobalHandle(LPCVOID memory)
{
    HGLOBAL found = NULL;

    if (!memory) {
        set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (is_movable(memory)) return entry_of(memory) ? (HGLOBAL)memory : NULL;
    RtlAcquireSRWLockShared((void *)&table_lock);
    for (struct page *page = pages; page && !found; page = page->next)
        for (int i = 0; i < ENTRIES_PER_PAGE && !found; i++)
            if (page->entries[i].magic == ENTRY_MAGIC && page->entries[i].memory == memory)
                found = (UCHAR *)&page->entries[i] + MOVABLE_BIT;
    RtlReleaseSRWLockShared((void *)&table_lock);
    if (found) return found;
    if (RtlValidateHeap(ferry_peb()->ProcessHeap, 0, (void *)memory)) return (HGLOBAL)memory;
    set_error(ERROR_INVALID_HANDLE);
    return NULL;
}

/* ---- the Local names ---- */

HLOCAL WINAPI LocalAlloc(UINT flags, SIZE_T size)
{
    return GlobalAlloc((flags & (LMEM_MOVEABLE | LMEM_ZEROINIT)) | (flags & LMEM_DISCARDABLE ? GMEM_DISCARDABLE : 0), size);
}

HLOCAL WINAPI LocalFree(HLOCAL handle)
{
    return GlobalFree(handle);
}

LPVOID WINAPI LocalLock(HLOCAL handle)
{
    return GlobalLock(handle);
}

BOOL WINAPI LocalUnlock(HLOCAL handle)
{
    /* Fixed memory is never locked here, unlike GlobalUnlock (winbase.h reference: LocalUnlock). */
    if (handle && !is_movable(handle)) return set_error(ERROR_NOT_LOCKED);
    return GlobalUnlock(handle);
}

SIZE_T WINAPI LocalSize(HLOCAL handle)
{
    return GlobalSize(handle);
}

HLOCAL WINAPI LocalReAlloc(HLOCAL handle, SIZE_T size, UINT flags)
{
    return GlobalReAlloc(handle, size, flags);
}

UINT WINAPI LocalFlags(HLOCAL handle)
{
    UINT flags = GlobalFlags(handle);

    if (flags == GMEM_INVALID_HANDLE) return LMEM_INVALID_HANDLE;
    return (flags & 0xff) | (flags & GMEM_DISCARDABLE ? LMEM_DISCARDABLE : 0) |
           (flags & GMEM_DISCARDED ? LMEM_DISCARDED : 0);
}

HLOCAL WINAPI LocalHandle(LPCVOID memory)
{
    return GlobalHandle(memory);
}
