/* select and WSAPoll. */
#include "ws2_32.h"

#define ON_STACK 16

/* struct afd_poll with 64-bit handles, also on i386. */
struct poll_entry {
    ULONG64 handle;
    ULONG events;
    NTSTATUS status;
};

struct poll {
    LONGLONG timeout;
    ULONG count, exclusive;
    struct poll_entry entries[];
};

#define READ_EVENTS (AFD_POLL_RECEIVE | AFD_POLL_ACCEPT | AFD_POLL_DISCONNECT | AFD_POLL_ABORT)
#define WRITE_EVENTS (AFD_POLL_SEND | AFD_POLL_CONNECT)
#define EXCEPT_EVENTS (AFD_POLL_RECEIVE_EXPEDITED | AFD_POLL_CONNECT_FAIL)

int WINAPI __WSAFDIsSet(SOCKET s, fd_set *set)
{
    u_int i;

    for (i = 0; i < set->fd_count; i++)
        if (set->fd_array[i] == s) return TRUE;
    return FALSE;
}

static void add(struct poll *poll, const fd_set *set, ULONG events)
{
    ULONG j;
    u_int i;

    for (i = 0; set && i < set->fd_count; i++) {
        for (j = 0; j < poll->count && poll->entries[j].handle != set->fd_array[i]; j++)
            ;
        if (j == poll->count) poll->entries[poll->count++] = (struct poll_entry){set->fd_array[i], 0, 0};
        poll->entries[j].events |= events;
    }
}

/* Leaves in the set what has one of `events`; how many. */
static int keep(const struct poll *poll, fd_set *set, ULONG events)
{
    u_int i, kept = 0;
    ULONG j;

    if (!set) return 0;
    for (i = 0; i < set->fd_count; i++)
        for (j = 0; j < poll->count; j++)
            if (poll->entries[j].handle == set->fd_array[i] && (poll->entries[j].events & events)) {
                set->fd_array[kept++] = set->fd_array[i];
                break;
            }
    set->fd_count = kept;
    return kept;
}

static int run(struct poll *poll)
{
    ULONG size = sizeof(*poll) + poll->count * sizeof(poll->entries[0]);
    int error = afd_control((SOCKET)poll->entries[0].handle, FERRY_AFD_POLL, poll, size, poll, size, NULL);

    if (error == WSAETIMEDOUT) {
        poll->count = 0;
        error = 0;
    }
    return error == WSA_OPERATION_ABORTED ? WSAENOTSOCK : error;
}

/* The first argument is ignored. All sets empty: WSAEINVAL. */
int WINAPI select(int ignored, fd_set *reads, fd_set *writes, fd_set *excepts, const PTIMEVAL timeout)
{
    ULONG count = (reads ? reads->fd_count : 0) + (writes ? writes->fd_count : 0) + (excepts ? excepts->fd_count : 0);
    ULONG64 stack[(sizeof(struct poll) + ON_STACK * sizeof(struct poll_entry)) / sizeof(ULONG64)];
    struct poll *poll = (struct poll *)stack;
    int error, found;

    if (!wsa_started()) return SOCKET_ERROR;
    if (!count || (timeout && (timeout->tv_sec < 0 || timeout->tv_usec < 0))) return wsa_result(WSAEINVAL);
    if (count > ON_STACK) {
        poll = ws_allocate(sizeof(*poll) + count * sizeof(poll->entries[0]));
        if (!poll) return wsa_result(WSAENOBUFS);
    }
    poll->timeout = timeout ? -(timeout->tv_sec * 10000000ll + timeout->tv_usec * 10ll) : MAXLONGLONG;
    poll->count = poll->exclusive = 0;
    add(poll, reads, READ_EVENTS);
    add(poll, writes, WRITE_EVENTS);
    add(poll, excepts, EXCEPT_EVENTS);
    error = run(poll);
    if (error) {
        found = wsa_result(error);
    } else {
        found = keep(poll, reads, READ_EVENTS);
        found += keep(poll, writes, WRITE_EVENTS);
        found += keep(poll, excepts, EXCEPT_EVENTS);
    }
    if (poll != (struct poll *)stack) ws_free(poll);
    return found;
}

/* A negative descriptor is ignored; one that is no socket gets POLLNVAL. Timeout in ms, negative for ever. */
int WINAPI WSAPoll(LPWSAPOLLFD fds, ULONG count, INT timeout)
{
    struct poll *poll;
    struct afd_info info;
    ULONG i, j;
    int error = 0, found = 0;

    if (!wsa_started()) return SOCKET_ERROR;
    if (!count) return wsa_result(WSAEINVAL);
    if (!fds) return wsa_result(WSAEFAULT);
    poll = ws_allocate(sizeof(*poll) + count * sizeof(poll->entries[0]));
    if (!poll) return wsa_result(WSAENOBUFS);
    for (i = 0; i < count; i++) {
        ULONG events = AFD_POLL_ABORT | AFD_POLL_CONNECT_FAIL;
        fds[i].revents = 0;
        if ((SSIZE_T)fds[i].fd < 0) continue;
        if (fds[i].events & ~(POLLIN | POLLOUT | POLLRDBAND)) {
            error = WSAEINVAL;
            break;
        }
        if (afd_info(fds[i].fd, &info)) {
            fds[i].revents = POLLNVAL;
            found++;
            continue;
        }
        if (fds[i].events & POLLRDNORM) events |= AFD_POLL_RECEIVE | AFD_POLL_ACCEPT;
        if (fds[i].events & POLLRDBAND) events |= AFD_POLL_RECEIVE_EXPEDITED;
        if (fds[i].events & POLLWRNORM) events |= AFD_POLL_SEND;
        events |= AFD_POLL_DISCONNECT;
        for (j = 0; j < poll->count && poll->entries[j].handle != fds[i].fd; j++)
            ;
        if (j == poll->count) poll->entries[poll->count++] = (struct poll_entry){fds[i].fd, 0, 0};
        poll->entries[j].events |= events;
    }
    if (!error && !poll->count && !found) error = WSAENOTSOCK;
    if (!error && poll->count) {
        poll->timeout = found || !timeout ? 0 : timeout < 0 ? MAXLONGLONG : timeout * -10000ll;
        error = run(poll);
        for (i = 0; i < count && !error; i++) {
            ULONG events = 0;
            for (j = 0; j < poll->count; j++)
                if (poll->entries[j].handle == fds[i].fd && !fds[i].revents) events |= poll->entries[j].events;
            if (!events) continue;
            if (events & (AFD_POLL_RECEIVE | AFD_POLL_ACCEPT)) fds[i].revents |= fds[i].events & POLLRDNORM;
            if (events & AFD_POLL_RECEIVE_EXPEDITED) fds[i].revents |= fds[i].events & POLLRDBAND;
            if (events & AFD_POLL_SEND) fds[i].revents |= fds[i].events & POLLWRNORM;
            if (events & AFD_POLL_DISCONNECT) fds[i].revents |= POLLHUP;
            if (events & AFD_POLL_ABORT) fds[i].revents |= POLLHUP | POLLERR;
            if (events & AFD_POLL_CONNECT_FAIL) fds[i].revents |= POLLHUP | POLLERR | (fds[i].events & POLLWRNORM);
            if (fds[i].revents) found++;
        }
    }
    ws_free(poll);
    return error ? wsa_result(error) : found;
}
