/* Where windows are, and what has to be painted when that changes. */
#include "paint.h"

#include <stdlib.h>
#include <string.h>
#include "driver.h"
#include "queue.h"

static void copy_rows(struct surface *to, const struct surface *from, int to_x, int to_y, int from_x, int from_y, int width, int height)
{
    for (int row = 0; row < height; row++)
        memcpy((char *)to->bits + (size_t)(to_y + row) * (size_t)to->stride + (size_t)to_x * 4,
               (const char *)from->bits + (size_t)(from_y + row) * (size_t)from->stride + (size_t)from_x * 4, (size_t)width * 4);
}

void paint_surface(struct window *window)
{
    int width = window->record->window.right - window->record->window.left;
    int height = window->record->window.bottom - window->record->window.top;
    struct surface *old = window->surface, *fresh;

    if (width < 1) width = 1;
    if (height < 1) height = 1;
    if (old && old->width == width && old->height == height) return;
    fresh = driver()->make_surface(window, width, height);
    if (!fresh) return;
    if (old) {
        surface_lock(fresh);
        copy_rows(fresh, old, 0, 0, 0, 0, old->width < width ? old->width : width, old->height < height ? old->height : height);
        surface_add_damage(fresh, 0, 0, width, height);
        surface_unlock(fresh);
    }
    window->surface = fresh;
    surface_release(old);
}

/* Moves pixels inside a surface: `region` (its destination) by (dx, dy). Overlaps are minded. */
static void move_pixels(struct surface *surface, const region_t *region, int dx, int dy)
{
    int count;
    const pixman_box32_t *boxes = pixman_region32_rectangles((region_t *)region, &count);
    uint32_t *copy;
    size_t total = 0, at = 0;

    for (int i = 0; i < count; i++) total += (size_t)(boxes[i].x2 - boxes[i].x1) * (size_t)(boxes[i].y2 - boxes[i].y1);
    if (!total || !(copy = malloc(total * 4))) return;
    surface_lock(surface);
    for (int pass = 0; pass < 2; pass++) {
        at = 0;
        for (int i = 0; i < count; i++) {
            size_t width = (size_t)(boxes[i].x2 - boxes[i].x1);
            for (int y = boxes[i].y1; y < boxes[i].y2; y++, at += width) {
                int row = pass ? y : y - dy, left = pass ? boxes[i].x1 : boxes[i].x1 - dx;
                if (row < 0 || row >= surface->height || left < 0 || left + (int)width > surface->width) continue;
                uint32_t *pixels = (uint32_t *)((char *)surface->bits + (size_t)row * (size_t)surface->stride) + left;
                if (pass) memcpy(pixels, copy + at, width * 4);
                else memcpy(copy + at, pixels, width * 4);
            }
        }
    }
    for (int i = 0; i < count; i++) surface_add_damage(surface, boxes[i].x1, boxes[i].y1, boxes[i].x2, boxes[i].y2);
    surface_unlock(surface);
    free(copy);
}

/* A region in top-level coordinates has to be painted by whatever lies there below `parent`. */
static void expose(struct window *parent, const region_t *region, unsigned flags)
{
    POINT at = paint_offset(parent);
    region_t inside;

    pixman_region32_init(&inside);
    pixman_region32_copy(&inside, (region_t *)region);
    pixman_region32_translate(&inside, -at.x, -at.y);
    paint_invalidate(parent, &inside, flags);
    pixman_region32_fini(&inside);
}

static struct desktop_rect from_rect(const RECT *rect)
{
    return (struct desktop_rect){ rect->left, rect->top, rect->right, rect->bottom };
}

static void store(struct window *window, const struct user_place *place)
{
    struct window_record *record = window->record;

    record_begin(record);
    record->window = from_rect(&place->window);
    record->client = from_rect(&place->client);
    if (place->flags & SWP_SHOWWINDOW) record->style |= WS_VISIBLE;
    if (place->flags & SWP_HIDEWINDOW) record->style &= ~(uint32_t)WS_VISIBLE;
    record_end(record);
}

