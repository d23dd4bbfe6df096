/* winuser.h: making and ending windows. */
#include "user32.h"

BOOL window_is_mine(HWND window, struct user_window *info)
{
    if (!window_info(window, info)) return FALSE;
    return (info->flags & WINDOW_MINE) || set_error(ERROR_ACCESS_DENIED);
}

LONG_PTR window_word(HWND window, int index)
{
    ULONG64 value = 0;

    return NtUserWindowWord(window, index, sizeof(LONG_PTR), FALSE, &value) ? 0 : (LONG_PTR)value;
}

LONG_PTR set_window_word(HWND window, int index, LONG_PTR value)
{
    ULONG64 number = (ULONG_PTR)value;

    return NtUserWindowWord(window, index, sizeof(LONG_PTR), TRUE, &number) ? 0 : (LONG_PTR)number;
}

void set_window_flags(HWND window, UINT32 set, UINT32 clear)
{
    ULONG64 value = set | (ULONG64)clear << 32;

    NtUserWindowWord(window, WINDOW_WORD_FLAGS, 4, TRUE, &value);
}

DWORD set_style_bits(HWND window, DWORD set, DWORD clear)
{
    ULONG64 old = 0, fresh;

    NtUserWindowWord(window, WINDOW_WORD_STYLE_RAW, 4, FALSE, &old);
    fresh = (old & ~(ULONG64)clear) | set;
    if (fresh != old) NtUserWindowWord(window, WINDOW_WORD_STYLE_RAW, 4, TRUE, &fresh);
    return (DWORD)old;
}

/* ---- creation ---- */

static HWND top_level_of(HWND window)
{
    struct user_window info;

    while (window && !NtUserWindowInfo(window, &info) && (info.style & WS_CHILD) && info.parent &&
           !(info.flags & WINDOW_TOP_LEVEL)) window = WINDOW32(info.parent);
    return window;
}

/* CW_USEDEFAULT and its meaning for each kind of window (winuser.h reference: CreateWindowEx). */
static void default_place(CREATESTRUCTW *create, int *show)
{
    static LONG step;
    RECT area = work_area();

    if (create->style & (WS_CHILD | WS_POPUP)) {
        if (create->x == CW_USEDEFAULT) create->x = create->y = 0;
        if (create->cx == CW_USEDEFAULT) create->cx = create->cy = 0;
        return;
    }
    if (create->x == CW_USEDEFAULT) {
        int at = 26 * (InterlockedIncrement(&step) % 8);
        if (create->y != CW_USEDEFAULT) *show = create->y; /* then y is how to show it */
        create->x = area.left + at;
        create->y = area.top + at;
    }
    if (create->cx == CW_USEDEFAULT) {
        create->cx = (area.right - area.left) * 3 / 4;
        create->cy = (area.bottom - area.top) * 3 / 4;
    } else if (create->cy == CW_USEDEFAULT) {
        create->cy = (area.bottom - area.top) * 3 / 4;
    }
}

static bool cbt_create(HWND window, CREATESTRUCTW *create, bool unicode)
{
    CBT_CREATEWNDW hook = { create, HWND_TOP };
    (void)unicode;

    return !hooked(WH_CBT) || !call_hooks(WH_CBT, HCBT_CREATEWND, (WPARAM)window, (LPARAM)&hook, true);
}

static void end_failed(HWND window)
{
    menu_window_gone(window);
    NtUserDestroyWindow(window);
}

static void fit_min_max(HWND window, const struct user_window *info, CREATESTRUCTW *create)
{
    MINMAXINFO limits;

    if (!(create->style & WS_THICKFRAME) && (create->style & (WS_CHILD | WS_POPUP))) return;
    if ((create->style & WS_CHILD) && !(create->style & WS_THICKFRAME)) return;
    get_min_max(window, info, &limits);
    if (create->cx > limits.ptMaxTrackSize.x) create->cx = limits.ptMaxTrackSize.x;
    if (create->cy > limits.ptMaxTrackSize.y) create->cy = limits.ptMaxTrackSize.y;
    if (create->cx < limits.ptMinTrackSize.x) create->cx = limits.ptMinTrackSize.x;
    if (create->cy < limits.ptMinTrackSize.y) create->cy = limits.ptMinTrackSize.y;
}

