/* bcrypt.h: random numbers. The providers of other algorithms do not exist yet. */
#define _BCRYPT_
#include "ferry/ntapi.h"
#include <bcrypt.h>

#define PROVIDER_MAGIC 0x474e5242

struct provider {
    ULONG magic;
};

static struct provider random_provider = {PROVIDER_MAGIC};

static BOOLEAN is_random(const WCHAR *name)
{
    return CompareStringOrdinal(name, -1, BCRYPT_RNG_ALGORITHM, -1, TRUE) == CSTR_EQUAL ||
           CompareStringOrdinal(name, -1, BCRYPT_RNG_FIPS186_DSA_ALGORITHM, -1, TRUE) == CSTR_EQUAL ||
           CompareStringOrdinal(name, -1, L"DUALECRNG", -1, TRUE) == CSTR_EQUAL;
}

NTSTATUS WINAPI BCryptOpenAlgorithmProvider(BCRYPT_ALG_HANDLE *handle, const WCHAR *algorithm, const WCHAR *implementation, ULONG flags)
{
    if (!handle || !algorithm) return STATUS_INVALID_PARAMETER;
    *handle = NULL;
    if (!is_random(algorithm)) return STATUS_NOT_FOUND;
    *handle = &random_provider;
    return STATUS_SUCCESS;
}

NTSTATUS WINAPI BCryptCloseAlgorithmProvider(BCRYPT_ALG_HANDLE handle, ULONG flags)
{
    return handle == &random_provider ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

/* With BCRYPT_USE_SYSTEM_PREFERRED_RNG the handle is NULL; BCRYPT_RNG_ALG_HANDLE is a number that stands for one. */
NTSTATUS WINAPI BCryptGenRandom(BCRYPT_ALG_HANDLE handle, UCHAR *buffer, ULONG size, ULONG flags)
{
    if (flags & ~(BCRYPT_RNG_USE_ENTROPY_IN_BUFFER | BCRYPT_USE_SYSTEM_PREFERRED_RNG)) return STATUS_INVALID_PARAMETER;
    if (!handle && !(flags & BCRYPT_USE_SYSTEM_PREFERRED_RNG)) return STATUS_INVALID_HANDLE;
    if (handle && flags & BCRYPT_USE_SYSTEM_PREFERRED_RNG) return STATUS_INVALID_PARAMETER;
    if (handle && handle != &random_provider && (ULONG_PTR)handle != 0x81) return STATUS_INVALID_HANDLE;
    if (!size) return STATUS_SUCCESS;
    if (!buffer) return STATUS_INVALID_PARAMETER;
    return NtFerryRandom(buffer, size);
}
