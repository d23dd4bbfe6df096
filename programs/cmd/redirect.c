/* Redirections: handles 0 to 9 as the shell and the programs it starts see them. */
#include "cmd.h"

static HANDLE extra[10]; /* 3 to 9; NULL when closed */

struct saved {
    int handle;
    HANDLE before, now;
};

struct handle_state {
    int count;
    struct saved saved[]; /* in order */
};

static const DWORD standard[] = { STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE };

static HANDLE current(int handle)
{
    return handle < 3 ? GetStdHandle(standard[handle]) : extra[handle];
}

static void set_current(int handle, HANDLE to)
{
    if (handle < 3) SetStdHandle(standard[handle], to);
    else extra[handle] = to;
}

static HANDLE open_target(const struct redirect *redirect, const WCHAR *name)
{
    SECURITY_ATTRIBUTES inherit = { sizeof(inherit), NULL, TRUE };
    HANDLE file;
    bool console = !_wcsicmp(name, L"con");

    if (redirect->kind == REDIRECT_READ)
        return CreateFileW(console ? L"CONIN$" : name, console ? GENERIC_READ | GENERIC_WRITE : GENERIC_READ,
                           FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, &inherit, OPEN_EXISTING, 0, NULL);
    if (console) return CreateFileW(L"CONOUT$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherit,
                                    OPEN_EXISTING, 0, NULL);
    file = CreateFileW(name, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_DELETE, &inherit,
                       redirect->kind == REDIRECT_APPEND ? OPEN_ALWAYS : CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    if (file != INVALID_HANDLE_VALUE && redirect->kind == REDIRECT_APPEND) {
        LARGE_INTEGER end = { 0 };
        SetFilePointerEx(file, end, NULL, FILE_END);
    }
    return file;
}

void redirects_undo(struct handle_state *state)
{
    for (int i = state->count - 1; i >= 0; i--) {
        set_current(state->saved[i].handle, state->saved[i].before);
        CloseHandle(state->saved[i].now);
    }
    memory_free(state);
}

struct handle_state *redirects_apply(struct redirect *redirects)
{
    struct handle_state *state;
    int count = 0;

    for (struct redirect *redirect = redirects; redirect; redirect = redirect->next) count++;
    state = memory_get(sizeof(*state) + count * sizeof(state->saved[0]));
    for (struct redirect *redirect = redirects; redirect; redirect = redirect->next) {
        HANDLE now = INVALID_HANDLE_VALUE;
        if (redirect->kind == REDIRECT_COPY_READ || redirect->kind == REDIRECT_COPY_WRITE) {
            HANDLE source = current(redirect->target[0] - '0');
            if (!source || !DuplicateHandle(GetCurrentProcess(), source, GetCurrentProcess(), &now, 0, TRUE, DUPLICATE_SAME_ACCESS)) {
                complain(L"The handle could not be duplicated\r\nduring redirection of handle %d.\r\n", redirect->handle);
                goto failed;
            }
        } else {
            WCHAR *expanded = expand_at_run(redirect->target), *name = unquote(expanded);
            size_t length = wcslen(name);
            while (length && name[length - 1] == ' ') name[--length] = 0;
            now = open_target(redirect, name);
            DWORD error = GetLastError();
            memory_free(expanded);
            memory_free(name);
            if (now == INVALID_HANDLE_VALUE) {
                complain_error(error == ERROR_INVALID_NAME ? ERROR_INVALID_NAME : error);
                goto failed;
            }
        }
        struct saved *saved = &state->saved[state->count++];
        saved->handle = redirect->handle;
        saved->before = current(redirect->handle);
        saved->now = now;
        set_current(redirect->handle, now);
    }
    return state;
failed:
    redirects_undo(state);
    return NULL;
}

/* A count, flags of each descriptor, then the handles (as the C runtime's lpReserved2). */
BYTE *redirects_inherit(WORD *size)
{
    int count = 0;
    BYTE *data, *flags;

    for (int i = 3; i < 10; i++)
        if (extra[i]) count = i + 1;
    if (!count) return NULL;
    *size = (WORD)(sizeof(int) + count + count * sizeof(HANDLE));
    data = memory_get(*size);
    memcpy(data, &count, sizeof(count));
    flags = data + sizeof(int);
    for (int i = 0; i < count; i++) {
        HANDLE handle = current(i);
        DWORD type = handle ? GetFileType(handle) : FILE_TYPE_UNKNOWN;
        if (!handle) handle = INVALID_HANDLE_VALUE;
        else flags[i] = 1 /* open */ | 0x80 /* text */ | (type == FILE_TYPE_PIPE ? 8 : type == FILE_TYPE_CHAR ? 0x40 : 0);
        memcpy(flags + count + i * sizeof(HANDLE), &handle, sizeof(handle));
    }
    return data;
}

/* ---- pipes ---- */

static void flatten(struct node *node, struct text *text)
{
    static const WCHAR *const operators[] = { [NODE_THEN] = L"&", [NODE_AND] = L"&&", [NODE_OR] = L"||", [NODE_PIPE] = L"|" };
    struct text plain = { 0 };

    switch (node->kind) {
    case NODE_THEN: case NODE_AND: case NODE_OR: case NODE_PIPE:
        flatten(node->left, text);
        text_format(text, L" %s ", operators[node->kind]);
        flatten(node->right, text);
        return;
    case NODE_BLOCK:
        text_add_string(text, L"( ");
        flatten(node->left, text);
        text_add_string(text, L" )");
        for (struct redirect *at = node->redirects; at; at = at->next) {
            static const WCHAR *const signs[] = { L"<", L">", L">>", L"<&", L">&" };
            text_format(text, L" %d%s%s", at->handle, signs[at->kind], at->target);
        }
        return;
    case NODE_IF: case NODE_FOR: {
        struct node *left = node->left, *right = node->right;
        struct text body = { 0 };
        /* The head by node_print with the bodies cut off, then the bodies. */
        static struct node nothing = { .kind = NODE_COMMAND, .command = L"\1", .arguments = L"" };
        node->left = &nothing;
        node->right = NULL;
        node_print(node, &plain);
        node->left = left;
        node->right = right;
        WCHAR *mark = wcschr(plain.data, 1);
        flatten(left, &body);
        text_add(text, plain.data, mark - plain.data);
        text_add_string(text, body.data);
        text_free(&body);
        if (right) {
            text_add_string(text, L" else ");
            flatten(right, text);
        }
        text_add_string(text, mark + 2);
        text_free(&plain);
        return;
    }
    case NODE_COMMAND:
        node_print(node, &plain);
        /* without the blank that ends its text */
        size_t blank = wcslen(node->command) + wcslen(node->arguments) + node->quiet;
        text_add(text, plain.data, blank);
        text_add_string(text, plain.data + blank + 1);
        text_free(&plain);
        return;
    }
}

/* The text of a side for a child shell, variables of FOR replaced. */
static WCHAR *side_text(struct node *node)
{
    struct text text = { 0 };
    WCHAR *expanded, *result;

    flatten(node, &text);
    result = expand_for(text.data);
    text_free(&text);
    if (node->kind == NODE_COMMAND) {
        expanded = expand_delayed(result);
        memory_free(result);
        result = expanded;
    }
    return result;
}

/* Starts one side with the standard handles as they are; NULL after an error that was reported. */
static HANDLE start_side(struct node *node)
{
    HANDLE process = NULL;
    struct text line = { 0 };
    DWORD id;

    if (node->kind == NODE_COMMAND && *node->command) {
        /* A program by itself needs no shell around it. */
        WCHAR *command = expand_at_run(node->command), *name = unquote(command), *path = NULL;
        size_t length = 0;
        while (iswalpha(command[length])) length++;
        bool builtin = (!command[length] || wcschr(L".:\\/+([],;=\"", command[length])) && find_builtin(command, length);
        if (!builtin && *command != ':') path = find_program(name);
        if (path && !is_batch_file(path)) {
            struct handle_state *state = redirects_apply(node->redirects);
            WCHAR *arguments = expand_at_run(node->arguments);
            text_add_string(&line, command);
            text_add_string(&line, arguments);
            if (state) {
                process = start_process(path, line.data, NULL, 0, SW_SHOWNORMAL, NULL, &id);
                DWORD error = GetLastError();
                redirects_undo(state);
                if (!process) complain_error(error);
            }
            memory_free(arguments);
            memory_free(command);
            memory_free(name);
            memory_free(path);
            text_free(&line);
            return process;
        }
        memory_free(command);
        memory_free(name);
        memory_free(path);
    }
    WCHAR *text = side_text(node), *self = own_path();
    text_format(&line, L"%s  /S /D%s%s /c\" %s\"", self, shell.echo ? L"" : L" /Q", output_unicode ? L" /U" : L"", text);
    process = start_process(self, line.data, NULL, 0, SW_SHOWNORMAL, NULL, &id);
    if (!process) complain_error(GetLastError());
    memory_free(text);
    memory_free(self);
    text_free(&line);
    return process;
}

int execute_pipe(struct node *node)
{
    SECURITY_ATTRIBUTES inherit = { sizeof(inherit), NULL, TRUE };
    HANDLE sides[64], first_input = GetStdHandle(STD_INPUT_HANDLE), output = GetStdHandle(STD_OUTPUT_HANDLE), carried = NULL;
    int count = 0, result = 0;

    output_flush();
    for (struct node *at = node; at; at = at->kind == NODE_PIPE ? at->right : NULL) {
        struct node *side = at->kind == NODE_PIPE ? at->left : at;
        HANDLE read = NULL, write = NULL;
        if (count == ARRAYSIZE(sides)) break;
        if (at->kind == NODE_PIPE) {
            if (!CreatePipe(&read, &write, &inherit, 0)) {
                complain_error(GetLastError());
                break;
            }
            /* Only the child of this side may hold the write end, and only the next one the read end. */
            SetHandleInformation(read, HANDLE_FLAG_INHERIT, 0);
            SetStdHandle(STD_OUTPUT_HANDLE, write);
        }
        if (carried) {
            SetHandleInformation(carried, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
            SetStdHandle(STD_INPUT_HANDLE, carried);
        }
        sides[count++] = start_side(side);
        SetStdHandle(STD_INPUT_HANDLE, first_input);
        SetStdHandle(STD_OUTPUT_HANDLE, output);
        if (write) CloseHandle(write);
        if (carried) CloseHandle(carried);
        carried = read;
    }
    if (carried) CloseHandle(carried);
    for (int i = 0; i < count; i++) result = sides[i] ? wait_process(sides[i]) : 1;
    return shell.errorlevel = result;
}
