#ifndef HOST_FSCTL_H
#define HOST_FSCTL_H

#include "file.h"

/* File system controls of files, directories and volumes; device controls of volumes. */
NTSTATUS disk_fsctl(struct file *file, struct request *request);
NTSTATUS volume_ioctl(struct file *file, struct request *request);

/* Text of a link whose target is a directory given whole, as junctions have it, ends in a slash. */
bool link_is_junction(const char *text, int length);
#define REPARSE_TAG_MOUNT_POINT 0xa0000003u

#endif
