/* NtQuerySystemInformation and its relatives. */
#include "system.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>
#include "ferry/infos.h"
#include "ferry/syscall_table.h"
#include "host.h"
#include "processor.h"
#include "timing.h"
#include "view.h"

enum {
    SYSTEM_BASIC = 0,
    SYSTEM_PROCESSOR = 1,
    SYSTEM_PERFORMANCE = 2,
    SYSTEM_TIME_OF_DAY = 3,
    SYSTEM_PROCESS = 5,
    SYSTEM_PROCESSOR_PERFORMANCE = 8,
    SYSTEM_FLAGS = 9,
    SYSTEM_MODULE = 11,
    SYSTEM_HANDLE = 16,
    SYSTEM_PAGE_FILE = 18,
    SYSTEM_FILE_CACHE = 21,
    SYSTEM_INTERRUPT = 23,
    SYSTEM_TIME_ADJUSTMENT = 28,
    SYSTEM_KERNEL_DEBUGGER = 35,
    SYSTEM_REGISTRY_QUOTA = 37,
    SYSTEM_NUMA_PROCESSOR_MAP = 55,
    SYSTEM_EXTENDED_PROCESS = 57,
    SYSTEM_NUMA_AVAILABLE_MEMORY = 60,
    SYSTEM_EMULATION_BASIC = 62,
    SYSTEM_EMULATION_PROCESSOR = 63,
    SYSTEM_EXTENDED_HANDLE = 64,
    SYSTEM_LOGICAL_PROCESSOR = 73,
    SYSTEM_FIRMWARE_TABLE = 76,
    SYSTEM_PROCESS_ID = 88,
    SYSTEM_BOOT_ENVIRONMENT = 90,
    SYSTEM_CODE_INTEGRITY = 103,
    SYSTEM_LOGICAL_PROCESSOR_EX = 107,
    SYSTEM_SECURE_BOOT = 145,
    SYSTEM_KERNEL_DEBUGGER_EX = 149,
    SYSTEM_KERNEL_DEBUGGER_FLAGS = 163,
    SYSTEM_CPU_SET = 175,
    SYSTEM_SUPPORTED_ARCHITECTURES = 181,
};

/* ---- building answers ---- */

size_t answer_add(struct answer *answer, size_t size)
{
    size_t at = answer->size;

    if (answer->failed) return 0;
    if (size > answer->room - at) {
        size_t room = (at + size) * 2 + 256;
        unsigned char *bytes = realloc(answer->bytes, room);
        if (!bytes) {
            answer->failed = true;
            return 0;
        }
        answer->bytes = bytes;
        answer->room = room;
    }
    memset(answer->bytes + at, 0, size);
    answer->size += size;
    return at;
}

void answer_append(struct answer *answer, const void *bytes, size_t size)
{
    size_t at = answer_add(answer, size);
    if (!answer->failed) memcpy(answer->bytes + at, bytes, size);
}

NTSTATUS answer_give(struct answer *answer, void *buffer, ULONG length, ULONG *returned)
{
    ULONG size = (ULONG)answer->size;
    NTSTATUS status = STATUS_SUCCESS;

    if (answer->failed) status = STATUS_NO_MEMORY;
    else if (length < size) status = STATUS_INFO_LENGTH_MISMATCH;
    else if (!virtual_write(buffer, answer->bytes, size)) status = STATUS_ACCESS_VIOLATION;
    free(answer->bytes);
    if (returned) *returned = size;
    return status;
}

/* An answer of a fixed size, for a caller who must give exactly, or at least, that much room. */
static NTSTATUS give(const void *info, ULONG size, bool exact, void *buffer, ULONG length, ULONG *returned)
{
    if (returned) *returned = size;
    if (exact ? length != size : length < size) return STATUS_INFO_LENGTH_MISMATCH;
    memcpy(buffer, info, size);
    return STATUS_SUCCESS;
}

int read_small_file(const char *path, char *text, size_t room)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length;

    if (fd < 0) return -1;
    length = read(fd, text, room - 1);
    close(fd);
    if (length < 0) return -1;
    while (length && (text[length - 1] == '\n' || text[length - 1] == ' ')) length--;
    text[length] = 0;
    return (int)length;
}

