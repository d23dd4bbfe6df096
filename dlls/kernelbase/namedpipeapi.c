/* namedpipeapi.h: anonymous and named pipes. */
#include "kernelbase.h"
#include "ferry/ntioapi.h"

#define DEFAULT_BUFFER 4096

static void init_attributes(OBJECT_ATTRIBUTES *attributes, UNICODE_STRING *name, HANDLE root,
                            const SECURITY_ATTRIBUTES *security)
{
    InitializeObjectAttributes(attributes, name, OBJ_CASE_INSENSITIVE, root, NULL);
    if (!security) return;
    attributes->SecurityDescriptor = security->lpSecurityDescriptor;
    if (security->bInheritHandle) attributes->Attributes |= OBJ_INHERIT;
}

/* The pipe device, opened once and kept. */
static HANDLE pipe_device(void)
{
    static HANDLE device;
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name = unicode_string(L"\\Device\\NamedPipe\\");
    IO_STATUS_BLOCK io;
    HANDLE made;
    NTSTATUS status;

    if (device) return device;
    init_attributes(&attributes, &name, NULL, NULL);
    status = NtOpenFile(&made, GENERIC_READ | SYNCHRONIZE, &attributes, &io, FILE_SHARE_READ | FILE_SHARE_WRITE,
                        FILE_SYNCHRONOUS_IO_NONALERT);
    if (status) {
        set_status(status);
        return NULL;
    }
    if (InterlockedCompareExchangePointer(&device, made, NULL)) NtClose(made);
    return device;
}

BOOL WINAPI CreatePipe(PHANDLE read_end, PHANDLE write_end, LPSECURITY_ATTRIBUTES security, DWORD size)
{
    LARGE_INTEGER timeout = { .QuadPart = -1200000000 };
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING none = { 0 };
    IO_STATUS_BLOCK io;
    HANDLE device = pipe_device(), reader, writer;
    NTSTATUS status;

    if (!device) return FALSE;
    if (!size) size = DEFAULT_BUFFER;
    init_attributes(&attributes, &none, device, security);
    status = NtCreateNamedPipeFile(&reader, GENERIC_READ | FILE_WRITE_ATTRIBUTES | SYNCHRONIZE, &attributes, &io,
                                   FILE_SHARE_WRITE, FILE_CREATE, FILE_SYNCHRONOUS_IO_NONALERT, 0, 0, 0, 1, size, size,
                                   &timeout);
    if (status) return set_status(status);
    attributes.RootDirectory = reader;
    status = NtOpenFile(&writer, GENERIC_WRITE | FILE_READ_ATTRIBUTES | SYNCHRONIZE, &attributes, &io, FILE_SHARE_READ,
                        FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE);
    if (status) {
        NtClose(reader);
        return set_status(status);
    }
    *read_end = reader;
    *write_end = writer;
    return TRUE;
}

HANDLE WINAPI CreateNamedPipeW(LPCWSTR name, DWORD open_mode, DWORD pipe_mode, DWORD instances, DWORD out_size,
                               DWORD in_size, DWORD timeout_ms, LPSECURITY_ATTRIBUTES security)
{
    LARGE_INTEGER timeout;
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING path;
    IO_STATUS_BLOCK io;
    ACCESS_MASK access = SYNCHRONIZE | FILE_WRITE_ATTRIBUTES | (open_mode & (WRITE_DAC | WRITE_OWNER | ACCESS_SYSTEM_SECURITY));
    ULONG sharing, options = 0;
    HANDLE pipe;
    NTSTATUS status;

    switch (open_mode & 3) {
    case PIPE_ACCESS_INBOUND:
        access |= GENERIC_READ;
        sharing = FILE_SHARE_WRITE;
        break;
    case PIPE_ACCESS_OUTBOUND:
        access |= GENERIC_WRITE;
        sharing = FILE_SHARE_READ;
        break;
    case PIPE_ACCESS_DUPLEX:
        access |= GENERIC_READ | GENERIC_WRITE;
        sharing = FILE_SHARE_READ | FILE_SHARE_WRITE;
        break;
    default:
        set_error(ERROR_INVALID_PARAMETER);
        return INVALID_HANDLE_VALUE;
    }
    if (!instances || instances > PIPE_UNLIMITED_INSTANCES ||
        (pipe_mode & ~(PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_NOWAIT | PIPE_REJECT_REMOTE_CLIENTS)) ||
        ((pipe_mode & PIPE_READMODE_MESSAGE) && !(pipe_mode & PIPE_TYPE_MESSAGE))) {
        set_error(ERROR_INVALID_PARAMETER);
        return INVALID_HANDLE_VALUE;
    }
    if (!nt_path(name, &path)) return INVALID_HANDLE_VALUE;
    if (open_mode & FILE_FLAG_WRITE_THROUGH) options |= FILE_WRITE_THROUGH;
    if (!(open_mode & FILE_FLAG_OVERLAPPED)) options |= FILE_SYNCHRONOUS_IO_NONALERT;
    timeout.QuadPart = timeout_ms == NMPWAIT_WAIT_FOREVER ? MINLONGLONG : -(LONGLONG)(timeout_ms ? timeout_ms : 50) * 10000;
    init_attributes(&attributes, &path, NULL, security);
    status = NtCreateNamedPipeFile(&pipe, access, &attributes, &io, sharing,
                                   open_mode & FILE_FLAG_FIRST_PIPE_INSTANCE ? FILE_CREATE : FILE_OPEN_IF, options,
                                   !!(pipe_mode & PIPE_TYPE_MESSAGE), !!(pipe_mode & PIPE_READMODE_MESSAGE),
                                   !!(pipe_mode & PIPE_NOWAIT),
                                   instances == PIPE_UNLIMITED_INSTANCES ? (ULONG)-1 : instances, in_size, out_size,
                                   &timeout);
    RtlFreeUnicodeString(&path);
    if (status) {
        set_status(status == STATUS_INSTANCE_NOT_AVAILABLE ? STATUS_PIPE_NOT_AVAILABLE : status);
        return INVALID_HANDLE_VALUE;
    }
    return pipe;
}

