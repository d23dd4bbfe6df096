/* Conversion by a table of ferry.nls, and UTF-8: the loops that ntdll and kernelbase share. PE code.
 *
 * Every function converts as much as has room, in whole characters; with `to` NULL it only counts. Results are
 * units of the destination. `*used` gets the units of the source that were converted.
 */
#ifndef FERRY_CODEPAGE_H
#define FERRY_CODEPAGE_H

#include "ferry/nls.h"
#include "ferry/nt.h"
#include <stdbool.h>

typedef struct nls_codepage CODEPAGE;

static inline bool codepage_is_lead(const CODEPAGE *page, unsigned char byte)
{
    return page->lead && NLS_AT(page, lead, uint8_t)[byte];
}

/* The character's bytes, lead byte high; the default character where there is none. */
static inline unsigned codepage_from_wide(const CODEPAGE *page, WCHAR c)
{
    unsigned at = NLS_AT(page, from_index, uint16_t)[c >> 8] * 256u + (c & 255);
    return page->max_char_size == 1 ? NLS_AT(page, from_pages, uint8_t)[at] : NLS_AT(page, from_pages, uint16_t)[at];
}

/* The character of one or two bytes (lead byte high). */
static inline WCHAR codepage_to_wide(const CODEPAGE *page, unsigned code)
{
    if (code < 256) return NLS_AT(page, to_wide, uint16_t)[code];
    return (NLS_AT(page, trail, uint16_t) + (NLS_AT(page, lead, uint8_t)[code >> 8] - 1) * 256)[code & 255];
}

/* Bytes from 0x01 to 0x7f at the start of `from`, at most `size`. */
static inline size_t ascii_run(const char *from, size_t size)
{
    size_t at = 0;
    while (at + 8 <= size) {
        uint64_t word;
        __builtin_memcpy(&word, from + at, 8);
        if (word & 0x8080808080808080ull) break;
        at += 8;
    }
    while (at < size && !(from[at] & 0x80)) at++;
    return at;
}

static inline size_t ascii_run_wide(const WCHAR *from, size_t count)
{
    size_t at = 0;
    while (at + 4 <= count) {
        uint64_t word;
        __builtin_memcpy(&word, from + at, 8);
        if (word & 0xff80ff80ff80ff80ull) break;
        at += 4;
    }
    while (at < count && from[at] < 0x80) at++;
    return at;
}

/* `*invalid` is set when a byte or pair has no mapping; may be NULL. */
static inline size_t codepage_decode(const CODEPAGE *page, WCHAR *to, size_t room, const char *from, size_t size,
                                     size_t *used, bool *invalid)
{
    const uint16_t *wide = NLS_AT(page, to_wide, uint16_t);
    size_t in = 0, out = 0;
    while (in < size && (!to || out < room)) {
        if (page->ascii && !(from[in] & 0x80)) {
            size_t run = ascii_run(from + in, to && room - out < size - in ? room - out : size - in);
            if (to)
                for (size_t i = 0; i < run; i++) to[out + i] = (unsigned char)from[in + i];
            in += run;
            out += run;
            continue;
        }
        unsigned char byte = from[in++];
        WCHAR c;
        if (codepage_is_lead(page, byte)) {
            unsigned code = 0;
            if (in < size && from[in]) code = byte << 8 | (unsigned char)from[in++];
            c = code ? codepage_to_wide(page, code) : page->unicode_default_char;
            if (invalid && c == page->unicode_default_char && code != page->trans_unicode_default_char)
                *invalid = true;
        } else {
            c = wide[byte];
            if (invalid && c == page->unicode_default_char && byte != page->trans_unicode_default_char)
                *invalid = true;
        }
        if (to) to[out] = c;
        out++;
    }
    if (used) *used = in;
    return out;
}

static inline size_t codepage_encode(const CODEPAGE *page, char *to, size_t room, const WCHAR *from, size_t count,
                                     size_t *used)
{
    size_t in = 0, out = 0;
    while (in < count && (!to || out < room)) {
        if (page->ascii && from[in] < 0x80) {
            size_t run = ascii_run_wide(from + in, to && room - out < count - in ? room - out : count - in);
            if (to)
                for (size_t i = 0; i < run; i++) to[out + i] = (char)from[in + i];
            in += run;
            out += run;
            continue;
        }
        unsigned code = codepage_from_wide(page, from[in]);
        if (code > 255) {
            if (to) {
                if (out + 2 > room) break;
                to[out] = code >> 8;
                to[out + 1] = (char)code;
            }
            out += 2;
        } else {
            if (to) to[out] = (char)code;
            out++;
        }
        in++;
    }
    if (used) *used = in;
    return out;
}

