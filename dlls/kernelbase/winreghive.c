/* Registry keys in files, and the lesser functions. winreg.h reference. */
#include "registry.h"

static LSTATUS with_nt_path(const WCHAR *path, UNICODE_STRING *name, OBJECT_ATTRIBUTES *attributes)
{
    if (!path || !*path) return ERROR_INVALID_PARAMETER;
    if (!RtlDosPathNameToNtPathName_U(path, name, NULL, NULL)) return ERROR_BAD_PATHNAME;
    InitializeObjectAttributes(attributes, name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    return ERROR_SUCCESS;
}

/* The file must not exist. Needs SeBackupPrivilege. */
LSTATUS WINAPI RegSaveKeyExW(HKEY key, const WCHAR *path, SECURITY_ATTRIBUTES *security, DWORD flags)
{
    HANDLE handle;

    if (!path || !*path) return ERROR_INVALID_PARAMETER;
    LSTATUS error = registry_handle(key, &handle);
    if (error) return error;
    HANDLE file = CreateFileW(path, GENERIC_WRITE | DELETE, 0, security, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
    if (file == INVALID_HANDLE_VALUE) return GetLastError() == ERROR_FILE_EXISTS ? ERROR_ALREADY_EXISTS : (LSTATUS)GetLastError();
    NTSTATUS status = NtSaveKeyEx(handle, file, flags);
    if (status) {
        FILE_DISPOSITION_INFO delete = { TRUE };
        SetFileInformationByHandle(file, FileDispositionInfo, &delete, sizeof(delete));
    }
    NtClose(file);
    return registry_error(status);
}

LSTATUS WINAPI RegSaveKeyExA(HKEY key, const char *path, SECURITY_ATTRIBUTES *security, DWORD flags)
{
    WIDE(wide);

    if (!wide_from_ansi(&wide, path)) return ERROR_NOT_ENOUGH_MEMORY;
    return RegSaveKeyExW(key, wide.text, security, flags);
}

LSTATUS WINAPI RegSaveKeyW(HKEY key, const WCHAR *path, SECURITY_ATTRIBUTES *security)
{
    return RegSaveKeyExW(key, path, security, REG_STANDARD_FORMAT);
}

LSTATUS WINAPI RegSaveKeyA(HKEY key, const char *path, SECURITY_ATTRIBUTES *security)
{
    return RegSaveKeyExA(key, path, security, REG_STANDARD_FORMAT);
}

/* Replaces what the key holds. Needs SeRestorePrivilege. flags: 0 or REG_FORCE_RESTORE. */
LSTATUS WINAPI RegRestoreKeyW(HKEY key, const WCHAR *path, DWORD flags)
{
    HANDLE handle;

    if (!path || !*path) return ERROR_INVALID_PARAMETER;
    LSTATUS error = registry_handle(key, &handle);
    if (error) return error;
    HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
    if (file == INVALID_HANDLE_VALUE) return GetLastError();
    NTSTATUS status = NtRestoreKey(handle, file, flags);
    NtClose(file);
    return registry_error(status);
}

LSTATUS WINAPI RegRestoreKeyA(HKEY key, const char *path, DWORD flags)
{
    WIDE(wide);

    if (!wide_from_ansi(&wide, path)) return ERROR_NOT_ENOUGH_MEMORY;
    return RegRestoreKeyW(key, wide.text, flags);
}

/* The file becomes a subkey of HKEY_LOCAL_MACHINE or HKEY_USERS. Needs SeRestorePrivilege. */
LSTATUS WINAPI RegLoadKeyW(HKEY key, const WCHAR *subkey, const WCHAR *path)
{
    OBJECT_ATTRIBUTES target, source;
    UNICODE_STRING name = unicode_string(subkey ? subkey : L""), file;
    HANDLE handle;
    LSTATUS error = registry_handle(key, &handle);

    if (error) return error;
    if (!subkey || !*subkey) return ERROR_INVALID_PARAMETER;
    error = with_nt_path(path, &file, &source);
    if (error) return error;
    InitializeObjectAttributes(&target, &name, OBJ_CASE_INSENSITIVE, handle, NULL);
    error = registry_error(NtLoadKey(&target, &source));
    RtlFreeUnicodeString(&file);
    return error;
}

LSTATUS WINAPI RegLoadKeyA(HKEY key, const char *subkey, const char *path)
{
    WIDE(wide);
    WIDE(wide_path);

    if (!wide_from_ansi(&wide, subkey) || !wide_from_ansi(&wide_path, path)) return ERROR_NOT_ENOUGH_MEMORY;
    return RegLoadKeyW(key, wide.text, wide_path.text);
}

LSTATUS WINAPI RegUnLoadKeyW(HKEY key, const WCHAR *subkey)
{
    OBJECT_ATTRIBUTES target;
    UNICODE_STRING name = unicode_string(subkey ? subkey : L"");
    HANDLE handle;
    LSTATUS error = registry_handle(key, &handle);

    if (error) return error;
    InitializeObjectAttributes(&target, &name, OBJ_CASE_INSENSITIVE, handle, NULL);
    return registry_error(NtUnloadKey(&target));
}

LSTATUS WINAPI RegUnLoadKeyA(HKEY key, const char *subkey)
{
    WIDE(wide);

    if (!wide_from_ansi(&wide, subkey)) return ERROR_NOT_ENOUGH_MEMORY;
    return RegUnLoadKeyW(key, wide.text);
}

/* ---- the lesser functions ---- */

/* This machine only: another one's registry cannot be reached. */
LSTATUS WINAPI RegConnectRegistryW(const WCHAR *machine, HKEY key, HKEY *result)
{
    WCHAR name[MAX_COMPUTERNAME_LENGTH + 1];
    DWORD size = MAX_COMPUTERNAME_LENGTH + 1;

    if (!result) return ERROR_INVALID_PARAMETER;
    if (machine && *machine) {
        if (machine[0] == '\\' && machine[1] == '\\') machine += 2;
        if (CompareStringOrdinal(machine, -1, L"localhost", -1, TRUE) != CSTR_EQUAL &&
            (!GetComputerNameW(name, &size) || CompareStringOrdinal(machine, -1, name, -1, TRUE) != CSTR_EQUAL))
            return ERROR_BAD_NETPATH;
    }
    if (key != HKEY_LOCAL_MACHINE && key != HKEY_USERS && key != HKEY_PERFORMANCE_DATA) return ERROR_INVALID_HANDLE;
    return RegOpenKeyExW(key, NULL, 0, MAXIMUM_ALLOWED, result);
}

LSTATUS WINAPI RegConnectRegistryA(const char *machine, HKEY key, HKEY *result)
{
    WIDE(wide);

    if (!wide_from_ansi(&wide, machine)) return ERROR_NOT_ENOUGH_MEMORY;
    return RegConnectRegistryW(wide.text, key, result);
}

LSTATUS WINAPI RegRenameKey(HKEY key, const WCHAR *subkey, const WCHAR *name)
{
    UNICODE_STRING new_name = unicode_string(name ? name : L"");
    HANDLE handle;
    HKEY below = key;
    LSTATUS error = ERROR_SUCCESS;

    if (!name || !*name) return ERROR_INVALID_PARAMETER;
    if (subkey && *subkey) error = RegOpenKeyExW(key, subkey, 0, KEY_WRITE, &below);
    if (!error) error = registry_handle(below, &handle);
    if (!error) error = registry_error(NtRenameKey(handle, &new_name));
    if (below != key) RegCloseKey(below);
    return error;
}

/* There is one user and no impersonation, so HKEY_CURRENT_USER is the same with and without a cache. */
LSTATUS WINAPI RegDisablePredefinedCache(void)
{
    return ERROR_SUCCESS;
}

LSTATUS WINAPI RegDisablePredefinedCacheEx(void)
{
    return ERROR_SUCCESS;
}

/* One buffer for the data of several values. *size: bytes, out: what is needed or used. */
LSTATUS WINAPI RegQueryMultipleValuesW(HKEY key, VALENTW *values, DWORD count, WCHAR *buffer, DWORD *size)
{
    DWORD room = *size, used = 0;
    LSTATUS error = ERROR_SUCCESS;

    for (DWORD i = 0; i < count; i++) {
        DWORD length = 0;
        error = RegQueryValueExW(key, values[i].ve_valuename, NULL, NULL, NULL, &length);
        if (error) return error == ERROR_FILE_NOT_FOUND ? ERROR_CANTREAD : error;
        values[i].ve_valuelen = length;
        if (buffer && used + length <= room) {
            error = RegQueryValueExW(key, values[i].ve_valuename, NULL, &values[i].ve_type, (BYTE *)buffer + used, &length);
            if (error) return error;
            values[i].ve_valueptr = (DWORD_PTR)buffer + used;
        }
        used += length;
    }
    *size = used;
    return buffer && used <= room ? ERROR_SUCCESS : ERROR_MORE_DATA;
}

LSTATUS WINAPI RegQueryMultipleValuesA(HKEY key, VALENTA *values, DWORD count, char *buffer, DWORD *size)
{
    DWORD room = *size, used = 0;
    LSTATUS error = ERROR_SUCCESS;

    for (DWORD i = 0; i < count; i++) {
        DWORD length = 0;
        error = RegQueryValueExA(key, values[i].ve_valuename, NULL, NULL, NULL, &length);
        if (error) return error == ERROR_FILE_NOT_FOUND ? ERROR_CANTREAD : error;
        values[i].ve_valuelen = length;
        if (buffer && used + length <= room) {
            error = RegQueryValueExA(key, values[i].ve_valuename, NULL, &values[i].ve_type, (BYTE *)buffer + used, &length);
            if (error) return error;
            values[i].ve_valueptr = (DWORD_PTR)buffer + used;
        }
        used += length;
    }
    *size = used;
    return buffer && used <= room ? ERROR_SUCCESS : ERROR_MORE_DATA;
}

/* ---- texts that a resource holds: "@file,-number[;comment]" ---- */

static LSTATUS give_text(const WCHAR *text, DWORD units, WCHAR *to, DWORD room, DWORD *needed, DWORD flags)
{
    DWORD bytes = (units + 1) * sizeof(WCHAR), copied = units;

    if (needed) *needed = bytes;
    if (room < bytes) {
        if (!(flags & REG_MUI_STRING_TRUNCATE) || room < sizeof(WCHAR)) return ERROR_MORE_DATA;
        copied = room / sizeof(WCHAR) - 1;
    }
    memcpy(to, text, copied * sizeof(WCHAR));
    to[copied] = 0;
    return ERROR_SUCCESS;
}

static LSTATUS load_indirect(WCHAR *text, const WCHAR *folder, WCHAR *to, DWORD room, DWORD *needed, DWORD flags)
{
    WCHAR path[MAX_PATH], expanded[MAX_PATH];
    DWORD comma = 0, number = 0, length = 0;
    WORD *at;

    while (text[comma] && text[comma] != ',') comma++;
    if (!text[comma] || text[comma + 1] != '-') return ERROR_INVALID_DATA;
    for (const WCHAR *digit = text + comma + 2; *digit >= '0' && *digit <= '9' && number < 0x10000; digit++)
        number = number * 10 + *digit - '0';
    if (number > 0xffff) return ERROR_INVALID_DATA;
    text[comma] = 0;
    DWORD size = ExpandEnvironmentStringsW(text + 1, expanded, MAX_PATH);
    if (!size || size > MAX_PATH) return ERROR_FILENAME_EXCED_RANGE;
    if (folder) {
        DWORD before = wide_length(folder);
        if (before + 1 + size > MAX_PATH) return ERROR_FILENAME_EXCED_RANGE;
        memcpy(path, folder, before * sizeof(WCHAR));
        if (before && path[before - 1] != '\\') path[before++] = '\\';
        memcpy(path + before, expanded, size * sizeof(WCHAR));
    }
    HMODULE module = LoadLibraryExW(folder ? path : expanded, NULL, LOAD_LIBRARY_AS_DATAFILE | LOAD_LIBRARY_AS_IMAGE_RESOURCE);
    if (!module) return GetLastError();
    LSTATUS error = ERROR_NOT_FOUND;
    HRSRC found = FindResourceExW(module, (WCHAR *)(ULONG_PTR)6 /* RT_STRING */, (WCHAR *)(ULONG_PTR)(number / 16 + 1), 0);
    HGLOBAL loaded = found ? LoadResource(module, found) : NULL;
    if (loaded && (at = LockResource(loaded))) {
        const WORD *end = (const WORD *)((char *)at + SizeofResource(module, found));
        for (DWORD i = number % 16; at < end; i--) {
            length = *at++;
            if (at + length > end) break;
            if (!i) {
                if (length) error = give_text(at, length, to, room, needed, flags);
                break;
            }
            at += length;
        }
    } else {
        error = GetLastError();
    }
    FreeLibrary(module);
    return error;
}

/* room, *needed: bytes. A text that is no reference is given as it stands. */
LSTATUS WINAPI RegLoadMUIStringW(HKEY key, const WCHAR *name, WCHAR *to, DWORD room, DWORD *needed, DWORD flags, const WCHAR *folder)
{
    HANDLE handle;
    struct value_data *value;

    if (!name || !to || (room & 1) || flags & ~REG_MUI_STRING_TRUNCATE || (flags & REG_MUI_STRING_TRUNCATE && needed))
        return ERROR_INVALID_PARAMETER;
    LSTATUS error = registry_handle(key, &handle);
    if (!error) error = registry_read_value(handle, name, &value);
    if (error) return error;
    DWORD units = value->size / sizeof(WCHAR);
    WCHAR *text = mem_alloc((units + 1) * sizeof(WCHAR));
    if (!text) {
        error = ERROR_NOT_ENOUGH_MEMORY;
        goto out;
    }
    memcpy(text, value->data, units * sizeof(WCHAR));
    text[units] = 0;
    units = wide_length(text);
    if (value->type != REG_SZ && value->type != REG_EXPAND_SZ) error = ERROR_FILE_NOT_FOUND;
    else if (text[0] == '@') error = load_indirect(text, folder, to, room, needed, flags);
    else error = give_text(text, units, to, room, needed, flags);
    mem_free(text);
out:
    mem_free(value);
    return error;
}

/* The reference: "this function is not supported". */
LSTATUS WINAPI RegLoadMUIStringA(HKEY key, const char *name, char *to, DWORD room, DWORD *needed, DWORD flags, const char *folder)
{
    return ERROR_CALL_NOT_IMPLEMENTED;
}
