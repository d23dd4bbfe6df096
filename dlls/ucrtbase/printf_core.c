/* Formats of narrow text. */
#include "crt.h"

int crt_printf_count;

#define WIDE 0
#define CHAR char
#define crt_format_name crt_format
#include "printf_core.h"

CRTAPI int _set_printf_count_output(int enable)
{
    return InterlockedExchange((LONG *)&crt_printf_count, enable != 0);
}

CRTAPI int _get_printf_count_output(void)
{
    return crt_printf_count;
}
