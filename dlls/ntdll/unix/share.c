/* The table of open files of a prefix: a file in the prefix that every process maps.
 *
 * A process holds a lock (fcntl, open file description) on the byte of its owner number for as long as it lives; so
 * whoever stumbles on an entry of a process that was killed can tell, and drops it. The mutex is robust: when its
 * holder dies, the lists are made anew from the entries' states.
 */
#include "share.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "host.h"

#define MAGIC 0x53485231 /* changes with the layout */
#define BUCKETS 512
#define ENTRIES 16384
#define OWNERS 4096
#define OWNER_LOCKS (1ll << 40) /* where in the lock space of the file the owners' bytes lie */

struct share {
    uint64_t device, inode;
    uint32_t next;   /* index + 1 */
    uint16_t owner;  /* 0: free */
    uint8_t access;  /* FILE_SHARE_* bits of what was asked for */
    uint8_t sharing; /* FILE_SHARE_* bits of what others may */
    uint8_t delete_pending;
    uint8_t counts;  /* takes part in share checks */
    uint8_t reserved[6];
};

struct table {
    uint32_t magic;
    uint32_t used; /* entries at and above were never used */
    uint32_t free; /* index + 1 */
    pthread_mutex_t mutex;
    uint32_t buckets[BUCKETS]; /* index + 1 */
    struct share entries[ENTRIES];
};

static struct table *table;
static int table_fd = -1;
static uint16_t self;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static uint32_t bucket_of(uint64_t device, uint64_t inode)
{
    return ((device * 31 + inode) * 0x9e3779b97f4a7c15ull) >> 55;
}

static bool owner_byte_lock(int owner, bool take)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = OWNER_LOCKS + owner, .l_len = 1};

    if (take)
        return !fcntl(table_fd, F_OFD_SETLK, &lock);
    return !fcntl(table_fd, F_OFD_GETLK, &lock) && lock.l_type != F_UNLCK; /* someone holds it */
}

static void lists_rebuild(void)
{
    uint32_t i;

    memset(table->buckets, 0, sizeof(table->buckets));
    table->free = 0;
    if (table->used > ENTRIES)
        table->used = ENTRIES;
    for (i = 0; i < table->used; i++) {
        struct share *entry = &table->entries[i];
        uint32_t *head = entry->owner ? &table->buckets[bucket_of(entry->device, entry->inode)] : &table->free;
        entry->next = *head;
        *head = i + 1;
    }
}

static void table_lock(void)
{
    if (pthread_mutex_lock(&table->mutex) == EOWNERDEAD) {
        lists_rebuild();
        pthread_mutex_consistent(&table->mutex);
    }
}

static void table_unlock(void)
{
    pthread_mutex_unlock(&table->mutex);
}

static void table_clear(void)
{
    pthread_mutexattr_t attributes;

    memset(table, 0, offsetof(struct table, entries));
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&table->mutex, &attributes);
    table->magic = MAGIC;
}

static void table_open(void)
{
    char name[PATH_MAX];
    struct flock setup = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = OWNER_LOCKS, .l_len = 1};
    uint32_t i;

    if (snprintf(name, sizeof(name), "%s/.shares", host.prefix) < sizeof(name))
        table_fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (table_fd >= 0) {
        fcntl(table_fd, F_OFD_SETLKW, &setup);
        if (!ftruncate(table_fd, sizeof(*table)))
            table = mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE, MAP_SHARED, table_fd, 0);
    }
    if (!table || table == MAP_FAILED) { /* a prefix that cannot be written: this process alone */
        table = mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        table_clear();
        self = 1;
        return;
    }
    if (table->magic != MAGIC)
        table_clear();
    for (i = 0; i < OWNERS - 1; i++) {
        self = 1 + (getpid() + i) % (OWNERS - 1);
        if (owner_byte_lock(self, true))
            break;
    }
    setup.l_type = F_UNLCK;
    fcntl(table_fd, F_OFD_SETLK, &setup);
    table_lock();
    for (i = 0; i < table->used && i < ENTRIES; i++)
        if (table->entries[i].owner == self)
            break;
    if (i < table->used) { /* a killed process had the number before */
        for (; i < table->used && i < ENTRIES; i++)
            if (table->entries[i].owner == self)
                table->entries[i].owner = 0;
        lists_rebuild();
    }
    table_unlock();
}

/* The entry `*link` points to, NULL at the end. Indices come from shared memory and are checked. */
static struct share *entry_at(uint32_t index)
{
    return index && index <= ENTRIES ? &table->entries[index - 1] : NULL;
}

static void entry_free(struct share *entry)
{
    uint32_t index = entry - table->entries + 1, *link = &table->buckets[bucket_of(entry->device, entry->inode)];
    int bound = ENTRIES;

    while (*link && *link != index && bound--) {
        struct share *at = entry_at(*link);
        if (!at)
            break;
        link = &at->next;
    }
    if (*link == index)
        *link = entry->next;
    entry->owner = 0;
    entry->next = table->free;
    table->free = index;
}

static bool entry_is_dead(const struct share *entry)
{
    return entry->owner != self && table_fd >= 0 && !owner_byte_lock(entry->owner, false);
}

static bool conflicts(const struct share *entry, unsigned access, unsigned sharing)
{
    return entry->counts && ((access & ~entry->sharing) || (entry->access & ~sharing));
}

