/* 32-bit programs in this 64-bit process (docs/wow64.md). */
#ifndef HOST_WOW_H
#define HOST_WOW_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>
#include "ferry/layouts32.h"
#include "ferry/nt.h"

struct thread;

/* Whether the program is a 32-bit one. Set once, before its first memory is allocated. */
extern bool wow64;

/* Function of the table that 32-bit code enters: `arguments` are on its stack. */
typedef uint64_t (*wow_call)(const uint32_t *arguments);

/* ---- the two TEBs and PEBs of a 32-bit process ---- */

#define WOW_TEB_OFFSET 0x2000 /* the 32-bit one lies behind the 64-bit one; known to dispatch_i386.S */

static inline FERRY_TEB_32 *wow_teb(FERRY_TEB *teb)
{
    return (FERRY_TEB_32 *)((char *)teb + WOW_TEB_OFFSET);
}

static inline FERRY_PEB_32 *wow_peb(FERRY_PEB *peb)
{
    return (FERRY_PEB_32 *)((char *)peb + WOW_TEB_OFFSET);
}

/* Where the stack of a thread is: the TEB that its code sees says so (fibers change it). */
static inline uintptr_t stack_base(FERRY_TEB *teb)
{
    return wow64 ? wow_teb(teb)->Tib.StackBase : (uintptr_t)teb->Tib.StackBase;
}
static inline uintptr_t stack_limit(FERRY_TEB *teb)
{
    return wow64 ? wow_teb(teb)->Tib.StackLimit : (uintptr_t)teb->Tib.StackLimit;
}
static inline uintptr_t stack_bottom(FERRY_TEB *teb)
{
    return wow64 ? wow_teb(teb)->DeallocationStack : (uintptr_t)teb->DeallocationStack;
}
static inline uint32_t stack_guaranteed(FERRY_TEB *teb)
{
    return wow64 ? wow_teb(teb)->GuaranteedStackBytes : teb->GuaranteedStackBytes;
}
static inline void stack_set_limit(FERRY_TEB *teb, uintptr_t limit)
{
    if (wow64) wow_teb(teb)->Tib.StackLimit = (uint32_t)limit;
    else teb->Tib.StackLimit = (void *)limit;
}

/* The process: the gate from 32-bit code, signal handlers that know it. STATUS_NO_MEMORY. */
NTSTATUS wow_init(void);
/* The 32-bit PEB and process parameters from the 64-bit ones. */
NTSTATUS wow_fill_peb(FERRY_PEB *peb);
/* The 32-bit TEB, after the 64-bit one is filled and the stack made; takes a selector for FS. */
NTSTATUS wow_thread_init(struct thread *thread);
void wow_thread_exit(struct thread *thread);

/* Address of a 32-bit code in the gate that makes a system call with its arguments at edx (`int 2e`). */
uint32_t wow_gate_call(void);
/* Is `int 2e` the instruction of 32-bit code that faulted? Then `context` goes on in the gate. */
bool wow_interrupt(CONTEXT *context, FERRY_TEB *teb);
/* Was `rip`, of 64-bit code, on the way from 32-bit code with nothing saved yet? Then it can go back to the gate. */
bool wow_entering(uint64_t rip);

/* ---- contexts ---- */

/* The parts that to->ContextFlags names. */
void wow_context_get(WOW64_CONTEXT *to, const CONTEXT *from);
/* Changes the parts that from->ContextFlags names. */
void wow_context_merge(CONTEXT *to, const WOW64_CONTEXT *from);
void wow_record_to32(EXCEPTION_RECORD_32 *to, const EXCEPTION_RECORD *from);
void wow_record_from32(EXCEPTION_RECORD *to, const EXCEPTION_RECORD_32 *from);
/* As exception_prepare (context.h). */
bool wow_exception_prepare(const EXCEPTION_RECORD *record, CONTEXT *context, FERRY_TEB *teb);
struct apc_call;
bool wow_apc_prepare(const struct apc_call *call, CONTEXT *context, FERRY_TEB *teb);
/* The registers that RtlUserThreadStart wants. */
void wow_start_registers(struct thread *thread, CONTEXT *context);
/* Puts the arguments of LdrInitializeThunk on the stack and makes `context` enter it. False: no room. */
bool wow_prepare_start(FERRY_TEB *teb, CONTEXT *context);
_Noreturn void context_enter32(const CONTEXT *context, struct thread *thread);

/* The status block of a 32-bit program is smaller; its status is at the same place. */
static inline size_t iosb_size(void)
{
    return wow64 ? sizeof(IO_STATUS_BLOCK_32) : sizeof(IO_STATUS_BLOCK);
}
static inline void iosb_set_information(IO_STATUS_BLOCK *iosb, ULONG_PTR information)
{
    if (wow64) ((IO_STATUS_BLOCK_32 *)iosb)->Information = (uint32_t)information;
    else iosb->Information = information;
}

/* ---- arguments of system calls (generated/syscall_wow.c) ---- */

#define WOW_POINTER(value) ((void *)(uintptr_t)(value))
#define WOW_HANDLE(value) ((HANDLE)(intptr_t)(int32_t)(value))
#define WOW_EIGHT(type, at) (*(const type *)(const void *)(at))

struct wow_attributes {
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
};

OBJECT_ATTRIBUTES *wow_attributes(struct wow_attributes *local, uint32_t at);
/* The handles of an array that NtWaitForMultipleObjects takes, in memory of the running thread until its next call. */
__attribute__((visibility("default"))) HANDLE *wow_handles(uint32_t at, uint32_t count);

static inline UNICODE_STRING *wow_string(UNICODE_STRING *local, uint32_t at)
{
    if (!at) return NULL;
    UNICODE_STRING_from32(local, WOW_POINTER(at));
    return local;
}
static inline void wow_string_back(const UNICODE_STRING *local, uint32_t at)
{
    UNICODE_STRING_32 *string = WOW_POINTER(at);

    if (string && string->Length != local->Length) string->Length = local->Length;
}
static inline CLIENT_ID *wow_client_id(CLIENT_ID *local, uint32_t at)
{
    if (!at) return NULL;
    CLIENT_ID_from32(local, WOW_POINTER(at));
    return local;
}

#endif
