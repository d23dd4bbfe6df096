/* Fuzz target: ferryserver's requests, served in this process. An input is a list of messages, each a length of two bytes and
 * that many bytes; the first message of each is preceded by a hello. `make fuzz-protocol`; tests/host/protocol_mutations.c runs
 * it on generated inputs.
 */
/* The server's sources are compiled with these named fuzz_…; here the real ones are meant. */
#undef kill
#undef syscall
#undef prlimit
#undef sched_setaffinity
#undef setpriority
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../server/server.h"

/* ---- in the place of loop.c: the watches, called by hand ---- */

static struct watch *watches[64];

void loop_add(struct watch *watch)
{
    for (unsigned i = 0; i < sizeof(watches) / sizeof(*watches); i++) {
        if (watches[i]) continue;
        watches[i] = watch;
        return;
    }
}

void loop_remove(struct watch *watch)
{
    if (watch->fd < 0) return;
    for (unsigned i = 0; i < sizeof(watches) / sizeof(*watches); i++)
        if (watches[i] == watch) watches[i] = NULL;
    close(watch->fd);
    watch->fd = -1;
}

/* ---- what would reach out of the server: the processes it serves are all this one ---- */

int fuzz_kill(pid_t pid, int number)
{
    errno = EPERM;
    return -1;
}

long fuzz_syscall(long number, ...)
{
    va_list list;
    long a[6];

    if (number == SYS_pidfd_open || number == SYS_pidfd_send_signal) {
        errno = EPERM;
        return -1;
    }
    va_start(list, number);
    for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
    va_end(list);
    return (syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int fuzz_prlimit(pid_t pid, int resource, const struct rlimit *set, struct rlimit *old)
{
    errno = EPERM;
    return -1;
}

int fuzz_sched_setaffinity(pid_t pid, size_t size, const void *set)
{
    errno = EPERM;
    return -1;
}

int fuzz_setpriority(int which, unsigned who, int priority)
{
    errno = EPERM;
    return -1;
}

/* ---- a client ---- */

static bool is_watched(const struct watch *watch)
{
    for (unsigned i = 0; i < sizeof(watches) / sizeof(*watches); i++)
        if (watches[i] == watch) return true;
    return false;
}

/* Connects; the client's end. *watch: the server's. */
static int connect_client(struct watch **watch)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) abort();
    client_accept(pair[1]);
    for (unsigned i = 0; i < sizeof(watches) / sizeof(*watches); i++)
        if (watches[i] && watches[i]->fd == pair[1]) *watch = watches[i];
    return pair[0];
}

/* Sends one message and has it served; what came back is read. False: the server closed the connection. */
static bool exchange(int fd, struct watch *watch, const void *data, size_t size, bool with_fd)
{
    static char reply[MESSAGE_MAX];
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = { .header = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
    struct iovec part = { (void *)data, size };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
    int passed = with_fd ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -1;

    if (with_fd) {
        memcpy(CMSG_DATA(&control.header), &passed, sizeof(passed));
        message.msg_control = &control;
        message.msg_controllen = CMSG_LEN(sizeof(int));
    }
    ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (passed >= 0) close(passed);
    if (sent < 0) return false;
    watch->ready(watch, EPOLLIN);
    if (!is_watched(watch)) return false;
    message = (struct msghdr){ .msg_iov = &(struct iovec){ reply, sizeof(reply) }, .msg_iovlen = 1, .msg_control = &control,
                               .msg_controllen = sizeof(control) };
    if (recvmsg(fd, &message, MSG_DONTWAIT) >= 0) {
        struct cmsghdr *at = CMSG_FIRSTHDR(&message);
        if (at && at->cmsg_type == SCM_RIGHTS) {
            memcpy(&passed, CMSG_DATA(at), sizeof(passed));
            close(passed);
        }
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static _Alignas(8) uint8_t message[MESSAGE_MAX];
    static bool ready;
    struct request_hello hello = { { REQUEST_hello, sizeof(hello) }, FERRY_PROTOCOL_VERSION, 0, 0 };
    struct watch *watch = NULL;

    if (!ready) {
        arena_create();
        names_init();
        ready = true;
    }
    int fd = connect_client(&watch);
    bool open = watch && exchange(fd, watch, &hello, sizeof(hello), true);
    while (open && size >= 2) {
        size_t length = (size_t)(data[0] | data[1] << 8), used;
        data += 2, size -= 2;
        used = length < size ? length : size;
        memcpy(message, data, used);
        if (used >= sizeof(struct request_header)) { /* the kind is what is fuzzed, not that the size is right */
            struct request_header *header = (struct request_header *)message;
            header->size = (uint32_t)used;
            header->kind %= REQUEST_COUNT + 1;
        }
        open = exchange(fd, watch, message, used, length & 1);
        data += used, size -= used;
    }
    close(fd);
    if (watch && is_watched(watch)) watch->ready(watch, EPOLLIN); /* the end of the connection */
    return 0;
}
