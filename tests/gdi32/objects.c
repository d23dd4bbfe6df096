/* wingdi.h: handles, stock objects, what GetObject tells, selection.
 *
 * Wine 8 gives handles that do not carry the type of the object. */
#include <stddef.h>
#include "tap.h"

static void test_stock(void)
{
    static const struct { int index; DWORD type; } stock[] = {
        { WHITE_BRUSH, OBJ_BRUSH }, { NULL_BRUSH, OBJ_BRUSH }, { DC_BRUSH, OBJ_BRUSH }, { BLACK_PEN, OBJ_PEN }, { DC_PEN, OBJ_PEN },
        { SYSTEM_FONT, OBJ_FONT }, { DEFAULT_GUI_FONT, OBJ_FONT }, { DEFAULT_PALETTE, OBJ_PAL },
    };
    LOGBRUSH brush;
    LOGPEN pen;

    for (int i = 0; i < (int)(sizeof(stock) / sizeof(*stock)); i++) {
        HGDIOBJ object = GetStockObject(stock[i].index);
        ok(object && GetObjectType(object) == stock[i].type, "stock object %d: %p of type %lu", stock[i].index, object, GetObjectType(object));
        ok(DeleteObject(object) && GetObjectType(object) == stock[i].type, "stock object %d outlives DeleteObject", stock[i].index);
    }
    ok(!GetStockObject(9) && !GetStockObject(-1) && !GetStockObject(1000), "indices that are none");
    ok(GetObjectW(GetStockObject(LTGRAY_BRUSH), sizeof(brush), &brush) == sizeof(brush) && brush.lbStyle == BS_SOLID && brush.lbColor == 0xc0c0c0, "light grey: %lx", brush.lbColor);
    ok(GetObjectW(GetStockObject(NULL_BRUSH), sizeof(brush), &brush) == sizeof(brush) && brush.lbStyle == BS_NULL, "null brush: %u", brush.lbStyle);
    ok(GetObjectW(GetStockObject(WHITE_PEN), sizeof(pen), &pen) == sizeof(pen) && pen.lopnColor == 0xffffff && !pen.lopnStyle, "white pen: %lx", pen.lopnColor);
}

static void test_types(void)
{
    LOGBRUSH solid = { BS_SOLID, RGB(1, 2, 3), 0 };
    LOGFONTA font = { .lfHeight = -12 };
    struct { WORD version, count; PALETTEENTRY entry; } palette = { 0x300, 1, { 1, 2, 3, 0 } };
    HGDIOBJ made[] = {
        CreatePen(PS_SOLID, 1, 0), ExtCreatePen(PS_GEOMETRIC, 3, &solid, 0, NULL), CreateSolidBrush(RGB(1, 2, 3)),
        CreateFontIndirectA(&font), CreateBitmap(3, 2, 1, 1, NULL), CreateRectRgn(0, 0, 1, 1), CreatePalette((LOGPALETTE *)&palette),
        CreateCompatibleDC(NULL),
    };
    static const DWORD types[] = { OBJ_PEN, OBJ_EXTPEN, OBJ_BRUSH, OBJ_FONT, OBJ_BITMAP, OBJ_REGION, OBJ_PAL, OBJ_MEMDC };
    static const BYTE bits[] = { 0x30, 0x50, 0x10, 0x0a, 0x05, 0x04, 0x08, 0x01 };

    for (int i = 0; i < 8; i++) {
        ok(GetObjectType(made[i]) == types[i], "object %d is of type %lu", i, GetObjectType(made[i]));
        ok(((ULONG_PTR)made[i] >> 16 & 0x7f) == bits[i], "object %d: handle %p tells its type", i, made[i]);
        ok(DeleteObject(made[i]) && !GetObjectType(made[i]), "object %d is deleted", i);
        ok(!DeleteObject(made[i]), "object %d is deleted once only", i);
    }
    ok(!GetObjectType(NULL) && !GetObjectType((HGDIOBJ)0x1234), "handles that are none");
}

