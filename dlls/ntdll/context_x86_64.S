/* x86_64: capturing and restoring contexts, and the places where the host and exception handlers enter.
 *
 * Frames whose caller's registers lie in a CONTEXT describe themselves with a machine frame and saved registers, so that
 * unwinding, ours or a debugger's, goes straight on to the code the context belongs to.
 */
#ifdef __x86_64__

    .set CONTEXT_SIZE, 0x4d0
    .set Flags, 0x30
    .set MxCsr, 0x34
    .set EFlags, 0x44
    .set Rax, 0x78
    .set Rcx, 0x80
    .set Rdx, 0x88
    .set Rbx, 0x90
    .set Rsp, 0x98
    .set Rbp, 0xa0
    .set Rsi, 0xa8
    .set Rdi, 0xb0
    .set R8, 0xb8
    .set R9, 0xc0
    .set R10, 0xc8
    .set R11, 0xd0
    .set R12, 0xd8
    .set R13, 0xe0
    .set R14, 0xe8
    .set R15, 0xf0
    .set Rip, 0xf8
    .set FltSave, 0x100
    .set Xmm6, 0x200

    .text

/* void RtlCaptureContext(CONTEXT *context): the caller's state after the call. */
    .balign 16
    .globl RtlCaptureContext
    .seh_proc RtlCaptureContext
RtlCaptureContext:
    pushfq
    .seh_stackalloc 8
    .seh_endprologue
    mov %rax, Rax(%rcx)
    mov %rcx, Rcx(%rcx)
    mov %rdx, Rdx(%rcx)
    mov %rbx, Rbx(%rcx)
    mov %rbp, Rbp(%rcx)
    mov %rsi, Rsi(%rcx)
    mov %rdi, Rdi(%rcx)
    mov %r8, R8(%rcx)
    mov %r9, R9(%rcx)
    mov %r10, R10(%rcx)
    mov %r11, R11(%rcx)
    mov %r12, R12(%rcx)
    mov %r13, R13(%rcx)
    mov %r14, R14(%rcx)
    mov %r15, R15(%rcx)
    fxsave FltSave(%rcx)
    stmxcsr MxCsr(%rcx)
    movl $0x10000f, Flags(%rcx)         /* control, integer, segments, floating point */
    movl $0x002b0033, 0x38(%rcx)        /* cs, ds */
    movl $0x0053002b, 0x3c(%rcx)        /* es, fs */
    movl $0x002b002b, 0x40(%rcx)        /* gs, ss */
    mov (%rsp), %eax
    mov %eax, EFlags(%rcx)
    mov 8(%rsp), %rax
    mov %rax, Rip(%rcx)
    lea 0x10(%rsp), %rax
    mov %rax, Rsp(%rcx)
    mov Rax(%rcx), %rax
    popfq
    ret
    .seh_endproc

/* void restore_context(CONTEXT *context): continues there. No system call. */
    .balign 16
    .globl restore_context
    .seh_proc restore_context
restore_context:
    sub $0x28, %rsp
    .seh_stackalloc 0x28
    .seh_endprologue
    mov Flags(%rcx), %eax
    test $8, %al
    jz 1f
    fxrstor FltSave(%rcx)
    ldmxcsr MxCsr(%rcx)
1:  mov Rsp(%rcx), %rdx
    mov Rip(%rcx), %r8
    mov EFlags(%rcx), %r9d
    movq $0x2b, 0x20(%rsp)
    mov %rdx, 0x18(%rsp)
    mov %r9, 0x10(%rsp)
    movq $0x33, 8(%rsp)
    mov %r8, (%rsp)
    test $2, %al
    jz 2f
    mov Rax(%rcx), %rax
    mov Rdx(%rcx), %rdx
    mov Rbx(%rcx), %rbx
    mov Rbp(%rcx), %rbp
    mov Rsi(%rcx), %rsi
    mov Rdi(%rcx), %rdi
    mov R8(%rcx), %r8
    mov R9(%rcx), %r9
    mov R10(%rcx), %r10
    mov R11(%rcx), %r11
    mov R12(%rcx), %r12
    mov R13(%rcx), %r13
    mov R14(%rcx), %r14
    mov R15(%rcx), %r15
    mov Rcx(%rcx), %rcx
