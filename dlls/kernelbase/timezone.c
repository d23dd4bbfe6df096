/* The time zone of the host, as timezoneapi.h has it: read from zoneinfo (RFC 8536) when first asked for.
 *
 * The rules that hold from now on are in the file's last line, a POSIX TZ string; earlier years are told by the
 * transitions that the file lists. Names are Windows', by CLDR's table.
 */
#include "kernelbase.h"

extern const struct {
    const char *unix_name, *windows_name;
} windows_zones[];
extern const unsigned windows_zone_count;

DWORD zone_at(const TIME_ZONE_INFORMATION *zone, LONGLONG ticks, bool local);

#define EPOCH_1970 11644473600ll /* seconds from 1601 */
#define TICKS 10000000ll

static struct {
    SRWLOCK lock;
    bool loaded;
    DYNAMIC_TIME_ZONE_INFORMATION current;
    UCHAR *file; /* the zoneinfo file, for years past; NULL if there is none */
    ULONG size;
} zone;

/* ---- the POSIX TZ string: CET-1CEST,M3.5.0,M10.5.0/3 ---- */

static const char *parse_name(const char *at)
{
    if (*at == '<') {
        while (*at && *at != '>') at++;
        return *at ? at + 1 : at;
    }
    while ((*at | 32) >= 'a' && (*at | 32) <= 'z') at++;
    return at;
}

/* [+-]h[:mm[:ss]] in seconds. */
static const char *parse_time(const char *at, LONG *seconds)
{
    LONG sign = 1, value = 0, unit = 3600;

    if (*at == '-' || *at == '+') sign = *at++ == '-' ? -1 : 1;
    for (; unit; unit /= 60) {
        LONG part = 0;
        while (*at >= '0' && *at <= '9') part = part * 10 + *at++ - '0';
        value += part * unit;
        if (*at != ':') break;
        at++;
    }
    *seconds = sign * value;
    return at;
}

static const char *parse_number(const char *at, LONG *value)
{
    for (*value = 0; *at >= '0' && *at <= '9'; at++) *value = *value * 10 + *at - '0';
    return at;
}

