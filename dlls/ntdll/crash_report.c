/* The report of an unhandled exception: what happened, registers, stack and modules, as text in a file below
 * $FERRY_CRASH_DIR (`ferry --crash-dir DIR`). Written by the thread that crashed, so it trusts little: no heap, no lock that
 * the crash may hold, memory read through NtReadVirtualMemory. */
#include "except.h"
#include "ldr.h"
#ifdef _WIN64
#include "unwind.h"
#endif

#define FRAMES_MAX 64
#define MISSING_IMPORT 0x80000100 /* ldr_import.c: DLL, function */

static char text[0x8000];
static ULONG used;

static void put(const char *format, ...)
{
    va_list args;
    int length;

    va_start(args, format);
    length = _vsnprintf(text + used, sizeof(text) - used - 1, format, args);
    va_end(args);
    if (length > 0) used += (ULONG)length;
    else if (length < 0) used = sizeof(text) - 1; /* full */
}

static bool read(void *to, const void *from, SIZE_T size)
{
    return NtReadVirtualMemory(NtCurrentProcess(), (void *)from, to, size, NULL) >= 0;
}

static bool in_stack(ULONG_PTR address)
{
    const NT_TIB *tib = &ferry_teb()->Tib;

    return address >= (ULONG_PTR)tib->StackLimit && address < (ULONG_PTR)tib->StackBase;
}

/* ---- places ---- */

/* The export at or below an address; NULL if none is near. */
static const char *nearest_export(const struct module *module, ULONG rva, ULONG *distance)
{
    const char *best = NULL;
    ULONG best_rva = 0;

    for (ULONG i = 0; i < module->name_count; i++) {
        ULONG index = module->ordinals[i], at;
        if (index >= module->function_count || module->names[i] >= module->entry.SizeOfImage) continue;
        at = module->functions[index];
        if (!at || at > rva || at < best_rva || (at >= module->exports_start && at < module->exports_end)) continue;
        best_rva = at;
        best = module->base + module->names[i];
    }
    *distance = rva - best_rva;
    return best && *distance < 0x10000 ? best : NULL;
}

static void put_place(ULONG_PTR address)
{
    FERRY_LDR_ENTRY *entry = ldr_entry_of((void *)address);
    const char *name;
    ULONG distance;

    if (!entry) {
        put("%Ix", address);
        return;
    }
    put("%wZ+%Ix", &entry->BaseDllName, (SIZE_T)(address - (ULONG_PTR)entry->DllBase));
    name = nearest_export(module_of_entry(entry), (ULONG)(address - (ULONG_PTR)entry->DllBase), &distance);
    if (name) put(" (%s+%x)", name, distance);
}

/* ---- parts ---- */

static const char *exception_name(DWORD code)
{
    static const struct {
        DWORD code;
        const char *name;
    } names[] = {
        { (DWORD)STATUS_ACCESS_VIOLATION, "access violation" }, { (DWORD)STATUS_STACK_OVERFLOW, "stack overflow" },
        { (DWORD)STATUS_ILLEGAL_INSTRUCTION, "illegal instruction" }, { (DWORD)STATUS_BREAKPOINT, "breakpoint" },
        { (DWORD)STATUS_PRIVILEGED_INSTRUCTION, "privileged instruction" }, { (DWORD)STATUS_SINGLE_STEP, "single step" },
        { (DWORD)STATUS_INTEGER_DIVIDE_BY_ZERO, "integer division by zero" },
        { (DWORD)STATUS_INTEGER_OVERFLOW, "integer overflow" }, { (DWORD)STATUS_IN_PAGE_ERROR, "in-page error" },
        { (DWORD)STATUS_FLOAT_DIVIDE_BY_ZERO, "floating-point division by zero" },
        { (DWORD)STATUS_FLOAT_INVALID_OPERATION, "invalid floating-point operation" },
        { (DWORD)STATUS_NONCONTINUABLE_EXCEPTION, "continuation of what cannot be continued" },
        { (DWORD)STATUS_INVALID_HANDLE, "invalid handle" }, { (DWORD)STATUS_HEAP_CORRUPTION, "heap corruption" },
        { (DWORD)STATUS_STACK_BUFFER_OVERRUN, "fast fail" }, { MISSING_IMPORT, "missing function" },
        { 0xe06d7363, "C++ exception" }, { 0xe0434352, ".NET exception" }, { 0x0eedfade, "Delphi exception" },
    };

    for (SIZE_T i = 0; i < ARRAY_SIZE(names); i++)
        if (names[i].code == code) return names[i].name;
    return "exception";
}

