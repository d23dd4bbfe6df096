/* winuser.h: keyboard layouts. The layout is the US one unless the display says otherwise (NtUserKeyMap). */
#include "user32.h"

/* Scan codes (set 1) of the keys; 0x100: extended. */
static const struct key {
    BYTE scan;
    BYTE code;
} keys[] = {
    { 0x01, VK_ESCAPE }, { 0x02, '1' }, { 0x03, '2' }, { 0x04, '3' }, { 0x05, '4' }, { 0x06, '5' }, { 0x07, '6' }, { 0x08, '7' },
    { 0x09, '8' }, { 0x0a, '9' }, { 0x0b, '0' }, { 0x0c, VK_OEM_MINUS }, { 0x0d, VK_OEM_PLUS }, { 0x0e, VK_BACK }, { 0x0f, VK_TAB },
    { 0x10, 'Q' }, { 0x11, 'W' }, { 0x12, 'E' }, { 0x13, 'R' }, { 0x14, 'T' }, { 0x15, 'Y' }, { 0x16, 'U' }, { 0x17, 'I' },
    { 0x18, 'O' }, { 0x19, 'P' }, { 0x1a, VK_OEM_4 }, { 0x1b, VK_OEM_6 }, { 0x1c, VK_RETURN }, { 0x1d, VK_LCONTROL },
    { 0x1e, 'A' }, { 0x1f, 'S' }, { 0x20, 'D' }, { 0x21, 'F' }, { 0x22, 'G' }, { 0x23, 'H' }, { 0x24, 'J' }, { 0x25, 'K' },
    { 0x26, 'L' }, { 0x27, VK_OEM_1 }, { 0x28, VK_OEM_7 }, { 0x29, VK_OEM_3 }, { 0x2a, VK_LSHIFT }, { 0x2b, VK_OEM_5 },
    { 0x2c, 'Z' }, { 0x2d, 'X' }, { 0x2e, 'C' }, { 0x2f, 'V' }, { 0x30, 'B' }, { 0x31, 'N' }, { 0x32, 'M' },
    { 0x33, VK_OEM_COMMA }, { 0x34, VK_OEM_PERIOD }, { 0x35, VK_OEM_2 }, { 0x36, VK_RSHIFT }, { 0x37, VK_MULTIPLY },
    { 0x38, VK_LMENU }, { 0x39, VK_SPACE }, { 0x3a, VK_CAPITAL }, { 0x3b, VK_F1 }, { 0x3c, VK_F2 }, { 0x3d, VK_F3 },
    { 0x3e, VK_F4 }, { 0x3f, VK_F5 }, { 0x40, VK_F6 }, { 0x41, VK_F7 }, { 0x42, VK_F8 }, { 0x43, VK_F9 }, { 0x44, VK_F10 },
    { 0x45, VK_NUMLOCK }, { 0x46, VK_SCROLL }, { 0x47, VK_HOME }, { 0x48, VK_UP }, { 0x49, VK_PRIOR }, { 0x4a, VK_SUBTRACT },
    { 0x4b, VK_LEFT }, { 0x4c, VK_CLEAR }, { 0x4d, VK_RIGHT }, { 0x4e, VK_ADD }, { 0x4f, VK_END }, { 0x50, VK_DOWN },
    { 0x51, VK_NEXT }, { 0x52, VK_INSERT }, { 0x53, VK_DELETE }, { 0x56, VK_OEM_102 }, { 0x57, VK_F11 }, { 0x58, VK_F12 },
};
static const struct key extended[] = {
    { 0x1c, VK_RETURN }, { 0x1d, VK_RCONTROL }, { 0x35, VK_DIVIDE }, { 0x37, VK_SNAPSHOT }, { 0x38, VK_RMENU }, { 0x47, VK_HOME },
    { 0x48, VK_UP }, { 0x49, VK_PRIOR }, { 0x4b, VK_LEFT }, { 0x4d, VK_RIGHT }, { 0x4f, VK_END }, { 0x50, VK_DOWN },
    { 0x51, VK_NEXT }, { 0x52, VK_INSERT }, { 0x53, VK_DELETE }, { 0x5b, VK_LWIN }, { 0x5c, VK_RWIN }, { 0x5d, VK_APPS },
};

