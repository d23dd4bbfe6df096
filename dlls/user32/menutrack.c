/* Menus under the mouse and the keyboard: TrackPopupMenu, the bar, the system menu. */
#include "menu.h"

POINT menu_origin(const struct menu *menu, HWND window);

#define LEVELS 16

struct tracking {
    HWND owner;
    UINT flags;       /* TPM_* */
    struct menu *open[LEVELS]; /* the bar or first popup, then the popups opened from it */
    int depth;        /* of open */
    UINT result;
    HMENU chosen_from;
    int chosen_at;
    bool done, by_mouse;
    bool system;
};

static struct tracking *current; /* the one of the thread that tracks */

/* ---- popup windows ---- */

static LRESULT CALLBACK popup_proc(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    struct menu *menu = (struct menu *)GetWindowLongPtrW(window, 0);

    switch (message) {
    case WM_CREATE: SetWindowLongPtrW(window, 0, (LONG_PTR)((CREATESTRUCTW *)lparam)->lpCreateParams); return 0;
    case WM_MOUSEACTIVATE: return MA_NOACTIVATE;
    case WM_ERASEBKGND: return 1;
    case WM_PAINT: {
        PAINTSTRUCT paint;
        HDC dc = BeginPaint(window, &paint);
        if (menu && menu->magic) menu_draw(menu, dc, menu->owner);
        EndPaint(window, &paint);
        return 0;
    }
    case WM_PRINTCLIENT:
        if (menu && menu->magic) menu_draw(menu, (HDC)wparam, menu->owner);
        return 0;
    case 0x01e1: /* MN_GETHMENU */ return menu ? (LRESULT)menu->handle : 0;
    }
    return DefWindowProcW(window, message, wparam, lparam);
}

const struct builtin_class popup_menu_class = { (LPCWSTR)(ULONG_PTR)32768, CS_DROPSHADOW | CS_SAVEBITS | CS_DBLCLKS, popup_proc, sizeof(void *) * 2,
                                                (LPCWSTR)IDC_ARROW, (HBRUSH)(COLOR_MENU + 1) };

static void redraw_item(struct tracking *track, struct menu *menu, int position);

static void close_from(struct tracking *track, int depth)
{
    while (track->depth > depth) {
        struct menu *menu = track->open[--track->depth];
        if (!menu->magic) continue;
        int focused = menu->focused;
        menu->focused = NO_ITEM;
        if (focused >= 0 && focused < menu->count) {
            menu->items[focused].state &= ~(UINT)MFS_HILITE;
            if (!menu->popup) redraw_item(track, menu, focused);
        }
        if (menu->popup) {
            HWND window = menu->window;
            menu->window = NULL;
            if (window) DestroyWindow(window);
            SendMessageW(track->owner, WM_UNINITMENUPOPUP, (WPARAM)menu->handle, track->system ? MAKELPARAM(0, 1) : 0);
        }
    }
}

