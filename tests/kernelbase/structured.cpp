// Structured exceptions as MSVC's ABI has them (__try, __except, __finally, compiled by clang): filters, unwinding through
// callbacks and foreign frames, faults of the processor, stack overflow, the last filter, and how processes end.
//
// The reference (Wine 8) calls no vectored continue handler when a handler goes on (errhandlingapi.h:
// AddVectoredContinueHandler), gives _exception_code in a handler as 0, reports a division that overflows as one by zero, and
// counts other stack overflows.

typedef unsigned long long size_t;
typedef unsigned long DWORD;
typedef void *HANDLE;
struct RECORD {
    DWORD code, flags;
    RECORD *next;
    void *address;
    DWORD count;
    size_t information[15];
};
struct CONTEXT_AMD64 {
    size_t home[6];
    DWORD flags, mxcsr;
    unsigned short segments[6];
    DWORD eflags;
    size_t dr[6];
    size_t rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15, rip;
};
struct POINTERS {
    RECORD *record;
    CONTEXT_AMD64 *context;
};
struct STARTUP {
    DWORD size;
    char more[100];
};
struct PROCESS {
    HANDLE process, thread;
    DWORD id, thread_id;
};
extern "C" {
int printf(const char *, ...);
int strcmp(const char *, const char *);
char *strstr(const char *, const char *);
void *memset(void *, int, size_t);
void qsort(void *, size_t, size_t, int (*)(const void *, const void *));
void abort();
void exit(int);
unsigned _controlfp(unsigned, unsigned);
unsigned _clearfp();
int _resetstkoflw();
void RaiseException(DWORD, DWORD, DWORD, const size_t *);
void *AddVectoredExceptionHandler(DWORD, long (*)(POINTERS *));
void *AddVectoredContinueHandler(DWORD, long (*)(POINTERS *));
DWORD RemoveVectoredExceptionHandler(void *);
DWORD RemoveVectoredContinueHandler(void *);
void *SetUnhandledExceptionFilter(long (*)(POINTERS *));
void *VirtualAlloc(void *, size_t, DWORD, DWORD);
int VirtualProtect(void *, size_t, DWORD, DWORD *);
HANDLE CreateThread(void *, size_t, DWORD (*)(void *), void *, DWORD, DWORD *);
DWORD WaitForSingleObject(HANDLE, DWORD);
int GetExitCodeThread(HANDLE, DWORD *);
int GetExitCodeProcess(HANDLE, DWORD *);
int CloseHandle(HANDLE);
char *GetCommandLineA();
DWORD GetModuleFileNameA(void *, char *, DWORD);
int CreateProcessA(const char *, char *, void *, void *, int, DWORD, void *, const char *, STARTUP *, PROCESS *);
unsigned SetErrorMode(unsigned);
void *_exception_info();
unsigned long _exception_code();
int _abnormal_termination();
}

static int checks, failures;
static void check(bool good, int line, size_t value)
{
    checks++;
    if (good) return;
    failures++;
    printf("not ok %d - structured.cpp:%d: %llx\n", checks, line, value);
}
#define CHECK(condition) check(condition, __LINE__, 0)
static void check_is(size_t value, size_t expected, int line)
{
    check(value == expected, line, value);
}
#define CHECK_IS(value, expected) check_is(value, expected, __LINE__)

static char trace[256];
static unsigned length;
static void mark(char c)
{
    trace[length++] = c;
    trace[length] = 0;
}
static bool traced(const char *expected)
{
    bool same = !strcmp(trace, expected);
    if (!same) printf("# %s\n", trace);
    length = 0;
    trace[0] = 0;
    return same;
}

static void raise_it(DWORD code)
{
    mark('r');
    RaiseException(code, 0, 0, nullptr);
    mark('c');
}
static void (*volatile raise)(DWORD) = raise_it; // the compiler must not see that nothing throws

// ---- filters and finally ----

static int search(char c)
{
    mark(c);
    return 0;
}
static int handle(char c)
{
    mark(c);
    return 1;
}
static int go_on(char c)
{
    mark(c);
    return -1;
}