static void store_rect(HWND window, const RECT *outer, const RECT *client, UINT flags)
{
    struct user_place place;

    memset(&place, 0, sizeof(place));
    place.window = *outer;
    place.client = *client;
    place.flags = flags | SWP_NOZORDER | SWP_NOREDRAW;
    NtUserSetPlace(window, &place);
}

static LPARAM size_of(const RECT *rect)
{
    return MAKELPARAM(rect->right - rect->left, rect->bottom - rect->top);
}

void send_size_move(HWND window)
{
    struct user_window info;

    set_window_flags(window, 0, WINDOW_NEED_SIZE);
    if (NtUserWindowInfo(window, &info)) return;
    WPARAM kind = info.style & WS_MINIMIZE ? SIZE_MINIMIZED : info.style & WS_MAXIMIZE ? SIZE_MAXIMIZED : SIZE_RESTORED;
    SendMessageW(window, WM_SIZE, kind, size_of(&info.client));
    POINT at = { info.client.left, info.client.top };
    if (info.style & WS_CHILD) ScreenToClient(WINDOW32(info.parent), &at);
    SendMessageW(window, WM_MOVE, 0, MAKELPARAM(at.x, at.y));
}

static void tell_parent(HWND window, const struct user_window *info, UINT event)
{
    if ((info->style & WS_CHILD) && !(info->ex_style & WS_EX_NOPARENTNOTIFY) && info->parent)
        SendMessageW(WINDOW32(info->parent), WM_PARENTNOTIFY, MAKEWPARAM(event, info->id), (LPARAM)window);
}

