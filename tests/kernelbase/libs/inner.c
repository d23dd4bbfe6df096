/* A library that others import, by name and by ordinal. */
#include "order.h"

__declspec(dllexport) int inner_value = 42;

__declspec(dllexport) int inner_add(int a, int b)
{
    return a + b;
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, void *reserved)
{
    order_reason(reason, 'I');
    return TRUE;
}
