/* winnls.h: GetLocaleInfo in all its forms. */
#include "nls.h"

#define TYPE_FLAGS (LOCALE_NOUSEROVERRIDE | LOCALE_USE_CP_ACP | LOCALE_RETURN_NUMBER | LOCALE_RETURN_GENITIVE_NAMES | \
                    LOCALE_ALLOW_NEUTRAL_NAMES)

/* LOCALE_FONTSIGNATURE's 16 words: which Unicode ranges and code pages a font must have. Latin for all, and what the
 * ANSI code page of the locale stands for. */
static void font_signature(LOCALE_ROW *locale, WCHAR *to)
{
    static const struct {
        unsigned codepage, bit;
        unsigned range; /* bit of the Unicode range that goes with it */
    } pages[] = {{1252, 0, 1}, {1250, 1, 2}, {1251, 2, 9}, {1253, 3, 7}, {1254, 4, 2}, {1255, 5, 11}, {1256, 6, 13},
                 {1257, 7, 2}, {1258, 8, 29}, {874, 16, 24}, {932, 17, 49}, {936, 18, 59}, {949, 19, 56}, {950, 20, 59}};
    DWORD words[8] = {0x00000003 /* Basic Latin, Latin-1 */, 0, 0, 0x80000000, 1, 0, 1, 0};
    unsigned codepage = locale_number(locale, LOCALE_IDEFAULTANSICODEPAGE);
    for (unsigned i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
        if (pages[i].codepage == codepage) {
            words[pages[i].range / 32] |= 1u << (pages[i].range & 31);
            words[4] = words[6] = 1u << pages[i].bit;
        }
    memcpy(to, words, sizeof(words));
}

static int parse(const WCHAR *text, unsigned base, DWORD *value)
{
    *value = 0;
    for (; *text; text++) {
        unsigned digit = *text >= '0' && *text <= '9' ? *text - '0' : (unsigned)(ascii_lower(*text) - 'a' + 10);
        if (digit >= base) break;
        *value = *value * base + digit;
    }
    return 2;
}

/* Which types LOCALE_RETURN_NUMBER goes with: those whose text is a number (all LOCALE_I…). */
static bool is_number(LCTYPE type)
{
    switch (type) {
    case LOCALE_ILANGUAGE: case LOCALE_ICOUNTRY: case LOCALE_IDEFAULTLANGUAGE: case LOCALE_IDEFAULTCOUNTRY:
    case LOCALE_IDEFAULTCODEPAGE: case LOCALE_IMEASURE: case LOCALE_IDIGITS: case LOCALE_ILZERO: case LOCALE_ICURRDIGITS:
    case LOCALE_IINTLCURRDIGITS: case LOCALE_ICURRENCY: case LOCALE_INEGCURR: case LOCALE_IDATE: case LOCALE_ILDATE:
    case LOCALE_ITIME: case LOCALE_ICENTURY: case LOCALE_ITLZERO: case LOCALE_IDAYLZERO: case LOCALE_IMONLZERO:
    case LOCALE_IPOSSIGNPOSN: case LOCALE_INEGSIGNPOSN: case LOCALE_IPOSSYMPRECEDES: case LOCALE_IPOSSEPBYSPACE:
    case LOCALE_INEGSYMPRECEDES: case LOCALE_INEGSEPBYSPACE: case LOCALE_IGEOID: case LOCALE_IREADINGLAYOUT:
    case LOCALE_INEUTRAL: case LOCALE_INEGATIVEPERCENT: case LOCALE_IPOSITIVEPERCENT: case LOCALE_IDEFAULTANSICODEPAGE:
    case LOCALE_ITIMEMARKPOSN: case LOCALE_ICALENDARTYPE: case LOCALE_IPAPERSIZE: case LOCALE_IOPTIONALCALENDAR:
    case LOCALE_IFIRSTDAYOFWEEK: case LOCALE_IFIRSTWEEKOFYEAR: case LOCALE_INEGNUMBER: case LOCALE_IDEFAULTMACCODEPAGE:
    case LOCALE_IDEFAULTEBCDICCODEPAGE: case LOCALE_IDIGITSUBSTITUTION:
        return true;
    }
    return false;
}

/* `*text` gets the data, whose units with terminator are returned; 0 with the last error set. `buffer` holds 16. */
static int locale_data(LOCALE_ROW *locale, LCTYPE type, const WCHAR **text, WCHAR *buffer)
{
    LCTYPE plain = type & ~TYPE_FLAGS;
    DWORD number;

    if (type & LOCALE_RETURN_GENITIVE_NAMES) {
        if (plain < LOCALE_SMONTHNAME1 || plain > LOCALE_SMONTHNAME12) return set_error(ERROR_INVALID_FLAGS);
        plain += 0x2000;
    }
    *text = buffer;
    if (plain == LOCALE_FONTSIGNATURE) {
        if (type & LOCALE_RETURN_NUMBER) return set_error(ERROR_INVALID_FLAGS);
        font_signature(locale, buffer);
        return 16;
    }
    if (plain >= 0x2000 && !(type & LOCALE_RETURN_GENITIVE_NAMES)) return set_error(ERROR_INVALID_FLAGS);
    if (!(*text = locale_text(locale, plain))) return set_error(ERROR_INVALID_FLAGS);
    if (type & LOCALE_RETURN_NUMBER) {
        if (!is_number(plain)) return set_error(ERROR_INVALID_FLAGS);
        parse(*text, plain == LOCALE_ILANGUAGE || plain == LOCALE_IDEFAULTLANGUAGE ? 16 : 10, &number);
        memcpy(buffer, &number, sizeof(number));
        *text = buffer;
        return 2;
    }
    return (int)wide_length(*text) + 1;
}

static int info_wide(LOCALE_ROW *locale, LCTYPE type, WCHAR *to, int room)
{
    WCHAR buffer[16];
    const WCHAR *text;
    int count;

    if (room < 0 || (!to && room)) return set_error(ERROR_INVALID_PARAMETER);
    if (!locale) return set_error(ERROR_INVALID_PARAMETER);
    if (!(count = locale_data(locale, type, &text, buffer))) return 0;
    return nls_result_wide(text, count, to, room);
}

int WINAPI GetLocaleInfoW(LCID lcid, LCTYPE type, WCHAR *to, int room)
{
    return info_wide(locale_by_lcid(lcid), type, to, room);
}

int WINAPI GetLocaleInfoEx(const WCHAR *name, LCTYPE type, WCHAR *to, int room)
{
    return info_wide(locale_by_name(name), type, to, room);
}

int WINAPI GetLocaleInfoA(LCID lcid, LCTYPE type, char *to, int room)
{
    LOCALE_ROW *locale = locale_by_lcid(lcid);
    WCHAR buffer[16];
    const WCHAR *text;
    int count;

    if (room < 0 || (!to && room)) return set_error(ERROR_INVALID_PARAMETER);
    if (!locale) return set_error(ERROR_INVALID_PARAMETER);
    if (type & LOCALE_RETURN_GENITIVE_NAMES) return set_error(ERROR_INVALID_FLAGS); /* not for GetLocaleInfoA */
    if (!(count = locale_data(locale, type, &text, buffer))) return 0;
    if (text == buffer) { /* bytes, not characters */
        if (room && room < count * 2) return set_error(ERROR_INSUFFICIENT_BUFFER);
        if (room) memcpy(to, buffer, count * sizeof(WCHAR));
        return count * (int)sizeof(WCHAR);
    }
    return nls_result_ansi(locale_codepage(locale, type), text, count, to, room);
}

/* Changes of a user's settings have no place to be kept: the Unix locale decides. */
static BOOL set_info(LCTYPE type, const void *data)
{
    if (!data) return set_error(ERROR_INVALID_PARAMETER);
    switch (type & ~TYPE_FLAGS) {
    case LOCALE_ICALENDARTYPE: case LOCALE_IDATE: case LOCALE_IDIGITS: case LOCALE_IFIRSTDAYOFWEEK:
    case LOCALE_IFIRSTWEEKOFYEAR: case LOCALE_ILZERO: case LOCALE_IMEASURE: case LOCALE_INEGCURR: case LOCALE_INEGNUMBER:
    case LOCALE_IPAPERSIZE: case LOCALE_ITIME: case LOCALE_S1159: case LOCALE_S2359: case LOCALE_SCURRENCY:
    case LOCALE_SDATE: case LOCALE_SDECIMAL: case LOCALE_SGROUPING: case LOCALE_SLIST: case LOCALE_SLONGDATE:
    case LOCALE_SMONDECIMALSEP: case LOCALE_SMONGROUPING: case LOCALE_SMONTHOUSANDSEP: case LOCALE_SNEGATIVESIGN:
    case LOCALE_SPOSITIVESIGN: case LOCALE_SSHORTDATE: case LOCALE_STHOUSAND: case LOCALE_STIME: case LOCALE_STIMEFORMAT:
    case LOCALE_SYEARMONTH: case LOCALE_ICURRDIGITS: case LOCALE_ICURRENCY: case LOCALE_SSHORTTIME:
        return set_error(ERROR_ACCESS_DENIED);
    }
    return set_error(ERROR_INVALID_FLAGS);
}

BOOL WINAPI SetLocaleInfoW(LCID lcid, LCTYPE type, const WCHAR *data)
{
    return set_info(type, data);
}

BOOL WINAPI SetLocaleInfoA(LCID lcid, LCTYPE type, const char *data)
{
    return set_info(type, data);
}
