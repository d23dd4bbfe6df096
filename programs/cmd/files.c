/* DEL, TYPE, REN, MKLINK. */
#include "cmd.h"

/* ---- DEL ---- */

struct del_options {
    bool ask, force, subfolders, quiet, any_attributes, show;
    DWORD with, without;
    ULONG deleted;
};

static bool parse_del_switch(const WCHAR *word, struct del_options *options)
{
    static const WCHAR letters[] = L"rhsail";
    static const DWORD bits[] = { FILE_ATTRIBUTE_READONLY, FILE_ATTRIBUTE_HIDDEN, FILE_ATTRIBUTE_SYSTEM, FILE_ATTRIBUTE_ARCHIVE,
                                  FILE_ATTRIBUTE_NOT_CONTENT_INDEXED, FILE_ATTRIBUTE_REPARSE_POINT };
    const WCHAR *at = word + 2;
    bool without = false;

    switch (towlower(word[1])) {
    case 'p': options->ask = true; return !*at;
    case 'f': options->force = true; return !*at;
    case 's': options->subfolders = true; return !*at;
    case 'q': options->quiet = true; return !*at;
    case 'a':
        options->any_attributes = true;
        if (*at == ':') at++;
        for (; *at; at++) {
            const WCHAR *letter;
            if (*at == '-') {
                without = true;
                continue;
            }
            if (!(letter = wcschr(letters, towlower(*at)))) return false;
            if (without) options->without |= bits[letter - letters];
            else options->with |= bits[letter - letters];
            without = false;
        }
        return true;
    }
    return false;
}

static bool delete_file(const WCHAR *path, DWORD attributes, struct del_options *options)
{
    if (options->ask) {
        struct text question = { 0 };
        text_format(&question, L"%s, Delete (Y/N)? ", path);
        WCHAR answer = ask(question.data, L"YN");
        text_free(&question);
        if (answer != 'Y') return answer != 0;
    }
    if (attributes & FILE_ATTRIBUTE_READONLY && options->force) SetFileAttributesW(path, attributes & ~FILE_ATTRIBUTE_READONLY);
    if (DeleteFileW(path)) {
        options->deleted++;
        if (options->show) print(L"Deleted file - %s\r\n", path);
        return true;
    }
    DWORD error = GetLastError();
    output_flush();
    complain(L"%s\r\n", path);
    complain_error(error);
    return true;
}

/* 1: nothing matched. */
static int delete_in(const WCHAR *folder, const WCHAR *pattern, struct del_options *options, bool show)
{
    WCHAR *path = join_path(folder, pattern);
    WIN32_FIND_DATAW data;
    struct names { struct names *next; DWORD attributes; WCHAR *path; } *names = NULL, **tail = &names;
    HANDLE find = FindFirstFileW(path, &data);
    int result = 1;

    memory_free(path);
    if (find != INVALID_HANDLE_VALUE) {
        do {
            if (data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) continue;
            if (options->any_attributes ? (data.dwFileAttributes & options->with) != options->with || data.dwFileAttributes & options->without
                                        : data.dwFileAttributes & (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM)) continue;
            *tail = memory_get(sizeof(**tail));
            (*tail)->attributes = data.dwFileAttributes;
            (*tail)->path = join_path(folder, data.cFileName);
            tail = &(*tail)->next;
        } while (FindNextFileW(find, &data));
        FindClose(find);
    }
    while (names) {
        struct names *next = names->next;
        if (!interrupted()) delete_file(names->path, names->attributes, options);
        result = 0;
        memory_free(names->path);
        memory_free(names);
        names = next;
    }
    if (!options->subfolders) return result;
    path = join_path(folder, L"*");
    find = FindFirstFileW(path, &data);
    memory_free(path);
    if (find == INVALID_HANDLE_VALUE) return result;
    do {
        if (!(data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) || data.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) continue;
        if (!wcscmp(data.cFileName, L".") || !wcscmp(data.cFileName, L"..")) continue;
        path = join_path(folder, data.cFileName);
        if (!delete_in(path, pattern, options, show)) result = 0;
        memory_free(path);
    } while (FindNextFileW(find, &data) && !interrupted());
    FindClose(find);
    return result;
}

