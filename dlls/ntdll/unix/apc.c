/* User APCs, alerts, and alerts by thread id. */
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host.h"
#include "object.h"
#include "remote.h"
#include "thread.h"
#include "sync.h"
#include "wait.h"
#include "ferry/syscall_table.h"

struct apc {
    struct apc *next;
    struct apc_call call;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of all queues */

/* Sets a pending bit and ends an alertable wait of `thread`. */
static void alert(struct thread *thread, unsigned bit)
{
    struct wait_state *wait = thread->wait;

    atomic_fetch_or(&thread->pending, bit);
    if (wait && atomic_load(&wait->blocked) == WAIT_BLOCKED_ALERTABLE) thread_interrupt(thread);
}

NTSTATUS apc_queue(struct thread *thread, void *routine, void *argument1, void *argument2, void *argument3)
{
    struct apc *apc = malloc(sizeof(*apc));

    if (!apc) return STATUS_NO_MEMORY;
    *apc = (struct apc){ NULL, { routine, argument1, argument2, argument3 } };
    pthread_mutex_lock(&lock);
    if (!thread->wait) { /* it is gone */
        pthread_mutex_unlock(&lock);
        free(apc);
        return STATUS_UNSUCCESSFUL;
    }
    if (thread->apc_head) thread->wait->apc_tail->next = apc;
    else thread->apc_head = apc;
    thread->wait->apc_tail = apc;
    alert(thread, THREAD_PENDING_APC);
    pthread_mutex_unlock(&lock);
    return STATUS_SUCCESS;
}

bool apc_take(struct thread *thread, struct apc_call *call)
{
    pthread_mutex_lock(&lock);
    struct apc *apc = thread->apc_head;
    if (apc) thread->apc_head = apc->next;
    if (!thread->apc_head) atomic_fetch_and(&thread->pending, ~THREAD_PENDING_APC);
    pthread_mutex_unlock(&lock);
    if (!apc) return false;
    *call = apc->call;
    free(apc);
    return true;
}

void apc_close(struct thread *thread)
{
    struct apc_call call;

    pthread_mutex_lock(&lock);
    struct wait_state *wait = thread->wait;
    thread->wait = NULL;
    pthread_mutex_unlock(&lock);
    while (apc_take(thread, &call)) {}
    timer_apc_drop(wait->timers);
    free(wait->owned);
    free(wait);
}

void apc_alert(struct thread *thread)
{
    pthread_mutex_lock(&lock);
    alert(thread, THREAD_PENDING_ALERT);
    pthread_mutex_unlock(&lock);
}

NTSTATUS sys_NtQueueApcThread(HANDLE ThreadHandle, void *ApcRoutine, void *ApcArgument1, void *ApcArgument2,
                              void *ApcArgument3)
{
    uint32_t slot;
    NTSTATUS status = handle_slot(ThreadHandle, OBJECT_THREAD, THREAD_SET_CONTEXT, &slot);

    if (status) return status;
    struct thread *thread = thread_find_slot(slot);
    if (!thread) {
        struct remote_call call = { .process = thread_other_process(slot),
                                    .request.arguments = { slot, (uintptr_t)ApcRoutine, (uintptr_t)ApcArgument1,
                                                           (uintptr_t)ApcArgument2, (uintptr_t)ApcArgument3 } };
        status = call.process ? remote_call(REMOTE_QUEUE_APC, &call) : STATUS_UNSUCCESSFUL;
        return status == STATUS_THREAD_IS_TERMINATING ? STATUS_UNSUCCESSFUL : status;
    }
    status = apc_queue(thread, ApcRoutine, ApcArgument1, ApcArgument2, ApcArgument3);
    thread_release(thread);
    return status;
}

NTSTATUS sys_NtQueueApcThreadEx(HANDLE ThreadHandle, HANDLE ReserveHandle, void *ApcRoutine, void *ApcArgument1,
                                void *ApcArgument2, void *ApcArgument3)
{
    if (ReserveHandle) return STATUS_INVALID_HANDLE; /* reserve objects do not exist; no valid handle names one */
    return sys_NtQueueApcThread(ThreadHandle, ApcRoutine, ApcArgument1, ApcArgument2, ApcArgument3);
}

NTSTATUS sys_NtAlertThread(HANDLE ThreadHandle)
{
    uint32_t slot;
    NTSTATUS status = handle_slot(ThreadHandle, OBJECT_THREAD, 4 /* THREAD_ALERT */, &slot);

    if (status) return status;
    struct thread *thread = thread_find_slot(slot);
    if (!thread) {
        struct remote_call call = { .process = thread_other_process(slot), .request.arguments = { slot } };
        status = call.process ? remote_call(REMOTE_ALERT, &call) : STATUS_SUCCESS;
        return status == STATUS_THREAD_IS_TERMINATING ? STATUS_SUCCESS : status;
    }
    apc_alert(thread);
    thread_release(thread);
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtTestAlert(void)
{
    struct thread *thread = thread_self();

    if (thread->wait->timers) timer_apc_collect(thread);
    unsigned pending = atomic_load(&thread->pending);
    if (pending & THREAD_PENDING_APC) thread->frame->flags |= FRAME_USER_APC;
    if (!(pending & THREAD_PENDING_ALERT)) return STATUS_SUCCESS;
    atomic_fetch_and(&thread->pending, ~THREAD_PENDING_ALERT);
    return STATUS_ALERTED;
}

/* ---- alerts by thread id: what critical sections and WaitOnAddress sleep on ---- */

NTSTATUS sys_NtAlertThreadByThreadId(HANDLE ThreadId)
{
    ULONG_PTR id = (ULONG_PTR)ThreadId;
    uint32_t number = (uint32_t)(id / 4);

    if (!id || id / 4 >= ARENA_SLOTS) return STATUS_INVALID_CID;
    struct slot *slot = slot_at(number);
    if (SLOT_TAG_TYPE(slot->tag) != OBJECT_THREAD) return STATUS_INVALID_CID;
    if (atomic_load_explicit(&slot->owner, memory_order_relaxed) != process_slot) return STATUS_ACCESS_DENIED;
    if (atomic_exchange(&slot->thread.alert, ALERT_SET) == ALERT_WAITING)
        syscall(SYS_futex, &slot->thread.alert, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtWaitForAlertByThreadId(void *Address, LARGE_INTEGER *Timeout)
{
    struct thread *thread = thread_self();
    atomic_uint *word = &slot_at(thread->slot)->thread.alert;
    uint64_t deadline = deadline_of(Timeout);

    for (;;) {
        unsigned seen = ALERT_NONE;
        if (!atomic_compare_exchange_strong(word, &seen, ALERT_WAITING) && seen == ALERT_SET) {
            atomic_store(word, ALERT_NONE);
            return STATUS_ALERTED;
        }
        if (deadline != DEADLINE_NEVER && ticks_passed(deadline)) break;
        wait_block_on(thread, false, word, ALERT_WAITING, deadline);
    }
    return atomic_exchange(word, ALERT_NONE) == ALERT_SET ? STATUS_ALERTED : STATUS_TIMEOUT;
}
