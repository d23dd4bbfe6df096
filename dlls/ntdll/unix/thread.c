/* Windows threads of this process: start, end, suspension, and the way out of a system call. */
#include "thread.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "context.h"
#include "handle.h"
#include "host.h"
#include "threads.h"
#include "remote.h"
#include "request.h"
#include "virtual.h"
#include "wait.h"
#include "wow.h"

#define HOST_STACK_SIZE 0x40000
#define ALTERNATE_STACK_SIZE 0x20000
#define DEFAULT_STACK_RESERVE 0x100000
#define DEFAULT_STACK_COMMIT 0x1000

static pthread_mutex_t thread_list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct thread *thread_list;
static atomic_int thread_count;

struct thread *thread_self(void)
{
    FERRY_TEB *teb;

    __asm__("rdgsbase %0" : "=r"(teb));
    return teb ? teb->FerryThread : NULL;
}

/* ---- the list ---- */

static void list_add(struct thread *thread)
{
    pthread_mutex_lock(&thread_list_lock);
    thread->next = thread_list;
    thread_list = thread;
    pthread_mutex_unlock(&thread_list_lock);
    atomic_fetch_add(&thread_count, 1);
}

static void list_remove(struct thread *thread)
{
    pthread_mutex_lock(&thread_list_lock);
    for (struct thread **at = &thread_list; *at; at = &(*at)->next) {
        if (*at == thread) {
            *at = thread->next;
            break;
        }
    }
    pthread_mutex_unlock(&thread_list_lock);
}

struct thread *thread_find_slot(uint32_t slot)
{
    struct thread *thread;

    pthread_mutex_lock(&thread_list_lock);
    for (thread = thread_list; thread && thread->slot != slot; thread = thread->next) {}
    if (thread) atomic_fetch_add(&thread->references, 1);
    pthread_mutex_unlock(&thread_list_lock);
    return thread;
}

struct thread *thread_find_id(uint32_t id)
{
    struct thread *thread;

    pthread_mutex_lock(&thread_list_lock);
    for (thread = thread_list; thread && thread->id != id; thread = thread->next) {}
    if (thread) atomic_fetch_add(&thread->references, 1);
    pthread_mutex_unlock(&thread_list_lock);
    return thread;
}

void thread_release(struct thread *thread)
{
    if (atomic_fetch_sub(&thread->references, 1) != 1) return;
    free(thread->description);
    free(thread->new_context);
    free(thread);
}

void thread_for_each(void (*callback)(struct thread *thread, void *data), void *data)
{
    pthread_mutex_lock(&thread_list_lock);
    for (struct thread *thread = thread_list; thread; thread = thread->next) callback(thread, data);
    pthread_mutex_unlock(&thread_list_lock);
}

/* ---- start ---- */

static void current_time(LARGE_INTEGER *time)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    time->QuadPart = (now.tv_sec + 11644473600ll) * 10000000 + now.tv_nsec / 100;
}

/* The first registers of a thread: LdrInitializeThunk(context, ntdll), which continues with `context`. */
static _Noreturn void enter_windows(struct thread *thread)
{
    FERRY_TEB *teb = thread->teb;
    CONTEXT context __attribute__((aligned(16)));
    uint64_t at;

    memset(&context, 0, sizeof(context));
    context.ContextFlags = CONTEXT_FULL | CONTEXT_SEGMENTS;
    context.SegCs = 0x33;
    context.SegDs = context.SegEs = context.SegSs = context.SegGs = 0x2b;
    context.SegFs = 0x53;
    context.EFlags = 0x202;
    context.FltSave.ControlWord = 0x27f;
    context.FltSave.MxCsr = context.MxCsr = 0x1f80;
    context.FltSave.MxCsr_Mask = 0xffff;
    context.Rcx = (uint64_t)thread->start_routine;
    context.Rdx = (uint64_t)thread->start_argument;
    context.Rip = ntdll_entries.RtlUserThreadStart;
    context.Rsp = (uint64_t)teb->Tib.StackBase - 0x28;
    if (wow64) wow_start_registers(thread, &context);

    /* Until the thread runs, these are its registers for whoever looks at it or changes them. */
    struct syscall_frame frame = { .rip = context.Rip, .rsp = context.Rsp };
    thread->context = &context;
    thread->frame = &frame;
    while (atomic_load(&thread->pending) & (THREAD_PENDING_SUSPEND | THREAD_PENDING_TERMINATE))
        thread_check_pending(thread);
    thread->context = NULL;

    at = (context.Rsp - sizeof(context) - 0x40) & ~15ull;
    if (!(wow64 ? wow_prepare_start(teb, &context) : stack_write(teb, at, &context, sizeof(context)))) {
        host_report("cannot write the stack of a new thread");
        thread_exit(STATUS_STACK_OVERFLOW);
    }
    if (!wow64) {
        context.Rcx = at;
        context.Rdx = (uint64_t)ntdll_base;
        context.R8 = 0;
        context.Rip = ntdll_entries.LdrInitializeThunk;
        context.Rsp = at - 0x28;
    }
    frame.rip = context.Rip;
    frame.rsp = context.Rsp;
    context_go(&context, thread);
}

