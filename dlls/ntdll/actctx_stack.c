/* Which activation context is active: a stack of frames for each thread (TEB.ActivationContextStackPointer). */
#include "actctx.h"

#define FRAME_FLAG_RELEASE 1 /* the frame holds a reference */

struct frame {
    struct frame *previous;
    struct activation_context *context; /* NULL: none but the process's */
    ULONG flags;
    ULONG_PTR cookie;
};

static struct frame **top(void)
{
    return (struct frame **)&ferry_teb()->ActivationContextStackPointer->ActiveFrame;
}

struct activation_context *actctx_active(bool *is_default)
{
    struct frame *frame = ferry_teb()->ActivationContextStackPointer ? *top() : NULL;
    struct activation_context *context = frame ? frame->context : NULL;

    if (is_default) *is_default = !context;
    return context ? context : process_context;
}

void *actctx_push(struct activation_context *context)
{
    struct frame *frame = heap_allocate_zeroed(sizeof(*frame));

    if (!frame) return NULL;
    if (context) actctx_retain(context);
    frame->context = context;
    frame->flags = context ? FRAME_FLAG_RELEASE : 0;
    frame->cookie = 0x10000000 | ++ferry_teb()->ActivationContextStackPointer->NextCookieSequenceNumber;
    frame->previous = *top();
    *top() = frame;
    return frame;
}

static void pop_one(void)
{
    struct frame *frame = *top();

    *top() = frame->previous;
    if (frame->flags & FRAME_FLAG_RELEASE) actctx_release(frame->context);
    heap_free(frame);
}

void actctx_pop(void *cookie)
{
    if (!cookie) return;
    for (struct frame *at = *top(); at; at = at->previous)
        if (at == cookie) {
            while (*top() != cookie) pop_one();
            pop_one();
            return;
        }
}

/* flags: RTL_ACTIVATE_ACTIVATION_CONTEXT_EX_FLAG_RELEASE_ON_STACK_DEALLOCATION makes no difference here. */
NTSTATUS NTAPI RtlActivateActivationContextEx(ULONG flags, TEB *teb, HANDLE handle, ULONG_PTR *cookie)
{
    struct activation_context *context = NULL;
    struct frame *frame;

    if (flags & ~1ul || !cookie || (FERRY_TEB *)teb != ferry_teb()) return STATUS_INVALID_PARAMETER;
    if (handle && !(context = actctx_from_handle(handle))) return STATUS_INVALID_PARAMETER;
    if (!(frame = actctx_push(context))) return STATUS_NO_MEMORY;
    *cookie = frame->cookie;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlActivateActivationContext(ULONG flags, HANDLE handle, ULONG_PTR *cookie)
{
    return RtlActivateActivationContextEx(0, (TEB *)ferry_teb(), handle, cookie);
}

static void raise(NTSTATUS status, ULONG_PTR first, ULONG_PTR second, ULONG_PTR third)
{
    EXCEPTION_RECORD record = { .ExceptionCode = (DWORD)status, .NumberParameters = 3 };

    record.ExceptionAddress = __builtin_return_address(0);
    record.ExceptionInformation[0] = first;
    record.ExceptionInformation[1] = second;
    record.ExceptionInformation[2] = third;
    RtlRaiseException(&record);
}

/* flags: DEACTIVATE_ACTCTX_FLAG_FORCE_EARLY_DEACTIVATION. Raises STATUS_SXS_EARLY_DEACTIVATION for a frame that is not
 * on top, STATUS_SXS_INVALID_DEACTIVATION for a cookie of no frame (winbase.h reference: DeactivateActCtx, remarks). */
NTSTATUS NTAPI RtlDeactivateActivationContext(ULONG flags, ULONG_PTR cookie)
{
    struct frame *frame;

    if (flags & ~1ul) return STATUS_INVALID_PARAMETER;
    for (frame = *top(); frame && frame->cookie != cookie; frame = frame->previous) {}
    if (!frame) {
        raise(STATUS_SXS_INVALID_DEACTIVATION, 0, (ULONG_PTR)*top(), cookie);
        return STATUS_SUCCESS;
    }
    if (frame != *top() && !(flags & DEACTIVATE_ACTCTX_FLAG_FORCE_EARLY_DEACTIVATION)) {
        raise(STATUS_SXS_EARLY_DEACTIVATION, (ULONG_PTR)(*top())->context, (ULONG_PTR)frame->context, cookie);
        return STATUS_SUCCESS;
    }
    actctx_pop(frame);
    return STATUS_SUCCESS;
}

/* With a reference; NULL when only the process's own counts. */
NTSTATUS NTAPI RtlGetActiveActivationContext(HANDLE *handle)
{
    bool is_default;
    struct activation_context *context = actctx_active(&is_default);

    if (is_default) context = NULL;
    if (context) actctx_retain(context);
    *handle = context;
    return STATUS_SUCCESS;
}

BOOLEAN NTAPI RtlIsActivationContextActive(HANDLE handle)
{
    for (struct frame *at = *top(); at; at = at->previous)
        if (at->context == handle) return TRUE;
    return FALSE;
}

void NTAPI RtlAddRefActivationContext(HANDLE handle)
{
    struct activation_context *context = actctx_from_handle(handle);

    if (context) actctx_retain(context);
}

void NTAPI RtlReleaseActivationContext(HANDLE handle)
{
    struct activation_context *context = actctx_from_handle(handle);

    if (context) actctx_release(context);
}

/* The end of a thread. */
void NTAPI RtlFreeThreadActivationContextStack(void)
{
    while (*top()) pop_one();
}
