/* The registry's journal against power cuts and flipped bits.
 *
 * A run of changes is made while every call that reaches the disk is recorded. Then the folder is put together as a power
 * cut after each of these calls could have left it: what was not synced is there, is missing, or is torn; names that were
 * not synced are there or not. Whatever was flushed must be found, and a prefix must always open.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "registry.h"
#include "server.h"

static int checks, failures;
#define check(condition, ...)                                                                                 \
    do {                                                                                                      \
        checks++;                                                                                             \
        if (!(condition)) {                                                                                   \
            failures++;                                                                                       \
            printf("not ok - %s:%d: ", __FILE__, __LINE__);                                                   \
            printf(__VA_ARGS__);                                                                              \
            printf("\n");                                                                                     \
        }                                                                                                     \
    } while (0)

void loop_add(struct watch *watch) {}
void hive_mounted(uint32_t place, const char *path, uint32_t bytes) {}
const char *hive_next(unsigned index, uint32_t *place)
{
    return NULL;
}

static char work[PATH_MAX];

/* ---- what reaches the disk ---- */

enum call { CALL_WRITE, CALL_TRUNCATE, CALL_SYNC, CALL_MAKE, CALL_RENAME, CALL_UNLINK, CALL_SYNC_FOLDER };
struct recorded {
    enum call call;
    int file;           /* number of the file */
    uint64_t at, size;
    unsigned char *data;
    char name[32], to[32];
    int made;           /* changes that were acknowledged before this call */
};
#define CALLS_MAX 4096
#define FILES_MAX 256
static struct recorded calls[CALLS_MAX];
static int call_count, file_count, made;
static bool recording;
#define FILE_MAX (1u << 17)
static uint64_t sizes[FILES_MAX];
static struct {
    char name[32];
    int file;
} names[FILES_MAX];
static int name_count;
static int file_of_fd[1024]; /* number + 1; -1: the folder */

static struct recorded *record(enum call call, int file)
{
    if (call_count == CALLS_MAX) abort();
    calls[call_count] = (struct recorded){ .call = call, .file = file, .made = made };
    return &calls[call_count++];
}

static int find_name(const char *name)
{
    for (int i = 0; i < name_count; i++)
        if (!strcmp(names[i].name, name)) return i;
    return -1;
}

static void set_name(const char *name, int file)
{
    int at = find_name(name);
    if (at < 0) at = name_count++;
    strcpy(names[at].name, name);
    names[at].file = file;
}

static void drop_name(const char *name)
{
    int at = find_name(name);
    if (at >= 0) names[at] = names[--name_count];
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list list;
    va_start(list, flags);
    int mode = flags & O_CREAT ? va_arg(list, int) : 0, fd = __real_open(path, flags, mode);
    va_end(list);
    if (fd < 0 || fd >= 1024 || !recording) return fd;
    if (!strcmp(path, work)) {
        file_of_fd[fd] = -1;
        return fd;
    }
    int at = find_name(base_name(path));
    if (at < 0) {
        set_name(base_name(path), file_count);
        strcpy(record(CALL_MAKE, file_count++)->name, base_name(path));
        at = find_name(base_name(path));
    } else if (flags & O_TRUNC) {
        record(CALL_TRUNCATE, names[at].file);
        sizes[names[at].file] = 0;
    }
    file_of_fd[fd] = names[at].file + 1;
    return fd;
}

int __real_close(int fd);
int __wrap_close(int fd)
{
    if (recording && fd >= 0 && fd < 1024) file_of_fd[fd] = 0;
    return __real_close(fd);
}

static void record_data(int fd, const void *data, uint64_t size)
{
    int file = file_of_fd[fd] - 1;
    struct recorded *call = record(CALL_WRITE, file);
    call->at = sizes[file];
    call->size = size;
    memcpy(call->data = malloc(size), data, size);
    sizes[file] += size;
    if (sizes[file] > FILE_MAX) abort();
}

ssize_t __real_write(int fd, const void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size)
{
    ssize_t written = __real_write(fd, data, size);
    if (recording && fd < 1024 && file_of_fd[fd] > 0 && written > 0) record_data(fd, data, (uint64_t)written);
    return written;
}

