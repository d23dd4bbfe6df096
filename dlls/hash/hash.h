/* Hash functions of FIPS 180-4 and RFC 1321, and HMAC (RFC 2104): compiled into bcrypt, advapi32 and crypt32. */
#ifndef HASH_H
#define HASH_H

#include "ferry/ntapi.h"

#define HASH_MAX 64        /* bytes of the longest value */
#define HASH_BLOCK_MAX 128

struct hash;

struct hash_algorithm {
    const WCHAR *name; /* BCRYPT_*_ALGORITHM */
    ULONG id;          /* CALG_* */
    ULONG size;        /* bytes of the value */
    ULONG block;       /* bytes */
    void (*start)(struct hash *hash);
    void (*compress)(struct hash *hash, const UCHAR *block);
    ULONG word;        /* bytes of a word of the value */
    ULONG big;         /* the most significant byte first */
};

/* A plain value: copying the structure copies the computation. */
struct hash {
    const struct hash_algorithm *algorithm;
    ULONG64 bytes;
    union {
        ULONG words[8];
        ULONG64 longs[8];
    } state;
    ULONG used;
    UCHAR buffer[HASH_BLOCK_MAX];
};

/* MD5, SHA1, SHA256, SHA384, SHA512 */
#define HASH_ALGORITHMS 5
extern const struct hash_algorithm hash_algorithms[HASH_ALGORITHMS];

void hash_start(struct hash *hash, const struct hash_algorithm *algorithm);
void hash_add(struct hash *hash, const void *data, SIZE_T size);
/* `value` has room for algorithm->size bytes. The computation is over. */
void hash_end(struct hash *hash, UCHAR *value);

struct hmac {
    struct hash inner, outer;
};
void hmac_start(struct hmac *hmac, const struct hash_algorithm *algorithm, const void *key, SIZE_T size);
void hmac_end(struct hmac *hmac, UCHAR *value); /* data goes into `inner` */

#endif
