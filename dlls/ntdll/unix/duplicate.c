/* NtDuplicateObject, NtQueryObject and relatives: what can be asked of any handle. */
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "file.h"
#include "host.h"
#include "names.h"
#include "object.h"
#include "remote.h"
#include "server_client.h"
#include "thread.h"
#include "ferry/syscall_table.h"

#ifndef STATUS_NOT_SAME_OBJECT
#define STATUS_NOT_SAME_OBJECT ((NTSTATUS)0xC00001AC)
#endif
#ifndef DUPLICATE_SAME_ATTRIBUTES
#define DUPLICATE_SAME_ATTRIBUTES 4
#endif

/* ---- NtDuplicateObject ---- */

/* The block of process slot `process`, mapped; NULL if it has ended. */
static struct process_block *open_block(uint32_t process)
{
    struct process_block *block = arena_map_block(slot_at(process)->process.index);

    if (!block || atomic_load(&block->slot) == process) return block;
    arena_unmap_block(block);
    return NULL;
}

/* A handle in another process for an arena slot: a free one of the entries that others make there. */
static NTSTATUS put_slot(uint32_t process, const struct handle_use *use, ACCESS_MASK access, ULONG attributes,
                         HANDLE *handle)
{
    struct process_block *block = open_block(process);
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    if (!block) return STATUS_PROCESS_IS_TERMINATING;
    slot_share(use->slot);
    if (!slot_reference(use->slot, use->tag)) {
        arena_unmap_block(block);
        return STATUS_INVALID_HANDLE;
    }
    struct handle_entry *entries = block_handles(block);
    for (uint32_t i = ARENA_FIRST_FOREIGN_HANDLE; i < ARENA_HANDLES && status; i++) {
        uint64_t none = 0;
        if (!atomic_compare_exchange_strong(&entries[i].rights, &none, HANDLE_PHASE_RESERVED)) continue;
        entries[i].fd = -1;
        entries[i].import = 0;
        atomic_store(&entries[i].target, state_of(use->tag, use->slot));
        atomic_store(&entries[i].rights, (uint64_t)access << 32 | HANDLE_PHASE_LIVE |
                                             (attributes & (OBJ_INHERIT | OBJ_PROTECT_CLOSE)) << 8 | use->type);
        atomic_fetch_add(&block->handle_count, 1);
        *handle = (HANDLE)(ULONG_PTR)(i * 4);
        status = STATUS_SUCCESS;
    }
    if (status) slot_release(use->slot);
    arena_unmap_block(block);
    return status;
}

/* The same for a local object, which the server keeps until the other process looks at it. */
static NTSTATUS put_local(uint32_t process, const struct handle_use *use, ACCESS_MASK access, ULONG attributes,
                          HANDLE *handle)
{
    unsigned char data[4096];
    int size = use->object->ops->save ? use->object->ops->save(use->object, data, sizeof(data)) : -1;
    struct request_import_put request = { .process = process, .type = use->type, .access = access,
                                          .attributes = attributes, .data_size = (uint32_t)size };
    struct reply_import_put reply;
    struct server_call call = { .request = &request.header, .request_size = sizeof(request), .data = { data },
                                .data_size = { (uint32_t)size }, .send_fd = use->object->fd >= 0, .fd = use->object->fd,
                                .reply = &reply.header, .reply_size = sizeof(reply) };

    if (size < 0) return STATUS_NOT_SUPPORTED;
    NTSTATUS status = server_call(REQUEST_import_put, &call);
    if (!status) *handle = (HANDLE)(ULONG_PTR)reply.handle;
    return status;
}

