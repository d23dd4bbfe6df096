/* Bitmaps: device-dependent ones and DIB sections. */
#include "draw.h"

static const RGBQUAD vga16[16] = {
    { 0, 0, 0, 0 }, { 0, 0, 0x80, 0 }, { 0, 0x80, 0, 0 }, { 0, 0x80, 0x80, 0 }, { 0x80, 0, 0, 0 }, { 0x80, 0, 0x80, 0 },
    { 0x80, 0x80, 0, 0 }, { 0x80, 0x80, 0x80, 0 }, { 0xc0, 0xc0, 0xc0, 0 }, { 0, 0, 0xff, 0 }, { 0, 0xff, 0, 0 },
    { 0, 0xff, 0xff, 0 }, { 0xff, 0, 0, 0 }, { 0xff, 0, 0xff, 0 }, { 0xff, 0xff, 0, 0 }, { 0xff, 0xff, 0xff, 0 },
};

/* Colours of device-dependent bitmaps of 4 and 8 bits, which no device of ours has: the fixed ones and a cube. */
const RGBQUAD *default_colors(int bpp)
{
    static RGBQUAD colors[256];

    if (bpp == 4) return vga16;
    if (!colors[255].rgbRed) {
        for (int i = 0; i < 10; i++) colors[i] = vga16[i < 8 ? i : 7];
        for (int i = 10; i < 246; i++) {
            int n = i - 10;
            colors[i] = (RGBQUAD){ n % 6 * 51, n / 6 % 6 * 51, n / 36 % 7 * 42, 0 };
        }
        for (int i = 246; i < 256; i++) colors[i] = vga16[i - 240];
    }
    return colors;
}

struct bitmap *bitmap_create(int width, int height, int bpp)
{
    struct bitmap *bitmap = calloc(1, sizeof(*bitmap));

    if (!bitmap) return NULL;
    if (!dib_set_format(&bitmap->dib, bpp, NULL)) goto fail;
    if ((uint64_t)dib_stride(width, bpp) * height > 0x7fffffff) goto fail;
    bitmap->dib.width = width;
    bitmap->dib.height = height;
    bitmap->dib.stride = dib_stride(width, bpp);
    bitmap->dib.mono = bpp == 1;
    if (bpp == 4 || bpp == 8) {
        bitmap->dib.colors = default_colors(bpp);
        bitmap->dib.color_count = 1 << bpp;
    }
    bitmap->memory = calloc(height, bitmap->dib.stride);
    if (!bitmap->memory) goto fail;
    bitmap->dib.top = bitmap->memory;
    return bitmap;
fail:
    free(bitmap);
    return NULL;
}

void bitmap_free(struct bitmap *bitmap)
{
    size_t size = 0;

    switch (bitmap->owner) {
    case BITS_MALLOC: free(bitmap->memory); break;
    case BITS_VIRTUAL: virtual_free(&bitmap->memory, &size, MEM_RELEASE); break;
    case BITS_VIEW: sys_NtUnmapViewOfSection((HANDLE)(intptr_t)-1, bitmap->memory); break;
    case BITS_FOREIGN: break;
    }
    free(bitmap->colors);
    free(bitmap);
}

static HBITMAP bitmap_add(struct bitmap *bitmap)
{
    HGDIOBJ handle = bitmap ? gdi_add(&bitmap->header, GDI_BITMAP) : 0;

    if (!handle && bitmap) bitmap_free(bitmap);
    return (HBITMAP)handle;
}

/* Rows as of GetBitmapBits: 2-byte aligned. */
static size_t packed_stride(const struct dib *dib)
{
    return ((size_t)dib->width * dib->bpp + 15) / 16 * 2;
}

/* `bits` NULL: zeroes. Depths between those that exist are taken as the next one. */
HBITMAP sys_NtGdiCreateBitmap(int width, int height, UINT planes, UINT depth, const void *bits)
{
    GDI_LOCK();
    struct bitmap *bitmap;
    uint32_t bpp = planes * depth;

    if (width < 0) width = -width;
    if (height < 0) height = -height;
    if (width > 0x7ffffff || height > 0x7ffffff) return 0;
    if (!width || !height) return (HBITMAP)gdi_stock(STOCK_LAST + 1);
    if (!bpp || bpp > 32) return 0;
    bpp = bpp == 1 ? 1 : bpp <= 4 ? 4 : bpp <= 8 ? 8 : bpp <= 16 ? 16 : bpp <= 24 ? 24 : 32;
    if (!(bitmap = bitmap_create(width, height, bpp))) return 0;
    if (bits)
        for (int y = 0; y < height; y++)
            if (!virtual_read(dib_row(&bitmap->dib, y), (const char *)bits + y * packed_stride(&bitmap->dib), (width * bpp + 7) / 8))
                break;
    return bitmap_add(bitmap);
}

