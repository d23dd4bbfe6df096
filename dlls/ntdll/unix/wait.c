/* Waiting for objects of the arena.
 *
 * An acquisition is a compare-and-swap on the object's state. A thread that has to block counts itself in the slot's
 * `waiters` first and looks at the state once more (the futex does); whoever makes an object signalled looks at
 * `waiters` afterwards. So nobody sleeps through a change, and where nobody waits there is no system call.
 *
 * A wait for all objects locks them in the order of their numbers (SLOT_LOCKED in the tag), which every other
 * operation respects, takes all or nothing, and unlocks. While something is missing it sleeps on one object that is
 * not signalled, because it cannot end before that one changes.
 */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "host.h"
#include "object.h"
#include "thread.h"
#include "sync.h"
#include "wait.h"
#include "ferry/syscall_table.h"

#define EPOCH_1601 116444736000000000ull /* 1970 in 100 ns units since 1601 */
#define TICKS_PER_SECOND 10000000ull

static atomic_bool no_waitv; /* the kernel lacks futex_waitv, or FERRY_WAIT=poll says so, for tests */
static atomic_bool asked;    /* whether it does */

/* ---- time ---- */

static uint64_t clock_ticks(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * TICKS_PER_SECOND + (uint64_t)now.tv_nsec / 100;
}

uint64_t ticks_monotonic(void)
{
    return clock_ticks(CLOCK_MONOTONIC);
}

uint64_t ticks_system(void)
{
    return clock_ticks(CLOCK_REALTIME) + EPOCH_1601;
}

bool ticks_passed(uint64_t due)
{
    return due & TIMER_SYSTEM_TIME ? (due & ~TIMER_SYSTEM_TIME) <= ticks_system() : due <= ticks_monotonic();
}

uint64_t ticks_due(LONGLONG time)
{
    if (time > 0) return (uint64_t)time | TIMER_SYSTEM_TIME;
    if (time == INT64_MIN) return DEADLINE_NEVER;
    return ticks_monotonic() + (uint64_t)-time;
}

uint64_t deadline_earlier(uint64_t a, uint64_t b)
{
    if (a == DEADLINE_NEVER || b == DEADLINE_NEVER) return a == DEADLINE_NEVER ? b : a;
    if (!((a ^ b) & TIMER_SYSTEM_TIME)) return a < b ? a : b;
    uint64_t system = a & TIMER_SYSTEM_TIME ? a : b, monotonic = a ^ b ^ system;
    uint64_t now = ticks_system(), at = system & ~TIMER_SYSTEM_TIME;
    uint64_t left = at > now ? at - now : 0;
    return ticks_monotonic() + left < monotonic ? system : monotonic;
}

/* The deadline as the kernel wants it; NULL for never. */
static struct timespec *kernel_deadline(uint64_t deadline, struct timespec *at, clockid_t *clock)
{
    *clock = CLOCK_MONOTONIC;
    if (deadline == DEADLINE_NEVER) return NULL;
    if (deadline & TIMER_SYSTEM_TIME) {
        *clock = CLOCK_REALTIME;
        deadline &= ~TIMER_SYSTEM_TIME;
        deadline = deadline > EPOCH_1601 ? deadline - EPOCH_1601 : 0;
    }
    at->tv_sec = (time_t)(deadline / TICKS_PER_SECOND);
    at->tv_nsec = (long)(deadline % TICKS_PER_SECOND) * 100;
    return at;
}

/* ---- taking one object ---- */

static enum acquired acquire_timer(struct slot *slot)
{
    uint64_t due = atomic_load(&slot->timer.due), next;

    do {
        if (due == TIMER_NEVER || !ticks_passed(due)) return NOT_SIGNALLED;
        if (slot->flags & SLOT_MANUAL_RESET) return ACQUIRED;
        uint64_t period = atomic_load(&slot->timer.period);
        next = TIMER_NEVER;
        if (period) {
            uint64_t kind = due & TIMER_SYSTEM_TIME, now = kind ? ticks_system() : ticks_monotonic();
            uint64_t at = due & ~TIMER_SYSTEM_TIME;
            next = (at + ((now - at) / period + 1) * period) | kind;
        }
    } while (!atomic_compare_exchange_weak(&slot->timer.due, &due, next));
    return ACQUIRED;
}

