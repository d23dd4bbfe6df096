/* Memory blocks. They live in the process heap, as the runtime's have since Windows 8, so that a block crosses DLLs. */
#include "crt.h"
#include <malloc.h>

HANDLE crt_heap;

typedef int(__cdecl *new_handler)(size_t);
static new_handler handler;
static int new_mode;

CRTAPI int _callnewh(size_t size)
{
    return handler && handler(size);
}

CRTAPI new_handler _set_new_handler(new_handler replacement)
{
    return (new_handler)InterlockedExchangePointer((void **)&handler, replacement);
}

CRTAPI new_handler _query_new_handler(void)
{
    return handler;
}

CRTAPI int _set_new_mode(int mode)
{
    REQUIRE(mode == 0 || mode == 1, EINVAL, -1);
    return InterlockedExchange((LONG *)&new_mode, mode);
}

CRTAPI int _query_new_mode(void)
{
    return new_mode;
}

static void *allocate(size_t size, DWORD flags)
{
    if (size <= (size_t)-0x20) {
        do {
            void *block = HeapAlloc(crt_heap, flags, size ? size : 1);
            if (block) return block;
        } while (new_mode && _callnewh(size));
    }
    errno = ENOMEM;
    return NULL;
}

CRTAPI void *malloc(size_t size)
{
    return allocate(size, 0);
}

CRTAPI void *_malloc_base(size_t size)
{
    return allocate(size, 0);
}

CRTAPI void *calloc(size_t count, size_t size)
{
    if (size && count > (size_t)-0x20 / size) {
        errno = ENOMEM;
        return NULL;
    }
    return allocate(count * size, HEAP_ZERO_MEMORY);
}

CRTAPI void *_calloc_base(size_t count, size_t size)
{
    return calloc(count, size);
}

CRTAPI void free(void *block)
{
    if (block) HeapFree(crt_heap, 0, block);
}

CRTAPI void _free_base(void *block)
{
    free(block);
}

CRTAPI void *realloc(void *block, size_t size)
{
    if (!block) return malloc(size);
    if (!size) {
        free(block);
        return NULL;
    }
    if (size <= (size_t)-0x20) {
        do {
            void *moved = HeapReAlloc(crt_heap, 0, block, size);
            if (moved) return moved;
        } while (new_mode && _callnewh(size));
    }
    errno = ENOMEM;
    return NULL;
}

CRTAPI void *_realloc_base(void *block, size_t size)
{
    return realloc(block, size);
}

CRTAPI size_t _msize(void *block)
{
    REQUIRE(block, EINVAL, (size_t)-1);
    return HeapSize(crt_heap, 0, block);
}

CRTAPI void *_recalloc(void *block, size_t count, size_t size)
{
    size_t old = block ? _msize(block) : 0, total = count * size;
    char *moved;

    if (size && count > (size_t)-0x20 / size) {
        errno = ENOMEM;
        return NULL;
    }
    moved = realloc(block, total);
    if (moved && total > old) memset(moved + old, 0, total - old);
    return moved;
}

CRTAPI void *_expand(void *block, size_t size)
{
    void *same;

    REQUIRE(block, EINVAL, NULL);
    same = size <= (size_t)-0x20 ? HeapReAlloc(crt_heap, HEAP_REALLOC_IN_PLACE_ONLY, block, size ? size : 1) : NULL;
    if (!same) errno = ENOMEM;
    return same;
}

CRTAPI intptr_t _get_heap_handle(void)
{
    return (intptr_t)crt_heap;
}

CRTAPI int _heapmin(void)
{
    return crt_status(HeapCompact(crt_heap, 0) || GetLastError() == NO_ERROR);
}

CRTAPI int _heapchk(void)
{
    return HeapValidate(crt_heap, 0, NULL) ? _HEAPOK : _HEAPBADNODE;
}

#ifdef FERRY_MSVCRT
/* The small-block heap of old is gone: its threshold is 0 and stays so. */
CRTAPI size_t _get_sbh_threshold(void)
{
    return 0;
}

CRTAPI int _set_sbh_threshold(size_t size)
{
    return size == 0;
}

CRTAPI int _heapset(unsigned fill)
{
    return _heapchk();
}

CRTAPI int _heapadd(void *block, size_t size)
{
    errno = ENOSYS;
    return -1;
}

#endif

