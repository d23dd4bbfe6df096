/* cxx_guarded: a read that may meet an access violation. */
#include "classes.h"

#ifdef __x86_64__

__asm__(".text\n"
        ".globl cxx_guarded\n"
        ".seh_proc cxx_guarded\n"
        "cxx_guarded:\n\t"
        "sub $0x28, %rsp\n\t"
        ".seh_stackalloc 0x28\n\t"
        ".seh_endprologue\n\t"
        ".seh_handler cxx_guard_handler, @except\n\t"
        "mov %rcx, %rax\n\t"
        "mov %rdx, %rcx\n\t"
        "mov %r8, %rdx\n\t"
        "call *%rax\n\t"
        "mov $1, %eax\n"
        "cxx_guard_end:\n\t"
        "add $0x28, %rsp\n\t"
        "ret\n\t"
        ".seh_endproc\n");
extern char cxx_guard_end[];

EXCEPTION_DISPOSITION NTAPI cxx_guard_handler(EXCEPTION_RECORD *record, void *frame, CONTEXT *context,
                                              DISPATCHER_CONTEXT *dispatcher)
{
    CONTEXT target;

    if (record->ExceptionFlags & EXCEPTION_UNWIND || record->ExceptionCode != STATUS_ACCESS_VIOLATION)
        return ExceptionContinueSearch;
    RtlUnwindEx(frame, cxx_guard_end, record, (void *)0, &target, dispatcher->HistoryTable);
    return ExceptionContinueSearch;
}

#else

/* Below EBP: EBX, ESI, EDI, the handler, the next frame. */
__asm__(".text\n"
        ".globl _cxx_guarded\n"
        "_cxx_guarded:\n\t"
        "pushl %ebp\n\t"
        "movl %esp, %ebp\n\t"
        "pushl %ebx\n\t"
        "pushl %esi\n\t"
        "pushl %edi\n\t"
        "pushl $_cxx_guard_handler\n\t"
        "pushl %fs:0\n\t"
        "movl %esp, %fs:0\n\t"
        "pushl 16(%ebp)\n\t"
        "pushl 12(%ebp)\n\t"
        "call *8(%ebp)\n\t"
        "movl $1, %eax\n"
        "cxx_guard_end:\n\t"
        "leal -20(%ebp), %esp\n\t"
        "popl %fs:0\n\t"
        "popl %ecx\n\t"
        "popl %edi\n\t"
        "popl %esi\n\t"
        "popl %ebx\n\t"
        "popl %ebp\n\t"
        "ret\n");

EXCEPTION_DISPOSITION __cdecl cxx_guard_handler(EXCEPTION_RECORD *record, char *frame, CONTEXT *context, void *dispatcher)
{
    if (record->ExceptionFlags & (EXCEPTION_UNWINDING | EXCEPTION_EXIT_UNWIND) ||
        record->ExceptionCode != STATUS_ACCESS_VIOLATION)
        return ExceptionContinueSearch;
    RtlUnwind(frame, NULL, record, NULL);
    __asm__ volatile("movl %0, %%ebp\n\txorl %%eax, %%eax\n\tjmp cxx_guard_end" : : "r"(frame + 20));
    __builtin_unreachable();
}

#endif
