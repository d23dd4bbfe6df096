/* winnls.h: NormalizeString, IsNormalizedString; composition for the string functions. Unicode chapter 3.11. */
#include "nls.h"

enum { S_BASE = 0xac00, L_BASE = 0x1100, V_BASE = 0x1161, T_BASE = 0x11a7, V_COUNT = 21, T_COUNT = 28, S_COUNT = 11172 };

static const struct nls_normalize *tables(void)
{
    static const struct nls_normalize *volatile found;
    if (!found) found = FerryNlsBlock(NLS_NORMALIZE, 0);
    return found;
}

static unsigned combining_class(const struct nls_normalize *table, unsigned c)
{
    const struct nls_class_range *range = NLS_AT(table, classes, struct nls_class_range);
    unsigned low = 0, high = table->class_count;
    if (c < 0x300) return 0;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (c > range[middle].last) low = middle + 1;
        else if (c < range[middle].first) high = middle;
        else return range[middle].combining_class;
    }
    return 0;
}

static const struct nls_decomposition *find(const struct nls_normalize *table, unsigned code)
{
    const struct nls_decomposition *entry = NLS_AT(table, decompositions, struct nls_decomposition);
    unsigned low = 0, high = table->decomposition_count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (entry[middle].code == code) return &entry[middle];
        if (entry[middle].code < code) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

static unsigned compose_pair(const struct nls_normalize *table, unsigned a, unsigned b)
{
    const struct nls_pair *pair = NLS_AT(table, pairs, struct nls_pair);
    unsigned low = 0, high = table->pair_count;
    if (a >= L_BASE && a < L_BASE + 19 && b >= V_BASE && b < V_BASE + V_COUNT)
        return S_BASE + ((a - L_BASE) * V_COUNT + b - V_BASE) * T_COUNT;
    if (a >= S_BASE && a < S_BASE + S_COUNT && (a - S_BASE) % T_COUNT == 0 && b > T_BASE && b < T_BASE + T_COUNT)
        return a + b - T_BASE;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (pair[middle].first == a && pair[middle].second == b) return pair[middle].composed;
        if (pair[middle].first < a || (pair[middle].first == a && pair[middle].second < b)) low = middle + 1;
        else high = middle;
    }
    return 0;
}

/* A lone surrogate is returned as it is. */
static unsigned next(const WCHAR *from, int count, int *units)
{
    *units = 1;
    if ((from[0] & 0xfc00) == 0xd800 && count > 1 && (from[1] & 0xfc00) == 0xdc00) {
        *units = 2;
        return 0x10000 + ((from[0] & 0x3ff) << 10) + (from[1] & 0x3ff);
    }
    return from[0];
}

/* Decomposed code points of `from`, in canonical order, on the heap; NULL without memory. */
static unsigned *decompose(const struct nls_normalize *table, const WCHAR *from, int count, bool compat, int *length)
{
    const uint16_t *pool = NLS_AT(table, pool, uint16_t);
    int total = 0, units;
    for (int pass = 0;; pass++) {
        unsigned *result = pass ? mem_alloc((total + 1) * sizeof(unsigned)) : NULL;
        int at = 0;
        if (pass && !result) return NULL;
        for (int i = 0; i < count; i += units) {
            unsigned c = next(from + i, count - i, &units);
            const struct nls_decomposition *entry = NULL;
            if (c >= S_BASE && c < S_BASE + S_COUNT) {
                unsigned index = c - S_BASE, trail = index % T_COUNT;
                if (result) {
                    result[at] = L_BASE + index / (V_COUNT * T_COUNT);
                    result[at + 1] = V_BASE + index / T_COUNT % V_COUNT;
                    if (trail) result[at + 2] = T_BASE + trail;
                }
                at += trail ? 3 : 2;
                continue;
            }
            if (c >= 0xa0 && compat) entry = find(table, c << 1 | 1);
            if (c >= 0xa0 && !entry) entry = find(table, c << 1);
            if (!entry) {
                if (result) result[at] = c;
                at++;
                continue;
            }
            for (int used = 0, step; used < entry->units; used += step) {
                unsigned part = next(pool + entry->at + used, entry->units - used, &step);
                if (result) result[at] = part;
                at++;
            }
        }
        total = at;
        if (!pass) continue;
        for (int i = 1; i < total; i++) { /* stable order by class between starters */
            unsigned own = combining_class(table, result[i]);
            for (int j = i; own && j > 0; j--) {
                unsigned before = combining_class(table, result[j - 1]);
                if (!before || before <= own) break;
                unsigned swap = result[j];
                result[j] = result[j - 1];
                result[j - 1] = swap;
            }
        }
        *length = total;
        return result;
    }
}

static int compose(const struct nls_normalize *table, unsigned *text, int count)
{
    int starter = -1, out = 0;
    unsigned last = 0;
    for (int i = 0; i < count; i++) {
        unsigned own = combining_class(table, text[i]), composed;
        bool blocked = starter >= 0 && out > starter + 1 && (last >= own || !last);
        if (starter >= 0 && !blocked && (composed = compose_pair(table, text[starter], text[i]))) {
            text[starter] = composed;
            continue;
        }
        if (!own) starter = out;
        last = own;
        text[out++] = text[i];
    }
    return out;
}

