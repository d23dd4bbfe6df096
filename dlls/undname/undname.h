/* Undecorating MSVC's names: shared by msvcrt.dll, vcruntime140.dll and dbghelp.dll. */
#ifndef UNDNAME_H
#define UNDNAME_H

#include "ferry/ntapi.h"

/* dbghelp.h: UNDNAME_*; the last decodes a type as type_info holds it. */
enum {
    UND_NO_LEADING_UNDERSCORES = 0x0001,
    UND_NO_MS_KEYWORDS = 0x0002,
    UND_NO_FUNCTION_RETURNS = 0x0004,
    UND_NO_ALLOCATION_LANGUAGE = 0x0010,
    UND_NO_MS_THISTYPE = 0x0020,
    UND_NO_CV_THISTYPE = 0x0040,
    UND_NO_ACCESS_SPECIFIERS = 0x0080,
    UND_NO_MEMBER_TYPE = 0x0200,
    UND_32_BIT_DECODE = 0x0800,
    UND_NAME_ONLY = 0x1000,
    UND_TYPE_ONLY = 0x2000,
};

/* The name in readable form: characters without the terminating zero, 0 when `name` is none of ours or does not fit
 * (`size` in bytes, the zero included). */
size_t undecorate(const char *name, unsigned flags, char *text, size_t size);

#endif
