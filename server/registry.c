/* Requests on the registry. Reading needs none: registry.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "registry.h"
#include "server.h"

static WCHAR user_path[128];
static uint32_t user_units;

static void defaults(void)
{
    default_hive(user_path, user_units, true);
}

static bool sid_is_sound(const WCHAR *sid, uint32_t units)
{
    if (units < 3 || units > 100) return false;
    for (uint32_t i = 0; i < units; i++)
        if (sid[i] != 'S' && sid[i] != '-' && (sid[i] < '0' || sid[i] > '9')) return false;
    return true;
}

static void mark_root(const char *path)
{
    WCHAR wide[64];
    uint32_t units = 0;

    while (*path) wide[units++] = (unsigned char)*path++;
    uint32_t place = tree_walk(wide, units, true, tree_now());
    if (place) tree_key(place)->flags |= REGISTRY_KEY_ROOT;
}

NTSTATUS request_registry_map(struct request *request, const struct request_registry_map *in, uint32_t extra,
                              struct reply_registry_map *out)
{
    const WCHAR *sid = (const WCHAR *)(in + 1);

    if (extra != in->sid_units * 2ull || !sid_is_sound(sid, in->sid_units)) return STATUS_INVALID_PARAMETER;
    memcpy(user_path, L"User\\", 10);
    memcpy(user_path + 5, sid, in->sid_units * 2);
    user_units = 5 + in->sid_units;
    if (!registry_base) {
        if (!tree_create()) return STATUS_INSUFFICIENT_RESOURCES;
        journal_load(defaults, &out->good_bytes, &out->damaged_bytes);
        mark_root("Machine");
        mark_root("User");
        hardware_hive();
        hive_unload_all();
    }
    if (!tree_walk(user_path, user_units, false, 0)) default_hive(user_path, user_units, false);
    char path[32];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", registry_fd);
    static int to_read = -1; /* so that nobody else can write */
    if (to_read < 0) to_read = open(path, O_RDONLY | O_CLOEXEC);
    if (to_read < 0) return STATUS_INSUFFICIENT_RESOURCES;
    request->reply_fd = to_read;
    return STATUS_SUCCESS;
}

static NTSTATUS status_of(int error)
{
    switch (error) {
    case 0: return STATUS_SUCCESS;
    case ENOSPC: case EDQUOT: return STATUS_DISK_FULL;
    case EACCES: case EPERM: case EROFS: return STATUS_ACCESS_DENIED;
    default: return STATUS_REGISTRY_IO_FAILED;
    }
}

static bool name_is_sound(const WCHAR *name, uint32_t units)
{
    if (!units || units > REGISTRY_KEY_NAME_MAX) return false;
    for (uint32_t i = 0; i < units; i++)
        if (name[i] == '\\') return false;
    return true;
}

static NTSTATUS create(struct change *change, struct reply_registry_change *out)
{
    struct registry_key *parent = tree_key(change->place);
    uint16_t flags = 0;

    if (!name_is_sound(change->name, change->name_units)) return STATUS_INVALID_PARAMETER;
    uint32_t place = registry_child(registry_base, parent, change->name, change->name_units);
    if (place) {
        out->existed = 1;
        out->key = tree_id(place);
        return STATUS_SUCCESS;
    }
    if (change->place == REGISTRY_ROOT) return STATUS_ACCESS_DENIED;
    if (change->data_size > 0xfffe || tree_depth(change->place) >= REGISTRY_DEPTH_MAX) return STATUS_INVALID_PARAMETER;
    if (change->type & REG_OPTION_VOLATILE) flags |= REGISTRY_KEY_VOLATILE;
    else if (parent->flags & REGISTRY_KEY_VOLATILE) return STATUS_CHILD_MUST_BE_VOLATILE;
    if (change->type & REG_OPTION_CREATE_LINK) flags |= REGISTRY_KEY_LINK;
    int error = flags & REGISTRY_KEY_VOLATILE ? 0 : journal_append(change);
    if (error) return status_of(error);
    place = tree_add(change->place, change->name, change->name_units, change->data, change->data_size / 2, flags,
                     change->time);
    if (!place) return STATUS_INSUFFICIENT_RESOURCES;
    out->key = tree_id(place);
    watch_changed(change->place, REG_NOTIFY_CHANGE_NAME);
    return STATUS_SUCCESS;
}

static NTSTATUS rename_key(const struct change *change)
{
    struct registry_key *key = tree_key(change->place);

    if (!name_is_sound(change->name, change->name_units)) return STATUS_INVALID_PARAMETER;
    uint32_t there = registry_child(registry_base, tree_key(key->parent), change->name, change->name_units);
    if (there && there != change->place) return STATUS_CANNOT_DELETE;
    int error = key->flags & REGISTRY_KEY_VOLATILE ? 0 : journal_append(change);
    if (error) return status_of(error);
    tree_rename(change->place, change->name, change->name_units, change->time);
    watch_changed(key->parent, REG_NOTIFY_CHANGE_NAME);
    return STATUS_SUCCESS;
}

