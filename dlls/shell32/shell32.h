/* Internal header of shell32.dll. */
#ifndef SHELL32_H
#define SHELL32_H

#define _SHELL32_
#define SHSTDAPI_IMPLEMENTED
#include <stdbool.h>
#include "ferry/ntapi.h"
#include <shlobj.h>
#include <knownfolders.h>

void *__cdecl memcpy(void *to, const void *from, size_t size);
int __cdecl memcmp(const void *a, const void *b, size_t size);

#endif
