/* x86_64 unwind information, as it stands in .xdata. */
#ifndef NTDLL_UNWIND_H
#define NTDLL_UNWIND_H

#include "except.h"

union unwind_code {
    struct {
        UCHAR offset; /* of the end of the instruction in the prologue */
        UCHAR op : 4;
        UCHAR info : 4;
    };
    USHORT slot;
};

struct unwind_info {
    UCHAR version : 3;
    UCHAR flags : 5; /* UNW_FLAG_* */
    UCHAR prologue_size;
    UCHAR count; /* of codes */
    UCHAR frame_register : 4;
    UCHAR frame_offset : 4; /* times 16 */
    union unwind_code codes[];
    /* then, at an even index: the handler's RVA and its data, or the RUNTIME_FUNCTION this one chains to */
};

static inline const RUNTIME_FUNCTION *unwind_chained(const struct unwind_info *info)
{
    return (const RUNTIME_FUNCTION *)&info->codes[(info->count + 1) & ~1];
}

/* The entry at the end of the chain. */
const RUNTIME_FUNCTION *unwind_primary(const RUNTIME_FUNCTION *function, ULONG64 base);

/* Stack pointers of the running thread. */
static inline bool on_stack(ULONG64 address)
{
    NT_TIB *tib = &ferry_teb()->Tib;
    return address >= (ULONG64)tib->StackLimit && address < (ULONG64)tib->StackBase && !(address & 7);
}

EXCEPTION_DISPOSITION execute_exception_handler(EXCEPTION_RECORD *record, void *frame, CONTEXT *context,
                                                DISPATCHER_CONTEXT *dispatcher);
EXCEPTION_DISPOSITION execute_unwind_handler(EXCEPTION_RECORD *record, void *frame, CONTEXT *context,
                                             DISPATCHER_CONTEXT *dispatcher);
_Noreturn void restore_jump_buffer(void *buffer, ULONG_PTR value);
_Noreturn void consolidate_frames(CONTEXT *context, EXCEPTION_RECORD *record);

#endif
