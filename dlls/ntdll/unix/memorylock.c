/* VirtualLock, prefetching. */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include "ferry/syscall_table.h"
#include "host.h"
#include "memory.h"
#include "remote.h"

#define MAP_PROCESS 1u /* MapType: into the working set */
#define MAP_SYSTEM 2u  /* in physical memory */

static NTSTATUS change_lock(HANDLE process, void **base, SIZE_T *size, ULONG map_type, bool lock)
{
    uintptr_t start = (uintptr_t)*base, end, run_end;
    SIZE_T bytes = *size;
    bool was_locked = true;
    struct view *view;
    uint32_t other;
    NTSTATUS status = memory_other_process(process, PROCESS_VM_OPERATION, &other);

    if (status) return status;
    if (other) {
        struct remote_call call = { .request.arguments[2] = map_type };
        return memory_remote_range(other, lock ? REMOTE_LOCK : REMOTE_UNLOCK, &call, base, size);
    }
    if (!map_type || map_type & ~(MAP_PROCESS | MAP_SYSTEM)) return STATUS_INVALID_PARAMETER;
    if (map_type & MAP_SYSTEM) return STATUS_PRIVILEGE_NOT_HELD;
    if (start >= address_space.highest) return STATUS_INVALID_PARAMETER_2;
    if (!bytes || bytes > address_space.highest - start) return STATUS_INVALID_PARAMETER_3;
    end = page_up(start + bytes);
    start = page_down(start);

    pthread_mutex_lock(&virtual_lock);
    view = view_find(start);
    if (!view || view->end < end || view_committed(view, start, end) != (end - start) / PAGE_SIZE_) {
        status = STATUS_ACCESS_VIOLATION;
        goto out;
    }
    if (!view->locked) view->locked = view_new(view->base, view->end, view->type, 0);
    if (!view->locked) {
        status = STATUS_NO_MEMORY;
        goto out;
    }
    for (uintptr_t at = start; at < end; at = run_end)
        if (!view_protect_at(view->locked, at, &run_end)) was_locked = false;
    for (uintptr_t at = start; at < end && lock && !status; at = run_end) {
        int prot = host_protection(view_protect_at(view, at, &run_end));
        if (!(prot & PROT_READ)) status = STATUS_ACCESS_VIOLATION;
    }
    if (status) goto out;
    if (!lock && !was_locked) status = STATUS_NOT_LOCKED;
    else if (lock ? mlock((void *)start, end - start) : munlock((void *)start, end - start))
        status = errno == ENOMEM || errno == EPERM || errno == EAGAIN ? STATUS_WORKING_SET_QUOTA : status_from_errno(errno);
    else if (!view_set_protect(view->locked, start, end, lock)) status = STATUS_NO_MEMORY;
    else if (lock && was_locked) status = STATUS_WAS_LOCKED;
out:
    pthread_mutex_unlock(&virtual_lock);
    if (!NT_SUCCESS(status)) return status;
    *base = (void *)start;
    *size = end - start;
    return status;
}

NTSTATUS sys_NtLockVirtualMemory(HANDLE process, void **base, SIZE_T *size, ULONG map_type)
{
    return change_lock(process, base, size, map_type, true);
}

NTSTATUS sys_NtUnlockVirtualMemory(HANDLE process, void **base, SIZE_T *size, ULONG map_type)
{
    return change_lock(process, base, size, map_type, false);
}

struct memory_range { /* MEMORY_RANGE_ENTRY */
    void *address;
    SIZE_T bytes;
};

enum { PREFETCH_INFORMATION = 0, PAGE_PRIORITY_INFORMATION = 1 };

NTSTATUS sys_NtSetInformationVirtualMemory(HANDLE process, ULONG class, ULONG_PTR count, void *addresses,
                                           void *information, ULONG length)
{
    const struct memory_range *ranges = addresses;
    ULONG value;
    NTSTATUS status = memory_own_process(process, PROCESS_VM_OPERATION);

    if (status) return status;
    if (class > PAGE_PRIORITY_INFORMATION) return STATUS_INVALID_PARAMETER_2;
    if (!count || count > 0x10000) return STATUS_INVALID_PARAMETER_3;
    if (!addresses) return STATUS_INVALID_PARAMETER_4;
    if (length != sizeof(value)) return STATUS_INVALID_PARAMETER_6;
    if (!information) return STATUS_INVALID_PARAMETER_5;
    value = *(const ULONG *)information;
    if (class == PREFETCH_INFORMATION ? value != 0 : value > 5) return STATUS_INVALID_PARAMETER_5;
    for (ULONG_PTR i = 0; i < count; i++) {
        struct memory_range range = ranges[i];
        uintptr_t start = page_down((uintptr_t)range.address);
        if (!range.bytes || (uintptr_t)range.address >= address_space.highest ||
            range.bytes > address_space.highest - (uintptr_t)range.address)
            return STATUS_INVALID_PARAMETER_4;
        /* Both are hints; Linux has no page priorities, and a range that is not there is not an error. */
        if (class == PREFETCH_INFORMATION)
            madvise((void *)start, page_up((uintptr_t)range.address + range.bytes) - start, MADV_WILLNEED);
    }
    return STATUS_SUCCESS;
}
