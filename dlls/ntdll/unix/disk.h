#ifndef HOST_DISK_H
#define HOST_DISK_H

#include "file.h"

/* Removes the name of a file whose last open with a delete mark ended. If the name leads elsewhere by now and the
 * file's own cannot be found, nothing happens. */
void disk_delete(struct file *file);

/* Whether the file may be marked for deletion: STATUS_CANNOT_DELETE (read only, a drive's root),
 * STATUS_DIRECTORY_NOT_EMPTY. */
NTSTATUS disk_check_delete(struct file *file, bool ignore_readonly);

/* FILE_RENAME_INFORMATION or FILE_LINK_INFORMATION of `length` bytes. flags: FERRY_RENAME_*. */
NTSTATUS disk_rename(struct file *file, const void *buffer, ULONG length, ULONG flags, bool hard_link);

#endif