/* As deep as the DC's target: the bitmap of a memory DC, else the screen. */
HBITMAP sys_NtGdiCreateCompatibleBitmap(HDC handle, int width, int height)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    struct bitmap *bitmap;
    int bpp;

    if (!dc || width < 0 || height < 0) return 0;
    if (!width || !height) return (HBITMAP)gdi_stock(STOCK_LAST + 1);
    bpp = dc->bitmap ? dc->bitmap->dib.bpp : 32;
    if (!(bitmap = bitmap_create(width, height, bpp))) return 0;
    if (dc->bitmap && dc->bitmap->section) { /* a DDB has the colours of the section */
        if (bpp > 8) {
            dib_set_format(&bitmap->dib, bpp, dc->bitmap->dib.mask);
        } else {
            bitmap->colors = malloc(256 * sizeof(RGBQUAD));
            if (bitmap->colors) {
                memcpy(bitmap->colors, dc->bitmap->dib.colors, dc->bitmap->dib.color_count * sizeof(RGBQUAD));
                bitmap->dib.colors = bitmap->colors;
                bitmap->dib.color_count = dc->bitmap->dib.color_count;
                bitmap->dib.mono = false;
            }
        }
    }
    return bitmap_add(bitmap);
}

/* The caller has made the memory: `bits` is the first byte of the bitmap in it, `memory` what is freed by `owner` (1: virtual
 * memory, 2: a view) when the bitmap goes, whether this call succeeds or not. */
HBITMAP sys_NtGdiCreateDIBSection(HDC handle, const BITMAPINFO *info, UINT usage, ULONG_PTR bits, ULONG_PTR memory, UINT owner,
                                  ULONG_PTR file_section, DWORD file_offset)
{
    GDI_LOCK();
    struct bitmap *bitmap = calloc(1, sizeof(*bitmap));
    struct dib_format format;
    struct dc *dc = dc_get(handle);

    if (!bitmap) return 0;
    bitmap->memory = (void *)memory;
    bitmap->owner = owner == 1 ? BITS_VIRTUAL : BITS_VIEW;
    bitmap->section = true;
    if (!dib_format_read(&format, (uintptr_t)info, usage) || !dib_set_format(&bitmap->dib, format.header.biBitCount, format.masks))
        goto fail;
    int height = abs(format.header.biHeight), bpp = format.header.biBitCount;
    ptrdiff_t stride = dib_stride(format.header.biWidth, bpp);
    bitmap->dib.width = format.header.biWidth;
    bitmap->dib.height = height;
    bool bottom_up = format.header.biHeight > 0;
    bitmap->dib.stride = bottom_up ? -stride : stride;
    bitmap->dib.top = (uint8_t *)bits + (bottom_up ? stride * (height - 1) : 0);
    bitmap->info = format.header;
    bitmap->info.biSize = sizeof(bitmap->info);
    bitmap->info.biHeight = height;
    bitmap->info.biSizeImage = (uint32_t)(stride * height);
    bitmap->file_section = file_section;
    bitmap->file_offset = file_offset;
    if (bpp == 16 || bpp == 32)
        if (format.header.biCompression == BI_BITFIELDS || bpp == 16) memcpy(bitmap->masks, bitmap->dib.mask, sizeof(bitmap->masks));
    if (format.header.biCompression == BI_BITFIELDS || (bpp != 16 && bpp != 32)) {
        if (format.header.biCompression != BI_BITFIELDS) memset(bitmap->masks, 0, sizeof(bitmap->masks));
    }
    if (bpp <= 8) {
        int count = 1 << bpp;
        bitmap->colors = calloc(256, sizeof(RGBQUAD));
        if (!bitmap->colors) goto fail;
        if (usage == DIB_PAL_COLORS) {
            uint16_t index[256];
            if (!virtual_read(index, (void *)(uintptr_t)format.colors, format.color_count * 2)) goto fail;
            struct palette *palette = dc ? dc->s.palette : (struct palette *)gdi_get(gdi_stock(DEFAULT_PALETTE), 0);
            for (int i = 0; i < format.color_count; i++) {
                PALETTEENTRY e = palette->count ? palette->entries[index[i] % palette->count] : (PALETTEENTRY){ 0 };
                bitmap->colors[i] = (RGBQUAD){ e.peBlue, e.peGreen, e.peRed, 0 };
            }
        } else if (format.core) {
            RGBTRIPLE triple[256];
            if (!virtual_read(triple, (void *)(uintptr_t)format.colors, format.color_count * 3)) goto fail;
            for (int i = 0; i < format.color_count; i++)
                bitmap->colors[i] = (RGBQUAD){ triple[i].rgbtBlue, triple[i].rgbtGreen, triple[i].rgbtRed, 0 };
        } else {
            if (!virtual_read(bitmap->colors, (void *)(uintptr_t)format.colors, format.color_count * sizeof(RGBQUAD))) goto fail;
            for (int i = 0; i < count; i++) bitmap->colors[i].rgbReserved = 0;
        }
        bitmap->dib.colors = bitmap->colors;
        bitmap->dib.color_count = count;
        bitmap->info.biClrUsed = count;
    }
    return bitmap_add(bitmap);
fail:
    bitmap_free(bitmap);
    return 0;
}

