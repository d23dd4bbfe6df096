/* \Device\Afd: endpoints, their addresses and connections. */
#include "socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/un.h>
#include <unistd.h>
#include "device.h"
#include "host.h"
#include "object.h"
#include "path.h"
#include "request.h"
#include "sync.h"
#include "virtual.h"

#define WINDOWS_AF_INET6 23

NTSTATUS socket_status(int error)
{
    switch (error) {
    case EPIPE: return STATUS_LOCAL_DISCONNECT;
    case EADDRNOTAVAIL: return STATUS_INVALID_ADDRESS_COMPONENT;
    case EACCES:
    case EPERM: return STATUS_ACCESS_DENIED;
    case EAGAIN: return STATUS_DEVICE_NOT_READY;
    case EINPROGRESS: return STATUS_DEVICE_NOT_READY;
    default: return status_from_errno(error);
    }
}

/* ---- addresses ---- */

int address_to_linux(const void *windows, int length, struct sockaddr_storage *to)
{
    USHORT family;

    if (length < 2 || length > sizeof(*to))
        return -1;
    memset(to, 0, sizeof(*to));
    memcpy(&family, windows, sizeof(family));
    switch (family) {
    case 0:
    case AF_INET:
        if (length < sizeof(struct sockaddr_in))
            return -1;
        memcpy(to, windows, sizeof(struct sockaddr_in));
        return sizeof(struct sockaddr_in);
    case WINDOWS_AF_INET6: {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)to;
        if (length < 24)
            return -1;
        memcpy(in6, windows, length < sizeof(*in6) ? length : sizeof(*in6));
        in6->sin6_family = AF_INET6;
        return sizeof(*in6);
    }
    case AF_UNIX: {
        /* the path is a Windows one unless it is abstract or relative without drive */
        struct sockaddr_un *un = (struct sockaddr_un *)to;
        const char *text = (const char *)windows + 2;
        int bytes = strnlen(text, length - 2);
        un->sun_family = AF_UNIX;
        if (bytes > 2 && text[1] == ':') {
            WCHAR wide[300] = L"\\??\\";
            OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .Attributes = OBJ_CASE_INSENSITIVE};
            UNICODE_STRING name = {.Buffer = wide};
            char *unix_path;
            int i, units = utf16_from_utf8(wide + 4, 290, text, bytes);
            if (units < 0)
                return -1;
            for (i = 4; i < units + 4; i++)
                if (wide[i] == '/')
                    wide[i] = '\\';
            name.Length = (units + 4) * sizeof(WCHAR);
            attributes.ObjectName = &name;
            if (path_to_unix(&attributes, false, &unix_path))
                return -1;
            bytes = strlen(unix_path);
            if (bytes >= sizeof(un->sun_path)) {
                free(unix_path);
                return -1;
            }
            memcpy(un->sun_path, unix_path, bytes + 1);
            free(unix_path);
            return offsetof(struct sockaddr_un, sun_path) + bytes + 1;
        }
        memcpy(un->sun_path, text, length - 2 < sizeof(un->sun_path) ? length - 2 : sizeof(un->sun_path));
        return bytes ? offsetof(struct sockaddr_un, sun_path) + bytes + 1 : length;
    }
    default:
        return -1;
    }
}

int address_from_linux(const struct sockaddr_storage *from, int length, void *windows, int room)
{
    char out[sizeof(*from)];
    USHORT family = from->ss_family;

    memcpy(out, from, sizeof(out));
    switch (from->ss_family) {
    case AF_INET: length = sizeof(struct sockaddr_in); break;
    case AF_INET6:
        family = WINDOWS_AF_INET6;
        length = sizeof(struct sockaddr_in6);
        break;
    case AF_UNIX: {
        const struct sockaddr_un *un = (const struct sockaddr_un *)from;
        memset(out, 0, sizeof(out));
        if (length > 2 && un->sun_path[0] == '/') {
            UNICODE_STRING name;
            if (!path_from_unix(un->sun_path, &name)) {
                int got = utf8_from_utf16(out + 2, 107, name.Buffer + 4, name.Length / 2 - 4);
                if (got < 0)
                    out[2] = 0;
                free(name.Buffer);
            }
        } else if (length > 2) {
            memcpy(out + 2, un->sun_path, length - 2 < 108 ? length - 2 : 108);
        }
        length = 110;
        break;
    }
    default:
        return -1;
    }
    memcpy(out, &family, sizeof(family));
    memcpy(windows, out, length < room ? length : room);
    return length;
}

