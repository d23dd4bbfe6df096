/* Mailslots: a datagram socket with an abstract name made of the prefix and the slot's name. Rules: mailslot reference
 * (CreateMailslot, GetMailslotInfo), MS-FSCC 2.4.26 and 2.4.27.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "buffer.h"
#include "device.h"
#include "ferry/syscall_table.h"
#include "host.h"
#include "path.h"
#include "request.h"

struct mailslot {
    bool server;
    ULONG maximum; /* bytes of a message, 0: any */
    ULONG quota;
    LONGLONG timeout; /* of a read: 100 ns, negative; 0 at once, INT64_MIN for ever */
};

static const struct file_ops mailslot_ops;

/* 0: no prefix to name it by. */
static int address_of(const struct path *path, struct sockaddr_un *address)
{
    uint64_t hash = 14695981039346656037ull;
    struct stat st;
    int i;

    if (stat(host.prefix, &st))
        return 0;
    for (i = 0; i < path->name_units; i++)
        hash = (hash ^ path_upcase(path->name[i])) * 1099511628211ull;
    memset(address, 0, sizeof(*address));
    address->sun_family = AF_UNIX;
    return offsetof(struct sockaddr_un, sun_path) + 1 +
           snprintf(address->sun_path + 1, sizeof(address->sun_path) - 1, "ferry-mailslot-%llx-%llx-%llx",
                    (unsigned long long)st.st_dev, (unsigned long long)st.st_ino, (unsigned long long)hash);
}

static NTSTATUS mailslot_new(const struct path *path, bool server, struct file **file)
{
    struct sockaddr_un address;
    int length = path->name_units > 1 ? address_of(path, &address) : 0, fd;
    struct mailslot *slot;

    if (!length)
        return STATUS_OBJECT_NAME_INVALID;
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return status_from_errno(errno);
    if (server ? bind(fd, (struct sockaddr *)&address, length) : connect(fd, (struct sockaddr *)&address, length)) {
        int error = errno;
        close(fd);
        if (error == EADDRINUSE)
            return STATUS_OBJECT_NAME_COLLISION;
        return error == ECONNREFUSED ? STATUS_OBJECT_NAME_NOT_FOUND : status_from_errno(error);
    }
    slot = calloc(1, sizeof(*slot));
    *file = slot ? file_new(FILE_KIND_MAILSLOT, &mailslot_ops, fd) : NULL;
    if (!*file) {
        free(slot);
        close(fd);
        return STATUS_NO_MEMORY;
    }
    slot->server = server;
    (*file)->data = slot;
    (*file)->mode = S_IFSOCK;
    return STATUS_SUCCESS;
}

NTSTATUS mailslot_open(const struct file_create *create, struct path *path, struct file **file)
{
    if (create->disposition == FILE_CREATE)
        return STATUS_ACCESS_DENIED; /* mailslots are made by NtCreateMailslotFile */
    return mailslot_new(path, false, file);
}

NTSTATUS sys_NtCreateMailslotFile(HANDLE *handle, ULONG access, OBJECT_ATTRIBUTES *attributes, IO_STATUS_BLOCK *iosb,
                                  ULONG options, ULONG quota, ULONG maximum, LARGE_INTEGER *timeout)
{
    struct file_create create = {.attributes = attributes, .access = file_map_access(access),
                                 .sharing = FILE_SHARE_READ | FILE_SHARE_WRITE, .disposition = FILE_CREATE,
                                 .options = options};
    LONGLONG time = timeout ? timeout->QuadPart : -1;
    struct path path;
    struct file *file;
    NTSTATUS status;

    probe_write(handle, sizeof(*handle));
    probe_write(iosb, iosb_size());
    status = path_parse(attributes, &path);
    if (status)
        return status;
    status = path.kind == PATH_MAILSLOT ? mailslot_new(&path, true, &file) : STATUS_OBJECT_NAME_INVALID;
    path_release(&path);
    if (status)
        return status;
    *(struct mailslot *)file->data = (struct mailslot){.server = true, .maximum = maximum, .quota = quota,
                                                       .timeout = time == -1 ? INT64_MIN : time};
    return file_finish_open(&create, file, FILE_CREATED, handle, iosb);
}

static NTSTATUS read_ready(struct request *request)
{
    int fd = request->file->object.fd;
    ssize_t size = recv(fd, NULL, 0, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT), got;

    if (size < 0)
        return errno == EAGAIN || errno == EINTR ? STATUS_PENDING : status_from_errno(errno);
    if (size > request->length)
        return STATUS_BUFFER_TOO_SMALL; /* the message stays */
    do
        got = recv(fd, request->buffer, request->length, MSG_DONTWAIT);
    while (got < 0 && buffer_retry(request->buffer, request->length, true));
    if (got < 0)
        return errno == EAGAIN ? STATUS_PENDING : status_from_errno(errno);
    request->information = got;
    return STATUS_SUCCESS;
}

