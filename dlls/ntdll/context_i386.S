/* i386: capturing and restoring contexts, and the places where the host and exception handlers enter. */
#ifdef __i386__

    .set CONTEXT_SIZE, 0x2cc
    .set FloatSave, 0x1c
    .set SegGs, 0x8c
    .set SegFs, 0x90
    .set SegEs, 0x94
    .set SegDs, 0x98
    .set Edi, 0x9c
    .set Esi, 0xa0
    .set Ebx, 0xa4
    .set Edx, 0xa8
    .set Ecx, 0xac
    .set Eax, 0xb0
    .set Ebp, 0xb4
    .set Eip, 0xb8
    .set SegCs, 0xbc
    .set EFlags, 0xc0
    .set Esp, 0xc4
    .set SegSs, 0xc8

    .text

/* Integer registers as they are, control registers of the code that called the function whose frame %ebp is.
 * In: the context in %ebx, the caller's %ebx on the stack above the return address. */
capture:
    mov %eax, Eax(%ebx)
    mov %ecx, Ecx(%ebx)
    mov %edx, Edx(%ebx)
    mov %esi, Esi(%ebx)
    mov %edi, Edi(%ebx)
    mov 4(%esp), %eax
    mov %eax, Ebx(%ebx)
    xor %eax, %eax
    mov %cs, %ax
    mov %eax, SegCs(%ebx)
    mov %ds, %ax
    mov %eax, SegDs(%ebx)
    mov %es, %ax
    mov %eax, SegEs(%ebx)
    mov %fs, %ax
    mov %eax, SegFs(%ebx)
    mov %gs, %ax
    mov %eax, SegGs(%ebx)
    mov %ss, %ax
    mov %eax, SegSs(%ebx)
    pushfl
    popl EFlags(%ebx)
    movl $0x10007, (%ebx)               /* CONTEXT_FULL */
    mov 4(%ebp), %eax
    mov %eax, Eip(%ebx)
    mov (%ebp), %eax
    mov %eax, Ebp(%ebx)
    lea 8(%ebp), %eax
    mov %eax, Esp(%ebx)
    ret

/* void RtlCaptureContext(CONTEXT *context): as the reference's, the state after the calling function returns, which
 * must have a frame. */
    .balign 16
    .globl _RtlCaptureContext@4
_RtlCaptureContext@4:
    push %ebx
    mov 8(%esp), %ebx
    call capture
    mov Eax(%ebx), %eax
    pop %ebx
    ret $4

/* void RtlRaiseException(EXCEPTION_RECORD *record) */
    .balign 16
    .globl _RtlRaiseException@4
_RtlRaiseException@4:
    push %ebp
    mov %esp, %ebp
    sub $CONTEXT_SIZE, %esp
    push %ebx
    lea -CONTEXT_SIZE(%ebp), %ebx
    call capture
    addl $4, Esp(%ebx)                  /* the argument */
    mov 8(%ebp), %ecx
    mov Eip(%ebx), %eax
    mov %eax, 0xc(%ecx)                 /* ExceptionAddress */
    push %ebx
    push %ecx
    call _raise_exception
    push %eax
    call _RtlRaiseStatus@4
    int3

/* void restore_context(CONTEXT *context): continues there. What it needs last goes below the new stack pointer, where
 * at most the context's spent end can lie. */
    .balign 16
    .globl _restore_context
_restore_context:
    mov 4(%esp), %ecx
    testb $0x20, (%ecx)
    jz 1f
    lea -0x210(%esp), %edi              /* fxrstor wants an aligned copy */
    and $-16, %edi
    mov %esp, %ebx
    mov %edi, %esp
    lea 0xcc(%ecx), %esi
    mov %ecx, %edx
    mov $0x80, %ecx
    cld
    rep movsl
    mov %edx, %ecx
    fxrstor (%esp)
    mov %ebx, %esp
1:  testb $8, (%ecx)                    /* after the other: a handler that repairs the x87 state does it here */
    jz 2f
    frstor FloatSave(%ecx)
2:  mov Esp(%ecx), %edx
    mov Eip(%ecx), %eax
    mov EFlags(%ecx), %ebx
    mov Edx(%ecx), %esi
    mov Ecx(%ecx), %edi
    mov %eax, -4(%edx)
    mov %ebx, -8(%edx)
    mov %esi, -12(%edx)
    mov %edi, -16(%edx)
    mov Eax(%ecx), %eax
    mov Ebx(%ecx), %ebx
    mov Esi(%ecx), %esi
    mov Edi(%ecx), %edi
    mov Ebp(%ecx), %ebp
    lea -16(%edx), %esp
    pop %ecx
    pop %edx
    popfl
    ret

/* From the host: EXCEPTION_RECORD * at (%esp), CONTEXT * at 4(%esp). */
    .balign 16
    .globl _KiUserExceptionDispatcher@8
_KiUserExceptionDispatcher@8:
    cld
    call _dispatch_user_exception
    int3

/* From the host: routine, three arguments, CONTEXT. */
    .balign 16
    .globl _KiUserApcDispatcher@4
_KiUserApcDispatcher@4:
    cld
    lea 0x10(%esp), %edi
    pop %eax
    call *%eax
    push $1
    push %edi
    call _NtContinue@8
    push %eax
    call _RtlRaiseStatus@4
    int3

    .balign 16
    .globl _KiRaiseUserExceptionDispatcher@0
_KiRaiseUserExceptionDispatcher@0:
    push %ebp
    mov %esp, %ebp
    mov %fs:0x18, %eax
    push 0x1a4(%eax)
    call _RtlRaiseStatus@4
    int3

/* EXCEPTION_DISPOSITION execute_handler(record, registration, context, dispatcher, routine, watcher): calls `routine`
 * under a registration of `watcher`, which finds the frame that is being handled behind it. */
    .balign 16
    .globl _execute_handler
_execute_handler:
    push %ebp
    mov %esp, %ebp
    push %ebx
    push %esi
    push %edi
    pushl 12(%ebp)
    pushl 28(%ebp)
    pushl %fs:0
    mov %esp, %fs:0
    pushl 20(%ebp)
    pushl 16(%ebp)
    pushl 12(%ebp)
    pushl 8(%ebp)
    call *24(%ebp)
    mov %fs:0, %esp                     /* whatever the routine's convention */
    popl %fs:0
    lea -12(%ebp), %esp
    pop %edi
    pop %esi
    pop %ebx
    pop %ebp
    ret

/* void RtlUnwind(void *frame, void *ip, EXCEPTION_RECORD *record, void *value): returns to its caller with `value` in
 * %eax; `ip` is not used on this architecture. */
    .balign 16
    .globl _RtlUnwind@16
_RtlUnwind@16:
    push %ebp
    mov %esp, %ebp
    sub $CONTEXT_SIZE, %esp
    push %ebx
    push %esi
    push %edi
    mov %ebx, %eax
    lea -CONTEXT_SIZE(%ebp), %ebx
    push %eax
    call capture
    addl $16, Esp(%ebx)
    mov 20(%ebp), %eax
    mov %eax, Eax(%ebx)
    push %ebx
    pushl 16(%ebp)
    pushl 8(%ebp)
    call _unwind_frames
    add $16, %esp
    mov 20(%ebp), %eax
    pop %edi
    pop %esi
    pop %ebx
    mov %ebp, %esp
    pop %ebp
    ret $16

#endif
