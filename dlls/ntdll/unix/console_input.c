/* Console input: lines by the terminal's own editing, or keys as INPUT_RECORDs translated from its escape sequences. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include "console.h"
#include "host.h"
#include "wait.h"

#define QUEUE_SIZE 1024
static INPUT_RECORD queue[QUEUE_SIZE];
static unsigned queue_count;

static char bytes[512]; /* read from the terminal and not yet understood */
static unsigned byte_count;

static void push(const INPUT_RECORD *record)
{
    if (queue_count < QUEUE_SIZE) queue[queue_count++] = *record;
}

static void push_key(WCHAR c, WORD key, WORD scan, DWORD state)
{
    INPUT_RECORD record = {.EventType = KEY_EVENT};
    record.Event.KeyEvent = (KEY_EVENT_RECORD){.bKeyDown = TRUE, .wRepeatCount = 1, .wVirtualKeyCode = key,
                                               .wVirtualScanCode = scan, .uChar.UnicodeChar = c, .dwControlKeyState = state};
    push(&record);
    record.Event.KeyEvent.bKeyDown = FALSE;
    push(&record);
}

/* Scan codes of the US keyboard, set 1, for A to Z and 0 to 9. */
static WORD scan_of(WORD key)
{
    static const BYTE letters[] = {0x1e, 0x30, 0x2e, 0x20, 0x12, 0x21, 0x22, 0x23, 0x17, 0x24, 0x25, 0x26, 0x32,
                                   0x31, 0x18, 0x19, 0x10, 0x13, 0x1f, 0x14, 0x16, 0x2f, 0x11, 0x2d, 0x15, 0x2c};
    if (key >= 'A' && key <= 'Z') return letters[key - 'A'];
    if (key >= '1' && key <= '9') return 2 + key - '1';
    switch (key) {
    case '0': return 0x0b;
    case VK_SPACE: return 0x39;
    case VK_RETURN: return 0x1c;
    case VK_BACK: return 0x0e;
    case VK_TAB: return 0x0f;
    case VK_ESCAPE: return 0x01;
    }
    return 0;
}

static void push_character(unsigned c, DWORD state)
{
    static const char shifted[] = ")!@#$%^&*(";
    static const struct {
        char plain, shift;
        BYTE key, scan;
    } signs[] = {{';', ':', VK_OEM_1, 0x27}, {'=', '+', VK_OEM_PLUS, 0x0d}, {',', '<', VK_OEM_COMMA, 0x33},
                 {'-', '_', VK_OEM_MINUS, 0x0c}, {'.', '>', VK_OEM_PERIOD, 0x34}, {'/', '?', VK_OEM_2, 0x35},
                 {'`', '~', VK_OEM_3, 0x29}, {'[', '{', VK_OEM_4, 0x1a}, {'\\', '|', VK_OEM_5, 0x2b},
                 {']', '}', VK_OEM_6, 0x1b}, {'\'', '"', VK_OEM_7, 0x28}};
    WORD key = 0, scan = 0;

    if (c >= 0x10000) { /* as two key events */
        push_key(0xd7c0 + (c >> 10), 0, 0, state);
        push_key(0xdc00 | (c & 0x3ff), 0, 0, state);
        return;
    }
    if (c == '\r' || c == '\n') key = VK_RETURN, state |= c == '\n' ? LEFT_CTRL_PRESSED : 0;
    else if (c == '\t') key = VK_TAB;
    else if (c == 0x7f) key = VK_BACK, c = 8;
    else if (c == 8) key = VK_BACK, c = 0x7f, state |= LEFT_CTRL_PRESSED;
    else if (c == 27) key = VK_ESCAPE;
    else if (c == ' ') key = VK_SPACE;
    else if (c == 0) key = '2', state |= LEFT_CTRL_PRESSED;
    else if (c < 27) key = 'A' + c - 1, state |= LEFT_CTRL_PRESSED;
    else if (c >= 'a' && c <= 'z') key = c - 32;
    else if (c >= 'A' && c <= 'Z') key = c, state |= SHIFT_PRESSED;
    else if (c >= '0' && c <= '9') key = c;
    else if (c < 0x80) {
        const char *sign = strchr(shifted, c);
        if (sign && *sign) key = '0' + (sign - shifted), state |= SHIFT_PRESSED;
        for (unsigned i = 0; i < sizeof(signs) / sizeof(signs[0]) && !key; i++)
            if (c == (unsigned char)signs[i].plain || c == (unsigned char)signs[i].shift) {
                key = signs[i].key;
                scan = signs[i].scan;
                if (c == (unsigned char)signs[i].shift) state |= SHIFT_PRESSED;
            }
    }
    push_key(c, key, scan ? scan : scan_of(key), state);
}

