/* Security identifiers (MS-DTYP 2.4.2) and access control lists (2.4.5). */
#include "ntdll.h"

#define SIZE_OF_SID(count) ((ULONG)(offsetof(SID, SubAuthority) + (count) * sizeof(DWORD)))

BOOLEAN NTAPI RtlValidSid(PSID sid)
{
    const SID *s = sid;
    return s && (s->Revision & 15) == SID_REVISION && s->SubAuthorityCount <= SID_MAX_SUB_AUTHORITIES;
}

ULONG NTAPI RtlLengthRequiredSid(ULONG count)
{
    return SIZE_OF_SID(count);
}

ULONG NTAPI RtlLengthSid(PSID sid)
{
    return SIZE_OF_SID(((SID *)sid)->SubAuthorityCount);
}

NTSTATUS NTAPI RtlInitializeSid(PSID sid, SID_IDENTIFIER_AUTHORITY *authority, BYTE count)
{
    SID *s = sid;
    if (count > SID_MAX_SUB_AUTHORITIES) return STATUS_INVALID_PARAMETER;
    s->Revision = SID_REVISION;
    s->SubAuthorityCount = count;
    s->IdentifierAuthority = *authority;
    memset(s->SubAuthority, 0, count * sizeof(DWORD));
    return STATUS_SUCCESS;
}

ULONG *NTAPI RtlSubAuthoritySid(PSID sid, ULONG index)
{
    return &((SID *)sid)->SubAuthority[index];
}

BYTE *NTAPI RtlSubAuthorityCountSid(PSID sid)
{
    return &((SID *)sid)->SubAuthorityCount;
}

SID_IDENTIFIER_AUTHORITY *NTAPI RtlIdentifierAuthoritySid(PSID sid)
{
    return &((SID *)sid)->IdentifierAuthority;
}

NTSTATUS NTAPI RtlCopySid(ULONG room, PSID to, PSID from)
{
    ULONG size = RtlLengthSid(from);
    if (size > room) return STATUS_BUFFER_TOO_SMALL;
    memmove(to, from, size);
    return STATUS_SUCCESS;
}

BOOLEAN NTAPI RtlEqualSid(PSID a, PSID b)
{
    if (!RtlValidSid(a) || !RtlValidSid(b)) return FALSE;
    return *(USHORT *)a == *(USHORT *)b && !memcmp(a, b, RtlLengthSid(a));
}

/* All but the last sub-authority. */
BOOLEAN NTAPI RtlEqualPrefixSid(PSID a, PSID b)
{
    BYTE count = ((SID *)a)->SubAuthorityCount;
    if (!RtlValidSid(a) || !RtlValidSid(b) || count != ((SID *)b)->SubAuthorityCount) return FALSE;
    return !memcmp(a, b, SIZE_OF_SID(count ? count - 1 : 0));
}

NTSTATUS NTAPI RtlAllocateAndInitializeSid(SID_IDENTIFIER_AUTHORITY *authority, BYTE count, ULONG s0, ULONG s1, ULONG s2, ULONG s3,
                                           ULONG s4, ULONG s5, ULONG s6, ULONG s7, PSID *result)
{
    const ULONG values[8] = {s0, s1, s2, s3, s4, s5, s6, s7};
    SID *sid;
    if (count > 8) return STATUS_INVALID_SID;
    if (!(sid = heap_allocate(SIZE_OF_SID(count ? count : 1)))) return STATUS_NO_MEMORY;
    RtlInitializeSid(sid, authority, count);
    memcpy(sid->SubAuthority, values, count * sizeof(ULONG));
    *result = sid;
    return STATUS_SUCCESS;
}

void *NTAPI RtlFreeSid(PSID sid)
{
    heap_free(sid);
    return NULL;
}

static WCHAR *put_number(WCHAR *to, ULONGLONG value, unsigned base)
{
    WCHAR digits[24];
    int count = 0;
    do digits[count++] = L"0123456789ABCDEF"[value % base];
    while (value /= base);
    while (count) *to++ = digits[--count];
    return to;
}

