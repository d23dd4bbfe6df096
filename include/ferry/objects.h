/* Shared memory of a prefix session: object slots, process blocks and handle tables.
 *
 * One memfd, made by the server, mapped by every process. The server trusts nothing in it that a client can write:
 * every index is checked, nothing is followed without a bound. Layout, all offsets in bytes:
 *
 *   0                       struct arena_header, in the place of the first ARENA_FIRST_SLOT slots
 *   64 * n                  slot n
 *   ARENA_PROCESS_OFFSET + ARENA_PROCESS_SIZE * p   block of process p, followed by its handle table
 *
 * The file is sparse: what is not used costs nothing.
 */
#ifndef FERRY_OBJECTS_H
#define FERRY_OBJECTS_H

#include <stdatomic.h>
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

#define ARENA_MAGIC 0x41525946u
#define ARENA_VERSION 1u
#define ARENA_FIRST_SLOT 64u
#define ARENA_SLOTS (1u << 20)
#define ARENA_PROCESSES 1024u
#define ARENA_PROCESS_OFFSET ((uint64_t)ARENA_SLOTS * 64)
#define ARENA_PROCESS_SIZE (8ull << 20)
#define ARENA_SIZE (ARENA_PROCESS_OFFSET + ARENA_PROCESSES * ARENA_PROCESS_SIZE)

struct arena_header {
    uint32_t magic;
    uint32_t version;
    uint64_t epoch;         /* of the server that made it, random */
    atomic_uint slot_limit; /* slots below it have been granted at least once */
    atomic_uint process_limit;
};

/* A slot's state is one 64-bit word. The lower half is the state proper and the futex; the upper half is the tag:
 * type and generation, so that an operation through a stale handle fails in its compare-and-swap. A wait for all
 * of several objects locks each for a moment: then the tag holds SLOT_LOCKED, the type and the locking thread.
 *
 *   event         bit 0 signalled, bit 1 a pulse may be taken by one waiter, bits 2.. count of pulses
 *   mutant        id of the owning thread, or 0; bit 0: abandoned and free
 *   semaphore     count
 *   timer         changes with every NtSetTimer and NtCancelTimer
 *   port          packets queued
 *   thread, process, job, file, …: bit 0 signalled
 */
#define SLOT_LOCKED 0x80000000u
#define SLOT_TAG(type, generation) ((uint32_t)(type) << 24 | ((generation)&0xffffffu))
#define SLOT_TAG_TYPE(tag) ((tag) >> 24 & 0x7f)

#define STATE_SIGNALLED 1u
#define EVENT_PULSE_TICKET 2u
#define EVENT_PULSE_COUNT 4u
#define MUTANT_ABANDONED 1u

/* slot.waiters counts blocked threads: 1 for each that waits for this object alone, WAITER_MULTIPLE for one that may
 * be woken and yet not take the object. Too high is harmless (a needless wake), too low never happens. */
#define WAITER_SINGLE 1u
#define WAITER_MULTIPLE 0x10000u

#define SLOT_MANUAL_RESET 1u /* slot.flags: notification event or timer */
#define SLOT_SHARED 4u       /* another process may have a reference; set before it gets one */
#define SLOT_TOLD_SERVER 2u  /* the server knows it: a name, a job; it is told of the last reference's end */

/* timer.due: 100 ns units of CLOCK_MONOTONIC, or with this bit of system time (since 1601) */
#define TIMER_SYSTEM_TIME (1ull << 63)
#define TIMER_NEVER 0ull

struct slot {
    _Atomic uint64_t state;
    atomic_uint waiters;
    atomic_uint references; /* handles, in all processes, and the server's */
    uint32_t tag;           /* the tag while unlocked */
    atomic_uint owner;      /* slot of the process that made it or, of a free slot, has it to give */
    uint32_t name;          /* the server's number of its name, 0 if it has none */
    uint32_t flags;
    union {
        uint32_t next_free;
        struct {
            uint32_t recursion;
        } mutant;
        struct {
            uint32_t maximum;
        } semaphore;
        struct {
            _Atomic uint64_t due;
            _Atomic uint64_t period; /* 100 ns units, 0 once */
        } timer;
        struct {
            atomic_uint alert; /* NtAlertThreadByThreadId: ALERT_* */
            int32_t unix_id;   /* Linux thread id */
            uint64_t create_time; /* system time */
            uint64_t exit_time;
            int32_t exit_status; /* STATUS_PENDING while it runs */
            atomic_uint gate; /* suspend count of the one thread that a Linux program has */
        } thread;
        struct {
            uint32_t index;    /* of its block */
            int32_t unix_id;   /* Linux process id */
            uint64_t create_time;
            uint64_t exit_time;
            int32_t exit_status;
            uint32_t parent;   /* process id of the parent */
        } process;
    };
};
_Static_assert(sizeof(struct slot) == 64, "slot");

#define ALERT_NONE 0u
#define ALERT_SET 1u
#define ALERT_WAITING 2u

/* Process and thread ids are their slots' numbers times four. */
#define ID_OF_SLOT(slot) ((slot)*4)
#define SLOT_OF_ID(id) ((uint32_t)((id) / 4))

/* An entry of a handle table; the handle is its index times 4. */
struct handle_entry {
    _Atomic uint64_t rights; /* granted access << 32 | HANDLE_PHASE_* | attributes << 8 | type; 0: free */
    _Atomic uint64_t target; /* tag << 32 | slot; slot 0: a local object that has none */
    int32_t fd;              /* of a local object in its process, or -1 */
    uint32_t reserved;
    uint64_t import;         /* the server's number of an object that another process put here */
};
_Static_assert(sizeof(struct handle_entry) == 32, "handle entry");

#define HANDLE_TYPE(rights) ((unsigned)((rights)&0xff))
#define HANDLE_ATTRIBUTES(rights) ((unsigned)((rights) >> 8 & 0xff))
#define HANDLE_ACCESS(rights) ((uint32_t)((rights) >> 32))
#define HANDLE_PHASE_MASK 0xff0000u
#define HANDLE_PHASE_RESERVED 0x10000u /* being made: the slot's reference may be there or not */
#define HANDLE_PHASE_LIVE 0x20000u
#define HANDLE_PHASE_CLOSING 0x30000u
#define HANDLE_LOCAL 0x1000000u /* names a local object of its process (file, section, key) */

#define PROCESS_IMAGE_UNITS 1024

struct process_block {
    atomic_uint slot; /* of the process; 0: the block is free */
    uint32_t image_units;
    uint64_t peb;
    atomic_uint handle_count;
    uint32_t priority_class;
    uint64_t affinity;
    uint32_t session;
    uint32_t machine;
    uint32_t error_mode;
    uint32_t page_faults;            /* at its end */
    uint64_t user_time, kernel_time; /* 100 ns, at its end */
    uint16_t image[PROCESS_IMAGE_UNITS]; /* NT path of the program */
};
#define ARENA_HANDLES_OFFSET 4096u
#define ARENA_HANDLES ((ARENA_PROCESS_SIZE - ARENA_HANDLES_OFFSET) / sizeof(struct handle_entry))
#define ARENA_FIRST_FOREIGN_HANDLE 0x38000u /* entries from here on are made by other processes (NtDuplicateObject) */
_Static_assert(sizeof(struct process_block) <= ARENA_HANDLES_OFFSET, "process block");

#endif
