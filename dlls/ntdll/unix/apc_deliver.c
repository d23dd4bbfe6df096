/* Delivery of user APCs. At KiUserApcDispatcher the stack pointer is a CONTEXT to go on with; its P1Home to P3Home are
 * the APC's arguments and P4Home its routine, as on Windows 10. */
#include "apc.h"

#include "context.h"
#include "host.h"
#include "wow.h"

_Noreturn void apc_deliver_context(struct thread *thread, const struct apc_call *call, const CONTEXT *context)
{
    CONTEXT frame __attribute__((aligned(16))) = *context;
    CONTEXT enter __attribute__((aligned(16))) = *context;

    if (wow64) {
        enter.ContextFlags = CONTEXT_FULL;
        if (wow_apc_prepare(call, &enter, thread->teb)) context_continue(&enter);
    }
    frame.ContextFlags = CONTEXT_FULL | CONTEXT_SEGMENTS;
    frame.P1Home = (DWORD64)call->argument1;
    frame.P2Home = (DWORD64)call->argument2;
    frame.P3Home = (DWORD64)call->argument3;
    frame.P4Home = (DWORD64)call->routine;
    enter.ContextFlags = CONTEXT_FULL;
    enter.Rsp = (context->Rsp - sizeof(frame)) & ~15ull;
    enter.Rip = ntdll_entries.KiUserApcDispatcher;
    if (wow64 || !stack_write(thread->teb, enter.Rsp, &frame, sizeof(frame))) {
        EXCEPTION_RECORD record = { .ExceptionCode = (DWORD)STATUS_STACK_OVERFLOW,
                                    .ExceptionAddress = (void *)context->Rip };
        exception_unhandled(&record, context);
    }
    context_continue(&enter);
}

_Noreturn void apc_deliver(struct thread *thread, const struct apc_call *call, uint64_t result)
{
    CONTEXT context __attribute__((aligned(16)));

    context_from_frame(&context, thread->frame, result);
    apc_deliver_context(thread, call, &context);
}
