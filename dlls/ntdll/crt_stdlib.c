/* Sorting, searching, numbers and their text. */
#include "ntdll.h"
#include <errno.h>
#include <limits.h>

int __cdecl abs(int value)
{
    return value < 0 ? -value : value;
}
long __cdecl labs(long value)
{
    return value < 0 ? -value : value;
}

void *__cdecl bsearch(const void *key, const void *base, size_t count, size_t size, FERRY_COMPARE_ROUTINE compare)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *at = (const char *)base + middle * size;
        int order = compare(key, at);
        if (!order) return (void *)at;
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return NULL;
}

void *__cdecl bsearch_s(const void *key, const void *base, size_t count, size_t size,
                        FERRY_COMPARE_S_ROUTINE compare, void *context)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *at = (const char *)base + middle * size;
        int order = compare(context, key, at);
        if (!order) return (void *)at;
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return NULL;
}

void *__cdecl _lfind(const void *key, const void *base, unsigned *count, unsigned size, FERRY_COMPARE_ROUTINE compare)
{
    const char *at = base;

    for (unsigned i = 0; i < *count; i++, at += size)
        if (!compare(key, at)) return (void *)at;
    return NULL;
}

static void swap(char *a, char *b, size_t size)
{
    for (; size >= 4; size -= 4, a += 4, b += 4) {
        uint32_t x, y;
        memcpy(&x, a, 4);
        memcpy(&y, b, 4);
        memcpy(a, &y, 4);
        memcpy(b, &x, 4);
    }
    while (size--) {
        char c = *a;
        *a++ = *b;
        *b++ = c;
    }
}

static void sift(char *base, size_t root, size_t count, size_t size, FERRY_COMPARE_S_ROUTINE compare, void *context)
{
    size_t child;

    while ((child = root * 2 + 1) < count) {
        if (child + 1 < count && compare(context, base + child * size, base + (child + 1) * size) < 0) child++;
        if (compare(context, base + root * size, base + child * size) >= 0) return;
        swap(base + root * size, base + child * size, size);
        root = child;
    }
}

/* Quicksort with the median of three, insertion sort for short runs, heap sort when it degenerates. */
static void sort(char *base, size_t count, size_t size, FERRY_COMPARE_S_ROUTINE compare, void *context, int depth)
{
    while (count > 8) {
        if (!depth--) {
            for (size_t i = count / 2; i--;) sift(base, i, count, size, compare, context);
            for (size_t i = count - 1; i; i--) {
                swap(base, base + i * size, size);
                sift(base, 0, i, size, compare, context);
            }
            return;
        }
        char *first = base, *middle = base + count / 2 * size, *last = base + (count - 1) * size;
        if (compare(context, first, middle) > 0) swap(first, middle, size);
        if (compare(context, middle, last) > 0) {
            swap(middle, last, size);
            if (compare(context, first, middle) > 0) swap(first, middle, size);
        }
        swap(middle, last - size, size); /* the pivot's place while partitioning */
        char *pivot = last - size, *i = first, *j = pivot;
        for (;;) {
            do i += size;
            while (i < pivot && compare(context, i, pivot) < 0);
            do j -= size;
            while (j > first && compare(context, j, pivot) > 0);
            if (i >= j) break;
            swap(i, j, size);
        }
        swap(i, pivot, size);
        size_t left = (i - base) / size, right = count - left - 1;
        if (left < right) {
            sort(base, left, size, compare, context, depth);
            base = i + size;
            count = right;
        } else {
            sort(i + size, right, size, compare, context, depth);
            count = left;
        }
    }
    for (size_t i = 1; i < count; i++)
        for (char *at = base + i * size; at > base && compare(context, at - size, at) > 0; at -= size)
            swap(at - size, at, size);
}

static int __cdecl call_plain(void *context, const void *a, const void *b)
{
    return ((FERRY_COMPARE_ROUTINE)context)(a, b);
}

