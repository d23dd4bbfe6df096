/* Character classes. The tables hold the bits of <ctype.h>; index -1 is EOF. */
#include "crt.h"
#include "ctype_inline.h"

#undef _pctype
#undef _pwctype
#define UPPER 0x1
#define LOWER 0x2
#define DIGIT 0x4
#define SPACE 0x8
#define PUNCT 0x10
#define CNTRL 0x20
#define BLANK 0x40
#define HEX 0x80
#define LEAD 0x8000
#define ALPHA 0x100

#define ROW8(v) v, v, v, v, v, v, v, v
#define UPPER_LETTER (UPPER | ALPHA)
#define LOWER_LETTER (LOWER | ALPHA)

/* The tab: msvcrt gives it no blank bit, the UCRT neither (isblank tests it by name). */
const unsigned short c_ctype[257] = {
    0, ROW8(CNTRL), CNTRL, CNTRL | SPACE | (0), CNTRL | SPACE, CNTRL | SPACE, CNTRL | SPACE, CNTRL | SPACE, CNTRL, CNTRL,
    ROW8(CNTRL), ROW8(CNTRL), SPACE | BLANK, PUNCT, PUNCT, PUNCT, PUNCT, PUNCT, PUNCT, PUNCT, ROW8(PUNCT),
    ROW8(DIGIT | HEX), DIGIT | HEX, DIGIT | HEX, PUNCT, PUNCT, PUNCT, PUNCT, PUNCT, PUNCT, PUNCT,
    UPPER_LETTER | HEX, UPPER_LETTER | HEX, UPPER_LETTER | HEX, UPPER_LETTER | HEX, UPPER_LETTER | HEX,
    UPPER_LETTER | HEX, UPPER_LETTER, ROW8(UPPER_LETTER), ROW8(UPPER_LETTER), UPPER_LETTER, UPPER_LETTER, UPPER_LETTER,
    PUNCT, PUNCT, PUNCT, PUNCT, PUNCT, PUNCT, LOWER_LETTER | HEX, LOWER_LETTER | HEX, LOWER_LETTER | HEX,
    LOWER_LETTER | HEX, LOWER_LETTER | HEX, LOWER_LETTER | HEX, LOWER_LETTER, ROW8(LOWER_LETTER), ROW8(LOWER_LETTER),
    LOWER_LETTER, LOWER_LETTER, LOWER_LETTER, PUNCT, PUNCT, PUNCT, PUNCT, CNTRL,
};

CRTDATA const unsigned short *_pctype = c_ctype + 1;
#ifdef FERRY_MSVCRT
CRTDATA unsigned short *_ctype = (unsigned short *)c_ctype;
#endif

CRTAPI const unsigned short *__pctype_func(void)
{
    return crt_locale(NULL)->base.pctype;
}

CRTAPI const unsigned short **__p__pctype(void)
{
    return &_pctype;
}

CRTAPI int _isctype_l(int c, int mask, _locale_t locale)
{
    struct crt_locale *current = crt_locale(locale);
    unsigned short type = 0;
    char text[2];

    if (c >= -1 && c <= 255) return current->base.pctype[c] & mask;
    text[0] = (char)(c >> 8);
    text[1] = (char)c;
    if (crt_is_lead(current, (unsigned char)text[0])) {
        wchar_t wide[2];
        int count = MultiByteToWideChar(current->base.lc_codepage, 0, text, 2, wide, 2);
        if (count == 1) GetStringTypeW(CT_CTYPE1, wide, 1, &type);
    }
    return type & mask;
}

CRTAPI int _isctype(int c, int mask)
{
    return _isctype_l(c, mask, NULL);
}

#define CLASS(name, mask)                                                                                               \
    CRTAPI int is##name(int c)                                                                                          \
    {                                                                                                                   \
        return crt_locale_changed ? _isctype_l(c, mask, NULL) : (unsigned)(c + 1) <= 256 ? c_ctype[c + 1] & (mask) : 0; \
    }                                                                                                                   \
    CRTAPI int _is##name##_l(int c, _locale_t locale)                                                                   \
    {                                                                                                                   \
        return _isctype_l(c, mask, locale);                                                                             \
    }                                                                                                                   \
    CRTAPI int isw##name(wint_t c)                                                                                      \
    {                                                                                                                   \
        return iswctype(c, mask);                                                                                       \
    }                                                                                                                   \
    CRTAPI int _isw##name##_l(wint_t c, _locale_t locale)                                                               \
    {                                                                                                                   \
        return iswctype(c, mask);                                                                                       \
    }

/* Wide classes do not depend on the locale: they are Unicode's, WEOF has none. */
CRTAPI int iswctype(wint_t c, wctype_t mask)
{
    unsigned short type;

    if (c == WEOF) return 0;
    if (c < 0x80) return c_ctype[c + 1] & mask;
    return GetStringTypeW(CT_CTYPE1, &c, 1, &type) ? type & mask : 0;
}

CRTAPI int _iswctype_l(wint_t c, wctype_t mask, _locale_t locale)
{
    return iswctype(c, mask);
}

CRTAPI int is_wctype(wint_t c, wctype_t mask)
{
    return iswctype(c, mask);
}

CLASS(alpha, ALPHA)
CLASS(upper, UPPER)
CLASS(lower, LOWER)
CLASS(digit, DIGIT)
CLASS(xdigit, HEX)
CLASS(space, SPACE)
CLASS(punct, PUNCT)
CLASS(alnum, ALPHA | DIGIT)
CLASS(print, BLANK | PUNCT | ALPHA | DIGIT)
CLASS(graph, PUNCT | ALPHA | DIGIT)
CLASS(cntrl, CNTRL)

