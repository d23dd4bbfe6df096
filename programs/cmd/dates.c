/* Dates and times in the user's form, and DATE and TIME. */
#include "cmd.h"

void format_date(const SYSTEMTIME *time, struct text *text, bool weekday)
{
    WCHAR pattern[80], padded[160], shown[160];
    size_t out = 0;

    if (weekday && GetDateFormatW(LOCALE_USER_DEFAULT, 0, time, L"ddd", shown, ARRAYSIZE(shown)))
        text_format(text, L"%s ", shown);
    if (!GetLocaleInfoW(LOCALE_USER_DEFAULT, LOCALE_SSHORTDATE, pattern, ARRAYSIZE(pattern))) wcscpy(pattern, L"MM/dd/yyyy");
    for (const WCHAR *at = pattern; *at && out < ARRAYSIZE(padded) - 3;) { /* days and months with two digits */
        size_t run = 1;
        while (at[run] == *at) run++;
        padded[out++] = *at;
        if (run == 1 && (*at == 'd' || *at == 'M')) padded[out++] = *at;
        else for (size_t i = 1; i < run && out < ARRAYSIZE(padded) - 2; i++) padded[out++] = *at;
        at += run;
    }
    padded[out] = 0;
    if (!GetDateFormatW(LOCALE_USER_DEFAULT, 0, time, padded, shown, ARRAYSIZE(shown))) *shown = 0;
    text_add_string(text, shown);
}

void format_time(const SYSTEMTIME *time, struct text *text)
{
    WCHAR colon[8] = L":", point[8] = L".";

    GetLocaleInfoW(LOCALE_USER_DEFAULT, LOCALE_STIME, colon, ARRAYSIZE(colon));
    GetLocaleInfoW(LOCALE_USER_DEFAULT, LOCALE_SDECIMAL, point, ARRAYSIZE(point));
    text_format(text, L"%2d%s%02d%s%02d%s%02d", time->wHour, colon, time->wMinute, colon, time->wSecond, point,
                time->wMilliseconds / 10);
}

void format_stamp(const FILETIME *time, struct text *text, int blanks)
{
    SYSTEMTIME utc, local;
    WCHAR shown[80], twelve[8] = L"0";

    if (!FileTimeToSystemTime(time, &utc) || !SystemTimeToTzSpecificLocalTime(NULL, &utc, &local)) return;
    format_date(&local, text, false);
    for (int i = 0; i < blanks; i++) text_add_char(text, ' ');
    GetLocaleInfoW(LOCALE_USER_DEFAULT, LOCALE_ITIME, twelve, ARRAYSIZE(twelve));
    if (!GetTimeFormatW(LOCALE_USER_DEFAULT, TIME_NOSECONDS, &local, *twelve == '1' ? L"HH:mm" : L"hh:mm tt", shown, ARRAYSIZE(shown)))
        *shown = 0;
    text_add_string(text, shown);
}

/* Up to `most` numbers divided by any of `signs`; how many, or -1. */
static int numbers(const WCHAR *text, const WCHAR *signs, int *values, int most)
{
    int count = 0;

    text = skip_blanks(text);
    while (*text) {
        WCHAR *end;
        if (count == most || *text < '0' || *text > '9') return -1;
        values[count++] = wcstol(text, &end, 10);
        text = end;
        if (*text && *skip_blanks(text) == 0) break;
        if (*text && !wcschr(signs, *text++)) return -1;
    }
    return count;
}

static int set_date(const WCHAR *text)
{
    WCHAR order[8] = L"0";
    SYSTEMTIME now;
    int values[3];

    if (numbers(text, L"/-.", values, 3) != 3) return -1;
    GetLocaleInfoW(LOCALE_USER_DEFAULT, LOCALE_IDATE, order, ARRAYSIZE(order));
    GetLocalTime(&now);
    int day = *order == '0' ? values[1] : *order == '1' ? values[0] : values[2];
    int month = *order == '0' ? values[0] : values[1], year = *order == '2' ? values[0] : values[2];
    if (year < 80) year += 2000;
    else if (year < 100) year += 1900;
    if (month < 1 || month > 12 || day < 1 || day > 31 || year < 1980 || year > 2099) return -1;
    now.wDay = day, now.wMonth = month, now.wYear = year;
    return SetLocalTime(&now) ? 0 : (int)GetLastError();
}

static int set_time(const WCHAR *text)
{
    SYSTEMTIME now;
    int values[4] = { 0 };

    if (numbers(text, L":.,", values, 4) < 1 || values[0] > 23 || values[1] > 59 || values[2] > 59 || values[3] > 99) return -1;
    GetLocalTime(&now);
    now.wHour = values[0], now.wMinute = values[1], now.wSecond = values[2], now.wMilliseconds = values[3] * 10;
    return SetLocalTime(&now) ? 0 : (int)GetLastError();
}

static int date_or_time(WCHAR *arguments, bool is_date)
{
    const WCHAR *at = skip_blanks(arguments);
    bool brief = (at[0] == '/' && towlower(at[1]) == 't');
    struct text text = { 0 };
    SYSTEMTIME now;
    int result;

    if (brief) at = skip_blanks(at + 2);
    if (*at) {
        result = is_date ? set_date(at) : set_time(at);
        if (result > 0) return fail(result);
        if (result < 0) return fail_text(is_date ? L"The system cannot accept the date entered." : L"The system cannot accept the time entered.");
        return 0;
    }
    GetLocalTime(&now);
    if (brief && !is_date) {
        FILETIME stamp;
        GetSystemTimeAsFileTime(&stamp);
        format_stamp(&stamp, &text, 1);
        print(L"%s\r\n", wcschr(text.data, ' ') + 1);
        text_free(&text);
        return 0;
    }
    if (is_date) format_date(&now, &text, true);
    else format_time(&now, &text);
    if (brief) {
        print(L"%s \r\n", text.data);
        text_free(&text);
        return 0;
    }
    print(is_date ? L"The current date is: %s \r\n" : L"The current time is: %s\r\n", text.data);
    text_free(&text);
    for (;;) {
        WCHAR order[8] = L"0";
        GetLocaleInfoW(LOCALE_USER_DEFAULT, LOCALE_IDATE, order, ARRAYSIZE(order));
        print_text(!is_date ? L"Enter the new time: " : *order == '0' ? L"Enter the new date: (mm-dd-yy) "
                   : *order == '1' ? L"Enter the new date: (dd-mm-yy) " : L"Enter the new date: (yy-mm-dd) ");
        bool worked = ask_line(&text);
        if (!worked || !text.length) {
            if (!worked) print_text(L"\r\n");
            text_free(&text);
            return worked ? 0 : 1;
        }
        result = is_date ? set_date(text.data) : set_time(text.data);
        text_free(&text);
        if (result > 0) return fail(result);
        if (!result) return 0;
        complain(is_date ? L"The system cannot accept the date entered.\r\n" : L"The system cannot accept the time entered.\r\n");
    }
}

int builtin_date(WCHAR *arguments)
{
    return date_or_time(arguments, true);
}

int builtin_time(WCHAR *arguments)
{
    return date_or_time(arguments, false);
}
