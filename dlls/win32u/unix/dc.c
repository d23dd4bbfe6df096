/* Device contexts: creation, state, selection, clipping. */
#include "dc.h"

#include "gdi.h"

struct dc *dc_get(HDC handle)
{
    struct gdi_object *object = gdi_get(handle, 0);

    if (!object || (object->type != GDI_DC && object->type != GDI_ALTDC && object->type != GDI_METADC)) return NULL;
    return (struct dc *)object;
}

/* ---- state ---- */

static void state_default(struct dc *dc, struct dc_state *s)
{
    *s = (struct dc_state){
        .bk_color = 0xffffff, .dc_brush_color = 0xffffff, .bk_mode = OPAQUE, .rop2 = R2_COPYPEN, .fill_mode = ALTERNATE,
        .stretch_mode = BLACKONWHITE, .arc_direction = AD_COUNTERCLOCKWISE, .map_mode = MM_TEXT,
        .graphics_mode = GM_COMPATIBLE, .icm_mode = ICM_OFF, .rel_abs = ABSOLUTE, .miter_limit = 10.0f,
        .window_ext = { 1, 1 }, .viewport_ext = { 1, 1 }, .world = { .a = 1, .d = 1 },
        .pen = (struct pen *)gdi_get(gdi_stock(BLACK_PEN), 0), .brush = (struct brush *)gdi_get(gdi_stock(WHITE_BRUSH), 0),
        .font = (struct font_object *)gdi_get(gdi_stock(SYSTEM_FONT), 0),
        .palette = (struct palette *)gdi_get(gdi_stock(DEFAULT_PALETTE), 0),
    };
    gdi_select(&s->pen->header);
    gdi_select(&s->brush->header);
    gdi_select(&s->font->header);
    gdi_select(&s->palette->header);
    pixman_region32_init(&s->clip);
    pixman_region32_init(&s->meta);
}

static void state_release(struct dc_state *s)
{
    gdi_deselect(&s->pen->header);
    gdi_deselect(&s->brush->header);
    gdi_deselect(&s->font->header);
    gdi_deselect(&s->palette->header);
    pixman_region32_fini(&s->clip);
    pixman_region32_fini(&s->meta);
    path_free(&s->path);
}

static void drop_saved(struct dc *dc)
{
    while (dc->s.next) {
        struct dc_state *saved = dc->s.next;
        dc->s.next = saved->next;
        state_release(saved);
        free(saved);
    }
    dc->save_level = 0;
}

void dc_reset_state(struct dc *dc)
{
    drop_saved(dc);
    state_release(&dc->s);
    state_default(dc, &dc->s);
    dc->transform_valid = dc->clip_valid = false;
    dc->bounds_flags = 0;
}

struct dc *dc_create(enum dc_kind kind)
{
    struct dc *dc = calloc(1, sizeof(*dc));

    if (!dc) return NULL;
    dc->kind = kind;
    pixman_region32_init(&dc->visible);
    pixman_region32_init(&dc->effective);
    state_default(dc, &dc->s);
    if (!gdi_add(&dc->header, GDI_DC)) {
        dc_free(dc);
        return NULL;
    }
    if (kind == DC_MEMORY) {
        dc_set_bitmap(dc, (struct bitmap *)gdi_get(gdi_stock(STOCK_LAST + 1), GDI_BITMAP));
    } else {
        dc->size = (SIZE){ gdi_screen_width, gdi_screen_height };
        dib_set_format(&dc->dib, 32, NULL);
        region_init_rect(&dc->visible, 0, 0, dc->size.cx, dc->size.cy);
    }
    return dc;
}

void dc_free(struct dc *dc)
{
    drop_saved(dc);
    state_release(&dc->s);
    if (dc->bitmap) {
        if (dc->bitmap->dc == dc) dc->bitmap->dc = NULL;
        gdi_deselect(&dc->bitmap->header);
    }
    surface_release(dc->surface);
    pixman_region32_fini(&dc->visible);
    pixman_region32_fini(&dc->effective);
    gdi_remove(&dc->header);
    free(dc);
}

