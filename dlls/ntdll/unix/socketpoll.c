/* Readiness of sockets: IOCTL_AFD_POLL, and the events of WSAEventSelect. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "host.h"
#include "object.h"
#include "request.h"
#include "socket.h"
#include "sync.h"
#include "virtual.h"

/* AFD_POLL_* of an endpoint as it is. `status`: of a failed connect. */
static ULONG afd_events(struct file *file, NTSTATUS *status)
{
    struct endpoint *endpoint = file->data;
    struct pollfd poll_fd = {.fd = file->object.fd, .events = POLLIN | POLLOUT | POLLPRI | POLLRDHUP};
    unsigned state = endpoint->state;
    ULONG events = 0;
    int available = 0;

    *status = STATUS_SUCCESS;
    if (poll(&poll_fd, 1, 0) < 0)
        return 0;
    if (state == FERRY_AFD_STATE_LISTENING)
        return poll_fd.revents & POLLIN ? AFD_POLL_ACCEPT : 0;
    if (endpoint->type != SOCK_STREAM) {
        if (poll_fd.revents & (POLLIN | POLLERR))
            events |= AFD_POLL_RECEIVE;
        if (poll_fd.revents & POLLOUT)
            events |= AFD_POLL_SEND;
        return events;
    }
    if (state == FERRY_AFD_STATE_OPEN || state == FERRY_AFD_STATE_BOUND)
        return 0; /* Linux says POLLHUP of a fresh socket; on Windows nothing is ready */
    if (state == FERRY_AFD_STATE_CONNECTING) {
        int error;
        if (!(poll_fd.revents & (POLLOUT | POLLERR | POLLHUP)))
            return 0;
        error = endpoint_connect_result(file);
        if (error) {
            *status = socket_status(error);
            return AFD_POLL_CONNECT_FAIL;
        }
        events |= AFD_POLL_CONNECT;
    }
    ioctl(file->object.fd, FIONREAD, &available);
    if (available > 0)
        events |= AFD_POLL_RECEIVE;
    if (poll_fd.revents & POLLPRI)
        events |= AFD_POLL_RECEIVE_EXPEDITED;
    if (poll_fd.revents & POLLOUT)
        events |= AFD_POLL_SEND | (state == FERRY_AFD_STATE_CONNECTED ? AFD_POLL_CONNECT : 0);
    if (poll_fd.revents & POLLERR)
        events |= AFD_POLL_ABORT;
    else if (poll_fd.revents & POLLRDHUP)
        events |= AFD_POLL_DISCONNECT;
    return events;
}

/* ---- IOCTL_AFD_POLL ---- */

struct poll_state {
    int epoll_fd, timer_fd;
    ULONG count;
    struct {
        struct file *file;
        HANDLE handle;
        ULONG events;
    } entries[];
};

static void poll_state_free(void *data)
{
    struct poll_state *state = data;
    ULONG i;

    if (!state)
        return;
    if (state->epoll_fd >= 0)
        close(state->epoll_fd);
    if (state->timer_fd >= 0)
        close(state->timer_fd);
    for (i = 0; i < state->count; i++)
        if (state->entries[i].file)
            file_release(state->entries[i].file);
    free(state);
}

/* AFD_POLL_HANDLE_INFO of a 32-bit program. */
struct narrow_handle {
    int32_t handle;
    ULONG events;
    NTSTATUS status;
};

/* Is this Windows' own control, called by 32-bit code? */
static bool is_narrow(const struct request *request)
{
    return wow64 && request->code == IOCTL_AFD_POLL;
}

static size_t entry_size(const struct request *request)
{
    return is_narrow(request) ? sizeof(struct narrow_handle) : sizeof(struct afd_poll_handle);
}

static bool read_entry(const struct request *request, ULONG i, struct afd_poll_handle *entry)
{
    const char *at = (const char *)request->input + offsetof(struct afd_poll, Handles) + i * entry_size(request);
    struct narrow_handle narrow;

    if (!is_narrow(request)) return virtual_read(entry, at, sizeof(*entry));
    if (!virtual_read(&narrow, at, sizeof(narrow))) return false;
    *entry = (struct afd_poll_handle){WOW_HANDLE(narrow.handle), narrow.events, narrow.status};
    return true;
}

