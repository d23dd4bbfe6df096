/* Saving, restoring, loading and unloading hives: the files are opened here, the rest is the server's. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ferry/syscall_table.h"
#include "file.h"
#include "host.h"
#include "object.h"
#include "path.h"
#include "registry.h"
#include "server_client.h"

#define SE_BACKUP 17u
#define SE_RESTORE 18u

/* Whether the process has it, and has it enabled. */
static bool has_privilege(uint32_t luid)
{
    union {
        TOKEN_PRIVILEGES privileges;
        unsigned char bytes[1024];
    } all;
    HANDLE token;
    ULONG size;
    bool has = false;

    if (sys_NtOpenProcessToken(NtCurrentProcess(), TOKEN_QUERY, &token)) return false;
    if (!sys_NtQueryInformationToken(token, TokenPrivileges, &all, sizeof(all), &size))
        for (ULONG i = 0; i < all.privileges.PrivilegeCount; i++) {
            const LUID_AND_ATTRIBUTES *privilege = &all.privileges.Privileges[i];
            has |= privilege->Luid.LowPart == luid && (privilege->Attributes & SE_PRIVILEGE_ENABLED);
        }
    sys_NtClose(token);
    return has;
}

static NTSTATUS ask(HANDLE key_handle, uint32_t action, uint32_t flags, const UNICODE_STRING *name, const char *path, int fd)
{
    struct request_registry_hive request = { .action = action, .flags = flags, .name_units = name ? name->Length / 2 : 0,
                                             .path_bytes = path ? (uint32_t)strlen(path) : 0 };
    struct reply_registry_hive reply;
    struct server_call call = { .request = &request.header, .request_size = sizeof(request),
                                .data = { name ? name->Buffer : NULL, path },
                                .data_size = { request.name_units * 2, request.path_bytes }, .fd = fd, .send_fd = fd >= 0,
                                .reply = &reply.header, .reply_size = sizeof(reply) };
    const void *base;
    struct key *key;
    NTSTATUS status = key_from_handle(key_handle, 0, &key, &base);

    if (status) return status;
    request.key = key->id;
    key_release(key);
    return server_call(REQUEST_registry_hive, &call);
}

static NTSTATUS ask_with_file(HANDLE key, HANDLE handle, ACCESS_MASK access, uint32_t action, uint32_t flags)
{
    struct file *file;
    NTSTATUS status = file_from_handle(handle, access, &file, NULL);

    if (status) return status;
    status = file->kind == FILE_KIND_DISK ? ask(key, action, flags, NULL, NULL, file->object.fd) : STATUS_INVALID_PARAMETER;
    file_release(file);
    return status;
}

/* Format: REG_STANDARD_FORMAT, REG_LATEST_FORMAT (the same), REG_NO_COMPRESSION. */
NTSTATUS sys_NtSaveKeyEx(HANDLE KeyHandle, HANDLE FileHandle, ULONG Format)
{
    if (Format != REG_STANDARD_FORMAT && Format != REG_LATEST_FORMAT && Format != REG_NO_COMPRESSION) return STATUS_INVALID_PARAMETER;
    if (!has_privilege(SE_BACKUP)) return STATUS_PRIVILEGE_NOT_HELD;
    return ask_with_file(KeyHandle, FileHandle, FILE_WRITE_DATA, HIVE_SAVE, 0);
}

NTSTATUS sys_NtSaveKey(HANDLE KeyHandle, HANDLE FileHandle)
{
    return sys_NtSaveKeyEx(KeyHandle, FileHandle, REG_STANDARD_FORMAT);
}

NTSTATUS sys_NtRestoreKey(HANDLE KeyHandle, HANDLE FileHandle, ULONG Flags)
{
    if (!has_privilege(SE_RESTORE)) return STATUS_PRIVILEGE_NOT_HELD;
    return ask_with_file(KeyHandle, FileHandle, FILE_READ_DATA, HIVE_RESTORE, Flags);
}

/* The key above `target`, opened, and the last part of the name. */
static NTSTATUS open_parent(const OBJECT_ATTRIBUTES *target, HANDLE *parent, UNICODE_STRING *last)
{
    OBJECT_ATTRIBUTES attributes = *target;
    UNICODE_STRING name = *target->ObjectName;
    uint32_t units = name.Length / 2;

    while (units && name.Buffer[units - 1] == '\\') units--;
    uint32_t start = units;
    while (start && name.Buffer[start - 1] != '\\') start--;
    last->Buffer = name.Buffer + start;
    last->Length = last->MaximumLength = (USHORT)((units - start) * 2);
    if (!last->Length) return STATUS_OBJECT_NAME_INVALID;
    name.Length = (USHORT)((start ? start - 1 : 0) * 2);
    attributes.ObjectName = &name;
    return sys_NtOpenKey(parent, MAXIMUM_ALLOWED, &attributes);
}

NTSTATUS sys_NtLoadKey2(OBJECT_ATTRIBUTES *TargetKey, OBJECT_ATTRIBUTES *SourceFile, ULONG Flags)
{
    char *given, *path = NULL;
    UNICODE_STRING last;
    HANDLE parent;

    if (!TargetKey || !TargetKey->ObjectName || !SourceFile || Flags & ~REG_NO_LAZY_FLUSH) return STATUS_INVALID_PARAMETER;
    if (!has_privilege(SE_RESTORE)) return STATUS_PRIVILEGE_NOT_HELD;
    NTSTATUS status = path_to_unix(SourceFile, true, &given);
    if (status) return status;
    int fd = open(given, O_RDWR | O_CLOEXEC); /* it will be written to */
    if (fd < 0) status = status_from_errno(errno);
    else if (!(path = realpath(given, NULL))) status = status_from_errno(errno);
    free(given);
    if (!status) status = open_parent(TargetKey, &parent, &last);
    if (!status) {
        status = ask(parent, HIVE_LOAD, 0, &last, path, fd);
        sys_NtClose(parent);
    }
    if (fd >= 0) close(fd);
    free(path);
    return status;
}

NTSTATUS sys_NtLoadKey(OBJECT_ATTRIBUTES *TargetKey, OBJECT_ATTRIBUTES *SourceFile)
{
    return sys_NtLoadKey2(TargetKey, SourceFile, 0);
}

/* Handles that are still open become handles of a deleted key. */
NTSTATUS sys_NtUnloadKey(OBJECT_ATTRIBUTES *TargetKey)
{
    HANDLE key;

    if (!has_privilege(SE_RESTORE)) return STATUS_PRIVILEGE_NOT_HELD;
    NTSTATUS status = sys_NtOpenKey(&key, MAXIMUM_ALLOWED, TargetKey);
    if (status) return status;
    status = ask(key, HIVE_UNLOAD, 0, NULL, NULL, -1);
    sys_NtClose(key);
    return status;
}
