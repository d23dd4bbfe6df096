/* processthreadsapi.h: attribute lists for CreateProcess and CreateRemoteThreadEx. */
#include "attributelist.h"

const struct attribute *attribute_find(const struct attribute_list *list, DWORD_PTR number)
{
    for (DWORD i = 0; list && i < list->count; i++)
        if (list->attributes[i].number == number) return &list->attributes[i];
    return NULL;
}

BOOL WINAPI InitializeProcThreadAttributeList(LPPROC_THREAD_ATTRIBUTE_LIST opaque, DWORD count, DWORD flags,
                                              PSIZE_T size)
{
    struct attribute_list *list = (struct attribute_list *)opaque;
    SIZE_T needed;

    if (flags || !size || count > 26) return set_error(ERROR_INVALID_PARAMETER);
    needed = offsetof(struct attribute_list, attributes) + count * sizeof(struct attribute);
    if (!list || *size < needed) {
        *size = needed;
        return set_error(ERROR_INSUFFICIENT_BUFFER);
    }
    *list = (struct attribute_list){ .capacity = count };
    *size = needed;
    return TRUE;
}

/* Size that an attribute's value must have; 0 for a list of handles, ~0 for an unknown attribute. */
static SIZE_T value_size(DWORD_PTR number)
{
    switch (number) {
    case PROC_THREAD_ATTRIBUTE_PARENT_PROCESS: return sizeof(HANDLE);
    case PROC_THREAD_ATTRIBUTE_HANDLE_LIST:
    case ATTRIBUTE_JOB_LIST: return 0;
    case PROC_THREAD_ATTRIBUTE_GROUP_AFFINITY: return sizeof(GROUP_AFFINITY);
    case PROC_THREAD_ATTRIBUTE_IDEAL_PROCESSOR: return sizeof(PROCESSOR_NUMBER);
    case PROC_THREAD_ATTRIBUTE_PREFERRED_NODE: return sizeof(USHORT);
    case 0x0002000e /* child process policy */:
    case 0x0002000f /* all application packages policy */: return sizeof(DWORD);
    default: return ~(SIZE_T)0;
    }
}

BOOL WINAPI UpdateProcThreadAttribute(LPPROC_THREAD_ATTRIBUTE_LIST opaque, DWORD flags, DWORD_PTR number, PVOID value,
                                      SIZE_T size, PVOID previous, PSIZE_T returned)
{
    struct attribute_list *list = (struct attribute_list *)opaque;
    SIZE_T wanted;

    if (flags || previous || returned) return set_error(ERROR_INVALID_PARAMETER);
    /* Mitigation policies: one, two or three 64-bit words, which change nothing that runs here. */
    if (number == PROC_THREAD_ATTRIBUTE_MITIGATION_POLICY) {
        if (size != 4 && size != 8 && size != 16) return set_error(ERROR_BAD_LENGTH);
    } else {
        wanted = value_size(number);
        if (wanted == ~(SIZE_T)0) return set_error(ERROR_NOT_SUPPORTED);
        if (wanted ? size != wanted : !size || size % sizeof(HANDLE)) return set_error(ERROR_BAD_LENGTH);
    }
    DWORD bit = 1u << (number & 31);
    if (list->mask & bit) return set_error(698 /* ERROR_OBJECT_NAME_EXISTS */);
    if (list->count == list->capacity) return set_error(ERROR_GEN_FAILURE);
    list->mask |= bit;
    list->attributes[list->count++] = (struct attribute){ number, size, value };
    return TRUE;
}

VOID WINAPI DeleteProcThreadAttributeList(LPPROC_THREAD_ATTRIBUTE_LIST list)
{
}
