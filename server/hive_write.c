/* Writing hive files. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hive.h"
#include "registry.h"

#define BLOCK 4096u
#define NONE 0xffffffffu
#define LEAF_MAX 500u        /* entries of one list of subkeys */
#define SEGMENT_MAX 16344u   /* of large data */

struct writer {
    unsigned char *data; /* the bins; cell offsets count from here */
    uint32_t size, room;
    uint32_t used;      /* of the last bin */
    uint32_t security;  /* cell, shared by all keys */
    uint32_t keys;
    bool failed;
};

static void put16(struct writer *writer, uint32_t at, uint32_t value)
{
    memcpy(writer->data + at, &(uint16_t){ (uint16_t)value }, 2);
}

static void put32(struct writer *writer, uint32_t at, uint32_t value)
{
    memcpy(writer->data + at, &value, 4);
}

static bool add_bin(struct writer *writer, uint32_t needed)
{
    uint32_t size = (needed + 32 + BLOCK - 1) & ~(BLOCK - 1), start = writer->size;

    if (size > 0x7fffffff - writer->size) return false;
    if (writer->size + size > writer->room) {
        uint32_t room = writer->room ? writer->room * 2 : 16 * BLOCK;
        while (room < writer->size + size) room *= 2;
        unsigned char *data = realloc(writer->data, room);
        if (!data) return false;
        writer->data = data;
        writer->room = room;
    }
    memset(writer->data + start, 0, size);
    writer->size += size;
    memcpy(writer->data + start, "hbin", 4);
    put32(writer, start + 4, start);
    put32(writer, start + 8, size);
    writer->used = start + 32;
    put32(writer, writer->used, size - 32); /* free */
    return true;
}

/* A cell for `size` bytes, zeroed: offset of its content in the bins. Its number in the file is 4 less. */
static uint32_t cell(struct writer *writer, uint32_t size)
{
    uint32_t whole = (size + 4 + 7) & ~7u;

    if (writer->failed) return 0;
    if (!writer->size || writer->size - writer->used < whole) {
        if (!add_bin(writer, whole)) {
            writer->failed = true;
            return 0;
        }
    }
    uint32_t at = writer->used, left = writer->size - at - whole;
    put32(writer, at, (uint32_t)-(int32_t)whole);
    writer->used += whole;
    if (left) put32(writer, writer->used, left);
    return at + 4;
}

static uint32_t number(uint32_t at)
{
    return at ? at - 4 : NONE;
}

static uint32_t put_bytes(struct writer *writer, const void *data, uint32_t size)
{
    uint32_t at = cell(writer, size);

    if (at) memcpy(writer->data + at, data, size);
    return at;
}

static uint32_t put_data(struct writer *writer, const unsigned char *data, uint32_t size)
{
    if (size <= SEGMENT_MAX) return put_bytes(writer, data, size);
    uint32_t count = (size + SEGMENT_MAX - 1) / SEGMENT_MAX, list = cell(writer, count * 4);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t part = size - i * SEGMENT_MAX < SEGMENT_MAX ? size - i * SEGMENT_MAX : SEGMENT_MAX;
        uint32_t at = put_bytes(writer, data + i * SEGMENT_MAX, part);
        if (writer->failed) return 0;
        put32(writer, list + i * 4, number(at));
    }
    uint32_t head = cell(writer, 8);
    if (writer->failed) return 0;
    memcpy(writer->data + head, "db", 2);
    put16(writer, head + 2, count);
    put32(writer, head + 4, number(list));
    return head;
}

static bool is_latin(const WCHAR *name, uint32_t units)
{
    for (uint32_t i = 0; i < units; i++)
        if (name[i] > 255) return false;
    return true;
}

static void put_name(struct writer *writer, uint32_t at, const WCHAR *name, uint32_t units, bool latin)
{
    if (!latin) memcpy(writer->data + at, name, units * 2);
    else
        for (uint32_t i = 0; i < units; i++) writer->data[at + i] = (unsigned char)name[i];
}

