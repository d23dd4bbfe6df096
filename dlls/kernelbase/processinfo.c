/* processthreadsapi.h and its kin: facts of processes. */
#include "kernelbase.h"

static NTSTATUS query(HANDLE process, ULONG class, void *buffer, ULONG size)
{
    return NtQueryInformationProcess(process, class, buffer, size, NULL);
}

typedef struct {
    NTSTATUS exit_status;
    void *peb;
    ULONG_PTR affinity;
    LONG priority;
    ULONG_PTR id;
    ULONG_PTR parent_id;
} basic_information;

BOOL WINAPI GetExitCodeProcess(HANDLE process, LPDWORD code)
{
    basic_information info;
    NTSTATUS status = query(process, ProcessBasicInformation, &info, sizeof(info));

    if (status < 0) return set_status(status);
    *code = info.exit_status;
    return TRUE;
}

DWORD WINAPI GetProcessId(HANDLE process)
{
    basic_information info;
    NTSTATUS status = query(process, ProcessBasicInformation, &info, sizeof(info));

    return status < 0 ? (DWORD)set_status(status) : (DWORD)info.id;
}

BOOL WINAPI GetProcessAffinityMask(HANDLE process, PDWORD_PTR mask, PDWORD_PTR system)
{
    basic_information info;
    NTSTATUS status = query(process, ProcessBasicInformation, &info, sizeof(info));
    ULONG count = ferry_peb()->NumberOfProcessors;

    if (status < 0) return set_status(status);
    *mask = info.affinity;
    *system = count >= sizeof(DWORD_PTR) * 8 ? ~(DWORD_PTR)0 : ((DWORD_PTR)1 << count) - 1;
    return TRUE;
}

BOOL WINAPI SetProcessAffinityMask(HANDLE process, DWORD_PTR mask)
{
    return status_to_bool(NtSetInformationProcess(process, ProcessAffinityMask, &mask, sizeof(mask)));
}

BOOL WINAPI GetProcessGroupAffinity(HANDLE process, PUSHORT count, PUSHORT groups)
{
    if (!*count) {
        *count = 1;
        return set_error(ERROR_INSUFFICIENT_BUFFER);
    }
    *count = 1;
    groups[0] = 0;
    return TRUE;
}

BOOL WINAPI GetProcessTimes(HANDLE process, LPFILETIME creation, LPFILETIME exit, LPFILETIME kernel, LPFILETIME user)
{
    KERNEL_USER_TIMES times;
    NTSTATUS status = query(process, ProcessTimes, &times, sizeof(times));

    if (status < 0) return set_status(status);
    memcpy(creation, &times.CreateTime, sizeof(FILETIME));
    memcpy(exit, &times.ExitTime, sizeof(FILETIME));
    memcpy(kernel, &times.KernelTime, sizeof(FILETIME));
    memcpy(user, &times.UserTime, sizeof(FILETIME));
    return TRUE;
}

BOOL WINAPI QueryProcessCycleTime(HANDLE process, PULONG64 cycles)
{
    ULONG64 both[2];
    NTSTATUS status = query(process, 38 /* ProcessCycleTime */, both, sizeof(both));

    if (status < 0) return set_status(status);
    *cycles = both[0];
    return TRUE;
}

BOOL WINAPI GetProcessIoCounters(HANDLE process, PIO_COUNTERS counters)
{
    return status_to_bool(query(process, ProcessIoCounters, counters, sizeof(*counters)));
}

BOOL WINAPI GetProcessHandleCount(HANDLE process, PDWORD count)
{
    return status_to_bool(query(process, ProcessHandleCount, count, sizeof(*count)));
}

