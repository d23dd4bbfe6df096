/* The printf engine for one width of format text. Included by printf.c and wprintf.c with
 *
 *     CHAR, WIDE, crt_format_name
 *
 * Reference: "Format specification syntax: printf and wprintf functions", "printf_p positional parameters". */

struct state {
    struct sink *sink;
    struct crt_locale *locale;
    unsigned __int64 options;
    int count; /* characters so far */
    BOOL failed;
};

enum size { SIZE_NONE, SIZE_HH, SIZE_H, SIZE_L, SIZE_LL, SIZE_PTR, SIZE_32, SIZE_LD, SIZE_W };

struct spec {
    BOOL left, plus, space, alternate, zero;
    int width, precision; /* precision -1: none given */
    enum size size;
    CHAR type;
};

static void emit(struct state *state, const CHAR *text, size_t count)
{
    if (!count || state->failed) return;
    if (!state->sink->put(state->sink, text, count)) state->failed = TRUE;
    if (count > (size_t)(INT_MAX - state->count)) state->failed = TRUE;
    else state->count += (int)count;
}

static void emit_repeated(struct state *state, CHAR c, int count)
{
    CHAR block[32];

    if (count <= 0) return;
    for (int i = 0; i < 32 && i < count; i++) block[i] = c;
    for (; count > 0; count -= 32) emit(state, block, min(count, 32));
}

/* Narrow text known to be ASCII. */
static void emit_ascii(struct state *state, const char *text, size_t count)
{
#if WIDE
    CHAR block[64];
    while (count) {
        size_t part = min(count, ARRAYSIZE(block));
        for (size_t i = 0; i < part; i++) block[i] = (unsigned char)text[i];
        emit(state, block, part);
        text += part;
        count -= part;
    }
#else
    emit(state, text, count);
#endif
}

/* Sign or base prefix, zeros, digits: as the flags say. TRAILING zeros follow BODY, then END. */
static void emit_number(struct state *state, const struct spec *spec, const char *prefix, int zeros, const char *body,
                        int length)
{
    int prefix_length = (int)strlen(prefix), padding = spec->width - prefix_length - zeros - length;

    if (!spec->left && !spec->zero) emit_repeated(state, ' ', padding);
    emit_ascii(state, prefix, prefix_length);
    if (!spec->left && spec->zero) emit_repeated(state, '0', padding);
    emit_repeated(state, '0', zeros);
    emit_ascii(state, body, length);
    if (spec->left) emit_repeated(state, ' ', padding);
}

static void format_integer(struct state *state, struct spec *spec, unsigned __int64 value, BOOL negative)
{
    char digits[72], *at = digits + sizeof(digits);
    const char *set = spec->type == 'X' || spec->type == 'p' ? "0123456789ABCDEF" : "0123456789abcdef";
    unsigned base = spec->type == 'o' ? 8 : spec->type == 'x' || spec->type == 'X' || spec->type == 'p' ? 16 : 10;
    const char *prefix = "";
    int length, zeros = 0;

    if (spec->precision >= 0) spec->zero = FALSE;
    if (spec->type == 'd' || spec->type == 'i') prefix = negative ? "-" : spec->plus ? "+" : spec->space ? " " : "";
    else if (spec->alternate && base == 16 && (value || spec->type == 'p')) prefix = spec->type == 'x' ? "0x" : "0X";
    if (base == 10)
        for (; value; value /= 10) *--at = (char)('0' + value % 10);
    else
        for (; value; value /= base) *--at = set[value % base];
    length = (int)(digits + sizeof(digits) - at);
    if (spec->precision > length) zeros = spec->precision - length;
    if (spec->precision < 0 && !length) zeros = 1;
    if (spec->alternate && base == 8 && !zeros && (!length || *at != '0')) zeros = 1;
    emit_number(state, spec, prefix, zeros, at, length);
}

/* ---- floating point ---- */

