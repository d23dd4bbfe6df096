/* sysinfoapi.h: processors, memory, time, names. Versions are in version.c. */
#include "kernelbase.h"

#define USER_SHARED_DATA ((const volatile UCHAR *)0x7ffe0000)

/* ---- ticks and times ---- */

/* Milliseconds since the system started: QueryInterruptTime in other units, so it never runs backwards. */
static ULONGLONG interrupt_time(void)
{
    LARGE_INTEGER counter, frequency;

    NtQueryPerformanceCounter(&counter, &frequency);
    if (frequency.QuadPart == 10000000) return counter.QuadPart;
    return counter.QuadPart / frequency.QuadPart * 10000000 +
           counter.QuadPart % frequency.QuadPart * 10000000 / frequency.QuadPart;
}

ULONGLONG WINAPI GetTickCount64(void)
{
    return interrupt_time() / 10000;
}

DWORD WINAPI GetTickCount(void)
{
    return (DWORD)GetTickCount64();
}

VOID WINAPI QueryInterruptTime(PULONGLONG time)
{
    *time = interrupt_time();
}

VOID WINAPI QueryInterruptTimePrecise(PULONGLONG time)
{
    *time = interrupt_time();
}

/* Interrupt time without the time asleep, which the host's monotonic clock leaves out already. */
BOOL WINAPI QueryUnbiasedInterruptTime(PULONGLONG time)
{
    if (!time) return set_error(ERROR_INVALID_PARAMETER);
    *time = interrupt_time();
    return TRUE;
}

VOID WINAPI QueryUnbiasedInterruptTimePrecise(PULONGLONG time)
{
    *time = interrupt_time();
}

VOID WINAPI GetSystemTimeAsFileTime(LPFILETIME time)
{
    LARGE_INTEGER now;

    NtQuerySystemTime(&now);
    time->dwLowDateTime = now.LowPart;
    time->dwHighDateTime = now.HighPart;
}

VOID WINAPI GetSystemTimePreciseAsFileTime(LPFILETIME time)
{
    GetSystemTimeAsFileTime(time);
}

VOID WINAPI GetSystemTime(LPSYSTEMTIME time)
{
    FILETIME now;

    GetSystemTimeAsFileTime(&now);
    FileTimeToSystemTime(&now, time);
}

VOID WINAPI GetLocalTime(LPSYSTEMTIME time)
{
    FILETIME now, local;

    GetSystemTimeAsFileTime(&now);
    FileTimeToLocalFileTime(&now, &local);
    FileTimeToSystemTime(&local, time);
}

BOOL WINAPI SetSystemTime(const SYSTEMTIME *time)
{
    LARGE_INTEGER value;
    FILETIME file_time;

    if (!SystemTimeToFileTime(time, &file_time)) return FALSE;
    value.LowPart = file_time.dwLowDateTime;
    value.HighPart = file_time.dwHighDateTime;
    return status_to_bool(NtSetSystemTime(&value, NULL));
}

BOOL WINAPI SetLocalTime(const SYSTEMTIME *time)
{
    LARGE_INTEGER value;
    FILETIME local, file_time;

    if (!SystemTimeToFileTime(time, &local) || !LocalFileTimeToFileTime(&local, &file_time)) return FALSE;
    value.LowPart = file_time.dwLowDateTime;
    value.HighPart = file_time.dwHighDateTime;
    return status_to_bool(NtSetSystemTime(&value, NULL));
}

/* 15.625 ms, and no adjustment: the host keeps the clock. */
BOOL WINAPI GetSystemTimeAdjustment(PDWORD adjustment, PDWORD increment, PBOOL disabled)
{
    *adjustment = *increment = 156250;
    *disabled = TRUE;
    return TRUE;
}

