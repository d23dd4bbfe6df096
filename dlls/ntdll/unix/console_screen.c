/* Console output: text and cells to the terminal, with a copy of the screen as far as this process knows it.
 *
 * The cursor is followed through what is written; where that is not certain (the start, unknown escape sequences),
 * the terminal is asked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "console.h"
#include "ferry/codepage.h"
#include "host.h"

static int width = 80, height = 25;
static CHAR_INFO *cells; /* height rows of width, from the first write on; UNKNOWN where only the terminal knows */
static int cursor_x, cursor_y;
static bool cursor_known, wrap_pending;
static enum { PLAIN, ESCAPE, CSI, OSC } state;
static char csi[32];
static unsigned csi_size;

void screen_size(int fd, int *columns, int *rows)
{
    struct winsize size;
    if (!ioctl(fd, TIOCGWINSZ, &size) && size.ws_col && size.ws_row) {
        if (cells && (size.ws_col != width || size.ws_row != height)) {
            free(cells);
            cells = NULL;
            cursor_known = false;
        }
        width = size.ws_col;
        height = size.ws_row;
    }
    *columns = width;
    *rows = height;
}

static void blank(CHAR_INFO *cell, int count, USHORT attributes)
{
    for (int i = 0; i < count; i++) cell[i] = (CHAR_INFO){.Char.UnicodeChar = ' ', .Attributes = attributes};
}

#define UNKNOWN 0 /* a cell's character: what another program, or this one before a change of size, left there */

static bool have_cells(int fd)
{
    int w, h;
    screen_size(fd, &w, &h);
    if (!cells && (cells = malloc(sizeof(CHAR_INFO) * w * h)))
        for (int i = 0; i < w * h; i++) cells[i] = (CHAR_INFO){.Char.UnicodeChar = UNKNOWN, .Attributes = 7};
    return cells != NULL;
}

static void scroll_up(void)
{
    if (!cells) return;
    memmove(cells, cells + width, sizeof(CHAR_INFO) * width * (height - 1));
    blank(cells + width * (height - 1), width, console.attributes);
}

static void line_feed(void)
{
    if (cursor_y < height - 1) cursor_y++;
    else scroll_up();
}

static void finish_csi(char final)
{
    int p[2] = {0}, n = 0;
    for (unsigned i = 0; i < csi_size; i++) {
        if (csi[i] >= '0' && csi[i] <= '9') p[n] = p[n] * 10 + csi[i] - '0';
        else if (csi[i] == ';' && n < 1) n++;
        else if (csi[i] != ';') return; /* private: modes, which do not move the cursor */
    }
    int by = p[0] ? p[0] : 1;
    wrap_pending = false;
    switch (final) {
    case 'm': case 'n': case 'q': break;
    case 'A': cursor_y = cursor_y > by ? cursor_y - by : 0; break;
    case 'B': cursor_y = cursor_y + by < height ? cursor_y + by : height - 1; break;
    case 'C': cursor_x = cursor_x + by < width ? cursor_x + by : width - 1; break;
    case 'D': cursor_x = cursor_x > by ? cursor_x - by : 0; break;
    case 'G': cursor_x = by - 1 < width ? by - 1 : width - 1; break;
    case 'd': cursor_y = by - 1 < height ? by - 1 : height - 1; break;
    case 'H': case 'f':
        cursor_y = by - 1 < height ? by - 1 : height - 1;
        cursor_x = p[1] ? (p[1] <= width ? p[1] - 1 : width - 1) : 0;
        cursor_known = true;
        break;
    case 'J':
        if (!cells) break;
        if (p[0] >= 2) blank(cells, width * height, console.attributes);
        else if (p[0] == 0) blank(cells + cursor_y * width + cursor_x, width * height - cursor_y * width - cursor_x, console.attributes);
        else blank(cells, cursor_y * width + cursor_x + 1, console.attributes);
        break;
    case 'K':
        if (!cells) break;
        if (p[0] == 0) blank(cells + cursor_y * width + cursor_x, width - cursor_x, console.attributes);
        else if (p[0] == 1) blank(cells + cursor_y * width, cursor_x + 1, console.attributes);
        else blank(cells + cursor_y * width, width, console.attributes);
        break;
    default: cursor_known = false;
    }
}

