/* How menus look. */
#include "menu.h"

void draw_arrow(HDC dc, const RECT *rect, int direction, int color);
void draw_check(HDC dc, const RECT *rect, int color);

HFONT menu_font(bool bold)
{
    static HFONT fonts[2];

    if (!fonts[bold]) {
        NONCLIENTMETRICSW metrics;
        metrics.cbSize = sizeof(metrics);
        SystemParametersInfoW(SPI_GETNONCLIENTMETRICS, sizeof(metrics), &metrics, 0);
        if (bold) metrics.lfMenuFont.lfWeight = FW_BOLD;
        fonts[bold] = CreateFontIndirectW(&metrics.lfMenuFont);
    }
    return fonts[bold];
}

#define CHECK_WIDTH 22
#define ARROW_WIDTH 18
#define BAR_SPACE 9

static int text_width(HDC dc, const WCHAR *text, int count)
{
    RECT rect = { 0, 0, 0, 0 };

    if (!count) return 0;
    DrawTextW(dc, text, count, &rect, DT_SINGLELINE | DT_CALCRECT);
    return rect.right;
}

static int tab_of(const WCHAR *text)
{
    int at = 0;

    while (text[at] && text[at] != '\t' && text[at] != '\b') at++;
    return at;
}

static void item_size(struct menu *menu, struct menu_item *item, HDC dc, HWND owner, SIZE *size, int *shortcut)
{
    bool bar = !menu->popup;

    size->cx = size->cy = 0;
    if (item->type & MFT_OWNERDRAW) {
        MEASUREITEMSTRUCT measure = { ODT_MENU, 0, item->id, 0, 0, item->data };
        SendMessageW(owner, WM_MEASUREITEM, 0, (LPARAM)&measure);
        size->cx = (LONG)measure.itemWidth + (bar ? 2 * BAR_SPACE : CHECK_WIDTH);
        size->cy = (LONG)measure.itemHeight;
        return;
    }
    if (item->type & MFT_SEPARATOR) {
        size->cy = bar ? GetSystemMetrics(SM_CYMENU) - 1 : 9;
        return;
    }
    if (item->bitmap && (ULONG_PTR)item->bitmap > 12) {
        BITMAP bitmap;
        if (GetObjectW(item->bitmap, sizeof(bitmap), &bitmap)) size->cx = bitmap.bmWidth, size->cy = bitmap.bmHeight + 2;
    }
    if (item->text) {
        int tab = tab_of(item->text);
        HGDIOBJ old = SelectObject(dc, menu_font(item->state & MFS_DEFAULT));
        size->cx += text_width(dc, item->text, tab);
        if (item->text[tab] == '\t') {
            int width = text_width(dc, item->text + tab + 1, (int)wide_length(item->text + tab + 1));
            if (width > *shortcut) *shortcut = width;
        }
        SelectObject(dc, old);
        item->tab = tab;
    }
    int height = GetSystemMetrics(SM_CYMENU) + (bar ? -1 : 2);
    if (size->cy < height) size->cy = height;
    if (bar) size->cx += 2 * BAR_SPACE;
    else size->cx += CHECK_WIDTH + 8 + ARROW_WIDTH;
}

void menu_measure(struct menu *menu, HWND owner, int width)
{
    HDC dc = GetDC(NULL);
    HGDIOBJ old = SelectObject(dc, menu_font(false));
    int x = 0, y = 0, widest = 0, shortcut = 0, row = 0, first = 0, bottom = 0, column = 0;

    for (int i = 0; i < menu->count; i++) {
        struct menu_item *item = &menu->items[i];
        SIZE size;
        item_size(menu, item, dc, owner, &size, &shortcut);
        if (width) {
            if (x && (x + size.cx > width || (item->type & (MFT_MENUBREAK | MFT_MENUBARBREAK)))) {
                x = 0;
                y += row;
                row = 0;
            }
            SetRect(&item->rect, x, y, x + size.cx, y + size.cy);
            x += size.cx;
            if (size.cy > row) row = size.cy;
            bottom = y + row;
            continue;
        }
        if (item->type & (MFT_MENUBREAK | MFT_MENUBARBREAK)) {
            for (int j = first; j < i; j++) menu->items[j].rect.right = column + widest + (shortcut ? shortcut + 16 : 0);
            column += widest + (shortcut ? shortcut + 16 : 0) + 4;
            first = i;
            widest = shortcut = y = 0;
            item_size(menu, item, dc, owner, &size, &shortcut);
        }
        SetRect(&item->rect, column, y, column + size.cx, y + size.cy);
        y += size.cy;
        if (size.cx > widest) widest = size.cx;
        if (y > bottom) bottom = y;
    }
    if (!width) {
        int right = column + widest + (shortcut ? shortcut + 16 : 0);
        for (int j = first; j < menu->count; j++) menu->items[j].rect.right = right;
        menu->width = right;
        menu->height = bottom ? bottom : GetSystemMetrics(SM_CYMENU);
    } else {
        /* items said to be at the right go there, with all behind them */
        for (int i = 0; i < menu->count; i++) {
            if (!(menu->items[i].type & MFT_RIGHTJUSTIFY)) continue;
            int shift = width - menu->items[menu->count - 1].rect.right;
            for (int j = i; j < menu->count && shift > 0; j++) OffsetRect(&menu->items[j].rect, shift, 0);
            break;
        }
        menu->width = width;
        menu->height = (bottom ? bottom : GetSystemMetrics(SM_CYMENU) - 1) + 1;
    }
    SelectObject(dc, old);
    ReleaseDC(NULL, dc);
}

