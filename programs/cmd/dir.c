/* DIR: switches, reading, order, totals. */
#include "dir.h"

int print_volume(const WCHAR *path);

DWORD dir_read(const WCHAR *path, const struct dir_options *options, struct dir_list *list)
{
    struct dir_entry entry;
    size_t room = 0;
    HANDLE find = FindFirstFileExW(path, FindExInfoStandard, &entry.data, FindExSearchNameMatch, NULL, 0);

    *list = (struct dir_list){ 0 };
    if (find == INVALID_HANDLE_VALUE) return GetLastError();
    do {
        DWORD attributes = entry.data.dwFileAttributes;
        if ((attributes & options->with) != options->with || attributes & options->without) continue;
        if (list->count == room) list->entries = memory_resize(list->entries, (room = room ? room * 2 : 64) * sizeof(*list->entries));
        list->entries[list->count++] = entry;
    } while (FindNextFileW(find, &entry.data));
    FindClose(find);
    return 0;
}

static const struct dir_options *sort_options;

static const WCHAR *extension_of(const WCHAR *name)
{
    const WCHAR *dot = wcsrchr(name, '.');

    return dot && dot > name ? dot : L"";
}

static int compare_entries(const void *a, const void *b)
{
    const struct dir_entry *first = a, *second = b;

    for (const WCHAR *at = sort_options->order; *at; at++) {
        LONGLONG order = 0;
        ULONGLONG size_a = dir_size(first), size_b = dir_size(second);
        switch (towlower(*at)) {
        case 'n': order = lstrcmpiW(first->data.cFileName, second->data.cFileName); break;
        case 'e': order = lstrcmpiW(extension_of(first->data.cFileName), extension_of(second->data.cFileName)); break;
        case 's': order = size_a < size_b ? -1 : size_a > size_b; break;
        case 'g':
            order = !(first->data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) - !(second->data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY);
            break;
        case 'd':
            order = CompareFileTime(sort_options->time == 'c' ? &first->data.ftCreationTime : sort_options->time == 'a' ? &first->data.ftLastAccessTime : &first->data.ftLastWriteTime,
                                    sort_options->time == 'c' ? &second->data.ftCreationTime : sort_options->time == 'a' ? &second->data.ftLastAccessTime : &second->data.ftLastWriteTime);
            break;
        }
        if (order) return (order < 0) == (*at >= 'a') ? -1 : 1;
    }
    return _wcsicmp(first->data.cFileName, second->data.cFileName);
}

/* Without /O the order is the file system's, which on Windows is by name. */
void dir_sort(struct dir_list *list, const struct dir_options *options)
{
    sort_options = options;
    if (list->count) qsort(list->entries, list->count, sizeof(*list->entries), compare_entries);
}

/* ---- switches ---- */

static bool parse_attributes(const WCHAR *at, struct dir_options *options)
{
    static const struct {
        WCHAR letter;
        DWORD bit;
    } letters[] = { { 'd', FILE_ATTRIBUTE_DIRECTORY }, { 'r', FILE_ATTRIBUTE_READONLY }, { 'h', FILE_ATTRIBUTE_HIDDEN },
                    { 'a', FILE_ATTRIBUTE_ARCHIVE }, { 's', FILE_ATTRIBUTE_SYSTEM }, { 'l', FILE_ATTRIBUTE_REPARSE_POINT },
                    { 'i', FILE_ATTRIBUTE_NOT_CONTENT_INDEXED }, { 'o', FILE_ATTRIBUTE_OFFLINE } };
    bool without = false;

    options->with = options->without = 0;
    options->any_attributes = true;
    if (*at == ':') at++;
    for (; *at; at++) {
        if (*at == '-') {
            without = true;
            continue;
        }
        unsigned i = 0;
        while (i < ARRAYSIZE(letters) && letters[i].letter != towlower(*at)) i++;
        if (i == ARRAYSIZE(letters)) return false;
        if (without) options->without |= letters[i].bit;
        else options->with |= letters[i].bit;
        without = false;
    }
    return true;
}

