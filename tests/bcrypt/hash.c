/* bcrypt.h: hashes, HMAC, PBKDF2. Values: RFC 1321, RFC 2202, RFC 4231, RFC 6070, FIPS 180-4's examples. */
#include "tap.h"
#include <bcrypt.h>

static BOOL is(const UCHAR *value, const char *hex)
{
    for (; *hex; hex += 2, value++) {
        int high = hex[0] <= '9' ? hex[0] - '0' : hex[0] - 'a' + 10, low = hex[1] <= '9' ? hex[1] - '0' : hex[1] - 'a' + 10;
        if (*value != (high << 4 | low)) return FALSE;
    }
    return TRUE;
}

static const struct {
    const WCHAR *name;
    ULONG size, block;
    const char *abc, *hmac; /* of "what do ya want for nothing?" with "Jefe" */
} algorithms[] = {
    {BCRYPT_MD5_ALGORITHM, 16, 64, "900150983cd24fb0d6963f7d28e17f72", "750c783e6ab0b503eaa86e310a5db738"},
    {BCRYPT_SHA1_ALGORITHM, 20, 64, "a9993e364706816aba3e25717850c26c9cd0d89d", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
    {BCRYPT_SHA256_ALGORITHM, 32, 64, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {BCRYPT_SHA384_ALGORITHM, 48, 128,
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
     "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"},
    {BCRYPT_SHA512_ALGORITHM, 64, 128,
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
     "454d4423643ce80e2a9ac94fa54ca49f",
     "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd"
     "caeab1a34d4a6b4b636e070a38bce737"},
};

static void test_algorithm(unsigned n)
{
    BCRYPT_ALG_HANDLE algorithm;
    BCRYPT_HASH_HANDLE hash, copy;
    UCHAR value[64], memory[2048];
    ULONG number, bytes;

    ok(!BCryptOpenAlgorithmProvider(&algorithm, algorithms[n].name, NULL, 0), "open %u", n);
    ok(!BCryptGetProperty(algorithm, BCRYPT_HASH_LENGTH, (UCHAR *)&number, sizeof(number), &bytes, 0) &&
       number == algorithms[n].size && bytes == 4, "length %lu", number);
    /* of the algorithm's block (bcrypt.h reference: property identifiers); Wine 8 says the value's */
    ok(!BCryptGetProperty(algorithm, BCRYPT_HASH_BLOCK_LENGTH, (UCHAR *)&number, sizeof(number), &bytes, 0) &&
       number == algorithms[n].block, "block %lu", number);
    ok(!BCryptGetProperty(algorithm, BCRYPT_OBJECT_LENGTH, (UCHAR *)&number, sizeof(number), &bytes, 0) && number &&
       number <= sizeof(memory), "object %lu", number);
    ok(!BCryptCreateHash(algorithm, &hash, memory, number, NULL, 0, 0), "create %u", n);
    ok(!BCryptHashData(hash, (UCHAR *)"a", 1, 0) && !BCryptDuplicateHash(hash, &copy, NULL, 0, 0) &&
       !BCryptHashData(hash, (UCHAR *)"bc", 2, 0), "data %u", n);
    ok(BCryptFinishHash(hash, value, algorithms[n].size - 1, 0) == STATUS_INVALID_PARAMETER, "size %u", n);
    ok(!BCryptFinishHash(hash, value, algorithms[n].size, 0) && is(value, algorithms[n].abc), "value %u", n);
    ok(!BCryptDestroyHash(hash), "destroy %u", n);
    ok(!BCryptHashData(copy, (UCHAR *)"bc", 2, 0) && !BCryptFinishHash(copy, value, algorithms[n].size, 0) &&
       is(value, algorithms[n].abc), "value of a copy %u", n);
    BCryptDestroyHash(copy);
    ok(!BCryptCloseAlgorithmProvider(algorithm, 0), "close %u", n);

    ok(!BCryptOpenAlgorithmProvider(&algorithm, algorithms[n].name, MS_PRIMITIVE_PROVIDER, BCRYPT_ALG_HANDLE_HMAC_FLAG),
       "open %u", n);
    ok(!BCryptCreateHash(algorithm, &hash, NULL, 0, (UCHAR *)"Jefe", 4, 0), "create %u", n);
    ok(!BCryptHashData(hash, (UCHAR *)"what do ya want for nothing?", 28, 0) &&
       !BCryptFinishHash(hash, value, algorithms[n].size, 0) && is(value, algorithms[n].hmac), "HMAC %u", n);
    BCryptDestroyHash(hash);
    BCryptCloseAlgorithmProvider(algorithm, 0);
}

START_TESTS
{
    BCRYPT_ALG_HANDLE algorithm;
    BCRYPT_HASH_HANDLE hash;
    UCHAR value[64];
    WCHAR name[16];
    ULONG bytes;
    unsigned i;

    for (i = 0; i < sizeof(algorithms) / sizeof(*algorithms); i++) test_algorithm(i);
    /* the reference's status; Wine has STATUS_NOT_IMPLEMENTED */
    ok(BCryptOpenAlgorithmProvider(&algorithm, L"no such algorithm", NULL, 0) == STATUS_NOT_FOUND, "unknown algorithm");
    ok(!BCryptOpenAlgorithmProvider(&algorithm, BCRYPT_SHA1_ALGORITHM, NULL, BCRYPT_HASH_REUSABLE_FLAG), "reusable");
    ok(!BCryptGetProperty(algorithm, BCRYPT_ALGORITHM_NAME, (UCHAR *)name, sizeof(name), &bytes, 0) &&
       bytes == sizeof(L"SHA1") && name[3] == '1', "name: %lu bytes", bytes);
    ok(BCryptGetProperty(algorithm, BCRYPT_ALGORITHM_NAME, (UCHAR *)name, 4, &bytes, 0) == STATUS_BUFFER_TOO_SMALL,
       "short buffer");
    ok(!BCryptCreateHash(algorithm, &hash, NULL, 0, NULL, 0, 0), "create");
    for (i = 0; i < 2; i++) {
        BCryptHashData(hash, (UCHAR *)"abc", 3, 0);
        ok(!BCryptFinishHash(hash, value, 20, 0) && is(value, algorithms[1].abc), "round %u", i);
    }
    BCryptDestroyHash(hash);
    BCryptCloseAlgorithmProvider(algorithm, 0);

    BCryptOpenAlgorithmProvider(&algorithm, BCRYPT_SHA1_ALGORITHM, NULL, BCRYPT_ALG_HANDLE_HMAC_FLAG);
    ok(!BCryptDeriveKeyPBKDF2(algorithm, (UCHAR *)"passwordPASSWORDpassword", 24,
                              (UCHAR *)"saltSALTsaltSALTsaltSALTsaltSALTsalt", 36, 4096, value, 25, 0) &&
       is(value, "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038"), "PBKDF2");
    BCryptCloseAlgorithmProvider(algorithm, 0);
}
