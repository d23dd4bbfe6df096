/* reg import: .reg files, in UTF-16 or the ANSI code page, of both versions of the format. */
#include "reg.h"

struct import {
    struct line_reader reader;
    bool ansi_bytes; /* REGEDIT4: hex data of texts is in the ANSI code page */
    HKEY key;        /* NULL: none, or a deleted one */
};

/* A line with those that it goes on in, comments left out. NULL at the end. */
static WCHAR *logical_line(struct import *import)
{
    struct text whole = { 0 };

    for (;;) {
        size_t length;
        WCHAR *line = read_line(&import->reader, &length), *at = line;
        if (!line) break;
        while (*at == ' ' || *at == '\t') at++;
        length -= (size_t)(at - line);
        while (length && (at[length - 1] == ' ' || at[length - 1] == '\t')) length--;
        bool comment = *at == ';';
        bool more = !comment && length && at[length - 1] == '\\' && (whole.length || wcspbrk(at, L"="));
        if (!comment) text_add(&whole, at, length - more);
        memory_free(line);
        if (!more && whole.length) break;
    }
    return whole.length ? text_take(&whole) : NULL;
}

/* "…" with \\ and \" resolved, in place; *at: behind it. NULL: does not end. */
static WCHAR *quoted(WCHAR **at)
{
    WCHAR *start = *at + 1, *to = start, *from = start;

    while (*from && *from != '"') {
        if (*from == '\\' && from[1]) from++;
        *to++ = *from++;
    }
    if (*from != '"') return NULL;
    *at = from + 1;
    *to = 0;
    return start;
}

static bool hex(const WCHAR *text, struct value *value)
{
    value->data = memory_get(wcslen(text) + 4);
    while (*text) {
        int digits = 0;
        unsigned byte = 0;
        for (; *text && *text != ','; text++) {
            WCHAR c = *text | 0x20;
            if (*text == ' ' || *text == '\t') continue;
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) || ++digits > 2) return false;
            byte = byte << 4 | (c <= '9' ? c - '0' : c - 'a' + 10);
        }
        if (digits) value->data[value->size++] = (BYTE)byte;
        if (*text) text++;
    }
    return true;
}

static void to_wide(struct value *value)
{
    int units = MultiByteToWideChar(CP_ACP, 0, (char *)value->data, (int)value->size, NULL, 0);
    BYTE *wide = memory_get(units * sizeof(WCHAR) + 4);

    MultiByteToWideChar(CP_ACP, 0, (char *)value->data, (int)value->size, (WCHAR *)wide, units);
    memory_free(value->data);
    value->data = wide;
    value->size = units * sizeof(WCHAR);
}

static bool starts(WCHAR **at, const WCHAR *text)
{
    size_t length = wcslen(text);

    if (CompareStringOrdinal(*at, (int)(wcslen(*at) < length ? wcslen(*at) : length), text, -1, TRUE) != CSTR_EQUAL) return false;
    *at += length;
    return true;
}

/* What follows the = of a value's line. */
static bool data_of(struct import *import, WCHAR *at, struct value *value)
{
    *value = (struct value){ 0 };
    if (*at == '"') {
        WCHAR *text = quoted(&at);
        return text && !*at && value_from_text(REG_SZ, text, 0, value);
    }
    if (starts(&at, L"dword:")) {
        DWORD number = 0;
        int digits = 0;
        for (; *at; at++, digits++) {
            WCHAR c = *at | 0x20;
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
            number = number << 4 | (c <= '9' ? c - '0' : c - 'a' + 10);
        }
        if (!digits || digits > 8) return false;
        value->type = REG_DWORD;
        value->data = memory_get(4);
        memcpy(value->data, &number, value->size = 4);
        return true;
    }
    value->type = REG_BINARY;
    if (starts(&at, L"hex(")) {
        for (value->type = 0; *at && *at != ')'; at++) {
            WCHAR c = *at | 0x20;
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
            value->type = value->type << 4 | (c <= '9' ? c - '0' : c - 'a' + 10);
        }
        if (*at++ != ')' || *at++ != ':') return false;
    } else if (!starts(&at, L"hex:")) {
        return false;
    }
    if (!hex(at, value)) return false;
    if (import->ansi_bytes && (value->type == REG_SZ || value->type == REG_EXPAND_SZ || value->type == REG_MULTI_SZ)) to_wide(value);
    return true;
}

