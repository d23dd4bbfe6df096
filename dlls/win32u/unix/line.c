/* Lines: thin ones pixel by pixel, wide ones as regions; dashes. */
#include "draw.h"

#include <math.h>

struct pen *dc_pen(struct dc *dc)
{
    return dc->s.pen;
}

static bool is_ext(const struct pen *pen)
{
    return pen->header.type == GDI_EXTPEN;
}

/* Width in pixels: 1 for thin pens. */
int pen_device_width(struct dc *dc)
{
    struct pen *pen = dc->s.pen;
    int width;

    if (is_ext(pen) && !(pen->style & PS_GEOMETRIC)) return 1;
    width = round_int(pen->width * dc_scale_x(dc));
    return width < 1 ? 1 : width;
}

bool pen_is_wide(struct dc *dc)
{
    struct pen *pen = dc->s.pen;

    if ((pen->style & PS_STYLE_MASK) == PS_NULL) return false;
    return pen_device_width(dc) > 1;
}

/* ---- runs of pixels ---- */

struct batch {
    struct dc *dc;
    const struct paint *paint;
    int rop3;
    int count;
    bool direct;             /* one clip box, one colour, 32 bits: pixels are set at once */
    pixman_box32_t clip;
    struct solid solid;
    pixman_box32_t changed;
    pixman_box32_t boxes[128];
};

static void batch_flush(struct batch *batch)
{
    paint_boxes(batch->dc, batch->paint, batch->rop3, batch->boxes, batch->count);
    batch->count = 0;
}

static void batch_add(struct batch *batch, int left, int top, int right, int bottom)
{
    pixman_box32_t *all = &batch->changed;

    if (left < all->x1) all->x1 = left;
    if (top < all->y1) all->y1 = top;
    if (right > all->x2) all->x2 = right;
    if (bottom > all->y2) all->y2 = bottom;
    if (batch->direct) {
        const pixman_box32_t *c = &batch->clip;
        if (left < c->x1) left = c->x1;
        if (top < c->y1) top = c->y1;
        if (right > c->x2) right = c->x2;
        if (bottom > c->y2) bottom = c->y2;
        for (int y = top; y < bottom; y++) {
            uint32_t *row = (uint32_t *)dib_row(&batch->dc->dib, y);
            for (int x = left; x < right; x++) row[x] = (row[x] & batch->solid.and) ^ batch->solid.xor;
        }
        return;
    }
    batch->boxes[batch->count++] = (pixman_box32_t){ left, top, right, bottom };
    if (batch->count == 128) batch_flush(batch);
}

/* ---- dashes ---- */

struct dash {
    uint32_t count;
    uint32_t lengths[16];
    uint32_t index, left; /* where we are */
    bool on;
};

static void dash_init(struct dash *dash, struct dc *dc)
{
    static const struct {
        uint8_t count, lengths[6];
    } cosmetic[5] = { { 0 }, { 2, { 18, 6 } }, { 2, { 3, 3 } }, { 4, { 9, 6, 3, 6 } }, { 6, { 9, 3, 3, 3, 3, 3 } } },
      geometric[5] = { { 0 }, { 2, { 3, 1 } }, { 2, { 1, 1 } }, { 4, { 3, 1, 1, 1 } }, { 6, { 3, 1, 1, 1, 1, 1 } } };
    struct pen *pen = dc->s.pen;
    uint32_t style = pen->style & PS_STYLE_MASK;
    bool wide = is_ext(pen) && (pen->style & PS_GEOMETRIC);
    int width = pen_device_width(dc);

    memset(dash, 0, sizeof(*dash));
    dash->on = true;
    if (style >= PS_DASH && style <= PS_DASHDOTDOT) {
        dash->count = cosmetic[style].count;
        for (uint32_t i = 0; i < dash->count; i++)
            dash->lengths[i] = wide && width > 1 ? geometric[style].lengths[i] * width : cosmetic[style].lengths[i];
    } else if (style == PS_USERSTYLE) {
        double scale = wide ? dc_scale_x(dc) : 3; /* cosmetic: units of the style, of which the display has three pixels */
        dash->count = pen->dash_count;
        for (uint32_t i = 0; i < dash->count; i++) {
            dash->lengths[i] = round_int(pen->dashes[i] * scale);
            if (!dash->lengths[i]) dash->lengths[i] = 1;
        }
        if (dash->count & 1 && dash->count <= 8) {
            memcpy(dash->lengths + dash->count, dash->lengths, dash->count * sizeof(*dash->lengths));
            dash->count *= 2;
        }
    } else if (style == PS_ALTERNATE) {
        dash->count = 2;
        dash->lengths[0] = dash->lengths[1] = 1;
    }
    for (uint32_t i = 0; i < dash->count; i++)
        if (dash->lengths[i] > 0x10000) dash->lengths[i] = 0x10000;
    dash->left = dash->lengths[0];
}

