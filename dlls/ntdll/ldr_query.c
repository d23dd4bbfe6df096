/* What is loaded: enumeration, names, the loader lock. */
#include "ldr.h"

NTSTATUS NTAPI LdrEnumerateLoadedModules(ULONG reserved, PLDR_ENUM_CALLBACK callback, void *context)
{
    LIST_ENTRY *head = &ferry_peb()->Ldr->InLoadOrderModuleList;
    BOOLEAN stop = FALSE;

    if (reserved || !callback) return STATUS_INVALID_PARAMETER;
    RtlEnterCriticalSection(&loader_lock);
    for (LIST_ENTRY *at = head->Flink; at != head && !stop; at = at->Flink) callback((FERRY_LDR_ENTRY *)at, context, &stop);
    RtlLeaveCriticalSection(&loader_lock);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI LdrFindEntryForAddress(const void *address, FERRY_LDR_ENTRY **entry)
{
    *entry = ldr_entry_of(address);
    return *entry ? STATUS_SUCCESS : STATUS_NO_MORE_ENTRIES;
}

/* The path of a module (NULL: the program). STATUS_BUFFER_TOO_SMALL with as much as fits, terminated by the caller's
 * room. */
NTSTATUS NTAPI LdrGetDllFullName(void *handle, UNICODE_STRING *name)
{
    NTSTATUS status;

    RtlEnterCriticalSection(&loader_lock);
    struct module *module = handle ? module_by_handle(handle) : main_module;
    if (!module) {
        status = STATUS_DLL_NOT_FOUND;
    } else {
        RtlCopyUnicodeString(name, &module->entry.FullDllName);
        status = name->MaximumLength < module->entry.FullDllName.Length + sizeof(WCHAR) ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS;
    }
    RtlLeaveCriticalSection(&loader_lock);
    return status;
}

#define LDR_LOCK_LOADER_LOCK_FLAG_RAISE_ON_ERRORS 1
#define LDR_LOCK_LOADER_LOCK_FLAG_TRY_ONLY 2
#define LDR_LOCK_LOADER_LOCK_DISPOSITION_LOCK_ACQUIRED 1
#define LDR_LOCK_LOADER_LOCK_DISPOSITION_LOCK_NOT_ACQUIRED 2

static NTSTATUS complain(ULONG flags, NTSTATUS status)
{
    if (flags & LDR_LOCK_LOADER_LOCK_FLAG_RAISE_ON_ERRORS) RtlRaiseStatus(status);
    return status;
}

/* The cookie carries the thread's id, which LdrUnlockLoaderLock checks. */
NTSTATUS NTAPI LdrLockLoaderLock(ULONG flags, ULONG *disposition, ULONG_PTR *cookie)
{
    if (disposition) *disposition = 0;
    if (cookie) *cookie = 0;
    if (flags & ~3u) return complain(flags, STATUS_INVALID_PARAMETER_1);
    if (!cookie) return complain(flags, STATUS_INVALID_PARAMETER_3);
    if (flags & LDR_LOCK_LOADER_LOCK_FLAG_TRY_ONLY) {
        if (!disposition) return complain(flags, STATUS_INVALID_PARAMETER_2);
        if (!RtlTryEnterCriticalSection(&loader_lock)) {
            *disposition = LDR_LOCK_LOADER_LOCK_DISPOSITION_LOCK_NOT_ACQUIRED;
            return STATUS_SUCCESS;
        }
    } else {
        RtlEnterCriticalSection(&loader_lock);
    }
    if (disposition) *disposition = LDR_LOCK_LOADER_LOCK_DISPOSITION_LOCK_ACQUIRED;
    *cookie = (ULONG_PTR)ferry_teb()->ClientId.UniqueThread | 1;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI LdrUnlockLoaderLock(ULONG flags, ULONG_PTR cookie)
{
    if (flags & ~1u) return complain(flags, STATUS_INVALID_PARAMETER_1);
    if (!cookie) return STATUS_SUCCESS;
    if (cookie != ((ULONG_PTR)ferry_teb()->ClientId.UniqueThread | 1)) return complain(flags, STATUS_INVALID_PARAMETER_2);
    RtlLeaveCriticalSection(&loader_lock);
    return STATUS_SUCCESS;
}

/* RTL_PROCESS_MODULES in load order; STATUS_INFO_LENGTH_MISMATCH when `size` is too small. */
NTSTATUS NTAPI LdrQueryProcessModuleInformation(RTL_PROCESS_MODULES *information, ULONG size, ULONG *needed)
{
    LIST_ENTRY *head = &ferry_peb()->Ldr->InLoadOrderModuleList;
    ULONG count = 0, room = size < offsetof(RTL_PROCESS_MODULES, Modules) ? 0
                                 : (size - offsetof(RTL_PROCESS_MODULES, Modules)) / sizeof(information->Modules[0]);

    RtlEnterCriticalSection(&loader_lock);
    for (LIST_ENTRY *at = head->Flink; at != head; at = at->Flink, count++) {
        FERRY_LDR_ENTRY *entry = (FERRY_LDR_ENTRY *)at;
        if (count >= room) continue;
        RTL_PROCESS_MODULE_INFORMATION *out = &information->Modules[count];
        memset(out, 0, sizeof(*out));
        out->ImageBase = entry->DllBase;
        out->ImageSize = entry->SizeOfImage;
        out->Flags = entry->Flags;
        out->LoadOrderIndex = (USHORT)count;
        out->LoadCount = entry->ObsoleteLoadCount;
        ANSI_STRING path = { 0, sizeof(out->FullPathName), (char *)out->FullPathName };
        RtlUnicodeStringToAnsiString(&path, &entry->FullDllName, FALSE);
        int slash = path.Length;
        while (slash && path.Buffer[slash - 1] != '\\') slash--;
        out->OffsetToFileName = (USHORT)slash;
    }
    RtlLeaveCriticalSection(&loader_lock);
    if (room || size >= sizeof(ULONG)) information->NumberOfModules = count < room ? count : room;
    if (needed) *needed = offsetof(RTL_PROCESS_MODULES, Modules) + count * sizeof(information->Modules[0]);
    return count > room ? STATUS_INFO_LENGTH_MISMATCH : STATUS_SUCCESS;
}
