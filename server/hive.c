/* RegSaveKey, RegRestoreKey, RegLoadKey, RegUnLoadKey.
 *
 * A loaded hive is part of the tree and of the journal like everything else, so nothing of it is lost; when it is unloaded,
 * or the session ends, it goes back into its file, which is replaced as a whole. What a killed server left loaded is put
 * back at the next start.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hive.h"
#include "registry.h"
#include "server.h"

struct mount {
    uint64_t key;
    char *path;
    dev_t device;
    ino_t inode;
};
static struct mount *mounts;
static unsigned mount_count;

void hive_mounted(uint32_t place, const char *path, uint32_t bytes)
{
    struct mount *more = realloc(mounts, (mount_count + 1) * sizeof(*more));
    struct stat st = { 0 };

    if (!more) return;
    mounts = more;
    char *copy = strndup(path, bytes);
    if (!copy) return;
    if (stat(copy, &st)) st = (struct stat){ 0 };
    tree_key(place)->flags |= REGISTRY_KEY_HIVE;
    mounts[mount_count++] = (struct mount){ tree_id(place), copy, st.st_dev, st.st_ino };
}

const char *hive_next(unsigned index, uint32_t *place)
{
    if (index >= mount_count) return NULL;
    *place = tree_place(mounts[index].key);
    return *place ? mounts[index].path : NULL;
}

/* ---- trees ---- */

static NTSTATUS remove_below(uint32_t place, bool itself)
{
    NTSTATUS status = STATUS_SUCCESS;

    while (!status && tree_key(place)->subkey_count) {
        const uint32_t *list = registry_at(registry_base, tree_key(place)->subkeys, 4);
        status = remove_below(list[tree_key(place)->subkey_count - 1], true);
    }
    while (!status && !itself && tree_key(place)->value_count) {
        const struct registry_value *value = registry_value_at(registry_base, tree_key(place), tree_key(place)->value_count - 1);
        WCHAR *name = malloc(value->name_units * 2 + 2);
        if (!name) return STATUS_NO_MEMORY;
        memcpy(name, registry_at(registry_base, value->name, 0), value->name_units * 2);
        struct change unset = { .operation = REGISTRY_DELETE_VALUE, .place = place, .time = tree_now(), .name = name,
                                .name_units = value->name_units };
        status = registry_apply(&unset, NULL);
        free(name);
    }
    if (!status && itself)
        status = registry_apply(&(struct change){ .operation = REGISTRY_DELETE_KEY, .place = place, .time = tree_now() }, NULL);
    return status;
}

static NTSTATUS make_key(struct hive_reader *reader, uint32_t parent, const WCHAR *name, uint32_t units, const WCHAR *class_name,
                         uint32_t class_units, bool link, uint64_t time, uint32_t *place)
{
    *place = registry_child(registry_base, tree_key(parent), name, units);
    if (*place) return STATUS_SUCCESS;
    struct change create = { .operation = REGISTRY_CREATE, .type = link ? REG_OPTION_CREATE_LINK : 0, .place = parent, .time = time,
                             .name = name, .name_units = units, .data = class_name, .data_size = class_units * 2 };
    return registry_apply(&create, place);
}

static NTSTATUS set_value(struct hive_reader *reader, uint32_t place, const WCHAR *name, uint32_t units, uint32_t type,
                          const void *data, uint32_t size)
{
    struct change set = { .operation = REGISTRY_SET_VALUE, .type = type, .place = place, .time = tree_key(place)->write_time,
                          .name = name, .name_units = units, .data = data, .data_size = size };
    return registry_apply(&set, NULL);
}

static NTSTATUS only_look_key(struct hive_reader *reader, uint32_t parent, const WCHAR *name, uint32_t units,
                              const WCHAR *class_name, uint32_t class_units, bool link, uint64_t time, uint32_t *place)
{
    *place = parent;
    return STATUS_SUCCESS;
}

static NTSTATUS only_look_value(struct hive_reader *reader, uint32_t place, const WCHAR *name, uint32_t units, uint32_t type,
                                const void *data, uint32_t size)
{
    return STATUS_SUCCESS;
}

/* The file is looked through before anything is changed. */
static NTSTATUS fill(uint32_t place, int fd)
{
    struct hive_reader look = { only_look_key, only_look_value }, make = { make_key, set_value };
    uint32_t size;
    unsigned char *data = hive_file(fd, &size);

    if (!data) return STATUS_REGISTRY_IO_FAILED;
    NTSTATUS status = hive_read(data, size, place, &look);
    if (!status && !tree_has_room(size * 2ull)) status = STATUS_REGISTRY_QUOTA_LIMIT;
    if (!status) status = remove_below(place, false);
    if (!status) status = hive_read(data, size, place, &make);
    free(data);
    return status;
}

