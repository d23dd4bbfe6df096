/* find.exe: lines that contain a text. */
#include "tool.h"

static const WCHAR usage[] =
    L"Searches for a text in files.\r\n\r\n"
    L"FIND [/V] [/C] [/N] [/I] [/OFF[LINE]] \"string\" [[drive:][path]filename[ ...]]\r\n\r\n"
    L"  /V         Lines that do not contain it.\r\n"
    L"  /C         Only how many lines there are.\r\n"
    L"  /N         With line numbers.\r\n"
    L"  /I         Case does not matter.\r\n"
    L"  /OFFLINE   Accepted.\r\n"
    L"  \"string\"   The text, in quotes; two quotes stand for one.\r\n"
    L"  filename   Files, wildcards allowed; without any, standard input.\r\n\r\n"
    L"The exit code is 0 when a line was found, 1 when not, 2 after an error.\r\n";

static bool inverted, counted, numbered, ignore_case;
static WCHAR *wanted;
static size_t wanted_length;

static bool contains(const WCHAR *line, size_t length)
{
    if (!wanted_length) return false;
    for (size_t i = 0; i + wanted_length <= length; i++)
        if (!(ignore_case ? _wcsnicmp(line + i, wanted, wanted_length) : memcmp(line + i, wanted, wanted_length * sizeof(WCHAR))))
            return true;
    return false;
}

static bool search(HANDLE file, const WCHAR *name)
{
    struct line_reader reader = { .handle = file };
    WCHAR *line;
    size_t length;
    ULONG number = 0, found = 0;

    if (name && !counted) print(L"\r\n---------- %s\r\n", name);
    while ((line = read_line(&reader, &length))) {
        number++;
        if (contains(line, length) != inverted) {
            found++;
            if (!counted && numbered) print(L"[%u]", number);
            if (!counted) {
                print_text(line);
                print_text(L"\r\n");
            }
        }
        memory_free(line);
    }
    if (counted && name) print(L"\r\n---------- %s: %u\r\n", name, found);
    else if (counted) print(L"%u\r\n", found);
    reader_free(&reader);
    return found > 0;
}

/* 0, 1: nothing found, 2: no such file. */
static int search_named(const WCHAR *pattern)
{
    WIN32_FIND_DATAW data;
    HANDLE find = FindFirstFileW(pattern, &data);
    int result = 1;

    if (find == INVALID_HANDLE_VALUE) {
        complain(L"File not found - %s\r\n", _wcsupr(copy_text(pattern)));
        return 2;
    }
    do {
        struct text path = { 0 };
        if (data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) {
            if (!wcspbrk(pattern, L"*?")) complain(L"Access denied - %s\r\n", _wcsupr(copy_text(pattern)));
            continue;
        }
        text_add(&path, pattern, path_name(pattern) - pattern);
        text_add_string(&path, data.cFileName);
        HANDLE file = CreateFileW(path.data, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
        if (file == INVALID_HANDLE_VALUE) {
            complain(L"Access denied - %s\r\n", _wcsupr(path.data));
        } else {
            if (search(file, _wcsupr(path.data))) result = 0;
            CloseHandle(file);
        }
        text_free(&path);
    } while (FindNextFileW(find, &data));
    FindClose(find);
    return result;
}

static int format_error(void)
{
    complain(L"FIND: Parameter format not correct\r\n");
    return 2;
}

int run(int argc, WCHAR **argv)
{
    const WCHAR *at = GetCommandLineW();
    struct text text = { 0 };
    WCHAR **names = memory_get(sizeof(*names) * 1024);
    int count = 0, result = 1;
    bool have = false;

    if (asked_usage(argc, argv, usage)) return 0;
    for (bool quoted = false; *at && (quoted || (*at != ' ' && *at != '\t')); at++)
        if (*at == '"') quoted = !quoted;
    for (;;) {
        while (*at == ' ' || *at == '\t') at++;
        if (!*at) break;
        if (*at == '/') {
            size_t length = 1;
            while (at[length] && at[length] != ' ' && at[length] != '\t' && at[length] != '/' && at[length] != '"') length++;
            WCHAR *word = copy_part(at, length);
            if (is_switch(word, L"v")) inverted = true;
            else if (is_switch(word, L"c")) counted = true;
            else if (is_switch(word, L"n")) numbered = true;
            else if (is_switch(word, L"i")) ignore_case = true;
            else if (!is_switch(word, L"off") && !is_switch(word, L"offline")) {
                complain(L"Invalid switch - %s\r\n", word);
                return 2;
            }
            memory_free(word);
            at += length;
        } else if (!have) {
            if (*at != '"') return format_error();
            for (at++; *at && !(*at == '"' && at[1] != '"'); at++) {
                if (*at == '"') at++;
                text_add_char(&text, *at);
            }
            if (!*at) return format_error();
            at++;
            have = true;
        } else {
            struct text name = { 0 };
            for (bool quoted = false; *at && (quoted || (*at != ' ' && *at != '\t')); at++) {
                if (*at == '"') quoted = !quoted;
                else text_add_char(&name, *at);
            }
            if (count < 1024) names[count++] = text_take(&name);
        }
    }
    if (!have) return format_error();
    wanted_length = text.length;
    wanted = text_take(&text);
    if (!count) return search(GetStdHandle(STD_INPUT_HANDLE), NULL) ? 0 : 1;
    for (int i = 0; i < count; i++) {
        int one = search_named(names[i]);
        if (!one) result = 0;
    }
    return result;
}
