/* findstr.exe: lines that match texts or regular expressions. */
#include "pattern.h"

static const WCHAR usage[] =
    L"Searches for texts in files.\r\n\r\n"
    L"FINDSTR [/B] [/E] [/L] [/R] [/S] [/I] [/X] [/V] [/N] [/M] [/O] [/P] [/F:file]\r\n"
    L"        [/C:string] [/G:file] [/D:dir list] [/A:color attributes] [/OFF[LINE]]\r\n"
    L"        strings [[drive:][path]filename[ ...]]\r\n\r\n"
    L"  /B         At the beginning of a line.\r\n"
    L"  /E         At the end of a line.\r\n"
    L"  /L         The strings are texts.\r\n"
    L"  /R         The strings are regular expressions.\r\n"
    L"  /S         In all subfolders too.\r\n"
    L"  /I         Case does not matter.\r\n"
    L"  /X         The whole line.\r\n"
    L"  /V         Lines that do not match.\r\n"
    L"  /N         With line numbers.\r\n"
    L"  /M         Only the names of files that have a match.\r\n"
    L"  /O         With the offset of each line.\r\n"
    L"  /P         Without files that have characters that cannot be printed.\r\n"
    L"  /A:attr    Accepted.\r\n"
    L"  /F:file    Reads the names of files from a file; / for standard input.\r\n"
    L"  /C:string  One string, blanks included.\r\n"
    L"  /G:file    Reads the strings from a file; / for standard input.\r\n"
    L"  /D:dir     Searches in these folders, divided by semicolons.\r\n"
    L"  strings    Texts divided by blanks; one of them has to match.\r\n"
    L"  filename   Files, wildcards allowed; without any, standard input.\r\n\r\n"
    L"Regular expressions:\r\n"
    L"  .        any character          *        any number of the one before\r\n"
    L"  ^        beginning of the line  $        end of the line\r\n"
    L"  [class]  one of a set           [^class] none of a set\r\n"
    L"  [x-y]    a range                \\x       x itself\r\n"
    L"  \\<xyz    beginning of a word    xyz\\>    end of a word\r\n\r\n"
    L"The exit code is 0 when a line matched, 1 when none did, 2 after an error.\r\n";

static struct pattern *patterns;
static int pattern_count;
static bool begin, end_, literal, regular, subfolders, ignore_case, exact, inverted, numbered, names_only, offsets, printable;
static bool with_names, failed;

static void add_pattern(const WCHAR *text)
{
    patterns = memory_resize(patterns, (pattern_count + 1) * sizeof(*patterns));
    patterns[pattern_count++].text = copy_text(text);
}

static void add_strings(const WCHAR *text)
{
    while (*text) {
        size_t length = wcscspn(text, L" ");
        if (length) {
            WCHAR *word = copy_part(text, length);
            add_pattern(word);
            memory_free(word);
        }
        text += length + (text[length] == ' ');
    }
}

static bool line_matches(const WCHAR *line, size_t length)
{
    for (int i = 0; i < pattern_count; i++)
        if (pattern_matches(&patterns[i], line, length, begin || exact, end_ || exact)) return true;
    return false;
}

static bool search(HANDLE file, const WCHAR *name)
{
    struct line_reader reader = { .handle = file };
    ULONGLONG offset = 0;
    ULONG number = 0;
    bool any = false;
    WCHAR *line;
    size_t length;

    while ((line = read_line(&reader, &length))) {
        number++;
        if (line_matches(line, length) != inverted) {
            any = true;
            if (names_only) {
                memory_free(line);
                break;
            }
            if (with_names && name) print(L"%s:", name);
            if (numbered) print(L"%u:", number);
            if (offsets) print(L"%I64u:", offset);
            print_text(line);
            print_text(L"\r\n");
        }
        offset += WideCharToMultiByte(output_codepage(), 0, line, (int)length, NULL, 0, NULL, NULL) + 2;
        memory_free(line);
    }
    if (any && names_only && name) print(L"%s\r\n", name);
    reader_free(&reader);
    return any;
}

static bool is_printable(HANDLE file)
{
    BYTE bytes[4096];
    DWORD got;

    while (ReadFile(file, bytes, sizeof(bytes), &got, NULL) && got)
        for (DWORD i = 0; i < got; i++)
            if (bytes[i] < 32 && !memchr("\t\n\r\f\b\a\x1a", bytes[i], 7)) return false;
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    return true;
}

static bool search_file(const WCHAR *path)
{
    HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
    bool any;

    if (file == INVALID_HANDLE_VALUE) {
        complain(L"FINDSTR: Cannot open %s\r\n", path);
        failed = true;
        return false;
    }
    any = (!printable || is_printable(file)) && search(file, path);
    CloseHandle(file);
    return any;
}

