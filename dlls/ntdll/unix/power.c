/* NtPowerInformation: battery, processor speed, what the machine can do. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ferry/syscall_table.h"
#include "processor.h"
#include "system.h"
#include "timing.h"

enum {
    SYSTEM_POWER_CAPABILITIES_LEVEL = 4,
    SYSTEM_BATTERY_STATE_LEVEL = 5,
    PROCESSOR_INFORMATION_LEVEL = 11,
    SYSTEM_POWER_INFORMATION_LEVEL = 12,
    LAST_WAKE_TIME = 14,
    LAST_SLEEP_TIME = 15,
    SYSTEM_EXECUTION_STATE = 16,
};

struct battery_state { /* SYSTEM_BATTERY_STATE */
    BOOLEAN AcOnLine, BatteryPresent, Charging, Discharging, Spare1[3];
    BYTE Tag;
    DWORD MaxCapacity, RemainingCapacity; /* mWh */
    LONG Rate;                            /* mW, negative while discharging */
    DWORD EstimatedTime;                  /* seconds, ~0: unknown */
    DWORD DefaultAlert1, DefaultAlert2;
};

static long long supply_number(const char *supply, const char *name, long long otherwise)
{
    char path[320];

    snprintf(path, sizeof(path), "/sys/class/power_supply/%s/%s", supply, name);
    return read_number(path, otherwise);
}

/* µWh; batteries that count charge are multiplied by their voltage. */
static long long supply_energy(const char *supply, const char *energy, const char *charge)
{
    long long value = supply_number(supply, energy, -1), microvolts;

    if (value >= 0) return value;
    value = supply_number(supply, charge, 0);
    microvolts = supply_number(supply, "voltage_min_design", supply_number(supply, "voltage_now", 0));
    return value / 1000 * (microvolts / 1000);
}

static void read_batteries(struct battery_state *state)
{
    DIR *dir = opendir("/sys/class/power_supply");
    struct dirent *entry;
    bool mains = false;

    memset(state, 0, sizeof(*state));
    state->EstimatedTime = ~0u;
    while (dir && (entry = readdir(dir))) {
        char path[320], text[32];

        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof(path), "/sys/class/power_supply/%s/type", entry->d_name);
        if (read_small_file(path, text, sizeof(text)) <= 0) continue;
        if (!strcmp(text, "Mains") || !strcmp(text, "USB")) {
            mains = true;
            if (supply_number(entry->d_name, "online", 0) > 0) state->AcOnLine = TRUE;
        } else if (!strcmp(text, "Battery")) {
            snprintf(path, sizeof(path), "/sys/class/power_supply/%s/scope", entry->d_name);
            if (read_small_file(path, text, sizeof(text)) > 0 && !strcmp(text, "Device")) continue; /* a mouse's */
            state->BatteryPresent = TRUE;
            state->MaxCapacity += (DWORD)(supply_energy(entry->d_name, "energy_full", "charge_full") / 1000);
            state->RemainingCapacity += (DWORD)(supply_energy(entry->d_name, "energy_now", "charge_now") / 1000);
            snprintf(path, sizeof(path), "/sys/class/power_supply/%s/status", entry->d_name);
            if (read_small_file(path, text, sizeof(text)) <= 0) continue;
            if (!strcmp(text, "Charging")) state->Charging = TRUE;
            if (!strcmp(text, "Discharging")) {
                state->Discharging = TRUE;
                state->Rate -= (LONG)(supply_number(entry->d_name, "power_now", 0) / 1000);
            }
        }
    }
    if (dir) closedir(dir);
    if (!mains) state->AcOnLine = !state->Discharging;
    if (state->Rate < 0) state->EstimatedTime = (DWORD)((uint64_t)state->RemainingCapacity * 3600 / (DWORD)-state->Rate);
}

struct processor_power { /* PROCESSOR_POWER_INFORMATION */
    ULONG Number, MaxMhz, CurrentMhz, MhzLimit, MaxIdleState, CurrentIdleState;
};

/* From /proc/cpuinfo, where there is no frequency scaling to ask. */
static ULONG nominal_mhz(void)
{
    FILE *file = fopen("/proc/cpuinfo", "re");
    char line[256];
    double mhz = 0;

    while (file && fgets(line, sizeof(line), file))
        if (sscanf(line, "cpu MHz : %lf", &mhz) == 1) break;
    if (file) fclose(file);
    return (ULONG)mhz;
}

