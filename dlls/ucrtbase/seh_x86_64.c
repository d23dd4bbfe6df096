/* Structured exception handling, x86_64: the language handler itself is ntdll's. */
#ifdef __x86_64__
#include "crt.h"

/* Leaves a __try block: unwinds to FRAME and goes on at TARGET. */
void _local_unwind(void *frame, void *target)
{
    RtlUnwind(frame, target, NULL, NULL);
}
#endif
