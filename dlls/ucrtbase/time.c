/* Calendar time. Reference: "Time management". Times are seconds since 1970 in UTC; the 32-bit functions end in 2038,
 * the 64-bit ones with the year 3000. */
#include "crt.h"

typedef __int64 time64;
typedef long time32;

#define DAY 86400
#define EPOCH_TICKS 116444736000000000ll
#define LAST_TIME 0x793582affll /* 3000-12-31 23:59:59 UTC and the zones' slack */
#define LAST_TIME32 0x7fffffff

CRTDATA long _timezone = 8 * 3600;
CRTDATA int _daylight = 1;
CRTDATA long _dstbias = -3600;
static char standard_name[64] = "PST", daylight_name[64] = "PDT";
static wchar_t wide_names[2][64] = { L"PST", L"PDT" };
CRTDATA char *_tzname[2] = { standard_name, daylight_name };

static TIME_ZONE_INFORMATION zone;
static BOOL zone_known, zone_from_system;

wchar_t *crt_zone_name(int daylight)
{
    return wide_names[daylight != 0];
}

static void copy_name(int which, const wchar_t *name)
{
    char *narrow = which ? daylight_name : standard_name;

    lstrcpynW(wide_names[which], name, 64);
    if (!WideCharToMultiByte(CP_ACP, 0, name, -1, narrow, 63, NULL, NULL)) *narrow = 0;
}

static int two_numbers(const wchar_t **at)
{
    int value = 0;

    while (**at >= '0' && **at <= '9') value = value * 10 + *(*at)++ - '0';
    return value;
}

/* TZ=abc[+|-]hh[:mm[:ss]][def]: zones of TZ follow the rules of the United States. */
static void zone_from_variable(const wchar_t *text)
{
    wchar_t name[64] = { 0 };
    BOOL negative = FALSE;
    long offset;

    for (int i = 0; i < 3 && *text; i++) name[i] = *text++;
    copy_name(0, name);
    if (*text == '-' || *text == '+') negative = *text++ == '-';
    offset = two_numbers(&text) * 3600;
    if (*text == ':') {
        text++;
        offset += two_numbers(&text) * 60;
        if (*text == ':') {
            text++;
            offset += two_numbers(&text);
        }
    }
    _timezone = negative ? -offset : offset;
    _daylight = *text != 0;
    _dstbias = -3600;
    copy_name(1, text);
}

CRTAPI void _tzset(void)
{
    const wchar_t *variable = _wgetenv(L"TZ");

    _lock(LOCK_TIME);
    if (variable && *variable) {
        zone_from_system = FALSE;
        zone_from_variable(variable);
    } else if (GetTimeZoneInformation(&zone) != TIME_ZONE_ID_INVALID) {
        zone_from_system = TRUE;
        _timezone = (zone.Bias + (zone.StandardDate.wMonth ? zone.StandardBias : 0)) * 60;
        _daylight = zone.DaylightDate.wMonth && zone.DaylightBias;
        _dstbias = _daylight ? (zone.DaylightBias - zone.StandardBias) * 60 : 0;
        copy_name(0, zone.StandardName);
        copy_name(1, zone.DaylightName);
    }
    zone_known = TRUE;
    _unlock(LOCK_TIME);
}

static void need_zone(void)
{
    if (!zone_known) _tzset();
}

static BOOL is_leap(int year)
{
    return (year % 4 == 0 && year % 100) || year % 400 == 0;
}

/* Days from 1970-01-01 to the first of January of YEAR. */
static __int64 days_before(__int64 year)
{
    __int64 y = year - 1;

    return 365 * (year - 1970) + (y >= 0 ? y / 4 - y / 100 + y / 400 : (y - 3) / 4 - (y - 99) / 100 + (y - 399) / 400) - 477;
}

static const short month_start[2][13] = {
    { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365 },
    { 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366 },
};

