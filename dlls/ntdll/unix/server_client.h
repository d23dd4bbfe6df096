/* The connection to ferryserver. */
#ifndef HOST_SERVER_CLIENT_H
#define HOST_SERVER_CLIENT_H

#include <stdbool.h>
#include <stdint.h>
#include "api.h"
#include "ferry/nt.h"
#include "ferry/protocol.h"

/* One request. The header's kind and size are filled in by server_call. */
struct server_call {
    struct request_header *request; /* the request's structure */
    uint32_t request_size;
    const void *data[2]; /* what follows it */
    uint32_t data_size[2];
    int fd; /* sent along if `send_fd` */
    bool send_fd;
    struct reply_header *reply;
    uint32_t reply_size;
    void *extra; /* room for what follows the reply's structure */
    uint32_t extra_room, extra_size;
    int reply_fd; /* came along, -1; the caller's */
};
/* Sends and waits for the answer; its status. Does not return if the server is gone. */
HOST_API NTSTATUS server_call(enum request_kind kind, struct server_call *call);

/* The common case: nothing but the two structures. */
#define server_request(name, in, out)                                                                         \
    server_call(REQUEST_##name, &(struct server_call){ .request = &(in)->header, .request_size = sizeof(*(in)),   \
                                                       .reply = &(out)->header, .reply_size = sizeof(*(out)) })

/* Start-up: connects, starting the server if there is none, and says hello. False if there is no server program.
 * token: of a child process, else 0. */
bool server_connect(uint64_t token, struct reply_hello *hello, int *arena_fd);
HOST_API bool server_is_connected(void);

/* The end of a socket pair whose other end is the server's (agent.c). */
int server_life_fd(void);
/* One line, and the end of the process. */
_Noreturn void server_lost(void);

#endif
