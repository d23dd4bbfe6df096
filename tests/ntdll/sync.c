/* Events, mutants, semaphores, timers, waits, APCs, alerts, completion ports: the Nt calls. */
#include "tap.h"

#ifndef NtCurrentProcess
#define NtCurrentProcess() ((HANDLE)(LONG_PTR)-1)
#define NtCurrentThread() ((HANDLE)(LONG_PTR)-2)
#endif
#ifndef IO_COMPLETION_ALL_ACCESS
#define IO_COMPLETION_ALL_ACCESS 0x1f0003
#endif
#define WAIT_ALL 0
#define WAIT_ANY 1

NTSTATUS NTAPI NtCreateEvent(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, ULONG, BOOLEAN);
NTSTATUS NTAPI NtSetEvent(HANDLE, LONG *);
NTSTATUS NTAPI NtResetEvent(HANDLE, LONG *);
NTSTATUS NTAPI NtClearEvent(HANDLE);
NTSTATUS NTAPI NtPulseEvent(HANDLE, LONG *);
NTSTATUS NTAPI NtQueryEvent(HANDLE, ULONG, void *, ULONG, ULONG *);
NTSTATUS NTAPI NtCreateMutant(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, BOOLEAN);
NTSTATUS NTAPI NtReleaseMutant(HANDLE, LONG *);
NTSTATUS NTAPI NtQueryMutant(HANDLE, ULONG, void *, ULONG, ULONG *);
NTSTATUS NTAPI NtCreateSemaphore(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, LONG, LONG);
NTSTATUS NTAPI NtReleaseSemaphore(HANDLE, ULONG, ULONG *);
NTSTATUS NTAPI NtQuerySemaphore(HANDLE, ULONG, void *, ULONG, ULONG *);
NTSTATUS NTAPI NtCreateTimer(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, ULONG);
NTSTATUS NTAPI NtSetTimer(HANDLE, LARGE_INTEGER *, void *, void *, BOOLEAN, LONG, BOOLEAN *);
NTSTATUS NTAPI NtCancelTimer(HANDLE, BOOLEAN *);
NTSTATUS NTAPI NtWaitForMultipleObjects(ULONG, HANDLE *, ULONG, BOOLEAN, LARGE_INTEGER *);
NTSTATUS NTAPI NtSignalAndWaitForSingleObject(HANDLE, HANDLE, BOOLEAN, LARGE_INTEGER *);
NTSTATUS NTAPI NtDelayExecution(BOOLEAN, LARGE_INTEGER *);
NTSTATUS NTAPI NtQueueApcThread(HANDLE, void *, void *, void *, void *);
NTSTATUS NTAPI NtTestAlert(void);
NTSTATUS NTAPI NtAlertThread(HANDLE);
NTSTATUS NTAPI NtAlertThreadByThreadId(HANDLE);
NTSTATUS NTAPI NtWaitForAlertByThreadId(void *, LARGE_INTEGER *);
NTSTATUS NTAPI NtCreateIoCompletion(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, ULONG);
NTSTATUS NTAPI NtSetIoCompletion(HANDLE, ULONG_PTR, ULONG_PTR, NTSTATUS, SIZE_T);
NTSTATUS NTAPI NtRemoveIoCompletion(HANDLE, ULONG_PTR *, ULONG_PTR *, IO_STATUS_BLOCK *, LARGE_INTEGER *);
NTSTATUS NTAPI NtQueryIoCompletion(HANDLE, ULONG, void *, ULONG, ULONG *);
NTSTATUS NTAPI NtDuplicateObject(HANDLE, HANDLE, HANDLE, HANDLE *, ACCESS_MASK, ULONG, ULONG);

static LARGE_INTEGER now = { .QuadPart = 0 }, soon = { .QuadPart = -20 * 10000 };

static NTSTATUS poll(HANDLE handle)
{
    return NtWaitForSingleObject(handle, FALSE, &now);
}

