/* choice.exe: one of a list of keys. */
#include "tool.h"

static const WCHAR usage[] =
    L"\r\nCHOICE [/C choices] [/N] [/CS] [/T timeout /D choice] [/M text]\r\n\r\n"
    L"Asks for one of a list of keys; the exit code is its place in the list.\r\n\r\n"
    L"   /C    choices       The keys (default YN).\r\n"
    L"   /N                  The list is not shown.\r\n"
    L"   /CS                 Case matters.\r\n"
    L"   /T    timeout       Seconds, 0 to 9999, until the default is taken.\r\n"
    L"   /D    choice        The default.\r\n"
    L"   /M    text          The question.\r\n"
    L"   /?                  Shows this.\r\n\r\n"
    L"The exit code is 255 after an error and 0 after Ctrl+Break.\r\n";

static int error(const WCHAR *text)
{
    complain(L"ERROR: %s\r\n", text);
    return 255;
}

/* A key, or -1 when the time is over (or the input). */
static int wait_key(ULONGLONG stop)
{
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);

    if (stop && is_console(input)) {
        INPUT_RECORD record;
        DWORD count;
        for (;;) {
            if (PeekConsoleInputW(input, &record, 1, &count) && count) break;
            if (GetTickCount64() >= stop) return -1;
            Sleep(30);
        }
    }
    return read_key();
}

int run(int argc, WCHAR **argv)
{
    const WCHAR *choices = L"YN", *text = L"";
    WCHAR preset = 0;
    bool silent = false, sensitive = false;
    LONG seconds = -1;

    if (asked_usage(argc, argv, usage)) return 0;
    for (int i = 1; i < argc; i++) {
        const WCHAR *value = argv[i] + 2 + (argv[i][0] && argv[i][1] && argv[i][2] == ':');
        WCHAR letter = *argv[i] == '/' || *argv[i] == '-' ? towlower(argv[i][1]) : 0;
        if (is_switch(argv[i], L"n")) silent = true;
        else if (is_switch(argv[i], L"cs")) sensitive = true;
        else if (letter && wcschr(L"ctdm", letter)) {
            if (!*value) {
                if (i + 1 == argc) return error(L"Invalid syntax. Value expected.\r\nType \"CHOICE /?\" for usage.");
                value = argv[++i];
            }
            if (letter == 'c') choices = value;
            else if (letter == 'm') text = value;
            else if (letter == 'd') preset = *value;
            else seconds = wcstol(value, NULL, 10);
        } else {
            complain(L"ERROR: Invalid argument/option - '%s'.\r\nType \"CHOICE /?\" for usage.\r\n", argv[i]);
            return 255;
        }
    }
    WCHAR *list = copy_text(choices);
    if (!sensitive) _wcsupr(list);
    for (const WCHAR *at = list; *at; at++)
        if (wcschr(at + 1, *at)) return error(L"Duplicate choices were specified.");
    if ((seconds >= 0) != (preset != 0)) return error(L"Invalid syntax. /T and /D go together.\r\nType \"CHOICE /?\" for usage.");
    if (seconds > 9999) return error(L"Invalid syntax. Valid range for /T is (0 - 9999).");
    if (!sensitive) preset = towupper(preset);
    if (preset && !wcschr(list, preset)) return error(L"Invalid syntax. Default choice is not in the specified choices.");
    print_text(text);
    if (!silent) {
        print_text(*text ? L" [" : L"[");
        for (const WCHAR *at = list; *at; at++) print(at[1] ? L"%c," : L"%c", *at);
        print_text(L"]?");
    }
    ULONGLONG stop = seconds >= 0 ? GetTickCount64() + (ULONGLONG)seconds * 1000 + 1 : 0;
    output_flush();
    for (;;) {
        int key = seconds == 0 ? -1 : wait_key(stop);
        if (key == 3) return 0;
        if (key < 0 && !preset) return error(L"The file is either empty or does not contain the valid choices.");
        WCHAR c = key < 0 ? preset : sensitive ? key : towupper(key);
        const WCHAR *found = c ? wcschr(list, c) : NULL;
        if (found) {
            print(L"%c\r\n", c);
            return (int)(found - list) + 1;
        }
        if (key != '\r' && key != '\n') {
            print_text(is_console(GetStdHandle(STD_OUTPUT_HANDLE)) ? L"\a" : L"");
            output_flush();
        }
    }
}