static uint32_t write_value(struct writer *writer, const struct registry_value *value)
{
    const WCHAR *name = registry_at(registry_base, value->name, 0);
    const unsigned char *data = registry_at(registry_base, value->data, 0);
    bool latin = is_latin(name, value->name_units);
    uint32_t name_size = latin ? value->name_units : value->name_units * 2, data_at = 0, size = value->size;

    if (size > 4) data_at = put_data(writer, data, size);
    uint32_t at = cell(writer, 20 + name_size);
    if (writer->failed) return 0;
    memcpy(writer->data + at, "vk", 2);
    put16(writer, at + 2, name_size);
    put32(writer, at + 4, size > 4 ? size : size | 0x80000000u);
    if (size > 4) put32(writer, at + 8, number(data_at));
    else if (size) memcpy(writer->data + at + 8, data, size);
    put32(writer, at + 12, value->type);
    put16(writer, at + 16, latin && value->name_units);
    put_name(writer, at + 20, name, value->name_units, latin);
    return at;
}

static uint32_t hash_of(const struct registry_key *key)
{
    const WCHAR *name = registry_at(registry_base, key->name, 0);
    uint32_t hash = 0;

    for (uint32_t i = 0; i < key->name_units; i++) hash = hash * 37 + registry_upcase(name[i]);
    return hash;
}

static uint32_t write_key(struct writer *writer, uint32_t place, uint32_t parent);

/* Lists of at most LEAF_MAX, and a list of them where there are more. */
static uint32_t write_subkeys(struct writer *writer, const uint32_t *children, uint32_t count, uint32_t parent)
{
    uint32_t leaves = (count + LEAF_MAX - 1) / LEAF_MAX, root = 0, leaf = 0;

    if (leaves > 1) {
        root = cell(writer, 4 + leaves * 4);
        if (writer->failed) return 0;
        memcpy(writer->data + root, "ri", 2);
        put16(writer, root + 2, leaves);
    }
    for (uint32_t i = 0; i < count && !writer->failed; i++) {
        uint32_t in = i % LEAF_MAX, size = count - i < LEAF_MAX ? count - i : LEAF_MAX;
        if (!in) {
            leaf = cell(writer, 4 + size * 8);
            if (writer->failed) return 0;
            memcpy(writer->data + leaf, "lh", 2);
            put16(writer, leaf + 2, size);
            if (root) put32(writer, root + 4 + i / LEAF_MAX * 4, number(leaf));
        }
        uint32_t child = write_key(writer, children[i], parent);
        if (writer->failed) return 0;
        put32(writer, leaf + 4 + in * 8, number(child));
        put32(writer, leaf + 8 + in * 8, hash_of(tree_key(children[i])));
    }
    return root ? root : leaf;
}

static void write_most(struct writer *writer, uint32_t at, const struct registry_key *key, const uint32_t *children, uint32_t count)
{
    uint32_t name = 0, class_name = 0, value_name = 0, data = 0;

    for (uint32_t i = 0; i < count; i++) {
        const struct registry_key *child = tree_key(children[i]);
        if (child->name_units * 2u > name) name = child->name_units * 2u;
        if (child->class_units * 2 > class_name) class_name = child->class_units * 2;
    }
    for (uint32_t i = 0; i < key->value_count; i++) {
        const struct registry_value *value = registry_value_at(registry_base, key, i);
        if (value->name_units * 2 > value_name) value_name = value->name_units * 2;
        if (value->size > data) data = value->size;
    }
    put16(writer, at + 52, name);
    put32(writer, at + 56, class_name);
    put32(writer, at + 60, value_name);
    put32(writer, at + 64, data);
}

