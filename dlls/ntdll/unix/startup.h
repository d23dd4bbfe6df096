/* Start-up data that a parent process hands to a child (ferry/startup.h). */
#ifndef HOST_STARTUP_H
#define HOST_STARTUP_H

#include <stdbool.h>
#include "ferry/nt.h"
#include "ferry/startup.h"

/* The data of this process, mapped for its life; NULL when it was not started by a Windows program. */
extern const struct startup *startup;

/* Maps and checks it. `descriptor` is the loader's text, NULL for none. False: it is not what it should be. */
bool startup_map(const char *descriptor);

/* Process parameters and environment from it, normalised, in Windows memory; NULL: no memory. */
FERRY_PROCESS_PARAMETERS *startup_parameters(void);

/* Makes the inherited local objects (files, sections, keys) under their handles (process.c). */
void startup_restore_handles(void) __attribute__((weak));

#endif
