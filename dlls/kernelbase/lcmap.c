/* winnls.h: LCMapString*, FoldString: case, width, kana, sort keys. */
#include "sort.h"

int decompose_string(WCHAR *to, int room, const WCHAR *from, int count);
int compose_string(WCHAR *to, int room, const WCHAR *from, int count);
int fold_compatibility(WCHAR *to, int room, const WCHAR *from, int count);
NTSYSAPI WCHAR NTAPI RtlDowncaseUnicodeChar(WCHAR c);

/* Half-width katakana U+FF61 to U+FF9F as full-width. */
static const WCHAR half_katakana[] = {
    0x3002, 0x300c, 0x300d, 0x3001, 0x30fb, 0x30f2, 0x30a1, 0x30a3, 0x30a5, 0x30a7, 0x30a9, 0x30e3, 0x30e5,
    0x30e7, 0x30c3, 0x30fc, 0x30a2, 0x30a4, 0x30a6, 0x30a8, 0x30aa, 0x30ab, 0x30ad, 0x30af, 0x30b1, 0x30b3,
    0x30b5, 0x30b7, 0x30b9, 0x30bb, 0x30bd, 0x30bf, 0x30c1, 0x30c4, 0x30c6, 0x30c8, 0x30ca, 0x30cb, 0x30cc,
    0x30cd, 0x30ce, 0x30cf, 0x30d2, 0x30d5, 0x30d8, 0x30db, 0x30de, 0x30df, 0x30e0, 0x30e1, 0x30e2, 0x30e4,
    0x30e6, 0x30e8, 0x30e9, 0x30ea, 0x30eb, 0x30ec, 0x30ed, 0x30ef, 0x30f3, 0x309b, 0x309c,
};
/* U+FFE0 to U+FFE6. */
static const WCHAR full_signs[] = {0xa2, 0xa3, 0xac, 0xaf, 0xa6, 0xa5, 0x20a9};

/* The voiced (1) or semi-voiced (2) form of a full-width katakana, or 0. */
static WCHAR voiced(WCHAR c, int kind)
{
    if (kind == 2) return c >= 0x30cf && c <= 0x30db && (c - 0x30cf) % 3 == 0 ? c + 2 : 0;
    if (c == 0x30a6) return 0x30f4;
    if (c == 0x30ef) return 0x30f7;
    if (c == 0x30f2) return 0x30fa;
    if (c >= 0x30ab && c <= 0x30c1) return (c - 0x30ab) % 2 == 0 ? c + 1 : 0;
    if (c == 0x30c4 || c == 0x30c6 || c == 0x30c8) return c + 1;
    return c >= 0x30cf && c <= 0x30db && (c - 0x30cf) % 3 == 0 ? c + 1 : 0;
}

static WCHAR half_of(WCHAR c)
{
    if (c >= 0xff01 && c <= 0xff5e) return c - 0xfee0;
    if (c == 0x3000) return ' ';
    for (unsigned i = 0; i < sizeof(full_signs) / sizeof(WCHAR); i++)
        if (c == 0xffe0 + i) return full_signs[i];
    if (c >= 0x3000 && c < 0x3100)
        for (unsigned i = 0; i < sizeof(half_katakana) / sizeof(WCHAR); i++)
            if (half_katakana[i] == c) return 0xff61 + i;
    return c;
}

static WCHAR full_of(WCHAR c)
{
    if (c > ' ' && c < 0x7f) return c + 0xfee0;
    if (c == ' ') return 0x3000;
    for (unsigned i = 0; i < sizeof(full_signs) / sizeof(WCHAR); i++)
        if (c == full_signs[i]) return 0xffe0 + i;
    if (c >= 0xff61 && c <= 0xff9f) return half_katakana[c - 0xff61];
    return c;
}

static WCHAR map_kana(WCHAR c, DWORD flags)
{
    if (flags & LCMAP_KATAKANA && ((c >= 0x3041 && c <= 0x3096) || c == 0x309d || c == 0x309e)) return c + 0x60;
    if (flags & LCMAP_HIRAGANA && ((c >= 0x30a1 && c <= 0x30f6) || c == 0x30fd || c == 0x30fe)) return c - 0x60;
    return c;
}

