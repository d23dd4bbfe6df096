/* The terminal of the process (console.c, console_input.c, console_screen.c). Everything under console_lock unless
 * said otherwise. */
#ifndef HOST_CONSOLE_H
#define HOST_CONSOLE_H

#include <pthread.h>
#include "ferry/console.h"
#include "file.h"

struct console {
    ULONG input_mode, output_mode;
    ULONG input_codepage, output_codepage;
    USHORT attributes;
    bool cursor_visible;
    ULONG cursor_size;
    char partial[4]; /* start of a multi-byte character, from the last write of bytes */
    unsigned partial_size;
};
extern struct console console;
extern pthread_mutex_t console_lock;

enum terminal_state { TERMINAL_AS_FOUND, TERMINAL_LINE, TERMINAL_RAW };

/* Puts the terminal `fd` into a state; remembers how it was for console_restore. */
void terminal_set(int fd, enum terminal_state state, bool echo, bool signals);
/* Asks the terminal for its mouse, as SGR sequences (xterm's modes 1003 and 1006), or gives it back. */
void terminal_mouse(bool on);
/* As the terminal was before the program: at exit, also from a signal handler. */
void console_restore(void);

bool console_is_input(const struct file *file);
/* UTF-8 to the terminal, whole. Blocks; no lock needed. */
NTSTATUS terminal_write(int fd, const char *text, size_t size);

/* console_input.c */
NTSTATUS console_read_text(struct file *file, WCHAR *to, ULONG room, ULONG *units);
NTSTATUS console_read_records(struct file *file, ULONG flags, INPUT_RECORD *to, ULONG room, ULONG *count);
NTSTATUS console_write_records(const INPUT_RECORD *from, ULONG count);
void console_flush_input(int fd);
/* Reads what the terminal has without waiting. False at the end of file. */
bool console_collect(int fd);
/* Is there input that a read would return at once? */
bool console_has_input(void);
/* Cursor position as the terminal reports it, from 0. False if it does not answer. */
bool terminal_cursor(int *x, int *y);

/* console_watch.c: input handles are signalled while there is unread input. */
void console_watch(struct file *file);      /* takes the lock */
void console_forget(struct file *file);     /* takes the lock; the file goes */
void console_input_changed(void);           /* after the queue grew or shrank */
void console_reader(int change);            /* +1, -1: a read is about to wait for the terminal itself */

/* console_screen.c: a copy of what is on the screen, as far as this process wrote it */
void screen_size(int fd, int *width, int *height);
NTSTATUS screen_write(int fd, const WCHAR *text, size_t count);
void screen_cursor(int fd, int *x, int *y);
NTSTATUS screen_move(int fd, int x, int y);
NTSTATUS screen_attributes(int fd, USHORT attributes);
NTSTATUS screen_fill(int fd, const struct console_fill *fill, ULONG *done);
NTSTATUS screen_write_cells(int fd, const SMALL_RECT *rectangle, const CHAR_INFO *cells);
NTSTATUS screen_read_cells(int fd, const SMALL_RECT *rectangle, CHAR_INFO *cells);
NTSTATUS screen_scroll(int fd, const struct console_scroll *scroll);

#endif
