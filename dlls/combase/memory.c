/* combaseapi.h: CoTaskMem: the task allocator is the process heap. */
#include "combase.h"

void *WINAPI CoTaskMemAlloc(SIZE_T size)
{
    return RtlAllocateHeap(ferry_peb()->ProcessHeap, 0, size);
}

void WINAPI CoTaskMemFree(void *memory)
{
    if (memory) RtlFreeHeap(ferry_peb()->ProcessHeap, 0, memory);
}

void *WINAPI CoTaskMemRealloc(void *memory, SIZE_T size)
{
    if (!memory) return CoTaskMemAlloc(size);
    if (!size) {
        CoTaskMemFree(memory);
        return NULL;
    }
    return RtlReAllocateHeap(ferry_peb()->ProcessHeap, 0, memory, size);
}

/* ---- IMalloc over it: one object that is never freed ---- */

static HRESULT WINAPI malloc_query(IMalloc *self, REFIID iid, void **object)
{
    static const IID unknown = {0, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}}, imalloc = {2, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}};
    if (!object) return E_POINTER;
    if (memcmp(iid, &unknown, sizeof(IID)) && memcmp(iid, &imalloc, sizeof(IID))) {
        *object = NULL;
        return E_NOINTERFACE;
    }
    *object = self;
    return S_OK;
}

static ULONG WINAPI malloc_add_ref(IMalloc *self)
{
    return 2;
}

static ULONG WINAPI malloc_release(IMalloc *self)
{
    return 1;
}

static void *WINAPI malloc_alloc(IMalloc *self, SIZE_T size)
{
    return CoTaskMemAlloc(size);
}

static void *WINAPI malloc_realloc(IMalloc *self, void *memory, SIZE_T size)
{
    return CoTaskMemRealloc(memory, size);
}

static void WINAPI malloc_free(IMalloc *self, void *memory)
{
    CoTaskMemFree(memory);
}

static SIZE_T WINAPI malloc_size(IMalloc *self, void *memory)
{
    return memory ? RtlSizeHeap(ferry_peb()->ProcessHeap, 0, memory) : (SIZE_T)-1;
}

static int WINAPI malloc_did_alloc(IMalloc *self, void *memory)
{
    if (!memory) return -1;
    return RtlValidateHeap(ferry_peb()->ProcessHeap, 0, memory) ? 1 : 0;
}

static void WINAPI malloc_minimize(IMalloc *self)
{
}

static IMallocVtbl malloc_table = {malloc_query, malloc_add_ref,   malloc_release, malloc_alloc,   malloc_realloc,
                                   malloc_free,  malloc_size,      malloc_did_alloc, malloc_minimize};
static IMalloc task_malloc = {&malloc_table};

HRESULT WINAPI CoGetMalloc(DWORD context, IMalloc **object)
{
    if (!object) return E_INVALIDARG;
    *object = NULL;
    if (context != MEMCTX_TASK) return E_INVALIDARG;
    *object = &task_malloc;
    return S_OK;
}
