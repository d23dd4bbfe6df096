/* ferryserver: one plain epoll loop. What each file offers to the others.
 *
 * Nothing in the arena is believed: clients can write there. The server keeps its own account of processes, names and
 * granted slots, and looks at the arena only with checked indices and bounded loops.
 */
#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "ferry/nt.h"
#include "ferry/objects.h"
#include "ferry/protocol.h"

/* ---- loop.c ---- */

/* Something epoll watches. Embedded in what it belongs to. */
struct watch {
    int fd;
    void (*ready)(struct watch *watch, uint32_t events);
};
void loop_add(struct watch *watch);
void loop_remove(struct watch *watch); /* also closes the descriptor */
/* Runs until `idle_seconds` passed without a client. */
void loop_run(int idle_seconds);

/* ---- arena.c ---- */

extern int arena_fd;
extern struct slot *arena_slots;
extern uint64_t arena_epoch;

void arena_create(void);
bool slot_is_granted(uint32_t slot); /* a number that a client may name */
struct slot *slot_at(uint32_t slot);
/* Grants `count` slots in at most `room` ranges; returns the ranges. */
uint32_t arena_grant(uint32_t count, struct slot_range *ranges, uint32_t room);
/* A slot of the server's own, with one reference. 0: none left. */
uint32_t slot_make(enum object_type type, uint32_t state, uint32_t flags);
void slot_unreference(uint32_t slot);
/* True if it is alive with type `type` (0: any) and has one reference more now. */
bool slot_reference(uint32_t slot, uint32_t type);
void slot_signal(uint32_t slot);
uint32_t arena_slots_used(void);
/* The process in `block` with slot `process` is dead: its handles, mutants, locks, threads and free slots. */
void arena_reclaim(uint32_t block, uint32_t process, int32_t exit_status);
/* The block of a process, mapped for the time until arena_unmap_block. NULL: no memory. */
struct process_block *arena_map_block(uint32_t block);
void arena_unmap_block(struct process_block *block);
struct handle_entry *block_handles(struct process_block *block);

/* ---- client.c ---- */

struct process;

struct client {
    struct watch watch;
    struct process *process; /* NULL before hello */
    pid_t unix_id;
    int life; /* the client sees it close when the server dies; -1 before hello */
    uint64_t requests[REQUEST_COUNT];
};

extern unsigned client_count;
void client_accept(int fd);

/* A request being served. Handlers read `data`, and write the reply's structure, then what follows it. */
struct request {
    struct client *client;
    int fd; /* that came with it, -1; the loop closes it unless the handler sets -1 */
    void *reply;
    uint32_t reply_room; /* bytes behind the reply's structure */
    uint32_t reply_extra; /* bytes the handler put there */
    int reply_fd;         /* sent along, -1; not closed */
};

#define X(name)                                                                                               \
    NTSTATUS request_##name(struct request *request, const struct request_##name *in, uint32_t extra,         \
                            struct reply_##name *out);
FERRY_REQUESTS(X)
#undef X

/* ---- process.c ---- */

#define PROCESS_NAMES_MAX 4096
#define PROCESS_WAITING_MAX 16

struct process {
    struct process *next;
    uint32_t slot, block;
    uint64_t token; /* of a child that has not said hello, else 0 */
    pid_t unix_id;
    struct watch pidfd;
    struct client *client;
    struct process *parent; /* until the child has started */
    struct job *job;
    bool killed;
    bool is_linux;
    int waiting[PROCESS_WAITING_MAX]; /* connections for it from before its hello */
    unsigned waiting_count;
    int32_t kill_status;
    uint32_t *names; /* numbers of named objects it holds, repeated for each time */
    uint32_t name_count, name_room;
};

struct process *process_find(uint32_t slot);
struct process *process_first(void);
/* A message to its agent, with a descriptor or -1; false if it does not take it. */
struct life_message;
bool process_tell(struct process *process, const struct life_message *message, int fd);
/* Ends its account; also called where the connection closes and there is no pidfd. */
void process_gone(struct process *process);
void process_client_closed(struct process *process);
bool process_kill(struct process *process, int32_t exit_status);
unsigned process_count(void);

/* ---- names.c ---- */

void names_init(void);
void name_slot_gone(uint32_t slot);
void name_process_gone(struct process *process);

/* ---- import.c ---- */

void import_process_gone(uint32_t process);

/* ---- window.c, windowmail.c ---- */

void window_process_gone(struct process *process);
void mail_process_gone(struct process *process);
/* A thread of the desktop's queues: its process and event slot, and what to set. False: none such. */
bool window_find_queue(uint32_t thread, uint32_t *process, uint32_t *event);
void window_wake(uint32_t thread);

#endif
