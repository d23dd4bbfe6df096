/* Events, mutants and semaphores, and the start and end of a thread as a waiter. */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host.h"
#include "names.h"
#include "object.h"
#include "process.h"
#include "startup.h"
#include "thread.h"
#include "sync.h"
#include "ferry/syscall_table.h"

/* ---- changing a state ---- */

void slot_wake(struct slot *slot, bool all)
{
    unsigned waiters = atomic_load(&slot->waiters);

    if (!waiters) return;
    if (waiters >= WAITER_MULTIPLE) all = true;
    syscall(SYS_futex, slot, FUTEX_WAKE, all ? INT_MAX : 1, NULL, NULL, 0);
}

static NTSTATUS set_signalled(struct slot *slot, uint32_t tag, uint32_t *low)
{
    STATE_UPDATE(slot, tag, *low, *low | STATE_SIGNALLED, *low & STATE_SIGNALLED);
    if (!(*low & STATE_SIGNALLED)) slot_wake(slot, slot->flags & SLOT_MANUAL_RESET);
    return STATUS_SUCCESS;
}

static NTSTATUS clear_signalled(struct slot *slot, uint32_t tag, uint32_t *low)
{
    STATE_UPDATE(slot, tag, *low, *low & ~STATE_SIGNALLED, !(*low & STATE_SIGNALLED));
    return STATUS_SUCCESS;
}

void slot_set_signalled(struct slot *slot, uint32_t tag, bool signalled)
{
    uint32_t low;

    if (signalled) set_signalled(slot, tag, &low);
    else clear_signalled(slot, tag, &low);
}

void event_set(uint32_t slot)
{
    if (slot) slot_set_signalled(slot_at(slot), slot_at(slot)->tag, true);
}

void event_reset(uint32_t slot)
{
    if (slot) slot_set_signalled(slot_at(slot), slot_at(slot)->tag, false);
}

/* ---- making objects ---- */

NTSTATUS sync_create(HANDLE *handle, enum object_type type, uint32_t state, uint32_t flags, uint32_t value,
                     ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes)
{
    HANDLE created;
    uint32_t slot;
    NTSTATUS status;

    *handle = NULL;
    if (attributes && attributes->Length != sizeof(*attributes)) return STATUS_INVALID_PARAMETER;
    if (attributes && attributes->ObjectName && attributes->ObjectName->Length) {
        status = name_create_slot(attributes, type, state, flags, value, access, &created);
    } else {
        status = handle_create_slot(type, state, flags, access, attributes ? attributes->Attributes : 0, &slot,
                                    &created);
        if (!status && value) slot_at(slot)->semaphore.maximum = value;
        if (!status && type == OBJECT_MUTANT && state) mutant_note_owned(slot, slot_at(slot)->tag);
    }
    if (NT_SUCCESS(status)) *handle = created;
    return status;
}

NTSTATUS sync_open(HANDLE *handle, enum object_type type, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes)
{
    HANDLE opened;

    *handle = NULL;
    if (!attributes || attributes->Length != sizeof(*attributes)) return STATUS_INVALID_PARAMETER;
    NTSTATUS status = name_open_slot(attributes, type, access, &opened);
    if (NT_SUCCESS(status)) *handle = opened;
    return status;
}

/* What a query returns: `length` must be exact. */
NTSTATUS query_answer(const void *answer, ULONG size, void *buffer, ULONG length, ULONG *returned)
{
    if (length != size) return STATUS_INFO_LENGTH_MISMATCH;
    memcpy(buffer, answer, size);
    if (returned) *returned = size;
    return STATUS_SUCCESS;
}

/* ---- events ---- */

HOST_API NTSTATUS sys_NtCreateEvent(HANDLE *EventHandle, ACCESS_MASK DesiredAccess, OBJECT_ATTRIBUTES *ObjectAttributes,
                           ULONG EventType, BOOLEAN InitialState)
{
    if (EventType > 1) return STATUS_INVALID_PARAMETER;
    return sync_create(EventHandle, OBJECT_EVENT, InitialState ? STATE_SIGNALLED : 0,
                       EventType == 0 ? SLOT_MANUAL_RESET : 0, 0, DesiredAccess, ObjectAttributes);
}

NTSTATUS sys_NtOpenEvent(HANDLE *EventHandle, ACCESS_MASK DesiredAccess, OBJECT_ATTRIBUTES *ObjectAttributes)
{
    return sync_open(EventHandle, OBJECT_EVENT, DesiredAccess, ObjectAttributes);
}

NTSTATUS sys_NtSetEvent(HANDLE EventHandle, LONG *PreviousState)
{
    uint32_t slot, tag, low;
    NTSTATUS status = handle_target(EventHandle, OBJECT_EVENT, EVENT_MODIFY_STATE, &slot, &tag);

    if (!status) status = set_signalled(slot_at(slot), tag, &low);
    if (!status && PreviousState) *PreviousState = low & STATE_SIGNALLED;
    return status;
}

