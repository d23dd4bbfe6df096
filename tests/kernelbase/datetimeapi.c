/* datetimeapi.h and locale data. */
#include "tap.h"

static int same(const WCHAR *a, const WCHAR *b)
{
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

START_TESTS
{
    SYSTEMTIME time = {2024, 2, 0, 29, 15, 4, 5, 0};
    WCHAR out[128];
    DWORD number = 0;

    ok(GetDateFormatW(0x409, 0, &time, NULL, out, 128) && same(out, L"2/29/2024"), "'%S'", out);
    ok(GetDateFormatW(0x409, DATE_LONGDATE, &time, NULL, out, 128) && same(out, L"Thursday, February 29, 2024"), "'%S'", out);
    /* Windows and CLDR have dd.MM.yyyy; Wine 8 has d.M.yyyy */
    ok(GetDateFormatW(0x407, 0, &time, NULL, out, 128) && same(out, L"29.02.2024"), "'%S'", out);
    ok(GetDateFormatW(0x409, 0, &time, L"yy'y''y' dddMMM", out, 128) && same(out, L"24y'y ThuFeb"), "'%S'", out);
    ok(GetTimeFormatW(0x409, 0, &time, NULL, out, 128) && same(out, L"3:04:05 PM"), "'%S'", out);
    ok(GetTimeFormatW(0x409, TIME_NOSECONDS, &time, NULL, out, 128) && same(out, L"3:04 PM"), "'%S'", out);
    ok(GetTimeFormatW(0x409, TIME_NOTIMEMARKER | TIME_FORCE24HOURFORMAT, &time, NULL, out, 128) && same(out, L"15:04:05"), "'%S'", out);
    ok(GetTimeFormatEx(L"de-DE", 0, &time, NULL, out, 128) && same(out, L"15:04:05"), "'%S'", out);
    SetLastError(0);
    ok(!GetDateFormatW(0x409, 0, &time, NULL, out, 3) && GetLastError() == ERROR_INSUFFICIENT_BUFFER, "room");
    time.wDay = 30;
    SetLastError(0);
    ok(!GetDateFormatW(0x409, 0, &time, NULL, out, 128) && GetLastError() == ERROR_INVALID_PARAMETER, "no such day");
    ok(GetLocaleInfoW(0x409, LOCALE_SDECIMAL, out, 128) == 2 && out[0] == '.', "decimal");
    ok(GetLocaleInfoW(0x407, LOCALE_SDECIMAL, out, 128) == 2 && out[0] == ',', "German decimal");
    ok(GetLocaleInfoW(0x409, LOCALE_IDEFAULTANSICODEPAGE | LOCALE_RETURN_NUMBER, (WCHAR *)&number, 2) == 2 && number == 1252, "%lu", number);
    ok(GetLocaleInfoEx(L"ja-JP", LOCALE_SISO639LANGNAME, out, 128) && same(out, L"ja"), "ja");
    ok(LocaleNameToLCID(L"fr-FR", 0) == 0x40c, "fr-FR");
    ok(LCIDToLocaleName(0x411, out, 128, 0) && same(out, L"ja-JP"), "'%S'", out);
    ok(IsValidLocale(0x409, LCID_INSTALLED) && IsValidLocaleName(L"de-DE") && !IsValidLocaleName(L"qq-QQ"), "valid");
    ok(GetNumberFormatW(0x409, 0, L"-1234567.895", NULL, out, 128) && same(out, L"-1,234,567.90"), "'%S'", out);
    ok(GetNumberFormatW(0x407, 0, L"1234.5", NULL, out, 128) && same(out, L"1.234,50"), "'%S'", out);
    NUMBERFMTW format = {0, 0, 32, L".", L",", 1};
    ok(GetNumberFormatW(0x409, 0, L"123456789", &format, out, 128) && same(out, L"12,34,56,789"), "'%S'", out);
    ok(GetCurrencyFormatW(0x409, 0, L"1234.5", NULL, out, 128) && same(out, L"$1,234.50"), "'%S'", out);
    ok(GetCurrencyFormatW(0x409, 0, L"-0.5", NULL, out, 128) && same(out, L"($0.50)"), "'%S'", out);
    SetLastError(0);
    ok(!GetNumberFormatW(0x409, 0, L"12a", NULL, out, 128) && GetLastError() == ERROR_INVALID_PARAMETER, "no number");
    SetLastError(0);
    ok(!GetLocaleInfoW(0x409, 0xfff, out, 128) && GetLastError() == ERROR_INVALID_FLAGS, "type: %lu", GetLastError());
}
