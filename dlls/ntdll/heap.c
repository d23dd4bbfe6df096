/* The heap: creation, allocation, release (heapapi.h). heap.h tells how it is built. */
#include "heap.h"

#define HEAP_SETTABLE_USER_VALUE 0x100u
#define HEAP_SETTABLE_USER_FLAGS 0xe00u
#define HEAP_SLOW (HEAP_SETTABLE_USER_VALUE | HEAP_SETTABLE_USER_FLAGS)
#define CACHED_SIZE_MAX ((HEAP_CLASSES - 1) * HEAP_UNIT - HEAP_HEADER)

bool heap_terminate_on_corruption;

static RTL_SRWLOCK list_lock;
static void *first_heaps[64];
static ULONG slots_used, heaps_created;
static struct heap_thread no_caches; /* of a thread that is exiting */

_Static_assert(sizeof(struct heap_cache) > CACHED_SIZE_MAX, "caches are not themselves cached");

/* ---- small helpers ---- */

struct heap *heap_from_handle(void *handle)
{
    struct heap *heap = handle;
    return heap && heap->signature == HEAP_SIGNATURE ? heap : NULL;
}

void heap_lock(struct heap *heap, ULONG flags)
{
    if (!(heap->flags & HEAP_NO_SERIALIZE)) RtlEnterCriticalSection(heap->lock);
}

void heap_unlock(struct heap *heap, ULONG flags)
{
    if (!(heap->flags & HEAP_NO_SERIALIZE)) RtlLeaveCriticalSection(heap->lock);
}

void heap_corrupt(struct heap *heap, const void *address)
{
    EXCEPTION_RECORD record = { .ExceptionCode = STATUS_HEAP_CORRUPTION,
                                .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
                                .ExceptionAddress = __builtin_return_address(0),
                                .NumberParameters = 1,
                                .ExceptionInformation = { (ULONG_PTR)address } };
    CONTEXT context;

    if (!heap_terminate_on_corruption) {
        heap_error(STATUS_INVALID_PARAMETER, ERROR_INVALID_PARAMETER);
        return;
    }
    /* No handler may run on a broken heap: straight to the end, as the fail fast of the reference. */
    RtlCaptureContext(&context);
    NtRaiseException(&record, &context, FALSE);
    NtTerminateProcess(NtCurrentProcess(), STATUS_HEAP_CORRUPTION);
}

static inline ULONG block_bytes(SIZE_T size)
{
    ULONG bytes = (ULONG)(size + HEAP_HEADER + HEAP_UNIT - 1) & ~(ULONG)(HEAP_UNIT - 1);
    return bytes < HEAP_MIN_BLOCK ? HEAP_MIN_BLOCK : bytes;
}

SIZE_T heap_user_size(struct heap_block *block, bool region)
{
    return region ? heap_region_of(block)->size : BLOCK_SIZE(block) - block->unused;
}

bool heap_probe(struct heap *heap, const void *body)
{
    struct heap_block *block = heap_block_of(body);

    return !((ULONG_PTR)body & (HEAP_UNIT - 1)) &&
           (heap_block_is(heap, block, BLOCK_BUSY) || heap_block_is(heap, block, BLOCK_REGION)) &&
           (block->flags & 0xf0) == BLOCK_MARK;
}

struct heap_block *heap_busy_block(struct heap *heap, const void *body)
{
    if (heap_probe(heap, body)) return heap_block_of(body);
    heap_corrupt(heap, body);
    return NULL;
}

/* ---- per-thread caches ---- */

static inline struct heap_cache *cache_of(struct heap *heap)
{
    struct heap_thread *thread = ferry_teb()->FerryHeap;
    struct heap_cache *cache = thread ? thread->caches[heap->cache_slot] : NULL;

    return cache && cache->generation == heap->generation && !heap->external_lock ? cache : NULL;
}

