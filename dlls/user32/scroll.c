/* winuser.h: scroll bars of windows, and what they share with scroll bar controls. */
#include "scroll.h"

/* A scroll bar control keeps its data at WINDOW_WORD_CONTROL. */
struct scroll_data *scroll_of_control(HWND window)
{
    WCHAR name[16];

    if (!GetClassNameW(window, name, ARRAYSIZE(name)) || lstrcmpiW(name, L"ScrollBar")) return NULL;
    return (struct scroll_data *)window_word(window, WINDOW_WORD_CONTROL);
}

struct window_scroll {
    struct scroll_data bars[2];
};

struct scroll_data *scroll_of(HWND window, int bar, bool make)
{
    struct window_scroll *both;
    struct user_window info;

    if (bar == SB_CTL) return scroll_of_control(window);
    if (bar != SB_HORZ && bar != SB_VERT) return NULL;
    if (!window_info(window, &info) || !(info.flags & WINDOW_LOCAL)) return NULL;
    both = (struct window_scroll *)window_word(window, WINDOW_WORD_SCROLL);
    if (!both && make && (both = mem_alloc_zeroed(sizeof(*both)))) {
        both->bars[0].maximum = both->bars[1].maximum = 100;
        set_window_word(window, WINDOW_WORD_SCROLL, (LONG_PTR)both);
    }
    return both ? &both->bars[bar] : NULL;
}

void scroll_window_gone(HWND window)
{
    mem_free((void *)set_window_word(window, WINDOW_WORD_SCROLL, 0));
}

/* ---- places ---- */

/* The bar's rectangle in window coordinates (of a control: client coordinates), and its parts along it. */
BOOL scroll_layout(HWND window, int bar, struct scroll_layout *layout)
{
    struct user_window info;
    const struct scroll_data *data = scroll_of(window, bar, false);
    struct scroll_data none = { .maximum = 100 };

    if (!window_info(window, &info)) return FALSE;
    if (!data) data = &none;
    RECT client = info.client;
    OffsetRect(&client, -info.window.left, -info.window.top);
    switch (bar) {
    case SB_CTL:
        GetClientRect(window, &layout->rect);
        layout->vertical = GetWindowLongW(window, GWL_STYLE) & SBS_VERT;
        break;
    case SB_HORZ:
        SetRect(&layout->rect, client.left, client.bottom, client.right, client.bottom + GetSystemMetrics(SM_CYHSCROLL));
        layout->vertical = false;
        break;
    default:
        SetRect(&layout->rect, client.right, client.top, client.right + GetSystemMetrics(SM_CXVSCROLL), client.bottom);
        if (!!(info.ex_style & WS_EX_LEFTSCROLLBAR)) OffsetRect(&layout->rect, client.left - layout->rect.right, 0);
        layout->vertical = true;
    }
    int length = layout->vertical ? layout->rect.bottom - layout->rect.top : layout->rect.right - layout->rect.left;
    layout->arrow = GetSystemMetrics(SM_CYVSCROLL);
    layout->thumb = 0;
    if (length <= 2 * layout->arrow + 4) {
        layout->arrow = length > 4 ? (length - 4) / 2 : 0;
        layout->thumb_at = 0;
        layout->track = 0;
        return TRUE;
    }
    layout->track = length - 2 * layout->arrow;
    int range = data->maximum - data->minimum + 1, page = (int)data->page;
    if (page > 0) {
        layout->thumb = range > 0 ? MulDiv(layout->track, page, range) : layout->track;
        if (layout->thumb < 8) layout->thumb = 8;
    } else {
        layout->thumb = GetSystemMetrics(SM_CXVSCROLL);
    }
    if (layout->thumb > layout->track || data->disabled == ESB_DISABLE_BOTH || data->maximum - data->minimum - (page > 0 ? page - 1 : 0) <= 0) {
        layout->thumb = 0;
        layout->thumb_at = 0;
        return TRUE;
    }
    int most = data->maximum - (page > 0 ? page - 1 : 0), position = data->tracking ? data->track_position : data->position;
    layout->thumb_at = most > data->minimum ? MulDiv(layout->track - layout->thumb, position - data->minimum, most - data->minimum) : 0;
    return TRUE;
}

