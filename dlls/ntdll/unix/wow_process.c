/* Processes and jobs, as 32-bit programs call them. */
#include <stdlib.h>
#include <string.h>

#include "ferry/syscall_table.h"
#include "object.h"
#include "virtual.h"
#include "wow_query.h"

#define CLASS_BASIC 0
#define CLASS_VM_COUNTERS 3
#define CLASS_WOW64 26

static const struct wow_class classes[] = {
    WOW_CLASS(CLASS_BASIC, FERRY_PROCESS_BASIC_INFORMATION),
    WOW_CLASS(1, QUOTA_LIMITS),
    WOW_CLASS(CLASS_VM_COUNTERS, FERRY_VM_COUNTERS),
    WOW_SIZE_CLASS(7),  /* ProcessDebugPort */
    WOW_SIZE_CLASS(21), /* ProcessAffinityMask */
    WOW_SIZE_CLASS(CLASS_WOW64),
    WOW_STRING_CLASS(27), /* ProcessImageFileName */
    WOW_SIZE_CLASS(30),   /* ProcessDebugObjectHandle */
    WOW_CLASS(37, FERRY_SECTION_IMAGE_INFORMATION),
    WOW_STRING_CLASS(43), /* ProcessImageFileNameWin32 */
    WOW_STRING_CLASS(60), /* ProcessCommandLineInformation */
};
static const struct wow_class counters_ex = WOW_CLASS(CLASS_VM_COUNTERS, FERRY_VM_COUNTERS_EX);

/* The PEB that a 32-bit program sees is the 32-bit one, if the process has one. */
static void narrow_basic(HANDLE process, FERRY_PROCESS_BASIC_INFORMATION_32 *basic)
{
    ULONG_PTR peb = 0;

    if (!sys_NtQueryInformationProcess(process, CLASS_WOW64, &peb, sizeof(peb), NULL)) basic->PebBaseAddress = (uint32_t)peb;
}

NTSTATUS wow_NtQueryInformationProcess(HANDLE ProcessHandle, ULONG ProcessInformationClass, void *ProcessInformation,
                                       ULONG ProcessInformationLength, ULONG *ReturnLength)
{
    const struct wow_class *table = classes;
    size_t count = WOW_COUNT(classes);
    struct wow_query query;
    NTSTATUS status;

    if (ProcessInformationClass == CLASS_VM_COUNTERS && ProcessInformationLength == sizeof(FERRY_VM_COUNTERS_EX_32))
        table = &counters_ex, count = 1;
    if (!wow_query_begin(&query, table, count, ProcessInformationClass, ProcessInformation, ProcessInformationLength))
        return STATUS_NO_MEMORY;
    status = sys_NtQueryInformationProcess(ProcessHandle, ProcessInformationClass, query.data, query.length, &query.returned);
    status = wow_query_end(&query, status, ReturnLength);
    if (!status && ProcessInformationClass == CLASS_BASIC) narrow_basic(ProcessHandle, ProcessInformation);
    return status;
}

NTSTATUS wow_NtSetInformationProcess(HANDLE ProcessHandle, ULONG ProcessInformationClass, void *ProcessInformation,
                                     ULONG ProcessInformationLength)
{
    static const struct wow_class settable[] = { WOW_CLASS(1, QUOTA_LIMITS), WOW_SIZE_CLASS(21) };
    struct wow_query query;
    NTSTATUS status;

    if (!wow_set_begin(&query, settable, WOW_COUNT(settable), ProcessInformationClass, ProcessInformation,
                       ProcessInformationLength))
        return STATUS_NO_MEMORY;
    status = sys_NtSetInformationProcess(ProcessHandle, ProcessInformationClass, query.data, query.length);
    wow_set_end(&query);
    return status;
}

/* ---- starting ---- */

#define HANDLES_MAX 4096
#define ATTRIBUTES_MAX 64

