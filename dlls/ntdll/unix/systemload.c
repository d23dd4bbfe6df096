/* What the machine is doing: memory, processor times, paging files. From /proc. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>
#include "ferry/infos.h"
#include "processor.h"
#include "system.h"
#include "view.h"

/* The whole of a /proc file in malloced memory, NUL-terminated; NULL if it cannot be read. */
static char *read_proc(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t size = 0, room = 16384;
    char *text = malloc(room);
    ssize_t got;

    if (fd < 0 || !text) goto fail;
    while ((got = read(fd, text + size, room - size - 1)) > 0) {
        size += (size_t)got;
        if (room - size < 2) {
            char *more = realloc(text, room *= 2);
            if (!more) goto fail;
            text = more;
        }
    }
    close(fd);
    text[size] = 0;
    return text;
fail:
    if (fd >= 0) close(fd);
    free(text);
    return NULL;
}

/* The number behind `name` at the start of a line; 0 if there is none. */
static uint64_t field(const char *text, const char *name)
{
    size_t length = strlen(name);

    while (text && *text) {
        if (!strncmp(text, name, length)) return strtoull(text + length, NULL, 10);
        text = strchr(text, '\n');
        if (text) text++;
    }
    return 0;
}

NTSTATUS system_performance(void *buffer, ULONG length, ULONG *returned)
{
    /* SYSTEM_PERFORMANCE_INFORMATION; older callers give room for 312 bytes. */
    enum { AVAILABLE = 3, COMMITTED, COMMIT_LIMIT, PEAK, FAULTS, COPIES, READS = 12, PAGED_POOL = 19, NON_PAGED_POOL,
           SYSTEM_CODE = 25, CONTEXT_SWITCHES = 66 };
    struct {
        ULONGLONG IdleProcessTime, IoTransfers[3];
        ULONG counts[70];
        ULONGLONG CcTotalDirtyPages, CcDirtyPageThreshold, ResidentAvailablePages, SharedCommittedPages;
    } info = { 0 };
    const uint64_t page_kib = PAGE_SIZE_ / 1024;
    char *memory = read_proc("/proc/meminfo"), *counters = read_proc("/proc/vmstat"), *stat = read_proc("/proc/stat");
    uint64_t total = field(memory, "MemTotal:"), available = field(memory, "MemAvailable:");
    uint64_t swap = field(memory, "SwapTotal:"), swap_free = field(memory, "SwapFree:");
    ULONG size = length < sizeof(info) ? 312 : sizeof(info);

    info.counts[AVAILABLE] = (ULONG)(available / page_kib);
    /* What is in use of memory and swap together: a sum that never exceeds the limit, as on Windows. */
    info.counts[COMMITTED] = (ULONG)((total - available + swap - swap_free) / page_kib);
    info.counts[COMMIT_LIMIT] = (ULONG)((total + swap) / page_kib);
    info.counts[PEAK] = info.counts[COMMITTED];
    info.counts[FAULTS] = (ULONG)field(counters, "pgfault ");
    info.counts[READS] = (ULONG)field(counters, "pgmajfault ");
    info.counts[PAGED_POOL] = (ULONG)(field(memory, "SReclaimable:") / page_kib);
    info.counts[NON_PAGED_POOL] = (ULONG)(field(memory, "SUnreclaim:") / page_kib);
    info.counts[CONTEXT_SWITCHES] = (ULONG)field(stat, "ctxt ");
    info.CcTotalDirtyPages = field(memory, "Dirty:") / page_kib;
    info.ResidentAvailablePages = info.counts[AVAILABLE];
    info.SharedCommittedPages = field(memory, "Shmem:") / page_kib;
    for (const char *line = stat; line && !strncmp(line, "cpu ", 4); line = NULL) {
        unsigned long long user, nice, system, idle;
        if (sscanf(line + 4, "%llu %llu %llu %llu", &user, &nice, &system, &idle) == 4)
            info.IdleProcessTime = idle * (10000000 / (unsigned long)sysconf(_SC_CLK_TCK));
    }
    free(memory);
    free(counters);
    free(stat);
    if (returned) *returned = size;
    if (length < size) return STATUS_INFO_LENGTH_MISMATCH;
    memcpy(buffer, &info, size);
    return STATUS_SUCCESS;
}

