/* winuser.h: DefWindowProc. */
#include "user32.h"

LRESULT default_nc_mouse(HWND window, UINT message, WPARAM wparam, LPARAM lparam); /* ncmouse.c */
LRESULT default_sys_command(HWND window, WPARAM wparam, LPARAM lparam);
LRESULT default_keys(HWND window, UINT message, WPARAM wparam, LPARAM lparam);
LRESULT default_nc_activate(HWND window, WPARAM wparam, LPARAM lparam);

static LRESULT get_text(HWND window, WPARAM room, WCHAR *text)
{
    ULONG length = 0;

    if (!room) return 0;
    if (NtUserGetText(window, text, (ULONG)(room - 1 > 0x7fffffff ? 0x7fffffff : room - 1), &length)) return 0;
    if (length > room - 1) length = (ULONG)(room - 1);
    text[length] = 0;
    return (LRESULT)length;
}

/* WM_NCHITTEST: what of the frame lies at a point of the screen. */
LRESULT hit_test(HWND window, POINT point)
{
    struct user_window info;

    if (NtUserWindowInfo(window, &info)) return HTNOWHERE;
    RECT rect = info.window;
    if (!PtInRect(&rect, point)) return HTNOWHERE;
    if (info.style & WS_MINIMIZE) return HTCAPTION;
    if (PtInRect(&info.client, point)) return HTCLIENT;
    RECT border = { 0, 0, 0, 0 };
    AdjustWindowRectEx(&border, info.style & ~(DWORD)(WS_CAPTION & ~WS_BORDER & ~WS_DLGFRAME), FALSE, info.ex_style & ~(DWORD)WS_EX_CLIENTEDGE);
    int edge = -border.left, corner = edge + GetSystemMetrics(SM_CYCAPTION);
    bool caption = (info.style & WS_CAPTION) == WS_CAPTION;
    if ((info.style & WS_THICKFRAME) && !(info.style & WS_MAXIMIZE)) {
        bool left = point.x < rect.left + edge, right = point.x >= rect.right - edge;
        bool top = point.y < rect.top + edge, bottom = point.y >= rect.bottom - edge;
        if (top || bottom) {
            if (point.x < rect.left + corner) return top ? HTTOPLEFT : HTBOTTOMLEFT;
            if (point.x >= rect.right - corner) return top ? HTTOPRIGHT : HTBOTTOMRIGHT;
            return top ? HTTOP : HTBOTTOM;
        }
        if (left || right) {
            if (point.y < rect.top + corner) return left ? HTTOPLEFT : HTTOPRIGHT;
            if (point.y >= rect.bottom - corner) return left ? HTBOTTOMLEFT : HTBOTTOMRIGHT;
            return left ? HTLEFT : HTRIGHT;
        }
    } else {
        RECT inner = rect;
        InflateRect(&inner, -edge, -edge);
        if (!PtInRect(&inner, point)) return HTBORDER;
    }
    InflateRect(&rect, -edge, -edge);
    if (caption) {
        int height = info.ex_style & WS_EX_TOOLWINDOW ? GetSystemMetrics(SM_CYSMCAPTION) : GetSystemMetrics(SM_CYCAPTION);
        int button = height - 1;
        if (point.y < rect.top + height) {
            if (info.style & WS_SYSMENU) {
                int right = rect.right;
                if (!(info.ex_style & (WS_EX_TOOLWINDOW | WS_EX_DLGMODALFRAME)) && point.x < rect.left + button) return HTSYSMENU;
                if (point.x >= right - button) return HTCLOSE;
                right -= button;
                if (!(info.ex_style & WS_EX_TOOLWINDOW) && (info.style & (WS_MINIMIZEBOX | WS_MAXIMIZEBOX))) {
                    if (point.x >= right - button) return HTMAXBUTTON;
                    right -= button;
                    if (point.x >= right - button) return HTMINBUTTON;
                }
            }
            return HTCAPTION;
        }
        rect.top += height;
    }
    if (has_menu(&info) && point.y < rect.top + menu_bar_height(window, rect.right - rect.left)) return HTMENU;
    if ((info.style & WS_VSCROLL) && point.y >= info.client.top && point.y < info.client.bottom) {
        if (point.x >= info.client.right || point.x < info.client.left) return HTVSCROLL;
    }
    if ((info.style & WS_HSCROLL) && point.y >= info.client.bottom) {
        if ((info.style & WS_VSCROLL) && point.x >= info.client.right) return HTSIZE;
        return HTHSCROLL;
    }
    return HTBORDER;
}

