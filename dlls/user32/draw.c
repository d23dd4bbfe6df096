/* winuser.h: small drawings. */
#include "user32.h"

/* A brush, or a system colour's number plus one. */
static HBRUSH real_brush(HBRUSH brush)
{
    return (ULONG_PTR)brush - 1 <= COLOR_MENUBAR ? GetSysColorBrush((int)(ULONG_PTR)brush - 1) : brush;
}

static void fill(HDC dc, int left, int top, int right, int bottom, DWORD operation)
{
    if (right > left && bottom > top) PatBlt(dc, left, top, right - left, bottom - top, operation);
}

int WINAPI FillRect(HDC dc, const RECT *rect, HBRUSH brush)
{
    HGDIOBJ old = SelectObject(dc, real_brush(brush));

    if (!old) return 0;
    fill(dc, rect->left, rect->top, rect->right, rect->bottom, PATCOPY);
    SelectObject(dc, old);
    return 1;
}

int WINAPI FrameRect(HDC dc, const RECT *rect, HBRUSH brush)
{
    HGDIOBJ old;

    if (rect->right <= rect->left || rect->bottom <= rect->top) return 0;
    if (!(old = SelectObject(dc, real_brush(brush)))) return 0;
    fill(dc, rect->left, rect->top, rect->right, rect->top + 1, PATCOPY);
    fill(dc, rect->left, rect->bottom - 1, rect->right, rect->bottom, PATCOPY);
    fill(dc, rect->left, rect->top, rect->left + 1, rect->bottom, PATCOPY);
    fill(dc, rect->right - 1, rect->top, rect->right, rect->bottom, PATCOPY);
    SelectObject(dc, old);
    return 1;
}

BOOL WINAPI InvertRect(HDC dc, const RECT *rect)
{
    return PatBlt(dc, rect->left, rect->top, rect->right - rect->left, rect->bottom - rect->top, DSTINVERT);
}

static HBRUSH halftone(void)
{
    static HBRUSH brush;
    static const WORD pattern[] = { 0x5555, 0xaaaa, 0x5555, 0xaaaa, 0x5555, 0xaaaa, 0x5555, 0xaaaa };

    if (!brush) {
        HBITMAP bitmap = CreateBitmap(8, 8, 1, 1, pattern);
        brush = CreatePatternBrush(bitmap);
        DeleteObject(bitmap);
    }
    return brush;
}

BOOL WINAPI DrawFocusRect(HDC dc, const RECT *rect)
{
    HGDIOBJ old = SelectObject(dc, halftone());
    COLORREF text = SetTextColor(dc, RGB(0, 0, 0)), back = SetBkColor(dc, RGB(255, 255, 255));

    fill(dc, rect->left, rect->top, rect->right, rect->top + 1, PATINVERT);
    fill(dc, rect->left, rect->bottom - 1, rect->right, rect->bottom, PATINVERT);
    fill(dc, rect->left, rect->top + 1, rect->left + 1, rect->bottom - 1, PATINVERT);
    fill(dc, rect->right - 1, rect->top + 1, rect->right, rect->bottom - 1, PATINVERT);
    SetTextColor(dc, text);
    SetBkColor(dc, back);
    SelectObject(dc, old);
    return TRUE;
}

/* ---- edges ---- */

static void line(HDC dc, int color, int left, int top, int right, int bottom)
{
    RECT rect = { left, top, right, bottom };

    if (right > left && bottom > top) FillRect(dc, &rect, GetSysColorBrush(color));
}

static void ring(HDC dc, RECT *rect, int top_left, int bottom_right, UINT flags)
{
    if (flags & BF_LEFT) line(dc, top_left, rect->left, rect->top, rect->left + 1, rect->bottom);
    if (flags & BF_TOP) line(dc, top_left, rect->left, rect->top, rect->right, rect->top + 1);
    if (flags & BF_RIGHT) line(dc, bottom_right, rect->right - 1, rect->top, rect->right, rect->bottom);
    if (flags & BF_BOTTOM) line(dc, bottom_right, rect->left, rect->bottom - 1, rect->right, rect->bottom);
    if (flags & BF_LEFT) rect->left++;
    if (flags & BF_TOP) rect->top++;
    if (flags & BF_RIGHT) rect->right--;
    if (flags & BF_BOTTOM) rect->bottom--;
}

