/* What the registry keeps on disk: registry.journal, every change in the order it was made.
 *
 * The file is a head, twice, and records. Each record has a checksum over all of itself; the first one that is not whole
 * ends the journal: what follows is moved to registry.journal.bad. A journal starts either from the built-in hive or, once
 * it has been compacted, from nothing. Records are in the file (write) before the change is answered, and on the disk
 * (fdatasync) after NtFlushKey, at the end, and at most a second later.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include "registry.h"
#include "server.h"

#define JOURNAL_VERSION 1u
#define STARTS_FROM_DEFAULTS 0u
#define STARTS_EMPTY 1u
#define COMPACT_FROM (1u << 20) /* bytes */

struct head {
    char magic[8];
    uint32_t version;
    uint32_t start;
    uint32_t reserved;
    uint32_t crc; /* of what is before it */
};

#define RECORD_EXACT 1u /* of a snapshot: the parent's time stays */
#define RECORD_MAX (REGISTRY_DATA_MAX + 0x100000u)

/* Followed by path below \Registry, name, data, and zeros up to a multiple of 8. */
struct record {
    uint32_t size; /* of all */
    uint32_t crc;  /* of all behind this field, and the size */
    uint32_t operation;
    uint32_t type;
    uint64_t time;
    uint32_t path_units;
    uint32_t name_units;
    uint32_t data_size;
    uint32_t flags;
};

const char *journal_prefix;

static int journal_fd = -1;
static uint64_t journal_size, snapshot_size;
static bool dirty;
static struct watch sync_timer = { .fd = -1 };

/* ---- checksum: CRC-32 as in zlib ---- */

static uint32_t crc_table[256];

static uint32_t crc(uint32_t value, const void *data, size_t size)
{
    const unsigned char *at = data;

    if (!crc_table[1])
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t c = i;
            for (int bit = 0; bit < 8; bit++) c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
            crc_table[i] = c;
        }
    value = ~value;
    while (size--) value = crc_table[(value ^ *at++) & 0xff] ^ value >> 8;
    return ~value;
}

/* ---- files ---- */

static void path_of(char *to, const char *ending)
{
    snprintf(to, PATH_MAX, "%s/registry.journal%s", journal_prefix, ending);
}

static void sync_folder(void)
{
    int fd = open(journal_prefix, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0) return;
    fsync(fd);
    close(fd);
}

static bool write_all(int fd, const void *data, size_t size)
{
    const char *at = data;

    while (size) {
        ssize_t written = write(fd, at, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        at += written;
        size -= (size_t)written;
    }
    return true;
}

static bool write_head(int fd, uint32_t start)
{
    struct head heads[2] = { { "FERRYREG", JOURNAL_VERSION, start, 0, 0 } };

    heads[0].crc = crc(0, &heads[0], offsetof(struct head, crc));
    heads[1] = heads[0];
    return write_all(fd, heads, sizeof(heads));
}

static bool open_journal(void)
{
    char path[PATH_MAX];

    if (journal_fd >= 0) return true;
    path_of(path, "");
    journal_fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
    if (journal_fd < 0) return false;
    if (!write_head(journal_fd, STARTS_FROM_DEFAULTS)) {
        int error = errno;
        unlink(path);
        close(journal_fd);
        journal_fd = -1;
        errno = error;
        return false;
    }
    journal_size = 2 * sizeof(struct head);
    sync_folder();
    return true;
}

/* ---- syncing ---- */

void journal_sync(void)
{
    if (dirty && journal_fd >= 0) fdatasync(journal_fd);
    dirty = false;
}

static void timer_ready(struct watch *watch, uint32_t events)
{
    uint64_t count;

    if (read(watch->fd, &count, sizeof(count)) < 0) return;
    journal_sync();
}

static void note_dirty(void)
{
    struct itimerspec second = { .it_value = { 1, 0 } };

    if (dirty) return;
    dirty = true;
    if (sync_timer.fd < 0) {
        sync_timer = (struct watch){ timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), timer_ready };
        if (sync_timer.fd < 0) return;
        loop_add(&sync_timer);
    }
    timerfd_settime(sync_timer.fd, 0, &second, NULL);
}

/* ---- appending ---- */

/* Longest path: REGISTRY_DEPTH_MAX names. */
static WCHAR path_room[(REGISTRY_DEPTH_MAX + 4) * (REGISTRY_KEY_NAME_MAX + 1)];

