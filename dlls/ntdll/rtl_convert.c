/* Strings between UTF-16, the ANSI and the OEM code page, and UTF-8; the conversion itself is in nls.c. */
#include "ntdll.h"

#define MAX_BYTES 0xffff

ULONG NTAPI RtlAnsiStringToUnicodeSize(const ANSI_STRING *string)
{
    ULONG bytes;

    RtlMultiByteToUnicodeSize(&bytes, string->Buffer, string->Length);
    return bytes + sizeof(WCHAR);
}

ULONG NTAPI RtlUnicodeStringToAnsiSize(const UNICODE_STRING *string)
{
    ULONG bytes;

    RtlUnicodeToMultiByteSize(&bytes, string->Buffer, string->Length);
    return bytes + 1;
}

ULONG NTAPI RtlOemStringToUnicodeSize(const OEM_STRING *string)
{
    return nls_oem_unicode_size(string->Buffer, string->Length) + sizeof(WCHAR);
}

ULONG NTAPI RtlUnicodeStringToOemSize(const UNICODE_STRING *string)
{
    return nls_oem_size(string->Buffer, string->Length) + 1;
}

/* Room for `needed` bytes with the terminator. STATUS_INVALID_PARAMETER_2 when no STRING can hold that many. */
static NTSTATUS prepare(STRING *to, ULONG needed, ULONG terminator, BOOLEAN allocate)
{
    if (needed > MAX_BYTES) return STATUS_INVALID_PARAMETER_2;
    if (allocate) {
        if (!(to->Buffer = heap_allocate(needed))) return STATUS_NO_MEMORY;
        to->MaximumLength = (USHORT)needed;
    } else if (needed > to->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    to->Length = (USHORT)(needed - terminator);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAnsiStringToUnicodeString(UNICODE_STRING *to, ANSI_STRING *from, BOOLEAN allocate)
{
    NTSTATUS status = prepare((STRING *)to, RtlAnsiStringToUnicodeSize(from), sizeof(WCHAR), allocate);

    if (status < 0) return status;
    RtlMultiByteToUnicodeN(to->Buffer, to->Length, NULL, from->Buffer, from->Length);
    to->Buffer[to->Length / sizeof(WCHAR)] = 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlOemStringToUnicodeString(UNICODE_STRING *to, const OEM_STRING *from, BOOLEAN allocate)
{
    NTSTATUS status = prepare((STRING *)to, RtlOemStringToUnicodeSize(from), sizeof(WCHAR), allocate);

    if (status < 0) return status;
    RtlOemToUnicodeN(to->Buffer, to->Length, NULL, from->Buffer, from->Length);
    to->Buffer[to->Length / sizeof(WCHAR)] = 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlOemStringToCountedUnicodeString(UNICODE_STRING *to, const OEM_STRING *from, BOOLEAN allocate)
{
    ULONG bytes = nls_oem_unicode_size(from->Buffer, from->Length);

    if (!bytes) {
        memset(to, 0, sizeof(*to));
        return STATUS_SUCCESS;
    }
    NTSTATUS status = prepare((STRING *)to, bytes, 0, allocate);
    if (status < 0) return status;
    return RtlOemToUnicodeN(to->Buffer, to->Length, NULL, from->Buffer, from->Length);
}

typedef NTSTATUS(NTAPI *CONVERT)(char *, ULONG, ULONG *, const WCHAR *, ULONG);

/* To a code page. Too small a buffer gets what fits, terminated, and STATUS_BUFFER_OVERFLOW. */
static NTSTATUS to_codepage(STRING *to, const UNICODE_STRING *from, BOOLEAN allocate, ULONG needed, CONVERT convert)
{
    ULONG written;
    NTSTATUS status = prepare(to, needed, 1, allocate);

    if (status == STATUS_BUFFER_OVERFLOW && to->MaximumLength) to->Length = to->MaximumLength - 1;
    else if (status < 0) return status;
    convert(to->Buffer, to->Length, &written, from->Buffer, from->Length);
    to->Buffer[written] = 0;
    to->Length = (USHORT)written;
    return status;
}

NTSTATUS NTAPI RtlUnicodeStringToAnsiString(ANSI_STRING *to, const UNICODE_STRING *from, BOOLEAN allocate)
{
    return to_codepage(to, from, allocate, RtlUnicodeStringToAnsiSize(from), RtlUnicodeToMultiByteN);
}

NTSTATUS NTAPI RtlUnicodeStringToOemString(OEM_STRING *to, const UNICODE_STRING *from, BOOLEAN allocate)
{
    return to_codepage(to, from, allocate, RtlUnicodeStringToOemSize(from), RtlUnicodeToOemN);
}

NTSTATUS NTAPI RtlUpcaseUnicodeStringToAnsiString(ANSI_STRING *to, const UNICODE_STRING *from, BOOLEAN allocate)
{
    ULONG bytes;

    RtlUpcaseUnicodeToMultiByteN(NULL, 0, &bytes, from->Buffer, from->Length);
    return to_codepage(to, from, allocate, bytes + 1, RtlUpcaseUnicodeToMultiByteN);
}

NTSTATUS NTAPI RtlUpcaseUnicodeStringToOemString(OEM_STRING *to, const UNICODE_STRING *from, BOOLEAN allocate)
{
    ULONG bytes;

    RtlUpcaseUnicodeToOemN(NULL, 0, &bytes, from->Buffer, from->Length);
    return to_codepage(to, from, allocate, bytes + 1, RtlUpcaseUnicodeToOemN);
}

static NTSTATUS to_counted_oem(OEM_STRING *to, const UNICODE_STRING *from, BOOLEAN allocate, CONVERT convert)
{
    ULONG bytes;

    convert(NULL, 0, &bytes, from->Buffer, from->Length);
    if (!bytes) {
        memset(to, 0, sizeof(*to));
        return STATUS_SUCCESS;
    }
    NTSTATUS status = prepare(to, bytes, 0, allocate);
    if (status < 0) return status;
    return convert(to->Buffer, to->Length, NULL, from->Buffer, from->Length);
}

NTSTATUS NTAPI RtlUnicodeStringToCountedOemString(OEM_STRING *to, const UNICODE_STRING *from, BOOLEAN allocate)
{
    return to_counted_oem(to, from, allocate, RtlUnicodeToOemN);
}

NTSTATUS NTAPI RtlUpcaseUnicodeStringToCountedOemString(OEM_STRING *to, const UNICODE_STRING *from, BOOLEAN allocate)
{
    return to_counted_oem(to, from, allocate, RtlUpcaseUnicodeToOemN);
}

NTSTATUS NTAPI RtlUTF8StringToUnicodeString(UNICODE_STRING *to, const STRING *from, BOOLEAN allocate)
{
    ULONG bytes;
    NTSTATUS status = RtlUTF8ToUnicodeN(NULL, 0, &bytes, from->Buffer, from->Length);

    if (status < 0) return status;
    if ((status = prepare((STRING *)to, bytes + sizeof(WCHAR), sizeof(WCHAR), allocate)) < 0) return status;
    status = RtlUTF8ToUnicodeN(to->Buffer, bytes, &bytes, from->Buffer, from->Length);
    to->Buffer[bytes / sizeof(WCHAR)] = 0;
    return status;
}

NTSTATUS NTAPI RtlUnicodeStringToUTF8String(STRING *to, const UNICODE_STRING *from, BOOLEAN allocate)
{
    ULONG bytes;
    NTSTATUS status = RtlUnicodeToUTF8N(NULL, 0, &bytes, from->Buffer, from->Length);

    if (status < 0) return status;
    if ((status = prepare(to, bytes + 1, 1, allocate)) < 0) return status;
    status = RtlUnicodeToUTF8N(to->Buffer, bytes, &bytes, from->Buffer, from->Length);
    to->Buffer[bytes] = 0;
    return status;
}

WCHAR NTAPI RtlAnsiCharToUnicodeChar(UCHAR **at)
{
    WCHAR wide = 0;
    ULONG bytes, used = 1;

    for (; used <= 4; used++) {
        RtlMultiByteToUnicodeN(&wide, sizeof(wide), &bytes, (char *)*at, used);
        if (bytes && (wide != 0xfffd && (wide || !**at))) break;
        if (!NlsMbCodePageTag) break;
    }
    *at += used > 4 ? 1 : used;
    return wide;
}

/* ---- numbers ---- */

/* Base 0: decimal, or 0x, 0o, 0b in front. Digits end the number; blanks before and a sign are skipped. */
static NTSTATUS parse_number(const void *text, SIZE_T units, bool wide, ULONG base, ULONG *value)
{
    SIZE_T i = 0;
    bool minus = false;
    ULONG result = 0;
#define UNIT(n) ((n) < units ? (wide ? ((const WCHAR *)text)[n] : ((const UCHAR *)text)[n]) : 0)

    while (i < units && UNIT(i) && UNIT(i) <= ' ') i++;
    if (UNIT(i) == '-' || UNIT(i) == '+') {
        minus = UNIT(i) == '-';
        i++;
    }
    if (!base) {
        base = 10;
        if (UNIT(i) == '0') {
            unsigned mark = UNIT(i + 1);
            if (mark == 'b') base = 2;
            if (mark == 'o') base = 8;
            if (mark == 'x') base = 16;
            if (base != 10) i += 2;
        }
    } else if (base != 2 && base != 8 && base != 10 && base != 16) {
        return STATUS_INVALID_PARAMETER;
    }
    for (;; i++) {
        unsigned c = UNIT(i), digit = c - '0' < 10u ? c - '0' : (c | 32) - 'a' < 6u ? (c | 32) - 'a' + 10 : 99;
        if (digit >= base) break;
        result = result * base + digit;
    }
#undef UNIT
    *value = minus ? 0 - result : result;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlCharToInteger(PCSZ text, ULONG base, ULONG *value)
{
    if (!value) return STATUS_ACCESS_VIOLATION;
    return parse_number(text, strlen(text), false, base, value);
}

NTSTATUS NTAPI RtlUnicodeStringToInteger(const UNICODE_STRING *string, ULONG base, ULONG *value)
{
    if (!value) return STATUS_ACCESS_VIOLATION;
    return parse_number(string->Buffer, string->Length / sizeof(WCHAR), true, base, value);
}

static int digits_of(char *reversed, ULONGLONG value, ULONG base)
{
    int count = 0;

    do reversed[count++] = "0123456789ABCDEF"[value % base];
    while (value /= base);
    return count;
}

static bool base_is_valid(ULONG *base)
{
    if (!*base) *base = 10;
    return *base == 2 || *base == 8 || *base == 10 || *base == 16;
}

/* `length` bytes; the terminator is left out when the digits fill the buffer. */
NTSTATUS NTAPI RtlIntegerToChar(ULONG value, ULONG base, ULONG length, char *text)
{
    char digits[40];

    if (!base_is_valid(&base)) return STATUS_INVALID_PARAMETER;
    int count = digits_of(digits, value, base);
    if ((ULONG)count > length) return STATUS_BUFFER_OVERFLOW;
    if (!text) return STATUS_ACCESS_VIOLATION;
    for (int i = 0; i < count; i++) text[i] = digits[count - 1 - i];
    if ((ULONG)count < length) text[count] = 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlLargeIntegerToChar(const ULONGLONG *value, ULONG base, ULONG length, char *text)
{
    char digits[72];

    if (!base_is_valid(&base)) return STATUS_INVALID_PARAMETER;
    int count = digits_of(digits, *value, base);
    if ((ULONG)count > length) return STATUS_BUFFER_OVERFLOW;
    if (!text) return STATUS_ACCESS_VIOLATION;
    for (int i = 0; i < count; i++) text[i] = digits[count - 1 - i];
    if ((ULONG)count < length) text[count] = 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlInt64ToUnicodeString(ULONGLONG value, ULONG base, UNICODE_STRING *string)
{
    char digits[72];

    if (!base_is_valid(&base)) return STATUS_INVALID_PARAMETER;
    int count = digits_of(digits, value, base);
    if (count * sizeof(WCHAR) > string->MaximumLength) return STATUS_BUFFER_OVERFLOW;
    string->Length = (USHORT)(count * sizeof(WCHAR));
    for (int i = 0; i < count; i++) string->Buffer[i] = digits[count - 1 - i];
    if (string->Length + sizeof(WCHAR) <= string->MaximumLength) string->Buffer[count] = 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlIntegerToUnicodeString(ULONG value, ULONG base, UNICODE_STRING *string)
{
    return RtlInt64ToUnicodeString(value, base, string);
}

/* ---- GUIDs ---- */

NTSTATUS NTAPI RtlStringFromGUIDEx(const GUID *guid, UNICODE_STRING *string, BOOLEAN allocate)
{
    const ULONG bytes = 38 * sizeof(WCHAR);

    if (allocate) {
        if (!(string->Buffer = heap_allocate(bytes + sizeof(WCHAR)))) return STATUS_NO_MEMORY;
        string->MaximumLength = (USHORT)(bytes + sizeof(WCHAR));
    } else if (string->MaximumLength < bytes + sizeof(WCHAR)) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    string->Length = (USHORT)bytes;
    _snwprintf(string->Buffer, 39, L"{%08lX-%04hX-%04hX-%02X%02X-%02X%02X%02X%02X%02X%02X}", guid->Data1, guid->Data2,
               guid->Data3, guid->Data4[0], guid->Data4[1], guid->Data4[2], guid->Data4[3], guid->Data4[4],
               guid->Data4[5], guid->Data4[6], guid->Data4[7]);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlStringFromGUID(const GUID *guid, UNICODE_STRING *string)
{
    return RtlStringFromGUIDEx(guid, string, TRUE);
}

NTSTATUS NTAPI RtlGUIDFromString(const UNICODE_STRING *string, GUID *guid)
{
    static const char form[] = "{00000000-0000-0000-0000-000000000000}";
    UCHAR octets[16];
    int digits = 0;

    if (string->Length < 38 * sizeof(WCHAR)) return STATUS_INVALID_PARAMETER;
    for (int i = 0; i < 38; i++) {
        WCHAR c = string->Buffer[i];
        if (form[i] != '0') {
            if (c != form[i]) return STATUS_INVALID_PARAMETER;
            continue;
        }
        int digit = c - '0' < 10u ? c - '0' : (c | 32) - 'a' < 6u ? (c | 32) - 'a' + 10 : -1;
        if (digit < 0) return STATUS_INVALID_PARAMETER;
        octets[digits / 2] = (UCHAR)(digits & 1 ? octets[digits / 2] << 4 | digit : digit);
        digits++;
    }
    guid->Data1 = (ULONG)octets[0] << 24 | octets[1] << 16 | octets[2] << 8 | octets[3];
    guid->Data2 = (USHORT)(octets[4] << 8 | octets[5]);
    guid->Data3 = (USHORT)(octets[6] << 8 | octets[7]);
    memcpy(guid->Data4, octets + 8, 8);
    return STATUS_SUCCESS;
}
