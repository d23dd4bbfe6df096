/* synchapi.h: events, mutexes, semaphores, waits. Critical sections, SRW locks and most condition variable functions
 * forward to ntdll. Names of kernel objects are case-sensitive (synchapi.h reference: CreateEventW). */
#include "kernelbase.h"

#ifndef CREATE_WAITABLE_TIMER_HIGH_RESOLUTION
#define CREATE_WAITABLE_TIMER_HIGH_RESOLUTION 2
#endif

/* What a Create function returns: the handle, and ERROR_ALREADY_EXISTS as last error for an object that was there. */
static HANDLE created_status(NTSTATUS status, HANDLE handle)
{
    if (status < 0) {
        /* A name taken by another kind of object (synchapi.h reference: CreateMutexW, remarks). */
        if (status == STATUS_OBJECT_TYPE_MISMATCH) set_error(ERROR_INVALID_HANDLE);
        else set_status(status);
        return NULL;
    }
    set_error(status == STATUS_OBJECT_NAME_EXISTS ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
    return handle;
}

/* The call first, then the handle it wrote: the order of arguments is not defined. */
#define created(call, handle)                 \
    ({                                        \
        NTSTATUS status_ = (call);            \
        created_status(status_, (handle));    \
    })

#define opened(call, handle)                  \
    ({                                        \
        NTSTATUS status_ = (call);            \
        opened_status(status_, (handle));     \
    })

static HANDLE opened_status(NTSTATUS status, HANDLE handle)
{
    if (status >= 0) return handle;
    set_status(status);
    return NULL;
}

static HANDLE no_name(void)
{
    set_error(ERROR_INVALID_PARAMETER);
    return NULL;
}

/* ---- events ---- */

HANDLE WINAPI CreateEventExW(LPSECURITY_ATTRIBUTES security, LPCWSTR name, DWORD flags, DWORD access)
{
    struct object_name object;
    HANDLE handle = NULL;
    NTSTATUS status;

    if (flags & ~(CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET)) return no_name();
    status = NtCreateEvent(&handle, access, object_name(&object, security, name),
                           flags & CREATE_EVENT_MANUAL_RESET ? 0 : 1 /* SynchronizationEvent */,
                           !!(flags & CREATE_EVENT_INITIAL_SET));
    return created(status, handle);
}

HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES security, BOOL manual, BOOL initial, LPCWSTR name)
{
    return CreateEventExW(security, name, (manual ? CREATE_EVENT_MANUAL_RESET : 0) |
                          (initial ? CREATE_EVENT_INITIAL_SET : 0), EVENT_ALL_ACCESS);
}

HANDLE WINAPI CreateEventExA(LPSECURITY_ATTRIBUTES security, LPCSTR name, DWORD flags, DWORD access)
{
    WIDE(wide);
    return wide_from_ansi(&wide, name) ? CreateEventExW(security, wide.text, flags, access) : NULL;
}

HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES security, BOOL manual, BOOL initial, LPCSTR name)
{
    return CreateEventExA(security, name, (manual ? CREATE_EVENT_MANUAL_RESET : 0) |
                          (initial ? CREATE_EVENT_INITIAL_SET : 0), EVENT_ALL_ACCESS);
}

HANDLE WINAPI OpenEventW(DWORD access, BOOL inherit, LPCWSTR name)
{
    struct object_name object;
    HANDLE handle = NULL;

    if (!name) return no_name();
    return opened(NtOpenEvent(&handle, access, object_name_inherit(&object, inherit, name)), handle);
}

HANDLE WINAPI OpenEventA(DWORD access, BOOL inherit, LPCSTR name)
{
    WIDE(wide);
    return wide_from_ansi(&wide, name) ? OpenEventW(access, inherit, wide.text) : NULL;
}

BOOL WINAPI SetEvent(HANDLE event)
{
    return status_to_bool(NtSetEvent(event, NULL));
}

BOOL WINAPI ResetEvent(HANDLE event)
{
    return status_to_bool(NtResetEvent(event, NULL));
}

