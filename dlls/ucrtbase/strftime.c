/* Times as text. Reference: "strftime, wcsftime", "asctime", "ctime", "_strdate", "_strtime".
 *
 * Everything is done in wide characters; the narrow functions convert by the locale. */
#include "crt.h"

typedef __int64 time64;
typedef long time32;
wchar_t *crt_zone_name(int daylight);
errno_t _localtime64_s(struct crt_tm *tm, const time64 *time);
time64 _time64(time64 *time);

struct text {
    wchar_t *at;
    size_t left;
    BOOL full, invalid;
};

static void put(struct text *text, wchar_t c)
{
    if (!text->left) {
        text->full = TRUE;
        return;
    }
    *text->at++ = c;
    text->left--;
}

static void put_text(struct text *text, const wchar_t *value)
{
    while (*value) put(text, *value++);
}

static void put_number(struct text *text, int value, int width, wchar_t pad)
{
    wchar_t digits[12];
    int count = 0;

    if (value < 0) put(text, '-'), value = -value;
    do digits[count++] = (wchar_t)('0' + value % 10);
    while (value /= 10);
    while (width > count) put(text, pad), width--;
    while (count) put(text, digits[--count]);
}

/* A picture as GetDateFormat and GetTimeFormat take it. */
static void put_picture(struct text *text, const wchar_t *picture, const struct crt_tm *tm, const struct time_names *names)
{
    int hour12 = tm->tm_hour % 12 ? tm->tm_hour % 12 : 12;

    while (*picture) {
        wchar_t c = *picture;
        int count = 0;
        if (c == '\'') {
            for (picture++; *picture && *picture != '\''; picture++) put(text, *picture);
            if (*picture) picture++;
            continue;
        }
        while (picture[count] == c) count++;
        switch (c) {
        case 'd':
            if (count <= 2) put_number(text, tm->tm_mday, count, '0');
            else put_text(text, count == 3 ? names->wday_short[tm->tm_wday] : names->wday[tm->tm_wday]);
            break;
        case 'M':
            if (count <= 2) put_number(text, tm->tm_mon + 1, count, '0');
            else put_text(text, count == 3 ? names->month_short[tm->tm_mon] : names->month[tm->tm_mon]);
            break;
        case 'y': put_number(text, count <= 2 ? tm->tm_year % 100 : tm->tm_year + 1900, count <= 2 ? 2 : 4, '0'); break;
        case 'h': put_number(text, hour12, count, '0'); break;
        case 'H': put_number(text, tm->tm_hour, count, '0'); break;
        case 'm': put_number(text, tm->tm_min, count, '0'); break;
        case 's': put_number(text, tm->tm_sec, count, '0'); break;
        case 't': {
            const wchar_t *half = names->ampm[tm->tm_hour >= 12];
            if (count == 1 && *half) put(text, *half);
            else put_text(text, half);
            break;
        }
        case 'g': break;
        default:
            for (int i = 0; i < count; i++) put(text, c);
        }
        picture += count;
    }
}

static void put_zone(struct text *text, const struct crt_tm *tm)
{
    extern long _timezone, _dstbias;
    long offset = -(_timezone + (tm->tm_isdst > 0 ? _dstbias : 0)) / 60;

    put(text, offset < 0 ? '-' : '+');
    if (offset < 0) offset = -offset;
    put_number(text, (int)(offset / 60), 2, '0');
    put_number(text, (int)(offset % 60), 2, '0');
}

/* ISO 8601 week and its year. */
static int iso_week(const struct crt_tm *tm, int *year)
{
    int weekday = (tm->tm_wday + 6) % 7, week = (tm->tm_yday - weekday + 10) / 7, y = tm->tm_year + 1900;
    int length = (y % 4 == 0 && y % 100) || y % 400 == 0 ? 366 : 365;

    *year = y;
    if (week < 1) {
        int before = y - 1, days = (before % 4 == 0 && before % 100) || before % 400 == 0 ? 366 : 365;
        *year = before;
        return (tm->tm_yday + days - weekday + 10) / 7;
    }
    if (week == 53 && tm->tm_yday - weekday + 3 >= length) {
        ++*year;
        return 1;
    }
    return week;
}

