/* The performance counter; the processor's number. */
#include "ntdll.h"

BOOL NTAPI RtlQueryPerformanceCounter(LARGE_INTEGER *counter)
{
    NtQueryPerformanceCounter(counter, NULL);
    return TRUE;
}

BOOL NTAPI RtlQueryPerformanceFrequency(LARGE_INTEGER *frequency)
{
    LARGE_INTEGER counter;

    NtQueryPerformanceCounter(&counter, frequency);
    return TRUE;
}

ULONG NTAPI RtlGetCurrentProcessorNumber(void)
{
    return NtGetCurrentProcessorNumber();
}

void NTAPI RtlGetCurrentProcessorNumberEx(PROCESSOR_NUMBER *number)
{
    number->Group = 0;
    number->Number = (UCHAR)NtGetCurrentProcessorNumber();
    number->Reserved = 0;
}
