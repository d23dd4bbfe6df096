/* Prints NAME<TAB>NANOSECONDS for the rows of the project's figures: one Windows program, the same under every loader.
 *
 *     bench.exe [ROW]      only rows whose name holds ROW
 *     bench.exe --child    exits at once: the trivial program that CreateProcess is measured with
 */
#include "measure.h"

static HANDLE event, manual, mutex, events[8], reply, file, mapping, pipe_read, pipe_write;
static char page[4096], program[MAX_PATH];

static void set_event(void)
{
    SetEvent(event);
}

static void wait_signalled(void)
{
    WaitForSingleObject(manual, INFINITE);
}

static void mutex_pair(void)
{
    WaitForSingleObject(mutex, INFINITE);
    ReleaseMutex(mutex);
}

static void create_event(void)
{
    CloseHandle(CreateEventW(NULL, FALSE, FALSE, NULL));
}

static void wait_any(void)
{
    SetEvent(events[7]);
    WaitForMultipleObjects(8, events, FALSE, INFINITE);
}

static DWORD WINAPI answer(void *unused)
{
    for (;;) {
        WaitForSingleObject(event, INFINITE);
        SetEvent(reply);
    }
}

static void ping_pong(void)
{
    SetEvent(event);
    WaitForSingleObject(reply, INFINITE);
}

static DWORD WINAPI nothing(void *unused)
{
    return 0;
}

static void create_thread(void)
{
    HANDLE thread = CreateThread(NULL, 0, nothing, NULL, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}

static void create_process(void)
{
    STARTUPINFOA startup = { sizeof(startup) };
    PROCESS_INFORMATION info;
    char line[MAX_PATH + 16];

    tap_format(line, sizeof(line), "\"%s\" --child", program);
    if (!CreateProcessA(program, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &info)) return;
    WaitForSingleObject(info.hProcess, INFINITE);
    CloseHandle(info.hProcess);
    CloseHandle(info.hThread);
}

static HKEY key;

static void query_value(void)
{
    char data[256];
    DWORD size = sizeof(data);
    RegQueryValueExA(key, "bench", NULL, NULL, (BYTE *)data, &size);
}

static void open_key(void)
{
    HKEY opened;
    if (!RegOpenKeyExA(HKEY_CURRENT_USER, "Software\\Ferry bench", 0, KEY_READ, &opened)) RegCloseKey(opened);
}

static void set_value(void)
{
    RegSetValueExA(key, "bench", 0, REG_SZ, (const BYTE *)"a value", 8);
}

static void attributes_exact(void)
{
    GetFileAttributesA("bench.tmp");
}

static void attributes_other_case(void)
{
    GetFileAttributesA("BENCH.TMP");
}

static void create_file(void)
{
    CloseHandle(CreateFileA("bench.tmp", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL));
}

static void read_file(void)
{
    OVERLAPPED at = { 0 };
    DWORD got;
    ReadFile(file, page, sizeof(page), &got, &at);
}

static void pipe_pair(void)
{
    DWORD count;
    WriteFile(pipe_write, page, 64, &count, NULL);
    ReadFile(pipe_read, page, 64, &count, NULL);
}

static void map_view(void)
{
    UnmapViewOfFile(MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 1 << 20));
}

static void virtual_pair(void)
{
    VirtualFree(VirtualAlloc(NULL, 65536, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), 0, MEM_RELEASE);
}

static void heap_pair(void)
{
    HANDLE heap = GetProcessHeap();
    HeapFree(heap, 0, HeapAlloc(heap, 0, 64));
}

static void load_library(void)
{
    FreeLibrary(LoadLibraryA("kernel32.dll"));
}

static LONG CALLBACK go_on(EXCEPTION_POINTERS *info)
{
    if (info->ExceptionRecord->ExceptionCode == 0xe0000001) return EXCEPTION_CONTINUE_EXECUTION;
    if (info->ExceptionRecord->ExceptionCode == EXCEPTION_ACCESS_VIOLATION) {
        DWORD old;
        VirtualProtect((void *)(info->ExceptionRecord->ExceptionInformation[1] & ~(ULONG_PTR)4095), 4096, PAGE_READWRITE, &old);
        return EXCEPTION_CONTINUE_EXECUTION;
    }
    return EXCEPTION_CONTINUE_SEARCH;
}

static void raise_exception(void)
{
    RaiseException(0xe0000001, 0, 0, NULL);
}

static volatile char *guarded;

static void access_violation(void)
{
    DWORD old;
    VirtualProtect((void *)guarded, 4096, PAGE_NOACCESS, &old);
    *guarded = 1;
}

static void tick_count(void)
{
    GetTickCount64();
}

static HWND window, other_window;

static LRESULT CALLBACK window_proc(HWND hwnd, UINT message, WPARAM wparam, LPARAM lparam)
{
    return message == WM_USER ? 1 : DefWindowProcA(hwnd, message, wparam, lparam);
}