HANDLE WINAPI CreateNamedPipeA(LPCSTR name, DWORD open_mode, DWORD pipe_mode, DWORD instances, DWORD out_size,
                               DWORD in_size, DWORD timeout, LPSECURITY_ATTRIBUTES security)
{
    WIDE(wide);
    if (!wide_from_ansi(&wide, name)) return INVALID_HANDLE_VALUE;
    return CreateNamedPipeW(wide.text, open_mode, pipe_mode, instances, out_size, in_size, timeout, security);
}

/* A control of a pipe; waits for its end when the handle was opened for overlapped requests and none was given. */
static NTSTATUS pipe_control(HANDLE pipe, ULONG code, const void *in, ULONG in_size, void *out, ULONG out_size,
                             ULONG_PTR *information)
{
    IO_STATUS_BLOCK io = { 0 };
    NTSTATUS status = NtFsControlFile(pipe, NULL, NULL, NULL, &io, code, (void *)in, in_size, out, out_size);

    if (status == STATUS_PENDING) {
        status = NtWaitForSingleObject(pipe, FALSE, NULL);
        if (status >= 0) status = io.Status;
    }
    if (information) *information = io.Information;
    return status;
}

static NTSTATUS overlapped_control(HANDLE pipe, ULONG code, const void *in, ULONG in_size, void *out, ULONG out_size,
                                   OVERLAPPED *overlapped)
{
    overlapped->Internal = STATUS_PENDING;
    overlapped->InternalHigh = 0;
    return NtFsControlFile(pipe, (HANDLE)((ULONG_PTR)overlapped->hEvent & ~(ULONG_PTR)1), NULL,
                           (ULONG_PTR)overlapped->hEvent & 1 ? NULL : overlapped, (IO_STATUS_BLOCK *)overlapped, code,
                           (void *)in, in_size, out, out_size);
}

/* As a Windows function's result: pending and a longer message are errors with their own codes. */
static BOOL control_result(NTSTATUS status)
{
    if (status == STATUS_PENDING) return set_error(ERROR_IO_PENDING);
    if (status == STATUS_BUFFER_OVERFLOW) return set_error(ERROR_MORE_DATA);
    return status_to_bool(status);
}

BOOL WINAPI ConnectNamedPipe(HANDLE pipe, LPOVERLAPPED overlapped)
{
    NTSTATUS status;

    status = overlapped ? overlapped_control(pipe, FERRY_FSCTL_PIPE_LISTEN, NULL, 0, NULL, 0, overlapped)
                        : pipe_control(pipe, FERRY_FSCTL_PIPE_LISTEN, NULL, 0, NULL, 0, NULL);
    return control_result(status);
}

BOOL WINAPI DisconnectNamedPipe(HANDLE pipe)
{
    return status_to_bool(pipe_control(pipe, FERRY_FSCTL_PIPE_DISCONNECT, NULL, 0, NULL, 0, NULL));
}

