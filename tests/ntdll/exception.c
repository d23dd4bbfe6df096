/* Exceptions: vectored handlers, frames with language handlers, unwinding, the C handler's scopes (x86_64). Functions
 * with handlers are written in assembly, since gcc has no __try.
 */
#include "tap.h"

#ifdef __x86_64__

void NTAPI RtlRaiseException(EXCEPTION_RECORD *);
void NTAPI RtlRaiseStatus(NTSTATUS);
PVOID NTAPI RtlAddVectoredExceptionHandler(ULONG, PVECTORED_EXCEPTION_HANDLER);
PVOID NTAPI RtlAddVectoredContinueHandler(ULONG, PVECTORED_EXCEPTION_HANDLER);
ULONG NTAPI RtlRemoveVectoredExceptionHandler(PVOID);
ULONG NTAPI RtlRemoveVectoredContinueHandler(PVOID);

static char trace[256];
static int trace_length;

static void mark(char c)
{
    if (trace_length < 255) trace[trace_length++] = c;
    trace[trace_length] = 0;
}
static void clear(void)
{
    trace[trace_length = 0] = 0;
}
static BOOL traced(const char *expected)
{
    return !lstrcmpA(trace, expected);
}

static void raise(ULONG code, ULONG flags)
{
    EXCEPTION_RECORD record = { .ExceptionCode = code, .ExceptionFlags = flags, .NumberParameters = 2,
                                .ExceptionInformation = { 0x1111, 0x2222 } };
    RtlRaiseException(&record);
    mark('r');
}

/* ---- functions with a handler ---- */

/* run_X(routine): calls it; X_handler handles. The value returned is eax, at the landing place eax too. */
#define WITH_HANDLER(name)                                                                                             \
    __asm__(".text\n.globl run_" #name "\n.seh_proc run_" #name "\nrun_" #name ":\n"                                   \
            "push %rbp\n.seh_pushreg %rbp\nsub $0x30,%rsp\n.seh_stackalloc 0x30\n"                                     \
            "lea 0x30(%rsp),%rbp\n.seh_setframe %rbp,0x30\n.seh_handler " #name "_handler,@except,@unwind\n"           \
            ".seh_endprologue\ncall *%rcx\nmov $0,%eax\nnop\n.globl land_" #name "\nland_" #name ":\n"                 \
            "lea 0(%rbp),%rsp\npop %rbp\nret\n.seh_endproc\n");                                                        \
    ULONG run_##name(void (*routine)(void));                                                                           \
    extern char land_##name[];

#define HANDLER(name)                                                                                                  \
    WITH_HANDLER(name)                                                                                                 \
    __attribute__((used)) EXCEPTION_DISPOSITION name##_handler(EXCEPTION_RECORD *record, void *frame,                  \
                                                               CONTEXT *context, DISPATCHER_CONTEXT *dispatcher)

static ULONG_PTR seen_parameter;

HANDLER(go_on)
{
    mark(record->ExceptionFlags & EXCEPTION_UNWINDING ? 'u' : 'g');
    if (record->NumberParameters > 1) seen_parameter = record->ExceptionInformation[1];
    if (record->ExceptionFlags & EXCEPTION_UNWINDING || record->ExceptionCode == STATUS_NONCONTINUABLE_EXCEPTION)
        return ExceptionContinueSearch;
    return ExceptionContinueExecution;
}

HANDLER(pass)
{
    mark(record->ExceptionFlags & EXCEPTION_UNWINDING ? 'v' : 'p');
    if (record->ExceptionFlags & EXCEPTION_TARGET_UNWIND) mark('T');
    if (record->ExceptionFlags & 0x10) mark('N');
    return ExceptionContinueSearch;
}

HANDLER(catch)
{
    if (record->ExceptionFlags & EXCEPTION_UNWINDING) {
        mark('x');
        if (record->ExceptionFlags & EXCEPTION_TARGET_UNWIND) mark('T');
        return ExceptionContinueSearch;
    }
    mark('c');
    RtlUnwindEx(frame, land_catch, record, (void *)0x1234, dispatcher->ContextRecord, dispatcher->HistoryTable);
    mark('!');
    return ExceptionContinueSearch;
}

/* Raises another exception while it handles one. */
HANDLER(nest)
{
    if (record->ExceptionFlags & EXCEPTION_UNWINDING) {
        mark('w');
        return ExceptionContinueSearch;
    }
    mark('n');
    if (record->ExceptionCode == 0xe0000001) raise(0xe0000002, 0);
    return ExceptionContinueSearch;
}

/* Raises another exception while it is unwound. */
HANDLER(collide)
{
    if (!(record->ExceptionFlags & EXCEPTION_UNWINDING)) {
        mark('k');
        return ExceptionContinueSearch;
    }
    mark('K');
    if (record->ExceptionCode == 0xe0000001) raise(0xe0000003, 0);
    return ExceptionContinueSearch;
}

