/* Data of files: regular ones, what Linux programs handed us (pipes, terminals, sockets), the null device. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "buffer.h"
#include "fileinfo.h"
#include "fsctl.h"
#include "host.h"
#include "lock.h"
#include "notify.h"
#include "request.h"
#include "streampipe.h"

/* ---- regular files ---- */

/* Where a transfer goes, for the locks that may stand against it. */
static bool locked_out(const struct file *file, const struct request *request, bool write)
{
    off_t at = request->offset;

    if (!atomic_load_explicit(&locks_held, memory_order_relaxed))
        return false;
    if (at < 0)
        at = lseek(file->object.fd, 0, at == FILE_OFFSET_END ? SEEK_END : SEEK_CUR);
    return at >= 0 && lock_forbids(file, at, request->length, write);
}

static NTSTATUS disk_read(struct file *file, struct request *request)
{
    ssize_t got;

    if (locked_out(file, request, false))
        return STATUS_FILE_LOCK_CONFLICT;

    if (request->offset == FILE_OFFSET_CURRENT && file_is_synchronous(file)) {
        do
            got = read(file->object.fd, request->buffer, request->length);
        while (got < 0 && buffer_retry(request->buffer, request->length, true));
    } else {
        if (request->offset < 0)
            return STATUS_INVALID_PARAMETER;
        do
            got = pread(file->object.fd, request->buffer, request->length, request->offset);
        while (got < 0 && buffer_retry(request->buffer, request->length, true));
        if (got >= 0 && file_is_synchronous(file))
            lseek(file->object.fd, request->offset + got, SEEK_SET);
    }
    if (got < 0)
        return status_from_errno(errno);
    request->information = got;
    return got || !request->length ? STATUS_SUCCESS : STATUS_END_OF_FILE;
}

static NTSTATUS disk_write(struct file *file, struct request *request)
{
    const char *data = request->buffer;
    size_t done = 0;
    ssize_t put;
    off_t at = request->offset;
    bool append = (file->access & (FILE_WRITE_DATA | FILE_APPEND_DATA)) == FILE_APPEND_DATA;
    bool at_position = append || (at == FILE_OFFSET_CURRENT && file_is_synchronous(file));

    if (locked_out(file, request, true))
        return STATUS_FILE_LOCK_CONFLICT;
    if (!at_position) {
        if (at == FILE_OFFSET_END)
            at = lseek(file->object.fd, 0, SEEK_END);
        if (at < 0)
            return STATUS_INVALID_PARAMETER;
    }
    while (done < request->length) {
        put = at_position ? write(file->object.fd, data + done, request->length - done)
                          : pwrite(file->object.fd, data + done, request->length - done, at + done);
        if (put < 0) {
            if (buffer_retry(request->buffer, request->length, false))
                continue;
            if (done)
                break;
            return status_from_errno(errno);
        }
        if (!put)
            break;
        done += put;
    }
    if (!at_position && file_is_synchronous(file))
        lseek(file->object.fd, at + done, SEEK_SET);
    request->information = done;
    return done < request->length ? STATUS_DISK_FULL : STATUS_SUCCESS;
}

static NTSTATUS disk_flush(struct file *file, struct request *request)
{
    if (fdatasync(file->object.fd) && errno != EINVAL)
        return status_from_errno(errno);
    return STATUS_SUCCESS;
}

static void disk_last_handle(struct file *file)
{
    request_cancel_file(file, STATUS_RANGE_NOT_LOCKED, NULL, NULL); /* they can only wait for locks */
    lock_drop_file(file);
}

static void disk_destroy(struct file *file)
{
    if (file->data) /* lock.c's timer */
        close((int)(intptr_t)file->data);
}

const struct file_ops disk_ops = {
    .device_type = FILE_DEVICE_DISK,
    .read = disk_read,
    .write = disk_write,
    .flush = disk_flush,
    .fsctl = disk_fsctl,
    .last_handle = disk_last_handle,
    .destroy = disk_destroy,
};

static NTSTATUS directory_data(struct file *file, struct request *request)
{
    return STATUS_INVALID_DEVICE_REQUEST;
}

static NTSTATUS directory_flush(struct file *file, struct request *request)
{
    return fsync(file->object.fd) && errno != EINVAL ? status_from_errno(errno) : STATUS_SUCCESS;
}