static const struct {
    BYTE code;
    WCHAR plain, shifted;
} characters[] = {
    { '1', '1', '!' }, { '2', '2', '@' }, { '3', '3', '#' }, { '4', '4', '$' }, { '5', '5', '%' }, { '6', '6', '^' }, { '7', '7', '&' },
    { '8', '8', '*' }, { '9', '9', '(' }, { '0', '0', ')' }, { VK_OEM_MINUS, '-', '_' }, { VK_OEM_PLUS, '=', '+' },
    { VK_OEM_4, '[', '{' }, { VK_OEM_6, ']', '}' }, { VK_OEM_1, ';', ':' }, { VK_OEM_7, '\'', '"' }, { VK_OEM_3, '`', '~' },
    { VK_OEM_5, '\\', '|' }, { VK_OEM_COMMA, ',', '<' }, { VK_OEM_PERIOD, '.', '>' }, { VK_OEM_2, '/', '?' },
    { VK_OEM_102, '\\', '|' }, { VK_SPACE, ' ', ' ' }, { VK_TAB, '\t', '\t' }, { VK_BACK, '\b', '\b' }, { VK_RETURN, '\r', '\r' },
    { VK_ESCAPE, 27, 27 }, { VK_ADD, '+', '+' }, { VK_SUBTRACT, '-', '-' }, { VK_MULTIPLY, '*', '*' }, { VK_DIVIDE, '/', '/' },
    { VK_DECIMAL, '.', '.' },
};

/* The character of a key without dead keys; 0: none. */
static WCHAR character_of(UINT code, bool shift, bool caps, bool control, bool alt)
{
    if (code >= 'A' && code <= 'Z') {
        if (control && alt) return 0;
        if (control) return (WCHAR)(code - 'A' + 1);
        return (WCHAR)(shift != caps ? code : code + 32);
    }
    if (control && alt) return 0;
    if (control) {
        switch (code) {
        case VK_OEM_4: return 27;
        case VK_OEM_5:
        case VK_OEM_102: return 28;
        case VK_OEM_6: return 29;
        case VK_BACK: return 127;
        case VK_RETURN: return 10;
        case VK_SPACE: return ' ';
        case VK_ESCAPE: return 27;
        case '6': return shift ? 30 : 0;
        case VK_OEM_MINUS: return shift ? 31 : 0;
        case VK_CANCEL: return 3;
        }
        return 0;
    }
    if (code >= VK_NUMPAD0 && code <= VK_NUMPAD9) return (WCHAR)('0' + code - VK_NUMPAD0);
    for (int i = 0; i < (int)ARRAYSIZE(characters); i++)
        if (characters[i].code == code) return shift ? characters[i].shifted : characters[i].plain;
    return 0;
}

static UINT without_side(UINT code)
{
    switch (code) {
    case VK_LSHIFT:
    case VK_RSHIFT: return VK_SHIFT;
    case VK_LCONTROL:
    case VK_RCONTROL: return VK_CONTROL;
    case VK_LMENU:
    case VK_RMENU: return VK_MENU;
    }
    return code;
}