static int put_exponent(char *at, int exponent, char letter, int least)
{
    char digits[8];
    int count = 0, length = 0;
    unsigned value = exponent < 0 ? -exponent : exponent;

    at[length++] = letter;
    at[length++] = exponent < 0 ? '-' : '+';
    do digits[count++] = (char)('0' + value % 10);
    while (value /= 10);
    while (count < least) digits[count++] = '0';
    while (count) at[length++] = digits[--count];
    return length;
}

struct number {
    char point;
    const char *prefix;
    const char *whole; /* digits before the point, then zeros */
    int whole_count, whole_zeros;
    BOOL has_point;
    int leading_zeros; /* after the point, before the fraction's digits */
    const char *fraction;
    int fraction_count, fraction_zeros;
    const char *end; /* exponent */
    int end_length;
};

static void emit_float(struct state *state, const struct spec *spec, const struct number *number)
{
    int prefix_length = (int)strlen(number->prefix);
    int length = prefix_length + number->whole_count + number->whole_zeros + number->has_point + number->leading_zeros +
                 number->fraction_count + number->fraction_zeros + number->end_length;
    int padding = spec->width - length;

    if (!spec->left && !spec->zero) emit_repeated(state, ' ', padding);
    emit_ascii(state, number->prefix, prefix_length);
    if (!spec->left && spec->zero) emit_repeated(state, '0', padding);
    emit_ascii(state, number->whole, number->whole_count);
    emit_repeated(state, '0', number->whole_zeros);
    if (number->has_point) emit_ascii(state, &number->point, 1);
    emit_repeated(state, '0', number->leading_zeros);
    emit_ascii(state, number->fraction, number->fraction_count);
    emit_repeated(state, '0', number->fraction_zeros);
    emit_ascii(state, number->end, number->end_length);
    if (spec->left) emit_repeated(state, ' ', padding);
}

static const char *sign_of(const struct spec *spec, BOOL negative)
{
    return negative ? "-" : spec->plus ? "+" : spec->space ? " " : "";
}

static void format_special(struct state *state, struct spec *spec, unsigned __int64 word, BOOL upper)
{
    BOOL negative = word >> 63, infinite = !(word & 0xfffffffffffffull), quiet = word >> 51 & 1;
    BOOL indefinite = negative && (word & 0xfffffffffffffull) == 1ull << 51;
    struct number number = { .point = state->locale->decimal_point, .prefix = sign_of(spec, negative) };
    const char *text;

    if (state->options & PRINTF_LEGACY_MSVCRT) {
        /* as digits: 1.#INF and zeros to the precision; a short precision rounds the letters as if they were digits */
        char name[8];
        int length, precision = spec->precision < 0 ? 6 : spec->precision;
        BOOL general = spec->type == 'g' || spec->type == 'G', exponent = spec->type == 'e' || spec->type == 'E';
        text = infinite ? "#INF" : indefinite ? "#IND" : quiet ? "#QNAN" : "#SNAN";
        lstrcpynA(name, text, sizeof(name));
        length = (int)strlen(name);
        if (general) precision = max(precision, 1) - 1;
        number.whole = "1";
        number.whole_count = 1;
        if (precision < length) {
            if (name[precision] >= '5') {
                if (precision) name[precision - 1]++;
                else number.whole = "2";
            }
            length = precision;
        }
        number.has_point = length || spec->alternate;
        number.fraction = name;
        number.fraction_count = length;
        if (!general || spec->alternate) number.fraction_zeros = precision - length;
        if (exponent) {
            number.end = spec->type == 'e' ? "e+000" : "E+000";
            number.end_length = 5;
        }
        emit_float(state, spec, &number);
        return;
    }
    if (upper) text = infinite ? "INF" : indefinite ? "NAN(IND)" : quiet ? "NAN" : "NAN(SNAN)";
    else text = infinite ? "inf" : indefinite ? "nan(ind)" : quiet ? "nan" : "nan(snan)";
    spec->zero = FALSE;
    number.whole = text;
    number.whole_count = (int)strlen(text);
    emit_float(state, spec, &number);
}