static void place_child(struct window *window, const struct user_place *place)
{
    struct window *top = window_top_level(window);
    region_t before, after, moved;
    bool order = false, shown = window_is_visible(window->parent);
    POINT old_at = paint_offset(window), new_at;
    bool was_visible = window->record->style & WS_VISIBLE;
    struct desktop_rect old_window = window->record->window, old_client = window->record->client;

    paint_visible(window, DCX_WINDOW | DCX_CLIPSIBLINGS, &before);
    store(window, place);
    if (!(place->flags & SWP_NOZORDER)) order = window_order(window, (uint32_t)place->after);
    paint_visible(window, DCX_WINDOW | DCX_CLIPSIBLINGS, &after);
    new_at = paint_offset(window);
    bool changed = memcmp(&old_window, &window->record->window, sizeof(old_window)) ||
                   memcmp(&old_client, &window->record->client, sizeof(old_client)) || order ||
                   was_visible != !!(window->record->style & WS_VISIBLE) || (place->flags & SWP_FRAMECHANGED);
    if (changed) window_dcs_changed(top);
    if (shown && changed && !(place->flags & SWP_NOREDRAW)) {
        bool keep = was_visible && (window->record->style & WS_VISIBLE) && top->surface && !(place->flags & SWP_NOCOPYBITS);
        bool resized = old_window.right - old_window.left != place->window.right - place->window.left ||
                       old_window.bottom - old_window.top != place->window.bottom - place->window.top ||
                       old_client.left - old_window.left != place->client.left - place->window.left ||
                       old_client.top - old_window.top != place->client.top - place->window.top ||
                       old_client.right - old_client.left != place->client.right - place->client.left ||
                       old_client.bottom - old_client.top != place->client.bottom - place->client.top ||
                       (place->flags & SWP_FRAMECHANGED);
        /* What stays right: the old pixels, moved, of the whole window or of the part WM_NCCALCSIZE said. */
        pixman_region32_init(&moved);
        if (keep) {
            int dx = new_at.x - old_at.x, dy = new_at.y - old_at.y;
            if (!resized) {
                pixman_region32_copy(&moved, &before);
            } else if (place->valid_from.right > place->valid_from.left) {
                const RECT *from = &place->valid_from;
                dx += place->valid_to.left - from->left;
                dy += place->valid_to.top - from->top;
                pixman_region32_intersect_rect(&moved, &before, old_at.x + from->left, old_at.y + from->top,
                                               (unsigned)(from->right - from->left), (unsigned)(from->bottom - from->top));
            }
            if (window->update) { /* what was not yet painted does not become right by moving */
                region_t dirty;
                pixman_region32_init(&dirty);
                pixman_region32_copy(&dirty, window->update);
                pixman_region32_translate(&dirty, old_at.x, old_at.y);
                pixman_region32_subtract(&moved, &moved, &dirty);
                pixman_region32_fini(&dirty);
            }
            pixman_region32_translate(&moved, dx, dy);
            pixman_region32_intersect(&moved, &moved, &after);
            if (dx || dy) move_pixels(top->surface, &moved, dx, dy);
        }
        pixman_region32_subtract(&before, &before, &after);
        if (!region_empty(&before)) expose(window->parent, &before, RDW_ERASE | RDW_ALLCHILDREN);
        pixman_region32_subtract(&after, &after, &moved);
        if (!region_empty(&after)) expose(window, &after, RDW_ERASE | RDW_FRAME | RDW_ALLCHILDREN);
        pixman_region32_fini(&moved);
    }
    pixman_region32_fini(&before);
    pixman_region32_fini(&after);
}

