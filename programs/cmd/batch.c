/* Batch files: contexts, labels, and the commands that steer them. */
#include "cmd.h"

int split_batch_arguments(const WCHAR *text, WCHAR ***arguments)
{
    WCHAR **list = NULL;
    int count = 0;

    for (;;) {
        const WCHAR *end;
        bool quoted = false;
        while (is_delimiter(*text)) text++;
        if (!*text) break;
        for (end = text; *end && (quoted || !is_delimiter(*end)); end++)
            if (*end == '"') quoted = !quoted;
        list = memory_resize(list, (count + 1) * sizeof(*list));
        list[count++] = copy_part(text, end - text);
        text = end;
    }
    *arguments = list;
    return count;
}

static int run_context(struct batch *batch)
{
    struct input input = { .from_batch = true };
    bool echo = shell.echo;

    batch->caller = shell.batch;
    shell.batch = batch;
    if (batch->is_label) {
        const WCHAR *label = batch->name;
        if (!batch_find_label(batch, label)) {
            complain(L"The system cannot find the batch label specified - %s\r\n", label + (*label == ':'));
            shell.errorlevel = 1;
            shell.unwind = UNWIND_BATCH;
        }
    }
    run_input(&input);
    while (batch->saved) environment_restore();
    shell.batch = batch->caller;
    if (shell.unwind == UNWIND_BATCH) shell.unwind = UNWIND_NONE;
    if (!shell.batch) shell.echo = echo;
    for (int i = 0; i < batch->argument_count; i++) memory_free(batch->arguments[i]);
    memory_free(batch->arguments);
    memory_free(batch->path);
    memory_free(batch->name);
    memory_free(batch->all);
    memory_free(batch->shifted_name);
    memory_free(batch);
    return shell.errorlevel;
}

static struct batch *new_context(const WCHAR *path, const WCHAR *name, const WCHAR *arguments)
{
    struct batch *batch = memory_get(sizeof(*batch));
    const WCHAR *dot = wcsrchr(path, '.');

    batch->path = copy_text(path);
    batch->name = copy_text(name);
    batch->all = copy_text(skip_blanks(arguments));
    for (size_t length = wcslen(batch->all); length && (batch->all[length - 1] == ' ' || batch->all[length - 1] == '\t');)
        batch->all[--length] = 0;
    batch->argument_count = split_batch_arguments(arguments, &batch->arguments);
    batch->is_cmd = dot && !_wcsicmp(dot, L".cmd");
    return batch;
}

int run_batch(const WCHAR *path, const WCHAR *name, const WCHAR *arguments)
{
    return run_context(new_context(path, name, arguments));
}

int call_label(const WCHAR *label, const WCHAR *arguments)
{
    struct batch *batch;

    if (!shell.batch) {
        complain(L"Invalid attempt to call batch label outside of batch script.\r\n");
        return 1;
    }
    batch = new_context(shell.batch->path, label, arguments);
    batch->is_label = true;
    batch->is_cmd = shell.batch->is_cmd;
    batch->position = shell.batch->position;
    return run_context(batch);
}

/* ---- labels ---- */

static bool ends_label(WCHAR c)
{
    return !c || is_delimiter(c) || wcschr(L":+&|<>", c);
}

/* The label of a line, or 0: length at *start. */
static size_t label_of(const char *line, size_t length, const char **start)
{
    const char *end = line + length;

    while (line < end && is_delimiter((BYTE)*line)) line++;
    if (line == end || *line != ':') return 0;
    line++;
    while (line < end && (*line == ' ' || *line == '\t')) line++;
    *start = line;
    while (line < end && *line != '\r' && !ends_label((BYTE)*line)) line++;
    return line - *start;
}