BOOL WINAPI PulseEvent(HANDLE event)
{
    return status_to_bool(NtPulseEvent(event, NULL));
}

/* ---- mutexes ---- */

HANDLE WINAPI CreateMutexExW(LPSECURITY_ATTRIBUTES security, LPCWSTR name, DWORD flags, DWORD access)
{
    struct object_name object;
    HANDLE handle = NULL;

    if (flags & ~CREATE_MUTEX_INITIAL_OWNER) return no_name();
    return created(NtCreateMutant(&handle, access, object_name(&object, security, name),
                                  !!(flags & CREATE_MUTEX_INITIAL_OWNER)), handle);
}

HANDLE WINAPI CreateMutexW(LPSECURITY_ATTRIBUTES security, BOOL owner, LPCWSTR name)
{
    return CreateMutexExW(security, name, owner ? CREATE_MUTEX_INITIAL_OWNER : 0, MUTEX_ALL_ACCESS);
}

HANDLE WINAPI CreateMutexExA(LPSECURITY_ATTRIBUTES security, LPCSTR name, DWORD flags, DWORD access)
{
    WIDE(wide);
    return wide_from_ansi(&wide, name) ? CreateMutexExW(security, wide.text, flags, access) : NULL;
}

HANDLE WINAPI CreateMutexA(LPSECURITY_ATTRIBUTES security, BOOL owner, LPCSTR name)
{
    return CreateMutexExA(security, name, owner ? CREATE_MUTEX_INITIAL_OWNER : 0, MUTEX_ALL_ACCESS);
}

HANDLE WINAPI OpenMutexW(DWORD access, BOOL inherit, LPCWSTR name)
{
    struct object_name object;
    HANDLE handle = NULL;

    if (!name) return no_name();
    return opened(NtOpenMutant(&handle, access, object_name_inherit(&object, inherit, name)), handle);
}

HANDLE WINAPI OpenMutexA(DWORD access, BOOL inherit, LPCSTR name)
{
    WIDE(wide);
    return wide_from_ansi(&wide, name) ? OpenMutexW(access, inherit, wide.text) : NULL;
}

BOOL WINAPI ReleaseMutex(HANDLE mutex)
{
    return status_to_bool(NtReleaseMutant(mutex, NULL));
}

/* ---- semaphores ---- */

HANDLE WINAPI CreateSemaphoreExW(LPSECURITY_ATTRIBUTES security, LONG initial, LONG maximum, LPCWSTR name, DWORD flags,
                                 DWORD access)
{
    struct object_name object;
    HANDLE handle = NULL;

    if (flags) return no_name();
    return created(NtCreateSemaphore(&handle, access, object_name(&object, security, name), initial, maximum), handle);
}

HANDLE WINAPI CreateSemaphoreW(LPSECURITY_ATTRIBUTES security, LONG initial, LONG maximum, LPCWSTR name)
{
    return CreateSemaphoreExW(security, initial, maximum, name, 0, SEMAPHORE_ALL_ACCESS);
}

HANDLE WINAPI CreateSemaphoreExA(LPSECURITY_ATTRIBUTES security, LONG initial, LONG maximum, LPCSTR name, DWORD flags,
                                 DWORD access)
{
    WIDE(wide);
    if (!wide_from_ansi(&wide, name)) return NULL;
    return CreateSemaphoreExW(security, initial, maximum, wide.text, flags, access);
}

HANDLE WINAPI CreateSemaphoreA(LPSECURITY_ATTRIBUTES security, LONG initial, LONG maximum, LPCSTR name)
{
    return CreateSemaphoreExA(security, initial, maximum, name, 0, SEMAPHORE_ALL_ACCESS);
}

HANDLE WINAPI OpenSemaphoreW(DWORD access, BOOL inherit, LPCWSTR name)
{
    struct object_name object;
    HANDLE handle = NULL;

    if (!name) return no_name();
    return opened(NtOpenSemaphore(&handle, access, object_name_inherit(&object, inherit, name)), handle);
}

