/* Filling boxes and regions of a target with a brush and a raster operation. */
#include "draw.h"

uint32_t dc_rgb(struct dc *dc, COLORREF color)
{
    struct palette *palette = dc->s.palette;

    switch (color >> 24) {
    case 1: /* PALETTEINDEX */ {
        uint32_t index = color & 0xffff;
        if (index >= palette->count) index = 0;
        if (!palette->count) return 0;
        return palette->entries[index].peRed << 16 | palette->entries[index].peGreen << 8 | palette->entries[index].peBlue;
    }
    case 0x10: /* DIBINDEX */
        if ((color >> 16 & 0xff) == 0xff && dc->dib.bpp <= 8) return dib_to_rgb(&dc->dib, color & 0xffff);
        break;
    }
    return rgb_of(color);
}

uint32_t dc_pixel(struct dc *dc, COLORREF color)
{
    if (color >> 24 == 0x10 && (color >> 16 & 0xff) == 0xff && dc->dib.bpp <= 8 && (color & 0xffff) < (1u << dc->dib.bpp))
        return color & 0xffff;
    uint32_t rgb = dc_rgb(dc, color);
    if (dc->dib.mono && rgb && rgb != 0xffffff) { /* the background's colour, or not */
        uint32_t background = dc_rgb(dc, dc->s.bk_color), pixel = dib_from_rgb(&dc->dib, background);
        return rgb == background ? pixel : !pixel;
    }
    return dib_from_rgb(&dc->dib, rgb);
}

void paint_init_color(struct paint *paint, struct dc *dc, COLORREF color)
{
    paint->kind = PAINT_SOLID;
    paint->pixel = dc_pixel(dc, color);
    paint->pixels = NULL;
}

static void init_hatch(struct paint *paint, struct dc *dc, struct brush *brush)
{
    static const uint8_t hatches[6][8] = {
        { 0, 0, 0, 0xff, 0, 0, 0, 0 },                            /* HS_HORIZONTAL */
        { 8, 8, 8, 8, 8, 8, 8, 8 },                               /* HS_VERTICAL */
        { 0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02, 0x01 },       /* HS_FDIAGONAL */
        { 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80 },       /* HS_BDIAGONAL */
        { 8, 8, 8, 0xff, 8, 8, 8, 8 },                            /* HS_CROSS */
        { 0x81, 0x42, 0x24, 0x18, 0x18, 0x24, 0x42, 0x81 },       /* HS_DIAGCROSS */
    };
    uint32_t front = dc_pixel(dc, brush->color), back = dc_pixel(dc, dc->s.bk_color);

    paint->kind = PAINT_TILE;
    paint->width = paint->height = 8;
    paint->pixels = paint->small;
    paint->opaque = dc->s.bk_mode == TRANSPARENT ? paint->small_opaque : NULL;
    for (int i = 0; i < 64; i++) {
        bool on = hatches[brush->hatch % 6][i / 8] >> (7 - i % 8) & 1;
        paint->small[i] = on ? front : back;
        paint->small_opaque[i] = on;
    }
}

