/* wincrypt.h: certificate stores. Memory stores, and system stores, which cannot be changed: ROOT holds the roots the host
 * trusts, the others are empty. */
#include "certificate.h"

#define STORE_MAGIC 0x45524f54

struct store {
    ULONG magic;
    LONG handles;
    LONG references; /* one of the handles, one of each certificate that says it is in the store */
    bool fixed;      /* a system store */
    RTL_SRWLOCK lock;
    struct certificate *first;
};

static struct store *store_from(HCERTSTORE handle)
{
    struct store *store = handle;

    if (store && store->magic == STORE_MAGIC) return store;
    SetLastError(E_INVALIDARG);
    return NULL;
}

void store_release(struct store *store)
{
    if (InterlockedDecrement(&store->references)) return;
    store->magic = 0;
    RtlFreeHeap(GetProcessHeap(), 0, store);
}

/* Puts a certificate with one reference, the store's from now on, at the end. Under the lock. */
static void append(struct store *store, struct certificate *certificate)
{
    struct certificate **at = &store->first;

    while (*at) at = &(*at)->next;
    *at = certificate;
    certificate->context.hCertStore = store;
    InterlockedIncrement(&store->references);
}

/* ---- the host's roots ---- */

static int base64_value(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Decodes in place what stands before the next '-'. Returns the bytes. */
static DWORD decode(char *at, const char *end)
{
    BYTE *to = (BYTE *)at, *start = to;
    ULONG bits = 0;
    int have = 0;

    for (; at < end && *at != '-'; at++) {
        int value = base64_value(*at);
        if (value < 0) continue;
        bits = bits << 6 | value;
        have += 6;
        if (have < 8) continue;
        have -= 8;
        *to++ = (BYTE)(bits >> have);
    }
    return (DWORD)(to - start);
}

static char *find(char *at, const char *end, const char *text)
{
    size_t length = strlen(text);

    for (; (size_t)(end - at) >= length; at++)
        if (!memcmp(at, text, length)) return at;
    return NULL;
}

/* Every certificate of a PEM file; those that cannot be read are left out. */
static void add_file(struct store *store, const WCHAR *name)
{
    HANDLE file = CreateFileW(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    struct certificate **tail = &store->first, *certificate;
    DWORD size, got = 0;
    char *text, *at, *end;

    if (file == INVALID_HANDLE_VALUE) return;
    size = GetFileSize(file, NULL);
    text = size < 0x4000000 ? RtlAllocateHeap(GetProcessHeap(), 0, size + 1) : NULL;
    if (text && ReadFile(file, text, size, &got, NULL)) {
        end = text + got;
        for (at = text; (at = find(at, end, "-----BEGIN CERTIFICATE-----"));) {
            char *body = at + 27, *next = find(body, end, "-----END CERTIFICATE-----");
            if (!next) break;
            at = next;
            certificate = certificate_new((BYTE *)body, decode(body, next));
            if (!certificate) continue;
            *tail = certificate;
            tail = &certificate->next;
            certificate->context.hCertStore = store;
            store->references++;
        }
    }
    RtlFreeHeap(GetProcessHeap(), 0, text);
    NtClose(file);
}

static bool same(const WCHAR *a, const WCHAR *b)
{
    return CompareStringOrdinal(a, -1, b, -1, TRUE) == CSTR_EQUAL;
}

/* Where distributions keep the bundle: Debian and Arch, Fedora, openSUSE. */
static void add_roots(struct store *store)
{
    static const WCHAR *const bundles[] = {L"\\\\?\\unix\\etc\\ssl\\certs\\ca-certificates.crt",
                                           L"\\\\?\\unix\\etc\\pki\\tls\\certs\\ca-bundle.crt",
                                           L"\\\\?\\unix\\etc\\ssl\\ca-bundle.pem"};

    for (unsigned i = 0; i < ARRAYSIZE(bundles) && !store->first; i++) add_file(store, bundles[i]);
}

/* ---- opening and closing ---- */

static struct store *store_new(bool fixed)
{
    struct store *store = RtlAllocateHeap(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(*store));

    if (!store) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    store->magic = STORE_MAGIC;
    store->handles = store->references = 1;
    store->fixed = fixed;
    return store;
}

static HCERTSTORE open_system(const WCHAR *name)
{
    static const WCHAR *const known[] = {L"ROOT", L"MY", L"CA", L"TRUST", L"AuthRoot", L"Disallowed", L"TrustedPeople",
                                         L"TrustedPublisher"};
    struct store *store;
    unsigned i;

    for (i = 0; i < ARRAYSIZE(known); i++)
        if (same(name, known[i])) break;
    if (i == ARRAYSIZE(known)) { /* others would have to be made */
        SetLastError(ERROR_FILE_NOT_FOUND);
        return NULL;
    }
    store = store_new(true);
    if (store && !i) add_roots(store);
    return store;
}

static void widen(const char *from, WCHAR *to, int room)
{
    for (; *from && room > 1; room--) *to++ = (UCHAR)*from++;
    *to = 0;
}

/* Providers: memory and system. ERROR_FILE_NOT_FOUND for any other, and for system stores that do not exist. */
HCERTSTORE WINAPI CertOpenStore(LPCSTR provider, DWORD encoding, HCRYPTPROV_LEGACY crypt, DWORD flags, const void *parameter)
{
    ULONG_PTR number = (ULONG_PTR)provider;
    WCHAR name[64];

    if (number > 0xffff)
        number = !strcmp(provider, sz_CERT_STORE_PROV_MEMORY) ? (ULONG_PTR)CERT_STORE_PROV_MEMORY
                 : !strcmp(provider, sz_CERT_STORE_PROV_SYSTEM_W) ? (ULONG_PTR)CERT_STORE_PROV_SYSTEM_W : 0;
    if (number == (ULONG_PTR)CERT_STORE_PROV_MEMORY) return store_new(false);
    if (number == (ULONG_PTR)CERT_STORE_PROV_SYSTEM_W || number == (ULONG_PTR)CERT_STORE_PROV_SYSTEM_A) {
        if (!parameter || !(flags & CERT_SYSTEM_STORE_LOCATION_MASK)) {
            SetLastError(E_INVALIDARG);
            return NULL;
        }
        if (number == (ULONG_PTR)CERT_STORE_PROV_SYSTEM_W) return open_system(parameter);
        widen(parameter, name, ARRAYSIZE(name));
        return open_system(name);
    }
    SetLastError(ERROR_FILE_NOT_FOUND);
    return NULL;
}

HCERTSTORE WINAPI CertOpenSystemStoreW(HCRYPTPROV_LEGACY crypt, LPCWSTR name)
{
    return CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, crypt, CERT_SYSTEM_STORE_CURRENT_USER, name);
}

HCERTSTORE WINAPI CertOpenSystemStoreA(HCRYPTPROV_LEGACY crypt, LPCSTR name)
{
    return CertOpenStore(CERT_STORE_PROV_SYSTEM_A, 0, crypt, CERT_SYSTEM_STORE_CURRENT_USER, name);
}

HCERTSTORE WINAPI CertDuplicateStore(HCERTSTORE handle)
{
    struct store *store = store_from(handle);

    if (store) InterlockedIncrement(&store->handles);
    return store;
}

/* Contexts that are still in use live on. CERT_CLOSE_STORE_CHECK_FLAG tells of them: FALSE, CRYPT_E_PENDING_CLOSE. */
BOOL WINAPI CertCloseStore(HCERTSTORE handle, DWORD flags)
{
    struct store *store = handle;
    struct certificate *certificate, *next;
    bool used = false;

    if (!handle) return TRUE;
    if (!store_from(handle)) return FALSE;
    if (InterlockedDecrement(&store->handles)) return flags & CERT_CLOSE_STORE_CHECK_FLAG ? fail((DWORD)CRYPT_E_PENDING_CLOSE) : TRUE;
    certificate = store->first;
    store->first = NULL;
    for (; certificate; certificate = next) {
        next = certificate->next;
        used |= certificate->references > 1;
        certificate->next = NULL;
        certificate_release(certificate);
    }
    store_release(store);
    return used && (flags & CERT_CLOSE_STORE_CHECK_FLAG) ? fail((DWORD)CRYPT_E_PENDING_CLOSE) : TRUE;
}

/* ---- contents ---- */

static bool same_certificate(const CERT_INFO *a, const CERT_INFO *b)
{
    return blob_equal(&a->SerialNumber, &b->SerialNumber) && blob_equal(&a->Issuer, &b->Issuer);
}

static LONGLONG ticks_of(const FILETIME *time)
{
    return (LONGLONG)time->dwHighDateTime << 32 | time->dwLowDateTime;
}

/* Takes it out of the list; the list's reference is the caller's then. Under the lock. */
static bool unlink_certificate(struct store *store, struct certificate *certificate)
{
    struct certificate **at;

    for (at = &store->first; *at; at = &(*at)->next)
        if (*at == certificate) {
            *at = certificate->next;
            certificate->next = NULL;
            return true;
        }
    return false;
}

/* A copy of the certificate comes into the store. *added: another reference to it, or to the one that was there. */
BOOL WINAPI CertAddEncodedCertificateToStore(HCERTSTORE handle, DWORD encoding, const BYTE *encoded, DWORD size,
                                             DWORD disposition, PCCERT_CONTEXT *added)
{
    struct store *store = store_from(handle);
    struct certificate *certificate, *old = NULL, *result;

    if (added) *added = NULL;
    if (!store) return FALSE;
    if (!encoded || (encoding & CERT_ENCODING_TYPE_MASK) != X509_ASN_ENCODING || !disposition ||
        disposition > CERT_STORE_ADD_REPLACE_EXISTING_INHERIT_PROPERTIES)
        return fail(E_INVALIDARG);
    if (store->fixed) return fail(ERROR_ACCESS_DENIED);
    if (!(certificate = certificate_new(encoded, size))) return FALSE;
    RtlAcquireSRWLockExclusive(&store->lock);
    if (disposition != CERT_STORE_ADD_ALWAYS)
        for (old = store->first; old; old = old->next)
            if (same_certificate(old->context.pCertInfo, certificate->context.pCertInfo)) break;
    if (old && (disposition == CERT_STORE_ADD_NEW ||
                (disposition == CERT_STORE_ADD_NEWER && ticks_of(&certificate->context.pCertInfo->NotBefore) <=
                                                            ticks_of(&old->context.pCertInfo->NotBefore)))) {
        RtlReleaseSRWLockExclusive(&store->lock);
        certificate_release(certificate);
        return fail((DWORD)CRYPT_E_EXISTS);
    }
    if (old && disposition == CERT_STORE_ADD_USE_EXISTING) {
        result = old;
    } else {
        if (old) unlink_certificate(store, old);
        append(store, certificate);
        result = certificate;
    }
    if (added) *added = CertDuplicateCertificateContext(&result->context);
    RtlReleaseSRWLockExclusive(&store->lock);
    if (result == old) certificate_release(certificate);
    else if (old) certificate_release(old);
    return TRUE;
}

BOOL WINAPI CertAddCertificateContextToStore(HCERTSTORE handle, PCCERT_CONTEXT context, DWORD disposition,
                                             PCCERT_CONTEXT *added)
{
    if (!context) return fail(E_INVALIDARG);
    if (!handle) { /* no store: another reference (wincrypt.h reference, parameters) */
        if (added) *added = CertDuplicateCertificateContext(context);
        return TRUE;
    }
    return CertAddEncodedCertificateToStore(handle, context->dwCertEncodingType, context->pbCertEncoded,
                                            context->cbCertEncoded, disposition, added);
}

/* The context is let go in any case. */
BOOL WINAPI CertDeleteCertificateFromStore(PCCERT_CONTEXT context)
{
    struct certificate *certificate = certificate_from(context);
    struct store *store;
    bool removed = false, fixed;

    if (!context) return TRUE;
    store = context->hCertStore;
    fixed = store && store->fixed;
    if (store && !fixed) {
        RtlAcquireSRWLockExclusive(&store->lock);
        removed = unlink_certificate(store, certificate);
        RtlReleaseSRWLockExclusive(&store->lock);
        if (removed) certificate_release(certificate);
    }
    certificate_release(certificate);
    return fixed ? fail(ERROR_ACCESS_DENIED) : TRUE;
}

/* Whether a certificate is what is searched for; -1 for kinds of search that do not exist. */
static int matches(const struct certificate *certificate, DWORD kind, const void *wanted)
{
    const CERT_INFO *info = certificate->context.pCertInfo;
    BYTE value[HASH_MAX];

    switch (kind) {
    case CERT_FIND_ANY: return 1;
    case CERT_FIND_SUBJECT_NAME: return blob_equal(&info->Subject, wanted);
    case CERT_FIND_ISSUER_NAME: return blob_equal(&info->Issuer, wanted);
    case CERT_FIND_SUBJECT_CERT: return same_certificate(info, wanted);
    case CERT_FIND_EXISTING: return same_certificate(info, ((PCCERT_CONTEXT)wanted)->pCertInfo);
    case CERT_FIND_SHA1_HASH:
        certificate_hash(&certificate->context, CALG_SHA1, value);
        return blob_equal(wanted, &(CRYPT_DATA_BLOB){20, value});
    case CERT_FIND_MD5_HASH:
        certificate_hash(&certificate->context, CALG_MD5, value);
        return blob_equal(wanted, &(CRYPT_DATA_BLOB){16, value});
    case CERT_FIND_HAS_PRIVATE_KEY: return 0; /* there are no keys */
    default: return -1;
    }
}

/* The next after `previous`, which is let go; the result is another reference. CRYPT_E_NOT_FOUND at the end. */
PCCERT_CONTEXT WINAPI CertFindCertificateInStore(HCERTSTORE handle, DWORD encoding, DWORD flags, DWORD kind,
                                                 const void *wanted, PCCERT_CONTEXT previous)
{
    struct store *store = store_from(handle);
    struct certificate *certificate = NULL;
    DWORD error = (DWORD)CRYPT_E_NOT_FOUND;

    if (store && !wanted && kind != CERT_FIND_ANY && kind != CERT_FIND_HAS_PRIVATE_KEY) {
        error = E_INVALIDARG;
    } else if (store) {
        RtlAcquireSRWLockExclusive(&store->lock);
        certificate = previous && previous->hCertStore == store ? certificate_from(previous)->next : store->first;
        for (; certificate; certificate = certificate->next) {
            int match = matches(certificate, kind, wanted);
            if (match < 0) {
                error = E_INVALIDARG;
                certificate = NULL;
            }
            if (match) break;
        }
        if (certificate) CertDuplicateCertificateContext(&certificate->context);
        RtlReleaseSRWLockExclusive(&store->lock);
    } else {
        error = E_INVALIDARG;
    }
    if (previous) CertFreeCertificateContext(previous);
    if (certificate) return &certificate->context;
    SetLastError(error);
    return NULL;
}

PCCERT_CONTEXT WINAPI CertEnumCertificatesInStore(HCERTSTORE handle, PCCERT_CONTEXT previous)
{
    return CertFindCertificateInStore(handle, X509_ASN_ENCODING, 0, CERT_FIND_ANY, NULL, previous);
}
