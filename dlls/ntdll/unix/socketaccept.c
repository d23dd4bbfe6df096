/* Accepting connections: accept and AcceptEx. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "host.h"
#include "request.h"
#include "socket.h"
#include "virtual.h"

/* A connection of the listener, or -1 with *status, STATUS_PENDING if there is none. */
static int take_connection(struct file *listener, struct sockaddr_storage *address, socklen_t *length, NTSTATUS *status)
{
    int fd;

    *length = sizeof(*address);
    fd = accept4(listener->object.fd, (struct sockaddr *)address, length, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
        *status = errno == EAGAIN || errno == ECONNABORTED || errno == EINTR ? STATUS_PENDING : socket_status(errno);
        return -1;
    }
    *status = STATUS_SUCCESS;
    return fd;
}

static NTSTATUS accept_ready(struct request *request)
{
    struct endpoint *listener = request->file->data;
    struct sockaddr_storage address;
    socklen_t length;
    struct afd_accepted out = {0};
    struct file *file;
    HANDLE handle;
    NTSTATUS status;
    int fd = take_connection(request->file, &address, &length, &status);

    if (fd < 0)
        return status;
    file = endpoint_new();
    if (!file) {
        close(fd);
        return STATUS_NO_MEMORY;
    }
    endpoint_attach(file, fd, listener->family, listener->type, listener->protocol, FERRY_AFD_STATE_CONNECTED);
    ((struct endpoint *)file->data)->nonblocking = listener->nonblocking;
    status = handle_create(&file->object, OBJECT_FILE, 0, FILE_GENERIC_READ | FILE_GENERIC_WRITE | SYNCHRONIZE, 0,
                           &handle);
    file_release(file);
    if (status)
        return status;
    out.handle = (ULONG_PTR)handle;
    out.length = address_from_linux(&address, length, out.address, sizeof(out.address));
    if (request->length >= sizeof(out)) {
        if (!virtual_write(request->buffer, &out, sizeof(out)))
            return STATUS_ACCESS_VIOLATION;
        request->information = sizeof(out);
    }
    return status;
}

NTSTATUS socket_accept(struct file *file, struct request *request)
{
    const struct endpoint *endpoint = file->data;
    struct afd_accept in;
    NTSTATUS status;

    if (request->input_length < sizeof(in))
        return STATUS_INVALID_PARAMETER;
    memcpy(&in, request->input, sizeof(in));
    endpoint_wait_mode(endpoint, true, &in.flags, &in.timeout);
    if (endpoint->state != FERRY_AFD_STATE_LISTENING || request->length < sizeof(struct afd_accepted))
        return STATUS_INVALID_PARAMETER;
    status = request_queued(file->object.fd, POLLIN) ? STATUS_PENDING : accept_ready(request);
    socket_enable(file, AFD_FD_ACCEPT);
    if (status != STATUS_PENDING)
        return status;
    if (in.flags & FERRY_AFD_NOWAIT)
        return STATUS_DEVICE_NOT_READY;
    request->blocks = in.flags & FERRY_AFD_BLOCK;
    request->timeout = in.timeout;
    return request_wait(request, file->object.fd, POLLIN, accept_ready);
}

/* ---- AcceptEx ---- */

struct accepting {
    struct afd_accept_ex in;
    struct file *endpoint; /* referenced; its accepts_for is the listener until this ends */
    bool accepted;
};

static void accepting_free(void *data)
{
    struct accepting *accepting = data;
    struct endpoint *endpoint;
    struct file *listener;

    if (!accepting)
        return;
    endpoint = accepting->endpoint->data;
    pthread_mutex_lock(&endpoint->lock);
    listener = endpoint->accepts_for;
    endpoint->accepts_for = NULL;
    pthread_mutex_unlock(&endpoint->lock);
    if (listener)
        file_release(listener);
    file_release(accepting->endpoint);
    free(accepting);
}

static bool fills(const struct request *request, const void *endpoint)
{
    const struct accepting *accepting = request->data;
    return request->cleanup == accepting_free && accepting->endpoint == endpoint;
}

void socket_accept_cancel(struct file *file)
{
    struct endpoint *endpoint = file->data;
    struct file *listener;

    pthread_mutex_lock(&endpoint->lock);
    listener = endpoint->accepts_for;
    if (listener)
        object_retain(&listener->object);
    pthread_mutex_unlock(&endpoint->lock);
    if (!listener)
        return;
    request_cancel_file(listener, STATUS_CANCELLED, fills, file);
    file_release(listener);
}

