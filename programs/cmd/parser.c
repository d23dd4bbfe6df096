/* Lines to trees: quotes, carets, redirections, operators, parentheses, and the words of IF and FOR.
 *
 * Precedence from loose to tight: & || && | and the single command. The body of IF and FOR takes all that follows.
 */
#include "cmd.h"

struct parser {
    struct input *input; /* NULL: no further lines */
    struct text text;    /* lines, divided by '\n' */
    size_t at;
    int depth;   /* open parentheses */
    bool failed; /* reported */
    bool ended;  /* the input ended in the middle of a command: dropped without a word */
};

static struct node *parse_sequence(struct parser *parser);

bool is_delimiter(WCHAR c)
{
    return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '=' || c == 0xb || c == 0xc || c == 0xff;
}

static WCHAR peek(const struct parser *parser)
{
    return parser->at < parser->text.length ? parser->text.data[parser->at] : 0;
}

static WCHAR peek_at(const struct parser *parser, size_t offset)
{
    return parser->at + offset < parser->text.length ? parser->text.data[parser->at + offset] : 0;
}

static bool at_line_end(const struct parser *parser)
{
    WCHAR c = peek(parser);

    return !c || c == '\n';
}

/* Adds the next line behind a '\n'. */
static bool extend(struct parser *parser)
{
    WCHAR *line;

    if (!parser->input || parser->failed) return false;
    parser->input->more = true;
    line = input_line(parser->input);
    parser->input->more = false;
    if (!line) return false;
    text_add_char(&parser->text, '\n');
    if (!expand_percent(line, &parser->text)) parser->failed = true;
    memory_free(line);
    return !parser->failed;
}

static void report_syntax(struct parser *parser)
{
    if (parser->failed || parser->ended) return;
    parser->failed = true;
    complain(L"The syntax of the command is incorrect.\r\n");
}

static void skip_delimiters_here(struct parser *parser)
{
    while (is_delimiter(peek(parser))) parser->at++;
}

/* Names what stands here as not expected. */
static void unexpected(struct parser *parser)
{
    size_t end;
    WCHAR c;

    if (parser->failed || parser->ended) return;
    skip_delimiters_here(parser);
    if (at_line_end(parser)) {
        report_syntax(parser);
        return;
    }
    c = peek(parser);
    end = parser->at + 1;
    if ((c == '&' || c == '|' || c == '>') && peek_at(parser, 1) == c) end++;
    else if (!wcschr(L"&|<>()", c))
        while (end < parser->text.length && !is_delimiter(parser->text.data[end]) && !wcschr(L"&|<>()\n", parser->text.data[end]))
            end++;
    parser->failed = true;
    complain(L"%.*s was unexpected at this time.\r\n", (int)(end - parser->at), parser->text.data + parser->at);
}

/* Behind a caret: the character that it protects. At the end of a line the next one continues it. */
static void take_escaped(struct parser *parser, struct text *word)
{
    if (at_line_end(parser)) {
        if (!peek(parser) && !extend(parser)) return;
        parser->at++; /* the '\n' */
        if (at_line_end(parser)) return;
    }
    text_add_char(word, peek(parser));
    parser->at++;
}

/* A word up to a delimiter or special character, quotes kept, carets gone. False when there is none. `plain` tells
 * whether the last character was neither quoted nor escaped. */
static bool read_word(struct parser *parser, struct text *word, const WCHAR *special, bool *plain)
{
    bool quoted = false, last_plain = false;
    size_t start = parser->at;

    for (;;) {
        WCHAR c = peek(parser);
        if (!c || c == '\n') break;
        if (c == '"') quoted = !quoted;
        if (!quoted && c != '"') {
            if (c == '^') {
                parser->at++;
                take_escaped(parser, word);
                last_plain = false;
                continue;
            }
            if (is_delimiter(c) || wcschr(special, c) || (c == ')' && parser->depth)) break;
        }
        last_plain = !quoted && c != '"';
        text_add_char(word, c);
        parser->at++;
    }
    if (plain) *plain = last_plain;
    return parser->at > start;
}

