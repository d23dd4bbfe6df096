/* NtQueryInformationProcess and NtSetInformationProcess. What another process knows of itself stands in its slot and
 * its block of the arena, the rest in /proc. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"
#include "object.h"
#include "path.h"
#include "sync.h"
#include "threads.h"
#include "virtual.h"
#include "ferry/infos.h"
#include "wow.h"
#include "ferry/syscall_table.h"

#define PRIORITY_IDLE 1
#define PRIORITY_NORMAL 2
#define PRIORITY_HIGH 3
#define PRIORITY_REALTIME 4
#define PRIORITY_BELOW_NORMAL 5
#define PRIORITY_ABOVE_NORMAL 6

/* PROCESSINFOCLASS */
enum {
    CLASS_BASIC = 0,
    CLASS_QUOTA_LIMITS = 1,
    CLASS_IO_COUNTERS = 2,
    CLASS_VM_COUNTERS = 3,
    CLASS_TIMES = 4,
    CLASS_BASE_PRIORITY = 5,
    CLASS_DEBUG_PORT = 7,
    CLASS_DEFAULT_HARD_ERROR_MODE = 12,
    CLASS_PRIORITY_CLASS = 18,
    CLASS_HANDLE_COUNT = 20,
    CLASS_AFFINITY_MASK = 21,
    CLASS_PRIORITY_BOOST = 22,
    CLASS_DEVICE_MAP = 23,
    CLASS_SESSION_INFORMATION = 24,
    CLASS_FOREGROUND = 25,
    CLASS_WOW64 = 26,
    CLASS_IMAGE_FILE_NAME = 27,
    CLASS_BREAK_ON_TERMINATION = 29,
    CLASS_DEBUG_OBJECT_HANDLE = 30,
    CLASS_DEBUG_FLAGS = 31,
    CLASS_IO_PRIORITY = 33,
    CLASS_EXECUTE_FLAGS = 34,
    CLASS_COOKIE = 36,
    CLASS_IMAGE_INFORMATION = 37,
    CLASS_CYCLE_TIME = 38,
    CLASS_PAGE_PRIORITY = 39,
    CLASS_IMAGE_FILE_NAME_WIN32 = 43,
    CLASS_MITIGATION_POLICY = 52,
    CLASS_COMMAND_LINE = 60,
    CLASS_PROTECTION = 61,
    CLASS_FAULT_INFORMATION = 63,
    CLASS_POWER_THROTTLING = 77,
};

struct times {
    LARGE_INTEGER CreateTime, ExitTime, KernelTime, UserTime;
};

/* ---- /proc ---- */

static bool read_proc(int pid, const char *name, char *text, size_t room)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    ssize_t size = read(fd, text, room - 1);
    close(fd);
    text[size > 0 ? size : 0] = 0;
    return size > 0;
}

static uint64_t proc_field(const char *text, const char *name)
{
    const char *at = strstr(text, name);

    return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

static void process_times(const struct slot *slot, struct times *times)
{
    char text[1024];

    memset(times, 0, sizeof(*times));
    times->CreateTime.QuadPart = (LONGLONG)slot->process.create_time;
    times->ExitTime.QuadPart = (LONGLONG)slot->process.exit_time;
    if (slot == slot_at(process_slot)) {
        struct rusage usage;
        getrusage(RUSAGE_SELF, &usage);
        times->KernelTime.QuadPart = usage.ru_stime.tv_sec * 10000000ll + usage.ru_stime.tv_usec * 10;
        times->UserTime.QuadPart = usage.ru_utime.tv_sec * 10000000ll + usage.ru_utime.tv_usec * 10;
        return;
    }
    const char *at = !slot->process.exit_time && read_proc(slot->process.unix_id, "stat", text, sizeof(text)) ? strrchr(text, ')') : NULL;
    unsigned long long user, kernel;
    if (!at || sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user, &kernel) != 2) return;
    long tick = sysconf(_SC_CLK_TCK);
    times->UserTime.QuadPart = (LONGLONG)(user * 10000000 / (unsigned long)tick);
    times->KernelTime.QuadPart = (LONGLONG)(kernel * 10000000 / (unsigned long)tick);
}

