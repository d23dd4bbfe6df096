/* wow64apiset.h, and what a process of each architecture finds: folders, registry views, environment, the other one's
 * processes. */
#include "tap.h"

#define NARROW (sizeof(void *) == 4)

static BOOL starts(const char *text, const char *with)
{
    while (*with)
        if (*text++ != *with++) return FALSE;
    return TRUE;
}

/* IMAGE_FILE_HEADER.Machine of a file. */
static WORD machine_of(const char *path)
{
    HANDLE file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    BYTE bytes[1024];
    DWORD got = 0;

    if (file == INVALID_HANDLE_VALUE) return 0;
    ReadFile(file, bytes, sizeof(bytes), &got, NULL);
    CloseHandle(file);
    DWORD at = *(DWORD *)(bytes + 60);
    return got == sizeof(bytes) && at < 1000 ? *(WORD *)(bytes + at + 4) : 1;
}

static void test_process(void)
{
    BOOL(WINAPI *is_wow64_2)(HANDLE, USHORT *, USHORT *) =
        (void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), "IsWow64Process2");
    BOOL wow64 = 7;
    USHORT machine = 1, native = 1;
    SYSTEM_INFO info;

    ok(IsWow64Process(GetCurrentProcess(), &wow64) && wow64 == NARROW, "%d", wow64);
    ok(is_wow64_2(GetCurrentProcess(), &machine, &native) && native == IMAGE_FILE_MACHINE_AMD64 &&
           machine == (NARROW ? IMAGE_FILE_MACHINE_I386 : 0), "%x %x", machine, native);
    GetSystemInfo(&info);
    ok(info.wProcessorArchitecture == (NARROW ? PROCESSOR_ARCHITECTURE_INTEL : PROCESSOR_ARCHITECTURE_AMD64), "%u",
       info.wProcessorArchitecture);
    GetNativeSystemInfo(&info);
    ok(info.wProcessorArchitecture == PROCESSOR_ARCHITECTURE_AMD64, "%u", info.wProcessorArchitecture);
}

static void test_folders(void)
{
    BOOL(WINAPI *disable)(PVOID *) = (void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), "Wow64DisableWow64FsRedirection");
    BOOL(WINAPI *revert)(PVOID) = (void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), "Wow64RevertWow64FsRedirection");
    const WORD own = NARROW ? IMAGE_FILE_MACHINE_I386 : IMAGE_FILE_MACHINE_AMD64;
    PVOID old = NULL;

    ok(machine_of("C:\\windows\\system32\\ntdll.dll") == own, "%x", machine_of("C:\\windows\\system32\\ntdll.dll"));
    ok(machine_of("C:\\windows\\SysWOW64\\ntdll.dll") == IMAGE_FILE_MACHINE_I386, "syswow64");
    if (NARROW) {
        ok(machine_of("C:\\windows\\Sysnative\\ntdll.dll") == IMAGE_FILE_MACHINE_AMD64, "sysnative");
        ok(disable(&old), "disable: %lu", GetLastError());
        ok(machine_of("C:\\windows\\system32\\ntdll.dll") == IMAGE_FILE_MACHINE_AMD64, "disabled");
        ok(revert(old), "revert: %lu", GetLastError());
        ok(machine_of("C:\\windows\\system32\\ntdll.dll") == own, "reverted");
    } else {
        ok(machine_of("C:\\windows\\Sysnative\\ntdll.dll") == 0, "sysnative is for 32-bit code");
        ok(!disable(&old) && GetLastError() == ERROR_INVALID_FUNCTION, "disable: %lu", GetLastError());
    }
}

