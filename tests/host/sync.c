/* Waits as plain host code: every operation once, then threads against each other. */
#include "threads.h"
#include <time.h>

static HANDLE event, semaphore, mutant, done, all_a, all_b;
static int counter;
static atomic_int taken, passed;

static void *worker(void *argument)
{
    host_thread_begin((int)(intptr_t)argument);
    for (int i = 0; i < 20000; i++) {
        check(sys_NtWaitForSingleObject(mutant, FALSE, NULL) == STATUS_WAIT_0);
        counter++;
        check(sys_NtReleaseMutant(mutant, NULL) == 0);
        HANDLE both[2] = { all_a, all_b };
        check(sys_NtWaitForMultipleObjects(2, both, 0, FALSE, NULL) == STATUS_WAIT_0);
        atomic_fetch_add(&taken, 1);
        check(atomic_fetch_add(&passed, 1) == 0);
        atomic_fetch_sub(&passed, 1);
        check(sys_NtSetEvent(all_a, NULL) == 0);
        check(sys_NtSetEvent(all_b, NULL) == 0);
        HANDLE any[3] = { semaphore, event, mutant };
        NTSTATUS status = sys_NtWaitForMultipleObjects(2, any, 1, FALSE, NULL);
        check(status == 0 || status == 1);
        if (status == 0) check(sys_NtReleaseSemaphore(semaphore, 1, NULL) == 0);
        else check(sys_NtSetEvent(event, NULL) == 0);
    }
    host_thread_end();
    return NULL;
}

static void *apc_waiter(void *argument)
{
    struct apc_call call;
    host_thread_begin(20);
    sys_NtSetEvent(done, NULL);
    for (int i = 0; i < 2000;) {
        NTSTATUS status = sys_NtWaitForSingleObject(event, TRUE, NULL);
        check(status == STATUS_USER_APC);
        for (; apc_take(thread_self(), &call); i++) check(call.argument1 == (void *)(intptr_t)i);
    }
    sys_NtWaitForSingleObject(mutant, FALSE, NULL);
    host_thread_end();
    return NULL;
}

int main(void)
{
    pthread_t thread[8];
    LARGE_INTEGER zero = { .QuadPart = 0 }, soon = { .QuadPart = -10000 };
    LONG previous;

    host_begin();
    check(sys_NtCreateEvent(&event, EVENT_ALL_ACCESS, NULL, 1, FALSE) == 0);
    check(sys_NtWaitForSingleObject(event, FALSE, &zero) == STATUS_TIMEOUT);
    check(sys_NtWaitForSingleObject(event, FALSE, &soon) == STATUS_TIMEOUT);
    check(sys_NtSetEvent(event, &previous) == 0 && previous == 0);
    check(sys_NtSetEvent(event, &previous) == 0 && previous == 1);
    check(sys_NtWaitForSingleObject(event, FALSE, &zero) == STATUS_WAIT_0);
    check(sys_NtWaitForSingleObject(event, FALSE, &zero) == STATUS_TIMEOUT);
    check(sys_NtCreateSemaphore(&semaphore, SEMAPHORE_ALL_ACCESS, NULL, 1, 2) == 0);
    check(sys_NtReleaseSemaphore(semaphore, 2, NULL) == STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    check(sys_NtCreateMutant(&mutant, MUTANT_ALL_ACCESS, NULL, TRUE) == 0);
    check(sys_NtWaitForSingleObject(mutant, FALSE, NULL) == 0);
    check(sys_NtReleaseMutant(mutant, &previous) == 0 && previous == -1);
    check(sys_NtReleaseMutant(mutant, &previous) == 0 && previous == 0);
    check(sys_NtReleaseMutant(mutant, &previous) == STATUS_MUTANT_NOT_OWNED);
    check(sys_NtCreateEvent(&done, EVENT_ALL_ACCESS, NULL, 0, FALSE) == 0);
    check(sys_NtCreateEvent(&all_a, EVENT_ALL_ACCESS, NULL, 1, TRUE) == 0);
    check(sys_NtCreateEvent(&all_b, EVENT_ALL_ACCESS, NULL, 1, TRUE) == 0);
    HANDLE twice[2] = { event, event };
    check(sys_NtWaitForMultipleObjects(2, twice, 0, FALSE, &zero) == STATUS_INVALID_PARAMETER_MIX);
    check(sys_NtClose((HANDLE)0x1230) == STATUS_INVALID_HANDLE);
    check(sys_NtSetEvent(mutant, NULL) == STATUS_OBJECT_TYPE_MISMATCH);

    for (int i = 0; i < 8; i++) pthread_create(&thread[i], NULL, worker, (void *)(intptr_t)(i + 1));
    for (int i = 0; i < 8; i++) pthread_join(thread[i], NULL);
    check(counter == 160000 && taken == 160000);

    sys_NtResetEvent(event, NULL);
    pthread_create(&thread[0], NULL, apc_waiter, NULL);
    sys_NtWaitForSingleObject(done, FALSE, NULL);
    for (int i = 0; i < 2000; i++) {
        check(apc_queue(threads[20], NULL, (void *)(intptr_t)i, NULL, NULL) == 0);
        if (i % 3 == 0) usleep(i % 50);
    }
    pthread_join(thread[0], NULL);
    check(sys_NtWaitForSingleObject(mutant, FALSE, NULL) == STATUS_ABANDONED_WAIT_0);

    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int i = 0; i < 1000000; i++) {
        HANDLE handle;
        sys_NtCreateEvent(&handle, EVENT_ALL_ACCESS, NULL, 1, FALSE);
        sys_NtClose(handle);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("# create + close %.0f ns\n", (to.tv_sec - from.tv_sec) * 1e3 + (to.tv_nsec - from.tv_nsec) * 1e-6);
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int i = 0; i < 1000000; i++) {
        sys_NtSetEvent(event, NULL);
        sys_NtWaitForSingleObject(event, FALSE, NULL);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("# set + wait %.0f ns\n", (to.tv_sec - from.tv_sec) * 1e3 + (to.tv_nsec - from.tv_nsec) * 1e-6);
    return host_finish();
}
