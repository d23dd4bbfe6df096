/* Data of sockets. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include "buffer.h"
#include "host.h"
#include "request.h"
#include "socket.h"

#define BUFFERS_MAX 1024
#define CONTROL_MAX 256
#define WINDOWS_CONTROL_MAX 4096

#define WINDOWS_MSG_OOB 0x1
#define WINDOWS_MSG_PEEK 0x2
#define WINDOWS_MSG_DONTROUTE 0x4
#define WINDOWS_MSG_WAITALL 0x8
#define WINDOWS_MSG_TRUNC 0x100
#define WINDOWS_MSG_CTRUNC 0x200

/* A transfer while it lasts: the caller's description and addresses, copied. */
struct transfer {
    struct afd_transfer in;
    struct sockaddr_storage address; /* send: where to */
    int address_bytes;
    LONG address_room; /* receive */
    int flags;         /* Linux MSG_* */
    ULONG control_room; /* receive */
    int control_bytes;  /* send */
    _Alignas(struct cmsghdr) unsigned char control[CONTROL_MAX]; /* send: Linux' messages */
    bool stream;
    ULONG total;
    unsigned count;
    struct iovec parts[];
};

static NTSTATUS transfer_new(struct file *file, struct request *request, struct transfer **out)
{
    const struct endpoint *endpoint = file->data;
    struct afd_transfer in;
    struct transfer *transfer;
    unsigned i;

    if (request->input_length < sizeof(in))
        return STATUS_INVALID_PARAMETER;
    memcpy(&in, request->input, sizeof(in));
    if (in.count > BUFFERS_MAX)
        return STATUS_INVALID_PARAMETER;
    transfer = calloc(1, sizeof(*transfer) + in.count * sizeof(struct iovec));
    if (!transfer)
        return STATUS_NO_MEMORY;
    transfer->in = in;
    transfer->count = in.count;
    transfer->stream = endpoint->type == SOCK_STREAM;
    for (i = 0; i < in.count; i++) {
        struct afd_buffer buffer;
        if (!virtual_read(&buffer, (const struct afd_buffer *)(uintptr_t)in.buffers + i, sizeof(buffer))) {
            free(transfer);
            return STATUS_ACCESS_VIOLATION;
        }
        transfer->parts[i].iov_base = (void *)(uintptr_t)buffer.address;
        transfer->parts[i].iov_len = buffer.length;
        transfer->total += buffer.length;
    }
    if (in.message_flags & WINDOWS_MSG_OOB)
        transfer->flags |= MSG_OOB;
    if (in.message_flags & WINDOWS_MSG_PEEK)
        transfer->flags |= MSG_PEEK;
    if (in.message_flags & WINDOWS_MSG_DONTROUTE)
        transfer->flags |= MSG_DONTROUTE;
    *out = transfer;
    return STATUS_SUCCESS;
}

/* After EFAULT: touches the parts; true if the call is to be made again. */
static bool touch_parts(struct transfer *transfer, bool writes)
{
    unsigned i;

    if (errno == EINTR)
        return true;
    if (errno != EFAULT)
        return false;
    for (i = 0; i < transfer->count; i++)
        if (transfer->parts[i].iov_len &&
            virtual_touch(transfer->parts[i].iov_base, transfer->parts[i].iov_len, writes)) {
            errno = EFAULT;
            return false;
        }
    return true;
}

/* Moves the front of the parts past what was done. */
static void advance(struct transfer *transfer, size_t bytes)
{
    unsigned i;
    for (i = 0; i < transfer->count && bytes; i++) {
        size_t piece = transfer->parts[i].iov_len < bytes ? transfer->parts[i].iov_len : bytes;
        transfer->parts[i].iov_base = (char *)transfer->parts[i].iov_base + piece;
        transfer->parts[i].iov_len -= piece;
        bytes -= piece;
    }
}

/* Gives the caller its control messages; WINDOWS_MSG_CTRUNC if they did not fit. */
static ULONG report_control(struct transfer *transfer, const struct msghdr *message)
{
    unsigned char control[WINDOWS_CONTROL_MAX];
    uint32_t room = transfer->control_room < sizeof(control) ? transfer->control_room : sizeof(control), used;
    bool cut = socket_control_from_linux(message, transfer->in.control_word, control, room, &used) < 0 ||
               (message->msg_flags & MSG_CTRUNC);

    if (used)
        virtual_write((void *)(uintptr_t)transfer->in.control, control, used);
    virtual_write((void *)(uintptr_t)transfer->in.control_length, &used, sizeof(ULONG));
    return cut ? WINDOWS_MSG_CTRUNC : 0;
}