static void test_events(void)
{
    struct {
        LONG type, state;
    } info;
    HANDLE automatic, manual, weak;
    LONG previous;
    ULONG size;

    ok(!NtCreateEvent(&automatic, EVENT_ALL_ACCESS, NULL, 1, FALSE), "create");
    ok(!NtCreateEvent(&manual, EVENT_ALL_ACCESS, NULL, 0, TRUE), "create");
    ok(NtCreateEvent(&weak, EVENT_ALL_ACCESS, NULL, 2, TRUE) == STATUS_INVALID_PARAMETER, "type 2");
    ok(poll(automatic) == STATUS_TIMEOUT, "not signalled");
    ok(!NtSetEvent(automatic, &previous) && previous == 0, "set: previous %ld", previous);
    ok(!NtSetEvent(automatic, &previous) && previous == 1, "set twice: previous %ld", previous);
    ok(!NtQueryEvent(automatic, 0, &info, sizeof(info), &size) && info.type == 1 && info.state == 1 && size == 8, "query");
    ok(NtQueryEvent(automatic, 0, &info, sizeof(info) - 1, &size) == STATUS_INFO_LENGTH_MISMATCH, "query, short");
    ok(NtQueryEvent(automatic, 1, &info, sizeof(info), &size) == STATUS_INVALID_INFO_CLASS, "query, class");
    ok(poll(automatic) == STATUS_WAIT_0 && poll(automatic) == STATUS_TIMEOUT, "one wait takes it");
    ok(poll(manual) == STATUS_WAIT_0 && poll(manual) == STATUS_WAIT_0, "stays signalled");
    ok(!NtPulseEvent(manual, &previous) && previous == 1 && poll(manual) == STATUS_TIMEOUT, "pulse resets");
    ok(!NtSetEvent(manual, NULL) && !NtResetEvent(manual, &previous) && previous == 1, "reset");
    ok(!NtSetEvent(manual, NULL) && !NtClearEvent(manual) && poll(manual) == STATUS_TIMEOUT, "clear");
    ok(!NtDuplicateObject(NtCurrentProcess(), manual, NtCurrentProcess(), &weak, SYNCHRONIZE, 0, 0), "duplicate");
    ok(NtSetEvent(weak, NULL) == STATUS_ACCESS_DENIED, "no right to set");
    ok(poll(weak) == STATUS_TIMEOUT, "right to wait");
    NtSetEvent(manual, NULL);
    ok(poll(weak) == STATUS_WAIT_0, "the same event");
    NtClose(weak);
    ok(poll(weak) == STATUS_INVALID_HANDLE, "closed");
    ok(NtSetEvent(weak, NULL) == STATUS_INVALID_HANDLE, "closed");
    ok(NtClose(weak) == STATUS_INVALID_HANDLE, "closed twice");
    NtClose(manual);
    NtClose(automatic);
}

static DWORD WINAPI own_and_end(void *mutant)
{
    return NtWaitForSingleObject(mutant, FALSE, NULL);
}

static void test_mutants(void)
{
    struct {
        LONG count;
        BOOLEAN owned, abandoned;
    } info;
    HANDLE mutant, event, thread;
    LONG previous;

    ok(!NtCreateMutant(&mutant, MUTANT_ALL_ACCESS, NULL, TRUE), "create");
    ok(poll(mutant) == STATUS_WAIT_0, "recursive");
    ok(!NtQueryMutant(mutant, 0, &info, sizeof(info), NULL) && info.count == -1 && info.owned && !info.abandoned,
       "query: %ld %d %d", info.count, info.owned, info.abandoned);
    ok(!NtReleaseMutant(mutant, &previous) && previous == -1, "previous %ld", previous);
    ok(!NtReleaseMutant(mutant, &previous) && previous == 0, "previous %ld", previous);
    ok(NtReleaseMutant(mutant, &previous) == STATUS_MUTANT_NOT_OWNED, "not owned");
    thread = CreateThread(NULL, 0, own_and_end, mutant, 0, NULL);
    NtWaitForSingleObject(thread, FALSE, NULL);
    NtClose(thread);
    ok(!NtQueryMutant(mutant, 0, &info, sizeof(info), NULL) && info.abandoned && info.count == 1, "abandoned");
    ok(poll(mutant) == STATUS_ABANDONED_WAIT_0, "abandoned wait");
    ok(poll(mutant) == STATUS_WAIT_0, "only once");
    NtCreateEvent(&event, EVENT_ALL_ACCESS, NULL, 0, TRUE);
    ok(NtReleaseMutant(event, NULL) == STATUS_OBJECT_TYPE_MISMATCH, "an event");
    NtClose(event);
    NtClose(mutant);
}

