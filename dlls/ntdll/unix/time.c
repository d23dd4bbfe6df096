/* Time: the system's, the interrupt time, the performance counter, timer resolution. */
#include <sys/prctl.h>
#include <time.h>
#include "ferry/syscall_table.h"
#include "host.h"
#include "shareddata.h"
#include "timing.h"

#define MAXIMUM_RESOLUTION 5000u  /* 0.5 ms, the finest */
#define DEFAULT_RESOLUTION 156250u

static uint64_t clock_ticks(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * TICKS_PER_SECOND + (uint64_t)now.tv_nsec / 100;
}

uint64_t time_system(void)
{
    return clock_ticks(CLOCK_REALTIME) + TICKS_1601_TO_1970;
}

uint64_t time_interrupt(void)
{
    return clock_ticks(CLOCK_BOOTTIME);
}

uint64_t time_unbiased(void)
{
    return clock_ticks(CLOCK_MONOTONIC);
}

int64_t time_zone_bias(void)
{
    time_t now = time(NULL);
    struct tm local;

    if (!localtime_r(&now, &local)) return 0;
    return -(int64_t)local.tm_gmtoff * (int64_t)TICKS_PER_SECOND;
}

NTSTATUS sys_NtQuerySystemTime(LARGE_INTEGER *system_time)
{
    system_time->QuadPart = (LONGLONG)time_system();
    return STATUS_SUCCESS;
}

/* Setting the clock needs SeSystemtimePrivilege, which Windows gives to administrators; a Linux user has no right
 * to it, so neither have programs here. */
NTSTATUS sys_NtSetSystemTime(LARGE_INTEGER *system_time, LARGE_INTEGER *previous)
{
    return STATUS_PRIVILEGE_NOT_HELD;
}

/* 10 MHz, as Windows 10 reports it whatever the hardware; sleep of the machine counts. */
NTSTATUS sys_NtQueryPerformanceCounter(LARGE_INTEGER *counter, LARGE_INTEGER *frequency)
{
    counter->QuadPart = (LONGLONG)time_interrupt();
    if (frequency) frequency->QuadPart = TICKS_PER_SECOND;
    return STATUS_SUCCESS;
}

/* Linux timers are exact whatever is asked for, so the resolution only decides how often the times of
 * KUSER_SHARED_DATA advance. */
static ULONG wanted_resolution; /* 0: nobody asked */

NTSTATUS sys_NtQueryTimerResolution(ULONG *maximum, ULONG *minimum, ULONG *current)
{
    *maximum = DEFAULT_RESOLUTION; /* the coarsest: Microsoft's names are that way round */
    *minimum = MAXIMUM_RESOLUTION;
    *current = wanted_resolution ? wanted_resolution : DEFAULT_RESOLUTION;
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtSetTimerResolution(ULONG desired, BOOLEAN set, ULONG *actual)
{
    if (!set) {
        *actual = DEFAULT_RESOLUTION;
        if (!wanted_resolution) return STATUS_TIMER_RESOLUTION_NOT_SET;
        wanted_resolution = 0;
        shared_data_set_period(DEFAULT_RESOLUTION);
        return STATUS_SUCCESS;
    }
    if (desired < MAXIMUM_RESOLUTION) desired = MAXIMUM_RESOLUTION;
    if (desired > DEFAULT_RESOLUTION) desired = DEFAULT_RESOLUTION;
    *actual = desired;
    wanted_resolution = desired;
    shared_data_set_period(desired < 10000 ? 10000 : desired);
    return STATUS_SUCCESS;
}
