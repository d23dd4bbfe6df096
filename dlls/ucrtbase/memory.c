/* Blocks of bytes. Long copies and fills use the processor's string instructions, short ones SSE2 moves. */
#include "crt.h"
#include <emmintrin.h>

#define REP_THRESHOLD 1024

#pragma GCC optimize("no-tree-loop-distribute-patterns")

static inline void rep_movsb(void *to, const void *from, size_t size)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

static inline void rep_stosb(void *to, int value, size_t size)
{
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(value) : "memory");
}

#define LOAD(p) _mm_loadu_si128((const __m128i *)(p))
#define STORE(p, v) _mm_storeu_si128((__m128i *)(p), v)

static inline void small_copy(char *to, const char *from, size_t size)
{
    if (size >= 8) {
        unsigned __int64 first = *(const unsigned __int64 *)from, last = *(const unsigned __int64 *)(from + size - 8);
        *(unsigned __int64 *)to = first;
        *(unsigned __int64 *)(to + size - 8) = last;
    } else if (size >= 4) {
        unsigned first = *(const unsigned *)from, last = *(const unsigned *)(from + size - 4);
        *(unsigned *)to = first;
        *(unsigned *)(to + size - 4) = last;
    } else if (size) {
        char first = from[0], middle = from[size / 2], last = from[size - 1];
        to[0] = first;
        to[size / 2] = middle;
        to[size - 1] = last;
    }
}

CRTAPI void *memmove(void *dest, const void *source, size_t size)
{
    char *to = dest;
    const char *from = source;

    if (size < 16) {
        small_copy(to, from, size);
        return dest;
    }
    if (size <= 32) {
        __m128i first = LOAD(from), last = LOAD(from + size - 16);
        STORE(to, first);
        STORE(to + size - 16, last);
        return dest;
    }
    if ((size_t)(to - from) >= size) { /* forwards */
        __m128i last = LOAD(from + size - 16);
        char *end = to + size - 16;
        if (size >= REP_THRESHOLD && (size_t)(from - to) >= 64) {
            rep_movsb(to, from, size);
            return dest;
        }
        while (size > 64) {
            __m128i a = LOAD(from), b = LOAD(from + 16), c = LOAD(from + 32), d = LOAD(from + 48);
            STORE(to, a);
            STORE(to + 16, b);
            STORE(to + 32, c);
            STORE(to + 48, d);
            to += 64, from += 64, size -= 64;
        }
        while (size > 16) {
            STORE(to, LOAD(from));
            to += 16, from += 16, size -= 16;
        }
        STORE(end, last);
        return dest;
    }
    __m128i first = LOAD(from);
    while (size > 64) {
        __m128i a = LOAD(from + size - 16), b = LOAD(from + size - 32), c = LOAD(from + size - 48), d = LOAD(from + size - 64);
        STORE(to + size - 16, a);
        STORE(to + size - 32, b);
        STORE(to + size - 48, c);
        STORE(to + size - 64, d);
        size -= 64;
    }
    while (size > 16) {
        STORE(to + size - 16, LOAD(from + size - 16));
        size -= 16;
    }
    STORE(to, first);
    return dest;
}

CRTAPI void *memcpy(void *dest, const void *source, size_t size)
{
    return memmove(dest, source, size);
}

CRTAPI void *memset(void *dest, int value, size_t size)
{
    char *to = dest;
    __m128i fill = _mm_set1_epi8((char)value);

    if (size < 16) {
        unsigned __int64 word = 0x0101010101010101ull * (unsigned char)value;
        if (size >= 8) {
            *(unsigned __int64 *)to = word;
            *(unsigned __int64 *)(to + size - 8) = word;
        } else if (size >= 4) {
            *(unsigned *)to = (unsigned)word;
            *(unsigned *)(to + size - 4) = (unsigned)word;
        } else if (size) {
            to[0] = to[size / 2] = to[size - 1] = (char)value;
        }
        return dest;
    }
    if (size >= REP_THRESHOLD) {
        rep_stosb(dest, value, size);
        return dest;
    }
    STORE(to + size - 16, fill);
    for (; size > 16; to += 16, size -= 16) STORE(to, fill);
    return dest;
}

CRTAPI int memcmp(const void *first, const void *second, size_t size)
{
    const unsigned char *a = first, *b = second;

    for (; size >= 16; a += 16, b += 16, size -= 16) {
        unsigned equal = _mm_movemask_epi8(_mm_cmpeq_epi8(LOAD(a), LOAD(b)));
        if (equal != 0xffff) {
            unsigned at = __builtin_ctz(~equal);
            return a[at] < b[at] ? -1 : 1;
        }
    }
    for (; size; a++, b++, size--)
        if (*a != *b) return *a < *b ? -1 : 1;
    return 0;
}

CRTAPI void *memchr(const void *block, int value, size_t size)
{
    const unsigned char *at = block;
    __m128i wanted = _mm_set1_epi8((char)value);

    for (; size >= 16; at += 16, size -= 16) {
        unsigned found = _mm_movemask_epi8(_mm_cmpeq_epi8(LOAD(at), wanted));
        if (found) return (void *)(at + __builtin_ctz(found));
    }
    for (; size; at++, size--)
        if (*at == (unsigned char)value) return (void *)at;
    return NULL;
}

CRTAPI void *_memccpy(void *dest, const void *source, int value, size_t size)
{
    unsigned char *to = dest;
    const unsigned char *from = source;

    while (size--)
        if ((*to++ = *from++) == (unsigned char)value) return to;
    return NULL;
}

CRTAPI errno_t memcpy_s(void *dest, size_t dest_size, const void *source, size_t size)
{
    if (!size) return 0;
    REQUIRE(dest, EINVAL, EINVAL);
    if (!source || dest_size < size) {
        memset(dest, 0, dest_size);
        REQUIRE(source, EINVAL, EINVAL);
        REQUIRE(dest_size >= size, ERANGE, ERANGE);
    }
    memcpy(dest, source, size);
    return 0;
}

CRTAPI errno_t memmove_s(void *dest, size_t dest_size, const void *source, size_t size)
{
    if (!size) return 0;
    REQUIRE(dest && source, EINVAL, EINVAL);
    REQUIRE(dest_size >= size, ERANGE, ERANGE);
    memmove(dest, source, size);
    return 0;
}

CRTAPI errno_t wmemcpy_s(wchar_t *dest, size_t dest_count, const wchar_t *source, size_t count)
{
    return memcpy_s(dest, dest_count * sizeof(wchar_t), source, count * sizeof(wchar_t));
}

CRTAPI errno_t wmemmove_s(wchar_t *dest, size_t dest_count, const wchar_t *source, size_t count)
{
    return memmove_s(dest, dest_count * sizeof(wchar_t), source, count * sizeof(wchar_t));
}

CRTAPI void _swab(char *source, char *dest, int size)
{
    REQUIRE(source && dest && size >= 0, EINVAL, );
    for (; size > 1; size -= 2, source += 2, dest += 2) {
        char first = source[0];
        dest[0] = source[1];
        dest[1] = first;
    }
}