/* The entry of another process's handle; `use` gets a reference of its own to a slot. */
static NTSTATUS look_into(uint32_t process, HANDLE handle, bool close, struct handle_use *use, ULONG *attributes)
{
    ULONG_PTR index = (ULONG_PTR)handle >> 2;
    struct process_block *block;
    NTSTATUS status = STATUS_INVALID_HANDLE;

    memset(use, 0, sizeof(*use));
    if (handle == NtCurrentProcess()) { /* of that process: itself */
        *use = (struct handle_use){ .slot = process, .tag = slot_at(process)->tag, .type = OBJECT_PROCESS,
                                    .access = PROCESS_ALL_ACCESS };
        *attributes = 0;
        return slot_reference(use->slot, use->tag) ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
    }
    if (!index || index >= ARENA_HANDLES) return STATUS_INVALID_HANDLE;
    block = open_block(process);
    if (!block) return STATUS_PROCESS_IS_TERMINATING;
    struct handle_entry *entry = &block_handles(block)[index];
    uint64_t rights = atomic_load(&entry->rights), target = atomic_load(&entry->target);
    if ((rights & HANDLE_PHASE_MASK) == HANDLE_PHASE_LIVE) {
        use->type = HANDLE_TYPE(rights);
        use->access = HANDLE_ACCESS(rights);
        use->slot = (uint32_t)target;
        use->tag = (uint32_t)(target >> 32);
        *attributes = HANDLE_ATTRIBUTES(rights);
        if (rights & HANDLE_LOCAL) {
            use->slot = 0;
            status = STATUS_SUCCESS;
        } else if (use->slot < ARENA_SLOTS && (slot_share(use->slot), slot_reference(use->slot, use->tag))) {
            status = STATUS_SUCCESS;
        }
        /* A local object's handle is closed by its process. */
        if (!status && close && !(*attributes & OBJ_PROTECT_CLOSE) && !(rights & HANDLE_LOCAL) &&
            atomic_compare_exchange_strong(&entry->rights, &rights, 0)) {
            atomic_fetch_sub(&block->handle_count, 1);
            slot_release(use->slot);
        }
    }
    arena_unmap_block(block);
    return status;
}

/* A local object of another process, made here again from what its agent sends: `use` gets the reference. */
static NTSTATUS take_local(uint32_t process, HANDLE handle, bool close_there, struct handle_use *use)
{
    unsigned char data[4096];
    struct remote_call call = { .process = process, .request.arguments = { (uintptr_t)handle, close_there }, .extra = data,
                                .extra_room = sizeof(data) };
    NTSTATUS status = remote_call(REMOTE_TAKE_HANDLE, &call);
    const struct object_ops *ops = object_local_type((enum object_type)call.reply.results[0]);

    if (!status && (!ops || !ops->restore)) status = STATUS_NOT_SUPPORTED;
    if (!status) status = ops->restore(data, (int)call.extra_size, call.fd, &use->object);
    else if (call.fd >= 0) close(call.fd);
    return status;
}

NTSTATUS handle_give(HANDLE handle, enum object_type type, uint32_t process, HANDLE *there)
{
    struct handle_use use;
    NTSTATUS status = handle_use(handle, type, 0, &use);

    if (status) return status;
    status = put_local(process, &use, use.access, 0, there);
    handle_unuse(&use);
    return status;
}

NTSTATUS sys_NtDuplicateObject(HANDLE SourceProcessHandle, HANDLE SourceHandle, HANDLE TargetProcessHandle,
                               HANDLE *TargetHandle, ACCESS_MASK DesiredAccess, ULONG HandleAttributes, ULONG Options)
{
    bool close_source = Options & DUPLICATE_CLOSE_SOURCE, foreign;
    uint32_t source, target = 0;
    ULONG attributes = 0;
    struct handle_info info;
    struct handle_use use;
    HANDLE handle = NULL;
    NTSTATUS status = handle_slot(SourceProcessHandle, OBJECT_PROCESS, PROCESS_DUP_HANDLE, &source);

    if (status) return status;
    if (TargetHandle || !close_source) {
        status = handle_slot(TargetProcessHandle, OBJECT_PROCESS, PROCESS_DUP_HANDLE, &target);
        if (status) return status;
    }
    if (TargetHandle) *TargetHandle = NULL; /* a fault comes before anything is done */
    foreign = source != process_slot;
    if (foreign) {
        status = look_into(source, SourceHandle, close_source, &use, &attributes);
        if (!status && !use.slot) status = take_local(source, SourceHandle, close_source, &use);
    } else {
        status = handle_query(SourceHandle, &info);
        if (!status) status = handle_use(SourceHandle, OBJECT_ANY, 0, &use);
        if (!status) attributes = info.attributes;
    }
    if (status) return status;
    if (!(Options & DUPLICATE_SAME_ATTRIBUTES)) attributes = HandleAttributes;
    ACCESS_MASK access = Options & DUPLICATE_SAME_ACCESS ? use.access
                                                         : object_map_access(object_type_mapping(use.type), DesiredAccess);
    if (!target) status = STATUS_SUCCESS;
    else if (target == process_slot) status = handle_create_like(&use, access, attributes, &handle);
    else if (use.object) status = put_local(target, &use, access, attributes, &handle);
    else status = put_slot(target, &use, access, attributes, &handle);
    if (!foreign) {
        handle_unuse(&use);
        if (close_source) handle_close(SourceHandle, false);
    } else if (use.object) {
        object_release(use.object);
    } else if (use.slot) {
        slot_release(use.slot);
    }
    if (!status && TargetHandle) *TargetHandle = handle;
    return status;
}

