/* wincrypt.h: contexts and random bytes. A context without keys (CRYPT_VERIFYCONTEXT) is all that is needed for them;
 * key containers do not exist. */
#include "advapi32.h"
#include <wincrypt.h>

#define CONTEXT_MAGIC 0x43525950

struct context {
    ULONG magic;
    LONG references;
    DWORD type;
};

static struct context *context_from(HCRYPTPROV handle)
{
    struct context *context = (struct context *)handle;
    return context && context->magic == CONTEXT_MAGIC ? context : NULL;
}

BOOL WINAPI CryptAcquireContextW(HCRYPTPROV *handle, const WCHAR *container, const WCHAR *provider, DWORD type, DWORD flags)
{
    struct context *context;

    if (!handle) return set_error(ERROR_INVALID_PARAMETER);
    *handle = 0;
    if (flags & ~(CRYPT_VERIFYCONTEXT | CRYPT_NEWKEYSET | CRYPT_MACHINE_KEYSET | CRYPT_DELETEKEYSET | CRYPT_SILENT))
        return set_error(NTE_BAD_FLAGS);
    if (type != PROV_RSA_FULL && type != PROV_RSA_AES && type != PROV_RSA_SCHANNEL && type != PROV_DSS && type != PROV_DSS_DH)
        return set_error(type == 0 || type > 999 ? NTE_BAD_PROV_TYPE : NTE_PROV_TYPE_NOT_DEF);
    if (!(flags & CRYPT_VERIFYCONTEXT)) return set_error(NTE_BAD_KEYSET);
    if (container && *container) return set_error(NTE_BAD_FLAGS);
    if (!(context = mem_alloc(sizeof(*context)))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    *context = (struct context){CONTEXT_MAGIC, 1, type};
    *handle = (HCRYPTPROV)context;
    return TRUE;
}

BOOL WINAPI CryptAcquireContextA(HCRYPTPROV *handle, const char *container, const char *provider, DWORD type, DWORD flags)
{
    return CryptAcquireContextW(handle, container && *container ? L"x" : NULL, NULL, type, flags);
}

BOOL WINAPI CryptContextAddRef(HCRYPTPROV handle, DWORD *reserved, DWORD flags)
{
    struct context *context = context_from(handle);
    if (!context) return set_error(ERROR_INVALID_PARAMETER);
    InterlockedIncrement(&context->references);
    return TRUE;
}

BOOL WINAPI CryptReleaseContext(HCRYPTPROV handle, DWORD flags)
{
    struct context *context = context_from(handle);
    if (!context) return set_error(ERROR_INVALID_PARAMETER);
    if (!InterlockedDecrement(&context->references)) {
        context->magic = 0;
        mem_free(context);
    }
    return flags ? set_error(NTE_BAD_FLAGS) : TRUE; /* released all the same, by the reference */
}

BOOL WINAPI CryptGenRandom(HCRYPTPROV handle, DWORD size, BYTE *buffer)
{
    if (!context_from(handle)) return set_error(ERROR_INVALID_PARAMETER);
    if (NtFerryRandom(buffer, size) < 0) return set_error(NTE_FAIL);
    return TRUE;
}