ssize_t __wrap_writev(int fd, const struct iovec *parts, int count)
{
    unsigned char *all = malloc(1 << 20);
    size_t size = 0;
    for (int i = 0; i < count; i++) {
        memcpy(all + size, parts[i].iov_base, parts[i].iov_len);
        size += parts[i].iov_len;
    }
    ssize_t written = __wrap_write(fd, all, size);
    free(all);
    return written;
}

static int synced(int fd)
{
    if (recording && fd < 1024 && file_of_fd[fd]) record(file_of_fd[fd] < 0 ? CALL_SYNC_FOLDER : CALL_SYNC, file_of_fd[fd] - 1);
    return 0; /* the test's own disk needs none */
}
int __wrap_fdatasync(int fd)
{
    return synced(fd);
}
int __wrap_fsync(int fd)
{
    return synced(fd);
}

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to)
{
    int at = find_name(base_name(from));
    if (recording && at >= 0) {
        struct recorded *call = record(CALL_RENAME, names[at].file);
        strcpy(call->name, base_name(from));
        strcpy(call->to, base_name(to));
        set_name(base_name(to), names[at].file);
        drop_name(base_name(from));
    }
    return __real_rename(from, to);
}

int __real_unlink(const char *path);
int __wrap_unlink(const char *path)
{
    if (recording) {
        strcpy(record(CALL_UNLINK, -1)->name, base_name(path));
        drop_name(base_name(path));
    }
    return __real_unlink(path);
}

int __real_ftruncate(int fd, off_t size);
int __wrap_ftruncate(int fd, off_t size)
{
    if (recording && fd < 1024 && file_of_fd[fd] > 0) {
        record(CALL_TRUNCATE, file_of_fd[fd] - 1)->size = (uint64_t)size;
        sizes[file_of_fd[fd] - 1] = (uint64_t)size;
    }
    return __real_ftruncate(fd, size);
}

/* ---- the registry ---- */

static void defaults(void)
{
    tree_walk(L"Machine\\Software", 16, true, 1);
    tree_walk(L"User\\.Default", 13, true, 1);
}

static uint64_t digest_of(uint32_t place, uint64_t sum)
{
    const struct registry_key *key = tree_key(place);
    const uint32_t *children = registry_at(registry_base, key->subkeys, key->subkey_count * 4ull);
    const unsigned char *bytes;

#define MIX(data, count)                                                                                      \
    bytes = (const void *)(data);                                                                             \
    for (uint32_t n = 0; n < (count); n++) sum = (sum ^ bytes[n]) * 0x100000001b3ull
    MIX(registry_at(registry_base, key->name, 0), key->name_units * 2u);
    MIX(registry_at(registry_base, key->class_name, 0), key->class_units * 2);
    for (uint32_t i = 0; i < key->value_count; i++) {
        const struct registry_value *value = registry_value_at(registry_base, key, i);
        MIX(registry_at(registry_base, value->name, 0), value->name_units * 2);
        MIX(&value->type, 4);
        MIX(registry_at(registry_base, value->data, 0), value->size);
    }
    for (uint32_t i = 0; i < key->subkey_count; i++) sum = digest_of(children[i], sum);
    return sum;
}

static uint64_t whole_digest(void)
{
    return digest_of(REGISTRY_ROOT, 0xcbf29ce484222325ull);
}

/* Changes come in groups of TEN on a key of their own, which later groups leave alone. */
#define TEN 10
#define GROUPS 16
#define CHANGES (GROUPS * TEN)

static uint32_t units_of(WCHAR *to, const char *format, ...)
{
    char text[128];
    va_list list;
    va_start(list, format);
    int length = vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    for (int i = 0; i < length; i++) to[i] = (WCHAR)text[i];
    return (uint32_t)length;
}

static uint64_t group_digest(int group)
{
    WCHAR path[128];
    uint32_t place = tree_walk(path, units_of(path, "Machine\\Software\\Group %d", group), false, 0);
    return place ? digest_of(place, 7) : 0;
}

static void make(struct change *change)
{
    change->time = 100;
    check(!journal_append(change), "append: %s", strerror(errno));
    switch (change->operation) {
    case REGISTRY_CREATE:
        tree_add(change->place, change->name, change->name_units, change->data, change->data_size / 2, 0, change->time);
        break;
    case REGISTRY_SET_VALUE:
        tree_set(change->place, change->name, change->name_units, change->type, change->data, change->data_size, change->time);
        break;
    case REGISTRY_DELETE_VALUE: tree_unset(change->place, change->name, change->name_units, change->time); break;
    case REGISTRY_DELETE_KEY: tree_remove(change->place, change->time); break;
    case REGISTRY_RENAME_KEY: tree_rename(change->place, change->name, change->name_units, change->time); break;
    }
    made++;
}

