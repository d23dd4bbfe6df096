/* processthreadsapi.h: threads and the running process. CreateProcess is in createprocess.c, TLS in tls.c. */
#include "kernelbase.h"

HANDLE WINAPI GetCurrentProcess(void)
{
    return NtCurrentProcess();
}

HANDLE WINAPI GetCurrentThread(void)
{
    return NtCurrentThread();
}

DWORD WINAPI GetCurrentProcessId(void)
{
    return (DWORD)(ULONG_PTR)ferry_teb()->ClientId.UniqueProcess;
}

DWORD WINAPI GetCurrentThreadId(void)
{
    return (DWORD)(ULONG_PTR)ferry_teb()->ClientId.UniqueThread;
}

DWORD WINAPI GetCurrentProcessorNumber(void)
{
    return NtGetCurrentProcessorNumber();
}

VOID WINAPI GetCurrentProcessorNumberEx(PPROCESSOR_NUMBER number)
{
    *number = (PROCESSOR_NUMBER){ .Number = (BYTE)NtGetCurrentProcessorNumber() };
}

VOID WINAPI ExitProcess(UINT code)
{
    RtlExitUserProcess(code);
    __builtin_unreachable();
}

BOOL WINAPI TerminateProcess(HANDLE process, UINT code)
{
    if (!process) return set_error(ERROR_INVALID_HANDLE);
    return status_to_bool(NtTerminateProcess(process, code));
}

BOOL WINAPI TerminateThread(HANDLE thread, DWORD code)
{
    return status_to_bool(NtTerminateThread(thread, code));
}

HANDLE WINAPI OpenProcess(DWORD access, BOOL inherit, DWORD id)
{
    CLIENT_ID client = { .UniqueProcess = (HANDLE)(ULONG_PTR)id };
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle;
    NTSTATUS status;

    InitializeObjectAttributes(&attributes, NULL, inherit ? OBJ_INHERIT : 0, NULL, NULL);
    status = NtOpenProcess(&handle, access, &attributes, &client);
    if (status >= 0) return handle;
    set_status(status);
    return NULL;
}

HANDLE WINAPI OpenThread(DWORD access, BOOL inherit, DWORD id)
{
    CLIENT_ID client = { .UniqueThread = (HANDLE)(ULONG_PTR)id };
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle;
    NTSTATUS status;

    InitializeObjectAttributes(&attributes, NULL, inherit ? OBJ_INHERIT : 0, NULL, NULL);
    status = NtOpenThread(&handle, access, &attributes, &client);
    if (status >= 0) return handle;
    /* Windows reports an id that no thread has as a bad parameter. */
    if (status == STATUS_INVALID_CID) set_error(ERROR_INVALID_PARAMETER);
    else set_status(status);
    return NULL;
}

/* ---- creation of threads ---- */

/* Attributes of CreateRemoteThreadEx that the kernel takes; implemented with the list in procthreadattributes.c. */
HANDLE WINAPI CreateRemoteThreadEx(HANDLE process, LPSECURITY_ATTRIBUTES security, SIZE_T stack,
                                   LPTHREAD_START_ROUTINE start, LPVOID parameter, DWORD flags,
                                   LPPROC_THREAD_ATTRIBUTE_LIST list, LPDWORD id)
{
    struct {
        SIZE_T length;
        PS_ATTRIBUTE client;
    } attributes;
    struct object_name object;
    CLIENT_ID client;
    HANDLE thread;
    NTSTATUS status;

    attributes.length = sizeof(attributes);
    attributes.client = (PS_ATTRIBUTE){ .Attribute = PS_ATTRIBUTE_CLIENT_ID, .Size = sizeof(client),
                                        .ValuePtr = &client };
    /* The stack size is the commit unless the flag says that it is the reserve (CreateThread, parameters). */
    bool reserve = flags & STACK_SIZE_PARAM_IS_A_RESERVATION;
    status = NtCreateThreadEx(&thread, THREAD_ALL_ACCESS, object_name(&object, security, NULL), process, (void *)start,
                              parameter, THREAD_CREATE_FLAGS_CREATE_SUSPENDED * !!(flags & CREATE_SUSPENDED), 0,
                              reserve ? 0 : stack, reserve ? stack : 0, (PS_ATTRIBUTE_LIST *)&attributes);
    if (status < 0) {
        set_status(status);
        return NULL;
    }
    if (id) *id = (DWORD)(ULONG_PTR)client.UniqueThread;
    return thread;
}

