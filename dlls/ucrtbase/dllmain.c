/* Process and thread attach of the C runtime. */
#include "crt.h"

HMODULE crt_module;

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved)
{
    switch (reason) {
    case DLL_PROCESS_ATTACH:
        crt_module = instance;
        crt_heap = GetProcessHeap();
        locks_init();
        thread_data_init();
        locale_init();
        lowio_init();
        stdio_init();
        startup_init();
        break;
    case DLL_THREAD_DETACH: thread_data_free(); break;
    case DLL_PROCESS_DETACH:
        if (!reserved) stdio_exit();
        break;
    }
    return TRUE;
}
