/* Input becomes messages: which window, what code, what the hooks say; SendInput; the state of keys. */
#include "user32.h"

LRESULT hit_test(HWND window, POINT point);

static struct {
    HWND window;
    UINT message;
    POINT at;
    DWORD time;
} last_click; /* one click at a time, whatever thread */

/* ---- the mouse ---- */

static WPARAM buttons_down(void)
{
    BYTE keys[256];
    WPARAM state = 0;

    if (NtUserKeyState(FALSE, keys)) return 0;
    if (keys[VK_LBUTTON] & 0x80) state |= MK_LBUTTON;
    if (keys[VK_RBUTTON] & 0x80) state |= MK_RBUTTON;
    if (keys[VK_MBUTTON] & 0x80) state |= MK_MBUTTON;
    if (keys[VK_XBUTTON1] & 0x80) state |= MK_XBUTTON1;
    if (keys[VK_XBUTTON2] & 0x80) state |= MK_XBUTTON2;
    if (keys[VK_SHIFT] & 0x80) state |= MK_SHIFT;
    if (keys[VK_CONTROL] & 0x80) state |= MK_CONTROL;
    return state;
}

static UINT button_flag(UINT message, WPARAM data)
{
    switch (message) {
    case WM_LBUTTONDOWN: return MK_LBUTTON;
    case WM_RBUTTONDOWN: return MK_RBUTTON;
    case WM_MBUTTONDOWN: return MK_MBUTTON;
    case WM_XBUTTONDOWN: return HIWORD(data) == XBUTTON2 ? MK_XBUTTON2 : MK_XBUTTON1;
    }
    return 0;
}

/* The window under the mouse and what of it: asked with WM_NCHITTEST; windows that are transparent there are passed. */
static HWND window_under(POINT at, int *code)
{
    HWND window = NtUserWindowAt(at.x, at.y);
    struct user_window info;

    *code = HTNOWHERE;
    for (int depth = 0; window && depth < 64; depth++) {
        if (NtUserWindowInfo(window, &info) || !(info.flags & WINDOW_MINE)) break;
        if (info.style & WS_DISABLED) {
            *code = HTERROR;
            return window;
        }
        *code = (int)SendMessageW(window, WM_NCHITTEST, 0, MAKELPARAM(at.x, at.y));
        if (*code != HTTRANSPARENT) return window;
        /* the next sibling below it, or the parent */
        HWND next = window, found = NULL;
        while (!NtUserGetWindow(next, GW_HWNDNEXT, &next) && next && !found) {
            struct user_window below;
            if (!NtUserWindowInfo(next, &below) && (below.style & WS_VISIBLE) && !(below.style & WS_DISABLED) &&
                (below.flags & WINDOW_MINE) && PtInRect(&below.window, at)) found = next;
        }
        window = found ? found : (info.style & WS_CHILD) ? WINDOW32(info.parent) : NULL;
    }
    return window;
}

static bool is_down(UINT message)
{
    return message == WM_LBUTTONDOWN || message == WM_RBUTTONDOWN || message == WM_MBUTTONDOWN || message == WM_XBUTTONDOWN;
}

static void mouse_activation(HWND window, int code, UINT message, bool *eat)
{
    HWND top = GetAncestor(window, GA_ROOT);
    struct user_window info;

    for (HWND at = window; at && !NtUserWindowInfo(at, &info); at = WINDOW32(info.parent)) { /* WM_PARENTNOTIFY to all parents */
        if (!(info.style & WS_CHILD) || (info.ex_style & WS_EX_NOPARENTNOTIFY) || (info.flags & WINDOW_TOP_LEVEL)) break;
        POINT point;
        GetCursorPos(&point);
        ScreenToClient(WINDOW32(info.parent), &point);
        SendMessageW(WINDOW32(info.parent), WM_PARENTNOTIFY, MAKEWPARAM(message, 0), MAKELPARAM(point.x, point.y));
    }
    if (!top || top == thread_active()) return;
    if (NtUserWindowInfo(top, &info) || (info.style & (WS_CHILD | WS_POPUP)) == WS_CHILD) return;
    switch (SendMessageW(window, WM_MOUSEACTIVATE, (WPARAM)top, MAKELPARAM(code, message))) {
    case MA_NOACTIVATEANDEAT: *eat = true; break;
    case MA_NOACTIVATE: break;
    case MA_ACTIVATEANDEAT: *eat = true; /* fall through */
    case MA_ACTIVATE:
    case 0:
        if (!(info.ex_style & WS_EX_NOACTIVATE)) {
            set_active(top, true, true);
            BringWindowToTop(top);
        }
        break;
    }
}

