/* Locales. One is made for each set of names that a program asks for and kept for good: a thread may be using it.
 * Reference: "setlocale, _wsetlocale", "Locale names, languages, and country/region strings", "UTF-8 support". */
#include "crt.h"

int crt_locale_changed;
struct crt_locale *global_locale = &c_locale;
static struct crt_locale *made;
static BOOL threads_own_locale;

errno_t _itow_s(int value, wchar_t *buffer, size_t size, int base);

static void set_ctype(struct crt_locale *locale);
void locale_conventions(struct crt_locale *locale);   /* localeconv.c */
void locale_time_names(struct crt_locale *locale);

static const char *const category_names[] = { "LC_ALL", "LC_COLLATE", "LC_CTYPE", "LC_MONETARY", "LC_NUMERIC", "LC_TIME" };

struct crt_locale *crt_locale_of(_locale_t locale)
{
    struct thread_data *data = thread_data();

    return data->own_locale > 0 && data->locale ? data->locale : global_locale;
}

/* ---- names ---- */

static BOOL is_c(const wchar_t *name)
{
    return name[0] == 'C' && !name[1];
}

struct search {
    const wchar_t *language, *country;
    wchar_t found[LOCALE_NAME_MAX_LENGTH];
    BOOL exact;
};

static BOOL field_is(const wchar_t *locale, LCTYPE type, const wchar_t *text)
{
    wchar_t value[128];

    return GetLocaleInfoEx(locale, type, value, ARRAYSIZE(value)) && !_wcsicmp(value, text);
}

static BOOL CALLBACK compare(wchar_t *name, DWORD flags, LPARAM parameter)
{
    struct search *search = (struct search *)parameter;

    if (!*name) return TRUE;
    if (!field_is(name, LOCALE_SENGLISHLANGUAGENAME, search->language) &&
        !field_is(name, LOCALE_SABBREVLANGNAME, search->language) &&
        !field_is(name, LOCALE_SISO639LANGNAME, search->language))
        return TRUE;
    if (search->country && !field_is(name, LOCALE_SENGLISHCOUNTRYNAME, search->country) &&
        !field_is(name, LOCALE_SABBREVCTRYNAME, search->country) &&
        !field_is(name, LOCALE_SISO3166CTRYNAME, search->country))
        return TRUE;
    if (!search->country) { /* the language's default country */
        wchar_t neutral[LOCALE_NAME_MAX_LENGTH], specific[LOCALE_NAME_MAX_LENGTH];
        if (GetLocaleInfoEx(name, LOCALE_SISO639LANGNAME, neutral, ARRAYSIZE(neutral)) &&
            ResolveLocaleName(neutral, specific, ARRAYSIZE(specific)) && *specific) {
            wcscpy(search->found, specific);
            return FALSE;
        }
    }
    wcscpy(search->found, name);
    return FALSE;
}

static const struct {
    const wchar_t *alias, *name;
} aliases[] = {
    { L"american", L"en-US" },         { L"american english", L"en-US" }, { L"american-english", L"en-US" },
    { L"english-american", L"en-US" }, { L"english-us", L"en-US" },       { L"english-usa", L"en-US" },
    { L"usa", L"en-US" },              { L"us", L"en-US" },               { L"australian", L"en-AU" },
    { L"english-aus", L"en-AU" },      { L"english-uk", L"en-GB" },       { L"uk", L"en-GB" },
    { L"canadian", L"en-CA" },         { L"english-can", L"en-CA" },      { L"chinese", L"zh-CN" },
    { L"chinese-simplified", L"zh-CN" }, { L"chs", L"zh-CN" },            { L"chinese-traditional", L"zh-TW" },
    { L"cht", L"zh-TW" },              { L"german-austrian", L"de-AT" },  { L"german-swiss", L"de-CH" },
    { L"swiss", L"de-CH" },            { L"french-canadian", L"fr-CA" },  { L"french-belgian", L"fr-BE" },
    { L"french-swiss", L"fr-CH" },     { L"portuguese-brazilian", L"pt-BR" }, { L"spanish-mexican", L"es-MX" },
    { L"spanish-modern", L"es-ES" },   { L"norwegian", L"nb-NO" },        { L"norwegian-bokmal", L"nb-NO" },
    { L"norwegian-nynorsk", L"nn-NO" },
};