static bool write_entry(const struct request *request, ULONG i, const struct afd_poll_handle *entry)
{
    char *at = (char *)request->buffer + offsetof(struct afd_poll, Handles) + i * entry_size(request);
    struct narrow_handle narrow = {(int32_t)(intptr_t)entry->Handle, entry->Events, entry->Status};

    return is_narrow(request) ? virtual_write(at, &narrow, sizeof(narrow)) : virtual_write(at, entry, sizeof(*entry));
}

static NTSTATUS poll_ready(struct request *request)
{
    struct poll_state *state = request->data;
    struct afd_poll *out = request->buffer;
    ULONG i, found = 0;
    LARGE_INTEGER timeout = {.QuadPart = 0};

    if (state->epoll_fd >= 0) { /* edges seen so far; a later one makes the set readable again */
        struct epoll_event edges[8];
        while (epoll_wait(state->epoll_fd, edges, 8, 0) == 8)
            ;
    }
    for (i = 0; i < state->count; i++) {
        NTSTATUS status;
        ULONG events = afd_events(state->entries[i].file, &status) & state->entries[i].events;
        struct afd_poll_handle entry = {state->entries[i].handle, events, status};
        if (!events)
            continue;
        if (!write_entry(request, found, &entry))
            return STATUS_ACCESS_VIOLATION;
        found++;
    }
    if (!found) {
        uint64_t expired;
        if (state->timer_fd < 0 || read(state->timer_fd, &expired, sizeof(expired)) != sizeof(expired))
            return STATUS_PENDING;
    }
    virtual_write(&out->NumberOfHandles, &found, sizeof(found));
    virtual_write(&out->Timeout, &timeout, sizeof(timeout));
    request->information = found ? offsetof(struct afd_poll, Handles) + found * entry_size(request)
                                 : offsetof(struct afd_poll, Handles);
    return found ? STATUS_SUCCESS : STATUS_TIMEOUT;
}

static uint32_t epoll_events_of(ULONG events)
{
    uint32_t mask = EPOLLET; /* what was looked at is not told again */

    if (events & (AFD_POLL_RECEIVE | AFD_POLL_ACCEPT | AFD_POLL_DISCONNECT | AFD_POLL_ABORT))
        mask |= EPOLLIN | EPOLLRDHUP;
    if (events & (AFD_POLL_SEND | AFD_POLL_CONNECT | AFD_POLL_CONNECT_FAIL))
        mask |= EPOLLOUT;
    if (events & AFD_POLL_RECEIVE_EXPEDITED)
        mask |= EPOLLPRI;
    return mask;
}

static NTSTATUS poll_start(struct poll_state *state, const LARGE_INTEGER *timeout)
{
    struct epoll_event event;
    ULONG i;

    state->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (state->epoll_fd < 0)
        return status_from_errno(errno);
    for (i = 0; i < state->count; i++) {
        event.events = epoll_events_of(state->entries[i].events);
        event.data.u32 = i;
        if (epoll_ctl(state->epoll_fd, EPOLL_CTL_ADD, state->entries[i].file->object.fd, &event) && errno != EEXIST)
            return status_from_errno(errno);
    }
    if (timeout->QuadPart != INT64_MAX) {
        struct itimerspec at = {0};
        uint64_t due = ticks_due(timeout->QuadPart), now;
        now = due & TIMER_SYSTEM_TIME ? ticks_system() : ticks_monotonic();
        due &= ~TIMER_SYSTEM_TIME;
        due = due > now ? due - now : 1;
        at.it_value.tv_sec = due / 10000000;
        at.it_value.tv_nsec = due % 10000000 * 100;
        state->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
        if (state->timer_fd < 0)
            return status_from_errno(errno);
        timerfd_settime(state->timer_fd, 0, &at, NULL);
        event.events = EPOLLIN;
        event.data.u32 = ~0u;
        epoll_ctl(state->epoll_fd, EPOLL_CTL_ADD, state->timer_fd, &event);
    }
    return STATUS_SUCCESS;
}

