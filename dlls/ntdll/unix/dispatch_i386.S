/* The border for 32-bit code, which runs in compatibility mode (selector 0x23) of this 64-bit process.
 *
 * Down: a stub of ntdll.dll calls the gate (wow.c), which jumps here through selector 0x33 with the number in eax, edx at
 * the arguments and the return address on top of the stack. Until the first instructions have set them, FS is the
 * 32-bit TEB and GS anything. Signals restore FS and GS before any C code and put the FS of 32-bit code back at their end.
 *
 * The 64-bit TEB lies 0x2000 below the 32-bit one (stack.c), so that FS leads to both.
 * Registers on the exit path as in dispatch_x86_64.S: r11 is the frame, rcx the thread, eax the result.
 */
#include "ferry/syscall_table.h"

#define TEB_FERRY_THREAD 0x16b8
#define TEB_FROM_FS (TEB_FERRY_THREAD - 0x2000)
#define THREAD_STACK 0x00
#define THREAD_FRAME 0x08
#define THREAD_PENDING 0x10
#define THREAD_TEB 0x18
#define THREAD_HOST_FS 0x20
#define THREAD_SELECTOR 0x28
#define FRAME_SIZE 0x110
#define CS32 0x23
#define DS32 0x2b

    .text
    .globl ferry_dispatch32
    .hidden ferry_dispatch32
    .type ferry_dispatch32, @function
    .balign 64
ferry_dispatch32:
    mov %fs:TEB_FROM_FS, %rcx
    mov THREAD_HOST_FS(%rcx), %r11
    wrfsbase %r11
    mov THREAD_TEB(%rcx), %r11
    wrgsbase %r11
    mov THREAD_STACK(%rcx), %r11
    sub $FRAME_SIZE, %r11
    mov %ebx, %ebx              /* the upper halves are undefined after compatibility mode */
    mov %ebp, %ebp
    mov %esi, %esi
    mov %edi, %edi
    mov %esp, %esp
    mov %rbx, 0x00(%r11)
    mov %rbp, 0x08(%r11)
    mov %rsi, 0x10(%r11)
    mov %rdi, 0x18(%r11)
    lea 4(%rsp), %r10
    mov %r10, 0x48(%r11)
    stmxcsr 0x50(%r11)
    movl $0, 0x54(%r11)
    mov THREAD_FRAME(%rcx), %r10
    mov %r10, 0x108(%r11)
    mov %r11, THREAD_FRAME(%rcx)
    .globl ferry_dispatch32_entered
    .hidden ferry_dispatch32_entered
ferry_dispatch32_entered:
    mov %rsp, %r14
    mov %r11, %rsp
    mov %r11, %r12
    mov %rcx, %rbp
    mov (%r14), %r10d
    mov %r10, 0x40(%r12)
    mov %r10d, 0x60(%r12)       /* far pointer for the way back */
    movl $CS32, 0x64(%r12)
    mov %edx, %edi
    mov %eax, %eax
    cmp $FERRY_SYSCALL_COUNT, %eax
    jae 8f
    lea ferry_syscall_wow_table(%rip), %r13
6:  call *(%r13,%rax,8)
3:  cmp $0xc0, %eax             /* STATUS_USER_APC: an alertable wait ended for an APC */
    je 4f
    .globl ferry_dispatch32_leave
    .hidden ferry_dispatch32_leave
ferry_dispatch32_leave:         /* r12 frame, rbp thread, rax result */
    mov %r12, %r11
    mov %rbp, %rcx
    .globl ferry_dispatch32_exit
    .hidden ferry_dispatch32_exit
ferry_dispatch32_exit:
    testl $5, THREAD_PENDING(%rcx)  /* THREAD_PENDING_SUSPEND, THREAD_PENDING_TERMINATE */
    jnz 5f
    testl $3, 0x54(%r11)        /* FRAME_RESTORE_ALL, FRAME_USER_APC */
    jnz 5f
    mov 0x108(%r11), %rdx
    mov %rdx, THREAD_FRAME(%rcx)
    mov 0x00(%r11), %ebx
    mov 0x08(%r11), %ebp
    mov 0x10(%r11), %esi
    mov 0x18(%r11), %edi
    mov THREAD_SELECTOR(%rcx), %edx
    mov %edx, %fs
    mov 0x48(%r11), %esp
    ljmpl *0x60(%r11)
    .globl ferry_dispatch32_exit_end
    .hidden ferry_dispatch32_exit_end
ferry_dispatch32_exit_end:

4:  orl $2, 0x54(%r12)
    jmp ferry_dispatch32_leave

