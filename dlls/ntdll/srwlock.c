/* Slim reader/writer locks and condition variables (synchapi.h: AcquireSRWLockExclusive, SleepConditionVariableCS…).
 *
 * The lock word: 0 free, 1 owned exclusively, n << 4 | 1 owned by n readers; bit 1: threads are queued.
 */
#include "park.h"

#define SRW_OWNED ((ULONG_PTR)1)
#define SRW_QUEUED ((ULONG_PTR)2)
#define SRW_READER ((ULONG_PTR)16)

enum { KIND_EXCLUSIVE, KIND_SHARED };

static inline ULONG_PTR *word(RTL_SRWLOCK *lock)
{
    return (ULONG_PTR *)&lock->Ptr;
}

static inline bool change(ULONG_PTR *at, ULONG_PTR *from, ULONG_PTR to, int order)
{
    return __atomic_compare_exchange_n(at, from, to, false, order, __ATOMIC_RELAXED);
}

/* What a lock of this kind makes of the word, or 0 when it must wait. */
static inline ULONG_PTR taken(ULONG_PTR value, LONG kind, bool woken)
{
    if (!(value & SRW_OWNED)) return value | SRW_OWNED | (kind == KIND_SHARED ? SRW_READER : 0);
    /* Readers join readers, unless somebody queues: then only those that were woken together. */
    if (kind == KIND_SHARED && value >= SRW_READER && (woken || !(value & SRW_QUEUED))) return value + SRW_READER;
    return 0;
}

static __attribute__((noinline)) void acquire(RTL_SRWLOCK *lock, LONG kind)
{
    ULONG_PTR *at = word(lock), value, next;
    ULONG spins = ferry_peb()->NumberOfProcessors > 1 ? 150 : 0;
    bool woken = false;

    for (;;) {
        value = __atomic_load_n(at, __ATOMIC_RELAXED);
        if ((next = taken(value, kind, woken))) {
            if (change(at, &value, next, __ATOMIC_ACQUIRE)) return;
            continue;
        }
        if (spins) {
            spins--;
            park_pause();
            continue;
        }
        park_check_shutdown();
        struct park_waiter waiter;
        struct park_bucket *bucket = park_lock(lock);
        /* The queue bit changes only under the bucket's lock. */
        value = __atomic_load_n(at, __ATOMIC_RELAXED);
        if (taken(value, kind, woken) || !change(at, &value, value | SRW_QUEUED, __ATOMIC_RELAXED)) {
            park_unlock(bucket);
            continue;
        }
        park_enqueue(bucket, &waiter, lock, kind);
        park_unlock(bucket);
        park_wait(&waiter, NULL);
        woken = true;
    }
}

/* The word is owned with the queue bit set, and the caller is the last owner: frees it and wakes the first waiter, and
 * with a reader all readers. */
static __attribute__((noinline)) void release_and_wake(RTL_SRWLOCK *lock)
{
    struct park_bucket *bucket = park_lock(lock);
    struct park_waiter *waiter = park_find(bucket, lock, NULL), *next, *wake = NULL, **end = &wake;
    LONG kind = waiter ? waiter->kind : KIND_EXCLUSIVE;

    for (; waiter; waiter = next) {
        next = park_find(bucket, lock, waiter);
        if (waiter->kind != kind) continue;
        park_remove(bucket, waiter);
        waiter->next = NULL;
        *end = waiter;
        end = &waiter->next;
        if (kind == KIND_EXCLUSIVE) break;
    }
    __atomic_store_n(word(lock), park_find(bucket, lock, NULL) ? SRW_QUEUED : 0, __ATOMIC_RELEASE);
    park_unlock(bucket);
    park_signal_all(wake);
}

void NTAPI RtlInitializeSRWLock(RTL_SRWLOCK *lock)
{
    lock->Ptr = NULL;
}

/* Taking a lock again that the thread owns exclusively waits forever, as the reference says. */
void NTAPI RtlAcquireSRWLockExclusive(RTL_SRWLOCK *lock)
{
    ULONG_PTR value = 0;
    if (!change(word(lock), &value, SRW_OWNED, __ATOMIC_ACQUIRE)) acquire(lock, KIND_EXCLUSIVE);
}

void NTAPI RtlAcquireSRWLockShared(RTL_SRWLOCK *lock)
{
    ULONG_PTR value = 0;
    if (!change(word(lock), &value, SRW_OWNED | SRW_READER, __ATOMIC_ACQUIRE)) acquire(lock, KIND_SHARED);
}

BOOLEAN NTAPI RtlTryAcquireSRWLockExclusive(RTL_SRWLOCK *lock)
{
    ULONG_PTR value = __atomic_load_n(word(lock), __ATOMIC_RELAXED);

    while (!(value & SRW_OWNED))
        if (change(word(lock), &value, value | SRW_OWNED, __ATOMIC_ACQUIRE)) return TRUE;
    return FALSE;
}