static NTSTATUS change_key(struct change *change, struct reply_registry_change *out)
{
    struct registry_key *key = tree_key(change->place);
    bool kept = !(key->flags & REGISTRY_KEY_VOLATILE);
    int error;

    switch (change->operation) {
    case REGISTRY_CREATE: return create(change, out);
    case REGISTRY_RENAME_KEY:
        return key->flags & (REGISTRY_KEY_ROOT | REGISTRY_KEY_HIVE) ? STATUS_ACCESS_DENIED : rename_key(change);
    case REGISTRY_DELETE_KEY: {
        uint32_t parent = key->parent;
        if (key->flags & (REGISTRY_KEY_ROOT | REGISTRY_KEY_HIVE)) return STATUS_ACCESS_DENIED;
        if (key->subkey_count) return STATUS_CANNOT_DELETE;
        if (kept && (error = journal_append(change))) return status_of(error);
        watch_key_gone(change->place);
        tree_remove(change->place, change->time);
        watch_changed(parent, REG_NOTIFY_CHANGE_NAME);
        return STATUS_SUCCESS;
    }
    case REGISTRY_SET_VALUE:
        if (change->place == REGISTRY_ROOT) return STATUS_ACCESS_DENIED;
        if (change->name_units > REGISTRY_VALUE_NAME_MAX) return STATUS_INVALID_PARAMETER;
        if (kept && (error = journal_append(change))) return status_of(error);
        if (!tree_set(change->place, change->name, change->name_units, change->type, change->data, change->data_size,
                      change->time))
            return STATUS_INSUFFICIENT_RESOURCES;
        break;
    case REGISTRY_DELETE_VALUE:
        if (!registry_find_value(registry_base, key, change->name, change->name_units)) return STATUS_OBJECT_NAME_NOT_FOUND;
        if (kept && (error = journal_append(change))) return status_of(error);
        tree_unset(change->place, change->name, change->name_units, change->time);
        break;
    case REGISTRY_SET_TIME:
        if (change->data_size != 8) return STATUS_INVALID_PARAMETER;
        memcpy(&change->time, change->data, 8);
        change->data_size = 0;
        if (kept && (error = journal_append(change))) return status_of(error);
        tree_set_time(change->place, change->time);
        break;
    default: return STATUS_INVALID_PARAMETER;
    }
    watch_changed(change->place, REG_NOTIFY_CHANGE_LAST_SET);
    return STATUS_SUCCESS;
}

NTSTATUS registry_apply(const struct change *change, uint32_t *created)
{
    const struct registry_key *key = tree_key(change->place);
    bool kept = !(key->flags & REGISTRY_KEY_VOLATILE);
    uint32_t place = 0;

    if (!tree_has_room(change->name_units * 2 + change->data_size)) return STATUS_REGISTRY_QUOTA_LIMIT;
    int error = kept ? journal_append(change) : 0;
    if (error) return status_of(error);
    switch (change->operation) {
    case REGISTRY_CREATE:
        place = tree_add(change->place, change->name, change->name_units, change->data, change->data_size / 2,
                         (change->type & REG_OPTION_CREATE_LINK ? REGISTRY_KEY_LINK : 0) | (kept ? 0 : REGISTRY_KEY_VOLATILE),
                         change->time);
        if (created) *created = place;
        return place ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    case REGISTRY_SET_VALUE:
        return tree_set(change->place, change->name, change->name_units, change->type, change->data, change->data_size,
                        change->time) ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    case REGISTRY_DELETE_VALUE: tree_unset(change->place, change->name, change->name_units, change->time); break;
    case REGISTRY_DELETE_KEY:
        watch_key_gone(change->place);
        tree_remove(change->place, change->time);
        break;
    case REGISTRY_SET_TIME: tree_set_time(change->place, change->time); break;
    case REGISTRY_MOUNT: hive_mounted(change->place, change->data, change->data_size); break;
    }
    return STATUS_SUCCESS;
}

/* The data that came as a file. */
static void *read_data(int fd, uint32_t size)
{
    struct stat st;
    char *data;

    if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size < size || !(data = malloc(size))) return NULL;
    for (uint32_t have = 0; have < size;) {
        ssize_t count = pread(fd, data + have, size - have, have);
        if (count <= 0) {
            free(data);
            return NULL;
        }
        have += (uint32_t)count;
    }
    return data;
}

NTSTATUS request_registry_change(struct request *request, const struct request_registry_change *in, uint32_t extra,
                                 struct reply_registry_change *out)
{
    bool inline_data = in->data_size <= REGISTRY_INLINE_MAX;
    void *data = NULL;

    if (!registry_base) return STATUS_INVALID_PARAMETER;
    if (extra != in->name_units * 2ull + (inline_data ? in->data_size : 0)) return STATUS_INVALID_PARAMETER;
    if (in->data_size > REGISTRY_DATA_MAX) return STATUS_INSUFFICIENT_RESOURCES;
    uint32_t place = tree_place(in->key);
    if (!place) return STATUS_KEY_DELETED;
    if (!tree_has_room(extra + in->data_size)) return STATUS_REGISTRY_QUOTA_LIMIT;
    if (!inline_data && !(data = read_data(request->fd, in->data_size))) return STATUS_INVALID_PARAMETER;
    const WCHAR *name = (const WCHAR *)(in + 1);
    struct change change = { .operation = in->operation, .type = in->type, .place = place, .time = tree_now(),
                             .name = name, .name_units = in->name_units,
                             .data = data ? data : (const void *)(name + in->name_units), .data_size = in->data_size };
    NTSTATUS status = change_key(&change, out);
    free(data);
    return status;
}

NTSTATUS request_registry_flush(struct request *request, const struct request_registry_flush *in, uint32_t extra,
                                struct reply_registry_flush *out)
{
    return status_of(journal_sync());
}
