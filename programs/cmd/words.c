/* Arguments and paths, as the builtin commands take them. */
#include "cmd.h"

const WCHAR *skip_blanks(const WCHAR *text)
{
    while (*text == ' ' || *text == '\t') text++;
    return text;
}

const WCHAR *skip_delimiters(const WCHAR *text)
{
    while (is_delimiter(*text)) text++;
    return text;
}

WCHAR *unquote(const WCHAR *text)
{
    struct text plain = { 0 };

    for (; *text; text++)
        if (*text != '"') text_add_char(&plain, *text);
    return text_take(&plain);
}

void words_split(struct words *words, const WCHAR *at, bool all)
{
    *words = (struct words){ 0 };
    for (;;) {
        struct text word = { 0 };
        bool quoted = false, any = false, is_switch;
        while (all ? is_delimiter(*at) : (*at == ' ' || *at == '\t')) at++;
        if (!*at) break;
        is_switch = *at == '/';
        for (const WCHAR *start = at; *at; at++) {
            if (*at == '"') {
                quoted = !quoted;
                any = true;
                continue;
            }
            if (!quoted && (*at == ' ' || *at == '\t' || (all && is_delimiter(*at) && !(is_switch && *at == '=')))) break;
            if (!quoted && *at == '/' && at > start) break;
            text_add_char(&word, *at);
        }
        words->word = memory_resize(words->word, (words->count + 1) * sizeof(*words->word));
        words->quoted = memory_resize(words->quoted, (words->count + 1) * sizeof(*words->quoted));
        words->quoted[words->count] = any;
        words->word[words->count++] = text_take(&word);
    }
}

void words_free(struct words *words)
{
    for (int i = 0; i < words->count; i++) memory_free(words->word[i]);
    memory_free(words->word);
    memory_free(words->quoted);
    *words = (struct words){ 0 };
}

WCHAR *full_path(const WCHAR *path)
{
    DWORD length = GetFullPathNameW(path, 0, NULL, NULL);
    WCHAR *full;

    if (!length) return NULL;
    full = memory_get((length + 1) * sizeof(WCHAR));
    if (!GetFullPathNameW(path, length + 1, full, NULL)) {
        memory_free(full);
        return NULL;
    }
    return full;
}

const WCHAR *file_part(const WCHAR *path)
{
    const WCHAR *part = path;

    for (; *path; path++)
        if (*path == '\\' || *path == '/' || *path == ':') part = path + 1;
    return part;
}

WCHAR *join_path(const WCHAR *folder, const WCHAR *name)
{
    struct text path = { 0 };
    WCHAR last;

    text_add_string(&path, folder);
    last = path.length ? path.data[path.length - 1] : '\\';
    if (last != '\\' && last != '/' && last != ':') text_add_char(&path, '\\');
    text_add_string(&path, name);
    return text_take(&path);
}

bool is_folder(const WCHAR *path)
{
    DWORD attributes = GetFileAttributesW(path);

    return attributes != INVALID_FILE_ATTRIBUTES && attributes & FILE_ATTRIBUTE_DIRECTORY;
}

bool has_wildcards(const WCHAR *text)
{
    return wcspbrk(text, L"*?") != NULL;
}

bool file_exists(const WCHAR *path)
{
    WIN32_FIND_DATAW data;
    HANDLE find;

    if (!has_wildcards(path)) return GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES;
    find = FindFirstFileW(path, &data);
    if (find == INVALID_HANDLE_VALUE) return false;
    FindClose(find);
    return true;
}

int fail(DWORD error)
{
    output_flush();
    complain_error(error);
    return 1;
}

int fail_text(const WCHAR *text)
{
    complain(L"%s\r\n", text);
    return 1;
}

int syntax_error(void)
{
    return fail_text(L"The syntax of the command is incorrect.");
}

bool wants_help(const WCHAR *arguments)
{
    bool quoted = false;

    for (const WCHAR *at = arguments; *at; at++) {
        if (*at == '"') quoted = !quoted;
        if (!quoted && at[0] == '/' && at[1] == '?' && (at == arguments || is_delimiter(at[-1])) &&
            (!at[2] || is_delimiter(at[2])))
            return true;
    }
    return false;
}
