/* The agent: a host thread that does for other processes what ferry/remote.h lists. It also sees the server's end.
 *
 * It has no TEB, so what it runs must not need a calling thread, and it touches no Windows memory itself.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "host.h"
#include "job.h"
#include "object.h"
#include "remote.h"
#include "server_client.h"
#include "threads.h"
#include "virtual.h"
#include "wait.h"
#include "ferry/syscall_table.h"

#define CONNECTIONS_MAX 63

struct job {
    const struct remote_request *request;
    const void *data;
    uint32_t data_size;
    struct remote_reply *reply;
    void *extra;
    uint32_t extra_size;
    int fd;         /* goes with the reply, -1 */
    bool close_fd;  /* once it was sent */
};

#define ARGUMENT(n) (job->request->arguments[n])
#define RESULT(n) (job->reply->results[n])
#define POINTER(n) ((void *)(uintptr_t)ARGUMENT(n))

/* ---- memory ---- */

static void give_range(struct job *job, const void *base, size_t size)
{
    RESULT(0) = (uintptr_t)base;
    RESULT(1) = size;
}

static NTSTATUS serve_allocate(struct job *job)
{
    void *base = POINTER(0);
    SIZE_T size = ARGUMENT(1);
    NTSTATUS status = sys_NtAllocateVirtualMemory(NtCurrentProcess(), &base, ARGUMENT(4), &size, (ULONG)ARGUMENT(2),
                                                  (ULONG)ARGUMENT(3));

    give_range(job, base, size);
    return status;
}

static NTSTATUS serve_free(struct job *job)
{
    void *base = POINTER(0);
    SIZE_T size = ARGUMENT(1);
    NTSTATUS status = sys_NtFreeVirtualMemory(NtCurrentProcess(), &base, &size, (ULONG)ARGUMENT(2));

    give_range(job, base, size);
    return status;
}

static NTSTATUS serve_protect(struct job *job)
{
    void *base = POINTER(0);
    SIZE_T size = ARGUMENT(1);
    ULONG old = 0;
    NTSTATUS status = sys_NtProtectVirtualMemory(NtCurrentProcess(), &base, &size, (ULONG)ARGUMENT(2), &old);

    give_range(job, base, size);
    RESULT(2) = old;
    return status;
}

static NTSTATUS serve_query(struct job *job)
{
    SIZE_T length = ARGUMENT(2), returned = 0;

    if (length > REMOTE_DATA_MAX || job->data_size > length) return STATUS_INVALID_PARAMETER;
    memset(job->extra, 0, length);
    memcpy(job->extra, job->data, job->data_size);
    NTSTATUS status = sys_NtQueryVirtualMemory(NtCurrentProcess(), POINTER(0), (ULONG)ARGUMENT(1), job->extra, length, &returned);
    RESULT(0) = returned;
    job->extra_size = (uint32_t)length;
    return status;
}

static NTSTATUS serve_map(struct job *job)
{
    HANDLE section = POINTER(0);
    void *base = POINTER(1);
    LARGE_INTEGER offset = { .QuadPart = (LONGLONG)ARGUMENT(4) };
    SIZE_T size = ARGUMENT(5);
    NTSTATUS status = sys_NtMapViewOfSection(section, NtCurrentProcess(), &base, ARGUMENT(2), ARGUMENT(3), &offset, &size,
                                             (ULONG)ARGUMENT(6), (ULONG)ARGUMENT(7), (ULONG)ARGUMENT(8));

    handle_close(section, true); /* the view holds the section */
    give_range(job, base, size);
    RESULT(2) = (uint64_t)offset.QuadPart;
    return status;
}

static NTSTATUS serve_unmap(struct job *job)
{
    return sys_NtUnmapViewOfSectionEx(NtCurrentProcess(), POINTER(0), (ULONG)ARGUMENT(1));
}

static NTSTATUS serve_flush(struct job *job)
{
    void *base = POINTER(0);
    SIZE_T size = ARGUMENT(1);
    IO_STATUS_BLOCK iosb;
    NTSTATUS status = sys_NtFlushVirtualMemory(NtCurrentProcess(), &base, &size, &iosb);

    give_range(job, base, size);
    return status;
}

