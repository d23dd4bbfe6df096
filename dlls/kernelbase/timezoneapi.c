/* timezoneapi.h: system times, file times, local times. The zone's own data is in timezone.c. */
#include "kernelbase.h"

#define TICKS_PER_DAY 864000000000ll
#define DAYS_TO_1601 584694 /* from 1 March of year 0, proleptic Gregorian calendar */

/* Days since 1601-01-01 of a date; month 1 to 12. */
static LONGLONG days_of(int year, int month, int day)
{
    if (month <= 2) {
        year--;
        month += 12;
    }
    return 365ll * year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 + day - 1 - DAYS_TO_1601;
}

static int days_in_month(int year, int month)
{
    static const UCHAR days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return days[month - 1] + (month == 2 && !(year % 4) && (year % 100 || !(year % 400)));
}

BOOL WINAPI FileTimeToSystemTime(const FILETIME *file_time, LPSYSTEMTIME time)
{
    LONGLONG ticks = (LONGLONG)file_time->dwHighDateTime << 32 | file_time->dwLowDateTime, days, rest;

    if (ticks < 0) return set_error(ERROR_INVALID_PARAMETER);
    days = ticks / TICKS_PER_DAY;
    rest = ticks % TICKS_PER_DAY / 10000;
    time->wMilliseconds = (WORD)(rest % 1000);
    rest /= 1000;
    time->wSecond = (WORD)(rest % 60);
    time->wMinute = (WORD)(rest / 60 % 60);
    time->wHour = (WORD)(rest / 3600);
    time->wDayOfWeek = (WORD)((days + 1) % 7); /* 1601-01-01 was a Monday */
    /* Civil date from days, with years that start in March. */
    days += DAYS_TO_1601;
    LONGLONG era = days / 146097;
    ULONG day_of_era = (ULONG)(days % 146097);
    ULONG year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    ULONG day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    ULONG month = (5 * day_of_year + 2) / 153;
    time->wDay = (WORD)(day_of_year - (153 * month + 2) / 5 + 1);
    time->wMonth = (WORD)(month < 10 ? month + 3 : month - 9);
    time->wYear = (WORD)(era * 400 + year_of_era + (month >= 10));
    return TRUE;
}

/* wDayOfWeek is ignored. */
BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *time, LPFILETIME file_time)
{
    LONGLONG ticks;

    if (time->wYear < 1601 || time->wYear > 30827 || !time->wMonth || time->wMonth > 12 || !time->wDay ||
        time->wDay > days_in_month(time->wYear, time->wMonth) || time->wHour > 23 || time->wMinute > 59 ||
        time->wSecond > 59 || time->wMilliseconds > 999)
        return set_error(ERROR_INVALID_PARAMETER);
    ticks = days_of(time->wYear, time->wMonth, time->wDay) * TICKS_PER_DAY +
            (((time->wHour * 60ll + time->wMinute) * 60 + time->wSecond) * 1000 + time->wMilliseconds) * 10000;
    if (ticks < 0) return set_error(ERROR_INVALID_PARAMETER);
    file_time->dwLowDateTime = (DWORD)ticks;
    file_time->dwHighDateTime = (DWORD)(ticks >> 32);
    return TRUE;
}

LONG WINAPI CompareFileTime(const FILETIME *first, const FILETIME *second)
{
    ULONGLONG a = (ULONGLONG)first->dwHighDateTime << 32 | first->dwLowDateTime;
    ULONGLONG b = (ULONGLONG)second->dwHighDateTime << 32 | second->dwLowDateTime;

    return a < b ? -1 : a > b;
}

/* ---- MS-DOS times: two seconds, local, from 1980 ---- */

BOOL WINAPI DosDateTimeToFileTime(WORD date, WORD time, LPFILETIME file_time)
{
    SYSTEMTIME fields = {
        .wYear = (date >> 9) + 1980,
        .wMonth = date >> 5 & 15,
        .wDay = date & 31,
        .wHour = time >> 11,
        .wMinute = time >> 5 & 63,
        .wSecond = (time & 31) * 2,
    };

    return SystemTimeToFileTime(&fields, file_time);
}

BOOL WINAPI FileTimeToDosDateTime(const FILETIME *file_time, LPWORD date, LPWORD time)
{
    ULONGLONG ticks = ((ULONGLONG)file_time->dwHighDateTime << 32 | file_time->dwLowDateTime) + 19999999;
    FILETIME rounded = { (DWORD)ticks, (DWORD)(ticks >> 32) }; /* up to the next even second */
    SYSTEMTIME fields;

    if (!FileTimeToSystemTime(&rounded, &fields)) return FALSE;
    if (fields.wYear < 1980 || fields.wYear > 2107) return set_error(ERROR_INVALID_PARAMETER);
    *date = (WORD)((fields.wYear - 1980) << 9 | fields.wMonth << 5 | fields.wDay);
    *time = (WORD)(fields.wHour << 11 | fields.wMinute << 5 | fields.wSecond / 2);
    return TRUE;
}

/* ---- conversion with the rules of a zone ---- */

/* The moment in `year`, local time, that a transition rule names: the nth weekday of a month (5: the last), or with
 * wYear set that one date (timezoneapi.h reference: TIME_ZONE_INFORMATION). */
static LONGLONG transition(const SYSTEMTIME *rule, int year)
{
    int day = rule->wDay;

    if (!rule->wYear) {
        LONGLONG first = days_of(year, rule->wMonth, 1);
        int weekday = (int)((first + 1) % 7);
        day = 1 + (rule->wDayOfWeek - weekday + 7) % 7 + (rule->wDay - 1) * 7;
        while (day > days_in_month(year, rule->wMonth)) day -= 7;
    }
    return days_of(year, rule->wMonth, day) * TICKS_PER_DAY +
           (((rule->wHour * 60ll + rule->wMinute) * 60 + rule->wSecond) * 1000 + rule->wMilliseconds) * 10000;
}

