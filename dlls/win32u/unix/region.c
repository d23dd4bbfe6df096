/* Regions: algebra on pixman's, and the handles programs hold. */
#include "region.h"

#include "draw.h"
#include "gdi.h"

int region_kind(const region_t *region)
{
    int count = pixman_region32_n_rects((region_t *)region);
    return count == 0 ? NULLREGION : count == 1 ? SIMPLEREGION : COMPLEXREGION;
}

void region_init_rect(region_t *region, int left, int top, int right, int bottom)
{
    if (left < right && top < bottom) pixman_region32_init_rect(region, left, top, (unsigned)right - left, (unsigned)bottom - top);
    else pixman_region32_init(region);
}

RECT region_bounds(const region_t *region)
{
    const pixman_box32_t *box = pixman_region32_extents((region_t *)region);

    if (region_empty(region)) return (RECT){ 0, 0, 0, 0 };
    return (RECT){ box->x1, box->y1, box->x2, box->y2 };
}

int region_combine(region_t *to, const region_t *a, const region_t *b, int mode)
{
    region_t *p = (region_t *)a, *q = (region_t *)b;
    bool done = false;

    switch (mode) {
    case RGN_AND: done = pixman_region32_intersect(to, p, q); break;
    case RGN_OR: done = pixman_region32_union(to, p, q); break;
    case RGN_DIFF: done = pixman_region32_subtract(to, p, q); break;
    case RGN_COPY: done = pixman_region32_copy(to, p); break;
    case RGN_XOR: {
        region_t one, other;
        pixman_region32_init(&one);
        pixman_region32_init(&other);
        done = pixman_region32_subtract(&one, p, q) && pixman_region32_subtract(&other, q, p) &&
            pixman_region32_union(to, &one, &other);
        pixman_region32_fini(&one);
        pixman_region32_fini(&other);
        break;
    }
    }
    return done ? region_kind(to) : ERROR;
}

/* ---- handles ---- */

static struct region_object *region_new(void)
{
    struct region_object *object = calloc(1, sizeof(*object));

    if (!object) return NULL;
    pixman_region32_init(&object->region);
    if (!gdi_add(&object->header, GDI_REGION)) {
        free(object);
        return NULL;
    }
    return object;
}

void region_object_free(struct region_object *object)
{
    pixman_region32_fini(&object->region);
    free(object);
}

static struct region_object *region_get(HRGN handle)
{
    return (struct region_object *)gdi_get(handle, GDI_REGION);
}

HRGN region_create_handle(const region_t *region)
{
    GDI_LOCK();
    struct region_object *object = region_new();

    if (object && region) pixman_region32_copy(&object->region, (region_t *)region);
    return object ? (HRGN)gdi_handle(object) : 0;
}

bool region_from_handle(HRGN handle, region_t *copy)
{
    GDI_LOCK();
    struct region_object *object = region_get(handle);
    return object && pixman_region32_copy(copy, &object->region);
}

int region_to_handle(HRGN handle, const region_t *region)
{
    GDI_LOCK();
    struct region_object *object = region_get(handle);
    return object && pixman_region32_copy(&object->region, (region_t *)region) ? region_kind(region) : ERROR;
}

/* ---- calls ---- */

static void order(int *a, int *b)
{
    if (*a > *b) {
        int swap = *a;
        *a = *b, *b = swap;
    }
}

HRGN sys_NtGdiCreateRectRgn(int left, int top, int right, int bottom)
{
    region_t region;
    HRGN handle;

    order(&left, &right);
    order(&top, &bottom);
    region_init_rect(&region, left, top, right, bottom);
    handle = region_create_handle(&region);
    pixman_region32_fini(&region);
    return handle;
}

BOOL sys_NtGdiSetRectRgn(HRGN handle, int left, int top, int right, int bottom)
{
    region_t region;
    int kind;

    order(&left, &right);
    order(&top, &bottom);
    region_init_rect(&region, left, top, right, bottom);
    kind = region_to_handle(handle, &region);
    pixman_region32_fini(&region);
    return kind != ERROR;
}

/* Ellipse (corners the whole rectangle) or rounded rectangle. */
HRGN sys_NtGdiCreateRoundRectRgn(int left, int top, int right, int bottom, int width, int height)
{
    region_t region;
    HRGN handle;

    order(&left, &right);
    order(&top, &bottom);
    round_rect_region(&region, left, top, right - 1, bottom - 1, abs(width), abs(height));
    handle = region_create_handle(&region);
    pixman_region32_fini(&region);
    return handle;
}

HRGN sys_NtGdiCreateEllipticRgn(int left, int top, int right, int bottom)
{
    region_t region;
    HRGN handle;

    order(&left, &right);
    order(&top, &bottom);
    if (left == right || top == bottom) pixman_region32_init(&region);
    else round_rect_region(&region, left, top, right - 1, bottom - 1, right - left, bottom - top);
    handle = region_create_handle(&region);
    pixman_region32_fini(&region);
    return handle;
}

HRGN sys_NtGdiCreatePolyPolygonRgn(const POINT *points, const INT *counts, int polygons, int mode)
{
    HRGN handle = 0;
    INT *lengths = NULL;
    POINT *vertices = NULL;
    int64_t total = 0;
    region_t region;

    if (polygons <= 0 || (mode != ALTERNATE && mode != WINDING)) return 0;
    if (!(lengths = copy_in(counts, polygons, sizeof(*lengths)))) return 0;
    for (int i = 0; i < polygons; i++) {
        if (lengths[i] < 2) goto out;
        total += lengths[i];
    }
    if (!(vertices = copy_in(points, total, sizeof(*vertices)))) goto out;
    if (polygon_region(&region, vertices, lengths, polygons, mode)) handle = region_create_handle(&region);
    pixman_region32_fini(&region);
out:
    free(lengths);
    free(vertices);
    return handle;
}

