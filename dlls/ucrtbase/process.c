/* Threads and child processes. Reference: "_beginthread, _beginthreadex", "_spawn, _wspawn functions", "_exec",
 * "system", "_popen", "_cwait". Arguments are joined by blanks without quoting, as the reference warns. */
#include "crt.h"

typedef unsigned(__stdcall *thread_function)(void *);
typedef void(__cdecl *simple_thread_function)(void *);

struct start {
    void *function, *argument;
};

__declspec(noreturn) void _endthreadex(unsigned code);
__declspec(noreturn) void _endthread(void);

static DWORD WINAPI run(void *parameter)
{
    struct start start = *(struct start *)parameter;

    free(parameter);
    _endthreadex(((thread_function)start.function)(start.argument));
}

struct simple_start {
    struct start start;
    HANDLE handle;
};

static DWORD WINAPI run_simple(void *parameter)
{
    struct simple_start start = *(struct simple_start *)parameter;

    free(parameter);
    thread_data()->start_handle = start.handle;
    ((simple_thread_function)start.start.function)(start.start.argument);
    _endthread();
}

CRTAPI uintptr_t _beginthreadex(void *security, unsigned stack, void *function, void *argument, unsigned flags, unsigned *id)
{
    struct start *start;
    HANDLE handle;
    DWORD thread_id;

    REQUIRE(function, EINVAL, 0);
    start = malloc(sizeof(*start));
    if (!start) return 0;
    *start = (struct start){ function, argument };
    handle = CreateThread(security, stack, run, start, flags, &thread_id);
    if (!handle) {
        _dosmaperr(GetLastError());
        free(start);
        return 0;
    }
    if (id) *id = thread_id;
    return (uintptr_t)handle;
}

CRTAPI uintptr_t _beginthread(void *function, unsigned stack, void *argument)
{
    struct simple_start *start;
    HANDLE handle;
    DWORD id;

    REQUIRE(function, EINVAL, (uintptr_t)-1);
    start = malloc(sizeof(*start));
    if (!start) return (uintptr_t)-1;
    start->start = (struct start){ function, argument };
    handle = CreateThread(NULL, stack, run_simple, start, CREATE_SUSPENDED, &id);
    if (!handle) {
        _dosmaperr(GetLastError());
        free(start);
        return (uintptr_t)-1;
    }
    start->handle = handle; /* the thread closes it when it ends */
    ResumeThread(handle);
    return (uintptr_t)handle;
}

CRTAPI __declspec(noreturn) void _endthreadex(unsigned code)
{
    ExitThread(code);
}

CRTAPI __declspec(noreturn) void _endthread(void)
{
    struct thread_data *data = thread_data_optional();

    if (data && data->start_handle) CloseHandle(data->start_handle);
    ExitThread(0);
}

CRTAPI unsigned long __threadid(void)
{
    return GetCurrentThreadId();
}

CRTAPI uintptr_t __threadhandle(void)
{
    return (uintptr_t)GetCurrentThread();
}

CRTAPI int _getpid(void)
{
    return GetCurrentProcessId();
}

CRTAPI void _sleep(unsigned long milliseconds)
{
    Sleep(milliseconds ? milliseconds : 1);
}

CRTAPI void _beep(unsigned frequency, unsigned duration)
{
    Beep(frequency, duration);
}

CRTAPI void _seterrormode(int mode)
{
    SetErrorMode(mode);
}

CRTAPI intptr_t _loaddll(char *path)
{
    return (intptr_t)LoadLibraryA(path);
}

CRTAPI int _unloaddll(intptr_t module)
{
    return FreeLibrary((HMODULE)module) ? 0 : (int)GetLastError();
}

CRTAPI void *_getdllprocaddr(intptr_t module, char *name, intptr_t ordinal)
{
    if (name) return ordinal == -1 ? (void *)GetProcAddress((HMODULE)module, name) : NULL;
    return ordinal > 0 && ordinal <= 0xffff ? (void *)GetProcAddress((HMODULE)module, (char *)ordinal) : NULL;
}

/* ---- children ---- */

enum { P_WAIT, P_NOWAIT, P_OVERLAY, P_NOWAITO, P_DETACH };

static intptr_t start_process(int mode, const wchar_t *program, wchar_t *line, wchar_t *block)
{
    STARTUPINFOW info = { sizeof(info) };
    PROCESS_INFORMATION process;
    WORD size;
    void *inherited;
    DWORD code;
    BOOL worked;

    inherited = lowio_inheritance(&size);
    info.cbReserved2 = size;
    info.lpReserved2 = inherited;
    worked = CreateProcessW(program, line, NULL, NULL, TRUE,
                            CREATE_UNICODE_ENVIRONMENT | (mode == P_DETACH ? DETACHED_PROCESS : 0), block, NULL, &info,
                            &process);
    free(inherited);
    if (crt_status(worked)) return -1;
    CloseHandle(process.hThread);
    if (mode == P_OVERLAY) _exit(0);
    if (mode == P_DETACH) {
        CloseHandle(process.hProcess);
        return 0;
    }
    if (mode != P_WAIT) return (intptr_t)process.hProcess;
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    CloseHandle(process.hProcess);
    return (int)code;
}