NTSTATUS socket_poll(struct file *file, struct request *request)
{
    const struct afd_poll *in = request->input;
    const ULONG fixed = offsetof(struct afd_poll, Handles);
    struct poll_state *state;
    LARGE_INTEGER timeout;
    ULONG count, i;
    NTSTATUS status = STATUS_SUCCESS;

    if (request->input_length < fixed)
        return STATUS_INVALID_PARAMETER;
    count = in->NumberOfHandles;
    timeout = in->Timeout;
    if (!count || count > (request->input_length - fixed) / entry_size(request) ||
        request->length < fixed + count * entry_size(request))
        return STATUS_INVALID_PARAMETER;
    state = calloc(1, sizeof(*state) + count * sizeof(state->entries[0]));
    if (!state)
        return STATUS_NO_MEMORY;
    state->epoll_fd = state->timer_fd = -1;
    for (i = 0; i < count && !status; i++) {
        struct afd_poll_handle entry;
        if (!read_entry(request, i, &entry)) {
            status = STATUS_ACCESS_VIOLATION;
            break;
        }
        state->entries[i].handle = entry.Handle;
        state->entries[i].events = entry.Events;
        status = file_from_handle(entry.Handle, 0, &state->entries[i].file, NULL);
        state->count = i + 1;
        if (!status && (state->entries[i].file->kind != FILE_KIND_SOCKET || state->entries[i].file->object.fd < 0))
            status = STATUS_INVALID_HANDLE;
    }
    request->data = state;
    request->blocks = request->code == FERRY_AFD_POLL;
    request->cleanup = poll_state_free;
    if (!status)
        status = poll_ready(request);
    if (status == STATUS_PENDING && !timeout.QuadPart) {
        ULONG none = 0;
        virtual_write(&((struct afd_poll *)request->buffer)->NumberOfHandles, &none, sizeof(none));
        request->information = fixed;
        status = STATUS_TIMEOUT;
    }
    if (status == STATUS_PENDING) {
        status = poll_start(state, &timeout);
        if (!status) {
            status = poll_ready(request); /* what came before the set was made */
            if (status == STATUS_PENDING)
                return request_wait(request, state->epoll_fd, POLLIN, poll_ready);
        }
    }
    poll_state_free(state);
    request->data = NULL;
    return status;
}

/* ---- WSAEventSelect ---- */

/* What to wait for: nothing that is level-ready already, or the host thread would turn in circles. */
static short poll_events_of(const struct endpoint *endpoint)
{
    ULONG wanted = endpoint->selected & ~endpoint->disabled;
    unsigned state = endpoint->state;
    short events = 0;

    if (endpoint->type == SOCK_STREAM && (state == FERRY_AFD_STATE_OPEN || state == FERRY_AFD_STATE_BOUND))
        return 0; /* Linux calls it hung up; connect and listen look again */
    if (wanted & (AFD_FD_READ | AFD_FD_ACCEPT))
        events |= POLLIN;
    if ((wanted & AFD_FD_CLOSE) && !(endpoint->disabled & AFD_FD_READ))
        events |= POLLRDHUP; /* after FD_READ it shows when the program has read all: socket_enable */
    if (wanted & AFD_FD_OOB)
        events |= POLLPRI;
    if (wanted & (AFD_FD_WRITE | AFD_FD_CONNECT))
        events |= POLLOUT;
    return events;
}

static int event_bit(ULONG event)
{
    return __builtin_ctz(event);
}

/* Records what is there now and was asked for; sets the event if anything is new. Under endpoint->lock. */
static void record(struct file *file)
{
    struct endpoint *endpoint = file->data;
    NTSTATUS failed;
    bool connecting = endpoint->state == FERRY_AFD_STATE_CONNECTING;
    ULONG now = afd_events(file, &failed), events = 0;

    if (now & AFD_POLL_RECEIVE)
        events |= AFD_FD_READ;
    if (now & AFD_POLL_SEND)
        events |= AFD_FD_WRITE;
    if (now & AFD_POLL_RECEIVE_EXPEDITED)
        events |= AFD_FD_OOB;
    if (now & AFD_POLL_ACCEPT)
        events |= AFD_FD_ACCEPT;
    if (((now & AFD_POLL_CONNECT) && connecting) || (now & AFD_POLL_CONNECT_FAIL))
        events |= AFD_FD_CONNECT;
    if ((now & (AFD_POLL_DISCONNECT | AFD_POLL_ABORT)) &&
        !((now & AFD_POLL_RECEIVE) && (endpoint->selected & AFD_FD_READ)))
        events |= AFD_FD_CLOSE;
    events &= endpoint->selected & ~endpoint->disabled;
    if (!events)
        return;
    if (events & AFD_FD_CONNECT)
        endpoint->status[event_bit(AFD_FD_CONNECT)] = failed;
    if (events & AFD_FD_CLOSE)
        endpoint->status[event_bit(AFD_FD_CLOSE)] = now & AFD_POLL_ABORT ? STATUS_CONNECTION_RESET : STATUS_SUCCESS;
    endpoint->recorded |= events;
    endpoint->disabled |= events;
    if (endpoint->event_slot)
        event_set(endpoint->event_slot);
}