/* Would an acquisition succeed, given the state's low half? No side effect. */
static bool is_signalled(const struct slot *slot, enum object_type type, uint32_t low, uint32_t thread_id)
{
    switch (type) {
    case OBJECT_SEMAPHORE:
    case OBJECT_IO_COMPLETION: return low != 0;
    case OBJECT_MUTANT: return low <= MUTANT_ABANDONED || low == thread_id;
    case OBJECT_TIMER: {
        uint64_t due = atomic_load(&slot->timer.due);
        return due != TIMER_NEVER && ticks_passed(due);
    }
    default: return low & STATE_SIGNALLED;
    }
}

/* What the state becomes when `thread` takes the signalled object. */
static uint32_t taken(const struct slot *slot, enum object_type type, uint32_t low, uint32_t thread_id)
{
    switch (type) {
    case OBJECT_EVENT: return slot->flags & SLOT_MANUAL_RESET ? low : low & ~STATE_SIGNALLED;
    case OBJECT_SEMAPHORE: return low - 1;
    case OBJECT_MUTANT: return thread_id;
    default: return low;
    }
}

static enum acquired note_mutant(struct slot *slot, uint32_t number, uint32_t tag, uint32_t low, uint32_t thread_id)
{
    if (low == thread_id) {
        slot->mutant.recursion++;
        return ACQUIRED;
    }
    slot->mutant.recursion = 1;
    mutant_note_owned(number, tag);
    return low == MUTANT_ABANDONED ? ACQUIRED_ABANDONED : ACQUIRED;
}

enum acquired try_acquire(uint32_t number, uint32_t tag, uint32_t thread_id, uint32_t *low)
{
    struct slot *slot = slot_at(number);
    enum object_type type = SLOT_TAG_TYPE(tag);
    uint64_t state = atomic_load(&slot->state);

    for (;;) {
        if (__builtin_expect(state_tag(state) != tag, 0)) {
            if (!(state_tag(state) & SLOT_LOCKED)) return GONE;
            state = slot_unlocked(slot);
            continue;
        }
        *low = (uint32_t)state;
        if (type == OBJECT_TIMER) return acquire_timer(slot);
        if (!is_signalled(slot, type, *low, thread_id)) return NOT_SIGNALLED;
        if (type == OBJECT_MUTANT && *low == thread_id && slot->mutant.recursion == 0x80000000u)
            return LIMIT_EXCEEDED;
        uint32_t next = taken(slot, type, *low, thread_id);
        if (next == *low || atomic_compare_exchange_weak(&slot->state, &state, state_of(tag, next))) break;
    }
    return type == OBJECT_MUTANT ? note_mutant(slot, number, tag, *low, thread_id) : ACQUIRED;
}

/* A pulse since `since` was the state: all waiters of a notification event, one of a synchronisation event. */
static bool take_pulse(uint32_t number, uint32_t tag, uint32_t since)
{
    struct slot *slot = slot_at(number);

    if (SLOT_TAG_TYPE(tag) != OBJECT_EVENT) return false;
    for (;;) {
        uint64_t state = slot_unlocked(slot);
        uint32_t low = (uint32_t)state;
        if (state_tag(state) != tag || !((low ^ since) & ~(EVENT_PULSE_COUNT - 1))) return false;
        if (slot->flags & SLOT_MANUAL_RESET) return true;
        if (!(low & EVENT_PULSE_TICKET)) return false;
        if (atomic_compare_exchange_weak(&slot->state, &state, state_of(tag, low & ~EVENT_PULSE_TICKET))) return true;
    }
}

/* ---- blocking ---- */

static NTSTATUS status_of(enum acquired acquired, unsigned index)
{
    switch (acquired) {
    case ACQUIRED: return STATUS_WAIT_0 + (NTSTATUS)index;
    case ACQUIRED_ABANDONED: return STATUS_ABANDONED_WAIT_0 + (NTSTATUS)index;
    case LIMIT_EXCEEDED: return STATUS_MUTANT_LIMIT_EXCEEDED;
    default: return STATUS_INVALID_HANDLE;
    }
}

NTSTATUS wait_pending(struct thread *thread, bool alertable)
{
    if (!alertable) return STATUS_SUCCESS;
    if (thread->wait->timers) timer_apc_collect(thread);
    unsigned pending = atomic_load(&thread->pending);
    if (pending & THREAD_PENDING_ALERT) {
        atomic_fetch_and(&thread->pending, ~THREAD_PENDING_ALERT);
        return STATUS_ALERTED;
    }
    return pending & THREAD_PENDING_APC ? STATUS_USER_APC : STATUS_SUCCESS;
}

