/* A fiber. SwitchToFiber (fiber_x86_64.S, fiber_i386.S) knows the fields up to `activation` by their offsets. */
#ifndef FIBER_H
#define FIBER_H

#include "kernelbase.h"

struct fiber {
    void *data;              /* first, where GetFiberData reads it */
    void *exception_list;
    void *stack_base;
    void *stack_limit;
    void *stack_allocation;
    void *stack_pointer;     /* of a fiber that is not running: saved registers, then the return address */
    void *fls_data;
    void *activation;        /* TEB.ActivationContextStackPointer */
    ULONG_PTR guaranteed;    /* TEB.GuaranteedStackBytes */
    LPFIBER_START_ROUTINE routine;
    FERRY_ACTIVATION_CONTEXT_STACK activation_stack;
};

/* Where a new fiber starts: calls RtlUserThreadStart with what lies in two of the saved registers. */
void fiber_entry(void);

/* What SwitchToFiber saves, from the stack pointer up. */
struct fiber_frame {
#ifdef _WIN64
    M128A xmm6_to_15[10];
    ULONG mxcsr, control;
    ULONG_PTR r15, r14, r13, r12, rsi, rdi, rbx, rbp, rip;
#else
    ULONG mxcsr, control;
    ULONG_PTR esi, edi, ebx, ebp, eip, argument;
#endif
};

#endif
