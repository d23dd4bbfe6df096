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

struct slot *arena_slots;
struct process_block *process_block;
uint32_t process_slot;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t free_slots;          /* linked by next_free */
static uint32_t fresh, fresh_end;    /* granted and never used */

static void map_private(void)
{
    int flags = MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE;
    char *slots = mmap(NULL, ARENA_PROCESS_OFFSET, PROT_READ | PROT_WRITE, flags, -1, 0);
    char *block = mmap(NULL, ARENA_PROCESS_SIZE, PROT_READ | PROT_WRITE, flags, -1, 0);

    if (slots == MAP_FAILED || block == MAP_FAILED) {
        host_report("cannot map the object arena");
        _exit(126);
    }
    arena_slots = (struct slot *)slots;
    process_block = (struct process_block *)block;
    fresh = ARENA_FIRST_SLOT;
    fresh_end = ARENA_SLOTS;
}

void arena_init(void)
{
    map_private();
    handle_entries = (struct handle_entry *)((char *)process_block + ARENA_HANDLES_OFFSET);
}

static uint32_t take_free(void)
{
    uint32_t slot = free_slots;

    if (slot) {
        free_slots = slot_at(slot)->next_free;
        return slot;
    }
    if (fresh == fresh_end) return 0;
    return fresh++;
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

    if (atomic_fetch_sub(&slot->references, 1) == 1) slot_free(number);
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
