/* reg export, and the commands of hive files. */
#include "reg.h"

/* ---- .reg files ---- */

static void add_quoted(struct text *out, const WCHAR *text)
{
    text_add_char(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') text_add_char(out, '\\');
        text_add_char(out, *text);
    }
    text_add_char(out, '"');
}

/* Lines of at most 80 characters, each but the last with a backslash at its end. */
static void add_bytes(struct text *out, const struct value *value, size_t column)
{
    if (value->type == REG_BINARY) text_add_string(out, L"hex:");
    else text_format(out, L"hex(%x):", value->type);
    column = out->length - column;
    for (DWORD i = 0; i < value->size; i++) {
        text_format(out, i + 1 < value->size ? L"%02x," : L"%02x", value->data[i]);
        column += 3;
        if (column > 76 && i + 1 < value->size) {
            text_add_string(out, L"\\\r\n  ");
            column = 2;
        }
    }
}

static bool is_plain_text(const struct value *value)
{
    const WCHAR *text = (const WCHAR *)value->data;
    DWORD units = value->size / sizeof(WCHAR);

    if (value->type != REG_SZ || value->size % sizeof(WCHAR) || !units || text[units - 1]) return false;
    for (DWORD i = 0; i + 1 < units; i++)
        if (!text[i] || text[i] == '\n' || text[i] == '\r') return false;
    return true;
}

static bool flush(HANDLE file, struct text *out, size_t least)
{
    DWORD written, size = (DWORD)(out->length * sizeof(WCHAR));

    if (out->length <= least) return true;
    out->length = 0;
    return WriteFile(file, out->data, size, &written, NULL) && written == size;
}

static bool export_key(HANDLE file, struct text *out, HKEY key, const WCHAR *full)
{
    WCHAR *name = memory_get(NAME_ROOM * sizeof(WCHAR));
    bool good = true;

    text_format(out, L"\r\n[%s]\r\n", full);
    for (DWORD i = 0; good; i++) {
        DWORD units = NAME_ROOM;
        struct value value;
        if (RegEnumValueW(key, i, name, &units, NULL, NULL, NULL, NULL)) break;
        if (!read_value(key, name, &value)) continue;
        size_t start = out->length;
        if (*name) add_quoted(out, name);
        else text_add_char(out, '@');
        text_add_char(out, '=');
        if (is_plain_text(&value)) add_quoted(out, (const WCHAR *)value.data);
        else if (value.type == REG_DWORD && value.size == 4) text_format(out, L"dword:%08x", *(DWORD *)value.data);
        else add_bytes(out, &value, start);
        text_add_string(out, L"\r\n");
        free_value(&value);
        good = flush(file, out, 1 << 16);
    }
    for (DWORD i = 0; good; i++) {
        struct text below = { 0 };
        DWORD units = 256;
        HKEY subkey;
        if (RegEnumKeyExW(key, i, name, &units, NULL, NULL, NULL, NULL)) break;
        if (RegOpenKeyExW(key, name, 0, KEY_READ | view, &subkey)) continue;
        text_format(&below, L"%s\\%s", full, name);
        good = export_key(file, out, subkey, below.data);
        RegCloseKey(subkey);
        text_free(&below);
    }
    memory_free(name);
    return good;
}

/* KeyName FileName [/y]; false with the result. */
static bool key_and_file(int argc, WCHAR **argv, bool may_replace, struct key_name *name, int *result)
{
    bool yes = false;

    *result = 1;
    if (argc < 2) return syntax_error(), false;
    for (int i = 2; i < argc; i++) {
        if (!may_replace || !is_switch(argv[i], L"y")) return syntax_error(), false;
        yes = true;
    }
    if (!parse_key(argv[0], name)) return false;
    if (may_replace && !yes && GetFileAttributesW(argv[1]) != INVALID_FILE_ATTRIBUTES &&
        !confirm(L"File %s already exists. Overwrite", argv[1])) {
        *result = 0;
        free_key(name);
        return false;
    }
    return true;
}

