/* Registry keys: opening, creating, deleting, enumerating. winreg.h reference. */
#include "registry.h"

#define PREDEFINED_FIRST ((ULONG_PTR)0x80000000)
#define PREDEFINED_COUNT 8

static HANDLE predefined[PREDEFINED_COUNT];
static HANDLE overridden[PREDEFINED_COUNT]; /* RegOverridePredefKey */

static int predefined_index(HKEY key)
{
    LONG_PTR value = (LONG_PTR)key;

    /* HKEY_* are sign extended; programs pass them zero extended too. */
    if (value != (LONG)value && (ULONG_PTR)value != (ULONG)value) return -1;
    value = (LONG_PTR)((ULONG_PTR)value & 0xffffffff);
    return (ULONG_PTR)value - PREDEFINED_FIRST < PREDEFINED_COUNT ? (int)((ULONG_PTR)value - PREDEFINED_FIRST) : -1;
}

static NTSTATUS open_path_of(HANDLE root, const WCHAR *path, ACCESS_MASK access, HANDLE *handle)
{
    UNICODE_STRING name = unicode_string(path);
    OBJECT_ATTRIBUTES attributes;

    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, root, NULL);
    return NtOpenKey(handle, access, &attributes);
}

/* \Registry\User\SID and what is put behind it. */
static NTSTATUS open_user(const WCHAR *below, ACCESS_MASK access, HANDLE *handle)
{
    union {
        TOKEN_USER user;
        BYTE bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    } token;
    WCHAR path[256] = L"\\Registry\\User\\";
    UNICODE_STRING sid = { 0, sizeof(path) - 15 * sizeof(WCHAR), path + 15 };
    ULONG size;
    HANDLE process;
    NTSTATUS status = NtOpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &process);

    if (status) return status;
    status = NtQueryInformationToken(process, TokenUser, &token, sizeof(token), &size);
    NtClose(process);
    if (status) return status;
    status = RtlConvertSidToUnicodeString(&sid, token.user.User.Sid, FALSE);
    if (status) return status;
    WCHAR *end = path + 15 + sid.Length / sizeof(WCHAR);
    do *end++ = *below;
    while (*below++);
    return open_path_of(NULL, path, access, handle);
}

static NTSTATUS open_predefined(int index, HANDLE *handle)
{
    switch (index) {
    case 0: return open_path_of(NULL, L"\\Registry\\Machine\\Software\\Classes", MAXIMUM_ALLOWED, handle);
    case 1: return open_user(L"", MAXIMUM_ALLOWED, handle);
    case 2: return open_path_of(NULL, L"\\Registry\\Machine", MAXIMUM_ALLOWED, handle);
    case 3: return open_path_of(NULL, L"\\Registry\\User", MAXIMUM_ALLOWED, handle);
    case 5:
        return open_path_of(NULL, L"\\Registry\\Machine\\System\\CurrentControlSet\\Hardware Profiles\\Current", MAXIMUM_ALLOWED,
                            handle);
    default: return STATUS_INVALID_HANDLE; /* HKEY_PERFORMANCE_*, HKEY_DYN_DATA: no counters */
    }
}

LSTATUS registry_handle(HKEY key, HANDLE *handle)
{
    int index = predefined_index(key);

    *handle = key;
    if (index < 0) return key ? ERROR_SUCCESS : ERROR_INVALID_HANDLE;
    if ((*handle = overridden[index]) || (*handle = predefined[index])) return ERROR_SUCCESS;
    NTSTATUS status = open_predefined(index, handle);
    if (status) return registry_error(status);
    HANDLE other = InterlockedCompareExchangePointer(&predefined[index], *handle, NULL);
    if (other) {
        NtClose(*handle);
        *handle = other;
    }
    return ERROR_SUCCESS;
}

LSTATUS WINAPI RegCloseKey(HKEY key)
{
    int index = predefined_index(key);

    if (!key) return ERROR_INVALID_HANDLE;
    if (index < 0) return registry_error(NtClose(key));
    HANDLE handle = InterlockedExchangePointer(&predefined[index], NULL);
    return handle ? registry_error(NtClose(handle)) : ERROR_SUCCESS;
}