static void filters()
{
    __try {
        __try {
            raise(0xe0000001);
        } __except (search('1')) {
            mark('x');
        }
    } __except (handle('2')) {
        mark('3');
    }
    CHECK(traced("r123"));
    __try {
        raise(0xe0000001);
        mark('n');
    } __except (go_on('1')) {
        mark('x');
    }
    CHECK(traced("r1cn"));
    __try {
        raise(0xe0000042);
    } __except (_exception_code() == 0xe0000042 && ((POINTERS *)_exception_info())->record->code == 0xe0000042 ? 1 : 0) {
        mark('k');
        CHECK_IS(_exception_code(), 0xe0000042);
    }
    CHECK(traced("rk"));
}

static void finally_blocks()
{
    __try {
        __try {
            __try {
                raise(0xe0000001);
            } __finally {
                mark(_abnormal_termination() ? 'A' : 'N');
            }
        } __finally {
            mark(_abnormal_termination() ? 'B' : 'N');
        }
    } __except (handle('f')) {
        mark('h');
    }
    CHECK(traced("rfABh"));
    __try {
        mark('b');
    } __finally {
        mark(_abnormal_termination() ? 'A' : 'N');
    }
    CHECK(traced("bN"));
}

static int leave_early(int way)
{
    for (int i = 0; i < 3; i++) {
        __try {
            if (way == 0) return 7;
            if (way == 1) break;
            if (way == 2) continue;
            if (way == 3) __leave;
            mark('e');
        } __finally {
            mark('F');
        }
    }
    return 8;
}

static void collided()
{
    __try {
        __try {
            __try {
                raise(0xe0000001);
            } __finally {
                mark('1');
                raise(0xe0000002);
            }
        } __except (_exception_code() == 0xe0000002 ? handle('i') : search('s')) {
            mark('2');
        }
    } __except (_exception_code() == 0xe0000001 ? handle('o') : search('s')) {
        mark('3');
    }
    CHECK(traced("rso1ri2"));
}

static int filter_raises()
{
    mark('f');
    __try {
        raise(0xe0000003);
    } __except (handle('g')) {
        mark('h');
    }
    return 1;
}

static void nested_in_filter()
{
    __try {
        raise(0xe0000001);
    } __except (filter_raises()) {
        mark('e');
    }
    CHECK(traced("rfrghe"));
}

// ---- foreign frames ----

static int depth;
static int compare(const void *a, const void *b)
{
    if (++depth == 5) raise(0xe0000005);
    return *(const int *)a - *(const int *)b;
}
static int compare_finally(const void *a, const void *b)
{
    __try {
        return compare(a, b);
    } __finally {
        if (_abnormal_termination()) mark('F');
    }
}

static void through_callbacks()
{
    int numbers[] = { 5, 3, 9, 1, 7, 2, 8 };

    depth = 0;
    __try {
        qsort(numbers, 7, sizeof(int), compare_finally);
    } __except (handle('1')) {
        mark('2');
    }
    CHECK(traced("r1F2"));
}

// ---- faults ----

static DWORD caught;
static size_t fault_kind, fault_address;
static int note(POINTERS *pointers)
{
    caught = pointers->record->code;
    fault_kind = pointers->record->information[0];
    fault_address = pointers->record->information[1];
    return 1;
}
static DWORD code_of(void (*volatile what)())
{
    caught = 0;
    __try {
        what();
    } __except (note((POINTERS *)_exception_info())) {
    }
    return caught;
}

static volatile int zero, minimum = -2147483647 - 1, minus_one = -1;
static volatile double double_zero, one = 1.0, huge = 1e308;
static void divide() { zero = minus_one / zero; }
static void divide_overflow() { zero = minimum / minus_one; }
static void read_8() { zero = *(volatile int *)8; }
static void write_16() { *(volatile int *)16 = 1; }
static void call_24() { ((void (*)())24)(); }
static void halt() { asm volatile("hlt"); }
static void undefined() { asm volatile("ud2"); }
static void breakpoint() { asm volatile("int3"); }
static void unaligned()
{
    static char place[64] __attribute__((aligned(16)));
    asm volatile("movaps %%xmm0, (%0)" : : "r"(place + 1));
}
static void single_step() { asm volatile("pushfq; orl $0x100, (%rsp); popfq; nop; nop"); }
static void no_canonical() { zero = *(volatile int *)0x8000000000000000ull; }
static void float_divide() { one = one / double_zero; }
static void float_overflow() { huge = huge * huge; }

