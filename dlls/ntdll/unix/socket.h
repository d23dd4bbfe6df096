/* Sockets: \Device\Afd. */
#ifndef HOST_SOCKET_H
#define HOST_SOCKET_H

#include <pthread.h>
#include <sys/socket.h>
#include "ferry/afd.h"
#include "file.h"

/* FD_* of winsock2.h, by bit */
#define AFD_FD_READ 0x01
#define AFD_FD_WRITE 0x02
#define AFD_FD_OOB 0x04
#define AFD_FD_ACCEPT 0x08
#define AFD_FD_CONNECT 0x10
#define AFD_FD_CLOSE 0x20

struct endpoint {
    LONG family, type, protocol; /* Windows values */
    atomic_uint state;           /* FERRY_AFD_STATE_* */
    atomic_bool nonblocking;     /* FIONBIO, WSAEventSelect */
    ULONG receive_timeout, send_timeout; /* ms, 0 for ever */
    int connect_error;           /* errno of a connect in the background */
    uint64_t connected_at;       /* 100 ns of the monotonic clock */
    bool reuse_address, exclusive_address; /* SO_REUSEADDR, SO_EXCLUSIVEADDRUSE */
    struct file *accepts_for;    /* under lock: the listener whose AcceptEx this endpoint waits for, referenced */
    /* WSAEventSelect, under lock */
    pthread_mutex_t lock;
    uint32_t event_slot, event_tag;
    ULONG selected;  /* FD_* asked for */
    ULONG recorded;  /* happened, not yet taken by ENUM_EVENTS */
    ULONG disabled;  /* reported; again only after the call that re-enables it */
    NTSTATUS status[FERRY_AFD_EVENTS];
    void *select_data; /* marks the pending request */
};

/* Windows' addresses and Linux's. Bytes of the result, or -1. */
int address_to_linux(const void *windows, int length, struct sockaddr_storage *linux_address);
int address_from_linux(const struct sockaddr_storage *linux_address, int length, void *windows, int room);

/* Takes over a connected or fresh descriptor. */
void endpoint_attach(struct file *file, int fd, LONG family, LONG type, LONG protocol, unsigned state);
struct file *endpoint_new(void);
/* Another socket under the endpoint's descriptor, which is returned; -errno. `fd` is closed. */
int endpoint_replace(struct file *file, int fd);
/* The endpoint has a peer from now on. */
void endpoint_connected(struct endpoint *endpoint);
/* How a connect came out: 0, errno, -1 if it still goes on. The state follows. */
int endpoint_connect_result(struct file *file);
/* Errno of a socket call as status. */
NTSTATUS socket_status(int error);

/* Makes FERRY_AFD_AS_SET what it means now. */
void endpoint_wait_mode(const struct endpoint *endpoint, bool receive, ULONG *flags, ULONG *timeout);

NTSTATUS socket_receive(struct file *file, struct request *request);
NTSTATUS socket_send(struct file *file, struct request *request);
NTSTATUS socket_read(struct file *file, struct request *request);
NTSTATUS socket_write(struct file *file, struct request *request);
NTSTATUS socket_get_option(struct file *file, struct request *request);
NTSTATUS socket_set_option(struct file *file, struct request *request);
NTSTATUS socket_accept(struct file *file, struct request *request);
NTSTATUS socket_accept_ex(struct file *file, struct request *request);
/* The endpoint's last handle goes: so does the AcceptEx that was to fill it. */
void socket_accept_cancel(struct file *file);
NTSTATUS socket_disconnect(struct file *file, struct request *request);
NTSTATUS socket_transmit(struct file *file, struct request *request);
NTSTATUS socket_poll(struct file *file, struct request *request);
NTSTATUS socket_event_select(struct file *file, struct request *request);
NTSTATUS socket_enum_events(struct file *file, struct request *request);
/* Control messages of WSASendMsg and WSARecvMsg: Windows' headers of `word`-sized lengths to Linux' and back. Bytes of the
 * result; -1: not understood, or (socket_control_from_linux) no room for all, `*used` is what went in. */
int socket_control_to_linux(const unsigned char *windows, uint32_t size, unsigned word, void *control, size_t room);
int socket_control_from_linux(const struct msghdr *message, unsigned word, unsigned char *windows, uint32_t room,
                              uint32_t *used);

/* The call that makes an event be reported anew was made. */
void socket_enable(struct file *file, ULONG events);

#endif
