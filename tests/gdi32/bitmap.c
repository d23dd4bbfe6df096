/* wingdi.h: bitmaps of every depth, DIBs in and out, transfers.
 *
 * Wine 8 takes single pixels for HALFTONE, and any BlendOp. */
#include "canvas.h"

static void test_sections(void)
{
    static const int depths[] = { 1, 4, 8, 16, 24, 32 };
    struct { BITMAPINFOHEADER header; DWORD rest[256]; } info;
    DIBSECTION d;
    BITMAP b;
    void *bits;

    for (int i = 0; i < 6; i++) {
        for (int down = 0; down < 2; down++) {
            memset(&info, 0, sizeof(info));
            info.header = (BITMAPINFOHEADER){ sizeof(info.header), 13, down ? -7 : 7, 1, (WORD)depths[i], BI_RGB };
            info.rest[1] = 0xffffff;
            HBITMAP bitmap = CreateDIBSection(NULL, (BITMAPINFO *)&info, DIB_RGB_COLORS, &bits, NULL, 0);
            int stride = (13 * depths[i] + 31) / 32 * 4;
            ok(bitmap && bits, "%d bits", depths[i]);
            ok(GetObjectW(bitmap, sizeof(d), &d) == sizeof(d) && d.dsBm.bmBits == bits && d.dsBm.bmWidthBytes == stride && d.dsBm.bmHeight == 7, "%d bits: section", depths[i]);
            ok(GetObjectW(bitmap, sizeof(b), &b) == sizeof(b) && b.bmBitsPixel == depths[i], "%d bits: bitmap", depths[i]);
            HDC dc = CreateCompatibleDC(NULL);
            HGDIOBJ old = SelectObject(dc, bitmap);
            SetPixel(dc, 0, 0, 0xffffff);
            BYTE *row = (BYTE *)bits + (down ? 0 : stride * 6);
            ok(*row != 0, "%d bits: the first row lies where it should", depths[i]);
            SelectObject(dc, old);
            DeleteDC(dc);
            DeleteObject(bitmap);
        }
    }
    memset(&info, 0, sizeof(info));
    info.header = (BITMAPINFOHEADER){ sizeof(info.header), 4, 4, 1, 16, BI_BITFIELDS };
    info.rest[0] = 0xf800, info.rest[1] = 0x7e0, info.rest[2] = 0x1f;
    HBITMAP bitmap = CreateDIBSection(NULL, (BITMAPINFO *)&info, DIB_RGB_COLORS, &bits, NULL, 0);
    HDC dc = CreateCompatibleDC(NULL);
    SelectObject(dc, bitmap);
    SetPixel(dc, 0, 3, RGB(255, 0, 0));
    SetPixel(dc, 1, 3, RGB(0, 255, 0));
    ok(((WORD *)bits)[0] == 0xf800 && ((WORD *)bits)[1] == 0x7e0, "565: %x %x", ((WORD *)bits)[0], ((WORD *)bits)[1]);
    DeleteDC(dc);
    DeleteObject(bitmap);
    info.header.biBitCount = 5;
    ok(!CreateDIBSection(NULL, (BITMAPINFO *)&info, DIB_RGB_COLORS, &bits, NULL, 0) && !bits, "no such depth");
}

static void test_section_mapping(void)
{
    HANDLE mapping = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x20000, NULL);
    BITMAPINFO info = { { sizeof(BITMAPINFOHEADER), 8, 8, 1, 32, BI_RGB } };
    DWORD *bits, *view = MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0, 0);
    HBITMAP bitmap = CreateDIBSection(NULL, &info, DIB_RGB_COLORS, (void **)&bits, mapping, 0x104);

    ok(bitmap != NULL, "DIB section in a mapping");
    if (bitmap) {
        bits[0] = 0x123456;
        ok(view[0x104 / 4] == 0x123456, "its memory is the mapping's");
        DeleteObject(bitmap);
    }
    UnmapViewOfFile(view);
    CloseHandle(mapping);
}

