/* winuser.h: wsprintf and wvsprintf, which write at most 1024 units with the terminator. */
#include "user32.h"
#include <stdarg.h>

#define ROOM 1024

struct out {
    char *ansi;
    WCHAR *wide;
    int count;
    bool full;
};

static void put(struct out *out, WCHAR c)
{
    if (out->count >= ROOM - 1) {
        out->full = true;
        return;
    }
    if (out->ansi) out->ansi[out->count++] = (char)c;
    else out->wide[out->count++] = c;
}

struct format {
    bool left, hash, zero;
    int width, precision;
};

static void pad(struct out *out, int count, WCHAR c)
{
    while (count-- > 0 && !out->full) put(out, c);
}

/* A string of the other kind is converted; `size` units at most. */
static void put_string(struct out *out, const struct format *format, const void *string, bool wide, int size)
{
    const char *narrow = string;
    const WCHAR *text = string;
    int length = 0;
    char bytes[4];

    if (!string) {
        wide = false;
        narrow = "(null)";
        size = format->precision >= 0 && format->precision < 6 ? format->precision : 6;
    }
    while (length < size && (wide ? text[length] : (WCHAR)(BYTE)narrow[length])) length++;
    if (!format->left) pad(out, format->width - length, ' ');
    for (int i = 0; i < length && !out->full; i++) {
        if (wide == !!out->wide) put(out, wide ? text[i] : (BYTE)narrow[i]);
        else if (wide) {
            int got = WideCharToMultiByte(CP_ACP, 0, text + i, 1, bytes, sizeof(bytes), NULL, NULL);
            for (int j = 0; j < got; j++) put(out, (BYTE)bytes[j]);
        } else {
            WCHAR c = 0;
            int lead = IsDBCSLeadByte(narrow[i]) && i + 1 < length;
            MultiByteToWideChar(CP_ACP, 0, narrow + i, 1 + lead, &c, 1);
            i += lead;
            put(out, c);
        }
    }
    if (format->left) pad(out, format->width - length, ' ');
}

static void put_number(struct out *out, const struct format *format, ULONGLONG value, bool negative, unsigned base, bool upper)
{
    char digits[32];
    int count = 0, extra = negative, zeros;
    ULONGLONG rest = value;

    do digits[count++] = (upper ? "0123456789ABCDEF" : "0123456789abcdef")[rest % base];
    while (rest /= base);
    if (format->hash && base == 16) extra += 2;
    zeros = format->precision > count ? format->precision - count : 0;
    if (format->zero && !format->left && format->width > count + extra + zeros) zeros = format->width - count - extra;
    if (!format->left) pad(out, format->width - count - extra - zeros, ' ');
    if (negative) put(out, '-');
    if (format->hash && base == 16) {
        put(out, '0');
        put(out, upper ? 'X' : 'x');
    }
    pad(out, zeros, '0');
    for (int i = count; i--;) put(out, digits[i]);
    if (format->left) pad(out, format->width - count - extra - zeros, ' ');
}

static WCHAR next(const void **at, bool wide)
{
    if (wide) {
        const WCHAR *text = *at;
        *at = text + 1;
        return *text;
    }
    const char *text = *at;
    *at = text + 1;
    return (BYTE)*text;
}

