/* Thread pool: timers, waits and I/O. One thread for the process sleeps on a completion port until the next timer is
 * due; handles tell the port through wait completion packets, files by being associated with it.
 */
#include "threadpool.h"

static RTL_SRWLOCK lock; /* timers, waits and what follows; taken before a pool's lock */
static HANDLE port;
static bool running;
static LIST_ENTRY timers = { &timers, &timers }; /* by due time */
static ULONG_PTR cookies;
static RTL_SRWLOCK growth_lock, start_lock; /* taken last */
static struct _TP_POOL *growth[16];          /* pools to look at, each with a reference */
static LONGLONG growth_due;

LONGLONG tp_now(void)
{
    LARGE_INTEGER counter, frequency;

    NtQueryPerformanceCounter(&counter, &frequency);
    if (frequency.QuadPart == 10000000) return counter.QuadPart;
    return (LONGLONG)((double)counter.QuadPart * 1e7 / (double)frequency.QuadPart);
}

static void wake(void)
{
    NtSetIoCompletion(port, NULL, NULL, STATUS_SUCCESS, 0);
}

static void timer_unlink(struct tp_object *object)
{
    if (!object->timer.set) return;
    object->timer.set = false;
    object->timer.link.Flink->Blink = object->timer.link.Blink;
    object->timer.link.Blink->Flink = object->timer.link.Flink;
    object->timer.link.Flink = object->timer.link.Blink = &object->timer.link;
    tp_release(object); /* never the last: the caller has one */
}

static void timer_link(struct tp_object *object, LONGLONG due)
{
    LIST_ENTRY *at = timers.Flink;

    while (at != &timers && CONTAINING_RECORD(at, struct tp_object, timer.link)->timer.due <= due) at = at->Flink;
    object->timer.due = due;
    object->timer.link.Flink = at;
    object->timer.link.Blink = at->Blink;
    at->Blink->Flink = &object->timer.link;
    at->Blink = &object->timer.link;
    object->timer.set = true;
    tp_retain(object);
    if (timers.Flink == &object->timer.link) wake();
}

/* A packet of a wait's handle. It brings the reference that arming took. */
static void wait_signalled(struct tp_object *object, ULONG_PTR cookie)
{
    RtlAcquireSRWLockExclusive(&lock);
    if (object->wait.armed && object->wait.cookie == cookie) {
        object->wait.armed = false;
        timer_unlink(object);
        object->wait.result = WAIT_OBJECT_0;
        tp_post(object);
    }
    RtlReleaseSRWLockExclusive(&lock);
    tp_release(object);
}

static void wait_disarm(struct tp_object *object)
{
    if (!object->wait.armed) return;
    object->wait.armed = false;
    /* If the packet is on its way already, its cookie is out of date and its reference goes there. */
    if (NtCancelWaitCompletionPacket(object->wait.packet, TRUE) == STATUS_SUCCESS) tp_release(object);
    object->wait.cookie = 0;
}

static void io_completed(struct tp_object *object, void *apc_context, const IO_STATUS_BLOCK *io)
{
    struct tp_completion *completion = heap_allocate(sizeof(*completion));
    bool known;

    if (!completion) return;
    completion->next = NULL;
    completion->apc_context = apc_context;
    completion->io = *io;
    RtlAcquireSRWLockExclusive(&object->pool->lock);
    known = object->io.started > 0;
    if (known) object->io.started--;
    *object->io.last = completion;
    object->io.last = &completion->next;
    RtlReleaseSRWLockExclusive(&object->pool->lock);
    tp_post(object);
    if (known) tp_release(object); /* the operation's */
}

static void run_due_timers(void)
{
    LONGLONG now = tp_now();

    RtlAcquireSRWLockExclusive(&lock);
    while (timers.Flink != &timers) {
        struct tp_object *object = CONTAINING_RECORD(timers.Flink, struct tp_object, timer.link);
        if (object->timer.due > now) break;
        tp_retain(object);
        timer_unlink(object);
        if (object->kind == TP_KIND_WAIT) {
            if (object->wait.armed) {
                wait_disarm(object);
                object->wait.result = WAIT_TIMEOUT;
                tp_post(object);
            }
        } else {
            /* A period that was slept through is not made up for. */
            LONGLONG next = object->timer.due + object->timer.period;
            tp_post(object);
            if (object->timer.period) timer_link(object, next > now ? next : now + object->timer.period);
        }
        tp_release(object);
    }
    RtlReleaseSRWLockExclusive(&lock);
}

