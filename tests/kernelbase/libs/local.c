/* Thread-local data with an initial value, TLS callbacks, and a count of thread notifications. */
#include "order.h"

ULONG _tls_index;
static int start_value __attribute__((section(".tls$A"))) = 1234;
static int end_value __attribute__((section(".tls$Z")));

static LONG calls[4], threads[4];

static void WINAPI callback(void *instance, DWORD reason, void *reserved)
{
    if (reason < 4) InterlockedIncrement(&calls[reason]);
    if (reason == DLL_PROCESS_ATTACH) order_add('t');
}

static const PIMAGE_TLS_CALLBACK callbacks[] = { callback, callback, NULL };

/* Read by the linker: the TLS directory. */
const IMAGE_TLS_DIRECTORY _tls_used __attribute__((section(".rdata$T"))) = {
    (ULONG_PTR)&start_value, (ULONG_PTR)(&end_value + 1), (ULONG_PTR)&_tls_index, (ULONG_PTR)callbacks, 64, 0,
};

/* This thread's copy of start_value, found the way compilers do it. */
__declspec(dllexport) int *local_pointer(void)
{
    void **blocks;

#ifdef _WIN64
    blocks = (void **)__readgsqword(0x58);
#else
    blocks = (void **)__readfsdword(0x2c);
#endif
    return blocks[_tls_index];
}

__declspec(dllexport) int *local_zero_fill(void)
{
    return (int *)((char *)local_pointer() + ((char *)(&end_value + 1) - (char *)&start_value));
}

__declspec(dllexport) LONG local_callbacks(DWORD reason)
{
    return calls[reason];
}

__declspec(dllexport) LONG local_threads(DWORD reason)
{
    return threads[reason];
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, void *reserved)
{
    if (reason < 4) InterlockedIncrement(&threads[reason]);
    order_reason(reason, 'L');
    return TRUE;
}
