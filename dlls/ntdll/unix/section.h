/* Section objects. */
#ifndef HOST_SECTION_H
#define HOST_SECTION_H

#include "handle.h"
#include "image.h"
#include "view.h"

struct section {
    struct object object;  /* its fd is that of `file`, or its own */
    struct object *file;   /* the file object it was made from, or NULL */
    uint32_t protect;      /* SectionPageProtection */
    uint32_t attributes;   /* SEC_*, SEC_FILE for one of a file */
    _Atomic uint64_t size; /* bytes */
    uint64_t device, inode;
    struct image *image;   /* SEC_IMAGE */
    struct view *pages;    /* SEC_RESERVE: runs of 1 (committed) and 0; base 0. Under virtual_lock. */
    uint64_t charged;      /* pages of the paging file */
    bool shared;           /* another process may have it: commits must be seen through the memfd */
    uint32_t name;         /* the server's, 0 */
};

extern const struct object_ops section_object_ops;

void section_init(void);
void section_retain(struct section *section);
void section_release(struct section *section); /* NULL is allowed */

/* \??\… path of its file, malloced. STATUS_FILE_INVALID if it is of the paging file. */
NTSTATUS section_file_name(const struct section *section, WCHAR **name, uint32_t *units);
/* Turns a malloced \??\C:\… into the \Device\… form that names of mapped files have. */
NTSTATUS device_name(WCHAR **name, uint32_t *units);

static inline bool section_is_file(const struct section *section)
{
    return section && section->attributes & SEC_FILE;
}

/* With virtual_lock held: commits pages of a SEC_RESERVE view; gives pages of a shared view private copies; a page of
 * such a view that this process has not seen committed was touched. */
NTSTATUS section_commit(struct view *view, uintptr_t start, uintptr_t end, ULONG protect);
NTSTATUS section_make_private(struct view *view, uintptr_t start, uintptr_t end, ULONG protect, ULONG *old);
NTSTATUS section_fault(struct view *view, uintptr_t page);

#endif
