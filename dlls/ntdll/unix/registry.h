/* The registry as this process sees it: read from shared memory, changed by requests. */
#ifndef HOST_REGISTRY_H
#define HOST_REGISTRY_H

#include <sched.h>
#include "handle.h"
#include "ferry/registry.h"

struct key {
    struct object object;
    uint64_t id;
    uint32_t *watches; /* event slots the server was asked to set; malloced */
    uint32_t watch_count;
};

/* The shared file, mapped at the first use. */
NTSTATUS registry_use(const void **base);

static inline uint32_t registry_read_begin(const void *base)
{
    const struct registry_header *header = base;
    uint32_t sequence;

    while ((sequence = atomic_load_explicit(&header->sequence, memory_order_acquire)) & 1) sched_yield();
    return sequence;
}

static inline bool registry_read_again(const void *base, uint32_t sequence)
{
    const struct registry_header *header = base;

    atomic_thread_fence(memory_order_acquire);
    return atomic_load_explicit(&header->sequence, memory_order_relaxed) != sequence;
}

/* Rewrites \REGISTRY\… in place as 32-bit programs see the registry; its new length. (registry_wow.c) */
uint32_t registry_narrow_path(WCHAR *path, uint32_t units, uint32_t room);

/* The key of a handle, with a reference to release. */
NTSTATUS key_from_handle(HANDLE handle, ACCESS_MASK access, struct key **key, const void **base);

static inline void key_release(struct key *key)
{
    object_release(&key->object);
}

/* KEY_*_INFORMATION and KEY_VALUE_*_INFORMATION, written straight to where Windows code wants them. Between
 * registry_read_begin and registry_read_again. (registryinfo.c) */
NTSTATUS registry_fill_key(const void *base, const struct registry_key *key, ULONG class, void *to, ULONG length,
                           ULONG *needed);
NTSTATUS registry_fill_value(const void *base, const struct registry_value *value, ULONG class, void *to, ULONG length,
                             ULONG *needed);

/* \REGISTRY\… ; units, of which at most `room` are written. */
uint32_t registry_path(const void *base, const struct registry_key *key, WCHAR *to, uint32_t room);

#endif