/* "language_country.codepage", ".codepage", a BCP 47 name, or "": the user's. Writes the locale's name and code page
 * and what setlocale returns. */
static BOOL resolve(const wchar_t *text, wchar_t *name, UINT *page, wchar_t *result)
{
    wchar_t language[86], country[86] = L"", code[17] = L"", english[86];
    const wchar_t *dot = wcschr(text, '.'), *underscore;
    size_t length = dot ? (size_t)(dot - text) : wcslen(text);
    BOOL bcp = FALSE;

    if (length >= ARRAYSIZE(language)) return FALSE;
    memcpy(language, text, length * sizeof(wchar_t));
    language[length] = 0;
    if (dot) {
        if (wcslen(dot + 1) >= ARRAYSIZE(code)) return FALSE;
        wcscpy(code, dot + 1);
    }
    *name = 0;
    if (!*language) {
        if (!GetUserDefaultLocaleName(name, LOCALE_NAME_MAX_LENGTH)) return FALSE;
    } else {
        for (unsigned i = 0; i < ARRAYSIZE(aliases); i++)
            if (!_wcsicmp(aliases[i].alias, language)) wcscpy(name, aliases[i].name);
        if (!*name && !wcschr(language, '_') && IsValidLocaleName(language) && wcslen(language) < LOCALE_NAME_MAX_LENGTH &&
            (wcschr(language, '-') || wcslen(language) <= 2)) {
            wchar_t specific[LOCALE_NAME_MAX_LENGTH];
            bcp = TRUE;
            wcscpy(name, language);
            if (!wcschr(language, '-') && ResolveLocaleName(language, specific, ARRAYSIZE(specific)) && *specific)
                wcscpy(name, specific);
        }
        if (!*name) {
            struct search search = { language };
            underscore = wcschr(language, '_');
            if (underscore) {
                wcscpy(country, underscore + 1);
                language[underscore - language] = 0;
                search.country = country;
                if (!_wcsicmp(country, L"usa") || !_wcsicmp(country, L"us") || !_wcsicmp(country, L"america")) search.country = L"United States";
                if (!_wcsicmp(country, L"uk") || !_wcsicmp(country, L"britain") || !_wcsicmp(country, L"england")) search.country = L"United Kingdom";
            }
            EnumSystemLocalesEx(compare, LOCALE_WINDOWS | LOCALE_SPECIFICDATA, (LPARAM)&search, NULL);
            if (!*search.found) return FALSE;
            wcscpy(name, search.found);
        }
    }

    *page = 0;
    if (!*code || !_wcsicmp(code, L"ACP") || !_wcsicmp(code, L"OCP")) {
        LCTYPE type = *code && !_wcsicmp(code, L"OCP") ? LOCALE_IDEFAULTCODEPAGE : LOCALE_IDEFAULTANSICODEPAGE;
        if (!*language && !*text) *page = GetACP();
        else if (!GetLocaleInfoEx(name, type | LOCALE_RETURN_NUMBER, (wchar_t *)page, sizeof(*page) / sizeof(wchar_t)))
            return FALSE;
        if (!*page || *page == CP_UTF7) *page = CP_UTF8; /* Unicode-only locales */
    } else if (!_wcsicmp(code, L"utf8") || !_wcsicmp(code, L"utf-8")) {
        *page = CP_UTF8;
    } else {
        for (const wchar_t *p = code; *p; p++) {
            if (*p < '0' || *p > '9' || *page > 70000) return FALSE;
            *page = *page * 10 + *p - '0';
        }
    }
#ifdef FERRY_MSVCRT
    if (*page == CP_UTF8 || *page == CP_UTF7) return FALSE; /* more than two bytes a character */
#else
    if (*page == CP_UTF7) return FALSE;
#endif
    if (!IsValidCodePage(*page)) return FALSE;

    if (bcp) {
        wcscpy(result, language);
        if (*code) {
            wcscat(result, L".");
            wcscat(result, code);
        }
        return TRUE;
    }
    if (!GetLocaleInfoEx(name, LOCALE_SENGLISHLANGUAGENAME, result, 60)) return FALSE;
    if (GetLocaleInfoEx(name, LOCALE_SENGLISHCOUNTRYNAME, english, 60)) {
        if (wcslen(result) + wcslen(english) > 70) return FALSE;
        wcscat(result, L"_");
        wcscat(result, english);
    }
    wcscat(result, L".");
    if (*page == CP_UTF8 && *code) {
        wcscat(result, code);
    } else {
        wchar_t digits[8];
        _itow_s((int)*page, digits, 8, 10);
        wcscat(result, digits);
    }
    return TRUE;
}