/* ---- endpoints ---- */

struct file *endpoint_new(void)
{
    struct endpoint *endpoint = calloc(1, sizeof(*endpoint));
    struct file *file = endpoint ? file_new(FILE_KIND_SOCKET, &socket_ops, -1) : NULL;

    if (!file) {
        free(endpoint);
        return NULL;
    }
    pthread_mutex_init(&endpoint->lock, NULL);
    file->data = endpoint;
    file->mode = S_IFSOCK;
    file->access = FILE_GENERIC_READ | FILE_GENERIC_WRITE;
    return file;
}

int endpoint_replace(struct file *file, int fd)
{
    int result;

    if (file->object.fd < 0)
        return file->object.fd = fd;
    result = dup3(fd, file->object.fd, O_CLOEXEC) < 0 ? -errno : file->object.fd;
    close(fd);
    return result;
}

void endpoint_connected(struct endpoint *endpoint)
{
    endpoint->connected_at = ticks_monotonic();
    endpoint->state = FERRY_AFD_STATE_CONNECTED;
}

void endpoint_attach(struct file *file, int fd, LONG family, LONG type, LONG protocol, unsigned state)
{
    struct endpoint *endpoint = file->data;

    endpoint->family = family;
    endpoint->type = type;
    endpoint->protocol = protocol;
    endpoint->state = state;
    if (state == FERRY_AFD_STATE_CONNECTED)
        endpoint_connected(endpoint);
    file->object.fd = fd;
}

void endpoint_wait_mode(const struct endpoint *endpoint, bool receive, ULONG *flags, ULONG *timeout)
{
    if (!(*flags & FERRY_AFD_AS_SET))
        return;
    *flags = endpoint->nonblocking ? FERRY_AFD_NOWAIT : FERRY_AFD_BLOCK;
    *timeout = receive ? endpoint->receive_timeout : endpoint->send_timeout;
}

NTSTATUS socket_open(const struct file_create *create, struct path *path, struct file **file)
{
    *file = endpoint_new();
    return *file ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static NTSTATUS create(struct file *file, const struct afd_create *in, ULONG length)
{
    int family, fd, on = 1;

    if (length < sizeof(*in) || file->object.fd >= 0)
        return STATUS_INVALID_PARAMETER;
    family = in->family == WINDOWS_AF_INET6 ? AF_INET6 : in->family;
    if (family != AF_INET && family != AF_INET6 && family != AF_UNIX)
        return STATUS_NOT_SUPPORTED;
    if (in->type < SOCK_STREAM || in->type > SOCK_RAW)
        return STATUS_NOT_SUPPORTED;
    fd = socket(family, in->type | SOCK_CLOEXEC | SOCK_NONBLOCK, family == AF_UNIX ? 0 : in->protocol);
    if (fd < 0)
        return socket_status(errno);
    if (family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)); /* Windows' default */
    endpoint_attach(file, fd, in->family, in->type, in->protocol, FERRY_AFD_STATE_OPEN);
    return STATUS_SUCCESS;
}

