/* A DIB section to draw on, and what its pixels are. */
#ifndef CANVAS_H
#define CANVAS_H

#include "tap.h"

struct canvas {
    HDC dc;
    HBITMAP bitmap, old;
    void *bits;
    int width, height, bpp, stride;
};

static inline struct canvas canvas_make(int width, int height, int bpp)
{
    struct {
        BITMAPINFOHEADER header;
        RGBQUAD colors[256];
    } info = { { sizeof(BITMAPINFOHEADER), width, -height, 1, (WORD)bpp, BI_RGB } };
    struct canvas canvas = { .width = width, .height = height, .bpp = bpp, .stride = (width * bpp + 31) / 32 * 4 };

    for (int i = 0; bpp <= 8 && i < 1 << bpp; i++) {
        BYTE level = (BYTE)(i * 255 / ((1 << bpp) - 1));
        info.colors[i] = (RGBQUAD){ level, level, level, 0 };
    }
    canvas.dc = CreateCompatibleDC(NULL);
    canvas.bitmap = CreateDIBSection(canvas.dc, (BITMAPINFO *)&info, DIB_RGB_COLORS, &canvas.bits, NULL, 0);
    canvas.old = SelectObject(canvas.dc, canvas.bitmap);
    PatBlt(canvas.dc, 0, 0, width, height, WHITENESS);
    return canvas;
}

static inline void canvas_clear(struct canvas *canvas)
{
    PatBlt(canvas->dc, 0, 0, canvas->width, canvas->height, WHITENESS);
}

static inline void canvas_free(struct canvas *canvas)
{
    SelectObject(canvas->dc, canvas->old);
    DeleteObject(canvas->bitmap);
    DeleteDC(canvas->dc);
}

/* FNV-1a over all rows; of 32-bit pixels only the colours. */
static inline DWORD canvas_hash(const struct canvas *canvas)
{
    DWORD hash = 2166136261u;

    GdiFlush();
    for (int y = 0; y < canvas->height; y++) {
        const BYTE *row = (const BYTE *)canvas->bits + y * canvas->stride;
        for (int i = 0; i < canvas->stride; i++) {
            BYTE byte = canvas->bpp == 32 && i % 4 == 3 ? 0 : row[i];
            hash = (hash ^ byte) * 16777619u;
        }
    }
    return hash;
}

static inline DWORD canvas_pixel(const struct canvas *canvas, int x, int y) /* of 32 bits: 0x00RRGGBB */
{
    return ((const DWORD *)((const BYTE *)canvas->bits + y * canvas->stride))[x] & 0xffffff;
}

#define ok_hash(canvas, expected, what) do { \
        DWORD hash_ = canvas_hash(canvas); \
        ok(hash_ == (expected), "%s: pixels %08lx, expected %08lx", what, hash_, (DWORD)(expected)); \
    } while (0)

#endif