/* An attribute list in the host's layout, and what its outputs are written back from. */
struct attributes {
    struct {
        SIZE_T total;
        PS_ATTRIBUTE list[ATTRIBUTES_MAX];
    } wide;
    CLIENT_ID client_id;
    void *teb;
    FERRY_SECTION_IMAGE_INFORMATION image;
    SIZE_T returned[ATTRIBUTES_MAX];
    HANDLE handles[HANDLES_MAX], jobs[16];
};

static const HANDLE *widen_handles(HANDLE *to, size_t room, const int32_t *from, size_t count)
{
    for (size_t i = 0; i < count && i < room; i++) to[i] = WOW_HANDLE(from[i]);
    return to;
}

struct attribute_list32 {
    uint32_t total;
    PS_ATTRIBUTE_32 list[];
};

static size_t attribute_count(const struct attribute_list32 *narrow)
{
    return narrow->total < sizeof(*narrow) ? 0 : (narrow->total - sizeof(*narrow)) / sizeof(*narrow->list);
}

static NTSTATUS attributes_from32(struct attributes *to, const struct attribute_list32 *narrow)
{
    size_t count = attribute_count(narrow);

    if (count > ATTRIBUTES_MAX) return STATUS_INVALID_PARAMETER;
    memset(to->returned, 0, sizeof(to->returned));
    to->wide.total = sizeof(SIZE_T) + count * sizeof(PS_ATTRIBUTE);
    for (size_t i = 0; i < count; i++) {
        const PS_ATTRIBUTE_32 *from = &narrow->list[i];
        PS_ATTRIBUTE *attribute = &to->wide.list[i];
        PS_ATTRIBUTE_from32(attribute, from);
        attribute->ReturnLength = from->ReturnLength ? &to->returned[i] : NULL;
        switch (from->Attribute) {
        case PS_ATTRIBUTE_CLIENT_ID:
            if (from->Size < sizeof(CLIENT_ID_32)) break;
            attribute->ValuePtr = &to->client_id;
            attribute->Size = sizeof(CLIENT_ID);
            break;
        case PS_ATTRIBUTE_TEB_ADDRESS:
            attribute->ValuePtr = &to->teb;
            attribute->Size = sizeof(void *);
            break;
        case PS_ATTRIBUTE_IMAGE_INFO:
            if (from->Size < sizeof(FERRY_SECTION_IMAGE_INFORMATION_32)) break;
            attribute->ValuePtr = &to->image;
            attribute->Size = sizeof(to->image);
            break;
        case PS_ATTRIBUTE_HANDLE_LIST:
            if (from->Size / sizeof(int32_t) > HANDLES_MAX) return STATUS_INVALID_PARAMETER;
            attribute->Size = from->Size / sizeof(int32_t) * sizeof(HANDLE);
            attribute->ValuePtr =
                (void *)widen_handles(to->handles, HANDLES_MAX, WOW_POINTER(from->Value), from->Size / sizeof(int32_t));
            break;
        case PS_ATTRIBUTE_JOB_LIST:
            if (from->Size / sizeof(int32_t) > 16) return STATUS_INVALID_PARAMETER;
            attribute->Size = from->Size / sizeof(int32_t) * sizeof(HANDLE);
            attribute->ValuePtr = (void *)widen_handles(to->jobs, 16, WOW_POINTER(from->Value), from->Size / sizeof(int32_t));
            break;
        case PS_ATTRIBUTE_PARENT_PROCESS: attribute->Value = (ULONG_PTR)WOW_HANDLE(from->Value); break;
        }
    }
    return STATUS_SUCCESS;
}