void __cdecl qsort_s(void *base, size_t count, size_t size, FERRY_COMPARE_S_ROUTINE compare, void *context)
{
    int depth = 2;

    for (size_t n = count; n; n >>= 1) depth += 2;
    if (count > 1 && size) sort(base, count, size, compare, context, depth);
}

void __cdecl qsort(void *base, size_t count, size_t size, FERRY_COMPARE_ROUTINE compare)
{
    qsort_s(base, count, size, call_plain, (void *)compare);
}

/* ---- text to number ---- */

static int digit_of(unsigned c)
{
    return c - '0' < 10u ? (int)(c - '0') : (c | 32) - 'a' < 26u ? (int)((c | 32) - 'a' + 10) : 99;
}

/* Sets *negative and *overflow; the value is the magnitude. */
#define PARSE(name, T)                                                                                             \
    static uint64_t name(const T *text, T **end, int base, uint64_t limit, bool *negative, bool *overflow)         \
    {                                                                                                              \
        const T *at = text;                                                                                        \
        uint64_t value = 0;                                                                                        \
        bool any = false;                                                                                          \
        *negative = *overflow = false;                                                                             \
        while (*at == ' ' || (unsigned)(*at - '\t') < 5) at++;                                                     \
        if (*at == '-' || *at == '+') *negative = *at++ == '-';                                                    \
        if ((base == 0 || base == 16) && *at == '0' && (at[1] | 32) == 'x' && digit_of(at[2]) < 16) {              \
            at += 2;                                                                                               \
            base = 16;                                                                                             \
        } else if (base == 0) {                                                                                    \
            base = *at == '0' ? 8 : 10;                                                                            \
        }                                                                                                          \
        for (int digit; (digit = digit_of(*at)) < base; at++) {                                                    \
            any = true;                                                                                            \
            if (value > (limit - digit) / base) *overflow = true;                                                  \
            else value = value * base + digit;                                                                     \
        }                                                                                                          \
        if (end) *end = (T *)(any ? at : text);                                                                    \
        return value;                                                                                              \
    }
PARSE(parse, char)
PARSE(wparse, wchar_t)

#define SIGNED(name, R, T, how, min, max)                                                                          \
    R __cdecl name(const T *text, T **end, int base)                                                               \
    {                                                                                                              \
        bool negative, overflow;                                                                                   \
        uint64_t value = how(text, end, base, UINT64_MAX, &negative, &overflow);                                   \
        if (negative) return overflow || value > (uint64_t)(max) + 1 ? (min) : (R)(0 - value);                     \
        return overflow || value > (uint64_t)(max) ? (max) : (R)value;                                             \
    }
#define UNSIGNED(name, R, T, how, max)                                                                             \
    R __cdecl name(const T *text, T **end, int base)                                                               \
    {                                                                                                              \
        bool negative, overflow;                                                                                   \
        uint64_t value = how(text, end, base, UINT64_MAX, &negative, &overflow);                                   \
        if (overflow || value > (max)) return (max);                                                               \
        return negative ? (R)(0 - value) : (R)value;                                                               \
    }
SIGNED(strtol, long, char, parse, LONG_MIN, LONG_MAX)
SIGNED(wcstol, long, wchar_t, wparse, LONG_MIN, LONG_MAX)
SIGNED(_strtoi64, __int64, char, parse, INT64_MIN, INT64_MAX)
SIGNED(_wcstoi64, __int64, wchar_t, wparse, INT64_MIN, INT64_MAX)
UNSIGNED(strtoul, unsigned long, char, parse, ULONG_MAX)
UNSIGNED(wcstoul, unsigned long, wchar_t, wparse, ULONG_MAX)
UNSIGNED(_strtoui64, unsigned __int64, char, parse, UINT64_MAX)
UNSIGNED(_wcstoui64, unsigned __int64, wchar_t, wparse, UINT64_MAX)

