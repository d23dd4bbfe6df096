/* Completion ports and wait completion packets.
 *
 * A port's queue lies in the memory of the process that made it: a port is used inside one process. The limit of
 * running threads (Count) is recorded only. A wait completion packet needs no thread of its own: threads that wait for
 * the port also wait for the packets' objects.
 */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "thread.h"
#include "object.h"
#include "sync.h"
#include "ferry/syscall_table.h"

struct packet {
    struct packet *next;
    struct wait_packet *source; /* one that must be given back, or NULL */
    FILE_IO_COMPLETION_INFORMATION data;
};

struct port {
    struct object object;
    pthread_mutex_t lock;
    struct packet *head, *tail;
    unsigned depth;
    bool closed;
    atomic_uint change;  /* futex: something was queued, associated or closed */
    atomic_uint waiters;
    struct wait_packet *associated;
};

/* Linked into its port while its object is not signalled. */
struct wait_packet {
    struct object object;
    struct wait_packet *next;
    struct port *port; /* while associated or queued; holds a reference */
    bool queued;
    struct handle_use target;
    struct packet packet;
};

#define PORT_QUERY 1
#define PORT_MODIFY 2
#define MAXIMUM_WATCHED MAXIMUM_WAIT_OBJECTS

/* ---- ports ---- */

/* Lock held. Wakes as many waiters as may have to look. */
static void port_changed(struct port *port, int wake)
{
    atomic_fetch_add(&port->change, 1);
    if (atomic_load(&port->waiters)) syscall(SYS_futex, &port->change, FUTEX_WAKE_PRIVATE, wake, NULL, NULL, 0);
    if (port->object.slot) object_set_signalled(&port->object, port->head != NULL);
}

static void enqueue(struct port *port, struct packet *packet)
{
    packet->next = NULL;
    if (port->head) port->tail->next = packet;
    else port->head = packet;
    port->tail = packet;
    port->depth++;
    port_changed(port, 1);
}

static struct packet *dequeue(struct port *port)
{
    struct packet *packet = port->head;

    if (!packet) return NULL;
    port->head = packet->next;
    port->depth--;
    if (port->object.slot && !port->head) object_set_signalled(&port->object, false);
    return packet;
}

static void port_last_handle(struct object *object)
{
    struct port *port = (struct port *)object;

    pthread_mutex_lock(&port->lock);
    port->closed = true;
    port_changed(port, INT_MAX);
    pthread_mutex_unlock(&port->lock);
}

static void port_destroy(struct object *object)
{
    struct port *port = (struct port *)object;

    for (struct packet *packet; (packet = port->head);) {
        port->head = packet->next;
        if (!packet->source) free(packet);
    }
    pthread_mutex_destroy(&port->lock);
    free(port);
}

static const struct object_ops port_ops = {
    .type = OBJECT_IO_COMPLETION,
    .type_name = "IoCompletion",
    .mapping = { STANDARD_RIGHTS_READ | PORT_QUERY, STANDARD_RIGHTS_WRITE | PORT_MODIFY,
                 STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE, STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 3 },
    .last_handle = port_last_handle,
    .destroy = port_destroy,
};

NTSTATUS sys_NtCreateIoCompletion(HANDLE *IoCompletionHandle, ACCESS_MASK DesiredAccess,
                                  OBJECT_ATTRIBUTES *ObjectAttributes, ULONG Count)
{
    HANDLE handle;

    *IoCompletionHandle = NULL;
    if (ObjectAttributes && ObjectAttributes->Length != sizeof(*ObjectAttributes)) return STATUS_INVALID_PARAMETER;
    if (ObjectAttributes && ObjectAttributes->ObjectName && ObjectAttributes->ObjectName->Length)
        return STATUS_NOT_SUPPORTED; /* a name would make it visible to processes that cannot reach the queue */
    ULONG attributes = ObjectAttributes ? ObjectAttributes->Attributes : 0;
    struct port *port = calloc(1, sizeof(*port));
    if (!port) return STATUS_NO_MEMORY;
    object_init(&port->object, &port_ops, -1);
    pthread_mutex_init(&port->lock, NULL);
    NTSTATUS status = handle_create(&port->object, OBJECT_IO_COMPLETION, 0, DesiredAccess, attributes, &handle);
    object_release(&port->object);
    if (!status) *IoCompletionHandle = handle;
    return status;
}

NTSTATUS sys_NtOpenIoCompletion(HANDLE *IoCompletionHandle, ACCESS_MASK DesiredAccess,
                                OBJECT_ATTRIBUTES *ObjectAttributes)
{
    return sync_open(IoCompletionHandle, OBJECT_IO_COMPLETION, DesiredAccess, ObjectAttributes);
}

