/* Undoing frames: prologues, bodies, epilogues, function tables made at run time, longjmp, C++-like catches (x86_64). */
#include "tap.h"

#ifdef __x86_64__


/* push rbx; push rbp; sub rsp,0x28; nop; add rsp,0x28; pop rbp; pop rbx; ret */
static const UCHAR plain_code[] = { 0x53, 0x55, 0x48, 0x83, 0xec, 0x28, 0x90, 0x48, 0x83, 0xc4, 0x28, 0x5d, 0x5b, 0xc3 };
static const UCHAR plain_info[] = { 0x01, 6, 3, 0, 6, 0x42, 2, 0x50, 1, 0x30, 0, 0 };
/* push rbp; sub rsp,0x40; lea rbp,[rsp+0x20]; mov [rbp+8],rbx; nop; mov rbx,[rbp+8]; lea rsp,[rbp+0x20]; pop rbp; ret */
static const UCHAR frame_code[] = { 0x55, 0x48, 0x83, 0xec, 0x40, 0x48, 0x8d, 0x6c, 0x24, 0x20, 0x48, 0x89, 0x5d, 0x08,
                                    0x90, 0x48, 0x8b, 0x5d, 0x08, 0x48, 0x8d, 0x65, 0x20, 0x5d, 0xc3 };
static const UCHAR frame_info[] = { 0x01, 14, 5, 0x25, 14, 0x34, 0x05, 0x00, 10, 0x03, 5, 0x72, 1, 0x50, 0, 0 };
/* sub rsp,0x28; call rcx; add rsp,0x28; ret */
static const UCHAR call_code[] = { 0x48, 0x83, 0xec, 0x28, 0xff, 0xd1, 0x48, 0x83, 0xc4, 0x28, 0xc3 };
static const UCHAR call_info[] = { 0x01, 4, 1, 0, 4, 0x42, 0, 0 };

static UCHAR *page;
static RUNTIME_FUNCTION table[3];

static void put(ULONG at, const UCHAR *bytes, ULONG count)
{
    for (ULONG i = 0; i < count; i++) page[at + i] = bytes[i];
}

static void make_page(void)
{
    page = VirtualAlloc(NULL, 0x1000, MEM_COMMIT, PAGE_EXECUTE_READWRITE);
    put(0x100, plain_code, sizeof(plain_code));
    put(0x800, plain_info, sizeof(plain_info));
    put(0x200, frame_code, sizeof(frame_code));
    put(0x840, frame_info, sizeof(frame_info));
    put(0x300, call_code, sizeof(call_code));
    put(0x880, call_info, sizeof(call_info));
    table[0] = (RUNTIME_FUNCTION){ 0x100, 0x100 + sizeof(plain_code), 0x800 };
    table[1] = (RUNTIME_FUNCTION){ 0x200, 0x200 + sizeof(frame_code), 0x840 };
    table[2] = (RUNTIME_FUNCTION){ 0x300, 0x300 + sizeof(call_code), 0x880 };
}

/* At instruction `offset` of function `number`, with the stack `depth` bytes below where it was at entry. */
static void check(ULONG number, ULONG offset, ULONG64 *entry, ULONG depth, ULONG64 rbp, ULONG64 establisher)
{
    CONTEXT context = { .ContextFlags = CONTEXT_FULL };
    void *data = NULL;
    ULONG64 frame = 0;

    context.Rip = (ULONG64)page + table[number].BeginAddress + offset;
    context.Rsp = (ULONG64)entry - depth;
    context.Rbp = rbp;
    context.Rbx = 0x3333;
    ok(!RtlVirtualUnwind(UNW_FLAG_EHANDLER, (ULONG64)page, context.Rip, &table[number], &context, &data, &frame, NULL),
       "%lu+%lx: a handler", number, offset);
    ok(context.Rip == 0x123456, "%lu+%lx: rip %llx", number, offset, context.Rip);
    ok(context.Rsp == (ULONG64)(entry + 1), "%lu+%lx: rsp %llx, not %p", number, offset, context.Rsp, entry + 1);
    ok(context.Rbx == 0x3333, "%lu+%lx: rbx %llx", number, offset, context.Rbx);
    ok(context.Rbp == 0x5555, "%lu+%lx: rbp %llx", number, offset, context.Rbp);
    if (establisher) ok(frame == establisher, "%lu+%lx: frame %llx", number, offset, frame);
}

