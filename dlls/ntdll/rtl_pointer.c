/* Encoded pointers; the performance counter; the processor's number. */
#include "ntdll.h"

#define POINTER_BITS (sizeof(void *) * 8)

/* Chosen once for the process, never 0. */
static ULONG_PTR cookie(void)
{
    static void *volatile chosen;
    void *value = chosen;

    if (value) return (ULONG_PTR)value;
    NtFerryRandom(&value, sizeof(value));
    value = (void *)((ULONG_PTR)value | 1);
    void *other = InterlockedCompareExchangePointer((void **)&chosen, value, NULL);
    return (ULONG_PTR)(other ? other : value);
}

static ULONG_PTR rotate_right(ULONG_PTR value, ULONG count)
{
    count %= POINTER_BITS;
    return count ? value >> count | value << (POINTER_BITS - count) : value;
}

void *NTAPI RtlEncodePointer(void *pointer)
{
    ULONG_PTR key = cookie();

    return (void *)rotate_right((ULONG_PTR)pointer ^ key, (ULONG)key % POINTER_BITS);
}

void *NTAPI RtlDecodePointer(void *pointer)
{
    ULONG_PTR key = cookie();

    return (void *)(rotate_right((ULONG_PTR)pointer, POINTER_BITS - (ULONG)key % POINTER_BITS) ^ key);
}

/* The system's pointers have a key of their own on Windows; in one process the difference does not show. */
void *NTAPI RtlEncodeSystemPointer(void *pointer)
{
    return RtlEncodePointer(pointer);
}

void *NTAPI RtlDecodeSystemPointer(void *pointer)
{
    return RtlDecodePointer(pointer);
}

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
