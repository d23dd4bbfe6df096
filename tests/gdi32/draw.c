/* wingdi.h: lines, fills and shapes, pixel for pixel. The hashes were taken from this drawing on the reference, where it
 * does what Windows is documented to do; shapes that implementations draw differently are tested by their properties.
 *
 * Wine 8 answers SetPixel outside of the clip region with the colour, and compares the unused byte of 32-bit pixels when
 * it fills a surface. */
#include "canvas.h"

static void test_lines(struct canvas *c)
{
    canvas_clear(c);
    for (int dx = -9; dx <= 9; dx++)
        for (int dy = -9; dy <= 9; dy++) {
            int x = (dx + 9) * 20 + 10, y = (dy + 9) * 20 + 10;
            MoveToEx(c->dc, x, y, NULL);
            LineTo(c->dc, x + dx, y + dy);
        }
    ok_hash(c, 0x9794bc65, "lines of every direction");
    canvas_clear(c);
    for (int style = PS_SOLID; style <= PS_DASHDOTDOT; style++) {
        HPEN pen = CreatePen(style, 1, RGB(255, 0, 0)), old = SelectObject(c->dc, pen);
        SetBkMode(c->dc, style & 1 ? OPAQUE : TRANSPARENT);
        SetBkColor(c->dc, RGB(200, 255, 200));
        MoveToEx(c->dc, 10, 10 + style * 10, NULL);
        LineTo(c->dc, 390, 10 + style * 10);
        MoveToEx(c->dc, 10, 100 + style * 10, NULL);
        LineTo(c->dc, 380, 200 + style * 13);
        DeleteObject(SelectObject(c->dc, old));
    }
    ok_hash(c, 0x19b7fed7, "dashed lines");
    SetBkMode(c->dc, OPAQUE);
    SetBkColor(c->dc, 0xffffff);
    canvas_clear(c);
    MoveToEx(c->dc, -100000, 50, NULL);
    LineTo(c->dc, 2000000000, 60);
    MoveToEx(c->dc, 200, -2000000000, NULL);
    LineTo(c->dc, 200, 2000000000);
    ok(canvas_pixel(c, 100, 50) == 0 && canvas_pixel(c, 200, 0) == 0 && canvas_pixel(c, 200, 399) == 0, "lines far beyond the bitmap");
}

static void test_fills(struct canvas *c)
{
    static const DWORD rops[] = { PATCOPY, PATINVERT, DSTINVERT, BLACKNESS, WHITENESS, 0xa000c9, 0x0f0001 };

    canvas_clear(c);
    for (int hatch = HS_HORIZONTAL; hatch <= HS_DIAGCROSS; hatch++) {
        HBRUSH brush = CreateHatchBrush(hatch, RGB(255, 0, 0)), old = SelectObject(c->dc, brush);
        SetBkMode(c->dc, OPAQUE);
        PatBlt(c->dc, hatch * 60, 0, 50, 50, PATCOPY);
        SetBkMode(c->dc, TRANSPARENT);
        SetBrushOrgEx(c->dc, 3, 5, NULL);
        PatBlt(c->dc, hatch * 60, 60, 50, 50, PATCOPY);
        SetBrushOrgEx(c->dc, 0, 0, NULL);
        DeleteObject(SelectObject(c->dc, old));
    }
    SetBkMode(c->dc, OPAQUE);
    ok_hash(c, 0xb2de34f9, "hatched brushes");
    canvas_clear(c);
    HBRUSH brush = CreateSolidBrush(RGB(0x12, 0x34, 0x56)), old = SelectObject(c->dc, brush);
    for (int i = 0; i < (int)(sizeof(rops) / sizeof(*rops)); i++) {
        PatBlt(c->dc, i * 50, 10, 40, 40, PATCOPY);
        PatBlt(c->dc, i * 50 + 10, 20, 20, 40, rops[i]);
    }
    ok(!PatBlt(c->dc, 0, 0, 1, 1, SRCCOPY), "PatBlt takes no source");
    for (int rop = R2_BLACK; rop <= R2_WHITE; rop++) {
        SetROP2(c->dc, rop);
        Rectangle(c->dc, rop * 20, 100, rop * 20 + 15, 120);
        Rectangle(c->dc, rop * 20 + 5, 110, rop * 20 + 18, 130);
    }
    SetROP2(c->dc, R2_COPYPEN);
    PatBlt(c->dc, 90, 190, -30, -20, PATCOPY);
    ok_hash(c, 0x02b3862d, "raster operations");
    DeleteObject(SelectObject(c->dc, old));
    BYTE rows[16] = { 0x0f, 0, 0x33, 0, 0x55, 0, 0xff, 0, 0x01, 0, 0x80, 0, 0x7e, 0, 0x18, 0 };
    HBITMAP pattern = CreateBitmap(8, 8, 1, 1, rows);
    brush = CreatePatternBrush(pattern);
    DeleteObject(pattern);
    canvas_clear(c);
    old = SelectObject(c->dc, brush);
    SetTextColor(c->dc, RGB(0, 0, 255));
    SetBkColor(c->dc, RGB(255, 255, 0));
    PatBlt(c->dc, 10, 10, 100, 50, PATCOPY);
    PatBlt(c->dc, 60, 30, 100, 50, PATINVERT);
    SetTextColor(c->dc, 0);
    SetBkColor(c->dc, 0xffffff);
    ok_hash(c, 0x61098b69, "pattern brush");
    DeleteObject(SelectObject(c->dc, old));
}

