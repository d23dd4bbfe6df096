/* winuser.h: where windows are. */
#include "user32.h"

void send_size_move(HWND window);

BOOL WINAPI GetWindowRect(HWND window, LPRECT rect)
{
    struct user_window info;

    if (!window_info(window, &info)) return FALSE;
    *rect = info.window;
    return TRUE;
}

BOOL WINAPI GetClientRect(HWND window, LPRECT rect)
{
    struct user_window info;

    if (!window_info(window, &info)) return FALSE;
    SetRect(rect, 0, 0, info.client.right - info.client.left, info.client.bottom - info.client.top);
    return TRUE;
}

static BOOL client_offset(HWND window, POINT *at)
{
    struct user_window info;

    at->x = at->y = 0;
    if (!window || window == GetDesktopWindow()) return TRUE;
    if (!window_info(window, &info)) return FALSE;
    at->x = info.client.left;
    at->y = info.client.top;
    return TRUE;
}

BOOL WINAPI ClientToScreen(HWND window, LPPOINT point)
{
    POINT at;

    if (!window) return set_error(ERROR_INVALID_WINDOW_HANDLE);
    if (!client_offset(window, &at)) return FALSE;
    point->x += at.x;
    point->y += at.y;
    return TRUE;
}

BOOL WINAPI ScreenToClient(HWND window, LPPOINT point)
{
    POINT at;

    if (!window) return set_error(ERROR_INVALID_WINDOW_HANDLE);
    if (!client_offset(window, &at)) return FALSE;
    point->x -= at.x;
    point->y -= at.y;
    return TRUE;
}

int WINAPI MapWindowPoints(HWND from, HWND to, LPPOINT points, UINT count)
{
    POINT a, b;

    if (!client_offset(from, &a) || !client_offset(to, &b)) return 0;
    int dx = a.x - b.x, dy = a.y - b.y;
    for (UINT i = 0; i < count; i++) points[i].x += dx, points[i].y += dy;
    set_error(0);
    return MAKELONG(LOWORD(dx), LOWORD(dy));
}

BOOL WINAPI LogicalToPhysicalPoint(HWND window, LPPOINT point)
{
    return IsWindow(window);
}

BOOL WINAPI PhysicalToLogicalPoint(HWND window, LPPOINT point)
{
    return IsWindow(window);
}

BOOL WINAPI GetWindowInfo(HWND window, PWINDOWINFO out)
{
    struct user_window info;

    if (!window_info(window, &info)) return FALSE;
    out->rcWindow = info.window;
    out->rcClient = info.client;
    out->dwStyle = info.style;
    out->dwExStyle = info.ex_style;
    out->dwWindowStatus = thread_active() == window ? WS_ACTIVECAPTION : 0;
    out->cxWindowBorders = (UINT)(info.client.left - info.window.left);
    out->cyWindowBorders = (UINT)(info.window.bottom - info.client.bottom);
    out->atomWindowType = (ATOM)info.class_atom;
    out->wCreatorVersion = 0x0a00;
    return TRUE;
}

BOOL WINAPI AdjustWindowRectExForDpi(LPRECT rect, DWORD style, BOOL menu, DWORD ex_style, UINT dpi)
{
    int border = 0;

    if ((ex_style & (WS_EX_STATICEDGE | WS_EX_DLGMODALFRAME)) == WS_EX_STATICEDGE) border = 1;
    else if ((ex_style & WS_EX_DLGMODALFRAME) || (style & (WS_THICKFRAME | WS_DLGFRAME))) border = 2;
    if (style & WS_THICKFRAME) border += GetSystemMetrics(SM_CXFRAME) - GetSystemMetrics(SM_CXDLGFRAME) + GetSystemMetrics(SM_CXPADDEDBORDER);
    if ((style & (WS_BORDER | WS_DLGFRAME)) || (ex_style & WS_EX_DLGMODALFRAME)) border++;
    InflateRect(rect, border, border);
    if ((style & WS_CAPTION) == WS_CAPTION)
        rect->top -= ex_style & WS_EX_TOOLWINDOW ? GetSystemMetrics(SM_CYSMCAPTION) : GetSystemMetrics(SM_CYCAPTION);
    if (menu) rect->top -= GetSystemMetrics(SM_CYMENU);
    if (ex_style & WS_EX_CLIENTEDGE) InflateRect(rect, GetSystemMetrics(SM_CXEDGE), GetSystemMetrics(SM_CYEDGE));
    return TRUE;
}

