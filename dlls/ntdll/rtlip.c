/* Internet addresses as text: ip2string.h. */
#include "ntdll.h"

#define TEXT_MAX 64 /* of any address with scope and port, and its end */
#define IPV4_TEXT 16
#define IPV6_TEXT 46

/* in_addr and in6_addr, which are bytes in network order */
struct in_addr {
    UCHAR bytes[4];
};
struct in6_addr {
    UCHAR bytes[16];
};

static int digit_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

/* One number of the forms 10, 012, 0xa; in strict form decimal alone, without a 0 in front. */
static bool read_number(const char **text, bool strict, ULONG *value)
{
    const char *at = *text;
    ULONGLONG number = 0;
    int base = 10, digits = 0;

    if (*at == '0' && !strict) {
        base = 8;
        digits = 1;
        at++;
        if (*at == 'x' || *at == 'X') {
            base = 16;
            digits = 0;
            at++;
        }
    }
    for (; digit_of(*at) < base; at++, digits++) {
        if (strict && digits == 1 && !number) return false;
        number = number * base + digit_of(*at);
        if (number > 0xffffffff) return false;
    }
    *text = at;
    *value = (ULONG)number;
    return digits;
}

static NTSTATUS read_ipv4(const char *text, bool strict, const char **end, struct in_addr *address)
{
    ULONG parts[4], value = 0;
    int count = 0, i;

    *end = text;
    for (;;) {
        if (!read_number(&text, strict, &parts[count])) return STATUS_INVALID_PARAMETER;
        *end = text;
        count++;
        if (*text != '.') break;
        if (count == 4) return STATUS_INVALID_PARAMETER;
        text++;
        *end = text;
    }
    if (strict && count != 4) return STATUS_INVALID_PARAMETER;
    for (i = 0; i < count - 1; i++) {
        if (parts[i] > 255) return STATUS_INVALID_PARAMETER;
        value |= parts[i] << (24 - 8 * i);
    }
    if (count > 1 && parts[count - 1] > 0xffffffffu >> (8 * (count - 1))) return STATUS_INVALID_PARAMETER;
    value |= parts[count - 1];
    for (i = 0; i < 4; i++) address->bytes[i] = (UCHAR)(value >> (24 - 8 * i));
    return STATUS_SUCCESS;
}

/* RFC 4291, 2.2. */
static NTSTATUS read_ipv6(const char *text, const char **end, struct in6_addr *address)
{
    USHORT words[8];
    int count = 0, gap = -1, i, filled;

    *end = text;
    if (text[0] == ':') {
        if (text[1] != ':') return STATUS_INVALID_PARAMETER;
        gap = 0;
        text += 2;
    }
    while (count < 8 && digit_of(*text) < 16) {
        const char *start = text;
        ULONG value = 0;
        int digits = 0;

        for (; digit_of(*text) < 16; text++) {
            if (++digits > 4) break;
            value = value << 4 | digit_of(*text);
        }
        if (*text == '.') {
            struct in_addr last;
            if (count > 6 || read_ipv4(start, true, &text, &last)) return STATUS_INVALID_PARAMETER;
            words[count++] = (USHORT)(last.bytes[0] << 8 | last.bytes[1]);
            words[count++] = (USHORT)(last.bytes[2] << 8 | last.bytes[3]);
            break;
        }
        *end = text;
        if (digits > 4) return STATUS_INVALID_PARAMETER;
        words[count++] = (USHORT)value;
        if (*text != ':' || (count == 8 && text[1] != ':')) break;
        if (text[1] == ':') {
            if (gap >= 0) break;
            gap = count;
            text += 2;
        } else if (digit_of(text[1]) < 16) {
            text++;
        } else {
            return STATUS_INVALID_PARAMETER;
        }
    }
    *end = text;
    if (gap < 0 ? count != 8 : count > 7) return STATUS_INVALID_PARAMETER;
    filled = gap < 0 ? 8 : gap;
    memset(address, 0, sizeof(*address));
    for (i = 0; i < count; i++) {
        int at = i < filled ? i : 8 - count + i;
        address->bytes[2 * at] = (UCHAR)(words[i] >> 8);
        address->bytes[2 * at + 1] = (UCHAR)words[i];
    }
    return STATUS_SUCCESS;
}

/* Decimal, octal or hexadecimal, 1 to 65535; all of the text. Network byte order. */
static bool read_port(const char *text, USHORT *port)
{
    ULONG value;

    if (!read_number(&text, false, &value) || *text || !value || value > 65535) return false;
    *port = (USHORT)(value >> 8 | value << 8);
    return true;
}

static char *put_decimal(char *at, ULONG value)
{
    char digits[10];
    int count = 0;

    do digits[count++] = (char)('0' + value % 10);
    while (value /= 10);
    while (count) *at++ = digits[--count];
    return at;
}

static char *put_ipv4(char *at, const UCHAR *bytes)
{
    int i;

    for (i = 0; i < 4; i++) {
        if (i) *at++ = '.';
        at = put_decimal(at, bytes[i]);
    }
    *at = 0;
    return at;
}