static void report_sender(struct transfer *transfer, const struct msghdr *message, ULONG flags)
{
    if (transfer->in.control_length)
        flags |= report_control(transfer, message);
    if (transfer->in.address && message->msg_namelen) {
        char address[128];
        LONG bytes = address_from_linux(message->msg_name, message->msg_namelen, address, sizeof(address));
        LONG room = transfer->address_room;
        if (bytes > 0) {
            virtual_write((void *)(uintptr_t)transfer->in.address, address, bytes < room ? bytes : room);
            if (transfer->in.address_length)
                virtual_write((void *)(uintptr_t)transfer->in.address_length, &bytes, sizeof(bytes));
        }
    }
    if (transfer->in.flags_out)
        virtual_write((void *)(uintptr_t)transfer->in.flags_out, &flags, sizeof(flags));
}

static NTSTATUS receive_ready(struct request *request)
{
    struct transfer *transfer = request->data;
    bool wait_all = transfer->stream && (transfer->in.message_flags & WINDOWS_MSG_WAITALL);
    struct sockaddr_storage address;
    _Alignas(struct cmsghdr) char control[CONTROL_MAX];
    NTSTATUS status = STATUS_SUCCESS;

    for (;;) {
        struct msghdr message = {.msg_name = &address, .msg_namelen = sizeof(address), .msg_iov = transfer->parts,
                                 .msg_iovlen = transfer->count, .msg_control = control,
                                 .msg_controllen = transfer->in.control_length ? sizeof(control) : 0};
        ssize_t got;
        if (transfer->stream && !transfer->total) {
            /* nothing asked for: ends when there is something */
            struct pollfd poll_fd = {.fd = request->file->object.fd, .events = POLLIN};
            return poll(&poll_fd, 1, 0) > 0 ? STATUS_SUCCESS : STATUS_PENDING;
        }
        got = recvmsg(request->file->object.fd, &message, transfer->flags | MSG_DONTWAIT);
        if (got < 0) {
            if (touch_parts(transfer, true))
                continue;
            if (errno == EAGAIN)
                return STATUS_PENDING;
            if (request->done)
                break;
            if (errno == ECONNREFUSED && !transfer->stream)
                return STATUS_PORT_UNREACHABLE;
            return socket_status(errno);
        }
        request->done += got;
        if (message.msg_flags & MSG_TRUNC) {
            report_sender(transfer, &message, WINDOWS_MSG_TRUNC);
            status = STATUS_BUFFER_OVERFLOW;
            break;
        }
        if (got && wait_all && request->done < transfer->total) {
            advance(transfer, got);
            continue;
        }
        report_sender(transfer, &message, message.msg_flags & MSG_OOB ? WINDOWS_MSG_OOB : 0);
        break;
    }
    request->information = request->done;
    return status;
}

static NTSTATUS run(struct file *file, struct request *request, struct transfer *transfer, short events,
                    NTSTATUS (*ready)(struct request *))
{
    NTSTATUS status = STATUS_PENDING;

    request->data = transfer;
    if (!__atomic_load_n(&file->pending, __ATOMIC_RELAXED) || (transfer->in.flags & FERRY_AFD_NOWAIT) ||
        !request_queued(file->object.fd, events))
        status = ready(request);
    if (status == STATUS_PENDING && !(transfer->in.flags & FERRY_AFD_NOWAIT)) {
        request->blocks = transfer->in.flags & FERRY_AFD_BLOCK;
        request->timeout = transfer->in.timeout;
        return request_wait(request, file->object.fd, events, ready);
    }
    if (status == STATUS_PENDING && request->done) {
        request->information = request->done;
        status = STATUS_SUCCESS;
    }
    free(transfer);
    request->data = NULL;
    return status == STATUS_PENDING ? STATUS_DEVICE_NOT_READY : status;
}

NTSTATUS socket_receive(struct file *file, struct request *request)
{
    const struct endpoint *endpoint = file->data;
    struct transfer *transfer;
    NTSTATUS status = transfer_new(file, request, &transfer);

    if (status)
        return status;
    if (transfer->in.address &&
        (!transfer->in.address_length || !virtual_read(&transfer->address_room,
                                                       (void *)(uintptr_t)transfer->in.address_length,
                                                       sizeof(transfer->address_room)))) {
        free(transfer);
        return STATUS_ACCESS_VIOLATION;
    }
    if (transfer->in.control_length &&
        ((transfer->in.control_word != 4 && transfer->in.control_word != 8) ||
         !virtual_read(&transfer->control_room, (void *)(uintptr_t)transfer->in.control_length,
                       sizeof(transfer->control_room)))) {
        free(transfer);
        return STATUS_ACCESS_VIOLATION;
    }
    if (endpoint->type == SOCK_STREAM &&
        (endpoint->state == FERRY_AFD_STATE_OPEN || endpoint->state == FERRY_AFD_STATE_LISTENING)) {
        free(transfer);
        return STATUS_CONNECTION_INVALID;
    }
    endpoint_wait_mode(endpoint, true, &transfer->in.flags, &transfer->in.timeout);
    status = run(file, request, transfer, transfer->flags & MSG_OOB ? POLLPRI : POLLIN, receive_ready);
    socket_enable(file, AFD_FD_READ | AFD_FD_OOB);
    return status;
}