BOOL WINAPI GetProcessWorkingSetSizeEx(HANDLE process, PSIZE_T minimum, PSIZE_T maximum, PDWORD flags)
{
    QUOTA_LIMITS limits;
    NTSTATUS status = query(process, ProcessQuotaLimits, &limits, sizeof(limits));

    if (status < 0) return set_status(status);
    *minimum = limits.MinimumWorkingSetSize;
    *maximum = limits.MaximumWorkingSetSize;
    if (flags) *flags = QUOTA_LIMITS_HARDWS_MIN_DISABLE | QUOTA_LIMITS_HARDWS_MAX_DISABLE;
    return TRUE;
}

BOOL WINAPI GetProcessWorkingSetSize(HANDLE process, PSIZE_T minimum, PSIZE_T maximum)
{
    return GetProcessWorkingSetSizeEx(process, minimum, maximum, NULL);
}

BOOL WINAPI SetProcessWorkingSetSizeEx(HANDLE process, SIZE_T minimum, SIZE_T maximum, DWORD flags)
{
    QUOTA_LIMITS limits = { .MinimumWorkingSetSize = minimum, .MaximumWorkingSetSize = maximum };

    if (!minimum != !maximum || minimum > maximum) return set_error(ERROR_INVALID_PARAMETER);
    return status_to_bool(NtSetInformationProcess(process, ProcessQuotaLimits, &limits, sizeof(limits)));
}

BOOL WINAPI SetProcessWorkingSetSize(HANDLE process, SIZE_T minimum, SIZE_T maximum)
{
    return SetProcessWorkingSetSizeEx(process, minimum, maximum, 0);
}

/* ---- priorities ---- */

struct priority {
    BOOLEAN foreground;
    UCHAR class;
};

static const DWORD classes[] = { 0, IDLE_PRIORITY_CLASS, NORMAL_PRIORITY_CLASS, HIGH_PRIORITY_CLASS,
                                 REALTIME_PRIORITY_CLASS, BELOW_NORMAL_PRIORITY_CLASS, ABOVE_NORMAL_PRIORITY_CLASS };

DWORD WINAPI GetPriorityClass(HANDLE process)
{
    struct priority info = { 0 };
    NTSTATUS status = query(process, ProcessPriorityClass, &info, sizeof(info));

    if (status < 0) return set_status(status);
    return info.class < ARRAYSIZE(classes) ? classes[info.class] : 0;
}

BOOL WINAPI SetPriorityClass(HANDLE process, DWORD class)
{
    struct priority info = { 0 };

    if (class == PROCESS_MODE_BACKGROUND_BEGIN) class = IDLE_PRIORITY_CLASS;
    else if (class == PROCESS_MODE_BACKGROUND_END) class = NORMAL_PRIORITY_CLASS;
    for (info.class = 1; info.class < ARRAYSIZE(classes); info.class++)
        if (classes[info.class] == class)
            return status_to_bool(NtSetInformationProcess(process, ProcessPriorityClass, &info, sizeof(info)));
    return set_error(ERROR_INVALID_PARAMETER);
}

BOOL WINAPI GetProcessPriorityBoost(HANDLE process, PBOOL disabled)
{
    ULONG value;
    NTSTATUS status = query(process, ProcessPriorityBoost, &value, sizeof(value));

    if (status < 0) return set_status(status);
    *disabled = value;
    return TRUE;
}

BOOL WINAPI SetProcessPriorityBoost(HANDLE process, BOOL disable)
{
    ULONG value = !!disable;

    return status_to_bool(NtSetInformationProcess(process, ProcessPriorityBoost, &value, sizeof(value)));
}

/* Shutdown order is for a system that shuts its programs down; kept for the time of the process. */
static DWORD shutdown_level = 0x280, shutdown_flags;

BOOL WINAPI GetProcessShutdownParameters(LPDWORD level, LPDWORD flags)
{
    *level = shutdown_level;
    *flags = shutdown_flags;
    return TRUE;
}

BOOL WINAPI SetProcessShutdownParameters(DWORD level, DWORD flags)
{
    if (level > 0x4ff || flags & ~SHUTDOWN_NORETRY) return set_error(ERROR_INVALID_PARAMETER);
    shutdown_level = level;
    shutdown_flags = flags;
    return TRUE;
}

