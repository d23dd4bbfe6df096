/* Data of named pipes. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include "buffer.h"
#include "host.h"
#include "pipe.h"
#include "request.h"
#include "sync.h"

#define HEADER sizeof(uint32_t)

/* How much of the message at the front is still to be read: both ends of an inherited handle must agree, so it lies
 * with the instance. */
static uint32_t *remaining_of(struct pipe *pipe)
{
    return pipe->instance ? &pipe->instance->remaining[pipe->server] : &pipe->remaining;
}

NTSTATUS pipe_end_status(const struct pipe *pipe)
{
    return pipe_state(pipe) == FERRY_PIPE_DISCONNECTED_STATE ? STATUS_PIPE_DISCONNECTED : STATUS_PIPE_BROKEN;
}

/* Whether data can flow, with the server's connection taken if it has not been yet. */
static NTSTATUS connected(struct file *file)
{
    struct pipe *pipe = file->data;

    if (file->object.fd >= 0) {
        if (!pipe->server && pipe->instance && pipe_state(pipe) == FERRY_PIPE_DISCONNECTED_STATE)
            return STATUS_PIPE_DISCONNECTED;
        return STATUS_SUCCESS;
    }
    switch (pipe_state(pipe)) {
    case FERRY_PIPE_LISTENING_STATE:
        return STATUS_PIPE_LISTENING;
    case FERRY_PIPE_CONNECTED_STATE: {
        struct pollfd poll_fd = {.fd = pipe->listen_fd, .events = POLLIN};
        NTSTATUS status = pipe_accept(file);
        if (status == STATUS_PENDING && poll(&poll_fd, 1, 1000) > 0) /* the client is about to connect */
            status = pipe_accept(file);
        return status == STATUS_PENDING ? STATUS_PIPE_BROKEN : status;
    }
    default:
        return STATUS_PIPE_DISCONNECTED;
    }
}

/* ---- reading ---- */

static ssize_t receive(struct file *file, void *buffer, size_t bytes, int flags)
{
    const struct pipe *pipe = file->data;
    ssize_t got;

    do
        got = pipe->linux_pipe ? read(file->object.fd, buffer, bytes) : recv(file->object.fd, buffer, bytes, flags);
    while (got < 0 && buffer_retry(buffer, bytes, true));
    return got;
}

static NTSTATUS read_failed(const struct pipe *pipe, ssize_t got)
{
    if (got < 0 && errno == EAGAIN)
        return STATUS_PENDING;
    if (got < 0 && errno != ECONNRESET && errno != EPIPE && errno != EBADF /* disconnected meanwhile */)
        return status_from_errno(errno);
    return pipe_end_status(pipe);
}

/* Takes the next message's length if none is being read. */
static NTSTATUS next_message(struct file *file, uint32_t *remaining)
{
    struct pipe *pipe = file->data;
    uint32_t length;
    ssize_t got = receive(file, &length, HEADER, MSG_PEEK);

    if (got <= 0)
        return read_failed(pipe, got);
    if (got < HEADER)
        return STATUS_PENDING;
    got = receive(file, &length, HEADER, 0);
    if (got != HEADER)
        return STATUS_PIPE_BROKEN;
    *remaining = length;
    return STATUS_SUCCESS;
}

