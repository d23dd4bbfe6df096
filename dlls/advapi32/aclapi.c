/* aclapi.h: lists of access rights merged, security of objects by handle and by name. */
#include "advapi32.h"
#include <accctrl.h>

/* ---- SetEntriesInAcl ---- */

#define ACE_SID(ace) ((PSID)&((ACCESS_ALLOWED_ACE *)(ace))->SidStart)

/* An ACE to be made, and what it does to those that are there. */
struct entry {
    DWORD mask, inheritance;
    ACCESS_MODE mode;
    PSID sid;
};

static bool plain(const ACE_HEADER *ace)
{
    return ace->AceType == ACCESS_ALLOWED_ACE_TYPE || ace->AceType == ACCESS_DENIED_ACE_TYPE ||
           ace->AceType == SYSTEM_AUDIT_ACE_TYPE;
}

/* Whether the new list is to be without an old ACE: its trustee's rights are set anew or revoked. */
static bool replaced(const ACE_HEADER *ace, const struct entry *entries, ULONG count)
{
    ULONG i;

    if (!plain(ace) || (ace->AceFlags & INHERITED_ACE)) return false;
    for (i = 0; i < count; i++)
        if ((entries[i].mode == SET_ACCESS || entries[i].mode == REVOKE_ACCESS) &&
            RtlEqualSid(entries[i].sid, ACE_SID(ace)))
            return true;
    return false;
}

/* Rights already given in the same way are added to; true if that took the entry. Only for `acl`s of our own. */
static bool merged(ACL *acl, const struct entry *entry, UCHAR type)
{
    ULONG i;

    for (i = 0; i < acl->AceCount; i++) {
        ACCESS_ALLOWED_ACE *ace;
        if (RtlGetAce(acl, i, (void **)&ace)) return false;
        if (ace->Header.AceType != type || ace->Header.AceFlags != entry->inheritance ||
            !RtlEqualSid(ACE_SID(ace), entry->sid))
            continue;
        ace->Mask |= entry->mask;
        return true;
    }
    return false;
}

static NTSTATUS add_new(ACL *to, const struct entry *entries, ULONG count, bool denied)
{
    NTSTATUS status = STATUS_SUCCESS;
    ULONG i;

    for (i = 0; i < count && !status; i++) {
        const struct entry *entry = &entries[i];
        ULONG flags = entry->inheritance;
        switch ((int)entry->mode) {
        case DENY_ACCESS:
            if (denied && !merged(to, entry, ACCESS_DENIED_ACE_TYPE))
                status = RtlAddAccessDeniedAceEx(to, ACL_REVISION, flags, entry->mask, entry->sid);
            break;
        case GRANT_ACCESS:
        case SET_ACCESS:
            if (!denied && !merged(to, entry, ACCESS_ALLOWED_ACE_TYPE))
                status = RtlAddAccessAllowedAceEx(to, ACL_REVISION, flags, entry->mask, entry->sid);
            break;
        case SET_AUDIT_SUCCESS:
        case SET_AUDIT_FAILURE:
        case SET_AUDIT_SUCCESS + SET_AUDIT_FAILURE:
            if (denied) /* in front, too */
                status = RtlAddAuditAccessAceEx(to, ACL_REVISION, flags, entry->mask, entry->sid,
                                                entry->mode != SET_AUDIT_FAILURE, entry->mode != SET_AUDIT_SUCCESS);
            break;
        default: /* REVOKE_ACCESS */
            break;
        }
    }
    return status;
}

