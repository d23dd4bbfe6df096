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

/* Names of the pipes that exist, as entries of a directory (pipe.c). Host memory. */
NTSTATUS pipe_list(struct file *file, ULONG class, bool single, bool restart, const WCHAR *pattern, int units,
                   char *buffer, ULONG length, ULONG_PTR *used) __attribute__((weak));

/* Frees the state of a directory's enumeration. */
void directory_destroy(struct file *file);

#endif
