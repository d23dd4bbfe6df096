/* Sending and receiving. */
#include "ws2_32.h"

#define PARTS_ON_STACK 16

struct transfer {
    struct afd_transfer in;
    struct afd_buffer stack[PARTS_ON_STACK], *parts;
};

static int prepare(struct transfer *transfer, const WSABUF *buffers, DWORD count, DWORD flags, bool overlapped)
{
    DWORD i;

    if (!buffers || !count) return WSAEINVAL;
    transfer->parts = transfer->stack;
    if (count > PARTS_ON_STACK) {
        if (count > 0x10000) return WSAENOBUFS;
        transfer->parts = ws_allocate(count * sizeof(*transfer->parts));
        if (!transfer->parts) return WSAENOBUFS;
    }
    for (i = 0; i < count; i++)
        transfer->parts[i] = (struct afd_buffer){(ULONG_PTR)buffers[i].buf, buffers[i].len, 0};
    memset(&transfer->in, 0, sizeof(transfer->in));
    transfer->in.flags = overlapped ? 0 : FERRY_AFD_AS_SET;
    transfer->in.message_flags = flags;
    transfer->in.count = count;
    transfer->in.buffers = (ULONG_PTR)transfer->parts;
    return 0;
}

static void release(struct transfer *transfer)
{
    if (transfer->parts != transfer->stack) ws_free(transfer->parts);
}

static int run(SOCKET s, ULONG code, struct transfer *transfer, DWORD *bytes, WSAOVERLAPPED *overlapped,
               LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    int error;

    if (overlapped) {
        error = afd_control_overlapped(s, code, &transfer->in, sizeof(transfer->in), NULL, 0, overlapped, routine,
                                       bytes);
    } else {
        error = afd_control(s, code, &transfer->in, sizeof(transfer->in), NULL, 0, bytes);
        if (error == WSA_OPERATION_ABORTED) error = WSAEINTR;
    }
    release(transfer);
    return error;
}

/* `to` NULL: to the peer of the connection. */
static int send_all(SOCKET s, const WSABUF *buffers, DWORD count, DWORD *bytes, DWORD flags, const struct sockaddr *to,
                    int to_length, WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct transfer transfer;
    int error = wsa_started() ? prepare(&transfer, buffers, count, flags, overlapped) : WSANOTINITIALISED;

    if (error) return error;
    if (to) {
        transfer.in.address = (ULONG_PTR)to;
        transfer.in.address_length = to_length;
    }
    return run(s, FERRY_AFD_SEND, &transfer, bytes, overlapped, routine);
}

static int receive_all(SOCKET s, const WSABUF *buffers, DWORD count, DWORD *bytes, DWORD *flags, struct sockaddr *from,
                       int *from_length, WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct transfer transfer;
    int error = wsa_started() ? prepare(&transfer, buffers, count, *flags, overlapped) : WSANOTINITIALISED;

    if (error) return error;
    if (from) {
        transfer.in.address = (ULONG_PTR)from;
        transfer.in.address_length = (ULONG_PTR)from_length;
    }
    error = run(s, FERRY_AFD_RECEIVE, &transfer, bytes, overlapped, routine);
    if (!error) *flags &= MSG_OOB;
    else if (error == WSAEMSGSIZE) *flags = MSG_PARTIAL;
    return error;
}

int WINAPI WSASend(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD sent, DWORD flags, LPWSAOVERLAPPED overlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    if (!overlapped && !sent) return wsa_result(WSAEFAULT);
    return wsa_result(send_all(s, buffers, count, sent, flags, NULL, 0, overlapped, routine));
}

int WINAPI WSASendTo(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD sent, DWORD flags, const struct sockaddr *to,
                     int to_length, LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    if (!overlapped && !sent) return wsa_result(WSAEFAULT);
    return wsa_result(send_all(s, buffers, count, sent, flags, to, to_length, overlapped, routine));
}

int WINAPI WSARecv(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD received, LPDWORD flags,
                   LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    if (!flags || (!overlapped && !received)) return wsa_result(WSAEFAULT);
    return wsa_result(receive_all(s, buffers, count, received, flags, NULL, NULL, overlapped, routine));
}

int WINAPI WSARecvFrom(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD received, LPDWORD flags, struct sockaddr *from,
                       LPINT from_length, LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    if (!flags || (!overlapped && !received) || (from && !from_length)) return wsa_result(WSAEFAULT);
    return wsa_result(receive_all(s, buffers, count, received, flags, from, from_length, overlapped, routine));
}

/* ---- messages with control data ---- */

/* Datagrams alone (mswsock.h reference: LPFN_WSARECVMSG, remarks). */
static int message_socket(SOCKET s, const WSAMSG *message)
{
    struct afd_info info;
    int error = afd_info(s, &info);

    if (error) return error;
    if (info.type != SOCK_DGRAM && info.type != SOCK_RAW) return WSAEOPNOTSUPP;
    return message ? 0 : WSAEFAULT;
}

