/* fileapi.h and ioapiset.h: reading, writing, positions, locks, control requests. */
#include "kernelbase.h"
#include <winioctl.h>

/* The event of an OVERLAPPED and what its completion packet carries: the low bit of hEvent keeps the packet away
 * (ioapiset.h reference: GetQueuedCompletionStatus, remarks). */
static HANDLE overlapped_event(const OVERLAPPED *overlapped)
{
    return (HANDLE)((ULONG_PTR)overlapped->hEvent & ~(ULONG_PTR)1);
}

static void *overlapped_context(OVERLAPPED *overlapped)
{
    return (ULONG_PTR)overlapped->hEvent & 1 ? NULL : overlapped;
}

/* End of a request with an OVERLAPPED: pending is an error code for Windows functions. */
static BOOL overlapped_result(NTSTATUS status, OVERLAPPED *overlapped, DWORD *count)
{
    if (status == STATUS_PENDING) return set_error(ERROR_IO_PENDING);
    if (count && !NT_ERROR(status)) *count = (DWORD)overlapped->InternalHigh;
    return status_to_bool(status);
}

/* End of a request without one: waits for a file that was opened for overlapped requests. */
static NTSTATUS wait_for_request(HANDLE file, NTSTATUS status, IO_STATUS_BLOCK *io)
{
    if (status == STATUS_PENDING) {
        status = NtWaitForSingleObject(file, FALSE, NULL);
        if (status >= 0) status = io->Status;
    }
    return status;
}

BOOL WINAPI ReadFile(HANDLE file, LPVOID buffer, DWORD size, LPDWORD done, LPOVERLAPPED overlapped)
{
    IO_STATUS_BLOCK io = { 0 };
    NTSTATUS status;

    file = handle_of(file);
    if (done) *done = 0;
    if (overlapped) {
        LARGE_INTEGER offset = { .LowPart = overlapped->Offset, .HighPart = overlapped->OffsetHigh };
        overlapped->Internal = STATUS_PENDING;
        status = NtReadFile(file, overlapped_event(overlapped), NULL, overlapped_context(overlapped),
                            (IO_STATUS_BLOCK *)overlapped, buffer, size, &offset, NULL);
        return overlapped_result(status, overlapped, done);
    }
    status = wait_for_request(file, NtReadFile(file, NULL, NULL, NULL, &io, buffer, size, NULL, NULL), &io);
    if (status == STATUS_END_OF_FILE) return TRUE; /* nothing read, no error */
    if (done && !NT_ERROR(status)) *done = (DWORD)io.Information;
    return status_to_bool(status);
}

BOOL WINAPI WriteFile(HANDLE file, LPCVOID buffer, DWORD size, LPDWORD done, LPOVERLAPPED overlapped)
{
    IO_STATUS_BLOCK io = { 0 };
    NTSTATUS status;

    file = handle_of(file);
    if (done) *done = 0;
    if (overlapped) {
        LARGE_INTEGER offset = { .LowPart = overlapped->Offset, .HighPart = overlapped->OffsetHigh };
        overlapped->Internal = STATUS_PENDING;
        status = NtWriteFile(file, overlapped_event(overlapped), NULL, overlapped_context(overlapped),
                             (IO_STATUS_BLOCK *)overlapped, (void *)buffer, size, &offset, NULL);
        return overlapped_result(status, overlapped, done);
    }
    status = wait_for_request(file, NtWriteFile(file, NULL, NULL, NULL, &io, (void *)buffer, size, NULL, NULL), &io);
    if (done && !NT_ERROR(status)) *done = (DWORD)io.Information;
    return status_to_bool(status);
}

/* ---- completion routines ---- */

void CALLBACK overlapped_apc(void *routine, IO_STATUS_BLOCK *io, ULONG reserved)
{
    OVERLAPPED *overlapped = (OVERLAPPED *)io;
    DWORD error = RtlNtStatusToDosError((NTSTATUS)overlapped->Internal), count = 0;

    if (!NT_ERROR((NTSTATUS)overlapped->Internal)) count = (DWORD)overlapped->InternalHigh;
    ((LPOVERLAPPED_COMPLETION_ROUTINE)routine)(error, count, overlapped);
}

