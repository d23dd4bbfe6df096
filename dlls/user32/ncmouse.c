/* The mouse on the frame, WM_SYSCOMMAND, and the keys DefWindowProc knows. */
#include "menu.h"
#include "scroll.h"

LRESULT hit_test(HWND window, POINT point);
int caption_button(const struct user_window *info, const RECT *caption, int code, RECT *button);
void caption_rect(const struct user_window *info, RECT *rect);
void nc_draw_button(HWND window, int pressed);

/* ---- moving and sizing ---- */

static void constrain(HWND window, const struct user_window *info, int edge, RECT *rect)
{
    MINMAXINFO limits;

    get_min_max(window, info, &limits);
    int width = rect->right - rect->left, height = rect->bottom - rect->top;
    int want_width = width < limits.ptMinTrackSize.x ? limits.ptMinTrackSize.x : width > limits.ptMaxTrackSize.x ? limits.ptMaxTrackSize.x : width;
    int want_height = height < limits.ptMinTrackSize.y ? limits.ptMinTrackSize.y : height > limits.ptMaxTrackSize.y ? limits.ptMaxTrackSize.y : height;
    if (edge == WMSZ_LEFT || edge == WMSZ_TOPLEFT || edge == WMSZ_BOTTOMLEFT) rect->left = rect->right - want_width;
    else rect->right = rect->left + want_width;
    if (edge == WMSZ_TOP || edge == WMSZ_TOPLEFT || edge == WMSZ_TOPRIGHT) rect->top = rect->bottom - want_height;
    else rect->bottom = rect->top + want_height;
}

static void move_edge(int edge, RECT *rect, int dx, int dy)
{
    if (edge == WMSZ_LEFT || edge == WMSZ_TOPLEFT || edge == WMSZ_BOTTOMLEFT) rect->left += dx;
    if (edge == WMSZ_RIGHT || edge == WMSZ_TOPRIGHT || edge == WMSZ_BOTTOMRIGHT) rect->right += dx;
    if (edge == WMSZ_TOP || edge == WMSZ_TOPLEFT || edge == WMSZ_TOPRIGHT) rect->top += dy;
    if (edge == WMSZ_BOTTOM || edge == WMSZ_BOTTOMLEFT || edge == WMSZ_BOTTOMRIGHT) rect->bottom += dy;
}

/* SC_MOVE and SC_SIZE: until the button is released, Return or Escape. edge 0: moves. */
static void move_size(HWND window, int edge, bool by_key)
{
    struct user_window info;
    POINT start, at;
    MSG msg;
    HWND old;
    bool ended = false, moved = false;

    if (NtUserWindowInfo(window, &info) || !IsWindowVisible(window)) return;
    if (info.style & (edge || by_key ? WS_MAXIMIZE | WS_MINIMIZE : WS_MAXIMIZE)) return;
    RECT original = info.relative, rect = original;
    if (by_key) {
        RECT screen = info.window;
        SetCursorPos((screen.left + screen.right) / 2, (screen.top + screen.bottom) / 2);
    }
    GetCursorPos(&start);
    SendMessageW(window, WM_ENTERSIZEMOVE, 0, 0);
    NtUserSetState(STATE_MOVE_SIZE, window, &old);
    SetCapture(window);
    while (!ended && GetMessageW(&msg, NULL, 0, 0) > 0) {
        int dx = 0, dy = 0;
        switch (msg.message) {
        case WM_KEYDOWN:
        case WM_SYSKEYDOWN:
            switch (msg.wParam) {
            case VK_RETURN: ended = true; break;
            case VK_ESCAPE: rect = original, ended = moved = true; break;
            case VK_LEFT: dx = -8; if (by_key && edge && !moved) edge = WMSZ_LEFT; break;
            case VK_RIGHT: dx = 8; if (by_key && edge && !moved) edge = WMSZ_RIGHT; break;
            case VK_UP: dy = -8; if (by_key && edge && !moved) edge = WMSZ_TOP; break;
            case VK_DOWN: dy = 8; if (by_key && edge && !moved) edge = WMSZ_BOTTOM; break;
            }
            break;
        case WM_MOUSEMOVE:
        case WM_NCMOUSEMOVE:
            at = msg.pt;
            dx = at.x - start.x;
            dy = at.y - start.y;
            start = at;
            break;
        case WM_LBUTTONUP:
        case WM_NCLBUTTONUP:
        case WM_LBUTTONDOWN: ended = msg.message != WM_LBUTTONDOWN || by_key; break;
        default:
            TranslateMessage(&msg);
            DispatchMessageW(&msg);
            if (GetCapture() != window || !IsWindow(window)) ended = true;
            continue;
        }
        if ((dx || dy) && !ended) {
            moved = true;
            if (edge) {
                move_edge(edge, &rect, dx, dy);
                RECT shown = rect;
                constrain(window, &info, edge, &shown);
                SendMessageW(window, WM_SIZING, (WPARAM)edge, (LPARAM)&shown);
                set_window_place(window, NULL, &shown, SWP_NOACTIVATE | SWP_NOZORDER);
            } else {
                OffsetRect(&rect, dx, dy);
                SendMessageW(window, WM_MOVING, 0, (LPARAM)&rect);
                set_window_place(window, NULL, &rect, SWP_NOACTIVATE | SWP_NOZORDER | SWP_NOSIZE);
            }
        }
    }
    if (!IsWindow(window)) return;
    if (moved && EqualRect(&rect, &original)) set_window_place(window, NULL, &original, SWP_NOACTIVATE | SWP_NOZORDER);
    NtUserSetState(STATE_MOVE_SIZE, NULL, &old);
    if (GetCapture() == window) ReleaseCapture();
    SendMessageW(window, WM_EXITSIZEMOVE, 0, 0);
}

