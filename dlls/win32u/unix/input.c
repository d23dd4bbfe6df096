/* Input: what comes from the keyboard and the mouse (or SendInput), who gets it, and the state of the keys. */
#include "driver.h"

#include <stdlib.h>
#include <string.h>
#include "queue.h"
#include "thread.h"
#include "ferry/win32u_table.h"

#define INPUT_MAX 2000u

static uint32_t next_number = 1;

static void add_input(struct queue *queue, const struct input *given)
{
    struct input *input, *last = queue->last_input;

    /* Movements follow each other so fast that only the newest is wanted. */
    if (given->kind == INPUT_MOUSE_MESSAGE && given->message.message == WM_MOUSEMOVE && last &&
        last->kind == INPUT_MOUSE_MESSAGE && last->message.message == WM_MOUSEMOVE) {
        last->message = given->message;
        last->number = next_number++;
        queue_wake(queue, QS_MOUSEMOVE);
        return;
    }
    input = malloc(sizeof(*input));
    if (!input) return;
    *input = *given;
    input->next = NULL;
    input->number = next_number++;
    if (last) last->next = input;
    else queue->first_input = input;
    queue->last_input = input;
    queue_wake(queue, input->kind == INPUT_KEY_MESSAGE ? QS_KEY : input->message.message == WM_MOUSEMOVE ? QS_MOUSEMOVE : QS_MOUSEBUTTON);
}

/* The queue that input goes to: of the window it came to, or the foreground one; the capture is user32's part. */
static struct queue *input_queue(uint32_t handle, bool mouse)
{
    struct window *window = handle ? window_find(handle) : NULL;
    struct queue *queue;

    if (mouse) { /* a thread of this process that captured the mouse gets it all */
        for (queue = queues_first(); queue; queue = queue->next)
            if (queue->capture && window_find(queue->capture)) return queue;
    }
    if (window) return window->queue;
    window = window_find(atomic_load(&desktop()->foreground));
    return window ? window->queue : NULL;
}

static void set_key(unsigned key, bool down)
{
    uint8_t state = atomic_load(&desktop()->keys[key & 0xff]);

    if (down && !(state & 0x80)) state ^= 1;
    state = (uint8_t)(down ? state | 0x82 : state & ~0x80);
    atomic_store(&desktop()->keys[key & 0xff], state);
}

static void mouse_key(unsigned message, uint32_t data)
{
    switch (message) {
    case WM_LBUTTONDOWN: set_key(VK_LBUTTON, true); break;
    case WM_LBUTTONUP: set_key(VK_LBUTTON, false); break;
    case WM_RBUTTONDOWN: set_key(VK_RBUTTON, true); break;
    case WM_RBUTTONUP: set_key(VK_RBUTTON, false); break;
    case WM_MBUTTONDOWN: set_key(VK_MBUTTON, true); break;
    case WM_MBUTTONUP: set_key(VK_MBUTTON, false); break;
    case WM_XBUTTONDOWN: set_key(data >> 16 == XBUTTON2 ? VK_XBUTTON2 : VK_XBUTTON1, true); break;
    case WM_XBUTTONUP: set_key(data >> 16 == XBUTTON2 ? VK_XBUTTON2 : VK_XBUTTON1, false); break;
    }
}

void input_mouse(uint32_t window, unsigned message, int x, int y, uint32_t data, uint32_t time, bool injected)
{
    struct input input = { .kind = INPUT_MOUSE_MESSAGE, .injected = injected };

    atomic_store(&desktop()->cursor_x, (unsigned)x);
    atomic_store(&desktop()->cursor_y, (unsigned)y);
    mouse_key(message, data);
    input.message = (struct user_message){ .window = window, .message = message, .wparam = data, .time = time, .x = x, .y = y };
    user_lock();
    struct queue *queue = input_queue(window, true);
    if (queue) add_input(queue, &input);
    user_unlock();
}

static unsigned without_side(unsigned key)
{
    switch (key) {
    case VK_LSHIFT: case VK_RSHIFT: return VK_SHIFT;
    case VK_LCONTROL: case VK_RCONTROL: return VK_CONTROL;
    case VK_LMENU: case VK_RMENU: return VK_MENU;
    }
    return key;
}