static void put_exception(const EXCEPTION_RECORD *record)
{
    put("exception  0x%08x, %s\nat         ", record->ExceptionCode, exception_name(record->ExceptionCode));
    put_place((ULONG_PTR)record->ExceptionAddress);
    put("\n");
    if ((record->ExceptionCode == (DWORD)STATUS_ACCESS_VIOLATION || record->ExceptionCode == (DWORD)STATUS_IN_PAGE_ERROR) &&
        record->NumberParameters >= 2)
        put("access     %s %Ix\n", record->ExceptionInformation[0] == 8 ? "execution of" : record->ExceptionInformation[0]
                                       ? "write to" : "read of", (SIZE_T)record->ExceptionInformation[1]);
    else if (record->ExceptionCode == MISSING_IMPORT && record->NumberParameters == 2 && record->ExceptionInformation[1] >> 16)
        put("missing    %s.%s\n", (char *)record->ExceptionInformation[0], (char *)record->ExceptionInformation[1]);
    else if (record->ExceptionCode == MISSING_IMPORT && record->NumberParameters == 2)
        put("missing    %s, ordinal %u\n", (char *)record->ExceptionInformation[0], (ULONG)record->ExceptionInformation[1]);
    else
        for (ULONG i = 0; i < record->NumberParameters && i < EXCEPTION_MAXIMUM_PARAMETERS; i++)
            put("parameter  %Ix\n", (SIZE_T)record->ExceptionInformation[i]);
}

#ifdef _WIN64
static void put_registers(const CONTEXT *c)
{
    put("rax %016I64x  rbx %016I64x  rcx %016I64x  rdx %016I64x\n", c->Rax, c->Rbx, c->Rcx, c->Rdx);
    put("rsi %016I64x  rdi %016I64x  rbp %016I64x  rsp %016I64x\n", c->Rsi, c->Rdi, c->Rbp, c->Rsp);
    put("r8  %016I64x  r9  %016I64x  r10 %016I64x  r11 %016I64x\n", c->R8, c->R9, c->R10, c->R11);
    put("r12 %016I64x  r13 %016I64x  r14 %016I64x  r15 %016I64x\n", c->R12, c->R13, c->R14, c->R15);
    put("rip %016I64x  flags %08x  mxcsr %08x\n", c->Rip, c->EFlags, c->MxCsr);
}

static void put_frames(const CONTEXT *from)
{
    CONTEXT context = *from;

    for (int i = 0; i < FRAMES_MAX; i++) {
        ULONG64 base, frame, pc = context.Rip, next;
        void *data;
        RUNTIME_FUNCTION *function;
        put("%3d  ", i);
        put_place(pc);
        put("\n");
        if (!in_stack(context.Rsp)) break;
        function = RtlLookupFunctionEntry(pc, &base, NULL);
        if (!function && !ldr_entry_of((void *)pc)) { /* called through a wild pointer: the return address is on top */
            if (!read(&next, (void *)context.Rsp, sizeof(next))) break;
            context.Rip = next;
            context.Rsp += 8;
        } else {
            RtlVirtualUnwind(UNW_FLAG_NHANDLER, base, pc, function, &context, &data, &frame, NULL);
        }
        if (!context.Rip) break;
    }
}
#define STACK_POINTER(context) ((context)->Rsp)
#else
static void put_registers(const CONTEXT *c)
{
    put("eax %08x  ebx %08x  ecx %08x  edx %08x\n", c->Eax, c->Ebx, c->Ecx, c->Edx);
    put("esi %08x  edi %08x  ebp %08x  esp %08x\n", c->Esi, c->Edi, c->Ebp, c->Esp);
    put("eip %08x  flags %08x\n", c->Eip, c->EFlags);
}

static void put_frames(const CONTEXT *context)
{
    ULONG frame = context->Ebp, pc = context->Eip, pair[2];

    for (int i = 0; i < FRAMES_MAX; i++) {
        put("%3d  ", i);
        put_place(pc);
        put("\n");
        if (!in_stack(frame) || frame & 3 || !read(pair, (void *)frame, sizeof(pair)) || !pair[1] || pair[0] <= frame) break;
        frame = pair[0];
        pc = pair[1];
    }
}
#define STACK_POINTER(context) ((context)->Esp)
#endif

static void put_stack(const CONTEXT *context)
{
    ULONG_PTR words[4], at = STACK_POINTER(context) & ~(ULONG_PTR)(sizeof(void *) - 1);

    for (int row = 0; row < 16; row++, at += sizeof(words)) {
        if (!read(words, (void *)at, sizeof(words))) break;
        put("%Ix:", at);
        for (int i = 0; i < 4; i++) put(" %0*Ix", (int)sizeof(void *) * 2, words[i]);
        put("\n");
    }
}