static void io_counters(int pid, IO_COUNTERS *out)
{
    char text[512];

    memset(out, 0, sizeof(*out));
    if (!read_proc(pid, "io", text, sizeof(text))) return;
    out->ReadOperationCount = proc_field(text, "syscr: ");
    out->WriteOperationCount = proc_field(text, "syscw: ");
    out->ReadTransferCount = proc_field(text, "rchar: ");
    out->WriteTransferCount = proc_field(text, "wchar: ");
}

static void vm_counters(int pid, FERRY_VM_COUNTERS_EX *out)
{
    char text[4096];

    memset(out, 0, sizeof(*out));
    if (!read_proc(pid, "status", text, sizeof(text))) return;
    out->PeakVirtualSize = proc_field(text, "VmPeak:") * 1024;
    out->VirtualSize = proc_field(text, "VmSize:") * 1024;
    out->PeakWorkingSetSize = proc_field(text, "VmHWM:") * 1024;
    out->WorkingSetSize = proc_field(text, "VmRSS:") * 1024;
    out->PrivateUsage = out->PagefileUsage = proc_field(text, "RssAnon:") * 1024 + proc_field(text, "VmSwap:") * 1024;
    out->PeakPagefileUsage = out->PagefileUsage;
    if (pid == getpid()) {
        struct rusage usage;
        getrusage(RUSAGE_SELF, &usage);
        out->PageFaultCount = (ULONG)(usage.ru_minflt + usage.ru_majflt);
    }
}

/* ---- queries ---- */

static NTSTATUS give(void *buffer, ULONG length, ULONG *returned, const void *answer, ULONG size)
{
    if (returned) *returned = size;
    if (length != size) return STATUS_INFO_LENGTH_MISMATCH;
    memcpy(buffer, answer, size);
    return STATUS_SUCCESS;
}

static NTSTATUS give_ulong(void *buffer, ULONG length, ULONG *returned, ULONG value)
{
    return give(buffer, length, returned, &value, sizeof(value));
}

static NTSTATUS give_string(void *buffer, ULONG length, ULONG *returned, const WCHAR *text, ULONG units)
{
    UNICODE_STRING *string = buffer;
    ULONG bytes = units * sizeof(WCHAR), needed = sizeof(*string) + bytes + sizeof(WCHAR);

    if (returned) *returned = needed;
    if (length < needed) return STATUS_INFO_LENGTH_MISMATCH;
    WCHAR *to = (WCHAR *)(string + 1);
    memmove(to, text, bytes);
    to[units] = 0;
    *string = (UNICODE_STRING){ .Length = (USHORT)bytes, .MaximumLength = (USHORT)(bytes + sizeof(WCHAR)), .Buffer = to };
    return STATUS_SUCCESS;
}

static LONG base_priority(ULONG class)
{
    switch (class) {
    case PRIORITY_IDLE: return 4;
    case PRIORITY_BELOW_NORMAL: return 6;
    case PRIORITY_ABOVE_NORMAL: return 10;
    case PRIORITY_HIGH: return 13;
    case PRIORITY_REALTIME: return 24;
    default: return 8;
    }
}

static ULONG_PTR affinity_of(int pid)
{
    cpu_set_t set;
    ULONG_PTR mask = 0;

    if (sched_getaffinity(pid, sizeof(set), &set)) return 1;
    for (int i = 0; i < 64; i++)
        if (CPU_ISSET(i, &set)) mask |= 1ull << i;
    return mask;
}

static NTSTATUS query_basic(const struct slot *slot, uint32_t number, struct process_block *block, void *buffer,
                            ULONG length, ULONG *returned)
{
    FERRY_PROCESS_BASIC_INFORMATION basic = { .ExitStatus = slot->process.exit_status,
                .UniqueProcessId = ID_OF_SLOT(number),
                .InheritedFromUniqueProcessId = slot->process.parent };

    basic.PebBaseAddress = number == process_slot ? (void *)virtual_peb() : block ? (void *)block->peb : NULL;
    basic.AffinityMask = affinity_of(number == process_slot ? 0 : slot->process.unix_id);
    basic.BasePriority = base_priority(block ? block->priority_class : 0);
    return give(buffer, length, returned, &basic, sizeof(basic));
}

