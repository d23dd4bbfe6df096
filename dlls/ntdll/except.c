/* Exceptions, common part: vectored handlers, order of dispatching, raising a status (errhandlingapi.h). */
#include "except.h"

struct vectored_handler {
    struct vectored_handler *next;
    LONG references;
    bool removed;
    PVECTORED_EXCEPTION_HANDLER routine;
};

struct handler_list {
    struct vectored_handler *first;
    RTL_SRWLOCK lock;
};

static struct handler_list exception_handlers, continue_handlers;

/* ---- vectored handlers ---- */

static void *add_handler(struct handler_list *list, ULONG first, PVECTORED_EXCEPTION_HANDLER routine)
{
    struct vectored_handler *handler = heap_allocate_zeroed(sizeof(*handler)), **at = &list->first;

    if (!handler) return NULL;
    handler->references = 1;
    handler->routine = routine;
    RtlAcquireSRWLockExclusive(&list->lock);
    if (!first)
        while (*at) at = &(*at)->next;
    handler->next = *at;
    *at = handler;
    RtlReleaseSRWLockExclusive(&list->lock);
    return handler;
}

/* Under the exclusive lock. A handler leaves the list only when nobody is inside it or stands on it. */
static struct vectored_handler *release_handler(struct handler_list *list, struct vectored_handler *handler)
{
    if (--handler->references) return NULL;
    for (struct vectored_handler **at = &list->first; *at; at = &(*at)->next) {
        if (*at != handler) continue;
        *at = handler->next;
        break;
    }
    return handler;
}

static ULONG remove_handler(struct handler_list *list, void *handle)
{
    struct vectored_handler *handler, *gone = NULL;

    RtlAcquireSRWLockExclusive(&list->lock);
    for (handler = list->first; handler; handler = handler->next)
        if (handler == handle && !handler->removed) break;
    if (handler) {
        handler->removed = true;
        gone = release_handler(list, handler);
    }
    RtlReleaseSRWLockExclusive(&list->lock);
    heap_free(gone);
    return handler != NULL;
}

/* The list may change while a handler runs, by the handler itself too: each is held while it is called. */
static LONG call_handlers(struct handler_list *list, EXCEPTION_RECORD *record, CONTEXT *context)
{
    EXCEPTION_POINTERS pointers = { record, context };
    struct vectored_handler *handler, *next, *gone;
    LONG result = EXCEPTION_CONTINUE_SEARCH;

    if (!__atomic_load_n(&list->first, __ATOMIC_ACQUIRE)) return result;
    RtlAcquireSRWLockExclusive(&list->lock);
    for (handler = list->first; handler && handler->removed; handler = handler->next) continue;
    if (handler) handler->references++;
    while (handler) {
        RtlReleaseSRWLockExclusive(&list->lock);
        result = handler->routine(&pointers);
        RtlAcquireSRWLockExclusive(&list->lock);
        next = NULL;
        if (result != EXCEPTION_CONTINUE_EXECUTION) {
            for (next = handler->next; next && next->removed; next = next->next) continue;
            if (next) next->references++;
        }
        gone = release_handler(list, handler);
        if (gone) {
            RtlReleaseSRWLockExclusive(&list->lock);
            heap_free(gone);
            RtlAcquireSRWLockExclusive(&list->lock);
        }
        handler = next;
    }
    RtlReleaseSRWLockExclusive(&list->lock);
    return result;
}

bool call_vectored_exception_handlers(EXCEPTION_RECORD *record, CONTEXT *context)
{
    return call_handlers(&exception_handlers, record, context) == EXCEPTION_CONTINUE_EXECUTION;
}

void call_vectored_continue_handlers(EXCEPTION_RECORD *record, CONTEXT *context)
{
    call_handlers(&continue_handlers, record, context);
}

/* errhandlingapi.h: AddVectoredExceptionHandler and its three relatives. */
void *NTAPI RtlAddVectoredExceptionHandler(ULONG first, PVECTORED_EXCEPTION_HANDLER routine)
{
    return add_handler(&exception_handlers, first, routine);
}

void *NTAPI RtlAddVectoredContinueHandler(ULONG first, PVECTORED_EXCEPTION_HANDLER routine)
{
    return add_handler(&continue_handlers, first, routine);
}

ULONG NTAPI RtlRemoveVectoredExceptionHandler(void *handle)
{
    return remove_handler(&exception_handlers, handle);
}

ULONG NTAPI RtlRemoveVectoredContinueHandler(void *handle)
{
    return remove_handler(&continue_handlers, handle);
}

/* ---- dispatching ---- */

bool dispatch_exception(EXCEPTION_RECORD *record, CONTEXT *context)
{
    if (slist_fault(record, context)) return true;
    if (!call_vectored_exception_handlers(record, context) && !dispatch_to_frames(record, context)) return false;
    call_vectored_continue_handlers(record, context);
    return true;
}

BOOLEAN NTAPI RtlDispatchException(EXCEPTION_RECORD *record, CONTEXT *context)
{
    return dispatch_exception(record, context);
}

/* The record is as the caller of RtlRaiseException filled it; the context is that caller's. */
NTSTATUS raise_exception(EXCEPTION_RECORD *record, CONTEXT *context)
{
    if (!ferry_peb()->BeingDebugged) {
        if (dispatch_exception(record, context)) restore_context(context);
        return NtRaiseException(record, context, FALSE);
    }
    return NtRaiseException(record, context, TRUE);
}

static LONG(NTAPI *unhandled_filter)(EXCEPTION_POINTERS *pointers);

/* kernelbase's UnhandledExceptionFilter, for what leaves a thread's start routine. */
void NTAPI RtlSetUnhandledExceptionFilter(PVECTORED_EXCEPTION_HANDLER filter)
{
    unhandled_filter = filter;
}

LONG top_level_filter(EXCEPTION_POINTERS *pointers)
{
    return unhandled_filter ? unhandled_filter(pointers) : EXCEPTION_CONTINUE_SEARCH;
}

LONG NTAPI RtlUnhandledExceptionFilter(EXCEPTION_POINTERS *pointers)
{
    return top_level_filter(pointers);
}

/* winnt.h: RtlAssert's debugger prompt has no place here; the message is printed and the process breaks. */
void NTAPI RtlAssert(void *expression, void *file, ULONG line, char *message)
{
    report("assertion failed: %s, %s line %d%s%s", (char *)expression, (char *)file, line, message ? ": " : "",
           message ? message : "");
    __asm__ volatile("int3");
}
