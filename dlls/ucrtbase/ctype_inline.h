/* Case of wide characters by locale; used by strings and the wide classification. */
#ifndef CTYPE_INLINE_H
#define CTYPE_INLINE_H

wchar_t crt_wide_case(struct crt_locale *locale, wchar_t c, DWORD map);

/* In the C locale letters beyond ASCII have no case (reference: towlower, "C" locale). */
static inline wchar_t wide_lower(struct crt_locale *locale, wchar_t c)
{
    if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
    return locale == &c_locale ? c : crt_wide_case(locale, c, LCMAP_LOWERCASE);
}

static inline wchar_t wide_upper(struct crt_locale *locale, wchar_t c)
{
    if (c < 0x80) return c >= 'a' && c <= 'z' ? c - 32 : c;
    return locale == &c_locale ? c : crt_wide_case(locale, c, LCMAP_UPPERCASE);
}

#endif
