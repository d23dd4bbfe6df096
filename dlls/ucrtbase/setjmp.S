/* setjmp and longjmp. x86_64: _JUMP_BUFFER of <setjmp.h>; longjmp unwinds through RtlUnwindEx with a STATUS_LONGJUMP
 * record that holds the buffer. A frame of 0 (_setjmp of mingw-w64 programs) means: restore without unwinding.
 */
#ifdef __x86_64__
    .text

    .globl _setjmp, _setjmpex, __intrinsic_setjmp, __intrinsic_setjmpex
    .def _setjmp; .scl 2; .type 32; .endef
_setjmp:
_setjmpex:
__intrinsic_setjmp:
__intrinsic_setjmpex:
    mov %rdx, (%rcx)            /* Frame */
    mov %rbx, 0x08(%rcx)
    lea 8(%rsp), %rax
    mov %rax, 0x10(%rcx)        /* Rsp after the return */
    mov %rbp, 0x18(%rcx)
    mov %rsi, 0x20(%rcx)
    mov %rdi, 0x28(%rcx)
    mov %r12, 0x30(%rcx)
    mov %r13, 0x38(%rcx)
    mov %r14, 0x40(%rcx)
    mov %r15, 0x48(%rcx)
    mov (%rsp), %rax
    mov %rax, 0x50(%rcx)        /* Rip */
    stmxcsr 0x58(%rcx)
    fnstcw 0x5c(%rcx)
    movdqu %xmm6, 0x60(%rcx)
    movdqu %xmm7, 0x70(%rcx)
    movdqu %xmm8, 0x80(%rcx)
    movdqu %xmm9, 0x90(%rcx)
    movdqu %xmm10, 0xa0(%rcx)
    movdqu %xmm11, 0xb0(%rcx)
    movdqu %xmm12, 0xc0(%rcx)
    movdqu %xmm13, 0xd0(%rcx)
    movdqu %xmm14, 0xe0(%rcx)
    movdqu %xmm15, 0xf0(%rcx)
    xor %eax, %eax
    ret

    /* crt_jump(buffer, value): everything back as _setjmp saw it */
    .globl crt_jump
    .def crt_jump; .scl 2; .type 32; .endef
crt_jump:
    mov %edx, %eax
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
    movdqu 0x60(%rcx), %xmm6
    movdqu 0x70(%rcx), %xmm7
    movdqu 0x80(%rcx), %xmm8
    movdqu 0x90(%rcx), %xmm9
    movdqu 0xa0(%rcx), %xmm10
    movdqu 0xb0(%rcx), %xmm11
    movdqu 0xc0(%rcx), %xmm12
    movdqu 0xd0(%rcx), %xmm13
    movdqu 0xe0(%rcx), %xmm14
    movdqu 0xf0(%rcx), %xmm15
    mov 0x50(%rcx), %rdx
    mov 0x10(%rcx), %rsp
    jmp *%rdx
#else
    .text

    /* _JUMP_BUFFER of i386: Ebp Ebx Edi Esi Esp Eip Registration TryLevel Cookie UnwindFunc UnwindData[6] */
    .globl __setjmp, __setjmp3
__setjmp:
    mov 4(%esp), %edx
    call 1f
    mov %fs:0, %ecx
    mov %ecx, 0x18(%edx)
    movl $-1, 0x1c(%edx)
    cmp $-1, %ecx
    je 2f
    mov 0xc(%ecx), %ecx
    mov %ecx, 0x1c(%edx)
2:  xor %eax, %eax
    ret
1:  mov %ebp, 0x00(%edx)
    mov %ebx, 0x04(%edx)
    mov %edi, 0x08(%edx)
    mov %esi, 0x0c(%edx)
    lea 4(%esp), %eax           /* Esp as the caller sees it at its call */
    mov %eax, 0x10(%edx)
    mov 4(%esp), %eax
    mov %eax, 0x14(%edx)
    ret

    /* _setjmp3(buffer, count, unwind function, try level, data...) */
__setjmp3:
    mov 4(%esp), %edx
    call 1b
    movl $0x56433230, 0x20(%edx)
    movl $0, 0x24(%edx)
    mov %fs:0, %ecx
    mov %ecx, 0x18(%edx)
    cmp $-1, %ecx
    jne 3f
    movl $-1, 0x1c(%edx)
    xor %eax, %eax
    ret
3:  mov 8(%esp), %eax           /* how many arguments follow */
    test %eax, %eax
    jz 5f
    mov 0xc(%esp), %eax
    mov %eax, 0x24(%edx)
    mov 8(%esp), %eax
    dec %eax
    jz 5f
    mov 0x10(%esp), %ecx
    mov %ecx, 0x1c(%edx)
    dec %eax
    jz 6f
    cmp $6, %eax
    jbe 4f
    mov $6, %eax
4:  push %esi
    push %edi
    lea 0x14+8(%esp), %esi
    lea 0x28(%edx), %edi
    mov %eax, %ecx
    rep movsl
    pop %edi
    pop %esi
6:  xor %eax, %eax
    ret
5:  mov 0xc(%ecx), %ecx
    mov %ecx, 0x1c(%edx)
    xor %eax, %eax
    ret

    .globl _crt_jump
_crt_jump:
    mov 4(%esp), %edx
    mov 8(%esp), %eax
    mov 0x00(%edx), %ebp
    mov 0x04(%edx), %ebx
    mov 0x08(%edx), %edi
    mov 0x0c(%edx), %esi
    mov 0x10(%edx), %esp
    add $4, %esp
    mov 0x14(%edx), %edx
    jmp *%edx
#endif
