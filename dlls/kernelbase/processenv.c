/* processenv.h: environment, command line, current directory, standard handles, SearchPath. */
#include "kernelbase.h"

/* ---- standard handles ---- */

static HANDLE *std_handle(DWORD which)
{
    FERRY_PROCESS_PARAMETERS *parameters = ferry_peb()->ProcessParameters;

    switch (which) {
    case STD_INPUT_HANDLE: return &parameters->StandardInput;
    case STD_OUTPUT_HANDLE: return &parameters->StandardOutput;
    case STD_ERROR_HANDLE: return &parameters->StandardError;
    default: set_error(ERROR_INVALID_HANDLE); return NULL;
    }
}

HANDLE WINAPI GetStdHandle(DWORD which)
{
    HANDLE *handle = std_handle(which);

    return handle ? *handle : INVALID_HANDLE_VALUE;
}

BOOL WINAPI SetStdHandle(DWORD which, HANDLE handle)
{
    HANDLE *slot = std_handle(which);

    if (!slot) return FALSE;
    *slot = handle;
    return TRUE;
}

BOOL WINAPI SetStdHandleEx(DWORD which, HANDLE handle, PHANDLE previous)
{
    HANDLE *slot = std_handle(which);

    if (!slot) return FALSE;
    if (previous) *previous = *slot;
    *slot = handle;
    return TRUE;
}

/* ---- command line: the ANSI form is made once, when the DLL is loaded, and programs may write to it ---- */

static char *command_line_ansi;

LPWSTR WINAPI GetCommandLineW(void)
{
    return ferry_peb()->ProcessParameters->CommandLine.Buffer;
}

LPSTR WINAPI GetCommandLineA(void)
{
    if (!command_line_ansi) {
        const UNICODE_STRING *line = &ferry_peb()->ProcessParameters->CommandLine;
        DWORD length = line->Length / sizeof(WCHAR), size = ansi_size(line->Buffer, length);
        char *made = mem_alloc(size + 1);
        if (!made) return NULL;
        made[ansi_from_wide(made, size, line->Buffer, length)] = 0;
        if (InterlockedCompareExchangePointer((void *volatile *)&command_line_ansi, made, NULL)) mem_free(made);
    }
    return command_line_ansi;
}

/* ---- environment ---- */

static DWORD block_length(const WCHAR *block)
{
    const WCHAR *at = block;

    while (*at) at += wide_length(at) + 1;
    return (DWORD)(at - block) + 1;
}

LPWCH WINAPI GetEnvironmentStringsW(void)
{
    WCHAR *copy = NULL, *block;

    RtlAcquirePebLock();
    block = ferry_peb()->ProcessParameters->Environment;
    DWORD length = block ? block_length(block) : 1;
    if (length == 1) length = 2; /* an empty block is two terminators */
    if ((copy = mem_alloc_zeroed(length * sizeof(WCHAR))) && block && *block) memcpy(copy, block, length * sizeof(WCHAR));
    RtlReleasePebLock();
    if (!copy) set_error(ERROR_NOT_ENOUGH_MEMORY);
    return copy;
}

/* The header's ANSI name is a macro for the unsuffixed one; both are exports. */
#undef GetEnvironmentStringsA
LPCH WINAPI GetEnvironmentStringsA(void);

LPCH WINAPI GetEnvironmentStringsA(void)
{
    WCHAR *block = GetEnvironmentStringsW();
    DWORD length, size;
    char *copy;

    if (!block) return NULL;
    length = *block ? block_length(block) : 2;
    size = ansi_size(block, length);
    if ((copy = mem_alloc(size))) ansi_from_wide(copy, size, block, length);
    else set_error(ERROR_NOT_ENOUGH_MEMORY);
    mem_free(block);
    return copy;
}

LPCH WINAPI GetEnvironmentStrings(void)
{
    return GetEnvironmentStringsA();
}

BOOL WINAPI FreeEnvironmentStringsW(LPWCH block)
{
    mem_free(block);
    return TRUE;
}

BOOL WINAPI FreeEnvironmentStringsA(LPCH block)
{
    mem_free(block);
    return TRUE;
}

