/* The border, from above and from below.
 *
 * Down: a stub of ntdll.dll jumps here with the number in eax, the first argument in r10, the others where the
 * Windows ABI has them. Up again: at the return address, or anywhere through an iretq when a whole context is to be
 * restored. Offsets are those of struct thread and struct syscall_frame (thread.h), checked in dispatch.c.
 *
 * Registers on the exit path: r11 is the frame, rcx the thread, rax the result; nothing else is needed, so that a
 * signal which arrives between the look at `pending` and the jump can start the exit over (signal.c).
 */
#include "ferry/syscall_table.h"

#define TEB_FERRY_THREAD 0x16b8
#define THREAD_STACK 0x00
#define THREAD_FRAME 0x08
#define THREAD_PENDING 0x10
#define FRAME_SIZE 0x110

    .text
    .globl ferry_dispatch
    .hidden ferry_dispatch
    .type ferry_dispatch, @function
    .balign 64
ferry_dispatch:
    mov %gs:TEB_FERRY_THREAD, %rcx
    mov THREAD_STACK(%rcx), %r11
    sub $FRAME_SIZE, %r11
    mov %rbx, 0x00(%r11)
    mov %rbp, 0x08(%r11)
    mov %rsi, 0x10(%r11)
    mov %rdi, 0x18(%r11)
    mov %r12, 0x20(%r11)
    mov %r13, 0x28(%r11)
    mov %r14, 0x30(%r11)
    mov %r15, 0x38(%r11)
    mov (%rsp), %rsi
    lea 8(%rsp), %rbx
    mov %rsi, 0x40(%r11)
    mov %rbx, 0x48(%r11)
    stmxcsr 0x50(%r11)
    movl $0, 0x54(%r11)
    movaps %xmm6, 0x60(%r11)
    movaps %xmm7, 0x70(%r11)
    movaps %xmm8, 0x80(%r11)
    movaps %xmm9, 0x90(%r11)
    movaps %xmm10, 0xa0(%r11)
    movaps %xmm11, 0xb0(%r11)
    movaps %xmm12, 0xc0(%r11)
    movaps %xmm13, 0xd0(%r11)
    movaps %xmm14, 0xe0(%r11)
    movaps %xmm15, 0xf0(%r11)
    mov THREAD_FRAME(%rcx), %rsi
    mov %rsi, 0x108(%r11)
    mov %r11, THREAD_FRAME(%rcx)
    .globl ferry_dispatch_entered
    .hidden ferry_dispatch_entered
ferry_dispatch_entered:
    mov %r11, %rsp
    mov %r11, %r12
    mov %rcx, %rbp

    cmp $FERRY_SYSCALL_COUNT, %eax
    jae 8f
    lea ferry_syscall_entries(%rip), %r13
6:  shl $4, %eax
    add %rax, %r13
    mov 8(%r13), %r14d          /* number of arguments */
    mov %r10, %rdi
    mov %rdx, %rsi
    mov %r8, %rdx
    mov %r9, %rcx
    cmp $4, %r14d
    jbe 2f
    mov 0x20(%rbx), %r8         /* rbx: the caller's rsp above the return address, so args start at +0x20 */
    mov 0x28(%rbx), %r9
    sub $6, %r14d
    jle 2f
    mov %r14d, %eax             /* stack arguments, an even number of slots */
    inc %eax
    and $-2, %eax
    shl $3, %eax
    sub %rax, %rsp
1:  mov 0x28(%rbx,%r14,8), %rax
    mov %rax, -8(%rsp,%r14,8)
    dec %r14d
    jnz 1b
2:  mov (%r13), %rax
    call *%rax
3:  cmp $0xc0, %eax             /* STATUS_USER_APC: an alertable wait ended for an APC */
    je 4f
    .globl ferry_dispatch_leave
    .hidden ferry_dispatch_leave
ferry_dispatch_leave:           /* r12 frame, rbp thread, rax result */
    mov %r12, %r11
    mov %rbp, %rcx
    .globl ferry_dispatch_exit
    .hidden ferry_dispatch_exit
