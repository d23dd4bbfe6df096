/* Named objects, as the server keeps them. */
#include "names.h"
#include "object.h"

NTSTATUS name_create_slot(const OBJECT_ATTRIBUTES *attributes, enum object_type type, uint32_t state, uint32_t flags,
                          uint32_t value, ACCESS_MASK access, HANDLE *handle)
{
    return STATUS_NOT_IMPLEMENTED;
}

NTSTATUS name_open_slot(const OBJECT_ATTRIBUTES *attributes, enum object_type type, ACCESS_MASK access, HANDLE *handle)
{
    return STATUS_NOT_IMPLEMENTED;
}

int name_of_slot(uint32_t slot, WCHAR *name, int room)
{
    return 0;
}
