/* Undecorating MSVC's names. The decoration has no official page; it is known from what compilers emit (clang's MSVC
 * target), the readable form from dbghelp.h's reference (UnDecorateSymbolName) and the reference implementation's output.
 */
#include <stdarg.h>
#include <stdbool.h>
#include "undname.h"

#define ROOM 0x8000
#define DEPTH 64
#define REMEMBERED 10

struct names {
    const char *list[REMEMBERED];
    unsigned count;
};

/* A type, around the name that it declares. */
struct type {
    const char *left, *right;
};

struct undecorator {
    const char *p; /* what is left to read */
    unsigned flags;
    bool failed;
    unsigned depth;
    struct names names;
    struct type types[REMEMBERED]; /* of parameters longer than a character */
    unsigned type_count;
    char *free, *end; /* memory for texts */
};

static const char *join_(struct undecorator *u, ...)
{
    char *start = u->free;
    const char *piece;
    va_list pieces;

    va_start(pieces, u);
    while ((piece = va_arg(pieces, const char *))) {
        size_t length = strlen(piece);
        if (length >= (size_t)(u->end - u->free)) {
            u->failed = true;
            break;
        }
        memcpy(u->free, piece, length);
        u->free += length;
    }
    va_end(pieces);
    if (u->failed) {
        u->free = start;
        return "";
    }
    *u->free++ = 0;
    return start;
}
#define join(u, ...) join_(u, __VA_ARGS__, (const char *)NULL)

static const char *fail(struct undecorator *u)
{
    u->failed = true;
    return "";
}

static bool take(struct undecorator *u, char c)
{
    if (*u->p != c) return false;
    u->p++;
    return true;
}

static void remember(struct names *names, const char *name)
{
    for (unsigned i = 0; i < names->count; i++)
        if (!strcmp(names->list[i], name)) return;
    if (names->count < REMEMBERED) names->list[names->count++] = name;
}

static const char *keyword(const struct undecorator *u, const char *word)
{
    if (u->flags & UND_NO_MS_KEYWORDS) return "";
    return u->flags & UND_NO_LEADING_UNDERSCORES ? word + 2 : word;
}

static struct type read_type(struct undecorator *u);
static const char *read_qualified(struct undecorator *u);
static const char *read_symbol(struct undecorator *u);

/* '0' to '9': 1 to 10; else hexadecimal digits 'A' to 'P', ended by '@'; '?' before: negative. */
static const char *read_integer(struct undecorator *u)
{
    bool negative = take(u, '?');
    ULONG64 value = 0;
    char digits[24], *p = digits + sizeof(digits);

    if (*u->p >= '0' && *u->p <= '9') {
        value = *u->p++ - '0' + 1;
    } else {
        for (; *u->p >= 'A' && *u->p <= 'P'; u->p++) value = value << 4 | (*u->p - 'A');
        if (!take(u, '@')) return fail(u);
    }
    *--p = 0;
    do *--p = (char)('0' + value % 10);
    while (value /= 10);
    if (negative) *--p = '-';
    return join(u, p);
}

static const char *read_identifier(struct undecorator *u)
{
    const char *start = u->p;
    char *copy = u->free;

    while (*u->p && *u->p != '@') u->p++;
    if (*u->p != '@' || u->p == start || (size_t)(u->p - start) >= (size_t)(u->end - u->free)) return fail(u);
    memcpy(copy, start, u->p - start);
    u->free += u->p - start;
    *u->free++ = 0;
    u->p++;
    return copy;
}

/* ---- templates ---- */

static const char *read_template_argument(struct undecorator *u)
{
    struct type type;

    if (u->p[0] == '$' && u->p[1] != '$') {
        switch (u->p[1]) {
        case '0': u->p += 2; return read_integer(u);
        case '1':
            u->p += 2;
            return take(u, '@') ? "NULL" : join(u, "&", read_symbol(u));
        case 'D': u->p += 2; return join(u, "`template-parameter", read_integer(u), "'");
        case 'S': u->p += 2; return "";
        default: return fail(u);
        }
    }
    if (!strncmp(u->p, "$$V", 3) || !strncmp(u->p, "$$Z", 3)) {
        u->p += 3;
        return "";
    }
    type = read_type(u);
    return join(u, type.left, type.right);
}

