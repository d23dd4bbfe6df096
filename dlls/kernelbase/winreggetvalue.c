/* RegGetValue: types checked, text terminated, REG_EXPAND_SZ expanded. winreg.h reference. */
#include "registry.h"

#ifndef RRF_SUBKEY_WOW6464KEY
#define RRF_SUBKEY_WOW6464KEY 0x10000
#define RRF_SUBKEY_WOW6432KEY 0x20000
#endif

static bool type_allowed(DWORD type, DWORD size, DWORD flags, LSTATUS *error)
{
    static const DWORD bits[] = { RRF_RT_REG_NONE, RRF_RT_REG_SZ, RRF_RT_REG_EXPAND_SZ, RRF_RT_REG_BINARY, RRF_RT_REG_DWORD, 0, 0,
                                  RRF_RT_REG_MULTI_SZ, 0, 0, 0, RRF_RT_REG_QWORD };
    DWORD allowed = flags & RRF_RT_ANY;

    if (allowed == RRF_RT_ANY) return true;
    /* Binary data may stand for a number when both are asked for; then it must have its size. */
    if (type == REG_BINARY && (allowed & RRF_RT_REG_BINARY)) {
        if ((allowed == RRF_RT_DWORD && size != 4) || (allowed == RRF_RT_QWORD && size != 8)) {
            *error = ERROR_DATATYPE_MISMATCH;
            return false;
        }
        return true;
    }
    if (type < sizeof(bits) / sizeof(*bits) && (allowed & bits[type])) return true;
    *error = ERROR_UNSUPPORTED_TYPE;
    return false;
}

/* The value with its text terminated and expanded, on the heap. */
static LSTATUS read_checked(HKEY key, const WCHAR *path, const WCHAR *name, DWORD flags, struct value_data **result)
{
    HKEY below = key;
    HANDLE handle;
    LSTATUS error = ERROR_SUCCESS;

    if ((flags & RRF_RT_REG_EXPAND_SZ) && !(flags & RRF_NOEXPAND) && (flags & RRF_RT_ANY) != RRF_RT_ANY)
        return ERROR_INVALID_PARAMETER;
    if ((flags & RRF_SUBKEY_WOW6464KEY) && (flags & RRF_SUBKEY_WOW6432KEY)) return ERROR_INVALID_PARAMETER;
    if (path && *path) error = RegOpenKeyExW(key, path, 0, KEY_QUERY_VALUE, &below);
    if (error) return error;
    error = registry_handle(below, &handle);
    if (!error) error = registry_read_value(handle, name, result);
    if (below != key) RegCloseKey(below);
    if (error) return error;
    struct value_data *value = *result;
    DWORD type = value->type == REG_EXPAND_SZ && !(flags & RRF_NOEXPAND) ? REG_SZ : value->type;
    if (!type_allowed(type, value->size, flags, &error)) goto fail;
    if (!is_text(value->type)) return ERROR_SUCCESS;
    ULONG units = value->size / sizeof(WCHAR);
    struct value_data *more = mem_alloc(sizeof(*more) + (units + 2) * sizeof(WCHAR));
    error = ERROR_NOT_ENOUGH_MEMORY;
    if (!more) goto fail;
    WCHAR *text = (WCHAR *)more->data;
    memcpy(text, value->data, units * sizeof(WCHAR));
    if (!units || text[units - 1]) text[units++] = 0;
    if (value->type == REG_MULTI_SZ && (units < 2 || text[units - 2])) text[units++] = 0;
    more->type = value->type;
    more->size = units * sizeof(WCHAR);
    mem_free(value);
    *result = value = more;
    if (type == more->type) return ERROR_SUCCESS;
    DWORD room = ExpandEnvironmentStringsW(text, NULL, 0);
    more = room ? mem_alloc(sizeof(*more) + room * sizeof(WCHAR)) : NULL;
    if (!more) goto fail;
    more->size = ExpandEnvironmentStringsW(text, (WCHAR *)more->data, room) * sizeof(WCHAR);
    more->type = REG_SZ;
    mem_free(value);
    *result = more;
    return ERROR_SUCCESS;
fail:
    mem_free(*result);
    return error;
}

static LSTATUS get_value(HKEY key, const WCHAR *path, const WCHAR *name, DWORD flags, DWORD *type, void *data, DWORD *size,
                         bool wide)
{
    struct value_data *value;
    DWORD room = data && size ? *size : 0;

    if (data && !size) return ERROR_INVALID_PARAMETER;
    LSTATUS error = read_checked(key, path, name, flags, &value);
    if (!error) {
        bool convert = !wide && is_text(value->type);
        DWORD units = value->size / sizeof(WCHAR);
        DWORD needed = convert ? ansi_size((WCHAR *)value->data, units) : value->size;
        if (type) *type = value->type;
        if (data) {
            if (room < needed) error = ERROR_MORE_DATA;
            else if (convert) ansi_from_wide(data, needed, (WCHAR *)value->data, units);
            else memcpy(data, value->data, needed);
        }
        if (size) *size = needed;
        mem_free(value);
    }
    if (error && data && (flags & RRF_ZEROONFAILURE)) memset(data, 0, room);
    return error;
}

LSTATUS WINAPI RegGetValueW(HKEY key, const WCHAR *path, const WCHAR *name, DWORD flags, DWORD *type, void *data, DWORD *size)
{
    return get_value(key, path, name, flags, type, data, size, true);
}

LSTATUS WINAPI RegGetValueA(HKEY key, const char *path, const char *name, DWORD flags, DWORD *type, void *data, DWORD *size)
{
    WIDE(wide_path);
    WIDE(wide_name);

    if (!wide_from_ansi(&wide_path, path) || !wide_from_ansi(&wide_name, name)) return ERROR_NOT_ENOUGH_MEMORY;
    return get_value(key, wide_path.text, wide_name.text, flags, type, data, size, false);
}