static void run_growth(void)
{
    struct _TP_POOL *pools[ARRAY_SIZE(growth)];
    ULONG count = 0;

    RtlAcquireSRWLockExclusive(&growth_lock);
    if (growth_due && growth_due <= tp_now()) {
        growth_due = 0;
        for (ULONG i = 0; i < ARRAY_SIZE(growth); i++) {
            if (growth[i]) pools[count++] = growth[i];
            growth[i] = NULL;
        }
    }
    RtlReleaseSRWLockExclusive(&growth_lock);
    while (count--) {
        tp_grow(pools[count]);
        tp_pool_release(pools[count]);
    }
}

static ULONG NTAPI dispatcher(void *argument)
{
    for (;;) {
        LARGE_INTEGER timeout, *limit = NULL;
        IO_STATUS_BLOCK io;
        void *key, *apc_context;
        LONGLONG due = 0;

        RtlAcquireSRWLockShared(&lock);
        if (timers.Flink != &timers) due = CONTAINING_RECORD(timers.Flink, struct tp_object, timer.link)->timer.due;
        RtlReleaseSRWLockShared(&lock);
        RtlAcquireSRWLockShared(&growth_lock);
        if (growth_due && (!due || growth_due < due)) due = growth_due;
        RtlReleaseSRWLockShared(&growth_lock);
        if (due) {
            timeout.QuadPart = tp_now() - due;
            if (timeout.QuadPart > 0) timeout.QuadPart = 0;
            limit = &timeout;
        }
        if (NtRemoveIoCompletion(port, &key, &apc_context, &io, limit) == STATUS_SUCCESS && key) {
            struct tp_object *object = key;
            if (object->kind == TP_KIND_IO) io_completed(object, apc_context, &io);
            else wait_signalled(object, (ULONG_PTR)apc_context);
        }
        run_due_timers();
        run_growth();
    }
    return 0;
}

static NTSTATUS start(void)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (__atomic_load_n(&running, __ATOMIC_ACQUIRE)) return status;
    RtlAcquireSRWLockExclusive(&start_lock);
    if (!port) status = NtCreateIoCompletion(&port, IO_COMPLETION_ALL_ACCESS, NULL, 0);
    if (!status && !running) {
        status = RtlCreateUserThread(NtCurrentProcess(), NULL, FALSE, 0, 0, 0, dispatcher, NULL, NULL, NULL);
        __atomic_store_n(&running, NT_SUCCESS(status), __ATOMIC_RELEASE);
    }
    RtlReleaseSRWLockExclusive(&start_lock);
    return status;
}

void tp_watch_growth(struct _TP_POOL *pool)
{
    bool first = false;

    if (start()) return;
    RtlAcquireSRWLockExclusive(&growth_lock);
    for (ULONG i = 0; i < ARRAY_SIZE(growth); i++) {
        if (growth[i]) continue;
        growth[i] = pool;
        InterlockedIncrement(&pool->references);
        if ((first = !growth_due)) growth_due = tp_now() + 200000; /* 20 ms */
        break;
    }
    RtlReleaseSRWLockExclusive(&growth_lock);
    if (first) wake();
}

/* ---- timers ---- */

NTSTATUS NTAPI TpAllocTimer(TP_TIMER **timer, PTP_TIMER_CALLBACK callback, void *context,
                            TP_CALLBACK_ENVIRON *environment)
{
    return tp_object_create((struct tp_object **)timer, TP_KIND_TIMER, callback, context, environment);
}

static LONGLONG due_time(const LARGE_INTEGER *timeout)
{
    LARGE_INTEGER system;

    if (timeout->QuadPart <= 0) return tp_now() - timeout->QuadPart;
    NtQuerySystemTime(&system);
    return tp_now() + timeout->QuadPart - system.QuadPart;
}

/* timeout: NT's form, NULL stops the timer; 0 is at once. period and window in milliseconds. TRUE: was set before. */
BOOLEAN NTAPI TpSetTimerEx(TP_TIMER *timer, LARGE_INTEGER *timeout, ULONG period, ULONG window)
{
    struct tp_object *object = (struct tp_object *)timer;
    BOOLEAN was_set;

    RtlAcquireSRWLockExclusive(&lock);
    was_set = object->timer.set;
    timer_unlink(object);
    object->timer.period = period * 10000ll;
    if (timeout && !start()) timer_link(object, due_time(timeout));
    RtlReleaseSRWLockExclusive(&lock);
    return was_set;
}

void NTAPI TpSetTimer(TP_TIMER *timer, LARGE_INTEGER *timeout, ULONG period, ULONG window)
{
    TpSetTimerEx(timer, timeout, period, window);
}

BOOLEAN NTAPI TpIsTimerSet(TP_TIMER *timer)
{
    return ((struct tp_object *)timer)->timer.set;
}

void NTAPI TpWaitForTimer(TP_TIMER *timer, BOOLEAN cancel_pending)
{
    tp_wait((struct tp_object *)timer, cancel_pending);
}

void NTAPI TpReleaseTimer(TP_TIMER *timer)
{
    tp_close((struct tp_object *)timer);
}

