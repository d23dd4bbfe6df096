/* Byte-range locks of files on disk. */
#ifndef HOST_LOCK_H
#define HOST_LOCK_H

#include <stdatomic.h>
#include "file.h"

extern atomic_uint locks_held; /* in this process; 0: nothing to look for */

/* Whether a lock of this process stands against the transfer. Locks are mandatory on Windows; those of other processes
 * are seen when a lock is asked for, not at each transfer. */
bool lock_forbids(const struct file *file, LONGLONG offset, ULONG length, bool write);

/* The file's last handle is closed: its locks go. */
void lock_drop_file(struct file *file);

#endif
