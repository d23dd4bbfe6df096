/* wingdi.h: regions.
 *
 * Wine 8 accepts polygons of one point, any fill mode, and RGNDATA of any size. */
#include "tap.h"

static DWORD rectangles(HRGN region)
{
    BYTE buffer[4096];
    DWORD size = GetRegionData(region, sizeof(buffer), (RGNDATA *)buffer);
    return size ? ((RGNDATA *)buffer)->rdh.nCount : 0;
}

START_TESTS
{
    HRGN a = CreateRectRgn(10, 10, 30, 30), b = CreateRectRgn(40, 20, 20, 40), c = CreateRectRgn(0, 0, 0, 0), made;
    RECT box, rect;
    POINT triangle[3] = { { 0, 0 }, { 20, 0 }, { 0, 20 } }, star[5] = { { 50, 0 }, { 20, 95 }, { 99, 35 }, { 1, 35 }, { 80, 95 } };
    INT counts[2] = { 3, 1 };
    BYTE buffer[1024];

    ok(GetRgnBox(b, &box) == SIMPLEREGION && box.left == 20 && box.top == 20 && box.right == 40 && box.bottom == 40, "edges are ordered");
    ok(GetRgnBox(c, &box) == NULLREGION && !box.right, "empty");
    ok(CombineRgn(c, a, b, RGN_AND) == SIMPLEREGION && GetRgnBox(c, &box) == SIMPLEREGION && box.left == 20 && box.right == 30, "and");
    ok(CombineRgn(c, a, b, RGN_OR) == COMPLEXREGION && rectangles(c) == 3, "or: %lu rectangles", rectangles(c));
    ok(CombineRgn(c, a, b, RGN_XOR) == COMPLEXREGION && rectangles(c) == 4, "xor: %lu rectangles", rectangles(c));
    ok(CombineRgn(c, a, b, RGN_DIFF) == COMPLEXREGION && rectangles(c) == 2 && !PtInRegion(c, 25, 25) && PtInRegion(c, 15, 25), "difference");
    ok(CombineRgn(c, a, NULL, RGN_COPY) == SIMPLEREGION && EqualRgn(a, c), "copy");
    ok(CombineRgn(c, a, a, RGN_DIFF) == NULLREGION, "nothing is left");
    ok(CombineRgn(c, a, NULL, RGN_AND) == ERROR && CombineRgn(c, a, b, 9) == ERROR && CombineRgn(NULL, a, b, RGN_OR) == ERROR, "errors");

    ok(PtInRegion(a, 10, 10) && !PtInRegion(a, 30, 10) && !PtInRegion(a, 10, 30), "right and lower edges are outside");
    rect = (RECT){ 29, 29, 50, 50 };
    ok(RectInRegion(a, &rect), "RectInRegion");
    rect = (RECT){ 30, 30, 50, 50 };
    ok(!RectInRegion(a, &rect), "beside it");
    ok(OffsetRgn(a, -10, 5) == SIMPLEREGION && GetRgnBox(a, &box) && box.left == 0 && box.top == 15, "OffsetRgn");
    ok(SetRectRgn(a, 1, 2, 3, 4) && GetRgnBox(a, &box) && box.right == 3, "SetRectRgn");

    made = CreatePolygonRgn(triangle, 3, ALTERNATE);
    ok(GetRgnBox(made, &box) == COMPLEXREGION && box.right == 20 && box.bottom == 20 && PtInRegion(made, 0, 0) && !PtInRegion(made, 19, 1), "triangle");
    ok(rectangles(made) == 20, "of %lu rows", rectangles(made));
    DeleteObject(made);
    made = CreatePolygonRgn(star, 5, ALTERNATE);
    ok(!PtInRegion(made, 50, 50) && PtInRegion(made, 50, 10), "a star's middle is outside");
    DeleteObject(made);
    made = CreatePolygonRgn(star, 5, WINDING);
    ok(PtInRegion(made, 50, 50), "or inside when it is wound");
    DeleteObject(made);
    ok(!CreatePolyPolygonRgn(triangle, counts, 2, ALTERNATE), "a polygon of one point");
    ok(!CreatePolygonRgn(triangle, 3, 5), "a mode that is none");

    made = CreateEllipticRgn(0, 0, 20, 10);
    ok(GetRgnBox(made, &box) == COMPLEXREGION && PtInRegion(made, 10, 5) && !PtInRegion(made, 0, 0), "ellipse");
    DeleteObject(made);
    made = CreateRoundRectRgn(0, 0, 40, 40, 10, 10);
    ok(PtInRegion(made, 20, 0) && !PtInRegion(made, 0, 0) && PtInRegion(made, 0, 20), "rounded");
    DeleteObject(made);

    CombineRgn(c, b, b, RGN_COPY);
    rect = (RECT){ 100, 100, 110, 110 };
    made = CreateRectRgnIndirect(&rect);
    CombineRgn(c, c, made, RGN_OR);
    DeleteObject(made);
    DWORD size = GetRegionData(c, 0, NULL);
    ok(size == sizeof(RGNDATAHEADER) + 2 * sizeof(RECT), "size of the data: %lu", size);
    ok(!GetRegionData(c, size - 1, (RGNDATA *)buffer), "a buffer too small");
    ok(GetRegionData(c, sizeof(buffer), (RGNDATA *)buffer) == size, "the data");
    made = ExtCreateRegion(NULL, size, (RGNDATA *)buffer);
    ok(made && EqualRgn(made, c), "made from its data");
    DeleteObject(made);
    XFORM twice = { 2, 0, 0, 3, 1, 1 };
    made = ExtCreateRegion(&twice, size, (RGNDATA *)buffer);
    ok(GetRgnBox(made, &box) == COMPLEXREGION && box.left == 41 && box.top == 61 && box.right == 221 && box.bottom == 331, "and transformed");
    DeleteObject(made);
    ok(!ExtCreateRegion(NULL, 8, (RGNDATA *)buffer), "data too short");
    DeleteObject(a);
    DeleteObject(b);
    DeleteObject(c);
    ok(GetRgnBox(a, &box) == ERROR && OffsetRgn(a, 1, 1) == ERROR, "deleted regions");
}