static void part_rect(const struct scroll_layout *layout, int from, int to, RECT *rect)
{
    *rect = layout->rect;
    if (layout->vertical) rect->top = layout->rect.top + from, rect->bottom = layout->rect.top + to;
    else rect->left = layout->rect.left + from, rect->right = layout->rect.left + to;
}

void scroll_draw(HWND window, HDC dc, int bar, int pressed)
{
    struct scroll_layout layout;
    const struct scroll_data *data = scroll_of(window, bar, false);
    RECT part;

    if (!scroll_layout(window, bar, &layout) || IsRectEmpty(&layout.rect)) return;
    int length = layout.vertical ? layout.rect.bottom - layout.rect.top : layout.rect.right - layout.rect.left;
    UINT disabled = data ? data->disabled : 0;
    if (!layout.thumb && layout.track) disabled = ESB_DISABLE_BOTH;
    part_rect(&layout, 0, layout.arrow, &part);
    DrawFrameControl(dc, &part, DFC_SCROLL, (layout.vertical ? DFCS_SCROLLUP : DFCS_SCROLLLEFT) |
                     (pressed == SCROLL_FIRST_ARROW ? DFCS_PUSHED : 0) | (disabled & ESB_DISABLE_LEFT ? DFCS_INACTIVE : 0));
    part_rect(&layout, length - layout.arrow, length, &part);
    DrawFrameControl(dc, &part, DFC_SCROLL, (layout.vertical ? DFCS_SCROLLDOWN : DFCS_SCROLLRIGHT) |
                     (pressed == SCROLL_LAST_ARROW ? DFCS_PUSHED : 0) | (disabled & ESB_DISABLE_RIGHT ? DFCS_INACTIVE : 0));
    part_rect(&layout, layout.arrow, length - layout.arrow, &part);
    if (layout.thumb) {
        RECT before, thumb, after;
        part_rect(&layout, layout.arrow, layout.arrow + layout.thumb_at, &before);
        part_rect(&layout, layout.arrow + layout.thumb_at, layout.arrow + layout.thumb_at + layout.thumb, &thumb);
        part_rect(&layout, layout.arrow + layout.thumb_at + layout.thumb, length - layout.arrow, &after);
        FillRect(dc, &before, GetSysColorBrush(COLOR_BTNFACE));
        FillRect(dc, &after, GetSysColorBrush(COLOR_BTNFACE));
        FillRect(dc, &thumb, GetSysColorBrush(COLOR_BTNFACE));
        if (layout.vertical) InflateRect(&thumb, -1, 0);
        else InflateRect(&thumb, 0, -1);
        FillRect(dc, &thumb, GetSysColorBrush(pressed == SCROLL_THUMB ? COLOR_BTNSHADOW : COLOR_SCROLLBAR));
    } else {
        FillRect(dc, &part, GetSysColorBrush(COLOR_BTNFACE));
    }
}

static void redraw(HWND window, int bar)
{
    struct user_window info;

    if (bar == SB_CTL) {
        InvalidateRect(window, NULL, FALSE);
        return;
    }
    if (NtUserWindowInfo(window, &info) || !(info.style & (bar == SB_HORZ ? WS_HSCROLL : WS_VSCROLL)) || !IsWindowVisible(window)) return;
    HDC dc = GetDCEx(window, NULL, DCX_CACHE | DCX_WINDOW | DCX_CLIPSIBLINGS);
    if (!dc) return;
    scroll_draw(window, dc, bar, SCROLL_NOWHERE);
    ReleaseDC(window, dc);
}

/* ---- the functions ---- */

static int clamp(struct scroll_data *data, int position)
{
    int most = data->maximum - (data->page ? (int)data->page - 1 : 0);

    if (position > most) position = most;
    return position < data->minimum ? data->minimum : position;
}