/* Mm.w.d[/time], or a day of the year as Jn or n. */
static const char *parse_rule(const char *at, SYSTEMTIME *rule)
{
    LONG month = 1, week = 1, day = 0, seconds = 7200;

    *rule = (SYSTEMTIME){ 0 };
    if (*at == 'M') {
        at = parse_number(at + 1, &month);
        if (*at == '.') at = parse_number(at + 1, &week);
        if (*at == '.') at = parse_number(at + 1, &day);
        rule->wMonth = (WORD)month;
        rule->wDay = (WORD)week;
        rule->wDayOfWeek = (WORD)day;
    } else {
        /* A fixed day: the rule that comes closest is the week of the month that holds it. */
        static const USHORT starts[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
        bool julian = *at == 'J';
        at = parse_number(at + julian, &day);
        day -= julian;
        for (month = 12; month > 1 && starts[month - 1] > day; month--) {}
        rule->wMonth = (WORD)month;
        rule->wDay = (WORD)((day - starts[month - 1]) / 7 + 1);
    }
    if (*at == '/') at = parse_time(at + 1, &seconds);
    /* Hours outside of the day move the weekday: 24 and more to the next, negative ones to the one before. */
    for (; seconds >= 86400; seconds -= 86400) rule->wDayOfWeek = (rule->wDayOfWeek + 1) % 7;
    for (; seconds < 0; seconds += 86400) rule->wDayOfWeek = (rule->wDayOfWeek + 6) % 7;
    rule->wHour = (WORD)(seconds / 3600);
    rule->wMinute = (WORD)(seconds / 60 % 60);
    rule->wSecond = (WORD)(seconds % 60);
    return at;
}

static void parse_posix(const char *text, TIME_ZONE_INFORMATION *info)
{
    const char *at = parse_name(text);
    LONG standard = 0, daylight;

    if (*at) at = parse_time(at, &standard);
    info->Bias = standard / 60;
    info->StandardBias = info->DaylightBias = 0;
    memset(&info->StandardDate, 0, sizeof(info->StandardDate));
    memset(&info->DaylightDate, 0, sizeof(info->DaylightDate));
    if (!*at) return;
    at = parse_name(at);
    daylight = standard - 3600;
    if (*at && *at != ',') at = parse_time(at, &daylight);
    if (*at != ',') return;
    at = parse_rule(at + 1, &info->DaylightDate);
    if (*at == ',') parse_rule(at + 1, &info->StandardDate);
    info->DaylightBias = (daylight - standard) / 60;
}

/* ---- the file ---- */

static ULONG big32(const UCHAR *at)
{
    return (ULONG)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

static LONGLONG big64(const UCHAR *at)
{
    return (LONGLONG)((ULONGLONG)big32(at) << 32 | big32(at + 4));
}

struct tzif {
    const UCHAR *times, *indices, *types;
    ULONG time_count, type_count;
    const char *footer;
    ULONG footer_length;
};

/* The 64-bit block of a version 2 file. Counts are checked against the size. */
static bool parse_tzif(const UCHAR *data, ULONG size, struct tzif *tz)
{
    ULONGLONG offset = 0;

    for (int block = 0; block < 2; block++) {
        if (offset + 44 > size || memcmp(data + offset, "TZif", 4)) return false;
        if (data[offset + 4] < '2') return false;
        const UCHAR *header = data + offset;
        ULONGLONG ut = big32(header + 20), std = big32(header + 24), leap = big32(header + 28);
        ULONGLONG times = big32(header + 32), types = big32(header + 36), chars = big32(header + 40);
        ULONG width = block ? 8 : 4;
        ULONGLONG end = offset + 44 + times * (width + 1) + types * 6 + chars + leap * (width + 4) + std + ut;
        if (end > size) return false;
        if (block) {
            tz->times = header + 44;
            tz->time_count = (ULONG)times;
            tz->indices = tz->times + times * 8;
            tz->types = tz->indices + times;
            tz->type_count = (ULONG)types;
        }
        offset = end;
    }
    if (offset >= size || data[offset] != '\n') return false;
    tz->footer = (const char *)data + offset + 1;
    for (tz->footer_length = 0; offset + 1 + tz->footer_length < size && tz->footer[tz->footer_length] != '\n';)
        tz->footer_length++;
    return true;
}

static UCHAR *read_file(const char *folder, const char *name, ULONG *size)
{
    WCHAR path[256] = L"\\??\\unix";
    ULONG length = 8;
    UNICODE_STRING text;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    HANDLE file;
    UCHAR *data;

    for (int i = 0; i < 2; i++)
        for (const char *at = i ? name : folder; *at; at++) {
            if (length + 1 >= ARRAYSIZE(path)) return NULL;
            path[length++] = *at == '/' ? '\\' : (UCHAR)*at;
        }
    path[length] = 0;
    text = unicode_string(path);
    InitializeObjectAttributes(&attributes, &text, 0, NULL, NULL);
    if (NtOpenFile(&file, GENERIC_READ | SYNCHRONIZE, &attributes, &io, FILE_SHARE_READ | FILE_SHARE_WRITE |
                   FILE_SHARE_DELETE, FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE) < 0)
        return NULL;
    if ((data = mem_alloc(16384))) {
        NTSTATUS status = NtReadFile(file, NULL, NULL, NULL, &io, data, 16384, NULL, NULL);
        *size = status < 0 ? 0 : (ULONG)io.Information;
        if (status < 0) {
            mem_free(data);
            data = NULL;
        }
    }
    NtClose(file);
    return data;
}

static void set_name(WCHAR *to, ULONG room, const char *from, const char *suffix)
{
    ULONG length = 0;

    for (; *from && length + 1 < room; from++) to[length++] = (UCHAR)*from;
    for (; *suffix && length + 1 < room; suffix++) to[length++] = (UCHAR)*suffix;
    to[length] = 0;
}

static int compare_name(const char *a, const char *b)
{
    while (*a && *a == *b) a++, b++;
    return (UCHAR)*a - (UCHAR)*b;
}

static const char *windows_name(const char *unix_name)
{
    unsigned low = 0, high = windows_zone_count;

    while (low < high) {
        unsigned middle = (low + high) / 2;
        int order = compare_name(unix_name, windows_zones[middle].unix_name);
        if (!order) return windows_zones[middle].windows_name;
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return NULL;
}

static void load(void)
{
    char name[256] = "", text[64] = "UTC0";
    const char *windows = NULL;
    struct tzif tz;
    ULONG size = 0;

    if (NtFerryQueryHost("timezone", name, sizeof(name), NULL) < 0) name[0] = 0;
    if (name[0]) zone.file = read_file(name[0] == '/' ? "" : "/usr/share/zoneinfo/", name, &size);
    if (!zone.file && !name[0]) zone.file = read_file("/etc/localtime", "", &size);
    zone.size = size;
    if (zone.file && parse_tzif(zone.file, size, &tz)) {
        if (tz.footer_length < sizeof(text)) {
            memcpy(text, tz.footer, tz.footer_length);
            text[tz.footer_length] = 0;
        }
    } else if (name[0] && !zone.file) {
        /* TZ itself may be such a string. */
        ULONG length = (ULONG)str_length(name);
        if (length < sizeof(text)) memcpy(text, name, length + 1);
    }
    parse_posix(text, (TIME_ZONE_INFORMATION *)&zone.current);
    if (!(windows = windows_name(name))) windows = zone.current.Bias || !name[0] ? name[0] ? name : "UTC" : "UTC";
    bool utc = !compare_name(windows, "UTC");
    set_name(zone.current.TimeZoneKeyName, ARRAYSIZE(zone.current.TimeZoneKeyName), windows, "");
    set_name(zone.current.StandardName, ARRAYSIZE(zone.current.StandardName),
             utc ? "Coordinated Universal Time" : windows, "");
    /* "X Standard Time" has "X Daylight Time". */
    ULONG length = (ULONG)str_length(windows);
    char stem[64];
    if (length > 14 && length < sizeof(stem) && !compare_name(windows + length - 14, " Standard Time")) {
        memcpy(stem, windows, length - 14);
        stem[length - 14] = 0;
        set_name(zone.current.DaylightName, ARRAYSIZE(zone.current.DaylightName), stem, " Daylight Time");
    } else {
        set_name(zone.current.DaylightName, ARRAYSIZE(zone.current.DaylightName),
                 utc ? "Coordinated Universal Time" : windows, "");
    }
    zone.loaded = true;
}

static void ensure_loaded(void)
{
    if (*(volatile bool *)&zone.loaded) return;
    RtlAcquireSRWLockExclusive((void *)&zone.lock);
    if (!zone.loaded) load();
    RtlReleaseSRWLockExclusive((void *)&zone.lock);
}

static DWORD current_id(void)
{
    LARGE_INTEGER now;

    NtQuerySystemTime(&now);
    return zone_at((TIME_ZONE_INFORMATION *)&zone.current, now.QuadPart, false);
}

DWORD WINAPI GetDynamicTimeZoneInformation(PDYNAMIC_TIME_ZONE_INFORMATION info)
{
    ensure_loaded();
    *info = zone.current;
    return current_id();
}

DWORD WINAPI GetTimeZoneInformation(LPTIME_ZONE_INFORMATION info)
{
    ensure_loaded();
    memcpy(info, &zone.current, sizeof(*info));
    return current_id();
}

/* The rules of one year: of the current zone, or of `dynamic` if that is another one, then its own rules. */
BOOL WINAPI GetTimeZoneInformationForYear(USHORT year, PDYNAMIC_TIME_ZONE_INFORMATION dynamic,
                                          LPTIME_ZONE_INFORMATION info)
{
    struct tzif tz;
    FILETIME start, end;
    LONG before = 0, after[2] = { 0 };
    bool before_dst = false, dst[2] = { 0 };
    LONGLONG when[2] = { 0 };
    ULONG changes = 0;

    if (!info) return set_error(ERROR_INVALID_PARAMETER);
    ensure_loaded();
    if (dynamic && wide_compare_nocase(dynamic->TimeZoneKeyName, zone.current.TimeZoneKeyName)) {
        if (!dynamic->TimeZoneKeyName[0]) return set_error(ERROR_FILE_NOT_FOUND);
        memcpy(info, dynamic, sizeof(*info));
        return TRUE;
    }
    memcpy(info, &zone.current, sizeof(*info));
    SYSTEMTIME first = { .wYear = year, .wMonth = 1, .wDay = 1 }, next = { .wYear = year + 1, .wMonth = 1, .wDay = 1 };
    if ((dynamic && dynamic->DynamicDaylightTimeDisabled) || !zone.file || !parse_tzif(zone.file, zone.size, &tz) ||
        !tz.time_count || !SystemTimeToFileTime(&first, &start) || !SystemTimeToFileTime(&next, &end))
        return TRUE;
    LONGLONG from = ((LONGLONG)start.dwHighDateTime << 32 | start.dwLowDateTime) / TICKS - EPOCH_1970;
    LONGLONG to = ((LONGLONG)end.dwHighDateTime << 32 | end.dwLowDateTime) / TICKS - EPOCH_1970;
    if (big64(tz.times + (tz.time_count - 1) * 8) < from) return TRUE; /* the last line's rules */
    for (ULONG i = 0; i < tz.time_count; i++) {
        LONGLONG at = big64(tz.times + i * 8);
        if (tz.indices[i] >= tz.type_count) return TRUE;
        const UCHAR *type = tz.types + tz.indices[i] * 6;
        if (at < from) {
            before = (LONG)big32(type);
            before_dst = type[4];
        } else if (at < to && changes < 2) {
            after[changes] = (LONG)big32(type);
            dst[changes] = type[4];
            when[changes++] = at;
        }
    }
    memset(&info->StandardDate, 0, sizeof(info->StandardDate));
    memset(&info->DaylightDate, 0, sizeof(info->DaylightDate));
    info->StandardBias = info->DaylightBias = 0;
    LONG standard = before_dst && changes && !dst[0] ? after[0] : before, daylight = standard;
    if (changes == 2 && dst[0] != dst[1]) {
        standard = dst[0] ? after[1] : after[0];
        daylight = dst[0] ? after[0] : after[1];
        for (int i = 0; i < 2; i++) {
            /* The rule names local time before the change, as the nth weekday of the month. */
            LONG offset = i ? after[0] : before;
            ULONGLONG ticks = (when[i] + offset + EPOCH_1970) * TICKS;
            FILETIME file_time = { (DWORD)ticks, (DWORD)(ticks >> 32) };
            SYSTEMTIME *rule = dst[i] ? &info->DaylightDate : &info->StandardDate;
            FileTimeToSystemTime(&file_time, rule);
            rule->wYear = 0;
            rule->wDay = rule->wDay > 24 ? 5 : (rule->wDay - 1) / 7 + 1;
        }
    }
    info->Bias = -standard / 60;
    info->DaylightBias = -(daylight - standard) / 60;
    return TRUE;
}

/* Zones are numbered by their first place in the table. */
DWORD WINAPI EnumDynamicTimeZoneInformation(DWORD index, PDYNAMIC_TIME_ZONE_INFORMATION info)
{
    DWORD found = 0;

    if (!info) return ERROR_INVALID_PARAMETER;
    for (unsigned i = 0; i < windows_zone_count; i++) {
        bool seen = false;
        for (unsigned j = 0; j < i && !seen; j++)
            seen = !compare_name(windows_zones[i].windows_name, windows_zones[j].windows_name);
        if (seen || found++ != index) continue;
        struct tzif tz;
        ULONG size;
        UCHAR *file = read_file("/usr/share/zoneinfo/", windows_zones[i].unix_name, &size);
        char text[64] = "";
        if (file && parse_tzif(file, size, &tz) && tz.footer_length < sizeof(text))
            memcpy(text, tz.footer, tz.footer_length);
        mem_free(file);
        memset(info, 0, sizeof(*info));
        parse_posix(text, (TIME_ZONE_INFORMATION *)info);
        set_name(info->TimeZoneKeyName, ARRAYSIZE(info->TimeZoneKeyName), windows_zones[i].windows_name, "");
        set_name(info->StandardName, ARRAYSIZE(info->StandardName), windows_zones[i].windows_name, "");
        set_name(info->DaylightName, ARRAYSIZE(info->DaylightName), windows_zones[i].windows_name, "");
        return ERROR_SUCCESS;
    }
    return ERROR_NO_MORE_ITEMS;
}

/* The zone is the host's; changing it needs the host's administrator. */
BOOL WINAPI SetTimeZoneInformation(const TIME_ZONE_INFORMATION *info)
{
    return set_error(ERROR_PRIVILEGE_NOT_HELD);
}

BOOL WINAPI SetDynamicTimeZoneInformation(const DYNAMIC_TIME_ZONE_INFORMATION *info)
{
    return set_error(ERROR_PRIVILEGE_NOT_HELD);
}
