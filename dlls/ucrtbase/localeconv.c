/* What LC_MONETARY, LC_NUMERIC and LC_TIME say. Reference: "localeconv", "strftime". */
#include "crt.h"

static char *narrow(struct crt_locale *locale, const wchar_t *text)
{
    UINT page = locale->base.lc_codepage;
    int size = WideCharToMultiByte(page, 0, text, -1, NULL, 0, NULL, NULL);
    char *copy = malloc(size + 1);

    if (!copy) return "";
    if (!size || !WideCharToMultiByte(page, 0, text, -1, copy, size, NULL, NULL)) *copy = 0;
    return copy;
}

static void text_pair(struct crt_locale *locale, int category, LCTYPE type, char **to, wchar_t **wide)
{
    wchar_t value[80];

    if (!GetLocaleInfoEx(locale->locale_names[category], type, value, ARRAYSIZE(value))) return;
    *wide = _wcsdup(value);
    *to = narrow(locale, value);
}

/* "3;2;0" to bytes: 3 2 (the last repeats); without ;0 the grouping ends, which C writes as CHAR_MAX. */
static char *grouping(struct crt_locale *locale, int category, LCTYPE type)
{
    wchar_t value[16];
    char *result = calloc(1, 16);
    int count = 0;

    if (!result || !GetLocaleInfoEx(locale->locale_names[category], type, value, ARRAYSIZE(value))) return "";
    for (wchar_t *p = value; *p; p++)
        if (*p >= '0' && *p <= '9') result[count++] = (char)(*p - '0');
    return result;
}

static char number(struct crt_locale *locale, LCTYPE type)
{
    DWORD value = 0;

    GetLocaleInfoEx(locale->locale_names[LC_MONETARY], type | LOCALE_RETURN_NUMBER, (wchar_t *)&value, 2);
    return (char)value;
}

void locale_conventions(struct crt_locale *locale)
{
    struct lconv *conv = &locale->conv;

    conv->decimal_point = ".";
    conv->_W_decimal_point = L".";
    conv->thousands_sep = conv->int_curr_symbol = conv->currency_symbol = conv->mon_decimal_point = "";
    conv->mon_thousands_sep = conv->positive_sign = conv->negative_sign = conv->grouping = conv->mon_grouping = "";
    conv->_W_thousands_sep = conv->_W_int_curr_symbol = conv->_W_currency_symbol = conv->_W_mon_decimal_point = L"";
    conv->_W_mon_thousands_sep = conv->_W_positive_sign = conv->_W_negative_sign = L"";
    conv->int_frac_digits = conv->frac_digits = conv->p_cs_precedes = conv->p_sep_by_space = CHAR_MAX;
    conv->n_cs_precedes = conv->n_sep_by_space = conv->p_sign_posn = conv->n_sign_posn = CHAR_MAX;
    if (*locale->locale_names[LC_NUMERIC]) {
        text_pair(locale, LC_NUMERIC, LOCALE_SDECIMAL, &conv->decimal_point, &conv->_W_decimal_point);
        text_pair(locale, LC_NUMERIC, LOCALE_STHOUSAND, &conv->thousands_sep, &conv->_W_thousands_sep);
        conv->grouping = grouping(locale, LC_NUMERIC, LOCALE_SGROUPING);
    }
    if (*locale->locale_names[LC_MONETARY]) {
        text_pair(locale, LC_MONETARY, LOCALE_SINTLSYMBOL, &conv->int_curr_symbol, &conv->_W_int_curr_symbol);
        text_pair(locale, LC_MONETARY, LOCALE_SCURRENCY, &conv->currency_symbol, &conv->_W_currency_symbol);
        text_pair(locale, LC_MONETARY, LOCALE_SMONDECIMALSEP, &conv->mon_decimal_point, &conv->_W_mon_decimal_point);
        text_pair(locale, LC_MONETARY, LOCALE_SMONTHOUSANDSEP, &conv->mon_thousands_sep, &conv->_W_mon_thousands_sep);
        text_pair(locale, LC_MONETARY, LOCALE_SPOSITIVESIGN, &conv->positive_sign, &conv->_W_positive_sign);
        text_pair(locale, LC_MONETARY, LOCALE_SNEGATIVESIGN, &conv->negative_sign, &conv->_W_negative_sign);
        conv->mon_grouping = grouping(locale, LC_MONETARY, LOCALE_SMONGROUPING);
        conv->int_frac_digits = number(locale, LOCALE_IINTLCURRDIGITS);
        conv->frac_digits = number(locale, LOCALE_ICURRDIGITS);
        conv->p_cs_precedes = number(locale, LOCALE_IPOSSYMPRECEDES);
        conv->p_sep_by_space = number(locale, LOCALE_IPOSSEPBYSPACE);
        conv->n_cs_precedes = number(locale, LOCALE_INEGSYMPRECEDES);
        conv->n_sep_by_space = number(locale, LOCALE_INEGSEPBYSPACE);
        conv->p_sign_posn = number(locale, LOCALE_IPOSSIGNPOSN);
        conv->n_sign_posn = number(locale, LOCALE_INEGSIGNPOSN);
    }
    locale->decimal_point = conv->decimal_point[0] ? conv->decimal_point[0] : '.';
    locale->base.lconv = conv;
}

