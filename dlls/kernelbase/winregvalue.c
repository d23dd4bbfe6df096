/* Registry values: reading, writing, enumerating. winreg.h reference. */
#include "registry.h"

#define HEAD 12 /* bytes of KEY_VALUE_PARTIAL_INFORMATION before the data */

/* The value with all its data: in `small` (of `room` bytes), or on the heap. */
static NTSTATUS read_value(HANDLE key, const WCHAR *name, struct value_data *small, ULONG room, struct value_data **value)
{
    UNICODE_STRING string;
    ULONG size = 0;
    NTSTATUS status = RtlInitUnicodeStringEx(&string, name);

    if (status) return status;
    *value = small;
    status = NtQueryValueKey(key, &string, 2, small, room, &size);
    while (status == STATUS_BUFFER_OVERFLOW || status == STATUS_BUFFER_TOO_SMALL) {
        if (*value != small) mem_free(*value);
        if (!(*value = mem_alloc(size))) return STATUS_NO_MEMORY;
        status = NtQueryValueKey(key, &string, 2, *value, size, &size);
    }
    if (status && *value != small) mem_free(*value);
    return status;
}

LSTATUS registry_read_value(HANDLE key, const WCHAR *name, struct value_data **value)
{
    struct value_data none;

    NTSTATUS status = read_value(key, name, &none, 0, value);
    return registry_error(status);
}

LSTATUS WINAPI RegQueryValueExW(HKEY key, const WCHAR *name, DWORD *reserved, DWORD *type, BYTE *data, DWORD *size)
{
    union {
        struct value_data value;
        BYTE bytes[HEAD + 512];
    } small;
    struct value_data *value = &small.value;
    UNICODE_STRING string;
    ULONG needed;
    HANDLE handle;

    if (reserved || (data && !size)) return ERROR_INVALID_PARAMETER;
    LSTATUS error = registry_handle(key, &handle);
    if (error) return error;
    if (RtlInitUnicodeStringEx(&string, name)) return ERROR_INVALID_PARAMETER;
    NTSTATUS status = NtQueryValueKey(handle, &string, 2, value, sizeof(small), &needed);
    if (status && status != STATUS_BUFFER_OVERFLOW) return registry_error(status);
    if (status && data && *size >= value->size) {
        if ((status = read_value(handle, name, &small.value, sizeof(small), &value))) return registry_error(status);
    }
    if (type) *type = value->type;
    if (data) {
        if (*size < value->size) error = ERROR_MORE_DATA;
        else memcpy(data, value->data, value->size);
    }
    if (size) *size = value->size;
    if (value != &small.value) mem_free(value);
    return error;
}

LSTATUS WINAPI RegQueryValueExA(HKEY key, const char *name, DWORD *reserved, DWORD *type, BYTE *data, DWORD *size)
{
    union {
        struct value_data value;
        BYTE bytes[HEAD + 512];
    } small;
    struct value_data *value;
    HANDLE handle;
    WIDE(wide);

    if (reserved || (data && !size)) return ERROR_INVALID_PARAMETER;
    if (!wide_from_ansi(&wide, name)) return ERROR_NOT_ENOUGH_MEMORY;
    LSTATUS error = registry_handle(key, &handle);
    if (error) return error;
    NTSTATUS status = read_value(handle, wide.text, &small.value, sizeof(small), &value);
    if (status) return registry_error(status);
    bool text = is_text(value->type);
    DWORD units = value->size / sizeof(WCHAR);
    DWORD needed = text ? ansi_size((WCHAR *)value->data, units) : value->size;
    if (type) *type = value->type;
    if (data) {
        if (*size < needed) error = ERROR_MORE_DATA;
        else if (text) ansi_from_wide((char *)data, needed, (WCHAR *)value->data, units);
        else memcpy(data, value->data, value->size);
    }
    if (size) *size = needed;
    if (value != &small.value) mem_free(value);
    return error;
}

/* ---- writing ---- */

LSTATUS WINAPI RegSetValueExW(HKEY key, const WCHAR *name, DWORD reserved, DWORD type, const BYTE *data, DWORD size)
{
    UNICODE_STRING string;
    HANDLE handle;
    LSTATUS error = registry_handle(key, &handle);

    if (error) return error;
    if (size && !data) return ERROR_NOACCESS;
    if (RtlInitUnicodeStringEx(&string, name)) return ERROR_INVALID_PARAMETER;
    return registry_error(NtSetValueKey(handle, &string, 0, type, (void *)data, size));
}

