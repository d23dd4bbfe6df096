/* winbase.h: fibers. Fiber-local storage is ntdll's; it moves with the fiber because TEB.FlsData does. */
#include "fiber.h"

#ifdef _WIN64
_Static_assert(offsetof(FERRY_TEB, FlsData) == 0x17c8 && offsetof(FERRY_TEB, GuaranteedStackBytes) == 0x1748 &&
               offsetof(FERRY_TEB, ActivationContextStackPointer) == 0x2c8 &&
               offsetof(FERRY_TEB, DeallocationStack) == 0x1478, "SwitchToFiber");
#else
_Static_assert(offsetof(FERRY_TEB, FlsData) == 0xfb4 && offsetof(FERRY_TEB, GuaranteedStackBytes) == 0xf78 &&
               offsetof(FERRY_TEB, ActivationContextStackPointer) == 0x1a8 &&
               offsetof(FERRY_TEB, DeallocationStack) == 0xe0c, "SwitchToFiber");
#endif
_Static_assert(offsetof(struct fiber, guaranteed) == 8 * sizeof(void *), "SwitchToFiber");

/* What RtlUserThreadStart runs on a new fiber's stack: when the fiber function returns, its thread ends. */
static DWORD WINAPI fiber_main(void *argument)
{
    struct fiber *fiber = argument;

    fiber->routine(fiber->data);
    return 1;
}

/* Floating point control words are switched whatever FIBER_FLAG_FLOAT_SWITCH says; the registers need no more. */
LPVOID WINAPI CreateFiberEx(SIZE_T commit, SIZE_T reserve, DWORD flags, LPFIBER_START_ROUTINE routine, LPVOID parameter)
{
    struct fiber *fiber;
    INITIAL_TEB stack;
    NTSTATUS status;

    if (flags & ~FIBER_FLAG_FLOAT_SWITCH) {
        set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (!(fiber = mem_alloc_zeroed(sizeof(*fiber)))) {
        set_error(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    if ((status = RtlCreateUserStack(commit, reserve, 0, 0, 0, &stack)) < 0) {
        mem_free(fiber);
        set_status(status);
        return NULL;
    }
    fiber->data = parameter;
    fiber->routine = routine;
    fiber->exception_list = (void *)(LONG_PTR)-1;
    fiber->stack_base = stack.StackBase;
    fiber->stack_limit = stack.StackLimit;
    fiber->stack_allocation = stack.StackAllocationBase;
    fiber->activation_stack.FrameListCache.Flink = fiber->activation_stack.FrameListCache.Blink =
        &fiber->activation_stack.FrameListCache;
    fiber->activation_stack.NextCookieSequenceNumber = 1;
    fiber->activation = &fiber->activation_stack;

    struct fiber_frame *frame = (struct fiber_frame *)((char *)stack.StackBase - 32) - 1;
    USHORT control;
    __asm__("stmxcsr %0\n\tfnstcw %1" : "=m"(frame->mxcsr), "=m"(control));
    frame->control = control;
#ifdef _WIN64
    frame->rbx = (ULONG_PTR)fiber_main;
    frame->rsi = (ULONG_PTR)fiber;
    frame->rip = (ULONG_PTR)fiber_entry;
#else
    frame->ebx = (ULONG_PTR)fiber_main;
    frame->esi = (ULONG_PTR)fiber;
    frame->eip = (ULONG_PTR)fiber_entry;
#endif
    fiber->stack_pointer = frame;
    return fiber;
}

LPVOID WINAPI CreateFiber(SIZE_T stack, LPFIBER_START_ROUTINE routine, LPVOID parameter)
{
    return CreateFiberEx(stack, 0, 0, routine, parameter);
}

LPVOID WINAPI ConvertThreadToFiberEx(LPVOID parameter, DWORD flags)
{
    FERRY_TEB *teb = ferry_teb();
    struct fiber *fiber;

    if (flags & ~FIBER_FLAG_FLOAT_SWITCH) {
        set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (teb->SameTebFlags & FERRY_TEB_SAME_FIBER) {
        set_error(ERROR_ALREADY_FIBER);
        return NULL;
    }
    if (!(fiber = mem_alloc_zeroed(sizeof(*fiber)))) {
        set_error(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    fiber->data = parameter;
    fiber->stack_base = teb->Tib.StackBase;
    fiber->stack_allocation = teb->DeallocationStack;
    teb->Tib.FiberData = fiber;
    teb->SameTebFlags |= FERRY_TEB_SAME_FIBER;
    return fiber;
}

LPVOID WINAPI ConvertThreadToFiber(LPVOID parameter)
{
    return ConvertThreadToFiberEx(parameter, 0);
}

BOOL WINAPI ConvertFiberToThread(void)
{
    FERRY_TEB *teb = ferry_teb();

    if (!(teb->SameTebFlags & FERRY_TEB_SAME_FIBER)) return set_error(ERROR_ALREADY_THREAD);
    mem_free(teb->Tib.FiberData);
    teb->Tib.FiberData = NULL;
    teb->SameTebFlags &= ~FERRY_TEB_SAME_FIBER;
    return TRUE;
}

/* Of the running fiber it ends the thread; a fiber that runs on another thread must not be deleted. */
VOID WINAPI DeleteFiber(LPVOID address)
{
    FERRY_TEB *teb = ferry_teb();
    struct fiber *fiber = address;

    if (teb->SameTebFlags & FERRY_TEB_SAME_FIBER && teb->Tib.FiberData == fiber) {
        teb->SameTebFlags &= ~FERRY_TEB_SAME_FIBER;
        teb->Tib.FiberData = NULL;
        mem_free(fiber);
        RtlExitUserThread(1);
    }
    RtlProcessFlsData(fiber->fls_data, 3);
    RtlFreeUserStack(fiber->stack_allocation);
    mem_free(fiber);
}

BOOL WINAPI IsThreadAFiber(void)
{
    return !!(ferry_teb()->SameTebFlags & FERRY_TEB_SAME_FIBER);
}