/* ---- buttons of the caption ---- */

static void track_button(HWND window, int code)
{
    struct user_window info;
    RECT caption, button;
    MSG msg;
    bool inside = true, done = false;

    if (NtUserWindowInfo(window, &info)) return;
    caption_rect(&info, &caption);
    caption.bottom--;
    if (!caption_button(&info, &caption, code, &button)) return;
    if (code == HTMINBUTTON && !(info.style & WS_MINIMIZEBOX)) return;
    if (code == HTMAXBUTTON && !(info.style & WS_MAXIMIZEBOX)) return;
    SetCapture(window);
    nc_draw_button(window, code);
    while (!done && GetMessageW(&msg, NULL, 0, 0) > 0) {
        if (msg.message == WM_LBUTTONUP || GetCapture() != window) done = true;
        else if (msg.message == WM_MOUSEMOVE) {
            POINT at = { msg.pt.x - info.window.left, msg.pt.y - info.window.top };
            bool now = PtInRect(&button, at);
            if (now != inside) nc_draw_button(window, now ? code : 0);
            inside = now;
        } else if (msg.message < WM_MOUSEFIRST || msg.message > WM_MOUSELAST) {
            TranslateMessage(&msg);
            DispatchMessageW(&msg);
        }
    }
    if (!IsWindow(window)) return;
    bool captured = GetCapture() == window;
    if (captured) ReleaseCapture();
    nc_draw_button(window, 0);
    if (!inside || !captured) return;
    WPARAM command = code == HTCLOSE ? SC_CLOSE : code == HTMINBUTTON ? SC_MINIMIZE : info.style & WS_MAXIMIZE ? SC_RESTORE : SC_MAXIMIZE;
    SendMessageW(window, WM_SYSCOMMAND, command, MAKELPARAM(msg.pt.x, msg.pt.y));
}

