/* Names of keys and types; data as text. */
#include "reg.h"

static const struct {
    const WCHAR *brief, *full;
    HKEY key;
    bool remote; /* can be opened on another machine */
} roots[] = {
    { L"HKLM", L"HKEY_LOCAL_MACHINE", HKEY_LOCAL_MACHINE, true },   { L"HKU", L"HKEY_USERS", HKEY_USERS, true },
    { L"HKCU", L"HKEY_CURRENT_USER", HKEY_CURRENT_USER, false },    { L"HKCR", L"HKEY_CLASSES_ROOT", HKEY_CLASSES_ROOT, false },
    { L"HKCC", L"HKEY_CURRENT_CONFIG", HKEY_CURRENT_CONFIG, false },
};

static bool same(const WCHAR *a, size_t length, const WCHAR *b)
{
    return CompareStringOrdinal(a, (int)length, b, -1, TRUE) == CSTR_EQUAL;
}

static bool bad_name(void)
{
    complain(L"ERROR: Invalid key name.\r\nType \"REG %s/?\" for usage.\r\n", command);
    return false;
}

bool parse_key(const WCHAR *text, struct key_name *key)
{
    struct text full = { 0 };
    WCHAR *machine = NULL;

    *key = (struct key_name){ 0 };
    if (text[0] == '\\' && text[1] == '\\') {
        size_t length = wcscspn(text + 2, L"\\") + 2;
        if (!text[length]) return bad_name();
        machine = copy_part(text, length);
        text += length + 1;
    }
    size_t length = wcscspn(text, L"\\");
    for (unsigned i = 0; i < ARRAYSIZE(roots); i++) {
        if (!same(text, length, roots[i].brief) && !same(text, length, roots[i].full)) continue;
        key->root = roots[i].key;
        if (machine) {
            LSTATUS error = roots[i].remote ? RegConnectRegistryW(machine, key->root, &key->root) : ERROR_INVALID_PARAMETER;
            memory_free(machine);
            if (error) {
                fail(error);
                return false;
            }
            key->remote = true;
        }
        const WCHAR *path = text[length] ? text + length + 1 : L"";
        text_add_string(&full, roots[i].full);
        size_t root_length = full.length;
        if (*path) {
            text_add_char(&full, '\\');
            text_add_string(&full, path);
            while (full.data[full.length - 1] == '\\') full.data[--full.length] = 0;
        }
        key->full = text_take(&full);
        key->path = key->full[root_length] ? key->full + root_length + 1 : L"";
        return *key->path == '\\' ? bad_name() : true;
    }
    memory_free(machine);
    return bad_name();
}

void free_key(struct key_name *key)
{
    memory_free(key->full);
    if (key->remote) RegCloseKey(key->root);
}

LSTATUS open_key(const struct key_name *key, REGSAM access, HKEY *handle)
{
    return RegOpenKeyExW(key->root, key->path, 0, access | view, handle);
}

static const struct {
    const WCHAR *name;
    DWORD type;
} types[] = {
    { L"REG_NONE", REG_NONE },
    { L"REG_SZ", REG_SZ },
    { L"REG_EXPAND_SZ", REG_EXPAND_SZ },
    { L"REG_BINARY", REG_BINARY },
    { L"REG_DWORD", REG_DWORD },
    { L"REG_DWORD_LITTLE_ENDIAN", REG_DWORD },
    { L"REG_DWORD_BIG_ENDIAN", REG_DWORD_BIG_ENDIAN },
    { L"REG_LINK", REG_LINK },
    { L"REG_MULTI_SZ", REG_MULTI_SZ },
    { L"REG_RESOURCE_LIST", REG_RESOURCE_LIST },
    { L"REG_FULL_RESOURCE_DESCRIPTOR", REG_FULL_RESOURCE_DESCRIPTOR },
    { L"REG_RESOURCE_REQUIREMENTS_LIST", REG_RESOURCE_REQUIREMENTS_LIST },
    { L"REG_QWORD", REG_QWORD },
};

const WCHAR *type_name(DWORD type)
{
    for (unsigned i = 0; i < ARRAYSIZE(types); i++)
        if (types[i].type == type) return types[i].name;
    return NULL;
}

bool type_of(const WCHAR *name, DWORD *type)
{
    for (unsigned i = 0; i < ARRAYSIZE(types); i++)
        if (CompareStringOrdinal(name, -1, types[i].name, -1, TRUE) == CSTR_EQUAL) {
            *type = types[i].type;
            return true;
        }
    return false;
}