BOOL WINAPI GetSystemTimes(PFILETIME idle, PFILETIME kernel, PFILETIME user)
{
    SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION info[64];
    ULONG size = 0;
    ULONGLONG sums[3] = { 0 };
    NTSTATUS status = NtQuerySystemInformation(SystemProcessorPerformanceInformation, info, sizeof(info), &size);

    if (status < 0) return set_status(status);
    for (ULONG i = 0; i < size / sizeof(info[0]); i++) {
        sums[0] += info[i].IdleTime.QuadPart;
        sums[1] += info[i].KernelTime.QuadPart; /* holds the idle time too, as the reference says */
        sums[2] += info[i].UserTime.QuadPart;
    }
    if (idle) memcpy(idle, &sums[0], sizeof(FILETIME));
    if (kernel) memcpy(kernel, &sums[1], sizeof(FILETIME));
    if (user) memcpy(user, &sums[2], sizeof(FILETIME));
    return TRUE;
}

/* ---- processors ---- */

/* SYSTEM_BASIC_INFORMATION, whose fields winternl.h hides. */
struct system_basic {
    ULONG reserved, resolution, page_size, pages, lowest, highest, granularity;
    ULONG_PTR minimum, maximum, affinity;
    CHAR processors;
};

VOID WINAPI GetNativeSystemInfo(LPSYSTEM_INFO info)
{
    struct {
        USHORT architecture, level, revision, maximum;
        ULONG features;
    } cpu = { 0 };

    NtQuerySystemInformation(SystemProcessorInformation, &cpu, sizeof(cpu), NULL);
    struct system_basic raw = { .page_size = 0x1000, .granularity = 0x10000 };
    NtQuerySystemInformation(SystemBasicInformation, &raw, sizeof(raw), NULL);
    *info = (SYSTEM_INFO){
        .wProcessorArchitecture = PROCESSOR_ARCHITECTURE_AMD64,
        .dwPageSize = raw.page_size,
        .lpMinimumApplicationAddress = (void *)raw.minimum,
        .lpMaximumApplicationAddress = (void *)raw.maximum,
        .dwActiveProcessorMask = raw.affinity,
        .dwNumberOfProcessors = (UCHAR)raw.processors,
        .dwProcessorType = PROCESSOR_AMD_X8664,
        .dwAllocationGranularity = raw.granularity,
        .wProcessorLevel = cpu.level,
        .wProcessorRevision = cpu.revision,
    };
}

VOID WINAPI GetSystemInfo(LPSYSTEM_INFO info)
{
    GetNativeSystemInfo(info);
#ifndef _WIN64
    info->wProcessorArchitecture = PROCESSOR_ARCHITECTURE_INTEL;
    info->dwProcessorType = PROCESSOR_INTEL_PENTIUM;
#endif
}

/* KUSER_SHARED_DATA.ProcessorFeatures. */
BOOL WINAPI IsProcessorFeaturePresent(DWORD feature)
{
    return feature < 64 && USER_SHARED_DATA[0x274 + feature];
}

WORD WINAPI GetActiveProcessorGroupCount(void)
{
    return 1;
}

WORD WINAPI GetMaximumProcessorGroupCount(void)
{
    return 1;
}

DWORD WINAPI GetActiveProcessorCount(WORD group)
{
    if (group != 0 && group != ALL_PROCESSOR_GROUPS) return set_error(ERROR_INVALID_PARAMETER);
    return ferry_peb()->NumberOfProcessors;
}

DWORD WINAPI GetMaximumProcessorCount(WORD group)
{
    return GetActiveProcessorCount(group);
}

/* One relation record, in a buffer or only counted. */
struct relation_writer {
    UCHAR *buffer;
    DWORD room, used;
};

static SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *add_relation(struct relation_writer *writer, DWORD relation, DWORD size)
{
    SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *record = NULL;

    if (writer->used + size <= writer->room) {
        record = (void *)(writer->buffer + writer->used);
        memset(record, 0, size);
        record->Relationship = relation;
        record->Size = size;
    }
    writer->used += size;
    return record;
}

/* Every logical processor counts as a core of one package in one node: what the host scheduler lets us promise.
 * The cache sizes come from the processor itself (CPUID leaf 4 or 0x8000001d). */
