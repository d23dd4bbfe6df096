/* X windows: made, placed and described as the window manager standards want it (ICCCM 4.1, EWMH 1.5). */
#include "host.h"
#include "region.h"
#include "x11.h"

#include <X11/Xatom.h>
#include <X11/extensions/shape.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct driver_window *x11_find(Window xid)
{
    struct driver_window *window = x11_windows;

    while (window && window->xid != xid) window = window->next;
    return window;
}

/* Whether the window manager gives it a frame; then caption and borders are its part. */
static bool is_managed(const struct window *window)
{
    uint32_t style = window->record->style;

    if (window->record->ex_style & WS_EX_NOACTIVATE) return false;
    if ((style & WS_CAPTION) == WS_CAPTION || (style & WS_THICKFRAME)) return true;
    if (window->record->ex_style & WS_EX_APPWINDOW) return true;
    return !(style & WS_POPUP);
}

static RECT insets_of(const struct window *window)
{
    uint32_t style = window->record->style, ex_style = window->record->ex_style;
    int border = 0;
    RECT insets;

    if (!is_managed(window) || (style & WS_CAPTION) != WS_CAPTION) return (RECT){ 0, 0, 0, 0 };
    if ((ex_style & WS_EX_DLGMODALFRAME) || (style & (WS_THICKFRAME | WS_DLGFRAME))) border = 2;
    if (style & WS_THICKFRAME) border += 5;
    if (style & (WS_BORDER | WS_DLGFRAME)) border++;
    insets = (RECT){ border, border + 23, border, border };
    return insets;
}

static void set_atoms(Window xid, const char *property, const char *const *names, int count)
{
    Atom atoms[8];

    for (int i = 0; i < count; i++) atoms[i] = x11_atom(names[i]);
    XChangeProperty(x11_display, xid, x11_atom(property), XA_ATOM, 32, PropModeReplace, (unsigned char *)atoms, count);
}

static void set_hints(const struct window *window, struct driver_window *mine)
{
    uint32_t style = window->record->style, ex_style = window->record->ex_style;
    const char *type = window->record->owner_window ? "_NET_WM_WINDOW_TYPE_DIALOG" : "_NET_WM_WINDOW_TYPE_NORMAL";
    unsigned long motif[5] = { 3, 0, 0, 0, 0 }; /* functions and decorations are given */
    XSizeHints size = { .flags = PPosition | PSize | PWinGravity, .win_gravity = StaticGravity };
    const char *states[4];
    int count = 0;

    if (!mine->managed) type = "_NET_WM_WINDOW_TYPE_POPUP_MENU";
    else if (ex_style & WS_EX_TOOLWINDOW) type = "_NET_WM_WINDOW_TYPE_UTILITY";
    set_atoms(mine->xid, "_NET_WM_WINDOW_TYPE", &type, 1);
    if ((style & WS_CAPTION) == WS_CAPTION) {
        motif[1] = 4 | (style & WS_THICKFRAME ? 2 : 0) | (style & WS_MINIMIZEBOX ? 8 : 0) | (style & WS_MAXIMIZEBOX ? 16 : 0) | (style & WS_SYSMENU ? 32 : 0);
        motif[2] = 2 | 8 | (style & WS_THICKFRAME ? 4 : 0) | (style & WS_SYSMENU ? 16 : 0) | (style & WS_MINIMIZEBOX ? 32 : 0) | (style & WS_MAXIMIZEBOX ? 64 : 0);
    }
    XChangeProperty(x11_display, mine->xid, x11_atom("_MOTIF_WM_HINTS"), x11_atom("_MOTIF_WM_HINTS"), 32, PropModeReplace, (unsigned char *)motif, 5);
    size.x = (int)(mine->whole.left + mine->insets.left);
    size.y = (int)(mine->whole.top + mine->insets.top);
    if (!(style & WS_THICKFRAME)) {
        size.flags |= PMinSize | PMaxSize;
        size.min_width = size.max_width = (int)(mine->whole.right - mine->whole.left - mine->insets.left - mine->insets.right);
        size.min_height = size.max_height = (int)(mine->whole.bottom - mine->whole.top - mine->insets.top - mine->insets.bottom);
        if (size.min_width < 1) size.min_width = size.max_width = 1;
        if (size.min_height < 1) size.min_height = size.max_height = 1;
    }
    XSetWMNormalHints(x11_display, mine->xid, &size);
    XWMHints hints = { .flags = InputHint | StateHint, .input = style & WS_DISABLED ? False : True,
                       .initial_state = style & WS_MINIMIZE ? IconicState : NormalState };
    XSetWMHints(x11_display, mine->xid, &hints);
    if (!mine->mapped) {
        if (style & WS_MAXIMIZE) states[count++] = "_NET_WM_STATE_MAXIMIZED_VERT", states[count++] = "_NET_WM_STATE_MAXIMIZED_HORZ";
        if (ex_style & WS_EX_TOPMOST) states[count++] = "_NET_WM_STATE_ABOVE";
        if ((ex_style & WS_EX_TOOLWINDOW) || (window->record->owner_window && !(ex_style & WS_EX_APPWINDOW))) states[count++] = "_NET_WM_STATE_SKIP_TASKBAR";
        set_atoms(mine->xid, "_NET_WM_STATE", states, count);
    }
}