/* xterm's modifier parameter: 1 + shift 1, alt 2, control 4. */
static DWORD modifiers(int parameter)
{
    DWORD state = 0;
    if (parameter < 2) return 0;
    parameter--;
    if (parameter & 1) state |= SHIFT_PRESSED;
    if (parameter & 2) state |= LEFT_ALT_PRESSED;
    if (parameter & 4) state |= LEFT_CTRL_PRESSED;
    return state;
}

static void push_special(WORD key, WORD scan, DWORD state)
{
    bool enhanced = key >= VK_PRIOR && key <= VK_DELETE;
    push_key(0, key, scan, state | (enhanced ? ENHANCED_KEY : 0));
}

static void push_mouse(int button, int x, int y, bool released)
{
    static DWORD pressed;
    INPUT_RECORD record = {.EventType = MOUSE_EVENT};
    MOUSE_EVENT_RECORD *mouse = &record.Event.MouseEvent;
    static const DWORD bits[] = {FROM_LEFT_1ST_BUTTON_PRESSED, FROM_LEFT_2ND_BUTTON_PRESSED, RIGHTMOST_BUTTON_PRESSED};

    mouse->dwMousePosition = (COORD){x - 1, y - 1};
    if (button & 4) mouse->dwControlKeyState |= SHIFT_PRESSED;
    if (button & 8) mouse->dwControlKeyState |= LEFT_ALT_PRESSED;
    if (button & 16) mouse->dwControlKeyState |= LEFT_CTRL_PRESSED;
    if (button & 64) {
        mouse->dwEventFlags = MOUSE_WHEELED;
        mouse->dwButtonState = pressed | (button & 1 ? 0xff880000 : 0x00780000);
    } else {
        if (button & 32) mouse->dwEventFlags = MOUSE_MOVED;
        else if ((button & 3) < 3) pressed = released ? pressed & ~bits[button & 3] : pressed | bits[button & 3];
        mouse->dwButtonState = pressed;
    }
    push(&record);
}