const struct file_ops directory_ops = {
    .device_type = FILE_DEVICE_DISK,
    .read = directory_data,
    .write = directory_data,
    .flush = directory_flush,
    .fsctl = disk_fsctl,
    .last_handle = notify_last_handle,
    .destroy = directory_destroy,
};

const struct file_ops volume_ops = {
    .device_type = FILE_DEVICE_DISK,
    .fsctl = disk_fsctl,
    .ioctl = volume_ioctl,
};

/* ---- streams of Linux ---- */

static bool is_ready(const struct file *file, short events)
{
    struct pollfd poll_fd = {.fd = file->object.fd, .events = events};

    return poll(&poll_fd, 1, 0) > 0;
}

static NTSTATUS stream_read_ready(struct request *request)
{
    struct file *file = request->file;
    ssize_t got;

    do
        got = read(file->object.fd, request->buffer, request->length);
    while (got < 0 && buffer_retry(request->buffer, request->length, true));
    if (got < 0 && errno == EAGAIN)
        return STATUS_PENDING;
    if (got < 0 && errno == EIO && file->kind == FILE_KIND_CONSOLE)
        got = 0; /* the terminal went away */
    if (got < 0)
        return errno == ECONNRESET ? STATUS_PIPE_BROKEN : status_from_errno(errno);
    request->information = got;
    if (got || !request->length || file->kind == FILE_KIND_CONSOLE)
        return STATUS_SUCCESS;
    return file_is_linux_pipe(file) ? STATUS_PIPE_BROKEN : STATUS_END_OF_FILE;
}

static NTSTATUS stream_read(struct file *file, struct request *request)
{
    if (stream_pipe_nowait(file) && !is_ready(file, POLLIN))
        return STATUS_PIPE_EMPTY;
    /* The descriptor is shared with the program that made it and blocks, so readiness is asked for first. */
    return request_wait(request, file->object.fd, POLLIN, stream_read_ready);
}

static NTSTATUS stream_write_ready(struct request *request)
{
    struct file *file = request->file;
    bool may_block = thread_self() && file_is_synchronous(file);
    const char *data = request->buffer;

    while (request->done < request->length) {
        size_t bytes = request->length - request->done;
        ssize_t put;
        if (!may_block && bytes > PIPE_BUF)
            bytes = PIPE_BUF; /* what a pipe that is ready takes without blocking */
        put = S_ISSOCK(file->mode) ? send(file->object.fd, data + request->done, bytes, MSG_NOSIGNAL)
                                   : write(file->object.fd, data + request->done, bytes);
        if (put >= 0) {
            request->done += put;
            if (!may_block && request->done < request->length)
                return STATUS_PENDING;
        } else if (errno == EAGAIN) {
            return STATUS_PENDING;
        } else if (!buffer_retry(request->buffer, request->length, false)) {
            return errno == EPIPE || errno == ECONNRESET ? STATUS_PIPE_CLOSING : status_from_errno(errno);
        }
    }
    request->information = request->done;
    return STATUS_SUCCESS;
}

static NTSTATUS stream_write(struct file *file, struct request *request)
{
    NTSTATUS status = STATUS_PENDING;

    if (stream_pipe_nowait(file) && !is_ready(file, POLLOUT))
        return STATUS_SUCCESS; /* nothing written */
    if (file_is_synchronous(file))
        status = stream_write_ready(request);
    return status == STATUS_PENDING ? request_wait(request, file->object.fd, POLLOUT, stream_write_ready) : status;
}

const struct file_ops stream_ops = {
    .device_type = FILE_DEVICE_NAMED_PIPE,
    .read = stream_read,
    .write = stream_write,
    .fsctl = stream_pipe_fsctl,
    .query = stream_pipe_query,
    .set = stream_pipe_set,
};

/* ---- the null device ---- */

static NTSTATUS null_read(struct file *file, struct request *request)
{
    return STATUS_END_OF_FILE;
}

static NTSTATUS null_write(struct file *file, struct request *request)
{
    request->information = request->length;
    return STATUS_SUCCESS;
}

const struct file_ops null_ops = {
    .device_type = FILE_DEVICE_NULL,
    .read = null_read,
    .write = null_write,
};