LSTATUS WINAPI RegOverridePredefKey(HKEY key, HKEY with)
{
    int index = predefined_index(key);
    HANDLE handle = NULL;

    if (index < 0) return ERROR_INVALID_HANDLE;
    if (with) {
        LSTATUS error = registry_handle(with, &handle);
        if (error) return error;
        NTSTATUS status = NtDuplicateObject(GetCurrentProcess(), handle, GetCurrentProcess(), &handle, 0, 0, DUPLICATE_SAME_ACCESS);
        if (status) return registry_error(status);
    }
    HANDLE old = InterlockedExchangePointer(&overridden[index], handle);
    if (old) NtClose(old);
    return ERROR_SUCCESS;
}

/* ---- opening and creating ---- */

/* HKEY_CLASSES_ROOT shows the user's classes before the machine's. */
static NTSTATUS open_user_class(const WCHAR *path, ACCESS_MASK access, HANDLE *handle)
{
    HANDLE classes;
    NTSTATUS status = open_user(L"\\Software\\Classes", MAXIMUM_ALLOWED, &classes);

    if (status) return status;
    status = open_path_of(classes, path, access, handle);
    NtClose(classes);
    return status;
}

LSTATUS WINAPI RegOpenKeyExW(HKEY key, const WCHAR *path, DWORD options, REGSAM access, HKEY *result)
{
    OBJECT_ATTRIBUTES attributes;
    HANDLE root, handle = NULL;

    if (!result) return ERROR_INVALID_PARAMETER;
    /* A predefined key and no path: the predefined key itself. */
    if (predefined_index(key) >= 0 && (!path || !*path) && !overridden[predefined_index(key)]) {
        *result = key;
        return ERROR_SUCCESS;
    }
    LSTATUS error = registry_handle(key, &root);
    if (error) return error;
    if (path && *path == '\\') return ERROR_BAD_PATHNAME;
    if (path && wide_length(path) > 32766) return ERROR_INVALID_PARAMETER;
    if (predefined_index(key) == 0 && !overridden[0] && path && *path && !open_user_class(path, access, &handle)) {
        *result = handle;
        return ERROR_SUCCESS;
    }
    UNICODE_STRING name = unicode_string(path ? path : L"");
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, root, NULL);
    error = registry_error(NtOpenKeyEx(&handle, access, &attributes, options & REG_OPTION_OPEN_LINK));
    *result = error ? NULL : handle;
    return error;
}

LSTATUS WINAPI RegOpenKeyExA(HKEY key, const char *path, DWORD options, REGSAM access, HKEY *result)
{
    WIDE(wide);

    if (!wide_from_ansi(&wide, path)) return ERROR_NOT_ENOUGH_MEMORY;
    return RegOpenKeyExW(key, wide.text, options, access, result);
}

LSTATUS WINAPI RegOpenKeyW(HKEY key, const WCHAR *path, HKEY *result)
{
    if (!result) return ERROR_INVALID_PARAMETER;
    if (!path || !*path) {
        *result = key;
        return ERROR_SUCCESS;
    }
    return RegOpenKeyExW(key, path, 0, MAXIMUM_ALLOWED, result);
}

LSTATUS WINAPI RegOpenKeyA(HKEY key, const char *path, HKEY *result)
{
    if (!result) return ERROR_INVALID_PARAMETER;
    if (!path || !*path) {
        *result = key;
        return ERROR_SUCCESS;
    }
    return RegOpenKeyExA(key, path, 0, MAXIMUM_ALLOWED, result);
}

LSTATUS WINAPI RegOpenCurrentUser(REGSAM access, HKEY *result)
{
    if (!result) return ERROR_INVALID_PARAMETER;
    return registry_error(open_user(L"", access, (HANDLE *)result));
}

