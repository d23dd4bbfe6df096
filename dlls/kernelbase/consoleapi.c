/* consoleapi.h: modes, code pages, reading and writing text, attaching. */
#include "console.h"

BOOL console_call(HANDLE handle, ULONG request, const void *input, ULONG input_length, void *output, ULONG output_length,
                  ULONG *done)
{
    ULONG count = 0;
    NTSTATUS status = NtFerryConsole(handle, request, input, input_length, output, output_length, &count);
    if (done) *done = count;
    return status_to_bool(status);
}

BOOL console_output_state(HANDLE handle, struct console_state *state)
{
    if (!handle || !console_call(handle, CONSOLE_QUERY, NULL, 0, state, sizeof(*state), NULL)) return set_error(ERROR_INVALID_HANDLE);
    return !state->is_input || set_error(ERROR_INVALID_HANDLE);
}

/* A request on NULL would be one without a handle. */
static BOOL checked(HANDLE handle)
{
    return handle || set_error(ERROR_INVALID_HANDLE);
}

BOOL WINAPI GetConsoleMode(HANDLE handle, DWORD *mode)
{
    struct console_state state;
    if (!checked(handle) || !console_call(handle, CONSOLE_QUERY, NULL, 0, &state, sizeof(state), NULL)) return FALSE;
    *mode = state.mode;
    return TRUE;
}

BOOL WINAPI SetConsoleMode(HANDLE handle, DWORD mode)
{
    return checked(handle) && console_call(handle, CONSOLE_SET_MODE, &mode, sizeof(mode), NULL, 0, NULL);
}

UINT WINAPI GetConsoleCP(void)
{
    ULONG page = 0;
    if (!console_call(NULL, CONSOLE_ATTACHED, NULL, 0, NULL, 0, NULL)) return 0;
    console_call(NULL, CONSOLE_INPUT_CODE_PAGE, NULL, 0, &page, sizeof(page), NULL);
    return page;
}

UINT WINAPI GetConsoleOutputCP(void)
{
    ULONG page = 0;
    if (!console_call(NULL, CONSOLE_ATTACHED, NULL, 0, NULL, 0, NULL)) return 0;
    console_call(NULL, CONSOLE_OUTPUT_CODE_PAGE, NULL, 0, &page, sizeof(page), NULL);
    return page;
}

BOOL WINAPI SetConsoleCP(UINT page)
{
    struct console_code_pages pages = {page, 0};
    if (!console_call(NULL, CONSOLE_ATTACHED, NULL, 0, NULL, 0, NULL)) return FALSE;
    if (!IsValidCodePage(page)) return set_error(ERROR_INVALID_PARAMETER);
    return console_call(NULL, CONSOLE_SET_CODE_PAGE, &pages, sizeof(pages), NULL, 0, NULL);
}

BOOL WINAPI SetConsoleOutputCP(UINT page)
{
    struct console_code_pages pages = {0, page};
    if (!console_call(NULL, CONSOLE_ATTACHED, NULL, 0, NULL, 0, NULL)) return FALSE;
    if (!IsValidCodePage(page)) return set_error(ERROR_INVALID_PARAMETER);
    return console_call(NULL, CONSOLE_SET_CODE_PAGE, &pages, sizeof(pages), NULL, 0, NULL);
}

BOOL WINAPI WriteConsoleW(HANDLE handle, const void *text, DWORD count, DWORD *written, void *reserved)
{
    ULONG done;
    if (!checked(handle) || !console_call(handle, CONSOLE_WRITE, text, count * sizeof(WCHAR), NULL, 0, &done)) {
        if (written) *written = 0;
        return FALSE;
    }
    if (written) *written = done;
    return TRUE;
}

/* In the output code page, by WriteFile's way, so that a character may come in pieces. */
BOOL WINAPI WriteConsoleA(HANDLE handle, const void *text, DWORD size, DWORD *written, void *reserved)
{
    struct console_state state;
    IO_STATUS_BLOCK io = {0};
    NTSTATUS status;

    if (written) *written = 0;
    if (!console_output_state(handle, &state)) return FALSE;
    status = NtWriteFile(handle, NULL, NULL, NULL, &io, (void *)text, size, NULL, NULL);
    if (written) *written = (DWORD)io.Information;
    return status_to_bool(status);
}

BOOL WINAPI ReadConsoleW(HANDLE handle, void *buffer, DWORD count, DWORD *read, void *control)
{
    ULONG done = 0;
    if (control && ((CONSOLE_READCONSOLE_CONTROL *)control)->nInitialChars > count) return set_error(ERROR_INVALID_PARAMETER);
    if (!checked(handle) || !console_call(handle, CONSOLE_READ, NULL, 0, buffer, count * sizeof(WCHAR), &done)) return FALSE;
    if (read) *read = done;
    return TRUE;
}

BOOL WINAPI ReadConsoleA(HANDLE handle, void *buffer, DWORD size, DWORD *read, void *control)
{
    struct console_state state;
    IO_STATUS_BLOCK io = {0};
    NTSTATUS status;

    if (!checked(handle) || !console_call(handle, CONSOLE_QUERY, NULL, 0, &state, sizeof(state), NULL)) return FALSE;
    if (!state.is_input) return set_error(ERROR_INVALID_HANDLE);
    status = NtReadFile(handle, NULL, NULL, NULL, &io, buffer, size, NULL, NULL);
    if (read) *read = (DWORD)io.Information;
    return status_to_bool(status);
}

/* ---- attaching: a process has the terminal it was started on, or none ---- */

BOOL WINAPI AllocConsole(void)
{
    if (console_call(NULL, CONSOLE_ATTACHED, NULL, 0, NULL, 0, NULL)) return set_error(ERROR_ACCESS_DENIED);
    return set_error(ERROR_GEN_FAILURE); /* no terminal to show it on */
}

