/* TransmitFile and DisconnectEx. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>
#include "host.h"
#include "request.h"
#include "socket.h"
#include "virtual.h"

#define TRANSMIT_DISCONNECT 1 /* TF_DISCONNECT, TF_REUSE_SOCKET */
#define TRANSMIT_REUSE 2
#define DRAIN_MAX 64 /* receives */

/* Another socket, neither bound nor connected (mswsock.h reference: AcceptEx, remarks). */
static NTSTATUS renew(struct file *file, bool end_requests)
{
    struct endpoint *endpoint = file->data;
    struct sockaddr_storage address;
    socklen_t length = sizeof(address);
    char scrap[4096];
    int i, fd;

    /* Data that nobody has read would make the close a reset. */
    for (i = 0; i < DRAIN_MAX && recv(file->object.fd, scrap, sizeof(scrap), MSG_DONTWAIT) > 0; i++)
        ;
    if (getsockname(file->object.fd, (struct sockaddr *)&address, &length))
        return socket_status(errno);
    fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                address.ss_family == AF_UNIX ? 0 : endpoint->protocol);
    if (fd < 0)
        return socket_status(errno);
    if (end_requests)
        request_fd_closing(file->object.fd, STATUS_LOCAL_DISCONNECT);
    fd = endpoint_replace(file, fd);
    if (fd < 0)
        return socket_status(-fd);
    endpoint->state = FERRY_AFD_STATE_OPEN;
    return STATUS_SUCCESS;
}

/* `end_requests`: those of the endpoint; not from within one. */
static NTSTATUS disconnect(struct file *file, bool reuse, bool end_requests)
{
    const struct endpoint *endpoint = file->data;

    if (endpoint->type != SOCK_STREAM || endpoint->state != FERRY_AFD_STATE_CONNECTED)
        return STATUS_CONNECTION_INVALID;
    if (shutdown(file->object.fd, SHUT_RDWR) && errno != ENOTCONN)
        return socket_status(errno);
    return reuse ? renew(file, end_requests) : STATUS_SUCCESS;
}

NTSTATUS socket_disconnect(struct file *file, struct request *request)
{
    if (request->input_length < sizeof(ULONG))
        return STATUS_INVALID_PARAMETER;
    return disconnect(file, *(const ULONG *)request->input != 0, true);
}

/* ---- TransmitFile ---- */

struct transmission {
    struct afd_transmit in;
    struct file *file; /* referenced, or NULL */
    off_t offset;
    ULONG head_done, tail_done;
    ULONG64 left;      /* of the file */
};

static void transmission_free(void *data)
{
    struct transmission *transmission = data;

    if (transmission && transmission->file)
        file_release(transmission->file);
    free(transmission);
}

/* Sends the rest of a buffer. STATUS_PENDING: not all of it yet. */
static NTSTATUS send_memory(struct request *request, ULONG64 address, ULONG length, ULONG *done, int flags)
{
    while (*done < length) {
        char *from = (char *)(uintptr_t)address + *done;
        ssize_t put = send(request->file->object.fd, from, length - *done, flags | MSG_DONTWAIT | MSG_NOSIGNAL);
        if (put >= 0) {
            *done += put;
            request->done += put;
        } else if (errno == EFAULT) {
            if (virtual_touch(from, length - *done, false))
                return STATUS_ACCESS_VIOLATION;
        } else if (errno != EINTR) {
            return errno == EAGAIN ? STATUS_PENDING : socket_status(errno);
        }
    }
    return STATUS_SUCCESS;
}

static NTSTATUS send_file(struct request *request, struct transmission *transmission)
{
    while (transmission->left) {
        size_t piece = transmission->left < 0x100000 ? transmission->left : 0x100000;
        ssize_t put = sendfile(request->file->object.fd, transmission->file->object.fd, &transmission->offset, piece);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return errno == EAGAIN ? STATUS_PENDING : socket_status(errno);
        if (!put)
            break; /* the file's end */
        transmission->left -= put;
        request->done += put;
    }
    transmission->left = 0;
    return STATUS_SUCCESS;
}

static NTSTATUS transmit_ready(struct request *request)
{
    struct transmission *transmission = request->data;
    const struct afd_transmit *in = &transmission->in;
    NTSTATUS status = send_memory(request, in->head, in->head_length, &transmission->head_done,
                                  transmission->left || in->tail_length ? MSG_MORE : 0);

    if (!status && transmission->file)
        status = send_file(request, transmission);
    if (!status)
        status = send_memory(request, in->tail, in->tail_length, &transmission->tail_done, 0);
    if (status)
        return status;
    if (transmission->file && in->offset == -1)
        lseek(transmission->file->object.fd, transmission->offset, SEEK_SET);
    request->information = request->done;
    return in->transmit_flags & TRANSMIT_DISCONNECT
               ? disconnect(request->file, in->transmit_flags & TRANSMIT_REUSE, false)
               : STATUS_SUCCESS;
}

NTSTATUS socket_transmit(struct file *file, struct request *request)
{
    const struct endpoint *endpoint = file->data;
    struct transmission *transmission;
    struct afd_transmit in;
    NTSTATUS status = STATUS_SUCCESS;

    if (request->input_length < sizeof(in))
        return STATUS_INVALID_PARAMETER;
    memcpy(&in, request->input, sizeof(in));
    if (endpoint->type != SOCK_STREAM || endpoint->state != FERRY_AFD_STATE_CONNECTED)
        return STATUS_CONNECTION_INVALID;
    transmission = calloc(1, sizeof(*transmission));
    if (!transmission)
        return STATUS_NO_MEMORY;
    transmission->in = in;
    if (in.file) {
        status = file_from_handle((HANDLE)(ULONG_PTR)in.file, FILE_READ_DATA, &transmission->file, NULL);
        if (!status && transmission->file->kind != FILE_KIND_DISK)
            status = STATUS_INVALID_PARAMETER;
        if (!status) {
            transmission->left = in.count ? in.count : UINT64_MAX;
            transmission->offset = in.offset == -1 ? lseek(transmission->file->object.fd, 0, SEEK_CUR) : in.offset;
        }
    }
    request->data = transmission;
    request->cleanup = transmission_free;
    if (!status)
        status = request_queued(file->object.fd, POLLOUT) ? STATUS_PENDING : transmit_ready(request);
    if (status == STATUS_PENDING) {
        request->blocks = in.flags & FERRY_AFD_BLOCK;
        request->timeout = in.timeout;
        status = request_wait(request, file->object.fd, POLLOUT, transmit_ready);
    }
    if (status != STATUS_PENDING) {
        transmission_free(request->data); /* NULL if it waited */
        request->data = NULL;
    }
    return status;
}
