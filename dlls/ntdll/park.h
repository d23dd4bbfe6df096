/* Waiting for an address, inside the process: what locks, condition variables and WaitOnAddress are made of.
 *
 * A waiting thread puts a struct park_waiter of its stack into the queue of its key's bucket, under the bucket's lock,
 * and sleeps in NtWaitForAlertByThreadId until somebody took it out and signalled it. A bucket's lock is held for a
 * few instructions only, never across a call.
 */
#ifndef NTDLL_PARK_H
#define NTDLL_PARK_H

#include "ntdll.h"

struct park_waiter {
    struct park_waiter *next, *previous;
    const void *key;
    HANDLE thread_id;
    LONG signalled;
    LONG kind; /* the lock's own */
};

struct park_bucket {
    LONG lock;
    LONG count; /* threads queued or about to be */
    struct park_waiter *first, *last;
} __attribute__((aligned(64)));

struct park_bucket *park_lock(const void *key);
void park_unlock(struct park_bucket *bucket);
void park_enqueue(struct park_bucket *bucket, struct park_waiter *waiter, const void *key, LONG kind);
void park_remove(struct park_bucket *bucket, struct park_waiter *waiter);
/* The first waiter for `key` behind `after` (NULL: of all). */
struct park_waiter *park_find(struct park_bucket *bucket, const void *key, struct park_waiter *after);
/* Sleeps. STATUS_SUCCESS: was signalled; STATUS_TIMEOUT: and is no longer queued. timeout as NT has it. */
NTSTATUS park_wait(struct park_waiter *waiter, const LARGE_INTEGER *timeout);
/* Ends the wait of a removed waiter; not under the bucket's lock. `waiter` is gone afterwards. */
void park_signal(struct park_waiter *waiter);
/* Signals a chain linked through `next`. */
void park_signal_all(struct park_waiter *waiter);
/* True when nobody waits in the key's bucket; a full barrier stands before the look. */
bool park_nobody(const void *key);

/* The process is ending, all other threads are dead: a lock that is held will never be released. Does not return
 * then, ends the process as the reference does. */
void park_check_shutdown(void);

static inline void park_pause(void)
{
    __builtin_ia32_pause();
}

#endif
