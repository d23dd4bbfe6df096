/* Logical and device coordinates: mapping modes, world transform, layout. */
#include "gdi.h"

#include <math.h>

static struct matrix multiply(struct matrix m, struct matrix n) /* first m, then n */
{
    return (struct matrix){
        .a = m.a * n.a + m.b * n.c, .b = m.a * n.b + m.b * n.d, .c = m.c * n.a + m.d * n.c, .d = m.c * n.b + m.d * n.d,
        .dx = m.dx * n.a + m.dy * n.c + n.dx, .dy = m.dx * n.b + m.dy * n.d + n.dy,
    };
}

static bool invert(struct matrix m, struct matrix *to)
{
    double det = m.a * m.d - m.b * m.c;

    if (fabs(det) < 1e-30) return false;
    *to = (struct matrix){ .a = m.d / det, .b = -m.b / det, .c = -m.c / det, .d = m.a / det };
    to->dx = -(m.dx * to->a + m.dy * to->c);
    to->dy = -(m.dx * to->b + m.dy * to->d);
    return true;
}

void dc_update_transform(struct dc *dc)
{
    struct dc_state *s = &dc->s;
    double scale_x = (double)s->viewport_ext.cx / s->window_ext.cx, scale_y = (double)s->viewport_ext.cy / s->window_ext.cy;
    struct matrix page = { .a = scale_x, .d = scale_y };

    if (dc->transform_valid) return;
    page.dx = s->viewport_org.x - s->window_org.x * scale_x;
    page.dy = s->viewport_org.y - s->window_org.y * scale_y;
    if (s->layout & LAYOUT_RTL) {
        page.a = -page.a;
        page.dx = dc->size.cx - 1 - page.dx;
    }
    dc->to_device = s->graphics_mode == GM_ADVANCED ? multiply(s->world, page) : page;
    if (!invert(dc->to_device, &dc->to_logical)) dc->to_logical = (struct matrix){ 0 };
    struct matrix *m = &dc->to_device;
    dc->translation = m->a == 1 && m->d == 1 && !m->b && !m->c && m->dx == floor(m->dx) && m->dy == floor(m->dy) &&
        fabs(m->dx) < 1e9 && fabs(m->dy) < 1e9;
    dc->identity = dc->translation && !m->dx && !m->dy;
    dc->transform_valid = true;
}

static void apply(const struct matrix *m, POINT *points, int count)
{
    for (int i = 0; i < count; i++) {
        double x = points[i].x, y = points[i].y;
        points[i].x = round_int(x * m->a + y * m->c + m->dx);
        points[i].y = round_int(x * m->b + y * m->d + m->dy);
    }
}

void lp_to_dp(struct dc *dc, POINT *points, int count)
{
    dc_update_transform(dc);
    if (dc->identity) return;
    if (dc->translation) {
        int dx = (int)dc->to_device.dx, dy = (int)dc->to_device.dy;
        for (int i = 0; i < count; i++) {
            points[i].x = (int)((unsigned)points[i].x + dx);
            points[i].y = (int)((unsigned)points[i].y + dy);
        }
        return;
    }
    apply(&dc->to_device, points, count);
}

void dp_to_lp(struct dc *dc, POINT *points, int count)
{
    dc_update_transform(dc);
    if (!dc->identity) apply(&dc->to_logical, points, count);
}

RECT lp_to_dp_rect(struct dc *dc, int left, int top, int right, int bottom)
{
    RECT rect = { left, top, right, bottom };

    dc_update_transform(dc);
    if (dc_rotated(dc)) {
        POINT p[4] = { { left, top }, { right, top }, { right, bottom }, { left, bottom } };
        lp_to_dp(dc, p, 4);
        rect = (RECT){ p[0].x, p[0].y, p[0].x, p[0].y };
        for (int i = 1; i < 4; i++) {
            if (p[i].x < rect.left) rect.left = p[i].x;
            if (p[i].x > rect.right) rect.right = p[i].x;
            if (p[i].y < rect.top) rect.top = p[i].y;
            if (p[i].y > rect.bottom) rect.bottom = p[i].y;
        }
        return rect;
    }
    lp_to_dp(dc, (POINT *)&rect, 2);
    if (dc->s.layout & LAYOUT_RTL) rect.left++, rect.right++; /* mirrored: the other edge is outside */
    if (rect.left > rect.right) {
        LONG swap = rect.left;
        rect.left = rect.right, rect.right = swap;
    }
    if (rect.top > rect.bottom) {
        LONG swap = rect.top;
        rect.top = rect.bottom, rect.bottom = swap;
    }
    return rect;
}

