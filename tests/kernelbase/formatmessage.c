/* winbase.h: FormatMessage. */
#include "tap.h"

static int same(const WCHAR *a, const WCHAR *b)
{
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

static WCHAR out[256];

static DWORD from_string(DWORD flags, const WCHAR *format, ...)
{
    va_list args;
    DWORD result;
    out[0] = 'x';
    out[1] = 0;
    SetLastError(0xdead);
    va_start(args, format);
    result = FormatMessageW(FORMAT_MESSAGE_FROM_STRING | flags, format, 0, 0, out, 256, &args);
    va_end(args);
    return result;
}

START_TESTS
{
    DWORD n;
    WCHAR *allocated;
    char narrow[256], *narrow_allocated;
    DWORD_PTR array[3] = {(DWORD_PTR)L"one", 2, (DWORD_PTR)L"three"};

    n = from_string(0, L"plain");
    ok(n == 5 && same(out, L"plain"), "%lu '%S'", n, out);
    n = from_string(0, L"%1 and %2", L"a", L"b");
    ok(n == 7 && same(out, L"a and b"), "'%S'", out);
    n = from_string(0, L"%2%1", L"a", L"b");
    ok(n == 2 && same(out, L"ba"), "'%S'", out);
    n = from_string(0, L"%1!d! %2!05u! %3!x! %4!X!", -5, 42, 255, 0xabc);
    ok(same(out, L"-5 00042 ff ABC"), "'%S'", out);
    n = from_string(0, L"[%1!5s!][%2!-5s!][%3!.2s!]", L"ab", L"cd", L"efgh");
    ok(same(out, L"[   ab][cd   ][ef]"), "'%S'", out);
    /* the number before '*' is that of the width, by the reference's example (Wine counts otherwise) */
    n = from_string(0, L"[%1!*d!][%3!*.*s!]", 5, 42, 6, 2, L"xyz");
    ok(same(out, L"[   42][    xy]"), "'%S'", out);
    n = from_string(0, L"%1!c!%2!S!%3!hs!%4!ls!", 'q', "ansi", "h", L"w");
    ok(same(out, L"qansihw"), "'%S'", out);
    n = from_string(0, L"%1!I64u!", 0x123456789abcull);
    ok(same(out, L"20015998343868"), "'%S'", out);
    n = from_string(0, L"a%nb%%c%!d%.e%tf%0g");
    ok(same(out, L"a\r\nb%c!d.e\tf"), "'%S'", out);
    n = from_string(0, L"a\nb\r\nc\rd");
    ok(same(out, L"a\r\nb\r\nc\r\nd"), "line breaks: '%S'", out);
    n = from_string(FORMAT_MESSAGE_MAX_WIDTH_MASK, L"a\nb\r\nc%nd");
    ok(same(out, L"a b c\r\nd"), "soft breaks dropped: '%S'", out);
    n = from_string(10, L"one two three four");
    ok(same(out, L"one two\r\nthree\r\nfour"), "width: '%S'", out);
    n = from_string(FORMAT_MESSAGE_IGNORE_INSERTS, L"%1 %2!d! %%");
    ok(same(out, L"%1 %2!d! %%"), "'%S'", out);
    n = FormatMessageW(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY, L"%1 %2!d! %3", 0, 0, out, 256, (va_list *)array);
    ok(n == 11 && same(out, L"one 2 three"), "'%S'", out);

    SetLastError(0);
    n = FormatMessageW(FORMAT_MESSAGE_FROM_STRING, L"abc", 0, 0, out, 3, NULL);
    ok(!n && GetLastError() == ERROR_INSUFFICIENT_BUFFER, "%lu %lu", n, GetLastError());
    SetLastError(0);
    n = FormatMessageW(FORMAT_MESSAGE_FROM_STRING, NULL, 0, 0, out, 3, NULL);
    ok(!n && GetLastError() == ERROR_INVALID_PARAMETER, "%lu %lu", n, GetLastError());
    SetLastError(0);
    n = FormatMessageW(0, NULL, 0, 0, out, 3, NULL);
    ok(!n && GetLastError() == ERROR_INVALID_PARAMETER, "%lu %lu", n, GetLastError());
    n = FormatMessageW(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ALLOCATE_BUFFER, L"abc", 0, 0, (WCHAR *)&allocated, 0, NULL);
    ok(n == 3 && same(allocated, L"abc"), "allocated");
    LocalFree(allocated);

    n = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, ERROR_FILE_NOT_FOUND, 0x409, out, 256, NULL);
    ok(n && n == (DWORD)lstrlenW(out) && out[n - 1] == '\n' && out[n - 2] == '\r', "'%S'", out);
    n = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK, NULL,
                       ERROR_ACCESS_DENIED, 0, out, 256, NULL);
    ok(n && out[n - 1] == ' ', "'%S'", out);
    n = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, 0x80070005, 0, out, 256, NULL);
    ok(n, "HRESULT of a Win32 error: %lu", GetLastError());
    SetLastError(0);
    n = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, 0x7ffffff0, 0, out, 256, NULL);
    ok(!n && GetLastError() == ERROR_MR_MID_NOT_FOUND, "%lu %lu", n, GetLastError());
    n = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, ERROR_FILE_NOT_FOUND, 0, narrow, 256, NULL);
    ok(n && narrow[n - 1] == '\n', "'%s'", narrow);
    n = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_IGNORE_INSERTS, NULL,
                       ERROR_FILE_NOT_FOUND, 0, (char *)&narrow_allocated, 0, NULL);
    ok(n && narrow_allocated[n - 1] == '\n', "allocated");
    LocalFree(narrow_allocated);
}
