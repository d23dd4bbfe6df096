/* wingdi.h: attributes of device contexts, saved states, coordinates, clipping.
 *
 * Wine 8 goes back to GM_COMPATIBLE with a world transform set, and takes a clip region outside of the bitmap for one that
 * can be drawn on. */
#include "canvas.h"

static void test_attributes(HDC dc)
{
    POINT p = { -1, -1 };

    ok(GetTextColor(dc) == 0 && GetBkColor(dc) == 0xffffff && GetBkMode(dc) == OPAQUE && GetROP2(dc) == R2_COPYPEN, "defaults");
    ok(GetMapMode(dc) == MM_TEXT && GetPolyFillMode(dc) == ALTERNATE && GetStretchBltMode(dc) == BLACKONWHITE && GetTextAlign(dc) == 0, "more defaults");
    ok(SetTextColor(dc, RGB(1, 2, 3)) == 0 && GetTextColor(dc) == RGB(1, 2, 3), "SetTextColor");
    ok(SetBkMode(dc, TRANSPARENT) == OPAQUE && !SetBkMode(dc, 3) && GetBkMode(dc) == TRANSPARENT, "SetBkMode");
    ok(!SetROP2(dc, 17) && !SetROP2(dc, 0) && SetROP2(dc, R2_XORPEN) == R2_COPYPEN, "SetROP2");
    ok(!SetPolyFillMode(dc, 5) && SetPolyFillMode(dc, WINDING) == ALTERNATE, "SetPolyFillMode");
    ok(SetDCBrushColor(dc, RGB(9, 9, 9)) == 0xffffff && SetDCPenColor(dc, RGB(8, 8, 8)) == 0, "colours of the DC's own brush and pen");
    ok(MoveToEx(dc, 5, 6, &p) && !p.x && !p.y && GetCurrentPositionEx(dc, &p) && p.x == 5 && p.y == 6, "position");
    ok(SetTextAlign(dc, TA_CENTER) == 0 && GetTextAlign(dc) == TA_CENTER, "SetTextAlign");
    ok(SetGraphicsMode(dc, GM_ADVANCED) == GM_COMPATIBLE && !SetGraphicsMode(dc, 7), "SetGraphicsMode");
    ok(GetTextColor(NULL) == CLR_INVALID && !GetBkMode(NULL), "no DC");
}

static void test_save(HDC dc)
{
    ok(SaveDC(dc) == 1, "first state saved");
    SetTextColor(dc, RGB(7, 7, 7));
    SelectObject(dc, GetStockObject(GRAY_BRUSH));
    ok(SaveDC(dc) == 2, "second state saved");
    SetTextColor(dc, RGB(8, 8, 8));
    ok(!RestoreDC(dc, 3) && !RestoreDC(dc, 0) && !RestoreDC(dc, -3), "levels that are not there");
    ok(RestoreDC(dc, -1) && GetTextColor(dc) == RGB(7, 7, 7), "the last one restored");
    ok(RestoreDC(dc, 1) && GetTextColor(dc) == RGB(1, 2, 3) && GetCurrentObject(dc, OBJ_BRUSH) != GetStockObject(GRAY_BRUSH), "the first one restored");
    ok(!RestoreDC(dc, -1), "none is left");
}