HANDLE WINAPI OpenSemaphoreA(DWORD access, BOOL inherit, LPCSTR name)
{
    WIDE(wide);
    return wide_from_ansi(&wide, name) ? OpenSemaphoreW(access, inherit, wide.text) : NULL;
}

BOOL WINAPI ReleaseSemaphore(HANDLE semaphore, LONG count, LPLONG previous)
{
    return status_to_bool(NtReleaseSemaphore(semaphore, count, previous));
}

/* ---- waitable timers ---- */

HANDLE WINAPI CreateWaitableTimerExW(LPSECURITY_ATTRIBUTES security, LPCWSTR name, DWORD flags, DWORD access)
{
    struct object_name object;
    HANDLE handle = NULL;

    if (flags & ~(CREATE_WAITABLE_TIMER_MANUAL_RESET | CREATE_WAITABLE_TIMER_HIGH_RESOLUTION)) return no_name();
    return created(NtCreateTimer(&handle, access, object_name(&object, security, name),
                                 flags & CREATE_WAITABLE_TIMER_MANUAL_RESET ? 0 : 1), handle);
}

HANDLE WINAPI CreateWaitableTimerW(LPSECURITY_ATTRIBUTES security, BOOL manual, LPCWSTR name)
{
    return CreateWaitableTimerExW(security, name, manual ? CREATE_WAITABLE_TIMER_MANUAL_RESET : 0, TIMER_ALL_ACCESS);
}

HANDLE WINAPI CreateWaitableTimerExA(LPSECURITY_ATTRIBUTES security, LPCSTR name, DWORD flags, DWORD access)
{
    WIDE(wide);
    return wide_from_ansi(&wide, name) ? CreateWaitableTimerExW(security, wide.text, flags, access) : NULL;
}

HANDLE WINAPI CreateWaitableTimerA(LPSECURITY_ATTRIBUTES security, BOOL manual, LPCSTR name)
{
    return CreateWaitableTimerExA(security, name, manual ? CREATE_WAITABLE_TIMER_MANUAL_RESET : 0, TIMER_ALL_ACCESS);
}

HANDLE WINAPI OpenWaitableTimerW(DWORD access, BOOL inherit, LPCWSTR name)
{
    struct object_name object;
    HANDLE handle = NULL;

    if (!name) return no_name();
    return opened(NtOpenTimer(&handle, access, object_name_inherit(&object, inherit, name)), handle);
}

HANDLE WINAPI OpenWaitableTimerA(DWORD access, BOOL inherit, LPCSTR name)
{
    WIDE(wide);
    return wide_from_ansi(&wide, name) ? OpenWaitableTimerW(access, inherit, wide.text) : NULL;
}

BOOL WINAPI SetWaitableTimer(HANDLE timer, const LARGE_INTEGER *due, LONG period, PTIMERAPCROUTINE routine, LPVOID context,
                             BOOL resume)
{
    NTSTATUS status = NtSetTimer(timer, (LARGE_INTEGER *)due, (void *)routine, context, !!resume, period, NULL);

    if (status < 0) return set_status(status);
    /* Asked to wake a sleeping machine, which is not possible: success, but said (SetWaitableTimer, remarks). */
    if (resume) set_error(ERROR_NOT_SUPPORTED);
    return TRUE;
}

BOOL WINAPI SetWaitableTimerEx(HANDLE timer, const LARGE_INTEGER *due, LONG period, PTIMERAPCROUTINE routine,
                               LPVOID context, PREASON_CONTEXT reason, ULONG tolerance)
{
    return status_to_bool(NtSetTimer(timer, (LARGE_INTEGER *)due, (void *)routine, context, FALSE, period, NULL));
}

BOOL WINAPI CancelWaitableTimer(HANDLE timer)
{
    return status_to_bool(NtCancelTimer(timer, NULL));
}

/* ---- waits ---- */

DWORD WINAPI WaitForSingleObjectEx(HANDLE handle, DWORD milliseconds, BOOL alertable)
{
    LARGE_INTEGER timeout;
    NTSTATUS status;

    do status = NtWaitForSingleObject(handle_of(handle), !!alertable, timeout_from_ms(&timeout, milliseconds));
    while (status == STATUS_ALERTED);
    if (status < 0) {
        set_status(status);
        return WAIT_FAILED;
    }
    return status;
}

DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD milliseconds)
{
    return WaitForSingleObjectEx(handle, milliseconds, FALSE);
}

DWORD WINAPI WaitForMultipleObjectsEx(DWORD count, const HANDLE *handles, BOOL all, DWORD milliseconds, BOOL alertable)
{
    HANDLE copy[MAXIMUM_WAIT_OBJECTS];
    LARGE_INTEGER timeout;
    NTSTATUS status;

    if (!count || count > MAXIMUM_WAIT_OBJECTS) {
        set_error(ERROR_INVALID_PARAMETER);
        return WAIT_FAILED;
    }
    for (DWORD i = 0; i < count; i++) copy[i] = handle_of(handles[i]);
    do {
        status = NtWaitForMultipleObjects(count, copy, all ? 0 /* WaitAll */ : 1, !!alertable,
                                          timeout_from_ms(&timeout, milliseconds));
    } while (status == STATUS_ALERTED);
    if (status < 0) {
        set_status(status);
        return WAIT_FAILED;
    }
    return status;
}

DWORD WINAPI WaitForMultipleObjects(DWORD count, const HANDLE *handles, BOOL all, DWORD milliseconds)
{
    return WaitForMultipleObjectsEx(count, handles, all, milliseconds, FALSE);
}

DWORD WINAPI SignalObjectAndWait(HANDLE signal, HANDLE wait, DWORD milliseconds, BOOL alertable)
{
    LARGE_INTEGER timeout;
    NTSTATUS status = NtSignalAndWaitForSingleObject(signal, wait, !!alertable, timeout_from_ms(&timeout, milliseconds));

    if (status < 0) {
        set_status(status);
        return WAIT_FAILED;
    }
    return status;
}

DWORD WINAPI SleepEx(DWORD milliseconds, BOOL alertable)
{
    LARGE_INTEGER timeout = { .QuadPart = milliseconds == INFINITE ? (LONGLONG)1 << 63 : -(LONGLONG)milliseconds * 10000 };
    NTSTATUS status;

    do status = NtDelayExecution(!!alertable, &timeout);
    while (status == STATUS_ALERTED);
    return status == STATUS_USER_APC ? WAIT_IO_COMPLETION : 0;
}

VOID WINAPI Sleep(DWORD milliseconds)
{
    SleepEx(milliseconds, FALSE);
}

BOOL WINAPI SwitchToThread(void)
{
    return NtYieldExecution() != STATUS_NO_YIELD_PERFORMED;
}

/* ---- locks that are not only forwarded ---- */

VOID WINAPI InitializeCriticalSection(LPCRITICAL_SECTION section)
{
    RtlInitializeCriticalSection(section);
}

BOOL WINAPI InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION section, DWORD count)
{
    return status_to_bool(RtlInitializeCriticalSectionAndSpinCount(section, count));
}

BOOL WINAPI InitializeCriticalSectionEx(LPCRITICAL_SECTION section, DWORD count, DWORD flags)
{
    return status_to_bool(RtlInitializeCriticalSectionEx(section, count, flags));
}

BOOL WINAPI SleepConditionVariableCS(PCONDITION_VARIABLE variable, PCRITICAL_SECTION section, DWORD milliseconds)
{
    LARGE_INTEGER timeout;
    NTSTATUS status = RtlSleepConditionVariableCS(variable, section, timeout_from_ms(&timeout, milliseconds));

    return status == STATUS_TIMEOUT ? set_error(ERROR_TIMEOUT) : status_to_bool(status);
}

BOOL WINAPI SleepConditionVariableSRW(PCONDITION_VARIABLE variable, PSRWLOCK lock, DWORD milliseconds, ULONG flags)
{
    LARGE_INTEGER timeout;
    NTSTATUS status = RtlSleepConditionVariableSRW(variable, lock, timeout_from_ms(&timeout, milliseconds), flags);

    return status == STATUS_TIMEOUT ? set_error(ERROR_TIMEOUT) : status_to_bool(status);
}