bool paint_init(struct paint *paint, struct dc *dc, struct brush *brush)
{
    struct dib tile;
    struct translation translation;
    RGBQUAD colors[256];

    paint->pixels = NULL;
    paint->opaque = NULL;
    POINT org = dc->s.brush_org;
    paint->org_x = org.x + dc->origin.x;
    paint->org_y = org.y + dc->origin.y;
    switch (brush->style) {
    case BS_NULL: paint->kind = PAINT_NONE; return true;
    case BS_HATCHED: init_hatch(paint, dc, brush); return true;
    case BS_SOLID: {
        COLORREF color = brush->color;
        if (brush->header.stock && gdi_handle(brush) == gdi_stock(DC_BRUSH)) color = dc->s.dc_brush_color;
        paint_init_color(paint, dc, color);
        return true;
    }
    }
    tile = brush->tile;
    if (brush->usage == DIB_PAL_COLORS && tile.bpp <= 8) {
        struct palette *palette = dc->s.palette;
        for (int i = 0; i < tile.color_count; i++) {
            uint32_t index = brush->palette_indices[i];
            PALETTEENTRY e = index < palette->count ? palette->entries[index] : (PALETTEENTRY){ 0 };
            colors[i] = (RGBQUAD){ e.peBlue, e.peGreen, e.peRed, 0 };
        }
        tile.colors = colors;
    }
    translation_init(&translation, &tile, &dc->dib, dc_rgb(dc, dc->s.text_color), dc_rgb(dc, dc->s.bk_color),
                     dc_rgb(dc, dc->s.bk_color));
    paint->width = tile.width;
    paint->height = tile.height;
    paint->pixels = (size_t)tile.width * tile.height <= 64 ? paint->small : malloc((size_t)tile.width * tile.height * 4);
    if (!paint->pixels) return false;
    for (int y = 0; y < tile.height; y++) {
        dib_read(&tile, 0, y, tile.width, paint->pixels + (size_t)y * tile.width);
        translate_row(&translation, paint->pixels + (size_t)y * tile.width, tile.width);
    }
    paint->kind = PAINT_TILE;
    return true;
}

void paint_fini(struct paint *paint)
{
    if (paint->pixels && paint->pixels != paint->small) free(paint->pixels);
}

pixman_box32_t dc_limits(struct dc *dc)
{
    pixman_box32_t box = *pixman_region32_extents((region_t *)dc_clip(dc));

    box.x1 -= dc->origin.x, box.x2 -= dc->origin.x, box.y1 -= dc->origin.y, box.y2 -= dc->origin.y;
    return box;
}

static int modulo(int value, int size)
{
    int rest = value % size;
    return rest < 0 ? rest + size : rest;
}

#define CHUNK 512

static void paint_tile(const struct dib *dib, const struct paint *paint, int rop3, const pixman_box32_t *box)
{
    uint32_t destination[CHUNK], pattern[CHUNK], before[CHUNK];

    for (int y = box->y1; y < box->y2; y++) {
        int row = modulo(y - paint->org_y, paint->height) * paint->width;
        for (int x = box->x1; x < box->x2; x += CHUNK) {
            int count = box->x2 - x < CHUNK ? box->x2 - x : CHUNK, at = modulo(x - paint->org_x, paint->width);
            for (int i = 0; i < count; i++) {
                pattern[i] = paint->pixels[row + at];
                if (++at == paint->width) at = 0;
            }
            if (rop3 == 0xf0 && !paint->opaque) {
                dib_write(dib, x, y, count, pattern);
                continue;
            }
            dib_read(dib, x, y, count, destination);
            if (paint->opaque) memcpy(before, destination, count * 4);
            rop_row(rop3, destination, NULL, pattern, count);
            if (paint->opaque) {
                at = modulo(x - paint->org_x, paint->width);
                for (int i = 0; i < count; i++) {
                    if (!paint->opaque[row + at]) destination[i] = before[i];
                    if (++at == paint->width) at = 0;
                }
            }
            dib_write(dib, x, y, count, destination);
        }
    }
}

static void paint_box(const struct dib *dib, const struct paint *paint, int rop3, const pixman_box32_t *box, struct solid solid)
{
    if (paint->kind == PAINT_SOLID) dib_fill(dib, box->x1, box->y1, box->x2, box->y2, solid);
    else paint_tile(dib, paint, rop3, box);
}

