/* What of each window can be seen, and what of it must be painted. */
#include "paint.h"

#include <stdlib.h>
#include <string.h>
#include "driver.h"
#include "queue.h"
#include "thread.h"
#include "virtual.h"

POINT paint_offset(const struct window *window)
{
    POINT at = { 0, 0 };

    for (; window->parent && window->parent->parent; window = window->parent) {
        at.x += window->record->window.left;
        at.y += window->record->window.top;
        const struct window_record *parent = window->parent->record;
        at.x += parent->client.left - parent->window.left;
        at.y += parent->client.top - parent->window.top;
    }
    return at;
}

static RECT rect_at(POINT at, int width, int height)
{
    return (RECT){ at.x, at.y, at.x + width, at.y + height };
}

static RECT whole_rect(const struct window *window)
{
    const struct desktop_rect *rect = &window->record->window;

    return rect_at(paint_offset(window), rect->right - rect->left, rect->bottom - rect->top);
}

static RECT client_rect(const struct window *window)
{
    const struct window_record *record = window->record;
    POINT at = paint_offset(window);

    at.x += record->client.left - record->window.left;
    at.y += record->client.top - record->window.top;
    return rect_at(at, record->client.right - record->client.left, record->client.bottom - record->client.top);
}

static void subtract_window(region_t *region, const struct window *window)
{
    RECT rect = whole_rect(window);
    region_t other;

    if (!(window->record->style & WS_VISIBLE) || (window->record->ex_style & WS_EX_TRANSPARENT)) return;
    region_init_rect(&other, rect.left, rect.top, rect.right, rect.bottom);
    if (window->shape) {
        region_t shape;
        pixman_region32_init(&shape);
        pixman_region32_copy(&shape, window->shape);
        pixman_region32_translate(&shape, rect.left, rect.top);
        pixman_region32_intersect(&other, &other, &shape);
        pixman_region32_fini(&shape);
    }
    pixman_region32_subtract(region, region, &other);
    pixman_region32_fini(&other);
}

static void clip_siblings(region_t *region, const struct window *window)
{
    for (const struct window *above = window->previous; above; above = above->previous) subtract_window(region, above);
}

static void clip_shape(region_t *region, const struct window *window)
{
    POINT at = paint_offset(window);
    region_t shape;

    if (!window->shape) return;
    pixman_region32_init(&shape);
    pixman_region32_copy(&shape, window->shape);
    pixman_region32_translate(&shape, at.x, at.y);
    pixman_region32_intersect(region, region, &shape);
    pixman_region32_fini(&shape);
}

void paint_visible(const struct window *window, unsigned flags, region_t *region)
{
    RECT rect = flags & DCX_WINDOW ? whole_rect(window) : client_rect(window);

    pixman_region32_init(region);
    if (!window->parent || !window_is_visible(window)) return;
    for (const struct window *at = window->parent; at && at->parent; at = at->parent)
        if (at->record->style & WS_MINIMIZE) return;
    if ((flags & DCX_PARENTCLIP) && window->parent->parent) {
        rect = client_rect(window->parent);
        pixman_region32_fini(region);
        region_init_rect(region, rect.left, rect.top, rect.right, rect.bottom);
        window = window->parent;
        flags &= ~(unsigned)DCX_CLIPCHILDREN;
    } else {
        pixman_region32_fini(region);
        region_init_rect(region, rect.left, rect.top, rect.right, rect.bottom);
    }
    if (flags & DCX_CLIPCHILDREN)
        for (const struct window *child = window->first_child; child; child = child->next) subtract_window(region, child);
    clip_shape(region, window);
    if ((flags & DCX_CLIPSIBLINGS) && window->parent->parent) clip_siblings(region, window);
    for (const struct window *at = window->parent; at && at->parent; at = at->parent) {
        RECT client = client_rect(at);
        pixman_region32_intersect_rect(region, region, client.left, client.top, (unsigned)(client.right - client.left),
                                       (unsigned)(client.bottom - client.top));
        clip_shape(region, at);
        if (at->parent->parent && (at->record->style & WS_CLIPSIBLINGS)) clip_siblings(region, at);
    }
}