static void set_text(const struct window *window, Window xid)
{
    size_t room = window->text_units * 3 + 1;
    char *text = malloc(room);
    int bytes = text ? utf8_from_utf16(text, (int)room, window->text ? window->text : (const WCHAR *)L"", (int)window->text_units) : -1;

    if (bytes >= 0) {
        Atom utf8 = x11_atom("UTF8_STRING");
        XChangeProperty(x11_display, xid, x11_atom("_NET_WM_NAME"), utf8, 8, PropModeReplace, (unsigned char *)text, bytes);
        XChangeProperty(x11_display, xid, XA_WM_NAME, utf8, 8, PropModeReplace, (unsigned char *)text, bytes);
    }
    free(text);
}

static void set_owner(const struct window *window, Window xid)
{
    const struct window *owner = window->record->owner_window ? window_find(window->record->owner_window) : NULL;

    if (owner && owner->driver) XSetTransientForHint(x11_display, xid, owner->driver->xid);
    else XDeleteProperty(x11_display, xid, XA_WM_TRANSIENT_FOR);
}

static void inner_size(const struct driver_window *mine, int *x, int *y, unsigned *width, unsigned *height)
{
    int w = (int)(mine->whole.right - mine->whole.left - mine->insets.left - mine->insets.right);
    int h = (int)(mine->whole.bottom - mine->whole.top - mine->insets.top - mine->insets.bottom);

    *x = (int)(mine->whole.left + mine->insets.left);
    *y = (int)(mine->whole.top + mine->insets.top);
    *width = w > 0 ? (unsigned)w : 1;
    *height = h > 0 ? (unsigned)h : 1;
}

static struct driver_window *make(struct window *window)
{
    struct driver_window *mine = calloc(1, sizeof(*mine));
    static const char *const protocols[] = { "WM_DELETE_WINDOW", "_NET_WM_PING" };
    XSetWindowAttributes attributes = { .bit_gravity = NorthWestGravity, .win_gravity = StaticGravity, .cursor = x11_current_cursor(),
        .event_mask = ExposureMask | ButtonPressMask | ButtonReleaseMask | PointerMotionMask | KeyPressMask | KeyReleaseMask | FocusChangeMask |
                      StructureNotifyMask | PropertyChangeMask | EnterWindowMask | LeaveWindowMask };
    int x, y;
    unsigned width, height;
    char host_name[256];
    long pid = getpid();
    const struct desktop_rect *rect = &window->record->window;

