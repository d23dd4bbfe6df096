/* The module loader: look-up, search, reference counts, exports, notifications, API sets, missing DLLs. */
#include "tap.h"

NTSYSAPI NTSTATUS NTAPI LdrLoadDll(WCHAR *, ULONG *, UNICODE_STRING *, void **);
NTSYSAPI NTSTATUS NTAPI LdrUnloadDll(void *);
NTSYSAPI NTSTATUS NTAPI LdrGetDllHandle(WCHAR *, ULONG *, const UNICODE_STRING *, void **);
NTSYSAPI NTSTATUS NTAPI LdrGetProcedureAddress(void *, const ANSI_STRING *, ULONG, void **);
NTSYSAPI NTSTATUS NTAPI LdrFindEntryForAddress(const void *, void **);
NTSYSAPI NTSTATUS NTAPI LdrLockLoaderLock(ULONG, ULONG *, ULONG_PTR *);
NTSYSAPI NTSTATUS NTAPI LdrUnlockLoaderLock(ULONG, ULONG_PTR);
NTSYSAPI NTSTATUS NTAPI LdrAddRefDll(ULONG, void *);
NTSYSAPI IMAGE_NT_HEADERS *NTAPI RtlImageNtHeader(void *);
NTSYSAPI void *NTAPI RtlImageDirectoryEntryToData(void *, BOOLEAN, USHORT, ULONG *);

static void test_handles(void)
{
    UNICODE_STRING name;
    void *handle = NULL, *other;
    NTSTATUS status;

    RtlInitUnicodeString(&name, L"KERNEL32.DLL");
    status = LdrGetDllHandle(NULL, NULL, &name, &handle);
    ok(!status && handle == GetModuleHandleA("kernel32"), "kernel32: %lx %p", status, handle);
    RtlInitUnicodeString(&name, L"kernel32");
    status = LdrGetDllHandle(NULL, NULL, &name, &other);
    ok(!status && other == handle, "without extension: %lx %p", status, other);
    RtlInitUnicodeString(&name, L"C:\\windows\\system32\\kernel32.dll");
    status = LdrGetDllHandle(NULL, NULL, &name, &other);
    ok(!status && other == handle, "full path: %lx %p", status, other);
    RtlInitUnicodeString(&name, L"kernel32.");
    status = LdrGetDllHandle(NULL, NULL, &name, &other);
    ok(status == STATUS_DLL_NOT_FOUND, "trailing dot: %lx", status);
    RtlInitUnicodeString(&name, L"no-such-module.dll");
    status = LdrGetDllHandle(NULL, NULL, &name, &other);
    ok(status == STATUS_DLL_NOT_FOUND, "missing: %lx", status);
    status = LdrLoadDll(NULL, NULL, &name, &other);
    ok(status == STATUS_DLL_NOT_FOUND, "missing: %lx", status);
    SetLastError(0);
    ok(!LoadLibraryA("no-such-module.dll") && GetLastError() == ERROR_MOD_NOT_FOUND, "error %lu", GetLastError());
    status = LdrUnloadDll((void *)0x10000);
    ok(status == STATUS_DLL_NOT_FOUND, "unload of nothing: %lx", status);
    ok(GetModuleHandleA(NULL) == (HMODULE)NtCurrentTeb()->ProcessEnvironmentBlock->Reserved3[1], "the program's handle");
}

static void test_exports(void)
{
    HMODULE ntdll = GetModuleHandleA("ntdll"), kernel32 = GetModuleHandleA("kernel32");
    ANSI_STRING name;
    void *address = (void *)1;
    NTSTATUS status;

    RtlInitAnsiString(&name, "NtClose");
    status = LdrGetProcedureAddress(ntdll, &name, 0, &address);
    ok(!status && address == (void *)GetProcAddress(ntdll, "NtClose") && address, "NtClose: %lx %p", status, address);
    RtlInitAnsiString(&name, "NoSuchFunction");
    /* Wine 8 says STATUS_PROCEDURE_NOT_FOUND in both cases. */
    status = LdrGetProcedureAddress(ntdll, &name, 0, &address);
    ok(status == STATUS_ENTRYPOINT_NOT_FOUND, "missing: %lx", status);
    status = LdrGetProcedureAddress(ntdll, NULL, 0xffff, &address);
    ok(status == STATUS_ORDINAL_NOT_FOUND, "missing ordinal: %lx", status);
    SetLastError(0);
    ok(!GetProcAddress(ntdll, "ntclose") && GetLastError() == ERROR_PROC_NOT_FOUND, "names have case: %lu", GetLastError());
    /* A forwarder leads to the same code. */
    ok(GetProcAddress(kernel32, "HeapAlloc") == GetProcAddress(ntdll, "RtlAllocateHeap"), "HeapAlloc is RtlAllocateHeap");
    ok(GetProcAddress(kernel32, "EnterCriticalSection") == GetProcAddress(ntdll, "RtlEnterCriticalSection"), "forwarded");
}