NTSTATUS sys_NtCompareObjects(HANDLE FirstObjectHandle, HANDLE SecondObjectHandle)
{
    struct handle_info first, second;
    NTSTATUS status = handle_query(FirstObjectHandle, &first);

    if (!status) status = handle_query(SecondObjectHandle, &second);
    if (status) return status;
    bool same = first.object || second.object ? first.object == second.object : first.slot == second.slot;
    return same ? STATUS_SUCCESS : STATUS_NOT_SAME_OBJECT;
}

/* ---- NtQueryObject ---- */

typedef struct {
    ULONG Attributes;
    ACCESS_MASK GrantedAccess;
    ULONG HandleCount, PointerCount, PagedPoolCharge, NonPagedPoolCharge, Reserved[3];
    ULONG NameInfoSize, TypeInfoSize, SecurityDescriptorSize;
    LARGE_INTEGER CreationTime;
} BASIC_INFORMATION;

typedef struct {
    UNICODE_STRING TypeName;
    ULONG TotalNumberOfObjects, TotalNumberOfHandles, TotalPagedPoolUsage, TotalNonPagedPoolUsage, TotalNamePoolUsage,
        TotalHandleTableUsage, HighWaterNumberOfObjects, HighWaterNumberOfHandles, HighWaterPagedPoolUsage,
        HighWaterNonPagedPoolUsage, HighWaterNamePoolUsage, HighWaterHandleTableUsage, InvalidAttributes;
    GENERIC_MAPPING GenericMapping;
    ULONG ValidAccessMask;
    BOOLEAN SecurityRequired, MaintainHandleCount;
    UCHAR TypeIndex;
    CHAR ReservedByte;
    ULONG PoolType, DefaultPagedPoolCharge, DefaultNonPagedPoolCharge;
} TYPE_INFORMATION;

static NTSTATUS query_basic(const struct handle_use *use, ULONG attributes, void *buffer, ULONG length, ULONG *returned)
{
    BASIC_INFORMATION info = { .Attributes = attributes, .GrantedAccess = use->access };

    if (returned) *returned = sizeof(info);
    if (length < sizeof(info)) return STATUS_INFO_LENGTH_MISMATCH;
    if (use->object) {
        info.HandleCount = atomic_load(&use->object->handles);
        info.PointerCount = atomic_load(&use->object->references);
    } else {
        info.HandleCount = info.PointerCount = atomic_load(&slot_at(use->slot)->references);
    }
    info.TypeInfoSize = sizeof(TYPE_INFORMATION) + 32;
    memcpy(buffer, &info, sizeof(info));
    return STATUS_SUCCESS;
}

static NTSTATUS query_name(const struct handle_use *use, void *buffer, ULONG length, ULONG *returned)
{
    UNICODE_STRING *string = buffer;
    enum { ROOM = 32768 };
    NTSTATUS status = STATUS_SUCCESS;
    int units = -1;
    WCHAR *name = malloc(ROOM * sizeof(WCHAR));

    if (!name) return STATUS_NO_MEMORY;
    if (use->object && use->object->ops->query_name) units = use->object->ops->query_name(use->object, name, ROOM - 1);
    else if (!use->object) units = name_of_slot(use->slot, name, ROOM - 1);
    ULONG bytes = units > 0 ? (ULONG)units * sizeof(WCHAR) : 0;
    ULONG needed = sizeof(*string) + (bytes ? bytes + sizeof(WCHAR) : 0);
    if (returned) *returned = needed;
    if (length < needed) {
        status = length < sizeof(*string) ? STATUS_INFO_LENGTH_MISMATCH : STATUS_BUFFER_OVERFLOW;
    } else if (!bytes) {
        memset(string, 0, sizeof(*string));
    } else {
        name[units] = 0;
        string->Buffer = (WCHAR *)(string + 1);
        string->Length = (USHORT)bytes;
        string->MaximumLength = (USHORT)(bytes + sizeof(WCHAR));
        memcpy(string->Buffer, name, bytes + sizeof(WCHAR));
    }
    free(name);
    return status;
}

