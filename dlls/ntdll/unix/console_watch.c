/* Waiting for console input: a console input handle is signalled while unread input is there (consoleapi.h reference:
 * "Console Handles"). The terminal tells only by poll, so the first wait on such a handle starts a thread that moves
 * what is typed into the queue, except while a read waits for the terminal itself. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "console.h"

#define WATCHED_MAX 32

static struct file *watched[WATCHED_MAX];
static unsigned watched_count;
static int wake_fd = -1;
static int terminal_fd = -1;
static int readers;

static void wake(void)
{
    uint64_t one = 1;
    ssize_t put = write(wake_fd, &one, sizeof(one));

    (void)put;
}

static void *watch_thread(void *unused)
{
    bool open = true;

    for (;;) {
        struct pollfd polls[2] = { { .fd = wake_fd, .events = POLLIN }, { .fd = terminal_fd, .events = POLLIN } };
        uint64_t count;

        pthread_mutex_lock(&console_lock);
        bool idle = readers || console_has_input() || !open;
        pthread_mutex_unlock(&console_lock);
        if (poll(polls, idle ? 1 : 2, -1) < 0 && errno != EINTR) return NULL;
        if (polls[0].revents && read(wake_fd, &count, sizeof(count)) < 0 && errno != EAGAIN) return NULL;
        if (idle || !polls[1].revents) continue;
        pthread_mutex_lock(&console_lock);
        if (!readers) {
            open = console_collect(terminal_fd);
            console_input_changed();
            if (!open) /* hung up: a read will say so */
                for (unsigned i = 0; i < watched_count; i++) object_set_signalled(&watched[i]->object, true);
        }
        pthread_mutex_unlock(&console_lock);
    }
}

static bool start(int fd)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, before;
    int error;

    if (wake_fd >= 0) return true;
    if ((terminal_fd = dup(fd)) < 0 || (wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0) return false;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 0x40000);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&thread, &attributes, watch_thread, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (!error) return true;
    close(wake_fd);
    wake_fd = -1;
    return false;
}

void console_watch(struct file *file)
{
    int fd = file->object.fd;

    if (!console_is_input(file) || !isatty(fd)) return;
    pthread_mutex_lock(&console_lock);
    if (watched_count < WATCHED_MAX && start(fd)) {
        /* Keys are to be seen one by one from now on; a read of a line takes them along. */
        if (!readers) {
            terminal_set(fd, TERMINAL_RAW, false, console.input_mode & ENABLE_PROCESSED_INPUT);
            console_collect(fd);
        }
        watched[watched_count++] = file;
        console_input_changed();
    }
    pthread_mutex_unlock(&console_lock);
}

void console_forget(struct file *file)
{
    pthread_mutex_lock(&console_lock);
    for (unsigned i = 0; i < watched_count; i++)
        if (watched[i] == file) watched[i--] = watched[--watched_count];
    pthread_mutex_unlock(&console_lock);
}

void console_input_changed(void)
{
    if (!watched_count) return;
    for (unsigned i = 0; i < watched_count; i++) object_set_signalled(&watched[i]->object, console_has_input());
    wake();
}

void console_reader(int change)
{
    readers += change;
    if (watched_count) wake();
}
