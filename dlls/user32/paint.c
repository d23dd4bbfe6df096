/* winuser.h: painting windows. */
#include "user32.h"

/* ---- device contexts ---- */

HDC WINAPI GetDCEx(HWND window, HRGN clip, DWORD flags)
{
    HDC dc = NULL;

    if (!window) flags |= DCX_CACHE;
    return status_to_bool(NtUserGetDC(window, clip, flags, &dc)) ? dc : NULL;
}

HDC WINAPI GetDC(HWND window)
{
    return GetDCEx(window, NULL, window ? DCX_USESTYLE : DCX_CACHE | DCX_WINDOW);
}

HDC WINAPI GetWindowDC(HWND window)
{
    return GetDCEx(window, NULL, DCX_USESTYLE | DCX_WINDOW);
}

int WINAPI ReleaseDC(HWND window, HDC dc)
{
    return NtUserReleaseDC(dc);
}

HWND WINAPI WindowFromDC(HDC dc)
{
    return NtUserWindowOfDC(dc);
}

/* ---- erasing and the frame ---- */

/* WM_NCPAINT and WM_ERASEBKGND of what has an update region, now. */
static void erase_one(HWND window)
{
    struct user_paint paint;

    if (NtUserTakeUpdate(window, USER_PAINT_LOOK, &paint)) return;
    if (paint.flags & (USER_PAINT_DO_ERASE | USER_PAINT_DO_FRAME)) {
        struct user_paint taken;
        if (!NtUserTakeUpdate(window, USER_PAINT_ERASE, &taken)) {
            if (taken.client) DeleteObject(FROM64(taken.client));
            if (taken.whole) DeleteObject(FROM64(taken.whole));
        }
    }
    if (paint.flags & USER_PAINT_DO_FRAME) SendMessageW(window, WM_NCPAINT, paint.whole ? (WPARAM)paint.whole : 1, 0);
    if ((paint.flags & USER_PAINT_DO_ERASE) && IsWindow(window)) {
        HDC dc = GetDCEx(window, FROM64(paint.client), DCX_INTERSECTRGN | DCX_USESTYLE);
        if (dc) {
            if (!SendMessageW(window, WM_ERASEBKGND, (WPARAM)dc, 0)) {
                struct user_paint again;
                if (!NtUserTakeUpdate(window, USER_PAINT_REERASE, &again)) {
                    if (again.client) DeleteObject(FROM64(again.client));
                    if (again.whole) DeleteObject(FROM64(again.whole));
                }
            }
            ReleaseDC(window, dc);
        }
    }
    if (paint.client) DeleteObject(FROM64(paint.client));
    if (paint.whole) DeleteObject(FROM64(paint.whole));
}

void erase_now(HWND window, UINT flags)
{
    HWND dirty, last = NULL;
    int same = 0;

    while ((dirty = NtUserNextDirty(window, !!(flags & RDW_ALLCHILDREN), TRUE))) {
        struct user_window info;
        if (dirty == last && ++same > 1) break; /* its procedure does not erase */
        if (dirty != last) same = 0;
        last = dirty;
        if (NtUserWindowInfo(dirty, &info) || !(info.flags & WINDOW_MINE)) break;
        erase_one(dirty);
    }
}

/* ---- painting ---- */

