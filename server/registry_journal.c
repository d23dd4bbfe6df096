/* What the registry keeps on disk: registry.journal, every change in the order it was made.
 *
 * The file is a head, twice, and records. Each record has a checksum over all of itself, where it lies and the file's
 * salt. Damage costs the records it lies in: reading goes on at the next one that is whole, which neither the data of a
 * value nor an older file's blocks can be taken for. What was left out is kept in registry.journal.bad, and the journal is
 * written anew. A journal starts either from the built-in hive or, once it has been compacted, from nothing. Records are
 * in the file (write) before the change is answered, and on the disk (fdatasync) after NtFlushKey, at the end, and at most
 * a second later.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include "registry.h"
#include "server.h"

#define JOURNAL_VERSION 2u
#define STARTS_FROM_DEFAULTS 0u
#define STARTS_EMPTY 1u

struct head {
    char magic[8];
    uint32_t version;
    uint32_t start;
    uint32_t salt;
    uint32_t crc; /* of what is before it */
};

/* The second head lies in another block of the disk. */
#define SECOND_HEAD 4096u
#define JOURNAL_START (SECOND_HEAD + (uint32_t)sizeof(struct head))

#define RECORD_EXACT 1u /* of a snapshot: the parent's time stays */
#define RECORD_MAX (REGISTRY_DATA_MAX + 0x100000u)

/* Followed by path below \Registry, name, data, and zeros up to a multiple of 8. */
struct record {
    uint32_t size; /* of all */
    uint32_t crc;  /* record_crc */
    uint32_t operation;
    uint32_t type;
    uint64_t time;
    uint32_t path_units;
    uint32_t name_units;
    uint32_t data_size;
    uint32_t flags;
};

const char *journal_prefix;
uint64_t journal_compact_from = 1 << 20;

static int journal_fd = -1;
static uint64_t journal_size, snapshot_size;
static uint32_t journal_salt;
static bool dirty;
static struct watch sync_timer = { .fd = -1 };

/* ---- checksum: CRC-32 as in zlib, eight bytes at a time ---- */

static uint32_t crc_table[8][256];

static void fill_crc_table(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int bit = 0; bit < 8; bit++) c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
        crc_table[0][i] = c;
    }
    for (uint32_t i = 0; i < 256; i++)
        for (int n = 1; n < 8; n++) crc_table[n][i] = crc_table[n - 1][i] >> 8 ^ crc_table[0][crc_table[n - 1][i] & 0xff];
}

static uint32_t crc(uint32_t value, const void *data, size_t size)
{
    const unsigned char *at = data;

    if (!crc_table[0][1]) fill_crc_table();
    value = ~value;
    for (; size >= 8; at += 8, size -= 8) {
        uint32_t words[2];
        memcpy(words, at, 8);
        words[0] ^= value;
        value = crc_table[7][words[0] & 0xff] ^ crc_table[6][words[0] >> 8 & 0xff] ^ crc_table[5][words[0] >> 16 & 0xff] ^
                crc_table[4][words[0] >> 24] ^ crc_table[3][words[1] & 0xff] ^ crc_table[2][words[1] >> 8 & 0xff] ^
                crc_table[1][words[1] >> 16 & 0xff] ^ crc_table[0][words[1] >> 24];
    }
    while (size--) value = crc_table[0][(value ^ *at++) & 0xff] ^ value >> 8;
    return ~value;
}