static int append(int fd, const struct change *change, uint32_t flags, uint64_t *size)
{
    static const char zeros[8];
    uint32_t path_units = tree_path(change->place, path_room, sizeof(path_room) / 2);
    struct record record = { .operation = change->operation, .type = change->type, .time = change->time,
                             .path_units = path_units, .name_units = change->name_units,
                             .data_size = change->data_size, .flags = flags };
    uint32_t bytes = sizeof(record) + (path_units + change->name_units) * 2 + change->data_size;

    record.size = (bytes + 7) & ~7u;
    struct iovec parts[5] = { { &record, sizeof(record) },
                              { path_room, path_units * 2 },
                              { (void *)change->name, change->name_units * 2 },
                              { (void *)change->data, change->data_size },
                              { (void *)zeros, record.size - bytes } };
    uint32_t sum = crc(0, &record.size, 4);
    sum = crc(sum, &record.operation, sizeof(record) - offsetof(struct record, operation));
    for (int i = 1; i < 5; i++) sum = crc(sum, parts[i].iov_base, parts[i].iov_len);
    record.crc = sum;
    ssize_t written;
    do written = writev(fd, parts, 5);
    while (written < 0 && errno == EINTR);
    if (written != (ssize_t)record.size) {
        int error = written < 0 ? errno : ENOSPC;
        if (ftruncate(fd, (off_t)*size)) return EIO;
        return error;
    }
    *size += record.size;
    return 0;
}

/* ---- compacting ---- */

static int write_key(int fd, uint32_t place, uint64_t *size)
{
    const struct registry_key *key = tree_key(place);
    const uint32_t *children = registry_at(registry_base, key->subkeys, key->subkey_count * 4ull);
    int error = 0;

    if (key->flags & REGISTRY_KEY_VOLATILE) return 0;
    if (key->parent) {
        struct change create = { .operation = REGISTRY_CREATE, .place = key->parent, .time = key->write_time,
                                 .type = key->flags & REGISTRY_KEY_LINK ? REG_OPTION_CREATE_LINK : 0,
                                 .name = registry_at(registry_base, key->name, 0), .name_units = key->name_units,
                                 .data = registry_at(registry_base, key->class_name, 0), .data_size = key->class_units * 2 };
        error = append(fd, &create, RECORD_EXACT, size);
    }
    for (uint32_t i = 0; !error && i < key->value_count; i++) {
        const struct registry_value *value = registry_value_at(registry_base, key, i);
        struct change set = { .operation = REGISTRY_SET_VALUE, .place = place, .time = key->write_time, .type = value->type,
                              .name = registry_at(registry_base, value->name, 0), .name_units = value->name_units,
                              .data = registry_at(registry_base, value->data, 0), .data_size = value->size };
        error = append(fd, &set, RECORD_EXACT, size);
    }
    for (uint32_t i = 0; !error && i < key->subkey_count; i++) error = write_key(fd, children[i], size);
    return error;
}

/* A new file with nothing but what is there, in the old one's place once it is on the disk. Any failure leaves the old. */
static void compact(void)
{
    char path[PATH_MAX], fresh[PATH_MAX];
    uint64_t size = 2 * sizeof(struct head);

    path_of(path, "");
    path_of(fresh, ".new");
    snapshot_size = journal_size; /* not again soon if it fails */
    int fd = open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) return;
    if (!write_head(fd, STARTS_EMPTY) || write_key(fd, REGISTRY_ROOT, &size) || fdatasync(fd) || rename(fresh, path)) {
        close(fd);
        unlink(fresh);
        return;
    }
    sync_folder();
    close(journal_fd);
    journal_fd = fd;
    journal_size = snapshot_size = size;
    dirty = false;
}

int journal_append(const struct change *change)
{
    if (!journal_prefix) return 0;
    if (!open_journal()) return errno;
    if (journal_size > COMPACT_FROM && journal_size / 4 > snapshot_size) compact();
    int error = append(journal_fd, change, 0, &journal_size);
    if (!error) note_dirty();
    return error;
}

/* ---- reading ---- */

