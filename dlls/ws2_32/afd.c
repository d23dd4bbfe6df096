/* Controls of endpoints, and Winsock's errors from NTSTATUS. */
#include "ws2_32.h"

static const struct {
    NTSTATUS status;
    int error;
} errors[] = {
    {STATUS_PENDING, WSA_IO_PENDING},
    {STATUS_TIMEOUT, WSAETIMEDOUT},
    {STATUS_BUFFER_OVERFLOW, WSAEMSGSIZE},
    {STATUS_INVALID_HANDLE, WSAENOTSOCK},
    {STATUS_OBJECT_TYPE_MISMATCH, WSAENOTSOCK},
    {STATUS_INVALID_DEVICE_REQUEST, WSAENOTSOCK},
    {STATUS_ILLEGAL_FUNCTION, WSAENOTSOCK},
    {STATUS_NOT_IMPLEMENTED, WSAEOPNOTSUPP},
    {STATUS_NOT_SUPPORTED, WSAEOPNOTSUPP},
    {STATUS_INVALID_PARAMETER, WSAEINVAL},
    {STATUS_INVALID_CONNECTION, WSAENOTCONN},
    {STATUS_CONNECTION_INVALID, WSAENOTCONN},
    {STATUS_CONNECTION_DISCONNECTED, WSAECONNRESET},
    {STATUS_INVALID_DEVICE_STATE, WSAEINVAL},
    {STATUS_ACCESS_VIOLATION, WSAEFAULT},
    {STATUS_BUFFER_TOO_SMALL, WSAEFAULT},
    {STATUS_INFO_LENGTH_MISMATCH, WSAEFAULT},
    {STATUS_ACCESS_DENIED, WSAEACCES},
    {STATUS_NETWORK_ACCESS_DENIED, WSAEACCES},
    {STATUS_DEVICE_NOT_READY, WSAEWOULDBLOCK},
    {STATUS_SHARING_VIOLATION, WSAEADDRINUSE},
    {STATUS_ADDRESS_ALREADY_EXISTS, WSAEADDRINUSE},
    {STATUS_ADDRESS_ALREADY_ASSOCIATED, WSAEINVAL},
    {STATUS_INVALID_ADDRESS_COMPONENT, WSAEADDRNOTAVAIL},
    {STATUS_INVALID_ADDRESS, WSAEADDRNOTAVAIL},
    {STATUS_NETWORK_UNREACHABLE, WSAENETUNREACH},
    {STATUS_HOST_UNREACHABLE, WSAEHOSTUNREACH},
    {STATUS_PROTOCOL_UNREACHABLE, WSAEHOSTUNREACH},
    {STATUS_PORT_UNREACHABLE, WSAECONNRESET},
    {STATUS_HOST_DOWN, WSAEHOSTDOWN},
    {STATUS_IO_TIMEOUT, WSAETIMEDOUT},
    {STATUS_CONNECTION_REFUSED, WSAECONNREFUSED},
    {STATUS_REMOTE_NOT_LISTENING, WSAECONNREFUSED},
    {STATUS_CONNECTION_ACTIVE, WSAEISCONN},
    {STATUS_CONNECTION_RESET, WSAECONNRESET},
    {STATUS_REMOTE_DISCONNECT, WSAECONNRESET},
    {STATUS_LOCAL_DISCONNECT, WSAESHUTDOWN},
    {STATUS_CONNECTION_ABORTED, WSAECONNABORTED},
    {STATUS_TRANSACTION_ABORTED, WSAECONNABORTED},
    {STATUS_GRACEFUL_DISCONNECT, WSAEDISCON},
    {STATUS_PIPE_DISCONNECTED, WSAESHUTDOWN},
    {STATUS_INSUFFICIENT_RESOURCES, WSAENOBUFS},
    {STATUS_NO_MEMORY, WSAENOBUFS},
    {STATUS_TOO_MANY_OPENED_FILES, WSAEMFILE},
    {STATUS_CANCELLED, WSA_OPERATION_ABORTED},
    {STATUS_INVALID_BUFFER_SIZE, WSAEMSGSIZE},
};

