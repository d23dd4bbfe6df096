/* Contexts of 32-bit code. Inside the host every context is the processor's 64-bit one, with SegCs 0x23; programs see
 * the 32-bit layout. */
#include "wow.h"

#include <string.h>

#include "apc.h"
#include "context.h"
#include "ferry/syscall_table.h"
#include "host.h"
#include "thread.h"
#include "threads.h"

#define CS32 0x23
#define DS32 0x2b
#define FS32 0x53 /* what Windows shows; ours is a selector of the LDT */

#define HAS(flags, part) (((flags) & (WOW64_CONTEXT_##part)) == (WOW64_CONTEXT_##part))

/* ---- x87 state: fsave's layout and fxsave's ---- */

/* Two bits a register in place of fxsave's one: 0 valid, 1 zero, 2 special, 3 empty. */
static uint16_t full_tags(const XMM_SAVE_AREA32 *state)
{
    unsigned top = state->StatusWord >> 11 & 7;
    uint16_t tags = 0;

    for (unsigned i = 0; i < 8; i++) {
        unsigned tag = 3;
        if (state->TagWord >> i & 1) {
            const uint64_t *value = (const uint64_t *)&state->FloatRegisters[(i - top) & 7];
            unsigned exponent = (unsigned)value[1] & 0x7fff;
            if (exponent == 0x7fff) tag = 2;
            else if (!exponent) tag = value[0] ? 2 : 1;
            else tag = value[0] >> 63 ? 0 : 2;
        }
        tags |= (uint16_t)(tag << i * 2);
    }
    return tags;
}

static void float_to32(WOW64_FLOATING_SAVE_AREA *to, const XMM_SAVE_AREA32 *from)
{
    memset(to, 0, sizeof(*to));
    to->ControlWord = from->ControlWord | 0xffff0000;
    to->StatusWord = from->StatusWord | 0xffff0000;
    to->TagWord = full_tags(from) | 0xffff0000;
    to->ErrorOffset = from->ErrorOffset;
    to->ErrorSelector = CS32 | (DWORD)from->ErrorOpcode << 16;
    to->DataOffset = from->DataOffset;
    to->DataSelector = DS32 | 0xffff0000;
    for (unsigned i = 0; i < 8; i++) memcpy(&to->RegisterArea[i * 10], &from->FloatRegisters[i], 10);
}

static void float_from32(XMM_SAVE_AREA32 *to, const WOW64_FLOATING_SAVE_AREA *from)
{
    to->ControlWord = (WORD)from->ControlWord;
    to->StatusWord = (WORD)from->StatusWord;
    to->TagWord = 0;
    for (unsigned i = 0; i < 8; i++)
        if ((from->TagWord >> i * 2 & 3) != 3) to->TagWord |= (BYTE)(1 << i);
    to->ErrorOffset = from->ErrorOffset;
    to->ErrorOpcode = (WORD)(from->ErrorSelector >> 16);
    to->DataOffset = from->DataOffset;
    to->ErrorSelector = to->DataSelector = 0;
    for (unsigned i = 0; i < 8; i++) memcpy(&to->FloatRegisters[i], &from->RegisterArea[i * 10], 10);
}

#define EXTENDED_BYTES (offsetof(XMM_SAVE_AREA32, XmmRegisters) + 8 * sizeof(M128A)) /* of fxsave, in 32-bit mode */

/* ---- contexts ---- */

void wow_context_get(WOW64_CONTEXT *to, const CONTEXT *from)
{
    DWORD flags = to->ContextFlags;

    if (HAS(flags, CONTROL)) {
        to->Ebp = (DWORD)from->Rbp;
        to->Eip = (DWORD)from->Rip;
        to->SegCs = CS32;
        to->EFlags = from->EFlags;
        to->Esp = (DWORD)from->Rsp;
        to->SegSs = DS32;
    }
    if (HAS(flags, INTEGER)) {
        to->Edi = (DWORD)from->Rdi;
        to->Esi = (DWORD)from->Rsi;
        to->Ebx = (DWORD)from->Rbx;
        to->Edx = (DWORD)from->Rdx;
        to->Ecx = (DWORD)from->Rcx;
        to->Eax = (DWORD)from->Rax;
    }
    if (HAS(flags, SEGMENTS)) {
        to->SegGs = to->SegEs = to->SegDs = DS32;
        to->SegFs = FS32;
    }
    if (HAS(flags, FLOATING_POINT)) float_to32(&to->FloatSave, &from->FltSave);
    if (HAS(flags, DEBUG_REGISTERS)) {
        to->Dr0 = (DWORD)from->Dr0;
        to->Dr1 = (DWORD)from->Dr1;
        to->Dr2 = (DWORD)from->Dr2;
        to->Dr3 = (DWORD)from->Dr3;
        to->Dr6 = (DWORD)from->Dr6;
        to->Dr7 = (DWORD)from->Dr7;
    }
    if (HAS(flags, EXTENDED_REGISTERS)) {
        XMM_SAVE_AREA32 *state = (XMM_SAVE_AREA32 *)to->ExtendedRegisters;
        memset(to->ExtendedRegisters, 0, sizeof(to->ExtendedRegisters));
        memcpy(state, &from->FltSave, EXTENDED_BYTES);
        state->ErrorSelector = CS32;
        state->DataSelector = DS32;
        state->Reserved2 = state->Reserved3 = 0;
    }
}