/* The parts of `path` one after the other, as NtCreateKey makes only the last. */
static NTSTATUS create_path(HANDLE root, const WCHAR *path, const WCHAR *class_name, DWORD options, REGSAM access,
                            ULONG inherit, HANDLE *result, ULONG *disposition)
{
    UNICODE_STRING class_string = unicode_string(class_name), name;
    OBJECT_ATTRIBUTES attributes;
    NTSTATUS status;

    name = unicode_string(path);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | inherit, root, NULL);
    status = NtCreateKey(result, access, &attributes, 0, &class_string, options, disposition);
    if (status != STATUS_OBJECT_NAME_NOT_FOUND) return status;
    HANDLE at = root;
    ULONG whole = name.Length / sizeof(WCHAR);
    for (ULONG end = 0;; end++) {
        ULONG start = end;
        while (end < whole && path[end] != '\\') end++;
        bool last = end >= whole || (end + 1 == whole);
        HANDLE next;
        if (end == start && !last) continue;
        name.Buffer = (WCHAR *)path + start;
        name.Length = (USHORT)((end - start) * sizeof(WCHAR));
        InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | (last ? inherit : 0), at, NULL);
        REGSAM between = MAXIMUM_ALLOWED | (access & (KEY_WOW64_32KEY | KEY_WOW64_64KEY));
        status = NtCreateKey(&next, last ? access : between, &attributes, 0, last ? &class_string : NULL,
                             last ? options : options & ~REG_OPTION_CREATE_LINK, disposition);
        if (at != root) NtClose(at);
        if (status) return status;
        at = next;
        if (last) break;
    }
    *result = at;
    return STATUS_SUCCESS;
}

LSTATUS WINAPI RegCreateKeyExW(HKEY key, const WCHAR *path, DWORD reserved, WCHAR *class_name, DWORD options,
                               REGSAM access, SECURITY_ATTRIBUTES *security, HKEY *result, DWORD *disposition)
{
    HANDLE root, handle = NULL;
    ULONG how = REG_OPENED_EXISTING_KEY;

    if (reserved || !result) return ERROR_INVALID_PARAMETER;
    if (!path) return ERROR_BADKEY;
    LSTATUS error = registry_handle(key, &root);
    if (error) return error;
    if (*path == '\\') return ERROR_BAD_PATHNAME;
    if (wide_length(path) > 32766) return ERROR_INVALID_PARAMETER;
    if (predefined_index(key) == 0 && !overridden[0] && *path && !open_user_class(path, access, &handle)) goto out;
    NTSTATUS status = create_path(root, path, class_name, options, access,
                                  security && security->bInheritHandle ? OBJ_INHERIT : 0, &handle, &how);
    if (status) return registry_error(status);
out:
    *result = handle;
    if (disposition) *disposition = how;
    return ERROR_SUCCESS;
}

LSTATUS WINAPI RegCreateKeyExA(HKEY key, const char *path, DWORD reserved, char *class_name, DWORD options,
                               REGSAM access, SECURITY_ATTRIBUTES *security, HKEY *result, DWORD *disposition)
{
    WIDE(wide);
    WIDE(wide_class);

    if (!wide_from_ansi(&wide, path) || !wide_from_ansi(&wide_class, class_name)) return ERROR_NOT_ENOUGH_MEMORY;
    return RegCreateKeyExW(key, wide.text, reserved, wide_class.text, options, access, security, result, disposition);
}

LSTATUS WINAPI RegCreateKeyW(HKEY key, const WCHAR *path, HKEY *result)
{
    return RegCreateKeyExW(key, path ? path : L"", 0, NULL, 0, MAXIMUM_ALLOWED, NULL, result, NULL);
}

LSTATUS WINAPI RegCreateKeyA(HKEY key, const char *path, HKEY *result)
{
    return RegCreateKeyExA(key, path ? path : "", 0, NULL, 0, MAXIMUM_ALLOWED, NULL, result, NULL);
}

/* ---- deleting ---- */

LSTATUS WINAPI RegDeleteKeyExW(HKEY key, const WCHAR *path, REGSAM access, DWORD reserved)
{
    HKEY handle;

    if (!path || reserved) return ERROR_INVALID_PARAMETER;
    LSTATUS error = RegOpenKeyExW(key, path, REG_OPTION_OPEN_LINK, DELETE | (access & (KEY_WOW64_32KEY | KEY_WOW64_64KEY)), &handle);
    if (error) return error;
    if (predefined_index(handle) >= 0) return ERROR_ACCESS_DENIED;
    error = registry_error(NtDeleteKey(handle));
    NtClose(handle);
    return error;
}

LSTATUS WINAPI RegDeleteKeyExA(HKEY key, const char *path, REGSAM access, DWORD reserved)
{
    WIDE(wide);

    if (!wide_from_ansi(&wide, path)) return ERROR_NOT_ENOUGH_MEMORY;
    return RegDeleteKeyExW(key, wide.text, access, reserved);
}

