/* Providers of bcrypt.dll. */
#ifndef PROVIDER_H
#define PROVIDER_H

#define _BCRYPT_
#include "hash.h"
#include <bcrypt.h>
#include <stdbool.h>

#define PROVIDER_MAGIC 0x474e5242

struct provider {
    ULONG magic;
    const struct hash_algorithm *hash; /* NULL: random numbers */
    ULONG flags;                       /* BCRYPT_ALG_HANDLE_HMAC_FLAG, BCRYPT_HASH_REUSABLE_FLAG */
};

/* What a handle or one of the numbers that stand for one means; NULL if nothing. */
const struct provider *provider_from(BCRYPT_ALG_HANDLE handle);

void *__cdecl memcpy(void *to, const void *from, size_t size);
void *__cdecl memset(void *to, int value, size_t size);
int __cdecl memcmp(const void *a, const void *b, size_t size);

#endif
