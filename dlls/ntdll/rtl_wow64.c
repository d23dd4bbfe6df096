/* WOW64: file redirection of the running thread. The host reads the switch in the 64-bit TEB. */
#include "ntdll.h"

#ifndef _WIN64
#define REDIRECTION_SLOT 8 /* WOW64_TLS_FILESYSREDIR */
#define TLS_SLOTS_OF_64 0x1480

static ULONGLONG *redirection(void)
{
    FERRY_TEB *teb = ferry_teb();

    return (ULONGLONG *)((char *)teb + teb->WowTebOffset + TLS_SLOTS_OF_64) + REDIRECTION_SLOT;
}
#endif

/* `disable`: not 0 switches it off; *old is for the call that undoes this one. STATUS_NOT_IMPLEMENTED in 64-bit code. */
NTSTATUS NTAPI RtlWow64EnableFsRedirectionEx(ULONG_PTR disable, ULONG_PTR *old)
{
#ifdef _WIN64
    return STATUS_NOT_IMPLEMENTED;
#else
    ULONGLONG *at = redirection();

    *old = (ULONG_PTR)*at;
    *at = disable;
    return STATUS_SUCCESS;
#endif
}

NTSTATUS NTAPI RtlWow64EnableFsRedirection(BOOLEAN enable)
{
#ifdef _WIN64
    return STATUS_NOT_IMPLEMENTED;
#else
    *redirection() = !enable;
    return STATUS_SUCCESS;
#endif
}
