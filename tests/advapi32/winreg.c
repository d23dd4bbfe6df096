/* The registry: keys, values, sizes, order, errors. */
#include "tap.h"

/* both architectures' tests may run at the same time */
#ifdef _WIN64
#define PATH "Software\\Ferry test"
#else
#define PATH "Software\\Ferry test 32"
#endif
#define WIDE(text) L##text
#define WIDEN(text) WIDE(text)
#define PATHW WIDEN(PATH)

static HKEY key;

static void test_create(void)
{
    HKEY sub, other;
    DWORD how = 0;
    char name[300], longer[300];
    DWORD size;

    ok(!RegCreateKeyExA(HKEY_CURRENT_USER, PATH "\\one\\two\\three", 0, NULL, 0, KEY_ALL_ACCESS, NULL, &sub, &how), "path made");
    ok(how == REG_CREATED_NEW_KEY, "disposition %lu", how);
    RegCloseKey(sub);
    ok(!RegCreateKeyExA(key, "ONE\\Two", 0, NULL, 0, KEY_ALL_ACCESS, NULL, &sub, &how), "any case");
    ok(how == REG_OPENED_EXISTING_KEY, "disposition %lu", how);
    size = sizeof(name);
    ok(!RegEnumKeyExA(sub, 0, name, &size, NULL, NULL, NULL, NULL), "enum");
    ok(size == 5 && !lstrcmpA(name, "three"), "name %s, %lu", name, size);
    size = 5;
    ok(RegEnumKeyExA(sub, 0, name, &size, NULL, NULL, NULL, NULL) == ERROR_MORE_DATA, "no room for the terminator");
    size = 6;
    ok(!RegEnumKeyExA(sub, 0, name, &size, NULL, NULL, NULL, NULL) && size == 5, "just room");
    ok(RegEnumKeyExA(sub, 1, name, &size, NULL, NULL, NULL, NULL) == ERROR_NO_MORE_ITEMS, "no more");
    ok(RegDeleteKeyA(key, "one\\two") == ERROR_ACCESS_DENIED, "has a subkey");
    ok(!RegDeleteKeyA(key, "one\\two\\THREE"), "delete");
    ok(!RegDeleteKeyA(key, "one\\two"), "delete");
    size = sizeof(name);
    ok(RegEnumKeyExA(sub, 0, name, &size, NULL, NULL, NULL, NULL) == ERROR_KEY_DELETED, "handle of a deleted key");
    ok(RegSetValueExA(sub, "x", 0, REG_SZ, (BYTE *)"x", 2) == ERROR_KEY_DELETED, "set there");
    RegCloseKey(sub);
    ok(RegOpenKeyExA(key, "one\\two", 0, KEY_READ, &sub) == ERROR_FILE_NOT_FOUND, "gone");
    ok(RegOpenKeyExA(key, "\\one", 0, KEY_READ, &sub) == ERROR_BAD_PATHNAME, "leading backslash");
    ok(!RegOpenKeyExA(key, "one\\", 0, KEY_READ, &sub), "trailing backslash");
    RegCloseKey(sub);
    ok(!RegOpenKeyExA(key, NULL, 0, KEY_READ, &sub) && sub != key, "no path: another handle");
    ok(RegSetValueExA(sub, "x", 0, REG_SZ, (BYTE *)"x", 2) == ERROR_ACCESS_DENIED, "read only");
    RegCloseKey(sub);
    ok(RegOpenKeyExA(HKEY_CURRENT_USER, NULL, 0, KEY_READ, &sub) == 0 && sub == HKEY_CURRENT_USER, "predefined");
    ok(RegOpenKeyExA(NULL, "x", 0, KEY_READ, &sub) == ERROR_INVALID_HANDLE, "no key");
    ok(!RegDeleteKeyA(key, "one"), "delete");
    for (int i = 0; i < 256; i++) longer[i] = 'a';
    longer[256] = 0;
    LSTATUS error = RegCreateKeyExA(key, longer, 0, NULL, 0, KEY_READ, NULL, &sub, NULL);
    ok(error == ERROR_INVALID_PARAMETER, "256 units: %ld", error); /* Wine 8 makes it */
    if (!error) {
        RegCloseKey(sub);
        RegDeleteKeyA(key, longer);
    }
    longer[255] = 0;
    ok(!RegCreateKeyExA(key, longer, 0, NULL, 0, KEY_READ, NULL, &sub, NULL), "255 units");
    RegCloseKey(sub);
    ok(!RegDeleteKeyA(key, longer), "delete");
    ok(!RegCreateKeyExA(key, "volatile", 0, NULL, REG_OPTION_VOLATILE, KEY_ALL_ACCESS, NULL, &sub, NULL), "volatile");
    ok(RegCreateKeyExA(sub, "kept", 0, NULL, 0, KEY_READ, NULL, &other, NULL) == ERROR_CHILD_MUST_BE_VOLATILE, "in volatile");
    RegCloseKey(sub);
    ok(!RegDeleteKeyA(key, "volatile"), "delete");
}

