/* fileapi.h: path names. Results are lengths without terminator, or the size needed with it. */
#include "kernelbase.h"

DWORD WINAPI GetFullPathNameW(LPCWSTR name, DWORD size, LPWSTR buffer, LPWSTR *part)
{
    ULONG bytes;

    if (!name || !*name) return set_error(ERROR_INVALID_NAME);
    bytes = RtlGetFullPathName_U(name, size > 0x7fffffff / sizeof(WCHAR) ? 0x7ffffffe : size * sizeof(WCHAR), buffer,
                                 part);
    if (!bytes) set_error(ERROR_INVALID_NAME);
    return bytes / sizeof(WCHAR);
}

DWORD WINAPI GetFullPathNameA(LPCSTR name, DWORD size, LPSTR buffer, LPSTR *part)
{
    WIDE(wide);
    WCHAR small[MAX_PATH], *path = small, *last = NULL;
    DWORD length;

    if (!wide_from_file_name(&wide, name)) return 0;
    length = GetFullPathNameW(wide.text, ARRAYSIZE(small), small, &last);
    if (length >= ARRAYSIZE(small)) {
        DWORD room = length;
        if (!(path = mem_alloc(room * sizeof(WCHAR)))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
        length = GetFullPathNameW(wide.text, room, path, &last);
    }
    if (length) {
        DWORD directory = last ? result_file_name(NULL, 0, path, last - path) - 1 : 0;
        length = result_file_name(buffer, size, path, length);
        if (part) *part = last && length < size ? buffer + directory : NULL;
    }
    if (path != small) mem_free(path);
    return length;
}

/* ---- temporary files ---- */

static DWORD temp_path(WCHAR *path, DWORD size)
{
    static const WCHAR *const names[] = { L"TMP", L"TEMP", L"USERPROFILE" };
    WCHAR value[MAX_PATH];
    DWORD length = 0;

    for (int i = 0; i < 3 && !length; i++) {
        length = GetEnvironmentVariableW(names[i], value, ARRAYSIZE(value));
        if (length >= ARRAYSIZE(value)) length = 0;
    }
    if (!length) GetWindowsDirectoryW(value, ARRAYSIZE(value));
    length = GetFullPathNameW(value, size - 1, path, NULL);
    if (!length || length >= size - 1) return 0;
    if (path[length - 1] != '\\') {
        path[length++] = '\\';
        path[length] = 0;
    }
    return length;
}

DWORD WINAPI GetTempPathW(DWORD size, LPWSTR buffer)
{
    WCHAR path[MAX_PATH + 2];
    DWORD length = temp_path(path, ARRAYSIZE(path));

    if (!length) return set_error(ERROR_FILENAME_EXCED_RANGE);
    return result_wide(buffer, size, path, length);
}

DWORD WINAPI GetTempPathA(DWORD size, LPSTR buffer)
{
    WCHAR path[MAX_PATH + 2];
    DWORD length = temp_path(path, ARRAYSIZE(path));

    if (!length) return set_error(ERROR_FILENAME_EXCED_RANGE);
    return result_file_name(buffer, size, path, length);
}

DWORD WINAPI GetTempPath2W(DWORD size, LPWSTR buffer)
{
    return GetTempPathW(size, buffer);
}

DWORD WINAPI GetTempPath2A(DWORD size, LPSTR buffer)
{
    return GetTempPathA(size, buffer);
}

/* <path>\<three letters of prefix><number>.TMP; with number 0 a free one is found and the file created. */
UINT WINAPI GetTempFileNameW(LPCWSTR path, LPCWSTR prefix, UINT number, LPWSTR buffer)
{
    size_t length;
    WCHAR *digits, *at;
    UINT given = number & 0xffff;

    if (!path || !buffer) return set_error(ERROR_INVALID_PARAMETER);
    length = wide_length(path);
    if (length > MAX_PATH - 14) return set_error(ERROR_BUFFER_OVERFLOW);
    memcpy(buffer, path, (length + 1) * sizeof(WCHAR));
    if (!length || (buffer[length - 1] != '\\' && buffer[length - 1] != '/')) {
        if (length) buffer[length++] = '\\';
        buffer[length] = 0;
    }
    DWORD attributes = GetFileAttributesW(length ? buffer : L".");
    if (attributes == INVALID_FILE_ATTRIBUTES || !(attributes & FILE_ATTRIBUTE_DIRECTORY))
        return set_error(ERROR_DIRECTORY);
    at = buffer + length;
    for (int i = 0; prefix && i < 3 && prefix[i]; i++) *at++ = prefix[i];
    digits = at;
    if (!given) {
        static LONG last;
        LARGE_INTEGER now;
        NtQuerySystemTime(&now);
        given = (UINT)((now.QuadPart >> 13) + InterlockedIncrement(&last) * 7 + GetCurrentProcessId()) & 0xffff;
    }
    for (UINT tries = 0; tries < 0x10000; tries++, given = (given + 1) & 0xffff) {
        if (!given) continue;
        at = digits;
        bool shown = false;
        for (int shift = 12; shift >= 0; shift -= 4) {
            UINT digit = given >> shift & 15;
            if (digit || shown || !shift) {
                *at++ = L"0123456789ABCDEF"[digit];
                shown = true;
            }
        }
        memcpy(at, L".tmp", 5 * sizeof(WCHAR));
        if (number & 0xffff) return given;
        HANDLE file = CreateFileW(buffer, GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
        if (file != INVALID_HANDLE_VALUE) {
            CloseHandle(file);
            return given;
        }
        DWORD error = ferry_teb()->LastErrorValue;
        if (error != ERROR_FILE_EXISTS && error != ERROR_SHARING_VIOLATION && error != ERROR_ALREADY_EXISTS) return 0;
    }
    return set_error(ERROR_FILE_EXISTS);
}

UINT WINAPI GetTempFileNameA(LPCSTR path, LPCSTR prefix, UINT number, LPSTR buffer)
{
    WIDE(wide_path);
    WIDE(wide_prefix);
    WCHAR name[MAX_PATH];
    UINT result;

    if (!path) return set_error(ERROR_INVALID_PARAMETER);
    if (!wide_from_file_name(&wide_path, path) || !wide_from_file_name(&wide_prefix, prefix)) return 0;
    if ((result = GetTempFileNameW(wide_path.text, wide_prefix.text, number, name)))
        result_file_name(buffer, MAX_PATH, name, wide_length(name));
    return result;
}

/* ---- long and short names: each component is looked up in its folder ---- */

/* Start of the first component that can have two names: after a drive, a share or a \\?\ prefix. */
static const WCHAR *first_component(const WCHAR *path)
{
    const WCHAR *at = path;
    int skip = 0;

    if (at[0] == '\\' && at[1] == '\\' && (at[2] == '?' || at[2] == '.') && at[3] == '\\') at += 4;
    if (at[0] && at[1] == ':') return at[2] == '\\' || at[2] == '/' ? at + 3 : at + 2;
    if (at == path && (at[0] == '\\' || at[0] == '/')) {
        if (at[1] != '\\' && at[1] != '/') return at + 1;
        for (at += 2, skip = 2; *at && skip; at++)
            if (*at == '\\' || *at == '/') skip--;
    }
    return at;
}

static DWORD change_names(const WCHAR *path, WCHAR *buffer, DWORD size, bool to_long)
{
    WCHAR *result;
    const WCHAR *at;
    DWORD length, room, answer = 0;

    if (!path) return set_error(ERROR_INVALID_PARAMETER);
    if (!*path) return set_error(ERROR_PATH_NOT_FOUND);
    room = (DWORD)wide_length(path) + 1;
    for (at = path; *at; at++)
        if (*at == '\\' || *at == '/') room += MAX_PATH;
    room += MAX_PATH;
    if (!(result = mem_alloc(room * sizeof(WCHAR)))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    at = first_component(path);
    length = (DWORD)(at - path);
    memcpy(result, path, length * sizeof(WCHAR));
    while (*at) {
        const WCHAR *end = at;
        WIN32_FIND_DATAW data;
        while (*end && *end != '\\' && *end != '/') end++;
        memcpy(result + length, at, (end - at) * sizeof(WCHAR));
        result[length + (end - at)] = 0;
        bool dots = at[0] == '.' && (end - at == 1 || (end - at == 2 && at[1] == '.'));
        if (end == at || dots) {
            length += end - at;
        } else {
            HANDLE find = FindFirstFileW(result, &data);
            if (find == INVALID_HANDLE_VALUE) goto out;
            FindClose(find);
            const WCHAR *name = to_long ? data.cFileName : data.cAlternateFileName[0] ? data.cAlternateFileName
                                                                                      : data.cFileName;
            DWORD count = (DWORD)wide_length(name);
            memcpy(result + length, name, count * sizeof(WCHAR));
            length += count;
        }
        if (*end) result[length++] = *end++;
        at = end;
    }
    if (GetFileAttributesW(path) == INVALID_FILE_ATTRIBUTES) goto out;
    answer = result_wide(buffer, size, result, length);
out:
    mem_free(result);
    return answer;
}

DWORD WINAPI GetLongPathNameW(LPCWSTR path, LPWSTR buffer, DWORD size)
{
    return change_names(path, buffer, size, true);
}

DWORD WINAPI GetShortPathNameW(LPCWSTR path, LPWSTR buffer, DWORD size)
{
    return change_names(path, buffer, size, false);
}

static DWORD change_names_ansi(const char *path, char *buffer, DWORD size, bool to_long)
{
    WIDE(wide);
    WCHAR result[MAX_PATH * 4];
    DWORD length;

    if (!wide_from_file_name(&wide, path)) return 0;
    length = change_names(wide.text, result, ARRAYSIZE(result), to_long);
    if (!length) return 0;
    if (length >= ARRAYSIZE(result)) return set_error(ERROR_FILENAME_EXCED_RANGE);
    return result_file_name(buffer, size, result, length);
}

DWORD WINAPI GetLongPathNameA(LPCSTR path, LPSTR buffer, DWORD size)
{
    return change_names_ansi(path, buffer, size, true);
}

DWORD WINAPI GetShortPathNameA(LPCSTR path, LPSTR buffer, DWORD size)
{
    return change_names_ansi(path, buffer, size, false);
}

BOOL WINAPI SetFileShortNameW(HANDLE file, LPCWSTR name)
{
    FILE_NAME_INFORMATION *info;
    IO_STATUS_BLOCK io;
    NTSTATUS status;
    DWORD bytes;

    if (!name) return set_error(ERROR_INVALID_PARAMETER);
    bytes = (DWORD)wide_length(name) * sizeof(WCHAR);
    if (!(info = mem_alloc(sizeof(*info) + bytes))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    info->FileNameLength = bytes;
    memcpy(info->FileName, name, bytes);
    status = NtSetInformationFile(file, &io, info, sizeof(*info) + bytes, 40 /* FileShortNameInformation */);
    mem_free(info);
    return status_to_bool(status);
}

/* ---- the name of an open file ---- */

/* The NT name of the file: \Device\HarddiskVolumeN\… or what the object manager calls it. On the process heap. */
static UNICODE_STRING *object_nt_name(HANDLE file)
{
    ULONG size = sizeof(UNICODE_STRING) + MAX_PATH * 2 * sizeof(WCHAR);

    for (;;) {
        UNICODE_STRING *name = mem_alloc(size);
        ULONG needed = 0;
        NTSTATUS status;
        if (!name) {
            set_error(ERROR_NOT_ENOUGH_MEMORY);
            return NULL;
        }
        status = NtQueryObject(file, ObjectNameInformation, name, size, &needed);
        if (status >= 0) return name;
        mem_free(name);
        if ((status != STATUS_BUFFER_OVERFLOW && status != STATUS_INFO_LENGTH_MISMATCH &&
             status != STATUS_BUFFER_TOO_SMALL) || needed <= size) {
            set_status(status);
            return NULL;
        }
        size = needed;
    }
}

DWORD WINAPI GetFinalPathNameByHandleW(HANDLE file, LPWSTR buffer, DWORD size, DWORD flags)
{
    UNICODE_STRING *name;
    WCHAR device[MAX_PATH], *text;
    DWORD length, result = 0, volume = flags & 7, prefix = 0;

    if (flags & ~(FILE_NAME_OPENED | VOLUME_NAME_GUID | VOLUME_NAME_NT | VOLUME_NAME_NONE) ||
        (volume != VOLUME_NAME_DOS && volume != VOLUME_NAME_GUID && volume != VOLUME_NAME_NT &&
         volume != VOLUME_NAME_NONE))
        return set_error(ERROR_INVALID_PARAMETER);
    if (!(name = object_nt_name(file))) return 0;
    text = name->Buffer;
    length = name->Length / sizeof(WCHAR);
    if (volume == VOLUME_NAME_NT) {
        result = result_wide(buffer, size, text, length);
        goto out;
    }
    /* Which drive's device is it on? */
    WCHAR drive[] = L"A:";
    for (; drive[0] <= 'Z'; drive[0]++) {
        DWORD count = QueryDosDeviceW(drive, device, ARRAYSIZE(device));
        if (!count) continue;
        prefix = (DWORD)wide_length(device);
        while (prefix && device[prefix - 1] == '\\') prefix--;
        if (prefix <= length && !wide_compare_nocase_n(text, device, prefix) &&
            (prefix == length || text[prefix] == '\\'))
            break;
    }
    if (drive[0] > 'Z') {
        set_error(ERROR_PATH_NOT_FOUND);
        goto out;
    }
    WCHAR *made = mem_alloc((length + 80) * sizeof(WCHAR));
    if (!made) {
        set_error(ERROR_NOT_ENOUGH_MEMORY);
        goto out;
    }
    DWORD head = 0;
    if (volume == VOLUME_NAME_DOS) {
        memcpy(made, L"\\\\?\\", 4 * sizeof(WCHAR));
        made[4] = drive[0];
        made[5] = ':';
        head = 6;
    } else if (volume == VOLUME_NAME_GUID) {
        WCHAR root[] = { drive[0], ':', '\\', 0 };
        if (GetVolumeNameForVolumeMountPointW(root, made, 64)) head = (DWORD)wide_length(made) - 1;
    }
    if (head || volume == VOLUME_NAME_NONE) {
        memcpy(made + head, text + prefix, (length - prefix) * sizeof(WCHAR));
        result = result_wide(buffer, size, made, head + length - prefix);
    }
    mem_free(made);
out:
    mem_free(name);
    return result;
}

DWORD WINAPI GetFinalPathNameByHandleA(HANDLE file, LPSTR buffer, DWORD size, DWORD flags)
{
    WCHAR path[MAX_PATH * 4];
    DWORD length = GetFinalPathNameByHandleW(file, path, ARRAYSIZE(path), flags);

    if (!length) return 0;
    if (length >= ARRAYSIZE(path)) return set_error(ERROR_FILENAME_EXCED_RANGE);
    return result_file_name(buffer, size, path, length);
}

/* ---- system directories: the same for every prefix ---- */

static DWORD directory_result(const WCHAR *path, WCHAR *buffer, DWORD size)
{
    return result_wide(buffer, size, path, (DWORD)wide_length(path));
}

static DWORD directory_result_ansi(const WCHAR *path, char *buffer, DWORD size)
{
    return result_ansi(buffer, size, path, (DWORD)wide_length(path));
}

#define WINDOWS_DIRECTORY L"C:\\windows"
#define SYSTEM_DIRECTORY L"C:\\windows\\system32"
#define WOW64_DIRECTORY L"C:\\windows\\syswow64"

UINT WINAPI GetWindowsDirectoryW(LPWSTR buffer, UINT size)
{
    return directory_result(WINDOWS_DIRECTORY, buffer, size);
}

UINT WINAPI GetWindowsDirectoryA(LPSTR buffer, UINT size)
{
    return directory_result_ansi(WINDOWS_DIRECTORY, buffer, size);
}

UINT WINAPI GetSystemWindowsDirectoryW(LPWSTR buffer, UINT size)
{
    return directory_result(WINDOWS_DIRECTORY, buffer, size);
}

UINT WINAPI GetSystemWindowsDirectoryA(LPSTR buffer, UINT size)
{
    return directory_result_ansi(WINDOWS_DIRECTORY, buffer, size);
}

UINT WINAPI GetSystemDirectoryW(LPWSTR buffer, UINT size)
{
    return directory_result(SYSTEM_DIRECTORY, buffer, size);
}

UINT WINAPI GetSystemDirectoryA(LPSTR buffer, UINT size)
{
    return directory_result_ansi(SYSTEM_DIRECTORY, buffer, size);
}

UINT WINAPI GetSystemWow64DirectoryW(LPWSTR buffer, UINT size)
{
    return directory_result(WOW64_DIRECTORY, buffer, size);
}

UINT WINAPI GetSystemWow64DirectoryA(LPSTR buffer, UINT size)
{
    return directory_result_ansi(WOW64_DIRECTORY, buffer, size);
}

UINT WINAPI GetSystemWow64Directory2W(LPWSTR buffer, UINT size, WORD machine)
{
    if (machine != IMAGE_FILE_MACHINE_I386) return set_error(ERROR_INVALID_PARAMETER);
    return directory_result(WOW64_DIRECTORY, buffer, size);
}

UINT WINAPI GetSystemWow64Directory2A(LPSTR buffer, UINT size, WORD machine)
{
    if (machine != IMAGE_FILE_MACHINE_I386) return set_error(ERROR_INVALID_PARAMETER);
    return directory_result_ansi(WOW64_DIRECTORY, buffer, size);
}
