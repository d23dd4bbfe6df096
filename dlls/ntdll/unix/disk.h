#ifndef HOST_DISK_H
#define HOST_DISK_H

#include "file.h"

/* Removes the name of a file whose last open with a delete mark ended. */
void disk_delete(struct file *file);

#endif
