#include "park.h"

static struct park_bucket buckets[128];

static struct park_bucket *bucket_of(const void *key)
{
    ULONG_PTR hash = (ULONG_PTR)key >> 3;
    hash ^= hash >> 7 ^ hash >> 14;
    return &buckets[hash % ARRAY_SIZE(buckets)];
}

static bool is_last_thread(void)
{
    FERRY_PEB_LDR_DATA *ldr = ferry_peb()->Ldr;
    return ldr && ldr->ShutdownInProgress && ldr->ShutdownThreadId == ferry_teb()->ClientId.UniqueThread;
}

void park_check_shutdown(void)
{
    if (is_last_thread()) NtTerminateProcess(NtCurrentProcess(), exit_status);
}

struct park_bucket *park_lock(const void *key)
{
    struct park_bucket *bucket = bucket_of(key);
    ULONG spins = 0;

    while (__atomic_exchange_n(&bucket->lock, 1, __ATOMIC_ACQUIRE)) {
        while (__atomic_load_n(&bucket->lock, __ATOMIC_RELAXED)) {
            if (++spins < 200) {
                park_pause();
                continue;
            }
            if (is_last_thread()) return bucket; /* its owner is dead */
            NtYieldExecution();
        }
    }
    return bucket;
}

void park_unlock(struct park_bucket *bucket)
{
    __atomic_store_n(&bucket->lock, 0, __ATOMIC_RELEASE);
}

void park_enqueue(struct park_bucket *bucket, struct park_waiter *waiter, const void *key, LONG kind)
{
    waiter->key = key;
    waiter->kind = kind;
    waiter->thread_id = ferry_teb()->ClientId.UniqueThread;
    waiter->signalled = 0;
    waiter->next = NULL;
    waiter->previous = bucket->last;
    if (bucket->last) bucket->last->next = waiter;
    else bucket->first = waiter;
    bucket->last = waiter;
    __atomic_add_fetch(&bucket->count, 1, __ATOMIC_SEQ_CST);
}

void park_remove(struct park_bucket *bucket, struct park_waiter *waiter)
{
    if (waiter->next) waiter->next->previous = waiter->previous;
    else bucket->last = waiter->previous;
    if (waiter->previous) waiter->previous->next = waiter->next;
    else bucket->first = waiter->next;
    waiter->key = NULL;
    __atomic_sub_fetch(&bucket->count, 1, __ATOMIC_RELAXED);
}

struct park_waiter *park_find(struct park_bucket *bucket, const void *key, struct park_waiter *after)
{
    struct park_waiter *waiter = after ? after->next : bucket->first;

    while (waiter && waiter->key != key) waiter = waiter->next;
    return waiter;
}

bool park_nobody(const void *key)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return !__atomic_load_n(&bucket_of(key)->count, __ATOMIC_RELAXED);
}

NTSTATUS park_wait(struct park_waiter *waiter, const LARGE_INTEGER *timeout)
{
    const void *key = waiter->key;
    LARGE_INTEGER left, start, now, frequency;
    LARGE_INTEGER *limit = NULL;

    if (timeout) {
        left = *timeout;
        limit = &left;
        if (left.QuadPart < 0) NtQueryPerformanceCounter(&start, &frequency);
    }
    while (!__atomic_load_n(&waiter->signalled, __ATOMIC_ACQUIRE)) {
        NTSTATUS status = NtWaitForAlertByThreadId((void *)key, limit);
        if (__atomic_load_n(&waiter->signalled, __ATOMIC_ACQUIRE)) break;
        if (status == STATUS_TIMEOUT) {
            struct park_bucket *bucket = park_lock(key);
            bool queued = waiter->key != NULL;
            if (queued) park_remove(bucket, waiter);
            park_unlock(bucket);
            if (queued) return STATUS_TIMEOUT;
            limit = NULL; /* taken out already: the signal is on its way */
        } else if (limit && timeout->QuadPart < 0) {
            /* An alert that was meant for an earlier wait. */
            NtQueryPerformanceCounter(&now, &frequency);
            left.QuadPart = timeout->QuadPart + (LONGLONG)((double)(now.QuadPart - start.QuadPart) * 1e7 /
                                                           (double)frequency.QuadPart);
            if (left.QuadPart > 0) left.QuadPart = 0;
        }
    }
    return STATUS_SUCCESS;
}

void park_signal(struct park_waiter *waiter)
{
    HANDLE thread_id = waiter->thread_id;

    __atomic_store_n(&waiter->signalled, 1, __ATOMIC_RELEASE);
    NtAlertThreadByThreadId(thread_id);
}

void park_signal_all(struct park_waiter *waiter)
{
    while (waiter) {
        struct park_waiter *next = waiter->next;
        park_signal(waiter);
        waiter = next;
    }
}