/* ---- waits ---- */

NTSTATUS NTAPI TpAllocWait(TP_WAIT **wait, PTP_WAIT_CALLBACK callback, void *context, TP_CALLBACK_ENVIRON *environment)
{
    return tp_object_create((struct tp_object **)wait, TP_KIND_WAIT, callback, context, environment);
}

/* One callback, when `handle` is signalled or `timeout` is over; handle NULL: none. TRUE: was waiting before. */
BOOLEAN NTAPI TpSetWaitEx(TP_WAIT *wait, HANDLE handle, LARGE_INTEGER *timeout, void *reserved)
{
    struct tp_object *object = (struct tp_object *)wait;
    BOOLEAN was_armed;
    NTSTATUS status = STATUS_SUCCESS;

    RtlAcquireSRWLockExclusive(&lock);
    was_armed = object->wait.armed;
    wait_disarm(object);
    timer_unlink(object);
    if (handle && !(status = start())) {
        if (!object->wait.packet) status = NtCreateWaitCompletionPacket(&object->wait.packet, GENERIC_ALL, NULL);
        if (!status) {
            tp_retain(object);
            object->wait.cookie = ++cookies;
            object->wait.armed = true;
            status = NtAssociateWaitCompletionPacket(object->wait.packet, port, handle, object,
                                                     (void *)object->wait.cookie, STATUS_SUCCESS, 0, NULL);
            if (status) {
                object->wait.armed = false;
                tp_release(object);
            } else if (timeout) {
                timer_link(object, due_time(timeout));
            }
        }
        if (status) {
            RtlReleaseSRWLockExclusive(&lock);
            RtlRaiseStatus(status); /* as the reference: SetThreadpoolWait raises for a bad handle */
        }
    }
    RtlReleaseSRWLockExclusive(&lock);
    return was_armed;
}

void NTAPI TpSetWait(TP_WAIT *wait, HANDLE handle, LARGE_INTEGER *timeout)
{
    TpSetWaitEx(wait, handle, timeout, NULL);
}

void NTAPI TpWaitForWait(TP_WAIT *wait, BOOLEAN cancel_pending)
{
    tp_wait((struct tp_object *)wait, cancel_pending);
}

void NTAPI TpReleaseWait(TP_WAIT *wait)
{
    tp_close((struct tp_object *)wait);
}

void tp_disarm(struct tp_object *object)
{
    if (object->kind != TP_KIND_TIMER && object->kind != TP_KIND_WAIT) return;
    RtlAcquireSRWLockExclusive(&lock);
    wait_disarm(object);
    timer_unlink(object);
    RtlReleaseSRWLockExclusive(&lock);
}

/* ---- I/O ---- */

/* The file's completions become callbacks; it can be associated once. */
NTSTATUS NTAPI TpAllocIoCompletion(TP_IO **result, HANDLE file, PTP_IO_CALLBACK callback, void *context,
                                   TP_CALLBACK_ENVIRON *environment)
{
    struct {
        HANDLE port;
        void *key;
    } information;
    IO_STATUS_BLOCK io;
    struct tp_object *object;
    NTSTATUS status = tp_object_create(&object, TP_KIND_IO, callback, context, environment);

    if (status) return status;
    object->io.first = NULL;
    object->io.last = &object->io.first;
    object->io.started = 0;
    object->io.file = file;
    status = start();
    information.port = port;
    information.key = object;
    if (!status)
        status = NtSetInformationFile(file, &io, &information, sizeof(information), FileCompletionInformation);
    if (status) tp_close(object);
    else *result = (TP_IO *)object;
    return status;
}

void NTAPI TpStartAsyncIoOperation(TP_IO *handle)
{
    struct tp_object *object = (struct tp_object *)handle;

    tp_retain(object);
    RtlAcquireSRWLockExclusive(&object->pool->lock);
    object->io.started++;
    RtlReleaseSRWLockExclusive(&object->pool->lock);
}

/* The operation failed at once, or completed and will not tell the port. */
void NTAPI TpCancelAsyncIoOperation(TP_IO *handle)
{
    struct tp_object *object = (struct tp_object *)handle;
    bool known;

    RtlAcquireSRWLockExclusive(&object->pool->lock);
    if ((known = object->io.started > 0)) object->io.started--;
    if (!object->io.started) RtlWakeAllConditionVariable(&object->quiet);
    RtlReleaseSRWLockExclusive(&object->pool->lock);
    if (known) tp_release(object);
}

void NTAPI TpWaitForIoCompletion(TP_IO *handle, BOOLEAN cancel_pending)
{
    tp_wait((struct tp_object *)handle, cancel_pending);
}

void NTAPI TpReleaseIoCompletion(TP_IO *handle)
{
    tp_close((struct tp_object *)handle);
}