static uint32_t write_key(struct writer *writer, uint32_t place, uint32_t parent)
{
    const struct registry_key *key = tree_key(place);
    const WCHAR *name = registry_at(registry_base, key->name, 0);
    const uint32_t *all = registry_at(registry_base, key->subkeys, 0);
    bool latin = is_latin(name, key->name_units);
    uint32_t name_size = latin ? key->name_units : key->name_units * 2u, count = 0, values = 0, class_at = 0;
    uint32_t *children = malloc(key->subkey_count * 4 + 1);
    uint32_t at = cell(writer, 76 + name_size);

    if (!children) writer->failed = true;
    if (writer->failed) goto out;
    for (uint32_t i = 0; i < key->subkey_count; i++)
        if (!(tree_key(all[i])->flags & REGISTRY_KEY_VOLATILE)) children[count++] = all[i];
    if (key->class_units) class_at = put_bytes(writer, registry_at(registry_base, key->class_name, 0), key->class_units * 2);
    if (key->value_count) values = cell(writer, key->value_count * 4);
    for (uint32_t i = 0; i < key->value_count && !writer->failed; i++) {
        uint32_t value = write_value(writer, registry_value_at(registry_base, key, i));
        if (!writer->failed) put32(writer, values + i * 4, number(value));
    }
    uint32_t list = count ? write_subkeys(writer, children, count, at) : 0;
    if (writer->failed) goto out;
    memcpy(writer->data + at, "nk", 2);
    put16(writer, at + 2, (latin ? 0x20u : 0) | (parent ? 0 : 0xcu) | (key->flags & REGISTRY_KEY_LINK ? 0x10u : 0));
    memcpy(writer->data + at + 4, &key->write_time, 8);
    put32(writer, at + 16, number(parent));
    put32(writer, at + 20, count);
    put32(writer, at + 28, number(list));
    put32(writer, at + 32, NONE);
    put32(writer, at + 36, key->value_count);
    put32(writer, at + 40, number(values));
    put32(writer, at + 44, number(writer->security));
    put32(writer, at + 48, number(class_at));
    write_most(writer, at, key, children, count);
    put16(writer, at + 72, name_size);
    put16(writer, at + 74, key->class_units * 2);
    put_name(writer, at + 76, name, key->name_units, latin);
    writer->keys++;
out:
    free(children);
    return at;
}

/* Owned by the administrators, who may do everything, as may the system. Self-relative. */
static void write_security(struct writer *writer)
{
    static const unsigned char descriptor[] = {
        1, 0, 4, 0x80, 72, 0, 0, 0, 88, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0,
        2, 0, 52, 0, 2, 0, 0, 0,
        0, 2, 24, 0, 0x3f, 0, 0xf, 0, 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0, /* S-1-5-32-544 */
        0, 2, 20, 0, 0x3f, 0, 0xf, 0, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,                /* S-1-5-18 */
        1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0,
        1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
    };
    uint32_t at = cell(writer, 20 + sizeof(descriptor));

    if (!at) return;
    memcpy(writer->data + at, "sk", 2);
    put32(writer, at + 4, number(at));
    put32(writer, at + 8, number(at));
    put32(writer, at + 16, sizeof(descriptor));
    memcpy(writer->data + at + 20, descriptor, sizeof(descriptor));
    writer->security = at;
}

static bool write_all(int fd, const unsigned char *data, size_t size)
{
    while (size) {
        ssize_t written = write(fd, data, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        data += written;
        size -= (size_t)written;
    }
    return true;
}

NTSTATUS hive_write(int fd, uint32_t place)
{
    struct writer writer = { 0 };
    unsigned char head[BLOCK] = "regf";
    uint64_t now = tree_now();
    uint32_t sum = 0;
    NTSTATUS status = STATUS_SUCCESS;

    write_security(&writer);
    uint32_t root = write_key(&writer, place, 0);
    if (writer.failed) {
        status = STATUS_INSUFFICIENT_RESOURCES;
        goto out;
    }
    put32(&writer, writer.security + 12, writer.keys);
    uint32_t fields[] = { 1, 1, 0, 0, 1, 5, 0, 1, number(root), writer.size, 1 };
    memcpy(head + 4, fields, sizeof(fields));
    memcpy(head + 12, &now, 8);
    for (int i = 0; i < 127; i++) {
        uint32_t word;
        memcpy(&word, head + i * 4, 4);
        sum ^= word;
    }
    if (sum == 0) sum = 1;
    if (sum == NONE) sum = NONE - 1;
    memcpy(head + 508, &sum, 4);
    if (!write_all(fd, head, sizeof(head)) || !write_all(fd, writer.data, writer.size) || fdatasync(fd))
        status = errno == ENOSPC || errno == EDQUOT ? STATUS_DISK_FULL : STATUS_REGISTRY_IO_FAILED;
out:
    free(writer.data);
    return status;
}
