/* Paths: recorded points in device coordinates, filled, stroked, turned into regions. */
#include "draw.h"

void path_free(struct path *path)
{
    free(path->points);
    free(path->types);
    *path = (struct path){ 0 };
}

bool path_copy(struct path *to, const struct path *from)
{
    *to = (struct path){ 0 };
    if (!from->count) return true;
    to->points = malloc(from->count * sizeof(*to->points));
    to->types = malloc(from->count);
    if (!to->points || !to->types) {
        path_free(to);
        return false;
    }
    memcpy(to->points, from->points, from->count * sizeof(*to->points));
    memcpy(to->types, from->types, from->count);
    to->count = to->room = from->count;
    return true;
}

/* Type 0x80: the point is there already. */
bool path_add(struct path *path, POINT point, uint8_t type)
{
    if (type == 0x80) return true;
    if (path->count == path->room) {
        int room = path->room ? path->room * 2 : 64;
        POINT *points = realloc(path->points, room * sizeof(*points));
        if (points) path->points = points;
        uint8_t *types = points ? realloc(path->types, room) : NULL;
        if (!types) return false;
        path->types = types;
        path->room = room;
    }
    path->points[path->count] = point;
    path->types[path->count++] = type;
    return true;
}

/* Lines from the first point on; without move_first they go on from the figure at hand, if it ends there. */
bool path_lines(struct dc *dc, const POINT *p, int count, bool move_first)
{
    struct path *path = &dc->s.path;

    for (int i = 0; i < count; i++) {
        uint8_t type = i ? PT_LINETO : PT_MOVETO;
        if (!i && !move_first && path->count && !(path->types[path->count - 1] & PT_CLOSEFIGURE) &&
            path->points[path->count - 1].x == p[0].x && path->points[path->count - 1].y == p[0].y)
            continue;
        if (!path_add(path, p[i], type)) return false;
    }
    return true;
}

/* Curves become lines. */
static bool path_flatten(struct path *path)
{
    struct path flat = { 0 };

    for (int i = 0; i < path->count; i++) {
        if ((path->types[i] & ~PT_CLOSEFIGURE) != PT_BEZIERTO || !i || i + 2 >= path->count) {
            if (!path_add(&flat, path->points[i], path->types[i])) goto fail;
            continue;
        }
        POINT *lines;
        int count = flatten_bezier(&path->points[i - 1], 4, &lines);
        for (int k = 1; k < count; k++) {
            uint8_t type = PT_LINETO | (k == count - 1 ? path->types[i + 2] & PT_CLOSEFIGURE : 0);
            if (!path_add(&flat, lines[k], type)) {
                free(lines);
                goto fail;
            }
        }
        free(lines);
        i += 2;
    }
    path_free(path);
    *path = flat;
    return true;
fail:
    path_free(&flat);
    return false;
}

/* The figures of a flat path as polygons. */
static bool path_region(struct dc *dc, region_t *region, const pixman_box32_t *limits)
{
    struct path flat;
    int *counts, figures = 0;
    bool done;

    pixman_region32_init(region);
    if (!path_copy(&flat, &dc->s.path)) return false;
    if (!path_flatten(&flat) || !(counts = malloc((flat.count + 1) * sizeof(*counts)))) {
        path_free(&flat);
        return false;
    }
    for (int i = 0; i < flat.count; i++) {
        if ((flat.types[i] & ~PT_CLOSEFIGURE) == PT_MOVETO || !figures) counts[figures++] = 0;
        counts[figures - 1]++;
    }
    pixman_region32_fini(region);
    done = polygon_region_within(region, flat.points, counts, figures, dc->s.fill_mode, limits);
    free(counts);
    path_free(&flat);
    return done;
}

static bool path_stroke(struct dc *dc, region_t *widened)
{
    struct path flat;
    bool done = true;

    if (!path_copy(&flat, &dc->s.path)) return false;
    done = path_flatten(&flat);
    for (int i = 0, start = 0; done && i < flat.count; i++) {
        bool closed = flat.types[i] & PT_CLOSEFIGURE;
        bool ends = closed || i + 1 == flat.count || (flat.types[i + 1] & ~PT_CLOSEFIGURE) == PT_MOVETO;
        if ((flat.types[i] & ~PT_CLOSEFIGURE) == PT_MOVETO) start = i;
        if (!ends) continue;
        if (i > start) {
            if (widened) {
                region_t part;
                done = widen_lines(dc, &part, flat.points + start, i - start + 1, closed, NULL);
                pixman_region32_union(widened, widened, &part);
                pixman_region32_fini(&part);
            } else {
                done = stroke_lines(dc, flat.points + start, i - start + 1, closed);
            }
        }
        start = i + 1;
    }
    path_free(&flat);
    return done;
}

