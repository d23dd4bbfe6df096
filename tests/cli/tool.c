/* A console program of many small uses, for the tests of the ferry command (run.py). */
#include "tap.h"

static void print(const char *text)
{
    DWORD written;
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), text, lstrlenA(text), &written, NULL);
}

static int number(const char *text)
{
    int value = 0;
    while (*text >= '0' && *text <= '9') value = value * 10 + *text++ - '0';
    return value;
}

static void copy_input(void)
{
    char buffer[4096];
    DWORD got, written;

    while (ReadFile(GetStdHandle(STD_INPUT_HANDLE), buffer, sizeof(buffer), &got, NULL) && got)
        WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), buffer, got, &written, NULL);
}

static void print_types(void)
{
    char line[96];
    tap_format(line, sizeof(line), "%u %u %u\n", GetFileType(GetStdHandle(STD_INPUT_HANDLE)),
               GetFileType(GetStdHandle(STD_OUTPUT_HANDLE)), GetFileType(GetStdHandle(STD_ERROR_HANDLE)));
    DWORD written;
    HANDLE out = CreateFileA(tap_argv[2], GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(out, line, lstrlenA(line), &written, NULL);
    CloseHandle(out);
}

/* Leaves the process with a file open that was to be deleted on close. */
static void leave_open(const char *path)
{
    HANDLE file = CreateFileA(path, GENERIC_WRITE | DELETE, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, CREATE_ALWAYS,
                              FILE_FLAG_DELETE_ON_CLOSE, NULL);

    print(file != INVALID_HANDLE_VALUE && GetFileAttributesA(path) != INVALID_FILE_ATTRIBUTES ? "open" : "not open");
}

/* Writes numbers into the registry, each printed once it is acknowledged. */
static void write_registry(void)
{
    char text[16];
    HKEY key;

    if (RegCreateKeyA(HKEY_CURRENT_USER, "Software\\Ferry crash test", &key)) ExitProcess(1);
    for (DWORD n = 1;; n++) {
        if (RegSetValueExA(key, "n", 0, REG_DWORD, (BYTE *)&n, sizeof(n))) ExitProcess(1);
        tap_format(text, sizeof(text), "%lu\n", n);
        print(text);
    }
}

static void read_registry(void)
{
    DWORD n = 0, size = sizeof(n);
    char text[16];

    RegGetValueA(HKEY_CURRENT_USER, "Software\\Ferry crash test", "n", RRF_RT_REG_DWORD, NULL, &n, &size);
    tap_format(text, sizeof(text), "%lu\n", n);
    print(text);
}

/* ---- registry and files, one after the other, each told once it is acknowledged; what was there is told first ---- */

static void tell(const char *what, DWORD n)
{
    char text[32];

    tap_format(text, sizeof(text), "%s %lu\n", what, n);
    print(text);
}

static DWORD number_in_file(void)
{
    char text[16] = "";
    DWORD got = 0;
    HANDLE file = CreateFileA("state.txt", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);

    if (file == INVALID_HANDLE_VALUE) return GetLastError() == ERROR_FILE_NOT_FOUND ? 0 : 999999999;
    ReadFile(file, text, sizeof(text) - 1, &got, NULL);
    CloseHandle(file);
    return got == 12 && text[11] == '.' ? (DWORD)number(text + 1) : 999999998; /* whole, or it was not replaced at once */
}

static void replace_file(DWORD n)
{
    char text[16];
    DWORD written;
    HANDLE file = CreateFileA("state.new", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);

    tap_format(text, sizeof(text), ":%010lu.", n);
    if (file == INVALID_HANDLE_VALUE || !WriteFile(file, text, 12, &written, NULL) || !CloseHandle(file)) ExitProcess(2);
    if (!MoveFileExA("state.new", "state.txt", MOVEFILE_REPLACE_EXISTING)) ExitProcess(3);
}

static void change_all(void)
{
    DWORD n = 0, size = sizeof(n), subkeys = 0, values = 0, f = number_in_file();
    char name[32];
    HKEY key, below;

    if (RegCreateKeyA(HKEY_CURRENT_USER, "Software\\Ferry change test", &key)) ExitProcess(1);
    RegQueryValueExA(key, "n", NULL, NULL, (BYTE *)&n, &size);
    RegQueryInfoKeyA(key, NULL, NULL, NULL, &subkeys, NULL, NULL, &values, NULL, NULL, NULL, NULL);
    tell("have-n", n);
    tell("have-subkeys", subkeys);
    tell("have-file", f);
    for (;;) {
        n++;
        if (RegSetValueExA(key, "n", 0, REG_DWORD, (BYTE *)&n, sizeof(n))) ExitProcess(1);
        tell("n", n);
        /* A key each, of which the last eight stay. */
        tap_format(name, sizeof(name), "key %lu", n);
        if (RegCreateKeyA(key, name, &below)) ExitProcess(1);
        RegCloseKey(below);
        if (n > 8) {
            tap_format(name, sizeof(name), "key %lu", n - 8);
            RegDeleteKeyA(key, name);
        }
        replace_file(++f);
        tell("file", f);
    }
}

static volatile LONG interrupted;

static BOOL WINAPI on_control(DWORD event)
{
    interrupted = (LONG)event + 1;
    return TRUE;
}

static void wait_for_interrupt(void)
{
    SetConsoleCtrlHandler(on_control, TRUE);
    print("ready\n");
    for (int i = 0; i < 1000 && !interrupted; i++) Sleep(10);
    print(interrupted == CTRL_C_EVENT + 1 ? "ctrl-c\n" : "nothing\n");
}

START_TESTS
{
    char buffer[4096];
    const char *use = tap_argc > 1 ? tap_argv[1] : "";

    if (!lstrcmpA(use, "exit")) ExitProcess(number(tap_argv[2]));
    if (!lstrcmpA(use, "crash")) *(volatile int *)8 = 1;
    if (!lstrcmpA(use, "env")) {
        if (!GetEnvironmentVariableA(tap_argv[2], buffer, sizeof(buffer))) ExitProcess(9);
        print(buffer);
    }
    if (!lstrcmpA(use, "cwd")) {
        GetCurrentDirectoryA(sizeof(buffer), buffer);
        print(buffer);
    }
    if (!lstrcmpA(use, "line")) print(GetCommandLineA());
    if (!lstrcmpA(use, "cat")) copy_input();
    if (!lstrcmpA(use, "registry-write")) write_registry();
    if (!lstrcmpA(use, "attributes")) {
        tap_format(buffer, sizeof(buffer), "%lx", GetFileAttributesA(tap_argv[2]));
        print(buffer);
    }
    if (!lstrcmpA(use, "change")) change_all();
    if (!lstrcmpA(use, "leave-open")) leave_open(tap_argv[2]);
    if (!lstrcmpA(use, "registry-read")) read_registry();
    if (!lstrcmpA(use, "types")) print_types();
    if (!lstrcmpA(use, "interrupt")) wait_for_interrupt();
    if (!lstrcmpA(use, "sleep")) Sleep(number(tap_argv[2]));
    if (!lstrcmpA(use, "load")) ExitProcess(LoadLibraryA(tap_argv[2]) ? 0 : GetLastError());
    ExitProcess(0);
}