static void test_bits(void)
{
    static const BYTE rows[8] = { 0xaa, 0, 0x55, 0, 0xf0, 0, 0x0f, 0 };
    struct { BITMAPINFOHEADER header; RGBQUAD colors[256]; } info = { { sizeof(BITMAPINFOHEADER) } };
    HBITMAP mono = CreateBitmap(8, 4, 1, 1, rows);
    DWORD out[32];
    BYTE back[8] = { 0 };
    HDC dc = CreateCompatibleDC(NULL);

    ok(GetBitmapBits(mono, 8, back) == 8 && !memcmp(back, rows, 8), "GetBitmapBits");
    ok(GetBitmapBits(mono, 100, NULL) == 8, "how many there are: %ld", GetBitmapBits(mono, 100, NULL));
    ok(GetDIBits(dc, mono, 0, 0, NULL, (BITMAPINFO *)&info, DIB_RGB_COLORS) && info.header.biWidth == 8 && info.header.biHeight == 4 && info.header.biBitCount == 1, "description");
    info.header = (BITMAPINFOHEADER){ sizeof(info.header), 8, -4, 1, 32, BI_RGB };
    ok(GetDIBits(dc, mono, 0, 4, out, (BITMAPINFO *)&info, DIB_RGB_COLORS) == 4 && (out[0] & 0xffffff) == 0xffffff && (out[1] & 0xffffff) == 0 && (out[8] & 0xffffff) == 0, "as 32 bits, top-down");
    info.header.biHeight = 4;
    ok(GetDIBits(dc, mono, 1, 1, out, (BITMAPINFO *)&info, DIB_RGB_COLORS) == 1 && (out[0] & 0xffffff) == 0xffffff && (out[4] & 0xffffff) == 0, "one row, counted from the bottom");
    for (int i = 0; i < 32; i++) out[i] = i & 1 ? 0xffffff : 0;
    ok(SetDIBits(dc, mono, 0, 4, out, (BITMAPINFO *)&info, DIB_RGB_COLORS) == 4 && GetBitmapBits(mono, 8, back) == 8 && back[0] == 0x55 && back[6] == 0x55, "SetDIBits: %x", back[0]);
    DeleteObject(mono);

    HBITMAP color = CreateBitmap(3, 2, 1, 32, (DWORD[]){ 1, 2, 3, 4, 5, 6 });
    info.header = (BITMAPINFOHEADER){ sizeof(info.header), 3, 2, 1, 24, BI_RGB };
    BYTE bytes[24];
    ok(GetDIBits(dc, color, 0, 2, bytes, (BITMAPINFO *)&info, DIB_RGB_COLORS) == 2 && bytes[0] == 4 && bytes[12] == 1 && bytes[3] == 5, "24 bits, bottom-up: %u %u", bytes[0], bytes[12]);
    DeleteObject(color);
    DeleteDC(dc);
}

static void test_rle(void)
{
    struct { BITMAPINFOHEADER header; RGBQUAD colors[256]; } info = { { sizeof(BITMAPINFOHEADER), 8, 3, 1, 8, BI_RLE8 } };
    static const BYTE coded[] = { 4, 1, 0, 3, 2, 1, 2, 0, 1, 1, 0, 0, 8, 2, 0, 0, 2, 1, 0, 2, 2, 0, 4, 1, 0, 1 };
    struct canvas c = canvas_make(8, 3, 32);

    info.header.biSizeImage = sizeof(coded);
    info.colors[1] = (RGBQUAD){ 0xff, 0, 0, 0 };
    info.colors[2] = (RGBQUAD){ 0, 0xff, 0, 0 };
    ok(StretchDIBits(c.dc, 0, 0, 8, 3, 0, 0, 8, 3, coded, (BITMAPINFO *)&info, DIB_RGB_COLORS, SRCCOPY) == 3, "run-length coded");
    ok(canvas_pixel(&c, 0, 2) == 0xff && canvas_pixel(&c, 4, 2) == 0xff00 && canvas_pixel(&c, 5, 2) == 0xff && canvas_pixel(&c, 7, 2) == 0xff, "runs and literals");
    ok(canvas_pixel(&c, 3, 1) == 0xff00 && canvas_pixel(&c, 1, 0) == 0xff && canvas_pixel(&c, 5, 0) == 0xff, "the other rows");
    canvas_free(&c);
}