BOOL WINAPI SetEnvironmentStringsW(LPWCH block)
{
    for (const WCHAR *at = block; *at; at += wide_length(at) + 1) {
        const WCHAR *equals = wide_find(at + 1, '=');
        if (!equals) return set_error(ERROR_INVALID_PARAMETER);
    }
    DWORD length = *block ? block_length(block) : 2;
    WCHAR *copy = mem_alloc_zeroed(length * sizeof(WCHAR));
    if (!copy) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    if (*block) memcpy(copy, block, length * sizeof(WCHAR));
    RtlSetCurrentEnvironment(copy, NULL);
    return TRUE;
}

/* Returns the value's length without terminator, or the size needed with it (processenv.h reference). */
DWORD WINAPI GetEnvironmentVariableW(LPCWSTR name, LPWSTR buffer, DWORD size)
{
    UNICODE_STRING key = unicode_string(name), value = { 0 };
    DWORD room = size > 0x7fff ? 0x7fff : size;
    NTSTATUS status;

    value.Buffer = buffer;
    value.MaximumLength = room ? (room - 1) * sizeof(WCHAR) : 0;
    status = RtlQueryEnvironmentVariable_U(NULL, &key, &value);
    if (status == STATUS_BUFFER_TOO_SMALL) return value.Length / sizeof(WCHAR) + 1;
    if (status < 0) {
        set_status(status);
        return 0;
    }
    if (!room) return value.Length / sizeof(WCHAR) + 1; /* an empty value and no room for its terminator */
    buffer[value.Length / sizeof(WCHAR)] = 0;
    if (!value.Length) set_error(ERROR_SUCCESS);
    return value.Length / sizeof(WCHAR);
}