LSTATUS WINAPI RegDeleteKeyW(HKEY key, const WCHAR *path)
{
    return RegDeleteKeyExW(key, path, 0, 0);
}

LSTATUS WINAPI RegDeleteKeyA(HKEY key, const char *path)
{
    return RegDeleteKeyExA(key, path, 0, 0);
}

/* ---- facts and enumeration ---- */

LSTATUS registry_facts(HANDLE key, struct key_facts *facts)
{
    ULONG size;
    NTSTATUS status = NtQueryKey(key, 2, facts, sizeof(*facts), &size);

    return status == STATUS_BUFFER_OVERFLOW ? ERROR_SUCCESS : registry_error(status);
}

/* KEY_NODE_INFORMATION */
struct node {
    LARGE_INTEGER write_time;
    ULONG title, class_offset, class_size, name_size;
    WCHAR name[KEY_NAME_MAX];
};

static LSTATUS read_node(HKEY key, DWORD index, struct node **node, struct node *small, ULONG room)
{
    HANDLE handle;
    ULONG size;
    LSTATUS error = registry_handle(key, &handle);

    if (error) return error;
    *node = small;
    NTSTATUS status = NtEnumerateKey(handle, index, 1, small, room, &size);
    if (status == STATUS_BUFFER_OVERFLOW) {
        if (!(*node = mem_alloc(size))) return ERROR_NOT_ENOUGH_MEMORY;
        status = NtEnumerateKey(handle, index, 1, *node, size, &size);
        if (status) mem_free(*node);
    }
    return registry_error(status);
}

/* Text into a buffer of `*size` units with terminator; then `*size` is its length. */
static LSTATUS give_wide(WCHAR *to, DWORD *size, const WCHAR *text, DWORD units)
{
    if (*size <= units) return ERROR_MORE_DATA;
    memcpy(to, text, units * sizeof(WCHAR));
    to[units] = 0;
    *size = units;
    return ERROR_SUCCESS;
}

static LSTATUS give_ansi(char *to, DWORD *size, const WCHAR *text, DWORD units)
{
    DWORD bytes = ansi_size(text, units);

    if (*size <= bytes) return ERROR_MORE_DATA;
    ansi_from_wide(to, bytes, text, units);
    to[bytes] = 0;
    *size = bytes;
    return ERROR_SUCCESS;
}

static LSTATUS enumerate(HKEY key, DWORD index, void *name, DWORD *name_size, DWORD *reserved, void *class_name,
                         DWORD *class_size, FILETIME *time, bool wide)
{
    struct {
        struct node node;
        WCHAR more[256];
    } small;
    struct node *node;

    if (reserved || !name || !name_size || (class_name && !class_size)) return ERROR_INVALID_PARAMETER;
    LSTATUS error = read_node(key, index, &node, &small.node, sizeof(small));
    if (error) return error;
    const WCHAR *text = (const WCHAR *)((char *)node + 24), *class_text = (const WCHAR *)((char *)node + node->class_offset);
    DWORD units = node->name_size / sizeof(WCHAR), class_units = node->class_size / sizeof(WCHAR);
    if (!class_units) class_text = L"";
    error = wide ? give_wide(name, name_size, text, units) : give_ansi(name, name_size, text, units);
    if (!error && class_name)
        error = wide ? give_wide(class_name, class_size, class_text, class_units)
                     : give_ansi(class_name, class_size, class_text, class_units);
    else if (!error && class_size)
        *class_size = class_units;
    if (time) memcpy(time, &node->write_time, sizeof(*time));
    if (node != &small.node) mem_free(node);
    return error;
}

LSTATUS WINAPI RegEnumKeyExW(HKEY key, DWORD index, WCHAR *name, DWORD *name_size, DWORD *reserved, WCHAR *class_name,
                             DWORD *class_size, FILETIME *time)
{
    return enumerate(key, index, name, name_size, reserved, class_name, class_size, time, true);
}

LSTATUS WINAPI RegEnumKeyExA(HKEY key, DWORD index, char *name, DWORD *name_size, DWORD *reserved, char *class_name,
                             DWORD *class_size, FILETIME *time)
{
    return enumerate(key, index, name, name_size, reserved, class_name, class_size, time, false);
}

LSTATUS WINAPI RegEnumKeyW(HKEY key, DWORD index, WCHAR *name, DWORD size)
{
    return RegEnumKeyExW(key, index, name, &size, NULL, NULL, NULL, NULL);
}