/* flags: KEYEVENTF_KEYUP, KEYEVENTF_EXTENDEDKEY, KEYEVENTF_UNICODE (scan_code is the character). */
void input_key(uint32_t window, unsigned key, unsigned scan_code, unsigned flags, uint32_t time, bool injected)
{
    struct input input = { .kind = INPUT_KEY_MESSAGE, .injected = injected };
    bool up = flags & KEYEVENTF_KEYUP;
    static const unsigned char pairs[3][3] = { { VK_SHIFT, VK_LSHIFT, VK_RSHIFT }, { VK_CONTROL, VK_LCONTROL, VK_RCONTROL },
                                               { VK_MENU, VK_LMENU, VK_RMENU } };

    if (key == VK_SHIFT) key = (scan_code & 0xff) == 0x36 ? VK_RSHIFT : VK_LSHIFT;
    if (key == VK_CONTROL) key = flags & KEYEVENTF_EXTENDEDKEY ? VK_RCONTROL : VK_LCONTROL;
    if (key == VK_MENU) key = flags & KEYEVENTF_EXTENDEDKEY ? VK_RMENU : VK_LMENU;
    bool was_down = atomic_load(&desktop()->keys[key & 0xff]) & 0x80;
    set_key(key, !up);
    for (int i = 0; i < 3; i++) {
        if (without_side(key) != pairs[i][0]) continue;
        bool down = (atomic_load(&desktop()->keys[pairs[i][1]]) | atomic_load(&desktop()->keys[pairs[i][2]])) & 0x80;
        if (down != !!(atomic_load(&desktop()->keys[pairs[i][0]]) & 0x80)) set_key(pairs[i][0], down);
    }
    bool alt = atomic_load(&desktop()->keys[VK_MENU]) & 0x80, control = atomic_load(&desktop()->keys[VK_CONTROL]) & 0x80;
    bool system = (alt && !control) || (without_side(key) == VK_MENU && !control) || key == VK_F10;
    if (key == VK_PACKET) system = false;
    uint32_t lparam = 1 | (key == VK_PACKET ? 0 : (scan_code & 0xff) << 16) | (flags & KEYEVENTF_EXTENDEDKEY ? 1u << 24 : 0) |
                      (system && alt ? 1u << 29 : 0) | (was_down ? 1u << 30 : 0) | (up ? 1u << 31 | 1u << 30 : 0);
    uint32_t wparam = key == VK_PACKET ? VK_PACKET | scan_code << 16 : without_side(key) | key << 16;
    input.message = (struct user_message){ .window = window, .wparam = wparam, .lparam = lparam, .time = time,
                                           .message = system ? up ? WM_SYSKEYUP : WM_SYSKEYDOWN : up ? WM_KEYUP : WM_KEYDOWN,
                                           .x = (int)desktop()->cursor_x, .y = (int)desktop()->cursor_y };
    user_lock();
    struct queue *queue = input_queue(window, false);
    if (queue) add_input(queue, &input);
    user_unlock();
}

/* user32 made a message of it, or it goes to nobody: it is taken out, and the thread's key state follows. */
NTSTATUS sys_NtUserTakeInput(ULONG64 Number)
{
    struct queue *queue = queue_mine();

    if (!queue) return STATUS_NO_MEMORY;
    user_lock();
    for (struct input **at = &queue->first_input, *before = NULL; *at; before = *at, at = &(*at)->next) {
        struct input *input = *at;
        if (input->number != Number) continue;
        *at = input->next;
        if (queue->last_input == input) queue->last_input = before;
        if (input->kind == INPUT_KEY_MESSAGE) {
            bool down = !(input->message.lparam >> 31 & 1);
            unsigned keys[2] = { input->message.wparam & 0xff, (unsigned)(input->message.wparam >> 16 & 0xff) };
            for (int i = 0; i < (keys[0] == keys[1] ? 1 : 2) && keys[0] != VK_PACKET; i++) {
                unsigned char *state = &queue->keys[keys[i]];
                if (down && !(*state & 0x80)) *state ^= 1;
                *state = (unsigned char)(down ? *state | 0x80 : *state & ~0x80);
            }
        } else {
            static const struct { unsigned down, up, key; } buttons[] = {
                { WM_LBUTTONDOWN, WM_LBUTTONUP, VK_LBUTTON }, { WM_RBUTTONDOWN, WM_RBUTTONUP, VK_RBUTTON },
                { WM_MBUTTONDOWN, WM_MBUTTONUP, VK_MBUTTON } };
            for (unsigned i = 0; i < ARRAYSIZE(buttons); i++) {
                unsigned char *state = &queue->keys[buttons[i].key];
                if (input->message.message == buttons[i].down) *state = (unsigned char)((*state ^ 1) | 0x80);
                if (input->message.message == buttons[i].up) *state &= (unsigned char)~0x80;
            }
        }
        free(input);
        break;
    }
    queue_update_bits(queue);
    user_unlock();
    return STATUS_SUCCESS;
}

