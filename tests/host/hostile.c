/* Hostile clients: random messages of every kind and length, and a client that scribbles over shared memory. The server
 * must answer an honest client afterwards, and must still be the same one. */
#include "threads.h"
#include "names.h"
#include "server_client.h"
#include "ferry/session.h"
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

static int connect_raw(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    char path[SESSION_PATH_MAX];

    if (session_socket_path(host.prefix, path)) return -1;
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof(address))) return -1;
    return fd;
}

/* Connects as a process; the arena's descriptor if it is wanted. */
static int hello_raw(int *arena)
{
    struct request_hello request = { { REQUEST_hello, sizeof(request) }, FERRY_PROTOCOL_VERSION, 0, 0 };
    struct reply_hello reply;
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec data = { &reply, sizeof(reply) };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
    int fd = connect_raw();

    if (fd < 0 || send(fd, &request, sizeof(request), MSG_NOSIGNAL) < 0 || recvmsg(fd, &message, 0) < 0) return -1;
    memcpy(arena, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
    return fd;
}

static uint32_t interesting(unsigned *seed)
{
    static const uint32_t values[] = { 0, 1, 3, 63, 64, 65, 70, 100, 300, 0x7fff, 0x8000, 0xffff, 0x10000, ARENA_SLOTS - 1,
                                       ARENA_SLOTS, 0x7fffffff, 0x80000000, 0xffffffff };
    return rand_r(seed) % 3 ? values[(unsigned)rand_r(seed) % (sizeof(values) / sizeof(*values))] : (uint32_t)rand_r(seed);
}

/* Messages until the server closes the connection or `count` are sent. */
static void send_garbage(unsigned *seed, int count)
{
    static _Alignas(8) uint32_t message[MESSAGE_MAX / 4 + 64];
    static unsigned char reply[MESSAGE_MAX];
    int arena = -1, fd = rand_r(seed) % 8 ? hello_raw(&arena) : connect_raw();

    if (fd < 0) return;
    while (count--) {
        uint32_t size = rand_r(seed) % 4 ? 8 + (uint32_t)rand_r(seed) % 120 : (uint32_t)rand_r(seed) % (MESSAGE_MAX + 200);
        for (uint32_t i = 2; i < size / 4 + 1 && i < 64; i++) message[i] = interesting(seed);
        message[0] = rand_r(seed) % 50 ? (uint32_t)rand_r(seed) % REQUEST_COUNT : interesting(seed);
        if (message[0] == REQUEST_process_terminate) message[0] = REQUEST_name_create; /* it may not kill the test */
        if (message[0] == REQUEST_job_terminate) message[0] = REQUEST_name_query;
        message[1] = rand_r(seed) % 50 ? size : interesting(seed);
        if (send(fd, message, size, MSG_NOSIGNAL) < 0 || recv(fd, reply, sizeof(reply), 0) <= 0) break;
    }
    close(fd);
    if (arena >= 0) close(arena);
}

static void scribble(unsigned *seed)
{
    int arena, fd = hello_raw(&arena);
    uint32_t *slots = fd < 0 ? MAP_FAILED : mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, arena, 0);

    if (slots == MAP_FAILED) return;
    for (int i = 0; i < 2000; i++) slots[(uint32_t)rand_r(seed) % (1 << 18)] = interesting(seed);
    uint32_t *block = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, arena, (off_t)(ARENA_PROCESS_OFFSET +
                           (rand_r(seed) % 4) * ARENA_PROCESS_SIZE));
    for (int i = 0; i < 2000; i++) block[(uint32_t)rand_r(seed) % (1 << 18)] = interesting(seed);
    /* Its end makes the server clean up over all that. */
    _exit(0);
}

static uint64_t epoch_now(void)
{
    int arena, fd = hello_raw(&arena);
    if (fd < 0) return 0;
    struct arena_header *header = mmap(NULL, 4096, PROT_READ, MAP_SHARED, arena, 0);
    uint64_t inode = 0;
    struct stat info;
    if (!fstat(arena, &info)) inode = (uint64_t)info.st_ino;
    munmap(header, 4096);
    close(arena);
    close(fd);
    return inode;
}

int main(void)
{
    char folder[] = "/tmp/ferry-hostile-XXXXXX";
    unsigned seed = 20240501;

    setenv("FERRY_PREFIX", mkdtemp(folder), 1); /* a session of its own */
    host_begin();
    uint64_t epoch = epoch_now();
    check(epoch != 0);
    for (int round = 0; round < 400; round++) send_garbage(&seed, 50);
    check(epoch_now() == epoch);
    for (int round = 0; round < 60; round++) {
        pid_t child = fork();
        if (!child) {
            seed += (unsigned)round * 31;
            scribble(&seed);
            _exit(0);
        }
        waitpid(child, NULL, 0);
        send_garbage(&seed, 20);
    }
    check(epoch_now() == epoch);
    rmdir(folder);
    return host_finish();
}