static void dash_step(struct dash *dash)
{
    if (dash->count && !--dash->left) {
        dash->index = (dash->index + 1) % dash->count;
        dash->left = dash->lengths[dash->index];
        dash->on = !(dash->index & 1);
    }
}

static void dash_skip(struct dash *dash, int64_t pixels)
{
    uint64_t all = 0;

    if (!dash->count) return;
    for (uint32_t i = 0; i < dash->count; i++) all += dash->lengths[i];
    for (pixels %= all; pixels; pixels--) dash_step(dash);
}

/* ---- thin lines ---- */

static int64_t floor_div(int64_t a, int64_t b)
{
    int64_t q = a / b;
    return q - (a % b < 0);
}

/* Without its last pixel. Of two pixels equally near the upper is taken on lines that are wider than high, the left one on
 * the others. `bounds`: what need be considered, in the same coordinates as the points (the target's). */
static void thin_line(struct batch *on, struct batch *off, struct dash *dash, int64_t x0, int64_t y0, int64_t x1, int64_t y1,
                      const pixman_box32_t *bounds)
{
    int64_t dx = x1 - x0, dy = y1 - y0, length, minor;
    bool steep = llabs(dy) > llabs(dx);
    int64_t sign = steep ? (dy < 0 ? -1 : 1) : (dx < 0 ? -1 : 1);

    length = steep ? llabs(dy) : llabs(dx);
    minor = steep ? dx : dy;
    if (!length) return;
    int64_t start = steep ? y0 : x0, low = steep ? bounds->y1 : bounds->x1, high = (steep ? bounds->y2 : bounds->x2) - 1;
    int64_t first = sign > 0 ? low - start : start - high, last = sign > 0 ? high - start : start - low;
    if (first < 0) first = 0;
    if (last >= length) last = length - 1;
    if (first > last) {
        dash_skip(dash, length);
        return;
    }
    dash_skip(dash, first);
    int64_t run_start = first, run_minor = 0;
    bool run_on = true, running = false;
    /* ties to the smaller coordinate: m = ceil(i * minor / length - 1/2); above is what m is too much by, times 2 * length */
    int64_t m = -floor_div(length - 2 * first * minor, 2 * length), above = 2 * m * length - (2 * first * minor - length);
    if (on->direct && !dash->count) {
        int64_t fixed = steep ? x0 : y0, end = -floor_div(length - 2 * last * minor, 2 * length), a = fixed + m, b = fixed + end;
        int64_t low_end = a < b ? a : b, high_end = a < b ? b : a;
        if (low_end >= (steep ? bounds->x1 : bounds->y1) && high_end < (steep ? bounds->x2 : bounds->y2)) {
            const struct dib *dib = &on->dc->dib;
            ptrdiff_t major_step = sign * (steep ? dib->stride : 4), minor_step = (minor < 0 ? -1 : 1) * (steep ? 4 : dib->stride);
            int64_t first_major = start + sign * first, last_major = start + sign * last;
            uint8_t *at = steep ? dib_row(dib, (int)first_major) + a * 4 : dib_row(dib, (int)a) + first_major * 4;
            int64_t slope = 2 * llabs(minor), whole = 2 * length, rest = minor < 0 ? whole - 1 - above : above;
            struct solid solid = on->solid;
            for (int64_t i = first; i <= last; i++) {
                *(uint32_t *)at = (*(uint32_t *)at & solid.and) ^ solid.xor;
                at += major_step;
                rest -= slope;
                if (rest < 0) rest += whole, at += minor_step;
            }
            pixman_box32_t *all = &on->changed;
            int64_t major_low = first_major < last_major ? first_major : last_major, major_high = first_major < last_major ? last_major : first_major;
            int64_t box[4] = { steep ? low_end : major_low, steep ? major_low : low_end, (steep ? high_end : major_high) + 1, (steep ? major_high : high_end) + 1 };
            if (box[0] < all->x1) all->x1 = (int)box[0];
            if (box[1] < all->y1) all->y1 = (int)box[1];
            if (box[2] > all->x2) all->x2 = (int)box[2];
            if (box[3] > all->y2) all->y2 = (int)box[3];
            return;
        }
    }
    for (int64_t i = first; i <= last + 1; i++) {
        if (i > first) {
            above -= 2 * minor;
            if (above < 0) m++, above += 2 * length;
            else if (above >= 2 * length) m--, above -= 2 * length;
        }
        bool draws = i <= last && (!dash->count || dash->on);
        if (running && (i > last || m != run_minor || draws != run_on)) {
            struct batch *batch = run_on ? on : off;
            int64_t a = sign > 0 ? start + run_start : start - (i - 1), b = sign > 0 ? start + i : start - run_start + 1;
            int64_t other = (steep ? x0 : y0) + run_minor;
            if (batch && other >= (steep ? bounds->x1 : bounds->y1) && other < (steep ? bounds->x2 : bounds->y2)) {
                if (steep) batch_add(batch, other, a, other + 1, b);
                else batch_add(batch, a, other, b, other + 1);
            }
            running = false;
        }
        if (i > last) break;
        if (!running) running = true, run_start = i, run_minor = m, run_on = draws;
        dash_step(dash);
    }
    dash_skip(dash, length - 1 - last);
}

