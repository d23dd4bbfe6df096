/* Regions on the host: sets of pixels as pixman_region32_t, and those that programs hold handles of. Coordinates have the
 * right and bottom edge outside, as RECT.
 */
#ifndef WIN32U_REGION_H
#define WIN32U_REGION_H

#include <pixman.h>
#include <stdbool.h>
#include "ferry/win32u_table.h"

typedef pixman_region32_t region_t; /* region_init* … pixman_region32_fini */

static inline bool region_empty(const region_t *region)
{
    return !pixman_region32_not_empty((region_t *)region);
}

/* NULLREGION, SIMPLEREGION or COMPLEXREGION. */
int region_kind(const region_t *region);

/* Empty when left >= right or top >= bottom (region_init_rect does not order the edges). */
void region_init_rect(region_t *region, int left, int top, int right, int bottom);

RECT region_bounds(const region_t *region); /* all zero when empty */

/* RGN_AND, RGN_OR, RGN_XOR, RGN_DIFF, RGN_COPY; `to` may be one of the sources. The kind, or ERROR (0). */
int region_combine(region_t *to, const region_t *a, const region_t *b, int mode);

/* A region handle of the program with a copy of `region` (NULL: empty). 0: no memory or handles. */
HRGN region_create_handle(const region_t *region);
/* Copies the handle's region into `copy`, which is initialised; false: not a region. */
bool region_from_handle(HRGN handle, region_t *copy);
/* Gives the handle a new content. The kind, or ERROR: not a region. */
int region_to_handle(HRGN handle, const region_t *region);

#endif
