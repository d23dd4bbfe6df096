/* GradientFill. */
#include "draw.h"

#include <math.h>

static uint32_t pixel_of(const struct dib *dib, int red, int green, int blue, int alpha)
{
    if (dib->bpp == 32 && dib->rgb888)
        return (uint32_t)(alpha >> 8) << 24 | (uint32_t)(red >> 8) << 16 | (uint32_t)(green >> 8) << 8 | blue >> 8;
    return dib_from_rgb(dib, (uint32_t)(red >> 8) << 16 | (uint32_t)(green >> 8) << 8 | blue >> 8);
}

static int between(int from, int to, int64_t position, int64_t length)
{
    return from + (int)((to - from) * position / length);
}

static void gradient_rect(struct dc *dc, const TRIVERTEX *a, const TRIVERTEX *b, bool vertical)
{
    if (vertical ? a->y > b->y : a->x > b->x) {
        const TRIVERTEX *swap = a;
        a = b, b = swap;
    }
    int left = a->x < b->x ? a->x : b->x, right = a->x < b->x ? b->x : a->x, top = a->y < b->y ? a->y : b->y,
        bottom = a->y < b->y ? b->y : a->y, clips, length = vertical ? bottom - top : right - left;
    if (left >= right || top >= bottom) return;
    const pixman_box32_t *clip = pixman_region32_rectangles((region_t *)dc_clip(dc), &clips);
    for (int c = 0; c < clips; c++) {
        int x1 = left + dc->origin.x, x2 = right + dc->origin.x, y1 = top + dc->origin.y, y2 = bottom + dc->origin.y;
        if (x1 < clip[c].x1) x1 = clip[c].x1;
        if (y1 < clip[c].y1) y1 = clip[c].y1;
        if (x2 > clip[c].x2) x2 = clip[c].x2;
        if (y2 > clip[c].y2) y2 = clip[c].y2;
        if (x1 >= x2 || y1 >= y2) continue;
        uint32_t *row = malloc((size_t)(x2 - x1) * 4);
        if (!row) return;
        for (int i = 0; !vertical && i < x2 - x1; i++) {
            int at = x1 + i - dc->origin.x - left;
            row[i] = pixel_of(&dc->dib, between(a->Red, b->Red, at, length), between(a->Green, b->Green, at, length),
                              between(a->Blue, b->Blue, at, length), between(a->Alpha, b->Alpha, at, length));
        }
        for (int y = y1; y < y2; y++) {
            if (vertical) {
                int at = y - dc->origin.y - top;
                uint32_t pixel = pixel_of(&dc->dib, between(a->Red, b->Red, at, length), between(a->Green, b->Green, at, length),
                                          between(a->Blue, b->Blue, at, length), between(a->Alpha, b->Alpha, at, length));
                dib_fill(&dc->dib, x1, y, x2, y + 1, (struct solid){ 0, pixel });
            } else {
                dib_write(&dc->dib, x1, y, x2 - x1, row);
            }
        }
        free(row);
    }
}

static void gradient_triangle(struct dc *dc, const TRIVERTEX *v[3])
{
    POINT p[3] = { { v[0]->x, v[0]->y }, { v[1]->x, v[1]->y }, { v[2]->x, v[2]->y } };
    INT three = 3;
    int count;
    region_t region;
    int64_t det = (int64_t)(p[2].y - p[1].y) * (p[2].x - p[0].x) - (int64_t)(p[2].x - p[1].x) * (p[2].y - p[0].y);

    if (!det) return;
    polygon_region(&region, p, &three, 1, ALTERNATE);
    pixman_region32_translate(&region, dc->origin.x, dc->origin.y);
    pixman_region32_intersect(&region, &region, (region_t *)dc_clip(dc));
    const pixman_box32_t *box = pixman_region32_rectangles(&region, &count);
    for (int i = 0; i < count; i++)
        for (int y = box[i].y1; y < box[i].y2; y++)
            for (int x = box[i].x1; x < box[i].x2; x++) {
                int64_t px = x - dc->origin.x, py = y - dc->origin.y;
                int64_t l1 = (p[1].y - p[2].y) * (px - p[2].x) - (p[1].x - p[2].x) * (py - p[2].y);
                int64_t l2 = (p[2].y - p[0].y) * (px - p[2].x) - (p[2].x - p[0].x) * (py - p[2].y);
                int64_t third;
                int64_t whole = (int64_t)(p[1].y - p[2].y) * (p[0].x - p[2].x) - (int64_t)(p[1].x - p[2].x) * (p[0].y - p[2].y);
                third = whole - l1 - l2;
                int color[4];
                const USHORT *c0 = &v[0]->Red, *c1 = &v[1]->Red, *c2 = &v[2]->Red;
                for (int k = 0; k < 4; k++) color[k] = (int)((c0[k] * l1 + c1[k] * l2 + c2[k] * third) / whole) & 0xffff;
                uint32_t pixel = pixel_of(&dc->dib, color[0], color[1], color[2], color[3]);
                dib_write(&dc->dib, x, y, 1, &pixel);
            }
    pixman_region32_fini(&region);
}

/* `mesh`: GRADIENT_RECT or GRADIENT_TRIANGLE of `count`, by mode. */
BOOL sys_NtGdiGradientFill(HDC handle, const TRIVERTEX *vertices, ULONG vertex_count, const ULONG *mesh, ULONG count, ULONG mode)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    ULONG per = mode == GRADIENT_FILL_TRIANGLE ? 3 : 2;
    TRIVERTEX *v = NULL;
    ULONG *m = NULL;
    BOOL done = FALSE;

    if (!dc || !count || !vertex_count || mode > GRADIENT_FILL_TRIANGLE) return FALSE;
    v = copy_in(vertices, vertex_count, sizeof(*v));
    m = copy_in(mesh, (size_t)count * per, sizeof(*m));
    if (!v || !m) goto out;
    for (ULONG i = 0; i < count * per; i++)
        if (m[i] >= vertex_count) goto out;
    pixman_box32_t all = { 0x7fffffff, 0x7fffffff, -0x7fffffff, -0x7fffffff };
    for (ULONG i = 0; i < vertex_count; i++) {
        POINT p = { v[i].x, v[i].y };
        lp_to_dp(dc, &p, 1);
        v[i].x = p.x, v[i].y = p.y;
        p.x += dc->origin.x, p.y += dc->origin.y;
        if (p.x < all.x1) all.x1 = p.x;
        if (p.y < all.y1) all.y1 = p.y;
        if (p.x > all.x2) all.x2 = p.x;
        if (p.y > all.y2) all.y2 = p.y;
    }
    done = TRUE;
    if (!dc_begin(dc)) goto out;
    for (ULONG i = 0; i < count; i++) {
        if (per == 3) gradient_triangle(dc, (const TRIVERTEX *[]){ &v[m[i * 3]], &v[m[i * 3 + 1]], &v[m[i * 3 + 2]] });
        else gradient_rect(dc, &v[m[i * 2]], &v[m[i * 2 + 1]], mode == GRADIENT_FILL_RECT_V);
    }
    dc_end(dc, all.x1, all.y1, all.x2, all.y2);
out:
    free(v);
    free(m);
    return done;
}
