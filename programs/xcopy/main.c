/* xcopy.exe: files and trees. */
#include "tool.h"

static const WCHAR usage[] =
    L"Copies files and trees of folders.\r\n\r\n"
    L"XCOPY source [destination] [/A | /M] [/D[:date]] [/P] [/S [/E]] [/V] [/W]\r\n"
    L"                           [/C] [/I] [/Q] [/F] [/L] [/H] [/R] [/T] [/U]\r\n"
    L"                           [/K] [/Y] [/-Y] [/EXCLUDE:file1[+file2]...]\r\n\r\n"
    L"  /A           Only files with the archive attribute.\r\n"
    L"  /M           The same, and takes it away.\r\n"
    L"  /D:m-d-y     Only files changed on or after the date; without a date, those\r\n"
    L"               that are newer than the ones they replace.\r\n"
    L"  /EXCLUDE     Files whose paths contain one of the lines of these files stay.\r\n"
    L"  /P           Asks before each file.\r\n"
    L"  /S           With subfolders that are not empty.\r\n"
    L"  /E           With all subfolders.\r\n"
    L"  /W           Waits for a key first.\r\n"
    L"  /C           Goes on after errors.\r\n"
    L"  /I           The destination is a folder, when it is not there yet.\r\n"
    L"  /Q           Without the names.\r\n"
    L"  /F           With full names of both.\r\n"
    L"  /L           Only shows what would be copied.\r\n"
    L"  /H           Hidden and system files too.\r\n"
    L"  /R           Read-only files are replaced.\r\n"
    L"  /T           Only the folders.\r\n"
    L"  /U           Only files that are there already.\r\n"
    L"  /K           Keeps the read-only attribute.\r\n"
    L"  /Y, /-Y      Does not ask, asks before a file is replaced.\r\n"
    L"  /V           Accepted.\r\n\r\n"
    L"Exit codes: 0 all copied, 1 no file found, 2 Ctrl+C, 4 wrong use or not enough\r\n"
    L"memory, 5 error of the disk.\r\n";

static bool archived, clear_archive, newer, ask_each, subfolders, empty_too, wait, go_on, to_folder, quiet, full_names, list_only,
    hidden, replace_read_only, folders_only, existing_only, keep_read_only, overwrite;
static FILETIME since;
static bool have_since;
static WCHAR **excluded;
static int excluded_count;
static ULONG copied;
static int result;

static WCHAR ask(const WCHAR *letters, const WCHAR *format, const WCHAR *name)
{
    for (;;) {
        print(format, name);
        output_flush();
        int key = read_key();
        if (key < 0) return 0;
        WCHAR c = towupper(key);
        if (c == 3) ExitProcess(2);
        if (c && wcschr(letters, c)) {
            print(L"%c\r\n", c);
            return c;
        }
        if (key != '\r' && key != '\n') print_text(L"\r\n");
    }
}

static void read_excluded(const WCHAR *names)
{
    while (*names) {
        size_t length = wcscspn(names, L"+"), count;
        WCHAR *name = copy_part(names, length), *line;
        struct line_reader reader = { .handle = CreateFileW(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL) };
        if (reader.handle == INVALID_HANDLE_VALUE) {
            complain(L"Can't read file: %s\r\n\r\n", name);
            ExitProcess(4);
        }
        while ((line = read_line(&reader, &count)))
            if (count) {
                excluded = memory_resize(excluded, (excluded_count + 1) * sizeof(*excluded));
                excluded[excluded_count++] = _wcsupr(line);
            }
        CloseHandle(reader.handle);
        memory_free(name);
        names += length + (names[length] == '+');
    }
}

static bool is_excluded(const WCHAR *path)
{
    WCHAR *full = path_full(path), *upper = full ? _wcsupr(full) : copy_text(L"");
    bool found = false;

    for (int i = 0; i < excluded_count && !found; i++) found = wcsstr(upper, excluded[i]) != NULL;
    memory_free(upper);
    return found;
}

static void failed(DWORD error, const WCHAR *path)
{
    WCHAR *text = error_text(error);

    complain(L"%s%s", path ? path : L"", path ? L"\r\n" : L"");
    complain(L"%s", text);
    memory_free(text);
    result = 5;
    if (!go_on) {
        print(L"%u File(s) copied\r\n", copied);
        output_flush();
        ExitProcess(5);
    }
}

