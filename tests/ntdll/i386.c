/* What 32-bit code alone has: registration chains, unwinding, contexts, segments, the functions behind 64-bit integers. */
#include "tap.h"
#include <winternl.h>

#ifndef _WIN64

typedef EXCEPTION_DISPOSITION(__cdecl *handler_routine)(EXCEPTION_RECORD *, void *, CONTEXT *, void *);
void NTAPI RtlUnwind(void *, void *, EXCEPTION_RECORD *, void *);

struct registration {
    struct registration *next;
    handler_routine handler;
};

static DWORD chain(void)
{
    DWORD first;
    __asm__ volatile("movl %%fs:0, %0" : "=r"(first));
    return first;
}

static void set_chain(DWORD first)
{
    __asm__ volatile("movl %0, %%fs:0" ::"r"(first) : "memory");
}

static struct registration outer;
static int outer_calls, inner_calls, unwound;
static EXCEPTION_RECORD seen;
static CONTEXT seen_context;
static DWORD skip; /* bytes of the instruction that faults */

static EXCEPTION_DISPOSITION __cdecl handle_outer(EXCEPTION_RECORD *record, void *frame, CONTEXT *context, void *dispatcher)
{
    outer_calls++;
    if (record->ExceptionFlags & 6) return ExceptionContinueSearch;
    ok(frame == &outer, "frame %p", frame);
    seen = *record;
    seen_context = *context;
    context->Eip += skip;
    return ExceptionContinueExecution;
}

static EXCEPTION_DISPOSITION __cdecl handle_inner(EXCEPTION_RECORD *record, void *frame, CONTEXT *context, void *dispatcher)
{
    if (record->ExceptionFlags & 6) unwound++;
    else inner_calls++;
    return ExceptionContinueSearch;
}

static void test_chain(void)
{
    struct registration frames[2]; /* on the stack, the inner one lower */
    NT_TIB *tib = (NT_TIB *)NtCurrentTeb();
    volatile DWORD kept[4];
    DWORD cs, ds, fs;

    ok((void *)frames > tib->StackLimit && (void *)frames < tib->StackBase, "stack %p %p", tib->StackLimit, tib->StackBase);
    ok(tib->Self == tib, "self %p", tib->Self);
    outer_calls = inner_calls = unwound = 0;
    (void)outer;
    frames[1].next = (void *)chain();
    frames[1].handler = handle_inner;
    frames[0].next = &frames[1];
    frames[0].handler = handle_inner;
    set_chain((DWORD)&frames[0]);
    RtlUnwind(&frames[1], NULL, NULL, (void *)0x1234);
    ok(unwound == 1 && chain() == (DWORD)&frames[1], "unwound %d, %lx", unwound, chain());
    set_chain((DWORD)frames[1].next);

    __asm__("mov %%cs, %0" : "=r"(cs));
    __asm__("mov %%ds, %0" : "=r"(ds));
    __asm__("mov %%fs, %0" : "=r"(fs));
    ok((cs & 0xffff) == 0x23 && (ds & 0xffff) == 0x2b && (fs & 0xffff), "segments %lx %lx %lx", cs, ds, fs);
    (void)kept;
}