static void test_blits(void)
{
    struct canvas c = canvas_make(100, 100, 32), s = canvas_make(20, 20, 32);
    DWORD *pixels = s.bits;

    for (int i = 0; i < 400; i++) pixels[i] = i * 0x30507u & 0xffffff;
    ok(BitBlt(c.dc, 5, 5, 20, 20, s.dc, 0, 0, SRCCOPY), "BitBlt");
    ok(canvas_pixel(&c, 5, 5) == 0 && canvas_pixel(&c, 24, 24) == (399 * 0x30507u & 0xffffff) && canvas_pixel(&c, 25, 24) == 0xffffff, "copied");
    ok(BitBlt(c.dc, 30, 5, 20, 20, s.dc, 5, 6, SRCINVERT) && canvas_pixel(&c, 30, 5) == ((125 * 0x30507u ^ 0xffffff) & 0xffffff), "inverted");
    ok(canvas_pixel(&c, 45, 5) == 0xffffff && canvas_pixel(&c, 44, 5) != 0xffffff, "what the source lacks is left alone");
    BitBlt(c.dc, 8, 8, 20, 20, c.dc, 5, 5, SRCCOPY);
    ok(canvas_pixel(&c, 8, 8) == 0 && canvas_pixel(&c, 27, 27) == (399 * 0x30507u & 0xffffff), "overlapping, downwards");
    BitBlt(c.dc, 6, 6, 20, 20, c.dc, 8, 8, SRCCOPY);
    ok(canvas_pixel(&c, 6, 6) == 0 && canvas_pixel(&c, 25, 25) == (399 * 0x30507u & 0xffffff), "overlapping, upwards");
    ok(!BitBlt(c.dc, 0, 0, 5, 5, NULL, 0, 0, SRCCOPY), "no source");

    canvas_clear(&c);
    SetStretchBltMode(c.dc, COLORONCOLOR);
    StretchBlt(c.dc, 0, 0, 53, 47, s.dc, 0, 0, 20, 20, SRCCOPY);
    StretchBlt(c.dc, 99, 60, -33, 27, s.dc, 0, 0, 20, 20, SRCCOPY);
    StretchBlt(c.dc, 0, 60, 40, 40, s.dc, 3, 4, 10, 12, SRCCOPY);
    ok_hash(&c, 0x23b67fc9, "enlarged and mirrored");
    canvas_clear(&c);
    SetStretchBltMode(c.dc, HALFTONE);
    for (int i = 0; i < 400; i++) pixels[i] = (i + i / 20) & 1 ? 0xffffff : 0;
    StretchBlt(c.dc, 0, 0, 10, 10, s.dc, 0, 0, 20, 20, SRCCOPY);
    DWORD grey = canvas_pixel(&c, 5, 5) & 0xff;
    ok(grey >= 0x70 && grey <= 0x90, "halftone is the mean: %lx", grey);

    BYTE rows[40];
    memset(rows, 0, sizeof(rows));
    for (int y = 0; y < 10; y++) rows[y * 4] = 0xf0; /* the four left pixels */
    HBITMAP mask = CreateBitmap(20, 10, 1, 1, rows);
    for (int i = 0; i < 400; i++) pixels[i] = 0x102030;
    canvas_clear(&c);
    ok(MaskBlt(c.dc, 0, 0, 20, 10, s.dc, 0, 0, mask, 0, 0, MAKEROP4(SRCCOPY, DSTINVERT)), "MaskBlt");
    ok(canvas_pixel(&c, 3, 3) == 0x102030 && canvas_pixel(&c, 4, 3) == 0, "both operations");
    DeleteObject(mask);
    POINT corners[3] = { { 40, 10 }, { 60, 10 }, { 40, 30 } };
    ok(PlgBlt(c.dc, corners, s.dc, 0, 0, 20, 20, NULL, 0, 0) && canvas_pixel(&c, 50, 20) == 0x102030 && canvas_pixel(&c, 39, 20) == 0xffffff, "PlgBlt");
    canvas_free(&c);
    canvas_free(&s);
}

static void test_mono(void)
{
    struct canvas c = canvas_make(16, 4, 32);
    HDC mono = CreateCompatibleDC(NULL);
    HBITMAP bitmap = CreateBitmap(16, 4, 1, 1, NULL);
    HGDIOBJ old = SelectObject(mono, bitmap);
    BYTE bits[8];

    SetPixel(c.dc, 2, 0, RGB(255, 0, 0));
    SetBkColor(c.dc, RGB(255, 0, 0));
    BitBlt(mono, 0, 0, 16, 4, c.dc, 0, 0, SRCCOPY);
    GetBitmapBits(bitmap, 8, bits);
    ok(bits[0] == 0x20 && !bits[1], "what has the source's background colour becomes white: %x", bits[0]);
    SetTextColor(c.dc, RGB(0, 0, 255));
    SetBkColor(c.dc, RGB(0, 255, 0));
    BitBlt(c.dc, 0, 0, 16, 4, mono, 0, 0, SRCCOPY);
    ok(canvas_pixel(&c, 2, 0) == 0xff00 && canvas_pixel(&c, 3, 0) == 0xff, "and comes back in the target's colours");
    SelectObject(mono, old);
    DeleteDC(mono);
    DeleteObject(bitmap);
    canvas_free(&c);
}

