/* Internal header of oleaut32.dll. */
#ifndef OLEAUT32_H
#define OLEAUT32_H

#define COBJMACROS
#define _OLEAUT32_
#include <stdbool.h>
#include "ferry/ntapi.h"
#include <oleauto.h>

void *__cdecl memcpy(void *to, const void *from, size_t size);
void *__cdecl memmove(void *to, const void *from, size_t size);
void *__cdecl memset(void *to, int value, size_t size);

static inline void *mem_alloc(SIZE_T bytes)
{
    return RtlAllocateHeap(ferry_peb()->ProcessHeap, 0, bytes);
}
static inline void mem_free(void *memory)
{
    if (memory) RtlFreeHeap(ferry_peb()->ProcessHeap, 0, memory);
}

/* Bytes of an element of a type, 0 for a type that no SAFEARRAY holds. */
ULONG variant_type_size(VARTYPE type);

#endif
