/* Keys in files: save, restore, load, unload, and what they refuse. */
#include "tap.h"

#define PATH "Software\\Ferry hive test"

static void set_privilege(const char *name, BOOL on)
{
    TOKEN_PRIVILEGES privileges = { 1, { { { 0, 0 }, on ? SE_PRIVILEGE_ENABLED : 0 } } };
    HANDLE token;

    ok(OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES, &token), "token");
    ok(LookupPrivilegeValueA(NULL, name, &privileges.Privileges[0].Luid), "privilege");
    ok(AdjustTokenPrivileges(token, FALSE, &privileges, 0, NULL, NULL) && !GetLastError(), "%s: %lu", name, GetLastError());
    CloseHandle(token);
}

static BYTE large[40000];

static void fill(HKEY key)
{
    HKEY below, deeper;
    DWORD number = 0x12345678;
    char name[32];

    ok(!RegSetValueExA(key, "number", 0, REG_DWORD, (BYTE *)&number, 4), "set");
    ok(!RegSetValueExA(key, NULL, 0, REG_SZ, (BYTE *)"unnamed", 8), "set");
    ok(!RegSetValueExA(key, "empty", 0, REG_BINARY, NULL, 0), "set");
    ok(!RegSetValueExW(key, L"\x41f\x440\x438", 0, REG_SZ, (BYTE *)L"\x43c\x438\x440", 8), "set");
    ok(!RegSetValueExA(key, "large", 0, REG_BINARY, large, sizeof(large)), "set");
    ok(!RegCreateKeyExA(key, "Sub\\Deeper", 0, "A class", 0, KEY_ALL_ACCESS, NULL, &below, NULL), "create");
    ok(!RegSetValueExA(below, "x", 0, 0x777, (BYTE *)"odd type", 8), "set");
    RegCloseKey(below);
    ok(!RegCreateKeyExA(key, "volatile", 0, NULL, REG_OPTION_VOLATILE, KEY_ALL_ACCESS, NULL, &below, NULL), "create");
    RegCloseKey(below);
    ok(!RegCreateKeyW(key, L"\x65e5\x672c", &below), "create");
    RegCloseKey(below);
    ok(!RegCreateKeyA(key, "many", &below), "create");
    for (int i = 0; i < 1200; i++) {
        tap_format(name, sizeof(name), "key %d", i);
        if (!RegCreateKeyA(below, name, &deeper)) RegCloseKey(deeper);
    }
    RegCloseKey(below);
}

static void check_content(HKEY key, const char *where)
{
    static BYTE back[sizeof(large)];
    DWORD number = 0, size = 4, type, subkeys, values;
    char text[32];
    WCHAR wide[8];
    HKEY below;

    ok(!RegQueryValueExA(key, "number", NULL, &type, (BYTE *)&number, &size) && type == REG_DWORD && number == 0x12345678,
       "%s: number %lx", where, number);
    size = sizeof(text);
    ok(!RegQueryValueExA(key, NULL, NULL, &type, (BYTE *)text, &size) && !lstrcmpA(text, "unnamed"), "%s: unnamed", where);
    ok(!RegQueryValueExA(key, "empty", NULL, &type, NULL, &size) && !size && type == REG_BINARY, "%s: empty", where);
    size = sizeof(wide);
    ok(!RegQueryValueExW(key, L"\x41f\x440\x438", NULL, &type, (BYTE *)wide, &size) && size == 8 && wide[0] == 0x43c, "%s: Cyrillic", where);
    size = sizeof(back);
    ok(!RegQueryValueExA(key, "large", NULL, &type, back, &size) && size == sizeof(large), "%s: large, %lu", where, size);
    int same = 1;
    for (int i = 0; i < sizeof(large); i++) same &= back[i] == large[i];
    ok(same, "%s: the same bytes", where);
    ok(!RegOpenKeyExA(key, "sub\\deeper", 0, KEY_READ, &below), "%s: subkey", where);
    size = sizeof(text);
    ok(!RegQueryInfoKeyA(below, text, &size, NULL, &subkeys, NULL, NULL, &values, NULL, NULL, NULL, NULL), "info");
    ok(!lstrcmpA(text, "A class") && !subkeys && values == 1, "%s: class %s, %lu, %lu", where, text, subkeys, values);
    size = sizeof(text);
    ok(!RegQueryValueExA(below, "x", NULL, &type, (BYTE *)text, &size) && type == 0x777 && size == 8, "%s: type %lx", where, type);
    RegCloseKey(below);
    ok(RegOpenKeyExA(key, "volatile", 0, KEY_READ, &below) == ERROR_FILE_NOT_FOUND, "%s: volatile keys are not saved", where);
    ok(!RegOpenKeyExW(key, L"\x65e5\x672c", 0, KEY_READ, &below), "%s: Japanese", where);
    RegCloseKey(below);
    ok(!RegOpenKeyExA(key, "many", 0, KEY_READ, &below), "%s: many", where);
    ok(!RegQueryInfoKeyA(below, NULL, NULL, NULL, &subkeys, NULL, NULL, NULL, NULL, NULL, NULL, NULL) && subkeys == 1200,
       "%s: %lu of many", where, subkeys);
    RegCloseKey(below);
}