/* A redirection at '<' or '>'; `handle` -1: the sign's own. */
static bool read_redirect(struct parser *parser, int handle, struct redirect ***tail)
{
    struct redirect *redirect = memory_get(sizeof(*redirect));
    struct text target = { 0 };
    bool input = peek(parser) == '<';

    parser->at++;
    redirect->kind = input ? REDIRECT_READ : REDIRECT_WRITE;
    redirect->handle = handle >= 0 ? handle : input ? 0 : 1;
    if (!input && peek(parser) == '>') {
        redirect->kind = REDIRECT_APPEND;
        parser->at++;
    }
    if (peek(parser) == '&') {
        parser->at++;
        redirect->kind = input ? REDIRECT_COPY_READ : REDIRECT_COPY_WRITE;
        skip_delimiters_here(parser);
        if (peek(parser) < '0' || peek(parser) > '9') {
            memory_free(redirect);
            unexpected(parser);
            return false;
        }
        text_add_char(&target, peek(parser));
        parser->at++;
    } else {
        skip_delimiters_here(parser);
        if (!read_word(parser, &target, L"&|<>", NULL)) {
            memory_free(redirect);
            unexpected(parser);
            return false;
        }
    }
    redirect->target = text_take(&target);
    **tail = redirect;
    *tail = &redirect->next;
    return true;
}

/* "2>" and the like here: the digit is taken. */
static int digit_handle(struct parser *parser)
{
    WCHAR c = peek(parser), next = peek_at(parser, 1);

    if (c < '0' || c > '9' || (next != '<' && next != '>')) return -1;
    parser->at++;
    return c - '0';
}

/* The word in any case, when a word ends behind it; consumed. */
static bool keyword(struct parser *parser, const WCHAR *word, const WCHAR *followers)
{
    size_t length = wcslen(word), at = parser->at;

    while (is_delimiter(peek_at(parser, at - parser->at))) at++;
    if (at + length > parser->text.length || _wcsnicmp(parser->text.data + at, word, length)) return false;
    WCHAR next = at + length < parser->text.length ? parser->text.data[at + length] : 0;
    if (next && next != '\n' && !is_delimiter(next) && !wcschr(followers, next)) return false;
    parser->at = at + length;
    return true;
}

static void parse_arguments(struct parser *parser, struct text *arguments, struct redirect ***tail)
{
    bool quoted = false;
    size_t plain = 0; /* index + 1 of the last character that was neither quoted nor escaped */

    for (;;) {
        WCHAR c = peek(parser);
        if (!c || c == '\n') return;
        if (c == '"') quoted = !quoted;
        if (!quoted && c != '"') {
            if (c == '^') {
                parser->at++;
                take_escaped(parser, arguments);
                continue;
            }
            if (c == '&' || c == '|' || (c == ')' && parser->depth)) return;
            if (c == '<' || c == '>') {
                int handle = -1;
                size_t length = arguments->length;
                WCHAR digit = length && plain == length ? arguments->data[length - 1] : 0;
                if (digit >= '0' && digit <= '9' && (length == 1 || is_delimiter(arguments->data[length - 2]))) {
                    handle = digit - '0';
                    arguments->data[--arguments->length] = 0;
                }
                if (!read_redirect(parser, handle, tail)) return;
                continue;
            }
            plain = arguments->length + 1;
        }
        text_add_char(arguments, c);
        parser->at++;
    }
}

/* REM: the rest of the line as it is; only its first word may continue on the next line. */
static void parse_remark(struct parser *parser, struct text *arguments)
{
    while (is_delimiter(peek(parser))) {
        text_add_char(arguments, peek(parser));
        parser->at++;
    }
    while (!at_line_end(parser) && !is_delimiter(peek(parser))) {
        WCHAR c = peek(parser);
        text_add_char(arguments, c);
        parser->at++;
        if (c == '^' && !peek(parser) && extend(parser)) {
            arguments->data[--arguments->length] = 0;
            parser->at++;
        }
    }
    while (!at_line_end(parser)) {
        text_add_char(arguments, peek(parser));
        parser->at++;
    }
}

static struct node *new_node(enum node_kind kind)
{
    struct node *node = memory_get(sizeof(*node));

    node->kind = kind;
    return node;
}

/* ---- IF ---- */

static bool read_operand(struct parser *parser, WCHAR **operand)
{
    struct text word = { 0 };

    skip_delimiters_here(parser);
    if (!read_word(parser, &word, L"&|<>", NULL)) {
        text_free(&word);
        unexpected(parser);
        return false;
    }
    *operand = text_take(&word);
    return true;
}

