/* Well-known security identifiers. */
#include "ntdll.h"

NTSTATUS NTAPI RtlAllocateAndInitializeSidEx(SID_IDENTIFIER_AUTHORITY *authority, UCHAR count, const ULONG *parts, PSID *result)
{
    SID *sid;

    if (count > SID_MAX_SUB_AUTHORITIES) return STATUS_INVALID_SID;
    if (!(sid = heap_allocate(RtlLengthRequiredSid(count)))) return STATUS_NO_MEMORY;
    RtlInitializeSid(sid, authority, count);
    memcpy(sid->SubAuthority, parts, count * sizeof(ULONG));
    *result = sid;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlLengthSidAsUnicodeString(PSID sid, ULONG *bytes)
{
    UNICODE_STRING string;
    NTSTATUS status = RtlConvertSidToUnicodeString(&string, sid, TRUE);

    if (status < 0) return status;
    *bytes = string.Length + sizeof(WCHAR);
    RtlFreeUnicodeString(&string);
    return STATUS_SUCCESS;
}

/* The well-known SIDs that stand alone: authority and up to two parts. */
static const struct {
    UCHAR kind, authority, count;
    ULONG parts[2];
} well_known[] = {
    { WinNullSid, 0, 1, { 0 } },
    { WinWorldSid, 1, 1, { 0 } },
    { WinLocalSid, 2, 1, { 0 } },
    { WinConsoleLogonSid, 2, 1, { 1 } },
    { WinCreatorOwnerSid, 3, 1, { 0 } },
    { WinCreatorGroupSid, 3, 1, { 1 } },
    { WinCreatorOwnerServerSid, 3, 1, { 2 } },
    { WinCreatorGroupServerSid, 3, 1, { 3 } },
    { WinCreatorOwnerRightsSid, 3, 1, { 4 } },
    { WinNtAuthoritySid, 5, 0, { 0 } },
    { WinDialupSid, 5, 1, { SECURITY_DIALUP_RID } },
    { WinNetworkSid, 5, 1, { SECURITY_NETWORK_RID } },
    { WinBatchSid, 5, 1, { SECURITY_BATCH_RID } },
    { WinInteractiveSid, 5, 1, { SECURITY_INTERACTIVE_RID } },
    { WinServiceSid, 5, 1, { SECURITY_SERVICE_RID } },
    { WinAnonymousSid, 5, 1, { SECURITY_ANONYMOUS_LOGON_RID } },
    { WinProxySid, 5, 1, { SECURITY_PROXY_RID } },
    { WinEnterpriseControllersSid, 5, 1, { SECURITY_ENTERPRISE_CONTROLLERS_RID } },
    { WinSelfSid, 5, 1, { SECURITY_PRINCIPAL_SELF_RID } },
    { WinAuthenticatedUserSid, 5, 1, { SECURITY_AUTHENTICATED_USER_RID } },
    { WinRestrictedCodeSid, 5, 1, { SECURITY_RESTRICTED_CODE_RID } },
    { WinTerminalServerSid, 5, 1, { SECURITY_TERMINAL_SERVER_RID } },
    { WinRemoteLogonIdSid, 5, 1, { SECURITY_REMOTE_LOGON_RID } },
    { WinThisOrganizationSid, 5, 1, { SECURITY_THIS_ORGANIZATION_RID } },
    { WinOtherOrganizationSid, 5, 1, { SECURITY_OTHER_ORGANIZATION_RID } },
    { WinIUserSid, 5, 1, { 17 } },
    { WinLocalSystemSid, 5, 1, { SECURITY_LOCAL_SYSTEM_RID } },
    { WinLocalServiceSid, 5, 1, { SECURITY_LOCAL_SERVICE_RID } },
    { WinNetworkServiceSid, 5, 1, { SECURITY_NETWORK_SERVICE_RID } },
    { WinWriteRestrictedCodeSid, 5, 1, { 33 } },
    { WinBuiltinDomainSid, 5, 1, { SECURITY_BUILTIN_DOMAIN_RID } },
    { WinBuiltinAdministratorsSid, 5, 2, { 32, DOMAIN_ALIAS_RID_ADMINS } },
    { WinBuiltinUsersSid, 5, 2, { 32, DOMAIN_ALIAS_RID_USERS } },
    { WinBuiltinGuestsSid, 5, 2, { 32, DOMAIN_ALIAS_RID_GUESTS } },
    { WinBuiltinPowerUsersSid, 5, 2, { 32, DOMAIN_ALIAS_RID_POWER_USERS } },
    { WinBuiltinAccountOperatorsSid, 5, 2, { 32, DOMAIN_ALIAS_RID_ACCOUNT_OPS } },
    { WinBuiltinSystemOperatorsSid, 5, 2, { 32, DOMAIN_ALIAS_RID_SYSTEM_OPS } },
    { WinBuiltinPrintOperatorsSid, 5, 2, { 32, DOMAIN_ALIAS_RID_PRINT_OPS } },
    { WinBuiltinBackupOperatorsSid, 5, 2, { 32, DOMAIN_ALIAS_RID_BACKUP_OPS } },
    { WinBuiltinReplicatorSid, 5, 2, { 32, DOMAIN_ALIAS_RID_REPLICATOR } },
    { WinBuiltinPreWindows2000CompatibleAccessSid, 5, 2, { 32, DOMAIN_ALIAS_RID_PREW2KCOMPACCESS } },
    { WinBuiltinRemoteDesktopUsersSid, 5, 2, { 32, DOMAIN_ALIAS_RID_REMOTE_DESKTOP_USERS } },
    { WinBuiltinNetworkConfigurationOperatorsSid, 5, 2, { 32, DOMAIN_ALIAS_RID_NETWORK_CONFIGURATION_OPS } },
    { WinBuiltinPerfMonitoringUsersSid, 5, 2, { 32, DOMAIN_ALIAS_RID_MONITORING_USERS } },
    { WinBuiltinPerfLoggingUsersSid, 5, 2, { 32, DOMAIN_ALIAS_RID_LOGGING_USERS } },
    { WinNTLMAuthenticationSid, 5, 2, { 64, 10 } },
    { WinSChannelAuthenticationSid, 5, 2, { 64, 14 } },
    { WinDigestAuthenticationSid, 5, 2, { 64, 21 } },
    { WinBuiltinAnyPackageSid, 15, 2, { 2, 1 } },
    { WinUntrustedLabelSid, 16, 1, { SECURITY_MANDATORY_UNTRUSTED_RID } },
    { WinLowLabelSid, 16, 1, { SECURITY_MANDATORY_LOW_RID } },
    { WinMediumLabelSid, 16, 1, { SECURITY_MANDATORY_MEDIUM_RID } },
    { WinMediumPlusLabelSid, 16, 1, { 0x2100 } },
    { WinHighLabelSid, 16, 1, { SECURITY_MANDATORY_HIGH_RID } },
    { WinSystemLabelSid, 16, 1, { SECURITY_MANDATORY_SYSTEM_RID } },
};

/* Those relative to a domain's SID. */
static const struct {
    UCHAR kind;
    ULONG rid;
} domain_relative[] = {
    { WinAccountAdministratorSid, 500 },   { WinAccountGuestSid, 501 },         { WinAccountKrbtgtSid, 502 },
    { WinAccountDomainAdminsSid, 512 },    { WinAccountDomainUsersSid, 513 },   { WinAccountDomainGuestsSid, 514 },
    { WinAccountComputersSid, 515 },       { WinAccountControllersSid, 516 },   { WinAccountCertAdminsSid, 517 },
    { WinAccountSchemaAdminsSid, 518 },    { WinAccountEnterpriseAdminsSid, 519 }, { WinAccountPolicyAdminsSid, 520 },
    { WinAccountRasAndIasServersSid, 553 },
};

NTSTATUS NTAPI RtlCreateWellKnownSid(ULONG kind, PSID domain, PSID psid, ULONG *size)
{
    for (unsigned i = 0; i < ARRAY_SIZE(well_known); i++) {
        if (well_known[i].kind != kind) continue;
        ULONG needed = RtlLengthRequiredSid(well_known[i].count);
        SID_IDENTIFIER_AUTHORITY authority = { { 0, 0, 0, 0, 0, well_known[i].authority } };
        if (*size < needed || !psid) {
            *size = needed;
            return STATUS_BUFFER_TOO_SMALL;
        }
        RtlInitializeSid(psid, &authority, well_known[i].count);
        memcpy(((SID *)psid)->SubAuthority, well_known[i].parts, well_known[i].count * sizeof(ULONG));
        *size = needed;
        return STATUS_SUCCESS;
    }
    for (unsigned i = 0; i < ARRAY_SIZE(domain_relative); i++) {
        if (domain_relative[i].kind != kind) continue;
        if (!domain || !RtlValidSid(domain) || ((SID *)domain)->SubAuthorityCount >= SID_MAX_SUB_AUTHORITIES)
            return STATUS_INVALID_PARAMETER;
        ULONG length = RtlLengthSid(domain), needed = length + sizeof(ULONG);
        if (*size < needed || !psid) {
            *size = needed;
            return STATUS_BUFFER_TOO_SMALL;
        }
        memcpy(psid, domain, length);
        SID *sid = psid;
        sid->SubAuthority[sid->SubAuthorityCount++] = domain_relative[i].rid;
        *size = needed;
        return STATUS_SUCCESS;
    }
    return STATUS_INVALID_PARAMETER;
}

BOOLEAN NTAPI RtlIsWellKnownSid(PSID sid, ULONG kind)
{
    UCHAR buffer[SECURITY_MAX_SID_SIZE];
    ULONG size = sizeof(buffer);

    if (!RtlValidSid(sid)) return FALSE;
    for (unsigned i = 0; i < ARRAY_SIZE(domain_relative); i++)
        if (domain_relative[i].kind == kind) {
            const SID *full = sid;
            static const SID_IDENTIFIER_AUTHORITY nt = SECURITY_NT_AUTHORITY;
            return full->SubAuthorityCount == 5 && full->SubAuthority[0] == SECURITY_NT_NON_UNIQUE &&
                   !memcmp(&full->IdentifierAuthority, &nt, sizeof(nt)) && full->SubAuthority[4] == domain_relative[i].rid;
        }
    return RtlCreateWellKnownSid(kind, NULL, buffer, &size) >= 0 && RtlEqualSid(sid, buffer);
}
