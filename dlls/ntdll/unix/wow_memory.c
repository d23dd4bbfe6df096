/* Memory and sections, as 32-bit programs call for them. */
#include <stdlib.h>
#include <string.h>

#include "ferry/syscall_table.h"
#include "virtual.h"
#include "wow_query.h"

#define CLASS_WORKING_SET 1
#define CLASS_REGION 3
#define CLASS_WORKING_SET_EX 4
#define CLASS_REGION_EX 7

static const struct wow_class classes[] = {
    WOW_CLASS(0, MEMORY_BASIC_INFORMATION),
    WOW_STRING_CLASS(2), /* MemoryMappedFilenameInformation */
    WOW_CLASS(6, FERRY_MEMORY_IMAGE_INFORMATION),
};
static const struct wow_class region = WOW_CLASS(CLASS_REGION, FERRY_MEMORY_REGION_INFORMATION);

/* A list of sizes that the host fills and a 32-bit buffer takes; `words` of them were asked for. */
static NTSTATUS query_working_set(HANDLE process, uint32_t *out, SIZE_T length, SIZE_T *returned)
{
    SIZE_T words = length / sizeof(*out), got = 0;
    ULONG_PTR *wide = malloc(words * sizeof(*wide) + 1);
    NTSTATUS status;

    if (!wide) return STATUS_NO_MEMORY;
    status = sys_NtQueryVirtualMemory(process, NULL, CLASS_WORKING_SET, wide, words * sizeof(*wide), &got);
    if (!status || (status == STATUS_INFO_LENGTH_MISMATCH && words >= 2)) {
        SIZE_T count = status ? 1 : wide[0] + 1;
        uint32_t *narrow = (uint32_t *)wide;
        for (SIZE_T i = 0; i < count; i++) narrow[i] = (uint32_t)wide[i];
        if (!virtual_write(out, narrow, count * sizeof(*narrow))) status = STATUS_ACCESS_VIOLATION;
        if (returned && got) *returned = got / 2;
    }
    free(wide);
    return status;
}

static NTSTATUS query_working_set_ex(HANDLE process, FERRY_WORKING_SET_EX_32 *list, SIZE_T length, SIZE_T *returned)
{
    NTSTATUS status = STATUS_INFO_LENGTH_MISMATCH;

    for (SIZE_T i = 0; i < length / sizeof(*list); i++) {
        FERRY_WORKING_SET_EX entry;
        FERRY_WORKING_SET_EX_from32(&entry, &list[i]);
        status = sys_NtQueryVirtualMemory(process, NULL, CLASS_WORKING_SET_EX, &entry, sizeof(entry), NULL);
        if (status) return status;
        list[i].Attributes = (uint32_t)entry.Attributes;
    }
    if (!status && returned) *returned = length / sizeof(*list) * sizeof(*list);
    return status;
}

static NTSTATUS query_region(HANDLE process, void *address, ULONG class, void *buffer, SIZE_T length, SIZE_T *returned)
{
    FERRY_MEMORY_REGION_INFORMATION wide;
    FERRY_MEMORY_REGION_INFORMATION_32 narrow;
    NTSTATUS status;

    if (length < offsetof(FERRY_MEMORY_REGION_INFORMATION_32, CommitSize)) return STATUS_INFO_LENGTH_MISMATCH;
    status = sys_NtQueryVirtualMemory(process, address, class, &wide, sizeof(wide), NULL);
    if (status) return status;
    region.to32(&narrow, &wide);
    if (length > sizeof(narrow)) length = sizeof(narrow);
    memcpy(buffer, &narrow, length);
    if (returned) *returned = length;
    return status;
}