static void track_mouse(HWND window, int code, POINT at);

static BOOL mouse_to_message(const struct user_event *event, UINT first, UINT last, BOOL remove, MSG *msg)
{
    POINT at = { event->message.x, event->message.y };
    UINT message = event->message.message;
    HWND capture = GetCapture(), window;
    int code = HTCLIENT;
    bool eat = false, down = is_down(message);
    struct user_window info;

    if (capture) window = capture;
    else window = window_under(at, &code);
    if (message == WM_MOUSEWHEEL || message == WM_MOUSEHWHEEL) {
        HWND focus = thread_focus();
        if (focus) window = focus;
        code = HTCLIENT;
    }
    if (!window || NtUserWindowInfo(window, &info) || !(info.flags & WINDOW_MINE)) {
        NtUserTakeInput(event->token);
        return FALSE;
    }
    msg->hwnd = window;
    msg->time = event->message.time;
    msg->pt = at;
    if (message == WM_MOUSEMOVE && !capture) track_mouse(window, code, at);
    /* double clicks */
    UINT final = message;
    if (down) {
        bool can = (info.class_style & CS_DBLCLKS) || code != HTCLIENT;
        if (can && last_click.window == window && last_click.message == message &&
            event->message.time - last_click.time <= GetDoubleClickTime() &&
            (at.x - last_click.at.x < 3 && last_click.at.x - at.x < 3 && at.y - last_click.at.y < 3 && last_click.at.y - at.y < 3))
            final = message + (WM_LBUTTONDBLCLK - WM_LBUTTONDOWN);
    }
    WPARAM wparam = buttons_down() | button_flag(message, (WPARAM)event->message.wparam);
    LPARAM lparam = MAKELPARAM(at.x, at.y);
    if (code == HTERROR || (info.style & WS_DISABLED)) {
        if (message != WM_MOUSEMOVE || remove) SendMessageW(window, WM_SETCURSOR, (WPARAM)window, MAKELPARAM(HTERROR, message));
        NtUserTakeInput(event->token);
        return FALSE;
    }
    if (message == WM_MOUSEWHEEL || message == WM_MOUSEHWHEEL) {
        wparam = MAKEWPARAM(wparam, (short)HIWORD(event->message.wparam));
    } else if (code == HTCLIENT) {
        POINT client = at;
        ScreenToClient(window, &client);
        lparam = MAKELPARAM(client.x, client.y);
        if (message == WM_XBUTTONDOWN || message == WM_XBUTTONUP) wparam = MAKEWPARAM(wparam, HIWORD(event->message.wparam));
    } else {
        final += WM_NCMOUSEMOVE - WM_MOUSEMOVE;
        wparam = (WPARAM)code;
        if (message == WM_XBUTTONDOWN || message == WM_XBUTTONUP) wparam = MAKEWPARAM(code, HIWORD(event->message.wparam));
    }
    if (final < first || final > last) return FALSE;
    msg->message = final;
    msg->wParam = wparam;
    msg->lParam = lparam;
    if (hooked(WH_MOUSE)) {
        MOUSEHOOKSTRUCTEX hook;
        memset(&hook, 0, sizeof(hook));
        MOUSEHOOKSTRUCT *plain = (MOUSEHOOKSTRUCT *)&hook;
        plain->pt = at;
        plain->hwnd = window;
        plain->wHitTestCode = (UINT)code;
        hook.mouseData = (DWORD)event->message.wparam;
        if (call_hooks(WH_MOUSE, remove ? HC_ACTION : HC_NOREMOVE, final, (LPARAM)&hook, true)) {
            NtUserTakeInput(event->token);
            return FALSE;
        }
    }
    if (!remove) return TRUE;
    if (down) {
        if (final == message || final == message + WM_NCMOUSEMOVE - WM_MOUSEMOVE) {
            last_click.window = window;
            last_click.message = message;
            last_click.at = at;
            last_click.time = event->message.time;
        } else {
            last_click.window = NULL;
        }
    }
    if (!capture || down) {
        if (!capture && down) mouse_activation(window, code, message, &eat);
        if (!capture) SendMessageW(window, WM_SETCURSOR, (WPARAM)window, MAKELPARAM(code, message));
    }
    if (eat || !IsWindow(window)) {
        NtUserTakeInput(event->token);
        return FALSE;
    }
    return TRUE;
}

