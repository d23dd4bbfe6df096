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

/* The text belongs to the thread until its next call. */
char *WINAPI inet_ntoa(struct in_addr address)
{
    struct ws_thread *thread = ws_thread();

    if (!thread) return NULL;
    RtlIpv4AddressToStringA(&address, thread->address_text);
    return thread->address_text;
}

/* `size` in characters. */
PCSTR WINAPI inet_ntop(INT family, const void *address, PSTR text, size_t size)
{
    char local[INET6_ADDRSTRLEN + 1];
    char *end;

    if (family == AF_INET) end = RtlIpv4AddressToStringA(address, local);
    else if (family == AF_INET6) end = RtlIpv6AddressToStringA(address, local);
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

PCWSTR WINAPI InetNtopW(INT family, const void *address, PWSTR text, size_t size)
{
    char local[INET6_ADDRSTRLEN + 1];
    WCHAR *to = text;
    const char *from = local;

    if (!text) size = 0;
    if (!inet_ntop(family, address, text ? local : NULL, size < sizeof(local) ? size : sizeof(local))) return NULL;
    while ((*to++ = (UCHAR)*from++));
    return text;
}

/* 1; 0 if the text is no address: four decimal numbers, or all of RFC 4291's forms. -1 with the error set. */
INT WINAPI inet_pton(INT family, PCSTR text, void *address)
{
    union {
        struct in_addr in;
        struct in6_addr in6;
    } got;
    char *end;
    NTSTATUS status;

    if (family != AF_INET && family != AF_INET6) return wsa_result(WSAEAFNOSUPPORT);
    if (!text || !address) return wsa_result(WSAEFAULT);
    if (family == AF_INET) status = RtlIpv4StringToAddressA(text, TRUE, &end, &got.in);
    else status = RtlIpv6StringToAddressA(text, &end, &got.in6);
    if (status || *end) return 0;
    memcpy(address, &got, family == AF_INET ? sizeof(got.in) : sizeof(got.in6));
    return 1;
}

INT WINAPI InetPtonW(INT family, PCWSTR text, void *address)
{
    char local[64];
    int i;

    if (family != AF_INET && family != AF_INET6) return wsa_result(WSAEAFNOSUPPORT);
    if (!text || !address) return wsa_result(WSAEFAULT);
    for (i = 0; text[i]; i++) {
        if (text[i] >= 0x80 || i == sizeof(local) - 1) return 0;
        local[i] = (char)text[i];
    }
    local[i] = 0;
    return inet_pton(family, local, address);
}

/* ---- WSAAddressToString, WSAStringToAddress ---- */

/* The text of an address with scope and port; 0 or the error. `text` has room for 64 characters. */
static int to_text(const SOCKADDR *address, DWORD length, char *text)
{
    ULONG room = 64;

    if (!wsa_started()) return WSANOTINITIALISED;
    if (!address) return WSAEFAULT;
    if (length < sizeof(address->sa_family)) return WSAEINVAL;
    if (address->sa_family == AF_INET) {
        const SOCKADDR_IN *in = (const SOCKADDR_IN *)address;
        if (length < sizeof(*in)) return WSAEINVAL;
        return RtlIpv4AddressToStringExA(&in->sin_addr, in->sin_port, text, &room) ? WSAEINVAL : 0;
    }
    if (address->sa_family == AF_INET6) {
        const SOCKADDR_IN6 *in6 = (const SOCKADDR_IN6 *)address;
        if (length < sizeof(*in6)) return WSAEINVAL;
        return RtlIpv6AddressToStringExA(&in6->sin6_addr, in6->sin6_scope_id, in6->sin6_port, text, &room) ? WSAEINVAL
                                                                                                            : 0;
    }
    return WSAEINVAL;
}

INT WINAPI WSAAddressToStringA(LPSOCKADDR address, DWORD length, LPWSAPROTOCOL_INFOA info, LPSTR text, LPDWORD size)
{
    char local[64];
    int error = text && size ? to_text(address, length, local) : WSAEFAULT;

    if (!error) {
        DWORD needed = strlen(local) + 1, room = *size;
        *size = needed;
        if (room < needed) error = WSAEFAULT;
        else memcpy(text, local, needed);
    }
    return wsa_result(error);
}

INT WINAPI WSAAddressToStringW(LPSOCKADDR address, DWORD length, LPWSAPROTOCOL_INFOW info, LPWSTR text, LPDWORD size)
{
    char local[64];
    int error = text && size ? to_text(address, length, local) : WSAEFAULT;

    if (!error) {
        DWORD needed = strlen(local) + 1, room = *size, i;
        *size = needed;
        if (room < needed) error = WSAEFAULT;
        else
            for (i = 0; i < needed; i++) text[i] = (UCHAR)local[i];
    }
    return wsa_result(error);
}

/* Only the port may be missing. WSAEFAULT with `*length` what is needed; WSAEINVAL for what is no address. */
INT WINAPI WSAStringToAddressA(LPSTR text, INT family, LPWSAPROTOCOL_INFOA info, LPSOCKADDR address, LPINT length)
{
    if (!wsa_started()) return SOCKET_ERROR;
    if (!text || !address || !length) return wsa_result(WSAEFAULT);
    if (family == AF_INET) {
        SOCKADDR_IN in = {.sin_family = AF_INET};
        int room = *length;
        *length = sizeof(in);
        if (room < (int)sizeof(in)) return wsa_result(WSAEFAULT);
        if (RtlIpv4StringToAddressExA(text, FALSE, &in.sin_addr, &in.sin_port)) return wsa_result(WSAEINVAL);
        memcpy(address, &in, sizeof(in));
        return 0;
    }
    if (family == AF_INET6) {
        SOCKADDR_IN6 in6 = {.sin6_family = AF_INET6};
        int room = *length;
        *length = sizeof(in6);
        if (room < (int)sizeof(in6)) return wsa_result(WSAEFAULT);
        if (RtlIpv6StringToAddressExA(text, &in6.sin6_addr, &in6.sin6_scope_id, &in6.sin6_port))
            return wsa_result(WSAEINVAL);
        memcpy(address, &in6, sizeof(in6));
        return 0;
    }
    return wsa_result(WSAEINVAL);
}

INT WINAPI WSAStringToAddressW(LPWSTR text, INT family, LPWSAPROTOCOL_INFOW info, LPSOCKADDR address, LPINT length)
{
    char local[128];
    int i;

    if (!wsa_started()) return SOCKET_ERROR;
    if (!text || !address || !length) return wsa_result(WSAEFAULT);
    for (i = 0; text[i]; i++) {
        if (text[i] >= 0x80 || i == sizeof(local) - 1) return wsa_result(WSAEINVAL);
        local[i] = (char)text[i];
    }
    local[i] = 0;
    return WSAStringToAddressA(local, family, NULL, address, length);
}