static DWORD WINAPI window_thread(void *started)
{
    MSG msg;

    other_window = CreateWindowExA(0, "bench", "", 0, 0, 0, 1, 1, HWND_MESSAGE, NULL, NULL, NULL);
    SetEvent(started);
    while (GetMessageA(&msg, NULL, 0, 0) > 0) DispatchMessageA(&msg);
    return 0;
}

static void peek_message(void)
{
    MSG msg;
    PeekMessageA(&msg, NULL, 0, 0, PM_REMOVE);
}

static void post_get(void)
{
    MSG msg;
    PostMessageA(window, WM_USER, 0, 0);
    GetMessageA(&msg, NULL, 0, 0);
}

static void send_other(void)
{
    SendMessageA(other_window, WM_USER, 0, 0);
}

static void child_window(void)
{
    DestroyWindow(CreateWindowExA(0, "bench", "", WS_CHILD, 0, 0, 10, 10, window, NULL, NULL, NULL));
}

static void cursor_position(void)
{
    POINT at;
    GetCursorPos(&at);
}

static void key_state(void)
{
    GetAsyncKeyState(VK_SHIFT);
}

static void measure_windows(void)
{
    WNDCLASSA class = { .lpfnWndProc = window_proc, .lpszClassName = "bench" };
    HANDLE started = CreateEventW(NULL, FALSE, FALSE, NULL);
    MSG msg;

    RegisterClassA(&class);
    window = CreateWindowExA(0, "bench", "", WS_POPUP, 0, 0, 100, 100, NULL, NULL, NULL, NULL);
    CloseHandle(CreateThread(NULL, 0, window_thread, started, 0, NULL));
    WaitForSingleObject(started, INFINITE);
    while (PeekMessageA(&msg, NULL, 0, 0, PM_REMOVE)) {}
    measure("PeekMessage, empty", peek_message);
    measure("PostMessage + GetMessage, same thread", post_get);
    measure("SendMessage, other thread", send_other);
    measure("child window create + destroy", child_window);
    measure("GetCursorPos", cursor_position);
    measure("GetAsyncKeyState", key_state);
}

START_TESTS
{
    DWORD written;

    if (tap_argc > 1 && tap_argv[1][0] == '-') ExitProcess(0);
    measure_init();
    GetModuleFileNameA(NULL, program, sizeof(program));
    event = CreateEventW(NULL, FALSE, FALSE, NULL);
    reply = CreateEventW(NULL, FALSE, FALSE, NULL);
    manual = CreateEventW(NULL, TRUE, TRUE, NULL);
    mutex = CreateMutexW(NULL, FALSE, NULL);
    for (int i = 0; i < 8; i++) events[i] = CreateEventW(NULL, FALSE, FALSE, NULL);
    measure("SetEvent", set_event);
    measure("wait on a signalled object", wait_signalled);
    measure("mutex acquire + release", mutex_pair);
    measure("CreateEvent + CloseHandle", create_event);
    measure("wait-any over 8, last one set", wait_any);
    ResetEvent(event);
    HANDLE answering = CreateThread(NULL, 0, answer, NULL, 0, NULL);
    measure("event ping-pong, two threads", ping_pong);
    TerminateThread(answering, 0);
    CloseHandle(answering);
    measure("CreateThread + join", create_thread);
    measure("CreateProcess + wait for exit", create_process);

    if (!RegCreateKeyExA(HKEY_CURRENT_USER, "Software\\Ferry bench", 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL)) {
        RegSetValueExA(key, "bench", 0, REG_SZ, (const BYTE *)"a value", 8);
        measure("RegQueryValueEx", query_value);
        measure("RegOpenKeyEx + close", open_key);
        measure("RegSetValueEx", set_value);
        RegCloseKey(key);
        RegDeleteKeyA(HKEY_CURRENT_USER, "Software\\Ferry bench");
    }

    file = CreateFileA("bench.tmp", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, CREATE_ALWAYS, 0, NULL);
    for (int i = 0; i < 256; i++) WriteFile(file, page, sizeof(page), &written, NULL);
    measure("GetFileAttributes, exact case", attributes_exact);
    measure("GetFileAttributes, wrong case", attributes_other_case);
    measure("CreateFile + CloseHandle", create_file);
    measure("ReadFile 4 KiB, cached", read_file);
    mapping = CreateFileMappingW(file, NULL, PAGE_READONLY, 0, 0, NULL);
    measure("MapViewOfFile + unmap 1 MiB", map_view);
    CloseHandle(mapping);
    CloseHandle(file);
    DeleteFileA("bench.tmp");
    if (CreatePipe(&pipe_read, &pipe_write, NULL, 0)) measure("pipe write + read, 64 bytes", pipe_pair);

    measure("VirtualAlloc + VirtualFree 64 KiB", virtual_pair);
    measure("HeapAlloc + HeapFree 64 bytes", heap_pair);
    measure("LoadLibrary + FreeLibrary, loaded", load_library);
    measure("GetTickCount64", tick_count);
    AddVectoredExceptionHandler(1, go_on);
    measure("exception raised and continued", raise_exception);
    guarded = VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    measure("access violation handled and continued", access_violation);
    measure_windows();
    ExitProcess(0);
}