static BOOL draw_diagonal(HDC dc, RECT *rect, UINT edge, UINT flags)
{
    int color = edge & (BDR_RAISEDOUTER | BDR_RAISEDINNER) ? COLOR_BTNHIGHLIGHT : COLOR_BTNSHADOW;
    HPEN pen = CreatePen(PS_SOLID, 1, GetSysColor(color));
    HGDIOBJ old = SelectObject(dc, pen);

    if (!!(flags & BF_LEFT) == !!(flags & BF_TOP)) {
        MoveToEx(dc, rect->left, rect->top, NULL);
        LineTo(dc, rect->right, rect->bottom);
    } else {
        MoveToEx(dc, rect->left, rect->bottom - 1, NULL);
        LineTo(dc, rect->right, rect->top - 1);
    }
    SelectObject(dc, old);
    DeleteObject(pen);
    return TRUE;
}

BOOL WINAPI DrawEdge(HDC dc, LPRECT given, UINT edge, UINT flags)
{
    RECT rect = *given;

    if (flags & BF_DIAGONAL) return draw_diagonal(dc, &rect, edge, flags);
    if (flags & BF_MONO) {
        if (edge & BDR_OUTER) ring(dc, &rect, COLOR_WINDOWFRAME, COLOR_WINDOWFRAME, flags);
        if (edge & BDR_INNER) ring(dc, &rect, COLOR_WINDOW, COLOR_WINDOW, flags);
    } else if (flags & BF_FLAT) {
        if (edge & BDR_OUTER) ring(dc, &rect, COLOR_BTNSHADOW, COLOR_BTNSHADOW, flags);
        if (edge & BDR_INNER) ring(dc, &rect, COLOR_BTNFACE, COLOR_BTNFACE, flags);
    } else {
        bool soft = flags & BF_SOFT;
        if (edge & BDR_RAISEDOUTER) ring(dc, &rect, soft ? COLOR_BTNHIGHLIGHT : COLOR_3DLIGHT, COLOR_3DDKSHADOW, flags);
        else if (edge & BDR_SUNKENOUTER) ring(dc, &rect, soft ? COLOR_3DDKSHADOW : COLOR_BTNSHADOW, COLOR_BTNHIGHLIGHT, flags);
        if (edge & BDR_RAISEDINNER) ring(dc, &rect, soft ? COLOR_3DLIGHT : COLOR_BTNHIGHLIGHT, COLOR_BTNSHADOW, flags);
        else if (edge & BDR_SUNKENINNER) ring(dc, &rect, soft ? COLOR_BTNSHADOW : COLOR_3DDKSHADOW, COLOR_3DLIGHT, flags);
    }
    if (flags & BF_MIDDLE) FillRect(dc, &rect, GetSysColorBrush(flags & BF_MONO ? COLOR_WINDOW : COLOR_BTNFACE));
    if (flags & BF_ADJUST) *given = rect;
    return TRUE;
}

/* ---- frame controls ---- */

static void polygon(HDC dc, int color, const POINT *points, int count)
{
    HPEN pen = CreatePen(PS_SOLID, 1, GetSysColor(color));
    HGDIOBJ old_pen = SelectObject(dc, pen), old_brush = SelectObject(dc, GetSysColorBrush(color));

    Polygon(dc, points, count);
    SelectObject(dc, old_pen);
    SelectObject(dc, old_brush);
    DeleteObject(pen);
}

/* An arrow head in the middle: 0 up, 1 down, 2 left, 3 right. */
void draw_arrow(HDC dc, const RECT *rect, int direction, int color)
{
    int width = rect->right - rect->left, height = rect->bottom - rect->top;
    int size = (width < height ? width : height) / 4, x = rect->left + width / 2, y = rect->top + height / 2;

    if (size < 2) size = 2;
    for (int i = 0; i < size; i++) {
        switch (direction) {
        case 0: line(dc, color, x - i, y - size / 2 + i, x + i + 1, y - size / 2 + i + 1); break;
        case 1: line(dc, color, x - i, y + size / 2 - i, x + i + 1, y + size / 2 - i + 1); break;
        case 2: line(dc, color, x - size / 2 + i, y - i, x - size / 2 + i + 1, y + i + 1); break;
        case 3: line(dc, color, x + size / 2 - i, y - i, x + size / 2 - i + 1, y + i + 1); break;
        }
    }
}