/* Moves `batch` behind the line of its label, searched from its position to the end and then from the beginning. */
bool batch_find_label(struct batch *batch, const WCHAR *label)
{
    char wanted[512], *bytes;
    size_t length = 0;
    LARGE_INTEGER size;
    DWORD got = 0;
    HANDLE file;
    bool found = false;

    while (*label == ' ' || *label == '\t') label++;
    if (*label == ':') label++;
    while (*label == ' ' || *label == '\t') label++;
    while (!ends_label(label[length])) length++;
    if (length == 3 && !_wcsnicmp(label, L"eof", 3) && shell.extensions && !label[3]) {
        batch->position = BATCH_END;
        return true;
    }
    int wanted_length = WideCharToMultiByte(output_codepage(), 0, label, (int)length, wanted, sizeof(wanted), NULL, NULL);
    file = CreateFileW(batch->path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                       OPEN_EXISTING, 0, NULL);
    if (!wanted_length || file == INVALID_HANDLE_VALUE || !GetFileSizeEx(file, &size) || size.QuadPart > 0x10000000) {
        if (file != INVALID_HANDLE_VALUE) CloseHandle(file);
        return false;
    }
    bytes = memory_get((size_t)size.QuadPart + 1);
    ReadFile(file, bytes, (DWORD)size.QuadPart, &got, NULL);
    CloseHandle(file);
    for (int round = 0; round < 2 && !found; round++) {
        size_t at = round ? 0 : (size_t)batch->position, end = round && batch->position < got ? (size_t)batch->position : got;
        while (at < end && !found) {
            size_t line = at;
            const char *name;
            while (at < got && bytes[at] != '\n') at++;
            size_t count = label_of(bytes + line, at - line, &name);
            if (at < got) at++;
            if (count == (size_t)wanted_length && !_strnicmp(name, wanted, count)) {
                batch->position = at;
                found = true;
            }
        }
    }
    memory_free(bytes);
    return found;
}

int builtin_goto(WCHAR *arguments)
{
    const WCHAR *label = skip_delimiters(arguments);

    if (!shell.batch) return 0;
    if (!*label) {
        complain(L"No batch label specified to GOTO command.\r\n");
        shell.unwind = UNWIND_BATCH;
        return 1;
    }
    if (shell.extensions && !_wcsnicmp(label, L":eof", 4) && ends_label(label[4])) {
        shell.unwind = UNWIND_BATCH;
        return 0;
    }
    if (batch_find_label(shell.batch, label)) {
        shell.unwind = UNWIND_GOTO;
        return 0;
    }
    const WCHAR *name = label + (*label == ':');
    complain(L"The system cannot find the batch label specified - %.*s\r\n", (int)wcscspn(name, L" \t,;=:+"), name);
    shell.unwind = UNWIND_BATCH;
    return 1;
}

int builtin_call(WCHAR *arguments)
{
    struct text doubled = { 0 }, line = { 0 };
    const WCHAR *at = skip_delimiters(arguments);
    struct node *node;
    int result;

    if (!*at) return 0;
    for (const WCHAR *c = at; *c; c++) { /* carets are doubled: the line is read once more */
        text_add_char(&doubled, *c);
        if (*c == '^') text_add_char(&doubled, '^');
    }
    if (!expand_percent(doubled.data, &line)) {
        text_free(&doubled);
        text_free(&line);
        shell.unwind = UNWIND_ALL;
        return 1;
    }
    text_free(&doubled);
    at = skip_delimiters(line.data);
    if (*at == ':' && shell.extensions) {
        size_t length = 1;
        while (at[length] && !is_delimiter(at[length])) length++;
        WCHAR *label = copy_part(at, length), *rest_raw = expand_at_run(at + length);
        /* In arguments, quoted carets stay doubled and others protect the next character. */
        struct text rest = { 0 };
        bool quoted = false;
        for (const WCHAR *c = rest_raw; *c; c++) {
            if (*c == '"') quoted = !quoted;
            if (*c == '^' && !quoted && c[1]) c++;
            text_add_char(&rest, *c);
        }
        result = call_label(label, rest.data ? rest.data : L"");
        memory_free(label);
        memory_free(rest_raw);
        text_free(&rest);
        text_free(&line);
        if (result && !shell.unwind) shell.errorlevel = result;
        return result;
    }
    node = parse_simple(line.data);
    text_free(&line);
    if (!node || node->kind == NODE_BLOCK) {
        node_free(node);
        return shell.errorlevel = 1;
    }
    struct handle_state *state = node->redirects ? redirects_apply(node->redirects) : NULL;
    if (node->redirects && !state) {
        node_free(node);
        return 1;
    }
    WCHAR *command = expand_at_run(node->command), *rest = expand_at_run(node->arguments);
    /* A command that has no say about ERRORLEVEL leaves 0 behind when CALL runs it, but a subroutine does not. */
    bool builtin = false;
    size_t length = 0;
    while (iswalpha(command[length])) length++;
    if (!command[length] || wcschr(L".:\\/+([],;=\"", command[length])) builtin = find_builtin(command, length) != NULL;
    result = execute_command(command, rest, true);
    if (builtin && !result && !shell.unwind && _wcsnicmp(command, L"call", 4)) shell.errorlevel = 0;
    output_flush();
    if (state) redirects_undo(state);
    memory_free(command);
    memory_free(rest);
    node_free(node);
    return result;
}