static wchar_t *join_arguments(const wchar_t *const *argv)
{
    size_t size = 1;
    wchar_t *line, *at;

    for (int i = 0; argv[i]; i++) size += wcslen(argv[i]) + 1;
    line = at = malloc(size * sizeof(wchar_t));
    if (!line) return NULL;
    for (int i = 0; argv[i]; i++) {
        if (i) *at++ = ' ';
        wcscpy(at, argv[i]);
        at += wcslen(at);
    }
    *at = 0;
    return line;
}

static wchar_t *join_environment(const wchar_t *const *envp)
{
    size_t size = 2;
    wchar_t *block, *at;

    for (int i = 0; envp[i]; i++) size += wcslen(envp[i]) + 1;
    block = at = malloc(size * sizeof(wchar_t));
    if (!block) return NULL;
    for (int i = 0; envp[i]; i++) {
        wcscpy(at, envp[i]);
        at += wcslen(at) + 1;
    }
    if (at == block) *at++ = 0;
    *at = 0;
    return block;
}

/* PROGRAM as it is, or with .com, .exe, .bat, .cmd when it has no extension. */
static intptr_t try_program(int mode, const wchar_t *program, wchar_t *line, wchar_t *block)
{
    static const wchar_t *const extensions[] = { L".com", L".exe", L".bat", L".cmd" };
    wchar_t path[MAX_PATH * 2];
    const wchar_t *name = program;

    for (const wchar_t *p = program; *p; p++)
        if (*p == '\\' || *p == '/' || *p == ':') name = p + 1;
    if (wcschr(name, '.')) {
        if (GetFileAttributesW(program) != INVALID_FILE_ATTRIBUTES) return start_process(mode, program, line, block);
        errno = ENOENT;
        return -1;
    }
    if (wcslen(program) + 5 > ARRAYSIZE(path)) {
        errno = ENOENT;
        return -1;
    }
    for (unsigned i = 0; i < ARRAYSIZE(extensions); i++) {
        wcscpy(path, program);
        wcscat(path, extensions[i]);
        if (GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES) return start_process(mode, path, line, block);
    }
    errno = ENOENT;
    return -1;
}

static intptr_t spawn(int mode, const wchar_t *program, const wchar_t *const *argv, const wchar_t *const *envp, BOOL search)
{
    wchar_t *line, *block = NULL;
    intptr_t result = -1;

    REQUIRE(program && *program && argv && *argv && **argv, EINVAL, -1);
    REQUIRE(mode >= P_WAIT && mode <= P_DETACH, EINVAL, -1);
    line = join_arguments(argv);
    if (envp) block = join_environment(envp);
    if (!line || (envp && !block)) goto out;
    result = try_program(mode, program, line, block);
    if (result == -1 && errno == ENOENT && search && !wcspbrk(program, L"\\/:")) {
        const wchar_t *list = _wgetenv(L"PATH");
        while (list && *list && result == -1 && errno == ENOENT) {
            wchar_t path[MAX_PATH * 2];
            size_t length = 0;
            for (; *list && *list != ';'; list++)
                if (*list != '"' && length + 2 < MAX_PATH) path[length++] = *list;
            if (*list) list++;
            if (!length || length + wcslen(program) + 2 > ARRAYSIZE(path)) continue;
            if (path[length - 1] != '\\' && path[length - 1] != '/') path[length++] = '\\';
            wcscpy(path + length, program);
            result = try_program(mode, path, line, block);
        }
    }
out:
    free(line);
    free(block);
    return result;
}

static wchar_t **widen_list(const char *const *list)
{
    int count = 0;
    wchar_t **wide;

    while (list[count]) count++;
    wide = calloc(count + 1, sizeof(*wide));
    for (int i = 0; wide && i < count; i++) wide[i] = crt_wide(list[i]);
    return wide;
}

static void free_list(wchar_t **list)
{
    for (int i = 0; list && list[i]; i++) free(list[i]);
    free(list);
}

static intptr_t narrow_spawn(int mode, const char *program, const char *const *argv, const char *const *envp, BOOL search)
{
    wchar_t *wide, **wide_argv, **wide_envp = NULL;
    intptr_t result;

    REQUIRE(program && *program && argv && *argv && **argv, EINVAL, -1);
    wide = crt_wide(program);
    wide_argv = widen_list(argv);
    if (envp) wide_envp = widen_list(envp);
    result = spawn(mode, wide, (const wchar_t *const *)wide_argv, (const wchar_t *const *)wide_envp, search);
    free(wide);
    free_list(wide_argv);
    free_list(wide_envp);
    return result;
}

