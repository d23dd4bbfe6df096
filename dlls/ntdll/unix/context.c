/* Register contexts: from signals and system call frames, and back into Windows code. */
#include "context.h"

#include <stdlib.h>
#include <string.h>
#include "host.h"
#include "virtual.h"
#include "wow.h"

struct ntdll_entries ntdll_entries;
void *ntdll_base;

#define MXCSR_VALID 0xffff
#define SEGMENT_CS 0x33
#define SEGMENT_CS32 0x23
#define SEGMENT_DS 0x2b
#define SEGMENT_FS 0x53

void context_from_signal(CONTEXT *context, const ucontext_t *signal)
{
    const greg_t *regs = signal->uc_mcontext.gregs;

    memset(context, 0, sizeof(*context));
    context->ContextFlags = CONTEXT_FULL | CONTEXT_SEGMENTS;
    context->Rax = regs[REG_RAX];
    context->Rcx = regs[REG_RCX];
    context->Rdx = regs[REG_RDX];
    context->Rbx = regs[REG_RBX];
    context->Rsp = regs[REG_RSP];
    context->Rbp = regs[REG_RBP];
    context->Rsi = regs[REG_RSI];
    context->Rdi = regs[REG_RDI];
    context->R8 = regs[REG_R8];
    context->R9 = regs[REG_R9];
    context->R10 = regs[REG_R10];
    context->R11 = regs[REG_R11];
    context->R12 = regs[REG_R12];
    context->R13 = regs[REG_R13];
    context->R14 = regs[REG_R14];
    context->R15 = regs[REG_R15];
    context->Rip = regs[REG_RIP];
    context->EFlags = (DWORD)regs[REG_EFL];
    context->SegCs = regs[REG_CSGSFS] & 0xffff;
    context->SegDs = context->SegEs = context->SegSs = context->SegGs = SEGMENT_DS;
    context->SegFs = SEGMENT_FS;
    if (signal->uc_mcontext.fpregs) {
        memcpy(&context->FltSave, signal->uc_mcontext.fpregs, sizeof(context->FltSave));
        context->MxCsr = context->FltSave.MxCsr;
    }
}

void context_to_signal(ucontext_t *signal, const CONTEXT *context)
{
    greg_t *regs = signal->uc_mcontext.gregs;

    regs[REG_RAX] = context->Rax;
    regs[REG_RCX] = context->Rcx;
    regs[REG_RDX] = context->Rdx;
    regs[REG_RBX] = context->Rbx;
    regs[REG_RSP] = context->Rsp;
    regs[REG_RBP] = context->Rbp;
    regs[REG_RSI] = context->Rsi;
    regs[REG_RDI] = context->Rdi;
    regs[REG_R8] = context->R8;
    regs[REG_R9] = context->R9;
    regs[REG_R10] = context->R10;
    regs[REG_R11] = context->R11;
    regs[REG_R12] = context->R12;
    regs[REG_R13] = context->R13;
    regs[REG_R14] = context->R14;
    regs[REG_R15] = context->R15;
    regs[REG_RIP] = context->Rip;
    regs[REG_EFL] = (context->EFlags & 0x250dd5) | 0x202;
    if (wow64) regs[REG_CSGSFS] = (regs[REG_CSGSFS] & ~0xffffll) | (context->SegCs == SEGMENT_CS32 ? SEGMENT_CS32 : SEGMENT_CS);
    if (signal->uc_mcontext.fpregs) {
        memcpy(signal->uc_mcontext.fpregs, &context->FltSave, offsetof(XMM_SAVE_AREA32, Reserved4));
        signal->uc_mcontext.fpregs->mxcsr &= MXCSR_VALID;
    }
}

void context_from_frame(CONTEXT *context, const struct syscall_frame *frame, uint64_t result)
{
    memset(context, 0, sizeof(*context));
    __asm__ volatile("fxsave64 %0" : "=m"(context->FltSave));
    context->ContextFlags = CONTEXT_FULL | CONTEXT_SEGMENTS;
    context->FltSave.MxCsr = context->MxCsr = frame->mxcsr;
    memset(&context->FltSave.XmmRegisters, 0, 6 * sizeof(M128A));
    memcpy(&context->FltSave.XmmRegisters[6], frame->xmm6_15, sizeof(frame->xmm6_15));
    context->Rax = result;
    context->Rbx = frame->rbx;
    context->Rbp = frame->rbp;
    context->Rsi = frame->rsi;
    context->Rdi = frame->rdi;
    context->R12 = frame->r12;
    context->R13 = frame->r13;
    context->R14 = frame->r14;
    context->R15 = frame->r15;
    context->Rip = frame->rip;
    context->Rsp = frame->rsp;
    context->EFlags = 0x202;
    context->SegCs = wow64 ? SEGMENT_CS32 : SEGMENT_CS;
    context->SegDs = context->SegEs = context->SegSs = context->SegGs = SEGMENT_DS;
    context->SegFs = SEGMENT_FS;
}

