/* Directories and symbolic links of the object namespace. */
#include <stdlib.h>
#include <string.h>

#include "thread.h"
#include "names.h"
#include "object.h"
#include "server_client.h"
#include "sync.h"
#include "ferry/syscall_table.h"

#define DIRECTORY_QUERY 1
#define SYMBOLIC_LINK_QUERY 1
#define LINK_UNITS_MAX (NAME_DATA_MAX / sizeof(WCHAR))

NTSTATUS sys_NtCreateDirectoryObject(HANDLE *DirectoryHandle, ACCESS_MASK DesiredAccess,
                                     OBJECT_ATTRIBUTES *ObjectAttributes)
{
    return sync_create(DirectoryHandle, OBJECT_DIRECTORY, 0, 0, 0, DesiredAccess, ObjectAttributes);
}

NTSTATUS sys_NtOpenDirectoryObject(HANDLE *DirectoryHandle, ACCESS_MASK DesiredAccess,
                                   OBJECT_ATTRIBUTES *ObjectAttributes)
{
    return sync_open(DirectoryHandle, OBJECT_DIRECTORY, DesiredAccess, ObjectAttributes);
}

NTSTATUS sys_NtCreateSymbolicLinkObject(HANDLE *LinkHandle, ACCESS_MASK DesiredAccess,
                                        OBJECT_ATTRIBUTES *ObjectAttributes, UNICODE_STRING *LinkTarget)
{
    WCHAR target[LINK_UNITS_MAX];
    HANDLE handle;

    *LinkHandle = NULL;
    if (!ObjectAttributes || ObjectAttributes->Length != sizeof(*ObjectAttributes) || !LinkTarget->Length ||
        (LinkTarget->Length & 1) || LinkTarget->Length > sizeof(target))
        return STATUS_INVALID_PARAMETER;
    memcpy(target, LinkTarget->Buffer, LinkTarget->Length);
    NTSTATUS status = name_create_data_slot(ObjectAttributes, OBJECT_SYMBOLIC_LINK, 0, 0, 0, target, LinkTarget->Length,
                                            DesiredAccess, &handle);
    if (NT_SUCCESS(status)) *LinkHandle = handle;
    return status;
}

NTSTATUS sys_NtOpenSymbolicLinkObject(HANDLE *LinkHandle, ACCESS_MASK DesiredAccess, OBJECT_ATTRIBUTES *ObjectAttributes)
{
    return sync_open(LinkHandle, OBJECT_SYMBOLIC_LINK, DesiredAccess, ObjectAttributes);
}

NTSTATUS sys_NtQuerySymbolicLinkObject(HANDLE LinkHandle, UNICODE_STRING *LinkTarget, ULONG *ReturnedLength)
{
    uint32_t slot, units, target_units;
    NTSTATUS status = handle_slot(LinkHandle, OBJECT_SYMBOLIC_LINK, SYMBOLIC_LINK_QUERY, &slot);

    if (status) return status;
    WCHAR text[NAME_UNITS_MAX];
    status = name_query(slot, 0, text, NAME_UNITS_MAX, &units, &target_units);
    if (status) return status;
    ULONG bytes = target_units * sizeof(WCHAR);
    if (ReturnedLength) *ReturnedLength = bytes + sizeof(WCHAR);
    if (LinkTarget->MaximumLength < bytes) return STATUS_BUFFER_TOO_SMALL;
    memcpy(LinkTarget->Buffer, text + units, bytes);
    if (LinkTarget->MaximumLength >= bytes + sizeof(WCHAR)) LinkTarget->Buffer[target_units] = 0;
    LinkTarget->Length = (USHORT)bytes;
    return STATUS_SUCCESS;
}

typedef struct {
    UNICODE_STRING Name, TypeName;
} DIRECTORY_ENTRY;