int wsa_from_status(NTSTATUS status)
{
    size_t i;

    if (!status) return 0;
    for (i = 0; i < sizeof(errors) / sizeof(*errors); i++)
        if (errors[i].status == status) return errors[i].error;
    return NT_SUCCESS(status) ? 0 : (int)RtlNtStatusToDosError(status);
}

int afd_control(SOCKET s, ULONG code, const void *in, ULONG in_size, void *out, ULONG out_size, ULONG *information)
{
    IO_STATUS_BLOCK io = {.Information = 0};
    NTSTATUS status;

    if (!wsa_started()) return WSANOTINITIALISED;
    status = NtDeviceIoControlFile((HANDLE)s, NULL, NULL, NULL, &io, code, (void *)in, in_size, out, out_size);
    if (status == STATUS_PENDING) { /* a file of another kind that took the code */
        NtWaitForSingleObject((HANDLE)s, FALSE, NULL);
        status = io.Status;
    }
    if (information) *information = NT_ERROR(status) ? 0 : (ULONG)io.Information;
    return wsa_from_status(status);
}

struct completion {
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    WSAOVERLAPPED *overlapped;
};

static void WINAPI completed(void *context, IO_STATUS_BLOCK *io, ULONG reserved)
{
    struct completion completion = *(struct completion *)context;
    NTSTATUS status = io->Status;

    ws_free(context);
    completion.routine(wsa_from_status(status), NT_ERROR(status) ? 0 : (DWORD)io->Information, completion.overlapped,
                       0);
}

int afd_control_overlapped(SOCKET s, ULONG code, const void *in, ULONG in_size, void *out, ULONG out_size,
                           WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, DWORD *bytes)
{
    struct completion *completion = NULL;
    HANDLE event = NULL;
    void *context;
    NTSTATUS status;

    if (!wsa_started()) return WSANOTINITIALISED;
    if (routine) {
        completion = ws_allocate(sizeof(*completion));
        if (!completion) return WSAENOBUFS;
        completion->routine = routine;
        completion->overlapped = overlapped;
        context = completion;
    } else {
        /* A low bit in the event keeps the completion port out, as for files. */
        event = (HANDLE)((ULONG_PTR)overlapped->hEvent & ~(ULONG_PTR)1);
        context = (ULONG_PTR)overlapped->hEvent & 1 ? NULL : overlapped;
    }
    overlapped->Internal = STATUS_PENDING;
    status = NtDeviceIoControlFile((HANDLE)s, event, routine ? (PIO_APC_ROUTINE)completed : NULL, context,
                                   (IO_STATUS_BLOCK *)overlapped, code, (void *)in, in_size, out, out_size);
    if (NT_ERROR(status)) ws_free(completion);
    if (bytes) *bytes = NT_ERROR(status) || status == STATUS_PENDING ? 0 : (DWORD)overlapped->InternalHigh;
    return wsa_from_status(status);
}

int afd_info(SOCKET s, struct afd_info *info)
{
    return afd_control(s, FERRY_AFD_INFO, NULL, 0, info, sizeof(*info), NULL);
}

SOCKET afd_open(int family, int type, int protocol, DWORD flags, int *error)
{
    static const WCHAR name[] = L"\\Device\\Afd\\Endpoint";
    UNICODE_STRING path = {sizeof(name) - sizeof(WCHAR), sizeof(name), (WCHAR *)name};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .ObjectName = &path,
                                    .Attributes = OBJ_CASE_INSENSITIVE |
                                                  (flags & WSA_FLAG_NO_HANDLE_INHERIT ? 0 : OBJ_INHERIT)};
    struct afd_create create = {family, type, protocol};
    IO_STATUS_BLOCK io;
    HANDLE handle;
    NTSTATUS status = NtCreateFile(&handle, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE, &attributes, &io, NULL, 0,
                                   FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_OPEN_IF,
                                   flags & WSA_FLAG_OVERLAPPED ? 0 : FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);

    if (status) {
        *error = wsa_from_status(status);
        return INVALID_SOCKET;
    }
    *error = afd_control((SOCKET)handle, FERRY_AFD_CREATE, &create, sizeof(create), NULL, 0, NULL);
    if (!*error) return (SOCKET)handle;
    NtClose(handle);
    return INVALID_SOCKET;
}
