/* Window procedures and the conversion of messages between ANSI and wide strings.
 *
 * A procedure seen through a function of the other kind is a number (0xffff0000 and up) that stands for it, as on Windows;
 * CallWindowProc knows it and converts. */
#include "user32.h"

static struct {
    WNDPROC proc;
    bool unicode;
} table[0x3fff];
static LONG used;
static RTL_SRWLOCK lock;

#define HANDLE_BASE 0xffff0000u

WNDPROC procedure_for(WNDPROC proc, bool proc_unicode, bool unicode)
{
    LONG i;

    if (proc_unicode == unicode || !proc) return proc;
    RtlAcquireSRWLockExclusive(&lock);
    for (i = 0; i < used; i++)
        if (table[i].proc == proc && table[i].unicode == proc_unicode) break;
    if (i == used && used < (LONG)ARRAYSIZE(table)) {
        table[i].proc = proc;
        table[i].unicode = proc_unicode;
        used++;
    }
    RtlReleaseSRWLockExclusive(&lock);
    return i < (LONG)ARRAYSIZE(table) ? (WNDPROC)(ULONG_PTR)(HANDLE_BASE | (ULONG)i) : proc;
}

WNDPROC procedure_real(WNDPROC proc, bool *unicode)
{
    ULONG_PTR value = (ULONG_PTR)proc;

    if (value < HANDLE_BASE || value > 0xffffffffu || (LONG)(value - HANDLE_BASE) >= used) return proc;
    *unicode = table[value - HANDLE_BASE].unicode;
    return table[value - HANDLE_BASE].proc;
}

/* ---- what of a message is text ---- */

enum text_kind {
    TEXT_NONE,
    TEXT_SET,     /* lparam: a string that is given */
    TEXT_GET,     /* lparam: a buffer of wparam characters; the result is how many */
    TEXT_LENGTH,  /* the result is a length */
    TEXT_CHAR,    /* wparam: a character */
    TEXT_CREATE,  /* CREATESTRUCT */
    TEXT_LINE,    /* EM_GETLINE: the buffer begins with its size */
    TEXT_ITEM,    /* lparam: a string of a list, or an item's data */
    TEXT_GET_ITEM, /* a string of a list, without a given size */
    TEXT_ITEM_LENGTH,
    TEXT_MDI,     /* MDICREATESTRUCT */
    TEXT_SETTING, /* may be NULL */
};

static bool list_has_strings(HWND window, bool combo)
{
    DWORD style = (DWORD)GetWindowLongW(window, GWL_STYLE);

    if (combo) return !(style & (CBS_OWNERDRAWFIXED | CBS_OWNERDRAWVARIABLE)) || (style & CBS_HASSTRINGS);
    return !(style & (LBS_OWNERDRAWFIXED | LBS_OWNERDRAWVARIABLE)) || (style & LBS_HASSTRINGS);
}

static enum text_kind kind_of(HWND window, UINT message)
{
    switch (message) {
    case WM_NCCREATE:
    case WM_CREATE: return TEXT_CREATE;
    case WM_SETTEXT:
    case WM_DEVMODECHANGE:
    case CB_DIR:
    case LB_DIR:
    case LB_ADDFILE:
    case EM_REPLACESEL: return TEXT_SET;
    case WM_SETTINGCHANGE: return TEXT_SETTING;
    case WM_GETTEXT:
    case WM_ASKCBFORMATNAME: return TEXT_GET;
    case WM_GETTEXTLENGTH: return TEXT_LENGTH;
    case WM_CHAR:
    case WM_DEADCHAR:
    case WM_SYSCHAR:
    case WM_SYSDEADCHAR:
    case WM_CHARTOITEM:
    case WM_MENUCHAR:
    case EM_SETPASSWORDCHAR: return TEXT_CHAR;
    case EM_GETLINE: return TEXT_LINE;
    case LB_ADDSTRING:
    case LB_INSERTSTRING:
    case LB_FINDSTRING:
    case LB_FINDSTRINGEXACT:
    case LB_SELECTSTRING: return list_has_strings(window, false) ? TEXT_ITEM : TEXT_NONE;
    case LB_GETTEXT: return list_has_strings(window, false) ? TEXT_GET_ITEM : TEXT_NONE;
    case LB_GETTEXTLEN: return list_has_strings(window, false) ? TEXT_ITEM_LENGTH : TEXT_NONE;
    case CB_ADDSTRING:
    case CB_INSERTSTRING:
    case CB_FINDSTRING:
    case CB_FINDSTRINGEXACT:
    case CB_SELECTSTRING: return list_has_strings(window, true) ? TEXT_ITEM : TEXT_NONE;
    case CB_GETLBTEXT: return list_has_strings(window, true) ? TEXT_GET_ITEM : TEXT_NONE;
    case CB_GETLBTEXTLEN: return list_has_strings(window, true) ? TEXT_ITEM_LENGTH : TEXT_NONE;
    case WM_MDICREATE: return TEXT_MDI;
    }
    return TEXT_NONE;
}

