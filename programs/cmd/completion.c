/* Tab: names of files and folders. */
#include "lineedit.h"

void completion_end(struct completion *completion)
{
    for (int i = 0; i < completion->count; i++) memory_free(completion->names[i]);
    memory_free(completion->names);
    memory_free(completion->folder);
    *completion = (struct completion){ 0 };
}

static int by_name(const void *a, const void *b)
{
    return _wcsicmp(*(WCHAR *const *)a, *(WCHAR *const *)b);
}

static bool begin(struct completion *completion, const struct text *line, size_t cursor, bool folders)
{
    size_t start = 0;
    bool quoted = false;
    WIN32_FIND_DATAW data;

    for (size_t i = 0; i < cursor; i++) {
        if (line->data[i] == '"') quoted = !quoted;
        if (!quoted && wcschr(L" \t=,;&|<>()@", line->data[i])) start = i + 1;
    }
    WCHAR *part = copy_part(line->data + start, cursor - start), *word = unquote(part);
    memory_free(part);
    struct text pattern = { 0 };
    text_add_string(&pattern, word);
    if (!has_wildcards(file_part(word))) text_add_char(&pattern, '*');
    completion->start = start;
    completion->folder = copy_part(word, file_part(word) - word);
    memory_free(word);
    /* After these commands only folders make sense. */
    const WCHAR *command = skip_delimiters(line->data);
    if (!_wcsnicmp(command, L"cd ", 3) || !_wcsnicmp(command, L"rd ", 3) || !_wcsnicmp(command, L"md ", 3) ||
        !_wcsnicmp(command, L"pushd ", 6) || !_wcsnicmp(command, L"chdir ", 6) || !_wcsnicmp(command, L"rmdir ", 6))
        folders = true;
    HANDLE find = FindFirstFileW(pattern.data, &data);
    text_free(&pattern);
    if (find != INVALID_HANDLE_VALUE) {
        do {
            if (!wcscmp(data.cFileName, L".") || !wcscmp(data.cFileName, L"..")) continue;
            if (folders && !(data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)) continue;
            completion->names = memory_resize(completion->names, (completion->count + 1) * sizeof(*completion->names));
            completion->names[completion->count++] = copy_text(data.cFileName);
        } while (FindNextFileW(find, &data));
        FindClose(find);
    }
    if (!completion->count) {
        completion_end(completion);
        return false;
    }
    qsort(completion->names, completion->count, sizeof(*completion->names), by_name);
    completion->at = -1;
    return true;
}

bool completion_next(struct completion *completion, struct text *line, size_t *cursor, bool back, bool folders)
{
    struct text word = { 0 };

    if (!completion->names && !begin(completion, line, *cursor, folders)) return false;
    completion->at = back ? (completion->at <= 0 ? completion->count : completion->at) - 1 : (completion->at + 1) % completion->count;
    text_add_string(&word, completion->folder);
    text_add_string(&word, completion->names[completion->at]);
    bool quotes = wcspbrk(word.data, L" &()[]{}^=;!'+,`~") != NULL;
    struct text whole = { 0 };
    text_add(&whole, line->data, completion->start);
    text_format(&whole, quotes ? L"\"%s\"" : L"%s", word.data);
    size_t at = whole.length;
    text_add_string(&whole, line->data + *cursor);
    line->length = 0;
    text_add(line, whole.data, whole.length);
    *cursor = at;
    text_free(&whole);
    text_free(&word);
    return true;
}
