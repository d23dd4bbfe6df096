/* The two tables of system calls. */
#ifndef HOST_DISPATCH_H
#define HOST_DISPATCH_H

#include <stdbool.h>
#include <stdint.h>
#include "wow.h"

/* 16 bytes an entry, known to dispatch_x86_64.S. */
struct syscall_entry {
    void *function; /* System V ABI */
    uint32_t arguments;
    uint32_t padding;
};

/* Table 1, NULL and 0 until win32u.so is loaded. */
extern const struct syscall_entry *ferry_win32u_entries;
extern uint32_t ferry_win32u_count;
extern const wow_call *ferry_win32u_wow_calls; /* the same for 32-bit code */

/* Loads win32u.so at the first call of table 1. True if it was not loaded before and is now: try the call again. Any
 * Windows thread, from the dispatcher. */
bool win32u_load(void);

/* What win32u.so exports as `win32u_library`. */
struct win32u_library {
    const struct syscall_entry *entries;
    uint32_t count;
    const wow_call *wow_calls;
};

#endif
