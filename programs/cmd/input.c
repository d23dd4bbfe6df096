/* Where command lines come from, and the prompt. */
#include "cmd.h"

/* The bytes of the batch file up to the next line end; false at its end. Read anew each time: scripts may change. */
static WCHAR *batch_line(struct batch *batch)
{
    char *bytes = NULL;
    size_t count = 0, end = 0, room = 0;
    DWORD got;
    LARGE_INTEGER at = { .QuadPart = (LONGLONG)batch->position };
    HANDLE file = CreateFileW(batch->path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                              OPEN_EXISTING, 0, NULL);
    WCHAR *line = NULL;

    if (batch->position == BATCH_END) {
        if (file != INVALID_HANDLE_VALUE) CloseHandle(file);
        return NULL;
    }
    if (file == INVALID_HANDLE_VALUE) {
        complain(L"The batch file cannot be found.\r\n");
        shell.errorlevel = 1;
        return NULL;
    }
    SetFilePointerEx(file, at, NULL, FILE_BEGIN);
    for (bool found = false; !found;) {
        if (count + 1024 > room) bytes = memory_resize(bytes, room = room ? room * 2 : 1024);
        if (!ReadFile(file, bytes + count, 1024, &got, NULL) || !got) break;
        count += got;
        while (end < count && !found) found = bytes[end] == '\n' || bytes[end] == 0x1a ? true : (end++, false);
        if (found) count = end + 1;
    }
    CloseHandle(file);
    if (count) {
        batch->position += count;
        if (end < count) count = end; /* without '\n' */
        int length = count ? MultiByteToWideChar(output_codepage(), 0, bytes, (int)count, NULL, 0) : 0;
        line = memory_get((length + 1) * sizeof(WCHAR));
        if (length) MultiByteToWideChar(output_codepage(), 0, bytes, (int)count, line, length);
        while (length && line[length - 1] == '\r') line[--length] = 0;
    }
    memory_free(bytes);
    return line;
}

/* A line of standard input that is no console, read byte by byte: what follows belongs to programs we start. */
static bool plain_line(struct text *line)
{
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    char bytes[2048];
    size_t count = 0;
    DWORD got;
    bool any = false;

    text_add(line, L"", 0);
    for (;;) {
        char c = 0;
        if (!ReadFile(input, &c, 1, &got, NULL) || !got) break;
        any = true;
        if (c == '\n') break;
        bytes[count++] = c;
        if (count == sizeof(bytes)) break;
    }
    while (count && bytes[count - 1] == '\r') count--;
    if (count) {
        WCHAR wide[2048];
        int length = MultiByteToWideChar(output_codepage(), 0, bytes, (int)count, wide, 2048);
        text_add(line, wide, length);
    }
    return any;
}

bool ask_line(struct text *line)
{
    output_flush();
    return is_console(GetStdHandle(STD_INPUT_HANDLE)) ? edit_line(L"", line) : plain_line(line);
}

static WCHAR *prompt_text(void)
{
    WCHAR *format = environment_get(L"PROMPT"), *value;
    const WCHAR *at = format && *format ? format : L"$P$G";
    struct text text = { 0 };
    SYSTEMTIME now;

    for (; *at; at++) {
        if (*at != '$' || !at[1]) {
            if (*at != '$') text_add_char(&text, *at);
            continue;
        }
        switch (towupper(*++at)) {
        case 'A': text_add_char(&text, '&'); break;
        case 'B': text_add_char(&text, '|'); break;
        case 'C': text_add_char(&text, '('); break;
        case 'E': text_add_char(&text, 27); break;
        case 'F': text_add_char(&text, ')'); break;
        case 'G': text_add_char(&text, '>'); break;
        case 'H': if (text.length) text.data[--text.length] = 0; break;
        case 'L': text_add_char(&text, '<'); break;
        case 'Q': text_add_char(&text, '='); break;
        case 'S': text_add_char(&text, ' '); break;
        case '_': text_add_string(&text, L"\r\n"); break;
        case '$': text_add_char(&text, '$'); break;
        case 'D': GetLocalTime(&now); format_date(&now, &text, true); break;
        case 'T': GetLocalTime(&now); format_time(&now, &text); break;
        case 'N': case 'P':
            if ((value = variable_value(L"CD", 2))) {
                text_add(&text, value, towupper(*at) == 'N' ? 1 : wcslen(value));
                memory_free(value);
            }
            break;
        case 'V': text_add_string(&text, L"10.0"); break;
        case '+': {
            extern int pushed_count(void);
            for (int i = pushed_count(); i; i--) text_add_char(&text, '+');
            break;
        }
        }
    }
    memory_free(format);
    return text_take(&text);
}

