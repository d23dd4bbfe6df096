/* Linux signals: faults of Windows code become exceptions, faults of host code on Windows memory end the system call,
 * and one signal makes a thread look at its pending work.
 *
 * All handlers run on an alternate stack. Where a thread is, follows from its instruction pointer and `frame`:
 *   in the dispatcher's exit window   → the exit is started over, so that it sees new pending work
 *   in context_enter's window         → the transition is finished here
 *   frame set                         → in host code
 *   otherwise                         → in Windows code
 */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "context.h"
#include "trap.h"
#include "host.h"
#include "thread.h"
#include "virtual.h"
#include "wow.h"
#include "wait.h"

#define PAGE_FAULT_WRITE 0x02
#define PAGE_FAULT_FETCH 0x10
#define VECTOR_PAGE_FAULT 14

extern const char ferry_dispatch[], ferry_dispatch_entered[], ferry_dispatch_leave[], ferry_dispatch_exit[],
    ferry_dispatch_exit_end[], context_enter_window[], context_enter_end[];
extern const char ferry_dispatch32_leave[], ferry_dispatch32_exit[], ferry_dispatch32_exit_end[], context_enter32_window[],
    context_enter32_end[];
/* dispatch_i386.S: around the two handlers below, with a way back of their own */
extern const char signal_fault32[], signal_interrupt32[], signal_return32[];

static bool within(uint64_t rip, const char *from, const char *to)
{
    return rip >= (uint64_t)from && rip < (uint64_t)to;
}

/* Ends the system call that `signal` interrupted, with `status`. */
static void abandon_call(ucontext_t *signal, struct thread *thread, NTSTATUS status)
{
    greg_t *regs = signal->uc_mcontext.gregs;

    regs[REG_R12] = (greg_t)thread->frame;
    regs[REG_RBP] = (greg_t)thread;
    regs[REG_RAX] = (uint32_t)status;
    regs[REG_RSP] = (greg_t)thread->frame;
    regs[REG_EFL] &= ~0x400;
    regs[REG_RIP] = (greg_t)(wow64 ? ferry_dispatch32_leave : ferry_dispatch_leave);
}

static _Noreturn void host_crash(int number, const siginfo_t *info, const ucontext_t *signal)
{
    const greg_t *regs = signal->uc_mcontext.gregs;

    host_report("internal error: signal %d at %#llx, address %p, ntdll.so text near %p", number,
                (unsigned long long)regs[REG_RIP], info->si_addr, (void *)ferry_dispatch);
    struct sigaction action = { .sa_handler = SIG_DFL };
    sigaction(SIGABRT, &action, NULL);
    abort();
}

/* The memory fault of `info`, told as virtual_handle_fault wants it. STATUS_SUCCESS: the instruction may be retried. */
static NTSTATUS memory_fault(const siginfo_t *info, const ucontext_t *signal, struct thread *thread,
                             EXCEPTION_RECORD *record)
{
    uint64_t error = (uint64_t)signal->uc_mcontext.gregs[REG_ERR];
    enum fault_access access = error & PAGE_FAULT_FETCH   ? FAULT_EXECUTE
                               : error & PAGE_FAULT_WRITE ? FAULT_WRITE
                                                          : FAULT_READ;
    NTSTATUS status = virtual_handle_fault(info->si_addr, access, thread->teb);

    memset(record, 0, sizeof(*record));
    record->ExceptionCode = (DWORD)status;
    record->NumberParameters = status == STATUS_STACK_OVERFLOW ? 0 : 2;
    record->ExceptionInformation[0] = access;
    record->ExceptionInformation[1] = (ULONG_PTR)info->si_addr;
    record->ExceptionAddress = (void *)signal->uc_mcontext.gregs[REG_RIP];
    return status;
}