static void *allocate_uncached(struct heap *heap, SIZE_T size)
{
    struct heap_block *block;

    heap_lock(heap, 0);
    block = heap_block_allocate(heap, block_bytes(size));
    if (block) {
        block->flags = BLOCK_MARK;
        block->unused = (USHORT)(BLOCK_SIZE(block) - size);
        block->state = heap_state(heap, block, BLOCK_BUSY);
    }
    heap_unlock(heap, 0);
    if (!block) return NULL;
    return memset(heap_body(block), 0, size);
}

static struct heap_cache *cache_make(struct heap *heap)
{
    struct heap *process_heap = ferry_peb()->ProcessHeap;
    struct heap_thread *thread = ferry_teb()->FerryHeap;
    struct heap_cache *cache;

    if (!process_heap || heap->cache_slot == HEAP_CACHE_SLOTS || thread == &no_caches || heap->external_lock)
        return NULL;
    if (!thread) {
        if (!(thread = allocate_uncached(process_heap, sizeof(*thread)))) return NULL;
        ferry_teb()->FerryHeap = thread;
    }
    cache = thread->caches[heap->cache_slot];
    if (cache) memset(cache, 0, sizeof(*cache)); /* of a heap that is gone, and its blocks with it */
    else if (!(cache = allocate_uncached(process_heap, sizeof(*cache)))) return NULL;
    cache->generation = heap->generation;
    for (ULONG i = 0; i < HEAP_CLASSES; i++) cache->lists[i].refill = 1;
    thread->caches[heap->cache_slot] = cache;
    return cache;
}

/* Hands `count` blocks of one list to the back end. */
static void cache_flush_list(struct heap *heap, struct heap_cache *cache, ULONG class, ULONG count)
{
    heap_lock(heap, 0);
    while (count-- && cache->lists[class].first) {
        void *body = cache->lists[class].first;
        struct heap_block *block = heap_block_of(body);
        if (!heap_block_is(heap, block, BLOCK_CACHED) || BLOCK_SIZE(block) != class * HEAP_UNIT) {
            /* The program wrote into freed memory; what hangs on this link is lost, not reused. */
            cache->lists[class].first = NULL;
            cache->lists[class].count = 0;
            heap_unlock(heap, 0);
            heap_corrupt(heap, body);
            return;
        }
        cache->lists[class].first = *(void **)body;
        cache->lists[class].count--;
        heap_block_free(heap, block);
    }
    heap_unlock(heap, 0);
}

void heap_flush_cache(struct heap *heap)
{
    struct heap_thread *thread = ferry_teb()->FerryHeap;
    struct heap_cache *cache = thread ? thread->caches[heap->cache_slot] : NULL;

    if (!cache || cache->generation != heap->generation) return;
    for (ULONG class = 0; class < HEAP_CLASSES; class++)
        if (cache->lists[class].first) cache_flush_list(heap, cache, class, ~0u);
}

void heap_thread_exit(void)
{
    struct heap *process_heap = ferry_peb()->ProcessHeap;
    struct heap_thread *thread = ferry_teb()->FerryHeap;

    if (!thread || thread == &no_caches) return;
    RtlAcquireSRWLockShared(&list_lock);
    for (ULONG i = 0; i < ferry_peb()->NumberOfHeaps; i++) heap_flush_cache(ferry_peb()->ProcessHeaps[i]);
    RtlReleaseSRWLockShared(&list_lock);
    ferry_teb()->FerryHeap = &no_caches;
    for (ULONG i = 0; i < HEAP_CACHE_SLOTS; i++)
        if (thread->caches[i]) RtlFreeHeap(process_heap, 0, thread->caches[i]);
    RtlFreeHeap(process_heap, 0, thread);
}

/* ---- allocation ---- */

