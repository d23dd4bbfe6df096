/* A console program for the tests of the terminal (terminal.py). What it finds goes to the file named last. */
#include "tap.h"

static HANDLE in, out, report;

static void tell(const char *format, unsigned a, unsigned b, unsigned c, unsigned d, unsigned e)
{
    char line[200];
    DWORD written;

    tap_format(line, sizeof(line), format, a, b, c, d, e);
    WriteFile(report, line, lstrlenA(line), &written, NULL);
}

/* Every record as a line, until a `q` goes down. */
static void records(DWORD mode)
{
    INPUT_RECORD record;
    DWORD count;

    SetConsoleMode(in, mode);
    tell("ready %x\n", mode, 0, 0, 0, 0);
    while (ReadConsoleInputW(in, &record, 1, &count) && count == 1) {
        const KEY_EVENT_RECORD *key = &record.Event.KeyEvent;
        const MOUSE_EVENT_RECORD *mouse = &record.Event.MouseEvent;
        switch (record.EventType) {
        case KEY_EVENT:
            tell(key->bKeyDown ? "down %x vk %x scan %x state %x\n" : "up %x vk %x scan %x state %x\n",
                 key->uChar.UnicodeChar, key->wVirtualKeyCode, key->wVirtualScanCode, key->dwControlKeyState, 0);
            if (key->bKeyDown && key->uChar.UnicodeChar == 'q') return;
            break;
        case MOUSE_EVENT:
            tell("mouse %u,%u buttons %x state %x flags %x\n", mouse->dwMousePosition.X, mouse->dwMousePosition.Y,
                 mouse->dwButtonState, mouse->dwControlKeyState, mouse->dwEventFlags);
            break;
        case WINDOW_BUFFER_SIZE_EVENT:
            tell("size %u,%u\n", record.Event.WindowBufferSizeEvent.dwSize.X,
                 record.Event.WindowBufferSizeEvent.dwSize.Y, 0, 0, 0);
            break;
        default: tell("type %u\n", record.EventType, 0, 0, 0, 0);
        }
    }
}

/* Lines as ReadConsole gives them, as code units, until an empty read (Ctrl-Z, end of file). */
static void lines(void)
{
    WCHAR text[64];
    DWORD count;

    tell("ready\n", 0, 0, 0, 0, 0);
    while (ReadConsoleW(in, text, 63, &count, NULL) && count && text[0] != 26) {
        tell("read %u:", count, 0, 0, 0, 0);
        for (DWORD i = 0; i < count; i++) tell(" %x", text[i], 0, 0, 0, 0);
        tell("\n", 0, 0, 0, 0, 0);
    }
    tell("end\n", 0, 0, 0, 0, 0);
}

/* What is put into the queue by the program itself; peeking, counting, flushing. */
static void queue(void)
{
    INPUT_RECORD made[3] = { { .EventType = KEY_EVENT }, { .EventType = KEY_EVENT }, { .EventType = FOCUS_EVENT } };
    INPUT_RECORD got[4];
    DWORD count = 0, waiting = 0;

    SetConsoleMode(in, ENABLE_PROCESSED_INPUT);
    FlushConsoleInputBuffer(in);
    for (int i = 0; i < 2; i++) {
        made[i].Event.KeyEvent.bKeyDown = !i;
        made[i].Event.KeyEvent.wRepeatCount = 1;
        made[i].Event.KeyEvent.wVirtualKeyCode = 'X';
        made[i].Event.KeyEvent.uChar.UnicodeChar = 'x';
    }
    made[2].Event.FocusEvent.bSetFocus = TRUE;
    WriteConsoleInputW(in, made, 3, &count);
    GetNumberOfConsoleInputEvents(in, &waiting);
    tell("written %u waiting %u signalled %u\n", count, waiting, WaitForSingleObject(in, 0) == WAIT_OBJECT_0, 0, 0);
    PeekConsoleInputW(in, got, 4, &count);
    tell("peeked %u first %x third type %x\n", count, got[0].Event.KeyEvent.uChar.UnicodeChar, got[2].EventType, 0, 0);
    ReadConsoleInputA(in, got, 2, &count);
    GetNumberOfConsoleInputEvents(in, &waiting);
    tell("read %u left %u\n", count, waiting, 0, 0, 0);
    FlushConsoleInputBuffer(in);
    GetNumberOfConsoleInputEvents(in, &waiting);
    PeekConsoleInputW(in, got, 4, &count);
    tell("flushed %u peeked %u signalled %u\n", waiting, count, WaitForSingleObject(in, 0) == WAIT_OBJECT_0, 0, 0);
}

