/* User, privilege and account names; SIDs as text. winbase.h, sddl.h. */
#include "advapi32.h"
#include <sddl.h>

/* `*size` counts characters with terminator, in and out. */
BOOL WINAPI GetUserNameW(WCHAR *to, DWORD *size)
{
    char name[256];
    WCHAR wide[256];
    ULONG bytes = 0, length = 0;

    if (!size || (!to && *size)) return set_error(ERROR_INVALID_PARAMETER);
    if (NtFerryQueryHost("user", name, sizeof(name), &bytes) < 0 ||
        RtlUTF8ToUnicodeN(wide, sizeof(wide), &length, name, bytes) < 0)
        return set_error(ERROR_NO_SUCH_USER);
    length /= sizeof(WCHAR);
    if (*size < length) {
        *size = length;
        return set_error(ERROR_INSUFFICIENT_BUFFER);
    }
    memcpy(to, wide, length * sizeof(WCHAR));
    *size = length;
    return TRUE;
}

BOOL WINAPI GetUserNameA(char *to, DWORD *size)
{
    WCHAR wide[256];
    DWORD count = 256;
    int bytes;

    if (!size || (!to && *size)) return set_error(ERROR_INVALID_PARAMETER);
    if (!GetUserNameW(wide, &count)) return FALSE;
    bytes = WideCharToMultiByte(CP_ACP, 0, wide, count, NULL, 0, NULL, NULL);
    if (*size < (DWORD)bytes) {
        *size = bytes;
        return set_error(ERROR_INSUFFICIENT_BUFFER);
    }
    *size = WideCharToMultiByte(CP_ACP, 0, wide, count, to, *size, NULL, NULL);
    return TRUE;
}

/* Numbers 2 to 36 in order (winnt.h: SE_…_NAME). */
static const WCHAR *const privileges[] = {
    L"SeCreateTokenPrivilege", L"SeAssignPrimaryTokenPrivilege", L"SeLockMemoryPrivilege", L"SeIncreaseQuotaPrivilege",
    L"SeMachineAccountPrivilege", L"SeTcbPrivilege", L"SeSecurityPrivilege", L"SeTakeOwnershipPrivilege",
    L"SeLoadDriverPrivilege", L"SeSystemProfilePrivilege", L"SeSystemtimePrivilege", L"SeProfileSingleProcessPrivilege",
    L"SeIncreaseBasePriorityPrivilege", L"SeCreatePagefilePrivilege", L"SeCreatePermanentPrivilege", L"SeBackupPrivilege",
    L"SeRestorePrivilege", L"SeShutdownPrivilege", L"SeDebugPrivilege", L"SeAuditPrivilege", L"SeSystemEnvironmentPrivilege",
    L"SeChangeNotifyPrivilege", L"SeRemoteShutdownPrivilege", L"SeUndockPrivilege", L"SeSyncAgentPrivilege",
    L"SeEnableDelegationPrivilege", L"SeManageVolumePrivilege", L"SeImpersonatePrivilege", L"SeCreateGlobalPrivilege",
    L"SeTrustedCredManAccessPrivilege", L"SeRelabelPrivilege", L"SeIncreaseWorkingSetPrivilege", L"SeTimeZonePrivilege",
    L"SeCreateSymbolicLinkPrivilege", L"SeDelegateSessionUserImpersonatePrivilege",
};
#define FIRST_PRIVILEGE 2

BOOL WINAPI LookupPrivilegeValueW(const WCHAR *system, const WCHAR *name, LUID *value)
{
    if (!name || !value) return set_error(ERROR_INVALID_PARAMETER);
    for (unsigned i = 0; i < sizeof(privileges) / sizeof(privileges[0]); i++)
        if (CompareStringOrdinal(name, -1, privileges[i], -1, TRUE) == CSTR_EQUAL) {
            *value = (LUID){i + FIRST_PRIVILEGE, 0};
            return TRUE;
        }
    return set_error(ERROR_NO_SUCH_PRIVILEGE);
}

