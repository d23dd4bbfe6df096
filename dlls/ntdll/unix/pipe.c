/* Named pipes: creating and opening ends, connecting, their states. Rules: ntifs.h and winbase.h references of
 * NtCreateNamedPipeFile, FSCTL_PIPE_*, ConnectNamedPipe; MS-FSCC 2.3 for the controls.
 */
#include "pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "device.h"
#include "ferry/syscall_table.h"
#include "fileinfo.h"
#include "host.h"
#include "path.h"
#include "request.h"
#include "wildcard.h"

static const struct file_ops pipe_device_ops;

static struct pipe *pipe_new(void)
{
    pthread_mutexattr_t attributes;
    struct pipe *pipe = calloc(1, sizeof(*pipe));

    if (!pipe)
        return NULL;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&pipe->write_lock, &attributes);
    pipe->listen_fd = pipe->client_fd = -1;
    return pipe;
}

static void pipe_free(struct pipe *pipe)
{
    if (pipe->listen_fd >= 0)
        close(pipe->listen_fd);
    if (pipe->client_fd >= 0)
        close(pipe->client_fd);
    free(pipe);
}

static void pipe_destroy(struct file *file)
{
    struct pipe *pipe = file->data;

    if (!pipe)
        return;
    if (pipe->server && pipe->instance && !pipe->inherited)
        pipe_table_free(pipe->instance);
    pipe_free(pipe);
}

static void pipe_last_handle(struct file *file)
{
    struct pipe *pipe = file->data;

    request_cancel_file(file, STATUS_PIPE_BROKEN, NULL, NULL);
    /* The other end must learn of it even while a request of another thread still holds this object. */
    if (file->object.fd >= 0 && !pipe->inherited && !pipe->sent)
        shutdown(file->object.fd, SHUT_RDWR);
    if (pipe->server && pipe->instance && !pipe->inherited && !pipe->sent) {
        pipe_table_free(pipe->instance);
        pipe->instance = NULL;
    }
}

/* ---- opening ---- */

/* What the name says below \Device\NamedPipe: without backslash in front. */
static void pipe_name_of(const struct path *path, const WCHAR **name, int *units)
{
    int skip = path->name_units && path->name[0] == '\\';
    *name = path->name + skip;
    *units = path->name_units - skip;
}

static NTSTATUS open_device(struct file **file)
{
    *file = file_new(FILE_KIND_PIPE_DEVICE, &pipe_device_ops, -1);
    return *file ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* The client's end of a pipe without name: opened relative to the server's handle. */
static NTSTATUS open_unnamed(struct file *server, ACCESS_MASK access, struct file **file)
{
    struct pipe *other = server->data, *pipe;
    int fd;

    if (!other->server || other->instance)
        return STATUS_OBJECT_NAME_INVALID;
    if (((access & FILE_READ_DATA) && other->configuration == 0) ||
        ((access & FILE_WRITE_DATA) && other->configuration == 1))
        return STATUS_ACCESS_DENIED;
    fd = __atomic_exchange_n(&other->client_fd, -1, __ATOMIC_ACQ_REL);
    if (fd < 0)
        return STATUS_PIPE_NOT_AVAILABLE;
    pipe = pipe_new();
    *file = pipe ? file_new(FILE_KIND_PIPE, &pipe_ops, fd) : NULL;
    if (!*file) {
        free(pipe);
        close(fd);
        return STATUS_NO_MEMORY;
    }
    pipe->message_type = other->message_type;
    pipe->linux_pipe = other->linux_pipe;
    pipe->configuration = other->configuration;
    pipe->inbound_quota = other->inbound_quota;
    pipe->outbound_quota = other->outbound_quota;
    (*file)->data = pipe;
    (*file)->mode = pipe->linux_pipe ? S_IFIFO : S_IFSOCK;
    return STATUS_SUCCESS;
}

NTSTATUS pipe_open(const struct file_create *create, struct path *path, struct file **file)
{
    struct pipe_instance *instance;
    struct sockaddr_un address;
    struct pipe_name described;
    struct pipe *pipe;
    const WCHAR *name;
    NTSTATUS status;
    int units, fd, attempt;

    pipe_name_of(path, &name, &units);
    if (path->root && ((struct file *)path->root)->kind == FILE_KIND_PIPE)
        return units ? STATUS_OBJECT_NAME_INVALID : open_unnamed(path->root, create->access, file);
    if (!units)
        return open_device(file);
    if (create->disposition != FILE_OPEN && create->disposition != FILE_OPEN_IF &&
        create->disposition != FILE_OVERWRITE_IF && create->disposition != FILE_OVERWRITE &&
        create->disposition != FILE_SUPERSEDE)
        return STATUS_ACCESS_DENIED; /* pipes are made by NtCreateNamedPipeFile */
    for (attempt = 0;; attempt++) {
        int length;
        status = pipe_table_connect(name, units, create->access, &instance, &described);
        if (status)
            return status;
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0) {
            pipe_table_set_state(instance, FERRY_PIPE_LISTENING_STATE, false);
            return status_from_errno(errno);
        }
        length = pipe_address(instance, &address);
        if (!connect(fd, (struct sockaddr *)&address, length))
            break;
        close(fd);
        if (attempt > 16)
            return STATUS_PIPE_NOT_AVAILABLE;
        pipe_table_free(instance); /* its server is gone */
    }
    fcntl(fd, F_SETFL, O_NONBLOCK);
    pipe = pipe_new();
    *file = pipe ? file_new(FILE_KIND_PIPE, &pipe_ops, fd) : NULL;
    if (!*file) {
        free(pipe);
        close(fd);
        return STATUS_NO_MEMORY;
    }
    pipe->instance = instance;
    pipe->id = instance->id;
    pipe->generation = instance->generation;
    pipe->message_type = described.message_type;
    pipe->configuration = described.configuration;
    pipe->inbound_quota = described.inbound_quota;
    pipe->outbound_quota = described.outbound_quota;
    (*file)->data = pipe;
    (*file)->mode = S_IFSOCK;
    return STATUS_SUCCESS;
}