void context_merge(CONTEXT *to, const CONTEXT *from)
{
    DWORD flags = from->ContextFlags & ~CONTEXT_AMD64;

    if (flags & (CONTEXT_CONTROL & ~CONTEXT_AMD64)) {
        to->Rip = from->Rip;
        to->Rsp = from->Rsp;
        to->EFlags = from->EFlags;
        to->SegCs = from->SegCs;
        to->SegSs = from->SegSs;
    }
    if (flags & (CONTEXT_INTEGER & ~CONTEXT_AMD64)) {
        to->Rax = from->Rax;
        to->Rcx = from->Rcx;
        to->Rdx = from->Rdx;
        to->Rbx = from->Rbx;
        to->Rbp = from->Rbp;
        to->Rsi = from->Rsi;
        to->Rdi = from->Rdi;
        to->R8 = from->R8;
        to->R9 = from->R9;
        to->R10 = from->R10;
        to->R11 = from->R11;
        to->R12 = from->R12;
        to->R13 = from->R13;
        to->R14 = from->R14;
        to->R15 = from->R15;
    }
    if (flags & (CONTEXT_SEGMENTS & ~CONTEXT_AMD64)) {
        to->SegDs = from->SegDs;
        to->SegEs = from->SegEs;
        to->SegFs = from->SegFs;
        to->SegGs = from->SegGs;
    }
    if (flags & (CONTEXT_FLOATING_POINT & ~CONTEXT_AMD64)) {
        to->FltSave = from->FltSave;
        to->MxCsr = from->MxCsr;
        to->FltSave.MxCsr = from->MxCsr;
    }
    if (flags & (CONTEXT_DEBUG_REGISTERS & ~CONTEXT_AMD64)) {
        to->Dr0 = from->Dr0;
        to->Dr1 = from->Dr1;
        to->Dr2 = from->Dr2;
        to->Dr3 = from->Dr3;
        to->Dr6 = from->Dr6;
        to->Dr7 = from->Dr7;
    }
}

_Noreturn void context_go(const CONTEXT *context, struct thread *thread)
{
    if (wow64 && context->SegCs == SEGMENT_CS32) context_enter32(context, thread);
    context_enter(context, thread);
}

_Noreturn void context_continue(const CONTEXT *source)
{
    struct thread *thread = thread_self();
    CONTEXT context __attribute__((aligned(16)));

    context_from_frame(&context, thread->frame, 0);
    context_merge(&context, source);
    context.FltSave.MxCsr &= MXCSR_VALID;
    while (atomic_load(&thread->pending) & (THREAD_PENDING_SUSPEND | THREAD_PENDING_TERMINATE))
        thread_check_pending(thread);
    context_go(&context, thread);
}

/* From context_enter, when work came up after the last look. `thread->frame` is NULL by then. */
_Noreturn __attribute__((used)) void context_enter_pending(struct thread *thread, const CONTEXT *source)
{
    CONTEXT context __attribute__((aligned(16))) = *source;
    struct syscall_frame frame = { .rip = context.Rip, .rsp = context.Rsp };

    thread->frame = &frame;
    while (atomic_load(&thread->pending) & (THREAD_PENDING_SUSPEND | THREAD_PENDING_TERMINATE))
        thread_check_pending(thread);
    context_go(&context, thread);
}

bool stack_write(FERRY_TEB *teb, uint64_t address, const void *from, size_t bytes)
{
    uint64_t limit = stack_limit(teb), lowest = stack_bottom(teb);

    if (address >= lowest && address < limit) {
        for (uint64_t page = limit - PAGE_SIZE_; page + PAGE_SIZE_ > address; page -= PAGE_SIZE_) {
            NTSTATUS status = virtual_handle_fault((void *)page, FAULT_WRITE, teb);
            if (status && status != STATUS_STACK_OVERFLOW) return false;
        }
    }
    return virtual_write((void *)address, from, bytes);
}

/* What KiUserExceptionDispatcher finds at its stack pointer, as on Windows. */
struct exception_frame {
    CONTEXT context;         /* 0x000 */
    uint64_t context_ex[4];  /* 0x4d0 */
    EXCEPTION_RECORD record; /* 0x4f0 */
    uint64_t align;          /* 0x588 */
    uint64_t rip, cs, eflags, rsp, ss; /* 0x590: machine frame, for unwinders */
    uint64_t padding;
};
_Static_assert(offsetof(struct exception_frame, record) == 0x4f0, "exception frame");
_Static_assert(offsetof(struct exception_frame, rip) == 0x590, "exception frame");

bool exception_prepare(const EXCEPTION_RECORD *record, CONTEXT *context, FERRY_TEB *teb)
{
    struct exception_frame frame __attribute__((aligned(16)));
    uint64_t at = ((context->Rsp - sizeof(frame)) & ~(uint64_t)15);

    if (wow64) return wow_exception_prepare(record, context, teb);
    memset(&frame.context_ex, 0, sizeof(frame.context_ex));
    frame.context = *context;
    frame.record = *record;
    frame.align = frame.padding = 0;
    frame.rip = context->Rip;
    frame.cs = SEGMENT_CS;
    frame.eflags = context->EFlags;
    frame.rsp = context->Rsp;
    frame.ss = SEGMENT_DS;
    if (!stack_write(teb, at, &frame, sizeof(frame))) return false;
    context->Rsp = at;
    context->Rip = ntdll_entries.KiUserExceptionDispatcher;
    context->EFlags &= ~0x500; /* TF, DF */
    return true;
}

_Noreturn void exception_deliver(const EXCEPTION_RECORD *record, const CONTEXT *source)
{
    struct thread *thread = thread_self();
    CONTEXT context __attribute__((aligned(16)));

    context_from_frame(&context, thread->frame, 0);
    context_merge(&context, source);
    context.ContextFlags = source->ContextFlags;
    if (!exception_prepare(record, &context, thread->teb)) exception_unhandled(record, source);
    context.ContextFlags = CONTEXT_FULL;
    context_continue(&context);
}
