/* consoleapi.h: what a redirected program sees; with a terminal, more. */
#include "tap.h"

START_TESTS
{
    HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE), terminal;
    CONSOLE_SCREEN_BUFFER_INFO info;
    DWORD mode = 0xdead, written = 0;

    if (GetFileType(out) != FILE_TYPE_CHAR) {
        SetLastError(0);
        ok(!GetConsoleMode(out, &mode) && GetLastError() == ERROR_INVALID_HANDLE, "mode of a pipe: %lu", GetLastError());
        SetLastError(0);
        ok(!WriteConsoleW(out, L"x", 1, &written, NULL) && GetLastError() == ERROR_INVALID_HANDLE, "WriteConsole: %lu", GetLastError());
        SetLastError(0);
        ok(!GetConsoleScreenBufferInfo(out, &info) && GetLastError() == ERROR_INVALID_HANDLE, "info: %lu", GetLastError());
    }
    SetLastError(0);
    ok(!GetConsoleMode(NULL, &mode) && GetLastError() == ERROR_INVALID_HANDLE, "no handle: %lu", GetLastError());
    terminal = CreateFileW(L"CONOUT$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    if (terminal == INVALID_HANDLE_VALUE) {
        skip(8, "no terminal");
        return;
    }
    ok(GetConsoleMode(terminal, &mode) && mode & ENABLE_PROCESSED_OUTPUT, "mode %lx", mode);
    ok(SetConsoleMode(terminal, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING), "SetConsoleMode: %lu", GetLastError());
    ok(GetConsoleScreenBufferInfo(terminal, &info), "info: %lu", GetLastError());
    ok(info.dwSize.X > 0 && info.dwSize.Y > 0, "%d x %d", info.dwSize.X, info.dwSize.Y);
    ok(WriteConsoleW(terminal, L"\x263a\r\n", 3, &written, NULL) && written == 3, "WriteConsoleW");
    ok(SetConsoleTextAttribute(terminal, FOREGROUND_RED) && SetConsoleTextAttribute(terminal, 7), "attributes");
    ok(SetConsoleOutputCP(65001) && GetConsoleOutputCP() == 65001, "code page");
    SetLastError(0);
    ok(!SetConsoleOutputCP(12345) && GetLastError() == ERROR_INVALID_PARAMETER, "bad code page");
    CloseHandle(terminal);
}
