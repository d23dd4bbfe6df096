# The same for i386.
    .data
    .globl "??_7type_info@@6B@"
"??_7type_info@@6B@":
    .long 0, 0, 0, 0
    .globl __fltused
__fltused:
    .long 1
    .text
    .globl "??3@YAXPAX@Z"
"??3@YAXPAX@Z":
    ret
    .globl "??3@YAXPAXI@Z"
"??3@YAXPAXI@Z":
    ret
    .globl _start
_start:
    call _main
    push %eax
    call _exit
