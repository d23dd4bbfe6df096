/* NtDuplicateObject, NtQueryObject and relatives: what can be asked of any handle. */
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "names.h"
#include "object.h"
#include "thread.h"
#include "ferry/syscall_table.h"

#ifndef STATUS_NOT_SAME_OBJECT
#define STATUS_NOT_SAME_OBJECT ((NTSTATUS)0xC00001AC)
#endif
#ifndef DUPLICATE_SAME_ATTRIBUTES
#define DUPLICATE_SAME_ATTRIBUTES 4
#endif

static bool is_this_process(uint32_t slot)
{
    return slot == process_slot;
}

NTSTATUS sys_NtDuplicateObject(HANDLE SourceProcessHandle, HANDLE SourceHandle, HANDLE TargetProcessHandle,
                               HANDLE *TargetHandle, ACCESS_MASK DesiredAccess, ULONG HandleAttributes, ULONG Options)
{
    uint32_t source, target = 0;
    struct handle_info info;
    struct handle_use use;
    HANDLE handle = NULL;
    NTSTATUS status = handle_slot(SourceProcessHandle, OBJECT_PROCESS, PROCESS_DUP_HANDLE, &source);

    if (status) return status;
    if (TargetHandle || !(Options & DUPLICATE_CLOSE_SOURCE)) {
        status = handle_slot(TargetProcessHandle, OBJECT_PROCESS, PROCESS_DUP_HANDLE, &target);
        if (status) return status;
    }
    if (!is_this_process(source) || (target && !is_this_process(target)))
        return STATUS_NOT_SUPPORTED;

    status = handle_query(SourceHandle, &info);
    if (status) return status;
    if (target) {
        status = handle_use(SourceHandle, OBJECT_ANY, 0, &use);
        if (status) return status;
        ULONG attributes = Options & DUPLICATE_SAME_ATTRIBUTES ? info.attributes : HandleAttributes;
        status = handle_create_like(&use, Options & DUPLICATE_SAME_ACCESS ? use.access : DesiredAccess, attributes,
                                    &handle);
        handle_unuse(&use);
    }
    if (Options & DUPLICATE_CLOSE_SOURCE) handle_close(SourceHandle, false);
    if (TargetHandle) *TargetHandle = handle;
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
