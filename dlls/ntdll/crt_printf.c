/* The sprintf family as ntdll has it: Microsoft's widths (I64, I32, I, w, Z), no floating point, ASCII and UTF-16.
 * Length rules: _snprintf and its like return -1 when the text does not fit and then write no terminator; the _s
 * functions return -1 and leave a terminated string.
 */
#include "ntdll.h"
#include <errno.h>

struct output {
    void *buffer; /* NULL: count only */
    size_t room;  /* units */
    size_t count; /* units wanted so far */
    bool wide;
};

static void put(struct output *out, unsigned c)
{
    if (out->buffer && out->count < out->room) {
        if (out->wide) ((WCHAR *)out->buffer)[out->count] = (WCHAR)c;
        else ((char *)out->buffer)[out->count] = (char)c;
    }
    out->count++;
}

static void pad(struct output *out, int count, char c)
{
    while (count-- > 0) put(out, c);
}

/* A wide text in a char format: one ANSI character each, as the system code page has them. */
static void put_text(struct output *out, const void *text, size_t length, bool wide)
{
    if (wide == out->wide) {
        for (size_t i = 0; i < length; i++)
            put(out, wide ? ((const WCHAR *)text)[i] : ((const unsigned char *)text)[i]);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        if (wide) {
            char bytes[8];
            ULONG count = 0;
            RtlUnicodeToMultiByteN(bytes, sizeof(bytes), &count, (const WCHAR *)text + i, sizeof(WCHAR));
            for (ULONG j = 0; j < count; j++) put(out, (unsigned char)bytes[j]);
        } else {
            WCHAR units[4];
            ULONG count = 0;
            RtlMultiByteToUnicodeN(units, sizeof(units), &count, (const char *)text + i, 1);
            for (ULONG j = 0; j < count / sizeof(WCHAR); j++) put(out, units[j]);
        }
    }
}

static unsigned next_unit(const void **format, bool wide)
{
    if (wide) return *(*(const WCHAR **)format)++;
    return *(*(const unsigned char **)format)++;
}