/* An escape sequence at the start of `bytes`: its length, 0 if more is to come, -1 if it is none. */
static int parse_escape(void)
{
    int parameters[4] = {0}, count = 0;
    unsigned at = 2;
    bool less = false;

    if (byte_count < 2) return 0;
    if (bytes[1] == 'O') { /* SS3: F1 to F4, application cursor keys */
        static const char keys[] = "PQRSABCDHF";
        static const BYTE codes[] = {VK_F1, VK_F2, VK_F3, VK_F4, VK_UP, VK_DOWN, VK_RIGHT, VK_LEFT, VK_HOME, VK_END};
        static const BYTE scans[] = {0x3b, 0x3c, 0x3d, 0x3e, 0x48, 0x50, 0x4d, 0x4b, 0x47, 0x4f};
        if (byte_count < 3) return 0;
        const char *key = strchr(keys, bytes[2]);
        if (!key || !bytes[2]) return -1;
        push_special(codes[key - keys], scans[key - keys], 0);
        return 3;
    }
    if (bytes[1] != '[') return -1;
    if (at < byte_count && bytes[at] == '<') less = true, at++;
    for (;; at++) {
        if (at >= byte_count) return 0;
        if (bytes[at] >= '0' && bytes[at] <= '9') {
            if (count < 4 && parameters[count] < 10000) parameters[count] = parameters[count] * 10 + bytes[at] - '0';
        } else if (bytes[at] == ';') {
            if (count < 3) count++;
        } else break;
    }
    DWORD state = modifiers(parameters[1]);
    switch (bytes[at]) {
    case 'A': push_special(VK_UP, 0x48, state); break;
    case 'B': push_special(VK_DOWN, 0x50, state); break;
    case 'C': push_special(VK_RIGHT, 0x4d, state); break;
    case 'D': push_special(VK_LEFT, 0x4b, state); break;
    case 'H': push_special(VK_HOME, 0x47, state); break;
    case 'F': push_special(VK_END, 0x4f, state); break;
    case 'P': case 'Q': case 'R': case 'S':
        push_special(VK_F1 + bytes[at] - 'P', 0x3b + bytes[at] - 'P', state);
        break;
    case 'Z': push_key('\t', VK_TAB, 0x0f, SHIFT_PRESSED); break;
    case 'M': case 'm':
        if (less) push_mouse(parameters[0], parameters[1], parameters[2], bytes[at] == 'm');
        break;
    case '~': {
        static const struct {
            BYTE number, key, scan;
        } keys[] = {{1, VK_HOME, 0x47}, {2, VK_INSERT, 0x52}, {3, VK_DELETE, 0x53}, {4, VK_END, 0x4f}, {5, VK_PRIOR, 0x49},
                    {6, VK_NEXT, 0x51}, {7, VK_HOME, 0x47}, {8, VK_END, 0x4f}, {11, VK_F1, 0x3b}, {12, VK_F2, 0x3c},
                    {13, VK_F3, 0x3d}, {14, VK_F4, 0x3e}, {15, VK_F5, 0x3f}, {17, VK_F6, 0x40}, {18, VK_F7, 0x41},
                    {19, VK_F8, 0x42}, {20, VK_F9, 0x43}, {21, VK_F10, 0x44}, {23, VK_F11, 0x57}, {24, VK_F12, 0x58}};
        for (unsigned i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
            if (keys[i].number == parameters[0]) push_special(keys[i].key, keys[i].scan, state);
        break;
    }
    }
    return (int)at + 1;
}

/* Turns `bytes` into records. `final`: an escape at the end is the key. */
static void understand(bool final)
{
    while (byte_count) {
        int used;
        if (console.input_mode & ENABLE_VIRTUAL_TERMINAL_INPUT) { /* sequences stay text */
            push_key((unsigned char)bytes[0], 0, 0, 0);
            used = 1;
            if (bytes[0] & 0x80) queue_count -= 2;
        } else used = 0;
        if (bytes[0] == 27 && !used) {
            used = parse_escape();
            if (!used && !final) return;
            if (used <= 0) {
                used = 1;
                if (byte_count > 1 && bytes[1] != 27 && bytes[1] != '[') { /* Alt and a key */
                    push_character((unsigned char)bytes[1], LEFT_ALT_PRESSED);
                    used = 2;
                } else push_character(27, 0);
            }
        } else if (!used || bytes[0] & 0x80) {
            WCHAR units[2];
            unsigned char first = bytes[0];
            used = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
            if ((unsigned)used > byte_count && !final) return;
            if ((unsigned)used > byte_count) used = byte_count;
            int count = utf16_from_utf8(units, 2, bytes, used);
            if (count == 2) push_character(0x10000 + ((units[0] & 0x3ff) << 10) + (units[1] & 0x3ff), 0);
            else if (count == 1) push_character(units[0], 0);
        }
        byte_count -= used;
        memmove(bytes, bytes + used, byte_count);
    }
}

static bool ready(int fd, int milliseconds)
{
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    return poll(&poller, 1, milliseconds) > 0;
}

bool console_collect(int fd)
{
    while (ready(fd, 0)) {
        ssize_t got = read(fd, bytes + byte_count, sizeof(bytes) - byte_count);
        if (got <= 0) return got < 0 && errno == EAGAIN;
        byte_count += got;
        understand(false);
        if (byte_count && !ready(fd, 30)) understand(true);
    }
    if (byte_count) understand(true);
    return true;
}

static WCHAR left[4200]; /* of a line that was read, in part */
static ULONG left_count;

bool console_has_input(void)
{
    return queue_count || left_count;
}

static void check_resize(int fd)
{
    static struct winsize last;
    struct winsize now;
    if (ioctl(fd, TIOCGWINSZ, &now)) return;
    if (last.ws_col && (last.ws_col != now.ws_col || last.ws_row != now.ws_row) && console.input_mode & ENABLE_WINDOW_INPUT) {
        INPUT_RECORD record = {.EventType = WINDOW_BUFFER_SIZE_EVENT};
        record.Event.WindowBufferSizeEvent.dwSize = (COORD){now.ws_col, now.ws_row};
        push(&record);
    }
    last = now;
}

NTSTATUS console_read_records(struct file *file, ULONG flags, INPUT_RECORD *to, ULONG room, ULONG *count)
{
    int fd = file->object.fd;
    INPUT_RECORD copy[64];
    NTSTATUS status;

    if (!to) room = room > 0 ? QUEUE_SIZE : 0;
    for (;;) {
        pthread_mutex_lock(&console_lock);
        terminal_set(fd, TERMINAL_RAW, false, console.input_mode & ENABLE_PROCESSED_INPUT);
        terminal_mouse((console.input_mode & (ENABLE_MOUSE_INPUT | ENABLE_QUICK_EDIT_MODE)) == ENABLE_MOUSE_INPUT);
        bool open = console_collect(fd);
        check_resize(fd);
        if (queue_count || flags & CONSOLE_READ_NOWAIT) break;
        if (open) console_reader(1);
        pthread_mutex_unlock(&console_lock);
        if (!open) return STATUS_END_OF_FILE;
        LARGE_INTEGER second = {.QuadPart = -10000000}; /* to notice a resize */
        status = wait_fd(fd, POLLIN, false, &second);
        pthread_mutex_lock(&console_lock);
        console_reader(-1);
        pthread_mutex_unlock(&console_lock);
        if (status && status != STATUS_TIMEOUT) return status;
    }
    ULONG part = queue_count < room ? queue_count : room;
    if (to && part > sizeof(copy) / sizeof(copy[0])) part = sizeof(copy) / sizeof(copy[0]);
    if (to) memcpy(copy, queue, part * sizeof(copy[0]));
    if (!(flags & CONSOLE_READ_PEEK)) {
        queue_count -= part;
        memmove(queue, queue + part, queue_count * sizeof(queue[0]));
    }
    console_input_changed();
    pthread_mutex_unlock(&console_lock);
    if (to) memcpy(to, copy, part * sizeof(copy[0]));
    *count = part;
    return STATUS_SUCCESS;
}

NTSTATUS console_write_records(const INPUT_RECORD *from, ULONG count)
{
    for (ULONG i = 0; i < count; i++) {
        INPUT_RECORD record = from[i];
        pthread_mutex_lock(&console_lock);
        push(&record);
        console_input_changed();
        pthread_mutex_unlock(&console_lock);
    }
    return STATUS_SUCCESS;
}

void console_flush_input(int fd)
{
    pthread_mutex_lock(&console_lock);
    tcflush(fd, TCIFLUSH);
    byte_count = queue_count = left_count = 0;
    console_input_changed();
    pthread_mutex_unlock(&console_lock);
}

/* Keys that became records before anyone asked for a line belong to it: they are echoed now. True if they end it. */
static bool take_typed_ahead(int fd)
{
    bool ended = false;

    for (unsigned i = 0; i < queue_count && !ended && left_count < 4096; i++) {
        const KEY_EVENT_RECORD *key = &queue[i].Event.KeyEvent;
        WCHAR c = queue[i].EventType == KEY_EVENT && key->bKeyDown ? key->uChar.UnicodeChar : 0;
        char echo[8];
        if (!c || c == 8) continue;
        left[left_count++] = c;
        if (c == '\r') {
            if (console.input_mode & ENABLE_PROCESSED_INPUT) left[left_count++] = '\n';
            ended = true;
        }
        if (console.input_mode & ENABLE_ECHO_INPUT)
            terminal_write(isatty(1) ? 1 : fd, echo, ended ? (memcpy(echo, "\r\n", 2), 2) : utf8_from_utf16(echo, 8, &c, 1));
    }
    queue_count = 0;
    return ended;
}

/* A line as typed, with CR LF at its end; or without ENABLE_LINE_INPUT at least one character. */
NTSTATUS console_read_text(struct file *file, WCHAR *to, ULONG room, ULONG *units)
{
    WCHAR copy[4200];
    int fd = file->object.fd;
    NTSTATUS status;

    *units = 0;
    if (!room) return STATUS_SUCCESS;
    if (!(console.input_mode & ENABLE_LINE_INPUT)) {
        while (!*units) {
            INPUT_RECORD record;
            ULONG got;
            status = console_read_records(file, 0, &record, 1, &got);
            if (status == STATUS_END_OF_FILE) return STATUS_SUCCESS;
            if (status) return status;
            const KEY_EVENT_RECORD *key = &record.Event.KeyEvent;
            if (record.EventType == KEY_EVENT && key->bKeyDown && (key->uChar.UnicodeChar || key->wVirtualKeyCode == '2'))
                to[(*units)++] = key->uChar.UnicodeChar;
        }
        return STATUS_SUCCESS;
    }
    while (!left_count) {
        char line[4096];
        pthread_mutex_lock(&console_lock);
        bool whole = take_typed_ahead(fd);
        terminal_mouse(false);
        terminal_set(fd, TERMINAL_LINE, console.input_mode & ENABLE_ECHO_INPUT, console.input_mode & ENABLE_PROCESSED_INPUT);
        if (!whole) console_reader(1);
        pthread_mutex_unlock(&console_lock);
        if (whole) break;
        status = wait_fd(fd, POLLIN, false, NULL);
        ssize_t got = status ? 0 : read(fd, line, sizeof(line));
        pthread_mutex_lock(&console_lock);
        console_reader(-1);
        pthread_mutex_unlock(&console_lock);
        if (status) return status;
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got <= 0) return STATUS_SUCCESS; /* end of file: nothing read */
        int count = utf16_from_utf8(copy, 4096, line, got);
        if (count < 0) return STATUS_INVALID_PARAMETER;
        pthread_mutex_lock(&console_lock);
        for (int i = 0; i < count; i++) {
            if (copy[i] == '\n' && console.input_mode & ENABLE_PROCESSED_INPUT) left[left_count++] = '\r';
            left[left_count++] = copy[i];
        }
        pthread_mutex_unlock(&console_lock);
    }
    pthread_mutex_lock(&console_lock);
    ULONG part = left_count < room ? left_count : room;
    memcpy(copy, left, part * sizeof(WCHAR));
    left_count -= part;
    memmove(left, left + part, left_count * sizeof(WCHAR));
    console_input_changed();
    pthread_mutex_unlock(&console_lock);
    memcpy(to, copy, part * sizeof(WCHAR));
    *units = part;
    return STATUS_SUCCESS;
}

