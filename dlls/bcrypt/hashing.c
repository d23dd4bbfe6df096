/* bcrypt.h: hash values, HMAC, PBKDF2, properties of hashes. */
#include "provider.h"

#define HASH_MAGIC 0x48534148

struct hash_object {
    ULONG magic;
    BOOLEAN allocated; /* else in the caller's memory */
    BOOLEAN keyed, reusable, over;
    struct hmac now, fresh; /* without a key only `inner` is in use */
};

static struct hash_object *object_from(BCRYPT_HASH_HANDLE handle)
{
    struct hash_object *object = handle;
    return object && object->magic == HASH_MAGIC ? object : NULL;
}

static void end(struct hash_object *object, UCHAR *value)
{
    if (object->keyed) hmac_end(&object->now, value);
    else hash_end(&object->now.inner, value);
}

/* `memory` is the caller's, of BCRYPT_OBJECT_LENGTH bytes at least, or NULL. A key only with the HMAC flag. */
NTSTATUS WINAPI BCryptCreateHash(BCRYPT_ALG_HANDLE algorithm, BCRYPT_HASH_HANDLE *handle, UCHAR *memory, ULONG size,
                                 UCHAR *key, ULONG key_size, ULONG flags)
{
    const struct provider *provider = provider_from(algorithm);
    struct hash_object *object;

    if (!provider) return STATUS_INVALID_HANDLE;
    if (!provider->hash) return STATUS_NOT_SUPPORTED;
    if (!handle || (flags & ~BCRYPT_HASH_REUSABLE_FLAG)) return STATUS_INVALID_PARAMETER;
    if ((key_size && !key) || (key && key_size && !(provider->flags & BCRYPT_ALG_HANDLE_HMAC_FLAG)))
        return STATUS_INVALID_PARAMETER;
    if (memory && size < sizeof(*object)) return STATUS_BUFFER_TOO_SMALL;
    object = memory ? (struct hash_object *)memory : RtlAllocateHeap(GetProcessHeap(), 0, sizeof(*object));
    if (!object) return STATUS_NO_MEMORY;
    object->allocated = !memory;
    object->keyed = (provider->flags & BCRYPT_ALG_HANDLE_HMAC_FLAG) != 0;
    object->reusable = ((provider->flags | flags) & BCRYPT_HASH_REUSABLE_FLAG) != 0;
    object->over = FALSE;
    if (object->keyed) hmac_start(&object->fresh, provider->hash, key, key_size);
    else hash_start(&object->fresh.inner, provider->hash);
    object->now = object->fresh;
    object->magic = HASH_MAGIC;
    *handle = object;
    return STATUS_SUCCESS;
}

NTSTATUS WINAPI BCryptDuplicateHash(BCRYPT_HASH_HANDLE handle, BCRYPT_HASH_HANDLE *copy, UCHAR *memory, ULONG size,
                                    ULONG flags)
{
    struct hash_object *from = object_from(handle), *to;

    if (!from) return STATUS_INVALID_HANDLE;
    if (!copy || flags) return STATUS_INVALID_PARAMETER;
    if (memory && size < sizeof(*to)) return STATUS_BUFFER_TOO_SMALL;
    to = memory ? (struct hash_object *)memory : RtlAllocateHeap(GetProcessHeap(), 0, sizeof(*to));
    if (!to) return STATUS_NO_MEMORY;
    *to = *from;
    to->allocated = !memory;
    *copy = to;
    return STATUS_SUCCESS;
}

NTSTATUS WINAPI BCryptHashData(BCRYPT_HASH_HANDLE handle, UCHAR *data, ULONG size, ULONG flags)
{
    struct hash_object *object = object_from(handle);

    if (!object) return STATUS_INVALID_HANDLE;
    if (flags || (size && !data) || object->over) return STATUS_INVALID_PARAMETER;
    hash_add(&object->now.inner, data, size);
    return STATUS_SUCCESS;
}

/* `size` is exactly that of the value. A reusable object starts anew, any other is over. */
NTSTATUS WINAPI BCryptFinishHash(BCRYPT_HASH_HANDLE handle, UCHAR *value, ULONG size, ULONG flags)
{
    struct hash_object *object = object_from(handle);

    if (!object) return STATUS_INVALID_HANDLE;
    if (flags || !value || object->over || size != object->fresh.inner.algorithm->size) return STATUS_INVALID_PARAMETER;
    end(object, value);
    object->now = object->fresh;
    object->over = !object->reusable;
    return STATUS_SUCCESS;
}

NTSTATUS WINAPI BCryptDestroyHash(BCRYPT_HASH_HANDLE handle)
{
    struct hash_object *object = object_from(handle);

    if (!object) return STATUS_INVALID_HANDLE;
    BOOLEAN allocated = object->allocated;
    memset(object, 0, sizeof(*object));
    if (allocated) RtlFreeHeap(GetProcessHeap(), 0, object);
    return STATUS_SUCCESS;
}