HANDLE WINAPI CreateRemoteThread(HANDLE process, LPSECURITY_ATTRIBUTES security, SIZE_T stack,
                                 LPTHREAD_START_ROUTINE start, LPVOID parameter, DWORD flags, LPDWORD id)
{
    return CreateRemoteThreadEx(process, security, stack, start, parameter, flags, NULL, id);
}

HANDLE WINAPI CreateThread(LPSECURITY_ATTRIBUTES security, SIZE_T stack, LPTHREAD_START_ROUTINE start, LPVOID parameter,
                           DWORD flags, LPDWORD id)
{
    return CreateRemoteThreadEx(NtCurrentProcess(), security, stack, start, parameter, flags, NULL, id);
}

DWORD WINAPI ResumeThread(HANDLE thread)
{
    ULONG previous;
    NTSTATUS status = NtResumeThread(thread, &previous);

    if (status >= 0) return previous;
    set_status(status);
    return ~0u;
}

DWORD WINAPI SuspendThread(HANDLE thread)
{
    ULONG previous;
    NTSTATUS status = NtSuspendThread(thread, &previous);

    if (status >= 0) return previous;
    set_status(status);
    return ~0u;
}

BOOL WINAPI GetThreadContext(HANDLE thread, LPCONTEXT context)
{
    return status_to_bool(NtGetContextThread(thread, context));
}

BOOL WINAPI SetThreadContext(HANDLE thread, const CONTEXT *context)
{
    return status_to_bool(NtSetContextThread(thread, (CONTEXT *)context));
}

/* ---- APCs ---- */

static void CALLBACK call_apc(void *function, void *parameter, void *unused)
{
    ((PAPCFUNC)function)((ULONG_PTR)parameter);
}

DWORD WINAPI QueueUserAPC(PAPCFUNC function, HANDLE thread, ULONG_PTR parameter)
{
    return status_to_bool(NtQueueApcThread(thread, (void *)call_apc, (void *)function, (void *)parameter, NULL));
}

/* ---- facts of threads ---- */

typedef struct {
    NTSTATUS ExitStatus;
    void *TebBaseAddress;
    CLIENT_ID ClientId;
    ULONG_PTR AffinityMask;
    LONG Priority;
    LONG BasePriority;
} THREAD_BASIC_INFORMATION_;

enum {
    ThreadBasicInformation_ = 0,
    ThreadTimes_ = 1,
    ThreadPriority_ = 2,
    ThreadBasePriority_ = 3,
    ThreadAffinityMask_ = 4,
    ThreadIdealProcessor_ = 13,
    ThreadPriorityBoost_ = 14,
    ThreadCycleTime_ = 23,
    ThreadGroupInformation_ = 30,
    ThreadIdealProcessorEx_ = 33,
    ThreadNameInformation_ = 38,
};

static NTSTATUS query_thread(HANDLE thread, ULONG class, void *buffer, ULONG size)
{
    return NtQueryInformationThread(thread, class, buffer, size, NULL);
}

BOOL WINAPI GetExitCodeThread(HANDLE thread, LPDWORD code)
{
    THREAD_BASIC_INFORMATION_ info;
    NTSTATUS status = query_thread(thread, ThreadBasicInformation_, &info, sizeof(info));

    if (status < 0) return set_status(status);
    if (code) *code = info.ExitStatus;
    return TRUE;
}

DWORD WINAPI GetThreadId(HANDLE thread)
{
    THREAD_BASIC_INFORMATION_ info;
    NTSTATUS status = query_thread(thread, ThreadBasicInformation_, &info, sizeof(info));

    if (status >= 0) return (DWORD)(ULONG_PTR)info.ClientId.UniqueThread;
    return set_status(status);
}