/* Device status report: ESC [ 6 n is answered by ESC [ row ; column R. Other input that arrives meanwhile is kept. */
bool terminal_cursor(int *x, int *y)
{
    struct termios before, raw;
    char answer[256];
    unsigned size = 0;
    bool found = false;

    if (!isatty(0) || !isatty(1) || tcgetattr(0, &before)) return false;
    raw = before;
    raw.c_lflag &= ~(ICANON | ECHO);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    tcsetattr(0, TCSADRAIN, &raw);
    if (write(1, "\033[6n", 4) == 4) {
        while (!found && size < sizeof(answer) - 1 && ready(0, 300)) {
            ssize_t got = read(0, answer + size, sizeof(answer) - 1 - size);
            if (got <= 0) break;
            size += got;
            for (unsigned start = 0; start < size && !found; start++) {
                int row = 0, column = 0;
                unsigned at = start + 2;
                if (answer[start] != 27 || start + 1 >= size || answer[start + 1] != '[') continue;
                while (at < size && answer[at] >= '0' && answer[at] <= '9') row = row * 10 + answer[at++] - '0';
                if (at >= size || answer[at] != ';') continue;
                for (at++; at < size && answer[at] >= '0' && answer[at] <= '9'; at++) column = column * 10 + answer[at] - '0';
                if (at >= size || answer[at] != 'R') continue;
                *x = column - 1;
                *y = row - 1;
                found = true;
                size -= at + 1 - start;
                memmove(answer + start, answer + at + 1, size - start);
            }
        }
        if (size && byte_count + size <= sizeof(bytes)) {
            memcpy(bytes + byte_count, answer, size);
            byte_count += size;
        }
    }
    tcsetattr(0, TCSADRAIN, &before);
    return found;
}