long wait_block(struct thread *thread, bool alertable, long number, long a1, long a2, long a3, long a4, long a5, long a6)
{
    unsigned mask = THREAD_PENDING_SUSPEND | THREAD_PENDING_TERMINATE;
    long result;

    if (alertable) mask |= THREAD_PENDING_APC | THREAD_PENDING_ALERT;
    atomic_store(&thread->wait->blocked, alertable ? WAIT_BLOCKED_ALERTABLE : WAIT_BLOCKED);
    result = blocking_call(&thread->pending, mask, number, a1, a2, a3, a4, a5, a6);
    atomic_store_explicit(&thread->wait->blocked, 0, memory_order_release);
    if (result == -EINTR && (atomic_load(&thread->pending) & (THREAD_PENDING_SUSPEND | THREAD_PENDING_TERMINATE)))
        thread_check_pending(thread);
    return result;
}

extern const char blocking_call_begin[], blocking_call_end[], blocking_call_interrupted[];

void blocking_call_interrupt(void *data)
{
    greg_t *rip = &((ucontext_t *)data)->uc_mcontext.gregs[REG_RIP];

    if (*rip >= (greg_t)blocking_call_begin && *rip < (greg_t)blocking_call_end)
        *rip = (greg_t)blocking_call_interrupted;
}

static void register_wait(struct thread *thread, struct wait *wait)
{
    for (unsigned i = 0; i < wait->count; i++)
        if (wait->uses[i].slot) atomic_fetch_add(&slot_at(wait->uses[i].slot)->waiters, wait->weight);
    thread->wait->active = wait;
}

void wait_unregister(struct thread *thread)
{
    struct wait *wait = thread->wait->active;

    thread->wait->active = NULL;
    for (unsigned i = 0; wait && i < wait->count; i++) {
        if (wait->uses[i].slot) atomic_fetch_sub(&slot_at(wait->uses[i].slot)->waiters, wait->weight);
        handle_unuse(&wait->uses[i]);
    }
}

/* Sleeps until a state differs from what was seen or the deadline passes: 0 or -errno. */
static long sleep_on_one(struct thread *thread, const struct wait *wait, unsigned i, uint64_t deadline)
{
    struct timespec at;
    clockid_t clock;
    struct timespec *timeout = kernel_deadline(deadline, &at, &clock);
    long operation = FUTEX_WAIT_BITSET | (clock == CLOCK_REALTIME ? FUTEX_CLOCK_REALTIME : 0);

    return wait_block(thread, wait->alertable, SYS_futex, (long)slot_at(wait->uses[i].slot), operation, wait->seen[i],
                      (long)timeout, 0, FUTEX_BITSET_MATCH_ANY);
}

long wait_block_many(struct thread *thread, bool alertable, const struct futex_waitv *words, unsigned count,
                     uint64_t deadline)
{
    struct timespec at;
    clockid_t clock;

    if (!atomic_load_explicit(&asked, memory_order_relaxed)) {
        const char *way = getenv("FERRY_WAIT");
        if (way && !strcmp(way, "poll")) atomic_store(&no_waitv, true);
        atomic_store(&asked, true);
    }
    if (!atomic_load_explicit(&no_waitv, memory_order_relaxed)) {
        struct timespec *timeout = kernel_deadline(deadline, &at, &clock);
        long result = wait_block(thread, alertable, SYS_futex_waitv, (long)words, count, 0, (long)timeout, clock, 0);
        if (result != -ENOSYS) return result;
        atomic_store(&no_waitv, true);
    }
    /* Sleep on the first and look at the others every millisecond. */
    deadline = deadline_earlier(deadline, ticks_monotonic() + TICKS_PER_SECOND / 1000);
    struct timespec *timeout = kernel_deadline(deadline, &at, &clock);
    long operation = FUTEX_WAIT_BITSET | (clock == CLOCK_REALTIME ? FUTEX_CLOCK_REALTIME : 0);
    return wait_block(thread, alertable, SYS_futex, (long)words[0].uaddr, operation, (long)words[0].val, (long)timeout, 0,
                      FUTEX_BITSET_MATCH_ANY);
}

static long sleep_on_any(struct thread *thread, const struct wait *wait, uint64_t deadline)
{
    struct futex_waitv words[MAXIMUM_WAIT_OBJECTS];

    for (unsigned i = 0; i < wait->count; i++)
        words[i] = (struct futex_waitv){ .val = wait->seen[i],
                                         .uaddr = (uintptr_t)slot_at(wait->uses[i].slot),
                                         .flags = FUTEX_32 };
    return wait_block_many(thread, wait->alertable, words, wait->count, deadline);
}