/* ---- making one ---- */

static char *ascii_copy(const wchar_t *text)
{
    size_t length = wcslen(text);
    char *copy = malloc(length + 1);

    for (size_t i = 0; copy && i <= length; i++) copy[i] = text[i] < 0x80 ? (char)text[i] : '?';
    return copy;
}

static void finish(struct crt_locale *locale)
{
    wchar_t all[LC_COUNT * 100];
    BOOL same = TRUE;

    for (int i = LC_COLLATE + 1; i < LC_COUNT; i++) same = same && !wcscmp(locale->names[i], locale->names[LC_COLLATE]);
    if (same) {
        wcscpy(all, locale->names[LC_COLLATE]);
    } else {
        *all = 0;
        for (int i = LC_COLLATE; i < LC_COUNT; i++) {
            wchar_t *at = all + wcslen(all);
            for (const char *p = category_names[i]; *p; p++) *at++ = *p;
            *at++ = '=';
            *at = 0;
            wcscat(all, locale->names[i]);
            if (i + 1 < LC_COUNT) wcscat(all, L";");
        }
    }
    locale->all_wname = _wcsdup(all);
    locale->all_name = ascii_copy(all);
    for (int i = LC_COLLATE; i < LC_COUNT; i++) locale->narrow_names[i] = ascii_copy(locale->names[i]);
    for (int i = LC_COLLATE; i < LC_COUNT; i++)
        locale->name_pointers[i] = *locale->locale_names[i] ? locale->locale_names[i] : NULL;
    locale->base.refcount = 1;
    locale->base.lc_clike = is_c(locale->names[LC_CTYPE]);
    set_ctype(locale);
    locale_conventions(locale);
    locale_time_names(locale);
}

static void set_ctype(struct crt_locale *locale)
{
    UINT page = locale->base.lc_codepage;
    CPINFO info;
    BOOL lead[256] = { 0 };

    memcpy(locale->ctype_table, c_ctype, sizeof(locale->ctype_table));
    for (int i = 0; i < 256; i++) {
        locale->lower_table[i] = (unsigned char)(i >= 'A' && i <= 'Z' ? i + 32 : i);
        locale->upper_table[i] = (unsigned char)(i >= 'a' && i <= 'z' ? i - 32 : i);
    }
    locale->base.mb_cur_max = 1;
    locale->base.pctype = locale->ctype_table + 1;
    locale->base.ctype1 = locale->ctype_table;
    locale->base.pclmap = locale->lower_table;
    locale->base.pcumap = locale->upper_table;
    if (!page) return;
    if (GetCPInfo(page, &info)) {
        locale->base.mb_cur_max = info.MaxCharSize;
        for (int i = 0; page != CP_UTF8 && i + 1 < MAX_LEADBYTES && info.LeadByte[i]; i += 2)
            for (int c = info.LeadByte[i]; c <= info.LeadByte[i + 1]; c++) lead[c] = TRUE;
    }
    if (page == CP_UTF8) {
        locale->base.mb_cur_max = 4;
        return;
    }
    for (int i = 0; i < 256; i++) {
        char c = (char)i;
        wchar_t wide, changed;
        unsigned short type = 0;
        if (lead[i]) {
            locale->ctype_table[i + 1] = 0x8000;
            continue;
        }
        if (i < 0x80) continue;
        if (MultiByteToWideChar(page, MB_ERR_INVALID_CHARS, &c, 1, &wide, 1) != 1) continue;
        GetStringTypeW(CT_CTYPE1, &wide, 1, &type);
        locale->ctype_table[i + 1] = type & 0x1ff;
        for (int up = 0; up < 2; up++) {
            char narrow;
            BOOL replaced = FALSE;
            if (LCMapStringEx(locale->locale_names[LC_CTYPE], up ? LCMAP_UPPERCASE : LCMAP_LOWERCASE, &wide, 1, &changed, 1,
                              NULL, NULL, 0) == 1 &&
                changed != wide && WideCharToMultiByte(page, 0, &changed, 1, &narrow, 1, NULL, &replaced) == 1 && !replaced)
                (up ? locale->upper_table : locale->lower_table)[i] = (unsigned char)narrow;
        }
    }
}

