/* Security descriptors, absolute and self-relative (MS-DTYP 2.4.6). */
#include "ntdll.h"

NTSTATUS NTAPI RtlCreateSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, ULONG revision)
{
    if (revision != SECURITY_DESCRIPTOR_REVISION) return STATUS_UNKNOWN_REVISION;
    *(SECURITY_DESCRIPTOR *)descriptor = (SECURITY_DESCRIPTOR){.Revision = SECURITY_DESCRIPTOR_REVISION};
    return STATUS_SUCCESS;
}

struct parts {
    PSID owner, group;
    ACL *sacl, *dacl;
};

static void *relative(const void *base, DWORD offset)
{
    return offset ? (BYTE *)base + offset : NULL;
}

static void parts_of(PSECURITY_DESCRIPTOR descriptor, struct parts *parts)
{
    const SECURITY_DESCRIPTOR *sd = descriptor;
    if (sd->Control & SE_SELF_RELATIVE) {
        const SECURITY_DESCRIPTOR_RELATIVE *r = descriptor;
        *parts = (struct parts){relative(r, r->Owner), relative(r, r->Group), relative(r, r->Sacl), relative(r, r->Dacl)};
    } else *parts = (struct parts){sd->Owner, sd->Group, sd->Sacl, sd->Dacl};
    if (!(sd->Control & SE_DACL_PRESENT)) parts->dacl = NULL;
    if (!(sd->Control & SE_SACL_PRESENT)) parts->sacl = NULL;
}

BOOLEAN NTAPI RtlValidSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor)
{
    struct parts parts;
    if (!descriptor || ((SECURITY_DESCRIPTOR *)descriptor)->Revision != SECURITY_DESCRIPTOR_REVISION) return FALSE;
    parts_of(descriptor, &parts);
    return (!parts.owner || RtlValidSid(parts.owner)) && (!parts.group || RtlValidSid(parts.group)) &&
           (!parts.dacl || RtlValidAcl(parts.dacl)) && (!parts.sacl || RtlValidAcl(parts.sacl));
}

static ULONG aligned(ULONG size)
{
    return (size + 3) & ~3u;
}

ULONG NTAPI RtlLengthSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor)
{
    struct parts parts;
    ULONG size = sizeof(SECURITY_DESCRIPTOR_RELATIVE);
    parts_of(descriptor, &parts);
    if (!(((SECURITY_DESCRIPTOR *)descriptor)->Control & SE_SELF_RELATIVE)) size = sizeof(SECURITY_DESCRIPTOR);
    if (parts.owner) size += aligned(RtlLengthSid(parts.owner));
    if (parts.group) size += aligned(RtlLengthSid(parts.group));
    if (parts.dacl) size += aligned(parts.dacl->AclSize);
    if (parts.sacl) size += aligned(parts.sacl->AclSize);
    return size;
}

static NTSTATUS absolute(PSECURITY_DESCRIPTOR descriptor, SECURITY_DESCRIPTOR **sd)
{
    *sd = descriptor;
    if ((*sd)->Revision != SECURITY_DESCRIPTOR_REVISION) return STATUS_UNKNOWN_REVISION;
    return (*sd)->Control & SE_SELF_RELATIVE ? STATUS_INVALID_SECURITY_DESCR : STATUS_SUCCESS;
}

static void set_control(SECURITY_DESCRIPTOR *sd, WORD bit, BOOLEAN on)
{
    sd->Control = on ? sd->Control | bit : sd->Control & ~bit;
}

