/* reg add, delete, copy, compare. */
#include "reg.h"

int command_add(int argc, WCHAR **argv)
{
    const WCHAR *value_name = NULL, *type_text = NULL, *data = NULL, *separator = NULL;
    bool force = false;
    struct key_name name;
    struct value value;
    DWORD type = REG_SZ;
    HKEY key;

    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;
        if (is_switch(argv[i], L"v") && more && !value_name) value_name = argv[++i];
        else if (is_switch(argv[i], L"ve") && !value_name) value_name = L"";
        else if (is_switch(argv[i], L"t") && more && !type_text) type_text = argv[++i];
        else if (is_switch(argv[i], L"s") && more && !separator) separator = argv[++i];
        else if (is_switch(argv[i], L"d") && more && !data) data = argv[++i];
        else if (is_switch(argv[i], L"f")) force = true;
        else return syntax_error();
    }
    if ((type_text || data || separator) && !value_name) value_name = L"";
    if (type_text && !type_of(type_text, &type)) {
        complain(L"ERROR: Invalid syntax. Specify a valid registry value type.\r\nType \"REG ADD /?\" for usage.\r\n");
        return 1;
    }
    if (separator && (wcslen(separator) != 1 || type != REG_MULTI_SZ)) return syntax_error();
    if (!parse_key(argv[0], &name)) return 1;
    LSTATUS error = RegCreateKeyExW(name.root, name.path, 0, NULL, 0, KEY_READ | KEY_WRITE | view, NULL, &key, NULL);
    if (error) return free_key(&name), fail(error);
    int result = 0;
    if (value_name) {
        if (!force && !RegQueryValueExW(key, value_name, NULL, NULL, NULL, NULL) &&
            !confirm(L"Value %s exists, overwrite", *value_name ? value_name : L"(Default)"))
            goto out;
        if (!value_from_text(type, data, separator ? *separator : 0, &value)) {
            complain(L"ERROR: Invalid syntax. Specify valid data for the value's type.\r\nType \"REG ADD /?\" for usage.\r\n");
            result = 1;
            free_value(&value);
            goto out;
        }
        error = RegSetValueExW(key, value_name, 0, type, value.data, value.size);
        free_value(&value);
    }
    result = error ? fail(error) : succeed();
out:
    RegCloseKey(key);
    free_key(&name);
    return result;
}

static LSTATUS delete_values(HKEY key)
{
    WCHAR *name = memory_get(NAME_ROOM * sizeof(WCHAR));
    LSTATUS error = ERROR_SUCCESS;

    while (!error) {
        DWORD units = NAME_ROOM;
        if (RegEnumValueW(key, 0, name, &units, NULL, NULL, NULL, NULL)) break;
        error = RegDeleteValueW(key, name);
    }
    memory_free(name);
    return error;
}

int command_delete(int argc, WCHAR **argv)
{
    const WCHAR *value_name = NULL;
    bool all = false, force = false, yes = true;
    struct key_name name;
    HKEY key;

    for (int i = 1; i < argc; i++) {
        if (is_switch(argv[i], L"v") && i + 1 < argc && !value_name && !all) value_name = argv[++i];
        else if (is_switch(argv[i], L"ve") && !value_name && !all) value_name = L"";
        else if (is_switch(argv[i], L"va") && !value_name && !all) all = true;
        else if (is_switch(argv[i], L"f")) force = true;
        else return syntax_error();
    }
    if (!parse_key(argv[0], &name)) return 1;
    LSTATUS error = open_key(&name, all || value_name ? KEY_READ | KEY_SET_VALUE : KEY_READ, &key);
    if (error) return free_key(&name), fail(error);
    if (!force) {
        if (all) yes = confirm(L"Delete all values under the registry key %s", name.full);
        else if (value_name) yes = confirm(L"Delete the registry value %s", *value_name ? value_name : L"(Default)");
        else yes = confirm(L"Permanently delete the registry key %s", name.full);
    }
    if (yes) {
        if (all) error = delete_values(key);
        else if (value_name) error = RegDeleteValueW(key, value_name);
    }
    RegCloseKey(key);
    if (yes && !all && !value_name) {
        if (!*name.path) error = ERROR_ACCESS_DENIED; /* a root stays */
        else if (!(error = RegOpenKeyExW(name.root, name.path, 0, KEY_ALL_ACCESS | view, &key))) {
            error = RegDeleteTreeW(key, NULL);
            RegCloseKey(key);
            if (!error) error = RegDeleteKeyExW(name.root, name.path, view, 0);
        }
    }
    int result = !yes ? 0 : error ? fail(error) : succeed();
    free_key(&name);
    return result;
}

