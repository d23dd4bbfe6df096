/* tlhelp32.h: snapshots of processes, threads and modules. A snapshot is a section, so that its handle is closed,
 * duplicated and inherited as any other; it holds a header and the entries as the functions give them. */
#include "process_modules.h"
#include <tlhelp32.h>

struct table {
    ULONG offset, count, next; /* bytes from the header; entries; the entry that is given next */
};

struct snapshot {
    ULONG magic;
    struct table processes, threads, modules;
};

#define SNAPSHOT_MAGIC 0x70616e53

struct module_list {
    HANDLE process;
    DWORD id;
    MODULEENTRY32W *entries; /* NULL: only count */
    ULONG count, room;
};

static void copy_name(HANDLE process, const UNICODE_STRING *from, WCHAR *to, ULONG room)
{
    ULONG units = from->Length / sizeof(WCHAR);

    if (units >= room) units = room - 1;
    if (NtReadVirtualMemory(process, from->Buffer, to, units * sizeof(WCHAR), NULL) < 0) units = 0;
    to[units] = 0;
}

static bool add_module(const struct process_module *module, void *context)
{
    struct module_list *list = context;

    if (list->entries) {
        if (list->count == list->room) return false;
        MODULEENTRY32W *entry = &list->entries[list->count];
        entry->dwSize = sizeof(*entry);
        entry->th32ModuleID = 1;
        entry->th32ProcessID = list->id;
        entry->GlblcntUsage = entry->ProccntUsage = 0xffff;
        entry->modBaseAddr = module->base;
        entry->modBaseSize = module->size;
        entry->hModule = module->base;
        copy_name(list->process, &module->name, entry->szModule, ARRAYSIZE(entry->szModule));
        copy_name(list->process, &module->path, entry->szExePath, ARRAYSIZE(entry->szExePath));
    }
    list->count++;
    return true;
}

static NTSTATUS query_processes(SYSTEM_PROCESS_INFORMATION **all)
{
    ULONG size = 0x10000;

    for (;;) {
        NTSTATUS status;
        if (!(*all = mem_alloc(size))) return STATUS_NO_MEMORY;
        status = NtQuerySystemInformation(SystemProcessInformation, *all, size, &size);
        if (status >= 0) return status;
        mem_free(*all);
        *all = NULL;
        if (status != STATUS_INFO_LENGTH_MISMATCH) return status;
        size += 0x4000;
    }
}

static SYSTEM_PROCESS_INFORMATION *next_process(SYSTEM_PROCESS_INFORMATION *at)
{
    return at->NextEntryOffset ? (void *)((char *)at + at->NextEntryOffset) : NULL;
}

static void fill(struct snapshot *snapshot, SYSTEM_PROCESS_INFORMATION *all, struct module_list *modules)
{
    PROCESSENTRY32W *process = (void *)((char *)snapshot + snapshot->processes.offset);
    THREADENTRY32 *thread = (void *)((char *)snapshot + snapshot->threads.offset);

    for (SYSTEM_PROCESS_INFORMATION *at = all; at; at = next_process(at)) {
        SYSTEM_THREAD_INFORMATION *threads = (void *)(at + 1);
        if (snapshot->processes.count) {
            ULONG units = at->ImageName.Length / sizeof(WCHAR);
            process->dwSize = sizeof(*process);
            process->th32ProcessID = (DWORD)(ULONG_PTR)at->UniqueProcessId;
            process->cntThreads = at->NumberOfThreads;
            process->th32ParentProcessID = (DWORD)(ULONG_PTR)at->InheritedFromUniqueProcessId;
            process->pcPriClassBase = at->BasePriority;
            if (units >= ARRAYSIZE(process->szExeFile)) units = ARRAYSIZE(process->szExeFile) - 1;
            memcpy(process->szExeFile, at->ImageName.Buffer, units * sizeof(WCHAR));
            process++;
        }
        for (ULONG i = 0; snapshot->threads.count && i < at->NumberOfThreads; i++, thread++) {
            thread->dwSize = sizeof(*thread);
            thread->th32ThreadID = (DWORD)(ULONG_PTR)threads[i].ClientId.UniqueThread;
            thread->th32OwnerProcessID = (DWORD)(ULONG_PTR)at->UniqueProcessId;
            thread->tpBasePri = threads[i].BasePriority;
        }
    }
    if (!modules->room) return;
    modules->entries = (void *)((char *)snapshot + snapshot->modules.offset);
    modules->count = 0;
    process_modules(modules->process, add_module, modules);
    snapshot->modules.count = modules->count;
}

