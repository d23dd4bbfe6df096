/* Internal header of the console functions of kernelbase.dll. */
#ifndef KERNELBASE_CONSOLE_H
#define KERNELBASE_CONSOLE_H

#include "nls.h"
#include <wincon.h>
#include "ferry/console.h"

/* A request to the host; FALSE with the last error set. `done` may be NULL. */
BOOL console_call(HANDLE handle, ULONG request, const void *input, ULONG input_length, void *output, ULONG output_length,
                  ULONG *done);
/* State of an output handle; FALSE with ERROR_INVALID_HANDLE for others. */
BOOL console_output_state(HANDLE handle, struct console_state *state);

#endif
