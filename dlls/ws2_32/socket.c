/* Sockets and their connections: winsock2.h. */
#include "ws2_32.h"

/* What family, type and protocol of 0 mean; WSAEAFNOSUPPORT, WSAEPROTONOSUPPORT, WSAEPROTOTYPE, WSAESOCKTNOSUPPORT. */
static int choose(int *family, int *type, int *protocol)
{
    if (*family == AF_UNSPEC) {
        if (!*type && !*protocol) return WSAEINVAL;
        *family = *protocol == IPPROTO_ICMPV6 ? AF_INET6 : AF_INET;
    }
    if (*family != AF_INET && *family != AF_INET6 && *family != AF_UNIX) return WSAEAFNOSUPPORT;
    if (!*type) *type = *protocol == IPPROTO_UDP ? SOCK_DGRAM : *protocol == IPPROTO_ICMP ? SOCK_RAW : SOCK_STREAM;
    if (*type < SOCK_STREAM || *type > SOCK_SEQPACKET) return WSAESOCKTNOSUPPORT;
    if (*family == AF_UNIX) {
        if (*protocol) return WSAEPROTONOSUPPORT;
        return *type == SOCK_STREAM ? 0 : WSAESOCKTNOSUPPORT;
    }
    switch (*type) {
    case SOCK_STREAM:
        if (!*protocol) *protocol = IPPROTO_TCP;
        if (*protocol == IPPROTO_UDP) return WSAEPROTOTYPE;
        return *protocol == IPPROTO_TCP ? 0 : WSAEPROTONOSUPPORT;
    case SOCK_DGRAM:
        if (!*protocol) *protocol = IPPROTO_UDP;
        if (*protocol == IPPROTO_TCP) return WSAEPROTOTYPE;
        return *protocol == IPPROTO_UDP ? 0 : WSAEPROTONOSUPPORT;
    case SOCK_RAW:
        return 0;
    default:
        return WSAESOCKTNOSUPPORT;
    }
}

SOCKET WINAPI WSASocketW(int family, int type, int protocol, LPWSAPROTOCOL_INFOW info, GROUP group, DWORD flags)
{
    SOCKET s = INVALID_SOCKET;
    int error;

    if (!wsa_started()) return INVALID_SOCKET;
    if (info) {
        if (info->dwProviderReserved) {
            s = (SOCKET)info->dwProviderReserved;
            info->dwProviderReserved = 0; /* a duplicate can be taken once */
            return s;
        }
        if (family == FROM_PROTOCOL_INFO) family = info->iAddressFamily;
        if (type == FROM_PROTOCOL_INFO) type = info->iSocketType;
        if (protocol == FROM_PROTOCOL_INFO) protocol = info->iProtocol;
    }
    error = choose(&family, &type, &protocol);
    if (!error) s = afd_open(family, type, protocol, flags, &error);
    wsa_result(error);
    return s;
}

SOCKET WINAPI WSASocketA(int family, int type, int protocol, LPWSAPROTOCOL_INFOA info, GROUP group, DWORD flags)
{
    /* only the fields before the name are looked at, and those are the same */
    return WSASocketW(family, type, protocol, (LPWSAPROTOCOL_INFOW)info, group, flags);
}

SOCKET WINAPI socket(int family, int type, int protocol)
{
    return WSASocketW(family, type, protocol, NULL, 0, WSA_FLAG_OVERLAPPED);
}

/* The duplicate is a handle of the target process, which the structure carries until WSASocket takes it there. */
int WINAPI WSADuplicateSocketW(SOCKET s, DWORD process_id, LPWSAPROTOCOL_INFOW info)
{
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes)};
    CLIENT_ID id = {.UniqueProcess = (HANDLE)(ULONG_PTR)process_id};
    HANDLE process = NtCurrentProcess(), copy;
    struct afd_info afd;
    NTSTATUS status;
    int error = afd_info(s, &afd);

    if (error) return wsa_result(error);
    if (!info) return wsa_result(WSAEFAULT);
    if (process_id != GetCurrentProcessId() && NtOpenProcess(&process, PROCESS_DUP_HANDLE, &attributes, &id))
        return wsa_result(WSAEINVAL);
    status = NtDuplicateObject(NtCurrentProcess(), (HANDLE)s, process, &copy, 0, 0, DUPLICATE_SAME_ACCESS);
    if (process != NtCurrentProcess()) NtClose(process);
    if (status) return wsa_result(wsa_from_status(status));
    protocol_info(afd.family, afd.type, afd.protocol, info, true);
    info->dwProviderReserved = (DWORD)(ULONG_PTR)copy;
    return 0;
}

