/* NtQuerySystemInformation, times, power. */
#include "tap.h"

NTSTATUS NTAPI NtQuerySystemInformationEx(ULONG, PVOID, ULONG, PVOID, ULONG, ULONG *);
NTSTATUS NTAPI NtQueryPerformanceCounter(LARGE_INTEGER *, LARGE_INTEGER *);
NTSTATUS NTAPI NtQueryTimerResolution(ULONG *, ULONG *, ULONG *);
NTSTATUS NTAPI NtAllocateLocallyUniqueId(LUID *);
NTSTATUS NTAPI NtPowerInformation(ULONG, PVOID, ULONG, PVOID, ULONG);

static NTSTATUS query(ULONG class, void *buffer, ULONG length, ULONG *returned)
{
    return NtQuerySystemInformation((SYSTEM_INFORMATION_CLASS)class, buffer, length, returned);
}

static void test_basic(void)
{
    struct {
        ULONG reserved, resolution, page_size, pages, lowest, highest, granularity;
        ULONG_PTR minimum, maximum, affinity;
        CHAR processors;
    } info = { 0 };
    struct {
        USHORT architecture, level, revision, maximum;
        ULONG features;
    } cpu = { 0 };
    ULONG size = 0;
    NTSTATUS status = query(0, &info, sizeof(info), &size);

    ok(!status && size == sizeof(info), "%lx %lu", status, size);
    ok(info.page_size == 0x1000 && info.granularity == 0x10000, "%lx %lx", info.page_size, info.granularity);
    ok(info.minimum == 0x10000 && info.maximum >= 0x7ffeffff, "%p %p", (void *)info.minimum, (void *)info.maximum);
    ok(info.processors > 0 && info.affinity && info.pages > 1000, "%d", info.processors);
    status = query(0, &info, sizeof(info) - 1, &size);
    ok(status == STATUS_INFO_LENGTH_MISMATCH && size == sizeof(info), "%lx %lu", status, size);
    status = query(1, &cpu, sizeof(cpu), &size);
    ok(!status && size == sizeof(cpu), "%lx %lu", status, size);
    ok(cpu.architecture == PROCESSOR_ARCHITECTURE_AMD64 || cpu.architecture == PROCESSOR_ARCHITECTURE_INTEL, "%u", cpu.architecture);
    ok((status = query(0x7777, &cpu, sizeof(cpu), &size)) == STATUS_INVALID_INFO_CLASS, "no such class");
}

static void test_load(void)
{
    static ULONGLONG buffer[64 * 6];
    SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION *cpu = (void *)buffer;
    ULONG *counts = (ULONG *)(buffer + 4), size = 0;
    NTSTATUS status = query(2, buffer, 344, &size);

    ok(!status && size >= 312, "%lx %lu", status, size);
    ok(counts[3] > 100 && counts[5] >= counts[4], "available %lu committed %lu of %lu", counts[3], counts[4], counts[5]);
    status = query(8, buffer, sizeof(buffer), &size);
    ok(!status && size && size % sizeof(*cpu) == 0, "%lx %lu", status, size);
    ok(cpu->KernelTime.QuadPart >= cpu->IdleTime.QuadPart && cpu->UserTime.QuadPart > 0, "times");
}

static void test_processes(void)
{
    static char buffer[0x40000];
    SYSTEM_PROCESS_INFORMATION *process = (void *)buffer;
    ULONG size = 0, found = 0, first = 1;
    char name[MAX_PATH];
    const char *base = name;
    NTSTATUS status = query(5, buffer, 4, &size);

    ok(status == STATUS_INFO_LENGTH_MISMATCH && size > sizeof(*process), "%lx %lu", status, size);
    status = query(5, buffer, sizeof(buffer), &size);
    ok(!status, "%lx", status);
    GetModuleFileNameA(NULL, name, sizeof(name));
    for (const char *at = name; *at; at++)
        if (*at == '\\') base = at + 1;
    for (;; process = (void *)((char *)process + process->NextEntryOffset)) {
        if (first) first = 0;
        if ((ULONG_PTR)process->UniqueProcessId == GetCurrentProcessId()) {
            int same = 1;
            found++;
            for (int i = 0; i < process->ImageName.Length / 2; i++) same &= (process->ImageName.Buffer[i] | 32) == (base[i] | 32);
            ok(same && process->ImageName.Length, "name %S, not %s", process->ImageName.Buffer, base);
            ok(process->NumberOfThreads >= 1, "%lu threads", process->NumberOfThreads);
            ok(process->HandleCount > 0, "%lu handles", process->HandleCount);
            SYSTEM_THREAD_INFORMATION *thread = (void *)(process + 1);
            ok((ULONG_PTR)thread->ClientId.UniqueProcess == GetCurrentProcessId() &&
                   (ULONG_PTR)thread->ClientId.UniqueThread == GetCurrentThreadId(),
               "thread %lx", (ULONG)(ULONG_PTR)thread->ClientId.UniqueThread);
        }
        if (!process->NextEntryOffset) break;
    }
    ok(found == 1, "found %lu times", found);
}