/* Two connected descriptors: [0] the server's, [1] the client's. */
static NTSTATUS make_unnamed(struct pipe *pipe, int fds[2])
{
    if (!pipe->message_type && pipe->configuration != 2) {
        int ends[2];
        ULONG quota = pipe->configuration == 0 ? pipe->inbound_quota : pipe->outbound_quota;
        if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
            return status_from_errno(errno);
        if (quota > 65536)
            fcntl(ends[1], F_SETPIPE_SZ, quota);
        file_ignore_broken_pipes();
        fds[0] = ends[pipe->configuration == 0 ? 0 : 1];
        fds[1] = ends[pipe->configuration == 0 ? 1 : 0];
        pipe->linux_pipe = true;
        return STATUS_SUCCESS;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds))
        return status_from_errno(errno);
    return STATUS_SUCCESS;
}

static NTSTATUS server_listen(struct pipe *pipe)
{
    struct sockaddr_un address;
    int length = pipe_address(pipe->instance, &address);

    pipe->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (pipe->listen_fd < 0 || bind(pipe->listen_fd, (struct sockaddr *)&address, length) ||
        listen(pipe->listen_fd, 4))
        return status_from_errno(errno);
    pipe_table_set_state(pipe->instance, FERRY_PIPE_LISTENING_STATE, true);
    pipe->generation = pipe->instance->generation;
    return STATUS_SUCCESS;
}

static NTSTATUS create_server(const struct path *path, const struct pipe_name *wanted, ULONG disposition,
                              struct file **out, ULONG_PTR *result)
{
    struct pipe_name now = *wanted;
    struct pipe *pipe = pipe_new();
    const WCHAR *name;
    struct file *file;
    int units, fds[2];
    bool first = true;
    NTSTATUS status;