/* New denials, old denials, new grants, the rest (aclapi.h reference: SetEntriesInAcl, remarks). */
static NTSTATUS fill(ACL *to, const struct entry *entries, ULONG count, ACL *old)
{
    NTSTATUS status = add_new(to, entries, count, true);
    ULONG i, old_count = old ? old->AceCount : 0;
    bool granted = false;

    for (i = 0; i < old_count && !status; i++) {
        ACE_HEADER *ace;
        status = RtlGetAce(old, i, (void **)&ace);
        if (status || replaced(ace, entries, count)) continue;
        if (ace->AceType == ACCESS_ALLOWED_ACE_TYPE && !granted) {
            status = add_new(to, entries, count, false);
            granted = true;
        }
        if (!status) status = RtlAddAce(to, ACL_REVISION, ~0u, ace, ace->AceSize);
    }
    return status || granted ? status : add_new(to, entries, count, false);
}

/* A list to be freed with LocalFree. */
static DWORD make_list(struct entry *entries, ULONG count, ACL *old, ACL **result)
{
    ULONG size = sizeof(ACL), i;
    NTSTATUS status;
    ACL *acl;

    if (old && !RtlValidAcl(old)) return ERROR_INVALID_ACL;
    for (i = 0; i < count; i++) size += sizeof(ACCESS_ALLOWED_ACE) + RtlLengthSid(entries[i].sid);
    if (old) size += old->AclSize;
    size = (size + 3) & ~3u;
    if (size > 0xffff) return ERROR_INVALID_PARAMETER;
    acl = LocalAlloc(LPTR, size);
    if (!acl) return ERROR_NOT_ENOUGH_MEMORY;
    status = RtlCreateAcl(acl, size, old && old->AclRevision > ACL_REVISION ? old->AclRevision : ACL_REVISION);
    if (!status) status = fill(acl, entries, count, old);
    if (status) {
        LocalFree(acl);
        return RtlNtStatusToDosError(status);
    }
    *result = acl;
    return ERROR_SUCCESS;
}

/* The SID of this process's user, in memory to be freed with mem_free; NULL without. */
static PSID current_user(void)
{
    TOKEN_USER *user = mem_alloc(sizeof(*user) + SECURITY_MAX_SID_SIZE);
    HANDLE token;
    ULONG bytes;

    if (!user || NtOpenProcessToken(NtCurrentProcess(), TOKEN_QUERY, &token)) {
        mem_free(user);
        return NULL;
    }
    NTSTATUS status = NtQueryInformationToken(token, TokenUser, user, sizeof(*user) + SECURITY_MAX_SID_SIZE, &bytes);
    NtClose(token);
    if (status) {
        mem_free(user);
        return NULL;
    }
    return memmove(user, user->User.Sid, RtlLengthSid(user->User.Sid));
}

static bool same(const WCHAR *a, const WCHAR *b)
{
    return CompareStringOrdinal(a, -1, b, -1, TRUE) == CSTR_EQUAL;
}

/* The SID a trustee names. *made: to be freed. Names: CURRENT_USER, Everyone; there is no other account data. */
static DWORD trustee_sid(TRUSTEE_FORM form, const void *name, bool wide, PSID *sid, PSID *made)
{
    static const SID everyone = {SID_REVISION, 1, {SECURITY_WORLD_SID_AUTHORITY}, {SECURITY_WORLD_RID}};
    WCHAR text[64];
    ULONG i;

    if (!name) return ERROR_INVALID_PARAMETER;
    switch (form) {
    case TRUSTEE_IS_SID:
        *sid = (PSID)name;
        return RtlValidSid(*sid) ? ERROR_SUCCESS : ERROR_INVALID_SID;
    case TRUSTEE_IS_NAME:
        for (i = 0; i < ARRAYSIZE(text) - 1; i++)
            if (!(text[i] = wide ? ((const WCHAR *)name)[i] : ((const UCHAR *)name)[i])) break;
        text[i] = 0;
        if (same(text, L"CURRENT_USER")) {
            *sid = *made = current_user();
            return *made ? ERROR_SUCCESS : ERROR_NONE_MAPPED;
        }
        *sid = (PSID)&everyone;
        return same(text, L"Everyone") ? ERROR_SUCCESS : ERROR_NONE_MAPPED;
    default:
        return ERROR_INVALID_PARAMETER;
    }
}

