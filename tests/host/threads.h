/* The part of thread.c that the object files need, for tests that run them as plain host code. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "host.h"
#include "object.h"
#include "startup.h"
#include "process.h"
#include "thread.h"
#include "sync.h"
#include "wait.h"
#include "ferry/syscall_table.h"

struct host_options host;
static _Thread_local struct thread *self;
static struct thread *threads[256];

struct thread *thread_self(void)
{
    return self;
}

void thread_interrupt(struct thread *thread)
{
    syscall(SYS_tgkill, getpid(), thread->tid, SIGUSR1);
}

bool thread_check_pending(struct thread *thread)
{
    return atomic_load(&thread->pending) & THREAD_PENDING_APC;
}

struct thread *thread_find_slot(uint32_t slot)
{
    for (int i = 0; i < 256; i++)
        if (threads[i] && threads[i]->slot == slot) return threads[i];
    return NULL;
}

void thread_release(struct thread *thread) {}

NTSTATUS status_from_errno(int error)
{
    return STATUS_UNSUCCESSFUL;
}

void host_report(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

static void on_signal(int number, siginfo_t *info, void *context)
{
    blocking_call_interrupt(context);
}

static void host_thread_begin(int index)
{
    static struct syscall_frame frames[256];
    self = calloc(1, sizeof(*self));
    self->tid = (pid_t)syscall(SYS_gettid);
    self->frame = &frames[index];
    sync_thread_init(self);
    threads[index] = self;
}

static inline void host_thread_end(void)
{
    sync_thread_exit(self, 0);
}

static void host_begin(void)
{
    struct sigaction action = { .sa_flags = SA_SIGINFO, .sa_sigaction = on_signal };
    sigaction(SIGUSR1, &action, NULL);
    static char library[4096];
    ssize_t length = readlink("/proc/self/exe", library, sizeof(library) - 64);
    library[length > 0 ? length : 0] = 0;
    for (int i = 0; i < 3; i++) *strrchr(library, '/') = 0; /* BUILD/tests/host/NAME */
    strcat(library, "/lib/ferry");
    host.library_path = library;
    host.prefix = getenv("FERRY_PREFIX") ? getenv("FERRY_PREFIX") : "/tmp";
    host.envp = environ;
    objects_init();
    host_thread_begin(0);
}

/* Parts of the host that the object files reach only through calls these tests do not make. */
const struct startup *startup;
NTSTATUS file_handle_from_fd(int fd, ACCESS_MASK access, ULONG options, HANDLE *handle)
{
    return STATUS_NOT_SUPPORTED;
}

static atomic_int checks, failures;
#define check(condition) \
    do { \
        atomic_fetch_add(&checks, 1); \
        if (!(condition)) \
            printf("not ok %d - %s:%d: %s\n", checks, __FILE__, __LINE__, #condition), fflush(stdout), failures++; \
    } while (0)

static inline int host_finish(void)
{
    printf("1..%d\n# CHECKS %d %d 0\n", checks, checks, failures);
    return failures != 0;
}
