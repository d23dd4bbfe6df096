/* oleauto.h: the thread's error object, which another call takes away. Kept per thread in a fiber-local slot. */
#include "oleaut32.h"

static DWORD slot = FLS_OUT_OF_INDEXES;

static void WINAPI release(void *object)
{
    if (object) IUnknown_Release((IUnknown *)object);
}

static DWORD own_slot(void)
{
    if (slot == FLS_OUT_OF_INDEXES) {
        DWORD fresh = FlsAlloc(release);
        if (InterlockedCompareExchange((LONG *)&slot, fresh, FLS_OUT_OF_INDEXES) != (LONG)FLS_OUT_OF_INDEXES) FlsFree(fresh);
    }
    return slot;
}

HRESULT WINAPI SetErrorInfo(ULONG reserved, IErrorInfo *error)
{
    IErrorInfo *old;
    if (reserved) return E_INVALIDARG;
    old = FlsGetValue(own_slot());
    if (error) IUnknown_AddRef((IUnknown *)error);
    FlsSetValue(own_slot(), error);
    if (old) IUnknown_Release((IUnknown *)old);
    return S_OK;
}

/* S_FALSE and NULL when there is none. */
HRESULT WINAPI GetErrorInfo(ULONG reserved, IErrorInfo **error)
{
    if (reserved || !error) return E_INVALIDARG;
    *error = FlsGetValue(own_slot());
    FlsSetValue(own_slot(), NULL);
    return *error ? S_OK : S_FALSE;
}

/* Build 4096 with the version of Windows 10's automation. */
ULONG WINAPI OaBuildVersion(void)
{
    return MAKELONG(4049, 10);
}