static BOOL started(NTSTATUS status)
{
    return NT_ERROR(status) ? set_status(status) : TRUE;
}

BOOL WINAPI ReadFileEx(HANDLE file, LPVOID buffer, DWORD size, LPOVERLAPPED overlapped,
                       LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
    LARGE_INTEGER offset = { .LowPart = overlapped->Offset, .HighPart = overlapped->OffsetHigh };

    overlapped->Internal = STATUS_PENDING;
    return started(NtReadFile(file, NULL, (void *)overlapped_apc, (void *)routine, (IO_STATUS_BLOCK *)overlapped,
                              buffer, size, &offset, NULL));
}

BOOL WINAPI WriteFileEx(HANDLE file, LPCVOID buffer, DWORD size, LPOVERLAPPED overlapped,
                        LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
    LARGE_INTEGER offset = { .LowPart = overlapped->Offset, .HighPart = overlapped->OffsetHigh };

    overlapped->Internal = STATUS_PENDING;
    return started(NtWriteFile(file, NULL, (void *)overlapped_apc, (void *)routine, (IO_STATUS_BLOCK *)overlapped,
                               (void *)buffer, size, &offset, NULL));
}

BOOL WINAPI ReadFileScatter(HANDLE file, FILE_SEGMENT_ELEMENT *segments, DWORD size, LPDWORD reserved,
                            LPOVERLAPPED overlapped)
{
    LARGE_INTEGER offset = { .LowPart = overlapped->Offset, .HighPart = overlapped->OffsetHigh };

    overlapped->Internal = STATUS_PENDING;
    return overlapped_result(NtReadFileScatter(file, overlapped_event(overlapped), NULL, overlapped_context(overlapped),
                                               (IO_STATUS_BLOCK *)overlapped, segments, size, &offset, NULL),
                             overlapped, NULL);
}

BOOL WINAPI WriteFileGather(HANDLE file, FILE_SEGMENT_ELEMENT *segments, DWORD size, LPDWORD reserved,
                            LPOVERLAPPED overlapped)
{
    LARGE_INTEGER offset = { .LowPart = overlapped->Offset, .HighPart = overlapped->OffsetHigh };

    overlapped->Internal = STATUS_PENDING;
    return overlapped_result(NtWriteFileGather(file, overlapped_event(overlapped), NULL, overlapped_context(overlapped),
                                               (IO_STATUS_BLOCK *)overlapped, segments, size, &offset, NULL),
                             overlapped, NULL);
}

BOOL WINAPI FlushFileBuffers(HANDLE file)
{
    IO_STATUS_BLOCK io;

    return status_to_bool(NtFlushBuffersFile(handle_of(file), &io));
}

/* ---- position and size ---- */

BOOL WINAPI SetFilePointerEx(HANDLE file, LARGE_INTEGER distance, PLARGE_INTEGER position, DWORD method)
{
    FILE_POSITION_INFORMATION info;
    FILE_STANDARD_INFORMATION standard;
    IO_STATUS_BLOCK io;
    NTSTATUS status = STATUS_SUCCESS;
    LONGLONG base = 0;

    switch (method) {
    case FILE_BEGIN: break;
    case FILE_CURRENT:
        status = NtQueryInformationFile(file, &io, &info, sizeof(info), FilePositionInformation);
        base = info.CurrentByteOffset.QuadPart;
        break;
    case FILE_END:
        status = NtQueryInformationFile(file, &io, &standard, sizeof(standard), FileStandardInformation);
        base = standard.EndOfFile.QuadPart;
        break;
    default: return set_error(ERROR_INVALID_PARAMETER);
    }
    if (status < 0) return set_status(status);
    if (__builtin_add_overflow(base, distance.QuadPart, &info.CurrentByteOffset.QuadPart))
        return set_error(ERROR_INVALID_PARAMETER);
    if (info.CurrentByteOffset.QuadPart < 0) return set_error(ERROR_NEGATIVE_SEEK);
    if (method != FILE_CURRENT || distance.QuadPart) {
        status = NtSetInformationFile(file, &io, &info, sizeof(info), FilePositionInformation);
        if (status < 0) return set_status(status);
    }
    if (position) *position = info.CurrentByteOffset;
    return TRUE;
}