void dc_set_bitmap(struct dc *dc, struct bitmap *bitmap)
{
    gdi_select(&bitmap->header);
    if (dc->bitmap) {
        if (dc->bitmap->dc == dc) dc->bitmap->dc = NULL;
        gdi_deselect(&dc->bitmap->header);
    }
    dc->bitmap = bitmap;
    if (!bitmap->header.stock) bitmap->dc = dc;
    dc->dib = bitmap->dib;
    dc->size = (SIZE){ bitmap->dib.width, bitmap->dib.height };
    pixman_region32_fini(&dc->visible);
    region_init_rect(&dc->visible, 0, 0, dc->size.cx, dc->size.cy);
    dc->clip_valid = false;
}

/* A memory DC, the default bitmap of one pixel selected. `handle` 0: of the screen. */
HDC sys_NtGdiCreateCompatibleDC(HDC handle)
{
    GDI_LOCK();
    struct dc *dc;

    if (handle && !dc_get(handle)) return 0;
    dc = dc_create(DC_MEMORY);
    return dc ? gdi_handle(dc) : 0;
}

/* A DC of the whole screen without a surface (kind 0), or for asking only (1); a metafile's (2: enhanced, 3: old), which
 * carries a value of the caller. */
HDC sys_NtGdiOpenDC(ULONG kind, ULONG_PTR client)
{
    GDI_LOCK();
    struct dc *dc = dc_create(kind ? DC_INFO : DC_DISPLAY);

    if (!dc) return 0;
    if (kind >= 2) {
        gdi_remove(&dc->header);
        dc->client_data = client;
        gdi_add(&dc->header, kind == 2 ? GDI_ALTDC : GDI_METADC);
    }
    return gdi_handle(dc);
}

/* Window DCs end by ReleaseDC, not here. */
BOOL sys_NtGdiDeleteDC(HDC handle)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);

    if (!dc || dc->kind == DC_WINDOW) return FALSE;
    dc_free(dc);
    return TRUE;
}

static bool state_copy(struct dc_state *to, struct dc_state *from)
{
    *to = *from;
    memset(&to->path, 0, sizeof(to->path));
    to->has_path = to->path_open = false;
    pixman_region32_init(&to->clip);
    pixman_region32_init(&to->meta);
    pixman_region32_copy(&to->clip, &from->clip);
    pixman_region32_copy(&to->meta, &from->meta);
    gdi_select(&to->pen->header);
    gdi_select(&to->brush->header);
    gdi_select(&to->font->header);
    gdi_select(&to->palette->header);
    if (from->has_path || from->path_open) {
        if (!path_copy(&to->path, &from->path)) return false;
        to->has_path = from->has_path;
        to->path_open = from->path_open;
    }
    return true;
}

/* The number of the saved state, from 1; 0: no memory. */
int sys_NtGdiSaveDC(HDC handle)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    struct dc_state *saved = dc ? malloc(sizeof(*saved)) : NULL;

    if (!saved) return 0;
    if (!state_copy(saved, &dc->s)) {
        state_release(saved);
        free(saved);
        return 0;
    }
    saved->next = dc->s.next;
    dc->s.next = saved;
    return ++dc->save_level;
}

/* `level` as SaveDC gave it, or negative: relative. States above it are dropped. */
BOOL sys_NtGdiRestoreDC(HDC handle, int level)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);

    if (!dc) return FALSE;
    if (level < 0) level = dc->save_level + level + 1;
    if (level <= 0 || level > dc->save_level) return FALSE;
    while (dc->save_level >= level) {
        struct dc_state *saved = dc->s.next;
        state_release(&dc->s);
        dc->s = *saved;
        free(saved);
        dc->save_level--;
    }
    dc->transform_valid = dc->clip_valid = false;
    return TRUE;
}

BOOL sys_NtGdiResetDC(HDC handle)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);

    if (!dc) return FALSE;
    dc_reset_state(dc);
    return TRUE;
}

/* The object that was selected before, 0: not a DC, not selectable, or a bitmap that cannot be. For regions see
 * NtGdiExtSelectClipRgn. */
