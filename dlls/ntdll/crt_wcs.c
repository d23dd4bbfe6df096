/* The C runtime's wide strings, ASCII rules for case as in the C locale. */
#include "ntdll.h"
#include <emmintrin.h>
#include <errno.h>

static inline int lower(int c)
{
    return c - 'A' < 26u ? c + 32 : c;
}
static inline int upper(int c)
{
    return c - 'a' < 26u ? c - 32 : c;
}

size_t __cdecl wcslen(const wchar_t *s)
{
    /* Aligned loads never cross into a page that the string does not touch. */
    const wchar_t *p = (const wchar_t *)((uintptr_t)s & ~(uintptr_t)15);
    unsigned mask = _mm_movemask_epi8(_mm_cmpeq_epi16(*(const __m128i *)p, _mm_setzero_si128()));

    if ((uintptr_t)s & 1) {
        size_t length = 0;
        while (s[length]) length++;
        return length;
    }
    mask >>= (uintptr_t)s & 15;
    if (mask) return __builtin_ctz(mask) / sizeof(wchar_t);
    for (;;) {
        p += 16 / sizeof(wchar_t);
        mask = _mm_movemask_epi8(_mm_cmpeq_epi16(*(const __m128i *)p, _mm_setzero_si128()));
        if (mask) return p - s + __builtin_ctz(mask) / sizeof(wchar_t);
    }
}

size_t __cdecl wcsnlen(const wchar_t *s, size_t n)
{
    size_t i = 0;

    while (i < n && s[i]) i++;
    return i;
}

wchar_t *__cdecl wcscpy(wchar_t *to, const wchar_t *from)
{
    return memcpy(to, from, (wcslen(from) + 1) * sizeof(wchar_t));
}

wchar_t *__cdecl wcsncpy(wchar_t *to, const wchar_t *from, size_t n)
{
    size_t length = wcsnlen(from, n);

    memcpy(to, from, length * sizeof(wchar_t));
    if (length < n) memset(to + length, 0, (n - length) * sizeof(wchar_t));
    return to;
}

wchar_t *__cdecl wcscat(wchar_t *to, const wchar_t *from)
{
    wcscpy(to + wcslen(to), from);
    return to;
}

wchar_t *__cdecl wcsncat(wchar_t *to, const wchar_t *from, size_t n)
{
    size_t at = wcslen(to), length = wcsnlen(from, n);

    memcpy(to + at, from, length * sizeof(wchar_t));
    to[at + length] = 0;
    return to;
}

int __cdecl wcscmp(const wchar_t *a, const wchar_t *b)
{
    while (*a && *a == *b) a++, b++;
    return (unsigned short)*a < (unsigned short)*b ? -1 : (unsigned short)*a > (unsigned short)*b;
}

int __cdecl wcsncmp(const wchar_t *a, const wchar_t *b, size_t n)
{
    for (; n; n--, a++, b++) {
        if (*a != *b) return (unsigned short)*a < (unsigned short)*b ? -1 : 1;
        if (!*a) break;
    }
    return 0;
}

wchar_t *__cdecl wcschr(const wchar_t *s, wchar_t c)
{
    for (;; s++) {
        if (*s == (wchar_t)c) return (wchar_t *)s;
        if (!*s) return NULL;
    }
}

wchar_t *__cdecl wcsrchr(const wchar_t *s, wchar_t c)
{
    const wchar_t *found = NULL;

    for (;; s++) {
        if (*s == (wchar_t)c) found = s;
        if (!*s) return (wchar_t *)found;
    }
}

wchar_t *__cdecl wcsstr(const wchar_t *s, const wchar_t *wanted)
{
    size_t length = wcslen(wanted);

    if (!length) return (wchar_t *)s;
    for (; (s = wcschr(s, *wanted)); s++)
        if (!wcsncmp(s, wanted, length)) return (wchar_t *)s;
    return NULL;
}

size_t __cdecl wcsspn(const wchar_t *s, const wchar_t *set)
{
    size_t i = 0;

    while (s[i] && wcschr(set, s[i])) i++;
    return i;
}

size_t __cdecl wcscspn(const wchar_t *s, const wchar_t *set)
{
    size_t i = 0;

    while (s[i] && !wcschr(set, s[i])) i++;
    return i;
}