static const char *read_template(struct undecorator *u, const char *name)
{
    struct names outer = u->names;
    struct type outer_types[REMEMBERED];
    unsigned outer_count = u->type_count;
    const char *arguments = "";
    size_t length;

    memcpy(outer_types, u->types, sizeof(outer_types));
    u->names.count = u->type_count = 0;
    if (!name) {
        name = read_identifier(u);
        remember(&u->names, name);
    }
    while (!u->failed && !take(u, '@')) {
        const char *argument;
        if (!*u->p) return fail(u);
        argument = read_template_argument(u);
        if (*argument) arguments = join(u, arguments, *arguments ? "," : "", argument);
    }
    u->names = outer;
    memcpy(u->types, outer_types, sizeof(outer_types));
    u->type_count = outer_count;
    length = strlen(arguments);
    return join(u, name, "<", arguments, length && arguments[length - 1] == '>' ? " >" : ">");
}

/* ---- names ---- */

enum special { ORDINARY, CONSTRUCTOR, DESTRUCTOR, CONVERSION };

static const char *const operators[] = { /* '2' to '9', 'A' to 'Z' */
    "operator new", "operator delete", "operator=", "operator>>", "operator<<", "operator!", "operator==", "operator!=",
    "operator[]", NULL, "operator->", "operator*", "operator++", "operator--", "operator-", "operator+", "operator&",
    "operator->*", "operator/", "operator%", "operator<", "operator<=", "operator>", "operator>=", "operator,",
    "operator()", "operator~", "operator^", "operator|", "operator&&", "operator||", "operator*=", "operator+=",
    "operator-=",
};
static const char *const more_operators[] = { /* after '_': '0' to '9', 'A' to 'Z' */
    "operator/=", "operator%=", "operator>>=", "operator<<=", "operator&=", "operator|=", "operator^=", "`vftable'",
    "`vbtable'", "`vcall'", "`typeof'", "`local static guard'", NULL, "`vbase destructor'",
    "`vector deleting destructor'", "`default constructor closure'", "`scalar deleting destructor'",
    "`vector constructor iterator'", "`vector destructor iterator'", "`vector vbase constructor iterator'",
    "`virtual displacement map'", "`eh vector constructor iterator'", "`eh vector destructor iterator'",
    "`eh vector vbase constructor iterator'", "`copy constructor closure'", "`udt returning'", NULL, NULL,
    "`local vftable'", "`local vftable constructor closure'", "operator new[]", "operator delete[]", "`omni callsig'",
    "`placement delete closure'", "`placement delete[] closure'", NULL,
};

static const char *read_rtti(struct undecorator *u)
{
    struct type type;
    const char *a, *b, *c, *d;

    switch (*u->p++) {
    case '0':
        type = read_type(u);
        return join(u, type.left, type.right, " `RTTI Type Descriptor'");
    case '1':
        a = read_integer(u), b = read_integer(u), c = read_integer(u), d = read_integer(u);
        return join(u, "`RTTI Base Class Descriptor at (", a, ",", b, ",", c, ",", d, ")'");
    case '2': return "`RTTI Base Class Array'";
    case '3': return "`RTTI Class Hierarchy Descriptor'";
    case '4': return "`RTTI Complete Object Locator'";
    }
    return fail(u);
}

/* After the '?' of an operator's name. */
static const char *read_operator(struct undecorator *u, enum special *special)
{
    char c = *u->p++;
    const char *name = NULL;

    *special = ORDINARY;
    if (c == '0' || c == '1') {
        *special = c == '0' ? CONSTRUCTOR : DESTRUCTOR;
        return "";
    }
    if (c == 'B') {
        *special = CONVERSION;
        return "operator ";
    }
    if (c == '$') return read_template(u, NULL);
    if (c >= '2' && c <= '9') name = operators[c - '2'];
    else if (c >= 'A' && c <= 'Z') name = operators[c - 'A' + 8];
    else if (c == '_') {
        c = *u->p++;
        if (c == 'R') return read_rtti(u);
        if (c == '_') {
            c = *u->p++;
            if (c == 'E' || c == 'F') {
                const char *of = read_symbol(u);
                return join(u, c == 'E' ? "`dynamic initializer for '" : "`dynamic atexit destructor for '", of, "''");
            }
            if (c == 'K') return join(u, "operator \"\" ", read_identifier(u));
            return fail(u);
        }
        if (c >= '0' && c <= '9') name = more_operators[c - '0'];
        else if (c >= 'A' && c <= 'Z') name = more_operators[c - 'A' + 10];
    }
    return name ? name : fail(u);
}