#define CHECK(condition)                                                                                                \
    if (!(condition)) {                                                                                                 \
        text->invalid = TRUE;                                                                                           \
        return;                                                                                                         \
    }

static void put_format(struct text *text, const wchar_t *format, const struct crt_tm *tm, const struct time_names *names);

static void put_conversion(struct text *text, wchar_t type, BOOL alternate, const struct crt_tm *tm,
                           const struct time_names *names)
{
    int pad = alternate ? 0 : 2, year;

    switch (type) {
    case 'a':
    case 'A':
        CHECK(tm->tm_wday >= 0 && tm->tm_wday <= 6);
        put_text(text, type == 'a' ? names->wday_short[tm->tm_wday] : names->wday[tm->tm_wday]);
        break;
    case 'b':
    case 'B':
#ifndef FERRY_MSVCRT
    case 'h':
#endif
        CHECK(tm->tm_mon >= 0 && tm->tm_mon <= 11);
        put_text(text, type != 'B' ? names->month_short[tm->tm_mon] : names->month[tm->tm_mon]);
        break;
    case 'd':
        CHECK(tm->tm_mday >= 1 && tm->tm_mday <= 31);
        put_number(text, tm->tm_mday, pad, '0');
        break;
    case 'H':
        CHECK(tm->tm_hour >= 0 && tm->tm_hour <= 23);
        put_number(text, tm->tm_hour, pad, '0');
        break;
    case 'I':
        CHECK(tm->tm_hour >= 0 && tm->tm_hour <= 23);
        put_number(text, tm->tm_hour % 12 ? tm->tm_hour % 12 : 12, pad, '0');
        break;
    case 'j':
        CHECK(tm->tm_yday >= 0 && tm->tm_yday <= 365);
        put_number(text, tm->tm_yday + 1, alternate ? 0 : 3, '0');
        break;
    case 'm':
        CHECK(tm->tm_mon >= 0 && tm->tm_mon <= 11);
        put_number(text, tm->tm_mon + 1, pad, '0');
        break;
    case 'M':
        CHECK(tm->tm_min >= 0 && tm->tm_min <= 59);
        put_number(text, tm->tm_min, pad, '0');
        break;
    case 'p':
        CHECK(tm->tm_hour >= 0 && tm->tm_hour <= 23);
        put_text(text, names->ampm[tm->tm_hour >= 12]);
        break;
    case 'S':
        CHECK(tm->tm_sec >= 0 && tm->tm_sec <= 60);
        put_number(text, tm->tm_sec, pad, '0');
        break;
    case 'U':
        CHECK(tm->tm_wday >= 0 && tm->tm_wday <= 6 && tm->tm_yday >= 0 && tm->tm_yday <= 365);
        put_number(text, (tm->tm_yday + 7 - tm->tm_wday) / 7, pad, '0');
        break;
    case 'W':
        CHECK(tm->tm_wday >= 0 && tm->tm_wday <= 6 && tm->tm_yday >= 0 && tm->tm_yday <= 365);
        put_number(text, (tm->tm_yday + 7 - (tm->tm_wday + 6) % 7) / 7, pad, '0');
        break;
    case 'w':
        CHECK(tm->tm_wday >= 0 && tm->tm_wday <= 6);
        put_number(text, tm->tm_wday, 0, '0');
        break;
    case 'y':
        CHECK(tm->tm_year >= -1900 && tm->tm_year <= 8099);
        put_number(text, (tm->tm_year + 1900) % 100, pad, '0');
        break;
    case 'Y':
        CHECK(tm->tm_year >= -1900 && tm->tm_year <= 8099);
        put_number(text, tm->tm_year + 1900, alternate ? 0 : 4, '0');
        break;
    case 'c':
#ifndef FERRY_MSVCRT
        if (!*names->locale_name && !alternate) {
            put_format(text, L"%a %b %e %H:%M:%S %Y", tm, names);
            break;
        }
#endif
        put_picture(text, alternate ? names->date_long : names->date_short, tm, names);
        put(text, ' ');
        put_picture(text, names->time, tm, names);
        break;
    case 'x': put_picture(text, alternate ? names->date_long : names->date_short, tm, names); break;
    case 'X': put_picture(text, names->time, tm, names); break;
    case 'z':
#ifdef FERRY_MSVCRT
        put_text(text, crt_zone_name(tm->tm_isdst > 0));
#else
        put_zone(text, tm);
#endif
        break;
    case 'Z': put_text(text, crt_zone_name(tm->tm_isdst > 0)); break;
    case '%': put(text, '%'); break;
#ifndef FERRY_MSVCRT
    case 'C': put_number(text, (tm->tm_year + 1900) / 100, pad, '0'); break;
    case 'D': put_format(text, L"%m/%d/%y", tm, names); break;
    case 'e': put_number(text, tm->tm_mday, pad, ' '); break;
    case 'F': put_format(text, L"%Y-%m-%d", tm, names); break;
    case 'g':
        iso_week(tm, &year);
        put_number(text, year % 100, pad, '0');
        break;
    case 'G':
        iso_week(tm, &year);
        put_number(text, year, alternate ? 0 : 4, '0');
        break;
    case 'V': put_number(text, iso_week(tm, &year), pad, '0'); break;
    case 'n': put(text, '\n'); break;
    case 't': put(text, '\t'); break;
    case 'r':
        if (*names->locale_name) put_picture(text, names->time, tm, names);
        else put_format(text, L"%I:%M:%S %p", tm, names);
        break;
    case 'R': put_format(text, L"%H:%M", tm, names); break;
    case 'T': put_format(text, L"%H:%M:%S", tm, names); break;
    case 'u': put_number(text, tm->tm_wday ? tm->tm_wday : 7, 0, '0'); break;
#endif
    default:
        (void)put_zone;
        (void)iso_week;
        (void)year;
        text->invalid = TRUE;
    }
}

