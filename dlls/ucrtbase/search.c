/* Sorting and searching, small numbers, random ones. */
#include "crt.h"

typedef int(__cdecl *comparison)(const void *, const void *);
typedef int(__cdecl *context_comparison)(void *, const void *, const void *);

static void swap(char *a, char *b, size_t width)
{
    if (a == b) return;
    for (; width >= sizeof(size_t); width -= sizeof(size_t), a += sizeof(size_t), b += sizeof(size_t)) {
        size_t word = *(size_t *)a;
        *(size_t *)a = *(size_t *)b;
        *(size_t *)b = word;
    }
    while (width--) {
        char byte = *a;
        *a++ = *b;
        *b++ = byte;
    }
}

struct order {
    comparison plain;
    context_comparison with_context;
    void *context;
    size_t width;
};

static inline int compare(const struct order *order, const void *a, const void *b)
{
    return order->plain ? order->plain(a, b) : order->with_context(order->context, a, b);
}

static void insertion(char *low, char *high, const struct order *order)
{
    for (; high > low; high -= order->width) { /* the greatest goes last */
        char *greatest = low;
        for (char *p = low + order->width; p <= high; p += order->width)
            if (compare(order, p, greatest) > 0) greatest = p;
        swap(greatest, high, order->width);
    }
}

static void sift(char *base, size_t root, size_t count, const struct order *order)
{
    for (;;) {
        size_t child = root * 2 + 1;
        if (child >= count) return;
        if (child + 1 < count && compare(order, base + child * order->width, base + (child + 1) * order->width) < 0) child++;
        if (compare(order, base + root * order->width, base + child * order->width) >= 0) return;
        swap(base + root * order->width, base + child * order->width, order->width);
        root = child;
    }
}

/* Quicksort by the median of three; a heap takes over when the partitions go bad, so it is never quadratic. */
static void sort(char *low, char *high, const struct order *order, int depth)
{
    size_t width = order->width;

    for (;;) {
        size_t count = high >= low ? (size_t)(high - low) / width + 1 : 0;
        char *middle, *left, *right;
        if (count <= 8) {
            if (count > 1) insertion(low, high, order);
            return;
        }
        if (!depth--) {
            for (size_t i = count / 2; i--;) sift(low, i, count, order);
            for (size_t i = count; --i;) {
                swap(low, low + i * width, width);
                sift(low, 0, i, order);
            }
            return;
        }
        middle = low + count / 2 * width;
        if (compare(order, low, middle) > 0) swap(low, middle, width);
        if (compare(order, low, high) > 0) swap(low, high, width);
        if (compare(order, middle, high) > 0) swap(middle, high, width);
        left = low;
        right = high;
        for (;;) {
            do left += width;
            while (left < high && left != middle && compare(order, left, middle) <= 0);
            if (left == middle) {
                do left += width;
                while (left <= high && compare(order, left, middle) <= 0);
            }
            do right -= width;
            while (right > middle && compare(order, right, middle) > 0);
            if (right < left) break;
            swap(left, right, width);
            if (middle == right) middle = left;
        }
        right += width;
        if (middle < right) {
            do right -= width;
            while (right > middle && compare(order, right, middle) == 0);
        }
        if (middle >= right) {
            do right -= width;
            while (right > low && compare(order, right, middle) == 0);
        }
        if (right - low >= high - left) {
            if (left < high) sort(left, high, order, depth);
            high = right;
        } else {
            if (low < right) sort(low, right, order, depth);
            low = left;
        }
    }
}

static int depth_for(size_t count)
{
    int depth = 2;

    for (; count; count >>= 1) depth += 2;
    return depth;
}

CRTAPI void qsort(void *base, size_t count, size_t width, comparison compare)
{
    struct order order = { compare, NULL, NULL, width };

    REQUIRE((base || !count) && width && compare, EINVAL, );
    if (count > 1) sort(base, (char *)base + (count - 1) * width, &order, depth_for(count));
}

CRTAPI void qsort_s(void *base, size_t count, size_t width, context_comparison compare, void *context)
{
    struct order order = { NULL, compare, context, width };

    REQUIRE((base || !count) && width && compare, EINVAL, );
    if (count > 1) sort(base, (char *)base + (count - 1) * width, &order, depth_for(count));
}

