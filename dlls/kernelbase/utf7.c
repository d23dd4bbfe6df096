/* Code page 65000: UTF-7 (RFC 2152). Encodes directly what set D and the blanks hold, as Windows does. */
#include "nls.h"

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int digit_of(unsigned char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool is_direct(WCHAR c)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) return true;
    for (const char *set = "'(),-./:? \t\r\n"; *set; set++)
        if (c == *set) return true;
    return c == 0;
}

size_t utf7_decode(WCHAR *to, size_t room, const char *from, size_t size, size_t *used)
{
    size_t in = 0, out = 0;
    unsigned bits = 0, buffer = 0;
    bool shifted = false;

    while (in < size) {
        unsigned char byte = from[in];
        int digit = shifted ? digit_of(byte) : -1;
        WCHAR c;
        if (digit >= 0) {
            buffer = buffer << 6 | digit;
            bits += 6;
            in++;
            if (bits < 16) continue;
            bits -= 16;
            c = buffer >> bits;
            buffer &= (1u << bits) - 1;
        } else if (shifted) {
            shifted = false;
            if (byte == '-') in++;
            continue;
        } else if (byte == '+') {
            in++;
            if (in < size && from[in] == '-') {
                in++;
                c = '+';
            } else {
                shifted = true;
                bits = buffer = 0;
                continue;
            }
        } else {
            in++;
            c = byte;
        }
        if (to) {
            if (out == room) {
                in--;
                break;
            }
            to[out] = c;
        }
        out++;
    }
    if (used) *used = in;
    return out;
}

size_t utf7_encode(char *to, size_t room, const WCHAR *from, size_t count, size_t *used)
{
    size_t in = 0, out = 0;

#define PUT(byte) \
    do { \
        if (to) { \
            if (out == room) goto full; \
            to[out] = (byte); \
        } \
        out++; \
    } while (0)
    while (in < count) {
        unsigned bits = 0, buffer = 0;
        if (from[in] == '+') {
            PUT('+');
            PUT('-');
            in++;
            continue;
        }
        if (is_direct(from[in])) {
            PUT((char)from[in]);
            in++;
            continue;
        }
        PUT('+');
        while (in < count && !is_direct(from[in]) && from[in] != '+') {
            buffer = buffer << 16 | from[in++];
            for (bits += 16; bits >= 6; bits -= 6) PUT(base64[buffer >> (bits - 6) & 63]);
        }
        if (bits) PUT(base64[buffer << (6 - bits) & 63]);
        if (in == count || digit_of(from[in]) >= 0 || from[in] == '-') PUT('-');
    }
#undef PUT
full:
    if (used) *used = in;
    return out;
}