static HWND create_window(CREATESTRUCTW *create, const struct user_class *class, bool unicode, const CREATESTRUCTA *ansi)
{
    struct user_create in;
    struct user_window info;
    HWND window, owner = NULL;
    int show = SW_SHOW;
    RECT outer, client;
    /* What WM_NCCREATE and WM_CREATE show: the caller's own strings, of the caller's kind. */
    LRESULT (WINAPI *send)(HWND, UINT, WPARAM, LPARAM) = unicode ? SendMessageW : SendMessageA;

    memset(&in, 0, sizeof(in));
    if (create->hwndParent == HWND_MESSAGE) {
        in.parent = 4; /* the parent of message-only windows: desktop.h */
        in.parent |= 0x10000;
    } else if (create->hwndParent && create->hwndParent != GetDesktopWindow()) {
        struct user_window parent;
        if (!window_info(create->hwndParent, &parent)) return NULL;
        if ((create->style & (WS_CHILD | WS_POPUP)) == WS_CHILD) {
            in.parent = PTR64(create->hwndParent);
        } else if (parent.parent == 0x10004) {
            in.parent = 0x10004;
        } else {
            owner = top_level_of(create->hwndParent);
            in.owner = PTR64(owner);
        }
    } else if ((create->style & (WS_CHILD | WS_POPUP)) == WS_CHILD && !create->hwndParent) {
        set_error(ERROR_TLW_WITH_WSCHILD);
        return NULL;
    }
    default_place(create, &show);
    if (!(create->style & WS_CHILD) || create->hwndParent == GetDesktopWindow()) create->style |= WS_CLIPSIBLINGS;
    if (!(create->style & (WS_POPUP | WS_CHILD))) {
        create->style |= WS_CAPTION | WS_CLIPSIBLINGS;
        set_error(0);
    }
    if ((create->dwExStyle & WS_EX_DLGMODALFRAME) ||
        (!(create->dwExStyle & WS_EX_STATICEDGE) && (create->style & (WS_DLGFRAME | WS_THICKFRAME))))
        create->dwExStyle |= WS_EX_WINDOWEDGE;
    else
        create->dwExStyle &= ~(DWORD)WS_EX_WINDOWEDGE;
    in.class_token = class->token;
    in.menu = PTR64(create->hMenu);
    in.instance = PTR64(create->hInstance);
    in.style = (UINT32)create->style & ~(UINT32)(WS_VISIBLE | WS_MINIMIZE | WS_MAXIMIZE);
    in.ex_style = create->dwExStyle;
    in.x = create->x, in.y = create->y, in.width = create->cx, in.height = create->cy;
    if (!(create->style & WS_CHILD)) in.menu = 0;
    if (!status_to_bool(NtUserCreateWindow(&in, &window))) return NULL;
    if (class->style & CS_NOCLOSE) EnableMenuItem(GetSystemMenu(window, FALSE), SC_CLOSE, MF_GRAYED);

    if (!cbt_create(window, create, unicode)) {
        end_failed(window);
        return NULL;
    }
    if (!(create->style & WS_CHILD)) {
        if (create->hMenu) SetMenu(window, create->hMenu);
        else if (class->menu_name) {
            HMENU menu = LoadMenuW(FROM64(class->instance), FROM64(class->menu_name));
            if (menu) SetMenu(window, menu);
        }
    }
    if (NtUserWindowInfo(window, &info)) return NULL;
    fit_min_max(window, &info, create);
    if (create->cx < 0) create->cx = 0;
    if (create->cy < 0) create->cy = 0;
    SetRect(&outer, create->x, create->y, create->x + create->cx, create->y + create->cy);
    store_rect(window, &outer, &outer, 0);

    CREATESTRUCTA shown;
    LPARAM shown_to = (LPARAM)create;
    if (!unicode) {
        shown = *ansi;
        shown.x = create->x, shown.y = create->y, shown.cx = create->cx, shown.cy = create->cy;
        shown.style = create->style, shown.dwExStyle = create->dwExStyle, shown.lpCreateParams = create->lpCreateParams;
        shown_to = (LPARAM)&shown;
    }
    if (!send(window, WM_NCCREATE, 0, shown_to)) {
        if (IsWindow(window)) end_failed(window);
        return NULL;
    }
    set_window_flags(window, WINDOW_CREATED, 0);
    if (NtUserWindowInfo(window, &info)) return NULL;
    client = info.window; /* screen coordinates, as WM_NCCALCSIZE has them of a top-level window */
    client = info.relative;
    SendMessageW(window, WM_NCCALCSIZE, FALSE, (LPARAM)&client);
    if (NtUserWindowInfo(window, &info)) return NULL;
    if (client.right < client.left) client.right = client.left;
    if (client.bottom < client.top) client.bottom = client.top;
    outer = info.relative;
    store_rect(window, &outer, &client, 0);
    if (!(create->style & (WS_CHILD | WS_POPUP))) set_window_flags(window, WINDOW_NEED_SIZE, 0);
    if (send(window, WM_CREATE, 0, shown_to) == -1) {
        if (IsWindow(window)) DestroyWindow(window);
        return NULL;
    }
    if (NtUserWindowInfo(window, &info)) return NULL;
    if (!(info.flags & WINDOW_NEED_SIZE) && (create->style & (WS_CHILD | WS_POPUP))) send_size_move(window);
    tell_parent(window, &info, WM_CREATE);
    if (!IsWindow(window)) return NULL;
    if (create->style & (WS_MINIMIZE | WS_MAXIMIZE)) {
        if (create->style & WS_VISIBLE) {
            ShowWindow(window, create->style & WS_MINIMIZE ? SW_SHOWMINIMIZED : SW_SHOWMAXIMIZED);
            return IsWindow(window) ? window : NULL;
        }
        set_style_bits(window, create->style & (WS_MINIMIZE | WS_MAXIMIZE), 0);
    }
    if (create->style & WS_VISIBLE) {
        if (create->style & WS_CHILD || show != SW_SHOW) ShowWindow(window, show);
        else ShowWindow(window, (create->style & WS_POPUP) ? SW_SHOW : SW_SHOW);
    }
    return IsWindow(window) ? window : NULL;
}

HWND WINAPI CreateWindowExW(DWORD ex_style, LPCWSTR class_name, LPCWSTR title, DWORD style, int x, int y, int width, int height,
                            HWND parent, HMENU menu, HINSTANCE instance, LPVOID parameter)
{
    struct user_class class;
    CREATESTRUCTW create = { parameter, instance, menu, parent, height, width, y, x, (LONG)style, title, class_name, ex_style };

    if (!find_class(instance, class_name, &class)) {
        set_error(ERROR_CANNOT_FIND_WND_CLASS);
        return NULL;
    }
    return create_window(&create, &class, true, NULL);
}