static NTSTATUS query_image(struct process_block *block, bool win32, void *buffer, ULONG length, ULONG *returned)
{
    WCHAR text[PROCESS_IMAGE_UNITS];
    ULONG units;

    if (!block) return STATUS_PROCESS_IS_TERMINATING;
    units = block->image_units < PROCESS_IMAGE_UNITS ? block->image_units : PROCESS_IMAGE_UNITS;
    memcpy(text, block->image, units * sizeof(WCHAR));
    /* Stored as \??\C:\…; the native form is a device path. */
    if (units >= 4 && text[0] == '\\' && text[1] == '?' && text[2] == '?' && text[3] == '\\') {
        if (win32) return give_string(buffer, length, returned, text + 4, units - 4);
        if (units >= 6 && text[5] == ':') {
            static const WCHAR device[] = u"\\Device\\HarddiskVolume";
            WCHAR native[PROCESS_IMAGE_UNITS + 32];
            ULONG used = sizeof(device) / sizeof(WCHAR) - 1;
            memcpy(native, device, sizeof(device));
            native[used++] = (WCHAR)('1' + ((text[4] | 0x20) == 'z' ? 1 : 0));
            memcpy(native + used, text + 6, (units - 6) * sizeof(WCHAR));
            return give_string(buffer, length, returned, native, used + units - 6);
        }
    }
    return give_string(buffer, length, returned, text, units);
}

static NTSTATUS query_command_line(uint32_t number, void *buffer, ULONG length, ULONG *returned)
{
    if (number != process_slot) return STATUS_NOT_SUPPORTED;
    UNICODE_STRING line = virtual_peb()->ProcessParameters->CommandLine;
    return give_string(buffer, length, returned, line.Buffer, line.Length / sizeof(WCHAR));
}

