/* Keys: X key codes are evdev's plus 8, whose first 88 are the PC's scan codes; characters come from the X layout. */
#include "queue.h"
#include "x11.h"

#include <X11/XKBlib.h>
#include <X11/keysym.h>

#define EXTENDED 0x100

/* evdev codes from 96 on: scan codes with the 0xe0 prefix. */
static unsigned scan_of(unsigned keycode)
{
    static const unsigned char extended[] = {
        [96] = 0x1c, [97] = 0x1d, [98] = 0x35, [99] = 0x37, [100] = 0x38, [102] = 0x47, [103] = 0x48, [104] = 0x49, [105] = 0x4b,
        [106] = 0x4d, [107] = 0x4f, [108] = 0x50, [109] = 0x51, [110] = 0x52, [111] = 0x53, [125] = 0x5b, [126] = 0x5c, [127] = 0x5d };
    unsigned code = keycode - 8;

    if (keycode < 8) return 0;
    if (code <= 88) return code;
    return code < sizeof(extended) && extended[code] ? extended[code] | EXTENDED : 0;
}

static unsigned keycode_of(unsigned scan, bool is_extended)
{
    for (unsigned keycode = 8; keycode < 256; keycode++)
        if (scan_of(keycode) == (scan | (is_extended ? EXTENDED : 0u))) return keycode;
    return 0;
}

/* The virtual key by position (scan code set 1, US layout). */
static unsigned key_of_scan(unsigned scan)
{
    static const unsigned char keys[] = {
        0, VK_ESCAPE, '1', '2', '3', '4', '5', '6', '7', '8', '9', '0', VK_OEM_MINUS, VK_OEM_PLUS, VK_BACK, VK_TAB,
        'Q', 'W', 'E', 'R', 'T', 'Y', 'U', 'I', 'O', 'P', VK_OEM_4, VK_OEM_6, VK_RETURN, VK_LCONTROL, 'A', 'S',
        'D', 'F', 'G', 'H', 'J', 'K', 'L', VK_OEM_1, VK_OEM_7, VK_OEM_3, VK_LSHIFT, VK_OEM_5, 'Z', 'X', 'C', 'V',
        'B', 'N', 'M', VK_OEM_COMMA, VK_OEM_PERIOD, VK_OEM_2, VK_RSHIFT, VK_MULTIPLY, VK_LMENU, VK_SPACE, VK_CAPITAL, VK_F1, VK_F2, VK_F3, VK_F4, VK_F5,
        VK_F6, VK_F7, VK_F8, VK_F9, VK_F10, VK_NUMLOCK, VK_SCROLL, VK_HOME, VK_UP, VK_PRIOR, VK_SUBTRACT, VK_LEFT, VK_CLEAR, VK_RIGHT, VK_ADD, VK_END,
        VK_DOWN, VK_NEXT, VK_INSERT, VK_DELETE, 0, 0, VK_OEM_102, VK_F11, VK_F12 };
    static const unsigned char extended[] = {
        [0x1c] = VK_RETURN, [0x1d] = VK_RCONTROL, [0x35] = VK_DIVIDE, [0x37] = VK_SNAPSHOT, [0x38] = VK_RMENU, [0x47] = VK_HOME, [0x48] = VK_UP,
        [0x49] = VK_PRIOR, [0x4b] = VK_LEFT, [0x4d] = VK_RIGHT, [0x4f] = VK_END, [0x50] = VK_DOWN, [0x51] = VK_NEXT, [0x52] = VK_INSERT,
        [0x53] = VK_DELETE, [0x5b] = VK_LWIN, [0x5c] = VK_RWIN, [0x5d] = VK_APPS };

    if (scan & EXTENDED) return (scan & 0xff) < sizeof(extended) ? extended[scan & 0xff] : 0;
    return scan < sizeof(keys) ? keys[scan] : 0;
}

void x11_key_event(uint32_t handle, XKeyEvent *event)
{
    unsigned scan = scan_of(event->keycode), key = key_of_scan(scan);

    x11_lock();
    KeySym symbol = XkbKeycodeToKeysym(x11_display, (KeyCode)event->keycode, 0, 0);
    KeySym pad = scan >= 0x47 && scan <= 0x53 ? XLookupKeysym(event, event->state & Mod2Mask ? 1 : 0) : 0;
    x11_unlock();
    /* letters and digits by what the layout has there, as Windows' layouts do */
    if (symbol >= XK_a && symbol <= XK_z) key = (unsigned)(symbol - XK_a) + 'A';
    if (symbol >= XK_0 && symbol <= XK_9) key = (unsigned)(symbol - XK_0) + '0';
    if (pad >= XK_KP_0 && pad <= XK_KP_9) key = (unsigned)(pad - XK_KP_0) + VK_NUMPAD0;
    if (pad == XK_KP_Decimal || pad == XK_KP_Separator) key = VK_DECIMAL;
    if (!key) return;
    input_key(handle, key, scan & 0xff, (scan & EXTENDED ? KEYEVENTF_EXTENDEDKEY : 0u) | (event->type == KeyRelease ? KEYEVENTF_KEYUP : 0u),
              now_milliseconds(), false);
}

uint32_t x11_key_character(unsigned key, unsigned scan, const unsigned char *state)
{
    XKeyEvent event = { .type = KeyPress, .display = x11_display };
    bool control = state[VK_CONTROL] & 0x80, alt = state[VK_MENU] & 0x80;
    char text[16];
    KeySym symbol;

    if (control && !alt) return 0; /* control characters do not depend on the layout */
    event.keycode = keycode_of(scan & 0xff, scan & 0x100);
    if (!event.keycode) return 0;
    if (state[VK_SHIFT] & 0x80) event.state |= ShiftMask;
    if (state[VK_CAPITAL] & 1) event.state |= LockMask;
    if (state[VK_NUMLOCK] & 1) event.state |= Mod2Mask;
    if (state[VK_RMENU] & 0x80) event.state |= Mod5Mask;
    if (key >= VK_NUMPAD0 && key <= VK_NUMPAD9) event.state |= Mod2Mask;
    x11_lock();
    int count = XLookupString(&event, text, sizeof(text), &symbol, NULL);
    x11_unlock();
    if (symbol == XK_Delete || symbol == XK_KP_Delete) return 0x80000000u;
    if (symbol >= 0x01000000 && symbol < 0x01010000) return (uint32_t)(symbol & 0xffff) | 0x80000000u;
    if (symbol >= 0x20 && symbol < 0x100) return (uint32_t)symbol | 0x80000000u;
    if (symbol == XK_EuroSign) return 0x20acu | 0x80000000u;
    if (count == 1 && (unsigned char)text[0] < 0x80) return (unsigned char)text[0] | 0x80000000u;
    return 0x80000000u;
}
