/* NtQuerySystemInformation, as 32-bit programs call it. */
#include <stdlib.h>
#include <string.h>

#include "ferry/syscall_table.h"
#include "system.h"
#include "virtual.h"
#include "wow_query.h"

#define CLASS_BASIC 0
#define CLASS_PROCESSOR 1
#define CLASS_PROCESS 5
#define CLASS_HANDLE 16
#define CLASS_PAGE_FILE 18
#define CLASS_NUMA_PROCESSOR_MAP 55
#define CLASS_EXTENDED_PROCESS 57
#define CLASS_EMULATION_BASIC 62
#define CLASS_EMULATION_PROCESSOR 63
#define CLASS_EXTENDED_HANDLE 64
#define CLASS_LOGICAL_PROCESSOR 73
#define CLASS_PROCESS_ID 88
#define CLASS_LOGICAL_PROCESSOR_EX 107

static const struct wow_class classes[] = {
    WOW_CLASS(CLASS_BASIC, FERRY_SYSTEM_BASIC_INFORMATION),
    WOW_CLASS(11, FERRY_SYSTEM_MODULES),
    WOW_CLASS(21, FERRY_FILECACHE_INFORMATION),
    WOW_CLASS(37, FERRY_REGISTRY_QUOTA_INFORMATION),
    WOW_CLASS(CLASS_EMULATION_BASIC, FERRY_SYSTEM_BASIC_INFORMATION),
};

/* The host's whole answer, malloced; it grows until it fits. */
static NTSTATUS whole_answer(ULONG class, const void *input, ULONG input_length, unsigned char **bytes, ULONG *size)
{
    ULONG room = 0x10000;
    NTSTATUS status;

    for (;;) {
        if (!(*bytes = malloc(room))) return STATUS_NO_MEMORY;
        status = input ? sys_NtQuerySystemInformationEx(class, (void *)input, input_length, *bytes, room, size)
                       : sys_NtQuerySystemInformation(class, *bytes, room, size);
        if (status != STATUS_INFO_LENGTH_MISMATCH || *size <= room) break;
        free(*bytes);
        room = *size + 0x4000;
    }
    if (status) free(*bytes);
    return status;
}

/* Appends one process with its threads and name. The name's Buffer is an address in `buffer`. */
static void add_process(struct answer *answer, const FERRY_PROCESS_RECORD *wide, bool extended, uint32_t buffer)
{
    const unsigned char *threads = (const unsigned char *)(wide + 1);
    size_t record = answer_add(answer, sizeof(FERRY_PROCESS_RECORD_32)), name, end;
    FERRY_PROCESS_RECORD_32 narrow;

    FERRY_PROCESS_RECORD_to32(&narrow, wide);
    for (ULONG i = 0; i < wide->NumberOfThreads; i++) {
        if (extended) {
            FERRY_EXTENDED_THREAD_RECORD_32 thread;
            FERRY_EXTENDED_THREAD_RECORD_to32(&thread, (const FERRY_EXTENDED_THREAD_RECORD *)threads + i);
            answer_append(answer, &thread, sizeof(thread));
        } else {
            FERRY_THREAD_RECORD_32 thread;
            FERRY_THREAD_RECORD_to32(&thread, (const FERRY_THREAD_RECORD *)threads + i);
            answer_append(answer, &thread, sizeof(thread));
        }
    }
    name = answer_add(answer, wide->ImageName.Length ? wide->ImageName.Length + sizeof(WCHAR) : 0);
    end = answer_add(answer, -answer->size & 7) + (-answer->size & 7);
    if (answer->failed) return;
    memcpy(answer->bytes + name, wide->ImageName.Buffer, wide->ImageName.Length);
    narrow.ImageName.Buffer = wide->ImageName.Length ? buffer + (uint32_t)name : 0;
    narrow.NextEntryOffset = wide->NextEntryOffset ? (ULONG)(answer->size - record) : 0;
    (void)end;
    memcpy(answer->bytes + record, &narrow, sizeof(narrow));
}