static void attributes_back(const struct attributes *from, const struct attribute_list32 *narrow)
{
    size_t count = attribute_count(narrow);

    for (size_t i = 0; i < count; i++) {
        const PS_ATTRIBUTE_32 *attribute = &narrow->list[i];
        uint32_t size = (uint32_t)from->returned[i];
        if (from->wide.list[i].ValuePtr == &from->client_id) {
            CLIENT_ID_to32(WOW_POINTER(attribute->Value), &from->client_id);
            size = sizeof(CLIENT_ID_32);
        } else if (from->wide.list[i].ValuePtr == &from->teb) {
            if (attribute->Size >= sizeof(uint32_t))
                *(uint32_t *)WOW_POINTER(attribute->Value) = (uint32_t)(uintptr_t)from->teb + WOW_TEB_OFFSET;
            size = sizeof(uint32_t);
        } else if (from->wide.list[i].ValuePtr == &from->image) {
            FERRY_SECTION_IMAGE_INFORMATION_to32(WOW_POINTER(attribute->Value), &from->image);
            size = sizeof(FERRY_SECTION_IMAGE_INFORMATION_32);
        }
        if (attribute->ReturnLength) *(uint32_t *)WOW_POINTER(attribute->ReturnLength) = size;
    }
}

NTSTATUS wow_NtCreateThreadEx(HANDLE *ThreadHandle, ACCESS_MASK DesiredAccess, OBJECT_ATTRIBUTES *ObjectAttributes,
                              HANDLE ProcessHandle, void *StartRoutine, void *Argument, ULONG CreateFlags, SIZE_T ZeroBits,
                              SIZE_T StackSize, SIZE_T MaximumStackSize, PS_ATTRIBUTE_LIST *AttributeList)
{
    struct attributes attributes;
    NTSTATUS status = STATUS_SUCCESS;

    if (AttributeList) status = attributes_from32(&attributes, (struct attribute_list32 *)AttributeList);
    if (status) return status;
    status = sys_NtCreateThreadEx(ThreadHandle, DesiredAccess, ObjectAttributes, ProcessHandle, StartRoutine, Argument,
                                  CreateFlags, ZeroBits, StackSize, MaximumStackSize,
                                  AttributeList ? (PS_ATTRIBUTE_LIST *)&attributes.wide : NULL);
    if (!status && AttributeList) attributes_back(&attributes, (struct attribute_list32 *)AttributeList);
    return status;
}

static void normalize(UNICODE_STRING *string, uint32_t base)
{
    if (string->Buffer) string->Buffer = (WCHAR *)((char *)string->Buffer + base);
}

static void parameters_from32(FERRY_PROCESS_PARAMETERS *to, const FERRY_PROCESS_PARAMETERS_32 *from)
{
    uint32_t base = (uint32_t)(uintptr_t)from;

    FERRY_PROCESS_PARAMETERS_from32(to, from);
    to->Length = to->MaximumLength = sizeof(*to);
    if (from->Flags & FERRY_PARAMETERS_NORMALIZED) return;
    normalize(&to->CurrentDirectory.DosPath, base);
    normalize(&to->DllPath, base);
    normalize(&to->ImagePathName, base);
    normalize(&to->CommandLine, base);
    normalize(&to->WindowTitle, base);
    normalize(&to->DesktopInfo, base);
    normalize(&to->ShellInfo, base);
    normalize(&to->RuntimeData, base);
    to->Flags |= FERRY_PARAMETERS_NORMALIZED;
}

NTSTATUS wow_NtCreateUserProcess(HANDLE *ProcessHandle, HANDLE *ThreadHandle, ACCESS_MASK ProcessDesiredAccess,
                                 ACCESS_MASK ThreadDesiredAccess, OBJECT_ATTRIBUTES *ProcessObjectAttributes,
                                 OBJECT_ATTRIBUTES *ThreadObjectAttributes, ULONG ProcessFlags, ULONG ThreadFlags,
                                 FERRY_PROCESS_PARAMETERS *ProcessParameters, PS_CREATE_INFO *CreateInfo,
                                 PS_ATTRIBUTE_LIST *AttributeList)
{
    PS_CREATE_INFO_32 *narrow_info = (PS_CREATE_INFO_32 *)CreateInfo;
    FERRY_PROCESS_PARAMETERS parameters;
    struct attributes attributes;
    PS_CREATE_INFO info;
    NTSTATUS status;

    if (!AttributeList || !ProcessParameters) return STATUS_INVALID_PARAMETER;
    status = attributes_from32(&attributes, (struct attribute_list32 *)AttributeList);
    if (status) return status;
    parameters_from32(&parameters, (FERRY_PROCESS_PARAMETERS_32 *)ProcessParameters);
    if (narrow_info) PS_CREATE_INFO_from32(&info, narrow_info);
    status = sys_NtCreateUserProcess(ProcessHandle, ThreadHandle, ProcessDesiredAccess, ThreadDesiredAccess,
                                     ProcessObjectAttributes, ThreadObjectAttributes, ProcessFlags, ThreadFlags, &parameters,
                                     narrow_info ? &info : NULL, (PS_ATTRIBUTE_LIST *)&attributes.wide);
    if (status) return status;
    attributes_back(&attributes, (struct attribute_list32 *)AttributeList);
    if (narrow_info) narrow_info->State = info.State;
    return status;
}