static void split(time64 time, struct crt_tm *tm)
{
    __int64 days = time / DAY, year;
    int seconds = (int)(time % DAY), leap;

    if (seconds < 0) seconds += DAY, days--;
    tm->tm_hour = seconds / 3600;
    tm->tm_min = seconds / 60 % 60;
    tm->tm_sec = seconds % 60;
    tm->tm_wday = (int)(((days + 4) % 7 + 7) % 7);
    year = 1970 + days / 366;
    while (days_before(year + 1) <= days) year++;
    while (days_before(year) > days) year--;
    tm->tm_year = (int)(year - 1900);
    tm->tm_yday = (int)(days - days_before(year));
    leap = is_leap((int)year);
    tm->tm_mon = 0;
    while (month_start[leap][tm->tm_mon + 1] <= tm->tm_yday) tm->tm_mon++;
    tm->tm_mday = tm->tm_yday - month_start[leap][tm->tm_mon] + 1;
    tm->tm_isdst = 0;
}

/* Seconds of YEAR at which a rule takes effect: a day of a month, or the Nth (5: last) weekday of it. */
static int rule_second(const SYSTEMTIME *rule, int year)
{
    int leap = is_leap(year), month = rule->wMonth - 1, day;

    if (rule->wYear) {
        day = month_start[leap][month] + rule->wDay - 1;
    } else {
        int first = (int)(((days_before(year) + month_start[leap][month] + 4) % 7 + 7) % 7);
        day = (rule->wDayOfWeek - first + 7) % 7 + (rule->wDay - 1) * 7;
        while (day >= month_start[leap][month + 1] - month_start[leap][month]) day -= 7;
        day += month_start[leap][month];
    }
    return day * DAY + rule->wHour * 3600 + rule->wMinute * 60 + rule->wSecond;
}

/* TM is local standard time. */
static BOOL is_daylight(const struct crt_tm *tm)
{
    int year = tm->tm_year + 1900, start, end, now;

    if (!_daylight) return FALSE;
    if (zone_from_system) {
        start = rule_second(&zone.DaylightDate, year);
        end = rule_second(&zone.StandardDate, year);
    } else { /* from 2007: second Sunday of March to first Sunday of November; before: April and October */
        SYSTEMTIME from = { .wMonth = year < 2007 ? 4 : 3, .wDay = year < 2007 ? 1 : 2, .wHour = 2 };
        SYSTEMTIME to = { .wMonth = year < 2007 ? 10 : 11, .wDay = year < 2007 ? 5 : 1, .wHour = 2 };
        start = rule_second(&from, year);
        end = rule_second(&to, year);
    }
    end += _dstbias; /* given in daylight time */
    now = tm->tm_yday * DAY + tm->tm_hour * 3600 + tm->tm_min * 60 + tm->tm_sec;
    return start < end ? now >= start && now < end : now < end || now >= start;
}

static void split_local(time64 time, struct crt_tm *tm)
{
    need_zone();
    split(time - _timezone, tm);
    if (is_daylight(tm)) {
        split(time - _timezone - _dstbias, tm);
        tm->tm_isdst = 1;
    }
}

static void no_time(struct crt_tm *tm)
{
    memset(tm, 0xff, sizeof(*tm));
}

CRTAPI errno_t _gmtime64_s(struct crt_tm *tm, const time64 *time)
{
    REQUIRE(tm, EINVAL, EINVAL);
    no_time(tm);
    REQUIRE(time, EINVAL, EINVAL);
    if (*time < -43200 || *time > LAST_TIME) {
        errno = EINVAL;
        return EINVAL;
    }
    split(*time, tm);
    return 0;
}

CRTAPI errno_t _localtime64_s(struct crt_tm *tm, const time64 *time)
{
    REQUIRE(tm, EINVAL, EINVAL);
    no_time(tm);
    REQUIRE(time, EINVAL, EINVAL);
    if (*time < 0 || *time > LAST_TIME) {
        errno = EINVAL;
        return EINVAL;
    }
    split_local(*time, tm);
    return 0;
}

CRTAPI errno_t _gmtime32_s(struct crt_tm *tm, const time32 *time)
{
    time64 wide = time ? *time : 0;

    return _gmtime64_s(tm, time ? &wide : NULL);
}

CRTAPI errno_t _localtime32_s(struct crt_tm *tm, const time32 *time)
{
    time64 wide = time ? *time : 0;

    return _localtime64_s(tm, time ? &wide : NULL);
}

#define TO_THREAD(name, type, split)                                                                                    \
    CRTAPI struct crt_tm *name(const type *time)                                                                        \
    {                                                                                                                   \
        struct crt_tm *tm = &thread_data()->tm;                                                                         \
        return split(tm, time) ? NULL : tm;                                                                             \
    }

