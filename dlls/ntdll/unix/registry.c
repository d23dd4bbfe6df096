/* Registry keys. Reading takes no request (ferry/registry.h); changes are the server's. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ferry/syscall_table.h"
#include "host.h"
#include "object.h"
#include "registry.h"
#include "server_client.h"
#include "token.h"
#include "wow.h"

#define LINKS_MAX 32
#define WOW64_FLAGS (KEY_WOW64_32KEY | KEY_WOW64_64KEY)

/* ---- the shared file ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic(const void *) mapped;

static NTSTATUS map(void)
{
    unsigned char sid_bytes[SID_ROOM];
    const SID *sid = (const SID *)sid_bytes;
    char text[128];
    WCHAR wide[128];
    int units = 0;

    sid_user(sid_bytes);
    int length = snprintf(text, sizeof(text), "S-%u-%u", sid->Revision, sid->IdentifierAuthority.Value[5]);
    for (int i = 0; i < sid->SubAuthorityCount; i++)
        length += snprintf(text + length, sizeof(text) - (size_t)length, "-%u", (unsigned)sid->SubAuthority[i]);
    for (; units < length; units++) wide[units] = (unsigned char)text[units];
    struct request_registry_map request = { .sid_units = (uint32_t)units };
    struct reply_registry_map reply;
    struct server_call call = { .request = &request.header, .request_size = sizeof(request), .data = { wide },
                                .data_size = { (uint32_t)units * 2 }, .reply = &reply.header, .reply_size = sizeof(reply) };
    NTSTATUS status = server_call(REQUEST_registry_map, &call);
    if (status) return status;
    if (call.reply_fd < 0) return STATUS_TOO_MANY_OPENED_FILES;
    void *base = mmap(NULL, REGISTRY_SIZE, PROT_READ, MAP_SHARED | MAP_NORESERVE, call.reply_fd, 0);
    close(call.reply_fd);
    if (base == MAP_FAILED) return STATUS_NO_MEMORY;
    if (reply.damaged_bytes)
        host_report("%s/registry.journal was damaged: kept %llu bytes, left out %llu (now in registry.journal.bad)", host.prefix,
                    (unsigned long long)reply.good_bytes, (unsigned long long)reply.damaged_bytes);
    atomic_store_explicit(&mapped, base, memory_order_release);
    return STATUS_SUCCESS;
}

NTSTATUS registry_use(const void **base)
{
    NTSTATUS status = STATUS_SUCCESS;

    *base = atomic_load_explicit(&mapped, memory_order_acquire);
    if (*base) return STATUS_SUCCESS;
    pthread_mutex_lock(&lock);
    if (!atomic_load(&mapped)) status = map();
    *base = atomic_load(&mapped);
    pthread_mutex_unlock(&lock);
    return status;
}

/* ---- key objects ---- */

static void key_last_handle(struct object *object)
{
    struct key *key = (struct key *)object;

    pthread_mutex_lock(&lock);
    uint32_t *watches = key->watches, count = key->watch_count;
    key->watches = NULL;
    key->watch_count = 0;
    pthread_mutex_unlock(&lock);
    for (uint32_t i = 0; i < count; i++) {
        struct request_registry_watch request = { .key = key->id, .slot = watches[i], .cancel = 1 };
        struct reply_registry_watch reply;
        server_request(registry_watch, &request, &reply);
    }
    free(watches);
}

static void key_destroy(struct object *object)
{
    free(((struct key *)object)->watches);
    free(object);
}

static int key_save(struct object *object, void *data, int room)
{
    if (room < 8) return -1;
    memcpy(data, &((struct key *)object)->id, 8);
    return 8;
}

static NTSTATUS key_restore(const void *data, int size, int fd, struct object **object);

static int key_query_name(struct object *object, WCHAR *name, int room)
{
    const void *base;
    uint32_t sequence, units;

    if (registry_use(&base)) return -1;
    do {
        sequence = registry_read_begin(base);
        const struct registry_key *key = registry_key_of(base, ((struct key *)object)->id);
        units = key ? registry_path(base, key, name, 0) : 0;
        if (key && units <= (uint32_t)room) registry_path(base, key, name, (uint32_t)room);
    } while (registry_read_again(base, sequence));
    return units ? (int)units : -1;
}

