/* Addresses as text. */
#include "ws2_32.h"

/* One number of the forms 10, 012, 0xa; false if it is none. */
static bool part(const char **text, ULONG *value)
{
    const char *at = *text;
    ULONGLONG number = 0;
    int base = 10, digits = 0;

    if (*at == '0') {
        base = 8;
        digits = 1;
        at++;
        if (*at == 'x' || *at == 'X') {
            base = 16;
            digits = 0;
            at++;
        }
    }
    for (;; at++, digits++) {
        int digit = *at >= '0' && *at <= '9'   ? *at - '0'
                    : *at >= 'a' && *at <= 'f' ? *at - 'a' + 10
                    : *at >= 'A' && *at <= 'F' ? *at - 'A' + 10
                                               : 99;
        if (digit >= base) break;
        number = number * base + digit;
        if (number > 0xffffffff) return false;
    }
    *text = at;
    *value = (ULONG)number;
    return digits;
}

/* One to four parts, decimal, octal or hexadecimal; blanks end it. INADDR_NONE if it is no address; " " is 0. */
unsigned long WINAPI inet_addr(const char *text)
{
    ULONG parts[4], value = 0;
    int count = 0, i;

    if (!text) {
        WSASetLastError(WSAEFAULT);
        return INADDR_NONE;
    }
    if (text[0] == ' ' && !text[1]) return 0; /* winsock2.h reference: inet_addr, return value */
    for (;;) {
        if (count == 4 || !part(&text, &parts[count])) return INADDR_NONE;
        count++;
        if (*text != '.') break;
        text++;
    }
    if (*text && *text != ' ' && *text != '\t' && *text != '\n' && *text != '\r') return INADDR_NONE;
    for (i = 0; i < count - 1; i++) {
        if (parts[i] > 255) return INADDR_NONE;
        value |= parts[i] << (24 - 8 * i);
    }
    if (count > 1 && parts[count - 1] > 0xffffffffu >> (8 * (count - 1))) return INADDR_NONE;
    return htonl(value | parts[count - 1]);
}

static char *put_decimal(char *at, unsigned value)
{
    char digits[10];
    int count = 0;

    do digits[count++] = '0' + value % 10;
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

/* RFC 5952 with dotted end for mapped, compatible and ISATAP addresses. */
static char *put_ipv6(char *at, const UCHAR *bytes)
{
    USHORT words[8];
    int i, best = -1, best_length = 1, end = 8;

    for (i = 0; i < 8; i++) words[i] = bytes[2 * i] << 8 | bytes[2 * i + 1];
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
        if (i && i != best + best_length) *at++ = ':';
        else if (i && best < 0) *at++ = ':';
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

/* The text belongs to the thread until its next call. */
char *WINAPI inet_ntoa(struct in_addr address)
{
    struct ws_thread *thread = ws_thread();

    if (!thread) return NULL;
    put_ipv4(thread->address_text, (const UCHAR *)&address);
    return thread->address_text;
}

PCSTR WINAPI inet_ntop(INT family, const void *address, PSTR text, size_t size)
{
    char local[INET6_ADDRSTRLEN + 1];
    char *end;

    if (family == AF_INET) end = put_ipv4(local, address);
    else if (family == AF_INET6) end = put_ipv6(local, address);
    else {
        WSASetLastError(WSAEAFNOSUPPORT);
        return NULL;
    }
    if (!text || size < (size_t)(end - local) + 1) {
        WSASetLastError(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    memcpy(text, local, end - local + 1);
    return text;
}
