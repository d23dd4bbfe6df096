/* winuser.h: showing, hiding, minimising, maximising. */
#include "user32.h"

void send_size_move(HWND window);

#define PLACED_RESTORE_MAXIMIZED 2u /* WPF_RESTORETOMAXIMIZED */

static void placement(HWND window, RECT *normal, POINT *minimized, POINT *maximized, ULONG *flags)
{
    memset(normal, 0, sizeof(*normal));
    *minimized = *maximized = (POINT){ -1, -1 };
    *flags = 0;
    NtUserPlacement(window, FALSE, normal, minimized, maximized, flags);
}

static void set_placement_flags(HWND window, ULONG set, ULONG clear)
{
    RECT normal;
    POINT minimized, maximized;
    ULONG flags;

    placement(window, &normal, &minimized, &maximized, &flags);
    flags = (flags & ~clear) | set;
    NtUserPlacement(window, TRUE, &normal, &minimized, &maximized, &flags);
}

/* Changes the style for `command` and finds the rectangle: SWP_* beside SWP_STATECHANGED | SWP_FRAMECHANGED. */
static UINT min_maximize(HWND window, int command, RECT *rect)
{
    struct user_window info;
    UINT flags = SWP_FRAMECHANGED | SWP_STATECHANGED;
    RECT normal;
    POINT minimized, maximized;
    ULONG placed;
    MINMAXINFO limits;

    if (NtUserWindowInfo(window, &info)) return 0;
    if (hooked(WH_CBT) && call_hooks(WH_CBT, HCBT_MINMAX, (WPARAM)window, command, true)) return SWP_NOSIZE | SWP_NOMOVE;
    placement(window, &normal, &minimized, &maximized, &placed);
    if (info.style & WS_MINIMIZE) {
        if (command == SW_MINIMIZE || command == SW_SHOWMINIMIZED || command == SW_SHOWMINNOACTIVE || command == SW_FORCEMINIMIZE)
            return SWP_NOSIZE | SWP_NOMOVE;
        if (!SendMessageW(window, WM_QUERYOPEN, 0, 0)) return SWP_NOSIZE | SWP_NOMOVE;
        flags |= SWP_NOCOPYBITS;
    }
    switch (command) {
    case SW_MINIMIZE:
    case SW_SHOWMINIMIZED:
    case SW_SHOWMINNOACTIVE:
    case SW_FORCEMINIMIZE:
        set_placement_flags(window, info.style & WS_MAXIMIZE ? PLACED_RESTORE_MAXIMIZED : 0,
                            info.style & WS_MAXIMIZE ? 0 : PLACED_RESTORE_MAXIMIZED);
        set_style_bits(window, WS_MINIMIZE, WS_MAXIMIZE);
        if (info.style & WS_CHILD) SetRect(rect, minimized.x == -1 ? 0 : minimized.x, minimized.y == -1 ? 0 : minimized.y, 0, 0);
        else SetRect(rect, -32000, -32000, 0, 0);
        rect->right = rect->left + GetSystemMetrics(SM_CXMINIMIZED);
        rect->bottom = rect->top + GetSystemMetrics(SM_CYMINIMIZED);
        return flags | SWP_NOCOPYBITS;
    case SW_SHOWMAXIMIZED:
        if (info.style & WS_MAXIMIZE) return SWP_NOSIZE | SWP_NOMOVE;
        get_min_max(window, &info, &limits);
        set_style_bits(window, WS_MAXIMIZE, WS_MINIMIZE);
        SetRect(rect, limits.ptMaxPosition.x, limits.ptMaxPosition.y, limits.ptMaxPosition.x + limits.ptMaxSize.x,
                limits.ptMaxPosition.y + limits.ptMaxSize.y);
        return flags;
    default: /* SW_RESTORE, SW_SHOWNORMAL, SW_SHOWNOACTIVATE */
        if ((info.style & WS_MINIMIZE) && (placed & PLACED_RESTORE_MAXIMIZED) && command != SW_SHOWNORMAL) {
            set_placement_flags(window, 0, PLACED_RESTORE_MAXIMIZED);
            get_min_max(window, &info, &limits);
            set_style_bits(window, WS_MAXIMIZE, WS_MINIMIZE);
            SetRect(rect, limits.ptMaxPosition.x, limits.ptMaxPosition.y, limits.ptMaxPosition.x + limits.ptMaxSize.x,
                    limits.ptMaxPosition.y + limits.ptMaxSize.y);
            return flags;
        }
        if (!(info.style & (WS_MINIMIZE | WS_MAXIMIZE))) return SWP_NOSIZE | SWP_NOMOVE;
        set_style_bits(window, 0, WS_MINIMIZE | WS_MAXIMIZE);
        *rect = normal;
        return flags;
    }
}

