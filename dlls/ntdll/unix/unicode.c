/* UTF-16 to UTF-8 and back, lossless: a lone surrogate is written as WTF-8 does (three bytes), a byte that is not
 * part of valid UTF-8 becomes U+DC80 + (byte & 0x7f), a lone low surrogate, and comes back as that byte. So every
 * Linux name and every Windows name has a round trip, except a Windows name that holds U+DC80 to U+DCFF alone. */
#include "host.h"

int utf8_from_utf16(char *to, int room, const WCHAR *from, int units)
{
    unsigned char *out = (unsigned char *)to, *end = out + room;

    for (int i = 0; i < units; i++) {
        uint32_t c = from[i];
        int bytes;

        if (c < 0x80) {
            if (out == end) return -1;
            *out++ = (unsigned char)c;
            continue;
        }
        if (c >= 0xd800 && c < 0xdc00 && i + 1 < units && from[i + 1] >= 0xdc00 && from[i + 1] < 0xe000)
            c = 0x10000 + ((c - 0xd800) << 10) + (from[++i] - 0xdc00u);
        bytes = c >= 0xdc80 && c <= 0xdcff ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        if (end - out < bytes) return -1;
        switch (bytes) {
        case 1: out[0] = (unsigned char)(c & 0xff); break;
        case 2:
            out[0] = (unsigned char)(0xc0 | c >> 6);
            out[1] = (unsigned char)(0x80 | (c & 0x3f));
            break;
        case 3:
            out[0] = (unsigned char)(0xe0 | c >> 12);
            out[1] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
            out[2] = (unsigned char)(0x80 | (c & 0x3f));
            break;
        default:
            out[0] = (unsigned char)(0xf0 | c >> 18);
            out[1] = (unsigned char)(0x80 | (c >> 12 & 0x3f));
            out[2] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
            out[3] = (unsigned char)(0x80 | (c & 0x3f));
        }
        out += bytes;
    }
    return (int)(out - (unsigned char *)to);
}

/* The character at `from` and its length in bytes; -1 if it is none. WTF-8: surrogates are allowed, but not a pair
 * of them, and not those that stand for single bytes. */
static int decode(const unsigned char *from, int bytes, uint32_t *c)
{
    int length;
    uint32_t value;

    if (from[0] >= 0xc2 && from[0] <= 0xdf) length = 2, value = from[0] & 0x1f;
    else if (from[0] >= 0xe0 && from[0] <= 0xef) length = 3, value = from[0] & 0x0f;
    else if (from[0] >= 0xf0 && from[0] <= 0xf4) length = 4, value = from[0] & 0x07;
    else return -1;
    if (bytes < length) return -1;
    for (int i = 1; i < length; i++) {
        if ((from[i] & 0xc0) != 0x80) return -1;
        value = value << 6 | (from[i] & 0x3f);
    }
    if ((length == 3 && value < 0x800) || (length == 4 && (value < 0x10000 || value > 0x10ffff))) return -1;
    if (value >= 0xdc80 && value <= 0xdcff) return -1;
    *c = value;
    return length;
}

int utf16_from_utf8(WCHAR *to, int room, const char *from, int bytes)
{
    const unsigned char *in = (const unsigned char *)from, *end = in + bytes;
    WCHAR *out = to, *out_end = to + room;
    bool high_before = false; /* the last unit was a high surrogate that came alone */

    while (in < end) {
        uint32_t c = *in;
        int length = 1;

        if (c >= 0x80) {
            length = decode(in, (int)(end - in), &c);
            if (length > 0 && high_before && c >= 0xdc00 && c < 0xe000) length = -1;
            if (length < 0) {
                c = 0xdc00 + *in;
                length = 1;
            }
        }
        high_before = c >= 0xd800 && c < 0xdc00;
        in += length;
        if (out_end - out < (c >= 0x10000 ? 2 : 1)) return -1;
        if (c >= 0x10000) {
            *out++ = (WCHAR)(0xd7c0 + (c >> 10));
            *out++ = (WCHAR)(0xdc00 + (c & 0x3ff));
        } else {
            *out++ = (WCHAR)c;
        }
    }
    return (int)(out - to);
}