static bool open_popup(struct tracking *track, struct menu *menu, int x, int y, const RECT *exclude, int position, bool system)
{
    RECT screen = work_area();

    if (track->depth == LEVELS) return false;
    if (!(track->flags & TPM_NONOTIFY)) SendMessageW(track->owner, WM_INITMENUPOPUP, (WPARAM)menu->handle, MAKELPARAM(position, system));
    if (!menu->magic) return false;
    menu->owner = track->owner;
    menu->focused = NO_ITEM;
    menu_measure(menu, track->owner, 0);
    int width = menu->width + 6, height = menu->height + 6;
    if (track->depth == 0 || (track->depth == 1 && !track->open[0]->popup)) {
        if (track->flags & TPM_CENTERALIGN) x -= width / 2;
        if (track->flags & TPM_RIGHTALIGN) x -= width;
        if (track->flags & TPM_VCENTERALIGN) y -= height / 2;
        if (track->flags & TPM_BOTTOMALIGN) y -= height;
    }
    if (x + width > screen.right) x = exclude && exclude->left - width >= screen.left && track->depth > 1 ? exclude->left - width : screen.right - width;
    if (y + height > screen.bottom) y = exclude && track->depth <= 1 && exclude->top - height >= screen.top ? exclude->top - height : screen.bottom - height;
    if (x < screen.left) x = screen.left;
    if (y < screen.top) y = screen.top;
    menu->window = CreateWindowExW(WS_EX_TOPMOST | WS_EX_TOOLWINDOW | WS_EX_NOACTIVATE, (LPCWSTR)(ULONG_PTR)32768, NULL,
                                   WS_POPUP | WS_DLGFRAME, x, y, width, height, track->owner, NULL, NULL, menu);
    if (!menu->window) return false;
    track->open[track->depth++] = menu;
    SetWindowPos(menu->window, HWND_TOPMOST, 0, 0, 0, 0, SWP_SHOWWINDOW | SWP_NOMOVE | SWP_NOSIZE | SWP_NOACTIVATE);
    UpdateWindow(menu->window);
    return true;
}

/* ---- one item ---- */

static void redraw_item(struct tracking *track, struct menu *menu, int position)
{
    if (menu->popup) {
        if (!menu->window) return;
        HDC dc = GetDC(menu->window);
        menu_draw_item(menu, dc, track->owner, position);
        ReleaseDC(menu->window, dc);
        return;
    }
    struct user_window info;
    if (NtUserWindowInfo(track->owner, &info)) return;
    POINT at = menu_origin(menu, track->owner);
    HDC dc = GetDCEx(track->owner, NULL, DCX_WINDOW | DCX_CACHE | DCX_CLIPSIBLINGS);
    SetViewportOrgEx(dc, at.x - info.window.left, at.y - info.window.top, NULL);
    menu_draw_item(menu, dc, track->owner, position);
    ReleaseDC(track->owner, dc);
}

static void tell_selected(struct tracking *track, struct menu *menu, int position)
{
    UINT flags = MF_HILITE | (track->by_mouse ? MF_MOUSESELECT : 0) | (menu->system ? MF_SYSMENU : 0), id = 0;

    if (position >= 0) {
        const struct menu_item *item = &menu->items[position];
        id = item->submenu ? (UINT)position : item->id;
        flags |= item->type | item->state | (item->submenu ? MF_POPUP : 0);
    } else {
        flags = track->by_mouse ? MF_MOUSESELECT : 0;
    }
    if (!(track->flags & TPM_NONOTIFY)) SendMessageW(track->owner, WM_MENUSELECT, MAKEWPARAM(id, flags), (LPARAM)menu->handle);
}

static void focus_item(struct tracking *track, int level, int position)
{
    struct menu *menu = track->open[level];
    int old = menu->focused;

    if (old == position) return;
    if (old >= 0 && old < menu->count) {
        menu->items[old].state &= ~(UINT)MFS_HILITE;
        redraw_item(track, menu, old);
    }
    menu->focused = position;
    if (position >= 0) {
        menu->items[position].state |= MFS_HILITE;
        redraw_item(track, menu, position);
    }
    tell_selected(track, menu, position);
}

static bool open_submenu(struct tracking *track, int level, bool select_first)
{
    struct menu *menu = track->open[level], *sub;
    int position = menu->focused;

    if (position < 0 || !menu->items[position].submenu || (menu->items[position].state & (MF_GRAYED | MF_DISABLED))) return false;
    if (!(sub = menu_of(menu->items[position].submenu))) return false;
    if (track->depth > level + 1 && track->open[level + 1] == sub) return true;
    close_from(track, level + 1);
    POINT at = menu_origin(menu, track->owner);
    RECT rect = menu->items[position].rect;
    OffsetRect(&rect, at.x, at.y);
    if (!open_popup(track, sub, menu->popup ? rect.right : rect.left, menu->popup ? rect.top - 3 : rect.bottom, &rect, position, sub->system)) return false;
    if (select_first)
        for (int i = 0; i < sub->count; i++)
            if (!(sub->items[i].type & MFT_SEPARATOR)) {
                focus_item(track, track->depth - 1, i);
                break;
            }
    return true;
}