int builtin_shift(WCHAR *arguments)
{
    const WCHAR *at = skip_delimiters(arguments);
    struct batch *batch = shell.batch;
    int from = 0;

    if (*at == '/' && shell.extensions) {
        if (at[1] < '0' || at[1] > '8' || *skip_delimiters(at + 2)) {
            complain(L"Invalid parameter to SHIFT command\r\n");
            return 1;
        }
        from = at[1] - '0';
    }
    if (!batch) return 0;
    if (!from) {
        memory_free(batch->shifted_name);
        batch->shifted_name = copy_text(batch->argument_count ? batch->arguments[0] : L"");
        from = 1;
    }
    if (from > batch->argument_count) return 0;
    memory_free(batch->arguments[from - 1]);
    batch->argument_count--;
    for (int i = from - 1; i < batch->argument_count; i++) batch->arguments[i] = batch->arguments[i + 1];
    return 0;
}

int builtin_exit(WCHAR *arguments)
{
    const WCHAR *at = skip_delimiters(arguments);
    bool batch_only = false;

    if (at[0] == '/' && (at[1] == 'b' || at[1] == 'B')) {
        batch_only = true;
        at = skip_delimiters(at + 2);
    }
    if (*at) shell.errorlevel = wcstol(at, NULL, 10);
    if (batch_only && shell.batch) shell.unwind = UNWIND_BATCH;
    else {
        shell.unwind = UNWIND_EXIT;
        shell.exit_code = shell.errorlevel;
    }
    return shell.errorlevel;
}

/* ---- setlocal ---- */

void environment_save(void)
{
    struct saved_environment *saved = memory_get(sizeof(*saved));
    WCHAR *block = GetEnvironmentStringsW();
    size_t length = 0;

    while (block[length]) length += wcslen(block + length) + 1;
    saved->block = memory_get((length + 2) * sizeof(WCHAR));
    memcpy(saved->block, block, length * sizeof(WCHAR));
    FreeEnvironmentStringsW(block);
    saved->directory = variable_value(L"CD", 2);
    saved->extensions = shell.extensions;
    saved->delayed = shell.delayed;
    saved->next = shell.batch->saved;
    shell.batch->saved = saved;
}

bool environment_restore(void)
{
    struct saved_environment *saved = shell.batch ? shell.batch->saved : NULL;
    WCHAR *block;

    if (!saved) return false;
    shell.batch->saved = saved->next;
    block = GetEnvironmentStringsW();
    for (WCHAR *at = block; *at; at += wcslen(at) + 1) { /* what is not in the saved block goes, what differs comes back */
        WCHAR *equals = wcschr(at + 1, '=');
        const WCHAR *old = saved->block;
        if (!equals) continue;
        while (*old && (_wcsnicmp(old, at, equals - at + 1))) old += wcslen(old) + 1;
        if (*old) continue;
        WCHAR *name = copy_part(at, equals - at);
        SetEnvironmentVariableW(name, NULL);
        memory_free(name);
    }
    FreeEnvironmentStringsW(block);
    for (WCHAR *at = saved->block; *at; at += wcslen(at) + 1) {
        WCHAR *equals = wcschr(at + 1, '=');
        if (!equals) continue;
        WCHAR *name = copy_part(at, equals - at), *now = environment_get(name);
        if (!now || wcscmp(now, equals + 1)) SetEnvironmentVariableW(name, equals + 1);
        memory_free(now);
        memory_free(name);
    }
    if (saved->directory) SetCurrentDirectoryW(saved->directory);
    shell.extensions = saved->extensions;
    shell.delayed = saved->delayed;
    memory_free(saved->block);
    memory_free(saved->directory);
    memory_free(saved);
    return true;
}

int builtin_setlocal(WCHAR *arguments)
{
    struct words words;
    int result = 0;

    if (!shell.batch) return 0;
    environment_save();
    words_split(&words, arguments, true);
    for (int i = 0; i < words.count; i++) {
        if (!_wcsicmp(words.word[i], L"enableextensions")) shell.extensions = true;
        else if (!_wcsicmp(words.word[i], L"disableextensions")) shell.extensions = false;
        else if (!_wcsicmp(words.word[i], L"enabledelayedexpansion")) shell.delayed = true;
        else if (!_wcsicmp(words.word[i], L"disabledelayedexpansion")) shell.delayed = false;
        else {
            complain(L"Invalid parameter to SETLOCAL command\r\n");
            result = 1;
        }
    }
    words_free(&words);
    return result;
}

int builtin_endlocal(WCHAR *arguments)
{
    environment_restore();
    return 0;
}
