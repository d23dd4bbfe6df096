/* The driver in use, and the calls to it that need no lock. */
#include "driver.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "dc.h"
#include "host.h"
#include "queue.h"

static const struct driver *used;

/* x11drv.so is a library of its own, so that a machine without X libraries needs none. */
static const struct driver *load_x11(void)
{
    const char *display = getenv("DISPLAY");
    char path[4096];

    if (!display || !*display) return NULL;
    snprintf(path, sizeof(path), "%s/x86_64-unix/x11drv.so", host.library_path);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const struct driver *driver = library ? dlsym(library, "x11_driver") : NULL;
    if (driver && driver->start()) return driver;
    return NULL;
}

static void choose(void)
{
    const char *wanted = getenv("FERRY_DISPLAY_DRIVER");

    if (!wanted || strcmp(wanted, "headless")) used = load_x11();
    if (!used) {
        headless_driver.start();
        used = &headless_driver;
    }
}

const struct driver *driver(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, choose);
    return used;
}

void driver_idle(void)
{
    if (used && used->idle) used->idle();
}

void driver_text_changed(struct window *window)
{
    if (window->driver && driver()->text) driver()->text(window);
}

void driver_owner_changed(struct window *window)
{
    if (window->driver && driver()->owner) driver()->owner(window);
}

void driver_post(uint32_t handle, unsigned message, uint64_t wparam, uint64_t lparam)
{
    struct user_message posted = { .window = handle, .message = message, .wparam = wparam, .lparam = lparam,
                                   .time = now_milliseconds() };

    user_lock();
    struct window *window = window_find(handle);
    if (window && window->queue) queue_post(window->queue, &posted);
    user_unlock();
}

void driver_screen(int width, int height, int width_mm, int height_mm)
{
    desktop_set_size(0, 0, width, height);
    gdi_set_screen(width, height, width_mm, height_mm);
}

void driver_moved(uint32_t window, const RECT *rect)
{
    driver_post(window, WM_FERRY_MOVED, (uint16_t)rect->left | (uint32_t)(uint16_t)rect->top << 16,
                (uint16_t)(rect->right - rect->left) | (uint32_t)(uint16_t)(rect->bottom - rect->top) << 16);
}

NTSTATUS sys_NtUserBeep(void)
{
    if (driver()->beep) driver()->beep();
    return STATUS_SUCCESS;
}

/* An icon's pixels for the desktop to show; premultiplied is not asked for. At most 256 by 256. */
NTSTATUS sys_NtUserShowIcon(HWND Window, LONG Width, LONG Height, const UINT32 *Pixels)
{
    if (Width <= 0 || Height <= 0 || Width > 256 || Height > 256) return STATUS_INVALID_PARAMETER;
    size_t bytes = (size_t)Width * (size_t)Height * 4;
    uint32_t *copy = malloc(bytes);
    if (!copy) return STATUS_NO_MEMORY;
    memcpy(copy, Pixels, bytes);
    user_lock();
    struct window *window = window_of(Window);
    if (window && window_is_top_level(window) && driver()->icon) driver()->icon(window, Width, Height, copy);
    user_unlock();
    free(copy);
    return window ? STATUS_SUCCESS : STATUS_BAD_WINDOW;
}

/* The picture of a program's cursor, before it is set; at most 128 by 128. */
NTSTATUS sys_NtUserCursorImage(ULONG Cursor, LONG Width, LONG Height, LONG X, LONG Y, const UINT32 *Pixels)
{
    if (Width <= 0 || Height <= 0 || Width > 128 || Height > 128) return STATUS_INVALID_PARAMETER;
    size_t bytes = (size_t)Width * (size_t)Height * 4;
    uint32_t *copy = malloc(bytes);
    if (!copy) return STATUS_NO_MEMORY;
    memcpy(copy, Pixels, bytes);
    user_lock();
    if (driver()->cursor_image) driver()->cursor_image(Cursor, Width, Height, X, Y, copy);
    user_unlock();
    free(copy);
    return STATUS_SUCCESS;
}