int command_export(int argc, WCHAR **argv)
{
    struct key_name name;
    struct text out = { 0 };
    int result;
    HKEY key;

    if (!key_and_file(argc, argv, true, &name, &result)) return result;
    LSTATUS error = open_key(&name, KEY_READ, &key);
    if (error) return free_key(&name), fail(error);
    HANDLE file = CreateFileW(argv[1], GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    if (file == INVALID_HANDLE_VALUE) {
        result = fail((LSTATUS)GetLastError());
    } else {
        text_add_string(&out, L"\xfeffWindows Registry Editor Version 5.00\r\n");
        bool good = export_key(file, &out, key, name.full);
        text_add_string(&out, L"\r\n");
        good = good && flush(file, &out, 0);
        error = good ? ERROR_SUCCESS : (LSTATUS)GetLastError();
        CloseHandle(file);
        if (!good) DeleteFileW(argv[1]);
        result = good ? succeed() : fail(error);
    }
    text_free(&out);
    RegCloseKey(key);
    free_key(&name);
    return result;
}

/* ---- hive files ---- */

static bool enable(const WCHAR *privilege)
{
    TOKEN_PRIVILEGES privileges = { 1, { { { 0, 0 }, SE_PRIVILEGE_ENABLED } } };
    HANDLE token;

    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES, &token)) return false;
    bool good = LookupPrivilegeValueW(NULL, privilege, &privileges.Privileges[0].Luid) &&
                AdjustTokenPrivileges(token, FALSE, &privileges, 0, NULL, NULL) && !GetLastError();
    CloseHandle(token);
    return good;
}

int command_save(int argc, WCHAR **argv)
{
    struct key_name name;
    struct text fresh = { 0 };
    int result;
    HKEY key;

    if (!key_and_file(argc, argv, true, &name, &result)) return result;
    enable(L"SeBackupPrivilege");
    LSTATUS error = open_key(&name, KEY_READ, &key);
    if (!error) {
        /* What is there is replaced once the new file is whole. */
        text_format(&fresh, L"%s.new", argv[1]);
        error = RegSaveKeyExW(key, fresh.data, NULL, REG_LATEST_FORMAT);
        if (!error && !MoveFileExW(fresh.data, argv[1], MOVEFILE_REPLACE_EXISTING)) {
            error = (LSTATUS)GetLastError();
            DeleteFileW(fresh.data);
        }
        text_free(&fresh);
        RegCloseKey(key);
    }
    free_key(&name);
    return error ? fail(error) : succeed();
}

int command_restore(int argc, WCHAR **argv)
{
    struct key_name name;
    int result;
    HKEY key;

    if (!key_and_file(argc, argv, false, &name, &result)) return result;
    enable(L"SeRestorePrivilege");
    LSTATUS error = open_key(&name, KEY_READ | KEY_WRITE, &key);
    if (!error) {
        error = RegRestoreKeyW(key, argv[1], REG_FORCE_RESTORE);
        RegCloseKey(key);
    }
    free_key(&name);
    return error ? fail(error) : succeed();
}

/* Hives come to be right below HKLM and HKU. */
static bool may_hold_hive(const struct key_name *name)
{
    if ((name->root == HKEY_LOCAL_MACHINE || name->root == HKEY_USERS) && *name->path && !wcspbrk(name->path, L"\\")) return true;
    complain(L"ERROR: Invalid key name.\r\nType \"REG %s/?\" for usage.\r\n", command);
    return false;
}

int command_load(int argc, WCHAR **argv)
{
    struct key_name name;
    int result;

    if (!key_and_file(argc, argv, false, &name, &result)) return result;
    if (may_hold_hive(&name)) {
        enable(L"SeRestorePrivilege");
        LSTATUS error = RegLoadKeyW(name.root, name.path, argv[1]);
        result = error ? fail(error) : succeed();
    }
    free_key(&name);
    return result;
}

int command_unload(int argc, WCHAR **argv)
{
    struct key_name name;
    int result = 1;

    if (argc != 1) return syntax_error();
    if (!parse_key(argv[0], &name)) return 1;
    if (may_hold_hive(&name)) {
        enable(L"SeRestorePrivilege");
        LSTATUS error = RegUnLoadKeyW(name.root, name.path);
        result = error ? fail(error) : succeed();
    }
    free_key(&name);
    return result;
}