/* UTF-16 units written, or -1 if `room` is too small. With `to` NULL only counts. */
static int put(WCHAR *to, int room, const unsigned *text, int count)
{
    int out = 0;
    for (int i = 0; i < count; i++) {
        int units = text[i] >= 0x10000 ? 2 : 1;
        if (to) {
            if (out + units > room) return -1;
            to[out] = units == 2 ? 0xd7c0 + (text[i] >> 10) : text[i];
            if (units == 2) to[out + 1] = 0xdc00 | (text[i] & 0x3ff);
        }
        out += units;
    }
    return out;
}

static bool is_ascii(const WCHAR *from, int count)
{
    return ascii_run_wide(from, count) == count;
}

/* -1: no room; -2: no memory or no data. */
static int normalize(WCHAR *to, int room, const WCHAR *from, int count, bool compat, bool composed)
{
    const struct nls_normalize *table;
    int length, result;
    unsigned *text;

    if (is_ascii(from, count)) {
        if (to && count > room) return -1;
        if (to) memmove(to, from, count * sizeof(WCHAR));
        return count;
    }
    if (!(table = tables())) return -2;
    if (!(text = decompose(table, from, count, compat, &length))) return -2;
    if (composed) length = compose(table, text, length);
    result = put(to, room, text, length);
    mem_free(text);
    return result;
}

/* For MB_COMPOSITE, WC_COMPOSITECHECK, MAP_COMPOSITE and MAP_PRECOMPOSED. Units written, -1 if there is no room. */
int decompose_string(WCHAR *to, int room, const WCHAR *from, int count)
{
    return normalize(to, room, from, count, false, false);
}
int compose_string(WCHAR *to, int room, const WCHAR *from, int count)
{
    return normalize(to, room, from, count, false, true);
}
int fold_compatibility(WCHAR *to, int room, const WCHAR *from, int count)
{
    return normalize(to, room, from, count, true, false);
}

static int lone_surrogate(const WCHAR *from, int count)
{
    for (int i = 0, units; i < count; i += units) {
        unsigned c = next(from + i, count - i, &units);
        if (c >= 0xd800 && c < 0xe000) return i;
    }
    return -1;
}

/* Returns the units needed (an estimate with `room` 0, as the reference says); 0 or negative with
 * ERROR_INSUFFICIENT_BUFFER, ERROR_NO_UNICODE_TRANSLATION (minus the position), ERROR_INVALID_PARAMETER. */
int WINAPI NormalizeString(NORM_FORM form, const WCHAR *from, int count, WCHAR *to, int room)
{
    int result, bad;

    if (form != NormalizationC && form != NormalizationD && form != NormalizationKC && form != NormalizationKD)
        return set_error(ERROR_INVALID_PARAMETER);
    if (!from || count < -1 || room < 0 || (!to && room)) return set_error(ERROR_INVALID_PARAMETER);
    if (count == -1) count = (int)wide_length(from) + 1;
    if (!count) {
        set_error(ERROR_SUCCESS);
        return 0;
    }
    if ((bad = lone_surrogate(from, count)) >= 0) {
        set_error(ERROR_NO_UNICODE_TRANSLATION);
        return -bad;
    }
    result = normalize(room ? to : NULL, room, from, count, form == NormalizationKC || form == NormalizationKD,
                       form == NormalizationC || form == NormalizationKC);
    if (result == -2) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    if (result == -1) {
        set_error(ERROR_INSUFFICIENT_BUFFER);
        return -normalize(NULL, 0, from, count, form == NormalizationKC || form == NormalizationKD,
                          form == NormalizationC || form == NormalizationKC);
    }
    set_error(ERROR_SUCCESS);
    return result;
}

BOOL WINAPI IsNormalizedString(NORM_FORM form, const WCHAR *from, int count)
{
    WCHAR *copy;
    int length;
    BOOL same;

    if (form != NormalizationC && form != NormalizationD && form != NormalizationKC && form != NormalizationKD)
        return set_error(ERROR_INVALID_PARAMETER);
    if (!from || count < -1) return set_error(ERROR_INVALID_PARAMETER);
    if (count == -1) count = (int)wide_length(from) + 1;
    set_error(ERROR_SUCCESS);
    if (is_ascii(from, count)) return TRUE;
    if (lone_surrogate(from, count) >= 0) return set_error(ERROR_NO_UNICODE_TRANSLATION);
    if (!(copy = mem_alloc((count + 1) * sizeof(WCHAR)))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    length = normalize(copy, count, from, count, form == NormalizationKC || form == NormalizationKD,
                       form == NormalizationC || form == NormalizationKC);
    same = length == count && !memcmp(copy, from, count * sizeof(WCHAR));
    mem_free(copy);
    return same;
}
