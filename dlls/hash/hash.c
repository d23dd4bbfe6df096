/* What all hash functions share: blocks, padding, HMAC. */
#include "hash.h"

void *__cdecl memcpy(void *to, const void *from, size_t size);
void *__cdecl memset(void *to, int value, size_t size);

void hash_start(struct hash *hash, const struct hash_algorithm *algorithm)
{
    memset(hash, 0, sizeof(*hash));
    hash->algorithm = algorithm;
    algorithm->start(hash);
}

void hash_add(struct hash *hash, const void *data, SIZE_T size)
{
    ULONG block = hash->algorithm->block;
    const UCHAR *at = data;

    hash->bytes += size;
    if (hash->used) {
        ULONG piece = size < block - hash->used ? (ULONG)size : block - hash->used;
        memcpy(hash->buffer + hash->used, at, piece);
        hash->used += piece;
        at += piece;
        size -= piece;
        if (hash->used < block) return;
        hash->algorithm->compress(hash, hash->buffer);
        hash->used = 0;
    }
    for (; size >= block; at += block, size -= block) hash->algorithm->compress(hash, at);
    if (size) memcpy(hash->buffer, at, size);
    hash->used = (ULONG)size;
}

void hash_end(struct hash *hash, UCHAR *value)
{
    const struct hash_algorithm *algorithm = hash->algorithm;
    ULONG block = algorithm->block, counter = block / 8, i;
    ULONG64 bits = hash->bytes * 8;

    hash->buffer[hash->used++] = 0x80;
    if (hash->used > block - counter) {
        memset(hash->buffer + hash->used, 0, block - hash->used);
        algorithm->compress(hash, hash->buffer);
        hash->used = 0;
    }
    memset(hash->buffer + hash->used, 0, block - hash->used);
    for (i = 0; i < 8; i++)
        hash->buffer[algorithm->big ? block - 1 - i : block - 8 + i] = (UCHAR)(bits >> 8 * i);
    algorithm->compress(hash, hash->buffer);
    for (i = 0; i < algorithm->size; i++) {
        ULONG byte = i % algorithm->word, shift = 8 * (algorithm->big ? algorithm->word - 1 - byte : byte);
        ULONG64 word = algorithm->word == 8 ? hash->state.longs[i / 8] : hash->state.words[i / 4];
        value[i] = (UCHAR)(word >> shift);
    }
    memset(hash, 0, sizeof(*hash));
}

void hmac_start(struct hmac *hmac, const struct hash_algorithm *algorithm, const void *key, SIZE_T size)
{
    UCHAR pad[HASH_BLOCK_MAX] = {0};
    ULONG i;

    if (size > algorithm->block) {
        hash_start(&hmac->inner, algorithm);
        hash_add(&hmac->inner, key, size);
        hash_end(&hmac->inner, pad);
    } else if (size) {
        memcpy(pad, key, size);
    }
    for (i = 0; i < algorithm->block; i++) pad[i] ^= 0x36;
    hash_start(&hmac->inner, algorithm);
    hash_add(&hmac->inner, pad, algorithm->block);
    for (i = 0; i < algorithm->block; i++) pad[i] ^= 0x36 ^ 0x5c;
    hash_start(&hmac->outer, algorithm);
    hash_add(&hmac->outer, pad, algorithm->block);
    memset(pad, 0, sizeof(pad));
}

void hmac_end(struct hmac *hmac, UCHAR *value)
{
    ULONG size = hmac->inner.algorithm->size;

    hash_end(&hmac->inner, value);
    hash_add(&hmac->outer, value, size);
    hash_end(&hmac->outer, value);
}