void draw_check(HDC dc, const RECT *rect, int color)
{
    int width = rect->right - rect->left, height = rect->bottom - rect->top, size = (width < height ? width : height);
    int x = rect->left + width / 2 - size / 4 - size / 12, y = rect->top + height / 2;
    int first = size / 6 + 1, second = size / 3 + 1;

    for (int i = 0; i < first; i++) line(dc, color, x + i, y + i - 1, x + i + 1, y + i + 2);
    for (int i = 0; i < second; i++) line(dc, color, x + first + i, y + first - 2 - i - 1, x + first + i + 1, y + first - 2 - i + 2);
}

static BOOL draw_caption_button(HDC dc, RECT rect, UINT state)
{
    int color = state & DFCS_INACTIVE ? COLOR_GRAYTEXT : COLOR_BTNTEXT;
    int width = rect.right - rect.left, height = rect.bottom - rect.top;

    if (!(state & DFCS_TRANSPARENT)) DrawEdge(dc, &rect, state & DFCS_PUSHED ? EDGE_SUNKEN : EDGE_RAISED, BF_RECT | BF_MIDDLE | BF_ADJUST);
    int size = (width < height ? width : height) * 4 / 10;
    int left = rect.left + (rect.right - rect.left - size) / 2, top = rect.top + (rect.bottom - rect.top - size) / 2;
    if (state & DFCS_PUSHED) left++, top++;
    switch (state & 0xff) {
    case DFCS_CAPTIONCLOSE:
        for (int i = 0; i < size; i++) {
            line(dc, color, left + i, top + i, left + i + 2, top + i + 1);
            line(dc, color, left + size - 1 - i, top + i, left + size + 1 - i, top + i + 1);
        }
        break;
    case DFCS_CAPTIONMIN: line(dc, color, left, top + size - 1, left + size, top + size + 1); break;
    case DFCS_CAPTIONMAX: {
        RECT box = { left, top, left + size + 1, top + size + 1 };
        FrameRect(dc, &box, GetSysColorBrush(color));
        line(dc, color, left, top, left + size + 1, top + 2);
        break;
    }
    case DFCS_CAPTIONRESTORE: {
        RECT back = { left + 3, top, left + size + 1, top + size - 2 }, front = { left, top + 3, left + size - 2, top + size + 1 };
        FrameRect(dc, &back, GetSysColorBrush(color));
        line(dc, color, back.left, back.top, back.right, back.top + 2);
        FillRect(dc, &front, GetSysColorBrush(COLOR_BTNFACE));
        FrameRect(dc, &front, GetSysColorBrush(color));
        line(dc, color, front.left, front.top, front.right, front.top + 2);
        break;
    }
    }
    return TRUE;
}

static BOOL draw_button(HDC dc, RECT *given, UINT state)
{
    RECT rect = *given;

    if (state & DFCS_BUTTONPUSH) {
        UINT edge = state & (DFCS_PUSHED | DFCS_CHECKED) ? EDGE_SUNKEN : EDGE_RAISED;
        UINT flags = BF_RECT | BF_MIDDLE | (state & DFCS_FLAT ? BF_FLAT : 0) | (state & DFCS_MONO ? BF_MONO : 0) | (state & DFCS_ADJUSTRECT ? BF_ADJUST : 0);
        return DrawEdge(dc, given, edge, flags | BF_SOFT);
    }
    int size = rect.right - rect.left < rect.bottom - rect.top ? rect.right - rect.left : rect.bottom - rect.top;
    rect.left += (rect.right - rect.left - size) / 2;
    rect.top += (rect.bottom - rect.top - size) / 2;
    rect.right = rect.left + size;
    rect.bottom = rect.top + size;
    int face = state & (DFCS_INACTIVE | DFCS_PUSHED) ? COLOR_BTNFACE : COLOR_WINDOW;
    int mark = state & DFCS_INACTIVE ? COLOR_BTNSHADOW : COLOR_WINDOWTEXT;
    if (state & (DFCS_BUTTONRADIO | DFCS_BUTTONRADIOIMAGE | DFCS_BUTTONRADIOMASK)) {
        HPEN pen = CreatePen(PS_SOLID, 1, GetSysColor(state & DFCS_INACTIVE ? COLOR_BTNSHADOW : COLOR_WINDOWFRAME));
        HGDIOBJ old_pen = SelectObject(dc, pen), old_brush = SelectObject(dc, GetSysColorBrush(face));
        Ellipse(dc, rect.left, rect.top, rect.right, rect.bottom);
        if (state & DFCS_CHECKED) {
            int inset = size / 3 > 3 ? size / 3 : 3;
            SelectObject(dc, GetSysColorBrush(mark));
            SelectObject(dc, GetStockObject(NULL_PEN));
            Ellipse(dc, rect.left + inset, rect.top + inset, rect.right - inset + 1, rect.bottom - inset + 1);
        }
        SelectObject(dc, old_pen);
        SelectObject(dc, old_brush);
        DeleteObject(pen);
        return TRUE;
    }
    FillRect(dc, &rect, GetSysColorBrush(face));
    FrameRect(dc, &rect, GetSysColorBrush(state & DFCS_INACTIVE ? COLOR_BTNSHADOW : COLOR_WINDOWFRAME));
    if (state & DFCS_CHECKED) {
        if ((state & 0xff) == DFCS_BUTTON3STATE) {
            InflateRect(&rect, -3, -3);
            FillRect(dc, &rect, GetSysColorBrush(state & DFCS_INACTIVE ? COLOR_BTNSHADOW : COLOR_WINDOWTEXT));
        } else {
            draw_check(dc, &rect, mark);
        }
    }
    return TRUE;
}

