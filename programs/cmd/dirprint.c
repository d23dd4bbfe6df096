/* The forms of a listing. */
#include "dir.h"

bool dir_line(const struct dir_options *options, const WCHAR *format, ...)
{
    static int lines;
    WCHAR text[1500];
    va_list args;
    int height = options->paged ? console_height() : 0;

    va_start(args, format);
    _vsnwprintf(text, ARRAYSIZE(text), format, args);
    va_end(args);
    text[ARRAYSIZE(text) - 1] = 0;
    print(L"%s\r\n", text);
    if (options->paged && ++lines >= (height > 1 ? height - 1 : 24)) {
        lines = 0;
        builtin_pause(NULL);
        print_text(L"\r\n");
    }
    return !interrupted();
}

ULONGLONG dir_size(const struct dir_entry *entry)
{
    return (ULONGLONG)entry->data.nFileSizeHigh << 32 | entry->data.nFileSizeLow;
}

static WCHAR *size_text(ULONGLONG size, const struct dir_options *options, WCHAR buffer[40])
{
    if (!options->no_separator) return grouped_number(size, buffer);
    _snwprintf(buffer, 40, L"%I64u", size);
    return buffer;
}

/* " [target]" of a link, or "". */
static WCHAR *link_target(const WCHAR *path)
{
    BYTE buffer[4096];
    struct {
        ULONG tag;
        USHORT length, reserved, substitute, substitute_length, print, print_length;
    } *head = (void *)buffer;
    struct text text = { 0 };
    DWORD got;
    HANDLE file = CreateFileW(path, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                              FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS, NULL);

    text_add(&text, L"", 0);
    if (file == INVALID_HANDLE_VALUE) return text.data;
    if (DeviceIoControl(file, FSCTL_GET_REPARSE_POINT, NULL, 0, buffer, sizeof(buffer), &got, NULL)) {
        BYTE *names = buffer + (head->tag == IO_REPARSE_TAG_SYMLINK ? 20 : 16);
        const WCHAR *name = (WCHAR *)(names + head->print);
        USHORT length = head->print_length;
        if (!length) {
            name = (WCHAR *)(names + head->substitute);
            length = head->substitute_length;
        }
        text_add_string(&text, L" [");
        text_add(&text, name, length / sizeof(WCHAR));
        text_add_char(&text, ']');
    }
    CloseHandle(file);
    return text.data;
}

static void owner_of(const WCHAR *path, WCHAR *name, DWORD room)
{
    wcscpy(name, L"...");
    /* Everything belongs to the user who runs this. */
    DWORD attributes = GetFileAttributesW(path);
    WCHAR user[128], computer[64];
    DWORD user_room = ARRAYSIZE(user), computer_room = ARRAYSIZE(computer);
    if (attributes != INVALID_FILE_ATTRIBUTES && GetUserNameW(user, &user_room) && GetComputerNameW(computer, &computer_room))
        _snwprintf(name, room, L"%s\\%s", computer, user);
}

static void streams_of(const WCHAR *path, const struct dir_options *options)
{
    WIN32_FIND_STREAM_DATA data;
    WCHAR number[40];
    HANDLE find = FindFirstStreamW(path, FindStreamInfoStandard, &data, 0);

    if (find == INVALID_HANDLE_VALUE) return;
    do {
        if (_wcsicmp(data.cStreamName, L"::$DATA"))
            dir_line(options, L"%36s %s%s", size_text(data.StreamSize.QuadPart, options, number), file_part(path), data.cStreamName);
    } while (FindNextStreamW(find, &data));
    FindClose(find);
}

static bool print_long(const WCHAR *folder, const struct dir_entry *entry, const struct dir_options *options)
{
    const WIN32_FIND_DATAW *data = &entry->data;
    struct text line = { 0 };
    WCHAR number[40], owner[200], *target = NULL, *path = join_path(folder, data->cFileName);
    bool go_on;

    format_stamp(options->time == 'c' ? &data->ftCreationTime : options->time == 'a' ? &data->ftLastAccessTime
                                                                                     : &data->ftLastWriteTime, &line, 2);
    bool folder_entry = data->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY;
    if (data->dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) {
        bool junction = data->dwReserved0 == IO_REPARSE_TAG_MOUNT_POINT;
        text_format(&line, L"    %-15s", folder_entry ? junction ? L"<JUNCTION>" : L"<SYMLINKD>" : L"<SYMLINK>");
        target = link_target(path);
    } else if (folder_entry) {
        text_add_string(&line, L"    <DIR>          ");
    } else {
        text_format(&line, L" %17s ", size_text(dir_size(entry), options, number));
    }
    if (options->short_names) text_format(&line, L"%-13s", data->cAlternateFileName);
    if (options->owner) {
        owner_of(path, owner, ARRAYSIZE(owner));
        text_format(&line, L"%-22s ", owner);
    }
    WCHAR name[MAX_PATH];
    wcscpy(name, data->cFileName);
    if (options->lower) _wcslwr(name);
    text_add_string(&line, name);
    if (target) text_add_string(&line, target);
    go_on = dir_line(options, L"%s", line.data);
    if (options->streams && !folder_entry) streams_of(path, options);
    memory_free(target);
    memory_free(path);
    text_free(&line);
    return go_on;
}

static bool print_wide(const struct dir_list *list, const struct dir_options *options)
{
    size_t widest = 0, columns, rows;
    bool go_on = true;

    for (size_t i = 0; i < list->count; i++) {
        size_t length = wcslen(list->entries[i].data.cFileName);
        if (list->entries[i].data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) length += 2;
        if (length > widest) widest = length;
    }
    widest++;
    columns = (console_width() - 1) / widest;
    if (!columns) columns = 1;
    rows = (list->count + columns - 1) / columns;
    for (size_t row = 0; row < rows && go_on; row++) {
        struct text line = { 0 };
        for (size_t column = 0; column < columns; column++) {
            size_t at = options->columns ? column * rows + row : row * columns + column;
            if (at >= list->count || (!options->columns && column >= columns)) continue;
            const WIN32_FIND_DATAW *data = &list->entries[at].data;
            WCHAR name[MAX_PATH + 2];
            bool folder = data->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY;
            _snwprintf(name, ARRAYSIZE(name), folder ? L"[%s]" : L"%s", data->cFileName);
            if (options->lower) _wcslwr(name);
            bool last = options->columns ? at + rows >= list->count : column + 1 == columns || at + 1 == list->count;
            if (last) text_add_string(&line, name);
            else text_format(&line, L"%-*s", (int)widest, name);
        }
        go_on = dir_line(options, L"%s", line.data ? line.data : L"");
        text_free(&line);
    }
    return go_on;
}

bool dir_print(const WCHAR *folder, const struct dir_list *list, const struct dir_options *options)
{
    if (options->bare) {
        for (size_t i = 0; i < list->count; i++) {
            WCHAR *name = options->subfolders ? join_path(folder, list->entries[i].data.cFileName)
                                              : copy_text(list->entries[i].data.cFileName);
            if (options->lower) _wcslwr(name);
            bool go_on = !wcscmp(list->entries[i].data.cFileName, L".") || !wcscmp(list->entries[i].data.cFileName, L"..") ||
                         dir_line(options, L"%s", name);
            memory_free(name);
            if (!go_on) return false;
        }
        return true;
    }
    if (options->wide || options->columns) return print_wide(list, options);
    for (size_t i = 0; i < list->count; i++)
        if (!print_long(folder, &list->entries[i], options)) return false;
    return true;
}