/* The deadline, or an earlier one at which a timer among the objects fires. */
static uint64_t next_deadline(const struct thread *thread, const struct wait *wait, uint64_t deadline)
{
    if (wait->alertable) deadline = timer_apc_deadline(thread, deadline);
    for (unsigned i = 0; i < wait->count; i++) {
        if (wait->uses[i].type != OBJECT_TIMER) continue;
        uint64_t due = atomic_load(&slot_at(wait->uses[i].slot)->timer.due);
        if (due != TIMER_NEVER) deadline = deadline_earlier(deadline, due);
    }
    return deadline;
}

static NTSTATUS try_any(struct wait *wait, uint32_t thread_id, bool pulses)
{
    for (unsigned i = 0; i < wait->count; i++) {
        if (!wait->uses[i].slot) return STATUS_WAIT_0 + (NTSTATUS)i; /* a local object without a state */
        enum acquired acquired = try_acquire(wait->uses[i].slot, wait->uses[i].tag, thread_id, &wait->seen[i]);
        if (acquired != NOT_SIGNALLED) return status_of(acquired, i);
        if (pulses && take_pulse(wait->uses[i].slot, wait->uses[i].tag, wait->first[i])) return STATUS_WAIT_0 + (NTSTATUS)i;
    }
    return STATUS_PENDING;
}

static NTSTATUS wait_any(struct thread *thread, struct wait *wait, uint64_t deadline)
{
    NTSTATUS status = try_any(wait, thread->id, false);

    if (status != STATUS_PENDING) return status;
    if (deadline == DEADLINE_NOW) {
        status = wait_pending(thread, wait->alertable);
        return status ? status : STATUS_TIMEOUT;
    }
    for (unsigned i = 0; i < wait->count; i++) wait->first[i] = wait->seen[i];
    wait->weight = wait->count == 1 ? WAITER_SINGLE : WAITER_MULTIPLE;
    register_wait(thread, wait);
    for (;;) {
        status = try_any(wait, thread->id, true);
        if (status != STATUS_PENDING) break;
        status = wait_pending(thread, wait->alertable);
        if (status) break;
        if (deadline != DEADLINE_NEVER && ticks_passed(deadline)) {
            status = STATUS_TIMEOUT;
            break;
        }
        uint64_t until = next_deadline(thread, wait, deadline);
        if (wait->count == 1) sleep_on_one(thread, wait, 0, until);
        else sleep_on_any(thread, wait, until);
    }
    return status;
}

/* ---- all objects at once ---- */

/* Locks `slot` for thread slot `locker`; false if it is no longer what `tag` says. */
static bool lock_slot(struct slot *slot, uint32_t tag, uint32_t locker)
{
    for (;;) {
        uint64_t state = slot_unlocked(slot);
        if (state_tag(state) != tag) return false;
        uint32_t locked = SLOT_LOCKED | (tag & 0x7f000000) | locker;
        if (atomic_compare_exchange_weak(&slot->state, &state, state_of(locked, (uint32_t)state))) return true;
    }
}

static void unlock_slot(struct slot *slot, uint32_t tag, uint32_t low)
{
    atomic_store(&slot->state, state_of(tag, low));
}

