/* powerbase.h: what the system's power management knows. */
#include "ferry/ntapi.h"

/* Returns an NTSTATUS (powerbase.h reference: CallNtPowerInformation). */
LONG WINAPI CallNtPowerInformation(POWER_INFORMATION_LEVEL level, PVOID input, ULONG input_size, PVOID output,
                                   ULONG output_size)
{
    return NtPowerInformation(level, input, input_size, output, output_size);
}

BOOLEAN WINAPI GetPwrCapabilities(PSYSTEM_POWER_CAPABILITIES capabilities)
{
    NTSTATUS status = NtPowerInformation(SystemPowerCapabilities, NULL, 0, capabilities, sizeof(*capabilities));

    if (status >= 0) return TRUE;
    ferry_teb()->LastErrorValue = RtlNtStatusToDosError(status);
    return FALSE;
}

BOOLEAN WINAPI IsPwrHibernateAllowed(void)
{
    SYSTEM_POWER_CAPABILITIES capabilities;

    return GetPwrCapabilities(&capabilities) && capabilities.SystemS4 && capabilities.HiberFilePresent;
}

BOOLEAN WINAPI IsPwrSuspendAllowed(void)
{
    SYSTEM_POWER_CAPABILITIES capabilities;

    return GetPwrCapabilities(&capabilities) && (capabilities.SystemS1 || capabilities.SystemS2 || capabilities.SystemS3);
}

BOOLEAN WINAPI IsPwrShutdownAllowed(void)
{
    SYSTEM_POWER_CAPABILITIES capabilities;

    return GetPwrCapabilities(&capabilities) && capabilities.SystemS5;
}