static NTSTATUS query(uint32_t number, struct process_block *block, ULONG class, void *buffer, ULONG length, ULONG *returned)
{
    const struct slot *slot = slot_at(number);
    bool self = number == process_slot;
    int pid = self ? getpid() : slot->process.unix_id;
    ULONG_PTR none = 0;

    switch (class) {
    case CLASS_BASIC: return query_basic(slot, number, block, buffer, length, returned);
    case CLASS_IO_COUNTERS: {
        IO_COUNTERS counters;
        io_counters(pid, &counters);
        return give(buffer, length, returned, &counters, sizeof(counters));
    }
    case CLASS_VM_COUNTERS: {
        FERRY_VM_COUNTERS_EX counters;
        vm_counters(pid, &counters);
        ULONG size = length == sizeof(counters) ? sizeof(counters) : sizeof(counters) - sizeof(SIZE_T);
        return give(buffer, length, returned, &counters, size);
    }
    case CLASS_TIMES: {
        struct times times;
        process_times(slot, &times);
        return give(buffer, length, returned, &times, sizeof(times));
    }
    case CLASS_DEBUG_PORT: return give(buffer, length, returned, &none, sizeof(none));
    case CLASS_DEFAULT_HARD_ERROR_MODE: return give_ulong(buffer, length, returned, block ? block->error_mode : 0);
    case CLASS_PRIORITY_CLASS: {
        UCHAR priority[2] = { FALSE, (UCHAR)(block && block->priority_class ? block->priority_class : PRIORITY_NORMAL) };
        return give(buffer, length, returned, priority, sizeof(priority));
    }
    case CLASS_HANDLE_COUNT: {
        ULONG counts[2] = { block ? atomic_load(&block->handle_count) : 0 };
        counts[1] = counts[0];
        return give(buffer, length, returned, counts, length == sizeof(counts) ? sizeof(counts) : sizeof(ULONG));
    }
    case CLASS_AFFINITY_MASK: {
        ULONG_PTR mask = affinity_of(self ? 0 : pid);
        return give(buffer, length, returned, &mask, sizeof(mask));
    }
    case CLASS_PRIORITY_BOOST: return give_ulong(buffer, length, returned, 0);
    case CLASS_SESSION_INFORMATION: return give_ulong(buffer, length, returned, 1);
    case CLASS_WOW64: { /* its 32-bit PEB */
        ULONG_PTR peb = block && block->machine == IMAGE_FILE_MACHINE_I386 ? block->peb + WOW_TEB_OFFSET : 0;
        return give(buffer, length, returned, &peb, sizeof(peb));
    }
    case CLASS_IMAGE_FILE_NAME: return query_image(block, false, buffer, length, returned);
    case CLASS_IMAGE_FILE_NAME_WIN32: return query_image(block, true, buffer, length, returned);
    case CLASS_BREAK_ON_TERMINATION: return give_ulong(buffer, length, returned, 0);
    case CLASS_DEBUG_OBJECT_HANDLE:
        if (length != sizeof(none)) return STATUS_INFO_LENGTH_MISMATCH;
        *(ULONG_PTR *)buffer = 0;
        return STATUS_PORT_NOT_SET;
    case CLASS_DEBUG_FLAGS: return give_ulong(buffer, length, returned, 1); /* no debugger that a child would inherit */
    case CLASS_IO_PRIORITY: return give_ulong(buffer, length, returned, 2);
    case CLASS_EXECUTE_FLAGS: return give_ulong(buffer, length, returned, 0x4d); /* DEP on, permanent */
    case CLASS_COOKIE: {
        if (!self) return STATUS_INVALID_PARAMETER;
        uint64_t create = slot->process.create_time;
        return give_ulong(buffer, length, returned, (ULONG)(create ^ create >> 32 ^ (uintptr_t)virtual_peb() >> 12));
    }
    case CLASS_CYCLE_TIME: {
        struct times times;
        uint64_t cycles[2];
        process_times(slot, &times);
        /* Processor time at a nominal 1 GHz, 100 cycles each 100 ns; what counts is that it grows with work. */
        cycles[0] = (uint64_t)(times.KernelTime.QuadPart + times.UserTime.QuadPart) * 100;
        cycles[1] = 0;
        return give(buffer, length, returned, cycles, sizeof(cycles));
    }
    case CLASS_PAGE_PRIORITY: return give_ulong(buffer, length, returned, 5);
    case CLASS_COMMAND_LINE: return query_command_line(number, buffer, length, returned);
    case CLASS_PROTECTION: {
        UCHAR protection = 0;
        return give(buffer, length, returned, &protection, sizeof(protection));
    }
    case CLASS_MITIGATION_POLICY: {
        ULONG policy[2];
        if (length != sizeof(policy)) return STATUS_INFO_LENGTH_MISMATCH;
        memcpy(policy, buffer, sizeof(policy));
        policy[1] = policy[0] == 0 ? 3 : 0; /* DEP: enabled, permanent; of the others none */
        return give(buffer, length, returned, policy, sizeof(policy));
    }
    case CLASS_QUOTA_LIMITS: {
        QUOTA_LIMITS limits = { .PagedPoolLimit = (SIZE_T)-1, .NonPagedPoolLimit = (SIZE_T)-1,
                                .MinimumWorkingSetSize = 50 * 4096, .MaximumWorkingSetSize = 345 * 4096,
                                .PagefileLimit = (SIZE_T)-1, .TimeLimit.QuadPart = -1 };
        return give(buffer, length, returned, &limits, sizeof(limits));
    }
    case CLASS_DEVICE_MAP: {
        struct {
            ULONG map;
            UCHAR types[32];
        } devices = { path_drive_mask() };
        for (int i = 0; i < 26; i++) devices.types[i] = devices.map >> i & 1 ? 3 /* DRIVE_FIXED */ : 0;
        if (length != sizeof(devices) && length != sizeof(devices) + 4) return STATUS_INFO_LENGTH_MISMATCH;
        return give(buffer, sizeof(devices), returned, &devices, sizeof(devices));
    }
    case CLASS_IMAGE_INFORMATION: return STATUS_NOT_SUPPORTED;
    }
    return STATUS_INVALID_INFO_CLASS;
}

