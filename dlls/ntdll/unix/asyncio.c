/* Requests that wait for readiness of a descriptor, and cancelling them. Those of synchronous files block their
 * thread; the others are served by one host thread, started when first needed. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "ferry/syscall_table.h"
#include "host.h"
#include "object.h"
#include "request.h"
#include "sync.h"
#include "thread.h"
#include "virtual.h"
#include "wait.h"

/* Requests waiting on each descriptor, oldest first. */
struct watch {
    struct request *first;
    uint32_t armed; /* EPOLL* events, 0: not in the set */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct watch *watches;
static int watch_room;
static int epoll_fd = -1;
static struct request *blocked; /* requests of synchronous files, on their threads' stacks */

static void *io_thread(void *unused);

static NTSTATUS io_thread_start(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, old;
    int error;

    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_fd < 0)
        return status_from_errno(errno);
    sigfillset(&all);
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGBUS);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 0x40000);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    error = pthread_create(&thread, &attributes, io_thread, NULL);
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (error) {
        close(epoll_fd);
        epoll_fd = -1;
        return status_from_errno(error);
    }
    return STATUS_SUCCESS;
}

/* Makes the set match what the requests of `fd` wait for. EPERM: a regular file, always ready. */
static int watch_arm(int fd)
{
    struct watch *watch = &watches[fd];
    struct epoll_event event = {.data.fd = fd};
    const struct request *request;
    int result;

    for (request = watch->first; request; request = request->next)
        event.events |= request->events;
    if (!event.events) {
        if (watch->armed)
            epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
        watch->armed = 0;
        return 0;
    }
    event.events |= EPOLLONESHOT;
    result = epoll_ctl(epoll_fd, watch->armed ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
    if (result && errno == ENOENT)
        result = epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
    else if (result && errno == EEXIST)
        result = epoll_ctl(epoll_fd, EPOLL_CTL_MOD, fd, &event);
    if (result)
        return errno;
    watch->armed = event.events;
    return 0;
}

static NTSTATUS watch_add(struct request *request)
{
    struct request **at;
    NTSTATUS status;
    int error;

    if (epoll_fd < 0 && (status = io_thread_start()))
        return status;
    if (request->fd >= watch_room) {
        int room = (request->fd + 64) * 2;
        struct watch *grown = realloc(watches, room * sizeof(*grown));
        if (!grown)
            return STATUS_NO_MEMORY;
        memset(grown + watch_room, 0, (room - watch_room) * sizeof(*grown));
        watches = grown;
        watch_room = room;
    }
    for (at = &watches[request->fd].first; *at; at = &(*at)->next)
        ;
    *at = request;
    error = watch_arm(request->fd);
    if (error) {
        *at = NULL;
        return status_from_errno(error);
    }
    return STATUS_SUCCESS;
}

/* Takes the request off its lists. Under the lock. */
static void request_unlink(struct request *request)
{
    struct request **at;

    for (at = &watches[request->fd].first; *at; at = &(*at)->next)
        if (*at == request) {
            *at = request->next;
            break;
        }
    for (at = &request->file->pending; *at; at = &(*at)->next_of_file)
        if (*at == request) {
            *at = request->next_of_file;
            break;
        }
    request->next = NULL;
}

static void data_free(struct request *request)
{
    if (request->cleanup)
        request->cleanup(request->data);
    else
        free(request->data);
    request->data = NULL;
}

/* The request waits for another descriptor now. Under the lock. False: it cannot, and is off `fd`'s list. */
static bool request_move(struct request *request, int fd)
{
    struct request **at;

    for (at = &watches[fd].first; *at != request; at = &(*at)->next)
        ;
    *at = request->next;
    request->next = NULL;
    request->result = watch_add(request);
    return !request->result;
}

/* Tells the world, and frees. Without the lock. */
static void request_end(struct request *request, NTSTATUS status)
{
    IO_STATUS_BLOCK *iosb = request->iosb;
    ULONG_PTR information = request->information;

    size_t offset = wow64 ? offsetof(IO_STATUS_BLOCK_32, Information) : offsetof(IO_STATUS_BLOCK, Information);

    if (virtual_write((char *)iosb + offset, &information, iosb_size() - offset))
        virtual_write(&iosb->Status, &status, sizeof(status));
    request_report(request, status, false);
    if (request->event_slot)
        slot_release(request->event_slot);
    data_free(request);
    file_release(request->file);
    free(request);
}

static void *io_thread(void *unused)
{
    struct epoll_event events[64];
    int i, count;

    __asm__ volatile("wrgsbase %0" : : "r"(0ull)); /* no TEB: thread_self() is NULL here */
    for (;;) {
        struct request *finished = NULL, **tail = &finished, *request, *next;
        count = epoll_wait(epoll_fd, events, 64, -1);
        pthread_mutex_lock(&lock);
        for (i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            uint32_t ready = events[i].events;
            bool read_blocked = false, write_blocked = false;
            if (fd >= watch_room)
                continue;
            if (ready & (EPOLLHUP | EPOLLERR))
                ready |= EPOLLIN | EPOLLOUT;
            for (request = watches[fd].first; request; request = next) {
                NTSTATUS status;
                next = request->next;
                /* in order: one that still waits holds back those behind it */
                if (!(request->events & ready) || ((request->events & POLLIN) && read_blocked) ||
                    ((request->events & POLLOUT) && write_blocked))
                    continue;
                status = request->attempt(request);
                if (status == STATUS_PENDING && request->fd != fd) {
                    if (request_move(request, fd))
                        continue;
                    status = request->result;
                }
                if (status == STATUS_PENDING) {
                    if (request->type == REQUEST_READ)
                        read_blocked = true;
                    else if (request->type == REQUEST_WRITE)
                        write_blocked = true;
                    continue;
                }
                request->fd = fd; /* an attempt that ended may have meant to move it */
                request_unlink(request);
                request->result = status;
                request->next = NULL;
                *tail = request;
                tail = &request->next;
            }
            watch_arm(fd);
        }
        pthread_mutex_unlock(&lock);
        for (request = finished; request; request = next) {
            next = request->next;
            request_end(request, request->result);
        }
    }
    return NULL;
}

static void blocked_remove(struct request *request)
{
    struct request **at;
    pthread_mutex_lock(&lock);
    for (at = &blocked; *at; at = &(*at)->next)
        if (*at == request) {
            *at = request->next;
            break;
        }
    pthread_mutex_unlock(&lock);
}

/* Blocks the thread itself: shorter than a way through the host thread. */
static NTSTATUS wait_here(struct request *request)
{
    struct thread *thread = thread_self();
    bool alertable = request->file->options & FILE_SYNCHRONOUS_IO_ALERT;
    uint64_t deadline = request->timeout ? ticks_monotonic() + request->timeout * 10000ull : DEADLINE_NEVER;
    NTSTATUS status;

    pthread_mutex_lock(&lock);
    request->next = blocked;
    blocked = request;
    pthread_mutex_unlock(&lock);
    for (;;) {
        struct pollfd poll = {.fd = request->fd, .events = request->events};
        struct timespec left = {0};
        long result;
        if (__atomic_load_n(&request->cancelled, __ATOMIC_ACQUIRE)) {
            status = STATUS_CANCELLED;
            break;
        }
        status = wait_pending(thread, alertable);
        if (status)
            break;
        if (deadline != DEADLINE_NEVER) {
            uint64_t now = ticks_monotonic();
            if (now >= deadline) {
                status = STATUS_IO_TIMEOUT;
                break;
            }
            left.tv_sec = (deadline - now) / 10000000;
            left.tv_nsec = (deadline - now) % 10000000 * 100;
        }
        result = wait_block(thread, alertable, SYS_ppoll, (long)&poll, 1,
                            deadline == DEADLINE_NEVER ? 0 : (long)&left, 0, 8, 0);
        if (result < 0 && result != -EINTR) {
            status = status_from_errno(-result);
            break;
        }
        if (result <= 0)
            continue;
        status = request->attempt(request);
        if (status != STATUS_PENDING)
            break;
    }
    blocked_remove(request);
    data_free(request);
    return status;
}

NTSTATUS request_wait(struct request *request, int fd, short events, NTSTATUS (*attempt)(struct request *request))
{
    struct thread *thread = thread_self();
    struct request *copy;
    NTSTATUS status = STATUS_SUCCESS;

    request->fd = fd;
    request->events = events;
    request->attempt = attempt;
    request->cancelled = false;
    request->thread_slot = thread ? thread->slot : 0;
    request->thread_id = thread ? thread->id : 0;
    if (file_is_synchronous(request->file) || request->blocks)
        return wait_here(request);
    copy = malloc(sizeof(*copy));
    if (!copy)
        return STATUS_NO_MEMORY;
    *copy = *request;
    copy->next = NULL;
    if (copy->event_slot && !slot_reference(copy->event_slot, copy->event_tag))
        copy->event_slot = 0;
    object_retain(&copy->file->object);
    if (!copy->event_slot && !(copy->file->notification & FILE_SKIP_SET_EVENT_ON_HANDLE))
        object_set_signalled(&copy->file->object, false);
    if (request->iosb)
        request->iosb->Status = STATUS_PENDING;
    pthread_mutex_lock(&lock);
    status = watch_add(copy);
    if (!status) {
        copy->next_of_file = copy->file->pending;
        copy->file->pending = copy;
    }
    pthread_mutex_unlock(&lock);
    if (status) {
        if (copy->event_slot)
            slot_release(copy->event_slot);
        file_release(copy->file);
        free(copy);
        return status;
    }
    request->data = NULL; /* the copy's now */
    return STATUS_PENDING;
}

bool request_set_events(struct file *file, const void *data, short events)
{
    struct request *request;

    pthread_mutex_lock(&lock);
    for (request = file->pending; request && request->data != data; request = request->next_of_file)
        ;
    if (request && request->events != events) {
        request->events = events;
        watch_arm(request->fd);
    }
    pthread_mutex_unlock(&lock);
    return request != NULL;
}

bool request_queued(int fd, short events)
{
    const struct request *request;
    bool found = false;

    if (__atomic_load_n(&epoll_fd, __ATOMIC_RELAXED) < 0)
        return false;
    pthread_mutex_lock(&lock);
    if (fd >= 0 && fd < watch_room)
        for (request = watches[fd].first; request && !found; request = request->next)
            found = request->events & events;
    pthread_mutex_unlock(&lock);
    return found;
}

unsigned request_cancel_file(struct file *file, NTSTATUS status,
                             bool (*match)(const struct request *request, const void *context),
                             const void *context)
{
    struct request *ended = NULL, *request, *next;
    unsigned count = 0;

    pthread_mutex_lock(&lock);
    for (request = file->pending; request; request = next) {
        next = request->next_of_file;
        if (match && !match(request, context))
            continue;
        request_unlink(request);
        watch_arm(request->fd);
        request->next = ended;
        ended = request;
        count++;
    }
    pthread_mutex_unlock(&lock);
    for (request = ended; request; request = next) {
        next = request->next;
        request->information = 0;
        request_end(request, status);
    }
    return count;
}

void request_fd_closing(int fd, NTSTATUS status)
{
    struct request *ended = NULL, *request, *next;

    if (epoll_fd < 0)
        return;
    pthread_mutex_lock(&lock);
    if (fd >= 0 && fd < watch_room) {
        for (request = watches[fd].first; request; request = next) {
            NTSTATUS last = request->attempt(request);
            next = request->next;
            request->fd = fd;
            request->result = last == STATUS_PENDING ? status : last;
            request_unlink(request);
            request->next = ended;
            ended = request;
        }
        watches[fd].first = NULL;
        if (watches[fd].armed)
            epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
        watches[fd].armed = 0;
    }
    pthread_mutex_unlock(&lock);
    for (request = ended; request; request = next) {
        next = request->next;
        request_end(request, request->result);
    }
}

/* ---- cancelling ---- */

/* Marks blocked requests that fit and wakes their threads until they have noticed. */
static unsigned cancel_blocked(const struct file *file, const struct thread *thread, const IO_STATUS_BLOCK *iosb)
{
    unsigned count = 0, left;
    int rounds;

    for (rounds = 0; rounds < 1000; rounds++) {
        struct request *request;
        left = 0;
        pthread_mutex_lock(&lock);
        for (request = blocked; request; request = request->next) {
            struct thread *owner;
            if ((file && request->file != file) || (thread && request->thread_slot != thread->slot) ||
                (iosb && request->iosb != iosb) || (rounds && !request->cancelled))
                continue;
            if (!request->cancelled)
                count++;
            __atomic_store_n(&request->cancelled, true, __ATOMIC_RELEASE);
            left++;
            owner = thread_find_slot(request->thread_slot);
            if (owner) {
                thread_interrupt(owner);
                thread_release(owner);
            }
        }
        pthread_mutex_unlock(&lock);
        if (!left)
            break;
        usleep(200);
    }
    return count;
}

unsigned request_cancel_blocked(struct file *file)
{
    return __atomic_load_n(&blocked, __ATOMIC_ACQUIRE) ? cancel_blocked(file, NULL, NULL) : 0;
}

struct cancel {
    const IO_STATUS_BLOCK *iosb;
    uint32_t thread_id; /* 0: any */
};

static bool matches(const struct request *request, const void *context)
{
    const struct cancel *cancel = context;
    return (!cancel->iosb || request->iosb == cancel->iosb) &&
           (!cancel->thread_id || request->thread_id == cancel->thread_id);
}

NTSTATUS sys_NtCancelIoFile(HANDLE handle, IO_STATUS_BLOCK *iosb)
{
    struct cancel cancel = {.thread_id = thread_self()->id};
    struct file *file;
    NTSTATUS status;

    probe_write(iosb, iosb_size());
    status = file_from_handle(handle, 0, &file, NULL);
    if (status)
        return status;
    request_cancel_file(file, STATUS_CANCELLED, matches, &cancel);
    file_release(file);
    iosb_set_information(iosb, 0);
    return iosb->Status = STATUS_SUCCESS;
}

NTSTATUS sys_NtCancelIoFileEx(HANDLE handle, IO_STATUS_BLOCK *which, IO_STATUS_BLOCK *iosb)
{
    struct cancel cancel = {.iosb = which};
    struct file *file;
    unsigned count;
    NTSTATUS status;

    probe_write(iosb, iosb_size());
    status = file_from_handle(handle, 0, &file, NULL);
    if (status)
        return status;
    count = request_cancel_file(file, STATUS_CANCELLED, matches, &cancel);
    count += cancel_blocked(file, NULL, which);
    file_release(file);
    iosb_set_information(iosb, 0);
    return iosb->Status = count ? STATUS_SUCCESS : STATUS_NOT_FOUND;
}

NTSTATUS sys_NtCancelSynchronousIoFile(HANDLE handle, IO_STATUS_BLOCK *which, IO_STATUS_BLOCK *iosb)
{
    struct thread *thread;
    uint32_t slot;
    unsigned count = 0;
    NTSTATUS status;

    probe_write(iosb, iosb_size());
    status = handle_slot(handle, OBJECT_THREAD, THREAD_TERMINATE, &slot);
    if (status)
        return status;
    thread = thread_find_slot(slot);
    if (thread) {
        count = cancel_blocked(NULL, thread, which);
        thread_release(thread);
    }
    iosb_set_information(iosb, 0);
    return iosb->Status = count ? STATUS_SUCCESS : STATUS_NOT_FOUND;
}

/* The thread ends: its stack, with a request it may have been blocked in, goes. */
void io_thread_exit(struct thread *thread)
{
    struct request **at;

    pthread_mutex_lock(&lock);
    for (at = &blocked; *at;)
        if ((*at)->thread_slot == thread->slot)
            *at = (*at)->next;
        else
            at = &(*at)->next;
    pthread_mutex_unlock(&lock);
}
