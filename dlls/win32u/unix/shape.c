/* Rectangles, ellipses, arcs, polygons and curves. */
#include "draw.h"

#include <math.h>

/* ---- ellipses ---- */

/* Rows of an ellipse `width` × `height` pixels: outline from `outer` to before `inner` at the left (and mirrored). */
struct ellipse {
    int width, height;
    int *outer, *inner;
};

static bool ellipse_init(struct ellipse *e, int width, int height)
{
    e->width = width, e->height = height;
    e->outer = malloc(2 * (size_t)height * sizeof(int));
    if (!e->outer) return false;
    e->inner = e->outer + height;
    for (int i = 0; i < height; i++) e->outer[i] = width, e->inner[i] = 0;

    /* Midpoint walk from the widest rows to the poles, in eighths of the exact implicit form. */
    int64_t a = width - 1, b = height - 1, odd = b & 1;
    double dx = 4 * (1.0 - a) * b * b, dy = 4.0 * (odd + 1) * a * a, err = dx + dy + (double)odd * a * a, e2;
    double step_a = 8.0 * a * a, step_b = 8.0 * b * b;
    int64_t x0 = 0, x1 = a, y0 = (b + 1) / 2, y1 = y0 - odd;
#define PLOT(x, y) do { int x_ = (int)(x), y_ = (int)(y); \
        if (y_ >= 0 && y_ < height) { if (x_ < e->outer[y_]) e->outer[y_] = x_; if (x_ + 1 > e->inner[y_]) e->inner[y_] = x_ + 1; } } while (0)
    do {
        PLOT(x0, y0);
        PLOT(x0, y1);
        e2 = 2 * err;
        if (e2 <= dy) y0++, y1--, err += dy += step_a;
        if (e2 >= dx || 2 * err > dy) x0++, x1--, err += dx += step_b;
    } while (x0 <= x1);
    while (y0 - y1 <= b) { /* flat ends of very narrow ones */
        PLOT(x0 - 1, y0);
        PLOT(x0 - 1, y1);
        y0++, y1--;
    }
#undef PLOT
    for (int i = 0; i < height; i++) {
        if (e->outer[i] > e->inner[i]) e->outer[i] = (width - 1) / 2, e->inner[i] = e->outer[i] + 1;
        if (e->inner[i] > (width + 1) / 2) e->inner[i] = (width + 1) / 2;
    }
    return true;
}

static void ellipse_fini(struct ellipse *e)
{
    free(e->outer);
}

/* Box [left, right] × [top, bottom] with corners of an ellipse. `outline`: only its edge; NULL: not wanted. */
static void round_shape(region_t *whole, region_t *outline, int left, int top, int right, int bottom, int corner_width,
                        int corner_height)
{
    int width = right - left + 1, height = bottom - top + 1, rows = 0;
    struct ellipse e;
    pixman_box32_t *fill, *edge;

    if (whole) pixman_region32_init(whole);
    if (outline) pixman_region32_init(outline);
    if (width <= 0 || height <= 0) return;
    if (corner_width > width) corner_width = width;
    if (corner_height > height) corner_height = height;
    if (corner_width < 1 || corner_height < 1) corner_width = corner_height = 1;
    if (height > 1 << 20 || width > 1 << 24 || !ellipse_init(&e, corner_width, corner_height)) return;
    fill = malloc(3 * (size_t)height * sizeof(*fill));
    if (!fill) {
        ellipse_fini(&e);
        return;
    }
    edge = fill + height;
    int edges = 0, upper = corner_height / 2, lower = corner_height - upper;
    for (int y = 0; y < height; y++, rows++) {
        int row = y < upper ? y : y >= height - lower ? corner_height - (height - y) : -1;
        int outer = row < 0 ? 0 : e.outer[row], inner = row < 0 ? 1 : e.inner[row];
        fill[rows] = (pixman_box32_t){ left + outer, top + y, right + 1 - outer, top + y + 1 };
        if (y == 0 || y == height - 1) inner = (width + 1) / 2; /* the straight part of the rim */
        if (inner > width - inner) inner = (width + 1) / 2;
        if (left + inner >= right + 1 - inner) {
            edge[edges++] = fill[rows];
        } else {
            edge[edges++] = (pixman_box32_t){ left + outer, top + y, left + inner, top + y + 1 };
            edge[edges++] = (pixman_box32_t){ right + 1 - inner, top + y, right + 1 - outer, top + y + 1 };
        }
    }
    if (whole) {
        pixman_region32_fini(whole);
        pixman_region32_init_rects(whole, fill, rows);
    }
    if (outline) {
        pixman_region32_fini(outline);
        pixman_region32_init_rects(outline, edge, edges);
    }
    free(fill);
    ellipse_fini(&e);
}