static void nc_button_down(HWND window, int code, LPARAM lparam)
{
    switch (code) {
    case HTCAPTION: SendMessageW(window, WM_SYSCOMMAND, SC_MOVE + HTCAPTION, lparam); break;
    case HTSYSMENU: SendMessageW(window, WM_SYSCOMMAND, SC_MOUSEMENU + HTSYSMENU, lparam); break;
    case HTMENU: SendMessageW(window, WM_SYSCOMMAND, SC_MOUSEMENU, lparam); break;
    case HTHSCROLL: SendMessageW(window, WM_SYSCOMMAND, SC_HSCROLL + HTHSCROLL, lparam); break;
    case HTVSCROLL: SendMessageW(window, WM_SYSCOMMAND, SC_VSCROLL + HTVSCROLL, lparam); break;
    case HTMINBUTTON:
    case HTMAXBUTTON:
    case HTCLOSE: track_button(window, code); break;
    case HTLEFT:
    case HTRIGHT:
    case HTTOP:
    case HTTOPLEFT:
    case HTTOPRIGHT:
    case HTBOTTOM:
    case HTBOTTOMLEFT:
    case HTBOTTOMRIGHT: SendMessageW(window, WM_SYSCOMMAND, SC_SIZE + (WPARAM)(code - (HTLEFT - WMSZ_LEFT)), lparam); break;
    }
}

LRESULT default_nc_mouse(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    POINT at = { (short)LOWORD(lparam), (short)HIWORD(lparam) };
    struct user_window info;

    switch (message) {
    case WM_NCLBUTTONDOWN: nc_button_down(window, (int)wparam, lparam); return 0;
    case WM_NCLBUTTONDBLCLK:
        if (NtUserWindowInfo(window, &info)) return 0;
        if (wparam == HTCAPTION) {
            if (info.style & WS_MINIMIZE) SendMessageW(window, WM_SYSCOMMAND, SC_RESTORE, lparam);
            else if (info.style & WS_MAXIMIZEBOX)
                SendMessageW(window, WM_SYSCOMMAND, info.style & WS_MAXIMIZE ? SC_RESTORE : SC_MAXIMIZE, lparam);
        } else if (wparam == HTSYSMENU) {
            SendMessageW(window, WM_SYSCOMMAND, SC_CLOSE, lparam);
        } else {
            nc_button_down(window, (int)wparam, lparam);
        }
        return 0;
    case WM_NCRBUTTONUP:
        if (wparam == HTCAPTION || wparam == HTSYSMENU) SendMessageW(window, WM_CONTEXTMENU, (WPARAM)window, lparam);
        return 0;
    case WM_RBUTTONUP: {
        POINT point = at;
        ClientToScreen(window, &point);
        SendMessageW(window, WM_CONTEXTMENU, (WPARAM)window, MAKELPARAM(point.x, point.y));
        return 0;
    }
    case WM_CONTEXTMENU:
        if (GetWindowLongW(window, GWL_STYLE) & WS_CHILD) {
            SendMessageW(GetParent(window), message, wparam, lparam);
        } else if (lparam != -1) {
            LRESULT code = hit_test(window, at);
            HMENU menu = code == HTCAPTION || code == HTSYSMENU ? GetSystemMenu(window, FALSE) : NULL;
            if (menu) {
                UINT command = (UINT)TrackPopupMenu(menu, TPM_RETURNCMD | TPM_RIGHTBUTTON, at.x, at.y, 0, window, NULL);
                if (command) PostMessageW(window, WM_SYSCOMMAND, command, lparam);
            }
        }
        return 0;
    case WM_XBUTTONUP:
        SendMessageW(window, WM_APPCOMMAND, (WPARAM)window,
                     MAKELPARAM(0, (HIWORD(wparam) == XBUTTON1 ? APPCOMMAND_BROWSER_BACKWARD : APPCOMMAND_BROWSER_FORWARD) | FAPPCOMMAND_MOUSE));
        return 0;
    }
    return 0;
}

/* ---- WM_SYSCOMMAND ---- */

