/* memoryapi.h: virtual memory and file mappings. */
#include "kernelbase.h"

LPVOID WINAPI VirtualAllocEx(HANDLE process, LPVOID address, SIZE_T size, DWORD type, DWORD protect)
{
    /* NULL asks for any address; a small non-NULL one is an error, as NtAllocateVirtualMemory has it. */
    NTSTATUS status = NtAllocateVirtualMemory(process, &address, 0, &size, type, protect);

    if (status < 0) {
        set_status(status);
        return NULL;
    }
    return address;
}

LPVOID WINAPI VirtualAlloc(LPVOID address, SIZE_T size, DWORD type, DWORD protect)
{
    return VirtualAllocEx(NtCurrentProcess(), address, size, type, protect);
}

LPVOID WINAPI VirtualAllocExNuma(HANDLE process, LPVOID address, SIZE_T size, DWORD type, DWORD protect, DWORD node)
{
    return VirtualAllocEx(process, address, size, type, protect);
}

PVOID WINAPI VirtualAlloc2(HANDLE process, PVOID address, SIZE_T size, ULONG type, ULONG protect,
                           MEM_EXTENDED_PARAMETER *parameters, ULONG count)
{
    NTSTATUS status = NtAllocateVirtualMemoryEx(process ? process : NtCurrentProcess(), &address, &size, type, protect,
                                                parameters, count);

    if (status < 0) {
        set_status(status);
        return NULL;
    }
    return address;
}

BOOL WINAPI VirtualFreeEx(HANDLE process, LPVOID address, SIZE_T size, DWORD type)
{
    if (type & MEM_RELEASE && size) return set_error(ERROR_INVALID_PARAMETER);
    return status_to_bool(NtFreeVirtualMemory(process, &address, &size, type));
}

BOOL WINAPI VirtualFree(LPVOID address, SIZE_T size, DWORD type)
{
    return VirtualFreeEx(NtCurrentProcess(), address, size, type);
}

BOOL WINAPI VirtualProtectEx(HANDLE process, LPVOID address, SIZE_T size, DWORD protect, PDWORD old)
{
    return status_to_bool(NtProtectVirtualMemory(process, &address, &size, protect, old));
}

BOOL WINAPI VirtualProtect(LPVOID address, SIZE_T size, DWORD protect, PDWORD old)
{
    return VirtualProtectEx(NtCurrentProcess(), address, size, protect, old);
}

SIZE_T WINAPI VirtualQueryEx(HANDLE process, LPCVOID address, PMEMORY_BASIC_INFORMATION buffer, SIZE_T length)
{
    SIZE_T written = 0;
    NTSTATUS status = NtQueryVirtualMemory(process, (void *)address, 0, buffer, length, &written);

    if (status < 0) {
        set_status(status);
        return 0;
    }
    return written;
}

SIZE_T WINAPI VirtualQuery(LPCVOID address, PMEMORY_BASIC_INFORMATION buffer, SIZE_T length)
{
    return VirtualQueryEx(NtCurrentProcess(), address, buffer, length);
}

BOOL WINAPI VirtualLock(LPVOID address, SIZE_T size)
{
    return status_to_bool(NtLockVirtualMemory(NtCurrentProcess(), &address, &size, 1));
}

BOOL WINAPI VirtualUnlock(LPVOID address, SIZE_T size)
{
    return status_to_bool(NtUnlockVirtualMemory(NtCurrentProcess(), &address, &size, 1));
}

#define VmPrefetchInformation_ 0

BOOL WINAPI PrefetchVirtualMemory(HANDLE process, ULONG_PTR count, PWIN32_MEMORY_RANGE_ENTRY addresses, ULONG flags)
{
    return status_to_bool(NtSetInformationVirtualMemory(process, VmPrefetchInformation_, count, addresses, &flags,
                                                        sizeof(flags)));
}

static DWORD set_discard_error(NTSTATUS status)
{
    return status < 0 ? RtlNtStatusToDosError(status) : ERROR_SUCCESS;
}

