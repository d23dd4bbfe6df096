/* Device contexts of windows: GetDCEx and ReleaseDC. gdi draws; here is decided where and what of it can be seen. */
#include "paint.h"

#include <stdlib.h>
#include "dc.h"
#include "driver.h"
#include "queue.h"

struct window_dc {
    struct window_dc *next;
    HDC dc;
    uint32_t window; /* 0: free */
    uint32_t flags;  /* DCX_* */
    bool own;        /* of the window or its class as long as it lives */
    unsigned uses;
    bool clipped;
    region_t clip;   /* window coordinates */
};

static struct window_dc *dcs;

static void target_of(const struct window *window, const struct window_dc *entry, region_t *visible, POINT *origin, SIZE *size,
                      struct surface **surface)
{
    const struct window_record *record = window->record;
    POINT at = paint_offset(window);

    paint_visible(window, entry->flags, visible);
    *size = (SIZE){ record->window.right - record->window.left, record->window.bottom - record->window.top };
    if (entry->clipped) {
        region_t clip;
        pixman_region32_init(&clip);
        pixman_region32_copy(&clip, (region_t *)&entry->clip);
        pixman_region32_translate(&clip, at.x, at.y);
        if (entry->flags & DCX_EXCLUDERGN) pixman_region32_subtract(visible, visible, &clip);
        else pixman_region32_intersect(visible, visible, &clip);
        pixman_region32_fini(&clip);
    }
    if (!(entry->flags & DCX_WINDOW)) {
        at.x += record->client.left - record->window.left;
        at.y += record->client.top - record->window.top;
        *size = (SIZE){ record->client.right - record->client.left, record->client.bottom - record->client.top };
    }
    *origin = at;
    *surface = window_top_level((struct window *)window)->surface;
    if (window->parent == NULL) *surface = NULL;
}

static void aim(struct window_dc *entry, const struct window *window)
{
    struct surface *surface;
    region_t visible;
    POINT origin;
    SIZE size;

    target_of(window, entry, &visible, &origin, &size, &surface);
    if (entry->dc) dc_set_target(entry->dc, surface, origin, size, &visible);
    else entry->dc = dc_create_window(surface, origin, size, &visible, entry->window);
    pixman_region32_fini(&visible);
}

void window_dcs_changed(struct window *window)
{
    for (struct window_dc *entry = dcs; entry; entry = entry->next) {
        struct window *of = entry->window ? window_find(entry->window) : NULL;
        bool inside = false;
        for (struct window *at = of; at && !inside; at = at->parent) inside = at == window;
        if (inside) aim(entry, of);
    }
}

static void set_free(struct window_dc *entry)
{
    region_t none;

    entry->window = 0;
    entry->own = false;
    entry->uses = 0;
    if (entry->clipped) pixman_region32_fini(&entry->clip);
    entry->clipped = false;
    pixman_region32_init(&none);
    dc_reset(entry->dc, 0);
    dc_set_target(entry->dc, NULL, (POINT){ 0, 0 }, (SIZE){ 0, 0 }, &none);
    pixman_region32_fini(&none);
}

void window_dcs_gone(struct window *window)
{
    for (struct window_dc *entry = dcs; entry; entry = entry->next)
        if (entry->window == window->handle) set_free(entry);
}

static unsigned flags_of(const struct window *window, unsigned flags)
{
    unsigned style = window->class ? window->class->data.style : 0;

    if (flags & (DCX_WINDOW | DCX_PARENTCLIP)) flags |= DCX_CACHE;
    if (flags & DCX_USESTYLE) {
        flags &= ~(unsigned)(DCX_CLIPCHILDREN | DCX_CLIPSIBLINGS | DCX_PARENTCLIP);
        if (window->record->style & WS_CLIPSIBLINGS) flags |= DCX_CLIPSIBLINGS;
        if (!(flags & DCX_WINDOW)) {
            if (style & CS_PARENTDC) flags |= DCX_PARENTCLIP;
            if ((window->record->style & WS_CLIPCHILDREN) && !(window->record->style & WS_MINIMIZE)) flags |= DCX_CLIPCHILDREN;
            if (!(style & (CS_OWNDC | CS_CLASSDC))) flags |= DCX_CACHE;
        }
    }
    if (flags & DCX_NORESETATTRS && style & (CS_OWNDC | CS_CLASSDC)) flags &= ~(unsigned)DCX_CACHE;
    if (!(window->record->style & WS_CHILD) || !window->parent || !window->parent->parent) flags &= ~(unsigned)DCX_PARENTCLIP;
    if ((flags & DCX_PARENTCLIP) && (window->parent->record->style & WS_CLIPCHILDREN)) flags &= ~(unsigned)DCX_PARENTCLIP;
    return flags;
}

