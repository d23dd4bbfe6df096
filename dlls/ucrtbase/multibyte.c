/* Characters between narrow and wide by the locale. Reference: "mbtowc", "wctomb", "mbstowcs", "mbrtowc", "btowc". */
#include "crt.h"

#undef MB_CUR_MAX

wchar_t *crt_wide(const char *text)
{
    UINT page = crt_path_code_page();
    int count;
    wchar_t *wide;

    if (!text) return NULL;
    count = MultiByteToWideChar(page, 0, text, -1, NULL, 0);
    wide = count ? malloc(count * sizeof(wchar_t)) : NULL;
    if (!wide) {
        errno = count ? ENOMEM : EILSEQ;
        return NULL;
    }
    MultiByteToWideChar(page, 0, text, -1, wide, count);
    return wide;
}

char *crt_narrow(const wchar_t *text)
{
    UINT page = crt_path_code_page();
    int size;
    char *narrow;

    if (!text) return NULL;
    size = WideCharToMultiByte(page, 0, text, -1, NULL, 0, NULL, NULL);
    narrow = size ? malloc(size) : NULL;
    if (!narrow) {
        errno = size ? ENOMEM : EILSEQ;
        return NULL;
    }
    WideCharToMultiByte(page, 0, text, -1, narrow, size, NULL, NULL);
    return narrow;
}

/* The UCRT takes narrow paths as UTF-8 while the locale's code page is that. */
UINT crt_path_code_page(void)
{
#ifndef FERRY_MSVCRT
    if (crt_locale_changed && crt_locale(NULL)->base.lc_codepage == CP_UTF8) return CP_UTF8;
#endif
    return CP_ACP;
}

int crt_is_lead(struct crt_locale *locale, unsigned char byte)
{
    return locale->base.pctype[byte] & 0x8000;
}

static int utf8_length(unsigned char c)
{
    return c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
}

/* One character to UTF-16; a character beyond the BMP gives its high surrogate only to the callers that ask for one
 * unit. Returns bytes used, 0 for the terminating zero, -1 invalid, -2 incomplete. */
int crt_to_wide(struct crt_locale *locale, wchar_t *wide, const char *text, size_t size)
{
    UINT page = locale->base.lc_codepage;
    unsigned char c;
    wchar_t units[4];
    int count = 1;

    if (!size) return -2;
    c = (unsigned char)*text;
    if (!page || c < 0x80) {
        *wide = c;
        return c != 0;
    }
    if (page == CP_UTF8) {
        count = utf8_length(c);
        if (!count) return -1;
        for (int i = 1; i < count && (size_t)i < size; i++)
            if (((unsigned char)text[i] & 0xc0) != 0x80) return -1;
    } else if (crt_is_lead(locale, c)) {
        count = 2;
        if (size >= 2 && !text[1]) return -1;
    }
    if ((size_t)count > size) return -2;
    if (!MultiByteToWideChar(page, MB_ERR_INVALID_CHARS, text, count, units, 4)) return -1;
    *wide = units[0];
    return count;
}

int crt_from_wide(struct crt_locale *locale, char *text, wchar_t wide)
{
    UINT page = locale->base.lc_codepage;
    BOOL replaced = FALSE;
    int count;

    if (!page || wide < 0x80) {
        if (wide > 0xff) return 0;
        *text = (char)wide;
        return 1;
    }
    if (page == CP_UTF8) {
        if (wide >= 0xd800 && wide < 0xe000) return 0;
        return WideCharToMultiByte(page, 0, &wide, 1, text, 5, NULL, NULL);
    }
    count = WideCharToMultiByte(page, 0, &wide, 1, text, 5, NULL, &replaced);
    return replaced ? 0 : count;
}

CRTAPI int ___mb_cur_max_func(void)
{
    return crt_locale(NULL)->base.mb_cur_max;
}

CRTAPI int ___mb_cur_max_l_func(_locale_t locale)
{
    return crt_locale(locale)->base.mb_cur_max;
}

CRTAPI UINT ___lc_codepage_func(void)
{
    return crt_locale(NULL)->base.lc_codepage;
}

