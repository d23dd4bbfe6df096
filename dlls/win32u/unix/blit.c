/* Transfers between bitmaps: BitBlt and its relatives. */
#include "draw.h"

#include <immintrin.h>

static void add(pixman_box32_t *all, const pixman_box32_t *box)
{
    if (box->x1 < all->x1) all->x1 = box->x1;
    if (box->y1 < all->y1) all->y1 = box->y1;
    if (box->x2 > all->x2) all->x2 = box->x2;
    if (box->y2 > all->y2) all->y2 = box->y2;
}

static bool intersect(pixman_box32_t *box, const pixman_box32_t *with)
{
    if (box->x1 < with->x1) box->x1 = with->x1;
    if (box->y1 < with->y1) box->y1 = with->y1;
    if (box->x2 > with->x2) box->x2 = with->x2;
    if (box->y2 > with->y2) box->y2 = with->y2;
    return box->x1 < box->x2 && box->y1 < box->y2;
}

/* Whether source and target pixels lie in the same memory: then the source is copied first (or the direction chosen). */
static bool same_memory(const struct dib *a, const struct dib *b)
{
    const uint8_t *p = a->stride < 0 ? dib_row(a, a->height - 1) : a->top, *q = b->stride < 0 ? dib_row(b, b->height - 1) : b->top;
    size_t p_size = llabs(a->stride) * (size_t)a->height, q_size = llabs(b->stride) * (size_t)b->height;
    return p < q + q_size && q < p + p_size;
}

static bool copy_dib(struct dib *copy, const struct dib *from)
{
    size_t row = ((size_t)from->width * from->bpp + 7) / 8, stride = dib_stride(from->width, from->bpp);
    uint8_t *bits = malloc(stride * from->height + 4);

    if (!bits) return false;
    for (int y = 0; y < from->height; y++) memcpy(bits + y * stride, dib_row(from, y), row);
    *copy = *from;
    copy->top = bits;
    copy->stride = stride;
    return true;
}

static void copy_box(const struct dib *to, const struct dib *from, const pixman_box32_t *box, int dx, int dy)
{
    size_t bytes = (size_t)(box->x2 - box->x1) * 4;
    bool down = dy < 0; /* the source lies lower than what it becomes: top rows first */

    for (int i = 0; i < box->y2 - box->y1; i++) {
        int y = down ? box->y1 + i : box->y2 - 1 - i;
        memmove(dib_row(to, y) + (size_t)box->x1 * 4, dib_row(from, y - dy) + (size_t)(box->x1 - dx) * 4, bytes);
    }
}