#define MINUTE 600000000ll

/* TIME_ZONE_ID_* in force at `ticks`, which is UTC, or with `local` the zone's own time. */
DWORD zone_at(const TIME_ZONE_INFORMATION *zone, LONGLONG ticks, bool local)
{
    FILETIME file_time;
    SYSTEMTIME fields;
    LONGLONG standard_local = local ? ticks : ticks - zone->Bias * MINUTE, daylight, standard;

    if (!zone->DaylightDate.wMonth || !zone->StandardDate.wMonth) return TIME_ZONE_ID_UNKNOWN;
    file_time = (FILETIME){ (DWORD)standard_local, (DWORD)(standard_local >> 32) };
    if (!FileTimeToSystemTime(&file_time, &fields)) return TIME_ZONE_ID_UNKNOWN;
    daylight = transition(&zone->DaylightDate, fields.wYear);
    standard = transition(&zone->StandardDate, fields.wYear);
    if (!local) {
        /* The rules speak of the local time just before the change. */
        daylight += (zone->Bias + zone->StandardBias) * MINUTE;
        standard += (zone->Bias + zone->DaylightBias) * MINUTE;
    } else {
        daylight -= (zone->DaylightBias - zone->StandardBias) * MINUTE; /* the skipped hour is standard time */
    }
    bool in_daylight = daylight < standard ? ticks >= daylight && ticks < standard
                                           : ticks >= daylight || ticks < standard;
    return in_daylight ? TIME_ZONE_ID_DAYLIGHT : TIME_ZONE_ID_STANDARD;
}

static LONG zone_bias(const TIME_ZONE_INFORMATION *zone, DWORD id)
{
    return zone->Bias + (id == TIME_ZONE_ID_DAYLIGHT ? zone->DaylightBias
                         : id == TIME_ZONE_ID_STANDARD ? zone->StandardBias : 0);
}

static bool convert(const TIME_ZONE_INFORMATION *zone, const SYSTEMTIME *from, SYSTEMTIME *to, bool to_local)
{
    TIME_ZONE_INFORMATION current;
    FILETIME file_time;
    LONGLONG ticks;

    if (!zone) {
        if (GetTimeZoneInformation(&current) == TIME_ZONE_ID_INVALID) return false;
        zone = &current;
    }
    if (!SystemTimeToFileTime(from, &file_time)) return false;
    ticks = (LONGLONG)file_time.dwHighDateTime << 32 | file_time.dwLowDateTime;
    LONGLONG shift = zone_bias(zone, zone_at(zone, ticks, !to_local)) * MINUTE;
    ticks += to_local ? -shift : shift;
    file_time = (FILETIME){ (DWORD)ticks, (DWORD)(ticks >> 32) };
    return FileTimeToSystemTime(&file_time, to);
}

BOOL WINAPI SystemTimeToTzSpecificLocalTime(const TIME_ZONE_INFORMATION *zone, const SYSTEMTIME *universal,
                                            LPSYSTEMTIME local)
{
    return convert(zone, universal, local, true);
}

BOOL WINAPI TzSpecificLocalTimeToSystemTime(const TIME_ZONE_INFORMATION *zone, const SYSTEMTIME *local,
                                            LPSYSTEMTIME universal)
{
    return convert(zone, local, universal, false);
}

/* The rules of the year that the time is in. */
static bool convert_dynamic(const DYNAMIC_TIME_ZONE_INFORMATION *zone, const SYSTEMTIME *from, SYSTEMTIME *to,
                            bool to_local)
{
    TIME_ZONE_INFORMATION year;

    return GetTimeZoneInformationForYear(from->wYear, (DYNAMIC_TIME_ZONE_INFORMATION *)zone, &year) &&
           convert(&year, from, to, to_local);
}

BOOL WINAPI SystemTimeToTzSpecificLocalTimeEx(const DYNAMIC_TIME_ZONE_INFORMATION *zone, const SYSTEMTIME *universal,
                                              LPSYSTEMTIME local)
{
    return convert_dynamic(zone, universal, local, true);
}

BOOL WINAPI TzSpecificLocalTimeToSystemTimeEx(const DYNAMIC_TIME_ZONE_INFORMATION *zone, const SYSTEMTIME *local,
                                              LPSYSTEMTIME universal)
{
    return convert_dynamic(zone, local, universal, false);
}

/* File times use the bias in force now, not at that time (fileapi.h reference: FileTimeToLocalFileTime, remarks). */
static LONGLONG current_bias(void)
{
    TIME_ZONE_INFORMATION zone;
    DWORD id = GetTimeZoneInformation(&zone);

    return zone_bias(&zone, id) * MINUTE;
}

BOOL WINAPI FileTimeToLocalFileTime(const FILETIME *file_time, LPFILETIME local)
{
    LONGLONG ticks = (LONGLONG)file_time->dwHighDateTime << 32 | file_time->dwLowDateTime;

    if (ticks < 0) return set_error(ERROR_INVALID_PARAMETER);
    ticks -= current_bias();
    *local = (FILETIME){ (DWORD)ticks, (DWORD)(ticks >> 32) };
    return TRUE;
}

BOOL WINAPI LocalFileTimeToFileTime(const FILETIME *local, LPFILETIME file_time)
{
    LONGLONG ticks = (LONGLONG)local->dwHighDateTime << 32 | local->dwLowDateTime;

    if (ticks < 0) return set_error(ERROR_INVALID_PARAMETER);
    ticks += current_bias();
    *file_time = (FILETIME){ (DWORD)ticks, (DWORD)(ticks >> 32) };
    return TRUE;
}