HGDIOBJ sys_NtGdiSelectObject(HDC handle, HGDIOBJ object_handle)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    struct gdi_object *object = gdi_get(object_handle, 0), *before;

    if (!dc || !object) return 0;
    switch (object->type) {
    case GDI_PEN:
    case GDI_EXTPEN:
        before = &dc->s.pen->header;
        dc->s.pen = (struct pen *)object;
        break;
    case GDI_BRUSH:
        before = &dc->s.brush->header;
        dc->s.brush = (struct brush *)object;
        break;
    case GDI_FONT:
        before = &dc->s.font->header;
        dc->s.font = (struct font_object *)object;
        break;
    case GDI_BITMAP: {
        struct bitmap *bitmap = (struct bitmap *)object;
        if (dc->kind != DC_MEMORY || dc->header.type != GDI_DC) return 0;
        before = &dc->bitmap->header;
        if (bitmap == dc->bitmap) return gdi_handle(before);
        if (bitmap->dc) return 0; /* in one DC at a time */
        HGDIOBJ old = gdi_handle(before);
        dc_set_bitmap(dc, bitmap);
        return old;
    }
    default: return 0;
    }
    HGDIOBJ old = gdi_handle(before);
    gdi_select(object);
    gdi_deselect(before);
    return old;
}

HPALETTE sys_NtGdiSelectPalette(HDC handle, HPALETTE palette)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    struct gdi_object *object = gdi_get(palette, GDI_PALETTE);
    HGDIOBJ old;

    if (!dc || !object) return 0;
    old = gdi_handle(dc->s.palette);
    gdi_select(object);
    gdi_deselect(&dc->s.palette->header);
    dc->s.palette = (struct palette *)object;
    return (HPALETTE)old;
}

/* The selected object by OBJ_* type; 0: a type that is never selected. */
HGDIOBJ sys_NtGdiGetCurrentObject(HDC handle, UINT type)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);

    if (!dc) return 0;
    switch (type) {
    case OBJ_PEN:
    case OBJ_EXTPEN: return gdi_handle(dc->s.pen);
    case OBJ_BRUSH: return gdi_handle(dc->s.brush);
    case OBJ_FONT: return gdi_handle(dc->s.font);
    case OBJ_PAL: return gdi_handle(dc->s.palette);
    case OBJ_BITMAP: return dc->bitmap ? gdi_handle(dc->bitmap) : gdi_stock(STOCK_LAST + 1);
    }
    return 0;
}

/* ---- window DCs ---- */

static void set_target(struct dc *dc, struct surface *surface, POINT origin, SIZE size, const region_t *visible)
{
    if (surface) surface_reference(surface);
    surface_release(dc->surface);
    dc->surface = surface;
    dc->origin = origin;
    dc->size = size;
    pixman_region32_copy(&dc->visible, (region_t *)visible);
    dc->dib = (struct dib){ 0 };
    dib_set_format(&dc->dib, 32, NULL);
    if (surface) {
        pixman_region32_intersect_rect(&dc->visible, &dc->visible, 0, 0, surface->width, surface->height);
        dc->dib.width = surface->width;
        dc->dib.height = surface->height;
        dc->dib.stride = surface->stride;
        dc->dib.top = (uint8_t *)surface->bits;
    }
    dc->clip_valid = false;
}

HDC dc_create_window(struct surface *surface, POINT origin, SIZE size, const region_t *visible, uint64_t window)
{
    GDI_LOCK();
    struct dc *dc = dc_create(DC_WINDOW);

    if (!dc) return 0;
    dc->window = window;
    set_target(dc, surface, origin, size, visible);
    return (HDC)gdi_handle(dc);
}

static struct dc *window_dc(HDC handle)
{
    struct dc *dc = dc_get(handle);
    return dc && dc->kind == DC_WINDOW ? dc : NULL;
}

bool dc_set_target(HDC handle, struct surface *surface, POINT origin, SIZE size, const region_t *visible)
{
    GDI_LOCK();
    struct dc *dc = window_dc(handle);

    if (dc) set_target(dc, surface, origin, size, visible);
    return dc != NULL;
}

bool dc_reset(HDC handle, uint64_t window)
{
    GDI_LOCK();
    struct dc *dc = window_dc(handle);

    if (!dc) return false;
    dc_reset_state(dc);
    dc->window = window;
    return true;
}

bool dc_release(HDC handle)
{
    GDI_LOCK();
    struct dc *dc = window_dc(handle);

    if (dc) dc_free(dc);
    return dc != NULL;
}

uint64_t dc_window(HDC handle)
{
    GDI_LOCK();
    struct dc *dc = window_dc(handle);
    return dc ? dc->window : 0;
}

/* ---- drawing on the target ---- */