static BOOL draw_scroll(HDC dc, RECT rect, UINT state)
{
    int color = state & DFCS_INACTIVE ? COLOR_GRAYTEXT : COLOR_BTNTEXT;

    switch (state & 0xf) {
    case DFCS_SCROLLSIZEGRIP:
        for (int i = 0; i < 3; i++)
            for (int j = 0; j <= i; j++) {
                int x = rect.right - 4 - 4 * j, y = rect.bottom - 4 - 4 * (2 - i);
                line(dc, COLOR_BTNSHADOW, x, y, x + 2, y + 2);
            }
        return TRUE;
    case DFCS_SCROLLUP:
    case DFCS_SCROLLDOWN:
    case DFCS_SCROLLLEFT:
    case DFCS_SCROLLRIGHT:
    case DFCS_SCROLLCOMBOBOX: {
        static const int directions[] = { 0, 1, 2, 3, 0, 1 };
        FillRect(dc, &rect, GetSysColorBrush(state & DFCS_PUSHED ? COLOR_BTNSHADOW : COLOR_BTNFACE));
        if ((state & 0xf) == DFCS_SCROLLCOMBOBOX) FrameRect(dc, &rect, GetSysColorBrush(COLOR_ACTIVEBORDER));
        draw_arrow(dc, &rect, directions[state & 0xf], color);
        return TRUE;
    }
    }
    return FALSE;
}

static BOOL draw_menu_mark(HDC dc, RECT rect, UINT state)
{
    int color = COLOR_MENUTEXT;

    if (state & DFCS_MENUBULLET) {
        int width = rect.right - rect.left, height = rect.bottom - rect.top, size = (width < height ? width : height) / 3;
        POINT points[] = { { rect.left + width / 2, rect.top + height / 2 - size / 2 }, { rect.left + width / 2 + size / 2, rect.top + height / 2 },
                           { rect.left + width / 2, rect.top + height / 2 + size / 2 }, { rect.left + width / 2 - size / 2, rect.top + height / 2 } };
        polygon(dc, color, points, 4);
        return TRUE;
    }
    if (state & DFCS_MENUCHECK) draw_check(dc, &rect, color);
    else draw_arrow(dc, &rect, state & DFCS_MENUARROWRIGHT ? 2 : 3, color);
    return TRUE;
}

BOOL WINAPI DrawFrameControl(HDC dc, LPRECT rect, UINT kind, UINT state)
{
    switch (kind) {
    case DFC_CAPTION: return draw_caption_button(dc, *rect, state);
    case DFC_BUTTON: return draw_button(dc, rect, state);
    case DFC_SCROLL: return draw_scroll(dc, *rect, state);
    case DFC_MENU: return draw_menu_mark(dc, *rect, state);
    case DFC_POPUPMENU: return draw_menu_mark(dc, *rect, state);
    }
    return FALSE;
}
