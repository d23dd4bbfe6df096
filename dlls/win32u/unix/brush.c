/* Brushes, pens, palettes. */
#include "draw.h"

struct brush *brush_create_solid(COLORREF color)
{
    struct brush *brush = calloc(1, sizeof(*brush));

    if (!brush) return NULL;
    brush->style = BS_SOLID;
    brush->color = color;
    return brush;
}

void brush_free(struct brush *brush)
{
    free(brush->tile_bits);
    free(brush);
}

static HBRUSH brush_add(struct brush *brush)
{
    HGDIOBJ handle = brush ? gdi_add(&brush->header, GDI_BRUSH) : 0;

    if (!handle && brush) brush_free(brush);
    return (HBRUSH)handle;
}

static bool copy_tile(struct brush *brush, const struct dib *from)
{
    size_t stride = dib_stride(from->width, from->bpp);

    brush->tile = *from;
    size_t size = stride * from->height;
    if (!(brush->tile_bits = calloc(1, size + 256 * (sizeof(RGBQUAD) + sizeof(*brush->palette_indices))))) return false;
    brush->tile.top = brush->tile_bits;
    brush->tile.stride = stride;
    RGBQUAD *colors = (RGBQUAD *)((char *)brush->tile_bits + size);
    if (from->bpp <= 8 && !from->mono) {
        memcpy(colors, from->colors, from->color_count * sizeof(RGBQUAD));
        brush->tile.colors = colors;
    }
    brush->palette_indices = (uint16_t *)(colors + 256);
    for (int y = 0; y < from->height; y++) memcpy(dib_row(&brush->tile, y), dib_row(from, y), (from->width * from->bpp + 7) / 8);
    return true;
}

/* CreateBrushIndirect: `hatch` is a HS_ value, or a bitmap's handle for BS_PATTERN. */
HBRUSH sys_NtGdiCreateBrush(ULONG style, COLORREF color, ULONG_PTR hatch)
{
    GDI_LOCK();
    struct brush *brush;

    switch (style) {
    case BS_SOLID:
    case BS_NULL: break;
    case BS_HATCHED:
        if (hatch > HS_API_MAX) return 0;
        if (hatch > HS_DIAGCROSS) style = BS_SOLID;
        break;
    case BS_PATTERN8X8: style = BS_PATTERN; break;
    case BS_PATTERN: break;
    default: return 0;
    }
    brush = brush_create_solid(color);
    if (!brush) return 0;
    brush->style = style;
    brush->hatch = hatch;
    if (style == BS_PATTERN) {
        struct bitmap *bitmap = (struct bitmap *)gdi_get((HGDIOBJ)hatch, GDI_BITMAP);
        if (!bitmap || !copy_tile(brush, &bitmap->dib)) {
            brush_free(brush);
            return 0;
        }
        brush->color = 0;
    }
    return brush_add(brush);
}

/* CreateDIBPatternBrushPt: a packed DIB described by `in` (x…: not used). `packed`: what GetObject's lbHatch tells. */
HBRUSH sys_NtGdiCreateDIBBrush(const struct gdi_dib *in, ULONG_PTR packed)
{
    struct gdi_dib args;
    struct dib_source source;
    struct brush *brush;
    HBRUSH handle = 0;
    GDI_LOCK();

    if (!virtual_read(&args, in, sizeof(args)) || !dib_source_init(&source, &args, NULL)) return 0;
    brush = brush_create_solid(0);
    if (brush) {
        brush->style = BS_DIBPATTERN;
        brush->hatch = packed;
        brush->usage = args.usage;
        if (copy_tile(brush, &source.dib)) {
            memcpy(brush->palette_indices, source.palette_indices, sizeof(source.palette_indices));
            handle = brush_add(brush);
        } else {
            brush_free(brush);
        }
    }
    dib_source_fini(&source);
    return handle;
}

