/* Processes: who they are, when they end, and ending them. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "job.h"
#include "registry.h"
#include "server.h"

static struct process *processes;
static unsigned count;
static bool block_used[ARENA_PROCESSES];

#define FIRST_SLOTS 256u

static uint64_t system_time(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 10000000 + (uint64_t)now.tv_nsec / 100 + 116444736000000000ull;
}

unsigned process_count(void)
{
    return count;
}

struct process *process_first(void)
{
    return processes;
}

struct process *process_find(uint32_t slot)
{
    struct process *process = processes;

    while (process && process->slot != slot) process = process->next;
    return process;
}

static int open_pidfd(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

static struct process *process_make(void)
{
    struct process *process = calloc(1, sizeof(*process));
    uint32_t block = 0;

    while (block < ARENA_PROCESSES && block_used[block]) block++;
    if (!process || block == ARENA_PROCESSES || !(process->slot = slot_make(OBJECT_PROCESS, 0, 1))) {
        free(process);
        return NULL;
    }
    struct slot *slot = slot_at(process->slot);
    atomic_store(&slot->owner, process->slot);
    slot->process.index = block;
    slot->process.exit_status = STATUS_PENDING;
    slot->process.create_time = system_time();
    process->block = block;
    block_used[block] = true;
    process->pidfd.fd = -1;
    process->next = processes;
    processes = process;
    count++;
    return process;
}

#ifndef PIDFD_GET_INFO
struct pidfd_info {
    uint64_t mask, cgroup;
    uint32_t ids[11];
    int32_t exit_code;
};
#define PIDFD_GET_INFO _IOWR(0xFF, 11, struct pidfd_info)
#endif
#ifndef PIDFD_INFO_EXIT
#define PIDFD_INFO_EXIT (1ull << 3)
#endif

/* How a process ended that did not say so itself: a Linux program, or one that was killed. Kernels before 6.15 do not tell
 * whoever is not its parent; then it counts as killed. */
static int32_t unix_exit_status(int pidfd)
{
    struct pidfd_info info = { .mask = PIDFD_INFO_EXIT };

    for (int attempt = 0; pidfd >= 0 && attempt < 20; attempt++) {
        info.mask = PIDFD_INFO_EXIT;
        if (!ioctl(pidfd, PIDFD_GET_INFO, &info) && (info.mask & PIDFD_INFO_EXIT))
            return WIFEXITED(info.exit_code) ? WEXITSTATUS(info.exit_code) : 128 + WTERMSIG(info.exit_code);
        usleep(100); /* ended, but not yet reaped */
    }
    return 128 + SIGKILL;
}

static void drop_waiting(struct process *process)
{
    while (process->waiting_count) close(process->waiting[--process->waiting_count]);
}

