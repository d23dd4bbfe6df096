/* Socket options: Windows' numbers and value forms to Linux' and back. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include "host.h"
#include "request.h"
#include "socket.h"
#include "sync.h"

enum form {
    FORM_INT,     /* the same on both sides */
    FORM_MILLISECONDS, /* DWORD to struct timeval */
    FORM_LINGER,  /* two USHORTs to two ints */
    FORM_BUFFER_SIZE, /* Linux reports twice what was set */
    FORM_ERROR,   /* errno to Winsock's error */
    FORM_BYTES,   /* structures that are the same */
    FORM_NOT_LINGER, /* SO_DONTLINGER */
    FORM_EXCLUSIVE,  /* SO_EXCLUSIVEADDRUSE: kept here, Linux is always so */
    FORM_REUSE,      /* SO_REUSEADDR: of streams kept here, see bind_address */
    FORM_CONNECT_TIME, /* SO_CONNECT_TIME */
    FORM_DONT_FRAGMENT, /* a flag to IP*_PMTUDISC_* */
    FORM_SOURCE,     /* ip_mreq_source: Linux has the last two members the other way round */
    FORM_RETRANSMIT, /* seconds to milliseconds */
};

struct option {
    LONG level, name;
    int linux_level, linux_name;
    enum form form;
};

#define W_SOL_SOCKET 0xffff

static const struct option options[] = {
    {W_SOL_SOCKET, 0x0001, SOL_SOCKET, SO_DEBUG, FORM_INT},
    {W_SOL_SOCKET, 0x0004, SOL_SOCKET, SO_REUSEADDR, FORM_REUSE},
    {W_SOL_SOCKET, 0x0008, SOL_SOCKET, SO_KEEPALIVE, FORM_INT},
    {W_SOL_SOCKET, 0x0010, SOL_SOCKET, SO_DONTROUTE, FORM_INT},
    {W_SOL_SOCKET, 0x0020, SOL_SOCKET, SO_BROADCAST, FORM_INT},
    {W_SOL_SOCKET, 0x0080, SOL_SOCKET, SO_LINGER, FORM_LINGER},
    {W_SOL_SOCKET, ~0x0080, SOL_SOCKET, SO_LINGER, FORM_NOT_LINGER},
    {W_SOL_SOCKET, ~0x0004, 0, 0, FORM_EXCLUSIVE},
    {W_SOL_SOCKET, 0x0100, SOL_SOCKET, SO_OOBINLINE, FORM_INT},
    {W_SOL_SOCKET, 0x1001, SOL_SOCKET, SO_SNDBUF, FORM_BUFFER_SIZE},
    {W_SOL_SOCKET, 0x1002, SOL_SOCKET, SO_RCVBUF, FORM_BUFFER_SIZE},
    {W_SOL_SOCKET, 0x1003, SOL_SOCKET, SO_SNDLOWAT, FORM_INT},
    {W_SOL_SOCKET, 0x1004, SOL_SOCKET, SO_RCVLOWAT, FORM_INT},
    {W_SOL_SOCKET, 0x1005, SOL_SOCKET, SO_SNDTIMEO, FORM_MILLISECONDS},
    {W_SOL_SOCKET, 0x1006, SOL_SOCKET, SO_RCVTIMEO, FORM_MILLISECONDS},
    {W_SOL_SOCKET, 0x1007, SOL_SOCKET, SO_ERROR, FORM_ERROR},
    {W_SOL_SOCKET, 0x700c, 0, 0, FORM_CONNECT_TIME},
    {IPPROTO_TCP, 0x0001, IPPROTO_TCP, TCP_NODELAY, FORM_INT},
    {IPPROTO_TCP, 3, IPPROTO_TCP, TCP_KEEPIDLE, FORM_INT},
    {IPPROTO_TCP, 16, IPPROTO_TCP, TCP_KEEPCNT, FORM_INT},
    {IPPROTO_TCP, 17, IPPROTO_TCP, TCP_KEEPINTVL, FORM_INT},
    {IPPROTO_TCP, 4, IPPROTO_TCP, TCP_MAXSEG, FORM_INT},
    {IPPROTO_TCP, 5, IPPROTO_TCP, TCP_USER_TIMEOUT, FORM_RETRANSMIT},
    {IPPROTO_TCP, 15, IPPROTO_TCP, TCP_FASTOPEN, FORM_INT},
    {IPPROTO_IP, 1, IPPROTO_IP, IP_OPTIONS, FORM_BYTES},
    {IPPROTO_IP, 2, IPPROTO_IP, IP_HDRINCL, FORM_INT},
    {IPPROTO_IP, 14, IPPROTO_IP, IP_MTU_DISCOVER, FORM_DONT_FRAGMENT},
    {IPPROTO_IP, 15, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, FORM_SOURCE},
    {IPPROTO_IP, 16, IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP, FORM_SOURCE},
    {IPPROTO_IP, 17, IPPROTO_IP, IP_BLOCK_SOURCE, FORM_SOURCE},
    {IPPROTO_IP, 18, IPPROTO_IP, IP_UNBLOCK_SOURCE, FORM_SOURCE},
    {IPPROTO_IP, 21, IPPROTO_IP, IP_RECVTTL, FORM_INT},
    {IPPROTO_IP, 31, IPPROTO_IP, IP_UNICAST_IF, FORM_INT}, /* network byte order on both sides */
    {IPPROTO_IP, 40, IPPROTO_IP, IP_RECVTOS, FORM_INT},
    {IPPROTO_IP, 73, IPPROTO_IP, IP_MTU, FORM_INT},
    {IPPROTO_IP, 3, IPPROTO_IP, IP_TOS, FORM_INT},
    {IPPROTO_IP, 4, IPPROTO_IP, IP_TTL, FORM_INT},
    {IPPROTO_IP, 9, IPPROTO_IP, IP_MULTICAST_IF, FORM_BYTES},
    {IPPROTO_IP, 10, IPPROTO_IP, IP_MULTICAST_TTL, FORM_INT},
    {IPPROTO_IP, 11, IPPROTO_IP, IP_MULTICAST_LOOP, FORM_INT},
    {IPPROTO_IP, 12, IPPROTO_IP, IP_ADD_MEMBERSHIP, FORM_BYTES},
    {IPPROTO_IP, 13, IPPROTO_IP, IP_DROP_MEMBERSHIP, FORM_BYTES},
    {IPPROTO_IP, 19, IPPROTO_IP, IP_PKTINFO, FORM_INT},
    {IPPROTO_IPV6, 4, IPPROTO_IPV6, IPV6_UNICAST_HOPS, FORM_INT},
    {IPPROTO_IPV6, 9, IPPROTO_IPV6, IPV6_MULTICAST_IF, FORM_INT},
    {IPPROTO_IPV6, 10, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, FORM_INT},
    {IPPROTO_IPV6, 11, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, FORM_INT},
    {IPPROTO_IPV6, 12, IPPROTO_IPV6, IPV6_JOIN_GROUP, FORM_BYTES},
    {IPPROTO_IPV6, 13, IPPROTO_IPV6, IPV6_LEAVE_GROUP, FORM_BYTES},
    {IPPROTO_IPV6, 2, IPPROTO_IPV6, IPV6_HDRINCL, FORM_INT},
    {IPPROTO_IPV6, 14, IPPROTO_IPV6, IPV6_MTU_DISCOVER, FORM_DONT_FRAGMENT},
    {IPPROTO_IPV6, 21, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, FORM_INT},
    {IPPROTO_IPV6, 40, IPPROTO_IPV6, IPV6_RECVTCLASS, FORM_INT},
    {IPPROTO_IPV6, 72, IPPROTO_IPV6, IPV6_MTU, FORM_INT},
    {IPPROTO_IPV6, 19, IPPROTO_IPV6, IPV6_RECVPKTINFO, FORM_INT},
    {IPPROTO_IPV6, 27, IPPROTO_IPV6, IPV6_V6ONLY, FORM_INT},
};

