/* START, ASSOC, FTYPE. */
#include "cmd.h"

struct start {
    WCHAR *title, *directory;
    DWORD flags;
    WORD show;
    bool wait, same_console, keep_ignored;
    ULONG_PTR affinity;
};

static bool start_switch(const WCHAR **at, struct start *start, bool *failed)
{
    static const struct {
        const WCHAR *name;
        DWORD flag;
    } classes[] = { { L"low", IDLE_PRIORITY_CLASS }, { L"belownormal", BELOW_NORMAL_PRIORITY_CLASS }, { L"normal", NORMAL_PRIORITY_CLASS },
                    { L"abovenormal", ABOVE_NORMAL_PRIORITY_CLASS }, { L"high", HIGH_PRIORITY_CLASS }, { L"realtime", REALTIME_PRIORITY_CLASS } };
    const WCHAR *name = *at + 1;
    size_t length = 0;

    if (**at != '/') return false;
    while (iswalpha(name[length])) length++;
    WCHAR *word = copy_part(name, length);
    const WCHAR *next = name + length;
    bool known = true;
    for (unsigned i = 0; i < ARRAYSIZE(classes); i++)
        if (!_wcsicmp(word, classes[i].name)) {
            start->flags |= classes[i].flag;
            goto out;
        }
    if (!_wcsicmp(word, L"wait") || !_wcsicmp(word, L"w")) start->wait = true;
    else if (!_wcsicmp(word, L"b")) start->same_console = true;
    else if (!_wcsicmp(word, L"min")) start->show = SW_SHOWMINNOACTIVE;
    else if (!_wcsicmp(word, L"max")) start->show = SW_SHOWMAXIMIZED;
    else if (!_wcsicmp(word, L"separate")) start->flags |= CREATE_SEPARATE_WOW_VDM;
    else if (!_wcsicmp(word, L"shared")) start->flags |= CREATE_SHARED_WOW_VDM;
    else if (!_wcsicmp(word, L"i")) {}
    else if (!_wcsicmp(word, L"affinity") || !_wcsicmp(word, L"node")) {
        WCHAR *end;
        next = skip_delimiters(next);
        ULONG value = wcstoul(next, &end, 16);
        if (end == next) known = false;
        else if (towlower(*word) == 'a') start->affinity = value;
        next = end;
    } else if (length && towlower(*word) == 'd') {
        next = skip_blanks(name + 1);
        struct text path = { 0 };
        for (bool quoted = false; *next && (quoted || !is_delimiter(*next)); next++) {
            if (*next == '"') quoted = !quoted;
            else text_add_char(&path, *next);
        }
        start->directory = text_take(&path);
    } else {
        known = false;
    }
    if (!known) {
        complain(L"Invalid switch - \"/%s\".\r\n", word);
        *failed = true;
    }
out:
    memory_free(word);
    *at = next;
    return true;
}

int builtin_start(WCHAR *arguments)
{
    struct start start = { .show = SW_SHOWNORMAL };
    const WCHAR *at = skip_delimiters(arguments);
    WCHAR *path = NULL, *name = NULL;
    struct text line = { 0 };
    bool failed = false;
    HANDLE process;
    DWORD id, error;
    int result = 0;

    if (*at == '"') { /* a title comes first, in quotes */
        const WCHAR *end = wcschr(at + 1, '"');
        start.title = end ? copy_part(at + 1, end - at - 1) : copy_text(at + 1);
        at = skip_delimiters(end ? end + 1 : L"");
    }
    while (!failed && start_switch(&at, &start, &failed)) at = skip_delimiters(at);
    if (failed) {
        result = 1;
        goto out;
    }
    WCHAR *self = own_path();
    size_t length = 0;
    for (bool quoted = false; at[length] && (quoted || !is_delimiter(at[length])); length++) {
        if (at[length] == '"') quoted = !quoted;
        if (!quoted && at[length] == '/' && length) break;
    }
    WCHAR *first = copy_part(at, length);
    name = unquote(first);
    memory_free(first);
    size_t letters = 0;
    while (iswalpha(name[letters])) letters++;
    bool builtin = *name && find_builtin(name, letters) && (!name[letters] || wcschr(L".:\\/", name[letters]));
    if (*name && !builtin) path = find_program(name);
    if (!*name) {
        text_add_string(&line, self);
        path = copy_text(self);
    } else if (builtin || (path && is_batch_file(path))) {
        text_format(&line, L"%s %s %s", self, start.same_console ? L"/c" : L"/K", at);
        memory_free(path);
        path = copy_text(self);
    } else if (path) {
        text_add_string(&line, at);
    } else {
        if (is_folder(name)) complain(L"No program shows folders here.\r\n");
        else complain(L"The system cannot find the file %s.\r\n", name);
        result = 9059;
        memory_free(self);
        goto out;
    }
    memory_free(self);
    output_flush();
    process = start_process(path, line.data, start.directory && *start.directory ? start.directory : NULL,
                            start.flags | (start.same_console ? CREATE_NEW_PROCESS_GROUP : CREATE_NEW_CONSOLE), start.show, start.title, &id);
    error = process ? 0 : GetLastError();
    if (!process) {
        complain_error(error);
        result = (int)error;
        goto out;
    }
    if (start.affinity) SetProcessAffinityMask(process, start.affinity);
    if (start.wait) {
        result = shell.errorlevel = wait_process(process);
    } else {
        CloseHandle(process);
    }
out:
    memory_free(path);
    memory_free(name);
    memory_free(start.title);
    memory_free(start.directory);
    text_free(&line);
    return result;
}

