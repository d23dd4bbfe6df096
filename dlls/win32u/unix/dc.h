/* Device contexts of windows, for the window manager. All other uses of device contexts go through NtGdi*.
 *
 * A window DC draws on a part of a surface: `origin` is where the DC's device point (0, 0) lies on the surface, `visible` what
 * may be drawn, in coordinates of the surface (copied). The drawing side never asks for anything: when a window moves, is
 * covered or gets another surface, the new target is pushed with dc_set_target. Functions may be called by any thread.
 */
#ifndef WIN32U_DC_H
#define WIN32U_DC_H

#include "ferry/win32u_table.h"
#include "region.h"
#include "surface.h"

/* A DC with default attributes; takes a reference of the surface. `size` is the width and height of the drawn area
 * (client area or whole window) in pixels. NULL surface: a window that has no pixels; drawing does nothing. 0: no memory. */
HDC dc_create_window(struct surface *surface, POINT origin, SIZE size, const region_t *visible, uint64_t window);

/* Another target for the DC; what is selected and set stays. False: not a window DC. */
bool dc_set_target(HDC dc, struct surface *surface, POINT origin, SIZE size, const region_t *visible);

/* All attributes, saved states, the clip region and selected objects as in a new DC; and another window. */
bool dc_reset(HDC dc, uint64_t window);

/* Ends a DC of dc_create_window. False: not one. */
bool dc_release(HDC dc);

/* Window of the DC; 0: not a window DC. */
uint64_t dc_window(HDC dc);

/* Pixels per inch that GetDeviceCaps and the default fonts use; 96 until set. */
void gdi_set_dpi(int dpi);
/* Size of the screen in pixels and millimetres for GetDeviceCaps; 1024 × 768 until set. */
void gdi_set_screen(int width, int height, int width_mm, int height_mm);

#endif