/* ---- TrackMouseEvent ---- */

static struct {
    HWND window;
    DWORD flags, hover;
    POINT at;
    DWORD since;
    bool nc;
} tracked;

#define HOVER_TIMER 0x7ff1

static void CALLBACK hover_timer(HWND window, UINT message, UINT_PTR id, DWORD time)
{
    POINT at;

    GetCursorPos(&at);
    if (tracked.window != window || !(tracked.flags & TME_HOVER)) {
        KillSystemTimer(window, HOVER_TIMER);
        return;
    }
    if (at.x - tracked.at.x > 2 || tracked.at.x - at.x > 2 || at.y - tracked.at.y > 2 || tracked.at.y - at.y > 2) {
        tracked.at = at;
        return;
    }
    tracked.flags &= ~(DWORD)TME_HOVER;
    KillSystemTimer(window, HOVER_TIMER);
    POINT client = at;
    ScreenToClient(window, &client);
    PostMessageW(window, tracked.nc ? WM_NCMOUSEHOVER : WM_MOUSEHOVER, tracked.nc ? 0 : buttons_down(),
                 tracked.nc ? MAKELPARAM(at.x, at.y) : MAKELPARAM(client.x, client.y));
}

static void track_mouse(HWND window, int code, POINT at)
{
    if (!tracked.window || !(tracked.flags & (TME_LEAVE | TME_HOVER))) return;
    bool inside = tracked.window == window && tracked.nc == (code != HTCLIENT);
    if (inside) return;
    HWND left = tracked.window;
    DWORD flags = tracked.flags;
    bool nc = tracked.nc;
    tracked.window = NULL;
    tracked.flags = 0;
    KillSystemTimer(left, HOVER_TIMER);
    if (flags & TME_LEAVE) PostMessageW(left, nc ? WM_NCMOUSELEAVE : WM_MOUSELEAVE, 0, 0);
}

void mouse_left(HWND top)
{
    if (tracked.window && (tracked.window == top || IsChild(top, tracked.window))) track_mouse(NULL, HTNOWHERE, (POINT){ 0, 0 });
}

BOOL WINAPI TrackMouseEvent(LPTRACKMOUSEEVENT event)
{
    POINT at;
    int code;

    if (event->cbSize != sizeof(*event)) return set_error(ERROR_INVALID_PARAMETER);
    if (event->dwFlags & TME_QUERY) {
        event->dwFlags = tracked.flags | (tracked.nc ? TME_NONCLIENT : 0);
        event->hwndTrack = tracked.flags ? tracked.window : NULL;
        event->dwHoverTime = tracked.hover;
        return TRUE;
    }
    if (!IsWindow(event->hwndTrack)) return set_error(ERROR_INVALID_WINDOW_HANDLE);
    if (event->dwFlags & TME_CANCEL) {
        if (tracked.window == event->hwndTrack) {
            tracked.flags &= ~event->dwFlags;
            if (!(tracked.flags & TME_HOVER)) KillSystemTimer(event->hwndTrack, HOVER_TIMER);
            if (!tracked.flags) tracked.window = NULL;
        }
        return TRUE;
    }
    GetCursorPos(&at);
    HWND under = window_under(at, &code);
    if (under != event->hwndTrack) {
        if (event->dwFlags & TME_LEAVE) PostMessageW(event->hwndTrack, event->dwFlags & TME_NONCLIENT ? WM_NCMOUSELEAVE : WM_MOUSELEAVE, 0, 0);
        return TRUE;
    }
    tracked.hover = event->dwHoverTime == HOVER_DEFAULT || !event->dwHoverTime ? 400 : event->dwHoverTime;
    tracked.window = event->hwndTrack;
    tracked.flags = event->dwFlags & (TME_LEAVE | TME_HOVER);
    tracked.nc = event->dwFlags & TME_NONCLIENT;
    tracked.at = at;
    if (tracked.flags & TME_HOVER) SetSystemTimer(tracked.window, HOVER_TIMER, tracked.hover, hover_timer);
    return TRUE;
}

/* ---- keys ---- */

