/* The frame of a window: WM_NCPAINT, WM_NCACTIVATE. With a desktop that decorates windows its caption and borders are not
 * shown; child windows, and all of them where there is no display, are seen with these. */
#include "menu.h"
#include "scroll.h"

static void frame(HDC dc, RECT *rect, const struct user_window *info, bool active)
{
    if ((info->ex_style & WS_EX_WINDOWEDGE) && (info->style & (WS_DLGFRAME | WS_THICKFRAME | WS_CAPTION))) DrawEdge(dc, rect, EDGE_RAISED, BF_RECT | BF_ADJUST);
    else if (info->ex_style & WS_EX_STATICEDGE) DrawEdge(dc, rect, BDR_SUNKENOUTER, BF_RECT | BF_ADJUST | BF_FLAT);
    if (info->style & WS_THICKFRAME) {
        int width = GetSystemMetrics(SM_CXFRAME) + GetSystemMetrics(SM_CXPADDEDBORDER) - 3;
        for (int i = 0; i < width; i++) {
            FrameRect(dc, rect, GetSysColorBrush(active ? COLOR_ACTIVEBORDER : COLOR_INACTIVEBORDER));
            InflateRect(rect, -1, -1);
        }
    }
    if ((info->style & (WS_BORDER | WS_DLGFRAME)) || (info->ex_style & WS_EX_DLGMODALFRAME)) {
        FrameRect(dc, rect, GetSysColorBrush((info->ex_style & (WS_EX_DLGMODALFRAME | WS_EX_CLIENTEDGE)) || (info->style & (WS_DLGFRAME | WS_THICKFRAME))
                                                 ? COLOR_BTNFACE : COLOR_WINDOWFRAME));
        InflateRect(rect, -1, -1);
    }
}

/* The buttons' rectangles from the right: close, maximise, minimise. */
int caption_button(const struct user_window *info, const RECT *caption, int code, RECT *button)
{
    int size = caption->bottom - caption->top - 1, right = caption->right;

    if (!(info->style & WS_SYSMENU)) return 0;
    SetRect(button, right - size, caption->top + 1, right - 1, caption->bottom - 2);
    if (code == HTCLOSE) return 1;
    if ((info->ex_style & WS_EX_TOOLWINDOW) || !(info->style & (WS_MINIMIZEBOX | WS_MAXIMIZEBOX))) return 0;
    OffsetRect(button, -size, 0);
    if (code == HTMAXBUTTON) return 1;
    OffsetRect(button, -size, 0);
    return code == HTMINBUTTON;
}

void caption_rect(const struct user_window *info, RECT *rect)
{
    RECT border = { 0, 0, 0, 0 };

    AdjustWindowRectEx(&border, info->style & ~(DWORD)(WS_CAPTION & ~WS_BORDER & ~WS_DLGFRAME) & ~(DWORD)WS_HSCROLL,
                       FALSE, info->ex_style & ~(DWORD)WS_EX_CLIENTEDGE);
    int height = info->ex_style & WS_EX_TOOLWINDOW ? GetSystemMetrics(SM_CYSMCAPTION) : GetSystemMetrics(SM_CYCAPTION);
    int edge = -border.left;
    SetRect(rect, edge, edge, info->window.right - info->window.left - edge, edge + height);
}

