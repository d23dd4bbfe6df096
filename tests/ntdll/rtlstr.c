/* Strings, conversions, numbers and GUIDs of ntdll.dll; its C functions. */
#include "tap.h"

NTSYSAPI LONG NTAPI RtlCompareUnicodeString(const UNICODE_STRING *, const UNICODE_STRING *, BOOLEAN);
NTSYSAPI NTSTATUS NTAPI RtlAppendUnicodeToString(UNICODE_STRING *, const WCHAR *);
NTSYSAPI NTSTATUS NTAPI RtlIntegerToUnicodeString(ULONG, ULONG, UNICODE_STRING *);
NTSYSAPI NTSTATUS NTAPI RtlUnicodeStringToInteger(const UNICODE_STRING *, ULONG, ULONG *);
NTSYSAPI NTSTATUS NTAPI RtlStringFromGUID(const GUID *, UNICODE_STRING *);
NTSYSAPI NTSTATUS NTAPI RtlGUIDFromString(const UNICODE_STRING *, GUID *);
NTSYSAPI NTSTATUS NTAPI RtlDuplicateUnicodeString(ULONG, const UNICODE_STRING *, UNICODE_STRING *);
NTSYSAPI NTSTATUS NTAPI RtlHashUnicodeString(const UNICODE_STRING *, BOOLEAN, ULONG, ULONG *);
NTSYSAPI NTSTATUS NTAPI RtlFindCharInUnicodeString(ULONG, const UNICODE_STRING *, const UNICODE_STRING *, USHORT *);

/* The C functions come by GetProcAddress: the import library of the compiler lacks them. */
#define FUNCTION(result, name, arguments) static result(__cdecl *p##name) arguments
FUNCTION(int, _snprintf, (char *, size_t, const char *, ...));
FUNCTION(int, _snwprintf, (WCHAR *, size_t, const WCHAR *, ...));
FUNCTION(int, strcmp, (const char *, const char *));
FUNCTION(int, memcmp, (const void *, const void *, size_t));
FUNCTION(void *, memmove, (void *, const void *, size_t));
FUNCTION(void *, memset, (void *, int, size_t));
FUNCTION(size_t, strlen, (const char *));
FUNCTION(size_t, wcslen, (const WCHAR *));
FUNCTION(long, strtol, (const char *, char **, int));
FUNCTION(char *, _ui64toa, (unsigned long long, char *, int));
FUNCTION(void, qsort, (void *, size_t, size_t, int(__cdecl *)(const void *, const void *)));

static void load_functions(void)
{
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");
#define LOAD(name) ok((p##name = (void *)GetProcAddress(ntdll, #name)) != NULL, #name)
    LOAD(_snprintf);
    LOAD(_snwprintf);
    LOAD(strcmp);
    LOAD(memcmp);
    LOAD(memmove);
    LOAD(memset);
    LOAD(strlen);
    LOAD(wcslen);
    LOAD(strtol);
    LOAD(_ui64toa);
    LOAD(qsort);
}

static void test_strings(void)
{
    UNICODE_STRING a, b, copy;
    WCHAR buffer[16];
    ULONG hash = 0;
    USHORT position;

    RtlInitUnicodeString(&a, L"Hello");
    ok(a.Length == 10 && a.MaximumLength == 12, "lengths %u %u", a.Length, a.MaximumLength);
    RtlInitUnicodeString(&b, L"hELLO");
    ok(!RtlCompareUnicodeString(&a, &b, TRUE) && RtlCompareUnicodeString(&a, &b, FALSE) < 0, "case");
    RtlInitUnicodeString(&b, L"Hel");
    ok(RtlCompareUnicodeString(&a, &b, FALSE) == 2, "a longer one: %ld", RtlCompareUnicodeString(&a, &b, FALSE));
    ok(RtlPrefixUnicodeString(&b, &a, FALSE) && !RtlPrefixUnicodeString(&a, &b, FALSE), "prefix");
    b.Buffer = buffer;
    b.Length = 0;
    b.MaximumLength = 12;
    ok(!RtlAppendUnicodeToString(&b, L"abc") && b.Length == 6 && !buffer[3], "append");
    ok(RtlAppendUnicodeToString(&b, L"defg") == STATUS_BUFFER_TOO_SMALL && b.Length == 6, "no room");
    ok(!RtlDuplicateUnicodeString(1, &a, &copy) && copy.Length == 10 && copy.MaximumLength == 12, "duplicate");
    RtlFreeUnicodeString(&copy);
    ok(RtlDuplicateUnicodeString(2, &a, &copy) == STATUS_INVALID_PARAMETER, "flags");
    ok(!RtlHashUnicodeString(&a, TRUE, 0, &hash) && hash, "hash");
    ULONG upper = hash;
    RtlInitUnicodeString(&b, L"HELLO");
    ok(!RtlHashUnicodeString(&b, FALSE, 1, &hash) && hash == upper, "hash %lx %lx", hash, upper);
    RtlInitUnicodeString(&b, L"l");
    ok(!RtlFindCharInUnicodeString(0, &a, &b, &position) && position == 6, "found at %u", position);
    ok(!RtlFindCharInUnicodeString(1, &a, &b, &position) && position == 6, "from the end at %u", position);
}