void paint_boxes(struct dc *dc, const struct paint *paint, int rop3, const pixman_box32_t *boxes, int count)
{
    int clips;
    const region_t *clip = dc_clip(dc);
    const pixman_box32_t *clip_box = pixman_region32_rectangles((region_t *)clip, &clips);
    const pixman_box32_t *bounds = pixman_region32_extents((region_t *)clip);
    struct solid solid = { 0 };

    if (paint->kind == PAINT_NONE || !clips) return;
    if (paint->kind == PAINT_SOLID) solid = solid_from_rop(rop3, paint->pixel, dib_pixel_mask(&dc->dib));
    for (int i = 0; i < count; i++) {
        if (boxes[i].x1 >= bounds->x2 || boxes[i].x2 <= bounds->x1 || boxes[i].y1 >= bounds->y2 || boxes[i].y2 <= bounds->y1)
            continue;
        for (int c = 0; c < clips; c++) {
            pixman_box32_t box = boxes[i];
            if (clip_box[c].y1 >= box.y2) break; /* sorted by y */
            if (box.x1 < clip_box[c].x1) box.x1 = clip_box[c].x1;
            if (box.y1 < clip_box[c].y1) box.y1 = clip_box[c].y1;
            if (box.x2 > clip_box[c].x2) box.x2 = clip_box[c].x2;
            if (box.y2 > clip_box[c].y2) box.y2 = clip_box[c].y2;
            if (box.x1 < box.x2 && box.y1 < box.y2) paint_box(&dc->dib, paint, rop3, &box, solid);
        }
    }
}

static void add_bounds(struct dc *dc, int left, int top, int right, int bottom)
{
    if (!(dc->bounds_flags & DCB_ENABLE) || left >= right || top >= bottom) return;
    if (!(dc->bounds_flags & DCB_ACCUMULATE)) {
        dc->bounds = (RECT){ left, top, right, bottom };
        dc->bounds_flags |= DCB_ACCUMULATE;
        return;
    }
    if (left < dc->bounds.left) dc->bounds.left = left;
    if (top < dc->bounds.top) dc->bounds.top = top;
    if (right > dc->bounds.right) dc->bounds.right = right;
    if (bottom > dc->bounds.bottom) dc->bounds.bottom = bottom;
}

bool draw_region_paint(struct dc *dc, const struct paint *paint, int rop3, const region_t *region)
{
    region_t moved;
    int count;

    if (region_empty(region) || !dc_begin(dc)) return true;
    pixman_region32_init(&moved);
    pixman_region32_copy(&moved, (region_t *)region);
    pixman_region32_translate(&moved, dc->origin.x, dc->origin.y);
    const pixman_box32_t *extents = pixman_region32_extents(&moved);
    pixman_box32_t all = *extents;
    const region_t *clip = dc_clip(dc);
    if (pixman_region32_n_rects((region_t *)clip) > 4) pixman_region32_intersect(&moved, &moved, (region_t *)clip);
    const pixman_box32_t *boxes = pixman_region32_rectangles(&moved, &count);
    paint_boxes(dc, paint, rop3, boxes, count);
    pixman_region32_fini(&moved);
    add_bounds(dc, all.x1 - dc->origin.x, all.y1 - dc->origin.y, all.x2 - dc->origin.x, all.y2 - dc->origin.y);
    dc_end(dc, all.x1, all.y1, all.x2, all.y2);
    return true;
}

bool draw_region(struct dc *dc, struct brush *brush, int rop3, const region_t *region)
{
    struct paint paint;
    bool done;

    if (!paint_init(&paint, dc, brush)) return false;
    done = draw_region_paint(dc, &paint, rop3, region);
    paint_fini(&paint);
    return done;
}

bool draw_rect(struct dc *dc, struct brush *brush, int rop3, int left, int top, int right, int bottom)
{
    const int beyond = 0x3fffffff; /* any target */
    left = left < -beyond ? -beyond : left, top = top < -beyond ? -beyond : top;
    right = right > beyond ? beyond : right, bottom = bottom > beyond ? beyond : bottom;
    pixman_box32_t box = { left + dc->origin.x, top + dc->origin.y, right + dc->origin.x, bottom + dc->origin.y };
    struct paint paint;

    if (left >= right || top >= bottom) return true;
    if (!paint_init(&paint, dc, brush)) return false;
    if (dc_begin(dc)) {
        paint_boxes(dc, &paint, rop3, &box, 1);
        add_bounds(dc, left, top, right, bottom);
        dc_end(dc, box.x1, box.y1, box.x2, box.y2);
    }
    paint_fini(&paint);
    return true;
}

