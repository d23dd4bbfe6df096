/* Making and ending windows, their place among each other, and what is known of each. */
#include "window.h"

#include <stdlib.h>
#include <string.h>
#include "handle.h"
#include "queue.h"
#include "thread.h"
#include "virtual.h"

struct window root_window, message_window;

static struct window *windows[DESKTOP_WINDOWS]; /* of this process, by record */

struct window *window_find(uint32_t handle)
{
    struct window *window = windows[HWND_RECORD(handle)];

    if (window && window->handle == handle) return window;
    if (handle && handle == root_window.handle) return &root_window;
    return handle && handle == message_window.handle ? &message_window : NULL;
}

/* ---- the tree ---- */

void window_unlink(struct window *window)
{
    struct window *parent = window->parent;

    if (!parent) return;
    if (window->previous) window->previous->next = window->next;
    else parent->first_child = window->next;
    if (window->next) window->next->previous = window->previous;
    else parent->last_child = window->previous;
    window->next = window->previous = NULL;
}

static void link_before(struct window *window, struct window *next)
{
    struct window *parent = window->parent;

    window->next = next;
    window->previous = next ? next->previous : parent->last_child;
    if (window->previous) window->previous->next = window;
    else parent->first_child = window;
    if (next) next->previous = window;
    else parent->last_child = window;
}

#define ORDER_GAP (1ull << 24)
#define ORDER_BASE (1ull << 60)
#define ORDER_TOPMOST (1ull << 62)

static bool is_topmost(const struct window *window)
{
    return window->record->flags & RECORD_TOPMOST;
}

/* The nearest order below `order` of any other top-level window, of every process. */
static uint64_t order_below(uint64_t order, uint32_t parent, uint32_t self)
{
    uint64_t found = 0;

    for (uint32_t i = DESKTOP_FIRST; i < atomic_load(&desktop()->window_limit) && i < DESKTOP_WINDOWS; i++) {
        const struct window_record *record = desktop_window(i);
        uint32_t handle = atomic_load(&record->handle);
        if (!handle || handle == self || record->parent != parent) continue;
        if (record->order < order && record->order > found) found = record->order;
    }
    return found;
}

/* The record's order, from that of the neighbours: children are numbered among themselves, top-level windows among
 * those of all processes. */
static void publish_order(struct window *window, uint32_t after)
{
    uint64_t order, topmost = is_topmost(window) ? ORDER_TOPMOST : 0;

    if (window->parent != &root_window) {
        struct window *next = window->next, *previous = window->previous;
        if (!next && !previous) order = ORDER_BASE;
        else if (!next) order = previous->record->order - ORDER_GAP;
        else if (!previous) order = next->record->order + ORDER_GAP;
        else order = (next->record->order + previous->record->order) / 2;
        window->record->order = order;
        if (next && previous && (order == next->record->order || order == previous->record->order)) {
            uint64_t at = ORDER_BASE;
            for (struct window *child = window->parent->first_child; child; child = child->next, at -= ORDER_GAP)
                child->record->order = at;
        }
        return;
    }
    struct window_record *sibling = after && after != (uint32_t)(uintptr_t)HWND_BOTTOM ? desktop_find(after) : NULL;
    if (after == (uint32_t)(uintptr_t)HWND_BOTTOM) {
        uint64_t lowest = ORDER_BASE;
        for (uint32_t i = DESKTOP_FIRST; i < atomic_load(&desktop()->window_limit) && i < DESKTOP_WINDOWS; i++) {
            const struct window_record *record = desktop_window(i);
            if (atomic_load(&record->handle) && record->parent == root_window.handle && record->order &&
                record->order < lowest) lowest = record->order;
        }
        order = lowest - ORDER_GAP;
    } else if (sibling) {
        uint64_t below = order_below(sibling->order, root_window.handle, window->handle);
        order = below && sibling->order - below < 2 * ORDER_GAP ? below + (sibling->order - below) / 2 : sibling->order - ORDER_GAP;
    } else {
        uint64_t seen = atomic_fetch_add(&desktop()->order, ORDER_GAP) + ORDER_GAP;
        order = (ORDER_BASE + seen) | topmost;
    }
    window->record->order = order;
}