BOOL WINAPI AdjustWindowRectEx(LPRECT rect, DWORD style, BOOL menu, DWORD ex_style)
{
    return AdjustWindowRectExForDpi(rect, style, menu, ex_style, 96);
}

BOOL WINAPI AdjustWindowRect(LPRECT rect, DWORD style, BOOL menu)
{
    return AdjustWindowRectExForDpi(rect, style, menu, 0, 96);
}

/* The client area inside the window rectangle (WM_NCCALCSIZE of DefWindowProc). */
void nc_calc_size(HWND window, const struct user_window *info, RECT *rect)
{
    RECT border = { 0, 0, 0, 0 };

    if (info->style & WS_MINIMIZE) {
        rect->right = rect->left;
        rect->bottom = rect->top;
        return;
    }
    AdjustWindowRectEx(&border, info->style & ~(DWORD)(WS_HSCROLL | WS_VSCROLL), FALSE, info->ex_style & ~(DWORD)WS_EX_CLIENTEDGE);
    rect->left -= border.left;
    rect->top -= border.top;
    rect->right -= border.right;
    rect->bottom -= border.bottom;
    if (has_menu(info)) rect->top += menu_bar_height(window, rect->right - rect->left);
    if (info->ex_style & WS_EX_CLIENTEDGE) InflateRect(rect, -GetSystemMetrics(SM_CXEDGE), -GetSystemMetrics(SM_CYEDGE));
    if (info->style & WS_VSCROLL) {
        int width = GetSystemMetrics(SM_CXVSCROLL);
        if (rect->right - rect->left >= width) {
            if (!!(info->ex_style & WS_EX_LEFTSCROLLBAR) != !!(info->ex_style & WS_EX_LAYOUTRTL)) rect->left += width;
            else rect->right -= width;
        }
    }
    if (info->style & WS_HSCROLL) {
        int height = GetSystemMetrics(SM_CYHSCROLL);
        if (rect->bottom - rect->top > height) rect->bottom -= height;
    }
    if (rect->top > rect->bottom) rect->bottom = rect->top;
    if (rect->left > rect->right) rect->right = rect->left;
}

/* WM_GETMINMAXINFO, with what Windows puts in (winuser.h reference: MINMAXINFO). */
void get_min_max(HWND window, const struct user_window *info, MINMAXINFO *limits)
{
    RECT area = work_area(), screen, border = { 0, 0, 0, 0 };
    POINT max, at;

    NtUserScreen(&screen, &(BOOL){ 0 });
    AdjustWindowRectEx(&border, info->style, FALSE, info->ex_style);
    if (info->style & WS_CHILD) {
        RECT parent = { 0, 0, 0, 0 };
        GetClientRect(WINDOW32(info->parent), &parent);
        area = screen = parent;
    }
    at.x = border.left, at.y = border.left;
    if ((info->style & WS_CAPTION) == WS_CAPTION || (info->style & WS_CHILD)) {
        max.x = area.right - area.left - 2 * border.left;
        max.y = area.bottom - area.top - 2 * border.left;
        at.x += area.left, at.y += area.top;
    } else {
        max.x = screen.right - screen.left - 2 * border.left;
        max.y = screen.bottom - screen.top - 2 * border.left;
    }
    memset(limits, 0, sizeof(*limits));
    limits->ptMaxSize = max;
    limits->ptMaxPosition = at;
    RECT normal;
    POINT minimized, maximized;
    ULONG flags;
    if (!NtUserPlacement(window, FALSE, &normal, &minimized, &maximized, &flags) && maximized.x != -1) limits->ptMaxPosition = maximized;
    limits->ptMaxTrackSize.x = GetSystemMetrics(SM_CXMAXTRACK);
    limits->ptMaxTrackSize.y = GetSystemMetrics(SM_CYMAXTRACK);
    if (info->style & (WS_DLGFRAME | WS_BORDER)) {
        limits->ptMinTrackSize.x = GetSystemMetrics(SM_CXMINTRACK);
        limits->ptMinTrackSize.y = GetSystemMetrics(SM_CYMINTRACK);
    } else {
        limits->ptMinTrackSize.x = -2 * border.left;
        limits->ptMinTrackSize.y = -2 * border.left;
    }
    SendMessageW(window, WM_GETMINMAXINFO, 0, (LPARAM)limits);
    if (limits->ptMaxTrackSize.x < limits->ptMinTrackSize.x) limits->ptMaxTrackSize.x = limits->ptMinTrackSize.x;
    if (limits->ptMaxTrackSize.y < limits->ptMinTrackSize.y) limits->ptMaxTrackSize.y = limits->ptMinTrackSize.y;
}