/* ---- wide lines ---- */

struct pieces { /* convex polygons that all turn the same way */
    struct vertex *vertex;
    int *counts;
    int vertices, vertex_room, polygons, polygon_room;
    const pixman_box32_t *limits; /* pieces beyond are left out; NULL: none */
    bool failed;
};

static void add_piece(struct pieces *pieces, const struct vertex *v, int count)
{
    double area = 0;

    if (pieces->limits) {
        const pixman_box32_t *l = pieces->limits;
        int left = 0, right = 0, above = 0, below = 0;
        for (int i = 0; i < count; i++)
            left += v[i].x < l->x1 - 1, right += v[i].x > l->x2 + 1, above += v[i].y < l->y1 - 1, below += v[i].y > l->y2 + 1;
        if (left == count || right == count || above == count || below == count) return;
    }
    if (pieces->vertices + count > pieces->vertex_room) {
        int room = (pieces->vertices + count) * 2;
        struct vertex *larger = realloc(pieces->vertex, room * sizeof(*larger));
        if (!larger) {
            pieces->failed = true;
            return;
        }
        pieces->vertex = larger;
        pieces->vertex_room = room;
    }
    if (pieces->polygons == pieces->polygon_room) {
        int room = pieces->polygon_room * 2 + 16, *larger = realloc(pieces->counts, room * sizeof(*larger));
        if (!larger) {
            pieces->failed = true;
            return;
        }
        pieces->counts = larger;
        pieces->polygon_room = room;
    }
    for (int i = 0; i < count; i++) {
        const struct vertex *a = &v[i], *b = &v[(i + 1) % count];
        area += a->x * b->y - b->x * a->y;
    }
    for (int i = 0; i < count; i++) pieces->vertex[pieces->vertices + i] = area >= 0 ? v[i] : v[count - 1 - i];
    pieces->vertices += count;
    pieces->counts[pieces->polygons++] = count;
}