static NTSTATUS bind_address(struct file *file, const struct request *request)
{
    struct endpoint *endpoint = file->data;
    struct sockaddr_storage address;
    int on = 1, off = 0, error, length = address_to_linux(request->input, request->input_length, &address);

    if (length < 0)
        return STATUS_INVALID_ADDRESS_COMPONENT;
    if (address.ss_family == AF_UNSPEC)
        address.ss_family = AF_INET;
    error = bind(file->object.fd, (struct sockaddr *)&address, length) ? errno : 0;
    /* A port of connections of the past, perhaps in TIME_WAIT, can be bound on Windows; on Linux if they and this socket
     * have SO_REUSEADDR. Connected, listening and accepted sockets have it; those that are merely bound do not. */
    if (error == EADDRINUSE && endpoint->type == SOCK_STREAM && endpoint->family != AF_UNIX) {
        setsockopt(file->object.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        error = bind(file->object.fd, (struct sockaddr *)&address, length) ? errno : 0;
        setsockopt(file->object.fd, SOL_SOCKET, SO_REUSEADDR, &off, sizeof(off));
    }
    if (error)
        return error == EINVAL ? STATUS_INVALID_PARAMETER : socket_status(error);
    endpoint->state = FERRY_AFD_STATE_BOUND;
    return STATUS_SUCCESS;
}

int endpoint_connect_result(struct file *file)
{
    struct endpoint *endpoint = file->data;
    struct pollfd poll_fd = {.fd = file->object.fd, .events = POLLOUT};
    int error = 0;
    socklen_t size = sizeof(error);

    if (endpoint->state == FERRY_AFD_STATE_CONNECTED)
        return 0;
    if (endpoint->state != FERRY_AFD_STATE_CONNECTING)
        return endpoint->connect_error;
    if (poll(&poll_fd, 1, 0) <= 0)
        return -1;
    getsockopt(file->object.fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) {
        endpoint->connect_error = error;
        endpoint->state = FERRY_AFD_STATE_BOUND;
    } else {
        endpoint_connected(endpoint);
    }
    return error;
}

/* What ConnectEx sends with the connection. */
struct connecting {
    ULONG64 data;
    ULONG length;
};

static NTSTATUS connect_ready(struct request *request)
{
    const struct connecting *connecting = request->data;
    int error = endpoint_connect_result(request->file);

    if (error)
        return error < 0 ? STATUS_PENDING : error == ETIMEDOUT ? STATUS_IO_TIMEOUT : socket_status(error);
    while (connecting && request->done < connecting->length) {
        char *from = (char *)(uintptr_t)connecting->data + request->done;
        ssize_t put = send(request->file->object.fd, from, connecting->length - request->done,
                           MSG_DONTWAIT | MSG_NOSIGNAL);
        if (put >= 0) {
            request->done += put;
        } else if (errno == EFAULT) {
            if (virtual_touch(from, connecting->length - request->done, false))
                return STATUS_ACCESS_VIOLATION;
        } else if (errno != EINTR) {
            return errno == EAGAIN ? STATUS_PENDING : socket_status(errno);
        }
    }
    request->information = request->done;
    return STATUS_SUCCESS;
}

static NTSTATUS connect_address(struct file *file, struct request *request)
{
    struct endpoint *endpoint = file->data;
    struct sockaddr_storage address;
    struct afd_connect in;
    int length, on = 1;

    if (request->input_length < sizeof(in))
        return STATUS_INVALID_PARAMETER;
    memcpy(&in, request->input, sizeof(in));
    endpoint_wait_mode(endpoint, false, &in.flags, &in.timeout);
    if (in.flags & FERRY_AFD_BLOCK)
        in.timeout = 0; /* SO_SNDTIMEO is of sending alone */
    length = in.length <= sizeof(in.address) ? address_to_linux(in.address, in.length, &address) : -1;
    if (length < 0)
        return STATUS_INVALID_ADDRESS_COMPONENT;
    if (endpoint->state == FERRY_AFD_STATE_CONNECTED && endpoint->type == SOCK_STREAM)
        return STATUS_CONNECTION_ACTIVE;
    if (endpoint->state == FERRY_AFD_STATE_LISTENING)
        return STATUS_INVALID_PARAMETER;
    if (address.ss_family == AF_INET && endpoint->type == SOCK_STREAM) {
        struct sockaddr_in *in4 = (struct sockaddr_in *)&address;
        if (!in4->sin_addr.s_addr || !in4->sin_port)
            return STATUS_INVALID_ADDRESS_COMPONENT; /* Linux would take 0.0.0.0 for this machine */
    }
    if (endpoint->type == SOCK_STREAM && endpoint->family != AF_UNIX)
        setsockopt(file->object.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)); /* see bind_address */
    if (!connect(file->object.fd, (struct sockaddr *)&address, length)) {
        endpoint_connected(endpoint);
        socket_enable(file, AFD_FD_CONNECT | AFD_FD_WRITE);
        if (!in.data_length)
            return STATUS_SUCCESS;
    } else if (errno == EISCONN) {
        endpoint_connected(endpoint);
        return STATUS_CONNECTION_ACTIVE;
    } else if (errno != EINPROGRESS && errno != EALREADY && errno != EAGAIN) {
        return socket_status(errno);
    } else {
        endpoint->connect_error = 0;
        endpoint->state = FERRY_AFD_STATE_CONNECTING;
        socket_enable(file, AFD_FD_CONNECT | AFD_FD_WRITE);
        if (in.flags & FERRY_AFD_NOWAIT)
            return STATUS_DEVICE_NOT_READY;
    }
    if (in.data_length) {
        struct connecting *connecting = malloc(sizeof(*connecting));
        if (!connecting)
            return STATUS_NO_MEMORY;
        *connecting = (struct connecting){in.data, in.data_length};
        request->data = connecting;
    }
    request->blocks = in.flags & FERRY_AFD_BLOCK;
    request->timeout = in.timeout;
    return request_wait(request, file->object.fd, POLLOUT, connect_ready);
}