HWND WINAPI CreateWindowExA(DWORD ex_style, LPCSTR class_name, LPCSTR title, DWORD style, int x, int y, int width, int height,
                            HWND parent, HMENU menu, HINSTANCE instance, LPVOID parameter)
{
    struct user_class class;
    WCHAR *name = IS_ATOM(class_name) ? NULL : wide_from_ansi(class_name), *text = NULL;
    CREATESTRUCTA ansi = { parameter, instance, menu, parent, height, width, y, x, (LONG)style, title, class_name, ex_style };
    CREATESTRUCTW create;
    HWND window = NULL;

    memcpy(&create, &ansi, sizeof(create));
    create.lpszClass = name ? name : (LPCWSTR)class_name;
    if (title && !IS_ATOM(title) && (BYTE)title[0] != 0xff) create.lpszName = text = wide_from_ansi(title);
    if (!find_class(instance, create.lpszClass, &class)) set_error(ERROR_CANNOT_FIND_WND_CLASS);
    else window = create_window(&create, &class, false, &ansi);
    mem_free(name);
    mem_free(text);
    return window;
}

/* ---- destruction ---- */

static void destroy_messages(HWND window)
{
    UINT32 list[256];

    SendMessageW(window, WM_DESTROY, 0, 0);
    if (!IsWindow(window)) return;
    ULONG count = NtUserWindowList(window, LIST_CHILDREN, 0, list, ARRAYSIZE(list));
    if (count <= ARRAYSIZE(list)) {
        for (ULONG i = 0; i < count; i++)
            if (IsWindow(WINDOW32(list[i]))) destroy_messages(WINDOW32(list[i]));
        return;
    }
    UINT32 *all = mem_alloc(count * sizeof(*all));
    ULONG room = count;
    count = all ? NtUserWindowList(window, LIST_CHILDREN, 0, all, room) : 0;
    for (ULONG i = 0; i < count && i < room; i++)
        if (IsWindow(WINDOW32(all[i]))) destroy_messages(WINDOW32(all[i]));
    mem_free(all);
}

static void destroy_tree(HWND window)
{
    HWND child;

    while (!NtUserGetWindow(window, GW_CHILD, &child) && child) {
        struct user_window info;
        if (NtUserWindowInfo(child, &info)) break;
        if (info.flags & WINDOW_MINE) destroy_tree(child);
        else if (!NtUserSetParent(child, NULL, &child)) continue;
        else break;
    }
    set_window_flags(window, WINDOW_DESTROYING, 0);
    SendMessageW(window, WM_NCDESTROY, 0, 0);
    menu_window_gone(window);
    NtUserDestroyWindow(window);
}

static void destroy_owned(HWND owner)
{
    for (;;) {
        ULONG room = NtUserWindowList(NULL, LIST_THREAD, GetCurrentThreadId(), NULL, 0) + 16;
        UINT32 *list = mem_alloc(room * sizeof(*list));
        ULONG count = list ? NtUserWindowList(NULL, LIST_THREAD, GetCurrentThreadId(), list, room) : 0;
        BOOL any = FALSE;
        for (ULONG i = 0; i < count && i < room && !any; i++) {
            struct user_window info;
            if (NtUserWindowInfo(WINDOW32(list[i]), &info) || WINDOW32(info.owner) != owner) continue;
            any = DestroyWindow(WINDOW32(list[i]));
        }
        mem_free(list);
        if (!any) return;
    }
}

BOOL WINAPI DestroyWindow(HWND window)
{
    struct user_window info;

    if (window == GetDesktopWindow()) return set_error(ERROR_ACCESS_DENIED);
    if (!window_is_mine(window, &info)) return FALSE;
    if (info.flags & WINDOW_DESTROYING) return TRUE;
    if (hooked(WH_CBT) && call_hooks(WH_CBT, HCBT_DESTROYWND, (WPARAM)window, 0, true)) return FALSE;
    if (!IsWindow(window)) return TRUE;
    tell_parent(window, &info, WM_DESTROY);
    if (!IsWindow(window)) return TRUE;
    if (GetCapture() == window) ReleaseCapture();
    if (info.style & WS_VISIBLE) {
        if (info.style & WS_CHILD) ShowWindow(window, SW_HIDE);
        else SetWindowPos(window, NULL, 0, 0, 0, 0, SWP_NOMOVE | SWP_NOSIZE | SWP_NOZORDER | SWP_NOACTIVATE | SWP_HIDEWINDOW);
    }
    if (!IsWindow(window)) return TRUE;
    if (!(info.style & WS_CHILD)) destroy_owned(window);
    focus_lost(window);
    if (!IsWindow(window)) return TRUE;
    destroy_messages(window);
    if (!IsWindow(window)) return TRUE;
    destroy_tree(window);
    return TRUE;
}
