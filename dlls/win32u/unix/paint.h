/* Visible and update regions. With the user lock held. */
#ifndef HOST_PAINT_H
#define HOST_PAINT_H

#include "region.h"
#include "window.h"

#define PAINT_ERASE 1u    /* WM_ERASEBKGND is due */
#define PAINT_FRAME 2u    /* WM_NCPAINT is due */
#define PAINT_INTERNAL 4u /* WM_PAINT was asked for without a region */
#define PAINT_COUNTED 8u  /* in queue.paints */

/* What may be drawn of a window, in coordinates of its top-level window. `flags`: DCX_WINDOW, _CLIPSIBLINGS,
 * _CLIPCHILDREN, _PARENTCLIP. Empty when it or a parent is not shown. */
void paint_visible(const struct window *window, unsigned flags, region_t *region);

/* The region (coordinates of the window's upper left corner) must be painted; `flags` RDW_*. */
void paint_invalidate(struct window *window, const region_t *region, unsigned flags);
void paint_validate(struct window *window, const region_t *region, unsigned flags);

/* Where a window lies on its top-level window. */
POINT paint_offset(const struct window *window);

/* Gives the window's DCs (and its children's) their places anew. */
void window_dcs_changed(struct window *window);
void window_dcs_gone(struct window *window);

/* A surface of the right size for a top-level window, with what it showed. */
void paint_surface(struct window *window);

#endif
