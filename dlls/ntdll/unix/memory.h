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

/* For calls that only work on this process: STATUS_NOT_SUPPORTED for another. */
NTSTATUS memory_own_process(HANDLE process, ACCESS_MASK access);

/* For calls that another process's agent can do: *other is its slot, 0 for this process. */
NTSTATUS memory_other_process(HANDLE process, ACCESS_MASK access, uint32_t *other);
/* Such a call whose first two arguments are a range, which comes back: results into *base and *size. */
struct remote_call;
NTSTATUS memory_remote_range(uint32_t process, unsigned kind, struct remote_call *call, void **base, SIZE_T *size);

/* Reads MEM_EXTENDED_PARAMETER: limits and alignment for an address of our choice. STATUS_INVALID_PARAMETER. */
NTSTATUS memory_parameters(const MEM_EXTENDED_PARAMETER *parameters, ULONG count, bool fixed, bool replace,
                           struct placement *placement);

#endif