#ifndef FERRY_MSVCRT
CRTAPI int isblank(int c)
{
    return c == '\t' ? BLANK : _isctype_l(c, BLANK, NULL);
}

CRTAPI int _isblank_l(int c, _locale_t locale)
{
    return c == '\t' ? BLANK : _isctype_l(c, BLANK, locale);
}

CRTAPI int iswblank(wint_t c)
{
    return c == '\t' ? BLANK : iswctype(c, BLANK);
}

CRTAPI int _iswblank_l(wint_t c, _locale_t locale)
{
    return iswblank(c);
}
#endif

CRTAPI int isleadbyte(int c)
{
    return crt_locale(NULL)->base.pctype[(unsigned char)c] & LEAD;
}

CRTAPI int _isleadbyte_l(int c, _locale_t locale)
{
    return crt_locale(locale)->base.pctype[(unsigned char)c] & LEAD;
}

CRTAPI int iswascii(wint_t c)
{
    return c < 0x80;
}

CRTAPI int __isascii(int c)
{
    return (unsigned)c < 0x80;
}

CRTAPI int __toascii(int c)
{
    return c & 0x7f;
}

int isalnum(int c);
int isalpha(int c);
int iswalnum(wint_t c);
int iswalpha(wint_t c);

CRTAPI int __iscsym(int c)
{
    return isalnum(c) || c == '_';
}

CRTAPI int __iscsymf(int c)
{
    return isalpha(c) || c == '_';
}

CRTAPI int __iswcsym(wint_t c)
{
    return iswalnum(c) || c == '_';
}

CRTAPI int __iswcsymf(wint_t c)
{
    return iswalpha(c) || c == '_';
}

CRTAPI int _iswcsym_l(wint_t c, _locale_t locale)
{
    return __iswcsym(c);
}

CRTAPI int _iswcsymf_l(wint_t c, _locale_t locale)
{
    return __iswcsymf(c);
}

/* A double-byte character is changed by its code page. */
static int change_case(int c, DWORD map, struct crt_locale *current)
{
    char text[3] = { (char)(c >> 8), (char)c };
    wchar_t wide[2];

    if (c >= 0 && c < 256) return map == LCMAP_LOWERCASE ? current->lower_table[c] : current->upper_table[c];
    if (c < 0 || c > 0xffff || !crt_is_lead(current, (unsigned char)(c >> 8))) return c;
    if (MultiByteToWideChar(current->base.lc_codepage, 0, text, 2, wide, 2) != 1) return c;
    wide[0] = crt_wide_case(current, wide[0], map);
    if (WideCharToMultiByte(current->base.lc_codepage, 0, wide, 1, text, 2, NULL, NULL) != 2) return c;
    return (unsigned char)text[0] << 8 | (unsigned char)text[1];
}

CRTAPI int _tolower_l(int c, _locale_t locale)
{
    return change_case(c, LCMAP_LOWERCASE, crt_locale(locale));
}

CRTAPI int _toupper_l(int c, _locale_t locale)
{
    return change_case(c, LCMAP_UPPERCASE, crt_locale(locale));
}

CRTAPI int tolower(int c)
{
    return crt_locale_changed ? _tolower_l(c, NULL) : c >= 'A' && c <= 'Z' ? c + 32 : c;
}

CRTAPI int toupper(int c)
{
    return crt_locale_changed ? _toupper_l(c, NULL) : c >= 'a' && c <= 'z' ? c - 32 : c;
}

CRTAPI int _tolower(int c)
{
    return c - 'A' + 'a';
}

CRTAPI int _toupper(int c)
{
    return c - 'a' + 'A';
}

wchar_t crt_wide_case(struct crt_locale *locale, wchar_t c, DWORD map)
{
    wchar_t result;

    return LCMapStringEx(locale->locale_names[LC_CTYPE], map, &c, 1, &result, 1, NULL, NULL, 0) == 1 ? result : c;
}

CRTAPI wint_t _towlower_l(wint_t c, _locale_t locale)
{
    return c == WEOF ? c : wide_lower(crt_locale(locale), c);
}

CRTAPI wint_t _towupper_l(wint_t c, _locale_t locale)
{
    return c == WEOF ? c : wide_upper(crt_locale(locale), c);
}

CRTAPI wint_t towlower(wint_t c)
{
    return _towlower_l(c, NULL);
}

CRTAPI wint_t towupper(wint_t c)
{
    return _towupper_l(c, NULL);
}

static const struct {
    const char *name;
    unsigned short mask;
} classes[] = {
    { "alpha", ALPHA }, { "upper", UPPER }, { "lower", LOWER }, { "digit", DIGIT },
    { "xdigit", HEX },  { "space", SPACE }, { "punct", PUNCT }, { "alnum", ALPHA | DIGIT },
    { "blank", BLANK }, { "cntrl", CNTRL }, { "graph", PUNCT | ALPHA | DIGIT },
    { "print", BLANK | PUNCT | ALPHA | DIGIT },
};

CRTAPI wctype_t wctype(const char *name)
{
    for (unsigned i = 0; i < ARRAYSIZE(classes); i++)
        if (!strcmp(classes[i].name, name)) return classes[i].mask;
    return 0;
}

CRTAPI wctype_t wctrans(const char *name)
{
    if (!strcmp(name, "tolower")) return 1;
    if (!strcmp(name, "toupper")) return 2;
    errno = EINVAL;
    return 0;
}

CRTAPI wint_t towctrans(wint_t c, wctype_t transformation)
{
    if (transformation == 1) return towlower(c);
    if (transformation == 2) return towupper(c);
    errno = EINVAL;
    return c;
}
