/* ole2.h: OleInitialize: an apartment-threaded CoInitialize. */
#define _OLE32_
#include "ferry/ntapi.h"
#include <ole2.h>

HRESULT WINAPI CoInitialize(void *reserved)
{
    return CoInitializeEx(reserved, COINIT_APARTMENTTHREADED);
}

HRESULT WINAPI OleInitialize(void *reserved)
{
    HRESULT result = CoInitializeEx(reserved, COINIT_APARTMENTTHREADED);
    return result == RPC_E_CHANGED_MODE ? OLE_E_WRONGCOMPOBJ : result;
}

void WINAPI OleUninitialize(void)
{
    CoUninitialize();
}

/* Exported as a function beside the inline one of the headers. */
BOOL WINAPI ole32_IsEqualGUID(REFGUID a, REFGUID b)
{
    const ULONG *x = (const ULONG *)a, *y = (const ULONG *)b;
    return x[0] == y[0] && x[1] == y[1] && x[2] == y[2] && x[3] == y[3];
}
