/* Access control lists: audit, label and object entries; access masks. */
#include "ntdll.h"

#define VALID_ACE_FLAGS_ (VALID_INHERIT_FLAGS | SUCCESSFUL_ACCESS_ACE_FLAG | FAILED_ACCESS_ACE_FLAG)

static NTSTATUS add_ace(ACL *acl, ULONG revision, ULONG flags, ULONG mask, PSID sid, UCHAR type)
{
    ACE_HEADER *free_at;

    if (!RtlValidSid(sid)) return STATUS_INVALID_SID;
    if (revision > MAX_ACL_REVISION || acl->AclRevision > MAX_ACL_REVISION) return STATUS_REVISION_MISMATCH;
    if (!RtlValidAcl(acl) || !RtlFirstFreeAce(acl, &free_at)) return STATUS_INVALID_ACL;
    if (flags & ~VALID_ACE_FLAGS_) return STATUS_INVALID_PARAMETER;
    ULONG size = offsetof(ACCESS_ALLOWED_ACE, SidStart) + RtlLengthSid(sid);
    if (size > (ULONG)((char *)acl + acl->AclSize - (char *)free_at)) return STATUS_ALLOTTED_SPACE_EXCEEDED;
    ACCESS_ALLOWED_ACE *ace = (ACCESS_ALLOWED_ACE *)free_at;
    ace->Header.AceType = type;
    ace->Header.AceFlags = (UCHAR)flags;
    ace->Header.AceSize = (USHORT)size;
    ace->Mask = mask;
    memcpy(&ace->SidStart, sid, RtlLengthSid(sid));
    acl->AceCount++;
    if (revision > acl->AclRevision) acl->AclRevision = (UCHAR)revision;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAddAuditAccessAce(ACL *acl, ULONG revision, ULONG mask, PSID sid, BOOLEAN success, BOOLEAN failure)
{
    return add_ace(acl, revision, (success ? SUCCESSFUL_ACCESS_ACE_FLAG : 0) | (failure ? FAILED_ACCESS_ACE_FLAG : 0), mask,
                   sid, SYSTEM_AUDIT_ACE_TYPE);
}

NTSTATUS NTAPI RtlAddAuditAccessAceEx(ACL *acl, ULONG revision, ULONG flags, ULONG mask, PSID sid, BOOLEAN success,
                                      BOOLEAN failure)
{
    return add_ace(acl, revision, flags | (success ? SUCCESSFUL_ACCESS_ACE_FLAG : 0) | (failure ? FAILED_ACCESS_ACE_FLAG : 0),
                   mask, sid, SYSTEM_AUDIT_ACE_TYPE);
}

NTSTATUS NTAPI RtlAddMandatoryAce(ACL *acl, ULONG revision, ULONG flags, ULONG policy, ULONG type, PSID sid)
{
    if (type != SYSTEM_MANDATORY_LABEL_ACE_TYPE || policy & ~SYSTEM_MANDATORY_LABEL_VALID_MASK) return STATUS_INVALID_PARAMETER;
    return add_ace(acl, revision, flags, policy, sid, SYSTEM_MANDATORY_LABEL_ACE_TYPE);
}

static NTSTATUS add_object_ace(ACL *acl, ULONG revision, ULONG flags, ULONG mask, const GUID *type, const GUID *inherited,
                               PSID sid, UCHAR ace_type)
{
    ACE_HEADER *free_at;

    if (!RtlValidSid(sid)) return STATUS_INVALID_SID;
    if (revision < ACL_REVISION_DS || revision > MAX_ACL_REVISION) return STATUS_REVISION_MISMATCH;
    if (!RtlValidAcl(acl) || !RtlFirstFreeAce(acl, &free_at)) return STATUS_INVALID_ACL;
    if (flags & ~VALID_ACE_FLAGS_) return STATUS_INVALID_PARAMETER;
    ULONG size = sizeof(ACE_HEADER) + 2 * sizeof(ULONG) + (type ? sizeof(GUID) : 0) + (inherited ? sizeof(GUID) : 0) +
                 RtlLengthSid(sid);
    if (size > (ULONG)((char *)acl + acl->AclSize - (char *)free_at)) return STATUS_ALLOTTED_SPACE_EXCEEDED;
    ACCESS_ALLOWED_OBJECT_ACE *ace = (ACCESS_ALLOWED_OBJECT_ACE *)free_at;
    ace->Header.AceType = ace_type;
    ace->Header.AceFlags = (UCHAR)flags;
    ace->Header.AceSize = (USHORT)size;
    ace->Mask = mask;
    ace->Flags = (type ? ACE_OBJECT_TYPE_PRESENT : 0) | (inherited ? ACE_INHERITED_OBJECT_TYPE_PRESENT : 0);
    char *at = (char *)&ace->ObjectType;
    if (type) memcpy(at, type, sizeof(GUID)), at += sizeof(GUID);
    if (inherited) memcpy(at, inherited, sizeof(GUID)), at += sizeof(GUID);
    memcpy(at, sid, RtlLengthSid(sid));
    acl->AceCount++;
    if (revision > acl->AclRevision) acl->AclRevision = (UCHAR)revision;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAddAccessAllowedObjectAce(ACL *acl, ULONG revision, ULONG flags, ULONG mask, const GUID *type,
                                            const GUID *inherited, PSID sid)
{
    if (!type && !inherited) return add_ace(acl, revision, flags, mask, sid, ACCESS_ALLOWED_ACE_TYPE);
    return add_object_ace(acl, revision, flags, mask, type, inherited, sid, ACCESS_ALLOWED_OBJECT_ACE_TYPE);
}

NTSTATUS NTAPI RtlAddAccessDeniedObjectAce(ACL *acl, ULONG revision, ULONG flags, ULONG mask, const GUID *type,
                                           const GUID *inherited, PSID sid)
{
    if (!type && !inherited) return add_ace(acl, revision, flags, mask, sid, ACCESS_DENIED_ACE_TYPE);
    return add_object_ace(acl, revision, flags, mask, type, inherited, sid, ACCESS_DENIED_OBJECT_ACE_TYPE);
}

NTSTATUS NTAPI RtlAddAuditAccessObjectAce(ACL *acl, ULONG revision, ULONG flags, ULONG mask, const GUID *type,
                                          const GUID *inherited, PSID sid, BOOLEAN success, BOOLEAN failure)
{
    flags |= (success ? SUCCESSFUL_ACCESS_ACE_FLAG : 0) | (failure ? FAILED_ACCESS_ACE_FLAG : 0);
    if (!type && !inherited) return add_ace(acl, revision, flags, mask, sid, SYSTEM_AUDIT_ACE_TYPE);
    return add_object_ace(acl, revision, flags, mask, type, inherited, sid, SYSTEM_AUDIT_OBJECT_ACE_TYPE);
}

NTSTATUS NTAPI RtlSetInformationAcl(ACL *acl, void *information, ULONG length, ACL_INFORMATION_CLASS kind)
{
    if (kind != AclRevisionInformation) return STATUS_INVALID_INFO_CLASS;
    if (length < sizeof(ACL_REVISION_INFORMATION)) return STATUS_BUFFER_TOO_SMALL;
    ULONG revision = ((ACL_REVISION_INFORMATION *)information)->AclRevision;
    if (revision < acl->AclRevision || revision > MAX_ACL_REVISION) return STATUS_INVALID_PARAMETER;
    acl->AclRevision = (UCHAR)revision;
    return STATUS_SUCCESS;
}

/* ---- access masks ---- */

void NTAPI RtlMapGenericMask(ACCESS_MASK *mask, const GENERIC_MAPPING *mapping)
{
    if (*mask & GENERIC_READ) *mask |= mapping->GenericRead;
    if (*mask & GENERIC_WRITE) *mask |= mapping->GenericWrite;
    if (*mask & GENERIC_EXECUTE) *mask |= mapping->GenericExecute;
    if (*mask & GENERIC_ALL) *mask |= mapping->GenericAll;
    *mask &= 0x0fffffff;
}

BOOLEAN NTAPI RtlAreAllAccessesGranted(ACCESS_MASK granted, ACCESS_MASK wanted)
{
    return (granted & wanted) == wanted;
}

BOOLEAN NTAPI RtlAreAnyAccessesGranted(ACCESS_MASK granted, ACCESS_MASK wanted)
{
    return (granted & wanted) != 0;
}