static void position_changed(HWND window, const WINDOWPOS *position)
{
    struct user_window info;

    if (NtUserWindowInfo(window, &info)) return;
    POINT at = { info.client.left, info.client.top };
    if ((info.style & WS_CHILD) && !(info.flags & WINDOW_TOP_LEVEL)) ScreenToClient(WINDOW32(info.parent), &at);
    if (!(position->flags & SWP_NOCLIENTMOVE)) SendMessageW(window, WM_MOVE, 0, MAKELPARAM(at.x, at.y));
    if (!(position->flags & SWP_NOCLIENTSIZE) || (position->flags & SWP_STATECHANGED)) {
        WPARAM kind = info.style & WS_MAXIMIZE ? SIZE_MAXIMIZED : info.style & WS_MINIMIZE ? SIZE_MINIMIZED : SIZE_RESTORED;
        set_window_flags(window, 0, WINDOW_NEED_SIZE);
        SendMessageW(window, WM_SIZE, kind, MAKELPARAM(info.client.right - info.client.left, info.client.bottom - info.client.top));
    }
}

static void position_changing(HWND window, WINDOWPOS *position)
{
    struct user_window info;
    MINMAXINFO limits;

    if ((position->flags & SWP_NOSIZE) || NtUserWindowInfo(window, &info)) return;
    if (!(info.style & WS_THICKFRAME) && (info.style & (WS_POPUP | WS_CHILD))) return;
    get_min_max(window, &info, &limits);
    if (position->cx > limits.ptMaxTrackSize.x) position->cx = limits.ptMaxTrackSize.x;
    if (position->cy > limits.ptMaxTrackSize.y) position->cy = limits.ptMaxTrackSize.y;
    if (!(info.style & WS_MINIMIZE)) {
        if (position->cx < limits.ptMinTrackSize.x) position->cx = limits.ptMinTrackSize.x;
        if (position->cy < limits.ptMinTrackSize.y) position->cy = limits.ptMinTrackSize.y;
    }
}

static LRESULT nc_calc(HWND window, RECT *rect)
{
    struct user_window info;
    LRESULT answer = 0;

    if (NtUserWindowInfo(window, &info)) return 0;
    if (info.class_style & CS_VREDRAW) answer |= WVR_VREDRAW;
    if (info.class_style & CS_HREDRAW) answer |= WVR_HREDRAW;
    nc_calc_size(window, &info, rect);
    return answer;
}

static LRESULT erase_background(HWND window, HDC dc)
{
    ULONG_PTR brush = GetClassLongPtrW(window, GCLP_HBRBACKGROUND);
    RECT rect;

    if (!brush) return 0;
    GetClipBox(dc, &rect);
    FillRect(dc, &rect, (HBRUSH)brush);
    return 1;
}

