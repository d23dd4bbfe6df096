/* The arena: who was granted which slots, and what a dead process leaves behind. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "job.h"
#include "server.h"

int arena_fd = -1;
struct slot *arena_slots;
uint64_t arena_epoch;

static uint32_t fresh = ARENA_FIRST_SLOT; /* slots below it were granted at least once */
static uint32_t *returned;                /* slots that dead processes left free */
static uint32_t returned_count, returned_room;

static uint64_t system_time(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 10000000 + (uint64_t)now.tv_nsec / 100 + 116444736000000000ull;
}

void arena_create(void)
{
    arena_fd = memfd_create("ferry-objects", MFD_CLOEXEC);
    if (arena_fd < 0 || ftruncate(arena_fd, (off_t)ARENA_SIZE)) abort();
    arena_slots = mmap(NULL, ARENA_PROCESS_OFFSET, PROT_READ | PROT_WRITE, MAP_SHARED, arena_fd, 0);
    if (arena_slots == MAP_FAILED) abort();
    if (getrandom(&arena_epoch, sizeof(arena_epoch), 0) != sizeof(arena_epoch)) abort();
    struct arena_header *header = (struct arena_header *)arena_slots;
    header->magic = ARENA_MAGIC;
    header->version = ARENA_VERSION;
    header->epoch = arena_epoch;
    atomic_store(&header->slot_limit, fresh);
}

bool slot_is_granted(uint32_t slot)
{
    return slot >= ARENA_FIRST_SLOT && slot < fresh;
}

struct slot *slot_at(uint32_t slot)
{
    return &arena_slots[slot & (ARENA_SLOTS - 1)];
}

static uint64_t state_of(uint32_t tag, uint32_t low)
{
    return (uint64_t)tag << 32 | low;
}