LSTATUS WINAPI RegSetValueExA(HKEY key, const char *name, DWORD reserved, DWORD type, const BYTE *data, DWORD size)
{
    WIDE(wide);
    WIDE(text);
    size_t units;

    if (!wide_from_ansi(&wide, name)) return ERROR_NOT_ENOUGH_MEMORY;
    if (!is_text(type) || !data || !size) return RegSetValueExW(key, wide.text, reserved, type, data, size);
    if (!wide_from_ansi_n(&text, (const char *)data, size, &units)) return ERROR_NOT_ENOUGH_MEMORY;
    return RegSetValueExW(key, wide.text, reserved, type, (BYTE *)text.text, (DWORD)(units * sizeof(WCHAR)));
}

LSTATUS WINAPI RegDeleteValueW(HKEY key, const WCHAR *name)
{
    UNICODE_STRING string;
    HANDLE handle;
    LSTATUS error = registry_handle(key, &handle);

    if (error) return error;
    if (RtlInitUnicodeStringEx(&string, name)) return ERROR_INVALID_PARAMETER;
    return registry_error(NtDeleteValueKey(handle, &string));
}

LSTATUS WINAPI RegDeleteValueA(HKEY key, const char *name)
{
    WIDE(wide);

    if (!wide_from_ansi(&wide, name)) return ERROR_NOT_ENOUGH_MEMORY;
    return RegDeleteValueW(key, wide.text);
}

/* With a subkey, which the writing functions make. */
LSTATUS WINAPI RegSetKeyValueW(HKEY key, const WCHAR *path, const WCHAR *name, DWORD type, const void *data, DWORD size)
{
    HKEY below = key;
    LSTATUS error = ERROR_SUCCESS;

    if (path && *path) error = RegCreateKeyExW(key, path, 0, NULL, 0, KEY_SET_VALUE, NULL, &below, NULL);
    if (error) return error;
    error = RegSetValueExW(below, name, 0, type, data, size);
    if (below != key) RegCloseKey(below);
    return error;
}

LSTATUS WINAPI RegSetKeyValueA(HKEY key, const char *path, const char *name, DWORD type, const void *data, DWORD size)
{
    HKEY below = key;
    LSTATUS error = ERROR_SUCCESS;

    if (path && *path) error = RegCreateKeyExA(key, path, 0, NULL, 0, KEY_SET_VALUE, NULL, &below, NULL);
    if (error) return error;
    error = RegSetValueExA(below, name, 0, type, data, size);
    if (below != key) RegCloseKey(below);
    return error;
}

LSTATUS WINAPI RegDeleteKeyValueW(HKEY key, const WCHAR *path, const WCHAR *name)
{
    HKEY below = key;
    LSTATUS error = ERROR_SUCCESS;

    if (path && *path) error = RegOpenKeyExW(key, path, 0, KEY_SET_VALUE, &below);
    if (error) return error;
    error = RegDeleteValueW(below, name);
    if (below != key) RegCloseKey(below);
    return error;
}

LSTATUS WINAPI RegDeleteKeyValueA(HKEY key, const char *path, const char *name)
{
    WIDE(wide_path);
    WIDE(wide_name);

    if (!wide_from_ansi(&wide_path, path) || !wide_from_ansi(&wide_name, name)) return ERROR_NOT_ENOUGH_MEMORY;
    return RegDeleteKeyValueW(key, wide_path.text, wide_name.text);
}

/* The unnamed value as Windows 3 had it: text of a key. */
LSTATUS WINAPI RegSetValueW(HKEY key, const WCHAR *path, DWORD type, const WCHAR *text, DWORD size)
{
    if (type != REG_SZ) return ERROR_INVALID_PARAMETER;
    if (!text) text = L"";
    return RegSetKeyValueW(key, path, NULL, REG_SZ, text, (DWORD)((wide_length(text) + 1) * sizeof(WCHAR)));
}

LSTATUS WINAPI RegSetValueA(HKEY key, const char *path, DWORD type, const char *text, DWORD size)
{
    if (type != REG_SZ) return ERROR_INVALID_PARAMETER;
    if (!text) text = "";
    return RegSetKeyValueA(key, path, NULL, REG_SZ, text, (DWORD)(str_length(text) + 1));
}