/* Entry `index`: its name into text[NAME_UNITS_MAX]. */
static NTSTATUS query_entry(uint32_t slot, uint32_t index, WCHAR *text, struct reply_directory_query *reply)
{
    struct request_directory_query request = { .slot = slot, .index = index };
    struct server_call call = { .request = &request.header, .request_size = sizeof(request), .reply = &reply->header,
                                .reply_size = sizeof(*reply), .extra = text,
                                .extra_room = NAME_UNITS_MAX * sizeof(WCHAR) };

    return server_call(REQUEST_directory_query, &call);
}

/* The records grow from the start of the buffer, the text from its end, then moves up to the records. */
NTSTATUS sys_NtQueryDirectoryObject(HANDLE DirectoryHandle, void *Buffer, ULONG Length, BOOLEAN ReturnSingleEntry,
                                    BOOLEAN RestartScan, ULONG *Context, ULONG *ReturnLength)
{
    uint32_t slot, index = RestartScan ? 0 : *Context;
    struct reply_directory_query reply;
    DIRECTORY_ENTRY *entries = Buffer;
    WCHAR text[NAME_UNITS_MAX];
    ULONG count = 0, used = sizeof(*entries);
    NTSTATUS status = handle_slot(DirectoryHandle, OBJECT_DIRECTORY, DIRECTORY_QUERY, &slot);

    if (status) return status;
    for (;;) {
        status = query_entry(slot, index, text, &reply);
        if (status) break;
        const char *type = object_type_name((enum object_type)reply.type);
        ULONG name_bytes = reply.name_units * sizeof(WCHAR), type_bytes = (ULONG)strlen(type) * sizeof(WCHAR);
        ULONG needed = sizeof(*entries) + name_bytes + type_bytes + 2 * sizeof(WCHAR);
        if (used + needed > Length) {
            if (ReturnLength && !count) *ReturnLength = used + needed;
            status = count ? STATUS_MORE_ENTRIES : STATUS_BUFFER_TOO_SMALL;
            break;
        }
        /* Move the text that is there up by one record. */
        char *strings = (char *)(entries + count + 1);
        ULONG string_bytes = used - (count + 1) * sizeof(*entries);
        memmove(strings + sizeof(*entries), strings, string_bytes);
        for (ULONG i = 0; i < count; i++) {
            entries[i].Name.Buffer += sizeof(*entries) / sizeof(WCHAR);
            entries[i].TypeName.Buffer += sizeof(*entries) / sizeof(WCHAR);
        }
        WCHAR *at = (WCHAR *)(strings + sizeof(*entries) + string_bytes);
        entries[count].Name = (UNICODE_STRING){ (USHORT)name_bytes, (USHORT)(name_bytes + sizeof(WCHAR)), at };
        memcpy(at, text, name_bytes);
        at[reply.name_units] = 0;
        at += reply.name_units + 1;
        entries[count].TypeName = (UNICODE_STRING){ (USHORT)type_bytes, (USHORT)(type_bytes + sizeof(WCHAR)), at };
        for (ULONG i = 0; i < type_bytes / sizeof(WCHAR); i++) at[i] = (WCHAR)type[i];
        at[type_bytes / sizeof(WCHAR)] = 0;
        used += needed;
        count++;
        index++;
        memset(&entries[count], 0, sizeof(*entries));
        if (ReturnSingleEntry) break;
    }
    if (status == STATUS_NO_MORE_ENTRIES && count) status = STATUS_SUCCESS;
    if (NT_SUCCESS(status) && count) {
        *Context = index;
        if (ReturnLength) *ReturnLength = used;
    }
    return status;
}

NTSTATUS sys_NtMakeTemporaryObject(HANDLE Handle)
{
    struct request_name_permanent request = { 0 };
    struct reply_name_permanent reply;
    NTSTATUS status = handle_slot(Handle, OBJECT_ANY, DELETE, &request.slot);

    return status ? status : server_request(name_permanent, &request, &reply);
}
