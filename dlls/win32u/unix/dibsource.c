/* DIBs that programs describe: headers of every kind, colour tables, run-length coding; into and out of bitmaps. */
#include "draw.h"

bool dib_format_read(struct dib_format *format, uint64_t info, uint32_t usage)
{
    BITMAPINFOHEADER *header = &format->header;
    uint32_t size;

    memset(format, 0, sizeof(*format));
    if (!info || !virtual_read(&size, (void *)(uintptr_t)info, sizeof(size))) return false;
    if (size == sizeof(BITMAPCOREHEADER)) {
        BITMAPCOREHEADER core;
        if (!virtual_read(&core, (void *)(uintptr_t)info, sizeof(core))) return false;
        *header = (BITMAPINFOHEADER){ .biSize = sizeof(*header), .biWidth = core.bcWidth, .biHeight = core.bcHeight,
                                      .biPlanes = core.bcPlanes, .biBitCount = core.bcBitCount };
        format->core = true;
    } else if (size >= sizeof(*header) && size < 0x10000) {
        if (!virtual_read(header, (void *)(uintptr_t)info, sizeof(*header))) return false;
    } else {
        return false;
    }
    format->colors = info + size;
    format->size = size;
    if (header->biWidth < 0 || header->biWidth > 0x1ffffff || header->biHeight == (-0x7fffffff - 1)) return false;
    if ((uint64_t)dib_stride(header->biWidth, header->biBitCount) * abs(header->biHeight) > 0x7fffffff) return false;
    if (header->biCompression == BI_BITFIELDS) {
        if (header->biBitCount != 16 && header->biBitCount != 32) return false;
        if (!virtual_read(format->masks, (void *)(uintptr_t)(info + sizeof(*header)), sizeof(format->masks))) return false;
        if (size == sizeof(*header)) format->colors += 12, format->size += 12;
    } else if (header->biBitCount == 16) {
        format->masks[0] = 0x7c00, format->masks[1] = 0x3e0, format->masks[2] = 0x1f;
    } else {
        format->masks[0] = 0xff0000, format->masks[1] = 0xff00, format->masks[2] = 0xff;
    }
    if (header->biBitCount && header->biBitCount <= 8) {
        int all = 1 << header->biBitCount;
        format->color_count = header->biClrUsed && header->biClrUsed < (uint32_t)all ? header->biClrUsed : all;
    }
    int entry = usage == DIB_PAL_COLORS ? 2 : format->core ? 3 : 4;
    format->size += (header->biBitCount > 8 ? header->biClrUsed : format->color_count) * entry;
    return true;
}

/* Run-length coded rows, bottom-up, as plain ones of the same depth. `bits`: zeroed. */
static void decode_rle(uint8_t *out, size_t stride, int width, int height, int bpp, const uint8_t *in, size_t size)
{
    const uint8_t *end = in + size;
    int x = 0, y = 0;

#define PUT(index) do { if (x >= 0 && x < width && y >= 0 && y < height) { \
        uint8_t *row_ = out + y * stride; \
        if (bpp == 8) row_[x] = (index); \
        else row_[x / 2] = x & 1 ? (row_[x / 2] & 0xf0) | ((index) & 15) : (row_[x / 2] & 15) | (index) << 4; } x++; } while (0)
    while (end - in >= 2 && y < height) {
        uint8_t count = in[0], value = in[1];
        in += 2;
        if (count) {
            for (int i = 0; i < count; i++) PUT(bpp == 8 ? value : i & 1 ? value & 15 : value >> 4);
            continue;
        }
        switch (value) {
        case 0: x = 0, y++; break;
        case 1: return;
        case 2:
            if (end - in < 2) return;
            x += in[0], y += in[1];
            in += 2;
            break;
        default: {
            size_t bytes = bpp == 8 ? value : (value + 1) / 2;
            if ((size_t)(end - in) < bytes) return;
            for (int i = 0; i < value; i++) PUT(bpp == 8 ? in[i] : i & 1 ? in[i / 2] & 15 : in[i / 2] >> 4);
            in += (bytes + 1) & ~(size_t)1;
            if (in > end) return;
        }
        }
    }
#undef PUT
}

