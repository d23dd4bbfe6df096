/* __CxxFrameHandler and its successors for x86-64: the language handler of functions with C++ try blocks or objects to
 * destroy.
 *
 * A function's states are numbered; a table maps instructions to states, another tells for each state what to destroy and
 * which state follows. A try block covers a range of states and has catch blocks, which are funclets: functions of
 * their own that get the parent's frame in rdx and return the address where the parent goes on.
 *
 * While a catch block runs, the frame that it belongs to is still on the stack with the instruction pointer inside the try
 * block. So each running catch block is remembered (struct cxx_catch) with the state that its frame has meanwhile.
 */
#ifdef __x86_64__

#include "match.h"

struct cxx_unwind {
    int next;   /* state */
    int action; /* funclet, 0: none */
};

struct cxx_try {
    int low, high;   /* states of the try block */
    int catch_high;  /* states (high, catch_high] are those of its catch blocks */
    int handler_count;
    int handlers;
};

struct cxx_ip {
    unsigned ip;
    int state;
};

#define FUNCTION_SYNCHRONOUS 1 /* /EHs: catch (...) does not take system exceptions */
#define FUNCTION_NOEXCEPT 4
struct cxx_function {
    unsigned magic; /* low 29 bits */
    int state_count;
    int unwinds;
    unsigned try_count;
    int tries;
    unsigned ip_count;
    int ips;
    int unwind_help;
    int specification; /* from magic 0x19930521 on */
    int flags;         /* from magic 0x19930522 on */
};

/* A running catch block; lives in the stack frame of cxx_run_catch. */
struct cxx_catch {
    struct cxx_catch *previous;
    ULONG64 frame; /* the physical frame in which the exception was caught */
    int state;     /* that frame's state meanwhile */
    EXCEPTION_RECORD record;
    EXCEPTION_RECORD *outer_exception;
    CONTEXT *outer_context;
};

/* What the target frame and cxx_run_catch get through the unwind's record. */
enum {
    UNWIND_CALLBACK,
    UNWIND_FRAME,
    UNWIND_PARENT,
    UNWIND_HANDLER,
    UNWIND_STATE_LOW,
    UNWIND_STATE_AFTER,
    UNWIND_RECORD,
    UNWIND_CONTEXT,
    UNWIND_IMAGE,
    UNWIND_COUNT
};

/* One visit of a frame. */
struct visit {
    ULONG64 image;
    const struct cxx_function *function;
    ULONG64 frame;  /* physical */
    ULONG64 parent; /* whose variables the funclets use: the same, unless this is a catch funclet */
    const struct cxx_try *inside; /* of a catch funclet: the try block it belongs to */
    int state;
};

static const void *at(const struct visit *visit, int offset)
{
    return (const void *)(visit->image + offset);
}

static int state_of_ip(const struct visit *visit, ULONG64 pc)
{
    const struct cxx_ip *ips = at(visit, visit->function->ips);
    unsigned low = 0, high = visit->function->ip_count, ip = (unsigned)(pc - visit->image);

    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (ips[middle].ip <= ip) low = middle + 1;
        else high = middle;
    }
    return low ? ips[low - 1].state : -1;
}

/* The try block whose catch funclet starts at `begin` (offset in the image), and that catch block; NULL: an ordinary
 * function. */
static const struct cxx_try *try_of_funclet(const struct visit *visit, unsigned begin, const struct cxx_handler **found)
{
    const struct cxx_try *tries = at(visit, visit->function->tries);

    for (unsigned i = 0; i < visit->function->try_count; i++) {
        const struct cxx_handler *handlers = at(visit, tries[i].handlers);
        for (int j = 0; j < tries[i].handler_count; j++) {
            if ((unsigned)handlers[j].address != begin) continue;
            *found = &handlers[j];
            return &tries[i];
        }
    }
    return NULL;
}

static void start_visit(struct visit *visit, ULONG64 frame, const DISPATCHER_CONTEXT *dispatcher, bool unwinding)
{
    const struct cxx_handler *handler;
    struct cxx_thread *thread = cxx_thread();

    visit->image = dispatcher->ImageBase;
    visit->function = at(visit, *(const int *)dispatcher->HandlerData);
    visit->frame = visit->parent = frame;
    visit->state = state_of_ip(visit, dispatcher->ControlPc);
    visit->inside = try_of_funclet(visit, dispatcher->FunctionEntry->BeginAddress, &handler);
    if (visit->inside) visit->parent = *(const ULONG64 *)(frame + handler->frame);
    for (const struct cxx_catch *running = thread->catches; running; running = running->previous) {
        if (running->frame == frame) {
            visit->state = running->state;
            return;
        }
    }
    if (!unwinding) thread->left_frame = 0;
    else if (thread->left_frame == frame) visit->state = thread->left_state;
}

