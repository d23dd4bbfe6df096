/* The heap: looking at it, checking it, locking it, user values (heapapi.h). */
#include "heap.h"

#define HEAP_SETTABLE_USER_VALUE 0x100u

static bool not_a_heap(struct heap *heap)
{
    if (!heap) heap_error(STATUS_INVALID_HANDLE, ERROR_INVALID_HANDLE);
    return !heap;
}

/* While one thread holds the lock no other allocates or frees, from its cached blocks neither. */
BOOLEAN NTAPI RtlLockHeap(void *handle)
{
    struct heap *heap = heap_from_handle(handle);

    if (not_a_heap(heap)) return FALSE;
    if (heap->flags & HEAP_NO_SERIALIZE) return TRUE;
    heap_flush_cache(heap);
    RtlEnterCriticalSection(heap->lock);
    heap->external_lock = true;
    heap->external_count++;
    return TRUE;
}

BOOLEAN NTAPI RtlUnlockHeap(void *handle)
{
    struct heap *heap = heap_from_handle(handle);

    if (not_a_heap(heap)) return FALSE;
    if (heap->flags & HEAP_NO_SERIALIZE) return TRUE;
    if (!RtlIsCriticalSectionLockedByThread(heap->lock) || !heap->external_count) {
        heap_error(STATUS_RESOURCE_NOT_OWNED, ERROR_NOT_OWNER);
        return FALSE;
    }
    if (!--heap->external_count) heap->external_lock = false;
    RtlLeaveCriticalSection(heap->lock);
    return TRUE;
}

/* heapapi.h: HeapValidate. With `body` only that block is looked at. */
BOOLEAN NTAPI RtlValidateHeap(void *handle, ULONG flags, const void *body)
{
    struct heap *heap = heap_from_handle(handle);
    BOOLEAN valid;

    if (!heap) return FALSE;
    heap_lock(heap, flags);
    valid = body ? heap_probe(heap, body) : heap_check(heap) == STATUS_SUCCESS;
    heap_unlock(heap, flags);
    return valid;
}

static NTSTATUS NTAPI validate_one(void *handle, void *parameter)
{
    return RtlValidateHeap(handle, 0, NULL) ? STATUS_SUCCESS : STATUS_HEAP_CORRUPTION;
}

BOOLEAN NTAPI RtlValidateProcessHeaps(void)
{
    return RtlEnumProcessHeaps(validate_one, NULL) == STATUS_SUCCESS;
}

/* heapapi.h: HeapCompact. Bytes of the largest free block. */
SIZE_T NTAPI RtlCompactHeap(void *handle, ULONG flags)
{
    struct heap *heap = heap_from_handle(handle);
    SIZE_T largest = 0;

    if (not_a_heap(heap)) return 0;
    heap_flush_cache(heap);
    heap_lock(heap, flags);
    heap_trim(heap);
    for (ULONG i = 0; i < heap->segment_count; i++) {
        struct heap_segment *segment = heap->segments[i];
        if (segment) largest = max(largest, (SIZE_T)(segment->committed - segment->top));
    }
    for (ULONG i = HEAP_BINS; i-- > 0;) {
        if (!heap->bins[i]) continue;
        for (struct heap_free *node = heap->bins[i]; node; node = node->next)
            largest = max(largest, (SIZE_T)BLOCK_SIZE(&node->header));
        break;
    }
    heap_unlock(heap, flags);
    return largest > HEAP_HEADER ? largest - HEAP_HEADER : 0;
}

/* ---- walking ---- */

static NTSTATUS describe_segment(struct heap_segment *segment, RTL_HEAP_WALK_ENTRY *entry)
{
    entry->DataAddress = segment->base;
    entry->DataSize = segment->first - segment->base;
    entry->OverheadBytes = 0;
    entry->SegmentIndex = (UCHAR)segment->index;
    entry->Flags = RTL_HEAP_SEGMENT;
    entry->Segment.CommittedSize = (ULONG)(segment->committed - segment->base);
    entry->Segment.UnCommittedSize = (ULONG)(segment->end - segment->committed);
    entry->Segment.FirstEntry = segment->first + HEAP_HEADER;
    entry->Segment.LastEntry = segment->end;
    return STATUS_SUCCESS;
}

static void describe_busy(struct heap_block *block, bool region, RTL_HEAP_WALK_ENTRY *entry)
{
    entry->Flags = RTL_HEAP_BUSY | (block->flags & BLOCK_USER_FLAGS) * RTL_HEAP_SETTABLE_FLAG1;
    if (block->flags & BLOCK_EXTRA) {
        entry->Flags |= RTL_HEAP_SETTABLE_VALUE;
        entry->Block.Settable = (SIZE_T)heap_extra_of(block, region)->user_value;
    }
}

