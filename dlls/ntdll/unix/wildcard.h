#ifndef HOST_WILDCARD_H
#define HOST_WILDCARD_H

#include <stdbool.h>
#include "ferry/nt.h"

/* FsRtlIsNameInExpression with IgnoreCase: * ? and the DOS ones < > ". */
bool wildcard_match(const WCHAR *pattern, int pattern_units, const WCHAR *name, int name_units);
bool wildcard_present(const WCHAR *pattern, int units);

#endif