/* Destroys what lives in the states above `limit`. */
static void unwind_to(const struct visit *visit, int limit)
{
    const struct cxx_unwind *unwinds = at(visit, visit->function->unwinds);
    int state = visit->state;

    while (state > limit && state >= 0 && state < visit->function->state_count) {
        int action = unwinds[state].action;
        state = unwinds[state].next;
        if (action) ((void (*)(void *, ULONG64))(visit->image + action))(NULL, visit->parent);
    }
}

/* ---- a catch block runs ---- */

/* void *cxx_call_funclet(void *handler, ULONG64 frame): its unwind handler cleans up when the block is left by another
 * exception. */
void *cxx_call_funclet(void *handler, ULONG64 frame);
__asm__(".text\n"
        ".globl cxx_call_funclet\n"
        ".seh_proc cxx_call_funclet\n"
        "cxx_call_funclet:\n\t"
        "sub $0x28, %rsp\n\t"
        ".seh_stackalloc 0x28\n\t"
        ".seh_endprologue\n\t"
        ".seh_handler cxx_catch_left, @unwind\n\t"
        "mov %rcx, %rax\n\t"
        "call *%rax\n\t"
        "nop\n\t"
        "add $0x28, %rsp\n\t"
        "ret\n\t"
        ".seh_endproc\n");

static void end_catch(struct cxx_thread *thread, bool destroy)
{
    struct cxx_catch *running = thread->catches;

    thread->catches = running->previous;
    thread->exception = running->outer_exception;
    thread->context = running->outer_context;
    if (destroy) cxx_destroy_object(&running->record);
}

EXCEPTION_DISPOSITION NTAPI cxx_catch_left(EXCEPTION_RECORD *record, ULONG64 frame, CONTEXT *context,
                                           DISPATCHER_CONTEXT *dispatcher)
{
    struct cxx_thread *thread = cxx_thread();
    bool again = false;

    if (!(record->ExceptionFlags & EXCEPTION_UNWINDING) || !thread->catches) return ExceptionContinueSearch;
    if (record->ExceptionCode == STATUS_UNWIND_CONSOLIDATE && record->NumberParameters == UNWIND_COUNT) {
        const EXCEPTION_RECORD *thrown = (const EXCEPTION_RECORD *)record->ExceptionInformation[UNWIND_RECORD];
        again = cxx_is_exception(thrown) &&
                thrown->ExceptionInformation[1] == thread->catches->record.ExceptionInformation[1];
    }
    thread->left_frame = thread->catches->frame; /* the same unwind comes to this frame next */
    thread->left_state = thread->catches->state;
    end_catch(thread, !again); /* a rethrown object lives on */
    return ExceptionContinueSearch;
}

/* Called when the stack is unwound, on top of what is left of it; returns where the parent goes on. */
static void *NTAPI cxx_run_catch(EXCEPTION_RECORD *record)
{
    struct cxx_thread *thread = cxx_thread();
    const EXCEPTION_RECORD *thrown = (const EXCEPTION_RECORD *)record->ExceptionInformation[UNWIND_RECORD];
    const struct cxx_handler *handler = (const struct cxx_handler *)record->ExceptionInformation[UNWIND_HANDLER];
    struct cxx_catch running = {
        .previous = thread->catches,
        .frame = record->ExceptionInformation[UNWIND_FRAME],
        .state = (int)record->ExceptionInformation[UNWIND_STATE_AFTER],
        .record = *thrown,
        .outer_exception = thread->exception,
        .outer_context = thread->context,
    };
    void *resume;

    thread->left_frame = 0;
    thread->catches = &running;
    thread->exception = &running.record;
    thread->context = (CONTEXT *)record->ExceptionInformation[UNWIND_CONTEXT];
    if (cxx_is_exception(&running.record) && thread->uncaught > 0) thread->uncaught--;
    resume = cxx_call_funclet((void *)(record->ExceptionInformation[UNWIND_IMAGE] + handler->address),
                              record->ExceptionInformation[UNWIND_PARENT]);
    end_catch(thread, true);
    return resume;
}

/* ---- search ---- */

