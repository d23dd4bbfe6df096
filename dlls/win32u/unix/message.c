/* Posting, sending and taking messages. */
#include "queue.h"

#include <stdlib.h>
#include <string.h>
#include "thread.h"
#include "virtual.h"

#define POSTED_MAX 10000 /* winuser.h reference: PostMessage, remarks */
#define HUNG_MILLISECONDS 5000

NTSTATUS queue_sleep(struct queue *queue, unsigned mask, bool available, uint64_t deadline);

static void stamp(struct user_message *message)
{
    message->time = now_milliseconds();
    message->x = (int)atomic_load_explicit(&desktop()->cursor_x, memory_order_relaxed);
    message->y = (int)atomic_load_explicit(&desktop()->cursor_y, memory_order_relaxed);
}

/* ---- posting ---- */

/* Window NULL: to thread Thread (0: the caller's own). */
NTSTATUS sys_NtUserPost(HWND Window, ULONG Thread, ULONG Message, ULONG64 Wparam, ULONG64 Lparam)
{
    struct user_message message = { .window = (uint32_t)(uintptr_t)Window, .wparam = Wparam, .lparam = Lparam, .message = Message };
    struct queue *mine = Window || Thread ? NULL : queue_mine();
    NTSTATUS status = STATUS_SUCCESS;
    uint32_t foreign = 0;

    if (!desktop_init()) return STATUS_NO_MEMORY;
    stamp(&message);
    user_lock();
    struct window *window = Window ? window_of(Window) : NULL;
    struct queue *queue = window ? window->queue : Window ? NULL : Thread ? queue_of_thread(Thread) : mine;
    if (queue) status = queue_post(queue, &message) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
    else if (Window && !window) {
        struct window_record *record = desktop_find((uint32_t)(uintptr_t)Window);
        if (record) foreign = record->thread;
        else status = STATUS_BAD_WINDOW;
    } else if (!Window) {
        status = STATUS_USER(ERROR_INVALID_THREAD_ID);
        for (uint32_t i = 1; i < atomic_load(&desktop()->queue_limit) && i < DESKTOP_QUEUES; i++)
            if (atomic_load(&desktop_queue(i)->owner) && desktop_queue(i)->thread == Thread) foreign = Thread;
    }
    user_unlock();
    return foreign ? foreign_post(foreign, &message) : status;
}

NTSTATUS sys_NtUserPostQuit(LONG Code)
{
    struct queue *queue = queue_mine();

    if (!queue) return STATUS_NO_MEMORY;
    user_lock();
    queue->quit = true;
    queue->quit_code = (uint64_t)(int64_t)Code;
    queue_wake(queue, QS_POSTMESSAGE | QS_ALLPOSTMESSAGE);
    user_unlock();
    return STATUS_SUCCESS;
}

/* ---- sent messages ---- */

struct sent *sent_new(const struct user_message *message, uint32_t flags)
{
    struct sent *sent = calloc(1, sizeof(*sent));

    if (!sent) return NULL;
    sent->message = *message;
    sent->flags = flags;
    return sent;
}

static void sent_release(struct sent *sent)
{
    if (--sent->references) return;
    free(sent->payload);
    free(sent);
}

void sent_deliver(struct sent *sent, struct queue *receiver)
{
    struct sent **at = &receiver->first_sent;

    sent->receiver = receiver;
    sent->references++;
    while (*at) at = &(*at)->next;
    sent->next = NULL;
    *at = sent;
    receiver->last_sent = sent;
    queue_wake(receiver, QS_SENDMESSAGE);
}

/* The answer, for whoever waits for it. */
static void answer(struct sent *sent, uint64_t result, bool failed)
{
    struct queue *sender = sent->sender;

    if (sent->replied) return;
    sent->replied = true;
    sent->failed = failed;
    sent->result = result;
    if (!sender) return;
    if (sent->flags & SEND_CALLBACK) {
        struct sent **at = &sender->results;
        sent->references++;
        while (*at) at = &(*at)->sender_next;
        sent->sender_next = NULL;
        *at = sent;
    }
    queue_wake(sender, QS_SENDMESSAGE);
}

