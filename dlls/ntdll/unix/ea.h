#ifndef HOST_EA_H
#define HOST_EA_H

#include "file.h"
#include "virtual.h"

/* Applies a list of FILE_FULL_EA_INFORMATION (host memory or checked): an empty value removes. */
NTSTATUS ea_set(int fd, const void *list, ULONG length);

#endif