static void test_get_object(void)
{
    LOGBRUSH brush, solid = { BS_SOLID, RGB(9, 8, 7), 0 };
    LOGPEN pen;
    BITMAP bitmap;
    LOGFONTW font, got;
    DWORD dashes[2] = { 5, 3 };
    union { EXTLOGPEN pen; BYTE room[64]; } ext;
    WORD count = 0;
    HGDIOBJ object;

    object = CreateHatchBrush(HS_CROSS, RGB(10, 20, 30));
    ok(GetObjectW(object, 0, NULL) == sizeof(LOGBRUSH), "size of a brush's description");
    ok(GetObjectW(object, sizeof(brush), &brush) == sizeof(brush) && brush.lbStyle == BS_HATCHED && brush.lbHatch == HS_CROSS && brush.lbColor == RGB(10, 20, 30), "hatched brush");
    DeleteObject(object);

    object = CreatePen(PS_DOT, 1, RGB(3, 4, 5));
    ok(GetObjectW(object, sizeof(pen), &pen) == sizeof(pen) && pen.lopnStyle == PS_DOT && pen.lopnWidth.x == 1 && pen.lopnColor == RGB(3, 4, 5), "dotted pen");
    DeleteObject(object);

    object = ExtCreatePen(PS_GEOMETRIC | PS_USERSTYLE | PS_ENDCAP_FLAT, 4, &solid, 2, dashes);
    ok(GetObjectW(object, 0, NULL) == (int)(offsetof(EXTLOGPEN, elpStyleEntry) + 8), "size of an extended pen: %d", GetObjectW(object, 0, NULL));
    ok(GetObjectW(object, sizeof(ext), &ext) == (int)(offsetof(EXTLOGPEN, elpStyleEntry) + 8), "extended pen");
    ok(ext.pen.elpWidth == 4 && ext.pen.elpNumEntries == 2 && ext.pen.elpStyleEntry[1] == 3 && ext.pen.elpColor == RGB(9, 8, 7), "its fields");
    DeleteObject(object);
    ok(!ExtCreatePen(PS_COSMETIC, 2, &solid, 0, NULL), "a cosmetic pen is one wide");
    ok(!ExtCreatePen(PS_GEOMETRIC | PS_ALTERNATE, 2, &solid, 0, NULL), "alternate pixels are cosmetic");
    ok(!ExtCreatePen(PS_GEOMETRIC | PS_USERSTYLE, 2, &solid, 0, NULL), "a style of one's own has dashes");

    object = CreateBitmap(17, 5, 1, 1, NULL);
    ok(GetObjectW(object, sizeof(bitmap), &bitmap) == sizeof(bitmap) && bitmap.bmWidth == 17 && bitmap.bmHeight == 5 && bitmap.bmWidthBytes == 4 && bitmap.bmBitsPixel == 1 && !bitmap.bmBits, "bitmap: rows of %ld bytes", bitmap.bmWidthBytes);
    DeleteObject(object);

    memset(&font, 0, sizeof(font));
    font.lfHeight = -13, font.lfWeight = FW_BOLD, font.lfItalic = 1;
    for (int i = 0; i < 5; i++) font.lfFaceName[i] = L"Arial"[i];
    object = CreateFontIndirectW(&font);
    ok(GetObjectW(object, 0, NULL) == sizeof(LOGFONTW) && GetObjectA(object, 0, NULL) == sizeof(LOGFONTA), "sizes of a font's description");
    ok(GetObjectW(object, sizeof(got), &got) == sizeof(got) && got.lfHeight == -13 && got.lfWeight == FW_BOLD && got.lfFaceName[0] == 'A' && !got.lfFaceName[5], "font");
    DeleteObject(object);
    ok(GetObjectW(GetStockObject(DEFAULT_PALETTE), sizeof(count), &count) == sizeof(count) && count == 20, "default palette of %u", count);
}