BOOLEAN NTAPI RtlTryAcquireSRWLockShared(RTL_SRWLOCK *lock)
{
    ULONG_PTR value = __atomic_load_n(word(lock), __ATOMIC_RELAXED), next;

    while ((next = taken(value, KIND_SHARED, false)))
        if (change(word(lock), &value, next, __ATOMIC_ACQUIRE)) return TRUE;
    return FALSE;
}

void NTAPI RtlReleaseSRWLockExclusive(RTL_SRWLOCK *lock)
{
    ULONG_PTR value = SRW_OWNED;

    if (change(word(lock), &value, 0, __ATOMIC_RELEASE)) return;
    if (!(value & SRW_OWNED)) RtlRaiseStatus(STATUS_RESOURCE_NOT_OWNED);
    release_and_wake(lock);
}

void NTAPI RtlReleaseSRWLockShared(RTL_SRWLOCK *lock)
{
    ULONG_PTR value = SRW_OWNED | SRW_READER, next;

    if (change(word(lock), &value, 0, __ATOMIC_RELEASE)) return;
    for (;;) {
        if (value < SRW_READER) RtlRaiseStatus(STATUS_RESOURCE_NOT_OWNED);
        next = value - SRW_READER;
        if (next < SRW_READER && !(next & SRW_QUEUED)) next = 0;
        if (change(word(lock), &value, next, __ATOMIC_RELEASE)) break;
    }
    /* The last reader of a queued lock left it owned without readers, so that nobody joins meanwhile. */
    if (next == (SRW_OWNED | SRW_QUEUED)) release_and_wake(lock);
}

/* ---- condition variables: the word says whether anybody may be queued ---- */

static ULONG_PTR *hint(RTL_CONDITION_VARIABLE *variable)
{
    return (ULONG_PTR *)&variable->Ptr;
}

void NTAPI RtlInitializeConditionVariable(RTL_CONDITION_VARIABLE *variable)
{
    variable->Ptr = NULL;
}

static void condition_enqueue(RTL_CONDITION_VARIABLE *variable, struct park_waiter *waiter)
{
    struct park_bucket *bucket = park_lock(variable);

    park_enqueue(bucket, waiter, variable, 0);
    __atomic_store_n(hint(variable), 1, __ATOMIC_SEQ_CST);
    park_unlock(bucket);
}

static void condition_wake(RTL_CONDITION_VARIABLE *variable, bool all)
{
    struct park_bucket *bucket;
    struct park_waiter *waiter, *wake = NULL, **end = &wake;

    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (!__atomic_load_n(hint(variable), __ATOMIC_RELAXED)) return;
    bucket = park_lock(variable);
    while ((waiter = park_find(bucket, variable, NULL))) {
        if (wake && !all) break;
        park_remove(bucket, waiter);
        waiter->next = NULL;
        *end = waiter;
        end = &waiter->next;
    }
    if (!waiter) __atomic_store_n(hint(variable), 0, __ATOMIC_RELAXED);
    park_unlock(bucket);
    park_signal_all(wake);
}

void NTAPI RtlWakeConditionVariable(RTL_CONDITION_VARIABLE *variable)
{
    condition_wake(variable, false);
}

void NTAPI RtlWakeAllConditionVariable(RTL_CONDITION_VARIABLE *variable)
{
    condition_wake(variable, true);
}

/* STATUS_TIMEOUT when `timeout` (NT's form, NULL: none) ran out; the section is owned again in any case. */
NTSTATUS NTAPI RtlSleepConditionVariableCS(RTL_CONDITION_VARIABLE *variable, RTL_CRITICAL_SECTION *section,
                                           const LARGE_INTEGER *timeout)
{
    struct park_waiter waiter;
    NTSTATUS status;

    condition_enqueue(variable, &waiter);
    RtlLeaveCriticalSection(section);
    status = park_wait(&waiter, timeout);
    RtlEnterCriticalSection(section);
    return status;
}

NTSTATUS NTAPI RtlSleepConditionVariableSRW(RTL_CONDITION_VARIABLE *variable, RTL_SRWLOCK *lock,
                                            const LARGE_INTEGER *timeout, ULONG flags)
{
    struct park_waiter waiter;
    NTSTATUS status;

    if (flags & ~RTL_CONDITION_VARIABLE_LOCKMODE_SHARED) return STATUS_INVALID_PARAMETER_4;
    condition_enqueue(variable, &waiter);
    if (flags) RtlReleaseSRWLockShared(lock);
    else RtlReleaseSRWLockExclusive(lock);
    status = park_wait(&waiter, timeout);
    if (flags) RtlAcquireSRWLockShared(lock);
    else RtlAcquireSRWLockExclusive(lock);
    return status;
}