BOOL sys_NtGdiUnrealizeObject(HGDIOBJ handle)
{
    GDI_LOCK();
    return gdi_get(handle, 0) != NULL;
}

/* ---- pens ---- */

void pen_free(struct pen *pen)
{
    if (pen->brush) brush_free(pen->brush);
    free(pen);
}

/* CreatePen and CreatePenIndirect. Dashed pens wider than one unit draw solid. */
HPEN sys_NtGdiCreatePen(ULONG style, int width, int height, COLORREF color)
{
    GDI_LOCK();
    struct pen *pen;
    HGDIOBJ handle;

    if (style > PS_INSIDEFRAME) return 0;
    if (style == PS_NULL) return (HPEN)gdi_stock(NULL_PEN);
    if (!(pen = calloc(1, sizeof(*pen)))) return 0;
    pen->style = style;
    pen->width = abs(width);
    pen->height = height;
    if (pen->width > 1 && style >= PS_DASH && style <= PS_DASHDOTDOT) pen->style = PS_SOLID;
    pen->color = color;
    pen->brush = brush_create_solid(color);
    handle = pen->brush ? gdi_add(&pen->header, GDI_PEN) : 0;
    if (!handle) pen_free(pen);
    return (HPEN)handle;
}

/* ExtCreatePen; `brush_handle` instead of a LOGBRUSH, which the caller made for it (deleted by the caller). `hatch`: what
 * GetObject tells. Styles are checked as the reference says. */
HPEN sys_NtGdiExtCreatePen(ULONG style, ULONG width, HBRUSH brush_handle, ULONG_PTR hatch, ULONG count, const DWORD *dashes)
{
    GDI_LOCK();
    struct brush *brush = (struct brush *)gdi_get(brush_handle, GDI_BRUSH);
    uint32_t line = style & PS_STYLE_MASK, type = style & PS_TYPE_MASK;
    struct pen *pen;
    HGDIOBJ handle;

    if (!brush || line > PS_ALTERNATE || (type != PS_COSMETIC && type != PS_GEOMETRIC)) return 0;
    if (line == PS_USERSTYLE ? !count || count > 16 || !dashes : count || dashes) return 0;
    if (type == PS_COSMETIC && (width != 1 || brush->style != BS_SOLID || line == PS_INSIDEFRAME)) return 0;
    if (type == PS_GEOMETRIC && (line == PS_ALTERNATE)) return 0;
    if (line == PS_NULL) return (HPEN)gdi_stock(NULL_PEN);
    if (!(pen = calloc(1, sizeof(*pen)))) return 0;
    pen->style = style;
    pen->width = width;
    pen->color = brush->color;
    pen->dash_count = count;
    if (count && !virtual_read(pen->dashes, dashes, count * sizeof(*dashes))) {
        free(pen);
        return 0;
    }
    uint64_t total = 0;
    for (ULONG i = 0; i < count; i++) {
        if ((int32_t)pen->dashes[i] < 0) total = 0, i = count;
        else total += pen->dashes[i];
    }
    pen->brush = !count || total ? malloc(sizeof(*brush)) : NULL;
    if (!pen->brush) {
        free(pen);
        return 0;
    }
    *pen->brush = *brush;
    pen->brush->header = (struct gdi_object){ 0 };
    pen->brush->tile_bits = NULL;
    if (brush->tile_bits) {
        if (!copy_tile(pen->brush, &brush->tile)) {
            pen_free(pen);
            return 0;
        }
        memcpy(pen->brush->palette_indices, brush->palette_indices, 256 * sizeof(*brush->palette_indices));
    }
    if (brush->style == BS_HATCHED) pen->brush->hatch = brush->hatch;
    handle = gdi_add(&pen->header, GDI_EXTPEN);
    if (!handle) pen_free(pen);
    (void)hatch;
    return (HPEN)handle;
}

/* ---- palettes ---- */