static const char *read_fragment(struct undecorator *u)
{
    const char *name;

    if (*u->p >= '0' && *u->p <= '9') {
        unsigned i = *u->p++ - '0';
        return i < u->names.count ? u->names.list[i] : fail(u);
    }
    if (!take(u, '?')) {
        name = read_identifier(u);
        remember(&u->names, name);
        return name;
    }
    if (take(u, '$')) {
        name = read_template(u, NULL);
        remember(&u->names, name);
        return name;
    }
    if (take(u, 'A')) {
        read_identifier(u);
        remember(&u->names, "`anonymous namespace'");
        return "`anonymous namespace'";
    }
    if (take(u, '?')) return join(u, "`", read_symbol(u), "'");
    name = read_integer(u);
    if (take(u, '?')) {
        const char *of = *u->p == '?' ? read_symbol(u) : read_fragment(u);
        return join(u, "`", of, "'::`", name, "'");
    }
    return join(u, "`", name, "'");
}

/* The scopes that follow a name, the innermost first, up to '@'; "" or "a::b". */
static const char *read_scopes(struct undecorator *u, const char **innermost)
{
    const char *scopes = "", *fragment;

    *innermost = "";
    while (!u->failed && !take(u, '@')) {
        if (!*u->p) return fail(u);
        fragment = read_fragment(u);
        if (!*scopes) *innermost = fragment;
        scopes = *scopes ? join(u, fragment, "::", scopes) : fragment;
    }
    return scopes;
}

static const char *read_qualified(struct undecorator *u)
{
    const char *name = read_fragment(u), *innermost, *scopes = read_scopes(u, &innermost);

    return *scopes ? join(u, scopes, "::", name) : name;
}

/* ---- types ---- */

static const char *const cv_words[] = { "", "const", "volatile", "const volatile" };

/* `text` and `word` with a blank between, where there are both. */
static const char *append(struct undecorator *u, const char *text, const char *word)
{
    if (!*word) return text;
    return *text ? join(u, text, " ", word) : word;
}

static const char *read_convention(struct undecorator *u)
{
    static const char *const conventions[] = { "__cdecl", "__pascal", "__thiscall", "__stdcall", "__fastcall", NULL,
                                               "__clrcall", "__eabi", "__vectorcall" };
    unsigned i = (unsigned)(*u->p++ - 'A') / 2;

    if (i >= sizeof(conventions) / sizeof(*conventions) || !conventions[i]) return fail(u);
    return u->flags & UND_NO_ALLOCATION_LANGUAGE ? "" : keyword(u, conventions[i]);
}

static const char *read_arguments(struct undecorator *u)
{
    const char *arguments = "";

    if (take(u, 'X')) return "void";
    while (!u->failed && !take(u, '@')) {
        const char *start = u->p;
        struct type type;
        if (!*u->p) return fail(u);
        if (take(u, 'Z')) return join(u, arguments, *arguments ? ",..." : "...");
        if (*u->p >= '0' && *u->p <= '9') {
            unsigned i = *u->p++ - '0';
            if (i >= u->type_count) return fail(u);
            type = u->types[i];
        } else {
            type = read_type(u);
            if (u->p - start > 1 && u->type_count < REMEMBERED) u->types[u->type_count++] = type;
        }
        arguments = join(u, arguments, *arguments ? "," : "", type.left, type.right);
    }
    return arguments;
}

static void read_throw(struct undecorator *u)
{
    if (u->p[0] == '_' && u->p[1] == 'E') u->p += 2; /* noexcept */
    else if (!take(u, 'Z')) fail(u);
}

/* Return type, convention and parameters; `inside` stands where the name would: "*", "A::*". */
static struct type read_function(struct undecorator *u, const char *inside, const char *after)
{
    const char *convention = read_convention(u), *arguments;
    struct type result = { "", "" };

    if (!take(u, '@')) result = read_type(u);
    arguments = read_arguments(u);
    read_throw(u);
    return (struct type){
        join(u, result.left, *result.left ? " " : "", "(", convention, inside),
        join(u, ")(", arguments, ")", after, result.right),
    };
}

static struct type read_array(struct undecorator *u, const char *inside)
{
    unsigned dimensions;
    const char *count = read_integer(u), *bounds = "";
    struct type element;

