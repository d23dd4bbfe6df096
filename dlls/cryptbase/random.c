/* RtlGenRandom, exported as SystemFunction036. */
#include "ferry/ntapi.h"

BOOLEAN WINAPI SystemFunction036(void *buffer, ULONG length)
{
    return NtFerryRandom(buffer, length) >= 0;
}