void sent_queue_gone(struct queue *queue)
{
    while (queue->first_sent) {
        struct sent *sent = queue->first_sent;
        queue->first_sent = sent->next;
        sent->receiver = NULL;
        answer(sent, 0, true);
        sent_release(sent);
    }
    while (queue->current) {
        struct sent *sent = queue->current;
        queue->current = sent->outer;
        sent->receiver = NULL;
        answer(sent, 0, true);
        sent_release(sent);
    }
    while (queue->results) {
        struct sent *sent = queue->results;
        queue->results = sent->sender_next;
        sent_release(sent);
    }
    while (queue->waiting) {
        struct sent *sent = queue->waiting;
        queue->waiting = sent->sender_next;
        sent->sender = NULL;
        sent_release(sent);
    }
    for (struct queue *other = queues_first(); other; other = other->next) {
        for (struct sent *sent = other->first_sent; sent; sent = sent->next)
            if (sent->sender == queue) sent->sender = NULL;
        for (struct sent *sent = other->current; sent; sent = sent->outer)
            if (sent->sender == queue) sent->sender = NULL;
    }
}

void sent_to_window_gone(struct queue *queue, uint32_t window)
{
    for (struct sent **at = &queue->first_sent; *at;) {
        struct sent *sent = *at;
        if (sent->message.window != window) {
            at = &sent->next;
            continue;
        }
        *at = sent->next;
        sent->receiver = NULL;
        if (sent->foreign) foreign_reply(sent->foreign, 0, NULL, 0, true);
        answer(sent, 0, true);
        sent_release(sent);
    }
}

static void event_of_sent(struct sent *sent, struct user_event *event)
{
    event->kind = sent->proc ? EVENT_HOOK : EVENT_CALL;
    event->message = sent->message;
    event->flags = sent->flags;
    event->token = (uintptr_t)sent;
    event->proc = sent->proc;
    event->payload_bytes = sent->payload_bytes;
    event->result = sent->reply_room;
}

/* Begins the next message that was sent to this thread, or takes an answer for SendMessageCallback. With the lock. */
static bool take_sent(struct queue *queue, struct user_event *event)
{
    struct sent *sent = queue->first_sent;

    if (sent) {
        queue->first_sent = sent->next;
        sent->outer = queue->current;
        queue->current = sent;
        event_of_sent(sent, event);
        queue_update_bits(queue);
        return true;
    }
    sent = queue->results;
    if (!sent) return false;
    queue->results = sent->sender_next;
    event->kind = EVENT_RESULT;
    event->message = sent->message;
    event->message.wparam = sent->result;
    event->message.extra = sent->callback_data;
    event->proc = sent->callback;
    sent_release(sent);
    queue_update_bits(queue);
    return true;
}

/* Ends the processing of a sent message with its result, and the data for another process. */
NTSTATUS sys_NtUserReply(ULONG64 Token, ULONG64 Result, const void *Data, ULONG Bytes)
{
    struct queue *queue = queue_mine();
    void *copy = Bytes ? malloc(Bytes) : NULL;
    uint64_t foreign = 0;

    if (!queue || (Bytes && !copy)) return STATUS_NO_MEMORY;
    if (Bytes && !virtual_read(copy, Data, Bytes)) Bytes = 0;
    user_lock();
    struct sent *sent = queue->current;
    if (sent && (uintptr_t)sent == Token) {
        queue->current = sent->outer;
        sent->receiver = NULL;
        if (!sent->replied) foreign = sent->foreign;
        answer(sent, Result, false);
        sent_release(sent);
    }
    user_unlock();
    if (foreign) foreign_reply(foreign, Result, copy, Bytes, false);
    free(copy);
    return STATUS_SUCCESS;
}

/* ReplyMessage: the sender goes on, the procedure too. */
NTSTATUS sys_NtUserReplyMessage(ULONG64 Result)
{
    struct queue *queue = queue_mine();
    NTSTATUS status = STATUS_UNSUCCESSFUL;
    uint64_t foreign = 0;

    if (!queue) return STATUS_NO_MEMORY;
    user_lock();
    struct sent *sent = queue->current;
    if (sent && !sent->replied) {
        foreign = sent->foreign;
        answer(sent, Result, false);
        status = STATUS_SUCCESS;
    }
    user_unlock();
    if (foreign) foreign_reply(foreign, Result, NULL, 0, false);
    return status;
}

/* InSendMessageEx */
ULONG sys_NtUserInSend(void)
{
    struct queue *queue = queue_mine();
    ULONG result = ISMEX_NOSEND;

    if (!queue) return result;
    user_lock();
    struct sent *sent = queue->current;
    if (sent) {
        result = sent->flags & SEND_CALLBACK ? ISMEX_CALLBACK : sent->flags & SEND_NOTIFY ? ISMEX_NOTIFY : ISMEX_SEND;
        if (sent->replied) result |= ISMEX_REPLIED;
    }
    user_unlock();
    return result;
}

