/* Internal header of advapi32.dll. */
#ifndef ADVAPI32_H
#define ADVAPI32_H

#define _ADVAPI32_
#include <stdbool.h>
#include "ferry/ntapi.h"

static inline BOOL set_error(DWORD error)
{
    ferry_teb()->LastErrorValue = error;
    return FALSE;
}

static inline void *mem_alloc(SIZE_T bytes)
{
    return RtlAllocateHeap(ferry_peb()->ProcessHeap, 0, bytes);
}
static inline void mem_free(void *memory)
{
    if (memory) RtlFreeHeap(ferry_peb()->ProcessHeap, 0, memory);
}

void *__cdecl memcpy(void *to, const void *from, size_t size);
void *__cdecl memset(void *to, int value, size_t size);
int __cdecl memcmp(const void *a, const void *b, size_t size);

static inline size_t wide_length(const WCHAR *text)
{
    const WCHAR *at = text;
    while (*at) at++;
    return at - text;
}

#endif
