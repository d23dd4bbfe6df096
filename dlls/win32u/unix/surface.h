/* What windows are drawn on: 32-bit pixels, blue in the lowest byte, rows from the top down. A driver (X11, headless)
 * makes one for each top-level window; device contexts draw on parts of it.
 */
#ifndef WIN32U_SURFACE_H
#define WIN32U_SURFACE_H

#include <pixman.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct surface {
    atomic_uint references;
    int width, height;   /* pixels */
    int stride;          /* bytes from a row to the next */
    uint32_t *bits;      /* BGRX; the unused byte is not defined */
    pthread_mutex_t mutex; /* held while pixels or damage are touched; inside the drawing lock (gdi.h) */
    pixman_region32_t damage; /* what was drawn since surface_take_damage */
    void (*damaged)(struct surface *); /* NULL, or called (mutex held) when damage appears on a clean surface */
    void (*destroy)(struct surface *); /* frees bits and the structure; called without a lock */
    void *driver;        /* the driver's own */
};

/* Zeroed pixels in ordinary memory, one reference. NULL: no memory, or a size that is not positive. */
struct surface *surface_create_memory(int width, int height);

/* For drivers: fills in a structure of their own, one reference, no damage; bits stay the driver's. */
__attribute__((visibility("default"))) void surface_init(struct surface *surface, int width, int height, int stride, uint32_t *bits,
                  void (*destroy)(struct surface *));
/* For `destroy` functions: what surface_init made. */
__attribute__((visibility("default"))) void surface_fini(struct surface *surface);

__attribute__((visibility("default"))) struct surface *surface_reference(struct surface *surface);
__attribute__((visibility("default"))) void surface_release(struct surface *surface); /* NULL is allowed */

static inline void surface_lock(struct surface *surface)
{
    pthread_mutex_lock(&surface->mutex);
}
static inline void surface_unlock(struct surface *surface)
{
    pthread_mutex_unlock(&surface->mutex);
}

/* With the mutex held. The rectangle is cut to the surface. */
void surface_add_damage(struct surface *surface, int left, int top, int right, int bottom);

/* With the mutex held: moves the damage into `damage` (initialised by the caller, overwritten); false if there is none. */
__attribute__((visibility("default"))) bool surface_take_damage(struct surface *surface, pixman_region32_t *damage);

#endif