UINT WINAPI MapVirtualKeyExW(UINT code, UINT kind, HKL layout)
{
    switch (kind) {
    case MAPVK_VK_TO_VSC:
    case MAPVK_VK_TO_VSC_EX:
        if (code == VK_SHIFT) code = VK_LSHIFT;
        if (code == VK_CONTROL) code = VK_LCONTROL;
        if (code == VK_MENU) code = VK_LMENU;
        if (code >= VK_NUMPAD0 && code <= VK_NUMPAD9) {
            static const BYTE pad[] = { 0x52, 0x4f, 0x50, 0x51, 0x4b, 0x4c, 0x4d, 0x47, 0x48, 0x49 };
            return pad[code - VK_NUMPAD0];
        }
        if (code == VK_DECIMAL) return 0x53;
        for (int i = 0; i < (int)ARRAYSIZE(keys); i++)
            if (keys[i].code == code) return keys[i].scan;
        for (int i = 0; i < (int)ARRAYSIZE(extended); i++)
            if (extended[i].code == code) return extended[i].scan | (kind == MAPVK_VK_TO_VSC_EX ? 0xe000u : 0);
        return 0;
    case MAPVK_VSC_TO_VK:
    case MAPVK_VSC_TO_VK_EX: {
        const struct key *list = (code & 0xff00) == 0xe000 ? extended : keys;
        int count = list == keys ? (int)ARRAYSIZE(keys) : (int)ARRAYSIZE(extended);
        for (int i = 0; i < count; i++)
            if (list[i].scan == (code & 0xff)) return kind == MAPVK_VSC_TO_VK ? without_side(list[i].code) : list[i].code;
        return 0;
    }
    case MAPVK_VK_TO_CHAR: {
        WCHAR c = code >= 'A' && code <= 'Z' ? (WCHAR)code : character_of(code, false, false, false, false);
        return c;
    }
    }
    set_error(ERROR_INVALID_PARAMETER);
    return 0;
}

UINT WINAPI MapVirtualKeyExA(UINT code, UINT kind, HKL layout)
{
    return MapVirtualKeyExW(code, kind, layout);
}

UINT WINAPI MapVirtualKeyW(UINT code, UINT kind)
{
    return MapVirtualKeyExW(code, kind, NULL);
}

UINT WINAPI MapVirtualKeyA(UINT code, UINT kind)
{
    return MapVirtualKeyExW(code, kind, NULL);
}

/* Characters of a key, at most room: how many, 0 none. */
int WINAPI ToUnicodeEx(UINT code, UINT scan, const BYTE *state, LPWSTR text, int room, UINT flags, HKL layout)
{
    if (!state || room <= 0 || (scan & 0x8000)) return 0;
    if (code == VK_PACKET) {
        text[0] = (WCHAR)scan;
        return 1;
    }
    ULONG mapped = NtUserKeyCharacter(code, scan, state);
    WCHAR c = mapped & 0x80000000u ? (WCHAR)mapped
                                   : character_of(code, state[VK_SHIFT] & 0x80, state[VK_CAPITAL] & 1, state[VK_CONTROL] & 0x80, state[VK_MENU] & 0x80);
    if (!c) return 0;
    text[0] = c;
    if (room > 1) text[1] = 0;
    return mapped & 0x40000000u && mapped & 0x80000000u ? -1 : 1;
}

int WINAPI ToUnicode(UINT code, UINT scan, const BYTE *state, LPWSTR text, int room, UINT flags)
{
    return ToUnicodeEx(code, scan, state, text, room, flags, NULL);
}

int WINAPI ToAsciiEx(UINT code, UINT scan, const BYTE *state, LPWORD text, UINT flags, HKL layout)
{
    WCHAR wide[4];
    char ansi[4] = { 0 };
    int count = ToUnicodeEx(code, scan, state, wide, ARRAYSIZE(wide), flags, layout);

    if (!count) return 0;
    ansi_into(ansi, sizeof(ansi), wide, 1);
    *text = (BYTE)ansi[0];
    return count;
}

int WINAPI ToAscii(UINT code, UINT scan, const BYTE *state, LPWORD text, UINT flags)
{
    return ToAsciiEx(code, scan, state, text, flags, NULL);
}

