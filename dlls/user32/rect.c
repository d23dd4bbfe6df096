/* winuser.h: rectangles. */
#include "user32.h"

BOOL WINAPI SetRect(LPRECT rect, int left, int top, int right, int bottom)
{
    if (!rect) return FALSE;
    rect->left = left;
    rect->top = top;
    rect->right = right;
    rect->bottom = bottom;
    return TRUE;
}

BOOL WINAPI SetRectEmpty(LPRECT rect)
{
    return SetRect(rect, 0, 0, 0, 0);
}

BOOL WINAPI CopyRect(LPRECT to, const RECT *from)
{
    if (!to || !from) return FALSE;
    *to = *from;
    return TRUE;
}

BOOL WINAPI IsRectEmpty(const RECT *rect)
{
    return !rect || rect->left >= rect->right || rect->top >= rect->bottom;
}

BOOL WINAPI EqualRect(const RECT *a, const RECT *b)
{
    if (!a || !b) return FALSE;
    return a->left == b->left && a->top == b->top && a->right == b->right && a->bottom == b->bottom;
}

BOOL WINAPI PtInRect(const RECT *rect, POINT point)
{
    if (!rect) return FALSE;
    return point.x >= rect->left && point.x < rect->right && point.y >= rect->top && point.y < rect->bottom;
}

BOOL WINAPI OffsetRect(LPRECT rect, int dx, int dy)
{
    if (!rect) return FALSE;
    rect->left += dx;
    rect->right += dx;
    rect->top += dy;
    rect->bottom += dy;
    return TRUE;
}

BOOL WINAPI InflateRect(LPRECT rect, int dx, int dy)
{
    if (!rect) return FALSE;
    rect->left -= dx;
    rect->right += dx;
    rect->top -= dy;
    rect->bottom += dy;
    return TRUE;
}

BOOL WINAPI IntersectRect(LPRECT to, const RECT *a, const RECT *b)
{
    if (!to || !a || !b) return FALSE;
    if (IsRectEmpty(a) || IsRectEmpty(b) || a->left >= b->right || b->left >= a->right || a->top >= b->bottom ||
        b->top >= a->bottom) {
        SetRectEmpty(to);
        return FALSE;
    }
    return SetRect(to, a->left > b->left ? a->left : b->left, a->top > b->top ? a->top : b->top,
                   a->right < b->right ? a->right : b->right, a->bottom < b->bottom ? a->bottom : b->bottom);
}

BOOL WINAPI UnionRect(LPRECT to, const RECT *a, const RECT *b)
{
    if (!to || !a || !b) return FALSE;
    if (IsRectEmpty(a) && IsRectEmpty(b)) {
        SetRectEmpty(to);
        return FALSE;
    }
    if (IsRectEmpty(a)) return CopyRect(to, b);
    if (IsRectEmpty(b)) return CopyRect(to, a);
    return SetRect(to, a->left < b->left ? a->left : b->left, a->top < b->top ? a->top : b->top,
                   a->right > b->right ? a->right : b->right, a->bottom > b->bottom ? a->bottom : b->bottom);
}

BOOL WINAPI SubtractRect(LPRECT to, const RECT *a, const RECT *b)
{
    RECT common;

    if (!to || !a || !b) return FALSE;
    if (IsRectEmpty(a)) {
        SetRectEmpty(to);
        return FALSE;
    }
    RECT left = *a;
    if (IntersectRect(&common, a, b)) {
        if (EqualRect(&common, &left)) {
            SetRectEmpty(to);
            return FALSE;
        }
        if (common.top == left.top && common.bottom == left.bottom) {
            if (common.left == left.left) left.left = common.right;
            else if (common.right == left.right) left.right = common.left;
        } else if (common.left == left.left && common.right == left.right) {
            if (common.top == left.top) left.top = common.bottom;
            else if (common.bottom == left.bottom) left.bottom = common.top;
        }
    }
    *to = left;
    return TRUE;
}