NTSTATUS NTAPI RtlSetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, PSID owner, BOOLEAN defaulted)
{
    SECURITY_DESCRIPTOR *sd;
    NTSTATUS status = absolute(descriptor, &sd);
    if (status) return status;
    sd->Owner = owner;
    set_control(sd, SE_OWNER_DEFAULTED, defaulted);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlSetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, PSID group, BOOLEAN defaulted)
{
    SECURITY_DESCRIPTOR *sd;
    NTSTATUS status = absolute(descriptor, &sd);
    if (status) return status;
    sd->Group = group;
    set_control(sd, SE_GROUP_DEFAULTED, defaulted);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlSetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, BOOLEAN present, ACL *dacl, BOOLEAN defaulted)
{
    SECURITY_DESCRIPTOR *sd;
    NTSTATUS status = absolute(descriptor, &sd);
    if (status) return status;
    set_control(sd, SE_DACL_PRESENT, present);
    if (!present) return STATUS_SUCCESS;
    sd->Dacl = dacl;
    set_control(sd, SE_DACL_DEFAULTED, defaulted);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlSetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, BOOLEAN present, ACL *sacl, BOOLEAN defaulted)
{
    SECURITY_DESCRIPTOR *sd;
    NTSTATUS status = absolute(descriptor, &sd);
    if (status) return status;
    set_control(sd, SE_SACL_PRESENT, present);
    if (!present) return STATUS_SUCCESS;
    sd->Sacl = sacl;
    set_control(sd, SE_SACL_DEFAULTED, defaulted);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlGetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, PSID *owner, BOOLEAN *defaulted)
{
    struct parts parts;
    if (((SECURITY_DESCRIPTOR *)descriptor)->Revision != SECURITY_DESCRIPTOR_REVISION) return STATUS_UNKNOWN_REVISION;
    parts_of(descriptor, &parts);
    *owner = parts.owner;
    *defaulted = !!(((SECURITY_DESCRIPTOR *)descriptor)->Control & SE_OWNER_DEFAULTED);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlGetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, PSID *group, BOOLEAN *defaulted)
{
    struct parts parts;
    if (((SECURITY_DESCRIPTOR *)descriptor)->Revision != SECURITY_DESCRIPTOR_REVISION) return STATUS_UNKNOWN_REVISION;
    parts_of(descriptor, &parts);
    *group = parts.group;
    *defaulted = !!(((SECURITY_DESCRIPTOR *)descriptor)->Control & SE_GROUP_DEFAULTED);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlGetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, BOOLEAN *present, ACL **dacl, BOOLEAN *defaulted)
{
    struct parts parts;
    WORD control = ((SECURITY_DESCRIPTOR *)descriptor)->Control;
    if (((SECURITY_DESCRIPTOR *)descriptor)->Revision != SECURITY_DESCRIPTOR_REVISION) return STATUS_UNKNOWN_REVISION;
    parts_of(descriptor, &parts);
    *present = !!(control & SE_DACL_PRESENT);
    if (!*present) return STATUS_SUCCESS;
    *dacl = parts.dacl;
    *defaulted = !!(control & SE_DACL_DEFAULTED);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlGetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, BOOLEAN *present, ACL **sacl, BOOLEAN *defaulted)
{
    struct parts parts;
    WORD control = ((SECURITY_DESCRIPTOR *)descriptor)->Control;
    if (((SECURITY_DESCRIPTOR *)descriptor)->Revision != SECURITY_DESCRIPTOR_REVISION) return STATUS_UNKNOWN_REVISION;
    parts_of(descriptor, &parts);
    *present = !!(control & SE_SACL_PRESENT);
    if (!*present) return STATUS_SUCCESS;
    *sacl = parts.sacl;
    *defaulted = !!(control & SE_SACL_DEFAULTED);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlGetControlSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, SECURITY_DESCRIPTOR_CONTROL *control, ULONG *revision)
{
    const SECURITY_DESCRIPTOR *sd = descriptor;
    *revision = sd->Revision;
    if (sd->Revision != SECURITY_DESCRIPTOR_REVISION) return STATUS_UNKNOWN_REVISION;
    *control = sd->Control;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlSetControlSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, SECURITY_DESCRIPTOR_CONTROL mask,
                                               SECURITY_DESCRIPTOR_CONTROL bits)
{
    /* 0x0040 SE_DACL_UNTRUSTED, 0x0080 SE_SERVER_SECURITY */
    const SECURITY_DESCRIPTOR_CONTROL allowed = 0x0040 | 0x0080 | SE_DACL_AUTO_INHERIT_REQ |
                                                SE_SACL_AUTO_INHERIT_REQ | SE_DACL_AUTO_INHERITED | SE_SACL_AUTO_INHERITED |
                                                SE_DACL_PROTECTED | SE_SACL_PROTECTED;
    SECURITY_DESCRIPTOR *sd = descriptor;
    if ((mask | bits) & ~allowed || bits & ~mask) return STATUS_INVALID_PARAMETER;
    sd->Control = (sd->Control & ~mask) | bits;
    return STATUS_SUCCESS;
}

static BYTE *append(SECURITY_DESCRIPTOR_RELATIVE *to, BYTE *at, DWORD *offset, const void *from, ULONG size)
{
    *offset = 0;
    if (!from) return at;
    memcpy(at, from, size);
    *offset = (DWORD)(at - (BYTE *)to);
    return at + aligned(size);
}

