/* datetimeapi.h: GetDateFormat, GetTimeFormat. */
#include "nls.h"

struct text {
    WCHAR *to;
    int room, count;
};

static void put(struct text *text, WCHAR c)
{
    if (text->to && text->count < text->room) text->to[text->count] = c;
    text->count++;
}

static void put_text(struct text *text, const WCHAR *from)
{
    while (from && *from) put(text, *from++);
}

static void put_number(struct text *text, unsigned value, int digits)
{
    WCHAR buffer[10];
    int count = 0;
    do buffer[count++] = '0' + value % 10;
    while (value /= 10);
    while (count < digits) buffer[count++] = '0';
    while (count) put(text, buffer[--count]);
}

/* Whether the format has a day number, which makes month names genitive. */
static bool has_day(const WCHAR *format)
{
    for (bool quoted = false; *format; format++) {
        if (*format == '\'') quoted = !quoted;
        if (quoted || *format != 'd') continue;
        int count = 1;
        while (format[1] == 'd') count++, format++;
        if (count <= 2) return true;
    }
    return false;
}

static const WCHAR *name(LOCALE_ROW *locale, LCTYPE type)
{
    return locale_text(locale, type);
}

static int day_of_week(const SYSTEMTIME *time)
{
    static const int offsets[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
    int year = time->wYear - (time->wMonth < 3);
    return (year + year / 4 - year / 100 + year / 400 + offsets[time->wMonth - 1] + time->wDay) % 7;
}

static void date_picture(struct text *text, LOCALE_ROW *locale, const WCHAR *format, const SYSTEMTIME *time)
{
    bool genitive = has_day(format);
    int day = (day_of_week(time) + 6) % 7; /* Monday first, as LOCALE_SDAYNAME1 */

    while (*format) {
        WCHAR c = *format;
        int count = 0;
        if (c == '\'') {
            for (format++; *format; format++) {
                if (*format == '\'') {
                    if (format[1] != '\'') break;
                    format++;
                }
                put(text, *format);
            }
            if (*format) format++;
            continue;
        }
        while (*format == c) count++, format++;
        switch (c) {
        case 'd':
            if (count <= 2) put_number(text, time->wDay, count);
            else put_text(text, name(locale, (count == 3 ? LOCALE_SABBREVDAYNAME1 : LOCALE_SDAYNAME1) + day));
            break;
        case 'M':
            if (count <= 2) put_number(text, time->wMonth, count);
            else if (count == 3) put_text(text, name(locale, LOCALE_SABBREVMONTHNAME1 + time->wMonth - 1));
            else put_text(text, name(locale, (genitive ? 0x2000 : 0) + LOCALE_SMONTHNAME1 + time->wMonth - 1));
            break;
        case 'y':
            if (count <= 2) put_number(text, time->wYear % 100, count);
            else put_number(text, time->wYear, 4);
            break;
        case 'g':
            put_text(text, L"A.D.");
            break;
        default:
            while (count--) put(text, c);
        }
    }
}

static void time_picture(struct text *text, LOCALE_ROW *locale, const WCHAR *format, const SYSTEMTIME *time, DWORD flags)
{
    int pending = 0; /* separators that wait for the field behind them, which a flag may leave out */
    WCHAR waiting[16];
    bool dropped = false;

    while (*format) {
        WCHAR c = *format;
        int count = 0, hour = time->wHour;
        if (c == '\'') {
            for (format++; *format; format++) {
                if (*format == '\'') {
                    if (format[1] != '\'') break;
                    format++;
                }
                if (pending < 16) waiting[pending++] = *format;
            }
            if (*format) format++;
            continue;
        }
        while (*format == c) count++, format++;
        bool field = c == 'h' || c == 'H' || c == 'm' || c == 's' || c == 't';
        if (!field) {
            while (count--)
                if (pending < 16) waiting[pending++] = c;
            continue;
        }
        bool left_out = (c == 's' && flags & (TIME_NOSECONDS | TIME_NOMINUTESORSECONDS)) || (c == 'm' && flags & TIME_NOMINUTESORSECONDS) ||
                        (c == 't' && flags & TIME_NOTIMEMARKER);
        if (left_out) { /* the separator before it goes too */
            pending = 0;
            dropped = true;
            continue;
        }
        if (dropped && !text->count) pending = 0;
        for (int i = 0; i < pending; i++) put(text, waiting[i]);
        pending = 0;
        dropped = false;
        switch (c) {
        case 'h':
            if (flags & TIME_FORCE24HOURFORMAT) put_number(text, hour, count > 2 ? 2 : count);
            else put_number(text, hour % 12 ? hour % 12 : 12, count > 2 ? 2 : count);
            break;
        case 'H': put_number(text, hour, count > 2 ? 2 : count); break;
        case 'm': put_number(text, time->wMinute, count > 2 ? 2 : count); break;
        case 's': put_number(text, time->wSecond, count > 2 ? 2 : count); break;
        case 't': {
            const WCHAR *marker = name(locale, hour < 12 ? LOCALE_S1159 : LOCALE_S2359);
            if (count == 1) {
                if (*marker) put(text, *marker);
            } else put_text(text, marker);
        }
        }
    }
    if (!dropped)
        for (int i = 0; i < pending; i++) put(text, waiting[i]);
}

static int finish(struct text *text)
{
    put(text, 0);
    if (text->to && text->count > text->room) return set_error(ERROR_INSUFFICIENT_BUFFER);
    return text->count;
}

static bool valid_date(const SYSTEMTIME *time)
{
    static const BYTE days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = time->wYear;
    if (year < 1601 || year > 30827 || time->wMonth < 1 || time->wMonth > 12 || time->wDay < 1) return false;
    int last = days[time->wMonth - 1];
    if (time->wMonth == 2 && year % 4 == 0 && (year % 100 || year % 400 == 0)) last++;
    return time->wDay <= last;
}

static int format_date(LOCALE_ROW *locale, DWORD flags, const SYSTEMTIME *date, const WCHAR *format, WCHAR *to, int room)
{
    struct text text = {room ? to : NULL, room, 0};
    DWORD picture = flags & (DATE_SHORTDATE | DATE_LONGDATE | DATE_YEARMONTH | DATE_MONTHDAY);
    SYSTEMTIME now;

    if (!locale || room < 0 || (!to && room)) return set_error(ERROR_INVALID_PARAMETER);
    if (flags & ~(DATE_SHORTDATE | DATE_LONGDATE | DATE_USE_ALT_CALENDAR | DATE_YEARMONTH | DATE_MONTHDAY | DATE_LTRREADING |
                  DATE_RTLREADING | DATE_AUTOLAYOUT | LOCALE_NOUSEROVERRIDE | LOCALE_USE_CP_ACP) ||
        picture & (picture - 1) || (format && picture))
        return set_error(ERROR_INVALID_FLAGS);
    if (!date) GetLocalTime(&now), date = &now;
    if (!valid_date(date)) return set_error(ERROR_INVALID_PARAMETER);
    if (!format)
        format = locale_text(locale, picture == DATE_LONGDATE    ? LOCALE_SLONGDATE
                                     : picture == DATE_YEARMONTH ? LOCALE_SYEARMONTH
                                     : picture == DATE_MONTHDAY  ? LOCALE_SMONTHDAY
                                                                 : LOCALE_SSHORTDATE);
    date_picture(&text, locale, format, date);
    return finish(&text);
}

static int format_time(LOCALE_ROW *locale, DWORD flags, const SYSTEMTIME *time, const WCHAR *format, WCHAR *to, int room)
{
    struct text text = {room ? to : NULL, room, 0};
    SYSTEMTIME now;

    if (!locale || room < 0 || (!to && room)) return set_error(ERROR_INVALID_PARAMETER);
    if (flags & ~(TIME_NOMINUTESORSECONDS | TIME_NOSECONDS | TIME_NOTIMEMARKER | TIME_FORCE24HOURFORMAT | LOCALE_NOUSEROVERRIDE |
                  LOCALE_USE_CP_ACP))
        return set_error(ERROR_INVALID_FLAGS);
    if (!time) GetLocalTime(&now), time = &now;
    if (time->wHour > 23 || time->wMinute > 59 || time->wSecond > 59 || time->wMilliseconds > 999)
        return set_error(ERROR_INVALID_PARAMETER);
    time_picture(&text, locale, format ? format : locale_text(locale, LOCALE_STIMEFORMAT), time, flags);
    return finish(&text);
}

int WINAPI GetDateFormatW(LCID lcid, DWORD flags, const SYSTEMTIME *date, const WCHAR *format, WCHAR *to, int room)
{
    return format_date(locale_by_lcid(lcid), flags, date, format, to, room);
}

int WINAPI GetDateFormatEx(const WCHAR *locale, DWORD flags, const SYSTEMTIME *date, const WCHAR *format, WCHAR *to, int room,
                           const WCHAR *calendar)
{
    if (calendar) return set_error(ERROR_INVALID_PARAMETER); /* reserved */
    return format_date(locale_by_name(locale), flags, date, format, to, room);
}

int WINAPI GetTimeFormatW(LCID lcid, DWORD flags, const SYSTEMTIME *time, const WCHAR *format, WCHAR *to, int room)
{
    return format_time(locale_by_lcid(lcid), flags, time, format, to, room);
}

int WINAPI GetTimeFormatEx(const WCHAR *locale, DWORD flags, const SYSTEMTIME *time, const WCHAR *format, WCHAR *to, int room)
{
    return format_time(locale_by_name(locale), flags, time, format, to, room);
}

static int ansi(LCID lcid, DWORD flags, const SYSTEMTIME *time, const char *format, char *to, int room,
                int (*call)(LOCALE_ROW *, DWORD, const SYSTEMTIME *, const WCHAR *, WCHAR *, int))
{
    LOCALE_ROW *locale = locale_by_lcid(lcid);
    UINT codepage;
    WCHAR picture[256], result[512];
    int count;

    if (!locale || room < 0 || (!to && room)) return set_error(ERROR_INVALID_PARAMETER);
    codepage = locale_codepage(locale, flags);
    if (format && !MultiByteToWideChar(codepage, 0, format, -1, picture, 256)) return set_error(ERROR_INVALID_PARAMETER);
    if (!(count = call(locale, flags, time, format ? picture : NULL, result, 512))) return 0;
    return nls_result_ansi(codepage, result, count, to, room);
}

int WINAPI GetDateFormatA(LCID lcid, DWORD flags, const SYSTEMTIME *date, const char *format, char *to, int room)
{
    return ansi(lcid, flags, date, format, to, room, format_date);
}

int WINAPI GetTimeFormatA(LCID lcid, DWORD flags, const SYSTEMTIME *time, const char *format, char *to, int room)
{
    return ansi(lcid, flags, time, format, to, room, format_time);
}
