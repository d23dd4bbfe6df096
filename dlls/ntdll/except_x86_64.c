/* x86_64: dispatching to frames, unwinding, and the C language handler. */
#ifdef __x86_64__
#include "unwind.h"

static void raise_noncontinuable(NTSTATUS code, EXCEPTION_RECORD *cause)
{
    EXCEPTION_RECORD record = { .ExceptionCode = code,
                                .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
                                .ExceptionRecord = cause };
    RtlRaiseException(&record);
}

/* Language handler of execute_exception_handler: an exception was raised inside a handler. */
EXCEPTION_DISPOSITION nested_exception_handler(EXCEPTION_RECORD *record, void *frame, CONTEXT *context,
                                               DISPATCHER_CONTEXT *dispatcher)
{
    if (IS_UNWINDING(record->ExceptionFlags)) return ExceptionContinueSearch;
    dispatcher->EstablisherFrame = (*(DISPATCHER_CONTEXT **)((char *)frame + 0x20))->EstablisherFrame;
    return ExceptionNestedException;
}

/* Language handler of execute_unwind_handler: hands over the state of the unwind that was going on. */
EXCEPTION_DISPOSITION collided_unwind_handler(EXCEPTION_RECORD *record, void *frame, CONTEXT *context,
                                              DISPATCHER_CONTEXT *dispatcher)
{
    ULONG64 target = dispatcher->TargetIp;

    *dispatcher = **(DISPATCHER_CONTEXT **)((char *)frame + 0x20);
    dispatcher->TargetIp = target;
    return ExceptionCollidedUnwind;
}

bool dispatch_to_frames(EXCEPTION_RECORD *record, CONTEXT *context)
{
    DISPATCHER_CONTEXT dispatcher;
    UNWIND_HISTORY_TABLE history;
    CONTEXT current;
    ULONG64 nested = 0, original_flags = record->ExceptionFlags;

    history.Count = 0;
    memcpy(&current, context, sizeof(current));
    while (current.Rip && on_stack(current.Rsp)) {
        ULONG64 pc = current.Rip, base, establisher;
        RUNTIME_FUNCTION *function = RtlLookupFunctionEntry(pc, &base, &history);
        ULONG scope = 0;

        dispatcher.HandlerData = NULL;
        dispatcher.LanguageHandler = RtlVirtualUnwind(UNW_FLAG_EHANDLER, base, pc, function, &current,
                                                      &dispatcher.HandlerData, &establisher, NULL);
        if (!on_stack(establisher) && !(establisher == (ULONG64)ferry_teb()->Tib.StackBase)) {
            record->ExceptionFlags |= EXCEPTION_STACK_INVALID;
            break;
        }
        while (dispatcher.LanguageHandler) {
            EXCEPTION_DISPOSITION disposition;

            dispatcher.ControlPc = pc;
            dispatcher.ImageBase = base;
            dispatcher.FunctionEntry = function;
            dispatcher.EstablisherFrame = establisher;
            dispatcher.TargetIp = 0;
            dispatcher.ContextRecord = context;
            dispatcher.HistoryTable = &history;
            dispatcher.ScopeIndex = scope;
            disposition = execute_exception_handler(record, (void *)establisher, context, &dispatcher);
            original_flags |= record->ExceptionFlags & EXCEPTION_NONCONTINUABLE;
            if (nested == establisher) {
                record->ExceptionFlags &= ~EXCEPTION_NESTED_CALL;
                nested = 0;
            }
            if (disposition == ExceptionContinueExecution) {
                if (original_flags & EXCEPTION_NONCONTINUABLE)
                    raise_noncontinuable(STATUS_NONCONTINUABLE_EXCEPTION, record);
                return true;
            }
            if (disposition == ExceptionContinueSearch) break;
            if (disposition == ExceptionNestedException) {
                record->ExceptionFlags |= EXCEPTION_NESTED_CALL;
                if (dispatcher.EstablisherFrame > nested) nested = dispatcher.EstablisherFrame;
                break;
            }
            if (disposition != ExceptionCollidedUnwind) raise_noncontinuable(STATUS_INVALID_DISPOSITION, record);
            /* In the middle of an unwind: its frame is the next one to ask, where it stopped. */
            pc = dispatcher.ControlPc;
            base = dispatcher.ImageBase;
            function = dispatcher.FunctionEntry;
            scope = dispatcher.ScopeIndex;
            memcpy(&current, dispatcher.ContextRecord, sizeof(current));
            current.Rip = pc;
            RtlVirtualUnwind(UNW_FLAG_NHANDLER, base, pc, function, &current, &dispatcher.HandlerData, &establisher,
                             NULL);
            establisher = dispatcher.EstablisherFrame;
        }
    }
    return false;
}

