/* Internal header of shlwapi.dll. */
#ifndef SHLWAPI_PRIVATE_H
#define SHLWAPI_PRIVATE_H

#define NO_SHLWAPI_STREAM
#define NO_SHLWAPI_REG
#define NO_SHLWAPI_GDI
#define LWSTDAPI_(type) type WINAPI
#define WINSHLWAPI
#include "ferry/ntapi.h"
#include <stdbool.h>

void *__cdecl memcpy(void *to, const void *from, size_t size);
void *__cdecl memmove(void *to, const void *from, size_t size);
size_t __cdecl wcslen(const WCHAR *text);

#endif
