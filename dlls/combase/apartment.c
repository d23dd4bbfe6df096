/* combaseapi.h: CoInitializeEx and its counting. The thread's record hangs in TEB.ReservedForOle. */
#include "combase.h"

struct thread_state {
    DWORD model; /* COINIT_APARTMENTTHREADED or COINIT_MULTITHREADED */
    ULONG count;
};

static LONG process_count, multithreaded_count;

static struct thread_state *state_of_thread(void)
{
    return ferry_teb()->ReservedForOle;
}

HRESULT WINAPI CoInitializeEx(void *reserved, DWORD flags)
{
    struct thread_state *state = state_of_thread();

    if (reserved) return E_INVALIDARG;
    if (flags & ~(COINIT_APARTMENTTHREADED | COINIT_DISABLE_OLE1DDE | COINIT_SPEED_OVER_MEMORY)) return E_INVALIDARG;
    if (!state) {
        if (!(state = RtlAllocateHeap(ferry_peb()->ProcessHeap, HEAP_ZERO_MEMORY, sizeof(*state)))) return E_OUTOFMEMORY;
        ferry_teb()->ReservedForOle = state;
    }
    if (state->count) {
        if (state->model != (flags & COINIT_APARTMENTTHREADED)) return RPC_E_CHANGED_MODE;
        state->count++;
        return S_FALSE;
    }
    state->model = flags & COINIT_APARTMENTTHREADED;
    state->count = 1;
    InterlockedIncrement(&process_count);
    if (!state->model) InterlockedIncrement(&multithreaded_count);
    return S_OK;
}

void WINAPI CoUninitialize(void)
{
    struct thread_state *state = state_of_thread();
    if (!state || !state->count || --state->count) return;
    InterlockedDecrement(&process_count);
    if (!state->model) InterlockedDecrement(&multithreaded_count);
}

HRESULT WINAPI CoGetApartmentType(APTTYPE *type, APTTYPEQUALIFIER *qualifier)
{
    struct thread_state *state = state_of_thread();
    if (!type || !qualifier) return E_INVALIDARG;
    *qualifier = APTTYPEQUALIFIER_NONE;
    if (state && state->count) {
        *type = state->model ? APTTYPE_STA : APTTYPE_MTA;
        return S_OK;
    }
    if (multithreaded_count) { /* a thread without its own is in the multithreaded apartment that others made */
        *type = APTTYPE_MTA;
        *qualifier = APTTYPEQUALIFIER_IMPLICIT_MTA;
        return S_OK;
    }
    *type = APTTYPE_CURRENT;
    return CO_E_NOTINITIALIZED;
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, void *reserved)
{
    if (reason == DLL_THREAD_DETACH && state_of_thread()) {
        struct thread_state *state = state_of_thread();
        if (state->count) {
            state->count = 1;
            CoUninitialize();
        }
        RtlFreeHeap(ferry_peb()->ProcessHeap, 0, state);
        ferry_teb()->ReservedForOle = NULL;
    }
    return TRUE;
}
