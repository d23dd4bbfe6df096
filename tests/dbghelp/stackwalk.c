/* dbghelp.dll: symbols by export names, stack walking, undecorated names. */
#include "tap.h"
#include <dbghelp.h>

static int same(const char *a, const char *b)
{
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

static void test_sessions(void)
{
    HANDLE process = GetCurrentProcess();
    WCHAR path[64];
    char narrow[64];

    ok(!SymCleanup(process) && GetLastError() == ERROR_INVALID_HANDLE, "cleanup without a session: %lu", GetLastError());
    ok(SymInitialize(process, "C:\\symbols", FALSE), "SymInitialize: %lu", GetLastError());
    ok(SymGetSearchPathW(process, path, 64) && path[3] == 's' && path[10] == 0, "SymGetSearchPathW: %lu", GetLastError());
    ok(SymSetSearchPathW(process, L"C:\\other"), "SymSetSearchPathW: %lu", GetLastError());
    ok(SymGetSearchPath(process, narrow, 64) && same(narrow, "C:\\other"), "SymGetSearchPath: %lu", GetLastError());
    ok(SymSetOptions(SYMOPT_UNDNAME | SYMOPT_LOAD_LINES) == (SYMOPT_UNDNAME | SYMOPT_LOAD_LINES), "SymSetOptions");
    ok(SymGetOptions() == (SYMOPT_UNDNAME | SYMOPT_LOAD_LINES), "SymGetOptions: %lx", SymGetOptions());
    ok(SymCleanup(process), "SymCleanup: %lu", GetLastError());
}

static BOOL CALLBACK count_modules(PCSTR name, DWORD64 base, ULONG size, PVOID context)
{
    int *count = context;

    if (base == (DWORD64)(ULONG_PTR)GetModuleHandleA("ntdll.dll") && size) count[1]++;
    count[0]++;
    return TRUE;
}

static void test_symbols(void)
{
    HANDLE process = GetCurrentProcess();
    struct {
        SYMBOL_INFO info;
        char more[256];
    } symbol = { .info = { .SizeOfStruct = sizeof(SYMBOL_INFO), .MaxNameLen = 255 } };
    IMAGEHLP_LINE64 line = { .SizeOfStruct = sizeof(line) };
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");
    DWORD64 address = (DWORD64)(ULONG_PTR)GetProcAddress(ntdll, "RtlGetVersion"), displacement = 77;
    DWORD line_displacement;
    int count[2] = { 0 };

    ok(SymInitialize(process, NULL, TRUE), "SymInitialize: %lu", GetLastError());
    ok(SymGetModuleBase64(process, address) == (DWORD64)(ULONG_PTR)ntdll, "SymGetModuleBase64");
    ok(!SymGetModuleBase64(process, 0x1000), "a module where none is");
    ok(SymFromAddr(process, address, &displacement, &symbol.info), "SymFromAddr: %lu", GetLastError());
    ok(same(symbol.info.Name, "RtlGetVersion") && displacement == 0 && symbol.info.NameLen == 13,
       "name %s, displacement %llu", symbol.info.Name, displacement);
    ok(symbol.info.ModBase == (DWORD64)(ULONG_PTR)ntdll && symbol.info.Address == address, "module %llx", symbol.info.ModBase);
    ok(SymFromAddr(process, address + 1, &displacement, &symbol.info) && displacement == 1 &&
           same(symbol.info.Name, "RtlGetVersion"), "one byte on: %s, %llu", symbol.info.Name, displacement);
    symbol.info.MaxNameLen = 5;
    ok(SymFromAddr(process, address, NULL, &symbol.info) && same(symbol.info.Name, "RtlG"), "cut name: %s", symbol.info.Name);
    symbol.info.MaxNameLen = 255;
    ok(!SymFromAddr(process, 0x1000, &displacement, &symbol.info) && GetLastError() == ERROR_MOD_NOT_FOUND,
       "outside of modules: %lu", GetLastError());
    ok(SymFromName(process, "RtlGetVersion", &symbol.info) && symbol.info.Address == address, "SymFromName: %lu", GetLastError());
    ok(SymFromName(process, "ntdll!RtlGetVersion", &symbol.info) && symbol.info.Address == address, "with module: %lu", GetLastError());
    ok(!SymFromName(process, "NoSuchNameAtAll", &symbol.info), "a name that is not there");
    ok(!SymGetLineFromAddr64(process, address, &line_displacement, &line), "a line of an export");
    ok(EnumerateLoadedModulesEx(process, count_modules, count) && count[0] > 2 && count[1] == 1, "%d modules, ntdll %d times",
       count[0], count[1]);
    ok(SymCleanup(process), "SymCleanup: %lu", GetLastError());
}

/* ---- stack walking ---- */

#ifdef _WIN64

struct walk {
    DWORD64 pcs[64];
    unsigned count;
};

static void __attribute__((noinline)) walk_from(struct walk *walk, CONTEXT *context)
{
    STACKFRAME64 frame = { 0 };

    frame.AddrPC.Mode = frame.AddrStack.Mode = frame.AddrFrame.Mode = AddrModeFlat;
    frame.AddrPC.Offset = context->Rip;
    frame.AddrStack.Offset = context->Rsp;
    frame.AddrFrame.Offset = context->Rbp;
    while (walk->count < 64 &&
           StackWalk64(IMAGE_FILE_MACHINE_AMD64, GetCurrentProcess(), GetCurrentThread(), &frame, context, NULL,
                       SymFunctionTableAccess64, SymGetModuleBase64, NULL))
        walk->pcs[walk->count++] = frame.AddrPC.Offset;
}

static void __attribute__((noinline)) inner(struct walk *walk)
{
    CONTEXT context;

    RtlCaptureContext(&context);
    walk_from(walk, &context);
    __asm__ volatile("");
}

static int CALLBACK compare(struct walk *walk)
{
    inner(walk);
    __asm__ volatile("");
    return 0;
}

static int within(DWORD64 pc, void *function)
{
    ULONG64 base;
    RUNTIME_FUNCTION *entry = RtlLookupFunctionEntry((ULONG64)function, &base, NULL);

    return entry && pc >= base + entry->BeginAddress && pc < base + entry->EndAddress;
}

static void test_walk(void)
{
    struct walk walk = { .count = 0 };
    void *captured[64];
    unsigned count;

    ok(SymInitialize(GetCurrentProcess(), NULL, TRUE), "SymInitialize: %lu", GetLastError());
    compare(&walk);
    ok(walk.count >= 4, "%u frames", walk.count);
    ok(within(walk.pcs[0], inner), "frame 0 at %llx", walk.pcs[0]);
    ok(within(walk.pcs[1], compare), "frame 1 at %llx", walk.pcs[1]);
    ok(within(walk.pcs[2], test_walk), "frame 2 at %llx", walk.pcs[2]);
    count = RtlCaptureStackBackTrace(0, 64, captured, NULL);
    ok(walk.count - 2 == count, "%u frames by StackWalk64, %u by RtlCaptureStackBackTrace", walk.count - 2, count);
    for (unsigned i = 1; i < count && i + 2 < walk.count; i++)
        ok(walk.pcs[i + 2] == (DWORD64)captured[i], "frame %u: %llx, %p", i, walk.pcs[i + 2], captured[i]);
    ok(SymFunctionTableAccess64(GetCurrentProcess(), (DWORD64)test_walk) != NULL, "SymFunctionTableAccess64");
    ok(!SymFunctionTableAccess64(GetCurrentProcess(), 0x1000), "SymFunctionTableAccess64 outside of code");
    SymCleanup(GetCurrentProcess());
}

#else
static void test_walk(void)
{
    skip(1, "x86_64 only");
}
#endif

static void test_undecorate(void)
{
    char text[128];

    ok(UnDecorateSymbolName("?f@A@@QEBAHXZ", text, 128, UNDNAME_COMPLETE) == 43 &&
           same(text, "public: int __cdecl A::f(void)const __ptr64"), "%s", text);
    ok(UnDecorateSymbolName("?f@A@@QEBAHXZ", text, 128, UNDNAME_NAME_ONLY) == 4 && same(text, "A::f"), "%s", text);
    ok(UnDecorateSymbolName("main", text, 128, 0) == 4 && same(text, "main"), "%s", text);
}

START_TESTS
{
    test_sessions();
    test_symbols();
    test_walk();
    test_undecorate();
}
