#include "dircache.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "host.h"
#include "path.h"

#define CACHED_DIRECTORIES 64
#define NAME_UNITS 512

/* Time stamps of a directory move in steps of the kernel's tick, so a listing that was read less than this after
 * the last change may lack a later change of the same tick. */
#define RACY_NANOSECONDS 20000000

struct listing {
    dev_t device;
    ino_t inode;
    struct timespec modified, changed;
    bool racy;
    uint64_t used; /* for replacement */
    char *names;   /* NUL-terminated, one after the other */
    uint32_t *slots; /* hash table: offset + 1 into names */
    uint32_t mask;
};

static struct listing listings[CACHED_DIRECTORIES];
static uint64_t use_clock;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static uint32_t fold_hash(const char *name, int bytes)
{
    uint32_t hash = 2166136261u;
    int i;
    for (i = 0; i < bytes; i++) {
        unsigned char c = name[i];
        if (c >= 0x80) {
            WCHAR units[NAME_UNITS];
            int j, count = utf16_from_utf8(units, NAME_UNITS, name + i, bytes - i);
            for (j = 0; j < count; j++)
                hash = (hash ^ path_upcase(units[j])) * 16777619u;
            return hash;
        }
        hash = (hash ^ (c >= 'a' && c <= 'z' ? c - 32 : c)) * 16777619u;
    }
    return hash;
}

static bool fold_equal(const char *a, int a_bytes, const char *b, int b_bytes)
{
    int i;
    for (i = 0; i < a_bytes && i < b_bytes; i++) {
        unsigned char c = a[i], d = b[i];
        if ((c | d) & 0x80) {
            WCHAR u[NAME_UNITS], v[NAME_UNITS];
            int m = utf16_from_utf8(u, NAME_UNITS, a + i, a_bytes - i);
            int n = utf16_from_utf8(v, NAME_UNITS, b + i, b_bytes - i);
            return m >= 0 && n >= 0 && path_names_equal(u, m, v, n);
        }
        if ((c >= 'a' && c <= 'z' ? c - 32 : c) != (d >= 'a' && d <= 'z' ? d - 32 : d))
            return false;
    }
    return a_bytes == b_bytes;
}

static void listing_clear(struct listing *listing)
{
    free(listing->names);
    free(listing->slots);
    memset(listing, 0, sizeof(*listing));
}

struct linux_dirent64 {
    uint64_t d_ino;
    int64_t d_off;
    uint16_t d_reclen;
    uint8_t d_type;
    char d_name[];
};

static bool listing_read(struct listing *listing, const char *directory, const struct stat *st)
{
    _Alignas(8) char buffer[32768];
    size_t used = 0, room = 0, count = 0, size, offset;
    struct timespec now;
    long got, at;
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);

    listing_clear(listing);
    if (fd < 0)
        return false;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    while ((got = syscall(SYS_getdents64, fd, buffer, sizeof(buffer))) > 0) {
        for (at = 0; at < got;) {
            struct linux_dirent64 *entry = (struct linux_dirent64 *)(buffer + at);
            size_t length = strlen(entry->d_name) + 1;
            if (used + length > room) {
                char *grown = realloc(listing->names, room = (used + length) * 2 + 1024);
                if (!grown)
                    goto fail;
                listing->names = grown;
            }
            memcpy(listing->names + used, entry->d_name, length);
            used += length;
            count++;
            at += entry->d_reclen;
        }
    }
    close(fd);
    fd = -1;
    for (size = 16; size < count * 2; size *= 2)
        ;
    listing->slots = calloc(size, sizeof(*listing->slots));
    if (got < 0 || !listing->slots)
        goto fail;
    listing->mask = size - 1;
    for (offset = 0; offset < used;) {
        int length = strlen(listing->names + offset);
        uint32_t at_slot = fold_hash(listing->names + offset, length) & listing->mask;
        while (listing->slots[at_slot])
            at_slot = (at_slot + 1) & listing->mask;
        listing->slots[at_slot] = offset + 1;
        offset += length + 1;
    }
    listing->device = st->st_dev;
    listing->inode = st->st_ino;
    listing->modified = st->st_mtim;
    listing->changed = st->st_ctim;
    listing->racy = (now.tv_sec - st->st_ctim.tv_sec) * 1000000000ll + now.tv_nsec - st->st_ctim.tv_nsec <
                    RACY_NANOSECONDS;
    return true;
fail:
    if (fd >= 0)
        close(fd);
    listing_clear(listing);
    return false;
}

static struct listing *listing_get(const char *directory, const struct stat *st)
{
    struct listing *listing = NULL, *oldest = &listings[0];
    int i;

    for (i = 0; i < CACHED_DIRECTORIES; i++) {
        struct listing *candidate = &listings[i];
        if (candidate->slots && candidate->inode == st->st_ino && candidate->device == st->st_dev) {
            listing = candidate;
            break;
        }
        if (candidate->used < oldest->used)
            oldest = candidate;
    }
    if (!listing || listing->racy || listing->modified.tv_sec != st->st_mtim.tv_sec ||
        listing->modified.tv_nsec != st->st_mtim.tv_nsec || listing->changed.tv_sec != st->st_ctim.tv_sec ||
        listing->changed.tv_nsec != st->st_ctim.tv_nsec) {
        if (!listing)
            listing = oldest;
        if (!listing_read(listing, directory, st))
            return NULL;
    }
    listing->used = ++use_clock;
    return listing;
}

bool dircache_find(const char *directory, const struct stat *st, const char *name, int bytes,
                   char found[NAME_MAX + 1])
{
    struct listing *listing;
    bool result = false;

    pthread_mutex_lock(&lock);
    listing = listing_get(directory, st);
    if (listing) {
        uint32_t slot = fold_hash(name, bytes) & listing->mask;
        for (; listing->slots[slot]; slot = (slot + 1) & listing->mask) {
            const char *entry = listing->names + listing->slots[slot] - 1;
            int length = strlen(entry);
            if (!fold_equal(entry, length, name, bytes))
                continue;
            if (!result || (length == bytes && !memcmp(entry, name, bytes)))
                memcpy(found, entry, length + 1);
            result = true;
            if (length == bytes && !memcmp(entry, name, bytes))
                break; /* the exact spelling wins over its relatives */
        }
    }
    pthread_mutex_unlock(&lock);
    return result;
}

void dircache_forget(dev_t device, ino_t inode)
{
    int i;
    pthread_mutex_lock(&lock);
    for (i = 0; i < CACHED_DIRECTORIES; i++)
        if (listings[i].slots && listings[i].inode == inode && listings[i].device == device)
            listing_clear(&listings[i]);
    pthread_mutex_unlock(&lock);
}
