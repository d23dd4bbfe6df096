/* NtQuerySecurityObject: the descriptor every object of the prefix has, owned by its user, open to him, to Administrators
 * and to SYSTEM. Changing it is refused: nothing here would keep it. */
#include <string.h>

#include "host.h"
#include "object.h"
#include "thread.h"
#include "token.h"
#include "ferry/syscall_table.h"

static ULONG put_ace(unsigned char *to, ACCESS_MASK mask, const void *sid, ULONG sid_size)
{
    ACE_HEADER header = { .AceType = ACCESS_ALLOWED_ACE_TYPE,
                          .AceSize = (USHORT)(sizeof(header) + sizeof(mask) + sid_size) };

    memcpy(to, &header, sizeof(header));
    memcpy(to + sizeof(header), &mask, sizeof(mask));
    memcpy(to + sizeof(header) + sizeof(mask), sid, sid_size);
    return header.AceSize;
}

static ULONG put_dacl(unsigned char *to, ACCESS_MASK all)
{
    unsigned char sid[SID_ROOM];
    ACL acl = { .AclRevision = ACL_REVISION, .AceCount = 3 };
    ULONG size = sizeof(acl);

    size += put_ace(to + size, all, sid, sid_make(sid, 5, 1, 18));
    size += put_ace(to + size, all, sid, sid_make(sid, 5, 2, 32, 544));
    size += put_ace(to + size, all, sid, sid_user(sid));
    acl.AclSize = (USHORT)size;
    memcpy(to, &acl, sizeof(acl));
    return size;
}

NTSTATUS sys_NtQuerySecurityObject(HANDLE Handle, ULONG SecurityInformation, void *SecurityDescriptor, ULONG Length,
                                   ULONG *LengthNeeded)
{
    unsigned char bytes[512];
    SECURITY_DESCRIPTOR_RELATIVE head = { .Revision = SECURITY_DESCRIPTOR_REVISION, .Control = SE_SELF_RELATIVE };
    ULONG size = sizeof(head);
    struct handle_info info;
    NTSTATUS status = handle_query(Handle, &info);

    if (status) return status;
    if ((SecurityInformation & SACL_SECURITY_INFORMATION) && !(info.access & ACCESS_SYSTEM_SECURITY))
        return STATUS_ACCESS_DENIED;
    if (!(info.access & READ_CONTROL)) return STATUS_ACCESS_DENIED;
    if (SecurityInformation & OWNER_SECURITY_INFORMATION) {
        head.Owner = size;
        size += sid_user(bytes + size);
    }
    if (SecurityInformation & GROUP_SECURITY_INFORMATION) {
        head.Group = size;
        size += sid_primary_group(bytes + size);
    }
    if (SecurityInformation & DACL_SECURITY_INFORMATION) {
        head.Control |= SE_DACL_PRESENT;
        head.Dacl = size;
        size += put_dacl(bytes + size, object_type_mapping(info.type)->GenericAll);
    }
    memcpy(bytes, &head, sizeof(head));
    *LengthNeeded = size;
    if (Length < size) return STATUS_BUFFER_TOO_SMALL;
    memcpy(SecurityDescriptor, bytes, size);
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtSetSecurityObject(HANDLE Handle, ULONG SecurityInformation, void *SecurityDescriptor)
{
    ACCESS_MASK access = 0;
    struct handle_info info;
    NTSTATUS status = handle_query(Handle, &info);

    if (status) return status;
    if (SecurityInformation & (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION)) access |= WRITE_OWNER;
    if (SecurityInformation & DACL_SECURITY_INFORMATION) access |= WRITE_DAC;
    if (SecurityInformation & SACL_SECURITY_INFORMATION) access |= ACCESS_SYSTEM_SECURITY;
    if (access & ~info.access) return STATUS_ACCESS_DENIED;
    if (((SECURITY_DESCRIPTOR *)SecurityDescriptor)->Revision != SECURITY_DESCRIPTOR_REVISION) return STATUS_UNKNOWN_REVISION;
    return STATUS_NOT_SUPPORTED;
}