/* ---- update regions ---- */

static void count(struct window *window)
{
    bool needed = window->queue && (window->update || (window->paint_flags & PAINT_INTERNAL));

    if (!window->queue || needed == !!(window->paint_flags & PAINT_COUNTED)) return;
    window->paint_flags ^= PAINT_COUNTED;
    if (needed) {
        window->queue->paints++;
        queue_wake(window->queue, QS_PAINT);
    } else if (!--window->queue->paints) {
        queue_update_bits(window->queue);
    }
}

static void set_update(struct window *window, region_t *region)
{
    if (region && region_empty(region)) {
        pixman_region32_fini(region);
        free(region);
        region = NULL;
    }
    window->update = region;
    if (!region) window->paint_flags &= ~(PAINT_ERASE | PAINT_FRAME);
    count(window);
}

/* The part of the window that can be seen at all, in its own coordinates. */
static void window_area(const struct window *window, bool frame, region_t *region)
{
    const struct window_record *record = window->record;

    if (frame)
        region_init_rect(region, 0, 0, record->window.right - record->window.left, record->window.bottom - record->window.top);
    else
        region_init_rect(region, record->client.left - record->window.left, record->client.top - record->window.top,
                         record->client.right - record->window.left, record->client.bottom - record->window.top);
}

static bool reaches_children(const struct window *window, unsigned flags)
{
    return (flags & RDW_ALLCHILDREN) || (!(flags & RDW_NOCHILDREN) && !(window->record->style & WS_CLIPCHILDREN));
}

static void to_child(const struct window *child, const region_t *region, region_t *inside)
{
    const struct window_record *parent = child->parent->record, *record = child->record;

    pixman_region32_init(inside);
    pixman_region32_copy(inside, (region_t *)region);
    pixman_region32_translate(inside, -(parent->client.left - parent->window.left + record->window.left),
                              -(parent->client.top - parent->window.top + record->window.top));
}

void paint_invalidate(struct window *window, const region_t *region, unsigned flags)
{
    region_t area, *update;

    if (!(window->record->style & WS_VISIBLE) || !window->parent) return;
    window_area(window, flags & RDW_FRAME, &area);
    pixman_region32_intersect(&area, &area, (region_t *)region);
    if (!region_empty(&area)) {
        if ((window->record->style & WS_CLIPCHILDREN)) {
            for (struct window *child = window->first_child; child; child = child->next) {
                const struct window_record *record = child->record;
                region_t covered;
                if (!(record->style & WS_VISIBLE) || (record->ex_style & WS_EX_TRANSPARENT) || child->shape) continue;
                int x = window->record->client.left - window->record->window.left;
                int y = window->record->client.top - window->record->window.top;
                region_init_rect(&covered, record->window.left + x, record->window.top + y, record->window.right + x,
                                 record->window.bottom + y);
                pixman_region32_subtract(&area, &area, &covered);
                pixman_region32_fini(&covered);
            }
        }
        if (!region_empty(&area) && (update = window->update ? window->update : calloc(1, sizeof(*update)))) {
            if (!window->update) pixman_region32_init(update);
            pixman_region32_union(update, update, &area);
            window->paint_flags |= (flags & RDW_ERASE ? PAINT_ERASE : 0) | (flags & RDW_FRAME ? PAINT_FRAME : 0);
            set_update(window, update);
        }
    }
    pixman_region32_fini(&area);
    if (!reaches_children(window, flags) || (window->record->style & WS_MINIMIZE)) return;
    for (struct window *child = window->first_child; child; child = child->next) {
        region_t inside;
        if (!(child->record->style & WS_VISIBLE)) continue;
        to_child(child, region, &inside);
        paint_invalidate(child, &inside, flags | RDW_FRAME | RDW_ERASE);
        pixman_region32_fini(&inside);
    }
}