2:  iretq
    .seh_endproc

/* void restore_jump_buffer(_JUMP_BUFFER *buffer, int value): the rest of longjmp. */
    .balign 16
    .globl restore_jump_buffer
restore_jump_buffer:
    mov %rdx, %rax
    mov 0x08(%rcx), %rbx
    mov 0x18(%rcx), %rbp
    mov 0x20(%rcx), %rsi
    mov 0x28(%rcx), %rdi
    mov 0x30(%rcx), %r12
    mov 0x38(%rcx), %r13
    mov 0x40(%rcx), %r14
    mov 0x48(%rcx), %r15
    ldmxcsr 0x58(%rcx)
    fnclex
    fldcw 0x5c(%rcx)
    movdqa 0x60(%rcx), %xmm6
    movdqa 0x70(%rcx), %xmm7
    movdqa 0x80(%rcx), %xmm8
    movdqa 0x90(%rcx), %xmm9
    movdqa 0xa0(%rcx), %xmm10
    movdqa 0xb0(%rcx), %xmm11
    movdqa 0xc0(%rcx), %xmm12
    movdqa 0xd0(%rcx), %xmm13
    movdqa 0xe0(%rcx), %xmm14
    movdqa 0xf0(%rcx), %xmm15
    mov 0x50(%rcx), %rdx
    mov 0x10(%rcx), %rsp
    jmp *%rdx

/* void RtlRaiseException(EXCEPTION_RECORD *record) */
    .balign 16
    .globl RtlRaiseException
    .seh_proc RtlRaiseException
RtlRaiseException:
    sub $(CONTEXT_SIZE + 0x28), %rsp
    .seh_stackalloc CONTEXT_SIZE + 0x28
    .seh_endprologue
    mov %rcx, CONTEXT_SIZE + 0x30(%rsp)
    lea 0x20(%rsp), %rcx
    call RtlCaptureContext
    lea 0x20(%rsp), %rdx
    mov CONTEXT_SIZE + 0x28(%rsp), %rax
    mov %rax, Rip(%rdx)
    mov CONTEXT_SIZE + 0x30(%rsp), %rcx
    mov %rax, 0x10(%rcx)                /* ExceptionAddress */
    mov %rcx, Rcx(%rdx)
    lea CONTEXT_SIZE + 0x30(%rsp), %rax
    mov %rax, Rsp(%rdx)
    call raise_exception
    mov %eax, %ecx
    call RtlRaiseStatus
    int3
    .seh_endproc

/* A frame below the CONTEXT at (%rsp), which afterwards is at 0x50(%rsp). Everything else is free to use. */
    .macro CONTEXT_FRAME
    mov Rsp(%rsp), %rax
    mov EFlags(%rsp), %ebx
    mov Rip(%rsp), %rdi
    push $0x2b
    push %rax
    push %rbx
    push $0x33
    push %rdi
    .seh_pushframe
    sub $0x28, %rsp
    .seh_stackalloc 0x28
    .seh_savereg %rbx, 0x50 + Rbx
    .seh_savereg %rbp, 0x50 + Rbp
    .seh_savereg %rsi, 0x50 + Rsi
    .seh_savereg %rdi, 0x50 + Rdi
    .seh_savereg %r12, 0x50 + R12
    .seh_savereg %r13, 0x50 + R13
    .seh_savereg %r14, 0x50 + R14
    .seh_savereg %r15, 0x50 + R15
    .seh_savexmm %xmm6, 0x50 + Xmm6
    .seh_savexmm %xmm7, 0x50 + Xmm6 + 0x10
    .seh_savexmm %xmm8, 0x50 + Xmm6 + 0x20
    .seh_savexmm %xmm9, 0x50 + Xmm6 + 0x30
    .seh_savexmm %xmm10, 0x50 + Xmm6 + 0x40
    .seh_savexmm %xmm11, 0x50 + Xmm6 + 0x50
    .seh_savexmm %xmm12, 0x50 + Xmm6 + 0x60
    .seh_savexmm %xmm13, 0x50 + Xmm6 + 0x70
    .seh_savexmm %xmm14, 0x50 + Xmm6 + 0x80
    .seh_savexmm %xmm15, 0x50 + Xmm6 + 0x90
    .seh_endprologue
    .endm

