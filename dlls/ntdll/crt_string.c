/* The C runtime's char strings, ASCII rules for case as in the C locale. */
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

size_t __cdecl strlen(const char *s)
{
    /* Aligned loads never cross into a page that the string does not touch. */
    const char *p = (const char *)((uintptr_t)s & ~(uintptr_t)15);
    unsigned mask = _mm_movemask_epi8(_mm_cmpeq_epi8(*(const __m128i *)p, _mm_setzero_si128()));

    mask >>= (uintptr_t)s & 15;
    if (mask) return __builtin_ctz(mask) / sizeof(char);
    for (;;) {
        p += 16 / sizeof(char);
        mask = _mm_movemask_epi8(_mm_cmpeq_epi8(*(const __m128i *)p, _mm_setzero_si128()));
        if (mask) return p - s + __builtin_ctz(mask) / sizeof(char);
    }
}

size_t __cdecl strnlen(const char *s, size_t n)
{
    size_t i = 0;

    while (i < n && s[i]) i++;
    return i;
}

char *__cdecl strcpy(char *to, const char *from)
{
    return memcpy(to, from, (strlen(from) + 1) * sizeof(char));
}

char *__cdecl strncpy(char *to, const char *from, size_t n)
{
    size_t length = strnlen(from, n);

    memcpy(to, from, length * sizeof(char));
    if (length < n) memset(to + length, 0, (n - length) * sizeof(char));
    return to;
}

char *__cdecl strcat(char *to, const char *from)
{
    strcpy(to + strlen(to), from);
    return to;
}

char *__cdecl strncat(char *to, const char *from, size_t n)
{
    size_t at = strlen(to), length = strnlen(from, n);

    memcpy(to + at, from, length * sizeof(char));
    to[at + length] = 0;
    return to;
}

int __cdecl strcmp(const char *a, const char *b)
{
    while (*a && *a == *b) a++, b++;
    return (unsigned char)*a < (unsigned char)*b ? -1 : (unsigned char)*a > (unsigned char)*b;
}

int __cdecl strncmp(const char *a, const char *b, size_t n)
{
    for (; n; n--, a++, b++) {
        if (*a != *b) return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
        if (!*a) break;
    }
    return 0;
}

char *__cdecl strchr(const char *s, int c)
{
    for (;; s++) {
        if (*s == (char)c) return (char *)s;
        if (!*s) return NULL;
    }
}

char *__cdecl strrchr(const char *s, int c)
{
    const char *found = NULL;

    for (;; s++) {
        if (*s == (char)c) found = s;
        if (!*s) return (char *)found;
    }
}

char *__cdecl strstr(const char *s, const char *wanted)
{
    size_t length = strlen(wanted);

    if (!length) return (char *)s;
    for (; (s = strchr(s, *wanted)); s++)
        if (!strncmp(s, wanted, length)) return (char *)s;
    return NULL;
}

size_t __cdecl strspn(const char *s, const char *set)
{
    size_t i = 0;

    while (s[i] && strchr(set, s[i])) i++;
    return i;
}

size_t __cdecl strcspn(const char *s, const char *set)
{
    size_t i = 0;

    while (s[i] && !strchr(set, s[i])) i++;
    return i;
}

char *__cdecl strpbrk(const char *s, const char *set)
{
    s += strcspn(s, set);
    return *s ? (char *)s : NULL;
}

char *__cdecl strtok_s(char *s, const char *set, char **context)
{
    if (!set || !context || (!s && !*context)) return NULL;
    if (!s) s = *context;
    s += strspn(s, set);
    if (!*s) {
        *context = s;
        return NULL;
    }
    char *end = s + strcspn(s, set);
    *context = end;
    if (*end) {
        *end = 0;
        *context = end + 1;
    }
    return s;
}

int __cdecl _stricmp(const char *a, const char *b)
{
    for (;; a++, b++) {
        int x = lower((unsigned char)*a), y = lower((unsigned char)*b);
        if (x != y) return x - y;
        if (!x) return 0;
    }
}

int __cdecl _strnicmp(const char *a, const char *b, size_t n)
{
    for (; n; n--, a++, b++) {
        int x = lower((unsigned char)*a), y = lower((unsigned char)*b);
        if (x != y) return x - y;
        if (!x) break;
    }
    return 0;
}

char *__cdecl _strlwr(char *s)
{
    for (char *p = s; *p; p++) *p = (char)lower((unsigned char)*p);
    return s;
}

char *__cdecl _strupr(char *s)
{
    for (char *p = s; *p; p++) *p = (char)upper((unsigned char)*p);
    return s;
}

/* The _s functions: EINVAL and ERANGE as results; the destination becomes empty. */

errno_t __cdecl strcpy_s(char *to, size_t room, const char *from)
{
    if (!to || !room) return EINVAL;
    if (!from) {
        *to = 0;
        return EINVAL;
    }
    size_t length = strnlen(from, room);
    if (length == room) {
        *to = 0;
        return ERANGE;
    }
    memcpy(to, from, (length + 1) * sizeof(char));
    return 0;
}

errno_t __cdecl strncpy_s(char *to, size_t room, const char *from, size_t n)
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
    size_t length = strnlen(from, n == (size_t)-1 ? room : n < room ? n : room);
    if (length == room) {
        if (n == (size_t)-1) { /* _TRUNCATE */
            memcpy(to, from, (room - 1) * sizeof(char));
            to[room - 1] = 0;
            return 80; /* STRUNCATE */
        }
        *to = 0;
        return ERANGE;
    }
    memcpy(to, from, length * sizeof(char));
    to[length] = 0;
    return 0;
}

errno_t __cdecl strcat_s(char *to, size_t room, const char *from)
{
    if (!to || !room) return EINVAL;
    size_t at = strnlen(to, room);
    if (!from || at == room) {
        *to = 0;
        return EINVAL;
    }
    errno_t error = strcpy_s(to + at, room - at, from);
    if (error) *to = 0;
    return error;
}

errno_t __cdecl strncat_s(char *to, size_t room, const char *from, size_t n)
{
    if (!n && !to && !room) return 0;
    if (!to || !room) return EINVAL;
    size_t at = strnlen(to, room);
    if (at == room) {
        *to = 0;
        return EINVAL;
    }
    if (!n) return 0;
    errno_t error = strncpy_s(to + at, room - at, from, n);
    if (error && error != 80) *to = 0;
    return error;
}

errno_t __cdecl _strlwr_s(char *s, size_t room)
{
    if (!s || !room) return EINVAL;
    if (strnlen(s, room) == room) {
        *s = 0;
        return EINVAL;
    }
    _strlwr(s);
    return 0;
}

errno_t __cdecl _strupr_s(char *s, size_t room)
{
    if (!s || !room) return EINVAL;
    if (strnlen(s, room) == room) {
        *s = 0;
        return EINVAL;
    }
    _strupr(s);
    return 0;
}

int __cdecl _strcmpi(const char *a, const char *b)
{
    return _stricmp(a, b);
}

errno_t __cdecl memcpy_s(void *to, size_t room, const void *from, size_t n)
{
    if (!n) return 0;
    if (!to) return EINVAL;
    if (!from || room < n) {
        memset(to, 0, room);
        return from ? ERANGE : EINVAL;
    }
    memcpy(to, from, n);
    return 0;
}

errno_t __cdecl memmove_s(void *to, size_t room, const void *from, size_t n)
{
    if (!n) return 0;
    if (!to || !from) return EINVAL;
    if (room < n) return ERANGE;
    memmove(to, from, n);
    return 0;
}
