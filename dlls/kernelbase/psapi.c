/* psapi.h: modules, memory and list of processes. */
#include "process_modules.h"
#include <psapi.h>

#define MODULES_MAX 4096 /* a list longer than this is damaged */

NTSTATUS process_modules(HANDLE process, bool (*visit)(const struct process_module *, void *), void *context)
{
    PROCESS_BASIC_INFORMATION info;
    FERRY_PEB_LDR_DATA *data;
    LIST_ENTRY *head, *link;
    NTSTATUS status = NtQueryInformationProcess(process, ProcessBasicInformation, &info, sizeof(info), NULL);

    if (status < 0) return status;
    status = NtReadVirtualMemory(process, (char *)info.PebBaseAddress + offsetof(FERRY_PEB, Ldr), &data, sizeof(data), NULL);
    if (status < 0) return status;
    if (!data) return STATUS_PARTIAL_COPY;
    head = &data->InLoadOrderModuleList;
    status = NtReadVirtualMemory(process, head, &link, sizeof(link), NULL);
    for (int i = 0; status >= 0 && link != head && i < MODULES_MAX; i++) {
        FERRY_LDR_ENTRY entry;
        status = NtReadVirtualMemory(process, link, &entry, offsetof(FERRY_LDR_ENTRY, Flags), NULL);
        if (status < 0) break;
        struct process_module module = { entry.DllBase, entry.EntryPoint, entry.SizeOfImage, entry.FullDllName,
                                         entry.BaseDllName };
        if (!visit(&module, context)) break;
        link = entry.InLoadOrderLinks.Flink;
    }
    return status;
}

/* ---- modules ---- */

struct enumeration {
    HMODULE *modules;
    DWORD room, count;
};

static bool add_module(const struct process_module *module, void *context)
{
    struct enumeration *all = context;

    if (all->count < all->room) all->modules[all->count] = module->base;
    all->count++;
    return true;
}

/* `size` and `*needed` in bytes. A process has modules of its own bitness alone, so the filters that name the other one
 * find none. */
BOOL WINAPI K32EnumProcessModulesEx(HANDLE process, HMODULE *modules, DWORD size, LPDWORD needed, DWORD filter)
{
    struct enumeration all = { modules, size / sizeof(*modules), 0 };
    DWORD other = sizeof(void *) == 8 ? LIST_MODULES_32BIT : LIST_MODULES_64BIT;
    NTSTATUS status;

    if (filter & ~LIST_MODULES_ALL) return set_error(ERROR_INVALID_PARAMETER);
    status = process_modules(process, add_module, &all);
    if (status < 0) return set_status(status);
    if (filter == other) all.count = 0;
    *needed = all.count * sizeof(*modules);
    return TRUE;
}

BOOL WINAPI K32EnumProcessModules(HANDLE process, HMODULE *modules, DWORD size, LPDWORD needed)
{
    return K32EnumProcessModulesEx(process, modules, size, needed, LIST_MODULES_DEFAULT);
}

struct search {
    HMODULE wanted; /* NULL: the program itself, which is first */
    struct process_module found;
    bool any;
};

static bool match_module(const struct process_module *module, void *context)
{
    struct search *search = context;

    if (search->wanted && search->wanted != module->base) return true;
    search->found = *module;
    search->any = true;
    return false;
}

static BOOL find_module(HANDLE process, HMODULE wanted, struct process_module *module)
{
    struct search search = { .wanted = wanted };
    NTSTATUS status = process_modules(process, match_module, &search);

    if (status < 0) return set_status(status);
    if (!search.any) return set_error(ERROR_INVALID_HANDLE);
    *module = search.found;
    return TRUE;
}

BOOL WINAPI K32GetModuleInformation(HANDLE process, HMODULE handle, LPMODULEINFO info, DWORD size)
{
    struct process_module module;

    if (size < sizeof(*info)) return set_error(ERROR_INSUFFICIENT_BUFFER);
    if (!find_module(process, handle, &module)) return FALSE;
    *info = (MODULEINFO){ module.base, module.size, module.entry };
    return TRUE;
}

/* A name in the other process on our heap, terminated; NULL with the error set. */
static WCHAR *read_name(HANDLE process, const UNICODE_STRING *name, DWORD *length)
{
    WCHAR *text = mem_alloc(name->Length + sizeof(WCHAR));
    NTSTATUS status = STATUS_NO_MEMORY;

    if (text) status = NtReadVirtualMemory(process, name->Buffer, text, name->Length, NULL);
    if (status < 0) {
        mem_free(text);
        set_status(status);
        return NULL;
    }
    *length = name->Length / sizeof(WCHAR);
    text[*length] = 0;
    return text;
}

/* Cut to the buffer and terminated, ERROR_INSUFFICIENT_BUFFER set then; returns the units written without
 * terminator, or `size` when cut. */