bool dc_begin(struct dc *dc)
{
    if (!dc->dib.top) return false;
    if (dc->surface) surface_lock(dc->surface);
    return true;
}

void dc_end(struct dc *dc, int left, int top, int right, int bottom)
{
    if (!dc->surface) return;
    const pixman_box32_t *clip = pixman_region32_extents((region_t *)dc_clip(dc));
    if (left < clip->x1) left = clip->x1;
    if (top < clip->y1) top = clip->y1;
    if (right > clip->x2) right = clip->x2;
    if (bottom > clip->y2) bottom = clip->y2;
    surface_add_damage(dc->surface, left, top, right, bottom);
    surface_unlock(dc->surface);
}

/* ---- clipping ---- */

void dc_invalidate_clip(struct dc *dc)
{
    dc->clip_valid = false;
}

const region_t *dc_clip(struct dc *dc)
{
    if (dc->clip_valid) return &dc->effective;
    pixman_region32_copy(&dc->effective, &dc->visible);
    for (int pass = 0; pass < 2; pass++) {
        if (!(pass ? dc->s.metaed : dc->s.clipped)) continue;
        region_t moved;
        pixman_region32_init(&moved);
        pixman_region32_copy(&moved, pass ? &dc->s.meta : &dc->s.clip);
        pixman_region32_translate(&moved, dc->origin.x, dc->origin.y);
        pixman_region32_intersect(&dc->effective, &dc->effective, &moved);
        pixman_region32_fini(&moved);
    }
    dc->clip_valid = true;
    return &dc->effective;
}

/* The visible region in device coordinates. */
static void visible_on_device(struct dc *dc, region_t *region)
{
    pixman_region32_init(region);
    pixman_region32_copy(region, &dc->visible);
    pixman_region32_translate(region, -dc->origin.x, -dc->origin.y);
}

/* GetClipBox tells of what can be seen. */
static int clip_kind(struct dc *dc)
{
    return region_kind(dc_clip(dc));
}

static int clip_with(struct dc *dc, const region_t *region, int mode)
{
    if (mode == RGN_COPY) {
        pixman_region32_copy(&dc->s.clip, (region_t *)region);
    } else {
        if (!dc->s.clipped) { /* no clip region is all of the target */
            pixman_region32_fini(&dc->s.clip);
            visible_on_device(dc, &dc->s.clip);
            region_t whole;
            region_init_rect(&whole, 0, 0, dc->size.cx, dc->size.cy);
            pixman_region32_union(&dc->s.clip, &dc->s.clip, &whole);
            pixman_region32_fini(&whole);
        }
        region_combine(&dc->s.clip, &dc->s.clip, region, mode);
    }
    dc->s.clipped = true;
    dc->clip_valid = false;
    return clip_kind(dc);
}

/* The kind of the new clip region; handle 0 with RGN_COPY: no clip region any more. Device coordinates. */
int sys_NtGdiExtSelectClipRgn(HDC handle, HRGN region_handle, int mode)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    struct region_object *region = (struct region_object *)gdi_get(region_handle, GDI_REGION);

    if (!dc || mode < RGN_AND || mode > RGN_COPY) return ERROR;
    if (!region_handle) {
        if (mode != RGN_COPY) return ERROR;
        dc->s.clipped = false;
        dc->clip_valid = false;
        return clip_kind(dc);
    }
    if (!region) return ERROR;
    if (dc->s.layout & LAYOUT_RTL) {
        region_t mirrored;
        int count;
        pixman_box32_t *boxes = pixman_region32_rectangles(&region->region, &count);
        pixman_region32_init(&mirrored);
        for (int i = 0; i < count; i++)
            pixman_region32_union_rect(&mirrored, &mirrored, dc->size.cx - boxes[i].x2, boxes[i].y1, boxes[i].x2 - boxes[i].x1,
                                       boxes[i].y2 - boxes[i].y1);
        int kind = clip_with(dc, &mirrored, mode);
        pixman_region32_fini(&mirrored);
        return kind;
    }
    return clip_with(dc, &region->region, mode);
}