/* ---- SetWindowPos ---- */

static void valid_part(const NCCALCSIZE_PARAMS *params, UINT flags, WPARAM answer, const struct user_window *info, const RECT *client,
                       struct user_place *place)
{
    const RECT old_client = params->rgrc[2];
    RECT from = old_client, to = *client;

    if (answer == WVR_VALIDRECTS || answer == 0x0500) {
        to = params->rgrc[1];
        from = params->rgrc[2];
    } else if (answer & (WVR_HREDRAW | WVR_VREDRAW)) {
        int width = old_client.right - old_client.left, height = old_client.bottom - old_client.top;
        if ((answer & WVR_HREDRAW) && client->right - client->left != width) return;
        if ((answer & WVR_VREDRAW) && client->bottom - client->top != height) return;
    }
    int width = to.right - to.left < from.right - from.left ? to.right - to.left : from.right - from.left;
    int height = to.bottom - to.top < from.bottom - from.top ? to.bottom - to.top : from.bottom - from.top;
    if (width <= 0 || height <= 0 || (flags & SWP_NOCOPYBITS)) return;
    if (answer & WVR_ALIGNRIGHT) to.left = to.right - width, from.left = from.right - width;
    if (answer & WVR_ALIGNBOTTOM) to.top = to.bottom - height, from.top = from.bottom - height;
    SetRect(&place->valid_from, from.left - info->relative.left, from.top - info->relative.top,
            from.left - info->relative.left + width, from.top - info->relative.top + height);
    SetRect(&place->valid_to, to.left - place->window.left, to.top - place->window.top, to.left - place->window.left + width,
            to.top - place->window.top + height);
}

/* An owned window stays above its owner: moving one in front takes its owned windows with it. */
static void raise_owned(HWND owner, HWND moved)
{
    UINT32 list[64];
    ULONG count = NtUserWindowList(NULL, LIST_THREAD, GetCurrentThreadId(), list, ARRAYSIZE(list));

    if (count > ARRAYSIZE(list)) count = ARRAYSIZE(list);
    while (count--) { /* from the bottom, so that their order stays */
        struct user_window info;
        struct user_place place;
        if (NtUserWindowInfo(WINDOW32(list[count]), &info) || WINDOW32(info.owner) != owner || WINDOW32(list[count]) == moved) continue;
        memset(&place, 0, sizeof(place));
        place.window = info.relative;
        place.client = info.client;
        place.flags = SWP_NOREDRAW | SWP_NOACTIVATE;
        NtUserSetPlace(WINDOW32(list[count]), &place);
        raise_owned(WINDOW32(list[count]), NULL);
    }
}