static void one_change(int number)
{
    static unsigned char data[4096];
    WCHAR path[128], name[64], class_name[8];
    int group = number / TEN;
    uint32_t software = tree_walk(L"Machine\\Software", 16, false, 0);
    uint32_t key = tree_walk(path, units_of(path, "Machine\\Software\\Group %d", group), false, 0);
    uint32_t below = tree_walk(path, units_of(path, "Machine\\Software\\Group %d\\below", group), false, 0);
    struct change change = { .place = key, .name = name };

    for (unsigned i = 0; i < sizeof(data); i++) data[i] = (unsigned char)(number * 7 + i);
    switch (number % TEN) {
    case 0:
        change.operation = REGISTRY_CREATE;
        change.place = software;
        change.name_units = units_of(name, "Group %d", group);
        change.data_size = units_of(class_name, "Class") * 2;
        change.data = class_name;
        break;
    case 3:
    case 5:
        change.operation = REGISTRY_CREATE;
        change.name_units = units_of(name, number % TEN == 3 ? "below" : "other");
        break;
    case 7:
        change.operation = REGISTRY_DELETE_VALUE;
        change.name_units = units_of(name, "value %d", number - 6);
        break;
    case 8:
        change.operation = REGISTRY_RENAME_KEY;
        change.place = below;
        change.name_units = units_of(name, "renamed %d", number);
        break;
    case 9:
        change.operation = REGISTRY_DELETE_KEY;
        change.place = tree_walk(path, units_of(path, "Machine\\Software\\Group %d\\other", group), false, 0);
        break;
    default:
        change.operation = REGISTRY_SET_VALUE;
        if (number % TEN == 4) change.place = below;
        change.name_units = units_of(name, "value %d", number);
        change.type = REG_BINARY;
        change.data = data;
        change.data_size = number % 4 ? 20 + (uint32_t)number : 1500; /* some larger than a sector */
    }
    make(&change);
}

/* ---- opening what is in `work` ---- */

struct found {
    uint64_t good, damaged, digest, groups[GROUPS];
    uint32_t values;
};
static struct found found[1];

static uint32_t count_values(uint32_t place)
{
    const struct registry_key *key = tree_key(place);
    const uint32_t *children = registry_at(registry_base, key->subkeys, key->subkey_count * 4ull);
    uint32_t count = key->value_count;
    for (uint32_t i = 0; i < key->subkey_count; i++) count += count_values(children[i]);
    return count;
}

static void new_tree(void)
{
    if (registry_base) {
        munmap(registry_base, REGISTRY_SIZE);
        close(registry_fd);
    }
    if (!tree_create()) abort();
}

static bool open_prefix(bool change_too)
{
    journal_prefix = work;
    new_tree();
    journal_load(defaults, &found->good, &found->damaged);
    found->digest = whole_digest();
    found->values = count_values(REGISTRY_ROOT);
    for (int i = 0; i < GROUPS; i++) found->groups[i] = group_digest(i);
    if (change_too) {
        struct change change = { .operation = REGISTRY_CREATE, .place = tree_walk(L"Machine", 7, true, 0), .time = 5,
                                 .name = L"after", .name_units = 5 };
        return !journal_append(&change) && !journal_sync();
    }
    return true;
}

/* ---- power cuts ---- */

static const char *const endings[] = { "", ".new", ".bad" };

static void put_file(const char *ending, const unsigned char *data, uint64_t size)
{
    char path[PATH_MAX + 32];
    snprintf(path, sizeof(path), "%s/registry.journal%s", work, ending);
    int fd = __real_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || __real_write(fd, data, size) != (ssize_t)size) abort();
    __real_close(fd);
}

static void clear_work(void)
{
    char path[PATH_MAX + 32];
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof(path), "%s/registry.journal%s", work, endings[i]);
        __real_unlink(path);
    }
}

enum fate { EVERYTHING, NOTHING, TORN, CUT_SHORT, FATES };