static NTSTATUS describe_block(struct heap *heap, struct heap_segment *segment, struct heap_block *block,
                               RTL_HEAP_WALK_ENTRY *entry)
{
    bool busy = heap_block_is(heap, block, BLOCK_BUSY);

    memset(&entry->Block, 0, sizeof(entry->Block));
    entry->DataAddress = heap_body(block);
    entry->SegmentIndex = (UCHAR)segment->index;
    if ((char *)block >= segment->top) { /* the tail that is committed and belongs to nobody */
        entry->DataSize = segment->committed - segment->top - HEAP_HEADER;
        entry->OverheadBytes = HEAP_HEADER;
        entry->Flags = 0;
        return STATUS_SUCCESS;
    }
    entry->Flags = 0;
    entry->DataSize = busy ? heap_user_size(block, false) : BLOCK_SIZE(block) - HEAP_HEADER;
    entry->OverheadBytes = (UCHAR)min(BLOCK_SIZE(block) - entry->DataSize, 255u);
    if (busy) describe_busy(block, false, entry);
    return STATUS_SUCCESS;
}

static NTSTATUS describe_region(struct heap_region *region, RTL_HEAP_WALK_ENTRY *entry)
{
    memset(&entry->Block, 0, sizeof(entry->Block));
    entry->DataAddress = heap_body(&region->block);
    entry->DataSize = region->size;
    entry->OverheadBytes = sizeof(*region);
    entry->SegmentIndex = HEAP_MAX_SEGMENTS - 1;
    describe_busy(&region->block, true, entry);
    return STATUS_SUCCESS;
}

static NTSTATUS walk_from_segment(struct heap *heap, ULONG index, RTL_HEAP_WALK_ENTRY *entry)
{
    for (; index < heap->segment_count; index++)
        if (heap->segments[index]) return describe_segment(heap->segments[index], entry);
    if (heap->regions.Flink == &heap->regions) return STATUS_NO_MORE_ENTRIES;
    return describe_region(CONTAINING_RECORD(heap->regions.Flink, struct heap_region, link), entry);
}

static NTSTATUS walk(struct heap *heap, RTL_HEAP_WALK_ENTRY *entry)
{
    char *at = entry->DataAddress;

    if (!at) return walk_from_segment(heap, 0, entry);
    for (ULONG i = 0; i < heap->segment_count; i++) {
        struct heap_segment *segment = heap->segments[i];
        if (!segment || at < segment->base || at > segment->end) continue;
        if (entry->Flags & RTL_HEAP_UNCOMMITTED_RANGE) return walk_from_segment(heap, i + 1, entry);
        if (entry->Flags & RTL_HEAP_SEGMENT)
            return describe_block(heap, segment, (struct heap_block *)segment->first, entry);
        if (at <= segment->top) {
            struct heap_block *block = heap_block_of(at);
            if ((char *)heap_next(block) > segment->top || BLOCK_SIZE(block) < HEAP_MIN_BLOCK)
                return STATUS_INVALID_PARAMETER;
            return describe_block(heap, segment, heap_next(block), entry);
        }
        if (segment->committed == segment->end) return walk_from_segment(heap, i + 1, entry);
        entry->DataAddress = segment->committed;
        entry->DataSize = segment->end - segment->committed;
        entry->OverheadBytes = 0;
        entry->SegmentIndex = (UCHAR)i;
        entry->Flags = RTL_HEAP_UNCOMMITTED_RANGE;
        return STATUS_SUCCESS;
    }
    for (LIST_ENTRY *link = heap->regions.Flink; link != &heap->regions; link = link->Flink) {
        struct heap_region *region = CONTAINING_RECORD(link, struct heap_region, link);
        if (heap_body(&region->block) != at) continue;
        if (link->Flink == &heap->regions) return STATUS_NO_MORE_ENTRIES;
        return describe_region(CONTAINING_RECORD(link->Flink, struct heap_region, link), entry);
    }
    return STATUS_INVALID_PARAMETER;
}

/* heapapi.h: HeapWalk. Segments with their blocks, then regions; STATUS_NO_MORE_ENTRIES at the end. The caller holds
 * the heap's lock. */
NTSTATUS NTAPI RtlWalkHeap(void *handle, RTL_HEAP_WALK_ENTRY *entry)
{
    struct heap *heap = heap_from_handle(handle);
    NTSTATUS status;

    if (!heap || !entry) return STATUS_INVALID_PARAMETER;
    heap_lock(heap, 0);
    status = walk(heap, entry);
    heap_unlock(heap, 0);
    return status;
}

