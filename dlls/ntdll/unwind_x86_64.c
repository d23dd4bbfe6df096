/* x86_64: undoing one frame from its unwind information ("x64 exception handling" of Microsoft's C++ reference). */
#ifdef __x86_64__
#include "unwind.h"

enum {
    UWOP_PUSH_NONVOL,
    UWOP_ALLOC_LARGE,
    UWOP_ALLOC_SMALL,
    UWOP_SET_FPREG,
    UWOP_SAVE_NONVOL,
    UWOP_SAVE_NONVOL_FAR,
    UWOP_EPILOG, /* version 2; in version 1 an early form of saving an xmm register */
    UWOP_SPARE,
    UWOP_SAVE_XMM128,
    UWOP_SAVE_XMM128_FAR,
    UWOP_PUSH_MACHFRAME,
};

static ULONG slots_of(union unwind_code code, UCHAR version)
{
    switch (code.op) {
    case UWOP_ALLOC_LARGE: return code.info ? 3 : 2;
    case UWOP_SAVE_NONVOL:
    case UWOP_SAVE_XMM128: return 2;
    case UWOP_EPILOG: return version >= 2 ? 1 : 2;
    case UWOP_SAVE_NONVOL_FAR:
    case UWOP_SPARE:
    case UWOP_SAVE_XMM128_FAR: return 3;
    default: return 1;
    }
}

static void load_register(CONTEXT *context, ULONG number, ULONG64 *from, KNONVOLATILE_CONTEXT_POINTERS *pointers)
{
    (&context->Rax)[number] = *from;
    if (pointers) pointers->IntegerContext[number] = from;
}

static void load_xmm(CONTEXT *context, ULONG number, M128A *from, KNONVOLATILE_CONTEXT_POINTERS *pointers)
{
    memcpy(&(&context->Xmm0)[number], from, sizeof(M128A));
    if (pointers) pointers->FloatingContext[number] = from;
}

static LONG read_long(const UCHAR *at)
{
    LONG value;
    memcpy(&value, at, sizeof(value));
    return value;
}

/* If the instructions at Rip are the rest of an epilogue, carries them out in `context`: adding to or loading the stack
 * pointer, pops, then a return or a jump out of the function. Nothing else can be in an epilogue. */
static bool finish_epilogue(const struct unwind_info *info, const RUNTIME_FUNCTION *function, ULONG64 base,
                            CONTEXT *context, KNONVOLATILE_CONTEXT_POINTERS *pointers)
{
    const UCHAR *start = (const UCHAR *)context->Rip, *at = start;
    const UCHAR *end = (const UCHAR *)base + function->EndAddress;
    ULONG64 rsp = context->Rsp;

    if (at[0] == 0x48 && at[1] == 0x83 && at[2] == 0xc4) { /* add $imm8, %rsp */
        rsp += (CHAR)at[3];
        at += 4;
    } else if (at[0] == 0x48 && at[1] == 0x81 && at[2] == 0xc4) { /* add $imm32, %rsp */
        rsp += read_long(at + 3);
        at += 7;
    } else if ((at[0] & 0xfe) == 0x48 && at[1] == 0x8d && (at[2] & 0x38) == 0x20) { /* lea disp(%frame), %rsp */
        ULONG number = (at[2] & 7) | (at[0] & 1) << 3, mod = at[2] >> 6;
        if (!info->frame_register || number != info->frame_register || (at[2] & 7) == 4) return false;
        rsp = (&context->Rax)[number];
        if (mod == 1) rsp += (CHAR)at[3], at += 4;
        else if (mod == 2) rsp += read_long(at + 3), at += 7;
        else return false;
    }
    const UCHAR *pops = at;
    while (at < end) {
        if ((at[0] & 0xf8) == 0x58) at++;
        else if ((at[0] & 0xfe) == 0x40 && (at[1] & 0xf8) == 0x58) at += 2;
        else break;
    }
    if (at >= end) return false;
    if (at[0] == 0xf3 && at[1] == 0xc3) {
        /* repz ret */
    } else if (at[0] == 0xc3 || at[0] == 0xc2) {
    } else if (at[0] == 0xeb || at[0] == 0xe9) {
        const UCHAR *target = at[0] == 0xeb ? at + 2 + (CHAR)at[1] : at + 5 + read_long(at + 1);
        /* A jump inside the function is no end, unless back to its start, which is a call of itself. */
        if (target > (const UCHAR *)base + function->BeginAddress && target < end) return false;
        if (target == (const UCHAR *)base + function->BeginAddress && info->flags & UNW_FLAG_CHAININFO) return false;
        /* Parts of one function chain to one another: jumping between them is no end either. */
        ULONG64 other_base;
        RUNTIME_FUNCTION *other = RtlLookupFunctionEntry((ULONG64)target, &other_base, NULL);
        if (other && other_base == base && unwind_primary(other, base) == unwind_primary(function, base) &&
            target != (const UCHAR *)base + unwind_primary(function, base)->BeginAddress)
            return false;
    } else if (at[0] == 0xff && at[1] == 0x25) { /* jmp *disp(%rip) */
    } else if ((at[0] & 0xf8) == 0x48 && at[1] == 0xff && (at[2] & 0x38) == 0x20) { /* rex.w jmp: marks a tail call */
    } else if (at[0] == 0x48 && at[1] == 0xff && at[2] == 0x25) {
    } else {
        return false;
    }
    for (at = pops; at < end;) {
        ULONG number;
        if ((at[0] & 0xf8) == 0x58) number = *at++ & 7;
        else if ((at[0] & 0xfe) == 0x40 && (at[1] & 0xf8) == 0x58) number = (at[1] & 7) | (at[0] & 1) << 3, at += 2;
        else break;
        load_register(context, number, (ULONG64 *)rsp, pointers);
        rsp += 8;
    }
    context->Rip = *(ULONG64 *)rsp;
    context->Rsp = rsp + 8;
    return true;
}

