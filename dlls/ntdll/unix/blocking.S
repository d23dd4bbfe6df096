/* long blocking_call(const atomic_uint *pending, unsigned mask, long number, a1 … a6)
 *
 * Between the look at `pending` and the syscall instruction a signal may arrive; its handler then continues at
 * blocking_call_interrupted. Nothing is on the stack, so no register matters there.
 */
    .text
    .globl blocking_call, blocking_call_begin, blocking_call_end, blocking_call_interrupted
    .hidden blocking_call, blocking_call_begin, blocking_call_end, blocking_call_interrupted
    .type blocking_call, @function
    .balign 16
blocking_call:
blocking_call_begin:
    test %esi, (%rdi)
    jnz blocking_call_interrupted
    mov %rdx, %rax
    mov %rcx, %rdi
    mov %r8, %rsi
    mov %r9, %rdx
    mov 8(%rsp), %r10
    mov 16(%rsp), %r8
    mov 24(%rsp), %r9
    syscall
blocking_call_end:
    ret
blocking_call_interrupted:
    mov $-4, %rax               /* -EINTR */
    ret
    .size blocking_call, . - blocking_call
    .section .note.GNU-stack, "", @progbits