static void format_hex_float(struct state *state, struct spec *spec, unsigned __int64 word)
{
    struct number number = { .point = state->locale->decimal_point };
    BOOL upper = spec->type == 'A';
    const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    unsigned __int64 mantissa = word & 0xfffffffffffffull;
    int exponent = (int)(word >> 52 & 0x7ff), precision = spec->precision < 0 ? 13 : spec->precision;
    char prefix[8], whole, digits[13], end[8];

    if (exponent) mantissa |= 1ull << 52, exponent -= 1023;
    else exponent = mantissa ? -1022 : 0;
    if (precision < 13) {
        int drop = 4 * (13 - precision);
        unsigned __int64 half = 1ull << (drop - 1), lost = mantissa & ((1ull << drop) - 1);
        mantissa >>= drop;
        if (lost > half || (lost == half && (mantissa & 1))) mantissa++;
        mantissa <<= drop;
    }
    whole = set[mantissa >> 52];
    for (int i = 0; i < 13; i++) digits[i] = set[mantissa >> (48 - 4 * i) & 15];
    lstrcpynA(prefix, sign_of(spec, word >> 63), sizeof(prefix));
    strcat(prefix, upper ? "0X" : "0x");
    number.prefix = prefix;
    number.whole = &whole;
    number.whole_count = 1;
    number.has_point = precision > 0 || spec->alternate;
    number.fraction = digits;
    number.fraction_count = min(precision, 13);
    number.fraction_zeros = precision - number.fraction_count;
    number.end = end;
    number.end_length = put_exponent(end, exponent, upper ? 'P' : 'p', 1);
    emit_float(state, spec, &number);
}

static void format_float(struct state *state, struct spec *spec, double value)
{
    union {
        double value;
        unsigned __int64 word;
    } bits = { .value = value };
    struct number number = { .point = state->locale->decimal_point };
    char type = spec->type | 0x20, digits[FP_DIGITS], end[8];
    BOOL upper = spec->type < 'a', even = state->options & PRINTF_STANDARD_ROUNDING, exponential;
    int precision = spec->precision, exponent, length, least = state->options & PRINTF_LEGACY_3DIGIT ? 3 : 2;

    if ((bits.word >> 52 & 0x7ff) == 0x7ff) {
        format_special(state, spec, bits.word, upper);
        return;
    }
    if (type == 'a') {
        format_hex_float(state, spec, bits.word);
        return;
    }
    if (precision < 0) precision = 6;
    if (type == 'g' && !precision) precision = 1;
    number.prefix = sign_of(spec, bits.word >> 63);
    if (type == 'f') length = fp_digits(value, 'f', min(precision, 1100), even, digits, &exponent);
    else length = fp_digits(value, 'e', type == 'e' ? min(precision, 1100) + 1 : min(precision, 1100), even, digits, &exponent);

    exponential = type == 'e';
    if (type == 'g') {
        exponential = exponent - 1 < -4 || exponent - 1 >= precision;
        if (exponential) precision--;
        else precision -= exponent;
        if (!spec->alternate) {
            while (length && digits[length - 1] == '0') length--;
            precision = exponential ? max(length - 1, 0) : max(length - exponent, 0);
        }
    }
    if (exponential) {
        number.whole = length ? digits : "0";
        number.whole_count = 1;
        number.fraction = digits + 1;
        number.fraction_count = max(min(length - 1, precision), 0);
        number.fraction_zeros = precision - number.fraction_count;
        number.end = end;
        number.end_length = put_exponent(end, length ? exponent - 1 : 0, upper ? 'E' : 'e', least);
    } else {
        if (exponent > 0 && length) {
            number.whole = digits;
            number.whole_count = min(exponent, length);
            number.whole_zeros = exponent - number.whole_count;
            number.fraction = digits + number.whole_count;
            number.fraction_count = min(length - number.whole_count, precision);
        } else {
            number.whole = "0";
            number.whole_count = 1;
            number.leading_zeros = length ? min(-exponent, precision) : 0;
            number.fraction = digits;
            number.fraction_count = min(length, precision - number.leading_zeros);
        }
        number.fraction_zeros = precision - number.leading_zeros - number.fraction_count;
    }
    number.has_point = precision > 0 || spec->alternate;
    emit_float(state, spec, &number);
}

