/* evntprov.h: a program's trace providers. No trace session exists, so no provider is ever enabled and events go
 * nowhere, which the reference calls success. */
#include "advapi32.h"
#include <evntprov.h>

static LONG last_handle;

ULONG WINAPI EventRegister(LPCGUID provider, PENABLECALLBACK callback, void *context, REGHANDLE *handle)
{
    if (!provider || !handle) return ERROR_INVALID_PARAMETER;
    *handle = (REGHANDLE)InterlockedIncrement(&last_handle) << 16 | 0xe;
    return ERROR_SUCCESS;
}

ULONG WINAPI EventUnregister(REGHANDLE handle)
{
    return handle ? ERROR_SUCCESS : ERROR_INVALID_HANDLE;
}

BOOLEAN WINAPI EventEnabled(REGHANDLE handle, PCEVENT_DESCRIPTOR descriptor)
{
    return FALSE;
}

BOOLEAN WINAPI EventProviderEnabled(REGHANDLE handle, UCHAR level, ULONGLONG keyword)
{
    return FALSE;
}

ULONG WINAPI EventWrite(REGHANDLE handle, PCEVENT_DESCRIPTOR descriptor, ULONG count, PEVENT_DATA_DESCRIPTOR data)
{
    if (!descriptor || count > MAX_EVENT_DATA_DESCRIPTORS) return ERROR_INVALID_PARAMETER;
    return handle ? ERROR_SUCCESS : ERROR_INVALID_HANDLE;
}

ULONG WINAPI EventWriteTransfer(REGHANDLE handle, PCEVENT_DESCRIPTOR descriptor, LPCGUID activity, LPCGUID related, ULONG count,
                                PEVENT_DATA_DESCRIPTOR data)
{
    return EventWrite(handle, descriptor, count, data);
}

ULONG WINAPI EventSetInformation(REGHANDLE handle, EVENT_INFO_CLASS class, void *information, ULONG length)
{
    if (!handle) return ERROR_INVALID_HANDLE;
    return class > 3 ? ERROR_NOT_SUPPORTED : ERROR_SUCCESS;
}