static void test_semaphores(void)
{
    ULONG info[2], previous;
    HANDLE semaphore;

    ok(NtCreateSemaphore(&semaphore, SEMAPHORE_ALL_ACCESS, NULL, 2, 1) == STATUS_INVALID_PARAMETER, "count above maximum");
    ok(NtCreateSemaphore(&semaphore, SEMAPHORE_ALL_ACCESS, NULL, 0, 0) == STATUS_INVALID_PARAMETER, "no maximum");
    ok(NtCreateSemaphore(&semaphore, SEMAPHORE_ALL_ACCESS, NULL, -1, 1) == STATUS_INVALID_PARAMETER, "negative");
    ok(!NtCreateSemaphore(&semaphore, SEMAPHORE_ALL_ACCESS, NULL, 1, 3), "create");
    ok(poll(semaphore) == STATUS_WAIT_0 && poll(semaphore) == STATUS_TIMEOUT, "counts down");
    ok(!NtReleaseSemaphore(semaphore, 3, &previous) && previous == 0, "previous %lu", previous);
    ok(NtReleaseSemaphore(semaphore, 1, NULL) == STATUS_SEMAPHORE_LIMIT_EXCEEDED, "limit");
    ok(NtReleaseSemaphore(semaphore, 0x7fffffff, NULL) == STATUS_SEMAPHORE_LIMIT_EXCEEDED, "limit, overflow");
    ok(!NtQuerySemaphore(semaphore, 0, info, sizeof(info), NULL) && info[0] == 3 && info[1] == 3, "query");
    NtClose(semaphore);
}

static HANDLE pair[2];
static volatile LONG taken, inside, collisions;

static DWORD WINAPI take_pairs(void *unused)
{
    for (int i = 0; i < 500; i++) {
        ok(NtWaitForMultipleObjects(2, pair, WAIT_ALL, FALSE, NULL) == STATUS_WAIT_0, "wait for all");
        if (InterlockedIncrement(&inside) != 1) InterlockedIncrement(&collisions);
        taken++;
        InterlockedDecrement(&inside);
        NtSetEvent(pair[0], NULL);
        NtSetEvent(pair[1], NULL);
    }
    return 0;
}

static void test_multiple(void)
{
    HANDLE handles[65], threads[3];

    for (int i = 0; i < 65; i++) NtCreateEvent(&handles[i], EVENT_ALL_ACCESS, NULL, 1, FALSE);
    ok(NtWaitForMultipleObjects(0, handles, WAIT_ANY, FALSE, &now) == STATUS_INVALID_PARAMETER_1, "none");
    ok(NtWaitForMultipleObjects(65, handles, WAIT_ANY, FALSE, &now) == STATUS_INVALID_PARAMETER_1, "65");
    ok(NtWaitForMultipleObjects(64, handles, WAIT_ANY, FALSE, &now) == STATUS_TIMEOUT, "none signalled");
    NtSetEvent(handles[63], NULL);
    NtSetEvent(handles[40], NULL);
    ok(NtWaitForMultipleObjects(64, handles, WAIT_ANY, FALSE, NULL) == STATUS_WAIT_0 + 40, "the first of two");
    ok(NtWaitForMultipleObjects(64, handles, WAIT_ANY, FALSE, NULL) == STATUS_WAIT_0 + 63, "then the other");
    NtSetEvent(handles[0], NULL);
    ok(NtWaitForMultipleObjects(2, handles, WAIT_ALL, FALSE, &soon) == STATUS_TIMEOUT, "one of two");
    ok(poll(handles[0]) == STATUS_WAIT_0, "was not taken");
    NtSetEvent(handles[0], NULL);
    NtSetEvent(handles[1], NULL);
    ok(NtWaitForMultipleObjects(2, handles, WAIT_ALL, FALSE, &soon) == STATUS_WAIT_0, "both");
    ok(poll(handles[0]) == STATUS_TIMEOUT && poll(handles[1]) == STATUS_TIMEOUT, "both taken");
    handles[1] = handles[0];
    /* WaitForMultipleObjects' reference: no duplicates with bWaitAll; Wine 8 takes them. */
    ok(NtWaitForMultipleObjects(2, handles, WAIT_ALL, FALSE, &now) == STATUS_INVALID_PARAMETER_MIX, "the same twice");
    NtCreateEvent(&pair[0], EVENT_ALL_ACCESS, NULL, 1, TRUE);
    NtCreateEvent(&pair[1], EVENT_ALL_ACCESS, NULL, 1, TRUE);
    for (int i = 0; i < 3; i++) threads[i] = CreateThread(NULL, 0, take_pairs, NULL, 0, NULL);
    ok(NtWaitForMultipleObjects(3, threads, WAIT_ALL, FALSE, NULL) == STATUS_WAIT_0, "threads end");
    ok(taken == 1500 && !collisions, "taken %ld, collisions %ld", taken, collisions);
    for (int i = 0; i < 3; i++) NtClose(threads[i]);
}

