/* Pixels of every depth. A `pixel` is the raw value that lies in the bitmap: an index up to 8 bits, else colour bits.
 */
#ifndef WIN32U_DIB_H
#define WIN32U_DIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "ferry/nt.h"

struct dib {
    int width, height;
    int bpp;          /* 1, 4, 8, 16, 24, 32 */
    ptrdiff_t stride; /* bytes to the row below; negative for bottom-up */
    uint8_t *top;     /* the uppermost row; NULL: no pixels */
    bool mono;        /* a device-dependent bitmap of one bit: no colours of its own */
    bool rgb888;      /* 24 and 32 bits in the usual order */
    uint32_t mask[3]; /* red, green, blue; 16 and 32 bits */
    uint8_t shift[3], bits[3];
    const RGBQUAD *colors; /* up to 8 bits */
    int color_count;
};

static inline uint8_t *dib_row(const struct dib *dib, int y)
{
    return dib->top + y * dib->stride;
}

static inline uint32_t dib_pixel_mask(const struct dib *dib)
{
    return dib->bpp == 32 ? 0xffffffffu : (1u << dib->bpp) - 1;
}

/* Bytes of a row, a multiple of 4. */
static inline size_t dib_stride(int width, int bpp)
{
    return ((size_t)width * bpp + 31) / 32 * 4;
}

/* Sets format fields: masks NULL for the default (16 bits: 555). False: a depth or masks that do not exist. */
bool dib_set_format(struct dib *dib, int bpp, const uint32_t *masks);

/* Raw pixels of a part of a row that lies within the bitmap. */
void dib_read(const struct dib *dib, int x, int y, int count, uint32_t *pixels);
void dib_write(const struct dib *dib, int x, int y, int count, const uint32_t *pixels);
static inline uint32_t dib_get(const struct dib *dib, int x, int y)
{
    uint32_t pixel;
    dib_read(dib, x, y, 1, &pixel);
    return pixel;
}

/* 0x00RRGGBB from a pixel and the nearest pixel from 0x00RRGGBB. */
uint32_t dib_to_rgb(const struct dib *dib, uint32_t pixel);
uint32_t dib_from_rgb(const struct dib *dib, uint32_t rgb);
int nearest_color(const RGBQUAD *colors, int count, uint32_t rgb);

static inline uint32_t rgb_of(COLORREF color) /* COLORREF to 0x00RRGGBB and back */
{
    return (color & 0xff) << 16 | (color & 0xff00) | (color >> 16 & 0xff);
}

/* Turns pixels of one bitmap into those of another. */
struct translation {
    enum { TRANSLATE_NONE, TRANSLATE_TABLE, TRANSLATE_MATCH, TRANSLATE_RGB } kind;
    const struct dib *from, *to;
    uint32_t table[256];
    uint32_t match, then_pixel, else_pixel; /* TRANSLATE_MATCH */
};

/* `foreground` and `background` (0x00RRGGBB) are what the two values of a mono bitmap become; `match` is the source colour
 * that becomes 1 in a mono destination. */
void translation_init(struct translation *translation, const struct dib *from, const struct dib *to, uint32_t foreground,
                      uint32_t background, uint32_t match);
void translate_row(const struct translation *translation, uint32_t *pixels, int count);

/* Solid drawing with a raster operation on a destination is (D & and) ^ xor. */
struct solid {
    uint32_t and, xor;
};
struct solid solid_from_rop(int rop3, uint32_t pixel, uint32_t pixel_mask);
/* Rectangle within the bitmap. */
void dib_fill(const struct dib *dib, int left, int top, int right, int bottom, struct solid solid);

/* destination = rop3(pattern, source, destination); NULL where an operand is not used. */
void rop_row(int rop3, uint32_t *destination, const uint32_t *source, const uint32_t *pattern, int count);
static inline bool rop_uses_source(int rop3)
{
    return ((rop3 >> 2) & 0x33) != (rop3 & 0x33);
}
static inline bool rop_uses_pattern(int rop3)
{
    return (rop3 >> 4) != (rop3 & 15);
}
static inline bool rop_uses_destination(int rop3)
{
    return ((rop3 >> 1) & 0x55) != (rop3 & 0x55);
}
int rop3_from_rop2(int rop2);

#endif