double dc_scale_x(struct dc *dc)
{
    dc_update_transform(dc);
    return hypot(dc->to_device.a, dc->to_device.b);
}

double dc_scale_y(struct dc *dc)
{
    dc_update_transform(dc);
    return hypot(dc->to_device.c, dc->to_device.d);
}

bool dc_rotated(struct dc *dc)
{
    dc_update_transform(dc);
    return dc->to_device.b || dc->to_device.c;
}

/* DPtoLP (to_logical) and LPtoDP in place. */
BOOL sys_NtGdiTransformPoints(HDC handle, POINT *points, int count, BOOL to_logical)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    POINT *copy;
    bool done;

    if (!dc || count < 0) return FALSE;
    if (!count) return TRUE;
    if (!(copy = copy_in(points, count, sizeof(*points)))) return FALSE;
    if (to_logical) dp_to_lp(dc, copy, count);
    else lp_to_dp(dc, copy, count);
    done = virtual_write(points, copy, count * sizeof(*points));
    free(copy);
    return done;
}

/* 100ths of a millimetre and the like per device unit. */
static void set_metric(struct dc *dc, double units_per_mm)
{
    int width = gdi_screen_width, height = gdi_screen_height;

    dc->s.viewport_ext = (SIZE){ width, -height };
    dc->s.window_ext = (SIZE){ round_int(gdi_screen_width_mm * units_per_mm), round_int(gdi_screen_height_mm * units_per_mm) };
    if (!dc->s.window_ext.cx) dc->s.window_ext.cx = 1;
    if (!dc->s.window_ext.cy) dc->s.window_ext.cy = 1;
}

/* In MM_ISOTROPIC one unit is as long both ways: the larger extent of the viewport gives way. */
static void keep_isotropic(struct dc *dc)
{
    struct dc_state *s = &dc->s;
    double x = fabs((double)s->viewport_ext.cx * gdi_screen_width_mm / (s->window_ext.cx * (double)gdi_screen_width)),
        y = fabs((double)s->viewport_ext.cy * gdi_screen_height_mm / (s->window_ext.cy * (double)gdi_screen_height));

    if (x > y) {
        int sign = s->viewport_ext.cx < 0 ? -1 : 1;
        s->viewport_ext.cx = (int)floor(s->viewport_ext.cx * y / x + 0.5);
        if (!s->viewport_ext.cx) s->viewport_ext.cx = sign;
    } else if (y > x) {
        int sign = s->viewport_ext.cy < 0 ? -1 : 1;
        s->viewport_ext.cy = (int)floor(s->viewport_ext.cy * x / y + 0.5);
        if (!s->viewport_ext.cy) s->viewport_ext.cy = sign;
    }
}

static int set_map_mode(struct dc *dc, int mode)
{
    int old = dc->s.map_mode;

    if (mode < MM_TEXT || mode > MM_ANISOTROPIC) return 0;
    if (mode == old && mode == MM_TEXT) return old;
    switch (mode) {
    case MM_TEXT: dc->s.window_ext = dc->s.viewport_ext = (SIZE){ 1, 1 }; break;
    case MM_LOMETRIC:
    case MM_ISOTROPIC: set_metric(dc, 10); break;
    case MM_HIMETRIC: set_metric(dc, 100); break;
    case MM_LOENGLISH: set_metric(dc, 100 / 25.4); break;
    case MM_HIENGLISH: set_metric(dc, 1000 / 25.4); break;
    case MM_TWIPS: set_metric(dc, 1440 / 25.4); break;
    case MM_ANISOTROPIC: break;
    }
    dc->s.map_mode = mode;
    dc->transform_valid = false;
    return old;
}

static bool finite_matrix(const struct matrix *m)
{
    return isfinite(m->a) && isfinite(m->b) && isfinite(m->c) && isfinite(m->d) && isfinite(m->dx) && isfinite(m->dy);
}

