/* Which Windows exception a processor fault is. Vectors and error codes: Intel SDM volume 3, chapter 6. */
#include "trap.h"

#include <string.h>
#include "virtual.h"

#define VECTOR_DIVIDE 0
#define VECTOR_DEBUG 1
#define VECTOR_BREAKPOINT 3
#define VECTOR_OVERFLOW 4
#define VECTOR_BOUND 5
#define VECTOR_PROTECTION 13
#define VECTOR_ALIGNMENT 17
#define CS32 0x23

#define MAX_INSTRUCTION 15

/* The instruction bytes at rip, as many as are readable; returns their count. */
static int fetch(uint64_t rip, uint8_t bytes[MAX_INSTRUCTION])
{
    for (int count = MAX_INSTRUCTION; count > 0; count--)
        if (virtual_read(bytes, (const void *)rip, count)) return count;
    return 0;
}

/* Index of the opcode behind legacy and REX prefixes; *rex is the REX byte or 0 (always, in 32-bit code). */
static int skip_prefixes(const uint8_t *bytes, int count, bool wide, uint8_t *rex, bool *operand16)
{
    int at = 0;

    *rex = 0;
    *operand16 = false;
    for (; at < count; at++) {
        uint8_t byte = bytes[at];
        if (byte == 0x66) *operand16 = true;
        else if (byte == 0x67 || byte == 0xf0 || byte == 0xf2 || byte == 0xf3 || byte == 0x2e || byte == 0x36 ||
                 byte == 0x3e || byte == 0x26 || byte == 0x64 || byte == 0x65)
            ;
        else break;
    }
    if (wide && at < count && (bytes[at] & 0xf0) == 0x40) *rex = bytes[at++];
    return at;
}

static uint64_t register_value(const CONTEXT *context, int number)
{
    const DWORD64 *first = &context->Rax; /* Rax Rcx Rdx Rbx Rsp Rbp Rsi Rdi R8…: the encoding's own order */
    return first[number];
}

/* The processor raises #DE for a zero divisor and for a quotient that does not fit; Windows tells them apart. */
static bool divisor_is_zero(const CONTEXT *context)
{
    uint8_t bytes[MAX_INSTRUCTION], rex;
    bool operand16, wide = context->SegCs != CS32;
    int count = fetch(context->Rip, bytes), at = skip_prefixes(bytes, count, wide, &rex, &operand16);
    uint64_t value = 0, address;
    int size;

    if (at + 1 >= count || (bytes[at] != 0xf6 && bytes[at] != 0xf7)) return true;
    size = bytes[at] == 0xf6 ? 1 : rex & 8 ? 8 : operand16 ? 2 : 4;
    uint8_t modrm = bytes[at + 1];
    int mod = modrm >> 6, rm = (modrm & 7) | (rex & 1 ? 8 : 0);
    at += 2;
    if (mod == 3) {
        if (size == 1 && !rex && rm >= 4 && rm < 8) value = register_value(context, rm - 4) >> 8;
        else value = register_value(context, rm);
    } else {
        int32_t displacement = 0;
        if ((rm & 7) == 4) {
            uint8_t sib = bytes[at++];
            int base = (sib & 7) | (rex & 1 ? 8 : 0), index = ((sib >> 3) & 7) | (rex & 2 ? 8 : 0);
            address = index == 4 ? 0 : register_value(context, index) << (sib >> 6);
            if ((base & 7) == 5 && mod == 0) mod = 2;
            else address += register_value(context, base);
        } else if ((rm & 7) == 5 && mod == 0) {
            memcpy(&displacement, bytes + at, 4);
            address = wide ? context->Rip + at + 4 : 0;
        } else {
            address = register_value(context, rm);
        }
        if (mod == 1) displacement = (int8_t)bytes[at];
        else if (mod == 2) memcpy(&displacement, bytes + at, 4);
        address += displacement;
        if (!wide) address = (uint32_t)address;
        if (!virtual_read(&value, (const void *)address, size)) return true;
    }
    return size == 8 ? value == 0 : (value & ((1ull << (size * 8)) - 1)) == 0;
}

static void set_access_violation(EXCEPTION_RECORD *record, ULONG_PTR access, ULONG_PTR address)
{
    record->ExceptionCode = (DWORD)STATUS_ACCESS_VIOLATION;
    record->NumberParameters = 2;
    record->ExceptionInformation[0] = access;
    record->ExceptionInformation[1] = address;
}