/* enum gdi_path. Filling and stroking use the path up. */
BOOL sys_NtGdiPath(HDC handle, ULONG operation)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    region_t region;
    bool done = true;

    if (!dc) return FALSE;
    switch (operation) {
    case GDI_PATH_BEGIN:
        path_free(&dc->s.path);
        dc->s.path_open = true;
        dc->s.has_path = false;
        return TRUE;
    case GDI_PATH_END:
        if (!dc->s.path_open) return FALSE;
        dc->s.path_open = false;
        dc->s.has_path = true;
        return TRUE;
    case GDI_PATH_ABORT:
        path_free(&dc->s.path);
        dc->s.path_open = dc->s.has_path = false;
        return TRUE;
    case GDI_PATH_CLOSE_FIGURE:
        if (!dc->s.path_open) return FALSE;
        if (dc->s.path.count) dc->s.path.types[dc->s.path.count - 1] |= PT_CLOSEFIGURE;
        return TRUE;
    }
    if (!dc->s.has_path) return FALSE;
    switch (operation) {
    case GDI_PATH_FILL:
    case GDI_PATH_STROKE:
    case GDI_PATH_STROKE_AND_FILL:
        if (operation != GDI_PATH_STROKE) {
            pixman_box32_t limits = dc_limits(dc);
            done = path_region(dc, &region, &limits) && draw_region(dc, dc->s.brush, rop3_from_rop2(dc->s.rop2), &region);
            pixman_region32_fini(&region);
        }
        if (operation != GDI_PATH_FILL) done = done && path_stroke(dc, NULL);
        path_free(&dc->s.path);
        dc->s.has_path = false;
        return done;
    case GDI_PATH_FLATTEN: return path_flatten(&dc->s.path);
    case GDI_PATH_WIDEN: {
        struct path outline = { 0 };
        int count;
        if (dc->s.pen->header.type != GDI_EXTPEN && !pen_is_wide(dc)) return FALSE;
        pixman_region32_init(&region);
        if (!path_stroke(dc, &region)) {
            pixman_region32_fini(&region);
            return FALSE;
        }
        const pixman_box32_t *b = pixman_region32_rectangles(&region, &count);
        for (int i = 0; i < count && done; i++)
            done = path_add(&outline, (POINT){ b[i].x1, b[i].y1 }, PT_MOVETO) &&
                path_add(&outline, (POINT){ b[i].x2, b[i].y1 }, PT_LINETO) &&
                path_add(&outline, (POINT){ b[i].x2, b[i].y2 }, PT_LINETO) &&
                path_add(&outline, (POINT){ b[i].x1, b[i].y2 }, PT_LINETO | PT_CLOSEFIGURE);
        pixman_region32_fini(&region);
        if (done) {
            path_free(&dc->s.path);
            dc->s.path = outline;
        } else {
            path_free(&outline);
        }
        return done;
    }
    }
    return FALSE;
}

/* Points of the closed path, logical; the count, -1: no path or too small a buffer. Size 0: only the count. */
int sys_NtGdiGetPath(HDC handle, POINT *points, BYTE *types, int size)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    struct path copy;
    int count;

    if (!dc || !dc->s.has_path) return -1;
    count = dc->s.path.count;
    if (!size) return count;
    if (size < count || !path_copy(&copy, &dc->s.path)) return -1;
    dp_to_lp(dc, copy.points, count);
    if (!virtual_write(points, copy.points, count * sizeof(*points)) || !virtual_write(types, copy.types, count)) count = -1;
    path_free(&copy);
    return count;
}

/* The region of the path, which is used up; device coordinates. */
HRGN sys_NtGdiPathToRegion(HDC handle)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);
    region_t region;
    HRGN result = 0;

    if (!dc || !dc->s.has_path) return 0;
    if (path_region(dc, &region, NULL)) result = region_create_handle(&region);
    pixman_region32_fini(&region);
    path_free(&dc->s.path);
    dc->s.has_path = false;
    return result;
}