static void test_order(void)
{
    static const char *const names[] = { "b", "C", "a", "\xe4", "B2", "d" };
    static const char *const values[] = { "z", "Y", "x" };
    char name[64];
    DWORD size;
    HKEY sub;

    for (int i = 0; i < 6; i++) {
        ok(!RegCreateKeyA(key, names[i], &sub), "create");
        RegCloseKey(sub);
    }
    static const char *const sorted[] = { "a", "b", "B2", "C", "d", "\xe4" };
    for (int i = 0; i < 6; i++) {
        size = sizeof(name);
        ok(!RegEnumKeyExA(key, i, name, &size, NULL, NULL, NULL, NULL) && !lstrcmpA(name, sorted[i]), "key %d: %s", i, name);
    }
    for (int i = 0; i < 3; i++) RegSetValueExA(key, values[i], 0, REG_DWORD, (BYTE *)&i, 4);
    for (int i = 0; i < 3; i++) {
        DWORD type, number = 9, bytes = 4;
        size = sizeof(name);
        ok(!RegEnumValueA(key, i, name, &size, NULL, &type, (BYTE *)&number, &bytes), "enum value %d", i);
        /* Wine 8 sorts values by name; Windows keeps them as they were made. */
        ok(!lstrcmpA(name, values[i]) && type == REG_DWORD && number == i && bytes == 4, "value %d: %s %lu", i, name, number);
    }
    DWORD subkeys, longest, count, longest_value, largest;
    ok(!RegQueryInfoKeyA(key, NULL, NULL, NULL, &subkeys, &longest, NULL, &count, &longest_value, &largest, NULL, NULL), "info");
    ok(subkeys == 6 && longest == 2 && count == 3 && longest_value == 1 && largest == 4, "info %lu %lu %lu %lu %lu", subkeys,
       longest, count, longest_value, largest);
    for (int i = 0; i < 6; i++) ok(!RegDeleteKeyA(key, names[i]), "delete");
    for (int i = 0; i < 3; i++) ok(!RegDeleteValueA(key, values[i]), "delete");
    ok(RegDeleteValueA(key, "z") == ERROR_FILE_NOT_FOUND, "gone");
}

static void test_values(void)
{
    BYTE buffer[64];
    DWORD type, size;
    WCHAR wide[32];

    ok(!RegSetValueExA(key, "Text", 0, REG_SZ, (BYTE *)"t\xe9st", 5), "set");
    size = sizeof(buffer);
    ok(!RegQueryValueExA(key, "tEXT", NULL, &type, buffer, &size) && type == REG_SZ && size == 5, "A: %lu", size);
    ok(!lstrcmpA((char *)buffer, "t\xe9st"), "converted back");
    size = sizeof(wide);
    ok(!RegQueryValueExW(key, L"Text", NULL, &type, (BYTE *)wide, &size) && size == 10, "W: %lu", size);
    ok(wide[1] == 0xe9, "unit %x", wide[1]);
    size = 4;
    type = 0;
    ok(RegQueryValueExA(key, "Text", NULL, &type, buffer, &size) == ERROR_MORE_DATA && size == 5 && type == REG_SZ, "more data");
    size = 0;
    ok(!RegQueryValueExA(key, "Text", NULL, NULL, NULL, &size) && size == 5, "size alone");
    ok(!RegQueryValueExA(key, "Text", NULL, NULL, NULL, NULL), "is it there");
    ok(RegQueryValueExA(key, "Text", NULL, NULL, buffer, NULL) == ERROR_INVALID_PARAMETER, "no size");
    ok(RegQueryValueExA(key, "none", NULL, &type, buffer, &size) == ERROR_FILE_NOT_FOUND, "none");
    ok(!RegSetValueExW(key, L"open", 0, REG_SZ, (BYTE *)L"abc", 6), "not terminated");
    size = sizeof(wide);
    ok(!RegGetValueW(key, NULL, L"open", RRF_RT_REG_SZ, &type, wide, &size) && size == 8 && !wide[3], "RegGetValue: %lu", size);
    ok(!RegSetValueExW(key, L"empty", 0, REG_BINARY, NULL, 0), "empty");
    size = 5;
    ok(!RegQueryValueExW(key, L"empty", NULL, &type, buffer, &size) && !size && type == REG_BINARY, "empty: %lu", size);
    ok(RegSetValueExW(key, L"", 0, 0x12345, (BYTE *)"abc", 3) == 0, "odd type");
    size = sizeof(buffer);
    ok(!RegQueryValueExW(key, NULL, NULL, &type, buffer, &size) && size == 3 && type == 0x12345, "unnamed");

    ok(!RegSetValueExA(key, "x", 0, REG_EXPAND_SZ, (BYTE *)"%SystemRoot%\\x", 15), "expand");
    char text[64], expected[64];
    ExpandEnvironmentStringsA("%SystemRoot%\\x", expected, sizeof(expected));
    size = sizeof(text);
    ok(!RegGetValueA(key, NULL, "x", RRF_RT_REG_SZ, &type, text, &size) && type == REG_SZ, "expanded");
    ok(!lstrcmpA(text, expected), "%s", text);
    size = sizeof(text);
    ok(!RegGetValueA(key, NULL, "x", RRF_RT_ANY | RRF_NOEXPAND, &type, text, &size) && type == REG_EXPAND_SZ, "as it is");
    ok(RegGetValueA(key, NULL, "x", RRF_RT_REG_DWORD, &type, text, &size) == ERROR_UNSUPPORTED_TYPE, "type");

    static BYTE large[200000], back[200000];
    for (int i = 0; i < sizeof(large); i++) large[i] = (BYTE)(i * 7);
    ok(!RegSetValueExA(key, "large", 0, REG_BINARY, large, sizeof(large)), "large");
    size = sizeof(back);
    ok(!RegQueryValueExA(key, "large", NULL, NULL, back, &size) && size == sizeof(large), "large back");
    int same = 1;
    for (int i = 0; i < sizeof(large); i++) same &= back[i] == large[i];
    ok(same, "same bytes");
}