static void test_select(void)
{
    HDC dc = CreateCompatibleDC(NULL), other = CreateCompatibleDC(NULL);
    HBITMAP bitmap = CreateBitmap(4, 4, 1, 1, NULL);
    HBRUSH brush = CreateSolidBrush(RGB(1, 2, 3));
    HGDIOBJ first;

    ok(GetCurrentObject(dc, OBJ_BRUSH) == GetStockObject(WHITE_BRUSH), "a DC starts with the white brush");
    ok(GetCurrentObject(dc, OBJ_PEN) == GetStockObject(BLACK_PEN), "and the black pen");
    ok(SelectObject(dc, brush) == GetStockObject(WHITE_BRUSH), "selecting gives the object before");
    ok(GetCurrentObject(dc, OBJ_BRUSH) == brush, "and the brush is current");
    first = SelectObject(dc, bitmap);
    ok(first && GetObjectType(first) == OBJ_BITMAP, "a memory DC has a bitmap");
    ok(!SelectObject(other, bitmap), "a bitmap is in one DC only");
    ok(SelectObject(dc, first) == bitmap && SelectObject(other, bitmap) == first, "the default bitmap is in all");
    ok(DeleteObject(brush), "a selected brush may be deleted");
    DeleteDC(dc);
    DeleteDC(other);
    DeleteObject(bitmap);
    SetLastError(0xdead);
    ok(!SelectObject(NULL, GetStockObject(BLACK_PEN)) && GetLastError() == ERROR_INVALID_HANDLE, "no DC: error %lu", GetLastError());
}

/* Far more than the table of handles holds: each must be given back. */
static void test_many(void)
{
    HDC dc = CreateCompatibleDC(NULL);
    BITMAPINFO info = { { sizeof(BITMAPINFOHEADER), 4, 4, 1, 32, BI_RGB } };
    void *bits;
    int made = 0;

    for (int i = 0; i < 100000; i++) {
        HGDIOBJ object = i & 1 ? (HGDIOBJ)CreateSolidBrush(i) : (HGDIOBJ)CreateRectRgn(0, 0, i, 1);
        made += object && DeleteObject(object);
    }
    ok(made == 100000, "%d objects made and deleted", made);
    made = 0;
    for (int i = 0; i < 3000; i++) {
        HPEN pen = CreatePen(PS_SOLID, 1, i), old = SelectObject(dc, pen);
        HBITMAP bitmap = CreateDIBSection(dc, &info, DIB_RGB_COLORS, &bits, NULL, 0), first = SelectObject(dc, bitmap);
        HDC other = CreateCompatibleDC(dc);
        SaveDC(dc);
        DeleteObject(pen); /* selected: goes when it is deselected */
        RestoreDC(dc, -1);
        SelectObject(dc, old);
        SelectObject(dc, first);
        made += DeleteObject(bitmap) && DeleteDC(other) && !GetObjectType(pen);
    }
    ok(made == 3000, "%d rounds of selected objects", made);
    DeleteDC(dc);
}

static int pens;
static int CALLBACK count_pens(LPVOID object, LPARAM param)
{
    pens++;
    return ((LOGPEN *)object)->lopnStyle <= PS_INSIDEFRAME && param == 77;
}

START_TESTS
{
    HDC dc = CreateCompatibleDC(NULL);

    test_stock();
    test_types();
    test_get_object();
    test_select();
    test_many();
    ok(EnumObjects(dc, OBJ_PEN, count_pens, 77) && pens > 8, "EnumObjects told of %d pens", pens);
    ok(GetDeviceCaps(dc, TECHNOLOGY) == DT_RASDISPLAY && GetDeviceCaps(dc, LOGPIXELSX) > 50, "device capabilities");
    ok(!DeleteObject(NULL), "DeleteObject(NULL)");
    DeleteDC(dc);
}