static void test_steps(void)
{
    ULONG64 stack[64] = { 0 }, *entry = &stack[40], base;

    entry[0] = 0x123456;
    entry[-1] = 0x3333;
    entry[-2] = 0x5555;
    check(0, 0, entry, 0, 0x5555, 0);
    check(0, 1, entry, 8, 0x5555, 0);
    check(0, 2, entry, 16, 0x5555, 0);
    check(0, 6, entry, 56, 1, (ULONG64)entry - 56);
    check(0, 7, entry, 56, 1, (ULONG64)entry - 56);
    check(0, 11, entry, 16, 1, 0);
    check(0, 12, entry, 8, 0x5555, 0);
    check(0, 13, entry, 0, 0x5555, 0);

    entry[-1] = 0x5555;
    base = (ULONG64)entry - 8 - 0x40;
    *(ULONG64 *)(base + 0x28) = 0x3333;
    check(1, 0, entry, 0, 0x5555, 0);
    check(1, 1, entry, 8, 0x5555, 0);
    check(1, 5, entry, 0x48, 0x5555, 0);
    check(1, 10, entry, 0x48, base + 0x20, base);
    check(1, 14, entry, 0x48, base + 0x20, base);
    check(1, 14, entry, 0x78, base + 0x20, base); /* as after alloca */
    check(1, 19, entry, 0x78, base + 0x20, 0);
    check(1, 23, entry, 8, base + 0x20, 0);
    check(1, 24, entry, 0, 0x5555, 0);
}

/* ---- tables made at run time ---- */

static BOOL through_page, past_page;

static __attribute__((noinline)) void look_back(void)
{
    PVOID frames[16];
    ULONG hash = 0, sum = 0;
    USHORT count = RtlCaptureStackBackTrace(0, 16, frames, &hash);

    through_page = past_page = FALSE;
    for (ULONG i = 0; i < count; i++) {
        sum += (ULONG)(ULONG_PTR)frames[i];
        if (through_page) past_page = TRUE;
        if ((UCHAR *)frames[i] >= page && (UCHAR *)frames[i] < page + 0x1000) through_page = TRUE;
    }
    ok(count && sum == hash, /* Wine 8 makes something else of it; the reference says the sum */
       "hash %lx of %u frames", hash, count);
    ok(RtlCaptureStackBackTrace(1, 1, frames + 8, NULL) == 1 && frames[8] == frames[1], "skipped frame");
}

static void NTAPI look_back_stdcall(void)
{
    look_back();
}

static void call_through(void)
{
    ((void (*)(void (*)(void)))(page + 0x300))(look_back_stdcall);
}

static PRUNTIME_FUNCTION table_callback(DWORD64 pc, PVOID context)
{
    return context == (PVOID)0x99 && pc >= (ULONG64)page + 0x300 && pc < (ULONG64)page + 0x30b ? &table[2] : NULL;
}

static void test_tables(void)
{
    ULONG64 base = 0;
    PVOID growable = NULL;

    ok(!RtlLookupFunctionEntry((ULONG64)page + 0x301, &base, NULL), "found before");
    ok(RtlAddFunctionTable(table, 3, (ULONG64)page), "not added");
    ok(RtlLookupFunctionEntry((ULONG64)page + 0x301, &base, NULL) == &table[2], "not found");
    ok(base == (ULONG64)page, "base %llx", base);
    ok(!RtlLookupFunctionEntry((ULONG64)page + 0x350, &base, NULL), "found between functions");
    call_through();
    ok(through_page && past_page, "walk: %d %d", through_page, past_page);
    ok(RtlDeleteFunctionTable(table), "not deleted");
    ok(!RtlDeleteFunctionTable(table), "deleted twice");
    ok(!RtlLookupFunctionEntry((ULONG64)page + 0x301, &base, NULL), "found after");

    ok(RtlInstallFunctionTableCallback((ULONG64)page | 3, (ULONG64)page, 0x1000, table_callback, (PVOID)0x99, NULL),
       "callback not added");
    call_through();
    ok(through_page && past_page, "walk: %d %d", through_page, past_page);
    ok(RtlDeleteFunctionTable((PRUNTIME_FUNCTION)((ULONG64)page | 3)), "callback not deleted");
    ok(!RtlInstallFunctionTableCallback((ULONG64)page, (ULONG64)page, 0x1000, table_callback, NULL, NULL),
       "identifier without its low bits");

    ok(!RtlAddGrowableFunctionTable(&growable, table, 1, 3, (ULONG64)page, (ULONG64)page + 0x1000), "growable");
    ok(RtlLookupFunctionEntry((ULONG64)page + 0x101, &base, NULL) == &table[0], "first");
    ok(!RtlLookupFunctionEntry((ULONG64)page + 0x301, &base, NULL), "third before growing");
    RtlGrowFunctionTable(growable, 3);
    ok(RtlLookupFunctionEntry((ULONG64)page + 0x301, &base, NULL) == &table[2], "third after growing");
    RtlDeleteGrowableFunctionTable(growable);
    ok(!RtlLookupFunctionEntry((ULONG64)page + 0x101, &base, NULL), "found after");
}