long long read_number(const char *path, long long otherwise)
{
    char text[64], *end;
    long long number;

    if (read_small_file(path, text, sizeof(text)) <= 0) return otherwise;
    number = strtoll(text, &end, 10);
    return end == text ? otherwise : number;
}

/* ---- the small classes ---- */

static NTSTATUS basic(void *buffer, ULONG length, ULONG *returned)
{
    FERRY_SYSTEM_BASIC_INFORMATION info = { 0 };
    struct sysinfo memory;

    info.TimerResolution = 156250;
    info.PageSize = PAGE_SIZE_;
    if (!sysinfo(&memory)) info.NumberOfPhysicalPages = (ULONG)((uint64_t)memory.totalram * memory.mem_unit / PAGE_SIZE_);
    info.LowestPhysicalPageNumber = 1;
    info.HighestPhysicalPageNumber = info.NumberOfPhysicalPages;
    info.AllocationGranularity = ALLOCATION_GRANULARITY;
    info.MinimumUserModeAddress = ALLOCATION_GRANULARITY;
    info.MaximumUserModeAddress = address_space.shown - 1;
    info.ActiveProcessorsAffinityMask = processor_mask();
    info.NumberOfProcessors = (CHAR)processor_count();
    return give(&info, sizeof(info), true, buffer, length, returned);
}

static NTSTATUS processor(void *buffer, ULONG length, ULONG *returned)
{
    struct {
        USHORT ProcessorArchitecture, ProcessorLevel, ProcessorRevision, MaximumProcessors;
        ULONG ProcessorFeatureBits;
    } info = { .ProcessorArchitecture = PROCESSOR_ARCHITECTURE_AMD64 };
    unsigned registers[4], family, model;

    processor_cpuid(1, 0, registers);
    family = registers[0] >> 8 & 15;
    model = registers[0] >> 4 & 15;
    if (family == 6 || family == 15) model |= registers[0] >> 12 & 0xf0;
    if (family == 15) family += registers[0] >> 20 & 0xff;
    info.ProcessorLevel = (USHORT)family;
    info.ProcessorRevision = (USHORT)(model << 8 | (registers[0] & 15)); /* sysinfoapi.h reference: xxyy */
    info.MaximumProcessors = (USHORT)processor_count();
    info.ProcessorFeatureBits = 0x3c7f3fcd; /* KF_*: what every x86-64 processor has */
    return give(&info, sizeof(info), false, buffer, length, returned);
}

