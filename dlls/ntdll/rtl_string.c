/* UNICODE_STRING and ANSI_STRING: making, copying, comparing. Lengths are bytes. */
#include "ntdll.h"

#define MAX_UNICODE_BYTES 0xfffe

void NTAPI RtlInitUnicodeString(UNICODE_STRING *string, const WCHAR *text)
{
    SIZE_T bytes = text ? wcslen(text) * sizeof(WCHAR) : 0;

    if (bytes > MAX_UNICODE_BYTES - sizeof(WCHAR)) bytes = MAX_UNICODE_BYTES - sizeof(WCHAR);
    string->Length = (USHORT)bytes;
    string->MaximumLength = text ? (USHORT)(bytes + sizeof(WCHAR)) : 0;
    string->Buffer = (WCHAR *)text;
}

/* STATUS_NAME_TOO_LONG when the text does not fit a UNICODE_STRING. */
NTSTATUS NTAPI RtlInitUnicodeStringEx(UNICODE_STRING *string, const WCHAR *text)
{
    if (text && wcslen(text) * sizeof(WCHAR) > MAX_UNICODE_BYTES - sizeof(WCHAR)) return STATUS_NAME_TOO_LONG;
    RtlInitUnicodeString(string, text);
    return STATUS_SUCCESS;
}

void NTAPI RtlInitString(STRING *string, PCSZ text)
{
    SIZE_T bytes = text ? strlen(text) : 0;

    if (bytes > 0xfffe) bytes = 0xfffe;
    string->Length = (USHORT)bytes;
    string->MaximumLength = text ? (USHORT)(bytes + 1) : 0;
    string->Buffer = (char *)text;
}

NTSTATUS NTAPI RtlInitStringEx(STRING *string, PCSZ text)
{
    if (text && strlen(text) > 0xfffe) return STATUS_NAME_TOO_LONG;
    RtlInitString(string, text);
    return STATUS_SUCCESS;
}

void NTAPI RtlInitAnsiString(ANSI_STRING *string, PCSZ text)
{
    RtlInitString(string, text);
}

NTSTATUS NTAPI RtlInitAnsiStringEx(ANSI_STRING *string, PCSZ text)
{
    return RtlInitStringEx(string, text);
}

void NTAPI RtlFreeUnicodeString(UNICODE_STRING *string)
{
    heap_free(string->Buffer);
    memset(string, 0, sizeof(*string));
}

void NTAPI RtlFreeAnsiString(ANSI_STRING *string)
{
    heap_free(string->Buffer);
    memset(string, 0, sizeof(*string));
}

void NTAPI RtlFreeOemString(OEM_STRING *string)
{
    RtlFreeAnsiString(string);
}

BOOLEAN NTAPI RtlCreateUnicodeString(UNICODE_STRING *string, const WCHAR *text)
{
    SIZE_T bytes = (wcslen(text) + 1) * sizeof(WCHAR);

    if (bytes > MAX_UNICODE_BYTES || !(string->Buffer = heap_allocate(bytes))) return FALSE;
    memcpy(string->Buffer, text, bytes);
    string->MaximumLength = (USHORT)bytes;
    string->Length = (USHORT)(bytes - sizeof(WCHAR));
    return TRUE;
}

BOOLEAN NTAPI RtlCreateUnicodeStringFromAsciiz(UNICODE_STRING *string, const char *text)
{
    ANSI_STRING ansi;

    RtlInitAnsiString(&ansi, text);
    return RtlAnsiStringToUnicodeString(string, &ansi, TRUE) >= 0;
}

void NTAPI RtlCopyUnicodeString(UNICODE_STRING *to, const UNICODE_STRING *from)
{
    if (!from) {
        to->Length = 0;
        return;
    }
    USHORT bytes = from->Length < to->MaximumLength ? from->Length : to->MaximumLength;
    memmove(to->Buffer, from->Buffer, bytes);
    to->Length = bytes;
    if (bytes + sizeof(WCHAR) <= to->MaximumLength) to->Buffer[bytes / sizeof(WCHAR)] = 0;
}

void NTAPI RtlCopyString(STRING *to, const STRING *from)
{
    if (!from) {
        to->Length = 0;
        return;
    }
    to->Length = from->Length < to->MaximumLength ? from->Length : to->MaximumLength;
    memmove(to->Buffer, from->Buffer, to->Length);
}

#define DUPLICATE_NULL_TERMINATE 1
#define DUPLICATE_ALLOCATE_NULL 2