int WINAPI WSADuplicateSocketA(SOCKET s, DWORD process_id, LPWSAPROTOCOL_INFOA info)
{
    WSAPROTOCOL_INFOW wide;

    if (!info) return wsa_result(WSAEFAULT);
    if (WSADuplicateSocketW(s, process_id, &wide)) return SOCKET_ERROR;
    protocol_info(wide.iAddressFamily, wide.iSocketType, wide.iProtocol, info, false);
    info->dwProviderReserved = wide.dwProviderReserved;
    return 0;
}

int WINAPI closesocket(SOCKET s)
{
    struct afd_info info;
    int error = afd_info(s, &info);

    if (error == WSAEINVAL) error = WSAENOTSOCK; /* a file of another kind may say so */
    return wsa_result(error ? error : wsa_from_status(NtClose((HANDLE)s)));
}

int WINAPI bind(SOCKET s, const struct sockaddr *address, int length)
{
    struct afd_info info;
    int error;

    if (!wsa_started()) return SOCKET_ERROR;
    if (!address) return wsa_result(WSAEFAULT);
    error = afd_info(s, &info);
    if (error) return wsa_result(error);
    if (length < (info.family == AF_INET    ? (int)sizeof(struct sockaddr_in)
                  : info.family == AF_INET6 ? (int)sizeof(struct sockaddr_in6)
                                            : 3))
        return wsa_result(WSAEFAULT);
    if (address->sa_family != info.family && !(address->sa_family == AF_UNSPEC && info.family == AF_INET))
        return wsa_result(WSAEAFNOSUPPORT);
    if (info.state != FERRY_AFD_STATE_OPEN) return wsa_result(WSAEINVAL);
    return wsa_result(afd_control(s, FERRY_AFD_BIND, address, length, NULL, 0, NULL));
}

int WINAPI listen(SOCKET s, int backlog)
{
    struct afd_info info;
    ULONG count = backlog == SOMAXCONN ? 4096 : backlog < 0 ? -backlog : backlog; /* SOMAXCONN_HINT is negative */
    int error = afd_info(s, &info);

    if (error) return wsa_result(error);
    if (info.type != SOCK_STREAM) return wsa_result(WSAEOPNOTSUPP);
    if (info.state == FERRY_AFD_STATE_LISTENING) return 0;
    if (info.state == FERRY_AFD_STATE_CONNECTED) return wsa_result(WSAEISCONN);
    if (info.state != FERRY_AFD_STATE_BOUND) return wsa_result(WSAEINVAL);
    return wsa_result(afd_control(s, FERRY_AFD_LISTEN, &count, sizeof(count), NULL, 0, NULL));
}

SOCKET WINAPI accept(SOCKET s, struct sockaddr *address, int *length)
{
    struct afd_accept in = {.flags = FERRY_AFD_AS_SET};
    struct afd_accepted out;
    struct afd_info info;
    int error = afd_info(s, &info);

    if (!error && info.type != SOCK_STREAM) error = WSAEOPNOTSUPP;
    if (!error && info.state != FERRY_AFD_STATE_LISTENING) error = WSAEINVAL;
    if (!error && address && (!length || *length < (info.family == AF_INET6 ? 28 : 16))) error = WSAEFAULT;
    if (!error) error = afd_control(s, FERRY_AFD_ACCEPT, &in, sizeof(in), &out, sizeof(out), NULL);
    if (error == WSA_OPERATION_ABORTED) error = WSAEINTR; /* the socket was closed meanwhile */
    if (error) {
        wsa_result(error);
        return INVALID_SOCKET;
    }
    if (address) {
        memcpy(address, out.address, (int)out.length < *length ? (int)out.length : *length);
        *length = out.length;
    }
    return (SOCKET)out.handle;
}