static void raise_plain(void)
{
    raise(0xe0000001, 0);
}
static void raise_noncontinuable(void)
{
    raise(0xe0000001, EXCEPTION_NONCONTINUABLE);
}
static void in_pass(void)
{
    run_pass(raise_plain);
}
static void in_pass_twice(void)
{
    run_pass(in_pass);
}
static void noncontinuable_in_go_on(void)
{
    run_go_on(raise_noncontinuable);
}
static void in_nest(void)
{
    run_nest(raise_plain);
}
static void in_collide(void)
{
    run_collide(in_pass);
}
static void catch_collide(void)
{
    mark('0' + (run_catch(in_collide) == 0x1234));
}

static void test_frames(void)
{
    clear();
    ok(run_go_on(raise_plain) == 0, "value");
    ok(traced("gr"), "continue: %s", trace);
    ok(seen_parameter == 0x2222, "parameter %zx", seen_parameter);
    clear();
    ok(run_go_on(in_pass_twice) == 0, "value");
    ok(traced("ppgr"), "outer frame continues: %s", trace);
    clear();
    ok(run_catch(in_pass_twice) == 0x1234, "value");
    ok(traced("ppcvvxT"), "unwound: %s", trace);
    clear();
    ok(run_catch(noncontinuable_in_go_on) == 0x1234, "value");
    ok(trace[0] == 'g' && trace[trace_length - 2] == 'x', "not continuable: %s", trace);
    clear();
    ok(run_catch(in_nest) == 0x1234, "value");
    ok(traced("nncwxT"), "nested: %s", trace);
    clear();
    run_catch(catch_collide);
    ok(traced("pkcvKkcKxT1"), "collided: %s", trace);
}

/* ---- the C handler ---- */

__asm__(".text\n.globl try_except\n.seh_proc try_except\ntry_except:\n"
        "push %rbp\n.seh_pushreg %rbp\nsub $0x30,%rsp\n.seh_stackalloc 0x30\nlea 0x30(%rsp),%rbp\n"
        ".seh_setframe %rbp,0x30\n.seh_handler __C_specific_handler,@except,@unwind\n.seh_handlerdata\n"
        ".long 2\n"
        ".rva 1f,2f,try_except_finally\n.long 0\n"
        ".rva 1f,3f,try_except_filter,4f\n"
        ".text\n.seh_endprologue\n"
        "1: call *%rcx\nnop\n2: nop\n3: xor %eax,%eax\njmp 5f\n4: mov $0x77,%eax\n5: lea 0(%rbp),%rsp\npop %rbp\nret\n"
        ".seh_endproc\n");
ULONG try_except(void (*routine)(void));
static LONG filter_answer;

__attribute__((used)) LONG try_except_filter(EXCEPTION_POINTERS *pointers, void *frame)
{
    mark('f');
    if (pointers->ExceptionRecord->ExceptionCode == 0xe0000001) mark('1');
    return filter_answer;
}
__attribute__((used)) void try_except_finally(BOOLEAN abnormal, void *frame)
{
    mark(abnormal ? 'A' : 'a');
}

static void try_inside(void)
{
    LONG answer = filter_answer;
    filter_answer = EXCEPTION_CONTINUE_SEARCH;
    mark('i');
    try_except(raise_plain);
    filter_answer = answer;
}

static void test_scopes(void)
{
    clear();
    filter_answer = EXCEPTION_EXECUTE_HANDLER;
    ok(try_except(raise_plain) == 0x77, "value");
    ok(traced("f1A"), "execute: %s", trace);
    clear();
    filter_answer = EXCEPTION_CONTINUE_EXECUTION;
    ok(try_except(raise_plain) == 0, "value");
    ok(traced("f1r"), "continue: %s", trace);
    clear();
    filter_answer = EXCEPTION_EXECUTE_HANDLER;
    ok(run_catch(try_inside) == 0x1234, "value");
    ok(traced("if1cAxT"), "passed on: %s", trace);
}

/* ---- vectored handlers ---- */

static PVOID self_removing;

static LONG NTAPI vectored_1(EXCEPTION_POINTERS *pointers)
{
    mark('1');
    return EXCEPTION_CONTINUE_SEARCH;
}
static LONG NTAPI vectored_2(EXCEPTION_POINTERS *pointers)
{
    mark('2');
    return pointers->ExceptionRecord->ExceptionCode == 0xe0000001 ? EXCEPTION_CONTINUE_EXECUTION
                                                                  : EXCEPTION_CONTINUE_SEARCH;
}
static LONG NTAPI vectored_3(EXCEPTION_POINTERS *pointers)
{
    mark('3');
    if (self_removing) RtlRemoveVectoredExceptionHandler(self_removing);
    self_removing = NULL;
    return EXCEPTION_CONTINUE_SEARCH;
}
static LONG NTAPI continued(EXCEPTION_POINTERS *pointers)
{
    mark('C');
    return EXCEPTION_CONTINUE_SEARCH;
}

