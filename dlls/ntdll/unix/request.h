/* One I/O request: where its result goes, and who hears of its end (io.c). */
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
    /* result */
    ULONG_PTR information;
};

#define FILE_OFFSET_CURRENT (-2ll)
#define FILE_OFFSET_END (-1ll)

/* Looks up the event and resets it, and marks the file busy. */
NTSTATUS request_start(struct request *request);
/* Reports the end of a request that was carried out at once; returns what the system call returns. */
NTSTATUS request_finish(struct request *request, NTSTATUS status);

#endif