static NTSTATUS processor_information(void *buffer, ULONG length)
{
    struct processor_power list[64];
    unsigned count = processor_count();
    ULONG nominal = 0;

    if (length < count * sizeof(list[0])) return STATUS_BUFFER_TOO_SMALL;
    for (unsigned i = 0; i < count; i++) {
        char path[96];
        long long maximum, current;
        int cpu = processor_linux_number(i);

        snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/cpufreq/cpuinfo_max_freq", cpu);
        maximum = read_number(path, 0) / 1000;
        snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_cur_freq", cpu);
        current = read_number(path, 0) / 1000;
        if (!maximum) {
            if (!nominal) nominal = nominal_mhz();
            maximum = current = nominal;
        }
        list[i] = (struct processor_power){ .Number = i, .MaxMhz = (ULONG)maximum, .MhzLimit = (ULONG)maximum,
                                            .CurrentMhz = (ULONG)(current ? current : maximum) };
    }
    memcpy(buffer, list, count * sizeof(list[0]));
    return STATUS_SUCCESS;
}

static NTSTATUS capabilities(void *buffer, ULONG length)
{
    SYSTEM_POWER_CAPABILITIES info = { 0 };
    struct battery_state battery;
    char states[128] = "";

    if (length < sizeof(info)) return STATUS_BUFFER_TOO_SMALL;
    read_batteries(&battery);
    read_small_file("/sys/power/state", states, sizeof(states));
    info.PowerButtonPresent = TRUE;
    info.SystemS3 = strstr(states, "mem") != NULL;
    info.SystemS4 = info.HiberFilePresent = strstr(states, "disk") != NULL;
    info.SystemS5 = TRUE;
    info.SystemBatteriesPresent = battery.BatteryPresent;
    return memcpy(buffer, &info, sizeof(info)), STATUS_SUCCESS;
}

NTSTATUS sys_NtPowerInformation(ULONG level, void *input, ULONG input_length, void *output, ULONG output_length)
{
    struct {
        ULONG MaxIdlenessAllowed, Idleness, TimeRemaining;
        UCHAR CoolingMode;
    } power = { .CoolingMode = 2 /* PO_TZ_INVALID_MODE: not thermally managed here */ };
    struct battery_state battery;
    ULONGLONG zero = 0;

    switch (level) {
    case SYSTEM_BATTERY_STATE_LEVEL:
        if (input || input_length || !output) return STATUS_INVALID_PARAMETER;
        if (output_length < sizeof(battery)) return STATUS_BUFFER_TOO_SMALL;
        read_batteries(&battery);
        memcpy(output, &battery, sizeof(battery));
        return STATUS_SUCCESS;
    case SYSTEM_POWER_CAPABILITIES_LEVEL:
        return input || !output ? STATUS_INVALID_PARAMETER : capabilities(output, output_length);
    case PROCESSOR_INFORMATION_LEVEL:
        return input || !output ? STATUS_INVALID_PARAMETER : processor_information(output, output_length);
    case SYSTEM_POWER_INFORMATION_LEVEL:
        if (input || !output) return STATUS_INVALID_PARAMETER;
        if (output_length < sizeof(power)) return STATUS_BUFFER_TOO_SMALL;
        memcpy(output, &power, sizeof(power));
        return STATUS_SUCCESS;
    case LAST_WAKE_TIME:
    case LAST_SLEEP_TIME: /* interrupt times; Linux keeps neither */
        if (input || !output) return STATUS_INVALID_PARAMETER;
        if (output_length < sizeof(zero)) return STATUS_BUFFER_TOO_SMALL;
        memcpy(output, &zero, sizeof(zero));
        return STATUS_SUCCESS;
    case SYSTEM_EXECUTION_STATE:
        if (input || !output) return STATUS_INVALID_PARAMETER;
        if (output_length < sizeof(ULONG)) return STATUS_BUFFER_TOO_SMALL;
        memcpy(output, &zero, sizeof(ULONG));
        return STATUS_SUCCESS;
    default: return level <= 95 ? STATUS_NOT_SUPPORTED : STATUS_INVALID_PARAMETER;
    }
}