#define VECTOR(prefix, CHAR, core)                                                                                      \
    CRTAPI intptr_t _##prefix##spawnv(int mode, const CHAR *program, const CHAR *const *argv)                           \
    {                                                                                                                   \
        return core(mode, program, argv, NULL, FALSE);                                                                  \
    }                                                                                                                   \
    CRTAPI intptr_t _##prefix##spawnve(int mode, const CHAR *program, const CHAR *const *argv, const CHAR *const *envp) \
    {                                                                                                                   \
        return core(mode, program, argv, envp, FALSE);                                                                  \
    }                                                                                                                   \
    CRTAPI intptr_t _##prefix##spawnvp(int mode, const CHAR *program, const CHAR *const *argv)                          \
    {                                                                                                                   \
        return core(mode, program, argv, NULL, TRUE);                                                                   \
    }                                                                                                                   \
    CRTAPI intptr_t _##prefix##spawnvpe(int mode, const CHAR *program, const CHAR *const *argv, const CHAR *const *envp) \
    {                                                                                                                   \
        return core(mode, program, argv, envp, TRUE);                                                                   \
    }                                                                                                                   \
    CRTAPI intptr_t _##prefix##execv(const CHAR *program, const CHAR *const *argv)                                      \
    {                                                                                                                   \
        return core(P_OVERLAY, program, argv, NULL, FALSE);                                                             \
    }                                                                                                                   \
    CRTAPI intptr_t _##prefix##execve(const CHAR *program, const CHAR *const *argv, const CHAR *const *envp)            \
    {                                                                                                                   \
        return core(P_OVERLAY, program, argv, envp, FALSE);                                                             \
    }                                                                                                                   \
    CRTAPI intptr_t _##prefix##execvp(const CHAR *program, const CHAR *const *argv)                                     \
    {                                                                                                                   \
        return core(P_OVERLAY, program, argv, NULL, TRUE);                                                              \
    }                                                                                                                   \
    CRTAPI intptr_t _##prefix##execvpe(const CHAR *program, const CHAR *const *argv, const CHAR *const *envp)           \
    {                                                                                                                   \
        return core(P_OVERLAY, program, argv, envp, TRUE);                                                              \
    }

VECTOR(, char, narrow_spawn)
VECTOR(w, wchar_t, spawn)

/* Arguments in a list: the first one is named, NULL ends it, and with ENVIRONMENT one more follows. */
#define GATHER(CHAR, first, environment)                                                                                \
    const CHAR *argv[256], *const *envp = NULL;                                                                         \
    int count = 0;                                                                                                      \
    va_list args;                                                                                                       \
    va_start(args, first);                                                                                              \
    for (const CHAR *item = first; item && count < 255; item = va_arg(args, const CHAR *)) argv[count++] = item;        \
    argv[count] = NULL;                                                                                                 \
    if (environment) envp = va_arg(args, const CHAR *const *);                                                          \
    va_end(args)

#define LIST(prefix, CHAR, core, suffix, environment, search)                                                           \
    CRTAPI intptr_t _##prefix##spawnl##suffix(int mode, const CHAR *program, const CHAR *first, ...)                    \
    {                                                                                                                   \
        GATHER(CHAR, first, environment);                                                                               \
        return core(mode, program, argv, envp, search);                                                                 \
    }                                                                                                                   \
    CRTAPI intptr_t _##prefix##execl##suffix(const CHAR *program, const CHAR *first, ...)                               \
    {                                                                                                                   \
        GATHER(CHAR, first, environment);                                                                               \
        return core(P_OVERLAY, program, argv, envp, search);                                                            \
    }

LIST(, char, narrow_spawn, , FALSE, FALSE)
LIST(, char, narrow_spawn, e, TRUE, FALSE)
LIST(, char, narrow_spawn, p, FALSE, TRUE)
LIST(, char, narrow_spawn, pe, TRUE, TRUE)
LIST(w, wchar_t, spawn, , FALSE, FALSE)
LIST(w, wchar_t, spawn, e, TRUE, FALSE)
LIST(w, wchar_t, spawn, p, FALSE, TRUE)
LIST(w, wchar_t, spawn, pe, TRUE, TRUE)

