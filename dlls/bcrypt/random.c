/* bcrypt.h: random numbers. */
#include "provider.h"

/* With BCRYPT_USE_SYSTEM_PREFERRED_RNG the handle is NULL; BCRYPT_RNG_ALG_HANDLE is a number that stands for one. */
NTSTATUS WINAPI BCryptGenRandom(BCRYPT_ALG_HANDLE handle, UCHAR *buffer, ULONG size, ULONG flags)
{
    const struct provider *provider = handle ? provider_from(handle) : NULL;

    if (flags & ~(BCRYPT_RNG_USE_ENTROPY_IN_BUFFER | BCRYPT_USE_SYSTEM_PREFERRED_RNG)) return STATUS_INVALID_PARAMETER;
    if (!handle && !(flags & BCRYPT_USE_SYSTEM_PREFERRED_RNG)) return STATUS_INVALID_HANDLE;
    if (handle && flags & BCRYPT_USE_SYSTEM_PREFERRED_RNG) return STATUS_INVALID_PARAMETER;
    if (handle && (!provider || provider->hash)) return STATUS_INVALID_HANDLE;
    if (!size) return STATUS_SUCCESS;
    if (!buffer) return STATUS_INVALID_PARAMETER;
    return NtFerryRandom(buffer, size);
}