static NTSTATUS query_processes(ULONG class, void *buffer, ULONG length, ULONG *returned)
{
    struct answer answer = { 0 };
    unsigned char *wide;
    ULONG size, at = 0;
    NTSTATUS status = whole_answer(class, NULL, 0, &wide, &size);

    if (status) return status;
    for (;;) {
        const FERRY_PROCESS_RECORD *record = (const FERRY_PROCESS_RECORD *)(wide + at);
        add_process(&answer, record, class == CLASS_EXTENDED_PROCESS, (uint32_t)(uintptr_t)buffer);
        if (!record->NextEntryOffset) break;
        at += record->NextEntryOffset;
    }
    free(wide);
    return answer_give(&answer, buffer, length, returned);
}

/* A list of records behind a head of `head` bytes on the host's side, `narrow_head` on the program's. */
static NTSTATUS query_list(const struct wow_class *record, const void *input, ULONG input_length, ULONG head, ULONG narrow_head,
                           void *buffer, ULONG length, ULONG *returned)
{
    struct answer answer = { 0 };
    unsigned char *wide, one[128];
    ULONG size;
    NTSTATUS status = whole_answer(record->number, input, input_length, &wide, &size);

    if (status) return status;
    if (narrow_head) answer_append(&answer, wide, 4);
    if (narrow_head > 4) answer_add(&answer, narrow_head - 4);
    for (ULONG at = head; at + record->wide <= size; at += record->wide) {
        memset(one, 0, sizeof(one));
        record->to32(one, wide + at);
        answer_append(&answer, one, record->narrow);
    }
    free(wide);
    return answer_give(&answer, buffer, length, returned);
}

static NTSTATUS query_page_files(void *buffer, ULONG length, ULONG *returned)
{
    FERRY_PAGEFILE_INFORMATION_32 narrow;
    struct answer answer = { 0 };
    unsigned char *wide;
    ULONG size = 0;
    NTSTATUS status = whole_answer(CLASS_PAGE_FILE, NULL, 0, &wide, &size);

    if (status) return status;
    if (size) {
        const FERRY_PAGEFILE_INFORMATION *file = (const FERRY_PAGEFILE_INFORMATION *)wide;
        FERRY_PAGEFILE_INFORMATION_to32(&narrow, file);
        narrow.PageFileName.Buffer = (uint32_t)(uintptr_t)buffer + sizeof(narrow);
        answer_append(&answer, &narrow, sizeof(narrow));
        answer_append(&answer, file->PageFileName.Buffer, file->PageFileName.MaximumLength);
    }
    free(wide);
    if (size) return answer_give(&answer, buffer, length, returned);
    if (returned) *returned = 0;
    return status;
}

static NTSTATUS query_process_id(void *buffer, ULONG length, ULONG *returned)
{
    FERRY_PROCESS_ID_INFORMATION_32 *narrow = buffer;
    FERRY_PROCESS_ID_INFORMATION wide;
    NTSTATUS status;

    if (returned) *returned = sizeof(*narrow);
    if (length < sizeof(*narrow)) return STATUS_INFO_LENGTH_MISMATCH;
    FERRY_PROCESS_ID_INFORMATION_from32(&wide, narrow);
    status = sys_NtQuerySystemInformation(CLASS_PROCESS_ID, &wide, sizeof(wide), NULL);
    narrow->ImageName.Length = wide.ImageName.Length;
    narrow->ImageName.MaximumLength = wide.ImageName.MaximumLength;
    return status;
}

/* The group masks in SystemLogicalProcessorInformationEx: where they are in a record's payload, and how many. */
static NTSTATUS query_processors_ex(const void *input, ULONG input_length, void *buffer, ULONG length, ULONG *returned)
{
    struct answer answer = { 0 };
    unsigned char *wide;
    ULONG size;
    NTSTATUS status = whole_answer(CLASS_LOGICAL_PROCESSOR_EX, input, input_length, &wide, &size);

    if (status) return status;
    for (ULONG at = 0; at + 8 <= size;) {
        ULONG relationship = *(ULONG *)(wide + at), bytes = *(ULONG *)(wide + at + 4);
        /* RelationProcessorCore, RelationProcessorPackage, …: 24 bytes, then GROUP_AFFINITYs; a cache has 32 before its
         * one; a group record 24, then PROCESSOR_GROUP_INFOs, whose mask comes last. */
        ULONG fixed = relationship == RelationCache ? 32 : 24, start = at + 8 + fixed;
        bool groups = relationship == RelationGroup;
        ULONG item = groups ? 48 : sizeof(GROUP_AFFINITY), items = (bytes - 8 - fixed) / item;
        ULONG narrow_item = groups ? 44 : sizeof(GROUP_AFFINITY_32);
        ULONG header[2] = { relationship, 8 + fixed + items * narrow_item };
        answer_append(&answer, header, sizeof(header));
        answer_append(&answer, wide + at + 8, fixed);
        for (ULONG i = 0; i < items; i++) {
            const unsigned char *from = wide + start + i * item;
            if (groups) {
                answer_append(&answer, from, 40);
                answer_append(&answer, from + 40, 4);
            } else {
                GROUP_AFFINITY_32 narrow;
                GROUP_AFFINITY_to32(&narrow, (const GROUP_AFFINITY *)from);
                answer_append(&answer, &narrow, sizeof(narrow));
            }
        }
        at += bytes;
    }
    free(wide);
    return answer_give(&answer, buffer, length, returned);
}