/* RFC 5952, with a dotted end for mapped, compatible, translated and ISATAP addresses. */
static char *put_ipv6(char *at, const UCHAR *bytes)
{
    USHORT words[8];
    int i, best = -1, best_length = 1, end = 8;

    for (i = 0; i < 8; i++) words[i] = (USHORT)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
    if (!words[0] && !words[1] && !words[2] && !words[3] && words[6] &&
        ((!words[4] && (!words[5] || words[5] == 0xffff)) || (words[4] == 0xffff && !words[5])))
        end = 6;
    if ((words[4] & ~0x0200) == 0 && words[5] == 0x5efe) end = 6;
    for (i = 0; i < end;) {
        int length = 0;
        while (i + length < end && !words[i + length]) length++;
        if (length > best_length) {
            best = i;
            best_length = length;
        }
        i += length ? length : 1;
    }
    for (i = 0; i < end;) {
        int shift = 12;
        if (i == best) {
            *at++ = ':';
            *at++ = ':';
            i += best_length;
            continue;
        }
        if (i && (best < 0 || i != best + best_length)) *at++ = ':';
        while (shift && !(words[i] >> shift)) shift -= 4;
        for (; shift >= 0; shift -= 4) *at++ = "0123456789abcdef"[words[i] >> shift & 15];
        i++;
    }
    if (end == 6) {
        if (best < 0 || best + best_length != 6) *at++ = ':';
        return put_ipv4(at, bytes + 12);
    }
    *at = 0;
    return at;
}

/* ASCII of at most TEXT_MAX - 1 characters; what is no ASCII, or behind that, becomes a character of no address. */
static void narrow(const WCHAR *wide, char *text)
{
    int i;

    for (i = 0; i < TEXT_MAX - 1 && wide[i]; i++) text[i] = wide[i] < 0x7f ? (char)wide[i] : '?';
    text[i] = 0;
}

static WCHAR *widen(const char *text, WCHAR *wide)
{
    while ((*wide = (UCHAR)*text++)) wide++;
    return wide;
}

/* ---- to text ---- */

/* `text` has room for 16 characters. Returns its end. */
PSTR WINAPI RtlIpv4AddressToStringA(const struct in_addr *address, PSTR text)
{
    return put_ipv4(text, address->bytes);
}

PWSTR WINAPI RtlIpv4AddressToStringW(const struct in_addr *address, PWSTR text)
{
    char narrow_text[IPV4_TEXT];

    put_ipv4(narrow_text, address->bytes);
    return widen(narrow_text, text);
}

/* `text` has room for 46 characters. Returns its end. */
PSTR WINAPI RtlIpv6AddressToStringA(const struct in6_addr *address, PSTR text)
{
    return put_ipv6(text, address->bytes);
}

PWSTR WINAPI RtlIpv6AddressToStringW(const struct in6_addr *address, PWSTR text)
{
    char narrow_text[IPV6_TEXT];

    put_ipv6(narrow_text, address->bytes);
    return widen(narrow_text, text);
}

static ULONG ipv4_with_port(const struct in_addr *address, USHORT port, char *text)
{
    char *end = put_ipv4(text, address->bytes);

    if (port) {
        *end++ = ':';
        end = put_decimal(end, (USHORT)(port >> 8 | port << 8));
    }
    *end = 0;
    return (ULONG)(end - text) + 1;
}

static ULONG ipv6_with_port(const struct in6_addr *address, ULONG scope, USHORT port, char *text)
{
    char *end = text;

    if (port) *end++ = '[';
    end = put_ipv6(end, address->bytes);
    if (scope) {
        *end++ = '%';
        end = put_decimal(end, scope);
    }
    if (port) {
        *end++ = ']';
        *end++ = ':';
        end = put_decimal(end, (USHORT)(port >> 8 | port << 8));
    }
    *end = 0;
    return (ULONG)(end - text) + 1;
}

static NTSTATUS hand_over(const char *from, ULONG needed, void *text, ULONG *size, bool wide)
{
    ULONG room = *size;

    *size = needed;
    if (room < needed) return STATUS_INVALID_PARAMETER;
    if (wide) widen(from, text);
    else memcpy(text, from, needed);
    return STATUS_SUCCESS;
}

/* Port in network byte order, left out if 0. `*size`: characters with the end; STATUS_INVALID_PARAMETER sets what is
 * needed. */
NTSTATUS WINAPI RtlIpv4AddressToStringExA(const struct in_addr *address, USHORT port, PSTR text, PULONG size)
{
    char whole[TEXT_MAX];

    if (!address || !text || !size) return STATUS_INVALID_PARAMETER;
    return hand_over(whole, ipv4_with_port(address, port, whole), text, size, false);
}

NTSTATUS WINAPI RtlIpv4AddressToStringExW(const struct in_addr *address, USHORT port, PWSTR text, PULONG size)
{
    char whole[TEXT_MAX];

    if (!address || !text || !size) return STATUS_INVALID_PARAMETER;
    return hand_over(whole, ipv4_with_port(address, port, whole), text, size, true);
}

