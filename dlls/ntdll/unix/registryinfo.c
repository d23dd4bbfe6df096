/* What NtQueryKey, NtEnumerateKey, NtQueryValueKey and NtEnumerateValueKey say. Layouts: wdm.h reference. */
#include <string.h>
#include "registry.h"

struct out {
    unsigned char *to;
    ULONG length;
};

/* As much of it as there is room for. */
static void put(struct out *out, uint64_t at, const void *from, uint64_t size)
{
    if (!from || !size || at >= out->length) return;
    memcpy(out->to + at, from, size < out->length - at ? size : out->length - at);
}

static void put_ulong(struct out *out, uint32_t at, ULONG value)
{
    put(out, at, &value, 4);
}

/* `fixed`: bytes before what varies. */
static NTSTATUS result(ULONG length, uint64_t fixed, uint64_t all, ULONG *needed)
{
    *needed = (ULONG)all;
    return length < fixed ? STATUS_BUFFER_TOO_SMALL : length < all ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

uint32_t registry_path(const void *base, const struct registry_key *key, WCHAR *to, uint32_t room)
{
    uint32_t units = 0, depth = 0;

    for (const struct registry_key *at = key; at && depth++ <= REGISTRY_DEPTH_MAX; at = registry_key_at(base, at->parent))
        units += at->name_units + 1u;
    uint32_t end = units;
    depth = 0;
    for (const struct registry_key *at = key; at && depth++ <= REGISTRY_DEPTH_MAX; at = registry_key_at(base, at->parent)) {
        uint32_t count = at->name_units;
        const WCHAR *name = registry_at(base, at->name, count * 2ull);
        if (!name || end < count + 1) break;
        end -= count;
        for (uint32_t i = 0; i < count && end + i < room; i++) to[end + i] = name[i];
        if (--end < room) to[end] = '\\';
    }
    return units;
}

struct extremes {
    ULONG name, class, value_name, data; /* bytes */
};

static void measure(const void *base, const struct registry_key *key, struct extremes *most)
{
    uint32_t subkeys = key->subkey_count, values = key->value_count;
    const uint32_t *children = registry_at(base, key->subkeys, subkeys * 4ull);
    const struct registry_value *list = registry_at(base, key->values, values * (uint64_t)sizeof(*list));

    memset(most, 0, sizeof(*most));
    for (uint32_t i = 0; children && i < subkeys; i++) {
        const struct registry_key *child = registry_key_at(base, children[i]);
        if (!child) continue;
        if (child->name_units * 2u > most->name) most->name = child->name_units * 2u;
        if (child->class_units * 2 > most->class) most->class = child->class_units * 2;
    }
    for (uint32_t i = 0; list && i < values; i++) {
        if (list[i].name_units * 2 > most->value_name) most->value_name = list[i].name_units * 2;
        if (list[i].size > most->data) most->data = list[i].size;
    }
}

NTSTATUS registry_fill_key(const void *base, const struct registry_key *key, ULONG class, void *to, ULONG length,
                           ULONG *needed)
{
    struct out out = { to, length };
    uint32_t name_size = key->name_units * 2u, class_size = key->class_units * 2;
    const void *name = registry_at(base, key->name, name_size), *class_name = registry_at(base, key->class_name, class_size);
    struct extremes most;

    switch (class) {
    case 0: /* KeyBasicInformation */
        if (length >= 16) {
            put(&out, 0, &key->write_time, 8);
            put_ulong(&out, 8, 0);
            put_ulong(&out, 12, name_size);
            put(&out, 16, name, name_size);
        }
        return result(length, 16, 16ull + name_size, needed);
    case 1: { /* KeyNodeInformation */
        uint32_t class_at = (24 + name_size + 3) & ~3u;
        if (length >= 24) {
            put(&out, 0, &key->write_time, 8);
            put_ulong(&out, 8, 0);
            put_ulong(&out, 12, class_size ? class_at : ~0u);
            put_ulong(&out, 16, class_size);
            put_ulong(&out, 20, name_size);
            put(&out, 24, name, name_size);
            put(&out, class_at, class_name, class_size);
        }
        return result(length, 24, class_size ? (uint64_t)class_at + class_size : 24ull + name_size, needed);
    }
    case 2: /* KeyFullInformation */
        if (length >= 44) {
            measure(base, key, &most);
            put(&out, 0, &key->write_time, 8);
            put_ulong(&out, 8, 0);
            put_ulong(&out, 12, class_size ? 44 : ~0u);
            put_ulong(&out, 16, class_size);
            put_ulong(&out, 20, key->subkey_count);
            put_ulong(&out, 24, most.name);
            put_ulong(&out, 28, most.class);
            put_ulong(&out, 32, key->value_count);
            put_ulong(&out, 36, most.value_name);
            put_ulong(&out, 40, most.data);
            put(&out, 44, class_name, class_size);
        }
        return result(length, 44, 44ull + class_size, needed);
    case 3: { /* KeyNameInformation */
        uint32_t room = length >= 4 ? (length - 4) / 2 : 0;
        uint32_t size = registry_path(base, key, (WCHAR *)((char *)to + 4), room) * 2;
        put_ulong(&out, 0, size);
        return result(length, 4, 4ull + size, needed);
    }
    case 4: /* KeyCachedInformation */
        if (length >= 40) {
            measure(base, key, &most);
            put(&out, 0, &key->write_time, 8);
            put_ulong(&out, 8, 0);
            put_ulong(&out, 12, key->subkey_count);
            put_ulong(&out, 16, most.name);
            put_ulong(&out, 20, key->value_count);
            put_ulong(&out, 24, most.value_name);
            put_ulong(&out, 28, most.data);
            put_ulong(&out, 32, name_size);
            put_ulong(&out, 36, 0);
        }
        return result(length, 40, 40, needed);
    case 5: /* KeyFlagsInformation */
        if (length >= 12) {
            put_ulong(&out, 0, 0);
            put_ulong(&out, 4, (key->flags & REGISTRY_KEY_VOLATILE ? 1u : 0) | (key->flags & REGISTRY_KEY_LINK ? 2u : 0));
            put_ulong(&out, 8, 0);
        }
        return result(length, 12, 12, needed);
    case 6: /* KeyVirtualizationInformation: none */
    case 7: /* KeyHandleTagsInformation */
        if (length >= 4) put_ulong(&out, 0, 0);
        return result(length, 4, 4, needed);
    default: return STATUS_INVALID_PARAMETER;
    }
}

NTSTATUS registry_fill_value(const void *base, const struct registry_value *value, ULONG class, void *to, ULONG length,
                             ULONG *needed)
{
    struct out out = { to, length };
    uint32_t name_size = value->name_units * 2, size = value->size;
    const void *name = registry_at(base, value->name, name_size), *data = registry_at(base, value->data, size);

    switch (class) {
    case 0: /* KeyValueBasicInformation */
        if (length >= 12) {
            put_ulong(&out, 0, 0);
            put_ulong(&out, 4, value->type);
            put_ulong(&out, 8, name_size);
            put(&out, 12, name, name_size);
        }
        return result(length, 12, 12ull + name_size, needed);
    case 1: /* KeyValueFullInformation */
    case 3: { /* KeyValueFullInformationAlign64 */
        uint32_t unit = class == 3 ? 8 : 4, data_at = (20 + name_size + unit - 1) & ~(unit - 1);
        if (length >= 20) {
            put_ulong(&out, 0, 0);
            put_ulong(&out, 4, value->type);
            put_ulong(&out, 8, data_at);
            put_ulong(&out, 12, size);
            put_ulong(&out, 16, name_size);
            put(&out, 20, name, name_size);
            put(&out, data_at, data, size);
        }
        return result(length, 20, (uint64_t)data_at + size, needed);
    }
    case 2: /* KeyValuePartialInformation */
        if (length >= 12) {
            put_ulong(&out, 0, 0);
            put_ulong(&out, 4, value->type);
            put_ulong(&out, 8, size);
            put(&out, 12, data, size);
        }
        return result(length, 12, 12ull + size, needed);
    case 4: /* KeyValuePartialInformationAlign64 */
        if (length >= 8) {
            put_ulong(&out, 0, value->type);
            put_ulong(&out, 4, size);
            put(&out, 8, data, size);
        }
        return result(length, 8, 8ull + size, needed);
    default: return STATUS_INVALID_PARAMETER;
    }
}