/* Called by KiUserExceptionDispatcher. */
void dispatch_user_exception(EXCEPTION_RECORD *record, CONTEXT *context)
{
    NTSTATUS status;

    if (dispatch_exception(record, context)) {
        /* What a plain CONTEXT does not hold, only the host can restore. */
        if ((context->ContextFlags & 0x100040) == 0x100040 /* CONTEXT_XSTATE */ ||
            (context->ContextFlags & CONTEXT_DEBUG_REGISTERS) == CONTEXT_DEBUG_REGISTERS)
            status = NtContinue(context, FALSE);
        else restore_context(context);
    } else {
        status = NtRaiseException(record, context, FALSE);
    }
    RtlRaiseStatus(status);
}

/* winnt.h: RtlRestoreContext. Completes a longjmp (STATUS_LONGJUMP) or a C++ catch (STATUS_UNWIND_CONSOLIDATE) when
 * `record` says so. */
void CDECL RtlRestoreContext(CONTEXT *context, EXCEPTION_RECORD *record)
{
    if (record && record->ExceptionCode == STATUS_LONGJUMP && record->NumberParameters >= 1)
        restore_jump_buffer((void *)record->ExceptionInformation[0], context->Rax);
    if (record && record->ExceptionCode == STATUS_UNWIND_CONSOLIDATE && record->NumberParameters >= 1)
        consolidate_frames(context, record);
    restore_context(context);
}

/* winnt.h: RtlRaiseStatus. */
void NTAPI RtlRaiseStatus(NTSTATUS status)
{
    EXCEPTION_RECORD record = { .ExceptionCode = status, .ExceptionFlags = EXCEPTION_NONCONTINUABLE };
    CONTEXT context;
    void *data;
    ULONG64 base, frame;

    /* The caller's state, as the reference reports it. */
    RtlCaptureContext(&context);
    RUNTIME_FUNCTION *function = RtlLookupFunctionEntry(context.Rip, &base, NULL);
    RtlVirtualUnwind(UNW_FLAG_NHANDLER, base, context.Rip, function, &context, &data, &frame, NULL);
    record.ExceptionAddress = (void *)context.Rip;
    for (;;) status = raise_exception(&record, &context);
}

/* winnt.h: RtlUnwindEx. target NULL: all frames (exit unwind). Does not return but on error, which it raises. */
void NTAPI RtlUnwindEx(void *target, void *target_ip, EXCEPTION_RECORD *record, void *value, CONTEXT *scratch,
                       UNWIND_HISTORY_TABLE *history)
{
    EXCEPTION_RECORD own_record;
    DISPATCHER_CONTEXT dispatcher;
    /* Not `scratch`: that is often the exception's context, from which KiUserExceptionDispatcher's frame is undone. */
    CONTEXT local, next, *context = &local;
    ULONG flags = EXCEPTION_UNWINDING | (target ? 0 : EXCEPTION_EXIT_UNWIND);

    RtlCaptureContext(context);
    if (!record) {
        memset(&own_record, 0, sizeof(own_record));
        own_record.ExceptionCode = STATUS_UNWIND;
        own_record.ExceptionAddress = (void *)context->Rip;
        record = &own_record;
    }
    dispatcher.TargetIp = (ULONG64)target_ip;
    dispatcher.HistoryTable = history;
    for (;;) {
        ULONG64 pc = context->Rip, base, establisher;
        RUNTIME_FUNCTION *function = RtlLookupFunctionEntry(pc, &base, history);
        ULONG scope = 0;

        memcpy(&next, context, sizeof(next));
        dispatcher.HandlerData = NULL;
        dispatcher.LanguageHandler = RtlVirtualUnwind(UNW_FLAG_UHANDLER, base, pc, function, &next,
                                                      &dispatcher.HandlerData, &establisher, NULL);
        if (!on_stack(establisher) && establisher != (ULONG64)ferry_teb()->Tib.StackBase)
            raise_noncontinuable(STATUS_BAD_STACK, record);
        if (target && establisher > (ULONG64)target) raise_noncontinuable(STATUS_INVALID_UNWIND_TARGET, record);
        while (dispatcher.LanguageHandler) {
            EXCEPTION_DISPOSITION disposition;

            if (target && establisher == (ULONG64)target) flags |= EXCEPTION_TARGET_UNWIND;
            record->ExceptionFlags = (record->ExceptionFlags & EXCEPTION_NONCONTINUABLE) | flags;
            context->Rax = (ULONG64)value;
            dispatcher.ControlPc = pc;
            dispatcher.ImageBase = base;
            dispatcher.FunctionEntry = function;
            dispatcher.EstablisherFrame = establisher;
            dispatcher.ContextRecord = context;
            dispatcher.ScopeIndex = scope;
            disposition = execute_unwind_handler(record, (void *)establisher, context, &dispatcher);
            flags &= ~(EXCEPTION_COLLIDED_UNWIND | EXCEPTION_TARGET_UNWIND);
            if (disposition == ExceptionContinueSearch) break;
            if (disposition != ExceptionCollidedUnwind) raise_noncontinuable(STATUS_INVALID_DISPOSITION, record);
            /* Go on where the interrupted unwind was. */
            pc = dispatcher.ControlPc;
            base = dispatcher.ImageBase;
            function = dispatcher.FunctionEntry;
            scope = dispatcher.ScopeIndex;
            memcpy(context, dispatcher.ContextRecord, sizeof(*context));
            context->Rip = pc;
            memcpy(&next, context, sizeof(next));
            RtlVirtualUnwind(UNW_FLAG_NHANDLER, base, pc, function, &next, &dispatcher.HandlerData, &establisher, NULL);
            establisher = dispatcher.EstablisherFrame;
            flags |= EXCEPTION_COLLIDED_UNWIND;
        }
        if (target && establisher == (ULONG64)target) break;
        memcpy(context, &next, sizeof(*context));
        if (!on_stack(context->Rsp) || !context->Rip) {
            /* Past the last frame. */
            if (target) raise_noncontinuable(STATUS_INVALID_UNWIND_TARGET, record);
            NtRaiseException(record, context, FALSE);
            RtlRaiseStatus(STATUS_BAD_STACK);
        }
    }
    context->Rax = (ULONG64)value;
    if (record->ExceptionCode != STATUS_UNWIND_CONSOLIDATE) context->Rip = (ULONG64)target_ip;
    RtlRestoreContext(context, record);
}

