/* The handle table of this process.
 *
 * The shared entry is what the rest of the session may know; the private one beside it holds the local object and
 * counts uses that must outlast NtClose. Looking a slot up takes no lock; making and closing a handle takes one
 * private lock for the list of free entries.
 */
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host.h"
#include "object.h"
#include "process.h"
#include "server_client.h"
#include "thread.h"
#include "ferry/syscall_table.h"

#define USE_CLOSED 0x80000000u   /* in local_entry.uses: the handle is closed, the last use ends it */
#define USE_FINISHED 0x40000000u /* and somebody is ending it */

struct local_entry {
    struct object *object;
    atomic_uint uses;
    uint32_t next_free;
};

struct handle_entry *handle_entries;
static struct local_entry *local_entries;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t free_entry, fresh_entry = 1;

static inline uint32_t index_of(HANDLE handle)
{
    ULONG_PTR value = (ULONG_PTR)handle >> 2;
    return value < ARENA_HANDLES ? (uint32_t)value : 0;
}

static inline bool is_live(uint64_t rights)
{
    return (rights & HANDLE_PHASE_MASK) == HANDLE_PHASE_LIVE;
}

void handle_init(void)
{
    local_entries = mmap(NULL, ARENA_HANDLES * sizeof(*local_entries), PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (local_entries == MAP_FAILED) {
        host_report("cannot map the handle table");
        _exit(126);
    }
}

static uint64_t make_rights(enum object_type type, ACCESS_MASK access, ULONG attributes, uint64_t phase)
{
    attributes &= OBJ_INHERIT | OBJ_PROTECT_CLOSE;
    return (uint64_t)access << 32 | phase | attributes << 8 | type;
}

/* In a child: the entries its parent made are taken, the gaps between them free. */
void handle_adopt(void)
{
    uint32_t left = atomic_load(&process_block->handle_count), last = 0;

    for (uint32_t i = 1; i < ARENA_FIRST_FOREIGN_HANDLE && left; i++) {
        if (!atomic_load(&handle_entries[i].rights)) continue;
        last = i;
        left--;
    }
    fresh_entry = last + 1;
    for (uint32_t i = last; i; i--) {
        if (atomic_load(&handle_entries[i].rights)) continue;
        local_entries[i].next_free = free_entry;
        free_entry = i;
    }
}

void handle_install(HANDLE handle, struct object *object, ACCESS_MASK access, ULONG attributes)
{
    uint32_t index = index_of(handle);

    if (!index || local_entries[index].object) return;
    object_retain(object);
    atomic_fetch_add(&object->handles, 1);
    local_entries[index].object = object;
    handle_entries[index].fd = object->fd;
    atomic_store(&handle_entries[index].target, 0);
    atomic_store(&handle_entries[index].rights,
                 make_rights(object->ops->type, access, attributes, HANDLE_PHASE_LIVE | HANDLE_LOCAL));
}

/* ---- local objects ---- */

void object_init(struct object *object, const struct object_ops *ops, int fd)
{
    object->ops = ops;
    atomic_init(&object->references, 1);
    atomic_init(&object->handles, 0);
    object->slot = 0;
    object->fd = fd;
}

void object_retain(struct object *object)
{
    atomic_fetch_add_explicit(&object->references, 1, memory_order_relaxed);
}

void object_release(struct object *object)
{
    if (atomic_fetch_sub(&object->references, 1) != 1) return;
    uint32_t slot = object->slot;
    object->ops->destroy(object);
    if (slot) slot_release(slot);
}

uint32_t object_slot(struct object *object)
{
    uint32_t slot = __atomic_load_n(&object->slot, __ATOMIC_ACQUIRE), none = 0;

    if (slot) return slot;
    slot = slot_allocate(object->ops->type, STATE_SIGNALLED, SLOT_MANUAL_RESET);
    if (!slot) return 0;
    if (__atomic_compare_exchange_n(&object->slot, &none, slot, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return slot;
    slot_release(slot);
    return none;
}

NTSTATUS object_set_signalled(struct object *object, bool signalled)
{
    uint32_t slot = object_slot(object);

    if (!slot) return STATUS_INSUFFICIENT_RESOURCES;
    slot_set_signalled(slot_at(slot), slot_at(slot)->tag, signalled);
    return STATUS_SUCCESS;
}

/* ---- entries ---- */

static uint32_t take_entry(void)
{
    pthread_mutex_lock(&lock);
    uint32_t index = free_entry;
    if (index) free_entry = local_entries[index].next_free;
    else if (fresh_entry < ARENA_FIRST_FOREIGN_HANDLE) index = fresh_entry++;
    pthread_mutex_unlock(&lock);
    return index;
}

static void give_entry(uint32_t index)
{
    if (index >= ARENA_FIRST_FOREIGN_HANDLE) return;
    pthread_mutex_lock(&lock);
    local_entries[index].next_free = free_entry;
    free_entry = index;
    pthread_mutex_unlock(&lock);
}

NTSTATUS handle_create(struct object *object, enum object_type type, uint32_t slot, ACCESS_MASK access,
                       ULONG attributes, HANDLE *handle)
{
    uint32_t index = take_entry();
    uint64_t extra = object ? HANDLE_LOCAL : 0;

    if (!index) {
        if (!object) slot_release(slot);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    struct handle_entry *entry = &handle_entries[index];
    if (object) {
        type = object->ops->type;
        object_retain(object);
        atomic_fetch_add(&object->handles, 1);
        access = object_map_access(&object->ops->mapping, access);
    } else {
        access = object_map_access(object_type_mapping(type), access);
    }
    local_entries[index].object = object;
    entry->fd = object ? object->fd : -1;
    entry->import = 0;
    atomic_store_explicit(&entry->target, object ? 0 : state_of(slot_at(slot)->tag, slot), memory_order_relaxed);
    atomic_store_explicit(&entry->rights, make_rights(type, access, attributes, HANDLE_PHASE_LIVE | extra),
                          memory_order_release);
    atomic_fetch_add_explicit(&process_block->handle_count, 1, memory_order_relaxed);
    *handle = (HANDLE)(ULONG_PTR)(index * 4);
    return STATUS_SUCCESS;
}

NTSTATUS handle_create_slot(enum object_type type, uint32_t state, uint32_t flags, ACCESS_MASK access,
                            ULONG attributes, uint32_t *slot, HANDLE *handle)
{
    *slot = slot_allocate(type, state, flags);
    if (!*slot) return STATUS_INSUFFICIENT_RESOURCES;
    return handle_create(NULL, type, *slot, access, attributes, handle);
}

/* The entry of a closed handle that nobody uses any more. */
static void finish_close(uint32_t index)
{
    struct handle_entry *entry = &handle_entries[index];
    struct object *object = local_entries[index].object;
    uint32_t slot = (uint32_t)atomic_load_explicit(&entry->target, memory_order_relaxed);

    local_entries[index].object = NULL;
    atomic_store_explicit(&entry->target, 0, memory_order_relaxed);
    atomic_store_explicit(&entry->rights, 0, memory_order_release);
    atomic_fetch_and(&local_entries[index].uses, ~(USE_CLOSED | USE_FINISHED));
    atomic_fetch_sub_explicit(&process_block->handle_count, 1, memory_order_relaxed);
    give_entry(index);
    if (object) object_release(object);
    else if (slot) slot_release(slot);
}

static void try_finish(uint32_t index)
{
    unsigned expected = USE_CLOSED;

    if (atomic_compare_exchange_strong(&local_entries[index].uses, &expected, USE_CLOSED | USE_FINISHED))
        finish_close(index);
}

static inline bool use_entry(uint32_t index, uint64_t *rights)
{
    atomic_fetch_add(&local_entries[index].uses, 1);
    *rights = atomic_load(&handle_entries[index].rights);
    return is_live(*rights);
}

static inline void unuse_entry(uint32_t index)
{
    if (atomic_fetch_sub(&local_entries[index].uses, 1) == (USE_CLOSED | 1)) try_finish(index);
}

/* A local object that another process put under `index`: made here at its first use. */
static NTSTATUS import_object(uint32_t index, uint64_t rights)
{
    static pthread_mutex_t importing = PTHREAD_MUTEX_INITIALIZER;
    unsigned char data[4096];
    struct request_import_get request = { .import = handle_entries[index].import };
    struct reply_import_get reply;
    struct server_call call = { .request = &request.header, .request_size = sizeof(request), .reply = &reply.header,
                                .reply_size = sizeof(reply), .extra = data, .extra_room = sizeof(data) };
    const struct object_ops *ops = object_local_type(HANDLE_TYPE(rights));
    NTSTATUS status = STATUS_SUCCESS;
    struct object *object;

    if (!ops || !ops->restore) return STATUS_NOT_SUPPORTED;
    pthread_mutex_lock(&importing);
    if (!local_entries[index].object) {
        status = server_call(REQUEST_import_get, &call);
        if (!status) status = ops->restore(data, (int)call.extra_size, call.reply_fd, &object);
        if (!status) {
            atomic_fetch_add(&object->handles, 1);
            handle_entries[index].fd = object->fd;
            local_entries[index].object = object;
        }
    }
    pthread_mutex_unlock(&importing);
    return status;
}

static NTSTATUS check_rights(uint64_t rights, enum object_type type, ACCESS_MASK access)
{
    if (type != OBJECT_ANY && HANDLE_TYPE(rights) != type) return STATUS_OBJECT_TYPE_MISMATCH;
    if (access & ~HANDLE_ACCESS(rights)) return STATUS_ACCESS_DENIED;
    return STATUS_SUCCESS;
}

/* -1 and -2: this process, this thread. */
static bool pseudo_handle(HANDLE handle, enum object_type *type, uint32_t *slot)
{
    switch ((LONG_PTR)handle) {
    case -1: *type = OBJECT_PROCESS, *slot = process_slot; return true;
    case -2: *type = OBJECT_THREAD, *slot = thread_self() ? thread_self()->slot : 0; return *slot != 0;
    }
    return false;
}

NTSTATUS handle_target(HANDLE handle, enum object_type type, ACCESS_MASK access, uint32_t *slot, uint32_t *tag)
{
    uint32_t index = index_of(handle);
    enum object_type pseudo;

    if (!index) {
        if (!pseudo_handle(handle, &pseudo, slot)) return STATUS_INVALID_HANDLE;
        if (type != OBJECT_ANY && type != pseudo) return STATUS_OBJECT_TYPE_MISMATCH;
        *tag = slot_at(*slot)->tag;
        return STATUS_SUCCESS;
    }
    uint64_t rights = atomic_load_explicit(&handle_entries[index].rights, memory_order_acquire);
    uint64_t target = atomic_load_explicit(&handle_entries[index].target, memory_order_relaxed);
    if (!is_live(rights)) return STATUS_INVALID_HANDLE;
    if (type != OBJECT_ANY && HANDLE_TYPE(rights) != type) return STATUS_OBJECT_TYPE_MISMATCH;
    if (access & ~HANDLE_ACCESS(rights)) return STATUS_ACCESS_DENIED;
    *slot = (uint32_t)target;
    *tag = (uint32_t)(target >> 32);
    return STATUS_SUCCESS;
}

NTSTATUS handle_slot(HANDLE handle, enum object_type type, ACCESS_MASK access, uint32_t *slot)
{
    uint32_t tag;
    NTSTATUS status = handle_target(handle, type, access, slot, &tag);

    return status || *slot ? status : STATUS_OBJECT_TYPE_MISMATCH;
}

NTSTATUS handle_use(HANDLE handle, enum object_type type, ACCESS_MASK access, struct handle_use *use)
{
    uint32_t index = index_of(handle);
    uint64_t rights;

    if (!index) {
        if (!pseudo_handle(handle, &use->type, &use->slot)) return STATUS_INVALID_HANDLE;
        if (type != OBJECT_ANY && type != use->type) return STATUS_OBJECT_TYPE_MISMATCH;
        use->index = 0;
        use->object = NULL;
        use->tag = slot_at(use->slot)->tag;
        use->access = object_type_mapping(use->type)->GenericAll;
        return STATUS_SUCCESS;
    }
    NTSTATUS status = use_entry(index, &rights) ? check_rights(rights, type, access) : STATUS_INVALID_HANDLE;
    if (!status && (rights & HANDLE_LOCAL) && !local_entries[index].object) status = import_object(index, rights);
    if (status) {
        unuse_entry(index);
        return status;
    }
    uint64_t target = atomic_load(&handle_entries[index].target);
    use->index = index;
    use->type = HANDLE_TYPE(rights);
    use->access = HANDLE_ACCESS(rights);
    use->object = local_entries[index].object;
    use->slot = (uint32_t)target;
    use->tag = (uint32_t)(target >> 32);
    return STATUS_SUCCESS;
}

void handle_unuse(const struct handle_use *use)
{
    if (use->index) unuse_entry(use->index);
}

NTSTATUS handle_create_like(const struct handle_use *use, ACCESS_MASK access, ULONG attributes, HANDLE *handle)
{
    if (use->object) return handle_create(use->object, use->type, 0, access, attributes, handle);
    if (!slot_reference(use->slot, use->tag)) return STATUS_INVALID_HANDLE;
    return handle_create(NULL, use->type, use->slot, access, attributes, handle);
}

NTSTATUS handle_object(HANDLE handle, enum object_type type, ACCESS_MASK access, struct object **object,
                       ACCESS_MASK *granted)
{
    struct handle_use use;
    NTSTATUS status = handle_use(handle, type, access, &use);

    if (status) return status;
    if (use.object) {
        object_retain(use.object);
        *object = use.object;
        if (granted) *granted = use.access;
    } else {
        status = STATUS_OBJECT_TYPE_MISMATCH;
    }
    handle_unuse(&use);
    return status;
}

NTSTATUS handle_query(HANDLE handle, struct handle_info *info)
{
    uint32_t index = index_of(handle);
    enum object_type type;

    if (!index) {
        if (!pseudo_handle(handle, &type, &info->slot)) return STATUS_INVALID_HANDLE;
        info->type = type;
        info->access = object_type_mapping(type)->GenericAll;
        info->attributes = 0;
        info->object = NULL;
        return STATUS_SUCCESS;
    }
    uint64_t rights = atomic_load_explicit(&handle_entries[index].rights, memory_order_acquire);
    if (!is_live(rights)) return STATUS_INVALID_HANDLE;
    info->type = HANDLE_TYPE(rights);
    info->access = HANDLE_ACCESS(rights);
    info->attributes = HANDLE_ATTRIBUTES(rights);
    info->object = local_entries[index].object;
    info->slot = info->object ? info->object->slot : (uint32_t)atomic_load(&handle_entries[index].target);
    return STATUS_SUCCESS;
}

NTSTATUS handle_set_attributes(HANDLE handle, ULONG attributes)
{
    uint32_t index = index_of(handle);

    if (!index) return STATUS_INVALID_HANDLE;
    uint64_t rights = atomic_load(&handle_entries[index].rights), wanted;
    do {
        if (!is_live(rights)) return STATUS_INVALID_HANDLE;
        wanted = (rights & ~0xff00ull) | (attributes & (OBJ_INHERIT | OBJ_PROTECT_CLOSE)) << 8;
    } while (!atomic_compare_exchange_weak(&handle_entries[index].rights, &rights, wanted));
    return STATUS_SUCCESS;
}

NTSTATUS handle_close(HANDLE handle, bool even_if_protected)
{
    uint32_t index = index_of(handle);

    if (!index) return (LONG_PTR)handle >= -6 && (LONG_PTR)handle < 0 ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
    struct handle_entry *entry = &handle_entries[index];
    uint64_t rights = atomic_load(&entry->rights), closing;
    do {
        if (!is_live(rights)) return STATUS_INVALID_HANDLE;
        if ((HANDLE_ATTRIBUTES(rights) & OBJ_PROTECT_CLOSE) && !even_if_protected) return STATUS_HANDLE_NOT_CLOSABLE;
        closing = (rights & ~(uint64_t)HANDLE_PHASE_MASK) | HANDLE_PHASE_CLOSING;
    } while (!atomic_compare_exchange_weak(&entry->rights, &rights, closing));

    struct object *object = local_entries[index].object;
    if (object && atomic_fetch_sub(&object->handles, 1) == 1 && object->ops->last_handle)
        object->ops->last_handle(object);
    atomic_fetch_or(&local_entries[index].uses, USE_CLOSED);
    try_finish(index);
    return STATUS_SUCCESS;
}

HOST_API NTSTATUS sys_NtClose(HANDLE Handle)
{
    return handle_close(Handle, false);
}
