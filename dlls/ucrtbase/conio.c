/* The console's keys. Reference: "_getch", "_kbhit", "_ungetch", "_putch". An extended key comes as 0 or 0xe0 and its
 * scan code. */
#include "crt.h"

static int pushed = EOF, second = EOF;

static HANDLE console_input(void)
{
    static HANDLE handle;

    if (!handle) {
        handle = CreateFileW(L"CONIN$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                             OPEN_EXISTING, 0, NULL);
    }
    return handle;
}

static BOOL is_character(const INPUT_RECORD *record, int *c, int *next)
{
    const KEY_EVENT_RECORD *key = &record->Event.KeyEvent;

    if (record->EventType != KEY_EVENT || !key->bKeyDown) return FALSE;
    *next = EOF;
    if ((unsigned char)key->uChar.AsciiChar) {
        *c = (unsigned char)key->uChar.AsciiChar;
        return TRUE;
    }
    if ((key->wVirtualKeyCode >= VK_PRIOR && key->wVirtualKeyCode <= VK_DELETE) ||
        (key->wVirtualKeyCode >= VK_F1 && key->wVirtualKeyCode <= VK_F12)) {
        *c = key->dwControlKeyState & ENHANCED_KEY ? 0xe0 : 0;
        *next = key->wVirtualScanCode;
        return TRUE;
    }
    return FALSE;
}

CRTAPI int _getch(void)
{
    HANDLE handle = console_input();
    INPUT_RECORD record;
    DWORD mode, got;
    int c = EOF;

    _lock(LOCK_CONIO);
    if (pushed != EOF) {
        c = pushed;
        pushed = EOF;
    } else if (second != EOF) {
        c = second;
        second = EOF;
    } else if (handle != INVALID_HANDLE_VALUE && GetConsoleMode(handle, &mode)) {
        SetConsoleMode(handle, 0);
        while (ReadConsoleInputA(handle, &record, 1, &got) && got)
            if (is_character(&record, &c, &second)) break;
        SetConsoleMode(handle, mode);
    }
    _unlock(LOCK_CONIO);
    return c;
}

CRTAPI int _ungetch(int c)
{
    int result = EOF;

    _lock(LOCK_CONIO);
    if (c != EOF && pushed == EOF) result = pushed = c;
    _unlock(LOCK_CONIO);
    return result;
}

CRTAPI int _kbhit(void)
{
    HANDLE handle = console_input();
    INPUT_RECORD records[64];
    DWORD count;
    int c, next, found = pushed != EOF || second != EOF;

    if (found || handle == INVALID_HANDLE_VALUE || !PeekConsoleInputA(handle, records, ARRAYSIZE(records), &count)) return found;
    for (DWORD i = 0; i < count && !found; i++) found = is_character(&records[i], &c, &next);
    return found;
}

CRTAPI int _putch(int c)
{
    static HANDLE handle;
    char byte = (char)c;
    DWORD written;

    if (!handle)
        handle = CreateFileW(L"CONOUT$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                             OPEN_EXISTING, 0, NULL);
    return handle != INVALID_HANDLE_VALUE && WriteFile(handle, &byte, 1, &written, NULL) ? c : EOF;
}
