/* Whole trees of registry keys. winreg.h reference. */
#include "registry.h"

/* Deletes the subkeys and, as RegDeleteTree does, the values. */
static LSTATUS empty_key(HKEY key)
{
    WCHAR *name = mem_alloc((VALUE_NAME_MAX + 1) * sizeof(WCHAR));
    LSTATUS error = ERROR_SUCCESS;
    DWORD size;

    if (!name) return ERROR_NOT_ENOUGH_MEMORY;
    for (;;) {
        HKEY below;
        size = KEY_NAME_MAX + 1;
        error = RegEnumKeyExW(key, 0, name, &size, NULL, NULL, NULL, NULL);
        if (error) break;
        error = RegOpenKeyExW(key, name, REG_OPTION_OPEN_LINK, DELETE | KEY_READ | KEY_SET_VALUE, &below);
        if (error) break;
        error = empty_key(below);
        if (!error) error = registry_error(NtDeleteKey(below));
        RegCloseKey(below);
        if (error) break;
    }
    while (!error || error == ERROR_NO_MORE_ITEMS) {
        size = VALUE_NAME_MAX + 1;
        error = RegEnumValueW(key, 0, name, &size, NULL, NULL, NULL, NULL);
        if (!error) error = RegDeleteValueW(key, name);
        else break;
    }
    mem_free(name);
    return error == ERROR_NO_MORE_ITEMS ? ERROR_SUCCESS : error;
}

LSTATUS WINAPI RegDeleteTreeW(HKEY key, const WCHAR *path)
{
    HKEY below = key;
    LSTATUS error = ERROR_SUCCESS;

    if (path && *path) error = RegOpenKeyExW(key, path, 0, DELETE | KEY_READ | KEY_SET_VALUE, &below);
    if (error) return error;
    error = empty_key(below);
    if (below != key) {
        if (!error) error = registry_error(NtDeleteKey(below));
        RegCloseKey(below);
    }
    return error;
}

LSTATUS WINAPI RegDeleteTreeA(HKEY key, const char *path)
{
    WIDE(wide);

    if (!wide_from_ansi(&wide, path)) return ERROR_NOT_ENOUGH_MEMORY;
    return RegDeleteTreeW(key, wide.text);
}

static LSTATUS copy_values(HKEY from, HKEY to, WCHAR *name)
{
    for (DWORD i = 0;; i++) {
        struct value_data *value;
        HANDLE handle;
        DWORD size = VALUE_NAME_MAX + 1;
        LSTATUS error = RegEnumValueW(from, i, name, &size, NULL, NULL, NULL, NULL);
        if (error) return error == ERROR_NO_MORE_ITEMS ? ERROR_SUCCESS : error;
        error = registry_handle(from, &handle);
        if (!error) error = registry_read_value(handle, name, &value);
        if (error) return error;
        error = RegSetValueExW(to, name, 0, value->type, value->data, value->size);
        mem_free(value);
        if (error) return error;
    }
}

static LSTATUS copy_tree(HKEY from, HKEY to)
{
    WCHAR *name = mem_alloc((VALUE_NAME_MAX + 1) * sizeof(WCHAR));

    if (!name) return ERROR_NOT_ENOUGH_MEMORY;
    LSTATUS error = copy_values(from, to, name);
    for (DWORD i = 0; !error; i++) {
        HKEY below, copy;
        DWORD size = KEY_NAME_MAX + 1;
        error = RegEnumKeyExW(from, i, name, &size, NULL, NULL, NULL, NULL);
        if (!error) error = RegOpenKeyExW(from, name, 0, KEY_READ, &below);
        if (error) break;
        error = RegCreateKeyExW(to, name, 0, NULL, 0, KEY_READ | KEY_WRITE, NULL, &copy, NULL);
        if (!error) {
            error = copy_tree(below, copy);
            RegCloseKey(copy);
        }
        RegCloseKey(below);
    }
    mem_free(name);
    return error == ERROR_NO_MORE_ITEMS ? ERROR_SUCCESS : error;
}

LSTATUS WINAPI RegCopyTreeW(HKEY key, const WCHAR *path, HKEY to)
{
    HKEY below = key;
    LSTATUS error = ERROR_SUCCESS;

    if (path && *path) error = RegOpenKeyExW(key, path, 0, KEY_READ, &below);
    if (error) return error;
    error = copy_tree(below, to);
    if (below != key) RegCloseKey(below);
    return error;
}

LSTATUS WINAPI RegCopyTreeA(HKEY key, const char *path, HKEY to)
{
    WIDE(wide);

    if (!wide_from_ansi(&wide, path)) return ERROR_NOT_ENOUGH_MEMORY;
    return RegCopyTreeW(key, wide.text, to);
}
