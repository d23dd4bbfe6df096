/* No display: windows are drawn in memory and nobody sees them, except in a screenshot. */
#include "driver.h"

#include "dc.h"

static bool start(void)
{
    desktop_set_size(0, 0, 1024, 768);
    gdi_set_screen(1024, 768, 270, 203);
    return true;
}

static struct surface *make_surface(struct window *window, int width, int height)
{
    return surface_create_memory(width, height);
}

const struct driver headless_driver = {
    .name = "headless",
    .start = start,
    .make_surface = make_surface,
};
