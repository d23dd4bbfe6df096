/* Pieces shared by the calls that describe files. */
#ifndef HOST_FILEINFO_H
#define HOST_FILEINFO_H

#include "attributes.h"
#include "file.h"

void basic_from_facts(const struct file_facts *facts, FILE_BASIC_INFORMATION *info);

/* The file's NT name, \??\C:\… or without the drive. `*memory` is to be freed. */
NTSTATUS file_nt_name(const struct file *file, bool with_drive, UNICODE_STRING *name, WCHAR **memory);

/* A serial number for a file system, stable while it is mounted. */
uint32_t volume_serial(uint64_t device);

#endif