SHORT WINAPI VkKeyScanExW(WCHAR c, HKL layout)
{
    if (c >= 'a' && c <= 'z') return (SHORT)(c - 32);
    if (c >= 'A' && c <= 'Z') return (SHORT)(c | 0x100);
    for (int i = 0; i < (int)ARRAYSIZE(characters); i++) {
        if (characters[i].plain == c) return characters[i].code;
        if (characters[i].shifted == c) return (SHORT)(characters[i].code | 0x100);
    }
    if (c && c < 27) return (SHORT)(0x200 | ('A' + c - 1));
    return -1;
}

SHORT WINAPI VkKeyScanW(WCHAR c)
{
    return VkKeyScanExW(c, NULL);
}

SHORT WINAPI VkKeyScanExA(CHAR c, HKL layout)
{
    return VkKeyScanExW(wide_of_char(c), layout);
}

SHORT WINAPI VkKeyScanA(CHAR c)
{
    return VkKeyScanExW(wide_of_char(c), NULL);
}

/* A key message becomes a character message in the queue (winuser.h reference: TranslateMessage). */
BOOL WINAPI TranslateMessage(const MSG *msg)
{
    BYTE state[256];
    WCHAR text[8];

    if (msg->message != WM_KEYDOWN && msg->message != WM_SYSKEYDOWN) return msg->message == WM_KEYUP || msg->message == WM_SYSKEYUP;
    if (NtUserKeyState(FALSE, state)) return TRUE;
    bool system = msg->message == WM_SYSKEYDOWN;
    UINT scan = LOWORD(msg->wParam) == VK_PACKET ? HIWORD(msg->wParam) : HIWORD(msg->lParam) & 0x1ff;
    int count = ToUnicode(LOWORD(msg->wParam), scan, state, text, ARRAYSIZE(text), 0);
    if (count < 0) PostMessageW(msg->hwnd, system ? WM_SYSDEADCHAR : WM_DEADCHAR, text[0], msg->lParam);
    for (int i = 0; i < count; i++) PostMessageW(msg->hwnd, system ? WM_SYSCHAR : WM_CHAR, text[i], msg->lParam);
    return TRUE;
}

/* ---- layouts ---- */

static HKL current_layout(void)
{
    return (HKL)(ULONG_PTR)0x04090409;
}

HKL WINAPI GetKeyboardLayout(DWORD thread)
{
    return current_layout();
}

int WINAPI GetKeyboardLayoutList(int room, HKL *list)
{
    if (room > 0 && list) list[0] = current_layout();
    return 1;
}

BOOL WINAPI GetKeyboardLayoutNameW(LPWSTR name)
{
    static const WCHAR us[] = L"00000409";

    memcpy(name, us, sizeof(us));
    return TRUE;
}

BOOL WINAPI GetKeyboardLayoutNameA(LPSTR name)
{
    static const char us[] = "00000409";

    memcpy(name, us, sizeof(us));
    return TRUE;
}

HKL WINAPI LoadKeyboardLayoutW(LPCWSTR name, UINT flags)
{
    return current_layout();
}

HKL WINAPI LoadKeyboardLayoutA(LPCSTR name, UINT flags)
{
    return current_layout();
}