DWORD WINAPI SetFilePointer(HANDLE file, LONG distance, PLONG high, DWORD method)
{
    LARGE_INTEGER wanted, position;

    if (high) {
        wanted.LowPart = distance;
        wanted.HighPart = *high;
    } else {
        wanted.QuadPart = distance;
    }
    if (!SetFilePointerEx(file, wanted, &position, method)) return INVALID_SET_FILE_POINTER;
    if (high) {
        *high = position.HighPart;
    } else if (position.HighPart) {
        /* A position that the result cannot hold is refused; the pointer goes back to where it was in no case that
         * the reference defines, as the caller has no way to know it. */
        set_error(ERROR_INVALID_PARAMETER);
        return INVALID_SET_FILE_POINTER;
    }
    if (position.LowPart == INVALID_SET_FILE_POINTER) set_error(ERROR_SUCCESS);
    return position.LowPart;
}

BOOL WINAPI GetFileSizeEx(HANDLE file, PLARGE_INTEGER size)
{
    FILE_STANDARD_INFORMATION info;
    IO_STATUS_BLOCK io;
    NTSTATUS status = NtQueryInformationFile(file, &io, &info, sizeof(info), FileStandardInformation);

    if (status < 0) return set_status(status);
    *size = info.EndOfFile;
    return TRUE;
}

DWORD WINAPI GetFileSize(HANDLE file, LPDWORD high)
{
    LARGE_INTEGER size;

    if (!GetFileSizeEx(file, &size)) {
        if (high) *high = INVALID_FILE_SIZE;
        return INVALID_FILE_SIZE;
    }
    if (high) *high = size.HighPart;
    if (size.LowPart == INVALID_FILE_SIZE) set_error(ERROR_SUCCESS);
    return size.LowPart;
}

BOOL WINAPI SetEndOfFile(HANDLE file)
{
    FILE_POSITION_INFORMATION position;
    FILE_END_OF_FILE_INFORMATION end;
    IO_STATUS_BLOCK io;
    NTSTATUS status = NtQueryInformationFile(file, &io, &position, sizeof(position), FilePositionInformation);

    if (status < 0) return set_status(status);
    end.EndOfFile = position.CurrentByteOffset;
    return status_to_bool(NtSetInformationFile(file, &io, &end, sizeof(end), FileEndOfFileInformation));
}

/* Without a volume-management right nobody may expose old data; sizes are already zero-filled here. */
BOOL WINAPI SetFileValidData(HANDLE file, LONGLONG length)
{
    LARGE_INTEGER valid = { .QuadPart = length };
    IO_STATUS_BLOCK io;

    return status_to_bool(NtSetInformationFile(file, &io, &valid, sizeof(valid), 39 /* FileValidDataLength… */));
}

/* ---- locks ---- */

BOOL WINAPI LockFileEx(HANDLE file, DWORD flags, DWORD reserved, DWORD low, DWORD high, LPOVERLAPPED overlapped)
{
    LARGE_INTEGER length = { .LowPart = low, .HighPart = high }, offset;
    NTSTATUS status;

    if (reserved) return set_error(ERROR_INVALID_PARAMETER);
    offset.LowPart = overlapped->Offset;
    offset.HighPart = overlapped->OffsetHigh;
    overlapped->Internal = STATUS_PENDING;
    status = NtLockFile(file, overlapped_event(overlapped), NULL, overlapped_context(overlapped),
                        (IO_STATUS_BLOCK *)overlapped, &offset, &length, 0, !!(flags & LOCKFILE_FAIL_IMMEDIATELY),
                        !!(flags & LOCKFILE_EXCLUSIVE_LOCK));
    return overlapped_result(status, overlapped, NULL);
}

