/* The scanf engine for one width of format text; scanf.c and wscanf.c include this with CHAR, WIDE, crt_scan_name.
 * Reference: "Format specification fields: scanf and wscanf functions", "scanf type field characters". */

struct scan {
    struct source *source;
    struct crt_locale *locale;
    unsigned __int64 options;
    int read; /* characters taken */
};

static int get(struct scan *scan)
{
    int c = scan->source->get(scan->source);

    if (c != EOF) scan->read++;
    return c;
}

static void unget(struct scan *scan, int c)
{
    if (c == EOF) return;
    scan->read--;
    scan->source->unget(scan->source, c);
}

static BOOL is_blank(int c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static int skip_blanks(struct scan *scan)
{
    int c;

    do c = get(scan);
    while (is_blank(c));
    return c;
}

struct field {
    BOOL suppress;
    int width; /* 0: none given */
    enum { LENGTH_NONE, LENGTH_HH, LENGTH_H, LENGTH_L, LENGTH_LL, LENGTH_PTR, LENGTH_LD } length;
    CHAR type;
};

enum outcome { MATCHED, NOT_MATCHED, INPUT_END };

static int digit_of(int c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

static enum outcome scan_integer(struct scan *scan, const struct field *field, void *to)
{
    int base = field->type == 'd' || field->type == 'u' ? 10 : field->type == 'o' ? 8 : field->type == 'i' ? 0 : 16;
    int left = field->width ? field->width : INT_MAX, c = skip_blanks(scan);
    unsigned __int64 value = 0;
    BOOL negative = FALSE, any = FALSE;

    if (c == EOF) return INPUT_END;
    if ((c == '-' || c == '+') && left > 0) {
        negative = c == '-';
        c = get(scan);
        left--;
    }
    if (c == '0' && left > 0 && (base == 0 || base == 16)) {
        c = get(scan);
        left--;
        if ((c == 'x' || c == 'X') && left > 0) {
            c = get(scan);
            left--;
            base = 16;
        } else {
            any = TRUE;
            if (!base) base = 8;
        }
    }
    if (!base) base = 10;
    for (; left > 0 && digit_of(c) < base; left--) {
        value = value * base + digit_of(c);
        any = TRUE;
        c = get(scan);
    }
    unget(scan, c);
    if (!any) return NOT_MATCHED;
    if (negative) value = 0 - value;
    if (!to) return MATCHED;
    switch (field->length) {
    case LENGTH_HH: *(char *)to = (char)value; break;
    case LENGTH_H: *(short *)to = (short)value; break;
    case LENGTH_LL: *(__int64 *)to = value; break;
    case LENGTH_PTR: *(size_t *)to = (size_t)value; break;
    default:
        if (field->type == 'p') *(size_t *)to = (size_t)value;
        else *(int *)to = (int)value;
    }
    return MATCHED;
}

static enum outcome scan_float(struct scan *scan, const struct field *field, void *to)
{
    char text[1100];
    int left = field->width ? field->width : INT_MAX, c = skip_blanks(scan), used = 0, digits = 0;
    BOOL hex = FALSE;

#define TAKE()                                                                                                          \
    do {                                                                                                                \
        if (used < (int)sizeof(text) - 8) text[used++] = (char)c;                                                       \
        c = get(scan);                                                                                                  \
        left--;                                                                                                         \
    } while (0)
    if (c == EOF) return INPUT_END;
    if (c == '-' || c == '+') TAKE();
#ifndef FERRY_MSVCRT
    if (left > 0 && ((c | 0x20) == 'i' || (c | 0x20) == 'n')) { /* inf, infinity, nan */
        const char *word = (c | 0x20) == 'i' ? "infinity" : "nan";
        int matched = 0;
        while (left > 0 && word[matched] && (c | 0x20) == word[matched]) {
            TAKE();
            matched++;
        }
        unget(scan, c);
        if (matched != 3 && matched != 8) return NOT_MATCHED;
        goto convert;
    }
    if (left > 1 && c == '0') {
        TAKE();
        digits++;
        if (c == 'x' || c == 'X') {
            hex = TRUE;
            digits = 0;
            TAKE();
        }
    }
#endif
    for (; left > 0 && (hex ? digit_of(c) < 16 : digit_of(c) < 10); digits++) TAKE();
    if (left > 0 && c == (unsigned char)scan->locale->decimal_point) {
        TAKE();
        for (; left > 0 && (hex ? digit_of(c) < 16 : digit_of(c) < 10); digits++) TAKE();
    }
    if (digits && left > 0 && (hex ? (c | 0x20) == 'p' : (c | 0x20) == 'e')) {
        TAKE();
        if (left > 0 && (c == '-' || c == '+')) TAKE();
        while (left > 0 && digit_of(c) < 10) TAKE();
    }
    unget(scan, c);
    if (!digits) return NOT_MATCHED;
#ifndef FERRY_MSVCRT
convert:
#endif
    text[used] = 0;
    if (!to) return MATCHED;
    _locale_tstruct pair = { &scan->locale->base };
    if (field->length == LENGTH_L || field->length == LENGTH_LL || field->length == LENGTH_LD)
        *(double *)to = _strtod_l(text, NULL, &pair);
    else *(float *)to = _strtof_l(text, NULL, &pair);
    return MATCHED;
#undef TAKE
}

static BOOL is_wide_target(const struct scan *scan, const struct field *field)
{
    BOOL capital = field->type == 'S' || field->type == 'C';

    if (field->length == LENGTH_H) return FALSE;
    if (field->length == LENGTH_L || field->length == LENGTH_LL) return TRUE;
#if WIDE
    if (field->type == '[') return scan->options & SCANF_LEGACY_WIDE ? TRUE : FALSE;
    return scan->options & SCANF_LEGACY_WIDE ? !capital : capital;
#else
    return capital;
#endif
}

/* The set of %[: FROM to END without the brackets, '-' between two is a range. */
static BOOL in_set(const CHAR *from, const CHAR *end, BOOL inverted, int c)
{
    BOOL found = FALSE;

    for (const CHAR *p = from; p < end; p++) {
        if (p + 2 < end && p[1] == '-') {
            unsigned low = sizeof(CHAR) == 1 ? (unsigned char)p[0] : p[0], high = sizeof(CHAR) == 1 ? (unsigned char)p[2] : p[2];
            if (low > high) {
                unsigned swap = low;
                low = high;
                high = swap;
            }
            if ((unsigned)c >= low && (unsigned)c <= high) found = TRUE;
            p += 2;
        } else if ((sizeof(CHAR) == 1 ? (unsigned char)*p : *p) == (unsigned)c) {
            found = TRUE;
        }
    }
    return found != inverted;
}

/* %c %s %[: SIZE characters of room (secure) or no limit. */
static enum outcome scan_text(struct scan *scan, const struct field *field, void *to, size_t size, const CHAR *set,
                              const CHAR *set_end, BOOL inverted)
{
    BOOL wide = is_wide_target(scan, field), is_char = field->type == 'c' || field->type == 'C';
    int left = field->width ? field->width : is_char ? 1 : INT_MAX, taken = 0, c;
    size_t used = 0;

    c = is_char || set ? get(scan) : skip_blanks(scan);
    if (c == EOF) return INPUT_END;
    for (; left > 0 && c != EOF; left--) {
        if (set ? !in_set(set, set_end, inverted, c) : !is_char && is_blank(c)) break;
        taken++;
        if (to) {
            char bytes[8];
            wchar_t unit;
            int count = 1;
#if WIDE
            unit = (wchar_t)c;
            if (!wide) count = crt_from_wide(scan->locale, bytes, unit);
#else
            bytes[0] = (char)c;
            unit = (unsigned char)c;
            if (wide) {
                int more = 1;
                while (crt_to_wide(scan->locale, &unit, bytes, more) == -2 && more < 4) {
                    int next = get(scan);
                    if (next == EOF) break;
                    bytes[more++] = (char)next;
                }
            }
#endif
            if (count < 0) count = 0;
            if (used + count + !is_char > size) { /* no room: nothing is stored (reference: scanf_s) */
                if (wide) *(wchar_t *)to = 0;
                else *(char *)to = 0;
                errno = ENOMEM;
                return NOT_MATCHED;
            }
            if (wide) ((wchar_t *)to)[used++] = unit;
            else
                for (int i = 0; i < count; i++) ((char *)to)[used++] = bytes[i];
        }
        c = get(scan);
    }
    unget(scan, c);
    if (!taken || (is_char && left > 0 && field->width > 1)) return taken && c == EOF ? NOT_MATCHED : taken ? MATCHED : NOT_MATCHED;
    if (to && !is_char) {
        if (wide) ((wchar_t *)to)[used] = 0;
        else ((char *)to)[used] = 0;
    }
    return MATCHED;
}

static const CHAR *parse_field(const CHAR *at, struct field *field)
{
    memset(field, 0, sizeof(*field));
    if (*at == '*') field->suppress = TRUE, at++;
    for (; *at >= '0' && *at <= '9'; at++)
        if (field->width < 100000000) field->width = field->width * 10 + *at - '0';
    for (;; at++) {
        if (*at == 'h') field->length = field->length == LENGTH_H ? LENGTH_HH : LENGTH_H;
        else if (*at == 'l') field->length = field->length == LENGTH_L ? LENGTH_LL : LENGTH_L;
        else if (*at == 'w') field->length = LENGTH_L;
        else if (*at == 'L') field->length = LENGTH_LD;
        else if (*at == 'I' && at[1] == '6' && at[2] == '4') field->length = LENGTH_LL, at += 2;
        else if (*at == 'I' && at[1] == '3' && at[2] == '2') field->length = LENGTH_NONE, at += 2;
        else if (*at == 'I') field->length = LENGTH_PTR;
#ifndef FERRY_MSVCRT
        else if (*at == 'j') field->length = LENGTH_LL;
        else if (*at == 'z' || *at == 't') field->length = LENGTH_PTR;
#endif
        else break;
    }
    field->type = *at;
    return *at ? at + 1 : at;
}

int crt_scan_name(struct source *source, unsigned __int64 options, const CHAR *format, _locale_t locale, va_list list)
{
    struct scan scan = { source, crt_locale(locale), options };
    int stored = 0;
    va_list args;
    enum outcome outcome = MATCHED;
    BOOL any_input = FALSE;

    va_copy(args, list);
    while (*format && outcome == MATCHED) {
        struct field field;
        const CHAR *set = NULL, *set_end = NULL;
        BOOL inverted = FALSE, is_text;
        void *to = NULL;
        size_t size = (size_t)-1;

        if (is_blank(*format)) {
            int c = skip_blanks(&scan);
            unget(&scan, c);
            while (is_blank(*format)) format++;
            continue;
        }
        if (*format != '%' || format[1] == '%') {
            int c, wanted = sizeof(CHAR) == 1 ? (unsigned char)*format : *format;
            if (*format == '%') format++;
            c = get(&scan);
            if (c != wanted) {
                outcome = c == EOF ? INPUT_END : NOT_MATCHED;
                unget(&scan, c);
            }
            format++;
            continue;
        }
        format = parse_field(format + 1, &field);
        if (field.type == '[') {
            if (*format == '^') inverted = TRUE, format++;
            set = format;
            if (*format == ']') format++;
            while (*format && *format != ']') format++;
            set_end = format;
            if (*format) format++;
        }
        is_text = field.type == 'c' || field.type == 'C' || field.type == 's' || field.type == 'S' || field.type == '[';
        if (!field.suppress) {
            to = va_arg(args, void *);
            if (is_text && (options & SCANF_SECURE)) size = va_arg(args, unsigned);
        }
        switch (field.type) {
        case 'd':
        case 'i':
        case 'u':
        case 'o':
        case 'x':
        case 'X':
        case 'p': outcome = scan_integer(&scan, &field, to); break;
        case 'e':
        case 'E':
        case 'f':
        case 'F':
        case 'g':
        case 'G':
        case 'a':
        case 'A': outcome = scan_float(&scan, &field, to); break;
        case 'c':
        case 'C':
        case 's':
        case 'S':
        case '[': outcome = scan_text(&scan, &field, to, size, set, set_end, inverted); break;
        case 'n':
            if (to) {
                if (field.length == LENGTH_LL) *(__int64 *)to = scan.read;
                else if (field.length == LENGTH_H) *(short *)to = (short)scan.read;
                else *(int *)to = scan.read;
            }
            continue;
        default: outcome = NOT_MATCHED; continue;
        }
        if (outcome == MATCHED) {
            any_input = TRUE;
            if (!field.suppress) stored++;
        }
    }
    va_end(args);
    return outcome == INPUT_END && !stored && !any_input ? EOF : stored;
}