NTSTATUS sys_NtQueryInformationProcess(HANDLE ProcessHandle, ULONG ProcessInformationClass, void *ProcessInformation,
                                       ULONG ProcessInformationLength, ULONG *ReturnLength)
{
    _Alignas(16) unsigned char answer[0x10040]; /* holds a UNICODE_STRING with the longest text */
    struct process_block *block = process_block;
    uint32_t number;
    ULONG returned = 0;
    NTSTATUS status = handle_slot(ProcessHandle, OBJECT_PROCESS, PROCESS_QUERY_LIMITED_INFORMATION, &number);

    if (status == STATUS_ACCESS_DENIED)
        status = handle_slot(ProcessHandle, OBJECT_PROCESS, PROCESS_QUERY_INFORMATION, &number);
    if (status) return status;
    if (ProcessInformationClass == CLASS_MITIGATION_POLICY && ProcessInformationLength >= 8)
        memcpy(answer, ProcessInformation, 8);
    if (number != process_slot) {
        block = arena_map_block(slot_at(number)->process.index);
        if (block && atomic_load(&block->slot) != number) { /* it ended, and another has the block */
            arena_unmap_block(block);
            block = NULL;
        }
    }
    /* Into memory of ours first: the buffer may not be there. */
    ULONG room = ProcessInformationLength < sizeof(answer) ? ProcessInformationLength : sizeof(answer);
    status = query(number, block, ProcessInformationClass, answer, room, &returned);
    if (block != process_block) arena_unmap_block(block);
    if (ReturnLength && (returned || !status)) *ReturnLength = returned;
    if (status && status != STATUS_PORT_NOT_SET) return status;
    if (status == STATUS_PORT_NOT_SET) returned = room;
    memcpy(ProcessInformation, answer, returned);
    if (ProcessInformationClass == CLASS_IMAGE_FILE_NAME || ProcessInformationClass == CLASS_IMAGE_FILE_NAME_WIN32 ||
        ProcessInformationClass == CLASS_COMMAND_LINE)
        ((UNICODE_STRING *)ProcessInformation)->Buffer = (WCHAR *)((UNICODE_STRING *)ProcessInformation + 1);
    return status;
}

/* ---- setting ---- */

static NTSTATUS set_affinity(int pid, ULONG_PTR mask)
{
    cpu_set_t set;

    if (!mask) return STATUS_INVALID_PARAMETER;
    CPU_ZERO(&set);
    for (int i = 0; i < 64; i++)
        if (mask >> i & 1) CPU_SET(i, &set);
    return sched_setaffinity(pid, sizeof(set), &set) ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

static NTSTATUS set_priority_class(struct process_block *block, int pid, UCHAR class)
{
    static const signed char nice[] = { 0, 19, 0, -5, -10, 10, -3 };

    if (!class || class > PRIORITY_ABOVE_NORMAL) return STATUS_INVALID_PARAMETER;
    setpriority(PRIO_PROCESS, (id_t)pid, nice[class]); /* raising it needs a right that most users lack; as on Windows
                                                         the class is recorded all the same */
    if (block) block->priority_class = class;
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtSetInformationProcess(HANDLE ProcessHandle, ULONG ProcessInformationClass, void *ProcessInformation,
                                     ULONG ProcessInformationLength)
{
    unsigned char value[16] = { 0 };
    struct process_block *block = process_block;
    uint32_t number;
    NTSTATUS status = handle_slot(ProcessHandle, OBJECT_PROCESS, PROCESS_SET_INFORMATION, &number);

    if (status) return status;
    memcpy(value, ProcessInformation, ProcessInformationLength < sizeof(value) ? ProcessInformationLength : sizeof(value));
    if (number != process_slot) block = arena_map_block(slot_at(number)->process.index);
    int pid = slot_at(number)->process.unix_id;
    ULONG word;
    memcpy(&word, value, sizeof(word));
    switch (ProcessInformationClass) {
    case CLASS_DEFAULT_HARD_ERROR_MODE:
        if (ProcessInformationLength != sizeof(ULONG)) status = STATUS_INFO_LENGTH_MISMATCH;
        else if (block) block->error_mode = word;
        break;
    case CLASS_PRIORITY_CLASS:
        if (ProcessInformationLength != 2) status = STATUS_INFO_LENGTH_MISMATCH;
        else status = set_priority_class(block, pid, value[1]);
        break;
    case CLASS_AFFINITY_MASK:
        if (ProcessInformationLength != sizeof(ULONG_PTR)) status = STATUS_INFO_LENGTH_MISMATCH;
        else status = set_affinity(pid, *(ULONG_PTR *)value);
        break;
    case CLASS_BASE_PRIORITY:
    case CLASS_PRIORITY_BOOST:
    case CLASS_FOREGROUND:
    case CLASS_IO_PRIORITY:
    case CLASS_PAGE_PRIORITY:
    case CLASS_POWER_THROTTLING:
    case CLASS_EXECUTE_FLAGS:
    case CLASS_FAULT_INFORMATION:
    case CLASS_QUOTA_LIMITS: break; /* hints, and a working set whose limits Linux does not know */
    case CLASS_BREAK_ON_TERMINATION: status = word ? STATUS_PRIVILEGE_NOT_HELD : STATUS_SUCCESS; break;
    default: status = STATUS_INVALID_INFO_CLASS;
    }
    if (block != process_block) arena_unmap_block(block);
    return status;
}