/* One character of well-formed UTF-8 (Unicode table 3-7) of `size` > 0 bytes. Returns its length; 0 and `*bad` bytes
 * to be replaced by one U+FFFD otherwise (the maximal subpart). */
static inline unsigned utf8_decode_one(const unsigned char *from, size_t size, unsigned *c, unsigned *bad)
{
    unsigned first = from[0], low = 0x80, high = 0xbf, need;
    *bad = 1;
    if (first < 0x80) {
        *c = first;
        return 1;
    }
    if (first < 0xc2 || first > 0xf4) return 0;
    need = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    *c = first & (0x3f >> need);
    if (first == 0xe0) low = 0xa0;
    if (first == 0xed) high = 0x9f;
    if (first == 0xf0) low = 0x90;
    if (first == 0xf4) high = 0x8f;
    for (unsigned i = 1; i <= need; i++) {
        if (i >= size || from[i] < low || from[i] > high) {
            *bad = i;
            return 0;
        }
        *c = *c << 6 | (from[i] & 0x3f);
        low = 0x80;
        high = 0xbf;
    }
    return need + 1;
}

static inline size_t utf8_decode(WCHAR *to, size_t room, const char *from, size_t size, size_t *used, bool *invalid)
{
    size_t in = 0, out = 0;
    while (in < size && (!to || out < room)) {
        if (!(from[in] & 0x80)) {
            size_t run = ascii_run(from + in, to && room - out < size - in ? room - out : size - in);
            if (to)
                for (size_t i = 0; i < run; i++) to[out + i] = (unsigned char)from[in + i];
            in += run;
            out += run;
            continue;
        }
        unsigned c, bad, length = utf8_decode_one((const unsigned char *)from + in, size - in, &c, &bad);
        if (!length) {
            if (invalid) *invalid = true;
            length = bad;
            c = 0xfffd;
        }
        if (c >= 0x10000) {
            if (to) {
                if (out + 2 > room) break;
                to[out] = 0xd7c0 + (c >> 10);
                to[out + 1] = 0xdc00 | (c & 0x3ff);
            }
            out += 2;
        } else {
            if (to) to[out] = c;
            out++;
        }
        in += length;
    }
    if (used) *used = in;
    return out;
}

/* A lone surrogate becomes U+FFFD and sets `*invalid`. */
static inline size_t utf8_encode(char *to, size_t room, const WCHAR *from, size_t count, size_t *used, bool *invalid)
{
    size_t in = 0, out = 0;
    while (in < count && (!to || out < room)) {
        if (from[in] < 0x80) {
            size_t run = ascii_run_wide(from + in, to && room - out < count - in ? room - out : count - in);
            if (to)
                for (size_t i = 0; i < run; i++) to[out + i] = (char)from[in + i];
            in += run;
            out += run;
            continue;
        }
        unsigned c = from[in], units = 1, length;
        if ((c & 0xf800) == 0xd800) {
            if (c < 0xdc00 && in + 1 < count && (from[in + 1] & 0xfc00) == 0xdc00) {
                c = 0x10000 + ((c & 0x3ff) << 10) + (from[in + 1] & 0x3ff);
                units = 2;
            } else {
                c = 0xfffd;
                if (invalid) *invalid = true;
            }
        }
        length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        if (to) {
            if (out + length > room) break;
            for (unsigned i = length - 1; i; i--) {
                to[out + i] = 0x80 | (c & 0x3f);
                c >>= 6;
            }
            to[out] = (0xf00 >> length & 0xf0) | c;
        }
        out += length;
        in += units;
    }
    if (used) *used = in;
    return out;
}

/* Private exports of ntdll.dll (dlls/ntdll/nls.c). */

/* A block of ferry.nls (mapped at first use) or of the tables in ntdll; NULL if there is none. */
#ifndef FERRY_NTDLL_EXPORT
#define FERRY_NTDLL_EXPORT __declspec(dllimport)
#endif
FERRY_NTDLL_EXPORT const void *NTAPI FerryNlsBlock(ULONG kind, ULONG key);
/* The user's locale as Unix names it ("de_DE", never longer than 32, "C" where unset): decides language and code
 * pages. */
FERRY_NTDLL_EXPORT const char *NTAPI FerryNlsUnixLocale(void);

#endif
