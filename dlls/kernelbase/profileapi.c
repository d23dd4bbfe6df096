/* profileapi.h */
#include "kernelbase.h"

BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER *count)
{
    return status_to_bool(NtQueryPerformanceCounter(count, NULL));
}

BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER *frequency)
{
    LARGE_INTEGER count;

    return status_to_bool(NtQueryPerformanceCounter(&count, frequency));
}