    for (dimensions = 0; *count >= '0' && *count <= '9' && dimensions < 100; count++) dimensions = dimensions * 10 + *count - '0';
    if (!dimensions || dimensions > 64) fail(u);
    while (!u->failed && dimensions--) bounds = join(u, bounds, "[", read_integer(u), "]");
    if (u->p[0] == '$' && u->p[1] == '$' && u->p[2] == 'C') {
        const char *cv;
        u->p += 3;
        cv = cv_words[(*u->p++ - 'A') & 3];
        element = read_type(u);
        element.left = append(u, element.left, cv);
    } else {
        element = read_type(u);
    }
    if (!*inside) return (struct type){ element.left, join(u, bounds, element.right) };
    return (struct type){ join(u, element.left, " (", inside), join(u, ")", bounds, element.right) };
}

/* What a pointer or reference points to; `sign` with the pointer's own qualifiers. */
static struct type read_pointed(struct undecorator *u, const char *sign, const char *own)
{
    const char *modifiers = "", *cv, *member = "", *inside;
    struct type to;
    unsigned code;

    if (*u->p >= '6' && *u->p <= '9') { /* a function: 6, 7; of a class: 8, 9 */
        bool of_class = *u->p++ >= '8';
        const char *after = "";
        if (of_class) {
            const char *class = read_qualified(u);
            const char *pointer64 = take(u, 'E') ? keyword(u, "__ptr64") : "";
            code = (unsigned)(*u->p++ - 'A');
            if (code > 3) fail(u);
            else after = append(u, cv_words[code], pointer64);
            return read_function(u, join(u, *keyword(u, "__cdecl") ? " " : "", class, "::", sign, own), after);
        }
        return read_function(u, join(u, sign, own), after);
    }
    for (;; u->p++) {
        if (*u->p == 'E') modifiers = append(u, modifiers, keyword(u, "__ptr64"));
        else if (*u->p == 'I') modifiers = append(u, modifiers, keyword(u, "__restrict"));
        else if (*u->p == 'F') own = append(u, own, keyword(u, "__unaligned"));
        else break;
    }
    if (*u->p >= '6' && *u->p <= '9') return read_pointed(u, sign, append(u, modifiers, own));
    code = (unsigned)(*u->p - 'A');
    if (*u->p >= 'Q' && *u->p <= 'T') { /* data of a class */
        code = (unsigned)(*u->p++ - 'Q');
        member = join(u, read_qualified(u), "::");
    } else if (code <= 3) {
        u->p++;
    } else {
        fail(u);
        return (struct type){ "", "" };
    }
    cv = cv_words[code & 3];
    inside = append(u, join(u, member, sign), append(u, modifiers, own));
    if (take(u, 'Y')) {
        to = read_array(u, inside);
        if (*cv) fail(u);
        return to;
    }
    to = read_type(u);
    if (*cv && strlen(to.left) > strlen(cv) && !strcmp(to.left + strlen(to.left) - strlen(cv), cv)) cv = ""; /* said */
    return (struct type){ join(u, append(u, to.left, cv), " ", inside), to.right };
}

static struct type read_extended(struct undecorator *u) /* after "$$" */
{
    char c = *u->p++;
    struct type type = { "", "" };

    switch (c) {
    case 'Q': return read_pointed(u, "&&", "");
    case 'R': return read_pointed(u, "&&", "volatile");
    case 'T': return (struct type){ "std::nullptr_t", "" };
    case 'B': return read_type(u);
    case 'C':
        c = *u->p++;
        if (c < 'A' || c > 'D') break;
        type = read_type(u);
        type.left = append(u, type.left, cv_words[c - 'A']);
        return type;
    case 'A':
        if (*u->p == '6') {
            const char *left;
            u->p++;
            type = read_function(u, "", "");
            /* A function itself stands without the parentheses that a pointer to it needs. */
            left = strchr(type.left, '(');
            if (left) {
                char *copy = (char *)join(u, type.left);
                if (u->failed) break;
                memmove(copy + (left - type.left), copy + (left - type.left) + 1, strlen(left));
                type.left = copy;
            }
            if (*type.right == ')') type.right++;
            return type;
        }
        break;
    }
    fail(u);
    return type;
}

static const char *simple_type(char c)
{
    switch (c) {
    case 'C': return "signed char";
    case 'D': return "char";
    case 'E': return "unsigned char";
    case 'F': return "short";
    case 'G': return "unsigned short";
    case 'H': return "int";
    case 'I': return "unsigned int";
    case 'J': return "long";
    case 'K': return "unsigned long";
    case 'M': return "float";
    case 'N': return "double";
    case 'O': return "long double";
    case 'X': return "void";
    }
    return NULL;
}