static void put_format(struct text *text, const wchar_t *format, const struct crt_tm *tm, const struct time_names *names)
{
    while (*format && !text->invalid && !text->full) {
        BOOL alternate = FALSE;
        if (*format != '%') {
            put(text, *format++);
            continue;
        }
        format++;
        if (*format == '#') alternate = TRUE, format++;
#ifndef FERRY_MSVCRT
        else if (*format == 'E' || *format == 'O') format++;
#endif
        if (!*format) {
            text->invalid = TRUE;
            return;
        }
        put_conversion(text, *format++, alternate, tm, names);
    }
}

static size_t format_time(wchar_t *buffer, size_t size, const wchar_t *format, const struct crt_tm *tm,
                          const struct time_names *names)
{
    struct text text = { buffer, size };

    REQUIRE(buffer && size, EINVAL, 0);
    *buffer = 0;
    REQUIRE(format && tm, EINVAL, 0);
    _tzset();
    put_format(&text, format, tm, names);
    if (text.invalid) {
        *buffer = 0;
        REQUIRE(FALSE, EINVAL, 0);
    }
    put(&text, 0);
    if (!text.full) return size - text.left - 1;
    *buffer = 0;
    errno = ERANGE;
    return 0;
}

CRTAPI size_t _Wcsftime(wchar_t *buffer, size_t size, const wchar_t *format, const struct crt_tm *tm, void *names)
{
    return format_time(buffer, size, format, tm, names ? names : crt_locale(NULL)->time);
}

CRTAPI size_t _wcsftime_l(wchar_t *buffer, size_t size, const wchar_t *format, const struct crt_tm *tm, _locale_t locale)
{
    return format_time(buffer, size, format, tm, crt_locale(locale)->time);
}

CRTAPI size_t wcsftime(wchar_t *buffer, size_t size, const wchar_t *format, const struct crt_tm *tm)
{
    return _wcsftime_l(buffer, size, format, tm, NULL);
}

