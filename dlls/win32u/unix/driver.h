/* What shows windows to a person: X11, or nobody (headless). Chosen once, at the first window. */
#ifndef HOST_DRIVER_H
#define HOST_DRIVER_H

#include <stdbool.h>
#include <stdint.h>
#include "surface.h"
#include "window.h"

/* A snapshot of a top-level window, taken with the user lock held; a driver's functions are called with it too, and must
 * not wait for anybody who needs it. */
struct driver {
    const char *name;
    /* Connects; false: not available. Reports the screen with driver_screen. */
    bool (*start)(void);
    /* Pixels for a window of that size. */
    struct surface *(*make_surface)(struct window *window, int width, int height);
    /* Anything of the window changed: rectangle, style, visibility, order, surface. Makes the driver's own window when it is
     * first shown. `flags`: SWP_* of what happened. */
    void (*place)(struct window *window, unsigned flags);
    void (*destroy)(struct window *window);
    void (*text)(struct window *window);
    void (*owner)(struct window *window);
    void (*icon)(struct window *window, int width, int height, const uint32_t *bgra);
    void (*activate)(struct window *window);
    void (*shape)(struct window *window);
    void (*opacity)(struct window *window, uint8_t alpha);
    void (*cursor)(struct window *window, uint32_t cursor);
    /* The picture of a program's own cursor: BGRA, not premultiplied. */
    void (*cursor_image)(uint32_t cursor, int width, int height, int x, int y, const uint32_t *bgra);
    void (*set_cursor_position)(int x, int y);
    void (*capture)(struct window *window);
    /* Shows what was drawn. Without the user lock. */
    void (*idle)(void);
    /* The character a key gives, with the state of all keys (256 bytes): 0 if the driver does not know, else it | 0x80000000, and
     * | 0x40000000 for a dead key; 0x80000000 alone: none. Without the user lock. */
    uint32_t (*key_character)(unsigned key, unsigned scan, const unsigned char *state);
    void (*beep)(void);
    void (*flash)(struct window *window, bool on);
    /* Clipboard: the selection belongs to this process now; or another's content is wanted. Without the user lock. */
    void (*clipboard_changed)(void);
};

const struct driver *driver(void); /* never NULL; starts it */
extern const struct driver headless_driver;

/* ---- what drivers call ---- */

/* The window was moved, sized or its state changed by the desktop: queued to its thread, which does it. Rectangle in screen
 * coordinates, of the whole window. */
/* The size of the screen in pixels and millimetres. */
HOST_API void driver_screen(int width, int height, int width_mm, int height_mm);
HOST_API void driver_moved(uint32_t window, const RECT *rect);
HOST_API void input_mouse(uint32_t window, unsigned message, int x, int y, uint32_t data, uint32_t time, bool injected);
HOST_API void input_key(uint32_t window, unsigned virtual_key, unsigned scan_code, unsigned flags, uint32_t time, bool injected);
HOST_API void driver_post(uint32_t window, unsigned message, uint64_t wparam, uint64_t lparam);

#endif