/* ERROR_INVALID_PARAMETER: flags that name nothing, or no process `id`; ERROR_PARTIAL_COPY: it has not started yet.
 * Heap lists are not taken. */
HANDLE WINAPI CreateToolhelp32Snapshot(DWORD flags, DWORD id)
{
    SYSTEM_PROCESS_INFORMATION *all = NULL;
    struct snapshot header = { .magic = SNAPSHOT_MAGIC }, *snapshot = NULL;
    struct module_list modules = { .process = NtCurrentProcess(), .id = id };
    HANDLE section = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (!(flags & TH32CS_SNAPALL) && !(flags & TH32CS_SNAPMODULE32)) {
        set_error(ERROR_INVALID_PARAMETER);
        return INVALID_HANDLE_VALUE;
    }
    if (flags & (TH32CS_SNAPPROCESS | TH32CS_SNAPTHREAD)) {
        if ((status = query_processes(&all)) < 0) goto out;
        for (SYSTEM_PROCESS_INFORMATION *at = all; at; at = next_process(at)) {
            if (flags & TH32CS_SNAPPROCESS) header.processes.count++;
            if (flags & TH32CS_SNAPTHREAD) header.threads.count += at->NumberOfThreads;
        }
    }
    if (flags & (TH32CS_SNAPMODULE | TH32CS_SNAPMODULE32)) {
        if (!id) {
            modules.id = GetCurrentProcessId();
        } else if (id != GetCurrentProcessId()) {
            modules.process = OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE, id);
            if (!modules.process) goto failed;
        }
        if ((status = process_modules(modules.process, add_module, &modules)) < 0) goto out;
        modules.room = modules.count + 16;
    }
    header.processes.offset = sizeof(header) + 4;
    header.threads.offset = header.processes.offset + header.processes.count * sizeof(PROCESSENTRY32W);
    header.modules.offset = (header.threads.offset + header.threads.count * sizeof(THREADENTRY32) + 7) & ~7u;

    LARGE_INTEGER size = { .QuadPart = header.modules.offset + modules.room * sizeof(MODULEENTRY32W) };
    OBJECT_ATTRIBUTES attributes = { sizeof(attributes), .Attributes = flags & TH32CS_INHERIT ? OBJ_INHERIT : 0 };
    SIZE_T view = 0;
    status = NtCreateSection(&section, SECTION_ALL_ACCESS, &attributes, &size, PAGE_READWRITE, SEC_COMMIT, NULL);
    if (status < 0) goto out;
    status = NtMapViewOfSection(section, NtCurrentProcess(), (void **)&snapshot, 0, 0, NULL, &view, 2 /* ViewUnmap */, 0,
                                PAGE_READWRITE);
    if (status < 0) goto out;
    *snapshot = header;
    fill(snapshot, all, &modules);
    NtUnmapViewOfSection(NtCurrentProcess(), snapshot);
out:
    if (status < 0) {
        if (section) NtClose(section);
        set_status(status);
    }
failed:
    if (modules.process && modules.process != NtCurrentProcess()) NtClose(modules.process);
    mem_free(all);
    return snapshot ? section : INVALID_HANDLE_VALUE;
}

/* The next entry of a table, or its first, into `entry`. ERROR_NO_MORE_FILES after the last. */
static BOOL take(HANDLE handle, ULONG table_offset, bool first, void *entry, ULONG size)
{
    struct snapshot *snapshot = NULL;
    SIZE_T view = 0;
    NTSTATUS status = NtMapViewOfSection(handle, NtCurrentProcess(), (void **)&snapshot, 0, 0, NULL, &view, 2, 0,
                                         PAGE_READWRITE);
    BOOL given = FALSE;

    if (status < 0) return set_status(status);
    struct table *table = (void *)((char *)snapshot + table_offset);
    if (snapshot->magic != SNAPSHOT_MAGIC) {
        set_error(ERROR_INVALID_HANDLE);
    } else {
        if (first) table->next = 0;
        ULONGLONG at = table->offset + (ULONGLONG)table->next * size;
        if (table->next < table->count && at + size <= view) {
            memcpy(entry, (char *)snapshot + at, size);
            table->next++;
            given = TRUE;
        } else {
            set_error(ERROR_NO_MORE_FILES);
        }
    }
    NtUnmapViewOfSection(NtCurrentProcess(), snapshot);
    return given;
}

static void name_to_ansi(char *to, ULONG room, const WCHAR *from)
{
    DWORD units = wide_length(from);

    while (units && ansi_size(from, units) >= room) units--;
    to[ansi_from_wide(to, room - 1, from, units)] = 0;
}