/* "S-1-5-32-544" (MS-DTYP 2.4.2.1). With `allocate` the string is freed with RtlFreeUnicodeString. */
NTSTATUS NTAPI RtlConvertSidToUnicodeString(UNICODE_STRING *string, PSID sid, BOOLEAN allocate)
{
    const SID *s = sid;
    WCHAR text[256], *at = text;
    ULONGLONG authority = 0;
    USHORT bytes;

    if (!RtlValidSid(sid)) return STATUS_INVALID_SID;
    for (int i = 0; i < 6; i++) authority = authority << 8 | s->IdentifierAuthority.Value[i];
    *at++ = 'S';
    *at++ = '-';
    at = put_number(at, s->Revision, 10);
    *at++ = '-';
    if (authority >> 32) *at++ = '0', *at++ = 'x', at = put_number(at, authority, 16);
    else at = put_number(at, authority, 10);
    for (int i = 0; i < s->SubAuthorityCount; i++) {
        *at++ = '-';
        at = put_number(at, s->SubAuthority[i], 10);
    }
    *at++ = 0;
    bytes = (USHORT)((at - text) * sizeof(WCHAR));
    if (allocate) {
        if (!(string->Buffer = heap_allocate(bytes))) return STATUS_NO_MEMORY;
        string->MaximumLength = bytes;
    } else if (string->MaximumLength < bytes) return STATUS_BUFFER_OVERFLOW;
    memcpy(string->Buffer, text, bytes);
    string->Length = bytes - sizeof(WCHAR);
    return STATUS_SUCCESS;
}

/* ---- access control lists ---- */

static ACE_HEADER *ace_at(const ACL *acl, ULONG index)
{
    ACE_HEADER *ace = (ACE_HEADER *)(acl + 1);
    while (index--) ace = (ACE_HEADER *)((BYTE *)ace + ace->AceSize);
    return ace;
}

NTSTATUS NTAPI RtlCreateAcl(ACL *acl, ULONG size, ULONG revision)
{
    if (size < sizeof(ACL)) return STATUS_BUFFER_TOO_SMALL;
    if (revision < MIN_ACL_REVISION || revision > MAX_ACL_REVISION || size > 0xffff) return STATUS_INVALID_PARAMETER;
    *acl = (ACL){.AclRevision = (BYTE)revision, .AclSize = (WORD)(size & ~3)};
    return STATUS_SUCCESS;
}

/* Where the next entry goes; FALSE if the entries do not lie within the list, `*ace` NULL if it is full. */
BOOLEAN NTAPI RtlFirstFreeAce(ACL *acl, ACE_HEADER **ace)
{
    BYTE *at = (BYTE *)(acl + 1), *end = (BYTE *)acl + acl->AclSize;
    *ace = NULL;
    for (unsigned i = 0; i < acl->AceCount; i++) {
        if (at + sizeof(ACE_HEADER) > end || ((ACE_HEADER *)at)->AceSize < sizeof(ACE_HEADER)) return FALSE;
        at += ((ACE_HEADER *)at)->AceSize;
    }
    if (at > end) return FALSE;
    if (at < end) *ace = (ACE_HEADER *)at;
    return TRUE;
}

BOOLEAN NTAPI RtlValidAcl(ACL *acl)
{
    ACE_HEADER *free_ace;
    return acl && acl->AclRevision >= MIN_ACL_REVISION && acl->AclRevision <= MAX_ACL_REVISION && acl->AclSize >= sizeof(ACL) &&
           RtlFirstFreeAce(acl, &free_ace);
}

