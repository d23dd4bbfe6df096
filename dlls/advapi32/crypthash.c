/* wincrypt.h: hash values, and what a provider says of itself. */
#include "crypt.h"
#include "hash.h"

#define HASH_MAGIC 0x48415348

struct hash_object {
    ULONG magic;
    BOOL over; /* the value has been asked for, or set */
    struct hash hash;
    const struct hash_algorithm *algorithm;
    UCHAR value[HASH_MAX];
};

static struct hash_object *object_from(HCRYPTHASH handle)
{
    struct hash_object *object = (struct hash_object *)handle;
    return object && object->magic == HASH_MAGIC ? object : NULL;
}

/* SHA-2 came with the AES providers (wincrypt.h reference: cryptographic provider names). */
static const struct hash_algorithm *find_hash(const struct context *context, ALG_ID id)
{
    for (int i = 0; i < HASH_ALGORITHMS; i++)
        if (hash_algorithms[i].id == id && (id <= CALG_SHA1 || context->type == PROV_RSA_AES)) return &hash_algorithms[i];
    return NULL;
}

/* Without keys: no HMAC, no MAC (NTE_BAD_ALGID). */
BOOL WINAPI CryptCreateHash(HCRYPTPROV provider, ALG_ID id, HCRYPTKEY key, DWORD flags, HCRYPTHASH *handle)
{
    struct context *context = context_from(provider);
    const struct hash_algorithm *algorithm;
    struct hash_object *object;

    if (!context || !handle) return set_error(ERROR_INVALID_PARAMETER);
    if (flags) return set_error(NTE_BAD_FLAGS);
    algorithm = find_hash(context, id);
    if (!algorithm) return set_error(NTE_BAD_ALGID);
    if (key) return set_error(NTE_BAD_KEY);
    if (!(object = mem_alloc(sizeof(*object)))) return set_error(NTE_NO_MEMORY);
    object->magic = HASH_MAGIC;
    object->over = FALSE;
    object->algorithm = algorithm;
    hash_start(&object->hash, algorithm);
    *handle = (HCRYPTHASH)object;
    return TRUE;
}

BOOL WINAPI CryptDuplicateHash(HCRYPTHASH handle, DWORD *reserved, DWORD flags, HCRYPTHASH *copy)
{
    struct hash_object *from = object_from(handle), *to;

    if (!from || reserved || !copy) return set_error(ERROR_INVALID_PARAMETER);
    if (flags) return set_error(NTE_BAD_FLAGS);
    if (!(to = mem_alloc(sizeof(*to)))) return set_error(NTE_NO_MEMORY);
    *to = *from;
    *copy = (HCRYPTHASH)to;
    return TRUE;
}

BOOL WINAPI CryptDestroyHash(HCRYPTHASH handle)
{
    struct hash_object *object = object_from(handle);

    if (!object) return set_error(ERROR_INVALID_PARAMETER);
    memset(object, 0, sizeof(*object));
    mem_free(object);
    return TRUE;
}

BOOL WINAPI CryptHashData(HCRYPTHASH handle, const BYTE *data, DWORD size, DWORD flags)
{
    struct hash_object *object = object_from(handle);

    if (!object || (size && !data)) return set_error(ERROR_INVALID_PARAMETER);
    if (flags) return set_error(NTE_BAD_FLAGS);
    if (object->over) return set_error(NTE_BAD_HASH_STATE);
    hash_add(&object->hash, data, size);
    return TRUE;
}

static BOOL hand_over(const void *from, DWORD bytes, BYTE *data, DWORD *size)
{
    DWORD room = *size;

    *size = bytes;
    if (!data) return TRUE;
    if (room < bytes) return set_error(ERROR_MORE_DATA);
    memcpy(data, from, bytes);
    return TRUE;
}