int menu_bar_height(HWND window, int width)
{
    struct menu *menu = menu_of((HMENU)window_word(window, WINDOW_WORD_MENU));

    if (!menu || width <= 0) return 0;
    if (!menu->height || menu->width != width) menu_measure(menu, window, width);
    return menu->height;
}

void menu_draw_item(struct menu *menu, HDC dc, HWND owner, int position)
{
    struct menu_item *item = &menu->items[position];
    RECT rect = item->rect;
    bool bar = !menu->popup, hot = (item->state & MFS_HILITE), gray = item->state & (MF_GRAYED | MF_DISABLED);

    if (item->type & MFT_OWNERDRAW) {
        DRAWITEMSTRUCT draw = { ODT_MENU, 0, item->id, ODA_DRAWENTIRE, 0, (HWND)menu->handle, dc, rect, item->data };
        if (hot) draw.itemState |= ODS_SELECTED;
        if (gray) draw.itemState |= ODS_GRAYED | ODS_DISABLED;
        if (item->state & MFS_CHECKED) draw.itemState |= ODS_CHECKED;
        if (item->state & MFS_DEFAULT) draw.itemState |= ODS_DEFAULT;
        SendMessageW(owner, WM_DRAWITEM, 0, (LPARAM)&draw);
        return;
    }
    FillRect(dc, &rect, hot && !(item->type & MFT_SEPARATOR) ? GetSysColorBrush(COLOR_MENUHILIGHT)
                                                                : menu->background ? menu->background : GetSysColorBrush(bar ? COLOR_MENUBAR : COLOR_MENU));
    if (item->type & MFT_SEPARATOR) {
        if (!bar) {
            RECT line = { rect.left + 2, (rect.top + rect.bottom) / 2, rect.right - 2, (rect.top + rect.bottom) / 2 + 1 };
            FillRect(dc, &line, GetSysColorBrush(COLOR_BTNSHADOW));
        }
        return;
    }
    int color = gray ? COLOR_GRAYTEXT : hot ? COLOR_HIGHLIGHTTEXT : COLOR_MENUTEXT;
    HGDIOBJ old = SelectObject(dc, menu_font(item->state & MFS_DEFAULT));
    SetBkMode(dc, TRANSPARENT);
    SetTextColor(dc, GetSysColor(color));
    if (!bar) {
        RECT mark = { rect.left, rect.top, rect.left + CHECK_WIDTH, rect.bottom };
        if (item->state & MFS_CHECKED) {
            if (item->checked) {
                HDC memory = CreateCompatibleDC(dc);
                BITMAP size;
                GetObjectW(item->checked, sizeof(size), &size);
                HGDIOBJ bitmap = SelectObject(memory, item->checked);
                BitBlt(dc, mark.left + (CHECK_WIDTH - size.bmWidth) / 2, mark.top + (mark.bottom - mark.top - size.bmHeight) / 2, size.bmWidth,
                       size.bmHeight, memory, 0, 0, SRCCOPY);
                SelectObject(memory, bitmap);
                DeleteDC(memory);
            } else {

                if (item->type & MFT_RADIOCHECK) {
                    RECT dot = { mark.left + 8, (mark.top + mark.bottom) / 2 - 3, mark.left + 14, (mark.top + mark.bottom) / 2 + 3 };
                    FillRect(dc, &dot, GetSysColorBrush(color));
                } else {
                    InflateRect(&mark, -3, -3);
                    draw_check(dc, &mark, color);
                }
            }
        }
        rect.left += CHECK_WIDTH + 4;
        if (item->submenu) {
            RECT arrow = { rect.right - ARROW_WIDTH, rect.top, rect.right, rect.bottom };
            draw_arrow(dc, &arrow, 3, color);
        }
        rect.right -= ARROW_WIDTH;
    } else {
        rect.left += BAR_SPACE;
        rect.right -= BAR_SPACE;
    }
    if (item->bitmap && (ULONG_PTR)item->bitmap > 12) {
        HDC memory = CreateCompatibleDC(dc);
        BITMAP size;
        GetObjectW(item->bitmap, sizeof(size), &size);
        HGDIOBJ bitmap = SelectObject(memory, item->bitmap);
        BitBlt(dc, rect.left, rect.top + (rect.bottom - rect.top - size.bmHeight) / 2, size.bmWidth, size.bmHeight, memory, 0, 0, SRCCOPY);
        SelectObject(memory, bitmap);
        DeleteDC(memory);
        rect.left += size.bmWidth + 2;
    }
    if (item->text) {
        DrawTextW(dc, item->text, item->tab, &rect, DT_SINGLELINE | DT_VCENTER | DT_LEFT);
        if (item->text[item->tab] == '\t')
            DrawTextW(dc, item->text + item->tab + 1, -1, &rect, DT_SINGLELINE | DT_VCENTER | DT_RIGHT);
    }
    SelectObject(dc, old);
}

