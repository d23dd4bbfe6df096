/* Memory of this process as Windows code names it, and of other processes through a handle. */
#ifndef HOST_MEMORY_H
#define HOST_MEMORY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "ferry/nt.h"
#include "view.h"

/* Address ranges where Linux puts mappings of its own. */
struct host_range {
    uintptr_t start, end;
};
extern const struct host_range host_ranges[2];

/* The process behind a handle: *pid is 0 for this process. */
NTSTATUS memory_process(HANDLE process, ACCESS_MASK access, pid_t *pid);

NTSTATUS memory_query_other(pid_t pid, void *address, ULONG class, void *buffer, SIZE_T length, SIZE_T *returned);

/* Of section.c. section_file_name: NT path (\??\…), malloced; STATUS_FILE_INVALID for a section of the page file. */
void section_retain(struct section *section);
NTSTATUS section_file_name(struct section *section, WCHAR **name, uint32_t *units);
bool section_is_file(const struct section *section);

/* Turns a malloced \??\C:\… into the \Device\… form that file names of sections have. */
NTSTATUS device_name(WCHAR **name, uint32_t *units);

#endif