void NTAPI RtlUnwind(void *target, void *target_ip, EXCEPTION_RECORD *record, void *value)
{
    CONTEXT context;
    UNWIND_HISTORY_TABLE history = { 0 };

    RtlUnwindEx(target, target_ip, record, value, &context, &history);
}

/* excpt.h: the handler of functions with __try; its data is a SCOPE_TABLE_AMD64. HandlerAddress 1 is a filter that is
 * always EXCEPTION_EXECUTE_HANDLER; a record without JumpTarget is a __finally. */
EXCEPTION_DISPOSITION CDECL __C_specific_handler(EXCEPTION_RECORD *record, void *frame, CONTEXT *context,
                                                 DISPATCHER_CONTEXT *dispatcher)
{
    const SCOPE_TABLE_AMD64 *table = dispatcher->HandlerData;
    ULONG64 base = dispatcher->ImageBase, pc = dispatcher->ControlPc - base, target = dispatcher->TargetIp - base;

    if (IS_DISPATCHING(record->ExceptionFlags)) {
        EXCEPTION_POINTERS pointers = { record, context };
        for (ULONG i = dispatcher->ScopeIndex; i < table->Count; i++) {
            LONG result = EXCEPTION_EXECUTE_HANDLER;
            if (pc < table->ScopeRecord[i].BeginAddress || pc >= table->ScopeRecord[i].EndAddress ||
                !table->ScopeRecord[i].JumpTarget)
                continue;
            if (table->ScopeRecord[i].HandlerAddress != 1)
                result = ((LONG(*)(EXCEPTION_POINTERS *, void *))(base + table->ScopeRecord[i].HandlerAddress))(
                    &pointers, frame);
            if (result < 0) return ExceptionContinueExecution;
            if (result > 0)
                RtlUnwindEx(frame, (void *)(base + table->ScopeRecord[i].JumpTarget), record,
                            (void *)(ULONG64)record->ExceptionCode, dispatcher->ContextRecord,
                            dispatcher->HistoryTable);
        }
        return ExceptionContinueSearch;
    }
    for (ULONG i = dispatcher->ScopeIndex; i < table->Count; i++) {
        if (pc < table->ScopeRecord[i].BeginAddress || pc >= table->ScopeRecord[i].EndAddress) continue;
        if (IS_TARGET_UNWIND(record->ExceptionFlags)) {
            /* Going to a place inside this very scope does not leave it; the scope may be given in pieces. */
            for (ULONG j = 0; j < table->Count; j++)
                if (target >= table->ScopeRecord[j].BeginAddress && target < table->ScopeRecord[j].EndAddress &&
                    table->ScopeRecord[j].JumpTarget == table->ScopeRecord[i].JumpTarget &&
                    table->ScopeRecord[j].HandlerAddress == table->ScopeRecord[i].HandlerAddress)
                    return ExceptionContinueSearch;
        }
        if (table->ScopeRecord[i].JumpTarget) {
            if (target == table->ScopeRecord[i].JumpTarget && IS_TARGET_UNWIND(record->ExceptionFlags)) break;
        } else {
            dispatcher->ScopeIndex = i + 1; /* a collided unwind goes on behind it */
            ((void (*)(BOOLEAN, void *))(base + table->ScopeRecord[i].HandlerAddress))(TRUE, frame);
        }
    }
    return ExceptionContinueSearch;
}

#endif