    if (!mine) return NULL;
    mine->handle = window->handle;
    mine->managed = is_managed(window);
    mine->insets = insets_of(window);
    mine->whole = (RECT){ rect->left, rect->top, rect->right, rect->bottom };
    inner_size(mine, &x, &y, &width, &height);
    attributes.override_redirect = !mine->managed;
    mine->xid = XCreateWindow(x11_display, x11_root, x, y, width, height, 0, CopyFromParent, InputOutput, CopyFromParent,
                              CWBitGravity | CWWinGravity | CWEventMask | CWOverrideRedirect | (attributes.cursor ? CWCursor : 0), &attributes);
    mine->gc = XCreateGC(x11_display, mine->xid, 0, NULL);
    XClassHint class;
    char name[128];
    const char *program = strrchr(host.program ? host.program : "ferry", '/');
    snprintf(name, sizeof(name), "%s", program ? program + 1 : host.program ? host.program : "ferry");
    class.res_name = class.res_class = name;
    XSetClassHint(x11_display, mine->xid, &class);
    set_atoms(mine->xid, "WM_PROTOCOLS", protocols, 2);
    XChangeProperty(x11_display, mine->xid, x11_atom("_NET_WM_PID"), XA_CARDINAL, 32, PropModeReplace, (unsigned char *)&pid, 1);
    if (!gethostname(host_name, sizeof(host_name) - 1)) {
        host_name[sizeof(host_name) - 1] = 0;
        XChangeProperty(x11_display, mine->xid, XA_WM_CLIENT_MACHINE, XA_STRING, 8, PropModeReplace, (unsigned char *)host_name, (int)strlen(host_name));
    }
    set_text(window, mine->xid);
    set_owner(window, mine->xid);
    mine->next = x11_windows;
    x11_windows = mine;
    window->driver = mine;
    return mine;
}

static void change_state(struct driver_window *mine, bool set, const char *first, const char *second)
{
    XEvent event = { .xclient = { .type = ClientMessage, .window = mine->xid, .message_type = x11_atom("_NET_WM_STATE"), .format = 32 } };

    event.xclient.data.l[0] = set;
    event.xclient.data.l[1] = (long)x11_atom(first);
    event.xclient.data.l[2] = second ? (long)x11_atom(second) : 0;
    event.xclient.data.l[3] = 1;
    XSendEvent(x11_display, x11_root, False, SubstructureNotifyMask | SubstructureRedirectMask, &event);
}

void x11_place(struct window *window, unsigned flags)
{
    const struct window_record *record = window->record;
    struct driver_window *mine = window->driver;
    bool visible = record->style & WS_VISIBLE, iconic = record->style & WS_MINIMIZE;
    int x, y;
    unsigned width, height;

    x11_lock();
    if (!mine && visible) mine = make(window);
    if (!mine) {
        x11_unlock();
        return;
    }
    if (mine->surface != window->surface) {
        struct surface *old = mine->surface;
        mine->surface = window->surface ? surface_reference(window->surface) : NULL;
        x11_unlock();
        surface_release(old); /* takes the lock itself */
        x11_lock();
    }
    RECT whole = { record->window.left, record->window.top, record->window.right, record->window.bottom };
    mine->insets = insets_of(window);
    bool moved = memcmp(&whole, &mine->whole, sizeof(whole));
    if (!iconic) mine->whole = whole;
    inner_size(mine, &x, &y, &width, &height);
    if (visible) set_hints(window, mine);
    if (moved && !iconic) {
        mine->configured = NextRequest(x11_display);
        XMoveResizeWindow(x11_display, mine->xid, x, y, width, height);
    }
    if (visible && !mine->mapped) {
        XMapWindow(x11_display, mine->xid);
        mine->mapped = true;
        if (!mine->managed) XRaiseWindow(x11_display, mine->xid);
    } else if (!visible && mine->mapped) {
        if (mine->managed) XWithdrawWindow(x11_display, mine->xid, DefaultScreen(x11_display));
        else XUnmapWindow(x11_display, mine->xid);
        mine->mapped = false;
    } else if (visible && mine->managed && iconic != mine->iconic) {
        mine->iconic = iconic;
        if (iconic) XIconifyWindow(x11_display, mine->xid, DefaultScreen(x11_display));
        else XMapWindow(x11_display, mine->xid);
    } else if (visible && !(flags & SWP_NOZORDER) && !window->previous) {
        XRaiseWindow(x11_display, mine->xid);
    }
    if (visible && mine->managed && (flags & SWP_STATECHANGED) && !iconic)
        change_state(mine, record->style & WS_MAXIMIZE, "_NET_WM_STATE_MAXIMIZED_VERT", "_NET_WM_STATE_MAXIMIZED_HORZ");
    XFlush(x11_display);
    x11_unlock();
}

