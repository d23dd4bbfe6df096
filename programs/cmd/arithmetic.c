/* SET /A: 32-bit integers with the operators of C. */
#include "cmd.h"

enum { UNBALANCED = 1073750988, NO_OPERAND, NO_OPERATOR, BAD_NUMBER, BIG_NUMBER, ZERO_DIVISOR };

struct calculation {
    const WCHAR *at;
    int error;
    bool dry; /* only the syntax is looked at: nothing is assigned */
};

static LONG assignment(struct calculation *c);

static void skip(struct calculation *c)
{
    while (*c->at == ' ' || *c->at == '\t' || *c->at == '"') c->at++;
}

static void error(struct calculation *c, int code)
{
    if (!c->error) c->error = code;
}

static bool is_name_character(WCHAR c)
{
    return c && !wcschr(L" \t()!~*/%+-<>&^|=,\"", c);
}

static LONG number(struct calculation *c)
{
    ULONGLONG value = 0;
    int base = 10;
    const WCHAR *start = c->at;

    if (*c->at == '0') {
        c->at++;
        base = 8;
        if (*c->at == 'x' || *c->at == 'X') {
            base = 16;
            c->at++;
        }
    }
    for (;; c->at++) {
        WCHAR d = towlower(*c->at);
        int digit = d >= '0' && d <= '9' ? d - '0' : d >= 'a' && d <= 'f' && base == 16 ? d - 'a' + 10 : -1;
        if (digit < 0) break;
        if (digit >= base) {
            error(c, BAD_NUMBER);
            return 0;
        }
        value = value * base + digit;
        if (value > 0x7fffffff) {
            error(c, BIG_NUMBER);
            return 0;
        }
    }
    if (is_name_character(*c->at) || (base == 16 && c->at == start + 2)) error(c, BAD_NUMBER);
    return (LONG)value;
}

static LONG variable(const WCHAR *name)
{
    WCHAR *value = environment_get(name), *end;
    LONG result = 0;

    if (value) result = wcstol(value, &end, 0);
    memory_free(value);
    return result;
}

static LONG primary(struct calculation *c)
{
    LONG value;

    skip(c);
    if (*c->at == '(') {
        c->at++;
        value = assignment(c);
        skip(c);
        while (*c->at == ',' && !c->error) {
            c->at++;
            value = assignment(c);
            skip(c);
        }
        if (*c->at != ')') {
            error(c, UNBALANCED);
            return 0;
        }
        c->at++;
        return value;
    }
    if (*c->at >= '0' && *c->at <= '9') return number(c);
    if (is_name_character(*c->at)) {
        const WCHAR *start = c->at;
        while (is_name_character(*c->at)) c->at++;
        WCHAR *name = copy_part(start, c->at - start);
        value = variable(name);
        memory_free(name);
        return value;
    }
    error(c, NO_OPERAND);
    return 0;
}

static LONG unary(struct calculation *c)
{
    skip(c);
    switch (*c->at) {
    case '!': c->at++; return !unary(c);
    case '~': c->at++; return ~unary(c);
    case '-': c->at++; return (LONG)-(ULONG)unary(c);
    case '+': c->at++; return unary(c);
    }
    return primary(c);
}

/* The binary operator here at this level, not followed by '='; 0 when there is none. */
static WCHAR operator_of(struct calculation *c, int level)
{
    static const WCHAR *const levels[] = { L"|", L"^", L"&", L"<>", L"+-", L"*/%" };

    skip(c);
    WCHAR sign = *c->at;
    if (!sign || !wcschr(levels[level], sign)) return 0;
    int length = 1;
    if (sign == '<' || sign == '>') {
        if (c->at[1] != sign) return 0;
        length = 2;
    }
    if (c->at[length] == '=') return 0;
    c->at += length;
    return sign;
}

static LONG apply(struct calculation *c, WCHAR sign, LONG a, LONG b)
{
    switch (sign) {
    case '|': return a | b;
    case '^': return a ^ b;
    case '&': return a & b;
    case '<': return b < 0 || b > 31 ? 0 : (LONG)((ULONG)a << b);
    case '>': return b < 0 || b > 31 ? (a < 0 ? -1 : 0) : a >> b;
    case '+': return (LONG)((ULONG)a + (ULONG)b);
    case '-': return (LONG)((ULONG)a - (ULONG)b);
    case '*': return (LONG)((ULONG)a * (ULONG)b);
    }
    if (!b) {
        if (!c->dry) error(c, ZERO_DIVISOR);
        return 0;
    }
    if (b == -1) return sign == '/' ? (LONG)-(ULONG)a : 0;
    return sign == '/' ? a / b : a % b;
}

static LONG binary(struct calculation *c, int level)
{
    LONG value;
    WCHAR sign;

    if (level == 6) return unary(c);
    value = binary(c, level + 1);
    while (!c->error && (sign = operator_of(c, level))) {
        LONG right = binary(c, level + 1);
        if (!c->error) value = apply(c, sign, value, right);
    }
    return value;
}

static LONG assignment(struct calculation *c)
{
    const WCHAR *start, *end;

    skip(c);
    start = c->at;
    if (is_name_character(*start) && !(*start >= '0' && *start <= '9')) {
        for (end = start; is_name_character(*end); end++) {}
        const WCHAR *at = skip_blanks(end);
        WCHAR sign = 0;
        if (*at == '=') at++, sign = '=';
        else if ((*at == '<' || *at == '>') && at[1] == *at && at[2] == '=') sign = *at, at += 3;
        else if (*at && wcschr(L"*/%+-&^|", *at) && at[1] == '=') sign = *at, at += 2;
        if (sign) {
            c->at = at;
            LONG value = assignment(c);
            if (c->error) return 0;
            WCHAR *name = copy_part(start, end - start), text[16];
            if (sign != '=') value = apply(c, sign, variable(name), value);
            _snwprintf(text, ARRAYSIZE(text), L"%d", value);
            if (!c->error && !c->dry) SetEnvironmentVariableW(name, text);
            memory_free(name);
            return value;
        }
    }
    return binary(c, 0);
}

bool evaluate(const WCHAR *expression, LONG *result, int *code)
{
    static const WCHAR *const texts[] = {
        L"Unbalanced parenthesis.", L"Missing operand.", L"Missing operator.",
        L"Invalid number.  Numeric constants are either decimal (17),\r\nhexadecimal (0x11), or octal (021).",
        L"Invalid number.  Numbers are limited to 32-bits of precision.", L"Divide by zero error." };
    struct calculation c = { 0 };

    for (int round = 0; round < 2 && !c.error; round++) {
        c.at = expression;
        c.dry = !round;
        for (;;) {
            *result = assignment(&c);
            skip(&c);
            if (c.error || *c.at != ',') break;
            c.at++;
        }
        if (!c.error && *c.at) error(&c, *c.at == ')' ? UNBALANCED : *c.at == '=' ? NO_OPERAND : NO_OPERATOR);
    }
    *code = c.error;
    if (c.error) complain(L"%s\r\n", texts[c.error - UNBALANCED]);
    return !c.error;
}
