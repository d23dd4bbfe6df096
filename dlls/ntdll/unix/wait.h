/* Waiting, and what host code needs to complete requests: events, APCs, completion packets. */
#ifndef HOST_WAIT_H
#define HOST_WAIT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "api.h"
#include "ferry/nt.h"

/* Blocks until `fd` is ready for `events` (poll.h), an alert or APC ends an alertable wait, or `timeout` runs out.
 * timeout: as NT has it, 100 ns units, negative relative, NULL forever.
 * STATUS_SUCCESS, STATUS_TIMEOUT, STATUS_USER_APC, STATUS_ALERTED. */
NTSTATUS wait_fd(int fd, short events, bool alertable, const LARGE_INTEGER *timeout);

/* Sets the event behind a slot, as NtSetEvent. Safe from host threads. */
HOST_API void event_set(uint32_t slot);
HOST_API void event_reset(uint32_t slot);

struct thread;
/* Queues a user APC to `thread` of this process; it runs at the next alertable wait. */
NTSTATUS apc_queue(struct thread *thread, void *routine, void *argument1, void *argument2, void *argument3);

/* NtAlertThread of a thread of this process. */
void apc_alert(struct thread *thread);

/* The next user APC of `thread`, taken off its queue; false if there is none. */
struct apc_call {
    void *routine;
    void *argument1;
    void *argument2;
    void *argument3;
};
bool apc_take(struct thread *thread, struct apc_call *call);

/* Before `thread` can run Windows code: makes its arena slot and wait state and sets slot and id.
 * STATUS_INSUFFICIENT_RESOURCES. */
NTSTATUS sync_thread_init(struct thread *thread);
/* Called by the thread itself as it ends: abandons its mutexes, drops its APCs, marks its object signalled. */
void sync_thread_exit(struct thread *thread, NTSTATUS status);

/* A Linux system call that may block: returns its result or -errno, and -EINTR at once if `pending` holds any bit of
 * `mask`. A signal that comes between the look and the call is not lost, because the handler calls
 * blocking_call_interrupt. */
long blocking_call(const atomic_uint *pending, unsigned mask, long number, long a1, long a2, long a3, long a4,
                   long a5, long a6);
/* For the handler of thread_interrupt's signal, in host code: ends a blocking_call that is about to block. */
void blocking_call_interrupt(void *ucontext);

struct object;
/* Queues a packet to a completion port of this process's handle table. Safe from host threads. */
NTSTATUS completion_post(struct object *port, void *key, void *apc_context, NTSTATUS status, ULONG_PTR information);

#endif
