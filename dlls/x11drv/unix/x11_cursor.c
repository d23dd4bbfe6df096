/* Cursors: those of the system by the theme's names, those of programs by their picture. */
#include "x11.h"

#include <X11/Xcursor/Xcursor.h>
#include <X11/cursorfont.h>
#include <stdlib.h>

static struct known {
    struct known *next;
    uint32_t id;
    Cursor cursor;
} *known;
static Cursor shown;

Cursor x11_current_cursor(void)
{
    return shown;
}

static Cursor find(uint32_t id)
{
    for (const struct known *entry = known; entry; entry = entry->next)
        if (entry->id == id) return entry->cursor;
    return None;
}

static void remember(uint32_t id, Cursor cursor)
{
    struct known *entry = known;

    while (entry && entry->id != id) entry = entry->next;
    if (!entry && (entry = calloc(1, sizeof(*entry)))) {
        entry->id = id;
        entry->next = known;
        known = entry;
    } else if (entry) {
        XFreeCursor(x11_display, entry->cursor);
    }
    if (entry) entry->cursor = cursor;
}

static unsigned shape_of(uint32_t id)
{
    switch (id) {
    case 32513: return XC_xterm;               /* IDC_IBEAM */
    case 32514: return XC_watch;               /* IDC_WAIT */
    case 32515: return XC_crosshair;           /* IDC_CROSS */
    case 32516: return XC_center_ptr;          /* IDC_UPARROW */
    case 32642: return XC_bottom_right_corner; /* IDC_SIZENWSE */
    case 32643: return XC_bottom_left_corner;  /* IDC_SIZENESW */
    case 32644: return XC_sb_h_double_arrow;   /* IDC_SIZEWE */
    case 32645: return XC_sb_v_double_arrow;   /* IDC_SIZENS */
    case 32640:
    case 32646: return XC_fleur;               /* IDC_SIZEALL */
    case 32648: return XC_pirate;              /* IDC_NO */
    case 32649: return XC_hand2;               /* IDC_HAND */
    case 32650: return XC_watch;               /* IDC_APPSTARTING */
    case 32651: return XC_question_arrow;      /* IDC_HELP */
    }
    return XC_left_ptr;
}

static Cursor make_system(uint32_t id)
{
    Cursor cursor = XCreateFontCursor(x11_display, shape_of(id));

    remember(id, cursor);
    return cursor;
}

/* 0: none is shown. */
static Cursor make_empty(void)
{
    XcursorImage *image = XcursorImageCreate(1, 1);
    Cursor cursor = None;

    if (!image) return None;
    image->pixels[0] = 0;
    cursor = XcursorImageLoadCursor(x11_display, image);
    XcursorImageDestroy(image);
    remember(0, cursor);
    return cursor;
}

void x11_cursor(struct window *window, uint32_t id)
{
    x11_lock();
    Cursor cursor = find(id);
    if (!cursor) cursor = !id ? make_empty() : id >> 16 ? None : make_system(id);
    if (cursor && cursor != shown) {
        shown = cursor;
        for (struct driver_window *at = x11_windows; at; at = at->next) XDefineCursor(x11_display, at->xid, cursor);
        XFlush(x11_display);
    }
    x11_unlock();
}

void x11_cursor_image(uint32_t id, int width, int height, int x, int y, const uint32_t *bgra)
{
    XcursorImage *image = XcursorImageCreate(width, height);

    if (!image) return;
    image->xhot = (XcursorDim)(x < 0 ? 0 : x >= width ? width - 1 : x);
    image->yhot = (XcursorDim)(y < 0 ? 0 : y >= height ? height - 1 : y);
    for (int i = 0; i < width * height; i++) {
        uint32_t pixel = bgra[i], a = pixel >> 24;
        image->pixels[i] = a << 24 | (pixel >> 16 & 0xff) * a / 255 << 16 | (pixel >> 8 & 0xff) * a / 255 << 8 | (pixel & 0xff) * a / 255;
    }
    x11_lock();
    remember(id, XcursorImageLoadCursor(x11_display, image));
    x11_unlock();
    XcursorImageDestroy(image);
}

void x11_set_cursor_position(int x, int y)
{
    x11_lock();
    XWarpPointer(x11_display, None, x11_root, 0, 0, 0, 0, x, y);
    XFlush(x11_display);
    x11_unlock();
}