/* EXPLICIT_ACCESS_A and W differ in the type of a name alone. */
static DWORD set_entries(ULONG count, const EXPLICIT_ACCESS_W *list, ACL *old, ACL **result, bool wide)
{
    struct entry *entries;
    PSID *made;
    DWORD error = ERROR_SUCCESS;
    ULONG i;

    if (!result || (count && !list) || count > 0x1000) return ERROR_INVALID_PARAMETER;
    *result = NULL;
    if (!count && !old) return ERROR_SUCCESS;
    entries = LocalAlloc(LPTR, (count + 1) * (sizeof(*entries) + sizeof(*made)));
    if (!entries) return ERROR_NOT_ENOUGH_MEMORY;
    made = (PSID *)(entries + count + 1);
    for (i = 0; i < count && !error; i++) {
        entries[i] = (struct entry){.mask = list[i].grfAccessPermissions, .inheritance = list[i].grfInheritance,
                                    .mode = list[i].grfAccessMode};
        if (list[i].grfAccessMode <= NOT_USED_ACCESS ||
            (int)list[i].grfAccessMode > SET_AUDIT_SUCCESS + SET_AUDIT_FAILURE || list[i].Trustee.pMultipleTrustee ||
            (list[i].grfInheritance & ~(ULONG)VALID_INHERIT_FLAGS))
            error = ERROR_INVALID_PARAMETER;
        else error = trustee_sid(list[i].Trustee.TrusteeForm, list[i].Trustee.ptstrName, wide, &entries[i].sid, &made[i]);
    }
    if (!error) error = make_list(entries, count, old, result);
    for (i = 0; i < count; i++) mem_free(made[i]);
    LocalFree(entries);
    return error;
}

/* Returns the error. The new list is freed with LocalFree. */
DWORD WINAPI SetEntriesInAclW(ULONG count, PEXPLICIT_ACCESS_W list, PACL old, PACL *result)
{
    return set_entries(count, list, old, result, true);
}

DWORD WINAPI SetEntriesInAclA(ULONG count, PEXPLICIT_ACCESS_A list, PACL old, PACL *result)
{
    return set_entries(count, (EXPLICIT_ACCESS_W *)list, old, result, false);
}

/* ---- security of objects ---- */

static bool by_handle(SE_OBJECT_TYPE type)
{
    return type == SE_FILE_OBJECT || type == SE_KERNEL_OBJECT || type == SE_REGISTRY_KEY;
}

/* Files, kernel objects and registry keys. The results point into *sd, which is freed with LocalFree. */
DWORD WINAPI GetSecurityInfo(HANDLE handle, SE_OBJECT_TYPE type, SECURITY_INFORMATION what, PSID *owner, PSID *group,
                             PACL *dacl, PACL *sacl, PSECURITY_DESCRIPTOR *sd)
{
    PSECURITY_DESCRIPTOR got = NULL;
    BOOLEAN present, defaulted;
    ULONG needed = 0;
    NTSTATUS status;

    if (!by_handle(type)) return ERROR_NOT_SUPPORTED;
    if (!sd && (owner || group || dacl || sacl)) return ERROR_INVALID_PARAMETER;
    status = NtQuerySecurityObject(handle, what, NULL, 0, &needed);
    if (status == STATUS_BUFFER_TOO_SMALL) {
        if (!(got = LocalAlloc(LPTR, needed))) return ERROR_NOT_ENOUGH_MEMORY;
        status = NtQuerySecurityObject(handle, what, got, needed, &needed);
    }
    if (status) {
        LocalFree(got);
        return RtlNtStatusToDosError(status);
    }
    if (owner) {
        *owner = NULL;
        if (what & OWNER_SECURITY_INFORMATION) RtlGetOwnerSecurityDescriptor(got, owner, &defaulted);
    }
    if (group) {
        *group = NULL;
        if (what & GROUP_SECURITY_INFORMATION) RtlGetGroupSecurityDescriptor(got, group, &defaulted);
    }
    if (dacl) {
        *dacl = NULL;
        if (what & DACL_SECURITY_INFORMATION) RtlGetDaclSecurityDescriptor(got, &present, dacl, &defaulted);
    }
    if (sacl) {
        *sacl = NULL;
        if (what & SACL_SECURITY_INFORMATION) RtlGetSaclSecurityDescriptor(got, &present, sacl, &defaulted);
    }
    if (sd) *sd = got;
    else LocalFree(got);
    return ERROR_SUCCESS;
}