static BOOL show(HWND window, int command)
{
    struct user_window info, now;
    UINT flags = 0;
    RECT rect = { 0, 0, 0, 0 };
    BOOL was_visible, visible;

    if (!window_info(window, &info)) return FALSE;
    if (!(info.flags & WINDOW_LOCAL)) {
        set_error(ERROR_ACCESS_DENIED);
        return FALSE;
    }
    was_visible = !!(info.style & WS_VISIBLE);
    switch (command) {
    case SW_HIDE:
        if (!was_visible) return FALSE;
        visible = FALSE;
        flags |= SWP_HIDEWINDOW | SWP_NOSIZE | SWP_NOMOVE;
        if (info.style & WS_CHILD) flags |= SWP_NOACTIVATE | SWP_NOZORDER;
        break;
    case SW_SHOWMINNOACTIVE:
    case SW_MINIMIZE:
    case SW_FORCEMINIMIZE:
        flags |= SWP_NOACTIVATE | SWP_NOZORDER;
        /* fall through */
    case SW_SHOWMINIMIZED:
        visible = TRUE;
        flags |= SWP_SHOWWINDOW | min_maximize(window, command, &rect);
        if ((info.style & WS_MINIMIZE) && was_visible) return TRUE;
        break;
    case SW_SHOWMAXIMIZED:
        visible = TRUE;
        if (!was_visible) flags |= SWP_SHOWWINDOW;
        flags |= min_maximize(window, SW_SHOWMAXIMIZED, &rect);
        if ((info.style & WS_MAXIMIZE) && was_visible) return TRUE;
        break;
    case SW_SHOWNA:
        visible = TRUE;
        flags |= SWP_NOACTIVATE | SWP_SHOWWINDOW | SWP_NOSIZE | SWP_NOMOVE;
        if (info.style & WS_CHILD) flags |= SWP_NOZORDER;
        break;
    case SW_SHOW:
        visible = TRUE;
        if (was_visible) return TRUE;
        flags |= SWP_SHOWWINDOW | SWP_NOSIZE | SWP_NOMOVE;
        if (info.style & WS_CHILD) flags |= SWP_NOACTIVATE | SWP_NOZORDER;
        break;
    case SW_SHOWNOACTIVATE:
        flags |= SWP_NOACTIVATE | SWP_NOZORDER;
        /* fall through */
    case SW_RESTORE:
    case SW_SHOWNORMAL:
    case SW_SHOWDEFAULT:
        visible = TRUE;
        if (!was_visible) flags |= SWP_SHOWWINDOW;
        if (info.style & (WS_MINIMIZE | WS_MAXIMIZE)) {
            flags |= min_maximize(window, command, &rect);
        } else {
            if (was_visible) return TRUE;
            flags |= SWP_NOSIZE | SWP_NOMOVE;
        }
        if (info.style & WS_CHILD && !(flags & SWP_STATECHANGED)) flags |= SWP_NOACTIVATE | SWP_NOZORDER;
        break;
    default:
        set_error(ERROR_INVALID_PARAMETER);
        return FALSE;
    }
    if (visible != was_visible || command == SW_SHOWNA) {
        SendMessageW(window, WM_SHOWWINDOW, (WPARAM)visible, 0);
        if (NtUserWindowInfo(window, &now)) return was_visible;
    }
    HWND parent = WINDOW32(info.parent);
    if ((info.style & WS_CHILD) && !(info.flags & WINDOW_TOP_LEVEL) && !IsWindowVisible(parent) && !(flags & SWP_STATECHANGED)) {
        /* below a hidden parent only the style changes, without messages of a move */
        if (visible) set_style_bits(window, WS_VISIBLE, 0);
        else set_style_bits(window, 0, WS_VISIBLE);
    } else {
        set_window_place(window, HWND_TOP, &rect, flags);
    }
    if (command == SW_HIDE || !visible) {
        if (thread_active() == window) focus_lost(window);
    }
    if (NtUserWindowInfo(window, &now)) return was_visible;
    if (now.flags & WINDOW_NEED_SIZE) send_size_move(window);
    if (command == SW_MINIMIZE || command == SW_FORCEMINIMIZE) {
        if (thread_active() == window) focus_lost(window);
    } else if (visible && (flags & SWP_STATECHANGED) && (info.style & WS_MINIMIZE) && !(info.style & WS_CHILD) && !(flags & SWP_NOACTIVATE)) {
        set_active(window, false, true);
    }
    return was_visible;
}