/* Binds the running POSIX thread to `thread`. */
static void thread_attach(struct thread *thread)
{
    thread->pthread = pthread_self();
    thread->tid = (pid_t)syscall(SYS_gettid);
    __asm__ volatile("wrgsbase %0" ::"r"(thread->teb));
    __asm__ volatile("rdfsbase %0" : "=r"(thread->host_fs));
}

static _Noreturn void run_thread(struct thread *thread, char *here)
{
    thread->host_stack_top = (void *)(((uintptr_t)here - 0x1000) & ~15ul);
    enter_windows(thread);
}

static void *thread_main(void *data)
{
    struct thread *thread = data;
    char *here = __builtin_frame_address(0);

    thread_attach(thread);
    /* The lowest part of the host stack is where signals run; thread_launch made it that much larger. */
    signal_init_thread((char *)(((uintptr_t)here & ~0xffful) - HOST_STACK_SIZE), ALTERNATE_STACK_SIZE / 2);
    run_thread(thread, here);
}

/* The first thread's host stack is the process's: no fixed size, so its signals get memory of their own. */
static _Noreturn void run_first(struct thread *thread)
{
    void *stack = mmap(NULL, ALTERNATE_STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                       -1, 0);

    thread_attach(thread);
    if (stack != MAP_FAILED) signal_init_thread(stack, ALTERNATE_STACK_SIZE);
    agent_start();
    run_thread(thread, __builtin_frame_address(0));
}


static void teb_set_flags(FERRY_TEB *teb, USHORT flags)
{
    teb->SameTebFlags |= flags;
    if (wow64) wow_teb(teb)->SameTebFlags |= flags;
}

/* Takes over `teb`, made here if NULL. */
static NTSTATUS thread_new(FERRY_TEB *teb, void *start, void *argument, size_t reserve, size_t commit,
                           struct thread **result)
{
    struct thread *thread = calloc(1, sizeof(*thread));
    NTSTATUS status = STATUS_NO_MEMORY;

    if (!thread) return status;
    thread->teb = teb ? teb : virtual_allocate_teb();
    if (!thread->teb) goto failed;
    status = virtual_allocate_stack(thread->teb, reserve, commit);
    if (status) goto failed;
    status = sync_thread_init(thread);
    if (status) goto failed;
    thread->teb->FerryThread = thread;
    thread->teb->ClientId.UniqueProcess = (HANDLE)(ULONG_PTR)object_process_id();
    thread->teb->ClientId.UniqueThread = (HANDLE)(ULONG_PTR)thread->id;
    thread->teb->RealClientId = thread->teb->ClientId;
    if (wow64 && (status = wow_thread_init(thread))) {
        sync_thread_exit(thread, status);
        goto failed;
    }
    thread->start_routine = start;
    thread->start_argument = argument;
    thread->exit_status = STATUS_PENDING;
    atomic_store(&thread->references, 1);
    current_time(&thread->create_time);
    *result = thread;
    return STATUS_SUCCESS;
failed:
    if (thread->teb) {
        virtual_free_stack(thread->teb);
        virtual_free_teb(thread->teb);
    }
    free(thread);
    return status;
}

_Noreturn void thread_run_first(FERRY_TEB *teb, void *start, size_t reserve, size_t commit, bool suspended)
{
    struct thread *thread;
    NTSTATUS status = thread_new(teb, start, virtual_peb(), reserve, commit, &thread);

    if (status) {
        host_report("no memory for the first thread (status %08x)", (unsigned)status);
        exit(126);
    }
    teb_set_flags(thread->teb, FERRY_TEB_SAME_INITIAL_THREAD);
    if (suspended) {
        atomic_store(&thread->suspend_count, 1);
        atomic_store(&thread->pending, THREAD_PENDING_SUSPEND);
    }
    list_add(thread);
    run_first(thread);
}

NTSTATUS thread_prepare(void *start, void *argument, ULONG create_flags, size_t reserve, size_t commit,
                        struct thread **result)
{
    struct thread *thread;
    NTSTATUS status = thread_new(NULL, start, argument, reserve ? reserve : DEFAULT_STACK_RESERVE,
                                 commit ? commit : DEFAULT_STACK_COMMIT, &thread);