/* MWT_IDENTITY, MWT_LEFTMULTIPLY, MWT_RIGHTMULTIPLY, 4: set. Only in GM_ADVANCED. */
BOOL sys_NtGdiModifyWorldTransform(HDC handle, const XFORM *xform, DWORD mode)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    struct matrix m = { .a = 1, .d = 1 };

    if (!dc || dc->s.graphics_mode != GM_ADVANCED) return FALSE;
    if (mode != MWT_IDENTITY) {
        XFORM x;
        if (!virtual_read(&x, xform, sizeof(x))) return FALSE;
        m = (struct matrix){ x.eM11, x.eM12, x.eM21, x.eM22, x.eDx, x.eDy };
    }
    switch (mode) {
    case MWT_IDENTITY: break;
    case MWT_LEFTMULTIPLY: m = multiply(m, dc->s.world); break;
    case MWT_RIGHTMULTIPLY: m = multiply(dc->s.world, m); break;
    case 4: break;
    default: return FALSE;
    }
    if (!finite_matrix(&m) || fabs(m.a * m.d - m.b * m.c) < 1e-30) return FALSE;
    dc->s.world = m;
    dc->transform_valid = false;
    return TRUE;
}

/* 0x203 world to page, 0x204 world to device, 0x304 page to device, 0x402 device to world. */
BOOL sys_NtGdiGetTransform(HDC handle, DWORD which, XFORM *out)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    struct matrix m;

    if (!dc) return FALSE;
    dc_update_transform(dc);
    switch (which) {
    case 0x203: m = dc->s.world; break;
    case 0x204: m = dc->to_device; break;
    case 0x304: {
        struct matrix back;
        if (!invert(dc->s.world, &back)) return FALSE;
        m = dc->s.graphics_mode == GM_ADVANCED ? multiply(back, dc->to_device) : dc->to_device;
        break;
    }
    case 0x402: m = dc->to_logical; break;
    default: return FALSE;
    }
    XFORM x = { m.a, m.b, m.c, m.d, m.dx, m.dy };
    return virtual_write(out, &x, sizeof(x));
}

/* ---- values of a DC ---- */

static int *int_field(struct dc_state *s, int which)
{
    switch (which) {
    case GDI_DC_TEXT_COLOR: return (int *)&s->text_color;
    case GDI_DC_BK_COLOR: return (int *)&s->bk_color;
    case GDI_DC_BK_MODE: return &s->bk_mode;
    case GDI_DC_ROP2: return &s->rop2;
    case GDI_DC_FILL_MODE: return &s->fill_mode;
    case GDI_DC_STRETCH_MODE: return &s->stretch_mode;
    case GDI_DC_TEXT_ALIGN: return (int *)&s->text_align;
    case GDI_DC_CHAR_EXTRA: return &s->char_extra;
    case GDI_DC_ARC_DIRECTION: return &s->arc_direction;
    case GDI_DC_MAP_MODE: return &s->map_mode;
    case GDI_DC_GRAPHICS_MODE: return &s->graphics_mode;
    case GDI_DC_LAYOUT: return (int *)&s->layout;
    case GDI_DC_MAPPER_FLAGS: return (int *)&s->mapper_flags;
    case GDI_DC_BRUSH_COLOR: return (int *)&s->dc_brush_color;
    case GDI_DC_PEN_COLOR: return (int *)&s->dc_pen_color;
    case GDI_DC_ICM_MODE: return &s->icm_mode;
    case GDI_DC_REL_ABS: return &s->rel_abs;
    case GDI_DC_BREAK_EXTRA: return &s->break_extra;
    case GDI_DC_BREAK_COUNT: return &s->break_count;
    case GDI_DC_MITER_LIMIT: return (int *)&s->miter_limit;
    }
    return NULL;
}

/* enum gdi_dc_value. False: not a DC. */
BOOL sys_NtGdiGetDCDword(HDC handle, UINT which, DWORD *value)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    int *field = dc ? int_field(&dc->s, which) : NULL;

    return field && virtual_write(value, field, sizeof(*value));
}