ferry_dispatch_exit:
    testl $5, THREAD_PENDING(%rcx)  /* THREAD_PENDING_SUSPEND, THREAD_PENDING_TERMINATE */
    jnz 5f
    testl $3, 0x54(%r11)        /* FRAME_RESTORE_ALL, FRAME_USER_APC */
    jnz 5f
    mov 0x108(%r11), %rdx
    mov %rdx, THREAD_FRAME(%rcx)
    movaps 0x60(%r11), %xmm6
    movaps 0x70(%r11), %xmm7
    movaps 0x80(%r11), %xmm8
    movaps 0x90(%r11), %xmm9
    movaps 0xa0(%r11), %xmm10
    movaps 0xb0(%r11), %xmm11
    movaps 0xc0(%r11), %xmm12
    movaps 0xd0(%r11), %xmm13
    movaps 0xe0(%r11), %xmm14
    movaps 0xf0(%r11), %xmm15
    mov 0x00(%r11), %rbx
    mov 0x08(%r11), %rbp
    mov 0x10(%r11), %rsi
    mov 0x18(%r11), %rdi
    mov 0x20(%r11), %r12
    mov 0x28(%r11), %r13
    mov 0x30(%r11), %r14
    mov 0x38(%r11), %r15
    mov 0x48(%r11), %rsp
    sub $8, %rsp
    ret
    .globl ferry_dispatch_exit_end
    .hidden ferry_dispatch_exit_end
ferry_dispatch_exit_end:

4:  orl $2, 0x54(%r12)
    jmp ferry_dispatch_leave

5:  /* Something is pending, or a whole context goes up. May come back here with other things to do. */
    mov %r11, %r12
    mov %rcx, %rbp
    mov %r11, %rsp
    mov %r11, THREAD_FRAME(%rcx)
    mov %rcx, %rdi
    mov %r11, %rsi
    mov %rax, %rdx
    call dispatch_slow_exit     /* (thread, frame, result) returns the result if the fast path may be taken */
    jmp ferry_dispatch_leave

8:  sub $0x1000, %eax           /* table 1: windows and drawing, of win32u.so, loaded by its first call */
    cmp ferry_win32u_count(%rip), %eax
    jae 7f
    mov ferry_win32u_entries(%rip), %r13
    jmp 6b
7:  push %rax
    push %r10
    push %rdx
    push %r8
    push %r9
    push %r9
    call win32u_load            /* true: it was not loaded before, and is now */
    movzbl %al, %r13d
    pop %r9
    pop %r9
    pop %r8
    pop %rdx
    pop %r10
    pop %rax
    add $0x1000, %eax
    test %r13d, %r13d
    jnz 8b
    mov $0xc000001c, %eax       /* STATUS_INVALID_SYSTEM_SERVICE */
    jmp 3b
    .size ferry_dispatch, . - ferry_dispatch

/* _Noreturn void context_enter(const CONTEXT *context, struct thread *thread)
 * Leaves host code: every register from the context, then Windows code. thread->frame becomes NULL. */
    .globl context_enter
    .hidden context_enter
    .type context_enter, @function
    .balign 16
context_enter:
    fxrstor64 0x100(%rdi)
    mov 0x98(%rdi), %rax        /* Rsp */
    mov 0xf8(%rdi), %rdx        /* Rip */
    mov 0x44(%rdi), %ecx        /* EFlags */
    and $0x250dd5, %ecx         /* no privileged or reserved bits */
    or $0x202, %ecx
    mov %ss, %r8d
    mov %cs, %r9d
    push %r8
    push %rax
    push %rcx
    push %r9
    push %rdx
    movq $0, THREAD_FRAME(%rsi)
    .globl context_enter_window
    .hidden context_enter_window
context_enter_window:
    testl $5, THREAD_PENDING(%rsi)
    jnz 1f
    mov 0x78(%rdi), %rax
    mov 0x80(%rdi), %rcx
    mov 0x88(%rdi), %rdx
    mov 0x90(%rdi), %rbx
    mov 0xa0(%rdi), %rbp
    mov 0xa8(%rdi), %rsi
    mov 0xb8(%rdi), %r8
    mov 0xc0(%rdi), %r9
    mov 0xc8(%rdi), %r10
    mov 0xd0(%rdi), %r11
    mov 0xd8(%rdi), %r12
    mov 0xe0(%rdi), %r13
    mov 0xe8(%rdi), %r14
    mov 0xf0(%rdi), %r15
    mov 0xb0(%rdi), %rdi
    iretq
    .globl context_enter_end
    .hidden context_enter_end
context_enter_end:
1:  xchg %rdi, %rsi             /* pending: back to C, on this stack (rsp is below everything in use) */
    and $-16, %rsp
    call context_enter_pending  /* (thread, context): does not return */
    ud2
    .size context_enter, . - context_enter

/* void host_enter(void *stack, void (*function)(void *), void *argument): on another host stack, does not return */
    .globl host_enter
    .hidden host_enter
    .type host_enter, @function
host_enter:
    mov %rdi, %rsp
    and $-16, %rsp
    mov %rdx, %rdi
    xor %ebp, %ebp
    call *%rsi
    ud2
    .section .note.GNU-stack, "", @progbits