/* Puts into `work` what a power cut after `cut` calls may leave. */
static void put_together(int cut, enum fate fate, bool names_kept)
{
    static unsigned char *contents[FILES_MAX];
    static uint64_t lengths[FILES_MAX];
    int safe[FILES_MAX], folder_safe = -1, last_write[FILES_MAX];

    name_count = 0;
    for (int i = 0; i < file_count; i++) {
        safe[i] = last_write[i] = -1;
        lengths[i] = 0;
        contents[i] = contents[i] ? contents[i] : malloc(FILE_MAX);
        memset(contents[i], 0, FILE_MAX);
    }
    for (int i = 0; i < cut; i++) {
        if (calls[i].call == CALL_SYNC) safe[calls[i].file] = i;
        if (calls[i].call == CALL_SYNC_FOLDER) folder_safe = i;
        if (calls[i].call == CALL_WRITE) last_write[calls[i].file] = i;
    }
    for (int i = 0; i < cut; i++) {
        struct recorded *call = &calls[i];
        bool kept = i < safe[call->file < 0 ? 0 : call->file] || fate == EVERYTHING;
        bool name_kept = names_kept || i < folder_safe;
        switch (call->call) {
        case CALL_WRITE: {
            uint64_t size = call->size;
            if (!kept && fate == NOTHING) break;
            if (!kept && fate == CUT_SHORT && i == last_write[call->file]) size = (uint64_t)rand() % (size + 1);
            for (uint64_t at = 0; at < size;) {
                uint64_t step = 512 - (call->at + at) % 512;
                if (step > size - at) step = size - at;
                if (kept || fate != TORN || rand() % 2) memcpy(contents[call->file] + call->at + at, call->data + at, step);
                at += step;
            }
            if (call->at + size > lengths[call->file]) lengths[call->file] = call->at + size;
            break;
        }
        case CALL_TRUNCATE: lengths[call->file] = call->size; break;
        case CALL_MAKE:
            if (name_kept) set_name(call->name, call->file);
            break;
        case CALL_RENAME:
            if (name_kept) {
                set_name(call->to, call->file);
                drop_name(call->name);
            }
            break;
        case CALL_UNLINK:
            if (name_kept) drop_name(call->name);
            break;
        default: break;
        }
    }
    clear_work();
    for (int i = 0; i < name_count; i++)
        put_file(names[i].name + strlen("registry.journal"), contents[names[i].file], lengths[names[i].file]);
}

static uint64_t after[CHANGES + 1], group_after[GROUPS];
static int flushed_at[CHANGES]; /* calls made when the flush after so many changes came back; 0: none */

static void make_changes(void)
{
    journal_prefix = work;
    journal_compact_from = 6000;
    new_tree();
    uint64_t good, damaged;
    recording = true;
    journal_load(defaults, &good, &damaged);
    after[0] = whole_digest();
    for (int i = 0; i < CHANGES; i++) {
        one_change(i);
        after[i + 1] = whole_digest();
        if (i % TEN == TEN - 1) {
            group_after[i / TEN] = group_digest(i / TEN);
            if (i / TEN % 3 != 1) {
                check(!journal_sync(), "sync");
                flushed_at[i] = call_count;
            }
        }
    }
    recording = false;
}

static void test_power_cuts(void)
{
    int compactions = 0;

    for (int i = 0; i < call_count; i++) compactions += calls[i].call == CALL_RENAME;
    check(compactions >= 2, "%d compactions", compactions);
    for (int cut = 0; cut <= call_count; cut++) {
        int flushed = 0, acknowledged = cut < call_count ? calls[cut].made : made;
        for (int i = 0; i < CHANGES; i++)
            if (flushed_at[i] && flushed_at[i] <= cut) flushed = i + 1;
        for (enum fate fate = 0; fate < FATES; fate++)
            for (int names_kept = 0; names_kept < 2; names_kept++) {
                put_together(cut, fate, names_kept);
                bool opened = open_prefix(cut % 8 == 0);
                check(opened, "cut %d, fate %d: does not open", cut, fate);
                for (int group = 0; opened && group < flushed / TEN; group++)
                    check(found->groups[group] == group_after[group], "cut %d, fate %d, names %d: group %d was flushed", cut, fate,
                          names_kept, group);
                if (fate == TORN || (fate == EVERYTHING && !names_kept)) continue;
                bool known = false;
                for (int i = flushed; i <= acknowledged + 1 && i <= CHANGES; i++) known |= found->digest == after[i];
                check(known, "cut %d, fate %d, names %d: a state that never was", cut, fate, names_kept);
                if (fate == EVERYTHING) /* no power cut, but the end of the server */
                    check(found->digest == after[acknowledged] || found->digest == after[acknowledged + 1],
                          "cut %d: acknowledged changes are missing", cut);
                if (cut % 8 == 0) check(open_prefix(false), "cut %d: opens again", cut);
            }
    }
}