/* ---- other controls ---- */

static NTSTATUS get_name(struct file *file, struct request *request)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof(address);
    char out[128];
    int bytes;
    bool peer = request->input_length >= sizeof(ULONG) && *(const ULONG *)request->input;

    if (peer ? getpeername(file->object.fd, (struct sockaddr *)&address, &length)
             : getsockname(file->object.fd, (struct sockaddr *)&address, &length))
        return socket_status(errno);
    bytes = address_from_linux(&address, length, out, sizeof(out));
    if (bytes < 0)
        return STATUS_INVALID_ADDRESS_COMPONENT;
    if (request->length < bytes)
        return STATUS_BUFFER_TOO_SMALL;
    memcpy(request->buffer, out, bytes);
    request->information = bytes;
    return STATUS_SUCCESS;
}

static NTSTATUS put_number(struct request *request, ULONG value)
{
    if (request->length < sizeof(value))
        return STATUS_BUFFER_TOO_SMALL;
    memcpy(request->buffer, &value, sizeof(value));
    request->information = sizeof(value);
    return STATUS_SUCCESS;
}

static NTSTATUS get_info(struct file *file, struct request *request)
{
    struct endpoint *endpoint = file->data;
    struct afd_info info = {.family = endpoint->family, .type = endpoint->type, .protocol = endpoint->protocol};

    if (request->length < sizeof(info))
        return STATUS_BUFFER_TOO_SMALL;
    if (endpoint->state == FERRY_AFD_STATE_CONNECTING)
        endpoint_connect_result(file);
    info.state = endpoint->state;
    memcpy(request->buffer, &info, sizeof(info));
    request->information = sizeof(info);
    return STATUS_SUCCESS;
}