void paint_validate(struct window *window, const region_t *region, unsigned flags)
{
    region_t *update = window->update;

    if (update) {
        if (region) {
            region_t area;
            pixman_region32_init(&area);
            pixman_region32_copy(&area, (region_t *)region);
            if (!(flags & RDW_NOFRAME)) {
                /* only what lies in the client area, so that the frame is still painted */
                region_t client;
                window_area(window, false, &client);
                pixman_region32_intersect(&area, &area, &client);
                pixman_region32_fini(&client);
            }
            pixman_region32_subtract(update, update, &area);
            pixman_region32_fini(&area);
        } else {
            pixman_region32_clear(update);
        }
        if (flags & RDW_NOERASE) window->paint_flags &= ~PAINT_ERASE;
        if (flags & RDW_NOFRAME) window->paint_flags &= ~PAINT_FRAME;
        set_update(window, update);
    }
    if (!reaches_children(window, flags)) return;
    for (struct window *child = window->first_child; child; child = child->next) {
        region_t inside;
        if (region) to_child(child, region, &inside);
        paint_validate(child, region ? &inside : NULL, flags);
        if (region) pixman_region32_fini(&inside);
    }
}

void paint_window_gone(struct window *window)
{
    window->paint_flags &= ~PAINT_INTERNAL;
    if (window->update) pixman_region32_clear(window->update);
    set_update(window, window->update);
    window_dcs_gone(window);
    if (window->shape) {
        pixman_region32_fini(window->shape);
        free(window->shape);
        window->shape = NULL;
    }
    if (window->driver && driver()->destroy) driver()->destroy(window);
    window->driver = NULL;
    surface_release(window->surface);
    window->surface = NULL;
}

static uint32_t next_in(struct queue *queue, struct window *parent, uint32_t filter)
{
    for (struct window *window = parent->first_child; window; window = window->next) {
        if (!(window->record->style & WS_VISIBLE)) continue;
        bool wanted = !filter || window->handle == filter;
        if (!wanted) {
            struct window *of = window_find(filter);
            wanted = of && window_is_child(of, window);
        }
        if (wanted && window->queue == queue && (window->update || (window->paint_flags & PAINT_INTERNAL))) {
            /* a transparent window comes after the siblings below it */
            if (window->record->ex_style & WS_EX_TRANSPARENT) {
                for (struct window *below = window->next; below; below = below->next)
                    if (below->queue == queue && below->update && (below->record->style & WS_VISIBLE) &&
                        !(below->record->ex_style & WS_EX_TRANSPARENT)) return below->handle;
            }
            return window->handle;
        }
        if (!(window->record->style & WS_MINIMIZE)) {
            uint32_t found = next_in(queue, window, filter);
            if (found) return found;
        }
    }
    return 0;
}

uint32_t paint_next(struct queue *queue, uint32_t filter)
{
    uint32_t found = next_in(queue, &root_window, filter);

    if (found) {
        window_find(found)->paint_flags &= ~PAINT_INTERNAL;
        count(window_find(found));
    }
    return found;
}

/* ---- system calls ---- */