    if (status) return status;
    if (create_flags & THREAD_CREATE_FLAGS_CREATE_SUSPENDED) {
        atomic_store(&thread->suspend_count, 1);
        atomic_store(&thread->pending, THREAD_PENDING_SUSPEND);
    }
    if (create_flags & THREAD_CREATE_FLAGS_SKIP_THREAD_ATTACH)
        teb_set_flags(thread->teb, 0x0008); /* SkipThreadAttach */
    *result = thread;
    return STATUS_SUCCESS;
}

void thread_discard(struct thread *thread)
{
    sync_thread_exit(thread, STATUS_UNSUCCESSFUL);
    if (wow64) wow_thread_exit(thread);
    virtual_free_stack(thread->teb);
    virtual_free_teb(thread->teb);
    thread_release(thread);
}

NTSTATUS thread_launch(struct thread *thread)
{
    pthread_attr_t attributes;
    pthread_t pthread;
    sigset_t none;
    int error;

    sigemptyset(&none); /* whoever makes it, the agent too, which has them blocked */
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, HOST_STACK_SIZE + ALTERNATE_STACK_SIZE);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setsigmask_np(&attributes, &none);
    list_add(thread);
    error = pthread_create(&pthread, &attributes, thread_main, thread);
    pthread_attr_destroy(&attributes);
    if (!error) return STATUS_SUCCESS;
    list_remove(thread);
    atomic_fetch_sub(&thread_count, 1);
    thread_discard(thread);
    return STATUS_NO_MEMORY;
}

NTSTATUS thread_create(void *start, void *argument, ULONG create_flags, size_t reserve, size_t commit,
                       struct thread **result)
{
    struct thread *thread;
    NTSTATUS status = thread_prepare(start, argument, create_flags, reserve, commit, &thread);

    if (status) return status;
    atomic_fetch_add(&thread->references, 1); /* the caller's */
    status = thread_launch(thread);
    if (status) thread_release(thread);
    else *result = thread;
    return status;
}

/* ---- end ---- */

void (*thread_exit_hook)(void);

_Noreturn void thread_exit(NTSTATUS status)
{
    struct thread *thread = thread_self();
    FERRY_TEB *teb = thread->teb;
    sigset_t all;

    if (atomic_fetch_sub(&thread_count, 1) == 1) process_exit(status);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    thread->exit_status = status;
    if (thread_exit_hook) thread_exit_hook();
    list_remove(thread);
    io_thread_exit(thread);
    sync_thread_exit(thread, status);
    __asm__ volatile("wrgsbase %0" ::"r"(0ul));
    if (wow64) wow_thread_exit(thread);
    virtual_free_stack(teb);
    virtual_free_teb(teb);
    thread_release(thread);
    pthread_exit(NULL);
}

