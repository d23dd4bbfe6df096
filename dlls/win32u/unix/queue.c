/* Message queues of this process, and waiting on them. */
#include "queue.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "ferry/syscall_table.h"
#include "handle.h"
#include "thread.h"
#include "wait.h"

static struct queue *queues;
static __thread struct queue *mine;

uint64_t now_ticks(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 10000000 + (uint64_t)now.tv_nsec / 100;
}

uint32_t now_milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}

struct queue *queues_first(void)
{
    return queues;
}

/* The thread ends: its windows, messages, hooks and timers go. */
static void thread_gone(void)
{
    struct queue *queue = mine;

    if (!queue) return;
    user_lock();
    windows_of_thread_gone(queue);
    for (struct queue **at = &queues; *at; at = &(*at)->next) {
        if (*at != queue) continue;
        *at = queue->next;
        break;
    }
    queue->gone = true;
    while (queue->first_posted) {
        struct posted *next = queue->first_posted->next;
        free(queue->first_posted);
        queue->first_posted = next;
    }
    while (queue->first_input) {
        struct input *next = queue->first_input->next;
        free(queue->first_input);
        queue->first_input = next;
    }
    sent_queue_gone(queue);
    hooks_queue_gone(queue);
    timers_free(queue);
    atomic_store(&queue->record->owner, 0);
    user_unlock();
    sys_NtClose(queue->event);
    mine = NULL;
    free(queue);
}

static struct queue *make_queue(void)
{
    struct thread *thread = thread_self();
    struct queue *queue;
    uint32_t number;

    if (!thread || !desktop_init() || !(queue = calloc(1, sizeof(*queue)))) return NULL;
    number = desktop_take_queue();
    if (!number || sys_NtCreateEvent(&queue->event, EVENT_ALL_ACCESS, NULL, 0, FALSE)) goto failed;
    if (handle_slot(queue->event, OBJECT_EVENT, 0, &queue->event_slot)) goto failed;
    queue->thread = thread->id;
    queue->number = number;
    queue->record = desktop_queue(number);
    queue->record->thread = thread->id;
    queue->record->event = queue->event_slot;
    atomic_store(&queue->record->looked, now_milliseconds());
    queue->next_due = UINT64_MAX;
    for (int i = 0; i < 256; i++) queue->keys[i] = atomic_load(&desktop()->keys[i]) & 0x81;
    thread_exit_hook = thread_gone;
    user_lock();
    queue->next = queues;
    queues = queue;
    user_unlock();
    return mine = queue;
failed:
    if (number) atomic_store(&desktop_queue(number)->owner, 0);
    free(queue);
    return NULL;
}

struct queue *queue_mine(void)
{
    return mine ? mine : make_queue();
}

struct queue *queue_of_thread(uint32_t thread)
{
    struct queue *queue = queues;

    while (queue && queue->thread != thread) queue = queue->next;
    return queue;
}

void queue_wake(struct queue *queue, unsigned bits)
{
    atomic_fetch_or(&queue->bits, bits);
    atomic_fetch_or(&queue->changed, bits);
    if (bits & queue->wait_mask) event_set(queue->event_slot);
}

static unsigned input_bits(const struct queue *queue)
{
    unsigned bits = 0;

    for (const struct input *input = queue->first_input; input; input = input->next)
        bits |= input->kind == INPUT_KEY_MESSAGE ? QS_KEY : input->message.message == WM_MOUSEMOVE ? QS_MOUSEMOVE : QS_MOUSEBUTTON;
    return bits;
}

void queue_update_bits(struct queue *queue)
{
    unsigned bits = input_bits(queue);

    if (queue->first_posted || queue->quit) bits |= QS_POSTMESSAGE | QS_ALLPOSTMESSAGE;
    if (queue->first_sent || queue->results) bits |= QS_SENDMESSAGE;
    if (queue->paints) bits |= QS_PAINT;
    for (const struct timer *timer = queue->timers; timer; timer = timer->next)
        if (timer->pending) bits |= QS_TIMER;
    atomic_store(&queue->bits, bits);
    if (!(bits & QS_INPUT)) atomic_fetch_and(&queue->changed, ~(unsigned)QS_INPUT);
}

