/* winnls.h: which locale: names, LCIDs, defaults of user, system and thread. */
#include "nls.h"

#define SYSTEM_DEFAULT_NAME L"!x-sys-default-locale"

static const struct nls_locales *table(void)
{
    static const struct nls_locales *volatile found;
    if (!found) found = FerryNlsBlock(NLS_LOCALES, 0);
    return found;
}

static LOCALE_ROW *row_at(const struct nls_locales *locales, unsigned number)
{
    return NLS_AT(locales, rows, uint32_t) + (size_t)number * (2 + locales->type_count);
}

static const WCHAR *text_at(const struct nls_locales *locales, uint32_t place)
{
    return (const WCHAR *)NLS_AT(locales, pool, uint16_t) + place;
}

const WCHAR *locale_name(LOCALE_ROW *locale)
{
    return text_at(table(), locale[1]);
}

const WCHAR *locale_text(LOCALE_ROW *locale, LCTYPE type)
{
    const struct nls_locales *locales = table();
    const uint16_t *types = NLS_AT(locales, types, uint16_t);
    unsigned low = 0, high = locales->type_count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (types[middle] == type) return text_at(locales, locale[2 + middle]);
        if (types[middle] < type) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

unsigned locale_number(LOCALE_ROW *locale, LCTYPE type)
{
    unsigned value = 0;
    for (const WCHAR *text = locale_text(locale, type); text && *text >= '0' && *text <= '9'; text++)
        value = value * 10 + *text - '0';
    return value;
}

/* Compares as the table is sorted; `a` ends at 0 or at '_' (a sort name such as "de-DE_phoneb"). */
static int compare_names(const WCHAR *a, const WCHAR *b)
{
    for (;; a++, b++) {
        WCHAR x = *a == '_' ? 0 : ascii_lower(*a), y = ascii_lower(*b);
        if (x != y) return x < y ? -1 : 1;
        if (!x) return 0;
    }
}

static LOCALE_ROW *find_name(const WCHAR *name)
{
    const struct nls_locales *locales = table();
    unsigned low = 0, high = locales ? locales->count : 0;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        LOCALE_ROW *row = row_at(locales, middle);
        int order = compare_names(name, text_at(locales, row[1]));
        if (!order) return row;
        if (order > 0) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

static LOCALE_ROW *find_lcid(LCID lcid)
{
    const struct nls_locales *locales = table();
    unsigned low = 0, high = locales ? locales->count : 0;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        LOCALE_ROW *row = row_at(locales, NLS_AT(locales, by_lcid, uint16_t)[middle]);
        if (row[0] == lcid) return row;
        if (row[0] < lcid) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

/* The specific locale that stands behind a neutral one. */
static LOCALE_ROW *specific(LOCALE_ROW *row)
{
    return row && locale_number(row, LOCALE_INEUTRAL) ? find_name(locale_text(row, LOCALE_SSORTLOCALE)) : row;
}

/* From the Unix locale: "de_DE"; language alone or an unknown territory gives the language's main one; else en-US. */
static LOCALE_ROW *user_default(void)
{
    static LOCALE_ROW *volatile found;
    const char *unix_name;
    WCHAR name[32];
    int at;

    if (found) return found;
    unix_name = FerryNlsUnixLocale();
    for (at = 0; unix_name[at] && at < 31; at++) name[at] = unix_name[at] == '_' ? '-' : unix_name[at];
    name[at] = 0;
    LOCALE_ROW *row = at > 1 ? specific(find_name(name)) : NULL;
    if (!row && at > 2 && name[2] == '-') {
        name[2] = 0;
        row = specific(find_name(name));
    }
    if (!row) row = find_name(L"en-US");
    found = row;
    return row;
}

LOCALE_ROW *locale_by_name(const WCHAR *name)
{
    if (!name) return user_default();
    if (name[0] == '!') return compare_names(name, SYSTEM_DEFAULT_NAME) ? NULL : user_default();
    return find_name(name);
}

LOCALE_ROW *locale_by_lcid(LCID lcid)
{
    switch (lcid) {
    case LOCALE_NEUTRAL:
    case LOCALE_USER_DEFAULT:
    case LOCALE_SYSTEM_DEFAULT:
    case LOCALE_CUSTOM_DEFAULT:
    case LOCALE_CUSTOM_UI_DEFAULT:
        return user_default();
    case LOCALE_CUSTOM_UNSPECIFIED:
        return NULL;
    }
    return find_lcid(LANGIDFROMLCID(lcid));
}

UINT locale_codepage(LOCALE_ROW *locale, DWORD flags)
{
    UINT codepage = flags & LOCALE_USE_CP_ACP || !locale ? 0 : locale_number(locale, LOCALE_IDEFAULTANSICODEPAGE);
    return codepage;
}

bool locale_has_dotless_i(LOCALE_ROW *locale)
{
    WORD language = PRIMARYLANGID(LANGIDFROMLCID(locale_lcid(locale)));
    return language == LANG_TURKISH || language == LANG_AZERI;
}

int nls_result_wide(const WCHAR *text, int count, WCHAR *to, int room)
{
    if (room) {
        if (count > room) return set_error(ERROR_INSUFFICIENT_BUFFER);
        memmove(to, text, count * sizeof(WCHAR));
    }
    return count;
}

int nls_result_ansi(UINT codepage, const WCHAR *text, int count, char *to, int room)
{
    return WideCharToMultiByte(codepage, 0, text, count, room ? to : NULL, room, NULL, NULL);
}

/* ---- defaults ---- */

LCID WINAPI GetUserDefaultLCID(void)
{
    LOCALE_ROW *row = user_default();
    return row ? locale_lcid(row) : 0x409;
}

LCID WINAPI GetSystemDefaultLCID(void)
{
    return GetUserDefaultLCID();
}

LANGID WINAPI GetUserDefaultLangID(void)
{
    return LANGIDFROMLCID(GetUserDefaultLCID());
}

LANGID WINAPI GetSystemDefaultLangID(void)
{
    return GetUserDefaultLangID();
}

LANGID WINAPI GetUserDefaultUILanguage(void)
{
    return GetUserDefaultLangID();
}

LANGID WINAPI GetSystemDefaultUILanguage(void)
{
    return GetUserDefaultLangID();
}

int WINAPI GetUserDefaultLocaleName(WCHAR *name, int room)
{
    LOCALE_ROW *row = user_default();
    const WCHAR *text = row ? locale_name(row) : L"en-US";
    int count = (int)wide_length(text) + 1;
    if (!name || room < 0) return set_error(ERROR_INVALID_PARAMETER);
    if (count > room) return set_error(ERROR_INSUFFICIENT_BUFFER);
    memcpy(name, text, count * sizeof(WCHAR));
    return count;
}

int WINAPI GetSystemDefaultLocaleName(WCHAR *name, int room)
{
    return GetUserDefaultLocaleName(name, room);
}

LCID WINAPI GetThreadLocale(void)
{
    FERRY_TEB *teb = ferry_teb();
    if (!teb->CurrentLocale) teb->CurrentLocale = GetUserDefaultLCID();
    return teb->CurrentLocale;
}

BOOL WINAPI SetThreadLocale(LCID lcid)
{
    LOCALE_ROW *row = locale_by_lcid(lcid);
    if (!row) return set_error(ERROR_INVALID_PARAMETER);
    ferry_teb()->CurrentLocale = lcid == LOCALE_USER_DEFAULT || lcid == LOCALE_SYSTEM_DEFAULT || !lcid ? locale_lcid(row) : lcid;
    return TRUE;
}

/* ---- names and numbers ---- */

LCID WINAPI ConvertDefaultLocale(LCID lcid)
{
    LOCALE_ROW *row;
    switch (lcid) {
    case LOCALE_NEUTRAL:
    case LOCALE_USER_DEFAULT:
    case LOCALE_SYSTEM_DEFAULT:
        return GetUserDefaultLCID();
    }
    row = specific(locale_by_lcid(lcid));
    return row ? (lcid & 0xffff0000) | locale_lcid(row) : lcid;
}

int WINAPI LCIDToLocaleName(LCID lcid, WCHAR *name, int room, DWORD flags)
{
    LOCALE_ROW *row;
    if (room < 0 || (!name && room)) return set_error(ERROR_INVALID_PARAMETER);
    if (flags & ~LOCALE_ALLOW_NEUTRAL_NAMES) return set_error(ERROR_INVALID_FLAGS);
    row = locale_by_lcid(lcid);
    if (row && !(flags & LOCALE_ALLOW_NEUTRAL_NAMES)) row = specific(row);
    if (!row) return set_error(ERROR_INVALID_PARAMETER);
    return nls_result_wide(locale_name(row), (int)wide_length(locale_name(row)) + 1, name, room);
}

LCID WINAPI LocaleNameToLCID(const WCHAR *name, DWORD flags)
{
    LOCALE_ROW *row;
    if (flags & ~LOCALE_ALLOW_NEUTRAL_NAMES) return set_error(ERROR_INVALID_FLAGS);
    row = locale_by_name(name);
    if (row && !(flags & LOCALE_ALLOW_NEUTRAL_NAMES)) row = specific(row);
    return row ? locale_lcid(row) : set_error(ERROR_INVALID_PARAMETER);
}

int WINAPI ResolveLocaleName(const WCHAR *name, WCHAR *to, int room)
{
    WCHAR copy[LOCALE_NAME_MAX_LENGTH];
    LOCALE_ROW *row = NULL;
    int length;

    if (room < 0 || (!to && room)) return set_error(ERROR_INVALID_PARAMETER);
    if (!name) row = user_default();
    else {
        length = (int)wide_length(name);
        if (length >= LOCALE_NAME_MAX_LENGTH) return set_error(ERROR_INVALID_PARAMETER);
        memcpy(copy, name, (length + 1) * sizeof(WCHAR));
        while (!(row = specific(locale_by_name(copy)))) {
            WCHAR *dash = wide_find_last(copy, '-');
            if (!dash) break;
            *dash = 0;
        }
        if (!row) return nls_result_wide(L"", 1, to, room);
    }
    return nls_result_wide(locale_name(row), (int)wide_length(locale_name(row)) + 1, to, room);
}

BOOL WINAPI IsValidLocale(LCID lcid, DWORD flags)
{
    return locale_by_lcid(lcid) != NULL;
}

BOOL WINAPI IsValidLocaleName(const WCHAR *name)
{
    if (!name) return FALSE;
    return name[0] != '!' && locale_by_name(name) != NULL;
}

/* winver.h: the language's English name; "Language Neutral" for 0 and what is not known. Returns the length. */
DWORD WINAPI VerLanguageNameW(DWORD language, WCHAR *to, DWORD room)
{
    LOCALE_ROW *row = LOWORD(language) ? find_lcid(LOWORD(language)) : NULL;
    const WCHAR *text = row ? locale_text(row, LOCALE_SENGLISHDISPLAYNAME) : L"Language Neutral";
    DWORD length = (DWORD)wide_length(text);
    if (!to || room <= length) {
        if (to && room) to[0] = 0;
        return room ? length : 0;
    }
    memcpy(to, text, (length + 1) * sizeof(WCHAR));
    return length;
}

DWORD WINAPI VerLanguageNameA(DWORD language, char *to, DWORD room)
{
    WCHAR wide[128];
    DWORD length = VerLanguageNameW(language, wide, 128);
    int size = WideCharToMultiByte(CP_ACP, 0, wide, -1, NULL, 0, NULL, NULL);
    if (!to || room < (DWORD)size) {
        if (to && room) to[0] = 0;
        return room ? length : 0;
    }
    return WideCharToMultiByte(CP_ACP, 0, wide, -1, to, room, NULL, NULL) - 1;
}

static BOOL enumerate(DWORD flags, BOOL (*call)(LOCALE_ROW *, DWORD, void *), void *context)
{
    const struct nls_locales *locales = table();
    for (unsigned i = 0; locales && i < locales->count; i++) {
        LOCALE_ROW *row = row_at(locales, i);
        bool neutral = locale_number(row, LOCALE_INEUTRAL);
        DWORD kind = (neutral ? LOCALE_NEUTRALDATA : LOCALE_SPECIFICDATA) | LOCALE_WINDOWS;
        if (flags && !(flags & (neutral ? LOCALE_NEUTRALDATA : LOCALE_SPECIFICDATA)) && !(flags & LOCALE_WINDOWS)) continue;
        if (!call(row, kind, context)) break;
    }
    return TRUE;
}

struct enum_call {
    void *callback;
    LPARAM parameter;
};

static BOOL call_ex(LOCALE_ROW *row, DWORD kind, void *context)
{
    struct enum_call *call = context;
    return ((LOCALE_ENUMPROCEX)call->callback)((WCHAR *)locale_name(row), kind, call->parameter);
}

BOOL WINAPI EnumSystemLocalesEx(LOCALE_ENUMPROCEX callback, DWORD flags, LPARAM parameter, void *reserved)
{
    struct enum_call call = {callback, parameter};
    if (!callback || reserved) return set_error(ERROR_INVALID_PARAMETER);
    return enumerate(flags, call_ex, &call);
}

/* Eight hexadecimal digits. Locales without a number of their own and the invariant one are left out. */
static void lcid_digits(LCID lcid, WCHAR *to)
{
    for (int i = 7; i >= 0; i--, lcid >>= 4) to[i] = "0123456789abcdef"[lcid & 15];
    to[8] = 0;
}

static BOOL call_wide(LOCALE_ROW *row, DWORD kind, void *context)
{
    WCHAR digits[9];
    if (locale_lcid(row) == LOCALE_INVARIANT) return TRUE;
    lcid_digits(locale_lcid(row), digits);
    return ((LOCALE_ENUMPROCW)((struct enum_call *)context)->callback)(digits);
}

static BOOL call_ansi(LOCALE_ROW *row, DWORD kind, void *context)
{
    WCHAR digits[9];
    char narrow[9];
    if (locale_lcid(row) == LOCALE_INVARIANT) return TRUE;
    lcid_digits(locale_lcid(row), digits);
    for (int i = 0; i < 9; i++) narrow[i] = (char)digits[i];
    return ((LOCALE_ENUMPROCA)((struct enum_call *)context)->callback)(narrow);
}

BOOL WINAPI EnumSystemLocalesW(LOCALE_ENUMPROCW callback, DWORD flags)
{
    struct enum_call call = {callback, 0};
    if (!callback) return set_error(ERROR_INVALID_PARAMETER);
    if (!flags || flags & ~(LCID_INSTALLED | LCID_SUPPORTED | LCID_ALTERNATE_SORTS)) return set_error(ERROR_INVALID_FLAGS);
    return enumerate(LOCALE_SPECIFICDATA, call_wide, &call);
}

BOOL WINAPI EnumSystemLocalesA(LOCALE_ENUMPROCA callback, DWORD flags)
{
    struct enum_call call = {callback, 0};
    if (!callback) return set_error(ERROR_INVALID_PARAMETER);
    if (!flags || flags & ~(LCID_INSTALLED | LCID_SUPPORTED | LCID_ALTERNATE_SORTS)) return set_error(ERROR_INVALID_FLAGS);
    return enumerate(LOCALE_SPECIFICDATA, call_ansi, &call);
}
