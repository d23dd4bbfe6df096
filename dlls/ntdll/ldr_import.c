/* Imports: static ones bound at load time, delay-loaded ones at their first call, and what stands in for a function
 * that nobody implements.
 */
#include "ldr.h"

#define EXCEPTION_FERRY_MISSING 0x80000100 /* what toolmakers use for a call to a stub: DLL, function */

/* ---- missing functions ---- */

struct missing {
    char dll[64];
    char name[160]; /* "#12" for an ordinal */
    ULONG_PTR name_or_ordinal;
    UCHAR code[32];
};

/* The thunk jumps here with its record and the return address of the call. */
static void __cdecl missing_called(struct missing *missing, char *caller)
{
    FERRY_LDR_ENTRY *entry = ldr_entry_of(caller);
    EXCEPTION_RECORD record = { .ExceptionCode = EXCEPTION_FERRY_MISSING, .ExceptionFlags = EXCEPTION_NONCONTINUABLE };

    if (entry)
        report("ferry: %s.%s is missing, called from %wZ+0x%Ix", missing->dll, missing->name, &entry->BaseDllName,
               (SIZE_T)(caller - (char *)entry->DllBase));
    else report("ferry: %s.%s is missing, called from 0x%Ix", missing->dll, missing->name, (SIZE_T)caller);
    record.ExceptionAddress = caller;
    record.NumberParameters = 2;
    record.ExceptionInformation[0] = (ULONG_PTR)missing->dll;
    record.ExceptionInformation[1] = missing->name_or_ordinal;
    for (;;) RtlRaiseException(&record);
}

/* Code that reports and raises when called. `name` NULL: by ordinal. NULL without memory. */
void *missing_function(const char *dll, const char *name, ULONG ordinal)
{
    static char *block;
    static SIZE_T used, room;

    if (used + sizeof(struct missing) > room) {
        void *base = NULL;
        SIZE_T size = 0x10000;
        if (NtAllocateVirtualMemory(NtCurrentProcess(), &base, 0, &size, MEM_RESERVE | MEM_COMMIT,
                                    PAGE_EXECUTE_READWRITE) < 0)
            return NULL;
        block = base;
        room = size;
        used = 0;
    }
    struct missing *missing = (struct missing *)(block + used);
    used += sizeof(*missing);

    size_t length = strlen(dll);
    if (length > 4 && !_stricmp(dll + length - 4, ".dll")) length -= 4;
    if (length >= sizeof(missing->dll)) length = sizeof(missing->dll) - 1;
    memcpy(missing->dll, dll, length);
    if (name) {
        length = strnlen(name, sizeof(missing->name) - 1);
        memcpy(missing->name, name, length);
        missing->name_or_ordinal = (ULONG_PTR)missing->name;
    } else {
        _snprintf(missing->name, sizeof(missing->name), "#%u", ordinal);
        missing->name_or_ordinal = ordinal;
    }
    UCHAR *code = missing->code;
    void *handler = (void *)missing_called;
#ifdef _WIN64
    /* mov rcx, missing; mov rdx, [rsp]; mov rax, handler; jmp rax */
    code[0] = 0x48, code[1] = 0xb9;
    memcpy(code + 2, &missing, 8);
    memcpy(code + 10, "\x48\x8b\x14\x24\x48\xb8", 6);
    memcpy(code + 16, &handler, 8);
    code[24] = 0xff, code[25] = 0xe0;
#else
    /* mov eax, [esp]; push eax; push missing; push eax; mov eax, handler; jmp eax */
    memcpy(code, "\x8b\x04\x24\x50\x68", 5);
    memcpy(code + 5, &missing, 4);
    code[9] = 0x50, code[10] = 0xb8;
    memcpy(code + 11, &handler, 4);
    code[15] = 0xff, code[16] = 0xe0;
#endif
    return code;
}

/* ---- static imports ---- */

/* The pages that hold the import addresses, made writable for the time of binding. */
struct window {
    void *start;
    SIZE_T size;
    ULONG old;
    bool changed;
};

