/* wow64apiset.h: file redirection of 32-bit programs. In 64-bit code these fail with ERROR_INVALID_FUNCTION. */
#include "kernelbase.h"

/* For the running thread, until Wow64RevertWow64FsRedirection gets back what *old is set to. */
BOOL WINAPI Wow64DisableWow64FsRedirection(PVOID *old)
{
    return status_to_bool(RtlWow64EnableFsRedirectionEx(1, (ULONG_PTR *)old));
}

BOOL WINAPI Wow64RevertWow64FsRedirection(PVOID old)
{
    ULONG_PTR before;

    return status_to_bool(RtlWow64EnableFsRedirectionEx((ULONG_PTR)old, &before));
}

BOOLEAN WINAPI Wow64EnableWow64FsRedirection(BOOLEAN enable)
{
    return (BOOLEAN)status_to_bool(RtlWow64EnableFsRedirection(enable));
}
