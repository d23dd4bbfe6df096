/* __CxxFrameHandler and its successors for i386.
 *
 * A function with C++ try blocks or objects to destroy pushes a registration record; its handler there loads EAX with the
 * function's tables and jumps here. The record keeps the function's state, so the tables need no instruction pointers.
 * Catch blocks and clean-up code are funclets that get the function's EBP; a catch block returns the address where the
 * function goes on, with the stack pointer that stands before the record.
 */
#ifdef __i386__

#include "match.h"

struct registration {
    struct registration *next;
    void *handler;
    int state;
    char ebp[]; /* the function's EBP points here */
};

struct function_unwind {
    int next;
    void *action;
};

struct function_handler {
    unsigned adjectives;
    int type;
    int object; /* from EBP, 0: none */
    void *address;
};

struct function_try {
    int low, high, catch_high;
    int handler_count;
    const struct function_handler *handlers;
};

#define FUNCTION_SYNCHRONOUS 1
struct function {
    unsigned magic;
    int state_count;
    const struct function_unwind *unwinds;
    unsigned try_count;
    const struct function_try *tries;
    unsigned ip_count;
    const void *ips;
    const void *specification; /* from magic 0x19930521 on */
    int flags;                 /* from magic 0x19930522 on */
};

#define UNWINDING (EXCEPTION_UNWINDING | EXCEPTION_EXIT_UNWIND)

/* Calls a funclet with the function's EBP. */
static void *call_with_ebp(void *code, void *ebp)
{
    void *result;
    int unused;

    __asm__ volatile("pushl %%ebx\n\tpushl %%ebp\n\tmovl %%edx, %%ebp\n\tcall *%%eax\n\tpopl %%ebp\n\tpopl %%ebx"
                     : "=a"(result), "=d"(unused)
                     : "a"(code), "d"(ebp)
                     : "ecx", "esi", "edi", "memory", "cc");
    return result;
}

static void unwind_to(struct registration *frame, const struct function *function, int limit)
{
    while (frame->state > limit && frame->state < function->state_count) {
        const struct function_unwind *step = &function->unwinds[frame->state];
        frame->state = step->next;
        if (step->action) call_with_ebp(step->action, frame->ebp);
    }
}

/* Stands before the function's registration while a catch block runs: handler of what is thrown in the block. */
struct guard {
    void *next; /* another guard, or the registration */
    void *handler;
    struct registration *frame;
    const struct function *function;
    const struct function_try *block;
    void *stack; /* what stands before the registration again when the block is left: the block stores its own there */
};

static inline void set_registration(void *frame)
{
    __asm__ volatile("movl %0, %%fs:0" : : "r"(frame) : "memory");
}

static EXCEPTION_DISPOSITION __cdecl guard_handler(EXCEPTION_RECORD *record, struct guard *guard, CONTEXT *context,
                                                   void *dispatcher);

/* target: the function's registration, or the guard of the catch block that the try block lies in. */
DECLSPEC_NORETURN static void catch_it(void *target, struct registration *frame, const struct function *function,
                                       const struct function_try *block, const struct function_handler *handler,
                                       const struct cxx_catchable *catchable, EXCEPTION_RECORD *record, CONTEXT *context)
{
    const struct cxx_handler wanted = { .adjectives = handler->adjectives, .object = handler->object };
    struct cxx_catch running = { .frame = (ULONG_PTR)frame };
    struct guard guard = { target, guard_handler, frame, function, block };
    void *resume;

    cxx_make_variable(record, &wanted, catchable, (ULONG_PTR)frame->ebp);
    RtlUnwind(target, NULL, record, NULL);
    record->ExceptionFlags &= ~UNWINDING;
    unwind_to(frame, function, block->low);
    frame->state = block->high + 1;
    cxx_begin_catch(&running, record, context);
    guard.stack = ((void **)frame)[-1];
    set_registration(&guard);
    resume = call_with_ebp(handler->address, frame->ebp);
    ((void **)frame)[-1] = guard.stack;
    set_registration(target);
    cxx_end_catch(true);
    __asm__ volatile("movl %0, %%esp\n\tmovl %1, %%ebp\n\tjmp *%2" : : "r"(guard.stack), "r"(frame->ebp), "a"(resume));
    __builtin_unreachable();
}