/* Bytes copied; `bits` NULL: how many there are. */
LONG sys_NtGdiGetBitmapBits(HBITMAP handle, ULONG size, void *bits)
{
    GDI_LOCK();
    struct bitmap *bitmap = (struct bitmap *)gdi_get(handle, GDI_BITMAP);
    size_t stride, all;
    ULONG done = 0;

    if (!bitmap) return 0;
    stride = packed_stride(&bitmap->dib);
    all = stride * bitmap->dib.height;
    if (!bits) return (LONG)all;
    if (size > all) size = (ULONG)all;
    for (int y = 0; y < bitmap->dib.height && done < size; y++) {
        ULONG part = size - done < stride ? size - done : (ULONG)stride;
        if (!virtual_write((char *)bits + done, dib_row(&bitmap->dib, y), part)) return 0;
        done += part;
    }
    return (LONG)done;
}

LONG sys_NtGdiSetBitmapBits(HBITMAP handle, ULONG size, const void *bits)
{
    GDI_LOCK();
    struct bitmap *bitmap = (struct bitmap *)gdi_get(handle, GDI_BITMAP);
    size_t stride, all;
    ULONG done = 0;

    if (!bitmap || !bits) return 0;
    if ((LONG)size < 0) size = -size;
    stride = packed_stride(&bitmap->dib);
    all = stride * bitmap->dib.height;
    if (size > all) size = (ULONG)all;
    for (int y = 0; y < bitmap->dib.height && done < size; y++) {
        ULONG part = size - done < stride ? size - done : (ULONG)stride;
        if (!virtual_read(dib_row(&bitmap->dib, y), (const char *)bits + done, part)) break;
        done += part;
    }
    return (LONG)done;
}

/* GetBitmapDimensionEx (set FALSE) and SetBitmapDimensionEx. */
BOOL sys_NtGdiBitmapDimension(HBITMAP handle, int x, int y, SIZE *old, BOOL set)
{
    GDI_LOCK();
    struct bitmap *bitmap = (struct bitmap *)gdi_get(handle, GDI_BITMAP);

    if (!bitmap || (old && !virtual_write(old, &bitmap->dimension, sizeof(*old)))) return FALSE;
    if (set) bitmap->dimension = (SIZE){ x, y };
    return TRUE;
}

/* Get- and SetDIBColorTable: of the DIB section that is selected. Entries done. */
UINT sys_NtGdiDoColorTable(HDC handle, UINT start, UINT count, RGBQUAD *colors, BOOL set)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    struct bitmap *bitmap = dc ? dc->bitmap : NULL;
    UINT all;

    if (!bitmap || bitmap->dib.bpp > 8) return 0;
    if (!bitmap->section) {
        static const RGBQUAD mono[2] = { { 0, 0, 0, 0 }, { 0xff, 0xff, 0xff, 0 } };
        const RGBQUAD *table = bitmap->dib.bpp == 1 ? mono : bitmap->dib.colors;
        all = 1u << bitmap->dib.bpp;
        if (set || start >= all) return 0;
        if (count > all - start) count = all - start;
        return virtual_write(colors, table + start, count * sizeof(*colors)) ? count : 0;
    }
    all = bitmap->dib.color_count;
    if (start >= all) return 0;
    if (count > all - start) count = all - start;
    if (!set) return virtual_write(colors, bitmap->colors + start, count * sizeof(*colors)) ? count : 0;
    if (!virtual_read(bitmap->colors + start, colors, count * sizeof(*colors))) return 0;
    for (UINT i = 0; i < count; i++) bitmap->colors[start + i].rgbReserved = 0;
    return count;
}