/* ---- ASSOC and FTYPE ---- */

static int show_associations(bool types)
{
    WCHAR name[256], value[1024], key[320];

    for (DWORD i = 0;; i++) {
        DWORD room = ARRAYSIZE(name), size = sizeof(value);
        if (RegEnumKeyExW(HKEY_CLASSES_ROOT, i, name, &room, NULL, NULL, NULL, NULL)) break;
        if ((*name == '.') == types) continue;
        _snwprintf(key, ARRAYSIZE(key), types ? L"%s\\shell\\open\\command" : L"%s", name);
        if (!RegGetValueW(HKEY_CLASSES_ROOT, key, NULL, RRF_RT_REG_SZ | RRF_RT_REG_EXPAND_SZ | RRF_NOEXPAND, NULL, value, &size))
            print(L"%s=%s\r\n", name, value);
    }
    return 0;
}

static int association(WCHAR *arguments, bool types)
{
    const WCHAR *at = skip_blanks(arguments), *equals;
    WCHAR key[400], value[1024];
    DWORD size = sizeof(value);
    LSTATUS status;
    HKEY handle;

    if (!*at) return show_associations(types);
    equals = wcschr(at, '=');
    size_t length = equals ? (size_t)(equals - at) : wcslen(at);
    while (length && (at[length - 1] == ' ' || at[length - 1] == '\t')) length--;
    WCHAR *name = copy_part(at, length);
    _snwprintf(key, ARRAYSIZE(key), types ? L"%s\\shell\\open\\command" : L"%s", name);
    key[ARRAYSIZE(key) - 1] = 0;
    if (!equals) {
        status = RegGetValueW(HKEY_CLASSES_ROOT, key, NULL, RRF_RT_REG_SZ | RRF_RT_REG_EXPAND_SZ | RRF_NOEXPAND, NULL, value, &size);
        if (!status) print(L"%s=%s\r\n", name, value);
        else if (types) complain(L"File type '%s' not found or no open command associated with it.\r\n", name);
        else complain(L"File association not found for extension %s\r\n", name);
        memory_free(name);
        return status ? types ? 2 : 1 : 0;
    }
    const WCHAR *text = skip_blanks(equals + 1);
    if (*text) {
        status = RegCreateKeyExW(HKEY_CURRENT_USER, L"Software\\Classes", 0, NULL, 0, KEY_WRITE, NULL, &handle, NULL);
        if (!status) {
            status = RegSetKeyValueW(handle, key, NULL, wcschr(text, '%') ? REG_EXPAND_SZ : REG_SZ, text,
                                     (DWORD)((wcslen(text) + 1) * sizeof(WCHAR)));
            RegCloseKey(handle);
        }
        if (!status) print(L"%s=%s\r\n", name, text);
    } else {
        status = RegDeleteTreeW(HKEY_CLASSES_ROOT, types ? key : name);
        if (!status) RegDeleteKeyW(HKEY_CLASSES_ROOT, types ? key : name);
        if (status == ERROR_FILE_NOT_FOUND) {
            if (types) complain(L"File type '%s' not found or no open command associated with it.\r\n", name);
            else complain(L"File association not found for extension %s\r\n", name);
            memory_free(name);
            return types ? 2 : 1;
        }
    }
    memory_free(name);
    return status ? fail(status) : 0;
}

int builtin_assoc(WCHAR *arguments)
{
    return association(arguments, false);
}

int builtin_ftype(WCHAR *arguments)
{
    return association(arguments, true);
}