/* Returns when no catch block takes the exception. `inside`: only try blocks within the catch blocks of that one. */
static void find_handler(void *target, struct registration *frame, const struct function *function,
                         const struct function_try *inside, EXCEPTION_RECORD *record, CONTEXT *context)
{
    bool translated = false;

    for (unsigned i = 0; i < function->try_count; i++) {
        const struct function_try *block = &function->tries[i];
        if (frame->state < block->low || frame->state > block->high) continue;
        if (inside && (block->low <= inside->high || block->high > inside->catch_high)) continue;
        if (!translated && !cxx_is_exception(record)) cxx_translate(record, context);
        translated = true;
        for (int j = 0; j < block->handler_count; j++) {
            const struct function_handler *handler = &block->handlers[j];
            const struct cxx_handler wanted = { .adjectives = handler->adjectives, .type = handler->type };
            bool anything;
            const struct cxx_catchable *catchable = cxx_match(record, &wanted, 0, &anything);
            if (!catchable && !anything) continue;
            catch_it(target, frame, function, block, handler, catchable, record, context);
        }
    }
}

static bool passes_by(const struct function *function, const EXCEPTION_RECORD *record)
{
    unsigned magic = function->magic & 0x1fffffff;

    if (magic < CXX_MAGIC || magic > CXX_MAGIC_LAST) return true;
    return magic >= CXX_MAGIC_LAST && function->flags & FUNCTION_SYNCHRONOUS && record->ExceptionCode != CXX_EXCEPTION &&
           record->ExceptionCode != STATUS_LONGJUMP; /* compiled with /EHs: system exceptions pass it by */
}

static EXCEPTION_DISPOSITION __cdecl guard_handler(EXCEPTION_RECORD *record, struct guard *guard, CONTEXT *context,
                                                   void *dispatcher)
{
    struct cxx_thread *thread = cxx_thread();

    if (record->ExceptionFlags & UNWINDING) {
        bool again = thread->catches && cxx_is_exception(record) &&
                     record->ExceptionInformation[1] == thread->catches->record.ExceptionInformation[1];
        if (!passes_by(guard->function, record)) unwind_to(guard->frame, guard->function, guard->block->high);
        ((void **)guard->frame)[-1] = guard->stack;
        if (thread->catches) cxx_end_catch(!again); /* a rethrown object lives on */
    } else if (!passes_by(guard->function, record) && record->ExceptionCode != STATUS_LONGJUMP) {
        find_handler(guard, guard->frame, guard->function, guard->block, record, context);
    }
    return ExceptionContinueSearch;
}

EXCEPTION_DISPOSITION __cdecl cxx_frame_handler(const struct function *function, EXCEPTION_RECORD *record,
                                                struct registration *frame, CONTEXT *context)
{
    if (passes_by(function, record)) return ExceptionContinueSearch;
    if (record->ExceptionFlags & UNWINDING) unwind_to(frame, function, -1);
    else if (record->ExceptionCode != STATUS_LONGJUMP) find_handler(frame, frame, function, NULL, record, context);
    return ExceptionContinueSearch;
}

/* Pushes the registration of a function whose tables the handler in EAX knows, and makes EBP its frame. */
__asm__(".text\n"
        ".globl __EH_prolog\n"
        "__EH_prolog:\n\t"
        "pushl $-1\n\t"
        "pushl %eax\n\t"
        "pushl %fs:0\n\t"
        "movl 12(%esp), %eax\n\t" /* the return address makes room for EBP */
        "movl %esp, %fs:0\n\t"
        "movl %ebp, 12(%esp)\n\t"
        "leal 12(%esp), %ebp\n\t"
        "pushl %eax\n\t"
        "ret\n");

/* int __cdecl __CxxFrameHandler3(record, frame, context, dispatcher), the tables in EAX. */
__asm__(".text\n"
        ".globl ___CxxFrameHandler3\n"
        "___CxxFrameHandler3:\n\t"
        "cld\n\t"
        "pushl 12(%esp)\n\t"
        "pushl 12(%esp)\n\t"
        "pushl 12(%esp)\n\t"
        "pushl %eax\n\t"
        "call _cxx_frame_handler\n\t"
        "addl $16, %esp\n\t"
        "ret\n");

#endif