/* The parent's terminal is also this process's, so it is already attached. */
BOOL WINAPI AttachConsole(DWORD process)
{
    if (console_call(NULL, CONSOLE_ATTACHED, NULL, 0, NULL, 0, NULL)) return set_error(ERROR_ACCESS_DENIED);
    return set_error(ERROR_INVALID_HANDLE);
}

BOOL WINAPI FreeConsole(void)
{
    FERRY_PROCESS_PARAMETERS *parameters = ferry_peb()->ProcessParameters;
    HANDLE *handles[] = {&parameters->StandardInput, &parameters->StandardOutput, &parameters->StandardError};
    struct console_state state;

    if (!console_call(NULL, CONSOLE_ATTACHED, NULL, 0, NULL, 0, NULL)) return set_error(ERROR_INVALID_PARAMETER);
    for (int i = 0; i < 3; i++)
        if (*handles[i] && NtFerryConsole(*handles[i], CONSOLE_QUERY, NULL, 0, &state, sizeof(state), NULL) >= 0) {
            NtClose(*handles[i]);
            *handles[i] = NULL;
        }
    return TRUE;
}

HWND WINAPI GetConsoleWindow(void)
{
    return NULL;
}

/* The processes on this console that are known here: the caller alone. */
DWORD WINAPI GetConsoleProcessList(DWORD *list, DWORD room)
{
    if (!list || !room) return set_error(ERROR_INVALID_PARAMETER);
    if (!console_call(NULL, CONSOLE_ATTACHED, NULL, 0, NULL, 0, NULL)) return 0;
    list[0] = (DWORD)(ULONG_PTR)ferry_teb()->ClientId.UniqueProcess;
    return 1;
}

BOOL WINAPI GetConsoleDisplayMode(DWORD *mode)
{
    *mode = 0;
    return console_call(NULL, CONSOLE_ATTACHED, NULL, 0, NULL, 0, NULL);
}

BOOL WINAPI GetNumberOfConsoleMouseButtons(DWORD *count)
{
    *count = 3;
    return console_call(NULL, CONSOLE_ATTACHED, NULL, 0, NULL, 0, NULL);
}

BOOL WINAPI GetConsoleSelectionInfo(CONSOLE_SELECTION_INFO *info)
{
    memset(info, 0, sizeof(*info)); /* the terminal's selection is its own affair: CONSOLE_NO_SELECTION */
    return console_call(NULL, CONSOLE_ATTACHED, NULL, 0, NULL, 0, NULL);
}

/* ---- titles ---- */

static WCHAR title[1024], original_title[1024];
static RTL_SRWLOCK title_lock;
static bool title_known;

static void know_title(void)
{
    const UNICODE_STRING *start = &ferry_peb()->ProcessParameters->WindowTitle;
    USHORT count = start->Length / sizeof(WCHAR);
    if (title_known) return;
    if (!start->Buffer || !count) start = &ferry_peb()->ProcessParameters->ImagePathName, count = start->Length / sizeof(WCHAR);
    if (count > 1023) count = 1023;
    memcpy(title, start->Buffer, count * sizeof(WCHAR));
    memcpy(original_title, title, sizeof(title));
    title_known = true;
}

BOOL WINAPI SetConsoleTitleW(const WCHAR *text)
{
    size_t count;
    if (!text) return set_error(ERROR_INVALID_PARAMETER);
    count = wide_length(text);
    if (count > 1023) count = 1023;
    if (!console_call(NULL, CONSOLE_SET_TITLE, text, count * sizeof(WCHAR), NULL, 0, NULL)) return FALSE;
    RtlAcquireSRWLockExclusive(&title_lock);
    know_title();
    memcpy(title, text, count * sizeof(WCHAR));
    title[count] = 0;
    RtlReleaseSRWLockExclusive(&title_lock);
    return TRUE;
}

BOOL WINAPI SetConsoleTitleA(const char *text)
{
    WCHAR wide[1024];
    if (!text) return set_error(ERROR_INVALID_PARAMETER);
    if (!MultiByteToWideChar(CP_ACP, 0, text, -1, wide, 1024)) wide[1023] = 0;
    return SetConsoleTitleW(wide);
}

static DWORD get_title(WCHAR *to, DWORD room, const WCHAR *from)
{
    DWORD length;
    RtlAcquireSRWLockExclusive(&title_lock);
    know_title();
    length = (DWORD)wide_length(from);
    if (room) {
        DWORD part = length < room ? length : room - 1;
        memcpy(to, from, part * sizeof(WCHAR));
        to[part] = 0;
    }
    RtlReleaseSRWLockExclusive(&title_lock);
    return length;
}

DWORD WINAPI GetConsoleTitleW(WCHAR *to, DWORD room)
{
    if (!to || !room) return set_error(ERROR_INVALID_PARAMETER);
    return get_title(to, room, title);
}

DWORD WINAPI GetConsoleOriginalTitleW(WCHAR *to, DWORD room)
{
    if (!to || !room) return set_error(ERROR_INVALID_PARAMETER);
    return get_title(to, room, original_title);
}

DWORD WINAPI GetConsoleTitleA(char *to, DWORD room)
{
    WCHAR wide[1024];
    if (!to || !room) return set_error(ERROR_INVALID_PARAMETER);
    get_title(wide, 1024, title);
    DWORD size = WideCharToMultiByte(CP_ACP, 0, wide, -1, NULL, 0, NULL, NULL);
    if (size > room) {
        to[0] = 0;
        return size - 1;
    }
    return WideCharToMultiByte(CP_ACP, 0, wide, -1, to, room, NULL, NULL) - 1;
}
