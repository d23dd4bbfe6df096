/* Certificates and stores of crypt32.dll. */
#ifndef CERTIFICATE_H
#define CERTIFICATE_H

#define _CRYPT32_
#define WINIMPM /* ours, not imported */
#include "hash.h"
#include <stdbool.h>
#include <wincrypt.h>

void *__cdecl memcpy(void *to, const void *from, size_t size);
void *__cdecl memset(void *to, int value, size_t size);
int __cdecl memcmp(const void *a, const void *b, size_t size);
size_t __cdecl strlen(const char *text);
int __cdecl strcmp(const char *a, const char *b);

struct store;

/* A context with what it points to behind it, in one block. */
struct certificate {
    CERT_CONTEXT context; /* what programs see; hCertStore is the store, or NULL */
    LONG references;
    struct certificate *next; /* in the store, under its lock */
};

static inline struct certificate *certificate_from(PCCERT_CONTEXT context)
{
    return (struct certificate *)context;
}

/* Parses X.509 (RFC 5280). NULL with the error set: CRYPT_E_ASN1_BADTAG, ERROR_NOT_ENOUGH_MEMORY. One reference. */
struct certificate *certificate_new(const BYTE *encoded, DWORD size);
/* The last reference of one that is in a store lets that go. */
void certificate_release(struct certificate *certificate);
/* SHA-1 or another hash of the encoded certificate. */
void certificate_hash(PCCERT_CONTEXT context, ULONG algorithm, BYTE *value);
bool blob_equal(const CRYPT_DATA_BLOB *a, const CRYPT_DATA_BLOB *b);

void store_release(struct store *store);

static inline BOOL fail(DWORD error)
{
    SetLastError(error);
    return FALSE;
}

#endif
