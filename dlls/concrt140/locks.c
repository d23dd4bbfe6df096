/* Concurrency::critical_section and the condition variable under it. Reference: cpp-docs: "critical_section Class". Every
 * thread is a context of its own: what waits, blocks its thread.
 *
 * The objects live in storage of the program: six and seven pointers. */
#include "classes.h"

#define FOREVER 0xffffffffu /* COOPERATIVE_TIMEOUT_INFINITE */

enum { FREE, HELD, HELD_WITH_WAITERS };

struct critical_section {
    LONG state;
    DWORD owner; /* thread, 0: none */
    char room[6 * sizeof(void *) - 8];
};

struct condition_variable {
    LONG sequence; /* grows with every notification */
    char room[7 * sizeof(void *) - 4];
};

_Static_assert(sizeof(struct critical_section) == 6 * sizeof(void *), "size in <concrt.h>");
_Static_assert(sizeof(struct condition_variable) == 7 * sizeof(void *), "size in <concrt.h>");

CXX_CLASS(exception_)
CXX_CLASS(improper_lock)

MEMBER struct critical_section *make_critical_section(struct critical_section *section)
{
    section->state = FREE;
    section->owner = 0;
    return section;
}

MEMBER void destroy_critical_section(struct critical_section *section)
{
}

static BOOL try_lock(struct critical_section *section)
{
    if (InterlockedCompareExchange(&section->state, HELD, FREE) != FREE) return FALSE;
    section->owner = GetCurrentThreadId();
    return TRUE;
}

/* Milliseconds left of `timeout` since `start`. */
static DWORD left_of(DWORD timeout, ULONGLONG start)
{
    ULONGLONG passed = GetTickCount64() - start;

    return timeout == FOREVER ? INFINITE : passed >= timeout ? 0 : timeout - (DWORD)passed;
}

static BOOLEAN lock_for(struct critical_section *section, DWORD timeout)
{
    ULONGLONG start;
    LONG waiting = HELD_WITH_WAITERS;

    if (try_lock(section)) return TRUE;
    start = GetTickCount64();
    while (InterlockedExchange(&section->state, HELD_WITH_WAITERS) != FREE) {
        DWORD left = left_of(timeout, start);
        if (!left) return FALSE;
        WaitOnAddress(&section->state, &waiting, sizeof(waiting), left);
    }
    section->owner = GetCurrentThreadId();
    return TRUE;
}

/* Throws improper_lock when this thread holds the lock already. */
MEMBER void lock_critical_section(struct critical_section *section)
{
    if (section->owner == GetCurrentThreadId()) {
        struct cxx_object object;
        cxx_object_set(&object, vtable_improper_lock, "Lock already taken");
        _CxxThrowException(&object, &throw_improper_lock);
    }
    lock_for(section, FOREVER);
}

MEMBER BOOLEAN try_lock_critical_section(struct critical_section *section)
{
    return try_lock(section);
}

/* timeout in milliseconds. */
MEMBER BOOLEAN try_lock_critical_section_for(struct critical_section *section, unsigned timeout)
{
    if (section->owner == GetCurrentThreadId()) {
        struct cxx_object object;
        cxx_object_set(&object, vtable_improper_lock, "Lock already taken");
        _CxxThrowException(&object, &throw_improper_lock);
    }
    return lock_for(section, timeout);
}

MEMBER void unlock_critical_section(struct critical_section *section)
{
    section->owner = 0;
    if (InterlockedExchange(&section->state, FREE) == HELD_WITH_WAITERS) WakeByAddressSingle(&section->state);
}

/* ---- condition variable ---- */

MEMBER struct condition_variable *make_condition_variable(struct condition_variable *condition)
{
    condition->sequence = 0;
    return condition;
}

MEMBER void destroy_condition_variable(struct condition_variable *condition)
{
}

/* FALSE: the time is over. The lock, which the caller holds, is given back meanwhile. */
MEMBER BOOLEAN wait_condition_variable_for(struct condition_variable *condition, struct critical_section *section,
                                           unsigned timeout)
{
    LONG sequence = *(volatile LONG *)&condition->sequence;
    ULONGLONG start = GetTickCount64();
    BOOLEAN notified;

    unlock_critical_section(section);
    for (;;) {
        DWORD left = left_of(timeout, start);
        notified = *(volatile LONG *)&condition->sequence != sequence;
        if (notified || !left) break;
        WaitOnAddress(&condition->sequence, &sequence, sizeof(sequence), left);
    }
    lock_for(section, FOREVER);
    return notified;
}

MEMBER void wait_condition_variable(struct condition_variable *condition, struct critical_section *section)
{
    wait_condition_variable_for(condition, section, FOREVER);
}

MEMBER void notify_one_condition_variable(struct condition_variable *condition)
{
    InterlockedIncrement(&condition->sequence);
    WakeByAddressSingle(&condition->sequence);
}

MEMBER void notify_all_condition_variable(struct condition_variable *condition)
{
    InterlockedIncrement(&condition->sequence);
    WakeByAddressAll(&condition->sequence);
}