HKL WINAPI ActivateKeyboardLayout(HKL layout, UINT flags)
{
    if (layout != current_layout() && layout != (HKL)HKL_NEXT && layout != (HKL)HKL_PREV) {
        set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    return current_layout();
}

BOOL WINAPI UnloadKeyboardLayout(HKL layout)
{
    return set_error(ERROR_INVALID_PARAMETER); /* the only one stays */
}

int WINAPI GetKeyboardType(int what)
{
    static const int answers[] = { 4, 0, 12 };

    return what >= 0 && what < 3 ? answers[what] : 0;
}

UINT WINAPI GetKBCodePage(void)
{
    return GetOEMCP();
}

static const struct {
    WORD scan; /* 0x100: extended */
    const WCHAR *name;
} names[] = {
    { 0x01, L"Esc" }, { 0x0e, L"Backspace" }, { 0x0f, L"Tab" }, { 0x1c, L"Enter" }, { 0x1d, L"Ctrl" }, { 0x2a, L"Shift" },
    { 0x36, L"Right Shift" }, { 0x37, L"Num *" }, { 0x38, L"Alt" }, { 0x39, L"Space" }, { 0x3a, L"Caps Lock" }, { 0x3b, L"F1" },
    { 0x3c, L"F2" }, { 0x3d, L"F3" }, { 0x3e, L"F4" }, { 0x3f, L"F5" }, { 0x40, L"F6" }, { 0x41, L"F7" }, { 0x42, L"F8" },
    { 0x43, L"F9" }, { 0x44, L"F10" }, { 0x45, L"Pause" }, { 0x46, L"Scroll Lock" }, { 0x47, L"Num 7" }, { 0x48, L"Num 8" },
    { 0x49, L"Num 9" }, { 0x4a, L"Num -" }, { 0x4b, L"Num 4" }, { 0x4c, L"Num 5" }, { 0x4d, L"Num 6" }, { 0x4e, L"Num +" },
    { 0x4f, L"Num 1" }, { 0x50, L"Num 2" }, { 0x51, L"Num 3" }, { 0x52, L"Num 0" }, { 0x53, L"Num Del" }, { 0x57, L"F11" },
    { 0x58, L"F12" }, { 0x11c, L"Num Enter" }, { 0x11d, L"Right Ctrl" }, { 0x135, L"Num /" }, { 0x137, L"Prnt Scrn" },
    { 0x138, L"Right Alt" }, { 0x145, L"Num Lock" }, { 0x147, L"Home" }, { 0x148, L"Up" }, { 0x149, L"Page Up" },
    { 0x14b, L"Left" }, { 0x14d, L"Right" }, { 0x14f, L"End" }, { 0x150, L"Down" }, { 0x151, L"Page Down" }, { 0x152, L"Insert" },
    { 0x153, L"Delete" }, { 0x15b, L"Left Windows" }, { 0x15c, L"Right Windows" }, { 0x15d, L"Application" },
};

int WINAPI GetKeyNameTextW(LONG lparam, LPWSTR text, int room)
{
    WORD scan = (WORD)(lparam >> 16 & 0x1ff);
    WCHAR one[2] = { 0, 0 };
    const WCHAR *name = one;

    if (room <= 0) return 0;
    if ((lparam & 1 << 25) && scan == 0x36) scan = 0x2a;
    if ((lparam & 1 << 25) && (scan == 0x11d || scan == 0x138)) scan &= 0xff;
    for (int i = 0; i < (int)ARRAYSIZE(names); i++)
        if (names[i].scan == scan) name = names[i].name;
    if (name == one) {
        UINT code = scan < 0x100 ? MapVirtualKeyW(scan, MAPVK_VSC_TO_VK) : 0;
        one[0] = (WCHAR)MapVirtualKeyW(code, MAPVK_VK_TO_CHAR);
    }
    int units = (int)wide_length(name);
    if (units > room - 1) units = room - 1;
    memcpy(text, name, (SIZE_T)units * sizeof(WCHAR));
    text[units] = 0;
    return units;
}

int WINAPI GetKeyNameTextA(LONG lparam, LPSTR text, int room)
{
    WCHAR wide[64];
    int units = GetKeyNameTextW(lparam, wide, ARRAYSIZE(wide));

    return room > 0 ? (int)ansi_into(text, (DWORD)room, wide, (DWORD)units) : 0;
}

DWORD WINAPI OemKeyScan(WORD c)
{
    SHORT code = VkKeyScanW((WCHAR)c);
    UINT scan = code == -1 ? 0 : MapVirtualKeyW(LOBYTE(code), MAPVK_VK_TO_VSC);

    return scan ? scan | (DWORD)HIBYTE(code) << 16 : ~0u;
}

