/* Sockets between ws2_32 and the host: controls of a file opened as \Device\Afd\Endpoint.
 *
 * Addresses are Windows sockaddrs. The structures are the same on both architectures: pointers are 64 bits wide.
 * IOCTL_AFD_POLL is Windows' own, as programs use it directly (libuv, Go, mio, wepoll).
 */
#ifndef FERRY_AFD_H
#define FERRY_AFD_H

#include "ferry/nt.h"

#define FERRY_AFD(n) (0x00128000u | (n) << 2) /* METHOD_BUFFERED, FILE_ANY_ACCESS */

#define FERRY_AFD_CREATE FERRY_AFD(1)   /* in: afd_create. First of all. */
#define FERRY_AFD_BIND FERRY_AFD(2)     /* in: sockaddr */
#define FERRY_AFD_CONNECT FERRY_AFD(3)  /* in: afd_connect */
#define FERRY_AFD_LISTEN FERRY_AFD(4)   /* in: ULONG backlog */
#define FERRY_AFD_ACCEPT FERRY_AFD(5)   /* in: afd_accept; out: afd_accepted */
#define FERRY_AFD_RECEIVE FERRY_AFD(6)  /* in: afd_transfer; information: bytes */
#define FERRY_AFD_SEND FERRY_AFD(7)     /* in: afd_transfer; information: bytes */
#define FERRY_AFD_GET_NAME FERRY_AFD(8) /* in: ULONG 1 for the peer's; out: sockaddr */
#define FERRY_AFD_SHUTDOWN FERRY_AFD(9) /* in: ULONG SD_* */
#define FERRY_AFD_GET_OPTION FERRY_AFD(10) /* in: afd_option; out: value */
#define FERRY_AFD_SET_OPTION FERRY_AFD(11) /* in: afd_option, then the value */
#define FERRY_AFD_INFO FERRY_AFD(12)       /* out: afd_info */
#define FERRY_AFD_EVENT_SELECT FERRY_AFD(13) /* in: afd_event_select; events 0 ends it */
#define FERRY_AFD_ENUM_EVENTS FERRY_AFD(14)  /* in: ULONG64 handle of an event to reset, or 0; out: afd_events */
#define FERRY_AFD_AVAILABLE FERRY_AFD(15)    /* out: ULONG bytes that one receive can give (FIONREAD) */
#define FERRY_AFD_AT_MARK FERRY_AFD(16)      /* out: ULONG */
#define FERRY_AFD_SET_NONBLOCKING FERRY_AFD(17) /* in: ULONG, not 0: FERRY_AFD_AS_SET means FERRY_AFD_NOWAIT */
#define FERRY_AFD_POLL FERRY_AFD(18) /* in and out: afd_poll of 64-bit handles; the calling thread waits */
#define FERRY_AFD_ACCEPT_EX FERRY_AFD(19)  /* in: afd_accept_ex; out: data, two afd_accept_name; information: bytes of data */
#define FERRY_AFD_DISCONNECT FERRY_AFD(20) /* in: ULONG, not 0: the endpoint can be used for another connection */
#define FERRY_AFD_TRANSMIT FERRY_AFD(21)   /* in: afd_transmit; information: bytes */
#define IOCTL_AFD_POLL 0x00012024            /* in and out: afd_poll */

/* afd_connect, afd_accept, afd_transfer: how to wait */
#define FERRY_AFD_BLOCK 1  /* the calling thread waits; also for `timeout` ms if not 0: STATUS_IO_TIMEOUT */
#define FERRY_AFD_NOWAIT 2 /* STATUS_DEVICE_NOT_READY instead of waiting; connect goes on and is heard of by poll */
#define FERRY_AFD_AS_SET 4 /* one of these, as FERRY_AFD_SET_NONBLOCKING, SO_RCVTIMEO and SO_SNDTIMEO say */

struct afd_create {
    LONG family, type, protocol; /* Windows values */
};

struct afd_connect {
    ULONG flags, timeout;
    ULONG length; /* of address */
    UCHAR address[128];
    ULONG data_length; /* of what is sent when the connection is there; information: bytes of it */
    ULONG64 data;
};

