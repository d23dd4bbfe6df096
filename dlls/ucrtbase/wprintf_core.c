/* Formats of wide text. */
#include "crt.h"

extern int crt_printf_count;

#define WIDE 1
#define CHAR wchar_t
#define crt_format_name crt_wformat
#include "printf_core.h"
