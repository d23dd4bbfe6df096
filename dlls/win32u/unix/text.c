/* Text: measuring and drawing. */
#include "draw.h"
#include "font.h"

#include <math.h>

/* A run of characters as glyphs. */
struct run {
    int count;              /* glyphs: one per UTF-16 unit; the second half of a pair is empty */
    struct glyph_ref *refs;
    struct glyph **glyphs;  /* NULL: draws nothing and is of no width */
    int *advance;           /* pixels */
};

static void run_free(struct run *run)
{
    free(run->refs);
}

static bool run_init(struct run *run, struct dc *dc, struct font *font, const WCHAR *text, int count, bool indices)
{
    double scale = dc_scale_x(dc);
    int extra = dc->s.char_extra ? round_int(dc->s.char_extra * scale) : 0;

    run->count = count;
    run->refs = malloc((count + 1) * (sizeof(*run->refs) + sizeof(*run->glyphs) + sizeof(int)));
    if (!run->refs) return false;
    run->glyphs = (struct glyph **)(run->refs + count + 1);
    run->advance = (int *)(run->glyphs + count + 1);
    for (int i = 0; i < count; i++) {
        uint32_t c = text[i];
        bool pair = !indices && (c & 0xfc00) == 0xd800 && i + 1 < count && (text[i + 1] & 0xfc00) == 0xdc00;
        if (pair) c = 0x10000 + ((c & 0x3ff) << 10) + (text[i + 1] & 0x3ff);
        run->refs[i] = indices ? (struct glyph_ref){ font, c } : font_char(font, c);
        run->glyphs[i] = font_glyph(run->refs[i].font, run->refs[i].index);
        if (!run->glyphs[i]) {
            free(run->refs);
            return false;
        }
        run->advance[i] = run->glyphs[i]->advance + extra;
        if (!indices && dc->s.break_extra && c == ' ') run->advance[i] += round_int(dc->s.break_extra * scale) / (dc->s.break_count > 0 ? dc->s.break_count : 1);
        if (pair) {
            i++;
            run->refs[i] = run->refs[i - 1];
            run->glyphs[i] = NULL;
            run->advance[i] = 0;
        }
    }
    return true;
}

/* Pixels to logical units along the text. */
static int to_logical_x(struct dc *dc, int64_t pixels)
{
    double scale = dc_scale_x(dc);
    return scale == 1 ? (int)pixels : round_int(pixels / (scale ? scale : 1));
}

static int to_logical_y(struct dc *dc, int64_t pixels)
{
    double scale = dc_scale_y(dc);
    return scale == 1 ? (int)pixels : round_int(pixels / (scale ? scale : 1));
}

/* GetTextExtentExPoint: `fit` (how many fit into `limit` logical units) and `dx` (ends of the characters) may be NULL.
 * `indices`: glyph indices instead of text. */
BOOL sys_NtGdiGetTextExtent(HDC handle, const WCHAR *text, int count, int limit, INT *fit, INT *dx, SIZE *size, BOOL indices)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    struct font *font = dc ? dc_font(dc) : NULL;
    WCHAR *copy;
    struct run run;
    int64_t width = 0;
    INT fits = 0, *ends;
    bool done = false;

    if (!font || count < 0 || !(copy = copy_in(text, count, sizeof(*copy)))) return FALSE;
    if (!run_init(&run, dc, font, copy, count, indices)) {
        free(copy);
        return FALSE;
    }
    ends = malloc((count + 1) * sizeof(*ends));
    for (int i = 0; ends && i < count; i++) {
        width += run.advance[i];
        ends[i] = to_logical_x(dc, width);
        if (ends[i] <= limit && fits == i) fits = i + 1;
    }
    SIZE extent = { to_logical_x(dc, width), to_logical_y(dc, font->ascent + font->descent) };
    if (!font->rotated && dc->s.char_extra < 0 && extent.cx < 0) extent.cx = 0;
    done = ends && virtual_write(size, &extent, sizeof(extent)) && (!fit || virtual_write(fit, &fits, sizeof(fits))) &&
        (!dx || virtual_write(dx, ends, (fit ? fits : count) * sizeof(*dx)));
    free(ends);
    run_free(&run);
    free(copy);
    return done;
}