static void choose(struct tracking *track, int level)
{
    struct menu *menu = track->open[level];
    int position = menu->focused;

    if (position < 0) return;
    const struct menu_item *item = &menu->items[position];
    if ((item->type & MFT_SEPARATOR) || (item->state & (MF_GRAYED | MF_DISABLED))) return;
    if (item->submenu) {
        open_submenu(track, level, !track->by_mouse);
        return;
    }
    track->result = item->id;
    track->chosen_from = menu->handle;
    track->chosen_at = position;
    track->system = menu->system;
    track->done = true;
}

static void step(struct tracking *track, int level, int direction)
{
    struct menu *menu = track->open[level];
    int position = menu->focused;

    for (int tried = 0; tried < menu->count; tried++) {
        position += direction;
        if (position < 0) position = menu->count - 1;
        if (position >= menu->count) position = 0;
        if (menu->items[position].type & MFT_SEPARATOR) continue;
        focus_item(track, level, position);
        return;
    }
}

/* ---- the mouse ---- */

static int level_at(struct tracking *track, POINT point, int *position)
{
    for (int level = track->depth - 1; level >= 0; level--) {
        struct menu *menu = track->open[level];
        POINT at = menu_origin(menu, track->owner);
        POINT inside = { point.x - at.x, point.y - at.y };
        RECT whole = { 0, 0, menu->width, menu->height };
        if (menu->popup) InflateRect(&whole, 3, 3);
        if (!PtInRect(&whole, inside)) continue;
        *position = NO_ITEM;
        for (int i = 0; i < menu->count; i++)
            if (PtInRect(&menu->items[i].rect, inside)) *position = i;
        return level;
    }
    *position = NO_ITEM;
    return -1;
}

/* FALSE: the click was for somebody else. */
static BOOL mouse(struct tracking *track, const MSG *msg)
{
    int position, level = level_at(track, msg->pt, &position);

    track->by_mouse = true;
    switch (msg->message) {
    case WM_MOUSEMOVE:
    case WM_NCMOUSEMOVE:
        if (level < 0) {
            if (track->depth && track->open[track->depth - 1]->popup && !track->open[track->depth - 1]->count) break;
            if (track->depth > 1 || (track->depth && track->open[0]->popup)) focus_item(track, track->depth - 1, NO_ITEM);
            break;
        }
        if (position < 0) break;
        if (track->open[level]->focused == position && track->depth == level + 1 && track->open[level]->popup) break;
        bool bar = !track->open[level]->popup, was_open = track->depth > 1;
        if (track->open[level]->focused != position) {
            close_from(track, level + 1);
            focus_item(track, level, position);
        }
        if ((bar && was_open) || !bar) open_submenu(track, level, false);
        break;
    case WM_LBUTTONDOWN:
    case WM_RBUTTONDOWN:
    case WM_NCLBUTTONDOWN:
    case WM_NCRBUTTONDOWN:
    case WM_LBUTTONDBLCLK:
        if (level < 0) {
            track->done = true;
            return FALSE;
        }
        if (position < 0) break;
        if (!track->open[level]->popup && track->depth > 1 && track->open[level]->focused == position) {
            track->done = true;
            break;
        }
        focus_item(track, level, position);
        open_submenu(track, level, false);
        break;
    case WM_RBUTTONUP:
        if (!(track->flags & TPM_RIGHTBUTTON)) break;
        /* fall through */
    case WM_LBUTTONUP:
    case WM_NCLBUTTONUP:
        if (level < 0 || position < 0) break;
        if (track->open[level]->focused == position) choose(track, level);
        break;
    }
    return TRUE;
}

