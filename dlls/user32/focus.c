/* winuser.h: activation, focus, capture, the foreground window. */
#include "user32.h"

static struct user_thread_state thread_state(void)
{
    struct user_thread_state state;

    if (NtUserThreadState(0, &state)) memset(&state, 0, sizeof(state));
    return state;
}

HWND thread_active(void)
{
    return WINDOW32(thread_state().active);
}

HWND thread_focus(void)
{
    return WINDOW32(thread_state().focus);
}

static HWND set_state(ULONG which, HWND window)
{
    HWND old = NULL;

    NtUserSetState(which, window, &old);
    return old;
}

static HWND top_of(HWND window)
{
    struct user_window info;

    while (window && !NtUserWindowInfo(window, &info) && (info.style & (WS_CHILD | WS_POPUP)) == WS_CHILD &&
           !(info.flags & WINDOW_TOP_LEVEL)) window = WINDOW32(info.parent);
    return window;
}

/* ---- focus ---- */

static void move_focus(HWND window)
{
    HWND old = thread_focus();

    if (old == window) return;
    if (hooked(WH_CBT) && call_hooks(WH_CBT, HCBT_SETFOCUS, (WPARAM)window, (LPARAM)old, true)) return;
    set_state(STATE_FOCUS, window);
    if (old && IsWindow(old)) {
        SendMessageW(old, WM_KILLFOCUS, (WPARAM)window, 0);
        if (window != thread_focus()) return; /* the procedure moved it elsewhere */
    }
    if (window) SendMessageW(window, WM_SETFOCUS, (WPARAM)old, 0);
}

/* ---- activation ---- */

struct activate_all {
    BOOL active;
    DWORD other;
};

static BOOL CALLBACK activate_app(HWND window, LPARAM data)
{
    const struct activate_all *all = (const struct activate_all *)data;

    SendMessageW(window, WM_ACTIVATEAPP, (WPARAM)all->active, (LPARAM)all->other);
    return TRUE;
}

/* Makes a top-level window of this thread (NULL: none) the active one. `mouse`: by a click; `focus`: the focus follows. */
BOOL set_active(HWND window, bool mouse, bool focus)
{
    HWND old = thread_active();
    struct user_window info;

    if (old == window) {
        if (window && WINDOW32(thread_state().foreground) != window) set_state(STATE_FOREGROUND, window);
        return TRUE;
    }
    if (window) {
        if (NtUserWindowInfo(window, &info) || !(info.flags & WINDOW_MINE)) return FALSE;
        if (hooked(WH_CBT)) {
            CBTACTIVATESTRUCT hook = { mouse, old };
            if (call_hooks(WH_CBT, HCBT_ACTIVATE, (WPARAM)window, (LPARAM)&hook, true)) return FALSE;
        }
    }
    if (old && IsWindow(old)) {
        SendMessageW(old, WM_NCACTIVATE, FALSE, (LPARAM)window);
        SendMessageW(old, WM_ACTIVATE, MAKEWPARAM(WA_INACTIVE, IsIconic(old)), (LPARAM)window);
        if (thread_active() != old) return TRUE;
    }
    set_state(STATE_ACTIVE, window);
    if (window) {
        set_state(STATE_FOREGROUND, window);
        for (HWND owner = window; owner && !NtUserWindowInfo(owner, &info); owner = WINDOW32(info.owner))
            if (!set_window_word(owner, WINDOW_WORD_LAST_POPUP, (LONG_PTR)window) && !info.owner) break;
    }
    if ((old == NULL) != (window == NULL)) {
        struct activate_all all = { window != NULL, 0 };
        EnumThreadWindows(GetCurrentThreadId(), activate_app, (LPARAM)&all);
        if (window && !IsWindow(window)) return FALSE;
    }
    if (window) {
        SendMessageW(window, WM_NCACTIVATE, TRUE, (LPARAM)old);
        SendMessageW(window, WM_ACTIVATE, MAKEWPARAM(mouse ? WA_CLICKACTIVE : WA_ACTIVE, IsIconic(window)), (LPARAM)old);
        if (thread_active() != window) return TRUE;
    }
    if (focus && top_of(thread_focus()) != window) {
        if (!window) move_focus(NULL);
        else if (!IsIconic(window)) move_focus(window);
    }
    return TRUE;
}