static void test_vectored(void)
{
    PVOID second = RtlAddVectoredExceptionHandler(0, vectored_2);
    PVOID first = RtlAddVectoredExceptionHandler(1, vectored_1);
    PVOID after = RtlAddVectoredContinueHandler(0, continued);

    ok(first && second && after, "not added");
    clear();
    raise_plain();
    /* Wine 8 calls no continue handlers for exceptions that RtlRaiseException raised. */
    ok(traced("12Cr"), "order: %s", trace);
    self_removing = RtlAddVectoredExceptionHandler(1, vectored_3);
    clear();
    raise_plain();
    raise_plain();
    ok(traced("312Cr12Cr"), "a handler that removes itself: %s", trace);
    ok(RtlRemoveVectoredExceptionHandler(second), "remove");
    ok(!RtlRemoveVectoredExceptionHandler(second), "remove again");
    clear();
    run_go_on(raise_plain);
    ok(traced("1gCr"), "frame after vectored: %s", trace);
    RtlRemoveVectoredExceptionHandler(first);
    RtlRemoveVectoredContinueHandler(after);
    clear();
    run_go_on(raise_plain);
    ok(traced("gr"), "none left: %s", trace);
}

/* ---- exceptions of the processor ---- */

static ULONG fault_code;
static ULONG_PTR fault_info[2], fault_address;

static LONG NTAPI skip_instruction(EXCEPTION_POINTERS *pointers)
{
    CONTEXT *context = pointers->ContextRecord;
    const UCHAR *at = (const UCHAR *)context->Rip;

    fault_code = pointers->ExceptionRecord->ExceptionCode;
    fault_address = (ULONG_PTR)pointers->ExceptionRecord->ExceptionAddress;
    fault_info[0] = pointers->ExceptionRecord->ExceptionInformation[0];
    fault_info[1] = pointers->ExceptionRecord->ExceptionInformation[1];
    if (fault_code == EXCEPTION_BREAKPOINT) context->Rip++; /* it points at the int3 */
    else context->Rip = context->R11;
    if (at) mark('s');
    return EXCEPTION_CONTINUE_EXECUTION;
}

/* fault_X: r11 is where to go on, everything else must survive. */
__asm__(".text\n"
        "fault_read: lea 1f(%rip),%r11\nmov $0x5678,%eax\nmov (%rcx),%edx\n1: ret\n"
        "fault_write: lea 1f(%rip),%r11\nmov $0x5678,%eax\nmov %edx,(%rcx)\n1: ret\n"
        "fault_divide: lea 1f(%rip),%r11\nxor %edx,%edx\nxor %ecx,%ecx\nmov $0x5678,%eax\ndiv %ecx\n1: ret\n"
        "fault_illegal: lea 1f(%rip),%r11\nmov $0x5678,%eax\nud2\n1: ret\n"
        "fault_privileged: lea 1f(%rip),%r11\nmov $0x5678,%eax\nhlt\n1: ret\n"
        "fault_break: mov $0x5678,%eax\nint3\nret\n");
ULONG fault_read(void *at), fault_write(void *at, ULONG value), fault_divide(void), fault_illegal(void),
    fault_privileged(void), fault_break(void);

static void test_faults(void)
{
    PVOID handler = RtlAddVectoredExceptionHandler(1, skip_instruction);

    ok(fault_read((void *)0x10) == 0x5678, "registers");
    ok(fault_code == EXCEPTION_ACCESS_VIOLATION, "read: %lx", fault_code);
    ok(fault_info[0] == 0 && fault_info[1] == 0x10, "read: %zx %zx", fault_info[0], fault_info[1]);
    ok(fault_address > (ULONG_PTR)fault_read && fault_address < (ULONG_PTR)fault_write, "address");
    ok(fault_write((void *)0x20, 1) == 0x5678, "registers");
    ok(fault_code == EXCEPTION_ACCESS_VIOLATION, "write: %lx", fault_code);
    ok(fault_info[0] == 1 && fault_info[1] == 0x20, "write: %zx %zx", fault_info[0], fault_info[1]);
    ok(fault_divide() == 0x5678, "registers");
    ok(fault_code == EXCEPTION_INT_DIVIDE_BY_ZERO, "divide: %lx", fault_code);
    ok(fault_illegal() == 0x5678, "registers");
    ok(fault_code == EXCEPTION_ILLEGAL_INSTRUCTION, "illegal: %lx", fault_code);
    ok(fault_privileged() == 0x5678, "registers");
    ok(fault_code == EXCEPTION_PRIV_INSTRUCTION, "privileged: %lx", fault_code);
    ok(fault_break() == 0x5678, "registers");
    ok(fault_code == EXCEPTION_BREAKPOINT, "breakpoint: %lx", fault_code);
    RtlRemoveVectoredExceptionHandler(handler);
}

static void read_null(void)
{
    fault_read(NULL);
}

static void test_fault_frames(void)
{
    clear();
    ok(run_catch(read_null) == 0x1234, "value");
    ok(traced("cxT"), "fault caught by a frame: %s", trace);
    filter_answer = EXCEPTION_EXECUTE_HANDLER;
    clear();
    ok(try_except(read_null) == 0x77, "value");
    ok(traced("fA"), "fault caught by a scope: %s", trace);
}

START_TESTS
{
    test_vectored();
    test_frames();
    test_scopes();
    test_faults();
    test_fault_frames();
}

#else
START_TESTS
{
    skip(1, "x86_64 only");
}
#endif