static unsigned share_bits(ACCESS_MASK access)
{
    unsigned bits = 0;

    if (access & (FILE_READ_DATA | FILE_EXECUTE))
        bits |= FILE_SHARE_READ;
    if (access & (FILE_WRITE_DATA | FILE_APPEND_DATA))
        bits |= FILE_SHARE_WRITE;
    if (access & DELETE)
        bits |= FILE_SHARE_DELETE;
    return bits;
}

/* A new entry in its list; NULL when the table is full. Under the lock. */
static struct share *entry_add(uint64_t device, uint64_t inode, unsigned wanted, ULONG sharing)
{
    uint32_t bucket = bucket_of(device, inode);
    struct share *entry = entry_at(table->free);

    if (entry)
        table->free = entry->next;
    else if (table->used < ENTRIES)
        entry = &table->entries[table->used++];
    else
        return NULL;
    *entry = (struct share){.device = device, .inode = inode, .access = wanted, .sharing = sharing,
                            .counts = wanted != 0, .owner = self, .next = table->buckets[bucket]};
    table->buckets[bucket] = entry - table->entries + 1;
    return entry;
}

struct share *share_duplicate(dev_t device, ino_t inode, ACCESS_MASK access, ULONG sharing)
{
    struct share *entry;

    pthread_once(&once, table_open);
    table_lock();
    entry = entry_add(device, inode, share_bits(access), sharing);
    table_unlock();
    return entry;
}

NTSTATUS share_open(dev_t device, ino_t inode, ACCESS_MASK access, ULONG sharing, struct share **share)
{
    struct share *entry;
    unsigned wanted = share_bits(access);
    NTSTATUS status = STATUS_SUCCESS;
    uint32_t bucket, index;
    int bound;

    pthread_once(&once, table_open);
    bucket = bucket_of(device, inode);
    table_lock();
again:
    bound = ENTRIES;
    for (index = table->buckets[bucket]; (entry = entry_at(index)) && bound--; index = entry->next) {
        if (entry->inode != inode || entry->device != device)
            continue;
        if (entry->delete_pending)
            status = STATUS_DELETE_PENDING;
        else if (wanted && conflicts(entry, wanted, sharing))
            status = STATUS_SHARING_VIOLATION;
        else
            continue;
        if (entry_is_dead(entry)) {
            entry_free(entry);
            status = STATUS_SUCCESS;
            goto again;
        }
        break;
    }
    if (!status && !(*share = entry_add(device, inode, wanted, sharing)))
        status = STATUS_INSUFFICIENT_RESOURCES;
    table_unlock();
    return status;
}

bool share_close(struct share *share)
{
    struct share *entry;
    uint32_t index;
    bool last = true, pending;
    int bound = ENTRIES;

    table_lock();
    pending = share->delete_pending;
    if (pending)
        for (index = table->buckets[bucket_of(share->device, share->inode)]; (entry = entry_at(index)) && bound--;
             index = entry->next)
            if (entry != share && entry->inode == share->inode && entry->device == share->device &&
                !entry_is_dead(entry))
                last = false;
    entry_free(share);
    table_unlock();
    return pending && last;
}

void share_set_delete(struct share *share, bool delete_it)
{
    struct share *entry;
    uint32_t index;
    int bound = ENTRIES;

    table_lock();
    for (index = table->buckets[bucket_of(share->device, share->inode)]; (entry = entry_at(index)) && bound--;
         index = entry->next)
        if (entry->inode == share->inode && entry->device == share->device)
            entry->delete_pending = delete_it;
    table_unlock();
}

bool share_delete_pending(const struct share *share)
{
    return share->delete_pending;
}

unsigned share_count(const struct share *share)
{
    struct share *entry;
    uint32_t index;
    unsigned count = 0;
    int bound = ENTRIES;

    table_lock();
    for (index = table->buckets[bucket_of(share->device, share->inode)]; (entry = entry_at(index)) && bound--;
         index = entry->next)
        if (entry->inode == share->inode && entry->device == share->device && !entry_is_dead(entry))
            count++;
    table_unlock();
    return count;
}

bool share_allows_delete(dev_t device, ino_t inode, const struct share *except)
{
    struct share *entry;
    uint32_t index;
    bool allowed = true;
    int bound = ENTRIES;

    pthread_once(&once, table_open);
    table_lock();
    for (index = table->buckets[bucket_of(device, inode)]; (entry = entry_at(index)) && bound--; index = entry->next)
        if (entry != except && entry->inode == inode && entry->device == device && entry->counts &&
            !(entry->sharing & FILE_SHARE_DELETE) && !entry_is_dead(entry))
            allowed = false;
    table_unlock();
    return allowed;
}

bool share_is_open(dev_t device, ino_t inode)
{
    struct share *entry;
    uint32_t index;
    bool open = false;
    int bound = ENTRIES;

    pthread_once(&once, table_open);
    table_lock();
    for (index = table->buckets[bucket_of(device, inode)]; (entry = entry_at(index)) && bound--; index = entry->next)
        if (entry->inode == inode && entry->device == device && !entry_is_dead(entry))
            open = true;
    table_unlock();
    return open;
}

uint16_t share_owner(void)
{
    pthread_once(&once, table_open);
    return self;
}

bool share_owner_alive(uint16_t owner)
{
    pthread_once(&once, table_open);
    return owner == self || table_fd < 0 || owner_byte_lock(owner, false);
}
