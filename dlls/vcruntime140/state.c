/* Per-thread state, and the functions that the C++ library reads it through. */
#include "vcruntime.h"

void __cdecl terminate(void);

static DWORD slot = TLS_OUT_OF_INDEXES;

struct cxx_thread *cxx_thread(void)
{
    DWORD error = GetLastError();
    struct cxx_thread *thread = TlsGetValue(slot);

    if (!thread) {
        thread = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(*thread));
        if (!thread) RaiseException(STATUS_NO_MEMORY, EXCEPTION_NONCONTINUABLE, 0, NULL);
        TlsSetValue(slot, thread);
    }
    SetLastError(error);
    return thread;
}

DECLSPEC_NORETURN void cxx_terminate(void)
{
    terminate();
    __builtin_unreachable();
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved)
{
    void *thread;

    if (reason == DLL_PROCESS_ATTACH) {
        slot = TlsAlloc();
        return slot != TLS_OUT_OF_INDEXES;
    }
    if (reason == DLL_THREAD_DETACH && (thread = TlsGetValue(slot))) {
        TlsSetValue(slot, NULL);
        HeapFree(GetProcessHeap(), 0, thread);
    }
    if (reason == DLL_PROCESS_DETACH && !reserved) TlsFree(slot);
    return TRUE;
}

void **__current_exception(void)
{
    return (void **)&cxx_thread()->exception;
}

void **__current_exception_context(void)
{
    return (void **)&cxx_thread()->context;
}

int *__processing_throw(void)
{
    return &cxx_thread()->uncaught;
}

int __uncaught_exceptions(void)
{
    return cxx_thread()->uncaught;
}
