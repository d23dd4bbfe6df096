/* Pixels: shared memory where the server can see it (MIT-SHM), sent where it cannot. */
#include "x11.h"

#include <X11/extensions/XShm.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/shm.h>

struct x11_surface {
    struct surface base;
    XShmSegmentInfo shm;
    XImage *image;
};

atomic_bool x11_dirty;
static bool shared;

void x11_surface_init(void)
{
    shared = XShmQueryExtension(x11_display);
}

static void damaged(struct surface *surface)
{
    if (!atomic_exchange(&x11_dirty, true)) x11_wake();
}

static void destroy(struct surface *base)
{
    struct x11_surface *surface = (struct x11_surface *)base;

    x11_lock();
    if (surface->shm.shmaddr) {
        XShmDetach(x11_display, &surface->shm);
        XSync(x11_display, False);
        shmdt(surface->shm.shmaddr);
    }
    surface->image->data = NULL;
    XDestroyImage(surface->image);
    x11_unlock();
    if (!surface->shm.shmaddr) free(base->bits);
    surface_fini(base);
    free(surface);
}

struct surface *x11_make_surface(struct window *window, int width, int height)
{
    struct x11_surface *surface = calloc(1, sizeof(*surface));
    int screen = DefaultScreen(x11_display);
    Visual *visual = DefaultVisual(x11_display, screen);
    unsigned depth = (unsigned)DefaultDepth(x11_display, screen);
    uint32_t *bits = NULL;

    if (!surface) return NULL;
    x11_lock();
    if (shared && (surface->image = XShmCreateImage(x11_display, visual, depth, ZPixmap, NULL, &surface->shm, (unsigned)width, (unsigned)height))) {
        size_t bytes = (size_t)surface->image->bytes_per_line * (size_t)height;
        surface->shm.shmid = shmget(IPC_PRIVATE, bytes, IPC_CREAT | 0600);
        void *at = surface->shm.shmid < 0 ? (void *)-1 : shmat(surface->shm.shmid, NULL, 0);
        if (at != (void *)-1) {
            surface->shm.shmaddr = surface->image->data = at;
            surface->shm.readOnly = True;
            XShmAttach(x11_display, &surface->shm);
            XSync(x11_display, False);
            bits = at;
        }
        if (surface->shm.shmid >= 0) shmctl(surface->shm.shmid, IPC_RMID, NULL); /* goes with its last user */
        if (!bits) XDestroyImage(surface->image);
    }
    if (!bits && (bits = calloc((size_t)width * (size_t)height, 4)))
        surface->image = XCreateImage(x11_display, visual, depth, ZPixmap, 0, (char *)bits, (unsigned)width, (unsigned)height, 32, width * 4);
    int stride = bits ? surface->image->bytes_per_line : 0;
    x11_unlock();
    if (!bits) {
        free(surface);
        return NULL;
    }
    surface_init(&surface->base, width, height, stride, bits, destroy);
    surface->base.damaged = damaged;
    return &surface->base;
}

void x11_put(struct driver_window *window, const pixman_region32_t *region)
{
    struct x11_surface *surface = (struct x11_surface *)window->surface;
    int count;
    const pixman_box32_t *boxes = pixman_region32_rectangles((pixman_region32_t *)region, &count);

    for (int i = 0; surface && window->mapped && i < count; i++) {
        int x = boxes[i].x1, y = boxes[i].y1, right = boxes[i].x2, bottom = boxes[i].y2;
        if (x < window->insets.left) x = window->insets.left;
        if (y < window->insets.top) y = window->insets.top;
        if (right > surface->base.width) right = surface->base.width;
        if (bottom > surface->base.height) bottom = surface->base.height;
        if (right <= x || bottom <= y) continue;
        if (surface->shm.shmaddr)
            XShmPutImage(x11_display, window->xid, window->gc, surface->image, x, y, x - window->insets.left, y - window->insets.top,
                         (unsigned)(right - x), (unsigned)(bottom - y), False);
        else
            XPutImage(x11_display, window->xid, window->gc, surface->image, x, y, x - window->insets.left, y - window->insets.top,
                      (unsigned)(right - x), (unsigned)(bottom - y));
    }
}

void x11_flush_all(void)
{
    atomic_store(&x11_dirty, false);
    for (struct driver_window *window = x11_windows; window; window = window->next) {
        pixman_region32_t damage;
        if (!window->surface) continue;
        pixman_region32_init(&damage);
        surface_lock(window->surface);
        bool any = surface_take_damage(window->surface, &damage);
        surface_unlock(window->surface);
        if (any) x11_put(window, &damage);
        pixman_region32_fini(&damage);
    }
    XFlush(x11_display);
}