static void cpuid(ULONG leaf, ULONG sub, ULONG *regs)
{
    __asm__ volatile("cpuid" : "=a"(regs[0]), "=b"(regs[1]), "=c"(regs[2]), "=d"(regs[3]) : "a"(leaf), "c"(sub));
}

struct cache {
    UCHAR level, associativity;
    USHORT line;
    ULONG size;
    PROCESSOR_CACHE_TYPE type;
    ULONG sharing; /* logical processors that share one */
};

static bool cache_of(ULONG index, struct cache *cache)
{
    ULONG regs[4], leaf = 4;

    cpuid(0, 0, regs);
    if (regs[1] == 0x68747541 /* "Auth": AMD */) leaf = 0x8000001d;
    cpuid(leaf & 0x80000000, 0, regs);
    if (regs[0] < leaf) return false;
    cpuid(leaf, index, regs);
    if (!(regs[0] & 31)) return false;
    ULONG ways = (regs[1] >> 22) + 1, partitions = (regs[1] >> 12 & 0x3ff) + 1, line = (regs[1] & 0xfff) + 1;
    cache->level = regs[0] >> 5 & 7;
    cache->associativity = regs[0] & 0x200 ? CACHE_FULLY_ASSOCIATIVE : (UCHAR)ways;
    cache->line = (USHORT)line;
    cache->size = ways * partitions * line * (regs[2] + 1);
    cache->type = (regs[0] & 31) == 1 ? CacheData : (regs[0] & 31) == 2 ? CacheInstruction : CacheUnified;
    cache->sharing = (regs[0] >> 14 & 0xfff) + 1;
    return true;
}

BOOL WINAPI GetLogicalProcessorInformationEx(LOGICAL_PROCESSOR_RELATIONSHIP wanted,
                                             PSYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX buffer, PDWORD length)
{
    static const DWORD processor_size = offsetof(SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX, Processor) +
                                        sizeof(PROCESSOR_RELATIONSHIP);
    struct relation_writer writer = { (UCHAR *)buffer, buffer ? *length : 0, 0 };
    ULONG count = ferry_peb()->NumberOfProcessors;
    KAFFINITY all = count >= sizeof(KAFFINITY) * 8 ? ~(KAFFINITY)0 : ((KAFFINITY)1 << count) - 1;
    SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *record;
    struct cache cache;

    if (wanted > RelationGroup && wanted != RelationAll) return set_error(ERROR_INVALID_PARAMETER);
    if (wanted == RelationProcessorCore || wanted == RelationAll) {
        for (ULONG i = 0; i < count && i < sizeof(KAFFINITY) * 8; i++) {
            if (!(record = add_relation(&writer, RelationProcessorCore, processor_size))) continue;
            record->Processor.GroupCount = 1;
            record->Processor.GroupMask[0].Mask = (KAFFINITY)1 << i;
        }
    }
    if (wanted == RelationProcessorPackage || wanted == RelationAll) {
        if ((record = add_relation(&writer, RelationProcessorPackage, processor_size))) {
            record->Processor.GroupCount = 1;
            record->Processor.GroupMask[0].Mask = all;
        }
    }
    if (wanted == RelationCache || wanted == RelationAll) {
        for (ULONG index = 0; cache_of(index, &cache); index++) {
            ULONG step = cache.sharing < count ? cache.sharing : count;
            for (ULONG first = 0; first < count; first += step) {
                DWORD size = offsetof(SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX, Cache) + sizeof(CACHE_RELATIONSHIP);
                KAFFINITY mask = step >= sizeof(KAFFINITY) * 8 ? ~(KAFFINITY)0 : ((KAFFINITY)1 << step) - 1;
                if (!(record = add_relation(&writer, RelationCache, size))) continue;
                record->Cache.Level = cache.level;
                record->Cache.Associativity = cache.associativity;
                record->Cache.LineSize = cache.line;
                record->Cache.CacheSize = cache.size;
                record->Cache.Type = cache.type;
                record->Cache.GroupMask.Mask = mask << first & all;
            }
        }
    }
    if (wanted == RelationNumaNode || wanted == RelationAll) {
        DWORD size = offsetof(SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX, NumaNode) + sizeof(NUMA_NODE_RELATIONSHIP);
        if ((record = add_relation(&writer, RelationNumaNode, size))) record->NumaNode.GroupMask.Mask = all;
    }
    if (wanted == RelationGroup || wanted == RelationAll) {
        DWORD size = offsetof(SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX, Group) + sizeof(GROUP_RELATIONSHIP);
        if ((record = add_relation(&writer, RelationGroup, size))) {
            record->Group.MaximumGroupCount = record->Group.ActiveGroupCount = 1;
            record->Group.GroupInfo[0].MaximumProcessorCount = record->Group.GroupInfo[0].ActiveProcessorCount =
                (BYTE)count;
            record->Group.GroupInfo[0].ActiveProcessorMask = all;
        }
    }
    bool fits = writer.used <= writer.room;
    *length = writer.used;
    return fits ? TRUE : set_error(ERROR_INSUFFICIENT_BUFFER);
}