static void write_text(const WCHAR *text)
{
    DWORD written;

    WriteConsoleW(out, text, lstrlenW(text), &written, NULL);
}

/* Draws with every call that puts something on the screen; the test looks at the terminal. */
static void screen(void)
{
    CONSOLE_SCREEN_BUFFER_INFO info;
    SMALL_RECT area = { 10, 5, 13, 6 }, from = { 0, 8, 9, 9 };
    CHAR_INFO cells[8], fill = { .Char.UnicodeChar = '.', .Attributes = 7 }, back[8];
    DWORD count;
    WCHAR row[16];

    write_text(L"\x1b[2J\x1b[H");
    SetConsoleMode(out, ENABLE_PROCESSED_OUTPUT | ENABLE_WRAP_AT_EOL_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
    write_text(L"\x1b[2J\x1b[H");
    write_text(L"first\r\nsecond\tline\r\n");
    GetConsoleScreenBufferInfo(out, &info);
    tell("size %u,%u cursor %u,%u attributes %x\n", info.dwSize.X, info.dwSize.Y, info.dwCursorPosition.X,
         info.dwCursorPosition.Y, info.wAttributes);
    SetConsoleTextAttribute(out, FOREGROUND_RED | FOREGROUND_INTENSITY);
    SetConsoleCursorPosition(out, (COORD){ 20, 3 });
    write_text(L"at 20,3");
    SetConsoleTextAttribute(out, 7);
    GetConsoleScreenBufferInfo(out, &info);
    tell("cursor %u,%u\n", info.dwCursorPosition.X, info.dwCursorPosition.Y, 0, 0, 0);
    for (int i = 0; i < 8; i++) cells[i] = (CHAR_INFO){ .Char.UnicodeChar = 'A' + i, .Attributes = 0x1e };
    WriteConsoleOutputW(out, cells, (COORD){ 4, 2 }, (COORD){ 0, 0 }, &area);
    tell("written %u,%u %u,%u\n", area.Left, area.Top, area.Right, area.Bottom, 0);
    ReadConsoleOutputW(out, back, (COORD){ 4, 2 }, (COORD){ 0, 0 }, &area);
    tell("read back %x attributes %x\n", back[5].Char.UnicodeChar, back[5].Attributes, 0, 0, 0);
    FillConsoleOutputCharacterW(out, '#', 10, (COORD){ 0, 8 }, &count);
    tell("filled %u\n", count, 0, 0, 0, 0);
    FillConsoleOutputAttribute(out, 0x20, 5, (COORD){ 0, 8 }, &count);
    ScrollConsoleScreenBufferW(out, &from, NULL, (COORD){ 30, 10 }, &fill);
    WriteConsoleOutputCharacterW(out, L"over", 4, (COORD){ 2, 12 }, &count);
    ReadConsoleOutputCharacterW(out, row, 4, (COORD){ 2, 12 }, &count);
    tell("characters %u: %x %x\n", count, row[0], row[3], 0, 0);
    SetConsoleCursorPosition(out, (COORD){ 0, 14 });
    SetConsoleTitleW(L"a title");
    write_text(L"\x263a \x65e5\x672c caf\xe9\r\n");
    tell("off screen %u\n", SetConsoleCursorPosition(out, (COORD){ 0, 500 }), 0, 0, 0, 0);
    tell("done\n", 0, 0, 0, 0, 0);
    Sleep(60000); /* the test ends it */
}

START_TESTS
{
    in = CreateFileW(L"CONIN$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    out = CreateFileW(L"CONOUT$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    if (tap_argc < 3) return;
    report = CreateFileA(tap_argv[2], GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, CREATE_ALWAYS, 0, NULL);
    if (!lstrcmpA(tap_argv[1], "records")) records(ENABLE_PROCESSED_INPUT | ENABLE_WINDOW_INPUT | ENABLE_MOUSE_INPUT | ENABLE_EXTENDED_FLAGS);
    else if (!lstrcmpA(tap_argv[1], "raw")) records(ENABLE_WINDOW_INPUT);
    else if (!lstrcmpA(tap_argv[1], "sequences")) records(ENABLE_VIRTUAL_TERMINAL_INPUT);
    else if (!lstrcmpA(tap_argv[1], "lines")) lines();
    else if (!lstrcmpA(tap_argv[1], "queue")) queue();
    else if (!lstrcmpA(tap_argv[1], "screen")) screen();
    ExitProcess(0);
}