BOOL WINAPI LookupPrivilegeValueA(const char *system, const char *name, LUID *value)
{
    WCHAR wide[128];
    if (!name) return set_error(ERROR_INVALID_PARAMETER);
    if (!MultiByteToWideChar(CP_ACP, 0, name, -1, wide, 128)) return set_error(ERROR_NO_SUCH_PRIVILEGE);
    return LookupPrivilegeValueW(NULL, wide, value);
}

/* `*size`: in characters with terminator; out without it, or what is needed with it. */
BOOL WINAPI LookupPrivilegeNameW(const WCHAR *system, LUID *value, WCHAR *to, DWORD *size)
{
    const WCHAR *name;
    DWORD length;
    if (value->HighPart || value->LowPart < FIRST_PRIVILEGE ||
        value->LowPart - FIRST_PRIVILEGE >= sizeof(privileges) / sizeof(privileges[0]))
        return set_error(ERROR_NO_SUCH_PRIVILEGE);
    name = privileges[value->LowPart - FIRST_PRIVILEGE];
    length = (DWORD)wide_length(name);
    if (*size <= length) {
        *size = length + 1;
        return set_error(ERROR_INSUFFICIENT_BUFFER);
    }
    memcpy(to, name, (length + 1) * sizeof(WCHAR));
    *size = length;
    return TRUE;
}

BOOL WINAPI LookupPrivilegeNameA(const char *system, LUID *value, char *to, DWORD *size)
{
    WCHAR wide[64];
    DWORD count = 64;
    if (!LookupPrivilegeNameW(NULL, value, wide, &count)) return FALSE;
    if (*size <= count) {
        *size = count + 1;
        return set_error(ERROR_INSUFFICIENT_BUFFER);
    }
    for (DWORD i = 0; i <= count; i++) to[i] = (char)wide[i];
    *size = count;
    return TRUE;
}

/* The string is freed with LocalFree. */
BOOL WINAPI ConvertSidToStringSidW(PSID sid, WCHAR **text)
{
    UNICODE_STRING string;
    NTSTATUS status;
    if (!text) return set_error(ERROR_INVALID_PARAMETER);
    status = RtlConvertSidToUnicodeString(&string, sid, TRUE);
    if (status == STATUS_INVALID_SID) return set_error(ERROR_INVALID_SID);
    if (status < 0) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    *text = string.Buffer;
    return TRUE;
}

BOOL WINAPI ConvertSidToStringSidA(PSID sid, char **text)
{
    WCHAR *wide;
    if (!text) return set_error(ERROR_INVALID_PARAMETER);
    if (!ConvertSidToStringSidW(sid, &wide)) return FALSE;
    size_t length = wide_length(wide);
    if ((*text = mem_alloc(length + 1)))
        for (size_t i = 0; i <= length; i++) (*text)[i] = (char)wide[i];
    mem_free(wide);
    return *text || set_error(ERROR_NOT_ENOUGH_MEMORY);
}

/* Two-letter names of sddl.h that need no domain. */
static const struct {
    WCHAR name[3];
    const WCHAR *sid;
} sddl_names[] = {
    {L"AN", L"S-1-5-7"},      {L"AO", L"S-1-5-32-548"}, {L"AU", L"S-1-5-11"},     {L"BA", L"S-1-5-32-544"},
    {L"BG", L"S-1-5-32-546"}, {L"BO", L"S-1-5-32-551"}, {L"BU", L"S-1-5-32-545"}, {L"CG", L"S-1-3-1"},
    {L"CO", L"S-1-3-0"},      {L"HI", L"S-1-16-12288"}, {L"IU", L"S-1-5-4"},      {L"LS", L"S-1-5-19"},
    {L"LW", L"S-1-16-4096"},  {L"ME", L"S-1-16-8192"},  {L"NS", L"S-1-5-20"},     {L"NU", L"S-1-5-2"},
    {L"OW", L"S-1-3-4"},      {L"PO", L"S-1-5-32-550"}, {L"PS", L"S-1-5-10"},     {L"PU", L"S-1-5-32-547"},
    {L"RC", L"S-1-5-12"},     {L"RD", L"S-1-5-32-555"}, {L"RE", L"S-1-5-32-552"}, {L"SI", L"S-1-16-16384"},
    {L"SO", L"S-1-5-32-549"}, {L"SU", L"S-1-5-6"},      {L"SY", L"S-1-5-18"},     {L"WD", L"S-1-1-0"},
};