LSTATUS WINAPI RegEnumKeyA(HKEY key, DWORD index, char *name, DWORD size)
{
    return RegEnumKeyExA(key, index, name, &size, NULL, NULL, NULL, NULL);
}

static LSTATUS query_info(HKEY key, void *class_name, DWORD *class_size, DWORD *reserved, DWORD *subkeys,
                          DWORD *longest_name, DWORD *longest_class, DWORD *values, DWORD *longest_value, DWORD *largest_data,
                          DWORD *security, FILETIME *time, bool wide)
{
    struct key_facts small, *facts = &small;
    HANDLE handle;
    ULONG size;

    if (reserved || (class_name && !class_size)) return ERROR_INVALID_PARAMETER;
    LSTATUS error = registry_handle(key, &handle);
    if (error) return error;
    NTSTATUS status = NtQueryKey(handle, 2, facts, sizeof(small), &size);
    if (status == STATUS_BUFFER_OVERFLOW) {
        if (!(facts = mem_alloc(size))) return ERROR_NOT_ENOUGH_MEMORY;
        status = NtQueryKey(handle, 2, facts, size, &size);
    }
    error = registry_error(status);
    if (error) goto out;
    DWORD units = facts->class_size / sizeof(WCHAR);
    if (class_name) {
        DWORD room = *class_size;
        error = wide ? give_wide(class_name, class_size, facts->class_name, units)
                     : give_ansi(class_name, class_size, facts->class_name, units);
        if (error) *class_size = units;
        if (error && !room) error = ERROR_SUCCESS;
    } else if (class_size) {
        *class_size = units;
    }
    if (subkeys) *subkeys = facts->subkeys;
    if (longest_name) *longest_name = facts->longest_name / sizeof(WCHAR);
    if (longest_class) *longest_class = facts->longest_class / sizeof(WCHAR);
    if (values) *values = facts->values;
    if (longest_value) *longest_value = facts->longest_value_name / sizeof(WCHAR);
    if (largest_data) *largest_data = facts->largest_data;
    if (security) *security = 0;
    if (time) memcpy(time, &facts->write_time, sizeof(*time));
out:
    if (facts != &small) mem_free(facts);
    return error;
}

LSTATUS WINAPI RegQueryInfoKeyW(HKEY key, WCHAR *class_name, DWORD *class_size, DWORD *reserved, DWORD *subkeys,
                                DWORD *longest_name, DWORD *longest_class, DWORD *values, DWORD *longest_value,
                                DWORD *largest_data, DWORD *security, FILETIME *time)
{
    return query_info(key, class_name, class_size, reserved, subkeys, longest_name, longest_class, values, longest_value,
                      largest_data, security, time, true);
}

LSTATUS WINAPI RegQueryInfoKeyA(HKEY key, char *class_name, DWORD *class_size, DWORD *reserved, DWORD *subkeys,
                                DWORD *longest_name, DWORD *longest_class, DWORD *values, DWORD *longest_value,
                                DWORD *largest_data, DWORD *security, FILETIME *time)
{
    return query_info(key, class_name, class_size, reserved, subkeys, longest_name, longest_class, values, longest_value,
                      largest_data, security, time, false);
}

/* ---- the rest ---- */

LSTATUS WINAPI RegFlushKey(HKEY key)
{
    HANDLE handle;
    LSTATUS error = registry_handle(key, &handle);

    return error ? error : registry_error(NtFlushKey(handle));
}

LSTATUS WINAPI RegNotifyChangeKeyValue(HKEY key, BOOL subtree, DWORD filter, HANDLE event, BOOL asynchronous)
{
    IO_STATUS_BLOCK io;
    HANDLE handle;
    LSTATUS error = registry_handle(key, &handle);

    if (error) return error;
    if (asynchronous && !event) return ERROR_INVALID_PARAMETER;
    NTSTATUS status = NtNotifyChangeKey(handle, asynchronous ? event : NULL, NULL, NULL, &io, filter, (BOOLEAN)!!subtree, NULL, 0,
                                        (BOOLEAN)!!asynchronous);
    return status == STATUS_PENDING || status == STATUS_NOTIFY_ENUM_DIR ? ERROR_SUCCESS : registry_error(status);
}
