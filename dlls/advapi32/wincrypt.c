/* wincrypt.h: providers, contexts, random bytes. A context without keys (CRYPT_VERIFYCONTEXT) is all that there is;
 * key containers do not exist. */
#include "crypt.h"

/* The first of a type is the default one. */
static const struct {
    DWORD type;
    WCHAR name[64];
} providers[] = {
    {PROV_RSA_FULL, L"Microsoft Strong Cryptographic Provider"},
    {PROV_RSA_FULL, L"Microsoft Base Cryptographic Provider v1.0"},
    {PROV_RSA_FULL, L"Microsoft Enhanced Cryptographic Provider v1.0"},
    {PROV_DSS, L"Microsoft Base DSS Cryptographic Provider"},
    {PROV_RSA_SCHANNEL, L"Microsoft RSA SChannel Cryptographic Provider"},
    {PROV_DSS_DH, L"Microsoft Base DSS and Diffie-Hellman Cryptographic Provider"},
    {PROV_RSA_AES, L"Microsoft Enhanced RSA and AES Cryptographic Provider"},
};

/* NULL: the default of the type. NULL with the error set if there is none such. */
static const WCHAR *find_provider(const WCHAR *name, DWORD type)
{
    bool type_known = false;
    size_t i;

    if (!type || type > 999) {
        set_error(NTE_BAD_PROV_TYPE);
        return NULL;
    }
    for (i = 0; i < ARRAYSIZE(providers); i++) {
        bool named = name && CompareStringOrdinal(name, -1, providers[i].name, -1, TRUE) == CSTR_EQUAL;
        /* the names of the RSA providers with AES had "(Prototype)" behind them on Windows XP */
        if (providers[i].type != type) {
            if (!named) continue;
            set_error(NTE_PROV_TYPE_NO_MATCH);
            return NULL;
        }
        if (!name || named) return providers[i].name;
        type_known = true;
    }
    set_error(type_known || name ? NTE_KEYSET_NOT_DEF : NTE_PROV_TYPE_NOT_DEF);
    return NULL;
}

BOOL WINAPI CryptAcquireContextW(HCRYPTPROV *handle, const WCHAR *container, const WCHAR *provider, DWORD type, DWORD flags)
{
    struct context *context;
    const WCHAR *name;

    if (!handle) return set_error(ERROR_INVALID_PARAMETER);
    *handle = 0;
    if (flags & ~(CRYPT_VERIFYCONTEXT | CRYPT_NEWKEYSET | CRYPT_MACHINE_KEYSET | CRYPT_DELETEKEYSET | CRYPT_SILENT))
        return set_error(NTE_BAD_FLAGS);
    if (!(name = find_provider(provider && *provider ? provider : NULL, type))) return FALSE;
    if (!(flags & CRYPT_VERIFYCONTEXT)) return set_error(NTE_BAD_KEYSET);
    if (container && *container) return set_error(NTE_BAD_FLAGS);
    if (!(context = mem_alloc(sizeof(*context)))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    *context = (struct context){CONTEXT_MAGIC, 1, type, name, 0};
    *handle = (HCRYPTPROV)context;
    return TRUE;
}

BOOL WINAPI CryptAcquireContextA(HCRYPTPROV *handle, const char *container, const char *provider, DWORD type, DWORD flags)
{
    WCHAR name[128];
    DWORD i = 0;

    /* providers have ASCII names */
    for (; provider && provider[i] && i < ARRAYSIZE(name) - 1; i++) name[i] = (UCHAR)provider[i];
    name[i] = 0;
    return CryptAcquireContextW(handle, container && *container ? L"x" : NULL, name, type, flags);
}

/* `*size` in bytes, with the end; `name` NULL asks for it. ERROR_NO_MORE_ITEMS behind the last. */
BOOL WINAPI CryptEnumProvidersW(DWORD index, DWORD *reserved, DWORD flags, DWORD *type, WCHAR *name, DWORD *size)
{
    DWORD room, needed;

    if (reserved || !type || !size) return set_error(ERROR_INVALID_PARAMETER);
    if (flags) return set_error(NTE_BAD_FLAGS);
    if (index >= ARRAYSIZE(providers)) return set_error(ERROR_NO_MORE_ITEMS);
    needed = (DWORD)(wide_length(providers[index].name) + 1) * sizeof(WCHAR);
    room = *size;
    *size = needed;
    *type = providers[index].type;
    if (!name) return TRUE;
    if (room < needed) return set_error(ERROR_MORE_DATA);
    memcpy(name, providers[index].name, needed);
    return TRUE;
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
