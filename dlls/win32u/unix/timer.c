/* Timers of SetTimer: they belong to a queue, whose thread looks at the clock. */
#include "queue.h"

#include <stdlib.h>
#include "thread.h"

static void set_next_due(struct queue *queue)
{
    uint64_t due = UINT64_MAX;

    for (const struct timer *timer = queue->timers; timer; timer = timer->next)
        if (!timer->pending && timer->due < due) due = timer->due;
    atomic_store(&queue->next_due, due);
}

bool timers_due(struct queue *queue)
{
    bool any = false;
    uint64_t now;

    if (atomic_load(&queue->next_due) == UINT64_MAX) return false;
    now = now_ticks();
    if (atomic_load(&queue->next_due) > now) return false;
    for (struct timer *timer = queue->timers; timer; timer = timer->next)
        if (!timer->pending && timer->due <= now) any = timer->pending = true;
    set_next_due(queue);
    return any;
}

bool timer_take(struct queue *queue, uint32_t window, uint32_t first, uint32_t last, bool remove, struct user_message *message)
{
    for (struct timer **at = &queue->timers; *at; at = &(*at)->next) {
        struct timer *timer = *at;
        uint32_t kind = timer->system ? WM_SYSTIMER : WM_TIMER;
        if (!timer->pending || (window && timer->window != window) || kind < first || kind > last) continue;
        *message = (struct user_message){ .window = timer->window, .message = kind, .wparam = timer->id,
                                          .lparam = timer->proc, .time = now_milliseconds(),
                                          .x = (int)desktop()->cursor_x, .y = (int)desktop()->cursor_y };
        if (!remove) return true;
        timer->pending = false;
        timer->due += timer->period;
        uint64_t now = now_ticks();
        if (timer->due <= now) timer->due = now + timer->period;
        *at = timer->next; /* to the end, so that each has its turn */
        timer->next = NULL;
        while (*at) at = &(*at)->next;
        *at = timer;
        set_next_due(queue);
        return true;
    }
    return false;
}

static void remove_timer(struct queue *queue, struct timer **at)
{
    struct timer *timer = *at;

    *at = timer->next;
    free(timer);
    set_next_due(queue);
}

void timers_window_gone(struct queue *queue, uint32_t window)
{
    for (struct timer **at = &queue->timers; *at;) {
        if ((*at)->window == window) remove_timer(queue, at);
        else at = &(*at)->next;
    }
}

void timers_free(struct queue *queue)
{
    while (queue->timers) remove_timer(queue, &queue->timers);
}

/* Period in milliseconds, already in its limits. Window NULL: a new id is made unless a timer of that id exists. */
NTSTATUS sys_NtUserSetTimer(HWND Window, ULONG64 *Id, ULONG Period, ULONG64 Proc, BOOLEAN System)
{
    static uint64_t next_id = 0x7fff;
    struct queue *mine = queue_mine();
    uint64_t id = *Id;
    uint32_t handle = (uint32_t)(uintptr_t)Window;
    struct timer *fresh = calloc(1, sizeof(*fresh));
    NTSTATUS status = STATUS_SUCCESS;

    if (!mine || !fresh) {
        free(fresh);
        return STATUS_NO_MEMORY;
    }
    user_lock();
    struct window *window = Window ? window_of(Window) : NULL;
    struct queue *queue = window ? window->queue : mine;
    if (Window && !queue) status = desktop_find(handle) ? STATUS_USER(ERROR_ACCESS_DENIED) : STATUS_BAD_WINDOW;
    if (Window && !window) status = desktop_find(handle) ? STATUS_USER(ERROR_ACCESS_DENIED) : STATUS_BAD_WINDOW;
    if (!status) {
        struct timer *timer = queue->timers;
        while (timer && (timer->window != handle || timer->id != id || timer->system != System)) timer = timer->next;
        if (!timer) {
            timer = fresh;
            fresh = NULL;
            if (!Window) {
                if (--next_id < 0x100) next_id = 0x7fff;
                id = next_id;
            }
            timer->next = queue->timers;
            queue->timers = timer;
        }
        timer->window = handle;
        timer->id = id;
        timer->proc = Proc;
        timer->system = System;
        timer->pending = false;
        timer->period = (uint64_t)Period * 10000;
        timer->due = now_ticks() + timer->period;
        set_next_due(queue);
        if (queue != mine) queue_wake(queue, queue->wait_mask & QS_TIMER ? QS_TIMER : 0);
    }
    user_unlock();
    free(fresh);
    if (!status) *Id = id;
    return status;
}

NTSTATUS sys_NtUserKillTimer(HWND Window, ULONG64 Id, BOOLEAN System)
{
    struct queue *mine = queue_mine();
    NTSTATUS status = STATUS_USER(ERROR_INVALID_PARAMETER);
    uint32_t handle = (uint32_t)(uintptr_t)Window;

    if (!mine) return STATUS_NO_MEMORY;
    user_lock();
    struct window *window = Window ? window_of(Window) : NULL;
    struct queue *queue = Window ? window ? window->queue : NULL : mine;
    if (Window && !window) status = STATUS_BAD_WINDOW;
    for (struct timer **at = queue ? &queue->timers : NULL; at && *at; at = &(*at)->next) {
        if ((*at)->window != handle || (*at)->id != Id || (*at)->system != System) continue;
        remove_timer(queue, at);
        queue_update_bits(queue);
        status = STATUS_SUCCESS;
        break;
    }
    user_unlock();
    return status;
}
