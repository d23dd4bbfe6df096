/* The console: requests of kernelbase's console functions to the host, through NtFerryConsole.
 *
 * There is no console process: the terminal of the process is used directly. State (modes, code pages, unread input)
 * is kept per process. Screen coordinates are those of the terminal's window: the screen buffer is as large as it.
 */
#ifndef FERRY_CONSOLE_H
#define FERRY_CONSOLE_H

#include "ferry/nt.h"

enum console_request {
    CONSOLE_QUERY,          /* handle; out: struct console_state */
    CONSOLE_SET_MODE,       /* handle; in: ULONG */
    CONSOLE_SET_CODE_PAGE,  /* no handle; in: struct console_code_pages, 0 leaves one */
    CONSOLE_WRITE,          /* output; in: UTF-16 */
    CONSOLE_READ,           /* input; out: UTF-16, a line or what there is, as the mode says */
    CONSOLE_READ_INPUT,     /* input; in: ULONG flags CONSOLE_READ_*; out: INPUT_RECORD[] */
    CONSOLE_COUNT_INPUT,    /* input; out: ULONG */
    CONSOLE_WRITE_INPUT,    /* input; in: INPUT_RECORD[] */
    CONSOLE_FLUSH_INPUT,    /* input */
    CONSOLE_SET_CURSOR,     /* output; in: COORD */
    CONSOLE_SET_CURSOR_INFO, /* output; in: CONSOLE_CURSOR_INFO */
    CONSOLE_SET_ATTRIBUTES, /* output; in: WORD */
    CONSOLE_FILL,           /* output; in: struct console_fill; information: cells */
    CONSOLE_WRITE_CELLS,    /* output; in: struct console_cells and its CHAR_INFOs */
    CONSOLE_READ_CELLS,     /* output; in: struct console_cells; out: CHAR_INFO[] */
    CONSOLE_SCROLL,         /* output; in: struct console_scroll */
    CONSOLE_SET_TITLE,      /* no handle; in: UTF-16 */
    CONSOLE_ARM_CONTROL,    /* no handle: from now on Ctrl-C and its like are events */
    CONSOLE_WAIT_CONTROL,   /* no handle; out: ULONG, the next CTRL_…_EVENT; blocks */
    CONSOLE_SEND_CONTROL,   /* no handle; in: ULONG event: to the process group of this process */
    CONSOLE_ATTACHED,       /* no handle; STATUS_SUCCESS if the process has a terminal */
    CONSOLE_INPUT_CODE_PAGE, CONSOLE_OUTPUT_CODE_PAGE, /* no handle; out: ULONG */
};

struct console_state {
    ULONG is_input;
    ULONG mode;
    SHORT width, height;
    SHORT cursor_x, cursor_y;
    USHORT attributes;
    USHORT cursor_visible;
    ULONG cursor_size;
};

struct console_code_pages {
    ULONG input, output;
};

#define CONSOLE_READ_PEEK 1   /* leave them in the queue */
#define CONSOLE_READ_NOWAIT 2 /* none is an answer */

struct console_fill {
    COORD at;
    ULONG count;
    WCHAR character;
    USHORT attributes;
    ULONG what; /* 1 character, 2 attributes */
};

struct console_cells {
    SMALL_RECT rectangle; /* inclusive, on the screen */
};

struct console_scroll {
    SMALL_RECT from, clip;
    COORD to;
    CHAR_INFO fill;
};

#endif