static void faults()
{
    CHECK_IS(code_of(divide), 0xc0000094);
    CHECK_IS(code_of(divide_overflow), 0xc0000095);
    CHECK_IS(code_of(read_8), 0xc0000005);
    CHECK(fault_kind == 0 && fault_address == 8);
    CHECK_IS(code_of(write_16), 0xc0000005);
    CHECK(fault_kind == 1 && fault_address == 16);
    CHECK_IS(code_of(call_24), 0xc0000005);
    CHECK(fault_kind == 8 && fault_address == 24);
    CHECK_IS(code_of(halt), 0xc0000096);
    CHECK_IS(code_of(undefined), 0xc000001d);
    CHECK_IS(code_of(breakpoint), 0x80000003);
    CHECK_IS(code_of(single_step), 0x80000004);
    CHECK_IS(code_of(unaligned), 0xc0000005);
    CHECK_IS(fault_address, ~(size_t)0);
    CHECK_IS(code_of(no_canonical), 0xc0000005);
    CHECK_IS(fault_address, ~(size_t)0);
}

static void float_faults()
{
    unsigned before = _controlfp(0, 0);
    DWORD code;

    CHECK_IS(code_of(float_divide), 0);
    one = 1.0;
    _clearfp();
    _controlfp(0, 0x08 | 0x04); // _MCW_EM: division by zero and overflow unmasked
    code = code_of(float_divide);
    CHECK(code == 0xc000008e || (printf("# %lx\n", code), false));
    _clearfp();
    code = code_of(float_overflow);
    CHECK(code == 0xc0000091 || (printf("# %lx\n", code), false));
    _clearfp();
    _controlfp(before, 0x0008001f);
    one = 1.0;
    CHECK_IS(code_of(float_divide), 0);
}

// A page that its filter makes accessible, as collectors and debuggers do.
static char *lazy;
static int open_page(POINTERS *pointers)
{
    DWORD old;

    if (pointers->record->code != 0xc0000005 || (char *)pointers->record->information[1] != lazy + 100) return 0;
    mark('p');
    return VirtualProtect(lazy, 4096, 4, &old) ? -1 : 0;
}
static void write_lazily() { ((volatile char *)lazy)[100] = 'w'; }

static void continued()
{
    void (*volatile write)() = write_lazily;

    lazy = (char *)VirtualAlloc(nullptr, 4096, 0x3000, 1);
    __try {
        write();
    } __except (open_page((POINTERS *)_exception_info())) {
    }
    CHECK_IS(lazy[100], 'w');
    CHECK(traced("p"));
}

// ---- stacks ----

static __attribute__((noinline)) int recurse(volatile char *outer)
{
    volatile char room[3000];

    room[0] = outer[0] + 1;
    room[2999] = 1;
    return recurse(room) + room[2999];
}
static volatile int overflows;
static DWORD overflow_thread(void *)
{
    volatile char start[1] = { 0 };

    for (int i = 0; i < 3; i++) {
        __try {
            overflows += recurse(start) & 0;
        } __except (_exception_code() == 0xc00000fd ? 1 : 0) {
            overflows++;
        }
        if (!_resetstkoflw()) return 1;
    }
    return 0;
}
static __attribute__((noinline)) int touch(int pages)
{
    volatile char room[4096];

    room[0] = (char)pages;
    return pages ? touch(pages - 1) + (room[0] != 0) : 0;
}
static DWORD growing_thread(void *)
{
    return touch(200) == 200 ? 5 : 6; // the stack is committed as it is used, a guard page at a time
}

static DWORD run_thread(DWORD (*function)(void *), size_t stack)
{
    HANDLE thread = CreateThread(nullptr, stack, function, nullptr, 0x10000, nullptr); // STACK_SIZE_PARAM_IS_A_RESERVATION
    DWORD code = 77;

    WaitForSingleObject(thread, 60000);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    return code;
}

// ---- vectored handlers and the last filter ----

