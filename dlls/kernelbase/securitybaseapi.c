/* securitybaseapi.h: SIDs, access control lists, security descriptors, tokens: Win32 over Rtl and Nt. */
#include "kernelbase.h"

#define SIMPLE(name, arguments, call) \
    BOOL WINAPI name arguments \
    { \
        return status_to_bool(call); \
    }

/* ---- SIDs ---- */

BOOL WINAPI AllocateAndInitializeSid(SID_IDENTIFIER_AUTHORITY *authority, BYTE count, DWORD s0, DWORD s1, DWORD s2, DWORD s3,
                                     DWORD s4, DWORD s5, DWORD s6, DWORD s7, PSID *sid)
{
    return status_to_bool(RtlAllocateAndInitializeSid(authority, count, s0, s1, s2, s3, s4, s5, s6, s7, sid));
}

void *WINAPI FreeSid(PSID sid)
{
    return RtlFreeSid(sid);
}

SIMPLE(CopySid, (DWORD room, PSID to, PSID from), RtlCopySid(room, to, from))
SIMPLE(InitializeSid, (PSID sid, SID_IDENTIFIER_AUTHORITY *authority, BYTE count), RtlInitializeSid(sid, authority, count))

BOOL WINAPI EqualSid(PSID a, PSID b)
{
    BOOL equal = RtlEqualSid(a, b);
    set_error(ERROR_SUCCESS);
    return equal;
}

BOOL WINAPI EqualPrefixSid(PSID a, PSID b)
{
    return RtlEqualPrefixSid(a, b);
}

BOOL WINAPI IsValidSid(PSID sid)
{
    return RtlValidSid(sid) || set_error(ERROR_INVALID_SID);
}

DWORD WINAPI GetLengthSid(PSID sid)
{
    return RtlLengthSid(sid);
}

DWORD WINAPI GetSidLengthRequired(UCHAR count)
{
    return RtlLengthRequiredSid(count);
}

SID_IDENTIFIER_AUTHORITY *WINAPI GetSidIdentifierAuthority(PSID sid)
{
    set_error(ERROR_SUCCESS);
    return RtlIdentifierAuthoritySid(sid);
}

DWORD *WINAPI GetSidSubAuthority(PSID sid, DWORD index)
{
    set_error(ERROR_SUCCESS);
    return RtlSubAuthoritySid(sid, index);
}

UCHAR *WINAPI GetSidSubAuthorityCount(PSID sid)
{
    set_error(ERROR_SUCCESS);
    return RtlSubAuthorityCountSid(sid);
}

/* SIDs that need no domain: type, authority, sub-authorities (MS-DTYP 2.4.2.4). */
static const struct {
    BYTE type, authority, count;
    DWORD sub[2];
} well_known[] = {
    {WinNullSid, 0, 1, {0}},
    {WinWorldSid, 1, 1, {0}},
    {WinLocalSid, 2, 1, {0}},
    {WinCreatorOwnerSid, 3, 1, {0}},
    {WinCreatorGroupSid, 3, 1, {1}},
    {WinCreatorOwnerServerSid, 3, 1, {2}},
    {WinCreatorGroupServerSid, 3, 1, {3}},
    {WinNtAuthoritySid, 5, 0, {0}},
    {WinDialupSid, 5, 1, {1}},
    {WinNetworkSid, 5, 1, {2}},
    {WinBatchSid, 5, 1, {3}},
    {WinInteractiveSid, 5, 1, {4}},
    {WinServiceSid, 5, 1, {6}},
    {WinAnonymousSid, 5, 1, {7}},
    {WinProxySid, 5, 1, {8}},
    {WinEnterpriseControllersSid, 5, 1, {9}},
    {WinSelfSid, 5, 1, {10}},
    {WinAuthenticatedUserSid, 5, 1, {11}},
    {WinRestrictedCodeSid, 5, 1, {12}},
    {WinTerminalServerSid, 5, 1, {13}},
    {WinRemoteLogonIdSid, 5, 1, {14}},
    {WinLocalSystemSid, 5, 1, {18}},
    {WinLocalServiceSid, 5, 1, {19}},
    {WinNetworkServiceSid, 5, 1, {20}},
    {WinBuiltinDomainSid, 5, 1, {32}},
    {WinBuiltinAdministratorsSid, 5, 2, {32, 544}},
    {WinBuiltinUsersSid, 5, 2, {32, 545}},
    {WinBuiltinGuestsSid, 5, 2, {32, 546}},
    {WinBuiltinPowerUsersSid, 5, 2, {32, 547}},
    {WinBuiltinAccountOperatorsSid, 5, 2, {32, 548}},
    {WinBuiltinSystemOperatorsSid, 5, 2, {32, 549}},
    {WinBuiltinPrintOperatorsSid, 5, 2, {32, 550}},
    {WinBuiltinBackupOperatorsSid, 5, 2, {32, 551}},
    {WinBuiltinReplicatorSid, 5, 2, {32, 552}},
    {WinBuiltinRemoteDesktopUsersSid, 5, 2, {32, 555}},
    {WinBuiltinNetworkConfigurationOperatorsSid, 5, 2, {32, 556}},
    {WinUntrustedLabelSid, 16, 1, {0}},
    {WinLowLabelSid, 16, 1, {4096}},
    {WinMediumLabelSid, 16, 1, {8192}},
    {WinHighLabelSid, 16, 1, {12288}},
    {WinSystemLabelSid, 16, 1, {16384}},
};

