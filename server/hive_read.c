/* Reading hive files. Nothing in the file is believed: every cell is looked for within the bins, and every list is bounded
 * by what the file can hold. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hive.h"
#include "registry.h"

#define BLOCK 4096u
#define FILE_MAX (512u << 20)

struct input {
    const unsigned char *bins;
    uint32_t size;
    uint32_t keys_left; /* more than fit into the file would mean a circle */
    struct hive_reader *reader;
};

unsigned char *hive_file(int fd, uint32_t *size)
{
    struct stat st;

    if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX) return NULL;
    unsigned char *data = malloc((size_t)st.st_size + 1);
    for (*size = 0; data && *size < st.st_size;) {
        ssize_t count = pread(fd, data + *size, (size_t)st.st_size - *size, *size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            free(data);
            return NULL;
        }
        if (!count) break;
        *size += (uint32_t)count;
    }
    return data;
}

static uint32_t get16(const unsigned char *at)
{
    return at[0] | at[1] << 8;
}

static uint32_t get32(const unsigned char *at)
{
    uint32_t value;

    memcpy(&value, at, 4);
    return value;
}

/* Content of a cell, at least `least` bytes; *size: all of it. */
static const unsigned char *cell(const struct input *input, uint32_t number, uint32_t least, uint32_t *size)
{
    if (number & 7 || number > input->size - 8) return NULL;
    int32_t whole = (int32_t)get32(input->bins + number);
    if (whole >= 0 || whole == INT32_MIN || (uint32_t)-whole > input->size - number || (uint32_t)-whole < least + 4) return NULL;
    if (size) *size = (uint32_t)-whole - 4;
    return input->bins + number + 4;
}

/* A name of a key or value; units, or ~0. */
static uint32_t name_of(const unsigned char *from, uint32_t bytes, bool latin, WCHAR *to, uint32_t most)
{
    uint32_t units = latin ? bytes : bytes / 2;

    if (units > most || (!latin && bytes & 1)) return ~0u;
    if (latin)
        for (uint32_t i = 0; i < units; i++) to[i] = from[i];
    else
        memcpy(to, from, bytes);
    return units;
}

