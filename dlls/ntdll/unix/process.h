/* Processes: starting them, and what this one knows of others. */
#ifndef HOST_PROCESS_H
#define HOST_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include "ferry/nt.h"

/* Start-up: what other processes may ask of this one. `image` is its NT path. */
void process_publish(const UNICODE_STRING *image);
void process_publish_peb(const void *peb);

/* Records an entry of this process's handle table under a fixed value: what a parent handed over. */
struct object;
void handle_install(HANDLE handle, struct object *object, ACCESS_MASK access, ULONG attributes);

#endif
