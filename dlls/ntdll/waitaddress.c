/* WaitOnAddress, one-time initialisation and barriers (synchapi.h). */
#include "park.h"

static bool differs(const volatile void *address, const void *compare, SIZE_T size)
{
    switch (size) {
    case 1: return *(const volatile UCHAR *)address != *(const UCHAR *)compare;
    case 2: return *(const volatile USHORT *)address != *(const USHORT *)compare;
    case 4: return *(const volatile ULONG *)address != *(const ULONG *)compare;
    default: return __atomic_load_n((const ULONGLONG *)address, __ATOMIC_RELAXED) != *(const ULONGLONG *)compare;
    }
}

/* synchapi.h: WaitOnAddress. size: 1, 2, 4 or 8. Returns at once when the values differ already. */
NTSTATUS NTAPI RtlWaitOnAddress(volatile void *address, void *compare, SIZE_T size, const LARGE_INTEGER *timeout)
{
    struct park_waiter waiter;
    struct park_bucket *bucket;

    if (size != 1 && size != 2 && size != 4 && size != 8) return STATUS_INVALID_PARAMETER;
    if (differs(address, compare, size)) return STATUS_SUCCESS;
    /* Queued first, looked at again then, both before the bucket's lock goes: a waker that changed the value either
     * sees the queue or is seen. The values are read outside the lock: they may fault. */
    bucket = park_lock((const void *)address);
    park_enqueue(bucket, &waiter, (const void *)address, 0);
    park_unlock(bucket);
    if (differs(address, compare, size)) {
        bucket = park_lock((const void *)address);
        bool queued = waiter.key != NULL;
        if (queued) park_remove(bucket, &waiter);
        park_unlock(bucket);
        return queued ? STATUS_SUCCESS : park_wait(&waiter, NULL);
    }
    return park_wait(&waiter, timeout);
}

static void wake(const void *address, bool all)
{
    struct park_bucket *bucket;
    struct park_waiter *waiter, *woken = NULL, **end = &woken;

    if (park_nobody(address)) return;
    bucket = park_lock(address);
    while ((waiter = park_find(bucket, address, NULL))) {
        park_remove(bucket, waiter);
        waiter->next = NULL;
        *end = waiter;
        end = &waiter->next;
        if (!all) break;
    }
    park_unlock(bucket);
    park_signal_all(woken);
}

void NTAPI RtlWakeAddressSingle(void *address)
{
    wake(address, false);
}

void NTAPI RtlWakeAddressAll(void *address)
{
    wake(address, true);
}

/* ---- RTL_RUN_ONCE: low bits 0 not begun, 1 running, 3 running asynchronously, 2 done (rest: the context) ---- */

enum { ONCE_NEW, ONCE_RUNNING, ONCE_DONE, ONCE_ASYNC };
#define ONCE_STATE(value) ((value) & 3)

void NTAPI RtlRunOnceInitialize(RTL_RUN_ONCE *once)
{
    once->Ptr = NULL;
}