static BOOL set_position(WINDOWPOS *position)
{
    HWND window = position->hwnd;
    struct user_window info, now;
    struct user_place place;
    WPARAM answer = 0;

    if (!window_info(window, &info)) return FALSE;
    if (!(info.flags & WINDOW_LOCAL)) return set_error(ERROR_ACCESS_DENIED);
    if (position->hwndInsertAfter == (HWND)0xffff) position->hwndInsertAfter = HWND_TOPMOST;
    if (position->hwndInsertAfter == (HWND)0xfffe) position->hwndInsertAfter = HWND_NOTOPMOST;
    if (!(position->flags & SWP_NOZORDER) && position->hwndInsertAfter != HWND_TOP && position->hwndInsertAfter != HWND_BOTTOM &&
        position->hwndInsertAfter != HWND_TOPMOST && position->hwndInsertAfter != HWND_NOTOPMOST) {
        struct user_window after;
        if (NtUserWindowInfo(position->hwndInsertAfter, &after)) return set_error(ERROR_INVALID_WINDOW_HANDLE);
        if (after.parent != info.parent || position->hwndInsertAfter == window) position->flags |= SWP_NOZORDER;
    }
    if (position->flags & SWP_NOMOVE) position->x = info.relative.left, position->y = info.relative.top;
    if (position->flags & SWP_NOSIZE) {
        position->cx = info.relative.right - info.relative.left;
        position->cy = info.relative.bottom - info.relative.top;
    }
    if (position->cx < 0) position->cx = 0;
    if (position->cy < 0) position->cy = 0;
    if (!(position->flags & SWP_NOSENDCHANGING)) {
        SendMessageW(window, WM_WINDOWPOSCHANGING, 0, (LPARAM)position);
        if (NtUserWindowInfo(window, &info)) return FALSE;
        if (position->cx < 0) position->cx = 0;
        if (position->cy < 0) position->cy = 0;
    }
    /* what does not change is said so to WM_WINDOWPOSCHANGED */
    if (info.style & WS_VISIBLE) position->flags &= ~(UINT)SWP_SHOWWINDOW;
    else if (!(position->flags & SWP_SHOWWINDOW)) position->flags |= SWP_NOREDRAW;
    if (!(info.style & WS_VISIBLE)) position->flags &= ~(UINT)SWP_HIDEWINDOW;
    if (position->flags & SWP_NOMOVE) position->x = info.relative.left, position->y = info.relative.top;
    if (position->flags & SWP_NOSIZE) {
        position->cx = info.relative.right - info.relative.left;
        position->cy = info.relative.bottom - info.relative.top;
    }
    if (position->cx == info.relative.right - info.relative.left && position->cy == info.relative.bottom - info.relative.top)
        position->flags |= SWP_NOSIZE;
    if (position->x == info.relative.left && position->y == info.relative.top) position->flags |= SWP_NOMOVE;
    if (info.style & WS_CHILD && !(info.flags & WINDOW_TOP_LEVEL)) position->flags |= 0;
    if (thread_active() == window) position->flags |= SWP_NOACTIVATE;
    else if (!(position->flags & SWP_NOACTIVATE) && (info.style & (WS_CHILD | WS_POPUP)) != WS_CHILD && !(position->flags & SWP_HIDEWINDOW)) {
        if (!(position->flags & SWP_NOZORDER) && position->hwndInsertAfter != HWND_TOPMOST && position->hwndInsertAfter != HWND_NOTOPMOST)
            position->hwndInsertAfter = HWND_TOP;
        else if (position->flags & SWP_NOZORDER) {
            position->flags &= ~(UINT)SWP_NOZORDER;
            position->hwndInsertAfter = HWND_TOP;
        }
    }
    if (!(position->flags & SWP_NOZORDER) && position->hwndInsertAfter != HWND_TOPMOST && position->hwndInsertAfter != HWND_NOTOPMOST) {
        HWND before = NULL;
        if (position->hwndInsertAfter == HWND_TOP) {
            NtUserGetWindow(window, GW_HWNDFIRST, &before);
            if (before == window) position->flags |= SWP_NOZORDER;
        } else if (position->hwndInsertAfter == HWND_BOTTOM) {
            NtUserGetWindow(window, GW_HWNDLAST, &before);
            if (before == window && !(info.ex_style & WS_EX_TOPMOST)) position->flags |= SWP_NOZORDER;
        } else {
            NtUserGetWindow(window, GW_HWNDPREV, &before);
            if (before == position->hwndInsertAfter) position->flags |= SWP_NOZORDER;
        }
    } else if (position->hwndInsertAfter == HWND_NOTOPMOST && !(info.ex_style & WS_EX_TOPMOST)) {
        position->flags |= SWP_NOZORDER;
    }
    memset(&place, 0, sizeof(place));
    SetRect(&place.window, position->x, position->y, position->x + position->cx, position->y + position->cy);
    RECT old_client = info.client;
    OffsetRect(&old_client, info.relative.left - info.window.left, info.relative.top - info.window.top);
    place.client = old_client;
    OffsetRect(&place.client, place.window.left - info.relative.left, place.window.top - info.relative.top);
    place.flags = position->flags;
    place.after = PTR64(position->hwndInsertAfter);
    if ((position->flags & (SWP_FRAMECHANGED | SWP_NOSIZE)) != SWP_NOSIZE) {
        NCCALCSIZE_PARAMS params;
        WINDOWPOS copy = *position;
        params.rgrc[0] = place.window;
        params.rgrc[1] = info.relative;
        params.rgrc[2] = old_client;
        params.lppos = &copy;
        answer = (WPARAM)SendMessageW(window, WM_NCCALCSIZE, TRUE, (LPARAM)&params);
        if (NtUserWindowInfo(window, &info)) return FALSE;
        place.client = params.rgrc[0];
        if (place.client.right < place.client.left) place.client.right = place.client.left;
        if (place.client.bottom < place.client.top) place.client.bottom = place.client.top;
        if (!(answer & 0x0400)) params.rgrc[2] = old_client;
        valid_part(&params, position->flags, answer, &info, &place.client, &place);
    } else {
        NCCALCSIZE_PARAMS params;
        params.rgrc[2] = old_client;
        valid_part(&params, position->flags, 0, &info, &place.client, &place);
    }
    if (position->flags & SWP_HIDEWINDOW) HideCaret(window);
    NTSTATUS status = NtUserSetPlace(window, &place);
    if (status) return status_to_bool(status);
    if (!(position->flags & SWP_NOZORDER) && (info.flags & WINDOW_TOP_LEVEL) && position->hwndInsertAfter != HWND_BOTTOM &&
        !(position->flags & SWP_NOOWNERZORDER)) raise_owned(window, NULL);
    if (!(position->flags & (SWP_NOACTIVATE | SWP_HIDEWINDOW))) {
        if ((info.style & (WS_CHILD | WS_POPUP)) == WS_CHILD) SendMessageW(window, WM_CHILDACTIVATE, 0, 0);
        else set_active(window, false, true);
        if (!IsWindow(window)) return TRUE;
    }
    if (!(position->flags & (SWP_NOREDRAW | SWP_DEFERERASE)) && ((position->flags & (SWP_FRAMECHANGED | SWP_SHOWWINDOW)) ||
                                                                 !(position->flags & SWP_NOSIZE) || !(position->flags & SWP_NOMOVE)))
        erase_now(window, RDW_ALLCHILDREN);
    if (NtUserWindowInfo(window, &now)) return TRUE;
    const UINT nothing = SWP_NOSIZE | SWP_NOMOVE | SWP_NOZORDER;
    if ((position->flags & (nothing | SWP_SHOWWINDOW | SWP_HIDEWINDOW | SWP_FRAMECHANGED)) == nothing &&
        !(position->flags & SWP_STATECHANGED) && EqualRect(&now.client, &info.client)) return TRUE;
    if (place.client.left == old_client.left && place.client.top == old_client.top) position->flags |= SWP_NOCLIENTMOVE;
    if (place.client.right - place.client.left == old_client.right - old_client.left &&
        place.client.bottom - place.client.top == old_client.bottom - old_client.top) position->flags |= SWP_NOCLIENTSIZE;
    position->x = place.window.left, position->y = place.window.top;
    position->cx = place.window.right - place.window.left, position->cy = place.window.bottom - place.window.top;
    bool hidden = position->flags & SWP_HIDEWINDOW;
    SendMessageW(window, WM_WINDOWPOSCHANGED, 0, (LPARAM)position);
    if (hidden && IsWindow(window)) focus_lost(window);
    return TRUE;
}

