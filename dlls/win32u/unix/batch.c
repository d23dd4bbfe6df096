/* GDI's batch. */
#include "ferry/win32u_table.h"

/* Drawing is done when it is called, so there is never a batch to carry out (wingdi.h reference: GdiFlush). */
BOOL sys_NtGdiFlush(void)
{
    return TRUE;
}
