/* stringapiset.h, winnls.h: CompareString*, FindNLSString*, lstrcmp. */
#include "sort.h"

static int ordinal(const WCHAR *a, int a_count, const WCHAR *b, int b_count, bool ignore_case)
{
    int count = a_count < b_count ? a_count : b_count;
    for (int i = 0; i < count; i++) {
        WCHAR x = a[i], y = b[i];
        if (x != y && ignore_case) {
            x = RtlUpcaseUnicodeChar(x);
            y = RtlUpcaseUnicodeChar(y);
        }
        if (x != y) return x < y ? CSTR_LESS_THAN : CSTR_GREATER_THAN;
    }
    return a_count == b_count ? CSTR_EQUAL : a_count < b_count ? CSTR_LESS_THAN : CSTR_GREATER_THAN;
}

int WINAPI CompareStringOrdinal(const WCHAR *a, int a_count, const WCHAR *b, int b_count, BOOL ignore_case)
{
    if (!a || !b || a_count < -1 || b_count < -1) return set_error(ERROR_INVALID_PARAMETER);
    if (a_count < 0) a_count = (int)wide_length(a);
    if (b_count < 0) b_count = (int)wide_length(b);
    return ordinal(a, a_count, b, b_count, ignore_case);
}

static int compare(LOCALE_ROW *locale, DWORD flags, const WCHAR *a, int a_count, const WCHAR *b, int b_count)
{
    struct sort_rule rule;
    int order;

    if (!a || !b) return set_error(ERROR_INVALID_PARAMETER);
    if (!locale) return set_error(ERROR_INVALID_PARAMETER);
    if (!sort_rule_init(&rule, flags)) return 0;
    if (a_count < 0) a_count = (int)wide_length(a);
    if (b_count < 0) b_count = (int)wide_length(b);
    order = sort_compare(&rule, a, a_count, b, b_count);
    return order < 0 ? CSTR_LESS_THAN : order ? CSTR_GREATER_THAN : CSTR_EQUAL;
}

int WINAPI CompareStringEx(const WCHAR *name, DWORD flags, const WCHAR *a, int a_count, const WCHAR *b, int b_count,
                           NLSVERSIONINFO *version, void *reserved, LPARAM handle)
{
    if (reserved || handle) return set_error(ERROR_INVALID_PARAMETER);
    return compare(locale_by_name(name), flags, a, a_count, b, b_count);
}

int WINAPI CompareStringW(LCID lcid, DWORD flags, const WCHAR *a, int a_count, const WCHAR *b, int b_count)
{
    return compare(locale_by_lcid(lcid), flags, a, a_count, b, b_count);
}

int WINAPI CompareStringA(LCID lcid, DWORD flags, const char *a, int a_size, const char *b, int b_size)
{
    LOCALE_ROW *locale = locale_by_lcid(lcid);
    WCHAR a_small[256], b_small[256], *a_wide = a_small, *b_wide = b_small;
    int a_count = 0, b_count = 0, result = 0;
    UINT codepage;

    if (!a || !b || !locale) return set_error(ERROR_INVALID_PARAMETER);
    codepage = locale_codepage(locale, flags);
    if (a_size < 0) a_size = (int)str_length(a);
    if (b_size < 0) b_size = (int)str_length(b);
    if (a_size && !(a_wide = nls_to_wide(codepage, a, a_size, a_small, 256, &a_count))) return 0;
    if (!b_size || (b_wide = nls_to_wide(codepage, b, b_size, b_small, 256, &b_count)))
        result = compare(locale, flags & ~LOCALE_USE_CP_ACP, a_wide, a_count, b_wide, b_count);
    if (a_wide != a_small) mem_free(a_wide);
    if (b_wide != b_small) mem_free(b_wide);
    return result;
}

int WINAPI lstrcmpW(const WCHAR *a, const WCHAR *b)
{
    if (!a || !b) return (a != NULL) - (b != NULL);
    return CompareStringW(GetThreadLocale(), 0, a, -1, b, -1) - CSTR_EQUAL;
}

int WINAPI lstrcmpiW(const WCHAR *a, const WCHAR *b)
{
    if (!a || !b) return (a != NULL) - (b != NULL);
    return CompareStringW(GetThreadLocale(), NORM_IGNORECASE, a, -1, b, -1) - CSTR_EQUAL;
}

int WINAPI lstrcmpA(const char *a, const char *b)
{
    if (!a || !b) return (a != NULL) - (b != NULL);
    return CompareStringA(GetThreadLocale(), LOCALE_USE_CP_ACP, a, -1, b, -1) - CSTR_EQUAL;
}

int WINAPI lstrcmpiA(const char *a, const char *b)
{
    if (!a || !b) return (a != NULL) - (b != NULL);
    return CompareStringA(GetThreadLocale(), LOCALE_USE_CP_ACP | NORM_IGNORECASE, a, -1, b, -1) - CSTR_EQUAL;
}

/* ---- search ---- */

#define FIND_POSITION (FIND_FROMSTART | FIND_FROMEND | FIND_STARTSWITH | FIND_ENDSWITH)

int WINAPI FindStringOrdinal(DWORD flags, const WCHAR *text, int count, const WCHAR *value, int value_count, BOOL ignore_case)
{
    int last;
    if (!text || !value || count < -1 || value_count < -1) return set_error(ERROR_INVALID_PARAMETER) - 1;
    if (flags & ~FIND_POSITION || (flags & (flags - 1))) return set_error(ERROR_INVALID_FLAGS) - 1;
    if (count < 0) count = (int)wide_length(text);
    if (value_count < 0) value_count = (int)wide_length(value);
    set_error(ERROR_SUCCESS);
    last = count - value_count;
    if (last < 0) return -1;
    if (flags & FIND_STARTSWITH) return ordinal(text, value_count, value, value_count, ignore_case) == CSTR_EQUAL ? 0 : -1;
    if (flags & FIND_ENDSWITH)
        return ordinal(text + last, value_count, value, value_count, ignore_case) == CSTR_EQUAL ? last : -1;
    for (int i = 0; i <= last; i++) {
        int at = flags & FIND_FROMEND ? last - i : i;
        if (ordinal(text + at, value_count, value, value_count, ignore_case) == CSTR_EQUAL) return at;
    }
    return -1;
}

