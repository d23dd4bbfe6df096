/* where.exe: where files are. */
#include "tool.h"

static const WCHAR usage[] =
    L"\r\nWHERE [/R dir] [/Q] [/F] [/T] pattern...\r\n\r\n"
    L"Shows the files that match, in the current folder and those of PATH.\r\n\r\n"
    L"    /R dir     In this folder and all below it instead.\r\n"
    L"    /Q         Shows nothing; only the exit code.\r\n"
    L"    /F         With quotes.\r\n"
    L"    /T         With size, date and time.\r\n"
    L"    pattern    A name, wildcards allowed; $env:pattern looks in the folders of\r\n"
    L"               a variable, path:pattern in one folder. The extensions of\r\n"
    L"               PATHEXT are tried too.\r\n"
    L"    /?         Shows this.\r\n\r\n"
    L"The exit code is 0 when a file was found, 1 when not, 2 after an error.\r\n";

static bool quiet, quoted, timed;
static int found;
static WCHAR *extensions;

static void show(const WCHAR *path, const WIN32_FIND_DATAW *data)
{
    found++;
    if (quiet) return;
    if (timed) {
        SYSTEMTIME utc, local;
        WCHAR date[64], time[64];
        FileTimeToSystemTime(&data->ftLastWriteTime, &utc);
        SystemTimeToTzSpecificLocalTime(NULL, &utc, &local);
        GetDateFormatW(LOCALE_USER_DEFAULT, DATE_SHORTDATE, &local, NULL, date, ARRAYSIZE(date));
        GetTimeFormatW(LOCALE_USER_DEFAULT, 0, &local, NULL, time, ARRAYSIZE(time));
        print(L"%10I64u   %10s  %11s  ", (ULONGLONG)data->nFileSizeHigh << 32 | data->nFileSizeLow, date, time);
    }
    print(quoted ? L"\"%s\"\r\n" : L"%s\r\n", path);
}

static bool matches(const WCHAR *pattern, const WCHAR *name)
{
    if (match_wildcard(pattern, name)) return true;
    for (const WCHAR *at = extensions; *at;) {
        size_t length = wcscspn(at, L";");
        struct text with = { 0 };
        text_add_string(&with, pattern);
        text_add(&with, at, length);
        bool same = length && match_wildcard(with.data, name);
        text_free(&with);
        if (same) return true;
        at += length + (at[length] == ';');
    }
    return false;
}

static void look_in(const WCHAR *folder, const WCHAR *pattern, bool tree)
{
    WCHAR *all = path_join(folder, tree || wcspbrk(pattern, L"*?") ? L"*" : pattern);
    struct text narrowed = { 0 };
    WIN32_FIND_DATAW data;

    text_add_string(&narrowed, all);
    if (!tree && !wcspbrk(pattern, L"*?")) text_add_char(&narrowed, '*'); /* the name, with any extension */
    HANDLE find = FindFirstFileW(narrowed.data, &data);
    text_free(&narrowed);
    memory_free(all);
    if (find == INVALID_HANDLE_VALUE) return;
    do {
        WCHAR *path = path_join(folder, data.cFileName);
        if (!(data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)) {
            if (matches(pattern, data.cFileName)) show(path, &data);
        } else if (tree && wcscmp(data.cFileName, L".") && wcscmp(data.cFileName, L"..") &&
                   !(data.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT)) {
            look_in(path, pattern, true);
        }
        memory_free(path);
    } while (FindNextFileW(find, &data));
    FindClose(find);
}

static void look_in_list(const WCHAR *list, const WCHAR *pattern)
{
    while (*list) {
        size_t length = wcscspn(list, L";");
        const WCHAR *start = list;
        size_t count = length;
        if (count > 1 && *start == '"' && start[count - 1] == '"') start++, count -= 2;
        WCHAR *folder = copy_part(start, count);
        if (*folder) look_in(folder, pattern, false);
        memory_free(folder);
        list += length + (list[length] == ';');
    }
}

static WCHAR *variable(const WCHAR *name)
{
    DWORD length = GetEnvironmentVariableW(name, NULL, 0);
    WCHAR *value = memory_get((length + 1) * sizeof(WCHAR));

    GetEnvironmentVariableW(name, value, length + 1);
    return value;
}

int run(int argc, WCHAR **argv)
{
    const WCHAR *root = NULL;
    int result = 0, patterns = 0;

    if (asked_usage(argc, argv, usage)) return 0;
    extensions = variable(L"PATHEXT");
    for (int i = 1; i < argc; i++) {
        if (is_switch(argv[i], L"q")) quiet = true;
        else if (is_switch(argv[i], L"f")) quoted = true;
        else if (is_switch(argv[i], L"t")) timed = true;
        else if (is_switch(argv[i], L"r") && i + 1 < argc) root = argv[++i];
        else if (*argv[i] == '/') {
            complain(L"ERROR: Invalid argument or option - '%s'.\r\nType \"WHERE /?\" for usage help.\r\n", argv[i]);
            return 2;
        } else argv[patterns++] = argv[i];
    }
    if (!patterns) {
        complain(L"ERROR: The syntax of the command is incorrect.\r\nType \"WHERE /?\" for usage help.\r\n");
        return 2;
    }
    for (int i = 0; i < patterns; i++) {
        WCHAR *pattern = argv[i], *colon = wcsrchr(pattern, ':'), *list;
        int before = found;
        if (root) {
            WCHAR *folder = path_full(root);
            if (!folder || !path_is_folder(folder)) {
                complain(L"ERROR: The system cannot find the file specified.\r\n");
                return 2;
            }
            look_in(folder, pattern, true);
            memory_free(folder);
        } else if (colon) {
            *colon = 0;
            list = *pattern == '$' ? variable(pattern + 1) : copy_text(pattern);
            look_in_list(list, colon + 1);
            memory_free(list);
        } else {
            WCHAR *here = path_full(L".");
            look_in(here, pattern, false);
            list = variable(L"PATH");
            look_in_list(list, pattern);
            memory_free(list);
            memory_free(here);
        }
        if (found == before) {
            result = 1;
            if (!quiet) complain(L"INFO: Could not find files for the given pattern(s).\r\n");
        }
    }
    return found ? 0 : result;
}