/* STATUS_PENDING: the caller initialises. RTL_RUN_ONCE_CHECK_ONLY and not done: STATUS_UNSUCCESSFUL. */
ULONG NTAPI RtlRunOnceBeginInitialize(RTL_RUN_ONCE *once, ULONG flags, void **context)
{
    ULONG_PTR *at = (ULONG_PTR *)&once->Ptr, value = __atomic_load_n(at, __ATOMIC_ACQUIRE);

    if (flags & ~(RTL_RUN_ONCE_CHECK_ONLY | RTL_RUN_ONCE_ASYNC) ||
        flags == (RTL_RUN_ONCE_CHECK_ONLY | RTL_RUN_ONCE_ASYNC))
        return STATUS_INVALID_PARAMETER_2;
    for (;;) {
        switch (ONCE_STATE(value)) {
        case ONCE_DONE:
            if (context) *context = (void *)(value & ~(ULONG_PTR)3);
            return STATUS_SUCCESS;
        case ONCE_NEW:
            if (flags & RTL_RUN_ONCE_CHECK_ONLY) return STATUS_UNSUCCESSFUL;
            if (__atomic_compare_exchange_n(at, &value, flags & RTL_RUN_ONCE_ASYNC ? ONCE_ASYNC : ONCE_RUNNING, false,
                                            __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
                return STATUS_PENDING;
            break;
        case ONCE_RUNNING:
            if (flags & RTL_RUN_ONCE_CHECK_ONLY) return STATUS_UNSUCCESSFUL;
            if (flags & RTL_RUN_ONCE_ASYNC) return STATUS_INVALID_PARAMETER_2;
            RtlWaitOnAddress(at, &value, sizeof(value), NULL);
            value = __atomic_load_n(at, __ATOMIC_ACQUIRE);
            break;
        default:
            if (flags & RTL_RUN_ONCE_CHECK_ONLY) return STATUS_UNSUCCESSFUL;
            return flags & RTL_RUN_ONCE_ASYNC ? STATUS_PENDING : STATUS_INVALID_PARAMETER_2;
        }
    }
}

ULONG NTAPI RtlRunOnceComplete(RTL_RUN_ONCE *once, ULONG flags, void *context)
{
    ULONG_PTR *at = (ULONG_PTR *)&once->Ptr, value = __atomic_load_n(at, __ATOMIC_RELAXED);
    ULONG_PTR result = (ULONG_PTR)context | ONCE_DONE;

    if ((ULONG_PTR)context & 3) return STATUS_INVALID_PARAMETER;
    if (flags & RTL_RUN_ONCE_INIT_FAILED) {
        if (context) return STATUS_INVALID_PARAMETER_3;
        if (flags & RTL_RUN_ONCE_ASYNC) return STATUS_INVALID_PARAMETER_2;
        result = ONCE_NEW;
    }
    if (flags & ~(RTL_RUN_ONCE_INIT_FAILED | RTL_RUN_ONCE_ASYNC)) return STATUS_INVALID_PARAMETER_2;
    switch (ONCE_STATE(value)) {
    case ONCE_RUNNING:
        if (flags & RTL_RUN_ONCE_ASYNC) return STATUS_INVALID_PARAMETER_2;
        __atomic_store_n(at, result, __ATOMIC_RELEASE);
        RtlWakeAddressAll(at);
        return STATUS_SUCCESS;
    case ONCE_ASYNC:
        if (!(flags & RTL_RUN_ONCE_ASYNC)) return STATUS_INVALID_PARAMETER_2;
        value = ONCE_ASYNC;
        return __atomic_compare_exchange_n(at, &value, result, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED)
                   ? STATUS_SUCCESS
                   : STATUS_OBJECT_NAME_COLLISION;
    case ONCE_DONE:
        /* Somebody else was first with the asynchronous initialisation. */
        return flags & RTL_RUN_ONCE_ASYNC ? STATUS_OBJECT_NAME_COLLISION : STATUS_UNSUCCESSFUL;
    default: return STATUS_UNSUCCESSFUL;
    }
}

ULONG NTAPI RtlRunOnceExecuteOnce(RTL_RUN_ONCE *once, PRTL_RUN_ONCE_INIT_FN function, void *parameter, void **context)
{
    void *result = NULL;
    NTSTATUS status = RtlRunOnceBeginInitialize(once, 0, context);

    if (status != STATUS_PENDING) return status;
    if (!function(once, parameter, context ? context : &result)) {
        RtlRunOnceComplete(once, RTL_RUN_ONCE_INIT_FAILED, NULL);
        return STATUS_UNSUCCESSFUL;
    }
    return RtlRunOnceComplete(once, 0, context ? *context : result);
}

/* ---- barriers ---- */

struct barrier {
    LONG left;   /* threads still missing in this phase */
    LONG total;
    LONG phase;
    LONG inside; /* threads that have not left RtlBarrier yet */
    LONG spins;
};
_Static_assert(sizeof(struct barrier) <= sizeof(RTL_BARRIER), "RTL_BARRIER");

/* spins: how often to look before sleeping, -1 for the default. */
NTSTATUS NTAPI RtlInitBarrier(RTL_BARRIER *handle, LONG total, LONG spins)
{
    struct barrier *barrier = (struct barrier *)handle;

    if (!handle || total <= 0 || spins < -1) return STATUS_INVALID_PARAMETER;
    barrier->left = barrier->total = total;
    barrier->phase = barrier->inside = 0;
    barrier->spins = ferry_peb()->NumberOfProcessors > 1 ? (spins == -1 ? 2000 : spins) : 0;
    return STATUS_SUCCESS;
}

/* TRUE for exactly one thread of each phase, the last to come. Flags: SYNCHRONIZATION_BARRIER_FLAGS_*. */
BOOLEAN NTAPI RtlBarrier(RTL_BARRIER *handle, ULONG flags)
{
    struct barrier *barrier = (struct barrier *)handle;
    LONG phase = __atomic_load_n(&barrier->phase, __ATOMIC_ACQUIRE);
    LONG spins = flags & SYNCHRONIZATION_BARRIER_FLAGS_BLOCK_ONLY ? 0 : barrier->spins;
    BOOLEAN last;

    InterlockedIncrement(&barrier->inside);
    last = !InterlockedDecrement(&barrier->left);
    if (last) {
        barrier->left = barrier->total;
        __atomic_store_n(&barrier->phase, phase + 1, __ATOMIC_RELEASE);
        RtlWakeAddressAll(&barrier->phase);
    } else {
        while (__atomic_load_n(&barrier->phase, __ATOMIC_ACQUIRE) == phase) {
            if (spins > 0 || (flags & SYNCHRONIZATION_BARRIER_FLAGS_SPIN_ONLY)) {
                spins--;
                park_pause();
            } else {
                RtlWaitOnAddress(&barrier->phase, &phase, sizeof(phase), NULL);
            }
        }
    }
    if (!InterlockedDecrement(&barrier->inside) && !(flags & SYNCHRONIZATION_BARRIER_FLAGS_NO_DELETE))
        RtlWakeAddressAll(&barrier->inside);
    return last;
}

/* Waits until every thread has left. */
NTSTATUS NTAPI RtlDeleteBarrier(RTL_BARRIER *handle)
{
    struct barrier *barrier = (struct barrier *)handle;
    LONG inside;

    while ((inside = __atomic_load_n(&barrier->inside, __ATOMIC_ACQUIRE)))
        RtlWaitOnAddress(&barrier->inside, &inside, sizeof(inside), NULL);
    return STATUS_SUCCESS;
}