SOCKET WINAPI WSAAccept(SOCKET s, struct sockaddr *address, LPINT length, LPCONDITIONPROC condition, DWORD_PTR data)
{
    char peer[128], local[128];
    int peer_length = sizeof(peer), local_length = sizeof(local);
    WSABUF caller, callee, none = {0, NULL};
    GROUP group = 0;
    SOCKET accepted;

    if (!condition) return accept(s, address, length);
    accepted = accept(s, (struct sockaddr *)peer, &peer_length);
    if (accepted == INVALID_SOCKET) return accepted;
    getsockname(accepted, (struct sockaddr *)local, &local_length);
    caller = (WSABUF){peer_length, peer};
    callee = (WSABUF){local_length, local};
    switch (condition(&caller, NULL, NULL, NULL, &callee, &none, &group, data)) {
    case CF_ACCEPT:
        if (address && length && *length >= peer_length) {
            memcpy(address, peer, peer_length);
            *length = peer_length;
        }
        return accepted;
    case CF_REJECT: {
        struct linger hard = {1, 0}; /* the peer sees a reset */
        setsockopt(accepted, SOL_SOCKET, SO_LINGER, (char *)&hard, sizeof(hard));
        closesocket(accepted);
        WSASetLastError(WSAECONNREFUSED);
        return INVALID_SOCKET;
    }
    default: /* CF_DEFER needs a connection that is not yet accepted */
        closesocket(accepted);
        WSASetLastError(WSATRY_AGAIN);
        return INVALID_SOCKET;
    }
}

int WINAPI connect(SOCKET s, const struct sockaddr *address, int length)
{
    struct afd_connect in = {.flags = FERRY_AFD_AS_SET, .length = length};
    struct afd_info info;
    int error;

    if (!wsa_started()) return SOCKET_ERROR;
    error = afd_info(s, &info);
    if (error) return wsa_result(error);
    if (!address || length < (info.family == AF_INET6 ? 24 : info.family == AF_INET ? 16 : 3) ||
        length > (int)sizeof(in.address))
        return wsa_result(WSAEFAULT);
    if (address->sa_family != info.family && !(address->sa_family == AF_UNSPEC && info.type == SOCK_DGRAM))
        return wsa_result(WSAEAFNOSUPPORT);
    if (info.state == FERRY_AFD_STATE_CONNECTING) return wsa_result(WSAEALREADY);
    memcpy(in.address, address, length);
    error = afd_control(s, FERRY_AFD_CONNECT, &in, sizeof(in), NULL, 0, NULL);
    return wsa_result(error == WSA_OPERATION_ABORTED ? WSAEINTR : error);
}

int WINAPI WSAConnect(SOCKET s, const struct sockaddr *address, int length, LPWSABUF caller, LPWSABUF callee, LPQOS qos,
                      LPQOS group)
{
    /* TCP and UDP carry no connect data */
    if (caller && caller->len) return wsa_result(WSAEOPNOTSUPP);
    if (callee) callee->len = 0;
    return connect(s, address, length);
}

int WINAPI shutdown(SOCKET s, int how)
{
    struct afd_info info;
    ULONG in = how;
    int error = afd_info(s, &info);

    if (!error && (how < SD_RECEIVE || how > SD_BOTH)) error = WSAEINVAL;
    if (!error && info.type == SOCK_STREAM && info.state != FERRY_AFD_STATE_CONNECTED) error = WSAENOTCONN;
    return wsa_result(error ? error : afd_control(s, FERRY_AFD_SHUTDOWN, &in, sizeof(in), NULL, 0, NULL));
}

static int name(SOCKET s, ULONG peer, struct sockaddr *address, int *length)
{
    char out[128];
    ULONG bytes;
    int error = afd_control(s, FERRY_AFD_GET_NAME, &peer, sizeof(peer), out, sizeof(out), &bytes);

    if (error) return wsa_result(error);
    if (!address || !length || *length < (int)bytes) return wsa_result(WSAEFAULT);
    memcpy(address, out, bytes);
    *length = bytes;
    return 0;
}

/* WSAEINVAL for a socket that is neither bound nor connected. */
int WINAPI getsockname(SOCKET s, struct sockaddr *address, int *length)
{
    struct afd_info info;
    int error = afd_info(s, &info);

    if (!error && info.state == FERRY_AFD_STATE_OPEN) {
        /* a datagram socket may have been bound by sendto */
        char bound[128];
        ULONG peer = 0, bytes;
        error = afd_control(s, FERRY_AFD_GET_NAME, &peer, sizeof(peer), bound, sizeof(bound), &bytes);
        if (!error && !((struct sockaddr_in *)bound)->sin_port) error = WSAEINVAL;
    }
    return error ? wsa_result(error) : name(s, 0, address, length);
}

int WINAPI getpeername(SOCKET s, struct sockaddr *address, int *length)
{
    return name(s, 1, address, length);
}
