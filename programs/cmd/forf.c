/* FOR /F: lines of files, of a text, of a command's output, cut into tokens. */
#include "cmd.h"

struct options {
    WCHAR comment; /* eol; 0: none */
    int skip;
    WCHAR *delimiters;
    bool usebackq;
    bool tokens[32]; /* [1] to [31] */
    bool rest;       /* '*' */
    int rest_after;  /* the highest token before it */
};

static bool option_error(const WCHAR *at)
{
    complain(L"%s was unexpected at this time.\r\n", at);
    return false;
}

static const WCHAR *parse_tokens(const WCHAR *at, struct options *options)
{
    int first, last;
    WCHAR *end;

    memset(options->tokens, 0, sizeof(options->tokens));
    options->rest = false;
    options->rest_after = 0;
    while (*at && *at != ' ' && *at != '\t') {
        if (*at == ',') {
            at++;
            continue;
        }
        if (*at == '*') {
            options->rest = true;
            at++;
            continue;
        }
        first = last = wcstol(at, &end, 0);
        if (end == at) return NULL;
        at = end;
        if (*at == '-') {
            last = wcstol(at + 1, &end, 0);
            if (end == at + 1) return NULL;
            at = end;
        }
        if (first < 1 || last > 31) return NULL;
        for (; first <= last; first++) {
            options->tokens[first] = true;
            if (first > options->rest_after) options->rest_after = first;
        }
    }
    return at;
}

static bool parse_options(const WCHAR *text, struct options *options)
{
    WCHAR *plain = copy_text(text), *at = plain;
    size_t length = wcslen(plain);
    bool worked = true;

    *options = (struct options){ .comment = ';' };
    options->tokens[1] = true;
    options->rest_after = 1;
    if (length && *at == '"') {
        at++;
        if (length > 1 && plain[length - 1] == '"') plain[length - 1] = 0;
    }
    while (worked) {
        while (*at == ' ' || *at == '\t') at++;
        if (!*at) break;
        if (!_wcsnicmp(at, L"usebackq", 8)) {
            options->usebackq = true;
            at += 8;
        } else if (!_wcsnicmp(at, L"eol=", 4)) {
            options->comment = at[4];
            at += at[4] ? 5 : 4;
        } else if (!_wcsnicmp(at, L"skip=", 5)) {
            WCHAR *end;
            options->skip = wcstol(at + 5, &end, 0);
            if (end == at + 5 || options->skip <= 0) worked = option_error(at + 5);
            at = end;
        } else if (!_wcsnicmp(at, L"delims=", 7)) {
            WCHAR *end = at + 7;
            while (*end && !((*end == ' ' || *end == '\t') && end[1])) end++; /* a blank belongs to it only at the end */
            memory_free(options->delimiters);
            options->delimiters = copy_part(at + 7, end - at - 7);
            at = end;
        } else if (!_wcsnicmp(at, L"tokens=", 7)) {
            const WCHAR *end = parse_tokens(at + 7, options);
            if (!end) worked = option_error(at);
            else at += end - at;
        } else {
            worked = option_error(text);
        }
    }
    if (!options->delimiters) options->delimiters = copy_text(L" \t");
    memory_free(plain);
    return worked;
}

/* One line, cut; the loop's body runs when it has any of the tokens. */
static bool each_line(struct node *node, const struct options *options, WCHAR *line)
{
    WCHAR *values[33] = { 0 }, *kept[33], *at = line;
    int count = 0, wanted = 0;
    bool any = false, go_on = true;
    WCHAR variable = node->variable;

    if (!*line) return true;
    while (*at && wcschr(options->delimiters, *at)) at++;
    if (options->comment && *at == options->comment) return true;
    for (int token = 1; token <= options->rest_after; token++) {
        WCHAR *start = at;
        while (*at && !wcschr(options->delimiters, *at)) at++;
        if (options->tokens[token]) {
            values[wanted++] = copy_part(start, at - start);
            if (at > start) any = true;
        }
        while (*at && wcschr(options->delimiters, *at)) at++;
        count++;
    }
    if (options->rest) {
        if (*at || !options->rest_after) any = true;
        values[wanted++] = copy_text(at);
    }
    if (any) {
        for (int i = 0; i < wanted; i++) {
            kept[i] = variable + i < 128 ? for_values[variable + i] : NULL;
            if (variable + i < 128) for_values[variable + i] = values[i];
        }
        for_depth++;
        /* The first one again, through the common way. */
        go_on = for_iterate(node, values[0]);
        for_depth--;
        for (int i = 0; i < wanted; i++)
            if (variable + i < 128) for_values[variable + i] = kept[i];
    }
    for (int i = 0; i < wanted; i++) memory_free(values[i]);
    return go_on;
}