/* The rectangle and region (client coordinates; 0: the whole window) to invalidate or validate, as RedrawWindow. */
NTSTATUS sys_NtUserRedraw(HWND Window, const RECT *Rectangle, HRGN Region, ULONG Flags)
{
    region_t region;
    RECT rect = { 0, 0, 0, 0 };
    bool whole = !Rectangle && !Region;
    NTSTATUS status = STATUS_BAD_WINDOW;

    if (Rectangle) rect = *Rectangle;
    if (Region) {
        pixman_region32_init(&region);
        if (!region_from_handle(Region, &region)) {
            pixman_region32_fini(&region);
            return STATUS_INVALID_HANDLE;
        }
    } else {
        region_init_rect(&region, rect.left, rect.top, rect.right, rect.bottom);
    }
    if (!desktop_init()) return STATUS_NO_MEMORY;
    user_lock();
    struct window *window = Window ? window_of(Window) : &root_window;
    if (window == &root_window || window == &message_window) {
        status = STATUS_SUCCESS; /* the desktop of X is not ours to paint; windows are invalidated below */
        if (window == &root_window && (Flags & RDW_INVALIDATE)) {
            for (struct window *child = root_window.first_child; child; child = child->next) {
                region_t all;
                region_init_rect(&all, -32768, -32768, 32767, 32767);
                paint_invalidate(child, &all, Flags | RDW_FRAME | RDW_ERASE | RDW_ALLCHILDREN);
                pixman_region32_fini(&all);
            }
        }
    } else if (window) {
        const struct window_record *record = window->record;
        status = STATUS_SUCCESS;
        if (whole) {
            pixman_region32_fini(&region);
            window_area(window, Flags & RDW_FRAME, &region);
        } else {
            pixman_region32_translate(&region, record->client.left - record->window.left, record->client.top - record->window.top);
        }
        bool shown = window_is_visible(window);
        if (Flags & RDW_INVALIDATE) {
            if (shown) paint_invalidate(window, &region, Flags);
        } else if (Flags & RDW_VALIDATE) {
            paint_validate(window, whole ? NULL : &region, Flags);
        }
        if (Flags & RDW_INTERNALPAINT) {
            window->paint_flags |= PAINT_INTERNAL;
            count(window);
        } else if (Flags & RDW_NOINTERNALPAINT) {
            window->paint_flags &= ~PAINT_INTERNAL;
            count(window);
        }
    }
    user_unlock();
    pixman_region32_fini(&region);
    return status;
}

/* Takes the update region: what BeginPaint, WM_ERASEBKGND and WM_NCPAINT need. Keep: leaves it there (GetUpdateRgn); else it is
 * validated. Only with Erase: nothing but the flags of erasing and frame are taken. */
NTSTATUS sys_NtUserTakeUpdate(HWND Window, ULONG Mode, struct user_paint *Paint)
{
    struct user_paint paint = { 0 };
    region_t client_region, whole;
    NTSTATUS status = STATUS_BAD_WINDOW;

    pixman_region32_init(&client_region);
    pixman_region32_init(&whole);
    user_lock();
    struct window *window = window_of(Window);
    if (window && window->queue) {
        const struct window_record *record = window->record;
        int x = record->client.left - record->window.left, y = record->client.top - record->window.top;
        status = STATUS_SUCCESS;
        paint.flags = window->paint_flags & (PAINT_ERASE | PAINT_FRAME | PAINT_INTERNAL);
        if (window->update) {
            paint.flags |= USER_PAINT_UPDATE;
            pixman_region32_copy(&whole, window->update);
            window_area(window, false, &client_region);
            pixman_region32_intersect(&client_region, &client_region, window->update);
            pixman_region32_translate(&client_region, -x, -y);
            paint.bounds = region_bounds(&client_region);
            POINT origin = window_origin(window);
            pixman_region32_translate(&whole, origin.x, origin.y);
        }
        if (Mode == USER_PAINT_ERASE) {
            window->paint_flags &= ~(PAINT_ERASE | PAINT_FRAME);
        } else if (Mode == USER_PAINT_TAKE) {
            window->paint_flags &= ~(PAINT_ERASE | PAINT_FRAME | PAINT_INTERNAL);
            if (window->update) pixman_region32_clear(window->update);
            set_update(window, window->update);
        } else if (Mode == USER_PAINT_REERASE) {
            if (window->update) window->paint_flags |= PAINT_ERASE;
        }
    }
    user_unlock();
    if (!status && (paint.flags & USER_PAINT_UPDATE) && Mode != USER_PAINT_BOUNDS) {
        paint.client = (uintptr_t)region_create_handle(&client_region);
        if (paint.flags & PAINT_FRAME) paint.whole = (uintptr_t)region_create_handle(&whole);
    }
    pixman_region32_fini(&client_region);
    pixman_region32_fini(&whole);
    if (!status) *Paint = paint;
    return status;
}