/* ---- information ---- */

ULONG NTAPI RtlQueryHeapInformation(void *handle, HEAP_INFORMATION_CLASS class, void *information, SIZE_T length,
                                    SIZE_T *return_length)
{
    struct heap *heap = heap_from_handle(handle);

    switch (class) {
    case HeapCompatibilityInformation:
        if (!heap) return STATUS_INVALID_PARAMETER;
        if (return_length) *return_length = sizeof(ULONG);
        if (length < sizeof(ULONG)) return STATUS_BUFFER_TOO_SMALL;
        *(ULONG *)information = heap->compatibility;
        return STATUS_SUCCESS;
    default: return STATUS_UNSUCCESSFUL;
    }
}

/* HeapEnableTerminationOnCorruption is for the whole process and cannot be taken back. */
ULONG NTAPI RtlSetHeapInformation(void *handle, HEAP_INFORMATION_CLASS class, void *information, SIZE_T length)
{
    struct heap *heap = heap_from_handle(handle);

    switch ((ULONG)class) {
    case HeapCompatibilityInformation:
        if (!heap) return STATUS_INVALID_PARAMETER;
        if (length < sizeof(ULONG)) return STATUS_BUFFER_TOO_SMALL;
        if (*(ULONG *)information != 2 && *(ULONG *)information != heap->compatibility) return STATUS_UNSUCCESSFUL;
        if (heap->flags & HEAP_NO_SERIALIZE || heap->maximum) return STATUS_UNSUCCESSFUL;
        heap->compatibility = 2;
        return STATUS_SUCCESS;
    case HeapEnableTerminationOnCorruption: heap_terminate_on_corruption = true; return STATUS_SUCCESS;
    case 3: /* HeapOptimizeResources: all heaps when handle is NULL */
        if (length < 2 * sizeof(ULONG)) return STATUS_BUFFER_TOO_SMALL;
        if (*(ULONG *)information != 1) return STATUS_INVALID_PARAMETER;
        if (handle && !heap) return STATUS_INVALID_PARAMETER;
        if (heap) {
            RtlCompactHeap(heap, 0);
        } else {
            void *heaps[64];
            ULONG count = RtlGetProcessHeaps(ARRAY_SIZE(heaps), heaps);
            for (ULONG i = 0; i < count && count <= ARRAY_SIZE(heaps); i++) RtlCompactHeap(heaps[i], 0);
        }
        return STATUS_SUCCESS;
    default: return STATUS_UNSUCCESSFUL;
    }
}

/* ---- a pointer and three flags of the caller's per block: LocalAlloc's and GlobalAlloc's handles ---- */

/* The block must have been allocated with HEAP_SETTABLE_USER_VALUE. */
BOOLEAN NTAPI RtlSetUserValueHeap(void *handle, ULONG flags, void *body, void *value)
{
    struct heap *heap = heap_from_handle(handle);
    struct heap_block *block = heap && body ? heap_busy_block(heap, body) : NULL;

    if (!block || !(block->flags & BLOCK_EXTRA)) return FALSE;
    heap_extra_of(block, heap_block_is(heap, block, BLOCK_REGION))->user_value = value;
    return TRUE;
}

BOOLEAN NTAPI RtlSetUserFlagsHeap(void *handle, ULONG flags, void *body, ULONG reset, ULONG set)
{
    struct heap *heap = heap_from_handle(handle);
    struct heap_block *block = heap && body ? heap_busy_block(heap, body) : NULL;

    if (!block || ((reset | set) & ~0xe00u)) return FALSE;
    block->flags = (UCHAR)((block->flags & ~(reset >> 9)) | set >> 9);
    return TRUE;
}

BOOLEAN NTAPI RtlGetUserInfoHeap(void *handle, ULONG flags, void *body, void **value, ULONG *user_flags)
{
    struct heap *heap = heap_from_handle(handle);
    struct heap_block *block = heap && body ? heap_busy_block(heap, body) : NULL;
    bool extra = block && block->flags & BLOCK_EXTRA;

    if (!block) return FALSE;
    if (value) *value = extra ? heap_extra_of(block, heap_block_is(heap, block, BLOCK_REGION))->user_value : NULL;
    if (user_flags) *user_flags = (block->flags & BLOCK_USER_FLAGS) << 9 | (extra ? HEAP_SETTABLE_USER_VALUE : 0);
    return TRUE;
}