static BOOL process_wide(HANDLE snapshot, bool first, PROCESSENTRY32W *entry)
{
    if (entry->dwSize < sizeof(*entry)) return set_error(ERROR_INSUFFICIENT_BUFFER);
    return take(snapshot, offsetof(struct snapshot, processes), first, entry, sizeof(*entry));
}

static BOOL process_ansi(HANDLE snapshot, bool first, PROCESSENTRY32 *entry)
{
    PROCESSENTRY32W wide;

    if (entry->dwSize < sizeof(*entry)) return set_error(ERROR_INSUFFICIENT_BUFFER);
    if (!take(snapshot, offsetof(struct snapshot, processes), first, &wide, sizeof(wide))) return FALSE;
    memcpy(entry, &wide, offsetof(PROCESSENTRY32, szExeFile));
    entry->dwSize = sizeof(*entry);
    name_to_ansi(entry->szExeFile, sizeof(entry->szExeFile), wide.szExeFile);
    return TRUE;
}

BOOL WINAPI Process32FirstW(HANDLE snapshot, LPPROCESSENTRY32W entry)
{
    return process_wide(snapshot, true, entry);
}

BOOL WINAPI Process32NextW(HANDLE snapshot, LPPROCESSENTRY32W entry)
{
    return process_wide(snapshot, false, entry);
}

BOOL WINAPI Process32First(HANDLE snapshot, LPPROCESSENTRY32 entry)
{
    return process_ansi(snapshot, true, entry);
}

BOOL WINAPI Process32Next(HANDLE snapshot, LPPROCESSENTRY32 entry)
{
    return process_ansi(snapshot, false, entry);
}

BOOL WINAPI Thread32First(HANDLE snapshot, LPTHREADENTRY32 entry)
{
    if (entry->dwSize < sizeof(*entry)) return set_error(ERROR_INSUFFICIENT_BUFFER);
    return take(snapshot, offsetof(struct snapshot, threads), true, entry, sizeof(*entry));
}

BOOL WINAPI Thread32Next(HANDLE snapshot, LPTHREADENTRY32 entry)
{
    if (entry->dwSize < sizeof(*entry)) return set_error(ERROR_INSUFFICIENT_BUFFER);
    return take(snapshot, offsetof(struct snapshot, threads), false, entry, sizeof(*entry));
}

static BOOL module_wide(HANDLE snapshot, bool first, MODULEENTRY32W *entry)
{
    if (entry->dwSize < sizeof(*entry)) return set_error(ERROR_INSUFFICIENT_BUFFER);
    return take(snapshot, offsetof(struct snapshot, modules), first, entry, sizeof(*entry));
}

static BOOL module_ansi(HANDLE snapshot, bool first, MODULEENTRY32 *entry)
{
    MODULEENTRY32W wide;

    if (entry->dwSize < sizeof(*entry)) return set_error(ERROR_INSUFFICIENT_BUFFER);
    if (!take(snapshot, offsetof(struct snapshot, modules), first, &wide, sizeof(wide))) return FALSE;
    memcpy(entry, &wide, offsetof(MODULEENTRY32, szModule));
    entry->dwSize = sizeof(*entry);
    name_to_ansi(entry->szModule, sizeof(entry->szModule), wide.szModule);
    name_to_ansi(entry->szExePath, sizeof(entry->szExePath), wide.szExePath);
    return TRUE;
}

BOOL WINAPI Module32FirstW(HANDLE snapshot, LPMODULEENTRY32W entry)
{
    return module_wide(snapshot, true, entry);
}

BOOL WINAPI Module32NextW(HANDLE snapshot, LPMODULEENTRY32W entry)
{
    return module_wide(snapshot, false, entry);
}

BOOL WINAPI Module32First(HANDLE snapshot, LPMODULEENTRY32 entry)
{
    return module_ansi(snapshot, true, entry);
}

BOOL WINAPI Module32Next(HANDLE snapshot, LPMODULEENTRY32 entry)
{
    return module_ansi(snapshot, false, entry);
}

BOOL WINAPI Toolhelp32ReadProcessMemory(DWORD id, LPCVOID address, LPVOID buffer, SIZE_T size, SIZE_T *read)
{
    HANDLE process = id ? OpenProcess(PROCESS_VM_READ, FALSE, id) : NtCurrentProcess();
    BOOL result;

    if (!process) return FALSE;
    result = ReadProcessMemory(process, address, buffer, size, read);
    if (id) NtClose(process);
    return result;
}
