/* The arena as this process maps it, and the slots it has to give.
 *
 * Free slots that the server granted are on a private list; taking one and giving it back needs no request.
 */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host.h"
#include "object.h"
#include "server_client.h"

struct slot *arena_slots;
struct process_block *process_block;
uint32_t process_slot;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t free_slots;       /* linked by next_free */
static uint32_t fresh, fresh_end; /* granted and never used */
static uint32_t next_grant = 256;
static int arena_fd = -1;

#define GRANT_MAX 4096

static void *map(off_t offset, size_t size)
{
    int flags = MAP_SHARED | MAP_NORESERVE | (arena_fd < 0 ? MAP_ANONYMOUS : 0);
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, arena_fd, arena_fd < 0 ? 0 : offset);

    if (at != MAP_FAILED) return at;
    host_report("cannot map the object arena");
    _exit(126);
}

void arena_init(uint64_t token)
{
    struct reply_hello hello = { .slots = { ARENA_FIRST_SLOT, ARENA_SLOTS - ARENA_FIRST_SLOT } };

    server_connect(token, &hello, &arena_fd);
    arena_slots = map(0, ARENA_PROCESS_OFFSET);
    process_block = map((off_t)(ARENA_PROCESS_OFFSET + hello.block * ARENA_PROCESS_SIZE), ARENA_PROCESS_SIZE);
    handle_entries = (struct handle_entry *)((char *)process_block + ARENA_HANDLES_OFFSET);
    process_slot = hello.process;
    fresh = hello.slots.first;
    fresh_end = fresh + hello.slots.count;
}

struct process_block *arena_map_block(uint32_t index)
{
    if (index >= ARENA_PROCESSES || arena_fd < 0) return NULL;
    void *at = mmap(NULL, ARENA_PROCESS_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, arena_fd,
                    (off_t)(ARENA_PROCESS_OFFSET + index * ARENA_PROCESS_SIZE));
    return at == MAP_FAILED ? NULL : at;
}

void arena_unmap_block(struct process_block *block)
{
    if (block) munmap(block, ARENA_PROCESS_SIZE);
}

/* Lock held. More slots from the server, all of them onto the free list but one range. */
static bool ask_for_slots(void)
{
    struct request_slots request = { .count = next_grant };
    struct reply_slots reply;

    if (server_request(slots, &request, &reply)) return false;
    if (next_grant < GRANT_MAX) next_grant *= 2;
    for (uint32_t i = 0; i < reply.count && i < SLOT_RANGES_MAX; i++) {
        struct slot_range range = reply.ranges[i];
        if (i == reply.count - 1) {
            fresh = range.first;
            fresh_end = range.first + range.count;
            break;
        }
        for (uint32_t n = range.count; n--;) {
            slot_at(range.first + n)->next_free = free_slots;
            free_slots = range.first + n;
        }
    }
    return true;
}

static uint32_t take_free(void)
{
    uint32_t slot = free_slots;

    if (slot) {
        free_slots = slot_at(slot)->next_free;
        return slot;
    }
    if (fresh == fresh_end && !ask_for_slots()) return 0;
    if (fresh < fresh_end) return fresh++;
    slot = free_slots;
    if (slot) free_slots = slot_at(slot)->next_free;
    return slot;
}

uint32_t slot_allocate(enum object_type type, uint32_t state, uint32_t flags)
{
    pthread_mutex_lock(&lock);
    uint32_t number = take_free();
    pthread_mutex_unlock(&lock);
    if (!number) return 0;

    struct slot *slot = slot_at(number);
    for (int i = 8; i < 16; i++) ((uint32_t *)slot)[i] = 0;
    slot->name = 0;
    slot->flags = flags;
    slot->tag = SLOT_TAG(type, slot->tag + 1);
    atomic_store_explicit(&slot->owner, process_slot, memory_order_relaxed);
    atomic_store_explicit(&slot->waiters, 0, memory_order_relaxed);
    atomic_store_explicit(&slot->references, 1, memory_order_relaxed);
    atomic_store_explicit(&slot->state, state_of(slot->tag, state), memory_order_release);
    return number;
}

static void slot_free(uint32_t number)
{
    struct slot *slot = slot_at(number);

    slot->tag = SLOT_TAG(OBJECT_ANY, slot->tag);
    atomic_store(&slot->state, state_of(slot->tag, 0));
    atomic_store_explicit(&slot->owner, process_slot, memory_order_relaxed);
    pthread_mutex_lock(&lock);
    slot->next_free = free_slots;
    free_slots = number;
    pthread_mutex_unlock(&lock);
}

void slot_release(uint32_t number)
{
    struct slot *slot = slot_at(number);

    if (atomic_fetch_sub(&slot->references, 1) != 1) return;
    if (slot->flags & SLOT_TOLD_SERVER) {
        struct request_slot_gone request = { .slot = number };
        struct reply_slot_gone reply;
        if (!server_request(slot_gone, &request, &reply) && reply.free) slot_free(number);
    } else {
        slot_free(number);
    }
}

bool slot_reference(uint32_t number, uint32_t tag)
{
    struct slot *slot = slot_at(number);
    unsigned count = atomic_load(&slot->references);

    do {
        if (!count) return false;
    } while (!atomic_compare_exchange_weak(&slot->references, &count, count + 1));
    if (slot->tag == tag) return true;
    slot_release(number);
    return false;
}

uint64_t slot_unlocked(struct slot *slot)
{
    for (unsigned spins = 0;; spins++) {
        uint64_t state = atomic_load(&slot->state);
        if (!(state_tag(state) & SLOT_LOCKED)) return state;
        if (spins > 100) sched_yield();
        else __builtin_ia32_pause();
    }
}