static LRESULT control_color(UINT message, HDC dc, HWND control)
{
    (void)control;
    if (message == WM_CTLCOLORSCROLLBAR) {
        SetTextColor(dc, GetSysColor(COLOR_3DFACE));
        SetBkColor(dc, GetSysColor(COLOR_3DHILIGHT));
        return (LRESULT)GetSysColorBrush(COLOR_SCROLLBAR);
    }
    SetTextColor(dc, GetSysColor(COLOR_WINDOWTEXT));
    if (message == WM_CTLCOLOREDIT || message == WM_CTLCOLORLISTBOX) {
        SetBkColor(dc, GetSysColor(COLOR_WINDOW));
        return (LRESULT)GetSysColorBrush(COLOR_WINDOW);
    }
    SetBkColor(dc, GetSysColor(COLOR_3DFACE));
    return (LRESULT)GetSysColorBrush(COLOR_3DFACE);
}

static LRESULT mouse_activate(HWND window, LPARAM lparam)
{
    if (GetWindowLongW(window, GWL_STYLE) & WS_CHILD) {
        HWND parent = GetParent(window);
        LRESULT answer = parent ? SendMessageW(parent, WM_MOUSEACTIVATE, (WPARAM)parent, lparam) : 0;
        if (answer) return answer;
    }
    return MA_ACTIVATE;
}

static LRESULT set_cursor(HWND window, HWND under, LPARAM lparam)
{
    LPCWSTR shape = (LPCWSTR)IDC_ARROW;

    if (GetWindowLongW(window, GWL_STYLE) & WS_CHILD) {
        HWND parent = GetParent(window);
        if (parent && parent != GetDesktopWindow() && SendMessageW(parent, WM_SETCURSOR, (WPARAM)under, lparam)) return TRUE;
    }
    switch ((short)LOWORD(lparam)) {
    case HTERROR: return FALSE;
    case HTCLIENT: {
        HCURSOR cursor = (HCURSOR)GetClassLongPtrW(window, GCLP_HCURSOR);
        if (!cursor) return FALSE;
        SetCursor(cursor);
        return TRUE;
    }
    case HTLEFT:
    case HTRIGHT: shape = (LPCWSTR)IDC_SIZEWE; break;
    case HTTOP:
    case HTBOTTOM: shape = (LPCWSTR)IDC_SIZENS; break;
    case HTTOPLEFT:
    case HTBOTTOMRIGHT: shape = (LPCWSTR)IDC_SIZENWSE; break;
    case HTTOPRIGHT:
    case HTBOTTOMLEFT: shape = (LPCWSTR)IDC_SIZENESW; break;
    }
    return SetCursor(LoadCursorW(NULL, shape)) != NULL;
}

static LRESULT get_icon(HWND window, WPARAM kind)
{
    return window_word(window, kind == ICON_BIG ? WINDOW_WORD_BIG_ICON : WINDOW_WORD_SMALL_ICON);
}

void show_window_icon(HWND window);

static LRESULT set_icon(HWND window, WPARAM kind, LPARAM icon)
{
    LRESULT old = set_window_word(window, kind == ICON_BIG ? WINDOW_WORD_BIG_ICON : WINDOW_WORD_SMALL_ICON, icon);

    show_window_icon(window);
    return old;
}

static void print_window(HWND window, HDC dc, LPARAM flags)
{
    if ((flags & PRF_CHECKVISIBLE) && !IsWindowVisible(window)) return;
    if (flags & PRF_ERASEBKGND) SendMessageW(window, WM_ERASEBKGND, (WPARAM)dc, 0);
    if (flags & PRF_CLIENT) SendMessageW(window, WM_PRINTCLIENT, (WPARAM)dc, flags);
}