static LONG NTAPI watch(EXCEPTION_POINTERS *pointers)
{
    seen = *pointers->ExceptionRecord;
    seen_context = *pointers->ContextRecord;
    pointers->ContextRecord->Eip += skip;
    pointers->ContextRecord->Ecx = 0x600d;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void test_faults(void)
{
    void *handle = AddVectoredExceptionHandler(1, watch);
    DWORD eax, ebx, ecx, edx, esi, edi;
    double value = 1.5, back = 0;
    int top;

    skip = 2; /* mov (%eax),%eax */
    __asm__ volatile("movl (%%eax), %%eax"
                     : "=a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx), "=S"(esi), "=D"(edi)
                     : "0"(0x44), "1"(0xb1b1b1b1), "2"(3), "3"(0xd1d1d1d1), "4"(0x51515151), "5"(0xd2d2d2d2)
                     : "memory");
    ok(seen.ExceptionCode == EXCEPTION_ACCESS_VIOLATION && seen.NumberParameters == 2 && seen.ExceptionInformation[1] == 0x44,
       "%lx %lx", seen.ExceptionCode, seen.ExceptionInformation[1]);
    ok(seen_context.Ebx == 0xb1b1b1b1 && seen_context.Edx == 0xd1d1d1d1 && seen_context.Esi == 0x51515151 &&
           seen_context.Edi == 0xd2d2d2d2 && seen_context.Eax == 0x44 && seen_context.Ecx == 3, "registers");
    ok(eax == 0x44 && ebx == 0xb1b1b1b1 && ecx == 0x600d && edx == 0xd1d1d1d1 && esi == 0x51515151 && edi == 0xd2d2d2d2,
       "after: %lx %lx %lx %lx %lx %lx", eax, ebx, ecx, edx, esi, edi);
    ok((seen_context.SegCs & 0xffff) == 0x23 && (seen_context.SegDs & 0xffff) == 0x2b && (seen_context.SegFs & 0xffff) == 0x53,
       "%lx %lx %lx", seen_context.SegCs, seen_context.SegDs, seen_context.SegFs);

    skip = 2; /* ud2 */
    __asm__ volatile("fninit; fldl %2; fldpi; ud2; fstp %%st(0); fstpl %0; movd %%xmm5, %1"
                     : "=m"(back), "=r"(top) : "m"(value) : "ecx", "memory");
    ok(seen.ExceptionCode == EXCEPTION_ILLEGAL_INSTRUCTION, "%lx", seen.ExceptionCode);
    ok(back == 1.5, "x87 registers survive");
    ok((seen_context.FloatSave.TagWord & 0xffff) == 0x0fff && (seen_context.FloatSave.StatusWord >> 11 & 7) == 6,
       "x87 state: tags %lx status %lx", seen_context.FloatSave.TagWord, seen_context.FloatSave.StatusWord);

    skip = 2; /* div %cl of 0x40… prefixes: inc %eax before it is not a REX prefix */
    __asm__ volatile("xorl %%ecx, %%ecx; movl $7, %%eax; xorl %%edx, %%edx; incl %%eax; divl %%ecx" ::: "eax", "ecx", "edx");
    ok(seen.ExceptionCode == EXCEPTION_INT_DIVIDE_BY_ZERO && seen_context.Eax == 8, "%lx", seen.ExceptionCode);
    __asm__ volatile("movl $1, %%ecx; movl $7, %%eax; movl $1, %%edx; divl %%ecx" ::: "eax", "ecx", "edx");
    ok(seen.ExceptionCode == EXCEPTION_INT_OVERFLOW, "%lx", seen.ExceptionCode);
    skip = 1;
    __asm__ volatile("int3" ::: "ecx");
    ok(seen.ExceptionCode == EXCEPTION_BREAKPOINT, "%lx", seen.ExceptionCode);
    __asm__ volatile("hlt" ::: "ecx");
    ok(seen.ExceptionCode == EXCEPTION_PRIV_INSTRUCTION, "%lx", seen.ExceptionCode);
    skip = 0;
    __asm__ volatile("pushfl; orl $0x100, (%%esp); popfl; nop" ::: "ecx", "cc");
    ok(seen.ExceptionCode == EXCEPTION_SINGLE_STEP, "%lx", seen.ExceptionCode);
    RemoveVectoredExceptionHandler(handle);
}

/* The number is what ntdll's own entry point loads into eax: mov $N, %eax. */
static void test_interrupt(void)
{
    unsigned char *entry = (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtQuerySystemTime");
    LARGE_INTEGER now = { { 0 } }, again = { { 0 } };
    LARGE_INTEGER *arguments[1] = { &now };
    DWORD status;

    ok(entry[0] == 0xb8, "mov %x", entry[0]);
    __asm__ volatile("int $0x2e" : "=a"(status) : "0"(*(DWORD *)(entry + 1)), "d"(arguments) : "ecx", "memory");
    GetSystemTimeAsFileTime((FILETIME *)&again);
    ok(!status && now.QuadPart && again.QuadPart - now.QuadPart < 100000000, "%lx", status);
}

static DWORD WINAPI spin(void *data)
{
    volatile DWORD *stop = data;
    __asm__ volatile("movl $0x5e11, %%ebx; movl $0xd1d1, %%edi; 1: cmpl $0, (%0); je 1b" ::"a"(stop) : "ebx", "edi", "memory");
    return 7;
}

static void test_thread_context(void)
{
    DWORD stop = 0, code = 0;
    HANDLE thread = CreateThread(NULL, 0, spin, &stop, 0, NULL);
    CONTEXT context = { .ContextFlags = CONTEXT_FULL | CONTEXT_FLOATING_POINT | CONTEXT_EXTENDED_REGISTERS };
    int found = 0;

    for (int i = 0; i < 200 && !found; i++) {
        ok(SuspendThread(thread) != ~0u, "suspend");
        context.ContextFlags = CONTEXT_FULL | CONTEXT_FLOATING_POINT | CONTEXT_EXTENDED_REGISTERS;
        ok(GetThreadContext(thread, &context), "context: %lu", GetLastError());
        found = context.Ebx == 0x5e11 && context.Edi == 0xd1d1;
        if (found) break;
        ResumeThread(thread);
        Sleep(1);
    }
    ok(found && (void *)context.Eax == &stop && context.SegCs == 0x23, "%lx %lx %lx", context.Eax, context.Ebx, context.SegCs);
    ok((context.FloatSave.ControlWord & 0xffff) == 0x27f && *(WORD *)context.ExtendedRegisters == 0x27f, "control word %lx",
       context.FloatSave.ControlWord);
    stop = 1;
    ResumeThread(thread);
    WaitForSingleObject(thread, 10000);
    GetExitCodeThread(thread, &code);
    ok(code == 7, "%lu", code);
    CloseHandle(thread);
}

/* A suspended thread is to go where its start registers say: eax is the routine, ebx its argument. */
static DWORD WINAPI other_start(void *argument)
{
    return (DWORD)(ULONG_PTR)argument + 1;
}

static void test_start_registers(void)
{
    HANDLE thread = CreateThread(NULL, 0, spin, (void *)4, CREATE_SUSPENDED, NULL);
    CONTEXT context = { .ContextFlags = CONTEXT_FULL };
    DWORD code = 0;

    ok(GetThreadContext(thread, &context), "context: %lu", GetLastError());
    ok(context.Eax == (DWORD)(ULONG_PTR)spin && context.Ebx == 4, "%lx %lx", context.Eax, context.Ebx);
    context.Eax = (DWORD)(ULONG_PTR)other_start;
    context.Ebx = 41;
    ok(SetThreadContext(thread, &context), "set: %lu", GetLastError());
    ResumeThread(thread);
    WaitForSingleObject(thread, 10000);
    GetExitCodeThread(thread, &code);
    ok(code == 42, "%lu", code);
    CloseHandle(thread);
}

static ULONGLONG call64(const char *name, ULONGLONG a, ULONGLONG b, ULONGLONG *rest)
{
    void *function = GetProcAddress(GetModuleHandleA("ntdll.dll"), name);
    DWORD low, high, rest_low, rest_high;

    __asm__ volatile("pushl %%ebx; pushl 12(%4); pushl 8(%4); pushl 4(%4); pushl (%4); call *%5; movl %%ebx, %%esi; popl %%ebx"
                     : "=a"(low), "=d"(high), "=c"(rest_low), "=&S"(rest_high)
                     : "D"(((ULONGLONG[2]){ a, b })), "0"(function)
                     : "memory", "cc");
    if (rest) *rest = (ULONGLONG)rest_high << 32 | rest_low;
    return (ULONGLONG)high << 32 | low;
}

static ULONGLONG shift64(const char *name, ULONGLONG a, int by)
{
    void *function = GetProcAddress(GetModuleHandleA("ntdll.dll"), name);
    DWORD low = (DWORD)a, high = (DWORD)(a >> 32);

    __asm__ volatile("call *%3" : "+a"(low), "+d"(high), "+c"(by) : "S"(function) : "cc");
    return (ULONGLONG)high << 32 | low;
}

static void test_integers(void)
{
    ULONGLONG rest = 0;

    ok(call64("_allmul", 0x123456789abcull, 0xfedcba98ull, NULL) == 0x123456789abcull * 0xfedcba98ull, "_allmul");
    ok((LONGLONG)call64("_alldiv", -1000000000007ll, 1000, NULL) == -1000000000, "_alldiv");
    ok((LONGLONG)call64("_allrem", -1000000000007ll, 1000, NULL) == -7, "_allrem");
    ok(call64("_aulldiv", 0xfffffffffffffff0ull, 0x100000000ull, NULL) == 0xffffffff, "_aulldiv");
    ok(call64("_aullrem", 0xfffffffffffffff0ull, 0x100000000ull, NULL) == 0xfffffff0, "_aullrem");
    ok((LONGLONG)call64("_alldvrm", -1000000000007ll, 1000, &rest) == -1000000000 && (LONGLONG)rest == -7, "_alldvrm: %lld",
       rest);
    ok(call64("_aulldvrm", 0xfffffffffffffff0ull, 0x100000000ull, &rest) == 0xffffffff && rest == 0xfffffff0,
       "_aulldvrm: %llx", rest);
    ok(shift64("_allshl", 3, 40) == 3ull << 40 && shift64("_allshl", 3, 5) == 96 && !shift64("_allshl", 3, 64), "_allshl");
    ok((LONGLONG)shift64("_allshr", -4096, 40) == -1 && (LONGLONG)shift64("_allshr", -4096, 4) == -256 &&
           (LONGLONG)shift64("_allshr", -4096, 70) == -1, "_allshr");
    ok(shift64("_aullshr", ~0ull, 40) == 0xffffff && shift64("_aullshr", ~0ull, 4) == ~0ull >> 4 && !shift64("_aullshr", 7, 64),
       "_aullshr");
}

static DWORD WINAPI deep_stack(void *probe)
{
    DWORD before, after;

    __asm__ volatile("movl %%esp, %0; movl $200000, %%eax; call *%2; movl %%esp, %1; movl $1, (%%esp); movl %0, %%esp"
                     : "=&S"(before), "=&D"(after) : "b"(probe) : "eax", "ecx", "memory", "cc");
    return before - after;
}

static void test_probe(void)
{
    HANDLE thread = CreateThread(NULL, 0, deep_stack, GetProcAddress(GetModuleHandleA("ntdll.dll"), "_chkstk"), 0, NULL);
    DWORD code = 0;

    WaitForSingleObject(thread, 10000);
    GetExitCodeThread(thread, &code);
    ok(code == 200000, "_chkstk: %lu", code);
    CloseHandle(thread);
}

static void test_interlocked(void)
{
    HMODULE kernel32 = GetModuleHandleA("kernel32.dll");
    LONG(WINAPI *increment)(LONG *) = (void *)GetProcAddress(kernel32, "InterlockedIncrement");
    LONG(WINAPI *decrement)(LONG *) = (void *)GetProcAddress(kernel32, "InterlockedDecrement");
    LONG(WINAPI *exchange)(LONG *, LONG) = (void *)GetProcAddress(kernel32, "InterlockedExchange");
    LONG(WINAPI *add)(LONG *, LONG) = (void *)GetProcAddress(kernel32, "InterlockedExchangeAdd");
    LONG(WINAPI *compare)(LONG *, LONG, LONG) = (void *)GetProcAddress(kernel32, "InterlockedCompareExchange");
    LONGLONG(WINAPI *compare64)(LONGLONG *, LONGLONG, LONGLONG) =
        (void *)GetProcAddress(kernel32, "InterlockedCompareExchange64");
    LONG value = 5;
    LONGLONG wide = 0x123456789abcdefll;

    ok(increment(&value) == 6 && decrement(&value) == 5 && exchange(&value, 9) == 5 && add(&value, 3) == 9 && value == 12,
       "%ld", value);
    ok(compare(&value, 1, 11) == 12 && value == 12 && compare(&value, 1, 12) == 12 && value == 1, "%ld", value);
    ok(compare64(&wide, 1, 2) == 0x123456789abcdefll && compare64(&wide, 1, 0x123456789abcdefll) == 0x123456789abcdefll &&
           wide == 1, "%lld", wide);
}

/* Code that is written and then run, over and over, in the same place. */
static void test_own_code(void)
{
    unsigned char *code = VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_EXECUTE_READWRITE);
    int good = 0;

    for (int i = 0; i < 1000; i++) {
        code[0] = 0xb8; /* mov $i, %eax; ret */
        *(int *)(code + 1) = i;
        code[5] = 0xc3;
        good += ((int (*)(void))code)() == i;
    }
    ok(good == 1000, "%d", good);
    VirtualFree(code, 0, MEM_RELEASE);
}
#endif

START_TESTS
{
#ifdef _WIN64
    ok(1, "this test is for 32-bit code");
#else
    (void)handle_outer;
    test_chain();
    test_faults();
    test_interrupt();
    test_thread_context();
    test_start_registers();
    test_integers();
    test_probe();
    test_interlocked();
    test_own_code();
#endif
}
