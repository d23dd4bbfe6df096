/* The drawing rows of the project's figures, from memory to memory: drawing.exe [ROW], as bench.exe. */
#include "measure.h"

static HDC target, source;
static HBRUSH brush;
static DWORD *source_bits;
static BOOL (WINAPI *alpha_blend)(HDC, int, int, int, int, HDC, int, int, int, int, BLENDFUNCTION);

static void fill_rect(void)
{
    PatBlt(target, 10, 10, 400, 300, PATCOPY);
}

static void text_out(void)
{
    TextOutW(target, 10, 10, L"The quick brown fox jumps over the lazy.", 40);
}

static void ellipse(void)
{
    Ellipse(target, 10, 10, 210, 210);
}

static void bit_blt(void)
{
    BitBlt(target, 10, 10, 400, 300, source, 0, 0, SRCCOPY);
}

static void stretch_blt(void)
{
    StretchBlt(target, 10, 10, 400, 300, source, 0, 0, 100, 100, SRCCOPY);
}

static void blend(void)
{
    BLENDFUNCTION function = { AC_SRC_OVER, 0, 255, AC_SRC_ALPHA };
    alpha_blend(target, 10, 10, 200, 200, source, 0, 0, 200, 200, function);
}

static void lines(void)
{
    for (int i = 0; i < 20; i++) {
        MoveToEx(target, 10, 10 + i * 10, NULL);
        LineTo(target, 300, 30 + i * 13);
    }
}

static void text_extent(void)
{
    SIZE size;
    GetTextExtentPoint32W(target, L"The quick brown fox jumps over the lazy.", 40, &size);
}

static void pen_pair(void)
{
    HPEN pen = CreatePen(PS_SOLID, 1, RGB(1, 2, 3));
    SelectObject(target, SelectObject(target, pen));
    DeleteObject(pen);
}

static HDC canvas(int width, int height, void **bits)
{
    BITMAPINFO info = { { sizeof(BITMAPINFOHEADER), width, -height, 1, 32, BI_RGB } };
    HDC dc = CreateCompatibleDC(NULL);

    SelectObject(dc, CreateDIBSection(dc, &info, DIB_RGB_COLORS, bits, NULL, 0));
    return dc;
}

START_TESTS
{
    void *bits;

    measure_init();
    target = canvas(640, 480, &bits);
    source = canvas(640, 480, (void **)&source_bits);
    for (int i = 0; i < 640 * 480; i++) source_bits[i] = (DWORD)i * 0x01010101u / 3;
    brush = CreateSolidBrush(RGB(10, 120, 230));
    SelectObject(target, brush);
    SetStretchBltMode(target, COLORONCOLOR);
    alpha_blend = (void *)GetProcAddress(LoadLibraryA("msimg32.dll"), "AlphaBlend");
    measure("FillRect 400x300", fill_rect);
    measure("Ellipse 200x200, filled", ellipse);
    measure("BitBlt 400x300, memory to memory", bit_blt);
    measure("StretchBlt 100x100 to 400x300", stretch_blt);
    if (alpha_blend) measure("AlphaBlend 200x200", blend);
    measure("20 lines of 300 pixels", lines);
    measure("pen created, selected, deleted", pen_pair);
    SelectObject(target, CreateFontA(-13, 0, 0, 0, FW_NORMAL, 0, 0, 0, DEFAULT_CHARSET, 0, 0, 0, 0, "Liberation Sans"));
    SetBkMode(target, TRANSPARENT);
    measure("TextOut, 40 characters", text_out);
    measure("GetTextExtentPoint32, 40 characters", text_extent);
    ExitProcess(0);
}
