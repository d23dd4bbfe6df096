/* Reserve, commit, protect, query, guard pages, write watch, placeholders.
 *
 * Wine 8 differs from the reference in: merging reserved pages in VirtualQuery, partial releases, PAGE_NOACCESS with
 * PAGE_GUARD, reading and writing inaccessible memory with NtReadVirtualMemory and NtWriteVirtualMemory, MEM_RESET together
 * with MEM_COMMIT, the error of large pages without the privilege. */
#include "tap.h"

#ifndef MEM_RESERVE_PLACEHOLDER
#define MEM_COALESCE_PLACEHOLDERS 0x00000001
#define MEM_PRESERVE_PLACEHOLDER 0x00000002
#define MEM_REPLACE_PLACEHOLDER 0x00004000
#define MEM_RESERVE_PLACEHOLDER 0x00040000
#endif
#define CURRENT ((HANDLE)(LONG_PTR)-1)

static void check_status(NTSTATUS status, NTSTATUS expected, int line)
{
    /* which of the parameters is wrong is told by some versions only */
    if (status == STATUS_INVALID_PARAMETER && expected >= STATUS_INVALID_PARAMETER_1 && expected <= STATUS_INVALID_PARAMETER_9)
        return;
    ok(status == expected, "line %d: %lx, not %lx", line, status, expected);
}
#define expect(call, status) check_status(call, status, __LINE__)

NTSTATUS NTAPI NtAllocateVirtualMemory(HANDLE, PVOID *, ULONG_PTR, SIZE_T *, ULONG, ULONG);
NTSTATUS NTAPI NtFreeVirtualMemory(HANDLE, PVOID *, SIZE_T *, ULONG);
NTSTATUS NTAPI NtProtectVirtualMemory(HANDLE, PVOID *, SIZE_T *, ULONG, ULONG *);
NTSTATUS NTAPI NtQueryVirtualMemory(HANDLE, PVOID, ULONG, PVOID, SIZE_T, SIZE_T *);
NTSTATUS NTAPI NtReadVirtualMemory(HANDLE, PVOID, PVOID, SIZE_T, SIZE_T *);
NTSTATUS NTAPI NtWriteVirtualMemory(HANDLE, PVOID, PVOID, SIZE_T, SIZE_T *);
static NTSTATUS(NTAPI *allocate_ex)(HANDLE, PVOID *, SIZE_T *, ULONG, ULONG, void *, ULONG);

static void check_region(void *at, void *allocation, void *base, SIZE_T size, DWORD state, DWORD protect, int line)
{
    MEMORY_BASIC_INFORMATION info;

    ok(VirtualQuery(at, &info, sizeof(info)) == sizeof(info), "line %d: VirtualQuery failed", line);
    ok(info.BaseAddress == base, "line %d: base %p", line, info.BaseAddress);
    ok(info.AllocationBase == allocation, "line %d: allocation base %p", line, info.AllocationBase);
    ok(!size || info.RegionSize == size, "line %d: size %lx", line, (ULONG)info.RegionSize);
    ok(info.State == state, "line %d: state %lx", line, info.State);
    ok(info.Protect == protect, "line %d: protection %lx", line, info.Protect);
}
#define region(at, allocation, base, size, state, protect) \
    check_region(at, allocation, base, size, state, protect, __LINE__)

static NTSTATUS allocate(void *at, SIZE_T size, ULONG type, ULONG protect)
{
    NTSTATUS status = NtAllocateVirtualMemory(CURRENT, &at, 0, &size, type, protect);
    SIZE_T zero = 0;

    if (!status && type != MEM_COMMIT) NtFreeVirtualMemory(CURRENT, &at, &zero, MEM_RELEASE);
    return status;
}

