/* The first code of a process and of each thread. */
#include "ldr.h"

static FERRY_PEB_LDR_DATA ldr_data = { .Length = sizeof(ldr_data), .Initialized = TRUE };
static RTL_CRITICAL_SECTION_DEBUG loader_lock_debug;
RTL_CRITICAL_SECTION loader_lock = { &loader_lock_debug, -1, 0, 0, 0, 0 };
static RTL_CRITICAL_SECTION_DEBUG peb_lock_debug;
static RTL_CRITICAL_SECTION peb_lock = { &peb_lock_debug, -1, 0, 0, 0, 0 };
static RTL_BITMAP tls_bitmap = { 64, NULL }, tls_expansion_bitmap = { 1024, NULL };

static void describe_lock(RTL_CRITICAL_SECTION *lock, RTL_CRITICAL_SECTION_DEBUG *debug)
{
    debug->CriticalSection = lock;
    InitializeListHead(&debug->ProcessLocksList);
}

__attribute__((noreturn)) static void fail(NTSTATUS status)
{
    for (;;) NtTerminateProcess(NtCurrentProcess(), status);
}

static void init_peb(FERRY_PEB *peb)
{
    IMAGE_NT_HEADERS *nt = RtlImageNtHeader(peb->ImageBaseAddress);

    describe_lock(&loader_lock, &loader_lock_debug);
    describe_lock(&peb_lock, &peb_lock_debug);
    peb->FastPebLock = &peb_lock;
    peb->LoaderLock = &loader_lock;
    peb->Ldr = &ldr_data;
    peb->ApiSetMap = (void *)apiset_map;
    InitializeListHead(&ldr_data.InLoadOrderModuleList);
    InitializeListHead(&ldr_data.InMemoryOrderModuleList);
    InitializeListHead(&ldr_data.InInitializationOrderModuleList);
    tls_bitmap.Buffer = peb->TlsBitmapBits;
    tls_expansion_bitmap.Buffer = peb->TlsExpansionBitmapBits;
    peb->TlsBitmap = &tls_bitmap;
    peb->TlsExpansionBitmap = &tls_expansion_bitmap;
    peb->OSMajorVersion = 10;
    peb->OSMinorVersion = 0;
    peb->OSBuildNumber = 19045;
    peb->OSPlatformId = VER_PLATFORM_WIN32_NT;
    peb->CriticalSectionTimeout.QuadPart = 2592000ll * -10000000;
    if (nt) {
        peb->ImageSubsystem = nt->OptionalHeader.Subsystem;
        peb->ImageSubsystemMajorVersion = nt->OptionalHeader.MajorSubsystemVersion;
        peb->ImageSubsystemMinorVersion = nt->OptionalHeader.MinorSubsystemVersion;
    }
}

/* kernel32.dll is in every process, whether it imports it or not. */
static NTSTATUS load_kernel32(struct module **kernel32)
{
    UNICODE_STRING name;

    RtlInitUnicodeString(&name, L"kernel32.dll");
    return load_module(NULL, 0, 0, &name, NULL, kernel32);
}

/* `name` becomes what `from` is, or `value` if that is NULL. */
static void set_variable(const WCHAR *name, const WCHAR *from, const WCHAR *value)
{
    WCHAR text[MAX_PATH];
    UNICODE_STRING to, string;
    SIZE_T length = 0;

    if (from) {
        if (RtlQueryEnvironmentVariable(NULL, from, wcslen(from), text, ARRAY_SIZE(text) - 1, &length) < 0) return;
        text[length] = 0;
        value = text;
    }
    RtlInitUnicodeString(&to, name);
    RtlInitUnicodeString(&string, value);
    RtlSetEnvironmentVariable(NULL, &to, value ? &string : NULL);
}

/* What a process of this architecture finds in its environment, whoever started it (win32 docs: WOW64 Implementation
 * Details, environment variables). */
static void set_environment(void)
{
#ifdef _WIN64
    WCHAR text[16];
    SIZE_T length;

    if (RtlQueryEnvironmentVariable(NULL, L"PROCESSOR_ARCHITEW6432", 22, text, ARRAY_SIZE(text), &length) < 0) return;
    set_variable(L"PROCESSOR_ARCHITEW6432", NULL, NULL);
    set_variable(L"PROCESSOR_ARCHITECTURE", NULL, L"AMD64");
    set_variable(L"ProgramFiles", L"ProgramW6432", NULL);
    set_variable(L"CommonProgramFiles", L"CommonProgramW6432", NULL);
#else
    set_variable(L"PROCESSOR_ARCHITEW6432", NULL, L"AMD64");
    set_variable(L"PROCESSOR_ARCHITECTURE", NULL, L"x86");
    set_variable(L"ProgramFiles", L"ProgramFiles(x86)", NULL);
    set_variable(L"CommonProgramFiles", L"CommonProgramFiles(x86)", NULL);
#endif
}