int scroll_set(HWND window, int bar, const SCROLLINFO *info, BOOL paint)
{
    struct scroll_data *data = scroll_of(window, bar, true);
    bool changed = false;

    if (!data || (info->cbSize != sizeof(*info) && info->cbSize != sizeof(*info) - sizeof(int))) return 0;
    if ((info->fMask & SIF_RANGE) && (info->nMin > info->nMax || (UINT)(info->nMax - info->nMin) >= 0x80000000u)) {
        changed = data->minimum || data->maximum;
        data->minimum = data->maximum = 0;
    } else if (info->fMask & SIF_RANGE) {
        changed |= data->minimum != info->nMin || data->maximum != info->nMax;
        data->minimum = info->nMin;
        data->maximum = info->nMax;
    }
    if (info->fMask & SIF_PAGE) {
        changed |= data->page != info->nPage;
        data->page = info->nPage;
    }
    if (info->fMask & SIF_POS) {
        changed |= data->position != info->nPos;
        data->position = info->nPos;
    }
    if ((int)data->page < 0) data->page = 0;
    else if (data->page > (UINT)(data->maximum - data->minimum + 1)) data->page = (UINT)(data->maximum - data->minimum + 1);
    data->position = clamp(data, data->position);
    if (info->fMask & (SIF_RANGE | SIF_PAGE | SIF_DISABLENOSCROLL)) {
        bool useless = data->minimum >= data->maximum - (data->page ? (int)data->page - 1 : 0);
        if (useless && (info->fMask & SIF_DISABLENOSCROLL)) {
            data->disabled = ESB_DISABLE_BOTH;
            changed = true;
        } else if (useless && bar != SB_CTL && (info->fMask & (SIF_RANGE | SIF_PAGE))) {
            ShowScrollBar(window, bar, FALSE);
            return data->position;
        } else if (!useless) {
            if (data->disabled == ESB_DISABLE_BOTH && bar != SB_CTL) data->disabled = 0, changed = true;
            if (bar != SB_CTL && (info->fMask & (SIF_RANGE | SIF_PAGE))) ShowScrollBar(window, bar, TRUE);
        }
    }
    if (paint && changed) redraw(window, bar);
    return data->position;
}

BOOL scroll_get(HWND window, int bar, SCROLLINFO *info)
{
    const struct scroll_data *data = scroll_of(window, bar, false);

    if (!data) return FALSE;
    if (info->fMask & ~(UINT)(SIF_ALL | SIF_DISABLENOSCROLL)) return FALSE;
    if (info->cbSize != sizeof(*info) && info->cbSize != sizeof(*info) - sizeof(int)) return FALSE;
    if (info->fMask & SIF_PAGE) info->nPage = data->page;
    if (info->fMask & SIF_POS) info->nPos = data->position;
    if ((info->fMask & SIF_TRACKPOS) && info->cbSize == sizeof(*info)) info->nTrackPos = data->tracking ? data->track_position : data->position;
    if (info->fMask & SIF_RANGE) info->nMin = data->minimum, info->nMax = data->maximum;
    return (info->fMask & SIF_ALL) != 0;
}

int WINAPI SetScrollInfo(HWND window, int bar, LPCSCROLLINFO info, BOOL paint)
{
    if (bar == SB_CTL) return (int)SendMessageW(window, SBM_SETSCROLLINFO, (WPARAM)paint, (LPARAM)info);
    return scroll_set(window, bar, info, paint);
}

BOOL WINAPI GetScrollInfo(HWND window, int bar, LPSCROLLINFO info)
{
    if (bar == SB_CTL) return (BOOL)SendMessageW(window, SBM_GETSCROLLINFO, 0, (LPARAM)info);
    return scroll_get(window, bar, info);
}

int WINAPI SetScrollPos(HWND window, int bar, int position, BOOL paint)
{
    SCROLLINFO info = { sizeof(info), SIF_POS, 0, 0, 0, position, 0 };
    int old;

    if (bar == SB_CTL) return (int)SendMessageW(window, SBM_SETPOS, (WPARAM)position, paint);
    old = GetScrollPos(window, bar);
    scroll_set(window, bar, &info, paint);
    return old;
}

int WINAPI GetScrollPos(HWND window, int bar)
{
    const struct scroll_data *data;

    if (bar == SB_CTL) return (int)SendMessageW(window, SBM_GETPOS, 0, 0);
    data = scroll_of(window, bar, false);
    return data ? data->position : 0;
}

BOOL WINAPI SetScrollRange(HWND window, int bar, int minimum, int maximum, BOOL paint)
{
    SCROLLINFO info = { sizeof(info), SIF_RANGE, minimum, maximum, 0, 0, 0 };

    if (bar == SB_CTL) return (BOOL)SendMessageW(window, paint ? SBM_SETRANGEREDRAW : SBM_SETRANGE, (WPARAM)minimum, maximum);
    if (!IsWindow(window)) return FALSE;
    scroll_set(window, bar, &info, paint);
    return TRUE;
}

