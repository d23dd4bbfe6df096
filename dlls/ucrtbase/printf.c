/* printf and its relatives, narrow. */
#include "crt.h"

#define WIDE 0
#define CHAR char
#define F(n, w) n
#define FORMAT crt_format
#include "tprintf.h"

#ifdef FERRY_MSVCRT
CRTAPI int vsnprintf(char *buffer, size_t size, const char *format, va_list args)
{
    return _vsnprintf(buffer, size, format, args);
}
#endif
