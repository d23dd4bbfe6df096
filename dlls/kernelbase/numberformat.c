/* winnls.h: GetNumberFormat, GetCurrencyFormat. */
#include "nls.h"

struct parts {
    WCHAR integer[256], fraction[64];
    int integer_count, fraction_count;
    bool negative;
};

/* "[-]digits[.digits]", nothing else (reference: lpValue). */
static bool parse(const WCHAR *value, struct parts *parts)
{
    *parts = (struct parts){.negative = false};
    if (*value == '-') parts->negative = true, value++;
    while (*value == '0' && value[1] >= '0' && value[1] <= '9') value++;
    for (; *value >= '0' && *value <= '9'; value++) {
        if (parts->integer_count == 255) return false;
        parts->integer[parts->integer_count++] = *value;
    }
    if (*value == '.')
        for (value++; *value >= '0' && *value <= '9'; value++)
            if (parts->fraction_count < 63) parts->fraction[parts->fraction_count++] = *value;
    return !*value;
}

/* Half up, to `digits` behind the separator. */
static void round_to(struct parts *parts, unsigned digits)
{
    bool up = (unsigned)parts->fraction_count > digits && parts->fraction[digits] >= '5', zero = true;

    while ((unsigned)parts->fraction_count < digits) parts->fraction[parts->fraction_count++] = '0';
    parts->fraction_count = digits;
    for (int i = (int)digits - 1; up && i >= 0; i--) {
        if (parts->fraction[i] != '9') parts->fraction[i]++, up = false;
        else parts->fraction[i] = '0';
    }
    for (int i = parts->integer_count - 1; up && i >= 0; i--) {
        if (parts->integer[i] != '9') parts->integer[i]++, up = false;
        else parts->integer[i] = '0';
    }
    if (up) {
        memmove(parts->integer + 1, parts->integer, parts->integer_count * sizeof(WCHAR));
        parts->integer[0] = '1';
        parts->integer_count++;
    }
    for (int i = 0; i < parts->integer_count; i++) zero &= parts->integer[i] == '0';
    for (int i = 0; i < parts->fraction_count; i++) zero &= parts->fraction[i] == '0';
    if (zero) parts->negative = false;
}

struct text {
    WCHAR at[1024];
    int count;
};

static void put_text(struct text *text, const WCHAR *from)
{
    while (from && *from && text->count < 1023) text->at[text->count++] = *from++;
}

/* Whether a separator stands before the last `rest` digits. Grouping as in NUMBERFMT: 3, or 32 for 3;2;0; a final zero
 * digit (30) stops repetition. */
static bool group_ends(UINT grouping, int rest)
{
    int sizes[10], count = 0, at = 0;
    UINT digits = grouping;
    bool repeat = true;
    if (!grouping) return false;
    for (; digits; digits /= 10) sizes[count++] = digits % 10;
    if (sizes[0] == 0 && count > 1) {
        repeat = false;
        for (int i = 0; i + 1 < count; i++) sizes[i] = sizes[i + 1];
        count--;
    }
    for (int i = count - 1; i >= 0; i--) {
        at += sizes[i];
        if (at == rest) return true;
        if (at > rest) return false;
    }
    return repeat && sizes[0] && (rest - at) % sizes[0] == 0;
}

static void put_number(struct text *text, const struct parts *parts, bool leading_zero, UINT grouping, const WCHAR *decimal,
                       const WCHAR *thousand)
{
    bool only_zero = parts->integer_count == 0 || (parts->integer_count == 1 && parts->integer[0] == '0');
    if (only_zero) {
        if (leading_zero || !parts->fraction_count) put_text(text, L"0");
    } else
        for (int i = 0; i < parts->integer_count; i++) {
            WCHAR c[2] = {parts->integer[i]};
            if (i && group_ends(grouping, parts->integer_count - i)) put_text(text, thousand);
            put_text(text, c);
        }
    if (!parts->fraction_count) return;
    put_text(text, decimal);
    for (int i = 0; i < parts->fraction_count; i++) {
        WCHAR c[2] = {parts->fraction[i]};
        put_text(text, c);
    }
}

/* "3;0" to 3, "3;2;0" to 32, "3" to 30. */
static UINT grouping_of(const WCHAR *text)
{
    UINT value = 0;
    bool repeats = false;
    for (; *text; text++) {
        if (*text == '0') repeats = true;
        else if (*text > '0' && *text <= '9') value = value * 10 + *text - '0';
    }
    return repeats || !value ? value : value * 10;
}

/* `pattern`: n the number, - the sign, $ the symbol; everything else as it is. */
static void put_pattern(struct text *text, const char *pattern, const struct text *number, const WCHAR *sign, const WCHAR *symbol)
{
    for (; *pattern; pattern++) {
        WCHAR c[2] = {*pattern};
        if (*pattern == 'n') put_text(text, number->at);
        else put_text(text, *pattern == '-' ? sign : *pattern == '$' ? symbol : c);
    }
}

static int finish(struct text *text, WCHAR *to, int room)
{
    text->at[text->count] = 0;
    return nls_result_wide(text->at, text->count + 1, to, room);
}