static NTSTATUS serve_lock(struct job *job)
{
    void *base = POINTER(0);
    SIZE_T size = ARGUMENT(1);
    NTSTATUS status = job->request->kind == REMOTE_LOCK
                          ? sys_NtLockVirtualMemory(NtCurrentProcess(), &base, &size, (ULONG)ARGUMENT(2))
                          : sys_NtUnlockVirtualMemory(NtCurrentProcess(), &base, &size, (ULONG)ARGUMENT(2));

    give_range(job, base, size);
    return status;
}

/* ---- threads ---- */

static NTSTATUS serve_create_thread(struct job *job)
{
    struct thread *thread;
    NTSTATUS status = thread_prepare(POINTER(0), POINTER(1), (ULONG)ARGUMENT(2), ARGUMENT(4), ARGUMENT(3), &thread);

    if (status) return status;
    uint32_t slot = thread->slot;
    RESULT(0) = slot;
    RESULT(1) = slot_at(slot)->tag;
    RESULT(2) = (uintptr_t)thread->teb;
    atomic_fetch_add(&slot_at(slot)->references, 1); /* for the handle that asked */
    status = thread_launch(thread);
    if (status) slot_release(slot);
    return status;
}

static NTSTATUS with_thread(struct job *job, NTSTATUS (*work)(struct job *job, struct thread *thread))
{
    struct thread *thread = thread_find_slot((uint32_t)ARGUMENT(0));

    if (!thread) return STATUS_THREAD_IS_TERMINATING;
    NTSTATUS status = work(job, thread);
    thread_release(thread);
    return status;
}

static NTSTATUS terminate_thread(struct job *job, struct thread *thread)
{
    thread_request_end(thread, (NTSTATUS)ARGUMENT(1));
    return STATUS_SUCCESS;
}

static NTSTATUS suspend_thread(struct job *job, struct thread *thread)
{
    ULONG previous = 0;
    NTSTATUS status = job->request->kind == REMOTE_SUSPEND ? thread_suspend(thread, &previous) : thread_resume(thread, &previous);

    RESULT(0) = previous;
    return status;
}

static NTSTATUS context_of_thread(struct job *job, struct thread *thread)
{
    CONTEXT context __attribute__((aligned(16)));

    if (job->data_size != sizeof(context)) return STATUS_INVALID_PARAMETER;
    memcpy(&context, job->data, sizeof(context));
    if (job->request->kind == REMOTE_SET_CONTEXT) return thread_set_context(thread, &context);
    NTSTATUS status = thread_get_context(thread, &context);
    memcpy(job->extra, &context, sizeof(context));
    job->extra_size = sizeof(context);
    return status;
}

static NTSTATUS queue_apc(struct job *job, struct thread *thread)
{
    return apc_queue(thread, POINTER(1), POINTER(2), POINTER(3), POINTER(4));
}

static NTSTATUS query_thread(struct job *job, struct thread *thread)
{
    ULONG length = (ULONG)ARGUMENT(2), returned = 0;

    if (length > REMOTE_DATA_MAX) return STATUS_INVALID_PARAMETER;
    memset(job->extra, 0, length);
    NTSTATUS status = thread_query(thread, (ULONG)ARGUMENT(1), job->extra, length, &returned);
    RESULT(0) = returned;
    job->extra_size = length;
    return status;
}

static NTSTATUS set_thread(struct job *job, struct thread *thread)
{
    UNICODE_STRING name;

    if (ARGUMENT(1) == 38 /* ThreadNameInformation: its text is behind it */ && job->data_size >= sizeof(name)) {
        memcpy(&name, job->data, sizeof(name));
        if (name.Length > job->data_size - sizeof(name)) return STATUS_INVALID_PARAMETER;
        name.Buffer = (WCHAR *)((char *)job->data + sizeof(name));
        return thread_set(thread, (ULONG)ARGUMENT(1), &name, sizeof(name));
    }
    return thread_set(thread, (ULONG)ARGUMENT(1), job->data, job->data_size);
}

