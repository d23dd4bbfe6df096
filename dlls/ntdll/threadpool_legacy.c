/* The thread pool's older interface: work items, registered waits, timer queues (threadpoollegacyapiset.h). */
#include "threadpool.h"

static LARGE_INTEGER relative(ULONG milliseconds)
{
    return (LARGE_INTEGER){ .QuadPart = -(LONGLONG)milliseconds * 10000 };
}

static TP_CALLBACK_ENVIRON environment_of(ULONG flags)
{
    TP_CALLBACK_ENVIRON environment = { .Version = 3, .CallbackPriority = TP_CALLBACK_PRIORITY_NORMAL,
                                        .Size = sizeof(environment) };
    environment.u.s.LongFunction = !!(flags & WT_EXECUTELONGFUNCTION);
    return environment;
}

/* ---- work items ---- */

struct work_item {
    WORKERCALLBACKFUNC function;
    void *context;
};

static void NTAPI run_work_item(TP_CALLBACK_INSTANCE *instance, void *context)
{
    struct work_item item = *(struct work_item *)context;

    heap_free(context);
    item.function(item.context);
}

/* threadpoollegacyapiset.h: QueueUserWorkItem. flags: WT_*. */
NTSTATUS NTAPI RtlQueueWorkItem(WORKERCALLBACKFUNC function, void *context, ULONG flags)
{
    TP_CALLBACK_ENVIRON environment = environment_of(flags);
    struct work_item *item = heap_allocate(sizeof(*item));
    NTSTATUS status;

    if (!item) return STATUS_NO_MEMORY;
    item->function = function;
    item->context = context;
    status = TpSimpleTryPost(run_work_item, item, &environment);
    if (status) heap_free(item);
    return status;
}

/* ---- BindIoCompletionCallback ---- */

static void NTAPI run_io(TP_CALLBACK_INSTANCE *instance, void *context, void *apc_context, IO_STATUS_BLOCK *io, TP_IO *tp)
{
    ((PTP_LEGACY_IO_CALLBACK)context)(io->Status, io->Information, apc_context);
}

/* The association lasts as long as the file. */
NTSTATUS NTAPI RtlSetIoCompletionCallback(HANDLE file, PTP_LEGACY_IO_CALLBACK function, ULONG flags)
{
    TP_IO *io;

    if (flags) return STATUS_INVALID_PARAMETER_3;
    return TpAllocIoCompletion(&io, file, run_io, function, NULL);
}

/* ---- common to registered waits and timers: one callback object, and an end that somebody may wait for ---- */

struct registration {
    LIST_ENTRY link; /* of its timer queue */
    struct tp_object *object;
    WAITORTIMERCALLBACKFUNC function;
    void *context;
    HANDLE handle;      /* waits */
    ULONG milliseconds; /* waits: INFINITE for ever */
    ULONG period;       /* timers */
    bool fired;
    ULONG flags;
    RTL_SRWLOCK lock;
    bool deleted;
    HANDLE done; /* set when it is gone */
};

/* The object is gone, and with it the last callback. */
static void registration_gone(void *context)
{
    struct registration *registration = context;

    if (registration->done) NtSetEvent(registration->done, NULL);
    heap_free(registration);
}

static struct registration *registration_new(WAITORTIMERCALLBACKFUNC function, void *context, ULONG flags)
{
    struct registration *registration = heap_allocate_zeroed(sizeof(*registration));

    if (!registration) return NULL;
    registration->function = function;
    registration->context = context;
    registration->flags = flags;
    return registration;
}

/* event: NULL do not wait, INVALID_HANDLE_VALUE wait for callbacks, else set when the last has returned.
 * STATUS_PENDING when a callback runs and was not waited for. */
static NTSTATUS registration_delete(struct registration *registration, HANDLE event)
{
    struct tp_object *object = registration->object;
    bool busy;

    RtlAcquireSRWLockExclusive(&registration->lock);
    registration->deleted = true;
    RtlReleaseSRWLockExclusive(&registration->lock);
    tp_disarm(object);
    tp_cancel_pending(object);
    if (event == INVALID_HANDLE_VALUE) {
        tp_wait_running(object);
        event = NULL;
    }
    RtlAcquireSRWLockExclusive(&object->pool->lock);
    busy = object->running != 0;
    RtlReleaseSRWLockExclusive(&object->pool->lock);
    registration->done = event;
    tp_close(object);
    return busy ? STATUS_PENDING : STATUS_SUCCESS;
}