/* Among the top-level windows of this process the list follows the order. */
static void link_by_order(struct window *window)
{
    struct window *at = window->parent->first_child;

    while (at && at->record->order > window->record->order) at = at->next;
    link_before(window, at);
}

void window_link(struct window *window, struct window *parent, uint32_t after)
{
    window->parent = parent;
    record_begin(window->record);
    window->record->parent = parent->handle;
    if (parent == &root_window) {
        publish_order(window, after);
        link_by_order(window);
    } else {
        struct window *sibling = after == (uint32_t)(uintptr_t)HWND_TOP || (int32_t)after < 0 ? NULL : window_find(after);
        if (after == (uint32_t)(uintptr_t)HWND_BOTTOM) link_before(window, NULL);
        else if (sibling && sibling->parent == parent) link_before(window, sibling->next);
        else link_before(window, parent->first_child);
        publish_order(window, after);
    }
    record_end(window->record);
}

bool window_order(struct window *window, uint32_t after)
{
    struct window *parent = window->parent, *previous = window->previous, *next = window->next;
    bool was_topmost = is_topmost(window);

    if (!parent) return false;
    if (parent == &root_window) {
        uint32_t sibling = after;
        if (after == (uint32_t)(uintptr_t)HWND_TOPMOST || after == (uint32_t)(uintptr_t)HWND_NOTOPMOST) {
            bool topmost = after == (uint32_t)(uintptr_t)HWND_TOPMOST;
            if (!topmost && !was_topmost) return false;
            window->record->flags = topmost ? window->record->flags | RECORD_TOPMOST : window->record->flags & ~RECORD_TOPMOST;
            window->record->ex_style = topmost ? window->record->ex_style | WS_EX_TOPMOST : window->record->ex_style & ~WS_EX_TOPMOST;
            sibling = 0;
        } else if (after == (uint32_t)(uintptr_t)HWND_BOTTOM) {
            window->record->flags &= ~RECORD_TOPMOST;
            window->record->ex_style &= ~WS_EX_TOPMOST;
        } else if (!after && !previous && !was_topmost) {
            /* on top of this process's already: others may be above */
            sibling = 0;
        } else if (after) {
            struct window_record *record = desktop_find(after);
            if (!record || record->parent != root_window.handle) return false;
            if (!(record->flags & RECORD_TOPMOST) && was_topmost) {
                window->record->flags &= ~RECORD_TOPMOST;
                window->record->ex_style &= ~WS_EX_TOPMOST;
            }
        }
        window_unlink(window);
        window_link(window, parent, sibling);
        return window->previous != previous || window->next != next || was_topmost != is_topmost(window);
    }
    if (after && (int32_t)after > 1) {
        struct window *sibling = window_find(after);
        if (!sibling || sibling->parent != parent || sibling == window) return false;
    }
    window_unlink(window);
    window_link(window, parent, (int32_t)after < 0 ? 0 : after);
    return window->previous != previous || window->next != next;
}

bool window_is_child(const struct window *parent, const struct window *window)
{
    for (const struct window *at = window; at && at != &root_window && (at->record->style & WS_CHILD); ) {
        at = at->parent;
        if (at == parent) return at != &root_window;
    }
    return false;
}

bool window_is_visible(const struct window *window)
{
    for (; window && window->parent; window = window->parent) {
        if (!(window->record->style & WS_VISIBLE)) return false;
        if (window->parent == &message_window) return false;
    }
    return window != NULL;
}

POINT window_client_origin(const struct window *window)
{
    POINT at = { 0, 0 };

    for (; window && window->parent; window = window->parent) {
        at.x += window->record->client.left;
        at.y += window->record->client.top;
    }
    return at;
}