static void format_text(struct output *out, const void *format, va_list args)
{
    unsigned c;

    while ((c = next_unit(&format, out->wide))) {
        bool left = false, plus = false, space = false, alternate = false, zero = false;
        int width = 0, precision = -1, length = 0; /* length: 'h' -1, 'l' 1, 64 bits 2, 'w' 3 */

        if (c != '%') {
            put(out, c);
            continue;
        }
        for (;; ) {
            c = next_unit(&format, out->wide);
            if (c == '-') left = true;
            else if (c == '+') plus = true;
            else if (c == ' ') space = true;
            else if (c == '#') alternate = true;
            else if (c == '0') zero = true;
            else break;
        }
        if (c == '*') {
            width = va_arg(args, int);
            if (width < 0) left = true, width = -width;
            c = next_unit(&format, out->wide);
        } else {
            for (; c - '0' < 10u; c = next_unit(&format, out->wide)) width = width * 10 + (int)(c - '0');
        }
        if (c == '.') {
            precision = 0;
            c = next_unit(&format, out->wide);
            if (c == '*') {
                precision = va_arg(args, int);
                c = next_unit(&format, out->wide);
            } else {
                for (; c - '0' < 10u; c = next_unit(&format, out->wide)) precision = precision * 10 + (int)(c - '0');
            }
        }
        for (;; c = next_unit(&format, out->wide)) {
            if (c == 'h') length = -1;
            else if (c == 'l') length = length == 1 ? 2 : 1;
            else if (c == 'w') length = 3;
            else if (c == 'L' || c == 'F' || c == 'N') continue;
            else if (c == 'z' || c == 't' || c == 'j') length = c == 'j' || sizeof(void *) == 8 ? 2 : 0;
            else if (c == 'I') {
                const void *ahead = format;
                unsigned first = next_unit(&ahead, out->wide), second = first ? next_unit(&ahead, out->wide) : 0;
                if (first == '6' && second == '4') length = 2, format = ahead;
                else if (first == '3' && second == '2') length = 0, format = ahead;
                else length = sizeof(void *) == 8 ? 2 : 0;
            } else break;
        }
        if (!c) break;

        char digits[72];
        int count = 0;
        const char *prefix = "";
        uint64_t value;
        unsigned radix = 10;
        const char *alphabet = "0123456789abcdef";
        switch (c) {
        case 'c':
        case 'C': {
            bool wide = length == -1 ? false : length == 1 || length == 3 ? true : (c == 'c') == out->wide;
            int unit = va_arg(args, int);
            WCHAR unit16 = (WCHAR)unit;
            char unit8 = (char)unit;
            if (!left) pad(out, width - 1, zero ? '0' : ' ');
            put_text(out, wide ? (void *)&unit16 : (void *)&unit8, 1, wide);
            if (left) pad(out, width - 1, ' ');
            continue;
        }
        case 's':
        case 'S': {
            bool wide = length == -1 ? false : length == 1 || length == 3 ? true : (c == 's') == out->wide;
            const void *text = va_arg(args, void *);
            if (!text) text = wide ? (void *)L"(null)" : (void *)"(null)";
            size_t limit = precision < 0 ? (size_t)-1 / 4 : (size_t)precision;
            size_t units = wide ? wcsnlen(text, limit) : strnlen(text, limit);
            if (!left) pad(out, width - (int)units, zero ? '0' : ' ');
            put_text(out, text, units, wide);
            if (left) pad(out, width - (int)units, ' ');
            continue;
        }
        case 'Z': {
            bool wide = length == 1 || length == 3 || (out->wide && length != -1);
            const UNICODE_STRING *text = va_arg(args, void *);
            const void *buffer = text && text->Buffer ? (void *)text->Buffer : wide ? (void *)L"(null)" : (void *)"(null)";
            size_t units = text && text->Buffer ? text->Length / (wide ? sizeof(WCHAR) : 1) : 6;
            if (precision >= 0 && units > (size_t)precision) units = precision;
            if (!left) pad(out, width - (int)units, ' ');
            put_text(out, buffer, units, wide);
            if (left) pad(out, width - (int)units, ' ');
            continue;
        }
        case 'n': *va_arg(args, int *) = (int)out->count; continue;
        case 'd':
        case 'i': {
            int64_t number = length == 2 ? va_arg(args, int64_t) : va_arg(args, int);
            if (length == -1) number = (short)number;
            prefix = number < 0 ? "-" : plus ? "+" : space ? " " : "";
            value = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
            break;
        }
        case 'p':
            value = (uintptr_t)va_arg(args, void *);
            precision = sizeof(void *) * 2;
            radix = 16;
            alphabet = "0123456789ABCDEF";
            if (alternate) prefix = "0X";
            break;
        case 'u':
        case 'o':
        case 'x':
        case 'X':
            value = length == 2 ? va_arg(args, uint64_t) : va_arg(args, unsigned);
            if (length == -1) value = (unsigned short)value;
            radix = c == 'u' ? 10 : c == 'o' ? 8 : 16;
            if (c == 'X') alphabet = "0123456789ABCDEF";
            if (alternate && value && radix == 16) prefix = c == 'x' ? "0x" : "0X";
            if (alternate && radix == 8) prefix = "0";
            break;
        case 'e':
        case 'E':
        case 'f':
        case 'g':
        case 'G':
        case 'a':
        case 'A': /* not supported: shown as the letter, but the arguments stay in step */
            (void)va_arg(args, double);
            put(out, c);
            continue;
        default: put(out, c); continue;
        }
        for (; value; value /= radix) digits[count++] = alphabet[value % radix];
        if (!count && precision != 0) digits[count++] = '0';
        int zeros = precision > count ? precision - count : 0, sign = (int)strlen(prefix);
        if (zero && !left && precision < 0 && width > count + sign) zeros = width - count - sign;
        if (!left) pad(out, width - count - zeros - sign, ' ');
        for (; *prefix; prefix++) put(out, *prefix);
        pad(out, zeros, '0');
        for (int i = count; i--;) put(out, digits[i]);
        if (left) pad(out, width - count - zeros - sign, ' ');
    }
}

/* The length, or -1 when it does not fit; terminated if there is room. */
static int format_legacy(void *buffer, size_t room, bool wide, const void *format, va_list args)
{
    struct output out = { .buffer = buffer, .room = room, .wide = wide };

    format_text(&out, format, args);
    if (!buffer) return (int)out.count;
    if (out.count < room) {
        if (wide) ((WCHAR *)buffer)[out.count] = 0;
        else ((char *)buffer)[out.count] = 0;
    }
    return out.count > room ? -1 : (int)out.count;
}