/* ---- loaded hives ---- */

static NTSTATUS write_back(const struct mount *mount)
{
    char fresh[PATH_MAX];
    struct stat st;

    if (snprintf(fresh, sizeof(fresh), "%s.ferry-new", mount->path) >= (int)sizeof(fresh)) return STATUS_NAME_TOO_LONG;
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return errno == ENOSPC ? STATUS_DISK_FULL : STATUS_REGISTRY_IO_FAILED;
    if (!stat(mount->path, &st)) fchmod(fd, st.st_mode & 0777);
    NTSTATUS status = hive_write(fd, tree_place(mount->key));
    close(fd);
    if (!status && rename(fresh, mount->path)) status = STATUS_REGISTRY_IO_FAILED;
    if (status) unlink(fresh);
    return status;
}

static NTSTATUS unload(unsigned index)
{
    uint32_t place = tree_place(mounts[index].key);

    if (place) {
        uint32_t parent = tree_key(place)->parent;
        NTSTATUS status = write_back(&mounts[index]);
        if (status) return status;
        status = remove_below(place, true);
        if (status) return status;
        watch_changed(parent, REG_NOTIFY_CHANGE_NAME);
    }
    free(mounts[index].path);
    mounts[index] = mounts[--mount_count];
    return STATUS_SUCCESS;
}

void hive_unload_all(void)
{
    for (unsigned i = mount_count; i--;) unload(i); /* one that fails stays, for the next time */
}

static NTSTATUS load(uint32_t parent, const WCHAR *name, uint32_t units, const char *path, uint32_t path_bytes, int fd)
{
    uint32_t place = registry_child(registry_base, tree_key(parent), name, units);
    struct stat st;

    if (place) return tree_key(place)->flags & REGISTRY_KEY_HIVE ? STATUS_SHARING_VIOLATION : STATUS_OBJECT_NAME_COLLISION;
    if (!units || units > REGISTRY_KEY_NAME_MAX || parent == REGISTRY_ROOT) return STATUS_INVALID_PARAMETER;
    if (tree_key(parent)->flags & REGISTRY_KEY_VOLATILE) return STATUS_CHILD_MUST_BE_VOLATILE;
    if (!path_bytes || path[0] != '/' || memchr(path, 0, path_bytes) || fstat(fd, &st)) return STATUS_INVALID_PARAMETER;
    for (unsigned i = 0; i < mount_count; i++)
        if (mounts[i].device == st.st_dev && mounts[i].inode == st.st_ino) return STATUS_SHARING_VIOLATION;
    struct change create = { .operation = REGISTRY_CREATE, .place = parent, .time = tree_now(), .name = name, .name_units = units };
    NTSTATUS status = registry_apply(&create, &place);
    if (status) return status;
    status = fill(place, fd);
    /* Last, so that a file is never replaced by half of what it held. */
    if (!status)
        status = registry_apply(&(struct change){ .operation = REGISTRY_MOUNT, .place = place, .data = path, .data_size = path_bytes },
                                NULL);
    if (status) remove_below(place, true);
    else watch_changed(parent, REG_NOTIFY_CHANGE_NAME);
    return status;
}

NTSTATUS request_registry_hive(struct request *request, const struct request_registry_hive *in, uint32_t extra,
                               struct reply_registry_hive *out)
{
    const WCHAR *name = (const WCHAR *)(in + 1);
    struct stat st;

    if (!registry_base || extra != in->name_units * 2ull + in->path_bytes) return STATUS_INVALID_PARAMETER;
    uint32_t place = tree_place(in->key);
    if (!place) return STATUS_KEY_DELETED;
    if (in->action != HIVE_UNLOAD && (request->fd < 0 || fstat(request->fd, &st) || !S_ISREG(st.st_mode)))
        return STATUS_INVALID_PARAMETER;
    switch (in->action) {
    case HIVE_SAVE: return hive_write(request->fd, place);
    case HIVE_RESTORE: {
        if (place == REGISTRY_ROOT || in->flags & ~(REG_FORCE_RESTORE | REG_NO_LAZY_FLUSH)) return STATUS_INVALID_PARAMETER;
        NTSTATUS status = fill(place, request->fd);
        watch_changed(place, REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_LAST_SET);
        return status;
    }
    case HIVE_LOAD: return load(place, name, in->name_units, (const char *)(name + in->name_units), in->path_bytes, request->fd);
    case HIVE_UNLOAD:
        for (unsigned i = 0; i < mount_count; i++)
            if (tree_place(mounts[i].key) == place) return unload(i);
        return STATUS_INVALID_PARAMETER;
    default: return STATUS_INVALID_PARAMETER;
    }
}
