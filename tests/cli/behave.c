/* A test program for the tests of `ferry test` (suite.py): what it does follows from the name of its file. */
#include <windows.h>

static char name[MAX_PATH];

static void print(const char *text)
{
    DWORD written;

    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), text, lstrlenA(text), &written, NULL);
}

static BOOL is(const char *wanted)
{
    return !lstrcmpiA(name, wanted);
}

static void start_self(void)
{
    STARTUPINFOA startup = { .cb = sizeof(startup) };
    PROCESS_INFORMATION process;
    char path[MAX_PATH], command[] = "child sleep";

    GetModuleFileNameA(NULL, path, MAX_PATH);
    CreateProcessA(path, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process);
}

void mainCRTStartup(void)
{
    char path[MAX_PATH], *at, *last = path;
    const char *line = GetCommandLineA();
    int length = lstrlenA(line);

    GetModuleFileNameA(NULL, path, MAX_PATH);
    for (at = path; *at; at++)
        if (*at == '\\') last = at + 1;
    for (at = name; *last && *last != '.';) *at++ = *last++;
    *at = 0;
    if (length > 5 && !lstrcmpA(line + length - 5, "sleep")) Sleep(600000);
    if (is("tap")) print("1..4\nok 1 - one\nok 2 # SKIP not here\nnot ok 3 # TODO later\nok 4\n");
    else if (is("tapfail")) print("1..2\nok 1\nnot ok 2 - pointer 7ffe12345678 is wrong\n");
    else if (is("short")) print("1..3\nok 1\n");
    else if (is("counted")) {
        print("counted.c:12: Test failed: expected 1, got 2\n0020:counted: 17 tests executed (2 marked as todo, 1 failures), 3 skipped.\n");
        ExitProcess(1);
    } else if (is("lists")) {
        if (length > 3 && !lstrcmpA(line + length - 3, "one")) print("one: 5 tests executed (0 marked as todo, 0 failures), 0 skipped.\n");
        else if (length > 3 && !lstrcmpA(line + length - 3, "two")) print("two: 2 tests executed (0 marked as todo, 1 failure), 0 skipped.\n");
        else {
            print("Usage: lists test_name\n\nValid test names:\n    one\n    two\n");
            ExitProcess(1);
        }
    } else if (is("crash")) *(volatile int *)0 = 1;
    else if (is("hang")) Sleep(600000);
    else if (is("loop"))
        for (;;) {}
    else if (is("flood"))
        for (;;) print("0123456789012345678901234567890123456789012345678901234567890123456789\n");
    else if (is("leaves")) {
        start_self();
        start_self();
        print("1..1\nok 1\n");
    }
    ExitProcess(is("code3") ? 3 : 0);
}
