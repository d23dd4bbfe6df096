/* The registry's tree, in a file that clients read under the sequence of its header. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "registry.h"

void *registry_base;
int registry_fd = -1;

static uint32_t heap_end, key_end, key_free; /* key_free: list through `parent` */
static uint32_t generation; /* of the next key, never 0 */

/* ---- room ---- */

#define SMALL 512u
#define SMALL_CLASSES (SMALL / 16)
static uint32_t free_lists[SMALL_CLASSES + 1 + 2 * 24];

/* Sizes come in steps of 16 bytes, above SMALL in two steps for each power of two. */
static uint32_t class_of(uint32_t size, uint32_t *rounded)
{
    if (size <= SMALL) {
        *rounded = (size + 15) & ~15u;
        return *rounded / 16;
    }
    uint32_t class = SMALL_CLASSES + 1, step = SMALL;
    for (;; step *= 2, class += 2) {
        if (size <= step + step / 2) {
            *rounded = step + step / 2;
            return class;
        }
        if (size <= step * 2) {
            *rounded = step * 2;
            return class + 1;
        }
    }
}

static uint32_t allocate(uint32_t size)
{
    uint32_t rounded;

    if (!size) return 0;
    uint32_t *list = &free_lists[class_of(size, &rounded)], place = *list;
    if (place) {
        memcpy(list, (char *)registry_base + place, 4);
        return place;
    }
    if (rounded > REGISTRY_SIZE - heap_end) return 0;
    place = heap_end;
    heap_end += rounded;
    return place;
}

static void release(uint32_t place, uint32_t size)
{
    uint32_t rounded;

    if (!place || !size) return;
    uint32_t *list = &free_lists[class_of(size, &rounded)];
    memcpy((char *)registry_base + place, list, 4);
    *list = place;
}

static void *memory(uint32_t place)
{
    return (char *)registry_base + place;
}

static uint32_t copy(const void *from, uint32_t size)
{
    uint32_t place = allocate(size);

    if (place) memcpy(memory(place), from, size);
    return place;
}

bool tree_has_room(uint64_t bytes)
{
    return key_end < REGISTRY_KEYS_MAX - 1 && heap_end + bytes * 2 + (4u << 20) < REGISTRY_SIZE;
}

/* A list with room for one more entry. */
static bool grow(uint32_t *list, uint32_t count, uint32_t *room, uint32_t entry)
{
    if (count < *room) return true;
    uint32_t more = *room ? *room * 2 : 4, place = allocate(more * entry);
    if (!place) return false;
    memcpy(memory(place), memory(*list), *list ? count * entry : 0);
    release(*list, *room * entry);
    *list = place;
    *room = more;
    return true;
}

/* ---- readers ---- */

static void begin(void)
{
    struct registry_header *header = registry_base;

    atomic_store_explicit(&header->sequence, atomic_load(&header->sequence) + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst);
}

static void end(void)
{
    struct registry_header *header = registry_base;

    atomic_store_explicit(&header->sequence, atomic_load(&header->sequence) + 1, memory_order_release);
}

uint64_t tree_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (now.tv_sec + 11644473600ull) * 10000000 + now.tv_nsec / 100;
}

