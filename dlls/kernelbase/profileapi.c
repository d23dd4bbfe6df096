/* profileapi.h */
#include "kernelbase.h"

/* QueryPerformanceCounter never fails; the time source is ntdll's. */
BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER *count)
{
    return RtlQueryPerformanceCounter(count);
}

BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER *frequency)
{
    return RtlQueryPerformanceFrequency(frequency);
}