NTSTATUS WINAPI BCryptHash(BCRYPT_ALG_HANDLE algorithm, UCHAR *key, ULONG key_size, UCHAR *data, ULONG size,
                           UCHAR *value, ULONG value_size)
{
    struct hash_object memory;
    BCRYPT_HASH_HANDLE handle;
    NTSTATUS status = BCryptCreateHash(algorithm, &handle, (UCHAR *)&memory, sizeof(memory), key, key_size, 0);

    if (status) return status;
    status = BCryptHashData(handle, data, size, 0);
    if (!status) status = BCryptFinishHash(handle, value, value_size, 0);
    BCryptDestroyHash(handle);
    return status;
}

/* RFC 8018, 5.2. The provider was opened with the HMAC flag. */
NTSTATUS WINAPI BCryptDeriveKeyPBKDF2(BCRYPT_ALG_HANDLE handle, UCHAR *password, ULONG password_size, UCHAR *salt,
                                      ULONG salt_size, ULONGLONG rounds, UCHAR *key, ULONG key_size, ULONG flags)
{
    const struct provider *provider = provider_from(handle);
    struct hmac fresh, hmac;
    ULONG block, i, at = 0;

    if (!provider) return STATUS_INVALID_HANDLE;
    if (!provider->hash || !(provider->flags & BCRYPT_ALG_HANDLE_HMAC_FLAG)) return STATUS_INVALID_PARAMETER;
    if (!key || !key_size || !rounds || flags || (password_size && !password) || (salt_size && !salt))
        return STATUS_INVALID_PARAMETER;
    hmac_start(&fresh, provider->hash, password, password_size);
    for (block = 1; at < key_size; block++) {
        UCHAR number[4] = {(UCHAR)(block >> 24), (UCHAR)(block >> 16), (UCHAR)(block >> 8), (UCHAR)block};
        UCHAR value[HASH_MAX], sum[HASH_MAX];
        ULONG size = provider->hash->size, piece = key_size - at < size ? key_size - at : size;
        hmac = fresh;
        hash_add(&hmac.inner, salt, salt_size);
        hash_add(&hmac.inner, number, sizeof(number));
        hmac_end(&hmac, value);
        memcpy(sum, value, size);
        for (ULONGLONG round = 1; round < rounds; round++) {
            hmac = fresh;
            hash_add(&hmac.inner, value, size);
            hmac_end(&hmac, value);
            for (i = 0; i < size; i++) sum[i] ^= value[i];
        }
        memcpy(key + at, sum, piece);
        at += piece;
    }
    memset(&fresh, 0, sizeof(fresh));
    return STATUS_SUCCESS;
}

static bool same(const WCHAR *a, const WCHAR *b)
{
    return CompareStringOrdinal(a, -1, b, -1, FALSE) == CSTR_EQUAL;
}

/* Of providers and of hash objects. STATUS_BUFFER_TOO_SMALL with *needed; `value` NULL asks for that alone. */
NTSTATUS WINAPI BCryptGetProperty(BCRYPT_HANDLE handle, const WCHAR *name, UCHAR *value, ULONG size, ULONG *needed,
                                  ULONG flags)
{
    const struct provider *provider;
    const struct hash_algorithm *algorithm = NULL;
    const WCHAR *text = NULL;
    ULONG number = 0, bytes = sizeof(number);

    if (!handle) return STATUS_INVALID_HANDLE;
    if (!name || !needed || flags) return STATUS_INVALID_PARAMETER;
    if ((provider = provider_from(handle))) algorithm = provider->hash;
    else if (object_from(handle)) algorithm = object_from(handle)->fresh.inner.algorithm;
    else return STATUS_INVALID_HANDLE;
    if (same(name, BCRYPT_ALGORITHM_NAME)) {
        text = algorithm ? algorithm->name : BCRYPT_RNG_ALGORITHM;
        for (bytes = sizeof(WCHAR); text[bytes / sizeof(WCHAR) - 1]; bytes += sizeof(WCHAR))
            ;
    } else if (!algorithm) {
        return STATUS_NOT_SUPPORTED;
    } else if (same(name, BCRYPT_OBJECT_LENGTH)) {
        number = sizeof(struct hash_object);
    } else if (same(name, BCRYPT_HASH_LENGTH)) {
        number = algorithm->size;
    } else if (same(name, BCRYPT_HASH_BLOCK_LENGTH)) {
        number = algorithm->block;
    } else {
        return STATUS_NOT_SUPPORTED;
    }
    *needed = bytes;
    if (!value) return STATUS_SUCCESS;
    if (size < bytes) return STATUS_BUFFER_TOO_SMALL;
    memcpy(value, text ? (const void *)text : &number, bytes);
    return STATUS_SUCCESS;
}