static NTSTATUS serve_terminate(struct job *job)
{
    return with_thread(job, terminate_thread);
}

static NTSTATUS serve_suspend(struct job *job)
{
    return with_thread(job, suspend_thread);
}

static NTSTATUS serve_context(struct job *job)
{
    return with_thread(job, context_of_thread);
}

static NTSTATUS serve_apc(struct job *job)
{
    return with_thread(job, queue_apc);
}

static NTSTATUS alert_thread(struct job *job, struct thread *thread)
{
    apc_alert(thread);
    return STATUS_SUCCESS;
}

static NTSTATUS serve_alert(struct job *job)
{
    return with_thread(job, alert_thread);
}

static NTSTATUS serve_query_thread(struct job *job)
{
    return with_thread(job, query_thread);
}

static NTSTATUS serve_set_thread(struct job *job)
{
    return with_thread(job, set_thread);
}

static NTSTATUS serve_suspend_all(struct job *job)
{
    threads_suspend(job->request->kind == REMOTE_SUSPEND_ALL);
    return STATUS_SUCCESS;
}

/* ---- handles ---- */

static NTSTATUS serve_take_handle(struct job *job)
{
    HANDLE handle = POINTER(0);
    struct handle_info info;
    struct handle_use use;
    NTSTATUS status = handle_query(handle, &info);

    if (!status) status = handle_use(handle, OBJECT_ANY, 0, &use);
    if (status) return status;
    int size = use.object && use.object->ops->save ? use.object->ops->save(use.object, job->extra, REMOTE_DATA_MAX) : -1;
    if (size < 0) {
        status = STATUS_NOT_SUPPORTED;
    } else {
        RESULT(0) = use.type;
        RESULT(1) = use.access;
        RESULT(2) = info.attributes;
        job->extra_size = (uint32_t)size;
        if (use.object->fd >= 0) {
            job->fd = dup(use.object->fd);
            job->close_fd = true;
        }
    }
    handle_unuse(&use);
    if (ARGUMENT(1)) handle_close(handle, false);
    return status;
}

/* ---- serving ---- */

static NTSTATUS (*const services[REMOTE_COUNT])(struct job *job) = {
    [REMOTE_ALLOCATE] = serve_allocate,
    [REMOTE_FREE] = serve_free,
    [REMOTE_PROTECT] = serve_protect,
    [REMOTE_QUERY] = serve_query,
    [REMOTE_MAP] = serve_map,
    [REMOTE_UNMAP] = serve_unmap,
    [REMOTE_FLUSH] = serve_flush,
    [REMOTE_LOCK] = serve_lock,
    [REMOTE_UNLOCK] = serve_lock,
    [REMOTE_CREATE_THREAD] = serve_create_thread,
    [REMOTE_TERMINATE] = serve_terminate,
    [REMOTE_SUSPEND] = serve_suspend,
    [REMOTE_RESUME] = serve_suspend,
    [REMOTE_GET_CONTEXT] = serve_context,
    [REMOTE_SET_CONTEXT] = serve_context,
    [REMOTE_QUEUE_APC] = serve_apc,
    [REMOTE_ALERT] = serve_alert,
    [REMOTE_QUERY_THREAD] = serve_query_thread,
    [REMOTE_SET_THREAD] = serve_set_thread,
    [REMOTE_SUSPEND_ALL] = serve_suspend_all,
    [REMOTE_RESUME_ALL] = serve_suspend_all,
    [REMOTE_TAKE_HANDLE] = serve_take_handle,
};

static struct {
    struct remote_request request;
    _Alignas(16) unsigned char data[REMOTE_DATA_MAX];
} incoming;
static struct {
    struct remote_reply reply;
    _Alignas(16) unsigned char extra[REMOTE_DATA_MAX];
} outgoing;

