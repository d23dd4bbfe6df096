/* Imports inner.dll, forwards to it, and holds resources of its own. */
#include "order.h"

__declspec(dllimport) int inner_add(int a, int b);
__declspec(dllimport) extern int inner_value;

__declspec(dllexport) int outer_twice(int a)
{
    return inner_add(a, a);
}

__declspec(dllexport) int *outer_variable(void)
{
    return &inner_value;
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, void *reserved)
{
    order_reason(reason, 'O');
    if (reason == DLL_PROCESS_ATTACH && inner_add(1, 2) != 3) order_add('!');
    return TRUE;
}