/* ---- text ---- */

static BOOL is_wide_text(const struct state *state, const struct spec *spec)
{
    BOOL capital = spec->type == 'S' || spec->type == 'C';

    if (spec->size == SIZE_H) return FALSE;
    if (spec->size == SIZE_L || spec->size == SIZE_W || spec->size == SIZE_LL) return TRUE;
#if WIDE
    return state->options & PRINTF_LEGACY_WIDE ? !capital : capital;
#else
    return capital;
#endif
}

static void emit_padded(struct state *state, const struct spec *spec, const CHAR *text, size_t length)
{
    int padding = length < (size_t)INT_MAX ? spec->width - (int)length : 0;

    if (!spec->left) emit_repeated(state, spec->zero ? '0' : ' ', padding);
    emit(state, text, length);
    if (spec->left) emit_repeated(state, ' ', padding);
}

/* Text of the other width is converted by the locale; the precision counts characters of the output. LENGTH -1: to the
 * terminating zero. */
static void format_other_text(struct state *state, const struct spec *spec, const void *text, int length)
{
    CHAR stack[256], *buffer = stack;
    size_t size = ARRAYSIZE(stack), used = 0, limit = spec->precision < 0 ? (size_t)-1 : (size_t)spec->precision;

    for (int i = 0; length < 0 || i < length;) {
        if (used + 8 > size) {
            CHAR *more = malloc(size * 2 * sizeof(CHAR));
            if (!more) {
                state->failed = TRUE;
                break;
            }
            memcpy(more, buffer, used * sizeof(CHAR));
            if (buffer != stack) free(buffer);
            buffer = more;
            size *= 2;
        }
#if WIDE
        const char *from = text;
        wchar_t wide = 0;
        if (used >= limit || (length < 0 && !from[i])) break;
        int step = crt_to_wide(state->locale, &wide, from + i, length < 0 ? 5 : (size_t)(length - i));
        if (step < 0) break;
        buffer[used++] = wide;
        i += max(step, 1);
#else
        const wchar_t *from = text;
        char bytes[8];
        if (used >= limit || (length < 0 && !from[i])) break;
        int step = crt_from_wide(state->locale, bytes, from[i]);
        if (state->locale->base.lc_codepage == CP_UTF8 && from[i] >= 0xd800 && from[i] < 0xdc00)
            step = WideCharToMultiByte(CP_UTF8, 0, from + i++, 2, bytes, sizeof(bytes), NULL, NULL);
        if (step <= 0) {
            errno = EILSEQ;
            state->failed = TRUE;
            break;
        }
        if (used + step > limit) break;
        memcpy(buffer + used, bytes, step);
        used += step;
        i++;
#endif
    }
    if (!state->failed) emit_padded(state, spec, buffer, used);
    if (buffer != stack) free(buffer);
}

static void format_text(struct state *state, const struct spec *spec, const void *text)
{
    BOOL wide = is_wide_text(state, spec);
    const CHAR *own = text;
    size_t length = 0;

    if (!text) {
        static const CHAR null[] = { '(', 'n', 'u', 'l', 'l', ')' };
        emit_padded(state, spec, null, spec->precision >= 0 && spec->precision < 6 ? spec->precision : 6);
        return;
    }
    if (wide != WIDE) {
        format_other_text(state, spec, text, -1);
        return;
    }
    while ((spec->precision < 0 || length < (size_t)spec->precision) && own[length]) length++;
    emit_padded(state, spec, own, length);
}