CRTAPI intptr_t _cwait(int *status, intptr_t handle, int action)
{
    DWORD code;

    if (!handle || handle == -1 || WaitForSingleObject((HANDLE)handle, INFINITE) != WAIT_OBJECT_0 ||
        !GetExitCodeProcess((HANDLE)handle, &code)) {
        DWORD error = handle && handle != -1 ? GetLastError() : ERROR_INVALID_HANDLE;
        if (error == ERROR_INVALID_HANDLE) {
            *__doserrno() = error;
            errno = ECHILD;
        } else {
            _dosmaperr(error);
        }
        if (status) *status = -1;
        return -1;
    }
    if (status) *status = (int)code;
    CloseHandle((HANDLE)handle);
    return handle;
}

/* COMSPEC or cmd.exe, with "/c COMMAND" */
static wchar_t *shell_line(const wchar_t *command)
{
    const wchar_t *shell = _wgetenv(L"COMSPEC");
    wchar_t *line;

    if (!shell) shell = L"cmd.exe";
    line = malloc((wcslen(shell) + wcslen(command) + 5) * sizeof(wchar_t));
    if (!line) return NULL;
    wcscpy(line, shell);
    wcscat(line, L" /c ");
    wcscat(line, command);
    return line;
}

CRTAPI int _wsystem(const wchar_t *command)
{
    const wchar_t *shell = _wgetenv(L"COMSPEC");
    wchar_t *line;
    int result;

    if (!command) {
        if (shell && GetFileAttributesW(shell) != INVALID_FILE_ATTRIBUTES) return 1;
        errno = ENOENT;
        return 0;
    }
    line = shell_line(command);
    if (!line) return -1;
    result = (int)start_process(P_WAIT, NULL, line, NULL);
    free(line);
    return result;
}

CRTAPI int system(const char *command)
{
    wchar_t *wide = NULL;
    int result;

    if (command && !(wide = crt_wide(command))) return -1;
    result = _wsystem(wide);
    free(wide);
    return result;
}

/* ---- pipes to a command ---- */

FILE *_wfdopen(int fd, const wchar_t *mode);

CRTAPI FILE *_wpopen(const wchar_t *command, const wchar_t *mode)
{
    SECURITY_ATTRIBUTES inheritable = { sizeof(inheritable), NULL, TRUE };
    STARTUPINFOW info = { sizeof(info) };
    PROCESS_INFORMATION process;
    HANDLE ours, theirs, ends[2];
    wchar_t *line;
    FILE *file = NULL;
    BOOL reading, worked;
    int fd, flags = _O_NOINHERIT;

    REQUIRE(command && mode && (*mode == 'r' || *mode == 'w'), EINVAL, NULL);
    reading = *mode == 'r';
    if (wcschr(mode, 'b') || (!wcschr(mode, 't') && _fmode == _O_BINARY)) flags |= _O_BINARY;
    else flags |= _O_TEXT;
    if (crt_status(crt_create_pipe(&ends[0], &ends[1], &inheritable, 0))) return NULL;
    ours = ends[!reading];
    theirs = ends[reading];
    SetHandleInformation(ours, HANDLE_FLAG_INHERIT, 0);
    info.dwFlags = STARTF_USESTDHANDLES;
    info.hStdInput = reading ? GetStdHandle(STD_INPUT_HANDLE) : theirs;
    info.hStdOutput = reading ? theirs : GetStdHandle(STD_OUTPUT_HANDLE);
    info.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    line = shell_line(command);
    worked = line && CreateProcessW(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &info, &process);
    if (!worked && line) _dosmaperr(GetLastError());
    free(line);
    CloseHandle(theirs);
    if (!worked) {
        CloseHandle(ours);
        return NULL;
    }
    CloseHandle(process.hThread);
    fd = _open_osfhandle((intptr_t)ours, flags);
    if (fd >= 0) file = _wfdopen(fd, reading ? L"r" : L"w");
    if (!file) {
        if (fd >= 0) _close(fd);
        else CloseHandle(ours);
        CloseHandle(process.hProcess);
        return NULL;
    }
    file_extra(file)->process = process.hProcess;
    return file;
}

CRTAPI FILE *_popen(const char *command, const char *mode)
{
    wchar_t *wide, wide_mode[8] = { 0 };
    FILE *file;

    REQUIRE(command && mode, EINVAL, NULL);
    for (int i = 0; i < 7 && mode[i]; i++) wide_mode[i] = (unsigned char)mode[i];
    if (!(wide = crt_wide(command))) return NULL;
    file = _wpopen(wide, wide_mode);
    free(wide);
    return file;
}

CRTAPI int _pclose(FILE *file)
{
    HANDLE process;
    DWORD code;

    REQUIRE(file, EINVAL, -1);
    process = file_extra(file)->process;
    if (!process) {
        errno = EBADF;
        return -1;
    }
    file_extra(file)->process = NULL;
    fclose(file);
    WaitForSingleObject(process, INFINITE);
    if (!GetExitCodeProcess(process, &code)) code = (DWORD)-1;
    CloseHandle(process);
    return (int)code;
}