NTSTATUS NTAPI RtlDuplicateUnicodeString(ULONG flags, const UNICODE_STRING *from, UNICODE_STRING *to)
{
    if (!from || !to || from->Length > from->MaximumLength || from->Length & 1 || flags > 3 ||
        flags == DUPLICATE_ALLOCATE_NULL || (from->Length && !from->Buffer))
        return STATUS_INVALID_PARAMETER;
    if (!from->Length && flags != (DUPLICATE_NULL_TERMINATE | DUPLICATE_ALLOCATE_NULL)) {
        memset(to, 0, sizeof(*to));
        return STATUS_SUCCESS;
    }
    SIZE_T bytes = from->Length + (flags & DUPLICATE_NULL_TERMINATE ? sizeof(WCHAR) : 0);
    if (bytes > MAX_UNICODE_BYTES) return STATUS_NAME_TOO_LONG;
    WCHAR *buffer = heap_allocate(bytes);
    if (!buffer) return STATUS_NO_MEMORY;
    memcpy(buffer, from->Buffer, from->Length);
    if (flags & DUPLICATE_NULL_TERMINATE) buffer[from->Length / sizeof(WCHAR)] = 0;
    to->Length = from->Length;
    to->MaximumLength = (USHORT)bytes;
    to->Buffer = buffer;
    return STATUS_SUCCESS;
}

void NTAPI RtlEraseUnicodeString(UNICODE_STRING *string)
{
    if (string->Buffer && string->MaximumLength) memset(string->Buffer, 0, string->MaximumLength);
    string->Length = 0;
}