static void test_allocate(void)
{
    char *base = VirtualAlloc(NULL, 0x30000, MEM_RESERVE, PAGE_READWRITE), *at;
    MEMORY_BASIC_INFORMATION info;
    DWORD old = 0;
    void *address;
    SIZE_T size;
    NTSTATUS status;

    ok(base != NULL, "reserve failed: %lu", GetLastError());
    ok(!((ULONG_PTR)base & 0xffff), "base %p", base);
    region(base, base, base, 0x30000, MEM_RESERVE, 0);
    VirtualQuery(base, &info, sizeof(info));
    ok(info.AllocationProtect == PAGE_READWRITE && info.Type == MEM_PRIVATE, "%lx %lx", info.AllocationProtect, info.Type);

    /* part of a page commits the page; the bytes around it stay reserved */
    at = VirtualAlloc(base + 0x1234, 1, MEM_COMMIT, PAGE_READONLY);
    ok(at == base + 0x1000, "commit: %p", at);
    region(base, base, base, 0x1000, MEM_RESERVE, 0);
    region(base + 0x1fff, base, base + 0x1000, 0x1000, MEM_COMMIT, PAGE_READONLY);
    region(base + 0x2000, base, base + 0x2000, 0x2e000, MEM_RESERVE, 0);
    ok(base[0x1000] == 0, "not zero");

    /* committing again is allowed and changes the protection */
    at = VirtualAlloc(base + 0x1000, 0x2000, MEM_COMMIT, PAGE_READWRITE);
    ok(at == base + 0x1000, "commit again: %lu", GetLastError());
    region(base + 0x1000, base, base + 0x1000, 0x2000, MEM_COMMIT, PAGE_READWRITE);
    base[0x1000] = 5;
    at = VirtualAlloc(base + 0x1000, 0x1000, MEM_COMMIT, PAGE_READWRITE);
    ok(at && base[0x1000] == 5, "contents lost");

    ok(VirtualProtect(base + 0x1800, 0x1000, PAGE_READONLY, &old), "protect: %lu", GetLastError());
    ok(old == PAGE_READWRITE, "old %lx", old);
    region(base + 0x1000, base, base + 0x1000, 0x2000, MEM_COMMIT, PAGE_READONLY);
    ok(!VirtualProtect(base, 0x2000, PAGE_READONLY, &old) && GetLastError() == ERROR_INVALID_ADDRESS, "reserved: %lu",
       GetLastError());
    ok(!VirtualProtect(base + 0x1000, 0x1000, 0x666, &old) && GetLastError() == ERROR_INVALID_PARAMETER, "bad: %lu",
       GetLastError());
    ok(!VirtualProtect(base + 0x1000, 0x1000, PAGE_WRITECOPY, &old) && GetLastError() == ERROR_INVALID_PARAMETER,
       "write copy: %lu", GetLastError());

    /* decommitted pages come back zeroed */
    ok(VirtualFree(base + 0x1000, 0x1000, MEM_DECOMMIT), "decommit: %lu", GetLastError());
    region(base, base, base, 0x2000, MEM_RESERVE, 0);
    VirtualAlloc(base + 0x1000, 0x1000, MEM_COMMIT, PAGE_READWRITE);
    ok(base[0x1000] == 0, "not zeroed");

    ok(!VirtualFree(base, 0x1000, MEM_RELEASE) && GetLastError() == ERROR_INVALID_PARAMETER, "size: %lu", GetLastError());
    ok(!VirtualFree(base + 0x10000, 0, MEM_RELEASE) && GetLastError() == ERROR_INVALID_ADDRESS, "inside: %lu",
       GetLastError());
    ok(!VirtualFree(base, 0, MEM_RELEASE | MEM_DECOMMIT), "both");

    /* a release of a part, which only the native call has; not in Wine 8 */
    address = base + 0x10000;
    size = 0x10000;
    status = NtFreeVirtualMemory(CURRENT, &address, &size, MEM_RELEASE);
    ok(!status, "partial release: %lx", status);
    region(base, base, base, 0x1000, MEM_RESERVE, 0);
    VirtualQuery(base + 0x10000, &info, sizeof(info));
    ok(info.State == MEM_FREE && !info.AllocationBase && info.Protect == PAGE_NOACCESS, "%lx", info.State);
    region(base + 0x20000, base + 0x20000, base + 0x20000, 0x10000, MEM_RESERVE, 0);
    ok(VirtualFree(base, 0, MEM_RELEASE), "release: %lu", GetLastError());
    ok(VirtualFree(base + 0x20000, 0, MEM_RELEASE), "release: %lu", GetLastError());
    VirtualQuery(base, &info, sizeof(info));
    ok(info.State == MEM_FREE, "%lx", info.State);
    ok(!VirtualFree(base, 0, MEM_RELEASE) && GetLastError() == ERROR_INVALID_ADDRESS, "again: %lu", GetLastError());

    /* reserve rounds the base down to 64 KiB and the end up to a page */
    at = VirtualAlloc(base + 0x1234, 0x10000, MEM_RESERVE, PAGE_READWRITE);
    ok(at == base, "at %p", at);
    region(base, base, base, 0x12000, MEM_RESERVE, 0);
    ok(!VirtualAlloc(base, 0x1000, MEM_RESERVE, PAGE_READWRITE) && GetLastError() == ERROR_INVALID_ADDRESS, "taken: %lu",
       GetLastError());
    ok(!VirtualAlloc(base + 0x11000, 0x2000, MEM_COMMIT, PAGE_READWRITE) && GetLastError() == ERROR_INVALID_ADDRESS,
       "beyond: %lu", GetLastError());
    VirtualFree(base, 0, MEM_RELEASE);

    at = VirtualAlloc(NULL, 0x1000, MEM_COMMIT, PAGE_READWRITE);
    ok(at != NULL, "commit alone reserves too");
    VirtualFree(at, 0, MEM_RELEASE);
}