static size_t format_narrow(char *buffer, size_t size, const char *format, const struct crt_tm *tm,
                            const struct time_names *names, struct crt_locale *locale)
{
    UINT page = locale->base.lc_codepage ? locale->base.lc_codepage : CP_ACP;
    wchar_t *wide_format, *wide;
    size_t result = 0, count;
    int length;

    REQUIRE(buffer && size, EINVAL, 0);
    *buffer = 0;
    REQUIRE(format && tm, EINVAL, 0);
    length = MultiByteToWideChar(page, 0, format, -1, NULL, 0);
    count = min(size, 16384) + 1;
    wide_format = malloc(length * sizeof(wchar_t));
    wide = malloc(count * sizeof(wchar_t));
    if (wide_format && wide && length) {
        MultiByteToWideChar(page, 0, format, -1, wide_format, length);
        if (format_time(wide, count, wide_format, tm, names)) {
            int bytes = WideCharToMultiByte(page, 0, wide, -1, NULL, 0, NULL, NULL);
            if (bytes && (size_t)bytes <= size) {
                WideCharToMultiByte(page, 0, wide, -1, buffer, bytes, NULL, NULL);
                result = bytes - 1;
            } else {
                errno = ERANGE;
            }
        }
    }
    free(wide_format);
    free(wide);
    return result;
}

CRTAPI size_t _Strftime(char *buffer, size_t size, const char *format, const struct crt_tm *tm, void *names)
{
    struct crt_locale *locale = crt_locale(NULL);

    return format_narrow(buffer, size, format, tm, names ? names : locale->time, locale);
}

CRTAPI size_t _strftime_l(char *buffer, size_t size, const char *format, const struct crt_tm *tm, _locale_t pair)
{
    struct crt_locale *locale = crt_locale(pair);

    return format_narrow(buffer, size, format, tm, locale->time, locale);
}

CRTAPI size_t strftime(char *buffer, size_t size, const char *format, const struct crt_tm *tm)
{
    return _strftime_l(buffer, size, format, tm, NULL);
}

/* ---- fixed forms ---- */

static BOOL asctime_text(wchar_t *buffer, const struct crt_tm *tm)
{
    struct text text = { buffer, 26 };

    if (tm->tm_wday < 0 || tm->tm_wday > 6 || tm->tm_mon < 0 || tm->tm_mon > 11 || tm->tm_year < 0 || tm->tm_mday < 1 ||
        tm->tm_mday > 31 || tm->tm_hour < 0 || tm->tm_hour > 23 || tm->tm_min < 0 || tm->tm_min > 59 || tm->tm_sec < 0 ||
        tm->tm_sec > 60)
        return FALSE;
    put_text(&text, c_locale.time->wday_short[tm->tm_wday]);
    put(&text, ' ');
    put_text(&text, c_locale.time->month_short[tm->tm_mon]);
    put(&text, ' ');
#ifdef FERRY_MSVCRT
    put_number(&text, tm->tm_mday, 2, '0');
#else
    put_number(&text, tm->tm_mday, 2, ' ');
#endif
    put(&text, ' ');
    put_number(&text, tm->tm_hour, 2, '0');
    put(&text, ':');
    put_number(&text, tm->tm_min, 2, '0');
    put(&text, ':');
    put_number(&text, tm->tm_sec, 2, '0');
    put(&text, ' ');
    put_number(&text, tm->tm_year + 1900, 4, '0');
    put(&text, '\n');
    put(&text, 0);
    return !text.full;
}

#define FORMS(CHAR, asctime, asctime_s, field)                                                                          \
    CRTAPI errno_t asctime_s(CHAR *buffer, size_t size, const struct crt_tm *tm)                                        \
    {                                                                                                                   \
        wchar_t text[32];                                                                                               \
        REQUIRE(buffer && size, EINVAL, EINVAL);                                                                        \
        *buffer = 0;                                                                                                    \
        REQUIRE(size >= 26 && tm, EINVAL, EINVAL);                                                                      \
        REQUIRE(asctime_text(text, tm), EINVAL, EINVAL);                                                                \
        for (int i = 0; i < 26; i++) buffer[i] = (CHAR)text[i];                                                         \
        return 0;                                                                                                       \
    }                                                                                                                   \
    CRTAPI CHAR *asctime(const struct crt_tm *tm)                                                                       \
    {                                                                                                                   \
        CHAR *buffer = thread_data()->field;                                                                            \
        return asctime_s(buffer, 32, tm) ? NULL : buffer;                                                               \
    }

