/* Wide strings. */
#include "crt.h"
#include "ctype_inline.h"

#pragma GCC optimize("no-tree-loop-distribute-patterns")

#define WIDE 1
#define CHAR wchar_t
#define UCHAR_T wchar_t
#define F(n, w) w

CRTAPI size_t wcslen(const wchar_t *text)
{
    const wchar_t *at = text;

    while (*at) at++;
    return at - text;
}

CRTAPI int wcscmp(const wchar_t *a, const wchar_t *b)
{
    while (*a && *a == *b) a++, b++;
    return *a == *b ? 0 : *a < *b ? -1 : 1;
}

CRTAPI wchar_t *wcschr(const wchar_t *text, wchar_t value)
{
    for (;; text++) {
        if (*text == value) return (wchar_t *)text;
        if (!*text) return NULL;
    }
}

CRTAPI int _wcsnicmp_l(const wchar_t *a, const wchar_t *b, size_t count, _locale_t locale)
{
    struct crt_locale *current = crt_locale(locale);

    if (!count) return 0;
    REQUIRE(a && b, EINVAL, INT_MAX);
    for (; count; a++, b++, count--) {
        int difference = wide_lower(current, *a) - wide_lower(current, *b);
        if (difference || !*a) return difference;
    }
    return 0;
}

#include "tstring.h"

CASE_FUNCTIONS(_wcslwr, wide_lower)
CASE_FUNCTIONS(_wcsupr, wide_upper)
