/* The processes of the session, their threads and handles, as NtQuerySystemInformation lists them. Who there is comes from the
 * arena, what they use from /proc. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "ferry/infos.h"
#include "object.h"
#include "processor.h"
#include "section.h"
#include "system.h"

#define SYSTEM_EXTENDED_PROCESS 57

struct process_block *arena_map_block(uint32_t index) __attribute__((weak));
void arena_unmap_block(struct process_block *block) __attribute__((weak));

_Static_assert(sizeof(FERRY_PROCESS_RECORD) == 0x100, "SYSTEM_PROCESS_INFORMATION");
_Static_assert(sizeof(FERRY_EXTENDED_THREAD_RECORD) == 0x88, "SYSTEM_EXTENDED_THREAD_INFORMATION");

static uint32_t slot_limit(void)
{
    uint32_t limit = atomic_load(&((struct arena_header *)arena_slots)->slot_limit);

    if (limit > ARENA_SLOTS) limit = ARENA_SLOTS;
    return limit > process_slot ? limit : process_slot + 1;
}

static bool is_running(const struct slot *slot, enum object_type type)
{
    if (SLOT_TAG_TYPE(slot->tag) != type || !atomic_load(&slot->references)) return false;
    return (type == OBJECT_PROCESS ? slot->process.exit_status : slot->thread.exit_status) == STATUS_PENDING;
}

static struct process_block *block_of(uint32_t slot)
{
    if (slot == process_slot) return process_block;
    return arena_map_block ? arena_map_block(slot_at(slot)->process.index) : NULL;
}

static void block_done(struct process_block *block)
{
    if (block && block != process_block) arena_unmap_block(block);
}

/* ---- /proc ---- */

struct usage {
    uint64_t user, kernel; /* 100 ns */
    uint64_t faults, hard_faults, virtual_size, working_set;
    char state;
};

/* From a `stat` file of a process or a task. */
static bool read_usage(const char *path, struct usage *usage)
{
    char text[1024];
    unsigned long long minor, major, user, system, size;
    long long resident;
    uint64_t unit = 10000000ull / (uint64_t)sysconf(_SC_CLK_TCK);
    const char *at;

    memset(usage, 0, sizeof(*usage));
    if (read_small_file(path, text, sizeof(text)) <= 0) return false;
    at = strrchr(text, ')'); /* the name may hold anything */
    if (!at || sscanf(at + 1, " %c %*d %*d %*d %*d %*d %*u %llu %*u %llu %*u %llu %llu %*d %*d %*d %*d %*d %*d %*u %llu %lld",
                      &usage->state, &minor, &major, &user, &system, &size, &resident) != 7)
        return false;
    usage->faults = minor + major;
    usage->hard_faults = major;
    usage->user = user * unit;
    usage->kernel = system * unit;
    usage->virtual_size = size;
    usage->working_set = (uint64_t)resident * PAGE_SIZE_;
    return true;
}

static void read_io(int pid, FERRY_PROCESS_RECORD *record)
{
    char path[64], text[512];
    unsigned long long read_bytes, written_bytes, reads, writes;

    snprintf(path, sizeof(path), "/proc/%d/io", pid);
    if (read_small_file(path, text, sizeof(text)) <= 0) return;
    if (sscanf(text, "rchar: %llu wchar: %llu syscr: %llu syscw: %llu", &read_bytes, &written_bytes, &reads, &writes) != 4)
        return;
    record->ReadTransferCount.QuadPart = (LONGLONG)read_bytes;
    record->WriteTransferCount.QuadPart = (LONGLONG)written_bytes;
    record->ReadOperationCount.QuadPart = (LONGLONG)reads;
    record->WriteOperationCount.QuadPart = (LONGLONG)writes;
}

/* ---- processes and threads ---- */

static LONG base_priority(uint32_t priority_class)
{
    switch (priority_class) {
    case IDLE_PRIORITY_CLASS: return 4;
    case BELOW_NORMAL_PRIORITY_CLASS: return 6;
    case ABOVE_NORMAL_PRIORITY_CLASS: return 10;
    case HIGH_PRIORITY_CLASS: return 13;
    case REALTIME_PRIORITY_CLASS: return 24;
    default: return 8;
    }
}

