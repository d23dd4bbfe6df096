/* Programs: finding, starting, waiting. */
#include "cmd.h"

static bool is_file(const WCHAR *path)
{
    DWORD attributes = GetFileAttributesW(path);

    return attributes != INVALID_FILE_ATTRIBUTES && !(attributes & FILE_ATTRIBUTE_DIRECTORY);
}

bool is_batch_file(const WCHAR *path)
{
    const WCHAR *dot = wcsrchr(file_part(path), '.');

    return dot && (!_wcsicmp(dot, L".bat") || !_wcsicmp(dot, L".cmd"));
}

/* `folder`\`name`, as it is or with an extension of PATHEXT; NULL when there is none. */
static WCHAR *find_in(const WCHAR *folder, const WCHAR *name, const WCHAR *extensions)
{
    WCHAR *base = folder ? join_path(folder, name) : copy_text(name), *full = NULL;
    const WCHAR *dot = wcschr(file_part(base), '.');

    if (dot && dot[1] && is_file(base)) full = full_path(base);
    while (!full && *extensions) {
        size_t length = wcscspn(extensions, L";");
        struct text path = { 0 };
        text_add_string(&path, base);
        text_add(&path, extensions, length);
        if (length && is_file(path.data)) full = full_path(path.data);
        text_free(&path);
        extensions += length + (extensions[length] == ';');
    }
    memory_free(base);
    return full;
}

WCHAR *find_program(const WCHAR *name)
{
    WCHAR *extensions = environment_get(L"PATHEXT"), *list = NULL, *found;
    const WCHAR *at;

    if (!extensions) extensions = copy_text(L".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC");
    if (!*name || has_wildcards(name)) found = NULL;
    else if (wcspbrk(name, L"\\/:")) found = find_in(NULL, name, extensions);
    else {
        found = NeedCurrentDirectoryForExePathW(name) ? find_in(L".", name, extensions) : NULL;
        if (!found) list = environment_get(L"PATH");
        for (at = list; !found && at && *at;) {
            struct text folder = { 0 };
            for (bool quoted = false; *at && (quoted || *at != ';'); at++) {
                if (*at == '"') quoted = !quoted;
                else text_add_char(&folder, *at);
            }
            if (*at) at++;
            if (folder.length) found = find_in(folder.data, name, extensions);
            text_free(&folder);
        }
        memory_free(list);
    }
    memory_free(extensions);
    return found;
}

WCHAR *own_path(void)
{
    WCHAR path[1024];
    DWORD length = GetModuleFileNameW(NULL, path, ARRAYSIZE(path));

    return length && length < ARRAYSIZE(path) ? copy_text(path) : copy_text(L"C:\\windows\\system32\\cmd.exe");
}

HANDLE start_process(const WCHAR *path, WCHAR *line, const WCHAR *directory, DWORD flags, WORD show, const WCHAR *title,
                     DWORD *id)
{
    STARTUPINFOW startup = { .cb = sizeof(startup) };
    PROCESS_INFORMATION process;

    startup.dwFlags = STARTF_USESHOWWINDOW;
    startup.wShowWindow = show;
    startup.lpTitle = (WCHAR *)title;
    startup.lpReserved2 = redirects_inherit(&startup.cbReserved2);
    if (!(flags & CREATE_NEW_CONSOLE)) {
        startup.dwFlags |= STARTF_USESTDHANDLES;
        startup.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
        startup.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
        startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    }
    BOOL started = CreateProcessW(path, line, NULL, NULL, TRUE, flags, NULL, directory, &startup, &process);
    DWORD error = GetLastError();
    memory_free(startup.lpReserved2);
    if (!started) {
        SetLastError(error);
        return NULL;
    }
    CloseHandle(process.hThread);
    *id = process.dwProcessId;
    return process.hProcess;
}

int wait_process(HANDLE process)
{
    DWORD code = 1;

    WaitForSingleObject(process, INFINITE);
    GetExitCodeProcess(process, &code);
    CloseHandle(process);
    return (int)code;
}

/* A program without console: an interactive shell does not wait for it. */
static bool is_windowed(const WCHAR *path)
{
    BYTE bytes[1024];
    DWORD got = 0;
    HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);

    if (file == INVALID_HANDLE_VALUE) return false;
    BOOL worked = ReadFile(file, bytes, sizeof(bytes), &got, NULL);
    CloseHandle(file);
    if (!worked || got < 64 || bytes[0] != 'M' || bytes[1] != 'Z') return false;
    DWORD header = *(DWORD *)(bytes + 60);
    if (header > got - 96 || memcmp(bytes + header, "PE\0\0", 4)) return false;
    return *(WORD *)(bytes + header + 24 + 68) == IMAGE_SUBSYSTEM_WINDOWS_GUI;
}

/* The command line that opens a document, from the registry's open command of its type. */
static WCHAR *document_line(const WCHAR *path, const WCHAR *arguments)
{
    WCHAR type[256], key[300], command[1024], expanded[2048];
    DWORD size = sizeof(type);
    const WCHAR *dot = wcsrchr(file_part(path), '.');
    struct text line = { 0 };

    if (!dot || RegGetValueW(HKEY_CLASSES_ROOT, dot, NULL, RRF_RT_REG_SZ, NULL, type, &size)) return NULL;
    _snwprintf(key, ARRAYSIZE(key), L"%s\\shell\\open\\command", type);
    size = sizeof(command);
    if (RegGetValueW(HKEY_CLASSES_ROOT, key, NULL, RRF_RT_REG_SZ | RRF_RT_REG_EXPAND_SZ | RRF_NOEXPAND, NULL, command, &size))
        return NULL;
    ExpandEnvironmentStringsW(command, expanded, ARRAYSIZE(expanded));
    bool named = false;
    for (const WCHAR *at = expanded; *at; at++) {
        if (*at != '%' || !at[1]) {
            text_add_char(&line, *at);
            continue;
        }
        at++;
        if (*at == '1' || *at == 'L' || *at == 'l') {
            text_add_string(&line, path);
            named = true;
        } else if (*at == '*') {
            text_add_string(&line, skip_blanks(arguments));
        } else if (*at == '%') {
            text_add_char(&line, '%');
        }
    }
    if (!named) text_format(&line, L" \"%s\"", path);
    return text_take(&line);
}

int run_program(const WCHAR *path, const WCHAR *name, const WCHAR *arguments)
{
    struct text line = { 0 };
    HANDLE process;
    DWORD id, error;
    int result = 0;

    text_add_string(&line, name);
    text_add_string(&line, arguments);
    process = start_process(path, line.data, NULL, 0, SW_SHOWNORMAL, NULL, &id);
    error = process ? 0 : GetLastError();
    text_free(&line);
    if (!process && error == ERROR_BAD_EXE_FORMAT) {
        WCHAR *document = document_line(path, arguments);
        if (document) {
            process = start_process(NULL, document, NULL, 0, SW_SHOWNORMAL, NULL, &id);
            error = process ? 0 : GetLastError();
            memory_free(document);
            if (process) {
                CloseHandle(process);
                return 0;
            }
        }
    }
    if (!process) {
        if (error == ERROR_BAD_EXE_FORMAT) complain(L"%s is not a valid Win32 application.\r\n", path);
        else complain_error(error);
        return error == ERROR_FILE_NOT_FOUND ? 9009 : error == ERROR_ACCESS_DENIED || error == ERROR_BAD_EXE_FORMAT ? (int)error : 1;
    }
    if (!shell.batch && !shell.one_command && is_windowed(path)) CloseHandle(process);
    else result = wait_process(process);
    return result;
}