static void *find_sorted(const void *key, const char *base, size_t count, const struct order *order)
{
    while (count) {
        const char *middle = base + count / 2 * order->width;
        int result = compare(order, key, middle);
        if (!result) return (void *)middle;
        if (result > 0) {
            base = middle + order->width;
            count -= count / 2 + 1;
        } else {
            count /= 2;
        }
    }
    return NULL;
}

CRTAPI void *bsearch(const void *key, const void *base, size_t count, size_t width, comparison compare)
{
    struct order order = { compare, NULL, NULL, width };

    REQUIRE((base || !count) && width && compare, EINVAL, NULL);
    return find_sorted(key, base, count, &order);
}

CRTAPI void *bsearch_s(const void *key, const void *base, size_t count, size_t width, context_comparison compare,
                       void *context)
{
    struct order order = { NULL, compare, context, width };

    REQUIRE((base || !count) && width && compare, EINVAL, NULL);
    return find_sorted(key, base, count, &order);
}

static void *find_linear(const void *key, char *base, unsigned *count, const struct order *order, BOOL add)
{
    for (unsigned i = 0; i < *count; i++, base += order->width)
        if (!compare(order, key, base)) return base;
    if (!add) return NULL;
    memcpy(base, key, order->width);
    ++*count;
    return base;
}

#define LINEAR(name, name_s, constant, add)                                                                             \
    CRTAPI void *name(const void *key, constant void *base, unsigned *count, unsigned width, comparison compare)        \
    {                                                                                                                   \
        struct order order = { compare, NULL, NULL, width };                                                            \
        REQUIRE(key && count && (base || !*count) && width && compare, EINVAL, NULL);                                   \
        return find_linear(key, (char *)base, count, &order, add);                                                      \
    }                                                                                                                   \
    CRTAPI void *name_s(const void *key, constant void *base, unsigned *count, size_t width,                            \
                        context_comparison compare, void *context)                                                      \
    {                                                                                                                   \
        struct order order = { NULL, compare, context, width };                                                         \
        REQUIRE(key && count && (base || !*count) && width && compare, EINVAL, NULL);                                   \
        return find_linear(key, (char *)base, count, &order, add);                                                      \
    }

LINEAR(_lfind, _lfind_s, const, FALSE)
LINEAR(_lsearch, _lsearch_s, , TRUE)

/* ---- random numbers ---- */

CRTAPI int rand(void)
{
    struct thread_data *data = thread_data();

    data->rand_state = data->rand_state * 214013 + 2531011;
    return data->rand_state >> 16 & 0x7fff;
}

CRTAPI void srand(unsigned seed)
{
    thread_data()->rand_state = seed;
}

/* From the system's generator, by the name that Windows' own runtime uses. */
CRTAPI errno_t rand_s(unsigned *value)
{
    static BOOLEAN(WINAPI *generate)(void *, ULONG);

    REQUIRE(value, EINVAL, EINVAL);
    *value = 0;
    if (!generate) {
        HMODULE module = LoadLibraryExW(L"cryptbase.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
        if (module) generate = (void *)GetProcAddress(module, "SystemFunction036");
    }
    if (generate && generate(value, sizeof(*value))) return 0;
    errno = ENOMEM;
    return ENOMEM;
}

/* ---- division ---- */

typedef struct {
    int quot, rem;
} int_division;
typedef struct {
    long quot, rem;
} long_division;
typedef struct {
    __int64 quot, rem;
} long_long_division;

/* Both results come back in EDX:EAX or RAX, as an aggregate of eight bytes does. */
CRTAPI unsigned __int64 div(int numerator, int denominator)
{
    union {
        int_division division;
        unsigned __int64 word;
    } result = { { numerator / denominator, numerator % denominator } };

    return result.word;
}

CRTAPI unsigned __int64 ldiv(long numerator, long denominator)
{
    return div(numerator, denominator);
}

CRTAPI long_long_division lldiv(__int64 numerator, __int64 denominator)
{
    return (long_long_division){ numerator / denominator, numerator % denominator };
}

CRTAPI long_long_division imaxdiv(__int64 numerator, __int64 denominator)
{
    return lldiv(numerator, denominator);
}

CRTAPI int abs(int value)
{
    return value < 0 ? -value : value;
}

CRTAPI long labs(long value)
{
    return value < 0 ? -value : value;
}

CRTAPI __int64 _abs64(__int64 value)
{
    return value < 0 ? -value : value;
}

CRTAPI __int64 llabs(__int64 value)
{
    return _abs64(value);
}

CRTAPI __int64 imaxabs(__int64 value)
{
    return _abs64(value);
}