static DWORD cut_wide(WCHAR *buffer, DWORD size, const WCHAR *text, DWORD length)
{
    if (!size) return (DWORD)set_error(ERROR_INSUFFICIENT_BUFFER);
    DWORD copied = length < size ? length : size - 1;
    memcpy(buffer, text, copied * sizeof(WCHAR));
    buffer[copied] = 0;
    if (length < size) return length;
    set_error(ERROR_INSUFFICIENT_BUFFER);
    return size;
}

static DWORD cut_ansi(char *buffer, DWORD size, const WCHAR *text, DWORD length)
{
    DWORD bytes = ansi_size(text, length);
    char *ansi;

    if (!size) return (DWORD)set_error(ERROR_INSUFFICIENT_BUFFER);
    if (bytes < size) {
        buffer[ansi_from_wide(buffer, bytes, text, length)] = 0;
        return bytes;
    }
    if (!(ansi = mem_alloc(bytes))) return (DWORD)set_error(ERROR_NOT_ENOUGH_MEMORY);
    ansi_from_wide(ansi, bytes, text, length);
    memcpy(buffer, ansi, size - 1);
    buffer[size - 1] = 0;
    mem_free(ansi);
    set_error(ERROR_INSUFFICIENT_BUFFER);
    return size;
}

static DWORD module_text(HANDLE process, HMODULE handle, bool path, WCHAR *wide, char *ansi, DWORD size)
{
    struct process_module module;
    DWORD length, result;
    WCHAR *text;

    if (!find_module(process, handle, &module)) return 0;
    if (!(text = read_name(process, path ? &module.path : &module.name, &length))) return 0;
    result = wide ? cut_wide(wide, size, text, length) : cut_ansi(ansi, size, text, length);
    mem_free(text);
    return result;
}

DWORD WINAPI K32GetModuleBaseNameW(HANDLE process, HMODULE module, LPWSTR name, DWORD size)
{
    if (!name || !size) return (DWORD)set_error(ERROR_INVALID_PARAMETER);
    return module_text(process, module, false, name, NULL, size);
}

DWORD WINAPI K32GetModuleBaseNameA(HANDLE process, HMODULE module, LPSTR name, DWORD size)
{
    if (!name || !size) return (DWORD)set_error(ERROR_INVALID_PARAMETER);
    return module_text(process, module, false, NULL, name, size);
}

DWORD WINAPI K32GetModuleFileNameExW(HANDLE process, HMODULE module, LPWSTR name, DWORD size)
{
    if (!size) return (DWORD)set_error(ERROR_INSUFFICIENT_BUFFER);
    return module_text(process, module, true, name, NULL, size);
}

DWORD WINAPI K32GetModuleFileNameExA(HANDLE process, HMODULE module, LPSTR name, DWORD size)
{
    if (!name || !size) return (DWORD)set_error(ERROR_INVALID_PARAMETER);
    return module_text(process, module, true, NULL, name, size);
}

/* ---- other names ---- */