bool blit_dib(struct dc *dc, int x, int y, int width, int height, const struct dib *source, int sx, int sy, int swidth, int sheight,
              int rop3, const struct translation *translation, int mode)
{
    struct fetch fetch;
    struct paint paint = { .kind = PAINT_NONE };
    struct dib copy;
    pixman_box32_t box, changed = { 0x7fffffff, 0x7fffffff, -0x7fffffff, -0x7fffffff };
    int clips;
    bool copied = false;

    if (!dc_begin(dc)) return true;
    if (same_memory(&dc->dib, source) && (mode || dc->dib.bpp != 32 || rop3 != 0xcc || translation->kind != TRANSLATE_NONE ||
                                          width != swidth || height != sheight || width < 0 || height < 0)) {
        if (!copy_dib(&copy, source)) {
            dc_end(dc, 0, 0, 0, 0);
            return false;
        }
        copied = true;
        source = &copy;
    }
    if (!fetch_init(&fetch, &dc->dib, source, translation, x + dc->origin.x, y + dc->origin.y, width, height, sx, sy, swidth,
                    sheight, mode, &box))
        goto out;
    if (rop_uses_pattern(rop3) && !paint_init(&paint, dc, dc->s.brush)) goto out;
    const pixman_box32_t *clip = pixman_region32_rectangles((region_t *)dc_clip(dc), &clips);
    bool plain = rop3 == 0xcc && !fetch.mode && !fetch.flip_x && !fetch.flip_y && dc->dib.bpp == 32 && source->bpp == 32 &&
        translation->kind == TRANSLATE_NONE;
    bool upwards = plain && fetch.sy < fetch.y - 0; /* boxes in an order that overwrites nothing unread */
    int chunk = box.x2 - box.x1;
    uint32_t *rows = plain ? NULL : malloc((size_t)chunk * 4 * 3);
    if (!plain && !rows) goto out;
    uint32_t *pixels = rows, *before = rows + chunk, *pattern = rows + 2 * (size_t)chunk;
    for (int n = 0; n < clips; n++) {
        int c = upwards ? clips - 1 - n : n;
        pixman_box32_t part = box;
        if (!intersect(&part, &clip[c])) continue;
        add(&changed, &part);
        if (plain) {
            copy_box(&dc->dib, source, &part, fetch.x - fetch.sx, fetch.y - fetch.sy);
            continue;
        }
        int count = part.x2 - part.x1;
        int64_t last_row = -1;
        for (int row = part.y1; row < part.y2; row++) {
            if (rop3 == 0xcc && dc->dib.bpp == 32) { /* straight into the target; equal rows are copied */
                uint32_t *to = (uint32_t *)dib_row(&dc->dib, row) + part.x1;
                int64_t from = ((2 * (int64_t)(row - fetch.y) + 1) * fetch.sheight - !fetch.flip_y) / (2 * (int64_t)fetch.height);
                if (from == last_row && fetch.mode == COLORONCOLOR)
                    memcpy(to, (uint32_t *)dib_row(&dc->dib, row - 1) + part.x1, (size_t)count * 4);
                else
                    fetch_row(&fetch, part.x1, part.x2, row, to);
                last_row = from;
                continue;
            }
            fetch_row(&fetch, part.x1, part.x2, row, pixels);
            if (rop3 == 0xcc) {
                dib_write(&dc->dib, part.x1, row, count, pixels);
                continue;
            }
            if (paint.kind == PAINT_SOLID) {
                for (int i = 0; i < count; i++) pattern[i] = paint.pixel;
            } else if (paint.kind == PAINT_TILE) {
                int py = ((row - paint.org_y) % paint.height + paint.height) % paint.height;
                for (int i = 0; i < count; i++)
                    pattern[i] = paint.pixels[py * paint.width + ((part.x1 + i - paint.org_x) % paint.width + paint.width) % paint.width];
            }
            dib_read(&dc->dib, part.x1, row, count, before);
            rop_row(rop3, before, pixels, paint.kind == PAINT_NONE ? NULL : pattern, count);
            dib_write(&dc->dib, part.x1, row, count, before);
        }
    }
    free(rows);
out:
    paint_fini(&paint);
    fetch_fini(&fetch);
    if (copied) free(copy.top);
    dc_end(dc, changed.x1, changed.y1, changed.x2, changed.y2);
    return true;
}

/* ---- AlphaBlend ---- */

static inline __m128i divide255(__m128i value)
{
    value = _mm_add_epi16(value, _mm_set1_epi16(128));
    return _mm_srli_epi16(_mm_add_epi16(value, _mm_srli_epi16(value, 8)), 8);
}

/* d = s × constant + d × (255 - alpha of that) with 8-bit channels; `s` premultiplied. Without `has_alpha` the constant is
 * all the alpha there is. */