static WPARAM char_to_wide(UINT message, WPARAM wparam)
{
    char bytes[2] = { (char)wparam, (char)(wparam >> 8) };
    WCHAR wide[2] = { 0, 0 };

    if (message == WM_CHARTOITEM || message == WM_MENUCHAR || !(bytes[1] && message == WM_CHAR))
        return (wparam & ~(WPARAM)0xffff) | wide_of_char(bytes[0]) | (message == EM_SETPASSWORDCHAR ? 0 : 0);
    wide_into(wide, 2, bytes, 2);
    return (wparam & ~(WPARAM)0xffff) | wide[0];
}

static WPARAM char_to_ansi(WPARAM wparam)
{
    WCHAR wide = (WCHAR)wparam;
    char ansi[4] = { 0 };

    ansi_into(ansi, sizeof(ansi), &wide, 1);
    return (wparam & ~(WPARAM)0xffff) | (BYTE)ansi[0] | (WPARAM)(BYTE)ansi[1] << 8;
}

static LRESULT text_to_wide(enum text_kind kind, WNDPROC proc, HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    WCHAR *text = NULL, *name = NULL;
    LRESULT result;

    switch (kind) {
    case TEXT_CHAR: return proc(window, message, char_to_wide(message, wparam), lparam);
    case TEXT_SETTING:
    case TEXT_ITEM:
    case TEXT_SET:
        if (lparam && !(text = wide_from_ansi((const char *)lparam))) return 0;
        result = proc(window, message, wparam, (LPARAM)text);
        break;
    case TEXT_GET:
        if (!(text = mem_alloc((wparam + 1) * sizeof(WCHAR)))) return 0;
        text[0] = 0;
        result = proc(window, message, wparam, (LPARAM)text);
        if (wparam) {
            DWORD units = result >= 0 && (WPARAM)result <= wparam ? (DWORD)result : 0;
            result = (LRESULT)ansi_into((char *)lparam, (DWORD)wparam, text, units);
        }
        break;
    case TEXT_LENGTH: {
        /* the number of bytes: the text itself has to be looked at */
        LRESULT units = proc(window, message, wparam, lparam);
        if (units <= 0 || message != WM_GETTEXTLENGTH || !(text = mem_alloc((SIZE_T)(units + 1) * sizeof(WCHAR)))) return units;
        result = proc(window, WM_GETTEXT, (WPARAM)units + 1, (LPARAM)text);
        result = (LRESULT)ansi_bytes(text, result > 0 && result <= units ? (DWORD)result : 0);
        break;
    }
    case TEXT_LINE: {
        WORD room = *(WORD *)lparam;
        if (!(text = mem_alloc((room + 1u) * sizeof(WCHAR)))) return 0;
        *(WORD *)text = room;
        result = proc(window, message, wparam, (LPARAM)text);
        ULONG size = 0;
        RtlUnicodeToMultiByteN((char *)lparam, room, &size, text, (ULONG)(result > room ? room : result) * sizeof(WCHAR));
        if (size < room) ((char *)lparam)[size] = 0;
        result = (LRESULT)size;
        break;
    }
    case TEXT_GET_ITEM: {
        LRESULT units = proc(window, message == CB_GETLBTEXT ? CB_GETLBTEXTLEN : LB_GETTEXTLEN, wparam, 0);
        if (units < 0 || !(text = mem_alloc((SIZE_T)(units + 1) * sizeof(WCHAR)))) return LB_ERR;
        result = proc(window, message, wparam, (LPARAM)text);
        if (result >= 0) result = (LRESULT)ansi_into((char *)lparam, ~0u >> 2, text, (DWORD)result);
        break;
    }
    case TEXT_ITEM_LENGTH: {
        LRESULT units = proc(window, message, wparam, lparam);
        if (units <= 0 || !(text = mem_alloc((SIZE_T)(units + 1) * sizeof(WCHAR)))) return units;
        result = proc(window, message == CB_GETLBTEXTLEN ? CB_GETLBTEXT : LB_GETTEXT, wparam, (LPARAM)text);
        if (result > 0) result = (LRESULT)ansi_bytes(text, (DWORD)result);
        break;
    }
    case TEXT_CREATE: {
        CREATESTRUCTW create = *(const CREATESTRUCTW *)lparam;
        const CREATESTRUCTA *ansi = (const CREATESTRUCTA *)lparam;
        if (ansi->lpszName && !IS_ATOM(ansi->lpszName)) create.lpszName = text = wide_from_ansi(ansi->lpszName);
        if (!IS_ATOM(ansi->lpszClass)) create.lpszClass = name = wide_from_ansi(ansi->lpszClass);
        result = proc(window, message, wparam, (LPARAM)&create);
        break;
    }
    case TEXT_MDI: {
        MDICREATESTRUCTW create = *(const MDICREATESTRUCTW *)lparam;
        const MDICREATESTRUCTA *ansi = (const MDICREATESTRUCTA *)lparam;
        if (ansi->szTitle && !IS_ATOM(ansi->szTitle)) create.szTitle = text = wide_from_ansi(ansi->szTitle);
        if (!IS_ATOM(ansi->szClass)) create.szClass = name = wide_from_ansi(ansi->szClass);
        result = proc(window, message, wparam, (LPARAM)&create);
        break;
    }
    default: return proc(window, message, wparam, lparam);
    }
    mem_free(text);
    mem_free(name);
    return result;
}