__attribute__((used)) void signal_handle_fault(int number, siginfo_t *info, void *data)
{
    ucontext_t *signal = data;
    struct thread *thread = thread_self();
    int error = errno;
    EXCEPTION_RECORD record;
    CONTEXT context;
    uint64_t rip = (uint64_t)signal->uc_mcontext.gregs[REG_RIP];
    bool page_fault = number == SIGSEGV && signal->uc_mcontext.gregs[REG_TRAPNO] == VECTOR_PAGE_FAULT;

    void *resume = virtual_fault_resume((void *)rip);

    if (!thread && !resume) host_crash(number, info, signal);
    if (thread && page_fault && memory_fault(info, signal, thread, &record) == STATUS_SUCCESS) goto out;
    if (resume) { /* virtual_read or virtual_write reports it */
        signal->uc_mcontext.gregs[REG_RIP] = (greg_t)resume;
        goto out;
    }
    if (thread->frame) {
        if (number != SIGSEGV && number != SIGBUS) host_crash(number, info, signal);
        if (getenv("FERRY_DEBUG_FAULTS"))
            host_report("fault in host code: rip %#llx address %p", (unsigned long long)rip, info->si_addr);
        abandon_call(signal, thread, page_fault ? (NTSTATUS)record.ExceptionCode : STATUS_ACCESS_VIOLATION);
        goto out;
    }
    context_from_signal(&context, signal);
    if (wow64 && number == SIGSEGV && !page_fault && wow_interrupt(&context, thread->teb)) {
        context_to_signal(signal, &context);
        goto out;
    }
    if (!page_fault) trap_decode(number, info, signal, &context, &record);
    if (record.ExceptionCode == (DWORD)STATUS_STACK_BUFFER_OVERRUN && record.ExceptionFlags)
        exception_unhandled(&record, &context); /* fast fail asks no handler */
    if (!exception_prepare(&record, &context, thread->teb)) exception_unhandled(&record, &context);
    context_to_signal(signal, &context);
out:
    errno = error;
}

