/* Fibers: switching, floating point state, fiber-local storage, exceptions on a fiber's stack. */
#include "tap.h"

static void *main_fiber, *fibers[3];
static int order[16], count;
static DWORD index_, freed;

static void WINAPI on_free(void *value)
{
    freed += (DWORD)(ULONG_PTR)value;
}

static LONG WINAPI skip_fault(EXCEPTION_POINTERS *pointers)
{
    if (pointers->ExceptionRecord->ExceptionCode != 0xe0001234) return EXCEPTION_CONTINUE_SEARCH;
    order[count++] = 99;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void WINAPI run(void *parameter)
{
    int number = (int)(ULONG_PTR)parameter;
    double sum = number;

    ok(GetFiberData() == parameter, "data");
    ok(GetCurrentFiber() == fibers[number], "current");
    ok(FlsGetValue(index_) == NULL, "its own storage");
    FlsSetValue(index_, (void *)(ULONG_PTR)(number + 1));
    for (int i = 0; i < 2; i++) {
        volatile char deep[60000]; /* grows the stack */
        order[count++] = number * 10 + i;
        for (unsigned at = 0; at < sizeof(deep); at += 512) deep[sizeof(deep) - 1 - at] = 1;
        sum += 0.5;
        SwitchToFiber(number < 2 ? fibers[number + 1] : main_fiber);
        ok(FlsGetValue(index_) == (void *)(ULONG_PTR)(number + 1), "kept");
    }
    ok(sum == number + 1, "floating point");
    RaiseException(0xe0001234, 0, 0, NULL);
    SwitchToFiber(main_fiber);
}

static DWORD WINAPI thread(void *parameter)
{
    ConvertThreadToFiber(NULL);
    DeleteFiber(GetCurrentFiber());
    return 7;
}

static void WINAPI returning(void *parameter)
{
    *(int *)parameter = 5;
}

static DWORD WINAPI returns(void *parameter)
{
    ConvertThreadToFiber(NULL);
    SwitchToFiber(CreateFiber(0, returning, parameter));
    return 7;
}

START_TESTS
{
    DWORD code = 0;
    int set = 0;

    ok(!IsThreadAFiber(), "a thread");
    /* Wine 8 leaves the last error alone. */
    ok(!ConvertFiberToThread() && GetLastError() == ERROR_ALREADY_THREAD, "already a thread: %lu", GetLastError());
    main_fiber = ConvertThreadToFiberEx((void *)55, FIBER_FLAG_FLOAT_SWITCH);
    ok(main_fiber && IsThreadAFiber() && GetCurrentFiber() == main_fiber && GetFiberData() == (void *)55, "a fiber");
    ok(!ConvertThreadToFiber(NULL) && GetLastError() == ERROR_ALREADY_FIBER, "already a fiber: %lu", GetLastError());

    index_ = FlsAlloc(on_free);
    FlsSetValue(index_, (void *)1000);
    for (int i = 0; i < 3; i++) fibers[i] = i ? CreateFiberEx(0x2000, 0x40000, FIBER_FLAG_FLOAT_SWITCH, run, (void *)(ULONG_PTR)i)
                                            : CreateFiber(0, run, NULL);
    ok(fibers[0] && fibers[1] && fibers[2], "create");
    SwitchToFiber(fibers[0]);
    ok(count == 3 && order[0] == 0 && order[1] == 10 && order[2] == 20, "order");
    ok(FlsGetValue(index_) == (void *)1000, "ours");
    SwitchToFiber(fibers[0]);
    ok(count == 6 && order[3] == 1 && order[4] == 11 && order[5] == 21, "order");
    void *handler = AddVectoredExceptionHandler(1, skip_fault);
    SwitchToFiber(fibers[1]);
    ok(count == 7 && order[6] == 99, "exception on a fiber");
    RemoveVectoredExceptionHandler(handler);
    DeleteFiber(fibers[0]);
    ok(freed == 1, "callback on delete: %lu", freed);
    DeleteFiber(fibers[1]);
    DeleteFiber(fibers[2]);
    ok(freed == 6, "callbacks: %lu", freed);
    FlsFree(index_);
    ok(freed == 1006, "callback on free: %lu", freed);
    ok(ConvertFiberToThread() && !IsThreadAFiber(), "a thread again");

    HANDLE handle = CreateThread(NULL, 0, thread, NULL, 0, NULL);
    ok(WaitForSingleObject(handle, 10000) == WAIT_OBJECT_0 && GetExitCodeThread(handle, &code) && code == 1,
       "DeleteFiber of the running one ends its thread: %lu", code);
    CloseHandle(handle);
    handle = CreateThread(NULL, 0, returns, &set, 0, NULL);
    ok(WaitForSingleObject(handle, 10000) == WAIT_OBJECT_0 && GetExitCodeThread(handle, &code) && code != 7 && set == 5,
       "a fiber function that returns ends its thread: %lu", code);
    CloseHandle(handle);
}
