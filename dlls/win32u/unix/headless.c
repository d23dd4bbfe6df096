/* No display: windows are drawn in memory and nobody sees them, except in a screenshot. */
#include "driver.h"

static bool start(void)
{
    driver_screen(1024, 768, 270, 203);
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