/* Parses "S-1-…" or a two-letter name; `*end` is behind it. Sub-authorities written to `values`. */
static bool parse_sid(const WCHAR *text, const WCHAR **end, ULONGLONG *authority, DWORD *values, unsigned *count)
{
    const WCHAR *at = text;
    if ((at[0] | 32) == 's' && at[1] == '-') {
        unsigned number = 0;
        for (at += 2, *count = 0;; at++) {
            ULONGLONG value = 0;
            unsigned base = 10;
            if (at[0] == '0' && (at[1] | 32) == 'x') base = 16, at += 2;
            const WCHAR *start = at;
            for (;; at++) {
                unsigned digit = *at >= '0' && *at <= '9' ? *at - '0' : (*at | 32) >= 'a' && (*at | 32) <= 'f' ? (*at | 32) - 'a' + 10 : 99;
                if (digit >= base) break;
                value = value * base + digit;
            }
            if (at == start) return false;
            if (number == 0 && value != 1) return false;
            if (number == 1) *authority = value;
            if (number >= 2) {
                if (*count == SID_MAX_SUB_AUTHORITIES || value > 0xffffffff) return false;
                values[(*count)++] = (DWORD)value;
            }
            number++;
            if (*at != '-') break;
        }
        *end = at;
        return number >= 2 && *authority < 1ull << 48;
    }
    for (unsigned i = 0; i < sizeof(sddl_names) / sizeof(sddl_names[0]); i++)
        if (RtlUpcaseUnicodeChar(at[0]) == sddl_names[i].name[0] && RtlUpcaseUnicodeChar(at[1]) == sddl_names[i].name[1]) {
            const WCHAR *inner;
            *end = at + 2;
            return parse_sid(sddl_names[i].sid, &inner, authority, values, count);
        }
    return false;
}

/* The SID is freed with LocalFree. */
BOOL WINAPI ConvertStringSidToSidW(const WCHAR *text, PSID *result)
{
    ULONGLONG authority = 0;
    DWORD values[SID_MAX_SUB_AUTHORITIES];
    unsigned count = 0;
    const WCHAR *end;
    SID *sid;

    if (!text || !result) return set_error(ERROR_INVALID_PARAMETER);
    if (!parse_sid(text, &end, &authority, values, &count) || *end) return set_error(ERROR_INVALID_SID);
    if (!(sid = mem_alloc(RtlLengthRequiredSid(count ? count : 1)))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    sid->Revision = SID_REVISION;
    sid->SubAuthorityCount = (BYTE)count;
    for (int i = 5; i >= 0; i--, authority >>= 8) sid->IdentifierAuthority.Value[i] = (BYTE)authority;
    memcpy(sid->SubAuthority, values, count * sizeof(DWORD));
    *result = sid;
    return TRUE;
}

BOOL WINAPI ConvertStringSidToSidA(const char *text, PSID *result)
{
    WCHAR wide[256];
    if (!text) return set_error(ERROR_INVALID_PARAMETER);
    if (!MultiByteToWideChar(CP_ACP, 0, text, -1, wide, 256)) return set_error(ERROR_INVALID_SID);
    return ConvertStringSidToSidW(wide, result);
}
