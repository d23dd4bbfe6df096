/* Thread pool: work, timers, waits, I/O, cleanup groups, callbacks' completion actions, the older interface. */
#include "tap.h"

NTSTATUS NTAPI TpAllocPool(TP_POOL **, void *);
void NTAPI TpReleasePool(TP_POOL *);
void NTAPI TpSetPoolMaxThreads(TP_POOL *, ULONG);
NTSTATUS NTAPI TpSetPoolMinThreads(TP_POOL *, ULONG);
NTSTATUS NTAPI TpAllocWork(TP_WORK **, PTP_WORK_CALLBACK, void *, TP_CALLBACK_ENVIRON *);
void NTAPI TpPostWork(TP_WORK *);
void NTAPI TpWaitForWork(TP_WORK *, BOOLEAN);
void NTAPI TpReleaseWork(TP_WORK *);
NTSTATUS NTAPI TpSimpleTryPost(PTP_SIMPLE_CALLBACK, void *, TP_CALLBACK_ENVIRON *);
NTSTATUS NTAPI TpAllocCleanupGroup(TP_CLEANUP_GROUP **);
void NTAPI TpReleaseCleanupGroup(TP_CLEANUP_GROUP *);
void NTAPI TpReleaseCleanupGroupMembers(TP_CLEANUP_GROUP *, BOOLEAN, void *);
NTSTATUS NTAPI TpCallbackMayRunLong(TP_CALLBACK_INSTANCE *);
void NTAPI TpDisassociateCallback(TP_CALLBACK_INSTANCE *);
void NTAPI TpCallbackSetEventOnCompletion(TP_CALLBACK_INSTANCE *, HANDLE);
void NTAPI TpCallbackLeaveCriticalSectionOnCompletion(TP_CALLBACK_INSTANCE *, RTL_CRITICAL_SECTION *);
void NTAPI TpCallbackReleaseSemaphoreOnCompletion(TP_CALLBACK_INSTANCE *, HANDLE, DWORD);
NTSTATUS NTAPI TpAllocTimer(TP_TIMER **, PTP_TIMER_CALLBACK, void *, TP_CALLBACK_ENVIRON *);
void NTAPI TpSetTimer(TP_TIMER *, LARGE_INTEGER *, ULONG, ULONG);
BOOLEAN NTAPI TpIsTimerSet(TP_TIMER *);
void NTAPI TpWaitForTimer(TP_TIMER *, BOOLEAN);
void NTAPI TpReleaseTimer(TP_TIMER *);
NTSTATUS NTAPI TpAllocWait(TP_WAIT **, PTP_WAIT_CALLBACK, void *, TP_CALLBACK_ENVIRON *);
void NTAPI TpSetWait(TP_WAIT *, HANDLE, LARGE_INTEGER *);
void NTAPI TpWaitForWait(TP_WAIT *, BOOLEAN);
void NTAPI TpReleaseWait(TP_WAIT *);
NTSTATUS NTAPI RtlQueueWorkItem(WORKERCALLBACKFUNC, void *, ULONG);
NTSTATUS NTAPI RtlRegisterWait(HANDLE *, HANDLE, WAITORTIMERCALLBACKFUNC, void *, ULONG, ULONG);
NTSTATUS NTAPI RtlDeregisterWaitEx(HANDLE, HANDLE);
NTSTATUS NTAPI RtlCreateTimerQueue(HANDLE *);
NTSTATUS NTAPI RtlDeleteTimerQueueEx(HANDLE, HANDLE);
NTSTATUS NTAPI RtlCreateTimer(HANDLE, HANDLE *, WAITORTIMERCALLBACKFUNC, void *, DWORD, DWORD, ULONG);
NTSTATUS NTAPI RtlUpdateTimer(HANDLE, HANDLE, DWORD, DWORD);
NTSTATUS NTAPI RtlDeleteTimer(HANDLE, HANDLE, HANDLE);

static LONG count, cancelled, result_seen;
static HANDLE event, gate;