/* Window NULL: the screen. Clip (client or window coordinates, as the flags say; 0: none) is copied. Flags: DCX_*. */
NTSTATUS sys_NtUserGetDC(HWND Window, HRGN Clip, ULONG Flags, HDC *Dc)
{
    struct window_dc *entry = NULL, *fresh = NULL;
    region_t clip;
    NTSTATUS status = STATUS_BAD_WINDOW;

    if (!desktop_init()) return STATUS_NO_MEMORY;
    driver();
    pixman_region32_init(&clip);
    if (Clip && !region_from_handle(Clip, &clip)) Clip = NULL;
    fresh = calloc(1, sizeof(*fresh));
    user_lock();
    struct window *window = Window ? window_of(Window) : &root_window;
    if (window && fresh) {
        unsigned flags = flags_of(window, Flags);
        bool own = !(flags & DCX_CACHE) && window->class && (window->class->data.style & (CS_OWNDC | CS_CLASSDC));
        for (struct window_dc *at = dcs; at && !entry; at = at->next)
            if (own ? at->own && at->window == window->handle : !at->window && at->dc) entry = at;
        if (!entry) {
            entry = fresh;
            fresh = NULL;
            entry->next = dcs;
            dcs = entry;
        }
        bool known = own && entry->window == window->handle;
        if (entry->dc && !known) dc_reset(entry->dc, window->handle);
        entry->window = window->handle;
        entry->flags = flags;
        entry->own = own;
        entry->uses++;
        if (entry->clipped) pixman_region32_fini(&entry->clip);
        entry->clipped = Clip && (flags & (DCX_INTERSECTRGN | DCX_EXCLUDERGN));
        if (entry->clipped) {
            pixman_region32_init(&entry->clip);
            pixman_region32_copy(&entry->clip, &clip);
            if (!(flags & DCX_WINDOW))
                pixman_region32_translate(&entry->clip, window->record->client.left - window->record->window.left,
                                          window->record->client.top - window->record->window.top);
        }
        aim(entry, window);
        status = entry->dc ? STATUS_SUCCESS : STATUS_NO_MEMORY;
        if (!entry->dc) entry->window = 0;
    }
    user_unlock();
    free(fresh);
    pixman_region32_fini(&clip);
    if (!status) *Dc = entry->dc;
    return status;
}

/* FALSE: not a DC that NtUserGetDC gave. */
BOOL sys_NtUserReleaseDC(HDC Dc)
{
    BOOL found = FALSE;

    user_lock();
    for (struct window_dc *entry = dcs; entry && !found; entry = entry->next) {
        if (entry->dc != Dc || !entry->window) continue;
        found = TRUE;
        if (entry->own) {
            entry->uses--;
            if (entry->clipped) {
                pixman_region32_fini(&entry->clip);
                entry->clipped = false;
                struct window *window = window_find(entry->window);
                if (window) aim(entry, window);
            }
        } else {
            set_free(entry);
        }
    }
    user_unlock();
    return found;
}

/* The window a DC draws on: NULL for none. */
HWND sys_NtUserWindowOfDC(HDC Dc)
{
    uint32_t window = 0;

    user_lock();
    for (struct window_dc *entry = dcs; entry; entry = entry->next)
        if (entry->dc == Dc) window = entry->window;
    user_unlock();
    return hwnd_of(window);
}
