/* Thread pool: pools, workers, work objects, cleanup groups, what a callback may ask for (threadpoolapiset.h; the names
 * there differ: CreateThreadpoolWork is TpAllocWork, SubmitThreadpoolWork TpPostWork, and so on).
 *
 * Workers are made when callbacks wait and none is idle: at once up to a few per processor, beyond that only when the
 * queue has not moved for a while, for then the workers block.
 */
#include "threadpool.h"

#define IDLE_TIME (-20 * 10000000ll) /* a worker that had nothing to do for so long ends */

struct _TP_CLEANUP_GROUP {
    RTL_SRWLOCK lock;
    LIST_ENTRY members;
};

static struct _TP_POOL *default_pool;
static RTL_RUN_ONCE default_once;

static void list_init(LIST_ENTRY *list)
{
    list->Flink = list->Blink = list;
}
static void list_append(LIST_ENTRY *list, LIST_ENTRY *entry)
{
    entry->Flink = list;
    entry->Blink = list->Blink;
    list->Blink->Flink = entry;
    list->Blink = entry;
}
static void list_remove(LIST_ENTRY *entry)
{
    entry->Flink->Blink = entry->Blink;
    entry->Blink->Flink = entry->Flink;
    list_init(entry);
}

/* ---- pools ---- */

NTSTATUS NTAPI TpAllocPool(TP_POOL **result, void *reserved)
{
    struct _TP_POOL *pool;

    if (reserved) return STATUS_INVALID_PARAMETER_2;
    if (!(pool = heap_allocate_zeroed(sizeof(*pool)))) return STATUS_NO_MEMORY;
    pool->references = 1;
    pool->maximum = 500;
    for (ULONG i = 0; i < ARRAY_SIZE(pool->queues); i++) list_init(&pool->queues[i]);
    *result = pool;
    return STATUS_SUCCESS;
}

void tp_pool_release(struct _TP_POOL *pool)
{
    if (!InterlockedDecrement(&pool->references)) heap_free(pool);
}

/* The pool ends when its last object is gone. */
void NTAPI TpReleasePool(TP_POOL *pool)
{
    RtlAcquireSRWLockExclusive(&pool->lock);
    pool->closed = true;
    pool->minimum = 0;
    RtlReleaseSRWLockExclusive(&pool->lock);
    RtlWakeAllConditionVariable(&pool->work);
    tp_pool_release(pool);
}

static DWORD NTAPI make_default_pool(RTL_RUN_ONCE *once, void *parameter, void **context)
{
    return NT_SUCCESS(TpAllocPool(&default_pool, NULL));
}

static struct _TP_POOL *pool_of(TP_CALLBACK_ENVIRON *environment)
{
    if (environment && environment->Pool) return environment->Pool;
    RtlRunOnceExecuteOnce(&default_once, make_default_pool, NULL, NULL);
    return default_pool;
}

static ULONG NTAPI worker(void *argument);

/* Under the pool's lock, which it leaves meanwhile. */
static NTSTATUS worker_create(struct _TP_POOL *pool)
{
    NTSTATUS status;

    pool->workers++;
    InterlockedIncrement(&pool->references);
    RtlReleaseSRWLockExclusive(&pool->lock);
    status = RtlCreateUserThread(NtCurrentProcess(), NULL, FALSE, 0, pool->stack.StackReserve,
                                 pool->stack.StackCommit, worker, pool, NULL, NULL);
    RtlAcquireSRWLockExclusive(&pool->lock);
    if (!NT_SUCCESS(status)) {
        pool->workers--;
        InterlockedDecrement(&pool->references); /* the caller holds one too */
    }
    return status;
}

static bool wants_worker(struct _TP_POOL *pool)
{
    return pool->queued > pool->idle && pool->workers < pool->maximum;
}