/* Offer, reclaim and discard return an error code and want whole pages (memoryapi.h reference). */
DWORD WINAPI DiscardVirtualMemory(PVOID address, SIZE_T size)
{
    if (((ULONG_PTR)address | size) & 0xfff || !size) return ERROR_INVALID_PARAMETER;
    return set_discard_error(NtAllocateVirtualMemory(NtCurrentProcess(), &address, 0, &size, MEM_RESET,
                                                     PAGE_NOACCESS));
}

BOOL WINAPI ReadProcessMemory(HANDLE process, LPCVOID address, LPVOID buffer, SIZE_T size, SIZE_T *done)
{
    return status_to_bool(NtReadVirtualMemory(process, (void *)address, buffer, size, done));
}

/* Makes read-only memory writable for the time of the copy, as the reference's debugging use needs. */
BOOL WINAPI WriteProcessMemory(HANDLE process, LPVOID address, LPCVOID buffer, SIZE_T size, SIZE_T *done)
{
    void *base = address;
    SIZE_T region = size;
    ULONG old, ignored;
    NTSTATUS status = NtProtectVirtualMemory(process, &base, &region, PAGE_EXECUTE_READWRITE, &old);

    if (status < 0) return status_to_bool(NtWriteVirtualMemory(process, address, (void *)buffer, size, done));
    if (old & (PAGE_NOACCESS | PAGE_READONLY)) {
        NtProtectVirtualMemory(process, &base, &region, old, &ignored);
        return set_error(ERROR_NOACCESS);
    }
    status = NtWriteVirtualMemory(process, address, (void *)buffer, size, done);
    NtProtectVirtualMemory(process, &base, &region, old, &ignored);
    NtFlushInstructionCache(process, address, size);
    return status_to_bool(status);
}

BOOL WINAPI FlushInstructionCache(HANDLE process, LPCVOID address, SIZE_T size)
{
    return status_to_bool(NtFlushInstructionCache(process, (void *)address, size));
}

VOID WINAPI FlushProcessWriteBuffers(void)
{
    NtFlushProcessWriteBuffers();
}

UINT WINAPI GetWriteWatch(DWORD flags, PVOID base, SIZE_T size, PVOID *addresses, ULONG_PTR *count, LPDWORD granularity)
{
    NTSTATUS status = NtGetWriteWatch(NtCurrentProcess(), flags, base, size, addresses, count, granularity);

    if (status < 0) {
        set_status(status);
        return ~0u;
    }
    return 0;
}

UINT WINAPI ResetWriteWatch(LPVOID base, SIZE_T size)
{
    NTSTATUS status = NtResetWriteWatch(NtCurrentProcess(), base, size);

    if (status < 0) {
        set_status(status);
        return ~0u;
    }
    return 0;
}

/* Large pages need a privilege that nobody has here; 0 says that the processor offers none. */
SIZE_T WINAPI GetLargePageMinimum(void)
{
    return 0;
}

/* ---- file mappings ---- */

