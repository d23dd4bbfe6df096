/* Arena slots as this process uses them. Other modules use handle.h and wait.h. */
#ifndef HOST_OBJECT_H
#define HOST_OBJECT_H

#include <stdbool.h>
#include <stdint.h>
#include "ferry/nt.h"
#include "ferry/objects.h"
#include "handle.h"

#ifndef OBJ_PROTECT_CLOSE
#define OBJ_PROTECT_CLOSE 1
#endif

extern struct slot *arena_slots;
extern struct handle_entry *handle_entries; /* of this process */
extern struct process_block *process_block; /* of this process */
extern uint32_t process_slot;               /* of this process */

static inline struct slot *slot_at(uint32_t slot)
{
    return &arena_slots[slot & (ARENA_SLOTS - 1)];
}

static inline uint32_t state_tag(uint64_t state)
{
    return (uint32_t)(state >> 32);
}

static inline uint64_t state_of(uint32_t tag, uint32_t low)
{
    return (uint64_t)tag << 32 | low;
}

/* A slot this process owns, with one reference; 0 if there is none left. The union is zeroed. */
uint32_t slot_allocate(enum object_type type, uint32_t state, uint32_t flags);
void slot_release(uint32_t slot);
/* Before a reference can come into another process: without it, what its maker leaves behind is freed. */
static inline void slot_share(uint32_t slot)
{
    __atomic_fetch_or(&slot_at(slot)->flags, SLOT_SHARED, __ATOMIC_SEQ_CST);
}
/* Another reference to what `tag` says, through the number alone (an id): false if it is gone. */
bool slot_reference(uint32_t slot, uint32_t tag);

/* Waits until `slot` is no longer locked by a wait for all. Returns its state. */
uint64_t slot_unlocked(struct slot *slot);

/* A use of a handle that must outlast a close by another thread: a blocked wait, a look at the local object. */
struct handle_use {
    uint32_t index; /* 0: a pseudo handle */
    uint32_t slot;
    uint32_t tag;
    enum object_type type;
    ACCESS_MASK access;
    struct object *object;
};
NTSTATUS handle_use(HANDLE handle, enum object_type type, ACCESS_MASK access, struct handle_use *use);
void handle_unuse(const struct handle_use *use);

/* What handle_slot returns, with the tag that operations compare. */
NTSTATUS handle_target(HANDLE handle, enum object_type type, ACCESS_MASK access, uint32_t *slot, uint32_t *tag);

NTSTATUS handle_set_attributes(HANDLE handle, ULONG attributes);
NTSTATUS handle_close(HANDLE handle, bool even_if_protected);

/* Another handle of this process for what `use` refers to. */
NTSTATUS handle_create_like(const struct handle_use *use, ACCESS_MASK access, ULONG attributes, HANDLE *handle);

/* A handle in another process for a local object of this one, with the same access; the right to do so was checked. */
NTSTATUS handle_give(HANDLE handle, enum object_type type, uint32_t process, HANDLE *there);

/* New unnamed object and its handle in one step. */
NTSTATUS handle_create_slot(enum object_type type, uint32_t state, uint32_t flags, ACCESS_MASK access,
                            ULONG attributes, uint32_t *slot, HANDLE *handle);

/* The process slot of a running thread that belongs to another process; 0: it ended, or is one of ours. */
static inline uint32_t thread_other_process(uint32_t thread)
{
    const struct slot *slot = slot_at(thread);
    uint32_t owner = atomic_load(&slot->owner);

    if (SLOT_TAG_TYPE(slot->tag) != OBJECT_THREAD || (atomic_load(&slot->state) & STATE_SIGNALLED)) return 0;
    return owner == process_slot ? 0 : owner;
}

/* Slot of a local object, made if it has none. 0: out of slots. */
uint32_t object_slot(struct object *object);

const char *object_type_name(enum object_type type);
const GENERIC_MAPPING *object_type_mapping(enum object_type type);
/* `access` with generic bits and MAXIMUM_ALLOWED replaced. */
ACCESS_MASK object_map_access(const GENERIC_MAPPING *mapping, ACCESS_MASK access);

/* Wakes threads blocked on `slot`: all, or one if it is certain to take the object. sync.c */
void slot_wake(struct slot *slot, bool all);
void slot_set_signalled(struct slot *slot, uint32_t tag, bool signalled);

/* Notes that the running thread owns a mutant, which is abandoned when it ends. */
void mutant_note_owned(uint32_t slot, uint32_t tag);

/* arena.c: maps the arena, of the server or, without one, a private one. token: of a child process, 0. */
void arena_init(uint64_t token);
/* The block of another process, with its handle table. NULL: none such. */
struct process_block *arena_map_block(uint32_t index);
void arena_unmap_block(struct process_block *block);
static inline struct handle_entry *block_handles(struct process_block *block)
{
    return (struct handle_entry *)((char *)block + ARENA_HANDLES_OFFSET);
}
void handle_init(void);
void handle_adopt(void);
const struct object_ops *object_local_type(enum object_type type);

#endif