bool tree_create(void)
{
    registry_fd = memfd_create("ferry-registry", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (registry_fd < 0 || ftruncate(registry_fd, REGISTRY_SIZE)) return false;
    registry_base = mmap(NULL, REGISTRY_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, registry_fd, 0);
    if (registry_base == MAP_FAILED) {
        close(registry_fd);
        registry_fd = -1;
        registry_base = NULL;
        return false;
    }
    struct registry_header *header = registry_base;
    header->magic = REGISTRY_MAGIC;
    header->version = REGISTRY_VERSION;
    memset(free_lists, 0, sizeof(free_lists));
    key_free = 0;
    heap_end = (REGISTRY_HEAP_OFFSET + 15) & ~15u;
    key_end = REGISTRY_ROOT + 1;
    struct registry_key *root = tree_key(REGISTRY_ROOT);
    generation = 1;
    root->generation = generation++;
    root->flags = REGISTRY_KEY_ROOT;
    root->name = copy(L"REGISTRY", 16);
    root->name_units = 8;
    root->write_time = tree_now();
    return true;
}

/* ---- keys ---- */

uint32_t tree_place(uint64_t id)
{
    const struct registry_key *key = registry_key_of(registry_base, id);

    return key ? (uint32_t)id : 0;
}

uint32_t tree_depth(uint32_t place)
{
    uint32_t depth = 0;

    while ((place = tree_key(place)->parent)) depth++;
    return depth;
}

static void link_child(struct registry_key *parent, uint32_t place)
{
    const struct registry_key *key = tree_key(place);
    uint32_t at;

    registry_find_child(registry_base, parent, memory(key->name), key->name_units, &at);
    uint32_t *list = memory(parent->subkeys);
    memmove(list + at + 1, list + at, (parent->subkey_count - at) * 4);
    list[at] = place;
    parent->subkey_count++;
}

static void unlink_child(struct registry_key *parent, uint32_t place)
{
    uint32_t *list = memory(parent->subkeys), at;
    const struct registry_key *key = tree_key(place);

    if (!registry_find_child(registry_base, parent, memory(key->name), key->name_units, &at)) return;
    parent->subkey_count--;
    memmove(list + at, list + at + 1, (parent->subkey_count - at) * 4);
}

uint32_t tree_add(uint32_t parent_place, const WCHAR *name, uint32_t units, const void *class_name,
                  uint32_t class_units, uint16_t flags, uint64_t time)
{
    struct registry_key *parent = tree_key(parent_place);
    uint32_t place = key_free;

    if (!place && key_end >= REGISTRY_KEYS_MAX) return 0;
    uint32_t name_place = copy(name, units * 2), class_place = copy(class_name, class_units * 2);
    if (!name_place || (class_units && !class_place)) return 0;
    begin();
    if (!grow(&parent->subkeys, parent->subkey_count, &parent->subkey_room, 4)) {
        end();
        return 0;
    }
    if (place) key_free = tree_key(place)->parent;
    else place = key_end++;
    *tree_key(place) = (struct registry_key){
        .generation = generation++, .parent = parent_place, .name = name_place, .name_units = (uint16_t)units,
        .flags = flags, .class_name = class_place, .class_units = class_units, .write_time = time,
    };
    if (!generation) generation = 1;
    link_child(parent, place);
    parent->write_time = time;
    end();
    return place;
}

void tree_remove(uint32_t place, uint64_t time)
{
    struct registry_key *key = tree_key(place), *parent = tree_key(key->parent);
    struct registry_value *values = memory(key->values);

    begin();
    unlink_child(parent, place);
    parent->write_time = time;
    for (uint32_t i = 0; i < key->value_count; i++) {
        release(values[i].name, values[i].name_units * 2);
        release(values[i].data, values[i].size);
    }
    release(key->values, key->value_room * sizeof(*values));
    release(key->subkeys, key->subkey_room * 4);
    release(key->name, key->name_units * 2);
    release(key->class_name, key->class_units * 2);
    *key = (struct registry_key){ .parent = key_free };
    key_free = place;
    end();
}

void tree_rename(uint32_t place, const WCHAR *name, uint32_t units, uint64_t time)
{
    struct registry_key *key = tree_key(place), *parent = tree_key(key->parent);
    uint32_t name_place = copy(name, units * 2);

    if (!name_place) return;
    begin();
    unlink_child(parent, place);
    release(key->name, key->name_units * 2);
    key->name = name_place;
    key->name_units = (uint16_t)units;
    link_child(parent, place);
    parent->write_time = key->write_time = time;
    end();
}

void tree_set_time(uint32_t place, uint64_t time)
{
    begin();
    tree_key(place)->write_time = time;
    end();
}

/* ---- values ---- */

bool tree_set(uint32_t place, const WCHAR *name, uint32_t units, uint32_t type, const void *data, uint32_t size,
              uint64_t time)
{
    struct registry_key *key = tree_key(place);
    struct registry_value *value = (struct registry_value *)registry_find_value(registry_base, key, name, units);
    uint32_t data_place = 0, name_place = 0;
    bool done = false;

    begin();
    if (value && value->size == size) {
        if (size) memcpy(memory(value->data), data, size);
        value->type = type;
        done = true;
        goto out;
    }
    data_place = copy(data, size);
    if (size && !data_place) goto out;
    if (value) {
        release(value->data, value->size);
    } else {
        name_place = copy(name, units * 2);
        if ((units && !name_place) || !grow(&key->values, key->value_count, &key->value_room, sizeof(*value))) {
            release(name_place, units * 2);
            release(data_place, size);
            goto out;
        }
        value = (struct registry_value *)memory(key->values) + key->value_count++;
        value->name = name_place;
        value->name_units = units;
        value->hash = registry_hash(name, units);
    }
    value->type = type;
    value->data = data_place;
    value->size = size;
    done = true;
out:
    if (done) key->write_time = time;
    end();
    return done;
}

bool tree_unset(uint32_t place, const WCHAR *name, uint32_t units, uint64_t time)
{
    struct registry_key *key = tree_key(place);
    struct registry_value *list = memory(key->values);
    struct registry_value *value = (struct registry_value *)registry_find_value(registry_base, key, name, units);

    if (!value) return false;
    begin();
    release(value->name, value->name_units * 2);
    release(value->data, value->size);
    key->value_count--;
    memmove(value, value + 1, (list + key->value_count - value) * sizeof(*value));
    key->write_time = time;
    end();
    return true;
}

/* ---- paths ---- */

uint32_t tree_path(uint32_t place, WCHAR *to, uint32_t room)
{
    uint32_t units = 0;

    for (uint32_t at = place; at != REGISTRY_ROOT; at = tree_key(at)->parent) units += tree_key(at)->name_units + 1u;
    if (!units || units - 1 > room) return 0;
    WCHAR *end = to + units - 1;
    for (uint32_t at = place; at != REGISTRY_ROOT; at = tree_key(at)->parent) {
        end -= tree_key(at)->name_units;
        memcpy(end, memory(tree_key(at)->name), tree_key(at)->name_units * 2);
        if (end > to) *--end = '\\';
    }
    return units - 1;
}

uint32_t tree_walk(const WCHAR *path, uint32_t units, bool make, uint64_t time)
{
    uint32_t place = REGISTRY_ROOT, depth = 0;

    while (units) {
        uint32_t length = 0;
        while (length < units && path[length] != '\\') length++;
        if (length) {
            uint32_t child = registry_child(registry_base, tree_key(place), path, length);
            if (!child && make && length <= REGISTRY_KEY_NAME_MAX && ++depth <= REGISTRY_DEPTH_MAX)
                child = tree_add(place, path, length, NULL, 0, 0, time);
            if (!child) return 0;
            place = child;
        }
        path += length;
        units -= length;
        if (units) path++, units--;
    }
    return place;
}