static void decode_protection(CONTEXT *context, EXCEPTION_RECORD *record)
{
    uint8_t bytes[MAX_INSTRUCTION], rex;
    bool operand16;
    int count = fetch(context->Rip, bytes), at = skip_prefixes(bytes, count, context->SegCs != CS32, &rex, &operand16);
    uint8_t opcode = at < count ? bytes[at] : 0, second = at + 1 < count ? bytes[at + 1] : 0;

    if (opcode == 0xcd && second == 0x29) { /* __fastfail(code in ecx) */
        record->ExceptionCode = (DWORD)STATUS_STACK_BUFFER_OVERRUN;
        record->ExceptionFlags = EXCEPTION_NONCONTINUABLE;
        record->NumberParameters = 1;
        record->ExceptionInformation[0] = context->Rcx;
        return;
    }
    if (opcode == 0xcd && second == 0x2d) { /* debug service: seen as a breakpoint, the byte behind it is skipped */
        context->Rip += at + 3;
        record->ExceptionCode = (DWORD)STATUS_BREAKPOINT;
        record->NumberParameters = 1;
        record->ExceptionInformation[0] = context->Rax;
        return;
    }
    switch (opcode) {
    case 0x6c: case 0x6d: case 0x6e: case 0x6f: /* ins, outs */
    case 0xe4: case 0xe5: case 0xe6: case 0xe7: /* in, out imm8 */
    case 0xec: case 0xed: case 0xee: case 0xef: /* in, out dx */
    case 0xf4: case 0xfa: case 0xfb: /* hlt, cli, sti */
        record->ExceptionCode = (DWORD)STATUS_PRIVILEGED_INSTRUCTION;
        return;
    case 0x0f:
        switch (second) {
        case 0x00: /* lldt, ltr */
        case 0x01: /* lgdt, lidt, lmsw, invlpg */
        case 0x06: /* clts */
        case 0x08: case 0x09: /* invd, wbinvd */
        case 0x20: case 0x21: case 0x22: case 0x23: /* mov cr, dr */
        case 0x30: case 0x32: case 0x33: /* wrmsr, rdmsr, rdpmc */
            record->ExceptionCode = (DWORD)STATUS_PRIVILEGED_INSTRUCTION;
            return;
        }
        break;
    }
    /* A non-canonical address or the like: the processor does not say which. */
    set_access_violation(record, 0, ~(ULONG_PTR)0);
}

static DWORD float_exception(unsigned flags)
{
    if (flags & 0x01) return (DWORD)STATUS_FLOAT_INVALID_OPERATION;
    if (flags & 0x04) return (DWORD)STATUS_FLOAT_DIVIDE_BY_ZERO;
    if (flags & 0x02) return (DWORD)STATUS_FLOAT_DENORMAL_OPERAND;
    if (flags & 0x08) return (DWORD)STATUS_FLOAT_OVERFLOW;
    if (flags & 0x10) return (DWORD)STATUS_FLOAT_UNDERFLOW;
    return (DWORD)STATUS_FLOAT_INEXACT_RESULT;
}

void trap_decode(int signal, const siginfo_t *info, const ucontext_t *ucontext, CONTEXT *context,
                  EXCEPTION_RECORD *record)
{
    unsigned vector = (unsigned)ucontext->uc_mcontext.gregs[REG_TRAPNO];

    memset(record, 0, sizeof(*record));
    switch (signal) {
    case SIGTRAP:
        if (vector == VECTOR_DEBUG || (vector != VECTOR_BREAKPOINT && info->si_code == TRAP_TRACE)) {
            record->ExceptionCode = (DWORD)STATUS_SINGLE_STEP;
            context->EFlags &= ~0x100;
        } else {
            context->Rip -= 1;
            record->ExceptionCode = (DWORD)STATUS_BREAKPOINT;
            record->NumberParameters = 1;
        }
        break;
    case SIGILL: record->ExceptionCode = (DWORD)STATUS_ILLEGAL_INSTRUCTION; break;
    case SIGFPE:
        if (vector == VECTOR_DIVIDE) {
            record->ExceptionCode =
                (DWORD)(divisor_is_zero(context) ? STATUS_INTEGER_DIVIDE_BY_ZERO : STATUS_INTEGER_OVERFLOW);
        } else if (vector == 19) {
            record->ExceptionCode = float_exception(context->MxCsr & ~(context->MxCsr >> 7) & 0x3f);
            record->NumberParameters = 2;
            record->ExceptionInformation[1] = context->MxCsr;
        } else {
            unsigned control = context->FltSave.ControlWord, state = context->FltSave.StatusWord;
            record->ExceptionCode = state & 0x40 && (state & 1) ? (DWORD)STATUS_FLOAT_STACK_CHECK
                                                                : float_exception(state & ~control & 0x3f);
            record->NumberParameters = 1;
        }
        break;
    case SIGBUS:
        if (vector == VECTOR_ALIGNMENT || info->si_code == BUS_ADRALN) {
            record->ExceptionCode = (DWORD)STATUS_DATATYPE_MISALIGNMENT;
        } else {
            set_access_violation(record, 0, (ULONG_PTR)info->si_addr);
            record->ExceptionCode = (DWORD)STATUS_IN_PAGE_ERROR;
            record->NumberParameters = 3;
            record->ExceptionInformation[2] = (ULONG_PTR)(LONG)STATUS_UNEXPECTED_IO_ERROR;
        }
        break;
    case SIGSEGV:
        if (vector == VECTOR_OVERFLOW) record->ExceptionCode = (DWORD)STATUS_INTEGER_OVERFLOW;
        else if (vector == VECTOR_BOUND) record->ExceptionCode = (DWORD)STATUS_ARRAY_BOUNDS_EXCEEDED;
        else decode_protection(context, record);
        break;
    }
    record->ExceptionAddress = (void *)context->Rip;
}