static void format_character(struct state *state, const struct spec *spec, int value)
{
    BOOL wide = is_wide_text(state, spec);
    CHAR own = (CHAR)value;

    if (wide == WIDE) {
        emit_padded(state, spec, &own, 1);
#if WIDE
    } else {
        char c = (char)value;
        wchar_t converted = 0;
        if (crt_to_wide(state->locale, &converted, &c, 1) < 0) state->failed = TRUE;
        emit_padded(state, spec, &converted, 1);
#else
    } else {
        wchar_t c = (wchar_t)value;
        char bytes[8];
        int length = crt_from_wide(state->locale, bytes, c);
        if (length <= 0) errno = EILSEQ, state->failed = state->options & PRINTF_LEGACY_MSVCRT ? FALSE : TRUE, length = 0;
        emit_padded(state, spec, bytes, length);
#endif
    }
}

/* %Z: ANSI_STRING or UNICODE_STRING */
static void format_counted(struct state *state, const struct spec *spec, const void *pointer)
{
    const UNICODE_STRING *string = pointer;
    BOOL wide = spec->size == SIZE_L || spec->size == SIZE_W;
    struct spec plain = *spec;

    if (!string || !string->Buffer) {
        plain.size = SIZE_NONE;
        format_text(state, &plain, NULL);
        return;
    }
    if (wide == WIDE) emit_padded(state, spec, (const CHAR *)string->Buffer, string->Length / sizeof(CHAR));
    else format_other_text(state, spec, string->Buffer, wide ? string->Length / 2 : string->Length);
}

/* ---- arguments ---- */

union argument {
    __int64 integer;
    double real;
    void *pointer;
};

enum kind { KIND_NONE, KIND_INT, KIND_INT64, KIND_DOUBLE, KIND_POINTER };

static enum kind kind_of(const struct spec *spec)
{
    switch (spec->type) {
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        return spec->size == SIZE_LL || (spec->size == SIZE_PTR && sizeof(void *) == 8) ? KIND_INT64 : KIND_INT;
    case 'c':
    case 'C': return KIND_INT;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case 'a':
    case 'A': return KIND_DOUBLE;
    case 's':
    case 'S':
    case 'Z':
    case 'n':
    case 'p': return KIND_POINTER;
    default: return KIND_NONE;
    }
}

static union argument fetch(enum kind kind, va_list *args)
{
    union argument value = { 0 };

    switch (kind) {
    case KIND_INT: value.integer = va_arg(*args, int); break;
    case KIND_INT64: value.integer = va_arg(*args, __int64); break;
    case KIND_DOUBLE: value.real = va_arg(*args, double); break;
    case KIND_POINTER: value.pointer = va_arg(*args, void *); break;
    default: break;
    }
    return value;
}

/* FALSE: the conversion is invalid, the function returns -1. */
static BOOL convert(struct state *state, struct spec *spec, union argument value)
{
    __int64 integer = value.integer;

    switch (spec->type) {
    case 'd':
    case 'i':
        if (spec->size == SIZE_H) integer = (short)integer;
        else if (spec->size == SIZE_HH) integer = (signed char)integer;
        format_integer(state, spec, integer < 0 ? 0 - (unsigned __int64)integer : (unsigned __int64)integer, integer < 0);
        break;
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        if (kind_of(spec) == KIND_INT) integer = (unsigned)integer;
        if (spec->size == SIZE_H) integer = (unsigned short)integer;
        else if (spec->size == SIZE_HH) integer = (unsigned char)integer;
        format_integer(state, spec, integer, FALSE);
        break;
    case 'p':
        spec->precision = sizeof(void *) * 2;
        format_integer(state, spec, (ULONG_PTR)value.pointer, FALSE);
        break;
    case 'c':
    case 'C': format_character(state, spec, (int)integer); break;
    case 's':
    case 'S': format_text(state, spec, value.pointer); break;
    case 'Z': format_counted(state, spec, value.pointer); break;
    case 'n':
        /* Off unless the program asked for it: a format from outside could write to memory. */
        if (!crt_printf_count) REQUIRE(FALSE, EINVAL, FALSE);
        if (spec->size == SIZE_H) *(short *)value.pointer = (short)state->count;
        else if (spec->size == SIZE_HH) *(char *)value.pointer = (char)state->count;
        else if (spec->size == SIZE_LL) *(__int64 *)value.pointer = state->count;
        else *(int *)value.pointer = state->count;
        break;
    default: format_float(state, spec, value.real); break;
    }
    return TRUE;
}

