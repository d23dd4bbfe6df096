/* %~fdpnxsatz$PATH:… of arguments and FOR variables. */
#include "cmd.h"

/* The full path with the names that its parts have on the disk. */
static WCHAR *real_path(const WCHAR *path)
{
    WCHAR *full = full_path(path);
    struct text text = { 0 };
    WCHAR *at;

    if (!full) return copy_text(path);
    if (full[0] == '\\' && full[1] == '\\') return full;
    text_add(&text, full, full[0] && full[1] == ':' ? 2 : 0);
    at = full + text.length;
    if (text.length) text.data[0] = towupper(text.data[0]);
    while (*at) {
        WIN32_FIND_DATAW data;
        WCHAR *end = at + 1, kept;
        while (*end && *end != '\\') end++;
        kept = *end;
        *end = 0;
        HANDLE find = end > at + 1 && !has_wildcards(at) ? FindFirstFileW(full, &data) : INVALID_HANDLE_VALUE;
        text_add_char(&text, '\\');
        text_add_string(&text, find != INVALID_HANDLE_VALUE ? data.cFileName : at + 1);
        if (find != INVALID_HANDLE_VALUE) FindClose(find);
        *end = kept;
        at = end;
    }
    memory_free(full);
    return text_take(&text);
}

/* The first folder of the variable that has the file; NULL when none. */
static WCHAR *search_variable(const WCHAR *name, const WCHAR *file)
{
    WCHAR *list = environment_get(name), *found = NULL;
    WCHAR path[1024];
    DWORD length;

    if (!list) return NULL;
    length = SearchPathW(list, file, NULL, ARRAYSIZE(path), path, NULL);
    if (length && length < ARRAYSIZE(path)) found = copy_text(path);
    memory_free(list);
    return found;
}

static void add_attributes(DWORD attributes, struct text *result)
{
    static const struct {
        DWORD bit;
        WCHAR letter;
    } letters[] = { { FILE_ATTRIBUTE_DIRECTORY, 'd' }, { FILE_ATTRIBUTE_READONLY, 'r' }, { FILE_ATTRIBUTE_ARCHIVE, 'a' },
                    { FILE_ATTRIBUTE_HIDDEN, 'h' }, { FILE_ATTRIBUTE_SYSTEM, 's' }, { FILE_ATTRIBUTE_COMPRESSED, 'c' },
                    { FILE_ATTRIBUTE_OFFLINE, 'o' }, { FILE_ATTRIBUTE_TEMPORARY, 't' },
                    { FILE_ATTRIBUTE_REPARSE_POINT, 'l' }, { 0x8000 /* integrity stream */, 'v' },
                    { 0x20000 /* no scrub data */, 'x' } };

    for (unsigned i = 0; i < ARRAYSIZE(letters); i++) text_add_char(result, attributes & letters[i].bit ? letters[i].letter : '-');
}

void modify_value(const WCHAR *value, const WCHAR *modifiers, size_t length, bool is_batch_name, struct text *result)
{
    bool full = false, drive = false, folder = false, name = false, extension = false, brief = false, attributes = false,
         time = false, size = false;
    WCHAR *plain, *path, *found = NULL;
    WIN32_FILE_ATTRIBUTE_DATA data = { 0 };
    size_t before = result->length;

    text_add(result, L"", 0);
    plain = copy_text(value);
    size_t plain_length = wcslen(plain);
    if (plain_length && plain[0] == '"') { /* the quotes around it */
        memmove(plain, plain + 1, plain_length * sizeof(WCHAR));
        plain_length--;
        if (plain_length && plain[plain_length - 1] == '"') plain[plain_length - 1] = 0;
    }
    for (size_t i = 0; i < length; i++) {
        if (modifiers[i] == '$') {
            WCHAR *variable = copy_part(modifiers + i + 1, length - i - 2);
            found = search_variable(variable, plain);
            memory_free(variable);
            if (!found) goto out;
            break;
        }
        switch (towlower(modifiers[i])) {
        case 'f': full = true; break;
        case 'd': drive = true; break;
        case 'p': folder = true; break;
        case 'n': name = true; break;
        case 'x': extension = true; break;
        case 's': brief = true; break;
        case 'a': attributes = true; break;
        case 't': time = true; break;
        case 'z': size = true; break;
        }
    }
    if (!length) {
        text_add_string(result, plain);
        goto out;
    }
    if (found && !full && !drive && !folder && !name && !extension && !attributes && !time && !size) full = true;
    if (!*plain) plain = (memory_free(plain), copy_text(L"."));
    path = real_path(found ? found : plain);
    if (brief) {
        WCHAR small[1024];
        DWORD count = GetShortPathNameW(path, small, ARRAYSIZE(small));
        if (count && count < ARRAYSIZE(small)) {
            memory_free(path);
            path = copy_text(small);
        }
        if (!full && !drive && !folder && !name && !extension && !attributes && !time && !size) full = true;
    }
    if (attributes || time || size) {
        if (GetFileAttributesExW(path, GetFileExInfoStandard, &data)) {
            if (attributes) add_attributes(data.dwFileAttributes, result);
            if (time) {
                if (result->length > before) text_add_char(result, ' ');
                format_stamp(&data.ftLastWriteTime, result, 1);
            }
            if (size) {
                if (result->length > before) text_add_char(result, ' ');
                ULONGLONG bytes = (ULONGLONG)data.nFileSizeHigh << 32 | data.nFileSizeLow;
                WCHAR digits[24];
                _snwprintf(digits, ARRAYSIZE(digits), L"%I64u", bytes);
                text_add_string(result, digits);
            }
        }
        if ((full || drive || folder || name || extension) && result->length > before) text_add_char(result, ' ');
    }
    if (full) drive = folder = name = extension = true;
    const WCHAR *last = file_part(path), *dot = wcsrchr(last, '.');
    size_t drive_length = path[0] && path[1] == ':' ? 2 : 0;
    if (!dot) dot = last + wcslen(last);
    if (drive) text_add(result, path, drive_length);
    if (folder) text_add(result, path + drive_length, last - path - drive_length);
    if (name) text_add(result, last, dot - last);
    if (extension) text_add_string(result, dot);
    memory_free(path);
out:
    memory_free(found);
    memory_free(plain);
}
