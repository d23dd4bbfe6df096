/* stringapiset.h: conversion between code pages and UTF-16, character types. */
#include "nls.h"

int compose_string(WCHAR *to, int room, const WCHAR *from, int count);
int decompose_string(WCHAR *to, int room, const WCHAR *from, int count);

/* What control characters show on an OEM code page (MB_USEGLYPHCHARS). */
static const WCHAR glyphs[32] = {
    0x0000, 0x263a, 0x263b, 0x2665, 0x2666, 0x2663, 0x2660, 0x2022, 0x25d8, 0x25cb, 0x25d9, 0x2642, 0x2640, 0x266a,
    0x266b, 0x263c, 0x25ba, 0x25c4, 0x2195, 0x203c, 0x00b6, 0x00a7, 0x25ac, 0x21a8, 0x2191, 0x2193, 0x2192, 0x2190,
    0x221f, 0x2194, 0x25b2, 0x25bc,
};

/* Code pages for which no flag is allowed at all (stringapiset.h reference, dwFlags). */
static bool takes_no_flags(UINT codepage)
{
    return codepage == CP_SYMBOL || codepage == CP_UTF7 || (codepage >= 50220 && codepage <= 50229) ||
           (codepage >= 57002 && codepage <= 57011);
}

static size_t symbol_decode(WCHAR *to, size_t room, const char *from, size_t size, size_t *used)
{
    size_t at = 0;
    for (; at < size && (!to || at < room); at++) {
        unsigned char byte = from[at];
        if (to) to[at] = byte < 0x20 ? byte : 0xf000 + byte;
    }
    *used = at;
    return at;
}

static int length_of(const char *text)
{
    return (int)str_length(text) + 1;
}

int WINAPI MultiByteToWideChar(UINT codepage, DWORD flags, const char *from, int size, WCHAR *to, int room)
{
    const CODEPAGE *table;
    size_t used = 0, units;
    bool invalid = false;

    if (!from || !size || room < 0 || (!to && room) || (const void *)to == from) return set_error(ERROR_INVALID_PARAMETER);
    table = codepage_table(&codepage);
    if (!table && codepage != CP_UTF8 && codepage != CP_UTF7 && codepage != CP_SYMBOL)
        return set_error(ERROR_INVALID_PARAMETER);
    if (size < 0) size = length_of(from);
    if (takes_no_flags(codepage) ? flags != 0 : codepage == CP_UTF8 ? flags & ~MB_ERR_INVALID_CHARS
        : flags & ~(MB_PRECOMPOSED | MB_COMPOSITE | MB_USEGLYPHCHARS | MB_ERR_INVALID_CHARS) ||
          (flags & MB_PRECOMPOSED && flags & MB_COMPOSITE))
        return set_error(ERROR_INVALID_FLAGS);

    WCHAR *result = room ? to : NULL;
    if (codepage == CP_UTF8) units = utf8_decode(result, room, from, size, &used, &invalid);
    else if (codepage == CP_UTF7) units = utf7_decode(result, room, from, size, &used);
    else if (codepage == CP_SYMBOL) units = symbol_decode(result, room, from, size, &used);
    else if (flags & MB_COMPOSITE) {
        WCHAR *plain = mem_alloc((size_t)size * sizeof(WCHAR));
        if (!plain) return set_error(ERROR_NOT_ENOUGH_MEMORY);
        units = codepage_decode(table, plain, size, from, size, NULL, &invalid);
        int count = decompose_string(result, room, plain, units);
        mem_free(plain);
        used = count >= 0 ? size : 0;
        units = count >= 0 ? count : 0;
    } else units = codepage_decode(table, result, room, from, size, &used, &invalid);

    if (invalid && flags & MB_ERR_INVALID_CHARS) return set_error(ERROR_NO_UNICODE_TRANSLATION);
    if (used < size) return set_error(ERROR_INSUFFICIENT_BUFFER);
    for (size_t i = 0; flags & MB_USEGLYPHCHARS && result && i < units; i++) {
        if (result[i] < 32) result[i] = glyphs[result[i]];
        else if (result[i] == 127) result[i] = 0x2302;
    }
    return (int)units;
}

static int symbol_encode(char *to, int room, const WCHAR *from, int count)
{
    for (int i = 0; i < count; i++) {
        if (from[i] >= 0x20 && (from[i] < 0xf020 || from[i] > 0xf0ff)) return set_error(ERROR_NO_UNICODE_TRANSLATION);
        if (room && i >= room) return set_error(ERROR_INSUFFICIENT_BUFFER);
        if (room) to[i] = (char)from[i];
    }
    return count;
}

