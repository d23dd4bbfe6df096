/* Narrow strings. */
#include "crt.h"
#include <emmintrin.h>

#pragma GCC optimize("no-tree-loop-distribute-patterns")

#define WIDE 0
#define CHAR char
#define UCHAR_T unsigned char
#define F(n, w) n

/* Aligned 16-byte reads never cross into a page that the string does not reach. */
CRTAPI size_t strlen(const char *text)
{
    const char *at = (const char *)((uintptr_t)text & -16);
    unsigned zero = _mm_movemask_epi8(_mm_cmpeq_epi8(*(const __m128i *)at, _mm_setzero_si128())) >> (text - at);

    if (zero) return __builtin_ctz(zero);
    do {
        at += 16;
        zero = _mm_movemask_epi8(_mm_cmpeq_epi8(*(const __m128i *)at, _mm_setzero_si128()));
    } while (!zero);
    return at - text + __builtin_ctz(zero);
}

CRTAPI int strcmp(const char *first, const char *second)
{
    const unsigned char *a = (const unsigned char *)first, *b = (const unsigned char *)second;

    while (*a && *a == *b) a++, b++;
    return *a == *b ? 0 : *a < *b ? -1 : 1;
}

CRTAPI char *strchr(const char *text, int value)
{
    for (;; text++) {
        if (*text == (char)value) return (char *)text;
        if (!*text) return NULL;
    }
}

#include "ctype_inline.h"

CRTAPI int _strnicmp_l(const char *first, const char *second, size_t count, _locale_t locale)
{
    const unsigned char *a = (const unsigned char *)first, *b = (const unsigned char *)second;
    const unsigned char *lower = crt_locale(locale)->lower_table;

    if (!count) return 0;
    REQUIRE(first && second, EINVAL, INT_MAX);
    REQUIRE(count <= INT_MAX, EINVAL, INT_MAX);
    for (; count; a++, b++, count--) {
        int difference = lower[*a] - lower[*b];
        if (difference || !*a) return difference;
    }
    return 0;
}

#include "tstring.h"

#define LOWER(locale, c) ((char)(locale)->lower_table[(unsigned char)(c)])
#define UPPER(locale, c) ((char)(locale)->upper_table[(unsigned char)(c)])
CASE_FUNCTIONS(_strlwr, LOWER)
CASE_FUNCTIONS(_strupr, UPPER)

CRTAPI int _strcmpi(const char *first, const char *second)
{
    return _stricmp(first, second);
}

CRTAPI int _memicmp_l(const void *first, const void *second, size_t size, _locale_t locale)
{
    const unsigned char *a = first, *b = second, *lower = crt_locale(locale)->lower_table;

    if (!size) return 0;
    REQUIRE(first && second, EINVAL, INT_MAX);
    for (; size; a++, b++, size--)
        if (lower[*a] != lower[*b]) return lower[*a] - lower[*b];
    return 0;
}

CRTAPI int _memicmp(const void *first, const void *second, size_t size)
{
    return _memicmp_l(first, second, size, NULL);
}