static bool parse_order(const WCHAR *at, struct dir_options *options)
{
    size_t count = 0;
    bool reversed = false;

    if (*at == ':') at++;
    options->sorted = true;
    if (!*at) wcscpy(options->order, L"gn");
    for (; *at; at++) {
        WCHAR letter = towlower(*at);
        if (letter == '-') {
            reversed = true;
            continue;
        }
        if (!wcschr(L"nesgd", letter) || count + 1 == ARRAYSIZE(options->order)) return false;
        options->order[count++] = reversed ? towupper(letter) : letter;
        reversed = false;
    }
    if (count) options->order[count] = 0;
    return true;
}

static bool parse_switch(const WCHAR *word, struct dir_options *options)
{
    const WCHAR *at = word + 1;
    bool on = true;

    if (*at == '-') {
        on = false;
        at++;
    }
    switch (towlower(*at)) {
    case 'a':
        if (!on) {
            options->any_attributes = false;
            return !at[1];
        }
        return parse_attributes(at + 1, options);
    case 'o':
        if (!on) {
            options->sorted = false;
            wcscpy(options->order, L"");
            return true;
        }
        return parse_order(at + 1, options);
    case 't':
        at++;
        if (*at == ':') at++;
        options->time = towlower(*at);
        return *at && wcschr(L"caw", options->time) && !at[1];
    case 'b': options->bare = on; break;
    case 'c': options->no_separator = !on; break;
    case 'd': options->columns = on; break;
    case 'l': options->lower = on; break;
    case 'n': if (on) options->wide = options->columns = false; break;
    case 'p': options->paged = on; break;
    case 'q': options->owner = on; break;
    case 'r': options->streams = on; break;
    case 's': options->subfolders = on; break;
    case 'w': options->wide = on; break;
    case 'x': options->short_names = on; break;
    case '4': options->four_digits = on; break;
    default: return false;
    }
    return !at[1];
}

/* ---- listing ---- */

struct totals {
    ULONGLONG bytes;
    ULONG files, folders, shown; /* shown: entries in all */
};

static bool list_folder(const WCHAR *folder, const WCHAR *pattern, const struct dir_options *options, struct totals *totals,
                        DWORD *error)
{
    WCHAR *path = join_path(folder, pattern), number[40];
    struct dir_list list;
    ULONGLONG bytes = 0;
    ULONG files = 0, folders = 0;
    bool go_on = true;
    DWORD failed = dir_read(path, options, &list);

    memory_free(path);
    if (failed && failed != ERROR_FILE_NOT_FOUND && failed != ERROR_NO_MORE_FILES && !options->subfolders) *error = failed;
    dir_sort(&list, options);
    for (size_t i = 0; i < list.count; i++) {
        if (list.entries[i].data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) {
            folders++;
        } else {
            files++;
            bytes += dir_size(&list.entries[i]);
        }
    }
    if (list.count) {
        if (!options->bare) {
            dir_line(options, L"");
            dir_line(options, L" Directory of %s", folder);
            dir_line(options, L"");
        }
        go_on = dir_print(folder, &list, options);
        if (go_on && !options->bare)
            go_on = dir_line(options, L"%16u File(s) %14s bytes", files,
                             options->no_separator ? (_snwprintf(number, 40, L"%I64u", bytes), number) : grouped_number(bytes, number));
        totals->files += files;
        totals->folders += folders;
        totals->bytes += bytes;
        totals->shown += (ULONG)list.count;
    }
    memory_free(list.entries);
    if (!options->subfolders || !go_on) return go_on;
    struct dir_options every = { .with = FILE_ATTRIBUTE_DIRECTORY, .without = options->any_attributes ? 0 : FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM };
    path = join_path(folder, L"*");
    dir_read(path, &every, &list);
    memory_free(path);
    dir_sort(&list, &every);
    for (size_t i = 0; i < list.count && go_on; i++) {
        const WIN32_FIND_DATAW *data = &list.entries[i].data;
        if (!wcscmp(data->cFileName, L".") || !wcscmp(data->cFileName, L"..") || data->dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT)
            continue;
        path = join_path(folder, data->cFileName);
        go_on = list_folder(path, pattern, options, totals, error);
        memory_free(path);
    }
    memory_free(list.entries);
    return go_on;
}