POINT window_origin(const struct window *window)
{
    POINT at = window->parent ? window_client_origin(window->parent) : (POINT){ 0, 0 };

    at.x += window->record->window.left;
    at.y += window->record->window.top;
    return at;
}

bool window_rectangles(uint32_t handle, RECT *window, RECT *client)
{
    struct window_record copy;
    int x = 0, y = 0;

    if (!desktop_read(handle, &copy)) return false;
    *window = (RECT){ copy.window.left, copy.window.top, copy.window.right, copy.window.bottom };
    *client = (RECT){ copy.client.left, copy.client.top, copy.client.right, copy.client.bottom };
    for (int depth = 0; depth < 256 && copy.parent && copy.parent != root_window.handle; depth++) {
        if (!desktop_read(copy.parent, &copy)) return true;
        x += copy.client.left;
        y += copy.client.top;
    }
    *window = (RECT){ window->left + x, window->top + y, window->right + x, window->bottom + y };
    *client = (RECT){ client->left + x, client->top + y, client->right + x, client->bottom + y };
    return true;
}

/* ---- making one ---- */

NTSTATUS sys_NtUserCreateWindow(struct user_create *Create, HWND *Window)
{
    struct user_create create = *Create;
    struct queue *queue = queue_mine();
    struct window *window = queue ? calloc(1, sizeof(*window)) : NULL, *parent = NULL;
    NTSTATUS status = STATUS_NO_MEMORY;
    uint32_t number = window ? desktop_take_window() : 0;

    if (!number) {
        free(window);
        return window ? STATUS_USER(ERROR_NO_MORE_USER_HANDLES) : status;
    }
    user_lock();
    struct class *class = class_of_token(create.class_token);
    status = STATUS_USER(ERROR_CANNOT_FIND_WND_CLASS);
    if (!class) goto failed;
    status = STATUS_BAD_WINDOW;
    parent = create.parent ? window_find((uint32_t)create.parent) : &root_window;
    if (!parent || (parent->flags & WINDOW_DESTROYING)) goto failed;
    status = STATUS_NO_MEMORY;
    window->extra_bytes = (uint32_t)class->data.window_extra;
    if (window->extra_bytes && !(window->extra = calloc(1, window->extra_bytes))) goto failed;
    struct window_record *record = desktop_window(number);
    window->number = number;
    window->record = record;
    window->handle = HWND_OF(record->generation, number);
    window->class = class;
    class->windows++;
    window->proc = class->data.window_proc;
    window->unicode = class->data.flags & CLASS_UNICODE;
    window->menu = create.menu;
    window->queue = queue;
    window->minimized = window->maximized = (POINT){ -1, -1 };
    queue->windows++;
    record->owner_window = (uint32_t)create.owner;
    record->thread = queue->thread;
    record->process = object_process_id();
    record->queue = queue->number;
    record->style = create.style;
    record->ex_style = create.ex_style;
    record->id = create.menu;
    record->instance = create.instance;
    record->class_atom = class->data.atom;
    record->flags = (window->unicode ? RECORD_UNICODE : 0) | (create.ex_style & WS_EX_TOPMOST ? RECORD_TOPMOST : 0);
    record->class_units = class->data.name_units;
    memcpy(record->class_name, class->data.name, class->data.name_units * sizeof(WCHAR));
    record->text_units = 0;
    record->window = (struct desktop_rect){ create.x, create.y, create.x + create.width, create.y + create.height };
    record->client = record->window;
    window->normal = (RECT){ create.x, create.y, create.x + create.width, create.y + create.height };
    windows[number] = window;
    atomic_store(&record->handle, window->handle);
    /* Children come last, so that a dialog's controls keep the order of the template. */
    window_link(window, parent, (create.style & (WS_CHILD | WS_MAXIMIZE)) == WS_CHILD ? (uint32_t)(uintptr_t)HWND_BOTTOM : 0);
    user_unlock();
    *Window = hwnd_of(window->handle);
    return STATUS_SUCCESS;
failed:
    user_unlock();
    desktop_free_window(number);
    free(window->extra);
    free(window);
    return status;
}