BOOL WINAPI GetLogicalProcessorInformation(PSYSTEM_LOGICAL_PROCESSOR_INFORMATION buffer, PDWORD length)
{
    DWORD room = buffer ? *length / sizeof(*buffer) : 0, used = 0, size = 0;
    UCHAR *whole;

    GetLogicalProcessorInformationEx(RelationAll, NULL, &size);
    if (!(whole = mem_alloc(size))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    GetLogicalProcessorInformationEx(RelationAll, (void *)whole, &size);
    for (DWORD at = 0; at < size;) {
        const SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *from = (void *)(whole + at);
        at += from->Size;
        if (from->Relationship == RelationGroup) continue;
        if (used < room) {
            SYSTEM_LOGICAL_PROCESSOR_INFORMATION *to = &buffer[used];
            memset(to, 0, sizeof(*to));
            to->Relationship = from->Relationship;
            if (from->Relationship == RelationCache) {
                to->ProcessorMask = from->Cache.GroupMask.Mask;
                to->Cache.Level = from->Cache.Level;
                to->Cache.Associativity = from->Cache.Associativity;
                to->Cache.LineSize = from->Cache.LineSize;
                to->Cache.Size = from->Cache.CacheSize;
                to->Cache.Type = from->Cache.Type;
            } else if (from->Relationship == RelationNumaNode) {
                to->ProcessorMask = from->NumaNode.GroupMask.Mask;
            } else {
                to->ProcessorMask = from->Processor.GroupMask[0].Mask;
            }
        }
        used++;
    }
    mem_free(whole);
    *length = used * sizeof(*buffer);
    return used <= room ? TRUE : set_error(ERROR_INSUFFICIENT_BUFFER);
}

/* ---- one NUMA node ---- */

BOOL WINAPI GetNumaHighestNodeNumber(PULONG highest)
{
    *highest = 0;
    return TRUE;
}

BOOL WINAPI GetNumaNodeProcessorMaskEx(USHORT node, PGROUP_AFFINITY mask)
{
    ULONG count = ferry_peb()->NumberOfProcessors;

    if (node) return set_error(ERROR_INVALID_PARAMETER);
    *mask = (GROUP_AFFINITY){ .Mask = count >= sizeof(KAFFINITY) * 8 ? ~(KAFFINITY)0 : ((KAFFINITY)1 << count) - 1 };
    return TRUE;
}

BOOL WINAPI GetNumaNodeProcessorMask(UCHAR node, PULONGLONG mask)
{
    GROUP_AFFINITY affinity;

    if (!GetNumaNodeProcessorMaskEx(node, &affinity)) return FALSE;
    *mask = affinity.Mask;
    return TRUE;
}

BOOL WINAPI GetNumaProcessorNode(UCHAR processor, PUCHAR node)
{
    *node = 0;
    if (processor < ferry_peb()->NumberOfProcessors) return TRUE;
    *node = 0xff;
    return set_error(ERROR_INVALID_PARAMETER);
}

BOOL WINAPI GetNumaProcessorNodeEx(PPROCESSOR_NUMBER processor, PUSHORT node)
{
    *node = 0;
    if (!processor->Group && processor->Number < ferry_peb()->NumberOfProcessors) return TRUE;
    *node = 0xffff;
    return set_error(ERROR_INVALID_PARAMETER);
}

/* ---- memory ---- */

BOOL WINAPI GlobalMemoryStatusEx(LPMEMORYSTATUSEX status)
{
    ULONGLONG performance[64] = { 0 }; /* SYSTEM_PERFORMANCE_INFORMATION */
    struct system_basic basic;
    VM_COUNTERS counters = { 0 };
    NTSTATUS result;

    if (status->dwLength != sizeof(*status)) return set_error(ERROR_INVALID_PARAMETER);
    result = NtQuerySystemInformation(SystemBasicInformation, &basic, sizeof(basic), NULL);
    if (result >= 0)
        result = NtQuerySystemInformation(SystemPerformanceInformation, performance, sizeof(performance), NULL);
    if (result < 0 && result != STATUS_INFO_LENGTH_MISMATCH) return set_status(result);
    NtQueryInformationProcess(NtCurrentProcess(), ProcessVmCounters, &counters, sizeof(counters), NULL);
    /* AvailablePages, CommittedPages, CommitLimit follow three times and four counts. */
    const ULONG *pages = (const ULONG *)performance + 11;
    ULONGLONG page = basic.page_size;
    status->ullTotalPhys = basic.pages * page;
    status->ullAvailPhys = pages[0] * page;
    status->ullTotalPageFile = pages[2] * page;
    status->ullAvailPageFile = pages[2] > pages[1] ? (pages[2] - pages[1]) * page : 0;
    status->ullTotalVirtual = basic.maximum - basic.minimum + 1;
    status->ullAvailVirtual = status->ullTotalVirtual - counters.VirtualSize;
    status->ullAvailExtendedVirtual = 0;
    status->dwMemoryLoad = status->ullTotalPhys
        ? (DWORD)((status->ullTotalPhys - status->ullAvailPhys) * 100 / status->ullTotalPhys) : 0;
    return TRUE;
}

static SIZE_T clamp_size(ULONGLONG value)
{
    return value > MAXSSIZE_T ? (SIZE_T)MAXSSIZE_T : (SIZE_T)value;
}

VOID WINAPI GlobalMemoryStatus(LPMEMORYSTATUS status)
{
    MEMORYSTATUSEX all = { .dwLength = sizeof(all) };

    GlobalMemoryStatusEx(&all);
    status->dwLength = sizeof(*status);
    status->dwMemoryLoad = all.dwMemoryLoad;
    status->dwTotalPhys = clamp_size(all.ullTotalPhys);
    status->dwAvailPhys = clamp_size(all.ullAvailPhys);
    status->dwTotalPageFile = clamp_size(all.ullTotalPageFile);
    status->dwAvailPageFile = clamp_size(all.ullAvailPageFile);
    status->dwTotalVirtual = clamp_size(all.ullTotalVirtual);
    status->dwAvailVirtual = clamp_size(all.ullAvailVirtual);
}

BOOL WINAPI GetPhysicallyInstalledSystemMemory(PULONGLONG kilobytes)
{
    MEMORYSTATUSEX all = { .dwLength = sizeof(all) };

    if (!kilobytes) return set_error(ERROR_INVALID_PARAMETER);
    if (!GlobalMemoryStatusEx(&all)) return FALSE;
    *kilobytes = all.ullTotalPhys / 1024;
    return TRUE;
}

/* ---- names ---- */

/* The host's name, upper case and at most 15 characters for NetBIOS. */
static DWORD host_name(WCHAR *name, DWORD size, bool netbios)
{
    char text[256];
    ULONG length = 0, out = 0;

    if (NtFerryQueryHost("hostname", text, sizeof(text), &length) < 0 || !text[0]) memcpy(text, "localhost", 10);
    for (const char *at = text; *at && out + 1 < size; at++) {
        if (*at == '.') break;
        if (netbios && out == MAX_COMPUTERNAME_LENGTH) break;
        name[out++] = netbios && *at >= 'a' && *at <= 'z' ? *at - 32 : (UCHAR)*at;
    }
    name[out] = 0;
    return out;
}

BOOL WINAPI GetComputerNameExW(COMPUTER_NAME_FORMAT format, LPWSTR buffer, LPDWORD size)
{
    WCHAR name[256];
    DWORD length = 0;

    if (!size || format >= ComputerNameMax || (!buffer && *size)) return set_error(ERROR_INVALID_PARAMETER);
    switch ((int)format) {
    case ComputerNameNetBIOS:
    case ComputerNamePhysicalNetBIOS: length = host_name(name, ARRAYSIZE(name), true); break;
    case ComputerNameDnsHostname:
    case ComputerNamePhysicalDnsHostname:
    case ComputerNameDnsFullyQualified:
    case ComputerNamePhysicalDnsFullyQualified: length = host_name(name, ARRAYSIZE(name), false); break;
    default: name[0] = 0; /* no domain */
    }
    if (*size <= length) {
        *size = length + 1;
        return set_error(ERROR_MORE_DATA);
    }
    memcpy(buffer, name, (length + 1) * sizeof(WCHAR));
    *size = length;
    return TRUE;
}

BOOL WINAPI GetComputerNameExA(COMPUTER_NAME_FORMAT format, LPSTR buffer, LPDWORD size)
{
    WCHAR name[256];
    DWORD length = ARRAYSIZE(name), bytes;

    if (!size || (!buffer && *size)) return set_error(ERROR_INVALID_PARAMETER);
    if (!GetComputerNameExW(format, name, &length)) return FALSE;
    bytes = result_ansi(buffer, *size, name, length);
    if (bytes >= *size) {
        *size = bytes;
        return set_error(ERROR_MORE_DATA);
    }
    *size = bytes;
    return TRUE;
}

BOOL WINAPI GetComputerNameW(LPWSTR buffer, LPDWORD size)
{
    if (GetComputerNameExW(ComputerNameNetBIOS, buffer, size)) return TRUE;
    if (ferry_teb()->LastErrorValue == ERROR_MORE_DATA) set_error(ERROR_BUFFER_OVERFLOW);
    return FALSE;
}

BOOL WINAPI GetComputerNameA(LPSTR buffer, LPDWORD size)
{
    if (GetComputerNameExA(ComputerNameNetBIOS, buffer, size)) return TRUE;
    if (ferry_teb()->LastErrorValue == ERROR_MORE_DATA) set_error(ERROR_BUFFER_OVERFLOW);
    return FALSE;
}

/* ---- firmware: not to be had ---- */

BOOL WINAPI GetFirmwareType(PFIRMWARE_TYPE type)
{
    if (!type) return set_error(ERROR_INVALID_PARAMETER);
    *type = FirmwareTypeUnknown;
    return TRUE;
}

static bool known_provider(DWORD provider)
{
    return provider == 0x41435049 /* ACPI */ || provider == 0x4649524d /* FIRM */ || provider == 0x52534d42 /* RSMB */;
}

UINT WINAPI EnumSystemFirmwareTables(DWORD provider, PVOID buffer, DWORD size)
{
    return set_error(known_provider(provider) ? ERROR_NOT_FOUND : ERROR_INVALID_FUNCTION);
}

UINT WINAPI GetSystemFirmwareTable(DWORD provider, DWORD table, PVOID buffer, DWORD size)
{
    return set_error(known_provider(provider) ? ERROR_NOT_FOUND : ERROR_INVALID_FUNCTION);
}

/* Variables of UEFI are a matter of a privilege that nobody has here. */
DWORD WINAPI GetFirmwareEnvironmentVariableW(LPCWSTR name, LPCWSTR guid, PVOID buffer, DWORD size)
{
    return set_error(ERROR_INVALID_FUNCTION);
}

DWORD WINAPI GetFirmwareEnvironmentVariableA(LPCSTR name, LPCSTR guid, PVOID buffer, DWORD size)
{
    return set_error(ERROR_INVALID_FUNCTION);
}