/* Waits in Windows code, registers readable by others, until nothing suspends the thread any more. */
static void park(struct thread *thread, ucontext_t *signal)
{
    CONTEXT context;

    context_from_signal(&context, signal);
    if (wow64 && wow_entering(context.Rip)) { /* as if the call had not begun */
        context.Rip = wow_gate_call();
        context.SegCs = 0x23;
    }
    thread->context = &context;
    atomic_store(&thread->parked, THREAD_PARKED_IN_WINDOWS);
    syscall(SYS_futex, &thread->parked, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
    for (int count; (count = atomic_load(&thread->suspend_count)) > 0;) {
        if (atomic_load(&thread->pending) & THREAD_PENDING_TERMINATE) break;
        syscall(SYS_futex, &thread->suspend_count, FUTEX_WAIT_PRIVATE, count, NULL, NULL, 0);
    }
    atomic_fetch_and(&thread->pending, ~THREAD_PENDING_SUSPEND);
    atomic_store(&thread->parked, THREAD_NOT_PARKED);
    thread->context = NULL;
    if (atomic_load(&thread->suspend_count) > 0) atomic_fetch_or(&thread->pending, THREAD_PENDING_SUSPEND);
    context_to_signal(signal, &context);
}

static void terminate_here(void *data)
{
    struct thread *thread = data;
    thread_exit(thread->exit_status);
}

extern _Noreturn void host_enter(void *stack, void (*function)(void *), void *argument);

__attribute__((used)) void signal_handle_interrupt(int number, siginfo_t *info, void *data)
{
    ucontext_t *signal = data;
    struct thread *thread = thread_self();
    greg_t *regs = signal->uc_mcontext.gregs;
    uint64_t rip = (uint64_t)regs[REG_RIP];
    int error = errno;

    if (!thread) return;
    if (within(rip, ferry_dispatch_exit, ferry_dispatch_exit_end)) {
        regs[REG_RIP] = (greg_t)ferry_dispatch_exit;
        return;
    }
    if (wow64 && within(rip, ferry_dispatch32_exit, ferry_dispatch32_exit_end)) {
        regs[REG_RIP] = (greg_t)ferry_dispatch32_exit;
        return;
    }
    if (within(rip, context_enter_window, context_enter_end) || within(rip, context_enter32_window, context_enter32_end)) {
        if (rip == (uint64_t)context_enter_end - 2 || rip == (uint64_t)context_enter32_end - 2) { /* at iretq: only its frame is left to load */
            uint64_t *frame = (uint64_t *)regs[REG_RSP];
            regs[REG_RIP] = (greg_t)frame[0];
            regs[REG_CSGSFS] = (regs[REG_CSGSFS] & ~0xffffll) | (greg_t)(frame[1] & 0xffff);
            regs[REG_EFL] = (greg_t)frame[2];
            regs[REG_RSP] = (greg_t)frame[3];
        } else {
            context_to_signal(signal, (const CONTEXT *)regs[REG_RDI]);
        }
    } else if (thread->frame) {
        if ((atomic_load(&thread->pending) & THREAD_PENDING_SUSPEND) && !atomic_load(&thread->parked)) {
            atomic_store(&thread->parked, THREAD_PARKED_IN_CALL);
            syscall(SYS_futex, &thread->parked, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
        }
        blocking_call_interrupt(signal);
        errno = error;
        return;
    }
    if (atomic_load(&thread->pending) & THREAD_PENDING_SUSPEND) park(thread, signal);
    if (atomic_load(&thread->pending) & THREAD_PENDING_TERMINATE) {
        /* Leave the handler into host code on the host stack; what Windows code was doing is given up. */
        static struct syscall_frame none;
        thread->frame = &none;
        regs[REG_RDI] = (greg_t)thread->host_stack_top;
        regs[REG_RSI] = (greg_t)terminate_here;
        regs[REG_RDX] = (greg_t)thread;
        regs[REG_RIP] = (greg_t)host_enter;
        regs[REG_CSGSFS] = (regs[REG_CSGSFS] & ~0xffffll) | 0x33;
        regs[REG_EFL] &= ~0x400;
    }
    errno = error;
}

void thread_interrupt(struct thread *thread)
{
    syscall(SYS_tgkill, getpid(), thread->tid, SIGUSR1);
}

void signal_init_thread(void *stack, size_t bytes)
{
    stack_t alternate = { .ss_sp = stack, .ss_size = bytes };

    sigaltstack(&alternate, NULL);
}

void signal_init(void)
{
    static const int faults[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };
    struct sigaction action = { .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER, .sa_sigaction = signal_handle_fault };

    /* A thread is not parked inside the handler of its fault, whose registers nobody should see. */
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGUSR1);
    for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) sigaction(faults[i], &action, NULL);
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    action.sa_sigaction = signal_handle_interrupt;
    sigaction(SIGUSR1, &action, NULL);
    action.sa_flags = 0;
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

/* The kernel's structure: the C library's sigaction has a way back of its own. */
struct kernel_action {
    const void *handler;
    unsigned long flags;
    const void *restorer;
    unsigned long mask;
};
#define KERNEL_RESTORER 0x04000000ul

void signal_init_wow(void)
{
    static const int faults[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };
    struct kernel_action action = { signal_fault32, SA_SIGINFO | SA_ONSTACK | SA_NODEFER | KERNEL_RESTORER, signal_return32,
                                    1ul << (SIGUSR1 - 1) };

    for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
        syscall(SYS_rt_sigaction, faults[i], &action, NULL, sizeof(action.mask));
    action = (struct kernel_action){ signal_interrupt32, SA_SIGINFO | SA_ONSTACK | KERNEL_RESTORER, signal_return32, 0 };
    syscall(SYS_rt_sigaction, SIGUSR1, &action, NULL, sizeof(action.mask));
}
