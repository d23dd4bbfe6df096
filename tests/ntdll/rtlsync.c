/* Critical sections, SRW locks, condition variables, WaitOnAddress, one-time initialisation, barriers, lists, FLS. */
#include "tap.h"

#ifndef RTL_RUN_ONCE_INIT
#define RTL_RUN_ONCE_INIT { 0 }
#endif
BOOL NTAPI RtlIsCriticalSectionLocked(RTL_CRITICAL_SECTION *);
BOOL NTAPI RtlIsCriticalSectionLockedByThread(RTL_CRITICAL_SECTION *);
NTSTATUS NTAPI RtlInitializeCriticalSection(RTL_CRITICAL_SECTION *);
NTSTATUS NTAPI RtlDeleteCriticalSection(RTL_CRITICAL_SECTION *);
NTSTATUS NTAPI RtlEnterCriticalSection(RTL_CRITICAL_SECTION *);
NTSTATUS NTAPI RtlLeaveCriticalSection(RTL_CRITICAL_SECTION *);
BOOLEAN NTAPI RtlTryEnterCriticalSection(RTL_CRITICAL_SECTION *);
void NTAPI RtlAcquireSRWLockExclusive(RTL_SRWLOCK *);
void NTAPI RtlAcquireSRWLockShared(RTL_SRWLOCK *);
void NTAPI RtlReleaseSRWLockExclusive(RTL_SRWLOCK *);
void NTAPI RtlReleaseSRWLockShared(RTL_SRWLOCK *);
BOOLEAN NTAPI RtlTryAcquireSRWLockExclusive(RTL_SRWLOCK *);
BOOLEAN NTAPI RtlTryAcquireSRWLockShared(RTL_SRWLOCK *);
NTSTATUS NTAPI RtlSleepConditionVariableCS(RTL_CONDITION_VARIABLE *, RTL_CRITICAL_SECTION *, const LARGE_INTEGER *);
NTSTATUS NTAPI RtlSleepConditionVariableSRW(RTL_CONDITION_VARIABLE *, RTL_SRWLOCK *, const LARGE_INTEGER *, ULONG);
void NTAPI RtlWakeConditionVariable(RTL_CONDITION_VARIABLE *);
void NTAPI RtlWakeAllConditionVariable(RTL_CONDITION_VARIABLE *);
NTSTATUS NTAPI RtlWaitOnAddress(const void *, const void *, SIZE_T, const LARGE_INTEGER *);
void NTAPI RtlWakeAddressAll(const void *);
void NTAPI RtlWakeAddressSingle(const void *);
ULONG NTAPI RtlRunOnceExecuteOnce(RTL_RUN_ONCE *, PRTL_RUN_ONCE_INIT_FN, void *, void **);
ULONG NTAPI RtlRunOnceBeginInitialize(RTL_RUN_ONCE *, ULONG, void **);
ULONG NTAPI RtlRunOnceComplete(RTL_RUN_ONCE *, ULONG, void *);
NTSTATUS NTAPI RtlFlsAlloc(PFLS_CALLBACK_FUNCTION, ULONG *);
NTSTATUS NTAPI RtlFlsFree(ULONG);
NTSTATUS NTAPI RtlFlsGetValue(ULONG, void **);
NTSTATUS NTAPI RtlFlsSetValue(ULONG, void *);

#define THREADS 4
#define ROUNDS 20000

static RTL_CRITICAL_SECTION section;
static RTL_SRWLOCK srw;
static RTL_CONDITION_VARIABLE variable, variable_2;
static LONG plain, readers, errors, word;

static void run(LPTHREAD_START_ROUTINE routine, ULONG count)
{
    HANDLE threads[16];

    for (ULONG i = 0; i < count; i++) threads[i] = CreateThread(NULL, 0, routine, (void *)(ULONG_PTR)i, 0, NULL);
    for (ULONG i = 0; i < count; i++) {
        ok(WaitForSingleObject(threads[i], 60000) == WAIT_OBJECT_0, "thread %lu hangs", i);
        CloseHandle(threads[i]);
    }
}

static DWORD WINAPI count_in_section(void *argument)
{
    for (ULONG i = 0; i < ROUNDS; i++) {
        RtlEnterCriticalSection(&section);
        if (i % 16 == 0) RtlEnterCriticalSection(&section);
        plain++;
        if (i % 512 == 0) Sleep(0);
        if (i % 16 == 0) RtlLeaveCriticalSection(&section);
        RtlLeaveCriticalSection(&section);
    }
    return 0;
}