static void add_thread(struct answer *answer, uint32_t process, uint32_t number, bool extended)
{
    const struct slot *slot = slot_at(number);
    FERRY_EXTENDED_THREAD_RECORD record = { .Thread = { .ThreadState = 5, .WaitReason = 6 } }; /* waiting, for an event of its own */
    struct usage usage;
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", slot_at(process)->process.unix_id, slot->thread.unix_id);
    if (read_usage(path, &usage)) {
        record.Thread.UserTime.QuadPart = (LONGLONG)usage.user;
        record.Thread.KernelTime.QuadPart = (LONGLONG)usage.kernel;
        if (usage.state == 'R') record.Thread.ThreadState = 2, record.Thread.WaitReason = 0; /* running */
    }
    record.Thread.CreateTime.QuadPart = (LONGLONG)slot->thread.create_time;
    record.Thread.UniqueProcess = ID_OF_SLOT(process);
    record.Thread.UniqueThread = ID_OF_SLOT(number);
    record.Thread.Priority = record.Thread.BasePriority = 8;
    answer_append(answer, &record, extended ? sizeof(record) : offsetof(FERRY_EXTENDED_THREAD_RECORD, StackBase));
}

/* ImageName.Buffer holds an offset into the answer until the end. */
static void finish_record(struct answer *answer, size_t at, ULONG threads, const WCHAR *name, uint32_t units)
{
    size_t text = answer_add(answer, (units + 1) * sizeof(WCHAR));
    FERRY_PROCESS_RECORD *record;

    answer_add(answer, -answer->size & 7);
    if (answer->failed) return;
    record = (FERRY_PROCESS_RECORD *)(answer->bytes + at);
    record->NumberOfThreads = record->NumberOfThreadsHighWatermark = threads;
    record->NextEntryOffset = (ULONG)(answer->size - at);
    if (!units) return;
    memcpy(answer->bytes + text, name, units * sizeof(WCHAR));
    record->ImageName.Length = (USHORT)(units * sizeof(WCHAR));
    record->ImageName.MaximumLength = (USHORT)((units + 1) * sizeof(WCHAR));
    record->ImageName.Buffer = (WCHAR *)text;
}

static void add_process(struct answer *answer, uint32_t number, bool extended)
{
    const struct slot *slot = slot_at(number);
    FERRY_PROCESS_RECORD record = { 0 };
    struct process_block *block = block_of(number);
    WCHAR name[260];
    uint32_t units = 0;
    ULONG threads = 0;
    struct usage usage;
    char path[64];
    size_t at;

    record.BasePriority = 8;
    if (block) {
        uint32_t length = block->image_units < PROCESS_IMAGE_UNITS ? block->image_units : PROCESS_IMAGE_UNITS, start = length;
        while (start && block->image[start - 1] != '\\') start--;
        units = length - start < 259 ? length - start : 259;
        memcpy(name, block->image + start, units * sizeof(WCHAR));
        record.HandleCount = atomic_load(&block->handle_count);
        record.SessionId = block->session;
        record.BasePriority = base_priority(block->priority_class);
        block_done(block);
    }
    snprintf(path, sizeof(path), "/proc/%d/stat", slot->process.unix_id);
    if (!read_usage(path, &usage)) return; /* it just ended */
    record.UserTime.QuadPart = (LONGLONG)usage.user;
    record.KernelTime.QuadPart = (LONGLONG)usage.kernel;
    record.PageFaultCount = (ULONG)usage.faults;
    record.HardFaultCount = (ULONG)usage.hard_faults;
    record.VirtualSize = record.PeakVirtualSize = usage.virtual_size;
    record.WorkingSetSize = record.PeakWorkingSetSize = usage.working_set;
    record.WorkingSetPrivateSize.QuadPart = (LONGLONG)usage.working_set;
    record.PagefileUsage = record.PrivatePageCount = usage.working_set;
    if (number == process_slot) {
        record.PagefileUsage = record.PrivatePageCount = committed_pages * PAGE_SIZE_;
        record.PeakPagefileUsage = committed_peak * PAGE_SIZE_;
    }
    if (record.PeakPagefileUsage < record.PagefileUsage) record.PeakPagefileUsage = record.PagefileUsage;
    record.CreateTime.QuadPart = (LONGLONG)slot->process.create_time;
    record.UniqueProcessId = ID_OF_SLOT(number);
    record.InheritedFromUniqueProcessId = slot->process.parent;
    read_io(slot->process.unix_id, &record);

    at = answer_add(answer, sizeof(record));
    if (answer->failed) return;
    memcpy(answer->bytes + at, &record, sizeof(record));
    for (uint32_t i = ARENA_FIRST_SLOT; i < slot_limit(); i++) {
        if (!is_running(slot_at(i), OBJECT_THREAD) || atomic_load(&slot_at(i)->owner) != number) continue;
        add_thread(answer, number, i, extended);
        threads++;
    }
    finish_record(answer, at, threads, name, units);
}

