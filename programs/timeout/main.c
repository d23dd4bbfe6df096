/* timeout.exe: waits for seconds or a key. */
#include "tool.h"

static const WCHAR usage[] =
    L"\r\nTIMEOUT [/T] timeout [/NOBREAK]\r\n\r\n"
    L"Waits for a time, or until a key is pressed.\r\n\r\n"
    L"    /T        timeout       Seconds, -1 to 99999; -1 waits for a key only.\r\n"
    L"    /NOBREAK                Keys do not end it; Ctrl+C does.\r\n"
    L"    /?                      Shows this.\r\n";

/* A key that is waiting is taken; true when there was one. */
static bool key_pressed(HANDLE input)
{
    INPUT_RECORD record;
    DWORD count;

    while (PeekConsoleInputW(input, &record, 1, &count) && count) {
        ReadConsoleInputW(input, &record, 1, &count);
        if (record.EventType == KEY_EVENT && record.Event.KeyEvent.bKeyDown) return true;
    }
    return false;
}

static int error(const WCHAR *text)
{
    complain(L"ERROR: %s\r\n", text);
    return 1;
}

int run(int argc, WCHAR **argv)
{
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    bool no_break = false, have = false;
    LONG seconds = 0;
    WCHAR *end;
    DWORD mode;

    if (asked_usage(argc, argv, usage)) return 0;
    for (int i = 1; i < argc; i++) {
        if (is_switch(argv[i], L"nobreak")) no_break = true;
        else if (is_switch(argv[i], L"t") && i + 1 < argc && !have) continue;
        else if (!have) {
            seconds = wcstol(argv[i], &end, 10);
            if (*end || end == argv[i] || seconds < -1 || seconds > 99999)
                return error(L"Invalid value for timeout (/T) specified. Valid range is -1 to 99999 seconds.");
            have = true;
        } else {
            complain(L"ERROR: Invalid syntax. Default option is not allowed more than '1' time(s).\r\nType \"TIMEOUT /?\" for usage.\r\n");
            return 1;
        }
    }
    if (!have) return error(L"Invalid syntax. Value expected for 'timeout'.\r\nType \"TIMEOUT /?\" for usage.");
    if (!GetConsoleMode(input, &mode)) return error(L"Input redirection is not supported, exiting the process immediately.");
    SetConsoleMode(input, ENABLE_PROCESSED_INPUT);
    if (seconds < 0) {
        print_text(no_break ? L"\r\nPress CTRL+C to quit ...\r\n" : L"\r\nPress any key to continue ...\r\n");
        output_flush();
        while (no_break || !key_pressed(input)) Sleep(50);
    } else {
        ULONGLONG stop = GetTickCount64() + (ULONGLONG)seconds * 1000;
        LONG shown = -1;
        for (;;) {
            ULONGLONG now = GetTickCount64();
            LONG left = now >= stop ? 0 : (LONG)((stop - now + 999) / 1000);
            if (left != shown) {
                print(no_break ? L"\rWaiting for %d seconds, press CTRL+C to quit ..." : L"\rWaiting for %d seconds, press a key to continue ...", left);
                output_flush();
                shown = left;
            }
            if (!left || (!no_break && key_pressed(input))) break;
            Sleep(50);
        }
        print_text(L"\r\n");
    }
    SetConsoleMode(input, mode);
    return 0;
}
