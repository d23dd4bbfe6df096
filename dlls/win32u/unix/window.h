/* Windows as win32u.so keeps them: in this process's memory, with a record in the desktop's shared memory that other
 * programs may read (ferry/desktop.h).
 *
 * One lock guards everything of this process: windows, classes, queues, hooks, timers. Memory that Windows code named is
 * not touched while it is held: copy before and after.
 */
#ifndef HOST_WINDOW_H
#define HOST_WINDOW_H

#include <stdbool.h>
#include <stdint.h>
#include "api.h"
#include "ferry/desktop.h"
#include "ferry/win32u.h"

struct queue;

void user_lock(void);
void user_unlock(void);

/* ---- desktop.c ---- */

/* Maps the desktop's memory at the first call. False: no memory, and one line was printed. */
bool desktop_init(void);
struct desktop_header *desktop(void);
struct window_record *desktop_window(uint32_t record);
struct queue_record *desktop_queue(uint32_t record);
/* A free record, owned by this process now; 0: none left. */
uint32_t desktop_take_window(void);
void desktop_free_window(uint32_t record);
uint32_t desktop_take_queue(void);
/* The record of a living window, of any process; NULL if the handle is stale. */
struct window_record *desktop_find(uint32_t handle);
/* A consistent copy of what other processes may know of a window: false if it is gone. */
bool desktop_read(uint32_t handle, struct window_record *copy);
/* The size of the screen that the driver reports, from now on the size of the desktop window. */
void desktop_set_size(int left, int top, int width, int height);

/* ---- class.c ---- */

struct class {
    struct class *next;
    struct user_class data;
    unsigned windows;
    unsigned char extra[];
};
struct class *class_of_token(uint64_t token); /* with the lock held; NULL: none such */
/* Names and atoms that every session knows without asking. atom.c */
uint32_t atom_add(const WCHAR *name, unsigned units, bool add); /* 0: unknown or no room */
int atom_name(uint32_t atom, WCHAR *name, unsigned room);       /* units, -1: unknown */

/* ---- window.c ---- */

struct property {
    struct property *next;
    uint32_t atom;
    uint64_t value;
};

struct window_dc;
struct surface;
struct driver_window;

struct window {
    uint32_t handle;
    uint32_t number; /* of the record */
    struct window_record *record;
    struct window *parent, *first_child, *last_child, *next, *previous; /* siblings, top to bottom */
    struct class *class;
    struct queue *queue; /* NULL: the desktop and message windows */
    uint64_t proc;
    bool unicode;
    uint64_t user_data, menu, system_menu, big_icon, small_icon, control, scroll, last_popup;
    uint32_t help_id;
    uint32_t flags; /* WINDOW_* of user.h that are kept: DESTROYING, DIALOG, CREATED, NO_ACTIVATION */
    WCHAR *text;    /* malloced, terminated; NULL: empty */
    uint32_t text_units;
    struct property *properties;
    uint32_t extra_bytes;
    unsigned char *extra;
    RECT normal; /* where it is restored to, in the parent's client area */
    POINT minimized, maximized;
    uint32_t placement_flags;
    void *update;        /* struct region: what must be painted, in window coordinates; NULL: nothing (paint.c) */
    uint32_t paint_flags;
    void *shape;         /* struct region of SetWindowRgn, window coordinates; NULL: a rectangle */
    struct surface *surface; /* of a top-level window that has been shown */
    struct driver_window *driver;
    struct window_dc *dcs;
};

extern struct window root_window, message_window;

/* With the lock held. The window of this process, or NULL. */
HOST_API struct window *window_find(uint32_t handle);
static inline struct window *window_of(HWND handle)
{
    return window_find((uint32_t)(uintptr_t)handle);
}
static inline bool window_is_top_level(const struct window *window)
{
    return window->parent == &root_window;
}
static inline HWND hwnd_of(uint32_t handle)
{
    return (HWND)(uintptr_t)handle;
}

/* Writing to the record, so that readers see all of it or nothing. */
void record_begin(struct window_record *record);
void record_end(struct window_record *record);

/* Puts the window among its siblings: behind `after`, or first, or last. HWND_TOP, _BOTTOM, _TOPMOST, _NOTOPMOST or a
 * sibling's handle. True if the order changed. */
bool window_order(struct window *window, uint32_t after);
void window_link(struct window *window, struct window *parent, uint32_t after);
void window_unlink(struct window *window);

/* Screen coordinates of the client area's (or the window's) upper left corner. */
POINT window_client_origin(const struct window *window);
POINT window_origin(const struct window *window);
bool window_is_visible(const struct window *window); /* with all its parents */
bool window_is_child(const struct window *parent, const struct window *window);
static inline struct window *window_top_level(struct window *window)
{
    while (window->parent && window->parent->parent) window = window->parent;
    return window;
}

/* All windows of a thread that ends. */
void windows_of_thread_gone(struct queue *queue);
void window_free(struct window *window);

/* Of any process, without the lock: where it is on the screen. False: no such window. */
bool window_rectangles(uint32_t handle, RECT *window, RECT *client);

/* ---- paint.c ---- */
void paint_window_gone(struct window *window);
/* ---- input.c ---- */
void input_window_gone(struct window *window);

#endif