/* ---- copy ---- */

static LSTATUS copy_key(HKEY from, HKEY to, bool tree, bool *force)
{
    WCHAR *name = memory_get(NAME_ROOM * sizeof(WCHAR));
    LSTATUS error = ERROR_SUCCESS;

    for (DWORD i = 0; !error; i++) {
        DWORD units = NAME_ROOM;
        struct value value;
        if (RegEnumValueW(from, i, name, &units, NULL, NULL, NULL, NULL)) break;
        if (!read_value(from, name, &value)) continue;
        if (*force || RegQueryValueExW(to, name, NULL, NULL, NULL, NULL) ||
            confirm(L"Value %s exists, overwrite", *name ? name : L"(Default)"))
            error = RegSetValueExW(to, name, 0, value.type, value.data, value.size);
        free_value(&value);
    }
    for (DWORD i = 0; tree && !error; i++) {
        DWORD units = 256;
        HKEY below, copy;
        if (RegEnumKeyExW(from, i, name, &units, NULL, NULL, NULL, NULL)) break;
        error = RegOpenKeyExW(from, name, 0, KEY_READ | view, &below);
        if (error) break;
        error = RegCreateKeyExW(to, name, 0, NULL, 0, KEY_READ | KEY_WRITE | view, NULL, &copy, NULL);
        if (!error) {
            error = copy_key(below, copy, tree, force);
            RegCloseKey(copy);
        }
        RegCloseKey(below);
    }
    memory_free(name);
    return error;
}

int command_copy(int argc, WCHAR **argv)
{
    bool tree = false, force = false;
    struct key_name from, to;
    HKEY source, target;

    if (argc < 2) return syntax_error();
    for (int i = 2; i < argc; i++) {
        if (is_switch(argv[i], L"s")) tree = true;
        else if (is_switch(argv[i], L"f")) force = true;
        else return syntax_error();
    }
    if (!parse_key(argv[0], &from)) return 1;
    if (!parse_key(argv[1], &to)) return free_key(&from), 1;
    size_t length = wcslen(from.full);
    int result = 1;
    /* A tree copied into itself would not end. */
    bool inside = tree && CompareStringOrdinal(from.full, (int)length, to.full, (int)(wcslen(to.full) < length ? wcslen(to.full) : length), TRUE) == CSTR_EQUAL &&
                  (to.full[length] == '\\' || !to.full[length]);
    if (inside || CompareStringOrdinal(from.full, -1, to.full, -1, TRUE) == CSTR_EQUAL) {
        complain(L"ERROR: The registry entry cannot be copied onto itself.\r\n");
        goto out;
    }
    LSTATUS error = open_key(&from, KEY_READ, &source);
    if (error) {
        result = fail(error);
        goto out;
    }
    error = RegCreateKeyExW(to.root, to.path, 0, NULL, 0, KEY_READ | KEY_WRITE | view, NULL, &target, NULL);
    if (!error) {
        error = copy_key(source, target, tree, &force);
        RegCloseKey(target);
    }
    RegCloseKey(source);
    result = error ? fail(error) : succeed();
out:
    free_key(&from);
    free_key(&to);
    return result;
}

/* ---- compare ---- */

struct comparison {
    const WCHAR *name;
    bool one, tree, show_same, show_different, different;
};

static void show_value(WCHAR mark, const WCHAR *full, const WCHAR *name, const struct value *value)
{
    const WCHAR *type = type_name(value->type);
    WCHAR *text = value_text(value, L"\\0");

    print(L"%c Value:  %s  %s  %s  ", mark, full, *name ? name : L"(Default)", type ? type : L"");
    print_text(text);
    print_text(L"\r\n");
    memory_free(text);
}