/* ---- the keyboard ---- */

static void letter(struct tracking *track, int level, WCHAR c)
{
    struct menu *menu = track->open[level];
    WCHAR wanted = (WCHAR)(ULONG_PTR)CharUpperW((LPWSTR)(ULONG_PTR)c);

    for (int pass = 0; pass < 2; pass++) { /* the marked letter, then the first one */
        for (int i = 0; i < menu->count; i++) {
            const WCHAR *text = menu->items[i].text;
            if (!text || (menu->items[i].type & (MFT_SEPARATOR | MFT_OWNERDRAW))) continue;
            const WCHAR *mark = NULL;
            for (const WCHAR *at = text; *at; at++)
                if (*at == '&' && at[1]) {
                    if (at[1] != '&') mark = at + 1;
                    at++;
                }
            WCHAR has = pass ? (mark ? 0 : *text) : mark ? *mark : 0;
            if (!has || (WCHAR)(ULONG_PTR)CharUpperW((LPWSTR)(ULONG_PTR)has) != wanted) continue;
            focus_item(track, level, i);
            choose(track, level);
            return;
        }
    }
    LRESULT answer = SendMessageW(track->owner, WM_MENUCHAR, MAKEWPARAM(c, (menu->popup ? MF_POPUP : 0) | (menu->system ? MF_SYSMENU : 0)), (LPARAM)menu->handle);
    if (HIWORD(answer) == MNC_CLOSE) track->done = true;
    else if ((HIWORD(answer) == MNC_EXECUTE || HIWORD(answer) == MNC_SELECT) && LOWORD(answer) < menu->count) {
        focus_item(track, level, LOWORD(answer));
        if (HIWORD(answer) == MNC_EXECUTE) choose(track, level);
    } else {
        MessageBeep(0);
    }
}

/* False: not a key of menus, it may become a character. */
static bool key(struct tracking *track, WPARAM code)
{
    int level = track->depth - 1;
    struct menu *menu = track->open[level];

    track->by_mouse = false;
    switch (code) {
    case VK_MENU:
    case VK_F10: track->done = true; break;
    case VK_ESCAPE:
        if (level > 0) close_from(track, level);
        if (level <= 0) track->done = true;
        break;
    case VK_HOME:
    case VK_END:
        if (menu->focused >= 0) focus_item(track, level, NO_ITEM);
        step(track, level, code == VK_HOME ? 1 : -1);
        break;
    case VK_UP:
    case VK_DOWN:
        if (!menu->popup) open_submenu(track, level, true);
        else step(track, level, code == VK_UP ? -1 : 1);
        break;
    case VK_LEFT:
        if (!menu->popup) step(track, level, -1);
        else if (level > 1 || (level == 1 && track->open[0]->popup)) close_from(track, level);
        else if (level == 1) {
            close_from(track, 1);
            step(track, 0, -1);
            open_submenu(track, 0, true);
        }
        break;
    case VK_RIGHT:
        if (!menu->popup) step(track, level, 1);
        else if (menu->focused >= 0 && menu->items[menu->focused].submenu && open_submenu(track, level, true)) break;
        else if (!track->open[0]->popup) {
            close_from(track, 1);
            step(track, 0, 1);
            open_submenu(track, 0, true);
        }
        break;
    case VK_RETURN: choose(track, level); break;
    case VK_F1: SendMessageW(track->owner, WM_HELP, 0, 0); break;
    default: return false;
    }
    return true;
}

