/* NtLockFile and NtUnlockFile. Rules: MS-FSA 2.1.5.7 and 2.1.5.8.
 *
 * The list of this process says who holds what, exactly as asked for; a Linux lock of the open file description stands
 * for it towards other processes, as far as its offsets reach (2^63) and the handle's access allows.
 */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "ferry/syscall_table.h"
#include "host.h"
#include "object.h"
#include "request.h"

struct range {
    struct range *next;
    const struct file *file;
    dev_t device;
    ino_t inode;
    uint64_t offset, length;
    ULONG key;
    bool exclusive;
};

atomic_uint locks_held;
static struct range *ranges;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Ranges of length 0 touch nothing. */
static bool overlap(const struct range *range, uint64_t offset, uint64_t length)
{
    return range->length && length && range->offset <= offset + (length - 1) &&
           offset <= range->offset + (range->length - 1);
}

static bool same_file(const struct range *range, const struct file *file)
{
    return range->inode == file->inode && range->device == file->device;
}

bool lock_forbids(const struct file *file, LONGLONG offset, ULONG length, bool write)
{
    const struct range *range;
    bool forbidden = false;

    pthread_mutex_lock(&lock);
    for (range = ranges; range && !forbidden; range = range->next)
        if (same_file(range, file) && overlap(range, offset, length))
            forbidden = range->exclusive ? range->file != file : write;
    pthread_mutex_unlock(&lock);
    return forbidden;
}

/* The Linux side. 0, EAGAIN for a conflict. What Linux cannot hold is held by the list alone. */
static int linux_lock(const struct file *file, uint64_t offset, uint64_t length, short type)
{
    struct flock flock = {.l_type = type, .l_whence = SEEK_SET};

    if (!length || offset > INT64_MAX)
        return 0;
    flock.l_start = offset;
    flock.l_len = length > INT64_MAX - offset ? 0 : length; /* 0: to the end */
    if (!fcntl(file->object.fd, F_OFD_SETLK, &flock))
        return 0;
    if (errno == EBADF && type == F_WRLCK) { /* not open for writing: at least nobody else may lock it exclusively */
        flock.l_type = F_RDLCK;
        if (!fcntl(file->object.fd, F_OFD_SETLK, &flock))
            return 0;
    }
    return errno == EAGAIN || errno == EACCES ? EAGAIN : 0;
}

struct wanted {
    uint64_t offset, length;
    bool exclusive;
};

/* STATUS_PENDING: someone else holds it. */
static NTSTATUS try_lock(struct file *file, const struct wanted *wanted, ULONG key)
{
    struct range *range, *made = malloc(sizeof(*made));

    if (!made)
        return STATUS_NO_MEMORY;
    pthread_mutex_lock(&lock);
    for (range = ranges; range; range = range->next)
        if (same_file(range, file) && (wanted->exclusive || range->exclusive) &&
            overlap(range, wanted->offset, wanted->length))
            break;
    if (range || linux_lock(file, wanted->offset, wanted->length, wanted->exclusive ? F_WRLCK : F_RDLCK)) {
        pthread_mutex_unlock(&lock);
        free(made);
        return STATUS_PENDING;
    }
    *made = (struct range){.next = ranges, .file = file, .device = file->device, .inode = file->inode,
                           .offset = wanted->offset, .length = wanted->length, .key = key,
                           .exclusive = wanted->exclusive};
    ranges = made;
    atomic_fetch_add(&locks_held, 1);
    pthread_mutex_unlock(&lock);
    return STATUS_SUCCESS;
}

/* Takes the Linux lock off where no other range of the same file object needs it. Under the lock. */
static void linux_unlock(const struct file *file, const struct range *gone)
{
    const struct range *range;

    linux_lock(file, gone->offset, gone->length, F_UNLCK);
    for (range = ranges; range; range = range->next)
        if (range->file == file && overlap(range, gone->offset, gone->length))
            linux_lock(file, range->offset, range->length, range->exclusive ? F_WRLCK : F_RDLCK);
}

void lock_drop_file(struct file *file)
{
    struct range **at, *range;

    if (!atomic_load(&locks_held))
        return;
    pthread_mutex_lock(&lock);
    for (at = &ranges; (range = *at);) {
        if (range->file != file) {
            at = &range->next;
            continue;
        }
        *at = range->next;
        linux_unlock(file, range);
        free(range);
        atomic_fetch_sub(&locks_held, 1);
    }
    pthread_mutex_unlock(&lock);
}