static bool each_line_of(struct node *node, const struct options *options, HANDLE file)
{
    struct line_reader reader = { .handle = file };
    WCHAR *line;
    size_t length;
    int number = 0;
    bool go_on = true;

    while (go_on && (line = read_line(&reader, &length))) {
        if (number++ >= options->skip) go_on = each_line(node, options, line);
        memory_free(line);
    }
    reader_free(&reader);
    return go_on;
}

static int lines_of_command(struct node *node, const struct options *options, const WCHAR *command)
{
    SECURITY_ATTRIBUTES inherit = { sizeof(inherit), NULL, TRUE };
    HANDLE read, write, output = GetStdHandle(STD_OUTPUT_HANDLE), process;
    struct text line = { 0 }, all = { 0 };
    WCHAR *self = own_path();
    DWORD id, got, error;
    char *bytes = NULL;
    size_t count = 0, room = 0;

    output_flush();
    if (!CreatePipe(&read, &write, &inherit, 0)) return fail(GetLastError());
    SetHandleInformation(read, HANDLE_FLAG_INHERIT, 0);
    text_format(&line, L"%s /c %s", self, command);
    SetStdHandle(STD_OUTPUT_HANDLE, write);
    process = start_process(self, line.data, NULL, 0, SW_SHOWNORMAL, NULL, &id);
    error = GetLastError();
    SetStdHandle(STD_OUTPUT_HANDLE, output);
    CloseHandle(write);
    text_free(&line);
    memory_free(self);
    if (!process) {
        CloseHandle(read);
        return fail(error);
    }
    /* All of it first: the body may use what the command held. */
    for (;;) {
        if (count + 4096 > room) bytes = memory_resize(bytes, room = room ? room * 2 : 8192);
        if (!ReadFile(read, bytes + count, 4096, &got, NULL) || !got) break;
        count += got;
    }
    CloseHandle(read);
    wait_process(process);
    int length = count ? MultiByteToWideChar(output_codepage(), 0, bytes, (int)count, NULL, 0) : 0;
    WCHAR *text = memory_get((length + 1) * sizeof(WCHAR));
    if (length) MultiByteToWideChar(output_codepage(), 0, bytes, (int)count, text, length);
    memory_free(bytes);
    int number = 0;
    for (WCHAR *at = text, *end = text + length; at < end;) {
        WCHAR *stop = at;
        while (stop < end && *stop != '\n') stop++;
        WCHAR *next = stop < end ? stop + 1 : end;
        if (stop > at && stop[-1] == '\r') stop--;
        *stop = 0;
        if (number++ >= options->skip && !each_line(node, options, at)) break;
        at = next;
    }
    memory_free(text);
    text_free(&all);
    return 0;
}

static int lines_of_files(struct node *node, const struct options *options, const WCHAR *set)
{
    WCHAR **names;
    int count = split_batch_arguments(set, &names), result = 0;
    bool go_on = true;

    for (int i = 0; i < count; i++) {
        WCHAR *plain = unquote(names[i]);
        HANDLE file = !go_on ? INVALID_HANDLE_VALUE
                             : CreateFileW(plain, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                                           OPEN_EXISTING, 0, NULL);
        if (file != INVALID_HANDLE_VALUE) {
            go_on = each_line_of(node, options, file);
            CloseHandle(file);
        } else if (go_on) {
            complain(L"The system cannot find the file %s.\r\n", plain);
            result = 1;
            go_on = false;
        }
        memory_free(plain);
        memory_free(names[i]);
    }
    memory_free(names);
    return result;
}

int execute_for_lines(struct node *node, WCHAR *set)
{
    struct options options;
    WCHAR *given = node->options ? expand_for(node->options) : copy_text(L""), *start;
    size_t length;
    int result = 0;

    if (!parse_options(given, &options)) {
        shell.unwind = shell.batch ? UNWIND_ALL : UNWIND_NONE;
        result = shell.errorlevel = shell.batch ? 255 : 1;
        goto out;
    }
    start = (WCHAR *)skip_blanks(set);
    length = wcslen(start);
    while (length && (start[length - 1] == ' ' || start[length - 1] == '\t')) start[--length] = 0;
    WCHAR first = length ? *start : 0, last = length > 1 ? start[length - 1] : 0;
    WCHAR command = options.usebackq ? '`' : '\'', string = options.usebackq ? '\'' : '"';
    if (first == command && last == command) {
        start[length - 1] = 0;
        result = lines_of_command(node, &options, start + 1);
    } else if (first == string && last == string) {
        start[length - 1] = 0;
        if (!options.skip) each_line(node, &options, start + 1);
    } else {
        result = lines_of_files(node, &options, start);
    }
    if (result) shell.errorlevel = result;
out:
    memory_free(options.delimiters);
    memory_free(given);
    return result;
}