BOOL WINAPI SetWindowPos(HWND window, HWND after, int x, int y, int width, int height, UINT flags)
{
    WINDOWPOS position = { window, after, x, y, width, height, flags & ~(UINT)(SWP_NOCLIENTMOVE | SWP_NOCLIENTSIZE | SWP_STATECHANGED) };

    if (flags & ~0x67ffu) return set_error(ERROR_INVALID_FLAGS);
    return set_position(&position);
}

BOOL set_window_place(HWND window, HWND after, const RECT *rect, UINT flags)
{
    WINDOWPOS position = { window, after, rect->left, rect->top, rect->right - rect->left, rect->bottom - rect->top, flags };

    return set_position(&position);
}

BOOL WINAPI MoveWindow(HWND window, int x, int y, int width, int height, BOOL repaint)
{
    return SetWindowPos(window, NULL, x, y, width, height, SWP_NOZORDER | SWP_NOACTIVATE | (repaint ? 0 : SWP_NOREDRAW));
}

BOOL WINAPI BringWindowToTop(HWND window)
{
    return SetWindowPos(window, HWND_TOP, 0, 0, 0, 0, SWP_NOSIZE | SWP_NOMOVE);
}

/* ---- several at once ---- */

struct deferred {
    ULONG magic;
    int count, room;
    WINDOWPOS *list;
};
#define DEFERRED_MAGIC 0x44575046u