NTSTATUS sys_NtResetEvent(HANDLE EventHandle, LONG *PreviousState)
{
    uint32_t slot, tag, low;
    NTSTATUS status = handle_target(EventHandle, OBJECT_EVENT, EVENT_MODIFY_STATE, &slot, &tag);

    if (!status) status = clear_signalled(slot_at(slot), tag, &low);
    if (!status && PreviousState) *PreviousState = low & STATE_SIGNALLED;
    return status;
}

NTSTATUS sys_NtClearEvent(HANDLE EventHandle)
{
    return sys_NtResetEvent(EventHandle, NULL);
}

static NTSTATUS pulse(struct slot *slot, uint32_t tag, uint32_t *low)
{
    uint32_t ticket = slot->flags & SLOT_MANUAL_RESET ? 0 : EVENT_PULSE_TICKET;

    if (!atomic_load(&slot->waiters)) return clear_signalled(slot, tag, low);
    STATE_UPDATE(slot, tag, *low, (((*low & ~STATE_SIGNALLED) + EVENT_PULSE_COUNT) | ticket), false);
    slot_wake(slot, true);
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtPulseEvent(HANDLE EventHandle, LONG *PreviousState)
{
    uint32_t slot, tag, low;
    NTSTATUS status = handle_target(EventHandle, OBJECT_EVENT, EVENT_MODIFY_STATE, &slot, &tag);

    if (!status) status = pulse(slot_at(slot), tag, &low);
    if (!status && PreviousState) *PreviousState = low & STATE_SIGNALLED;
    return status;
}

NTSTATUS sys_NtQueryEvent(HANDLE EventHandle, ULONG EventInformationClass, void *EventInformation,
                          ULONG EventInformationLength, ULONG *ReturnLength)
{
    struct {
        LONG EventType, EventState;
    } answer;
    uint32_t slot;

    if (EventInformationClass) return STATUS_INVALID_INFO_CLASS;
    if (EventInformationLength != sizeof(answer)) return STATUS_INFO_LENGTH_MISMATCH;
    NTSTATUS status = handle_slot(EventHandle, OBJECT_EVENT, 1 /* EVENT_QUERY_STATE */, &slot);
    if (status) return status;
    answer.EventType = !(slot_at(slot)->flags & SLOT_MANUAL_RESET);
    answer.EventState = slot_unlocked(slot_at(slot)) & STATE_SIGNALLED;
    return query_answer(&answer, sizeof(answer), EventInformation, EventInformationLength, ReturnLength);
}

/* ---- semaphores ---- */

NTSTATUS sys_NtCreateSemaphore(HANDLE *SemaphoreHandle, ACCESS_MASK DesiredAccess, OBJECT_ATTRIBUTES *ObjectAttributes,
                               LONG InitialCount, LONG MaximumCount)
{
    if (MaximumCount <= 0 || InitialCount < 0 || InitialCount > MaximumCount) return STATUS_INVALID_PARAMETER;
    return sync_create(SemaphoreHandle, OBJECT_SEMAPHORE, (uint32_t)InitialCount, 0, (uint32_t)MaximumCount,
                       DesiredAccess, ObjectAttributes);
}

NTSTATUS sys_NtOpenSemaphore(HANDLE *SemaphoreHandle, ACCESS_MASK DesiredAccess, OBJECT_ATTRIBUTES *ObjectAttributes)
{
    return sync_open(SemaphoreHandle, OBJECT_SEMAPHORE, DesiredAccess, ObjectAttributes);
}

static NTSTATUS release_semaphore(struct slot *slot, uint32_t tag, uint32_t count, uint32_t *low)
{
    bool over = false;

    STATE_UPDATE(slot, tag, *low, *low + count, (over = *low > slot->semaphore.maximum ||
                                                  count > slot->semaphore.maximum - *low));
    if (over) return STATUS_SEMAPHORE_LIMIT_EXCEEDED;
    unsigned waiters = atomic_load(&slot->waiters);
    if (waiters)
        syscall(SYS_futex, slot, FUTEX_WAKE, waiters >= WAITER_MULTIPLE ? INT_MAX : (int)count, NULL, NULL, 0);
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtReleaseSemaphore(HANDLE SemaphoreHandle, LONG ReleaseCount, LONG *PreviousCount)
{
    uint32_t slot, tag, low;

    if (ReleaseCount <= 0) return STATUS_INVALID_PARAMETER;
    NTSTATUS status = handle_target(SemaphoreHandle, OBJECT_SEMAPHORE, SEMAPHORE_MODIFY_STATE, &slot, &tag);
    if (!status) status = release_semaphore(slot_at(slot), tag, (uint32_t)ReleaseCount, &low);
    if (!status && PreviousCount) *PreviousCount = (LONG)low;
    return status;
}

NTSTATUS sys_NtQuerySemaphore(HANDLE SemaphoreHandle, ULONG SemaphoreInformationClass, void *SemaphoreInformation,
                              ULONG SemaphoreInformationLength, ULONG *ReturnLength)
{
    struct {
        ULONG CurrentCount, MaximumCount;
    } answer;
    uint32_t slot;

    if (SemaphoreInformationClass) return STATUS_INVALID_INFO_CLASS;
    if (SemaphoreInformationLength != sizeof(answer)) return STATUS_INFO_LENGTH_MISMATCH;
    NTSTATUS status = handle_slot(SemaphoreHandle, OBJECT_SEMAPHORE, 1 /* SEMAPHORE_QUERY_STATE */, &slot);
    if (status) return status;
    answer.CurrentCount = (ULONG)slot_unlocked(slot_at(slot));
    answer.MaximumCount = slot_at(slot)->semaphore.maximum;
    return query_answer(&answer, sizeof(answer), SemaphoreInformation, SemaphoreInformationLength, ReturnLength);
}

/* ---- mutants ---- */

void mutant_note_owned(uint32_t slot, uint32_t tag)
{
    struct wait_state *wait = thread_self()->wait;

    if (wait->owned_count == wait->owned_room) {
        unsigned kept = 0;
        for (unsigned i = 0; i < wait->owned_count; i++) /* forget those that are gone */
            if (slot_at(wait->owned[i].slot)->tag == wait->owned[i].tag) wait->owned[kept++] = wait->owned[i];
        wait->owned_count = kept;
        if (kept * 2 >= wait->owned_room) {
            unsigned room = wait->owned_room ? wait->owned_room * 2 : 16;
            struct owned_mutant *owned = realloc(wait->owned, room * sizeof(*owned));
            if (owned) wait->owned = owned, wait->owned_room = room;
        }
        if (wait->owned_count == wait->owned_room) return;
    }
    wait->owned[wait->owned_count++] = (struct owned_mutant){ slot, tag };
}

static void forget_owned(struct wait_state *wait, uint32_t slot)
{
    for (unsigned i = wait->owned_count; i--;) {
        if (wait->owned[i].slot != slot) continue;
        wait->owned[i] = wait->owned[--wait->owned_count];
        return;
    }
}

NTSTATUS sys_NtCreateMutant(HANDLE *MutantHandle, ACCESS_MASK DesiredAccess, OBJECT_ATTRIBUTES *ObjectAttributes,
                            BOOLEAN InitialOwner)
{
    return sync_create(MutantHandle, OBJECT_MUTANT, InitialOwner ? thread_self()->id : 0, 0, InitialOwner ? 1 : 0,
                       DesiredAccess, ObjectAttributes);
}

NTSTATUS sys_NtOpenMutant(HANDLE *MutantHandle, ACCESS_MASK DesiredAccess, OBJECT_ATTRIBUTES *ObjectAttributes)
{
    return sync_open(MutantHandle, OBJECT_MUTANT, DesiredAccess, ObjectAttributes);
}

static NTSTATUS give_mutant(struct slot *slot, uint32_t tag, uint32_t next)
{
    uint32_t low;

    STATE_UPDATE(slot, tag, low, next, false);
    (void)low;
    slot_wake(slot, false);
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtReleaseMutant(HANDLE MutantHandle, LONG *PreviousCount)
{
    struct thread *thread = thread_self();
    uint32_t number, tag;
    NTSTATUS status = handle_target(MutantHandle, OBJECT_MUTANT, 0, &number, &tag);

    if (status) return status;
    struct slot *slot = slot_at(number);
    uint64_t state = slot_unlocked(slot);
    if (state_tag(state) != tag) return STATUS_INVALID_HANDLE;
    if ((uint32_t)state != thread->id) return STATUS_MUTANT_NOT_OWNED;
    uint32_t recursion = slot->mutant.recursion;
    if (--slot->mutant.recursion == 0) {
        forget_owned(thread->wait, number);
        status = give_mutant(slot, tag, 0);
    }
    if (!status && PreviousCount) *PreviousCount = 1 - (LONG)recursion;
    return status;
}

NTSTATUS sys_NtQueryMutant(HANDLE MutantHandle, ULONG MutantInformationClass, void *MutantInformation,
                           ULONG MutantInformationLength, ULONG *ReturnLength)
{
    struct {
        LONG CurrentCount;
        BOOLEAN OwnedByCaller, AbandonedState;
    } basic;
    CLIENT_ID owner = { 0 };
    uint32_t number;

    if (MutantInformationClass > 1) return STATUS_INVALID_INFO_CLASS;
    if (MutantInformationLength != (MutantInformationClass ? sizeof(owner) : sizeof(basic)))
        return STATUS_INFO_LENGTH_MISMATCH;
    NTSTATUS status = handle_slot(MutantHandle, OBJECT_MUTANT, MUTANT_QUERY_STATE, &number);
    if (status) return status;
    struct slot *slot = slot_at(number);
    uint32_t low = (uint32_t)slot_unlocked(slot), id = low > MUTANT_ABANDONED ? low : 0;
    if (MutantInformationClass == 0) {
        basic.CurrentCount = id ? 1 - (LONG)slot->mutant.recursion : 1;
        basic.OwnedByCaller = id == thread_self()->id;
        basic.AbandonedState = low == MUTANT_ABANDONED;
        return query_answer(&basic, sizeof(basic), MutantInformation, MutantInformationLength, ReturnLength);
    }
    if (id) {
        owner.UniqueThread = (HANDLE)(ULONG_PTR)id;
        owner.UniqueProcess =
            (HANDLE)(ULONG_PTR)ID_OF_SLOT(atomic_load(&slot_at(SLOT_OF_ID(id))->owner));
    }
    return query_answer(&owner, sizeof(owner), MutantInformation, MutantInformationLength, ReturnLength);
}

/* ---- signal and wait ---- */

NTSTATUS sys_NtSignalAndWaitForSingleObject(HANDLE SignalHandle, HANDLE WaitHandle, BOOLEAN Alertable,
                                            LARGE_INTEGER *Timeout)
{
    struct handle_info info;
    uint32_t slot, tag;
    LARGE_INTEGER timeout;
    NTSTATUS status = handle_query(SignalHandle, &info);

    if (status) return status;
    if (Timeout) timeout = *Timeout;
    status = handle_target(WaitHandle, OBJECT_ANY, SYNCHRONIZE, &slot, &tag);
    if (status) return status;
    switch (info.type) {
    case OBJECT_EVENT: status = sys_NtSetEvent(SignalHandle, NULL); break;
    case OBJECT_SEMAPHORE: status = sys_NtReleaseSemaphore(SignalHandle, 1, NULL); break;
    case OBJECT_MUTANT: status = sys_NtReleaseMutant(SignalHandle, NULL); break;
    default: return STATUS_OBJECT_TYPE_MISMATCH;
    }
    return status ? status : sys_NtWaitForSingleObject(WaitHandle, Alertable, Timeout ? &timeout : NULL);
}

/* ---- threads ---- */

/* The slot that a parent made for the first thread here. 0: not that thread. */
static uint32_t first_thread_slot(void)
{
    static bool taken;

    if (taken || !startup) return 0;
    taken = true;
    uint32_t number = startup->thread_slot;
    if (number < ARENA_FIRST_SLOT || number >= ARENA_SLOTS || SLOT_TAG_TYPE(slot_at(number)->tag) != OBJECT_THREAD) return 0;
    return number;
}

NTSTATUS sync_thread_init(struct thread *thread)
{
    thread->wait = calloc(1, sizeof(*thread->wait));
    if (!thread->wait) return STATUS_NO_MEMORY;
    thread->slot = first_thread_slot();
    if (!thread->slot) {
        thread->slot = slot_allocate(OBJECT_THREAD, 0, SLOT_MANUAL_RESET);
        if (!thread->slot) {
            free(thread->wait);
            thread->wait = NULL;
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        struct slot *slot = slot_at(thread->slot);
        slot->thread.create_time = ticks_system();
        slot->thread.exit_status = STATUS_PENDING;
    }
    slot_at(thread->slot)->thread.unix_id = thread->tid;
    thread->id = ID_OF_SLOT(thread->slot);
    return STATUS_SUCCESS;
}

void sync_thread_exit(struct thread *thread, NTSTATUS status)
{
    struct wait_state *wait = thread->wait;
    struct slot *slot = slot_at(thread->slot);

    if (wait->active) wait_unregister(thread);
    if (wait->keyed) keyed_thread_exit(wait->keyed);
    for (unsigned i = 0; i < wait->owned_count; i++) {
        struct slot *mutant = slot_at(wait->owned[i].slot);
        uint64_t state = slot_unlocked(mutant);
        if (state_tag(state) == wait->owned[i].tag && (uint32_t)state == thread->id)
            give_mutant(mutant, wait->owned[i].tag, MUTANT_ABANDONED);
    }
    slot->thread.exit_time = ticks_system();
    slot->thread.exit_status = status;
    slot_set_signalled(slot, slot->tag, true);
    apc_close(thread);
    slot_release(thread->slot);
}
