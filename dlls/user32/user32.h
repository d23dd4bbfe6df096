/* Internal header of user32.dll. */
#ifndef USER32_H
#define USER32_H

#define _USER32_
#define _GDI32_
#define WINUSERAPI
#include <stdbool.h>
#include "ferry/ntapi.h"
#include "ferry/win32u.h"
#include "ferry/win32u_prototypes.h"

/* ---- errors and memory ---- */

static inline BOOL set_error(DWORD error)
{
    ferry_teb()->LastErrorValue = error;
    return FALSE;
}

/* TRUE for success; else the last error is set. */
static inline BOOL status_to_bool(NTSTATUS status)
{
    if (status >= 0) return TRUE;
    return set_error(((ULONG)status & 0xffff0000u) == 0xc0070000u ? (WORD)status : RtlNtStatusToDosError(status));
}

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

#ifndef MAKEINTATOM
#define MAKEINTATOM(atom) ((LPWSTR)(ULONG_PTR)(WORD)(atom))
#endif
#define IS_ATOM(name) (!((ULONG_PTR)(name) >> 16))
#define PTR64(value) ((UINT64)(ULONG_PTR)(value))
#define FROM64(value) ((void *)(ULONG_PTR)(value))
#define WINDOW32(value) ((HWND)(ULONG_PTR)(UINT32)(value))

/* ---- strings ---- */

static inline DWORD wide_length(const WCHAR *text)
{
    const WCHAR *at = text;
    while (*at) at++;
    return (DWORD)(at - text);
}
static inline DWORD ansi_length(const char *text)
{
    const char *at = text;
    while (*at) at++;
    return (DWORD)(at - text);
}
/* On the process heap, terminated; NULL for NULL or without memory. */
WCHAR *wide_from_ansi(const char *text);
char *ansi_from_wide(const WCHAR *text);
/* The same of `bytes`; the result is terminated. */
WCHAR *wide_from_ansi_n(const char *text, DWORD bytes);
WCHAR *wide_copy(const WCHAR *text);
/* Into a buffer of `room` bytes (or units) with the terminator: how many without it. */
DWORD ansi_into(char *to, DWORD room, const WCHAR *from, DWORD units);
DWORD wide_into(WCHAR *to, DWORD room, const char *from, DWORD bytes);
DWORD ansi_bytes(const WCHAR *text, DWORD units);
WCHAR wide_of_char(char c);

/* ---- windows (window.c) ---- */

/* FALSE with ERROR_INVALID_WINDOW_HANDLE. */
static inline BOOL window_info(HWND window, struct user_window *info)
{
    return status_to_bool(NtUserWindowInfo(window, info));
}
BOOL window_is_mine(HWND window, struct user_window *info); /* of the calling thread, else ERROR_ACCESS_DENIED */
LONG_PTR window_word(HWND window, int index);
LONG_PTR set_window_word(HWND window, int index, LONG_PTR value);
void set_window_flags(HWND window, UINT32 set, UINT32 clear); /* WINDOW_* */
DWORD set_style_bits(HWND window, DWORD set, DWORD clear);    /* without any message; the old style */

/* The rectangle SetWindowPos and CreateWindow agree on. */
BOOL set_window_place(HWND window, HWND after, const RECT *rect, UINT flags);
LRESULT default_window_proc(HWND window, UINT message, WPARAM wparam, LPARAM lparam, bool unicode);
void nc_calc_size(HWND window, const struct user_window *info, RECT *rect);
void get_min_max(HWND window, const struct user_window *info, MINMAXINFO *result);
RECT work_area(void);

/* ---- window procedures (winproc.c) ---- */

LRESULT call_procedure(WNDPROC proc, bool proc_unicode, bool unicode, HWND window, UINT message, WPARAM wparam, LPARAM lparam);
/* What GetWindowLong(GWLP_WNDPROC) gives to a caller of the other kind, and back. */
WNDPROC procedure_for(WNDPROC proc, bool proc_unicode, bool unicode);
WNDPROC procedure_real(WNDPROC proc, bool *unicode); /* *unicode is changed only if `proc` is such a handle */

/* ---- messages (message.c, send.c) ---- */

void user_message_to_msg(const struct user_message *message, MSG *msg);
void run_event(const struct user_event *event); /* EVENT_CALL, EVENT_RESULT, EVENT_HOOK */
LRESULT send_internal(HWND window, UINT message, WPARAM wparam, LPARAM lparam); /* Unicode */
/* An input event becomes a message: false if it is nobody's (input.c). */
BOOL input_to_message(const struct user_event *event, UINT first, UINT last, BOOL remove, MSG *msg);
void driver_message(const MSG *msg);

UINT_PTR WINAPI SetSystemTimer(HWND window, UINT_PTR id, UINT period, TIMERPROC proc);
BOOL WINAPI KillSystemTimer(HWND window, UINT_PTR id);

/* ---- hooks (hook.c) ---- */

#define HOOK_BIT(id) (1u << ((id) + 1))
static inline bool hooked(int id)
{
    return NtUserHooks() & HOOK_BIT(id);
}
/* Calls the chain; `unicode` is what the caller's structures are. 0 if there is none. */
LRESULT call_hooks(int id, int code, WPARAM wparam, LPARAM lparam, bool unicode);

/* ---- classes (class.c) ---- */

struct builtin_class {
    const WCHAR *name;
    UINT style;
    WNDPROC proc; /* takes wide strings */
    int extra;    /* bytes */
    LPCWSTR cursor;
    HBRUSH background;
};
void register_builtin(const struct builtin_class *builtin);
void register_builtin_classes(void); /* once, at the first use */
ULONG name_to_atom(const WCHAR *name, bool add);
BOOL find_class(HINSTANCE instance, const WCHAR *name, struct user_class *found);

/* ---- activation (focus.c) ---- */
BOOL set_active(HWND window, bool mouse, bool focus);
void focus_lost(HWND window);
HWND thread_active(void);
HWND thread_focus(void);

/* ---- painting (paint.c) ---- */
void erase_now(HWND window, UINT flags);
void nc_paint(HWND window, HRGN clip);

/* ---- menus (menu.c) ---- */
int menu_bar_height(HWND window, int width);
bool has_menu(const struct user_window *info);
void menu_window_gone(HWND window);

#endif
