/* What one process asks of another: memory, threads and handles of that one, served there by its agent thread.
 *
 * A connection is a SOCK_SEQPACKET pair; the server hands one end to the other process (process_connect). A message is its
 * structure and `size - sizeof(structure)` bytes that belong to it; at most one file descriptor comes with a reply.
 */
#ifndef FERRY_REMOTE_H
#define FERRY_REMOTE_H

#include <stdint.h>

#define REMOTE_DATA_MAX 0x10000u /* bytes behind a structure */

enum remote_kind {
    /* Memory. Arguments as the system calls have them; replies have what those write. */
    REMOTE_ALLOCATE,   /* base, size, type, protect, zero bits → base, size */
    REMOTE_FREE,       /* base, size, type → base, size */
    REMOTE_PROTECT,    /* base, size, protect → base, size, old protection */
    REMOTE_QUERY,      /* address, class, length; data: the buffer as it was → returned; data */
    REMOTE_MAP,        /* section (its handle there), base, zero bits, commit, offset, size, inherit, type, protect → base, size */
    REMOTE_UNMAP,      /* base, flags */
    REMOTE_FLUSH,      /* base, size → base, size */
    REMOTE_LOCK,       /* base, size, type → base, size */
    REMOTE_UNLOCK,     /* base, size, type → base, size */
    /* Threads: the first argument is the thread's slot. */
    REMOTE_CREATE_THREAD, /* start, argument, flags, stack, maximum stack → slot (with a reference), tag, TEB */
    REMOTE_TERMINATE,     /* slot, status */
    REMOTE_SUSPEND,       /* slot → previous count */
    REMOTE_RESUME,        /* slot → previous count */
    REMOTE_GET_CONTEXT,   /* slot; data: CONTEXT → data */
    REMOTE_SET_CONTEXT,   /* slot; data: CONTEXT */
    REMOTE_QUEUE_APC,     /* slot, routine, three arguments */
    REMOTE_ALERT,         /* slot */
    REMOTE_QUERY_THREAD,  /* slot, class, length → returned; data */
    REMOTE_SET_THREAD,    /* slot, class; data */
    REMOTE_SUSPEND_ALL,
    REMOTE_RESUME_ALL,
    /* A local object that goes to the asking process. */
    REMOTE_TAKE_HANDLE, /* handle, whether it is closed there → type, access, attributes; data and descriptor of save() */
    REMOTE_COUNT
};

struct remote_request {
    uint32_t kind;
    uint32_t size; /* of all */
    uint64_t arguments[9];
};

struct remote_reply {
    int32_t status;
    uint32_t size;
    uint64_t results[3];
};

#endif