bool read_value(HKEY key, const WCHAR *name, struct value *value)
{
    DWORD size = 0;

    *value = (struct value){ 0 };
    if (RegQueryValueExW(key, name, NULL, &value->type, NULL, &size)) return false;
    for (;;) {
        value->data = memory_get(size + 4);
        value->size = size;
        LSTATUS error = RegQueryValueExW(key, name, NULL, &value->type, value->data, &value->size);
        if (!error) break;
        size = value->size;
        memory_free(value->data);
        if (error != ERROR_MORE_DATA) return false;
    }
    memset(value->data + value->size, 0, 4);
    return true;
}

void free_value(struct value *value)
{
    memory_free(value->data);
}

WCHAR *value_text(const struct value *value, const WCHAR *separator)
{
    struct text text = { 0 };
    ULONGLONG number = 0;

    switch (value->type) {
    case REG_SZ:
    case REG_EXPAND_SZ: text_add_string(&text, (const WCHAR *)value->data); break;
    case REG_MULTI_SZ: {
        const WCHAR *at = (const WCHAR *)value->data, *end = at + value->size / sizeof(WCHAR);
        for (bool first = true; at < end && *at; at += wcslen(at) + 1, first = false) {
            if (!first) text_add_string(&text, separator);
            text_add_string(&text, at);
        }
        break;
    }
    case REG_DWORD:
    case REG_QWORD:
        if (value->size != (value->type == REG_DWORD ? 4 : 8)) goto bytes;
        memcpy(&number, value->data, value->size);
        text_format(&text, L"0x%I64x", number);
        break;
    case REG_DWORD_BIG_ENDIAN:
        if (value->size != 4) goto bytes;
        for (int i = 0; i < 4; i++) number = number << 8 | value->data[i];
        text_format(&text, L"0x%I64x", number);
        break;
    default:
    bytes:
        for (DWORD i = 0; i < value->size; i++) text_format(&text, L"%02X", value->data[i]);
    }
    return text_take(&text);
}

static int digit(WCHAR c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool number_from(const WCHAR *text, ULONGLONG most, ULONGLONG *number)
{
    int base = 10;

    *number = 0;
    if (text[0] == '0' && (text[1] | 0x20) == 'x') {
        base = 16;
        text += 2;
    }
    if (!*text) return false;
    for (; *text; text++) {
        int value = digit(*text);
        if (value < 0 || value >= base || *number > (most - value) / base) return false;
        *number = *number * base + value;
    }
    return true;
}

/* Strings one after the other, divided by `separator` (0: by the two characters \0). false: an empty one in between. */
static bool multi_from(const WCHAR *text, WCHAR separator, struct value *value)
{
    WCHAR *to = (WCHAR *)(value->data = memory_get((wcslen(text) + 2) * sizeof(WCHAR) + 4));
    size_t units = 0;

    while (*text) {
        bool divides = separator ? *text == separator : text[0] == '\\' && text[1] == '0';
        if (divides) {
            if (!units || !to[units - 1]) return false;
            to[units++] = 0;
            text += separator ? 1 : 2;
        } else {
            to[units++] = *text++;
        }
    }
    if (units && to[units - 1]) to[units++] = 0;
    to[units++] = 0;
    value->size = (DWORD)(units * sizeof(WCHAR));
    return true;
}

bool value_from_text(DWORD type, const WCHAR *text, WCHAR separator, struct value *value)
{
    size_t length = text ? wcslen(text) : 0;
    ULONGLONG number;

    *value = (struct value){ .type = type };
    switch (type) {
    case REG_DWORD:
    case REG_DWORD_BIG_ENDIAN:
    case REG_QWORD:
        if (!text || !number_from(text, type == REG_QWORD ? ~0ull : 0xffffffffull, &number)) return false;
        if (type == REG_DWORD_BIG_ENDIAN) number = RtlUlongByteSwap((ULONG)number);
        value->data = memory_get(8);
        value->size = type == REG_QWORD ? 8 : 4;
        memcpy(value->data, &number, value->size);
        return true;
    case REG_SZ:
    case REG_EXPAND_SZ:
        value->data = memory_get((length + 1) * sizeof(WCHAR));
        value->size = (DWORD)((length + 1) * sizeof(WCHAR));
        if (length) memcpy(value->data, text, length * sizeof(WCHAR));
        return true;
    case REG_MULTI_SZ: return multi_from(text ? text : L"", separator, value);
    default: /* digits in pairs */
        value->data = memory_get(length / 2 + 1);
        for (size_t i = 0; i < length; i++) {
            int half = digit(text[i]);
            if (half < 0) return false;
            if ((length - i) % 2 == 0) value->data[value->size] = (BYTE)(half << 4);
            else value->data[value->size++] |= (BYTE)half;
        }
        return true;
    }
}