/* A weight without the parts that the rule ignores; 0 if nothing is left. */
static uint32_t next_weight(struct sort_walk *walk)
{
    return sort_walk_next(walk);
}

/* Units from `text` that equal the whole of `value`, or -1. Takes in ignorable characters up to the next one that
 * counts, but only what the match needs. */
static int match_at(const struct sort_rule *rule, const WCHAR *text, int count, const WCHAR *value, int value_count)
{
    struct sort_walk left, right;
    const WCHAR *after = text;

    sort_walk_init(&left, rule, text, count);
    sort_walk_init(&right, rule, value, value_count);
    for (;;) {
        uint32_t want = next_weight(&right), have;
        if (!want) break;
        have = next_weight(&left);
        if (have != want) return -1;
        after = left.at;
    }
    if (left.left) return -1; /* ends within a character */
    if (after < text + count && after > text) { /* a mark that follows belongs to the character */
        uint32_t more = next_weight(&left);
        if (more && !SORT_PRIMARY(more) && left.start == after) return -1;
    }
    return (int)(after - text);
}

static int find_string(LOCALE_ROW *locale, DWORD flags, const WCHAR *text, int count, const WCHAR *value, int value_count,
                       int *found)
{
    struct sort_rule rule;
    DWORD where = flags & FIND_POSITION;
    int length;

    if (!locale || !text || !value || count < -1 || value_count < -1) return set_error(ERROR_INVALID_PARAMETER) - 1;
    if (where & (where - 1)) return set_error(ERROR_INVALID_FLAGS) - 1;
    if (!sort_rule_init(&rule, (flags & ~FIND_POSITION) | SORT_STRINGSORT)) return -1;
    if (count < 0) count = (int)wide_length(text);
    if (value_count < 0) value_count = (int)wide_length(value);
    set_error(ERROR_SUCCESS);
    for (int i = 0; i <= count; i++) {
        int at = where & FIND_FROMEND ? count - i : i;
        length = match_at(&rule, text + at, count - at, value, value_count);
        if (length >= 0 && (!(where & FIND_ENDSWITH) || at + length == count)) {
            if (found) *found = length;
            return at;
        }
        if (where & FIND_STARTSWITH) break;
    }
    return -1;
}

int WINAPI FindNLSStringEx(const WCHAR *name, DWORD flags, const WCHAR *text, int count, const WCHAR *value, int value_count,
                           int *found, NLSVERSIONINFO *version, void *reserved, LPARAM handle)
{
    if (reserved || handle) return set_error(ERROR_INVALID_PARAMETER) - 1;
    return find_string(locale_by_name(name), flags, text, count, value, value_count, found);
}

int WINAPI FindNLSString(LCID lcid, DWORD flags, const WCHAR *text, int count, const WCHAR *value, int value_count, int *found)
{
    return find_string(locale_by_lcid(lcid), flags, text, count, value, value_count, found);
}

/* ---- versions of the data ---- */

#define SORT_VERSION 0x00060305 /* Windows 10: Unicode 6.3 order is what programs record in their indexes */

static BOOL version_info(LOCALE_ROW *locale, DWORD function, NLSVERSIONINFO *info)
{
    if (function != COMPARE_STRING) return set_error(ERROR_INVALID_FLAGS);
    if (!info || !locale) return set_error(ERROR_INVALID_PARAMETER);
    if (info->dwNLSVersionInfoSize < offsetof(NLSVERSIONINFO, dwEffectiveId)) return set_error(ERROR_INSUFFICIENT_BUFFER);
    info->dwNLSVersion = info->dwDefinedVersion = SORT_VERSION;
    if (info->dwNLSVersionInfoSize >= sizeof(NLSVERSIONINFO)) {
        info->dwEffectiveId = locale_lcid(locale);
        memset(&info->guidCustomVersion, 0, sizeof(GUID));
    }
    return TRUE;
}

BOOL WINAPI GetNLSVersionEx(NLS_FUNCTION function, const WCHAR *name, NLSVERSIONINFOEX *info)
{
    return version_info(locale_by_name(name), function, (NLSVERSIONINFO *)info);
}

BOOL WINAPI GetNLSVersion(NLS_FUNCTION function, LCID lcid, NLSVERSIONINFO *info)
{
    return version_info(locale_by_lcid(lcid), function, info);
}

/* Every assigned character has a weight. */
BOOL WINAPI IsNLSDefinedString(NLS_FUNCTION function, DWORD flags, NLSVERSIONINFO *info, const WCHAR *text, INT count)
{
    if (function != COMPARE_STRING) return set_error(ERROR_INVALID_FLAGS);
    if (flags) return set_error(ERROR_INVALID_FLAGS);
    if (!text || count < -1) return set_error(ERROR_INVALID_PARAMETER);
    if (count < 0) count = (int)wide_length(text) + 1;
    set_error(ERROR_SUCCESS);
    for (int i = 0; i < count; i++) {
        if ((text[i] & 0xfc00) == 0xd800 && i + 1 < count && (text[i + 1] & 0xfc00) == 0xdc00) i++;
        else if ((text[i] & 0xf800) == 0xd800 || !(*ctype_of(text[i]) & C1_DEFINED)) return FALSE;
    }
    return TRUE;
}