BOOL WINAPI PeekNamedPipe(HANDLE pipe, LPVOID buffer, DWORD size, LPDWORD read, LPDWORD available, LPDWORD left)
{
    const DWORD head = offsetof(FERRY_FILE_PIPE_PEEK_BUFFER, Data);
    FERRY_FILE_PIPE_PEEK_BUFFER small, *peek = &small;
    ULONG_PTR information = 0;
    NTSTATUS status;
    DWORD bytes;

    if (size && !buffer) size = 0;
    if (size > sizeof(small) - head && !(peek = mem_alloc((SIZE_T)head + size)))
        return set_error(ERROR_NOT_ENOUGH_MEMORY);
    status = pipe_control(pipe, FERRY_FSCTL_PIPE_PEEK, NULL, 0, peek, head + size, &information);
    if (status == STATUS_BUFFER_OVERFLOW) status = STATUS_SUCCESS;
    if (status >= 0) {
        bytes = information > head ? (DWORD)(information - head) : 0;
        if (buffer) memcpy(buffer, peek->Data, bytes);
        if (read) *read = bytes;
        if (available) *available = peek->ReadDataAvailable;
        if (left) *left = peek->MessageLength > bytes ? peek->MessageLength - bytes : 0;
    }
    if (peek != &small) mem_free(peek);
    return status_to_bool(status);
}

BOOL WINAPI TransactNamedPipe(HANDLE pipe, LPVOID in, DWORD in_size, LPVOID out, DWORD out_size, LPDWORD read,
                              LPOVERLAPPED overlapped)
{
    ULONG_PTR information = 0;
    NTSTATUS status;

    if (read) *read = 0;
    if (overlapped) {
        status = overlapped_control(pipe, FERRY_FSCTL_PIPE_TRANSCEIVE, in, in_size, out, out_size, overlapped);
        if (read && !NT_ERROR(status) && status != STATUS_PENDING) *read = (DWORD)overlapped->InternalHigh;
    } else {
        status = pipe_control(pipe, FERRY_FSCTL_PIPE_TRANSCEIVE, in, in_size, out, out_size, &information);
        if (read && !NT_ERROR(status)) *read = (DWORD)information;
    }
    return control_result(status);
}

/* ---- states ---- */

BOOL WINAPI SetNamedPipeHandleState(HANDLE pipe, LPDWORD mode, LPDWORD collection, LPDWORD timeout)
{
    FERRY_FILE_PIPE_INFORMATION info;
    IO_STATUS_BLOCK io;

    /* Collection is for pipes of other machines, and is an error for those of this one. */
    if (collection || timeout) return set_error(ERROR_INVALID_PARAMETER);
    if (!mode) return TRUE;
    if (*mode & ~(PIPE_READMODE_MESSAGE | PIPE_NOWAIT)) return set_error(ERROR_INVALID_PARAMETER);
    info.ReadMode = !!(*mode & PIPE_READMODE_MESSAGE);
    info.CompletionMode = !!(*mode & PIPE_NOWAIT);
    return status_to_bool(NtSetInformationFile(pipe, &io, &info, sizeof(info), FilePipeInformation));
}

BOOL WINAPI GetNamedPipeHandleStateW(HANDLE pipe, LPDWORD mode, LPDWORD instances, LPDWORD collection, LPDWORD timeout,
                                     LPWSTR user, DWORD user_size)
{
    FERRY_FILE_PIPE_INFORMATION info;
    FILE_PIPE_LOCAL_INFORMATION local;
    IO_STATUS_BLOCK io;
    NTSTATUS status;

    if (collection || timeout) return set_error(ERROR_INVALID_PARAMETER);
    if (user) return set_error(ERROR_CANNOT_IMPERSONATE); /* nobody is impersonated through a pipe here */
    if (mode) {
        status = NtQueryInformationFile(pipe, &io, &info, sizeof(info), FilePipeInformation);
        if (status) return set_status(status);
        *mode = (info.ReadMode ? PIPE_READMODE_MESSAGE : 0) | (info.CompletionMode ? PIPE_NOWAIT : 0);
    }
    if (instances) {
        status = NtQueryInformationFile(pipe, &io, &local, sizeof(local), FilePipeLocalInformation);
        if (status) return set_status(status);
        *instances = local.CurrentInstances;
    }
    return TRUE;
}

BOOL WINAPI GetNamedPipeHandleStateA(HANDLE pipe, LPDWORD mode, LPDWORD instances, LPDWORD collection, LPDWORD timeout,
                                     LPSTR user, DWORD user_size)
{
    return GetNamedPipeHandleStateW(pipe, mode, instances, collection, timeout, (WCHAR *)user, user_size);
}