static bool parse_condition(struct parser *parser, struct node *node)
{
    static const struct {
        const WCHAR *name;
        enum condition condition;
    } unary[] = { { L"errorlevel", IF_ERRORLEVEL }, { L"exist", IF_EXIST }, { L"defined", IF_DEFINED },
                  { L"cmdextversion", IF_CMDEXTVERSION } },
      binary[] = { { L"equ", IF_EQU }, { L"neq", IF_NEQ }, { L"lss", IF_LSS }, { L"leq", IF_LEQ }, { L"gtr", IF_GTR },
                   { L"geq", IF_GEQ } };

    for (;;) {
        if (shell.extensions && !node->ignore_case && keyword(parser, L"/i", L"")) node->ignore_case = true;
        else if (!node->negated && keyword(parser, L"not", L"")) node->negated = true;
        else break;
    }
    for (unsigned i = 0; i < ARRAYSIZE(unary); i++) {
        size_t before = parser->at;
        if ((i >= 2 && !shell.extensions) || !keyword(parser, unary[i].name, L"\"")) continue;
        skip_delimiters_here(parser);
        if (at_line_end(parser)) {
            report_syntax(parser);
            return false;
        }
        if (parser->at >= 2 && peek(parser) != '=' && parser->text.data[parser->at - 1] == '=') {
            parser->at = before; /* `if exist==x`: a comparison */
            break;
        }
        node->condition = unary[i].condition;
        return read_operand(parser, &node->first);
    }
    node->condition = IF_EQUAL;
    if (!read_operand(parser, &node->first)) return false;
    while (is_delimiter(peek(parser)) && peek(parser) != '=') parser->at++;
    if (peek(parser) == '=' && peek_at(parser, 1) == '=') {
        parser->at += 2;
        return read_operand(parser, &node->second);
    }
    skip_delimiters_here(parser);
    for (unsigned i = 0; shell.extensions && i < ARRAYSIZE(binary); i++)
        if (keyword(parser, binary[i].name, L"\"")) {
            node->condition = binary[i].condition;
            return read_operand(parser, &node->second);
        }
    unexpected(parser);
    return false;
}

static struct node *parse_if(struct parser *parser)
{
    struct node *node = new_node(NODE_IF);

    if (!parse_condition(parser, node)) goto failed;
    if (!(node->left = parse_sequence(parser))) {
        if (!parser->failed) unexpected(parser);
        goto failed;
    }
    if (keyword(parser, L"else", L"(@\"")) {
        if (!(node->right = parse_sequence(parser))) {
            if (!parser->failed) unexpected(parser);
            goto failed;
        }
    }
    return node;
failed:
    node_free(node);
    return NULL;
}

/* ---- FOR ---- */

static bool is_variable_word(const struct text *word)
{
    return word->length == 2 && word->data[0] == '%';
}

/* What stands in the parentheses; lines are divided by blanks. */
static bool read_set(struct parser *parser, struct text *set)
{
    bool quoted = false;

    for (;;) {
        WCHAR c = peek(parser);
        if (!c) {
            if (!extend(parser)) {
                if (!parser->failed) parser->ended = true;
                return false;
            }
            continue;
        }
        parser->at++;
        if (c == '\n') {
            quoted = false;
            text_add_char(set, ' ');
            continue;
        }
        if (c == '"') quoted = !quoted;
        if (!quoted && c == ')') return true;
        if (!quoted && c == '^') take_escaped(parser, set);
        else text_add_char(set, c);
    }
}

static struct node *parse_for(struct parser *parser)
{
    struct node *node = new_node(NODE_FOR);
    struct text word = { 0 }, set = { 0 };

    if (shell.extensions) {
        static const struct {
            const WCHAR *name;
            enum for_kind kind;
        } switches[] = { { L"/d", FOR_FOLDERS }, { L"/r", FOR_TREE }, { L"/l", FOR_COUNT }, { L"/f", FOR_LINES } };
        for (unsigned i = 0; i < ARRAYSIZE(switches); i++)
            if (keyword(parser, switches[i].name, L"\"")) {
                node->for_kind = switches[i].kind;
                break;
            }
        /* `for /d /r` walks a tree and matches folders */
        if (node->for_kind == FOR_FOLDERS && keyword(parser, L"/r", L"\"")) {
            node->for_kind = FOR_TREE;
            node->negated = true;
        }
        if (node->for_kind == FOR_TREE && keyword(parser, L"/d", L"\"")) node->negated = true;
    }
    skip_delimiters_here(parser);
    size_t start = parser->at;
    if (!read_word(parser, &word, L"&|<>()", NULL)) goto unexpected_here;
    if ((node->for_kind == FOR_TREE || node->for_kind == FOR_LINES) && !is_variable_word(&word)) {
        node->options = text_take(&word);
        skip_delimiters_here(parser);
        start = parser->at;
        if (!read_word(parser, &word, L"&|<>()", NULL)) goto unexpected_here;
    }
    if (!is_variable_word(&word)) {
        parser->at = start;
        goto unexpected_here;
    }
    node->variable = word.data[1];
    if (!keyword(parser, L"in", L"(")) goto unexpected_here;
    skip_delimiters_here(parser);
    if (peek(parser) != '(') goto unexpected_here;
    parser->at++;
    if (!read_set(parser, &set)) goto failed;
    node->set = text_take(&set);
    if (!keyword(parser, L"do", L"(@\"")) goto unexpected_here;
    if (!(node->left = parse_sequence(parser))) goto unexpected_here;
    text_free(&word);
    return node;
unexpected_here:
    if (!parser->failed) unexpected(parser);
failed:
    text_free(&word);
    text_free(&set);
    node_free(node);
    return NULL;
}

