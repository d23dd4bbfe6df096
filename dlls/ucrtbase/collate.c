/* Comparison by LC_COLLATE. Reference: "strcoll functions", "strxfrm". In the C locale it is that of bytes. */
#include "crt.h"

int _strnicmp_l(const char *first, const char *second, size_t count, _locale_t locale);
int _wcsnicmp_l(const wchar_t *first, const wchar_t *second, size_t count, _locale_t locale);

static const wchar_t *collation(struct crt_locale *locale)
{
    return *locale->locale_names[LC_COLLATE] ? locale->locale_names[LC_COLLATE] : NULL;
}

static int wide_compare(const wchar_t *name, DWORD flags, const wchar_t *a, int a_length, const wchar_t *b, int b_length)
{
    int result = CompareStringEx(name, flags, a, a_length, b, b_length, NULL, NULL, 0);

    if (result) return result - CSTR_EQUAL;
    errno = EINVAL;
    return INT_MAX;
}

static wchar_t *widen(struct crt_locale *locale, const char *text, size_t limit, int *length)
{
    UINT page = locale->base.lc_collate_cp ? locale->base.lc_collate_cp : CP_ACP;
    int size = (int)strnlen(text, limit);
    wchar_t *wide = malloc((size + 1) * sizeof(wchar_t));

    *length = wide && size ? MultiByteToWideChar(page, 0, text, size, wide, size) : 0;
    return wide;
}

static int narrow_compare(struct crt_locale *locale, DWORD flags, const char *a, const char *b, size_t limit)
{
    int a_length, b_length, result = INT_MAX;
    wchar_t *wide_a = widen(locale, a, limit, &a_length), *wide_b = widen(locale, b, limit, &b_length);

    if (wide_a && wide_b) result = wide_compare(collation(locale), flags, wide_a, a_length, wide_b, b_length);
    free(wide_a);
    free(wide_b);
    return result;
}

#define STRING_ORDER SORT_STRINGSORT
#define FOLD (NORM_IGNORECASE | SORT_STRINGSORT)

#define COLLATORS(CHAR, coll, coll_l, flags, plain, compare)                                                            \
    CRTAPI int coll_l(const CHAR *a, const CHAR *b, _locale_t pair)                                                     \
    {                                                                                                                   \
        struct crt_locale *locale = crt_locale(pair);                                                                   \
        REQUIRE(a && b, EINVAL, INT_MAX);                                                                               \
        return collation(locale) ? compare : plain;                                                                     \
    }                                                                                                                   \
    CRTAPI int coll(const CHAR *a, const CHAR *b)                                                                       \
    {                                                                                                                   \
        return coll_l(a, b, NULL);                                                                                      \
    }

#define COUNTED(CHAR, coll, coll_l, flags, plain, compare)                                                              \
    CRTAPI int coll_l(const CHAR *a, const CHAR *b, size_t count, _locale_t pair)                                       \
    {                                                                                                                   \
        struct crt_locale *locale = crt_locale(pair);                                                                   \
        if (!count) return 0;                                                                                           \
        REQUIRE(a && b && count <= INT_MAX, EINVAL, INT_MAX);                                                           \
        return collation(locale) ? compare : plain;                                                                     \
    }                                                                                                                   \
    CRTAPI int coll(const CHAR *a, const CHAR *b, size_t count)                                                         \
    {                                                                                                                   \
        return coll_l(a, b, count, NULL);                                                                               \
    }

#define COUNT(text) (int)wcsnlen(text, count)

COLLATORS(char, strcoll, _strcoll_l, 0, strcmp(a, b), narrow_compare(locale, STRING_ORDER, a, b, INT_MAX))
COLLATORS(char, _stricoll, _stricoll_l, 0, _strnicmp_l(a, b, INT_MAX, pair), narrow_compare(locale, FOLD, a, b, INT_MAX))
COUNTED(char, _strncoll, _strncoll_l, 0, strncmp(a, b, count), narrow_compare(locale, STRING_ORDER, a, b, count))
COUNTED(char, _strnicoll, _strnicoll_l, 0, _strnicmp_l(a, b, count, pair), narrow_compare(locale, FOLD, a, b, count))
COLLATORS(wchar_t, wcscoll, _wcscoll_l, 0, wcscmp(a, b), wide_compare(collation(locale), STRING_ORDER, a, -1, b, -1))
COLLATORS(wchar_t, _wcsicoll, _wcsicoll_l, 0, _wcsnicmp_l(a, b, INT_MAX, pair),
          wide_compare(collation(locale), FOLD, a, -1, b, -1))
COUNTED(wchar_t, _wcsncoll, _wcsncoll_l, 0, wcsncmp(a, b, count),
        wide_compare(collation(locale), STRING_ORDER, a, COUNT(a), b, COUNT(b)))
COUNTED(wchar_t, _wcsnicoll, _wcsnicoll_l, 0, _wcsnicmp_l(a, b, count, pair),
        wide_compare(collation(locale), FOLD, a, COUNT(a), b, COUNT(b)))