BOOL WINAPI ShowWindow(HWND window, int command)
{
    const FERRY_PROCESS_PARAMETERS *parameters = ferry_peb()->ProcessParameters;
    static LONG first = 1;
    struct user_window info;

    /* The first window of a program is shown as whoever started it said (winuser.h reference: ShowWindow). */
    if (command == SW_SHOWDEFAULT || ((command == SW_SHOW || command == SW_SHOWNORMAL) && first)) {
        if (!NtUserWindowInfo(window, &info) && (info.style & WS_CAPTION) == WS_CAPTION && !(info.style & WS_CHILD) && !info.owner) {
            if ((parameters->WindowFlags & STARTF_USESHOWWINDOW) && (command == SW_SHOWDEFAULT || InterlockedExchange(&first, 0)))
                command = (int)(WORD)parameters->ShowWindowFlags;
            first = 0;
        }
        if (command == SW_SHOWDEFAULT) command = SW_SHOWNORMAL;
    }
    return show(window, command);
}

BOOL WINAPI ShowWindowAsync(HWND window, int command)
{
    struct user_window info;

    if (!window_info(window, &info)) return FALSE;
    if (info.flags & WINDOW_MINE) return ShowWindow(window, command);
    return status_to_bool(NtUserPost(window, 0, WM_FERRY_STATE, (ULONG64)command, 1));
}

BOOL WINAPI ShowOwnedPopups(HWND owner, BOOL shown)
{
    UINT32 list[128];
    ULONG count = NtUserWindowList(NULL, LIST_CHILDREN, 0, list, ARRAYSIZE(list));

    if (!IsWindow(owner)) return FALSE;
    for (ULONG i = count < ARRAYSIZE(list) ? count : ARRAYSIZE(list); i--;) {
        struct user_window info;
        if (NtUserWindowInfo(WINDOW32(list[i]), &info) || WINDOW32(info.owner) != owner) continue;
        if (shown ? !(info.style & WS_VISIBLE) && GetPropW(WINDOW32(list[i]), L"FerryHiddenByOwner") : !!(info.style & WS_VISIBLE)) {
            if (shown) RemovePropW(WINDOW32(list[i]), L"FerryHiddenByOwner");
            else SetPropW(WINDOW32(list[i]), L"FerryHiddenByOwner", (HANDLE)1);
            SendMessageW(WINDOW32(list[i]), WM_SHOWWINDOW, (WPARAM)shown, shown ? SW_PARENTOPENING : SW_PARENTCLOSING);
        }
    }
    return TRUE;
}

BOOL WINAPI CloseWindow(HWND window)
{
    if (!IsWindow(window)) return FALSE;
    ShowWindow(window, SW_MINIMIZE);
    return TRUE;
}

BOOL WINAPI OpenIcon(HWND window)
{
    if (!IsWindow(window)) return FALSE;
    ShowWindow(window, SW_RESTORE);
    return TRUE;
}

