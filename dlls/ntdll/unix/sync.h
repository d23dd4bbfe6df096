/* What the files about waiting share: wait.c, sync.c, timer.c, apc.c. */
#ifndef HOST_SYNC_H
#define HOST_SYNC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "object.h"
#include "wait.h"

struct thread;
struct futex_waitv;

/* Replaces the lower half of a slot's state, seen in `low`, by `next`, unless `unchanged`. Returns STATUS_INVALID_HANDLE
 * from the function if the slot is no longer what `tag` says. */
#define STATE_UPDATE(slot, tag, low, next, unchanged)                                                      \
    do {                                                                                                   \
        uint64_t state_ = atomic_load(&(slot)->state);                                                     \
        for (;;) {                                                                                         \
            if (__builtin_expect(state_tag(state_) != (tag), 0)) {                                         \
                if (!(state_tag(state_) & SLOT_LOCKED)) return STATUS_INVALID_HANDLE;                      \
                state_ = slot_unlocked(slot);                                                              \
                continue;                                                                                  \
            }                                                                                              \
            low = (uint32_t)state_;                                                                        \
            if (unchanged) break;                                                                          \
            if (atomic_compare_exchange_weak(&(slot)->state, &state_, state_of(tag, next))) break;         \
        }                                                                                                  \
    } while (0)

/* Deadlines are in 100 ns units of CLOCK_MONOTONIC or, with TIMER_SYSTEM_TIME, of system time. */
#define DEADLINE_NEVER UINT64_MAX
#define DEADLINE_NOW 0ull

uint64_t ticks_monotonic(void);
uint64_t ticks_system(void);
bool ticks_passed(uint64_t due);
/* An NT time (negative: from now on) as a deadline. */
uint64_t ticks_due(LONGLONG time);

/* A wait in progress; lives on the waiting thread's stack. */
struct wait {
    unsigned count;
    bool alertable;
    uint32_t weight; /* WAITER_* */
    uint32_t seen[MAXIMUM_WAIT_OBJECTS];
    uint32_t first[MAXIMUM_WAIT_OBJECTS]; /* states when the wait began, for pulses */
    uint8_t order[MAXIMUM_WAIT_OBJECTS];
    struct handle_use uses[MAXIMUM_WAIT_OBJECTS];
};

#define WAIT_BLOCKED 1
#define WAIT_BLOCKED_ALERTABLE 2

struct owned_mutant {
    uint32_t slot;
    uint32_t tag;
};

struct wait_state {
    atomic_uint blocked;  /* WAIT_*: in a blocking Linux call */
    struct wait *active;  /* counted in the waiters of its slots */
    struct owned_mutant *owned;
    unsigned owned_count, owned_room;
    struct apc *apc_tail;
    struct timer_apc *timers; /* owned by timer.c */
    struct keyed_wait *keyed; /* owned by keyed.c */
};

/* Gives up the counts and uses of the thread's wait. */
void wait_unregister(struct thread *thread);

/* A blocking Linux call of `thread`; suspension and termination are dealt with here. */
long wait_block(struct thread *thread, bool alertable, long number, long a1, long a2, long a3, long a4, long a5,
                long a6);

/* STATUS_USER_APC or STATUS_ALERTED if an alertable wait must end now. */
NTSTATUS wait_pending(struct thread *thread, bool alertable);

/* Sleeps; STATUS_SUCCESS at the deadline. */
NTSTATUS wait_until(bool alertable, uint64_t deadline);

enum acquired { NOT_SIGNALLED, ACQUIRED, ACQUIRED_ABANDONED, GONE, LIMIT_EXCEEDED };

/* Takes the object if it is signalled. *low becomes the state that was seen. */
enum acquired try_acquire(uint32_t slot, uint32_t tag, uint32_t thread_id, uint32_t *low);

uint64_t deadline_of(const LARGE_INTEGER *timeout);
uint64_t deadline_earlier(uint64_t a, uint64_t b);

/* Sleeps until one of the words changes. At most MAXIMUM_WAIT_OBJECTS + 1 of them. */
long wait_block_many(struct thread *thread, bool alertable, const struct futex_waitv *words, unsigned count,
                     uint64_t deadline);

/* timer.c: the deadline, or an earlier one at which an APC timer of the thread is due; and APCs of those that are. */
uint64_t timer_apc_deadline(const struct thread *thread, uint64_t deadline);
void timer_apc_collect(struct thread *thread);
void timer_apc_drop(struct timer_apc *timers);

/* keyed.c: the thread ends in the middle of its wait. */
void keyed_thread_exit(struct keyed_wait *wait);

/* Sleeps while the private futex `word` holds `value`, at most until the deadline. */
long wait_block_on(struct thread *thread, bool alertable, const void *word, unsigned value, uint64_t deadline);

/* sync.c: handles of new and opened objects, by name or without one; *handle is NULL on failure. `value`: a semaphore's
 * maximum, a mutant's recursion. */
NTSTATUS sync_create(HANDLE *handle, enum object_type type, uint32_t state, uint32_t flags, uint32_t value,
                     ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes);
NTSTATUS sync_open(HANDLE *handle, enum object_type type, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes);
NTSTATUS query_answer(const void *answer, ULONG size, void *buffer, ULONG length, ULONG *returned);

/* apc.c: the thread takes no more APCs; frees its wait state. */
void apc_close(struct thread *thread);

#endif
