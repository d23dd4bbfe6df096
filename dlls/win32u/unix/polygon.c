/* Polygons as regions: a pixel belongs to them when its centre does; left and upper edges inside, right and lower ones out. */
#include "draw.h"

#include <math.h>

#define ROW_LIMIT (1 << 20) /* rows beyond are cut: far outside of any surface */

struct edge {
    int first, last; /* rows, last outside */
    double x0, y0, slope_x, slope_y; /* x at row y is x0 + (y - y0) * slope_x / slope_y */
    int winding;
};

struct crossing {
    int x;
    int winding;
};

struct boxes {
    pixman_box32_t *box;
    int count, room;
};

static bool add_box(struct boxes *boxes, int left, int right, int y)
{
    if (boxes->count == boxes->room) {
        int room = boxes->room ? boxes->room * 2 : 256;
        pixman_box32_t *larger = realloc(boxes->box, room * sizeof(*larger));
        if (!larger) return false;
        boxes->box = larger;
        boxes->room = room;
    }
    boxes->box[boxes->count++] = (pixman_box32_t){ left, y, right, y + 1 };
    return true;
}

static int compare_edges(const void *a, const void *b)
{
    int p = ((const struct edge *)a)->first, q = ((const struct edge *)b)->first;
    return (p > q) - (p < q);
}

static double clamp(double value)
{
    return value < -1e8 ? -1e8 : value > 1e8 ? 1e8 : value;
}

static bool add_edge(struct edge *edge, struct vertex a, struct vertex b, int low, int high)
{
    int winding = 1;

    if (a.y > b.y) {
        struct vertex swap = a;
        a = b, b = swap, winding = -1;
    }
    double first = ceil(a.y), last = ceil(b.y);
    if (!(first < last)) return false;
    if (first < low) first = low;
    if (last > high) last = high;
    if (first >= last) return false;
    *edge = (struct edge){ (int)first, (int)last, a.x, a.y, b.x - a.x, b.y - a.y, winding };
    return true;
}

static int compare_crossings(const void *a, const void *b)
{
    int p = ((const struct crossing *)a)->x, q = ((const struct crossing *)b)->x;
    return (p > q) - (p < q);
}

static bool scan_row(struct boxes *boxes, struct crossing *crossing, int count, int y, int mode)
{
    int depth = 0, order = 0;

    for (int i = 1; count > 32 && i < count && order < 32; i++) order += crossing[i].x < crossing[i - 1].x;
    if (order >= 32) qsort(crossing, count, sizeof(*crossing), compare_crossings);
    else for (int i = 1; i < count; i++) { /* nearly sorted from row to row */
        struct crossing moving = crossing[i];
        int k = i;
        for (; k && crossing[k - 1].x > moving.x; k--) crossing[k] = crossing[k - 1];
        crossing[k] = moving;
    }
    for (int i = 0; i + 1 < count; i++) {
        depth += mode == WINDING ? crossing[i].winding : 1;
        if ((mode == WINDING ? depth != 0 : depth & 1) && crossing[i].x < crossing[i + 1].x) {
            pixman_box32_t *last = boxes->count ? &boxes->box[boxes->count - 1] : NULL;
            if (last && last->y1 == y && last->x2 == crossing[i].x) last->x2 = crossing[i + 1].x;
            else if (!add_box(boxes, crossing[i].x, crossing[i + 1].x, y)) return false;
        }
    }
    return true;
}

/* Region of the polygons, each closed. `region` is initialised in any case; false: no memory. */
bool vertices_region(region_t *region, const struct vertex *vertices, const int *counts, int polygons, int mode,
                     const pixman_box32_t *limits)
{
    int low = limits && limits->y1 > -ROW_LIMIT ? limits->y1 : -ROW_LIMIT, high = limits && limits->y2 < ROW_LIMIT ? limits->y2 : ROW_LIMIT;
    struct boxes boxes = { 0 };
    struct edge *edges;
    int total = 0, edge_count = 0;
    bool done = true;

    pixman_region32_init(region);
    for (int i = 0; i < polygons; i++) total += counts[i];
    edges = malloc((total + 1) * (sizeof(*edges) + sizeof(int) + sizeof(struct crossing)));
    if (!edges) return false;
    int *active = (int *)(edges + total + 1), active_count = 0;
    struct crossing *crossing = (struct crossing *)(active + total + 1);
    for (int i = 0; i < polygons; i++) {
        for (int k = 0; k < counts[i]; k++) {
            struct vertex a = vertices[k], b = vertices[k + 1 < counts[i] ? k + 1 : 0];
            a.x = clamp(a.x), a.y = clamp(a.y), b.x = clamp(b.x), b.y = clamp(b.y);
            if (add_edge(&edges[edge_count], a, b, low, high)) edge_count++;
        }
        vertices += counts[i];
    }
    qsort(edges, edge_count, sizeof(*edges), compare_edges);
    for (int next = 0, y = edge_count ? edges[0].first : 0; done && (next < edge_count || active_count); y++) {
        if (!active_count && edges[next].first > y) y = edges[next].first;
        for (; next < edge_count && edges[next].first == y; next++) active[active_count++] = next;
        int crossings = 0, kept = 0;
        for (int i = 0; i < active_count; i++) {
            struct edge *edge = &edges[active[i]];
            if (edge->last <= y) continue;
            active[kept++] = active[i];
            crossing[crossings].x = (int)ceil(edge->x0 + (y - edge->y0) * edge->slope_x / edge->slope_y);
            crossing[crossings++].winding = edge->winding;
        }
        active_count = kept;
        done = scan_row(&boxes, crossing, crossings, y, mode);
    }
    if (done && boxes.count) {
        pixman_region32_fini(region);
        if (!pixman_region32_init_rects(region, boxes.box, boxes.count)) {
            pixman_region32_init(region);
            done = false;
        }
    }
    free(boxes.box);
    free(edges);
    return done;
}

bool polygon_region(region_t *region, const POINT *points, const INT *counts, int polygons, int mode)
{
    return polygon_region_within(region, points, counts, polygons, mode, NULL);
}

bool polygon_region_within(region_t *region, const POINT *points, const INT *counts, int polygons, int mode,
                           const pixman_box32_t *limits)
{
    struct vertex *vertices;
    int total = 0;
    bool done;

    for (int i = 0; i < polygons; i++) total += counts[i];
    if (!(vertices = malloc((total + 1) * sizeof(*vertices)))) {
        pixman_region32_init(region);
        return false;
    }
    for (int i = 0; i < total; i++) vertices[i] = (struct vertex){ points[i].x, points[i].y };
    done = vertices_region(region, vertices, counts, polygons, mode, limits);
    free(vertices);
    return done;
}