static void add_disc(struct pieces *pieces, struct vertex at, double radius)
{
    const pixman_box32_t *l = pieces->limits;
    struct vertex v[64];

    if (l && (at.x + radius < l->x1 - 1 || at.x - radius > l->x2 + 1 || at.y + radius < l->y1 - 1 || at.y - radius > l->y2 + 1)) return;
    int count = radius < 4 ? 16 : radius < 20 ? 32 : 64;

    for (int i = 0; i < count; i++) {
        double angle = 2 * M_PI * (i + 0.5) / count;
        v[i] = (struct vertex){ at.x + radius * cos(angle), at.y + radius * sin(angle) };
    }
    add_piece(pieces, v, count);
}

static void add_join(struct pieces *pieces, struct vertex before, struct vertex at, struct vertex after, double half,
                     uint32_t join, double miter_limit)
{
    double ax = at.x - before.x, ay = at.y - before.y, bx = after.x - at.x, by = after.y - at.y;
    double a = hypot(ax, ay), b = hypot(bx, by), cross, dot;

    if (!a || !b) return;
    ax /= a, ay /= a, bx /= b, by /= b;
    cross = ax * by - ay * bx;
    dot = ax * bx + ay * by;
    if (join == PS_JOIN_ROUND) {
        if (fabs(cross) > 1e-9 || dot < 0) add_disc(pieces, at, half);
        return;
    }
    double side = cross > 0 ? -1 : 1; /* the outer side */
    struct vertex p = { at.x - ay * half * side, at.y + ax * half * side }, q = { at.x - by * half * side, at.y + bx * half * side };
    if (join == PS_JOIN_MITER && dot > -0.999999) {
        double sine = sqrt((1 - -dot) / 2); /* of half the angle between the lines */
        if (sine > 0 && 1 / sine <= miter_limit) {
            double mx = p.x + q.x - 2 * at.x, my = p.y + q.y - 2 * at.y, m = hypot(mx, my), reach = half / sine;
            if (m > 1e-9) {
                struct vertex v[4] = { at, p, { at.x + mx / m * reach, at.y + my / m * reach }, q };
                add_piece(pieces, v, 4);
                return;
            }
        }
    }
    struct vertex v[3] = { at, p, q };
    add_piece(pieces, v, 3);
}

static void add_segment(struct pieces *pieces, struct vertex a, struct vertex b, double half, double extend_a, double extend_b)
{
    double dx = b.x - a.x, dy = b.y - a.y, length = hypot(dx, dy);

    if (!length) dx = 1, dy = 0;
    else dx /= length, dy /= length;
    a.x -= dx * extend_a, a.y -= dy * extend_a;
    b.x += dx * extend_b, b.y += dy * extend_b;
    struct vertex v[4] = { { a.x - dy * half, a.y + dx * half }, { b.x - dy * half, b.y + dx * half },
                           { b.x + dy * half, b.y - dx * half }, { a.x + dy * half, a.y - dx * half } };
    add_piece(pieces, v, 4);
}