static void test_msimg(void)
{
    HMODULE module = LoadLibraryA("msimg32.dll");
    BOOL (WINAPI *alpha)(HDC, int, int, int, int, HDC, int, int, int, int, BLENDFUNCTION) = (void *)GetProcAddress(module, "AlphaBlend");
    BOOL (WINAPI *gradient)(HDC, TRIVERTEX *, ULONG, void *, ULONG, ULONG) = (void *)GetProcAddress(module, "GradientFill");
    BOOL (WINAPI *transparent)(HDC, int, int, int, int, HDC, int, int, int, int, UINT) = (void *)GetProcAddress(module, "TransparentBlt");
    struct canvas c = canvas_make(120, 60, 32), s = canvas_make(40, 40, 32);
    BLENDFUNCTION blend = { AC_SRC_OVER, 0, 255, AC_SRC_ALPHA };
    DWORD *pixels = s.bits, *target = c.bits;

    ok(alpha && gradient && transparent, "msimg32.dll");
    if (!alpha || !gradient || !transparent) return;
    for (int i = 0; i < 1600; i++) {
        DWORD a = i % 256;
        pixels[i] = a << 24 | a / 2 << 16 | a / 3 << 8 | a;
    }
    for (int i = 0; i < 120 * 60; i++) target[i] = i * 1234567u & 0xffffff;
    ok(alpha(c.dc, 0, 0, 40, 40, s.dc, 0, 0, 40, 40, blend), "AlphaBlend");
    blend.SourceConstantAlpha = 100;
    alpha(c.dc, 40, 0, 40, 40, s.dc, 0, 0, 40, 40, blend);
    blend.AlphaFormat = 0;
    alpha(c.dc, 80, 0, 40, 40, s.dc, 0, 0, 40, 40, blend);
    ok_hash(&c, 0xfee8472d, "blended");
    ok(!alpha(c.dc, 0, 0, 40, 40, s.dc, 10, 10, 40, 40, blend), "a source that is not all there");
    blend.BlendOp = 3;
    ok(!alpha(c.dc, 0, 0, 40, 40, s.dc, 0, 0, 40, 40, blend), "an operation that is none");

    TRIVERTEX v[] = { { 0, 0, 0xff00, 0, 0, 0 }, { 50, 30, 0, 0xff00, 0x8000, 0 }, { 60, 0, 0, 0xff00, 0, 0 }, { 110, 50, 0xff00, 0, 0xff00, 0 } };
    GRADIENT_RECT across = { 0, 1 }, down = { 2, 3 };
    canvas_clear(&c);
    ok(gradient(c.dc, v, 4, &across, 1, GRADIENT_FILL_RECT_H) && gradient(c.dc, v, 4, &down, 1, GRADIENT_FILL_RECT_V), "GradientFill");
    ok_hash(&c, 0x78b0b691, "gradients");
    ok(!gradient(c.dc, v, 4, &across, 1, 7) && !gradient(c.dc, v, 1, &across, 1, GRADIENT_FILL_RECT_H), "errors");

    for (int i = 0; i < 1600; i++) pixels[i] = i & 1 ? 0xff00ff : 0x336699;
    canvas_clear(&c);
    ok(transparent(c.dc, 0, 0, 40, 40, s.dc, 0, 0, 40, 40, RGB(0xff, 0, 0xff)) && canvas_pixel(&c, 0, 0) == 0x336699 && canvas_pixel(&c, 1, 0) == 0xffffff, "TransparentBlt");
    canvas_free(&c);
    canvas_free(&s);
}

START_TESTS
{
    test_sections();
    test_section_mapping();
    test_bits();
    test_rle();
    test_blits();
    test_mono();
    test_msimg();
    HBITMAP bitmap = CreateBitmap(1, 1, 1, 1, NULL);
    SIZE size = { 9, 9 };
    ok(SetBitmapDimensionEx(bitmap, 12, 34, &size) && !size.cx && GetBitmapDimensionEx(bitmap, &size) && size.cy == 34, "dimensions");
    DeleteObject(bitmap);
}
