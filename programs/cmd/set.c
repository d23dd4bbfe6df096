/* SET. */
#include "cmd.h"

static int by_name(const void *a, const void *b)
{
    return _wcsicmp(*(WCHAR *const *)a, *(WCHAR *const *)b);
}

/* The variables whose names begin with `prefix`, in order; with `hidden` those of drives ("=C:") too. */
static int show(const WCHAR *prefix, bool hidden)
{
    WCHAR *block = GetEnvironmentStringsW(), **list = NULL;
    size_t length = wcslen(prefix), count = 0;

    for (WCHAR *at = block; *at; at += wcslen(at) + 1) {
        if (*at == '=' ? !hidden : _wcsnicmp(at, prefix, length) != 0) continue;
        list = memory_resize(list, (count + 1) * sizeof(*list));
        list[count++] = at;
    }
    if (count) qsort(list, count, sizeof(*list), by_name);
    for (size_t i = 0; i < count; i++) print(L"%s\r\n", list[i]);
    memory_free(list);
    FreeEnvironmentStringsW(block);
    if (count) return 0;
    complain(L"Environment variable %s not defined\r\n", prefix);
    return 1;
}

static void trim_end(WCHAR *text)
{
    for (size_t length = wcslen(text); length && (text[length - 1] == ' ' || text[length - 1] == '\t');) text[--length] = 0;
}

/* `"text" tail` to `text`: from a leading quote to the last one. */
static WCHAR *strip_quotes(const WCHAR *text)
{
    WCHAR *copy, *last;

    if (*text != '"') return copy_text(text);
    copy = copy_text(text + 1);
    last = wcsrchr(copy, '"');
    if (last) *last = 0;
    return copy;
}

static int ask_value(const WCHAR *at)
{
    WCHAR *plain = strip_quotes(skip_delimiters(at)), *equals = wcschr(plain, '='), *prompt;
    struct text line = { 0 };
    int result = 0;
    bool worked;

    if (!equals) {
        memory_free(plain);
        return syntax_error();
    }
    *equals = 0;
    prompt = strip_quotes(skip_blanks(equals + 1));
    print_text(prompt);
    output_flush();
    memory_free(prompt);
    worked = ask_line(&line);
    if (line.length > 1023) line.data[1023] = 0;
    if (worked && line.length && *plain) SetEnvironmentVariableW(plain, line.data);
    else result = 1;
    text_free(&line);
    memory_free(plain);
    return result;
}

static int calculate(const WCHAR *at)
{
    LONG value;
    int code;

    at = skip_blanks(at);
    if (!*at) return syntax_error();
    if (!evaluate(at, &value, &code)) return code;
    if (!shell.batch) print(L"%d", value);
    return 0;
}

int builtin_set(WCHAR *arguments)
{
    const WCHAR *at = skip_blanks(arguments);
    WCHAR *plain, *equals;
    int result = 0;

    if (shell.extensions && *at == '/') {
        if (towlower(at[1]) == 'a') return calculate(at + 2);
        if (towlower(at[1]) == 'p') return ask_value(at + 2);
        return syntax_error();
    }
    while (*at == ',' || *at == ';' || *at == ' ' || *at == '\t') at++;
    if (!*at) {
        return show(L"", false);
    }
    if (!wcscmp(at, L"\"")) return show(L"", true);
    plain = strip_quotes(at);
    if (*plain == '=') {
        memory_free(plain);
        return syntax_error();
    }
    equals = wcschr(plain, '=');
    if (!equals) {
        trim_end(plain);
        result = show(plain, false);
    } else {
        *equals = 0;
        if (!SetEnvironmentVariableW(plain, equals[1] ? equals + 1 : NULL) && equals[1]) result = fail(GetLastError());
        else if (!equals[1]) SetEnvironmentVariableW(plain, NULL);
    }
    memory_free(plain);
    return result;
}
