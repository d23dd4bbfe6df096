/* Times: 100 ns units since 1601 in UTC, fields of the Gregorian calendar, seconds of 1970 and 1980. */
#include "ntdll.h"

#define SECOND 10000000ll
#define DAY (86400 * SECOND)
#define SECONDS_1601_TO_1970 11644473600ll
#define SECONDS_1601_TO_1980 11960006400ll

/* Days from 1601-01-01 to the first of a month; months beyond 12 carry. */
static int days_before(int year, int month)
{
    static const short months[12] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
    int y = year - 1601;
    bool leap = (year % 4 == 0 && year % 100) || year % 400 == 0;

    return y * 365 + y / 4 - y / 100 + y / 400 + months[month - 1] + (month > 2 && leap);
}

void NTAPI RtlTimeToTimeFields(const LARGE_INTEGER *time, TIME_FIELDS *fields)
{
    LONGLONG days = time->QuadPart / DAY, rest = time->QuadPart % DAY;

    fields->Hour = (SHORT)(rest / (3600 * SECOND));
    fields->Minute = (SHORT)(rest / (60 * SECOND) % 60);
    fields->Second = (SHORT)(rest / SECOND % 60);
    fields->Milliseconds = (SHORT)(rest / 10000 % 1000);
    fields->Weekday = (SHORT)((days + 1) % 7); /* 1601-01-01 was a Monday */
    int year = (int)(days * 400 / 146097) + 1601;
    while (days_before(year, 1) > days) year--;
    while (days_before(year + 1, 1) <= days) year++;
    int month = 12;
    while (days_before(year, month) > days) month--;
    fields->Year = (SHORT)year;
    fields->Month = (SHORT)month;
    fields->Day = (SHORT)(days - days_before(year, month) + 1);
}

/* FALSE for a date that does not exist. Weekday is not looked at. */
BOOLEAN NTAPI RtlTimeFieldsToTime(TIME_FIELDS *fields, LARGE_INTEGER *time)
{
    if (fields->Milliseconds < 0 || fields->Milliseconds > 999 || fields->Second < 0 || fields->Second > 59 ||
        fields->Minute < 0 || fields->Minute > 59 || fields->Hour < 0 || fields->Hour > 23 || fields->Month < 1 ||
        fields->Month > 12 || fields->Year < 1601 || fields->Year > 30827 || fields->Day < 1)
        return FALSE;
    int next = fields->Month == 12 ? days_before(fields->Year + 1, 1) : days_before(fields->Year, fields->Month + 1);
    int first = days_before(fields->Year, fields->Month);
    if (fields->Day > next - first) return FALSE;
    time->QuadPart = (first + fields->Day - 1) * DAY +
                     ((fields->Hour * 60 + fields->Minute) * 60 + fields->Second) * SECOND + fields->Milliseconds * 10000ll;
    return TRUE;
}

void NTAPI RtlTimeToElapsedTimeFields(const LARGE_INTEGER *time, TIME_FIELDS *fields)
{
    LONGLONG rest = time->QuadPart % DAY;

    fields->Year = fields->Month = 0;
    fields->Day = (SHORT)(time->QuadPart / DAY);
    fields->Hour = (SHORT)(rest / (3600 * SECOND));
    fields->Minute = (SHORT)(rest / (60 * SECOND) % 60);
    fields->Second = (SHORT)(rest / SECOND % 60);
    fields->Milliseconds = (SHORT)(rest / 10000 % 1000);
}

static BOOLEAN seconds_since(const LARGE_INTEGER *time, LONGLONG epoch, ULONG *seconds)
{
    LONGLONG value = time->QuadPart / SECOND - epoch;

    if (value < 0 || value > 0xffffffffll) return FALSE;
    *seconds = (ULONG)value;
    return TRUE;
}

BOOLEAN NTAPI RtlTimeToSecondsSince1970(LARGE_INTEGER *time, ULONG *seconds)
{
    return seconds_since(time, SECONDS_1601_TO_1970, seconds);
}

BOOLEAN NTAPI RtlTimeToSecondsSince1980(LARGE_INTEGER *time, ULONG *seconds)
{
    return seconds_since(time, SECONDS_1601_TO_1980, seconds);
}

void NTAPI RtlSecondsSince1970ToTime(ULONG seconds, LARGE_INTEGER *time)
{
    time->QuadPart = (seconds + SECONDS_1601_TO_1970) * SECOND;
}

void NTAPI RtlSecondsSince1980ToTime(ULONG seconds, LARGE_INTEGER *time)
{
    time->QuadPart = (seconds + SECONDS_1601_TO_1980) * SECOND;
}

/* KUSER_SHARED_DATA: TimeZoneBias, written in three parts so that a torn read shows. */
static LONGLONG time_zone_bias(void)
{
    volatile LONG *part = (volatile LONG *)0x7ffe0020;
    LONG high, low;

    do {
        high = part[1];
        low = part[0];
    } while (high != part[2]);
    return (LONGLONG)high << 32 | (ULONG)low;
}

NTSTATUS NTAPI RtlLocalTimeToSystemTime(LARGE_INTEGER *local, LARGE_INTEGER *system)
{
    system->QuadPart = local->QuadPart + time_zone_bias();
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlSystemTimeToLocalTime(const LARGE_INTEGER *system, LARGE_INTEGER *local)
{
    local->QuadPart = system->QuadPart - time_zone_bias();
    return STATUS_SUCCESS;
}

LONGLONG NTAPI RtlGetSystemTimePrecise(void)
{
    LARGE_INTEGER time;

    NtQuerySystemTime(&time);
    return time.QuadPart;
}

BOOLEAN NTAPI RtlCutoverTimeToSystemTime(TIME_FIELDS *cutover, LARGE_INTEGER *time, const LARGE_INTEGER *current, BOOLEAN this_year)
{
    TIME_FIELDS now, fields = *cutover;
    LARGE_INTEGER first;

    if (cutover->Year) return RtlTimeFieldsToTime(&fields, time);
    RtlTimeToTimeFields(current, &now);
    for (int year = now.Year;; year++) {
        /* Day is the week of the month, 5 the last; Weekday the day. */
        TIME_FIELDS start = { (SHORT)year, fields.Month, 1, fields.Hour, fields.Minute, fields.Second, fields.Milliseconds, 0 };
        if (!RtlTimeFieldsToTime(&start, &first)) return FALSE;
        RtlTimeToTimeFields(&first, &start);
        int day = 1 + (fields.Weekday - start.Weekday + 7) % 7 + (fields.Day - 1) * 7;
        int next = fields.Month == 12 ? days_before(year + 1, 1) : days_before(year, fields.Month + 1);
        int length = next - days_before(year, fields.Month);
        while (day > length) day -= 7;
        start.Day = (SHORT)day;
        if (!RtlTimeFieldsToTime(&start, time)) return FALSE;
        if (this_year || time->QuadPart >= current->QuadPart || year > now.Year) return TRUE;
    }
}