BOOL WINAPI LockFile(HANDLE file, DWORD offset_low, DWORD offset_high, DWORD low, DWORD high)
{
    LARGE_INTEGER offset = { .LowPart = offset_low, .HighPart = offset_high };
    LARGE_INTEGER length = { .LowPart = low, .HighPart = high };
    IO_STATUS_BLOCK io;

    return status_to_bool(wait_for_request(file, NtLockFile(file, NULL, NULL, NULL, &io, &offset, &length, 0, TRUE,
                                                            TRUE), &io));
}

BOOL WINAPI UnlockFile(HANDLE file, DWORD offset_low, DWORD offset_high, DWORD low, DWORD high)
{
    LARGE_INTEGER offset = { .LowPart = offset_low, .HighPart = offset_high };
    LARGE_INTEGER length = { .LowPart = low, .HighPart = high };
    IO_STATUS_BLOCK io;

    return status_to_bool(NtUnlockFile(file, &io, &offset, &length, 0));
}

BOOL WINAPI UnlockFileEx(HANDLE file, DWORD reserved, DWORD low, DWORD high, LPOVERLAPPED overlapped)
{
    if (reserved) return set_error(ERROR_INVALID_PARAMETER);
    return UnlockFile(file, overlapped->Offset, overlapped->OffsetHigh, low, high);
}

/* ---- control requests ---- */

BOOL WINAPI DeviceIoControl(HANDLE device, DWORD code, LPVOID in, DWORD in_size, LPVOID out, DWORD out_size,
                            LPDWORD returned, LPOVERLAPPED overlapped)
{
    /* Requests of device type 9 go to the file system. */
    bool file_system = code >> 16 == FILE_DEVICE_FILE_SYSTEM;
    IO_STATUS_BLOCK io = { 0 };
    NTSTATUS status;

    if (overlapped) {
        overlapped->Internal = STATUS_PENDING;
        status = (file_system ? NtFsControlFile : NtDeviceIoControlFile)(
            device, overlapped_event(overlapped), NULL, overlapped_context(overlapped), (IO_STATUS_BLOCK *)overlapped,
            code, in, in_size, out, out_size);
        if (returned) *returned = NT_ERROR(status) || status == STATUS_PENDING ? 0 : (DWORD)overlapped->InternalHigh;
        return overlapped_result(status, overlapped, returned);
    }
    status = wait_for_request(device, (file_system ? NtFsControlFile : NtDeviceIoControlFile)(
        device, NULL, NULL, NULL, &io, code, in, in_size, out, out_size), &io);
    if (returned) *returned = NT_ERROR(status) ? 0 : (DWORD)io.Information;
    return status_to_bool(status);
}

BOOL WINAPI GetOverlappedResultEx(HANDLE file, LPOVERLAPPED overlapped, LPDWORD count, DWORD milliseconds,
                                  BOOL alertable)
{
    NTSTATUS status = (NTSTATUS)*(volatile ULONG_PTR *)&overlapped->Internal;

    if (status == STATUS_PENDING) {
        if (!milliseconds) return set_error(ERROR_IO_INCOMPLETE);
        HANDLE event = overlapped_event(overlapped);
        DWORD wait = WaitForSingleObjectEx(event ? event : file, milliseconds, alertable);
        if (wait == WAIT_FAILED) return FALSE;
        if (wait != WAIT_OBJECT_0) return set_error(wait); /* WAIT_TIMEOUT, WAIT_IO_COMPLETION */
        status = (NTSTATUS)*(volatile ULONG_PTR *)&overlapped->Internal;
        if (status == STATUS_PENDING) return set_error(ERROR_IO_INCOMPLETE);
    }
    *count = (DWORD)overlapped->InternalHigh;
    return status_to_bool(status);
}

BOOL WINAPI GetOverlappedResult(HANDLE file, LPOVERLAPPED overlapped, LPDWORD count, BOOL wait)
{
    return GetOverlappedResultEx(file, overlapped, count, wait ? INFINITE : 0, FALSE);
}

BOOL WINAPI CancelIo(HANDLE file)
{
    IO_STATUS_BLOCK io;

    return status_to_bool(NtCancelIoFile(file, &io));
}