static NTSTATUS read_message_ready(struct request *request)
{
    struct file *file = request->file;
    struct pipe *pipe = file->data;
    uint32_t *remaining = remaining_of(pipe);
    NTSTATUS status;

    for (;;) {
        uint32_t wanted;
        ssize_t got;

        if (!*remaining && !request->key) {
            if (request->done) /* byte mode: at the end of one message; more only if it is there */
                break;
            status = next_message(file, remaining);
            if (status)
                return status;
            if (pipe->message_mode)
                request->key = 1; /* in a message, perhaps an empty one */
            if (!*remaining) {
                if (pipe->message_mode)
                    break;
                continue;
            }
        }
        wanted = request->length - request->done;
        if (wanted > *remaining)
            wanted = *remaining;
        if (!wanted)
            break;
        got = receive(file, (char *)request->buffer + request->done, wanted, 0);
        if (got <= 0) {
            if (request->done && !pipe->message_mode)
                break;
            return read_failed(pipe, got);
        }
        request->done += got;
        *remaining -= got;
        if (!pipe->message_mode && request->done < request->length && !*remaining) {
            uint32_t length;
            if (receive(file, &length, HEADER, MSG_PEEK) == HEADER && !next_message(file, remaining))
                continue;
            break;
        }
    }
    request->information = request->done;
    request->key = 0;
    return pipe->message_mode && *remaining ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static NTSTATUS read_bytes_ready(struct request *request)
{
    struct file *file = request->file;
    ssize_t got;

    if (!request->length) { /* ends when there is something to read */
        struct pollfd poll_fd = {.fd = file->object.fd, .events = POLLIN};
        int available = 0;
        if (poll(&poll_fd, 1, 0) <= 0)
            return STATUS_PENDING;
        ioctl(file->object.fd, FIONREAD, &available);
        return available ? STATUS_SUCCESS : pipe_end_status(file->data);
    }
    got = receive(file, request->buffer, request->length, 0);
    if (got <= 0)
        return read_failed(file->data, got);
    request->information = got;
    return STATUS_SUCCESS;
}

NTSTATUS pipe_read(struct file *file, struct request *request)
{
    struct pipe *pipe = file->data;
    NTSTATUS (*ready)(struct request *) = pipe->message_type ? read_message_ready : read_bytes_ready;
    NTSTATUS status = STATUS_SUCCESS;

    if (pipe->instance) {
        status = connected(file);
        if (status)
            return status;
    }
    request->key = 0;
    status = STATUS_PENDING;
    if (!__atomic_load_n(&file->pending, __ATOMIC_RELAXED) || !request_queued(file->object.fd, POLLIN))
        status = ready(request);
    if (status != STATUS_PENDING)
        return status;
    if (pipe->nonblocking)
        return STATUS_PIPE_EMPTY;
    return request_wait(request, file->object.fd, POLLIN, ready);
}

/* ---- writing ---- */

static NTSTATUS write_failed(const struct pipe *pipe)
{
    if (errno == EAGAIN)
        return STATUS_PENDING;
    if (errno != EPIPE && errno != ECONNRESET && errno != EBADF)
        return status_from_errno(errno);
    return pipe_state(pipe) == FERRY_PIPE_DISCONNECTED_STATE ? STATUS_PIPE_DISCONNECTED : STATUS_PIPE_CLOSING;
}

static NTSTATUS write_bytes_ready(struct request *request)
{
    struct file *file = request->file;
    const struct pipe *pipe = file->data;

    while (request->done < request->length) {
        const char *data = (const char *)request->buffer + request->done;
        size_t bytes = request->length - request->done;
        ssize_t put = pipe->linux_pipe ? write(file->object.fd, data, bytes)
                                       : send(file->object.fd, data, bytes, MSG_NOSIGNAL);
        if (put >= 0)
            request->done += put;
        else if (!buffer_retry(request->buffer, request->length, false))
            return write_failed(pipe);
    }
    request->information = request->length;
    return STATUS_SUCCESS;
}

static NTSTATUS write_message_ready(struct request *request)
{
    struct file *file = request->file;
    uint32_t length = request->length;

    while (request->done < length + HEADER) {
        struct iovec parts[2];
        struct msghdr message = {.msg_iov = parts};
        ssize_t put;
        if (request->done < HEADER) {
            parts[message.msg_iovlen++] =
                (struct iovec){(char *)&length + request->done, HEADER - request->done};
            parts[message.msg_iovlen++] = (struct iovec){request->buffer, length};
        } else {
            parts[message.msg_iovlen++] = (struct iovec){(char *)request->buffer + request->done - HEADER,
                                                         length + HEADER - request->done};
        }
        put = sendmsg(file->object.fd, &message, MSG_NOSIGNAL);
        if (put >= 0)
            request->done += put;
        else if (!buffer_retry(request->buffer, request->length, false))
            return write_failed(file->data);
    }
    request->information = length;
    return STATUS_SUCCESS;
}

NTSTATUS pipe_write(struct file *file, struct request *request)
{
    struct pipe *pipe = file->data;
    NTSTATUS (*ready)(struct request *) = pipe->message_type ? write_message_ready : write_bytes_ready;
    bool locked = pipe->message_type && file_is_synchronous(file);
    NTSTATUS status;

    if (pipe->instance) {
        status = connected(file);
        if (status)
            return status;
    }
    if (!request->length && !pipe->message_type)
        return STATUS_SUCCESS;
    if (locked && pthread_mutex_lock(&pipe->write_lock) == EOWNERDEAD)
        pthread_mutex_consistent(&pipe->write_lock);
    status = STATUS_PENDING;
    if (!__atomic_load_n(&file->pending, __ATOMIC_RELAXED) || !request_queued(file->object.fd, POLLOUT))
        status = ready(request);
    if (status == STATUS_PENDING) {
        if (pipe->nonblocking && !pipe->message_type) {
            request->information = request->done;
            status = STATUS_SUCCESS; /* as much as there was room for */
        } else if (pipe->nonblocking && !request->done) {
            status = STATUS_SUCCESS; /* nothing: a message goes whole or not at all */
        } else {
            status = request_wait(request, file->object.fd, POLLOUT, ready);
        }
    }
    if (locked)
        pthread_mutex_unlock(&pipe->write_lock);
    return status;
}

/* Waits until the other end has read everything. */
NTSTATUS pipe_flush(struct file *file, struct request *request)
{
    struct pipe *pipe = file->data;
    NTSTATUS status;

    if (pipe->instance) {
        status = connected(file);
        if (status)
            return status;
    }
    for (;;) {
        struct pollfd poll_fd = {.fd = file->object.fd};
        LARGE_INTEGER moment = {.QuadPart = -5000};
        int unread = 0;
        if (ioctl(file->object.fd, pipe->linux_pipe ? FIONREAD : TIOCOUTQ, &unread) || !unread)
            return STATUS_SUCCESS;
        if (poll(&poll_fd, 1, 0) > 0 && (poll_fd.revents & (POLLHUP | POLLERR)))
            return STATUS_PIPE_BROKEN;
        status = wait_until(false, ticks_due(moment.QuadPart));
        if (status)
            return status;
    }
}

/* ---- looking ---- */

/* All that lies in the socket, to find the messages' borders. malloced. */
static char *peek_all(struct file *file, size_t *bytes)
{
    int available = 0;
    char *data;
    ssize_t got;

    *bytes = 0;
    if (ioctl(file->object.fd, FIONREAD, &available) || available <= 0)
        return NULL;
    data = malloc(available);
    if (!data)
        return NULL;
    got = recv(file->object.fd, data, available, MSG_PEEK | MSG_DONTWAIT);
    *bytes = got > 0 ? got : 0;
    return data;
}

/* Data bytes and messages among `bytes` of framed data, `remaining` of which belong to a message begun before. */
static ULONG count_messages(const char *data, size_t bytes, uint32_t remaining, ULONG *messages)
{
    size_t at = remaining < bytes ? remaining : bytes;
    ULONG total = at;

    *messages = remaining ? 1 : 0;
    while (at + HEADER <= bytes) {
        uint32_t length;
        memcpy(&length, data + at, HEADER);
        at += HEADER;
        if (length > bytes - at)
            length = bytes - at;
        total += length;
        at += length;
        ++*messages;
    }
    return total;
}

ULONG pipe_available(struct file *file)
{
    struct pipe *pipe = file->data;
    int available = 0;

    if (file->object.fd < 0)
        return 0;
    if (pipe->message_type) {
        size_t bytes;
        ULONG messages, total;
        char *data = peek_all(file, &bytes);
        total = data ? count_messages(data, bytes, *remaining_of(pipe), &messages) : 0;
        free(data);
        return total;
    }
    ioctl(file->object.fd, FIONREAD, &available);
    return available > 0 ? available : 0;
}

/* A Linux pipe is looked into by copying it into another, which takes nothing out. */
ssize_t pipe_peek_linux(int fd, void *buffer, size_t bytes)
{
    int copy[2];
    ssize_t got;

    if (pipe2(copy, O_CLOEXEC | O_NONBLOCK))
        return -1;
    fcntl(copy[1], F_SETPIPE_SZ, bytes);
    got = tee(fd, copy[1], bytes, SPLICE_F_NONBLOCK);
    if (got > 0)
        got = read(copy[0], buffer, got);
    close(copy[0]);
    close(copy[1]);
    return got;
}

static ULONG peek_data(struct file *file, char *buffer, ULONG room, ULONG total)
{
    struct pipe *pipe = file->data;
    ssize_t got;

    if (room > total)
        room = total;
    if (!room)
        return 0;
    got = pipe->linux_pipe ? pipe_peek_linux(file->object.fd, buffer, room)
                           : recv(file->object.fd, buffer, room, MSG_PEEK | MSG_DONTWAIT);
    return got > 0 ? got : 0;
}

NTSTATUS pipe_peek(struct file *file, struct request *request)
{
    FERRY_FILE_PIPE_PEEK_BUFFER head = {0}, *out = request->buffer;
    const ULONG fixed = offsetof(FERRY_FILE_PIPE_PEEK_BUFFER, Data);
    struct pipe *pipe = file->data;
    ULONG room, taken = 0;
    NTSTATUS status = STATUS_SUCCESS;

    if (request->length < fixed)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (pipe->instance) {
        status = connected(file);
        if (status)
            return status == STATUS_PIPE_LISTENING ? STATUS_INVALID_PIPE_STATE : status;
    }
    room = request->length - fixed;
    head.NamedPipeState = FERRY_PIPE_CONNECTED_STATE;
    if (pipe->message_type) {
        uint32_t remaining = *remaining_of(pipe);
        size_t bytes, at = 0;
        char *data = peek_all(file, &bytes);
        if (data) {
            head.ReadDataAvailable = count_messages(data, bytes, remaining, &head.NumberOfMessages);
            if (!remaining && bytes >= HEADER) {
                memcpy(&remaining, data, HEADER);
                at = HEADER;
            }
            head.MessageLength = remaining;
            taken = remaining < bytes - at ? remaining : bytes - at;
            if (taken > room)
                taken = room;
            if (!pipe->message_mode) {
                /* byte mode: on across the borders */
                size_t in_message = remaining;
                taken = 0;
                while (at < bytes && taken < room) {
                    size_t piece = in_message;
                    if (!piece) {
                        uint32_t length;
                        if (at + HEADER > bytes)
                            break;
                        memcpy(&length, data + at, HEADER);
                        at += HEADER;
                        in_message = length;
                        continue;
                    }
                    if (piece > bytes - at)
                        piece = bytes - at;
                    if (piece > room - taken)
                        piece = room - taken;
                    memmove(data + taken, data + at, piece); /* taken <= at */
                    taken += piece;
                    at += piece;
                    in_message -= piece;
                }
                head.MessageLength = 0;
                at = 0;
            } else if (taken < head.MessageLength) {
                status = STATUS_BUFFER_OVERFLOW;
            }
            /* free before the copy: a bad buffer ends the call there */
            memcpy(out->Data, data + at, taken);
            free(data);
        }
    } else {
        head.ReadDataAvailable = pipe_available(file);
        taken = peek_data(file, out->Data, room, head.ReadDataAvailable);
    }
    if (!head.ReadDataAvailable && !head.NumberOfMessages) {
        struct pollfd poll_fd = {.fd = file->object.fd, .events = POLLIN | POLLRDHUP};
        if (poll(&poll_fd, 1, 0) > 0 && (poll_fd.revents & (POLLHUP | POLLERR | POLLRDHUP)) && !pipe_available(file))
            return pipe_end_status(pipe);
    }
    memcpy(out, &head, fixed);
    request->information = fixed + taken;
    return status;
}

/* Writes a message and reads the answer. The buffers are METHOD_NEITHER: read as they are. */
static NTSTATUS transceive_read_ready(struct request *request)
{
    return read_message_ready(request);
}

NTSTATUS pipe_transceive(struct file *file, struct request *request)
{
    struct pipe *pipe = file->data;
    struct request write = {.file = file, .type = REQUEST_WRITE, .buffer = (void *)request->input,
                            .length = request->input_length};
    NTSTATUS status;

    if (pipe->configuration != 2 || !pipe->message_type || !pipe->message_mode)
        return STATUS_INVALID_PIPE_STATE;
    if (pipe->instance) {
        status = connected(file);
        if (status)
            return status;
    }
    if (pipe_available(file))
        return STATUS_PIPE_BUSY;
    /* The message goes at once or, with a full pipe, after a wait of this thread even on an asynchronous handle. */
    do {
        status = write_message_ready(&write);
        if (status == STATUS_PENDING) {
            NTSTATUS waited = wait_fd(file->object.fd, POLLOUT, false, NULL);
            if (waited)
                return waited;
        }
    } while (status == STATUS_PENDING);
    if (status)
        return status;
    request->key = 0;
    status = transceive_read_ready(request);
    return status == STATUS_PENDING ? request_wait(request, file->object.fd, POLLIN, transceive_read_ready) : status;
}
