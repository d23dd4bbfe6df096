/* aclapi.h: lists of access rights merged; security of files and kernel objects. */
#include "tap.h"
#include <aclapi.h>

static SID everyone = {SID_REVISION, 1, {SECURITY_WORLD_SID_AUTHORITY}, {SECURITY_WORLD_RID}};
static SID system_sid = {SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_LOCAL_SYSTEM_RID}};

static EXPLICIT_ACCESS_W entry(SID *sid, ACCESS_MODE mode, DWORD mask)
{
    EXPLICIT_ACCESS_W access = {.grfAccessPermissions = mask, .grfAccessMode = mode};

    access.Trustee.TrusteeForm = TRUSTEE_IS_SID;
    access.Trustee.ptstrName = (WCHAR *)sid;
    return access;
}

/* Whether ACE number `n` is of this kind, trustee and mask. */
static BOOL is(ACL *acl, DWORD n, BYTE type, SID *sid, DWORD mask)
{
    ACCESS_ALLOWED_ACE *ace;

    return GetAce(acl, n, (void **)&ace) && ace->Header.AceType == type && ace->Mask == mask &&
           EqualSid(&ace->SidStart, sid);
}

/* The order is the one of aclapi.h's reference (SetEntriesInAcl, remarks); Wine appends, and keeps what is set anew. */
static void test_entries(void)
{
    EXPLICIT_ACCESS_W list[2];
    EXPLICIT_ACCESS_A named = {.grfAccessPermissions = GENERIC_ALL, .grfAccessMode = GRANT_ACCESS};
    ACL *acl, *next;
    DWORD error;

    list[0] = entry(&everyone, GRANT_ACCESS, 1);
    list[1] = entry(&system_sid, DENY_ACCESS, 2);
    error = SetEntriesInAclW(2, list, NULL, &acl);
    ok(!error && acl->AceCount == 2 && is(acl, 0, ACCESS_DENIED_ACE_TYPE, &system_sid, 2) &&
       is(acl, 1, ACCESS_ALLOWED_ACE_TYPE, &everyone, 1), "denied first: %lu", error);
    list[0] = entry(&everyone, DENY_ACCESS, 4);
    list[1] = entry(&system_sid, GRANT_ACCESS, 8);
    error = SetEntriesInAclW(2, list, acl, &next);
    ok(!error && next->AceCount == 4 && is(next, 0, ACCESS_DENIED_ACE_TYPE, &everyone, 4) &&
       is(next, 1, ACCESS_DENIED_ACE_TYPE, &system_sid, 2) && is(next, 2, ACCESS_ALLOWED_ACE_TYPE, &system_sid, 8) &&
       is(next, 3, ACCESS_ALLOWED_ACE_TYPE, &everyone, 1), "order: %lu, %u entries", error, next ? next->AceCount : 0);
    LocalFree(acl);
    acl = next;
    list[0] = entry(&everyone, SET_ACCESS, 16);
    list[1] = entry(&system_sid, REVOKE_ACCESS, 0);
    error = SetEntriesInAclW(2, list, acl, &next);
    ok(!error && next->AceCount == 1 && is(next, 0, ACCESS_ALLOWED_ACE_TYPE, &everyone, 16), "set and revoke: %lu", error);
    LocalFree(acl);
    LocalFree(next);

    named.Trustee.TrusteeForm = TRUSTEE_IS_NAME;
    named.Trustee.ptstrName = (char *)"CURRENT_USER";
    error = SetEntriesInAclA(1, &named, NULL, &acl);
    ok(!error && acl->AceCount == 1, "CURRENT_USER: %lu", error);
    LocalFree(acl);
    /* Wine has no names but its own few */
    named.Trustee.ptstrName = (char *)"no such account 1234";
    error = SetEntriesInAclA(1, &named, NULL, &acl);
    ok(error == ERROR_NONE_MAPPED, "unknown name: %lu", error);
    acl = (ACL *)1;
    error = SetEntriesInAclW(0, NULL, NULL, &acl);
    ok(!error && !acl, "nothing: %lu", error);
}

static void test_objects(void)
{
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);
    WCHAR folder[MAX_PATH];
    PSECURITY_DESCRIPTOR sd = NULL;
    PSID owner = NULL;
    ACL *dacl = NULL;
    DWORD error;

    error = GetSecurityInfo(event, SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner, NULL,
                            &dacl, NULL, &sd);
    ok(!error && sd && IsValidSecurityDescriptor(sd) && owner && IsValidSid(owner), "event: %lu", error);
    LocalFree(sd);
    CloseHandle(event);
    error = GetSecurityInfo(event, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, &dacl, NULL, &sd);
    ok(error == ERROR_INVALID_HANDLE, "closed handle: %lu", error);
    GetTempPathW(MAX_PATH, folder);
    owner = NULL;
    error = GetNamedSecurityInfoW(folder, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION, &owner, NULL, NULL, NULL, &sd);
    ok(!error && owner && IsValidSid(owner), "folder: %lu", error);
    LocalFree(sd);
    error = GetNamedSecurityInfoW(L"C:\\no such file", SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION, &owner, NULL, NULL, NULL,
                                  &sd);
    ok(error == ERROR_FILE_NOT_FOUND, "no file: %lu", error);
}

START_TESTS
{
    test_entries();
    test_objects();
}
