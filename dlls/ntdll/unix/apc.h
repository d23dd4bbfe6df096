/* Delivery of user APCs: the Windows frame that KiUserApcDispatcher finds (wait.h has the queue). */
#ifndef HOST_APC_H
#define HOST_APC_H

#include "thread.h"
#include "wait.h"

/* Continues at KiUserApcDispatcher, which will go on with `context` after the APC. */
_Noreturn void apc_deliver_context(struct thread *thread, const struct apc_call *call, const CONTEXT *context);

/* The same from a system call's end: after the APC the call returns `result`. */
_Noreturn void apc_deliver(struct thread *thread, const struct apc_call *call, uint64_t result);

#endif