HDWP WINAPI BeginDeferWindowPos(int count)
{
    struct deferred *deferred;

    if (count < 0) {
        set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    deferred = mem_alloc_zeroed(sizeof(*deferred));
    if (!deferred) return NULL;
    deferred->magic = DEFERRED_MAGIC;
    deferred->room = count ? count : 8;
    deferred->list = mem_alloc((SIZE_T)deferred->room * sizeof(WINDOWPOS));
    return (HDWP)deferred;
}

HDWP WINAPI DeferWindowPos(HDWP handle, HWND window, HWND after, int x, int y, int width, int height, UINT flags)
{
    struct deferred *deferred = (struct deferred *)handle;

    if (!deferred || deferred->magic != DEFERRED_MAGIC) {
        set_error(ERROR_INVALID_DWP_HANDLE);
        return NULL;
    }
    if (!IsWindow(window)) return NULL;
    for (int i = 0; i < deferred->count; i++) {
        WINDOWPOS *position = &deferred->list[i];
        if (position->hwnd != window) continue;
        if (!(flags & SWP_NOZORDER)) position->hwndInsertAfter = after;
        if (!(flags & SWP_NOMOVE)) position->x = x, position->y = y;
        if (!(flags & SWP_NOSIZE)) position->cx = width, position->cy = height;
        position->flags &= flags | ~(UINT)(SWP_NOSIZE | SWP_NOMOVE | SWP_NOZORDER | SWP_NOREDRAW | SWP_NOACTIVATE | SWP_NOCOPYBITS | SWP_NOOWNERZORDER);
        position->flags |= flags & (SWP_SHOWWINDOW | SWP_HIDEWINDOW | SWP_FRAMECHANGED);
        return handle;
    }
    if (deferred->count == deferred->room) {
        WINDOWPOS *more = RtlReAllocateHeap(ferry_peb()->ProcessHeap, 0, deferred->list, (SIZE_T)deferred->room * 2 * sizeof(WINDOWPOS));
        if (!more) return NULL;
        deferred->list = more;
        deferred->room *= 2;
    }
    deferred->list[deferred->count++] = (WINDOWPOS){ window, after, x, y, width, height, flags };
    return handle;
}

BOOL WINAPI EndDeferWindowPos(HDWP handle)
{
    struct deferred *deferred = (struct deferred *)handle;
    BOOL result = TRUE;

    if (!deferred || deferred->magic != DEFERRED_MAGIC) return set_error(ERROR_INVALID_DWP_HANDLE);
    for (int i = 0; i < deferred->count && result; i++) result = set_position(&deferred->list[i]);
    deferred->magic = 0;
    mem_free(deferred->list);
    mem_free(deferred);
    return result;
}
