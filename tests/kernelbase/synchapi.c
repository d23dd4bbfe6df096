/* synchapi.h: objects through kernel32's names, with their Win32 errors. */
#include "tap.h"

static LONG apcs;

static void CALLBACK apc(ULONG_PTR parameter)
{
    apcs += (LONG)parameter;
}

static void CALLBACK timer_apc(void *parameter, DWORD low, DWORD high)
{
    apcs += 100;
}

START_TESTS
{
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL), mutex = CreateMutexW(NULL, TRUE, NULL);
    HANDLE semaphore = CreateSemaphoreW(NULL, 1, 2, NULL), timer = CreateWaitableTimerW(NULL, TRUE, NULL), other;
    LARGE_INTEGER due = { .QuadPart = -100000 };
    HANDLE handles[2] = { event, semaphore };
    LONG previous;

    ok(event && mutex && semaphore && timer, "create");
    ok(SetEvent(event) && WaitForSingleObject(event, 0) == WAIT_OBJECT_0 && WaitForSingleObject(event, 0) == WAIT_TIMEOUT, "event");
    ok(!SetEvent(mutex) && GetLastError() == ERROR_INVALID_HANDLE, "set a mutex: %lu", GetLastError());
    ok(!SetEvent(NULL) && GetLastError() == ERROR_INVALID_HANDLE, "set nothing: %lu", GetLastError());
    ok(WaitForSingleObject(NULL, 0) == WAIT_FAILED && GetLastError() == ERROR_INVALID_HANDLE, "wait for nothing");
    ok(ReleaseMutex(mutex) && !ReleaseMutex(mutex) && GetLastError() == ERROR_NOT_OWNER, "release: %lu", GetLastError());
    ok(ReleaseSemaphore(semaphore, 1, &previous) && previous == 1, "semaphore: %ld", previous);
    ok(!ReleaseSemaphore(semaphore, 1, NULL) && GetLastError() == ERROR_TOO_MANY_POSTS, "too many: %lu", GetLastError());
    ok(!CreateSemaphoreW(NULL, 3, 2, NULL) && GetLastError() == ERROR_INVALID_PARAMETER, "count above maximum");
    ok(WaitForMultipleObjects(2, handles, FALSE, 0) == WAIT_OBJECT_0 + 1, "any");
    ok(WaitForMultipleObjects(2, handles, TRUE, 0) == WAIT_TIMEOUT, "all");
    SetEvent(event);
    ok(WaitForMultipleObjects(2, handles, TRUE, 0) == WAIT_OBJECT_0, "all");
    ok(WaitForMultipleObjects(0, handles, TRUE, 0) == WAIT_FAILED && GetLastError() == ERROR_INVALID_PARAMETER, "none");

    other = CreateEventExW(NULL, L"ferry-synchapi", CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET, SYNCHRONIZE);
    ok(other && WaitForSingleObject(other, 0) == WAIT_OBJECT_0, "ex");
    ok(!ResetEvent(other) && GetLastError() == ERROR_ACCESS_DENIED, "only to wait");
    CloseHandle(CreateEventW(NULL, TRUE, FALSE, L"ferry-synchapi"));
    ok(GetLastError() == ERROR_ALREADY_EXISTS, "exists: %lu", GetLastError());
    ok(!CreateMutexW(NULL, FALSE, L"ferry-synchapi") && GetLastError() == ERROR_INVALID_HANDLE, "of another type: %lu", GetLastError());
    ok(!CreateEventW(NULL, FALSE, FALSE, L"no\\such") && GetLastError() == ERROR_PATH_NOT_FOUND, "path: %lu", GetLastError());
    CloseHandle(other);
    ok(!OpenEventW(SYNCHRONIZE, FALSE, L"ferry-synchapi") && GetLastError() == ERROR_FILE_NOT_FOUND, "gone");

    ok(QueueUserAPC(apc, GetCurrentThread(), 1) && QueueUserAPC(apc, GetCurrentThread(), 2), "queue");
    ok(SleepEx(0, FALSE) == 0 && apcs == 0, "not alertable");
    ok(SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION && apcs == 3, "alertable: %ld", apcs);
    QueueUserAPC(apc, GetCurrentThread(), 4);
    ok(WaitForSingleObjectEx(event, INFINITE, TRUE) == WAIT_IO_COMPLETION && apcs == 7, "wait");
    ok(SetWaitableTimer(timer, &due, 0, timer_apc, NULL, FALSE), "timer: %lu", GetLastError());
    ok(SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION && apcs == 107, "timer's APC: %ld", apcs);
    ok(WaitForSingleObject(timer, 0) == WAIT_OBJECT_0, "signalled too");
    ok(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE) && CancelWaitableTimer(timer), "cancel");
    ok(WaitForSingleObject(timer, 30) == WAIT_TIMEOUT, "cancelled");
    ok(SignalObjectAndWait(event, event, 0, FALSE) == WAIT_OBJECT_0, "signal and wait");
    ok(SignalObjectAndWait(mutex, event, 0, FALSE) == WAIT_FAILED && GetLastError() == ERROR_NOT_OWNER, "not owner: %lu", GetLastError());
    CloseHandle(event);
    CloseHandle(mutex);
    CloseHandle(semaphore);
    CloseHandle(timer);
}