void wow_context_merge(CONTEXT *to, const WOW64_CONTEXT *from)
{
    DWORD flags = from->ContextFlags;

    if (HAS(flags, CONTROL)) {
        to->Rbp = from->Ebp;
        to->Rip = from->Eip;
        to->EFlags = from->EFlags;
        to->Rsp = from->Esp;
        to->SegCs = CS32;
        to->SegSs = DS32;
    }
    if (HAS(flags, INTEGER)) {
        to->Rdi = from->Edi;
        to->Rsi = from->Esi;
        to->Rbx = from->Ebx;
        to->Rdx = from->Edx;
        to->Rcx = from->Ecx;
        to->Rax = from->Eax;
    }
    if (HAS(flags, EXTENDED_REGISTERS)) {
        memcpy(&to->FltSave, from->ExtendedRegisters, EXTENDED_BYTES);
        to->FltSave.ErrorSelector = to->FltSave.DataSelector = 0;
        to->FltSave.MxCsr &= 0xffff;
        to->MxCsr = to->FltSave.MxCsr;
    }
    /* After the other: a handler that repairs the x87 state does it here. */
    if (HAS(flags, FLOATING_POINT)) float_from32(&to->FltSave, &from->FloatSave);
    if (HAS(flags, DEBUG_REGISTERS)) {
        to->Dr0 = from->Dr0;
        to->Dr1 = from->Dr1;
        to->Dr2 = from->Dr2;
        to->Dr3 = from->Dr3;
        to->Dr6 = from->Dr6;
        to->Dr7 = from->Dr7;
    }
}

void wow_record_to32(EXCEPTION_RECORD_32 *to, const EXCEPTION_RECORD *from)
{
    memset(to, 0, sizeof(*to));
    EXCEPTION_RECORD_to32(to, from);
}

void wow_record_from32(EXCEPTION_RECORD *to, const EXCEPTION_RECORD_32 *from)
{
    memset(to, 0, sizeof(*to));
    EXCEPTION_RECORD_from32(to, from);
}

/* ---- frames for 32-bit code ---- */

struct exception_frame32 {
    uint32_t record_pointer, context_pointer;
    EXCEPTION_RECORD_32 record;
    WOW64_CONTEXT context;
};

bool wow_exception_prepare(const EXCEPTION_RECORD *record, CONTEXT *context, FERRY_TEB *teb)
{
    struct exception_frame32 frame;
    uint32_t at = ((uint32_t)context->Rsp - sizeof(frame)) & ~3u;

    memset(&frame.context, 0, sizeof(frame.context));
    frame.record_pointer = at + offsetof(struct exception_frame32, record);
    frame.context_pointer = at + offsetof(struct exception_frame32, context);
    wow_record_to32(&frame.record, record);
    frame.context.ContextFlags = WOW64_CONTEXT_ALL;
    wow_context_get(&frame.context, context);
    if (!stack_write(teb, at, &frame, sizeof(frame))) return false;
    context->Rsp = at;
    context->Rip = ntdll_entries.KiUserExceptionDispatcher;
    context->SegCs = CS32;
    context->EFlags &= ~0x500; /* TF, DF */
    return true;
}

struct apc_frame32 {
    uint32_t routine, argument1, argument2, argument3;
    WOW64_CONTEXT context;
};