/* Returns the units written, or -1 when the result did not fit. */
static int print(struct out *out, const void *at, va_list args)
{
    bool wide = out->wide;
    WCHAR c;

    while ((c = next(&at, wide)) && !out->full) {
        struct format format = {.precision = -1};
        enum { NONE, SHORT, LONG, WIDE64 } size = NONE;
        if (c != '%') {
            put(out, c);
            continue;
        }
        for (c = next(&at, wide);; c = next(&at, wide)) {
            if (c == '-') format.left = true;
            else if (c == '#') format.hash = true;
            else if (c == '0') format.zero = true;
            else break;
        }
        if (c == '*') {
            format.width = va_arg(args, int);
            if (format.width < 0) format.left = true, format.width = -format.width;
            c = next(&at, wide);
        } else
            for (; c >= '0' && c <= '9'; c = next(&at, wide)) format.width = format.width * 10 + c - '0';
        if (c == '.') {
            format.precision = 0;
            c = next(&at, wide);
            if (c == '*') {
                format.precision = va_arg(args, int);
                c = next(&at, wide);
            } else
                for (; c >= '0' && c <= '9'; c = next(&at, wide)) format.precision = format.precision * 10 + c - '0';
        }
        if (c == 'h') size = SHORT, c = next(&at, wide);
        else if (c == 'l' || c == 'w') {
            size = LONG;
            if ((c = next(&at, wide)) == 'l') size = WIDE64, c = next(&at, wide);
        } else if (c == 'I') {
            c = next(&at, wide);
            if (c == '6') next(&at, wide), size = WIDE64, c = next(&at, wide);
            else if (c == '3') next(&at, wide), c = next(&at, wide);
            else size = sizeof(void *) == 8 ? WIDE64 : NONE;
        }
        switch (c) {
        case 0: goto done;
        case 'c': case 'C': {
            int value = va_arg(args, int);
            bool is_wide = size == LONG || (size != SHORT && (c == 'c') == wide);
            WCHAR unit = (WCHAR)value;
            if (wide && !is_wide) {
                char byte = (char)value;
                MultiByteToWideChar(CP_ACP, 0, &byte, 1, &unit, 1);
            }
            if (!format.left) pad(out, format.width - 1, ' ');
            if (!wide && is_wide) {
                char bytes[4];
                int got = WideCharToMultiByte(CP_ACP, 0, &unit, 1, bytes, sizeof(bytes), NULL, NULL);
                for (int i = 0; i < got; i++) put(out, (BYTE)bytes[i]);
            } else put(out, unit);
            if (format.left) pad(out, format.width - 1, ' ');
            break;
        }
        case 's': case 'S': {
            bool is_wide = size == LONG || (size != SHORT && (c == 's') == wide);
            const void *string = va_arg(args, const void *);
            put_string(out, &format, string, is_wide, format.precision < 0 ? 0x7fffffff : format.precision);
            break;
        }
        case 'd': case 'i': {
            LONGLONG value = size == WIDE64 ? va_arg(args, LONGLONG) : va_arg(args, int);
            if (size == SHORT) value = (short)value;
            put_number(out, &format, value < 0 ? 0 - (ULONGLONG)value : (ULONGLONG)value, value < 0, 10, false);
            break;
        }
        case 'u': case 'x': case 'X': {
            ULONGLONG value = size == WIDE64 ? va_arg(args, ULONGLONG) : va_arg(args, unsigned);
            if (size == SHORT) value = (USHORT)value;
            put_number(out, &format, value, false, c == 'u' ? 10 : 16, c == 'X');
            break;
        }
        case 'p':
            format.precision = 2 * sizeof(void *);
            put_number(out, &format, (ULONG_PTR)va_arg(args, void *), false, 16, true);
            break;
        default: put(out, c); break;
        }
    }
done:
    if (out->ansi) out->ansi[out->count] = 0;
    else out->wide[out->count] = 0;
    return out->full ? -1 : out->count;
}

int WINAPI wvsprintfA(char *to, const char *format, va_list args)
{
    struct out out = {.ansi = to};
    return print(&out, format, args);
}

int WINAPI wvsprintfW(WCHAR *to, const WCHAR *format, va_list args)
{
    struct out out = {.wide = to};
    return print(&out, format, args);
}

int __cdecl wsprintfA(char *to, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int count = wvsprintfA(to, format, args);
    va_end(args);
    return count;
}

int __cdecl wsprintfW(WCHAR *to, const WCHAR *format, ...)
{
    va_list args;
    va_start(args, format);
    int count = wvsprintfW(to, format, args);
    va_end(args);
    return count;
}
