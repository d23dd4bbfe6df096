/* i386: functions that compilers call with their arguments in registers. */
#ifdef __i386__
    .text

    /* _CI…: arguments on the x87 stack, the second one on top */
    .macro unary name, target
    .globl _\name
_\name:
    sub $8, %esp
    fstpl (%esp)
    call _\target
    add $8, %esp
    ret
    .endm
    .macro binary name, target
    .globl _\name
_\name:
    sub $16, %esp
    fstpl 8(%esp)
    fstpl (%esp)
    call _\target
    add $16, %esp
    ret
    .endm
    unary _CIacos, acos
    unary _CIasin, asin
    unary _CIatan, atan
    unary _CIcos, cos
    unary _CIcosh, cosh
    unary _CIexp, exp
    unary _CIlog, log
    unary _CIlog10, log10
    unary _CIsin, sin
    unary _CIsinh, sinh
    unary _CIsqrt, sqrt
    unary _CItan, tan
    unary _CItanh, tanh
    binary _CIatan2, atan2
    binary _CIfmod, fmod
    binary _CIpow, pow

    /* __libm_sse2_…: argument and result in XMM0 */
    .macro sse name, target
    .globl _\name
_\name:
    sub $8, %esp
    movsd %xmm0, (%esp)
    call _\target
    fstpl (%esp)
    movsd (%esp), %xmm0
    add $8, %esp
    ret
    .endm
    .macro ssef name, target
    .globl _\name
_\name:
    sub $4, %esp
    movss %xmm0, (%esp)
    call _\target
    fstps (%esp)
    movss (%esp), %xmm0
    add $4, %esp
    ret
    .endm
    .macro sse2 name, target
    .globl _\name
_\name:
    sub $16, %esp
    movsd %xmm0, (%esp)
    movsd %xmm1, 8(%esp)
    call _\target
    fstpl (%esp)
    movsd (%esp), %xmm0
    add $16, %esp
    ret
    .endm
    .macro both short
    sse __libm_sse2_\short, \short
    sse _libm_sse2_\short\()_precise, \short
    ssef __libm_sse2_\short\()f, \short\()f
    .endm
    both acos
    both asin
    both atan
    both cos
    both exp
    both log
    both log10
    both sin
    both tan
    sse _libm_sse2_sqrt_precise, sqrt
    sse2 __libm_sse2_pow, pow
    sse2 _libm_sse2_pow_precise, pow
    sse2 __libm_sse2_atan2, atan2

    /* _ftol: ST0 cut to EDX:EAX */
    .globl __ftol
__ftol:
    sub $12, %esp
    fnstcw 8(%esp)
    movw 8(%esp), %ax
    orw $0x0c00, %ax
    movw %ax, 10(%esp)
    fldcw 10(%esp)
    fistpll (%esp)
    fldcw 8(%esp)
    mov (%esp), %eax
    mov 4(%esp), %edx
    add $12, %esp
    ret

    .globl __chkesp
__chkesp:
    ret
#endif
