/* NtReadFileScatter and NtWriteFileGather: one page of memory after the other. Rules: ReadFileScatter reference. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/uio.h>
#include "buffer.h"
#include "ferry/syscall_table.h"
#include "host.h"
#include "lock.h"
#include "request.h"

static NTSTATUS move(struct request *request, const FILE_SEGMENT_ELEMENT *segments, bool write)
{
    struct file *file = request->file;
    ULONG pages = (request->length + PAGE_SIZE_ - 1) / PAGE_SIZE_, first = 0;

    if (locks_held && lock_forbids(file, request->offset, request->length, write))
        return STATUS_FILE_LOCK_CONFLICT;
    while (first < pages) {
        struct iovec parts[256];
        ULONG i, count = pages - first < 256 ? pages - first : 256;
        size_t bytes = 0;
        ssize_t got;
        for (i = 0; i < count; i++) {
            size_t left = request->length - (size_t)(first + i) * PAGE_SIZE_;
            parts[i].iov_base = segments[first + i].Buffer;
            parts[i].iov_len = left < PAGE_SIZE_ ? left : PAGE_SIZE_;
            bytes += parts[i].iov_len;
            if (virtual_touch(parts[i].iov_base, parts[i].iov_len, !write))
                return STATUS_ACCESS_VIOLATION;
        }
        do
            got = write ? pwritev(file->object.fd, parts, count, request->offset + request->information)
                        : preadv(file->object.fd, parts, count, request->offset + request->information);
        while (got < 0 && errno == EINTR);
        if (got < 0)
            return status_from_errno(errno);
        request->information += got;
        if (got < bytes)
            break;
        first += count;
    }
    if (write)
        return request->information < request->length ? STATUS_DISK_FULL : STATUS_SUCCESS;
    return request->information || !request->length ? STATUS_SUCCESS : STATUS_END_OF_FILE;
}

static NTSTATUS transfer(struct request *request, HANDLE handle, const FILE_SEGMENT_ELEMENT *segments,
                         const LARGE_INTEGER *offset, bool write)
{
    ULONG pages = (request->length + PAGE_SIZE_ - 1) / PAGE_SIZE_;
    NTSTATUS status;

    probe_write(request->iosb, iosb_size());
    request->offset = offset ? offset->QuadPart : -1;
    if (pages)
        (void)*(volatile const char *)(segments + pages - 1);
    status = file_from_handle(handle, write ? FILE_WRITE_DATA : FILE_READ_DATA, &request->file, NULL);
    if (status)
        return status;
    if (request->file->kind != FILE_KIND_DISK || file_is_synchronous(request->file) ||
        !(request->file->options & FILE_NO_INTERMEDIATE_BUFFERING) || request->offset < 0)
        status = STATUS_INVALID_PARAMETER;
    else
        status = request_start(request);
    if (!status)
        status = request_finish(request, move(request, segments, write));
    file_release(request->file);
    return status;
}

NTSTATUS sys_NtReadFileScatter(HANDLE handle, HANDLE event, void *apc_routine, void *apc_context,
                               IO_STATUS_BLOCK *iosb, FILE_SEGMENT_ELEMENT *segments, ULONG length,
                               LARGE_INTEGER *offset, ULONG *key)
{
    struct request request = {.type = REQUEST_READ, .iosb = iosb, .event_handle = event, .apc_routine = apc_routine,
                              .apc_context = apc_context, .length = length};
    return transfer(&request, handle, segments, offset, false);
}

NTSTATUS sys_NtWriteFileGather(HANDLE handle, HANDLE event, void *apc_routine, void *apc_context,
                               IO_STATUS_BLOCK *iosb, FILE_SEGMENT_ELEMENT *segments, ULONG length,
                               LARGE_INTEGER *offset, ULONG *key)
{
    struct request request = {.type = REQUEST_WRITE, .iosb = iosb, .event_handle = event,
                              .apc_routine = apc_routine, .apc_context = apc_context, .length = length};
    return transfer(&request, handle, segments, offset, true);
}