NTSTATUS wow_NtQueryVirtualMemory(HANDLE ProcessHandle, void *BaseAddress, ULONG MemoryInformationClass,
                                  void *MemoryInformation, SIZE_T MemoryInformationLength, SIZE_T *ReturnLength)
{
    struct wow_query query;
    SIZE_T returned = UINT32_MAX;
    ULONG narrow = UINT32_MAX;
    NTSTATUS status;

    switch (MemoryInformationClass) {
    case CLASS_WORKING_SET:
        return query_working_set(ProcessHandle, MemoryInformation, MemoryInformationLength, ReturnLength);
    case CLASS_WORKING_SET_EX:
        return query_working_set_ex(ProcessHandle, MemoryInformation, MemoryInformationLength, ReturnLength);
    case CLASS_REGION:
    case CLASS_REGION_EX:
        return query_region(ProcessHandle, BaseAddress, MemoryInformationClass, MemoryInformation, MemoryInformationLength,
                            ReturnLength);
    }
    if (!wow_query_begin(&query, classes, WOW_COUNT(classes), MemoryInformationClass, MemoryInformation,
                         (ULONG)MemoryInformationLength))
        return STATUS_NO_MEMORY;
    status = sys_NtQueryVirtualMemory(ProcessHandle, BaseAddress, MemoryInformationClass, query.data, query.length, &returned);
    query.returned = (ULONG)returned;
    status = wow_query_end(&query, status, &narrow);
    if (ReturnLength && narrow != UINT32_MAX) *ReturnLength = narrow;
    return status;
}

NTSTATUS wow_NtSetInformationVirtualMemory(HANDLE ProcessHandle, ULONG VmInformationClass, ULONG_PTR NumberOfEntries,
                                           void *VirtualAddresses, void *VmInformation, ULONG VmInformationLength)
{
    const FERRY_MEMORY_RANGE_32 *narrow = VirtualAddresses;
    FERRY_MEMORY_RANGE *wide;
    NTSTATUS status;

    if (!NumberOfEntries || !narrow || NumberOfEntries > 0x100000)
        return sys_NtSetInformationVirtualMemory(ProcessHandle, VmInformationClass, NumberOfEntries, VirtualAddresses,
                                                 VmInformation, VmInformationLength);
    FERRY_MEMORY_RANGE_32 *copy = malloc(NumberOfEntries * sizeof(*copy));
    wide = malloc(NumberOfEntries * sizeof(*wide));
    status = copy && wide ? STATUS_SUCCESS : STATUS_NO_MEMORY;
    if (!status && !virtual_read(copy, narrow, NumberOfEntries * sizeof(*copy))) status = STATUS_ACCESS_VIOLATION;
    if (!status) {
        for (ULONG_PTR i = 0; i < NumberOfEntries; i++) FERRY_MEMORY_RANGE_from32(&wide[i], &copy[i]);
        status = sys_NtSetInformationVirtualMemory(ProcessHandle, VmInformationClass, NumberOfEntries, wide, VmInformation,
                                                   VmInformationLength);
    }
    free(copy);
    free(wide);
    return status;
}

NTSTATUS wow_NtGetWriteWatch(HANDLE ProcessHandle, ULONG Flags, void *BaseAddress, SIZE_T RegionSize, void **UserAddressArray,
                             ULONG_PTR *EntriesInUserAddressArray, ULONG *Granularity)
{
    uint32_t *narrow = (uint32_t *)UserAddressArray;
    ULONG_PTR room = EntriesInUserAddressArray ? *EntriesInUserAddressArray : 0;
    void **wide;
    NTSTATUS status;

    if (room > RegionSize / PAGE_SIZE_ + 1) room = RegionSize / PAGE_SIZE_ + 1;
    if (!narrow || !EntriesInUserAddressArray || !room)
        return sys_NtGetWriteWatch(ProcessHandle, Flags, BaseAddress, RegionSize, UserAddressArray,
                                   EntriesInUserAddressArray, Granularity);
    wide = malloc(room * sizeof(*wide));
    if (!wide) return STATUS_NO_MEMORY;
    status = sys_NtGetWriteWatch(ProcessHandle, Flags, BaseAddress, RegionSize, wide, &room, Granularity);
    if (!status) {
        uint32_t *packed = (uint32_t *)wide;
        for (ULONG_PTR i = 0; i < room; i++) packed[i] = (uint32_t)(uintptr_t)wide[i];
        if (!virtual_write(narrow, packed, room * sizeof(*packed))) status = STATUS_ACCESS_VIOLATION;
    }
    free(wide);
    if (!status) *EntriesInUserAddressArray = room;
    return status;
}