NTSTATUS system_processor_performance(void *buffer, ULONG length, ULONG *returned)
{
    struct {
        LARGE_INTEGER IdleTime, KernelTime, UserTime, DpcTime, InterruptTime;
        ULONG InterruptCount;
    } list[64] = { 0 };
    unsigned count = processor_count();
    ULONG size = count * (ULONG)sizeof(list[0]);
    LONGLONG unit = 10000000 / sysconf(_SC_CLK_TCK);
    char *stat;

    if (returned) *returned = size;
    if (length < sizeof(list[0])) return STATUS_INFO_LENGTH_MISMATCH;
    stat = read_proc("/proc/stat");
    for (unsigned i = 0; i < count && stat; i++) {
        long long user, nice, system, idle, wait = 0, irq = 0, soft = 0, steal = 0;
        char name[16];
        const char *line;

        snprintf(name, sizeof(name), "\ncpu%d ", processor_linux_number(i));
        line = strstr(stat, name);
        if (!line || sscanf(line + strlen(name), "%lld %lld %lld %lld %lld %lld %lld %lld", &user, &nice, &system, &idle,
                            &wait, &irq, &soft, &steal) < 4)
            continue;
        list[i].IdleTime.QuadPart = (idle + wait) * unit;
        list[i].KernelTime.QuadPart = (system + irq + soft + steal + idle + wait) * unit; /* idle included, as there */
        list[i].UserTime.QuadPart = (user + nice) * unit;
        list[i].DpcTime.QuadPart = soft * unit;
        list[i].InterruptTime.QuadPart = irq * unit;
    }
    if (stat) list[0].InterruptCount = (ULONG)field(stat, "intr ");
    free(stat);
    if (length < size) size = length / (ULONG)sizeof(list[0]) * (ULONG)sizeof(list[0]);
    memcpy(buffer, list, size);
    if (returned) *returned = size;
    return STATUS_SUCCESS;
}

NTSTATUS system_interrupts(void *buffer, ULONG length, ULONG *returned)
{
    struct {
        ULONG ContextSwitches, DpcCount, DpcRate, TimeIncrement, DpcBypassCount, ApcBypassCount;
    } list[64] = { 0 };
    unsigned count = processor_count();
    ULONG size = count * (ULONG)sizeof(list[0]);
    char *stat;

    if (returned) *returned = size;
    if (length < size) return STATUS_INFO_LENGTH_MISMATCH;
    stat = read_proc("/proc/stat");
    for (unsigned i = 0; i < count; i++) {
        list[i].ContextSwitches = (ULONG)(field(stat, "ctxt ") / count);
        list[i].DpcCount = (ULONG)(field(stat, "softirq ") / count);
        list[i].TimeIncrement = 156250;
    }
    free(stat);
    memcpy(buffer, list, size);
    return STATUS_SUCCESS;
}

NTSTATUS system_file_cache(void *buffer, ULONG length, ULONG *returned)
{
    FERRY_FILECACHE_INFORMATION info = { 0 };
    char *memory;

    if (returned) *returned = sizeof(info);
    if (length < sizeof(info)) return STATUS_INFO_LENGTH_MISMATCH;
    memory = read_proc("/proc/meminfo");
    info.CurrentSize = info.PeakSize = field(memory, "Cached:") * 1024;
    info.MinimumWorkingSet = 0x100000;
    info.MaximumWorkingSet = field(memory, "MemTotal:") * 1024;
    info.CurrentSizeIncludingTransitionInPages = info.PeakSizeIncludingTransitionInPages = info.CurrentSize / PAGE_SIZE_;
    free(memory);
    memcpy(buffer, &info, sizeof(info));
    return STATUS_SUCCESS;
}

/* One entry for all swap areas; none if there is no swap. */
NTSTATUS system_page_files(void *buffer, ULONG length, ULONG *returned)
{
    static const char name[] = "\\??\\C:\\pagefile.sys";
    struct {
        ULONG NextEntryOffset, TotalSize, TotalInUse, PeakUsage;
        UNICODE_STRING PageFileName;
        WCHAR text[sizeof(name)];
    } info = { 0 };
    struct sysinfo memory;

    if (returned) *returned = 0;
    if (sysinfo(&memory) || !memory.totalswap) return STATUS_SUCCESS;
    if (returned) *returned = sizeof(info);
    if (length < sizeof(info)) return STATUS_INFO_LENGTH_MISMATCH;
    info.TotalSize = (ULONG)((uint64_t)memory.totalswap * memory.mem_unit / PAGE_SIZE_);
    info.TotalInUse = (ULONG)((uint64_t)(memory.totalswap - memory.freeswap) * memory.mem_unit / PAGE_SIZE_);
    info.PeakUsage = info.TotalInUse;
    for (size_t i = 0; i < sizeof(name); i++) info.text[i] = (unsigned char)name[i];
    info.PageFileName.Length = (sizeof(name) - 1) * sizeof(WCHAR);
    info.PageFileName.MaximumLength = sizeof(info.text);
    info.PageFileName.Buffer = (WCHAR *)((char *)buffer + offsetof(__typeof__(info), text));
    memcpy(buffer, &info, sizeof(info));
    return STATUS_SUCCESS;
}