static bool send_reply(int connection, const struct job *job)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = { .header = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
    struct iovec parts[2] = { { &outgoing.reply, sizeof(outgoing.reply) }, { outgoing.extra, job->extra_size } };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };

    if (job->fd >= 0) {
        memcpy(CMSG_DATA(&control.header), &job->fd, sizeof(int));
        message.msg_control = &control;
        message.msg_controllen = CMSG_LEN(sizeof(int));
    }
    return sendmsg(connection, &message, MSG_NOSIGNAL | MSG_DONTWAIT) > 0;
}

static pthread_mutex_t serving = PTHREAD_MUTEX_INITIALIZER;

void agent_finish(void)
{
    struct timespec limit;

    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec++;
    pthread_mutex_timedlock(&serving, &limit);
}

/* False: the connection is to be closed. */
static bool serve(int connection)
{
    struct iovec parts[2] = { { &incoming.request, sizeof(incoming.request) }, { incoming.data, sizeof(incoming.data) } };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
    ssize_t size = recvmsg(connection, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

    if (size < 0) return errno == EAGAIN || errno == EINTR;
    if (size < (ssize_t)sizeof(incoming.request) || incoming.request.size != size || incoming.request.kind >= REMOTE_COUNT ||
        (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
        return false;
    memset(&outgoing.reply, 0, sizeof(outgoing.reply));
    struct job job = { .request = &incoming.request, .data = incoming.data,
                       .data_size = (uint32_t)size - (uint32_t)sizeof(incoming.request), .reply = &outgoing.reply,
                       .extra = outgoing.extra, .fd = -1 };
    outgoing.reply.status = services[incoming.request.kind](&job);
    outgoing.reply.size = (uint32_t)sizeof(outgoing.reply) + job.extra_size;
    bool sent = send_reply(connection, &job);
    if (job.close_fd && job.fd >= 0) close(job.fd);
    return sent;
}

/* What the server has to say: a connection, which is returned, or a message; -1. */
static int hear_server(int life)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    struct life_message heard = { 0 };
    struct iovec data = { &heard, sizeof(heard) };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
    ssize_t size = recvmsg(life, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    struct cmsghdr *at = size > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    int fd = -1;

    if (!size || (size < 0 && errno != EAGAIN && errno != EINTR)) server_lost();
    if (at && at->cmsg_level == SOL_SOCKET && at->cmsg_type == SCM_RIGHTS && at->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(&fd, CMSG_DATA(at), sizeof(int));
    if (size == sizeof(heard) && heard.kind == LIFE_JOB_MESSAGE) job_message(heard.port, heard.key, heard.message, heard.value);
    return fd;
}

static void *agent_main(void *unused)
{
    struct pollfd fds[1 + CONNECTIONS_MAX] = { { .fd = server_life_fd(), .events = POLLIN } };
    unsigned count = 1;

    __asm__ volatile("wrgsbase %0" ::"r"(0ull)); /* no TEB: thread_self() is NULL here */
    for (;;) {
        if (poll(fds, count, -1) < 0) continue;
        for (unsigned i = count; i-- > 1;) {
            if (!fds[i].revents) continue;
            pthread_mutex_lock(&serving);
            bool good = serve(fds[i].fd);
            pthread_mutex_unlock(&serving);
            if (good) continue;
            close(fds[i].fd);
            fds[i] = fds[--count];
        }
        if (!fds[0].revents) continue;
        int fd = hear_server(fds[0].fd);
        if (fd < 0) continue;
        if (count == 1 + CONNECTIONS_MAX) { /* the oldest one makes room; its owner connects again */
            close(fds[1].fd);
            memmove(&fds[1], &fds[2], (--count - 1) * sizeof(*fds));
        }
        fds[count++] = (struct pollfd){ .fd = fd, .events = POLLIN };
    }
    return NULL;
}

void agent_start(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, old;

    if (!server_is_connected()) return;
    sigfillset(&all);
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGBUS);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 0x80000);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int error = pthread_create(&thread, &attributes, agent_main, NULL);
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (!error) return;
    host_report("cannot start a thread: %s", strerror(error));
    _exit(126);
}