/* Walks the process heap; _entry._pentry is NULL at the start. */
CRTAPI int _heapwalk(struct _heapinfo *entry)
{
    PROCESS_HEAP_ENTRY walk = { 0 };

    REQUIRE(entry, EINVAL, _HEAPBADPTR);
    if (!HeapLock(crt_heap)) return _HEAPBADBEGIN;
    walk.lpData = entry->_pentry;
    if (walk.lpData) {
        walk.wFlags = entry->_useflag == _USEDENTRY ? PROCESS_HEAP_ENTRY_BUSY : 0;
        walk.cbData = (DWORD)entry->_size;
    }
    for (;;) {
        if (!HeapWalk(crt_heap, &walk)) {
            DWORD error = GetLastError();
            HeapUnlock(crt_heap);
            return error == ERROR_NO_MORE_ITEMS ? _HEAPEND : _HEAPBADNODE;
        }
        if (!(walk.wFlags & (PROCESS_HEAP_REGION | PROCESS_HEAP_UNCOMMITTED_RANGE))) break;
    }
    entry->_pentry = walk.lpData;
    entry->_size = walk.cbData;
    entry->_useflag = walk.wFlags & PROCESS_HEAP_ENTRY_BUSY ? _USEDENTRY : _FREEENTRY;
    HeapUnlock(crt_heap);
    return _HEAPOK;
}

/* ---- aligned: the block's own address stands before it ---- */

static void *aligned(void *block, size_t size, size_t alignment, size_t offset, BOOL zero)
{
    size_t old = 0, old_shift = 0;
    char *base, *place;

    REQUIRE(alignment && !(alignment & (alignment - 1)), EINVAL, NULL);
    REQUIRE(!offset || offset < size, EINVAL, NULL);
    if (block) {
        char *from = ((char **)((uintptr_t)block & -sizeof(void *)))[-1];
        old_shift = (char *)block - from;
        old = HeapSize(crt_heap, 0, from) - old_shift;
    }
    if (alignment < sizeof(void *)) alignment = sizeof(void *);
    if (size > (size_t)-0x40 - alignment) {
        errno = ENOMEM;
        return NULL;
    }
    base = malloc(size + alignment + 2 * sizeof(void *));
    if (!base) return NULL;
    place = base + 2 * sizeof(void *) + offset;
    place = (char *)(((uintptr_t)place + alignment - 1) & -alignment) - offset;
    ((char **)((uintptr_t)place & -sizeof(void *)))[-1] = base;
    if (block) {
        memcpy(place, block, min(old, size));
        free(((char **)((uintptr_t)block & -sizeof(void *)))[-1]);
    }
    if (zero && size > old) memset(place + old, 0, size - old);
    return place;
}

CRTAPI void _aligned_free(void *block)
{
    if (block) free(((char **)((uintptr_t)block & -sizeof(void *)))[-1]);
}

CRTAPI void *_aligned_offset_malloc(size_t size, size_t alignment, size_t offset)
{
    return aligned(NULL, size, alignment, offset, FALSE);
}

CRTAPI void *_aligned_malloc(size_t size, size_t alignment)
{
    return aligned(NULL, size, alignment, 0, FALSE);
}

CRTAPI void *_aligned_offset_realloc(void *block, size_t size, size_t alignment, size_t offset)
{
    if (block && !size) {
        _aligned_free(block);
        return NULL;
    }
    return aligned(block, size, alignment, offset, FALSE);
}

CRTAPI void *_aligned_realloc(void *block, size_t size, size_t alignment)
{
    return _aligned_offset_realloc(block, size, alignment, 0);
}

CRTAPI void *_aligned_offset_recalloc(void *block, size_t count, size_t size, size_t alignment, size_t offset)
{
    if (size && count > (size_t)-0x40 / size) {
        errno = ENOMEM;
        return NULL;
    }
    if (block && (!count || !size)) {
        _aligned_free(block);
        return NULL;
    }
    return aligned(block, count * size, alignment, offset, TRUE);
}

CRTAPI void *_aligned_recalloc(void *block, size_t count, size_t size, size_t alignment)
{
    return _aligned_offset_recalloc(block, count, size, alignment, 0);
}

CRTAPI size_t _aligned_msize(void *block, size_t alignment, size_t offset)
{
    char *base;

    REQUIRE(block, EINVAL, (size_t)-1);
    if (alignment < sizeof(void *)) alignment = sizeof(void *);
    base = ((char **)((uintptr_t)block & -sizeof(void *)))[-1];
    return HeapSize(crt_heap, 0, base) - alignment - 2 * sizeof(void *);
}