static void draw_caption(HDC dc, HWND window, const struct user_window *info, bool active, int pressed)
{
    RECT rect, button;
    WCHAR text[256];

    caption_rect(info, &rect);
    FillRect(dc, &rect, GetSysColorBrush(active ? COLOR_ACTIVECAPTION : COLOR_INACTIVECAPTION));
    RECT line = rect;
    line.top = line.bottom - 1;
    FillRect(dc, &line, GetSysColorBrush(COLOR_BTNFACE));
    rect.bottom--;
    RECT inner = rect;
    if (caption_button(info, &rect, HTCLOSE, &button)) {
        bool closing = true;
        HMENU menu = (HMENU)window_word(window, WINDOW_WORD_SYSTEM_MENU);
        if (menu) closing = !(GetMenuState(menu, SC_CLOSE, MF_BYCOMMAND) & (MF_GRAYED | MF_DISABLED)) || GetMenuState(menu, SC_CLOSE, MF_BYCOMMAND) == ~0u;
        DrawFrameControl(dc, &button, DFC_CAPTION, DFCS_CAPTIONCLOSE | (pressed == HTCLOSE ? DFCS_PUSHED : 0) | (closing ? 0 : DFCS_INACTIVE));
        inner.right = button.left;
    }
    if (caption_button(info, &rect, HTMAXBUTTON, &button)) {
        DrawFrameControl(dc, &button, DFC_CAPTION, (info->style & WS_MAXIMIZE ? DFCS_CAPTIONRESTORE : DFCS_CAPTIONMAX) |
                         (pressed == HTMAXBUTTON ? DFCS_PUSHED : 0) | (info->style & WS_MAXIMIZEBOX ? 0 : DFCS_INACTIVE));
        caption_button(info, &rect, HTMINBUTTON, &button);
        DrawFrameControl(dc, &button, DFC_CAPTION, DFCS_CAPTIONMIN | (pressed == HTMINBUTTON ? DFCS_PUSHED : 0) |
                         (info->style & WS_MINIMIZEBOX ? 0 : DFCS_INACTIVE));
        inner.right = button.left;
    }
    if ((info->style & WS_SYSMENU) && !(info->ex_style & (WS_EX_TOOLWINDOW | WS_EX_DLGMODALFRAME))) {
        HICON icon = (HICON)window_word(window, WINDOW_WORD_SMALL_ICON);
        if (!icon) icon = (HICON)GetClassLongPtrW(window, GCLP_HICONSM);
        if (!icon) icon = (HICON)window_word(window, WINDOW_WORD_BIG_ICON);
        if (!icon) icon = (HICON)GetClassLongPtrW(window, GCLP_HICON);
        if (icon && DrawIconEx(dc, inner.left + 3, inner.top + (inner.bottom - inner.top - 16) / 2, icon, 16, 16, 0, NULL, DI_NORMAL)) inner.left += 20;
    }
    if (InternalGetWindowText(window, text, ARRAYSIZE(text))) {
        HGDIOBJ old = SelectObject(dc, menu_font(false));
        SetBkMode(dc, TRANSPARENT);
        SetTextColor(dc, GetSysColor(active ? COLOR_CAPTIONTEXT : COLOR_INACTIVECAPTIONTEXT));
        inner.left += 4;
        DrawTextW(dc, text, -1, &inner, DT_SINGLELINE | DT_VCENTER | DT_NOPREFIX | DT_END_ELLIPSIS);
        SelectObject(dc, old);
    }
}

void nc_draw_button(HWND window, int pressed)
{
    struct user_window info;
    HDC dc;

    if (NtUserWindowInfo(window, &info) || !(dc = GetDCEx(window, NULL, DCX_WINDOW | DCX_CACHE | DCX_CLIPSIBLINGS))) return;
    draw_caption(dc, window, &info, info.flags & WINDOW_NC_ACTIVE, pressed);
    ReleaseDC(window, dc);
}

void nc_paint(HWND window, HRGN clip)
{
    struct user_window info;
    HRGN region = NULL;
    HDC dc;

    if (NtUserWindowInfo(window, &info) || !(info.flags & WINDOW_REALLY_VISIBLE)) return;
    if (EqualRect(&info.window, &info.client)) return;
    if ((ULONG_PTR)clip > 1) {
        region = CreateRectRgn(0, 0, 0, 0);
        CombineRgn(region, clip, NULL, RGN_COPY);
        OffsetRgn(region, -info.window.left, -info.window.top);
    }
    dc = GetDCEx(window, region, DCX_WINDOW | DCX_CACHE | DCX_CLIPSIBLINGS | (region ? DCX_INTERSECTRGN : 0));
    if (region) DeleteObject(region);
    if (!dc) return;
    RECT rect = info.window, client = info.client;
    OffsetRect(&rect, -info.window.left, -info.window.top);
    OffsetRect(&client, -info.window.left, -info.window.top);
    ExcludeClipRect(dc, client.left, client.top, client.right, client.bottom);
    bool active = info.flags & WINDOW_NC_ACTIVE;
    frame(dc, &rect, &info, active);
    if ((info.style & WS_CAPTION) == WS_CAPTION) {
        draw_caption(dc, window, &info, active, 0);
        rect.top += info.ex_style & WS_EX_TOOLWINDOW ? GetSystemMetrics(SM_CYSMCAPTION) : GetSystemMetrics(SM_CYCAPTION);
    }
    if (has_menu(&info)) {
        struct menu *menu = menu_of((HMENU)window_word(window, WINDOW_WORD_MENU));
        if (menu) {
            int height = menu_bar_height(window, rect.right - rect.left);
            SaveDC(dc);
            SetViewportOrgEx(dc, rect.left, rect.top, NULL);
            menu_draw(menu, dc, window);
            RestoreDC(dc, -1);
            rect.top += height;
        }
    }
    if (info.ex_style & WS_EX_CLIENTEDGE) DrawEdge(dc, &rect, EDGE_SUNKEN, BF_RECT | BF_ADJUST | BF_FLAT);
    if (info.style & WS_VSCROLL) scroll_draw(window, dc, SB_VERT, SCROLL_NOWHERE);
    if (info.style & WS_HSCROLL) scroll_draw(window, dc, SB_HORZ, SCROLL_NOWHERE);
    if ((info.style & (WS_VSCROLL | WS_HSCROLL)) == (WS_VSCROLL | WS_HSCROLL)) {
        RECT corner = { client.right, client.bottom, rect.right, rect.bottom };
        if (info.ex_style & WS_EX_LEFTSCROLLBAR) corner.left = rect.left, corner.right = client.left;
        FillRect(dc, &corner, GetSysColorBrush(COLOR_BTNFACE));
    }
    ReleaseDC(window, dc);
}

