/* Opening, ending, suspending processes; what a child finds when it starts. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "host.h"
#include "wow.h"
#include "object.h"
#include "process.h"
#include "remote.h"
#include "server_client.h"
#include "startup.h"
#include "threads.h"
#include "ferry/syscall_table.h"

/* ---- what a process tells of itself ---- */

void process_publish(const UNICODE_STRING *image)
{
    uint32_t units = image->Length / sizeof(WCHAR);

    if (units > PROCESS_IMAGE_UNITS) units = PROCESS_IMAGE_UNITS;
    memcpy(process_block->image, image->Buffer, units * sizeof(WCHAR));
    process_block->image_units = units;
}

void process_publish_peb(const void *peb)
{
    process_block->peb = (uintptr_t)peb;
    process_block->machine = wow64 ? IMAGE_FILE_MACHINE_I386 : IMAGE_FILE_MACHINE_AMD64;
}

/* ---- what a parent handed over ---- */

static NTSTATUS restore(const struct startup_handle *entry, const void *data, struct object **object)
{
    const struct object_ops *ops = object_local_type((enum object_type)entry->type);
    HANDLE handle;

    if (ops && ops->restore) return ops->restore(data, (int)entry->data_size, entry->fd, object);
    if (entry->type != OBJECT_FILE || entry->fd < 0) return STATUS_NOT_SUPPORTED;
    NTSTATUS status = file_handle_from_fd(entry->fd, entry->access, FILE_SYNCHRONOUS_IO_NONALERT, &handle);
    if (status) return status;
    status = handle_object(handle, OBJECT_FILE, 0, object, NULL);
    handle_close(handle, true);
    return status;
}

void startup_restore_handles(void)
{
    const struct startup_handle *entries = (const struct startup_handle *)((const char *)startup + startup->handle_offset);
    struct object *last = NULL;

    for (uint32_t i = 0; i < startup->handle_count; i++) {
        const struct startup_handle *entry = &entries[i];
        struct object *object = NULL;
        if (entry->data_offset > startup->size || entry->data_size > startup->size - entry->data_offset) continue;
        /* Handles to one object in the parent have one descriptor; here they name one object again. */
        for (uint32_t n = 0; n < i && entry->fd >= 0 && !object; n++) {
            if (entries[n].fd != entry->fd || entries[n].type != entry->type) continue;
            if (handle_object((HANDLE)(ULONG_PTR)entries[n].handle, (enum object_type)entry->type, 0, &last, NULL)) break;
            object = last;
        }
        if (!object && restore(entry, (const char *)startup + entry->data_offset, &object)) continue;
        handle_install((HANDLE)(ULONG_PTR)entry->handle, object, entry->access, entry->attributes);
        object_release(object);
    }
}

/* ---- system calls ---- */

NTSTATUS sys_NtOpenProcess(HANDLE *ProcessHandle, ACCESS_MASK DesiredAccess, OBJECT_ATTRIBUTES *ObjectAttributes,
                           CLIENT_ID *ClientId)
{
    HANDLE handle;

    if (!ObjectAttributes || ObjectAttributes->Length != sizeof(*ObjectAttributes)) return STATUS_INVALID_PARAMETER;
    if (!ClientId || ObjectAttributes->ObjectName) return STATUS_INVALID_PARAMETER_MIX;
    ULONG_PTR process = (ULONG_PTR)ClientId->UniqueProcess, thread = (ULONG_PTR)ClientId->UniqueThread;
    ULONG_PTR id = process;
    if (thread) { /* by a thread of it */
        if (thread / 4 >= ARENA_SLOTS || SLOT_TAG_TYPE(slot_at(SLOT_OF_ID(thread))->tag) != OBJECT_THREAD)
            return STATUS_INVALID_CID;
        id = ID_OF_SLOT(atomic_load(&slot_at(SLOT_OF_ID(thread))->owner));
        if (process && process != id) return STATUS_INVALID_CID;
    }
    *ProcessHandle = NULL;
    uint32_t slot = SLOT_OF_ID(id), tag;
    if (id / 4 >= ARENA_SLOTS || slot < ARENA_FIRST_SLOT) return STATUS_INVALID_CID;
    tag = slot_at(slot)->tag;
    if (SLOT_TAG_TYPE(tag) != OBJECT_PROCESS || !slot_reference(slot, tag)) return STATUS_INVALID_CID;
    NTSTATUS status = handle_create(NULL, OBJECT_PROCESS, slot, DesiredAccess, ObjectAttributes->Attributes, &handle);
    if (!status) *ProcessHandle = handle;
    return status;
}

NTSTATUS sys_NtTerminateProcess(HANDLE ProcessHandle, NTSTATUS ExitStatus)
{
    struct request_process_terminate request = { .exit_status = ExitStatus };
    struct reply_process_terminate reply;

    if (!ProcessHandle) { /* the other threads of this process */
        thread_terminate_others(ExitStatus);
        return STATUS_SUCCESS;
    }
    NTSTATUS status = handle_slot(ProcessHandle, OBJECT_PROCESS, PROCESS_TERMINATE, &request.process);
    if (status) return status;
    if (request.process == process_slot) process_exit(ExitStatus);
    return server_request(process_terminate, &request, &reply);
}

static NTSTATUS suspend_process(HANDLE process, bool suspend)
{
    uint32_t slot;
    NTSTATUS status = handle_slot(process, OBJECT_PROCESS, PROCESS_SUSPEND_RESUME, &slot);

    if (status) return status;
    if (slot == process_slot) {
        threads_suspend(suspend);
        return STATUS_SUCCESS;
    }
    if (atomic_load(&slot_at(slot)->state) & STATE_SIGNALLED) return STATUS_PROCESS_IS_TERMINATING;
    struct remote_call call = { .process = slot };
    status = remote_call(suspend ? REMOTE_SUSPEND_ALL : REMOTE_RESUME_ALL, &call);
    int unix_id = slot_at(slot)->process.unix_id;
    if (status != STATUS_NOT_SUPPORTED || unix_id <= 0) return status;
    return kill(unix_id, suspend ? SIGSTOP : SIGCONT) ? status_from_errno(errno) : STATUS_SUCCESS;
}

NTSTATUS sys_NtSuspendProcess(HANDLE ProcessHandle)
{
    return suspend_process(ProcessHandle, true);
}

NTSTATUS sys_NtResumeProcess(HANDLE ProcessHandle)
{
    return suspend_process(ProcessHandle, false);
}