BOOL WINAPI CreateWellKnownSid(WELL_KNOWN_SID_TYPE type, PSID domain, PSID sid, DWORD *room)
{
    for (unsigned i = 0; i < sizeof(well_known) / sizeof(well_known[0]); i++) {
        SID_IDENTIFIER_AUTHORITY authority = {{0, 0, 0, 0, 0, well_known[i].authority}};
        DWORD size = RtlLengthRequiredSid(well_known[i].count);
        if (well_known[i].type != type) continue;
        if (!room) return set_error(ERROR_INVALID_PARAMETER);
        if (*room < size || !sid) {
            *room = size;
            return set_error(sid ? ERROR_INSUFFICIENT_BUFFER : ERROR_INVALID_PARAMETER);
        }
        *room = size;
        RtlInitializeSid(sid, &authority, well_known[i].count);
        for (int j = 0; j < well_known[i].count; j++) *RtlSubAuthoritySid(sid, j) = well_known[i].sub[j];
        return TRUE;
    }
    return set_error(ERROR_INVALID_PARAMETER); /* account SIDs need a domain, which there is none of */
}

BOOL WINAPI IsWellKnownSid(PSID sid, WELL_KNOWN_SID_TYPE type)
{
    BYTE buffer[SECURITY_MAX_SID_SIZE];
    DWORD room = sizeof(buffer);
    return CreateWellKnownSid(type, NULL, buffer, &room) && RtlEqualSid(sid, buffer);
}

/* ---- access control lists ---- */

SIMPLE(InitializeAcl, (ACL *acl, DWORD size, DWORD revision), RtlCreateAcl(acl, size, revision))
SIMPLE(AddAce, (ACL *acl, DWORD revision, DWORD index, void *entries, DWORD size), RtlAddAce(acl, revision, index, entries, size))
SIMPLE(DeleteAce, (ACL *acl, DWORD index), RtlDeleteAce(acl, index))
SIMPLE(GetAce, (ACL *acl, DWORD index, void **ace), RtlGetAce(acl, index, ace))
SIMPLE(AddAccessAllowedAce, (ACL *acl, DWORD revision, DWORD mask, PSID sid), RtlAddAccessAllowedAce(acl, revision, mask, sid))
SIMPLE(AddAccessAllowedAceEx, (ACL *acl, DWORD revision, DWORD flags, DWORD mask, PSID sid),
       RtlAddAccessAllowedAceEx(acl, revision, flags, mask, sid))
SIMPLE(AddAccessDeniedAce, (ACL *acl, DWORD revision, DWORD mask, PSID sid), RtlAddAccessDeniedAce(acl, revision, mask, sid))
SIMPLE(AddAccessDeniedAceEx, (ACL *acl, DWORD revision, DWORD flags, DWORD mask, PSID sid),
       RtlAddAccessDeniedAceEx(acl, revision, flags, mask, sid))
SIMPLE(GetAclInformation, (ACL *acl, void *information, DWORD size, ACL_INFORMATION_CLASS class),
       RtlQueryInformationAcl(acl, information, size, class))
SIMPLE(FindFirstFreeAce, (ACL *acl, void **ace), RtlFirstFreeAce(acl, (ACE_HEADER **)ace) ? STATUS_SUCCESS : STATUS_INVALID_ACL)

BOOL WINAPI IsValidAcl(ACL *acl)
{
    return RtlValidAcl(acl) || set_error(ERROR_INVALID_ACL);
}

/* ---- security descriptors ---- */

SIMPLE(InitializeSecurityDescriptor, (PSECURITY_DESCRIPTOR sd, DWORD revision), RtlCreateSecurityDescriptor(sd, revision))
SIMPLE(SetSecurityDescriptorOwner, (PSECURITY_DESCRIPTOR sd, PSID owner, BOOL defaulted),
       RtlSetOwnerSecurityDescriptor(sd, owner, !!defaulted))
SIMPLE(SetSecurityDescriptorGroup, (PSECURITY_DESCRIPTOR sd, PSID group, BOOL defaulted),
       RtlSetGroupSecurityDescriptor(sd, group, !!defaulted))
