/* Internal header of combase.dll. */
#ifndef COMBASE_H
#define COMBASE_H

#define COBJMACROS
#define CINTERFACE
#define _OLE32_
#define WINOLEAPI_IMPLEMENTED
#include <stdbool.h>
#include "ferry/ntapi.h"
#include <objbase.h>
#include <propidl.h>

void *__cdecl memcpy(void *to, const void *from, size_t size);
void *__cdecl memset(void *to, int value, size_t size);
int __cdecl memcmp(const void *a, const void *b, size_t size);

#endif