static int list_path(const WCHAR *word, const struct dir_options *options)
{
    WCHAR *full = full_path(*word ? word : L"."), *pattern, *folder, number[40];
    struct totals totals = { 0 };
    DWORD error = 0;
    ULARGE_INTEGER available = { 0 };
    size_t length;

    if (!full) return fail(ERROR_INVALID_NAME);
    length = wcslen(full);
    if (is_folder(full) || (length && full[length - 1] == '\\')) {
        folder = copy_text(full);
        pattern = copy_text(L"*");
    } else {
        folder = copy_part(full, file_part(full) - full);
        pattern = copy_text(file_part(full));
    }
    length = wcslen(folder);
    if (length > 3 && folder[length - 1] == '\\') folder[length - 1] = 0;
    struct text real = { 0 };
    modify_value(folder, L"f", 1, false, &real);
    memory_free(folder);
    folder = text_take(&real);
    memory_free(full);
    if (!options->bare && folder[1] == ':') {
        if (print_volume(folder)) {
            memory_free(folder);
            memory_free(pattern);
            return 1;
        }
    }
    bool go_on = list_folder(folder, pattern, options, &totals, &error);
    if (!totals.shown && go_on) {
        if (!options->bare && !error) print(L"\r\n Directory of %s\r\n\r\n", folder);
        output_flush();
        if (error && error != ERROR_PATH_NOT_FOUND) complain_error(error);
        else complain(L"File Not Found\r\n");
    } else if (!options->bare && go_on) {
        GetDiskFreeSpaceExW(folder, &available, NULL, NULL);
        if (options->subfolders) {
            dir_line(options, L"");
            dir_line(options, L"     Total Files Listed:");
            dir_line(options, L"%16u File(s) %14s bytes", totals.files,
                     options->no_separator ? (_snwprintf(number, 40, L"%I64u", totals.bytes), number) : grouped_number(totals.bytes, number));
        }
        dir_line(options, L"%16u Dir(s) %15s bytes free", totals.folders,
                 options->no_separator ? (_snwprintf(number, 40, L"%I64u", available.QuadPart), number) : grouped_number(available.QuadPart, number));
    }
    memory_free(folder);
    memory_free(pattern);
    return totals.shown ? 0 : 1;
}

int builtin_dir(WCHAR *arguments)
{
    struct dir_options options = { .time = 'w' };
    struct words words = { 0 }, given = { 0 };
    WCHAR *defaults = environment_get(L"DIRCMD");
    int result = 0, paths = 0;

    if (defaults) words_split(&given, defaults, true);
    memory_free(defaults);
    for (int i = 0; i < given.count; i++)
        if (given.word[i][0] == '/') parse_switch(given.word[i], &options);
    words_free(&given);
    words_split(&words, arguments, true);
    for (int i = 0; i < words.count; i++) {
        if (words.word[i][0] != '/' || words.quoted[i]) paths++;
        else if (!parse_switch(words.word[i], &options)) {
            if (wcslen(words.word[i]) > 2) complain(L"Parameter format not correct - \"%s\".\r\n", words.word[i] + 1);
            else complain(L"Invalid switch - \"%s\".\r\n", words.word[i] + 1);
            words_free(&words);
            return 1;
        }
    }
    if (!options.any_attributes) options.without = FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM;
    for (int i = 0; i < words.count; i++)
        if (words.word[i][0] != '/' || words.quoted[i]) result |= list_path(words.word[i], &options);
    if (!paths) result = list_path(L"", &options);
    words_free(&words);
    return result;
}