SIMPLE(SetSecurityDescriptorDacl, (PSECURITY_DESCRIPTOR sd, BOOL present, ACL *acl, BOOL defaulted),
       RtlSetDaclSecurityDescriptor(sd, !!present, acl, !!defaulted))
SIMPLE(SetSecurityDescriptorSacl, (PSECURITY_DESCRIPTOR sd, BOOL present, ACL *acl, BOOL defaulted),
       RtlSetSaclSecurityDescriptor(sd, !!present, acl, !!defaulted))
SIMPLE(SetSecurityDescriptorControl, (PSECURITY_DESCRIPTOR sd, SECURITY_DESCRIPTOR_CONTROL mask, SECURITY_DESCRIPTOR_CONTROL bits),
       RtlSetControlSecurityDescriptor(sd, mask, bits))
SIMPLE(GetSecurityDescriptorControl, (PSECURITY_DESCRIPTOR sd, SECURITY_DESCRIPTOR_CONTROL *control, DWORD *revision),
       RtlGetControlSecurityDescriptor(sd, control, revision))
SIMPLE(MakeSelfRelativeSD, (PSECURITY_DESCRIPTOR from, PSECURITY_DESCRIPTOR to, DWORD *room), RtlMakeSelfRelativeSD(from, to, room))

BOOL WINAPI GetSecurityDescriptorOwner(PSECURITY_DESCRIPTOR sd, PSID *owner, BOOL *defaulted)
{
    BOOLEAN value = FALSE;
    BOOL done = status_to_bool(RtlGetOwnerSecurityDescriptor(sd, owner, &value));
    *defaulted = value;
    return done;
}

BOOL WINAPI GetSecurityDescriptorGroup(PSECURITY_DESCRIPTOR sd, PSID *group, BOOL *defaulted)
{
    BOOLEAN value = FALSE;
    BOOL done = status_to_bool(RtlGetGroupSecurityDescriptor(sd, group, &value));
    *defaulted = value;
    return done;
}

BOOL WINAPI GetSecurityDescriptorDacl(PSECURITY_DESCRIPTOR sd, BOOL *present, ACL **acl, BOOL *defaulted)
{
    BOOLEAN is_present = FALSE, value = FALSE;
    BOOL done = status_to_bool(RtlGetDaclSecurityDescriptor(sd, &is_present, acl, &value));
    *present = is_present;
    *defaulted = value;
    return done;
}

BOOL WINAPI GetSecurityDescriptorSacl(PSECURITY_DESCRIPTOR sd, BOOL *present, ACL **acl, BOOL *defaulted)
{
    BOOLEAN is_present = FALSE, value = FALSE;
    BOOL done = status_to_bool(RtlGetSaclSecurityDescriptor(sd, &is_present, acl, &value));
    *present = is_present;
    *defaulted = value;
    return done;
}

DWORD WINAPI GetSecurityDescriptorLength(PSECURITY_DESCRIPTOR sd)
{
    return RtlLengthSecurityDescriptor(sd);
}

BOOL WINAPI IsValidSecurityDescriptor(PSECURITY_DESCRIPTOR sd)
{
    return RtlValidSecurityDescriptor(sd) || set_error(ERROR_INVALID_SECURITY_DESCR);
}

BOOL WINAPI MakeAbsoluteSD(PSECURITY_DESCRIPTOR from, PSECURITY_DESCRIPTOR to, DWORD *size, ACL *dacl, DWORD *dacl_size, ACL *sacl,
                           DWORD *sacl_size, PSID owner, DWORD *owner_size, PSID group, DWORD *group_size)
{
    return status_to_bool(RtlSelfRelativeToAbsoluteSD(from, to, size, dacl, dacl_size, sacl, sacl_size, owner, owner_size, group,
                                                      group_size));
}

SIMPLE(GetKernelObjectSecurity, (HANDLE handle, SECURITY_INFORMATION what, PSECURITY_DESCRIPTOR sd, DWORD room, DWORD *needed),
       NtQuerySecurityObject(handle, what, sd, room, needed))
SIMPLE(SetKernelObjectSecurity, (HANDLE handle, SECURITY_INFORMATION what, PSECURITY_DESCRIPTOR sd),
       NtSetSecurityObject(handle, what, sd))

static BOOL file_security(const WCHAR *name, ACCESS_MASK access, HANDLE *file)
{
    UNICODE_STRING path;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    NTSTATUS status;

    if (!nt_path(name, &path)) return FALSE;
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = NtOpenFile(file, access, &attributes, &io, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, 0);
    RtlFreeUnicodeString(&path);
    return status_to_bool(status);
}