/* ---- flipped bits ---- */

static void test_flips(void)
{
    static unsigned char data[FILE_MAX];
    char path[PATH_MAX + 32];

    snprintf(path, sizeof(path), "%s/registry.journal", work);
    int fd = __real_open(path, O_RDONLY);
    ssize_t size = read(fd, data, sizeof(data));
    __real_close(fd);
    check(open_prefix(false) && !found->damaged, "whole");
    uint64_t digest = found->digest;
    uint32_t values = found->values;
    for (ssize_t i = 0; i < size; i++) {
        if (i >= 64 && i < 4090 && i % 61) continue; /* between the heads there is nothing */
        unsigned char bit = (unsigned char)(1 << rand() % 8);
        data[i] ^= bit;
        clear_work();
        put_file("", data, (uint64_t)size);
        data[i] ^= bit;
        bool opened = open_prefix(false);
        check(opened, "byte %zd: does not open", i);
        check(found->damaged || found->digest == digest, "byte %zd: not noticed", i);
        check(found->values + 1 >= values, "byte %zd costs %u values", i, values - found->values);
    }
}

/* Blocks that read as zeros, or as a piece of another place of the file. */
static void test_lost_blocks(void)
{
    static unsigned char data[FILE_MAX], spoilt[FILE_MAX];
    char path[PATH_MAX + 32];

    clear_work();
    put_together(call_count, EVERYTHING, true);
    snprintf(path, sizeof(path), "%s/registry.journal", work);
    int fd = __real_open(path, O_RDONLY);
    ssize_t size = read(fd, data, sizeof(data));
    __real_close(fd);
    check(open_prefix(false), "whole");
    uint64_t digest = found->digest;
    for (ssize_t at = 0; at < size; at += 512)
        for (int other = 0; other < 2; other++) {
            memcpy(spoilt, data, (size_t)size);
            size_t count = size - at < 512 ? (size_t)(size - at) : 512;
            if (other) memcpy(spoilt + at, data + 8192, count < (size_t)size - 8192 ? count : 0);
            else memset(spoilt + at, 0, count);
            clear_work();
            put_file("", spoilt, (uint64_t)size);
            check(open_prefix(true), "block at %zd: does not open", at);
            check(found->damaged || found->digest == digest, "block at %zd: not noticed", at);
            check(open_prefix(false) && !found->damaged, "block at %zd: told once", at);
        }
}

/* ---- size ---- */

static void test_many(void)
{
    WCHAR name[32];

    clear_work();
    new_tree();
    journal_load(defaults, &found->good, &found->damaged);
    for (int i = 0; i < 20000; i++) {
        struct change change = { .operation = REGISTRY_CREATE, .place = tree_walk(L"Machine\\Software", 16, true, 0), .name = name,
                                 .name_units = units_of(name, "Key %d", i) };
        make(&change);
    }
    uint64_t digest = whole_digest();
    check(open_prefix(false) && !found->damaged && found->digest == digest, "20,000 keys come back");
}

int main(int argc, char **argv)
{
    char memory[] = "/dev/shm/ferry-journal-XXXXXX", disk[] = "/tmp/ferry-journal-XXXXXX", *folder = mkdtemp(memory);

    srand(7);
    if (!folder && !(folder = mkdtemp(disk))) return 1;
    snprintf(work, sizeof(work), "%s", folder);
    make_changes();
    journal_compact_from = 1 << 20;
    test_power_cuts();
    int renamed = 0;
    while (calls[renamed].call != CALL_RENAME) renamed++;
    put_together(renamed - 3, EVERYTHING, true); /* a journal */
    test_flips();
    put_together(renamed + 1, EVERYTHING, true); /* a snapshot */
    test_flips();
    test_lost_blocks();
    test_many();
    clear_work();
    rmdir(work);
    printf("# CHECKS %d %d 0\n", checks - failures, failures);
    return failures != 0;
}