/* Rectangles of top-level windows are in workspace coordinates: the work area begins at (0, 0). */
BOOL WINAPI GetWindowPlacement(HWND window, WINDOWPLACEMENT *out)
{
    struct user_window info;
    ULONG flags;

    if (!window_info(window, &info)) return FALSE;
    out->length = sizeof(*out);
    placement(window, &out->rcNormalPosition, &out->ptMinPosition, &out->ptMaxPosition, &flags);
    if (!(info.flags & WINDOW_LOCAL)) out->rcNormalPosition = info.relative;
    out->flags = flags & WPF_RESTORETOMAXIMIZED;
    out->showCmd = info.style & WS_MINIMIZE ? SW_SHOWMINIMIZED : info.style & WS_MAXIMIZE ? SW_SHOWMAXIMIZED : SW_SHOWNORMAL;
    if ((info.flags & WINDOW_TOP_LEVEL) && !(info.ex_style & WS_EX_TOOLWINDOW)) {
        RECT area = work_area();
        OffsetRect(&out->rcNormalPosition, -area.left, -area.top);
    }
    return TRUE;
}

BOOL WINAPI SetWindowPlacement(HWND window, const WINDOWPLACEMENT *in)
{
    struct user_window info;
    RECT normal = in->rcNormalPosition, old;
    POINT minimized, maximized;
    ULONG flags;

    if (in->length != sizeof(*in)) return set_error(ERROR_INVALID_PARAMETER);
    if (!window_info(window, &info)) return FALSE;
    if ((info.flags & WINDOW_TOP_LEVEL) && !(info.ex_style & WS_EX_TOOLWINDOW)) {
        RECT area = work_area();
        OffsetRect(&normal, area.left, area.top);
    }
    placement(window, &old, &minimized, &maximized, &flags);
    if (in->flags & WPF_SETMINPOSITION) minimized = in->ptMinPosition;
    maximized = in->ptMaxPosition;
    flags = in->flags & WPF_RESTORETOMAXIMIZED;
    NtUserPlacement(window, TRUE, &normal, &minimized, &maximized, &flags);
    if (!(info.style & (WS_MINIMIZE | WS_MAXIMIZE)))
        SetWindowPos(window, NULL, normal.left, normal.top, normal.right - normal.left, normal.bottom - normal.top,
                     SWP_NOZORDER | SWP_NOACTIVATE);
    ShowWindow(window, (int)in->showCmd);
    if (IsIconic(window)) {
        NtUserPlacement(window, TRUE, &normal, &minimized, &maximized, &flags);
        set_placement_flags(window, flags, 0);
    }
    return TRUE;
}

/* What the desktop did to a window: it was moved, minimised, closed, or got the focus. */
void driver_message(const MSG *msg)
{
    struct user_window info;

    if (NtUserWindowInfo(msg->hwnd, &info)) return;
    switch (msg->message) {
    case WM_FERRY_MOVED: {
        int x = (short)LOWORD(msg->wParam), y = (short)HIWORD(msg->wParam);
        int width = LOWORD(msg->lParam), height = HIWORD(msg->lParam);
        SetWindowPos(msg->hwnd, NULL, x, y, width, height, SWP_NOZORDER | SWP_NOACTIVATE);
        break;
    }
    case WM_FERRY_FOCUS:
        if (msg->wParam) {
            if (info.style & WS_DISABLED) {
                HWND popup = GetLastActivePopup(msg->hwnd);
                if (popup != msg->hwnd) SetForegroundWindow(popup);
            } else {
                set_active(msg->hwnd, false, true);
            }
        } else if (thread_active() == msg->hwnd) {
            set_active(NULL, false, true);
        }
        break;
    case WM_FERRY_STATE:
        ShowWindow(msg->hwnd, (int)msg->wParam);
        break;
    case WM_FERRY_CLOSE:
        if (!(info.style & WS_DISABLED)) PostMessageW(msg->hwnd, WM_SYSCOMMAND, SC_CLOSE, 0);
        break;
    }
}