static const CHAR *parse_size(const CHAR *at, struct spec *spec)
{
    for (;; at++) {
        switch (*at) {
        case 'h': spec->size = spec->size == SIZE_H ? SIZE_HH : SIZE_H; break;
        case 'l': spec->size = spec->size == SIZE_L ? SIZE_LL : SIZE_L; break;
        case 'L': spec->size = SIZE_LD; break;
        case 'w': spec->size = SIZE_W; break;
#ifdef FERRY_MSVCRT
        case 'F':
        case 'N': break; /* far and near pointers of 16-bit days */
#endif
        case 'I':
            if (at[1] == '6' && at[2] == '4') spec->size = SIZE_LL, at += 2;
            else if (at[1] == '3' && at[2] == '2') spec->size = SIZE_32, at += 2;
            else spec->size = SIZE_PTR;
            break;
#ifndef FERRY_MSVCRT
        case 'j': spec->size = SIZE_LL; break;
        case 'z':
        case 't': spec->size = SIZE_PTR; break;
#endif
        default: return at;
        }
    }
}

static const CHAR *parse_number(const CHAR *at, int *value)
{
    __int64 number = 0;

    for (; *at >= '0' && *at <= '9'; at++)
        if (number <= INT_MAX) number = number * 10 + *at - '0';
    *value = number > INT_MAX ? -1 : (int)number;
    return at;
}

/* Positions of the _p family: what each argument is, found before any is fetched. */
#define MAX_POSITIONS 100

struct positions {
    enum kind kinds[MAX_POSITIONS];
    union argument values[MAX_POSITIONS];
    int count; /* 0 when the format has none */
};

/* After '%': flags, width, precision, size, type. With positions width and precision may be *N$. Returns NULL when the
 * format is invalid. star[0], star[1]: positions of width and precision, -1 in the list, 0 none. */
static const CHAR *parse_spec(const CHAR *at, struct spec *spec, int *star, int *position, BOOL positional)
{
    int number;
    const CHAR *end;

    memset(spec, 0, sizeof(*spec));
    spec->precision = -1;
    star[0] = star[1] = *position = 0;
    if (positional && *at >= '1' && *at <= '9') {
        end = parse_number(at, &number);
        if (*end == '$') {
            *position = number;
            at = end + 1;
        }
    }
    for (;; at++) {
        if (*at == '-') spec->left = TRUE;
        else if (*at == '+') spec->plus = TRUE;
        else if (*at == ' ') spec->space = TRUE;
        else if (*at == '#') spec->alternate = TRUE;
        else if (*at == '0') spec->zero = TRUE;
        else break;
    }
    if (*at == '*') {
        star[0] = -1;
        at++;
        if (*position) {
            end = parse_number(at, &star[0]);
            if (*end != '$') return NULL;
            at = end + 1;
        }
    } else {
        at = parse_number(at, &spec->width);
        if (spec->width < 0) return NULL;
    }
    if (*at == '.') {
        at++;
        if (*at == '*') {
            star[1] = -1;
            at++;
            if (*position) {
                end = parse_number(at, &star[1]);
                if (*end != '$') return NULL;
                at = end + 1;
            }
        } else {
            at = parse_number(at, &spec->precision);
            if (spec->precision < 0) return NULL;
        }
    }
    at = parse_size(at, spec);
    spec->type = *at;
    if (spec->left) spec->zero = FALSE;
    return *at ? at + 1 : at;
}