static LSTATUS key_line(struct import *import, WCHAR *line)
{
    size_t length = wcslen(line);
    struct key_name name;
    LSTATUS error;

    if (import->key) RegCloseKey(import->key);
    import->key = NULL;
    while (length && line[length - 1] != ']') length--;
    if (!length) return ERROR_SUCCESS; /* no such line: passed over */
    line[length - 1] = 0;
    bool delete = line[1] == '-';
    if (!parse_key(line + 1 + delete, &name)) return ERROR_BADKEY;
    if (!delete) {
        error = RegCreateKeyExW(name.root, name.path, 0, NULL, 0, KEY_READ | KEY_WRITE | view, NULL, &import->key, NULL);
    } else {
        HKEY key;
        error = *name.path ? RegOpenKeyExW(name.root, name.path, 0, KEY_ALL_ACCESS | view, &key) : ERROR_ACCESS_DENIED;
        if (!error) {
            error = RegDeleteTreeW(key, NULL);
            RegCloseKey(key);
            if (!error) error = RegDeleteKeyExW(name.root, name.path, view, 0);
        } else if (error == ERROR_FILE_NOT_FOUND) {
            error = ERROR_SUCCESS;
        }
    }
    free_key(&name);
    return error;
}

static LSTATUS value_line(struct import *import, WCHAR *line)
{
    WCHAR *at = line, *name = line[0] == '@' ? (at++, L"") : quoted(&at);
    LSTATUS error = ERROR_SUCCESS;
    struct value value;

    if (!import->key || !name) return ERROR_SUCCESS;
    while (*at == ' ') at++;
    if (*at++ != '=') return ERROR_SUCCESS;
    while (*at == ' ') at++;
    if (!wcscmp(at, L"-")) {
        error = RegDeleteValueW(import->key, name);
        return error == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : error;
    }
    if (data_of(import, at, &value)) error = RegSetValueExW(import->key, name, 0, value.type, value.data, value.size);
    free_value(&value);
    return error;
}

int command_import(int argc, WCHAR **argv)
{
    struct import import = { .reader = { .codepage = CP_ACP } };
    LSTATUS error = ERROR_SUCCESS;
    WCHAR *line;

    if (argc != 1) return syntax_error();
    import.reader.handle = CreateFileW(argv[0], GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    if (import.reader.handle == INVALID_HANDLE_VALUE) {
        WCHAR *text = error_text(GetLastError());
        complain(L"ERROR: %s", text);
        memory_free(text);
        return 1;
    }
    import.reader.codepage = GetACP();
    line = logical_line(&import);
    import.ansi_bytes = line && !wcscmp(line, L"REGEDIT4");
    if (!line || (!import.ansi_bytes && wcscmp(line, L"Windows Registry Editor Version 5.00"))) {
        complain(L"ERROR: The specified file is not a registry script.\r\n");
        memory_free(line);
        CloseHandle(import.reader.handle);
        return 1;
    }
    while (memory_free(line), !error && (line = logical_line(&import))) {
        if (line[0] == '[') error = key_line(&import, line);
        else if (line[0] == '"' || line[0] == '@') error = value_line(&import, line);
    }
    if (import.key) RegCloseKey(import.key);
    CloseHandle(import.reader.handle);
    reader_free(&import.reader);
    if (error == ERROR_BADKEY) return 1; /* has been told */
    return error ? fail(error) : succeed();
}
