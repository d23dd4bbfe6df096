/* mswsock.h: functions that programs ask for by SIO_GET_EXTENSION_FUNCTION_POINTER. */
#include "ws2_32.h"

static BOOL result(int error)
{
    if (!error) return TRUE;
    WSASetLastError(error);
    return FALSE;
}

static BOOL WINAPI connect_ex(SOCKET s, const struct sockaddr *address, int length, PVOID data, DWORD data_length,
                              LPDWORD sent, LPOVERLAPPED overlapped)
{
    struct afd_connect in = {.length = length};
    struct afd_info info;
    int error = afd_info(s, &info);

    if (error) return result(error);
    if (!overlapped) return result(WSA_INVALID_PARAMETER);
    if (!address || length < (info.family == AF_INET6 ? 24 : 16) || length > (int)sizeof(in.address))
        return result(WSAEFAULT);
    if (address->sa_family != info.family) return result(WSAEAFNOSUPPORT);
    /* the socket must be bound (mswsock.h reference: ConnectEx, remarks) */
    if (info.state == FERRY_AFD_STATE_OPEN) return result(WSAEINVAL);
    if (info.state == FERRY_AFD_STATE_CONNECTED) return result(WSAEISCONN);
    if (data && data_length) return result(WSAEOPNOTSUPP); /* data with the connection */
    memcpy(in.address, address, length);
    return result(afd_control_overlapped(s, FERRY_AFD_CONNECT, &in, sizeof(in), NULL, 0, overlapped, NULL, sent));
}

static const struct {
    GUID guid;
    void *function;
} extensions[] = {
    {WSAID_CONNECTEX, connect_ex},
};

void *extension_function(const GUID *guid)
{
    size_t i;

    for (i = 0; i < sizeof(extensions) / sizeof(*extensions); i++)
        if (!memcmp(guid, &extensions[i].guid, sizeof(*guid))) return extensions[i].function;
    return NULL;
}
