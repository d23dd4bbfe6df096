/* Options and controls of sockets. */
#include "ws2_32.h"
#include <mstcpip.h>

#ifndef TCP_KEEPIDLE /* ws2ipdef.h */
#define TCP_KEEPIDLE 3
#endif
#ifndef SO_BSP_STATE
#define SO_BSP_STATE 0x1009
#endif
#ifndef TCP_KEEPINTVL
#define TCP_KEEPINTVL 17
#endif

static int option_error(int error)
{
    return error == WSAEOPNOTSUPP ? WSAENOPROTOOPT : error;
}

/* CSADDR_INFO with both addresses behind it. */
static int bsp_state(SOCKET s, const struct afd_info *info, char *value, int *length)
{
    CSADDR_INFO *out = (CSADDR_INFO *)value;
    int local_length = *length - (int)sizeof(*out), remote_length;

    if (local_length < 0) return wsa_result(WSAEFAULT);
    memset(out, 0, sizeof(*out));
    out->iSocketType = info->type;
    out->iProtocol = info->protocol;
    out->LocalAddr.lpSockaddr = (SOCKADDR *)(out + 1);
    if (getsockname(s, out->LocalAddr.lpSockaddr, &local_length)) {
        if (WSAGetLastError() != WSAEINVAL) return SOCKET_ERROR;
        local_length = 0; /* not bound */
        out->LocalAddr.lpSockaddr = NULL;
    }
    out->LocalAddr.iSockaddrLength = local_length;
    if (info->state == FERRY_AFD_STATE_CONNECTED) {
        remote_length = *length - (int)sizeof(*out) - local_length;
        out->RemoteAddr.lpSockaddr = (SOCKADDR *)((char *)(out + 1) + local_length);
        if (getpeername(s, out->RemoteAddr.lpSockaddr, &remote_length)) return SOCKET_ERROR;
        out->RemoteAddr.iSockaddrLength = remote_length;
    }
    return 0;
}

int WINAPI getsockopt(SOCKET s, int level, int name, char *value, int *length)
{
    struct afd_option in = {level, name};
    struct afd_info info;
    ULONG bytes, number;
    int error = afd_info(s, &info);

    if (error) return wsa_result(error);
    if (!value || !length || *length <= 0) return wsa_result(WSAEFAULT);
    if (level == SOL_SOCKET) {
        switch (name) {
        case SO_TYPE: number = info.type; goto put;
        case SO_ACCEPTCONN: number = info.state == FERRY_AFD_STATE_LISTENING; goto put;
        case SO_MAX_MSG_SIZE:
            if (info.type == SOCK_STREAM) return wsa_result(WSAENOPROTOOPT);
            number = 65507;
            goto put;
        case SO_PROTOCOL_INFOA:
        case SO_PROTOCOL_INFOW: {
            int size = name == SO_PROTOCOL_INFOW ? sizeof(WSAPROTOCOL_INFOW) : sizeof(WSAPROTOCOL_INFOA);
            if (*length < size) {
                *length = size;
                return wsa_result(WSAEFAULT);
            }
            protocol_info(info.family, info.type, info.protocol, value, name == SO_PROTOCOL_INFOW);
            *length = size;
            return 0;
        }
        case SO_BSP_STATE: return bsp_state(s, &info, value, length);
        }
    }
    error = afd_control(s, FERRY_AFD_GET_OPTION, &in, sizeof(in), value, *length, &bytes);
    if (!error) *length = bytes;
    return wsa_result(option_error(error));
put:
    if (*length < (int)sizeof(number)) {
        if (name == SO_MAX_MSG_SIZE) return wsa_result(WSAEFAULT);
        *value = (char)number; /* flags may be asked for in one byte */
        *length = 1;
        return 0;
    }
    memcpy(value, &number, sizeof(number));
    *length = sizeof(number);
    return 0;
}

int WINAPI setsockopt(SOCKET s, int level, int name, const char *value, int length)
{
    struct {
        struct afd_option option;
        char value[256];
    } in = {{level, name}};

    if (!wsa_started()) return SOCKET_ERROR;
    if (level == SOL_SOCKET && (name == SO_UPDATE_ACCEPT_CONTEXT || name == SO_UPDATE_CONNECT_CONTEXT)) {
        /* AcceptEx and ConnectEx leave an endpoint that needs nothing more; the state is checked all the same */
        struct afd_info info;
        int error = afd_info(s, &info);
        if (!error && info.state != FERRY_AFD_STATE_CONNECTED) error = WSAENOTCONN;
        if (!error && name == SO_UPDATE_ACCEPT_CONTEXT) {
            if (!value || length < (int)sizeof(SOCKET)) error = WSAEFAULT;
            else error = afd_info(*(const SOCKET *)value, &info);
        }
        return wsa_result(error);
    }
    if (!value || length <= 0 || length > (int)sizeof(in.value)) return wsa_result(WSAEFAULT);
    memcpy(in.value, value, length);
    return wsa_result(option_error(
        afd_control(s, FERRY_AFD_SET_OPTION, &in, sizeof(in.option) + length, NULL, 0, NULL)));
}

