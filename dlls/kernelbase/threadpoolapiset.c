/* threadpoolapiset.h and threadpoollegacyapiset.h: ntdll's thread pool with Win32 results. What needs no conversion is
 * forwarded.
 */
#include "kernelbase.h"

PTP_POOL WINAPI CreateThreadpool(PVOID reserved)
{
    TP_POOL *pool = NULL;
    return status_to_bool(TpAllocPool(&pool, reserved)) ? pool : NULL;
}

BOOL WINAPI SetThreadpoolThreadMinimum(PTP_POOL pool, DWORD minimum)
{
    return status_to_bool(TpSetPoolMinThreads(pool, minimum));
}

BOOL WINAPI SetThreadpoolStackInformation(PTP_POOL pool, PTP_POOL_STACK_INFORMATION information)
{
    return status_to_bool(TpSetPoolStackInformation(pool, information));
}

BOOL WINAPI QueryThreadpoolStackInformation(PTP_POOL pool, PTP_POOL_STACK_INFORMATION information)
{
    return status_to_bool(TpQueryPoolStackInformation(pool, information));
}

PTP_CLEANUP_GROUP WINAPI CreateThreadpoolCleanupGroup(void)
{
    TP_CLEANUP_GROUP *group = NULL;
    return status_to_bool(TpAllocCleanupGroup(&group)) ? group : NULL;
}

PTP_WORK WINAPI CreateThreadpoolWork(PTP_WORK_CALLBACK callback, PVOID context, PTP_CALLBACK_ENVIRON environment)
{
    TP_WORK *work = NULL;
    return status_to_bool(TpAllocWork(&work, callback, context, environment)) ? work : NULL;
}

PTP_TIMER WINAPI CreateThreadpoolTimer(PTP_TIMER_CALLBACK callback, PVOID context, PTP_CALLBACK_ENVIRON environment)
{
    TP_TIMER *timer = NULL;
    return status_to_bool(TpAllocTimer(&timer, callback, context, environment)) ? timer : NULL;
}

PTP_WAIT WINAPI CreateThreadpoolWait(PTP_WAIT_CALLBACK callback, PVOID context, PTP_CALLBACK_ENVIRON environment)
{
    TP_WAIT *wait = NULL;
    return status_to_bool(TpAllocWait(&wait, callback, context, environment)) ? wait : NULL;
}

BOOL WINAPI TrySubmitThreadpoolCallback(PTP_SIMPLE_CALLBACK callback, PVOID context, PTP_CALLBACK_ENVIRON environment)
{
    return status_to_bool(TpSimpleTryPost(callback, context, environment));
}

BOOL WINAPI CallbackMayRunLong(PTP_CALLBACK_INSTANCE instance)
{
    return status_to_bool(TpCallbackMayRunLong(instance));
}

/* ---- the older interface ---- */

BOOL WINAPI QueueUserWorkItem(LPTHREAD_START_ROUTINE function, PVOID context, ULONG flags)
{
    /* The result in eax is not looked at. */
    return status_to_bool(RtlQueueWorkItem((WORKERCALLBACKFUNC)(void *)function, context, flags));
}

BOOL WINAPI RegisterWaitForSingleObject(PHANDLE wait, HANDLE object, WAITORTIMERCALLBACK callback, PVOID context,
                                        ULONG milliseconds, ULONG flags)
{
    return status_to_bool(RtlRegisterWait(wait, object, callback, context, milliseconds, flags));
}

/* FALSE, ERROR_IO_PENDING when a callback still runs and is not waited for (threadpoollegacyapiset.h reference). */
static BOOL done(NTSTATUS status)
{
    return status == STATUS_PENDING ? set_error(ERROR_IO_PENDING) : status_to_bool(status);
}

BOOL WINAPI UnregisterWait(HANDLE wait)
{
    return done(RtlDeregisterWait(wait));
}

BOOL WINAPI UnregisterWaitEx(HANDLE wait, HANDLE event)
{
    return done(RtlDeregisterWaitEx(wait, event));
}

HANDLE WINAPI CreateTimerQueue(void)
{
    HANDLE queue = NULL;
    return status_to_bool(RtlCreateTimerQueue(&queue)) ? queue : NULL;
}

BOOL WINAPI CreateTimerQueueTimer(PHANDLE timer, HANDLE queue, WAITORTIMERCALLBACK callback, PVOID context, DWORD due,
                                  DWORD period, ULONG flags)
{
    return status_to_bool(RtlCreateTimer(queue, timer, callback, context, due, period, flags));
}

BOOL WINAPI ChangeTimerQueueTimer(HANDLE queue, HANDLE timer, ULONG due, ULONG period)
{
    return status_to_bool(RtlUpdateTimer(queue, timer, due, period));
}

BOOL WINAPI DeleteTimerQueueTimer(HANDLE queue, HANDLE timer, HANDLE event)
{
    return done(RtlDeleteTimer(queue, timer, event));
}

BOOL WINAPI DeleteTimerQueueEx(HANDLE queue, HANDLE event)
{
    return done(RtlDeleteTimerQueueEx(queue, event));
}

BOOL WINAPI DeleteTimerQueue(HANDLE queue)
{
    return done(RtlDeleteTimerQueueEx(queue, NULL));
}