void locale_init(void)
{
    for (int i = 0; i < LC_COUNT; i++) wcscpy(c_locale.names[i], L"C");
    finish(&c_locale);
}

struct crt_locale c_locale = { .base = { .mb_cur_max = 1 }, .decimal_point = '.' };

/* BASE with CATEGORY changed to NAME, found or made. NULL: no such locale. The locale lock is held. */
static struct crt_locale *with_category(struct crt_locale *base, int category, const wchar_t *name)
{
    struct crt_locale *locale = calloc(1, sizeof(*locale)), *old;
    wchar_t resolved[LOCALE_NAME_MAX_LENGTH] = L"", result[86] = L"C";
    UINT page = 0;

    if (!locale) return NULL;
    if (!is_c(name) && !resolve(name, resolved, &page, result)) {
        free(locale);
        return NULL;
    }
    memcpy(locale->names, base->names, sizeof(base->names));
    memcpy(locale->locale_names, base->locale_names, sizeof(base->locale_names));
    locale->base.lc_codepage = base->base.lc_codepage;
    locale->base.lc_collate_cp = base->base.lc_collate_cp;
    memcpy(locale->base.lc_handle, base->base.lc_handle, sizeof(base->base.lc_handle));
    for (int i = LC_COLLATE; i < LC_COUNT; i++) {
        if (category != LC_ALL && category != i) continue;
        wcscpy(locale->names[i], result);
        wcscpy(locale->locale_names[i], resolved);
        locale->base.lc_handle[i] = *resolved ? LocaleNameToLCID(resolved, 0) : 0;
        if (i == LC_CTYPE) locale->base.lc_codepage = page;
        if (i == LC_COLLATE) locale->base.lc_collate_cp = page;
    }
    for (old = &c_locale; old; old = old == &c_locale ? made : old->next) {
        if (memcmp(old->names, locale->names, sizeof(old->names)) || old->base.lc_codepage != locale->base.lc_codepage)
            continue;
        free(locale);
        return old;
    }
    finish(locale);
    locale->next = made;
    made = locale;
    return locale;
}

/* Also takes "LC_COLLATE=…;LC_CTYPE=…", as setlocale(LC_ALL, NULL) returns it. */
static struct crt_locale *make(struct crt_locale *base, int category, const wchar_t *name)
{
    struct crt_locale *locale = base;

    if (category != LC_ALL || wcsncmp(name, L"LC_", 3)) return with_category(base, category, name);
    while (*name) {
        wchar_t part[86];
        const wchar_t *equals = wcschr(name, '='), *end;
        int found = 0;
        if (!equals) return NULL;
        for (int i = LC_COLLATE; i < LC_COUNT && !found; i++) {
            size_t length = strlen(category_names[i]), j = 0;
            while (j < length && name[j] == (unsigned char)category_names[i][j]) j++;
            if (j == length && name + j == equals) found = i;
        }
        end = wcschr(equals, ';');
        if (!end) end = equals + wcslen(equals);
        if ((size_t)(end - equals) > ARRAYSIZE(part)) return NULL;
        memcpy(part, equals + 1, (end - equals - 1) * sizeof(wchar_t));
        part[end - equals - 1] = 0;
        if (found && !(locale = with_category(locale, found, part))) return NULL;
        name = *end ? end + 1 : end;
    }
    return locale;
}