NTSTATUS completion_post(struct object *object, void *key, void *apc_context, NTSTATUS status, ULONG_PTR information)
{
    struct port *port = (struct port *)object;
    struct packet *packet = malloc(sizeof(*packet));

    if (!packet) return STATUS_NO_MEMORY;
    packet->source = NULL;
    packet->data.KeyContext = key;
    packet->data.ApcContext = apc_context;
    packet->data.IoStatusBlock.Status = status;
    packet->data.IoStatusBlock.Information = information;
    pthread_mutex_lock(&port->lock);
    enqueue(port, packet);
    pthread_mutex_unlock(&port->lock);
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtSetIoCompletion(HANDLE IoCompletionHandle, void *KeyContext, void *ApcContext, NTSTATUS IoStatus,
                               ULONG_PTR IoStatusInformation)
{
    struct object *object;
    NTSTATUS status = handle_object(IoCompletionHandle, OBJECT_IO_COMPLETION, PORT_MODIFY, &object, NULL);

    if (status) return status;
    status = completion_post(object, KeyContext, ApcContext, IoStatus, IoStatusInformation);
    object_release(object);
    return status;
}

/* ---- wait completion packets ---- */

/* Lock held. Ends the association; the packet may be used again. */
static void unlink_packet(struct port *port, struct wait_packet *packet)
{
    struct wait_packet **at = &port->associated;

    while (*at && *at != packet) at = &(*at)->next;
    if (*at) *at = packet->next;
    handle_unuse(&packet->target);
}

/* Lock held. Queues the packets whose objects are signalled, taking the objects as a wait does. */
static void collect_signalled(struct port *port, struct thread *thread)
{
    uint32_t low;

    for (struct wait_packet *packet = port->associated, *next; packet; packet = next) {
        next = packet->next;
        if (packet->target.slot &&
            try_acquire(packet->target.slot, packet->target.tag, thread->id, &low) == NOT_SIGNALLED)
            continue;
        unlink_packet(port, packet);
        packet->queued = true;
        enqueue(port, &packet->packet);
    }
}

/* Lock held. The words to sleep on beside `change`. */
static unsigned watch(struct port *port, struct futex_waitv *words, uint32_t *slots, uint64_t *deadline)
{
    unsigned count = 0;

    for (struct wait_packet *packet = port->associated; packet && count < MAXIMUM_WATCHED; packet = packet->next) {
        struct slot *slot = slot_at(packet->target.slot);
        if (packet->target.type == OBJECT_TIMER) {
            uint64_t due = atomic_load(&slot->timer.due);
            if (due != TIMER_NEVER) *deadline = deadline_earlier(*deadline, due);
        }
        atomic_fetch_add(&slot->waiters, WAITER_MULTIPLE);
        slots[count++] = packet->target.slot;
        words[count] = (struct futex_waitv){ .val = (uint32_t)slot_unlocked(slot), .uaddr = (uintptr_t)slot, .flags = FUTEX_32 };
    }
    return count;
}

static void wait_packet_detach(struct wait_packet *packet, bool remove_queued)
{
    struct port *port = packet->port;

    if (!port) return;
    pthread_mutex_lock(&port->lock);
    if (packet->queued && remove_queued) {
        struct packet **at = &port->head;
        port->tail = NULL;
        while (*at) {
            if (*at == &packet->packet) {
                *at = packet->packet.next;
                port->depth--;
                continue;
            }
            port->tail = *at;
            at = &(*at)->next;
        }
        packet->queued = false;
        packet->port = NULL;
    } else if (!packet->queued && packet->port) {
        unlink_packet(port, packet);
        packet->port = NULL;
    }
    bool detached = !packet->port;
    pthread_mutex_unlock(&port->lock);
    if (detached) object_release(&port->object);
}

static void wait_packet_destroy(struct object *object)
{
    struct wait_packet *packet = (struct wait_packet *)object;

    wait_packet_detach(packet, true);
    free(packet);
}

static const struct object_ops wait_packet_ops = {
    .type = OBJECT_WAIT_PACKET,
    .type_name = "WaitCompletionPacket",
    .mapping = { STANDARD_RIGHTS_READ, STANDARD_RIGHTS_WRITE | 1, STANDARD_RIGHTS_EXECUTE, STANDARD_RIGHTS_REQUIRED | 1 },
    .destroy = wait_packet_destroy,
};

NTSTATUS sys_NtCreateWaitCompletionPacket(HANDLE *WaitCompletionPacketHandle, ACCESS_MASK DesiredAccess,
                                          OBJECT_ATTRIBUTES *ObjectAttributes)
{
    ULONG attributes = ObjectAttributes ? ObjectAttributes->Attributes : 0;
    struct wait_packet *packet = calloc(1, sizeof(*packet));
    HANDLE handle = NULL;

    if (!packet) return STATUS_NO_MEMORY;
    object_init(&packet->object, &wait_packet_ops, -1);
    packet->packet.source = packet;
    NTSTATUS status = handle_create(&packet->object, OBJECT_WAIT_PACKET, 0, DesiredAccess, attributes, &handle);
    object_release(&packet->object);
    *WaitCompletionPacketHandle = handle;
    return status;
}

static NTSTATUS associate(struct wait_packet *packet, struct port *port, HANDLE target, bool *signalled)
{
    struct handle_use use;
    NTSTATUS status = handle_use(target, OBJECT_ANY, SYNCHRONIZE, &use);

    if (status) return status;
    if (use.type == OBJECT_MUTANT) { /* would need an owner */
        handle_unuse(&use);
        return STATUS_INVALID_PARAMETER_3;
    }
    if (use.object) {
        use.slot = __atomic_load_n(&use.object->slot, __ATOMIC_ACQUIRE);
        use.tag = use.slot ? slot_at(use.slot)->tag : 0;
    }
    pthread_mutex_lock(&port->lock);
    if (packet->port) {
        pthread_mutex_unlock(&port->lock);
        handle_unuse(&use);
        return STATUS_INVALID_PARAMETER_1;
    }
    object_retain(&port->object);
    packet->port = port;
    packet->target = use;
    packet->queued = false;
    packet->next = port->associated;
    port->associated = packet;
    collect_signalled(port, thread_self());
    *signalled = packet->queued;
    if (!packet->queued) port_changed(port, INT_MAX);
    pthread_mutex_unlock(&port->lock);
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtAssociateWaitCompletionPacket(HANDLE WaitCompletionPacketHandle, HANDLE IoCompletionHandle,
                                             HANDLE TargetObjectHandle, void *KeyContext, void *ApcContext,
                                             NTSTATUS IoStatus, ULONG_PTR IoStatusInformation, BOOLEAN *AlreadySignaled)
{
    struct object *object, *port;
    bool signalled = false;
    NTSTATUS status = handle_object(WaitCompletionPacketHandle, OBJECT_WAIT_PACKET, 1, &object, NULL);

    if (status) return status;
    status = handle_object(IoCompletionHandle, OBJECT_IO_COMPLETION, PORT_MODIFY, &port, NULL);
    if (!status) {
        struct wait_packet *packet = (struct wait_packet *)object;
        if (!packet->port) {
            packet->packet.data.KeyContext = KeyContext;
            packet->packet.data.ApcContext = ApcContext;
            packet->packet.data.IoStatusBlock.Status = IoStatus;
            packet->packet.data.IoStatusBlock.Information = IoStatusInformation;
        }
        status = associate(packet, (struct port *)port, TargetObjectHandle, &signalled);
        object_release(port);
    }
    object_release(object);
    if (!status && AlreadySignaled) *AlreadySignaled = signalled;
    return status;
}

NTSTATUS sys_NtCancelWaitCompletionPacket(HANDLE WaitCompletionPacketHandle, BOOLEAN RemoveSignaledPacket)
{
    struct object *object;
    NTSTATUS status = handle_object(WaitCompletionPacketHandle, OBJECT_WAIT_PACKET, 1, &object, NULL);

    if (status) return status;
    struct wait_packet *packet = (struct wait_packet *)object;
    if (!packet->port) status = STATUS_CANCELLED;
    else if (packet->queued && !RemoveSignaledPacket) status = STATUS_PENDING;
    else wait_packet_detach(packet, RemoveSignaledPacket);
    object_release(object);
    return status;
}

/* ---- removing packets ---- */

/* Lock held. */
static ULONG take(struct port *port, FILE_IO_COMPLETION_INFORMATION *out, ULONG room, struct object **release)
{
    struct packet *packet;
    ULONG count = 0;

    *release = NULL;
    while (count < room && !*release && (packet = dequeue(port))) {
        out[count++] = packet->data;
        if (!packet->source) {
            free(packet);
            continue;
        }
        packet->source->queued = false;
        packet->source->port = NULL;
        *release = &port->object; /* the packet's reference */
    }
    return count;
}

static NTSTATUS remove_packets(struct port *port, FILE_IO_COMPLETION_INFORMATION *out, ULONG room, ULONG *count,
                               bool alertable, uint64_t deadline)
{
    struct thread *thread = thread_self();
    struct futex_waitv words[MAXIMUM_WATCHED + 1];
    uint32_t slots[MAXIMUM_WATCHED];
    struct object *release;

    for (;;) {
        pthread_mutex_lock(&port->lock);
        if (port->associated) collect_signalled(port, thread);
        *count = take(port, out, room, &release);
        bool closed = port->closed;
        unsigned change = atomic_load(&port->change), watched = 0;
        uint64_t until = deadline;
        if (*count || closed || deadline == DEADLINE_NOW) {
            pthread_mutex_unlock(&port->lock);
            if (release) object_release(release);
            if (*count) return STATUS_SUCCESS;
            if (closed) return STATUS_ABANDONED_WAIT_0;
            NTSTATUS status = wait_pending(thread, alertable);
            return status ? status : STATUS_TIMEOUT;
        }
        atomic_fetch_add(&port->waiters, 1);
        if (port->associated) watched = watch(port, words, slots, &until);
        pthread_mutex_unlock(&port->lock);

        NTSTATUS status = wait_pending(thread, alertable);
        if (!status && deadline != DEADLINE_NEVER && ticks_passed(deadline)) status = STATUS_TIMEOUT;
        if (!status) {
            if (alertable) until = timer_apc_deadline(thread, until);
            if (watched) {
                words[0] = (struct futex_waitv){ .val = change, .uaddr = (uintptr_t)&port->change,
                                                 .flags = FUTEX_32 | FUTEX_PRIVATE_FLAG };
                wait_block_many(thread, alertable, words, watched + 1, until);
            } else {
                wait_block_on(thread, alertable, &port->change, change, until);
            }
        }
        atomic_fetch_sub(&port->waiters, 1);
        while (watched) atomic_fetch_sub(&slot_at(slots[--watched])->waiters, WAITER_MULTIPLE);
        if (status) return status;
    }
}

NTSTATUS sys_NtRemoveIoCompletion(HANDLE IoCompletionHandle, void **KeyContext, void **ApcContext,
                                  IO_STATUS_BLOCK *IoStatusBlock, LARGE_INTEGER *Timeout)
{
    uint64_t deadline = deadline_of(Timeout);
    FILE_IO_COMPLETION_INFORMATION packet;
    struct object *port;
    ULONG count;
    NTSTATUS status = handle_object(IoCompletionHandle, OBJECT_IO_COMPLETION, PORT_MODIFY, &port, NULL);

    if (status) return status;
    status = remove_packets((struct port *)port, &packet, 1, &count, false, deadline);
    object_release(port);
    if (status) return status;
    *KeyContext = packet.KeyContext;
    *ApcContext = packet.ApcContext;
    *IoStatusBlock = packet.IoStatusBlock;
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtRemoveIoCompletionEx(HANDLE IoCompletionHandle, FILE_IO_COMPLETION_INFORMATION *IoCompletionInformation,
                                    ULONG Count, ULONG *NumEntriesRemoved, LARGE_INTEGER *Timeout, BOOLEAN Alertable)
{
    uint64_t deadline = deadline_of(Timeout);
    FILE_IO_COMPLETION_INFORMATION packets[64];
    struct object *port;
    ULONG count = 0;

    if (!Count) return STATUS_INVALID_PARAMETER;
    NTSTATUS status = handle_object(IoCompletionHandle, OBJECT_IO_COMPLETION, PORT_MODIFY, &port, NULL);
    if (status) return status;
    status = remove_packets((struct port *)port, packets, Count < 64 ? Count : 64, &count, Alertable, deadline);
    object_release(port);
    for (ULONG i = 0; i < count; i++) IoCompletionInformation[i] = packets[i];
    *NumEntriesRemoved = count;
    return status;
}

NTSTATUS sys_NtQueryIoCompletion(HANDLE IoCompletionHandle, ULONG IoCompletionInformationClass,
                                 void *IoCompletionInformation, ULONG IoCompletionInformationLength, ULONG *ReturnLength)
{
    struct object *object;
    LONG depth;

    if (IoCompletionInformationClass) return STATUS_INVALID_INFO_CLASS;
    if (IoCompletionInformationLength != sizeof(depth)) return STATUS_INFO_LENGTH_MISMATCH;
    NTSTATUS status = handle_object(IoCompletionHandle, OBJECT_IO_COMPLETION, PORT_QUERY, &object, NULL);
    if (status) return status;
    depth = (LONG)((struct port *)object)->depth;
    object_release(object);
    return query_answer(&depth, sizeof(depth), IoCompletionInformation, IoCompletionInformationLength, ReturnLength);
}