BOOL WINAPI GetFileSecurityW(const WCHAR *name, SECURITY_INFORMATION what, PSECURITY_DESCRIPTOR sd, DWORD room, DWORD *needed)
{
    HANDLE file;
    BOOL done;
    if (!file_security(name, READ_CONTROL | (what & SACL_SECURITY_INFORMATION ? ACCESS_SYSTEM_SECURITY : 0), &file)) return FALSE;
    done = GetKernelObjectSecurity(file, what, sd, room, needed);
    NtClose(file);
    return done;
}

BOOL WINAPI SetFileSecurityW(const WCHAR *name, SECURITY_INFORMATION what, PSECURITY_DESCRIPTOR sd)
{
    ACCESS_MASK access = (what & (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION) ? WRITE_OWNER : 0) |
                         (what & DACL_SECURITY_INFORMATION ? WRITE_DAC : 0) |
                         (what & SACL_SECURITY_INFORMATION ? ACCESS_SYSTEM_SECURITY : 0);
    HANDLE file;
    BOOL done;
    if (!file_security(name, access, &file)) return FALSE;
    done = SetKernelObjectSecurity(file, what, sd);
    NtClose(file);
    return done;
}

/* ---- tokens ---- */

SIMPLE(OpenProcessToken, (HANDLE process, DWORD access, HANDLE *token), NtOpenProcessToken(process, access, token))
SIMPLE(OpenThreadToken, (HANDLE thread, DWORD access, BOOL as_self, HANDLE *token), NtOpenThreadToken(thread, access, !!as_self, token))
SIMPLE(GetTokenInformation, (HANDLE token, TOKEN_INFORMATION_CLASS class, void *to, DWORD room, DWORD *needed),
       NtQueryInformationToken(token, class, to, room, needed))

/* TRUE with ERROR_NOT_ALL_ASSIGNED when the token lacks some of the privileges. */
BOOL WINAPI AdjustTokenPrivileges(HANDLE token, BOOL disable_all, TOKEN_PRIVILEGES *wanted, DWORD size, TOKEN_PRIVILEGES *before,
                                  DWORD *needed)
{
    NTSTATUS status = NtAdjustPrivilegesToken(token, !!disable_all, wanted, size, before, needed);
    if (status < 0) return set_status(status);
    set_error(status == STATUS_NOT_ALL_ASSIGNED ? ERROR_NOT_ALL_ASSIGNED : ERROR_SUCCESS);
    return TRUE;
}

BOOL WINAPI DuplicateTokenEx(HANDLE token, DWORD access, SECURITY_ATTRIBUTES *security, SECURITY_IMPERSONATION_LEVEL level,
                             TOKEN_TYPE type, HANDLE *copy)
{
    SECURITY_QUALITY_OF_SERVICE quality = {sizeof(quality), level, SECURITY_STATIC_TRACKING, FALSE};
    OBJECT_ATTRIBUTES attributes;
    InitializeObjectAttributes(&attributes, NULL, security && security->bInheritHandle ? OBJ_INHERIT : 0, NULL,
                               security ? security->lpSecurityDescriptor : NULL);
    attributes.SecurityQualityOfService = &quality;
    return status_to_bool(NtDuplicateToken(token, access, &attributes, FALSE, type, copy));
}

BOOL WINAPI DuplicateToken(HANDLE token, SECURITY_IMPERSONATION_LEVEL level, HANDLE *copy)
{
    return DuplicateTokenEx(token, TOKEN_IMPERSONATE | TOKEN_QUERY, NULL, level, TokenImpersonation, copy);
}

/* Whether the token (NULL: of the caller) has the SID as an enabled group or user. */
BOOL WINAPI CheckTokenMembership(HANDLE token, PSID sid, BOOL *member)
{
    HANDLE own = NULL;
    TOKEN_GROUPS *groups = NULL;
    union {
        TOKEN_USER user;
        BYTE space[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    } user;
    ULONG size = 0;
    NTSTATUS status;

    *member = FALSE;
    if (!token) {
        status = NtOpenProcessToken(NtCurrentProcess(), TOKEN_QUERY, &own);
        if (status < 0) return set_status(status);
        token = own;
    }
    status = NtQueryInformationToken(token, TokenUser, &user, sizeof(user), &size);
    if (status >= 0 && RtlEqualSid(sid, user.user.User.Sid)) *member = TRUE;
    if (status >= 0) {
        status = NtQueryInformationToken(token, TokenGroups, NULL, 0, &size);
        if (status == STATUS_BUFFER_TOO_SMALL)
            status = (groups = mem_alloc(size)) ? NtQueryInformationToken(token, TokenGroups, groups, size, &size) : STATUS_NO_MEMORY;
        for (DWORD i = 0; status >= 0 && groups && i < groups->GroupCount; i++)
            if (groups->Groups[i].Attributes & SE_GROUP_ENABLED && RtlEqualSid(sid, groups->Groups[i].Sid)) *member = TRUE;
        mem_free(groups);
    }
    if (own) NtClose(own);
    return status_to_bool(status);
}
