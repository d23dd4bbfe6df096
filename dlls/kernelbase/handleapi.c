/* handleapi.h */
#include "kernelbase.h"

#define ObjectHandleFlagInformation_ 4
struct handle_flags {
    BOOLEAN inherit;
    BOOLEAN protect_from_close;
};

/* The pseudo handles STD_INPUT_HANDLE and its kin are accepted where a handle is, as Windows does. */
HANDLE handle_of(HANDLE handle)
{
    FERRY_PROCESS_PARAMETERS *parameters = ferry_peb()->ProcessParameters;

    switch ((DWORD)(ULONG_PTR)handle) {
    case STD_INPUT_HANDLE: return parameters->StandardInput;
    case STD_OUTPUT_HANDLE: return parameters->StandardOutput;
    case STD_ERROR_HANDLE: return parameters->StandardError;
    default: return handle;
    }
}

BOOL WINAPI CloseHandle(HANDLE object)
{
    return status_to_bool(NtClose(handle_of(object)));
}

BOOL WINAPI DuplicateHandle(HANDLE source_process, HANDLE source, HANDLE target_process, LPHANDLE target, DWORD access,
                            BOOL inherit, DWORD options)
{
    return status_to_bool(NtDuplicateObject(source_process, handle_of(source), target_process, target, access,
                                            inherit ? OBJ_INHERIT : 0, options));
}

BOOL WINAPI GetHandleInformation(HANDLE object, LPDWORD flags)
{
    struct handle_flags info;
    NTSTATUS status = NtQueryObject(object, ObjectHandleFlagInformation_, &info, sizeof(info), NULL);

    if (status < 0) return set_status(status);
    *flags = (info.inherit ? HANDLE_FLAG_INHERIT : 0) | (info.protect_from_close ? HANDLE_FLAG_PROTECT_FROM_CLOSE : 0);
    return TRUE;
}

BOOL WINAPI SetHandleInformation(HANDLE object, DWORD mask, DWORD flags)
{
    struct handle_flags info;
    NTSTATUS status = NtQueryObject(object, ObjectHandleFlagInformation_, &info, sizeof(info), NULL);

    if (status < 0) return set_status(status);
    if (mask & HANDLE_FLAG_INHERIT) info.inherit = !!(flags & HANDLE_FLAG_INHERIT);
    if (mask & HANDLE_FLAG_PROTECT_FROM_CLOSE) info.protect_from_close = !!(flags & HANDLE_FLAG_PROTECT_FROM_CLOSE);
    if (!(mask & (HANDLE_FLAG_INHERIT | HANDLE_FLAG_PROTECT_FROM_CLOSE))) return TRUE;
    return status_to_bool(NtSetInformationObject(object, ObjectHandleFlagInformation_, &info, sizeof(info)));
}

BOOL WINAPI CompareObjectHandles(HANDLE first, HANDLE second)
{
    return status_to_bool(NtCompareObjects(first, second));
}

/* Windows keeps no limit to set: returns its argument (winbase.h reference: SetHandleCount). */
UINT WINAPI SetHandleCount(UINT number)
{
    return number;
}
