/* The X11 driver: one X window for each top-level window, drawn with MIT-SHM.
 *
 * One connection for the process, under one lock (x11_lock), which is taken inside the user lock. A thread of its own
 * reads events; it holds no lock while it tells the window's thread. */
#ifndef X11DRV_X11_H
#define X11DRV_X11_H

#include <stdatomic.h>
#include "driver.h" /* before Xlib, which defines Status */
#include <X11/Xlib.h>
#include <X11/Xutil.h>

struct driver_window {
    struct driver_window *next;
    Window xid;
    GC gc;
    uint32_t handle;
    struct surface *surface; /* a reference */
    RECT whole;              /* the window, screen coordinates */
    RECT insets;             /* what of it the window manager's frame stands for */
    bool managed, mapped, iconic;
    unsigned long configured; /* serial of our last move or size */
};

extern Display *x11_display;
extern Window x11_root;
extern struct driver_window *x11_windows;

void x11_lock(void);
void x11_unlock(void); /* also lets the event thread see events that a reply brought in */
Atom x11_atom(const char *name);

/* x11_surface.c */
void x11_surface_init(void);
struct surface *x11_make_surface(struct window *window, int width, int height);
void x11_put(struct driver_window *window, const pixman_region32_t *region); /* with the lock */
void x11_flush_all(void);                                                    /* with the lock */
extern atomic_bool x11_dirty;
void x11_wake(void);

/* x11_keyboard.c */
void x11_key_event(uint32_t handle, XKeyEvent *event);
uint32_t x11_key_character(unsigned key, unsigned scan, const unsigned char *state);

/* x11_window.c */
void x11_place(struct window *window, unsigned flags);
void x11_destroy(struct window *window);
void x11_text(struct window *window);
void x11_owner(struct window *window);
void x11_icon(struct window *window, int width, int height, const uint32_t *bgra);
void x11_activate(struct window *window);
void x11_shape(struct window *window);
void x11_capture(struct window *window);
struct driver_window *x11_find(Window xid); /* with the lock */

/* x11_cursor.c */
void x11_cursor(struct window *window, uint32_t cursor);
void x11_cursor_image(uint32_t cursor, int width, int height, int x, int y, const uint32_t *bgra);
void x11_set_cursor_position(int x, int y);
Cursor x11_current_cursor(void);

#endif