static void wake(struct slot *slot)
{
    if (atomic_load(&slot->waiters)) syscall(SYS_futex, slot, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* ---- granting ---- */

static void give_back(uint32_t slot)
{
    if (returned_count == returned_room) {
        uint32_t room = returned_room ? returned_room * 2 : 1024;
        uint32_t *more = realloc(returned, room * sizeof(*more));
        if (!more) return; /* lost until the session ends */
        returned = more;
        returned_room = room;
    }
    returned[returned_count++] = slot;
}

uint32_t arena_grant(uint32_t count, struct slot_range *ranges, uint32_t room)
{
    uint32_t used = 0;

    while (count && used < room && returned_count) {
        uint32_t slot = returned[--returned_count];
        if (used && ranges[used - 1].first + ranges[used - 1].count == slot) ranges[used - 1].count++;
        else if (used && slot + 1 == ranges[used - 1].first) ranges[used - 1].first--, ranges[used - 1].count++;
        else ranges[used++] = (struct slot_range){ slot, 1 };
        count--;
    }
    if (count && used < room && fresh < ARENA_SLOTS) {
        if (count > ARENA_SLOTS - fresh) count = ARENA_SLOTS - fresh;
        ranges[used++] = (struct slot_range){ fresh, count };
        fresh += count;
        atomic_store(&((struct arena_header *)arena_slots)->slot_limit, fresh);
    }
    return used;
}

uint32_t arena_slots_used(void)
{
    uint32_t used = 0;

    for (uint32_t i = ARENA_FIRST_SLOT; i < fresh; i++) used += atomic_load(&slot_at(i)->references) != 0;
    return used;
}

/* ---- the server's own slots ---- */

uint32_t slot_make(enum object_type type, uint32_t state, uint32_t flags)
{
    struct slot_range range;

    if (!arena_grant(1, &range, 1)) return 0;
    struct slot *slot = slot_at(range.first);
    for (int i = 8; i < 16; i++) ((uint32_t *)slot)[i] = 0;
    slot->name = 0;
    slot->flags = flags;
    slot->tag = SLOT_TAG(type, slot->tag + 1);
    atomic_store(&slot->owner, 0);
    atomic_store(&slot->waiters, 0);
    atomic_store(&slot->references, 1);
    atomic_store(&slot->state, state_of(slot->tag, state));
    return range.first;
}

static void slot_free(uint32_t number)
{
    struct slot *slot = slot_at(number);

    slot->tag = SLOT_TAG(OBJECT_ANY, slot->tag);
    atomic_store(&slot->owner, 0);
    atomic_store(&slot->state, state_of(slot->tag, 0));
    give_back(number);
}

void slot_unreference(uint32_t number)
{
    if (!slot_is_granted(number)) return;
    struct slot *slot = slot_at(number);
    unsigned count = atomic_load(&slot->references);
    do {
        if (!count) return;
    } while (!atomic_compare_exchange_weak(&slot->references, &count, count - 1));
    if (count != 1) return;
    if (slot->flags & SLOT_TOLD_SERVER) {
        name_slot_gone(number);
        job_slot_gone(number);
    }
    slot_free(number);
}

bool slot_reference(uint32_t number, uint32_t type)
{
    if (!slot_is_granted(number)) return false;
    struct slot *slot = slot_at(number);
    unsigned count = atomic_load(&slot->references);
    do {
        if (!count) return false;
    } while (!atomic_compare_exchange_weak(&slot->references, &count, count + 1));
    if (!type || SLOT_TAG_TYPE(slot->tag) == type) return true;
    slot_unreference(number);
    return false;
}

void slot_signal(uint32_t number)
{
    if (!slot_is_granted(number)) return;
    struct slot *slot = slot_at(number);
    atomic_fetch_or(&slot->state, STATE_SIGNALLED);
    wake(slot);
}

NTSTATUS request_slot_gone(struct request *request, const struct request_slot_gone *in, uint32_t extra,
                           struct reply_slot_gone *out)
{
    if (!slot_is_granted(in->slot)) return STATUS_INVALID_PARAMETER;
    struct slot *slot = slot_at(in->slot);
    if (atomic_load(&slot->references) || !(slot->flags & SLOT_TOLD_SERVER)) return STATUS_SUCCESS; /* opened again */
    __atomic_fetch_and(&slot->flags, ~SLOT_TOLD_SERVER, __ATOMIC_SEQ_CST);
    name_slot_gone(in->slot);
    job_slot_gone(in->slot);
    out->free = 1;
    return STATUS_SUCCESS;
}

NTSTATUS request_slots(struct request *request, const struct request_slots *in, uint32_t extra, struct reply_slots *out)
{
    uint32_t count = in->count < 4096 ? in->count : 4096;

    out->count = arena_grant(count, out->ranges, SLOT_RANGES_MAX);
    if (!out->count) return STATUS_INSUFFICIENT_RESOURCES;
    for (uint32_t i = 0; i < out->count; i++)
        for (uint32_t n = 0; n < out->ranges[i].count; n++)
            atomic_store(&slot_at(out->ranges[i].first + n)->owner, request->client->process->slot);
    return STATUS_SUCCESS;
}

/* ---- what a dead process leaves ---- */

struct process_block *arena_map_block(uint32_t block)
{
    void *map;

    if (block >= ARENA_PROCESSES) return NULL;
    map = mmap(NULL, ARENA_PROCESS_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, arena_fd,
               (off_t)(ARENA_PROCESS_OFFSET + block * ARENA_PROCESS_SIZE));
    return map == MAP_FAILED ? NULL : map;
}

void arena_unmap_block(struct process_block *block)
{
    munmap(block, ARENA_PROCESS_SIZE);
}

struct handle_entry *block_handles(struct process_block *block)
{
    return (struct handle_entry *)((char *)block + ARENA_HANDLES_OFFSET);
}

/* A mutant of a thread of `process`, or a lock it holds. */
static bool is_thread_of(uint32_t thread, uint32_t process)
{
    if (!slot_is_granted(thread)) return false;
    const struct slot *slot = slot_at(thread);
    return SLOT_TAG_TYPE(slot->tag) == OBJECT_THREAD && atomic_load(&slot->owner) == process;
}

static void reclaim_slot(uint32_t number, uint32_t process)
{
    struct slot *slot = slot_at(number);
    uint64_t state = atomic_load(&slot->state);
    uint32_t tag = (uint32_t)(state >> 32);

    if ((tag & SLOT_LOCKED) && is_thread_of(tag & 0xffffff, process)) {
        tag = slot->tag & ~SLOT_LOCKED;
        atomic_compare_exchange_strong(&slot->state, &state, state_of(tag, (uint32_t)state));
        wake(slot);
        state = atomic_load(&slot->state);
        tag = (uint32_t)(state >> 32);
    }
    if (SLOT_TAG_TYPE(tag) == OBJECT_MUTANT && (uint32_t)state > MUTANT_ABANDONED &&
        is_thread_of(SLOT_OF_ID((uint32_t)state), process) &&
        atomic_compare_exchange_strong(&slot->state, &state, state_of(tag, MUTANT_ABANDONED)))
        wake(slot);
}

static void reclaim_handles(struct process_block *block)
{
    struct handle_entry *entries = block_handles(block);
    uint32_t seen = 0, limit = atomic_load(&block->handle_count), empty = 0;

    /* The count ends the walk; it may be off by those that were being made or closed. */
    for (uint32_t i = 1; i < ARENA_HANDLES; i++) {
        uint64_t rights = atomic_load(&entries[i].rights), target = atomic_load(&entries[i].target);
        if (!rights) {
            if (++empty > 256 && seen >= limit) break;
            continue;
        }
        seen++;
        empty = 0;
        atomic_store(&entries[i].rights, 0);
        uint32_t number = (uint32_t)target;
        if ((rights & HANDLE_LOCAL) || !slot_is_granted(number)) continue;
        struct slot *slot = slot_at(number);
        if (slot->tag != (uint32_t)(target >> 32)) continue;
        wake(slot); /* a wake-up the dead process got may have been meant for another waiter */
        slot_unreference(number);
    }
}

void arena_reclaim(uint32_t index, uint32_t process, int32_t exit_status)
{
    struct process_block *block = arena_map_block(index);

    for (uint32_t i = ARENA_FIRST_SLOT; i < fresh; i++) reclaim_slot(i, process);
    if (block) {
        reclaim_handles(block);
        arena_unmap_block(block);
    }
    uint64_t now = system_time();
    for (uint32_t i = ARENA_FIRST_SLOT; i < fresh; i++) {
        struct slot *slot = slot_at(i);
        if (atomic_load(&slot->owner) != process || i == process) continue;
        unsigned type = SLOT_TAG_TYPE(slot->tag);
        if (type == OBJECT_THREAD && !(atomic_load(&slot->state) & STATE_SIGNALLED)) {
            slot->thread.exit_status = exit_status;
            slot->thread.exit_time = now;
            slot_signal(i);
            slot_unreference(i); /* the running thread's own */
        }
        /* What is free, or was being made; and what nobody else can have: of local objects, requests, half-made handles. */
        if (type == OBJECT_ANY ? !atomic_load(&slot->references)
                               : type != OBJECT_THREAD && type != OBJECT_PROCESS && !slot->name &&
                                     !(slot->flags & (SLOT_SHARED | SLOT_TOLD_SERVER))) {
            atomic_store(&slot->references, 0);
            slot_free(i);
        }
    }
    struct slot *slot = slot_at(process);
    slot->process.exit_status = exit_status;
    slot->process.exit_time = now;
    slot_signal(process);
    fallocate(arena_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
              (off_t)(ARENA_PROCESS_OFFSET + index * ARENA_PROCESS_SIZE), (off_t)ARENA_PROCESS_SIZE);
}