static void blend_row(uint32_t *d, const uint32_t *s, int count, int constant, bool has_alpha)
{
    __m128i zero = _mm_setzero_si128(), full = _mm_set1_epi16(255), scale = _mm_set1_epi16(constant);
    __m128i rest = _mm_set1_epi16(255 - constant);

    for (; count > 0; count -= 4, d += 4, s += 4) {
        uint32_t sp[4] = { 0 }, dp[4] = { 0 };
        __m128i from, to;
        if (count >= 4) {
            from = _mm_loadu_si128((const __m128i *)s);
            to = _mm_loadu_si128((const __m128i *)d);
        } else {
            memcpy(sp, s, count * 4);
            memcpy(dp, d, count * 4);
            from = _mm_loadu_si128((const __m128i *)sp);
            to = _mm_loadu_si128((const __m128i *)dp);
        }
        __m128i result[2];
        for (int half = 0; half < 2; half++) {
            __m128i f = half ? _mm_unpackhi_epi8(from, zero) : _mm_unpacklo_epi8(from, zero);
            __m128i t = half ? _mm_unpackhi_epi8(to, zero) : _mm_unpacklo_epi8(to, zero);
            if (!has_alpha) {
                result[half] = divide255(_mm_add_epi16(_mm_mullo_epi16(f, scale), _mm_mullo_epi16(t, rest)));
                continue;
            }
            if (constant != 255) f = divide255(_mm_mullo_epi16(f, scale));
            __m128i alpha = _mm_shufflehi_epi16(_mm_shufflelo_epi16(f, 0xff), 0xff);
            result[half] = _mm_add_epi16(f, divide255(_mm_mullo_epi16(t, _mm_sub_epi16(full, alpha))));
        }
        __m128i all = _mm_packus_epi16(result[0], result[1]);
        if (count >= 4) {
            _mm_storeu_si128((__m128i *)d, all);
        } else {
            _mm_storeu_si128((__m128i *)dp, all);
            memcpy(d, dp, count * 4);
        }
    }
}

/* The same, eight pixels at a time, where the processor can. */
__attribute__((target("avx2"))) static void blend_row_avx2(uint32_t *d, const uint32_t *s, int count, int constant, bool has_alpha)
{
    __m256i zero = _mm256_setzero_si256(), full = _mm256_set1_epi16(255), scale = _mm256_set1_epi16(constant);
    __m256i rest = _mm256_set1_epi16(255 - constant), half = _mm256_set1_epi16(128);

#define DIVIDE255(value) ({ __m256i v_ = _mm256_add_epi16(value, half); \
        _mm256_srli_epi16(_mm256_add_epi16(v_, _mm256_srli_epi16(v_, 8)), 8); })
    for (; count >= 8; count -= 8, d += 8, s += 8) {
        __m256i from = _mm256_loadu_si256((const __m256i *)s), to = _mm256_loadu_si256((const __m256i *)d), result[2];
        for (int part = 0; part < 2; part++) {
            __m256i f = part ? _mm256_unpackhi_epi8(from, zero) : _mm256_unpacklo_epi8(from, zero);
            __m256i t = part ? _mm256_unpackhi_epi8(to, zero) : _mm256_unpacklo_epi8(to, zero);
            if (!has_alpha) {
                result[part] = DIVIDE255(_mm256_add_epi16(_mm256_mullo_epi16(f, scale), _mm256_mullo_epi16(t, rest)));
                continue;
            }
            if (constant != 255) f = DIVIDE255(_mm256_mullo_epi16(f, scale));
            __m256i alpha = _mm256_shufflehi_epi16(_mm256_shufflelo_epi16(f, 0xff), 0xff);
            result[part] = _mm256_add_epi16(f, DIVIDE255(_mm256_mullo_epi16(t, _mm256_sub_epi16(full, alpha))));
        }
        _mm256_storeu_si256((__m256i *)d, _mm256_packus_epi16(result[0], result[1]));
    }
#undef DIVIDE255
    if (count) blend_row(d, s, count, constant, has_alpha);
}