static LONG apc_order[4], apc_count;

static void CALLBACK apc(void *argument1, void *argument2, void *argument3)
{
    apc_order[apc_count++ & 3] = (LONG)(LONG_PTR)argument1;
}

static void CALLBACK timer_apc(void *context, DWORD low, LONG high)
{
    apc_order[apc_count++ & 3] = (LONG)(LONG_PTR)context;
}

static HANDLE main_thread;

static DWORD WINAPI queue_later(void *unused)
{
    NtDelayExecution(FALSE, &soon);
    return NtQueueApcThread(main_thread, apc, (void *)7, NULL, NULL);
}

static void test_apcs(void)
{
    HANDLE event, thread;

    NtCreateEvent(&event, EVENT_ALL_ACCESS, NULL, 1, FALSE);
    ok(!NtQueueApcThread(NtCurrentThread(), apc, (void *)1, NULL, NULL), "queue");
    ok(!NtQueueApcThread(NtCurrentThread(), apc, (void *)2, NULL, NULL), "queue");
    ok(poll(event) == STATUS_TIMEOUT && !apc_count, "not alertable");
    ok(NtWaitForSingleObject(event, TRUE, NULL) == STATUS_USER_APC, "alertable");
    ok(apc_count == 2 && apc_order[0] == 1 && apc_order[1] == 2, "both ran in order: %ld", apc_count);
    apc_count = 0;
    NtQueueApcThread(NtCurrentThread(), apc, (void *)3, NULL, NULL);
    ok(NtTestAlert() == STATUS_SUCCESS && apc_count == 1, "test alert delivers");
    apc_count = 0;
    NtQueueApcThread(NtCurrentThread(), apc, (void *)4, NULL, NULL);
    NtSetEvent(event, NULL);
    ok(NtWaitForSingleObject(event, TRUE, NULL) == STATUS_WAIT_0 && !apc_count, "a signalled object comes first");
    ok(NtDelayExecution(TRUE, &soon) == STATUS_USER_APC && apc_count == 1, "delay");
    apc_count = 0;
    thread = CreateThread(NULL, 0, queue_later, NULL, 0, NULL);
    ok(NtWaitForSingleObject(event, TRUE, NULL) == STATUS_USER_APC && apc_count == 1 && apc_order[0] == 7, "from another thread");
    NtWaitForSingleObject(thread, FALSE, NULL);
    NtClose(thread);
    NtClose(event);
}

static void test_alerts(void)
{
    LARGE_INTEGER never = { .QuadPart = -10000000ll * 60 };
    HANDLE self = (HANDLE)(ULONG_PTR)GetCurrentThreadId();

    ok(NtWaitForAlertByThreadId(NULL, &now) == STATUS_TIMEOUT, "no alert");
    ok(!NtAlertThreadByThreadId(self) && !NtAlertThreadByThreadId(self), "alert");
    ok(NtWaitForAlertByThreadId(NULL, NULL) == STATUS_ALERTED, "alerted");
    ok(NtWaitForAlertByThreadId(NULL, &now) == STATUS_TIMEOUT, "alerts do not add up");
    ok(NtAlertThreadByThreadId((HANDLE)0xdeadbe0) == STATUS_INVALID_CID, "no such thread");
    /* Wine 8 has no NtAlertThread. */
    ok(!NtAlertThread(NtCurrentThread()), "alert");
    ok(NtDelayExecution(TRUE, &never) == STATUS_ALERTED, "alertable");
    ok(!NtAlertThread(NtCurrentThread()) && NtTestAlert() == STATUS_ALERTED && NtTestAlert() == 0, "test alert");
}

