/* Modules of a process, its own or another, read from its loader's list. */
#ifndef PROCESS_MODULES_H
#define PROCESS_MODULES_H

#include "kernelbase.h"

struct process_module {
    void *base, *entry;
    ULONG size;                 /* bytes of the image */
    UNICODE_STRING path, name;  /* in the other process */
};

/* Calls `visit` for each module in load order until it returns false. STATUS_PARTIAL_COPY when the process has no list
 * yet. */
NTSTATUS process_modules(HANDLE process, bool (*visit)(const struct process_module *, void *), void *context);

#endif