static NTSTATUS time_of_day(void *buffer, ULONG length, ULONG *returned)
{
    struct {
        LARGE_INTEGER BootTime, CurrentTime, TimeZoneBias;
        ULONG TimeZoneId, Reserved;
        ULONGLONG BootTimeBias, SleepTimeBias;
    } info = { 0 };

    info.CurrentTime.QuadPart = (LONGLONG)time_system();
    info.BootTime.QuadPart = (LONGLONG)(time_system() - time_interrupt());
    info.TimeZoneBias.QuadPart = time_zone_bias();
    info.SleepTimeBias = time_interrupt() - time_unbiased();
    if (length > sizeof(info)) {
        if (returned) *returned = 0;
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    memcpy(buffer, &info, length);
    if (returned) *returned = length;
    return STATUS_SUCCESS;
}

static NTSTATUS time_adjustment(void *buffer, ULONG length, ULONG *returned)
{
    struct {
        ULONG TimeAdjustment, TimeIncrement;
        BOOLEAN Enable;
    } info = { 156250, 156250, TRUE }; /* TRUE: none is made, as the field's old name says (TimeAdjustmentDisabled) */

    return give(&info, sizeof(info), true, buffer, length, returned);
}

static NTSTATUS registry_quota(void *buffer, ULONG length, ULONG *returned)
{
    FERRY_REGISTRY_QUOTA_INFORMATION info = { 0x7fffffff, 0x1000000, 0x1000000000 };

    return give(&info, sizeof(info), true, buffer, length, returned);
}

static NTSTATUS boot_environment(void *buffer, ULONG length, ULONG *returned)
{
    struct {
        GUID BootIdentifier;
        ULONG FirmwareType; /* FIRMWARE_TYPE: 1 BIOS, 2 UEFI */
        ULONGLONG BootFlags;
    } info = { 0 };
    char text[64];
    unsigned value, nibbles = 0;

    info.FirmwareType = access("/sys/firmware/efi", F_OK) ? 1 : 2;
    if (read_small_file("/proc/sys/kernel/random/boot_id", text, sizeof(text)) > 0) {
        unsigned char *bytes = (unsigned char *)&info.BootIdentifier;
        for (const char *at = text; *at && nibbles < 32; at++) {
            if (*at == '-') continue;
            value = *at <= '9' ? (unsigned)(*at - '0') : (unsigned)((*at | 0x20) - 'a' + 10);
            bytes[nibbles / 2] = (unsigned char)(bytes[nibbles / 2] << 4 | (value & 15));
            nibbles++;
        }
    }
    return give(&info, sizeof(info), false, buffer, length, returned);
}

static NTSTATUS code_integrity(void *buffer, ULONG length, ULONG *returned)
{
    struct {
        ULONG Length, CodeIntegrityOptions;
    } info = { 8, 1 /* CODEINTEGRITY_OPTION_ENABLED */ };

    if (length == sizeof(info) && *(ULONG *)buffer != sizeof(info)) return STATUS_INFO_LENGTH_MISMATCH;
    return give(&info, sizeof(info), true, buffer, length, returned);
}

static NTSTATUS supported_architectures(void *buffer, ULONG length, ULONG *returned)
{
    /* Machine, then bits: kernel mode, user mode, native, this process. Ends with zero. */
    const ULONG list[2] = { IMAGE_FILE_MACHINE_AMD64 | 0x10000 | 0x20000 | 0x40000 | 0x80000, 0 };

    if (returned) *returned = sizeof(list);
    if (length < sizeof(list)) return STATUS_BUFFER_TOO_SMALL;
    memcpy(buffer, list, sizeof(list));
    return STATUS_SUCCESS;
}

static NTSTATUS bytes_answer(const void *bytes, ULONG size, void *buffer, ULONG length, ULONG *returned)
{
    return give(bytes, size, false, buffer, length, returned);
}

NTSTATUS sys_NtQuerySystemInformation(ULONG class, void *buffer, ULONG length, ULONG *returned)
{
    static const unsigned char no_debugger[2] = { 0, 1 }, none[8];

    switch (class) {
    case SYSTEM_BASIC:
    case SYSTEM_EMULATION_BASIC: return basic(buffer, length, returned);
    case SYSTEM_PROCESSOR:
    case SYSTEM_EMULATION_PROCESSOR: return processor(buffer, length, returned);
    case SYSTEM_PERFORMANCE: return system_performance(buffer, length, returned);
    case SYSTEM_TIME_OF_DAY: return time_of_day(buffer, length, returned);
    case SYSTEM_PROCESS:
    case SYSTEM_EXTENDED_PROCESS: return system_processes(class, buffer, length, returned);
    case SYSTEM_PROCESSOR_PERFORMANCE: return system_processor_performance(buffer, length, returned);
    case SYSTEM_FLAGS: return give(none, sizeof(ULONG), true, buffer, length, returned);
    case SYSTEM_MODULE: return system_modules(buffer, length, returned);
    case SYSTEM_HANDLE: return system_handles(false, buffer, length, returned);
    case SYSTEM_EXTENDED_HANDLE: return system_handles(true, buffer, length, returned);
    case SYSTEM_PAGE_FILE: return system_page_files(buffer, length, returned);
    case SYSTEM_FILE_CACHE: return system_file_cache(buffer, length, returned);
    case SYSTEM_INTERRUPT: return system_interrupts(buffer, length, returned);
    case SYSTEM_TIME_ADJUSTMENT: return time_adjustment(buffer, length, returned);
    case SYSTEM_KERNEL_DEBUGGER: return bytes_answer(no_debugger, 2, buffer, length, returned);
    case SYSTEM_KERNEL_DEBUGGER_EX: return bytes_answer(none, 3, buffer, length, returned);
    case SYSTEM_KERNEL_DEBUGGER_FLAGS: return bytes_answer(none, 1, buffer, length, returned);
    case SYSTEM_REGISTRY_QUOTA: return registry_quota(buffer, length, returned);
    case SYSTEM_NUMA_PROCESSOR_MAP: return system_numa(false, buffer, length, returned);
    case SYSTEM_NUMA_AVAILABLE_MEMORY: return system_numa(true, buffer, length, returned);
    case SYSTEM_LOGICAL_PROCESSOR: return system_logical_processors(buffer, length, returned);
    case SYSTEM_FIRMWARE_TABLE: return system_firmware_table(buffer, length, returned);
    case SYSTEM_PROCESS_ID: return system_process_image(buffer, length, returned);
    case SYSTEM_BOOT_ENVIRONMENT: return boot_environment(buffer, length, returned);
    case SYSTEM_CODE_INTEGRITY: return code_integrity(buffer, length, returned);
    case SYSTEM_SECURE_BOOT: return bytes_answer(none, 2, buffer, length, returned); /* off, not capable */
    case SYSTEM_CPU_SET: return system_cpu_sets(buffer, length, returned);
    case SYSTEM_LOGICAL_PROCESSOR_EX:
    case SYSTEM_SUPPORTED_ARCHITECTURES: return STATUS_INVALID_PARAMETER; /* NtQuerySystemInformationEx */
    default: return STATUS_INVALID_INFO_CLASS;
    }
}

NTSTATUS sys_NtQuerySystemInformationEx(ULONG class, void *input, ULONG input_length, void *buffer, ULONG length,
                                        ULONG *returned)
{
    if (!input || !input_length) return STATUS_INVALID_PARAMETER;
    switch (class) {
    case SYSTEM_LOGICAL_PROCESSOR_EX:
        if (input_length < sizeof(ULONG)) return STATUS_INVALID_PARAMETER;
        return system_logical_processors_ex(*(const ULONG *)input, buffer, length, returned);
    case SYSTEM_CPU_SET: return system_cpu_sets(buffer, length, returned);
    case SYSTEM_SUPPORTED_ARCHITECTURES: return supported_architectures(buffer, length, returned);
    case SYSTEM_LOGICAL_PROCESSOR: /* of the processor group that the input names: there is one */
        if (input_length < sizeof(USHORT) || *(const USHORT *)input) return STATUS_INVALID_PARAMETER;
        return system_logical_processors(buffer, length, returned);
    default: return STATUS_INVALID_INFO_CLASS;
    }
}

/* Everything that can be set here is set for the whole machine, by administrators. */
NTSTATUS sys_NtSetSystemInformation(ULONG class, void *buffer, ULONG length)
{
    switch (class) {
    case SYSTEM_FLAGS:
    case SYSTEM_FILE_CACHE:
    case SYSTEM_TIME_ADJUSTMENT:
    case SYSTEM_REGISTRY_QUOTA:
    case 26: /* SystemLoadGdiDriverInformation */
    case 38: /* SystemExtendServiceTableInformation */
    case 80: /* SystemMemoryListInformation */
        return STATUS_PRIVILEGE_NOT_HELD;
    default: return STATUS_INVALID_INFO_CLASS;
    }
}

NTSTATUS sys_NtShutdownSystem(ULONG action)
{
    return action > 2 ? STATUS_INVALID_PARAMETER : STATUS_PRIVILEGE_NOT_HELD;
}

/* Unique until the machine restarts: the 100 ns clock, with bits of the process id below it so that two processes do
 * not meet. */
NTSTATUS sys_NtAllocateLocallyUniqueId(LUID *luid)
{
    static _Atomic uint64_t last;
    uint64_t next, previous = atomic_load(&last);

    do {
        next = time_interrupt() << 8 | ((uint64_t)getpid() & 0xff);
        if (next <= previous) next = previous + 0x100;
    } while (!atomic_compare_exchange_weak(&last, &previous, next));
    luid->LowPart = (ULONG)next;
    luid->HighPart = (LONG)(next >> 32);
    return STATUS_SUCCESS;
}