static void test_polygons(struct canvas *c)
{
    POINT star[] = { { 200, 10 }, { 80, 380 }, { 390, 150 }, { 10, 150 }, { 320, 380 } };
    POINT two[] = { { 10, 10 }, { 60, 10 }, { 60, 60 }, { 10, 60 }, { 20, 20 }, { 50, 20 }, { 35, 55 } };
    INT counts[] = { 4, 3 };

    SelectObject(c->dc, GetStockObject(GRAY_BRUSH));
    canvas_clear(c);
    Polygon(c->dc, star, 5);
    ok_hash(c, 0x708a20a5, "star, alternate");
    canvas_clear(c);
    SetPolyFillMode(c->dc, WINDING);
    SelectObject(c->dc, GetStockObject(NULL_PEN));
    Polygon(c->dc, star, 5);
    ok_hash(c, 0xae3b6f1c, "star, winding, no outline");
    SetPolyFillMode(c->dc, ALTERNATE);
    SelectObject(c->dc, GetStockObject(BLACK_PEN));
    canvas_clear(c);
    PolyPolygon(c->dc, two, counts, 2);
    Polyline(c->dc, star, 3);
    ok_hash(c, 0xea5a01f5, "several polygons, open lines");
    ok(!Polygon(c->dc, star, 1) && !Polyline(c->dc, star, 1), "one point is too few");
    ok(!PolyBezier(c->dc, star, 5), "a curve has 3 n + 1 points");
}

static void test_shapes(struct canvas *c)
{
    SelectObject(c->dc, GetStockObject(GRAY_BRUSH));
    canvas_clear(c);
    Rectangle(c->dc, 10, 10, 50, 40);
    ok(canvas_pixel(c, 10, 10) == 0 && canvas_pixel(c, 49, 39) == 0 && canvas_pixel(c, 50, 20) == 0xffffff && canvas_pixel(c, 48, 38) == 0x808080, "rectangle");
    SelectObject(c->dc, GetStockObject(NULL_PEN));
    Rectangle(c->dc, 60, 10, 100, 40);
    ok(canvas_pixel(c, 60, 10) == 0x808080 && canvas_pixel(c, 98, 38) == 0x808080 && canvas_pixel(c, 99, 38) == 0xffffff, "without pen a pixel smaller");
    SelectObject(c->dc, GetStockObject(BLACK_PEN));
    canvas_clear(c);
    Ellipse(c->dc, 10, 10, 111, 61);
    ok(canvas_pixel(c, 60, 10) == 0 && canvas_pixel(c, 10, 35) == 0 && canvas_pixel(c, 110, 35) == 0 && canvas_pixel(c, 60, 60) == 0, "an ellipse touches its box");
    ok(canvas_pixel(c, 60, 35) == 0x808080 && canvas_pixel(c, 12, 12) == 0xffffff, "and is filled");
    int differ = 0;
    for (int y = 10; y < 61; y++)
        for (int x = 10; x < 111; x++) differ += canvas_pixel(c, x, y) != canvas_pixel(c, 120 - x, y) || canvas_pixel(c, x, y) != canvas_pixel(c, x, 70 - y);
    ok(!differ, "and symmetric: %d pixels are not", differ);
    canvas_clear(c);
    RoundRect(c->dc, 10, 10, 110, 60, 20, 20);
    ok(canvas_pixel(c, 10, 10) == 0xffffff && canvas_pixel(c, 30, 10) == 0 && canvas_pixel(c, 60, 30) == 0x808080, "rounded rectangle");
    canvas_clear(c);
    Pie(c->dc, 10, 10, 110, 110, 110, 60, 60, 10);
    ok(canvas_pixel(c, 80, 40) == 0x808080 && canvas_pixel(c, 40, 80) == 0xffffff && canvas_pixel(c, 30, 40) == 0xffffff, "pie counter-clockwise");
    SetArcDirection(c->dc, AD_CLOCKWISE);
    Pie(c->dc, 210, 10, 310, 110, 310, 60, 260, 10);
    ok(canvas_pixel(c, 280, 40) == 0xffffff && canvas_pixel(c, 240, 80) == 0x808080, "pie clockwise");
    SetArcDirection(c->dc, AD_COUNTERCLOCKWISE);
    canvas_clear(c);
    HPEN pen = CreatePen(PS_SOLID, 5, RGB(255, 0, 0)), old = SelectObject(c->dc, pen);
    MoveToEx(c->dc, 50, 50, NULL);
    LineTo(c->dc, 150, 50);
    ok(canvas_pixel(c, 100, 48) == 0xff0000 && canvas_pixel(c, 100, 52) == 0xff0000 && canvas_pixel(c, 100, 47) == 0xffffff && canvas_pixel(c, 100, 53) == 0xffffff, "a pen of five pixels");
    ok(canvas_pixel(c, 49, 50) == 0xff0000 && canvas_pixel(c, 151, 50) == 0xff0000, "with round ends");
    DeleteObject(SelectObject(c->dc, old));
}

