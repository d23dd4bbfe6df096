/* Start-up order of the host side, and facts of the process that many files need. */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include <stdbool.h>
#include <stdint.h>
#include "api.h"
#include "ferry/nt.h"
#include "ferry/start.h"

/* Exported by ntdll.so; the loader calls it. Sets up the process, runs the program, does not return; on an error it
 * prints one line and exits with 126 or 127. */
__attribute__((visibility("default"))) _Noreturn void ferry_native_start(const struct host_options *options);

extern HOST_API struct host_options host;

/* One line on stderr, "ferry: …". */
HOST_API void host_report(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Linux errno (positive) to NTSTATUS: the one table (errno.c). */
NTSTATUS status_from_errno(int error);

/* UTF-16 <-> UTF-8, WTF-8 for lone surrogates so that every Linux name has a round trip (unicode.c).
 * Lengths without terminator, in units of each side; return the units written, or -1 if `room` is too small. */
HOST_API int utf8_from_utf16(char *to, int room, const WCHAR *from, int units);
int utf16_from_utf8(WCHAR *to, int room, const char *from, int bytes);

#endif
