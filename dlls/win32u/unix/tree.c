/* Windows among each other: who is above, below, before, whose parent; the lists of them. */
#include "window.h"

#include <stdlib.h>
#include <string.h>
#include "queue.h"
#include "thread.h"

/* ---- lists ---- */

struct entry {
    uint64_t order;
    uint32_t handle;
};

static int by_order(const void *a, const void *b)
{
    const struct entry *first = a, *second = b;

    return first->order < second->order ? 1 : first->order > second->order ? -1 : 0;
}

/* Children of `parent` in every process, top to bottom, malloced. */
static struct entry *children_of(uint32_t parent, unsigned *count)
{
    unsigned limit = atomic_load(&desktop()->window_limit), room = 0;
    struct entry *list = NULL;

    *count = 0;
    if (limit > DESKTOP_WINDOWS) limit = DESKTOP_WINDOWS;
    for (uint32_t i = DESKTOP_FIRST; i < limit; i++) {
        const struct window_record *record = desktop_window(i);
        uint32_t handle = atomic_load(&record->handle);
        if (!handle || record->parent != parent) continue;
        if (*count == room) {
            struct entry *more = realloc(list, (room = room ? room * 2 : 64) * sizeof(*list));
            if (!more) break;
            list = more;
        }
        list[(*count)++] = (struct entry){ record->order, handle };
    }
    if (list) qsort(list, *count, sizeof(*list), by_order);
    return list;
}

struct list {
    uint32_t *handles;
    ULONG room, count;
};

static void list_add(struct list *list, uint32_t handle)
{
    if (list->count < list->room) list->handles[list->count] = handle;
    list->count++;
}

static void list_local(struct list *list, const struct window *parent, bool deep)
{
    for (const struct window *child = parent->first_child; child; child = child->next) {
        list_add(list, child->handle);
        if (deep) list_local(list, child, true);
    }
}

static void list_foreign(struct list *list, uint32_t parent, bool deep, int depth)
{
    unsigned count;
    struct entry *children = children_of(parent, &count);

    for (unsigned i = 0; i < count; i++) {
        list_add(list, children[i].handle);
        if (deep && depth < 64) list_foreign(list, children[i].handle, true, depth + 1);
    }
    free(children);
}

/* Handles by Kind (LIST_*) into Buffer, at most Room; returns how many there are. Parent NULL: the desktop. */
ULONG sys_NtUserWindowList(HWND Parent, ULONG Kind, ULONG Thread, UINT32 *Buffer, ULONG Room)
{
    uint32_t parent = (uint32_t)(uintptr_t)Parent;

    if (!desktop_init()) return 0;
    if (Room > DESKTOP_WINDOWS) Room = DESKTOP_WINDOWS;
    struct list list = { Room ? malloc(Room * sizeof(uint32_t)) : NULL, Room, 0 };
    if (Room && !list.handles) return 0;
    if (!parent) parent = root_window.handle;
    if (Kind == LIST_THREAD) {
        unsigned count;
        struct entry *all = children_of(root_window.handle, &count);
        for (unsigned i = 0; i < count; i++)
            if (desktop_window(HWND_RECORD(all[i].handle))->thread == Thread) list_add(&list, all[i].handle);
        free(all);
    } else {
        user_lock();
        struct window *window = window_find(parent);
        bool local = window && window != &root_window && window != &message_window;
        if (local) list_local(&list, window, Kind == LIST_DESCENDANTS);
        user_unlock();
        if (!local) list_foreign(&list, parent, Kind == LIST_DESCENDANTS, 0);
    }
    ULONG given = list.count < Room ? list.count : Room;
    if (given) memcpy(Buffer, list.handles, given * sizeof(uint32_t));
    free(list.handles);
    return list.count;
}

/* ---- relations ---- */

static uint32_t sibling(uint32_t parent, uint32_t handle, UINT relation)
{
    unsigned count, at;
    struct entry *list = children_of(parent, &count);
    uint32_t found = 0;

    for (at = 0; at < count && list[at].handle != handle; at++) {}
    if (relation == GW_CHILD || relation == GW_HWNDFIRST) found = count ? list[0].handle : 0;
    else if (relation == GW_HWNDLAST) found = count ? list[count - 1].handle : 0;
    else if (relation == GW_HWNDNEXT) found = at + 1 < count ? list[at + 1].handle : 0;
    else if (relation == GW_HWNDPREV) found = at < count && at ? list[at - 1].handle : 0;
    free(list);
    return found;
}