/* ---- drawing ---- */

static void blend_glyph(const struct dib *dib, const struct glyph *glyph, int x, int y, const pixman_box32_t *clip, uint32_t pixel,
                        uint32_t rgb)
{
    int left = x < clip->x1 ? clip->x1 - x : 0, top = y < clip->y1 ? clip->y1 - y : 0;
    int right = x + glyph->width > clip->x2 ? clip->x2 - x : glyph->width, bottom = y + glyph->height > clip->y2 ? clip->y2 - y : glyph->height;

    if (left >= right) return;
    for (int row = top; row < bottom; row++) {
        const uint8_t *coverage = glyph->coverage + (size_t)row * glyph->width;
        if (dib->bpp == 32 && dib->rgb888) {
            uint32_t *to = (uint32_t *)dib_row(dib, y + row) + x;
            for (int i = left; i < right; i++) {
                uint32_t a = coverage[i];
                if (!a) continue;
                if (a == 255) {
                    to[i] = pixel;
                    continue;
                }
                uint32_t d = to[i];
                a += a >> 7;
                uint32_t rb = d & 0xff00ff, g = d & 0xff00;
                rb += (((rgb & 0xff00ff) - rb) * a) >> 8;
                g += (((rgb & 0xff00) - g) * a) >> 8;
                to[i] = (rb & 0xff00ff) | (g & 0xff00);
            }
            continue;
        }
        for (int i = left; i < right; i++) {
            uint32_t a = coverage[i], value = pixel;
            if (!a || (dib->bpp == 1 && a < 128)) continue;
            if (a < 255 && dib->bpp > 1) {
                uint32_t d = dib_to_rgb(dib, dib_get(dib, x + i, y + row)), mixed = 0;
                for (int shift = 0; shift < 24; shift += 8) {
                    int from = d >> shift & 0xff, to = rgb >> shift & 0xff;
                    mixed |= (uint32_t)(from + ((to - from) * (int)a + 127) / 255) << shift;
                }
                value = dib_from_rgb(dib, mixed);
            }
            dib_write(dib, x + i, y + row, 1, &value);
        }
    }
}

static void add_box(pixman_box32_t *all, int left, int top, int right, int bottom)
{
    if (left < all->x1) all->x1 = left;
    if (top < all->y1) all->y1 = top;
    if (right > all->x2) all->x2 = right;
    if (bottom > all->y2) all->y2 = bottom;
}

/* A bar along the text (underline, strike-out), `offset` pixels above the baseline. */
static void draw_bar(struct dc *dc, struct font *font, double x, double y, double length, double offset, int thickness, COLORREF color)
{
    struct paint paint = { 0 };
    region_t region;
    double ux = font->cosine, uy = -font->sine, vx = -font->sine, vy = -font->cosine; /* along and above, device y down */
    struct vertex v[4];
    int four = 4;

    x += vx * offset, y += vy * offset;
    v[0] = (struct vertex){ x, y };
    v[1] = (struct vertex){ x + ux * length, y + uy * length };
    v[2] = (struct vertex){ v[1].x - vx * thickness, v[1].y - vy * thickness };
    v[3] = (struct vertex){ x - vx * thickness, y - vy * thickness };
    paint_init_color(&paint, dc, color);
    if (vertices_region(&region, v, &four, 1, WINDING, NULL)) draw_region_paint(dc, &paint, 0xf0, &region);
    pixman_region32_fini(&region);
}

static bool path_text(struct dc *dc, struct run *run, double x, double y);

