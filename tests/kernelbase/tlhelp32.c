/* Snapshots of tlhelp32.h, and psapi.h on the program itself. */
#include "tap.h"
#include <psapi.h>
#include <tlhelp32.h>

static DWORD WINAPI sleeper(void *event)
{
    return WaitForSingleObject(event, 30000);
}

static void test_processes(void)
{
    HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    PROCESSENTRY32W entry = { .dwSize = sizeof(entry) };
    PROCESSENTRY32 ansi = { .dwSize = sizeof(ansi) };
    int found = 0, count = 0, again = 0;

    ok(snapshot != INVALID_HANDLE_VALUE, "snapshot: %lu", GetLastError());
    for (BOOL more = Process32FirstW(snapshot, &entry); more; more = Process32NextW(snapshot, &entry)) {
        count++;
        if (entry.th32ProcessID != GetCurrentProcessId()) continue;
        found++;
        ok(!lstrcmpiW(entry.szExeFile, L"tlhelp32.exe"), "name %S", entry.szExeFile);
        ok(entry.cntThreads >= 1, "threads %lu", entry.cntThreads);
    }
    ok(GetLastError() == ERROR_NO_MORE_FILES, "end: %lu", GetLastError());
    ok(found == 1, "found %d", found);
    for (BOOL more = Process32First(snapshot, &ansi); more; more = Process32Next(snapshot, &ansi)) again++;
    ok(again == count, "again %d %d", again, count);
    ansi.dwSize = 4;
    ok(!Process32First(snapshot, &ansi) && GetLastError() == ERROR_INSUFFICIENT_BUFFER, "size");
    ok(CloseHandle(snapshot), "close");
    ok(!Process32FirstW(snapshot, &entry) && GetLastError() == ERROR_INVALID_HANDLE, "closed: %lu", GetLastError());
}

static void test_threads(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL), snapshot, thread;
    THREADENTRY32 entry = { .dwSize = sizeof(entry) };
    DWORD id;
    int mine = 0, other = 0;

    thread = CreateThread(NULL, 0, sleeper, event, 0, &id);
    snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    ok(snapshot != INVALID_HANDLE_VALUE, "snapshot");
    for (BOOL more = Thread32First(snapshot, &entry); more; more = Thread32Next(snapshot, &entry)) {
        if (entry.th32OwnerProcessID != GetCurrentProcessId()) continue;
        mine += entry.th32ThreadID == GetCurrentThreadId();
        other += entry.th32ThreadID == id;
    }
    ok(mine == 1 && other == 1, "threads %d %d", mine, other);
    CloseHandle(snapshot);
    SetEvent(event);
    WaitForSingleObject(thread, 30000);
    CloseHandle(thread);
    CloseHandle(event);
}

static void test_modules(void)
{
    HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPMODULE | TH32CS_SNAPMODULE32, GetCurrentProcessId());
    MODULEENTRY32W entry = { .dwSize = sizeof(entry) };
    WCHAR path[MAX_PATH];
    int found = 0, first = 1;

    ok(snapshot != INVALID_HANDLE_VALUE, "snapshot: %lu", GetLastError());
    for (BOOL more = Module32FirstW(snapshot, &entry); more; more = Module32NextW(snapshot, &entry)) {
        if (first) {
            GetModuleFileNameW(NULL, path, MAX_PATH);
            ok(entry.hModule == GetModuleHandleW(NULL), "the program is first");
            ok(!lstrcmpiW(entry.szExePath, path), "path %S", entry.szExePath);
        }
        first = 0;
        found += entry.hModule == GetModuleHandleW(L"kernel32.dll");
    }
    ok(found == 1, "kernel32");
    CloseHandle(snapshot);
    ok(CreateToolhelp32Snapshot(TH32CS_SNAPMODULE, 0x3ffffff0) == INVALID_HANDLE_VALUE &&
           GetLastError() == ERROR_INVALID_PARAMETER, "no such process: %lu", GetLastError());
}

static void test_psapi(void)
{
    HMODULE modules[128];
    DWORD needed, ids[4096];
    char name[MAX_PATH];
    WCHAR wide[MAX_PATH];
    MODULEINFO info;
    PROCESS_MEMORY_COUNTERS_EX memory = { 0 };
    PERFORMANCE_INFORMATION performance;
    int found = 0;

    ok(EnumProcessModules(GetCurrentProcess(), modules, sizeof(modules), &needed), "modules");
    ok(needed >= 3 * sizeof(HMODULE) && modules[0] == GetModuleHandleA(NULL), "modules: %lu", needed);
    ok(EnumProcessModules(GetCurrentProcess(), modules, 0, &needed) && needed, "needed");
    ok(GetModuleBaseNameA(GetCurrentProcess(), NULL, name, sizeof(name)) == 12 && !lstrcmpiA(name, "tlhelp32.exe"), "%s", name);
    /* Wine 8 does not cut it. */
    ok(GetModuleBaseNameA(GetCurrentProcess(), NULL, name, 4) == 4 && !lstrcmpiA(name, "tlh"), "cut: %s", name);
    ok(GetModuleFileNameExW(GetCurrentProcess(), GetModuleHandleA("kernel32"), wide, MAX_PATH) > 12, "path");
    ok(!lstrcmpiW(wide, L"C:\\windows\\system32\\kernel32.dll"), "%S", wide);
    ok(!GetModuleBaseNameA(GetCurrentProcess(), (HMODULE)0x123450000, name, sizeof(name)) &&
           GetLastError() == ERROR_INVALID_HANDLE, "no module: %lu", GetLastError());
    ok(GetModuleInformation(GetCurrentProcess(), GetModuleHandleA(NULL), &info, sizeof(info)) &&
           info.lpBaseOfDll == GetModuleHandleA(NULL) && info.SizeOfImage > 0x1000, "information");
    ok(EnumProcesses(ids, sizeof(ids), &needed), "processes");
    for (DWORD i = 0; i < needed / sizeof(DWORD); i++) found += ids[i] == GetCurrentProcessId();
    ok(found == 1, "ours");
    /* Wine 8 fails this one. */
    ok(GetProcessMemoryInfo(GetCurrentProcess(), (PROCESS_MEMORY_COUNTERS *)&memory, sizeof(memory)) && memory.WorkingSetSize > 0x1000 &&
           memory.PrivateUsage > 0x1000, "memory");
    ok(!GetProcessMemoryInfo(GetCurrentProcess(), (PROCESS_MEMORY_COUNTERS *)&memory, 8) &&
           GetLastError() == ERROR_INSUFFICIENT_BUFFER, "size");
    ok(GetPerformanceInfo(&performance, sizeof(performance)) && performance.PageSize == 4096 && performance.ProcessCount >= 1 &&
           performance.PhysicalTotal > performance.PhysicalAvailable, "performance");
}

START_TESTS
{
    test_processes();
    test_threads();
    test_modules();
    test_psapi();
}