/* ---- unwinding to a frame without an exception ---- */

static LONG finished;

__asm__(".text\n.globl run_finally\n.seh_proc run_finally\nrun_finally:\n"
        "push %rbp\n.seh_pushreg %rbp\nsub $0x30,%rsp\n.seh_stackalloc 0x30\nlea 0x30(%rsp),%rbp\n"
        ".seh_setframe %rbp,0x30\n.seh_handler run_finally_handler,@except,@unwind\n.seh_endprologue\n"
        "mov %rdx,%rax\nmov %rsp,%rcx\ncall *%rax\nxor %eax,%eax\nnop\n"
        ".globl land_finally\nland_finally:\nlea 0(%rbp),%rsp\npop %rbp\nret\n.seh_endproc\n");
ULONG_PTR run_finally(void *unused, void (*routine)(void *frame));
extern char land_finally[];

__attribute__((used)) EXCEPTION_DISPOSITION run_finally_handler(EXCEPTION_RECORD *record, void *frame, CONTEXT *context,
                                                                DISPATCHER_CONTEXT *dispatcher)
{
    if (record->ExceptionFlags & EXCEPTION_UNWINDING) finished++;
    return ExceptionContinueSearch;
}

static void *outer_frame;

static void unwind_inner(void *frame)
{
    RtlUnwind(outer_frame, land_finally, NULL, (void *)0x4321);
}
static void unwind_outer(void *frame)
{
    outer_frame = frame;
    run_finally(NULL, unwind_inner);
    ok(0, "returned");
}

/* What a C++ catch does: code that runs on top of the dead frames, then says where to go on. */
static ULONG_PTR catch_argument;

static PVOID consolidate(EXCEPTION_RECORD *record)
{
    PVOID frames[16];
    ULONG count = RtlCaptureStackBackTrace(0, 16, frames, NULL), inner = 0;

    catch_argument = record->ExceptionInformation[1];
    for (ULONG i = 0; i < count; i++)
        if ((ULONG_PTR)frames[i] > (ULONG_PTR)unwind_inner && (ULONG_PTR)frames[i] < (ULONG_PTR)unwind_outer) inner++;
    ok(!inner, "dead frames are still seen");
    return land_finally;
}

static void consolidate_inner(void *frame)
{
    EXCEPTION_RECORD record = { .ExceptionCode = STATUS_UNWIND_CONSOLIDATE, .NumberParameters = 2 };
    record.ExceptionInformation[0] = (ULONG_PTR)consolidate;
    record.ExceptionInformation[1] = 0x8888;
    RtlUnwind(outer_frame, land_finally, &record, (void *)0x4444);
}
static void consolidate_outer(void *frame)
{
    outer_frame = frame;
    run_finally(NULL, consolidate_inner);
    ok(0, "returned");
}

static void test_unwind(void)
{
    finished = 0;
    ok(run_finally(NULL, unwind_outer) == 0x4321, "value");
    ok(finished == 2, "%ld handlers told", finished);
    finished = 0;
    run_finally(NULL, consolidate_outer);
    ok(catch_argument == 0x8888, "argument %zx", catch_argument);
    ok(finished == 2, "%ld handlers told", finished);
}

static void test_restore(void)
{
    CONTEXT context;
    static volatile LONG passes;

    passes = 0;
    RtlCaptureContext(&context);
    if (++passes == 1) {
        context.Rax = 5;
        RtlRestoreContext(&context, NULL);
        ok(0, "returned");
    }
    ok(passes == 2, "%ld passes", passes);
    ok((context.ContextFlags & CONTEXT_FULL) == CONTEXT_FULL, "flags %lx", context.ContextFlags);
    ok(context.SegCs == 0x33 && context.SegSs == 0x2b, "segments %x %x", context.SegCs, context.SegSs);
}

START_TESTS
{
    make_page();
    test_steps();
    test_tables();
    test_unwind();
    test_restore();
}

#else
START_TESTS
{
    skip(1, "x86_64 only");
}
#endif