static bool search_pattern(const WCHAR *folder, const WCHAR *name, bool top)
{
    struct text path = { 0 };
    WIN32_FIND_DATAW data;
    bool any = false, found = false;

    text_add_string(&path, folder);
    text_add_string(&path, name);
    HANDLE find = FindFirstFileW(path.data, &data);
    text_free(&path);
    if (find != INVALID_HANDLE_VALUE) {
        do {
            if (data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) continue;
            found = true;
            text_add_string(&path, folder);
            text_add_string(&path, data.cFileName);
            if (search_file(path.data)) any = true;
            text_free(&path);
        } while (FindNextFileW(find, &data));
        FindClose(find);
    }
    if (!found && top && !subfolders) {
        complain(L"FINDSTR: Cannot open %s%s\r\n", folder, name);
        failed = true;
    }
    if (!subfolders) return any;
    text_add_string(&path, folder);
    text_add_string(&path, L"*");
    find = FindFirstFileW(path.data, &data);
    text_free(&path);
    if (find == INVALID_HANDLE_VALUE) return any;
    do {
        if (!(data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) || data.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT ||
            !wcscmp(data.cFileName, L".") || !wcscmp(data.cFileName, L".."))
            continue;
        text_add_string(&path, folder);
        text_add_string(&path, data.cFileName);
        text_add_char(&path, '\\');
        if (search_pattern(path.data, name, false)) any = true;
        text_free(&path);
    } while (FindNextFileW(find, &data));
    FindClose(find);
    return any;
}

static HANDLE open_list(const WCHAR *name)
{
    if (!wcscmp(name, L"/")) return GetStdHandle(STD_INPUT_HANDLE);
    HANDLE file = CreateFileW(name, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) complain(L"FINDSTR: Cannot open %s\r\n", name);
    return file;
}

/* Letters may stand together: /ni. false: not known. */
static bool parse_letters(const WCHAR *at)
{
    if (!_wcsicmp(at, L"off") || !_wcsicmp(at, L"offline")) return true;
    for (; *at; at++)
        switch (towlower(*at)) {
        case 'b': begin = true; break;
        case 'e': end_ = true; break;
        case 'l': literal = true; break;
        case 'r': regular = true; break;
        case 's': subfolders = true; break;
        case 'i': ignore_case = true; break;
        case 'x': exact = true; break;
        case 'v': inverted = true; break;
        case 'n': numbered = true; break;
        case 'm': names_only = true; break;
        case 'o': offsets = true; break;
        case 'p': printable = true; break;
        case '/': break;
        default: return false;
        }
    return true;
}

int run(int argc, WCHAR **argv)
{
    struct line_reader reader;
    WCHAR **names = memory_get((argc + 1) * sizeof(*names)), *line, *folders = NULL;
    const WCHAR *list = NULL, *strings = NULL;
    int name_count = 0;
    bool have = false, have_c = false, any = false;
    size_t length;

    if (asked_usage(argc, argv, usage)) return 0;
    for (int i = 1; i < argc; i++) {
        const WCHAR *word = argv[i];
        WCHAR letter = (*word == '/' || *word == '-') && word[1] ? towlower(word[1]) : 0;
        if (letter && word[2] == ':') {
            switch (letter) {
            case 'c': add_pattern(word + 3); have = have_c = true; break;
            case 'g':
                reader = (struct line_reader){ .handle = open_list(word + 3) };
                if (reader.handle == INVALID_HANDLE_VALUE) return 2;
                while ((line = read_line(&reader, &length))) {
                    add_pattern(line);
                    memory_free(line);
                }
                have = true;
                break;
            case 'f': list = word + 3; break;
            case 'd': folders = copy_text(word + 3); break;
            case 'a': break;
            default:
                complain(L"FINDSTR: /%c ignored\r\n", word[1]);
            }
        } else if (letter && name_count == 0 && (strings == NULL || *word == '/')) {
            if (!parse_letters(word + 1)) {
                if (*word == '-') goto plain;
                complain(L"FINDSTR: /%s ignored\r\n", word + 1);
            }
        } else {
        plain:
            if (!have && !strings) strings = word;
            else names[name_count++] = argv[i];
        }
    }
    if (strings && !have) add_strings(strings);
    else if (strings) {
        memmove(names + 1, names, name_count * sizeof(*names));
        names[0] = (WCHAR *)strings;
        name_count++;
    }
    if (!have && !strings) {
        complain(L"FINDSTR: Bad command line\r\n");
        return 2;
    }
    /* /C: texts, unless /R says else; others as the first of them looks. */
    bool expressions = regular || (!literal && !have_c && pattern_count && pattern_has_meta(patterns[0].text));
    for (int i = 0; i < pattern_count; i++) {
        patterns[i].regular = expressions;
        patterns[i].ignore_case = ignore_case;
    }
    with_names = subfolders || name_count > 1 || list;
    for (int i = 0; i < name_count; i++)
        if (wcspbrk(names[i], L"*?")) with_names = true;
    if (!name_count && !list) return search(GetStdHandle(STD_INPUT_HANDLE), NULL) ? 0 : 1;
    if (list) {
        reader = (struct line_reader){ .handle = open_list(list) };
        if (reader.handle == INVALID_HANDLE_VALUE) return 2;
        while ((line = read_line(&reader, &length))) {
            if (length && search_file(line)) any = true;
            memory_free(line);
        }
    }
    for (int i = 0; i < name_count; i++) {
        if (folders && !wcspbrk(names[i], L"\\/:")) {
            for (const WCHAR *at = folders; *at;) {
                size_t part = wcscspn(at, L";");
                WCHAR *folder = copy_part(at, part), *path = path_join(folder, L"");
                print(L"  %s:\r\n", folder);
                if (search_pattern(path, names[i], true)) any = true;
                memory_free(folder);
                memory_free(path);
                at += part + (at[part] == ';');
            }
            continue;
        }
        WCHAR *folder = copy_part(names[i], path_name(names[i]) - names[i]);
        if (search_pattern(folder, path_name(names[i]), true)) any = true;
        memory_free(folder);
    }
    (void)failed;
    return any ? 0 : 1;
}
