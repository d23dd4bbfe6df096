/* memcpy and its relatives. Everything links against these, so they use SSE2, and `rep movsb`/`rep stosb` for what
 * is long enough to pay for their start-up.
 */
#include "ntdll.h"
#include <emmintrin.h>

#define REP_THRESHOLD 2048

static inline __m128i load(const void *p)
{
    return _mm_loadu_si128(p);
}
static inline void store(void *p, __m128i v)
{
    _mm_storeu_si128(p, v);
}

typedef struct __attribute__((packed, may_alias)) { uint64_t v; } u64_any;
typedef struct __attribute__((packed, may_alias)) { uint32_t v; } u32_any;
typedef struct __attribute__((packed, may_alias)) { uint16_t v; } u16_any;

static inline void move_short(unsigned char *d, const unsigned char *s, size_t n)
{
    if (n >= 8) {
        uint64_t a = ((const u64_any *)s)->v, b = ((const u64_any *)(s + n - 8))->v;
        ((u64_any *)d)->v = a;
        ((u64_any *)(d + n - 8))->v = b;
    } else if (n >= 4) {
        uint32_t a = ((const u32_any *)s)->v, b = ((const u32_any *)(s + n - 4))->v;
        ((u32_any *)d)->v = a;
        ((u32_any *)(d + n - 4))->v = b;
    } else if (n >= 2) {
        uint16_t a = ((const u16_any *)s)->v, b = ((const u16_any *)(s + n - 2))->v;
        ((u16_any *)d)->v = a;
        ((u16_any *)(d + n - 2))->v = b;
    } else if (n) {
        *d = *s;
    }
}

/* memcpy is the same function, as on Windows: programs that overlap get what they expect. */
#ifdef _WIN64
__asm__(".globl memcpy\n.set memcpy, memmove");
#else
__asm__(".globl _memcpy\n.set _memcpy, _memmove");
#endif

void *__cdecl memmove(void *to, const void *from, size_t n)
{
    unsigned char *d = to;
    const unsigned char *s = from;

    if (n < 16) {
        move_short(d, s, n);
        return to;
    }
    __m128i head = load(s), tail = load(s + n - 16);
    if (n <= 32) {
        store(d, head);
        store(d + n - 16, tail);
        return to;
    }
    if ((size_t)(d - s) >= n) { /* forwards is safe; `tail` is loaded before a store can reach its source */
        if (n >= REP_THRESHOLD && (size_t)(s - d) >= 64) {
            __asm__ volatile("rep movsb" : "+D"(d), "+S"(s), "+c"(n) : : "memory");
            return to;
        }
        unsigned char *end = d + n - 16;
        for (; d + 48 < end; d += 64, s += 64) {
            __m128i a = load(s), b = load(s + 16), c = load(s + 32), e = load(s + 48);
            store(d, a);
            store(d + 16, b);
            store(d + 32, c);
            store(d + 48, e);
        }
        for (; d < end; d += 16, s += 16) store(d, load(s));
        store(end, tail);
        return to;
    }
    /* Backwards. */
    d += n;
    s += n;
    size_t left = n;
    while (left > 64) {
        __m128i a = load(s - 16), b = load(s - 32), c = load(s - 48), e = load(s - 64);
        store(d - 16, a);
        store(d - 32, b);
        store(d - 48, c);
        store(d - 64, e);
        d -= 64;
        s -= 64;
        left -= 64;
    }
    while (left > 16) {
        __m128i a = load(s - 16);
        store(d - 16, a);
        d -= 16;
        s -= 16;
        left -= 16;
    }
    store(to, head);
    return to;
}

