/* Talking to ferryserver: one socket per process, one request at a time. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"
#include "server_client.h"
#include "ferry/session.h"

#define EXIT_SERVER_LOST 125
#define ATTEMPTS 8

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int server_fd = -1;

static int life_fd = -1; /* closes when the server dies */

_Noreturn void server_lost(void)
{
    static const char text[] = "ferry: the server ended; this program ends too\n";

    if (write(2, text, sizeof(text) - 1) < 0) {}
    _exit(EXIT_SERVER_LOST);
}

int server_life_fd(void)
{
    return life_fd;
}

/* ---- requests ---- */

static int send_message(int fd, const struct server_call *call)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = { .header = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
    struct iovec data[3] = { { call->request, call->request_size },
                             { (void *)call->data[0], call->data_size[0] },
                             { (void *)call->data[1], call->data_size[1] } };
    struct msghdr message = { .msg_iov = data, .msg_iovlen = 3 };

    if (call->send_fd) {
        memcpy(CMSG_DATA(&control.header), &call->fd, sizeof(int));
        message.msg_control = &control;
        message.msg_controllen = CMSG_LEN(sizeof(int));
    }
    ssize_t sent;
    do sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : 0;
}

static int receive_reply(int fd, struct server_call *call)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec data[2] = { { call->reply, call->reply_size }, { call->extra, call->extra_room } };
    struct msghdr message = { .msg_iov = data, .msg_iovlen = 2, .msg_control = &control, .msg_controllen = sizeof(control) };
    ssize_t size;

    do size = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    while (size < 0 && errno == EINTR);
    if (size < (ssize_t)call->reply_size) return -EPIPE;
    call->extra_size = (uint32_t)size - call->reply_size;
    struct cmsghdr *at = CMSG_FIRSTHDR(&message);
    if (at && at->cmsg_level == SOL_SOCKET && at->cmsg_type == SCM_RIGHTS && at->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(&call->reply_fd, CMSG_DATA(at), sizeof(int));
    return 0;
}

static int exchange(int fd, enum request_kind kind, struct server_call *call)
{
    call->request->kind = kind;
    call->request->size = call->request_size + call->data_size[0] + call->data_size[1];
    call->reply_fd = -1;
    call->extra_size = 0;
    int error = send_message(fd, call);
    return error ? error : receive_reply(fd, call);
}

NTSTATUS server_call(enum request_kind kind, struct server_call *call)
{
    if (server_fd < 0) return STATUS_NOT_SUPPORTED;
    if (call->request_size + call->data_size[0] + call->data_size[1] > MESSAGE_MAX) return STATUS_NAME_TOO_LONG;
    pthread_mutex_lock(&lock);
    int error = exchange(server_fd, kind, call);
    pthread_mutex_unlock(&lock);
    if (error == -EMFILE) return STATUS_TOO_MANY_OPENED_FILES;
    if (error) server_lost();
    return call->reply->status;
}

bool server_is_connected(void)
{
    return server_fd >= 0;
}

/* ---- connecting ---- */

static int connect_to(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    if (fd < 0) return -errno;
    memcpy(address.sun_path, path, strlen(path) + 1);
    if (!connect(fd, (struct sockaddr *)&address, sizeof(address))) return fd;
    int error = errno;
    close(fd);
    return -error;
}

static bool find_program(char *path, size_t room)
{
    ssize_t length;

    snprintf(path, room, "%s/../../bin/ferryserver", host.library_path);
    if (!access(path, X_OK)) return true;
    length = readlink("/proc/self/exe", path, room - 16);
    if (length < 0) return false;
    path[length] = 0;
    strcpy(strrchr(path, '/') + 1, "ferryserver");
    return !access(path, X_OK);
}

/* Returns when the server listens. */
static bool start_server(const char *path)
{
    char program[4096];
    char *arguments[] = { program, "--socket", (char *)path, "--prefix", (char *)host.prefix, NULL };
    posix_spawnattr_t attributes;
    sigset_t none;
    int status = 0;
    pid_t pid;

    if (!find_program(program, sizeof(program))) return false;
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    int error = posix_spawn(&pid, program, NULL, &attributes, arguments, host.envp);
    posix_spawnattr_destroy(&attributes);
    if (error) return false;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    return true;
}

/* A connection, to a new server if need be; -1 if there is no server program, else -errno of the last attempt. */
static int connect_or_start(const char *path)
{
    char lock_path[SESSION_PATH_MAX + 8];
    int fd = connect_to(path);

    if (fd >= 0) return fd;
    snprintf(lock_path, sizeof(lock_path), "%s.start", path);
    int start = session_lock(lock_path);
    if (start < 0) return -errno;
    fd = connect_to(path);
    if (fd < 0 && start_server(path)) fd = connect_to(path);
    session_unlock(lock_path, start);
    return fd;
}

static int say_hello(int fd, uint64_t token, struct reply_hello *hello, int *arena_fd)
{
    struct request_hello request = { .version = FERRY_PROTOCOL_VERSION, .token = token };
    struct server_call call = { .request = &request.header, .request_size = sizeof(request), .send_fd = true,
                                .reply = &hello->header, .reply_size = sizeof(*hello) };
    int life[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, life)) return -errno;
    call.fd = life[1];
    int error = exchange(fd, REQUEST_hello, &call);
    close(life[1]);
    if (!error && (hello->header.status || call.reply_fd < 0)) error = -EPROTO;
    if (error) {
        close(life[0]);
        return error;
    }
    *arena_fd = call.reply_fd;
    life_fd = life[0];
    return 0;
}

bool server_connect(uint64_t token, struct reply_hello *hello, int *arena_fd)
{
    char path[SESSION_PATH_MAX];
    int error = session_socket_path(host.prefix, path);

    if (error) {
        host_report("%s: no place for the server's socket: %s", host.prefix, strerror(error));
        _exit(126);
    }
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        int fd = connect_or_start(path);
        if (fd < 0) {
            error = -fd;
            continue;
        }
        error = -say_hello(fd, token, hello, arena_fd); /* fails if the server was just ending */
        if (!error) {
            server_fd = fd;
            return true;
        }
        close(fd);
        if (error == EPROTO) break;
    }
    host_report("cannot reach ferryserver: %s", strerror(error));
    if (error == EPROTO || token) _exit(126);
    return false;
}