void round_rect_region(region_t *region, int left, int top, int right, int bottom, int width, int height)
{
    round_shape(region, NULL, left, top, right, bottom, width, height);
}

/* ---- curves as points ---- */

struct figure { /* Bézier points, device units */
    struct vertex v[64];
    int count;
};

/* The part of the ellipse in the box from angle `start` to `end` (radians, mathematical sense with y up), start < end for
 * counter-clockwise. */
static void arc_beziers(struct figure *figure, double left, double top, double right, double bottom, double start, double end)
{
    double cx = (left + right) / 2, cy = (top + bottom) / 2, rx = (right - left) / 2, ry = (bottom - top) / 2;
    int pieces = (int)ceil(fabs(end - start) / (M_PI / 2) - 1e-9);

    if (pieces < 1) pieces = 1;
    double step = (end - start) / pieces, k = 4.0 / 3 * tan(step / 4);
    figure->count = 0;
    for (int i = 0; i < pieces; i++) {
        double a = start + step * i, b = a + step;
        struct vertex p0 = { cos(a), sin(a) }, p3 = { cos(b), sin(b) };
        struct vertex p1 = { p0.x - k * p0.y, p0.y + k * p0.x }, p2 = { p3.x + k * p3.y, p3.y - k * p3.x };
        struct vertex part[4] = { p0, p1, p2, p3 };
        for (int n = i ? 1 : 0; n < 4; n++)
            figure->v[figure->count++] = (struct vertex){ cx + rx * part[n].x, cy - ry * part[n].y };
    }
}

static void flatten_one(struct vertex p0, struct vertex p1, struct vertex p2, struct vertex p3, POINT *out, int *count, int steps)
{
    for (int i = 1; i <= steps; i++) {
        double t = (double)i / steps, u = 1 - t;
        double x = u * u * u * p0.x + 3 * u * u * t * p1.x + 3 * u * t * t * p2.x + t * t * t * p3.x;
        double y = u * u * u * p0.y + 3 * u * u * t * p1.y + 3 * u * t * t * p2.y + t * t * t * p3.y;
        POINT p = { round_int(x), round_int(y) };
        if (*count && out[*count - 1].x == p.x && out[*count - 1].y == p.y && i < steps) continue;
        out[(*count)++] = p;
    }
}

static int bezier_steps(struct vertex p0, struct vertex p1, struct vertex p2, struct vertex p3)
{
    double d1 = hypot(p0.x - 2 * p1.x + p2.x, p0.y - 2 * p1.y + p2.y), d2 = hypot(p1.x - 2 * p2.x + p3.x, p1.y - 2 * p2.y + p3.y);
    double steps = sqrt(sqrt(2) * 6 * (d1 > d2 ? d1 : d2) / 8 / 0.05);
    return steps < 2 ? 2 : steps > 256 ? 256 : (int)ceil(steps);
}