static NTSTATUS socket_ioctl(struct file *file, struct request *request)
{
    struct endpoint *endpoint = file->data;
    int value = 0;

    if (request->code == IOCTL_AFD_POLL || request->code == FERRY_AFD_POLL)
        return socket_poll(file, request);
    if (request->code == FERRY_AFD_CREATE)
        return create(file, request->input, request->input_length);
    if (request->code == FERRY_AFD_INFO)
        return get_info(file, request);
    if (file->object.fd < 0)
        return STATUS_INVALID_DEVICE_STATE;
    switch (request->code) {
    case FERRY_AFD_BIND: return bind_address(file, request);
    case FERRY_AFD_CONNECT: return connect_address(file, request);
    case FERRY_AFD_LISTEN:
        if (request->input_length < sizeof(ULONG))
            return STATUS_INVALID_PARAMETER;
        if (endpoint->family != AF_UNIX) {
            value = 1;
            setsockopt(file->object.fd, SOL_SOCKET, SO_REUSEADDR, &value, sizeof(value)); /* see bind_address */
        }
        if (listen(file->object.fd, *(const ULONG *)request->input))
            return socket_status(errno);
        endpoint->state = FERRY_AFD_STATE_LISTENING;
        socket_enable(file, AFD_FD_ACCEPT);
        return STATUS_SUCCESS;
    case FERRY_AFD_ACCEPT: return socket_accept(file, request);
    case FERRY_AFD_ACCEPT_EX: return socket_accept_ex(file, request);
    case FERRY_AFD_DISCONNECT: return socket_disconnect(file, request);
    case FERRY_AFD_TRANSMIT: return socket_transmit(file, request);
    case FERRY_AFD_RECEIVE: return socket_receive(file, request);
    case FERRY_AFD_SEND: return socket_send(file, request);
    case FERRY_AFD_GET_NAME: return get_name(file, request);
    case FERRY_AFD_SHUTDOWN:
        if (request->input_length < sizeof(ULONG) || *(const ULONG *)request->input > 2)
            return STATUS_INVALID_PARAMETER;
        return shutdown(file->object.fd, *(const ULONG *)request->input) ? socket_status(errno) : STATUS_SUCCESS;
    case FERRY_AFD_GET_OPTION: return socket_get_option(file, request);
    case FERRY_AFD_SET_OPTION: return socket_set_option(file, request);
    case FERRY_AFD_EVENT_SELECT: return socket_event_select(file, request);
    case FERRY_AFD_ENUM_EVENTS: return socket_enum_events(file, request);
    case FERRY_AFD_AVAILABLE:
        ioctl(file->object.fd, FIONREAD, &value);
        return put_number(request, value);
    case FERRY_AFD_SET_NONBLOCKING:
        if (request->input_length < sizeof(ULONG))
            return STATUS_INVALID_PARAMETER;
        if (!*(const ULONG *)request->input && endpoint->selected)
            return STATUS_INVALID_PARAMETER; /* WSAEventSelect keeps it so */
        endpoint->nonblocking = *(const ULONG *)request->input != 0;
        return STATUS_SUCCESS;
    case FERRY_AFD_AT_MARK:
        return put_number(request, sockatmark(file->object.fd) != 0);
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

static void socket_last_handle(struct file *file)
{
    socket_accept_cancel(file);
    request_cancel_file(file, STATUS_CANCELLED, NULL, NULL);
    request_cancel_blocked(file);
}

static void socket_destroy(struct file *file)
{
    struct endpoint *endpoint = file->data;

    if (endpoint->event_slot)
        slot_release(endpoint->event_slot);
    pthread_mutex_destroy(&endpoint->lock);
    free(endpoint);
}

struct saved_endpoint {
    LONG family, type, protocol;
    uint32_t state;
};

static int socket_save(struct file *file, void *data, int room)
{
    const struct endpoint *endpoint = file->data;
    struct saved_endpoint saved = {endpoint->family, endpoint->type, endpoint->protocol, endpoint->state};

    if (room < sizeof(saved) || file->object.fd < 0)
        return -1;
    memcpy(data, &saved, sizeof(saved));
    return sizeof(saved);
}

static NTSTATUS socket_restore(struct file *file, const void *data, int size)
{
    struct endpoint *endpoint = calloc(1, sizeof(*endpoint));
    struct saved_endpoint saved;

    if (!endpoint)
        return STATUS_NO_MEMORY;
    pthread_mutex_init(&endpoint->lock, NULL);
    file->data = endpoint;
    if (size < sizeof(saved))
        return STATUS_INVALID_PARAMETER;
    memcpy(&saved, data, sizeof(saved));
    endpoint_attach(file, file->object.fd, saved.family, saved.type, saved.protocol, saved.state);
    return STATUS_SUCCESS;
}

const struct file_ops socket_ops = {
    .device_type = FILE_DEVICE_NAMED_PIPE, /* GetFileType says FILE_TYPE_PIPE for sockets */
    .read = socket_read,
    .write = socket_write,
    .ioctl = socket_ioctl,
    .last_handle = socket_last_handle,
    .destroy = socket_destroy,
    .save = socket_save,
    .restore = socket_restore,
};