static bool section_is_writable(const struct module *module, ULONG rva, ULONG size)
{
    const IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(module->nt);

    for (int i = 0; i < module->nt->FileHeader.NumberOfSections; i++, section++) {
        ULONG length = section->Misc.VirtualSize ? section->Misc.VirtualSize : section->SizeOfRawData;
        if (rva >= section->VirtualAddress && rva - section->VirtualAddress < length)
            return section->Characteristics & IMAGE_SCN_MEM_WRITE &&
                   size <= length + 0xfff - (rva - section->VirtualAddress);
    }
    return false;
}

static NTSTATUS open_window(struct module *module, ULONG start, ULONG end, struct window *window)
{
    window->changed = false;
    if (start >= end || section_is_writable(module, start, end - start)) return STATUS_SUCCESS;
    window->start = (char *)module->base + start;
    window->size = end - start;
    NTSTATUS status = NtProtectVirtualMemory(NtCurrentProcess(), &window->start, &window->size, PAGE_READWRITE, &window->old);
    window->changed = status >= 0;
    return status;
}

static void close_window(struct window *window)
{
    ULONG old;

    if (window->changed)
        NtProtectVirtualMemory(NtCurrentProcess(), &window->start, &window->size, window->old, &old);
}

/* How many thunks a table has, 0 when it runs out of the image. */
static ULONG thunk_count(const struct module *module, ULONG rva)
{
    if (!range_in_image(module, rva, sizeof(ULONG_PTR))) return 0;
    const ULONG_PTR *thunk = (const void *)(module->base + rva);
    ULONG limit = (module->entry.SizeOfImage - rva) / sizeof(ULONG_PTR), count = 0;
    while (count < limit && thunk[count]) count++;
    return count < limit ? count : 0;
}

static void bind_descriptor(struct module *module, const IMAGE_IMPORT_DESCRIPTOR *descriptor, struct module *from,
                            const char *dll_name)
{
    /* Without the original thunks (old Borland linkers) the names are in the address table itself. */
    ULONG names_rva = descriptor->OriginalFirstThunk ? descriptor->OriginalFirstThunk : descriptor->FirstThunk;
    ULONG count = thunk_count(module, names_rva);
    const ULONG_PTR *names = (const void *)(module->base + names_rva);
    void **addresses = (void **)(module->base + descriptor->FirstThunk);

    if (!range_in_image(module, descriptor->FirstThunk, count * sizeof(void *))) return;
    for (ULONG i = 0; i < count; i++) {
        void *address;
        ULONG_PTR thunk = names[i];
        if (IMAGE_SNAP_BY_ORDINAL(thunk)) {
            address = export_by_ordinal(from, IMAGE_ORDINAL(thunk), NULL);
            if (!address) address = missing_function(dll_name, NULL, IMAGE_ORDINAL(thunk));
        } else {
            if (!range_in_image(module, (ULONG)thunk, 3)) continue;
            const IMAGE_IMPORT_BY_NAME *import = (const void *)(module->base + thunk);
            address = export_by_name(from, (const char *)import->Name, import->Hint, NULL);
            if (!address) address = missing_function(dll_name, (const char *)import->Name, 0);
        }
        addresses[i] = address;
    }
}