static POINT *flatten_vertices(const struct vertex *v, int count, int *out_count)
{
    int total = 1, done = 0;
    POINT *out;

    for (int i = 0; i + 3 < count; i += 3) total += bezier_steps(v[i], v[i + 1], v[i + 2], v[i + 3]);
    if (!(out = malloc((total + 1) * sizeof(*out)))) return NULL;
    out[done++] = (POINT){ round_int(v[0].x), round_int(v[0].y) };
    for (int i = 0; i + 3 < count; i += 3)
        flatten_one(v[i], v[i + 1], v[i + 2], v[i + 3], out, &done, bezier_steps(v[i], v[i + 1], v[i + 2], v[i + 3]));
    *out_count = done;
    return out;
}

int flatten_bezier(const POINT *points, int count, POINT **out)
{
    struct vertex *v = malloc((count + 1) * sizeof(*v));
    int result = 0;

    *out = NULL;
    if (!v) return 0;
    for (int i = 0; i < count; i++) v[i] = (struct vertex){ points[i].x, points[i].y };
    *out = flatten_vertices(v, count, &result);
    free(v);
    return *out ? result : 0;
}

/* ---- figures ---- */

static bool add_beziers_to_path(struct dc *dc, const struct figure *figure, bool line_first, bool close)
{
    struct path *path = &dc->s.path;

    for (int i = 0; i < figure->count; i++) {
        POINT p = { round_int(figure->v[i].x), round_int(figure->v[i].y) };
        uint8_t type = i ? PT_BEZIERTO : line_first ? PT_LINETO : PT_MOVETO;
        if (close && i == figure->count - 1) type |= PT_CLOSEFIGURE;
        if (!path_add(path, p, type)) return false;
    }
    return true;
}

/* Rotated or in a path: the shape as Bézier points through the whole transform. */
static void transform_figure(struct dc *dc, struct figure *figure)
{
    dc_update_transform(dc);
    for (int i = 0; i < figure->count; i++) {
        struct vertex v = figure->v[i];
        figure->v[i].x = v.x * dc->to_device.a + v.y * dc->to_device.c + dc->to_device.dx;
        figure->v[i].y = v.x * dc->to_device.b + v.y * dc->to_device.d + dc->to_device.dy;
    }
}

static bool fill_and_stroke(struct dc *dc, const POINT *points, int count)
{
    pixman_box32_t limits = dc_limits(dc);
    region_t region;
    bool done;

    done = polygon_region_within(&region, points, &count, 1, dc->s.fill_mode, &limits) &&
        draw_region(dc, dc->s.brush, rop3_from_rop2(dc->s.rop2), &region);
    pixman_region32_fini(&region);
    return done && stroke_lines(dc, points, count, true);
}

static bool rotated_shape(struct dc *dc, int shape, double left, double top, double right, double bottom, double cw, double ch)
{
    struct figure figure = { .count = 0 };
    int count;

    if (shape == GDI_SHAPE_RECTANGLE) {
        POINT p[4] = { { left, top }, { right, top }, { right, bottom }, { left, bottom } };
        lp_to_dp(dc, p, 4);
        return fill_and_stroke(dc, p, 4);
    }
    if (shape == GDI_SHAPE_ELLIPSE) {
        arc_beziers(&figure, left, top, right, bottom, 0, 2 * M_PI);
    } else {
        struct { double l, t, a; } corner[4] = { { right - cw, top, 0 }, { left, top, M_PI / 2 }, { left, bottom - ch, M_PI },
                                                 { right - cw, bottom - ch, 3 * M_PI / 2 } };
        for (int i = 0; i < 4; i++) {
            struct figure part;
            arc_beziers(&part, corner[i].l, corner[i].t, corner[i].l + cw, corner[i].t + ch, corner[i].a, corner[i].a + M_PI / 2);
            if (i) { /* a straight piece between */
                struct vertex from = figure.v[figure.count - 1], to = part.v[0];
                figure.v[figure.count++] = from;
                figure.v[figure.count++] = to;
                figure.v[figure.count++] = to;
            } else {
                figure.v[figure.count++] = part.v[0];
            }
            for (int k = 1; k < part.count; k++) figure.v[figure.count++] = part.v[k];
        }
    }
    transform_figure(dc, &figure);
    POINT *points = flatten_vertices(figure.v, figure.count, &count);
    bool done = points && fill_and_stroke(dc, points, count);
    free(points);
    return done;
}