/* Of a record whose bytes from `operation` on are in `parts`; it lies at `offset`. */
static uint32_t record_crc(uint32_t salt, uint64_t offset, uint32_t size, const struct iovec *parts, int count)
{
    uint32_t where[4] = { salt, size, (uint32_t)offset, (uint32_t)(offset >> 32) };
    uint32_t sum = crc(0, where, sizeof(where));

    for (int i = 0; i < count; i++) sum = crc(sum, parts[i].iov_base, parts[i].iov_len);
    return sum;
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

/* `salt`: what its records are to be made with. */
static bool write_head(int fd, uint32_t start, uint32_t *salt)
{
    if (getrandom(salt, sizeof(*salt), GRND_NONBLOCK) != sizeof(*salt)) *salt = (uint32_t)tree_now();
    unsigned char bytes[JOURNAL_START] = { 0 };
    struct head head = { "FERRYREG", JOURNAL_VERSION, start, *salt, 0 };

    head.crc = crc(0, &head, offsetof(struct head, crc));
    memcpy(bytes, &head, sizeof(head));
    memcpy(bytes + SECOND_HEAD, &head, sizeof(head));
    return write_all(fd, bytes, sizeof(bytes));
}

static bool open_journal(void)
{
    char path[PATH_MAX];

    if (journal_fd >= 0) return true;
    path_of(path, "");
    journal_fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
    if (journal_fd < 0) return false;
    if (!write_head(journal_fd, STARTS_FROM_DEFAULTS, &journal_salt)) {
        int error = errno;
        unlink(path);
        close(journal_fd);
        journal_fd = -1;
        errno = error;
        return false;
    }
    journal_size = JOURNAL_START;
    sync_folder();
    return true;
}

/* ---- syncing ---- */

static int compact(void);

int journal_sync(void)
{
    if (!dirty || journal_fd < 0) return 0;
    /* After an error the kernel may have forgotten the pages: only writing everything anew can make it good. */
    if (fdatasync(journal_fd) && compact()) return EIO;
    dirty = false;
    return 0;
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

struct built {
    struct record record;
    struct iovec parts[5];
};

/* The record of a change that will lie at `offset`, in parts; they point to the change's data and path_room. */
static void build(struct built *built, const struct change *change, uint32_t flags, uint32_t salt, uint64_t offset)
{
    static const char zeros[8];
    struct record *record = &built->record;
    uint32_t path_units = tree_path(change->place, path_room, sizeof(path_room) / 2);
    uint32_t bytes = sizeof(*record) + (path_units + change->name_units) * 2 + change->data_size;

    *record = (struct record){ .operation = change->operation, .type = change->type, .time = change->time,
                               .path_units = path_units, .name_units = change->name_units,
                               .data_size = change->data_size, .flags = flags, .size = (bytes + 7) & ~7u };
    struct iovec parts[5] = { { &record->operation, sizeof(*record) - offsetof(struct record, operation) },
                              { path_room, path_units * 2 },
                              { (void *)change->name, change->name_units * 2 },
                              { (void *)change->data, change->data_size },
                              { (void *)zeros, record->size - bytes } };
    record->crc = record_crc(salt, offset, record->size, parts, 5);
    memcpy(built->parts, parts, sizeof(parts));
    built->parts[0] = (struct iovec){ record, sizeof(*record) };
}

static int append(const struct change *change)
{
    struct built built;
    ssize_t written;

    build(&built, change, 0, journal_salt, journal_size);
    do written = writev(journal_fd, built.parts, 5);
    while (written < 0 && errno == EINTR);
    if (written != (ssize_t)built.record.size) {
        int error = written < 0 ? errno : ENOSPC;
        if (ftruncate(journal_fd, (off_t)journal_size)) return EIO;
        return error;
    }
    journal_size += built.record.size;
    return 0;
}

/* ---- compacting ---- */

struct snapshot {
    int fd;
    uint32_t salt, used;
    uint64_t size;
    bool failed;
    unsigned char buffer[1 << 16];
};

static void snapshot_flush(struct snapshot *snapshot)
{
    if (!write_all(snapshot->fd, snapshot->buffer, snapshot->used)) snapshot->failed = true;
    snapshot->used = 0;
}

static void snapshot_write(struct snapshot *snapshot, const struct change *change)
{
    struct built built;

    build(&built, change, RECORD_EXACT, snapshot->salt, snapshot->size);
    snapshot->size += built.record.size;
    for (int i = 0; i < 5; i++) {
        const struct iovec *part = &built.parts[i];
        if (part->iov_len > sizeof(snapshot->buffer) - snapshot->used) snapshot_flush(snapshot);
        if (part->iov_len > sizeof(snapshot->buffer)) {
            if (!write_all(snapshot->fd, part->iov_base, part->iov_len)) snapshot->failed = true;
        } else if (part->iov_len) {
            memcpy(snapshot->buffer + snapshot->used, part->iov_base, part->iov_len);
            snapshot->used += (uint32_t)part->iov_len;
        }
    }
}

static void write_key(struct snapshot *snapshot, uint32_t place)
{
    const struct registry_key *key = tree_key(place);
    const uint32_t *children = registry_at(registry_base, key->subkeys, key->subkey_count * 4ull);

    if (key->flags & REGISTRY_KEY_VOLATILE || snapshot->failed) return;
    if (key->parent) {
        struct change create = { .operation = REGISTRY_CREATE, .place = key->parent, .time = key->write_time,
                                 .type = key->flags & REGISTRY_KEY_LINK ? REG_OPTION_CREATE_LINK : 0,
                                 .name = registry_at(registry_base, key->name, 0), .name_units = key->name_units,
                                 .data = registry_at(registry_base, key->class_name, 0), .data_size = key->class_units * 2 };
        snapshot_write(snapshot, &create);
    }
    for (uint32_t i = 0; i < key->value_count; i++) {
        const struct registry_value *value = registry_value_at(registry_base, key, i);
        struct change set = { .operation = REGISTRY_SET_VALUE, .place = place, .time = key->write_time, .type = value->type,
                              .name = registry_at(registry_base, value->name, 0), .name_units = value->name_units,
                              .data = registry_at(registry_base, value->data, 0), .data_size = value->size };
        snapshot_write(snapshot, &set);
    }
    for (uint32_t i = 0; i < key->subkey_count; i++) write_key(snapshot, children[i]);
}

static void write_mounts(struct snapshot *snapshot)
{
    struct change mount = { .operation = REGISTRY_MOUNT };

    for (unsigned i = 0; (mount.data = hive_next(i, &mount.place)); i++) {
        mount.data_size = (uint32_t)strlen(mount.data);
        snapshot_write(snapshot, &mount);
    }
}

/* A new file with nothing but what is there, in the old one's place once it is on the disk. Any failure leaves the old. */
static int compact(void)
{
    char path[PATH_MAX], fresh[PATH_MAX];
    static struct snapshot snapshot;

    path_of(path, "");
    path_of(fresh, ".new");
    snapshot_size = journal_size; /* not again soon if it fails */
    snapshot.fd = open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (snapshot.fd < 0) return errno;
    snapshot.size = JOURNAL_START;
    snapshot.used = 0;
    snapshot.failed = !write_head(snapshot.fd, STARTS_EMPTY, &snapshot.salt);
    if (!snapshot.failed) write_key(&snapshot, REGISTRY_ROOT);
    write_mounts(&snapshot);
    snapshot_flush(&snapshot);
    if (snapshot.failed || fdatasync(snapshot.fd) || rename(fresh, path)) {
        close(snapshot.fd);
        unlink(fresh);
        return EIO;
    }
    sync_folder();
    if (journal_fd >= 0) close(journal_fd);
    journal_fd = snapshot.fd;
    journal_salt = snapshot.salt;
    journal_size = snapshot_size = snapshot.size;
    dirty = false;
    return 0;
}

int journal_append(const struct change *change)
{
    if (!journal_prefix) return 0;
    if (!open_journal()) return errno;
    if (journal_size > journal_compact_from && journal_size / 4 > snapshot_size) compact();
    int error = append(change);
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
    case REGISTRY_MOUNT: hive_mounted(place, data, record->data_size); break;
    }
}

static bool record_is_whole(const struct record *record, uint64_t left, uint32_t salt, uint64_t offset)
{
    if (left < sizeof(*record) || record->size < sizeof(*record) || record->size > left || record->size > RECORD_MAX ||
        record->size % 8)
        return false;
    uint64_t bytes = sizeof(*record) + ((uint64_t)record->path_units + record->name_units) * 2 + record->data_size;
    if (bytes > record->size || bytes + 8 <= record->size) return false;
    struct iovec all = { (void *)&record->operation, record->size - offsetof(struct record, operation) };
    return record_crc(salt, offset, record->size, &all, 1) == record->crc;
}

static const struct head *good_head(const unsigned char *data, uint64_t size)
{
    for (int i = 0; i < 2 && size >= JOURNAL_START; i++) {
        const struct head *head = (const struct head *)(data + i * SECOND_HEAD);
        if (!memcmp(head->magic, "FERRYREG", 8) && head->version == JOURNAL_VERSION &&
            head->crc == crc(0, head, offsetof(struct head, crc)))
            return head;
    }
    return NULL;
}

/* The piece goes into registry.journal.bad, which the first piece of a run starts anew. */
static void put_aside(const void *data, uint64_t size, bool first)
{
    char path[PATH_MAX];

    path_of(path, ".bad");
    int fd = open(path, O_WRONLY | O_CREAT | (first ? O_TRUNC : O_APPEND) | O_CLOEXEC, 0600);
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
    uint64_t size = 0, at = JOURNAL_START;

    *good = *damaged = snapshot_size = 0;
    if (journal_fd >= 0) close(journal_fd);
    journal_fd = -1;
    dirty = false;
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
    const struct head *head = data ? good_head(data, size) : NULL;
    if (!head) { /* cut short at its making, unreadable, or no journal of ours: it is kept, for whoever wants to look */
        char bad[PATH_MAX];
        path_of(bad, ".bad");
        rename(path, bad); /* if not, changes fail: they would be lost */
        *damaged = size;
        free(data);
        close(fd);
        defaults();
        return;
    }
    if (head->start == STARTS_FROM_DEFAULTS) defaults();
    else snapshot_size = size;
    if (memcmp(data, data + SECOND_HEAD, sizeof(*head))) {
        put_aside(data, at, true);
        *damaged += sizeof(*head);
    }
    journal_salt = head->salt;
    uint64_t end = at; /* of what is whole */
    while (at < size) {
        const struct record *record = (const struct record *)(data + at);
        if (size - at < 8 || !record_is_whole(record, size - at, head->salt, at)) {
            at += 8;
            continue;
        }
        if (end < at) {
            put_aside(data + end, at - end, !*damaged);
            *damaged += at - end;
        }
        replay(record);
        *good += record->size;
        end = at += record->size;
    }
    journal_fd = fd;
    journal_size = size;
    bool holes = *damaged;
    if (end < size) { /* most often a write that a crash cut short */
        put_aside(data + end, size - end, !holes);
        *damaged += size - end;
        if (!ftruncate(fd, (off_t)end)) journal_size = end;
        fdatasync(fd);
    }
    free(data);
    if (holes) compact();
}