static WCHAR map_case(WCHAR c, DWORD flags, bool dotless, bool word_start)
{
    DWORD which = flags & LCMAP_TITLECASE;
    bool upper = which == LCMAP_UPPERCASE || (which == LCMAP_TITLECASE && word_start);
    if (!which) return c;
    if (flags & LCMAP_LINGUISTIC_CASING) {
        if (dotless && upper && c == 'i') return 0x130;
        if (dotless && !upper && c == 'I') return 0x131;
        if (!upper && c == 0x130) return 'i';
        if (upper && c == 0x131) return 'I';
        if (upper && c == 0x17f) return 'S';
    }
    return upper ? RtlUpcaseUnicodeChar(c) : RtlDowncaseUnicodeChar(c);
}

struct writer {
    WCHAR *to;
    int room, count;
};

static void put(struct writer *out, WCHAR c, DWORD flags)
{
    if (flags & LCMAP_BYTEREV) c = c << 8 | c >> 8;
    if (out->to && out->count < out->room) out->to[out->count] = c;
    out->count++;
}

static int map_string(LOCALE_ROW *locale, DWORD flags, const WCHAR *from, int count, WCHAR *to, int room)
{
    struct writer out = {to, room, 0};
    bool dotless = flags & LCMAP_LINGUISTIC_CASING && locale_has_dotless_i(locale), in_word = false;

    for (int i = 0; i < count; i++) {
        WCHAR c = from[i];
        if (flags & (NORM_IGNORENONSPACE | NORM_IGNORESYMBOLS)) {
            const uint16_t *type = ctype_of(c);
            if (flags & NORM_IGNORENONSPACE && (type[2] & (C3_NONSPACING | C3_ALPHA)) == C3_NONSPACING) continue;
            if (flags & NORM_IGNORESYMBOLS && type[0] & C1_PUNCT) continue;
        }
        if (flags & LCMAP_FULLWIDTH) {
            WCHAR full = full_of(c);
            if (c >= 0xff66 && c <= 0xff9d && i + 1 < count && (from[i + 1] == 0xff9e || from[i + 1] == 0xff9f)) {
                WCHAR with = voiced(full, from[i + 1] == 0xff9e ? 1 : 2);
                if (with) full = with, i++;
            }
            c = full;
        }
        c = map_kana(c, flags);
        bool start = !in_word;
        in_word = *ctype_of(c) & (C1_ALPHA | C1_DIGIT) || (in_word && (c == '\'' || c == 0x2019 || ctype_of(c)[2] & C3_NONSPACING));
        c = map_case(c, flags, dotless, start);
        if (flags & LCMAP_HALFWIDTH) {
            WCHAR half = half_of(c), base;
            if (half == c && c >= 0x30ac && c <= 0x30fa) /* voiced: base and mark */
                for (int kind = 1; kind <= 2; kind++)
                    for (int step = 1; step <= 2; step++)
                        if (voiced(base = c - step, kind) == c && half_of(base) != base) {
                            put(&out, half_of(base), flags);
                            half = kind == 1 ? 0xff9e : 0xff9f;
                            kind = 3;
                            break;
                        }
            if (c == 0x30f4) put(&out, 0xff73, flags), half = 0xff9e;
            c = half;
        }
        put(&out, c, flags);
    }
    if (to && out.count > room) return set_error(ERROR_INSUFFICIENT_BUFFER);
    return out.count;
}

#define MAP_KIND (LCMAP_TITLECASE | LCMAP_BYTEREV | LCMAP_HIRAGANA | LCMAP_KATAKANA | LCMAP_HALFWIDTH | LCMAP_FULLWIDTH | \
                  LCMAP_LINGUISTIC_CASING)
#define SORT_FLAGS (NORM_IGNORECASE | NORM_IGNORENONSPACE | NORM_IGNORESYMBOLS | LINGUISTIC_IGNORECASE | \
                    LINGUISTIC_IGNOREDIACRITIC | NORM_IGNOREKANATYPE | NORM_IGNOREWIDTH | NORM_LINGUISTIC_CASING | \
                    SORT_STRINGSORT | SORT_DIGITSASNUMBERS)

/* Whether the flags go together (winnls.h reference: LCMapStringEx). Simplified and traditional Chinese are not
 * available. */
static bool flags_are_valid(DWORD flags)
{
    if (flags & LCMAP_SORTKEY) return !(flags & ~(LCMAP_SORTKEY | LCMAP_BYTEREV | SORT_FLAGS));
    if (flags & LCMAP_HASH) return !(flags & ~(LCMAP_HASH | SORT_FLAGS));
    if (flags & ~(MAP_KIND | NORM_IGNORENONSPACE | NORM_IGNORESYMBOLS)) return false;
    if (flags & LCMAP_HIRAGANA && flags & LCMAP_KATAKANA) return false;
    if (flags & LCMAP_HALFWIDTH && flags & LCMAP_FULLWIDTH) return false;
    if (flags & LCMAP_LINGUISTIC_CASING && !(flags & LCMAP_TITLECASE)) return false;
    if (flags & (NORM_IGNORENONSPACE | NORM_IGNORESYMBOLS) && flags & MAP_KIND & ~LCMAP_BYTEREV) return false;
    return flags != 0;
}

