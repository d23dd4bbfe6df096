/* MEM_EXTENDED_PARAMETER of VirtualAlloc2 and MapViewOfFile3. */
#include "memory.h"

static NTSTATUS read_requirements(const MEM_ADDRESS_REQUIREMENTS *requirements, bool fixed, bool replace,
                                  struct placement *placement)
{
    uintptr_t low = (uintptr_t)requirements->LowestStartingAddress;
    uintptr_t high = (uintptr_t)requirements->HighestEndingAddress;
    uintptr_t align = requirements->Alignment;

    if ((low || high || align) && (fixed || replace)) return STATUS_INVALID_PARAMETER;
    if (low % ALLOCATION_GRANULARITY || low >= address_space.highest) return STATUS_INVALID_PARAMETER;
    if (high) {
        /* the last byte that may be used: the end of a granule, or of the address space */
        if ((high + 1) % ALLOCATION_GRANULARITY && high + 1 != address_space.highest) return STATUS_INVALID_PARAMETER;
        if (high >= address_space.highest || high <= low) return STATUS_INVALID_PARAMETER;
        placement->high = high + 1;
    }
    if (align && (align & (align - 1) || align < ALLOCATION_GRANULARITY)) return STATUS_INVALID_PARAMETER;
    placement->low = low;
    placement->align = align;
    if (!low && high && high < address_space.bottom + 0x100000000) placement->low = ALLOCATION_GRANULARITY;
    return STATUS_SUCCESS;
}

NTSTATUS memory_parameters(const MEM_EXTENDED_PARAMETER *parameters, ULONG count, bool fixed, bool replace,
                           struct placement *placement)
{
    unsigned seen = 0;

    if (count && !parameters) return STATUS_INVALID_PARAMETER;
    for (ULONG i = 0; i < count; i++) {
        unsigned type = (unsigned)parameters[i].Type;
        NTSTATUS status;

        if (!type || type >= MemExtendedParameterMax || parameters[i].Reserved || seen & 1u << type)
            return STATUS_INVALID_PARAMETER;
        seen |= 1u << type;
        switch (type) {
        case MemExtendedParameterAddressRequirements:
            if (!parameters[i].Pointer) return STATUS_INVALID_PARAMETER;
            status = read_requirements(parameters[i].Pointer, fixed, replace, placement);
            if (status) return status;
            break;
        case MemExtendedParameterNumaNode: break; /* a preference */
        case MemExtendedParameterAttributeFlags:
            if (parameters[i].ULong64 & ~0x7full) return STATUS_INVALID_PARAMETER;
            if (parameters[i].ULong64 & (MEM_EXTENDED_PARAMETER_NONPAGED | MEM_EXTENDED_PARAMETER_NONPAGED_LARGE |
                                         MEM_EXTENDED_PARAMETER_NONPAGED_HUGE))
                return STATUS_PRIVILEGE_NOT_HELD;
            break;
        default: return STATUS_INVALID_PARAMETER; /* partitions, AWE */
        }
    }
    return STATUS_SUCCESS;
}
