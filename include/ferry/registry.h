/* The registry in shared memory: a file that only the server writes and every process maps to read.
 *
 *   0                        struct registry_header
 *   REGISTRY_KEYS_OFFSET     the keys, an array of struct registry_key; a place is used again with another generation
 *   REGISTRY_HEAP_OFFSET     names, lists and data; places are byte offsets into the file, 0: none
 *
 * The file is sparse: what is not used costs nothing.
 *
 * Readers take `sequence` before and after: the same even number twice means that what was read belongs together.
 * What is read in between may be torn, so every place is checked against the file and every loop has a bound; the
 * functions below do both, and return garbage or nothing, never a fault.
 *
 * A key is named by its id: place in the array, and generation above it. An id whose generation is over is a deleted
 * key.
 */
#ifndef FERRY_REGISTRY_H
#define FERRY_REGISTRY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "ferry/nt.h"

#define REGISTRY_MAGIC 0x47455246u
#define REGISTRY_VERSION 1u
#define REGISTRY_SIZE (1ull << 30)
#define REGISTRY_KEYS_OFFSET 4096u
#define REGISTRY_KEYS_MAX (1u << 20)
#define REGISTRY_HEAP_OFFSET (REGISTRY_KEYS_OFFSET + REGISTRY_KEYS_MAX * (uint32_t)sizeof(struct registry_key))

#define REGISTRY_KEY_NAME_MAX 255u     /* units, as on Windows ("Registry element size limits") */
#define REGISTRY_VALUE_NAME_MAX 16383u
#define REGISTRY_DATA_MAX (64u << 20)  /* bytes */
#define REGISTRY_DEPTH_MAX 512u

#define REGISTRY_ROOT 1u /* place of \Registry; place 0 stays empty */

struct registry_header {
    uint32_t magic;
    uint32_t version;
    atomic_uint sequence; /* odd: being written */
};

#define REGISTRY_KEY_VOLATILE 1u
#define REGISTRY_KEY_LINK 2u
#define REGISTRY_KEY_ROOT 4u /* cannot be deleted or renamed */
#define REGISTRY_KEY_HIVE 8u /* root of a loaded hive: the same, until it is unloaded */

struct registry_key {
    uint32_t generation; /* 0: free place */
    uint32_t parent;     /* place; 0 for \Registry */
    uint32_t name;
    uint16_t name_units;
    uint16_t flags;
    uint32_t class_name;
    uint32_t class_units;
    uint64_t write_time;  /* 100 ns since 1601 */
    uint32_t subkeys;     /* heap: places of keys, sorted by name */
    uint32_t subkey_count, subkey_room;
    uint32_t values;      /* heap: struct registry_value, as created */
    uint32_t value_count, value_room;
    uint32_t changes; /* goes up with everything that NtNotifyChangeKey tells about */
    uint32_t reserved;
};

struct registry_value {
    uint32_t name;
    uint32_t name_units;
    uint32_t hash; /* of the name in upper case */
    uint32_t type;
    uint32_t data;
    uint32_t size; /* bytes */
};

static inline uint64_t registry_id(uint32_t place, uint32_t generation)
{
    return (uint64_t)generation << 32 | place;
}

/* `size` bytes at `offset`; NULL if they do not lie in the heap. */
static inline const void *registry_at(const void *base, uint32_t offset, uint64_t size)
{
    if (offset < REGISTRY_HEAP_OFFSET || offset + size > REGISTRY_SIZE) return NULL;
    return (const char *)base + offset;
}

static inline const struct registry_key *registry_key_at(const void *base, uint32_t place)
{
    if (!place || place >= REGISTRY_KEYS_MAX) return NULL;
    return (const struct registry_key *)((const char *)base + REGISTRY_KEYS_OFFSET) + place;
}

/* NULL: deleted, or never was. */
static inline const struct registry_key *registry_key_of(const void *base, uint64_t id)
{
    const struct registry_key *key = registry_key_at(base, (uint32_t)id);

    return key && key->generation && key->generation == (uint32_t)(id >> 32) ? key : NULL;
}