static bool put_name(const struct request *request, ULONG at, ULONG room, const struct sockaddr_storage *address,
                     socklen_t length)
{
    struct {
        ULONG length, reserved[3];
        char address[128];
    } name = {0};
    int bytes = address_from_linux(address, length, name.address, sizeof(name.address));

    name.length = bytes < 0 ? 0 : bytes;
    bytes = offsetof(struct afd_accept_name, address) + name.length;
    return virtual_write((char *)request->buffer + at, &name, bytes < room ? bytes : room);
}

/* The first data; STATUS_PENDING without. The peer's end counts: no bytes. */
static NTSTATUS first_data(struct request *request, const struct accepting *accepting)
{
    ssize_t got;

    do
        got = recv(accepting->endpoint->object.fd, request->buffer, accepting->in.data_length, MSG_DONTWAIT);
    while (got < 0 && (errno == EINTR || (errno == EFAULT && !virtual_touch(request->buffer, accepting->in.data_length,
                                                                           true))));
    if (got < 0)
        return errno == EAGAIN ? STATUS_PENDING : socket_status(errno);
    request->information = got;
    return STATUS_SUCCESS;
}

static NTSTATUS accept_ex_ready(struct request *request)
{
    struct accepting *accepting = request->data;
    const struct afd_accept_ex *in = &accepting->in;
    const struct endpoint *listener = request->file->data;
    struct file *file = accepting->endpoint;
    struct sockaddr_storage remote, local;
    socklen_t remote_length, local_length = sizeof(local);
    NTSTATUS status;
    int fd;

    if (accepting->accepted)
        return first_data(request, accepting);
    fd = take_connection(request->file, &remote, &remote_length, &status);
    if (fd < 0)
        return status;
    if (getsockname(fd, (struct sockaddr *)&local, &local_length))
        local_length = 0;
    fd = endpoint_replace(file, fd);
    if (fd < 0)
        return socket_status(-fd);
    endpoint_attach(file, fd, listener->family, listener->type, listener->protocol, FERRY_AFD_STATE_CONNECTED);
    accepting->accepted = true;
    if (!put_name(request, in->data_length, in->local_length, &local, local_length) ||
        !put_name(request, in->data_length + in->local_length, in->remote_length, &remote, remote_length))
        return STATUS_ACCESS_VIOLATION;
    if (!in->data_length)
        return STATUS_SUCCESS;
    request->fd = fd; /* from here on it waits for that */
    return first_data(request, accepting);
}

NTSTATUS socket_accept_ex(struct file *file, struct request *request)
{
    const struct endpoint *listener = file->data;
    struct accepting *accepting;
    struct endpoint *endpoint;
    struct afd_accept_ex in;
    NTSTATUS status;

    if (request->input_length < sizeof(in))
        return STATUS_INVALID_PARAMETER;
    memcpy(&in, request->input, sizeof(in));
    if (listener->state != FERRY_AFD_STATE_LISTENING ||
        (ULONG64)in.data_length + in.local_length + in.remote_length > request->length)
        return STATUS_INVALID_PARAMETER;
    accepting = calloc(1, sizeof(*accepting));
    if (!accepting)
        return STATUS_NO_MEMORY;
    accepting->in = in;
    status = file_from_handle((HANDLE)(ULONG_PTR)in.endpoint, 0, &accepting->endpoint, NULL);
    if (status) {
        free(accepting);
        return status;
    }
    endpoint = accepting->endpoint->data;
    if (accepting->endpoint->kind != FILE_KIND_SOCKET || accepting->endpoint == file) {
        status = accepting->endpoint == file ? STATUS_INVALID_PARAMETER : STATUS_OBJECT_TYPE_MISMATCH;
    } else {
        pthread_mutex_lock(&endpoint->lock);
        if (endpoint->accepts_for || endpoint->state != FERRY_AFD_STATE_OPEN) {
            status = STATUS_INVALID_PARAMETER;
        } else {
            endpoint->accepts_for = file;
            object_retain(&file->object);
        }
        pthread_mutex_unlock(&endpoint->lock);
    }
    if (status) {
        file_release(accepting->endpoint);
        free(accepting);
        return status;
    }
    request->data = accepting;
    request->cleanup = accepting_free;
    request->fd = file->object.fd;
    status = request_queued(file->object.fd, POLLIN) ? STATUS_PENDING : accept_ex_ready(request);
    socket_enable(file, AFD_FD_ACCEPT);
    if (status == STATUS_PENDING)
        status = request_wait(request, request->fd, POLLIN, accept_ex_ready);
    if (status != STATUS_PENDING) {
        accepting_free(request->data); /* NULL if it waited */
        request->data = NULL;
    }
    return status;
}