/* Writes one record with its name behind it; returns the bytes, a multiple of 8. */
static ULONG put_type(enum object_type type, TYPE_INFORMATION *info)
{
    const char *name = object_type_name(type);
    const GENERIC_MAPPING *mapping = object_type_mapping(type);
    WCHAR *text = (WCHAR *)(info + 1);
    USHORT units = 0;

    memset(info, 0, sizeof(*info));
    for (; name[units]; units++) text[units] = (WCHAR)name[units];
    text[units] = 0;
    info->TypeName.Buffer = text;
    info->TypeName.Length = units * sizeof(WCHAR);
    info->TypeName.MaximumLength = (USHORT)((units + 1) * sizeof(WCHAR));
    info->TotalNumberOfObjects = info->TotalNumberOfHandles = 1;
    info->GenericMapping = *mapping;
    info->ValidAccessMask = mapping->GenericAll;
    info->TypeIndex = (UCHAR)(type + 1);
    return (ULONG)((sizeof(*info) + info->TypeName.MaximumLength + 7) & ~7ul);
}

static NTSTATUS query_type(enum object_type type, void *buffer, ULONG length, ULONG *returned)
{
    struct {
        TYPE_INFORMATION info;
        WCHAR name[32];
    } answer;
    ULONG size = put_type(type, &answer.info);

    if (returned) *returned = size;
    if (length < size) return STATUS_INFO_LENGTH_MISMATCH;
    answer.info.TypeName.Buffer = (WCHAR *)((TYPE_INFORMATION *)buffer + 1);
    memcpy(buffer, &answer, size);
    return STATUS_SUCCESS;
}

static NTSTATUS query_types(void *buffer, ULONG length, ULONG *returned)
{
    ULONG size = 8, count = 0;
    struct {
        TYPE_INFORMATION info;
        WCHAR name[32];
    } record;

    for (enum object_type type = OBJECT_EVENT; type < OBJECT_TYPE_COUNT; type++, count++) {
        ULONG bytes = put_type(type, &record.info);
        if (size + bytes <= length) {
            char *at = (char *)buffer + size;
            record.info.TypeName.Buffer = (WCHAR *)((TYPE_INFORMATION *)at + 1);
            memcpy(at, &record, bytes);
        }
        size += bytes;
    }
    if (returned) *returned = size;
    if (length < size) return STATUS_INFO_LENGTH_MISMATCH;
    *(ULONG *)buffer = count;
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtQueryObject(HANDLE Handle, ULONG ObjectInformationClass, void *ObjectInformation,
                           ULONG ObjectInformationLength, ULONG *ReturnLength)
{
    BOOLEAN flags[2];
    struct handle_info info;
    struct handle_use use;

    if (ObjectInformationClass == 3) return query_types(ObjectInformation, ObjectInformationLength, ReturnLength);
    if (ObjectInformationClass > 4) return STATUS_INVALID_INFO_CLASS;
    NTSTATUS status = handle_query(Handle, &info);
    if (status) return status;
    switch (ObjectInformationClass) {
    case 2: return query_type(info.type, ObjectInformation, ObjectInformationLength, ReturnLength);
    case 4:
        if (ReturnLength) *ReturnLength = sizeof(flags);
        if (ObjectInformationLength < sizeof(flags)) return STATUS_INFO_LENGTH_MISMATCH;
        flags[0] = !!(info.attributes & OBJ_INHERIT);
        flags[1] = !!(info.attributes & OBJ_PROTECT_CLOSE);
        memcpy(ObjectInformation, flags, sizeof(flags));
        return STATUS_SUCCESS;
    }
    /* The buffer is touched while the handle is in use; make sure that it is there first. */
    if (ObjectInformationLength) memset(ObjectInformation, 0, ObjectInformationLength);
    if (ReturnLength) *ReturnLength = 0;
    status = handle_use(Handle, OBJECT_ANY, 0, &use);
    if (status) return status;
    if (ObjectInformationClass == 0)
        status = query_basic(&use, info.attributes, ObjectInformation, ObjectInformationLength, ReturnLength);
    else
        status = query_name(&use, ObjectInformation, ObjectInformationLength, ReturnLength);
    handle_unuse(&use);
    return status;
}

NTSTATUS sys_NtSetInformationObject(HANDLE Handle, ULONG ObjectInformationClass, void *ObjectInformation,
                                    ULONG ObjectInformationLength)
{
    const BOOLEAN *flags = ObjectInformation;

    if (ObjectInformationClass != 4) return STATUS_INVALID_INFO_CLASS;
    if (ObjectInformationLength != 2) return STATUS_INFO_LENGTH_MISMATCH;
    return handle_set_attributes(Handle, (flags[0] ? OBJ_INHERIT : 0u) | (flags[1] ? OBJ_PROTECT_CLOSE : 0u));
}