/* One run of connected points, which a dash ends or the line. */
static void add_run(struct pieces *pieces, struct dc *dc, const struct vertex *v, int count, bool closed, double half)
{
    struct pen *pen = dc->s.pen;
    uint32_t cap = is_ext(pen) ? pen->style & PS_ENDCAP_MASK : PS_ENDCAP_ROUND;
    uint32_t join = is_ext(pen) ? pen->style & PS_JOIN_MASK : PS_JOIN_ROUND;
    int segments = closed ? count : count - 1;
    double extend = cap == PS_ENDCAP_SQUARE ? half : 0;

    if (count < 1) return;
    if (count == 1 || segments < 1) {
        if (cap == PS_ENDCAP_ROUND) add_disc(pieces, v[0], half);
        else if (cap == PS_ENDCAP_SQUARE) add_segment(pieces, v[0], v[0], half, half, half);
        return;
    }
    for (int i = 0; i < segments; i++) {
        bool first = !closed && i == 0, last = !closed && i == segments - 1;
        add_segment(pieces, v[i], v[(i + 1) % count], half, first ? extend : 0, last ? extend : 0);
        if (!last) add_join(pieces, v[i], v[(i + 1) % count], v[(i + 2) % count], half, join, dc->s.miter_limit);
    }
    if (!closed && cap == PS_ENDCAP_ROUND) {
        add_disc(pieces, v[0], half);
        add_disc(pieces, v[count - 1], half);
    }
}

static void add_dashed(struct pieces *pieces, struct dc *dc, const struct vertex *v, int count, bool closed, double half,
                       struct dash *dash)
{
    struct vertex *run = malloc((count + 3) * sizeof(*run));
    int length = 0, segments = closed ? count : count - 1;
    double left = dash->lengths[0];
    uint32_t index = 0;

    if (!run) {
        pieces->failed = true;
        return;
    }
    run[length++] = v[0];
    for (int i = 0; i < segments; i++) {
        struct vertex a = v[i], b = v[(i + 1) % count];
        double whole = hypot(b.x - a.x, b.y - a.y), at = 0;
        const pixman_box32_t *l = pieces->limits;
        double reach = 2 * half + 2;
        if (whole > 1e5 || (l && ((a.x < l->x1 - reach && b.x < l->x1 - reach) || (a.x > l->x2 + reach && b.x > l->x2 + reach) ||
                                  (a.y < l->y1 - reach && b.y < l->y1 - reach) || (a.y > l->y2 + reach && b.y > l->y2 + reach)))) {
            double all = 0; /* outside: only the place in the pattern moves on */
            for (uint32_t k = 0; k < dash->count; k++) all += dash->lengths[k];
            if (!(index & 1)) add_run(pieces, dc, run, length, false, half);
            for (whole = fmod(whole, all); whole > left; left = dash->lengths[index = (index + 1) % dash->count]) whole -= left;
            left -= whole;
            length = 0;
            run[length++] = b;
            continue;
        }
        while (whole - at > left) {
            at += left;
            struct vertex p = { a.x + (b.x - a.x) * at / whole, a.y + (b.y - a.y) * at / whole };
            run[length++] = p;
            if (!(index & 1)) add_run(pieces, dc, run, length, false, half);
            length = 0;
            run[length++] = p;
            index = (index + 1) % dash->count;
            left = dash->lengths[index];
        }
        left -= whole - at;
        run[length++] = b;
        if (length >= count + 2) length = count + 1;
    }
    if (!(index & 1)) add_run(pieces, dc, run, length, false, half);
    free(run);
}

bool widen_lines(struct dc *dc, region_t *region, const POINT *points, int count, bool closed, const pixman_box32_t *limits)
{
    struct pieces pieces = { .limits = limits };
    struct vertex *v = malloc((count + 1) * sizeof(*v));
    struct dash dash;
    double half = pen_device_width(dc) / 2.0;
    int kept = 0;
    bool done;

    pixman_region32_init(region);
    if (!v) return false;
    for (int i = 0; i < count; i++)
        if (!kept || points[i].x != v[kept - 1].x || points[i].y != v[kept - 1].y)
            v[kept++] = (struct vertex){ points[i].x, points[i].y };
    if (closed && kept > 1 && v[0].x == v[kept - 1].x && v[0].y == v[kept - 1].y) kept--;
    if (closed && kept < 3) closed = kept == 2 ? false : closed;
    dash_init(&dash, dc);
    if (dash.count && kept > 1) add_dashed(&pieces, dc, v, kept, closed, half, &dash);
    else add_run(&pieces, dc, v, kept, closed && kept > 2, half);
    done = !pieces.failed;
    if (done && pieces.polygons) {
        pixman_region32_fini(region);
        done = vertices_region(region, pieces.vertex, pieces.counts, pieces.polygons, WINDING, limits);
    }
    free(pieces.vertex);
    free(pieces.counts);
    free(v);
    return done;
}

