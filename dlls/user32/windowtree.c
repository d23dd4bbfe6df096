/* winuser.h: windows among each other. */
#include "user32.h"

#define DESKTOP_WINDOW ((HWND)0x10002)  /* desktop.h: generation 1, record 1 */
#define MESSAGE_PARENT ((HWND)0x10004)

BOOL WINAPI IsWindow(HWND window)
{
    struct user_target target;

    return (window == DESKTOP_WINDOW || !NtUserSendTarget(window, &target)) || set_error(ERROR_INVALID_WINDOW_HANDLE);
}

HWND WINAPI GetDesktopWindow(void)
{
    return DESKTOP_WINDOW;
}

HWND WINAPI GetShellWindow(void)
{
    return NULL; /* no shell runs */
}

HWND WINAPI GetParent(HWND window)
{
    struct user_window info;

    if (!window_info(window, &info)) return NULL;
    if (info.style & WS_POPUP) return WINDOW32(info.owner);
    if (!(info.style & WS_CHILD)) return WINDOW32(info.owner);
    return WINDOW32(info.parent);
}

HWND WINAPI GetAncestor(HWND window, UINT kind)
{
    struct user_window info;
    HWND parent;

    if (window == DESKTOP_WINDOW || !status_to_bool(NtUserTreeParent(window, &parent))) return NULL;
    switch (kind) {
    case GA_PARENT: return parent;
    case GA_ROOT:
        while (parent && parent != DESKTOP_WINDOW && parent != MESSAGE_PARENT) {
            window = parent;
            if (NtUserTreeParent(window, &parent)) return NULL;
        }
        return window;
    case GA_ROOTOWNER:
        for (;;) {
            HWND up = GetParent(window);
            if (!up || up == DESKTOP_WINDOW) return window;
            window = up;
        }
    }
    (void)info;
    return NULL;
}

