/* What a process tells a child it starts: a memfd, named to the child by `ferry --child FD`.
 *
 * The handle table of the child, in the arena, is already filled by the parent for what lives in slots; handles of local
 * objects (files, sections, keys) are listed here, with file descriptors that the child has under the same numbers.
 * All offsets are from the start of the header, in bytes.
 */
#ifndef FERRY_STARTUP_H
#define FERRY_STARTUP_H

#include <stdint.h>

#define STARTUP_MAGIC 0x53595246u
#define STARTUP_VERSION 1u

#define STARTUP_SUSPENDED 1u      /* the first thread starts suspended */
#define STARTUP_NEW_GROUP 2u      /* a process group of its own: Ctrl-C is disabled */
#define STARTUP_NO_CONSOLE 4u     /* DETACHED_PROCESS */
#define STARTUP_NEW_CONSOLE 8u

struct startup_handle {
    uint32_t handle;
    uint32_t type; /* enum object_type */
    uint32_t access;
    uint32_t attributes;
    int32_t fd; /* or -1 */
    uint32_t data_offset;
    uint32_t data_size;
};

struct startup {
    uint32_t magic;
    uint32_t version;
    uint32_t size; /* of everything */
    uint32_t flags;
    uint64_t token;           /* for the server */
    uint32_t process_slot;
    uint32_t thread_slot;     /* of the first thread, made by the parent */
    uint32_t parent_id;
    uint32_t program_offset;  /* Unix path, UTF-8, NUL-terminated */
    uint32_t image_offset;    /* NT path, UTF-16 */
    uint32_t image_units;
    uint32_t parameters_offset; /* FERRY_PROCESS_PARAMETERS, its strings as offsets from itself (not normalised) */
    uint32_t parameters_size;
    uint32_t environment_offset; /* UTF-16 block */
    uint32_t environment_size;   /* bytes */
    uint32_t handle_offset;
    uint32_t handle_count;
    uint32_t prefix_offset; /* Unix path of the prefix, UTF-8, NUL-terminated */
    uint32_t reserved;
};

#endif