static BOOL key_to_message(const struct user_event *event, UINT first, UINT last, BOOL remove, MSG *msg)
{
    HWND window = thread_focus();
    UINT message = event->message.message;
    WPARAM key = (WPARAM)event->message.wparam & 0xff;

    if (message < first || message > last) return FALSE;
    if (key == VK_PACKET) key = (WPARAM)event->message.wparam;
    if (!window) { /* nobody has the focus: the active window gets system keys */
        window = thread_active();
        if (message == WM_KEYDOWN) message = WM_SYSKEYDOWN;
        if (message == WM_KEYUP) message = WM_SYSKEYUP;
    }
    if (!window) {
        NtUserTakeInput(event->token);
        return FALSE;
    }
    msg->hwnd = window;
    msg->message = message;
    msg->wParam = key;
    msg->lParam = (LPARAM)(LONG)event->message.lparam;
    msg->time = event->message.time;
    msg->pt.x = event->message.x;
    msg->pt.y = event->message.y;
    if (hooked(WH_KEYBOARD) &&
        call_hooks(WH_KEYBOARD, remove ? HC_ACTION : HC_NOREMOVE, LOWORD(key), msg->lParam, true)) {
        NtUserTakeInput(event->token);
        return FALSE;
    }
    return TRUE;
}

BOOL input_to_message(const struct user_event *event, UINT first, UINT last, BOOL remove, MSG *msg)
{
    if ((event->flags & 0xff) == INPUT_KEY_MESSAGE) return key_to_message(event, first, last, remove, msg);
    return mouse_to_message(event, first, last, remove, msg);
}

/* ---- SendInput ---- */

static void inject_mouse(const MOUSEINPUT *mouse)
{
    POINT at;
    int width = GetSystemMetrics(SM_CXSCREEN), height = GetSystemMetrics(SM_CYSCREEN);

    GetCursorPos(&at);
    if (mouse->dwFlags & MOUSEEVENTF_MOVE) {
        if (mouse->dwFlags & MOUSEEVENTF_ABSOLUTE) {
            at.x = (LONG)((LONGLONG)mouse->dx * width / 65536);
            at.y = (LONG)((LONGLONG)mouse->dy * height / 65536);
            if ((LONGLONG)mouse->dx * width % 65536 > 32768) at.x++;
            if ((LONGLONG)mouse->dy * height % 65536 > 32768) at.y++;
        } else {
            at.x += mouse->dx;
            at.y += mouse->dy;
        }
        at.x = at.x < 0 ? 0 : at.x >= width ? width - 1 : at.x;
        at.y = at.y < 0 ? 0 : at.y >= height ? height - 1 : at.y;
        NtUserInject(INPUT_MOUSE_MESSAGE, WM_MOUSEMOVE, 0, at.x, at.y, 0, mouse->time);
    }
    static const struct {
        DWORD flag;
        UINT message;
    } buttons[] = { { MOUSEEVENTF_LEFTDOWN, WM_LBUTTONDOWN },     { MOUSEEVENTF_LEFTUP, WM_LBUTTONUP },
                    { MOUSEEVENTF_RIGHTDOWN, WM_RBUTTONDOWN },    { MOUSEEVENTF_RIGHTUP, WM_RBUTTONUP },
                    { MOUSEEVENTF_MIDDLEDOWN, WM_MBUTTONDOWN },   { MOUSEEVENTF_MIDDLEUP, WM_MBUTTONUP },
                    { MOUSEEVENTF_XDOWN, WM_XBUTTONDOWN },        { MOUSEEVENTF_XUP, WM_XBUTTONUP },
                    { MOUSEEVENTF_WHEEL, WM_MOUSEWHEEL },         { MOUSEEVENTF_HWHEEL, WM_MOUSEHWHEEL } };
    for (int i = 0; i < (int)ARRAYSIZE(buttons); i++)
        if (mouse->dwFlags & buttons[i].flag)
            NtUserInject(INPUT_MOUSE_MESSAGE, buttons[i].message, mouse->mouseData << 16, at.x, at.y, 0, mouse->time);
}

