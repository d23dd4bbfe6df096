/* The 32-bit and the 64-bit view of the registry, each asked for by its flag ("Registry Keys Affected by WOW64"). */
#include "tap.h"

#define NAME "Ferry view test"

static BOOL there(HKEY root, const char *path, REGSAM view)
{
    HKEY key;

    if (RegOpenKeyExA(root, path, 0, KEY_READ | view, &key)) return FALSE;
    RegCloseKey(key);
    return TRUE;
}

static void make(HKEY root, const char *path, REGSAM view)
{
    HKEY key;
    LSTATUS error = RegCreateKeyExA(root, path, 0, NULL, 0, KEY_READ | KEY_WRITE | view, NULL, &key, NULL);

    ok(!error, "%s: %ld", path, error);
    if (!error) RegCloseKey(key);
}

START_TESTS
{
    HKEY software, key;

    make(HKEY_LOCAL_MACHINE, "Software\\" NAME "\\below\\deep", KEY_WOW64_32KEY);
    ok(there(HKEY_LOCAL_MACHINE, "Software\\" NAME "\\below", KEY_WOW64_32KEY), "in the 32-bit view");
    ok(!there(HKEY_LOCAL_MACHINE, "Software\\" NAME, KEY_WOW64_64KEY), "not in the 64-bit view");
    ok(there(HKEY_LOCAL_MACHINE, "Software\\Wow6432Node\\" NAME "\\below\\deep", KEY_WOW64_64KEY), "where it is");
    ok(there(HKEY_LOCAL_MACHINE, "Software\\Wow6432Node\\" NAME, KEY_WOW64_32KEY), "named by both");
    ok(!RegOpenKeyExA(HKEY_LOCAL_MACHINE, "Software", 0, KEY_READ | KEY_WOW64_64KEY, &software), "Software");
    ok(!there(software, NAME, KEY_WOW64_64KEY), "below a handle, 64-bit");
    ok(there(software, NAME, KEY_WOW64_32KEY), "below a handle, 32-bit");
    RegCloseKey(software);
    ok(!RegOpenKeyExA(HKEY_LOCAL_MACHINE, "software\\" NAME, 0, KEY_READ | KEY_WOW64_32KEY, &key), "open");
    ok(there(key, "below\\deep", KEY_WOW64_32KEY), "below a key of the view");
    RegCloseKey(key);
    ok(RegDeleteKeyExA(HKEY_LOCAL_MACHINE, "Software\\" NAME "\\below\\deep", KEY_WOW64_64KEY, 0) == ERROR_FILE_NOT_FOUND, "delete, 64");
    ok(!RegDeleteKeyExA(HKEY_LOCAL_MACHINE, "Software\\" NAME "\\below\\deep", KEY_WOW64_32KEY, 0), "delete");
    ok(!RegDeleteKeyExA(HKEY_LOCAL_MACHINE, "Software\\" NAME "\\below", KEY_WOW64_32KEY, 0), "delete");
    ok(!RegDeleteKeyExA(HKEY_LOCAL_MACHINE, "Software\\" NAME, KEY_WOW64_32KEY, 0), "delete");

    make(HKEY_LOCAL_MACHINE, "Software\\Classes\\CLSID\\" NAME, KEY_WOW64_32KEY);
    ok(!there(HKEY_LOCAL_MACHINE, "Software\\Classes\\CLSID\\" NAME, KEY_WOW64_64KEY), "classes have their own");
    ok(there(HKEY_LOCAL_MACHINE, "Software\\Classes\\Wow6432Node\\CLSID\\" NAME, KEY_WOW64_64KEY), "where it is");
    ok(there(HKEY_CLASSES_ROOT, "CLSID\\" NAME, KEY_WOW64_32KEY), "HKEY_CLASSES_ROOT");
    ok(!there(HKEY_CLASSES_ROOT, "CLSID\\" NAME, KEY_WOW64_64KEY), "HKEY_CLASSES_ROOT, 64");
    ok(!RegDeleteKeyExA(HKEY_LOCAL_MACHINE, "Software\\Classes\\CLSID\\" NAME, KEY_WOW64_32KEY, 0), "delete");

    static const char *const shared[] = {
        "Software\\Clients\\" NAME, "Software\\Classes\\" NAME, "Software\\Policies\\" NAME,
        "Software\\Microsoft\\Windows\\CurrentVersion\\App Paths\\" NAME,
        "Software\\Microsoft\\Windows NT\\CurrentVersion\\Fonts\\" NAME, "System\\" NAME,
    };
    for (int i = 0; i < 6; i++) {
        make(HKEY_LOCAL_MACHINE, shared[i], KEY_WOW64_32KEY);
        ok(there(HKEY_LOCAL_MACHINE, shared[i], KEY_WOW64_64KEY), "%s is shared", shared[i]);
        RegDeleteKeyExA(HKEY_LOCAL_MACHINE, shared[i], KEY_WOW64_64KEY, 0);
    }
    make(HKEY_CURRENT_USER, "Software\\" NAME, KEY_WOW64_32KEY);
    ok(there(HKEY_CURRENT_USER, "Software\\" NAME, KEY_WOW64_64KEY), "the user's is shared");
    ok(!RegDeleteKeyExA(HKEY_CURRENT_USER, "Software\\" NAME, 0, 0), "delete");
    ok(there(HKEY_LOCAL_MACHINE, "Software\\Microsoft\\Windows NT\\CurrentVersion", KEY_WOW64_32KEY), "versions are in both");
}