/* The two that every Windows list starts with: idle and System. */
static void add_system(struct answer *answer, ULONG_PTR id, const char *text)
{
    WCHAR name[16];
    uint32_t units = 0;
    size_t at = answer_add(answer, sizeof(FERRY_PROCESS_RECORD));

    if (answer->failed) return;
    for (; text[units]; units++) name[units] = (unsigned char)text[units];
    ((FERRY_PROCESS_RECORD *)(answer->bytes + at))->UniqueProcessId = id;
    ((FERRY_PROCESS_RECORD *)(answer->bytes + at))->BasePriority = id ? 8 : 0;
    finish_record(answer, at, 0, name, units);
}

NTSTATUS system_processes(ULONG class, void *buffer, ULONG length, ULONG *returned)
{
    struct answer answer = { 0 };
    size_t last = 0;

    add_system(&answer, 0, "");
    add_system(&answer, 4, "System");
    for (uint32_t i = ARENA_FIRST_SLOT; i < slot_limit(); i++)
        if (is_running(slot_at(i), OBJECT_PROCESS) || i == process_slot)
            add_process(&answer, i, class == SYSTEM_EXTENDED_PROCESS);
    for (size_t at = 0; at < answer.size && !answer.failed; at = last) {
        FERRY_PROCESS_RECORD *record = (FERRY_PROCESS_RECORD *)(answer.bytes + at);
        if (record->ImageName.Length)
            record->ImageName.Buffer = (WCHAR *)((char *)buffer + (size_t)record->ImageName.Buffer);
        last = at + record->NextEntryOffset;
        if (last >= answer.size) record->NextEntryOffset = 0;
    }
    return answer_give(&answer, buffer, length, returned);
}

/* SystemProcessIdInformation: the image's name, in the form of devices, of a process by its id. */
NTSTATUS system_process_image(void *buffer, ULONG length, ULONG *returned)
{
    FERRY_PROCESS_ID_INFORMATION info;
    struct process_block *block;
    WCHAR *name = NULL;
    uint32_t units = 0, number;
    NTSTATUS status = STATUS_SUCCESS;

    if (returned) *returned = sizeof(info);
    if (length < sizeof(info)) return STATUS_INFO_LENGTH_MISMATCH;
    memcpy(&info, buffer, sizeof(info));
    if (info.ImageName.Length || info.ImageName.MaximumLength % 2) return STATUS_INVALID_PARAMETER;
    number = SLOT_OF_ID(info.ProcessId);
    if (info.ProcessId % 4 || number < ARENA_FIRST_SLOT || number >= slot_limit() ||
        !(number == process_slot || is_running(slot_at(number), OBJECT_PROCESS)) || !(block = block_of(number)))
        return STATUS_INVALID_CID;
    units = block->image_units < PROCESS_IMAGE_UNITS ? block->image_units : PROCESS_IMAGE_UNITS;
    name = malloc((units + 1) * sizeof(WCHAR));
    if (name) memcpy(name, block->image, units * sizeof(WCHAR));
    block_done(block);
    if (!name) return STATUS_NO_MEMORY;
    status = device_name(&name, &units);
    if (!status) {
        info.ImageName.Length = (USHORT)(units * sizeof(WCHAR));
        if ((units + 1) * sizeof(WCHAR) > info.ImageName.MaximumLength) {
            info.ImageName.MaximumLength = (USHORT)((units + 1) * sizeof(WCHAR));
            status = STATUS_INFO_LENGTH_MISMATCH;
        } else {
            name[units] = 0;
            if (!virtual_write(info.ImageName.Buffer, name, (units + 1) * sizeof(WCHAR))) status = STATUS_ACCESS_VIOLATION;
        }
    }
    free(name);
    memcpy(buffer, &info, sizeof(info));
    return status;
}