bool queue_post(struct queue *queue, const struct user_message *message)
{
    struct posted *posted = malloc(sizeof(*posted));

    if (!posted) return false;
    posted->message = *message;
    posted->next = NULL;
    if (queue->last_posted) queue->last_posted->next = posted;
    else queue->first_posted = posted;
    queue->last_posted = posted;
    queue_wake(queue, QS_POSTMESSAGE | QS_ALLPOSTMESSAGE);
    return true;
}

void queue_window_gone(struct queue *queue, uint32_t window)
{
    struct posted **at = &queue->first_posted, *last = NULL;

    while (*at) {
        struct posted *posted = *at;
        if (posted->message.window != window) {
            last = posted;
            at = &posted->next;
            continue;
        }
        *at = posted->next;
        free(posted);
    }
    queue->last_posted = last;
    timers_window_gone(queue, window);
    sent_to_window_gone(queue, window);
    queue_update_bits(queue);
}

/* ---- waiting ---- */

static bool something(struct queue *queue, unsigned mask, bool available)
{
    unsigned bits = available ? atomic_load(&queue->bits) : 0;

    return (bits | atomic_load(&queue->changed)) & mask;
}

/* Sleeps until there is something of `mask` in the queue, a handle is signalled or the deadline (ticks) passes. The status
 * is that of the wait; STATUS_WAIT_0 + count: the queue. */
static NTSTATUS wait_queue(struct queue *queue, ULONG count, const HANDLE *handles, bool all, bool alertable,
                           uint64_t deadline, unsigned mask, bool available)
{
    HANDLE objects[MAXIMUM_WAIT_OBJECTS];
    NTSTATUS status;

    if (count) memcpy(objects, handles, count * sizeof(*handles));
    objects[count] = queue->event;
    driver_idle();
    atomic_store(&queue->record->idle, 1);
    for (;;) {
        if (atomic_load(&queue->record->mail)) foreign_collect(queue);
        uint64_t now = now_ticks(), until = deadline;
        user_lock();
        if ((mask & QS_TIMER) && timers_due(queue)) queue_wake(queue, QS_TIMER);
        if (something(queue, mask, available)) {
            user_unlock();
            if (all && count) { /* all handles and the queue: look at the handles without sleeping */
                LARGE_INTEGER none = { .QuadPart = 0 };
                status = sys_NtWaitForMultipleObjects(count, objects, 0, alertable, &none);
                if (status != STATUS_TIMEOUT) break;
                if (deadline <= now) break;
                LARGE_INTEGER left = { .QuadPart = deadline == UINT64_MAX ? INT64_MIN : -(LONGLONG)(deadline - now) };
                status = sys_NtWaitForMultipleObjects(count, objects, 0, alertable, deadline == UINT64_MAX ? NULL : &left);
                break;
            }
            status = STATUS_WAIT_0 + (NTSTATUS)count;
            break;
        }
        queue->wait_mask = mask;
        event_reset(queue->event_slot);
        if (atomic_load(&queue->record->mail)) event_set(queue->event_slot);
        if (mask & QS_TIMER) {
            uint64_t due = atomic_load(&queue->next_due);
            if (due < until) until = due;
        }
        user_unlock();
        LARGE_INTEGER left = { .QuadPart = until <= now ? 0 : -(LONGLONG)(until - now) };
        status = sys_NtWaitForMultipleObjects(count + 1, objects, all ? 0 : 1, alertable, until == UINT64_MAX ? NULL : &left);
        user_lock();
        queue->wait_mask = 0;
        user_unlock();
        if (status == STATUS_TIMEOUT && (deadline == UINT64_MAX || now_ticks() < deadline)) continue;
        if (!all && status == STATUS_WAIT_0 + (NTSTATUS)count) {
            if (!something(queue, mask, available) && !atomic_load(&queue->record->mail)) continue;
            if (atomic_load(&queue->record->mail)) continue;
        }
        break;
    }
    atomic_store(&queue->record->looked, now_milliseconds());
    return status;
}

NTSTATUS queue_sleep(struct queue *queue, unsigned mask, bool available, uint64_t deadline)
{
    return wait_queue(queue, 0, NULL, false, false, deadline, mask, available);
}