int builtin_del(WCHAR *arguments)
{
    struct words words;
    struct del_options options = { 0 };
    bool any = false;

    words_split(&words, arguments, true);
    for (int i = 0; i < words.count; i++) {
        if (words.word[i][0] != '/' || words.quoted[i]) any = true;
        else if (!parse_del_switch(words.word[i], &options)) {
            complain(L"Invalid switch - \"%s\".\r\n", words.word[i] + 1);
            words_free(&words);
            return 1;
        }
    }
    options.show = options.subfolders && !options.quiet;
    if (!any) {
        words_free(&words);
        return syntax_error();
    }
    for (int i = 0; i < words.count; i++) {
        const WCHAR *word = words.word[i];
        if (word[0] == '/' && !words.quoted[i]) continue;
        WCHAR *full = full_path(word), *folder, *pattern;
        if (!full || !*word) {
            complain_error(ERROR_INVALID_NAME);
            continue;
        }
        if (is_folder(full)) {
            folder = copy_text(full);
            pattern = copy_text(L"*");
        } else {
            folder = copy_part(full, file_part(full) - full);
            pattern = copy_text(file_part(full));
        }
        bool all = !wcscmp(pattern, L"*") || !wcscmp(pattern, L"*.*"), go_on = true;
        if (all && !options.quiet && !options.ask && !options.subfolders) {
            struct text question = { 0 };
            WCHAR *shown = join_path(folder, pattern);
            text_format(&question, L"%s, Are you sure (Y/N)? ", shown);
            go_on = ask(question.data, L"YN") == 'Y';
            memory_free(shown);
            text_free(&question);
        }
        if (go_on && delete_in(folder, pattern, &options, options.show)) {
            if (!is_folder(folder)) complain_error(ERROR_FILE_NOT_FOUND);
            else complain(L"Could Not Find %s\r\n", full);
        }
        memory_free(full);
        memory_free(folder);
        memory_free(pattern);
    }
    words_free(&words);
    return 0;
}

/* ---- TYPE ---- */

static DWORD type_file(const WCHAR *path)
{
    char bytes[8192];
    DWORD got, written;
    HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
    HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);

    if (file == INVALID_HANDLE_VALUE) return GetLastError();
    output_flush();
    bool console = is_console(output), first = true, wide = false;
    struct line_reader reader = { .handle = file };
    if (console || output_unicode) { /* decoded */
        WCHAR *line;
        size_t length;
        while ((line = read_line(&reader, &length)) && !interrupted()) {
            output_to(output, line, length);
            if (!reader.ended_without_newline) output_to(output, L"\r\n", 2);
            memory_free(line);
        }
        reader_free(&reader);
    } else {
        while (ReadFile(file, bytes, sizeof(bytes), &got, NULL) && got && !interrupted()) {
            DWORD skip = 0;
            if (first && got >= 2 && (BYTE)bytes[0] == 0xff && (BYTE)bytes[1] == 0xfe) {
                wide = true;
                skip = 2;
            }
            first = false;
            if (wide) output_to(output, (WCHAR *)(bytes + skip), (got - skip) / 2);
            else if (!WriteFile(output, bytes, got, &written, NULL)) break;
        }
    }
    CloseHandle(file);
    return 0;
}

