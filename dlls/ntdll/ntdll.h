/* Internal header of ntdll.dll. Exported functions get their prototypes from ntdll.exports (ferry/ntapi.h); here is
 * what the files share without exporting it.
 */
#ifndef NTDLL_NTDLL_H
#define NTDLL_NTDLL_H

#define _NTSYSTEM_
#define _CRTIMP
#define _SECIMP
#define __CRT__NO_INLINE
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>
#include "ferry/ntapi.h"
#undef RtlMoveMemory
#undef RtlFillMemory
#undef RtlZeroMemory
#undef RtlCopyMemory
#undef RtlEqualMemory

/* The C functions that ntdll.dll exports and mingw's headers do not declare here. */
int __cdecl _snprintf(char *buffer, size_t room, const char *format, ...);
int __cdecl _vsnprintf(char *buffer, size_t room, const char *format, va_list args);

#undef InitializeListHead
static inline void InitializeListHead(LIST_ENTRY *head)
{
    head->Flink = head->Blink = head;
}
static inline void InsertTailList(LIST_ENTRY *head, LIST_ENTRY *entry)
{
    entry->Flink = head;
    entry->Blink = head->Blink;
    head->Blink->Flink = entry;
    head->Blink = entry;
}
static inline void InsertHeadList(LIST_ENTRY *head, LIST_ENTRY *entry)
{
    entry->Flink = head->Flink;
    entry->Blink = head;
    head->Flink->Blink = entry;
    head->Flink = entry;
}
static inline void RemoveEntryList(LIST_ENTRY *entry)
{
    entry->Blink->Flink = entry->Flink;
    entry->Flink->Blink = entry->Blink;
}

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* The process heap. */
static inline void *heap_allocate(SIZE_T size)
{
    return RtlAllocateHeap(ferry_peb()->ProcessHeap, 0, size);
}
static inline void *heap_allocate_zeroed(SIZE_T size)
{
    return RtlAllocateHeap(ferry_peb()->ProcessHeap, HEAP_ZERO_MEMORY, size);
}
static inline void heap_free(void *block)
{
    if (block) RtlFreeHeap(ferry_peb()->ProcessHeap, 0, block);
}

/* ---- loader (ldr_*.c) ---- */

extern RTL_CRITICAL_SECTION loader_lock;

/* One line through NtFerryReport; "%s" (char), "%S" (WCHAR), "%Z" (UNICODE_STRING *), "%x", "%lx", "%p", "%d". */
void report(const char *format, ...);

/* Base of the image that holds `address`, or NULL; `entry` may be NULL. Lock-free, for unwinding. */
FERRY_LDR_ENTRY *ldr_entry_of(const void *address);

/* ---- exceptions (except_*.c), heap, synchronisation, threads ---- */

/* Gives the running thread's cached heap blocks back; LdrShutdownThread calls it last. */
void heap_thread_exit(void);
/* Set by RtlExitUserProcess before other threads end: the exit code, should the process then wait for a lock that a
 * dead thread holds. */
extern NTSTATUS exit_status;
/* Calls the unhandled exception filter for what left a thread's start routine; ends the process. */
LONG top_level_filter(EXCEPTION_POINTERS *pointers);

/* ---- code pages (nls.c) ---- */

/* Chooses the process's code pages: the manifest's activeCodePage, or 0. Call once, before code of the program runs. */
void nls_init(ULONG manifest_codepage);
extern UCHAR NlsMbCodePageTag;
/* Bytes that a string takes after conversion from UTF-16 to the OEM code page, and back. */
ULONG nls_oem_size(const WCHAR *from, ULONG bytes);
ULONG nls_oem_unicode_size(const char *from, ULONG size);

#endif
