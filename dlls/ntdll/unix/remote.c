/* The asking side of ferry/remote.h. The connection of the last call is kept for the next one. */
#include "remote.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "object.h"
#include "server_client.h"
#include "wait.h"

/* fd + 1 << 32 | process slot; 0: none. Whoever takes it out has it for himself. */
static _Atomic uint64_t kept;

static int take_kept(uint32_t process)
{
    uint64_t connection = atomic_exchange(&kept, 0);
    int fd = (int)(connection >> 32) - 1;

    if (!connection) return -1;
    if ((uint32_t)connection == process) return fd;
    close(fd);
    return -1;
}

static void keep(uint32_t process, int fd)
{
    uint64_t before = atomic_exchange(&kept, (uint64_t)(fd + 1) << 32 | process);

    if (before) close((int)(before >> 32) - 1);
}

static NTSTATUS connect_to(uint32_t process, int *fd)
{
    struct request_process_connect request = { .process = process };
    struct reply_process_connect reply;
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) return STATUS_TOO_MANY_OPENED_FILES;
    struct server_call call = { .request = &request.header, .request_size = sizeof(request), .fd = pair[1], .send_fd = true,
                                .reply = &reply.header, .reply_size = sizeof(reply) };
    NTSTATUS status = server_call(REQUEST_process_connect, &call);
    close(pair[1]);
    if (status) close(pair[0]);
    else *fd = pair[0];
    return status;
}

static int exchange(int fd, struct remote_call *call)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec out[2] = { { &call->request, sizeof(call->request) }, { (void *)call->data, call->data_size } };
    struct iovec in[2] = { { &call->reply, sizeof(call->reply) }, { call->extra, call->extra_room } };
    struct msghdr message = { .msg_iov = out, .msg_iovlen = 2 };
    ssize_t size;

    do size = sendmsg(fd, &message, MSG_NOSIGNAL);
    while (size < 0 && errno == EINTR);
    if (size < 0) return -errno;
    message = (struct msghdr){ .msg_iov = in, .msg_iovlen = 2, .msg_control = &control, .msg_controllen = sizeof(control) };
    for (;;) {
        wait_fd(fd, POLLIN, false, NULL); /* the thread can be suspended and ended meanwhile */
        size = recvmsg(fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
        if (size >= 0 || (errno != EAGAIN && errno != EINTR)) break;
    }
    if (size < (ssize_t)sizeof(call->reply)) return -EPIPE;
    call->extra_size = (uint32_t)size - sizeof(call->reply);
    struct cmsghdr *at = CMSG_FIRSTHDR(&message);
    if (at && at->cmsg_level == SOL_SOCKET && at->cmsg_type == SCM_RIGHTS && at->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(&call->fd, CMSG_DATA(at), sizeof(int));
    return 0;
}

NTSTATUS remote_call(enum remote_kind kind, struct remote_call *call)
{
    bool again;
    int fd = take_kept(call->process), error;

    if (call->data_size > REMOTE_DATA_MAX || call->extra_room > REMOTE_DATA_MAX) return STATUS_INVALID_PARAMETER;
    call->request.kind = kind;
    call->request.size = (uint32_t)sizeof(call->request) + call->data_size;
    call->fd = -1;
    do {
        again = fd >= 0; /* one that was kept may have been given up at the other end */
        NTSTATUS status = again ? STATUS_SUCCESS : connect_to(call->process, &fd);
        if (status) return status;
        error = exchange(fd, call);
        if (!error) break;
        close(fd);
        fd = -1;
    } while (again);
    if (error) return STATUS_PROCESS_IS_TERMINATING;
    keep(call->process, fd);
    return call->reply.status;
}