/* GetWindow; *Found 0 where there is none. */
NTSTATUS sys_NtUserGetWindow(HWND Window, ULONG Relation, HWND *Found)
{
    uint32_t handle = (uint32_t)(uintptr_t)Window, found = 0;
    struct window_record copy;
    bool done = true;

    if (!desktop_init()) return STATUS_NO_MEMORY;
    if (Relation > GW_ENABLEDPOPUP) return STATUS_USER(ERROR_INVALID_GW_COMMAND);
    if (Relation == GW_ENABLEDPOPUP) {
        unsigned count;
        if (!desktop_read(handle, &copy)) return STATUS_BAD_WINDOW;
        struct entry *list = children_of(root_window.handle, &count);
        for (unsigned i = 0; i < count && !found; i++) {
            const struct window_record *record = desktop_window(HWND_RECORD(list[i].handle));
            if (record->owner_window == handle && (record->style & (WS_VISIBLE | WS_DISABLED)) == WS_VISIBLE) found = list[i].handle;
        }
        free(list);
        *Found = hwnd_of(found);
        return STATUS_SUCCESS;
    }
    user_lock();
    struct window *window = window_of(Window);
    if (window && Relation == GW_OWNER) found = window->record->owner_window;
    else if (window && Relation == GW_CHILD && window != &root_window && window != &message_window)
        found = window->first_child ? window->first_child->handle : 0;
    else if (window && window->parent && window->parent != &root_window && window->parent != &message_window) {
        struct window *at = Relation == GW_HWNDFIRST ? window->parent->first_child : Relation == GW_HWNDLAST
                            ? window->parent->last_child : Relation == GW_HWNDNEXT ? window->next : window->previous;
        found = at ? at->handle : 0;
    } else done = false;
    user_unlock();
    if (!done) {
        if (!desktop_read(handle, &copy)) return STATUS_BAD_WINDOW;
        if (Relation == GW_OWNER) found = copy.owner_window;
        else if (Relation == GW_CHILD) found = sibling(handle, 0, GW_CHILD);
        else found = copy.parent ? sibling(copy.parent, handle, Relation) : Relation == GW_HWNDFIRST || Relation == GW_HWNDLAST ? handle : 0;
    }
    *Found = hwnd_of(found);
    return STATUS_SUCCESS;
}

/* GetAncestor with GA_PARENT: the parent by the tree, the desktop for a top-level window. 0: the desktop itself. */
NTSTATUS sys_NtUserTreeParent(HWND Window, HWND *Parent)
{
    struct window_record copy;

    if (!desktop_init() || !desktop_read((uint32_t)(uintptr_t)Window, &copy)) return STATUS_BAD_WINDOW;
    *Parent = hwnd_of(copy.parent);
    return STATUS_SUCCESS;
}

/* Moves a window below another parent (NULL: the desktop), on top there. Its rectangle keeps its numbers, as the reference
 * says nothing else. Old becomes the old parent. */
NTSTATUS sys_NtUserSetParent(HWND Window, HWND Parent, HWND *Old)
{
    NTSTATUS status = STATUS_BAD_WINDOW;
    uint32_t old = 0;

    user_lock();
    struct window *window = window_of(Window), *parent = Parent ? window_of(Parent) : &root_window;
    if (window && window->queue && parent) {
        bool inside = parent == window;
        for (struct window *at = parent; at; at = at->parent) inside |= at == window;
        status = inside ? STATUS_USER(ERROR_INVALID_PARAMETER) : STATUS_SUCCESS;
        if (!inside) {
            old = window->parent->handle;
            window_unlink(window);
            window_link(window, parent, 0);
        }
    }
    user_unlock();
    if (!status) *Old = hwnd_of(old);
    return status;
}

void driver_owner_changed(struct window *window);

NTSTATUS sys_NtUserSetOwner(HWND Window, HWND Owner)
{
    NTSTATUS status = STATUS_BAD_WINDOW;

    user_lock();
    struct window *window = window_of(Window);
    if (window && window->queue) {
        window->record->owner_window = (uint32_t)(uintptr_t)Owner;
        driver_owner_changed(window);
        status = STATUS_SUCCESS;
    }
    user_unlock();
    return status;
}

/* ---- by place ---- */

static bool contains(const struct desktop_rect *rect, int x, int y)
{
    return x >= rect->left && x < rect->right && y >= rect->top && y < rect->bottom;
}

static struct window *child_at(struct window *window, int x, int y)
{
    /* x, y: relative to the client area of `window` */
    struct desktop_rect client = { 0, 0, window->record->client.right - window->record->client.left,
                                   window->record->client.bottom - window->record->client.top };

    if (window->record->style & (WS_MINIMIZE | WS_DISABLED)) return window;
    if (!contains(&client, x, y)) return window;
    for (struct window *child = window->first_child; child; child = child->next) {
        const struct window_record *record = child->record;
        if (!(record->style & WS_VISIBLE) || !contains(&record->window, x, y)) continue;
        if ((record->style & (WS_CHILD | WS_POPUP)) == WS_CHILD && (record->style & WS_DISABLED)) continue;
        if ((record->ex_style & (WS_EX_LAYERED | WS_EX_TRANSPARENT)) == (WS_EX_LAYERED | WS_EX_TRANSPARENT)) continue;
        return child_at(child, x - record->client.left, y - record->client.top);
    }
    return window;
}

/* The innermost visible window at a point of the screen, not looking into disabled ones; HTTRANSPARENT is user32's part. */
HWND sys_NtUserWindowAt(LONG X, LONG Y)
{
    uint32_t found = 0;
    unsigned count;

    if (!desktop_init()) return NULL;
    struct entry *list = children_of(root_window.handle, &count);
    for (unsigned i = 0; i < count && !found; i++) {
        struct window_record *record = desktop_find(list[i].handle);
        if (!record || !(record->style & WS_VISIBLE) || !contains(&record->window, X, Y)) continue;
        if (record->style & WS_MINIMIZE) continue;
        if ((record->ex_style & (WS_EX_LAYERED | WS_EX_TRANSPARENT)) == (WS_EX_LAYERED | WS_EX_TRANSPARENT)) continue;
        user_lock();
        struct window *window = window_find(list[i].handle);
        found = window ? child_at(window, X - record->client.left, Y - record->client.top)->handle : list[i].handle;
        user_unlock();
    }
    free(list);
    return hwnd_of(found ? found : root_window.handle);
}