/* Cells that a character takes on a terminal, roughly: 2 for East Asian wide ones. */
static int columns_of(WCHAR c)
{
    if (c < 0x300) return 1;
    if (c < 0x370 || c == 0x200b || c == 0x200d || (c >= 0xfe00 && c <= 0xfe0f) || (c & 0xfc00) == 0xdc00) return 0;
    if ((c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
        (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff01 && c <= 0xff60) ||
        (c >= 0xffe0 && c <= 0xffe6) || (c & 0xfc00) == 0xd800)
        return 2;
    return 1;
}

static void follow(WCHAR c)
{
    if (state == ESCAPE) {
        state = c == '[' ? CSI : c == ']' ? OSC : PLAIN;
        csi_size = 0;
        if (state == PLAIN && c != '7' && c != '=' && c != '>' && c != '(' && c != '\\') cursor_known = false;
        return;
    }
    if (state == CSI) {
        if (c >= 0x40 && c < 0x7f) {
            finish_csi((char)c);
            state = PLAIN;
        } else if (csi_size < sizeof(csi)) csi[csi_size++] = (char)c;
        return;
    }
    if (state == OSC) {
        if (c == 7) state = PLAIN;
        else if (c == 27) state = ESCAPE;
        return;
    }
    switch (c) {
    case 27: state = ESCAPE; return;
    case '\r': cursor_x = 0; wrap_pending = false; return;
    case '\n': /* the terminal's driver returns the carriage as well */
        cursor_x = 0;
        wrap_pending = false;
        line_feed();
        return;
    case '\b':
        if (cursor_x) cursor_x--;
        wrap_pending = false;
        return;
    case '\t': cursor_x = (cursor_x / 8 + 1) * 8 < width ? (cursor_x / 8 + 1) * 8 : width - 1; return;
    }
    if (c < 0x20 || c == 0x7f) return;
    int columns = columns_of(c);
    if (!columns) return;
    if (wrap_pending || cursor_x + columns > width) {
        cursor_x = 0;
        line_feed();
    }
    wrap_pending = false;
    if (cells) cells[cursor_y * width + cursor_x] = (CHAR_INFO){.Char.UnicodeChar = c, .Attributes = console.attributes};
    cursor_x += columns;
    if (cursor_x >= width) {
        cursor_x = width - 1;
        wrap_pending = true;
    }
}

NTSTATUS screen_write(int fd, const WCHAR *text, size_t count)
{
    bool escapes = console.output_mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING;
    NTSTATUS status = STATUS_SUCCESS;

    for (size_t done = 0; done < count && !status;) {
        WCHAR part[512];
        char bytes[512 * 3];
        size_t units = count - done < 512 ? count - done : 512;
        if (units < count - done && (text[done + units - 1] & 0xfc00) == 0xd800) units--;
        memcpy(part, text + done, units * sizeof(WCHAR));
        pthread_mutex_lock(&console_lock);
        if (!cells) have_cells(fd);
        for (size_t i = 0; i < units; i++) {
            if (part[i] == 27 && !escapes) part[i] = 0x2190; /* shown as its glyph */
            follow(part[i]);
        }
        pthread_mutex_unlock(&console_lock);
        size_t size = utf8_encode(bytes, sizeof(bytes), part, units, NULL, NULL);
        status = terminal_write(fd, bytes, size);
        done += units;
    }
    return status;
}

void screen_cursor(int fd, int *x, int *y)
{
    pthread_mutex_lock(&console_lock);
    if (!cursor_known && terminal_cursor(&cursor_x, &cursor_y)) {
        cursor_known = true;
        wrap_pending = false;
    }
    *x = cursor_x;
    *y = cursor_y;
    pthread_mutex_unlock(&console_lock);
}

static int move_sequence(char *to, int x, int y)
{
    return sprintf(to, "\033[%d;%dH", y + 1, x + 1);
}

NTSTATUS screen_move(int fd, int x, int y)
{
    char text[32];
    int w, h;

    screen_size(fd, &w, &h);
    if (x < 0 || y < 0 || x >= w || y >= h) return STATUS_INVALID_PARAMETER;
    cursor_x = x;
    cursor_y = y;
    cursor_known = true;
    wrap_pending = false;
    return terminal_write(fd, text, move_sequence(text, x, y));
}

/* SGR of console attributes. White on black is the terminal's own colours. */
static int attribute_sequence(char *to, USHORT attributes)
{
    static const int ansi[8] = {0, 4, 2, 6, 1, 5, 3, 7};
    int size = sprintf(to, "\033[0");
    if ((attributes & 0xff) != 7) {
        size += sprintf(to + size, ";%d", (attributes & FOREGROUND_INTENSITY ? 90 : 30) + ansi[attributes & 7]);
        if (attributes & 0xf0)
            size += sprintf(to + size, ";%d", (attributes & BACKGROUND_INTENSITY ? 100 : 40) + ansi[attributes >> 4 & 7]);
    }
    if (attributes & COMMON_LVB_REVERSE_VIDEO) size += sprintf(to + size, ";7");
    if (attributes & COMMON_LVB_UNDERSCORE) size += sprintf(to + size, ";4");
    to[size++] = 'm';
    return size;
}

NTSTATUS screen_attributes(int fd, USHORT attributes)
{
    char text[64];
    console.attributes = attributes;
    return terminal_write(fd, text, attribute_sequence(text, attributes));
}

/* Shows cells [from, to) of the copy, then puts colours and cursor back. */
static NTSTATUS show(int fd, int from, int to)
{
    size_t room = (size_t)(to - from) * 32 + 256, size;
    char *text = malloc(room);
    int last = -1, x, y;
    NTSTATUS status;

    if (!text) return STATUS_NO_MEMORY;
    screen_cursor(fd, &x, &y);
    size = sprintf(text, "\033[?25l");
    for (int i = from; i < to; i++) {
        WCHAR c = cells[i].Char.UnicodeChar;
        if (i == from || i % width == 0) size += move_sequence(text + size, i % width, i / width);
        if (cells[i].Attributes & COMMON_LVB_TRAILING_BYTE) continue;
        if (c == UNKNOWN) {
            size += move_sequence(text + size, (i + 1) % width, (i + 1) / width);
            continue;
        }
        if (cells[i].Attributes != last) size += attribute_sequence(text + size, last = cells[i].Attributes);
        if (c < 0x20) c = ' ';
        size += utf8_encode(text + size, 4, &c, 1, NULL, NULL);
        if (size + 128 > room) break;
    }
    size += attribute_sequence(text + size, console.attributes);
    size += move_sequence(text + size, x, y);
    if (console.cursor_visible) size += sprintf(text + size, "\033[?25h");
    status = terminal_write(fd, text, size);
    free(text);
    return status;
}

NTSTATUS screen_fill(int fd, const struct console_fill *request, ULONG *done)
{
    struct console_fill fill = *request;
    int from, count;

    if (!have_cells(fd)) return STATUS_NO_MEMORY;
    if (fill.at.X < 0 || fill.at.Y < 0 || fill.at.X >= width || fill.at.Y >= height) return STATUS_INVALID_PARAMETER;
    from = fill.at.Y * width + fill.at.X;
    count = width * height - from;
    if ((ULONG)count > fill.count) count = (int)fill.count;
    for (int i = from; i < from + count; i++) {
        if (fill.what & 1) cells[i].Char.UnicodeChar = fill.character;
        if (fill.what & 2) cells[i].Attributes = fill.attributes;
    }
    *done = count;
    return count ? show(fd, from, from + count) : STATUS_SUCCESS;
}

static bool clip(SMALL_RECT *rectangle)
{
    if (rectangle->Left < 0 || rectangle->Top < 0) return false;
    if (rectangle->Right >= width) rectangle->Right = width - 1;
    if (rectangle->Bottom >= height) rectangle->Bottom = height - 1;
    return rectangle->Left <= rectangle->Right && rectangle->Top <= rectangle->Bottom;
}

/* `from` holds the rectangle as asked for, row by row. */
NTSTATUS screen_write_cells(int fd, const SMALL_RECT *request, const CHAR_INFO *from)
{
    SMALL_RECT rectangle = *request;
    int columns = rectangle.Right - rectangle.Left + 1;
    NTSTATUS status = STATUS_SUCCESS;

    if (!have_cells(fd)) return STATUS_NO_MEMORY;
    if (!clip(&rectangle)) return STATUS_SUCCESS;
    for (int y = rectangle.Top; y <= rectangle.Bottom && !status; y++) {
        int at = y * width + rectangle.Left, count = rectangle.Right - rectangle.Left + 1;
        memcpy(cells + at, from + (y - rectangle.Top) * columns, count * sizeof(CHAR_INFO));
        status = show(fd, at, at + count);
    }
    return status;
}

NTSTATUS screen_read_cells(int fd, const SMALL_RECT *request, CHAR_INFO *to)
{
    SMALL_RECT rectangle = *request;
    int columns = rectangle.Right - rectangle.Left + 1;

    if (!have_cells(fd)) return STATUS_NO_MEMORY;
    if (!clip(&rectangle)) return STATUS_INVALID_PARAMETER;
    for (int y = rectangle.Top; y <= rectangle.Bottom; y++)
        for (int x = rectangle.Left; x <= rectangle.Right; x++) {
            CHAR_INFO cell = cells[y * width + x];
            if (cell.Char.UnicodeChar == UNKNOWN) cell.Char.UnicodeChar = ' ';
            to[(y - rectangle.Top) * columns + x - rectangle.Left] = cell;
        }
    return STATUS_SUCCESS;
}

NTSTATUS screen_scroll(int fd, const struct console_scroll *request)
{
    struct console_scroll scroll = *request;
    CHAR_INFO *before;

    if (!have_cells(fd)) return STATUS_NO_MEMORY;
    if (!(before = malloc(sizeof(CHAR_INFO) * width * height))) return STATUS_NO_MEMORY;
    memcpy(before, cells, sizeof(CHAR_INFO) * width * height);
    if (!clip(&scroll.clip) || !clip(&scroll.from)) {
        free(before);
        return STATUS_SUCCESS;
    }
    int dx = scroll.to.X - scroll.from.Left, dy = scroll.to.Y - scroll.from.Top;
    for (int y = scroll.clip.Top; y <= scroll.clip.Bottom; y++)
        for (int x = scroll.clip.Left; x <= scroll.clip.Right; x++) {
            int from_x = x - dx, from_y = y - dy;
            if (from_x >= scroll.from.Left && from_x <= scroll.from.Right && from_y >= scroll.from.Top && from_y <= scroll.from.Bottom)
                cells[y * width + x] = before[from_y * width + from_x];
            else if (x >= scroll.from.Left && x <= scroll.from.Right && y >= scroll.from.Top && y <= scroll.from.Bottom)
                cells[y * width + x] = scroll.fill;
        }
    /* row by row, what changed */
    NTSTATUS status = STATUS_SUCCESS;
    for (int y = scroll.clip.Top; y <= scroll.clip.Bottom && !status; y++) {
        int first = y * width + scroll.clip.Left, last = y * width + scroll.clip.Right;
        while (first <= last && !memcmp(cells + first, before + first, sizeof(*cells))) first++;
        while (last >= first && !memcmp(cells + last, before + last, sizeof(*cells))) last--;
        if (first <= last) status = show(fd, first, last + 1);
    }
    free(before);
    return status;
}
