/* reg query. */
#include "reg.h"

struct query {
    const WCHAR *name; /* of one value; NULL: all */
    const WCHAR *data; /* /f */
    const WCHAR *separator;
    bool one, tree, names_only, keys_only, data_only, with_case, exact, numbered, typed;
    DWORD type;
    unsigned matches;
};

static bool text_matches(const struct query *query, const WCHAR *text)
{
    struct text pattern = { 0 };
    bool found;

    if (query->with_case) {
        size_t length = wcslen(query->data);
        if (query->exact) return !wcscmp(text, query->data);
        for (; *text; text++)
            if (!wcsncmp(text, query->data, length)) return true;
        return !length;
    }
    if (!query->exact) text_add_char(&pattern, '*');
    text_add_string(&pattern, query->data);
    if (!query->exact) text_add_char(&pattern, '*');
    found = match_wildcard(pattern.data ? pattern.data : L"", text);
    text_free(&pattern);
    return found;
}

static bool value_matches(const struct query *query, const WCHAR *name, const struct value *value)
{
    if (query->one && CompareStringOrdinal(name, -1, query->name, -1, TRUE) != CSTR_EQUAL) return false;
    if (query->typed && value->type != query->type) return false;
    if (!query->data) return true;
    if (query->keys_only && !query->data_only) return false;
    if (!query->data_only && text_matches(query, name)) return true;
    if (query->names_only && !query->data_only) return false;
    WCHAR *text = value_text(value, query->separator);
    bool found = text_matches(query, text);
    memory_free(text);
    return found;
}

static void print_value(const struct query *query, const WCHAR *name, const struct value *value)
{
    const WCHAR *type = type_name(value->type);
    WCHAR *text = value_text(value, query->separator);

    print_text(L"    ");
    print_text(*name ? name : L"(Default)");
    if (type) print(L"    %s", type);
    else print(L"    0x%x", value->type);
    if (query->numbered) print(L" (%u)", value->type);
    print_text(L"    ");
    print_text(text);
    print_text(L"\r\n");
    memory_free(text);
}

/* Values that were asked for, with the key's name before the first of them. */
static bool show_values(struct query *query, HKEY key, const WCHAR *full)
{
    WCHAR *name = memory_get(NAME_ROOM * sizeof(WCHAR));
    bool shown = false;

    for (DWORD i = 0;; i++) {
        DWORD units = NAME_ROOM;
        struct value value;
        if (RegEnumValueW(key, i, name, &units, NULL, NULL, NULL, NULL)) break;
        if (!read_value(key, name, &value)) continue;
        if (value_matches(query, name, &value)) {
            if (!shown) {
                print_text(L"\r\n");
                print_text(full);
                print_text(L"\r\n");
            }
            shown = true;
            query->matches++;
            print_value(query, name, &value);
        }
        free_value(&value);
    }
    memory_free(name);
    return shown;
}

static void show_key(struct query *query, HKEY key, const WCHAR *full)
{
    WCHAR name[256];
    bool shown = show_values(query, key, full), listing = !query->tree && !query->data && !query->one && !query->typed;

    if (listing) print_text(L"\r\n");
    for (DWORD i = 0;; i++) {
        struct text below = { 0 };
        DWORD units = 256;
        HKEY subkey;
        if ((!listing && !query->tree && !query->data) || RegEnumKeyExW(key, i, name, &units, NULL, NULL, NULL, NULL)) break;
        text_add_string(&below, full);
        text_add_char(&below, '\\');
        text_add_string(&below, name);
        if (listing) {
            print_text(below.data);
            print_text(L"\r\n");
        }
        if (query->data && !query->names_only && !query->data_only && !query->typed && text_matches(query, name)) {
            print_text(L"\r\n");
            print_text(below.data);
            print_text(L"\r\n");
            query->matches++;
        }
        if (query->tree && !RegOpenKeyExW(key, name, 0, KEY_READ | view, &subkey)) {
            show_key(query, subkey, below.data);
            RegCloseKey(subkey);
        }
        text_free(&below);
    }
    (void)shown;
}

/* The unnamed value is shown even where there is none. */
static int show_default(struct query *query, HKEY key, const struct key_name *name)
{
    struct value value;

    print_text(L"\r\n");
    print_text(name->full);
    print_text(L"\r\n");
    if (read_value(key, L"", &value)) {
        print_value(query, L"", &value);
        free_value(&value);
    } else {
        print_text(L"    (Default)    REG_SZ    (value not set)\r\n");
    }
    print_text(L"\r\n");
    return 0;
}

int command_query(int argc, WCHAR **argv)
{
    struct query query = { .separator = L"\\0" };
    bool with_default = false;
    struct key_name name;
    HKEY key;

    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;
        if (is_switch(argv[i], L"v")) {
            if (query.one || query.names_only) return syntax_error();
            if (more && argv[i + 1][0] != '/') query.one = true, query.name = argv[++i];
            else query.names_only = true;
        } else if (is_switch(argv[i], L"ve")) {
            query.one = with_default = true;
            query.name = L"";
        } else if (is_switch(argv[i], L"s")) query.tree = true;
        else if (is_switch(argv[i], L"k")) query.keys_only = true;
        else if (is_switch(argv[i], L"d")) query.data_only = true;
        else if (is_switch(argv[i], L"c")) query.with_case = true;
        else if (is_switch(argv[i], L"e")) query.exact = true;
        else if (is_switch(argv[i], L"z")) query.numbered = true;
        else if (is_switch(argv[i], L"f") && more) query.data = argv[++i];
        else if (is_switch(argv[i], L"se") && more) query.separator = argv[++i];
        else if (is_switch(argv[i], L"t") && more) {
            if (!type_of(argv[++i], &query.type)) return syntax_error();
            query.typed = true;
        } else return syntax_error();
    }
    if (query.names_only && !query.data) return syntax_error();
    if ((query.keys_only || query.data_only || query.with_case || query.exact) && !query.data) return syntax_error();
    if (wcslen(query.separator) != 1 && wcscmp(query.separator, L"\\0")) return syntax_error();
    if (!parse_key(argv[0], &name)) return 1;
    LSTATUS error = open_key(&name, KEY_READ, &key);
    if (error) return free_key(&name), fail(error);
    int result = 0;
    if (with_default && !query.tree && !query.data) {
        result = show_default(&query, key, &name);
    } else {
        show_key(&query, key, name.full);
        if (query.data || (query.tree && query.one)) {
            print(L"\r\nEnd of search: %u match(es) found.\r\n", query.matches);
            result = !query.matches;
        } else if (query.one && !query.matches) {
            result = fail(ERROR_FILE_NOT_FOUND);
        } else if (query.one) {
            print_text(L"\r\n");
        }
    }
    RegCloseKey(key);
    free_key(&name);
    return result;
}