bool dib_source_init(struct dib_source *source, const struct gdi_dib *args, struct dc *dc)
{
    struct dib_format format;

    memset(source, 0, sizeof(*source));
    if (args->usage > 2 || !dib_format_read(&format, args->info, args->usage)) return false;
    int width = format.header.biWidth, height = abs(format.header.biHeight), bpp = format.header.biBitCount;
    uint32_t compression = format.header.biCompression;
    if (!width || !height || !dib_set_format(&source->dib, bpp, format.masks)) return false;
    source->full_height = height;
    source->top_down = format.header.biHeight < 0;
    int rows = args->lines && args->lines < (uint32_t)height ? (int)args->lines : height;
    size_t stride = dib_stride(width, bpp);
    if (compression == BI_RLE8 || compression == BI_RLE4) {
        size_t size = format.header.biSizeImage;
        uint8_t *coded;
        if (source->top_down || bpp != (compression == BI_RLE8 ? 8 : 4) || !size || size > 0x10000000) return false;
        if (!(coded = copy_in((void *)(uintptr_t)args->bits, size, 1))) return false;
        if ((source->bits = calloc(height, stride))) decode_rle(source->bits, stride, width, height, bpp, coded, size);
        free(coded);
        rows = height;
    } else if (compression == BI_RGB || compression == BI_BITFIELDS) {
        source->bits = copy_in((void *)(uintptr_t)args->bits, rows, stride);
    }
    if (!source->bits) return false;
    source->dib.width = width;
    source->dib.height = rows;
    source->dib.stride = source->top_down ? (ptrdiff_t)stride : -(ptrdiff_t)stride;
    source->dib.top = (uint8_t *)source->bits + (source->top_down ? 0 : stride * (rows - 1));
    if (bpp <= 8) {
        bool read = true;
        if (args->usage == DIB_PAL_COLORS) {
            read = virtual_read(source->palette_indices, (void *)(uintptr_t)format.colors, format.color_count * 2);
            struct palette *palette = dc ? dc->s.palette : NULL;
            for (int i = 0; palette && i < format.color_count; i++) {
                uint32_t index = source->palette_indices[i];
                PALETTEENTRY e = palette->count ? palette->entries[index % palette->count] : (PALETTEENTRY){ 0 };
                source->colors[i] = (RGBQUAD){ e.peBlue, e.peGreen, e.peRed, 0 };
            }
        } else if (format.core) {
            RGBTRIPLE triple[256];
            read = virtual_read(triple, (void *)(uintptr_t)format.colors, format.color_count * 3);
            for (int i = 0; i < format.color_count; i++)
                source->colors[i] = (RGBQUAD){ triple[i].rgbtBlue, triple[i].rgbtGreen, triple[i].rgbtRed, 0 };
        } else {
            read = virtual_read(source->colors, (void *)(uintptr_t)format.colors, format.color_count * 4);
        }
        if (!read) {
            dib_source_fini(source);
            return false;
        }
        source->dib.colors = source->colors;
        source->dib.color_count = 1 << bpp;
    }
    return true;
}

void dib_source_fini(struct dib_source *source)
{
    free(source->bits);
    source->bits = NULL;
}

/* ---- SetDIBits ---- */

/* Rows of a DIB into a bitmap that is not drawn by a DC: no clipping, no mapping. Rows set. */
int sys_NtGdiSetDIBits(HDC handle, HBITMAP bitmap_handle, const struct gdi_dib *in)
{
    GDI_LOCK();
    struct bitmap *bitmap = (struct bitmap *)gdi_get(bitmap_handle, GDI_BITMAP);
    struct dib_source source;
    struct translation translation;
    struct gdi_dib args;
    uint32_t *row;

    if (!bitmap || !virtual_read(&args, in, sizeof(args)) || !args.lines) return 0;
    if (!dib_source_init(&source, &args, dc_get(handle))) return 0;
    if (args.start >= (uint32_t)source.full_height || !(row = malloc((size_t)source.dib.width * 4))) {
        dib_source_fini(&source);
        return 0;
    }
    translation_init(&translation, &source.dib, &bitmap->dib, 0, 0xffffff, 0xffffff);
    if (translation.kind == TRANSLATE_MATCH) translation.kind = TRANSLATE_RGB;
    int width = source.dib.width < bitmap->dib.width ? source.dib.width : bitmap->dib.width;
    int rows = source.dib.height;
    /* start counts from the first row in memory of the whole DIB */
    int top = source.top_down ? args.start : source.full_height - (int)args.start - rows;
    int shift = source.top_down ? 0 : bitmap->dib.height - source.full_height; /* bottoms meet */
    for (int y = 0; y < rows; y++) {
        int to = top + y + shift;
        if (to < 0 || to >= bitmap->dib.height) continue;
        dib_read(&source.dib, 0, y, width, row);
        translate_row(&translation, row, width);
        dib_write(&bitmap->dib, 0, to, width, row);
    }
    free(row);
    dib_source_fini(&source);
    return rows;
}

/* ---- GetDIBits ---- */

