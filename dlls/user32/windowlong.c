/* winuser.h: GetWindowLong and its relatives, text, properties. */
#include "user32.h"

#undef GetWindowLongPtrA
#undef GetWindowLongPtrW
#undef SetWindowLongPtrA
#undef SetWindowLongPtrW

/* A dialog's procedure and its like: the places of DefDlgProc. */
static bool is_dialog_proc(HWND window, int index)
{
    struct user_window info;

    return index == DWLP_DLGPROC && !NtUserWindowInfo(window, &info) && (info.flags & WINDOW_DIALOG);
}

static LONG_PTR get_word(HWND window, int index, unsigned bytes, bool unicode)
{
    ULONG64 value = 0;

    if (index == GWLP_WNDPROC) {
        struct user_window info;
        if (!window_info(window, &info)) return 0;
        if (!(info.flags & WINDOW_LOCAL)) return set_error(ERROR_ACCESS_DENIED);
        return (LONG_PTR)procedure_for(FROM64(info.proc), info.flags & WINDOW_UNICODE, unicode);
    }
    if (index == GWLP_HWNDPARENT) {
        struct user_window info;
        if (!window_info(window, &info)) return 0;
        return (LONG_PTR)((info.style & WS_CHILD) && !(info.flags & WINDOW_TOP_LEVEL) ? info.parent : info.owner);
    }
    if (!status_to_bool(NtUserWindowWord(window, index, bytes, FALSE, &value))) return 0;
    if (index >= 0 && bytes == sizeof(LONG_PTR) && is_dialog_proc(window, index)) {
        bool kind = unicode;
        WNDPROC real = procedure_real((WNDPROC)(ULONG_PTR)value, &kind);
        return (LONG_PTR)procedure_for(real, kind, unicode);
    }
    if (bytes == 2) return (WORD)value;
    return bytes == 4 ? (LONG)value : (LONG_PTR)value;
}

static DWORD change_style(HWND window, int index, DWORD style)
{
    struct user_window info;
    ULONG64 value;

    if (!window_is_mine(window, &info) && !(info.flags & WINDOW_LOCAL)) return 0;
    STYLESTRUCT change = { index == GWL_STYLE ? info.style : info.ex_style, style };
    SendMessageW(window, WM_STYLECHANGING, (WPARAM)(LONG_PTR)index, (LPARAM)&change);
    value = change.styleNew;
    if (index == GWL_STYLE) {
        if (info.flags & WINDOW_TOP_LEVEL) value |= WS_CLIPSIBLINGS;
        value = (value & ~(ULONG64)WS_MINIMIZE & ~(ULONG64)WS_MAXIMIZE) | (change.styleNew & (WS_MINIMIZE | WS_MAXIMIZE));
    } else {
        value = (value & ~(ULONG64)WS_EX_TOPMOST) | (info.ex_style & WS_EX_TOPMOST);
        DWORD now = info.style;
        if ((value & WS_EX_DLGMODALFRAME) || (!(value & WS_EX_STATICEDGE) && (now & (WS_DLGFRAME | WS_THICKFRAME))))
            value |= WS_EX_WINDOWEDGE;
        else
            value &= ~(ULONG64)WS_EX_WINDOWEDGE;
    }
    change.styleNew = (DWORD)value;
    if (!status_to_bool(NtUserWindowWord(window, index, 4, TRUE, &value))) return 0;
    SendMessageW(window, WM_STYLECHANGED, (WPARAM)(LONG_PTR)index, (LPARAM)&change);
    if (index == GWL_STYLE && ((info.style ^ change.styleNew) & WS_VISIBLE) && IsWindow(window)) {
        struct user_place place;
        struct user_window now;
        memset(&place, 0, sizeof(place));
        if (!NtUserWindowInfo(window, &now)) {
            place.window = now.relative;
            place.client = now.client;
            OffsetRect(&place.client, now.relative.left - now.window.left, now.relative.top - now.window.top);
            place.flags = SWP_NOZORDER | SWP_NOREDRAW;
            NtUserSetPlace(window, &place);
        }
    }
    set_error(0);
    return change.styleOld;
}