CRTAPI UINT ___lc_collate_cp_func(void)
{
    return crt_locale(NULL)->base.lc_collate_cp;
}

CRTAPI int _mbtowc_l(wchar_t *wide, const char *text, size_t size, _locale_t locale)
{
    wchar_t unused;
    int count;

    if (!text || !size) return 0;
    if (!*text) {
        if (wide) *wide = 0;
        return 0;
    }
    count = crt_to_wide(crt_locale(locale), wide ? wide : &unused, text, size);
    if (count >= 0) return count;
    errno = EILSEQ;
    return -1;
}

CRTAPI int mbtowc(wchar_t *wide, const char *text, size_t size)
{
    return _mbtowc_l(wide, text, size, NULL);
}

CRTAPI int _mblen_l(const char *text, size_t size, _locale_t locale)
{
    wchar_t unused;
    int count;

    if (!text || !size || !*text) return 0;
    count = crt_to_wide(crt_locale(locale), &unused, text, size);
    return count < 0 ? -1 : count;
}

CRTAPI int mblen(const char *text, size_t size)
{
    return _mblen_l(text, size, NULL);
}

CRTAPI errno_t _wctomb_s_l(int *count, char *text, size_t size, wchar_t wide, _locale_t locale)
{
    char bytes[8];
    int length;

    if (!text && size) {
        if (count) *count = 0;
        return 0;
    }
    if (count) *count = -1;
    REQUIRE(size <= INT_MAX, EINVAL, EINVAL);
    length = crt_from_wide(crt_locale(locale), bytes, wide);
    if (length <= 0) {
        if (text && size) memset(text, 0, size);
        errno = EILSEQ;
        return EILSEQ;
    }
    if (text) {
        if ((size_t)length > size) {
            memset(text, 0, size);
            REQUIRE(FALSE, ERANGE, ERANGE);
        }
        memcpy(text, bytes, length);
    }
    if (count) *count = length;
    return 0;
}

CRTAPI errno_t wctomb_s(int *count, char *text, size_t size, wchar_t wide)
{
    return _wctomb_s_l(count, text, size, wide, NULL);
}

CRTAPI int _wctomb_l(char *text, wchar_t wide, _locale_t locale)
{
    int length;

    if (!text) return 0;
    length = crt_from_wide(crt_locale(locale), text, wide);
    if (length > 0) return length;
    errno = EILSEQ;
    return -1;
}

CRTAPI int wctomb(char *text, wchar_t wide)
{
    return _wctomb_l(text, wide, NULL);
}

/* Whole text. WIDE NULL counts. Returns units without the zero, or -1. */
static size_t to_wide(struct crt_locale *locale, wchar_t *wide, const char *text, size_t size, const char **end)
{
    size_t count = 0;

    while (!wide || count < size) {
        wchar_t units[2];
        int step = crt_to_wide(locale, units, text, 5), many = 1;
        if (step < 0) {
            errno = EILSEQ;
            if (end) *end = text;
            return (size_t)-1;
        }
        if (!step) {
            if (wide) wide[count] = 0;
            if (end) *end = NULL;
            return count;
        }
        if (step == 4 && locale->base.lc_codepage == CP_UTF8) {
            many = 2;
            if (wide && count + 2 > size) break;
            MultiByteToWideChar(CP_UTF8, 0, text, 4, units, 2);
        }
        if (wide) memcpy(wide + count, units, many * sizeof(wchar_t));
        count += many;
        text += step;
    }
    if (end) *end = text;
    return count;
}