wchar_t *__cdecl wcspbrk(const wchar_t *s, const wchar_t *set)
{
    s += wcscspn(s, set);
    return *s ? (wchar_t *)s : NULL;
}

wchar_t *__cdecl wcstok_s(wchar_t *s, const wchar_t *set, wchar_t **context)
{
    if (!set || !context || (!s && !*context)) return NULL;
    if (!s) s = *context;
    s += wcsspn(s, set);
    if (!*s) {
        *context = s;
        return NULL;
    }
    wchar_t *end = s + wcscspn(s, set);
    *context = end;
    if (*end) {
        *end = 0;
        *context = end + 1;
    }
    return s;
}

int __cdecl _wcsicmp(const wchar_t *a, const wchar_t *b)
{
    for (;; a++, b++) {
        int x = lower((unsigned short)*a), y = lower((unsigned short)*b);
        if (x != y) return x - y;
        if (!x) return 0;
    }
}

int __cdecl _wcsnicmp(const wchar_t *a, const wchar_t *b, size_t n)
{
    for (; n; n--, a++, b++) {
        int x = lower((unsigned short)*a), y = lower((unsigned short)*b);
        if (x != y) return x - y;
        if (!x) break;
    }
    return 0;
}

wchar_t *__cdecl _wcslwr(wchar_t *s)
{
    for (wchar_t *p = s; *p; p++) *p = (wchar_t)lower((unsigned short)*p);
    return s;
}

wchar_t *__cdecl _wcsupr(wchar_t *s)
{
    for (wchar_t *p = s; *p; p++) *p = (wchar_t)upper((unsigned short)*p);
    return s;
}

/* The _s functions: EINVAL and ERANGE as results; the destination becomes empty. */

errno_t __cdecl wcscpy_s(wchar_t *to, size_t room, const wchar_t *from)
{
    if (!to || !room) return EINVAL;
    if (!from) {
        *to = 0;
        return EINVAL;
    }
    size_t length = wcsnlen(from, room);
    if (length == room) {
        *to = 0;
        return ERANGE;
    }
    memcpy(to, from, (length + 1) * sizeof(wchar_t));
    return 0;
}

errno_t __cdecl wcsncpy_s(wchar_t *to, size_t room, const wchar_t *from, size_t n)
{
    if (!n && !to && !room) return 0;
    if (!to || !room) return EINVAL;
    if (!n) {
        *to = 0;
        return 0;
    }
    if (!from) {
        *to = 0;
        return EINVAL;
    }
    size_t length = wcsnlen(from, n == (size_t)-1 ? room : n < room ? n : room);
    if (length == room) {
        if (n == (size_t)-1) { /* _TRUNCATE */
            memcpy(to, from, (room - 1) * sizeof(wchar_t));
            to[room - 1] = 0;
            return 80; /* STRUNCATE */
        }
        *to = 0;
        return ERANGE;
    }
    memcpy(to, from, length * sizeof(wchar_t));
    to[length] = 0;
    return 0;
}

errno_t __cdecl wcscat_s(wchar_t *to, size_t room, const wchar_t *from)
{
    if (!to || !room) return EINVAL;
    size_t at = wcsnlen(to, room);
    if (!from || at == room) {
        *to = 0;
        return EINVAL;
    }
    errno_t error = wcscpy_s(to + at, room - at, from);
    if (error) *to = 0;
    return error;
}

errno_t __cdecl wcsncat_s(wchar_t *to, size_t room, const wchar_t *from, size_t n)
{
    if (!n && !to && !room) return 0;
    if (!to || !room) return EINVAL;
    size_t at = wcsnlen(to, room);
    if (at == room) {
        *to = 0;
        return EINVAL;
    }
    if (!n) return 0;
    errno_t error = wcsncpy_s(to + at, room - at, from, n);
    if (error && error != 80) *to = 0;
    return error;
}

errno_t __cdecl _wcslwr_s(wchar_t *s, size_t room)
{
    if (!s || !room) return EINVAL;
    if (wcsnlen(s, room) == room) {
        *s = 0;
        return EINVAL;
    }
    _wcslwr(s);
    return 0;
}

errno_t __cdecl _wcsupr_s(wchar_t *s, size_t room)
{
    if (!s || !room) return EINVAL;
    if (wcsnlen(s, room) == room) {
        *s = 0;
        return EINVAL;
    }
    _wcsupr(s);
    return 0;
}