static void test_errors(void)
{
    void *base;
    SIZE_T size;
    ULONG old;
    NTSTATUS status;

    expect(allocate(NULL, 0x1000, 0, PAGE_READWRITE), STATUS_INVALID_PARAMETER_5);
    expect(allocate(NULL, 0x1000, MEM_TOP_DOWN, PAGE_READWRITE), STATUS_INVALID_PARAMETER_5);
    expect(allocate(NULL, 0x1000, MEM_RESERVE | 0x800000, PAGE_READWRITE), STATUS_INVALID_PARAMETER_5);
    expect(allocate(NULL, 0x1000, MEM_RESERVE, 0), STATUS_INVALID_PAGE_PROTECTION);
    expect(allocate(NULL, 0x1000, MEM_RESERVE, PAGE_READWRITE | PAGE_READONLY), STATUS_INVALID_PAGE_PROTECTION);
    expect(allocate(NULL, 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_WRITECOPY), STATUS_INVALID_PAGE_PROTECTION);
    expect(allocate(NULL, 0x1000, MEM_COMMIT, PAGE_NOACCESS | PAGE_GUARD), STATUS_INVALID_PAGE_PROTECTION);
    expect(allocate(NULL, 0, MEM_RESERVE, PAGE_READWRITE), STATUS_INVALID_PARAMETER_4);
    ok(allocate(NULL, ~(SIZE_T)0, MEM_RESERVE, PAGE_READWRITE) < 0, "the whole address space");

    base = NULL;
    size = 0x1000;
    status = NtAllocateVirtualMemory(CURRENT, &base, 22, &size, MEM_RESERVE, PAGE_READWRITE);
    ok(status == STATUS_INVALID_PARAMETER_3 || status == STATUS_NO_MEMORY, "%lx", status);

    base = VirtualAlloc(NULL, 0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    size = 0;
    status = NtProtectVirtualMemory(CURRENT, &base, &size, PAGE_READONLY, &old);
    ok(status == STATUS_INVALID_PARAMETER_3 || status == STATUS_INVALID_PARAMETER, "%lx", status);
    size = 0x1000;
    status = NtFreeVirtualMemory(CURRENT, &base, &size, 0x1234);
    expect(status, STATUS_INVALID_PARAMETER_4);
    size = 0x20000;
    status = NtFreeVirtualMemory(CURRENT, &base, &size, MEM_DECOMMIT);
    ok(status == STATUS_UNABLE_TO_FREE_VM, "%lx", status);
    VirtualFree(base, 0, MEM_RELEASE);
    size = 0;
    status = NtFreeVirtualMemory(CURRENT, &base, &size, MEM_RELEASE);
    ok(status == STATUS_MEMORY_NOT_ALLOCATED, "%lx", status);
    status = NtQueryVirtualMemory(CURRENT, &base, 0, &size, 4, NULL);
    ok(status == STATUS_INFO_LENGTH_MISMATCH, "%lx", status);
    ok(!VirtualFree(GetModuleHandleA(NULL), 0, MEM_RELEASE), "image freed");
}

static void test_places(void)
{
    MEMORY_BASIC_INFORMATION info;
    char *at, *last = NULL;
    void *base = NULL;
    SIZE_T size = 0x1000, count = 0;
    NTSTATUS status;

    /* 31 or 32 address bits */
    status = NtAllocateVirtualMemory(CURRENT, &base, 1, &size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    ok(!status && (ULONG_PTR)base < 0x80000000, "%lx %p", status, base);
    VirtualFree(base, 0, MEM_RELEASE);

    at = VirtualAlloc((void *)0x30000000, 0x100000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    ok(at == (void *)0x30000000, "low address: %p %lu", at, GetLastError());
    if (at) {
        at[0xfffff] = 1;
        VirtualFree(at, 0, MEM_RELEASE);
    }
    at = VirtualAlloc(NULL, 0x10000, MEM_RESERVE | MEM_TOP_DOWN, PAGE_NOACCESS);
    base = VirtualAlloc(NULL, 0x10000, MEM_RESERVE, PAGE_NOACCESS);
    ok(at > (char *)base, "top down %p, not %p", at, base);
    VirtualFree(at, 0, MEM_RELEASE);
    VirtualFree(base, 0, MEM_RELEASE);
#ifdef _WIN64
    at = VirtualAlloc(NULL, (SIZE_T)4 << 40, MEM_RESERVE, PAGE_NOACCESS);
    ok(at != NULL, "4 TiB: %lu", GetLastError());
    if (at) {
        region(at + ((SIZE_T)3 << 40), at, at + ((SIZE_T)3 << 40), (SIZE_T)1 << 40, MEM_RESERVE, 0);
        ok(VirtualAlloc(at + ((SIZE_T)3 << 40), 0x10000, MEM_COMMIT, PAGE_READWRITE) != NULL, "commit: %lu", GetLastError());
        at[((SIZE_T)3 << 40) + 0xffff] = 1;
        region(at, at, at, (SIZE_T)3 << 40, MEM_RESERVE, 0);
        VirtualFree(at, 0, MEM_RELEASE);
    }
#endif
    /* the whole address space can be walked */
    for (at = NULL; VirtualQuery(at, &info, sizeof(info)) == sizeof(info) && info.RegionSize; count++) {
        if (info.BaseAddress != at || at < last) break;
        last = at;
        at += info.RegionSize;
        if (at < last) break;
    }
    ok(count > 10 && (ULONG_PTR)at >= 0x7ffe1000, "%lu regions up to %p", (ULONG)count, at);
    ok(!VirtualQuery((void *)~(ULONG_PTR)0xffff, &info, sizeof(info)), "above the user's addresses");
    region((void *)0x7ffe0000, (void *)0x7ffe0000, (void *)0x7ffe0000, 0x1000, MEM_COMMIT, PAGE_READONLY);
}

static volatile DWORD caught_code;
static volatile ULONG_PTR caught_access, caught_address;
static DWORD repair_protect;

/* Makes the touched page accessible and goes on. */
static LONG CALLBACK repair(EXCEPTION_POINTERS *pointers)
{
    EXCEPTION_RECORD *record = pointers->ExceptionRecord;
    DWORD old;

    if (record->ExceptionCode != EXCEPTION_ACCESS_VIOLATION && record->ExceptionCode != STATUS_GUARD_PAGE_VIOLATION)
        return EXCEPTION_CONTINUE_SEARCH;
    caught_code = record->ExceptionCode;
    caught_access = record->ExceptionInformation[0];
    caught_address = record->ExceptionInformation[1];
    if (record->ExceptionCode == EXCEPTION_ACCESS_VIOLATION &&
        !VirtualProtect((void *)record->ExceptionInformation[1], 1, repair_protect, &old))
        return EXCEPTION_CONTINUE_SEARCH;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void test_faults(void)
{
    void *handler = AddVectoredExceptionHandler(1, repair);
    volatile char *at = VirtualAlloc(NULL, 0x4000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    DWORD old = 0;

    ok(handler != NULL, "no handler");
    VirtualProtect((void *)(at + 0x1000), 0x1000, PAGE_NOACCESS, &old);
    repair_protect = PAGE_READWRITE;
    caught_code = 0;
    at[0x1010] = 1;
    ok(caught_code == EXCEPTION_ACCESS_VIOLATION && caught_access == 1 && caught_address == (ULONG_PTR)at + 0x1010,
       "%lx %lx", caught_code, (ULONG)caught_access);

    VirtualProtect((void *)(at + 0x1000), 0x1000, PAGE_NOACCESS, &old);
    caught_code = 0;
    ok(at[0x1010] == 1, "value");
    ok(caught_code == EXCEPTION_ACCESS_VIOLATION && caught_access == 0, "%lx %lx", caught_code, (ULONG)caught_access);

    VirtualProtect((void *)(at + 0x1000), 0x1000, PAGE_READONLY, &old);
    caught_code = 0;
    (void)at[0x1000];
    ok(!caught_code, "read of a read-only page");
    at[0x1000] = 2;
    ok(caught_code == EXCEPTION_ACCESS_VIOLATION && caught_access == 1, "%lx %lx", caught_code, (ULONG)caught_access);

    /* a guard page raises once */
    ok(VirtualProtect((void *)(at + 0x2000), 0x1000, PAGE_READWRITE | PAGE_GUARD, &old), "guard: %lu", GetLastError());
    region((void *)(at + 0x2000), (void *)at, (void *)(at + 0x2000), 0x1000, MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD);
    caught_code = 0;
    at[0x2004] = 3;
    ok(caught_code == STATUS_GUARD_PAGE_VIOLATION && caught_access == 1 && caught_address == (ULONG_PTR)at + 0x2004,
       "%lx %lx", caught_code, (ULONG)caught_access);
    caught_code = 0;
    at[0x2004] = 4;
    ok(!caught_code, "second time %lx", caught_code);
    region((void *)(at + 0x2000), (void *)at, (void *)(at + 0x2000), 0, MEM_COMMIT, PAGE_READWRITE);
    RemoveVectoredExceptionHandler(handler);
    VirtualFree((void *)at, 0, MEM_RELEASE);
}

static void test_read_write(void)
{
    char *at = VirtualAlloc(NULL, 0x3000, MEM_RESERVE, PAGE_READWRITE), buffer[0x2000];
    SIZE_T done = 77;
    DWORD old;
    NTSTATUS status;

    VirtualAlloc(at, 0x1000, MEM_COMMIT, PAGE_READWRITE);
    at[0xfff] = 9;
    status = NtReadVirtualMemory(CURRENT, at, buffer, 0x1000, &done);
    ok(!status && done == 0x1000 && buffer[0xfff] == 9, "%lx %lx", status, (ULONG)done);
    status = NtReadVirtualMemory(CURRENT, at + 0x2000, buffer, 16, &done);
    ok(status == STATUS_PARTIAL_COPY && done == 0, "%lx %lx", status, (ULONG)done);
    done = 77;
    status = NtWriteVirtualMemory(CURRENT, at, buffer, 0x800, &done);
    ok(!status && done == 0x800, "%lx %lx", status, (ULONG)done);
    VirtualProtect(at, 0x1000, PAGE_READONLY, &old);
    status = NtWriteVirtualMemory(CURRENT, at, buffer, 16, &done);
    ok(status == STATUS_PARTIAL_COPY && done == 0, "read-only: %lx %lx", status, (ULONG)done);
    status = NtReadVirtualMemory((HANDLE)0x1238, at, buffer, 16, &done);
    ok(status == STATUS_INVALID_HANDLE, "%lx", status);
    VirtualFree(at, 0, MEM_RELEASE);
}

static void test_write_watch(void)
{
    char *at = VirtualAlloc(NULL, 0x10000, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE), *other;
    void *list[20];
    ULONG_PTR count = 20;
    DWORD granularity = 0;

    ok(at != NULL, "failed: %lu", GetLastError());
    ok(!GetWriteWatch(0, at, 0x10000, list, &count, &granularity), "failed: %lu", GetLastError());
    ok(count == 0 && granularity == 0x1000, "%lu %lx", (ULONG)count, granularity);
    at[0x1234] = 1;
    at[0x5000] = 1;
    ((volatile char *)at)[0x7000];
    at[0xffff] = 1;
    count = 20;
    GetWriteWatch(0, at, 0x10000, list, &count, &granularity);
    ok(count == 3 && list[0] == at + 0x1000 && list[1] == at + 0x5000 && list[2] == at + 0xf000, "%lu", (ULONG)count);
    count = 2;
    GetWriteWatch(WRITE_WATCH_FLAG_RESET, at, 0x10000, list, &count, &granularity);
    ok(count == 2 && list[1] == at + 0x5000, "%lu", (ULONG)count);
    count = 20;
    GetWriteWatch(0, at, 0x10000, list, &count, &granularity);
    ok(count == 1 && list[0] == at + 0xf000, "only what was reported is reset: %lu", (ULONG)count);
    ok(!ResetWriteWatch(at, 0x10000), "reset");
    count = 20;
    GetWriteWatch(0, at, 0x10000, list, &count, &granularity);
    ok(count == 0, "%lu", (ULONG)count);
    at[0x1234] = 2;
    count = 20;
    GetWriteWatch(WRITE_WATCH_FLAG_RESET, at + 0x1000, 0x1000, list, &count, &granularity);
    ok(count == 1 && list[0] == at + 0x1000, "%lu", (ULONG)count);
    /* what the system writes counts too */
    ok(GetSystemDirectoryA(at + 0x3000, 100) > 0, "failed");
    GetFileSizeEx((HANDLE)0, (LARGE_INTEGER *)(at + 0x3100));
    count = 20;
    GetWriteWatch(0, at, 0x10000, list, &count, &granularity);
    ok(count == 1 && list[0] == at + 0x3000, "%lu", (ULONG)count);
    count = 20;
    ok(GetWriteWatch(0x10, at, 0x10000, list, &count, &granularity), "flags");
    other = VirtualAlloc(NULL, 0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    ok(GetWriteWatch(0, other, 0x10000, list, &count, &granularity), "not watched");
    ok(GetLastError() == ERROR_INVALID_PARAMETER, "%lu", GetLastError());
    ok(ResetWriteWatch(other, 0x10000), "not watched");
    VirtualFree(other, 0, MEM_RELEASE);
    VirtualFree(at, 0, MEM_RELEASE);
}

static NTSTATUS release(void *at, SIZE_T size, ULONG flags)
{
    return NtFreeVirtualMemory(CURRENT, &at, &size, MEM_RELEASE | flags);
}

static void test_placeholders(void)
{
    char *base = NULL;
    void *at;
    SIZE_T size = 0x40000;
    NTSTATUS status;

    *(void **)&allocate_ex = GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtAllocateVirtualMemoryEx");
    if (!allocate_ex) {
        skip(1, "no NtAllocateVirtualMemoryEx");
        return;
    }
    status = allocate_ex(CURRENT, (void **)&base, &size, MEM_RESERVE | MEM_RESERVE_PLACEHOLDER, PAGE_NOACCESS, NULL, 0);
    ok(!status, "%lx", status);
    if (status) return;
    region(base, base, base, 0x40000, MEM_RESERVE, 0);
    ok(!VirtualAlloc(base, 0x1000, MEM_COMMIT, PAGE_READWRITE), "commit in a placeholder");

    expect(release(base + 0x10000, 0x10000, MEM_PRESERVE_PLACEHOLDER), STATUS_SUCCESS);
    region(base, base, base, 0x10000, MEM_RESERVE, 0);
    region(base + 0x10000, base + 0x10000, base + 0x10000, 0x10000, MEM_RESERVE, 0);
    region(base + 0x20000, base + 0x20000, base + 0x20000, 0x20000, MEM_RESERVE, 0);

    at = base + 0x10000;
    size = 0x8000;
    status = allocate_ex(CURRENT, &at, &size, MEM_RESERVE | MEM_COMMIT | MEM_REPLACE_PLACEHOLDER, PAGE_READWRITE, NULL, 0);
    ok(status < 0, "part of a placeholder: %lx", status);
    size = 0x10000;
    status = allocate_ex(CURRENT, &at, &size, MEM_RESERVE | MEM_COMMIT | MEM_REPLACE_PLACEHOLDER, PAGE_READWRITE, NULL, 0);
    ok(!status, "replace: %lx", status);
    region(at, at, at, 0x10000, MEM_COMMIT, PAGE_READWRITE);
    base[0x10000] = 1;
    expect(release(base, 0x40000, MEM_COALESCE_PLACEHOLDERS), STATUS_CONFLICTING_ADDRESSES);
    expect(release(base + 0x10000, 0x10000, MEM_PRESERVE_PLACEHOLDER), STATUS_SUCCESS);
    region(at, at, at, 0x10000, MEM_RESERVE, 0);
    expect(release(base, 0x40000, MEM_COALESCE_PLACEHOLDERS), STATUS_SUCCESS);
    region(base, base, base, 0x40000, MEM_RESERVE, 0);
    ok(VirtualFree(base, 0, MEM_RELEASE), "free: %lu", GetLastError());
}

static int __attribute__((noinline)) use_stack(int depth)
{
    volatile char buffer[4096];

    for (int i = 0; i < 4096; i += 64) buffer[i] = (char)depth;
    return depth ? use_stack(depth - 1) + buffer[128] : 0;
}

static void test_stack(void)
{
    NT_TIB *tib = (NT_TIB *)NtCurrentTeb();
    char *limit = tib->StackLimit;
    MEMORY_BASIC_INFORMATION info;

    VirtualQuery(limit - 1, &info, sizeof(info));
    ok(info.State == MEM_COMMIT && info.Protect == (PAGE_READWRITE | PAGE_GUARD), "below the limit: %lx %lx", info.State,
       info.Protect);
    use_stack(100);
    ok((char *)tib->StackLimit <= limit && (char *)tib->StackLimit < (char *)&info - 100 * 4096, "limit %p", tib->StackLimit);
    VirtualQuery((char *)tib->StackLimit - 1, &info, sizeof(info));
    ok(info.Protect == (PAGE_READWRITE | PAGE_GUARD), "guard moved: %lx", info.Protect);
    VirtualQuery(tib->StackLimit, &info, sizeof(info));
    ok(info.State == MEM_COMMIT && info.Protect == PAGE_READWRITE &&
           (char *)info.BaseAddress + info.RegionSize == (char *)tib->StackBase,
       "stack %lx", info.Protect);
}

static void test_lock(void)
{
    char *at = VirtualAlloc(NULL, 0x4000, MEM_RESERVE, PAGE_READWRITE);

    VirtualAlloc(at, 0x2000, MEM_COMMIT, PAGE_READWRITE);
    ok(VirtualLock(at, 0x1000), "lock: %lu", GetLastError());
    ok(VirtualUnlock(at, 0x1000), "unlock: %lu", GetLastError());
    ok(!VirtualLock(at + 0x3000, 0x1000), "reserved memory locked");
    VirtualFree(at, 0, MEM_RELEASE);
    at = VirtualAlloc(NULL, 0x2000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    at[0] = 1;
    ok(VirtualAlloc(at, 0x1000, MEM_RESET, PAGE_READWRITE) == at, "reset: %lu", GetLastError());
    at[0] = 2;
    ok(at[0] == 2, "after reset");
    ok(!VirtualAlloc(at, 0x1000, MEM_RESET | MEM_COMMIT, PAGE_READWRITE), "reset and commit");
    VirtualFree(at, 0, MEM_RELEASE);
    ok(!VirtualAlloc(NULL, 0x200000, MEM_RESERVE | MEM_COMMIT | MEM_LARGE_PAGES, PAGE_READWRITE) &&
           GetLastError() == ERROR_PRIVILEGE_NOT_HELD,
       "large pages: %lu", GetLastError());
}

START_TESTS
{
    test_allocate();
    test_errors();
    test_places();
    test_faults();
    test_read_write();
    test_write_watch();
    test_placeholders();
    test_stack();
    test_lock();
}