static NTSTATUS send_ready(struct request *request)
{
    struct transfer *transfer = request->data;

    for (;;) {
        struct msghdr message = {.msg_iov = transfer->parts, .msg_iovlen = transfer->count};
        ssize_t put;
        if (transfer->control_bytes) {
            message.msg_control = transfer->control;
            message.msg_controllen = transfer->control_bytes;
        }
        if (transfer->address_bytes) {
            message.msg_name = &transfer->address;
            message.msg_namelen = transfer->address_bytes;
        }
        put = sendmsg(request->file->object.fd, &message, transfer->flags | MSG_DONTWAIT | MSG_NOSIGNAL);
        if (put < 0) {
            if (touch_parts(transfer, false))
                continue;
            if (errno == EAGAIN)
                return STATUS_PENDING;
            return errno == EISCONN ? STATUS_CONNECTION_ACTIVE : socket_status(errno);
        }
        request->done += put;
        if (!transfer->stream || request->done >= transfer->total)
            break;
        advance(transfer, put);
    }
    request->information = request->done;
    return STATUS_SUCCESS;
}

NTSTATUS socket_send(struct file *file, struct request *request)
{
    struct transfer *transfer;
    NTSTATUS status = transfer_new(file, request, &transfer);

    if (status)
        return status;
    if (transfer->in.address && transfer->in.address_length && !transfer->stream) {
        char address[128];
        if (transfer->in.address_length > sizeof(address))
            status = STATUS_INVALID_ADDRESS_COMPONENT;
        else if (!virtual_read(address, (void *)(uintptr_t)transfer->in.address, transfer->in.address_length))
            status = STATUS_ACCESS_VIOLATION;
        else if ((transfer->address_bytes =
                      address_to_linux(address, transfer->in.address_length, &transfer->address)) < 0)
            status = STATUS_INVALID_ADDRESS_COMPONENT;
        if (status) {
            free(transfer);
            return status;
        }
    }
    if (transfer->in.control && transfer->in.control_length) {
        unsigned char control[WINDOWS_CONTROL_MAX];
        ULONG64 size = transfer->in.control_length;
        if (size > sizeof(control) || (transfer->in.control_word != 4 && transfer->in.control_word != 8))
            status = STATUS_INVALID_PARAMETER;
        else if (!virtual_read(control, (void *)(uintptr_t)transfer->in.control, size))
            status = STATUS_ACCESS_VIOLATION;
        else if ((transfer->control_bytes = socket_control_to_linux(control, size, transfer->in.control_word,
                                                                    transfer->control, sizeof(transfer->control))) < 0)
            status = STATUS_INVALID_PARAMETER;
        if (status) {
            free(transfer);
            return status;
        }
    }
    endpoint_wait_mode(file->data, false, &transfer->in.flags, &transfer->in.timeout);
    status = run(file, request, transfer, POLLOUT, send_ready);
    if (status == STATUS_DEVICE_NOT_READY)
        socket_enable(file, AFD_FD_WRITE);
    return status;
}

/* ReadFile and WriteFile on a socket. */
static NTSTATUS plain(struct file *file, struct request *request, bool send)
{
    const struct endpoint *endpoint = file->data;
    struct transfer *transfer;

    if (file->object.fd < 0)
        return STATUS_INVALID_DEVICE_STATE;
    transfer = calloc(1, sizeof(*transfer) + sizeof(struct iovec));
    if (!transfer)
        return STATUS_NO_MEMORY;
    transfer->stream = endpoint->type == SOCK_STREAM;
    transfer->count = 1;
    transfer->total = request->length;
    transfer->parts[0] = (struct iovec){request->buffer, request->length};
    return run(file, request, transfer, send ? POLLOUT : POLLIN, send ? send_ready : receive_ready);
}

NTSTATUS socket_read(struct file *file, struct request *request)
{
    NTSTATUS status = plain(file, request, false);
    socket_enable(file, AFD_FD_READ);
    return status;
}

NTSTATUS socket_write(struct file *file, struct request *request)
{
    return plain(file, request, true);
}
