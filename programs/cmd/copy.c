/* COPY: files to files or folders, and files joined. */
#include "cmd.h"

struct source {
    WCHAR *name;
    WCHAR mode;  /* 'a', 'b', 0: not said */
    bool joined; /* '+' before it */
};

struct copy {
    struct source *sources;
    int count;
    bool ask, verify, decrypt, trailing_plus;
    WCHAR mode;        /* said before all names */
    const WCHAR *target; /* NULL: none was given */
    WCHAR target_mode;
    ULONG copied;
    bool overwrite_all, stopped;
};

static void add_source(struct copy *copy, WCHAR *name, WCHAR mode, bool joined)
{
    copy->sources = memory_resize(copy->sources, (copy->count + 1) * sizeof(*copy->sources));
    copy->sources[copy->count++] = (struct source){ name, mode, joined };
}

static int parse(struct copy *copy, const WCHAR *at)
{
    bool plus = false;

    for (;;) {
        while (is_delimiter(*at)) at++;
        if (!*at) break;
        if (*at == '+') {
            plus = true;
            at++;
            continue;
        }
        if (*at == '/') {
            size_t length = 1;
            while (at[length] && at[length] != '/' && at[length] != '+' && !is_delimiter(at[length])) length++;
            WCHAR letter = towlower(at[1]);
            bool off = letter == '-' && towlower(at[2]) == 'y' && length == 3;
            if (!off && (length != 2 || !wcschr(L"abdlnvyz", letter))) {
                complain(L"Invalid switch - \"%.*s\".\r\n", (int)length - 1, at + 1);
                return 1;
            }
            if (off) copy->ask = true;
            else if (letter == 'y') copy->ask = false;
            else if (letter == 'a' || letter == 'b') {
                if (copy->count) copy->sources[copy->count - 1].mode = letter;
                else copy->mode = letter;
            }
            at += length;
            continue;
        }
        struct text name = { 0 };
        for (bool quoted = false; *at && (quoted || (!is_delimiter(*at) && *at != '+' && *at != '/')); at++) {
            if (*at == '"') quoted = !quoted;
            else text_add_char(&name, *at);
        }
        add_source(copy, text_take(&name), 0, plus && copy->count);
        plus = false;
    }
    copy->trailing_plus = plus;
    return 0;
}

static bool same_file(const WCHAR *a, const WCHAR *b)
{
    WCHAR *first = full_path(a), *second = full_path(b);
    bool same = first && second && !_wcsicmp(first, second);

    memory_free(first);
    memory_free(second);
    return same;
}

/* false: the user said no. */
static bool may_overwrite(struct copy *copy, const WCHAR *path)
{
    if (!copy->ask || copy->overwrite_all || GetFileAttributesW(path) == INVALID_FILE_ATTRIBUTES) return true;
    struct text question = { 0 };
    text_format(&question, L"Overwrite %s? (Yes/No/All): ", path);
    WCHAR answer = ask(question.data, L"YNA");
    text_free(&question);
    if (answer == 'A') copy->overwrite_all = true;
    if (!answer) copy->stopped = true;
    return answer == 'Y' || answer == 'A';
}

static bool is_console_name(const WCHAR *name)
{
    return !_wcsicmp(name, L"con") || !_wcsicmp(name, L"con:");
}

/* Appends a file to an open one; text files end at Ctrl-Z. */
static DWORD append_file(HANDLE target, const WCHAR *name, bool text)
{
    static char bytes[65536];
    DWORD got, written, error = 0;
    bool console = is_console_name(name);
    HANDLE file = console ? GetStdHandle(STD_INPUT_HANDLE)
                          : CreateFileW(name, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);

    if (file == INVALID_HANDLE_VALUE) return GetLastError();
    while (ReadFile(file, bytes, sizeof(bytes), &got, NULL) && got) {
        DWORD count = got;
        if (text || console)
            for (count = 0; count < got && bytes[count] != 0x1a;) count++;
        if (count && !WriteFile(target, bytes, count, &written, NULL)) {
            error = GetLastError();
            break;
        }
        if (count < got) break;
    }
    if (!console) CloseHandle(file);
    return error;
}

static HANDLE open_target(const WCHAR *name, DWORD how)
{
    return CreateFileW(name, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, how, FILE_ATTRIBUTE_NORMAL, NULL);
}