LRESULT default_window_proc(HWND window, UINT message, WPARAM wparam, LPARAM lparam, bool unicode)
{
    switch (message) {
    case WM_NCCREATE:
        if (lparam) {
            const CREATESTRUCTW *create = (const CREATESTRUCTW *)lparam;
            struct user_window info;
            if (unicode) {
                const WCHAR *name = IS_ATOM(create->lpszName) ? NULL : create->lpszName;
                NtUserSetText(window, name, name ? wide_length(name) : 0);
            } else {
                const char *name = (const char *)create->lpszName;
                WCHAR *wide = IS_ATOM(name) ? NULL : wide_from_ansi(name);
                NtUserSetText(window, wide, wide ? wide_length(wide) : 0);
                mem_free(wide);
            }
            if (!NtUserWindowInfo(window, &info) && (info.style & (WS_HSCROLL | WS_VSCROLL))) {
                if (info.style & WS_HSCROLL) SetScrollRange(window, SB_HORZ, 0, 100, FALSE);
                if (info.style & WS_VSCROLL) SetScrollRange(window, SB_VERT, 0, 100, FALSE);
            }
        }
        return TRUE;
    case WM_NCCALCSIZE: return nc_calc(window, (RECT *)lparam);
    case WM_WINDOWPOSCHANGING: position_changing(window, (WINDOWPOS *)lparam); return 0;
    case WM_WINDOWPOSCHANGED: position_changed(window, (const WINDOWPOS *)lparam); return 0;
    case WM_NCHITTEST: {
        POINT point = { (short)LOWORD(lparam), (short)HIWORD(lparam) };
        return hit_test(window, point);
    }
    case WM_SETTEXT: {
        WCHAR *wide = unicode ? (WCHAR *)lparam : wide_from_ansi((const char *)lparam);
        NTSTATUS status = NtUserSetText(window, wide, wide ? wide_length(wide) : 0);
        if (!unicode) mem_free(wide);
        if (!status && (GetWindowLongW(window, GWL_STYLE) & WS_CAPTION) == WS_CAPTION) nc_paint(window, NULL);
        return !status;
    }
    case WM_GETTEXT:
        if (!unicode) {
            WCHAR *wide = wparam ? mem_alloc((wparam + 1) * sizeof(WCHAR)) : NULL;
            LRESULT units = wide ? get_text(window, wparam, wide) : 0;
            if (wide) units = (LRESULT)ansi_into((char *)lparam, (DWORD)wparam, wide, (DWORD)units);
            mem_free(wide);
            return units;
        }
        return get_text(window, wparam, (WCHAR *)lparam);
    case WM_GETTEXTLENGTH: {
        ULONG length = 0;
        if (NtUserGetText(window, NULL, 0, &length) || !length || unicode) return (LRESULT)length;
        WCHAR *wide = mem_alloc((length + 1) * sizeof(WCHAR));
        if (!wide) return (LRESULT)length;
        LRESULT units = get_text(window, length + 1, wide);
        units = (LRESULT)ansi_bytes(wide, (DWORD)units);
        mem_free(wide);
        return units;
    }
    case WM_CLOSE: DestroyWindow(window); return 0;
    case WM_QUERYOPEN:
    case WM_QUERYENDSESSION: return 1;
    case WM_PAINT: {
        PAINTSTRUCT paint;
        if (BeginPaint(window, &paint)) EndPaint(window, &paint);
        return 0;
    }
    case WM_NCPAINT: nc_paint(window, (HRGN)wparam); return 0;
    case WM_ERASEBKGND:
    case WM_ICONERASEBKGND: return erase_background(window, (HDC)wparam);
    case WM_SYNCPAINT: RedrawWindow(window, NULL, 0, RDW_ERASENOW | RDW_ERASE | RDW_ALLCHILDREN); return 0;
    case WM_SETREDRAW:
        if (wparam) set_style_bits(window, WS_VISIBLE, 0);
        else {
            RedrawWindow(window, NULL, 0, RDW_ALLCHILDREN | RDW_VALIDATE);
            set_style_bits(window, 0, WS_VISIBLE);
        }
        return 0;
    case WM_CTLCOLORMSGBOX:
    case WM_CTLCOLOREDIT:
    case WM_CTLCOLORLISTBOX:
    case WM_CTLCOLORBTN:
    case WM_CTLCOLORDLG:
    case WM_CTLCOLORSTATIC:
    case WM_CTLCOLORSCROLLBAR: return control_color(message, (HDC)wparam, (HWND)lparam);
    case WM_MOUSEACTIVATE: return mouse_activate(window, lparam);
    case WM_ACTIVATE:
        if (LOWORD(wparam) != WA_INACTIVE && !HIWORD(wparam)) SetFocus(window);
        return 0;
    case WM_NCACTIVATE: return default_nc_activate(window, wparam, lparam);
    case WM_SHOWWINDOW: {
        struct user_window info;
        if (!lparam || NtUserWindowInfo(window, &info)) return 0;
        if (!(info.style & WS_POPUP) && !info.owner) return 0;
        if (!!(info.style & WS_VISIBLE) == !!wparam) return 0;
        ShowWindow(window, wparam ? SW_SHOWNOACTIVATE : SW_HIDE);
        return 0;
    }
    case WM_CANCELMODE:
        EndMenu();
        if (GetCapture() == window) ReleaseCapture();
        return 0;
    case WM_SETCURSOR: return set_cursor(window, (HWND)wparam, lparam);
    case WM_NCMOUSEMOVE:
    case WM_NCLBUTTONDOWN:
    case WM_NCLBUTTONUP:
    case WM_NCLBUTTONDBLCLK:
    case WM_NCRBUTTONDOWN:
    case WM_NCRBUTTONUP:
    case WM_RBUTTONUP:
    case WM_NCMOUSELEAVE:
    case WM_CONTEXTMENU:
    case WM_XBUTTONUP: return default_nc_mouse(window, message, wparam, lparam);
    case WM_SYSCOMMAND: return default_sys_command(window, wparam, lparam);
    case WM_KEYDOWN:
    case WM_KEYUP:
    case WM_SYSKEYDOWN:
    case WM_SYSKEYUP:
    case WM_SYSCHAR: return default_keys(window, message, wparam, lparam);
    case WM_MOUSEWHEEL:
    case WM_MOUSEHWHEEL:
        if (GetWindowLongW(window, GWL_STYLE) & WS_CHILD) return SendMessageW(GetParent(window), message, wparam, lparam);
        return 0;
    case WM_APPCOMMAND:
        if (GetWindowLongW(window, GWL_STYLE) & WS_CHILD) return SendMessageW(GetParent(window), message, wparam, lparam);
        return 0;
    case WM_GETICON: return get_icon(window, wparam);
    case WM_SETICON: return set_icon(window, wparam, lparam);
    case WM_HELP:
        if (GetWindowLongW(window, GWL_STYLE) & WS_CHILD) return SendMessageW(GetParent(window), message, wparam, lparam);
        if (GetWindow(window, GW_OWNER)) return SendMessageW(GetWindow(window, GW_OWNER), message, wparam, lparam);
        return TRUE;
    case WM_NOTIFYFORMAT:
        if (lparam == NF_QUERY) return IsWindowUnicode(window) ? NFR_UNICODE : NFR_ANSI;
        return 0;
    case WM_VKEYTOITEM:
    case WM_CHARTOITEM: return -1;
    case WM_PRINT: print_window(window, (HDC)wparam, lparam); return 0;
    case WM_ENDSESSION: return 0;
    case WM_INPUTLANGCHANGEREQUEST:
        ActivateKeyboardLayout((HKL)lparam, 0);
        return 0;
    case WM_INPUTLANGCHANGE: {
        UINT32 list[128];
        ULONG count = NtUserWindowList(window, LIST_CHILDREN, 0, list, ARRAYSIZE(list));
        for (ULONG i = 0; i < count && i < ARRAYSIZE(list); i++) SendMessageW(WINDOW32(list[i]), message, wparam, lparam);
        return 0;
    }
    }
    return 0;
}

LRESULT WINAPI DefWindowProcW(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    return default_window_proc(window, message, wparam, lparam, true);
}

LRESULT WINAPI DefWindowProcA(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    return default_window_proc(window, message, wparam, lparam, false);
}
