# What MSVC's static library would give a program of its ABI: start, type_info's table, operator delete.
    .data
    .globl "??_7type_info@@6B@"
"??_7type_info@@6B@":
    .quad 0, 0, 0, 0
    .globl _fltused
_fltused:
    .long 1
    .text
    .globl "??3@YAXPEAX@Z"
"??3@YAXPEAX@Z":
    ret
    .globl start
start:
    sub $0x28, %rsp
    call main
    mov %eax, %ecx
    call exit
# Touches the pages of a frame of rax bytes, and keeps every register.
    .globl __chkstk
__chkstk:
    push %rcx
    push %rax
    lea 24(%rsp), %rcx
1:  cmp $0x1000, %rax
    jb 2f
    sub $0x1000, %rcx
    orl $0, (%rcx)
    sub $0x1000, %rax
    jmp 1b
2:  sub %rax, %rcx
    orl $0, (%rcx)
    pop %rax
    pop %rcx
    ret