/* ExtTextOut. */
BOOL sys_NtGdiExtTextOut(HDC handle, const struct gdi_text *in)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    struct font *font;
    struct gdi_text t;
    struct run run = { 0 };
    WCHAR *text = NULL;
    INT *dx = NULL;
    region_t opaque_clip;
    bool clipped = false, done = false;

    if (!dc || !virtual_read(&t, in, sizeof(t)) || t.count > 0xffff) return FALSE;
    RECT rect = { 0 };
    bool has_rect = t.has_rect && (t.flags & (ETO_OPAQUE | ETO_CLIPPED));
    if (has_rect) rect = lp_to_dp_rect(dc, t.rect.left, t.rect.top, t.rect.right, t.rect.bottom);
    struct brush background = { .style = BS_SOLID, .color = dc->s.bk_color };
    if (has_rect && (t.flags & ETO_OPAQUE) && !dc->s.path_open)
        draw_rect(dc, &background, 0xf0, rect.left, rect.top, rect.right, rect.bottom);
    if (!t.count) return TRUE;
    if (!(font = dc_font(dc)) || !(text = copy_in((void *)(uintptr_t)t.text, t.count, sizeof(*text)))) return FALSE;
    if (t.dx && !(dx = copy_in((void *)(uintptr_t)t.dx, t.count * (t.flags & ETO_PDY ? 2 : 1), sizeof(*dx)))) goto out;
    if (!run_init(&run, dc, font, text, t.count, t.flags & ETO_GLYPH_INDEX)) goto out;
    if (t.flags & ETO_RTLREADING && !(t.flags & ETO_GLYPH_INDEX) && !dx) /* simple reordering: the whole run is one direction */
        for (int i = 0; i < run.count / 2; i++) {
            int k = run.count - 1 - i, advance = run.advance[i];
            struct glyph_ref ref = run.refs[i];
            struct glyph *glyph = run.glyphs[i];
            if (text[i] < 0x590 || text[k] < 0x590) break;
            run.refs[i] = run.refs[k], run.glyphs[i] = run.glyphs[k], run.advance[i] = run.advance[k];
            run.refs[k] = ref, run.glyphs[k] = glyph, run.advance[k] = advance;
        }

    /* ends of the characters, from the start of the line, in pixels; second: upwards */
    double scale = dc_scale_x(dc), scale_y = dc_scale_y(dc);
    double *pen = malloc((t.count + 1) * 2 * sizeof(*pen));
    if (!pen) goto out;
    pen[0] = pen[1] = 0;
    int64_t logical = 0, logical_y = 0, pixels = 0;
    for (uint32_t i = 0; i < t.count; i++) {
        if (dx) {
            logical += dx[t.flags & ETO_PDY ? i * 2 : i];
            if (t.flags & ETO_PDY) logical_y += dx[i * 2 + 1];
            pen[2 * i + 2] = round_int(logical * scale);
            pen[2 * i + 3] = round_int(logical_y * scale_y);
        } else {
            pixels += run.advance[i];
            pen[2 * i + 2] = pixels;
            pen[2 * i + 3] = 0;
        }
    }
    double width = pen[2 * t.count];
    POINT at = dc->s.text_align & TA_UPDATECP ? dc->s.position : (POINT){ t.x, t.y };
    lp_to_dp(dc, &at, 1);
    double x = at.x, y = at.y, ux = font->cosine, uy = -font->sine, vx = -font->sine, vy = -font->cosine;
    uint32_t horizontal = dc->s.text_align & TA_CENTER;
    if (dc->s.layout & LAYOUT_RTL && horizontal != TA_CENTER) horizontal = horizontal == TA_RIGHT ? TA_LEFT : TA_RIGHT;
    switch (horizontal) {
    case TA_CENTER: x -= ux * width / 2, y -= uy * width / 2; if (!font->rotated) x = floor(x + 0.5); break;
    case TA_RIGHT: x -= ux * width, y -= uy * width; break;
    }
    if (dc->s.text_align & TA_UPDATECP && horizontal != TA_CENTER) {
        POINT end = { round_int(at.x + (horizontal == TA_RIGHT ? -1 : 1) * ux * width), round_int(at.y + (horizontal == TA_RIGHT ? -1 : 1) * uy * width) };
        dp_to_lp(dc, &end, 1);
        dc->s.position = end;
    }
    switch (dc->s.text_align & (TA_BASELINE | TA_BOTTOM)) { /* to the baseline */
    case TA_BASELINE: break;
    case TA_BOTTOM: x += vx * font->descent, y += vy * font->descent; break;
    default: x -= vx * font->ascent, y -= vy * font->ascent;
    }
    if (dc->s.path_open) {
        for (uint32_t i = 0; i < t.count; i++) run.advance[i] = (int)(pen[2 * i + 2] - pen[2 * i]);
        done = path_text(dc, &run, x, y);
        free(pen);
        goto out;
    }
    if (dc->s.bk_mode == OPAQUE && !(has_rect && (t.flags & ETO_OPAQUE) && !font->rotated && x >= rect.left && x + width <= rect.right &&
                                     y - font->ascent >= rect.top && y + font->descent <= rect.bottom)) {
        region_t box;
        struct paint paint = { 0 };
        paint_init_color(&paint, dc, dc->s.bk_color);
        if (font->rotated) {
            int four = 4;
            struct vertex v[4] = { { x + vx * font->ascent, y + vy * font->ascent }, { 0 }, { 0 }, { x - vx * font->descent, y - vy * font->descent } };
            v[1] = (struct vertex){ v[0].x + ux * width, v[0].y + uy * width };
            v[2] = (struct vertex){ v[3].x + ux * width, v[3].y + uy * width };
            vertices_region(&box, v, &four, 1, WINDING, NULL);
        } else {
            region_init_rect(&box, (int)x, (int)y - font->ascent, (int)(x + width), (int)y + font->descent);
        }
        if (t.flags & ETO_CLIPPED && has_rect)
            pixman_region32_intersect_rect(&box, &box, rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top);
        draw_region_paint(dc, &paint, 0xf0, &box);
        pixman_region32_fini(&box);
    }
    if (dc_begin(dc)) {
        const region_t *clip = dc_clip(dc);
        pixman_box32_t changed = { 0x7fffffff, 0x7fffffff, -0x7fffffff, -0x7fffffff };
        int clips;
        if (t.flags & ETO_CLIPPED && has_rect) {
            pixman_region32_init(&opaque_clip);
            pixman_region32_intersect_rect(&opaque_clip, (region_t *)clip, rect.left + dc->origin.x, rect.top + dc->origin.y,
                                           rect.right > rect.left ? rect.right - rect.left : 0, rect.bottom > rect.top ? rect.bottom - rect.top : 0);
            clip = &opaque_clip;
            clipped = true;
        }
        const pixman_box32_t *boxes = pixman_region32_rectangles((region_t *)clip, &clips);
        uint32_t pixel = dc_pixel(dc, dc->s.text_color), rgb = dc_rgb(dc, dc->s.text_color);
        for (uint32_t i = 0; i < t.count; i++) {
            struct glyph *glyph = run.glyphs[i];
            if (!glyph || !glyph->coverage) continue;
            double along = pen[2 * i], above = pen[2 * i + 1];
            int gx = (int)floor(x + ux * along + vx * above + 0.5) + glyph->left + dc->origin.x;
            int gy = (int)floor(y + uy * along + vy * above + 0.5) - glyph->top + dc->origin.y;
            for (int c = 0; c < clips; c++) {
                if (boxes[c].y1 >= gy + glyph->height) break;
                if (boxes[c].y2 <= gy) continue;
                blend_glyph(&dc->dib, glyph, gx, gy, &boxes[c], pixel, rgb);
            }
            add_box(&changed, gx, gy, gx + glyph->width, gy + glyph->height);
        }
        dc_end(dc, changed.x1, changed.y1, changed.x2, changed.y2);
    }
    const LOGFONTW *lf = &dc->s.font->logical;
    if (lf->lfUnderline || lf->lfStrikeOut) {
        FT_Face ft = font->face->ft;
        double unit = font->em / ft->units_per_EM;
        int thickness = (int)(ft->underline_thickness * unit + 0.5);
        if (thickness < 1) thickness = 1;
        if (lf->lfUnderline) draw_bar(dc, font, x, y, width, floor((ft->underline_position + ft->underline_thickness / 2.0) * unit + 0.5), thickness, dc->s.text_color);
        if (lf->lfStrikeOut) draw_bar(dc, font, x, y, width, floor(font->em * 0.28 + 0.5), thickness, dc->s.text_color);
    }
    free(pen);
    done = true;