FORMS(char, asctime, asctime_s, asctime_text)
FORMS(wchar_t, _wasctime, _wasctime_s, wasctime_text)

#define CTIME(CHAR, type, name, asctime, asctime_s)                                                                     \
    CRTAPI errno_t name##_s(CHAR *buffer, size_t size, const type *time)                                                \
    {                                                                                                                   \
        struct crt_tm tm;                                                                                               \
        time64 wide;                                                                                                    \
        errno_t error;                                                                                                  \
        REQUIRE(buffer && size >= 26, EINVAL, EINVAL);                                                                  \
        *buffer = 0;                                                                                                    \
        REQUIRE(time && *time >= 0, EINVAL, EINVAL);                                                                    \
        wide = *time;                                                                                                   \
        error = _localtime64_s(&tm, &wide);                                                                             \
        return error ? error : asctime_s(buffer, size, &tm);                                                            \
    }                                                                                                                   \
    CRTAPI CHAR *name(const type *time)                                                                                 \
    {                                                                                                                   \
        struct crt_tm tm;                                                                                               \
        time64 wide;                                                                                                    \
        REQUIRE(time, EINVAL, NULL);                                                                                    \
        wide = *time;                                                                                                   \
        return wide < 0 || _localtime64_s(&tm, &wide) ? NULL : asctime(&tm);                                            \
    }

CTIME(char, time64, _ctime64, asctime, asctime_s)
CTIME(char, time32, _ctime32, asctime, asctime_s)
CTIME(wchar_t, time64, _wctime64, _wasctime, _wasctime_s)
CTIME(wchar_t, time32, _wctime32, _wasctime, _wasctime_s)

#ifdef FERRY_MSVCRT
#ifdef _WIN64
CTIME(char, time64, ctime, asctime, asctime_s)
CTIME(wchar_t, time64, _wctime, _wasctime, _wasctime_s)
#else
CTIME(char, time32, ctime, asctime, asctime_s)
CTIME(wchar_t, time32, _wctime, _wasctime, _wasctime_s)
#endif
#endif

/* "mm/dd/yy" and "hh:mm:ss" of now */
static void now_text(wchar_t *text, BOOL date)
{
    SYSTEMTIME now;
    int parts[3];

    GetLocalTime(&now);
    parts[0] = date ? now.wMonth : now.wHour;
    parts[1] = date ? now.wDay : now.wMinute;
    parts[2] = date ? now.wYear % 100 : now.wSecond;
    for (int i = 0; i < 3; i++) {
        text[i * 3] = (wchar_t)('0' + parts[i] / 10);
        text[i * 3 + 1] = (wchar_t)('0' + parts[i] % 10);
        text[i * 3 + 2] = i == 2 ? 0 : date ? '/' : ':';
    }
}

#define NOW(CHAR, name, date)                                                                                           \
    CRTAPI errno_t name##_s(CHAR *buffer, size_t size)                                                                  \
    {                                                                                                                   \
        wchar_t text[9];                                                                                                \
        REQUIRE(buffer && size, EINVAL, EINVAL);                                                                        \
        *buffer = 0;                                                                                                    \
        REQUIRE(size >= 9, ERANGE, ERANGE);                                                                             \
        now_text(text, date);                                                                                           \
        for (int i = 0; i < 9; i++) buffer[i] = (CHAR)text[i];                                                          \
        return 0;                                                                                                       \
    }                                                                                                                   \
    CRTAPI CHAR *name(CHAR *buffer)                                                                                     \
    {                                                                                                                   \
        return name##_s(buffer, 9) ? NULL : buffer;                                                                     \
    }

NOW(char, _strdate, TRUE)
NOW(char, _strtime, FALSE)
NOW(wchar_t, _wstrdate, TRUE)
NOW(wchar_t, _wstrtime, FALSE)
