/* The event loop. */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "server.h"

static int epoll_fd = -1;
static struct epoll_event events[32];
static int event_count, event_at;

void loop_add(struct watch *watch)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = watch };

    if (epoll_fd < 0) epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_fd < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, watch->fd, &event)) abort();
}

void loop_remove(struct watch *watch)
{
    if (watch->fd < 0) return;
    epoll_ctl(epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
    close(watch->fd);
    watch->fd = -1;
    for (int i = event_at + 1; i < event_count; i++)
        if (events[i].data.ptr == watch) events[i].data.ptr = NULL;
}

void loop_run(int idle_seconds)
{
    for (;;) {
        bool idle = !client_count && !process_count();
        event_count = epoll_wait(epoll_fd, events, sizeof(events) / sizeof(*events), idle ? idle_seconds * 1000 : -1);
        if (!event_count && idle) return;
        if (event_count < 0 && errno != EINTR) abort();
        for (event_at = 0; event_at < event_count; event_at++) {
            struct watch *watch = events[event_at].data.ptr;
            if (watch) watch->ready(watch, events[event_at].events);
        }
        event_count = 0;
    }
}
