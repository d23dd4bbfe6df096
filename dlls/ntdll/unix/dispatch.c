/* The table behind the dispatcher, and the slow way out of a system call. */
#include <string.h>

#include "apc.h"
#include "context.h"
#include "dispatch.h"
#include "ferry/syscall_table.h"
#include "host.h"
#include "thread.h"
#include "wait.h"

_Static_assert(offsetof(struct thread, host_stack_top) == 0x00, "known to dispatch_x86_64.S");
_Static_assert(offsetof(struct thread, frame) == 0x08, "known to dispatch_x86_64.S");
_Static_assert(offsetof(struct thread, pending) == 0x10, "known to dispatch_x86_64.S");
_Static_assert(offsetof(struct syscall_frame, xmm6_15) == 0x60, "known to dispatch_x86_64.S");
_Static_assert(offsetof(struct syscall_frame, previous) == 0x108, "known to dispatch_x86_64.S");
_Static_assert(sizeof(struct syscall_frame) == 0x110, "known to dispatch_x86_64.S");
_Static_assert((THREAD_PENDING_SUSPEND | THREAD_PENDING_TERMINATE) == 5, "known to dispatch_x86_64.S");

#define ENTRY(number, name, arguments) [number] = { sys_##name, arguments, 0 },
__attribute__((visibility("hidden"))) const struct syscall_entry ferry_syscall_entries[FERRY_SYSCALL_COUNT] = {
    FERRY_SYSCALL_TABLE(ENTRY)
};

/* Runs what waits at the end of a system call that would return `result`. Returns the result if nothing stands in the
 * way of the fast exit any more. */
__attribute__((used)) uint64_t dispatch_slow_exit(struct thread *thread, struct syscall_frame *frame, uint64_t result)
{
    struct apc_call apc;

    frame->rax = result;
    while (atomic_load(&thread->pending) & (THREAD_PENDING_SUSPEND | THREAD_PENDING_TERMINATE))
        thread_check_pending(thread);
    if (frame->flags & FRAME_USER_APC) {
        frame->flags &= ~FRAME_USER_APC;
        if (apc_take(thread, &apc)) apc_deliver(thread, &apc, result);
    }
    if (frame->flags & FRAME_RESTORE_ALL) {
        CONTEXT context __attribute__((aligned(16))) = *thread->new_context;
        frame->flags &= ~FRAME_RESTORE_ALL;
        context.FltSave.MxCsr &= 0xffff;
        context_go(&context, thread);
    }
    return frame->rax;
}