/* 10.0, whatever the manifest says: the version the image was made for. */
DWORD WINAPI GetProcessVersion(DWORD id)
{
    const IMAGE_NT_HEADERS *nt;

    if (id && id != GetCurrentProcessId()) return set_error(ERROR_NOT_SUPPORTED);
    nt = RtlImageNtHeader(ferry_peb()->ImageBaseAddress);
    return nt ? (DWORD)MAKELONG(nt->OptionalHeader.MinorSubsystemVersion, nt->OptionalHeader.MajorSubsystemVersion) : 0;
}

BOOL WINAPI ProcessIdToSessionId(DWORD id, LPDWORD session)
{
    HANDLE process;
    ULONG value = 0;
    NTSTATUS status = STATUS_SUCCESS;

    if (id == GetCurrentProcessId()) {
        *session = ferry_peb()->SessionId;
        return TRUE;
    }
    if (!(process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, id))) return FALSE;
    status = query(process, ProcessSessionInformation, &value, sizeof(value));
    NtClose(process);
    if (status < 0) return set_status(status);
    *session = value;
    return TRUE;
}

DWORD WINAPI WTSGetActiveConsoleSessionId(void)
{
    return ferry_peb()->SessionId;
}

/* ---- the image ---- */

BOOL WINAPI QueryFullProcessImageNameW(HANDLE process, DWORD flags, LPWSTR buffer, PDWORD size)
{
    ULONG room = sizeof(UNICODE_STRING) + 1024 * sizeof(WCHAR);
    UNICODE_STRING *name;
    NTSTATUS status;
    BOOL result = FALSE;

    if (flags & ~PROCESS_NAME_NATIVE || !size) return set_error(ERROR_INVALID_PARAMETER);
    if (!(name = mem_alloc(room))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    status = query(process, flags & PROCESS_NAME_NATIVE ? 27 /* ProcessImageFileName */
                                                        : 43 /* ProcessImageFileNameWin32 */, name, room);
    DWORD length = status < 0 ? 0 : name->Length / sizeof(WCHAR);
    if (status < 0) {
        set_status(status);
    } else if (length >= *size) {
        set_error(ERROR_INSUFFICIENT_BUFFER);
    } else {
        memcpy(buffer, name->Buffer, length * sizeof(WCHAR));
        buffer[length] = 0;
        *size = length;
        result = TRUE;
    }
    mem_free(name);
    return result;
}

BOOL WINAPI QueryFullProcessImageNameA(HANDLE process, DWORD flags, LPSTR buffer, PDWORD size)
{
    WCHAR name[1024];
    DWORD length = ARRAYSIZE(name), bytes;

    if (!QueryFullProcessImageNameW(process, flags, name, &length)) return FALSE;
    bytes = result_file_name(buffer, *size, name, length);
    if (bytes >= *size) return set_error(ERROR_INSUFFICIENT_BUFFER);
    *size = bytes;
    return TRUE;
}

/* ---- WOW64 ---- */

BOOL WINAPI IsWow64Process(HANDLE process, PBOOL wow64)
{
    ULONG_PTR peb32 = 0;
    NTSTATUS status = query(process, ProcessWow64Information, &peb32, sizeof(peb32));

    if (status < 0) return set_status(status);
    *wow64 = peb32 != 0;
    return TRUE;
}

BOOL WINAPI IsWow64Process2(HANDLE process, USHORT *machine, USHORT *native)
{
    BOOL wow64;

    if (!IsWow64Process(process, &wow64)) return FALSE;
    *machine = wow64 ? IMAGE_FILE_MACHINE_I386 : IMAGE_FILE_MACHINE_UNKNOWN;
    if (native) *native = IMAGE_FILE_MACHINE_AMD64;
    return TRUE;
}

HRESULT WINAPI IsWow64GuestMachineSupported(USHORT machine, BOOL *supported)
{
    *supported = machine == IMAGE_FILE_MACHINE_I386;
    return S_OK;
}