static void run(struct tracking *track)
{
    HWND old;
    MSG msg;

    SetCapture(track->owner);
    NtUserSetState(STATE_MENU, track->owner, &old);
    while (!track->done && track->depth) {
        if (!PeekMessageW(&msg, NULL, 0, 0, PM_NOREMOVE)) {
            if (!(track->flags & TPM_NONOTIFY)) SendMessageW(track->owner, WM_ENTERIDLE, MSGF_MENU, (LPARAM)(track->open[track->depth - 1]->window));
            WaitMessage();
            continue;
        }
        if (CallMsgFilterW(&msg, MSGF_MENU)) {
            PeekMessageW(&msg, NULL, msg.message, msg.message, PM_REMOVE);
            continue;
        }
        if ((msg.message >= WM_MOUSEFIRST && msg.message <= WM_MOUSELAST) || (msg.message >= WM_NCMOUSEMOVE && msg.message <= WM_NCXBUTTONDBLCLK)) {
            if (mouse(track, &msg)) PeekMessageW(&msg, NULL, msg.message, msg.message, PM_REMOVE);
            else if (!(track->owner == WindowFromPoint(msg.pt) && !track->open[0]->popup)) break;
            else PeekMessageW(&msg, NULL, msg.message, msg.message, PM_REMOVE);
            continue;
        }
        PeekMessageW(&msg, NULL, msg.message, msg.message, PM_REMOVE);
        switch (msg.message) {
        case WM_KEYDOWN:
        case WM_SYSKEYDOWN:
            if (!key(track, msg.wParam)) TranslateMessage(&msg);
            break;
        case WM_CHAR:
        case WM_SYSCHAR:
            if (msg.wParam > ' ' && track->depth) letter(track, track->depth - 1, (WCHAR)msg.wParam);
            break;
        case WM_KEYUP:
        case WM_SYSKEYUP: break;
        case WM_QUIT:
            PostQuitMessage((int)msg.wParam);
            track->done = true;
            break;
        case WM_CANCELMODE: track->done = true; break;
        default: DispatchMessageW(&msg);
        }
        if (GetCapture() != track->owner || !IsWindow(track->owner)) track->done = true;
    }
    NtUserSetState(STATE_MENU, NULL, &old);
    if (GetCapture() == track->owner) ReleaseCapture();
    close_from(track, 0);
    if (!(track->flags & TPM_NONOTIFY)) SendMessageW(track->owner, WM_MENUSELECT, MAKEWPARAM(0, 0xffff), 0);
}

static void deliver(struct tracking *track)
{
    struct menu *menu;

    if (!track->result && !track->chosen_from) return;
    if (track->flags & (TPM_RETURNCMD | TPM_NONOTIFY)) return;
    if (track->system) PostMessageW(track->owner, WM_SYSCOMMAND, track->result, 0);
    else if ((menu = menu_of(track->chosen_from)) && (menu->style & MNS_NOTIFYBYPOS))
        PostMessageW(track->owner, WM_MENUCOMMAND, (WPARAM)track->chosen_at, (LPARAM)track->chosen_from);
    else PostMessageW(track->owner, WM_COMMAND, MAKEWPARAM(track->result, 0), 0);
}

BOOL WINAPI TrackPopupMenuEx(HMENU handle, UINT flags, int x, int y, HWND owner, LPTPMPARAMS parameters)
{
    struct menu *menu = menu_of(handle);
    struct tracking track;

    if (!menu) return FALSE;
    if (!IsWindow(owner)) return set_error(ERROR_INVALID_WINDOW_HANDLE);
    if (current || menu->window) return set_error(ERROR_POPUP_ALREADY_ACTIVE);
    memset(&track, 0, sizeof(track));
    track.owner = owner;
    track.flags = flags;
    menu->popup = true;
    current = &track;
    if (!(flags & TPM_NONOTIFY)) {
        SendMessageW(owner, WM_ENTERMENULOOP, TRUE, 0);
        SendMessageW(owner, WM_SETCURSOR, (WPARAM)owner, HTCAPTION);
        SendMessageW(owner, WM_INITMENU, (WPARAM)handle, 0);
    }
    if (open_popup(&track, menu, x, y, parameters ? &parameters->rcExclude : NULL, 0, menu->system)) run(&track);
    current = NULL;
    if (!(flags & TPM_NONOTIFY)) SendMessageW(owner, WM_EXITMENULOOP, TRUE, 0);
    deliver(&track);
    return flags & TPM_RETURNCMD ? (BOOL)track.result : TRUE;
}