static void test_numbers(void)
{
    UNICODE_STRING text;
    WCHAR buffer[40];
    ULONG value;
    GUID guid, back;

    text.Buffer = buffer;
    text.MaximumLength = sizeof(buffer);
    ok(!RtlIntegerToUnicodeString(0xdeadbeef, 16, &text) && !lstrcmpW(buffer, L"DEADBEEF"), "hex: %S", buffer);
    ok(RtlIntegerToUnicodeString(1, 7, &text) == STATUS_INVALID_PARAMETER, "base");
    text.MaximumLength = 4;
    ok(RtlIntegerToUnicodeString(1234, 10, &text) == STATUS_BUFFER_OVERFLOW, "room");
    RtlInitUnicodeString(&text, L"  -0x1fz");
    ok(!RtlUnicodeStringToInteger(&text, 0, &value) && value == (ULONG)-0x1f, "%lx", value);
    RtlInitUnicodeString(&text, L"{6B29FC40-CA47-1067-B31D-00DD010662DA}");
    ok(!RtlGUIDFromString(&text, &guid) && guid.Data1 == 0x6b29fc40 && guid.Data4[7] == 0xda, "GUID");
    ok(!RtlStringFromGUID(&guid, &text) && text.Length == 76, "its text");
    ok(!RtlGUIDFromString(&text, &back) && !pmemcmp(&guid, &back, sizeof(guid)), "and back: %S", text.Buffer);
    RtlFreeUnicodeString(&text);
    RtlInitUnicodeString(&text, L"{6B29FC40-CA47-1067-B31D-00DD010662DA");
    ok(RtlGUIDFromString(&text, &guid) == STATUS_INVALID_PARAMETER, "no brace");
}

static int __cdecl compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void test_crt(void)
{
    char text[64], *end;
    WCHAR wide[64];
    static int numbers[200];
    static unsigned char block[300], copy[300];
    int bad = 0;

    p_snprintf(text, sizeof(text), "%d|%5s|%-5s|%05x|%I64u|%c", -7, "ab", "cd", 0xbeef, 12345678901ull, 'x');
    ok(!pstrcmp(text, "-7|   ab|cd   |0beef|12345678901|x"), "formatted: %s", text);
    ok(p_snprintf(text, 4, "%s", "abcd") == 4 && text[3] == 'd', "exactly full");
    ok(p_snprintf(text, 4, "%s", "abcde") == -1, "too long");
    ok(p_snwprintf(wide, 64, L"%s %S %ws", L"wide", "narrow", L"w") == 13 && !lstrcmpW(wide, L"wide narrow w"), "%S", wide);
    ok(pstrtol("  -0x10g", &end, 0) == -16 && *end == 'g', "strtol");
    ok(pstrtol("99999999999", NULL, 10) == 0x7fffffff, "overflow");
    ok(!pstrcmp(p_ui64toa(~0ull, text, 16), "ffffffffffffffff"), "_ui64toa: %s", text);
    for (int i = 0; i < 200; i++) numbers[i] = (i * 7919) % 200;
    pqsort(numbers, 200, sizeof(int), compare);
    for (int i = 0; i < 200; i++) bad += numbers[i] != i;
    ok(!bad, "qsort: %d out of place", bad);

    /* memmove in all overlaps and lengths, against a loop. */
    bad = 0;
    for (int length = 0; length < 160; length++)
        for (int shift = -40; shift <= 40; shift += 3) {
            for (int i = 0; i < 300; i++) block[i] = copy[i] = (unsigned char)(i * 31 + length);
            pmemmove(block + 100 + shift, block + 100, length);
            if (shift <= 0)
                for (int i = 0; i < length; i++) copy[100 + shift + i] = copy[100 + i];
            else
                for (int i = length; i--;) copy[100 + shift + i] = copy[100 + i];
            bad += pmemcmp(block, copy, 300) != 0;
        }
    ok(!bad, "memmove: %d wrong", bad);
    bad = 0;
    for (int start = 0; start < 20; start++)
        for (int length = 0; length < 100; length++) {
            pmemset(block, 'x', sizeof(block));
            block[start + length] = 0;
            bad += pstrlen((char *)block + start) != (size_t)length;
        }
    ok(!bad, "strlen: %d wrong", bad);
    ok(pwcslen(L"twelve chars") == 12, "wcslen");
}

START_TESTS
{
    load_functions();
    test_strings();
    test_numbers();
    test_crt();
}