static void test_paths(struct canvas *c)
{
    POINT points[16];
    BYTE types[16];
    HRGN region;

    canvas_clear(c);
    ok(!EndPath(c->dc) && GetPath(c->dc, points, types, 16) == -1 && !FillPath(c->dc), "no path");
    ok(BeginPath(c->dc), "BeginPath");
    MoveToEx(c->dc, 10, 10, NULL);
    LineTo(c->dc, 100, 10);
    LineTo(c->dc, 100, 100);
    CloseFigure(c->dc);
    ok(canvas_pixel(c, 50, 10) == 0xffffff, "nothing is drawn into an open path");
    ok(EndPath(c->dc) && GetPath(c->dc, NULL, NULL, 0) == 3, "three points");
    ok(GetPath(c->dc, points, types, 16) == 3 && types[0] == PT_MOVETO && types[1] == PT_LINETO && types[2] == (PT_LINETO | PT_CLOSEFIGURE) && points[2].y == 100, "and what they are");
    ok(StrokeAndFillPath(c->dc) && canvas_pixel(c, 80, 30) == 0x808080 && canvas_pixel(c, 50, 10) == 0, "filled and stroked");
    ok(!StrokePath(c->dc), "which uses the path up");
    BeginPath(c->dc);
    Rectangle(c->dc, 20, 20, 61, 41);
    EndPath(c->dc);
    region = PathToRegion(c->dc);
    RECT box;
    ok(GetRgnBox(region, &box) == SIMPLEREGION && box.left == 20 && box.top == 20 && box.right == 60 && box.bottom == 40, "region of a rectangle's path: %ld,%ld", box.right, box.bottom);
    DeleteObject(region);
    BeginPath(c->dc);
    PolyBezier(c->dc, (POINT[]){ { 0, 0 }, { 10, 30 }, { 40, 30 }, { 50, 0 } }, 4);
    EndPath(c->dc);
    ok(GetPath(c->dc, points, types, 16) == 4 && types[1] == PT_BEZIERTO, "a curve stays one");
    ok(FlattenPath(c->dc) && GetPath(c->dc, NULL, NULL, 0) > 4, "until it is flattened");
    AbortPath(c->dc);
}

static void test_pixels(void)
{
    static const int depths[] = { 1, 4, 8, 16, 24, 32 };

    for (int i = 0; i < 6; i++) {
        struct canvas c = canvas_make(33, 9, depths[i]);
        ok(SetPixel(c.dc, 7, 3, 0) == 0 && GetPixel(c.dc, 7, 3) == 0 && GetPixel(c.dc, 8, 3) == 0xffffff && GetPixel(c.dc, 6, 3) == 0xffffff, "pixel of %d bits", depths[i]);
        ok(SetPixel(c.dc, 33, 3, 0) == CLR_INVALID && GetPixel(c.dc, -1, 0) == CLR_INVALID, "outside, %d bits", depths[i]);
        PatBlt(c.dc, 3, 2, 21, 5, BLACKNESS);
        PatBlt(c.dc, 5, 3, 9, 2, DSTINVERT);
        ok(GetPixel(c.dc, 3, 2) == 0 && GetPixel(c.dc, 23, 6) == 0 && GetPixel(c.dc, 24, 6) == 0xffffff && GetPixel(c.dc, 5, 3) == 0xffffff && GetPixel(c.dc, 14, 3) == 0, "rectangles of %d bits", depths[i]);
        canvas_free(&c);
    }
    struct canvas c = canvas_make(30, 30, 32);
    SelectObject(c.dc, GetStockObject(NULL_BRUSH));
    Rectangle(c.dc, 5, 5, 25, 25);
    SelectObject(c.dc, GetStockObject(GRAY_BRUSH));
    ok(ExtFloodFill(c.dc, 10, 10, 0, FLOODFILLBORDER) && canvas_pixel(&c, 20, 20) == 0x808080 && canvas_pixel(&c, 2, 2) == 0xffffff, "flood fill to a border");
    ok(ExtFloodFill(c.dc, 0, 0, 0xffffff, FLOODFILLSURFACE) && canvas_pixel(&c, 29, 29) == 0x808080, "flood fill of a surface");
    ok(!ExtFloodFill(c.dc, 5, 5, 0, FLOODFILLBORDER), "starting on the border");
    canvas_free(&c);
}

START_TESTS
{
    struct canvas canvas = canvas_make(400, 400, 32);

    test_lines(&canvas);
    test_fills(&canvas);
    test_polygons(&canvas);
    test_shapes(&canvas);
    test_paths(&canvas);
    canvas_free(&canvas);
    test_pixels();
}
