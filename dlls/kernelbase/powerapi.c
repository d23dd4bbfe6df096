/* winbase.h: power status. */
#include "kernelbase.h"

#define UNKNOWN_PERCENT 255

BOOL WINAPI GetSystemPowerStatus(LPSYSTEM_POWER_STATUS status)
{
    SYSTEM_BATTERY_STATE battery;
    NTSTATUS result = NtPowerInformation(SystemBatteryState, NULL, 0, &battery, sizeof(battery));

    if (result < 0) return set_status(result);
    *status = (SYSTEM_POWER_STATUS){
        .ACLineStatus = battery.AcOnLine ? AC_LINE_ONLINE : AC_LINE_OFFLINE,
        .BatteryFlag = BATTERY_FLAG_NO_BATTERY,
        .BatteryLifePercent = UNKNOWN_PERCENT,
        .BatteryLifeTime = BATTERY_LIFE_UNKNOWN,
        .BatteryFullLifeTime = BATTERY_LIFE_UNKNOWN,
    };
    if (!battery.BatteryPresent) return TRUE;
    status->BatteryFlag = battery.Charging ? BATTERY_FLAG_CHARGING : 0;
    if (battery.MaxCapacity) {
        ULONGLONG percent = (ULONGLONG)battery.RemainingCapacity * 100 / battery.MaxCapacity;
        status->BatteryLifePercent = percent > 100 ? 100 : (BYTE)percent;
        if (percent > 66) status->BatteryFlag |= BATTERY_FLAG_HIGH;
        if (percent < 33) status->BatteryFlag |= BATTERY_FLAG_LOW;
        if (percent < 5) status->BatteryFlag |= BATTERY_FLAG_CRITICAL;
    }
    if (battery.Discharging && battery.EstimatedTime != (DWORD)-1) status->BatteryLifeTime = battery.EstimatedTime;
    return TRUE;
}