out:
    if (clipped) pixman_region32_fini(&opaque_clip);
    if (run.refs) run_free(&run);
    free(dx);
    free(text);
    return done;
}

/* ---- outlines into the path ---- */

#include FT_OUTLINE_H

struct sink {
    struct path *path;
    double x, y;
    FT_Vector at;
    bool open, failed;
};

static bool put(struct sink *sink, const FT_Vector *v, uint8_t type)
{
    POINT p = { round_int(sink->x + v->x / 64.0), round_int(sink->y - v->y / 64.0) };
    sink->failed |= !path_add(sink->path, p, type);
    return !sink->failed;
}

static void close_figure(struct sink *sink)
{
    if (sink->open && sink->path->count) sink->path->types[sink->path->count - 1] |= PT_CLOSEFIGURE;
    sink->open = false;
}

static int move_to(const FT_Vector *to, void *user)
{
    struct sink *sink = user;
    close_figure(sink);
    sink->open = true;
    sink->at = *to;
    return !put(sink, to, PT_MOVETO);
}

static int line_to(const FT_Vector *to, void *user)
{
    struct sink *sink = user;
    sink->at = *to;
    return !put(sink, to, PT_LINETO);
}

static int cubic_to(const FT_Vector *a, const FT_Vector *b, const FT_Vector *to, void *user)
{
    struct sink *sink = user;
    sink->at = *to;
    return !put(sink, a, PT_BEZIERTO) || !put(sink, b, PT_BEZIERTO) || !put(sink, to, PT_BEZIERTO);
}

