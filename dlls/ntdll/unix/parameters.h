/* Process parameters of a program started from Unix: command line, environment, directories. */
#ifndef HOST_PARAMETERS_H
#define HOST_PARAMETERS_H

#include "ferry/nt.h"
#include "host.h"

/* RTL_USER_PROCESS_PARAMETERS, normalised, and its environment, in Windows memory. `image` is the NT path of the
 * program. NULL: no memory. */
FERRY_PROCESS_PARAMETERS *parameters_create(const struct host_options *options, const UNICODE_STRING *image);

/* A command line that CommandLineToArgvW splits into these arguments again; UTF-8, malloced. */
char *command_line_join(const char *program, int argc, char **argv);

#endif