/* atoi and its like wrap on overflow in ntdll's own, older runtime; values out of range are undefined in C. */
int __cdecl atoi(const char *text)
{
    return (int)_strtoi64(text, NULL, 10);
}
long __cdecl atol(const char *text)
{
    return (long)_strtoi64(text, NULL, 10);
}
__int64 __cdecl _atoi64(const char *text)
{
    return _strtoi64(text, NULL, 10);
}
int __cdecl _wtoi(const wchar_t *text)
{
    return (int)_wcstoi64(text, NULL, 10);
}
long __cdecl _wtol(const wchar_t *text)
{
    return (long)_wcstoi64(text, NULL, 10);
}
__int64 __cdecl _wtoi64(const wchar_t *text)
{
    return _wcstoi64(text, NULL, 10);
}

/* ---- number to text ---- */

static int digits_of(char *reversed, uint64_t value, unsigned radix)
{
    int count = 0;

    do reversed[count++] = "0123456789abcdefghijklmnopqrstuvwxyz"[value % radix];
    while (value /= radix);
    return count;
}

#define TO_TEXT(name, V, S, T)                                                                                     \
    T *__cdecl name(V value, T *buffer, int radix)                                                                 \
    {                                                                                                              \
        name##_s(value, buffer, 72, radix);                                                                        \
        return buffer;                                                                                             \
    }
#define TO_TEXT_S(name, V, U, T, is_signed)                                                                        \
    errno_t __cdecl name##_s(V value, T *buffer, size_t room, int radix)                                           \
    {                                                                                                              \
        char digits[72];                                                                                           \
        int64_t wide_value = (int64_t)value;                                                                       \
        bool minus = is_signed && radix == 10 && wide_value < 0;                                                 \
        if (!buffer || !room) return EINVAL;                                                                       \
        *buffer = 0;                                                                                               \
        if (radix < 2 || radix > 36) return EINVAL;                                                                \
        int count = digits_of(digits, minus ? 0 - (uint64_t)value : (U)value, radix);                              \
        if (minus) digits[count++] = '-';                                                                          \
        if ((size_t)count >= room) return ERANGE;                                                                  \
        for (int i = 0; i < count; i++) buffer[i] = digits[count - 1 - i];                                         \
        buffer[count] = 0;                                                                                         \
        return 0;                                                                                                  \
    }                                                                                                              \
    TO_TEXT(name, V, U, T)

TO_TEXT_S(_itoa, int, unsigned, char, true)
TO_TEXT_S(_ltoa, long, unsigned long, char, true)
TO_TEXT_S(_ultoa, unsigned long, unsigned long, char, false)
TO_TEXT_S(_i64toa, __int64, uint64_t, char, true)
TO_TEXT_S(_ui64toa, unsigned __int64, uint64_t, char, false)
TO_TEXT_S(_itow, int, unsigned, wchar_t, true)
TO_TEXT_S(_ltow, long, unsigned long, wchar_t, true)
TO_TEXT_S(_ultow, unsigned long, unsigned long, wchar_t, false)
TO_TEXT_S(_i64tow, __int64, uint64_t, wchar_t, true)
TO_TEXT_S(_ui64tow, unsigned __int64, uint64_t, wchar_t, false)

size_t __cdecl mbstowcs(wchar_t *to, const char *from, size_t room)
{
    ULONG bytes;

    if (!to) {
        RtlMultiByteToUnicodeSize(&bytes, from, (ULONG)strlen(from));
        return bytes / sizeof(WCHAR);
    }
    RtlMultiByteToUnicodeN(to, (ULONG)(room * sizeof(WCHAR)), &bytes, from, (ULONG)strlen(from));
    size_t units = bytes / sizeof(WCHAR);
    if (units < room) to[units] = 0;
    return units;
}

size_t __cdecl wcstombs(char *to, const wchar_t *from, size_t room)
{
    ULONG bytes;

    if (!to) {
        RtlUnicodeToMultiByteSize(&bytes, (WCHAR *)from, (ULONG)(wcslen(from) * sizeof(WCHAR)));
        return bytes;
    }
    RtlUnicodeToMultiByteN(to, (ULONG)room, &bytes, from, (ULONG)(wcslen(from) * sizeof(WCHAR)));
    if (bytes < room) to[bytes] = 0;
    return bytes;
}