/* After something was queued, or a worker will be busy for long: releases the pool's lock. */
static void pool_adjust_unlock(struct _TP_POOL *pool)
{
    bool watch = false;

    if (wants_worker(pool)) {
        if (pool->workers - pool->long_running < 2 * ferry_peb()->NumberOfProcessors + 2 ||
            pool->workers < pool->minimum)
            worker_create(pool);
        else if (!pool->growing) pool->growing = watch = true;
    }
    RtlReleaseSRWLockExclusive(&pool->lock);
    if (watch) tp_watch_growth(pool); /* takes the lock that comes before the pool's */
}

void tp_grow(struct _TP_POOL *pool)
{
    bool again = false;

    RtlAcquireSRWLockExclusive(&pool->lock);
    if (wants_worker(pool) && pool->taken == pool->taken_before) worker_create(pool);
    pool->taken_before = pool->taken;
    pool->growing = again = wants_worker(pool);
    RtlReleaseSRWLockExclusive(&pool->lock);
    if (again) tp_watch_growth(pool);
}

/* threadpoolapiset.h: SetThreadpoolThreadMaximum. */
void NTAPI TpSetPoolMaxThreads(TP_POOL *pool, ULONG maximum)
{
    RtlAcquireSRWLockExclusive(&pool->lock);
    pool->maximum = max(maximum, 1u);
    if (pool->minimum > pool->maximum) pool->minimum = pool->maximum;
    pool_adjust_unlock(pool);
}

NTSTATUS NTAPI TpSetPoolMinThreads(TP_POOL *pool, ULONG minimum)
{
    NTSTATUS status = STATUS_SUCCESS;

    RtlAcquireSRWLockExclusive(&pool->lock);
    if (minimum > pool->maximum) pool->maximum = minimum;
    pool->minimum = minimum;
    while (pool->workers < minimum && NT_SUCCESS(status)) status = worker_create(pool);
    RtlReleaseSRWLockExclusive(&pool->lock);
    return status;
}

