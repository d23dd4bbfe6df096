/* Keyed events: a release and a wait with one key meet, whichever comes first. They match only within a process, as on
 * Windows, so the queue is private. */
#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "thread.h"
#include "object.h"
#include "sync.h"
#include "ferry/syscall_table.h"

struct keyed_wait {
    struct keyed_wait *next;
    uint32_t slot; /* 0: the one every process has */
    void *key;
    bool releasing;
    atomic_uint met; /* futex */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct keyed_wait *waits;

NTSTATUS sys_NtCreateKeyedEvent(HANDLE *KeyedEventHandle, ACCESS_MASK DesiredAccess, OBJECT_ATTRIBUTES *ObjectAttributes,
                                ULONG Flags)
{
    if (Flags) return STATUS_INVALID_PARAMETER_4;
    return sync_create(KeyedEventHandle, OBJECT_KEYED_EVENT, 0, 0, 0, DesiredAccess, ObjectAttributes);
}

NTSTATUS sys_NtOpenKeyedEvent(HANDLE *KeyedEventHandle, ACCESS_MASK DesiredAccess, OBJECT_ATTRIBUTES *ObjectAttributes)
{
    return sync_open(KeyedEventHandle, OBJECT_KEYED_EVENT, DesiredAccess, ObjectAttributes);
}

/* Lock held. False: it is not there any more, somebody met it. */
static bool unlink_wait(struct keyed_wait *wait)
{
    for (struct keyed_wait **at = &waits; *at; at = &(*at)->next) {
        if (*at != wait) continue;
        *at = wait->next;
        return true;
    }
    return false;
}

void keyed_thread_exit(struct keyed_wait *wait)
{
    pthread_mutex_lock(&lock);
    unlink_wait(wait);
    pthread_mutex_unlock(&lock);
}

static NTSTATUS meet(HANDLE event, ACCESS_MASK access, void *key, bool releasing, bool alertable, uint64_t deadline)
{
    struct thread *thread = thread_self();
    struct keyed_wait wait = { .key = key, .releasing = releasing }, **at;
    NTSTATUS status = STATUS_SUCCESS;

    if ((ULONG_PTR)key & 1) return STATUS_INVALID_PARAMETER_1;
    if (event) status = handle_slot(event, OBJECT_KEYED_EVENT, access, &wait.slot);
    if (status) return status;
    pthread_mutex_lock(&lock);
    for (at = &waits; *at; at = &(*at)->next)
        if ((*at)->slot == wait.slot && (*at)->key == key && (*at)->releasing != releasing) break;
    if (*at) {
        struct keyed_wait *other = *at;
        *at = other->next;
        atomic_store(&other->met, 1);
        syscall(SYS_futex, &other->met, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
        pthread_mutex_unlock(&lock);
        return STATUS_SUCCESS;
    }
    *at = &wait; /* at the end: first come, first served */
    thread->wait->keyed = &wait;
    pthread_mutex_unlock(&lock);
    while (!atomic_load(&wait.met)) {
        status = wait_pending(thread, alertable);
        if (!status && deadline != DEADLINE_NEVER && ticks_passed(deadline)) status = STATUS_TIMEOUT;
        if (status) break;
        wait_block_on(thread, alertable, &wait.met, 0, alertable ? timer_apc_deadline(thread, deadline) : deadline);
    }
    pthread_mutex_lock(&lock); /* also: whoever met it is done with it */
    if (!unlink_wait(&wait)) status = STATUS_SUCCESS;
    thread->wait->keyed = NULL;
    pthread_mutex_unlock(&lock);
    return status;
}

NTSTATUS sys_NtReleaseKeyedEvent(HANDLE KeyedEventHandle, void *Key, BOOLEAN Alertable, LARGE_INTEGER *Timeout)
{
    return meet(KeyedEventHandle, 2 /* KEYEDEVENT_WAKE */, Key, true, Alertable, deadline_of(Timeout));
}

NTSTATUS sys_NtWaitForKeyedEvent(HANDLE KeyedEventHandle, void *Key, BOOLEAN Alertable, LARGE_INTEGER *Timeout)
{
    return meet(KeyedEventHandle, 1 /* KEYEDEVENT_WAIT */, Key, false, Alertable, deadline_of(Timeout));
}