static bool shape_to_path(struct dc *dc, int shape, RECT r, int cw, int ch)
{
    struct figure figure;

    if (shape == GDI_SHAPE_RECTANGLE) {
        POINT p[4] = { { r.right - 1, r.top }, { r.left, r.top }, { r.left, r.bottom - 1 }, { r.right - 1, r.bottom - 1 } };
        for (int i = 0; i < 4; i++)
            if (!path_add(&dc->s.path, p[i], i == 0 ? PT_MOVETO : i == 3 ? PT_LINETO | PT_CLOSEFIGURE : PT_LINETO)) return false;
        return true;
    }
    double left = r.left, top = r.top, right = r.right - 1, bottom = r.bottom - 1;
    if (shape == GDI_SHAPE_ELLIPSE) {
        arc_beziers(&figure, left, top, right, bottom, 0, 2 * M_PI);
        return add_beziers_to_path(dc, &figure, false, true);
    }
    struct { double l, t, a; } corner[4] = { { right - cw, top, 0 }, { left, top, M_PI / 2 }, { left, bottom - ch, M_PI },
                                             { right - cw, bottom - ch, 3 * M_PI / 2 } };
    for (int i = 0; i < 4; i++) {
        arc_beziers(&figure, corner[i].l, corner[i].t, corner[i].l + cw, corner[i].t + ch, corner[i].a, corner[i].a + M_PI / 2);
        if (!add_beziers_to_path(dc, &figure, i > 0, i == 3)) return false;
    }
    return true;
}