static int conic_to(const FT_Vector *c, const FT_Vector *to, void *user)
{
    struct sink *sink = user;
    FT_Vector a = { (sink->at.x + 2 * c->x) / 3, (sink->at.y + 2 * c->y) / 3 }, b = { (to->x + 2 * c->x) / 3, (to->y + 2 * c->y) / 3 };
    return cubic_to(&a, &b, to, user);
}

static bool path_text(struct dc *dc, struct run *run, double x, double y)
{
    static const FT_Outline_Funcs functions = { move_to, line_to, conic_to, cubic_to, 0, 0 };
    struct sink sink = { .path = &dc->s.path, .x = x, .y = y };

    for (int i = 0; i < run->count && !sink.failed; i++) {
        struct font *font = run->refs[i].font;
        if (run->glyphs[i]) {
            font_set_size(font);
            if (!FT_Load_Glyph(font->face->ft, run->refs[i].index, font_load_flags(font) | FT_LOAD_NO_BITMAP) &&
                font->face->ft->glyph->format == FT_GLYPH_FORMAT_OUTLINE) {
                FT_Outline_Decompose(&font->face->ft->glyph->outline, &functions, &sink);
                close_figure(&sink);
            }
        }
        sink.x += font->cosine * run->advance[i];
        sink.y -= font->sine * run->advance[i];
    }
    return !sink.failed;
}
