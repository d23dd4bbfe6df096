/* Refuses to be loaded, after what it imports has been attached. */
#include "order.h"

__declspec(dllimport) int inner_add(int a, int b);

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, void *reserved)
{
    order_reason(reason, 'R');
    if (reason == DLL_PROCESS_ATTACH) inner_add(1, 1);
    return FALSE;
}