/* Resolves all imports. STATUS_DLL_NOT_FOUND names the culprit in a report when the process is starting. */
NTSTATUS bind_imports(struct module *module, const WCHAR *search_path, ULONG search_flags)
{
    IMAGE_DATA_DIRECTORY *directory = &module->nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
    IMAGE_DATA_DIRECTORY *addresses = &module->nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IAT];
    ULONG start = ~0u, end = 0;
    NTSTATUS status = STATUS_SUCCESS;
    struct window window;

    module->bound = true;
    if (module->nt->OptionalHeader.NumberOfRvaAndSizes <= IMAGE_DIRECTORY_ENTRY_IMPORT || !directory->VirtualAddress ||
        !directory->Size)
        return STATUS_SUCCESS;
    const IMAGE_IMPORT_DESCRIPTOR *first = (const void *)(module->base + directory->VirtualAddress), *at;
    if (!range_in_image(module, directory->VirtualAddress, sizeof(*first))) return STATUS_INVALID_IMAGE_FORMAT;

    /* The descriptors end with an empty one; the directory's size is not to be trusted. */
    ULONG descriptors = 0, limit = (module->entry.SizeOfImage - directory->VirtualAddress) / sizeof(*first);
    for (at = first; descriptors < limit && at->Name && at->FirstThunk; at++, descriptors++) {
        ULONG count = thunk_count(module, at->OriginalFirstThunk ? at->OriginalFirstThunk : at->FirstThunk);
        if (!range_in_image(module, at->FirstThunk, count * sizeof(void *))) return STATUS_INVALID_IMAGE_FORMAT;
        if (at->FirstThunk < start) start = at->FirstThunk;
        if (at->FirstThunk + count * sizeof(void *) > end) end = at->FirstThunk + count * sizeof(void *);
    }
    if (module->nt->OptionalHeader.NumberOfRvaAndSizes > IMAGE_DIRECTORY_ENTRY_IAT && addresses->Size &&
        range_in_image(module, addresses->VirtualAddress, addresses->Size) && addresses->VirtualAddress <= start &&
        addresses->VirtualAddress + addresses->Size >= end) {
        start = addresses->VirtualAddress;
        end = start + addresses->Size;
    }
    if ((status = open_window(module, start, end, &window)) < 0) return status;

    for (at = first; at < first + descriptors; at++) {
        const char *name = module->base + at->Name;
        struct module *from;
        if (!range_in_image(module, at->Name, 2)) {
            status = STATUS_INVALID_IMAGE_FORMAT;
            break;
        }
        NTSTATUS load = load_module_ansi(name, (ULONG)strlen(name), search_path, search_flags, module, &from);
        if (load >= 0) load = module_needs(module, from);
        if (load < 0) {
            if (process_starting) {
                if (load == STATUS_DLL_NOT_FOUND)
                    report("ferry: %wZ needs %s, which was not found", &module->entry.BaseDllName, name);
                else report("ferry: %wZ needs %s, which cannot be loaded (0x%08x)", &module->entry.BaseDllName, name, load);
            }
            /* All of them are reported before the program ends; one is enough for LoadLibrary. */
            if (status >= 0) status = load;
            if (!process_starting) break;
            continue;
        }
        bind_descriptor(module, at, from, name);
    }
    close_window(&window);
    return status;
}

/* ---- delay-loaded imports ---- */

/* delayloadhandler.h: what the failure hooks are told. */
struct delay_load_info {
    ULONG Size;
    const IMAGE_DELAYLOAD_DESCRIPTOR *DelayloadDescriptor;
    IMAGE_THUNK_DATA *ThunkAddress;
    const char *TargetDllName;
    struct {
        ULONG ImportDescribedByName;
        union {
            const char *Name;
            ULONG Ordinal;
        } Description;
    } TargetApiDescriptor;
    void *TargetModuleBase;
    void *Unused;
    ULONG LastError;
};

#define DELAYLOAD_GPA_FAILURE 4

/* Resolves one delay-loaded function and writes its address. The hooks may supply one on failure: first the
 * program's, then the system's, which raises. The source is the reference page of ResolveDelayLoadedAPI. */