HDC WINAPI BeginPaint(HWND window, LPPAINTSTRUCT out)
{
    struct user_paint paint;

    if (!out) {
        set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    HideCaret(window);
    if (!status_to_bool(NtUserTakeUpdate(window, USER_PAINT_TAKE, &paint))) return NULL;
    memset(out, 0, sizeof(*out));
    if (paint.flags & USER_PAINT_DO_FRAME) SendMessageW(window, WM_NCPAINT, paint.whole ? (WPARAM)paint.whole : 1, 0);
    if (paint.whole) DeleteObject(FROM64(paint.whole));
    HRGN clip = FROM64(paint.client);
    if (!clip) clip = CreateRectRgn(0, 0, 0, 0);
    out->hdc = GetDCEx(window, clip, DCX_INTERSECTRGN | DCX_USESTYLE);
    DeleteObject(clip);
    if (!out->hdc) return NULL;
    if (paint.flags & USER_PAINT_DO_ERASE) out->fErase = !SendMessageW(window, WM_ERASEBKGND, (WPARAM)out->hdc, 0);
    GetClipBox(out->hdc, &out->rcPaint);
    return out->hdc;
}

BOOL WINAPI EndPaint(HWND window, const PAINTSTRUCT *paint)
{
    if (!paint) return FALSE;
    ReleaseDC(window, paint->hdc);
    ShowCaret(window);
    return TRUE;
}

static void paint_now(HWND window, bool children)
{
    HWND dirty, last = NULL;
    int same = 0;

    while ((dirty = NtUserNextDirty(window, children, FALSE))) {
        if (dirty == last && ++same > 2) return; /* its procedure does not validate */
        if (dirty != last) same = 0;
        last = dirty;
        SendMessageW(dirty, WM_PAINT, 0, 0);
    }
}

BOOL WINAPI RedrawWindow(HWND window, const RECT *rect, HRGN region, UINT flags)
{
    if (!status_to_bool(NtUserRedraw(window, region ? NULL : rect, region, flags))) return FALSE;
    if (!window) window = GetDesktopWindow();
    struct user_window info;
    bool children = flags & RDW_ALLCHILDREN;
    if (!children && !(flags & RDW_NOCHILDREN) && !NtUserWindowInfo(window, &info) && !(info.style & WS_CLIPCHILDREN)) children = true;
    if (flags & RDW_UPDATENOW) paint_now(window, children);
    else if (flags & RDW_ERASENOW) erase_now(window, children ? RDW_ALLCHILDREN : 0);
    return TRUE;
}

BOOL WINAPI UpdateWindow(HWND window)
{
    struct user_window info;

    if (!window_info(window, &info)) return FALSE;
    paint_now(window, true);
    return TRUE;
}

BOOL WINAPI InvalidateRect(HWND window, const RECT *rect, BOOL erase)
{
    if (!window) return RedrawWindow(NULL, NULL, NULL, RDW_INVALIDATE | RDW_ERASE | RDW_ERASENOW | RDW_ALLCHILDREN);
    return RedrawWindow(window, rect, NULL, RDW_INVALIDATE | (erase ? RDW_ERASE : 0));
}

BOOL WINAPI InvalidateRgn(HWND window, HRGN region, BOOL erase)
{
    if (!window) return set_error(ERROR_INVALID_WINDOW_HANDLE);
    return RedrawWindow(window, NULL, region, RDW_INVALIDATE | (erase ? RDW_ERASE : 0));
}

BOOL WINAPI ValidateRect(HWND window, const RECT *rect)
{
    if (!window) return RedrawWindow(NULL, NULL, NULL, RDW_INVALIDATE | RDW_ERASE | RDW_ERASENOW | RDW_ALLCHILDREN);
    return RedrawWindow(window, rect, NULL, RDW_VALIDATE | RDW_NOCHILDREN | (rect ? 0 : RDW_NOERASE | RDW_NOFRAME));
}

BOOL WINAPI ValidateRgn(HWND window, HRGN region)
{
    if (!window) return set_error(ERROR_INVALID_WINDOW_HANDLE);
    return RedrawWindow(window, NULL, region, RDW_VALIDATE | RDW_NOCHILDREN);
}

static void erase_if(HWND window, BOOL erase, const struct user_paint *paint)
{
    if (!erase || !(paint->flags & USER_PAINT_DO_ERASE)) return;
    erase_now(window, 0);
}

BOOL WINAPI GetUpdateRect(HWND window, LPRECT rect, BOOL erase)
{
    struct user_paint paint;

    if (!status_to_bool(NtUserTakeUpdate(window, USER_PAINT_BOUNDS, &paint))) return FALSE;
    if (rect) *rect = paint.bounds;
    BOOL any = (paint.flags & USER_PAINT_UPDATE) && !IsRectEmpty(&paint.bounds);
    erase_if(window, erase, &paint);
    return any;
}

int WINAPI GetUpdateRgn(HWND window, HRGN region, BOOL erase)
{
    struct user_paint paint;
    int kind;

    if (!status_to_bool(NtUserTakeUpdate(window, USER_PAINT_LOOK, &paint))) return ERROR;
    if (paint.client) {
        kind = CombineRgn(region, FROM64(paint.client), NULL, RGN_COPY);
        DeleteObject(FROM64(paint.client));
    } else {
        kind = SetRectRgn(region, 0, 0, 0, 0) ? NULLREGION : ERROR;
    }
    if (paint.whole) DeleteObject(FROM64(paint.whole));
    erase_if(window, erase, &paint);
    return kind;
}

int WINAPI ExcludeUpdateRgn(HDC dc, HWND window)
{
    HRGN update = CreateRectRgn(0, 0, 0, 0);
    int kind = GetUpdateRgn(window, update, FALSE);

    if (kind != ERROR) kind = ExtSelectClipRgn(dc, update, RGN_DIFF);
    DeleteObject(update);
    return kind;
}

BOOL WINAPI LockWindowUpdate(HWND window)
{
    static HWND locked;

    if (window && (locked || !IsWindow(window))) return FALSE;
    if (window) SendMessageW(window, WM_SETREDRAW, FALSE, 0);
    else if (locked && IsWindow(locked)) {
        SendMessageW(locked, WM_SETREDRAW, TRUE, 0);
        RedrawWindow(locked, NULL, NULL, RDW_INVALIDATE | RDW_ERASE | RDW_ALLCHILDREN | RDW_FRAME);
    }
    locked = window;
    return TRUE;
}

/* ---- shapes ---- */

int WINAPI SetWindowRgn(HWND window, HRGN region, BOOL redraw)
{
    if (!status_to_bool(NtUserSetShape(window, region))) return 0;
    SetWindowPos(window, NULL, 0, 0, 0, 0,
                 SWP_NOSIZE | SWP_NOMOVE | SWP_NOZORDER | SWP_NOACTIVATE | SWP_FRAMECHANGED | (redraw ? 0 : SWP_NOREDRAW));
    if (region) DeleteObject(region); /* it is the system's now */
    return 1;
}

int WINAPI GetWindowRgn(HWND window, HRGN region)
{
    HRGN shape = NULL;

    if (!status_to_bool(NtUserGetShape(window, &shape)) || !shape) return ERROR;
    int kind = CombineRgn(region, shape, NULL, RGN_COPY);
    DeleteObject(shape);
    return kind;
}

int WINAPI GetWindowRgnBox(HWND window, LPRECT rect)
{
    HRGN shape = NULL;

    if (!status_to_bool(NtUserGetShape(window, &shape)) || !shape) return ERROR;
    int kind = GetRgnBox(shape, rect);
    DeleteObject(shape);
    return kind;
}

/* ---- scrolling ---- */

int WINAPI ScrollWindowEx(HWND window, int dx, int dy, const RECT *scroll, const RECT *clip, HRGN update, LPRECT bounds, UINT flags)
{
    HRGN region = update;
    int kind;

    if (!IsWindow(window)) return set_error(ERROR_INVALID_WINDOW_HANDLE);
    if (!region && !(region = CreateRectRgn(0, 0, 0, 0))) return ERROR;
    HWND caret = NULL;
    struct user_thread_state state;
    if (!NtUserThreadState(0, &state) && (WINDOW32(state.caret) == window ||
                                          ((flags & SW_SCROLLCHILDREN) && IsChild(window, WINDOW32(state.caret)))))
        HideCaret(caret = WINDOW32(state.caret));
    if (!status_to_bool(NtUserScroll(window, dx, dy, scroll, clip, region, flags))) {
        if (region != update) DeleteObject(region);
        return ERROR;
    }
    kind = GetRgnBox(region, bounds ? bounds : &(RECT){ 0 });
    if (region != update) DeleteObject(region);
    if (flags & SW_SCROLLCHILDREN) {
        UINT32 list[256];
        ULONG count = NtUserWindowList(window, LIST_CHILDREN, 0, list, ARRAYSIZE(list));
        for (ULONG i = 0; i < count && i < ARRAYSIZE(list); i++) {
            struct user_window info;
            RECT common;
            if (NtUserWindowInfo(WINDOW32(list[i]), &info)) continue;
            if (scroll && !IntersectRect(&common, &info.relative, scroll)) continue;
            SetWindowPos(WINDOW32(list[i]), NULL, info.relative.left + dx, info.relative.top + dy, 0, 0,
                         SWP_NOZORDER | SWP_NOSIZE | SWP_NOACTIVATE | SWP_NOREDRAW | SWP_DEFERERASE);
        }
    }
    if (caret) {
        POINT at;
        if (caret == window && GetCaretPos(&at) && (!scroll || PtInRect(scroll, at))) SetCaretPos(at.x + dx, at.y + dy);
        ShowCaret(caret);
    }
    if ((flags & (SW_INVALIDATE | SW_ERASE)) == (SW_INVALIDATE | SW_ERASE)) RedrawWindow(window, NULL, NULL, RDW_ERASENOW);
    return kind;
}

BOOL WINAPI ScrollWindow(HWND window, int dx, int dy, const RECT *scroll, const RECT *clip)
{
    return ScrollWindowEx(window, dx, dy, scroll, clip, NULL, NULL, SW_INVALIDATE | SW_ERASE | (scroll ? 0 : SW_SCROLLCHILDREN)) != ERROR;
}

BOOL WINAPI ScrollDC(HDC dc, int dx, int dy, const RECT *scroll, const RECT *clip, HRGN update, LPRECT bounds)
{
    RECT box, from, to;

    GetClipBox(dc, &box);
    from = scroll ? *scroll : box;
    if (clip) IntersectRect(&from, &from, clip);
    to = from;
    OffsetRect(&to, dx, dy);
    if (clip) IntersectRect(&to, &to, clip);
    IntersectRect(&to, &to, &box);
    if (!IsRectEmpty(&to) && !BitBlt(dc, to.left, to.top, to.right - to.left, to.bottom - to.top, dc, to.left - dx, to.top - dy, SRCCOPY))
        return FALSE;
    if (update || bounds) {
        HRGN whole = CreateRectRgnIndirect(&from), moved = CreateRectRgnIndirect(&to);
        CombineRgn(whole, whole, moved, RGN_DIFF);
        if (bounds) GetRgnBox(whole, bounds);
        if (update) CombineRgn(update, whole, NULL, RGN_COPY);
        DeleteObject(whole);
        DeleteObject(moved);
    }
    return TRUE;
}

/* ---- the caret ---- */

static struct {
    int hidden;
    bool shown; /* on the screen at the moment */
    HBITMAP bitmap;
    UINT blink;
} caret = { .blink = 530 };

#define CARET_TIMER 0x7ff2

static BOOL caret_state(HWND *window, RECT *rect)
{
    struct user_thread_state state;

    if (NtUserThreadState(0, &state) || !state.caret) return FALSE;
    *window = WINDOW32(state.caret);
    *rect = state.caret_rect;
    return TRUE;
}

static void draw_caret(HWND window, const RECT *rect)
{
    HDC dc = GetDCEx(window, NULL, DCX_USESTYLE | DCX_CACHE);

    if (!dc) return;
    if (caret.bitmap) {
        HDC memory = CreateCompatibleDC(dc);
        HGDIOBJ old = SelectObject(memory, caret.bitmap);
        BitBlt(dc, rect->left, rect->top, rect->right - rect->left, rect->bottom - rect->top, memory, 0, 0, SRCINVERT);
        SelectObject(memory, old);
        DeleteDC(memory);
    } else {
        PatBlt(dc, rect->left, rect->top, rect->right - rect->left, rect->bottom - rect->top, DSTINVERT);
    }
    ReleaseDC(window, dc);
}

static void show_on_screen(HWND window, const RECT *rect, bool shown)
{
    if (caret.shown == shown) return;
    caret.shown = shown;
    draw_caret(window, rect);
}

static void CALLBACK blink(HWND window, UINT message, UINT_PTR id, DWORD time)
{
    HWND owner;
    RECT rect;

    if (!caret_state(&owner, &rect) || owner != window || caret.hidden) return;
    show_on_screen(owner, &rect, !caret.shown);
}

BOOL WINAPI CreateCaret(HWND window, HBITMAP bitmap, int width, int height)
{
    RECT rect = { 0, 0, width ? width : GetSystemMetrics(SM_CXBORDER), height ? height : GetSystemMetrics(SM_CYBORDER) };
    struct user_window info;
    HWND old;

    if (!window_is_mine(window, &info)) return FALSE;
    DestroyCaret();
    if (bitmap && (ULONG_PTR)bitmap != 1) {
        BITMAP size;
        if (!GetObjectW(bitmap, sizeof(size), &size)) return FALSE;
        rect.right = size.bmWidth;
        rect.bottom = size.bmHeight < 0 ? -size.bmHeight : size.bmHeight;
        caret.bitmap = bitmap;
    }
    caret.hidden = 1;
    caret.shown = false;
    NtUserSetCaretRect(&rect);
    return status_to_bool(NtUserSetState(STATE_CARET, window, &old));
}

BOOL WINAPI DestroyCaret(void)
{
    HWND window, old;
    RECT rect;

    if (!caret_state(&window, &rect)) return set_error(ERROR_ACCESS_DENIED);
    KillSystemTimer(window, CARET_TIMER);
    show_on_screen(window, &rect, false);
    caret.bitmap = NULL;
    NtUserSetState(STATE_CARET, NULL, &old);
    return TRUE;
}

BOOL WINAPI HideCaret(HWND window)
{
    HWND owner;
    RECT rect;

    if (!caret_state(&owner, &rect) || (window && window != owner)) return set_error(ERROR_ACCESS_DENIED);
    if (!caret.hidden++) {
        KillSystemTimer(owner, CARET_TIMER);
        show_on_screen(owner, &rect, false);
    }
    return TRUE;
}

BOOL WINAPI ShowCaret(HWND window)
{
    HWND owner;
    RECT rect;

    if (!caret_state(&owner, &rect) || (window && window != owner)) return set_error(ERROR_ACCESS_DENIED);
    if (!caret.hidden) return TRUE;
    if (!--caret.hidden) {
        show_on_screen(owner, &rect, true);
        if (caret.blink != INFINITE) SetSystemTimer(owner, CARET_TIMER, caret.blink, blink);
    }
    return TRUE;
}

BOOL WINAPI SetCaretPos(int x, int y)
{
    HWND owner;
    RECT rect;

    if (!caret_state(&owner, &rect)) return set_error(ERROR_ACCESS_DENIED);
    if (rect.left == x && rect.top == y) return TRUE;
    bool was = caret.shown;
    show_on_screen(owner, &rect, false);
    OffsetRect(&rect, x - rect.left, y - rect.top);
    NtUserSetCaretRect(&rect);
    if (was || !caret.hidden) {
        show_on_screen(owner, &rect, true);
        if (caret.blink != INFINITE) SetSystemTimer(owner, CARET_TIMER, caret.blink, blink);
    }
    return TRUE;
}

BOOL WINAPI GetCaretPos(LPPOINT at)
{
    HWND owner;
    RECT rect;

    if (!caret_state(&owner, &rect)) return set_error(ERROR_ACCESS_DENIED);
    at->x = rect.left;
    at->y = rect.top;
    return TRUE;
}

UINT WINAPI GetCaretBlinkTime(void)
{
    return caret.blink;
}

BOOL WINAPI SetCaretBlinkTime(UINT milliseconds)
{
    caret.blink = milliseconds;
    return TRUE;
}
