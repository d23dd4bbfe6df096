/* winbase.h: GetPrivateProfile…, WritePrivateProfile… and their win.ini forms. The registry mapping of INI files
 * (IniFileMapping) does not exist here. */
#include "profile.h"

#define WIN_INI L"win.ini"

static const WCHAR *file_or_win_ini(const WCHAR *name)
{
    return name ? name : WIN_INI;
}

/* Moves `*at` behind the header of the section; false when there is none. */
static bool find_section(const struct profile *profile, const WCHAR *section, size_t *at)
{
    struct span line, name;

    for (*at = 0; profile_line(profile, at, &line);)
        if (profile_is_section(profile, line, &name) && profile_equal(profile, name, section)) return true;
    return false;
}

/* The key's line in the section whose lines start at `at`. */
static bool find_key(const struct profile *profile, size_t at, const WCHAR *key, struct span *line, struct span *value)
{
    struct span name;

    while (profile_line(profile, &at, line) && !profile_is_section(profile, *line, &name))
        if (profile_is_key(profile, *line, &name, value) && profile_equal(profile, name, key)) return true;
    return false;
}

/* Strings one after the other, ended by an empty one; `full` when one did not fit. */
struct list {
    WCHAR *to;
    DWORD size, used;
    bool full;
};

static void list_add(struct list *list, const struct profile *profile, struct span span)
{
    DWORD length = span.end - span.start;

    if (list->full || list->size < 2) {
        list->full = true;
        return;
    }
    if (length > list->size - 2 - list->used) {
        length = list->size - 2 - list->used;
        list->full = true;
    }
    memcpy(list->to + list->used, profile->text + span.start, length * sizeof(WCHAR));
    list->used += length;
    if (!list->full) list->to[list->used++] = 0;
    if (list->used > list->size - 2) {
        list->used = list->size - 2;
        list->full = true;
    }
}

/* The characters copied; size - 2 when the list was cut. */
static DWORD list_end(struct list *list)
{
    if (list->size < 2) {
        if (list->size) list->to[0] = 0;
        return 0;
    }
    list->to[list->used] = list->to[list->used + 1] = 0;
    return list->used;
}

static DWORD copy_cut(const WCHAR *text, size_t length, WCHAR *to, DWORD size)
{
    if (!size) return 0;
    if (length >= size) length = size - 1;
    memcpy(to, text, length * sizeof(WCHAR));
    to[length] = 0;
    return (DWORD)length;
}

DWORD WINAPI GetPrivateProfileSectionNamesW(LPWSTR buffer, DWORD size, LPCWSTR file)
{
    struct list list = { buffer, size };
    struct profile profile;
    struct span line, name;
    size_t at = 0;

    if (profile_open(&profile, file_or_win_ini(file), false)) {
        while (profile_line(&profile, &at, &line))
            if (profile_is_section(&profile, line, &name)) list_add(&list, &profile, name);
        profile_close(&profile);
    }
    return list_end(&list);
}

static DWORD section_lines(const WCHAR *section, const WCHAR *file, bool keys_only, bool *found, struct list *list)
{
    struct profile profile;
    struct span line, key, value;
    size_t at;

    *found = false;
    if (profile_open(&profile, file_or_win_ini(file), false)) {
        *found = find_section(&profile, section, &at);
        while (*found && profile_line(&profile, &at, &line) && !profile_is_section(&profile, line, &key)) {
            if (!profile_is_key(&profile, line, &key, &value)) continue;
            profile_trim(&profile, &line);
            list_add(list, &profile, keys_only ? key : line);
        }
        profile_close(&profile);
    }
    return list_end(list);
}

DWORD WINAPI GetPrivateProfileSectionW(LPCWSTR section, LPWSTR buffer, DWORD size, LPCWSTR file)
{
    struct list list = { buffer, size };
    bool found;

    if (!section || !buffer) return (DWORD)set_error(ERROR_INVALID_PARAMETER);
    return section_lines(section, file, false, &found, &list);
}