static size_t from_wide(struct crt_locale *locale, char *text, const wchar_t *wide, size_t size, const wchar_t **end)
{
    size_t count = 0;

    for (;; wide++) {
        char bytes[8];
        int length;
        BOOL pair = locale->base.lc_codepage == CP_UTF8 && *wide >= 0xd800 && *wide < 0xdc00 && wide[1] >= 0xdc00 &&
                    wide[1] < 0xe000;
        if (text && count >= size) break;
        if (pair) length = WideCharToMultiByte(CP_UTF8, 0, wide, 2, bytes, sizeof(bytes), NULL, NULL);
        else length = crt_from_wide(locale, bytes, *wide);
        if (length <= 0) {
            errno = EILSEQ;
            if (end) *end = wide;
            return (size_t)-1;
        }
        if (!*wide) {
            if (text) text[count] = 0;
            if (end) *end = NULL;
            return count;
        }
        if (text && count + length > size) break;
        if (text) memcpy(text + count, bytes, length);
        count += length;
        wide += pair;
    }
    if (end) *end = wide;
    return count;
}

CRTAPI size_t _mbstowcs_l(wchar_t *wide, const char *text, size_t size, _locale_t locale)
{
    if (wide && !size) return 0;
    REQUIRE(text, EINVAL, (size_t)-1);
    return to_wide(crt_locale(locale), wide, text, size, NULL);
}

CRTAPI size_t mbstowcs(wchar_t *wide, const char *text, size_t size)
{
    return _mbstowcs_l(wide, text, size, NULL);
}

CRTAPI size_t _wcstombs_l(char *text, const wchar_t *wide, size_t size, _locale_t locale)
{
    if (text && !size) return 0;
    REQUIRE(wide, EINVAL, (size_t)-1);
    return from_wide(crt_locale(locale), text, wide, size, NULL);
}

CRTAPI size_t wcstombs(char *text, const wchar_t *wide, size_t size)
{
    return _wcstombs_l(text, wide, size, NULL);
}

/* DEST gets at most COUNT characters (_TRUNCATE: what fits) and a zero. */
CRTAPI errno_t _mbstowcs_s_l(size_t *used, wchar_t *dest, size_t size, const char *text, size_t count, _locale_t locale)
{
    size_t length, limit;

    REQUIRE((!dest && !size) || (dest && size), EINVAL, EINVAL);
    if (dest) *dest = 0;
    if (used) *used = 0;
    REQUIRE(text || !count, EINVAL, EINVAL);
    limit = min(count, size);
    length = dest && !count ? 0 : _mbstowcs_l(dest, text, limit, locale);
    if (length == (size_t)-1) {
        if (dest) *dest = 0;
        return errno;
    }
    length++;
    if (dest) {
        if (length > size) {
            if (count != (size_t)-1) {
                *dest = 0;
                REQUIRE(FALSE, ERANGE, ERANGE);
            }
            dest[size - 1] = 0;
            if (used) *used = size;
            return STRUNCATE;
        }
        dest[length - 1] = 0;
    }
    if (used) *used = length;
    return 0;
}

CRTAPI errno_t mbstowcs_s(size_t *used, wchar_t *dest, size_t size, const char *text, size_t count)
{
    return _mbstowcs_s_l(used, dest, size, text, count, NULL);
}

CRTAPI errno_t _wcstombs_s_l(size_t *used, char *dest, size_t size, const wchar_t *wide, size_t count, _locale_t locale)
{
    size_t length, limit;

    REQUIRE((!dest && !size) || (dest && size), EINVAL, EINVAL);
    if (dest) *dest = 0;
    if (used) *used = 0;
    REQUIRE(wide || !count, EINVAL, EINVAL);
    limit = min(count, size);
    length = dest && !count ? 0 : _wcstombs_l(dest, wide, limit, locale);
    if (length == (size_t)-1) {
        if (dest) *dest = 0;
        return errno;
    }
    length++;
    if (dest) {
        if (length > size) {
            if (count != (size_t)-1) {
                *dest = 0;
                REQUIRE(FALSE, ERANGE, ERANGE);
            }
            dest[size - 1] = 0;
            if (used) *used = size;
            return STRUNCATE;
        }
        dest[length - 1] = 0;
    }
    if (used) *used = length;
    return 0;
}

CRTAPI errno_t wcstombs_s(size_t *used, char *dest, size_t size, const wchar_t *wide, size_t count)
{
    return _wcstombs_s_l(used, dest, size, wide, count, NULL);
}

/* ---- restartable ones: the state keeps the bytes of an unfinished character ---- */