/* ---- state ---- */

void input_window_gone(struct window *window)
{
    struct queue *queue = window->queue;
    uint32_t handle = window->handle, none = handle;

    if (queue->focus == handle) queue->focus = 0;
    if (queue->active == handle) queue->active = 0;
    if (queue->capture == handle) queue->capture = 0;
    if (queue->caret == handle) queue->caret = 0;
    if (queue->menu_owner == handle) queue->menu_owner = 0;
    if (queue->move_size == handle) queue->move_size = 0;
    atomic_compare_exchange_strong(&queue->record->focus, &none, 0);
    none = handle;
    atomic_compare_exchange_strong(&queue->record->active, &none, 0);
    none = handle;
    atomic_compare_exchange_strong(&queue->record->capture, &none, 0);
    none = handle;
    atomic_compare_exchange_strong(&desktop()->foreground, &none, 0);
}

/* Focus, active, capture and their like of the calling thread: STATE_* of user.h. Old becomes what it was. */
NTSTATUS sys_NtUserSetState(ULONG Which, HWND Window, HWND *Old)
{
    struct queue *queue = queue_mine();
    uint32_t handle = (uint32_t)(uintptr_t)Window, old = 0, *field = NULL;
    atomic_uint *shared = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (!queue) return STATUS_NO_MEMORY;
    user_lock();
    struct window *window = Window ? window_of(Window) : NULL;
    switch (Which) {
    case STATE_FOCUS: field = &queue->focus, shared = &queue->record->focus; break;
    case STATE_ACTIVE: field = &queue->active, shared = &queue->record->active; break;
    case STATE_CAPTURE: field = &queue->capture, shared = &queue->record->capture; break;
    case STATE_MENU: field = &queue->menu_owner, shared = &queue->record->menu_owner; break;
    case STATE_MOVE_SIZE: field = &queue->move_size, shared = &queue->record->move_size; break;
    case STATE_CARET: field = &queue->caret, shared = &queue->record->caret; break;
    case STATE_CURSOR: old = queue->cursor, queue->cursor = handle; break;
    case STATE_CURSOR_COUNT: old = (uint32_t)queue->cursor_count, queue->cursor_count += (int32_t)handle; break;
    case STATE_FOREGROUND:
        old = atomic_exchange(&desktop()->foreground, handle);
        if (window && window_is_top_level(window) && window->driver && driver()->activate) driver()->activate(window);
        break;
    case STATE_FOREGROUND_TOLD: old = atomic_exchange(&desktop()->foreground, handle); break;
    default: status = STATUS_INVALID_PARAMETER;
    }
    if (field && Window && (!window || window->queue != queue)) status = STATUS_BAD_WINDOW;
    else if (field) {
        old = *field;
        *field = handle;
        atomic_store(shared, handle);
        if (Which == STATE_CAPTURE && driver()->capture) driver()->capture(window ? window_top_level(window) : NULL);
    }
    if ((Which == STATE_CURSOR || Which == STATE_CURSOR_COUNT) && driver()->cursor) {
        struct window *top = window_find(queue->active);
        driver()->cursor(top, queue->cursor_count < 0 ? 0 : queue->cursor);
    }
    user_unlock();
    if (!status) *Old = hwnd_of(old);
    return status;
}