CRTAPI struct lconv *localeconv(void)
{
    return &crt_locale(NULL)->conv;
}

/* ---- LC_TIME ---- */

static const struct time_names c_names = {
    .wday_short = { L"Sun", L"Mon", L"Tue", L"Wed", L"Thu", L"Fri", L"Sat" },
    .wday = { L"Sunday", L"Monday", L"Tuesday", L"Wednesday", L"Thursday", L"Friday", L"Saturday" },
    .month_short = { L"Jan", L"Feb", L"Mar", L"Apr", L"May", L"Jun", L"Jul", L"Aug", L"Sep", L"Oct", L"Nov", L"Dec" },
    .month = { L"January", L"February", L"March", L"April", L"May", L"June", L"July", L"August", L"September", L"October",
               L"November", L"December" },
    .ampm = { L"AM", L"PM" },
    .date_short = L"MM/dd/yy",
    .date_long = L"dddd, MMMM dd, yyyy",
    .time = L"HH:mm:ss",
    .locale_name = L"",
};

static const wchar_t *info(struct crt_locale *locale, LCTYPE type)
{
    wchar_t value[100];

    if (!GetLocaleInfoEx(locale->locale_names[LC_TIME], type, value, ARRAYSIZE(value))) return L"";
    return _wcsdup(value);
}

void locale_time_names(struct crt_locale *locale)
{
    struct time_names *names;

    if (!*locale->locale_names[LC_TIME] || !(names = calloc(1, sizeof(*names)))) {
        locale->time = &c_names;
        return;
    }
    for (int i = 0; i < 7; i++) {
        int day = (i + 6) % 7; /* Windows counts from Monday */
        names->wday_short[i] = info(locale, LOCALE_SABBREVDAYNAME1 + day);
        names->wday[i] = info(locale, LOCALE_SDAYNAME1 + day);
    }
    for (int i = 0; i < 12; i++) {
        names->month_short[i] = info(locale, LOCALE_SABBREVMONTHNAME1 + i);
        names->month[i] = info(locale, LOCALE_SMONTHNAME1 + i);
    }
    names->ampm[0] = info(locale, LOCALE_S1159);
    names->ampm[1] = info(locale, LOCALE_S2359);
    names->date_short = info(locale, LOCALE_SSHORTDATE);
    names->date_long = info(locale, LOCALE_SLONGDATE);
    names->time = info(locale, LOCALE_STIMEFORMAT);
    names->locale_name = locale->locale_names[LC_TIME];
    locale->time = names;
}

/* ":Sun:Sunday:Mon:…" for the C++ library; free() it. */
static wchar_t *joined(const wchar_t *const *shorts, const wchar_t *const *longs, int count)
{
    size_t size = 1;
    wchar_t *text;

    for (int i = 0; i < count; i++) size += wcslen(shorts[i]) + wcslen(longs[i]) + 2;
    text = malloc(size * sizeof(wchar_t));
    if (!text) return NULL;
    *text = 0;
    for (int i = 0; i < count; i++) {
        wcscat(text, L":");
        wcscat(text, shorts[i]);
        wcscat(text, L":");
        wcscat(text, longs[i]);
    }
    return text;
}

static char *joined_narrow(wchar_t *wide)
{
    char *text;
    int size;
    UINT page = crt_locale(NULL)->base.lc_codepage;

    if (!wide) return NULL;
    size = WideCharToMultiByte(page, 0, wide, -1, NULL, 0, NULL, NULL);
    text = malloc(size + 1);
    if (text) WideCharToMultiByte(page, 0, wide, -1, text, size, NULL, NULL);
    free(wide);
    return text;
}

CRTAPI wchar_t *_W_Getdays(void)
{
    const struct time_names *names = crt_locale(NULL)->time;

    return joined(names->wday_short, names->wday, 7);
}

CRTAPI wchar_t *_W_Getmonths(void)
{
    const struct time_names *names = crt_locale(NULL)->time;

    return joined(names->month_short, names->month, 12);
}

CRTAPI char *_Getdays(void)
{
    return joined_narrow(_W_Getdays());
}

CRTAPI char *_Getmonths(void)
{
    return joined_narrow(_W_Getmonths());
}

/* The names as one block that _Strftime takes: owned by the locale, which lives for good, so the block is a copy of its
 * pointers; free() it. */
CRTAPI void *_W_Gettnames(void)
{
    struct time_names *copy = malloc(sizeof(*copy));

    if (copy) *copy = *crt_locale(NULL)->time;
    return copy;
}

CRTAPI void *_Gettnames(void)
{
    return _W_Gettnames();
}