static LONG_PTR set_word(HWND window, int index, unsigned bytes, LONG_PTR value, bool unicode)
{
    ULONG64 number = (ULONG_PTR)value;

    switch (index) {
    case GWL_STYLE:
    case GWL_EXSTYLE: return (LONG)change_style(window, index, (DWORD)value);
    case GWLP_WNDPROC: {
        struct user_window info;
        bool kind = unicode;
        if (!window_info(window, &info)) return 0;
        if (!(info.flags & WINDOW_LOCAL)) return set_error(ERROR_ACCESS_DENIED);
        WNDPROC old = procedure_for(FROM64(info.proc), info.flags & WINDOW_UNICODE, unicode);
        WNDPROC real = procedure_real((WNDPROC)value, &kind);
        ULONG64 wide = kind;
        number = PTR64(real);
        NtUserWindowWord(window, WINDOW_WORD_UNICODE, 4, TRUE, &wide);
        NtUserWindowWord(window, GWLP_WNDPROC, sizeof(LONG_PTR), TRUE, &number);
        return (LONG_PTR)old;
    }
    case GWLP_HWNDPARENT: {
        struct user_window info;
        if (!window_info(window, &info)) return 0;
        if ((info.style & WS_CHILD) && !(info.flags & WINDOW_TOP_LEVEL)) return (LONG_PTR)SetParent(window, (HWND)value);
        if (!status_to_bool(NtUserSetOwner(window, (HWND)value))) return 0;
        return (LONG_PTR)info.owner;
    }
    }
    if (index >= 0 && bytes == sizeof(LONG_PTR) && is_dialog_proc(window, index)) {
        bool kind = unicode;
        WNDPROC real = procedure_real((WNDPROC)value, &kind);
        number = PTR64(procedure_for(real, kind, true));
    }
    if (!status_to_bool(NtUserWindowWord(window, index, bytes, TRUE, &number))) return 0;
    if (bytes == 2) return (WORD)number;
    return bytes == 4 ? (LONG)number : (LONG_PTR)number;
}

#define WINDOW_LONGS(letter, unicode)                                                                       \
    LONG WINAPI GetWindowLong##letter(HWND window, int index)                                              \
    {                                                                                                      \
        return (LONG)get_word(window, index, 4, unicode);                                                  \
    }                                                                                                      \
    LONG WINAPI SetWindowLong##letter(HWND window, int index, LONG value)                                  \
    {                                                                                                      \
        return (LONG)set_word(window, index, 4, value, unicode);                                           \
    }                                                                                                      \
    LONG_PTR WINAPI GetWindowLongPtr##letter(HWND window, int index)                                       \
    {                                                                                                      \
        return get_word(window, index, sizeof(LONG_PTR), unicode);                                         \
    }                                                                                                      \
    LONG_PTR WINAPI SetWindowLongPtr##letter(HWND window, int index, LONG_PTR value)                       \
    {                                                                                                      \
        return set_word(window, index, sizeof(LONG_PTR), value, unicode);                                  \
    }
WINDOW_LONGS(W, true)
WINDOW_LONGS(A, false)

WORD WINAPI GetWindowWord(HWND window, int index)
{
    return (WORD)get_word(window, index, 2, true);
}

WORD WINAPI SetWindowWord(HWND window, int index, WORD value)
{
    return (WORD)set_word(window, index, 2, value, true);
}

BOOL WINAPI IsWindowUnicode(HWND window)
{
    struct user_window info;

    return window_info(window, &info) && (info.flags & WINDOW_UNICODE);
}

/* ---- text ---- */

/* A window of another process is not asked: what it last set is given (winuser.h reference: GetWindowText). */
static bool is_foreign(HWND window)
{
    struct user_window info;

    return !NtUserWindowInfo(window, &info) && !(info.flags & WINDOW_LOCAL);
}

int WINAPI GetWindowTextW(HWND window, LPWSTR text, int room)
{
    ULONG length = 0;

    if (room <= 0) return 0;
    text[0] = 0;
    if (!is_foreign(window)) return (int)SendMessageW(window, WM_GETTEXT, (WPARAM)room, (LPARAM)text);
    if (!status_to_bool(NtUserGetText(window, text, (ULONG)room - 1, &length))) return 0;
    if (length > (ULONG)room - 1) length = (ULONG)room - 1;
    text[length] = 0;
    return (int)length;
}

int WINAPI GetWindowTextA(HWND window, LPSTR text, int room)
{
    if (room <= 0) return 0;
    text[0] = 0;
    if (!is_foreign(window)) return (int)SendMessageA(window, WM_GETTEXT, (WPARAM)room, (LPARAM)text);
    WCHAR *wide = mem_alloc((SIZE_T)room * sizeof(WCHAR));
    int units = wide ? GetWindowTextW(window, wide, room) : 0;
    if (wide) units = (int)ansi_into(text, (DWORD)room, wide, (DWORD)units);
    mem_free(wide);
    return units;
}

int WINAPI InternalGetWindowText(HWND window, LPWSTR text, int room)
{
    ULONG length = 0;

    if (room <= 0) return 0;
    text[0] = 0;
    if (!status_to_bool(NtUserGetText(window, text, (ULONG)room - 1, &length))) return 0;
    if (length > (ULONG)room - 1) length = (ULONG)room - 1;
    text[length] = 0;
    return (int)length;
}

int WINAPI GetWindowTextLengthW(HWND window)
{
    ULONG length = 0;

    if (!is_foreign(window)) return (int)SendMessageW(window, WM_GETTEXTLENGTH, 0, 0);
    return status_to_bool(NtUserGetText(window, NULL, 0, &length)) ? (int)length : 0;
}

int WINAPI GetWindowTextLengthA(HWND window)
{
    return is_foreign(window) ? GetWindowTextLengthW(window) : (int)SendMessageA(window, WM_GETTEXTLENGTH, 0, 0);
}