static void catch_it(const struct visit *visit, const struct cxx_try *block, const struct cxx_handler *handler,
                     const struct cxx_catchable *catchable, EXCEPTION_RECORD *record, CONTEXT *context,
                     DISPATCHER_CONTEXT *dispatcher)
{
    const struct cxx_unwind *unwinds = at(visit, visit->function->unwinds);
    EXCEPTION_RECORD unwind = {
        .ExceptionCode = STATUS_UNWIND_CONSOLIDATE,
        .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
        .NumberParameters = UNWIND_COUNT,
        .ExceptionInformation = {
            [UNWIND_CALLBACK] = (ULONG_PTR)cxx_run_catch,
            [UNWIND_FRAME] = visit->frame,
            [UNWIND_PARENT] = visit->parent,
            [UNWIND_HANDLER] = (ULONG_PTR)handler,
            [UNWIND_STATE_LOW] = (ULONG_PTR)block->low,
            [UNWIND_STATE_AFTER] = (ULONG_PTR)unwinds[block->low].next,
            [UNWIND_RECORD] = (ULONG_PTR)record,
            [UNWIND_CONTEXT] = (ULONG_PTR)context,
            [UNWIND_IMAGE] = visit->image,
        },
    };
    CONTEXT target;

    cxx_make_variable(record, handler, catchable, visit->parent); /* before what it may be copied from is destroyed */
    RtlUnwindEx((void *)visit->frame, (void *)dispatcher->ControlPc, &unwind, NULL, &target, dispatcher->HistoryTable);
    cxx_terminate(); /* the unwind did not reach the frame */
}

static void find_handler(const struct visit *visit, EXCEPTION_RECORD *record, CONTEXT *context,
                         DISPATCHER_CONTEXT *dispatcher)
{
    const struct cxx_try *tries = at(visit, visit->function->tries);
    unsigned flags = visit->function->magic >= CXX_MAGIC_LAST ? visit->function->flags : 0;
    bool is_cxx = cxx_is_exception(record);

    for (unsigned i = 0; i < visit->function->try_count; i++) {
        const struct cxx_try *block = &tries[i];
        if (visit->state < block->low || visit->state > block->high) continue;
        /* From inside a catch funclet only the try blocks within it: the others' frame is the parent's. */
        if (visit->inside && (block->low <= visit->inside->high || block->high > visit->inside->catch_high)) continue;
        const struct cxx_handler *handlers = at(visit, block->handlers);
        for (int j = 0; j < block->handler_count; j++) {
            bool anything;
            const struct cxx_catchable *catchable = cxx_match(record, &handlers[j], visit->image, &anything);
            if (!catchable && (!anything || (!is_cxx && flags & FUNCTION_SYNCHRONOUS))) continue;
            catch_it(visit, block, &handlers[j], catchable, record, context, dispatcher);
        }
    }
    if (is_cxx && flags & FUNCTION_NOEXCEPT && !visit->inside) cxx_terminate();
}

EXCEPTION_DISPOSITION __cdecl __CxxFrameHandler3(EXCEPTION_RECORD *record, ULONG64 frame, CONTEXT *context,
                                                 DISPATCHER_CONTEXT *dispatcher)
{
    struct visit visit;
    unsigned magic;

    start_visit(&visit, frame, dispatcher, record->ExceptionFlags & EXCEPTION_UNWIND);
    magic = visit.function->magic & 0x1fffffff;
    if (magic < CXX_MAGIC || magic > CXX_MAGIC_LAST) return ExceptionContinueSearch;
    if (!(record->ExceptionFlags & EXCEPTION_UNWIND)) {
        if (record->ExceptionCode != STATUS_LONGJUMP) find_handler(&visit, record, context, dispatcher);
        return ExceptionContinueSearch;
    }
    if (!visit.function->state_count) return ExceptionContinueSearch;
    if (record->ExceptionFlags & EXCEPTION_TARGET_UNWIND) {
        if (record->ExceptionCode == STATUS_UNWIND_CONSOLIDATE && record->NumberParameters == UNWIND_COUNT &&
            record->ExceptionInformation[UNWIND_CALLBACK] == (ULONG_PTR)cxx_run_catch)
            unwind_to(&visit, (int)record->ExceptionInformation[UNWIND_STATE_LOW]);
        return ExceptionContinueSearch;
    }
    unwind_to(&visit, visit.inside ? visit.inside->high : -1);
    return ExceptionContinueSearch;
}

#endif
