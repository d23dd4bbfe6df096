/* Waiting, and what host code needs to complete requests: events, APCs, completion packets. */
#ifndef HOST_WAIT_H
#define HOST_WAIT_H

#include <stdbool.h>
#include <stdint.h>
#include "ferry/nt.h"

/* Blocks until `fd` is ready for `events` (poll.h), an alert or APC ends an alertable wait, or `timeout` runs out.
 * timeout: as NT has it, 100 ns units, negative relative, NULL forever.
 * STATUS_SUCCESS, STATUS_TIMEOUT, STATUS_USER_APC, STATUS_ALERTED. */
NTSTATUS wait_fd(int fd, short events, bool alertable, const LARGE_INTEGER *timeout);

/* Sets the event behind a slot, as NtSetEvent. Safe from host threads. */
void event_set(uint32_t slot);
void event_reset(uint32_t slot);

struct thread;
/* Queues a user APC to `thread` of this process; it runs at the next alertable wait. */
NTSTATUS apc_queue(struct thread *thread, void *routine, void *argument1, void *argument2, void *argument3);

struct object;
/* Queues a packet to a completion port of this process's handle table. Safe from host threads. */
NTSTATUS completion_post(struct object *port, void *key, void *apc_context, NTSTATUS status, ULONG_PTR information);

#endif