int builtin_type(WCHAR *arguments)
{
    struct words words;
    int result = 0;

    words_split(&words, arguments, true);
    if (!words.count) result = syntax_error();
    bool several = words.count > 1;
    for (int i = 0; i < words.count && has_wildcards(words.word[i]) && !several; i++) several = true;
    for (int i = 0; i < words.count; i++) {
        const WCHAR *word = words.word[i];
        WIN32_FIND_DATAW data;
        if (word[0] == '/') {
            result = syntax_error();
            break;
        }
        if (!has_wildcards(word)) {
            if (several && file_exists(word)) complain(L"\r\n%s\r\n\r\n\r\n", word);
            DWORD error = is_folder(word) ? ERROR_ACCESS_DENIED : type_file(word);
            if (error) {
                result = fail(error);
                if (several) complain(L"Error occurred while processing: %s.\r\n", word);
            }
            continue;
        }
        HANDLE find = FindFirstFileW(word, &data);
        if (find == INVALID_HANDLE_VALUE) {
            result = fail(ERROR_FILE_NOT_FOUND);
            if (words.count > 1) complain(L"Error occurred while processing: %s.\r\n", word);
            continue;
        }
        do {
            if (data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) continue;
            struct text path = { 0 };
            text_add(&path, word, file_part(word) - word);
            text_add_string(&path, data.cFileName);
            complain(L"\r\n%s\r\n\r\n\r\n", path.data);
            DWORD error = type_file(path.data);
            if (error) result = fail(error);
            text_free(&path);
        } while (FindNextFileW(find, &data) && !interrupted());
        FindClose(find);
    }
    words_free(&words);
    return result;
}

/* ---- REN ---- */

/* The new name from the old one and a pattern: '?' keeps a character, '*' what is left up to the character behind it,
 * '.' goes on behind the old name's next dot. */
static WCHAR *renamed(const WCHAR *old, const WCHAR *pattern)
{
    struct text name = { 0 };
    const WCHAR *at = old;

    text_add(&name, L"", 0);
    for (; *pattern; pattern++) {
        if (*pattern == '*') {
            WCHAR next = pattern[1];
            if (!next) {
                text_add_string(&name, at);
                at += wcslen(at);
            } else { /* up to the last occurrence of the next character */
                const WCHAR *last = NULL;
                for (const WCHAR *c = at; *c; c++)
                    if (towlower(*c) == towlower(next)) last = c;
                if (last && next != '?' && next != '*') {
                    text_add(&name, at, last - at + 1);
                    at = last + 1;
                    pattern++;
                } else {
                    text_add_string(&name, at);
                    at += wcslen(at);
                    if (next != '?' && next != '*') {
                        text_add_char(&name, next);
                        pattern++;
                    }
                }
            }
        } else if (*pattern == '?') {
            if (*at && *at != '.') text_add_char(&name, *at++);
        } else if (*pattern == '.') {
            while (*at && *at != '.') at++;
            if (*at) at++;
            text_add_char(&name, '.');
        } else {
            text_add_char(&name, *pattern);
            if (*at && *at != '.') at++;
        }
    }
    while (name.length && (name.data[name.length - 1] == '.' || name.data[name.length - 1] == ' ')) name.data[--name.length] = 0;
    return text_take(&name);
}

static DWORD rename_one(const WCHAR *word, const WCHAR *name, const WCHAR *pattern)
{
    struct text from = { 0 }, to = { 0 };
    WCHAR *new_name = renamed(name, pattern);
    DWORD error = 0;

    text_add(&from, word, file_part(word) - word);
    text_add_string(&from, name);
    text_add(&to, word, file_part(word) - word);
    text_add_string(&to, new_name);
    if (!MoveFileExW(from.data, to.data, 0)) error = GetLastError();
    memory_free(new_name);
    text_free(&from);
    text_free(&to);
    return error;
}