static uint32_t dirty_in(struct window *window, bool children, unsigned flags)
{
    if (!(window->record->style & WS_VISIBLE)) return 0;
    if (flags ? window->update && (window->paint_flags & flags) : window->update || (window->paint_flags & PAINT_INTERNAL))
        return window->handle;
    for (struct window *child = children ? window->first_child : NULL; child; child = child->next) {
        uint32_t found = dirty_in(child, true, flags);
        if (found) return found;
    }
    return 0;
}

/* The next window of a subtree that has something to paint (or, Erase, to erase). Children only if asked for. NULL: none. */
HWND sys_NtUserNextDirty(HWND Window, BOOLEAN Children, BOOLEAN Erase)
{
    uint32_t found = 0;

    user_lock();
    struct window *window = window_of(Window);
    if (window && window->queue) found = dirty_in(window, Children, Erase ? PAINT_ERASE | PAINT_FRAME : 0);
    if (found && !Erase) {
        struct window *dirty = window_find(found);
        if (dirty->queue->thread != thread_self()->id) found = 0;
        dirty->paint_flags &= ~PAINT_INTERNAL;
        count(dirty);
    }
    user_unlock();
    return hwnd_of(found);
}

/* SetWindowRgn. Region 0: a rectangle again; in window coordinates, copied. */
NTSTATUS sys_NtUserSetShape(HWND Window, HRGN Region)
{
    region_t *shape = Region ? malloc(sizeof(*shape)) : NULL;
    NTSTATUS status = STATUS_BAD_WINDOW;

    if (shape) pixman_region32_init(shape);
    if (Region && (!shape || !region_from_handle(Region, shape))) {
        free(shape);
        return STATUS_INVALID_HANDLE;
    }
    user_lock();
    struct window *window = window_of(Window);
    region_t *old = shape;
    if (window && window->queue) {
        old = window->shape;
        window->shape = shape;
        status = STATUS_SUCCESS;
        if (window->driver && driver()->shape) driver()->shape(window);
        window_dcs_changed(window_top_level(window));
    }
    user_unlock();
    if (old) {
        pixman_region32_fini(old);
        free(old);
    }
    return status;
}

/* GetWindowRgn: a copy in a new region, 0 if there is none. */
NTSTATUS sys_NtUserGetShape(HWND Window, HRGN *Region)
{
    NTSTATUS status = STATUS_BAD_WINDOW;
    region_t copy;
    bool shaped = false;

    pixman_region32_init(&copy);
    user_lock();
    struct window *window = window_of(Window);
    if (window) {
        status = STATUS_SUCCESS;
        shaped = window->shape;
        if (shaped) pixman_region32_copy(&copy, window->shape);
    }
    user_unlock();
    if (!status) *Region = shaped ? region_create_handle(&copy) : NULL;
    pixman_region32_fini(&copy);
    return status;
}

/* What of the window is not covered, in screen coordinates: into the region. For ExcludeUpdateRgn and GetRandomRgn. */
NTSTATUS sys_NtUserVisibleRegion(HWND Window, ULONG Flags, HRGN Region)
{
    region_t visible;

    user_lock();
    struct window *window = window_of(Window);
    if (!window || !window->queue) {
        user_unlock();
        return STATUS_BAD_WINDOW;
    }
    paint_visible(window, Flags, &visible);
    POINT origin = window_origin(window_top_level(window));
    user_unlock();
    pixman_region32_translate(&visible, origin.x, origin.y);
    int kind = region_to_handle(Region, &visible);
    pixman_region32_fini(&visible);
    return kind ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}