static void NTAPI work(TP_CALLBACK_INSTANCE *instance, void *context, TP_WORK *self)
{
    InterlockedIncrement(&count);
}
static void NTAPI slow_work(TP_CALLBACK_INSTANCE *instance, void *context, TP_WORK *self)
{
    WaitForSingleObject(gate, INFINITE);
    InterlockedIncrement(&count);
}
static void NTAPI simple(TP_CALLBACK_INSTANCE *instance, void *context)
{
    InterlockedIncrement(&count);
    if (context) TpCallbackSetEventOnCompletion(instance, context);
}
static void NTAPI leave(TP_CALLBACK_INSTANCE *instance, void *context)
{
    EnterCriticalSection(context);
    TpCallbackLeaveCriticalSectionOnCompletion(instance, context);
    TpCallbackSetEventOnCompletion(instance, event);
}
static void NTAPI group_cancel(void *object, void *cleanup)
{
    ok(cleanup == (void *)0x77, "cleanup context %p", cleanup);
    InterlockedIncrement(&cancelled);
}

static void NTAPI set_event(void *handle)
{
    SetEvent(handle);
}

static BOOL reached(LONG *value, LONG expected)
{
    for (ULONG i = 0; i < 1000 && *(volatile LONG *)value < expected; i++) Sleep(10);
    return *(volatile LONG *)value == expected;
}

static void test_work(void)
{
    TP_WORK *item = NULL;
    RTL_CRITICAL_SECTION section;

    count = 0;
    ok(!TpAllocWork(&item, work, NULL, NULL), "no work object");
    for (ULONG i = 0; i < 1000; i++) TpPostWork(item);
    TpWaitForWork(item, FALSE);
    ok(count == 1000, "%ld callbacks", count);
    TpReleaseWork(item);

    ok(!TpSimpleTryPost(simple, event, NULL), "simple");
    ok(WaitForSingleObject(event, 10000) == WAIT_OBJECT_0, "event not set on completion");
    ok(count == 1001, "%ld callbacks", count);
    InitializeCriticalSection(&section);
    ok(!TpSimpleTryPost(leave, &section, NULL), "simple");
    ok(WaitForSingleObject(event, 10000) == WAIT_OBJECT_0, "event not set on completion");
    ok(TryEnterCriticalSection(&section), "section not left");
    DeleteCriticalSection(&section);
    ok(!RtlQueueWorkItem(set_event, event, 0), "work item");
    ok(WaitForSingleObject(event, 10000) == WAIT_OBJECT_0, "work item did not run");
}

static void test_cancel(void)
{
    TP_CALLBACK_ENVIRON environment;
    TP_POOL *pool = NULL;
    TP_WORK *item = NULL, *other = NULL;
    TP_CLEANUP_GROUP *group = NULL;

    ok(!TpAllocPool(&pool, NULL), "no pool");
    TpSetPoolMaxThreads(pool, 1);
    TpSetPoolMinThreads(pool, 1); /* Wine 8 returns a BOOL */
    TpInitializeCallbackEnviron(&environment);
    environment.Pool = pool;
    count = 0;
    ResetEvent(gate);
    ok(!TpAllocWork(&item, slow_work, NULL, &environment), "no work object");
    for (ULONG i = 0; i < 10; i++) TpPostWork(item);
    Sleep(50);
    SetEvent(gate);
    TpWaitForWork(item, TRUE);
    ok(count <= 10 && count >= 0, "%ld callbacks", count);
    TpReleaseWork(item);

    ok(!TpAllocCleanupGroup(&group), "no group");
    environment.CleanupGroup = group;
    environment.CleanupGroupCancelCallback = group_cancel;
    ResetEvent(gate);
    count = cancelled = 0;
    ok(!TpAllocWork(&item, slow_work, NULL, &environment), "no work object");
    ok(!TpAllocWork(&other, work, NULL, &environment), "no work object");
    TpPostWork(item);
    Sleep(50); /* it runs now, on the only thread */
    TpPostWork(other);
    ok(!TpSimpleTryPost(simple, NULL, &environment), "simple");
    SetEvent(gate);
    TpReleaseCleanupGroupMembers(group, FALSE, NULL);
    ok(count == 3, "%ld callbacks", count);
    ok(cancelled == 0, "%ld cancelled", cancelled);

    count = 0;
    ResetEvent(gate);
    environment.CleanupGroup = NULL;
    ok(!TpAllocWork(&item, slow_work, NULL, &environment), "no work object");
    environment.CleanupGroup = group;
    ok(!TpAllocWork(&other, work, NULL, &environment), "no work object");
    TpPostWork(item);
    Sleep(50);
    TpPostWork(other);
    ok(!TpSimpleTryPost(simple, NULL, &environment), "simple");
    TpReleaseCleanupGroupMembers(group, TRUE, (void *)0x77);
    ok(count == 0, "%ld callbacks", count);
    ok(cancelled == 2, "%ld cancelled", cancelled);
    SetEvent(gate);
    TpWaitForWork(item, FALSE);
    TpReleaseWork(item);
    TpReleaseCleanupGroup(group);
    TpReleasePool(pool);
}