BOOL WINAPI CancelIoEx(HANDLE file, LPOVERLAPPED overlapped)
{
    IO_STATUS_BLOCK io;

    return status_to_bool(NtCancelIoFileEx(file, (IO_STATUS_BLOCK *)overlapped, &io));
}

BOOL WINAPI CancelSynchronousIo(HANDLE thread)
{
    IO_STATUS_BLOCK io;

    return status_to_bool(NtCancelSynchronousIoFile(thread, NULL, &io));
}

/* ---- completion ports ---- */

typedef struct {
    HANDLE port;
    void *key;
} completion_information;
#define FileCompletionInformation_ 30
#define FileIoCompletionNotificationInformation_ 41

HANDLE WINAPI CreateIoCompletionPort(HANDLE file, HANDLE port, ULONG_PTR key, DWORD threads)
{
    completion_information info;
    IO_STATUS_BLOCK io;
    HANDLE made = port;
    NTSTATUS status;

    if (file == INVALID_HANDLE_VALUE && port) {
        set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (!port) {
        status = NtCreateIoCompletion(&made, IO_COMPLETION_ALL_ACCESS, NULL, threads);
        if (status < 0) {
            set_status(status);
            return NULL;
        }
    }
    if (file != INVALID_HANDLE_VALUE) {
        info.port = made;
        info.key = (void *)key;
        status = NtSetInformationFile(file, &io, &info, sizeof(info), FileCompletionInformation_);
        if (status < 0) {
            if (!port) NtClose(made);
            set_status(status);
            return NULL;
        }
    }
    return made;
}

BOOL WINAPI GetQueuedCompletionStatus(HANDLE port, LPDWORD count, PULONG_PTR key, LPOVERLAPPED *overlapped,
                                      DWORD milliseconds)
{
    LARGE_INTEGER timeout;
    IO_STATUS_BLOCK io;
    NTSTATUS status;
    void *packet_key, *context;

    *overlapped = NULL;
    status = NtRemoveIoCompletion(port, &packet_key, &context, &io, timeout_from_ms(&timeout, milliseconds));
    if (status == STATUS_TIMEOUT) return set_error(WAIT_TIMEOUT);
    if (status < 0) {
        /* The port was closed under the wait (ioapiset.h reference, remarks). */
        if (status == STATUS_ABANDONED_WAIT_0) return set_error(ERROR_ABANDONED_WAIT_0);
        return set_status(status);
    }
    *key = (ULONG_PTR)packet_key;
    *overlapped = context;
    *count = (DWORD)io.Information;
    return status_to_bool(io.Status);
}

/* OVERLAPPED_ENTRY is FILE_IO_COMPLETION_INFORMATION with other names: key, overlapped, status, bytes. */
BOOL WINAPI GetQueuedCompletionStatusEx(HANDLE port, LPOVERLAPPED_ENTRY entries, ULONG count, PULONG removed,
                                        DWORD milliseconds, BOOL alertable)
{
    LARGE_INTEGER timeout;
    NTSTATUS status = NtRemoveIoCompletionEx(port, (FILE_IO_COMPLETION_INFORMATION *)entries, count, removed,
                                             timeout_from_ms(&timeout, milliseconds), !!alertable);

    if (status == STATUS_SUCCESS) return TRUE;
    *removed = 0;
    if (status == STATUS_TIMEOUT) return set_error(WAIT_TIMEOUT);
    if (status == STATUS_USER_APC) return set_error(WAIT_IO_COMPLETION);
    return set_status(status);
}

BOOL WINAPI PostQueuedCompletionStatus(HANDLE port, DWORD count, ULONG_PTR key, LPOVERLAPPED overlapped)
{
    return status_to_bool(NtSetIoCompletion(port, (void *)key, overlapped, STATUS_SUCCESS, count));
}

BOOL WINAPI SetFileCompletionNotificationModes(HANDLE file, UCHAR flags)
{
    ULONG modes = flags;
    IO_STATUS_BLOCK io;

    if (flags & ~(FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE))
        return set_error(ERROR_INVALID_PARAMETER);
    return status_to_bool(NtSetInformationFile(file, &io, &modes, sizeof(modes),
                                               FileIoCompletionNotificationInformation_));
}
