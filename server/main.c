/* ferryserver: started by the first program of a prefix, gone a few seconds after the last one. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "registry.h"
#include "server.h"
#include "ferry/session.h"

#define IDLE_SECONDS 3

static struct watch listener;
static char socket_path[SESSION_PATH_MAX], lock_path[SESSION_PATH_MAX + 8];
static int lock_fd;

static _Noreturn void fail(const char *what, const char *why)
{
    fprintf(stderr, "ferryserver: %s: %s\n", what, why);
    exit(1);
}

static void listener_ready(struct watch *watch, uint32_t events)
{
    int fd = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd >= 0) client_accept(fd);
}

/* One server per socket: holds the lock file as long as it lives. Waits for one that is just ending. */
static void take_lock(const char *path)
{
    snprintf(lock_path, sizeof(lock_path), "%s.server", path);
    if ((lock_fd = session_lock(lock_path)) < 0) fail(lock_path, strerror(errno));
}

static void listen_at(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    if (strlen(path) >= sizeof(address.sun_path)) fail(path, "too long");
    strcpy(address.sun_path, path);
    unlink(path);
    listener = (struct watch){ socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), listener_ready };
    if (listener.fd < 0 || bind(listener.fd, (struct sockaddr *)&address, sizeof(address)) || listen(listener.fd, 128))
        fail(path, strerror(errno));
    loop_add(&listener);
}

static void close_inherited(void)
{
    if (syscall(SYS_close_range, 3, ~0u, 0))
        for (int fd = 3; fd < 1024; fd++) close(fd);
}

/* Leaves the starter, who goes on when the first process exits. */
static void go_to_background(void)
{
    int null = open("/dev/null", O_RDWR);
    pid_t child = fork();

    if (child < 0) fail("fork", strerror(errno));
    if (child) _exit(0);
    setsid();
    for (int fd = 0; fd < 3; fd++) dup2(null, fd);
    if (null > 2) close(null);
    if (chdir("/")) _exit(1);
}

static int print_counters(const char *prefix)
{
    static const char *const names[] = {
#define X(name) #name,
        FERRY_REQUESTS(X)
#undef X
    };
    struct request_counters request = { { REQUEST_counters, sizeof(request) } };
    struct reply_counters reply;
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    char path[SESSION_PATH_MAX];
    int error = session_socket_path(prefix, path);

    if (error) fail(prefix, strerror(error));
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof(address))) fail(prefix, "no server is running");
    if (send(fd, &request, sizeof(request), 0) < 0 || recv(fd, &reply, sizeof(reply), 0) != sizeof(reply))
        fail(prefix, "no answer");
    printf("clients\t%u\nslots\t%u\n", reply.clients - 1, reply.slots_used);
    for (int i = 0; i < REQUEST_COUNT; i++)
        if (i != REQUEST_counters) printf("%s\t%llu\n", names[i], (unsigned long long)reply.requests[i]);
    return 0;
}

int main(int argc, char **argv)
{
    bool foreground = false;
    int at = 1;

    if (argc == 3 && !strcmp(argv[1], "--counters")) return print_counters(argv[2]);
    if (argc > at && !strcmp(argv[at], "--foreground")) foreground = true, at++;
    if (argc == at + 4 && !strcmp(argv[at + 2], "--prefix")) journal_prefix = realpath(argv[at + 3], NULL), argc -= 2;
    if (argc != at + 2 || strcmp(argv[at], "--socket") || strlen(argv[at + 1]) >= sizeof(socket_path)) {
        fprintf(stderr, "Usage: ferryserver [--foreground] --socket PATH [--prefix FOLDER]\n"
                        "       ferryserver --counters PREFIX\n"
                        "Started by ferry; one per prefix, where it keeps the registry. --counters prints the requests served\n"
                        "so far.\n");
        return 2;
    }
    strcpy(socket_path, argv[at + 1]);
    umask(077);
    close_inherited();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    take_lock(socket_path);
    arena_create();
    names_init();
    listen_at(socket_path);
    if (!foreground) go_to_background();
    loop_run(IDLE_SECONDS);
    /* Who connects from now on is refused, or reset, and starts another server. */
    unlink(socket_path);
    hive_unload_all();
    journal_sync();
    session_unlock(lock_path, lock_fd);
    return 0;
}