BOOL WINAPI SetWindowTextW(HWND window, LPCWSTR text)
{
    if (!IsWindow(window)) return set_error(ERROR_INVALID_WINDOW_HANDLE);
    if (is_foreign(window)) return set_error(ERROR_ACCESS_DENIED);
    return (BOOL)SendMessageW(window, WM_SETTEXT, 0, (LPARAM)text);
}

BOOL WINAPI SetWindowTextA(HWND window, LPCSTR text)
{
    if (!IsWindow(window)) return set_error(ERROR_INVALID_WINDOW_HANDLE);
    if (is_foreign(window)) return set_error(ERROR_ACCESS_DENIED);
    return (BOOL)SendMessageA(window, WM_SETTEXT, 0, (LPARAM)text);
}

/* ---- properties ---- */

HANDLE WINAPI GetPropW(HWND window, LPCWSTR name)
{
    ULONG64 value = 0;
    ULONG atom = name_to_atom(name, false);

    if (!atom) return NULL;
    return status_to_bool(NtUserProperty(window, atom, 0, &value)) ? FROM64(value) : NULL;
}

BOOL WINAPI SetPropW(HWND window, LPCWSTR name, HANDLE data)
{
    ULONG64 value = PTR64(data);
    ULONG atom = name_to_atom(name, true);

    return atom ? status_to_bool(NtUserProperty(window, atom, 1, &value)) : set_error(ERROR_NOT_ENOUGH_MEMORY);
}

HANDLE WINAPI RemovePropW(HWND window, LPCWSTR name)
{
    ULONG64 value = 0;
    ULONG atom = name_to_atom(name, false);

    if (!atom) return NULL;
    return status_to_bool(NtUserProperty(window, atom, 2, &value)) ? FROM64(value) : NULL;
}

static const WCHAR *property_name(const char *name, WCHAR **copy)
{
    *copy = IS_ATOM(name) ? NULL : wide_from_ansi(name);
    return *copy ? *copy : (const WCHAR *)name;
}

HANDLE WINAPI GetPropA(HWND window, LPCSTR name)
{
    WCHAR *copy;
    HANDLE data = GetPropW(window, property_name(name, &copy));

    mem_free(copy);
    return data;
}

BOOL WINAPI SetPropA(HWND window, LPCSTR name, HANDLE data)
{
    WCHAR *copy;
    BOOL result = SetPropW(window, property_name(name, &copy), data);

    mem_free(copy);
    return result;
}

HANDLE WINAPI RemovePropA(HWND window, LPCSTR name)
{
    WCHAR *copy;
    HANDLE data = RemovePropW(window, property_name(name, &copy));

    mem_free(copy);
    return data;
}

/* The list is taken first, so that the callback may remove what it is given. */
static int enum_properties(HWND window, PROPENUMPROCEXW wide, PROPENUMPROCEXA ansi, LPARAM data)
{
    int result = -1;
    ULONG count = 0, atom;
    ULONG64 value;
    struct {
        ULONG atom;
        ULONG64 value;
    } list[256];

    while (count < ARRAYSIZE(list) && !NtUserPropertyAt(window, count, &atom, &value) && atom) {
        list[count].atom = atom;
        list[count++].value = value;
    }
    for (ULONG i = 0; i < count; i++) {
        WCHAR name[256];
        char narrow[512];
        ULONG units = list[i].atom < 0xc000 ? 0 : NtUserAtomName(list[i].atom, name, ARRAYSIZE(name) - 1);
        name[units] = 0;
        if (wide) result = wide(window, units ? name : (WCHAR *)(ULONG_PTR)list[i].atom, FROM64(list[i].value), (ULONG_PTR)data);
        else {
            ansi_into(narrow, sizeof(narrow), name, units);
            result = ansi(window, units ? narrow : (char *)(ULONG_PTR)list[i].atom, FROM64(list[i].value), (ULONG_PTR)data);
        }
        if (!result) break;
    }
    return result;
}

int WINAPI EnumPropsExW(HWND window, PROPENUMPROCEXW proc, LPARAM data)
{
    return enum_properties(window, proc, NULL, data);
}

int WINAPI EnumPropsExA(HWND window, PROPENUMPROCEXA proc, LPARAM data)
{
    return enum_properties(window, NULL, proc, data);
}

static BOOL CALLBACK without_data_w(HWND window, LPWSTR name, HANDLE value, ULONG_PTR proc)
{
    return ((PROPENUMPROCW)proc)(window, name, value);
}

static BOOL CALLBACK without_data_a(HWND window, LPSTR name, HANDLE value, ULONG_PTR proc)
{
    return ((PROPENUMPROCA)proc)(window, name, value);
}

int WINAPI EnumPropsW(HWND window, PROPENUMPROCW proc)
{
    return enum_properties(window, without_data_w, NULL, (LPARAM)proc);
}

int WINAPI EnumPropsA(HWND window, PROPENUMPROCA proc)
{
    return enum_properties(window, NULL, without_data_a, (LPARAM)proc);
}