/* False: not a DC, or a value that does not exist (`old` is not written then). */
BOOL sys_NtGdiSetDCDword(HDC handle, UINT which, DWORD value, DWORD *old)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    int *field = dc ? int_field(&dc->s, which) : NULL;
    int v = (int)value, before;

    if (!field) return FALSE;
    switch (which) {
    case GDI_DC_BK_MODE:
        if (v != TRANSPARENT && v != OPAQUE) return FALSE;
        break;
    case GDI_DC_ROP2:
        if (v < R2_BLACK || v > R2_WHITE) return FALSE;
        break;
    case GDI_DC_FILL_MODE:
        if (v != ALTERNATE && v != WINDING) return FALSE;
        break;
    case GDI_DC_STRETCH_MODE:
        if (v < BLACKONWHITE || v > HALFTONE) return FALSE;
        break;
    case GDI_DC_ARC_DIRECTION:
        if (v != AD_COUNTERCLOCKWISE && v != AD_CLOCKWISE) return FALSE;
        break;
    case GDI_DC_GRAPHICS_MODE:
        if (v != GM_COMPATIBLE && v != GM_ADVANCED) return FALSE;
        if (v == GM_COMPATIBLE && (dc->s.world.a != 1 || dc->s.world.d != 1 || dc->s.world.b || dc->s.world.c ||
                                   dc->s.world.dx || dc->s.world.dy))
            return FALSE; /* the transform must be the identity first (wingdi.h reference: SetGraphicsMode) */
        dc->transform_valid = false;
        break;
    case GDI_DC_LAYOUT:
        dc->transform_valid = false;
        break;
    case GDI_DC_ICM_MODE:
        if (v != ICM_OFF && v != ICM_ON) return FALSE;
        break;
    case GDI_DC_MAP_MODE:
        if (!(before = set_map_mode(dc, v))) return FALSE;
        return !old || virtual_write(old, &before, sizeof(before));
    }
    before = *field;
    *field = v;
    return !old || virtual_write(old, &before, sizeof(before));
}

/* enum gdi_dc_point. */
BOOL sys_NtGdiGetDCPoint(HDC handle, UINT which, POINT *out)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    POINT p;

    if (!dc) return FALSE;
    switch (which) {
    case GDI_DC_POSITION: p = dc->s.position; break;
    case GDI_DC_BRUSH_ORG: p = dc->s.brush_org; break;
    case GDI_DC_WINDOW_ORG: p = dc->s.window_org; break;
    case GDI_DC_VIEWPORT_ORG: p = dc->s.viewport_org; break;
    case GDI_DC_WINDOW_EXT: p = (POINT){ dc->s.window_ext.cx, dc->s.window_ext.cy }; break;
    case GDI_DC_VIEWPORT_EXT: p = (POINT){ dc->s.viewport_ext.cx, dc->s.viewport_ext.cy }; break;
    case GDI_DC_ORIGIN: p = dc->origin; break;
    case GDI_DC_SIZE: p = (POINT){ dc->size.cx, dc->size.cy }; break;
    default: return FALSE;
    }
    return virtual_write(out, &p, sizeof(p));
}

/* Extents of 0 are refused; in modes of fixed scale extents are left alone and the call succeeds. */
BOOL sys_NtGdiSetDCPoint(HDC handle, UINT which, int x, int y, POINT *old)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    POINT *field = NULL;
    SIZE *extent = NULL;

    if (!dc) return FALSE;
    switch (which) {
    case GDI_DC_POSITION:
        field = &dc->s.position;
        break;
    case GDI_DC_BRUSH_ORG: field = &dc->s.brush_org; break;
    case GDI_DC_WINDOW_ORG: field = &dc->s.window_org; break;
    case GDI_DC_VIEWPORT_ORG: field = &dc->s.viewport_org; break;
    case GDI_DC_WINDOW_EXT: extent = &dc->s.window_ext; break;
    case GDI_DC_VIEWPORT_EXT: extent = &dc->s.viewport_ext; break;
    default: return FALSE;
    }
    POINT before = field ? *field : (POINT){ extent->cx, extent->cy };
    if (old && !virtual_write(old, &before, sizeof(before))) return FALSE;
    if (field) {
        *field = (POINT){ x, y };
    } else if (dc->s.map_mode == MM_ISOTROPIC || dc->s.map_mode == MM_ANISOTROPIC) {
        if (!x || !y) return FALSE;
        *extent = (SIZE){ x, y };
        if (dc->s.map_mode == MM_ISOTROPIC) keep_isotropic(dc);
    }
    if (which != GDI_DC_POSITION && which != GDI_DC_BRUSH_ORG) dc->transform_valid = false;
    return TRUE;
}