static bool can_be_active(HWND window)
{
    struct user_window info;

    return !NtUserWindowInfo(window, &info) && (info.flags & WINDOW_MINE) && (info.style & WS_VISIBLE) &&
           !(info.style & (WS_DISABLED | WS_MINIMIZE)) && !(info.ex_style & WS_EX_NOACTIVATE) &&
           (info.style & (WS_CHILD | WS_POPUP)) != WS_CHILD && !(info.flags & WINDOW_DESTROYING);
}

/* The window is hidden, minimised, destroyed: another of the thread becomes active and gets the focus. */
void focus_lost(HWND window)
{
    HWND focus = thread_focus();
    struct user_window info;

    if (thread_active() == window) {
        HWND next = NULL;
        if (!NtUserWindowInfo(window, &info) && info.owner && can_be_active(WINDOW32(info.owner))) next = WINDOW32(info.owner);
        if (!next) {
            UINT32 list[64];
            ULONG count = NtUserWindowList(NULL, LIST_THREAD, GetCurrentThreadId(), list, ARRAYSIZE(list));
            for (ULONG i = 0; i < count && i < ARRAYSIZE(list) && !next; i++)
                if (WINDOW32(list[i]) != window && can_be_active(WINDOW32(list[i]))) next = WINDOW32(list[i]);
        }
        set_active(next, false, true);
        if (WINDOW32(thread_state().foreground) == window) set_state(STATE_FOREGROUND_TOLD, next);
    } else if (focus && (focus == window || IsChild(window, focus))) {
        struct user_window now;
        HWND parent = GetParent(window);
        if (NtUserWindowInfo(window, &now)) return;
        move_focus((now.style & WS_CHILD) && parent && !(now.flags & WINDOW_TOP_LEVEL) ? parent : NULL);
    }
}

HWND WINAPI SetFocus(HWND window)
{
    HWND old = thread_focus(), top;
    struct user_window info;

    if (!window) {
        move_focus(NULL);
        return old;
    }
    if (!window_info(window, &info)) return NULL;
    if (!(info.flags & WINDOW_MINE)) {
        set_error(ERROR_ACCESS_DENIED);
        return NULL;
    }
    if (window == old) return old;
    for (HWND at = window;;) {
        if (NtUserWindowInfo(at, &info)) return NULL;
        if (info.style & (WS_MINIMIZE | WS_DISABLED)) return NULL;
        if (!(info.style & WS_CHILD) || (info.flags & WINDOW_TOP_LEVEL)) {
            top = at;
            break;
        }
        at = WINDOW32(info.parent);
        if (at == HWND_MESSAGE || !at) return NULL;
    }
    if (top != thread_active()) {
        if (info.parent == 0x10004) return NULL;
        if (!set_active(top, false, false)) return NULL;
        if (!IsWindow(window)) return NULL;
        if (thread_active() != top) return NULL;
    }
    move_focus(window);
    return old;
}

HWND WINAPI GetFocus(void)
{
    return thread_focus();
}

HWND WINAPI GetActiveWindow(void)
{
    return thread_active();
}

HWND WINAPI SetActiveWindow(HWND window)
{
    HWND old = thread_active();
    struct user_window info;

    if (window) {
        if (!window_info(window, &info)) return NULL;
        if (!(info.flags & WINDOW_MINE)) {
            set_error(ERROR_ACCESS_DENIED);
            return NULL;
        }
        if ((info.style & (WS_CHILD | WS_POPUP)) == WS_CHILD) return old;
        if (info.style & WS_DISABLED) return NULL;
    }
    if (!set_active(window, false, true)) return NULL;
    if (window && !(info.style & WS_MINIMIZE)) BringWindowToTop(window);
    return old;
}

