/* longjmp. x86_64 unwinds with RtlUnwindEx: ntdll's RtlRestoreContext sees STATUS_LONGJUMP with a buffer in its first
 * parameter and restores the non-volatile registers from it. i386 unwinds to the registration in the buffer. */
#include "crt.h"

void crt_jump(void *buffer, int value) __attribute__((noreturn));

#ifdef __x86_64__
CRTAPI __declspec(noreturn) void longjmp(void *buffer, int value)
{
    EXCEPTION_RECORD record = { .ExceptionCode = STATUS_LONGJUMP, .NumberParameters = 1 };
    ULONG_PTR *words = (ULONG_PTR *)buffer;

    if (!value) value = 1;
    if (!words[0]) crt_jump(buffer, value);
    record.ExceptionInformation[0] = (ULONG_PTR)buffer;
    RtlUnwind((void *)words[0], (void *)words[10], &record, (void *)(ULONG_PTR)value);
    __builtin_unreachable();
}
#else
typedef void(__stdcall *unwind_function)(void *buffer);
typedef struct registration {
    struct registration *next;
    void *handler;
} registration;

void crt_local_unwind(void *frame, int level);

CRTAPI __declspec(noreturn) void longjmp(void *buffer, int value)
{
    ULONG_PTR *words = (ULONG_PTR *)buffer;

    if ((ULONG_PTR)ferry_teb()->Tib.ExceptionList != words[6]) RtlUnwind((void *)words[6], NULL, NULL, NULL);
    if (words[6] != (ULONG_PTR)-1 && words[6]) {
        if (words[8] == 0x56433230 && words[9]) ((unwind_function)words[9])(buffer);
        else if (words[8] != 0x56433230) crt_local_unwind((void *)words[6], (int)words[7]);
    }
    crt_jump(buffer, value ? value : 1);
}
#endif