typedef struct {
    unsigned long wchar;
    unsigned short byte, state;
} mbstate;

/* wchar: bytes so far, lowest first; state: how many. */
CRTAPI size_t mbrtowc(wchar_t *wide, const char *text, size_t size, mbstate *state)
{
    static mbstate own;
    struct crt_locale *locale = crt_locale(NULL);
    wchar_t unused;
    char bytes[4];
    int have, used = 0, step;

    if (!state) state = &own;
    if (!text) text = "", size = 1, wide = NULL;
    have = state->state;
    for (int i = 0; i < have; i++) bytes[i] = (char)(state->wchar >> 8 * i);
    while ((size_t)used < size && have < 4) {
        bytes[have++] = text[used++];
        step = crt_to_wide(locale, wide ? wide : &unused, bytes, have);
        if (step == -2) continue;
        state->wchar = 0;
        state->state = 0;
        if (step >= 0) return step ? used : 0;
        errno = EILSEQ;
        return (size_t)-1;
    }
    state->wchar = 0;
    for (int i = 0; i < have; i++) state->wchar |= (unsigned long)(unsigned char)bytes[i] << 8 * i;
    state->state = (unsigned short)have;
    return (size_t)-2;
}

CRTAPI size_t mbrlen(const char *text, size_t size, mbstate *state)
{
    static mbstate own;

    return mbrtowc(NULL, text, size, state ? state : &own);
}

CRTAPI wint_t btowc(int c)
{
    char byte = (char)c;
    wchar_t wide;

    if (c == EOF) return WEOF;
    return crt_to_wide(crt_locale(NULL), &wide, &byte, 1) < 0 ? WEOF : wide;
}

CRTAPI int wctob(wint_t c)
{
    char bytes[8];

    if (c == WEOF || crt_from_wide(crt_locale(NULL), bytes, c) != 1) return EOF;
    return (signed char)bytes[0];
}

CRTAPI size_t wcrtomb(char *text, wchar_t wide, mbstate *state)
{
    char bytes[8];
    int length;

    if (!text) return 1;
    length = crt_from_wide(crt_locale(NULL), bytes, wide);
    if (length <= 0) {
        errno = EILSEQ;
        return (size_t)-1;
    }
    memcpy(text, bytes, length);
    return length;
}

CRTAPI errno_t wcrtomb_s(size_t *used, char *text, size_t size, wchar_t wide, mbstate *state)
{
    int count;
    errno_t error;

    REQUIRE(text || !size, EINVAL, EINVAL);
    if (!text) {
        if (used) *used = 1;
        return 0;
    }
    error = _wctomb_s_l(&count, text, size, wide, NULL);
    if (used) *used = error ? (size_t)-1 : (size_t)count;
    return error;
}

CRTAPI size_t mbsrtowcs(wchar_t *wide, const char **text, size_t size, mbstate *state)
{
    const char *end;
    size_t count;

    REQUIRE(text && *text, EINVAL, (size_t)-1);
    count = to_wide(crt_locale(NULL), wide, *text, size, &end);
    if (wide) *text = end;
    return count;
}

CRTAPI errno_t mbsrtowcs_s(size_t *used, wchar_t *dest, size_t size, const char **text, size_t count, mbstate *state)
{
    REQUIRE(text && *text, EINVAL, EINVAL);
    return _mbstowcs_s_l(used, dest, size, *text, count, NULL);
}

CRTAPI size_t wcsrtombs(char *text, const wchar_t **wide, size_t size, mbstate *state)
{
    const wchar_t *end;
    size_t count;

    REQUIRE(wide && *wide, EINVAL, (size_t)-1);
    count = from_wide(crt_locale(NULL), text, *wide, size, &end);
    if (text) *wide = end;
    return count;
}

CRTAPI errno_t wcsrtombs_s(size_t *used, char *dest, size_t size, const wchar_t **wide, size_t count, mbstate *state)
{
    REQUIRE(wide && *wide, EINVAL, EINVAL);
    return _wcstombs_s_l(used, dest, size, *wide, count, NULL);
}