static const char *underscore_type(char c)
{
    switch (c) {
    case 'D': return "__int8";
    case 'E': return "unsigned __int8";
    case 'F': return "__int16";
    case 'G': return "unsigned __int16";
    case 'H': return "__int32";
    case 'I': return "unsigned __int32";
    case 'J': return "__int64";
    case 'K': return "unsigned __int64";
    case 'L': return "__int128";
    case 'M': return "unsigned __int128";
    case 'N': return "bool";
    case 'Q': return "char8_t";
    case 'S': return "char16_t";
    case 'U': return "char32_t";
    case 'W': return "wchar_t";
    }
    return NULL;
}

static struct type read_type(struct undecorator *u)
{
    struct type type = { "", "" };
    const char *simple, *word;
    char c = *u->p;

    if (u->failed || !c || ++u->depth > DEPTH) {
        fail(u);
        return type;
    }
    u->p++;
    if ((simple = simple_type(c))) {
        type.left = simple;
    } else if (c == '_') {
        type.left = underscore_type(*u->p) ? underscore_type(*u->p++) : fail(u);
    } else if (c == '$' && take(u, '$')) {
        type = read_extended(u);
    } else if (c == '?') { /* qualifiers of a value */
        word = *u->p >= 'A' && *u->p <= 'D' ? cv_words[*u->p++ - 'A'] : fail(u);
        type = read_type(u);
        type.left = append(u, type.left, word);
    } else if (c == 'T' || c == 'U' || c == 'V' || c == 'W' || c == 'Y') {
        word = c == 'T' ? "union " : c == 'U' ? "struct " : c == 'V' ? "class " : c == 'W' ? "enum " : "cointerface ";
        if (c == 'W' && !(*u->p >= '0' && *u->p++ <= '7')) fail(u);
        if (u->flags & UND_NAME_ONLY) word = "";
        type.left = join(u, word, read_qualified(u));
    } else if (c == 'A' || c == 'B') {
        type = read_pointed(u, "&", c == 'B' ? "volatile" : "");
    } else if (c >= 'P' && c <= 'S') {
        type = read_pointed(u, "*", cv_words[c - 'P']);
    } else {
        fail(u);
    }
    u->depth--;
    return type;
}

/* ---- symbols ---- */

static const char *read_variable(struct undecorator *u, const char *name, char kind)
{
    static const char *const access[] = { "private: static ", "protected: static ", "public: static " };
    struct type type = read_type(u);
    const char *cv, *pointer64 = "", *before = "";

    while (*u->p == 'E' || *u->p == 'I' || *u->p == 'F') {
        if (*u->p == 'E') pointer64 = keyword(u, "__ptr64");
        u->p++;
    }
    if (*u->p >= 'Q' && *u->p <= 'T') { /* a pointer to a member: its class again */
        cv = cv_words[*u->p++ - 'Q'];
        read_qualified(u);
    } else {
        cv = *u->p >= 'A' && *u->p <= 'D' ? cv_words[*u->p++ - 'A'] : fail(u);
    }
    if (kind <= '2' && !(u->flags & UND_NO_ACCESS_SPECIFIERS)) before = access[kind - '0'];
    if (kind <= '2' && u->flags & UND_NO_ACCESS_SPECIFIERS && !(u->flags & UND_NO_MEMBER_TYPE)) before = "static ";
    (void)pointer64;
    return join(u, before, append(u, append(u, type.left, cv), ""), " ", name, type.right);
}