/* IntersectClipRect (RGN_AND) and ExcludeClipRect (RGN_DIFF), logical coordinates. */
int sys_NtGdiClipRect(HDC handle, int left, int top, int right, int bottom, int mode)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    region_t region;
    RECT rect;
    int kind;

    if (!dc) return ERROR;
    rect = lp_to_dp_rect(dc, left, top, right, bottom);
    region_init_rect(&region, rect.left, rect.top, rect.right, rect.bottom);
    kind = mode == RGN_AND && !dc->s.clipped ? clip_with(dc, &region, RGN_COPY) : clip_with(dc, &region, mode);
    pixman_region32_fini(&region);
    return kind;
}

int sys_NtGdiOffsetClipRgn(HDC handle, int x, int y)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);

    if (!dc) return ERROR;
    if (dc->s.clipped) {
        POINT points[2] = { { 0, 0 }, { x, y } };
        lp_to_dp(dc, points, 2);
        pixman_region32_translate(&dc->s.clip, points[1].x - points[0].x, points[1].y - points[0].y);
        dc->clip_valid = false;
    }
    return clip_kind(dc);
}

/* Bounds of what can be drawn, logical; ERROR or the kind. */
int sys_NtGdiGetAppClipBox(HDC handle, RECT *out)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    RECT box;

    if (!dc) return ERROR;
    box = region_bounds(dc_clip(dc));
    if (!region_empty(&dc->effective)) {
        box.left -= dc->origin.x, box.right -= dc->origin.x, box.top -= dc->origin.y, box.bottom -= dc->origin.y;
        dp_to_lp(dc, (POINT *)&box, 2);
        if (dc->s.layout & LAYOUT_RTL) {
            LONG left = box.left;
            box.left = box.right + 1, box.right = left + 1;
        }
    }
    return virtual_write(out, &box, sizeof(box)) ? clip_kind(dc) : ERROR;
}

/* GetRandomRgn: 1 clip, 2 meta, 3 both (API region), 4 visible (SYSRGN, on the screen). 1: there is one, 0: none, -1: error. */
int sys_NtGdiGetRandomRgn(HDC handle, HRGN region_handle, int which)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    struct region_object *region = (struct region_object *)gdi_get(region_handle, GDI_REGION);

    if (!dc || !region) return -1;
    switch (which) {
    case 1:
        if (!dc->s.clipped) return 0;
        pixman_region32_copy(&region->region, &dc->s.clip);
        return 1;
    case 2:
        if (!dc->s.metaed) return 0;
        pixman_region32_copy(&region->region, &dc->s.meta);
        return 1;
    case 3:
        if (!dc->s.clipped && !dc->s.metaed) return 0;
        if (!dc->s.metaed) pixman_region32_copy(&region->region, &dc->s.clip);
        else if (!dc->s.clipped) pixman_region32_copy(&region->region, &dc->s.meta);
        else pixman_region32_intersect(&region->region, &dc->s.clip, &dc->s.meta);
        return 1;
    case 4: pixman_region32_copy(&region->region, &dc->visible); return 1;
    }
    return -1;
}

/* The clip region becomes part of the meta region. */
int sys_NtGdiSetMetaRgn(HDC handle)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);

    if (!dc) return ERROR;
    if (dc->s.clipped) {
        if (dc->s.metaed) pixman_region32_intersect(&dc->s.meta, &dc->s.meta, &dc->s.clip);
        else pixman_region32_copy(&dc->s.meta, &dc->s.clip);
        dc->s.metaed = true;
        dc->s.clipped = false;
        dc->clip_valid = false;
    }
    return dc->s.metaed ? region_kind(&dc->s.meta) : clip_kind(dc);
}

BOOL sys_NtGdiPtVisible(HDC handle, int x, int y)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    POINT point = { x, y };

    if (!dc) return FALSE;
    lp_to_dp(dc, &point, 1);
    return pixman_region32_contains_point((region_t *)dc_clip(dc), point.x + dc->origin.x, point.y + dc->origin.y, NULL);
}

BOOL sys_NtGdiRectVisible(HDC handle, const RECT *in)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    RECT r;

    if (!dc || !virtual_read(&r, in, sizeof(r))) return FALSE;
    r = lp_to_dp_rect(dc, r.left, r.top, r.right, r.bottom);
    pixman_box32_t box = { r.left + dc->origin.x, r.top + dc->origin.y, r.right + dc->origin.x, r.bottom + dc->origin.y };
    return box.x1 < box.x2 && box.y1 < box.y2 &&
        pixman_region32_contains_rectangle((region_t *)dc_clip(dc), &box) != PIXMAN_REGION_OUT;
}