void *__cdecl memset(void *to, int value, size_t n)
{
    unsigned char *d = to;
    uint64_t word = 0x0101010101010101ull * (unsigned char)value;

    if (n < 16) {
        if (n >= 8) {
            ((u64_any *)d)->v = word;
            ((u64_any *)(d + n - 8))->v = word;
        } else if (n >= 4) {
            ((u32_any *)d)->v = (uint32_t)word;
            ((u32_any *)(d + n - 4))->v = (uint32_t)word;
        } else if (n >= 2) {
            ((u16_any *)d)->v = (uint16_t)word;
            ((u16_any *)(d + n - 2))->v = (uint16_t)word;
        } else if (n) {
            *d = (unsigned char)value;
        }
        return to;
    }
    if (n >= REP_THRESHOLD) {
        __asm__ volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(value) : "memory");
        return to;
    }
    __m128i fill = _mm_set1_epi8((char)value);
    unsigned char *end = d + n - 16;
    for (; d + 48 < end; d += 64) {
        store(d, fill);
        store(d + 16, fill);
        store(d + 32, fill);
        store(d + 48, fill);
    }
    for (; d < end; d += 16) store(d, fill);
    store(end, fill);
    return to;
}

/* First differing position, or n. */
static size_t first_difference(const unsigned char *a, const unsigned char *b, size_t n)
{
    size_t i = 0;

    for (; i + 16 <= n; i += 16) {
        unsigned equal = _mm_movemask_epi8(_mm_cmpeq_epi8(load(a + i), load(b + i)));
        if (equal != 0xffff) return i + __builtin_ctz(~equal);
    }
    for (; i < n; i++)
        if (a[i] != b[i]) break;
    return i;
}

int __cdecl memcmp(const void *left, const void *right, size_t n)
{
    const unsigned char *a = left, *b = right;
    size_t i = first_difference(a, b, n);

    return i == n ? 0 : a[i] < b[i] ? -1 : 1;
}

void *__cdecl memchr(const void *buffer, int value, size_t n)
{
    const unsigned char *p = buffer;

    for (; n >= 16; n -= 16, p += 16) {
        unsigned mask = _mm_movemask_epi8(_mm_cmpeq_epi8(load(p), _mm_set1_epi8((char)value)));
        if (mask) return (void *)(p + __builtin_ctz(mask));
    }
    for (; n; n--, p++)
        if (*p == (unsigned char)value) return (void *)p;
    return NULL;
}

void *__cdecl _memccpy(void *to, const void *from, int value, size_t n)
{
    unsigned char *d = to;
    const unsigned char *s = from;

    while (n--)
        if ((*d++ = *s++) == (unsigned char)value) return d;
    return NULL;
}

int __cdecl _memicmp(const void *left, const void *right, size_t n)
{
    const unsigned char *a = left, *b = right;

    for (; n; n--, a++, b++) {
        int x = *a - 'A' < 26u ? *a + 32 : *a, y = *b - 'A' < 26u ? *b + 32 : *b;
        if (x != y) return x - y;
    }
    return 0;
}

SIZE_T NTAPI RtlCompareMemory(const void *left, const void *right, SIZE_T length)
{
    return first_difference(left, right, length);
}

/* Pattern is compared in whole ULONGs; returns the bytes that match. */
SIZE_T NTAPI RtlCompareMemoryUlong(void *source, SIZE_T length, ULONG pattern)
{
    const ULONG *at = source;
    SIZE_T count = length / sizeof(ULONG), i = 0;

    while (i < count && at[i] == pattern) i++;
    return i * sizeof(ULONG);
}

void NTAPI RtlFillMemory(void *to, SIZE_T length, UCHAR fill)
{
    memset(to, fill, length);
}

void NTAPI RtlFillMemoryUlong(void *to, SIZE_T length, ULONG pattern)
{
    ULONG *at = to;

    for (SIZE_T i = 0; i < length / sizeof(ULONG); i++) at[i] = pattern;
}

void NTAPI RtlFillMemoryUlonglong(void *to, SIZE_T length, ULONGLONG pattern)
{
    ULONGLONG *at = to;

    for (SIZE_T i = 0; i < length / sizeof(ULONGLONG); i++) at[i] = pattern;
}

void NTAPI RtlZeroMemory(void *to, SIZE_T length)
{
    memset(to, 0, length);
}

void NTAPI RtlMoveMemory(void *to, const void *from, SIZE_T length)
{
    memmove(to, from, length);
}