bool process_tell(struct process *process, const struct life_message *what, int fd)
{
    struct client *client = process->client;
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = { .header = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
    struct iovec data = { (void *)what, sizeof(*what) };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };

    if (fd >= 0) {
        memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
        message.msg_control = &control;
        message.msg_controllen = CMSG_LEN(sizeof(int));
    }
    return client && client->life >= 0 && sendmsg(client->life, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == sizeof(*what);
}

static bool hand_over(struct process *process, int fd)
{
    struct life_message message = { .kind = LIFE_CONNECTION };

    return process_tell(process, &message, fd);
}

void process_gone(struct process *process)
{
    struct process **at = &processes;
    int32_t status = slot_at(process->slot)->process.exit_status;

    /* It recorded its own status; otherwise it was killed, by us or by a signal. */
    if (process->killed) status = process->kill_status;
    else if (!slot_at(process->slot)->process.exit_time) status = unix_exit_status(process->pidfd.fd);
    while (*at != process) at = &(*at)->next;
    *at = process->next;
    count--;
    loop_remove(&process->pidfd);
    drop_waiting(process);
    if (process->client) process->client->process = NULL;
    /* Children it had not started yet never will be. */
    for (struct process *child = processes; child;) {
        if (child->parent == process) {
            child->parent = NULL;
            if (!child->client && child->pidfd.fd < 0) {
                process_gone(child);
                child = processes;
                continue;
            }
        }
        child = child->next;
    }
    name_process_gone(process);
    import_process_gone(process->slot);
    watch_process_gone(process);
    window_process_gone(process);
    mail_process_gone(process);
    jobs_process_gone(process->slot);
    struct process_block *block = process->job ? arena_map_block(process->block) : NULL;
    struct process_block last_words = { 0 };
    if (block) {
        last_words = *block;
        arena_unmap_block(block);
    }
    arena_reclaim(process->block, process->slot, status);
    if (process->job) job_process_gone(process, status, block ? &last_words : NULL);
    block_used[process->block] = false;
    slot_unreference(process->slot);
    free(process->names);
    free(process);
}

void process_client_closed(struct process *process)
{
    process->client = NULL;
    if (process->pidfd.fd < 0) process_gone(process);
}

static void pidfd_ready(struct watch *watch, uint32_t events)
{
    process_gone((struct process *)((char *)watch - offsetof(struct process, pidfd)));
}

static void watch_pidfd(struct process *process, int fd)
{
    if (fd < 0) return;
    process->pidfd = (struct watch){ fd, pidfd_ready };
    loop_add(&process->pidfd);
}

bool process_kill(struct process *process, int32_t exit_status)
{
    if (process->killed) return true;
    process->killed = true;
    process->kill_status = exit_status;
    if (process->pidfd.fd >= 0) return !syscall(SYS_pidfd_send_signal, process->pidfd.fd, SIGKILL, NULL, 0);
    return process->unix_id > 0 && !kill(process->unix_id, SIGKILL);
}

static struct process *find_token(uint64_t token)
{
    struct process *process = processes;

    while (process && process->token != token) process = process->next;
    return process;
}

NTSTATUS request_hello(struct request *request, const struct request_hello *in, uint32_t extra, struct reply_hello *out)
{
    struct client *client = request->client;
    struct process *process;

    if (in->version != FERRY_PROTOCOL_VERSION) return STATUS_REVISION_MISMATCH;
    if (client->process) return STATUS_INVALID_PARAMETER;
    process = in->token ? find_token(in->token) : process_make();
    if (!process) return STATUS_INSUFFICIENT_RESOURCES;
    process->token = 0;
    process->client = client;
    process->unix_id = client->unix_id;
    slot_at(process->slot)->process.unix_id = client->unix_id;
    client->process = process;
    client->life = request->fd;
    request->fd = -1;
    if (process->pidfd.fd < 0) watch_pidfd(process, open_pidfd(client->unix_id));
    out->epoch = arena_epoch;
    out->process = process->slot;
    out->block = process->block;
    if (!arena_grant(FIRST_SLOTS, &out->slots, 1)) return STATUS_INSUFFICIENT_RESOURCES;
    for (uint32_t i = 0; i < out->slots.count; i++)
        atomic_store(&slot_at(out->slots.first + i)->owner, process->slot);
    request->reply_fd = arena_fd;
    for (unsigned i = 0; i < process->waiting_count; i++) hand_over(process, process->waiting[i]);
    drop_waiting(process);
    return STATUS_SUCCESS;
}

NTSTATUS request_process_new(struct request *request, const struct request_process_new *in, uint32_t extra,
                             struct reply_process_new *out)
{
    struct process *parent = request->client->process, *process;
    struct job *job = in->job ? job_of_slot(in->job, true) : NULL, *inherited;

    if (in->job && !job) return STATUS_INVALID_PARAMETER;
    NTSTATUS status = job_for_child(parent, in->breakaway, &inherited);
    if (status) return status;
    process = process_make();
    if (!process) return STATUS_INSUFFICIENT_RESOURCES;
    if (getrandom(&process->token, sizeof(process->token), 0) != sizeof(process->token) || !process->token)
        process->token = 1 + process->slot;
    process->parent = parent;
    slot_at(process->slot)->process.parent = ID_OF_SLOT(parent->slot);
    if (inherited) status = job_add(inherited, process);
    if (!status && job) status = job_add(job, process);
    if (status) {
        process_gone(process);
        return status;
    }
    atomic_fetch_add(&slot_at(process->slot)->references, 1); /* for the parent's handle */
    out->process = process->slot;
    out->block = process->block;
    out->token = process->token;
    return STATUS_SUCCESS;
}

NTSTATUS request_process_started(struct request *request, const struct request_process_started *in, uint32_t extra,
                                 struct reply_process_started *out)
{
    struct process *process = process_find(in->process);

    if (!process || process->parent != request->client->process) return STATUS_INVALID_PARAMETER;
    process->parent = NULL;
    if (request->fd < 0) {
        process_gone(process);
        return STATUS_SUCCESS;
    }
    process->unix_id = in->unix_id;
    slot_at(process->slot)->process.unix_id = in->unix_id;
    process->is_linux = in->is_linux;
    job_process_started(process);
    if (process->is_linux) drop_waiting(process);
    if (process->pidfd.fd < 0) {
        watch_pidfd(process, request->fd);
        request->fd = -1;
    }
    return STATUS_SUCCESS;
}

NTSTATUS request_process_terminate(struct request *request, const struct request_process_terminate *in, uint32_t extra,
                                   struct reply_process_terminate *out)
{
    struct process *process = process_find(in->process);

    if (!process) return STATUS_PROCESS_IS_TERMINATING;
    return process_kill(process, in->exit_status) ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

NTSTATUS request_process_connect(struct request *request, const struct request_process_connect *in, uint32_t extra,
                                 struct reply_process_connect *out)
{
    struct process *process = process_find(in->process);

    if (request->fd < 0) return STATUS_INVALID_PARAMETER;
    if (!process || process->killed) return STATUS_PROCESS_IS_TERMINATING;
    if (process->is_linux) return STATUS_NOT_SUPPORTED;
    if (process->client) return hand_over(process, request->fd) ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    if (process->waiting_count == PROCESS_WAITING_MAX) return STATUS_INSUFFICIENT_RESOURCES;
    process->waiting[process->waiting_count++] = request->fd;
    request->fd = -1;
    return STATUS_SUCCESS;
}