/* One character at a time, where a default character or an exact mapping was asked for. */
static size_t encode_checked(const CODEPAGE *table, DWORD flags, char *to, size_t room, const WCHAR *from, size_t count,
                             size_t *used, const char *fallback, BOOL *used_default)
{
    unsigned other = table->default_char;
    size_t in = 0, out = 0;

    if (fallback) {
        other = (unsigned char)fallback[0];
        if (codepage_is_lead(table, other) && fallback[1]) other = other << 8 | (unsigned char)fallback[1];
    }
    for (; in < count; in++) {
        WCHAR c = from[in];
        unsigned code = codepage_from_wide(table, c);
        bool missing = code == table->default_char && c != table->trans_default_char;
        if (!missing && flags & WC_NO_BEST_FIT_CHARS && codepage_to_wide(table, code) != c) missing = true;
        if (missing) {
            code = other;
            if (used_default) *used_default = TRUE;
        }
        unsigned length = code > 255 ? 2 : 1;
        if (to) {
            if (out + length > room) break;
            if (length == 2) to[out] = code >> 8;
            to[out + length - 1] = (char)code;
        }
        out += length;
    }
    *used = in;
    return out;
}

int WINAPI WideCharToMultiByte(UINT codepage, DWORD flags, const WCHAR *from, int count, char *to, int room,
                               const char *fallback, BOOL *used_default)
{
    const CODEPAGE *table;
    size_t used = 0, size;
    bool invalid = false;
    WCHAR *composed = NULL;

    if (!from || !count || room < 0 || (!to && room) || (const void *)to == from) return set_error(ERROR_INVALID_PARAMETER);
    table = codepage_table(&codepage);
    if (!table && codepage != CP_UTF8 && codepage != CP_UTF7 && codepage != CP_SYMBOL)
        return set_error(ERROR_INVALID_PARAMETER);
    if (!table && (fallback || used_default)) return set_error(ERROR_INVALID_PARAMETER);
    if (takes_no_flags(codepage) ? flags != 0 : codepage == CP_UTF8 ? flags & ~WC_ERR_INVALID_CHARS
        : flags & ~(WC_COMPOSITECHECK | WC_DISCARDNS | WC_SEPCHARS | WC_DEFAULTCHAR | WC_NO_BEST_FIT_CHARS))
        return set_error(ERROR_INVALID_FLAGS);
    if (count < 0) count = (int)wide_length(from) + 1;
    if (used_default) *used_default = FALSE;

    char *result = room ? to : NULL;
    if (codepage == CP_SYMBOL) return symbol_encode(to, room, from, count);
    if (codepage == CP_UTF8) size = utf8_encode(result, room, from, count, &used, &invalid);
    else if (codepage == CP_UTF7) size = utf7_encode(result, room, from, count, &used);
    else {
        if (flags & WC_COMPOSITECHECK) {
            if (!(composed = mem_alloc((size_t)count * sizeof(WCHAR)))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
            count = compose_string(composed, count, from, count);
            from = composed;
        }
        if (fallback || used_default || flags & WC_NO_BEST_FIT_CHARS)
            size = encode_checked(table, flags, result, room, from, count, &used, fallback, used_default);
        else size = codepage_encode(table, result, room, from, count, &used);
        mem_free(composed);
    }
    if (used < count) return set_error(ERROR_INSUFFICIENT_BUFFER);
    if (invalid && flags & WC_ERR_INVALID_CHARS) return set_error(ERROR_NO_UNICODE_TRANSLATION);
    return (int)size;
}

/* ---- character types ---- */

extern const unsigned int nls_ctype_table[];

const uint16_t *ctype_of(WCHAR c)
{
    const struct nls_ctype *table = (const struct nls_ctype *)nls_ctype_table;
    unsigned page = NLS_AT(table, index, uint16_t)[c >> 6];
    return NLS_AT(table, triples, uint16_t) + 3 * NLS_AT(table, classes, uint8_t)[page * 64 + (c & 63)];
}

BOOL WINAPI GetStringTypeW(DWORD info, const WCHAR *text, int count, WORD *types)
{
    int which = info == CT_CTYPE1 ? 0 : info == CT_CTYPE2 ? 1 : info == CT_CTYPE3 ? 2 : -1;
    if (!text || !types || !count) return set_error(ERROR_INVALID_PARAMETER);
    if (which < 0) return set_error(ERROR_INVALID_PARAMETER);
    if (count < 0) count = (int)wide_length(text) + 1;
    for (int i = 0; i < count; i++) types[i] = ctype_of(text[i])[which];
    return TRUE;
}

BOOL WINAPI GetStringTypeExW(LCID locale, DWORD info, const WCHAR *text, int count, WORD *types)
{
    return GetStringTypeW(info, text, count, types);
}

BOOL WINAPI GetStringTypeA(LCID locale, DWORD info, const char *text, int size, WORD *types)
{
    WCHAR small[256], *wide;
    UINT codepage = CP_ACP;
    int units;
    BOOL done;

    if (!text || !types || !size) return set_error(ERROR_INVALID_PARAMETER);
    if (GetLocaleInfoW(locale, LOCALE_IDEFAULTANSICODEPAGE | LOCALE_RETURN_NUMBER, (WCHAR *)&codepage, 2) == 0)
        codepage = CP_ACP;
    if (!(wide = nls_to_wide(codepage, text, size, small, 256, &units))) return FALSE;
    done = GetStringTypeW(info, wide, units, types);
    if (wide != small) mem_free(wide);
    return done;
}

BOOL WINAPI GetStringTypeExA(LCID locale, DWORD info, const char *text, int size, WORD *types)
{
    return GetStringTypeA(locale, info, text, size, types);
}