LSTATUS WINAPI RegQueryValueW(HKEY key, const WCHAR *path, WCHAR *text, LONG *size)
{
    HKEY below = key;
    LSTATUS error = ERROR_SUCCESS;

    if (path && *path) error = RegOpenKeyExW(key, path, 0, KEY_QUERY_VALUE, &below);
    if (error) return error;
    error = RegQueryValueExW(below, NULL, NULL, NULL, (BYTE *)text, (DWORD *)size);
    if (error == ERROR_FILE_NOT_FOUND) {
        if (text && size && *size >= (LONG)sizeof(WCHAR)) *text = 0;
        if (size) *size = sizeof(WCHAR);
        error = ERROR_SUCCESS;
    }
    if (below != key) RegCloseKey(below);
    return error;
}

LSTATUS WINAPI RegQueryValueA(HKEY key, const char *path, char *text, LONG *size)
{
    HKEY below = key;
    LSTATUS error = ERROR_SUCCESS;

    if (path && *path) error = RegOpenKeyExA(key, path, 0, KEY_QUERY_VALUE, &below);
    if (error) return error;
    error = RegQueryValueExA(below, NULL, NULL, NULL, (BYTE *)text, (DWORD *)size);
    if (error == ERROR_FILE_NOT_FOUND) {
        if (text && size && *size >= 1) *text = 0;
        if (size) *size = 1;
        error = ERROR_SUCCESS;
    }
    if (below != key) RegCloseKey(below);
    return error;
}

/* ---- enumerating ---- */

/* KEY_VALUE_FULL_INFORMATION */
struct full_value {
    ULONG title, type, data_offset, size, name_size;
    WCHAR name[];
};

static LSTATUS enumerate(HKEY key, DWORD index, void *name, DWORD *name_size, DWORD *reserved, DWORD *type, BYTE *data,
                         DWORD *size, bool wide)
{
    union {
        struct full_value value;
        BYTE bytes[1024];
    } small;
    struct full_value *value = &small.value;
    ULONG needed;
    HANDLE handle;

    if (reserved || !name || !name_size || (data && !size)) return ERROR_INVALID_PARAMETER;
    LSTATUS error = registry_handle(key, &handle);
    if (error) return error;
    NTSTATUS status = NtEnumerateValueKey(handle, index, 1, value, sizeof(small), &needed);
    while (status == STATUS_BUFFER_OVERFLOW) {
        if (value != &small.value) mem_free(value);
        if (!(value = mem_alloc(needed))) return ERROR_NOT_ENOUGH_MEMORY;
        status = NtEnumerateValueKey(handle, index, 1, value, needed, &needed);
    }
    error = registry_error(status);
    if (error) goto out;
    DWORD units = value->name_size / sizeof(WCHAR), length = wide ? units : ansi_size(value->name, units);
    if (*name_size <= length) {
        error = ERROR_MORE_DATA;
        goto out;
    }
    if (wide) memcpy(name, value->name, units * sizeof(WCHAR)), ((WCHAR *)name)[units] = 0;
    else ansi_from_wide(name, length, value->name, units), ((char *)name)[length] = 0;
    *name_size = length;
    const void *from = (const BYTE *)value + value->data_offset;
    bool convert = !wide && is_text(value->type);
    DWORD bytes = convert ? ansi_size(from, value->size / sizeof(WCHAR)) : value->size;
    if (data) {
        if (*size < bytes) error = ERROR_MORE_DATA;
        else if (convert) ansi_from_wide((char *)data, bytes, from, value->size / sizeof(WCHAR));
        else memcpy(data, from, bytes);
    }
    if (type) *type = value->type;
    if (size) *size = bytes;
out:
    if (value != &small.value) mem_free(value);
    return error;
}

LSTATUS WINAPI RegEnumValueW(HKEY key, DWORD index, WCHAR *name, DWORD *name_size, DWORD *reserved, DWORD *type,
                             BYTE *data, DWORD *size)
{
    return enumerate(key, index, name, name_size, reserved, type, data, size, true);
}

LSTATUS WINAPI RegEnumValueA(HKEY key, DWORD index, char *name, DWORD *name_size, DWORD *reserved, DWORD *type,
                             BYTE *data, DWORD *size)
{
    return enumerate(key, index, name, name_size, reserved, type, data, size, false);
}
