/* NTSTATUS to Win32 error codes, the last error of a thread, error modes. */
#include "ntdll.h"
#include "ferry/status_table.h"

/* Success maps to itself; what has no Win32 error becomes ERROR_MR_MID_NOT_FOUND (winternl.h reference). */
ULONG NTAPI RtlNtStatusToDosErrorNoTeb(NTSTATUS status)
{
    ULONG wanted = status;
    unsigned low = 0, high = ARRAY_SIZE(status_table);

    if (!status || wanted & 0x20000000) return wanted;
    /* 0xDxxxxxxx is an NTSTATUS with the facility bit of HRESULT_FROM_NT. */
    if ((wanted & 0xf0000000) == 0xd0000000) wanted &= ~0x10000000u;
    /* A Win32 error or HRESULT that travelled as an NTSTATUS. */
    if (wanted >> 16 == 0xc001 || wanted >> 16 == 0x8007) return wanted & 0xffff;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (status_table[middle].status == wanted) return status_table[middle].error;
        if (status_table[middle].status < wanted) low = middle + 1;
        else high = middle;
    }
    return ERROR_MR_MID_NOT_FOUND;
}

ULONG NTAPI RtlNtStatusToDosError(NTSTATUS status)
{
    ferry_teb()->LastStatusValue = status;
    return RtlNtStatusToDosErrorNoTeb(status);
}

ULONG NTAPI RtlGetLastWin32Error(void)
{
    return ferry_teb()->LastErrorValue;
}

NTSTATUS NTAPI RtlGetLastNtStatus(void)
{
    return ferry_teb()->LastStatusValue;
}

void NTAPI RtlSetLastWin32Error(ULONG error)
{
    ferry_teb()->LastErrorValue = error;
}

void NTAPI RtlRestoreLastWin32Error(ULONG error)
{
    ferry_teb()->LastErrorValue = error;
}

void NTAPI RtlSetLastWin32ErrorAndNtStatusFromNtStatus(NTSTATUS status)
{
    ferry_teb()->LastErrorValue = RtlNtStatusToDosError(status);
}

#define VALID_THREAD_ERROR_MODE 0x70 /* the RTL_ERRORMODE_* bits: SEM_* shifted left by four */

ULONG NTAPI RtlGetThreadErrorMode(void)
{
    return ferry_teb()->HardErrorMode;
}

NTSTATUS NTAPI RtlSetThreadErrorMode(ULONG mode, ULONG *old)
{
    if (mode & ~VALID_THREAD_ERROR_MODE) return STATUS_INVALID_PARAMETER_1;
    if (old) *old = ferry_teb()->HardErrorMode;
    ferry_teb()->HardErrorMode = mode;
    return STATUS_SUCCESS;
}