static void inject_key(const KEYBDINPUT *key)
{
    UINT scan = key->wScan, code = key->wVk;

    if (key->dwFlags & KEYEVENTF_UNICODE) code = VK_PACKET;
    else if (key->dwFlags & KEYEVENTF_SCANCODE) code = MapVirtualKeyW(scan | (key->dwFlags & KEYEVENTF_EXTENDEDKEY ? 0xe000 : 0), MAPVK_VSC_TO_VK_EX);
    NtUserInject(INPUT_KEY_MESSAGE, code, scan, 0, 0, key->dwFlags, key->time);
}

UINT WINAPI SendInput(UINT count, LPINPUT inputs, int size)
{
    UINT done = 0;

    if (size != sizeof(INPUT) || !count || !inputs) return set_error(ERROR_INVALID_PARAMETER);
    for (; done < count; done++) {
        switch (inputs[done].type) {
        case INPUT_MOUSE: inject_mouse(&inputs[done].mi); break;
        case INPUT_KEYBOARD: inject_key(&inputs[done].ki); break;
        case INPUT_HARDWARE: set_error(ERROR_CALL_NOT_IMPLEMENTED); return done;
        default: set_error(ERROR_INVALID_PARAMETER); return done;
        }
    }
    return done;
}

VOID WINAPI mouse_event(DWORD flags, DWORD dx, DWORD dy, DWORD data, ULONG_PTR extra)
{
    INPUT input = { .type = INPUT_MOUSE, .mi = { (LONG)dx, (LONG)dy, data, flags, 0, extra } };

    SendInput(1, &input, sizeof(input));
}

VOID WINAPI keybd_event(BYTE key, BYTE scan, DWORD flags, ULONG_PTR extra)
{
    INPUT input = { .type = INPUT_KEYBOARD, .ki = { key, scan, flags, 0, extra } };

    SendInput(1, &input, sizeof(input));
}

/* ---- state ---- */

SHORT WINAPI GetKeyState(int key)
{
    ULONG state = NtUserKey((ULONG)key & 0xff, FALSE);

    return (SHORT)((state & 0x80 ? 0xff80 : 0) | (state & 1));
}

SHORT WINAPI GetAsyncKeyState(int key)
{
    ULONG state = key < 0 || key > 255 ? 0 : NtUserKey((ULONG)key, TRUE);

    return (SHORT)((state & 0x80 ? 0x8000 : 0) | (state & 1));
}

BOOL WINAPI GetKeyboardState(PBYTE keys)
{
    return status_to_bool(NtUserKeyState(FALSE, keys));
}

BOOL WINAPI SetKeyboardState(LPBYTE keys)
{
    return status_to_bool(NtUserKeyState(TRUE, keys));
}

BOOL WINAPI GetCursorPos(LPPOINT at)
{
    if (!at) return set_error(ERROR_INVALID_PARAMETER);
    return status_to_bool(NtUserCursorPosition(FALSE, at));
}

BOOL WINAPI SetCursorPos(int x, int y)
{
    POINT at = { x, y };

    return status_to_bool(NtUserCursorPosition(TRUE, &at));
}

BOOL WINAPI GetPhysicalCursorPos(LPPOINT at)
{
    return GetCursorPos(at);
}

BOOL WINAPI SetPhysicalCursorPos(int x, int y)
{
    return SetCursorPos(x, y);
}

static UINT double_click_time = 500;

UINT WINAPI GetDoubleClickTime(void)
{
    return double_click_time;
}

BOOL WINAPI SetDoubleClickTime(UINT milliseconds)
{
    double_click_time = milliseconds ? milliseconds < 5000 ? milliseconds : 5000 : 500;
    return TRUE;
}

BOOL WINAPI DragDetect(HWND window, POINT start)
{
    MSG msg;
    int dx = GetSystemMetrics(SM_CXDRAG), dy = GetSystemMetrics(SM_CYDRAG);

    SetCapture(window);
    for (;;) {
        while (PeekMessageW(&msg, NULL, WM_MOUSEFIRST, WM_MOUSELAST, PM_REMOVE)) {
            if (msg.message == WM_LBUTTONUP) {
                ReleaseCapture();
                return FALSE;
            }
            if (msg.message == WM_MOUSEMOVE) {
                POINT at = { (short)LOWORD(msg.lParam), (short)HIWORD(msg.lParam) };
                ClientToScreen(window, &at);
                if (at.x - start.x > dx || start.x - at.x > dx || at.y - start.y > dy || start.y - at.y > dy) {
                    ReleaseCapture();
                    return TRUE;
                }
            }
        }
        WaitMessage();
    }
}

