/* Named objects: the namespace lies in the server. One request each.
 *
 * `attributes` must have a name. Names are as NT has them: absolute (\BaseNamedObjects\x, \Sessions\1\…) or relative to
 * RootDirectory; symbolic links on the way are followed.
 */
#ifndef HOST_NAMES_H
#define HOST_NAMES_H

#include "ferry/nt.h"
#include "handle.h"

/* Events, mutants, semaphores, timers, …: what lives in the arena. `state`, `flags` and `value` are for a new object;
 * value is the maximum of a semaphore, the recursion of a mutant. With OBJ_OPENIF an existing object of the type is
 * opened: STATUS_OBJECT_NAME_EXISTS. STATUS_OBJECT_NAME_COLLISION, STATUS_OBJECT_TYPE_MISMATCH,
 * STATUS_OBJECT_PATH_NOT_FOUND, STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_PATH_SYNTAX_BAD. */
NTSTATUS name_create_slot(const OBJECT_ATTRIBUTES *attributes, enum object_type type, uint32_t state, uint32_t flags,
                          uint32_t value, ACCESS_MASK access, HANDLE *handle);
NTSTATUS name_open_slot(const OBJECT_ATTRIBUTES *attributes, enum object_type type, ACCESS_MASK access, HANDLE *handle);

/* The same with data, for a symbolic link. */
NTSTATUS name_create_data_slot(const OBJECT_ATTRIBUTES *attributes, enum object_type type, uint32_t state,
                               uint32_t flags, uint32_t value, const void *data, uint32_t size, ACCESS_MASK access,
                               HANDLE *handle);

/* Path, then data, of a name by slot or number, into text[room]. */
NTSTATUS name_query(uint32_t slot, uint32_t name, WCHAR *text, uint32_t room, uint32_t *name_units, uint32_t *data_units);

/* The full name of a named slot: units, 0 if it has none. */
int name_of_slot(uint32_t slot, WCHAR *name, int room);

/* Objects of a process with a name for others, as sections: the server keeps a copy of `fd` and `data` (at most
 * NAME_DATA_MAX bytes) and hands them to whoever opens the name.
 *
 * create: STATUS_SUCCESS: the name is new. STATUS_OBJECT_NAME_EXISTS (OBJ_OPENIF only): it was there; *found is filled.
 * open: *found is filled; found->fd belongs to the caller.
 * *name keeps the name alive: it goes when the last process gave it back with name_release. */
#define NAME_DATA_MAX 512
struct named_object {
    uint32_t name;
    int fd; /* or -1 */
    uint32_t size;
    unsigned char data[NAME_DATA_MAX];
};
NTSTATUS object_name_create(enum object_type type, const OBJECT_ATTRIBUTES *attributes, const void *data, uint32_t size,
                            int fd, struct named_object *found);
NTSTATUS object_name_open(enum object_type type, const OBJECT_ATTRIBUTES *attributes, struct named_object *found);
void object_name_release(uint32_t name);
/* The full path of such a name: units, -1. For object_ops.query_name. */
int object_name_path(uint32_t number, WCHAR *name, int room);

#endif