static bool write_colors(const struct dib_format *format, uint32_t usage, const RGBQUAD *colors)
{
    int count = 1 << format->header.biBitCount;

    if (usage == DIB_PAL_COLORS) {
        uint16_t index[256];
        for (int i = 0; i < count; i++) index[i] = i;
        return virtual_write((void *)(uintptr_t)format->colors, index, count * 2);
    }
    if (format->core) {
        RGBTRIPLE triple[256];
        for (int i = 0; i < count; i++) triple[i] = (RGBTRIPLE){ colors[i].rgbBlue, colors[i].rgbGreen, colors[i].rgbRed };
        return virtual_write((void *)(uintptr_t)format->colors, triple, count * 3);
    }
    return virtual_write((void *)(uintptr_t)format->colors, colors, count * 4);
}

static void describe(const struct dib *dib, BITMAPINFOHEADER *header, uint32_t size)
{
    bool fields = (dib->bpp == 16 && dib->mask[1] != 0x3e0) || (dib->bpp == 32 && !dib->rgb888) || dib->bpp == 16 || dib->bpp == 32;

    *header = (BITMAPINFOHEADER){ .biSize = size, .biWidth = dib->width, .biHeight = dib->height, .biPlanes = 1,
                                  .biBitCount = dib->bpp, .biCompression = fields ? BI_BITFIELDS : BI_RGB,
                                  .biSizeImage = (uint32_t)(dib_stride(dib->width, dib->bpp) * dib->height) };
}

/* `in`: info, bits (0: only the description), usage, start, lines. Rows copied, or 1 for a description; 0: an error. */
int sys_NtGdiGetDIBits(HDC handle, HBITMAP bitmap_handle, const struct gdi_dib *in)
{
    static const RGBQUAD mono_colors[2] = { { 0, 0, 0, 0 }, { 0xff, 0xff, 0xff, 0 } };
    GDI_LOCK();
    struct bitmap *bitmap = (struct bitmap *)gdi_get(bitmap_handle, GDI_BITMAP);
    struct dib_format format;
    struct gdi_dib args;
    struct dib source, target = { 0 };
    struct translation translation;
    RGBQUAD colors[256] = { 0 };
    uint32_t header_size;

    if (!bitmap || !dc_get(handle) || !virtual_read(&args, in, sizeof(args)) || args.usage > 1) return 0;
    if (!virtual_read(&header_size, (void *)(uintptr_t)args.info, 4)) return 0;
    source = bitmap->dib;
    if (source.mono) source.mono = false, source.colors = mono_colors, source.color_count = 2;
    if (!dib_format_read(&format, args.info, args.usage)) {
        if (header_size != sizeof(BITMAPINFOHEADER)) return 0;
        format.header.biBitCount = 0;
        uint16_t count;
        if (!virtual_read(&count, (void *)(uintptr_t)(args.info + 14), 2) || count) return 0;
        format.core = false;
    }
    if (!format.header.biBitCount) { /* what is it like? */
        BITMAPINFOHEADER header;
        if (format.core) {
            BITMAPCOREHEADER core = { sizeof(core), source.width, source.height, 1, source.bpp };
            return virtual_write((void *)(uintptr_t)args.info, &core, sizeof(core));
        }
        describe(&source, &header, header_size);
        return virtual_write((void *)(uintptr_t)args.info, &header, sizeof(header));
    }
    int bpp = format.header.biBitCount;
    uint32_t compression = format.header.biCompression;
    if (compression == BI_BITFIELDS && bpp > 8) /* the masks are ours to say */
        memcpy(format.masks, bpp == source.bpp ? source.mask : bpp == 16 ? (uint32_t[]){ 0x7c00, 0x3e0, 0x1f } : (uint32_t[]){ 0xff0000, 0xff00, 0xff }, 12);
    if ((compression != BI_RGB && compression != BI_BITFIELDS) || !dib_set_format(&target, bpp, format.masks)) return 0;
    if (bpp <= 8) {
        if (bpp == source.bpp) {
            memcpy(colors, source.colors, source.color_count * sizeof(RGBQUAD));
        } else if (bpp == 1) {
            memcpy(colors, mono_colors, sizeof(mono_colors));
        } else {
            memcpy(colors, default_colors(bpp), (1 << bpp) * sizeof(RGBQUAD));
        }
        target.colors = colors;
        target.color_count = 1 << bpp;
        if (!write_colors(&format, args.usage, colors)) return 0;
    }
    int width = format.header.biWidth, height = abs(format.header.biHeight);
    bool top_down = format.header.biHeight < 0;
    size_t stride = dib_stride(width, bpp);
    if (compression == BI_BITFIELDS && !format.core)
        virtual_write((void *)(uintptr_t)(args.info + sizeof(BITMAPINFOHEADER)), format.masks, 12);
    if (!args.bits) {
        if (!format.core) {
            format.header.biSize = header_size;
            format.header.biPlanes = 1;
            format.header.biWidth = source.width;
            format.header.biHeight = top_down ? -source.height : source.height;
            format.header.biSizeImage = (uint32_t)(dib_stride(source.width, bpp) * source.height);
            format.header.biClrUsed = format.header.biClrImportant = 0;
            if (!virtual_write((void *)(uintptr_t)args.info, &format.header, sizeof(format.header))) return 0;
        }
        return abs(source.height);
    }
    if (args.start >= (uint32_t)source.height && args.start >= (uint32_t)height) return 0;
    translation_init(&translation, &source, &target, 0, 0xffffff, 0xffffff);
    uint32_t *row = malloc(((size_t)(width > source.width ? width : source.width) + 32) * 4);
    uint8_t *out = malloc(stride + 4);
    int rows = 0, copy = width < source.width ? width : source.width;
    target.width = width;
    target.height = 1;
    target.stride = stride;
    target.top = out;
    for (uint32_t i = 0; row && out && i < args.lines; i++) {
        int line = (int)(args.start + i), y = top_down ? line : height - 1 - line;
        if (line >= height) break;
        memset(out, 0, stride);
        if (!top_down) y += source.height - height; /* bottoms meet */
        if (y >= 0 && y < source.height) {
            dib_read(&source, 0, y, copy, row);
            translate_row(&translation, row, copy);
            if (bpp == 32 && source.bpp != 32) for (int k = 0; k < copy; k++) row[k] &= 0xffffff;
            dib_write(&target, 0, 0, copy, row);
        }
        if (!virtual_write((char *)(uintptr_t)args.bits + i * stride, out, stride)) break;
        rows++;
    }
    free(row);
    free(out);
    if (!format.core) {
        uint32_t size = (uint32_t)(stride * height);
        virtual_write((void *)(uintptr_t)(args.info + 20), &size, 4);
    }
    return rows;
}