static void copy_file(const WCHAR *from, const WCHAR *to, const WIN32_FIND_DATAW *data)
{
    WIN32_FILE_ATTRIBUTE_DATA old;
    bool there = GetFileAttributesExW(to, GetFileExInfoStandard, &old);
    WCHAR *first = path_full(from), *second = path_full(to);
    bool same = first && second && !_wcsicmp(first, second);

    if (newer && there && CompareFileTime(&data->ftLastWriteTime, &old.ftLastWriteTime) <= 0) goto out;
    if (have_since && CompareFileTime(&data->ftLastWriteTime, &since) < 0) goto out;
    if (existing_only && !there) goto out;
    if (ask_each && ask(L"YN", L"%s (Y/N)? ", from) != 'Y') goto out;
    if (same) {
        complain(L"File cannot be copied onto itself\r\n");
        result = 4;
        goto out;
    }
    if (there && !overwrite && !list_only) {
        WCHAR answer = ask(L"YNA", L"Overwrite %s (Yes/No/All)? ", to);
        if (answer == 'A') overwrite = true;
        if (answer != 'Y' && answer != 'A') goto out;
    }
    if (full_names) print(L"%s -> %s\r\n", first, second);
    else if (!quiet) print(L"%s\r\n", from);
    if (!list_only) {
        if (there && replace_read_only && old.dwFileAttributes & FILE_ATTRIBUTE_READONLY)
            SetFileAttributesW(to, old.dwFileAttributes & ~FILE_ATTRIBUTE_READONLY);
        if (!CopyFileW(from, to, FALSE)) {
            failed(GetLastError(), NULL);
            goto out;
        }
        DWORD attributes = (data->dwFileAttributes | FILE_ATTRIBUTE_ARCHIVE) & ~(keep_read_only ? 0 : FILE_ATTRIBUTE_READONLY);
        SetFileAttributesW(to, attributes);
        if (clear_archive) SetFileAttributesW(from, data->dwFileAttributes & ~FILE_ATTRIBUTE_ARCHIVE);
    }
    copied++;
out:
    memory_free(first);
    memory_free(second);
}

static bool make_folder(const WCHAR *path)
{
    if (list_only || path_is_folder(path) || CreateDirectoryW(path, NULL)) return true;
    if (GetLastError() == ERROR_PATH_NOT_FOUND) {
        WCHAR *parent = copy_part(path, path_name(path) - path);
        size_t length = wcslen(parent);
        bool root = length < 2 || parent[length - 2] == ':';
        if (!root) parent[length - 1] = 0;
        bool made = !root && make_folder(parent) && CreateDirectoryW(path, NULL);
        memory_free(parent);
        if (made) return true;
    }
    failed(GetLastError(), path);
    return false;
}

/* `name`: of the one target file, NULL when files keep their names. */
static void copy_folder(const WCHAR *from, const WCHAR *pattern, const WCHAR *to, const WCHAR *name, bool top)
{
    WCHAR *path = path_join(from, pattern);
    WIN32_FIND_DATAW data;
    bool made = top && path_is_folder(to);
    HANDLE find = FindFirstFileW(path, &data);

    memory_free(path);
    if (empty_too && !top) made = make_folder(to);
    if (find != INVALID_HANDLE_VALUE && !folders_only) {
        do {
            if (data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) continue;
            if (!hidden && data.dwFileAttributes & (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM)) continue;
            if (archived && !(data.dwFileAttributes & FILE_ATTRIBUTE_ARCHIVE)) continue;
            WCHAR *source = path_join(from, data.cFileName), *target = name ? copy_text(name) : path_join(to, data.cFileName);
            if (!is_excluded(source)) {
                if (!made && !name) made = make_folder(to);
                copy_file(*from == '.' && !from[1] && !wcspbrk(pattern, L"\\/:") ? data.cFileName : source, target, &data);
            }
            memory_free(source);
            memory_free(target);
        } while (FindNextFileW(find, &data));
    }
    if (find != INVALID_HANDLE_VALUE) FindClose(find);
    if (!subfolders) return;
    path = path_join(from, L"*");
    find = FindFirstFileW(path, &data);
    memory_free(path);
    if (find == INVALID_HANDLE_VALUE) return;
    do {
        if (!(data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) || data.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT ||
            !wcscmp(data.cFileName, L".") || !wcscmp(data.cFileName, L"..") ||
            (!hidden && data.dwFileAttributes & (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM)))
            continue;
        WCHAR *source = path_join(from, data.cFileName), *target = path_join(to, data.cFileName), *with = path_join(source, L"");
        if (!is_excluded(with)) {
            if (folders_only) make_folder(target);
            copy_folder(source, pattern, target, NULL, false);
        }
        memory_free(source);
        memory_free(target);
        memory_free(with);
    } while (FindNextFileW(find, &data));
    FindClose(find);
}

static bool parse_date(const WCHAR *text)
{
    SYSTEMTIME local = { 0 }, utc;
    WCHAR *end;

    local.wMonth = wcstol(text, &end, 10);
    if (*end != '-') return false;
    local.wDay = wcstol(end + 1, &end, 10);
    if (*end != '-') return false;
    local.wYear = wcstol(end + 1, &end, 10);
    if (local.wYear < 80) local.wYear += 2000;
    else if (local.wYear < 100) local.wYear += 1900;
    return !*end && TzSpecificLocalTimeToSystemTime(NULL, &local, &utc) && SystemTimeToFileTime(&utc, &since);
}