/* ---- registered waits ---- */

static void arm(struct registration *registration)
{
    LARGE_INTEGER timeout = relative(registration->milliseconds);

    TpSetWait((TP_WAIT *)registration->object, registration->handle,
              registration->milliseconds == INFINITE ? NULL : &timeout);
}

static void NTAPI run_wait(TP_CALLBACK_INSTANCE *instance, void *context, TP_WAIT *wait, TP_WAIT_RESULT result)
{
    struct registration *registration = context;

    registration->function(registration->context, result == WAIT_TIMEOUT);
    if (!(registration->flags & WT_EXECUTEONLYONCE)) {
        RtlAcquireSRWLockExclusive(&registration->lock);
        if (!registration->deleted) arm(registration);
        RtlReleaseSRWLockExclusive(&registration->lock);
    }
}

/* threadpoollegacyapiset.h: RegisterWaitForSingleObject. All callbacks run on workers, whichever WT_EXECUTEIN* asks. */
NTSTATUS NTAPI RtlRegisterWait(HANDLE *result, HANDLE handle, WAITORTIMERCALLBACKFUNC function, void *context,
                               ULONG milliseconds, ULONG flags)
{
    TP_CALLBACK_ENVIRON environment = environment_of(flags);
    struct registration *registration;
    OBJECT_BASIC_INFORMATION information;
    NTSTATUS status = NtQueryObject(handle, ObjectBasicInformation, &information, sizeof(information), NULL);

    if (status == STATUS_INVALID_HANDLE && handle != NtCurrentProcess() && handle != NtCurrentThread()) return status;
    if (!(registration = registration_new(function, context, flags))) return STATUS_NO_MEMORY;
    registration->handle = handle;
    registration->milliseconds = milliseconds;
    status = TpAllocWait((TP_WAIT **)&registration->object, run_wait, registration, &environment);
    if (status) {
        heap_free(registration);
        return status;
    }
    registration->object->destroyed = registration_gone;
    *result = registration;
    arm(registration);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlDeregisterWaitEx(HANDLE handle, HANDLE event)
{
    if (!handle) return STATUS_INVALID_HANDLE;
    return registration_delete((struct registration *)handle, event);
}

NTSTATUS NTAPI RtlDeregisterWait(HANDLE handle)
{
    return RtlDeregisterWaitEx(handle, NULL);
}

/* ---- timer queues ---- */

struct timer_queue {
    ULONG magic;
    RTL_SRWLOCK lock;
    LIST_ENTRY timers;
};

#define TIMER_QUEUE_MAGIC 0x51724d54

static struct timer_queue default_queue = { TIMER_QUEUE_MAGIC, RTL_SRWLOCK_INIT,
                                            { &default_queue.timers, &default_queue.timers } };

static struct timer_queue *queue_of(HANDLE handle)
{
    struct timer_queue *queue = handle ? (struct timer_queue *)handle : &default_queue;
    return queue->magic == TIMER_QUEUE_MAGIC ? queue : NULL;
}

NTSTATUS NTAPI RtlCreateTimerQueue(HANDLE *result)
{
    struct timer_queue *queue = heap_allocate_zeroed(sizeof(*queue));

    if (!queue) return STATUS_NO_MEMORY;
    queue->magic = TIMER_QUEUE_MAGIC;
    queue->timers.Flink = queue->timers.Blink = &queue->timers;
    *result = queue;
    return STATUS_SUCCESS;
}

static void NTAPI run_timer(TP_CALLBACK_INSTANCE *instance, void *context, TP_TIMER *timer)
{
    struct registration *registration = context;

    registration->fired = true;
    registration->function(registration->context, TRUE);
}

/* threadpoollegacyapiset.h: CreateTimerQueueTimer. Times in milliseconds; period 0: once. */
NTSTATUS NTAPI RtlCreateTimer(HANDLE queue_handle, HANDLE *result, WAITORTIMERCALLBACKFUNC function, void *context,
                              ULONG due, ULONG period, ULONG flags)
{
    TP_CALLBACK_ENVIRON environment = environment_of(flags);
    struct timer_queue *queue = queue_of(queue_handle);
    struct registration *registration;
    LARGE_INTEGER timeout = relative(due);
    NTSTATUS status;

    if (!queue) return STATUS_INVALID_HANDLE;
    if (!(registration = registration_new(function, context, flags))) return STATUS_NO_MEMORY;
    status = TpAllocTimer((TP_TIMER **)&registration->object, run_timer, registration, &environment);
    if (status) {
        heap_free(registration);
        return status;
    }
    registration->object->destroyed = registration_gone;
    registration->period = flags & WT_EXECUTEONLYONCE ? 0 : period;
    RtlAcquireSRWLockExclusive(&queue->lock);
    registration->link.Flink = &queue->timers;
    registration->link.Blink = queue->timers.Blink;
    queue->timers.Blink->Flink = &registration->link;
    queue->timers.Blink = &registration->link;
    RtlReleaseSRWLockExclusive(&queue->lock);
    *result = registration;
    if (due != INFINITE)
        TpSetTimer((TP_TIMER *)registration->object, &timeout, registration->period, 0);
    return STATUS_SUCCESS;
}

/* A timer without a period that has expired stays as it is (ChangeTimerQueueTimer, remarks). */
NTSTATUS NTAPI RtlUpdateTimer(HANDLE queue_handle, HANDLE handle, ULONG due, ULONG period)
{
    struct registration *registration = (struct registration *)handle;
    LARGE_INTEGER timeout = relative(due);

    if (!queue_of(queue_handle) || !handle) return STATUS_INVALID_HANDLE;
    if (!registration->period && registration->fired) return STATUS_SUCCESS;
    registration->period = registration->flags & WT_EXECUTEONLYONCE ? 0 : period;
    TpSetTimer((TP_TIMER *)registration->object, due == INFINITE ? NULL : &timeout, registration->period, 0);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlDeleteTimer(HANDLE queue_handle, HANDLE handle, HANDLE event)
{
    struct timer_queue *queue = queue_of(queue_handle);
    struct registration *registration = (struct registration *)handle;

    if (!queue || !handle) return STATUS_INVALID_HANDLE;
    RtlAcquireSRWLockExclusive(&queue->lock);
    registration->link.Flink->Blink = registration->link.Blink;
    registration->link.Blink->Flink = registration->link.Flink;
    RtlReleaseSRWLockExclusive(&queue->lock);
    return registration_delete(registration, event);
}

/* Deletes its timers too. event as for timers; it is set, or waited for, after the last callback. */
NTSTATUS NTAPI RtlDeleteTimerQueueEx(HANDLE queue_handle, HANDLE event)
{
    struct timer_queue *queue = queue_of(queue_handle);
    bool pending = false;

    if (!queue || queue == &default_queue) return STATUS_INVALID_HANDLE;
    for (;;) {
        LIST_ENTRY *link;
        RtlAcquireSRWLockExclusive(&queue->lock);
        link = queue->timers.Flink;
        if (link != &queue->timers) {
            queue->timers.Flink = link->Flink;
            link->Flink->Blink = &queue->timers;
        }
        RtlReleaseSRWLockExclusive(&queue->lock);
        if (link == &queue->timers) break;
        /* With an event it must be set after the last: the callbacks are waited for here. */
        if (registration_delete(CONTAINING_RECORD(link, struct registration, link),
                                event ? INVALID_HANDLE_VALUE : NULL) == STATUS_PENDING)
            pending = true;
    }
    queue->magic = 0;
    heap_free(queue);
    if (event && event != INVALID_HANDLE_VALUE) NtSetEvent(event, NULL);
    return pending ? STATUS_PENDING : STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlDeleteTimerQueue(HANDLE queue_handle)
{
    return RtlDeleteTimerQueueEx(queue_handle, NULL);
}