/* ---- calls ---- */

static bool rop_code(DWORD rop, int *rop3)
{
    *rop3 = rop >> 16 & 0xff;
    return true;
}

/* PatBlt: a rectangle with the selected brush. Raster operations with a source are refused. */
BOOL sys_NtGdiPatBlt(HDC handle, int x, int y, int width, int height, DWORD rop)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    RECT r;
    int rop3;

    if (!dc || !rop_code(rop, &rop3) || rop_uses_source(rop3)) return FALSE;
    if (dc_rotated(dc)) {
        POINT p[4] = { { x, y }, { x + width, y }, { x + width, y + height }, { x, y + height } };
        INT four = 4;
        region_t region;
        lp_to_dp(dc, p, 4);
        pixman_box32_t limits = dc_limits(dc);
        if (!polygon_region_within(&region, p, &four, 1, ALTERNATE, &limits)) return FALSE;
        bool done = draw_region(dc, dc->s.brush, rop3, &region);
        pixman_region32_fini(&region);
        return done;
    }
    POINT p[2] = { { x, y }, { x + width, y + height } };
    lp_to_dp(dc, p, 2);
    r = lp_to_dp_rect(dc, x, y, x + width, y + height);
    /* a size below zero counts from the starting pixel, which belongs to the rectangle */
    if (p[1].x < p[0].x && !(dc->s.layout & LAYOUT_RTL)) r.left++, r.right++;
    if (p[1].y < p[0].y) r.top++, r.bottom++;
    return draw_rect(dc, dc->s.brush, rop3, r.left, r.top, r.right, r.bottom);
}

/* FillRect: with a brush given by handle (a whole rectangle, mapped). */
BOOL sys_NtGdiFillRect(HDC handle, const RECT *in, HBRUSH brush_handle)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    struct brush *brush = (struct brush *)gdi_get(brush_handle, GDI_BRUSH);
    RECT r;

    if (!dc || !brush || !virtual_read(&r, in, sizeof(r))) return FALSE;
    r = lp_to_dp_rect(dc, r.left, r.top, r.right, r.bottom);
    return draw_rect(dc, brush, 0xf0, r.left, r.top, r.right, r.bottom);
}

static void region_to_device(struct dc *dc, region_t *region, const region_t *logical)
{
    dc_update_transform(dc);
    pixman_region32_init(region);
    if (dc->translation) {
        pixman_region32_copy(region, (region_t *)logical);
        pixman_region32_translate(region, (int)dc->to_device.dx, (int)dc->to_device.dy);
        return;
    }
    int count;
    const pixman_box32_t *boxes = pixman_region32_rectangles((region_t *)logical, &count);
    for (int i = 0; i < count; i++) {
        RECT r = lp_to_dp_rect(dc, boxes[i].x1, boxes[i].y1, boxes[i].x2, boxes[i].y2);
        pixman_region32_union_rect(region, region, r.left, r.top, r.right - r.left, r.bottom - r.top);
    }
}

/* FillRgn, PaintRgn (brush 0: the selected one), InvertRgn (invert). Logical coordinates. */
BOOL sys_NtGdiFillRgn(HDC handle, HRGN region_handle, HBRUSH brush_handle, BOOL invert)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    struct region_object *object = (struct region_object *)gdi_get(region_handle, GDI_REGION);
    struct brush *brush = brush_handle ? (struct brush *)gdi_get(brush_handle, GDI_BRUSH) : dc ? dc->s.brush : NULL;
    region_t region;
    bool done;

    if (!dc || !object || !brush) return FALSE;
    region_to_device(dc, &region, &object->region);
    done = draw_region(dc, brush, invert ? 0x55 : brush_handle ? 0xf0 : rop3_from_rop2(dc->s.rop2), &region);
    pixman_region32_fini(&region);
    return done;
}