/* One file to one file. */
static DWORD copy_one(const WCHAR *from, const WCHAR *to, bool text)
{
    DWORD attributes = GetFileAttributesW(from), error = 0;

    if (!text && !is_console_name(from) && !is_console_name(to) && attributes != INVALID_FILE_ATTRIBUTES)
        return CopyFileExW(from, to, NULL, NULL, NULL, 0) ? 0 : GetLastError();
    if (is_console_name(to)) {
        output_flush();
        return append_file(GetStdHandle(STD_OUTPUT_HANDLE), from, text);
    }
    HANDLE target = open_target(to, CREATE_ALWAYS);
    if (target == INVALID_HANDLE_VALUE) return GetLastError();
    error = append_file(target, from, text);
    DWORD written;
    if (!error && text && !is_console_name(from)) WriteFile(target, "\x1a", 1, &written, NULL);
    CloseHandle(target);
    if (error) DeleteFileW(to);
    return error;
}

/* The target of a source's file: in a folder under its name, else the name with wildcards replaced. */
static WCHAR *target_of(const WCHAR *target, const WCHAR *name)
{
    if (is_folder(target)) return join_path(target, name);
    if (!has_wildcards(target)) return copy_text(target);
    /* '*' takes the rest of that part of the old name */
    struct text made = { 0 };
    const WCHAR *old = name;
    text_add_string(&made, target);
    made.length = file_part(made.data) - made.data;
    made.data[made.length] = 0;
    for (const WCHAR *at = file_part(target); *at; at++) {
        if (*at == '*') {
            while (*old && *old != '.') text_add_char(&made, *old++);
        } else if (*at == '?') {
            if (*old && *old != '.') text_add_char(&made, *old++);
        } else if (*at == '.') {
            while (*old && *old != '.') old++;
            if (*old) old++;
            text_add_char(&made, '.');
        } else {
            text_add_char(&made, *at);
            if (*old && *old != '.') old++;
        }
    }
    return text_take(&made);
}

/* Every file that a source names: its path, and its name alone. Stops when `each` says so. */
static DWORD each_file(const WCHAR *source, bool (*each)(void *, const WCHAR *, const WCHAR *), void *context)
{
    WCHAR *pattern = is_folder(source) ? join_path(source, L"*") : copy_text(source);
    struct names { struct names *next; WCHAR name[MAX_PATH]; } *names = NULL, **tail = &names;
    WIN32_FIND_DATAW data;
    HANDLE find;
    bool go_on = true;

    if (is_console_name(source)) {
        memory_free(pattern);
        each(context, source, source);
        return 0;
    }
    find = FindFirstFileW(pattern, &data);
    if (find == INVALID_HANDLE_VALUE) {
        DWORD error = GetLastError();
        memory_free(pattern);
        return error == ERROR_NO_MORE_FILES ? ERROR_FILE_NOT_FOUND : error;
    }
    do {
        if (data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) continue;
        if (has_wildcards(pattern) && data.dwFileAttributes & (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM)) continue;
        *tail = memory_get(sizeof(**tail));
        wcscpy((*tail)->name, data.cFileName);
        tail = &(*tail)->next;
    } while (FindNextFileW(find, &data));
    FindClose(find);
    DWORD result = names ? 0 : ERROR_FILE_NOT_FOUND;
    while (names) {
        struct names *next = names->next;
        if (go_on && !interrupted()) {
            struct text path = { 0 };
            text_add(&path, pattern, file_part(pattern) - pattern);
            text_add_string(&path, names->name);
            go_on = each(context, path.data, names->name);
            text_free(&path);
        }
        memory_free(names);
        names = next;
    }
    memory_free(pattern);
    return result;
}

struct each_copy {
    struct copy *copy;
    const WCHAR *target;
    bool show, text;
    HANDLE joined; /* open target of a concatenation */
    const WCHAR *joined_name;
    int failed;
};

static bool copy_each(void *context, const WCHAR *path, const WCHAR *name)
{
    struct each_copy *each = context;
    DWORD error;

    if (each->show) print(L"%s\r\n", path);
    if (each->joined) {
        if (same_file(path, each->joined_name)) return true; /* the first one, which is the target, is in already */
        error = append_file(each->joined, path, each->text);
    } else {
        WCHAR *target = target_of(each->target, name);
        if (same_file(path, target)) {
            memory_free(target);
            fail_text(L"The file cannot be copied onto itself.");
            each->failed = 1;
            return false;
        }
        if (!may_overwrite(each->copy, target)) {
            memory_free(target);
            return !each->copy->stopped;
        }
        error = copy_one(path, target, each->text);
        memory_free(target);
        if (!error) each->copy->copied++;
    }
    if (error) each->failed = fail(error);
    return !error;
}

