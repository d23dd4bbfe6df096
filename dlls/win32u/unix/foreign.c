/* Messages between processes: they travel through the server, which keeps them until the receiving thread looks. */
#include "queue.h"

#include <stdlib.h>
#include <string.h>
#include "server_client.h"

#define FOREIGN_DATA_MAX 0x10000u

NTSTATUS foreign_post(uint32_t thread, const struct user_message *message)
{
    struct request_mail_send in = { .thread = thread, .window = (uint32_t)message->window, .message = message->message,
                                    .wparam = message->wparam, .lparam = message->lparam, .time = message->time,
                                    .x = message->x, .y = message->y, .kind = MAIL_POST };
    struct reply_mail_send out;

    return server_request(mail_send, &in, &out);
}

NTSTATUS foreign_send(uint32_t thread, const struct user_send *send, const void *data, struct sent *sent)
{
    struct request_mail_send in = { .thread = thread, .window = (uint32_t)send->message.window,
                                    .message = send->message.message, .wparam = send->message.wparam,
                                    .lparam = send->message.lparam, .time = sent->message.time,
                                    .flags = send->flags | SEND_FOREIGN, .kind = MAIL_SEND, .cookie = (uintptr_t)sent,
                                    .data_size = send->data_bytes, .reply_room = send->reply_bytes };
    struct reply_mail_send out;
    struct server_call call = { .request = &in.header, .request_size = sizeof(in), .data = { data },
                                .data_size = { send->data_bytes }, .reply = &out.header, .reply_size = sizeof(out) };

    if (send->data_bytes > FOREIGN_DATA_MAX) return STATUS_USER(ERROR_NOT_ENOUGH_MEMORY);
    in.sender = sent->sender ? sent->sender->thread : 0;
    return server_call(REQUEST_mail_send, &call);
}

void foreign_reply(uint64_t number, uint64_t result, const void *data, uint32_t bytes, bool failed)
{
    struct request_mail_reply in = { .number = number, .result = result, .failed = failed,
                                     .data_size = bytes < FOREIGN_DATA_MAX ? bytes : FOREIGN_DATA_MAX };
    struct reply_mail_reply out;
    struct server_call call = { .request = &in.header, .request_size = sizeof(in), .data = { data },
                                .data_size = { in.data_size }, .reply = &out.header, .reply_size = sizeof(out) };

    server_call(REQUEST_mail_reply, &call);
}

static void take_one(struct queue *queue, const struct reply_mail_take *mail, const void *data, uint32_t bytes)
{
    struct user_message message = { .window = mail->window, .message = mail->message, .wparam = mail->wparam,
                                    .lparam = mail->lparam, .time = mail->time, .x = mail->x, .y = mail->y };

    if (mail->kind == MAIL_POST) {
        queue_post(queue, &message);
    } else if (mail->kind == MAIL_SEND) {
        struct sent *sent = sent_new(&message, mail->flags);
        if (!sent) return;
        sent->foreign = mail->number;
        sent->reply_room = mail->reply_room;
        if (bytes && (sent->payload = malloc(bytes))) {
            memcpy(sent->payload, data, bytes);
            sent->payload_bytes = bytes;
        }
        sent_deliver(sent, queue);
    } else {
        for (struct sent *sent = queue->waiting; sent; sent = sent->sender_next) {
            if ((uintptr_t)sent != mail->cookie) continue;
            sent->replied = true;
            sent->result = mail->wparam;
            sent->failed = mail->flags;
            free(sent->payload);
            sent->payload = bytes ? malloc(bytes) : NULL;
            sent->payload_bytes = sent->payload ? bytes : 0;
            if (sent->payload) memcpy(sent->payload, data, bytes);
            queue_wake(queue, QS_SENDMESSAGE);
            break;
        }
    }
}

void foreign_collect(struct queue *queue)
{
    struct request_mail_take in = { .thread = queue->thread };
    struct reply_mail_take out;
    unsigned char *data = malloc(FOREIGN_DATA_MAX);

    atomic_store(&queue->record->mail, 0);
    while (data) {
        struct server_call call = { .request = &in.header, .request_size = sizeof(in), .reply = &out.header,
                                    .reply_size = sizeof(out), .extra = data, .extra_room = FOREIGN_DATA_MAX };
        if (server_call(REQUEST_mail_take, &call)) break;
        user_lock();
        take_one(queue, &out, data, call.extra_size);
        user_unlock();
    }
    free(data);
}