/* Rectangle, Ellipse, RoundRect (enum gdi_shape): filled with the brush, outlined by the pen. Logical coordinates. */
BOOL sys_NtGdiRectangle(HDC handle, ULONG shape, int left, int top, int right, int bottom, int corner_width, int corner_height)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    int rop3;
    RECT r;

    if (!dc) return FALSE;
    rop3 = rop3_from_rop2(dc->s.rop2);
    uint32_t style = dc->s.pen->style & PS_STYLE_MASK;
    if (dc_rotated(dc) && !dc->s.path_open)
        return rotated_shape(dc, shape, left, top, right, bottom, abs(corner_width), abs(corner_height));
    r = lp_to_dp_rect(dc, left, top, right, bottom);
    int cw = round_int(abs(corner_width) * dc_scale_x(dc)), ch = round_int(abs(corner_height) * dc_scale_y(dc));
    if (shape == GDI_SHAPE_ROUND_RECT && (!cw || !ch)) shape = GDI_SHAPE_RECTANGLE;
    if (dc->s.graphics_mode == GM_ADVANCED) r.right++, r.bottom++; /* both edges belong to it */
    if (r.left == r.right || r.top == r.bottom) return TRUE;
    if (dc->s.path_open) return shape_to_path(dc, shape, r, cw, ch);
    bool wide = pen_is_wide(dc), dashed = style != PS_SOLID && style != PS_INSIDEFRAME && style != PS_NULL;
    if (style == PS_INSIDEFRAME && wide) {
        int width = pen_device_width(dc);
        r.left += width / 2, r.top += width / 2;
        r.right -= (width - 1) / 2, r.bottom -= (width - 1) / 2;
    }
    if (style == PS_NULL && shape == GDI_SHAPE_RECTANGLE) r.right--, r.bottom--;
    if (r.left >= r.right || r.top >= r.bottom) return TRUE;
    if (shape == GDI_SHAPE_RECTANGLE) {
        POINT p[4] = { { r.left, r.top }, { r.right - 1, r.top }, { r.right - 1, r.bottom - 1 }, { r.left, r.bottom - 1 } };
        if (style == PS_NULL) return draw_rect(dc, dc->s.brush, rop3, r.left, r.top, r.right, r.bottom);
        if (wide) {
            region_t region, inside;
            pixman_box32_t limits = dc_limits(dc);
            bool done = widen_lines(dc, &region, p, 4, true, &limits);
            region_init_rect(&inside, r.left, r.top, r.right, r.bottom);
            pixman_region32_subtract(&inside, &inside, &region);
            done = done && draw_region(dc, dc->s.brush, rop3, &inside);
            pixman_region32_fini(&inside);
            pixman_region32_fini(&region);
            return done && stroke_lines(dc, p, 4, true);
        }
        return draw_rect(dc, dc->s.brush, rop3, r.left + 1, r.top + 1, r.right - 1, r.bottom - 1) && stroke_lines(dc, p, 4, true);
    }
    if (shape == GDI_SHAPE_ELLIPSE) cw = r.right - r.left, ch = r.bottom - r.top;
    region_t whole, outline;
    bool done;
    round_shape(&whole, &outline, r.left, r.top, r.right - 1, r.bottom - 1, cw, ch);
    if (style == PS_NULL) {
        done = draw_region(dc, dc->s.brush, rop3, &whole);
    } else if (!wide && !dashed) {
        struct brush pen_brush = { .style = BS_SOLID, .color = dc->s.pen->color };
        if (dc->s.pen->header.stock && gdi_handle(dc->s.pen) == gdi_stock(DC_PEN)) pen_brush.color = dc->s.dc_pen_color;
        pixman_region32_subtract(&whole, &whole, &outline);
        done = draw_region(dc, dc->s.brush, rop3, &whole) &&
            draw_region(dc, dc->s.pen->header.type == GDI_EXTPEN ? dc->s.pen->brush : &pen_brush, rop3, &outline);
    } else {
        struct path saved = dc->s.path;
        POINT *points = NULL;
        struct vertex *v;
        int count = 0;
        dc->s.path = (struct path){ 0 };
        done = shape_to_path(dc, shape, r, cw, ch);
        v = done ? malloc((dc->s.path.count + 16) * 3 * sizeof(*v)) : NULL;
        if (v) {
            int n = 0;
            for (int i = 0; i < dc->s.path.count; i++) {
                struct vertex p = { dc->s.path.points[i].x, dc->s.path.points[i].y };
                if ((dc->s.path.types[i] & ~PT_CLOSEFIGURE) == PT_LINETO) v[n] = v[n - 1], v[n + 1] = p, n += 2;
                v[n++] = p;
            }
            points = flatten_vertices(v, n, &count);
            free(v);
        }
        path_free(&dc->s.path);
        dc->s.path = saved;
        if (points) {
            region_t edge;
            pixman_region32_init(&edge);
            if (wide) {
                pixman_box32_t limits = dc_limits(dc);
                pixman_region32_fini(&edge);
                widen_lines(dc, &edge, points, count, true, &limits);
            }
            pixman_region32_subtract(&whole, &whole, &edge);
            pixman_region32_fini(&edge);
            done = draw_region(dc, dc->s.brush, rop3, &whole) && stroke_lines(dc, points, count, true);
        } else {
            done = false;
        }
        free(points);
    }
    pixman_region32_fini(&whole);
    pixman_region32_fini(&outline);
    return done;
}

static double angle_of(double x, double y, double cx, double cy, double rx, double ry)
{
    double angle = atan2((cy - y) * rx, (x - cx) * ry);
    return angle < 0 ? angle + 2 * M_PI : angle;
}