/* The data that came with a message of another process. */
NTSTATUS sys_NtUserPayload(ULONG64 Token, void *Data, ULONG Bytes)
{
    struct queue *queue = queue_mine();
    void *copy = malloc(Bytes ? Bytes : 1);
    bool found = false;

    if (!queue || !copy) {
        free(copy);
        return STATUS_NO_MEMORY;
    }
    user_lock();
    for (struct sent *sent = queue->current; sent && !found; sent = sent->outer) {
        if ((uintptr_t)sent != Token || !sent->payload) continue;
        if (Bytes > sent->payload_bytes) Bytes = sent->payload_bytes;
        memcpy(copy, sent->payload, Bytes);
        found = true;
    }
    user_unlock();
    if (found) memcpy(Data, copy, Bytes);
    free(copy);
    return found ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

/* ---- sending to another thread ---- */

static void forget(struct queue *queue, struct sent *sent)
{
    for (struct sent **at = &queue->waiting; *at; at = &(*at)->sender_next) {
        if (*at != sent) continue;
        *at = sent->sender_next;
        break;
    }
    sent->sender = NULL;
    sent_release(sent);
}

/* Goes on waiting for the answer to the message `Token`: EVENT_DONE, EVENT_TIMEOUT, or EVENT_CALL and its like, which user32
 * carries out before it calls this again. Deadline and Token: as NtUserSend left them. */
NTSTATUS sys_NtUserSendWait(ULONG64 Token, ULONG64 Deadline, ULONG Flags, struct user_event *Event)
{
    struct queue *queue = queue_mine();
    struct user_event event = { 0 };
    void *data = NULL;
    uint64_t reply_data = 0;
    uint32_t reply_room = 0;

    if (!queue) return STATUS_NO_MEMORY;
    for (;;) {
        if (atomic_load(&queue->record->mail)) foreign_collect(queue);
        user_lock();
        struct sent *sent = queue->waiting;
        while (sent && (uintptr_t)sent != Token) sent = sent->sender_next;
        if (!sent) {
            user_unlock();
            return STATUS_INVALID_PARAMETER;
        }
        atomic_fetch_and(&queue->changed, ~(unsigned)QS_SENDMESSAGE);
        bool nested = !(Flags & SEND_BLOCK) && take_sent(queue, &event);
        if (!nested && sent->replied) {
            event.kind = EVENT_DONE;
            event.result = sent->result;
            event.flags = sent->failed ? SEND_ERROR_ON_EXIT : 0;
            event.message = sent->message;
            event.payload_bytes = sent->payload_bytes;
            if (sent->payload_bytes && (data = sent->payload)) sent->payload = NULL;
            reply_data = sent->reply_data;
            reply_room = sent->reply_room;
            forget(queue, sent);
        } else if (!nested && Deadline != UINT64_MAX && now_ticks() >= Deadline) {
            event.kind = EVENT_TIMEOUT;
            forget(queue, sent);
        }
        user_unlock();
        if (event.kind) break;
        queue_sleep(queue, QS_SENDMESSAGE, false, Deadline);
    }
    if (data) {
        virtual_write((void *)(uintptr_t)reply_data, data, event.payload_bytes < reply_room ? event.payload_bytes : reply_room);
        free(data);
    }
    *Event = event;
    return STATUS_SUCCESS;
}

static bool is_hung(const struct queue_record *record)
{
    return now_milliseconds() - atomic_load(&record->looked) > HUNG_MILLISECONDS;
}

/* Sends to a thread other than the caller's. SEND_NOTIFY and SEND_CALLBACK return at once (EVENT_DONE with result 1). */
NTSTATUS sys_NtUserSend(struct user_send *Send, struct user_event *Event)
{
    struct user_send send = *Send;
    struct queue *queue = queue_mine();
    struct user_event event = { .kind = EVENT_DONE, .result = 1 };
    bool wait = !(send.flags & (SEND_NOTIFY | SEND_CALLBACK));
    uint64_t deadline = send.flags & SEND_TIMEOUT ? now_ticks() + (uint64_t)send.timeout * 10000 : UINT64_MAX;
    NTSTATUS status = STATUS_SUCCESS;
    struct sent *sent;
    uint32_t foreign = 0;
    void *data = NULL;

    if (!queue || !(sent = sent_new(&send.message, send.flags & ~(uint32_t)SEND_FOREIGN))) return STATUS_NO_MEMORY;
    stamp(&sent->message);
    sent->callback = send.callback;
    sent->reply_data = send.reply_data;
    sent->reply_room = send.reply_bytes;
    sent->callback_data = send.callback_data;
    sent->references = 1;
    user_lock();
    struct window *window = window_find((uint32_t)send.message.window);
    struct queue *receiver = window ? window->queue : NULL;
    if (!window) {
        struct window_record *record = desktop_find((uint32_t)send.message.window);
        if (record) foreign = record->thread;
        else status = STATUS_BAD_WINDOW;
    } else if (!receiver) {
        event.result = 0; /* the desktop and message windows answer nothing */
    } else if ((send.flags & SEND_ABORT_IF_HUNG) && is_hung(receiver->record)) {
        status = STATUS_USER(ERROR_TIMEOUT);
    }
    if (!status && (receiver || foreign)) {
        if (!(send.flags & SEND_NOTIFY)) sent->sender = queue;
        if (wait) {
            sent->sender_next = queue->waiting;
            queue->waiting = sent;
        }
        if (receiver) sent_deliver(sent, receiver);
    }
    if (status || !(receiver || foreign)) sent_release(sent);
    else if (!wait && !foreign) sent_release(sent);
    user_unlock();
    if (foreign) {
        if (send.data_bytes && (!(data = malloc(send.data_bytes)) ||
                                !virtual_read(data, (void *)(uintptr_t)send.data, send.data_bytes)))
            status = data ? STATUS_ACCESS_VIOLATION : STATUS_NO_MEMORY;
        if (!status) status = foreign_send(foreign, &send, data, sent);
        free(data);
        if (status || !wait) {
            user_lock();
            if (wait) forget(queue, sent);
            else sent_release(sent);
            user_unlock();
        }
    }
    if (!status && wait && (receiver || foreign)) {
        event.token = (uintptr_t)sent;
        status = sys_NtUserSendWait(event.token, deadline, send.flags, &event);
    }
    if (status) return status;
    *Event = event;
    Event->hooks = 0;
    Send->token = (uintptr_t)sent; /* to go on waiting with, after a nested message */
    Send->deadline = deadline;
    return STATUS_SUCCESS;
}

/* ---- taking messages ---- */

#define THREAD_MESSAGES 0xffffffffu

static bool matches(const struct user_message *message, uint32_t window, uint32_t first, uint32_t last)
{
    if (message->message < first || message->message > last) return false;
    if (!window) return true;
    if (window == THREAD_MESSAGES) return !message->window;
    if (message->window == window) return true;
    struct window *parent = window_find(window), *child = window_find((uint32_t)message->window);
    return parent && child && window_is_child(parent, child);
}

static bool take_posted(struct queue *queue, uint32_t window, uint32_t first, uint32_t last, bool remove, struct user_event *event)
{
    for (struct posted **at = &queue->first_posted, *before = NULL; *at; before = *at, at = &(*at)->next) {
        struct posted *posted = *at;
        if (!matches(&posted->message, window, first, last)) continue;
        event->kind = EVENT_MESSAGE;
        event->message = posted->message;
        if (!remove) return true;
        *at = posted->next;
        if (queue->last_posted == posted) queue->last_posted = before;
        free(posted);
        queue_update_bits(queue);
        return true;
    }
    if (!queue->quit || queue->first_posted) return false;
    event->kind = EVENT_MESSAGE;
    event->message = (struct user_message){ .message = WM_QUIT, .wparam = queue->quit_code };
    stamp(&event->message);
    if (remove) {
        queue->quit = false;
        queue_update_bits(queue);
    }
    return true;
}

static bool take_input(struct queue *queue, uint64_t after, unsigned kinds, struct user_event *event)
{
    for (struct input *input = queue->first_input; input; input = input->next) {
        if (input->number <= after) continue;
        unsigned kind = input->kind == INPUT_KEY_MESSAGE ? QS_KEY : input->message.message == WM_MOUSEMOVE ? QS_MOUSEMOVE : QS_MOUSEBUTTON;
        if (!(kinds & kind)) continue;
        event->kind = EVENT_INPUT;
        event->message = input->message;
        event->token = input->number;
        event->flags = input->kind | (input->injected ? 0x100 : 0);
        return true;
    }
    return false;
}

static unsigned kinds_of_filter(uint32_t first, uint32_t last, unsigned flags)
{
    unsigned kinds = flags >> 16; /* PM_QS_* */

    if (!kinds) kinds = QS_ALLINPUT;
    if (first == 0 && last == ~0u) return kinds;
    unsigned range = QS_POSTMESSAGE | QS_SENDMESSAGE;
    if (first <= WM_KEYLAST && last >= WM_KEYFIRST) range |= QS_KEY;
    if ((first <= WM_MOUSELAST && last >= WM_MOUSEFIRST) || (first <= WM_NCXBUTTONDBLCLK && last >= WM_NCMOUSEMOVE))
        range |= QS_MOUSE;
    if (first <= WM_TIMER && last >= WM_TIMER) range |= QS_TIMER;
    if (first <= WM_SYSTIMER && last >= WM_SYSTIMER) range |= QS_TIMER;
    if (first <= WM_PAINT && last >= WM_PAINT) range |= QS_PAINT;
    return kinds & range;
}

/* One round: with the lock held. */
static bool look(struct queue *queue, uint32_t window, uint32_t first, uint32_t last, unsigned flags, uint64_t after,
                 struct user_event *event)
{
    unsigned kinds = kinds_of_filter(first, last, flags);
    bool remove = flags & PM_REMOVE;
    uint32_t paint;

    atomic_store(&queue->changed, 0);
    timers_due(queue);
    if (take_sent(queue, event)) return true;
    if ((kinds & QS_POSTMESSAGE) && take_posted(queue, window, first, last, remove, event)) return true;
    if (window != THREAD_MESSAGES && (kinds & QS_INPUT) && queue->first_input && take_input(queue, after, kinds, event)) return true;
    if (window != THREAD_MESSAGES && (kinds & QS_PAINT) && queue->paints && (paint = paint_next(queue, window))) {
        event->kind = EVENT_MESSAGE;
        event->message = (struct user_message){ .window = paint, .message = WM_PAINT };
        stamp(&event->message);
        return true;
    }
    if ((kinds & QS_TIMER) && queue->timers &&
        timer_take(queue, window == THREAD_MESSAGES ? 0 : window, first, last, remove, &event->message)) {
        event->kind = EVENT_MESSAGE;
        queue_update_bits(queue);
        return true;
    }
    return false;
}

/* PeekMessage, and with Wait GetMessage. Event.token: input up to that number was looked at already and is not wanted.
 * EVENT_NOTHING only without Wait. Messages that were sent come first; user32 carries them out and calls again. */
NTSTATUS sys_NtUserPeek(HWND Window, ULONG First, ULONG Last, ULONG Flags, BOOLEAN Wait, struct user_event *Event)
{
    struct queue *queue = queue_mine();
    uint32_t window = (uint32_t)(uintptr_t)Window;
    struct user_event event = { 0 };
    uint64_t after = Event->token;

    if (!queue) return STATUS_NO_MEMORY;
    if (window == 0xffff || window == 1) window = THREAD_MESSAGES;
    if (!First && !Last) Last = ~0u;
    if (window && window != THREAD_MESSAGES && !desktop_find(window)) return STATUS_BAD_WINDOW;
    if (!Wait && !atomic_load_explicit(&queue->bits, memory_order_acquire) && !atomic_load(&queue->record->mail)) {
        uint64_t due = atomic_load(&queue->next_due);
        if (due == UINT64_MAX || due > now_ticks()) {
            static __thread unsigned turns;
            if (!(++turns & 63)) { /* a program that polls without sleeping still shows what it draws and is not hung */
                driver_idle();
                atomic_store_explicit(&queue->record->looked, now_milliseconds(), memory_order_relaxed);
            }
            Event->kind = EVENT_NOTHING;
            return STATUS_SUCCESS;
        }
    }
    for (;;) {
        if (atomic_load(&queue->record->mail)) foreign_collect(queue);
        user_lock();
        bool found = look(queue, window, First, Last, Flags, after, &event);
        if (found && event.kind == EVENT_MESSAGE) {
            queue->message_time = event.message.time;
            queue->message_x = event.message.x;
            queue->message_y = event.message.y;
            queue->extra = event.message.extra;
        }
        event.hooks = hooks_of(queue);
        user_unlock();
        if (found || !Wait) break;
        queue_sleep(queue, QS_ALLINPUT | QS_ALLPOSTMESSAGE, false, UINT64_MAX);
    }
    atomic_store_explicit(&queue->record->looked, event.message.time ? event.message.time : now_milliseconds(), memory_order_relaxed);
    *Event = event;
    return STATUS_SUCCESS;
}

/* IsHungAppWindow */
BOOL sys_NtUserIsHung(HWND Window)
{
    struct window_record copy;

    if (!desktop_init() || !desktop_read((uint32_t)(uintptr_t)Window, &copy)) return FALSE;
    const struct queue_record *record = desktop_queue(copy.queue);
    return atomic_load(&record->owner) && is_hung(record);
}

/* SetMessageExtraInfo: Value becomes the old one. */
NTSTATUS sys_NtUserMessageExtra(ULONG64 *Value)
{
    struct queue *queue = queue_mine();
    uint64_t value = *Value, old;

    if (!queue) return STATUS_NO_MEMORY;
    user_lock();
    old = queue->extra;
    queue->extra = value;
    user_unlock();
    *Value = old;
    return STATUS_SUCCESS;
}