BOOL WINAPI TrackPopupMenu(HMENU menu, UINT flags, int x, int y, int reserved, HWND owner, const RECT *rect)
{
    return TrackPopupMenuEx(menu, flags, x, y, owner, NULL);
}

BOOL WINAPI EndMenu(void)
{
    if (!current) return FALSE;
    current->done = true;
    PostMessageW(current->owner, WM_NULL, 0, 0);
    return TRUE;
}

/* ---- the bar and the system menu ---- */

static void track_bar(HWND window, bool system, POINT at, bool by_mouse, WCHAR c)
{
    struct user_window info;
    struct tracking track;
    struct menu *bar;

    if (current || NtUserWindowInfo(window, &info)) return;
    memset(&track, 0, sizeof(track));
    track.owner = window;
    track.by_mouse = by_mouse;
    bar = has_menu(&info) ? menu_of((HMENU)window_word(window, WINDOW_WORD_MENU)) : NULL;
    if (!system && !bar) system = true;
    struct menu *menu = system ? menu_of(GetSystemMenu(window, FALSE)) : bar;
    if (!menu || !menu->count) return;
    current = &track;
    SendMessageW(window, WM_ENTERMENULOOP, FALSE, 0);
    SendMessageW(window, WM_INITMENU, (WPARAM)menu->handle, 0);
    if (system) {
        bool zoomed = info.style & WS_MAXIMIZE, icon = info.style & WS_MINIMIZE;
        EnableMenuItem(menu->handle, SC_RESTORE, zoomed || icon ? MF_ENABLED : MF_GRAYED);
        EnableMenuItem(menu->handle, SC_MOVE, zoomed ? MF_GRAYED : MF_ENABLED);
        EnableMenuItem(menu->handle, SC_SIZE, zoomed || icon || !(info.style & WS_THICKFRAME) ? MF_GRAYED : MF_ENABLED);
        EnableMenuItem(menu->handle, SC_MINIMIZE, icon || !(info.style & WS_MINIMIZEBOX) ? MF_GRAYED : MF_ENABLED);
        EnableMenuItem(menu->handle, SC_MAXIMIZE, zoomed || !(info.style & WS_MAXIMIZEBOX) ? MF_GRAYED : MF_ENABLED);
        menu->system = true;
        int x = info.window.left, y = info.client.top;
        if (!open_popup(&track, menu, x, y, NULL, 0, true)) track.done = true;
        else if (!by_mouse) step(&track, 0, 1);
    } else {
        track.open[track.depth++] = bar;
        bar->focused = NO_ITEM;
        menu_bar_height(window, bar->width ? bar->width : info.window.right - info.window.left);
        if (by_mouse) {
            int position, level = level_at(&track, at, &position);
            if (level == 0 && position >= 0) {
                focus_item(&track, 0, position);
                open_submenu(&track, 0, false);

            } else {
                track.done = true;
            }
        } else {
            step(&track, 0, 1);
            if (c && c != ' ') {
                letter(&track, 0, c);
            }
        }
    }
    if (!track.done) run(&track);
    else close_from(&track, 0);
    current = NULL;
    SendMessageW(window, WM_EXITMENULOOP, FALSE, 0);
    deliver(&track);
}

void menu_track_mouse(HWND window, int code, POINT at)
{
    track_bar(window, code == HTSYSMENU, at, true, 0);
}

void menu_track_key(HWND window, WPARAM wparam, WCHAR c)
{
    POINT none = { 0, 0 };

    window = GetAncestor(window, GA_ROOT);
    if (!window || IsIconic(window)) return;
    track_bar(window, c == ' ', none, false, c);
}
