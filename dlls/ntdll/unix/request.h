/* One I/O request: where its result goes, who hears of its end, and how it waits (io.c, asyncio.c). */
#ifndef HOST_REQUEST_H
#define HOST_REQUEST_H

#include "file.h"

enum request_type { REQUEST_READ, REQUEST_WRITE, REQUEST_FLUSH, REQUEST_IOCTL, REQUEST_FSCTL, REQUEST_LOCK, REQUEST_NOTIFY };

struct request {
    struct file *file; /* referenced while the request is pending */
    enum request_type type;
    /* as the system call was told */
    IO_STATUS_BLOCK *iosb;
    HANDLE event_handle;
    uint32_t event_slot; /* 0: none */
    uint32_t event_tag;
    void *apc_routine;
    void *apc_context;
    /* what to do */
    ULONG code;          /* control code */
    void *buffer;        /* read and write; output buffer of a control */
    ULONG length;        /* bytes */
    const void *input;   /* input buffer of a control */
    ULONG input_length;
    LONGLONG offset;     /* FILE_OFFSET_* or >= 0 */
    ULONG key;
    void *data;          /* the operation's own; given to `cleanup`, or free() without one, when the request ends */
    void (*cleanup)(void *data);
    bool blocks;         /* the caller's thread waits, even on an asynchronous file (blocking sockets) */
    ULONG timeout;       /* then: milliseconds, 0 for ever; STATUS_IO_TIMEOUT */
    ULONG done;          /* bytes moved so far */
    /* result */
    ULONG_PTR information;
    /* while it waits, under the lock of asyncio.c */
    int fd;
    short events;        /* POLLIN, POLLOUT */
    NTSTATUS (*attempt)(struct request *request); /* STATUS_PENDING: not yet, perhaps with another `fd` or other `events`
                                                   * to wait for. Must not block, nor fault. */
    uint32_t thread_slot; /* of the thread that made it */
    uint32_t thread_id;
    bool cancelled;
    NTSTATUS result;
    struct request *next;          /* with the same fd */
    struct request *next_of_file;
};

#define FILE_OFFSET_CURRENT (-2ll)
#define FILE_OFFSET_END (-1ll)

/* Looks up the event and resets it, and marks the file busy. */
NTSTATUS request_start(struct request *request);
/* Reports the end of a request that was carried out at once; returns what the system call returns. */
NTSTATUS request_finish(struct request *request, NTSTATUS status);
/* The parts of a report: from any thread. */
void request_report(struct request *request, NTSTATUS status, bool at_once);

/* For operations that cannot go on: `attempt` is called when `fd` is ready for `events`. On a synchronous file this
 * blocks and returns the final status; else a copy of the request is kept and STATUS_PENDING returned. */
NTSTATUS request_wait(struct request *request, int fd, short events, NTSTATUS (*attempt)(struct request *request));
/* Whether an earlier request waits for the same, so that a new one must not overtake it. */
bool request_queued(int fd, short events);
/* Ends pending requests of a file with `status`: all, or those that `match` picks. How many there were. */
unsigned request_cancel_file(struct file *file, NTSTATUS status,
                             bool (*match)(const struct request *request, const void *context),
                             const void *context);
/* Ends those that block threads, with STATUS_CANCELLED, and waits until the threads know. */
unsigned request_cancel_blocked(struct file *file);
/* No request may wait on `fd` any more: it is about to be closed. They are tried once more and else end with
 * `status`. */
void request_fd_closing(int fd, NTSTATUS status);

/* What the pending request of `file` that has `data` waits for from now on, perhaps nothing; false if there is none.
 * (`attempt` itself just sets request->events.) */
bool request_set_events(struct file *file, const void *data, short events);

struct thread;
/* The thread ends, and what it waits for in a synchronous request with it. */
void io_thread_exit(struct thread *thread);

#endif
