/* Window messages from one process to another: kept until the receiving thread takes them, and the answers on the way back. */
#include <stdlib.h>
#include <string.h>

#include "server.h"
#include "ferry/user.h"

#define MAILS_MAX 20000u

struct mail {
    struct mail *next;
    uint64_t number;
    uint32_t thread, process;        /* receiver */
    uint32_t sender, sender_process; /* of a sent message: who gets the answer, 0 nobody */
    uint64_t cookie;
    bool taken; /* waits for the answer */
    uint32_t kind, window, message, flags, time, reply_room;
    int32_t x, y;
    uint64_t wparam, lparam;
    uint32_t size;
    unsigned char data[];
};

static struct mail *first, *last;
static uint32_t count;
static uint64_t next_number = 1;

static void add(struct mail *mail)
{
    mail->next = NULL;
    if (last) last->next = mail;
    else first = mail;
    last = mail;
    count++;
}

static void unlink_mail(struct mail *mail)
{
    struct mail *before = NULL;

    for (struct mail *at = first; at && at != mail; at = at->next) before = at;
    if (before) before->next = mail->next;
    else first = mail->next;
    if (last == mail) last = before;
    count--;
}

NTSTATUS request_mail_send(struct request *request, const struct request_mail_send *in, uint32_t extra,
                           struct reply_mail_send *out)
{
    uint32_t process, event;

    if (in->data_size > extra || (in->kind != MAIL_POST && in->kind != MAIL_SEND)) return STATUS_INVALID_PARAMETER;
    if (!window_find_queue(in->thread, &process, &event)) return STATUS_BAD_WINDOW;
    if (count >= MAILS_MAX) return STATUS_USER(ERROR_NOT_ENOUGH_QUOTA);
    struct mail *mail = calloc(1, sizeof(*mail) + in->data_size);
    if (!mail) return STATUS_NO_MEMORY;
    mail->number = next_number++;
    mail->thread = in->thread;
    mail->process = process;
    mail->sender = in->kind == MAIL_SEND ? in->sender : 0;
    mail->sender_process = request->client->process->slot;
    mail->cookie = in->cookie;
    mail->kind = in->kind;
    mail->window = in->window;
    mail->message = in->message;
    mail->flags = in->flags;
    mail->wparam = in->wparam;
    mail->lparam = in->lparam;
    mail->time = in->time;
    mail->x = in->x;
    mail->y = in->y;
    mail->reply_room = in->reply_room;
    mail->size = in->data_size;
    memcpy(mail->data, in + 1, in->data_size);
    add(mail);
    window_wake(mail->thread);
    return STATUS_SUCCESS;
}

NTSTATUS request_mail_take(struct request *request, const struct request_mail_take *in, uint32_t extra,
                           struct reply_mail_take *out)
{
    struct mail *mail = first;

    while (mail && (mail->taken || mail->thread != in->thread || mail->process != request->client->process->slot))
        mail = mail->next;
    if (!mail) return STATUS_NO_MORE_ENTRIES;
    out->kind = mail->kind;
    out->window = mail->window;
    out->message = mail->message;
    out->flags = mail->flags;
    out->wparam = mail->wparam;
    out->lparam = mail->lparam;
    out->cookie = mail->cookie;
    out->number = mail->sender ? mail->number : 0;
    out->time = mail->time;
    out->x = mail->x;
    out->y = mail->y;
    out->reply_room = mail->reply_room;
    request->reply_extra = mail->size < request->reply_room ? mail->size : request->reply_room;
    memcpy(out + 1, mail->data, request->reply_extra);
    if (mail->kind == MAIL_SEND && mail->sender) {
        mail->taken = true;
        return STATUS_SUCCESS;
    }
    unlink_mail(mail);
    free(mail);
    return STATUS_SUCCESS;
}

static void answer(struct mail *mail, uint64_t result, bool failed, const void *data, uint32_t size)
{
    struct mail *reply = calloc(1, sizeof(*reply) + size);

    if (reply && mail->sender) {
        reply->kind = MAIL_ANSWER;
        reply->thread = mail->sender;
        reply->process = mail->sender_process;
        reply->cookie = mail->cookie;
        reply->wparam = result;
        reply->flags = failed;
        reply->size = size;
        if (size) memcpy(reply->data, data, size);
        add(reply);
        window_wake(reply->thread);
        reply = NULL;
    }
    free(reply);
}

NTSTATUS request_mail_reply(struct request *request, const struct request_mail_reply *in, uint32_t extra,
                            struct reply_mail_reply *out)
{
    struct mail *mail = first;

    if (in->data_size > extra) return STATUS_INVALID_PARAMETER;
    while (mail && (!mail->taken || mail->number != in->number || mail->process != request->client->process->slot))
        mail = mail->next;
    if (!mail) return STATUS_INVALID_PARAMETER;
    unlink_mail(mail);
    answer(mail, in->result, in->failed, in + 1, in->data_size);
    free(mail);
    return STATUS_SUCCESS;
}

void mail_process_gone(struct process *process)
{
    for (struct mail *mail = first, *next; mail; mail = next) {
        next = mail->next;
        if (mail->sender_process == process->slot) mail->sender = 0;
        if (mail->process != process->slot) continue;
        unlink_mail(mail);
        if (mail->kind == MAIL_SEND) answer(mail, 0, true, NULL, 0);
        free(mail);
        next = first; /* an answer was added: look again */
    }
}