static NTSTATUS read_large(struct input *input, const unsigned char *head, uint32_t size, unsigned char *to)
{
    uint32_t count = get16(head + 2), list_size, part_size;
    const unsigned char *list = cell(input, get32(head + 4), count * 4, &list_size);

    if (!list) return STATUS_REGISTRY_CORRUPT;
    for (uint32_t i = 0, done = 0; done < size; i++) {
        const unsigned char *part = i < count ? cell(input, get32(list + i * 4), 1, &part_size) : NULL;
        if (!part) return STATUS_REGISTRY_CORRUPT;
        if (part_size > 16344) part_size = 16344;
        if (part_size > size - done) part_size = size - done;
        memcpy(to + done, part, part_size);
        done += part_size;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS read_value(struct input *input, uint32_t place, const unsigned char *value, uint32_t room)
{
    static WCHAR name[REGISTRY_VALUE_NAME_MAX];
    uint32_t bytes = get16(value + 2), size = get32(value + 4), type = get32(value + 12), data_size;
    unsigned char *large = NULL;
    const unsigned char *data;
    NTSTATUS status = STATUS_SUCCESS;

    if (memcmp(value, "vk", 2) || bytes > room - 20) return STATUS_REGISTRY_CORRUPT;
    uint32_t units = name_of(value + 20, bytes, get16(value + 16) & 1, name, REGISTRY_VALUE_NAME_MAX);
    if (units == ~0u) return STATUS_REGISTRY_CORRUPT;
    if (size & 0x80000000u) {
        size &= 0x7fffffff;
        data = value + 8;
        if (size > 4) return STATUS_REGISTRY_CORRUPT;
    } else if (!size) {
        data = NULL;
    } else {
        data = size > REGISTRY_DATA_MAX ? NULL : cell(input, get32(value + 8), 1, &data_size);
        if (!data) return STATUS_REGISTRY_CORRUPT;
        if (size > 16344 && data_size >= 8 && !memcmp(data, "db", 2)) {
            if (!(large = malloc(size))) return STATUS_NO_MEMORY;
            status = read_large(input, data, size, large);
            data = large;
        } else if (size > data_size) {
            status = STATUS_REGISTRY_CORRUPT;
        }
    }
    if (!status) status = input->reader->value(input->reader, place, name, units, type, data, size);
    free(large);
    return status;
}

static NTSTATUS read_content(struct input *input, const unsigned char *key, uint32_t place, int depth);

static NTSTATUS read_key(struct input *input, uint32_t number, uint32_t parent, int depth)
{
    uint32_t room, place, units, class_size;
    WCHAR name[REGISTRY_KEY_NAME_MAX];
    const unsigned char *key = cell(input, number, 76, &room), *class_name = NULL;
    uint64_t time;

    if (!key || memcmp(key, "nk", 2) || !input->keys_left--) return STATUS_REGISTRY_CORRUPT;
    uint32_t flags = get16(key + 2), bytes = get16(key + 72);
    if (bytes > room - 76) return STATUS_REGISTRY_CORRUPT;
    units = name_of(key + 76, bytes, flags & 0x20, name, REGISTRY_KEY_NAME_MAX);
    if (units == ~0u || !units) return STATUS_REGISTRY_CORRUPT;
    for (uint32_t i = 0; i < units; i++)
        if (name[i] == '\\') return STATUS_REGISTRY_CORRUPT;
    class_size = get16(key + 74);
    if (class_size && !(class_name = cell(input, get32(key + 48), class_size, NULL))) return STATUS_REGISTRY_CORRUPT;
    memcpy(&time, key + 4, 8);
    NTSTATUS status = input->reader->key(input->reader, parent, name, units, (const WCHAR *)class_name, class_size / 2,
                                         flags & 0x10, time, &place);
    return status ? status : read_content(input, key, place, depth);
}

/* `nested`: lists of lists are one deep. */
static NTSTATUS read_list(struct input *input, uint32_t number, uint32_t place, int depth, bool nested)
{
    uint32_t room;
    const unsigned char *list = cell(input, number, 4, &room);
    NTSTATUS status = STATUS_SUCCESS;

    if (!list) return STATUS_REGISTRY_CORRUPT;
    bool pairs = !memcmp(list, "lf", 2) || !memcmp(list, "lh", 2), lists = !memcmp(list, "ri", 2);
    uint32_t count = get16(list + 2), entry = pairs ? 8 : 4;
    if ((!pairs && !lists && memcmp(list, "li", 2)) || (lists && nested) || count * entry > room - 4)
        return STATUS_REGISTRY_CORRUPT;
    for (uint32_t i = 0; i < count && !status; i++) {
        uint32_t at = get32(list + 4 + i * entry);
        status = lists ? read_list(input, at, place, depth, true) : read_key(input, at, place, depth);
    }
    return status;
}

static NTSTATUS read_content(struct input *input, const unsigned char *key, uint32_t place, int depth)
{
    uint32_t values = get32(key + 36), subkeys = get32(key + 20), room;
    NTSTATUS status = STATUS_SUCCESS;

    if (depth >= REGISTRY_DEPTH_MAX) return STATUS_REGISTRY_CORRUPT;
    if (values && values != ~0u) {
        const unsigned char *list = values < input->size / 4 ? cell(input, get32(key + 40), values * 4, NULL) : NULL;
        if (!list) return STATUS_REGISTRY_CORRUPT;
        for (uint32_t i = 0; i < values && !status; i++) {
            const unsigned char *value = cell(input, get32(list + i * 4), 20, &room);
            status = value ? read_value(input, place, value, room) : STATUS_REGISTRY_CORRUPT;
        }
    }
    if (!status && subkeys && subkeys != ~0u) status = read_list(input, get32(key + 28), place, depth + 1, false);
    return status;
}

NTSTATUS hive_read(const unsigned char *data, uint32_t size, uint32_t place, struct hive_reader *reader)
{
    struct input input = { data + BLOCK, size - BLOCK, size / 80, reader };
    const unsigned char *root;
    uint32_t sum = 0;

    if (size < BLOCK + 64 || memcmp(data, "regf", 4) || get32(data + 20) != 1) return STATUS_NOT_REGISTRY_FILE;
    for (int i = 0; i < 127; i++) sum ^= get32(data + i * 4);
    if (sum == 0) sum = 1;
    if (sum == ~0u) sum = ~1u;
    if (sum != get32(data + 508)) return STATUS_REGISTRY_CORRUPT;
    if (get32(data + 40) < input.size) input.size = get32(data + 40);
    if (input.size < 64) return STATUS_REGISTRY_CORRUPT;
    root = cell(&input, get32(data + 36), 76, NULL);
    if (!root || memcmp(root, "nk", 2)) return STATUS_REGISTRY_CORRUPT;
    return read_content(&input, root, place, 0);
}