/* Arc, ArcTo, Chord, Pie: the part of the ellipse in the box between two rays. Logical coordinates. */
BOOL sys_NtGdiArc(HDC handle, ULONG shape, const INT *box)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    INT b[8];
    struct figure figure;

    if (!dc || !virtual_read(b, box, sizeof(b))) return FALSE;
    RECT r = lp_to_dp_rect(dc, b[0], b[1], b[2], b[3]);
    POINT rays[2] = { { b[4], b[5] }, { b[6], b[7] } };
    lp_to_dp(dc, rays, 2);
    if (dc->s.graphics_mode == GM_ADVANCED) r.right++, r.bottom++;
    if (r.left == r.right || r.top == r.bottom) return TRUE;
    if ((dc->s.pen->style & PS_STYLE_MASK) == PS_INSIDEFRAME) {
        int width = pen_device_width(dc);
        r.left += width / 2, r.top += width / 2;
        r.right -= (width - 1) / 2, r.bottom -= (width - 1) / 2;
    }
    double left = r.left, top = r.top, right = r.right - 1, bottom = r.bottom - 1;
    double cx = (left + right) / 2, cy = (top + bottom) / 2, rx = (right - left) / 2, ry = (bottom - top) / 2;
    if (rx <= 0) rx = 0.5;
    if (ry <= 0) ry = 0.5;
    double start = angle_of(rays[0].x, rays[0].y, cx, cy, rx, ry), end = angle_of(rays[1].x, rays[1].y, cx, cy, rx, ry);
    if (dc->s.arc_direction == AD_CLOCKWISE) {
        double swap = start;
        start = end, end = swap;
    }
    if (end <= start) end += 2 * M_PI;
    arc_beziers(&figure, left, top, right, bottom, start, end);
    if (dc->s.arc_direction == AD_CLOCKWISE)
        for (int i = 0; i < figure.count / 2; i++) {
            struct vertex swap = figure.v[i];
            figure.v[i] = figure.v[figure.count - 1 - i], figure.v[figure.count - 1 - i] = swap;
        }
    POINT center = { round_int(cx), round_int(cy) };
    POINT last = { round_int(figure.v[figure.count - 1].x), round_int(figure.v[figure.count - 1].y) };
    bool done = true;
    if (dc->s.path_open) {
        if (shape == GDI_SHAPE_ARC_TO && !dc->s.path.count) {
            POINT from = dc->s.position;
            lp_to_dp(dc, &from, 1);
            done = path_add(&dc->s.path, from, PT_MOVETO);
        }
        done = done && add_beziers_to_path(dc, &figure, shape == GDI_SHAPE_ARC_TO, shape == GDI_SHAPE_CHORD);
        if (shape == GDI_SHAPE_PIE) done = done && path_add(&dc->s.path, center, PT_LINETO | PT_CLOSEFIGURE);
    } else {
        int count;
        POINT *points = flatten_vertices(figure.v, figure.count, &count);
        if (!points) return FALSE;
        if (shape == GDI_SHAPE_ARC || shape == GDI_SHAPE_ARC_TO) {
            POINT from = dc->s.position;
            lp_to_dp(dc, &from, 1);
            if (shape == GDI_SHAPE_ARC_TO) {
                POINT lead[2] = { from, points[0] };
                done = stroke_lines(dc, lead, 2, false);
            }
            done = done && stroke_lines(dc, points, count, false);
        } else {
            if (shape == GDI_SHAPE_PIE) points[count++] = center;
            done = fill_and_stroke(dc, points, count);
        }
        free(points);
    }
    if (shape == GDI_SHAPE_ARC_TO) {
        dp_to_lp(dc, &last, 1);
        dc->s.position = last;
    }
    return done;
}

/* ---- polygons and lines ---- */

BOOL sys_NtGdiLineTo(HDC handle, int x, int y)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    POINT p[2];
    bool done;

    if (!dc) return FALSE;
    p[0] = dc->s.position;
    p[1] = (POINT){ x, y };
    lp_to_dp(dc, p, 2);
    done = dc->s.path_open ? path_lines(dc, p, 2, false) : stroke_lines(dc, p, 2, false);
    if (done) dc->s.position = (POINT){ x, y };
    return done;
}

