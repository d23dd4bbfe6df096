/* Register contexts, and going up into Windows code with one. */
#ifndef HOST_CONTEXT_H
#define HOST_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <ucontext.h>
#include "ferry/nt.h"
#include "thread.h"

/* Between a signal's registers and a CONTEXT (CONTEXT_FULL, segments, debug registers zero). */
void context_from_signal(CONTEXT *context, const ucontext_t *signal);
void context_to_signal(ucontext_t *signal, const CONTEXT *context);

/* What Windows code will see when the system call of `frame` returns `result`. */
void context_from_frame(CONTEXT *context, const struct syscall_frame *frame, uint64_t result);

/* Copies the parts that `from->ContextFlags` names. */
void context_merge(CONTEXT *to, const CONTEXT *from);

/* Leaves host code with all registers of `context`, which must lie in host memory, 16-byte aligned (dispatch_x86_64.S). */
_Noreturn void context_enter(const CONTEXT *context, struct thread *thread);

/* context_enter, or context_enter32 (wow.h) if the context is 32-bit code's. */
_Noreturn void context_go(const CONTEXT *context, struct thread *thread);

/* As context_enter, after copying and making the context safe to load; looks at pending work first. */
_Noreturn void context_continue(const CONTEXT *context);

/* Puts CONTEXT and record on the Windows stack of the running thread and goes to KiUserExceptionDispatcher.
 * From a signal handler use exception_prepare and let the signal return. */
_Noreturn void exception_deliver(const EXCEPTION_RECORD *record, const CONTEXT *context);

/* Writes the frame below context->Rsp and points `context` at KiUserExceptionDispatcher. False: the Windows stack has no
 * room left. */
bool exception_prepare(const EXCEPTION_RECORD *record, CONTEXT *context, FERRY_TEB *teb);

/* Writes `bytes` to the Windows stack, growing it where the guard page is in the way. */
bool stack_write(FERRY_TEB *teb, uint64_t address, const void *from, size_t bytes);

/* The entry points of ntdll.dll that the host calls, filled when it is mapped (start.c). */
struct ntdll_entries {
    uint64_t LdrInitializeThunk;
    uint64_t RtlUserThreadStart;
    uint64_t KiUserExceptionDispatcher;
    uint64_t KiUserApcDispatcher;
};
extern struct ntdll_entries ntdll_entries;
extern void *ntdll_base;

/* Signals (signal.c). */
void signal_init(void);
void signal_init_wow(void); /* again, once the program is known to be a 32-bit one */
void signal_init_thread(void *stack, size_t bytes); /* where handlers run, for the running thread */

/* The last word on an exception nobody handled: one line, then the process ends with the code. */
_Noreturn void exception_unhandled(const EXCEPTION_RECORD *record, const CONTEXT *context);

#endif