int sys_NtGdiCombineRgn(HRGN to, HRGN a, HRGN b, int mode)
{
    GDI_LOCK();
    struct region_object *target = region_get(to), *one = region_get(a), *other = region_get(b);

    if (!target || !one || (mode != RGN_COPY && !other) || mode < RGN_AND || mode > RGN_COPY) return ERROR;
    return region_combine(&target->region, &one->region, other ? &other->region : &one->region, mode);
}

int sys_NtGdiOffsetRgn(HRGN handle, int x, int y)
{
    GDI_LOCK();
    struct region_object *object = region_get(handle);

    if (!object) return ERROR;
    pixman_region32_translate(&object->region, x, y);
    return region_kind(&object->region);
}

BOOL sys_NtGdiEqualRgn(HRGN a, HRGN b)
{
    GDI_LOCK();
    struct region_object *one = region_get(a), *other = region_get(b);
    return one && other && pixman_region32_equal(&one->region, &other->region);
}

int sys_NtGdiGetRgnBox(HRGN handle, RECT *out)
{
    GDI_LOCK();
    struct region_object *object = region_get(handle);
    RECT box;

    if (!object) return ERROR;
    box = region_bounds(&object->region);
    return virtual_write(out, &box, sizeof(box)) ? region_kind(&object->region) : ERROR;
}

BOOL sys_NtGdiPtInRegion(HRGN handle, int x, int y)
{
    GDI_LOCK();
    struct region_object *object = region_get(handle);
    return object && pixman_region32_contains_point(&object->region, x, y, NULL);
}

BOOL sys_NtGdiRectInRegion(HRGN handle, const RECT *in)
{
    GDI_LOCK();
    struct region_object *object = region_get(handle);
    RECT r;

    if (!object || !virtual_read(&r, in, sizeof(r))) return FALSE;
    order((int *)&r.left, (int *)&r.right);
    order((int *)&r.top, (int *)&r.bottom);
    pixman_box32_t box = { r.left, r.top, r.right, r.bottom };
    return r.left < r.right && r.top < r.bottom &&
        pixman_region32_contains_rectangle(&object->region, &box) != PIXMAN_REGION_OUT;
}

/* Bytes that the data take; with a buffer that is large enough also written. 0: an error. */
DWORD sys_NtGdiGetRegionData(HRGN handle, DWORD size, RGNDATA *out)
{
    GDI_LOCK();
    struct region_object *object = region_get(handle);
    RGNDATAHEADER header = { .dwSize = sizeof(header), .iType = RDH_RECTANGLES };
    int count;

    if (!object) return 0;
    const pixman_box32_t *boxes = pixman_region32_rectangles(&object->region, &count);
    DWORD need = sizeof(header) + count * sizeof(RECT);
    if (!out) return need;
    if (size < need) return 0;
    header.nCount = count;
    header.nRgnSize = count * sizeof(RECT);
    header.rcBound = region_bounds(&object->region);
    _Static_assert(sizeof(RECT) == sizeof(pixman_box32_t), "boxes are rectangles");
    if (!virtual_write(out, &header, sizeof(header)) || !virtual_write(out->Buffer, boxes, count * sizeof(RECT))) return 0;
    return need;
}

HRGN sys_NtGdiExtCreateRegion(const XFORM *transform, DWORD size, const RGNDATA *data)
{
    RGNDATAHEADER header;
    RECT *rects;
    XFORM x = { 1, 0, 0, 1, 0, 0 };
    region_t region;
    HRGN handle = 0;

    if (size < sizeof(header) || !virtual_read(&header, data, sizeof(header)) || header.dwSize < sizeof(header) ||
        header.iType != RDH_RECTANGLES || header.nCount > (size - sizeof(header)) / sizeof(RECT))
        return 0;
    if (transform && !virtual_read(&x, transform, sizeof(x))) return 0;
    if (!(rects = copy_in((const char *)data + sizeof(header), header.nCount, sizeof(RECT)))) return 0;
    pixman_region32_init(&region);
    bool straight = !x.eM12 && !x.eM21;
    for (DWORD i = 0; i < header.nCount; i++) {
        RECT r = rects[i];
        if (straight) {
            int left = round_int(r.left * x.eM11 + x.eDx), right = round_int(r.right * x.eM11 + x.eDx);
            int top = round_int(r.top * x.eM22 + x.eDy), bottom = round_int(r.bottom * x.eM22 + x.eDy);
            order(&left, &right);
            order(&top, &bottom);
            if (left < right && top < bottom)
                pixman_region32_union_rect(&region, &region, left, top, right - left, bottom - top);
        } else {
            POINT p[4] = { { r.left, r.top }, { r.right, r.top }, { r.right, r.bottom }, { r.left, r.bottom } };
            for (int k = 0; k < 4; k++) {
                double px = p[k].x, py = p[k].y;
                p[k].x = round_int(px * x.eM11 + py * x.eM21 + x.eDx);
                p[k].y = round_int(px * x.eM12 + py * x.eM22 + x.eDy);
            }
            region_t part;
            INT four = 4;
            if (polygon_region(&part, p, &four, 1, ALTERNATE)) pixman_region32_union(&region, &region, &part);
            pixman_region32_fini(&part);
        }
    }
    handle = region_create_handle(&region);
    pixman_region32_fini(&region);
    free(rects);
    return handle;
}
