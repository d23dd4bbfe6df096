/* Structured exception handling of compilers for i386: scope tables of versions 3 and 4.
 *
 * A function with __try pushes a registration record of ours onto fs:[0]; its scope table has one entry per __try with
 * the enclosing level, the filter and the handler. A version 4 table begins with cookie offsets and counts levels from
 * -2; its address in the record is masked with the module's security cookie. */
#ifdef __i386__
#include "crt.h"

struct scope {
    int enclosing;
    int (*filter)(void);
    int (*handler)(void);
};

struct frame {
    struct frame *next;
    void *handler;
    struct scope *table;
    int level;
    int ebp; /* the function's own EBP points here */
};

struct table4 {
    unsigned gs_cookie_offset, gs_cookie_xor, eh_cookie_offset, eh_cookie_xor;
    struct scope entries[];
};

#define UNWINDING (EXCEPTION_UNWINDING | EXCEPTION_EXIT_UNWIND)

/* Calls a filter or a __finally block with EBP of its function. */
static inline int call_with_ebp(void *code, void *ebp)
{
    int result, unused;

    __asm__ volatile("pushl %%ebx\n\tpushl %%ebp\n\tmovl %%edx, %%ebp\n\tcall *%%eax\n\tpopl %%ebp\n\tpopl %%ebx"
                     : "=a"(result), "=d"(unused)
                     : "a"(code), "d"(ebp)
                     : "ecx", "esi", "edi", "memory", "cc");
    return result;
}

/* Goes to an __except block, which restores ESP itself from [EBP-0x18]. */
__attribute__((noreturn)) static void jump_with_ebp(void *code, void *ebp)
{
    __asm__ volatile("movl %1, %%ebp\n\tjmp *%0" : : "a"(code), "d"(ebp));
    __builtin_unreachable();
}

static void local_unwind(struct frame *frame, struct scope *table, int stop, int none)
{
    while (frame->level != none && (frame->level > stop || stop == none)) {
        int level = frame->level;
        frame->level = table[level].enclosing;
        if (!table[level].filter) call_with_ebp(table[level].handler, &frame->ebp);
    }
}

CRTAPI void _local_unwind2(struct frame *frame, int level)
{
    local_unwind(frame, frame->table, level, -1);
}

CRTAPI void _local_unwind4(unsigned *cookie, struct frame *frame, int level)
{
    struct table4 *table = (struct table4 *)((unsigned)frame->table ^ *cookie);

    local_unwind(frame, table->entries, level, -2);
}

void crt_local_unwind(void *frame, int level)
{
    _local_unwind2(frame, level);
}

CRTAPI void _global_unwind2(struct frame *frame)
{
    RtlUnwind(frame, NULL, NULL, NULL);
}

static int handle(EXCEPTION_RECORD *record, struct frame *frame, CONTEXT *context, struct scope *table, int none)
{
    EXCEPTION_POINTERS pointers = { record, context };
    int level;

    if (record->ExceptionFlags & UNWINDING) {
        local_unwind(frame, table, none, none);
        return 1; /* ExceptionContinueSearch */
    }
    ((EXCEPTION_POINTERS *volatile *)frame)[-1] = *(EXCEPTION_POINTERS *volatile[]){ &pointers }; /* what GetExceptionInformation reads */
    for (level = frame->level; level != none; level = table[level].enclosing) {
        int verdict;
        if (!table[level].filter) continue;
        verdict = call_with_ebp(table[level].filter, &frame->ebp);
        if (verdict < 0) return 0; /* ExceptionContinueExecution */
        if (verdict > 0) {
            RtlUnwind(frame, NULL, record, NULL);
            local_unwind(frame, table, level, none);
            frame->level = table[level].enclosing;
            jump_with_ebp(table[level].handler, &frame->ebp);
        }
    }
    return 1;
}

CRTAPI int _except_handler3(EXCEPTION_RECORD *record, struct frame *frame, CONTEXT *context, void *dispatcher)
{
    return handle(record, frame, context, frame->table, -1);
}

CRTAPI int _except_handler4_common(unsigned *cookie, void (*check)(unsigned), EXCEPTION_RECORD *record,
                                   struct frame *frame, CONTEXT *context, void *dispatcher)
{
    struct table4 *table = (struct table4 *)((unsigned)frame->table ^ *cookie);

    return handle(record, frame, context, table->entries, -2);
}

#endif
