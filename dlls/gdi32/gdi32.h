/* Internal header of gdi32.dll: thin wrappers of NtGdi*. */
#ifndef GDI32_H
#define GDI32_H

#define _GDI32_
#define WINGDIAPI
#include <stdbool.h>
#include "ferry/ntapi.h"
#include "ferry/win32u.h"
#include "ferry/win32u_prototypes.h"

static inline void *mem_alloc(SIZE_T bytes)
{
    return RtlAllocateHeap(ferry_peb()->ProcessHeap, 0, bytes);
}
static inline void mem_free(void *memory)
{
    if (memory) RtlFreeHeap(ferry_peb()->ProcessHeap, 0, memory);
}
static inline void *mem_resize(void *memory, SIZE_T bytes)
{
    return memory ? RtlReAllocateHeap(ferry_peb()->ProcessHeap, 0, memory, bytes) : mem_alloc(bytes);
}

void *__cdecl memcpy(void *to, const void *from, size_t size);
void *__cdecl memset(void *to, int value, size_t size);
int __cdecl memcmp(const void *a, const void *b, size_t size);

/* The last error, and 0 or FALSE as the result. */
#define FAIL(error) (SetLastError(error), 0)
#define FAIL_NULL(error) (SetLastError(error), (void *)0)

/* Bits 16 to 22 of a handle tell its type, as on Windows. */
enum { TYPE_DC = 0x01, TYPE_ALTDC = 0x21, TYPE_METADC = 0x66, TYPE_REGION = 0x04, TYPE_BITMAP = 0x05, TYPE_PALETTE = 0x08,
       TYPE_FONT = 0x0a, TYPE_BRUSH = 0x10, TYPE_PEN = 0x30, TYPE_EXTPEN = 0x50, TYPE_METAFILE = 0x26, TYPE_ENHMETAFILE = 0x46 };
static inline unsigned handle_type(const void *handle)
{
    return (ULONG_PTR)handle >> 16 & 0x7f;
}
/* A DC that records: its calls go to the recorder too (emf*.c, wmf*.c). */
static inline bool is_emf(HDC dc)
{
    return handle_type(dc) == TYPE_ALTDC;
}
static inline bool is_wmf(HDC dc)
{
    return handle_type(dc) == TYPE_METADC;
}

/* Values of a DC (enum gdi_dc_value). */
DWORD dc_value(HDC dc, UINT which, DWORD failed);
DWORD dc_exchange(HDC dc, UINT which, DWORD value, DWORD failed);

/* Polygons, lines and curves of enum gdi_poly, recorded by metafile DCs. */
BOOL draw_poly(HDC dc, ULONG kind, const POINT *points, const INT *counts, int polygons);

/* A metafile DC records the value too; false: it could not. */
bool record_value(HDC dc, UINT which, DWORD value);
bool record_point(HDC dc, UINT which, int x, int y);

/* ANSI to Unicode in a buffer of the caller's, or from the heap if it does not fit; NULL: no memory. `count` in and out. */
WCHAR *to_unicode(const char *text, int *count, WCHAR *buffer, int room);
void logfont_to_unicode(LOGFONTW *to, const LOGFONTA *from);
void logfont_to_ansi(LOGFONTA *to, const LOGFONTW *from);

#endif
