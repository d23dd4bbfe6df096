/* mswsock.h: functions that programs ask for by SIO_GET_EXTENSION_FUNCTION_POINTER. */
#include "ws2_32.h"

#define NAME_HEADER offsetof(struct afd_accept_name, address)

static BOOL result(int error)
{
    if (!error) return TRUE;
    WSASetLastError(error);
    return FALSE;
}

static BOOL WINAPI accept_ex(SOCKET listener, SOCKET s, PVOID buffer, DWORD data_length, DWORD local_length,
                             DWORD remote_length, LPDWORD received, LPOVERLAPPED overlapped)
{
    struct afd_accept_ex in = {.endpoint = s, .data_length = data_length, .local_length = local_length,
                               .remote_length = remote_length};
    struct afd_info info;
    DWORD least;
    int error;

    if (!wsa_started()) return FALSE;
    if (!overlapped) return result(WSA_INVALID_PARAMETER);
    error = afd_info(listener, &info);
    if (!error && !buffer) error = WSAEFAULT;
    if (!error && info.state != FERRY_AFD_STATE_LISTENING) error = WSAEINVAL;
    /* the addresses of the transport with 16 bytes more (mswsock.h reference: AcceptEx, parameters) */
    least = (info.family == AF_INET6 ? sizeof(SOCKADDR_IN6) : sizeof(SOCKADDR_IN)) + NAME_HEADER;
    if (!error && (remote_length < least || (local_length && local_length < least))) error = WSAEFAULT;
    if (!error) error = afd_info(s, &info);
    if (!error && info.state != FERRY_AFD_STATE_OPEN) error = WSAEINVAL;
    if (error) return result(error);
    return result(afd_control_overlapped(listener, FERRY_AFD_ACCEPT_EX, &in, sizeof(in), buffer,
                                         data_length + local_length + remote_length, overlapped, NULL, received));
}

static void WINAPI get_accept_ex_sockaddrs(PVOID buffer, DWORD data_length, DWORD local_length, DWORD remote_length,
                                           struct sockaddr **local, LPINT local_bytes, struct sockaddr **remote,
                                           LPINT remote_bytes)
{
    struct afd_accept_name *name = (struct afd_accept_name *)((char *)buffer + data_length);

    *local = (struct sockaddr *)name->address;
    *local_bytes = local_length ? (int)name->length : 0;
    name = (struct afd_accept_name *)((char *)name + local_length);
    *remote = (struct sockaddr *)name->address;
    *remote_bytes = (int)name->length;
}

/* What is sent with the connection goes into the first segments after it, as Linux has it; the result is of both. */
static BOOL WINAPI connect_ex(SOCKET s, const struct sockaddr *address, int length, PVOID data, DWORD data_length,
                              LPDWORD sent, LPOVERLAPPED overlapped)
{
    struct afd_connect in = {.length = length};
    struct afd_info info;
    int error = afd_info(s, &info);

    if (error) return result(error);
    if (!overlapped) return result(WSA_INVALID_PARAMETER);
    if (!address || length < (info.family == AF_INET6 ? 24 : info.family == AF_INET ? 16 : 3) ||
        length > (int)sizeof(in.address))
        return result(WSAEFAULT);
    if (address->sa_family != info.family) return result(WSAEAFNOSUPPORT);
    /* the socket must be bound (mswsock.h reference: ConnectEx, remarks) */
    if (info.state == FERRY_AFD_STATE_OPEN) return result(WSAEINVAL);
    if (info.state == FERRY_AFD_STATE_CONNECTED) return result(WSAEISCONN);
    memcpy(in.address, address, length);
    if (data) {
        in.data = (ULONG_PTR)data;
        in.data_length = data_length;
    }
    return result(afd_control_overlapped(s, FERRY_AFD_CONNECT, &in, sizeof(in), NULL, 0, overlapped, NULL, sent));
}

static BOOL WINAPI disconnect_ex(SOCKET s, LPOVERLAPPED overlapped, DWORD flags, DWORD reserved)
{
    ULONG reuse = flags & TF_REUSE_SOCKET;

    if (!wsa_started()) return FALSE;
    if (reserved || (flags & ~TF_REUSE_SOCKET)) return result(WSAEINVAL);
    if (!overlapped)
        return result(afd_control(s, FERRY_AFD_DISCONNECT, &reuse, sizeof(reuse), NULL, 0, NULL));
    return result(afd_control_overlapped(s, FERRY_AFD_DISCONNECT, &reuse, sizeof(reuse), NULL, 0, overlapped, NULL,
                                         NULL));
}

/* Without `overlapped`: from the file's position, which moves, and waits. `each` is how much to send at a time, which the
 * host knows better. */
static BOOL WINAPI transmit_file(SOCKET s, HANDLE file, DWORD count, DWORD each, LPOVERLAPPED overlapped,
                                 LPTRANSMIT_FILE_BUFFERS buffers, DWORD flags)
{
    struct afd_transmit in = {.flags = overlapped ? 0 : FERRY_AFD_BLOCK, .transmit_flags = flags, .count = count,
                              .file = (ULONG_PTR)file, .offset = -1};
    struct afd_info info;
    int error = afd_info(s, &info);

    if (!error && info.type != SOCK_STREAM) error = WSAENOTSOCK;
    if (!error && info.state != FERRY_AFD_STATE_CONNECTED) error = WSAENOTCONN;
    if (!error && (flags & ~(TF_DISCONNECT | TF_REUSE_SOCKET | TF_WRITE_BEHIND | TF_USE_SYSTEM_THREAD |
                             TF_USE_KERNEL_APC)))
        error = WSAEINVAL;
    if (!error && (flags & (TF_DISCONNECT | TF_REUSE_SOCKET)) == TF_REUSE_SOCKET) error = WSAEINVAL;
    if (!error && !file && !buffers) error = WSAEINVAL;
    if (error) return result(error);
    if (buffers) {
        in.head = (ULONG_PTR)buffers->Head;
        in.head_length = buffers->HeadLength;
        in.tail = (ULONG_PTR)buffers->Tail;
        in.tail_length = buffers->TailLength;
    }
    if (!overlapped) return result(afd_control(s, FERRY_AFD_TRANSMIT, &in, sizeof(in), NULL, 0, NULL));
    in.offset = (LONG64)overlapped->OffsetHigh << 32 | overlapped->Offset;
    return result(afd_control_overlapped(s, FERRY_AFD_TRANSMIT, &in, sizeof(in), NULL, 0, overlapped, NULL, NULL));
}

static const struct {
    GUID guid;
    void *function;
} extensions[] = {
    {WSAID_ACCEPTEX, accept_ex},
    {WSAID_CONNECTEX, connect_ex},
    {WSAID_DISCONNECTEX, disconnect_ex},
    {WSAID_GETACCEPTEXSOCKADDRS, get_accept_ex_sockaddrs},
    {WSAID_TRANSMITFILE, transmit_file},
    {WSAID_WSARECVMSG, receive_message},
    {WSAID_WSASENDMSG, WSASendMsg},
};

void *extension_function(const GUID *guid)
{
    size_t i;

    for (i = 0; i < sizeof(extensions) / sizeof(*extensions); i++)
        if (!memcmp(guid, &extensions[i].guid, sizeof(*guid))) return extensions[i].function;
    return NULL;
}
