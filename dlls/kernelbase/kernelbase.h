/* Internal header of kernelbase.dll: errors at the edge, ANSI arguments, and the ntdll functions it builds on. */
#ifndef KERNELBASE_H
#define KERNELBASE_H

#define _KERNEL32_ /* the functions declared by the headers are ours, not imported */
#define _ADVAPI32_
#define _NORMALIZE_
#include "ferry/ntapi.h"
#include <stdbool.h>

/* ---- errors ---- */

/* Sets the thread's last error; FALSE, so that a function can end with `return set_error(…)`. */
static inline BOOL set_error(DWORD error)
{
    ferry_teb()->LastErrorValue = error;
    return FALSE;
}

/* The same from an NTSTATUS. */
void store_status(NTSTATUS status);
static inline BOOL set_status(NTSTATUS status)
{
    store_status(status);
    return FALSE;
}

/* TRUE for a success or information code; else sets the last error. */
static inline BOOL status_to_bool(NTSTATUS status)
{
    return status >= 0 || set_status(status);
}

/* ---- memory of the DLL itself: the process heap ---- */

static inline void *mem_alloc(SIZE_T bytes)
{
    return RtlAllocateHeap(ferry_peb()->ProcessHeap, 0, bytes);
}
static inline void *mem_alloc_zeroed(SIZE_T bytes)
{
    return RtlAllocateHeap(ferry_peb()->ProcessHeap, HEAP_ZERO_MEMORY, bytes);
}
static inline void mem_free(void *memory)
{
    if (memory) RtlFreeHeap(ferry_peb()->ProcessHeap, 0, memory);
}

void *__cdecl memcpy(void *to, const void *from, size_t size);
void *__cdecl memmove(void *to, const void *from, size_t size);
void *__cdecl memset(void *to, int value, size_t size);
int __cdecl memcmp(const void *a, const void *b, size_t size);

/* ---- strings ---- */

static inline size_t str_length(const char *text)
{
    const char *at = text;
    while (*at) at++;
    return at - text;
}
static inline size_t wide_length(const WCHAR *text)
{
    const WCHAR *at = text;
    while (*at) at++;
    return at - text;
}
static inline WCHAR *wide_find(const WCHAR *text, WCHAR c)
{
    for (; *text != c; text++)
        if (!*text) return NULL;
    return (WCHAR *)text;
}
static inline WCHAR *wide_find_last(const WCHAR *text, WCHAR c)
{
    const WCHAR *found = NULL;
    for (; *text; text++)
        if (*text == c) found = text;
    return (WCHAR *)found;
}
static inline WCHAR ascii_lower(WCHAR c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}
/* Compares with the file system's case folding (RtlUpcaseUnicodeChar). */
int wide_compare_nocase(const WCHAR *a, const WCHAR *b);
int wide_compare_nocase_n(const WCHAR *a, const WCHAR *b, size_t count);
/* Copy on the process heap, NULL without memory. */
WCHAR *wide_copy(const WCHAR *text);

static inline UNICODE_STRING unicode_string(const WCHAR *text)
{
    UNICODE_STRING string;
    RtlInitUnicodeString(&string, text);
    return string;
}

/* An ANSI argument as UTF-16. Declare with WIDE(name), which frees it when the scope ends; `text` is NULL for a NULL
 * argument. wide_from_ansi uses the ANSI code page, wide_from_file_name the one AreFileApisANSI names; both return
 * FALSE with ERROR_NOT_ENOUGH_MEMORY set. */
struct wide_argument {
    WCHAR *text;
    WCHAR small[MAX_PATH];
};
BOOL wide_from_ansi(struct wide_argument *wide, const char *text);
BOOL wide_from_file_name(struct wide_argument *wide, const char *text);
/* `size` bytes that may hold zeros; `*length` gets the WCHARs. */
BOOL wide_from_ansi_n(struct wide_argument *wide, const char *text, size_t size, size_t *length);
void wide_free(struct wide_argument *wide);
#define WIDE(name) struct wide_argument name __attribute__((cleanup(wide_free))); name.text = NULL

/* Result strings, by the rule most functions follow: returns the length without terminator, or, where `size` (units
 * of the buffer) is too small, the size needed with terminator, and leaves the buffer alone. */
DWORD result_wide(WCHAR *buffer, DWORD size, const WCHAR *text, DWORD length);
DWORD result_ansi(char *buffer, DWORD size, const WCHAR *text, DWORD length);
DWORD result_file_name(char *buffer, DWORD size, const WCHAR *text, DWORD length);
/* Bytes that `length` WCHARs take, and the conversion itself (returns bytes written). */
DWORD ansi_size(const WCHAR *text, DWORD length);
DWORD ansi_from_wide(char *buffer, DWORD size, const WCHAR *text, DWORD length);

/* ---- arguments of system calls ---- */

/* STD_INPUT_HANDLE and its kin stand for the process's standard handles. */
HANDLE handle_of(HANDLE handle);

/* NT path of a DOS path, on the process heap (RtlFreeUnicodeString). Sets the last error. */
BOOL nt_path(const WCHAR *dos_path, UNICODE_STRING *path);

/* The APC that calls an LPOVERLAPPED_COMPLETION_ROUTINE, passed as its context. */
void CALLBACK overlapped_apc(void *routine, IO_STATUS_BLOCK *io, ULONG reserved);

/* Opens a DOS path with NtOpenFile. Sets the last error. */
BOOL open_path(const WCHAR *name, ACCESS_MASK access, ULONG share, ULONG options, HANDLE *file);

/* Milliseconds as Windows functions have them to an NT timeout; NULL for INFINITE. */
static inline LARGE_INTEGER *timeout_from_ms(LARGE_INTEGER *timeout, DWORD milliseconds)
{
    if (milliseconds == INFINITE) return NULL;
    timeout->QuadPart = -(LONGLONG)milliseconds * 10000;
    return timeout;
}

/* Object attributes of a named object below \BaseNamedObjects (Local\, Global\, Session\N\ prefixes), inheritable as
 * `security` says. `text` may be NULL: unnamed. Returns NULL where defaults do. */
struct object_name {
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    WCHAR path[20 + MAX_PATH];
};
OBJECT_ATTRIBUTES *object_name(struct object_name *object, const SECURITY_ATTRIBUTES *security, const WCHAR *text);
OBJECT_ATTRIBUTES *object_name_inherit(struct object_name *object, BOOL inherit, const WCHAR *text);

/* The directories SearchPath and CreateProcess look through, on the process heap; NULL without memory. */
WCHAR *default_search_path(void);

/* The module's resource or name as Windows functions take it: an integer atom or "#123" becomes the number. */
NTSTATUS resource_id(const WCHAR *name, ULONG_PTR *id);

#endif