void print_prompt(void)
{
    WCHAR *text = prompt_text();

    print_text(text);
    memory_free(text);
}

WCHAR *input_line(struct input *input)
{
    struct text line = { 0 };

    if (input->from_batch) return batch_line(shell.batch);
    if (!input->from_console) {
        WCHAR *copy;
        if (!input->text) return NULL;
        const WCHAR *end = wcschr(input->text, '\n');
        copy = end ? copy_part(input->text, end - input->text) : copy_text(input->text);
        input->text = end ? end + 1 : NULL;
        return copy;
    }
    WCHAR *prompt = input->more ? copy_text(L"More? ") : shell.echo ? prompt_text() : copy_text(L"");
    if (!input->more && shell.echo) print_text(L"\r\n");
    bool worked, console = is_console(GetStdHandle(STD_INPUT_HANDLE));
    if (console) {
        output_flush();
        worked = edit_line(prompt, &line);
    } else {
        print_text(prompt);
        output_flush();
        worked = plain_line(&line);
        if (worked && shell.echo) print(L"%s\r\n", line.data);
    }
    memory_free(prompt);
    if (!worked) {
        text_free(&line);
        return NULL;
    }
    return text_take(&line);
}

WCHAR ask(const WCHAR *question, const WCHAR *letters)
{
    for (;;) {
        struct text line = { 0 };
        bool worked;
        WCHAR answer;

        print_text(question);
        output_flush();
        worked = ask_line(&line);
        answer = worked && line.length ? towupper(line.data[0]) : 0;
        if (worked && !is_console(GetStdHandle(STD_INPUT_HANDLE))) print(L"%s\r\n", line.data);
        else if (!worked) print_text(L"\r\n");
        text_free(&line);
        if (!worked) return 0;
        if (answer && wcschr(letters, answer)) return answer;
    }
}

/* Ctrl-C in a batch file: may it end? */
static void ask_termination(void)
{
    InterlockedExchange(&shell.interrupted, 0);
    if (!shell.batch) {
        shell.unwind = UNWIND_ALL;
        return;
    }
    print_text(L"\r\n");
    WCHAR answer = ask(L"Terminate batch job (Y/N)? ", L"YN");
    if (answer != 'N') {
        shell.unwind = UNWIND_ALL;
        shell.errorlevel = (int)0xc000013a; /* STATUS_CONTROL_C_EXIT */
    }
}

bool interrupted(void)
{
    if (!shell.interrupted) return shell.unwind != UNWIND_NONE;
    ask_termination();
    return shell.unwind != UNWIND_NONE;
}

int run_input(struct input *input)
{
    int result = 0;
    bool failed;
    struct node *node;

    while (!shell.unwind && parse_line(input, &node, &failed)) {
        if (failed) {
            shell.errorlevel = result = input->from_console ? 1 : 255;
            if (input->from_batch) shell.unwind = UNWIND_ALL;
        }
        if (node && shell.echo && !node->quiet && input->from_batch) {
            struct text text = { 0 };
            node_print(node, &text);
            print_text(L"\r\n");
            print_prompt();
            print(L"%s\r\n", text.data);
            text_free(&text);
        }
        if (node) result = execute(node);
        node_free(node);
        output_flush();
        interrupted();
        if (shell.unwind == UNWIND_GOTO) shell.unwind = UNWIND_NONE;
        if (shell.unwind == UNWIND_ALL && input->from_console) shell.unwind = UNWIND_NONE;
    }
    return result;
}
