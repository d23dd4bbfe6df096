/* CD, PUSHD, POPD, MD, RD, and drives. */
#include "cmd.h"

struct pushed {
    struct pushed *next;
    WCHAR *path;
    WCHAR drive; /* mapped for a UNC path, to be undone; 0: none */
};
static struct pushed *stack;

int pushed_count(void)
{
    int count = 0;

    for (struct pushed *at = stack; at; at = at->next) count++;
    return count;
}

/* The variable "=C:" keeps a drive's directory for when it is come back to. */
static void remember_directory(void)
{
    WCHAR *directory = variable_value(L"CD", 2), name[] = L"=?:";

    if (directory && directory[0] && directory[1] == ':') {
        name[1] = towupper(directory[0]);
        SetEnvironmentVariableW(name, directory);
    }
    memory_free(directory);
}

static bool change_to(const WCHAR *path)
{
    if (!SetCurrentDirectoryW(path)) return false;
    remember_directory();
    return true;
}

int change_drive(WCHAR letter)
{
    WCHAR name[] = { '=', towupper(letter), ':', 0 }, root[] = { towupper(letter), ':', '\\', 0 }, *kept = environment_get(name);
    bool worked = (kept && *kept && change_to(kept)) || change_to(root);

    memory_free(kept);
    if (worked) return 0;
    complain(L"The system cannot find the drive specified.\r\n");
    return shell.errorlevel = 1;
}

int builtin_cd(WCHAR *arguments)
{
    const WCHAR *at = skip_delimiters(arguments);
    bool drive = false;
    WCHAR *plain;
    int result = 0;

    while (at[0] == '/' && towlower(at[1]) == 'd' && (!at[2] || is_delimiter(at[2]))) {
        drive = true;
        at = skip_delimiters(at + 2);
    }
    plain = unquote(at);
    for (size_t length = wcslen(plain); length && (plain[length - 1] == ' ' || plain[length - 1] == '\t');) plain[--length] = 0;
    if (!*plain || (plain[1] == ':' && !plain[2])) {
        if (drive && *plain) {
            result = change_drive(*plain);
        } else if (!*plain) {
            WCHAR *directory = variable_value(L"CD", 2);
            print(L"%s\r\n", directory);
            memory_free(directory);
        } else {
            WCHAR *full = full_path(plain); /* the drive's own directory */
            if (full && is_folder(full)) print(L"%s\r\n", full);
            else result = fail_text(L"The system cannot find the drive specified.");
            memory_free(full);
        }
        memory_free(plain);
        return result;
    }
    WCHAR *full = full_path(plain), *directory = variable_value(L"CD", 2);
    DWORD attributes = full ? GetFileAttributesW(full) : INVALID_FILE_ATTRIBUTES;
    if (full && has_wildcards(full)) { /* the first folder that matches */
        WIN32_FIND_DATAW data;
        HANDLE find = FindFirstFileW(full, &data);
        if (find != INVALID_HANDLE_VALUE) {
            do {
                if (!(data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)) continue;
                struct text found = { 0 };
                text_add(&found, full, file_part(full) - full);
                text_add_string(&found, data.cFileName);
                memory_free(full);
                full = text_take(&found);
                attributes = data.dwFileAttributes;
                break;
            } while (FindNextFileW(find, &data));
            FindClose(find);
        }
    }
    if (full && full[0] == '\\' && full[1] == '\\' && full[2] != '?') {
        complain(L"'%s'\r\nCMD does not support UNC paths as current directories.\r\n", full);
        result = 1;
    } else if (attributes == INVALID_FILE_ATTRIBUTES) {
        DWORD error = full ? GetLastError() : ERROR_INVALID_NAME;
        result = fail(error == ERROR_FILE_NOT_FOUND || error == ERROR_BAD_PATHNAME ? ERROR_PATH_NOT_FOUND : error);
    } else if (!(attributes & FILE_ATTRIBUTE_DIRECTORY)) {
        result = fail(ERROR_DIRECTORY);
    } else if (!drive && directory && full[1] == ':' && directory[1] == ':' && towupper(full[0]) != towupper(directory[0])) {
        WCHAR name[] = { '=', towupper(full[0]), ':', 0 }; /* another drive's directory, without going there */
        SetEnvironmentVariableW(name, full);
    } else {
        struct text real = { 0 };
        modify_value(full, L"f", 1, false, &real); /* with the names as they are on the disk */
        size_t length = real.length;
        while (length > 3 && (real.data[length - 1] == '\\' || real.data[length - 1] == '.') && real.data[length - 2] != ':') real.data[--length] = 0;
        if (!change_to(real.data)) result = fail(GetLastError());
        text_free(&real);
    }
    memory_free(full);
    memory_free(directory);
    memory_free(plain);
    return result;
}

int builtin_pushd(WCHAR *arguments)
{
    const WCHAR *at = skip_delimiters(arguments);
    WCHAR *plain = unquote(at), *directory;

    for (size_t length = wcslen(plain); length && plain[length - 1] == ' ';) plain[--length] = 0;
    if (!*plain) {
        for (struct pushed *entry = stack; entry; entry = entry->next) print(L"%s\r\n", entry->path);
        memory_free(plain);
        return 0;
    }
    directory = variable_value(L"CD", 2);
    WCHAR *full = full_path(plain);
    memory_free(plain);
    if (!full || !is_folder(full) || !change_to(full)) {
        DWORD error = GetLastError();
        memory_free(full);
        memory_free(directory);
        return fail(error == ERROR_FILE_NOT_FOUND ? ERROR_PATH_NOT_FOUND : error ? error : ERROR_DIRECTORY);
    }
    memory_free(full);
    struct pushed *entry = memory_get(sizeof(*entry));
    entry->path = directory;
    entry->next = stack;
    stack = entry;
    return 0;
}

