/* Numbers from and to text for one width; convert.c and wconvert.c include this with CHAR, F(n, w). */

static int digit_value(CHAR c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'z' ? c - 'a' + 10 : c >= 'A' && c <= 'Z' ? c - 'A' + 10 : 99;
}

static BOOL is_blank(CHAR c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* All of strtol to strtoull. LIMIT: greatest value; SIGNED_TYPE: LIMIT + 1 with a minus. *OVERFLOW: 1 above, -1 below. */
static unsigned __int64 parse(const CHAR *text, CHAR **end, int base, unsigned __int64 limit, BOOL signed_type)
{
    const CHAR *at = text;
    unsigned __int64 value = 0;
    BOOL negative = FALSE, any = FALSE, over = FALSE;

    if (end) *end = (CHAR *)text;
    REQUIRE(text, EINVAL, 0);
    REQUIRE(base == 0 || (base >= 2 && base <= 36), EINVAL, 0);
    while (is_blank(*at)) at++;
    if (*at == '-') negative = TRUE, at++;
    else if (*at == '+') at++;
    if ((base == 0 || base == 16) && at[0] == '0' && (at[1] == 'x' || at[1] == 'X')) {
        if (digit_value(at[2]) < 16) {
            at += 2;
            base = 16;
        } else if (base == 0) {
            base = 8;
        }
    } else if (base == 0) {
        base = *at == '0' ? 8 : 10;
    }
    if (signed_type && negative) limit++;
    for (; digit_value(*at) < base; at++) {
        unsigned digit = digit_value(*at);
        any = TRUE;
        if (over) continue;
        if (value > limit / (unsigned)base || (value == limit / (unsigned)base && digit > limit % (unsigned)base)) over = TRUE;
        else value = value * base + digit;
    }
    if (end && any) *end = (CHAR *)at;
    if (over) {
        errno = ERANGE;
        return signed_type && negative ? 0 - limit : limit;
    }
    return negative ? 0 - value : value;
}

#define PARSER(type, name, name_l, limit, is_signed)                                                                    \
    CRTAPI type name(const CHAR *text, CHAR **end, int base)                                                            \
    {                                                                                                                   \
        return (type)parse(text, end, base, limit, is_signed);                                                          \
    }                                                                                                                   \
    CRTAPI type name_l(const CHAR *text, CHAR **end, int base, _locale_t locale)                                        \
    {                                                                                                                   \
        return (type)parse(text, end, base, limit, is_signed);                                                          \
    }

PARSER(long, F(strtol, wcstol), F(_strtol_l, _wcstol_l), LONG_MAX, TRUE)
PARSER(unsigned long, F(strtoul, wcstoul), F(_strtoul_l, _wcstoul_l), ULONG_MAX, FALSE)
PARSER(__int64, F(_strtoi64, _wcstoi64), F(_strtoi64_l, _wcstoi64_l), INT64_MAX, TRUE)
PARSER(unsigned __int64, F(_strtoui64, _wcstoui64), F(_strtoui64_l, _wcstoui64_l), UINT64_MAX, FALSE)
PARSER(__int64, F(strtoll, wcstoll), F(_strtoll_l, _wcstoll_l), INT64_MAX, TRUE)
PARSER(unsigned __int64, F(strtoull, wcstoull), F(_strtoull_l, _wcstoull_l), UINT64_MAX, FALSE)
PARSER(__int64, F(strtoimax, wcstoimax), F(_strtoimax_l, _wcstoimax_l), INT64_MAX, TRUE)
PARSER(unsigned __int64, F(strtoumax, wcstoumax), F(_strtoumax_l, _wcstoumax_l), UINT64_MAX, FALSE)

#ifdef FERRY_MSVCRT
#define PARSE_SHORT(text, limit) parse_wrapping(text)
#else
#define PARSE_SHORT(text, limit) parse(text, NULL, 10, limit, TRUE)
#endif

#define SHORT(type, name, name_l, limit)                                                                                \
    CRTAPI type name(const CHAR *text)                                                                                  \
    {                                                                                                                   \
        REQUIRE(text, EINVAL, 0);                                                                                       \
        return (type)PARSE_SHORT(text, limit);                       \
    }                                                                                                                   \
    CRTAPI type name_l(const CHAR *text, _locale_t locale)                                                              \
    {                                                                                                                   \
        return name(text);                                                                                              \
    }

/* msvcrt's atoi family goes on after an overflow (reference: "atoi", older versions). */
static unsigned __int64 __attribute__((unused)) parse_wrapping(const CHAR *text)
{
    unsigned __int64 value = 0;
    BOOL negative = FALSE;

    while (is_blank(*text)) text++;
    if (*text == '-') negative = TRUE, text++;
    else if (*text == '+') text++;
    for (; *text >= '0' && *text <= '9'; text++) value = value * 10 + *text - '0';
    return negative ? 0 - value : value;
}

SHORT(int, F(atoi, _wtoi), F(_atoi_l, _wtoi_l), LONG_MAX)
SHORT(long, F(atol, _wtol), F(_atol_l, _wtol_l), LONG_MAX)
SHORT(__int64, F(_atoi64, _wtoi64), F(_atoi64_l, _wtoi64_l), INT64_MAX)
SHORT(__int64, F(atoll, _wtoll), F(_atoll_l, _wtoll_l), INT64_MAX)

/* ---- floating point ---- */

#define SIGNIFICANT 900

static BOOL __attribute__((unused)) word_is(const CHAR *at, const char *word)
{
    for (; *word; at++, word++)
        if ((*at | 0x20) != *word) return FALSE;
    return TRUE;
}

/* *end stays at TEXT when there is no number. */
static double parse_float(const CHAR *text, CHAR **end, BOOL single, _locale_t locale)
{
    char digits[SIGNIFICANT + 1], point = crt_locale(locale)->decimal_point;
    const CHAR *at = text;
    int count = 0, range = 0;
    long exponent = 0;
    BOOL negative = FALSE, any = FALSE, sticky = FALSE, after_point = FALSE;
    double value;

    if (end) *end = (CHAR *)text;
    REQUIRE(text, EINVAL, 0);
    while (is_blank(*at)) at++;
    if (*at == '-') negative = TRUE, at++;
    else if (*at == '+') at++;
#ifndef FERRY_MSVCRT
    if (word_is(at, "inf")) {
        at += word_is(at, "infinity") ? 8 : 3;
        if (end) *end = (CHAR *)at;
        return negative ? -__builtin_inf() : __builtin_inf();
    }
    if (word_is(at, "nan")) {
        BOOL indefinite = FALSE, signalling = FALSE;
        union {
            unsigned __int64 word;
            double value;
        } nan = { 0x7ff8000000000000ull };
        at += 3;
        if (*at == '(') {
            const CHAR *p = at + 1;
            indefinite = word_is(p, "ind)");
            signalling = word_is(p, "snan)");
            while (digit_value(*p) < 36 || *p == '_') p++;
            if (*p == ')') at = p + 1;
        }
        (void)indefinite;
        if (signalling) nan.word = 0x7ff0000000000001ull;
        if (negative) nan.word |= 1ull << 63;
        if (end) *end = (CHAR *)at;
        return nan.value;
    }
    if (at[0] == '0' && (at[1] | 0x20) == 'x') {
        unsigned __int64 bits = 0;
        const CHAR *p = at + 2;
        for (;; p++) {
            int digit = digit_value(*p);
            if (*p == (CHAR)point && !after_point) {
                after_point = TRUE;
                continue;
            }
            if (digit >= 16) break;
            any = TRUE;
            if (bits >> 60) {
                if (digit) sticky = TRUE;
                if (!after_point) exponent += 4;
            } else {
                bits = bits << 4 | digit;
                if (after_point) exponent -= 4;
            }
        }
        if (!any) { /* only the 0 counts */
            if (end) *end = (CHAR *)at + 1;
            return negative ? -0.0 : 0.0;
        }
        if ((*p | 0x20) == 'p') {
            const CHAR *q = p + 1;
            BOOL minus = *q == '-';
            long power = 0;
            if (*q == '-' || *q == '+') q++;
            if (*q >= '0' && *q <= '9') {
                for (; *q >= '0' && *q <= '9'; q++)
                    if (power < 100000) power = power * 10 + *q - '0';
                exponent += minus ? -power : power;
                p = q;
            }
        }
        if (end) *end = (CHAR *)p;
        value = fp_from_hex(bits, sticky, exponent, single, &range);
        if (range) errno = range;
        return negative ? -value : value;
    }
#endif
    for (;; at++) {
        if (*at == (CHAR)point && !after_point) {
            after_point = TRUE;
            continue;
        }
        if (*at < '0' || *at > '9') break;
        any = TRUE;
        if (!count && *at == '0') {
            if (after_point) exponent--;
            continue;
        }
        if (count < SIGNIFICANT) {
            digits[count++] = (char)*at;
            if (after_point) exponent--;
        } else {
            if (*at != '0') sticky = TRUE;
            if (!after_point) exponent++;
        }
    }
    if (!any) return 0;
    if ((*at | 0x20) == 'e'
#ifdef FERRY_MSVCRT
        || (*at | 0x20) == 'd'
#endif
    ) {
        const CHAR *p = at + 1;
        BOOL minus = *p == '-';
        long power = 0;
        if (*p == '-' || *p == '+') p++;
        if (*p >= '0' && *p <= '9') {
            for (; *p >= '0' && *p <= '9'; p++)
                if (power < 100000) power = power * 10 + *p - '0';
            exponent += minus ? -power : power;
            at = p;
        }
    }
    if (end) *end = (CHAR *)at;
    if (sticky) {
        digits[count++] = '1';
        exponent--;
    }
    value = fp_from_decimal(digits, count, exponent, single, &range);
    if (range) errno = range;
    return negative ? -value : value;
}

CRTAPI double F(_strtod_l, _wcstod_l)(const CHAR *text, CHAR **end, _locale_t locale)
{
    return parse_float(text, end, FALSE, locale);
}

CRTAPI double F(strtod, wcstod)(const CHAR *text, CHAR **end)
{
    return parse_float(text, end, FALSE, NULL);
}

CRTAPI float F(_strtof_l, _wcstof_l)(const CHAR *text, CHAR **end, _locale_t locale)
{
    return (float)parse_float(text, end, TRUE, locale);
}

CRTAPI float F(strtof, wcstof)(const CHAR *text, CHAR **end)
{
    return (float)parse_float(text, end, TRUE, NULL);
}

CRTAPI double F(_strtold_l, _wcstold_l)(const CHAR *text, CHAR **end, _locale_t locale)
{
    return parse_float(text, end, FALSE, locale);
}

CRTAPI double F(strtold, wcstold)(const CHAR *text, CHAR **end)
{
    return parse_float(text, end, FALSE, NULL);
}

CRTAPI double F(_atof_l, _wtof_l)(const CHAR *text, _locale_t locale)
{
    return parse_float(text, NULL, FALSE, locale);
}

CRTAPI double F(atof, _wtof)(const CHAR *text)
{
    return parse_float(text, NULL, FALSE, NULL);
}

/* ---- to text ---- */

static errno_t put_number(unsigned __int64 value, BOOL negative, CHAR *buffer, size_t size, unsigned base)
{
    CHAR digits[66];
    size_t count = 0;

    REQUIRE(buffer && size, EINVAL, EINVAL);
    *buffer = 0;
    REQUIRE(size > (negative ? 2u : 1u), ERANGE, ERANGE);
    REQUIRE(base >= 2 && base <= 36, EINVAL, EINVAL);
    do {
        unsigned digit = (unsigned)(value % base);
        digits[count++] = (CHAR)(digit < 10 ? '0' + digit : 'a' + digit - 10);
        value /= base;
    } while (value);
    if (negative) digits[count++] = '-';
    if (count >= size) {
        *buffer = 0;
        REQUIRE(FALSE, ERANGE, ERANGE);
    }
    for (size_t i = 0; i < count; i++) buffer[i] = digits[count - 1 - i];
    buffer[count] = 0;
    return 0;
}

#define IS_NEGATIVE(value) ((value) < 0)
#define NEVER_NEGATIVE(value) FALSE

#define WRITER(type, unsigned_type, name, name_s, IS_NEGATIVE)                                                          \
    CRTAPI errno_t name_s(type value, CHAR *buffer, size_t size, int base)                                              \
    {                                                                                                                   \
        BOOL negative = base == 10 && IS_NEGATIVE(value);                                                               \
        return put_number(negative ? 0 - (unsigned __int64)value : (unsigned_type)value, negative, buffer, size, base); \
    }                                                                                                                   \
    CRTAPI CHAR *name(type value, CHAR *buffer, int base)                                                               \
    {                                                                                                                   \
        name_s(value, buffer, 66, base);                                                                                \
        return buffer;                                                                                                  \
    }

WRITER(int, unsigned, F(_itoa, _itow), F(_itoa_s, _itow_s), IS_NEGATIVE)
WRITER(long, unsigned long, F(_ltoa, _ltow), F(_ltoa_s, _ltow_s), IS_NEGATIVE)
WRITER(unsigned long, unsigned long, F(_ultoa, _ultow), F(_ultoa_s, _ultow_s), NEVER_NEGATIVE)
WRITER(__int64, unsigned __int64, F(_i64toa, _i64tow), F(_i64toa_s, _i64tow_s), IS_NEGATIVE)
WRITER(unsigned __int64, unsigned __int64, F(_ui64toa, _ui64tow), F(_ui64toa_s, _ui64tow_s), NEVER_NEGATIVE)