static struct crt_locale *set(int category, const wchar_t *name)
{
    struct thread_data *data = thread_data();
    struct crt_locale *locale = crt_locale_of(NULL);

    if (!name) return locale;
    _lock(LOCK_LOCALE);
    locale = make(locale, category, name);
    if (locale) {
        if (locale != &c_locale) crt_locale_changed = 1;
        if (data->own_locale > 0) {
            data->locale = locale;
        } else {
            global_locale = locale;
#ifdef FERRY_MSVCRT
            extern int __mb_cur_max;
            extern const unsigned short *_pctype;
            __mb_cur_max = locale->base.mb_cur_max;
            _pctype = locale->base.pctype;
#endif
        }
    }
    _unlock(LOCK_LOCALE);
    return locale;
}

CRTAPI wchar_t *_wsetlocale(int category, const wchar_t *name)
{
    struct crt_locale *locale;

    REQUIRE(category >= LC_ALL && category < LC_COUNT, EINVAL, NULL);
    locale = set(category, name);
    if (!locale) return NULL;
    return category == LC_ALL ? locale->all_wname : locale->names[category];
}

CRTAPI char *setlocale(int category, const char *name)
{
    struct crt_locale *locale;
    wchar_t *wide = NULL;

    REQUIRE(category >= LC_ALL && category < LC_COUNT, EINVAL, NULL);
    if (name && !(wide = crt_wide(name))) return NULL;
    locale = set(category, wide);
    free(wide);
    if (!locale) return NULL;
    return category == LC_ALL ? locale->all_name : locale->narrow_names[category];
}

CRTAPI int _configthreadlocale(int mode)
{
    struct thread_data *data = thread_data();
    int old = data->own_locale > 0 ? 1 : 2;

    switch (mode) {
    case 0: break;
    case 1: /* _ENABLE_PER_THREAD_LOCALE */
        if (data->own_locale <= 0) data->locale = crt_locale_of(NULL);
        data->own_locale = 1;
        break;
    case 2: data->own_locale = 0; break;
    case -1: threads_own_locale = TRUE; break;
    default: REQUIRE(FALSE, EINVAL, -1);
    }
    return old;
}

CRTAPI _locale_t _wcreate_locale(int category, const wchar_t *name)
{
    struct crt_locale *locale;
    _locale_t pair;

    if (category < LC_ALL || category >= LC_COUNT || !name) return NULL;
    _lock(LOCK_LOCALE);
    locale = make(&c_locale, category, name);
    _unlock(LOCK_LOCALE);
    if (!locale) return NULL;
    pair = calloc(1, sizeof(*pair));
    if (pair) pair->locinfo = &locale->base;
    return pair;
}

CRTAPI _locale_t _create_locale(int category, const char *name)
{
    wchar_t *wide = name ? crt_wide(name) : NULL;
    _locale_t locale = wide ? _wcreate_locale(category, wide) : NULL;

    free(wide);
    return locale;
}

CRTAPI void _free_locale(_locale_t locale)
{
    free(locale);
}

CRTAPI _locale_t _get_current_locale(void)
{
    _locale_t pair = calloc(1, sizeof(*pair));

    if (pair) pair->locinfo = &crt_locale_of(NULL)->base;
    return pair;
}

CRTAPI unsigned long *___lc_handle_func(void)
{
    return crt_locale(NULL)->base.lc_handle;
}

#ifdef FERRY_MSVCRT
CRTDATA int __mb_cur_max = 1;

CRTAPI int *__p___mb_cur_max(void)
{
    return &__mb_cur_max;
}

CRTAPI int ___setlc_active_func(void)
{
    return 0;
}

CRTAPI int *___unguarded_readlc_active_add_func(void)
{
    static int readers;
    return &readers;
}
#else
/* By category; NULL stands for the C locale. */
CRTAPI wchar_t **___lc_locale_name_func(void)
{
    return crt_locale(NULL)->name_pointers;
}
#endif