static const struct object_ops key_ops = {
    .type = OBJECT_KEY,
    .type_name = "Key",
    .mapping = { KEY_READ, KEY_WRITE, KEY_EXECUTE, KEY_ALL_ACCESS },
    .last_handle = key_last_handle,
    .destroy = key_destroy,
    .save = key_save,
    .restore = key_restore,
    .query_name = key_query_name,
};

__attribute__((constructor)) static void register_key(void)
{
    object_register_type(&key_ops);
}

static struct key *key_new(uint64_t id)
{
    struct key *key = calloc(1, sizeof(*key));

    if (!key) return NULL;
    object_init(&key->object, &key_ops, -1);
    key->id = id;
    return key;
}

static NTSTATUS key_restore(const void *data, int size, int fd, struct object **object)
{
    uint64_t id;

    if (fd >= 0) close(fd);
    if (size != 8) return STATUS_INVALID_PARAMETER;
    memcpy(&id, data, 8);
    *object = (struct object *)key_new(id);
    return *object ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

NTSTATUS key_from_handle(HANDLE handle, ACCESS_MASK access, struct key **key, const void **base)
{
    NTSTATUS status = registry_use(base);

    return status ? status : handle_object(handle, OBJECT_KEY, access, (struct object **)key, NULL);
}

/* ---- finding keys ---- */

struct found {
    uint64_t id;          /* 0: the last part is missing */
    uint64_t parent;
    WCHAR name[REGISTRY_KEY_NAME_MAX]; /* of the missing one */
    uint32_t name_units;
};

#define LINK_ROOM 2048

/* One walk. A link that is met is put into `target`, with what follows it, and its units are returned. */
static NTSTATUS walk(const void *base, uint32_t place, const WCHAR *path, uint32_t units, bool open_link,
                     struct found *found, WCHAR *target, uint32_t *target_units)
{
    *target_units = 0;
    for (;;) {
        uint32_t length = 0;
        const struct registry_key *key = registry_key_at(base, place);
        if (!key) return STATUS_OBJECT_NAME_NOT_FOUND;
        while (units && *path == '\\') path++, units--;
        if ((key->flags & REGISTRY_KEY_LINK) && (units || !open_link)) {
            const struct registry_value *value = registry_find_value(base, key, L"SymbolicLinkValue", 17);
            uint32_t size = value ? value->size : 0;
            const void *data = value ? registry_at(base, value->data, size) : NULL;
            if (!data || value->type != REG_LINK) return STATUS_OBJECT_NAME_NOT_FOUND;
            if (size / 2 + units + 1 > LINK_ROOM) return STATUS_NAME_TOO_LONG;
            memcpy(target, data, size & ~1u);
            *target_units = size / 2;
            if (units) target[(*target_units)++] = '\\';
            memcpy(target + *target_units, path, units * 2);
            *target_units += units;
            return STATUS_REPARSE;
        }
        if (!units) {
            found->id = registry_id(place, key->generation);
            return STATUS_SUCCESS;
        }
        while (length < units && path[length] != '\\') length++;
        if (length > REGISTRY_KEY_NAME_MAX) return STATUS_INVALID_PARAMETER;
        uint32_t child = registry_child(base, key, path, length), rest = units - length;
        if (!child) {
            while (rest && path[units - rest] == '\\') rest--;
            if (rest) return STATUS_OBJECT_NAME_NOT_FOUND;
            found->parent = registry_id(place, key->generation);
            memcpy(found->name, path, length * 2);
            found->name_units = length;
            return STATUS_SUCCESS;
        }
        place = child;
        path += length;
        units -= length;
    }
}

/* Where \Registry\… goes on; false: it is no such path. */
static bool strip_root(const WCHAR **path, uint32_t *units)
{
    if (*units < 9 || registry_compare(*path, 9, L"\\REGISTRY", 9) || (*units > 9 && (*path)[9] != '\\')) return false;
    *path += 9;
    *units -= 9;
    return true;
}

/* The whole path that `attributes` name, as the 32-bit view has it. 0: too long, or the root is gone. */
static uint32_t narrow_path(const OBJECT_ATTRIBUTES *attributes, struct object *root, WCHAR *path)
{
    const UNICODE_STRING *name = attributes->ObjectName;
    uint32_t units = 0, more = name ? name->Length / 2 : 0;

    if (root) {
        int got = key_query_name(root, path, LINK_ROOM);
        if (got <= 0 || got + 1 >= LINK_ROOM) return 0;
        units = (uint32_t)got;
        if (more) path[units++] = '\\';
    }
    if (units + more > LINK_ROOM) return 0;
    if (more) memcpy(path + units, name->Buffer, more * 2);
    units += more;
    return registry_narrow_path(path, units, LINK_ROOM);
}

static NTSTATUS find(const void *base, const OBJECT_ATTRIBUTES *attributes, ACCESS_MASK access, bool open_link,
                     struct found *found)
{
    bool narrow = access & KEY_WOW64_32KEY || (wow64 && !(access & KEY_WOW64_64KEY));
    const UNICODE_STRING *name = attributes->ObjectName;
    const WCHAR *path = name ? name->Buffer : NULL;
    uint32_t units = name ? name->Length / 2 : 0, target_units, sequence, place;
    WCHAR targets[2][LINK_ROOM];
    uint64_t root = 0;
    NTSTATUS status;

    if (name && (name->Length & 1)) return STATUS_OBJECT_NAME_INVALID;
    if (attributes->RootDirectory) {
        struct key *key;
        if (units) (void)((const volatile WCHAR *)path)[units - 1]; /* faults here, not with the reference held */
        status = handle_object(attributes->RootDirectory, OBJECT_KEY, 0, (struct object **)&key, NULL);
        if (status) return status;
        root = key->id;
        if (narrow && units && *path != '\\') {
            uint32_t whole = narrow_path(attributes, &key->object, targets[1]);
            if (whole) {
                path = targets[1];
                units = whole;
                root = 0;
                strip_root(&path, &units);
            }
        }
        object_release(&key->object);
        if (root && units && *path == '\\') return STATUS_OBJECT_PATH_SYNTAX_BAD;
    } else if (narrow && units < LINK_ROOM) {
        units = narrow_path(attributes, NULL, targets[1]);
        path = targets[1];
        if (!strip_root(&path, &units))
            return units && *path == '\\' ? STATUS_OBJECT_NAME_NOT_FOUND : STATUS_OBJECT_PATH_SYNTAX_BAD;
    } else if (!strip_root(&path, &units)) {
        return units && *path == '\\' ? STATUS_OBJECT_NAME_NOT_FOUND : STATUS_OBJECT_PATH_SYNTAX_BAD;
    }
    for (int links = 0; links < LINKS_MAX; links++) {
        WCHAR *target = targets[links & 1];
        do {
            sequence = registry_read_begin(base);
            found->id = found->parent = 0;
            place = root ? (uint32_t)root : REGISTRY_ROOT;
            status = STATUS_KEY_DELETED;
            if (!root || registry_key_of(base, root)) status = walk(base, place, path, units, open_link, found, target, &target_units);
        } while (registry_read_again(base, sequence));
        if (status != STATUS_REPARSE) return status;
        path = target;
        units = narrow ? registry_narrow_path(target, target_units, LINK_ROOM) : target_units;
        root = 0;
        if (!strip_root(&path, &units)) return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    return STATUS_NAME_TOO_LONG;
}

static NTSTATUS give_handle(uint64_t id, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, HANDLE *to)
{
    struct key *key = key_new(id);
    HANDLE handle;

    if (!key) return STATUS_NO_MEMORY;
    NTSTATUS status = handle_create(&key->object, OBJECT_KEY, 0, access & ~WOW64_FLAGS, attributes->Attributes, &handle);
    object_release(&key->object);
    if (!status) *to = handle;
    return status;
}

/* ---- changes ---- */

static NTSTATUS change(uint64_t key, uint32_t operation, uint32_t type, const WCHAR *name, uint32_t name_units,
                       const void *data, uint32_t size, struct reply_registry_change *reply)
{
    struct request_registry_change request = { .key = key, .operation = operation, .type = type,
                                               .name_units = name_units, .data_size = size };
    struct server_call call = { .request = &request.header, .request_size = sizeof(request), .data = { name, data },
                                .data_size = { name_units * 2, size }, .reply = &reply->header, .reply_size = sizeof(*reply) };

    if (size <= REGISTRY_INLINE_MAX) return server_call(REQUEST_registry_change, &call);
    call.data_size[1] = 0;
    call.send_fd = true;
    call.fd = memfd_create("value", MFD_CLOEXEC);
    if (call.fd < 0) return status_from_errno(errno);
    NTSTATUS status = STATUS_SUCCESS;
    for (uint32_t done = 0; done < size && !status;) {
        ssize_t written = write(call.fd, (const char *)data + done, size - done);
        if (written < 0) status = status_from_errno(errno);
        else done += (uint32_t)written;
    }
    if (!status) status = server_call(REQUEST_registry_change, &call);
    close(call.fd);
    return status;
}

/* Names and data are touched before they are sent, so that a bad pointer ends the call here. */
static void touch(const void *data, size_t size)
{
    const volatile char *at = data;

    if (!size) return;
    for (size_t i = 0; i < size; i += 4096) (void)at[i];
    (void)at[size - 1];
}

NTSTATUS sys_NtCreateKey(HANDLE *KeyHandle, ACCESS_MASK DesiredAccess, OBJECT_ATTRIBUTES *ObjectAttributes,
                         ULONG TitleIndex, UNICODE_STRING *Class, ULONG CreateOptions, ULONG *Disposition)
{
    struct reply_registry_change reply = { .existed = 1 };
    const void *base;
    struct found found;
    NTSTATUS status = registry_use(&base);

    if (status) return status;
    *KeyHandle = NULL;
    if (!ObjectAttributes) return STATUS_INVALID_PARAMETER;
    status = find(base, ObjectAttributes, DesiredAccess, (CreateOptions & REG_OPTION_OPEN_LINK) || (ObjectAttributes->Attributes & OBJ_OPENLINK),
                  &found);
    if (status) return status;
    if (!found.id) {
        uint32_t class_units = Class ? Class->Length / 2 : 0;
        if (class_units) touch(Class->Buffer, class_units * 2);
        if (class_units * 2 > REGISTRY_INLINE_MAX) return STATUS_INVALID_PARAMETER;
        status = change(found.parent, REGISTRY_CREATE, CreateOptions, found.name, found.name_units,
                        class_units ? Class->Buffer : NULL, class_units * 2, &reply);
        if (status) return status;
        found.id = reply.key;
    }
    status = give_handle(found.id, DesiredAccess, ObjectAttributes, KeyHandle);
    if (!status && Disposition) *Disposition = reply.existed ? REG_OPENED_EXISTING_KEY : REG_CREATED_NEW_KEY;
    return status;
}

NTSTATUS sys_NtOpenKeyEx(HANDLE *KeyHandle, ACCESS_MASK DesiredAccess, OBJECT_ATTRIBUTES *ObjectAttributes,
                         ULONG OpenOptions)
{
    const void *base;
    struct found found;
    NTSTATUS status = registry_use(&base);

    if (status) return status;
    *KeyHandle = NULL;
    if (!ObjectAttributes) return STATUS_INVALID_PARAMETER;
    if (OpenOptions & ~(REG_OPTION_OPEN_LINK | REG_OPTION_BACKUP_RESTORE)) return STATUS_INVALID_PARAMETER;
    status = find(base, ObjectAttributes, DesiredAccess, (OpenOptions & REG_OPTION_OPEN_LINK) || (ObjectAttributes->Attributes & OBJ_OPENLINK),
                  &found);
    if (!status && !found.id) status = STATUS_OBJECT_NAME_NOT_FOUND;
    return status ? status : give_handle(found.id, DesiredAccess, ObjectAttributes, KeyHandle);
}

NTSTATUS sys_NtOpenKey(HANDLE *KeyHandle, ACCESS_MASK DesiredAccess, OBJECT_ATTRIBUTES *ObjectAttributes)
{
    return sys_NtOpenKeyEx(KeyHandle, DesiredAccess, ObjectAttributes, 0);
}

static NTSTATUS change_of_handle(HANDLE handle, ACCESS_MASK access, uint32_t operation, uint32_t type,
                                 const UNICODE_STRING *name, const void *data, uint32_t size)
{
    struct reply_registry_change reply;
    const WCHAR *text = name ? name->Buffer : NULL;
    uint32_t units = name ? name->Length / 2 : 0;
    const void *base;
    struct key *key;

    touch(text, units * 2);
    touch(data, size);
    NTSTATUS status = key_from_handle(handle, access, &key, &base);
    if (status) return status;
    uint64_t id = key->id;
    key_release(key);
    return change(id, operation, type, text, units, data, size, &reply);
}

NTSTATUS sys_NtDeleteKey(HANDLE KeyHandle)
{
    return change_of_handle(KeyHandle, DELETE, REGISTRY_DELETE_KEY, 0, NULL, NULL, 0);
}

NTSTATUS sys_NtRenameKey(HANDLE KeyHandle, UNICODE_STRING *NewName)
{
    return change_of_handle(KeyHandle, KEY_WRITE, REGISTRY_RENAME_KEY, 0, NewName, NULL, 0);
}

NTSTATUS sys_NtSetValueKey(HANDLE KeyHandle, UNICODE_STRING *ValueName, ULONG TitleIndex, ULONG Type, void *Data,
                           ULONG DataSize)
{
    return change_of_handle(KeyHandle, KEY_SET_VALUE, REGISTRY_SET_VALUE, Type, ValueName, Data, DataSize);
}

NTSTATUS sys_NtDeleteValueKey(HANDLE KeyHandle, UNICODE_STRING *ValueName)
{
    return change_of_handle(KeyHandle, KEY_SET_VALUE, REGISTRY_DELETE_VALUE, 0, ValueName, NULL, 0);
}

NTSTATUS sys_NtSetInformationKey(HANDLE KeyHandle, ULONG KeySetInformationClass, void *KeySetInformation,
                                 ULONG KeySetInformationLength)
{
    if (KeySetInformationClass != KeyWriteTimeInformation) return STATUS_INVALID_INFO_CLASS;
    if (KeySetInformationLength != 8) return STATUS_INFO_LENGTH_MISMATCH;
    return change_of_handle(KeyHandle, KEY_SET_VALUE, REGISTRY_SET_TIME, 0, NULL, KeySetInformation, 8);
}

NTSTATUS sys_NtFlushKey(HANDLE KeyHandle)
{
    struct request_registry_flush request = { 0 };
    struct reply_registry_flush reply;
    const void *base;
    struct key *key;
    NTSTATUS status = key_from_handle(KeyHandle, 0, &key, &base);

    if (status) return status;
    key_release(key);
    return server_request(registry_flush, &request, &reply);
}

/* ---- reading ---- */

/* The registry to read, and the number that a key has in it. */
static NTSTATUS key_id(HANDLE handle, ACCESS_MASK access, uint64_t *id, const void **base)
{
    struct key *key;
    NTSTATUS status = key_from_handle(handle, access, &key, base);

    if (status) return status;
    *id = key->id;
    key_release(key);
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtQueryKey(HANDLE KeyHandle, ULONG KeyInformationClass, void *KeyInformation, ULONG Length,
                        ULONG *ResultLength)
{
    const void *base;
    uint64_t id;
    ULONG needed = 0;
    uint32_t sequence;
    /* A name and a handle's tags may be asked for with any access. */
    ACCESS_MASK access = KeyInformationClass == 3 || KeyInformationClass == 7 ? 0 : KEY_QUERY_VALUE;
    NTSTATUS status = key_id(KeyHandle, access, &id, &base);

    if (status) return status;
    do {
        sequence = registry_read_begin(base);
        const struct registry_key *entry = registry_key_of(base, id);
        status = entry ? registry_fill_key(base, entry, KeyInformationClass, KeyInformation, Length, &needed) : STATUS_KEY_DELETED;
    } while (registry_read_again(base, sequence));
    if (needed) *ResultLength = needed;
    return status;
}

NTSTATUS sys_NtEnumerateKey(HANDLE KeyHandle, ULONG Index, ULONG KeyInformationClass, void *KeyInformation,
                            ULONG Length, ULONG *ResultLength)
{
    const void *base;
    uint64_t id;
    ULONG needed = 0;
    uint32_t sequence;
    NTSTATUS status = key_id(KeyHandle, KEY_ENUMERATE_SUB_KEYS, &id, &base);

    if (status) return status;
    do {
        sequence = registry_read_begin(base);
        const struct registry_key *entry = registry_key_of(base, id), *child = NULL;
        const uint32_t *list = entry && Index < entry->subkey_count ? registry_at(base, entry->subkeys, (Index + 1ull) * 4) : NULL;
        if (list) child = registry_key_at(base, list[Index]);
        if (!entry) status = STATUS_KEY_DELETED;
        else if (!child) status = STATUS_NO_MORE_ENTRIES;
        else status = registry_fill_key(base, child, KeyInformationClass, KeyInformation, Length, &needed);
    } while (registry_read_again(base, sequence));
    if (needed) *ResultLength = needed;
    return status;
}

NTSTATUS sys_NtQueryValueKey(HANDLE KeyHandle, UNICODE_STRING *ValueName, ULONG KeyValueInformationClass,
                             void *KeyValueInformation, ULONG Length, ULONG *ResultLength)
{
    const WCHAR *name = ValueName->Buffer;
    uint32_t units = ValueName->Length / 2, sequence;
    const void *base;
    uint64_t id;
    ULONG needed = 0;

    touch(name, units * 2);
    NTSTATUS status = key_id(KeyHandle, KEY_QUERY_VALUE, &id, &base);
    if (status) return status;
    do {
        sequence = registry_read_begin(base);
        const struct registry_key *entry = registry_key_of(base, id);
        const struct registry_value *value = entry ? registry_find_value(base, entry, name, units) : NULL;
        if (!entry) status = STATUS_KEY_DELETED;
        else if (!value) status = STATUS_OBJECT_NAME_NOT_FOUND;
        else status = registry_fill_value(base, value, KeyValueInformationClass, KeyValueInformation, Length, &needed);
    } while (registry_read_again(base, sequence));
    if (needed) *ResultLength = needed;
    return status;
}

NTSTATUS sys_NtEnumerateValueKey(HANDLE KeyHandle, ULONG Index, ULONG KeyValueInformationClass,
                                 void *KeyValueInformation, ULONG Length, ULONG *ResultLength)
{
    const void *base;
    uint64_t id;
    ULONG needed = 0;
    uint32_t sequence;
    NTSTATUS status = key_id(KeyHandle, KEY_QUERY_VALUE, &id, &base);

    if (status) return status;
    do {
        sequence = registry_read_begin(base);
        const struct registry_key *entry = registry_key_of(base, id);
        const struct registry_value *value = entry ? registry_value_at(base, entry, Index) : NULL;
        if (!entry) status = STATUS_KEY_DELETED;
        else if (!value) status = STATUS_NO_MORE_ENTRIES;
        else status = registry_fill_value(base, value, KeyValueInformationClass, KeyValueInformation, Length, &needed);
    } while (registry_read_again(base, sequence));
    if (needed) *ResultLength = needed;
    return status;
}

/* ---- notification ---- */

static bool remember_watch(struct key *key, uint32_t slot)
{
    bool known = false;

    pthread_mutex_lock(&lock);
    for (uint32_t i = 0; i < key->watch_count; i++) known |= key->watches[i] == slot;
    if (!known) {
        uint32_t *more = realloc(key->watches, (key->watch_count + 1) * sizeof(*more));
        if (more) {
            more[key->watch_count++] = slot;
            key->watches = more;
            known = true;
        }
    }
    pthread_mutex_unlock(&lock);
    return known;
}

/* Events only: what changed is not told on Windows either; completion by APC is not offered. */
NTSTATUS sys_NtNotifyChangeKey(HANDLE KeyHandle, HANDLE Event, void *ApcRoutine, void *ApcContext,
                               IO_STATUS_BLOCK *IoStatusBlock, ULONG CompletionFilter, BOOLEAN WatchTree, void *Buffer,
                               ULONG BufferSize, BOOLEAN Asynchronous)
{
    struct request_registry_watch request = { .filter = CompletionFilter, .subtree = WatchTree };
    struct reply_registry_watch reply;
    const void *base;
    struct key *key;
    HANDLE own = NULL;
    uint32_t slot;

    if (ApcRoutine) return STATUS_NOT_SUPPORTED;
    if (!CompletionFilter || (CompletionFilter & ~(REG_LEGAL_CHANGE_FILTER | REG_NOTIFY_THREAD_AGNOSTIC)))
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = key_from_handle(KeyHandle, KEY_NOTIFY, &key, &base);
    if (status) return status;
    if (Asynchronous) status = handle_slot(Event, OBJECT_EVENT, EVENT_MODIFY_STATE, &slot);
    else status = handle_create_slot(OBJECT_EVENT, 0, SLOT_MANUAL_RESET, EVENT_ALL_ACCESS, 0, &slot, &own);
    if (!status && !remember_watch(key, slot)) status = STATUS_NO_MEMORY;
    if (!status) {
        request.key = key->id;
        request.slot = slot;
        status = server_request(registry_watch, &request, &reply);
    }
    key_release(key);
    if (!status && !Asynchronous) {
        status = sys_NtWaitForSingleObject(own, FALSE, NULL);
        if (!status) status = STATUS_NOTIFY_ENUM_DIR;
    } else if (!status) {
        status = STATUS_PENDING;
    }
    if (own) sys_NtClose(own);
    return status;
}
