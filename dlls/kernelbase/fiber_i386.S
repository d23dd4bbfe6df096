/* i386: switching fibers (fiber.h). */
#ifdef __i386__

    .text

/* void SwitchToFiber(void *fiber) */
    .balign 16
    .globl _SwitchToFiber@4
_SwitchToFiber@4:
    mov 4(%esp), %ecx
    push %ebp
    push %ebx
    push %edi
    push %esi
    sub $8, %esp
    stmxcsr (%esp)
    fnstcw 4(%esp)

    mov %fs:0x18, %eax
    mov 0x10(%eax), %edx            /* the running fiber */
    mov (%eax), %ebx
    mov %ebx, 4(%edx)
    mov 8(%eax), %ebx               /* StackLimit; the base does not change */
    mov %ebx, 0xc(%edx)
    mov %esp, 0x14(%edx)
    mov 0xfb4(%eax), %ebx           /* FlsData */
    mov %ebx, 0x18(%edx)
    mov 0x1a8(%eax), %ebx           /* ActivationContextStackPointer */
    mov %ebx, 0x1c(%edx)
    mov 0xf78(%eax), %ebx           /* GuaranteedStackBytes */
    mov %ebx, 0x20(%edx)

    mov %ecx, 0x10(%eax)
    mov 4(%ecx), %ebx
    mov %ebx, (%eax)
    mov 8(%ecx), %ebx
    mov %ebx, 4(%eax)
    mov 0xc(%ecx), %ebx
    mov %ebx, 8(%eax)
    mov 0x10(%ecx), %ebx
    mov %ebx, 0xe0c(%eax)           /* DeallocationStack */
    mov 0x18(%ecx), %ebx
    mov %ebx, 0xfb4(%eax)
    mov 0x1c(%ecx), %ebx
    mov %ebx, 0x1a8(%eax)
    mov 0x20(%ecx), %ebx
    mov %ebx, 0xf78(%eax)
    mov 0x14(%ecx), %esp

    fldcw 4(%esp)
    ldmxcsr (%esp)
    add $8, %esp
    pop %esi
    pop %edi
    pop %ebx
    pop %ebp
    ret $4

    .globl _fiber_entry
_fiber_entry:
    mov %ebx, %eax                  /* as in a new thread: routine in eax, argument in ebx */
    mov %esi, %ebx
    jmp *__imp__RtlUserThreadStart@8

#endif
