/* Named pipes. An instance lives in a table that all processes of the prefix map (pipetable.c); its data goes through a
 * Unix socket between the two ends (pipeio.c). Pipes without a name are a Linux pipe or a socket pair and have no
 * entry.
 *
 * On a pipe of message type each message goes as its length (uint32_t) and its bytes.
 */
#ifndef HOST_PIPE_H
#define HOST_PIPE_H

#include <pthread.h>
#include "file.h"

#define PIPE_NAME_UNITS 256

struct pipe_name {
    uint32_t units; /* 0: free */
    uint32_t message_type;
    uint32_t configuration; /* FILE_PIPE_*: 0 inbound, 1 outbound, 2 duplex */
    uint32_t maximum;       /* instances */
    uint32_t inbound_quota, outbound_quota;
    int64_t default_timeout;
    WCHAR name[PIPE_NAME_UNITS]; /* without leading backslash */
};

struct pipe_instance {
    uint32_t name;  /* index + 1 into names; 0: free */
    uint32_t state; /* FERRY_PIPE_*_STATE */
    uint64_t id;    /* unique for as long as the table lives */
    uint32_t generation; /* connections so far */
    uint16_t server_owner, client_owner;
    uint32_t server_process, client_process; /* ids */
    uint32_t remaining[2]; /* bytes of the message being read: by the client, by the server */
};

/* One end, file->data. */
struct pipe {
    bool server;
    bool message_type;
    bool linux_pipe; /* a Linux pipe: one direction */
    bool message_mode; /* of reading */
    bool nonblocking;
    bool inherited; /* from another process, which made it */
    bool sent;      /* another process has this end too: it stays connected when this one closes it */
    ULONG configuration;
    ULONG inbound_quota, outbound_quota;
    struct pipe_instance *instance; /* NULL: no name */
    uint64_t id;
    uint32_t generation;
    int listen_fd;   /* server */
    int client_fd;   /* server without name: the other end, until it is opened */
    uint32_t remaining; /* without instance */
    pthread_mutex_t write_lock; /* message type: one writer's bytes at a time; robust */
};

/* ---- the table ---- */
NTSTATUS pipe_table_create(const WCHAR *name, int units, const struct pipe_name *wanted, bool must_be_new,
                           bool must_exist, struct pipe_instance **instance, struct pipe_name *now, bool *first);
/* Claims an instance that listens. STATUS_OBJECT_NAME_NOT_FOUND, STATUS_PIPE_NOT_AVAILABLE, STATUS_ACCESS_DENIED. */
NTSTATUS pipe_table_connect(const WCHAR *name, int units, ACCESS_MASK access, struct pipe_instance **instance,
                            struct pipe_name *now);
/* Blocks until an instance listens. timeout: NT, NULL for the pipe's own. */
NTSTATUS pipe_table_wait(const WCHAR *name, int units, const LARGE_INTEGER *timeout);
void pipe_table_set_state(struct pipe_instance *instance, uint32_t state, bool next_generation);
void pipe_table_free(struct pipe_instance *instance);
void pipe_table_name(const struct pipe_instance *instance, struct pipe_name *name, uint32_t *instances);
/* The names there are, one after the other: index in and out. False at the end. */
/* The instance with that place and id, for an inherited end; NULL if it is gone. */
struct pipe_instance *pipe_table_at(uint32_t index, uint64_t id);
uint32_t pipe_table_index(const struct pipe_instance *instance);
bool pipe_table_next(unsigned *index, struct pipe_name *name);

/* Abstract address of an instance's listening socket. */
struct sockaddr_un;
int pipe_address(const struct pipe_instance *instance, struct sockaddr_un *address);

/* State as this end sees it: FERRY_PIPE_*_STATE. */
uint32_t pipe_state(const struct pipe *pipe);

/* ---- data ---- */
NTSTATUS pipe_read(struct file *file, struct request *request);
NTSTATUS pipe_write(struct file *file, struct request *request);
NTSTATUS pipe_flush(struct file *file, struct request *request);
NTSTATUS pipe_peek(struct file *file, struct request *request);
NTSTATUS pipe_transceive(struct file *file, struct request *request);
/* Up to `bytes` bytes of what a Linux pipe holds, left in it; -1 for none. */
ssize_t pipe_peek_linux(int fd, void *buffer, size_t bytes);
/* Bytes that can be read, lengths not counted. */
ULONG pipe_available(struct file *file);
/* Server: takes the connection of a client that came before it was asked for. */
NTSTATUS pipe_accept(struct file *file);
/* Why nothing more comes. */
NTSTATUS pipe_end_status(const struct pipe *pipe);

#endif