static bool alpha_blit(struct dc *dc, struct fetch *fetch, const pixman_box32_t *box, BLENDFUNCTION blend, pixman_box32_t *changed)
{
    int clips, width = box->x2 - box->x1;
    const pixman_box32_t *clip = pixman_region32_rectangles((region_t *)dc_clip(dc), &clips);
    uint32_t *rows = malloc((size_t)width * 8);
    bool has_alpha = blend.AlphaFormat & AC_SRC_ALPHA;
    void (*blend_pixels)(uint32_t *, const uint32_t *, int, int, bool) = __builtin_cpu_supports("avx2") ? blend_row_avx2 : blend_row;

    if (!rows) return false;
    for (int c = 0; c < clips; c++) {
        pixman_box32_t part = *box;
        if (!intersect(&part, &clip[c])) continue;
        add(changed, &part);
        int count = part.x2 - part.x1;
        for (int y = part.y1; y < part.y2; y++) {
            uint32_t *to = dc->dib.rgb888 && dc->dib.bpp == 32 ? (uint32_t *)dib_row(&dc->dib, y) + part.x1 : rows + width;
            const uint32_t *from = rows;
            if (fetch->mode || fetch->flip_x || fetch->flip_y || fetch->source->bpp != 32 || !fetch->source->rgb888) {
                fetch_row(fetch, part.x1, part.x2, y, rows);
                if (fetch->source->bpp != 32 || !fetch->source->rgb888)
                    for (int i = 0; i < count; i++) rows[i] = dib_to_rgb(fetch->source, rows[i]) | 0xff000000;
            } else {
                from = (const uint32_t *)dib_row(fetch->source, fetch->sy + y - fetch->y) + fetch->sx + part.x1 - fetch->x;
            }
            if (!has_alpha) {
                for (int i = 0; i < count; i++) rows[i] = from[i] | 0xff000000;
                from = rows;
            }
            if (to == rows + width) {
                dib_read(&dc->dib, part.x1, y, count, to);
                for (int i = 0; i < count; i++) to[i] = dib_to_rgb(&dc->dib, to[i]);
                blend_pixels(to, from, count, blend.SourceConstantAlpha, has_alpha);
                for (int i = 0; i < count; i++) to[i] = dib_from_rgb(&dc->dib, to[i] & 0xffffff);
                dib_write(&dc->dib, part.x1, y, count, to);
            } else {
                blend_pixels(to, from, count, blend.SourceConstantAlpha, has_alpha);
            }
        }
    }
    free(rows);
    return true;
}

static void transparent_blit(struct dc *dc, struct fetch *fetch, const pixman_box32_t *box, uint32_t key_rgb,
                             const struct translation *translation, pixman_box32_t *changed)
{
    int clips, width = box->x2 - box->x1;
    const pixman_box32_t *clip = pixman_region32_rectangles((region_t *)dc_clip(dc), &clips);
    uint32_t *rows = malloc((size_t)width * 12), *raw = rows, *to = rows + width, *translated = rows + 2 * (size_t)width;

    if (!rows) return;
    for (int c = 0; c < clips; c++) {
        pixman_box32_t part = *box;
        if (!intersect(&part, &clip[c])) continue;
        add(changed, &part);
        int count = part.x2 - part.x1;
        for (int y = part.y1; y < part.y2; y++) {
            fetch_row(fetch, part.x1, part.x2, y, raw);
            memcpy(translated, raw, count * 4);
            translate_row(translation, translated, count);
            dib_read(&dc->dib, part.x1, y, count, to);
            for (int i = 0; i < count; i++)
                if (dib_to_rgb(fetch->source, raw[i]) != key_rgb) to[i] = translated[i];
            dib_write(&dc->dib, part.x1, y, count, to);
        }
    }
    free(rows);
}

/* ---- mask ---- */