static void test_bad_files(HKEY key)
{
    static BYTE data[1 << 20];
    DWORD size = 0, written, number, length = 4;
    unsigned seed = 1;
    HANDLE file = CreateFileA("saved", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);

    ok(ReadFile(file, data, sizeof(data), &size, NULL) && size > 8192, "read: %lu", size);
    CloseHandle(file);
    ok(data[0] == 'r' && data[1] == 'e' && data[2] == 'g' && data[3] == 'f', "a hive file");
    ok(data[4096] == 'h' && data[4097] == 'b', "and a bin");
    for (int i = 0; i < 40; i++) {
        DWORD at = 4096 + (seed = seed * 1103515245 + 12345) / 4 % (size - 4096);
        BYTE old = data[at];
        data[at] ^= 0xff;
        file = CreateFileA("bad", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
        WriteFile(file, data, i % 2 ? size : 4096 + (seed = seed * 1103515245 + 12345) / 4 % (size - 4096), &written, NULL);
        CloseHandle(file);
        data[at] = old;
        HKEY below;
        LSTATUS error = RegRestoreKeyA(key, "bad", 0); /* must end, whatever it says */
        ok(RegOpenKeyExA(HKEY_CURRENT_USER, PATH, 0, KEY_READ, &below) == 0, "still there after %ld", error);
        RegCloseKey(below);
    }
    DeleteFileA("bad");
    file = CreateFileA("bad", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(file, "no hive at all", 14, &written, NULL);
    CloseHandle(file);
    ok(!RegRestoreKeyA(key, "saved", 0), "restore");
    LSTATUS error = RegRestoreKeyA(key, "bad", 0);
    ok(error == ERROR_NOT_REGISTRY_FILE || error == ERROR_BADDB || error == ERROR_REGISTRY_CORRUPT, "no hive: %ld", error);
    ok(!RegQueryValueExA(key, "number", NULL, NULL, (BYTE *)&number, &length), "and nothing was lost");
    DeleteFileA("bad");
}

START_TESTS
{
    HKEY key, other, loaded;
    DWORD subkeys;

    for (int i = 0; i < sizeof(large); i++) large[i] = (BYTE)(i * 31 + i / 256);
    RegDeleteTreeA(HKEY_CURRENT_USER, PATH);
    ok(!RegCreateKeyExA(HKEY_CURRENT_USER, PATH, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL), "key");
    ok(!RegCreateKeyExA(HKEY_CURRENT_USER, PATH " other", 0, NULL, 0, KEY_ALL_ACCESS, NULL, &other, NULL), "key");
    fill(key);
    DeleteFileA("saved");
    set_privilege("SeBackupPrivilege", FALSE);
    set_privilege("SeRestorePrivilege", FALSE);
    /* Wine 8 asks for no privilege here. */
    ok(RegSaveKeyA(key, "saved", NULL) == ERROR_PRIVILEGE_NOT_HELD, "no privilege");
    ok(GetFileAttributesA("saved") == INVALID_FILE_ATTRIBUTES, "and no file");
    DeleteFileA("saved");
    set_privilege("SeBackupPrivilege", TRUE);
    ok(!RegSaveKeyA(key, "saved", NULL), "save");
    ok(RegSaveKeyA(key, "saved", NULL) == ERROR_ALREADY_EXISTS, "no second time");
    ok(RegSaveKeyExA(key, "other", NULL, 3) == ERROR_INVALID_PARAMETER, "format");
    ok(RegRestoreKeyA(other, "saved", 0) == ERROR_PRIVILEGE_NOT_HELD, "no privilege");
    ok(RegLoadKeyA(HKEY_USERS, "Ferry test", "saved") == ERROR_PRIVILEGE_NOT_HELD, "no privilege");
    set_privilege("SeRestorePrivilege", TRUE);
    ok(!RegSetKeyValueA(other, "goes", "away", REG_SZ, "", 1), "something else");
    ok(!RegRestoreKeyA(other, "saved", 0), "restore"); /* Wine 8 says so and does nothing */
    check_content(other, "restored");
    ok(RegOpenKeyExA(other, "goes", 0, KEY_READ, &loaded) == ERROR_FILE_NOT_FOUND, "what was there is gone");
    ok(RegRestoreKeyA(other, "missing", 0) == ERROR_FILE_NOT_FOUND, "no file");

    ok(RegLoadKeyA(HKEY_USERS, "Ferry test", "missing") == ERROR_FILE_NOT_FOUND, "no file");
    ok(!RegLoadKeyA(HKEY_USERS, "Ferry test", "saved"), "load");
    ok(!RegOpenKeyExA(HKEY_USERS, "Ferry test", 0, KEY_ALL_ACCESS, &loaded), "open");
    check_content(loaded, "loaded");
    ok(!RegSetKeyValueA(loaded, "added", "x", REG_SZ, "y", 2), "changed");
    ok(RegDeleteKeyA(HKEY_USERS, "Ferry test") == ERROR_ACCESS_DENIED, "cannot be deleted");
    RegCloseKey(loaded);
    LSTATUS error = RegLoadKeyA(HKEY_USERS, "Ferry test 2", "saved");
    ok(error == ERROR_SHARING_VIOLATION, "loaded twice: %ld", error);
    ok(!RegUnLoadKeyA(HKEY_USERS, "Ferry test"), "unload");
    ok(RegOpenKeyExA(HKEY_USERS, "Ferry test", 0, KEY_READ, &loaded) == ERROR_FILE_NOT_FOUND, "gone");
    ok(RegUnLoadKeyA(HKEY_USERS, "Ferry test") == ERROR_FILE_NOT_FOUND, "no second time");
    ok(RegUnLoadKeyA(HKEY_LOCAL_MACHINE, "Software") == ERROR_INVALID_PARAMETER, "was not loaded");
    ok(!RegRestoreKeyA(other, "saved", 0), "restore what the loaded key became");
    ok(!RegOpenKeyExA(other, "added", 0, KEY_READ, &loaded), "with the change");
    RegCloseKey(loaded);
    check_content(other, "after unloading");
    test_bad_files(key);
    RegCloseKey(key);
    ok(!RegRenameKey(other, L"many", L"renamed"), "rename");
    ok(!RegOpenKeyExA(other, "renamed", 0, KEY_READ, &loaded), "renamed");
    ok(!RegQueryInfoKeyA(loaded, NULL, NULL, NULL, &subkeys, NULL, NULL, NULL, NULL, NULL, NULL, NULL) && subkeys == 1200, "with all");
    RegCloseKey(loaded);
    RegCloseKey(other);
    ok(!RegConnectRegistryA(NULL, HKEY_LOCAL_MACHINE, &key), "this machine");
    RegCloseKey(key);
    ok(RegConnectRegistryA("\\\\no.such.machine.invalid", HKEY_LOCAL_MACHINE, &key) != 0, "another one");
    ok(!RegDeleteTreeA(HKEY_CURRENT_USER, PATH) && !RegDeleteTreeA(HKEY_CURRENT_USER, PATH " other"), "clean up");
    ok(DeleteFileA("saved"), "clean up: %lu", GetLastError());
}