bool wow_apc_prepare(const struct apc_call *call, CONTEXT *context, FERRY_TEB *teb)
{
    struct apc_frame32 frame = { (uint32_t)(uintptr_t)call->routine, (uint32_t)(uintptr_t)call->argument1,
                                 (uint32_t)(uintptr_t)call->argument2, (uint32_t)(uintptr_t)call->argument3,
                                 { .ContextFlags = WOW64_CONTEXT_ALL & ~(WOW64_CONTEXT_DEBUG_REGISTERS & 0xffff) } };
    uint32_t at = ((uint32_t)context->Rsp - sizeof(frame)) & ~3u;

    wow_context_get(&frame.context, context);
    if (!stack_write(teb, at, &frame, sizeof(frame))) return false;
    context->Rsp = at;
    context->Rip = ntdll_entries.KiUserApcDispatcher;
    return true;
}

void wow_start_registers(struct thread *thread, CONTEXT *context)
{
    context->SegCs = CS32;
    context->Rax = (uint32_t)(uintptr_t)thread->start_routine;
    context->Rbx = (uint32_t)(uintptr_t)thread->start_argument;
    context->Rcx = context->Rdx = 0;
    context->Rsp = wow_teb(thread->teb)->Tib.StackBase - 16;
}

bool wow_prepare_start(FERRY_TEB *teb, CONTEXT *context)
{
    struct {
        uint32_t back, context, ntdll, unused[2];
        WOW64_CONTEXT registers;
    } frame = { .registers.ContextFlags = WOW64_CONTEXT_ALL & ~(WOW64_CONTEXT_DEBUG_REGISTERS & 0xffff) };
    uint32_t at;

    wow_context_get(&frame.registers, context);
    at = ((uint32_t)context->Rsp - sizeof(frame)) & ~15u;
    frame.context = at + offsetof(__typeof__(frame), registers);
    frame.ntdll = (uint32_t)(uintptr_t)ntdll_base;
    if (!stack_write(teb, at, &frame, sizeof(frame))) return false;
    context->Rip = ntdll_entries.LdrInitializeThunk;
    context->Rsp = at;
    return true;
}

/* ---- system calls ---- */

NTSTATUS wow_NtContinue(CONTEXT *ContextRecord, BOOLEAN TestAlert)
{
    CONTEXT context __attribute__((aligned(16)));

    context_from_frame(&context, thread_self()->frame, 0);
    wow_context_merge(&context, (const WOW64_CONTEXT *)ContextRecord);
    context.ContextFlags = CONTEXT_FULL | CONTEXT_SEGMENTS;
    return sys_NtContinue(&context, TestAlert);
}

NTSTATUS wow_NtRaiseException(EXCEPTION_RECORD *ExceptionRecord, CONTEXT *ContextRecord, BOOLEAN FirstChance)
{
    CONTEXT context __attribute__((aligned(16)));
    EXCEPTION_RECORD record;

    context_from_frame(&context, thread_self()->frame, 0);
    wow_context_merge(&context, (const WOW64_CONTEXT *)ContextRecord);
    context.ContextFlags = CONTEXT_FULL | CONTEXT_SEGMENTS;
    if (((EXCEPTION_RECORD_32 *)ExceptionRecord)->NumberParameters > EXCEPTION_MAXIMUM_PARAMETERS)
        return STATUS_INVALID_PARAMETER;
    wow_record_from32(&record, (const EXCEPTION_RECORD_32 *)ExceptionRecord);
    return sys_NtRaiseException(&record, &context, FirstChance);
}

NTSTATUS wow_NtGetContextThread(HANDLE ThreadHandle, CONTEXT *ThreadContext)
{
    CONTEXT context __attribute__((aligned(16))) = { .ContextFlags = CONTEXT_FULL | CONTEXT_DEBUG_REGISTERS };
    NTSTATUS status = sys_NtGetContextThread(ThreadHandle, &context);

    if (!status) wow_context_get((WOW64_CONTEXT *)ThreadContext, &context);
    return status;
}

NTSTATUS wow_NtSetContextThread(HANDLE ThreadHandle, CONTEXT *ThreadContext)
{
    const WOW64_CONTEXT narrow = *(const WOW64_CONTEXT *)ThreadContext;
    CONTEXT context __attribute__((aligned(16))) = { .ContextFlags = CONTEXT_FULL | CONTEXT_DEBUG_REGISTERS };
    NTSTATUS status = sys_NtGetContextThread(ThreadHandle, &context);

    if (status) return status;
    wow_context_merge(&context, &narrow);
    return sys_NtSetContextThread(ThreadHandle, &context);
}
