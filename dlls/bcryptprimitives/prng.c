/* ProcessPrng: random bytes from the host's kernel. */
#include "ferry/ntapi.h"

/* Always TRUE (documented so): a failure would end the program. */
BOOL WINAPI ProcessPrng(BYTE *data, SIZE_T size)
{
    while (size) {
        ULONG part = size > 0x40000000 ? 0x40000000 : (ULONG)size;
        if (NtFerryRandom(data, part) < 0) __builtin_trap();
        data += part;
        size -= part;
    }
    return TRUE;
}