/* UNICODE_STRING that a query returns, on our heap; NULL with the error set. */
static UNICODE_STRING *image_name(HANDLE process)
{
    ULONG size = 0;
    UNICODE_STRING *name;
    NTSTATUS status = NtQueryInformationProcess(process, ProcessImageFileName, NULL, 0, &size);

    if (status < 0 && status != STATUS_INFO_LENGTH_MISMATCH) {
        set_status(status);
        return NULL;
    }
    if (!(name = mem_alloc(size))) {
        set_error(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    status = NtQueryInformationProcess(process, ProcessImageFileName, name, size, NULL);
    if (status >= 0) return name;
    mem_free(name);
    set_status(status);
    return NULL;
}

DWORD WINAPI K32GetProcessImageFileNameW(HANDLE process, LPWSTR buffer, DWORD size)
{
    UNICODE_STRING *name = image_name(process);
    DWORD length = 0;

    if (!name) return 0;
    if (name->Length / sizeof(WCHAR) >= size) {
        set_error(ERROR_INSUFFICIENT_BUFFER);
    } else {
        length = name->Length / sizeof(WCHAR);
        memcpy(buffer, name->Buffer, name->Length);
        buffer[length] = 0;
    }
    mem_free(name);
    return length;
}

DWORD WINAPI K32GetProcessImageFileNameA(HANDLE process, LPSTR buffer, DWORD size)
{
    UNICODE_STRING *name = image_name(process);
    DWORD length;

    if (!name) return 0;
    length = ansi_size(name->Buffer, name->Length / sizeof(WCHAR));
    if (length >= size) {
        length = 0;
        set_error(ERROR_INSUFFICIENT_BUFFER);
    } else {
        buffer[ansi_from_wide(buffer, size, name->Buffer, name->Length / sizeof(WCHAR))] = 0;
    }
    mem_free(name);
    return length;
}

/* ---- processes, memory ---- */

/* SystemProcessInformation on our heap; NULL with the error set. */
static SYSTEM_PROCESS_INFORMATION *processes(void)
{
    ULONG size = 0x10000;

    for (;;) {
        void *buffer = mem_alloc(size);
        NTSTATUS status = buffer ? NtQuerySystemInformation(SystemProcessInformation, buffer, size, &size) : STATUS_NO_MEMORY;
        if (status >= 0) return buffer;
        mem_free(buffer);
        if (status != STATUS_INFO_LENGTH_MISMATCH) {
            set_status(status);
            return NULL;
        }
        size += 0x4000;
    }
}

BOOL WINAPI K32EnumProcesses(DWORD *ids, DWORD size, DWORD *used)
{
    SYSTEM_PROCESS_INFORMATION *all = processes(), *at = all;
    DWORD count = 0;

    if (!all) return FALSE;
    for (;;) {
        if (count >= size / sizeof(DWORD)) break;
        ids[count++] = (DWORD)(ULONG_PTR)at->UniqueProcessId;
        if (!at->NextEntryOffset) break;
        at = (void *)((char *)at + at->NextEntryOffset);
    }
    mem_free(all);
    *used = count * sizeof(DWORD);
    return TRUE;
}

/* `counters` is PROCESS_MEMORY_COUNTERS or, as `size` tells, PROCESS_MEMORY_COUNTERS_EX. */
BOOL WINAPI K32GetProcessMemoryInfo(HANDLE process, PPROCESS_MEMORY_COUNTERS counters, DWORD size)
{
    struct {
        VM_COUNTERS base;
        SIZE_T private_usage;
    } vm;
    NTSTATUS status;

    if (size < sizeof(*counters)) return set_error(ERROR_INSUFFICIENT_BUFFER);
    status = NtQueryInformationProcess(process, ProcessVmCounters, &vm, sizeof(vm), NULL);
    if (status < 0) return set_status(status);
    bool extended = size >= sizeof(PROCESS_MEMORY_COUNTERS_EX);
    counters->cb = extended ? sizeof(PROCESS_MEMORY_COUNTERS_EX) : sizeof(*counters);
    counters->PageFaultCount = vm.base.PageFaultCount;
    counters->PeakWorkingSetSize = vm.base.PeakWorkingSetSize;
    counters->WorkingSetSize = vm.base.WorkingSetSize;
    counters->QuotaPeakPagedPoolUsage = vm.base.QuotaPeakPagedPoolUsage;
    counters->QuotaPagedPoolUsage = vm.base.QuotaPagedPoolUsage;
    counters->QuotaPeakNonPagedPoolUsage = vm.base.QuotaPeakNonPagedPoolUsage;
    counters->QuotaNonPagedPoolUsage = vm.base.QuotaNonPagedPoolUsage;
    counters->PagefileUsage = vm.base.PagefileUsage;
    counters->PeakPagefileUsage = vm.base.PeakPagefileUsage;
    if (extended) ((PROCESS_MEMORY_COUNTERS_EX *)counters)->PrivateUsage = vm.private_usage;
    return TRUE;
}

BOOL WINAPI K32GetPerformanceInfo(PPERFORMANCE_INFORMATION info, DWORD size)
{
    SYSTEM_PERFORMANCE_INFORMATION *performance;
    SYSTEM_BASIC_INFORMATION basic;
    SYSTEM_PROCESS_INFORMATION *all, *at;
    NTSTATUS status;
    ULONG room = sizeof(*performance) + 256;

    if (size < sizeof(*info)) return set_error(ERROR_BAD_LENGTH);
    if (!(performance = mem_alloc_zeroed(room))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    status = NtQuerySystemInformation(SystemBasicInformation, &basic, sizeof(basic), NULL);
    if (status >= 0) status = NtQuerySystemInformation(SystemPerformanceInformation, performance, room, NULL);
    if (status < 0 || !(all = processes())) {
        mem_free(performance);
        return status < 0 ? set_status(status) : FALSE;
    }
    *info = (PERFORMANCE_INFORMATION){
        .cb = sizeof(*info),
        .CommitTotal = performance->TotalCommittedPages,
        .CommitLimit = performance->TotalCommitLimit,
        .CommitPeak = performance->PeakCommitment,
        .PhysicalTotal = basic.NumberOfPhysicalPages,
        .PhysicalAvailable = performance->AvailablePages,
        .SystemCache = performance->MmSystemCachePage,
        .KernelTotal = performance->PagedPoolUsage + performance->NonPagedPoolUsage,
        .KernelPaged = performance->PagedPoolUsage,
        .KernelNonpaged = performance->NonPagedPoolUsage,
        .PageSize = basic.PhysicalPageSize,
    };
    for (at = all;; at = (void *)((char *)at + at->NextEntryOffset)) {
        info->ProcessCount++;
        info->ThreadCount += at->NumberOfThreads;
        info->HandleCount += at->HandleCount;
        if (!at->NextEntryOffset) break;
    }
    mem_free(all);
    mem_free(performance);
    return TRUE;
}

BOOL WINAPI K32EmptyWorkingSet(HANDLE process)
{
    return SetProcessWorkingSetSize(process, (SIZE_T)-1, (SIZE_T)-1);
}