/* HP_HASHVAL ends the computation when it gives the value. */
BOOL WINAPI CryptGetHashParam(HCRYPTHASH handle, DWORD what, BYTE *data, DWORD *size, DWORD flags)
{
    struct hash_object *object = object_from(handle);

    if (!object || !size) return set_error(ERROR_INVALID_PARAMETER);
    if (flags) return set_error(NTE_BAD_FLAGS);
    switch (what) {
    case HP_ALGID: return hand_over(&object->algorithm->id, sizeof(ALG_ID), data, size);
    case HP_HASHSIZE: return hand_over(&object->algorithm->size, sizeof(DWORD), data, size);
    case HP_HASHVAL:
        if (data && *size >= object->algorithm->size && !object->over) {
            hash_end(&object->hash, object->value);
            object->over = TRUE;
        }
        return hand_over(object->value, object->algorithm->size, data, size);
    default: return set_error(NTE_BAD_TYPE);
    }
}

/* HP_HASHVAL: a value that was computed elsewhere. */
BOOL WINAPI CryptSetHashParam(HCRYPTHASH handle, DWORD what, const BYTE *data, DWORD flags)
{
    struct hash_object *object = object_from(handle);

    if (!object || !data) return set_error(ERROR_INVALID_PARAMETER);
    if (flags) return set_error(NTE_BAD_FLAGS);
    if (what != HP_HASHVAL) return set_error(NTE_BAD_TYPE);
    if (object->over || object->hash.bytes) return set_error(NTE_BAD_HASH_STATE);
    memcpy(object->value, data, object->algorithm->size);
    object->over = TRUE;
    return TRUE;
}

/* ---- providers ---- */

static BOOL enumerate_algorithms(struct context *context, BYTE *data, DWORD *size, DWORD flags)
{
    PROV_ENUMALGS out = {0};
    DWORD number = flags & CRYPT_FIRST ? 0 : context->next;

    for (; number < HASH_ALGORITHMS; number++)
        if (find_hash(context, hash_algorithms[number].id)) break;
    if (number == HASH_ALGORITHMS) return set_error(ERROR_NO_MORE_ITEMS);
    out.aiAlgid = hash_algorithms[number].id;
    out.dwBitLen = hash_algorithms[number].size * 8;
    for (DWORD from = 0; hash_algorithms[number].name[from]; from++) { /* SHA-1, SHA-256, but MD5 */
        if (from == 3) out.szName[out.dwNameLen++] = '-';
        out.szName[out.dwNameLen++] = (CHAR)hash_algorithms[number].name[from];
    }
    out.dwNameLen++;
    if (!hand_over(&out, sizeof(out), data, size)) return FALSE;
    if (data) context->next = number + 1;
    return TRUE;
}

BOOL WINAPI CryptGetProvParam(HCRYPTPROV handle, DWORD what, BYTE *data, DWORD *size, DWORD flags)
{
    struct context *context = context_from(handle);
    DWORD number;
    CHAR name[80];

    if (!context || !size) return set_error(ERROR_INVALID_PARAMETER);
    if (flags & ~(CRYPT_FIRST | CRYPT_NEXT)) return set_error(NTE_BAD_FLAGS);
    switch (what) {
    case PP_NAME:
        for (number = 0; (name[number] = (CHAR)context->name[number]); number++)
            ;
        return hand_over(name, number + 1, data, size);
    case PP_PROVTYPE: return hand_over(&context->type, sizeof(DWORD), data, size);
    case PP_VERSION:
        number = 0x200;
        return hand_over(&number, sizeof(number), data, size);
    case PP_IMPTYPE:
        number = CRYPT_IMPL_SOFTWARE;
        return hand_over(&number, sizeof(number), data, size);
    case PP_ENUMALGS: return enumerate_algorithms(context, data, size, flags);
    case PP_ENUMCONTAINERS: return set_error(ERROR_NO_MORE_ITEMS); /* key containers do not exist */
    default: return set_error(NTE_BAD_TYPE);
    }
}