/* From the host: CONTEXT at (%rsp), EXCEPTION_RECORD at 0x4f0(%rsp), %rsp 16-byte aligned. */
    .balign 16
    .globl KiUserExceptionDispatcher
    .seh_proc KiUserExceptionDispatcher
KiUserExceptionDispatcher:
    cld
    CONTEXT_FRAME
    lea 0x50 + 0x4f0(%rsp), %rcx
    lea 0x50(%rsp), %rdx
    call dispatch_user_exception
    int3
    .seh_endproc

/* From the host: CONTEXT at (%rsp) whose P4Home is the routine and P1Home to P3Home its arguments. */
    .balign 16
    .globl KiUserApcDispatcher
    .seh_proc KiUserApcDispatcher
KiUserApcDispatcher:
    cld
    CONTEXT_FRAME
    mov 0x50(%rsp), %rcx
    mov 0x58(%rsp), %rdx
    mov 0x60(%rsp), %r8
    lea 0x50(%rsp), %r9
    call *0x68(%rsp)
    lea 0x50(%rsp), %rcx
    mov $1, %edx
    call NtContinue
    mov %eax, %ecx
    call RtlRaiseStatus
    int3
    .seh_endproc

/* From the host: a system call failed with a status that is to be raised; it stands in the TEB. */
    .balign 16
    .globl KiRaiseUserExceptionDispatcher
    .seh_proc KiRaiseUserExceptionDispatcher
KiRaiseUserExceptionDispatcher:
    sub $0x28, %rsp
    .seh_stackalloc 0x28
    .seh_endprologue
    mov %gs:0x30, %rax
    mov 0x2c0(%rax), %ecx
    call RtlRaiseStatus
    int3
    .seh_endproc

/* void consolidate_frames(CONTEXT *context, EXCEPTION_RECORD *record): calls the routine in ExceptionInformation[0] on
 * a frame that unwinds to `context` over all that lies between, and continues where it returns to. */
    .balign 16
    .globl consolidate_frames
    .seh_proc consolidate_frames
consolidate_frames:
    mov %rcx, %rsi
    mov %rdx, %r12
    lea -CONTEXT_SIZE(%rsp), %rsp
    and $-16, %rsp
    mov %rsp, %rdi
    mov $(CONTEXT_SIZE / 8), %ecx
    cld
    rep movsq
    CONTEXT_FRAME
    mov %r12, %rcx
    call *0x20(%rcx)
    lea 0x50(%rsp), %rcx
    mov %rax, Rip(%rcx)
    call restore_context
    int3
    .seh_endproc

/* EXCEPTION_DISPOSITION execute_exception_handler(record, frame, context, DISPATCHER_CONTEXT *dispatcher), and the same
 * for unwinding: call the language handler from a frame that tells a dispatch which meets it what was going on. */
    .balign 16
    .globl execute_exception_handler
    .seh_proc execute_exception_handler
execute_exception_handler:
    sub $0x28, %rsp
    .seh_stackalloc 0x28
    .seh_handler nested_exception_handler, @except, @unwind
    .seh_endprologue
    mov %r9, 0x20(%rsp)
    call *0x30(%r9)
    nop
    add $0x28, %rsp
    ret
    .seh_endproc

    .balign 16
    .globl execute_unwind_handler
    .seh_proc execute_unwind_handler
execute_unwind_handler:
    sub $0x28, %rsp
    .seh_stackalloc 0x28
    .seh_handler collided_unwind_handler, @except, @unwind
    .seh_endprologue
    mov %r9, 0x20(%rsp)
    call *0x30(%r9)
    nop
    add $0x28, %rsp
    ret
    .seh_endproc

#endif