static void mark_terminated(struct thread *thread, void *data)
{
    if (thread == thread_self()) return;
    thread->exit_status = *(NTSTATUS *)data;
    atomic_fetch_or(&thread->pending, THREAD_PENDING_TERMINATE);
    atomic_store(&thread->suspend_count, 0);
    syscall(SYS_futex, &thread->suspend_count, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
    if (thread->tid) thread_interrupt(thread);
}

void thread_terminate_others(NTSTATUS status)
{
    /* A thread deep in a host call may take its time; it never sees Windows code again, which is what counts. */
    for (int round = 0; atomic_load(&thread_count) > 1 && round < 200; round++) {
        if (round % 20 == 0) thread_for_each(mark_terminated, &status);
        struct timespec pause = { 0, round < 10 ? 50000 : 1000000 };
        nanosleep(&pause, NULL);
    }
}

/* ---- suspension ---- */

NTSTATUS thread_suspend(struct thread *thread, ULONG *previous)
{
    int count = atomic_load(&thread->suspend_count);

    do {
        if (count >= MAXIMUM_SUSPEND_COUNT) return STATUS_SUSPEND_COUNT_EXCEEDED;
    } while (!atomic_compare_exchange_weak(&thread->suspend_count, &count, count + 1));
    if (previous) *previous = count;
    atomic_fetch_or(&thread->pending, THREAD_PENDING_SUSPEND);
    if (thread != thread_self() && thread->tid) thread_interrupt(thread);
    return STATUS_SUCCESS; /* the running thread stops on its way out of this system call */
}

NTSTATUS thread_resume(struct thread *thread, ULONG *previous)
{
    int count = atomic_load(&thread->suspend_count);

    do {
        if (previous) *previous = count;
        if (!count) return STATUS_SUCCESS;
    } while (!atomic_compare_exchange_weak(&thread->suspend_count, &count, count - 1));
    if (count == 1) syscall(SYS_futex, &thread->suspend_count, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
    return STATUS_SUCCESS;
}

static void suspend_or_resume(struct thread *thread, void *data)
{
    if (*(bool *)data) thread_suspend(thread, NULL);
    else thread_resume(thread, NULL);
}

void threads_suspend(bool suspend)
{
    thread_for_each(suspend_or_resume, &suspend);
}

void thread_request_end(struct thread *thread, NTSTATUS status)
{
    thread->exit_status = status;
    atomic_fetch_or(&thread->pending, THREAD_PENDING_TERMINATE);
    while (atomic_load(&thread->suspend_count)) thread_resume(thread, NULL);
    if (thread->tid) thread_interrupt(thread);
}

/* A thread that was asked to suspend stops soon: in the signal handler or in a system call. */
static bool wait_parked(struct thread *thread)
{
    struct timespec limit = { 0, 20000000 };

    for (int rounds = 0; rounds < 100; rounds++) {
        if (atomic_load(&thread->parked)) return true;
        if (!atomic_load(&thread->suspend_count)) return false;
        if (rounds && thread->tid) thread_interrupt(thread);
        syscall(SYS_futex, &thread->parked, FUTEX_WAIT_PRIVATE, THREAD_NOT_PARKED, &limit, NULL, 0);
    }
    return false;
}

static NTSTATUS with_stopped_thread(struct thread *thread, NTSTATUS (*work)(struct thread *, CONTEXT *), CONTEXT *context)
{
    NTSTATUS status = thread_suspend(thread, NULL);

    if (status) return status;
    status = wait_parked(thread) ? work(thread, context) : STATUS_UNSUCCESSFUL;
    thread_resume(thread, NULL);
    return status;
}

static NTSTATUS read_context(struct thread *thread, CONTEXT *context)
{
    DWORD flags = context->ContextFlags;
    CONTEXT full __attribute__((aligned(16)));

    if (thread->context) full = *thread->context;
    else if (thread->frame && (thread->frame->flags & FRAME_RESTORE_ALL)) full = *thread->new_context;
    else if (thread->frame) context_from_frame(&full, thread->frame, thread->frame->rax);
    else return STATUS_UNSUCCESSFUL;
    full.ContextFlags = flags;
    context_merge(context, &full);
    return STATUS_SUCCESS;
}

static NTSTATUS write_context(struct thread *thread, CONTEXT *context)
{
    if (thread->context) {
        context_merge(thread->context, context);
        return STATUS_SUCCESS;
    }
    if (!thread->frame) return STATUS_UNSUCCESSFUL;
    if (!thread->new_context && !(thread->new_context = aligned_alloc(16, sizeof(CONTEXT)))) return STATUS_NO_MEMORY;
    if (!(thread->frame->flags & FRAME_RESTORE_ALL))
        context_from_frame(thread->new_context, thread->frame, thread->frame->rax);
    context_merge(thread->new_context, context);
    thread->frame->flags |= FRAME_RESTORE_ALL;
    return STATUS_SUCCESS;
}

NTSTATUS thread_get_context(struct thread *thread, CONTEXT *context)
{
    return thread == thread_self() ? read_context(thread, context) : with_stopped_thread(thread, read_context, context);
}

NTSTATUS thread_set_context(struct thread *thread, CONTEXT *context)
{
    return thread == thread_self() ? write_context(thread, context) : with_stopped_thread(thread, write_context, context);
}

bool thread_check_pending(struct thread *thread)
{
    unsigned pending = atomic_load(&thread->pending);

    if (pending & THREAD_PENDING_TERMINATE) thread_exit(thread->exit_status);
    if (pending & THREAD_PENDING_SUSPEND) {
        atomic_store(&thread->parked, THREAD_PARKED_IN_CALL);
        syscall(SYS_futex, &thread->parked, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
        for (int count; (count = atomic_load(&thread->suspend_count)) > 0;)
            syscall(SYS_futex, &thread->suspend_count, FUTEX_WAIT_PRIVATE, count, NULL, NULL, 0);
        atomic_fetch_and(&thread->pending, ~THREAD_PENDING_SUSPEND);
        atomic_store(&thread->parked, THREAD_NOT_PARKED);
        if (atomic_load(&thread->suspend_count) > 0) atomic_fetch_or(&thread->pending, THREAD_PENDING_SUSPEND);
        if (atomic_load(&thread->pending) & THREAD_PENDING_TERMINATE) thread_exit(thread->exit_status);
    }
    return pending & THREAD_PENDING_APC;
}

int thread_total(void)
{
    return atomic_load(&thread_count);
}