/* Takes all or none. *missing becomes an object that is not signalled. */
static NTSTATUS try_all(struct thread *thread, struct wait *wait, unsigned *missing)
{
    NTSTATUS status = STATUS_WAIT_0;
    unsigned locked = 0;

    for (unsigned i = 0; i < wait->count; i++) {
        struct slot *slot = slot_at(wait->uses[i].slot);
        if (!wait->uses[i].slot) continue;
        wait->seen[i] = (uint32_t)slot_unlocked(slot);
        if (is_signalled(slot, wait->uses[i].type, wait->seen[i], thread->id)) continue;
        *missing = i;
        return STATUS_PENDING;
    }
    for (; locked < wait->count; locked++) {
        unsigned i = wait->order[locked];
        if (!wait->uses[i].slot) continue;
        if (lock_slot(slot_at(wait->uses[i].slot), wait->uses[i].tag, thread->slot)) continue;
        status = STATUS_INVALID_HANDLE;
        break;
    }
    for (unsigned i = 0; i < wait->count && !status; i++) {
        struct slot *slot = slot_at(wait->uses[i].slot);
        if (!wait->uses[i].slot) continue;
        wait->seen[i] = (uint32_t)atomic_load(&slot->state);
        if (!is_signalled(slot, wait->uses[i].type, wait->seen[i], thread->id)) {
            *missing = i;
            status = STATUS_PENDING;
        } else if (wait->uses[i].type == OBJECT_MUTANT && wait->seen[i] == thread->id &&
                   slot->mutant.recursion == 0x80000000u) {
            status = STATUS_MUTANT_LIMIT_EXCEEDED;
        }
    }
    bool take = !status;
    for (unsigned n = 0; n < locked; n++) {
        unsigned i = wait->order[n];
        const struct handle_use *use = &wait->uses[i];
        if (!use->slot) continue;
        struct slot *slot = slot_at(use->slot);
        uint32_t low = (uint32_t)atomic_load(&slot->state);
        if (take) {
            if (use->type == OBJECT_MUTANT && note_mutant(slot, use->slot, use->tag, low, thread->id) == ACQUIRED_ABANDONED)
                status = STATUS_ABANDONED_WAIT_0;
            else if (use->type == OBJECT_TIMER)
                acquire_timer(slot);
            low = taken(slot, use->type, low, thread->id);
        }
        unlock_slot(slot, use->tag, low);
    }
    return status;
}

static NTSTATUS wait_all(struct thread *thread, struct wait *wait, uint64_t deadline)
{
    unsigned missing = 0;

    for (unsigned i = 0; i < wait->count; i++) { /* insertion sort by slot */
        unsigned at = i;
        for (; at && wait->uses[wait->order[at - 1]].slot > wait->uses[i].slot; at--) wait->order[at] = wait->order[at - 1];
        wait->order[at] = (uint8_t)i;
    }
    for (unsigned i = 1; i < wait->count; i++) {
        const struct handle_use *a = &wait->uses[wait->order[i - 1]], *b = &wait->uses[wait->order[i]];
        if (a->slot ? a->slot == b->slot : a->object == b->object && !b->slot) return STATUS_INVALID_PARAMETER_MIX;
    }
    NTSTATUS status = try_all(thread, wait, &missing);
    if (status != STATUS_PENDING) return status;
    if (deadline == DEADLINE_NOW) {
        status = wait_pending(thread, wait->alertable);
        return status ? status : STATUS_TIMEOUT;
    }
    wait->weight = WAITER_MULTIPLE;
    register_wait(thread, wait);
    for (;;) {
        status = try_all(thread, wait, &missing);
        if (status != STATUS_PENDING) break;
        status = wait_pending(thread, wait->alertable);
        if (status) break;
        if (deadline != DEADLINE_NEVER && ticks_passed(deadline)) {
            status = STATUS_TIMEOUT;
            break;
        }
        sleep_on_one(thread, wait, missing, next_deadline(thread, wait, deadline));
    }
    return status;
}

/* ---- system calls ---- */

