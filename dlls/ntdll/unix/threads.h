/* What start-up, system calls and process exit need of thread.c beyond thread.h. */
#ifndef HOST_THREADS_H
#define HOST_THREADS_H

#include "thread.h"

/* Turns the running POSIX thread into the process's first Windows thread, with the first TEB, and runs `start`(PEB). */
_Noreturn void thread_run_first(FERRY_TEB *teb, void *start, size_t stack_reserve, size_t stack_commit, bool suspended);

/* Ends all other Windows threads of this process; returns when none of them runs Windows code any more. */
void thread_terminate_others(NTSTATUS status);

NTSTATUS thread_suspend(struct thread *thread, ULONG *previous);
NTSTATUS thread_resume(struct thread *thread, ULONG *previous);
/* Every Windows thread of this process. */
void threads_suspend(bool suspend);
NTSTATUS thread_get_context(struct thread *thread, CONTEXT *context);
NTSTATUS thread_set_context(struct thread *thread, CONTEXT *context);

/* Windows threads alive in this process. */
int thread_total(void);

#endif
