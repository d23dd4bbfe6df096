/* The connection and its events. */
#include "queue.h"
#include "x11.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

Display *x11_display;
Window x11_root;
struct driver_window *x11_windows;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int wake_fd = -1;

void x11_wake(void)
{
    uint64_t one = 1;

    if (write(wake_fd, &one, sizeof(one)) < 0) return; /* full: it is awake */
}

void x11_lock(void)
{
    pthread_mutex_lock(&lock);
}

void x11_unlock(void)
{
    bool waiting = XEventsQueued(x11_display, QueuedAlready) > 0;

    pthread_mutex_unlock(&lock);
    if (waiting) x11_wake();
}

Atom x11_atom(const char *name)
{
    return XInternAtom(x11_display, name, False);
}

static int ignore_error(Display *display, XErrorEvent *event)
{
    return 0; /* a window that was just destroyed, by us or by the other side */
}

/* The display is gone: the program goes on without it, drawn for nobody. */
static _Noreturn void lost(Display *display, void *unused)
{
    pthread_mutex_unlock(&lock);
    pthread_exit(NULL);
}

static int io_error(Display *display)
{
    return 0;
}

/* ---- events ---- */

static void mouse_button(uint32_t handle, const XButtonEvent *event, bool down)
{
    static const struct {
        unsigned down, up, data;
    } buttons[] = { { 0, 0, 0 }, { WM_LBUTTONDOWN, WM_LBUTTONUP, 0 }, { WM_MBUTTONDOWN, WM_MBUTTONUP, 0 }, { WM_RBUTTONDOWN, WM_RBUTTONUP, 0 } };
    uint32_t now = now_milliseconds();
    unsigned button = event->button;

    if (button >= 4 && button <= 7) {
        int delta = button == 4 || button == 7 ? WHEEL_DELTA : -WHEEL_DELTA;
        if (down) input_mouse(handle, button < 6 ? WM_MOUSEWHEEL : WM_MOUSEHWHEEL, event->x_root, event->y_root, (uint32_t)delta << 16, now, false);
        return;
    }
    if (button == 8 || button == 9)
        input_mouse(handle, down ? WM_XBUTTONDOWN : WM_XBUTTONUP, event->x_root, event->y_root, (button == 8 ? XBUTTON1 : XBUTTON2) << 16, now, false);
    else if (button <= 3 && button)
        input_mouse(handle, down ? buttons[button].down : buttons[button].up, event->x_root, event->y_root, 0, now, false);
}

static void client_message(struct driver_window *window, XClientMessageEvent *event)
{
    uint32_t handle = window->handle;

    if (event->message_type != x11_atom("WM_PROTOCOLS")) return;
    if ((Atom)event->data.l[0] == x11_atom("_NET_WM_PING")) {
        XEvent reply = { .xclient = *event };
        reply.xclient.window = x11_root;
        XSendEvent(x11_display, x11_root, False, SubstructureNotifyMask | SubstructureRedirectMask, &reply);
    } else if ((Atom)event->data.l[0] == x11_atom("WM_DELETE_WINDOW")) {
        x11_unlock();
        driver_post(handle, WM_FERRY_CLOSE, 0, 0);
        x11_lock();
    }
}

static void configured(struct driver_window *window, const XConfigureEvent *event)
{
    int x = event->x, y = event->y;
    Window child;
    uint32_t handle = window->handle;

    if (event->serial < window->configured) return; /* older than what we asked for */
    if (!event->send_event && window->managed) XTranslateCoordinates(x11_display, window->xid, x11_root, 0, 0, &x, &y, &child);
    RECT rect = { x - window->insets.left, y - window->insets.top, x + event->width + window->insets.right,
                  y + event->height + window->insets.bottom };
    if (rect.left == window->whole.left && rect.top == window->whole.top && rect.right == window->whole.right && rect.bottom == window->whole.bottom) return;
    if (window->iconic || !window->managed) return;
    x11_unlock();
    driver_moved(handle, &rect);
    x11_lock();
}

static void state_changed(struct driver_window *window)
{
    Atom type;
    int format;
    unsigned long count, after;
    unsigned char *data = NULL;
    uint32_t handle = window->handle;

    if (XGetWindowProperty(x11_display, window->xid, x11_atom("WM_STATE"), 0, 2, False, AnyPropertyType, &type, &format, &count, &after, &data) || !data) return;
    bool iconic = format == 32 && count && *(long *)data == IconicState;
    XFree(data);
    if (iconic == window->iconic) return;
    window->iconic = iconic;
    x11_unlock();
    driver_post(handle, WM_FERRY_STATE, iconic ? SW_MINIMIZE : SW_RESTORE, 0);
    x11_lock();
}