static const struct option *find(const struct request *request, NTSTATUS *status)
{
    struct afd_option wanted;
    size_t i;

    *status = STATUS_INVALID_PARAMETER;
    if (request->input_length < sizeof(wanted))
        return NULL;
    memcpy(&wanted, request->input, sizeof(wanted));
    for (i = 0; i < sizeof(options) / sizeof(*options); i++)
        if (options[i].level == wanted.level && options[i].name == wanted.name)
            return &options[i];
    *status = STATUS_NOT_SUPPORTED; /* WSAENOPROTOOPT at the edge */
    return NULL;
}

/* Winsock's number of a Linux error, as SO_ERROR gives it. */
static int winsock_error(int error)
{
    switch (error) {
    case 0: return 0;
    case EACCES: return 10013;
    case EADDRINUSE: return 10048;
    case EADDRNOTAVAIL: return 10049;
    case ENETDOWN: return 10050;
    case ENETUNREACH: return 10051;
    case ECONNABORTED: return 10053;
    case EPIPE:
    case ECONNRESET: return 10054;
    case ENOBUFS: return 10055;
    case EISCONN: return 10056;
    case ENOTCONN: return 10057;
    case ETIMEDOUT: return 10060;
    case ECONNREFUSED: return 10061;
    case EHOSTUNREACH: return 10065;
    default: return 10022;
    }
}