/* After a name whose innermost scope is `class`. */
static const char *read_member_function(struct undecorator *u, const char *name, enum special special)
{
    static const char *const access[] = { "private: ", "protected: ", "public: " };
    unsigned code = (unsigned)(*u->p++ - 'A'), kind = code % 8 / 2;
    const char *before = "", *after = "", *convention, *arguments, *returns = "", *adjust = NULL;
    struct type result = { "", "" };

    if (code > 25) return fail(u);
    if (code < 24) {
        if (!(u->flags & UND_NO_ACCESS_SPECIFIERS)) before = access[code / 8];
        if (!(u->flags & UND_NO_MEMBER_TYPE))
            before = join(u, before, kind == 1 ? "static " : kind >= 2 ? "virtual " : "");
        if (kind == 3) { /* a thunk that adjusts `this` */
            adjust = read_integer(u);
            before = join(u, "[thunk]:", before);
        }
        if (kind != 1) {
            const char *pointer64 = "", *cv;
            while (*u->p == 'E' || *u->p == 'F' || *u->p == 'I' || *u->p == 'G' || *u->p == 'H') {
                if (*u->p == 'E') pointer64 = keyword(u, "__ptr64");
                u->p++;
            }
            cv = *u->p >= 'A' && *u->p <= 'D' ? cv_words[*u->p++ - 'A'] : fail(u);
            if (u->flags & UND_NO_CV_THISTYPE) cv = "";
            if (u->flags & UND_NO_MS_THISTYPE) pointer64 = "";
            after = *pointer64 || *cv ? join(u, cv, " ", pointer64) : "";
        }
    }
    convention = read_convention(u);
    if (!take(u, '@')) result = read_type(u);
    arguments = read_arguments(u);
    read_throw(u);
    if (adjust) name = join(u, name, "`adjustor{", adjust, "}' ");
    if (special == CONVERSION) name = join(u, name, result.left, result.right);
    else if (*result.left && !(u->flags & UND_NO_FUNCTION_RETURNS)) returns = join(u, result.left, " ");
    if (special == CONVERSION || u->flags & UND_NO_FUNCTION_RETURNS) result.right = "";
    return join(u, before, returns, convention, *convention ? " " : "", name, "(", arguments, ")", after, result.right);
}

static const char *read_vtable(struct undecorator *u, const char *name)
{
    const char *cv, *of = "";

    u->p++;
    while (*u->p == 'E' || *u->p == 'I') u->p++;
    cv = *u->p >= 'A' && *u->p <= 'D' ? cv_words[*u->p++ - 'A'] : fail(u);
    while (!u->failed && !take(u, '@')) {
        const char *base;
        if (!*u->p) return fail(u);
        base = read_qualified(u);
        of = join(u, of, *of ? "s " : "", "`", base, "'");
    }
    return join(u, cv, *cv ? " " : "", name, *of ? join(u, "{for ", of, "}") : "");
}

static const char *read_symbol(struct undecorator *u)
{
    enum special special = ORDINARY;
    const char *name, *scopes, *innermost;

    if (!take(u, '?') || ++u->depth > DEPTH) return fail(u);
    if (take(u, '?')) {
        name = *u->p == '?' ? read_symbol(u) : read_operator(u, &special);
        if (u->p[-1] == '@' && special == ORDINARY && *name != 'o' && *name != '`') remember(&u->names, name);
    } else {
        name = read_fragment(u);
    }
    scopes = read_scopes(u, &innermost);
    if (special == CONSTRUCTOR || special == DESTRUCTOR) {
        const char *bare = innermost;
        unsigned length = 0;
        char *copy;
        while (bare[length] && bare[length] != '<') length++;
        copy = (char *)join(u, special == DESTRUCTOR ? "~" : "", bare);
        (void)length;
        name = copy;
    }
    if (*scopes) name = join(u, scopes, "::", name);
    u->depth--;
    if (u->failed || !*u->p) return name;
    if (u->flags & UND_NAME_ONLY) {
        if (special == CONVERSION) u->flags &= ~UND_NAME_ONLY, read_member_function(u, name, special), u->flags |= UND_NAME_ONLY;
        return name;
    }
    if (*u->p >= '0' && *u->p <= '4') {
        char kind = *u->p++;
        return read_variable(u, name, kind);
    }
    if (*u->p == '5') return u->p++, name;
    if (*u->p == '6' || *u->p == '7') return read_vtable(u, name);
    if (*u->p == '8' || *u->p == '9') return u->p++, name;
    return read_member_function(u, name, special);
}

size_t undecorate(const char *name, unsigned flags, char *text, size_t size)
{
    struct undecorator u = { .p = name, .flags = flags };
    const char *result;
    size_t length = 0;
    char *room = HeapAlloc(GetProcessHeap(), 0, ROOM);

    if (!room) return 0;
    u.free = room;
    u.end = room + ROOM;
    if (flags & UND_TYPE_ONLY && *name != '?') {
        struct type type;
        if (*name == '.') u.p++;
        type = read_type(&u);
        result = join(&u, type.left, type.right);
    } else if (flags & UND_TYPE_ONLY) {
        struct type type = read_type(&u);
        result = join(&u, type.left, type.right);
    } else {
        result = read_symbol(&u);
    }
    if (!u.failed && (!*u.p || flags & UND_NAME_ONLY)) length = strlen(result);
    if (length && length < size) memcpy(text, result, length + 1);
    else length = 0;
    HeapFree(GetProcessHeap(), 0, room);
    return length;
}