/* Linux does not tell when a lock becomes free without blocking a thread, so a waiting request looks each 4 ms. */
static int lock_timer(struct file *file)
{
    struct itimerspec period = {.it_interval.tv_nsec = 4000000, .it_value.tv_nsec = 1000000};
    void *none = NULL;
    int fd;

    if ((fd = (int)(intptr_t)__atomic_load_n(&file->data, __ATOMIC_ACQUIRE)))
        return fd;
    fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (fd < 0)
        return -1;
    timerfd_settime(fd, 0, &period, NULL);
    if (!__atomic_compare_exchange_n(&file->data, &none, (void *)(intptr_t)fd, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_ACQUIRE)) {
        close(fd);
        fd = (int)(intptr_t)none;
    }
    return fd;
}

static NTSTATUS lock_ready(struct request *request)
{
    uint64_t expirations;

    (void)!read(request->fd, &expirations, sizeof(expirations));
    return try_lock(request->file, request->data, request->key);
}

NTSTATUS sys_NtLockFile(HANDLE handle, HANDLE event, void *apc_routine, void *apc_context, IO_STATUS_BLOCK *iosb,
                        LARGE_INTEGER *offset, LARGE_INTEGER *length, ULONG key, BOOLEAN fail_immediately,
                        BOOLEAN exclusive)
{
    struct request request = {.type = REQUEST_LOCK, .iosb = iosb, .event_handle = event, .apc_routine = apc_routine,
                              .apc_context = apc_context, .key = key};
    struct wanted wanted = {.offset = offset->QuadPart, .length = length->QuadPart, .exclusive = exclusive};
    ACCESS_MASK granted;
    NTSTATUS status;

    probe_write(iosb, iosb_size());
    if (wanted.length && wanted.offset + (wanted.length - 1) < wanted.offset)
        return STATUS_INVALID_LOCK_RANGE;
    status = file_from_handle(handle, 0, &request.file, &granted);
    if (status)
        return status;
    if (request.file->kind != FILE_KIND_DISK)
        status = request.file->kind == FILE_KIND_DIRECTORY ? STATUS_INVALID_PARAMETER : STATUS_INVALID_DEVICE_REQUEST;
    else if (!(granted & (FILE_READ_DATA | FILE_WRITE_DATA)))
        status = STATUS_ACCESS_DENIED;
    else
        status = request_start(&request);
    if (!status)
        status = try_lock(request.file, &wanted, key);
    if (status == STATUS_PENDING) {
        if (fail_immediately) {
            status = STATUS_LOCK_NOT_GRANTED;
        } else {
            int fd = lock_timer(request.file);
            request.data = malloc(sizeof(wanted));
            if (fd < 0 || !request.data) {
                status = STATUS_INSUFFICIENT_RESOURCES;
                free(request.data);
            } else {
                memcpy(request.data, &wanted, sizeof(wanted));
                status = request_wait(&request, fd, POLLIN, lock_ready);
            }
        }
    }
    status = request_finish(&request, status);
    file_release(request.file);
    return status;
}

NTSTATUS sys_NtUnlockFile(HANDLE handle, IO_STATUS_BLOCK *iosb, LARGE_INTEGER *offset, LARGE_INTEGER *length, ULONG key)
{
    uint64_t from = offset->QuadPart, bytes = length->QuadPart;
    struct range **at, *range = NULL;
    struct file *file;
    NTSTATUS status;

    probe_write(iosb, iosb_size());
    if (bytes && from + (bytes - 1) < from)
        return STATUS_INVALID_LOCK_RANGE;
    status = file_from_handle(handle, 0, &file, NULL);
    if (status)
        return status;
    pthread_mutex_lock(&lock);
    for (at = &ranges; (range = *at); at = &range->next)
        if (range->file == file && range->offset == from && range->length == bytes && range->key == key)
            break;
    if (range) {
        *at = range->next;
        linux_unlock(file, range);
        atomic_fetch_sub(&locks_held, 1);
    }
    pthread_mutex_unlock(&lock);
    free(range);
    file_release(file);
    if (!range)
        return STATUS_RANGE_NOT_LOCKED;
    iosb->Status = STATUS_SUCCESS;
    iosb_set_information(iosb, 0);
    return STATUS_SUCCESS;
}