static bool poly_path(struct dc *dc, const POINT *p, const INT *counts, int polygons, ULONG kind)
{
    for (int i = 0; i < polygons; p += counts[i++]) {
        if (kind == GDI_POLYBEZIER || kind == GDI_POLYBEZIER_TO) {
            for (int k = 0; k < counts[i]; k++)
                if (!path_add(&dc->s.path, p[k], k ? PT_BEZIERTO : dc->s.path.count && kind == GDI_POLYBEZIER_TO &&
                              dc->s.path.points[dc->s.path.count - 1].x == p[0].x &&
                              dc->s.path.points[dc->s.path.count - 1].y == p[0].y ? 0x80 : PT_MOVETO))
                    return false;
            continue;
        }
        if (!path_lines(dc, p, counts[i], kind != GDI_POLYLINE_TO)) return false;
        if (kind == GDI_POLYGON || kind == GDI_POLYPOLYGON) dc->s.path.types[dc->s.path.count - 1] |= PT_CLOSEFIGURE;
    }
    return true;
}

/* Polygon, Polyline, PolyBezier and their relatives (enum gdi_poly). `counts`: points of each of `polygons`. */
BOOL sys_NtGdiPoly(HDC handle, ULONG kind, const POINT *points, const INT *counts, int polygons)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    bool to = kind == GDI_POLYLINE_TO || kind == GDI_POLYBEZIER_TO, closed = kind == GDI_POLYGON || kind == GDI_POLYPOLYGON;
    bool bezier = kind == GDI_POLYBEZIER || kind == GDI_POLYBEZIER_TO, done = false;
    int64_t total = 0;
    INT *lengths;
    POINT *p = NULL;

    if (!dc || polygons <= 0 || !(lengths = copy_in(counts, polygons, sizeof(*lengths)))) return FALSE;
    for (int i = 0; i < polygons; i++) {
        if (lengths[i] < 0 || (closed && lengths[i] < 2) || (!closed && !to && lengths[i] < 2)) goto out;
        total += lengths[i];
    }
    if (bezier && (to ? total % 3 || !total : total % 3 != 1 || total < 4)) goto out;
    if (total > 0x1000000 || !(p = malloc((total + 1) * sizeof(*p)))) goto out;
    if (!virtual_read(p + to, points, total * sizeof(*p))) goto out;
    POINT last = total ? p[total + to - 1] : dc->s.position;
    if (to) {
        p[0] = dc->s.position;
        lengths[0]++;
        total++;
    }
    lp_to_dp(dc, p, (int)total);
    if (dc->s.path_open) {
        done = poly_path(dc, p, lengths, polygons, kind);
    } else if (bezier) {
        POINT *flat;
        int count = flatten_bezier(p, (int)total, &flat);
        done = flat && stroke_lines(dc, flat, count, false);
        free(flat);
    } else {
        done = true;
        if (closed) {
            pixman_box32_t limits = dc_limits(dc);
            region_t region;
            done = polygon_region_within(&region, p, lengths, polygons, dc->s.fill_mode, &limits) &&
                draw_region(dc, dc->s.brush, rop3_from_rop2(dc->s.rop2), &region);
            pixman_region32_fini(&region);
        }
        const POINT *at = p;
        for (int i = 0; done && i < polygons; at += lengths[i++]) done = stroke_lines(dc, at, lengths[i], closed);
    }
    if (done && to) dc->s.position = last;
out:
    free(lengths);
    free(p);
    return done;
}

/* ---- single pixels, flood fill ---- */

/* The colour that is really there afterwards; CLR_INVALID: outside of the clip region. */
COLORREF sys_NtGdiSetPixel(HDC handle, int x, int y, COLORREF color)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    POINT p = { x, y };
    COLORREF result;

    if (!dc) return CLR_INVALID;
    lp_to_dp(dc, &p, 1);
    p.x += dc->origin.x, p.y += dc->origin.y;
    if (!pixman_region32_contains_point((region_t *)dc_clip(dc), p.x, p.y, NULL) || !dc_begin(dc)) return CLR_INVALID;
    uint32_t pixel = dc_pixel(dc, color);
    dib_write(&dc->dib, p.x, p.y, 1, &pixel);
    result = rgb_of(dib_to_rgb(&dc->dib, pixel));
    dc_end(dc, p.x, p.y, p.x + 1, p.y + 1);
    return result;
}

