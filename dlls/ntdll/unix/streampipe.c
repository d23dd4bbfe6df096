/* What Windows programs ask of the pipes and sockets that Linux programs gave them as standard handles: they answer as the
 * client's end of an anonymous byte-mode pipe. */
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include "pipe.h"
#include "request.h"
#include "streampipe.h"

#define QUOTA 65536

enum { INBOUND, OUTBOUND, FULL_DUPLEX }; /* NamedPipeConfiguration */

static ULONG available(const struct file *file)
{
    int bytes = 0;

    ioctl(file->object.fd, FIONREAD, &bytes);
    return bytes > 0 ? bytes : 0;
}

static bool broken(const struct file *file)
{
    struct pollfd poll_fd = {.fd = file->object.fd, .events = POLLIN | POLLRDHUP};

    return poll(&poll_fd, 1, 0) > 0 && (poll_fd.revents & (POLLHUP | POLLERR | POLLRDHUP));
}

static ULONG configuration(const struct file *file)
{
    if (S_ISSOCK(file->mode))
        return FULL_DUPLEX;
    return file->access & FILE_READ_DATA ? OUTBOUND : INBOUND; /* as the server names it */
}

NTSTATUS stream_pipe_query(struct file *file, ULONG class, void *buffer, ULONG length, ULONG_PTR *used)
{
    if (!file_is_linux_pipe(file))
        return STATUS_INVALID_INFO_CLASS;
    if (class == FilePipeInformation) {
        FERRY_FILE_PIPE_INFORMATION *info = buffer;
        info->ReadMode = 0; /* bytes */
        info->CompletionMode = stream_pipe_nowait(file);
        *used = sizeof(*info);
        return STATUS_SUCCESS;
    }
    if (class == FilePipeLocalInformation) {
        FILE_PIPE_LOCAL_INFORMATION *info = buffer;
        *info = (FILE_PIPE_LOCAL_INFORMATION){ /* of bytes, the client's end */
            .NamedPipeConfiguration = configuration(file),
            .MaximumInstances = 1,
            .CurrentInstances = 1,
            .InboundQuota = QUOTA,
            .OutboundQuota = QUOTA,
            .ReadDataAvailable = available(file),
            .WriteQuotaAvailable = QUOTA,
            .NamedPipeState = broken(file) ? FERRY_PIPE_CLOSING_STATE : FERRY_PIPE_CONNECTED_STATE,
        };
        *used = sizeof(*info);
        return STATUS_SUCCESS;
    }
    return STATUS_INVALID_INFO_CLASS;
}

NTSTATUS stream_pipe_set(struct file *file, ULONG class, const void *buffer, ULONG length)
{
    FERRY_FILE_PIPE_INFORMATION info;

    if (!file_is_linux_pipe(file) || class != FilePipeInformation)
        return STATUS_INVALID_INFO_CLASS;
    memcpy(&info, buffer, sizeof(info));
    if (info.ReadMode || info.CompletionMode > 1)
        return STATUS_INVALID_PARAMETER;
    __atomic_store_n(&file->data, (void *)(uintptr_t)info.CompletionMode, __ATOMIC_RELAXED);
    return STATUS_SUCCESS;
}

static NTSTATUS peek(struct file *file, struct request *request)
{
    FERRY_FILE_PIPE_PEEK_BUFFER head = {.NamedPipeState = FERRY_PIPE_CONNECTED_STATE}, *out = request->buffer;
    const ULONG fixed = offsetof(FERRY_FILE_PIPE_PEEK_BUFFER, Data);
    ssize_t taken = 0;

    if (request->length < fixed)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (!(file->access & FILE_READ_DATA))
        return STATUS_ACCESS_DENIED;
    head.ReadDataAvailable = available(file);
    if (!head.ReadDataAvailable && broken(file) && !(head.ReadDataAvailable = available(file)))
        return STATUS_PIPE_BROKEN;
    ULONG room = request->length - fixed;
    if (room > head.ReadDataAvailable)
        room = head.ReadDataAvailable;
    if (room)
        taken = S_ISSOCK(file->mode) ? recv(file->object.fd, out->Data, room, MSG_PEEK | MSG_DONTWAIT)
                                     : pipe_peek_linux(file->object.fd, out->Data, room);
    memcpy(out, &head, fixed);
    request->information = fixed + (taken > 0 ? taken : 0);
    return STATUS_SUCCESS;
}

NTSTATUS stream_pipe_fsctl(struct file *file, struct request *request)
{
    if (!file_is_linux_pipe(file))
        return STATUS_INVALID_DEVICE_REQUEST;
    switch (request->code) {
    case FERRY_FSCTL_PIPE_PEEK: return peek(file, request);
    case FERRY_FSCTL_PIPE_TRANSCEIVE: return STATUS_INVALID_PIPE_STATE;
    case FERRY_FSCTL_PIPE_LISTEN:
    case FERRY_FSCTL_PIPE_DISCONNECT: return STATUS_ILLEGAL_FUNCTION;
    default: return STATUS_INVALID_DEVICE_REQUEST;
    }
}