static NTSTATUS add_entry(ACL *acl, ULONG revision, ULONG index, const void *entries, ULONG size, ULONG count)
{
    ACE_HEADER *end;
    if (revision > MAX_ACL_REVISION) return STATUS_REVISION_MISMATCH;
    if (!RtlFirstFreeAce(acl, &end)) return STATUS_INVALID_ACL;
    if (!end || (BYTE *)end + size > (BYTE *)acl + acl->AclSize) return STATUS_ALLOTTED_SPACE_EXCEEDED;
    ACE_HEADER *at = index < acl->AceCount ? ace_at(acl, index) : end;
    memmove((BYTE *)at + size, at, (BYTE *)end - (BYTE *)at);
    memcpy(at, entries, size);
    acl->AceCount += (WORD)count;
    if (revision > acl->AclRevision) acl->AclRevision = (BYTE)revision;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAddAce(ACL *acl, ULONG revision, ULONG index, void *entries, ULONG size)
{
    ULONG count = 0;
    for (ULONG at = 0; at < size; count++) {
        const ACE_HEADER *ace = (const ACE_HEADER *)((BYTE *)entries + at);
        if (size - at < sizeof(*ace) || ace->AceSize < sizeof(*ace) || ace->AceSize > size - at) return STATUS_INVALID_PARAMETER;
        at += ace->AceSize;
    }
    return add_entry(acl, revision, index, entries, size, count);
}

static NTSTATUS add_access(ACL *acl, ULONG revision, BYTE type, ULONG flags, ACCESS_MASK mask, PSID sid)
{
    BYTE buffer[sizeof(ACCESS_ALLOWED_ACE) + SIZE_OF_SID(SID_MAX_SUB_AUTHORITIES)];
    ACCESS_ALLOWED_ACE *ace = (ACCESS_ALLOWED_ACE *)buffer;
    ULONG size;
    if (!RtlValidSid(sid)) return STATUS_INVALID_SID;
    if (flags & ~(VALID_INHERIT_FLAGS | SUCCESSFUL_ACCESS_ACE_FLAG | FAILED_ACCESS_ACE_FLAG)) return STATUS_INVALID_PARAMETER;
    size = offsetof(ACCESS_ALLOWED_ACE, SidStart) + RtlLengthSid(sid);
    ace->Header = (ACE_HEADER){type, (BYTE)flags, (WORD)size};
    ace->Mask = mask;
    memcpy(&ace->SidStart, sid, RtlLengthSid(sid));
    return add_entry(acl, revision, MAXDWORD, ace, size, 1);
}

NTSTATUS NTAPI RtlAddAccessAllowedAceEx(ACL *acl, ULONG revision, ULONG flags, ACCESS_MASK mask, PSID sid)
{
    return add_access(acl, revision, ACCESS_ALLOWED_ACE_TYPE, flags, mask, sid);
}

NTSTATUS NTAPI RtlAddAccessAllowedAce(ACL *acl, ULONG revision, ACCESS_MASK mask, PSID sid)
{
    return add_access(acl, revision, ACCESS_ALLOWED_ACE_TYPE, 0, mask, sid);
}

NTSTATUS NTAPI RtlAddAccessDeniedAceEx(ACL *acl, ULONG revision, ULONG flags, ACCESS_MASK mask, PSID sid)
{
    return add_access(acl, revision, ACCESS_DENIED_ACE_TYPE, flags, mask, sid);
}

NTSTATUS NTAPI RtlAddAccessDeniedAce(ACL *acl, ULONG revision, ACCESS_MASK mask, PSID sid)
{
    return add_access(acl, revision, ACCESS_DENIED_ACE_TYPE, 0, mask, sid);
}

NTSTATUS NTAPI RtlGetAce(ACL *acl, ULONG index, void **ace)
{
    if (index >= acl->AceCount) return STATUS_INVALID_PARAMETER;
    *ace = ace_at(acl, index);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlDeleteAce(ACL *acl, ULONG index)
{
    ACE_HEADER *at, *end;
    if (index >= acl->AceCount || !RtlValidAcl(acl)) return STATUS_INVALID_PARAMETER;
    at = ace_at(acl, index);
    end = ace_at(acl, acl->AceCount);
    WORD size = at->AceSize;
    memmove(at, (BYTE *)at + size, (BYTE *)end - ((BYTE *)at + size));
    acl->AceCount--;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlQueryInformationAcl(ACL *acl, void *information, ULONG length, ULONG class)
{
    if (class == 1 /* AclRevisionInformation */) {
        if (length < sizeof(ACL_REVISION_INFORMATION)) return STATUS_BUFFER_TOO_SMALL;
        ((ACL_REVISION_INFORMATION *)information)->AclRevision = acl->AclRevision;
        return STATUS_SUCCESS;
    }
    if (class == 2 /* AclSizeInformation */) {
        ACL_SIZE_INFORMATION *size = information;
        if (length < sizeof(*size)) return STATUS_BUFFER_TOO_SMALL;
        if (!RtlValidAcl(acl)) return STATUS_INVALID_ACL;
        size->AceCount = acl->AceCount;
        size->AclBytesInUse = (DWORD)((BYTE *)ace_at(acl, acl->AceCount) - (BYTE *)acl);
        size->AclBytesFree = acl->AclSize - size->AclBytesInUse;
        return STATUS_SUCCESS;
    }
    return STATUS_INVALID_INFO_CLASS;
}