static void test_handles(void)
{
    static char buffer[0x100000];
    struct {
        ULONG_PTR count, reserved;
        struct {
            void *object;
            ULONG_PTR process, handle;
            ULONG access;
            USHORT trace, type;
            ULONG attributes, reserved;
        } list[1];
    } *info = (void *)buffer;
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL), same, other = CreateEventA(NULL, FALSE, FALSE, NULL);
    void *objects[3] = { 0 };
    ULONG size = 0;
    NTSTATUS status;

    DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &same, SYNCHRONIZE, FALSE, 0);
    status = query(64, buffer, sizeof(buffer), &size);
    ok(!status && info->count > 3, "%lx", status);
    for (ULONG_PTR i = 0; !status && i < info->count; i++) {
        if (info->list[i].process != GetCurrentProcessId()) continue;
        if (info->list[i].handle == (ULONG_PTR)event) objects[0] = info->list[i].object;
        if (info->list[i].handle == (ULONG_PTR)other) objects[1] = info->list[i].object;
        if (info->list[i].handle == (ULONG_PTR)same) {
            objects[2] = info->list[i].object;
            ok(info->list[i].access == SYNCHRONIZE, "access %lx", info->list[i].access);
        }
    }
    /* Wine 8 gives no object addresses */
    ok(objects[0] && objects[0] == objects[2] && objects[1] && objects[1] != objects[0], "%p %p %p", objects[0], objects[1],
       objects[2]);
    CloseHandle(event);
    CloseHandle(same);
    CloseHandle(other);
}

static void test_processors(void)
{
    static char buffer[0x10000];
    SYSTEM_LOGICAL_PROCESSOR_INFORMATION *list = (void *)buffer;
    ULONG size = 0, relation = 0xffff;
    ULONG_PTR cores = 0, packages = 0, nodes = 0;
    SYSTEM_INFO info;
    NTSTATUS status = query(73, buffer, 0, &size);

    GetSystemInfo(&info);
    ok(status == STATUS_INFO_LENGTH_MISMATCH && size, "%lx %lu", status, size);
    status = query(73, buffer, sizeof(buffer), &size);
    ok(!status && size % sizeof(*list) == 0, "%lx %lu", status, size);
    for (ULONG i = 0; i < size / sizeof(*list); i++) {
        if (list[i].Relationship == RelationProcessorCore) cores |= list[i].ProcessorMask;
        if (list[i].Relationship == RelationProcessorPackage) packages |= list[i].ProcessorMask;
        if (list[i].Relationship == RelationNumaNode) nodes |= list[i].ProcessorMask;
    }
    ok(cores == info.dwActiveProcessorMask && packages == cores && nodes == cores, "%lx %lx %lx", (ULONG)cores, (ULONG)packages,
       (ULONG)nodes);
    status = NtQuerySystemInformationEx(107, &relation, sizeof(relation), buffer, sizeof(buffer), &size);
    ok(!status, "%lx", status);
    cores = 0;
    for (ULONG at = 0; at < size;) {
        SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *entry = (void *)(buffer + at);
        if (entry->Relationship == RelationProcessorCore) cores |= entry->Processor.GroupMask[0].Mask;
        if (entry->Relationship == RelationGroup) {
            ok(entry->Group.ActiveGroupCount == 1, "%u groups", entry->Group.ActiveGroupCount);
            ok(entry->Group.GroupInfo[0].ActiveProcessorMask == info.dwActiveProcessorMask, "group");
            ok(entry->Size == 8 + 24 + 48 || sizeof(void *) == 4, "size %lu", entry->Size);
        }
        if (!entry->Size) break;
        at += entry->Size;
    }
    ok(cores == info.dwActiveProcessorMask, "%lx", (ULONG)cores);
}