static BOOL note_kind(struct positions *positions, int position, enum kind kind)
{
    if (position < 1 || position > MAX_POSITIONS) return FALSE;
    if (positions->kinds[position - 1] && positions->kinds[position - 1] != kind) return FALSE;
    positions->kinds[position - 1] = kind;
    positions->count = max(positions->count, position);
    return TRUE;
}

static BOOL find_positions(const CHAR *format, struct positions *positions, va_list *args)
{
    struct spec spec;
    int star[2], position;

    while (*format) {
        if (*format++ != '%') continue;
        if (*format == '%') {
            format++;
            continue;
        }
        format = parse_spec(format, &spec, star, &position, TRUE);
        if (!format) return FALSE;
        if (!position) {
            if (positions->count) return FALSE;
            return TRUE; /* an ordinary format */
        }
        for (int i = 0; i < 2; i++)
            if (star[i] && !note_kind(positions, star[i], KIND_INT)) return FALSE;
        if (!note_kind(positions, position, kind_of(&spec))) return FALSE;
    }
    for (int i = 0; i < positions->count; i++) {
        if (!positions->kinds[i]) return FALSE;
        positions->values[i] = fetch(positions->kinds[i], args);
    }
    return TRUE;
}

int crt_format_name(struct sink *sink, unsigned __int64 options, const CHAR *format, _locale_t locale, va_list list)
{
    struct state state = { sink, crt_locale(locale), options };
    struct positions positions;
    va_list args;
    int result;

    va_copy(args, list);
    positions.count = 0;
    if (options & PRINTF_POSITIONAL) {
        memset(positions.kinds, 0, sizeof(positions.kinds));
        if (!find_positions(format, &positions, &args)) goto invalid;
    }
    while (*format && !state.failed) {
        const CHAR *text = format, *end;
        struct spec spec;
        int star[2], position;
        enum kind kind;

        while (*format && *format != '%') format++;
        emit(&state, text, format - text);
        if (!*format++) break;
        if (*format == '%') {
            emit(&state, format++, 1);
            continue;
        }
        end = parse_spec(format, &spec, star, &position, positions.count != 0);
        if (!end) goto invalid;
        if (!spec.type) { /* the format ends inside a conversion */
            if (options & (PRINTF_SECURE | PRINTF_LEGACY_MSVCRT)) {
                if (options & PRINTF_SECURE) goto invalid;
                break;
            }
            goto invalid;
        }
        if (star[0]) {
            spec.width = star[0] < 0 ? va_arg(args, int) : (int)positions.values[star[0] - 1].integer;
            if (spec.width < 0) {
                spec.left = TRUE;
                spec.zero = FALSE;
                spec.width = spec.width == INT_MIN ? INT_MAX : -spec.width;
            }
        }
        if (star[1]) {
            spec.precision = star[1] < 0 ? va_arg(args, int) : (int)positions.values[star[1] - 1].integer;
            if (spec.precision < 0) spec.precision = -1;
        }
        kind = kind_of(&spec);
        if (spec.type == 'F' && (options & PRINTF_LEGACY_MSVCRT)) kind = KIND_NONE;
        if (kind == KIND_NONE) { /* not a conversion: its character is text (reference: undefined) */
            if (options & PRINTF_SECURE) goto invalid;
            emit(&state, end - 1, 1);
            format = end;
            continue;
        }
        if (!convert(&state, &spec, position ? positions.values[position - 1] : fetch(kind, &args))) {
            state.failed = TRUE;
            break;
        }
        format = end;
    }
    result = state.failed ? -1 : state.count;
    va_end(args);
    return result;

invalid:
    va_end(args);
    REQUIRE(FALSE, EINVAL, -1);
    return -1;
}