/* The transformed text is the sort key: one character per byte of it when wide. */
CRTAPI size_t _wcsxfrm_l(wchar_t *dest, const wchar_t *source, size_t size, _locale_t pair)
{
    struct crt_locale *locale = crt_locale(pair);
    size_t length;
    unsigned char *key;
    int bytes;

    REQUIRE(size <= INT_MAX && (dest || !size) && source, EINVAL, INT_MAX);
    if (!collation(locale)) {
        length = wcslen(source);
        if (length < size) memcpy(dest, source, (length + 1) * sizeof(wchar_t));
        else if (size) *dest = 0, errno = ERANGE;
        return length;
    }
    bytes = LCMapStringEx(collation(locale), LCMAP_SORTKEY, source, -1, NULL, 0, NULL, NULL, 0);
    key = bytes ? malloc(bytes) : NULL;
    if (!key || !LCMapStringEx(collation(locale), LCMAP_SORTKEY, source, -1, (wchar_t *)key, bytes, NULL, NULL, 0)) {
        free(key);
        errno = EILSEQ;
        return INT_MAX;
    }
    if ((size_t)bytes <= size)
        for (int i = 0; i < bytes; i++) dest[i] = key[i];
    else if (size) *dest = 0, errno = ERANGE;
    free(key);
    return bytes - 1;
}

CRTAPI size_t wcsxfrm(wchar_t *dest, const wchar_t *source, size_t size)
{
    return _wcsxfrm_l(dest, source, size, NULL);
}

CRTAPI size_t _strxfrm_l(char *dest, const char *source, size_t size, _locale_t pair)
{
    struct crt_locale *locale = crt_locale(pair);
    size_t length, result = INT_MAX;
    wchar_t *wide;
    int count, bytes;

    REQUIRE(size <= INT_MAX && (dest || !size) && source, EINVAL, INT_MAX);
    if (!collation(locale)) {
        length = strlen(source);
        if (size) strncpy(dest, source, size);
        return length;
    }
    wide = widen(locale, source, INT_MAX, &count);
    if (!wide) return INT_MAX;
    bytes = LCMapStringEx(collation(locale), LCMAP_SORTKEY, wide, count, NULL, 0, NULL, NULL, 0);
    if (bytes) {
        result = bytes - 1;
        if ((size_t)bytes <= size)
            LCMapStringEx(collation(locale), LCMAP_SORTKEY, wide, count, (wchar_t *)dest, bytes, NULL, NULL, 0);
        else if (size) *dest = 0, errno = ERANGE;
    } else {
        errno = EILSEQ;
    }
    free(wide);
    return result;
}

CRTAPI size_t strxfrm(char *dest, const char *source, size_t size)
{
    return _strxfrm_l(dest, source, size, NULL);
}

#ifdef FERRY_MSVCRT
/* Helpers that the C++ runtime of the time took from here. */
CRTAPI int __crtLCMapStringW(LCID locale, DWORD flags, const wchar_t *source, int count, wchar_t *dest, int size)
{
    return LCMapStringW(locale, flags, source, count, dest, size);
}

CRTAPI int __crtLCMapStringA(LCID locale, DWORD flags, const char *source, int count, char *dest, int size, UINT page,
                             BOOL error)
{
    int length, result = 0;
    wchar_t *wide, *mapped;

    if (!page) page = CP_ACP;
    if (count > 0) count = (int)strnlen(source, count);
    length = MultiByteToWideChar(page, error ? MB_ERR_INVALID_CHARS : 0, source, count, NULL, 0);
    if (!length) return 0;
    wide = malloc(length * sizeof(wchar_t));
    mapped = malloc((length * 3 + 1) * sizeof(wchar_t));
    if (wide && mapped) {
        MultiByteToWideChar(page, 0, source, count, wide, length);
        if (flags & LCMAP_SORTKEY) {
            result = LCMapStringW(locale, flags, wide, length, (wchar_t *)dest, size);
        } else {
            length = LCMapStringW(locale, flags, wide, length, mapped, length * 3);
            result = length ? WideCharToMultiByte(page, 0, mapped, length, dest, size, NULL, NULL) : 0;
        }
    }
    free(wide);
    free(mapped);
    return result;
}

CRTAPI BOOL __crtGetStringTypeW(DWORD unused, DWORD type, const wchar_t *source, int count, WORD *types)
{
    return GetStringTypeW(type, source, count, types);
}

CRTAPI int __crtCompareStringW(LCID locale, DWORD flags, const wchar_t *a, int a_count, const wchar_t *b, int b_count)
{
    return CompareStringW(locale, flags, a, a_count, b, b_count);
}

CRTAPI int __crtGetLocaleInfoW(LCID locale, LCTYPE type, wchar_t *buffer, int size)
{
    return GetLocaleInfoW(locale, type, buffer, size);
}
#endif
