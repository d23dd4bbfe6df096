/* heapapi.h. HeapAlloc, HeapReAlloc and HeapSize forward to ntdll. */
#include "kernelbase.h"

HANDLE WINAPI GetProcessHeap(void)
{
    return ferry_peb()->ProcessHeap;
}

HANDLE WINAPI HeapCreate(DWORD options, SIZE_T initial, SIZE_T maximum)
{
    ULONG flags = options & (HEAP_GENERATE_EXCEPTIONS | HEAP_NO_SERIALIZE | HEAP_CREATE_ENABLE_EXECUTE);
    HANDLE heap;

    if (!maximum) flags |= HEAP_GROWABLE;
    else if (initial > maximum) maximum = initial;
    heap = RtlCreateHeap(flags, NULL, maximum, initial, NULL, NULL);
    if (!heap) set_error(ERROR_NOT_ENOUGH_MEMORY);
    return heap;
}

BOOL WINAPI HeapDestroy(HANDLE heap)
{
    if (!RtlDestroyHeap(heap)) return TRUE;
    return set_error(ERROR_INVALID_HANDLE);
}

BOOL WINAPI HeapFree(HANDLE heap, DWORD flags, LPVOID memory)
{
    return RtlFreeHeap(heap, flags, memory);
}

BOOL WINAPI HeapValidate(HANDLE heap, DWORD flags, LPCVOID memory)
{
    return RtlValidateHeap(heap, flags, (void *)memory);
}

SIZE_T WINAPI HeapCompact(HANDLE heap, DWORD flags)
{
    return RtlCompactHeap(heap, flags);
}

BOOL WINAPI HeapLock(HANDLE heap)
{
    return RtlLockHeap(heap);
}

BOOL WINAPI HeapUnlock(HANDLE heap)
{
    return RtlUnlockHeap(heap);
}

DWORD WINAPI GetProcessHeaps(DWORD count, PHANDLE heaps)
{
    return RtlGetProcessHeaps(count, heaps);
}

BOOL WINAPI HeapQueryInformation(HANDLE heap, HEAP_INFORMATION_CLASS class, PVOID information, SIZE_T length,
                                 PSIZE_T needed)
{
    return status_to_bool(RtlQueryHeapInformation(heap, class, information, length, needed));
}

BOOL WINAPI HeapSetInformation(HANDLE heap, HEAP_INFORMATION_CLASS class, PVOID information, SIZE_T length)
{
    return status_to_bool(RtlSetHeapInformation(heap, class, information, length));
}

BOOL WINAPI HeapWalk(HANDLE heap, LPPROCESS_HEAP_ENTRY entry)
{
    RTL_HEAP_WALK_ENTRY walk = { .DataAddress = entry->lpData, .DataSize = entry->cbData,
                                 .OverheadBytes = entry->cbOverhead, .SegmentIndex = entry->iRegionIndex };
    NTSTATUS status;

    if (entry->wFlags & PROCESS_HEAP_REGION) {
        walk.Flags = RTL_HEAP_SEGMENT;
        walk.Segment.CommittedSize = entry->Region.dwCommittedSize;
        walk.Segment.UnCommittedSize = entry->Region.dwUnCommittedSize;
        walk.Segment.FirstEntry = entry->Region.lpFirstBlock;
        walk.Segment.LastEntry = entry->Region.lpLastBlock;
    } else if (entry->wFlags & PROCESS_HEAP_UNCOMMITTED_RANGE) {
        walk.Flags = RTL_HEAP_UNCOMMITTED_RANGE;
    } else if (entry->wFlags & PROCESS_HEAP_ENTRY_BUSY) {
        walk.Flags = RTL_HEAP_BUSY;
    }
    status = RtlWalkHeap(heap, &walk);
    if (status < 0) return set_status(status);
    entry->lpData = walk.DataAddress;
    entry->cbData = (DWORD)walk.DataSize;
    entry->cbOverhead = walk.OverheadBytes;
    entry->iRegionIndex = walk.SegmentIndex;
    entry->wFlags = 0;
    memset(&entry->Block, 0, sizeof(entry->Block));
    if (walk.Flags & RTL_HEAP_BUSY) {
        entry->wFlags = PROCESS_HEAP_ENTRY_BUSY;
    } else if (walk.Flags & RTL_HEAP_SEGMENT) {
        entry->wFlags = PROCESS_HEAP_REGION;
        entry->Region.dwCommittedSize = walk.Segment.CommittedSize;
        entry->Region.dwUnCommittedSize = walk.Segment.UnCommittedSize;
        entry->Region.lpFirstBlock = walk.Segment.FirstEntry;
        entry->Region.lpLastBlock = walk.Segment.LastEntry;
    } else if (walk.Flags & RTL_HEAP_UNCOMMITTED_RANGE) {
        entry->wFlags = PROCESS_HEAP_UNCOMMITTED_RANGE;
    }
    return TRUE;
}
