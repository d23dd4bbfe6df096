/* Surfaces: pixels of top-level windows and what of them has changed. */
#include "surface.h"

#include <stdlib.h>

/* Beyond so many rectangles the damage becomes its bounds: flushing a little more is cheaper than many pieces. */
#define DAMAGE_RECTANGLES 24

void surface_init(struct surface *surface, int width, int height, int stride, uint32_t *bits,
                  void (*destroy)(struct surface *))
{
    atomic_init(&surface->references, 1);
    surface->width = width;
    surface->height = height;
    surface->stride = stride;
    surface->bits = bits;
    pthread_mutex_init(&surface->mutex, NULL);
    pixman_region32_init(&surface->damage);
    surface->damaged = NULL;
    surface->destroy = destroy;
    surface->driver = NULL;
}

void surface_fini(struct surface *surface)
{
    pixman_region32_fini(&surface->damage);
    pthread_mutex_destroy(&surface->mutex);
}

static void destroy_memory(struct surface *surface)
{
    surface_fini(surface);
    free(surface->bits);
    free(surface);
}

struct surface *surface_create_memory(int width, int height)
{
    struct surface *surface;
    uint32_t *bits;

    if (width <= 0 || height <= 0 || width > 0x8000 || height > 0x8000) return NULL;
    surface = malloc(sizeof(*surface));
    bits = calloc((size_t)width * height, 4);
    if (!surface || !bits) {
        free(surface);
        free(bits);
        return NULL;
    }
    surface_init(surface, width, height, width * 4, bits, destroy_memory);
    return surface;
}

struct surface *surface_reference(struct surface *surface)
{
    atomic_fetch_add_explicit(&surface->references, 1, memory_order_relaxed);
    return surface;
}

void surface_release(struct surface *surface)
{
    if (surface && atomic_fetch_sub_explicit(&surface->references, 1, memory_order_acq_rel) == 1)
        surface->destroy(surface);
}

void surface_add_damage(struct surface *surface, int left, int top, int right, int bottom)
{
    bool clean = !pixman_region32_not_empty(&surface->damage);

    if (left < 0) left = 0;
    if (top < 0) top = 0;
    if (right > surface->width) right = surface->width;
    if (bottom > surface->height) bottom = surface->height;
    if (left >= right || top >= bottom) return;
    if (!clean) { /* most drawing falls into what is damaged already */
        pixman_box32_t box = { left, top, right, bottom };
        if (pixman_region32_contains_rectangle(&surface->damage, &box) == PIXMAN_REGION_IN) return;
    }
    pixman_region32_union_rect(&surface->damage, &surface->damage, left, top, right - left, bottom - top);
    if (pixman_region32_n_rects(&surface->damage) > DAMAGE_RECTANGLES) {
        pixman_box32_t all = *pixman_region32_extents(&surface->damage);
        pixman_region32_fini(&surface->damage);
        pixman_region32_init_rect(&surface->damage, all.x1, all.y1, all.x2 - all.x1, all.y2 - all.y1);
    }
    if (clean && surface->damaged) surface->damaged(surface);
}

bool surface_take_damage(struct surface *surface, pixman_region32_t *damage)
{
    if (!pixman_region32_not_empty(&surface->damage)) return false;
    pixman_region32_copy(damage, &surface->damage);
    pixman_region32_clear(&surface->damage);
    return true;
}