/* ---- onto a DC ---- */

/* StretchDIBits: rows drawn on the DC, 0: an error. Logical coordinates, source rectangle in DIB coordinates. */
int sys_NtGdiStretchDIBits(HDC handle, const struct gdi_dib *in)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    struct dib_source source;
    struct translation translation;
    struct gdi_dib args;
    int rop3;

    if (!dc || !virtual_read(&args, in, sizeof(args))) return 0;
    args.lines = 0;
    if (!dib_source_init(&source, &args, dc)) return 0;
    POINT p[2] = { { args.x, args.y }, { args.x + args.width, args.y + args.height } };
    lp_to_dp(dc, p, 2);
    rop3 = args.rop >> 16 & 0xff;
    translation_init(&translation, &source.dib, &dc->dib, 0, 0xffffff, 0xffffff);
    if (translation.kind == TRANSLATE_MATCH) translation.kind = TRANSLATE_RGB;
    int sy = source.top_down ? args.src_y : source.full_height - args.src_y - args.src_height; /* counted from the bottom */
    int mode = abs(p[1].x - p[0].x) == abs(args.src_width) && abs(p[1].y - p[0].y) == abs(args.src_height) ? 0 : dc->s.stretch_mode;
    bool done = blit_dib(dc, p[0].x, p[0].y, p[1].x - p[0].x, p[1].y - p[0].y, &source.dib, args.src_x, sy, args.src_width,
                         args.src_height, rop3, &translation, mode);
    int rows = source.full_height;
    dib_source_fini(&source);
    return done ? rows : 0;
}

/* SetDIBitsToDevice: no stretching. Rows. */
int sys_NtGdiSetDIBitsToDevice(HDC handle, const struct gdi_dib *in)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    struct dib_source source;
    struct translation translation;
    struct gdi_dib args;

    if (!dc || !virtual_read(&args, in, sizeof(args)) || !args.lines) return 0;
    if (!dib_source_init(&source, &args, dc)) return 0;
    POINT p = { args.x, args.y };
    lp_to_dp(dc, &p, 1);
    translation_init(&translation, &source.dib, &dc->dib, 0, 0xffffff, 0xffffff);
    if (translation.kind == TRANSLATE_MATCH) translation.kind = TRANSLATE_RGB;
    /* the source rectangle lies in the whole DIB, of which rows start … start + lines are there */
    int rows = source.dib.height;
    int first = source.top_down ? (int)args.start : source.full_height - (int)args.start - rows; /* of ours, from the top */
    int sy = source.top_down ? args.src_y : source.full_height - args.src_y - args.height;
    int y = p.y;
    bool done = blit_dib(dc, p.x, y, args.width, args.height, &source.dib, args.src_x, sy - first, args.width, args.height, 0xcc,
                         &translation, 0);
    dib_source_fini(&source);
    return done ? rows : 0;
}