DWORD WINAPI GetProcessIdOfThread(HANDLE thread)
{
    THREAD_BASIC_INFORMATION_ info;
    NTSTATUS status = query_thread(thread, ThreadBasicInformation_, &info, sizeof(info));

    if (status >= 0) return (DWORD)(ULONG_PTR)info.ClientId.UniqueProcess;
    return set_status(status);
}

int WINAPI GetThreadPriority(HANDLE thread)
{
    THREAD_BASIC_INFORMATION_ info;
    NTSTATUS status = query_thread(thread, ThreadBasicInformation_, &info, sizeof(info));

    if (status < 0) {
        set_status(status);
        return THREAD_PRIORITY_ERROR_RETURN;
    }
    /* The kernel keeps saturated priorities as 16 and -16. */
    if (info.BasePriority == 16) return THREAD_PRIORITY_TIME_CRITICAL;
    if (info.BasePriority == -16) return THREAD_PRIORITY_IDLE;
    return info.BasePriority;
}

BOOL WINAPI SetThreadPriority(HANDLE thread, int priority)
{
    LONG value = priority;

    if (value == THREAD_PRIORITY_TIME_CRITICAL) value = 16;
    else if (value == THREAD_PRIORITY_IDLE) value = -16;
    else if (value < -15 || value > 15) return set_error(ERROR_INVALID_PARAMETER);
    return status_to_bool(NtSetInformationThread(thread, ThreadBasePriority_, &value, sizeof(value)));
}

BOOL WINAPI GetThreadPriorityBoost(HANDLE thread, PBOOL disabled)
{
    ULONG value;
    NTSTATUS status = query_thread(thread, ThreadPriorityBoost_, &value, sizeof(value));

    if (status < 0) return set_status(status);
    *disabled = value;
    return TRUE;
}

BOOL WINAPI SetThreadPriorityBoost(HANDLE thread, BOOL disable)
{
    ULONG value = !!disable;
    return status_to_bool(NtSetInformationThread(thread, ThreadPriorityBoost_, &value, sizeof(value)));
}

DWORD_PTR WINAPI SetThreadAffinityMask(HANDLE thread, DWORD_PTR mask)
{
    THREAD_BASIC_INFORMATION_ info;
    NTSTATUS status = query_thread(thread, ThreadBasicInformation_, &info, sizeof(info));

    if (status >= 0) status = NtSetInformationThread(thread, ThreadAffinityMask_, &mask, sizeof(mask));
    if (status >= 0) return info.AffinityMask;
    return set_status(status);
}

BOOL WINAPI GetThreadGroupAffinity(HANDLE thread, PGROUP_AFFINITY affinity)
{
    return status_to_bool(query_thread(thread, ThreadGroupInformation_, affinity, sizeof(*affinity)));
}

BOOL WINAPI SetThreadGroupAffinity(HANDLE thread, const GROUP_AFFINITY *affinity, PGROUP_AFFINITY previous)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (previous) status = query_thread(thread, ThreadGroupInformation_, previous, sizeof(*previous));
    if (status >= 0) status = NtSetInformationThread(thread, ThreadGroupInformation_, (void *)affinity, sizeof(*affinity));
    return status_to_bool(status);
}

DWORD WINAPI SetThreadIdealProcessor(HANDLE thread, DWORD processor)
{
    NTSTATUS status;

    if (processor > MAXIMUM_PROCESSORS) {
        set_error(ERROR_INVALID_PARAMETER);
        return ~0u;
    }
    status = NtSetInformationThread(thread, ThreadIdealProcessor_, &processor, sizeof(processor));
    if (status >= 0) return status; /* the previous processor */
    set_status(status);
    return ~0u;
}

BOOL WINAPI GetThreadIdealProcessorEx(HANDLE thread, PPROCESSOR_NUMBER number)
{
    return status_to_bool(query_thread(thread, ThreadIdealProcessorEx_, number, sizeof(*number)));
}

BOOL WINAPI SetThreadIdealProcessorEx(HANDLE thread, PPROCESSOR_NUMBER number, PPROCESSOR_NUMBER previous)
{
    PROCESSOR_NUMBER value = *number;
    NTSTATUS status = NtSetInformationThread(thread, ThreadIdealProcessorEx_, &value, sizeof(value));

    if (status < 0) return set_status(status);
    if (previous) *previous = value;
    return TRUE;
}

