/* threadpoolapiset.h, threadpoollegacyapiset.h: results and errors; what the pool does is in tests/ntdll/threadpool.c. */
#include "tap.h"

static LONG count;
static HANDLE event;

static void CALLBACK work(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK self)
{
    InterlockedIncrement(&count);
}
static void CALLBACK simple(PTP_CALLBACK_INSTANCE instance, PVOID context)
{
    ok(CallbackMayRunLong(instance), "may not run long: %lu", GetLastError());
    SetEventWhenCallbackReturns(instance, event);
}
static void CALLBACK timer(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_TIMER self)
{
    SetEvent(event);
}
static void CALLBACK waited(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WAIT self, TP_WAIT_RESULT result)
{
    if (result == WAIT_OBJECT_0) SetEvent(event);
}
static void CALLBACK fired(PVOID context, BOOLEAN timed_out)
{
    SetEvent(event);
}
static DWORD WINAPI item(PVOID context)
{
    SetEvent(event);
    return 0;
}
static void CALLBACK slow(PVOID context, BOOLEAN timed_out)
{
    SetEvent(event);
    Sleep(100);
}

START_TESTS
{
    PTP_WORK one = CreateThreadpoolWork(work, NULL, NULL);
    PTP_TIMER clock = CreateThreadpoolTimer(timer, NULL, NULL);
    PTP_WAIT wait = CreateThreadpoolWait(waited, NULL, NULL);
    LARGE_INTEGER due = { .QuadPart = -100000 };
    HANDLE object = CreateEventW(NULL, FALSE, FALSE, NULL), handle = NULL, queue;

    event = CreateEventW(NULL, FALSE, FALSE, NULL);
    ok(one && clock && wait, "not made: %lu", GetLastError());
    for (ULONG i = 0; i < 20; i++) SubmitThreadpoolWork(one);
    WaitForThreadpoolWorkCallbacks(one, FALSE);
    ok(count == 20, "%ld callbacks", count);
    CloseThreadpoolWork(one);
    ok(TrySubmitThreadpoolCallback(simple, NULL, NULL), "simple: %lu", GetLastError());
    ok(WaitForSingleObject(event, 10000) == WAIT_OBJECT_0, "simple did not run");
    SetThreadpoolTimer(clock, (FILETIME *)&due, 0, 0);
    ok(WaitForSingleObject(event, 10000) == WAIT_OBJECT_0, "timer did not run");
    WaitForThreadpoolTimerCallbacks(clock, TRUE);
    CloseThreadpoolTimer(clock);
    SetThreadpoolWait(wait, object, NULL);
    SetEvent(object);
    ok(WaitForSingleObject(event, 10000) == WAIT_OBJECT_0, "wait did not run");
    WaitForThreadpoolWaitCallbacks(wait, TRUE);
    CloseThreadpoolWait(wait);

    ok(QueueUserWorkItem(item, NULL, WT_EXECUTEDEFAULT), "work item: %lu", GetLastError());
    ok(WaitForSingleObject(event, 10000) == WAIT_OBJECT_0, "work item did not run");
    ok(RegisterWaitForSingleObject(&handle, object, slow, NULL, INFINITE, WT_EXECUTEONLYONCE), "wait: %lu",
       GetLastError());
    SetEvent(object);
    ok(WaitForSingleObject(event, 10000) == WAIT_OBJECT_0, "wait did not run");
    SetLastError(0);
    ok(!UnregisterWait(handle) && GetLastError() == ERROR_IO_PENDING, "while it runs: %lu", GetLastError());
    queue = CreateTimerQueue();
    ok(queue != NULL, "queue: %lu", GetLastError());
    ok(CreateTimerQueueTimer(&handle, queue, fired, NULL, 10, 0, 0), "timer: %lu", GetLastError());
    ok(WaitForSingleObject(event, 10000) == WAIT_OBJECT_0, "timer did not run");
    ok(DeleteTimerQueueTimer(queue, handle, INVALID_HANDLE_VALUE), "timer not deleted: %lu", GetLastError());
    ok(DeleteTimerQueueEx(queue, INVALID_HANDLE_VALUE), "queue not deleted: %lu", GetLastError());
}