static int format_safe(void *buffer, size_t room, size_t most, bool wide, const void *format, va_list args)
{
    struct output out = { .buffer = buffer, .room = room, .wide = wide };

    if (!buffer || !room || !format) return -1;
    if (most != (size_t)-1 && most < room) out.room = most;
    else out.room = room - 1;
    format_text(&out, format, args);
    bool cut = out.count > out.room;
    size_t end = cut ? out.room : out.count;
    if (cut && most != (size_t)-1 && most >= room) end = 0; /* no room and no leave to truncate */
    if (wide) ((WCHAR *)buffer)[end] = 0;
    else ((char *)buffer)[end] = 0;
    return cut ? -1 : (int)out.count;
}

#define VARIADIC(call)                                                                                             \
    va_list args;                                                                                                  \
    va_start(args, format);                                                                                        \
    int result = call;                                                                                             \
    va_end(args);                                                                                                  \
    return result

#define NO_LIMIT ((size_t)0x7fffffff)

int __cdecl _vsnprintf(char *buffer, size_t room, const char *format, va_list args)
{
    return format_legacy(buffer, room, false, format, args);
}
int __cdecl _vsnwprintf(wchar_t *buffer, size_t room, const wchar_t *format, va_list args)
{
    return format_legacy(buffer, room, true, format, args);
}
int __cdecl _snprintf(char *buffer, size_t room, const char *format, ...)
{
    VARIADIC(format_legacy(buffer, room, false, format, args));
}
int __cdecl _snwprintf(wchar_t *buffer, size_t room, const wchar_t *format, ...)
{
    VARIADIC(format_legacy(buffer, room, true, format, args));
}
int __cdecl vsprintf(char *buffer, const char *format, va_list args)
{
    return format_legacy(buffer, NO_LIMIT, false, format, args);
}
int __cdecl sprintf(char *buffer, const char *format, ...)
{
    VARIADIC(format_legacy(buffer, NO_LIMIT, false, format, args));
}
int __cdecl ntdll_swprintf(wchar_t *buffer, const wchar_t *format, ...)
{
    VARIADIC(format_legacy(buffer, NO_LIMIT, true, format, args));
}
int __cdecl ntdll_vswprintf(wchar_t *buffer, const wchar_t *format, va_list args)
{
    return format_legacy(buffer, NO_LIMIT, true, format, args);
}
int __cdecl _vscprintf(const char *format, va_list args)
{
    return format_legacy(NULL, 0, false, format, args);
}
int __cdecl _vscwprintf(const wchar_t *format, va_list args)
{
    return format_legacy(NULL, 0, true, format, args);
}
int __cdecl vsprintf_s(char *buffer, size_t room, const char *format, va_list args)
{
    return format_safe(buffer, room, room, false, format, args);
}
int __cdecl sprintf_s(char *buffer, size_t room, const char *format, ...)
{
    VARIADIC(format_safe(buffer, room, room, false, format, args));
}
int __cdecl vswprintf_s(wchar_t *buffer, size_t room, const wchar_t *format, va_list args)
{
    return format_safe(buffer, room, room, true, format, args);
}
int __cdecl swprintf_s(wchar_t *buffer, size_t room, const wchar_t *format, ...)
{
    VARIADIC(format_safe(buffer, room, room, true, format, args));
}
int __cdecl _vsnprintf_s(char *buffer, size_t room, size_t most, const char *format, va_list args)
{
    return format_safe(buffer, room, most, false, format, args);
}
int __cdecl _snprintf_s(char *buffer, size_t room, size_t most, const char *format, ...)
{
    VARIADIC(format_safe(buffer, room, most, false, format, args));
}
int __cdecl _vsnwprintf_s(wchar_t *buffer, size_t room, size_t most, const wchar_t *format, va_list args)
{
    return format_safe(buffer, room, most, true, format, args);
}
int __cdecl _snwprintf_s(wchar_t *buffer, size_t room, size_t most, const wchar_t *format, ...)
{
    VARIADIC(format_safe(buffer, room, most, true, format, args));
}

/* ---- the loader's reports ---- */

static void report_list(const char *format, va_list args)
{
    char line[1024];
    struct output out = { .buffer = line, .room = sizeof(line) - 1, .wide = false };

    format_text(&out, format, args);
    int length = (int)(out.count < out.room ? out.count : out.room);
    line[length++] = '\n';
    NtFerryReport(line, length);
}

void report(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    report_list(format, args);
    va_end(args);
}
