/* Sections: memory backed by a file or by the paging file, mapped as views. */
#include "memory.h"

#include <stdlib.h>
#include <string.h>

void section_retain(struct section *section)
{
}

void section_release(struct section *section)
{
}

bool section_is_file(const struct section *section)
{
    return false;
}

NTSTATUS section_file_name(struct section *section, WCHAR **name, uint32_t *units)
{
    return STATUS_FILE_INVALID;
}

NTSTATUS device_name(WCHAR **name, uint32_t *units)
{
    return STATUS_SUCCESS;
}

NTSTATUS section_commit(struct view *view, uintptr_t start, uintptr_t end, ULONG protect)
{
    return STATUS_ALREADY_COMMITTED;
}

NTSTATUS section_make_private(struct view *view, uintptr_t start, uintptr_t end, ULONG protect, ULONG *old)
{
    return STATUS_INVALID_PAGE_PROTECTION;
}

NTSTATUS section_fault(struct view *view, uintptr_t page)
{
    return STATUS_ACCESS_VIOLATION;
}