int WINAPI WSASendMsg(SOCKET s, LPWSAMSG message, DWORD flags, LPDWORD sent, LPWSAOVERLAPPED overlapped,
                      LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct transfer transfer;
    int error = message_socket(s, message);

    if (!error && !overlapped && !sent) error = WSAEFAULT;
    if (!error) error = prepare(&transfer, message->lpBuffers, message->dwBufferCount, flags, overlapped);
    if (error) return wsa_result(error);
    if (message->name) {
        transfer.in.address = (ULONG_PTR)message->name;
        transfer.in.address_length = message->namelen;
    }
    if (message->Control.buf && message->Control.len) {
        transfer.in.control = (ULONG_PTR)message->Control.buf;
        transfer.in.control_length = message->Control.len;
        transfer.in.control_word = sizeof(SIZE_T);
    }
    return wsa_result(run(s, FERRY_AFD_SEND, &transfer, sent, overlapped, routine));
}

int WINAPI receive_message(SOCKET s, LPWSAMSG message, LPDWORD received, LPWSAOVERLAPPED overlapped,
                           LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct transfer transfer;
    int error = message_socket(s, message);

    if (!error && !overlapped && !received) error = WSAEFAULT;
    if (!error)
        error = prepare(&transfer, message->lpBuffers, message->dwBufferCount, message->dwFlags, overlapped);
    if (error) return wsa_result(error);
    if (message->name) {
        transfer.in.address = (ULONG_PTR)message->name;
        transfer.in.address_length = (ULONG_PTR)&message->namelen;
    }
    transfer.in.flags_out = (ULONG_PTR)&message->dwFlags;
    transfer.in.control = (ULONG_PTR)message->Control.buf;
    transfer.in.control_length = (ULONG_PTR)&message->Control.len;
    transfer.in.control_word = sizeof(SIZE_T);
    return wsa_result(run(s, FERRY_AFD_RECEIVE, &transfer, received, overlapped, routine));
}

int WINAPI sendto(SOCKET s, const char *data, int length, int flags, const struct sockaddr *to, int to_length)
{
    WSABUF buffer = {length, (char *)data};
    DWORD sent = 0;
    int error = send_all(s, &buffer, 1, &sent, flags, to, to_length, NULL, NULL);

    return error ? wsa_result(error) : (int)sent;
}

int WINAPI send(SOCKET s, const char *data, int length, int flags)
{
    return sendto(s, data, length, flags, NULL, 0);
}

int WINAPI recvfrom(SOCKET s, char *data, int length, int flags, struct sockaddr *from, int *from_length)
{
    WSABUF buffer = {length, data};
    DWORD received = 0, message_flags = flags;
    int error;

    if (from && !from_length) return wsa_result(WSAEFAULT);
    error = receive_all(s, &buffer, 1, &received, &message_flags, from, from_length, NULL, NULL);
    return error ? wsa_result(error) : (int)received;
}

/* The end of the connection; no transport here carries data with it. */
int WINAPI WSASendDisconnect(SOCKET s, LPWSABUF data)
{
    if (data && data->len) return wsa_result(WSAENOPROTOOPT);
    return shutdown(s, SD_SEND);
}

int WINAPI WSARecvDisconnect(SOCKET s, LPWSABUF data)
{
    if (data && data->len) return wsa_result(WSAENOPROTOOPT);
    return shutdown(s, SD_RECEIVE);
}

int WINAPI recv(SOCKET s, char *data, int length, int flags)
{
    return recvfrom(s, data, length, flags, NULL, NULL);
}

/* With `wait` on the event of the structure, else on the socket. Flags: MSG_PARTIAL for a cut message. */
BOOL WINAPI WSAGetOverlappedResult(SOCKET s, LPWSAOVERLAPPED overlapped, LPDWORD bytes, BOOL wait, LPDWORD flags)
{
    NTSTATUS status;
    int error;

    if (!wsa_started()) return FALSE;
    if (!overlapped || !bytes || !flags) {
        WSASetLastError(WSAEFAULT);
        return FALSE;
    }
    status = __atomic_load_n(&overlapped->Internal, __ATOMIC_ACQUIRE);
    if (status == STATUS_PENDING) {
        HANDLE event = (HANDLE)((ULONG_PTR)overlapped->hEvent & ~(ULONG_PTR)1);
        if (!wait) {
            WSASetLastError(WSA_IO_INCOMPLETE);
            return FALSE;
        }
        status = NtWaitForSingleObject(event ? event : (HANDLE)s, FALSE, NULL);
        if (NT_ERROR(status)) {
            WSASetLastError(wsa_from_status(status));
            return FALSE;
        }
        status = __atomic_load_n(&overlapped->Internal, __ATOMIC_ACQUIRE);
    }
    *bytes = (DWORD)overlapped->InternalHigh;
    *flags = status == STATUS_BUFFER_OVERFLOW ? MSG_PARTIAL : 0;
    error = wsa_from_status(status);
    if (!error) return TRUE;
    WSASetLastError(error);
    return FALSE;
}