static void place_top_level(struct window *window, const struct user_place *place)
{
    struct desktop_rect old_window = window->record->window, old_client = window->record->client;
    bool was_visible = window->record->style & WS_VISIBLE;

    store(window, place);
    if (!(place->flags & SWP_NOZORDER)) window_order(window, (uint32_t)place->after);
    bool visible = window->record->style & WS_VISIBLE;
    bool resized = old_window.right - old_window.left != place->window.right - place->window.left ||
                   old_window.bottom - old_window.top != place->window.bottom - place->window.top ||
                   old_client.right - old_client.left != place->client.right - place->client.left ||
                   old_client.bottom - old_client.top != place->client.bottom - place->client.top ||
                   (place->flags & SWP_FRAMECHANGED);
    if (visible && !(window->record->style & WS_MINIMIZE)) paint_surface(window);
    if (visible || was_visible) {
        if (driver()->place) driver()->place(window, place->flags);
        window_dcs_changed(window);
    }
    if (!visible || (place->flags & SWP_NOREDRAW) || (was_visible && !resized)) return;
    region_t dirty;
    int width = place->window.right - place->window.left, height = place->window.bottom - place->window.top;
    region_init_rect(&dirty, 0, 0, width, height);
    if (was_visible && place->valid_to.right > place->valid_to.left && !(place->flags & SWP_NOCOPYBITS)) {
        region_t valid;
        const RECT *to = &place->valid_to, *from = &place->valid_from;
        region_init_rect(&valid, to->left, to->top, to->right, to->bottom);
        if (window->update) pixman_region32_subtract(&valid, &valid, window->update);
        if (window->surface && (to->left != from->left || to->top != from->top))
            move_pixels(window->surface, &valid, to->left - from->left, to->top - from->top);
        pixman_region32_subtract(&dirty, &dirty, &valid);
        pixman_region32_fini(&valid);
    }
    paint_invalidate(window, &dirty, RDW_ERASE | RDW_FRAME | RDW_ALLCHILDREN);
    pixman_region32_fini(&dirty);
}

/* The last step of SetWindowPos: the rectangles, order and visibility as WM_WINDOWPOSCHANGING and WM_NCCALCSIZE left them. */
NTSTATUS sys_NtUserSetPlace(HWND Window, const struct user_place *Place)
{
    struct user_place place = *Place;
    NTSTATUS status = STATUS_BAD_WINDOW;

    driver();
    user_lock();
    struct window *window = window_of(Window);
    if (window && window->queue) {
        status = STATUS_SUCCESS;
        if (window_is_top_level(window)) place_top_level(window, &place);
        else place_child(window, &place);
        if (!(window->record->style & (WS_MINIMIZE | WS_MAXIMIZE))) window->normal = place.window;
    }
    user_unlock();
    return status;
}

/* Where the window is when it is neither minimised nor maximised, and its minimised and maximised places (-1, -1: not set). */
NTSTATUS sys_NtUserPlacement(HWND Window, BOOLEAN Set, RECT *Normal, POINT *Minimized, POINT *Maximized, ULONG *Flags)
{
    RECT normal = { 0 };
    POINT minimized = { 0 }, maximized = { 0 };
    ULONG flags = 0;

    if (Set) normal = *Normal, minimized = *Minimized, maximized = *Maximized, flags = *Flags;
    user_lock();
    struct window *window = window_of(Window);
    if (window && Set) {
        window->normal = normal;
        window->minimized = minimized;
        window->maximized = maximized;
        window->placement_flags = flags;
    } else if (window) {
        normal = window->normal;
        minimized = window->minimized;
        maximized = window->maximized;
        flags = window->placement_flags;
    }
    user_unlock();
    if (!window) return STATUS_BAD_WINDOW;
    if (!Set) *Normal = normal, *Minimized = minimized, *Maximized = maximized, *Flags = flags;
    return STATUS_SUCCESS;
}

/* ScrollWindowEx: moves pixels of the client area (Scroll, client coordinates) by (Dx, Dy), what lands outside Clip is lost.
 * Update (an existing region, 0: none) becomes what must be painted, client coordinates; it is invalidated as Flags (SW_*) say. */