void window_free(struct window *window)
{
    input_window_gone(window);
    paint_window_gone(window);
    queue_window_gone(window->queue, window->handle);
    window_unlink(window);
    windows[window->number] = NULL;
    desktop_free_window(window->number);
    window->queue->windows--;
    window->class->windows--;
    while (window->properties) {
        struct property *next = window->properties->next;
        free(window->properties);
        window->properties = next;
    }
    free(window->extra);
    free(window->text);
    free(window);
}

/* The last step of DestroyWindow, after WM_NCDESTROY; children were destroyed before. */
NTSTATUS sys_NtUserDestroyWindow(HWND Window)
{
    NTSTATUS status = STATUS_BAD_WINDOW;

    user_lock();
    struct window *window = window_of(Window);
    if (window && window->queue && window->queue->thread != thread_self()->id) status = STATUS_USER(ERROR_ACCESS_DENIED);
    else if (window && window->queue) {
        while (window->first_child) window_free(window->first_child);
        window_free(window);
        status = STATUS_SUCCESS;
    }
    user_unlock();
    return status;
}

static void free_tree(struct window *window)
{
    while (window->first_child) free_tree(window->first_child);
    window_free(window);
}

void windows_of_thread_gone(struct queue *queue)
{
    for (uint32_t number = 0; queue->windows && number < DESKTOP_WINDOWS; number++)
        if (windows[number] && windows[number]->queue == queue) free_tree(windows[number]);
}

/* ---- what is known of one ---- */

static RECT rect_of(const struct desktop_rect *rect)
{
    return (RECT){ rect->left, rect->top, rect->right, rect->bottom };
}

static void describe_record(const struct window_record *record, struct user_window *info)
{
    info->parent = record->parent;
    info->owner = record->owner_window;
    info->style = record->style;
    info->ex_style = record->ex_style;
    info->thread = record->thread;
    info->process = record->process;
    info->class_atom = record->class_atom;
    info->id = record->id;
    info->instance = record->instance;
    info->relative = rect_of(&record->window);
    info->dpi = 96;
    if (record->flags & RECORD_UNICODE) info->flags |= WINDOW_UNICODE;
    if (record->parent == root_window.handle) info->flags |= WINDOW_TOP_LEVEL;
}

static RECT moved(const struct desktop_rect *rect, POINT by)
{
    return (RECT){ rect->left + by.x, rect->top + by.y, rect->right + by.x, rect->bottom + by.y };
}

/* Everything about a window, of any process; what only its own process knows is 0 for others. */
NTSTATUS sys_NtUserWindowInfo(HWND Window, struct user_window *Info)
{
    struct user_window info = { 0 };
    struct window *window;

    if (!desktop_init()) return STATUS_NO_MEMORY;
    user_lock();
    window = window_of(Window);
    if (window) {
        describe_record(window->record, &info);
        info.proc = window->proc;
        info.user_data = window->user_data;
        info.flags = (window->unicode ? WINDOW_UNICODE : 0) | (info.flags & WINDOW_TOP_LEVEL) | window->flags;
        if (window->queue) {
            info.flags |= WINDOW_LOCAL;
            if (window->queue->thread == thread_self()->id) info.flags |= WINDOW_MINE;
            info.class_token = window->class->data.token;
            info.class_style = window->class->data.style;
            info.window_extra = (INT32)window->extra_bytes;
        }
        if (window_is_visible(window)) info.flags |= WINDOW_REALLY_VISIBLE;
        POINT origin = window->parent ? window_client_origin(window->parent) : (POINT){ 0, 0 };
        info.window = moved(&window->record->window, origin);
        info.client = moved(&window->record->client, origin);
    }
    user_unlock();
    if (!window) {
        struct window_record copy;
        if (!desktop_read((uint32_t)(uintptr_t)Window, &copy)) return STATUS_BAD_WINDOW;
        describe_record(&copy, &info);
        window_rectangles((uint32_t)(uintptr_t)Window, &info.window, &info.client);
        if (copy.style & WS_VISIBLE) info.flags |= WINDOW_REALLY_VISIBLE;
    }
    *Info = info;
    return STATUS_SUCCESS;
}

