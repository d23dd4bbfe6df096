/* i386: what Microsoft's compiler calls for 64-bit integers and for large stack frames. The integers are on the stack,
 * which the function clears; results in edx:eax. */
#ifdef __i386__
    .text

/* LONGLONG _allmul(LONGLONG a, LONGLONG b): the same for unsigned ones */
    .balign 16
    .globl __allmul
__allmul:
    mov 4(%esp), %eax
    mov 16(%esp), %ecx
    imul %eax, %ecx             /* low a * high b */
    mov 8(%esp), %edx
    imul 12(%esp), %edx         /* high a * low b */
    add %edx, %ecx
    mull 12(%esp)
    add %ecx, %edx
    ret $16

/* By libgcc's function of two cdecl arguments. */
    .macro divide name, function
    .balign 16
    .globl \name
\name:
    pushl 16(%esp)
    pushl 16(%esp)
    pushl 16(%esp)
    pushl 16(%esp)
    call \function
    add $16, %esp
    ret $16
    .endm
    divide __alldiv, ___divdi3
    divide __allrem, ___moddi3
    divide __aulldiv, ___udivdi3
    divide __aullrem, ___umoddi3

/* Quotient in edx:eax, remainder in ebx:ecx. */
    .macro divide_both name, function
    .balign 16
    .globl \name
\name:
    pushl 16(%esp)
    pushl 16(%esp)
    pushl 16(%esp)
    pushl 16(%esp)
    call \function
    add $16, %esp
    push %edx
    push %eax
    pushl 24(%esp)              /* quotient * divisor */
    pushl 24(%esp)
    push %edx
    push %eax
    call __allmul
    mov 12(%esp), %ecx
    mov 16(%esp), %ebx
    sub %eax, %ecx
    sbb %edx, %ebx
    pop %eax
    pop %edx
    ret $16
    .endm
    divide_both __alldvrm, ___divdi3
    divide_both __aulldvrm, ___udivdi3

/* edx:eax shifted by cl */
    .balign 16
    .globl __allshl
__allshl:
    cmp $64, %cl
    jae 2f
    cmp $32, %cl
    jae 1f
    shld %cl, %eax, %edx
    shl %cl, %eax
    ret
1:  mov %eax, %edx
    xor %eax, %eax
    and $31, %cl
    shl %cl, %edx
    ret
2:  xor %eax, %eax
    xor %edx, %edx
    ret

    .balign 16
    .globl __allshr
__allshr:
    cmp $64, %cl
    jae 2f
    cmp $32, %cl
    jae 1f
    shrd %cl, %edx, %eax
    sar %cl, %edx
    ret
1:  mov %edx, %eax
    sar $31, %edx
    and $31, %cl
    sar %cl, %eax
    ret
2:  sar $31, %edx
    mov %edx, %eax
    ret

    .balign 16
    .globl __aullshr
__aullshr:
    cmp $64, %cl
    jae 2f
    cmp $32, %cl
    jae 1f
    shrd %cl, %edx, %eax
    shr %cl, %edx
    ret
1:  mov %edx, %eax
    xor %edx, %edx
    and $31, %cl
    shr %cl, %eax
    ret
2:  xor %eax, %eax
    xor %edx, %edx
    ret

/* Lowers esp by eax bytes, touching every page on the way so that the stack grows; the others round down first. */
    .macro round_probe name, mask
    .balign 16
    .globl \name
\name:
    push %ecx
    lea 8(%esp), %ecx
    sub %eax, %ecx
    and $\mask, %ecx            /* what is below the boundary is added to the size */
    add %ecx, %eax
    pop %ecx
    jmp __chkstk
    .endm
    round_probe __alloca_probe_16, 15
    round_probe __alloca_probe_8, 7

    .balign 16
    .globl __chkstk
    .globl __alloca_probe
__chkstk:
__alloca_probe:
    push %ecx
    lea 8(%esp), %ecx           /* the caller's esp */
1:  cmp $0x1000, %eax
    jb 2f
    sub $0x1000, %ecx
    testl %eax, (%ecx)
    sub $0x1000, %eax
    jmp 1b
2:  sub %eax, %ecx
    testl %eax, (%ecx)
    mov %esp, %eax
    mov %ecx, %esp
    mov (%eax), %ecx
    mov 4(%eax), %eax
    push %eax
    ret
#endif
