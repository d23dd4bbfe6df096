/* x86_64: switching fibers (fiber.h). */
#ifdef __x86_64__

    .text

/* void SwitchToFiber(void *fiber) */
    .balign 16
    .globl SwitchToFiber
    .seh_proc SwitchToFiber
SwitchToFiber:
    push %rbp
    .seh_pushreg %rbp
    push %rbx
    .seh_pushreg %rbx
    push %rdi
    .seh_pushreg %rdi
    push %rsi
    .seh_pushreg %rsi
    push %r12
    .seh_pushreg %r12
    push %r13
    .seh_pushreg %r13
    push %r14
    .seh_pushreg %r14
    push %r15
    .seh_pushreg %r15
    sub $0xa8, %rsp
    .seh_stackalloc 0xa8
    .seh_endprologue
    movaps %xmm6, (%rsp)
    movaps %xmm7, 0x10(%rsp)
    movaps %xmm8, 0x20(%rsp)
    movaps %xmm9, 0x30(%rsp)
    movaps %xmm10, 0x40(%rsp)
    movaps %xmm11, 0x50(%rsp)
    movaps %xmm12, 0x60(%rsp)
    movaps %xmm13, 0x70(%rsp)
    movaps %xmm14, 0x80(%rsp)
    movaps %xmm15, 0x90(%rsp)
    stmxcsr 0xa0(%rsp)
    fnstcw 0xa4(%rsp)

    mov %gs:0x30, %rax
    mov 0x20(%rax), %rdx            /* the running fiber */
    mov (%rax), %r8
    mov %r8, 8(%rdx)
    mov 0x10(%rax), %r8             /* StackLimit; the base does not change */
    mov %r8, 0x18(%rdx)
    mov %rsp, 0x28(%rdx)
    mov 0x17c8(%rax), %r8           /* FlsData */
    mov %r8, 0x30(%rdx)
    mov 0x2c8(%rax), %r8            /* ActivationContextStackPointer */
    mov %r8, 0x38(%rdx)
    mov 0x1748(%rax), %r8d          /* GuaranteedStackBytes */
    mov %r8, 0x40(%rdx)

    mov %rcx, 0x20(%rax)
    mov 8(%rcx), %r8
    mov %r8, (%rax)
    mov 0x10(%rcx), %r8
    mov %r8, 8(%rax)
    mov 0x18(%rcx), %r8
    mov %r8, 0x10(%rax)
    mov 0x20(%rcx), %r8
    mov %r8, 0x1478(%rax)           /* DeallocationStack */
    mov 0x30(%rcx), %r8
    mov %r8, 0x17c8(%rax)
    mov 0x38(%rcx), %r8
    mov %r8, 0x2c8(%rax)
    mov 0x40(%rcx), %r8
    mov %r8d, 0x1748(%rax)
    mov 0x28(%rcx), %rsp

    fldcw 0xa4(%rsp)
    ldmxcsr 0xa0(%rsp)
    movaps (%rsp), %xmm6
    movaps 0x10(%rsp), %xmm7
    movaps 0x20(%rsp), %xmm8
    movaps 0x30(%rsp), %xmm9
    movaps 0x40(%rsp), %xmm10
    movaps 0x50(%rsp), %xmm11
    movaps 0x60(%rsp), %xmm12
    movaps 0x70(%rsp), %xmm13
    movaps 0x80(%rsp), %xmm14
    movaps 0x90(%rsp), %xmm15
    add $0xa8, %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rsi
    pop %rdi
    pop %rbx
    pop %rbp
    ret
    .seh_endproc

    .globl fiber_entry
fiber_entry:
    mov %rbx, %rcx
    mov %rsi, %rdx
    push $0
    jmp *__imp_RtlUserThreadStart(%rip)

#endif
