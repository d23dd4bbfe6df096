/* The thread pool's insides: pools and their workers (threadpool.c), what puts callbacks into them: timers, waits and
 * I/O (threadpool_event.c), and the older interfaces on top (threadpool_legacy.c).
 */
#ifndef NTDLL_THREADPOOL_H
#define NTDLL_THREADPOOL_H

#include "ntdll.h"

enum tp_kind { TP_KIND_SIMPLE, TP_KIND_WORK, TP_KIND_TIMER, TP_KIND_WAIT, TP_KIND_IO };

struct tp_completion {
    struct tp_completion *next;
    void *apc_context;
    IO_STATUS_BLOCK io;
};

struct _TP_CALLBACK_INSTANCE {
    struct tp_object *object;
    HANDLE thread_id;
    bool long_function, disassociated;
    /* what is to be done when the callback has returned */
    RTL_CRITICAL_SECTION *section;
    HANDLE mutex, semaphore, event;
    LONG release_count;
    void *dll;
};

struct tp_object {
    enum tp_kind kind;
    LONG references;
    struct _TP_POOL *pool;
    struct _TP_CLEANUP_GROUP *group;
    LIST_ENTRY group_link;
    void *callback, *context;
    PTP_SIMPLE_CALLBACK finalization;
    PTP_CLEANUP_GROUP_CANCEL_CALLBACK cancel;
    void (*destroyed)(void *context); /* after the last reference; may be NULL */
    void *race_dll;
    bool long_function;
    ULONG priority;
    /* under the pool's lock */
    LIST_ENTRY queue_link; /* in the pool's queue while pending */
    ULONG pending;         /* callbacks that have not begun */
    ULONG running;         /* and that have not returned */
    RTL_CONDITION_VARIABLE quiet; /* pending and running went to 0, or running did */
    union {
        struct {
            bool set;
            LONGLONG due; /* ticks of the performance counter, see tp_now() */
            LONGLONG period;
            LIST_ENTRY link;
        } timer; /* TP_KIND_WAIT: its timeout */
        struct {
            struct tp_completion *first, **last;
            LONG started; /* operations begun and neither completed nor cancelled */
            HANDLE file;
        } io;
    };
    struct {
        HANDLE packet;
        bool armed;
        ULONG_PTR cookie;
        TP_WAIT_RESULT result;
    } wait;
};

struct _TP_POOL {
    LONG references;
    RTL_SRWLOCK lock;
    RTL_CONDITION_VARIABLE work;
    LIST_ENTRY queues[TP_CALLBACK_PRIORITY_COUNT];
    ULONG queued;  /* callbacks in the queues */
    ULONG workers; /* threads, and of these: */
    ULONG idle, long_running;
    ULONG minimum, maximum;
    ULONG taken, taken_before; /* callbacks begun, to notice when none is */
    bool growing, closed;
    TP_POOL_STACK_INFORMATION stack;
};

NTSTATUS NTAPI LdrAddRefDll(ULONG flags, void *dll);
NTSTATUS NTAPI LdrUnloadDll(void *dll);

/* threadpool.c */
NTSTATUS tp_object_create(struct tp_object **object, enum tp_kind kind, void *callback, void *context,
                          TP_CALLBACK_ENVIRON *environment);
void tp_retain(struct tp_object *object);
void tp_release(struct tp_object *object);
void tp_post(struct tp_object *object);                   /* one more callback */
ULONG tp_cancel_pending(struct tp_object *object);        /* those that have not begun; how many */
void tp_wait(struct tp_object *object, BOOLEAN cancel);   /* until none runs or is pending */
void tp_wait_running(struct tp_object *object);           /* until none runs */
void tp_close(struct tp_object *object);                  /* the owner's reference and the group's membership go */
void tp_pool_release(struct _TP_POOL *pool);
void tp_grow(struct _TP_POOL *pool);                      /* called when the queue did not move for a while */

/* threadpool_event.c */
void tp_disarm(struct tp_object *object);                 /* no further callbacks from its timer, wait or file */
void tp_watch_growth(struct _TP_POOL *pool);              /* calls tp_grow() later, once; under no lock */
LONGLONG tp_now(void);

#endif