NTSTATUS wow_NtQuerySection(HANDLE SectionHandle, ULONG SectionInformationClass, void *SectionInformation,
                            SIZE_T SectionInformationLength, SIZE_T *ReturnLength)
{
    static const struct wow_class sections[] = {
        WOW_CLASS(0, FERRY_SECTION_BASIC_INFORMATION),
        WOW_CLASS(1, FERRY_SECTION_IMAGE_INFORMATION),
        WOW_SIZE_CLASS(3), /* SectionOriginalBaseInformation */
    };
    struct wow_query query;
    SIZE_T returned = UINT32_MAX;
    ULONG narrow = UINT32_MAX;
    NTSTATUS status;

    if (!wow_query_begin(&query, sections, WOW_COUNT(sections), SectionInformationClass, SectionInformation,
                         (ULONG)SectionInformationLength))
        return STATUS_NO_MEMORY;
    status = sys_NtQuerySection(SectionHandle, SectionInformationClass, query.data, query.length, &returned);
    query.returned = (ULONG)returned;
    status = wow_query_end(&query, status, &narrow);
    if (ReturnLength && narrow != UINT32_MAX) *ReturnLength = narrow;
    return status;
}

/* ---- MEM_EXTENDED_PARAMETER ---- */

#define PARAMETERS_MAX 16

struct parameters {
    MEM_EXTENDED_PARAMETER list[PARAMETERS_MAX];
    MEM_ADDRESS_REQUIREMENTS requirements;
};

static MEM_EXTENDED_PARAMETER *parameters_from32(struct parameters *to, const MEM_EXTENDED_PARAMETER *narrow, ULONG *count)
{
    if (!narrow) return NULL;
    if (*count > PARAMETERS_MAX) *count = PARAMETERS_MAX; /* a type may come once, and there are fewer */
    for (ULONG i = 0; i < *count; i++) {
        to->list[i] = narrow[i];
        switch ((int)narrow[i].Type) {
        case MemExtendedParameterAddressRequirements:
            to->list[i].Pointer = NULL;
            if (!(uint32_t)narrow[i].ULong64) break;
            MEM_ADDRESS_REQUIREMENTS_from32(&to->requirements, WOW_POINTER((uint32_t)narrow[i].ULong64));
            to->list[i].Pointer = &to->requirements;
            break;
        case MemExtendedParameterPartitionHandle:
        case MemExtendedParameterUserPhysicalHandle: to->list[i].Handle = WOW_HANDLE(narrow[i].ULong64); break;
        }
    }
    return to->list;
}

NTSTATUS wow_NtAllocateVirtualMemoryEx(HANDLE ProcessHandle, void **BaseAddress, SIZE_T *RegionSize, ULONG AllocationType,
                                       ULONG PageProtection, MEM_EXTENDED_PARAMETER *ExtendedParameters,
                                       ULONG ExtendedParameterCount)
{
    struct parameters parameters;
    MEM_EXTENDED_PARAMETER *list = parameters_from32(&parameters, ExtendedParameters, &ExtendedParameterCount);

    return sys_NtAllocateVirtualMemoryEx(ProcessHandle, BaseAddress, RegionSize, AllocationType, PageProtection, list,
                                         ExtendedParameterCount);
}

NTSTATUS wow_NtMapViewOfSectionEx(HANDLE SectionHandle, HANDLE ProcessHandle, void **BaseAddress, LARGE_INTEGER *SectionOffset,
                                  SIZE_T *ViewSize, ULONG AllocationType, ULONG PageProtection,
                                  MEM_EXTENDED_PARAMETER *ExtendedParameters, ULONG ExtendedParameterCount)
{
    struct parameters parameters;
    MEM_EXTENDED_PARAMETER *list = parameters_from32(&parameters, ExtendedParameters, &ExtendedParameterCount);

    return sys_NtMapViewOfSectionEx(SectionHandle, ProcessHandle, BaseAddress, SectionOffset, ViewSize, AllocationType,
                                    PageProtection, list, ExtendedParameterCount);
}
