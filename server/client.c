/* Connections: receiving, checking and answering requests. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

unsigned client_count;

static uint64_t totals[REQUEST_COUNT];

typedef NTSTATUS (*handler)(struct request *request, const void *in, uint32_t extra, void *out);

static const struct {
    uint32_t in, out;
    handler serve;
} kinds[REQUEST_COUNT] = {
#define X(name)                                                                                               \
    [REQUEST_##name] = { sizeof(struct request_##name), sizeof(struct reply_##name), (handler)request_##name },
    FERRY_REQUESTS(X)
#undef X
};

static union {
    struct request_header header;
    _Alignas(16) unsigned char bytes[MESSAGE_MAX];
} incoming;
static union {
    struct reply_header header;
    _Alignas(16) unsigned char bytes[MESSAGE_MAX];
} outgoing;

static void client_close(struct client *client)
{
    loop_remove(&client->watch);
    if (client->life >= 0) close(client->life);
    client_count--;
    if (client->process) process_client_closed(client->process);
    free(client);
}

/* One message into `incoming`: its bytes, 0 at the end, -errno. */
static ssize_t receive(int fd, int *passed)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(4 * sizeof(int))];
    } control;
    struct iovec data = { incoming.bytes, sizeof(incoming.bytes) };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
    ssize_t size = recvmsg(fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

    *passed = -1;
    if (size < 0) return -errno;
    for (struct cmsghdr *at = CMSG_FIRSTHDR(&message); at; at = CMSG_NXTHDR(&message, at)) {
        if (at->cmsg_level != SOL_SOCKET || at->cmsg_type != SCM_RIGHTS) continue;
        size_t count = (at->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(at) + i * sizeof(int), sizeof(fd));
            if (*passed < 0) *passed = fd;
            else close(fd);
        }
    }
    if (message.msg_flags & MSG_TRUNC) return -EMSGSIZE;
    return size;
}

static bool answer(int fd, uint32_t size, int passed)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = { .header = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
    struct iovec data = { outgoing.bytes, size };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };

    if (passed >= 0) {
        memcpy(CMSG_DATA(&control.header), &passed, sizeof(passed));
        message.msg_control = &control;
        message.msg_controllen = CMSG_LEN(sizeof(int));
    }
    /* A client that does not read its answers is none. */
    return sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)size;
}

static void client_ready(struct watch *watch, uint32_t events)
{
    struct client *client = (struct client *)watch;
    struct request request = { .client = client, .reply_fd = -1 };
    ssize_t size = receive(watch->fd, &request.fd);
    uint32_t kind = incoming.header.kind;

    if (size == -EAGAIN || size == -EINTR) return;
    if (size < (ssize_t)sizeof(incoming.header) || incoming.header.size != size || kind >= REQUEST_COUNT ||
        size < kinds[kind].in || (!client->process && kind != REQUEST_hello && kind != REQUEST_counters)) {
        if (request.fd >= 0) close(request.fd);
        client_close(client);
        return;
    }
    memset(outgoing.bytes, 0, kinds[kind].out);
    request.reply = outgoing.bytes;
    request.reply_room = MESSAGE_MAX - kinds[kind].out;
    client->requests[kind]++;
    totals[kind]++;
    outgoing.header.status = kinds[kind].serve(&request, incoming.bytes, (uint32_t)size - kinds[kind].in, outgoing.bytes);
    outgoing.header.size = kinds[kind].out + request.reply_extra;
    bool sent = answer(watch->fd, outgoing.header.size, request.reply_fd);
    if (request.fd >= 0) close(request.fd);
    if (!sent) client_close(client);
}

void client_accept(int fd)
{
    struct client *client = calloc(1, sizeof(*client));
    struct ucred peer;
    socklen_t size = sizeof(peer);

    if (!client || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) || peer.uid != getuid()) {
        free(client);
        close(fd);
        return;
    }
    client->watch = (struct watch){ fd, client_ready };
    client->unix_id = peer.pid;
    client->life = -1;
    client_count++;
    loop_add(&client->watch);
}

NTSTATUS request_counters(struct request *request, const struct request_counters *in, uint32_t extra,
                          struct reply_counters *out)
{
    out->clients = client_count;
    out->slots_used = arena_slots_used();
    memcpy(out->requests, totals, sizeof(totals));
    return STATUS_SUCCESS;
}
