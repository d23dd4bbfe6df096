/* __CxxFrameHandler and its successors for x86-64: the language handler of functions with C++ try blocks or objects to
 * destroy. What the tables say comes from tables_x86_64.c.
 *
 * A function's states are numbered; a table maps instructions to states, another tells for each state what to destroy and
 * which state follows. A try block covers a range of states and has catch blocks, which are funclets: functions of
 * their own that get the parent's frame in rdx and return the address where the parent goes on.
 *
 * While a catch block runs, the frame that it belongs to is still on the stack with the instruction pointer inside the try
 * block. So each running catch block is remembered (struct cxx_catch) with the state that its frame has meanwhile.
 */
#ifdef __x86_64__

#include "tables.h"

/* What the target frame and cxx_run_catch get through the unwind's record. */
enum {
    UNWIND_CALLBACK,
    UNWIND_FRAME,
    UNWIND_PARENT,
    UNWIND_HANDLER, /* the funclet's offset */
    UNWIND_STATE_LOW,
    UNWIND_STATE_AFTER,
    UNWIND_RECORD,
    UNWIND_CONTEXT,
    UNWIND_IMAGE,
    UNWIND_RESUME,
    UNWIND_RESUME_SECOND,
    UNWIND_COUNT
};

/* One visit of a frame. */
struct visit {
    struct cxx_tables tables;
    ULONG64 frame;  /* physical */
    ULONG64 parent; /* whose variables the funclets use: the same, unless this is a catch funclet */
    bool in_funclet;
    struct cxx_try inside; /* of a catch funclet whose parent's tables it shares: the try block it belongs to */
    int state;
};

/* Is this a catch funclet, and of which try block? Compressed tables say it; with the others it is one whose start
 * stands in a try block of its tables. */
static void find_parent(struct visit *visit, const DISPATCHER_CONTEXT *dispatcher)
{
    struct cxx_cursor tries, handlers;
    struct cxx_handler handler;
    int begin = cxx_begin(dispatcher);

    visit->inside = (struct cxx_try){ .low = -1, .high = -1, .catch_high = INT_MAX };
    visit->in_funclet = visit->tables.is_catch;
    if (visit->in_funclet) visit->parent = *(const ULONG64 *)(visit->frame + visit->tables.catch_frame);
    if (visit->tables.compressed) return;
    cxx_tries(&visit->tables, &tries);
    for (struct cxx_try block; cxx_next_try(&visit->tables, &tries, &block);) {
        cxx_handlers(&visit->tables, &block, &handlers);
        while (cxx_next_handler(&visit->tables, &handlers, &handler)) {
            if (handler.address != begin) continue;
            visit->in_funclet = true;
            visit->inside = block;
            visit->parent = *(const ULONG64 *)(visit->frame + handler.frame);
            return;
        }
    }
}

