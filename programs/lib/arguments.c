/* Command lines, switches, wildcards. */
#include "tool.h"

int split_arguments(const WCHAR *line, WCHAR ***arguments)
{
    WCHAR **list = NULL;
    int count = 0;

    while (*line) {
        struct text argument = { 0 };
        bool quoted = false;
        while (*line == ' ' || *line == '\t') line++;
        if (!*line) break;
        while (*line && (quoted || (*line != ' ' && *line != '\t'))) {
            size_t slashes = 0;
            while (count && line[slashes] == '\\') slashes++;
            if (slashes && line[slashes] == '"') {
                for (size_t i = 0; i < slashes / 2; i++) text_add_char(&argument, '\\');
                line += slashes;
                if (slashes % 2) {
                    text_add_char(&argument, '"');
                    line++;
                }
            } else if (slashes) {
                text_add(&argument, line, slashes);
                line += slashes;
            } else if (*line == '"') {
                if (quoted && line[1] == '"' && count) {
                    text_add_char(&argument, '"');
                    line++;
                } else {
                    quoted = !quoted;
                }
                line++;
            } else {
                text_add_char(&argument, *line++);
            }
        }
        list = memory_resize(list, (count + 2) * sizeof(*list));
        list[count++] = text_take(&argument);
    }
    if (!list) list = memory_get(sizeof(*list));
    *arguments = list;
    return count;
}

bool is_switch(const WCHAR *argument, const WCHAR *name)
{
    return (*argument == '/' || *argument == '-') && !_wcsicmp(argument + 1, name);
}

bool match_wildcard(const WCHAR *pattern, const WCHAR *name)
{
    const WCHAR *star = NULL, *kept = NULL;

    while (*name) {
        if (*pattern == '*') {
            star = ++pattern;
            kept = name;
        } else if (*pattern && (*pattern == '?' || towupper(*pattern) == towupper(*name))) {
            pattern++;
            name++;
        } else if (star) {
            pattern = star;
            name = ++kept;
        } else {
            return false;
        }
    }
    while (*pattern == '*' || *pattern == '?') pattern++;
    return !*pattern;
}

bool asked_usage(int argc, WCHAR **argv, const WCHAR *text)
{
    for (int i = 1; i < argc; i++)
        if (!wcscmp(argv[i], L"/?") || !wcscmp(argv[i], L"-?")) {
            print_text(text);
            return true;
        }
    return false;
}

/* ---- paths ---- */

WCHAR *path_full(const WCHAR *path)
{
    DWORD length = GetFullPathNameW(path, 0, NULL, NULL);
    WCHAR *full;

    if (!length) return NULL;
    full = memory_get((length + 1) * sizeof(WCHAR));
    GetFullPathNameW(path, length + 1, full, NULL);
    return full;
}

const WCHAR *path_name(const WCHAR *path)
{
    const WCHAR *part = path;

    for (; *path; path++)
        if (*path == '\\' || *path == '/' || *path == ':') part = path + 1;
    return part;
}

WCHAR *path_join(const WCHAR *folder, const WCHAR *name)
{
    struct text path = { 0 };

    text_add_string(&path, folder);
    WCHAR last = path.length ? path.data[path.length - 1] : '\\';
    if (last != '\\' && last != '/' && last != ':') text_add_char(&path, '\\');
    text_add_string(&path, name);
    return text_take(&path);
}

bool path_is_folder(const WCHAR *path)
{
    DWORD attributes = GetFileAttributesW(path);

    return attributes != INVALID_FILE_ATTRIBUTES && attributes & FILE_ATTRIBUTE_DIRECTORY;
}