static const struct wow_class processors = WOW_CLASS(CLASS_LOGICAL_PROCESSOR, SYSTEM_LOGICAL_PROCESSOR_INFORMATION);

NTSTATUS wow_NtQuerySystemInformation(ULONG SystemInformationClass, void *SystemInformation, ULONG SystemInformationLength,
                                      ULONG *ReturnLength)
{
    static const struct wow_class handles = WOW_CLASS(CLASS_HANDLE, FERRY_OLD_HANDLE_RECORD);
    static const struct wow_class extended_handles = WOW_CLASS(CLASS_EXTENDED_HANDLE, FERRY_HANDLE_RECORD);
    struct wow_query query;
    NTSTATUS status;

    switch (SystemInformationClass) {
    case CLASS_PROCESS:
    case CLASS_EXTENDED_PROCESS:
        return query_processes(SystemInformationClass, SystemInformation, SystemInformationLength, ReturnLength);
    case CLASS_HANDLE:
        return query_list(&handles, NULL, 0, 8, 4, SystemInformation, SystemInformationLength, ReturnLength);
    case CLASS_EXTENDED_HANDLE:
        return query_list(&extended_handles, NULL, 0, 16, 8, SystemInformation, SystemInformationLength, ReturnLength);
    case CLASS_LOGICAL_PROCESSOR:
        return query_list(&processors, NULL, 0, 0, 0, SystemInformation, SystemInformationLength, ReturnLength);
    case CLASS_PAGE_FILE: return query_page_files(SystemInformation, SystemInformationLength, ReturnLength);
    case CLASS_PROCESS_ID: return query_process_id(SystemInformation, SystemInformationLength, ReturnLength);
    }
    if (!wow_query_begin(&query, classes, WOW_COUNT(classes), SystemInformationClass, SystemInformation,
                         SystemInformationLength))
        return STATUS_NO_MEMORY;
    status = sys_NtQuerySystemInformation(SystemInformationClass, query.data, query.length, &query.returned);
    status = wow_query_end(&query, status, ReturnLength);
    /* A 32-bit program is told of an x86 processor; the "emulation" class tells of the machine's (sysinfoapi.h
     * reference: GetNativeSystemInfo). */
    if (!status && SystemInformationClass == CLASS_PROCESSOR) *(USHORT *)SystemInformation = PROCESSOR_ARCHITECTURE_INTEL;
    return status;
}

NTSTATUS wow_NtQuerySystemInformationEx(ULONG SystemInformationClass, void *InputBuffer, ULONG InputBufferLength,
                                        void *SystemInformation, ULONG SystemInformationLength, ULONG *ReturnLength)
{
    if (InputBuffer && InputBufferLength >= sizeof(USHORT)) {
        if (SystemInformationClass == CLASS_LOGICAL_PROCESSOR)
            return query_list(&processors, InputBuffer, InputBufferLength, 0, 0, SystemInformation, SystemInformationLength,
                              ReturnLength);
        if (SystemInformationClass == CLASS_LOGICAL_PROCESSOR_EX)
            return query_processors_ex(InputBuffer, InputBufferLength, SystemInformation, SystemInformationLength,
                                       ReturnLength);
    }
    return sys_NtQuerySystemInformationEx(SystemInformationClass, InputBuffer, InputBufferLength, SystemInformation,
                                          SystemInformationLength, ReturnLength);
}