BOOL WINAPI GetThreadTimes(HANDLE thread, LPFILETIME creation, LPFILETIME exit, LPFILETIME kernel, LPFILETIME user)
{
    KERNEL_USER_TIMES times;
    NTSTATUS status = query_thread(thread, ThreadTimes_, &times, sizeof(times));

    if (status < 0) return set_status(status);
    memcpy(creation, &times.CreateTime, sizeof(FILETIME));
    memcpy(exit, &times.ExitTime, sizeof(FILETIME));
    memcpy(kernel, &times.KernelTime, sizeof(FILETIME));
    memcpy(user, &times.UserTime, sizeof(FILETIME));
    return TRUE;
}

BOOL WINAPI QueryThreadCycleTime(HANDLE thread, PULONG64 cycles)
{
    ULONG64 both[2]; /* accumulated, current */
    NTSTATUS status = query_thread(thread, ThreadCycleTime_, both, sizeof(both));

    if (status < 0) return set_status(status);
    *cycles = both[0];
    return TRUE;
}

BOOL WINAPI GetThreadIOPendingFlag(HANDLE thread, PBOOL pending)
{
    ULONG value;
    NTSTATUS status = query_thread(thread, ThreadIsIoPending, &value, sizeof(value));

    if (status < 0) return set_status(status);
    *pending = !!value;
    return TRUE;
}

/* The description is freed by the caller with LocalFree (processthreadsapi.h reference). HRESULTs, not last errors. */
HRESULT WINAPI GetThreadDescription(HANDLE thread, PWSTR *description)
{
    ULONG size = sizeof(UNICODE_STRING) + 256;

    *description = NULL;
    for (;;) {
        UNICODE_STRING *name = mem_alloc(size);
        NTSTATUS status;
        if (!name) return E_OUTOFMEMORY;
        status = NtQueryInformationThread(thread, (THREADINFOCLASS)ThreadNameInformation_, name, size, &size);
        if (status >= 0) {
            /* Moves the text to the block's start: the block is what the caller frees. */
            ULONG length = name->Length;
            WCHAR *text = (WCHAR *)name;
            memmove(text, name->Buffer, length);
            text[length / sizeof(WCHAR)] = 0;
            *description = text;
            return S_OK;
        }
        mem_free(name);
        if (status != STATUS_INFO_LENGTH_MISMATCH && status != STATUS_BUFFER_TOO_SMALL &&
            status != STATUS_BUFFER_OVERFLOW) return HRESULT_FROM_NT(status);
    }
}

HRESULT WINAPI SetThreadDescription(HANDLE thread, PCWSTR description)
{
    UNICODE_STRING name = unicode_string(description);
    NTSTATUS status;

    if (description && wide_length(description) > 0x7ffe) return HRESULT_FROM_NT(STATUS_INVALID_PARAMETER);
    status = NtSetInformationThread(thread, ThreadNameInformation_, &name, sizeof(name));
    return status < 0 ? HRESULT_FROM_NT(status) : S_OK;
}

VOID WINAPI GetCurrentThreadStackLimits(PULONG_PTR low, PULONG_PTR high)
{
    FERRY_TEB *teb = ferry_teb();

    *low = (ULONG_PTR)teb->DeallocationStack;
    *high = (ULONG_PTR)teb->Tib.StackBase;
}

/* The guarantee only grows (processthreadsapi.h reference: SetThreadStackGuarantee). */
BOOL WINAPI SetThreadStackGuarantee(PULONG size)
{
    FERRY_TEB *teb = ferry_teb();
    ULONG previous = teb->GuaranteedStackBytes, wanted = (*size + 0xfff) & ~0xffful;
    ULONG_PTR stack = (ULONG_PTR)teb->Tib.StackBase - (ULONG_PTR)teb->DeallocationStack;

    if (wanted >= stack - 0x3000) return set_error(ERROR_INVALID_PARAMETER);
    *size = previous;
    if (wanted > previous) teb->GuaranteedStackBytes = wanted;
    return TRUE;
}