/* What SendMessage needs of a window. */
NTSTATUS sys_NtUserSendTarget(HWND Window, struct user_target *Target)
{
    struct user_target target = { 0 };
    bool found = false;

    user_lock();
    struct window *window = window_of(Window);
    if (window && window->queue) {
        found = true;
        target.proc = window->proc;
        target.thread = window->queue->thread;
        target.flags = WINDOW_LOCAL | (window->unicode ? WINDOW_UNICODE : 0) | (window->flags & WINDOW_DIALOG);
        if (target.thread == thread_self()->id) {
            target.flags |= WINDOW_MINE;
            if (hooks_of(window->queue) & (1u << (WH_CALLWNDPROC + 1) | 1u << (WH_CALLWNDPROCRET + 1)))
                target.flags |= WINDOW_HOOKED;
        }
    }
    user_unlock();
    if (!found) {
        struct window_record copy;
        if (!desktop_read((uint32_t)(uintptr_t)Window, &copy)) return STATUS_BAD_WINDOW;
        target.thread = copy.thread;
        target.flags = copy.flags & RECORD_UNICODE ? WINDOW_UNICODE : 0;
    }
    *Target = target;
    return STATUS_SUCCESS;
}

/* ---- words ---- */

static uint64_t *word_field(struct window *window, int index)
{
    switch (index) {
    case GWLP_USERDATA: return &window->user_data;
    case GWLP_WNDPROC: return &window->proc;
    case GWLP_HINSTANCE: return &window->record->instance;
    case GWLP_ID: return window->record->style & WS_CHILD ? &window->record->id : &window->menu;
    case WINDOW_WORD_BIG_ICON: return &window->big_icon;
    case WINDOW_WORD_SMALL_ICON: return &window->small_icon;
    case WINDOW_WORD_SYSTEM_MENU: return &window->system_menu;
    case WINDOW_WORD_MENU: return &window->menu;
    case WINDOW_WORD_CONTROL: return &window->control;
    case WINDOW_WORD_SCROLL: return &window->scroll;
    case WINDOW_WORD_LAST_POPUP: return &window->last_popup;
    }
    return NULL;
}

static uint32_t *half_field(struct window *window, int index)
{
    switch (index) {
    case GWL_STYLE:
    case WINDOW_WORD_STYLE_RAW: return &window->record->style;
    case GWL_EXSTYLE: return &window->record->ex_style;
    case WINDOW_WORD_HELP_ID: return &window->help_id;
    }
    return NULL;
}

static NTSTATUS window_word(struct window *window, int index, unsigned bytes, bool set, uint64_t *value)
{
    uint64_t given = *value, *whole = word_field(window, index);
    uint32_t *half = whole ? NULL : half_field(window, index);

    if (whole) {
        *value = *whole;
        if (set) *whole = given;
        if (set && index == GWLP_ID && !(window->record->style & WS_CHILD)) window->record->id = given;
    } else if (half) {
        *value = *half;
        if (set) {
            record_begin(window->record);
            *half = (uint32_t)given;
            record_end(window->record);
        }
    } else if (index == WINDOW_WORD_FLAGS) {
        *value = window->flags;
        if (set) window->flags = (window->flags & ~(uint32_t)(given >> 32)) | (uint32_t)given;
    } else if (index == WINDOW_WORD_UNICODE) {
        *value = window->unicode;
        if (set) {
            window->unicode = given != 0;
            window->record->flags = given ? window->record->flags | RECORD_UNICODE : window->record->flags & ~RECORD_UNICODE;
        }
    } else if (index >= 0 && (uint64_t)index + bytes <= window->extra_bytes) {
        uint64_t old = 0;
        memcpy(&old, window->extra + index, bytes);
        if (set) memcpy(window->extra + index, &given, bytes);
        *value = old;
    } else {
        return STATUS_USER(ERROR_INVALID_INDEX);
    }
    return STATUS_SUCCESS;
}

