/* What the files of exception dispatching share: common part (except.c), x86_64 (except_x86_64.c, unwind_*.c) and
 * i386 (except_i386.c).
 */
#ifndef NTDLL_EXCEPT_H
#define NTDLL_EXCEPT_H

#include "ntdll.h"

/* Vectored handlers. True: a handler said EXCEPTION_CONTINUE_EXECUTION. */
bool call_vectored_exception_handlers(EXCEPTION_RECORD *record, CONTEXT *context);
void call_vectored_continue_handlers(EXCEPTION_RECORD *record, CONTEXT *context);

/* slist.c: a pop read a link of an entry that is gone; true: continue at `context`. */
bool slist_fault(const EXCEPTION_RECORD *record, CONTEXT *context);

/* Frame handlers of the running thread; true: continue at `context`. Per architecture. */
bool dispatch_to_frames(EXCEPTION_RECORD *record, CONTEXT *context);

/* All of dispatching: vectored handlers, frames, continue handlers. Returns when nobody took the exception. */
bool dispatch_exception(EXCEPTION_RECORD *record, CONTEXT *context);

/* Continues there, without a system call. */
_Noreturn void restore_context(CONTEXT *context);

/* Raises `record` at `context` for RtlRaiseException; returns only if it cannot be raised. */
NTSTATUS raise_exception(EXCEPTION_RECORD *record, CONTEXT *context);

#endif