/* ---- commands ---- */

static struct node *parse_block(struct parser *parser)
{
    struct node *node = new_node(NODE_BLOCK), **tail = &node->left;

    parser->at++;
    parser->depth++;
    for (;;) {
        while (is_delimiter(peek(parser)) || peek(parser) == '\n') parser->at++;
        if (!peek(parser)) {
            if (!extend(parser)) {
                if (!parser->failed) parser->ended = true;
                goto failed;
            }
            continue;
        }
        if (peek(parser) == ')') {
            if (!node->left) {
                unexpected(parser);
                goto failed;
            }
            break;
        }
        if (peek(parser) == ':') { /* a label is dropped, but a command has to follow it */
            while (!at_line_end(parser)) parser->at++;
            if (!peek(parser) && !extend(parser)) {
                if (!parser->failed) parser->ended = true;
                goto failed;
            }
            parser->at++;
            while (is_delimiter(peek(parser))) parser->at++;
            if (peek(parser) == ')') {
                unexpected(parser);
                goto failed;
            }
            continue;
        }
        struct node *next = parse_sequence(parser);
        if (parser->failed || parser->ended) {
            node_free(next);
            goto failed;
        }
        skip_delimiters_here(parser);
        if (!at_line_end(parser) && peek(parser) != ')') {
            node_free(next);
            unexpected(parser);
            goto failed;
        }
        if (!next) continue;
        if (*tail) {
            struct node *both = new_node(NODE_THEN);
            both->lines = true;
            both->left = *tail;
            both->right = next;
            *tail = both;
            tail = &both->right;
        } else {
            *tail = next;
        }
    }
    parser->at++;
    parser->depth--;
    return node;
failed:
    parser->depth--;
    node_free(node);
    return NULL;
}

static struct node *parse_word_command(struct parser *parser, struct redirect ***tail)
{
    struct node *node;
    struct text word = { 0 }, arguments = { 0 };
    bool plain;

    if (keyword(parser, L"rem", L"/.:")) {
        parse_remark(parser, &arguments);
        node = new_node(NODE_COMMAND);
        node->command = copy_text(L"rem");
        node->arguments = text_take(&arguments);
        return node;
    }
    for (;;) {
        if (!read_word(parser, &word, L"&|<>", &plain)) break;
        if (word.length == 1 && plain && word.data[0] >= '0' && word.data[0] <= '9' &&
            (peek(parser) == '<' || peek(parser) == '>')) {
            int handle = word.data[0] - '0';
            word.length = 0;
            if (!read_redirect(parser, handle, tail)) break;
        } else {
            break;
        }
        while (!parser->failed && (peek(parser) == '<' || peek(parser) == '>')) read_redirect(parser, -1, tail);
        skip_delimiters_here(parser);
    }
    if (!parser->failed && word.length) parse_arguments(parser, &arguments, tail);
    if (parser->failed || !word.length) {
        text_free(&word);
        text_free(&arguments);
        return NULL;
    }
    node = new_node(NODE_COMMAND);
    node->command = text_take(&word);
    node->arguments = text_take(&arguments);
    return node;
}

/* `if /?` and `for /?` are simple commands. */
static bool asks_help(const struct parser *parser)
{
    size_t at = 0;

    while (iswalpha(peek_at(parser, at))) at++;
    while (is_delimiter(peek_at(parser, at))) at++;
    return peek_at(parser, at) == '/' && peek_at(parser, at + 1) == '?';
}

static struct node *parse_command(struct parser *parser)
{
    struct redirect *redirects = NULL, **tail = &redirects;
    struct node *node = NULL;
    bool quiet = false;
    WCHAR c;

