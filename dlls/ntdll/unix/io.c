/* Requests: their start and their end, and the system calls that carry data. */
#include "request.h"

#include <errno.h>
#include <string.h>
#include "ferry/syscall_table.h"
#include "host.h"
#include "object.h"
#include "sync.h"
#include "thread.h"
#include "virtual.h"
#include "wait.h"

NTSTATUS request_start(struct request *request)
{
    NTSTATUS status;

    request->event_slot = 0;
    if (request->event_handle) {
        status = handle_target(request->event_handle, OBJECT_EVENT, EVENT_MODIFY_STATE, &request->event_slot,
                               &request->event_tag);
        if (status)
            return status;
        event_reset(request->event_slot);
    }
    if (!file_is_synchronous(request->file) && !(request->file->notification & FILE_SKIP_SET_EVENT_ON_HANDLE) &&
        request->file->object.slot)
        object_set_signalled(&request->file->object, false);
    return STATUS_SUCCESS;
}

static void queue_apc(const struct request *request, struct thread *thread)
{
    if (thread)
        apc_queue(thread, request->apc_routine, request->apc_context, request->iosb, NULL);
}

void request_report(struct request *request, NTSTATUS status, bool at_once)
{
    struct file *file = request->file;

    if (request->event_slot)
        event_set(request->event_slot);
    else if (file->object.slot && !(file->notification & FILE_SKIP_SET_EVENT_ON_HANDLE))
        object_set_signalled(&file->object, true);
    if (request->apc_routine && at_once) {
        queue_apc(request, thread_self());
    } else if (request->apc_routine) {
        struct thread *thread = thread_find_slot(request->thread_slot);
        if (thread && thread->id == request->thread_id)
            queue_apc(request, thread);
        if (thread)
            thread_release(thread);
    } else if (request->apc_context && file->port &&
               !(at_once && (file->notification & FILE_SKIP_COMPLETION_PORT_ON_SUCCESS))) {
        completion_post(file->port, file->port_key, request->apc_context, status, request->information);
    }
}

/* A request that fails at once leaves the status block alone, sets no event and posts no packet. */
NTSTATUS request_finish(struct request *request, NTSTATUS status)
{
    if (NT_ERROR(status) || status == STATUS_PENDING)
        return status;
    iosb_set_information(request->iosb, request->information);
    __atomic_store_n(&request->iosb->Status, status, __ATOMIC_RELEASE);
    request_report(request, status, true);
    return status;
}

static NTSTATUS transfer(struct request *request, HANDLE handle, ACCESS_MASK access, const LARGE_INTEGER *offset,
                         const ULONG *key)
{
    NTSTATUS (*operation)(struct file *, struct request *);
    struct file *file;
    NTSTATUS status;

    request->offset = offset ? offset->QuadPart : FILE_OFFSET_CURRENT;
    request->key = key ? *key : 0;
    probe_write(request->iosb, iosb_size());
    status = file_from_handle(handle, 0, &file, &access);
    if (status)
        return status;
    request->file = file;
    if (request->type == REQUEST_READ) {
        operation = file->ops->read;
        if (!(access & FILE_READ_DATA))
            status = STATUS_ACCESS_DENIED;
    } else {
        operation = file->ops->write;
        if (!(access & (FILE_WRITE_DATA | FILE_APPEND_DATA)))
            status = STATUS_ACCESS_DENIED;
    }
    if (!status && !operation)
        status = STATUS_INVALID_DEVICE_REQUEST;
    if (!status)
        status = request_start(request);
    if (!status)
        status = request_finish(request, operation(file, request));
    file_release(file);
    return status;
}

NTSTATUS sys_NtReadFile(HANDLE handle, HANDLE event, void *apc_routine, void *apc_context, IO_STATUS_BLOCK *iosb,
                        void *buffer, ULONG length, LARGE_INTEGER *offset, ULONG *key)
{
    struct request request = {.type = REQUEST_READ, .iosb = iosb, .event_handle = event, .apc_routine = apc_routine,
                              .apc_context = apc_context, .buffer = buffer, .length = length};
    return transfer(&request, handle, 0, offset, key);
}

NTSTATUS sys_NtWriteFile(HANDLE handle, HANDLE event, void *apc_routine, void *apc_context, IO_STATUS_BLOCK *iosb,
                         void *buffer, ULONG length, LARGE_INTEGER *offset, ULONG *key)
{
    struct request request = {.type = REQUEST_WRITE, .iosb = iosb, .event_handle = event,
                              .apc_routine = apc_routine, .apc_context = apc_context, .buffer = buffer,
                              .length = length};
    return transfer(&request, handle, 0, offset, key);
}

NTSTATUS sys_NtFlushBuffersFile(HANDLE handle, IO_STATUS_BLOCK *iosb)
{
    struct request request = {.type = REQUEST_FLUSH, .iosb = iosb};
    ACCESS_MASK access;
    NTSTATUS status;

    probe_write(iosb, iosb_size());
    status = file_from_handle(handle, 0, &request.file, &access);
    if (status)
        return status;
    if (!(access & (FILE_WRITE_DATA | FILE_APPEND_DATA)))
        status = STATUS_ACCESS_DENIED;
    else
        status = request.file->ops->flush ? request.file->ops->flush(request.file, &request) : STATUS_SUCCESS;
    if (!status) {
        iosb_set_information(iosb, 0);
        iosb->Status = status;
    }
    file_release(request.file);
    return status;
}