LRESULT default_sys_command(HWND window, WPARAM wparam, LPARAM lparam)
{
    POINT at = { (short)LOWORD(lparam), (short)HIWORD(lparam) };

    if (!(wparam & 0xfff0) || (wparam & 0xfff0) < 0xf000) return 0;
    if (hooked(WH_CBT) && call_hooks(WH_CBT, HCBT_SYSCOMMAND, wparam, lparam, true)) return 0;
    switch (wparam & 0xfff0) {
    case SC_SIZE: move_size(window, (int)(wparam & 0xf) ? (int)(wparam & 0xf) : WMSZ_BOTTOMRIGHT, !(wparam & 0xf)); return 0;
    case SC_MOVE: move_size(window, 0, !(wparam & 0xf)); return 0;
    case SC_MINIMIZE: ShowWindow(window, SW_MINIMIZE); return 0;
    case SC_MAXIMIZE: ShowWindow(window, SW_MAXIMIZE); return 0;
    case SC_RESTORE: ShowWindow(window, SW_RESTORE); return 0;
    case SC_CLOSE: return SendMessageW(window, WM_CLOSE, 0, 0);
    case SC_VSCROLL:
    case SC_HSCROLL: {
        RECT outer;
        GetWindowRect(window, &outer);
        at.x -= outer.left;
        at.y -= outer.top;
        scroll_track(window, (wparam & 0xfff0) == SC_VSCROLL ? SB_VERT : SB_HORZ, at);
        return 0;
    }
    case SC_MOUSEMENU: menu_track_mouse(window, (wparam & 0xf) == HTSYSMENU ? HTSYSMENU : HTMENU, at); return 0;
    case SC_KEYMENU: menu_track_key(window, wparam, (WCHAR)lparam); return 0;
    case SC_NEXTWINDOW:
    case SC_PREVWINDOW:
    case SC_TASKLIST:
    case SC_SCREENSAVE:
    case SC_HOTKEY: return 0;
    }
    return 0;
}

/* ---- keys ---- */

static int menu_key_down; /* 1 Alt, 2 F10 went down and nothing since */

LRESULT default_keys(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    HWND top = GetAncestor(window, GA_ROOT);

    switch (message) {
    case WM_KEYDOWN:
        if (wparam == VK_F10) menu_key_down = 2;
        return 0;
    case WM_KEYUP: return 0;
    case WM_SYSKEYDOWN:
        if (HIWORD(lparam) & KF_ALTDOWN) {
            if (wparam == VK_MENU) {
                if (!(HIWORD(lparam) & KF_REPEAT) && !menu_key_down) menu_key_down = 1;
                else menu_key_down = menu_key_down == 1 ? 1 : 0;
            } else {
                menu_key_down = 0;
            }
            if (wparam == VK_F4) PostMessageW(top, WM_SYSCOMMAND, SC_CLOSE, 0);
            if (wparam == VK_SPACE) return 0;
        } else if (wparam == VK_F10) {
            if (GetKeyState(VK_SHIFT) & 0x8000) SendMessageW(window, WM_CONTEXTMENU, (WPARAM)window, -1);
            else menu_key_down = 2;
        } else if (wparam == VK_ESCAPE && (GetKeyState(VK_SHIFT) & 0x8000)) {
            SendMessageW(window, WM_SYSCOMMAND, SC_KEYMENU, ' ');
        }
        return 0;
    case WM_SYSKEYUP:
        if ((wparam == VK_MENU && menu_key_down == 1) || (wparam == VK_F10 && menu_key_down == 2))
            SendMessageW(top, WM_SYSCOMMAND, SC_KEYMENU, 0);
        menu_key_down = 0;
        return 0;
    case WM_SYSCHAR:
        menu_key_down = 0;
        if (wparam == VK_RETURN && IsIconic(window)) {
            PostMessageW(window, WM_SYSCOMMAND, SC_RESTORE, 0);
            return 0;
        }
        if ((HIWORD(lparam) & KF_ALTDOWN) && wparam) {
            if (wparam == VK_TAB || wparam == VK_ESCAPE) return 0;
            if (wparam == VK_SPACE && (GetWindowLongW(window, GWL_STYLE) & WS_CHILD)) SendMessageW(GetParent(window), message, wparam, lparam);
            else SendMessageW(window, WM_SYSCOMMAND, SC_KEYMENU, (LPARAM)wparam);
        } else if (wparam != VK_ESCAPE) {
            MessageBeep(0);
        }
        return 0;
    }
    return 0;
}

BOOL WINAPI MessageBeep(UINT kind)
{
    NtUserBeep();
    return TRUE;
}