static void test_timers(void)
{
    LARGE_INTEGER due = { .QuadPart = -10 * 10000 }, later = { .QuadPart = -600 * 10000000ll }, system;
    HANDLE automatic, manual;
    BOOLEAN state;

    ok(!NtCreateTimer(&manual, TIMER_ALL_ACCESS, NULL, 0), "create");
    ok(!NtCreateTimer(&automatic, TIMER_ALL_ACCESS, NULL, 1), "create");
    ok(poll(manual) == STATUS_TIMEOUT, "not set");
    ok(!NtSetTimer(manual, &due, NULL, NULL, FALSE, 0, &state) && !state, "set");
    ok(NtWaitForSingleObject(manual, FALSE, NULL) == STATUS_WAIT_0 && poll(manual) == STATUS_WAIT_0, "stays signalled");
    ok(!NtSetTimer(manual, &later, NULL, NULL, FALSE, 0, &state) && state, "previous state");
    ok(poll(manual) == STATUS_TIMEOUT, "set anew");
    ok(!NtCancelTimer(manual, &state) && !state && poll(manual) == STATUS_TIMEOUT, "cancelled");
    ok(!NtSetTimer(automatic, &due, NULL, NULL, FALSE, 10, NULL), "periodic");
    for (int i = 0; i < 3; i++) ok(NtWaitForSingleObject(automatic, FALSE, NULL) == STATUS_WAIT_0, "period %d", i);
    NtCancelTimer(automatic, NULL);
    GetSystemTimeAsFileTime((FILETIME *)&system);
    system.QuadPart += 10 * 10000;
    ok(!NtSetTimer(automatic, &system, NULL, NULL, FALSE, 0, NULL), "absolute");
    ok(NtWaitForSingleObject(automatic, FALSE, NULL) == STATUS_WAIT_0 && poll(automatic) == STATUS_TIMEOUT, "once");
    apc_count = 0;
    ok(!NtSetTimer(manual, &due, timer_apc, (void *)9, FALSE, 0, NULL), "with an APC");
    ok(NtDelayExecution(TRUE, &later) == STATUS_USER_APC && apc_count == 1 && apc_order[0] == 9, "APC ran");
    NtClose(manual);
    NtClose(automatic);
}

static DWORD WINAPI answer(void *handles)
{
    HANDLE *events = handles;
    NtWaitForSingleObject(events[0], FALSE, NULL);
    return NtSetEvent(events[1], NULL);
}

static void test_signal_and_wait(void)
{
    HANDLE events[2], thread;

    NtCreateEvent(&events[0], EVENT_ALL_ACCESS, NULL, 1, FALSE);
    NtCreateEvent(&events[1], EVENT_ALL_ACCESS, NULL, 1, FALSE);
    thread = CreateThread(NULL, 0, answer, events, 0, NULL);
    ok(NtSignalAndWaitForSingleObject(events[0], events[1], FALSE, NULL) == STATUS_WAIT_0, "signal and wait");
    ok(NtSignalAndWaitForSingleObject(thread, events[1], FALSE, &now) == STATUS_OBJECT_TYPE_MISMATCH, "signal a thread");
    NtWaitForSingleObject(thread, FALSE, NULL);
    NtClose(thread);
    NtClose(events[0]);
    NtClose(events[1]);
}

static DWORD WINAPI post_later(void *port)
{
    NtDelayExecution(FALSE, &soon);
    return NtSetIoCompletion(port, 5, 6, STATUS_PENDING, 7);
}

static void test_ports(void)
{
    ULONG_PTR key, context;
    IO_STATUS_BLOCK status;
    HANDLE port, thread;
    LONG depth;

    ok(!NtCreateIoCompletion(&port, IO_COMPLETION_ALL_ACCESS, NULL, 0), "create");
    ok(NtRemoveIoCompletion(port, &key, &context, &status, &now) == STATUS_TIMEOUT, "empty");
    ok(!NtSetIoCompletion(port, 1, 2, STATUS_SUCCESS, 3) && !NtSetIoCompletion(port, 4, 5, STATUS_UNSUCCESSFUL, 6), "post");
    ok(!NtQueryIoCompletion(port, 0, &depth, sizeof(depth), NULL) && depth == 2, "depth %ld", depth);
    ok(!NtRemoveIoCompletion(port, &key, &context, &status, NULL) && key == 1 && context == 2 && status.Information == 3, "first");
    ok(!NtRemoveIoCompletion(port, &key, &context, &status, NULL) && key == 4 && status.Status == STATUS_UNSUCCESSFUL, "second");
    thread = CreateThread(NULL, 0, post_later, port, 0, NULL);
    ok(!NtRemoveIoCompletion(port, &key, &context, &status, NULL) && key == 5 && context == 6 && status.Information == 7, "blocked");
    NtWaitForSingleObject(thread, FALSE, NULL);
    NtClose(thread);
    NtClose(port);
}

START_TESTS
{
    NtDuplicateObject(NtCurrentProcess(), NtCurrentThread(), NtCurrentProcess(), &main_thread, 0, 0, DUPLICATE_SAME_ACCESS);
    test_events();
    test_mutants();
    test_semaphores();
    test_multiple();
    test_apcs();
    test_alerts();
    test_timers();
    test_signal_and_wait();
    test_ports();
}