/* Values of `from`, against those of `to`; when `back`, only those that `to` has not. */
static void compare_values(struct comparison *how, HKEY from, const WCHAR *from_full, HKEY to, const WCHAR *to_full, bool back)
{
    WCHAR *name = memory_get(NAME_ROOM * sizeof(WCHAR));

    for (DWORD i = 0;; i++) {
        DWORD units = NAME_ROOM;
        struct value left, right = { 0 };
        if (RegEnumValueW(from, i, name, &units, NULL, NULL, NULL, NULL)) break;
        if (how->one && CompareStringOrdinal(name, -1, how->name, -1, TRUE) != CSTR_EQUAL) continue;
        if (!read_value(from, name, &left)) continue;
        bool there = to && read_value(to, name, &right);
        bool same = there && left.type == right.type && left.size == right.size && !memcmp(left.data, right.data, left.size);
        if (!same && !(back && there)) {
            how->different = true;
            if (how->show_different) {
                show_value(back ? '>' : '<', from_full, name, &left);
                if (there) show_value('>', to_full, name, &right);
            }
        } else if (same && !back && how->show_same) {
            show_value('=', from_full, name, &left);
        }
        free_value(&left);
        if (there) free_value(&right);
    }
    memory_free(name);
}

static void compare_keys(struct comparison *how, HKEY from, const WCHAR *from_full, HKEY to, const WCHAR *to_full, bool back)
{
    WCHAR name[256];

    compare_values(how, from, from_full, to, to_full, back);
    for (DWORD i = 0; how->tree; i++) {
        struct text left = { 0 }, right = { 0 };
        DWORD units = 256;
        HKEY a, b = NULL;
        if (RegEnumKeyExW(from, i, name, &units, NULL, NULL, NULL, NULL)) break;
        if (RegOpenKeyExW(from, name, 0, KEY_READ | view, &a)) continue;
        text_format(&left, L"%s\\%s", from_full, name);
        text_format(&right, L"%s\\%s", to_full, name);
        if (RegOpenKeyExW(to, name, 0, KEY_READ | view, &b)) {
            how->different = true;
            if (how->show_different) print(L"%c Key:  %s\r\n", back ? '>' : '<', left.data);
        } else {
            compare_keys(how, a, left.data, b, right.data, back);
            RegCloseKey(b);
        }
        RegCloseKey(a);
        text_free(&left);
        text_free(&right);
    }
}

int command_compare(int argc, WCHAR **argv)
{
    struct comparison how = { .show_different = true };
    struct key_name a, b;
    HKEY left, right;
    bool chosen = false;

    if (argc < 2) return syntax_error();
    for (int i = 2; i < argc; i++) {
        bool all = is_switch(argv[i], L"oa"), same = is_switch(argv[i], L"os"), different = is_switch(argv[i], L"od");
        if (all || same || different || is_switch(argv[i], L"on")) {
            if (chosen) return syntax_error();
            chosen = true;
            how.show_same = all || same;
            how.show_different = all || different;
        } else if (is_switch(argv[i], L"v") && i + 1 < argc && !how.one) how.one = true, how.name = argv[++i];
        else if (is_switch(argv[i], L"ve") && !how.one) how.one = true, how.name = L"";
        else if (is_switch(argv[i], L"s")) how.tree = true;
        else return syntax_error();
    }
    if (!parse_key(argv[0], &a)) return 1;
    if (!parse_key(argv[1], &b)) return free_key(&a), 1;
    LSTATUS error = open_key(&a, KEY_READ, &left);
    if (!error && (error = open_key(&b, KEY_READ, &right))) RegCloseKey(left);
    if (!error) {
        compare_keys(&how, left, a.full, right, b.full, false);
        compare_keys(&how, right, b.full, left, a.full, true);
        RegCloseKey(left);
        RegCloseKey(right);
        print(L"\r\nResults Compared:  %s\r\n", how.different ? L"Different" : L"Identical");
    }
    int result = error ? fail(error) : how.different ? 2 : succeed();
    if (!error && how.different) succeed();
    free_key(&a);
    free_key(&b);
    return result;
}