static NTSTATUS mailslot_read(struct file *file, struct request *request)
{
    const struct mailslot *slot = file->data;
    NTSTATUS status;

    if (!slot->server)
        return STATUS_INVALID_DEVICE_REQUEST;
    status = read_ready(request);
    if (status != STATUS_PENDING)
        return status;
    if (!slot->timeout)
        return STATUS_IO_TIMEOUT;
    if (slot->timeout != INT64_MIN) {
        /* A timed read blocks its thread, on an asynchronous handle too. */
        request->blocks = true;
        request->timeout = (ULONG)(-slot->timeout / 10000);
        if (!request->timeout)
            request->timeout = 1;
    }
    return request_wait(request, file->object.fd, POLLIN, read_ready);
}

static NTSTATUS write_ready(struct request *request)
{
    ssize_t put;

    do
        put = send(request->file->object.fd, request->buffer, request->length, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (put < 0 && buffer_retry(request->buffer, request->length, false));
    if (put < 0) {
        if (errno == EAGAIN)
            return STATUS_PENDING;
        return errno == ECONNREFUSED || errno == ENOTCONN ? STATUS_OBJECT_NAME_NOT_FOUND : status_from_errno(errno);
    }
    request->information = put;
    return STATUS_SUCCESS;
}

static NTSTATUS mailslot_write(struct file *file, struct request *request)
{
    const struct mailslot *slot = file->data;
    NTSTATUS status;

    if (slot->server)
        return STATUS_INVALID_DEVICE_REQUEST;
    status = write_ready(request);
    return status == STATUS_PENDING ? request_wait(request, file->object.fd, POLLOUT, write_ready) : status;
}

/* Messages that wait, by looking past each; the size of the first. */
static ULONG count_messages(int fd, ULONG *next)
{
    char *buffer = malloc(0x20000);
    int offset = 0, off = -1;
    ULONG count = 0;

    *next = (ULONG)-1; /* MAILSLOT_NO_MESSAGE */
    setsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &offset, sizeof(offset));
    while (buffer && count < 10000) {
        ssize_t got = recv(fd, buffer, 0x20000, MSG_PEEK | MSG_DONTWAIT);
        if (got < 0)
            break;
        if (!count++)
            *next = got;
        if (!got)
            break; /* an empty message hides those behind it from this count */
    }
    setsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &off, sizeof(off));
    free(buffer);
    return count;
}

static NTSTATUS mailslot_query(struct file *file, ULONG class, void *buffer, ULONG length, ULONG_PTR *used)
{
    const struct mailslot *slot = file->data;
    FILE_MAILSLOT_QUERY_INFORMATION *info = buffer;

    if (class != FileMailslotQueryInformation)
        return STATUS_INVALID_INFO_CLASS;
    if (!slot->server)
        return STATUS_INVALID_PARAMETER;
    info->MaximumMessageSize = slot->maximum;
    info->MailslotQuota = slot->quota;
    info->MessagesAvailable = count_messages(file->object.fd, &info->NextMessageSize);
    info->ReadTimeout.QuadPart = slot->timeout == INT64_MIN ? -1 : slot->timeout;
    *used = sizeof(*info);
    return STATUS_SUCCESS;
}

static NTSTATUS mailslot_set(struct file *file, ULONG class, const void *buffer, ULONG length)
{
    struct mailslot *slot = file->data;
    LARGE_INTEGER time;

    if (class != FileMailslotSetInformation)
        return STATUS_INVALID_INFO_CLASS;
    if (!slot->server)
        return STATUS_INVALID_PARAMETER;
    memcpy(&time, buffer, sizeof(time));
    slot->timeout = time.QuadPart == -1 ? INT64_MIN : time.QuadPart;
    return STATUS_SUCCESS;
}

static void mailslot_last_handle(struct file *file)
{
    request_cancel_file(file, STATUS_CANCELLED, NULL, NULL);
}

static void mailslot_destroy(struct file *file)
{
    free(file->data);
}

static const struct file_ops mailslot_ops = {
    .device_type = FILE_DEVICE_MAILSLOT,
    .read = mailslot_read,
    .write = mailslot_write,
    .query = mailslot_query,
    .set = mailslot_set,
    .last_handle = mailslot_last_handle,
    .destroy = mailslot_destroy,
};