static long continue_handler(POINTERS *pointers)
{
    mark('C');
    return 0;
}
static long first_handler(POINTERS *pointers)
{
    if (pointers->record->code != 0xe0000001) return 0;
    mark('V');
    return 0;
}
static long resuming_handler(POINTERS *pointers)
{
    if (pointers->record->code != 0xe0000001) return 0;
    mark('R');
    return -1;
}

static void vectored()
{
    void *continued = AddVectoredContinueHandler(1, continue_handler), *second, *first;

    second = AddVectoredExceptionHandler(1, resuming_handler);
    first = AddVectoredExceptionHandler(1, first_handler);
    __try {
        raise(0xe0000001);
    } __except (handle('x')) {
    }
    CHECK(traced("rVRCc"));
    RemoveVectoredExceptionHandler(second);
    __try {
        raise(0xe0000001);
    } __except (handle('h')) {
    }
    CHECK(traced("rVh"));
    __try {
        raise(0xe0000001);
    } __except (go_on('g')) {
    }
    CHECK(traced("rVgCc"));
    RemoveVectoredExceptionHandler(first);
    RemoveVectoredContinueHandler(continued);
}

static long last_filter(POINTERS *pointers)
{
    mark('L');
    return pointers->record->code == 0xe0000009 ? -1 : 0;
}
static DWORD unhandled_thread(void *)
{
    raise(0xe0000009);
    return 9;
}

// ---- how processes end ----

static int child(const char *what)
{
    SetErrorMode(3); // no message boxes
    if (strstr(what, "fastfail")) asm volatile("int $0x29" : : "c"(7));
    if (strstr(what, "abort")) abort();
    if (strstr(what, "fault")) read_8();
    if (strstr(what, "raise")) raise_it(0xe0001234);
    if (strstr(what, "divide")) divide();
    return 66;
}

static DWORD exit_code_of(const char *what)
{
    char line[600], path[300];
    STARTUP startup;
    PROCESS process;
    DWORD code = 77;
    unsigned i = 0, j;

    GetModuleFileNameA(nullptr, path, sizeof(path));
    line[i++] = '"';
    for (j = 0; path[j]; j++) line[i++] = path[j];
    for (j = 0; "\" child "[j]; j++) line[i++] = "\" child "[j];
    for (j = 0; what[j]; j++) line[i++] = what[j];
    line[i] = 0;
    memset(&startup, 0, sizeof(startup));
    startup.size = 104;
    if (!CreateProcessA(nullptr, line, nullptr, nullptr, 0, 0, nullptr, nullptr, &startup, &process)) return 78;
    WaitForSingleObject(process.process, 60000);
    GetExitCodeProcess(process.process, &code);
    CloseHandle(process.process);
    CloseHandle(process.thread);
    return code;
}

int main()
{
    const char *arguments = strstr(GetCommandLineA(), "\" child ");

    if (arguments) return child(arguments);
    filters();
    finally_blocks();
    CHECK_IS(leave_early(0), 7);
    CHECK(traced("F"));
    CHECK_IS(leave_early(1), 8);
    CHECK(traced("F"));
    CHECK_IS(leave_early(2), 8);
    CHECK(traced("FFF"));
    CHECK_IS(leave_early(3), 8);
    CHECK(traced("FFF"));
    collided();
    nested_in_filter();
    through_callbacks();
    faults();
    float_faults();
    continued();
    CHECK_IS(run_thread(overflow_thread, 0x40000), 0);
    CHECK_IS(overflows, 3);
    CHECK_IS(run_thread(growing_thread, 0x100000), 5);
    vectored();
    SetUnhandledExceptionFilter(last_filter);
    CHECK_IS(run_thread(unhandled_thread, 0), 9);
    CHECK(traced("rLc"));
    SetUnhandledExceptionFilter(nullptr);
    CHECK_IS(exit_code_of("fastfail"), 0xc0000409);
    CHECK_IS(exit_code_of("abort"), 3);
    CHECK_IS(exit_code_of("fault"), 0xc0000005);
    CHECK_IS(exit_code_of("raise"), 0xe0001234);
    CHECK_IS(exit_code_of("divide"), 0xc0000094);
    printf("1..%d\n# CHECKS %d %d 0\n", checks, checks, failures);
    exit(failures);
}
