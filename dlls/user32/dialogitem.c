/* winuser.h: the items of a dialog, or of any window with children that have ids. */
#include "user32.h"

HWND WINAPI GetDlgItem(HWND dialog, int id)
{
    UINT32 small[256], *list = small;
    ULONG count = NtUserWindowList(dialog, LIST_CHILDREN, 0, list, ARRAYSIZE(small)), room = ARRAYSIZE(small);
    HWND found = NULL;

    if (!dialog || !IsWindow(dialog)) return NULL;
    if (count > room) {
        room = count;
        if (!(list = mem_alloc(room * sizeof(*list)))) return NULL;
        count = NtUserWindowList(dialog, LIST_CHILDREN, 0, list, room);
    }
    for (ULONG i = 0; i < count && i < room && !found; i++) {
        struct user_window info;
        if (!NtUserWindowInfo(WINDOW32(list[i]), &info) && (int)info.id == id) found = WINDOW32(list[i]);
    }
    if (list != small) mem_free(list);
    if (!found) set_error(ERROR_CONTROL_ID_NOT_FOUND);
    return found;
}

int WINAPI GetDlgCtrlID(HWND window)
{
    struct user_window info;

    return window_info(window, &info) ? (int)info.id : 0;
}

BOOL WINAPI SetDlgItemTextW(HWND dialog, int id, LPCWSTR text)
{
    HWND item = GetDlgItem(dialog, id);

    return item && SetWindowTextW(item, text);
}

BOOL WINAPI SetDlgItemTextA(HWND dialog, int id, LPCSTR text)
{
    HWND item = GetDlgItem(dialog, id);

    return item && SetWindowTextA(item, text);
}

UINT WINAPI GetDlgItemTextW(HWND dialog, int id, LPWSTR text, int room)
{
    HWND item = GetDlgItem(dialog, id);

    if (room > 0) text[0] = 0;
    return item ? (UINT)SendMessageW(item, WM_GETTEXT, (WPARAM)room, (LPARAM)text) : 0;
}

UINT WINAPI GetDlgItemTextA(HWND dialog, int id, LPSTR text, int room)
{
    HWND item = GetDlgItem(dialog, id);

    if (room > 0) text[0] = 0;
    return item ? (UINT)SendMessageA(item, WM_GETTEXT, (WPARAM)room, (LPARAM)text) : 0;
}

BOOL WINAPI SetDlgItemInt(HWND dialog, int id, UINT value, BOOL is_signed)
{
    WCHAR text[16];

    wsprintfW(text, is_signed ? L"%d" : L"%u", value);
    return SetDlgItemTextW(dialog, id, text);
}

UINT WINAPI GetDlgItemInt(HWND dialog, int id, BOOL *translated, BOOL is_signed)
{
    WCHAR text[30], *at = text;
    bool negative = false;
    ULONGLONG value = 0;

    if (translated) *translated = FALSE;
    if (!GetDlgItemTextW(dialog, id, text, ARRAYSIZE(text))) return 0;
    while (*at == ' ' || *at == '\t') at++;
    if (is_signed && (*at == '-' || *at == '+')) negative = *at++ == '-';
    if (*at < '0' || *at > '9') return 0;
    while (*at >= '0' && *at <= '9') {
        value = value * 10 + (ULONGLONG)(*at++ - '0');
        if (value > 0xffffffffu) return 0;
    }
    if (*at || (is_signed && value > 0x7fffffffu + (ULONGLONG)negative)) return 0;
    if (translated) *translated = TRUE;
    return negative ? (UINT)-(int)value : (UINT)value;
}

BOOL WINAPI CheckDlgButton(HWND dialog, int id, UINT check)
{
    SendDlgItemMessageW(dialog, id, BM_SETCHECK, check, 0);
    return TRUE;
}

UINT WINAPI IsDlgButtonChecked(HWND dialog, int id)
{
    return (UINT)SendDlgItemMessageW(dialog, id, BM_GETCHECK, 0, 0);
}

BOOL WINAPI CheckRadioButton(HWND dialog, int first, int last, int check)
{
    for (HWND item = GetWindow(dialog, GW_CHILD); item; item = GetWindow(item, GW_HWNDNEXT)) {
        int id = GetDlgCtrlID(item);
        if (id >= first && id <= last) SendMessageW(item, BM_SETCHECK, id == check ? BST_CHECKED : BST_UNCHECKED, 0);
    }
    return TRUE;
}