int builtin_popd(WCHAR *arguments)
{
    struct pushed *entry = stack;
    int result = 0;

    if (!entry) return 1;
    stack = entry->next;
    if (!change_to(entry->path)) result = fail(GetLastError());
    memory_free(entry->path);
    memory_free(entry);
    return result;
}

/* With extensions every missing folder on the way is made too. */
static DWORD make_folders(WCHAR *path)
{
    DWORD error;

    if (CreateDirectoryW(path, NULL)) return 0;
    error = GetLastError();
    if (error != ERROR_PATH_NOT_FOUND || !shell.extensions) return error;
    for (WCHAR *at = path + 1; *at; at++) {
        if ((*at != '\\' && *at != '/') || at[-1] == ':' || at[-1] == '\\') continue;
        WCHAR kept = *at;
        *at = 0;
        if (!CreateDirectoryW(path, NULL) && (error = GetLastError()) != ERROR_ALREADY_EXISTS && error != ERROR_ACCESS_DENIED) {
            *at = kept;
            return error;
        }
        *at = kept;
    }
    if (CreateDirectoryW(path, NULL)) return 0;
    error = GetLastError();
    size_t length = wcslen(path);
    return error == ERROR_ALREADY_EXISTS && length && path[length - 1] == '\\' ? 0 : error;
}

int builtin_md(WCHAR *arguments)
{
    struct words words;
    int result = 0;

    words_split(&words, arguments, true);
    if (!words.count) result = syntax_error();
    for (int i = 0; i < words.count; i++) {
        if (words.word[i][0] == '/') {
            result = syntax_error();
            break;
        }
        DWORD error = make_folders(words.word[i]);
        if (!error) continue;
        if (error == ERROR_ALREADY_EXISTS) complain(L"A subdirectory or file %s already exists.\r\n", words.word[i]);
        else complain_error(error);
        if (words.count > 1) complain(L"Error occurred while processing: %s.\r\n", words.word[i]);
        result = 1;
    }
    words_free(&words);
    return result;
}

/* Everything below the folder, and itself; the first error, going on with the rest. */
static DWORD remove_tree(const WCHAR *path)
{
    WCHAR *pattern = join_path(path, L"*");
    WIN32_FIND_DATAW data;
    HANDLE find = FindFirstFileW(pattern, &data);
    DWORD error = 0;
    struct names { struct names *next; DWORD attributes; WCHAR *path; } *names = NULL;

    memory_free(pattern);
    if (find != INVALID_HANDLE_VALUE) {
        do {
            if (!wcscmp(data.cFileName, L".") || !wcscmp(data.cFileName, L"..")) continue;
            struct names *entry = memory_get(sizeof(*entry));
            entry->attributes = data.dwFileAttributes;
            entry->path = join_path(path, data.cFileName);
            entry->next = names;
            names = entry;
        } while (FindNextFileW(find, &data));
        FindClose(find);
    }
    while (names) {
        struct names *next = names->next;
        DWORD failed = 0;
        if (names->attributes & FILE_ATTRIBUTE_READONLY) SetFileAttributesW(names->path, names->attributes & ~FILE_ATTRIBUTE_READONLY);
        if (names->attributes & FILE_ATTRIBUTE_DIRECTORY) {
            if (names->attributes & FILE_ATTRIBUTE_REPARSE_POINT) failed = RemoveDirectoryW(names->path) ? 0 : GetLastError();
            else failed = remove_tree(names->path);
        } else if (!DeleteFileW(names->path)) {
            failed = GetLastError();
            WCHAR *text = error_text(failed);
            complain(L"%s - %s", names->path, text);
            memory_free(text);
        }
        if (!error) error = failed;
        memory_free(names->path);
        memory_free(names);
        names = next;
        if (interrupted()) break;
    }
    if (!error && !RemoveDirectoryW(path)) {
        error = GetLastError();
        WCHAR *text = error_text(error);
        complain(L"%s - %s", path, text);
        memory_free(text);
    }
    return error;
}

int builtin_rd(WCHAR *arguments)
{
    struct words words;
    bool tree = false, quiet = false, any = false;
    int result = 0;

    words_split(&words, arguments, true);
    for (int i = 0; i < words.count; i++) {
        if (!_wcsicmp(words.word[i], L"/s")) tree = true;
        else if (!_wcsicmp(words.word[i], L"/q")) quiet = true;
        else if (words.word[i][0] == '/') {
            complain(L"Invalid switch - \"%s\".\r\n", words.word[i] + 1);
            words_free(&words);
            return 1;
        } else any = true;
    }
    if (!any) result = syntax_error();
    for (int i = 0; i < words.count && any; i++) {
        const WCHAR *path = words.word[i];
        if (*path == '/') continue;
        DWORD attributes = GetFileAttributesW(path), error = 0;
        if (attributes == INVALID_FILE_ATTRIBUTES) error = GetLastError();
        else if (!(attributes & FILE_ATTRIBUTE_DIRECTORY)) error = ERROR_DIRECTORY;
        else if (tree) {
            if (!quiet) {
                struct text question = { 0 };
                text_format(&question, L"%s, Are you sure (Y/N)? ", path);
                WCHAR answer = ask(question.data, L"YN");
                text_free(&question);
                if (answer != 'Y') continue;
            }
            if (attributes & FILE_ATTRIBUTE_REPARSE_POINT) error = RemoveDirectoryW(path) ? 0 : GetLastError();
            else if (remove_tree(path)) {
                result = 5;
                continue;
            }
        } else if (!RemoveDirectoryW(path)) {
            error = GetLastError();
        }
        if (error) {
            complain_error(error);
            result = (int)error;
        }
    }
    words_free(&words);
    return result;
}