void *NTAPI LdrResolveDelayLoadedAPI(void *base, const IMAGE_DELAYLOAD_DESCRIPTOR *descriptor,
                                     PDELAYLOAD_FAILURE_DLL_CALLBACK dll_hook,
                                     PDELAYLOAD_FAILURE_SYSTEM_ROUTINE system_hook, IMAGE_THUNK_DATA *thunk, ULONG flags)
{
    char *image = base;
    void **handle = (void **)(image + descriptor->ModuleHandleRVA);
    IMAGE_THUNK_DATA *addresses = (IMAGE_THUNK_DATA *)(image + descriptor->ImportAddressTableRVA);
    const IMAGE_THUNK_DATA *names = (IMAGE_THUNK_DATA *)(image + descriptor->ImportNameTableRVA);
    const char *dll = image + descriptor->DllNameRVA;
    const IMAGE_THUNK_DATA *wanted = &names[thunk - addresses];
    bool by_ordinal = IMAGE_SNAP_BY_ORDINAL(wanted->u1.Ordinal);
    const char *name = by_ordinal ? NULL : (const char *)((IMAGE_IMPORT_BY_NAME *)(image + wanted->u1.AddressOfData))->Name;
    ULONG ordinal = IMAGE_ORDINAL(wanted->u1.Ordinal);
    void *address = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    RtlEnterCriticalSection(&loader_lock);
    if (!*handle) {
        UNICODE_STRING wide;
        void *loaded;
        if (RtlCreateUnicodeStringFromAsciiz(&wide, dll)) {
            status = LdrLoadDll(NULL, NULL, &wide, &loaded);
            RtlFreeUnicodeString(&wide);
            if (status >= 0) *handle = loaded;
        } else {
            status = STATUS_NO_MEMORY;
        }
    }
    if (status >= 0) {
        struct module *module = module_by_handle(*handle);
        if (!module) status = STATUS_DLL_NOT_FOUND;
        else if (!(address = by_ordinal ? export_by_ordinal(module, ordinal, NULL) : export_by_name(module, name, -1, NULL)))
            status = by_ordinal ? STATUS_ORDINAL_NOT_FOUND : STATUS_ENTRYPOINT_NOT_FOUND;
    }
    RtlLeaveCriticalSection(&loader_lock);

    if (!address) {
        struct delay_load_info info = {
            .Size = sizeof(info),
            .DelayloadDescriptor = descriptor,
            .ThunkAddress = thunk,
            .TargetDllName = dll,
            .TargetModuleBase = *handle,
            .LastError = RtlNtStatusToDosErrorNoTeb(status),
        };
        info.TargetApiDescriptor.ImportDescribedByName = !by_ordinal;
        if (by_ordinal) info.TargetApiDescriptor.Description.Ordinal = ordinal;
        else info.TargetApiDescriptor.Description.Name = name;
        if (dll_hook) address = dll_hook(DELAYLOAD_GPA_FAILURE, &info);
        if (!address && system_hook) address = system_hook(dll, by_ordinal ? (const char *)(ULONG_PTR)ordinal : name);
        if (!address) address = missing_function(dll, name, ordinal);
    }
    if (address) {
        void *start = thunk;
        SIZE_T size = sizeof(*thunk);
        ULONG old;
        if (NtProtectVirtualMemory(NtCurrentProcess(), &start, &size, PAGE_READWRITE, &old) >= 0) {
            thunk->u1.Function = (ULONG_PTR)address;
            if (old != PAGE_READWRITE) NtProtectVirtualMemory(NtCurrentProcess(), &start, &size, old, &old);
        }
    }
    return address;
}

/* Resolves every delay-loaded import of `target` (all of them when NULL) of the module at `base`. */
NTSTATUS NTAPI LdrResolveDelayLoadsFromDll(void *base, const char *target, ULONG flags)
{
    ULONG size;
    NTSTATUS result = STATUS_SUCCESS;

    if (flags) return STATUS_INVALID_PARAMETER_3;
    const IMAGE_DELAYLOAD_DESCRIPTOR *at = RtlImageDirectoryEntryToData(base, TRUE, IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT, &size);
    if (!at) return STATUS_DLL_NOT_FOUND;
    bool found = false;
    for (; at->DllNameRVA; at++) {
        if (target && _stricmp((char *)base + at->DllNameRVA, target)) continue;
        found = true;
        IMAGE_THUNK_DATA *thunk = (IMAGE_THUNK_DATA *)((char *)base + at->ImportAddressTableRVA);
        const IMAGE_THUNK_DATA *name = (IMAGE_THUNK_DATA *)((char *)base + at->ImportNameTableRVA);
        for (; name->u1.AddressOfData; name++, thunk++)
            if (!LdrResolveDelayLoadedAPI(base, at, NULL, NULL, thunk, 0)) result = STATUS_ENTRYPOINT_NOT_FOUND;
    }
    return found ? result : STATUS_DLL_NOT_FOUND;
}