HANDLE WINAPI CreateFileMappingW(HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protect, DWORD high, DWORD low,
                                 LPCWSTR name)
{
    static const DWORD section_flags = SEC_FILE | SEC_IMAGE | SEC_RESERVE | SEC_COMMIT | SEC_NOCACHE |
                                       SEC_WRITECOMBINE | SEC_LARGE_PAGES | SEC_IMAGE_NO_EXECUTE;
    DWORD attributes = protect & section_flags, page = protect & ~section_flags;
    ACCESS_MASK access = STANDARD_RIGHTS_REQUIRED | SECTION_QUERY | SECTION_MAP_READ;
    LARGE_INTEGER size = { .LowPart = low, .HighPart = high };
    struct object_name object;
    HANDLE section;
    NTSTATUS status;

    if (!attributes) attributes = SEC_COMMIT;
    switch (page) {
    case 0: page = PAGE_READONLY; break; /* as Windows does */
    case PAGE_READONLY:
    case PAGE_WRITECOPY: break;
    case PAGE_READWRITE: access |= SECTION_MAP_WRITE; break;
    case PAGE_EXECUTE:
    case PAGE_EXECUTE_READ:
    case PAGE_EXECUTE_WRITECOPY: access |= SECTION_MAP_EXECUTE; break;
    case PAGE_EXECUTE_READWRITE: access |= SECTION_MAP_EXECUTE | SECTION_MAP_WRITE; break;
    default: set_error(ERROR_INVALID_PARAMETER); return NULL;
    }
    if (file == INVALID_HANDLE_VALUE) {
        file = NULL;
        if (!size.QuadPart) {
            set_error(ERROR_INVALID_PARAMETER);
            return NULL;
        }
    }
    status = NtCreateSection(&section, access, object_name(&object, security, name), size.QuadPart ? &size : NULL, page,
                             attributes, file);
    if (status < 0) {
        set_status(status);
        /* An empty file cannot be mapped (memoryapi.h reference: CreateFileMappingW). */
        if (status == STATUS_MAPPED_FILE_SIZE_ZERO) set_error(ERROR_FILE_INVALID);
        return NULL;
    }
    set_error(status == STATUS_OBJECT_NAME_EXISTS ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
    return section;
}

HANDLE WINAPI CreateFileMappingA(HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protect, DWORD high, DWORD low,
                                 LPCSTR name)
{
    WIDE(wide);
    return wide_from_ansi(&wide, name) ? CreateFileMappingW(file, security, protect, high, low, wide.text) : NULL;
}

HANDLE WINAPI CreateFileMappingNumaW(HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protect, DWORD high, DWORD low,
                                     LPCWSTR name, DWORD node)
{
    return CreateFileMappingW(file, security, protect, high, low, name);
}

HANDLE WINAPI CreateFileMappingNumaA(HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protect, DWORD high, DWORD low,
                                     LPCSTR name, DWORD node)
{
    return CreateFileMappingA(file, security, protect, high, low, name);
}

HANDLE WINAPI CreateFileMappingFromApp(HANDLE file, PSECURITY_ATTRIBUTES security, ULONG protect, ULONG64 size,
                                       PCWSTR name)
{
    return CreateFileMappingW(file, security, protect, (DWORD)(size >> 32), (DWORD)size, name);
}

HANDLE WINAPI OpenFileMappingW(DWORD access, BOOL inherit, LPCWSTR name)
{
    struct object_name object;
    HANDLE section;
    NTSTATUS status;

    if (!name) {
        set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    /* FILE_MAP_COPY is SECTION_QUERY: it asks for read access; FILE_MAP_EXECUTE is its own bit. */
    if (access == FILE_MAP_COPY) access = SECTION_MAP_READ;
    if (access & FILE_MAP_EXECUTE) access = (access & ~FILE_MAP_EXECUTE) | SECTION_MAP_EXECUTE;
    status = NtOpenSection(&section, access, object_name_inherit(&object, inherit, name));
    if (status < 0) {
        set_status(status);
        return NULL;
    }
    return section;
}

HANDLE WINAPI OpenFileMappingA(DWORD access, BOOL inherit, LPCSTR name)
{
    WIDE(wide);
    return wide_from_ansi(&wide, name) ? OpenFileMappingW(access, inherit, wide.text) : NULL;
}

LPVOID WINAPI MapViewOfFileEx(HANDLE section, DWORD access, DWORD high, DWORD low, SIZE_T size, LPVOID base)
{
    LARGE_INTEGER offset = { .LowPart = low, .HighPart = high };
    bool execute = access & FILE_MAP_EXECUTE;
    ULONG protect;
    NTSTATUS status;

    /* In FILE_MAP_ALL_ACCESS the copy bit is set too: copy only when it stands without write. */
    if (access & FILE_MAP_WRITE) protect = execute ? PAGE_EXECUTE_READWRITE : PAGE_READWRITE;
    else if (access & FILE_MAP_COPY) protect = execute ? PAGE_EXECUTE_WRITECOPY : PAGE_WRITECOPY;
    else if (access & FILE_MAP_READ) protect = execute ? PAGE_EXECUTE_READ : PAGE_READONLY;
    else protect = execute ? PAGE_EXECUTE_READ : PAGE_NOACCESS;
    status = NtMapViewOfSection(section, NtCurrentProcess(), &base, 0, 0, &offset, &size, 1 /* ViewShare */, 0, protect);
    if (status < 0) {
        set_status(status);
        return NULL;
    }
    return base;
}

LPVOID WINAPI MapViewOfFile(HANDLE section, DWORD access, DWORD high, DWORD low, SIZE_T size)
{
    return MapViewOfFileEx(section, access, high, low, size, NULL);
}

LPVOID WINAPI MapViewOfFileExNuma(HANDLE section, DWORD access, DWORD high, DWORD low, SIZE_T size, LPVOID base,
                                  DWORD node)
{
    return MapViewOfFileEx(section, access, high, low, size, base);
}

PVOID WINAPI MapViewOfFileFromApp(HANDLE section, ULONG access, ULONG64 offset, SIZE_T size)
{
    return MapViewOfFileEx(section, access, (DWORD)(offset >> 32), (DWORD)offset, size, NULL);
}

PVOID WINAPI MapViewOfFile3(HANDLE section, HANDLE process, PVOID base, ULONG64 offset, SIZE_T size, ULONG type,
                            ULONG protect, MEM_EXTENDED_PARAMETER *parameters, ULONG count)
{
    LARGE_INTEGER start = { .QuadPart = offset };
    NTSTATUS status = NtMapViewOfSectionEx(section, process ? process : NtCurrentProcess(), &base, &start, &size, type,
                                           protect, parameters, count);

    if (status < 0) {
        set_status(status);
        return NULL;
    }
    return base;
}

BOOL WINAPI UnmapViewOfFile(LPCVOID base)
{
    return status_to_bool(NtUnmapViewOfSection(NtCurrentProcess(), (void *)base));
}

BOOL WINAPI UnmapViewOfFileEx(PVOID base, ULONG flags)
{
    return status_to_bool(NtUnmapViewOfSectionEx(NtCurrentProcess(), base, flags));
}

BOOL WINAPI UnmapViewOfFile2(HANDLE process, PVOID base, ULONG flags)
{
    return status_to_bool(NtUnmapViewOfSectionEx(process, base, flags));
}

BOOL WINAPI FlushViewOfFile(LPCVOID base, SIZE_T size)
{
    IO_STATUS_BLOCK io;
    void *address = (void *)base;

    return status_to_bool(NtFlushVirtualMemory(NtCurrentProcess(), &address, &size, &io));
}

/* ---- memory pressure ---- */

/* The two system events of the reference; this system never reports pressure by itself, the state is computed. */
BOOL WINAPI QueryMemoryResourceNotification(HANDLE notification, PBOOL state)
{
    LARGE_INTEGER now = { .QuadPart = 0 };
    NTSTATUS status;

    if (!state) return set_error(ERROR_INVALID_PARAMETER);
    status = NtWaitForSingleObject(notification, FALSE, &now);
    if (status < 0) return set_status(status);
    *state = status == STATUS_WAIT_0;
    return TRUE;
}

HANDLE WINAPI CreateMemoryResourceNotification(MEMORY_RESOURCE_NOTIFICATION_TYPE type)
{
    MEMORYSTATUSEX memory = { .dwLength = sizeof(memory) };
    HANDLE event;
    NTSTATUS status;

    if (type != LowMemoryResourceNotification && type != HighMemoryResourceNotification) {
        set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    GlobalMemoryStatusEx(&memory);
    /* Low: below 32 MB per 4 GB, at most 64 MB free; high: three times that (memoryapi.h reference, remarks). */
    ULONGLONG low = (memory.ullTotalPhys >> 32) * (32 << 20);
    if (low < 32 << 20) low = 32 << 20;
    if (low > 64 << 20) low = 64 << 20;
    bool state = type == LowMemoryResourceNotification ? memory.ullAvailPhys < low : memory.ullAvailPhys > 3 * low;
    status = NtCreateEvent(&event, EVENT_ALL_ACCESS, NULL, 0 /* NotificationEvent */, state);
    if (status < 0) {
        set_status(status);
        return NULL;
    }
    return event;
}
