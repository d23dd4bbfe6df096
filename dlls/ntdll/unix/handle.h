/* Handles of this process and what they refer to.
 *
 * A handle is an index (times 4) into a table that lies in shared memory, so that the server, and later a parent,
 * can read it. An entry names an arena slot (object.h) for what can be waited on, and, for what lives in this
 * process (files, sections, keys), a local object with the file descriptor.
 */
#ifndef HOST_HANDLE_H
#define HOST_HANDLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "api.h"
#include "ferry/nt.h"
#include "ferry/objects.h"

struct object;

struct object_ops {
    enum object_type type;
    const char *type_name;   /* "File", "Section": NtQueryObject */
    GENERIC_MAPPING mapping; /* what GENERIC_READ … mean for it */
    void (*last_handle)(struct object *object); /* this process's last handle was closed; may be NULL */
    void (*destroy)(struct object *object);     /* last reference went; closes fd, frees */
    /* How the object goes to another process (inheritance, NtDuplicateObject), beside its fd. save writes at most
     * `room` bytes and returns the bytes, or -1 if it cannot go; restore makes the object from them and from `fd`,
     * which it takes over. NULL: handles of this type stay in their process. */
    int (*save)(struct object *object, void *data, int room);
    NTSTATUS (*restore)(const void *data, int size, int fd, struct object **object);
    /* NT name for NtQueryObject into `name` (room in units), without terminator: units, or -1 if it has none. If it
     * does not fit, nothing is written. NULL: no names. */
    int (*query_name)(struct object *object, WCHAR *name, int room);
    /* The object is about to be waited on and has no slot: gives it one if its state can change. NULL: always signalled,
     * unless object_set_signalled said otherwise. */
    void (*watch)(struct object *object);
};

/* Makes `ops->restore` known for its type. Before threads are started. */
void object_register_type(const struct object_ops *ops);

/* Embedded first in struct file, struct section, struct key, … */
struct object {
    const struct object_ops *ops;
    atomic_uint references;
    atomic_uint handles;
    uint32_t slot; /* arena slot that tells waiters its state, 0 if none yet */
    int fd;        /* or -1 */
};

void object_init(struct object *object, const struct object_ops *ops, int fd); /* one reference, the caller's */
void object_retain(struct object *object);
void object_release(struct object *object);

/* New handle for a local object (takes its own reference) or, with object NULL, for an arena slot (takes over the
 * caller's slot reference). `access` may hold generic bits. attributes: OBJ_INHERIT. */
NTSTATUS handle_create(struct object *object, enum object_type type, uint32_t slot, ACCESS_MASK access,
                       ULONG attributes, HANDLE *handle);

/* The local object behind a handle, with a reference for the caller. STATUS_INVALID_HANDLE,
 * STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_DENIED. `granted` may be NULL. */
NTSTATUS handle_object(HANDLE handle, enum object_type type, ACCESS_MASK access, struct object **object,
                       ACCESS_MASK *granted);

/* The arena slot behind a handle, for what lives there. No request, no lock: a few loads. */
HOST_API NTSTATUS handle_slot(HANDLE handle, enum object_type type, ACCESS_MASK access, uint32_t *slot);

/* Any type, the entry as it is. */
struct handle_info {
    enum object_type type;
    ACCESS_MASK access;
    ULONG attributes; /* OBJ_INHERIT, OBJ_PROTECT_CLOSE */
    uint32_t slot;
    struct object *object; /* borrowed, valid while the handle is open */
};
NTSTATUS handle_query(HANDLE handle, struct handle_info *info);

/* Gives the local object a waitable slot (made on first use) and sets or clears its state: the File object of an
 * asynchronous request. */
NTSTATUS object_set_signalled(struct object *object, bool signalled);

/* Start-up: maps the arena (the server's, or a private one), makes the handle table and the process object. Before any
 * other function of this header; prefix and library path must be known. */
void objects_init(void);

/* Id of this process (multiple of 4). */
HOST_API uint32_t object_process_id(void);

#endif