static int number_format(LOCALE_ROW *locale, DWORD flags, const WCHAR *value, const NUMBERFMTW *given, WCHAR *to, int room)
{
    static const char *const negative[] = {"(n)", "-n", "- n", "n-", "n -"};
    struct text number = {.count = 0}, text = {.count = 0};
    struct parts parts;
    NUMBERFMTW format;

    if (!locale || !value || room < 0 || (!to && room)) return set_error(ERROR_INVALID_PARAMETER);
    if (flags & ~(LOCALE_NOUSEROVERRIDE | LOCALE_USE_CP_ACP) || (given && flags & LOCALE_NOUSEROVERRIDE)) return set_error(ERROR_INVALID_FLAGS);
    if (given) format = *given;
    else {
        format.NumDigits = locale_number(locale, LOCALE_IDIGITS);
        format.LeadingZero = locale_number(locale, LOCALE_ILZERO);
        format.Grouping = grouping_of(locale_text(locale, LOCALE_SGROUPING));
        format.lpDecimalSep = (WCHAR *)locale_text(locale, LOCALE_SDECIMAL);
        format.lpThousandSep = (WCHAR *)locale_text(locale, LOCALE_STHOUSAND);
        format.NegativeOrder = locale_number(locale, LOCALE_INEGNUMBER);
    }
    if (format.NumDigits > 9 || format.LeadingZero > 1 || format.NegativeOrder > 4 || !format.lpDecimalSep || !format.lpThousandSep ||
        !parse(value, &parts))
        return set_error(ERROR_INVALID_PARAMETER);
    round_to(&parts, format.NumDigits);
    put_number(&number, &parts, format.LeadingZero, format.Grouping, format.lpDecimalSep, format.lpThousandSep);
    number.at[number.count] = 0;
    put_pattern(&text, parts.negative ? negative[format.NegativeOrder] : "n", &number, locale_text(locale, LOCALE_SNEGATIVESIGN), NULL);
    return finish(&text, to, room);
}

static int currency_format(LOCALE_ROW *locale, DWORD flags, const WCHAR *value, const CURRENCYFMTW *given, WCHAR *to, int room)
{
    static const char *const positive[] = {"$n", "n$", "$ n", "n $"};
    static const char *const negative[] = {"($n)", "-$n", "$-n", "$n-", "(n$)", "-n$", "n-$", "n$-",
                                           "-n $", "-$ n", "n $-", "$ n-", "$ -n", "n- $", "($ n)", "(n $)"};
    struct text number = {.count = 0}, text = {.count = 0};
    struct parts parts;
    CURRENCYFMTW format;

    if (!locale || !value || room < 0 || (!to && room)) return set_error(ERROR_INVALID_PARAMETER);
    if (flags & ~(LOCALE_NOUSEROVERRIDE | LOCALE_USE_CP_ACP) || (given && flags & LOCALE_NOUSEROVERRIDE)) return set_error(ERROR_INVALID_FLAGS);
    if (given) format = *given;
    else {
        format.NumDigits = locale_number(locale, LOCALE_ICURRDIGITS);
        format.LeadingZero = locale_number(locale, LOCALE_ILZERO);
        format.Grouping = grouping_of(locale_text(locale, LOCALE_SMONGROUPING));
        format.lpDecimalSep = (WCHAR *)locale_text(locale, LOCALE_SMONDECIMALSEP);
        format.lpThousandSep = (WCHAR *)locale_text(locale, LOCALE_SMONTHOUSANDSEP);
        format.NegativeOrder = locale_number(locale, LOCALE_INEGCURR);
        format.PositiveOrder = locale_number(locale, LOCALE_ICURRENCY);
        format.lpCurrencySymbol = (WCHAR *)locale_text(locale, LOCALE_SCURRENCY);
    }
    if (format.NumDigits > 9 || format.LeadingZero > 1 || format.NegativeOrder > 15 || format.PositiveOrder > 3 ||
        !format.lpDecimalSep || !format.lpThousandSep || !format.lpCurrencySymbol || !parse(value, &parts))
        return set_error(ERROR_INVALID_PARAMETER);
    round_to(&parts, format.NumDigits);
    put_number(&number, &parts, format.LeadingZero, format.Grouping, format.lpDecimalSep, format.lpThousandSep);
    number.at[number.count] = 0;
    put_pattern(&text, parts.negative ? negative[format.NegativeOrder] : positive[format.PositiveOrder], &number,
                locale_text(locale, LOCALE_SNEGATIVESIGN), format.lpCurrencySymbol);
    return finish(&text, to, room);
}

int WINAPI GetNumberFormatW(LCID lcid, DWORD flags, const WCHAR *value, const NUMBERFMTW *format, WCHAR *to, int room)
{
    return number_format(locale_by_lcid(lcid), flags, value, format, to, room);
}

int WINAPI GetNumberFormatEx(const WCHAR *name, DWORD flags, const WCHAR *value, const NUMBERFMTW *format, WCHAR *to, int room)
{
    return number_format(locale_by_name(name), flags, value, format, to, room);
}

int WINAPI GetCurrencyFormatW(LCID lcid, DWORD flags, const WCHAR *value, const CURRENCYFMTW *format, WCHAR *to, int room)
{
    return currency_format(locale_by_lcid(lcid), flags, value, format, to, room);
}

int WINAPI GetCurrencyFormatEx(const WCHAR *name, DWORD flags, const WCHAR *value, const CURRENCYFMTW *format, WCHAR *to, int room)
{
    return currency_format(locale_by_name(name), flags, value, format, to, room);
}
