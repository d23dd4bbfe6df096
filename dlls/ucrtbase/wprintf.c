/* printf and its relatives, wide. */
#include "crt.h"

#define WIDE 1
#define CHAR wchar_t
#define F(n, w) w
#define FORMAT crt_wformat
#include "tprintf.h"

#ifdef FERRY_MSVCRT
/* swprintf of msvcrt takes no size. */
CRTAPI int vswprintf(wchar_t *buffer, const wchar_t *format, va_list args)
{
    return _vswprintf(buffer, format, args);
}

CRTAPI int _vswprintf_l(wchar_t *buffer, size_t size, const wchar_t *format, _locale_t locale, va_list args)
{
    return _vsnwprintf_l(buffer, size, format, locale, args);
}

CRTAPI int swprintf(wchar_t *buffer, const wchar_t *format, ...)
{
    va_list args;
    int result;

    va_start(args, format);
    result = _vswprintf(buffer, format, args);
    va_end(args);
    return result;
}
#endif
