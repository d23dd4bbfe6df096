/* Message queues: one for each thread that has asked for anything of windows. With the lock of window.h held. */
#ifndef HOST_QUEUE_H
#define HOST_QUEUE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "window.h"

/* A posted message. */
struct posted {
    struct posted *next;
    struct user_message message;
};

/* A sent message, between the sender's queue and the receiver's. Freed by who comes last. */
struct sent {
    struct sent *next;      /* in the receiver's list of those not begun */
    struct sent *outer;     /* in the receiver's stack of those being processed */
    struct sent *sender_next; /* in the sender's list of those it waits for */
    struct user_message message;
    struct queue *sender, *receiver; /* NULL: nobody waits; gone */
    uint32_t flags;         /* SEND_* */
    uint32_t references;
    bool replied, failed;
    uint64_t result;
    uint64_t callback, callback_data;
    uint64_t proc;          /* of a hook */
    uint64_t foreign;       /* the server's number of the message, 0 */
    void *payload;          /* malloced */
    uint32_t payload_bytes;
    uint32_t reply_room;
    uint64_t reply_data; /* the sender's memory */
};

struct timer {
    struct timer *next;
    uint32_t window;
    uint64_t id, proc;
    uint64_t due, period; /* 100 ns units of CLOCK_MONOTONIC */
    bool system;
    bool pending; /* WM_TIMER is to be given */
};

#define HOOK_KINDS 16 /* WH_MIN (-1) … WH_MAX (14) */

struct hook {
    struct hook *next; /* the one set before */
    struct user_hook data;
    struct queue *queue;
};

/* What the device queue holds before user32 makes messages of it. */
struct input {
    struct input *next;
    uint32_t number;
    uint32_t kind; /* INPUT_* of user.h */
    struct user_message message; /* window: the top-level window it came to, 0 */
    bool injected;
};

struct queue {
    struct queue *next; /* of all queues in this process */
    uint32_t thread;    /* id */
    uint32_t number;    /* of the record */
    struct queue_record *record;
    HANDLE event;
    uint32_t event_slot;
    atomic_uint bits;    /* QS_*: what there is to look at */
    atomic_uint changed; /* QS_*: what came since it was last asked for */
    uint32_t wait_mask;
    struct posted *first_posted, *last_posted;
    struct sent *first_sent, *last_sent;
    struct sent *current; /* being processed, innermost first */
    struct sent *waiting; /* it sent, to be answered */
    struct sent *results; /* for SendMessageCallback, answered */
    struct timer *timers;
    _Atomic uint64_t next_due;
    struct input *first_input, *last_input;
    bool quit;
    uint64_t quit_code;
    uint32_t paints; /* windows with something to paint */
    struct hook *hooks[HOOK_KINDS];
    uint32_t message_time;
    int32_t message_x, message_y;
    uint64_t extra;
    unsigned char keys[256];
    bool key_changed;
    uint32_t focus, active, capture, menu_owner, move_size, caret;
    RECT caret_rect;
    uint32_t cursor;
    int32_t cursor_count;
    uint32_t windows;
    bool gone;
};

/* The calling thread's queue, made if it has none. NULL: no memory. Without the lock. */
struct queue *queue_mine(void);
struct queue *queue_of_thread(uint32_t thread); /* of this process; with the lock */
struct queue *queues_first(void);

/* Something came: bits QS_*; wakes the thread if it waits for that. */
void queue_wake(struct queue *queue, unsigned bits);
void queue_update_bits(struct queue *queue); /* those of posted messages, input and sent messages, after one was taken */

bool queue_post(struct queue *queue, const struct user_message *message);
void queue_window_gone(struct queue *queue, uint32_t window);

uint64_t now_ticks(void); /* 100 ns units of CLOCK_MONOTONIC */
HOST_API uint32_t now_milliseconds(void);

/* timer.c */
bool timers_due(struct queue *queue); /* marks those that are due */
bool timer_take(struct queue *queue, uint32_t window, uint32_t first, uint32_t last, bool remove, struct user_message *message);
void timers_window_gone(struct queue *queue, uint32_t window);
void timers_free(struct queue *queue);

/* message.c */
void sent_queue_gone(struct queue *queue);
void sent_to_window_gone(struct queue *queue, uint32_t window);
struct sent *sent_new(const struct user_message *message, uint32_t flags);
void sent_deliver(struct sent *sent, struct queue *receiver);

/* hook.c */
uint32_t hooks_of(struct queue *queue); /* bit WH_x + 1 */
void hooks_queue_gone(struct queue *queue);

/* foreign.c: mail of other processes */
void foreign_collect(struct queue *queue); /* without the lock */
void foreign_reply(uint64_t number, uint64_t result, const void *data, uint32_t bytes, bool failed);
NTSTATUS foreign_post(uint32_t thread, const struct user_message *message);
struct user_send;
NTSTATUS foreign_send(uint32_t thread, const struct user_send *send, const void *data, struct sent *sent);

/* paint.c: a window of the queue that needs painting, in the order Windows gives them; 0: none. */
uint32_t paint_next(struct queue *queue, uint32_t window);

/* input.c */
struct input *input_at(struct queue *queue, unsigned index);

/* Lets the driver show what was drawn and look at its events; called before a thread sleeps. driver.c */
void driver_idle(void);

#endif