struct afd_accept {
    ULONG flags, timeout;
    ULONG64 endpoint; /* handle of a fresh endpoint that takes the connection; 0: a new handle */
};

struct afd_accepted {
    ULONG64 handle;
    ULONG length;
    UCHAR address[128];
};

struct afd_accept_ex {
    ULONG64 endpoint;      /* handle of a fresh endpoint that takes the connection */
    ULONG data_length;     /* bytes to wait for at most; 0: none. The names stand behind them. */
    ULONG local_length, remote_length; /* room for each name */
};

struct afd_accept_name { /* GetAcceptExSockaddrs: 16 bytes longer than the address, as AcceptEx demands */
    ULONG length;
    ULONG reserved[3];
    UCHAR address[1];
};

struct afd_transmit {
    ULONG flags, timeout;
    ULONG transmit_flags;   /* TF_DISCONNECT, TF_REUSE_SOCKET */
    ULONG count;            /* bytes of the file, 0 for all that follow */
    ULONG64 file;           /* handle, 0 for none */
    LONG64 offset;          /* -1: where the file is, which moves on */
    ULONG64 head, tail;
    ULONG head_length, tail_length;
};

struct afd_buffer {
    ULONG64 address;
    ULONG length;
    ULONG reserved;
};

struct afd_transfer {
    ULONG flags, timeout;
    ULONG message_flags;    /* MSG_OOB, MSG_PEEK, MSG_WAITALL, …, Windows values */
    ULONG count;            /* of buffers */
    ULONG64 buffers;        /* struct afd_buffer[] */
    ULONG64 address;        /* send: sockaddr to send to; receive: where the sender's goes; 0: neither */
    ULONG64 address_length; /* send: bytes; receive: LONG *, room in and bytes out */
    ULONG64 flags_out;      /* receive: ULONG *, or 0 */
    ULONG64 control;        /* WSACMSGHDRs to send, or room for them; 0 for none */
    ULONG64 control_length; /* send: bytes; receive: ULONG *, room in and bytes out */
    ULONG control_word;     /* bytes of SIZE_T in WSACMSGHDR: 4 or 8 */
    ULONG reserved;
};

struct afd_option {
    LONG level, name; /* Windows values */
};

struct afd_info {
    LONG family, type, protocol;
    ULONG state; /* FERRY_AFD_STATE_* */
};
#define FERRY_AFD_STATE_OPEN 0
#define FERRY_AFD_STATE_BOUND 1
#define FERRY_AFD_STATE_CONNECTING 2
#define FERRY_AFD_STATE_CONNECTED 3
#define FERRY_AFD_STATE_LISTENING 4

struct afd_event_select {
    ULONG64 event; /* handle */
    ULONG events;  /* FD_* */
    ULONG reserved;
};

#define FERRY_AFD_EVENTS 10 /* FD_MAX_EVENTS */
struct afd_events {
    ULONG events;
    LONG status[FERRY_AFD_EVENTS]; /* NTSTATUS of each, by FD_*_BIT */
};

/* AFD_POLL_INFO */
#define AFD_POLL_RECEIVE 0x0001
#define AFD_POLL_RECEIVE_EXPEDITED 0x0002
#define AFD_POLL_SEND 0x0004
#define AFD_POLL_DISCONNECT 0x0008
#define AFD_POLL_ABORT 0x0010
#define AFD_POLL_LOCAL_CLOSE 0x0020
#define AFD_POLL_CONNECT 0x0040
#define AFD_POLL_ACCEPT 0x0080
#define AFD_POLL_CONNECT_FAIL 0x0100

struct afd_poll_handle {
    HANDLE Handle;
    ULONG Events;
    NTSTATUS Status;
};

struct afd_poll {
    LARGE_INTEGER Timeout; /* 100 ns, negative relative; the largest value: for ever */
    ULONG NumberOfHandles;
    ULONG Exclusive;
    struct afd_poll_handle Handles[1];
};

#endif
