/* bcrypt.h: providers of algorithms and their properties. Hashes and random numbers exist; ciphers and keys do not. */
#include "provider.h"

#define KNOWN (HASH_ALGORITHMS + 1)

/* What the pseudo handles of bcrypt.h stand for; also what opening without flags gives. */
static const struct provider random_provider = {PROVIDER_MAGIC, NULL, 0};
static const struct provider plain[HASH_ALGORITHMS] = {
    {PROVIDER_MAGIC, &hash_algorithms[0], 0}, {PROVIDER_MAGIC, &hash_algorithms[1], 0},
    {PROVIDER_MAGIC, &hash_algorithms[2], 0}, {PROVIDER_MAGIC, &hash_algorithms[3], 0},
    {PROVIDER_MAGIC, &hash_algorithms[4], 0},
};
static const struct provider keyed[HASH_ALGORITHMS] = {
    {PROVIDER_MAGIC, &hash_algorithms[0], BCRYPT_ALG_HANDLE_HMAC_FLAG},
    {PROVIDER_MAGIC, &hash_algorithms[1], BCRYPT_ALG_HANDLE_HMAC_FLAG},
    {PROVIDER_MAGIC, &hash_algorithms[2], BCRYPT_ALG_HANDLE_HMAC_FLAG},
    {PROVIDER_MAGIC, &hash_algorithms[3], BCRYPT_ALG_HANDLE_HMAC_FLAG},
    {PROVIDER_MAGIC, &hash_algorithms[4], BCRYPT_ALG_HANDLE_HMAC_FLAG},
};

const struct provider *provider_from(BCRYPT_ALG_HANDLE handle)
{
    ULONG_PTR number = (ULONG_PTR)handle;
    const struct provider *provider = handle;

    if (number == 0x81) return &random_provider; /* BCRYPT_RNG_ALG_HANDLE */
    if (number >= 0x21 && number <= 0x61 && (number & 15) == 1) return &plain[(number - 0x21) >> 4];
    if (number >= 0x91 && number <= 0xd1 && (number & 15) == 1) return &keyed[(number - 0x91) >> 4];
    return number > 0xffff && provider->magic == PROVIDER_MAGIC ? provider : NULL;
}

static bool same(const WCHAR *a, const WCHAR *b)
{
    return CompareStringOrdinal(a, -1, b, -1, TRUE) == CSTR_EQUAL;
}

/* STATUS_NOT_FOUND for an algorithm that does not exist. `implementation`: NULL or Microsoft's, which is the only one. */
NTSTATUS WINAPI BCryptOpenAlgorithmProvider(BCRYPT_ALG_HANDLE *handle, const WCHAR *algorithm, const WCHAR *implementation,
                                            ULONG flags)
{
    const struct hash_algorithm *hash = NULL;
    struct provider *provider;
    int i;

    if (!handle || !algorithm) return STATUS_INVALID_PARAMETER;
    *handle = NULL;
    if (flags & ~(BCRYPT_ALG_HANDLE_HMAC_FLAG | BCRYPT_HASH_REUSABLE_FLAG | BCRYPT_PROV_DISPATCH))
        return STATUS_INVALID_PARAMETER;
    if (implementation && !same(implementation, MS_PRIMITIVE_PROVIDER)) return STATUS_NOT_FOUND;
    for (i = 0; i < HASH_ALGORITHMS && !hash; i++)
        if (same(algorithm, hash_algorithms[i].name)) hash = &hash_algorithms[i];
    if (!hash && !same(algorithm, BCRYPT_RNG_ALGORITHM) && !same(algorithm, BCRYPT_RNG_FIPS186_DSA_ALGORITHM) &&
        !same(algorithm, L"DUALECRNG"))
        return STATUS_NOT_FOUND;
    if (!hash && (flags & (BCRYPT_ALG_HANDLE_HMAC_FLAG | BCRYPT_HASH_REUSABLE_FLAG))) return STATUS_NOT_SUPPORTED;
    provider = RtlAllocateHeap(GetProcessHeap(), 0, sizeof(*provider));
    if (!provider) return STATUS_NO_MEMORY;
    *provider = (struct provider){PROVIDER_MAGIC, hash, flags};
    *handle = provider;
    return STATUS_SUCCESS;
}

NTSTATUS WINAPI BCryptCloseAlgorithmProvider(BCRYPT_ALG_HANDLE handle, ULONG flags)
{
    struct provider *provider = handle;

    if ((ULONG_PTR)handle <= 0xffff || provider->magic != PROVIDER_MAGIC) return STATUS_INVALID_HANDLE;
    provider->magic = 0;
    RtlFreeHeap(GetProcessHeap(), 0, provider);
    return STATUS_SUCCESS;
}