/* MsgWaitForMultipleObjectsEx. Timeout: milliseconds. STATUS_WAIT_0 + Count: the queue. */
NTSTATUS sys_NtUserWait(ULONG Count, HANDLE *Handles, ULONG Timeout, ULONG Mask, ULONG Flags)
{
    struct queue *queue = queue_mine();
    HANDLE handles[MAXIMUM_WAIT_OBJECTS];
    uint64_t deadline = Timeout == INFINITE ? UINT64_MAX : now_ticks() + (uint64_t)Timeout * 10000;

    if (!queue) return STATUS_NO_MEMORY;
    if (Count >= MAXIMUM_WAIT_OBJECTS) return STATUS_USER(ERROR_INVALID_PARAMETER);
    if (Count) memcpy(handles, Handles, Count * sizeof(*handles));
    return wait_queue(queue, Count, handles, Flags & MWMO_WAITALL, Flags & MWMO_ALERTABLE, deadline, Mask,
                      Flags & MWMO_INPUTAVAILABLE);
}

/* GetQueueStatus: what came since it was last asked for in the lower half, what is there in the upper one. */
ULONG sys_NtUserQueueStatus(ULONG Mask)
{
    struct queue *queue = queue_mine();

    if (!queue) return 0;
    if (atomic_load(&queue->record->mail)) foreign_collect(queue);
    user_lock();
    if (timers_due(queue)) queue_wake(queue, QS_TIMER);
    unsigned changed = atomic_fetch_and(&queue->changed, ~Mask) & Mask, bits = atomic_load(&queue->bits) & Mask;
    user_unlock();
    return changed | bits << 16;
}

/* The state of a thread's input: 0 is the caller's, of any process otherwise. With Thread -1: of the foreground thread. */
NTSTATUS sys_NtUserThreadState(ULONG Thread, struct user_thread_state *State)
{
    struct user_thread_state state = { 0 };
    struct queue *own = Thread ? NULL : queue_mine();

    if (!desktop_init()) return STATUS_NO_MEMORY;
    if (Thread == ~0u) {
        struct window_record *record = desktop_find(atomic_load(&desktop()->foreground));
        Thread = record ? record->thread : 0;
        if (!Thread) {
            *State = state;
            return STATUS_SUCCESS;
        }
    }
    user_lock();
    struct queue *queue = own ? own : queue_of_thread(Thread);
    if (queue) {
        state.focus = queue->focus;
        state.active = queue->active;
        state.capture = queue->capture;
        state.menu_owner = queue->menu_owner;
        state.move_size = queue->move_size;
        state.caret = queue->caret;
        state.caret_rect = queue->caret_rect;
        state.message_time = queue->message_time;
        state.message_x = queue->message_x;
        state.message_y = queue->message_y;
        state.extra = queue->extra;
    }
    user_unlock();
    bool found = queue != NULL;
    for (uint32_t i = 1; !found && i < atomic_load(&desktop()->queue_limit) && i < DESKTOP_QUEUES; i++) {
        struct queue_record *record = desktop_queue(i);
        if (!atomic_load(&record->owner) || record->thread != Thread) continue;
        found = true;
        state.focus = atomic_load(&record->focus);
        state.active = atomic_load(&record->active);
        state.capture = atomic_load(&record->capture);
        state.menu_owner = atomic_load(&record->menu_owner);
        state.move_size = atomic_load(&record->move_size);
        state.caret = atomic_load(&record->caret);
    }
    state.foreground = atomic_load(&desktop()->foreground);
    if (!found) return STATUS_USER(ERROR_INVALID_PARAMETER);
    *State = state;
    return STATUS_SUCCESS;
}

/* WaitForInputIdle: 1 a thread of the process has waited for input, 0 none has yet, 2 it has no queue at all. */
ULONG sys_NtUserProcessIdle(ULONG Process)
{
    uint32_t slot = SLOT_OF_ID(Process);
    ULONG result = 2;

    if (!desktop_init()) return 2;
    for (uint32_t i = 1; i < atomic_load(&desktop()->queue_limit) && i < DESKTOP_QUEUES; i++) {
        struct queue_record *record = desktop_queue(i);
        if (atomic_load(&record->owner) != slot) continue;
        if (atomic_load(&record->idle)) return 1;
        result = 0;
    }
    return result;
}