static void put_modules(void)
{
    LIST_ENTRY *head = &ferry_peb()->Ldr->InLoadOrderModuleList;
    int count = 0;

    for (LIST_ENTRY *at = head->Flink; at != head && count < 256; at = at->Flink, count++) {
        const struct module *module = (struct module *)at;
        put("%0*Ix %8x  %wZ\n", (int)sizeof(void *) * 2, (SIZE_T)module->entry.DllBase, module->entry.SizeOfImage,
            &module->entry.FullDllName);
    }
}

/* ---- the file ---- */

static NTSTATUS create_file(HANDLE *file, const TIME_FIELDS *time)
{
    static char folder[1024];
    static WCHAR path[1400];
    UNICODE_STRING name = { 0, sizeof(path), path };
    const UNICODE_STRING *image = &ferry_peb()->ProcessParameters->ImagePathName;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    USHORT start = image->Length / sizeof(WCHAR);
    ULONG bytes;
    NTSTATUS status = NtFerryQueryHost("env:FERRY_CRASH_DIR", folder, sizeof(folder), &bytes);

    if (status < 0 || folder[0] != '/') return STATUS_NOT_FOUND;
    memcpy(path, L"\\??\\Z:", 12);
    status = RtlUTF8ToUnicodeN(path + 6, 1000 * sizeof(WCHAR), &bytes, folder, (ULONG)strlen(folder));
    if (status < 0) return status;
    name.Length = (USHORT)(12 + bytes);
    for (USHORT i = 6; i < name.Length / sizeof(WCHAR); i++)
        if (path[i] == '/') path[i] = '\\';
    RtlAppendUnicodeToString(&name, L"\\");
    while (start && image->Buffer[start - 1] != '\\') start--;
    UNICODE_STRING last = { image->Length - start * sizeof(WCHAR), 0, image->Buffer + start }, suffix;
    WCHAR wide[48];
    char narrow[48];
    _snprintf(narrow, sizeof(narrow), "-%04d%02d%02d-%02d%02d%02d-%u.txt", time->Year, time->Month, time->Day, time->Hour,
              time->Minute, time->Second, (ULONG)(ULONG_PTR)ferry_teb()->ClientId.UniqueProcess);
    RtlUTF8ToUnicodeN(wide, sizeof(wide), &bytes, narrow, (ULONG)strlen(narrow));
    suffix = (UNICODE_STRING){ (USHORT)bytes, sizeof(wide), wide };
    RtlAppendUnicodeStringToString(&name, &last);
    RtlAppendUnicodeStringToString(&name, &suffix);
    InitializeObjectAttributes(&attributes, &name, 0, NULL, NULL);
    return NtCreateFile(file, FILE_GENERIC_WRITE, &attributes, &io, NULL, FILE_ATTRIBUTE_NORMAL, FILE_SHARE_READ,
                        FILE_OVERWRITE_IF, FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE, NULL, 0);
}

/* Writes the report if the user asked for one; the first crash of the process counts. The exception as the filter of last
 * resort gets it. STATUS_NOT_FOUND: nobody asked. */
NTSTATUS NTAPI FerryReportCrash(const EXCEPTION_POINTERS *pointers)
{
    static LONG once;
    FERRY_PROCESS_PARAMETERS *parameters = ferry_peb()->ProcessParameters;
    LARGE_INTEGER now;
    TIME_FIELDS time;
    IO_STATUS_BLOCK io;
    HANDLE file;
    NTSTATUS status;

    if (InterlockedExchange(&once, 1)) return STATUS_ALREADY_COMMITTED;
    NtQuerySystemTime(&now);
    RtlTimeToTimeFields(&now, &time);
    if ((status = create_file(&file, &time)) < 0) return status;
    put("Ferry %s crash report, %04d-%02d-%02d %02d:%02d:%02d UTC\n\n", FERRY_VERSION, time.Year, time.Month, time.Day,
        time.Hour, time.Minute, time.Second);
    put("program    %wZ\narguments  %.*ls\n", &parameters->ImagePathName,
        (int)min(parameters->CommandLine.Length / sizeof(WCHAR), 1000), parameters->CommandLine.Buffer);
    put("process    %u, thread %u\n", (ULONG)(ULONG_PTR)ferry_teb()->ClientId.UniqueProcess,
        (ULONG)(ULONG_PTR)ferry_teb()->ClientId.UniqueThread);
    put_exception(pointers->ExceptionRecord);
    put("\nRegisters\n");
    put_registers(pointers->ContextRecord);
    put("\nCalls, newest first\n");
    put_frames(pointers->ContextRecord);
    put("\nStack\n");
    put_stack(pointers->ContextRecord);
    put("\nModules: base, size, path\n");
    put_modules();
    status = NtWriteFile(file, NULL, NULL, NULL, &io, text, used, NULL, NULL);
    NtClose(file);
    return status;
}