void x11_destroy(struct window *window)
{
    struct driver_window *mine = window->driver;
    struct surface *surface = mine->surface;

    x11_lock();
    for (struct driver_window **at = &x11_windows; *at; at = &(*at)->next) {
        if (*at != mine) continue;
        *at = mine->next;
        break;
    }
    XFreeGC(x11_display, mine->gc);
    XDestroyWindow(x11_display, mine->xid);
    XFlush(x11_display);
    x11_unlock();
    surface_release(surface);
    free(mine);
}

void x11_text(struct window *window)
{
    x11_lock();
    set_text(window, window->driver->xid);
    XFlush(x11_display);
    x11_unlock();
}

void x11_owner(struct window *window)
{
    x11_lock();
    set_owner(window, window->driver->xid);
    x11_unlock();
}

void x11_icon(struct window *window, int width, int height, const uint32_t *bgra)
{
    size_t count = (size_t)width * (size_t)height;
    unsigned long *data = window->driver ? malloc((count + 2) * sizeof(*data)) : NULL;

    if (!data) return;
    data[0] = (unsigned long)width;
    data[1] = (unsigned long)height;
    for (size_t i = 0; i < count; i++) data[i + 2] = bgra[i];
    x11_lock();
    XChangeProperty(x11_display, window->driver->xid, x11_atom("_NET_WM_ICON"), XA_CARDINAL, 32, PropModeReplace, (unsigned char *)data, (int)count + 2);
    XFlush(x11_display);
    x11_unlock();
    free(data);
}

void x11_activate(struct window *window)
{
    struct driver_window *mine = window->driver;
    XEvent event = { .xclient = { .type = ClientMessage, .window = mine->xid, .format = 32 } };

    if (!mine->mapped || !mine->managed) return;
    x11_lock();
    event.xclient.message_type = x11_atom("_NET_ACTIVE_WINDOW");
    event.xclient.data.l[0] = 1;
    event.xclient.data.l[1] = CurrentTime;
    XSendEvent(x11_display, x11_root, False, SubstructureNotifyMask | SubstructureRedirectMask, &event);
    XFlush(x11_display);
    x11_unlock();
}

void x11_shape(struct window *window)
{
    struct driver_window *mine = window->driver;

    x11_lock();
    if (window->shape) {
        int count;
        const pixman_box32_t *boxes = pixman_region32_rectangles(window->shape, &count);
        XRectangle *rectangles = calloc((size_t)count + 1, sizeof(*rectangles));
        for (int i = 0; rectangles && i < count; i++)
            rectangles[i] = (XRectangle){ (short)boxes[i].x1, (short)boxes[i].y1, (unsigned short)(boxes[i].x2 - boxes[i].x1), (unsigned short)(boxes[i].y2 - boxes[i].y1) };
        if (rectangles) XShapeCombineRectangles(x11_display, mine->xid, ShapeBounding, -(int)mine->insets.left, -(int)mine->insets.top, rectangles, count, ShapeSet, YXBanded);
        free(rectangles);
    } else {
        XShapeCombineMask(x11_display, mine->xid, ShapeBounding, 0, 0, None, ShapeSet);
    }
    XFlush(x11_display);
    x11_unlock();
}

void x11_capture(struct window *window)
{
    x11_lock();
    if (window && window->driver && window->driver->mapped)
        XGrabPointer(x11_display, window->driver->xid, True, ButtonPressMask | ButtonReleaseMask | PointerMotionMask, GrabModeAsync, GrabModeAsync, None, None, CurrentTime);
    else
        XUngrabPointer(x11_display, CurrentTime);
    XFlush(x11_display);
    x11_unlock();
}