/* ---- jobs ---- */

static const struct wow_class job_classes[] = {
    WOW_CLASS(2, JOBOBJECT_BASIC_LIMIT_INFORMATION),
    WOW_CLASS(7, JOBOBJECT_ASSOCIATE_COMPLETION_PORT),
    WOW_CLASS(9, JOBOBJECT_EXTENDED_LIMIT_INFORMATION),
};

/* JobObjectBasicProcessIdList: a count of both, then the list. */
static NTSTATUS query_job_ids(HANDLE job, uint32_t *narrow, ULONG length, ULONG *returned)
{
    ULONG room = length >= 12 ? (length - 8) / 4 : 0, size = 8 + room * 8;
    JOBOBJECT_BASIC_PROCESS_ID_LIST *wide;
    NTSTATUS status;

    if (!room) return STATUS_INFO_LENGTH_MISMATCH;
    if (room > ARENA_PROCESSES) size = 8 + ARENA_PROCESSES * 8;
    if (!(wide = calloc(1, size))) return STATUS_NO_MEMORY;
    status = sys_NtQueryInformationJobObject(job, 3, wide, size, NULL);
    if (!NT_ERROR(status)) {
        ULONG count = wide->NumberOfProcessIdsInList;
        uint32_t *copy = malloc(8 + count * 4);
        if (copy) {
            copy[0] = wide->NumberOfAssignedProcesses;
            copy[1] = count;
            for (ULONG i = 0; i < count; i++) copy[2 + i] = (uint32_t)wide->ProcessIdList[i];
            if (!virtual_write(narrow, copy, 8 + count * 4)) status = STATUS_ACCESS_VIOLATION;
        } else {
            status = STATUS_NO_MEMORY;
        }
        free(copy);
        if (returned) *returned = 8 + count * 4;
    }
    free(wide);
    return status;
}

NTSTATUS wow_NtQueryInformationJobObject(HANDLE JobHandle, ULONG JobObjectInformationClass, void *JobObjectInformation,
                                         ULONG JobObjectInformationLength, ULONG *ReturnLength)
{
    struct wow_query query;
    NTSTATUS status;

    if (JobObjectInformationClass == 3)
        return query_job_ids(JobHandle, JobObjectInformation, JobObjectInformationLength, ReturnLength);
    if (!wow_query_begin(&query, job_classes, WOW_COUNT(job_classes), JobObjectInformationClass, JobObjectInformation,
                         JobObjectInformationLength))
        return STATUS_NO_MEMORY;
    status = sys_NtQueryInformationJobObject(JobHandle, JobObjectInformationClass, query.data, query.length, &query.returned);
    return wow_query_end(&query, status, ReturnLength);
}

NTSTATUS wow_NtSetInformationJobObject(HANDLE JobHandle, ULONG JobObjectInformationClass, void *JobObjectInformation,
                                       ULONG JobObjectInformationLength)
{
    struct wow_query query;
    NTSTATUS status;

    if (!wow_set_begin(&query, job_classes, WOW_COUNT(job_classes), JobObjectInformationClass, JobObjectInformation,
                       JobObjectInformationLength))
        return STATUS_NO_MEMORY;
    status = sys_NtSetInformationJobObject(JobHandle, JobObjectInformationClass, query.data, query.length);
    wow_set_end(&query);
    return status;
}
