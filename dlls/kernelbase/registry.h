/* What the files of the registry functions share. They return Win32 errors, and leave the last error alone. */
#ifndef KERNELBASE_REGISTRY_H
#define KERNELBASE_REGISTRY_H

#include "kernelbase.h"

#define KEY_NAME_MAX 255    /* units */
#define VALUE_NAME_MAX 16383

static inline LSTATUS registry_error(NTSTATUS status)
{
    return status ? (LSTATUS)RtlNtStatusToDosError(status) : ERROR_SUCCESS;
}

/* The real handle behind HKEY_*; opened once. */
LSTATUS registry_handle(HKEY key, HANDLE *handle);

/* KEY_VALUE_PARTIAL_INFORMATION of a value with all its data, on the process heap. */
struct value_data {
    ULONG title;
    ULONG type;
    ULONG size; /* bytes */
    BYTE data[];
};
LSTATUS registry_read_value(HANDLE key, const WCHAR *name, struct value_data **value);

/* NtQueryKey with KeyFullInformation, without the class. */
struct key_facts {
    LARGE_INTEGER write_time;
    ULONG title, class_offset, class_size;
    ULONG subkeys, longest_name, longest_class;
    ULONG values, longest_value_name, largest_data; /* bytes */
    WCHAR class_name[1];
};
LSTATUS registry_facts(HANDLE key, struct key_facts *facts);

static inline bool is_text(DWORD type)
{
    return type == REG_SZ || type == REG_EXPAND_SZ || type == REG_MULTI_SZ;
}

#endif