NTSTATUS sys_NtUserSetCaretRect(const RECT *Rectangle)
{
    struct queue *queue = queue_mine();
    RECT rect = *Rectangle;

    if (!queue) return STATUS_NO_MEMORY;
    user_lock();
    queue->caret_rect = rect;
    user_unlock();
    return STATUS_SUCCESS;
}

/* The calling thread's key state, 256 bytes; Set replaces it. Async: the real one, and the "pressed" bits are cleared. */
NTSTATUS sys_NtUserKeyState(BOOLEAN Set, BOOLEAN *Keys)
{
    struct queue *queue = queue_mine();
    unsigned char keys[256];

    if (!queue) return STATUS_NO_MEMORY;
    if (Set) memcpy(keys, Keys, sizeof(keys));
    user_lock();
    if (Set) memcpy(queue->keys, keys, sizeof(keys));
    else memcpy(keys, queue->keys, sizeof(keys));
    user_unlock();
    if (!Set) memcpy(Keys, keys, sizeof(keys));
    return STATUS_SUCCESS;
}

/* GetKeyState (Async FALSE), GetAsyncKeyState: bit 7 down, 0 toggled; of the second bit 0 is "pressed since it was asked". */
ULONG sys_NtUserKey(ULONG Key, BOOLEAN Async)
{
    struct queue *queue = queue_mine();
    ULONG state;

    if (!queue || Key > 255) return 0;
    if (!Async) return queue->keys[Key];
    driver();
    state = atomic_fetch_and(&desktop()->keys[Key], (unsigned char)~2);
    return (state & 0x80) | (state & 2 ? 1 : 0);
}

NTSTATUS sys_NtUserCursorPosition(BOOLEAN Set, POINT *Position)
{
    POINT at = { 0, 0 };

    if (Set) at = *Position;
    if (!desktop_init()) return STATUS_NO_MEMORY;
    driver();
    if (Set) {
        uint32_t under = (uint32_t)(uintptr_t)sys_NtUserWindowAt(at.x, at.y);
        user_lock();
        if (driver()->set_cursor_position) driver()->set_cursor_position(at.x, at.y);
        user_unlock();
        input_mouse(under, WM_MOUSEMOVE, at.x, at.y, 0, now_milliseconds(), true);
        return STATUS_SUCCESS;
    }
    at.x = (int)atomic_load(&desktop()->cursor_x);
    at.y = (int)atomic_load(&desktop()->cursor_y);
    *Position = at;
    return STATUS_SUCCESS;
}

/* One event of SendInput, already checked: a key or a mouse message at a place of the screen. */
NTSTATUS sys_NtUserInject(ULONG Kind, ULONG Message, ULONG Data, LONG X, LONG Y, ULONG Flags, ULONG Time)
{
    if (!desktop_init()) return STATUS_NO_MEMORY;
    driver();
    if (!Time) Time = now_milliseconds();
    if (Kind == INPUT_KEY_MESSAGE) {
        input_key(0, Message, Data, Flags, Time, true);
        return STATUS_SUCCESS;
    }
    HWND under = sys_NtUserWindowAt(X, Y);
    if (Message == WM_MOUSEMOVE) {
        user_lock();
        if (driver()->set_cursor_position) driver()->set_cursor_position(X, Y);
        user_unlock();
    }
    input_mouse((uint32_t)(uintptr_t)under, Message, X, Y, Data, Time, true);
    return STATUS_SUCCESS;
}

/* The rectangle of the screen, and whether it is shown to anybody. */
NTSTATUS sys_NtUserScreen(RECT *Screen, BOOL *Shown)
{
    if (!desktop_init()) return STATUS_NO_MEMORY;
    bool shown = driver() != &headless_driver;
    const struct desktop_rect *rect = &desktop_window(DESKTOP_ROOT)->window;
    RECT screen = { rect->left, rect->top, rect->right, rect->bottom };
    *Screen = screen;
    *Shown = shown;
    return STATUS_SUCCESS;
}

/* What a key gives by the desktop's keyboard layout, as driver.key_character; 0: ask the built-in layout. */
ULONG sys_NtUserKeyCharacter(ULONG Key, ULONG Scan, const BOOLEAN *State)
{
    unsigned char state[256];

    memcpy(state, State, sizeof(state));
    return driver()->key_character ? driver()->key_character(Key, Scan, state) : 0;
}