static void test_coordinates(void)
{
    HDC dc = CreateCompatibleDC(NULL);
    POINT p = { 10, 20 };
    SIZE size;
    XFORM turn = { 0, 1, -1, 0, 100, 50 }, got;

    ok(SetViewportOrgEx(dc, 5, 7, NULL) && LPtoDP(dc, &p, 1) && p.x == 15 && p.y == 27, "viewport origin: %ld,%ld", p.x, p.y);
    ok(SetWindowOrgEx(dc, 1, 2, NULL) && DPtoLP(dc, &p, 1) && p.x == 11 && p.y == 22, "window origin: %ld,%ld", p.x, p.y);
    ok(SetWindowExtEx(dc, 2, 2, NULL) && GetWindowExtEx(dc, &size) && size.cx == 1, "MM_TEXT keeps its extents");
    ok(SetMapMode(dc, MM_ANISOTROPIC) == MM_TEXT && SetWindowExtEx(dc, 100, 50, &size) && SetViewportExtEx(dc, 200, 200, NULL), "anisotropic");
    p = (POINT){ 11, 12 };
    ok(LPtoDP(dc, &p, 1) && p.x == 25 && p.y == 47, "scaled: %ld,%ld", p.x, p.y);
    ok(!SetWindowExtEx(dc, 0, 5, NULL), "an extent of nothing");
    ok(!SetMapMode(dc, 9) && SetMapMode(dc, MM_ISOTROPIC) == MM_ANISOTROPIC, "map modes");
    ok(SetWindowExtEx(dc, 100, 100, NULL) && SetViewportExtEx(dc, 300, 200, NULL) && GetViewportExtEx(dc, &size), "isotropic");
    ok(abs(size.cx - size.cy) <= 2, "is as long both ways: %ld,%ld", size.cx, size.cy);
    SetMapMode(dc, MM_TEXT);
    SetWindowOrgEx(dc, 0, 0, NULL);
    SetViewportOrgEx(dc, 0, 0, NULL);
    ok(!SetWorldTransform(dc, &turn), "no world transform in compatible mode");
    SetGraphicsMode(dc, GM_ADVANCED);
    p = (POINT){ 10, 20 };
    ok(SetWorldTransform(dc, &turn) && LPtoDP(dc, &p, 1) && p.x == 80 && p.y == 60, "turned: %ld,%ld", p.x, p.y);
    ok(!SetGraphicsMode(dc, GM_COMPATIBLE), "not back while there is a transform");
    ok(ModifyWorldTransform(dc, NULL, MWT_IDENTITY) && GetWorldTransform(dc, &got) && got.eM11 == 1 && got.eDx == 0, "identity");
    ok(CombineTransform(&got, &turn, &turn) && got.eM11 == -1 && got.eM22 == -1 && got.eDx == 50 && got.eDy == 150, "CombineTransform");
    DeleteDC(dc);
}

static void test_clipping(void)
{
    struct canvas canvas = canvas_make(40, 40, 32);
    HRGN region = CreateRectRgn(0, 0, 0, 0), other = CreateRectRgn(5, 5, 20, 20);
    RECT box;

    ok(GetClipBox(canvas.dc, &box) == SIMPLEREGION && box.right == 40 && box.bottom == 40, "clip box is the bitmap");
    ok(GetClipRgn(canvas.dc, region) == 0, "no clip region at first");
    ok(SelectClipRgn(canvas.dc, other) == SIMPLEREGION && GetClipRgn(canvas.dc, region) == 1 && EqualRgn(region, other), "SelectClipRgn");
    ok(ExcludeClipRect(canvas.dc, 10, 10, 30, 30) == COMPLEXREGION && !PtVisible(canvas.dc, 12, 12) && PtVisible(canvas.dc, 6, 15), "ExcludeClipRect");
    PatBlt(canvas.dc, 0, 0, 40, 40, BLACKNESS);
    ok(canvas_pixel(&canvas, 6, 6) == 0 && canvas_pixel(&canvas, 12, 12) == 0xffffff && canvas_pixel(&canvas, 4, 4) == 0xffffff, "drawing is clipped");
    ok(IntersectClipRect(canvas.dc, 0, 0, 8, 8) == SIMPLEREGION && GetClipBox(canvas.dc, &box) == SIMPLEREGION && box.left == 5 && box.right == 8, "IntersectClipRect");
    ok(OffsetClipRgn(canvas.dc, 3, 4) == SIMPLEREGION && GetClipBox(canvas.dc, &box) && box.left == 8 && box.top == 9, "OffsetClipRgn");
    box = (RECT){ 0, 0, 5, 5 };
    ok(!RectVisible(canvas.dc, &box), "RectVisible");
    ok(SelectClipRgn(canvas.dc, NULL) == SIMPLEREGION && GetClipRgn(canvas.dc, region) == 0, "no clip region again");
    ok(IntersectClipRect(canvas.dc, 50, 50, 60, 60) == NULLREGION, "outside of the bitmap");
    DeleteObject(region);
    DeleteObject(other);
    canvas_free(&canvas);
}

START_TESTS
{
    HDC dc = CreateCompatibleDC(NULL);

    test_attributes(dc);
    test_save(dc);
    test_coordinates();
    test_clipping();
    ok(DeleteDC(dc) && !DeleteDC(dc), "DeleteDC once");
    ok(StartDocA(CreateCompatibleDC(NULL), &(DOCINFOA){ sizeof(DOCINFOA) }) <= 0, "a memory DC does not print");
}
