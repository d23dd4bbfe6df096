/* jobapi.h */
#include "kernelbase.h"

HANDLE WINAPI CreateJobObjectW(LPSECURITY_ATTRIBUTES security, LPCWSTR name)
{
    struct object_name object;
    HANDLE job = NULL;
    NTSTATUS status = NtCreateJobObject(&job, JOB_OBJECT_ALL_ACCESS, object_name(&object, security, name));

    if (status < 0) {
        set_status(status);
        return NULL;
    }
    set_error(status == STATUS_OBJECT_NAME_EXISTS ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
    return job;
}

HANDLE WINAPI CreateJobObjectA(LPSECURITY_ATTRIBUTES security, LPCSTR name)
{
    WIDE(wide);
    return wide_from_ansi(&wide, name) ? CreateJobObjectW(security, wide.text) : NULL;
}

HANDLE WINAPI OpenJobObjectW(DWORD access, BOOL inherit, LPCWSTR name)
{
    struct object_name object;
    HANDLE job = NULL;
    NTSTATUS status;

    if (!name) {
        set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    status = NtOpenJobObject(&job, access, object_name_inherit(&object, inherit, name));
    if (status >= 0) return job;
    set_status(status);
    return NULL;
}

HANDLE WINAPI OpenJobObjectA(DWORD access, BOOL inherit, LPCSTR name)
{
    WIDE(wide);
    return wide_from_ansi(&wide, name) ? OpenJobObjectW(access, inherit, wide.text) : NULL;
}

BOOL WINAPI AssignProcessToJobObject(HANDLE job, HANDLE process)
{
    return status_to_bool(NtAssignProcessToJobObject(job, process));
}

BOOL WINAPI TerminateJobObject(HANDLE job, UINT code)
{
    return status_to_bool(NtTerminateJobObject(job, code));
}

/* Priority classes by the numbers that the kernel has for them. */
static const DWORD priority_classes[] = { 0, IDLE_PRIORITY_CLASS, NORMAL_PRIORITY_CLASS, HIGH_PRIORITY_CLASS,
                                          REALTIME_PRIORITY_CLASS, BELOW_NORMAL_PRIORITY_CLASS, ABOVE_NORMAL_PRIORITY_CLASS };

static bool has_basic_limits(JOBOBJECTINFOCLASS class)
{
    return class == JobObjectBasicLimitInformation || class == JobObjectExtendedLimitInformation;
}

BOOL WINAPI QueryInformationJobObject(HANDLE job, JOBOBJECTINFOCLASS class, LPVOID info, DWORD size, LPDWORD returned)
{
    NTSTATUS status = NtQueryInformationJobObject(job, class, info, size, returned);
    JOBOBJECT_BASIC_LIMIT_INFORMATION *basic = info;

    if (!status && has_basic_limits(class) && (basic->LimitFlags & JOB_OBJECT_LIMIT_PRIORITY_CLASS) &&
        basic->PriorityClass < ARRAYSIZE(priority_classes))
        basic->PriorityClass = priority_classes[basic->PriorityClass];
    return status_to_bool(status);
}

BOOL WINAPI SetInformationJobObject(HANDLE job, JOBOBJECTINFOCLASS class, LPVOID info, DWORD size)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION copy;
    JOBOBJECT_BASIC_LIMIT_INFORMATION *basic = &copy.BasicLimitInformation;

    if (has_basic_limits(class) && size >= sizeof(*basic) && size <= sizeof(copy)) {
        memcpy(&copy, info, size);
        if (basic->LimitFlags & JOB_OBJECT_LIMIT_PRIORITY_CLASS) {
            DWORD number = ARRAYSIZE(priority_classes);
            while (--number && priority_classes[number] != basic->PriorityClass) {}
            if (!number) return set_error(ERROR_INVALID_PARAMETER);
            basic->PriorityClass = number;
        }
        info = &copy;
    }
    return status_to_bool(NtSetInformationJobObject(job, class, info, size));
}

BOOL WINAPI IsProcessInJob(HANDLE process, HANDLE job, PBOOL result)
{
    NTSTATUS status = NtIsProcessInJob(process, job);

    if (status == STATUS_PROCESS_IN_JOB) *result = TRUE;
    else if (status == STATUS_PROCESS_NOT_IN_JOB) *result = FALSE;
    else return status < 0 ? set_status(status) : FALSE;
    return TRUE;
}
