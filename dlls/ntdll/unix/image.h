/* Mapping PE images. */
#ifndef HOST_IMAGE_H
#define HOST_IMAGE_H

#include "ferry/pe.h"
#include "view.h"

/* An image file whose headers were checked. */
struct image {
    struct pe_info pe;
    uint64_t file_size;
    uint64_t device, inode;
};

/* Reads and checks the headers of the file open at `fd`. STATUS_INVALID_IMAGE_*, STATUS_INVALID_FILE_FOR_SECTION. */
NTSTATUS image_read(int fd, struct image *image);

/* Maps it at `wanted` (0: where it prefers, else anywhere), relocated and protected. The view refers to `section`
 * (whose reference it takes over on success; may be NULL) or to `name` (copied; may be NULL).
 * STATUS_IMAGE_NOT_AT_BASE when it had to be relocated, STATUS_IMAGE_MACHINE_TYPE_MISMATCH when it was made for another
 * processor than this process runs: both are successes. */
NTSTATUS image_map(int fd, const struct image *image, uintptr_t wanted, struct section *section,
                   const UNICODE_STRING *name, uintptr_t *base);

void image_information(const struct image *image, uintptr_t base, FERRY_SECTION_IMAGE_INFORMATION *info);

#endif
