/* AcceptEx, GetAcceptExSockaddrs, TransmitFile, WSARecvEx: mswsock.h. The first three are those of SIO_GET_EXTENSION_FUNCTION_POINTER. */
#define WINSOCK_API_LINKAGE
#include "ferry/ntapi.h"
#include <winsock2.h>
#include <mswsock.h>
#include "ferry/afd.h"

/* The socket's own function; NULL with the error set. */
static void *extension(SOCKET s, GUID guid)
{
    void *function;
    DWORD bytes;

    return WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof(guid), &function, sizeof(function), &bytes,
                    NULL, NULL)
               ? NULL
               : function;
}

BOOL WINAPI AcceptEx(SOCKET listener, SOCKET s, PVOID buffer, DWORD data_length, DWORD local_length,
                     DWORD remote_length, LPDWORD received, LPOVERLAPPED overlapped)
{
    LPFN_ACCEPTEX function = extension(listener, (GUID)WSAID_ACCEPTEX);

    return function ? function(listener, s, buffer, data_length, local_length, remote_length, received, overlapped)
                    : FALSE;
}

/* There is no socket here to ask: afd.h says how AcceptEx left its buffer. */
VOID WINAPI GetAcceptExSockaddrs(PVOID buffer, DWORD data_length, DWORD local_length, DWORD remote_length,
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

BOOL WINAPI TransmitFile(SOCKET s, HANDLE file, DWORD count, DWORD each, LPOVERLAPPED overlapped,
                         LPTRANSMIT_FILE_BUFFERS buffers, DWORD flags)
{
    LPFN_TRANSMITFILE function = extension(s, (GUID)WSAID_TRANSMITFILE);

    return function ? function(s, file, count, each, overlapped, buffers, flags) : FALSE;
}

/* `flags` is for the result alone: MSG_PARTIAL for a message that was cut, which is no error here. */
int WINAPI WSARecvEx(SOCKET s, char *data, int length, int *flags)
{
    WSABUF buffer = {length, data};
    DWORD received = 0, message_flags = 0;

    if (!flags) {
        WSASetLastError(WSAEFAULT);
        return SOCKET_ERROR;
    }
    *flags = 0;
    if (WSARecv(s, &buffer, 1, &received, &message_flags, NULL, NULL)) {
        if (WSAGetLastError() != WSAEMSGSIZE) return SOCKET_ERROR;
        *flags = MSG_PARTIAL;
        return length;
    }
    return (int)received;
}
