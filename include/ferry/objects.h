/* Shared memory of a prefix session: the object arena and the handle tables.
 *
 * One memfd, made by the server, mapped by every process. The server trusts nothing in it that a client can write.
 */
#ifndef FERRY_OBJECTS_H
#define FERRY_OBJECTS_H

#include <stdint.h>

enum object_type {
    OBJECT_ANY = 0,
    OBJECT_EVENT,
    OBJECT_MUTANT,
    OBJECT_SEMAPHORE,
    OBJECT_TIMER,
    OBJECT_THREAD,
    OBJECT_PROCESS,
    OBJECT_JOB,
    OBJECT_IO_COMPLETION,
    OBJECT_WAIT_PACKET,
    OBJECT_KEYED_EVENT,
    OBJECT_FILE,
    OBJECT_SECTION,
    OBJECT_KEY,
    OBJECT_DIRECTORY,
    OBJECT_SYMBOLIC_LINK,
    OBJECT_TOKEN,
    OBJECT_TYPE_COUNT
};

#endif