static void test_firmware(void)
{
    static struct {
        ULONG provider, action, id, length;
        UCHAR table[0x8000];
    } info = { .provider = 0x52534d42, .action = 1, .length = 0x8000 };
    ULONG size = 0;
    NTSTATUS status = query(76, &info, sizeof(info), &size);

    ok(!status && info.length > 8 && size == 16 + info.length, "%lx %lu", status, info.length);
    ok(*(ULONG *)(info.table + 4) == info.length - 8, "%lu", *(ULONG *)(info.table + 4));
    info.provider = 0x12345678;
    status = query(76, &info, sizeof(info), &size);
    ok(status == STATUS_NOT_IMPLEMENTED, "%lx", status);
}

static void test_time(void)
{
    LARGE_INTEGER counter, frequency = { .QuadPart = 0 }, later, system, of_day[6];
    ULONG maximum = 0, minimum = 0, current = 0, size = 0;
    LUID first, second;
    FILETIME file;
    NTSTATUS status;

    ok(!NtQueryPerformanceCounter(&counter, &frequency) && frequency.QuadPart == 10000000, "%lu", frequency.LowPart);
    Sleep(2);
    NtQueryPerformanceCounter(&later, NULL);
    ok(later.QuadPart - counter.QuadPart >= 10000 && later.QuadPart - counter.QuadPart < 100000000, "%ld",
       (LONG)(later.QuadPart - counter.QuadPart));
    NtQuerySystemTime(&system);
    GetSystemTimeAsFileTime(&file);
    ok((((LONGLONG)file.dwHighDateTime << 32 | file.dwLowDateTime) - system.QuadPart) < 10000000, "system time");
    status = query(3, of_day, sizeof(of_day), &size);
    ok(!status && size == 48 && of_day[1].QuadPart - system.QuadPart < 10000000 && of_day[0].QuadPart < of_day[1].QuadPart,
       "%lx %lu", status, size);
    ok(!NtQueryTimerResolution(&maximum, &minimum, &current) && maximum >= current && current >= minimum && minimum, "%lu %lu %lu",
       maximum, current, minimum);
    ok(!NtAllocateLocallyUniqueId(&first) && !NtAllocateLocallyUniqueId(&second), "failed");
    ok(first.LowPart != second.LowPart || first.HighPart != second.HighPart, "not unique");
}

/* The times that programs read at 0x7ffe0000 move. */
static void test_shared_data(void)
{
    volatile ULONG *low = (volatile ULONG *)0x7ffe0008;
    volatile LONG *high1 = (volatile LONG *)0x7ffe000c;
    ULONGLONG before, ticks;
    DWORD now;

    ok(*(volatile ULONG *)0x7ffe0260 >= 7600, "build %lu", *(volatile ULONG *)0x7ffe0260);
    ok(*(volatile WCHAR *)0x7ffe0030 == 'C', "system root");
    before = (ULONGLONG)*high1 << 32 | *low;
    Sleep(100);
    ok(((ULONGLONG)*high1 << 32 | *low) - before > 300000, "interrupt time stands still");
    ticks = *(volatile ULONGLONG *)0x7ffe0320 * *(volatile ULONG *)0x7ffe0004 >> 24;
    now = GetTickCount();
    ok(now - (DWORD)ticks < 200, "tick count %lu, not %lu", (ULONG)ticks, now);
}

static void test_power(void)
{
    struct {
        ULONG number, maximum, current, limit, idle, idle_now;
    } cpu[64];
    SYSTEM_BATTERY_STATE battery;
    SYSTEM_INFO info;
    NTSTATUS status;

    GetSystemInfo(&info);
    status = NtPowerInformation(11, NULL, 0, cpu, sizeof(cpu[0]) * info.dwNumberOfProcessors);
    ok(!status && cpu[0].number == 0 && cpu[0].maximum > 0, "%lx %lu", status, cpu[0].maximum);
    ok(NtPowerInformation(11, NULL, 0, cpu, 4) == STATUS_BUFFER_TOO_SMALL, "short");
    status = NtPowerInformation(5, NULL, 0, &battery, sizeof(battery));
    ok(!status && (battery.AcOnLine || battery.BatteryPresent), "%lx", status);
}

START_TESTS
{
    test_basic();
    test_load();
    test_processes();
    test_handles();
    test_processors();
    test_firmware();
    test_time();
    test_shared_data();
    test_power();
}
