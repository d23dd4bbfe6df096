/* wincrypt.h: providers, hash values, random bytes. */
#include "tap.h"
#include <wincrypt.h>

static BOOL same(const UCHAR *a, const char *b, unsigned size)
{
    for (; size; size--)
        if (*a++ != (UCHAR)*b++) return FALSE;
    return TRUE;
}

static void test_providers(void)
{
    DWORD i, type, size, count = 0;
    HCRYPTPROV provider;
    WCHAR name[128];

    for (i = 0; i < 64 && CryptEnumProvidersW(i, NULL, 0, &type, NULL, &size); i++, count++) {
        ok(size <= sizeof(name) && CryptEnumProvidersW(i, NULL, 0, &type, name, &size), "provider %lu: %lx", i, GetLastError());
        ok(CryptAcquireContextW(&provider, NULL, name, type, CRYPT_VERIFYCONTEXT), "%S: %lx", name, GetLastError());
        CryptReleaseContext(provider, 0);
    }
    ok(count > 3 && GetLastError() == ERROR_NO_MORE_ITEMS, "%lu providers, %lu", count, GetLastError());
    size = 4; /* wincrypt.h reference: CryptEnumProviders, errors; Wine cuts the name */
    ok(!CryptEnumProvidersW(0, NULL, 0, &type, name, &size) && GetLastError() == ERROR_MORE_DATA && size > 4, "%lu",
       GetLastError());
    ok(!CryptAcquireContextW(&provider, NULL, L"no such provider", PROV_RSA_FULL, CRYPT_VERIFYCONTEXT) &&
       GetLastError() == (DWORD)NTE_KEYSET_NOT_DEF, "unknown provider: %lx", GetLastError());
    ok(!CryptAcquireContextW(&provider, NULL, MS_DEF_PROV_W, PROV_DSS, CRYPT_VERIFYCONTEXT) &&
       GetLastError() == (DWORD)NTE_PROV_TYPE_NO_MATCH, "another type: %lx", GetLastError());
    ok(!CryptAcquireContextW(&provider, NULL, NULL, 0, CRYPT_VERIFYCONTEXT) &&
       GetLastError() == (DWORD)NTE_BAD_PROV_TYPE, "type 0: %lx", GetLastError());
}

static void test_hash(void)
{
    static const char abc_md5[] = "\x90\x01\x50\x98\x3c\xd2\x4f\xb0\xd6\x96\x3f\x7d\x28\xe1\x7f\x72";
    static const char abc_sha256[] = "\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23"
                                     "\xb0\x03\x61\xa3\x96\x17\x7a\x9c\xb4\x10\xff\x61\xf2\x00\x15\xad";
    HCRYPTPROV provider, full;
    HCRYPTHASH hash, copy;
    BYTE value[64];
    DWORD size, number;
    char name[80];

    ok(CryptAcquireContextW(&provider, NULL, NULL, PROV_RSA_AES, CRYPT_VERIFYCONTEXT), "context: %lx", GetLastError());
    size = sizeof(name);
    ok(CryptGetProvParam(provider, PP_NAME, (BYTE *)name, &size, 0) && size > 10 && !name[size - 1], "PP_NAME: %lx",
       GetLastError());
    size = sizeof(number); /* Wine 8 does not know PP_PROVTYPE */
    ok(CryptGetProvParam(provider, PP_PROVTYPE, (BYTE *)&number, &size, 0) && number == PROV_RSA_AES, "PP_PROVTYPE %lu",
       number);
    ok(!CryptGetProvParam(provider, 9999, (BYTE *)&number, &size, 0) && GetLastError() == (DWORD)NTE_BAD_TYPE,
       "unknown parameter: %lx", GetLastError());

    ok(CryptCreateHash(provider, CALG_MD5, 0, 0, &hash), "create: %lx", GetLastError());
    ok(CryptHashData(hash, (BYTE *)"ab", 2, 0) && CryptDuplicateHash(hash, NULL, 0, &copy) &&
       CryptHashData(hash, (BYTE *)"c", 1, 0), "data: %lx", GetLastError());
    size = sizeof(number);
    ok(CryptGetHashParam(hash, HP_ALGID, (BYTE *)&number, &size, 0) && number == CALG_MD5, "HP_ALGID %lx", number);
    size = 3;
    ok(!CryptGetHashParam(hash, HP_HASHVAL, value, &size, 0) && GetLastError() == ERROR_MORE_DATA && size == 16,
       "short: %lx, %lu", GetLastError(), size);
    ok(CryptGetHashParam(hash, HP_HASHVAL, value, &size, 0) && same(value, abc_md5, 16), "MD5: %lx", GetLastError());
    ok(!CryptHashData(hash, (BYTE *)"d", 1, 0) && GetLastError() == (DWORD)NTE_BAD_HASH_STATE, "over: %lx", GetLastError());
    ok(CryptDestroyHash(hash), "destroy: %lx", GetLastError());
    CryptHashData(copy, (BYTE *)"c", 1, 0);
    size = sizeof(value);
    ok(CryptGetHashParam(copy, HP_HASHVAL, value, &size, 0) && size == 16 && same(value, abc_md5, 16), "copy: %lx",
       GetLastError());
    CryptDestroyHash(copy);

    ok(CryptCreateHash(provider, CALG_SHA_256, 0, 0, &hash), "create: %lx", GetLastError());
    CryptHashData(hash, (BYTE *)"abc", 3, 0);
    size = sizeof(number);
    ok(CryptGetHashParam(hash, HP_HASHSIZE, (BYTE *)&number, &size, 0) && number == 32, "HP_HASHSIZE %lu", number);
    size = sizeof(value);
    ok(CryptGetHashParam(hash, HP_HASHVAL, value, &size, 0) && size == 32 && same(value, abc_sha256, 32), "SHA-256: %lx",
       GetLastError());
    CryptDestroyHash(hash);

    ok(CryptCreateHash(provider, CALG_MD5, 0, 0, &hash), "create: %lx", GetLastError());
    ok(CryptSetHashParam(hash, HP_HASHVAL, (BYTE *)abc_sha256, 0), "HP_HASHVAL: %lx", GetLastError());
    size = sizeof(value);
    ok(CryptGetHashParam(hash, HP_HASHVAL, value, &size, 0) && same(value, abc_sha256, 16), "set value: %lx", GetLastError());
    CryptDestroyHash(hash);

    /* wincrypt.h reference: CryptCreateHash, errors; Wine has another error */
    ok(!CryptCreateHash(provider, CALG_AES_128, 0, 0, &hash) && GetLastError() == (DWORD)NTE_BAD_ALGID, "no hash: %lx",
       GetLastError());
    ok(CryptAcquireContextW(&full, NULL, NULL, PROV_RSA_FULL, CRYPT_VERIFYCONTEXT), "context: %lx", GetLastError());
    ok(!CryptCreateHash(full, CALG_SHA_256, 0, 0, &hash) && GetLastError() == (DWORD)NTE_BAD_ALGID,
       "SHA-256 of the older provider: %lx", GetLastError());
    ok(CryptGenRandom(full, sizeof(value), value), "random: %lx", GetLastError());
    CryptReleaseContext(full, 0);
    CryptReleaseContext(provider, 0);
}

START_TESTS
{
    test_providers();
    test_hash();
}