NTSTATUS NTAPI RtlValidateUnicodeString(ULONG flags, const UNICODE_STRING *string)
{
    if (flags) return STATUS_INVALID_PARAMETER;
    if (!string) return STATUS_SUCCESS;
    if (string->Length & 1 || string->MaximumLength & 1 || string->Length > string->MaximumLength ||
        (!string->Buffer && (string->Length || string->MaximumLength)))
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

/* ---- comparing ---- */

LONG NTAPI RtlCompareUnicodeStrings(const WCHAR *a, SIZE_T a_units, const WCHAR *b, SIZE_T b_units, BOOLEAN fold)
{
    SIZE_T units = a_units < b_units ? a_units : b_units;

    for (SIZE_T i = 0; i < units; i++) {
        if (a[i] == b[i]) continue;
        int x = fold ? RtlUpcaseUnicodeChar(a[i]) : a[i], y = fold ? RtlUpcaseUnicodeChar(b[i]) : b[i];
        if (x != y) return x - y;
    }
    return (LONG)(a_units - b_units);
}

LONG NTAPI RtlCompareUnicodeString(const UNICODE_STRING *a, const UNICODE_STRING *b, BOOLEAN fold)
{
    return RtlCompareUnicodeStrings(a->Buffer, a->Length / sizeof(WCHAR), b->Buffer, b->Length / sizeof(WCHAR), fold);
}

BOOLEAN NTAPI RtlEqualUnicodeString(const UNICODE_STRING *a, const UNICODE_STRING *b, BOOLEAN fold)
{
    return a->Length == b->Length && !RtlCompareUnicodeString(a, b, fold);
}

BOOLEAN NTAPI RtlPrefixUnicodeString(const UNICODE_STRING *prefix, const UNICODE_STRING *string, BOOLEAN fold)
{
    return prefix->Length <= string->Length &&
           !RtlCompareUnicodeStrings(prefix->Buffer, prefix->Length / sizeof(WCHAR), string->Buffer,
                                     prefix->Length / sizeof(WCHAR), fold);
}

CHAR NTAPI RtlUpperChar(CHAR c)
{
    WCHAR wide;
    ULONG bytes;
    CHAR result;

    if ((UCHAR)c < 0x80) return c >= 'a' && c <= 'z' ? c - 32 : c;
    RtlMultiByteToUnicodeN(&wide, sizeof(wide), &bytes, &c, 1);
    if (bytes != sizeof(wide)) return c;
    wide = RtlUpcaseUnicodeChar(wide);
    RtlUnicodeToMultiByteN(&result, 1, &bytes, &wide, sizeof(wide));
    return bytes == 1 ? result : c;
}

LONG NTAPI RtlCompareString(const STRING *a, const STRING *b, BOOLEAN fold)
{
    USHORT length = a->Length < b->Length ? a->Length : b->Length;

    for (USHORT i = 0; i < length; i++) {
        UCHAR x = fold ? RtlUpperChar(a->Buffer[i]) : a->Buffer[i], y = fold ? RtlUpperChar(b->Buffer[i]) : b->Buffer[i];
        if (x != y) return x - y;
    }
    return a->Length - b->Length;
}

BOOLEAN NTAPI RtlEqualString(const STRING *a, const STRING *b, BOOLEAN fold)
{
    return a->Length == b->Length && !RtlCompareString(a, b, fold);
}

BOOLEAN NTAPI RtlPrefixString(const STRING *prefix, const STRING *string, BOOLEAN fold)
{
    STRING start = { prefix->Length, prefix->Length, string->Buffer };

    return prefix->Length <= string->Length && !RtlCompareString(prefix, &start, fold);
}

void NTAPI RtlUpperString(STRING *to, const STRING *from)
{
    USHORT length = from->Length < to->MaximumLength ? from->Length : to->MaximumLength;

    for (USHORT i = 0; i < length; i++) to->Buffer[i] = RtlUpperChar(from->Buffer[i]);
    to->Length = length;
}

static NTSTATUS change_case(UNICODE_STRING *to, const UNICODE_STRING *from, BOOLEAN allocate, WCHAR(NTAPI *map)(WCHAR))
{
    if (allocate) {
        if (!(to->Buffer = heap_allocate(from->Length ? from->Length : sizeof(WCHAR)))) return STATUS_NO_MEMORY;
        to->MaximumLength = from->Length;
    } else if (to->MaximumLength < from->Length) {
        return STATUS_BUFFER_OVERFLOW;
    }
    for (USHORT i = 0; i < from->Length / sizeof(WCHAR); i++) to->Buffer[i] = map(from->Buffer[i]);
    to->Length = from->Length;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUpcaseUnicodeString(UNICODE_STRING *to, const UNICODE_STRING *from, BOOLEAN allocate)
{
    return change_case(to, from, allocate, RtlUpcaseUnicodeChar);
}

NTSTATUS NTAPI RtlDowncaseUnicodeString(UNICODE_STRING *to, const UNICODE_STRING *from, BOOLEAN allocate)
{
    return change_case(to, from, allocate, RtlDowncaseUnicodeChar);
}

#define HASH_STRING_ALGORITHM_DEFAULT 0
#define HASH_STRING_ALGORITHM_X65599 1

NTSTATUS NTAPI RtlHashUnicodeString(const UNICODE_STRING *string, BOOLEAN fold, ULONG algorithm, ULONG *hash)
{
    ULONG value = 0;

    if (!string || !hash || algorithm > HASH_STRING_ALGORITHM_X65599) return STATUS_INVALID_PARAMETER;
    for (USHORT i = 0; i < string->Length / sizeof(WCHAR); i++)
        value = value * 65599 + (fold ? RtlUpcaseUnicodeChar(string->Buffer[i]) : string->Buffer[i]);
    *hash = value;
    return STATUS_SUCCESS;
}

/* ---- appending ---- */

NTSTATUS NTAPI RtlAppendUnicodeStringToString(UNICODE_STRING *to, const UNICODE_STRING *from)
{
    if (!from->Length) return STATUS_SUCCESS;
    SIZE_T bytes = (SIZE_T)to->Length + from->Length;
    if (bytes > to->MaximumLength) return STATUS_BUFFER_TOO_SMALL;
    memmove((char *)to->Buffer + to->Length, from->Buffer, from->Length);
    to->Length = (USHORT)bytes;
    if (bytes + sizeof(WCHAR) <= to->MaximumLength) to->Buffer[bytes / sizeof(WCHAR)] = 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAppendUnicodeToString(UNICODE_STRING *to, const WCHAR *from)
{
    UNICODE_STRING text;

    if (!from) return STATUS_SUCCESS;
    if (wcslen(from) * sizeof(WCHAR) > MAX_UNICODE_BYTES - sizeof(WCHAR)) return STATUS_BUFFER_TOO_SMALL;
    RtlInitUnicodeString(&text, from);
    return RtlAppendUnicodeStringToString(to, &text);
}

NTSTATUS NTAPI RtlAppendStringToString(STRING *to, const STRING *from)
{
    if ((SIZE_T)to->Length + from->Length > to->MaximumLength) return STATUS_BUFFER_TOO_SMALL;
    memmove(to->Buffer + to->Length, from->Buffer, from->Length);
    to->Length += from->Length;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAppendAsciizToString(STRING *to, const char *from)
{
    if (!from) return STATUS_SUCCESS;
    SIZE_T length = strlen(from);
    if (to->Length + length > to->MaximumLength) return STATUS_BUFFER_TOO_SMALL;
    memmove(to->Buffer + to->Length, from, length);
    to->Length += (USHORT)length;
    return STATUS_SUCCESS;
}

#define FIND_CHAR_FROM_END 1
#define FIND_CHAR_COMPLEMENT 2
#define FIND_CHAR_CASE_INSENSITIVE 4

/* *position: bytes before the character (from the start), or up to it when searching from the end; like Windows the
 * offset after the character forwards. */
NTSTATUS NTAPI RtlFindCharInUnicodeString(ULONG flags, const UNICODE_STRING *string, const UNICODE_STRING *set,
                                          USHORT *position)
{
    int count = string->Length / sizeof(WCHAR), wanted = set->Length / sizeof(WCHAR);
    bool from_end = flags & FIND_CHAR_FROM_END, fold = flags & FIND_CHAR_CASE_INSENSITIVE;

    *position = 0;
    if (flags & ~7) return STATUS_INVALID_PARAMETER;
    for (int i = 0; i < count; i++) {
        int at = from_end ? count - 1 - i : i;
        WCHAR c = fold ? RtlUpcaseUnicodeChar(string->Buffer[at]) : string->Buffer[at];
        bool found = false;
        for (int j = 0; j < wanted && !found; j++)
            found = c == (fold ? RtlUpcaseUnicodeChar(set->Buffer[j]) : set->Buffer[j]);
        if (found == !(flags & FIND_CHAR_COMPLEMENT)) {
            *position = (USHORT)((from_end ? at : at + 1) * sizeof(WCHAR));
            return STATUS_SUCCESS;
        }
    }
    return STATUS_NOT_FOUND;
}

/* What the characters say about the text, as IsTextUnicode has it. */
BOOLEAN NTAPI RtlIsTextUnicode(const void *buffer, INT bytes, INT *tests)
{
    const WCHAR *text = buffer;
    const UCHAR *octets = buffer;
    INT wanted = tests ? *tests : -1, result = 0;
    INT units = bytes / (INT)sizeof(WCHAR);
    INT zeros = 0, controls = 0, reversed_controls = 0, high_zero = 0, low_difference = 0, high_difference = 0;

    if (bytes < (INT)sizeof(WCHAR)) {
        if (tests) *tests = 0;
        return FALSE;
    }
    if (units > 256) units = 256;
    if (bytes & 1) result |= IS_TEXT_UNICODE_ODD_LENGTH;
    if (*text == 0xfeff) result |= IS_TEXT_UNICODE_SIGNATURE;
    if (*text == 0xfffe) result |= IS_TEXT_UNICODE_REVERSE_SIGNATURE;
    for (INT i = 0; i < units; i++) {
        WCHAR c = text[i];
        if (!octets[2 * i] || !octets[2 * i + 1]) zeros++;
        if (!(c >> 8)) high_zero++;
        if (!c || c == 0xfffe || c == 0xffff || c == 0x0a0d) result |= IS_TEXT_UNICODE_ILLEGAL_CHARS;
        if (c == '\r' || c == '\n' || c == '\t' || c == ' ' || c == 0x3000) controls++;
        if (c == 0x0d00 || c == 0x0a00 || c == 0x0900 || c == 0x2000) reversed_controls++;
        if (i) {
            INT low = octets[2 * i] - octets[2 * i - 2], high = octets[2 * i + 1] - octets[2 * i - 1];
            low_difference += low < 0 ? -low : low;
            high_difference += high < 0 ? -high : high;
        }
    }
    if (controls) result |= IS_TEXT_UNICODE_CONTROLS;
    if (reversed_controls) result |= IS_TEXT_UNICODE_REVERSE_CONTROLS;
    if (zeros) result |= IS_TEXT_UNICODE_NULL_BYTES;
    if (high_zero == units) result |= IS_TEXT_UNICODE_ASCII16;
    if (low_difference > 3 * high_difference) result |= IS_TEXT_UNICODE_STATISTICS;
    if (high_difference > 3 * low_difference) result |= IS_TEXT_UNICODE_REVERSE_STATISTICS;
    if (tests) *tests = result & wanted;
    result &= wanted;
    if (result & (IS_TEXT_UNICODE_REVERSE_SIGNATURE | IS_TEXT_UNICODE_REVERSE_CONTROLS |
                  IS_TEXT_UNICODE_REVERSE_STATISTICS | IS_TEXT_UNICODE_ILLEGAL_CHARS | IS_TEXT_UNICODE_ODD_LENGTH)) {
        if (!(result & IS_TEXT_UNICODE_SIGNATURE)) return FALSE;
    }
    return (result & (IS_TEXT_UNICODE_SIGNATURE | IS_TEXT_UNICODE_STATISTICS | IS_TEXT_UNICODE_CONTROLS |
                      IS_TEXT_UNICODE_ASCII16)) != 0;
}