static void replay(const struct record *record)
{
    const WCHAR *path = (const WCHAR *)(record + 1), *name = path + record->path_units;
    const void *data = name + record->name_units;
    uint32_t place = tree_walk(path, record->path_units, record->operation != REGISTRY_DELETE_KEY, record->time);

    if (!place) return;
    struct registry_key *key = tree_key(place);
    uint64_t time = key->write_time;
    switch (record->operation) {
    case REGISTRY_CREATE: {
        if (!record->name_units || record->name_units > REGISTRY_KEY_NAME_MAX) return;
        uint32_t there = registry_child(registry_base, key, name, record->name_units);
        if (there) tree_set_time(there, record->time);
        else tree_add(place, name, record->name_units, data, record->data_size / 2,
                      record->type & REG_OPTION_CREATE_LINK ? REGISTRY_KEY_LINK : 0, record->time);
        if (record->flags & RECORD_EXACT) tree_set_time(place, time);
        break;
    }
    case REGISTRY_DELETE_KEY:
        if (!key->subkey_count && !(key->flags & REGISTRY_KEY_ROOT)) tree_remove(place, record->time);
        break;
    case REGISTRY_RENAME_KEY:
        if (record->name_units && record->name_units <= REGISTRY_KEY_NAME_MAX && key->parent)
            tree_rename(place, name, record->name_units, record->time);
        break;
    case REGISTRY_SET_VALUE:
        if (record->name_units <= REGISTRY_VALUE_NAME_MAX)
            tree_set(place, name, record->name_units, record->type, data, record->data_size, record->time);
        break;
    case REGISTRY_DELETE_VALUE: tree_unset(place, name, record->name_units, record->time); break;
    case REGISTRY_SET_TIME: tree_set_time(place, record->time); break;
    }
}

static bool record_is_whole(const struct record *record, uint64_t left)
{
    if (left < sizeof(*record) || record->size < sizeof(*record) || record->size > left || record->size > RECORD_MAX ||
        record->size % 8)
        return false;
    if (sizeof(*record) + ((uint64_t)record->path_units + record->name_units) * 2 + record->data_size > record->size)
        return false;
    uint32_t sum = crc(0, &record->size, 4);
    return crc(sum, &record->operation, record->size - offsetof(struct record, operation)) == record->crc;
}

static const struct head *good_head(const struct head *heads, uint64_t size)
{
    for (int i = 0; i < 2 && size >= (i + 1) * sizeof(*heads); i++)
        if (!memcmp(heads[i].magic, "FERRYREG", 8) && heads[i].version == JOURNAL_VERSION &&
            heads[i].crc == crc(0, &heads[i], offsetof(struct head, crc)))
            return &heads[i];
    return NULL;
}

static void put_aside(const void *data, uint64_t size)
{
    char path[PATH_MAX];

    path_of(path, ".bad");
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return;
    if (write_all(fd, data, size)) fdatasync(fd);
    close(fd);
}

/* All of the file, malloced. */
static unsigned char *read_file(int fd, uint64_t *size)
{
    struct stat st;

    if (fstat(fd, &st)) return NULL;
    unsigned char *data = malloc((size_t)st.st_size + 8);
    uint64_t have = 0;
    while (data && have < (uint64_t)st.st_size) {
        ssize_t count = pread(fd, data + have, (size_t)st.st_size - have, (off_t)have);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            free(data);
            return NULL;
        }
        if (!count) break;
        have += (uint64_t)count;
    }
    *size = have;
    return data;
}

void journal_load(void (*defaults)(void), uint64_t *good, uint64_t *damaged)
{
    char path[PATH_MAX];
    uint64_t size = 0, at = 2 * sizeof(struct head);

    *good = *damaged = 0;
    int fd = -1;
    if (journal_prefix) {
        path_of(path, "");
        fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC);
    }
    if (fd < 0) {
        defaults();
        return;
    }
    unsigned char *data = read_file(fd, &size);
    const struct head *head = data && size >= at ? good_head((const struct head *)data, size) : NULL;
    if (!head) { /* not even a head: torn at its making, or no journal of ours */
        if (data && size) put_aside(data, size);
        *damaged = size;
        free(data);
        close(fd);
        unlink(path);
        defaults();
        return;
    }
    if (head->start == STARTS_FROM_DEFAULTS) defaults();
    else snapshot_size = size;
    if (memcmp(data, data + sizeof(*head), sizeof(*head))) *damaged += sizeof(*head);
    while (size - at >= 8) {
        const struct record *record = (const struct record *)(data + at);
        if (!record_is_whole(record, size - at)) break;
        replay(record);
        at += record->size;
    }
    *good = at;
    journal_fd = fd;
    journal_size = at;
    if (at < size) {
        *damaged += size - at;
        put_aside(data + at, size - at);
        if (!ftruncate(fd, (off_t)at)) fdatasync(fd);
    }
    free(data);
}
