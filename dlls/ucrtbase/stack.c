/* _resetstkoflw. Reference: malloc.h: _resetstkoflw. */
#include "crt.h"
#include <malloc.h>

#define PAGE 0x1000
#define GUARD (3 * PAGE) /* room for the next overflow to be handled in */

/* Puts the guard page back after a stack overflow, at the lowest place of the stack that is committed; nonzero: it is
 * there. 0 when the stack is still used down to that place. */
CRTAPI int _resetstkoflw(void)
{
    MEMORY_BASIC_INFORMATION info;
    char *stack = __builtin_frame_address(0), *lowest, *guard;
    ULONG guarantee = 0;
    DWORD old;

    if (!VirtualQuery(stack, &info, sizeof(info))) return 0;
    lowest = (char *)info.AllocationBase + PAGE; /* the last page stays without access */
    if (SetThreadStackGuarantee(&guarantee)) lowest += guarantee;
    for (guard = info.AllocationBase; guard < stack; guard = (char *)info.BaseAddress + info.RegionSize)
        if (!VirtualQuery(guard, &info, sizeof(info))) return 0;
        else if (info.State == MEM_COMMIT) break;
    if (info.Protect & PAGE_GUARD) return 1;
    guard = max((char *)info.BaseAddress, lowest);
    if (guard + GUARD > (char *)((uintptr_t)stack & -PAGE)) return 0;
    return VirtualProtect(guard, GUARD, PAGE_READWRITE | PAGE_GUARD, &old);
}