/* Simple case mapping where it is one letter to one: Latin, Greek, Cyrillic, Armenian, full width. */
static inline WCHAR registry_upcase(WCHAR c)
{
    if (c < 'a') return c;
    if (c <= 'z') return c - 32;
    if (c < 0xe0) return c;
    if (c <= 0xfe) return c == 0xf7 ? c : c - 32;
    if (c == 0xff) return 0x178;
    if (c >= 0x100 && c <= 0x137 && c != 0x131) return c & ~1;
    if (c >= 0x139 && c <= 0x148) return c & 1 ? c : c - 1;
    if (c >= 0x14a && c <= 0x177) return c & ~1;
    if (c == 0x17a || c == 0x17c || c == 0x17e) return c - 1;
    if (c >= 0x3b1 && c <= 0x3cb && c != 0x3c2) return c - 32;
    if (c >= 0x430 && c <= 0x44f) return c - 32;
    if (c >= 0x450 && c <= 0x45f) return c - 80;
    if (c >= 0x460 && c <= 0x481) return c & ~1;
    if (c >= 0x48a && c <= 0x4bf) return c & ~1;
    if (c >= 0x4d0 && c <= 0x52f) return c & ~1;
    if (c >= 0x561 && c <= 0x586) return c - 48;
    if (c >= 0x1e00 && c <= 0x1e95) return c & ~1;
    if (c >= 0x1ea0 && c <= 0x1eff) return c & ~1;
    if (c >= 0xff41 && c <= 0xff5a) return c - 32;
    return c;
}

static inline int registry_compare(const WCHAR *a, uint32_t a_units, const WCHAR *b, uint32_t b_units)
{
    uint32_t units = a_units < b_units ? a_units : b_units;

    for (uint32_t i = 0; i < units; i++) {
        WCHAR x = a[i], y = b[i];
        if (x != y && (x = registry_upcase(x)) != (y = registry_upcase(y))) return x < y ? -1 : 1;
    }
    return a_units < b_units ? -1 : a_units > b_units;
}

static inline uint32_t registry_hash(const WCHAR *name, uint32_t units)
{
    uint32_t hash = 2166136261u;

    for (uint32_t i = 0; i < units; i++) hash = (hash ^ registry_upcase(name[i])) * 16777619u;
    return hash;
}

/* Where in the list of subkeys `name` is, or would be put. */
static inline bool registry_find_child(const void *base, const struct registry_key *key, const WCHAR *name,
                                       uint32_t units, uint32_t *at)
{
    uint32_t low = 0, high = key->subkey_count;
    const uint32_t *list = registry_at(base, key->subkeys, high * 4ull);

    *at = 0;
    if (!list) return false;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct registry_key *child = registry_key_at(base, list[middle]);
        uint32_t child_units = child ? child->name_units : 0;
        const WCHAR *child_name = child ? registry_at(base, child->name, child_units * 2ull) : NULL;
        if (!child_name) return false;
        int order = registry_compare(name, units, child_name, child_units);
        if (!order) {
            *at = middle;
            return true;
        }
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    *at = low;
    return false;
}

/* Place of the subkey, 0: none. */
static inline uint32_t registry_child(const void *base, const struct registry_key *key, const WCHAR *name,
                                      uint32_t units)
{
    uint32_t at;

    if (!registry_find_child(base, key, name, units, &at)) return 0;
    const uint32_t *entry = registry_at(base, key->subkeys + at * 4, 4);
    return entry ? *entry : 0;
}

static inline const struct registry_value *registry_value_at(const void *base, const struct registry_key *key,
                                                             uint32_t index)
{
    const struct registry_value *list = registry_at(base, key->values, (index + 1ull) * sizeof(*list));

    return list && index < key->value_count ? list + index : NULL;
}

static inline const struct registry_value *registry_find_value(const void *base, const struct registry_key *key,
                                                               const WCHAR *name, uint32_t units)
{
    uint32_t hash = registry_hash(name, units), count = key->value_count;
    const struct registry_value *list = registry_at(base, key->values, count * (uint64_t)sizeof(*list));

    for (uint32_t i = 0; list && i < count; i++) {
        if (list[i].hash != hash || list[i].name_units != units) continue;
        if (!units) return list + i;
        const WCHAR *found = registry_at(base, list[i].name, units * 2ull);
        if (found && !registry_compare(found, units, name, units)) return list + i;
    }
    return NULL;
}

#endif