TO_THREAD(_gmtime64, time64, _gmtime64_s)
TO_THREAD(_gmtime32, time32, _gmtime32_s)
TO_THREAD(_localtime64, time64, _localtime64_s)
TO_THREAD(_localtime32, time32, _localtime32_s)

/* mktime's work: fields may be out of range. */
static time64 join(struct crt_tm *tm, BOOL local, time64 limit)
{
    __int64 year, month, time;

    REQUIRE(tm, EINVAL, -1);
    month = tm->tm_mon;
    year = (__int64)tm->tm_year + 1900 + month / 12;
    month %= 12;
    if (month < 0) month += 12, year--;
    if (year < 1969 || year > 3001) goto failed;
    time = (days_before(year) + month_start[is_leap((int)year)][month] + tm->tm_mday - 1) * DAY + (__int64)tm->tm_hour * 3600 +
           (__int64)tm->tm_min * 60 + tm->tm_sec;
    if (local) {
        struct crt_tm standard;
        need_zone();
        split(time, &standard);
        time += _timezone;
        /* isdst unknown: the rules say, where TM is what the clock shows */
        if (tm->tm_isdst > 0) {
            time += _dstbias;
        } else if (tm->tm_isdst < 0) {
            struct crt_tm shown;
            split_local(time + _dstbias, &shown);
            if (shown.tm_isdst && shown.tm_hour == standard.tm_hour && shown.tm_min == standard.tm_min) time += _dstbias;
        }
        if (time < 0 || time > limit) goto failed;
        split_local(time, tm);
    } else {
        if (time < 0 || time > limit) goto failed;
        split(time, tm);
    }
    return time;
failed:
    errno = EINVAL;
    return -1;
}

CRTAPI time64 _mktime64(struct crt_tm *tm)
{
    return join(tm, TRUE, LAST_TIME);
}

CRTAPI time32 _mktime32(struct crt_tm *tm)
{
    return (time32)join(tm, TRUE, LAST_TIME32);
}

CRTAPI time64 _mkgmtime64(struct crt_tm *tm)
{
    return join(tm, FALSE, LAST_TIME);
}

CRTAPI time32 _mkgmtime32(struct crt_tm *tm)
{
    return (time32)join(tm, FALSE, LAST_TIME32);
}

static __int64 now_ticks(void)
{
    FILETIME now;

    GetSystemTimeAsFileTime(&now);
    return ((__int64)now.dwHighDateTime << 32 | now.dwLowDateTime) - EPOCH_TICKS;
}

CRTAPI time64 _time64(time64 *time)
{
    time64 now = now_ticks() / 10000000;

    if (time) *time = now;
    return now;
}

CRTAPI time32 _time32(time32 *time)
{
    time32 now = (time32)_time64(NULL);

    if (time) *time = now;
    return now;
}

CRTAPI double _difftime64(time64 end, time64 start)
{
    REQUIRE(end >= 0 && start >= 0, EINVAL, 0);
    return (double)(end - start);
}

CRTAPI double _difftime32(time32 end, time32 start)
{
    REQUIRE(end >= 0 && start >= 0, EINVAL, 0);
    return (double)end - start;
}

/* Milliseconds since the process began. */
CRTAPI long clock(void)
{
    static __int64 start;
    FILETIME created, ended, kernel, user;

    if (!start && GetProcessTimes(GetCurrentProcess(), &created, &ended, &kernel, &user))
        start = ((__int64)created.dwHighDateTime << 32 | created.dwLowDateTime) - EPOCH_TICKS;
    return (long)((now_ticks() - start) / 10000);
}

struct time_spec64 {
    time64 seconds;
    long nanoseconds;
};
struct time_spec32 {
    time32 seconds;
    long nanoseconds;
};

CRTAPI int _timespec64_get(struct time_spec64 *spec, int base)
{
    __int64 now = now_ticks();

    if (!spec || base != 1) return 0;
    spec->seconds = now / 10000000;
    spec->nanoseconds = (long)(now % 10000000 * 100);
    return base;
}

CRTAPI int _timespec32_get(struct time_spec32 *spec, int base)
{
    __int64 now = now_ticks();

    if (!spec || base != 1) return 0;
    spec->seconds = (time32)(now / 10000000);
    spec->nanoseconds = (long)(now % 10000000 * 100);
    return base;
}

