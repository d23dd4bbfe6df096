/* wincrypt.h: binary data as Base64, with and without headers, as hexadecimal digits, and as it is. The formats with
 * addresses or columns (CRYPT_STRING_HEXASCII, …ADDR) are only written by debuggers and are refused. */
#define _CRYPT32_
#include "ferry/ntapi.h"
#include <stdbool.h>
#include <wincrypt.h>

void *__cdecl memcpy(void *to, const void *from, size_t size);
size_t __cdecl wcslen(const WCHAR *text);
size_t __cdecl strlen(const char *text);

#define KIND(flags) ((flags) & 0xff)
#define LINE 64 /* characters of Base64 in a line */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static BOOL fail(DWORD error)
{
    SetLastError(error);
    return FALSE;
}

/* ---- reading ---- */

static int base64_value(WCHAR c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static int hex_value(WCHAR c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_space(WCHAR c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What comes out goes to binary[*size] as far as it has room; *size counts all. False: not of this form. */
static void put(BYTE *binary, DWORD room, DWORD *size, BYTE byte)
{
    if (binary && *size < room) binary[*size] = byte;
    ++*size;
}

static bool read_base64(const WCHAR *text, DWORD length, BYTE *binary, DWORD room, DWORD *size)
{
    DWORD bits = 0, count = 0, padding = 0;

    *size = 0;
    for (DWORD i = 0; i < length; i++) {
        int value = base64_value(text[i]);
        if (is_space(text[i])) continue;
        if (text[i] == '=') {
            if (++padding > 2) return false;
            continue;
        }
        if (value < 0 || padding) return false;
        bits = bits << 6 | (DWORD)value;
        if (++count % 4) continue;
        put(binary, room, size, (BYTE)(bits >> 16));
        put(binary, room, size, (BYTE)(bits >> 8));
        put(binary, room, size, (BYTE)bits);
    }
    if (count % 4 == 1 || (padding && (count + padding) % 4)) return false;
    if (count % 4 && !padding) return false;
    if (count % 4 >= 2) put(binary, room, size, (BYTE)(count % 4 == 2 ? bits >> 4 : bits >> 10));
    if (count % 4 == 3) put(binary, room, size, (BYTE)(bits >> 2));
    return true;
}

static bool read_hex(const WCHAR *text, DWORD length, BYTE *binary, DWORD room, DWORD *size)
{
    int high = -1;

    *size = 0;
    for (DWORD i = 0; i < length; i++) {
        int value = hex_value(text[i]);
        if (is_space(text[i])) {
            if (high >= 0) return false;
            continue;
        }
        if (value < 0) return false;
        if (high < 0) high = value;
        else put(binary, room, size, (BYTE)(high << 4 | value)), high = -1;
    }
    return high < 0;
}

static bool matches(const WCHAR *text, DWORD length, const char *find)
{
    for (DWORD i = 0; find[i]; i++)
        if (i >= length || text[i] != (WCHAR)find[i]) return false;
    return true;
}

/* The body between "-----BEGIN …-----" and "-----END …-----". */
static bool find_body(const WCHAR *text, DWORD length, DWORD *skip, DWORD *from, DWORD *to)
{
    DWORD at = 0;

    while (at < length && !matches(text + at, length - at, "-----BEGIN ")) at++;
    if (at >= length) return false;
    *skip = at;
    at += 11;
    while (at < length && !matches(text + at, length - at, "-----")) at++;
    if (at >= length) return false;
    *from = at += 5;
    while (at < length && !matches(text + at, length - at, "-----END ")) at++;
    if (at >= length) return false;
    *to = at;
    return true;
}

static bool read_as(const WCHAR *text, DWORD length, DWORD kind, BYTE *binary, DWORD room, DWORD *size, DWORD *skip)
{
    DWORD from, to;

    *skip = 0;
    switch (kind) {
    case CRYPT_STRING_BASE64HEADER:
    case CRYPT_STRING_BASE64REQUESTHEADER:
    case CRYPT_STRING_BASE64X509CRLHEADER:
        return find_body(text, length, skip, &from, &to) && read_base64(text + from, to - from, binary, room, size);
    case CRYPT_STRING_BASE64: return read_base64(text, length, binary, room, size);
    case CRYPT_STRING_HEX:
    case CRYPT_STRING_HEXRAW: return read_hex(text, length, binary, room, size);
    case CRYPT_STRING_BINARY:
        *size = 0;
        for (DWORD i = 0; i < length; i++) put(binary, room, size, (BYTE)text[i]);
        return true;
    }
    return false;
}

/* length 0: the text ends with a zero. binary NULL: *size becomes what is needed. *used: the format that was found, where
 * CRYPT_STRING_ANY and its kin left it open. ERROR_INVALID_DATA, ERROR_MORE_DATA. */
BOOL WINAPI CryptStringToBinaryW(const WCHAR *text, DWORD length, DWORD flags, BYTE *binary, DWORD *size, DWORD *skip, DWORD *used)
{
    static const DWORD any[] = {CRYPT_STRING_BASE64HEADER, CRYPT_STRING_BASE64, CRYPT_STRING_BINARY};
    static const DWORD hex_any[] = {CRYPT_STRING_HEX, CRYPT_STRING_BINARY};
    DWORD kind = KIND(flags), count = 1, needed = 0, at = 0, room;
    const DWORD *kinds = &kind;

    if (!text || !size) return fail(ERROR_INVALID_PARAMETER);
    if (!length) length = (DWORD)wcslen(text);
    switch (kind) {
    case CRYPT_STRING_ANY: kinds = any, count = 3; break;
    case CRYPT_STRING_BASE64_ANY: kinds = any, count = 2; break;
    case CRYPT_STRING_HEX_ANY: kinds = hex_any, count = 1; break;
    case CRYPT_STRING_BASE64HEADER:
    case CRYPT_STRING_BASE64:
    case CRYPT_STRING_BINARY:
    case CRYPT_STRING_BASE64REQUESTHEADER:
    case CRYPT_STRING_BASE64X509CRLHEADER:
    case CRYPT_STRING_HEX:
    case CRYPT_STRING_HEXRAW: break;
    default: return fail(ERROR_INVALID_PARAMETER);
    }
    room = binary ? *size : 0;
    for (DWORD i = 0; i < count; i++) {
        if (!read_as(text, length, kinds[i], binary, room, &needed, &at)) continue;
        *size = needed;
        if (skip) *skip = at;
        if (used) *used = kinds[i];
        return !binary || needed <= room || fail(ERROR_MORE_DATA);
    }
    return fail(ERROR_INVALID_DATA);
}

BOOL WINAPI CryptStringToBinaryA(const CHAR *text, DWORD length, DWORD flags, BYTE *binary, DWORD *size, DWORD *skip, DWORD *used)
{
    if (!text || !size) return fail(ERROR_INVALID_PARAMETER);
    if (!length) length = (DWORD)strlen(text);
    WCHAR *wide = HeapAlloc(GetProcessHeap(), 0, (length + 1) * sizeof(WCHAR));
    if (!wide) return fail(ERROR_NOT_ENOUGH_MEMORY);
    for (DWORD i = 0; i < length; i++) wide[i] = (BYTE)text[i];
    wide[length] = 0;
    BOOL done = length ? CryptStringToBinaryW(wide, length, flags, binary, size, skip, used)
                       : CryptStringToBinaryW(L"", 0, flags, binary, size, skip, used);
    HeapFree(GetProcessHeap(), 0, wide);
    return done;
}

/* ---- writing: into a buffer that may be too small, counting ---- */

struct writer {
    CHAR *narrow;
    WCHAR *wide;
    DWORD room, count;
};

static void put_char(struct writer *writer, char c)
{
    if (writer->count < writer->room) {
        if (writer->narrow) writer->narrow[writer->count] = c;
        else if (writer->wide) writer->wide[writer->count] = (BYTE)c;
    }
    writer->count++;
}

static void put_text(struct writer *writer, const char *text)
{
    while (*text) put_char(writer, *text++);
}

static void end_line(struct writer *writer, DWORD flags)
{
    if (flags & CRYPT_STRING_NOCRLF) return;
    if (!(flags & CRYPT_STRING_NOCR)) put_char(writer, '\r');
    put_char(writer, '\n');
}

static void write_base64(struct writer *writer, const BYTE *data, DWORD size, DWORD flags)
{
    DWORD column = 0;

    for (DWORD i = 0; i < size; i += 3) {
        DWORD left = size - i, bits = (DWORD)data[i] << 16 | (left > 1 ? data[i + 1] << 8 : 0) | (left > 2 ? data[i + 2] : 0);
        put_char(writer, alphabet[bits >> 18]);
        put_char(writer, alphabet[bits >> 12 & 63]);
        put_char(writer, left > 1 ? alphabet[bits >> 6 & 63] : '=');
        put_char(writer, left > 2 ? alphabet[bits & 63] : '=');
        column += 4;
        if (column < LINE || i + 3 >= size) continue;
        column = 0;
        end_line(writer, flags);
    }
    end_line(writer, flags);
}

static void write_hex(struct writer *writer, const BYTE *data, DWORD size, DWORD flags)
{
    static const char digits[] = "0123456789abcdef";
    bool raw = KIND(flags) == CRYPT_STRING_HEXRAW;

    for (DWORD i = 0; i < size; i++) {
        put_char(writer, digits[data[i] >> 4]);
        put_char(writer, digits[data[i] & 15]);
        if (raw || i + 1 == size) continue;
        if (i % 16 == 15) {
            if (flags & CRYPT_STRING_NOCRLF) put_char(writer, ' ');
            else end_line(writer, flags);
        } else {
            put_char(writer, ' ');
            if (i % 16 == 7) put_char(writer, ' ');
        }
    }
    end_line(writer, flags);
}

static bool write_as(struct writer *writer, const BYTE *data, DWORD size, DWORD flags)
{
    const char *title;

    switch (KIND(flags)) {
    case CRYPT_STRING_BINARY:
        for (DWORD i = 0; i < size; i++) put_char(writer, (char)data[i]);
        return true;
    case CRYPT_STRING_BASE64: write_base64(writer, data, size, flags); break;
    case CRYPT_STRING_HEX:
    case CRYPT_STRING_HEXRAW: write_hex(writer, data, size, flags); break;
    case CRYPT_STRING_BASE64HEADER: title = "CERTIFICATE"; goto with_header;
    case CRYPT_STRING_BASE64REQUESTHEADER: title = "NEW CERTIFICATE REQUEST"; goto with_header;
    case CRYPT_STRING_BASE64X509CRLHEADER: title = "X509 CRL";
    with_header:
        put_text(writer, "-----BEGIN ");
        put_text(writer, title);
        put_text(writer, "-----");
        end_line(writer, flags);
        write_base64(writer, data, size, flags);
        put_text(writer, "-----END ");
        put_text(writer, title);
        put_text(writer, "-----");
        end_line(writer, flags);
        break;
    default: return false;
    }
    put_char(writer, 0);
    return true;
}

/* *length: characters of the buffer; then, without a buffer, those needed with the terminator, and with one, those written
 * without it. ERROR_MORE_DATA. */
static BOOL to_string(struct writer *writer, const BYTE *binary, DWORD size, DWORD flags, DWORD *length)
{
    if (!binary || !size || !length) return fail(ERROR_INVALID_PARAMETER);
    bool count_only = !writer->narrow && !writer->wide;
    writer->room = count_only ? 0 : *length;
    if (!write_as(writer, binary, size, flags)) return fail(ERROR_INVALID_PARAMETER);
    if (!count_only && writer->count > writer->room) {
        *length = writer->count;
        return fail(ERROR_MORE_DATA);
    }
    *length = count_only || KIND(flags) == CRYPT_STRING_BINARY ? writer->count : writer->count - 1;
    return TRUE;
}

BOOL WINAPI CryptBinaryToStringA(const BYTE *binary, DWORD size, DWORD flags, CHAR *text, DWORD *length)
{
    struct writer writer = {.narrow = text};

    return to_string(&writer, binary, size, flags, length);
}

BOOL WINAPI CryptBinaryToStringW(const BYTE *binary, DWORD size, DWORD flags, WCHAR *text, DWORD *length)
{
    struct writer writer = {.wide = text};

    return to_string(&writer, binary, size, flags, length);
}