BOOL WINAPI GetScrollRange(HWND window, int bar, LPINT minimum, LPINT maximum)
{
    const struct scroll_data *data;

    if (bar == SB_CTL) return (BOOL)SendMessageW(window, SBM_GETRANGE, (WPARAM)minimum, (LPARAM)maximum);
    data = scroll_of(window, bar, false);
    if (minimum) *minimum = data ? data->minimum : 0;
    if (maximum) *maximum = data ? data->maximum : 0;
    return IsWindow(window);
}

BOOL WINAPI ShowScrollBar(HWND window, int bar, BOOL shown)
{
    struct user_window info;
    DWORD bits = 0;

    if (!window_info(window, &info)) return FALSE;
    if (bar == SB_CTL) {
        ShowWindow(window, shown ? SW_SHOW : SW_HIDE);
        return TRUE;
    }
    if (bar == SB_HORZ || bar == SB_BOTH) bits |= WS_HSCROLL;
    if (bar == SB_VERT || bar == SB_BOTH) bits |= WS_VSCROLL;
    DWORD changed = shown ? bits & ~info.style : bits & info.style;
    if (!changed) return TRUE;
    if (shown) {
        scroll_of(window, SB_HORZ, true);
        set_style_bits(window, changed, 0);
    } else {
        set_style_bits(window, 0, changed);
    }
    if (info.flags & WINDOW_CREATED)
        SetWindowPos(window, NULL, 0, 0, 0, 0, SWP_NOSIZE | SWP_NOMOVE | SWP_NOACTIVATE | SWP_NOZORDER | SWP_FRAMECHANGED);
    return TRUE;
}

BOOL WINAPI EnableScrollBar(HWND window, UINT bar, UINT disable)
{
    bool changed = false;

    for (int i = bar == SB_BOTH ? SB_HORZ : (int)bar; i <= (bar == SB_BOTH ? SB_VERT : (int)bar); i++) {
        struct scroll_data *data = scroll_of(window, i, true);
        if (!data || data->disabled == disable) continue;
        data->disabled = disable;
        changed = true;
        if (i == SB_CTL) EnableWindow(window, disable != ESB_DISABLE_BOTH);
        redraw(window, i);
    }
    return changed;
}

BOOL WINAPI GetScrollBarInfo(HWND window, LONG object, PSCROLLBARINFO info)
{
    struct scroll_layout layout;
    struct user_window window_data;
    int bar = object == (LONG)OBJID_CLIENT ? SB_CTL : object == (LONG)OBJID_HSCROLL ? SB_HORZ : SB_VERT;

    if (info->cbSize != sizeof(*info)) return set_error(ERROR_INVALID_PARAMETER);
    if (!window_info(window, &window_data) || !scroll_layout(window, bar, &layout)) return FALSE;
    info->rcScrollBar = layout.rect;
    OffsetRect(&info->rcScrollBar, window_data.window.left, window_data.window.top);
    info->dxyLineButton = layout.arrow;
    info->xyThumbTop = layout.arrow + layout.thumb_at;
    info->xyThumbBottom = layout.arrow + layout.thumb_at + layout.thumb;
    info->reserved = 0;
    memset(info->rgstate, 0, sizeof(info->rgstate));
    if (bar != SB_CTL && !(window_data.style & (bar == SB_HORZ ? WS_HSCROLL : WS_VSCROLL))) info->rgstate[0] = STATE_SYSTEM_INVISIBLE;
    return TRUE;
}

/* ---- the mouse ---- */

int scroll_hit(const struct scroll_layout *layout, POINT at)
{
    int along = layout->vertical ? at.y - layout->rect.top : at.x - layout->rect.left;
    int length = layout->vertical ? layout->rect.bottom - layout->rect.top : layout->rect.right - layout->rect.left;

    if (!PtInRect(&layout->rect, at)) return SCROLL_NOWHERE;
    if (along < layout->arrow) return SCROLL_FIRST_ARROW;
    if (along >= length - layout->arrow) return SCROLL_LAST_ARROW;
    if (!layout->thumb) return SCROLL_NOWHERE;
    along -= layout->arrow;
    if (along < layout->thumb_at) return SCROLL_BEFORE;
    return along < layout->thumb_at + layout->thumb ? SCROLL_THUMB : SCROLL_AFTER;
}