int WINAPI ioctlsocket(SOCKET s, LONG command, u_long *argument)
{
    ULONG in;

    if (!argument) return wsa_result(WSAEFAULT);
    switch ((ULONG)command) {
    case (ULONG)FIONBIO:
        in = *argument;
        return wsa_result(afd_control(s, FERRY_AFD_SET_NONBLOCKING, &in, sizeof(in), NULL, 0, NULL));
    case (ULONG)FIONREAD:
        return wsa_result(afd_control(s, FERRY_AFD_AVAILABLE, NULL, 0, argument, sizeof(*argument), NULL));
    case (ULONG)SIOCATMARK: {
        /* FALSE means that urgent data waits (winsock.h reference: SIOCATMARK) */
        int error = afd_control(s, FERRY_AFD_AT_MARK, NULL, 0, argument, sizeof(*argument), NULL);
        if (!error) *argument = !*argument;
        return wsa_result(error);
    }
    default: {
        struct afd_info info;
        int error = afd_info(s, &info);
        return wsa_result(error ? error : WSAEOPNOTSUPP);
    }
    }
}

static int set_number(SOCKET s, int level, int name, DWORD value)
{
    return setsockopt(s, level, name, (const char *)&value, sizeof(value)) ? WSAGetLastError() : 0;
}

static int keepalive(SOCKET s, const struct tcp_keepalive *in)
{
    int error = set_number(s, SOL_SOCKET, SO_KEEPALIVE, in->onoff != 0);

    if (error || !in->onoff) return error;
    /* milliseconds, seconds below; at least one */
    if (in->keepalivetime) error = set_number(s, IPPROTO_TCP, TCP_KEEPIDLE, (in->keepalivetime + 999) / 1000);
    if (!error && in->keepaliveinterval)
        error = set_number(s, IPPROTO_TCP, TCP_KEEPINTVL, (in->keepaliveinterval + 999) / 1000);
    return error;
}

/* Results that are there at once also complete the overlapped structure. */
static int finish(SOCKET s, int error, DWORD bytes, LPDWORD returned, LPWSAOVERLAPPED overlapped)
{
    if (error) return wsa_result(error);
    if (returned) *returned = bytes;
    if (overlapped) {
        HANDLE event = (HANDLE)((ULONG_PTR)overlapped->hEvent & ~(ULONG_PTR)1);
        overlapped->InternalHigh = bytes;
        overlapped->Internal = STATUS_SUCCESS;
        if (event) NtSetEvent(event, NULL);
    }
    return 0;
}

int WINAPI WSAIoctl(SOCKET s, DWORD code, LPVOID in, DWORD in_size, LPVOID out, DWORD out_size, LPDWORD returned,
                    LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct afd_info info;
    int error;
    u_long number;

    if (!wsa_started()) return SOCKET_ERROR;
    if (!returned && !overlapped) return wsa_result(WSAEFAULT);
    switch (code) {
    case (DWORD)FIONBIO:
        if (!in || in_size < sizeof(number)) return wsa_result(WSAEFAULT);
        number = *(u_long *)in;
        error = afd_control(s, FERRY_AFD_SET_NONBLOCKING, &number, sizeof(number), NULL, 0, NULL);
        return finish(s, error, 0, returned, overlapped);
    case (DWORD)FIONREAD:
    case (DWORD)SIOCATMARK:
        if (!out || out_size < sizeof(number)) return wsa_result(WSAEFAULT);
        if (ioctlsocket(s, code, &number)) return SOCKET_ERROR;
        memcpy(out, &number, sizeof(number));
        return finish(s, 0, sizeof(number), returned, overlapped);
    }
    error = afd_info(s, &info);
    if (error) return wsa_result(error);
    switch (code) {
    case SIO_GET_EXTENSION_FUNCTION_POINTER: {
        void *function;
        if (!in || in_size < sizeof(GUID) || !out || out_size < sizeof(function)) return wsa_result(WSAEFAULT);
        function = extension_function(in);
        if (!function) return wsa_result(WSAEINVAL);
        memcpy(out, &function, sizeof(function));
        return finish(s, 0, sizeof(function), returned, overlapped);
    }
    case SIO_KEEPALIVE_VALS:
        if (!in || in_size < sizeof(struct tcp_keepalive)) return wsa_result(WSAEFAULT);
        return finish(s, info.type != SOCK_STREAM ? WSAEOPNOTSUPP : keepalive(s, in), 0, returned, overlapped);
    case SIO_BASE_HANDLE:
    case SIO_BSP_HANDLE_POLL:
    case SIO_BSP_HANDLE_SELECT:
        if (!out || out_size < sizeof(s)) return wsa_result(WSAEFAULT);
        memcpy(out, &s, sizeof(s)); /* no layered providers */
        return finish(s, 0, sizeof(s), returned, overlapped);
    default:
        return wsa_result(WSAEOPNOTSUPP);
    }
}
