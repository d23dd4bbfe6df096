/* NT object paths to Unix paths. Rules of case, drive letters and the system32 overlay are here and nowhere else. */
#ifndef HOST_PATH_H
#define HOST_PATH_H

#include <stdbool.h>
#include "ferry/nt.h"

/* Resolves `attributes` (root directory handle and name; \??\C:\…, \??\unix\…, \??\UNC\…, \Device\…) to a Unix
 * path in malloced memory. must_exist false: the last component may be missing, then it is taken as given.
 * STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_PATH_NOT_FOUND, STATUS_OBJECT_NAME_INVALID, … */
NTSTATUS path_to_unix(const OBJECT_ATTRIBUTES *attributes, bool must_exist, char **unix_path);

/* The NT path (\??\C:\… where inside the prefix's drive, else \??\Z:\…) of an absolute Unix path, malloced. */
NTSTATUS path_from_unix(const char *unix_path, UNICODE_STRING *nt_path);

/* Makes the prefix if it is missing: a few folders, well under 100 ms. errno on failure. */
int prefix_prepare(const char *prefix);

#endif