static bool mask_blit(struct dc *dc, const struct gdi_blit *b, POINT at, const struct dib *source, POINT from,
                      const struct translation *translation, const struct dib *mask)
{
    int front = b->rop >> 16 & 0xff, back = b->rop >> 24;
    struct paint paint = { .kind = PAINT_NONE };
    struct dib copy;
    int clips;
    pixman_box32_t box = { at.x + dc->origin.x, at.y + dc->origin.y, at.x + dc->origin.x + b->width, at.y + dc->origin.y + b->height };
    pixman_box32_t whole = box, changed = box;

    /* the mask and the source must reach all of it, where they are used */
    if (b->mask_x < 0 || b->mask_y < 0 || b->mask_x + b->width > mask->width || b->mask_y + b->height > mask->height) return false;
    if (!dc_begin(dc)) return true;
    bool copied = source && same_memory(&dc->dib, source) && copy_dib(&copy, source), patterned = paint_init(&paint, dc, dc->s.brush);
    if (copied) source = &copy;
    uint32_t *rows = malloc((size_t)b->width * 5 * 4);
    const pixman_box32_t *clip = pixman_region32_rectangles((region_t *)dc_clip(dc), &clips);
    for (int c = 0; rows && patterned && c < clips; c++) {
        pixman_box32_t part = whole;
        if (source) {
            pixman_box32_t there = { box.x1 - from.x, box.y1 - from.y, box.x1 - from.x + source->width, box.y1 - from.y + source->height };
            if (!intersect(&part, &there)) break;
        }
        if (!intersect(&part, &clip[c])) continue;
        int count = part.x2 - part.x1, w = b->width;
        uint32_t *s = rows, *d = rows + w, *e = rows + 2 * w, *m = rows + 3 * w, *p = rows + 4 * w;
        for (int y = part.y1; y < part.y2; y++) {
            if (source) {
                dib_read(source, from.x + part.x1 - box.x1, from.y + y - box.y1, count, s);
                translate_row(translation, s, count);
            } else {
                memset(s, 0, count * 4);
            }
            dib_read(&dc->dib, part.x1, y, count, d);
            memcpy(e, d, count * 4);
            dib_read(mask, b->mask_x + part.x1 - box.x1, b->mask_y + y - box.y1, count, m);
            for (int i = 0; i < count; i++) {
                if (paint.kind == PAINT_TILE) {
                    int px = ((part.x1 + i - paint.org_x) % paint.width + paint.width) % paint.width;
                    int py = ((y - paint.org_y) % paint.height + paint.height) % paint.height;
                    p[i] = paint.pixels[py * paint.width + px];
                } else {
                    p[i] = paint.kind == PAINT_SOLID ? paint.pixel : 0;
                }
            }
            rop_row(front, d, s, p, count);
            rop_row(back, e, s, p, count);
            for (int i = 0; i < count; i++)
                if (!m[i]) d[i] = e[i];
            dib_write(&dc->dib, part.x1, y, count, d);
        }
    }
    free(rows);
    paint_fini(&paint);
    if (copied) free(copy.top);
    dc_end(dc, changed.x1, changed.y1, changed.x2, changed.y2);
    return true;
}

/* ---- PlgBlt ---- */

static bool parallelogram_blit(struct dc *dc, const struct gdi_blit *b, const struct dib *source, RECT from,
                               const struct translation *translation, const struct dib *mask)
{
    POINT p[4] = { { b->points[0], b->points[1] }, { b->points[2], b->points[3] }, { b->points[4], b->points[5] } };
    struct dib copy;
    region_t region;
    int count;

    lp_to_dp(dc, p, 3);
    double ax = p[1].x - p[0].x, ay = p[1].y - p[0].y, bx = p[2].x - p[0].x, by = p[2].y - p[0].y, det = ax * by - ay * bx;
    if (!det) return false;
    POINT corners[4] = { p[0], p[1], { p[1].x + p[2].x - p[0].x, p[1].y + p[2].y - p[0].y }, p[2] };
    INT four = 4;
    pixman_box32_t limits = dc_limits(dc);
    if (!polygon_region_within(&region, corners, &four, 1, ALTERNATE, &limits) || !dc_begin(dc)) {
        pixman_region32_fini(&region);
        return true;
    }
    bool copied = same_memory(&dc->dib, source) && copy_dib(&copy, source);
    if (copied) source = &copy;
    pixman_region32_translate(&region, dc->origin.x, dc->origin.y);
    pixman_region32_intersect(&region, &region, (region_t *)dc_clip(dc));
    const pixman_box32_t all = *pixman_region32_extents(&region), *box = pixman_region32_rectangles(&region, &count);
    int width = from.right - from.left, height = from.bottom - from.top;
    for (int i = 0; i < count; i++)
        for (int y = box[i].y1; y < box[i].y2; y++)
            for (int x = box[i].x1; x < box[i].x2; x++) {
                double dx = x + 0.5 - dc->origin.x - p[0].x, dy = y + 0.5 - dc->origin.y - p[0].y;
                int sx = (int)((dx * by - dy * bx) / det * width), sy = (int)((dy * ax - dx * ay) / det * height);
                int mx = sx + b->mask_x, my = sy + b->mask_y;
                sx += from.left, sy += from.top;
                if (sx < 0 || sy < 0 || sx >= source->width || sy >= source->height || sx >= from.right || sy >= from.bottom) continue;
                if (mask && (mx < 0 || my < 0 || mx >= mask->width || my >= mask->height || !dib_get(mask, mx, my))) continue;
                uint32_t pixel = dib_get(source, sx, sy);
                translate_row(translation, &pixel, 1);
                dib_write(&dc->dib, x, y, 1, &pixel);
            }
    pixman_region32_fini(&region);
    if (copied) free(copy.top);
    dc_end(dc, all.x1, all.y1, all.x2, all.y2);
    return true;
}