static NTSTATUS select_ready(struct request *request)
{
    struct endpoint *endpoint = request->file->data;

    pthread_mutex_lock(&endpoint->lock);
    record(request->file);
    request->events = poll_events_of(endpoint);
    pthread_mutex_unlock(&endpoint->lock);
    return STATUS_PENDING; /* for as long as the selection lasts */
}

void socket_enable(struct file *file, ULONG events)
{
    struct endpoint *endpoint = file->data;
    void *mark;
    short wanted;

    if (!__atomic_load_n(&endpoint->selected, __ATOMIC_RELAXED))
        return;
    pthread_mutex_lock(&endpoint->lock);
    endpoint->disabled &= ~events;
    record(file);
    wanted = poll_events_of(endpoint);
    mark = endpoint->select_data;
    pthread_mutex_unlock(&endpoint->lock);
    if (mark)
        request_set_events(file, mark, wanted);
}

static bool is_selection(const struct request *request, const void *context)
{
    return request->data == context;
}

static void keep(void *data)
{
}

NTSTATUS socket_event_select(struct file *file, struct request *request)
{
    static IO_STATUS_BLOCK nowhere;
    struct endpoint *endpoint = file->data;
    struct afd_event_select in;
    struct request watch = {.file = file, .type = REQUEST_NOTIFY, .iosb = &nowhere, .cleanup = keep};
    uint32_t slot = 0, tag = 0, old_slot;
    void *old_mark;
    NTSTATUS status;

    if (request->input_length < sizeof(in))
        return STATUS_INVALID_PARAMETER;
    memcpy(&in, request->input, sizeof(in));
    if (in.events) {
        status = handle_target((HANDLE)(ULONG_PTR)in.event, OBJECT_EVENT, EVENT_MODIFY_STATE, &slot, &tag);
        if (status)
            return status;
        if (!slot_reference(slot, tag))
            return STATUS_INVALID_HANDLE;
    }
    pthread_mutex_lock(&endpoint->lock);
    old_mark = endpoint->select_data;
    old_slot = endpoint->event_slot;
    endpoint->event_slot = slot;
    endpoint->event_tag = tag;
    endpoint->selected = in.events;
    if (in.events)
        endpoint->nonblocking = true;
    endpoint->recorded = endpoint->disabled = 0;
    memset(endpoint->status, 0, sizeof(endpoint->status));
    endpoint->select_data = in.events ? &endpoint->status[endpoint->select_data == endpoint->status] : NULL;
    if (in.events)
        record(file);
    watch.data = endpoint->select_data;
    watch.events = poll_events_of(endpoint);
    pthread_mutex_unlock(&endpoint->lock);
    if (old_mark)
        request_cancel_file(file, STATUS_CANCELLED, is_selection, old_mark);
    if (old_slot)
        slot_release(old_slot);
    if (!in.events)
        return STATUS_SUCCESS;
    status = request_wait(&watch, file->object.fd, watch.events, select_ready);
    return status == STATUS_PENDING ? STATUS_SUCCESS : status;
}

NTSTATUS socket_enum_events(struct file *file, struct request *request)
{
    struct endpoint *endpoint = file->data;
    struct afd_events out;
    ULONG64 event = 0;

    if (request->length < sizeof(out))
        return STATUS_BUFFER_TOO_SMALL;
    if (request->input_length >= sizeof(event))
        memcpy(&event, request->input, sizeof(event));
    if (event) {
        uint32_t slot;
        NTSTATUS status = handle_slot((HANDLE)(ULONG_PTR)event, OBJECT_EVENT, EVENT_MODIFY_STATE, &slot);
        if (status)
            return status;
        event_reset(slot);
    }
    pthread_mutex_lock(&endpoint->lock);
    out.events = endpoint->recorded;
    memcpy(out.status, endpoint->status, sizeof(out.status));
    endpoint->recorded = 0;
    memset(endpoint->status, 0, sizeof(endpoint->status));
    pthread_mutex_unlock(&endpoint->lock);
    memcpy(request->buffer, &out, sizeof(out));
    request->information = sizeof(out);
    return STATUS_SUCCESS;
}