/* The handles resolved into wait->uses; on failure none is in use. */
static NTSTATUS use_handles(struct wait *wait, const HANDLE *handles, unsigned count)
{
    for (wait->count = 0; wait->count < count; wait->count++) {
        struct handle_use *use = &wait->uses[wait->count];
        NTSTATUS status = handle_use(handles[wait->count], OBJECT_ANY, SYNCHRONIZE, use);
        if (!status && use->object && !use->slot) {
            if (use->object->ops->watch && !__atomic_load_n(&use->object->slot, __ATOMIC_ACQUIRE))
                use->object->ops->watch(use->object);
            use->slot = __atomic_load_n(&use->object->slot, __ATOMIC_ACQUIRE);
            use->tag = use->slot ? slot_at(use->slot)->tag : 0;
        }
        if (!status) continue;
        while (wait->count) handle_unuse(&wait->uses[--wait->count]);
        return status;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS wait_handles(const HANDLE *handles, unsigned count, bool all, bool alertable, uint64_t deadline)
{
    struct thread *thread = thread_self();
    struct wait wait;
    NTSTATUS status = use_handles(&wait, handles, count);

    if (status) return status;
    wait.alertable = alertable;
    status = all && count > 1 ? wait_all(thread, &wait, deadline) : wait_any(thread, &wait, deadline);
    if (thread->wait->active) wait_unregister(thread);
    else
        for (unsigned i = 0; i < count; i++) handle_unuse(&wait.uses[i]);
    return status;
}

uint64_t deadline_of(const LARGE_INTEGER *timeout)
{
    if (!timeout) return DEADLINE_NEVER;
    LONGLONG time = timeout->QuadPart;
    return time ? ticks_due(time) : DEADLINE_NOW;
}

NTSTATUS sys_NtWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable, LARGE_INTEGER *Timeout)
{
    struct thread *thread = thread_self();
    uint64_t deadline = deadline_of(Timeout);
    uint32_t slot, tag, low;
    NTSTATUS status = handle_target(Handle, OBJECT_ANY, SYNCHRONIZE, &slot, &tag);

    if (status) return status;
    if (slot) {
        enum acquired acquired = try_acquire(slot, tag, thread->id, &low);
        if (acquired != NOT_SIGNALLED) return status_of(acquired, 0);
        if (deadline == DEADLINE_NOW && !Alertable) return STATUS_TIMEOUT;
    }
    return wait_handles(&Handle, 1, false, Alertable, deadline);
}

HOST_API NTSTATUS sys_NtWaitForMultipleObjects(ULONG Count, HANDLE *Handles, ULONG WaitType, BOOLEAN Alertable,
                                      LARGE_INTEGER *Timeout)
{
    HANDLE handles[MAXIMUM_WAIT_OBJECTS];

    if (!Count || Count > MAXIMUM_WAIT_OBJECTS) return STATUS_INVALID_PARAMETER_1;
    if (WaitType > 1) return STATUS_INVALID_PARAMETER_3;
    memcpy(handles, Handles, Count * sizeof(*handles));
    return wait_handles(handles, Count, WaitType == 0, Alertable, deadline_of(Timeout));
}

long wait_block_on(struct thread *thread, bool alertable, const void *word, unsigned value, uint64_t deadline)
{
    struct timespec at;
    clockid_t clock;
    struct timespec *timeout = kernel_deadline(deadline, &at, &clock);
    long operation = FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | (clock == CLOCK_REALTIME ? FUTEX_CLOCK_REALTIME : 0);

    return wait_block(thread, alertable, SYS_futex, (long)word, operation, value, (long)timeout, 0, FUTEX_BITSET_MATCH_ANY);
}

NTSTATUS wait_until(bool alertable, uint64_t deadline)
{
    struct thread *thread = thread_self();
    uint32_t never = 0;

    for (;;) {
        NTSTATUS status = wait_pending(thread, alertable);
        if (status) return status;
        if (deadline != DEADLINE_NEVER && ticks_passed(deadline)) return STATUS_SUCCESS;
        wait_block_on(thread, alertable, &never, 0, alertable ? timer_apc_deadline(thread, deadline) : deadline);
    }
}

NTSTATUS sys_NtDelayExecution(BOOLEAN Alertable, LARGE_INTEGER *DelayInterval)
{
    uint64_t deadline = deadline_of(DelayInterval);

    if (deadline == DEADLINE_NOW) {
        NTSTATUS status = wait_pending(thread_self(), Alertable);
        if (!status) sched_yield();
        return status;
    }
    return wait_until(Alertable, deadline);
}

NTSTATUS sys_NtYieldExecution(void)
{
    sched_yield();
    return STATUS_SUCCESS;
}

NTSTATUS wait_fd(int fd, short events, bool alertable, const LARGE_INTEGER *timeout)
{
    struct thread *thread = thread_self();
    uint64_t deadline = deadline_of(timeout);
    struct pollfd poll = { .fd = fd, .events = events };

    for (;;) {
        NTSTATUS status = wait_pending(thread, alertable);
        if (status) return status;
        struct timespec left = { 0 };
        uint64_t until = alertable && deadline != DEADLINE_NOW ? timer_apc_deadline(thread, deadline) : deadline;
        if (until != DEADLINE_NEVER && until != DEADLINE_NOW) {
            uint64_t at = until & ~TIMER_SYSTEM_TIME;
            uint64_t now = until & TIMER_SYSTEM_TIME ? ticks_system() : ticks_monotonic();
            uint64_t ticks = at > now ? at - now : 0;
            left.tv_sec = (time_t)(ticks / TICKS_PER_SECOND);
            left.tv_nsec = (long)(ticks % TICKS_PER_SECOND) * 100;
        }
        long result = wait_block(thread, alertable, SYS_ppoll, (long)&poll, 1,
                                 until == DEADLINE_NEVER ? 0 : (long)&left, 0, 8, 0);
        if (result > 0) return STATUS_SUCCESS;
        if (!result && until == deadline) return STATUS_TIMEOUT;
        if (result < 0 && result != -EINTR) return status_from_errno((int)-result);
    }
}