/* ---- stroking ---- */

static bool pen_paint(struct dc *dc, struct paint *paint)
{
    struct pen *pen = dc->s.pen;

    if (pen->header.stock && gdi_handle(pen) == gdi_stock(DC_PEN)) {
        memset(paint, 0, offsetof(struct paint, small));
        paint_init_color(paint, dc, dc->s.dc_pen_color);
        return true;
    }
    return paint_init(paint, dc, pen->brush);
}

bool stroke_lines(struct dc *dc, const POINT *points, int count, bool closed)
{
    struct pen *pen = dc->s.pen;
    uint32_t style = pen->style & PS_STYLE_MASK;
    struct paint paint, gap;
    int rop3 = rop3_from_rop2(dc->s.rop2);
    bool done = true;

    if (style == PS_NULL || count < 1) return true;
    if (!pen_paint(dc, &paint)) return false;
    if (pen_is_wide(dc)) {
        region_t region;
        pixman_box32_t limits = dc_limits(dc);
        done = widen_lines(dc, &region, points, count, closed, &limits);
        if (done) done = draw_region_paint(dc, &paint, rop3, &region);
        pixman_region32_fini(&region);
    } else if (dc_begin(dc)) {
        struct batch on = { .dc = dc, .paint = &paint, .rop3 = rop3, .changed = { 0x7fffffff, 0x7fffffff, -0x7fffffff, -0x7fffffff } };
        struct batch off = { .dc = dc, .paint = &gap, .rop3 = rop3, .changed = on.changed };
        struct dash dash;
        bool gaps = !is_ext(pen) && style >= PS_DASH && style <= PS_DASHDOTDOT && dc->s.bk_mode == OPAQUE;
        const pixman_box32_t *bounds = pixman_region32_extents((region_t *)dc_clip(dc));
        on.direct = paint.kind == PAINT_SOLID && dc->dib.bpp == 32 && pixman_region32_n_rects((region_t *)dc_clip(dc)) == 1;
        on.clip = *bounds;
        if (on.direct) on.solid = solid_from_rop(rop3, paint.pixel, dib_pixel_mask(&dc->dib));
        dash_init(&dash, dc);
        if (gaps) {
            memset(&gap, 0, offsetof(struct paint, small));
            paint_init_color(&gap, dc, dc->s.bk_color);
        }
        for (int i = 0; i + 1 < count + closed; i++) {
            const POINT *a = &points[i], *b = &points[i + 1 < count ? i + 1 : 0];
            thin_line(&on, gaps ? &off : NULL, &dash, (int64_t)a->x + dc->origin.x, (int64_t)a->y + dc->origin.y,
                      (int64_t)b->x + dc->origin.x, (int64_t)b->y + dc->origin.y, bounds);
        }
        batch_flush(&on);
        if (gaps) batch_flush(&off);
        if (on.changed.x1 > off.changed.x1) on.changed.x1 = off.changed.x1;
        if (on.changed.y1 > off.changed.y1) on.changed.y1 = off.changed.y1;
        if (on.changed.x2 < off.changed.x2) on.changed.x2 = off.changed.x2;
        if (on.changed.y2 < off.changed.y2) on.changed.y2 = off.changed.y2;
        dc_end(dc, on.changed.x1, on.changed.y1, on.changed.x2, on.changed.y2);
    }
    paint_fini(&paint);
    return done;
}
