/* Named objects, as the server keeps them. */
#include <string.h>

#include "thread.h"
#include "names.h"
#include "object.h"
#include "server_client.h"

#define DIRECTORY_TRAVERSE 2

/* The directory that a name starts from: its slot, 0 for the root. */
static NTSTATUS root_of(const OBJECT_ATTRIBUTES *attributes, uint32_t *root)
{
    *root = 0;
    if (!attributes->RootDirectory) return STATUS_SUCCESS;
    return handle_slot(attributes->RootDirectory, OBJECT_DIRECTORY, DIRECTORY_TRAVERSE, root);
}

/* The name in memory that cannot go away during the request. */
struct name {
    uint32_t units;
    WCHAR text[NAME_UNITS_MAX];
};

static NTSTATUS copy_name(const OBJECT_ATTRIBUTES *attributes, struct name *name)
{
    const UNICODE_STRING *string = attributes->ObjectName;

    name->units = 0;
    if (!string || !string->Length) return STATUS_SUCCESS;
    if (string->Length & 1) return STATUS_OBJECT_NAME_INVALID;
    name->units = string->Length / sizeof(WCHAR);
    memcpy(name->text, string->Buffer, string->Length);
    return STATUS_SUCCESS;
}

static NTSTATUS request_create(const OBJECT_ATTRIBUTES *attributes, enum object_type type, uint32_t slot,
                               const void *data, uint32_t size, int fd, struct reply_name_create *reply,
                               struct named_object *found)
{
    struct request_name_create request = { .type = type, .attributes = attributes->Attributes, .slot = slot,
                                           .data_size = size };
    struct name name;
    NTSTATUS status = root_of(attributes, &request.root);

    if (!status) status = copy_name(attributes, &name);
    if (status) return status;
    request.name_units = name.units;
    struct server_call call = { .request = &request.header, .request_size = sizeof(request),
                                .data = { name.text, data },
                                .data_size = { name.units * sizeof(WCHAR), size },
                                .send_fd = fd >= 0, .fd = fd,
                                .reply = &reply->header, .reply_size = sizeof(*reply),
                                .extra = found->data, .extra_room = sizeof(found->data) };
    status = server_call(REQUEST_name_create, &call);
    found->name = reply->name;
    found->fd = call.reply_fd;
    found->size = call.extra_size;
    return status;
}

NTSTATUS name_create_data_slot(const OBJECT_ATTRIBUTES *attributes, enum object_type type, uint32_t state,
                               uint32_t flags, uint32_t value, const void *data, uint32_t size, ACCESS_MASK access,
                               HANDLE *handle)
{
    struct reply_name_create reply;
    struct named_object found;
    uint32_t slot = slot_allocate(type, state, flags);

    if (!slot) return STATUS_INSUFFICIENT_RESOURCES;
    if (value) slot_at(slot)->semaphore.maximum = value; /* or a mutant's recursion */
    NTSTATUS status = request_create(attributes, type, slot, data, size, -1, &reply, &found);
    if (status == STATUS_SUCCESS) {
        if (type == OBJECT_MUTANT && state) mutant_note_owned(slot, slot_at(slot)->tag);
        return handle_create(NULL, type, slot, access, attributes->Attributes, handle);
    }
    slot_release(slot);
    if (status != STATUS_OBJECT_NAME_EXISTS) return status;
    NTSTATUS created = handle_create(NULL, type, reply.slot, access, attributes->Attributes, handle);
    return created ? created : status;
}

NTSTATUS name_create_slot(const OBJECT_ATTRIBUTES *attributes, enum object_type type, uint32_t state, uint32_t flags,
                          uint32_t value, ACCESS_MASK access, HANDLE *handle)
{
    return name_create_data_slot(attributes, type, state, flags, value, NULL, 0, access, handle);
}

static NTSTATUS request_open(const OBJECT_ATTRIBUTES *attributes, enum object_type type, struct reply_name_open *reply,
                             struct named_object *found)
{
    struct request_name_open request = { .type = type, .attributes = attributes->Attributes };
    struct name name;
    NTSTATUS status = root_of(attributes, &request.root);

    if (!status) status = copy_name(attributes, &name);
    if (status) return status;
    request.name_units = name.units;
    struct server_call call = { .request = &request.header, .request_size = sizeof(request),
                                .data = { name.text }, .data_size = { name.units * sizeof(WCHAR) },
                                .reply = &reply->header, .reply_size = sizeof(*reply),
                                .extra = found->data, .extra_room = sizeof(found->data) };
    status = server_call(REQUEST_name_open, &call);
    found->name = reply->name;
    found->fd = call.reply_fd;
    found->size = call.extra_size;
    return status;
}

NTSTATUS name_open_slot(const OBJECT_ATTRIBUTES *attributes, enum object_type type, ACCESS_MASK access, HANDLE *handle)
{
    struct reply_name_open reply;
    struct named_object found;
    NTSTATUS status = request_open(attributes, type, &reply, &found);

    if (status) return status;
    return handle_create(NULL, type, reply.slot, access, attributes->Attributes, handle);
}

NTSTATUS object_name_create(enum object_type type, const OBJECT_ATTRIBUTES *attributes, const void *data, uint32_t size,
                            int fd, struct named_object *found)
{
    struct reply_name_create reply;

    if (size > NAME_DATA_MAX) return STATUS_INVALID_PARAMETER;
    return request_create(attributes, type, 0, data, size, fd, &reply, found);
}

NTSTATUS object_name_open(enum object_type type, const OBJECT_ATTRIBUTES *attributes, struct named_object *found)
{
    struct reply_name_open reply;

    return request_open(attributes, type, &reply, found);
}

void object_name_release(uint32_t name)
{
    struct request_name_release request = { .name = name };
    struct reply_name_release reply;

    server_request(name_release, &request, &reply);
}

NTSTATUS name_query(uint32_t slot, uint32_t name, WCHAR *text, uint32_t room, uint32_t *name_units, uint32_t *data_units)
{
    struct request_name_query request = { .slot = slot, .name = name };
    struct reply_name_query reply;
    struct server_call call = { .request = &request.header, .request_size = sizeof(request), .reply = &reply.header,
                                .reply_size = sizeof(reply), .extra = text, .extra_room = room * sizeof(WCHAR) };
    NTSTATUS status = server_call(REQUEST_name_query, &call);

    if (status) return status;
    if ((reply.name_units + (uint64_t)reply.data_size / sizeof(WCHAR)) > room) return STATUS_BUFFER_TOO_SMALL;
    *name_units = reply.name_units;
    *data_units = reply.data_size / sizeof(WCHAR);
    return STATUS_SUCCESS;
}

int name_of_slot(uint32_t slot, WCHAR *name, int room)
{
    uint32_t units, data_units;

    if (!slot_at(slot)->name) return 0;
    return name_query(slot, 0, name, (uint32_t)room, &units, &data_units) ? 0 : (int)units;
}

int object_name_path(uint32_t number, WCHAR *name, int room)
{
    uint32_t units, data_units;

    return name_query(0, number, name, (uint32_t)room, &units, &data_units) ? -1 : (int)units;
}