/* ---- handles ---- */

/* A number in the place of a kernel address: equal for handles of the same object, and good for nothing else. */
static ULONG_PTR object_number(uint32_t process, uint32_t index, uint64_t target)
{
    struct handle_info info;

    if ((uint32_t)target) return 0xffff800000000000u + (uint32_t)target * 64ul;
    if (process == process_slot && !handle_query((HANDLE)(ULONG_PTR)(index * 4ul), &info) && info.object)
        return 0xffffa00000000000u + ((ULONG_PTR)info.object & 0xfffffffffff);
    return 0xffffc00000000000u + ((ULONG_PTR)process << 24) + index;
}

static ULONG add_handles(struct answer *answer, uint32_t process, bool extended)
{
    struct process_block *block = block_of(process);
    struct handle_entry *entries;
    ULONG found = 0, all;

    if (!block) return 0;
    entries = (struct handle_entry *)((char *)block + ARENA_HANDLES_OFFSET);
    all = atomic_load(&block->handle_count);
    /* Stop after the last one: looking further would make memory of a sparse file. */
    for (uint32_t i = 1; i < ARENA_HANDLES && found < all; i++) {
        uint64_t rights = atomic_load(&entries[i].rights);
        FERRY_HANDLE_RECORD record = { 0 };

        if ((rights & HANDLE_PHASE_MASK) != HANDLE_PHASE_LIVE) continue;
        found++;
        record.Object = object_number(process, i, atomic_load(&entries[i].target));
        record.UniqueProcessId = ID_OF_SLOT(process);
        record.HandleValue = i * 4ul;
        record.GrantedAccess = HANDLE_ACCESS(rights);
        record.ObjectTypeIndex = (USHORT)(HANDLE_TYPE(rights) + 1);
        record.HandleAttributes = HANDLE_ATTRIBUTES(rights);
        if (extended) {
            answer_append(answer, &record, sizeof(record));
        } else {
            FERRY_OLD_HANDLE_RECORD old = {
                .UniqueProcessId = (USHORT)record.UniqueProcessId, .ObjectTypeIndex = (UCHAR)record.ObjectTypeIndex,
                .HandleAttributes = (UCHAR)record.HandleAttributes, .HandleValue = (USHORT)record.HandleValue,
                .Object = record.Object, .GrantedAccess = record.GrantedAccess
            };
            answer_append(answer, &old, sizeof(old));
        }
    }
    block_done(block);
    return found;
}

NTSTATUS system_handles(bool extended, void *buffer, ULONG length, ULONG *returned)
{
    struct answer answer = { 0 };
    ULONG_PTR count = 0;

    answer_add(&answer, extended ? 2 * sizeof(ULONG_PTR) : sizeof(ULONG_PTR));
    for (uint32_t i = ARENA_FIRST_SLOT; i < slot_limit(); i++)
        if (is_running(slot_at(i), OBJECT_PROCESS) || i == process_slot) count += add_handles(&answer, i, extended);
    if (!answer.failed) memcpy(answer.bytes, &count, extended ? sizeof(count) : sizeof(ULONG));
    return answer_give(&answer, buffer, length, returned);
}

/* ---- kernel modules ---- */

/* The kernel itself, without its address, which Windows too keeps from ordinary users. */
NTSTATUS system_modules(void *buffer, ULONG length, ULONG *returned)
{
    static const char path[] = "\\SystemRoot\\system32\\ntoskrnl.exe";
    FERRY_SYSTEM_MODULES info = { .NumberOfModules = 1 };

    info.ImageSize = 0x1046000;
    info.LoadCount = 1;
    info.OffsetToFileName = sizeof("\\SystemRoot\\system32\\") - 1;
    memcpy(info.FullPathName, path, sizeof(path));
    if (returned) *returned = sizeof(info);
    if (length < sizeof(info)) return STATUS_INFO_LENGTH_MISMATCH;
    memcpy(buffer, &info, sizeof(info));
    return STATUS_SUCCESS;
}