/* Self-relative copy; `*room` gets the size when it is too small. */
NTSTATUS NTAPI RtlMakeSelfRelativeSD(PSECURITY_DESCRIPTOR from, PSECURITY_DESCRIPTOR result, ULONG *room)
{
    SECURITY_DESCRIPTOR_RELATIVE *to = result;
    struct parts parts;
    ULONG size = sizeof(*to);
    BYTE *at;

    parts_of(from, &parts);
    size += parts.owner ? aligned(RtlLengthSid(parts.owner)) : 0;
    size += parts.group ? aligned(RtlLengthSid(parts.group)) : 0;
    size += (parts.dacl ? aligned(parts.dacl->AclSize) : 0) + (parts.sacl ? aligned(parts.sacl->AclSize) : 0);
    if (*room < size) {
        *room = size;
        return STATUS_BUFFER_TOO_SMALL;
    }
    memset(to, 0, size);
    to->Revision = SECURITY_DESCRIPTOR_REVISION;
    to->Sbz1 = ((SECURITY_DESCRIPTOR *)from)->Sbz1;
    to->Control = ((SECURITY_DESCRIPTOR *)from)->Control | SE_SELF_RELATIVE;
    at = (BYTE *)(to + 1);
    at = append(to, at, &to->Sacl, parts.sacl, parts.sacl ? parts.sacl->AclSize : 0);
    at = append(to, at, &to->Dacl, parts.dacl, parts.dacl ? parts.dacl->AclSize : 0);
    at = append(to, at, &to->Owner, parts.owner, parts.owner ? RtlLengthSid(parts.owner) : 0);
    append(to, at, &to->Group, parts.group, parts.group ? RtlLengthSid(parts.group) : 0);
    *room = size;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAbsoluteToSelfRelativeSD(PSECURITY_DESCRIPTOR from, PSECURITY_DESCRIPTOR to, ULONG *room)
{
    if (((SECURITY_DESCRIPTOR *)from)->Control & SE_SELF_RELATIVE) return STATUS_BAD_DESCRIPTOR_FORMAT;
    return RtlMakeSelfRelativeSD(from, to, room);
}

NTSTATUS NTAPI RtlSelfRelativeToAbsoluteSD(PSECURITY_DESCRIPTOR from, PSECURITY_DESCRIPTOR result, ULONG *size, ACL *dacl,
                                           ULONG *dacl_size, ACL *sacl, ULONG *sacl_size, PSID owner, ULONG *owner_size,
                                           PSID group, ULONG *group_size)
{
    SECURITY_DESCRIPTOR *to = result;
    struct parts parts;
    ULONG need[4];

    if (!(((SECURITY_DESCRIPTOR *)from)->Control & SE_SELF_RELATIVE)) return STATUS_BAD_DESCRIPTOR_FORMAT;
    parts_of(from, &parts);
    need[0] = parts.dacl ? parts.dacl->AclSize : 0;
    need[1] = parts.sacl ? parts.sacl->AclSize : 0;
    need[2] = parts.owner ? RtlLengthSid(parts.owner) : 0;
    need[3] = parts.group ? RtlLengthSid(parts.group) : 0;
    if (*size < sizeof(*to) || *dacl_size < need[0] || *sacl_size < need[1] || *owner_size < need[2] || *group_size < need[3]) {
        *size = sizeof(*to);
        *dacl_size = need[0];
        *sacl_size = need[1];
        *owner_size = need[2];
        *group_size = need[3];
        return STATUS_BUFFER_TOO_SMALL;
    }
    memset(to, 0, sizeof(*to));
    to->Revision = SECURITY_DESCRIPTOR_REVISION;
    to->Sbz1 = ((SECURITY_DESCRIPTOR *)from)->Sbz1;
    to->Control = ((SECURITY_DESCRIPTOR *)from)->Control & ~SE_SELF_RELATIVE;
    if (parts.dacl) memcpy(to->Dacl = dacl, parts.dacl, need[0]);
    if (parts.sacl) memcpy(to->Sacl = sacl, parts.sacl, need[1]);
    if (parts.owner) memcpy(to->Owner = owner, parts.owner, need[2]);
    if (parts.group) memcpy(to->Group = group, parts.group, need[3]);
    return STATUS_SUCCESS;
}