static DWORD WINAPI try_section(void *argument)
{
    return RtlTryEnterCriticalSection(&section);
}

static void test_section(void)
{
    HANDLE thread;
    DWORD code = 2;

    ok(!RtlInitializeCriticalSection(&section), "not initialised");
    ok(section.LockCount == -1 && section.RecursionCount == 0 && !section.OwningThread, "fields: %ld %ld %p",
       section.LockCount, section.RecursionCount, section.OwningThread);
    RtlEnterCriticalSection(&section);
    ok(section.RecursionCount == 1, "recursion %ld", section.RecursionCount);
    ok(section.OwningThread == (HANDLE)(ULONG_PTR)GetCurrentThreadId(), "owner %p", section.OwningThread);
    ok(RtlTryEnterCriticalSection(&section), "own section not to be had");
    ok(section.RecursionCount == 2, "recursion %ld", section.RecursionCount);
    ok(RtlIsCriticalSectionLockedByThread(&section), "not owned");
    thread = CreateThread(NULL, 0, try_section, NULL, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    ok(code == 0, "owned twice");
    RtlLeaveCriticalSection(&section);
    ok(RtlIsCriticalSectionLocked(&section), "not locked");
    RtlLeaveCriticalSection(&section);
    ok(!RtlIsCriticalSectionLocked(&section), "locked");
    ok(section.LockCount == -1 && !section.OwningThread, "fields: %ld %p", section.LockCount, section.OwningThread);
    plain = 0;
    run(count_in_section, THREADS);
    ok(plain == THREADS * ROUNDS, "counted %ld", plain);
    ok(section.LockCount == -1, "lock count %ld", section.LockCount);
    RtlDeleteCriticalSection(&section);
}

static DWORD WINAPI use_srw(void *argument)
{
    for (ULONG i = 0; i < ROUNDS; i++) {
        if ((i + (ULONG_PTR)argument) % 4 == 0) {
            RtlAcquireSRWLockExclusive(&srw);
            if (readers) InterlockedIncrement(&errors);
            plain++;
            if (i % 500 == 0) Sleep(0);
            RtlReleaseSRWLockExclusive(&srw);
        } else {
            LONG before;
            RtlAcquireSRWLockShared(&srw);
            InterlockedIncrement(&readers);
            before = plain;
            if (i % 500 == 1) Sleep(0);
            if (plain != before) InterlockedIncrement(&errors);
            InterlockedDecrement(&readers);
            RtlReleaseSRWLockShared(&srw);
        }
    }
    return 0;
}

static void test_srw(void)
{
    ok(RtlTryAcquireSRWLockShared(&srw), "free");
    ok(RtlTryAcquireSRWLockShared(&srw), "second reader");
    ok(!RtlTryAcquireSRWLockExclusive(&srw), "writer beside readers");
    RtlReleaseSRWLockShared(&srw);
    RtlReleaseSRWLockShared(&srw);
    ok(!srw.Ptr, "not free: %p", srw.Ptr);
    ok(RtlTryAcquireSRWLockExclusive(&srw), "free");
    ok(!RtlTryAcquireSRWLockExclusive(&srw), "twice");
    ok(!RtlTryAcquireSRWLockShared(&srw), "reader beside a writer");
    RtlReleaseSRWLockExclusive(&srw);
    plain = errors = 0;
    run(use_srw, THREADS);
    ok(!errors, "%ld errors", errors);
    ok(plain == THREADS * ROUNDS / 4, "counted %ld", plain);
    ok(!srw.Ptr, "not free: %p", srw.Ptr);
}

/* word counts tokens: producers add, consumers take, through either kind of condition variable. */
static DWORD WINAPI produce_or_consume(void *argument)
{
    for (ULONG i = 0; i < 2000; i++) {
        RtlEnterCriticalSection(&section);
        if ((ULONG_PTR)argument % 2) {
            while (word >= 3) RtlSleepConditionVariableCS(&variable_2, &section, NULL);
            word++;
            RtlWakeConditionVariable(&variable);
        } else {
            while (!word) RtlSleepConditionVariableCS(&variable, &section, NULL);
            word--;
            RtlWakeConditionVariable(&variable_2);
        }
        RtlLeaveCriticalSection(&section);
    }
    return 0;
}

static DWORD WINAPI wait_for_all(void *argument)
{
    RtlAcquireSRWLockShared(&srw);
    InterlockedIncrement(&readers);
    while (!word)
        RtlSleepConditionVariableSRW(&variable, &srw, NULL, RTL_CONDITION_VARIABLE_LOCKMODE_SHARED);
    RtlReleaseSRWLockShared(&srw);
    return 0;
}

static DWORD WINAPI wake_all(void *argument)
{
    if ((ULONG_PTR)argument) return wait_for_all(NULL);
    while (readers < THREADS - 1) Sleep(1);
    RtlAcquireSRWLockExclusive(&srw);
    word = 1;
    RtlReleaseSRWLockExclusive(&srw);
    RtlWakeAllConditionVariable(&variable);
    return 0;
}

static void test_condition(void)
{
    LARGE_INTEGER soon = { .QuadPart = -200000 };

    RtlInitializeCriticalSection(&section);
    word = 0;
    run(produce_or_consume, THREADS);
    ok(word == 0, "%ld left", word);
    readers = word = 0;
    run(wake_all, THREADS);
    RtlEnterCriticalSection(&section);
    ok(RtlSleepConditionVariableCS(&variable, &section, &soon) == STATUS_TIMEOUT, "no timeout");
    ok(section.RecursionCount == 1, "section not owned after the timeout");
    RtlLeaveCriticalSection(&section);
    RtlAcquireSRWLockExclusive(&srw);
    ok(RtlSleepConditionVariableSRW(&variable, &srw, &soon, 0) == STATUS_TIMEOUT, "no timeout");
    RtlReleaseSRWLockExclusive(&srw);
    ok(!srw.Ptr, "not free: %p", srw.Ptr);
    RtlDeleteCriticalSection(&section);
}

static DWORD WINAPI ping(void *argument)
{
    LONG mine = (LONG)(ULONG_PTR)argument;

    for (ULONG i = 0; i < 3000; i++) {
        LONG value;
        while ((value = *(volatile LONG *)&word) % 2 != mine) RtlWaitOnAddress(&word, &value, 4, NULL);
        InterlockedIncrement(&word);
        if (i % 2) RtlWakeAddressSingle(&word);
        else RtlWakeAddressAll(&word);
    }
    return 0;
}

static void test_address(void)
{
    LARGE_INTEGER soon = { .QuadPart = -200000 };
    LONGLONG value = 5, compare = 5;

    word = 0;
    run(ping, 2);
    ok(word == 6000, "word %ld", word);
    for (SIZE_T size = 1; size <= 8; size *= 2) {
        ok(RtlWaitOnAddress(&value, &compare, size, &soon) == STATUS_TIMEOUT, "%zu bytes: no timeout", size);
        compare = 6;
        ok(RtlWaitOnAddress(&value, &compare, size, NULL) == STATUS_SUCCESS, "%zu bytes: waits", size);
        compare = 5;
    }
    ok(RtlWaitOnAddress(&value, &compare, 3, &soon) == STATUS_INVALID_PARAMETER, "3 bytes");
    RtlWakeAddressAll(&value);
}

static RTL_RUN_ONCE once;

static DWORD WINAPI initialise(RTL_RUN_ONCE *self, void *parameter, void **context)
{
    Sleep(20);
    InterlockedIncrement(&plain);
    *context = (void *)0x1230;
    return TRUE;
}
static DWORD WINAPI fail_once(RTL_RUN_ONCE *self, void *parameter, void **context)
{
    plain++;
    return FALSE;
}
static DWORD WINAPI use_once(void *argument)
{
    void *context = NULL;
    if (RtlRunOnceExecuteOnce(&once, initialise, NULL, &context) || context != (void *)0x1230)
        InterlockedIncrement(&errors);
    return 0;
}

static void test_once(void)
{
    RTL_RUN_ONCE other = RTL_RUN_ONCE_INIT;
    void *context = NULL;

    plain = errors = 0;
    run(use_once, THREADS);
    ok(plain == 1 && !errors, "run %ld times, %ld errors", plain, errors);
    plain = 0;
    ok(RtlRunOnceExecuteOnce(&other, fail_once, NULL, NULL) == (ULONG)STATUS_UNSUCCESSFUL, "failed");
    ok(RtlRunOnceBeginInitialize(&other, RTL_RUN_ONCE_CHECK_ONLY, NULL) == (ULONG)STATUS_UNSUCCESSFUL, "checked");
    ok(RtlRunOnceBeginInitialize(&other, 0, NULL) == STATUS_PENDING, "again after a failure");
    ok(!RtlRunOnceComplete(&other, 0, (void *)0x40), "completed");
    ok(!RtlRunOnceBeginInitialize(&other, 0, &context) && context == (void *)0x40, "context %p", context);
    other.Ptr = NULL;
    ok(RtlRunOnceBeginInitialize(&other, RTL_RUN_ONCE_ASYNC, NULL) == STATUS_PENDING, "asynchronous");
    ok(RtlRunOnceBeginInitialize(&other, RTL_RUN_ONCE_ASYNC, NULL) == STATUS_PENDING, "second, asynchronous");
    ok((LONG)RtlRunOnceBeginInitialize(&other, 0, NULL) < 0, "mixed");
    ok(!RtlRunOnceComplete(&other, RTL_RUN_ONCE_ASYNC, (void *)0x40), "completed");
    ok(RtlRunOnceComplete(&other, RTL_RUN_ONCE_ASYNC, (void *)0x80), "completed twice");
}

static SLIST_HEADER *list;
static struct { SLIST_ENTRY entry; ULONG_PTR pad; } __attribute__((aligned(16))) *entries;

static DWORD WINAPI use_list(void *argument)
{
    for (ULONG i = 0; i < ROUNDS; i++) {
        SLIST_ENTRY *one = InterlockedPopEntrySList(list), *two = InterlockedPopEntrySList(list);
        if (one) InterlockedPushEntrySList(list, one);
        if (two) InterlockedPushEntrySList(list, two);
    }
    return 0;
}

static void test_list(void)
{
    ULONG left = 0;

    list = VirtualAlloc(NULL, 4096, MEM_COMMIT, PAGE_READWRITE);
    entries = (void *)((char *)list + 64);
    InitializeSListHead(list);
    ok(!InterlockedPopEntrySList(list) && !QueryDepthSList(list), "not empty");
    for (ULONG i = 0; i < 8; i++) {
        SLIST_ENTRY *before = InterlockedPushEntrySList(list, &entries[i].entry);
        ok(before == (i ? &entries[i - 1].entry : NULL), "entry before %lu: %p", i, before);
    }
    ok(QueryDepthSList(list) == 8, "depth %u", QueryDepthSList(list));
    ok(InterlockedPopEntrySList(list) == &entries[7].entry, "last in, first out");
    InterlockedPushEntrySList(list, &entries[7].entry);
    run(use_list, THREADS);
    ok(QueryDepthSList(list) == 8, "depth %u", QueryDepthSList(list));
    for (SLIST_ENTRY *at = InterlockedFlushSList(list); at && left < 20; at = at->Next) left++;
    ok(left == 8, "%lu entries left", left);
    ok(!QueryDepthSList(list) && !InterlockedPopEntrySList(list), "not empty");
}

static ULONG index;
static LONG ended;

static void NTAPI fls_end(void *value)
{
    ended += (LONG)(ULONG_PTR)value;
}
static DWORD WINAPI use_fls(void *argument)
{
    RtlFlsSetValue(index, (void *)10);
    return 0;
}

static void test_fls(void)
{
    void *value = (void *)1;

    ok(!RtlFlsAlloc(fls_end, &index), "no index");
    ok(!RtlFlsGetValue(index, &value) && !value, "value %p", value);
    ok(!RtlFlsSetValue(index, (void *)3), "not set");
    ok(!RtlFlsGetValue(index, &value) && value == (void *)3, "value %p", value);
    run(use_fls, 1);
    ok(ended == 10, "callback at a thread's end: %ld", ended);
    ok(!RtlFlsFree(index), "not freed");
    ok(ended == 13, "callback at freeing: %ld", ended);
    /* Wine 8 lets any index be set. */
    ok(RtlFlsSetValue(index, NULL) == STATUS_INVALID_PARAMETER, "a freed index can be set");
    ok(RtlFlsFree(5000) == STATUS_INVALID_PARAMETER, "an index that cannot be");
}

START_TESTS
{
    test_section();
    test_srw();
    test_condition();
    test_address();
    test_once();
    test_list();
    test_fls();
}
