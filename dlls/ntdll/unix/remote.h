/* Calls into another process (ferry/remote.h), and the agent that serves them in this one. */
#ifndef HOST_REMOTE_H
#define HOST_REMOTE_H

#include <stdbool.h>
#include <stdint.h>
#include "ferry/nt.h"
#include "ferry/remote.h"

struct remote_call {
    uint32_t process; /* slot */
    struct remote_request request;
    const void *data; /* behind the request; memory of ours, not the caller's */
    uint32_t data_size;
    struct remote_reply reply;
    void *extra; /* room for what is behind the reply */
    uint32_t extra_room, extra_size;
    int fd; /* that came with it, the caller's; -1 */
};
/* The status of the call, or STATUS_PROCESS_IS_TERMINATING, or STATUS_NOT_SUPPORTED for a Linux program. */
NTSTATUS remote_call(enum remote_kind kind, struct remote_call *call);

/* Start-up, when the first thread is known: from now on this process answers. Ends the process when the server is gone. */
void agent_start(void);

/* The process is about to exit: what made it do so may be a call that was not answered yet. */
void agent_finish(void);

/* What the agent asks of threads (thread_calls.c). */
struct thread;
NTSTATUS thread_query(struct thread *thread, ULONG class, void *buffer, ULONG length, ULONG *returned);
NTSTATUS thread_set(struct thread *thread, ULONG class, const void *buffer, ULONG length);
void thread_request_end(struct thread *thread, NTSTATUS status);

#endif