/* All sources into one file. */
static int join(struct copy *copy, const WCHAR *target)
{
    bool text = (copy->mode ? copy->mode : copy->sources[0].mode ? copy->sources[0].mode : 'a') == 'a', first_is_target;
    WCHAR *made = NULL;
    DWORD error = 0;
    int result = 0;

    if (is_folder(target)) target = made = join_path(target, file_part(copy->sources[0].name));
    first_is_target = same_file(copy->sources[0].name, target);
    if (!first_is_target && !may_overwrite(copy, target)) goto out;
    struct each_copy each = { .copy = copy, .show = true, .text = text, .joined_name = target };
    each.joined = open_target(target, first_is_target ? OPEN_EXISTING : CREATE_ALWAYS);
    if (each.joined == INVALID_HANDLE_VALUE) {
        result = fail(GetLastError());
        goto out;
    }
    if (first_is_target) {
        LARGE_INTEGER end = { 0 };
        SetFilePointerEx(each.joined, end, NULL, FILE_END);
    }
    bool any = false;
    for (int i = 0; i < copy->count && !copy->stopped; i++) {
        each.text = (copy->sources[i].mode ? copy->sources[i].mode : text ? 'a' : 'b') == 'a';
        error = each_file(copy->sources[i].name, copy_each, &each);
        if (!error) any = true;
    }
    DWORD written;
    if (text && copy->target_mode != 'b' && any && !each.failed) WriteFile(each.joined, "\x1a", 1, &written, NULL);
    CloseHandle(each.joined);
    if (!any) {
        result = fail(ERROR_FILE_NOT_FOUND);
        if (!first_is_target) DeleteFileW(target);
    } else if (each.failed) {
        result = 1;
    } else {
        copy->copied = 1;
    }
out:
    memory_free(made);
    return result;
}

/* `copy file+` or `copy /b file+,,`: the time becomes now. */
static int touch(struct copy *copy)
{
    FILETIME now;
    HANDLE file = CreateFileW(copy->sources[0].name, FILE_WRITE_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                              NULL, OPEN_EXISTING, 0, NULL);

    if (file == INVALID_HANDLE_VALUE) return fail(GetLastError());
    GetSystemTimeAsFileTime(&now);
    SetFileTime(file, NULL, NULL, &now);
    CloseHandle(file);
    print(L"%s\r\n", copy->sources[0].name);
    copy->copied = 1;
    return 0;
}

int builtin_copy(WCHAR *arguments)
{
    struct copy copy = { .ask = shell.batch == NULL };
    WCHAR *defaults = environment_get(L"COPYCMD");
    bool joining = false;
    int result;

    if (defaults) {
        parse(&copy, defaults);
        for (int i = 0; i < copy.count; i++) memory_free(copy.sources[i].name);
        copy.count = 0;
        memory_free(defaults);
    }
    if ((result = parse(&copy, arguments))) goto out;
    if (!copy.count) {
        result = syntax_error();
        goto out;
    }
    struct source *last = &copy.sources[copy.count - 1];
    WCHAR *target = NULL;
    if (copy.count > 1 && !last->joined) {
        target = last->name;
        copy.target_mode = last->mode;
        copy.count--;
    }
    for (int i = 1; i < copy.count; i++) {
        if (!copy.sources[i].joined) {
            result = syntax_error();
            memory_free(target);
            goto out;
        }
        joining = true;
    }
    if (copy.trailing_plus && copy.count == 1 && !target) {
        result = touch(&copy);
    } else {
        if (!target) target = joining ? copy_text(copy.sources[0].name) : copy_text(L".");
        size_t length = wcslen(target);
        bool names_folder = length && (target[length - 1] == '\\' || target[length - 1] == '/');
        if (names_folder && !is_folder(target)) {
            result = fail(ERROR_PATH_NOT_FOUND);
        } else if (joining || ((has_wildcards(copy.sources[0].name) || is_folder(copy.sources[0].name)) && !is_folder(target) &&
                               !has_wildcards(target) && !is_console_name(target))) {
            result = join(&copy, target);
        } else {
            struct each_copy each = { .copy = &copy, .target = target };
            WCHAR mode = copy.sources[0].mode ? copy.sources[0].mode : copy.mode;
            each.text = mode == 'a';
            each.show = has_wildcards(copy.sources[0].name) || is_folder(copy.sources[0].name);
            DWORD error = each_file(copy.sources[0].name, copy_each, &each);
            if (error) {
                if (has_wildcards(copy.sources[0].name) || is_folder(copy.sources[0].name)) print(L"%s\r\n", copy.sources[0].name);
                result = fail(error);
            }
            if (each.failed) result = 1;
        }
    }
    print(L"%9u file(s) copied.\r\n", copy.copied);
    memory_free(target);
out:
    for (int i = 0; i < copy.count; i++) memory_free(copy.sources[i].name);
    memory_free(copy.sources);
    return result;
}