/* ---- call ---- */

static bool blend_is_valid(BLENDFUNCTION blend, const struct dib *source)
{
    return blend.BlendOp == AC_SRC_OVER && !blend.BlendFlags && !(blend.AlphaFormat & ~AC_SRC_ALPHA) &&
        (!(blend.AlphaFormat & AC_SRC_ALPHA) || source->bpp == 32);
}

/* BitBlt, StretchBlt, MaskBlt, PlgBlt, TransparentBlt and AlphaBlend, by `kind`. */
BOOL sys_NtGdiBlit(HDC handle, const struct gdi_blit *in)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle), *from_dc;
    struct gdi_blit b;
    struct translation translation;
    int rop3;

    if (!dc || !virtual_read(&b, in, sizeof(b))) return FALSE;
    rop3 = b.rop >> 16 & 0xff;
    if (b.kind <= GDI_BLIT_PLAIN && !rop_uses_source(rop3))
        return sys_NtGdiPatBlt(handle, b.x, b.y, b.width, b.height, b.rop);
    from_dc = dc_get((HDC)(uintptr_t)b.source);
    if (!from_dc || from_dc->kind == DC_INFO) return FALSE;
    struct dib source = from_dc->dib;
    if (!source.top) return true; /* nothing to be seen there */
    POINT d[2] = { { b.x, b.y }, { b.x + b.width, b.y + b.height } };
    POINT s[2] = { { b.src_x, b.src_y }, { b.src_x + b.src_width, b.src_y + b.src_height } };
    lp_to_dp(dc, d, 2);
    if (b.kind == GDI_BLIT_PLAIN && !dc_rotated(dc)) { /* the size of the target */
        s[1].x = s[0].x, s[1].y = s[0].y;
        lp_to_dp(from_dc, s, 1);
        double sx = dc_scale_x(from_dc), sy = dc_scale_y(from_dc);
        dc_update_transform(from_dc);
        s[1].x = s[0].x + round_int(b.width * (from_dc->to_device.a < 0 ? -sx : sx));
        s[1].y = s[0].y + round_int(b.height * (from_dc->to_device.d < 0 ? -sy : sy));
    } else {
        lp_to_dp(from_dc, s, 2);
    }
    int width = d[1].x - d[0].x, height = d[1].y - d[0].y, swidth = s[1].x - s[0].x, sheight = s[1].y - s[0].y;
    for (int i = 0; i < 2; i++) s[i].x += from_dc->origin.x, s[i].y += from_dc->origin.y;
    if (source.mono || dc->dib.mono) {
        uint32_t background = b.bk_color != CLR_INVALID ? dc_rgb(from_dc, b.bk_color) : dc_rgb(from_dc, from_dc->s.bk_color);
        translation_init(&translation, &source, &dc->dib, dc_rgb(dc, dc->s.text_color), dc_rgb(dc, dc->s.bk_color), background);
    } else {
        translation_init(&translation, &source, &dc->dib, 0, 0xffffff, 0xffffff);
    }
    if (dc_rotated(dc) && (b.kind == GDI_BLIT_PLAIN || b.kind == GDI_BLIT_STRETCH)) {
        struct gdi_blit turned = b;
        POINT corner[3] = { { b.x, b.y }, { b.x + b.width, b.y }, { b.x, b.y + b.height } };
        memcpy(turned.points, corner, sizeof(corner));
        RECT part = { s[0].x, s[0].y, s[1].x, s[1].y };
        return rop3 == 0xcc && parallelogram_blit(dc, &turned, &source, part, &translation, NULL);
    }
    switch (b.kind) {
    case GDI_BLIT_PLAIN:
    case GDI_BLIT_STRETCH:
        return blit_dib(dc, d[0].x, d[0].y, width, height, &source, s[0].x, s[0].y, swidth, sheight, rop3, &translation,
                        width == swidth && height == sheight ? 0 : dc->s.stretch_mode);
    case GDI_BLIT_MASK: {
        struct bitmap *mask = (struct bitmap *)gdi_get((HGDIOBJ)(uintptr_t)b.mask, GDI_BITMAP);
        if (!mask) {
            if (b.mask) return FALSE;
            return blit_dib(dc, d[0].x, d[0].y, width, height, &source, s[0].x, s[0].y, width, height, rop3, &translation, 0);
        }
        if (mask->dib.bpp != 1 || width < 0 || height < 0) return FALSE;
        b.width = width, b.height = height;
        return mask_blit(dc, &b, d[0], &source, s[0], &translation, &mask->dib);
    }
    case GDI_BLIT_PLG: {
        struct bitmap *mask = (struct bitmap *)gdi_get((HGDIOBJ)(uintptr_t)b.mask, GDI_BITMAP);
        if (b.mask && (!mask || mask->dib.bpp != 1)) return FALSE;
        RECT part = { s[0].x, s[0].y, s[1].x, s[1].y };
        return parallelogram_blit(dc, &b, &source, part, &translation, mask ? &mask->dib : NULL);
    }
    case GDI_BLIT_TRANSPARENT:
    case GDI_BLIT_ALPHA: {
        pixman_box32_t box, changed = { 0x7fffffff, 0x7fffffff, -0x7fffffff, -0x7fffffff };
        BLENDFUNCTION blend;
        struct fetch fetch;
        struct dib copy;
        bool copied = false, done = true;
        memcpy(&blend, &b.rop, sizeof(blend));
        if (width < 0 || height < 0 || swidth < 0 || sheight < 0) return FALSE;
        if (b.kind == GDI_BLIT_ALPHA) {
            if (!blend_is_valid(blend, &source)) return FALSE;
            if (s[0].x < 0 || s[0].y < 0 || s[1].x > source.width || s[1].y > source.height) return FALSE; /* must lie within */
        }
        if (!dc_begin(dc)) return TRUE;
        if (same_memory(&dc->dib, &source)) {
            if (!(copied = copy_dib(&copy, &source))) {
                dc_end(dc, 0, 0, 0, 0);
                return FALSE;
            }
            source = copy;
        }
        if (fetch_init(&fetch, &dc->dib, &source, NULL, d[0].x + dc->origin.x, d[0].y + dc->origin.y, width, height, s[0].x, s[0].y,
                       swidth, sheight, COLORONCOLOR, &box)) {
            if (b.kind == GDI_BLIT_ALPHA) done = alpha_blit(dc, &fetch, &box, blend, &changed);
            else transparent_blit(dc, &fetch, &box, dib_to_rgb(&source, dib_from_rgb(&source, dc_rgb(from_dc, b.rop))), &translation, &changed);
        }
        fetch_fini(&fetch);
        if (copied) free(copy.top);
        dc_end(dc, changed.x1, changed.y1, changed.x2, changed.y2);
        return done;
    }
    }
    return FALSE;
}
