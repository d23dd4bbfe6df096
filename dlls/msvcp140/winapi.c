/* __crt*: the system's functions under names of the library, which once found them at run time. */
#include "errors.h"

BOOL __crtInitializeCriticalSectionEx(CRITICAL_SECTION *section, DWORD spin, DWORD flags)
{
    return InitializeCriticalSectionEx(section, spin, flags);
}

HANDLE __crtCreateEventExW(SECURITY_ATTRIBUTES *attributes, const WCHAR *name, DWORD flags, DWORD access)
{
    return CreateEventExW(attributes, name, flags, access);
}

HANDLE __crtCreateSemaphoreExW(SECURITY_ATTRIBUTES *attributes, LONG initial, LONG maximum, const WCHAR *name, DWORD flags,
                               DWORD access)
{
    return CreateSemaphoreExW(attributes, initial, maximum, name, flags, access);
}

PTP_TIMER __crtCreateThreadpoolTimer(PTP_TIMER_CALLBACK callback, void *context, PTP_CALLBACK_ENVIRON environment)
{
    return CreateThreadpoolTimer(callback, context, environment);
}

void __crtSetThreadpoolTimer(PTP_TIMER timer, FILETIME *due, DWORD period, DWORD window)
{
    SetThreadpoolTimer(timer, due, period, window);
}

void __crtWaitForThreadpoolTimerCallbacks(PTP_TIMER timer, BOOL cancel)
{
    WaitForThreadpoolTimerCallbacks(timer, cancel);
}

void __crtCloseThreadpoolTimer(PTP_TIMER timer)
{
    CloseThreadpoolTimer(timer);
}

PTP_WAIT __crtCreateThreadpoolWait(PTP_WAIT_CALLBACK callback, void *context, PTP_CALLBACK_ENVIRON environment)
{
    return CreateThreadpoolWait(callback, context, environment);
}

void __crtSetThreadpoolWait(PTP_WAIT wait, HANDLE handle, FILETIME *timeout)
{
    SetThreadpoolWait(wait, handle, timeout);
}

void __crtCloseThreadpoolWait(PTP_WAIT wait)
{
    CloseThreadpoolWait(wait);
}

void __crtFlushProcessWriteBuffers(void)
{
    FlushProcessWriteBuffers();
}

void __crtFreeLibraryWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance, HMODULE module)
{
    FreeLibraryWhenCallbackReturns(instance, module);
}

DWORD __crtGetCurrentProcessorNumber(void)
{
    return GetCurrentProcessorNumber();
}

ULONGLONG __crtGetTickCount64(void)
{
    return GetTickCount64();
}