NTSTATUS NTAPI TpSetPoolStackInformation(TP_POOL *pool, TP_POOL_STACK_INFORMATION *information)
{
    pool->stack = *information;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI TpQueryPoolStackInformation(TP_POOL *pool, TP_POOL_STACK_INFORMATION *information)
{
    *information = pool->stack;
    return STATUS_SUCCESS;
}

/* ---- objects ---- */

NTSTATUS tp_object_create(struct tp_object **result, enum tp_kind kind, void *callback, void *context,
                          TP_CALLBACK_ENVIRON *environment)
{
    struct tp_object *object;
    struct _TP_POOL *pool;

    if (!callback) return STATUS_INVALID_PARAMETER;
    if (environment && environment->Version != 1 && environment->Version != 3) return STATUS_INVALID_PARAMETER;
    if (!(pool = pool_of(environment))) return STATUS_NO_MEMORY;
    if (!(object = heap_allocate_zeroed(sizeof(*object)))) return STATUS_NO_MEMORY;
    object->kind = kind;
    object->references = 1;
    object->pool = pool;
    object->callback = callback;
    object->context = context;
    object->priority = TP_CALLBACK_PRIORITY_NORMAL;
    list_init(&object->queue_link);
    list_init(&object->group_link);
    list_init(&object->timer.link);
    if (environment) {
        object->finalization = environment->FinalizationCallback;
        object->cancel = environment->CleanupGroupCancelCallback;
        object->race_dll = environment->RaceDll;
        object->long_function = environment->u.s.LongFunction;
        if (environment->Version == 3 && (ULONG)environment->CallbackPriority < TP_CALLBACK_PRIORITY_COUNT)
            object->priority = environment->CallbackPriority;
        if (object->race_dll) LdrAddRefDll(0, object->race_dll);
        if ((object->group = environment->CleanupGroup)) {
            RtlAcquireSRWLockExclusive(&object->group->lock);
            list_append(&object->group->members, &object->group_link);
            RtlReleaseSRWLockExclusive(&object->group->lock);
        }
    }
    InterlockedIncrement(&pool->references);
    *result = object;
    return STATUS_SUCCESS;
}

void tp_retain(struct tp_object *object)
{
    InterlockedIncrement(&object->references);
}

void tp_release(struct tp_object *object)
{
    if (InterlockedDecrement(&object->references)) return;
    if (object->wait.packet) NtClose(object->wait.packet);
    if (object->destroyed) object->destroyed(object->context);
    if (object->race_dll) LdrUnloadDll(object->race_dll);
    tp_pool_release(object->pool);
    heap_free(object);
}

static void leave_group(struct tp_object *object)
{
    struct _TP_CLEANUP_GROUP *group = object->group;

    if (!group) return;
    RtlAcquireSRWLockExclusive(&group->lock);
    list_remove(&object->group_link);
    RtlReleaseSRWLockExclusive(&group->lock);
    object->group = NULL;
}

void tp_close(struct tp_object *object)
{
    tp_disarm(object);
    leave_group(object);
    tp_release(object);
}

void tp_post(struct tp_object *object)
{
    struct _TP_POOL *pool = object->pool;
    bool idle;

    RtlAcquireSRWLockExclusive(&pool->lock);
    tp_retain(object);
    if (!object->pending++) list_append(&pool->queues[object->priority], &object->queue_link);
    pool->queued++;
    idle = pool->idle != 0;
    pool_adjust_unlock(pool);
    if (idle) RtlWakeConditionVariable(&pool->work);
}

ULONG tp_cancel_pending(struct tp_object *object)
{
    struct _TP_POOL *pool = object->pool;
    struct tp_completion *completion = NULL, *next;
    ULONG cancelled;

    RtlAcquireSRWLockExclusive(&pool->lock);
    if ((cancelled = object->pending)) {
        object->pending = 0;
        pool->queued -= cancelled;
        list_remove(&object->queue_link);
        if (object->kind == TP_KIND_IO) {
            completion = object->io.first;
            object->io.first = NULL;
            object->io.last = &object->io.first;
        }
        if (!object->running) RtlWakeAllConditionVariable(&object->quiet);
    }
    RtlReleaseSRWLockExclusive(&pool->lock);
    for (; completion; completion = next) {
        next = completion->next;
        heap_free(completion);
    }
    for (ULONG i = 0; i < cancelled; i++) tp_release(object); /* the caller holds one more */
    return cancelled;
}

static void wait_until(struct tp_object *object, bool pending_too)
{
    RtlAcquireSRWLockExclusive(&object->pool->lock);
    while (object->running || (pending_too && object->pending))
        RtlSleepConditionVariableSRW(&object->quiet, &object->pool->lock, NULL, 0);
    RtlReleaseSRWLockExclusive(&object->pool->lock);
}

void tp_wait(struct tp_object *object, BOOLEAN cancel)
{
    if (cancel) tp_cancel_pending(object);
    wait_until(object, true);
}

void tp_wait_running(struct tp_object *object)
{
    wait_until(object, false);
}

/* ---- workers ---- */

static void callback_done(struct tp_object *object)
{
    if (!--object->running) RtlWakeAllConditionVariable(&object->quiet);
}

static void call(struct tp_object *object, struct tp_completion *completion)
{
    TP_CALLBACK_INSTANCE instance = { .object = object, .thread_id = ferry_teb()->ClientId.UniqueThread };
    struct _TP_POOL *pool = object->pool;
    PTP_SIMPLE_CALLBACK finalization = object->finalization;
    void *context = object->context;

    if (object->long_function) TpCallbackMayRunLong(&instance);
    switch (object->kind) {
    case TP_KIND_SIMPLE: ((PTP_SIMPLE_CALLBACK)object->callback)(&instance, context); break;
    case TP_KIND_WORK: ((PTP_WORK_CALLBACK)object->callback)(&instance, context, (TP_WORK *)object); break;
    case TP_KIND_TIMER: ((PTP_TIMER_CALLBACK)object->callback)(&instance, context, (TP_TIMER *)object); break;
    case TP_KIND_WAIT:
        ((PTP_WAIT_CALLBACK)object->callback)(&instance, context, (TP_WAIT *)object, object->wait.result);
        break;
    case TP_KIND_IO:
        ((PTP_IO_CALLBACK)object->callback)(&instance, context, completion->apc_context, &completion->io,
                                            (TP_IO *)object);
        heap_free(completion);
        break;
    }
    if (finalization) finalization(&instance, context);
    if (instance.section) RtlLeaveCriticalSection(instance.section);
    if (instance.mutex) NtReleaseMutant(instance.mutex, NULL);
    if (instance.semaphore) NtReleaseSemaphore(instance.semaphore, instance.release_count, NULL);
    if (instance.event) NtSetEvent(instance.event, NULL);
    if (instance.dll) LdrUnloadDll(instance.dll);
    if (object->kind == TP_KIND_SIMPLE) leave_group(object);
    RtlAcquireSRWLockExclusive(&pool->lock);
    if (instance.long_function) pool->long_running--;
    if (!instance.disassociated) callback_done(object);
    RtlReleaseSRWLockExclusive(&pool->lock);
    if (object->kind == TP_KIND_SIMPLE) tp_release(object);
    tp_release(object);
}

static struct tp_object *next_object(struct _TP_POOL *pool, struct tp_completion **completion)
{
    for (ULONG i = 0; i < ARRAY_SIZE(pool->queues); i++) {
        LIST_ENTRY *link = pool->queues[i].Flink;
        struct tp_object *object;
        if (link == &pool->queues[i]) continue;
        object = CONTAINING_RECORD(link, struct tp_object, queue_link);
        /* In turn: an object with many callbacks does not keep others from theirs. */
        list_remove(link);
        if (--object->pending) list_append(&pool->queues[i], link);
        object->running++;
        pool->queued--;
        pool->taken++;
        *completion = NULL;
        if (object->kind == TP_KIND_IO && (*completion = object->io.first)) {
            if (!(object->io.first = (*completion)->next)) object->io.last = &object->io.first;
        }
        return object;
    }
    return NULL;
}

static ULONG NTAPI worker(void *argument)
{
    struct _TP_POOL *pool = argument;
    LARGE_INTEGER idle_time = { .QuadPart = IDLE_TIME };

    RtlAcquireSRWLockExclusive(&pool->lock);
    for (;;) {
        struct tp_completion *completion;
        struct tp_object *object = next_object(pool, &completion);
        NTSTATUS status;

        if (object) {
            RtlReleaseSRWLockExclusive(&pool->lock);
            call(object, completion);
            RtlAcquireSRWLockExclusive(&pool->lock);
            continue;
        }
        if (pool->closed) break;
        pool->idle++;
        status = RtlSleepConditionVariableSRW(&pool->work, &pool->lock, &idle_time, 0);
        pool->idle--;
        if (status == STATUS_TIMEOUT && !pool->queued && pool->workers > pool->minimum) break;
    }
    pool->workers--;
    RtlReleaseSRWLockExclusive(&pool->lock);
    tp_pool_release(pool);
    return 0;
}

/* ---- work ---- */

NTSTATUS NTAPI TpAllocWork(TP_WORK **work, PTP_WORK_CALLBACK callback, void *context, TP_CALLBACK_ENVIRON *environment)
{
    return tp_object_create((struct tp_object **)work, TP_KIND_WORK, callback, context, environment);
}

void NTAPI TpPostWork(TP_WORK *work)
{
    tp_post((struct tp_object *)work);
}

void NTAPI TpWaitForWork(TP_WORK *work, BOOLEAN cancel_pending)
{
    tp_wait((struct tp_object *)work, cancel_pending);
}

/* Callbacks that were posted still run. */
void NTAPI TpReleaseWork(TP_WORK *work)
{
    tp_close((struct tp_object *)work);
}

/* threadpoolapiset.h: TrySubmitThreadpoolCallback. */
NTSTATUS NTAPI TpSimpleTryPost(PTP_SIMPLE_CALLBACK callback, void *context, TP_CALLBACK_ENVIRON *environment)
{
    struct tp_object *object;
    NTSTATUS status = tp_object_create(&object, TP_KIND_SIMPLE, callback, context, environment);

    if (!status) tp_post(object);
    return status;
}

/* ---- cleanup groups ---- */

NTSTATUS NTAPI TpAllocCleanupGroup(TP_CLEANUP_GROUP **result)
{
    struct _TP_CLEANUP_GROUP *group = heap_allocate_zeroed(sizeof(*group));

    if (!group) return STATUS_NO_MEMORY;
    list_init(&group->members);
    *result = group;
    return STATUS_SUCCESS;
}

/* The group must have no members. */
void NTAPI TpReleaseCleanupGroup(TP_CLEANUP_GROUP *group)
{
    heap_free(group);
}

/* Releases all members, after their callbacks have returned; with `cancel_pending` those that have not begun never run,
 * and the cancel callback of each member's environment is told. */
void NTAPI TpReleaseCleanupGroupMembers(TP_CLEANUP_GROUP *group, BOOLEAN cancel_pending, void *cleanup_context)
{
    for (;;) {
        struct tp_object *object;
        LIST_ENTRY *link;
        bool simple_ran = false;

        RtlAcquireSRWLockExclusive(&group->lock);
        link = group->members.Flink;
        if (link == &group->members) {
            RtlReleaseSRWLockExclusive(&group->lock);
            return;
        }
        object = CONTAINING_RECORD(link, struct tp_object, group_link);
        list_remove(link);
        object->group = NULL;
        tp_retain(object);
        RtlReleaseSRWLockExclusive(&group->lock);

        tp_disarm(object);
        if (cancel_pending) {
            /* One that began releases itself. */
            simple_ran = !tp_cancel_pending(object) && object->kind == TP_KIND_SIMPLE;
            if (object->cancel && !simple_ran) object->cancel(object->context, cleanup_context);
        }
        tp_wait(object, FALSE);
        if (object->kind == TP_KIND_SIMPLE && !cancel_pending) simple_ran = true;
        if (!simple_ran) tp_release(object);
        tp_release(object);
    }
}

/* ---- inside a callback ---- */

/* STATUS_TOO_MANY_THREADS when no thread can take this one's place. */
NTSTATUS NTAPI TpCallbackMayRunLong(TP_CALLBACK_INSTANCE *instance)
{
    struct _TP_POOL *pool = instance->object->pool;
    NTSTATUS status = STATUS_SUCCESS;

    if (instance->long_function) return STATUS_SUCCESS;
    RtlAcquireSRWLockExclusive(&pool->lock);
    instance->long_function = true;
    pool->long_running++;
    if (!pool->idle && pool->workers >= pool->maximum) status = STATUS_TOO_MANY_THREADS;
    pool_adjust_unlock(pool);
    return status;
}

void NTAPI TpDisassociateCallback(TP_CALLBACK_INSTANCE *instance)
{
    if (instance->disassociated) return;
    RtlAcquireSRWLockExclusive(&instance->object->pool->lock);
    instance->disassociated = true;
    callback_done(instance->object);
    RtlReleaseSRWLockExclusive(&instance->object->pool->lock);
}

void NTAPI TpCallbackLeaveCriticalSectionOnCompletion(TP_CALLBACK_INSTANCE *instance, RTL_CRITICAL_SECTION *section)
{
    instance->section = section;
}

void NTAPI TpCallbackReleaseMutexOnCompletion(TP_CALLBACK_INSTANCE *instance, HANDLE mutex)
{
    instance->mutex = mutex;
}

void NTAPI TpCallbackReleaseSemaphoreOnCompletion(TP_CALLBACK_INSTANCE *instance, HANDLE semaphore, ULONG count)
{
    instance->semaphore = semaphore;
    instance->release_count = (LONG)count;
}

void NTAPI TpCallbackSetEventOnCompletion(TP_CALLBACK_INSTANCE *instance, HANDLE event)
{
    instance->event = event;
}

void NTAPI TpCallbackUnloadDllOnCompletion(TP_CALLBACK_INSTANCE *instance, HANDLE dll)
{
    instance->dll = dll;
}
