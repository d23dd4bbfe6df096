/* Waitable timers. No thread serves them: a slot holds the due time, and whoever waits computes a deadline from it.
 * The state's lower half changes with every NtSetTimer and NtCancelTimer, so that waiters look again.
 */
#include <stdlib.h>

#include "thread.h"
#include "object.h"
#include "sync.h"
#include "ferry/syscall_table.h"

#define TICKS_PER_MILLISECOND 10000ull

/* A timer with an APC, kept by the thread that set it. Void when the timer's state has changed since. */
struct timer_apc {
    struct timer_apc *next;
    uint32_t slot, tag, state;
    uint64_t due, period;
    void *routine, *context;
};

static bool expired(const struct slot *slot)
{
    uint64_t due = atomic_load(&slot->timer.due);
    return due != TIMER_NEVER && ticks_passed(due);
}

NTSTATUS sys_NtCreateTimer(HANDLE *TimerHandle, ACCESS_MASK DesiredAccess, OBJECT_ATTRIBUTES *ObjectAttributes,
                           ULONG TimerType)
{
    if (TimerType > 1) return STATUS_INVALID_PARAMETER_4;
    return sync_create(TimerHandle, OBJECT_TIMER, 0, TimerType == 0 ? SLOT_MANUAL_RESET : 0, 0, DesiredAccess,
                       ObjectAttributes);
}

NTSTATUS sys_NtOpenTimer(HANDLE *TimerHandle, ACCESS_MASK DesiredAccess, OBJECT_ATTRIBUTES *ObjectAttributes)
{
    return sync_open(TimerHandle, OBJECT_TIMER, DesiredAccess, ObjectAttributes);
}

/* Notes a new state and wakes all waiters. */
static NTSTATUS change(struct slot *slot, uint32_t tag, uint32_t *state)
{
    uint32_t low;

    STATE_UPDATE(slot, tag, low, low + 1, false);
    *state = low + 1;
    slot_wake(slot, true);
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtSetTimer(HANDLE TimerHandle, LARGE_INTEGER *DueTime, void *TimerApcRoutine, void *TimerContext,
                        BOOLEAN ResumeTimer, LONG Period, BOOLEAN *PreviousState)
{
    struct thread *thread = thread_self();
    LONGLONG time = DueTime->QuadPart;
    struct timer_apc *apc = NULL;
    uint32_t number, tag, state;

    if (Period < 0) return STATUS_INVALID_PARAMETER_6;
    NTSTATUS status = handle_target(TimerHandle, OBJECT_TIMER, TIMER_MODIFY_STATE, &number, &tag);
    if (status) return status;
    if (TimerApcRoutine && !(apc = malloc(sizeof(*apc)))) return STATUS_NO_MEMORY;

    struct slot *slot = slot_at(number);
    bool previous = expired(slot);
    uint64_t due = time ? ticks_due(time) : ticks_monotonic(), period = (uint64_t)Period * TICKS_PER_MILLISECOND;
    if (due == DEADLINE_NEVER) due = INT64_MAX;
    atomic_store(&slot->timer.due, TIMER_NEVER);
    atomic_store(&slot->timer.period, period);
    atomic_store(&slot->timer.due, due);
    status = change(slot, tag, &state);
    if (status) {
        free(apc);
        return status;
    }
    if (apc) {
        *apc = (struct timer_apc){ thread->wait->timers, number, tag, state, due, period, TimerApcRoutine, TimerContext };
        thread->wait->timers = apc;
    }
    if (PreviousState) *PreviousState = previous;
    return ResumeTimer ? STATUS_TIMER_RESUME_IGNORED : STATUS_SUCCESS;
}

NTSTATUS sys_NtCancelTimer(HANDLE TimerHandle, BOOLEAN *CurrentState)
{
    uint32_t number, tag, state;
    NTSTATUS status = handle_target(TimerHandle, OBJECT_TIMER, TIMER_MODIFY_STATE, &number, &tag);

    if (status) return status;
    struct slot *slot = slot_at(number);
    bool signalled = expired(slot);
    atomic_store(&slot->timer.period, 0);
    if (!signalled) atomic_store(&slot->timer.due, TIMER_NEVER); /* a signalled timer stays so */
    status = change(slot, tag, &state);
    if (!status && CurrentState) *CurrentState = signalled;
    return status;
}

NTSTATUS sys_NtQueryTimer(HANDLE TimerHandle, ULONG TimerInformationClass, void *TimerInformation,
                          ULONG TimerInformationLength, ULONG *ReturnLength)
{
    struct {
        LARGE_INTEGER RemainingTime;
        BOOLEAN TimerState;
    } answer = { 0 };
    uint32_t number;

    if (TimerInformationClass) return STATUS_INVALID_INFO_CLASS;
    if (TimerInformationLength != sizeof(answer)) return STATUS_INFO_LENGTH_MISMATCH;
    NTSTATUS status = handle_slot(TimerHandle, OBJECT_TIMER, TIMER_QUERY_STATE, &number);
    if (status) return status;
    uint64_t due = atomic_load(&slot_at(number)->timer.due);
    if (due != TIMER_NEVER) {
        uint64_t now = due & TIMER_SYSTEM_TIME ? ticks_system() : ticks_monotonic();
        answer.RemainingTime.QuadPart = (LONGLONG)((due & ~TIMER_SYSTEM_TIME) - now);
        answer.TimerState = answer.RemainingTime.QuadPart <= 0;
    }
    return query_answer(&answer, sizeof(answer), TimerInformation, TimerInformationLength, ReturnLength);
}

/* ---- timers with an APC ---- */

static bool is_void(const struct timer_apc *apc)
{
    uint64_t state = slot_unlocked(slot_at(apc->slot));
    return state_tag(state) != apc->tag || (uint32_t)state != apc->state;
}

uint64_t timer_apc_deadline(const struct thread *thread, uint64_t deadline)
{
    for (struct timer_apc *apc = thread->wait->timers; apc; apc = apc->next)
        if (!is_void(apc)) deadline = deadline_earlier(deadline, apc->due);
    return deadline;
}

void timer_apc_collect(struct thread *thread)
{
    struct timer_apc *apc;

    for (struct timer_apc **at = &thread->wait->timers; (apc = *at);) {
        bool remove = is_void(apc);
        if (!remove && ticks_passed(apc->due)) {
            uint64_t time = apc->due & TIMER_SYSTEM_TIME ? apc->due & ~TIMER_SYSTEM_TIME : ticks_system();
            apc_queue(thread, apc->routine, apc->context, (void *)(uintptr_t)(uint32_t)time,
                      (void *)(uintptr_t)(time >> 32));
            if (apc->period) apc->due += apc->period;
            else remove = true;
        }
        if (remove) {
            *at = apc->next;
            free(apc);
        } else {
            at = &apc->next;
        }
    }
}

void timer_apc_drop(struct timer_apc *timers)
{
    while (timers) {
        struct timer_apc *next = timers->next;
        free(timers);
        timers = next;
    }
}
