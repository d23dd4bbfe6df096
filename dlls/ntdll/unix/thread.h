/* The host's side of a Windows thread, and the frame the dispatcher leaves on a system call.
 *
 * A Windows thread is a POSIX thread with two stacks: the Windows stack (reserve/commit/guard, in the TEB) and a
 * host stack, on which all host code runs. GS is the TEB at all times, FS belongs to the C library.
 */
#ifndef HOST_THREAD_H
#define HOST_THREAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "api.h"
#include "ferry/nt.h"

/* What a system call saves: all that the Windows ABI says must survive. Offsets are known to
 * dispatch_x86_64.S. rip and rsp are those of the caller, after the call returns. */
struct syscall_frame {
    uint64_t rbx, rbp, rsi, rdi, r12, r13, r14, r15; /* 0x00 */
    uint64_t rip, rsp;                               /* 0x40 */
    uint32_t mxcsr;                                  /* 0x50 */
    uint32_t flags;                                  /* 0x54: FRAME_* */
    uint64_t rax;                                    /* 0x58: restored only with FRAME_RESTORE_ALL */
    M128A xmm6_15[10];                               /* 0x60 */
    uint64_t reserved;                               /* 0x100 */
    struct syscall_frame *previous; /* 0x108: frame of the outer system call, during a callback */
};

#define FRAME_RESTORE_ALL 1 /* leave through thread->new_context: it was changed by NtSetContextThread */
#define FRAME_USER_APC 2    /* the call returned STATUS_USER_APC: run the thread's APCs on the way out */

struct thread {
    void *host_stack_top;        /* 0x00, known to dispatch_x86_64.S: where a system call starts */
    struct syscall_frame *frame; /* 0x08, known to dispatch_x86_64.S: newest frame, NULL in Windows code */
    atomic_uint pending;         /* 0x10, known to dispatch_x86_64.S: THREAD_PENDING_*; looked at on the way out of a
                                    system call and by every wait */
    atomic_int parked;           /* THREAD_PARKED_*: futex, how far a suspended thread has come */
    FERRY_TEB *teb;       /* 0x18, known to dispatch_i386.S; of a 32-bit thread the 64-bit one */
    uint64_t host_fs;     /* 0x20, known to dispatch_i386.S: FS base of host code */
    uint32_t fs_selector; /* 0x28, known to dispatch_i386.S: FS of 32-bit code (wow.c); 0 in a 64-bit process */
    pthread_t pthread;
    pid_t tid;           /* Linux thread id, unique in the PID namespace */
    uint32_t slot;       /* arena slot of the thread object (object.h) */
    uint32_t id;         /* Windows thread id */
    atomic_int suspend_count; /* futex */
    void *start_routine;
    void *start_argument;
    CONTEXT *new_context;    /* with FRAME_RESTORE_ALL: malloced, where to go on */
    CONTEXT *context;        /* of a thread parked in Windows code; written back when it goes on */
    struct wait_state *wait; /* owned by wait.c */
    struct apc *apc_head;    /* owned by apc.c */
    struct thread *next;     /* process list, under thread_list_lock */
    LARGE_INTEGER create_time;
    NTSTATUS exit_status;
    bool alertable_suspended; /* THREAD_PARKED_IN_CALL: the wait it is in was alertable */
    atomic_int references;
    LONG base_priority;
    ULONG_PTR affinity;
    WCHAR *description; /* SetThreadDescription, malloced, NUL-terminated */
};

#define THREAD_NOT_PARKED 0
#define THREAD_PARKED_IN_WINDOWS 1 /* in the signal handler; `context` holds its registers */
#define THREAD_PARKED_IN_CALL 2    /* in a system call that it will not leave; `frame` holds its registers */

#define THREAD_PENDING_SUSPEND 1
#define THREAD_PENDING_APC 2
#define THREAD_PENDING_TERMINATE 4
#define THREAD_PENDING_ALERT 8

/* The running thread; NULL on a host thread that has no TEB. */
HOST_API struct thread *thread_self(void);

/* Makes thread `thread` notice its `pending` bits soon: a signal, which ends blocking Linux calls with EINTR. */
void thread_interrupt(struct thread *thread);

/* The thread of this process with that arena slot or id, with a reference; NULL if it is gone. */
struct thread *thread_find_slot(uint32_t slot);
struct thread *thread_find_id(uint32_t id);
void thread_release(struct thread *thread);

/* A new Windows thread in this process: `start`(`argument`) after DLL_THREAD_ATTACH. Any host thread may call it. */
NTSTATUS thread_create(void *start, void *argument, ULONG create_flags, size_t stack_reserve, size_t stack_commit,
                       struct thread **thread);

/* The same in two steps, so that a handle can be made in between: a thread that is not running yet, with the reference
 * that thread_launch takes over; thread_discard gives it up instead. */
NTSTATUS thread_prepare(void *start, void *argument, ULONG create_flags, size_t stack_reserve, size_t stack_commit,
                        struct thread **thread);
NTSTATUS thread_launch(struct thread *thread);
void thread_discard(struct thread *thread);

/* Every Windows thread of this process, newest first; the callback must not create or end threads. */
void thread_for_each(void (*callback)(struct thread *thread, void *data), void *data);

/* Acts on pending suspension and termination. Called where a blocking call returned EINTR. A pending APC is left
 * for the caller: true means that an alertable wait must end with STATUS_USER_APC. */
bool thread_check_pending(struct thread *thread);

/* Called by each thread that ends, before anybody is told; NULL: nobody wants to know. */
extern HOST_API void (*thread_exit_hook)(void);

/* Ends the running thread with `status`; marks its object signalled. Does not return. */
_Noreturn void thread_exit(NTSTATUS status);

/* Ends the process: marks its object signalled with `status`, then exit code = low 8 bits for Unix. */
_Noreturn void process_exit(NTSTATUS status);

/* Records the exit status in the process's slot and marks it signalled (process.c); called by process_exit. */
void process_mark_exit(NTSTATUS status);

/* Set when the loader of ntdll.dll has done its work and the first thread goes on to the program. */
extern atomic_bool program_started;

#endif