static void test_blocked(void)
{
    TP_WORK *item = NULL;

    /* More callbacks that block than processors: all begin in the end. */
    count = 0;
    ResetEvent(gate);
    ok(!TpAllocWork(&item, slow_work, NULL, NULL), "no work object");
    for (ULONG i = 0; i < 12; i++) TpPostWork(item);
    ok(!TpSimpleTryPost(simple, event, NULL), "simple");
    ok(WaitForSingleObject(event, 20000) == WAIT_OBJECT_0, "blocked callbacks block the pool");
    SetEvent(gate);
    TpWaitForWork(item, FALSE);
    ok(count == 13, "%ld callbacks", count);
    TpReleaseWork(item);
}

static void NTAPI timer(TP_CALLBACK_INSTANCE *instance, void *context, TP_TIMER *self)
{
    InterlockedIncrement(&count);
}

static void test_timers(void)
{
    LARGE_INTEGER due = { .QuadPart = -300000 }, far_away = { .QuadPart = -1000000000ll };
    TP_TIMER *one = NULL;

    count = 0;
    ok(!TpAllocTimer(&one, timer, NULL, NULL), "no timer");
    ok(!TpIsTimerSet(one), "set");
    TpSetTimer(one, &due, 0, 0);
    ok(TpIsTimerSet(one), "not set");
    ok(reached(&count, 1), "%ld callbacks", count);
    TpSetTimer(one, &far_away, 0, 0);
    TpSetTimer(one, &due, 20, 0);
    for (ULONG i = 0; i < 500 && count < 5; i++) Sleep(10);
    ok(count >= 5, "%ld callbacks of a periodic timer", count);
    TpSetTimer(one, NULL, 0, 0);
    ok(!TpIsTimerSet(one), "set");
    TpWaitForTimer(one, TRUE);
    count = 0;
    Sleep(60);
    ok(count == 0, "%ld callbacks after the end", count);
    TpReleaseTimer(one);
}

static void NTAPI waited(TP_CALLBACK_INSTANCE *instance, void *context, TP_WAIT *self, TP_WAIT_RESULT result)
{
    result_seen = (LONG)result;
    InterlockedIncrement(&count);
}

static void test_waits(void)
{
    LARGE_INTEGER soon = { .QuadPart = -300000 };
    HANDLE object = CreateEventW(NULL, FALSE, FALSE, NULL);
    TP_WAIT *wait = NULL, *many[80];
    HANDLE events[80];

    count = 0;
    ok(!TpAllocWait(&wait, waited, NULL, NULL), "no wait");
    TpSetWait(wait, object, NULL);
    SetEvent(object);
    ok(reached(&count, 1), "%ld callbacks", count);
    ok(result_seen == WAIT_OBJECT_0, "result %ld", result_seen);
    ok(WaitForSingleObject(object, 0) == WAIT_TIMEOUT, "the wait did not take the event");
    SetEvent(object);
    Sleep(30);
    ok(count == 1, "one wait, %ld callbacks", count);
    ResetEvent(object);
    TpSetWait(wait, object, &soon);
    ok(reached(&count, 2), "%ld callbacks", count);
    ok(result_seen == WAIT_TIMEOUT, "result %ld", result_seen);
    TpSetWait(wait, object, NULL);
    TpSetWait(wait, NULL, NULL);
    SetEvent(object);
    Sleep(30);
    ok(count == 2, "%ld callbacks after the end", count);
    TpWaitForWait(wait, TRUE);
    TpReleaseWait(wait);
    CloseHandle(object);

    count = 0;
    for (ULONG i = 0; i < 80; i++) {
        events[i] = CreateEventW(NULL, TRUE, FALSE, NULL);
        TpAllocWait(&many[i], waited, NULL, NULL);
        TpSetWait(many[i], events[i], NULL);
    }
    for (ULONG i = 0; i < 80; i++) SetEvent(events[i]);
    ok(reached(&count, 80), "%ld of 80 callbacks", count);
    for (ULONG i = 0; i < 80; i++) {
        TpWaitForWait(many[i], FALSE);
        TpReleaseWait(many[i]);
        CloseHandle(events[i]);
    }
}