static void test_registry(void)
{
    const char *path = "Software\\FerryWow64Test";
    HKEY key, other;
    DWORD value = 32, read = 0, size = sizeof(read);
    LSTATUS status;

    RegDeleteKeyExA(HKEY_LOCAL_MACHINE, path, KEY_WOW64_64KEY, 0);
    status = RegCreateKeyExA(HKEY_LOCAL_MACHINE, path, 0, NULL, 0, KEY_ALL_ACCESS | KEY_WOW64_32KEY, NULL, &key, NULL);
    ok(!status, "%ld", status);
    ok(!RegSetValueExA(key, "bits", 0, REG_DWORD, (BYTE *)&value, sizeof(value)), "set");
    status = RegOpenKeyExA(HKEY_LOCAL_MACHINE, path, 0, KEY_READ | KEY_WOW64_64KEY, &other);
    ok(status == ERROR_FILE_NOT_FOUND, "the 64-bit view has none: %ld", status);
    status = RegOpenKeyExA(HKEY_LOCAL_MACHINE, path, 0, KEY_READ, &other);
    ok(status == (NARROW ? 0 : ERROR_FILE_NOT_FOUND), "own view: %ld", status);
    if (!status) RegCloseKey(other);
    status = RegOpenKeyExA(HKEY_LOCAL_MACHINE, "Software\\Wow6432Node\\FerryWow64Test", 0, KEY_READ, &other);
    ok(!status, "where it is: %ld", status);
    ok(!RegQueryValueExA(other, "bits", NULL, NULL, (BYTE *)&read, &size) && read == 32, "%lu", read);
    RegCloseKey(other);
    RegCloseKey(key);
    status = RegDeleteKeyExA(HKEY_LOCAL_MACHINE, path, KEY_WOW64_32KEY, 0);
    ok(!status, "delete: %ld", status);

    /* through a handle of Software, whose shared part below is the other's */
    status = RegOpenKeyExA(HKEY_LOCAL_MACHINE, "Software", 0, KEY_READ, &key);
    ok(!status, "%ld", status);
    status = RegOpenKeyExA(key, "Classes", 0, KEY_READ | KEY_WOW64_32KEY, &other);
    ok(!status, "shared: %ld", status);
    if (!status) RegCloseKey(other);
    RegCloseKey(key);
}

static void test_environment(void)
{
    char text[MAX_PATH] = "";

    GetEnvironmentVariableA("PROCESSOR_ARCHITECTURE", text, sizeof(text));
    ok(!lstrcmpA(text, NARROW ? "x86" : "AMD64"), "%s", text);
    text[0] = 0;
    GetEnvironmentVariableA("PROCESSOR_ARCHITEW6432", text, sizeof(text));
    ok(!lstrcmpA(text, NARROW ? "AMD64" : ""), "%s", text);
    GetEnvironmentVariableA("ProgramFiles", text, sizeof(text));
    ok(!lstrcmpA(text, NARROW ? "C:\\Program Files (x86)" : "C:\\Program Files"), "%s", text);
    ok(starts(text, "C:\\"), "%s", text);
}

/* A process of the other architecture: this test's own twin, told by an argument to end at once. */
static void test_other(void)
{
    STARTUPINFOA start = { .cb = sizeof(start) };
    PROCESS_INFORMATION process;
    char line[MAX_PATH] = "C:\\windows\\syswow64\\hello.exe";
    BOOL wow64 = FALSE;
    DWORD code = 99;

    if (NARROW) lstrcpyA(line, "C:\\windows\\sysnative\\hello.exe");
    if (GetFileAttributesA(line) == INVALID_FILE_ATTRIBUTES) {
        skip(4, "no program of the other architecture here");
        return;
    }
    ok(CreateProcessA(NULL, line, NULL, NULL, FALSE, CREATE_NO_WINDOW | CREATE_SUSPENDED, NULL, NULL, &start, &process), "start: %lu", GetLastError());
    ok(IsWow64Process(process.hProcess, &wow64) && wow64 != NARROW, "%d", wow64);
    ResumeThread(process.hThread);
    ok(WaitForSingleObject(process.hProcess, 20000) == WAIT_OBJECT_0, "wait");
    ok(GetExitCodeProcess(process.hProcess, &code) && code == 0, "%lu", code);
    CloseHandle(process.hProcess);
    CloseHandle(process.hThread);
}

START_TESTS
{
    test_process();
    test_folders();
    test_registry();
    test_environment();
    test_other();
}
