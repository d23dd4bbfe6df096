/* Shared memory of the desktop: what any program may know of windows and message queues, read without a request.
 *
 * One memfd, made by the server at the first request for it, mapped by every process that has windows. A record is taken
 * by a compare-and-swap on `owner` and then written by that process only; the server frees those of a dead process.
 * Nobody follows anything here without checking it: a reader compares `handle` before and after.
 */
#ifndef FERRY_DESKTOP_H
#define FERRY_DESKTOP_H

#include <stdatomic.h>
#include <stdint.h>

#define DESKTOP_MAGIC 0x4b534544u
#define DESKTOP_WINDOWS 32768u /* records; number 0 is none */
#define DESKTOP_QUEUES 4096u
#define DESKTOP_ROOT 1u    /* record of the desktop window, the server's */
#define DESKTOP_MESSAGE 2u /* record of the parent of message-only windows, the server's */
#define DESKTOP_FIRST 16u

/* A window handle: generation in the upper half, twice the record's number in the lower. Positive, so that 32-bit and
 * 64-bit programs mean the same one. */
#define HWND_OF(generation, record) ((uint32_t)((generation) & 0x7fff) << 16 | (record) * 2)
#define HWND_RECORD(handle) (((uint32_t)(handle) & 0xffff) / 2)

struct desktop_rect {
    int32_t left, top, right, bottom;
};

#define DESKTOP_CLASS_UNITS 256
#define DESKTOP_TEXT_UNITS 512

struct window_record {
    atomic_uint owner;  /* slot of the process, 0: free */
    atomic_uint handle; /* 0 while it is being made or destroyed */
    atomic_uint sequence; /* odd while the owner writes */
    uint32_t generation;
    uint32_t parent, owner_window; /* handles */
    uint32_t thread, process;      /* ids */
    uint32_t style, ex_style;
    struct desktop_rect window, client; /* relative to the parent's client area */
    uint64_t order;  /* among siblings: higher is nearer to the user */
    uint64_t id;     /* of a child */
    uint64_t instance;
    uint32_t class_atom;
    uint32_t flags;
    uint32_t queue;  /* number of the queue's record */
    uint32_t class_units, text_units;
    uint32_t reserved;
    uint16_t class_name[DESKTOP_CLASS_UNITS];
    uint16_t text[DESKTOP_TEXT_UNITS]; /* the first part of a longer one */
};
_Static_assert(sizeof(struct window_record) <= 2048, "window record");
#define DESKTOP_WINDOW_SIZE 2048u

#define RECORD_UNICODE 1u
#define RECORD_TOPMOST 2u

struct queue_record {
    atomic_uint owner; /* slot of the process, 0: free */
    uint32_t thread;   /* id */
    uint32_t event;    /* arena slot that is set to wake the thread */
    atomic_uint mail;  /* the server holds messages of other processes for it */
    atomic_uint looked; /* milliseconds of CLOCK_MONOTONIC when it last looked for messages */
    atomic_uint idle;  /* it has waited for input once */
    atomic_uint focus, active, capture, menu_owner, move_size, caret;
    uint32_t reserved[4];
};
#define DESKTOP_QUEUE_SIZE 64u
_Static_assert(sizeof(struct queue_record) == DESKTOP_QUEUE_SIZE, "queue record");

struct desktop_header {
    uint32_t magic;
    atomic_uint window_limit, queue_limit; /* records below it have been used at least once */
    atomic_uint foreground; /* handle */
    _Atomic uint64_t order; /* the highest window_record.order given to a window that is not topmost */
    atomic_uint cursor_x, cursor_y;
    atomic_uint clipboard_sequence;
    atomic_uint reserved[8];
    atomic_uchar keys[256]; /* 0x80 down, 0x01 toggled, 0x02 pressed since somebody asked */
};

#define DESKTOP_QUEUES_OFFSET 4096u
#define DESKTOP_WINDOWS_OFFSET (DESKTOP_QUEUES_OFFSET + (uint64_t)DESKTOP_QUEUES * DESKTOP_QUEUE_SIZE)
#define DESKTOP_SIZE (DESKTOP_WINDOWS_OFFSET + (uint64_t)DESKTOP_WINDOWS * DESKTOP_WINDOW_SIZE)

#endif