HWND WINAPI SetParent(HWND window, HWND parent)
{
    struct user_window info, target;
    HWND old = NULL;

    if (parent == HWND_MESSAGE) parent = MESSAGE_PARENT;
    if (parent == DESKTOP_WINDOW) parent = NULL;
    if (window == DESKTOP_WINDOW || window == parent) {
        set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (!window_info(window, &info) || (parent && !window_info(parent, &target))) return NULL;
    if (!(info.flags & WINDOW_LOCAL)) {
        set_error(ERROR_ACCESS_DENIED);
        return NULL;
    }
    BOOL was_visible = info.style & WS_VISIBLE;
    if (was_visible) ShowWindow(window, SW_HIDE);
    if (!status_to_bool(NtUserSetParent(window, parent, &old))) return NULL;
    if (was_visible) ShowWindow(window, SW_SHOWNA);
    return info.style & WS_CHILD ? old : WINDOW32(info.owner) ? WINDOW32(info.owner) : old;
}

BOOL WINAPI IsChild(HWND parent, HWND window)
{
    struct user_window info;

    for (int depth = 0; depth < 1000 && window; depth++) {
        if (NtUserWindowInfo(window, &info) || !(info.style & WS_CHILD)) return FALSE;
        window = WINDOW32(info.parent);
        if (window == DESKTOP_WINDOW) return FALSE;
        if (window == parent) return TRUE;
    }
    return FALSE;
}

HWND WINAPI GetWindow(HWND window, UINT relation)
{
    HWND found = NULL;

    return status_to_bool(NtUserGetWindow(window, relation, &found)) ? found : NULL;
}

HWND WINAPI GetTopWindow(HWND window)
{
    return GetWindow(window ? window : DESKTOP_WINDOW, GW_CHILD);
}

HWND WINAPI GetLastActivePopup(HWND window)
{
    LONG_PTR popup = window_word(window, WINDOW_WORD_LAST_POPUP);

    return popup && IsWindow((HWND)popup) ? (HWND)popup : window;
}

DWORD WINAPI GetWindowThreadProcessId(HWND window, LPDWORD process)
{
    struct user_window info;

    if (window == DESKTOP_WINDOW) { /* no process's: that of the caller stands in */
        if (process) *process = GetCurrentProcessId();
        return GetCurrentThreadId();
    }
    if (!window_info(window, &info)) return 0;
    if (process) *process = info.process;
    return info.thread;
}

BOOL WINAPI IsWindowVisible(HWND window)
{
    struct user_window info;
    HWND parent;

    if (!window_info(window, &info) || !(info.style & WS_VISIBLE)) return FALSE;
    if (info.flags & WINDOW_LOCAL) return !!(info.flags & WINDOW_REALLY_VISIBLE);
    for (int depth = 0; depth < 256 && !NtUserTreeParent(window, &parent) && parent && parent != DESKTOP_WINDOW; depth++) {
        if (parent == MESSAGE_PARENT || NtUserWindowInfo(parent, &info) || !(info.style & WS_VISIBLE)) return FALSE;
        window = parent;
    }
    return TRUE;
}

BOOL WINAPI IsWindowEnabled(HWND window)
{
    struct user_window info;

    return window_info(window, &info) && !(info.style & WS_DISABLED);
}

BOOL WINAPI IsIconic(HWND window)
{
    struct user_window info;

    return window_info(window, &info) && (info.style & WS_MINIMIZE);
}

BOOL WINAPI IsZoomed(HWND window)
{
    struct user_window info;

    return window_info(window, &info) && (info.style & WS_MAXIMIZE);
}

BOOL WINAPI IsHungAppWindow(HWND window)
{
    return NtUserIsHung(window);
}

/* ---- lists ---- */

/* On the heap, ends with 0. */
static UINT32 *list_windows(HWND parent, ULONG kind, ULONG thread)
{
    ULONG room = 64;

    for (;;) {
        UINT32 *list = mem_alloc((room + 1) * sizeof(*list));
        if (!list) return NULL;
        ULONG count = NtUserWindowList(parent, kind, thread, list, room);
        if (count <= room) {
            list[count] = 0;
            return list;
        }
        mem_free(list);
        room = count + 64;
    }
}

static BOOL enumerate(UINT32 *list, WNDENUMPROC proc, LPARAM data)
{
    BOOL result = TRUE;

    if (!list) return FALSE;
    for (UINT32 *at = list; *at && result; at++)
        if (IsWindow(WINDOW32(*at))) result = proc(WINDOW32(*at), data);
    mem_free(list);
    return result;
}

BOOL WINAPI EnumWindows(WNDENUMPROC proc, LPARAM data)
{
    return enumerate(list_windows(NULL, LIST_CHILDREN, 0), proc, data);
}

BOOL WINAPI EnumThreadWindows(DWORD thread, WNDENUMPROC proc, LPARAM data)
{
    return enumerate(list_windows(NULL, LIST_THREAD, thread), proc, data);
}

/* The result has no meaning (winuser.h reference: EnumChildWindows). */
BOOL WINAPI EnumChildWindows(HWND parent, WNDENUMPROC proc, LPARAM data)
{
    if (!parent || parent == DESKTOP_WINDOW) return enumerate(list_windows(NULL, LIST_CHILDREN, 0), proc, data);
    if (!IsWindow(parent)) return FALSE;
    return enumerate(list_windows(parent, LIST_DESCENDANTS, 0), proc, data);
}

BOOL WINAPI EnumDesktopWindows(HDESK desktop, WNDENUMPROC proc, LPARAM data)
{
    return EnumWindows(proc, data);
}

static bool same_text(HWND window, const WCHAR *text)
{
    DWORD units = wide_length(text);
    ULONG length = 0;
    WCHAR small[256], *buffer = units < ARRAYSIZE(small) ? small : mem_alloc((units + 1) * sizeof(WCHAR));
    bool same = false;

    if (buffer && !NtUserGetText(window, buffer, units + 1, &length) && length == units) {
        UNICODE_STRING a = { (USHORT)(units * 2), (USHORT)(units * 2), buffer }, b = { (USHORT)(units * 2), (USHORT)(units * 2), (WCHAR *)text };
        same = RtlEqualUnicodeString(&a, &b, TRUE);
    }
    if (buffer != small) mem_free(buffer);
    return same;
}

HWND WINAPI FindWindowExW(HWND parent, HWND after, LPCWSTR class, LPCWSTR title)
{
    ULONG atom = 0;
    HWND found = NULL;

    if (parent == HWND_MESSAGE) parent = MESSAGE_PARENT;
    if (parent && !IsWindow(parent)) return NULL;
    if (class && !(atom = name_to_atom(class, false))) {
        set_error(IS_ATOM(class) ? ERROR_INVALID_PARAMETER : ERROR_FILE_NOT_FOUND);
        return NULL;
    }
    for (int round = 0; round < (parent || after ? 1 : 2) && !found; round++) {
        UINT32 *list = list_windows(round ? MESSAGE_PARENT : parent, LIST_CHILDREN, 0), *at = list;
        if (!list) return NULL;
        if (after) {
            while (*at && WINDOW32(*at) != after) at++;
            if (!*at) {
                mem_free(list);
                set_error(ERROR_INVALID_WINDOW_HANDLE);
                return NULL;
            }
            at++;
        }
        for (; *at && !found; at++) {
            struct user_window info;
            if (NtUserWindowInfo(WINDOW32(*at), &info) || (class && info.class_atom != atom)) continue;
            if (!title || same_text(WINDOW32(*at), title)) found = WINDOW32(*at);
        }
        mem_free(list);
    }
    return found;
}

HWND WINAPI FindWindowW(LPCWSTR class, LPCWSTR title)
{
    return FindWindowExW(NULL, NULL, class, title);
}

HWND WINAPI FindWindowExA(HWND parent, HWND after, LPCSTR class, LPCSTR title)
{
    WCHAR *name = IS_ATOM(class) ? NULL : wide_from_ansi(class), *text = wide_from_ansi(title);
    HWND found = FindWindowExW(parent, after, name ? name : (LPCWSTR)class, text);

    mem_free(name);
    mem_free(text);
    return found;
}

HWND WINAPI FindWindowA(LPCSTR class, LPCSTR title)
{
    return FindWindowExA(NULL, NULL, class, title);
}

/* ---- by place ---- */

HWND WINAPI WindowFromPoint(POINT point)
{
    HWND window = NtUserWindowAt(point.x, point.y);
    struct user_window info;

    /* windows of this thread may say that they are transparent there */
    while (window != DESKTOP_WINDOW && !NtUserWindowInfo(window, &info) && (info.flags & WINDOW_MINE) && (info.style & WS_CHILD)) {
        if (SendMessageW(window, WM_NCHITTEST, 0, MAKELPARAM(point.x, point.y)) != HTTRANSPARENT) break;
        window = WINDOW32(info.parent);
    }
    return window;
}

HWND WINAPI WindowFromPhysicalPoint(POINT point)
{
    return WindowFromPoint(point);
}

HWND WINAPI ChildWindowFromPointEx(HWND parent, POINT point, UINT flags)
{
    struct user_window info;
    RECT client;
    HWND found;

    if (!window_info(parent, &info)) return NULL;
    GetClientRect(parent, &client);
    if (!PtInRect(&client, point)) return NULL;
    UINT32 *list = list_windows(parent, LIST_CHILDREN, 0);
    found = parent;
    for (UINT32 *at = list; list && *at; at++) {
        if (NtUserWindowInfo(WINDOW32(*at), &info) || !PtInRect(&info.relative, point)) continue;
        if ((flags & CWP_SKIPINVISIBLE) && !(info.style & WS_VISIBLE)) continue;
        if ((flags & CWP_SKIPDISABLED) && (info.style & WS_DISABLED)) continue;
        if ((flags & CWP_SKIPTRANSPARENT) && (info.ex_style & WS_EX_TRANSPARENT)) continue;
        found = WINDOW32(*at);
        break;
    }
    mem_free(list);
    return found;
}

HWND WINAPI ChildWindowFromPoint(HWND parent, POINT point)
{
    return ChildWindowFromPointEx(parent, point, CWP_ALL);
}

HWND WINAPI RealChildWindowFromPoint(HWND parent, POINT point)
{
    return ChildWindowFromPointEx(parent, point, CWP_SKIPTRANSPARENT);
}

BOOL WINAPI AnyPopup(void)
{
    UINT32 *list = list_windows(NULL, LIST_CHILDREN, 0);
    BOOL any = FALSE;

    for (UINT32 *at = list; list && *at && !any; at++) {
        struct user_window info;
        any = !NtUserWindowInfo(WINDOW32(*at), &info) && info.owner && (info.style & WS_VISIBLE);
    }
    mem_free(list);
    return any;
}