NTSTATUS WINAPI RtlIpv6AddressToStringExA(const struct in6_addr *address, ULONG scope, USHORT port, PSTR text, PULONG size)
{
    char whole[TEXT_MAX + 16];

    if (!address || !text || !size) return STATUS_INVALID_PARAMETER;
    return hand_over(whole, ipv6_with_port(address, scope, port, whole), text, size, false);
}

NTSTATUS WINAPI RtlIpv6AddressToStringExW(const struct in6_addr *address, ULONG scope, USHORT port, PWSTR text, PULONG size)
{
    char whole[TEXT_MAX + 16];

    if (!address || !text || !size) return STATUS_INVALID_PARAMETER;
    return hand_over(whole, ipv6_with_port(address, scope, port, whole), text, size, true);
}

/* ---- from text ---- */

/* `*end`: the first character that is no part of the address. Strict: four decimal numbers; else what inet_addr takes. */
NTSTATUS WINAPI RtlIpv4StringToAddressA(PCSTR text, BOOLEAN strict, PSTR *end, struct in_addr *address)
{
    return read_ipv4(text, strict, (const char **)end, address);
}

NTSTATUS WINAPI RtlIpv4StringToAddressW(PCWSTR text, BOOLEAN strict, PWSTR *end, struct in_addr *address)
{
    char narrow_text[TEXT_MAX];
    const char *stop;

    narrow(text, narrow_text);
    NTSTATUS status = read_ipv4(narrow_text, strict, &stop, address);
    *end = (PWSTR)text + (stop - narrow_text);
    return status;
}

NTSTATUS WINAPI RtlIpv6StringToAddressA(PCSTR text, PSTR *end, struct in6_addr *address)
{
    return read_ipv6(text, (const char **)end, address);
}

NTSTATUS WINAPI RtlIpv6StringToAddressW(PCWSTR text, PWSTR *end, struct in6_addr *address)
{
    char narrow_text[TEXT_MAX];
    const char *stop;

    narrow(text, narrow_text);
    NTSTATUS status = read_ipv6(narrow_text, &stop, address);
    *end = (PWSTR)text + (stop - narrow_text);
    return status;
}

/* All of the text is the address, with ":port" perhaps. */
NTSTATUS WINAPI RtlIpv4StringToAddressExA(PCSTR text, BOOLEAN strict, struct in_addr *address, PUSHORT port)
{
    struct in_addr got;
    USHORT got_port = 0;
    const char *end;

    if (!text || !address || !port || read_ipv4(text, strict, &end, &got)) return STATUS_INVALID_PARAMETER;
    if (*end && (*end != ':' || !read_port(end + 1, &got_port))) return STATUS_INVALID_PARAMETER;
    *address = got;
    *port = got_port;
    return STATUS_SUCCESS;
}

NTSTATUS WINAPI RtlIpv4StringToAddressExW(PCWSTR text, BOOLEAN strict, struct in_addr *address, PUSHORT port)
{
    char narrow_text[TEXT_MAX];

    if (!text) return STATUS_INVALID_PARAMETER;
    narrow(text, narrow_text);
    return RtlIpv4StringToAddressExA(narrow_text, strict, address, port);
}

/* Forms: address, address%scope, [address%scope], [address%scope]:port. */
NTSTATUS WINAPI RtlIpv6StringToAddressExA(PCSTR text, struct in6_addr *address, PULONG scope, PUSHORT port)
{
    struct in6_addr got;
    ULONG got_scope = 0;
    USHORT got_port = 0;
    const char *at = text;
    bool bracket;

    if (!text || !address || !scope || !port) return STATUS_INVALID_PARAMETER;
    bracket = *at == '[';
    if (bracket) at++;
    if (read_ipv6(at, &at, &got)) return STATUS_INVALID_PARAMETER;
    if (*at == '%') {
        at++;
        if (digit_of(*at) > 9) return STATUS_INVALID_PARAMETER;
        for (; digit_of(*at) < 10; at++) {
            if (got_scope > (0xffffffff - 9) / 10) return STATUS_INVALID_PARAMETER;
            got_scope = got_scope * 10 + digit_of(*at);
        }
    }
    if (bracket) {
        if (*at++ != ']') return STATUS_INVALID_PARAMETER;
        if (*at == ':') {
            if (!read_port(at + 1, &got_port)) return STATUS_INVALID_PARAMETER;
            at = "";
        }
    }
    if (*at) return STATUS_INVALID_PARAMETER;
    *address = got;
    *scope = got_scope;
    *port = got_port;
    return STATUS_SUCCESS;
}

NTSTATUS WINAPI RtlIpv6StringToAddressExW(PCWSTR text, struct in6_addr *address, PULONG scope, PUSHORT port)
{
    char narrow_text[TEXT_MAX];

    if (!text) return STATUS_INVALID_PARAMETER;
    narrow(text, narrow_text);
    return RtlIpv6StringToAddressExA(narrow_text, address, scope, port);
}