/* `section` NULL: the names of the sections; `key` NULL: those of its keys. A value in quotes comes without them. */
DWORD WINAPI GetPrivateProfileStringW(LPCWSTR section, LPCWSTR key, LPCWSTR otherwise, LPWSTR buffer, DWORD size,
                                      LPCWSTR file)
{
    struct list list = { buffer, size };
    struct profile profile;
    struct span line, value;
    size_t at, length;
    bool found = false;
    DWORD result = 0;

    if (!section) return GetPrivateProfileSectionNamesW(buffer, size, file);
    if (!otherwise) otherwise = L"";
    if (!key) {
        result = section_lines(section, file, true, &found, &list);
    } else if (profile_open(&profile, file_or_win_ini(file), false)) {
        found = find_section(&profile, section, &at) && find_key(&profile, at, key, &line, &value);
        if (found) {
            const WCHAR *text = profile.text + value.start;
            length = value.end - value.start;
            if (length >= 2 && (*text == '"' || *text == '\'') && text[length - 1] == *text) {
                text++;
                length -= 2;
            }
            result = copy_cut(text, length, buffer, size);
        }
        profile_close(&profile);
    }
    if (found) return result;
    for (length = wide_length(otherwise); length && otherwise[length - 1] == ' ';) length--;
    return copy_cut(otherwise, length, buffer, size);
}

/* A decimal number with an optional sign; what follows the digits does not matter. */
UINT WINAPI GetPrivateProfileIntW(LPCWSTR section, LPCWSTR key, INT otherwise, LPCWSTR file)
{
    WCHAR text[32], *at = text;
    UINT value = 0;

    if (!section || !key) return (UINT)set_error(ERROR_INVALID_PARAMETER);
    if (!GetPrivateProfileStringW(section, key, L"", text, ARRAYSIZE(text), file)) return otherwise;
    bool negative = *at == '-';
    if (*at == '-' || *at == '+') at++;
    while (*at >= '0' && *at <= '9') value = value * 10 + *at++ - '0';
    return negative ? 0 - value : value;
}

