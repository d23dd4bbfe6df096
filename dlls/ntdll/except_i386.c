/* i386: the chain of exception registrations in the TEB, dispatching to it and unwinding it. */
#ifdef __i386__
#include "except.h"

typedef EXCEPTION_REGISTRATION_RECORD registration;
#define END_OF_CHAIN ((registration *)-1)

typedef EXCEPTION_DISPOSITION(CDECL *handler_routine)(EXCEPTION_RECORD *record, registration *frame, CONTEXT *context,
                                                      registration **dispatcher);
EXCEPTION_DISPOSITION execute_handler(EXCEPTION_RECORD *record, registration *frame, CONTEXT *context,
                                      registration **dispatcher, handler_routine routine, handler_routine watcher);

static registration *chain(void)
{
    return ferry_teb()->Tib.ExceptionList;
}

static bool valid(const registration *frame)
{
    NT_TIB *tib = &ferry_teb()->Tib;
    return (void *)frame >= tib->StackLimit && (void *)(frame + 1) <= tib->StackBase && !((ULONG_PTR)frame & 3);
}

static void raise_noncontinuable(NTSTATUS code, EXCEPTION_RECORD *cause)
{
    EXCEPTION_RECORD record = { .ExceptionCode = code,
                                .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
                                .ExceptionRecord = cause };
    RtlRaiseException(&record);
}

/* Registrations of execute_handler: an exception or an unwind got there while a handler runs. */
static EXCEPTION_DISPOSITION CDECL watch_exception(EXCEPTION_RECORD *record, registration *frame, CONTEXT *context,
                                                   registration **dispatcher)
{
    if (record->ExceptionFlags & (EXCEPTION_UNWINDING | EXCEPTION_EXIT_UNWIND)) return ExceptionContinueSearch;
    *dispatcher = ((registration **)frame)[2];
    return ExceptionNestedException;
}

static EXCEPTION_DISPOSITION CDECL watch_unwind(EXCEPTION_RECORD *record, registration *frame, CONTEXT *context,
                                                registration **dispatcher)
{
    if (!(record->ExceptionFlags & (EXCEPTION_UNWINDING | EXCEPTION_EXIT_UNWIND))) return ExceptionContinueSearch;
    *dispatcher = ((registration **)frame)[2];
    return ExceptionCollidedUnwind;
}

bool dispatch_to_frames(EXCEPTION_RECORD *record, CONTEXT *context)
{
    registration *nested = NULL, *dispatcher;

    for (registration *frame = chain(); frame != END_OF_CHAIN; frame = frame->Next) {
        EXCEPTION_DISPOSITION disposition;

        if (!valid(frame)) {
            record->ExceptionFlags |= EXCEPTION_STACK_INVALID;
            break;
        }
        dispatcher = NULL;
        disposition = execute_handler(record, frame, context, &dispatcher, (handler_routine)frame->Handler,
                                      watch_exception);
        if (frame == nested) {
            nested = NULL;
            record->ExceptionFlags &= ~EXCEPTION_NESTED_CALL;
        }
        switch (disposition) {
        case ExceptionContinueExecution:
            if (!(record->ExceptionFlags & EXCEPTION_NONCONTINUABLE)) return true;
            raise_noncontinuable(STATUS_NONCONTINUABLE_EXCEPTION, record);
            break;
        case ExceptionContinueSearch: break;
        case ExceptionNestedException:
            record->ExceptionFlags |= EXCEPTION_NESTED_CALL;
            if (dispatcher > nested) nested = dispatcher;
            break;
        default: raise_noncontinuable(STATUS_INVALID_DISPOSITION, record);
        }
    }
    return false;
}

/* Called by KiUserExceptionDispatcher. */
void dispatch_user_exception(EXCEPTION_RECORD *record, CONTEXT *context)
{
    NTSTATUS status;

    if (dispatch_exception(record, context)) {
        if ((context->ContextFlags & CONTEXT_DEBUG_REGISTERS) == CONTEXT_DEBUG_REGISTERS)
            status = NtContinue(context, FALSE);
        else restore_context(context);
    } else {
        status = NtRaiseException(record, context, FALSE);
    }
    RtlRaiseStatus(status);
}

void NTAPI RtlRaiseStatus(NTSTATUS status)
{
    EXCEPTION_RECORD record = { .ExceptionCode = status,
                                .ExceptionFlags = EXCEPTION_NONCONTINUABLE };
    CONTEXT context;

    RtlCaptureContext(&context);
    record.ExceptionAddress = __builtin_return_address(0);
    for (;;) record.ExceptionCode = raise_exception(&record, &context);
}

/* The work of RtlUnwind. target NULL: the whole chain, then the end of the process. */
void unwind_frames(registration *target, EXCEPTION_RECORD *record, CONTEXT *context)
{
    EXCEPTION_RECORD own_record = { .ExceptionCode = STATUS_UNWIND, .ExceptionAddress = (void *)context->Eip };
    registration *dispatcher;

    if (!record) record = &own_record;
    record->ExceptionFlags |= EXCEPTION_UNWINDING | (target ? 0 : EXCEPTION_EXIT_UNWIND);
    for (registration *frame = chain(); frame != END_OF_CHAIN && frame != target; frame = chain()) {
        EXCEPTION_DISPOSITION disposition;

        if (target && frame > target) raise_noncontinuable(STATUS_INVALID_UNWIND_TARGET, record);
        if (!valid(frame)) raise_noncontinuable(STATUS_BAD_STACK, record);
        dispatcher = NULL;
        disposition = execute_handler(record, frame, context, &dispatcher, (handler_routine)frame->Handler,
                                      watch_unwind);
        if (disposition == ExceptionCollidedUnwind) frame = dispatcher;
        else if (disposition != ExceptionContinueSearch) raise_noncontinuable(STATUS_INVALID_DISPOSITION, record);
        ferry_teb()->Tib.ExceptionList = frame->Next;
    }
    if (!target) {
        NtRaiseException(record, context, FALSE);
        RtlRaiseStatus(STATUS_UNWIND);
    }
}

#endif
