/* Critical sections (synchapi.h: InitializeCriticalSection and its like).
 *
 * LockCount is as the reference documents it since Windows Vista: bit 0 set: free; bit 1 clear: a waiter was woken and
 * has not run yet; above, the ones' complement of the number of waiters. Free without waiters is -1.
 */
#include "park.h"

#define CS_FREE 1
#define CS_NOT_WOKEN 2
#define CS_WAITER 4
#define CS_FLAGS 0xff000000u

NTSTATUS exit_status;

/* Flags: RTL_CRITICAL_SECTION_FLAG_*. DebugInfo is -1 unless RTL_CRITICAL_SECTION_FLAG_FORCE_DEBUG_INFO asks for it. */
NTSTATUS NTAPI RtlInitializeCriticalSectionEx(RTL_CRITICAL_SECTION *section, ULONG spin_count, ULONG flags)
{
    if (spin_count & CS_FLAGS) return STATUS_INVALID_PARAMETER_2;
    if (flags & ~CS_FLAGS) return STATUS_INVALID_PARAMETER_3;
    section->DebugInfo = (RTL_CRITICAL_SECTION_DEBUG *)(LONG_PTR)-1;
    if (flags & 0x10000000) {
        RTL_CRITICAL_SECTION_DEBUG *debug = heap_allocate_zeroed(sizeof(*debug));
        if (!debug) return STATUS_NO_MEMORY;
        debug->Type = RTL_CRITSECT_TYPE;
        debug->CriticalSection = section;
        debug->ProcessLocksList.Flink = debug->ProcessLocksList.Blink = &debug->ProcessLocksList;
        section->DebugInfo = debug;
    }
    section->LockCount = -1;
    section->RecursionCount = 0;
    section->OwningThread = NULL;
    section->LockSemaphore = NULL;
    section->SpinCount = ferry_peb()->NumberOfProcessors > 1 ? spin_count : 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlInitializeCriticalSectionAndSpinCount(RTL_CRITICAL_SECTION *section, ULONG spin_count)
{
    return RtlInitializeCriticalSectionEx(section, spin_count & ~CS_FLAGS, 0);
}

NTSTATUS NTAPI RtlInitializeCriticalSection(RTL_CRITICAL_SECTION *section)
{
    return RtlInitializeCriticalSectionEx(section, 2000, 0);
}

/* Returns the spin count before. */
ULONG NTAPI RtlSetCriticalSectionSpinCount(RTL_CRITICAL_SECTION *section, ULONG spin_count)
{
    ULONG old = (ULONG)section->SpinCount;

    section->SpinCount = ferry_peb()->NumberOfProcessors > 1 ? spin_count & ~CS_FLAGS : 0;
    return old & ~CS_FLAGS;
}

NTSTATUS NTAPI RtlDeleteCriticalSection(RTL_CRITICAL_SECTION *section)
{
    RTL_CRITICAL_SECTION_DEBUG *debug = section->DebugInfo;

    section->DebugInfo = NULL;
    section->RecursionCount = 0;
    section->OwningThread = NULL;
    section->LockSemaphore = NULL;
    section->SpinCount = 0;
    section->LockCount = -1;
    if (debug != (RTL_CRITICAL_SECTION_DEBUG *)(LONG_PTR)-1) heap_free(debug);
    return STATUS_SUCCESS;
}

static inline bool take(RTL_CRITICAL_SECTION *section)
{
    /* One locked bit-clear: waiters' bits stay as they are. */
    return __atomic_fetch_and(&section->LockCount, ~CS_FREE, __ATOMIC_ACQUIRE) & CS_FREE;
}

static bool try_take(RTL_CRITICAL_SECTION *section)
{
    return (__atomic_load_n(&section->LockCount, __ATOMIC_RELAXED) & CS_FREE) && take(section);
}

static __attribute__((noinline)) void wait_and_take(RTL_CRITICAL_SECTION *section)
{
    LONG value;

    for (ULONG_PTR spins = section->SpinCount & ~(ULONG_PTR)CS_FLAGS; spins; spins--) {
        if (try_take(section)) return;
        park_pause();
    }
    park_check_shutdown();
    if (section->DebugInfo && section->DebugInfo != (RTL_CRITICAL_SECTION_DEBUG *)(LONG_PTR)-1)
        InterlockedIncrement((LONG *)&section->DebugInfo->ContentionCount);
    value = __atomic_sub_fetch(&section->LockCount, CS_WAITER, __ATOMIC_RELAXED);
    for (;;) {
        if (value & CS_FREE) {
            /* Owner now, one waiter less; whoever was woken has run. */
            if (__atomic_compare_exchange_n(&section->LockCount, &value,
                                            ((value & ~CS_FREE) + CS_WAITER) | CS_NOT_WOKEN, false, __ATOMIC_ACQUIRE,
                                            __ATOMIC_RELAXED))
                return;
            continue;
        }
        /* Going to sleep: the next release must wake somebody again. */
        if (!(value & CS_NOT_WOKEN) &&
            !__atomic_compare_exchange_n(&section->LockCount, &value, value | CS_NOT_WOKEN, false, __ATOMIC_RELAXED,
                                         __ATOMIC_RELAXED))
            continue;
        struct park_waiter waiter;
        struct park_bucket *bucket = park_lock(section);
        value = __atomic_load_n(&section->LockCount, __ATOMIC_RELAXED);
        if ((value & (CS_FREE | CS_NOT_WOKEN)) == CS_NOT_WOKEN) {
            park_enqueue(bucket, &waiter, section, 0);
            park_unlock(bucket);
            park_wait(&waiter, NULL);
        } else {
            park_unlock(bucket);
        }
        value = __atomic_load_n(&section->LockCount, __ATOMIC_RELAXED);
    }
}

NTSTATUS NTAPI RtlEnterCriticalSection(RTL_CRITICAL_SECTION *section)
{
    HANDLE self = ferry_teb()->ClientId.UniqueThread;

    if (!take(section)) {
        if (section->OwningThread == self) {
            section->RecursionCount++;
            return STATUS_SUCCESS;
        }
        wait_and_take(section);
    }
    section->OwningThread = self;
    section->RecursionCount = 1;
    return STATUS_SUCCESS;
}

BOOLEAN NTAPI RtlTryEnterCriticalSection(RTL_CRITICAL_SECTION *section)
{
    HANDLE self = ferry_teb()->ClientId.UniqueThread;

    if (try_take(section)) {
        section->OwningThread = self;
        section->RecursionCount = 1;
        return TRUE;
    }
    if (section->OwningThread != self) return FALSE;
    section->RecursionCount++;
    return TRUE;
}

static __attribute__((noinline)) void release_and_wake(RTL_CRITICAL_SECTION *section, LONG value)
{
    struct park_bucket *bucket;
    struct park_waiter *waiter;
    LONG next;

    do {
        next = value | CS_FREE;
        /* Waiters, and none of them woken yet? */
        if ((~value & ~3) && (value & CS_NOT_WOKEN)) next &= ~CS_NOT_WOKEN;
    } while (!__atomic_compare_exchange_n(&section->LockCount, &value, next, false, __ATOMIC_RELEASE,
                                          __ATOMIC_RELAXED));
    if ((value & CS_NOT_WOKEN) == (next & CS_NOT_WOKEN)) return;
    bucket = park_lock(section);
    waiter = park_find(bucket, section, NULL);
    if (waiter) park_remove(bucket, waiter);
    park_unlock(bucket);
    if (waiter) park_signal(waiter);
}

NTSTATUS NTAPI RtlLeaveCriticalSection(RTL_CRITICAL_SECTION *section)
{
    LONG value = ~CS_FREE; /* -2: owned, nobody waits */

    if (--section->RecursionCount) {
        if (section->RecursionCount < 0) section->RecursionCount = 0; /* not the owner: the reference lets it pass */
        return STATUS_SUCCESS;
    }
    section->OwningThread = NULL;
    if (!__atomic_compare_exchange_n(&section->LockCount, &value, -1, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        release_and_wake(section, value);
    return STATUS_SUCCESS;
}

BOOL NTAPI RtlIsCriticalSectionLocked(RTL_CRITICAL_SECTION *section)
{
    return !(section->LockCount & CS_FREE);
}

BOOL NTAPI RtlIsCriticalSectionLockedByThread(RTL_CRITICAL_SECTION *section)
{
    return RtlIsCriticalSectionLocked(section) && section->OwningThread == ferry_teb()->ClientId.UniqueThread &&
           section->RecursionCount;
}

/* The PEB's lock; LdrInitializeThunk points FastPebLock at a critical section of its own. */
void NTAPI RtlAcquirePebLock(void)
{
    RtlEnterCriticalSection(ferry_peb()->FastPebLock);
}

void NTAPI RtlReleasePebLock(void)
{
    RtlLeaveCriticalSection(ferry_peb()->FastPebLock);
}

BOOLEAN NTAPI RtlTryAcquirePebLock(void)
{
    return RtlTryEnterCriticalSection(ferry_peb()->FastPebLock);
}