/* A border of `width` and `height` logical units inside the region. */
BOOL sys_NtGdiFrameRgn(HDC handle, HRGN region_handle, HBRUSH brush_handle, int width, int height)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    struct region_object *object = (struct region_object *)gdi_get(region_handle, GDI_REGION);
    struct brush *brush = (struct brush *)gdi_get(brush_handle, GDI_BRUSH);
    region_t frame, inner, moved;
    bool done;

    if (!dc || !object || !brush) return FALSE;
    width = abs(width), height = abs(height);
    pixman_region32_init(&inner);
    pixman_region32_init(&moved);
    pixman_region32_copy(&inner, &object->region);
    for (int i = 0; i < 4; i++) {
        static const int8_t way[4][2] = { { 1, 0 }, { -1, 0 }, { 0, 1 }, { 0, -1 } };
        pixman_region32_copy(&moved, &object->region);
        pixman_region32_translate(&moved, way[i][0] * width, way[i][1] * height);
        pixman_region32_intersect(&inner, &inner, &moved);
    }
    pixman_region32_subtract(&inner, &object->region, &inner);
    region_to_device(dc, &frame, &inner);
    done = draw_region(dc, brush, rop3_from_rop2(dc->s.rop2), &frame);
    pixman_region32_fini(&frame);
    pixman_region32_fini(&inner);
    pixman_region32_fini(&moved);
    return done;
}

/* Bounding rectangle accumulation (wingdi.h reference: SetBoundsRect). Logical coordinates; the state before. */
UINT sys_NtGdiSetBoundsRect(HDC handle, const RECT *in, UINT flags)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    UINT before;
    RECT r;

    if (!dc || ((flags & DCB_ENABLE) && (flags & DCB_DISABLE))) return 0;
    before = (dc->bounds_flags & DCB_ENABLE ? DCB_ENABLE : DCB_DISABLE) |
        (dc->bounds_flags & DCB_ACCUMULATE ? DCB_SET : DCB_RESET);
    if (flags & DCB_RESET) dc->bounds_flags &= ~DCB_ACCUMULATE;
    if ((flags & DCB_ACCUMULATE) && in) {
        if (!virtual_read(&r, in, sizeof(r))) return 0;
        r = lp_to_dp_rect(dc, r.left, r.top, r.right, r.bottom);
        uint32_t enabled = dc->bounds_flags & DCB_ENABLE;
        dc->bounds_flags |= DCB_ENABLE;
        add_bounds(dc, r.left, r.top, r.right, r.bottom);
        dc->bounds_flags = (dc->bounds_flags & ~DCB_ENABLE) | enabled;
    }
    if (flags & DCB_ENABLE) dc->bounds_flags |= DCB_ENABLE;
    if (flags & DCB_DISABLE) dc->bounds_flags &= ~DCB_ENABLE;
    return before;
}

UINT sys_NtGdiGetBoundsRect(HDC handle, RECT *out, UINT flags)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    RECT r = { 0 };
    UINT result = DCB_RESET;

    if (!dc) return 0;
    if (dc->bounds_flags & DCB_ACCUMULATE) {
        r = dc->bounds;
        if (r.left < 0) r.left = 0;
        if (r.top < 0) r.top = 0;
        if (r.right > dc->size.cx) r.right = dc->size.cx;
        if (r.bottom > dc->size.cy) r.bottom = dc->size.cy;
        dp_to_lp(dc, (POINT *)&r, 2);
        result = DCB_SET;
    }
    if (out && !virtual_write(out, &r, sizeof(r))) return 0;
    if (flags & DCB_RESET) dc->bounds_flags &= ~DCB_ACCUMULATE;
    return result;
}