static void handle_event(XEvent *event)
{
    struct driver_window *window = x11_find(event->xany.window);
    uint32_t handle;

    if (event->type == MappingNotify) XRefreshKeyboardMapping(&event->xmapping);
    if (!window) return;
    handle = window->handle;
    switch (event->type) {
    case Expose: {
        pixman_region32_t region;
        pixman_region32_init_rect(&region, event->xexpose.x + window->insets.left, event->xexpose.y + window->insets.top,
                                  (unsigned)event->xexpose.width, (unsigned)event->xexpose.height);
        x11_put(window, &region);
        pixman_region32_fini(&region);
        return;
    }
    case ClientMessage: client_message(window, &event->xclient); return;
    case ConfigureNotify: configured(window, &event->xconfigure); return;
    case PropertyNotify:
        if (event->xproperty.atom == x11_atom("WM_STATE")) state_changed(window);
        return;
    }
    x11_unlock();
    switch (event->type) {
    case ButtonPress:
    case ButtonRelease: mouse_button(handle, &event->xbutton, event->type == ButtonPress); break;
    case MotionNotify:
        input_mouse(handle, WM_MOUSEMOVE, event->xmotion.x_root, event->xmotion.y_root, 0, now_milliseconds(), false);
        break;
    case EnterNotify:
        input_mouse(handle, WM_MOUSEMOVE, event->xcrossing.x_root, event->xcrossing.y_root, 0, now_milliseconds(), false);
        break;
    case KeyPress:
    case KeyRelease: x11_key_event(handle, &event->xkey); break;
    case FocusIn:
        if (event->xfocus.detail != NotifyPointer && event->xfocus.mode != NotifyGrab && event->xfocus.mode != NotifyUngrab)
            driver_post(handle, WM_FERRY_FOCUS, 1, 0);
        break;
    case FocusOut:
        if (event->xfocus.detail != NotifyPointer && event->xfocus.mode != NotifyGrab && event->xfocus.mode != NotifyUngrab)
            driver_post(handle, WM_FERRY_FOCUS, 0, 0);
        break;
    }
    x11_lock();
}

static void *event_thread(void *unused)
{
    struct pollfd fds[2] = { { .fd = ConnectionNumber(x11_display), .events = POLLIN }, { .fd = wake_fd, .events = POLLIN } };

    for (;;) {
        uint64_t count;
        x11_lock();
        while (XPending(x11_display)) {
            XEvent event;
            XNextEvent(x11_display, &event);
            handle_event(&event);
        }
        x11_unlock();
        poll(fds, 2, -1);
        if (!(fds[1].revents & POLLIN)) continue;
        if (read(wake_fd, &count, sizeof(count)) < 0) continue;
        if (!atomic_load(&x11_dirty)) continue;
        /* what is drawn in the next moment is shown with it */
        poll(fds, 1, 8);
        x11_lock();
        x11_flush_all();
        x11_unlock();
    }
    return NULL;
}

static bool start(void)
{
    pthread_t thread;
    sigset_t all, old;

    XInitThreads();
    x11_display = XOpenDisplay(NULL);
    if (!x11_display) return false;
    XSetErrorHandler(ignore_error);
    XSetIOErrorHandler(io_error);
    XSetIOErrorExitHandler(x11_display, lost, NULL);
    x11_root = DefaultRootWindow(x11_display);
    wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int screen = DefaultScreen(x11_display), width = DisplayWidth(x11_display, screen), height = DisplayHeight(x11_display, screen);
    if (DefaultDepth(x11_display, screen) < 24 || wake_fd < 0) {
        XCloseDisplay(x11_display);
        return false;
    }
    x11_surface_init();
    driver_screen(width, height, DisplayWidthMM(x11_display, screen), DisplayHeightMM(x11_display, screen));
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old); /* signals are for Windows threads */
    bool made = !pthread_create(&thread, NULL, event_thread, NULL);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (made) pthread_detach(thread);
    return made;
}

static void idle(void)
{
    if (!atomic_load(&x11_dirty)) return;
    x11_lock();
    x11_flush_all();
    x11_unlock();
}

static void beep(void)
{
    x11_lock();
    XBell(x11_display, 0);
    XFlush(x11_display);
    x11_unlock();
}

__attribute__((visibility("default"))) const struct driver x11_driver = {
    .name = "x11",
    .start = start,
    .make_surface = x11_make_surface,
    .place = x11_place,
    .destroy = x11_destroy,
    .text = x11_text,
    .owner = x11_owner,
    .icon = x11_icon,
    .activate = x11_activate,
    .shape = x11_shape,
    .cursor = x11_cursor,
    .cursor_image = x11_cursor_image,
    .set_cursor_position = x11_set_cursor_position,
    .capture = x11_capture,
    .idle = idle,
    .key_character = x11_key_character,
    .beep = beep,
};