static void test_api_sets(void)
{
    HMODULE module = LoadLibraryA("api-ms-win-core-file-l1-1-0.dll"), kernelbase = GetModuleHandleA("kernelbase.dll");

    ok(module != NULL, "an API set loads: %lu", GetLastError());
    ok(module == kernelbase || module == GetModuleHandleA("kernel32.dll"), "its host");
    ok(GetProcAddress(module, "CreateFileW") != NULL, "a function of it");
    module = LoadLibraryA("api-ms-win-core-synch-l1-2-0");
    ok(module && GetProcAddress(module, "WaitOnAddress"), "without the extension");
    ok(!LoadLibraryA("api-ms-win-no-such-set-l1-1-0.dll"), "an unknown one");
}

static void test_lock(void)
{
    ULONG disposition = 77;
    ULONG_PTR cookie = 77;
    NTSTATUS status = LdrLockLoaderLock(0, &disposition, &cookie);

    ok(!status && disposition == 1 && cookie, "lock: %lx %lu", status, disposition);
    ok(LdrUnlockLoaderLock(0, cookie) == STATUS_SUCCESS, "unlock");
    status = LdrLockLoaderLock(0x100, &disposition, &cookie);
    ok(status == STATUS_INVALID_PARAMETER_1, "flags: %lx", status);
    status = LdrLockLoaderLock(2, NULL, &cookie);
    ok(status == STATUS_INVALID_PARAMETER_2, "try without disposition: %lx", status);
    status = LdrLockLoaderLock(0, &disposition, NULL);
    ok(status == STATUS_INVALID_PARAMETER_3, "no cookie: %lx", status);
    ok(LdrUnlockLoaderLock(0, 0) == STATUS_SUCCESS, "no cookie to unlock");
    ok(LdrAddRefDll(0, (void *)0x10000) == STATUS_INVALID_PARAMETER, "LdrAddRefDll of nothing");
}

static void test_lists(void)
{
    struct links {
        LIST_ENTRY load, memory, init;
        void *base, *entry;
        ULONG size;
        UNICODE_STRING full, name;
    } *first, *second;
    LIST_ENTRY *head = (LIST_ENTRY *)((char *)NtCurrentTeb()->ProcessEnvironmentBlock->Ldr + (sizeof(void *) == 8 ? 0x10 : 0xc));
    void *found;

    first = (struct links *)head->Flink;
    second = (struct links *)head->Flink->Flink;
    ok(first->base == GetModuleHandleA(NULL), "the program is first");
    ok(second->base == GetModuleHandleA("ntdll.dll"), "ntdll.dll second: %S", second->name.Buffer);
    ok(!lstrcmpiW(second->name.Buffer, L"ntdll.dll"), "its name: %S", second->name.Buffer);
    ok(!LdrFindEntryForAddress((char *)second->base + 0x1000, &found) && found == second, "found by address");
    ok(LdrFindEntryForAddress(&found, &found) == STATUS_NO_MORE_ENTRIES, "the stack is no module");
}

static void test_headers(void)
{
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");
    ULONG size = 0;
    IMAGE_NT_HEADERS *nt = RtlImageNtHeader(ntdll);

    ok(nt && nt->Signature == IMAGE_NT_SIGNATURE, "headers");
    void *exports = RtlImageDirectoryEntryToData(ntdll, TRUE, IMAGE_DIRECTORY_ENTRY_EXPORT, &size);
    ok(exports && size == nt->OptionalHeader.DataDirectory[0].Size, "exports: %p %lu", exports, size);
    ok(!RtlImageDirectoryEntryToData(ntdll, TRUE, 200, &size), "no such directory");
    ok(!RtlImageNtHeader(NULL), "no base");
}

static void test_counts(void)
{
    HMODULE first = GetModuleHandleA("version.dll"), module;

    if (first) {
        skip(3, "version.dll is loaded already");
        return;
    }
    if (!(module = LoadLibraryA("version.dll"))) {
        skip(3, "no version.dll");
        return;
    }
    ok(LoadLibraryA("VERSION") == module, "the same");
    FreeLibrary(module);
    ok(GetModuleHandleA("version.dll") == module, "still there");
    FreeLibrary(module);
    ok(!GetModuleHandleA("version.dll"), "gone");
}

START_TESTS
{
    test_handles();
    test_exports();
    test_api_sets();
    test_lock();
    test_lists();
    test_headers();
    test_counts();
}