LRESULT default_nc_activate(HWND window, WPARAM wparam, LPARAM lparam)
{
    set_window_flags(window, wparam ? WINDOW_NC_ACTIVE : 0, wparam ? 0 : WINDOW_NC_ACTIVE);
    if (lparam != -1) nc_paint(window, (HRGN)1);
    return TRUE;
}

BOOL WINAPI DrawCaption(HWND window, HDC dc, const RECT *rect, UINT flags)
{
    WCHAR text[256];
    RECT inner = *rect;

    if (!IsWindow(window)) return FALSE;
    FillRect(dc, rect, GetSysColorBrush(flags & DC_INBUTTON ? COLOR_BTNFACE : flags & DC_ACTIVE ? COLOR_ACTIVECAPTION : COLOR_INACTIVECAPTION));
    if (flags & DC_ICON) inner.left += rect->bottom - rect->top;
    if ((flags & DC_TEXT) && InternalGetWindowText(window, text, ARRAYSIZE(text))) {
        HGDIOBJ old = SelectObject(dc, menu_font(false));
        SetBkMode(dc, TRANSPARENT);
        SetTextColor(dc, GetSysColor(flags & DC_INBUTTON ? COLOR_BTNTEXT : flags & DC_ACTIVE ? COLOR_CAPTIONTEXT : COLOR_INACTIVECAPTIONTEXT));
        inner.left += 2;
        DrawTextW(dc, text, -1, &inner, DT_SINGLELINE | DT_VCENTER | DT_NOPREFIX | DT_END_ELLIPSIS);
        SelectObject(dc, old);
    }
    return TRUE;
}

BOOL WINAPI GetTitleBarInfo(HWND window, PTITLEBARINFO out)
{
    struct user_window info;

    if (!out || out->cbSize != sizeof(*out)) return set_error(ERROR_INVALID_PARAMETER);
    if (!window_info(window, &info)) return FALSE;
    caption_rect(&info, &out->rcTitleBar);
    OffsetRect(&out->rcTitleBar, info.window.left, info.window.top);
    memset(out->rgstate, 0, sizeof(out->rgstate));
    bool caption = (info.style & WS_CAPTION) == WS_CAPTION;
    out->rgstate[0] = STATE_SYSTEM_FOCUSABLE | (caption ? 0 : STATE_SYSTEM_INVISIBLE);
    out->rgstate[1] = STATE_SYSTEM_INVISIBLE;
    out->rgstate[2] = caption && (info.style & (WS_MINIMIZEBOX | WS_MAXIMIZEBOX)) ? info.style & WS_MINIMIZEBOX ? 0 : STATE_SYSTEM_UNAVAILABLE : STATE_SYSTEM_INVISIBLE;
    out->rgstate[3] = caption && (info.style & (WS_MINIMIZEBOX | WS_MAXIMIZEBOX)) ? info.style & WS_MAXIMIZEBOX ? 0 : STATE_SYSTEM_UNAVAILABLE : STATE_SYSTEM_INVISIBLE;
    out->rgstate[4] = STATE_SYSTEM_INVISIBLE;
    out->rgstate[5] = caption && (info.style & WS_SYSMENU) ? 0 : STATE_SYSTEM_INVISIBLE;
    return TRUE;
}