DWORD WINAPI GetEnvironmentVariableA(LPCSTR name, LPSTR buffer, DWORD size)
{
    WIDE(wide);
    WCHAR small[MAX_PATH], *value = small;
    DWORD length, result = 0;

    if (!wide_from_ansi(&wide, name)) return 0;
    length = GetEnvironmentVariableW(wide.text, small, ARRAYSIZE(small));
    if (length >= ARRAYSIZE(small)) {
        DWORD room = length;
        if (!(value = mem_alloc(room * sizeof(WCHAR)))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
        length = GetEnvironmentVariableW(wide.text, value, room);
        if (length >= room) length = 0;
    }
    if (length || ferry_teb()->LastErrorValue == ERROR_SUCCESS) {
        result = result_ansi(buffer, size, value, length);
        if (!length) set_error(ERROR_SUCCESS);
    }
    if (value != small) mem_free(value);
    return result;
}

BOOL WINAPI SetEnvironmentVariableW(LPCWSTR name, LPCWSTR value)
{
    UNICODE_STRING key, text;
    NTSTATUS status;

    if (!name) return set_error(ERROR_ENVVAR_NOT_FOUND);
    key = unicode_string(name);
    if (value) text = unicode_string(value);
    status = RtlSetEnvironmentVariable(NULL, &key, value ? &text : NULL);
    return status_to_bool(status);
}

BOOL WINAPI SetEnvironmentVariableA(LPCSTR name, LPCSTR value)
{
    WIDE(wide_name);
    WIDE(wide_value);

    if (!name) return set_error(ERROR_ENVVAR_NOT_FOUND);
    if (!wide_from_ansi(&wide_name, name) || !wide_from_ansi(&wide_value, value)) return FALSE;
    return SetEnvironmentVariableW(wide_name.text, wide_value.text);
}

/* Returns the size with terminator, also when `size` is too small (processenv.h reference). */
DWORD WINAPI ExpandEnvironmentStringsW(LPCWSTR source, LPWSTR target, DWORD size)
{
    UNICODE_STRING from = unicode_string(source), to;
    ULONG needed = 0;
    NTSTATUS status;

    to.Length = 0;
    to.MaximumLength = size > 0x7fff ? 0xfffe : size * sizeof(WCHAR);
    to.Buffer = target;
    status = RtlExpandEnvironmentStrings_U(NULL, &from, &to, &needed);
    if (status < 0 && status != STATUS_BUFFER_TOO_SMALL) {
        set_status(status);
        return 0;
    }
    if (status == STATUS_BUFFER_TOO_SMALL && size && target) target[0] = 0;
    return needed / sizeof(WCHAR);
}

DWORD WINAPI ExpandEnvironmentStringsA(LPCSTR source, LPSTR target, DWORD size)
{
    WIDE(wide);
    DWORD length, bytes;
    WCHAR *text;

    if (!wide_from_ansi(&wide, source)) return 0;
    if (!(length = ExpandEnvironmentStringsW(wide.text, NULL, 0))) return 0;
    if (!(text = mem_alloc(length * sizeof(WCHAR)))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    length = ExpandEnvironmentStringsW(wide.text, text, length);
    bytes = result_ansi(target, size, text, length - 1);
    mem_free(text);
    return bytes < size ? bytes + 1 : bytes;
}

/* ---- current directory ---- */

DWORD WINAPI GetCurrentDirectoryW(DWORD size, LPWSTR buffer)
{
    ULONG bytes = RtlGetCurrentDirectory_U(size > 0x7fff ? 0xfffe : size * sizeof(WCHAR), buffer);

    return bytes / sizeof(WCHAR);
}

DWORD WINAPI GetCurrentDirectoryA(DWORD size, LPSTR buffer)
{
    WCHAR small[MAX_PATH], *path = small;
    DWORD length = GetCurrentDirectoryW(ARRAYSIZE(small), small);

    if (length >= ARRAYSIZE(small)) {
        DWORD room = length;
        if (!(path = mem_alloc(room * sizeof(WCHAR)))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
        length = GetCurrentDirectoryW(room, path);
    }
    length = result_file_name(buffer, size, path, length);
    if (path != small) mem_free(path);
    return length;
}

BOOL WINAPI SetCurrentDirectoryW(LPCWSTR path)
{
    UNICODE_STRING name;

    if (!path || !*path) return set_error(path ? ERROR_PATH_NOT_FOUND : ERROR_INVALID_NAME);
    name = unicode_string(path);
    return status_to_bool(RtlSetCurrentDirectory_U(&name));
}

BOOL WINAPI SetCurrentDirectoryA(LPCSTR path)
{
    WIDE(wide);
    return wide_from_file_name(&wide, path) && SetCurrentDirectoryW(wide.text);
}

/* ---- SearchPath ---- */

/* An executable name with a backslash is looked for as it is; without one the current directory counts unless
 * NoDefaultCurrentDirectoryInExePath is set (processenv.h reference). */
BOOL WINAPI NeedCurrentDirectoryForExePathW(LPCWSTR name)
{
    UNICODE_STRING key = unicode_string(L"NoDefaultCurrentDirectoryInExePath"), value = { 0 };

    if (wide_find(name, '\\')) return TRUE;
    return RtlQueryEnvironmentVariable_U(NULL, &key, &value) == STATUS_VARIABLE_NOT_FOUND;
}

BOOL WINAPI NeedCurrentDirectoryForExePathA(LPCSTR name)
{
    WIDE(wide);
    return wide_from_file_name(&wide, name) && NeedCurrentDirectoryForExePathW(wide.text);
}

static DWORD search_path_mode; /* BASE_SEARCH_PATH_* */

BOOL WINAPI SetSearchPathMode(DWORD flags)
{
    switch (flags) {
    case BASE_SEARCH_PATH_ENABLE_SAFE_SEARCHMODE:
    case BASE_SEARCH_PATH_DISABLE_SAFE_SEARCHMODE:
        if (search_path_mode & BASE_SEARCH_PATH_PERMANENT) return set_error(ERROR_ACCESS_DENIED);
        search_path_mode = flags;
        return TRUE;
    case BASE_SEARCH_PATH_ENABLE_SAFE_SEARCHMODE | BASE_SEARCH_PATH_PERMANENT: search_path_mode = flags; return TRUE;
    default: return set_error(ERROR_INVALID_PARAMETER);
    }
}

static WCHAR *append_directory(WCHAR *at, const WCHAR *directory, size_t length)
{
    memcpy(at, directory, length * sizeof(WCHAR));
    at[length] = ';';
    return at + length + 1;
}

/* The directories SearchPath uses for a NULL path: the program's, the current (second from the end in safe mode),
 * system, 16-bit system, Windows, PATH. On the process heap. */
WCHAR *default_search_path(void)
{
    const UNICODE_STRING *image = &ferry_peb()->ProcessParameters->ImagePathName;
    size_t directory = image->Length / sizeof(WCHAR);
    DWORD variable = GetEnvironmentVariableW(L"PATH", NULL, 0);
    WCHAR system[MAX_PATH], windows[MAX_PATH], *path, *at;

    while (directory && image->Buffer[directory - 1] != '\\') directory--;
    while (directory > 1 && image->Buffer[directory - 1] == '\\' && image->Buffer[directory - 2] != ':') directory--;
    GetSystemDirectoryW(system, MAX_PATH);
    GetWindowsDirectoryW(windows, MAX_PATH);
    if (!(path = mem_alloc((directory + variable + 3 * MAX_PATH + 16) * sizeof(WCHAR)))) return NULL;
    at = append_directory(path, image->Buffer, directory);
    if (!(search_path_mode & BASE_SEARCH_PATH_ENABLE_SAFE_SEARCHMODE)) at = append_directory(at, L".", 1);
    at = append_directory(at, system, wide_length(system));
    at = append_directory(at, windows, wide_length(windows));
    memcpy(at - 1, L"\\system;", 8 * sizeof(WCHAR));
    at = append_directory(at + 7, windows, wide_length(windows));
    if (search_path_mode & BASE_SEARCH_PATH_ENABLE_SAFE_SEARCHMODE) at = append_directory(at, L".", 1);
    if (variable) at += GetEnvironmentVariableW(L"PATH", at, variable);
    *at = 0;
    return path;
}

DWORD WINAPI SearchPathW(LPCWSTR path, LPCWSTR name, LPCWSTR extension, DWORD size, LPWSTR buffer, LPWSTR *part)
{
    ULONG type;
    WCHAR *own = NULL, *candidate;
    size_t room, name_length, extension_length;
    DWORD result = 0;

    if (!name || !*name) return set_error(ERROR_INVALID_PARAMETER);
    if (part) *part = NULL;
    name_length = wide_length(name);
    extension_length = extension ? wide_length(extension) : 0;
    /* The extension is used only where the name has none. */
    if (extension_length) {
        const WCHAR *slash = wide_find_last(name, '\\'), *other = wide_find_last(name, '/');
        if (other > slash) slash = other;
        if (wide_find(slash ? slash : name, '.')) extension_length = 0;
    }
    type = RtlDetermineDosPathNameType_U(name);
    bool as_is = type != RtlPathTypeRelative || (name[0] == '.' && (name[1] == '\\' || name[1] == '/' ||
                 (name[1] == '.' && (name[2] == '\\' || name[2] == '/'))));
    if (!as_is && !path && !(path = own = default_search_path())) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    room = (as_is ? 0 : wide_length(path)) + name_length + extension_length + 2;
    if (!(candidate = mem_alloc(room * sizeof(WCHAR)))) {
        mem_free(own);
        return set_error(ERROR_NOT_ENOUGH_MEMORY);
    }
    if (as_is) path = L"";
    do {
        const WCHAR *end = path;
        while (*end && *end != ';') end++;
        size_t length = end - path;
        if (as_is || length) {
            memcpy(candidate, path, length * sizeof(WCHAR));
            if (length && candidate[length - 1] != '\\' && candidate[length - 1] != '/') candidate[length++] = '\\';
            memcpy(candidate + length, name, name_length * sizeof(WCHAR));
            memcpy(candidate + length + name_length, extension, extension_length * sizeof(WCHAR));
            candidate[length + name_length + extension_length] = 0;
            if (GetFileAttributesW(candidate) != INVALID_FILE_ATTRIBUTES) {
                result = GetFullPathNameW(candidate, size, buffer, part);
                break;
            }
        }
        path = *end ? end + 1 : end;
    } while (*path);
    mem_free(candidate);
    mem_free(own);
    if (!result) set_error(ERROR_FILE_NOT_FOUND);
    return result;
}

DWORD WINAPI SearchPathA(LPCSTR path, LPCSTR name, LPCSTR extension, DWORD size, LPSTR buffer, LPSTR *part)
{
    WIDE(wide_path);
    WIDE(wide_name);
    WIDE(wide_extension);
    WCHAR found[MAX_PATH * 2], *last;
    DWORD length;

    if (!wide_from_file_name(&wide_path, path) || !wide_from_file_name(&wide_name, name) ||
        !wide_from_file_name(&wide_extension, extension)) return 0;
    length = SearchPathW(wide_path.text, wide_name.text, wide_extension.text, ARRAYSIZE(found), found, &last);
    if (!length) return 0;
    if (length >= ARRAYSIZE(found)) return set_error(ERROR_FILENAME_EXCED_RANGE);
    DWORD result = result_file_name(buffer, size, found, length);
    if (part) *part = result < size && last ? buffer + result - ansi_size(last, wide_length(last)) : NULL;
    return result;
}
