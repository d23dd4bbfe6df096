/* INI files: reading, splitting into lines, writing back. */
#include "profile.h"

#define PROFILE_MAX 0x4000000 /* bytes */

static BOOL decode(struct profile *profile, const BYTE *bytes, ULONG size)
{
    UINT codepage = CP_ACP;
    int units;

    if (size >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe) {
        profile->encoding = PROFILE_UTF16;
        profile->length = (size - 2) / sizeof(WCHAR);
        if (!(profile->text = mem_alloc((profile->length + 1) * sizeof(WCHAR)))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
        memcpy(profile->text, bytes + 2, profile->length * sizeof(WCHAR));
        profile->text[profile->length] = 0;
        return TRUE;
    }
    if (size >= 3 && bytes[0] == 0xef && bytes[1] == 0xbb && bytes[2] == 0xbf) {
        profile->encoding = PROFILE_UTF8;
        codepage = CP_UTF8;
        bytes += 3;
        size -= 3;
    }
    units = size ? MultiByteToWideChar(codepage, 0, (const char *)bytes, size, NULL, 0) : 0;
    if (!(profile->text = mem_alloc((units + 1) * sizeof(WCHAR)))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    if (units) MultiByteToWideChar(codepage, 0, (const char *)bytes, size, profile->text, units);
    profile->text[units] = 0;
    profile->length = units;
    return TRUE;
}

/* A name without any directory is one of the Windows directory (winbase.h reference: GetPrivateProfileString). */
static WCHAR *full_name(const WCHAR *name)
{
    size_t length = wide_length(name), skip = 0;
    WCHAR *path;

    for (const WCHAR *at = name; *at && !skip; at++)
        if (*at == '\\' || *at == '/' || *at == ':') skip = 1;
    if (skip) return wide_copy(name);
    UINT room = GetWindowsDirectoryW(NULL, 0);
    if (!(path = mem_alloc((room + length + 2) * sizeof(WCHAR)))) return NULL;
    UINT used = GetWindowsDirectoryW(path, room + 1);
    if (used && path[used - 1] != '\\') path[used++] = '\\';
    memcpy(path + used, name, (length + 1) * sizeof(WCHAR));
    return path;
}

BOOL profile_open(struct profile *profile, const WCHAR *name, bool write)
{
    WCHAR *path = full_name(name);
    LARGE_INTEGER size;
    BYTE *bytes = NULL;
    DWORD done = 0;
    BOOL result = FALSE;

    *profile = (struct profile){ .file = INVALID_HANDLE_VALUE };
    if (!path) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    /* A writer keeps other writers out until it has closed; it waits for its turn a short while. */
    for (int tries = 0; tries < 200; tries++) {
        profile->file = CreateFileW(path, write ? GENERIC_READ | GENERIC_WRITE : GENERIC_READ,
                                    write ? FILE_SHARE_READ : FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                                    write ? OPEN_ALWAYS : OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
        if (profile->file != INVALID_HANDLE_VALUE || !write || GetLastError() != ERROR_SHARING_VIOLATION) break;
        Sleep(5);
    }
    mem_free(path);
    if (profile->file == INVALID_HANDLE_VALUE) return FALSE;
    if (!GetFileSizeEx(profile->file, &size)) goto out;
    if (size.QuadPart > PROFILE_MAX) {
        set_error(ERROR_FILE_TOO_LARGE);
        goto out;
    }
    if (!(bytes = mem_alloc(size.LowPart + 1))) {
        set_error(ERROR_NOT_ENOUGH_MEMORY);
        goto out;
    }
    if (!ReadFile(profile->file, bytes, size.LowPart, &done, NULL)) goto out;
    result = decode(profile, bytes, done);
out:
    mem_free(bytes);
    if (!result) profile_close(profile);
    return result;
}

BOOL profile_write(struct profile *profile, const WCHAR *text, size_t length)
{
    static const BYTE mark16[] = { 0xff, 0xfe }, mark8[] = { 0xef, 0xbb, 0xbf };
    const BYTE *mark = profile->encoding == PROFILE_UTF16 ? mark16 : mark8;
    DWORD mark_size = profile->encoding == PROFILE_UTF16 ? 2 : profile->encoding == PROFILE_UTF8 ? 3 : 0, size, done;
    UINT codepage = profile->encoding == PROFILE_UTF8 ? CP_UTF8 : CP_ACP;
    LARGE_INTEGER start = { 0 };
    char *bytes = (char *)text;
    BOOL result;

    size = length * sizeof(WCHAR);
    if (profile->encoding != PROFILE_UTF16) {
        size = length ? WideCharToMultiByte(codepage, 0, text, length, NULL, 0, NULL, NULL) : 0;
        if (!(bytes = mem_alloc(size + 1))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
        if (size) WideCharToMultiByte(codepage, 0, text, length, bytes, size, NULL, NULL);
    }
    result = SetFilePointerEx(profile->file, start, NULL, FILE_BEGIN) &&
             (!mark_size || WriteFile(profile->file, mark, mark_size, &done, NULL)) &&
             WriteFile(profile->file, bytes, size, &done, NULL) && SetEndOfFile(profile->file);
    if (bytes != (char *)text) mem_free(bytes);
    return result;
}

void profile_close(struct profile *profile)
{
    DWORD error = GetLastError();

    if (profile->file != INVALID_HANDLE_VALUE) CloseHandle(profile->file);
    mem_free(profile->text);
    profile->file = INVALID_HANDLE_VALUE;
    profile->text = NULL;
    set_error(error);
}

/* ---- lines ---- */

bool profile_line(const struct profile *profile, size_t *at, struct span *line)
{
    const WCHAR *text = profile->text;
    size_t end = *at;

    if (end >= profile->length) return false;
    while (end < profile->length && text[end] != '\n' && text[end] != '\r') end++;
    *line = (struct span){ *at, end };
    if (end < profile->length && text[end] == '\r') end++;
    if (end < profile->length && text[end] == '\n') end++;
    *at = end;
    return true;
}

static bool is_blank(WCHAR c)
{
    return c == ' ' || c == '\t' || c == 0x1a;
}

void profile_trim(const struct profile *profile, struct span *span)
{
    while (span->start < span->end && is_blank(profile->text[span->start])) span->start++;
    while (span->end > span->start && is_blank(profile->text[span->end - 1])) span->end--;
}

bool profile_is_section(const struct profile *profile, struct span line, struct span *name)
{
    profile_trim(profile, &line);
    if (line.start == line.end || profile->text[line.start] != '[') return false;
    *name = (struct span){ line.start + 1, line.start + 1 };
    while (name->end < line.end && profile->text[name->end] != ']') name->end++;
    profile_trim(profile, name);
    return true;
}

bool profile_is_key(const struct profile *profile, struct span line, struct span *key, struct span *value)
{
    profile_trim(profile, &line);
    if (line.start == line.end || profile->text[line.start] == ';') return false;
    *key = (struct span){ line.start, line.start };
    while (key->end < line.end && profile->text[key->end] != '=') key->end++;
    *value = (struct span){ key->end < line.end ? key->end + 1 : line.end, line.end };
    profile_trim(profile, key);
    profile_trim(profile, value);
    return true;
}

bool profile_equal(const struct profile *profile, struct span span, const WCHAR *name)
{
    size_t length = wide_length(name);

    while (length && is_blank(name[length - 1])) length--;
    while (length && is_blank(*name)) {
        name++;
        length--;
    }
    return span.end - span.start == length && !wide_compare_nocase_n(profile->text + span.start, name, length);
}