static void NTAPI fired(void *context, BOOLEAN timed_out)
{
    result_seen = timed_out;
    InterlockedIncrement(&count);
}

static void NTAPI fired_slowly(void *context, BOOLEAN timed_out)
{
    InterlockedIncrement(&count);
    Sleep(100);
    InterlockedIncrement(&cancelled);
}

static void test_legacy(void)
{
    HANDLE object = CreateEventW(NULL, FALSE, FALSE, NULL), wait = NULL, queue = NULL, one = NULL, two = NULL;

    count = 0;
    ok(!RtlRegisterWait(&wait, object, fired, NULL, INFINITE, 0), "not registered");
    SetEvent(object);
    ok(reached(&count, 1) && !result_seen, "%ld callbacks, timed out %ld", count, result_seen);
    SetEvent(object);
    ok(reached(&count, 2), "a wait is for more than once: %ld", count);
    ok(!RtlDeregisterWaitEx(wait, INVALID_HANDLE_VALUE), "not deregistered");
    SetEvent(object);
    Sleep(30);
    ok(count == 2, "%ld callbacks after the end", count);
    ResetEvent(object);
    count = 0;
    ok(!RtlRegisterWait(&wait, object, fired, NULL, 20, WT_EXECUTEONLYONCE), "not registered");
    ok(reached(&count, 1) && result_seen, "%ld callbacks, timed out %ld", count, result_seen);
    ok(!RtlDeregisterWaitEx(wait, INVALID_HANDLE_VALUE), "not deregistered");
    CloseHandle(object);

    count = cancelled = 0;
    ok(!RtlCreateTimerQueue(&queue), "no queue");
    ok(!RtlCreateTimer(queue, &one, fired, NULL, 10, 0, 0), "no timer");
    ok(reached(&count, 1), "%ld callbacks", count);
    ok(!RtlUpdateTimer(queue, one, 10, 10), "not updated");
    Sleep(40);
    ok(count == 1, "a timer without a period that expired was updated");
    ok(!RtlDeleteTimer(queue, one, INVALID_HANDLE_VALUE), "not deleted");
    ok(!RtlCreateTimer(queue, &one, fired, NULL, 1000000, 1000, 0), "no timer");
    ok(!RtlUpdateTimer(queue, one, 10, 10), "not updated");
    for (ULONG i = 0; i < 500 && count < 4; i++) Sleep(10);
    ok(count >= 4, "%ld callbacks of a periodic timer", count);
    ok(!RtlDeleteTimer(queue, one, INVALID_HANDLE_VALUE), "not deleted");
    count = 0;
    ok(!RtlCreateTimer(queue, &two, fired_slowly, NULL, 0, 0, 0), "no timer");
    ok(reached(&count, 1), "%ld callbacks", count);
    ok(!RtlDeleteTimerQueueEx(queue, INVALID_HANDLE_VALUE), "queue not deleted");
    ok(cancelled == 1, "the callback was not waited for");
}

START_TESTS
{
    event = CreateEventW(NULL, FALSE, FALSE, NULL);
    gate = CreateEventW(NULL, TRUE, FALSE, NULL);
    test_work();
    test_cancel();
    test_blocked();
    test_timers();
    test_waits();
    test_legacy();
}
