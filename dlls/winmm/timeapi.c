/* timeapi.h: the multimedia clock in milliseconds, and the resolution of the system's timers. */
#define _WINMM_
#include "ferry/ntapi.h"
#include <mmsystem.h>

#define PERIOD_MIN 1       /* ms */
#define PERIOD_MAX 1000000

static RTL_SRWLOCK lock;
static USHORT requests[32]; /* timeBeginPeriod calls for each period of up to 31 ms; longer ones change nothing */
static ULONG in_force;

/* Milliseconds since the system started, as GetTickCount but to the millisecond. */
DWORD WINAPI timeGetTime(void)
{
    LARGE_INTEGER counter, frequency;

    NtQueryPerformanceCounter(&counter, &frequency);
    return (DWORD)(counter.QuadPart / frequency.QuadPart * 1000 +
                   counter.QuadPart % frequency.QuadPart * 1000 / frequency.QuadPart);
}

UINT WINAPI timeGetSystemTime(LPMMTIME time, UINT size)
{
    if (!time || size < sizeof(*time)) return TIMERR_STRUCT;
    time->wType = TIME_MS;
    time->u.ms = timeGetTime();
    return TIMERR_NOERROR;
}

UINT WINAPI timeGetDevCaps(LPTIMECAPS caps, UINT size)
{
    if (!caps || size < sizeof(*caps)) return TIMERR_NOCANDO;
    caps->wPeriodMin = PERIOD_MIN;
    caps->wPeriodMax = PERIOD_MAX;
    return TIMERR_NOERROR;
}

/* The shortest period asked for is in force. */
static void apply(void)
{
    ULONG period = 0, actual;

    for (ULONG i = 1; i < ARRAYSIZE(requests) && !period; i++)
        if (requests[i]) period = i;
    if (period == in_force) return;
    in_force = period;
    NtSetTimerResolution(period * 10000, period != 0, &actual);
}

UINT WINAPI timeBeginPeriod(UINT period)
{
    if (period < PERIOD_MIN || period > PERIOD_MAX) return TIMERR_NOCANDO;
    if (period >= ARRAYSIZE(requests)) return TIMERR_NOERROR;
    RtlAcquireSRWLockExclusive(&lock);
    if (requests[period] < 0xffff) requests[period]++;
    apply();
    RtlReleaseSRWLockExclusive(&lock);
    return TIMERR_NOERROR;
}

/* TIMERR_NOCANDO where no timeBeginPeriod with the same period is left. */
UINT WINAPI timeEndPeriod(UINT period)
{
    UINT result = TIMERR_NOERROR;

    if (period < PERIOD_MIN || period > PERIOD_MAX) return TIMERR_NOCANDO;
    if (period >= ARRAYSIZE(requests)) return TIMERR_NOERROR;
    RtlAcquireSRWLockExclusive(&lock);
    if (requests[period]) requests[period]--;
    else result = TIMERR_NOCANDO;
    apply();
    RtlReleaseSRWLockExclusive(&lock);
    return result;
}