struct timeb64 {
    time64 time;
    unsigned short millitm;
    short timezone, dstflag;
};
struct timeb32 {
    time32 time;
    unsigned short millitm;
    short timezone, dstflag;
};

#define FTIME(name, type)                                                                                               \
    CRTAPI errno_t name##_s(struct type *result)                                                                        \
    {                                                                                                                   \
        __int64 now = now_ticks();                                                                                      \
        struct crt_tm tm;                                                                                               \
        REQUIRE(result, EINVAL, EINVAL);                                                                                \
        split_local(now / 10000000, &tm);                                                                               \
        result->time = now / 10000000;                                                                                  \
        result->millitm = (unsigned short)(now / 10000 % 1000);                                                         \
        result->timezone = (short)(_timezone / 60);                                                                     \
        result->dstflag = (short)tm.tm_isdst;                                                                           \
        return 0;                                                                                                       \
    }                                                                                                                   \
    CRTAPI void name(struct type *result)                                                                               \
    {                                                                                                                   \
        name##_s(result);                                                                                               \
    }

FTIME(_ftime64, timeb64)
FTIME(_ftime32, timeb32)

CRTAPI errno_t _get_timezone(long *value)
{
    REQUIRE(value, EINVAL, EINVAL);
    *value = _timezone;
    return 0;
}

CRTAPI errno_t _get_daylight(int *value)
{
    REQUIRE(value, EINVAL, EINVAL);
    *value = _daylight;
    return 0;
}

CRTAPI errno_t _get_dstbias(long *value)
{
    REQUIRE(value, EINVAL, EINVAL);
    *value = _dstbias;
    return 0;
}

CRTAPI errno_t _get_tzname(size_t *needed, char *buffer, size_t size, int index)
{
    size_t length;

    REQUIRE((buffer && size) || (!buffer && !size), EINVAL, EINVAL);
    if (buffer) *buffer = 0;
    REQUIRE(needed && (index == 0 || index == 1), EINVAL, EINVAL);
    length = strlen(_tzname[index]) + 1;
    *needed = length;
    if (!buffer) return 0;
    if (length > size) return ERANGE;
    memcpy(buffer, _tzname[index], length);
    return 0;
}

#ifndef FERRY_MSVCRT
CRTAPI long *__timezone(void)
{
    return &_timezone;
}

CRTAPI int *__daylight(void)
{
    return &_daylight;
}

CRTAPI long *__dstbias(void)
{
    return &_dstbias;
}

CRTAPI char **__tzname(void)
{
    return _tzname;
}
#else
CRTAPI long *__p__timezone(void)
{
    return &_timezone;
}

CRTAPI int *__p__daylight(void)
{
    return &_daylight;
}

CRTAPI long *__p__dstbias(void)
{
    return &_dstbias;
}

CRTAPI char **__p__tzname(void)
{
    return _tzname;
}

/* time_t has the width of a pointer in msvcrt. */
#ifdef _WIN64
#define NATIVE(name) _##name##64
typedef time64 native_time;
#else
#define NATIVE(name) _##name##32
typedef time32 native_time;
#endif

CRTAPI native_time time(native_time *result)
{
    return NATIVE(time)(result);
}

CRTAPI struct crt_tm *gmtime(const native_time *time)
{
    return NATIVE(gmtime)(time);
}

CRTAPI struct crt_tm *localtime(const native_time *time)
{
    return NATIVE(localtime)(time);
}

CRTAPI native_time mktime(struct crt_tm *tm)
{
    return NATIVE(mktime)(tm);
}

CRTAPI native_time _mkgmtime(struct crt_tm *tm)
{
    return NATIVE(mkgmtime)(tm);
}

CRTAPI double difftime(native_time end, native_time start)
{
    return NATIVE(difftime)(end, start);
}

#ifdef _WIN64
CRTAPI void _ftime(struct timeb64 *result)
{
    _ftime64(result);
}

CRTAPI errno_t _ftime_s(struct timeb64 *result)
{
    return _ftime64_s(result);
}
#else
CRTAPI void _ftime(struct timeb32 *result)
{
    _ftime32(result);
}

CRTAPI errno_t _ftime_s(struct timeb32 *result)
{
    return _ftime32_s(result);
}
#endif
#endif