static int parse_switch(const WCHAR *word)
{
    if (!_wcsnicmp(word, L"/exclude:", 9)) read_excluded(word + 9);
    else if (!_wcsnicmp(word, L"/d:", 3)) {
        if (!parse_date(word + 3)) {
            complain(L"Invalid date\r\n");
            return 4;
        }
        have_since = true;
    } else if (is_switch(word, L"-y")) overwrite = false;
    else if (wcslen(word) != 2) goto invalid;
    else switch (towlower(word[1])) {
    case 'a': archived = true; break;
    case 'm': archived = clear_archive = true; break;
    case 'd': newer = true; break;
    case 'p': ask_each = true; break;
    case 's': subfolders = true; break;
    case 'e': subfolders = empty_too = true; break;
    case 'v': case 'z': case 'b': case 'j': case 'g': case 'n': case 'o': case 'x': break;
    case 'w': wait = true; break;
    case 'c': go_on = true; break;
    case 'i': to_folder = true; break;
    case 'q': quiet = true; break;
    case 'f': full_names = true; break;
    case 'l': list_only = true; break;
    case 'h': hidden = true; break;
    case 'r': replace_read_only = true; break;
    case 't': folders_only = subfolders = true; break;
    case 'u': existing_only = true; break;
    case 'k': keep_read_only = true; break;
    case 'y': overwrite = true; break;
    default: goto invalid;
    }
    return 0;
invalid:
    complain(L"Invalid switch - %s\r\n", word);
    return 4;
}

int run(int argc, WCHAR **argv)
{
    const WCHAR *names[2] = { 0 };
    WCHAR *folder, *target, defaults[64];
    int count = 0, code;

    if (asked_usage(argc, argv, usage)) return 0;
    DWORD length = GetEnvironmentVariableW(L"COPYCMD", defaults, ARRAYSIZE(defaults));
    if (length && length < ARRAYSIZE(defaults) && wcsstr(_wcsupr(defaults), L"/Y")) overwrite = true;
    for (int i = 1; i < argc; i++) {
        WCHAR *word = argv[i];
        if (*word != '/') {
            if (count == 2) {
                complain(L"Invalid number of parameters\r\n");
                return 4;
            }
            names[count++] = word;
            continue;
        }
        while (*word == '/') { /* "/s/e" */
            size_t part = 1 + wcscspn(word + 1, L"/");
            if (!_wcsnicmp(word, L"/exclude:", 9)) part = wcslen(word);
            WCHAR *one = copy_part(word, part);
            if ((code = parse_switch(one))) return code;
            memory_free(one);
            word += part;
        }
    }
    if (!count) {
        complain(L"Invalid number of parameters\r\n");
        return 4;
    }
    if (wait) {
        print_text(L"Press any key when ready to copy file(s)");
        if (read_key() == 3) return 2;
        print_text(L"\r\n");
    }
    const WCHAR *pattern = L"*", *destination = count == 2 ? names[1] : L".";
    if (path_is_folder(names[0])) {
        folder = copy_text(names[0]);
    } else {
        pattern = path_name(names[0]);
        folder = copy_part(names[0], pattern - names[0]);
        if (!*folder) folder = copy_text(L".");
        WIN32_FIND_DATAW data;
        HANDLE find = FindFirstFileW(names[0], &data);
        if (find == INVALID_HANDLE_VALUE && !subfolders) {
            complain(L"File not found - %s\r\n", pattern);
            print(L"0 File(s) copied\r\n");
            return 4;
        }
        if (find != INVALID_HANDLE_VALUE) FindClose(find);
    }
    target = copy_text(destination);
    size_t size = wcslen(target);
    bool slash = size && (target[size - 1] == '\\' || target[size - 1] == '/'), single = !wcspbrk(pattern, L"*?");
    const WCHAR *name = NULL;
    if (slash && size > 1 && target[size - 2] != ':') target[size - 1] = 0;
    if (!path_is_folder(target) && !slash && !to_folder) {
        if (GetFileAttributesW(target) != INVALID_FILE_ATTRIBUTES) name = target;
        else {
            WCHAR answer = ask(L"FD", L"Does %s specify a file name\r\nor directory name on the target\r\n(F = file, D = directory)? ", target);
            if (!answer) return 2;
            if (answer == 'F') name = target;
        }
    } else if (!path_is_folder(target) && to_folder && single && !slash && !subfolders) {
        name = NULL;
    }
    copy_folder(folder, pattern, target, name, true);
    print(list_only ? L"%u File(s)\r\n" : L"%u File(s) copied\r\n", copied);
    memory_free(folder);
    memory_free(target);
    return result ? result : 0;
}