    for (;;) {
        skip_delimiters_here(parser);
        if (peek(parser) == '@' && !redirects) {
            quiet = true;
            parser->at++;
            continue;
        }
        int handle = digit_handle(parser);
        if (handle < 0 && peek(parser) != '<' && peek(parser) != '>') break;
        if (!read_redirect(parser, handle, &tail)) goto failed;
    }
    c = peek(parser);
    if (c == '(') {
        node = parse_block(parser);
        while (node) {
            skip_delimiters_here(parser);
            int handle = digit_handle(parser);
            if (handle < 0 && peek(parser) != '<' && peek(parser) != '>') break;
            if (!read_redirect(parser, handle, &tail)) break;
        }
    } else if ((c == ':' && !redirects) || (c == ')' && !parser->depth)) {
        while (!at_line_end(parser)) parser->at++;
    } else if (!at_line_end(parser) && c != '&' && c != '|' && c != ')') {
        if (parser->input && !asks_help(parser) && keyword(parser, L"if", L"/(\"")) node = parse_if(parser);
        else if (parser->input && !asks_help(parser) && keyword(parser, L"for", L"/%")) node = parse_for(parser);
        else node = parse_word_command(parser, &tail);
    }
    if (!node && redirects && !parser->failed) {
        /* redirections alone: they are done, and nothing runs */
        node = new_node(NODE_COMMAND);
        node->command = copy_text(L"");
        node->arguments = copy_text(L"");
    }
    if (parser->failed || !node) goto failed;
    if (node->redirects) {
        *tail = node->redirects;
    }
    node->redirects = redirects;
    node->quiet = quiet;
    return node;
failed:
    while (redirects) {
        struct redirect *next = redirects->next;
        memory_free(redirects->target);
        memory_free(redirects);
        redirects = next;
    }
    node_free(node);
    return NULL;
}

/* ---- operators, loose to tight ---- */

static bool take_operator(struct parser *parser, WCHAR c, bool doubled)
{
    size_t at = 0;

    while (is_delimiter(peek_at(parser, at))) at++;
    if (peek_at(parser, at) != c || (peek_at(parser, at + 1) == c) != doubled) return false;
    parser->at += at + 1 + doubled;
    return true;
}

static struct node *parse_level(struct parser *parser, int level)
{
    static const struct {
        enum node_kind kind;
        WCHAR c;
        bool doubled;
    } levels[] = { { NODE_THEN, '&', false }, { NODE_OR, '|', true }, { NODE_AND, '&', true }, { NODE_PIPE, '|', false } };
    struct node *left, *both;

    if (level == ARRAYSIZE(levels)) return parse_command(parser);
    left = parse_level(parser, level + 1);
    if (parser->failed || parser->ended || !left) return left;
    if (!take_operator(parser, levels[level].c, levels[level].doubled)) return left;
    both = new_node(levels[level].kind);
    both->left = left;
    both->right = parse_level(parser, level);
    both->quiet = left->quiet;
    if (parser->failed || parser->ended) {
        node_free(both);
        return NULL;
    }
    if (!both->right) {
        if (level == 0) { /* `a &` */
            skip_delimiters_here(parser);
            both->left = NULL;
            node_free(both);
            return left;
        }
        node_free(both);
        unexpected(parser);
        return NULL;
    }
    return both;
}

static struct node *parse_sequence(struct parser *parser)
{
    return parse_level(parser, 0);
}

/* ---- entry ---- */

bool parse_line(struct input *input, struct node **node, bool *failed)
{
    struct parser parser = { .input = input };
    WCHAR *line = input_line(input);

    *node = NULL;
    *failed = false;
    if (!line) return false;
    if (!expand_percent(line, &parser.text)) parser.failed = true;
    memory_free(line);
    if (!parser.failed) {
        *node = parse_sequence(&parser);
        skip_delimiters_here(&parser);
        if (!parser.failed && !parser.ended && !at_line_end(&parser)) unexpected(&parser);
    }
    if (parser.failed || parser.ended) {
        node_free(*node);
        *node = NULL;
    }
    *failed = parser.failed;
    text_free(&parser.text);
    return true;
}

struct node *parse_simple(const WCHAR *text)
{
    struct parser parser = { 0 };
    struct node *node;

    text_add_string(&parser.text, text);
    node = parse_command(&parser);
    if (!at_line_end(&parser)) { /* an operator: CALL takes no more than one command */
        node_free(node);
        node = NULL;
    }
    text_free(&parser.text);
    return node;
}