BOOL WINAPI GetNamedPipeInfo(HANDLE pipe, LPDWORD flags, LPDWORD out_size, LPDWORD in_size, LPDWORD instances)
{
    FILE_PIPE_LOCAL_INFORMATION local;
    IO_STATUS_BLOCK io;
    NTSTATUS status = NtQueryInformationFile(pipe, &io, &local, sizeof(local), FilePipeLocalInformation);

    if (status) return set_status(status);
    if (flags) *flags = (local.NamedPipeEnd ? PIPE_SERVER_END : 0) | (local.NamedPipeType ? PIPE_TYPE_MESSAGE : 0);
    if (out_size) *out_size = local.OutboundQuota;
    if (in_size) *in_size = local.InboundQuota;
    if (instances) *instances = local.MaximumInstances > PIPE_UNLIMITED_INSTANCES ? PIPE_UNLIMITED_INSTANCES
                                                                                  : local.MaximumInstances;
    return TRUE;
}

BOOL WINAPI GetNamedPipeClientProcessId(HANDLE pipe, PULONG id)
{
    static const char name[] = "ClientProcessId";
    return status_to_bool(pipe_control(pipe, FERRY_FSCTL_PIPE_GET_CONNECTION_ATTRIBUTE, name, sizeof(name), id, sizeof(*id),
                                       NULL));
}

BOOL WINAPI GetNamedPipeServerProcessId(HANDLE pipe, PULONG id)
{
    static const char name[] = "ServerProcessId";
    return status_to_bool(pipe_control(pipe, FERRY_FSCTL_PIPE_GET_PIPE_ATTRIBUTE, name, sizeof(name), id, sizeof(*id),
                                       NULL));
}

/* ---- clients ---- */

BOOL WINAPI WaitNamedPipeW(LPCWSTR name, DWORD timeout)
{
    FERRY_FILE_PIPE_WAIT_FOR_BUFFER *wait;
    UNICODE_STRING path;
    HANDLE device;
    NTSTATUS status;
    DWORD size, skip = 9; /* \??\PIPE\ */

    if (!nt_path(name, &path)) return FALSE;
    if (path.Length / 2 <= skip || path.Buffer[4] == 'U' || ascii_lower(path.Buffer[4]) != 'p') {
        RtlFreeUnicodeString(&path);
        return set_error(ERROR_BAD_PATHNAME);
    }
    size = offsetof(FERRY_FILE_PIPE_WAIT_FOR_BUFFER, Name) + path.Length - skip * 2;
    wait = (device = pipe_device()) ? mem_alloc(size) : NULL;
    if (!wait) {
        RtlFreeUnicodeString(&path);
        return device ? set_error(ERROR_NOT_ENOUGH_MEMORY) : FALSE;
    }
    wait->TimeoutSpecified = timeout != NMPWAIT_USE_DEFAULT_WAIT;
    wait->Timeout.QuadPart = timeout == NMPWAIT_WAIT_FOREVER ? MINLONGLONG : -(LONGLONG)timeout * 10000;
    wait->NameLength = path.Length - skip * 2;
    memcpy(wait->Name, path.Buffer + skip, wait->NameLength);
    RtlFreeUnicodeString(&path);
    status = pipe_control(device, FERRY_FSCTL_PIPE_WAIT, wait, size, NULL, 0, NULL);
    mem_free(wait);
    return status_to_bool(status);
}

BOOL WINAPI WaitNamedPipeA(LPCSTR name, DWORD timeout)
{
    WIDE(wide);
    return wide_from_ansi(&wide, name) && WaitNamedPipeW(wide.text, timeout);
}

BOOL WINAPI CallNamedPipeW(LPCWSTR name, LPVOID in, DWORD in_size, LPVOID out, DWORD out_size, LPDWORD read, DWORD timeout)
{
    DWORD mode = PIPE_READMODE_MESSAGE;
    HANDLE pipe;
    BOOL result;

    for (;;) {
        pipe = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0,
                           NULL);
        if (pipe != INVALID_HANDLE_VALUE) break;
        if (timeout == NMPWAIT_NOWAIT || ferry_teb()->LastErrorValue != ERROR_PIPE_BUSY) return FALSE;
        if (!WaitNamedPipeW(name, timeout)) return FALSE;
    }
    result = SetNamedPipeHandleState(pipe, &mode, NULL, NULL) &&
             TransactNamedPipe(pipe, in, in_size, out, out_size, read, NULL);
    NtClose(pipe);
    return result;
}

BOOL WINAPI CallNamedPipeA(LPCSTR name, LPVOID in, DWORD in_size, LPVOID out, DWORD out_size, LPDWORD read, DWORD timeout)
{
    WIDE(wide);
    return wide_from_ansi(&wide, name) && CallNamedPipeW(wide.text, in, in_size, out, out_size, read, timeout);
}