NTSTATUS sys_NtUserScroll(HWND Window, LONG Dx, LONG Dy, const RECT *Scroll, const RECT *Clip, HRGN Update, ULONG Flags)
{
    RECT scroll = { 0 }, clip = { 0 };
    region_t visible, moved, dirty;

    if (Scroll) scroll = *Scroll;
    if (Clip) clip = *Clip;
    user_lock();
    struct window *window = window_of(Window);
    if (!window || !window->queue) {
        user_unlock();
        return STATUS_BAD_WINDOW;
    }
    const struct window_record *record = window->record;
    RECT client = { 0, 0, record->client.right - record->client.left, record->client.bottom - record->client.top };
    POINT at = paint_offset(window);
    at.x += record->client.left - record->window.left;
    at.y += record->client.top - record->window.top;
    if (!Scroll) scroll = client;
    if (!Clip) clip = Scroll ? client : client;
    paint_visible(window, DCX_CLIPSIBLINGS | (Flags & SW_SCROLLCHILDREN ? 0 : record->style & WS_CLIPCHILDREN ? DCX_CLIPCHILDREN : 0), &visible);
    pixman_region32_translate(&visible, -at.x, -at.y); /* client coordinates from here on */
    region_init_rect(&moved, scroll.left, scroll.top, scroll.right, scroll.bottom);
    region_init_rect(&dirty, scroll.left, scroll.top, scroll.right, scroll.bottom);
    pixman_region32_intersect_rect(&moved, &moved, clip.left, clip.top, (unsigned)(clip.right > clip.left ? clip.right - clip.left : 0),
                                   (unsigned)(clip.bottom > clip.top ? clip.bottom - clip.top : 0));
    pixman_region32_copy(&dirty, &moved);
    pixman_region32_intersect(&moved, &moved, &visible);
    if (window->update) { /* what was to be painted moves too */
        region_t pending;
        pixman_region32_init(&pending);
        pixman_region32_copy(&pending, window->update);
        pixman_region32_translate(&pending, record->window.left - record->client.left, record->window.top - record->client.top);
        pixman_region32_intersect(&pending, &pending, &dirty);
        if (!region_empty(&pending)) {
            pixman_region32_translate(&pending, Dx + record->client.left - record->window.left,
                                      Dy + record->client.top - record->window.top);
            paint_invalidate(window, &pending, RDW_NOCHILDREN);
        }
        pixman_region32_fini(&pending);
    }
    pixman_region32_translate(&moved, Dx, Dy);
    pixman_region32_intersect(&moved, &moved, &visible);
    pixman_region32_intersect_rect(&moved, &moved, clip.left, clip.top, (unsigned)(clip.right > clip.left ? clip.right - clip.left : 0),
                                   (unsigned)(clip.bottom > clip.top ? clip.bottom - clip.top : 0));
    pixman_region32_subtract(&dirty, &dirty, &moved);
    pixman_region32_translate(&moved, at.x, at.y);
    struct surface *surface = window_top_level(window)->surface;
    if (surface) move_pixels(surface, &moved, Dx, Dy);
    if (Flags & SW_INVALIDATE) {
        region_t inside;
        pixman_region32_init(&inside);
        pixman_region32_copy(&inside, &dirty);
        pixman_region32_translate(&inside, record->client.left - record->window.left, record->client.top - record->window.top);
        paint_invalidate(window, &inside, (Flags & SW_ERASE ? RDW_ERASE : 0) | (Flags & SW_SCROLLCHILDREN ? RDW_ALLCHILDREN : 0));
        pixman_region32_fini(&inside);
    }
    user_unlock();
    if (Update) region_to_handle(Update, &dirty);
    pixman_region32_fini(&visible);
    pixman_region32_fini(&moved);
    pixman_region32_fini(&dirty);
    return STATUS_SUCCESS;
}