static void start_process(void *ntdll_base)
{
    FERRY_PEB *peb = ferry_peb();
    UNICODE_STRING name;
    struct module *kernel32;
    NTSTATUS status;

    init_peb(peb);
    if (!(peb->ProcessHeap = RtlCreateHeap(HEAP_GROWABLE, NULL, 0, 0, NULL, NULL))) fail(STATUS_NO_MEMORY);
    process_starting = true;
    RtlEnterCriticalSection(&loader_lock);
    if ((status = module_create(peb->ImageBaseAddress, &peb->ProcessParameters->ImagePathName, &main_module)) < 0) fail(status);
    RtlInitUnicodeString(&name, L"C:\\windows\\system32\\ntdll.dll");
    if ((status = module_create(ntdll_base, &name, &ntdll_module)) < 0) fail(status);
    main_module->load_count = ntdll_module->load_count = PINNED;
    ntdll_module->bound = ntdll_module->attached = true;
    ntdll_module->no_thread_calls = true;
    ntdll_module->entry.Flags |= LDRP_PROCESS_ATTACH_CALLED | LDRP_ENTRY_PROCESSED;
    InsertTailList(&ldr_data.InInitializationOrderModuleList, &ntdll_module->entry.InInitializationOrderLinks);
    if (tls_start_thread() < 0) fail(STATUS_NO_MEMORY);
    nls_init(actctx_init());
    set_environment();

    if ((status = load_kernel32(&kernel32)) < 0) {
        report("ferry: kernel32.dll cannot be loaded (0x%08x)", status);
        fail(status);
    }
    if ((status = tls_add_module(main_module)) < 0) fail(status);
    if ((status = bind_imports(main_module, NULL, 0)) < 0) fail(status);
    main_module->entry.Flags |= LDRP_ENTRY_PROCESSED;
    for (LIST_ENTRY *at = ldr_data.InLoadOrderModuleList.Flink; at != &ldr_data.InLoadOrderModuleList; at = at->Flink) {
        struct module *module = (struct module *)at;
        module->load_count = PINNED;
        module->entry.ObsoleteLoadCount = 0xffff;
    }
    if ((status = initialize_graph(kernel32, (void *)1)) < 0) fail(status);
    if ((status = initialize_graph(main_module, (void *)1)) < 0) fail(status);
    main_module->attached = true; /* not in the initialisation list: DllMain is not for programs */
    main_module->entry.Flags |= LDRP_PROCESS_ATTACH_CALLED;
    if (main_module->tls) tls_call_callbacks(main_module, DLL_PROCESS_ATTACH, (void *)1);
    process_starting = false;
    RtlLeaveCriticalSection(&loader_lock);
}

/* Entered by the host on every thread, with the registers the thread goes on with. */
void NTAPI LdrInitializeThunk(CONTEXT *context, void *ntdll_base, void *unused, void *unused2)
{
    static LONG started;

    ferry_teb()->ActivationContextStackPointer = &ferry_teb()->ActivationStack;
    InitializeListHead(&ferry_teb()->ActivationStack.FrameListCache);
    if (!InterlockedExchange(&started, 1)) {
        start_process(ntdll_base);
    } else if (!ldr_data.ShutdownInProgress) {
        RtlEnterCriticalSection(&loader_lock);
        if (tls_start_thread() < 0) {
            RtlLeaveCriticalSection(&loader_lock);
            NtTerminateThread(NtCurrentThread(), STATUS_NO_MEMORY);
        }
        ldr_thread_attach();
        RtlLeaveCriticalSection(&loader_lock);
    }
    NtContinue(context, TRUE);
}

/* ---- RtlUserThreadStart: the bottom of every stack ---- */

__attribute__((noreturn, used)) static void run_thread(ULONG(NTAPI *routine)(void *), void *argument)
{
    RtlExitUserThread(routine(argument));
    __builtin_unreachable();
}

/* The handler of the bottom frame: the unhandled exception filter decides. */
__attribute__((used)) EXCEPTION_DISPOSITION __cdecl bottom_handler(EXCEPTION_RECORD *record, void *frame, CONTEXT *context,
                                                                   void *dispatcher)
{
    EXCEPTION_POINTERS pointers = { record, context };

    if (record->ExceptionFlags & (EXCEPTION_UNWINDING | EXCEPTION_EXIT_UNWIND)) return ExceptionContinueSearch;
    switch (top_level_filter(&pointers)) {
    case EXCEPTION_CONTINUE_EXECUTION: return ExceptionContinueExecution;
    case EXCEPTION_EXECUTE_HANDLER: fail(record->ExceptionCode);
    default: return ExceptionContinueSearch;
    }
}

#ifdef _WIN64
__asm__(".text\n"
        ".globl RtlUserThreadStart\n"
        ".seh_proc RtlUserThreadStart\n"
        "RtlUserThreadStart:\n\t"
        "subq $0x28, %rsp\n\t"
        ".seh_stackalloc 0x28\n\t"
        ".seh_handler bottom_handler, @except\n\t"
        ".seh_endprologue\n\t"
        "call run_thread\n\t"
        "int3\n\t"
        ".seh_endproc\n");
#else
/* eax: routine, ebx: argument, as the kernel leaves them in a new thread's context. */
__asm__(".text\n"
        ".globl _RtlUserThreadStart@8\n"
        "_RtlUserThreadStart@8:\n\t"
        "movl %ebx, %edx\n\t"
        "xorl %ebp, %ebp\n\t"
        "andl $-16, %esp\n\t"
        "pushl $_bottom_handler\n\t"
        "pushl $-1\n\t"
        "movl %esp, %fs:0\n\t"
        "pushl %edx\n\t"
        "pushl %eax\n\t"
        "call _run_thread\n\t"
        "int3\n");
#endif