COLORREF sys_NtGdiGetPixel(HDC handle, int x, int y)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    POINT p = { x, y };
    COLORREF result;

    if (!dc) return CLR_INVALID;
    lp_to_dp(dc, &p, 1);
    p.x += dc->origin.x, p.y += dc->origin.y;
    if (!pixman_region32_contains_point((region_t *)dc_clip(dc), p.x, p.y, NULL) || !dc_begin(dc)) return CLR_INVALID;
    result = rgb_of(dib_to_rgb(&dc->dib, dib_get(&dc->dib, p.x, p.y)));
    dc_end(dc, 0, 0, 0, 0);
    return result;
}

/* The area around the point: up to the border of that colour (FLOODFILLBORDER), or as far as it has it (FLOODFILLSURFACE). */
BOOL sys_NtGdiExtFloodFill(HDC handle, int x, int y, COLORREF color, UINT type)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    POINT p = { x, y };

    if (!dc || type > FLOODFILLSURFACE) return FALSE;
    lp_to_dp(dc, &p, 1);
    p.x += dc->origin.x, p.y += dc->origin.y;
    const region_t *clip = dc_clip(dc);
    if (!pixman_region32_contains_point((region_t *)clip, p.x, p.y, NULL) || !dc_begin(dc)) return FALSE;
    const pixman_box32_t all = *pixman_region32_extents((region_t *)clip);
    int width = all.x2 - all.x1, height = all.y2 - all.y1;
    uint32_t mask = dc->dib.rgb888 ? 0xffffff : 0xffffffff; /* the byte that is no colour does not count */
    uint32_t pixel = dc_pixel(dc, color), *row = malloc(width * 4);
    uint8_t *state = calloc(width, height); /* 1: to fill; 2: filled */
    POINT *stack = malloc(((size_t)width * height + 1) * sizeof(*stack));
    bool done = false;
    if (row && state && stack) {
        for (int i = 0; i < height; i++) {
            dib_read(&dc->dib, all.x1, all.y1 + i, width, row);
            for (int k = 0; k < width; k++) state[(size_t)i * width + k] = ((row[k] & mask) == pixel) == (type == FLOODFILLSURFACE);
        }
        if (pixman_region32_n_rects((region_t *)clip) > 1)
            for (int i = 0; i < height; i++)
                for (int k = 0; k < width; k++)
                    if (!pixman_region32_contains_point((region_t *)clip, all.x1 + k, all.y1 + i, NULL)) state[(size_t)i * width + k] = 0;
        size_t depth = 0;
        size_t start = (size_t)(p.y - all.y1) * width + (p.x - all.x1);
        if (state[start] == 1) {
            struct paint paint;
            done = paint_init(&paint, dc, dc->s.brush);
            state[start] = 2;
            stack[depth++] = (POINT){ p.x - all.x1, p.y - all.y1 };
            while (depth) {
                POINT at = stack[--depth];
                static const int8_t way[4][2] = { { 1, 0 }, { -1, 0 }, { 0, 1 }, { 0, -1 } };
                for (int i = 0; i < 4; i++) {
                    int nx = at.x + way[i][0], ny = at.y + way[i][1];
                    if (nx < 0 || ny < 0 || nx >= width || ny >= height || state[(size_t)ny * width + nx] != 1) continue;
                    state[(size_t)ny * width + nx] = 2;
                    stack[depth++] = (POINT){ nx, ny };
                }
            }
            for (int i = 0; done && i < height; i++)
                for (int k = 0; k < width; k++) {
                    int from = k;
                    while (k < width && state[(size_t)i * width + k] == 2) k++;
                    if (k == from) continue;
                    pixman_box32_t box = { all.x1 + from, all.y1 + i, all.x1 + k, all.y1 + i + 1 };
                    paint_boxes(dc, &paint, rop3_from_rop2(dc->s.rop2), &box, 1);
                }
            paint_fini(&paint);
        }
    }
    free(row);
    free(state);
    free(stack);
    dc_end(dc, all.x1, all.y1, all.x2, all.y2);
    return done;
}