/* Replaces [from, to) of the file by `parts`, strings that a NULL ends. */
static BOOL replace(struct profile *profile, size_t from, size_t to, const WCHAR *const *parts)
{
    size_t length = profile->length - (to - from), at = from;
    WCHAR *text;
    BOOL result;

    for (const WCHAR *const *part = parts; *part; part++) length += wide_length(*part);
    if (!(text = mem_alloc((length + 1) * sizeof(WCHAR)))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    memcpy(text, profile->text, from * sizeof(WCHAR));
    for (const WCHAR *const *part = parts; *part; part++) {
        size_t units = wide_length(*part);
        memcpy(text + at, *part, units * sizeof(WCHAR));
        at += units;
    }
    memcpy(text + at, profile->text + to, (profile->length - to) * sizeof(WCHAR));
    result = profile_write(profile, text, length);
    mem_free(text);
    return result;
}

/* Where the section's keys end: behind the last line that is not empty. */
static size_t section_end(const struct profile *profile, size_t at, size_t *all)
{
    size_t last = at, next = at;
    struct span line, name;

    *all = at;
    while (profile_line(profile, &next, &line) && !profile_is_section(profile, line, &name)) {
        profile_trim(profile, &line);
        if (line.start != line.end) last = next;
        *all = next;
    }
    return last;
}

static const WCHAR *line_break(const struct profile *profile, size_t at)
{
    return at && profile->text[at - 1] != '\n' && profile->text[at - 1] != '\r' ? L"\r\n" : L"";
}

/* `key` NULL removes the section, `value` NULL the key. All NULL flushes, which is always done here: FALSE, as the
 * reference says of it. */
BOOL WINAPI WritePrivateProfileStringW(LPCWSTR section, LPCWSTR key, LPCWSTR value, LPCWSTR file)
{
    static const WCHAR *const nothing[] = { NULL };
    struct profile profile;
    struct span line, old;
    size_t start, end, all;
    BOOL result = TRUE;

    if (!section && !key && !value) return FALSE;
    if (!section) return set_error(ERROR_FILE_NOT_FOUND);
    if (!profile_open(&profile, file_or_win_ini(file), true)) return FALSE;
    if (!find_section(&profile, section, &start)) {
        const WCHAR *parts[] = { line_break(&profile, profile.length), L"[", section, L"]\r\n", key, L"=", value, L"\r\n", NULL };
        if (key && value) result = replace(&profile, profile.length, profile.length, parts);
    } else if (!key) {
        size_t header = start;
        while (header && (profile.text[header - 1] == '\n' || profile.text[header - 1] == '\r')) header--;
        while (header && profile.text[header - 1] != '\n' && profile.text[header - 1] != '\r') header--;
        section_end(&profile, start, &all);
        result = replace(&profile, header, all, nothing);
    } else if (find_key(&profile, start, key, &line, &old)) {
        end = line.end;
        if (!value) {
            profile_line(&profile, &line.start, &old);
            result = replace(&profile, old.start, line.start, nothing);
        } else {
            const WCHAR *parts[] = { key, L"=", value, NULL };
            result = replace(&profile, line.start, end, parts);
        }
    } else if (value) {
        end = section_end(&profile, start, &all);
        const WCHAR *parts[] = { line_break(&profile, end), key, L"=", value, L"\r\n", NULL };
        result = replace(&profile, end, end, parts);
    }
    profile_close(&profile);
    return result;
}

/* ---- ANSI ---- */

/* A result of the wide function in the ANSI code page, by the same rules of cutting; `list`: ended by two zeros. */
static DWORD to_ansi(char *to, DWORD size, const WCHAR *text, DWORD length, bool list)
{
    DWORD end = list ? 2 : 1;

    if (size < end) {
        if (size) to[0] = 0;
        return 0;
    }
    while (length && ansi_size(text, length) > size - end) length--;
    length = length ? ansi_from_wide(to, size, text, length) : 0;
    memset(to + length, 0, end);
    return length;
}

DWORD WINAPI GetPrivateProfileStringA(LPCSTR section, LPCSTR key, LPCSTR otherwise, LPSTR buffer, DWORD size, LPCSTR file)
{
    WIDE(wide_section);
    WIDE(wide_key);
    WIDE(wide_otherwise);
    WIDE(wide_file);
    WCHAR *wide;
    DWORD length;

    if (!wide_from_ansi(&wide_section, section) || !wide_from_ansi(&wide_key, key) ||
        !wide_from_ansi(&wide_otherwise, otherwise) || !wide_from_ansi(&wide_file, file))
        return 0;
    if (!(wide = mem_alloc((size + 1) * sizeof(WCHAR)))) return (DWORD)set_error(ERROR_NOT_ENOUGH_MEMORY);
    length = GetPrivateProfileStringW(wide_section.text, wide_key.text, wide_otherwise.text, wide, size, wide_file.text);
    length = to_ansi(buffer, size, wide, length, !section || !key);
    mem_free(wide);
    return length;
}

DWORD WINAPI GetPrivateProfileSectionNamesA(LPSTR buffer, DWORD size, LPCSTR file)
{
    return GetPrivateProfileStringA(NULL, NULL, NULL, buffer, size, file);
}

UINT WINAPI GetPrivateProfileIntA(LPCSTR section, LPCSTR key, INT otherwise, LPCSTR file)
{
    WIDE(wide_section);
    WIDE(wide_key);
    WIDE(wide_file);

    if (!wide_from_ansi(&wide_section, section) || !wide_from_ansi(&wide_key, key) || !wide_from_ansi(&wide_file, file))
        return 0;
    return GetPrivateProfileIntW(wide_section.text, wide_key.text, otherwise, wide_file.text);
}

BOOL WINAPI WritePrivateProfileStringA(LPCSTR section, LPCSTR key, LPCSTR value, LPCSTR file)
{
    WIDE(wide_section);
    WIDE(wide_key);
    WIDE(wide_value);
    WIDE(wide_file);

    if (!wide_from_ansi(&wide_section, section) || !wide_from_ansi(&wide_key, key) || !wide_from_ansi(&wide_value, value) ||
        !wide_from_ansi(&wide_file, file))
        return FALSE;
    return WritePrivateProfileStringW(wide_section.text, wide_key.text, wide_value.text, wide_file.text);
}

/* ---- win.ini ---- */

DWORD WINAPI GetProfileStringW(LPCWSTR section, LPCWSTR key, LPCWSTR otherwise, LPWSTR buffer, DWORD size)
{
    return GetPrivateProfileStringW(section, key, otherwise, buffer, size, WIN_INI);
}

DWORD WINAPI GetProfileStringA(LPCSTR section, LPCSTR key, LPCSTR otherwise, LPSTR buffer, DWORD size)
{
    return GetPrivateProfileStringA(section, key, otherwise, buffer, size, "win.ini");
}

UINT WINAPI GetProfileIntW(LPCWSTR section, LPCWSTR key, INT otherwise)
{
    return GetPrivateProfileIntW(section, key, otherwise, WIN_INI);
}

UINT WINAPI GetProfileIntA(LPCSTR section, LPCSTR key, INT otherwise)
{
    return GetPrivateProfileIntA(section, key, otherwise, "win.ini");
}

BOOL WINAPI WriteProfileStringW(LPCWSTR section, LPCWSTR key, LPCWSTR value)
{
    return WritePrivateProfileStringW(section, key, value, WIN_INI);
}

BOOL WINAPI WriteProfileStringA(LPCSTR section, LPCSTR key, LPCSTR value)
{
    return WritePrivateProfileStringA(section, key, value, "win.ini");
}