BOOL WINAPI WaitOnAddress(volatile VOID *address, PVOID compare, SIZE_T size, DWORD milliseconds)
{
    LARGE_INTEGER timeout;
    NTSTATUS status = RtlWaitOnAddress((void *)address, compare, size, timeout_from_ms(&timeout, milliseconds));

    return status == STATUS_TIMEOUT ? set_error(ERROR_TIMEOUT) : status_to_bool(status);
}

BOOL WINAPI InitOnceBeginInitialize(LPINIT_ONCE once, DWORD flags, PBOOL pending, LPVOID *context)
{
    NTSTATUS status = RtlRunOnceBeginInitialize(once, flags, context);

    if (status < 0) return set_status(status);
    *pending = status == STATUS_PENDING;
    return TRUE;
}

BOOL WINAPI InitOnceComplete(LPINIT_ONCE once, DWORD flags, LPVOID context)
{
    return status_to_bool(RtlRunOnceComplete(once, flags, context));
}

BOOL WINAPI InitOnceExecuteOnce(PINIT_ONCE once, PINIT_ONCE_FN function, PVOID parameter, LPVOID *context)
{
    NTSTATUS status = RtlRunOnceBeginInitialize(once, 0, context);
    void *value = NULL;

    if (status < 0) return set_status(status);
    if (status != STATUS_PENDING) return TRUE;
    /* The callback's result is what InitOnceComplete keeps, whether the caller asked for it or not. */
    if (!function(once, parameter, &value)) {
        RtlRunOnceComplete(once, INIT_ONCE_INIT_FAILED, NULL);
        return FALSE;
    }
    status = RtlRunOnceComplete(once, 0, value);
    if (status < 0) return set_status(status);
    if (context) *context = value;
    return TRUE;
}

/* A barrier of the layout the SDK reserves: five longs and pointers (synchapi.h reference: synchronization barriers). */
struct barrier {
    LONG left;       /* threads still to come in this phase */
    LONG phase;      /* waited on; changes when the last one comes */
    LONG total;
    LONG inside;     /* threads in EnterSynchronizationBarrier, for the delete */
    LONG spins;
};
_Static_assert(sizeof(struct barrier) <= sizeof(SYNCHRONIZATION_BARRIER), "barrier");

BOOL WINAPI InitializeSynchronizationBarrier(LPSYNCHRONIZATION_BARRIER barrier, LONG threads, LONG spins)
{
    struct barrier *b = (struct barrier *)barrier;

    if (threads <= 0 || spins < -1) return set_error(ERROR_INVALID_PARAMETER);
    *b = (struct barrier){ .left = threads, .total = threads, .spins = spins < 0 ? 2000 : spins };
    return TRUE;
}

BOOL WINAPI EnterSynchronizationBarrier(LPSYNCHRONIZATION_BARRIER barrier, DWORD flags)
{
    struct barrier *b = (struct barrier *)barrier;
    LONG phase = *(volatile LONG *)&b->phase;

    InterlockedIncrement(&b->inside);
    if (!InterlockedDecrement(&b->left)) {
        b->left = b->total;
        InterlockedIncrement(&b->phase);
        RtlWakeAddressAll(&b->phase);
        InterlockedDecrement(&b->inside);
        return TRUE;
    }
    LONG spins = flags & SYNCHRONIZATION_BARRIER_FLAGS_BLOCK_ONLY ? 0 : b->spins;
    while (*(volatile LONG *)&b->phase == phase) {
        if (flags & SYNCHRONIZATION_BARRIER_FLAGS_SPIN_ONLY || spins-- > 0) YieldProcessor();
        else RtlWaitOnAddress(&b->phase, &phase, sizeof(phase), NULL);
    }
    InterlockedDecrement(&b->inside);
    return FALSE;
}

BOOL WINAPI DeleteSynchronizationBarrier(LPSYNCHRONIZATION_BARRIER barrier)
{
    struct barrier *b = (struct barrier *)barrier;

    while (*(volatile LONG *)&b->inside) YieldProcessor();
    return TRUE;
}