static void tell(HWND window, int bar, bool vertical, int code, int position)
{
    HWND target = bar == SB_CTL ? GetParent(window) : window;

    SendMessageW(target, vertical ? WM_VSCROLL : WM_HSCROLL, MAKEWPARAM(code, position), bar == SB_CTL ? (LPARAM)window : 0);
}

/* Until the button is released: lines and pages repeat, the thumb follows. `at` in the layout's coordinates. */
void scroll_track(HWND window, int bar, POINT at)
{
    struct scroll_layout layout;
    struct scroll_data *data = scroll_of(window, bar, true);
    MSG msg;
    static const int codes[] = { 0, SB_LINEUP, SB_PAGEUP, SB_THUMBTRACK, SB_PAGEDOWN, SB_LINEDOWN };

    if (!data || !scroll_layout(window, bar, &layout)) return;
    int part = scroll_hit(&layout, at), pressed = part;
    bool vertical = layout.vertical;
    if (part == SCROLL_NOWHERE) return;
    int start = vertical ? at.y : at.x, thumb_start = layout.thumb_at, original = data->position, last = data->position;
    HWND target = window;
    SetCapture(target);
    SetSystemTimer(target, SCROLL_TIMER, 250, NULL);
    data->tracking = part == SCROLL_THUMB;
    data->track_position = data->position;
    if (part != SCROLL_THUMB) tell(window, bar, vertical, codes[part], 0);
    for (;;) {
        HDC dc = GetDCEx(window, NULL, bar == SB_CTL ? DCX_CACHE | DCX_USESTYLE : DCX_CACHE | DCX_WINDOW | DCX_CLIPSIBLINGS);
        scroll_draw(window, dc, bar, pressed);
        ReleaseDC(window, dc);
        if (GetMessageW(&msg, NULL, 0, 0) <= 0 || GetCapture() != target || !IsWindow(window)) {
            if (msg.message == WM_QUIT) PostQuitMessage((int)msg.wParam);
            break;
        }
        if (msg.message == WM_LBUTTONUP) break;
        if (msg.message == WM_SYSTIMER && msg.wParam == SCROLL_TIMER) {
            SetSystemTimer(target, SCROLL_TIMER, 50, NULL);
            if (part != SCROLL_THUMB && pressed == part) {
                tell(window, bar, vertical, codes[part], 0);
                scroll_layout(window, bar, &layout);
            }
            continue;
        }
        if (msg.message != WM_MOUSEMOVE) {
            if (msg.message < WM_MOUSEFIRST || msg.message > WM_MOUSELAST) {
                TranslateMessage(&msg);
                DispatchMessageW(&msg);
            }
            continue;
        }
        at = msg.pt;
        RECT outer;
        GetWindowRect(window, &outer);
        if (bar == SB_CTL) ScreenToClient(window, &at);
        else at.x -= outer.left, at.y -= outer.top;
        scroll_layout(window, bar, &layout);
        if (part != SCROLL_THUMB) {
            pressed = scroll_hit(&layout, at) == part ? part : SCROLL_NOWHERE;
            continue;
        }
        RECT wide = layout.rect;
        InflateRect(&wide, 120, 120);
        int most = data->maximum - (data->page ? (int)data->page - 1 : 0), room = layout.track - layout.thumb;
        int pixel = thumb_start + (vertical ? at.y : at.x) - start;
        pixel = pixel < 0 ? 0 : pixel > room ? room : pixel;
        int position = !PtInRect(&wide, at) ? original : room > 0 ? data->minimum + MulDiv(pixel, most - data->minimum, room) : data->minimum;
        if (position != last) {
            last = data->track_position = position;
            tell(window, bar, vertical, SB_THUMBTRACK, position);
        }
    }
    KillSystemTimer(target, SCROLL_TIMER);
    if (GetCapture() == target) ReleaseCapture();
    if (!IsWindow(window)) return;
    if (part == SCROLL_THUMB) {
        tell(window, bar, vertical, SB_THUMBPOSITION, last);
        if ((data = scroll_of(window, bar, true))) data->tracking = false;
    }
    tell(window, bar, vertical, SB_ENDSCROLL, 0);
    redraw(window, bar);
}
