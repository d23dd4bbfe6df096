/* Write watch: which pages were written since the last reset (memoryapi.h reference: GetWriteWatch). Pages are
 * write-protected until their first write faults; virtual_handle_fault notes it. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "ferry/syscall_table.h"
#include "memory.h"

static bool is_written(const struct view *view, uintptr_t address)
{
    uint64_t page = (address - view->base) / PAGE_SIZE_;
    return view->written[page / 64] >> page % 64 & 1;
}

/* Forgets the writes of [start, end) and catches the next ones. */
static void reset_range(struct view *view, uintptr_t start, uintptr_t end)
{
    for (uintptr_t at = start; at < end; at += PAGE_SIZE_) {
        uint64_t page = (at - view->base) / PAGE_SIZE_;
        view->written[page / 64] &= ~((uint64_t)1 << page % 64);
    }
    view_apply(view, start, end);
}

/* The view that has all of the range under write watch, or NULL. */
static struct view *watched_view(uintptr_t start, SIZE_T bytes)
{
    struct view *view = view_find(start);

    if (!view || !(view->flags & VIEW_WRITE_WATCH) || bytes > view->end - start) return NULL;
    return view;
}

NTSTATUS sys_NtGetWriteWatch(HANDLE process, ULONG flags, void *base, SIZE_T bytes, void **addresses,
                             ULONG_PTR *count, ULONG *granularity)
{
    uintptr_t start = (uintptr_t)base, at;
    ULONG_PTR room = *count, found = 0;
    void **list = NULL;
    struct view *view;
    NTSTATUS status = memory_own_process(process, PROCESS_VM_OPERATION);

    if (status) return status;
    if (flags & ~(ULONG)WRITE_WATCH_FLAG_RESET) return STATUS_INVALID_PARAMETER_2;
    if (start >= address_space.highest) return STATUS_INVALID_PARAMETER_2;
    if (!bytes || bytes > address_space.highest - start) return STATUS_INVALID_PARAMETER_3;
    if (!room) return STATUS_INVALID_PARAMETER_5;
    *count = room; /* faults now rather than after a reset */
    *granularity = PAGE_SIZE_;
    if (room > page_up(bytes) / PAGE_SIZE_ + 1) room = page_up(bytes) / PAGE_SIZE_ + 1;
    memset(addresses, 0, room * sizeof(*addresses));
    list = malloc(room * sizeof(*list));
    if (!list) return STATUS_NO_MEMORY;

    pthread_mutex_lock(&virtual_lock);
    view = watched_view(start, bytes);
    if (view) {
        uintptr_t end = page_up(start + bytes), run = 0;
        for (at = page_down(start); at < end && found < room; at += PAGE_SIZE_) {
            if (is_written(view, at)) {
                list[found++] = (void *)at;
                if (!run) run = at;
            } else if (run) {
                if (flags & WRITE_WATCH_FLAG_RESET) reset_range(view, run, at);
                run = 0;
            }
        }
        if (run && flags & WRITE_WATCH_FLAG_RESET) reset_range(view, run, at);
    } else {
        status = STATUS_INVALID_PARAMETER_1;
    }
    pthread_mutex_unlock(&virtual_lock);
    if (!status && (!virtual_write(addresses, list, found * sizeof(*list)) ||
                    !virtual_write(count, &found, sizeof(found))))
        status = STATUS_ACCESS_VIOLATION;
    free(list);
    return status;
}

NTSTATUS sys_NtResetWriteWatch(HANDLE process, void *base, SIZE_T bytes)
{
    uintptr_t start = (uintptr_t)base;
    struct view *view;
    NTSTATUS status = memory_own_process(process, PROCESS_VM_OPERATION);

    if (status) return status;
    if (start >= address_space.highest) return STATUS_INVALID_PARAMETER_2;
    if (!bytes || bytes > address_space.highest - start) return STATUS_INVALID_PARAMETER_3;
    pthread_mutex_lock(&virtual_lock);
    view = watched_view(start, bytes);
    if (view) reset_range(view, page_down(start), page_up(start + bytes));
    else status = STATUS_INVALID_PARAMETER_1;
    pthread_mutex_unlock(&virtual_lock);
    return status;
}