static int map(LOCALE_ROW *locale, DWORD flags, const WCHAR *from, int count, void *to, int room)
{
    struct sort_rule rule;
    int size;

    flags &= ~LOCALE_USE_CP_ACP;
    if (!from || !count || room < 0 || (!to && room)) return set_error(ERROR_INVALID_PARAMETER);
    if (!locale) return set_error(ERROR_INVALID_PARAMETER);
    if (!flags_are_valid(flags)) return set_error(ERROR_INVALID_FLAGS);
    if (from == to && (flags & LCMAP_SORTKEY || flags & (LCMAP_HALFWIDTH | LCMAP_FULLWIDTH | LCMAP_HIRAGANA | LCMAP_KATAKANA)))
        return set_error(ERROR_INVALID_FLAGS);
    if (flags & LCMAP_SORTKEY) {
        if (count < 0) count = (int)wide_length(from);
        if (!sort_rule_init(&rule, flags & SORT_FLAGS)) return 0;
        size = sort_key(&rule, room ? to : NULL, room, from, count);
        return size < 0 ? set_error(ERROR_INSUFFICIENT_BUFFER) : size;
    }
    if (count < 0) count = (int)wide_length(from) + 1;
    if (flags & LCMAP_HASH) { /* of the sort key, so that what compares equal has one hash */
        BYTE *key;
        uint32_t hash = 2166136261u;
        if (room && room < sizeof(uint32_t)) return set_error(ERROR_INSUFFICIENT_BUFFER);
        if (!room) return sizeof(uint32_t);
        if (!sort_rule_init(&rule, flags & SORT_FLAGS)) return 0;
        size = sort_key(&rule, NULL, 0, from, count);
        if (!(key = mem_alloc(size))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
        sort_key(&rule, key, size, from, count);
        for (int i = 0; i < size; i++) hash = (hash ^ key[i]) * 16777619u;
        mem_free(key);
        memcpy(to, &hash, sizeof(hash));
        return sizeof(hash);
    }
    return map_string(locale, flags, from, count, room ? to : NULL, room);
}

int WINAPI LCMapStringEx(const WCHAR *name, DWORD flags, const WCHAR *from, int count, WCHAR *to, int room,
                         NLSVERSIONINFO *version, void *reserved, LPARAM handle)
{
    if (reserved || (handle && !(flags & LCMAP_SORTHANDLE))) return set_error(ERROR_INVALID_PARAMETER);
    return map(locale_by_name(name), flags, from, count, to, room);
}

int WINAPI LCMapStringW(LCID lcid, DWORD flags, const WCHAR *from, int count, WCHAR *to, int room)
{
    return map(locale_by_lcid(lcid), flags, from, count, to, room);
}

int WINAPI LCMapStringA(LCID lcid, DWORD flags, const char *from, int size, char *to, int room)
{
    LOCALE_ROW *locale = locale_by_lcid(lcid);
    WCHAR small[256], result_small[256], *wide, *result = NULL;
    int count = 0, units, done = 0;
    UINT codepage;

    if (!from || !size || room < 0 || (!to && room) || !locale) return set_error(ERROR_INVALID_PARAMETER);
    codepage = locale_codepage(locale, flags);
    if (size < 0) size = (int)str_length(from) + 1;
    if (flags & LCMAP_SORTKEY && size && !from[size - 1]) size--;
    if (!(wide = size ? nls_to_wide(codepage, from, size, small, 256, &count) : small)) return 0;
    if (flags & LCMAP_SORTKEY) {
        struct sort_rule rule;
        if (!flags_are_valid(flags & ~LOCALE_USE_CP_ACP)) set_error(ERROR_INVALID_FLAGS);
        else if (sort_rule_init(&rule, flags & SORT_FLAGS)) {
            done = sort_key(&rule, room ? (BYTE *)to : NULL, room, wide, count);
            if (done < 0) done = set_error(ERROR_INSUFFICIENT_BUFFER);
        }
    } else if ((units = map(locale, flags, wide, count, NULL, 0))) {
        result = units <= 256 ? result_small : mem_alloc(units * sizeof(WCHAR));
        if (!result) set_error(ERROR_NOT_ENOUGH_MEMORY);
        else {
            map(locale, flags, wide, count, result, units);
            done = nls_result_ansi(codepage, result, units, to, room);
        }
    }
    if (wide != small) mem_free(wide);
    if (result != result_small) mem_free(result);
    return done;
}

/* ---- FoldString ---- */

static WCHAR digit_of(WCHAR c)
{
    static const WCHAR zeros[] = {0x660,  0x6f0,  0x7c0,  0x966,  0x9e6,  0xa66,  0xae6,  0xb66,  0xbe6,  0xc66,
                                  0xce6,  0xd66,  0xde6,  0xe50,  0xed0,  0xf20,  0x1040, 0x1090, 0x17e0, 0x1810,
                                  0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
                                  0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10};
    for (unsigned i = 0; i < sizeof(zeros) / sizeof(WCHAR); i++)
        if (c >= zeros[i] && c < zeros[i] + 10) return '0' + c - zeros[i];
    if (c >= 0x2460 && c <= 0x2468) return '1' + c - 0x2460;
    if (c >= 0x2080 && c <= 0x2089) return '0' + c - 0x2080;
    if (c == 0x2070 || (c >= 0x2074 && c <= 0x2079)) return '0' + c - 0x2070;
    if (c == 0xb2 || c == 0xb3) return '2' + c - 0xb2;
    return c == 0xb9 ? '1' : c;
}

int WINAPI FoldStringW(DWORD flags, const WCHAR *from, int count, WCHAR *to, int room)
{
    WCHAR *copy = NULL;
    int result, (*change)(WCHAR *, int, const WCHAR *, int) = NULL;

    if (!from || !count || room < 0 || (!to && room) || from == to) return set_error(ERROR_INVALID_PARAMETER);
    if (!flags || flags & ~(MAP_FOLDCZONE | MAP_PRECOMPOSED | MAP_COMPOSITE | MAP_FOLDDIGITS | MAP_EXPAND_LIGATURES) ||
        (flags & MAP_COMPOSITE && flags & (MAP_PRECOMPOSED | MAP_EXPAND_LIGATURES)))
        return set_error(ERROR_INVALID_FLAGS);
    if (count < 0) count = (int)wide_length(from) + 1;
    if (!(copy = mem_alloc(count * sizeof(WCHAR)))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    for (int i = 0; i < count; i++) copy[i] = flags & MAP_FOLDDIGITS ? digit_of(from[i]) : from[i];
    if (flags & (MAP_FOLDCZONE | MAP_EXPAND_LIGATURES)) change = fold_compatibility;
    else if (flags & MAP_PRECOMPOSED) change = compose_string;
    else if (flags & MAP_COMPOSITE) change = decompose_string;
    if (change == fold_compatibility) { /* fold, then compose again unless decomposition was asked for */
        int folded = fold_compatibility(NULL, 0, copy, count);
        WCHAR *more = folded >= 0 ? mem_alloc((folded + 1) * sizeof(WCHAR)) : NULL;
        if (!more) {
            mem_free(copy);
            return set_error(ERROR_NOT_ENOUGH_MEMORY);
        }
        fold_compatibility(more, folded, copy, count);
        mem_free(copy);
        copy = more;
        count = folded;
        change = flags & MAP_COMPOSITE ? decompose_string : compose_string;
    }
    if (change) result = change(room ? to : NULL, room, copy, count);
    else if (room && count > room) result = -1;
    else {
        if (room) memcpy(to, copy, count * sizeof(WCHAR));
        result = count;
    }
    mem_free(copy);
    if (result == -1) return set_error(ERROR_INSUFFICIENT_BUFFER);
    return result < 0 ? set_error(ERROR_NOT_ENOUGH_MEMORY) : result;
}

int WINAPI FoldStringA(DWORD flags, const char *from, int size, char *to, int room)
{
    WCHAR small[256], *wide, *result;
    int count, units, done = 0;

    if (!from || !size || room < 0 || (!to && room) || from == to) return set_error(ERROR_INVALID_PARAMETER);
    if (!(wide = nls_to_wide(CP_ACP, from, size, small, 256, &count))) return 0;
    if ((units = FoldStringW(flags, wide, count, NULL, 0))) {
        if ((result = mem_alloc(units * sizeof(WCHAR)))) {
            FoldStringW(flags, wide, count, result, units);
            done = nls_result_ansi(CP_ACP, result, units, to, room);
            mem_free(result);
        } else set_error(ERROR_NOT_ENOUGH_MEMORY);
    }
    if (wide != small) mem_free(wide);
    return done;
}