static void *out_of_memory(struct heap *heap, ULONG flags, SIZE_T size)
{
    if ((flags | heap->flags) & HEAP_GENERATE_EXCEPTIONS) {
        EXCEPTION_RECORD record = { .ExceptionCode = STATUS_NO_MEMORY,
                                    .NumberParameters = 1,
                                    .ExceptionInformation = { size } };
        RtlRaiseException(&record);
    }
    heap_error(STATUS_NO_MEMORY, ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
}

static struct heap_block *refill(struct heap *heap, ULONG bytes)
{
    ULONG class = bytes / HEAP_UNIT, count = 1;
    struct heap_cache *cache = class < HEAP_CLASSES ? cache_of(heap) : NULL;
    struct heap_block *block;

    if (!cache && class < HEAP_CLASSES) cache = cache_make(heap);
    if (cache) {
        count = cache->lists[class].refill;
        if (count < 16 && count * bytes < 0x1000) cache->lists[class].refill = (USHORT)(count * 2);
    }
    heap_lock(heap, 0);
    while ((block = heap_block_allocate(heap, bytes))) {
        ULONG actual = BLOCK_SIZE(block) / HEAP_UNIT;
        block->flags = BLOCK_MARK;
        block->unused = (USHORT)min(BLOCK_SIZE(block), 0xffff);
        block->state = heap_state(heap, block, BLOCK_CACHED);
        if (count-- == 1 || actual >= HEAP_CLASSES) break;
        *(void **)heap_body(block) = cache->lists[actual].first;
        cache->lists[actual].first = heap_body(block);
        cache->lists[actual].count++;
    }
    heap_unlock(heap, 0);
    if (!block && cache && cache->lists[class].first) {
        block = heap_block_of(cache->lists[class].first);
        cache->lists[class].first = *(void **)heap_body(block);
        cache->lists[class].count--;
    }
    return block;
}

static __attribute__((noinline)) void *allocate(void *handle, ULONG flags, SIZE_T size, bool will_grow)
{
    struct heap *heap = heap_from_handle(handle);
    ULONG extra = flags & HEAP_SETTABLE_USER_VALUE ? sizeof(struct heap_extra) : 0;
    struct heap_block *block;
    bool region;

    if (!heap) {
        heap_error(STATUS_INVALID_HANDLE, ERROR_INVALID_HANDLE);
        return NULL;
    }
    region = size > HEAP_MAX_BLOCK - HEAP_HEADER - extra;
    if (region) {
        if (size > (SIZE_T)-1 / 2) return out_of_memory(heap, flags, size);
        heap_lock(heap, flags);
        block = heap_region_allocate(heap, size, extra, will_grow);
        heap_unlock(heap, flags);
        if (!block) return out_of_memory(heap, flags, size);
        block->flags = BLOCK_MARK;
    } else {
        if (!(block = refill(heap, block_bytes(size + extra)))) return out_of_memory(heap, flags, size);
        block->unused = (USHORT)(BLOCK_SIZE(block) - size);
        block->flags = BLOCK_MARK;
        if (flags & HEAP_ZERO_MEMORY) memset(heap_body(block), 0, size);
        block->state = heap_state(heap, block, BLOCK_BUSY);
    }
    block->flags |= (flags & HEAP_SETTABLE_USER_FLAGS) >> 9;
    if (extra) {
        block->flags |= BLOCK_EXTRA;
        memset(heap_extra_of(block, region), 0, sizeof(struct heap_extra));
    }
    return heap_body(block);
}

/* heapapi.h: HeapAlloc. */
void *NTAPI RtlAllocateHeap(void *handle, ULONG flags, SIZE_T size)
{
    struct heap *heap = handle;

    if (size <= CACHED_SIZE_MAX && !(flags & HEAP_SLOW) && heap->signature == HEAP_SIGNATURE) {
        struct heap_cache *cache = cache_of(heap);
        ULONG bytes = block_bytes(size), class = bytes / HEAP_UNIT;
        void *body;

        if (cache && (body = cache->lists[class].first)) {
            struct heap_block *block = heap_block_of(body);
            if (heap_block_is(heap, block, BLOCK_CACHED) && BLOCK_SIZE(block) == bytes) {
                cache->lists[class].first = *(void **)body;
                cache->lists[class].count--;
                block->unused = (USHORT)(bytes - size);
                block->flags = BLOCK_MARK;
                block->state = heap_state(heap, block, BLOCK_BUSY);
                if (flags & HEAP_ZERO_MEMORY) memset(body, 0, size);
                return body;
            }
            cache->lists[class].first = NULL;
            cache->lists[class].count = 0;
            heap_corrupt(heap, body);
        }
    }
    return allocate(handle, flags, size, false);
}

static __attribute__((noinline)) BOOLEAN release(struct heap *heap, ULONG flags, void *body)
{
    struct heap_block *block;

    if (!heap || heap->signature != HEAP_SIGNATURE) {
        heap_error(STATUS_INVALID_HANDLE, ERROR_INVALID_HANDLE);
        return FALSE;
    }
    heap_lock(heap, flags);
    block = heap_busy_block(heap, body);
    if (block) {
        if (heap_block_is(heap, block, BLOCK_REGION)) heap_region_free(heap, heap_region_of(block));
        else heap_block_free(heap, block);
    }
    heap_unlock(heap, flags);
    return block != NULL;
}

/* heapapi.h: HeapFree. A pointer that is not a busy block of this heap: FALSE, ERROR_INVALID_PARAMETER, or the end of
 * the process with STATUS_HEAP_CORRUPTION where HeapEnableTerminationOnCorruption was set. */
BOOLEAN NTAPI RtlFreeHeap(void *handle, ULONG flags, void *body)
{
    struct heap *heap = handle;
    struct heap_block *block = heap_block_of(body);
    struct heap_cache *cache;
    ULONG class;

    if (!body) return TRUE;
    if (heap && heap->signature == HEAP_SIGNATURE && !((ULONG_PTR)body & (HEAP_UNIT - 1)) &&
        heap_block_is(heap, block, BLOCK_BUSY) && (block->flags & 0xf0) == BLOCK_MARK &&
        (class = BLOCK_SIZE(block) / HEAP_UNIT) < HEAP_CLASSES && (cache = cache_of(heap))) {
        block->state = heap_state(heap, block, BLOCK_CACHED);
        *(void **)body = cache->lists[class].first;
        cache->lists[class].first = body;
        if (++cache->lists[class].count > (class < 16 ? 64 : 24))
            cache_flush_list(heap, cache, class, cache->lists[class].count / 2);
        return TRUE;
    }
    return release(heap, flags, body);
}

/* heapapi.h: HeapReAlloc. */
void *NTAPI RtlReAllocateHeap(void *handle, ULONG flags, void *body, SIZE_T size)
{
    struct heap *heap = heap_from_handle(handle);
    struct heap_block *block;
    SIZE_T old;
    ULONG extra, user_flags;
    bool region, done = false;
    void *copy;

    if (!heap || !body) {
        heap_error(heap ? STATUS_INVALID_PARAMETER : STATUS_INVALID_HANDLE,
                   heap ? ERROR_INVALID_PARAMETER : ERROR_INVALID_HANDLE);
        return NULL;
    }
    heap_lock(heap, flags);
    if (!(block = heap_busy_block(heap, body))) {
        heap_unlock(heap, flags);
        return NULL;
    }
    region = heap_block_is(heap, block, BLOCK_REGION);
    old = heap_user_size(block, region);
    extra = block->flags & BLOCK_EXTRA ? sizeof(struct heap_extra) : 0;
    user_flags = (block->flags & BLOCK_USER_FLAGS) << 9 | (extra ? HEAP_SETTABLE_USER_VALUE : 0);
    if (region) {
        done = (size > HEAP_MAX_BLOCK / 2 || (flags & HEAP_REALLOC_IN_PLACE_ONLY)) &&
               heap_region_resize(heap, heap_region_of(block), size);
    } else if (size <= HEAP_MAX_BLOCK - HEAP_HEADER - extra) {
        struct heap_extra value = { 0 };
        ULONG bytes = block_bytes(size + extra);
        if (extra) value = *heap_extra_of(block, false);
        /* A little less is left as it is. */
        done = (bytes <= BLOCK_SIZE(block) && BLOCK_SIZE(block) - bytes < 256) || heap_block_resize(heap, block, bytes);
        if (done) block->unused = (USHORT)(BLOCK_SIZE(block) - size);
        if (done && extra) *heap_extra_of(block, false) = value;
    }
    if (done) {
        if (flags & HEAP_SETTABLE_USER_FLAGS)
            block->flags = (block->flags & ~BLOCK_USER_FLAGS) | (flags & HEAP_SETTABLE_USER_FLAGS) >> 9;
        if ((flags & HEAP_ZERO_MEMORY) && size > old) memset((char *)body + old, 0, size - old);
    }
    heap_unlock(heap, flags);
    if (done) return body;
    if (flags & HEAP_REALLOC_IN_PLACE_ONLY) return out_of_memory(heap, flags, size);
    copy = allocate(heap, (flags & ~HEAP_ZERO_MEMORY) | user_flags, size, true);
    if (!copy) return NULL;
    memcpy(copy, body, min(old, size));
    if (extra) *heap_extra_of(heap_block_of(copy), heap_block_is(heap, heap_block_of(copy), BLOCK_REGION)) = *heap_extra_of(block, region);
    if ((flags & HEAP_ZERO_MEMORY) && size > old) memset((char *)copy + old, 0, size - old);
    RtlFreeHeap(heap, 0, body);
    return copy;
}

/* heapapi.h: HeapSize. Exactly what was asked for; (SIZE_T)-1 for what is no block. */
SIZE_T NTAPI RtlSizeHeap(void *handle, ULONG flags, const void *body)
{
    struct heap *heap = heap_from_handle(handle);
    struct heap_block *block = heap && body ? heap_busy_block(heap, body) : NULL;

    if (!block) {
        heap_error(STATUS_INVALID_PARAMETER, ERROR_INVALID_PARAMETER);
        return (SIZE_T)-1;
    }
    return heap_user_size(block, heap_block_is(heap, block, BLOCK_REGION));
}

/* ---- creation ---- */

static bool list_add(struct heap *heap)
{
    FERRY_PEB *peb = ferry_peb();

    if (!peb->ProcessHeaps) {
        peb->ProcessHeaps = first_heaps;
        peb->MaximumNumberOfHeaps = ARRAY_SIZE(first_heaps);
    }
    if (peb->NumberOfHeaps == peb->MaximumNumberOfHeaps) {
        ULONG room = peb->MaximumNumberOfHeaps * 2;
        void **larger = allocate_uncached(peb->ProcessHeap, room * sizeof(*larger));
        if (!larger) return false;
        memcpy(larger, peb->ProcessHeaps, peb->NumberOfHeaps * sizeof(*larger));
        if (peb->ProcessHeaps != first_heaps) RtlFreeHeap(peb->ProcessHeap, 0, peb->ProcessHeaps);
        peb->ProcessHeaps = larger;
        peb->MaximumNumberOfHeaps = room;
    }
    peb->ProcessHeaps[peb->NumberOfHeaps++] = heap;
    heap->cache_slot = HEAP_CACHE_SLOTS;
    heap->generation = ++heaps_created;
    heap->key = (UCHAR)(heaps_created * 0x9d);
    /* In a heap of fixed size every free block must be there for every thread. */
    for (ULONG slot = 0; slot < HEAP_CACHE_SLOTS && !heap->maximum; slot++) {
        if (slots_used & 1u << slot) continue;
        slots_used |= 1u << slot;
        heap->cache_slot = slot;
        break;
    }
    return true;
}

static void list_remove(struct heap *heap)
{
    FERRY_PEB *peb = ferry_peb();

    RtlAcquireSRWLockExclusive(&list_lock);
    for (ULONG i = 0; i < peb->NumberOfHeaps; i++) {
        if (peb->ProcessHeaps[i] != heap) continue;
        memmove(&peb->ProcessHeaps[i], &peb->ProcessHeaps[i + 1], (--peb->NumberOfHeaps - i) * sizeof(void *));
        if (heap->cache_slot < HEAP_CACHE_SLOTS) slots_used &= ~(1u << heap->cache_slot);
        break;
    }
    RtlReleaseSRWLockExclusive(&list_lock);
}

/* wdm.h: RtlCreateHeap. Without HEAP_GROWABLE the heap is as large as `reserve` for good. `base` memory belongs to the
 * caller: committed by it up to `commit`, or as far as NtQueryVirtualMemory says. */
void *NTAPI RtlCreateHeap(ULONG flags, void *base, SIZE_T reserve, SIZE_T commit_size, void *lock,
                          RTL_HEAP_PARAMETERS *parameters)
{
    ULONG protect = flags & HEAP_CREATE_ENABLE_EXECUTE ? PAGE_EXECUTE_READWRITE : PAGE_READWRITE;
    SIZE_T overhead = (sizeof(struct heap) + HEAP_PAGE - 1) & ~(SIZE_T)(HEAP_PAGE - 1), maximum = 0;
    bool foreign = base != NULL;
    struct heap *heap;
    char *first;

    if (parameters && parameters->Length >= sizeof(*parameters)) {
        if (!reserve) reserve = parameters->InitialReserve;
        if (!commit_size) commit_size = parameters->InitialCommit;
    } else {
        parameters = NULL;
    }
    if (reserve > (SIZE_T)-1 / 2 || commit_size > (SIZE_T)-1 / 2) return NULL;
    if (foreign) {
        MEMORY_BASIC_INFORMATION info;
        if (NtQueryVirtualMemory(NtCurrentProcess(), base, 0, &info, sizeof(info), NULL)) return NULL;
        if (!commit_size && info.State == MEM_COMMIT)
            commit_size = (char *)info.BaseAddress + info.RegionSize - (char *)base;
        if (!reserve) reserve = commit_size;
        if (reserve < overhead) return NULL;
        if (info.State == MEM_RESERVE) {
            void *at = base;
            commit_size = max(commit_size, overhead);
            if (NtAllocateVirtualMemory(NtCurrentProcess(), &at, 0, &commit_size, MEM_COMMIT, protect)) return NULL;
        }
        if (commit_size < overhead) return NULL;
        if (!(flags & HEAP_GROWABLE)) maximum = reserve;
    } else {
        void *at;
        if (!reserve) reserve = 0x100000 - overhead;
        if (reserve < commit_size) reserve = commit_size;
        if (!(flags & HEAP_GROWABLE)) maximum = reserve;
        reserve = (reserve + overhead + 0xffff) & ~(SIZE_T)0xffff;
        if (reserve > 0x7fff0000) reserve = 0x7fff0000;
        commit_size = (commit_size + overhead + 0xffff) & ~(SIZE_T)0xffff;
        if (commit_size > reserve) commit_size = reserve;
        if (NtAllocateVirtualMemory(NtCurrentProcess(), &base, 0, &reserve, MEM_RESERVE, protect)) return NULL;
        at = base;
        if (NtAllocateVirtualMemory(NtCurrentProcess(), &at, 0, &commit_size, MEM_COMMIT, protect)) goto release;
        if (maximum) reserve = min(reserve, ((maximum + HEAP_PAGE - 1) & ~(SIZE_T)(HEAP_PAGE - 1)) + overhead);
        if (commit_size > reserve) commit_size = reserve;
    }
    heap = base;
    memset(heap, 0, sizeof(*heap));
#ifdef _WIN64
    heap->segment_signature = HEAP_SEGMENT_SIGNATURE;
#else
    heap->pad0 = HEAP_SEGMENT_SIGNATURE;
#endif
    heap->flags = flags & (HEAP_NO_SERIALIZE | HEAP_GROWABLE | HEAP_GENERATE_EXCEPTIONS | HEAP_CREATE_ENABLE_EXECUTE);
    heap->signature = HEAP_SIGNATURE;
    heap->protect = protect;
    heap->compatibility = flags & HEAP_NO_SERIALIZE || maximum ? 0 : 2;
    heap->maximum = maximum;
    heap->own_lock.DebugInfo = (RTL_CRITICAL_SECTION_DEBUG *)(LONG_PTR)-1;
    heap->own_lock.LockCount = -1;
    heap->own_lock.SpinCount = 1000;
    heap->lock = lock ? lock : &heap->own_lock;
    heap->regions.Flink = heap->regions.Blink = &heap->regions;
    heap->committed = commit_size;
    heap->next_reserve = 0x200000;
    heap->commit_step = 0x10000;
    if (parameters && foreign) heap->commit_routine = parameters->CommitRoutine;
    RtlAcquireSRWLockExclusive(&list_lock);
    if (!list_add(heap)) {
        RtlReleaseSRWLockExclusive(&list_lock);
        if (foreign) return NULL;
        goto release;
    }
    first = (char *)(((ULONG_PTR)(heap + 1) + HEAP_HEADER + HEAP_UNIT - 1) / HEAP_UNIT * HEAP_UNIT - HEAP_HEADER);
    heap_segment_init(heap, &heap->segment0, base, first, (char *)base + commit_size, (char *)base + reserve, foreign);
    RtlReleaseSRWLockExclusive(&list_lock);
    return heap;
release:
    reserve = 0;
    NtFreeVirtualMemory(NtCurrentProcess(), &base, &reserve, MEM_RELEASE);
    return NULL;
}

/* wdm.h: RtlDestroyHeap. NULL when done, the handle when it is no heap or the process heap. */
void *NTAPI RtlDestroyHeap(void *handle)
{
    struct heap *heap = heap_from_handle(handle);
    LIST_ENTRY *link;
    void *base;
    SIZE_T size;

    if (!heap || heap == ferry_peb()->ProcessHeap) return handle;
    list_remove(heap);
    heap->signature = 0;
    heap->generation = 0;
    while ((link = heap->regions.Flink) != &heap->regions) {
        heap->regions.Flink = link->Flink;
        base = CONTAINING_RECORD(link, struct heap_region, link);
        size = 0;
        NtFreeVirtualMemory(NtCurrentProcess(), &base, &size, MEM_RELEASE);
    }
    for (ULONG i = heap->segment_count; i-- > 0;) {
        struct heap_segment *segment = heap->segments[i];
        if (!segment || segment->foreign) continue;
        base = segment->base;
        size = 0;
        NtFreeVirtualMemory(NtCurrentProcess(), &base, &size, MEM_RELEASE);
    }
    return NULL;
}

/* heapapi.h: GetProcessHeaps. The number of heaps, also when `room` holds fewer. */
ULONG NTAPI RtlGetProcessHeaps(ULONG room, void **heaps)
{
    FERRY_PEB *peb = ferry_peb();
    ULONG count;

    RtlAcquireSRWLockShared(&list_lock);
    count = peb->NumberOfHeaps;
    if (count <= room) memcpy(heaps, peb->ProcessHeaps, count * sizeof(*heaps));
    RtlReleaseSRWLockShared(&list_lock);
    return count;
}

/* ntifs.h style: calls `routine` for every heap until it fails. */
NTSTATUS NTAPI RtlEnumProcessHeaps(PRTL_ENUM_HEAPS_ROUTINE routine, void *argument)
{
    FERRY_PEB *peb = ferry_peb();
    NTSTATUS status = STATUS_SUCCESS;

    RtlAcquireSRWLockShared(&list_lock);
    for (ULONG i = 0; i < peb->NumberOfHeaps && NT_SUCCESS(status); i++) status = routine(peb->ProcessHeaps[i], argument);
    RtlReleaseSRWLockShared(&list_lock);
    return status;
}