int builtin_ren(WCHAR *arguments)
{
    struct words words;
    DWORD error = 0;
    int result = 0;

    words_split(&words, arguments, true);
    if (words.count != 2 || words.word[0][0] == '/' || wcspbrk(words.word[1], L"\\/:") || !*words.word[0] || !*words.word[1]) {
        words_free(&words);
        return syntax_error();
    }
    struct names { struct names *next; WCHAR name[MAX_PATH]; } *names = NULL, **tail = &names;
    WIN32_FIND_DATAW data;
    HANDLE find = FindFirstFileW(words.word[0], &data);
    if (find == INVALID_HANDLE_VALUE) {
        error = GetLastError();
        result = fail(error == ERROR_PATH_NOT_FOUND || error == ERROR_NO_MORE_FILES ? ERROR_FILE_NOT_FOUND : error);
    } else {
        bool wild = has_wildcards(words.word[0]);
        do {
            if (wild && data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) continue;
            *tail = memory_get(sizeof(**tail));
            wcscpy((*tail)->name, data.cFileName);
            tail = &(*tail)->next;
        } while (FindNextFileW(find, &data));
        FindClose(find);
        if (!names) result = fail(ERROR_FILE_NOT_FOUND);
    }
    while (names) {
        struct names *next = names->next;
        if ((error = rename_one(words.word[0], names->name, words.word[1]))) {
            if (error == ERROR_ALREADY_EXISTS || error == ERROR_FILE_EXISTS)
                result = fail_text(L"A duplicate file name exists, or the file\r\ncannot be found.");
            else result = fail(error);
        }
        memory_free(names);
        names = next;
    }
    words_free(&words);
    return result;
}

/* ---- MKLINK ---- */

static DWORD make_junction(const WCHAR *link, const WCHAR *target)
{
    struct {
        ULONG tag;
        USHORT length, reserved, substitute, substitute_length, print, print_length;
        WCHAR names[2048];
    } data = { .tag = IO_REPARSE_TAG_MOUNT_POINT };
    WCHAR *full = full_path(target);
    DWORD got, error = 0;
    HANDLE folder;

    if (!full || wcslen(full) > 900) return ERROR_INVALID_NAME;
    int count = _snwprintf(data.names, 1000, L"\\??\\%s", full);
    data.substitute_length = count * sizeof(WCHAR);
    wcscpy(data.names + count + 1, full);
    data.print = data.substitute_length + sizeof(WCHAR);
    data.print_length = wcslen(full) * sizeof(WCHAR);
    data.length = 8 + data.print + data.print_length + sizeof(WCHAR);
    memory_free(full);
    if (!CreateDirectoryW(link, NULL)) return GetLastError();
    folder = CreateFileW(link, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (folder == INVALID_HANDLE_VALUE || !DeviceIoControl(folder, FSCTL_SET_REPARSE_POINT, &data, data.length + 8, NULL, 0, &got, NULL))
        error = GetLastError();
    if (folder != INVALID_HANDLE_VALUE) CloseHandle(folder);
    if (error) RemoveDirectoryW(link);
    return error;
}

int builtin_mklink(WCHAR *arguments)
{
    struct words words;
    const WCHAR *names[2] = { 0 };
    WCHAR kind = 0;
    int count = 0, result = 0;
    DWORD error = 0;

    words_split(&words, arguments, true);
    for (int i = 0; i < words.count; i++) {
        if (words.word[i][0] == '/') {
            kind = towlower(words.word[i][1]);
            if (!kind || words.word[i][2] || !wcschr(L"dhj", kind)) {
                complain(L"Invalid switch - \"%s\".\r\n", words.word[i] + 1);
                words_free(&words);
                return 1;
            }
        } else if (count < 2) {
            names[count++] = words.word[i];
        } else {
            count = 3;
        }
    }
    if (count != 2) {
        result = syntax_error();
    } else {
        if (kind == 'h') error = CreateHardLinkW(names[0], names[1], NULL) ? 0 : GetLastError();
        else if (kind == 'j') error = make_junction(names[0], names[1]);
        else error = CreateSymbolicLinkW(names[0], names[1], (kind == 'd' ? SYMBOLIC_LINK_FLAG_DIRECTORY : 0) | 2 /* unprivileged */) ? 0 : GetLastError();
        if (error) result = fail(error == ERROR_FILE_EXISTS ? ERROR_ALREADY_EXISTS : error);
        else print(kind == 'h' ? L"Hardlink created for %s <<===>> %s\r\n" : kind == 'j' ? L"Junction created for %s <<===>> %s\r\n"
                   : L"symbolic link created for %s <<===>> %s\r\n", names[0], names[1]);
    }
    words_free(&words);
    return result;
}