static void test_tree(void)
{
    HKEY sub, copy;
    DWORD size = 8;
    char text[8];

    ok(!RegSetKeyValueA(key, "tree\\a", "v", REG_SZ, "text", 5), "RegSetKeyValue makes the path");
    ok(!RegCreateKeyA(key, "copy", &copy), "create");
    ok(!RegCopyTreeA(key, "tree", copy), "copy");
    ok(!RegGetValueA(copy, "a", "v", RRF_RT_REG_SZ, NULL, text, &size) && !lstrcmpA(text, "text"), "copied");
    ok(!RegDeleteKeyValueA(copy, "a", "v"), "delete value");
    RegCloseKey(copy);
    ok(!RegDeleteTreeA(key, "tree"), "delete tree");
    ok(RegOpenKeyExA(key, "tree", 0, KEY_READ, &sub) == ERROR_FILE_NOT_FOUND, "gone");
    ok(!RegDeleteTreeA(key, "copy"), "delete tree");
}

static void test_notify(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    HKEY sub;

    ok(!RegNotifyChangeKeyValue(key, TRUE, REG_NOTIFY_CHANGE_LAST_SET | REG_NOTIFY_CHANGE_NAME, event, TRUE), "notify");
    ok(WaitForSingleObject(event, 0) == WAIT_TIMEOUT, "nothing yet");
    ok(!RegCreateKeyA(key, "notify", &sub), "create");
    ok(WaitForSingleObject(event, 5000) == WAIT_OBJECT_0, "told");
    ResetEvent(event);
    ok(!RegNotifyChangeKeyValue(sub, FALSE, REG_NOTIFY_CHANGE_LAST_SET, event, TRUE), "notify");
    ok(!RegSetValueExA(sub, "v", 0, REG_SZ, (BYTE *)"", 1), "set");
    ok(WaitForSingleObject(event, 5000) == WAIT_OBJECT_0, "told");
    RegCloseKey(sub);
    RegDeleteKeyA(key, "notify");
    CloseHandle(event);
}

static void test_hive(void)
{
    char text[64];
    DWORD size = sizeof(text);

    ok(!RegGetValueA(HKEY_LOCAL_MACHINE, "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", "CurrentVersion", RRF_RT_REG_SZ,
                     NULL, text, &size), "version");
    size = sizeof(text);
    ok(!RegGetValueA(HKEY_CURRENT_USER, "Control Panel\\International", "sDecimal", RRF_RT_REG_SZ, NULL, text, &size), "decimal");
}

START_TESTS
{
    RegDeleteTreeA(HKEY_CURRENT_USER, PATH);
    ok(!RegCreateKeyExA(HKEY_CURRENT_USER, PATH, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL), "the test's key");
    test_create();
    test_order();
    test_values();
    test_tree();
    test_notify();
    test_hive();
    ok(!RegCloseKey(key), "close");
    ok(!RegDeleteTreeA(HKEY_CURRENT_USER, PATH), "clean up");
}