    file = pipe ? file_new(FILE_KIND_PIPE, &pipe_ops, -1) : NULL;
    if (!file) {
        free(pipe);
        return STATUS_NO_MEMORY;
    }
    file->data = pipe;
    pipe->server = true;
    pipe->message_type = wanted->message_type;
    pipe->configuration = wanted->configuration;
    pipe->inbound_quota = wanted->inbound_quota;
    pipe->outbound_quota = wanted->outbound_quota;
    pipe_name_of(path, &name, &units);
    if (!units) {
        status = path->root ? make_unnamed(pipe, fds) : STATUS_OBJECT_NAME_INVALID;
        if (!status) {
            file->object.fd = fds[0];
            pipe->client_fd = fds[1];
            file->mode = pipe->linux_pipe ? S_IFIFO : S_IFSOCK;
        }
    } else {
        status = pipe_table_create(name, units, wanted, disposition == FILE_CREATE, disposition == FILE_OPEN,
                                   &pipe->instance, &now, &first);
        if (!status) {
            pipe->id = pipe->instance->id;
            file->mode = S_IFSOCK;
            status = server_listen(pipe);
        }
    }
    if (status) {
        file_release(file);
        return status;
    }
    *result = first ? FILE_CREATED : FILE_OPENED;
    *out = file;
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtCreateNamedPipeFile(HANDLE *handle, ULONG access, OBJECT_ATTRIBUTES *attributes, IO_STATUS_BLOCK *iosb,
                                   ULONG sharing, ULONG disposition, ULONG options, ULONG type, ULONG read_mode,
                                   ULONG completion_mode, ULONG maximum, ULONG inbound_quota, ULONG outbound_quota,
                                   LARGE_INTEGER *timeout)
{
    struct file_create create = {.attributes = attributes, .access = file_map_access(access), .sharing = sharing,
                                 .disposition = disposition, .options = options};
    struct pipe_name wanted = {
        .message_type = type & 1, .maximum = maximum, .inbound_quota = inbound_quota,
        .outbound_quota = outbound_quota,
        .default_timeout = timeout && timeout->QuadPart ? timeout->QuadPart : -500000,
    };
    struct path path;
    struct file *file;
    ULONG_PTR result;
    NTSTATUS status;

    probe_write(handle, sizeof(*handle));
    probe_write(iosb, iosb_size());
    if ((type & ~3u) || read_mode > 1 || completion_mode > 1 || (read_mode && !(type & 1)) || !maximum ||
        (sharing & ~(FILE_SHARE_READ | FILE_SHARE_WRITE)) || !sharing ||
        (disposition != FILE_CREATE && disposition != FILE_OPEN && disposition != FILE_OPEN_IF) ||
        (timeout && timeout->QuadPart > 0))
        return STATUS_INVALID_PARAMETER;
    wanted.configuration = sharing == FILE_SHARE_WRITE ? 0 : sharing == FILE_SHARE_READ ? 1 : 2;
    status = path_parse(attributes, &path);
    if (status)
        return status;
    if (path.kind != PATH_PIPE)
        status = STATUS_OBJECT_NAME_INVALID;
    else
        status = create_server(&path, &wanted, disposition, &file, &result);
    path_release(&path);
    if (status)
        return status;
    ((struct pipe *)file->data)->message_mode = read_mode;
    ((struct pipe *)file->data)->nonblocking = completion_mode;
    return file_finish_open(&create, file, result, handle, iosb);
}

/* ---- connecting ---- */

NTSTATUS pipe_accept(struct file *file)
{
    struct pipe *pipe = file->data;
    int fd = accept4(pipe->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd < 0)
        return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED ? STATUS_PENDING
                                                                         : status_from_errno(errno);
    file->object.fd = fd;
    return STATUS_SUCCESS;
}

static NTSTATUS listen_ready(struct request *request)
{
    struct pipe *pipe = request->file->data;

    if (pipe->instance && pipe->instance->state == FERRY_PIPE_DISCONNECTED_STATE)
        return STATUS_PIPE_DISCONNECTED;
    return pipe_accept(request->file);
}

static NTSTATUS pipe_listen(struct file *file, struct request *request)
{
    struct pipe *pipe = file->data;
    NTSTATUS status;

    if (!pipe->server)
        return STATUS_ILLEGAL_FUNCTION;
    if (!pipe->instance)
        return STATUS_PIPE_CONNECTED;
    if (file->object.fd >= 0) {
        struct pollfd poll_fd = {.fd = file->object.fd, .events = POLLRDHUP};
        return poll(&poll_fd, 1, 0) > 0 && (poll_fd.revents & (POLLRDHUP | POLLHUP)) ? STATUS_PIPE_CLOSING
                                                                                    : STATUS_PIPE_CONNECTED;
    }
    if (pipe_state(pipe) == FERRY_PIPE_DISCONNECTED_STATE) {
        pipe_table_set_state(pipe->instance, FERRY_PIPE_LISTENING_STATE, true);
        pipe->generation = pipe->instance->generation;
    } else if (pipe_accept(file) == STATUS_SUCCESS) {
        return STATUS_PIPE_CONNECTED; /* a client came before the call */
    }
    if (pipe->nonblocking) {
        status = pipe_accept(file);
        return status == STATUS_PENDING ? STATUS_PIPE_LISTENING : status;
    }
    return request_wait(request, pipe->listen_fd, POLLIN, listen_ready);
}

static NTSTATUS pipe_disconnect(struct file *file)
{
    struct pipe *pipe = file->data;
    int fd;

    if (!pipe->server)
        return STATUS_ILLEGAL_FUNCTION;
    if (!pipe->instance)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (pipe_state(pipe) == FERRY_PIPE_DISCONNECTED_STATE)
        return STATUS_PIPE_DISCONNECTED;
    if (file->object.fd < 0 && pipe_accept(file) && pipe_state(pipe) == FERRY_PIPE_LISTENING_STATE)
        return STATUS_PIPE_LISTENING;
    pipe_table_set_state(pipe->instance, FERRY_PIPE_DISCONNECTED_STATE, false);
    request_cancel_file(file, STATUS_PIPE_DISCONNECTED, NULL, NULL);
    fd = file->object.fd;
    file->object.fd = -1;
    if (fd >= 0) {
        shutdown(fd, SHUT_RDWR);
        close(fd);
    }
    return STATUS_SUCCESS;
}

/* ---- controls ---- */

static NTSTATUS put_attribute(struct file *file, struct request *request)
{
    static const char client[] = "ClientProcessId", server[] = "ServerProcessId";
    const struct pipe *pipe = file->data;
    const char *name = request->input;
    ULONG value;

    if (!name || !request->input_length || name[request->input_length - 1])
        return STATUS_INVALID_PARAMETER;
    if (!strcmp(name, client))
        value = pipe->instance ? pipe->instance->client_process : object_process_id();
    else if (!strcmp(name, server))
        value = pipe->instance ? pipe->instance->server_process : object_process_id();
    else
        return STATUS_NOT_FOUND;
    if (request->length < sizeof(value))
        return STATUS_BUFFER_TOO_SMALL;
    memcpy(request->buffer, &value, sizeof(value));
    request->information = sizeof(value);
    return STATUS_SUCCESS;
}

static NTSTATUS pipe_fsctl(struct file *file, struct request *request)
{
    switch (request->code) {
    case FERRY_FSCTL_PIPE_LISTEN: return pipe_listen(file, request);
    case FERRY_FSCTL_PIPE_DISCONNECT: return pipe_disconnect(file);
    case FERRY_FSCTL_PIPE_PEEK: return pipe_peek(file, request);
    case FERRY_FSCTL_PIPE_TRANSCEIVE: return pipe_transceive(file, request);
    case FERRY_FSCTL_PIPE_IMPERSONATE: return STATUS_CANNOT_IMPERSONATE;
    case FERRY_FSCTL_PIPE_GET_PIPE_ATTRIBUTE:
    case FERRY_FSCTL_PIPE_GET_CONNECTION_ATTRIBUTE: return put_attribute(file, request);
    case FERRY_FSCTL_PIPE_WAIT: return STATUS_ILLEGAL_FUNCTION;
    default: return STATUS_INVALID_DEVICE_REQUEST;
    }
}

static NTSTATUS pipe_query(struct file *file, ULONG class, void *buffer, ULONG length, ULONG_PTR *used)
{
    struct pipe *pipe = file->data;

    switch (class) {
    case FilePipeInformation: {
        FERRY_FILE_PIPE_INFORMATION *info = buffer;
        info->ReadMode = pipe->message_mode;
        info->CompletionMode = pipe->nonblocking;
        *used = sizeof(*info);
        return STATUS_SUCCESS;
    }
    case FilePipeLocalInformation: {
        FILE_PIPE_LOCAL_INFORMATION *info = buffer;
        struct pipe_name name = {.maximum = 1};
        uint32_t instances = 1;
        if (pipe->instance && pipe_state(pipe) != FERRY_PIPE_CLOSING_STATE)
            pipe_table_name(pipe->instance, &name, &instances);
        info->NamedPipeType = pipe->message_type;
        info->NamedPipeConfiguration = pipe->configuration;
        info->MaximumInstances = name.maximum;
        info->CurrentInstances = instances;
        info->InboundQuota = pipe->inbound_quota;
        info->OutboundQuota = pipe->outbound_quota;
        info->ReadDataAvailable = pipe_available(file);
        info->WriteQuotaAvailable = pipe->server ? pipe->outbound_quota : pipe->inbound_quota;
        info->NamedPipeState = pipe_state(pipe);
        info->NamedPipeEnd = pipe->server;
        *used = sizeof(*info);
        return STATUS_SUCCESS;
    }
    case FileNameInformation: {
        FILE_NAME_INFORMATION *info = buffer;
        struct pipe_name name = {0};
        uint32_t instances;
        ULONG room = length - offsetof(FILE_NAME_INFORMATION, FileName), bytes = 0;
        if (pipe->instance)
            pipe_table_name(pipe->instance, &name, &instances);
        memmove(name.name + 1, name.name, (PIPE_NAME_UNITS - 1) * sizeof(WCHAR));
        name.name[0] = '\\';
        bytes = name.units ? (name.units + 1) * sizeof(WCHAR) : 0;
        info->FileNameLength = bytes;
        memcpy(info->FileName, name.name, bytes < room ? bytes : room);
        *used = offsetof(FILE_NAME_INFORMATION, FileName) + (bytes < room ? bytes : room);
        return bytes > room ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
    }
    case FileStandardInformation: {
        FILE_STANDARD_INFORMATION *info = buffer;
        memset(info, 0, sizeof(*info));
        info->AllocationSize.QuadPart = pipe->inbound_quota + pipe->outbound_quota;
        info->EndOfFile.QuadPart = pipe_available(file);
        info->NumberOfLinks = 1;
        info->DeletePending = TRUE; /* as Windows has it for pipes */
        *used = sizeof(*info);
        return STATUS_SUCCESS;
    }
    default:
        return STATUS_INVALID_INFO_CLASS;
    }
}

static NTSTATUS pipe_set(struct file *file, ULONG class, const void *buffer, ULONG length)
{
    struct pipe *pipe = file->data;
    FERRY_FILE_PIPE_INFORMATION info;

    if (class != FilePipeInformation)
        return STATUS_INVALID_INFO_CLASS;
    memcpy(&info, buffer, sizeof(info));
    if (info.ReadMode > 1 || info.CompletionMode > 1 || (info.ReadMode && !pipe->message_type))
        return STATUS_INVALID_PARAMETER;
    pipe->message_mode = info.ReadMode;
    pipe->nonblocking = info.CompletionMode;
    return STATUS_SUCCESS;
}

/* ---- to another process ---- */

struct saved_pipe {
    uint8_t server, message_type, linux_pipe, message_mode, nonblocking, named;
    ULONG configuration, inbound_quota, outbound_quota;
    uint32_t index, generation, remaining;
    uint64_t id;
};

/* A server's end goes only once it is connected: its listening socket stays with the process that made it. */
static int pipe_save(struct file *file, void *data, int room)
{
    struct pipe *pipe = file->data;
    struct saved_pipe saved = {
        .server = pipe->server, .message_type = pipe->message_type, .linux_pipe = pipe->linux_pipe,
        .message_mode = pipe->message_mode, .nonblocking = pipe->nonblocking, .named = pipe->instance != NULL,
        .configuration = pipe->configuration, .inbound_quota = pipe->inbound_quota,
        .outbound_quota = pipe->outbound_quota, .generation = pipe->generation, .remaining = pipe->remaining,
        .id = pipe->id,
    };

    if (room < sizeof(saved) || file->object.fd < 0)
        return -1;
    if (pipe->instance)
        saved.index = pipe_table_index(pipe->instance);
    pipe->sent = true;
    memcpy(data, &saved, sizeof(saved));
    return sizeof(saved);
}

static NTSTATUS pipe_restore(struct file *file, const void *data, int size)
{
    struct saved_pipe saved;
    struct pipe *pipe = pipe_new();

    if (!pipe)
        return STATUS_NO_MEMORY;
    file->data = pipe;
    if (size < sizeof(saved))
        return STATUS_INVALID_PARAMETER;
    memcpy(&saved, data, sizeof(saved));
    pipe->server = saved.server;
    pipe->inherited = true;
    pipe->message_type = saved.message_type;
    pipe->linux_pipe = saved.linux_pipe;
    pipe->message_mode = saved.message_mode;
    pipe->nonblocking = saved.nonblocking;
    pipe->configuration = saved.configuration;
    pipe->inbound_quota = saved.inbound_quota;
    pipe->outbound_quota = saved.outbound_quota;
    pipe->generation = saved.generation;
    pipe->remaining = saved.remaining;
    pipe->id = saved.id;
    if (saved.named)
        pipe->instance = pipe_table_at(saved.index, saved.id);
    return STATUS_SUCCESS;
}

const struct file_ops pipe_ops = {
    .device_type = FILE_DEVICE_NAMED_PIPE,
    .read = pipe_read,
    .write = pipe_write,
    .flush = pipe_flush,
    .fsctl = pipe_fsctl,
    .query = pipe_query,
    .set = pipe_set,
    .last_handle = pipe_last_handle,
    .destroy = pipe_destroy,
    .save = pipe_save,
    .restore = pipe_restore,
};

/* ---- the device: waiting for a name, and the list of names ---- */

static NTSTATUS device_fsctl(struct file *file, struct request *request)
{
    const FERRY_FILE_PIPE_WAIT_FOR_BUFFER *wait = request->input;
    WCHAR name[PIPE_NAME_UNITS];
    LARGE_INTEGER timeout;
    bool specified;
    ULONG bytes;

    if (request->code != FERRY_FSCTL_PIPE_WAIT)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (request->input_length < offsetof(FERRY_FILE_PIPE_WAIT_FOR_BUFFER, Name))
        return STATUS_INVALID_PARAMETER;
    bytes = wait->NameLength;
    if (bytes > request->input_length - offsetof(FERRY_FILE_PIPE_WAIT_FOR_BUFFER, Name) || bytes > sizeof(name))
        return STATUS_INVALID_PARAMETER;
    memcpy(name, wait->Name, bytes);
    timeout = wait->Timeout;
    specified = wait->TimeoutSpecified;
    return pipe_table_wait(name, bytes / sizeof(WCHAR), specified ? &timeout : NULL);
}

NTSTATUS pipe_list(struct file *file, ULONG class, bool single, bool restart, const WCHAR *pattern, int units,
                   char *buffer, ULONG length, ULONG_PTR *used)
{
    /* file->data holds the place. Entries are directory entries whose size is the number of instances. */
    ULONG fixed = class == FileNamesInformation ? offsetof(FILE_NAMES_INFORMATION, FileName)
                  : class == FileFullDirectoryInformation ? offsetof(FILE_FULL_DIR_INFORMATION, FileName)
                  : class == FileBothDirectoryInformation ? offsetof(FILE_BOTH_DIR_INFORMATION, FileName)
                                                          : offsetof(FILE_DIRECTORY_INFORMATION, FileName);
    unsigned index = restart ? 0 : (unsigned)(uintptr_t)file->data;
    bool first = !index, any = false;
    struct pipe_name name;
    ULONG at = 0, last = 0;

    if (class != FileNamesInformation && class != FileFullDirectoryInformation &&
        class != FileBothDirectoryInformation && class != FileDirectoryInformation)
        return STATUS_INVALID_INFO_CLASS;
    for (;;) {
        unsigned before = index;
        ULONG bytes;
        if (!pipe_table_next(&index, &name))
            break;
        if (units && !wildcard_match(pattern, units, name.name, name.units))
            continue;
        bytes = name.units * sizeof(WCHAR);
        if (at + fixed + bytes > length) {
            index = before;
            if (!any) {
                file->data = (void *)(uintptr_t)index;
                return STATUS_BUFFER_OVERFLOW;
            }
            break;
        }
        if (class == FileNamesInformation) {
            ((FILE_NAMES_INFORMATION *)(buffer + at))->FileNameLength = bytes;
        } else {
            FILE_DIRECTORY_INFORMATION *info = (void *)(buffer + at);
            info->FileAttributes = FILE_ATTRIBUTE_NORMAL;
            info->AllocationSize.QuadPart = name.maximum;
            info->EndOfFile.QuadPart = 1;
            info->FileNameLength = bytes;
        }
        memcpy(buffer + at + fixed, name.name, bytes);
        if (any)
            *(ULONG *)(buffer + last) = at - last;
        last = at;
        any = true;
        *used = at + fixed + bytes;
        at = (at + fixed + bytes + 7) & ~7u;
        if (single)
            break;
    }
    file->data = (void *)(uintptr_t)index;
    return any ? STATUS_SUCCESS : first ? STATUS_NO_SUCH_FILE : STATUS_NO_MORE_FILES;
}

static const struct file_ops pipe_device_ops = {
    .device_type = FILE_DEVICE_NAMED_PIPE,
    .fsctl = device_fsctl,
};