/* Value becomes the old one, and with Set the given one is stored. Bytes: of the extra bytes. Only by its own process. */
NTSTATUS sys_NtUserWindowWord(HWND Window, LONG Index, ULONG Bytes, BOOLEAN Set, ULONG64 *Value)
{
    uint64_t value = *Value;
    NTSTATUS status = STATUS_BAD_WINDOW;

    if (Bytes > 8) return STATUS_INVALID_PARAMETER;
    user_lock();
    struct window *window = window_of(Window);
    if (window) status = Set && !window->queue ? STATUS_USER(ERROR_ACCESS_DENIED) : window_word(window, Index, Bytes, Set, &value);
    user_unlock();
    if (!window) {
        struct window_record copy;
        if (!desktop_read((uint32_t)(uintptr_t)Window, &copy)) return STATUS_BAD_WINDOW;
        if (Set) return STATUS_USER(ERROR_ACCESS_DENIED);
        status = STATUS_SUCCESS;
        switch (Index) {
        case GWL_STYLE: value = copy.style; break;
        case GWL_EXSTYLE: value = copy.ex_style; break;
        case GWLP_ID: value = copy.id; break;
        case GWLP_HINSTANCE: value = copy.instance; break;
        case GWLP_USERDATA: value = 0; break;
        default: status = STATUS_USER(ERROR_ACCESS_DENIED);
        }
    }
    if (!status) *Value = value;
    return status;
}

/* ---- text ---- */

void driver_text_changed(struct window *window);

NTSTATUS sys_NtUserSetText(HWND Window, const WCHAR *Text, ULONG Units)
{
    WCHAR *copy = NULL, *old;
    NTSTATUS status = STATUS_BAD_WINDOW;

    if (Units > 0x3fffffff) return STATUS_INVALID_PARAMETER;
    if (Units) {
        copy = malloc((Units + 1) * sizeof(WCHAR));
        if (!copy) return STATUS_NO_MEMORY;
        if (!virtual_read(copy, Text, Units * sizeof(WCHAR))) {
            free(copy);
            return STATUS_ACCESS_VIOLATION;
        }
        copy[Units] = 0;
    }
    user_lock();
    struct window *window = window_of(Window);
    old = copy;
    if (window && window->queue) {
        old = window->text;
        window->text = copy;
        window->text_units = Units;
        record_begin(window->record);
        window->record->text_units = Units < DESKTOP_TEXT_UNITS ? Units : DESKTOP_TEXT_UNITS;
        if (Units) memcpy(window->record->text, copy, window->record->text_units * sizeof(WCHAR));
        record_end(window->record);
        if (window_is_top_level(window)) driver_text_changed(window);
        status = STATUS_SUCCESS;
    }
    user_unlock();
    free(old);
    return status;
}

/* At most Room units without terminator; Length becomes the whole length. Of another process: what its record holds. */
NTSTATUS sys_NtUserGetText(HWND Window, WCHAR *Text, ULONG Room, ULONG *Length)
{
    WCHAR *copy = NULL;
    uint32_t units = 0;
    struct window_record other;

    user_lock();
    struct window *window = window_of(Window);
    if (window) {
        units = window->text_units;
        if (units && Room && (copy = malloc(units * sizeof(WCHAR)))) memcpy(copy, window->text, units * sizeof(WCHAR));
    }
    user_unlock();
    if (!window) {
        if (!desktop_read((uint32_t)(uintptr_t)Window, &other)) return STATUS_BAD_WINDOW;
        units = other.text_units;
    }
    const WCHAR *from = window ? copy : other.text;
    if (from && Room && !virtual_write(Text, from, (units < Room ? units : Room) * sizeof(WCHAR))) {
        free(copy);
        return STATUS_ACCESS_VIOLATION;
    }
    free(copy);
    *Length = units;
    return STATUS_SUCCESS;
}
