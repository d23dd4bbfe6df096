/* Which Windows exception a processor fault is. */
#ifndef HOST_TRAP_H
#define HOST_TRAP_H

#include <signal.h>
#include <ucontext.h>
#include "ferry/nt.h"

/* Fills `record` for the fault of `signal` at the context's instruction; may move context->Rip (int3 counts as not yet
 * executed). Memory faults (SIGSEGV with an address) are not handled here: virtual_handle_fault knows them.
 * Async-signal-safe. */
void trap_decode(int signal, const siginfo_t *info, const ucontext_t *ucontext, CONTEXT *context,
                  EXCEPTION_RECORD *record);

#endif