HWND WINAPI GetForegroundWindow(void)
{
    HWND window = WINDOW32(thread_state().foreground);
    struct user_window info;

    return window && !NtUserWindowInfo(window, &info) ? window : NULL;
}

BOOL WINAPI SetForegroundWindow(HWND window)
{
    struct user_window info;

    window = GetAncestor(window, GA_ROOT);
    if (!window || !window_info(window, &info)) return FALSE;
    if (info.flags & WINDOW_MINE) {
        if (info.style & WS_DISABLED) return FALSE;
        BOOL done = set_active(window, false, true);
        if (done && IsWindow(window) && !(info.style & WS_MINIMIZE)) BringWindowToTop(window);
        return done;
    }
    return status_to_bool(NtUserPost(window, 0, WM_FERRY_FOCUS, 1, 0));
}

BOOL WINAPI AllowSetForegroundWindow(DWORD process)
{
    return TRUE; /* the desktop's window manager decides; nobody is locked out here */
}

BOOL WINAPI LockSetForegroundWindow(UINT code)
{
    return code == LSFW_LOCK || code == LSFW_UNLOCK || set_error(ERROR_INVALID_PARAMETER);
}

VOID WINAPI SwitchToThisWindow(HWND window, BOOL restore)
{
    if (restore && IsIconic(window)) ShowWindowAsync(window, SW_RESTORE);
    SetForegroundWindow(window);
}

/* ---- capture ---- */

HWND WINAPI GetCapture(void)
{
    return WINDOW32(thread_state().capture);
}

HWND WINAPI SetCapture(HWND window)
{
    struct user_window info;

    if (window && !window_info(window, &info)) return NULL;
    if (window && !(info.flags & WINDOW_MINE)) return NULL;
    HWND old = set_state(STATE_CAPTURE, window);
    if (old && old != window && IsWindow(old)) SendMessageW(old, WM_CAPTURECHANGED, 0, (LPARAM)window);
    return old;
}

BOOL WINAPI ReleaseCapture(void)
{
    HWND old = set_state(STATE_CAPTURE, NULL);

    if (old && IsWindow(old)) SendMessageW(old, WM_CAPTURECHANGED, 0, 0);
    return TRUE;
}

/* ---- enabling ---- */

BOOL WINAPI EnableWindow(HWND window, BOOL enable)
{
    struct user_window info;

    if (!window_info(window, &info)) return FALSE;
    if (!(info.flags & WINDOW_LOCAL)) return set_error(ERROR_ACCESS_DENIED);
    BOOL was_disabled = !!(info.style & WS_DISABLED);
    if (enable && was_disabled) {
        set_style_bits(window, 0, WS_DISABLED);
        SendMessageW(window, WM_ENABLE, TRUE, 0);
    } else if (!enable && !was_disabled) {
        HWND capture = GetCapture(), focus;
        SendMessageW(window, WM_CANCELMODE, 0, 0);
        set_style_bits(window, WS_DISABLED, 0);
        focus = thread_focus();
        if (focus && (focus == window || IsChild(window, focus))) move_focus(NULL);
        if (capture && (capture == window || IsChild(window, capture))) ReleaseCapture();
        SendMessageW(window, WM_ENABLE, FALSE, 0);
    }
    return was_disabled;
}

BOOL WINAPI FlashWindow(HWND window, BOOL invert)
{
    struct user_window info;

    if (!window_info(window, &info)) return FALSE;
    BOOL active = !!(info.flags & WINDOW_NC_ACTIVE);
    if (info.flags & WINDOW_MINE) SendMessageW(window, WM_NCACTIVATE, (WPARAM)(invert ? !active : thread_active() == window), 0);
    return active;
}

BOOL WINAPI FlashWindowEx(PFLASHWINFO info)
{
    if (!info || info->cbSize != sizeof(*info)) return set_error(ERROR_INVALID_PARAMETER);
    return FlashWindow(info->hwnd, info->dwFlags & (FLASHW_CAPTION | FLASHW_TRAY));
}