DWORD WINAPI SetSecurityInfo(HANDLE handle, SE_OBJECT_TYPE type, SECURITY_INFORMATION what, PSID owner, PSID group,
                             PACL dacl, PACL sacl)
{
    SECURITY_DESCRIPTOR sd;
    NTSTATUS status;

    if (!by_handle(type)) return ERROR_NOT_SUPPORTED;
    status = RtlCreateSecurityDescriptor(&sd, SECURITY_DESCRIPTOR_REVISION);
    if (!status && (what & OWNER_SECURITY_INFORMATION)) status = RtlSetOwnerSecurityDescriptor(&sd, owner, FALSE);
    if (!status && (what & GROUP_SECURITY_INFORMATION)) status = RtlSetGroupSecurityDescriptor(&sd, group, FALSE);
    if (!status && (what & DACL_SECURITY_INFORMATION)) status = RtlSetDaclSecurityDescriptor(&sd, TRUE, dacl, FALSE);
    if (!status && (what & SACL_SECURITY_INFORMATION)) status = RtlSetSaclSecurityDescriptor(&sd, TRUE, sacl, FALSE);
    if (!status) status = NtSetSecurityObject(handle, what, &sd);
    return RtlNtStatusToDosError(status);
}

/* A handle to a file or folder of this name. */
static DWORD open_named(const WCHAR *name, SE_OBJECT_TYPE type, ACCESS_MASK access, HANDLE *handle)
{
    if (!name) return ERROR_INVALID_PARAMETER;
    if (type != SE_FILE_OBJECT) return ERROR_NOT_SUPPORTED;
    *handle = CreateFileW(name, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                          FILE_FLAG_BACKUP_SEMANTICS, NULL);
    return *handle == INVALID_HANDLE_VALUE ? GetLastError() : ERROR_SUCCESS;
}

/* Files and folders; ERROR_NOT_SUPPORTED for objects of other kinds. */
DWORD WINAPI GetNamedSecurityInfoW(LPCWSTR name, SE_OBJECT_TYPE type, SECURITY_INFORMATION what, PSID *owner, PSID *group,
                                   PACL *dacl, PACL *sacl, PSECURITY_DESCRIPTOR *sd)
{
    HANDLE handle;
    DWORD error = open_named(name, type, READ_CONTROL | (what & SACL_SECURITY_INFORMATION ? ACCESS_SYSTEM_SECURITY : 0),
                             &handle);

    if (error) return error;
    error = GetSecurityInfo(handle, type, what, owner, group, dacl, sacl, sd);
    NtClose(handle);
    return error;
}

DWORD WINAPI SetNamedSecurityInfoW(LPWSTR name, SE_OBJECT_TYPE type, SECURITY_INFORMATION what, PSID owner, PSID group,
                                   PACL dacl, PACL sacl)
{
    HANDLE handle;
    ACCESS_MASK access = 0;
    DWORD error;

    if (what & (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION)) access |= WRITE_OWNER;
    if (what & DACL_SECURITY_INFORMATION) access |= WRITE_DAC;
    if (what & SACL_SECURITY_INFORMATION) access |= ACCESS_SYSTEM_SECURITY;
    error = open_named(name, type, access, &handle);
    if (error) return error;
    error = SetSecurityInfo(handle, type, what, owner, group, dacl, sacl);
    NtClose(handle);
    return error;
}