NTSTATUS socket_get_option(struct file *file, struct request *request)
{
    NTSTATUS status;
    const struct option *option = find(request, &status);
    union {
        int number;
        struct timeval time;
        struct linger linger;
        char bytes[64];
    } value = {0};
    socklen_t size = sizeof(value);
    ULONG out;
    USHORT linger[2];
    const void *answer = &out;
    ULONG bytes = sizeof(out);

    if (!option)
        return status;
    if (option->form == FORM_EXCLUSIVE) {
        out = ((struct endpoint *)file->data)->exclusive_address;
    } else if (option->form == FORM_REUSE) {
        out = ((struct endpoint *)file->data)->reuse_address;
    } else if (option->form == FORM_CONNECT_TIME) {
        const struct endpoint *endpoint = file->data;
        out = endpoint->state == FERRY_AFD_STATE_CONNECTED ? (ticks_monotonic() - endpoint->connected_at) / 10000000
                                                           : ~0u;
    } else {
        if (getsockopt(file->object.fd, option->linux_level, option->linux_name, &value, &size))
            return socket_status(errno);
        switch (option->form) {
        case FORM_MILLISECONDS:
            out = value.time.tv_sec * 1000 + value.time.tv_usec / 1000;
            break;
        case FORM_LINGER:
            linger[0] = value.linger.l_onoff != 0;
            linger[1] = value.linger.l_linger;
            answer = linger;
            bytes = sizeof(linger);
            break;
        case FORM_DONT_FRAGMENT:
            out = value.number == IP_PMTUDISC_DO || value.number == IP_PMTUDISC_PROBE;
            break;
        case FORM_RETRANSMIT:
            out = value.number / 1000;
            break;
        case FORM_NOT_LINGER:
            out = !value.linger.l_onoff;
            break;
        case FORM_BUFFER_SIZE:
            out = value.number / 2;
            break;
        case FORM_ERROR: {
            struct endpoint *endpoint = file->data;
            if (!value.number) {
                value.number = endpoint->connect_error;
                endpoint->connect_error = 0;
            }
            out = winsock_error(value.number);
            if (value.number && endpoint->state == FERRY_AFD_STATE_CONNECTING)
                endpoint->state = FERRY_AFD_STATE_BOUND;
            break;
        }
        case FORM_BYTES:
            answer = value.bytes;
            bytes = size;
            break;
        default:
            out = value.number;
        }
    }
    /* Flags may be asked for in one byte. */
    if (request->length < bytes && !(request->length && answer == &out && out <= 255))
        return STATUS_BUFFER_TOO_SMALL;
    request->information = request->length < bytes ? request->length : bytes;
    memcpy(request->buffer, answer, request->information);
    return STATUS_SUCCESS;
}

NTSTATUS socket_set_option(struct file *file, struct request *request)
{
    NTSTATUS status;
    const struct option *option = find(request, &status);
    const char *data = (const char *)request->input + sizeof(struct afd_option);
    ULONG length = request->input_length - sizeof(struct afd_option), number = 0;
    const void *value = &number;
    struct endpoint *endpoint = file->data;
    struct ip_mreq_source source;
    struct timeval time;
    struct linger linger;
    socklen_t size = sizeof(int);

    if (!option)
        return status;
    if (!length)
        return STATUS_INVALID_PARAMETER;
    memcpy(&number, data, length < sizeof(number) ? length : sizeof(number));
    switch (option->form) {
    case FORM_EXCLUSIVE: /* an address in use is refused on Linux in any case */
        if (number && endpoint->reuse_address)
            return STATUS_INVALID_PARAMETER;
        endpoint->exclusive_address = number != 0;
        return STATUS_SUCCESS;
    case FORM_REUSE:
        if (number && endpoint->exclusive_address)
            return STATUS_INVALID_PARAMETER;
        endpoint->reuse_address = number != 0;
        if (endpoint->type == SOCK_STREAM)
            return STATUS_SUCCESS;
        number = number != 0;
        /* Windows' SO_REUSEADDR lets two sockets have one port */
        setsockopt(file->object.fd, SOL_SOCKET, SO_REUSEPORT, &number, sizeof(number));
        break;
    case FORM_CONNECT_TIME:
        return STATUS_INVALID_PARAMETER;
    case FORM_DONT_FRAGMENT:
        number = number ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT;
        break;
    case FORM_RETRANSMIT:
        number = number > INT32_MAX / 1000 ? 0 : number * 1000;
        break;
    case FORM_SOURCE: {
        const struct in_addr *in = (const struct in_addr *)data; /* group, source, interface */
        if (length < sizeof(source))
            return STATUS_INVALID_PARAMETER;
        source.imr_multiaddr = in[0];
        source.imr_sourceaddr = in[1];
        source.imr_interface = in[2];
        value = &source;
        size = sizeof(source);
        break;
    }
    case FORM_MILLISECONDS:
        if (option->linux_name == SO_RCVTIMEO)
            endpoint->receive_timeout = number;
        else
            endpoint->send_timeout = number;
        time.tv_sec = number / 1000;
        time.tv_usec = number % 1000 * 1000;
        value = &time;
        size = sizeof(time);
        break;
    case FORM_LINGER:
        if (length < 2 * sizeof(USHORT))
            return STATUS_INVALID_PARAMETER;
        linger.l_onoff = number & 0xffff;
        linger.l_linger = number >> 16;
        value = &linger;
        size = sizeof(linger);
        break;
    case FORM_NOT_LINGER:
        linger.l_onoff = !number;
        linger.l_linger = 0;
        value = &linger;
        size = sizeof(linger);
        break;
    case FORM_ERROR:
        return STATUS_INVALID_PARAMETER;
    case FORM_BYTES:
        value = data;
        size = length;
        break;
    default:
        break;
    }
    return setsockopt(file->object.fd, option->linux_level, option->linux_name, value, size) ? socket_status(errno)
                                                                                             : STATUS_SUCCESS;
}