static LRESULT text_to_ansi(enum text_kind kind, WNDPROC proc, HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    char *text = NULL, *name = NULL;
    LRESULT result;

    switch (kind) {
    case TEXT_CHAR: {
        WPARAM ansi = char_to_ansi(wparam);
        if (message == WM_CHAR && (ansi & 0xff00)) { /* a double-byte character comes in two messages */
            proc(window, message, ansi & 0xff, lparam);
            return proc(window, message, ansi >> 8 & 0xff, lparam);
        }
        return proc(window, message, ansi, lparam);
    }
    case TEXT_SETTING:
    case TEXT_ITEM:
    case TEXT_SET:
        if (lparam && !(text = ansi_from_wide((const WCHAR *)lparam))) return 0;
        result = proc(window, message, wparam, (LPARAM)text);
        break;
    case TEXT_GET:
        if (!(text = mem_alloc(wparam * 2 + 1))) return 0;
        text[0] = 0;
        result = proc(window, message, wparam * 2, (LPARAM)text);
        if (wparam) {
            DWORD bytes = result >= 0 && (WPARAM)result <= wparam * 2 ? (DWORD)result : 0;
            result = (LRESULT)wide_into((WCHAR *)lparam, (DWORD)wparam, text, bytes);
        }
        break;
    case TEXT_LINE: {
        WORD room = *(WORD *)lparam;
        if (!(text = mem_alloc(room * 2u + 2))) return 0;
        *(WORD *)text = (WORD)(room * 2 > 0xffff ? 0xffff : room * 2);
        result = proc(window, message, wparam, (LPARAM)text);
        ULONG size = 0;
        RtlMultiByteToUnicodeN((WCHAR *)lparam, room * sizeof(WCHAR), &size, text, (ULONG)result);
        result = (LRESULT)(size / sizeof(WCHAR));
        if (result < room) ((WCHAR *)lparam)[result] = 0;
        break;
    }
    case TEXT_GET_ITEM: {
        LRESULT bytes = proc(window, message == CB_GETLBTEXT ? CB_GETLBTEXTLEN : LB_GETTEXTLEN, wparam, 0);
        if (bytes < 0 || !(text = mem_alloc((SIZE_T)bytes + 1))) return LB_ERR;
        result = proc(window, message, wparam, (LPARAM)text);
        if (result >= 0) result = (LRESULT)wide_into((WCHAR *)lparam, ~0u >> 2, text, (DWORD)result);
        break;
    }
    case TEXT_CREATE: {
        CREATESTRUCTA create;
        const CREATESTRUCTW *wide = (const CREATESTRUCTW *)lparam;
        memcpy(&create, wide, sizeof(create));
        if (wide->lpszName && !IS_ATOM(wide->lpszName)) create.lpszName = text = ansi_from_wide(wide->lpszName);
        if (!IS_ATOM(wide->lpszClass)) create.lpszClass = name = ansi_from_wide(wide->lpszClass);
        result = proc(window, message, wparam, (LPARAM)&create);
        break;
    }
    case TEXT_MDI: {
        MDICREATESTRUCTA create;
        const MDICREATESTRUCTW *wide = (const MDICREATESTRUCTW *)lparam;
        memcpy(&create, wide, sizeof(create));
        if (wide->szTitle && !IS_ATOM(wide->szTitle)) create.szTitle = text = ansi_from_wide(wide->szTitle);
        if (!IS_ATOM(wide->szClass)) create.szClass = name = ansi_from_wide(wide->szClass);
        result = proc(window, message, wparam, (LPARAM)&create);
        break;
    }
    default: return proc(window, message, wparam, lparam);
    }
    mem_free(text);
    mem_free(name);
    return result;
}

LRESULT call_procedure(WNDPROC proc, bool proc_unicode, bool unicode, HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    enum text_kind kind;

    proc = procedure_real(proc, &proc_unicode);
    if (proc_unicode == unicode || (kind = kind_of(window, message)) == TEXT_NONE)
        return proc(window, message, wparam, lparam);
    return unicode ? text_to_ansi(kind, proc, window, message, wparam, lparam)
                   : text_to_wide(kind, proc, window, message, wparam, lparam);
}

LRESULT WINAPI CallWindowProcW(WNDPROC proc, HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    return proc ? call_procedure(proc, true, true, window, message, wparam, lparam) : 0;
}

LRESULT WINAPI CallWindowProcA(WNDPROC proc, HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    return proc ? call_procedure(proc, false, false, window, message, wparam, lparam) : 0;
}
