/* Internal header of user32.dll. */
#ifndef USER32_H
#define USER32_H

#define _USER32_
#define WINUSERAPI
#include <stdbool.h>
#include "ferry/ntapi.h"

static inline void *mem_alloc(SIZE_T bytes)
{
    return RtlAllocateHeap(ferry_peb()->ProcessHeap, 0, bytes);
}
static inline void mem_free(void *memory)
{
    if (memory) RtlFreeHeap(ferry_peb()->ProcessHeap, 0, memory);
}

void *__cdecl memcpy(void *to, const void *from, size_t size);

#endif