5:  mov %r11, %r12
    mov %rcx, %rbp
    mov %r11, %rsp
    mov %r11, THREAD_FRAME(%rcx)
    mov %rcx, %rdi
    mov %r11, %rsi
    mov %rax, %rdx
    call dispatch_slow_exit     /* (thread, frame, result) returns the result if the fast path may be taken */
    jmp ferry_dispatch32_leave

8:  sub $0x1000, %eax           /* table 1 */
    cmp ferry_win32u_count(%rip), %eax
    jae 7f
    mov ferry_win32u_wow_calls(%rip), %r13
    jmp 6b
7:  push %rax
    push %rdi
    call win32u_load            /* true: it was not loaded before, and is now */
    movzbl %al, %r13d
    pop %rdi
    pop %rax
    add $0x1000, %eax
    test %r13d, %r13d
    jnz 8b
    mov $0xc000001c, %eax       /* STATUS_INVALID_SYSTEM_SERVICE */
    jmp 3b
    .size ferry_dispatch32, . - ferry_dispatch32

/* _Noreturn void context_enter32(const CONTEXT *context, struct thread *thread): as context_enter, into 32-bit code. */
    .globl context_enter32
    .hidden context_enter32
    .type context_enter32, @function
    .balign 16
context_enter32:
    fxrstor64 0x100(%rdi)
    mov 0x98(%rdi), %eax        /* Rsp */
    mov 0xf8(%rdi), %edx        /* Rip */
    mov 0x44(%rdi), %ecx        /* EFlags */
    and $0x250dd5, %ecx
    or $0x202, %ecx
    mov $DS32, %r8d
    mov $CS32, %r9d
    push %r8
    push %rax
    push %rcx
    push %r9
    push %rdx
    mov %r8d, %ds
    mov %r8d, %es
    movq $0, THREAD_FRAME(%rsi)
    .globl context_enter32_window
    .hidden context_enter32_window
context_enter32_window:
    testl $5, THREAD_PENDING(%rsi)
    jnz 1f
    mov THREAD_SELECTOR(%rsi), %eax
    mov %eax, %fs
    mov 0x78(%rdi), %eax
    mov 0x80(%rdi), %ecx
    mov 0x88(%rdi), %edx
    mov 0x90(%rdi), %ebx
    mov 0xa0(%rdi), %ebp
    mov 0xa8(%rdi), %esi
    mov 0xb0(%rdi), %edi
    iretq
    .globl context_enter32_end
    .hidden context_enter32_end
context_enter32_end:
1:  xchg %rdi, %rsi
    and $-16, %rsp
    call context_enter_pending
    ud2
    .size context_enter32, . - context_enter32

/* Signal handlers of a process with 32-bit code: the C handler runs with the host's FS and GS. Afterwards FS is what
 * the code that goes on expects: 32-bit code its TEB, host code its own, and code on one of the short ways
 * between them (here, the dispatcher, context_enter32) what it had. */
    .globl signal_fault32
    .hidden signal_fault32
    .balign 16
signal_fault32:
    lea signal_handle_fault(%rip), %r10
    jmp 1f
    .globl signal_interrupt32
    .hidden signal_interrupt32
signal_interrupt32:
    lea signal_handle_interrupt(%rip), %r10
1:  push %rbx
    push %r12
    push %r13
    mov %rdx, %rbx              /* ucontext_t: rip at 0xa8, cs at 0xb8 */
    rdfsbase %r12
    mov 0xa8(%rdx), %r13
    mov %r12, %rax
    shr $32, %rax
    jnz 2f
    mov %fs:TEB_FROM_FS, %rcx
    mov THREAD_HOST_FS(%rcx), %rax
    wrfsbase %rax
    mov THREAD_TEB(%rcx), %rax
    wrgsbase %rax
2:  cld
    call *%r10
    cmpw $CS32, 0xb8(%rbx)
    je 3f
    mov %r12, %rax
    shr $32, %rax
    jnz 4f
    cmp %r13, 0xa8(%rbx)
    jne 4f
3:  mov %gs:TEB_FERRY_THREAD, %rcx
    mov $DS32, %eax
    mov %eax, %ds
    mov %eax, %es
    mov THREAD_SELECTOR(%rcx), %eax
    mov %eax, %fs
4:  pop %r13
    pop %r12
    pop %rbx
    ret
    .globl signal_return32
    .hidden signal_return32
signal_return32:
    mov $15, %eax               /* rt_sigreturn */
    syscall
    .section .note.GNU-stack, "", @progbits