static ULONG64 frame_base(const struct unwind_info *info, const CONTEXT *context, ULONG offset)
{
    bool set = offset >= info->prologue_size || (info->flags & UNW_FLAG_CHAININFO);

    if (!info->frame_register) return context->Rsp;
    for (ULONG i = 0; i < info->count && !set; i += slots_of(info->codes[i], info->version))
        set = info->codes[i].op == UWOP_SET_FPREG && info->codes[i].offset <= offset;
    return set ? (&context->Rax)[info->frame_register] - info->frame_offset * 16 : context->Rsp;
}

/* Undoes the codes at or before `offset`; true if a machine frame gave Rip and Rsp. */
static bool undo_codes(const struct unwind_info *info, ULONG offset, CONTEXT *context, ULONG64 frame,
                       KNONVOLATILE_CONTEXT_POINTERS *pointers)
{
    bool machine_frame = false;

    for (ULONG i = 0; i < info->count; i += slots_of(info->codes[i], info->version)) {
        union unwind_code code = info->codes[i];
        ULONG slot = i + 1 < info->count ? info->codes[i + 1].slot : 0;
        ULONG wide = i + 2 < info->count ? slot | (ULONG)info->codes[i + 2].slot << 16 : 0;

        if (code.op == UWOP_EPILOG || code.offset > offset) continue;
        switch (code.op) {
        case UWOP_PUSH_NONVOL:
            load_register(context, code.info, (ULONG64 *)context->Rsp, pointers);
            context->Rsp += 8;
            break;
        case UWOP_ALLOC_LARGE: context->Rsp += code.info ? wide : slot * 8; break;
        case UWOP_ALLOC_SMALL: context->Rsp += code.info * 8 + 8; break;
        case UWOP_SET_FPREG: context->Rsp = (&context->Rax)[info->frame_register] - info->frame_offset * 16; break;
        case UWOP_SAVE_NONVOL: load_register(context, code.info, (ULONG64 *)(frame + slot * 8), pointers); break;
        case UWOP_SAVE_NONVOL_FAR: load_register(context, code.info, (ULONG64 *)(frame + wide), pointers); break;
        case UWOP_SAVE_XMM128: load_xmm(context, code.info, (M128A *)(frame + slot * 16), pointers); break;
        case UWOP_SAVE_XMM128_FAR: load_xmm(context, code.info, (M128A *)(frame + wide), pointers); break;
        case UWOP_PUSH_MACHFRAME: {
            ULONG64 *machine = (ULONG64 *)(context->Rsp + (code.info ? 8 : 0));
            context->Rip = machine[0];
            context->Rsp = machine[3];
            machine_frame = true;
            break;
        }
        }
    }
    return machine_frame;
}

const RUNTIME_FUNCTION *unwind_primary(const RUNTIME_FUNCTION *function, ULONG64 base)
{
    for (ULONG depth = 0; depth < 32; depth++) {
        const struct unwind_info *info = (const struct unwind_info *)(base + (function->UnwindData & ~3u));
        if (!(info->flags & UNW_FLAG_CHAININFO)) break;
        function = unwind_chained(info);
    }
    return function;
}

/* winnt.h: RtlVirtualUnwind. Returns the language handler if the frame's body (not its prologue or epilogue) has one of
 * `handler_type`; without unwind information (function NULL) the frame is a leaf's. */
PEXCEPTION_ROUTINE NTAPI RtlVirtualUnwind(ULONG handler_type, ULONG64 base, ULONG64 pc, RUNTIME_FUNCTION *function,
                                          CONTEXT *context, void **handler_data, ULONG64 *establisher,
                                          KNONVOLATILE_CONTEXT_POINTERS *pointers)
{
    const struct unwind_info *info;
    ULONG offset;
    ULONG64 frame;
    bool machine_frame, in_body;

    if (!function) {
        *establisher = context->Rsp;
        context->Rip = *(ULONG64 *)context->Rsp;
        context->Rsp += 8;
        return NULL;
    }
    info = (const struct unwind_info *)(base + function->UnwindData);
    offset = (ULONG)(pc - base - function->BeginAddress);
    frame = frame_base(info, context, offset);
    *establisher = frame;
    in_body = offset >= info->prologue_size || (info->flags & UNW_FLAG_CHAININFO);
    if (in_body && finish_epilogue(info, function, base, context, pointers)) return NULL;
    machine_frame = undo_codes(info, offset < info->prologue_size ? offset : 255, context, frame, pointers);
    for (ULONG depth = 0; info->flags & UNW_FLAG_CHAININFO && depth < 32; depth++) {
        function = (RUNTIME_FUNCTION *)unwind_chained(info);
        info = (const struct unwind_info *)(base + (function->UnwindData & ~3u));
        machine_frame |= undo_codes(info, 255, context, frame_base(info, context, 255), pointers);
    }
    if (!machine_frame) {
        context->Rip = *(ULONG64 *)context->Rsp;
        context->Rsp += 8;
    }
    if (!in_body || !(info->flags & handler_type & (UNW_FLAG_EHANDLER | UNW_FLAG_UHANDLER))) return NULL;
    const ULONG *handler = (const ULONG *)&info->codes[(info->count + 1) & ~1];
    *handler_data = (void *)(handler + 1);
    return (PEXCEPTION_ROUTINE)(base + *handler);
}

#endif