struct palette *palette_create(const PALETTEENTRY *entries, int count, uint16_t version)
{
    struct palette *palette = calloc(1, sizeof(*palette));

    if (!palette) return NULL;
    palette->entries = calloc(count ? count : 1, sizeof(*entries));
    if (!palette->entries) {
        free(palette);
        return NULL;
    }
    if (entries) memcpy(palette->entries, entries, count * sizeof(*entries));
    palette->count = count;
    palette->version = version;
    return palette;
}

void palette_free(struct palette *palette)
{
    free(palette->entries);
    free(palette);
}

HPALETTE sys_NtGdiCreatePalette(const LOGPALETTE *in)
{
    struct { WORD version, count; } head;
    PALETTEENTRY *entries;
    struct palette *palette;
    HGDIOBJ handle = 0;
    GDI_LOCK();

    if (!virtual_read(&head, in, sizeof(head)) || head.version != 0x300 || !head.count || head.count > 1024) return 0;
    if (!(entries = copy_in((const char *)in + 4, head.count, sizeof(*entries)))) return 0;
    palette = palette_create(entries, head.count, head.version);
    free(entries);
    if (palette && !(handle = gdi_add(&palette->header, GDI_PALETTE))) palette_free(palette);
    return (HPALETTE)handle;
}

/* Operation 0: SetPaletteEntries, 1: GetPaletteEntries, 2: AnimatePalette, 3: ResizePalette (start is the size), 4: version.
 * Entries done. */
UINT sys_NtGdiDoPalette(HPALETTE handle, UINT start, UINT count, PALETTEENTRY *entries, UINT operation)
{
    GDI_LOCK();
    struct palette *palette = (struct palette *)gdi_get(handle, GDI_PALETTE);

    if (!palette) return 0;
    if (operation == 3) {
        PALETTEENTRY *larger;
        if (palette->header.stock || !start || start > 1024) return 0;
        if (!(larger = realloc(palette->entries, start * sizeof(*larger)))) return 0;
        if (start > palette->count) memset(larger + palette->count, 0, (start - palette->count) * sizeof(*larger));
        palette->entries = larger;
        palette->count = start;
        return 1;
    }
    if (operation == 1 && !entries) return palette->count;
    if (start >= palette->count) return 0;
    if (count > palette->count - start) count = palette->count - start;
    switch (operation) {
    case 0:
        if (palette->header.stock || !virtual_read(palette->entries + start, entries, count * sizeof(*entries))) return 0;
        return count;
    case 1: return virtual_write(entries, palette->entries + start, count * sizeof(*entries)) ? count : 0;
    case 2: {
        PALETTEENTRY *copy;
        if (palette->header.stock || !(copy = copy_in(entries, count, sizeof(*copy)))) return 0;
        for (UINT i = 0; i < count; i++)
            if (palette->entries[start + i].peFlags & PC_RESERVED) palette->entries[start + i] = copy[i];
        free(copy);
        return 1;
    }
    }
    return 0;
}

UINT sys_NtGdiGetNearestPaletteIndex(HPALETTE handle, COLORREF color)
{
    GDI_LOCK();
    struct palette *palette = (struct palette *)gdi_get(handle, GDI_PALETTE);
    RGBQUAD colors[1024];

    if (!palette) return CLR_INVALID;
    for (uint32_t i = 0; i < palette->count; i++)
        colors[i] = (RGBQUAD){ palette->entries[i].peBlue, palette->entries[i].peGreen, palette->entries[i].peRed, 0 };
    return nearest_color(colors, palette->count, rgb_of(color));
}

COLORREF sys_NtGdiGetNearestColor(HDC handle, COLORREF color)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);

    if (!dc) return CLR_INVALID;
    uint32_t rgb = dc_rgb(dc, color);
    if (!dc->dib.bpp) return rgb_of(rgb);
    return rgb_of(dib_to_rgb(&dc->dib, dib_from_rgb(&dc->dib, rgb)));
}