void menu_draw(struct menu *menu, HDC dc, HWND owner)
{
    RECT whole = { 0, 0, menu->width, menu->height };
    HBRUSH brush = menu->background ? menu->background : GetSysColorBrush(menu->popup ? COLOR_MENU : COLOR_MENUBAR);

    FillRect(dc, &whole, brush);
    for (int i = 0; i < menu->count; i++) menu_draw_item(menu, dc, owner, i);
    if (!menu->popup) {
        RECT line = { 0, menu->height - 1, menu->width, menu->height };
        FillRect(dc, &line, GetSysColorBrush(COLOR_BTNFACE));
    }
}

BOOL WINAPI DrawMenuBar(HWND window)
{
    struct user_window info;

    if (!window_info(window, &info)) return FALSE;
    if (info.style & WS_CHILD) return FALSE;
    struct menu *menu = info.id ? menu_of((HMENU)window_word(window, WINDOW_WORD_MENU)) : NULL;
    if (menu) menu->height = 0;
    return SetWindowPos(window, NULL, 0, 0, 0, 0, SWP_NOSIZE | SWP_NOMOVE | SWP_NOACTIVATE | SWP_NOZORDER | SWP_FRAMECHANGED);
}

/* Where the bar's items begin on the screen. */
static POINT bar_origin(HWND window)
{
    struct user_window info;
    POINT at = { 0, 0 };

    if (NtUserWindowInfo(window, &info)) return at;
    RECT border = { 0, 0, 0, 0 };
    AdjustWindowRectEx(&border, info.style & ~(DWORD)(WS_HSCROLL | WS_VSCROLL), FALSE, info.ex_style & ~(DWORD)WS_EX_CLIENTEDGE);
    at.x = info.window.left - border.left;
    at.y = info.window.top - border.top;
    return at;
}

POINT menu_origin(const struct menu *menu, HWND window)
{
    if (menu->popup) {
        POINT at = { 0, 0 };
        if (menu->window) ClientToScreen(menu->window, &at);
        return at;
    }
    return bar_origin(window);
}

BOOL WINAPI GetMenuItemRect(HWND window, HMENU handle, UINT position, LPRECT rect)
{
    struct menu *menu = menu_of(handle);

    if (!menu || position >= (UINT)menu->count) return FALSE;
    if (!menu->height) menu_measure(menu, window, 0);
    POINT at = menu_origin(menu, window ? window : menu->window);
    *rect = menu->items[position].rect;
    OffsetRect(rect, at.x, at.y);
    return TRUE;
}

int WINAPI MenuItemFromPoint(HWND window, HMENU handle, POINT point)
{
    struct menu *menu = menu_of(handle);

    if (!menu) return -1;
    POINT at = menu_origin(menu, window ? window : menu->window);
    point.x -= at.x;
    point.y -= at.y;
    for (int i = 0; i < menu->count; i++)
        if (PtInRect(&menu->items[i].rect, point)) return i;
    return -1;
}

BOOL WINAPI GetMenuBarInfo(HWND window, LONG object, LONG item, PMENUBARINFO info)
{
    struct user_window data;
    struct menu *menu = NULL;

    if (info->cbSize != sizeof(*info)) return set_error(ERROR_INVALID_PARAMETER);
    if (!window_info(window, &data)) return FALSE;
    memset((char *)info + sizeof(info->cbSize), 0, sizeof(*info) - sizeof(info->cbSize));
    if (object == (LONG)OBJID_MENU) menu = has_menu(&data) ? menu_of((HMENU)window_word(window, WINDOW_WORD_MENU)) : NULL;
    else if (object == (LONG)OBJID_SYSMENU) menu = menu_of(GetSystemMenu(window, FALSE));
    if (!menu || item < 0 || item > menu->count) return FALSE;
    info->hMenu = menu->handle;
    POINT at = menu_origin(menu, window);
    if (!item) SetRect(&info->rcBar, at.x, at.y, at.x + menu->width, at.y + menu->height);
    else {
        info->rcBar = menu->items[item - 1].rect;
        OffsetRect(&info->rcBar, at.x, at.y);
    }
    info->fBarFocused = menu->focused >= 0;
    info->fFocused = item && menu->focused == item - 1;
    return TRUE;
}

BOOL WINAPI HiliteMenuItem(HWND window, HMENU handle, UINT id, UINT flags)
{
    struct menu *menu = menu_of(handle);
    struct menu_item *item = menu ? menu_find(&menu, id, flags, NULL) : NULL;

    if (!item) return FALSE;
    item->state = (item->state & ~(UINT)MFS_HILITE) | (flags & MF_HILITE);
    DrawMenuBar(window);
    return TRUE;
}