static void start_visit(struct visit *visit, ULONG64 frame, const DISPATCHER_CONTEXT *dispatcher, bool unwinding)
{
    struct cxx_thread *thread = cxx_thread();

    visit->frame = visit->parent = frame;
    visit->state = cxx_state_of_ip(&visit->tables, dispatcher);
    find_parent(visit, dispatcher);
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
    struct cxx_unwind step;

    for (int state = visit->state; state > limit && cxx_unwind_step(&visit->tables, state, &step); state = step.next) {
        void *action = (void *)(visit->tables.image + step.action);
        if (step.kind == CXX_UNWIND_FUNCLET) ((void (*)(void *, ULONG64))action)(NULL, visit->parent);
        else if (step.kind == CXX_UNWIND_OBJECT) ((void (*)(void *))action)((void *)(visit->parent + step.object));
        else if (step.kind == CXX_UNWIND_POINTER) ((void (*)(void *))action)(*(void **)(visit->parent + step.object));
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
    cxx_end_catch(!again); /* a rethrown object lives on */
    return ExceptionContinueSearch;
}

/* Called when the stack is unwound, on top of what is left of it; returns where the parent goes on. */
static void *NTAPI cxx_run_catch(EXCEPTION_RECORD *record)
{
    struct cxx_thread *thread = cxx_thread();
    const EXCEPTION_RECORD *thrown = (const EXCEPTION_RECORD *)record->ExceptionInformation[UNWIND_RECORD];
    struct cxx_catch running = {
        .frame = record->ExceptionInformation[UNWIND_FRAME],
        .state = (int)record->ExceptionInformation[UNWIND_STATE_AFTER],
    };
    void *resume;

    thread->left_frame = 0;
    cxx_begin_catch(&running, thrown, (CONTEXT *)record->ExceptionInformation[UNWIND_CONTEXT]);
    resume = cxx_call_funclet((void *)(record->ExceptionInformation[UNWIND_IMAGE] +
                                       record->ExceptionInformation[UNWIND_HANDLER]),
                              record->ExceptionInformation[UNWIND_PARENT]);
    cxx_end_catch(true);
    /* With addresses in the tables the funclet returns the number of one of them. */
    if (record->ExceptionInformation[UNWIND_RESUME] && (ULONG_PTR)resume < CXX_RESUME_COUNT)
        resume = (void *)record->ExceptionInformation[UNWIND_RESUME + (ULONG_PTR)resume];
    return resume;
}

/* ---- search ---- */

static void catch_it(const struct visit *visit, const struct cxx_try *block, const struct cxx_handler *handler,
                     const struct cxx_catchable *catchable, EXCEPTION_RECORD *record, CONTEXT *context,
                     DISPATCHER_CONTEXT *dispatcher)
{
    struct cxx_unwind after = { .next = -1 };
    cxx_unwind_step(&visit->tables, block->low, &after);
    EXCEPTION_RECORD unwind = {
        .ExceptionCode = STATUS_UNWIND_CONSOLIDATE,
        .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
        .NumberParameters = UNWIND_COUNT,
        .ExceptionInformation = {
            [UNWIND_CALLBACK] = (ULONG_PTR)cxx_run_catch,
            [UNWIND_FRAME] = visit->frame,
            [UNWIND_PARENT] = visit->parent,
            [UNWIND_HANDLER] = (ULONG)handler->address,
            [UNWIND_STATE_LOW] = (ULONG_PTR)block->low,
            [UNWIND_STATE_AFTER] = (ULONG_PTR)after.next,
            [UNWIND_RECORD] = (ULONG_PTR)record,
            [UNWIND_CONTEXT] = (ULONG_PTR)context,
            [UNWIND_IMAGE] = visit->tables.image,
            [UNWIND_RESUME] = handler->resume[0],
            [UNWIND_RESUME_SECOND] = handler->resume[1],
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
    struct cxx_cursor tries, handlers;
    struct cxx_handler handler;
    bool is_cxx = cxx_is_exception(record), translated = false, anything;

    cxx_tries(&visit->tables, &tries);
    for (struct cxx_try block; cxx_next_try(&visit->tables, &tries, &block);) {
        if (visit->state < block.low || visit->state > block.high) continue;
        /* From inside a catch funclet only the try blocks within it: the others' frame is the parent's. */
        if (block.low <= visit->inside.high || block.high > visit->inside.catch_high) continue;
        if (!is_cxx && !translated) cxx_translate(record, context);
        translated = true;
        cxx_handlers(&visit->tables, &block, &handlers);
        while (cxx_next_handler(&visit->tables, &handlers, &handler)) {
            const struct cxx_catchable *catchable = cxx_match(record, &handler, visit->tables.image, &anything);
            if (!catchable && !anything) continue;
            catch_it(visit, &block, &handler, catchable, record, context, dispatcher);
        }
    }
    if (is_cxx && visit->tables.noexcept && !visit->in_funclet) cxx_terminate();
}

static EXCEPTION_DISPOSITION handle(struct visit *visit, EXCEPTION_RECORD *record, ULONG64 frame, CONTEXT *context,
                                    DISPATCHER_CONTEXT *dispatcher)
{
    if (visit->tables.synchronous && record->ExceptionCode != CXX_EXCEPTION &&
        record->ExceptionCode != STATUS_UNWIND_CONSOLIDATE && record->ExceptionCode != STATUS_LONGJUMP)
        return ExceptionContinueSearch; /* compiled with /EHs: system exceptions pass it by */
    start_visit(visit, frame, dispatcher, record->ExceptionFlags & EXCEPTION_UNWIND);
    if (!(record->ExceptionFlags & EXCEPTION_UNWIND)) {
        if (record->ExceptionCode != STATUS_LONGJUMP) find_handler(visit, record, context, dispatcher);
        return ExceptionContinueSearch;
    }
    if (record->ExceptionFlags & EXCEPTION_TARGET_UNWIND) {
        if (record->ExceptionCode == STATUS_UNWIND_CONSOLIDATE && record->NumberParameters == UNWIND_COUNT &&
            record->ExceptionInformation[UNWIND_CALLBACK] == (ULONG_PTR)cxx_run_catch)
            unwind_to(visit, (int)record->ExceptionInformation[UNWIND_STATE_LOW]);
        return ExceptionContinueSearch;
    }
    unwind_to(visit, visit->inside.high);
    return ExceptionContinueSearch;
}

EXCEPTION_DISPOSITION __cdecl __CxxFrameHandler3(EXCEPTION_RECORD *record, ULONG64 frame, CONTEXT *context,
                                                 DISPATCHER_CONTEXT *dispatcher)
{
    struct visit visit;

    if (!cxx_read_tables(&visit.tables, dispatcher)) return ExceptionContinueSearch;
    return handle(&visit, record, frame, context, dispatcher);
}

EXCEPTION_DISPOSITION __cdecl __CxxFrameHandler4(EXCEPTION_RECORD *record, ULONG64 frame, CONTEXT *context,
                                                 DISPATCHER_CONTEXT *dispatcher)
{
    struct visit visit;

    cxx_read_compressed(&visit.tables, dispatcher);
    return handle(&visit, record, frame, context, dispatcher);
}

#endif
