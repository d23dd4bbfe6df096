/* Percent expansion: arguments of the batch file and variables, before a line is parsed. */
#include "cmd.h"

/* `%~` and what follows at `at`; the position behind it, or NULL when it is not valid. */
static const WCHAR *expand_argument_modified(const WCHAR *at, struct text *result)
{
    const WCHAR *start = at, *end;

    while (*at && wcschr(L"fdpnxsatzFDPNXSATZ", *at)) at++;
    if (*at == '$') {
        const WCHAR *colon = wcschr(at, ':');
        if (colon) at = colon + 1;
    }
    end = at;
    if (*at < '0' || *at > '9') return NULL;
    int number = *at - '0';
    const struct batch *batch = shell.batch;
    if (number == 0 && !batch->shifted_name) {
        modify_value(start == end ? batch->name : batch->path, start, end - start, true, result);
    } else {
        const WCHAR *value = number == 0 ? batch->shifted_name
                           : number <= batch->argument_count ? batch->arguments[number - 1] : L"";
        if (*value) modify_value(value, start, end - start, false, result);
    }
    return at + 1;
}

static void expand_argument(int number, struct text *result)
{
    const struct batch *batch = shell.batch;

    if (number == 0) text_add_string(result, batch->shifted_name ? batch->shifted_name : batch->name);
    else if (number <= batch->argument_count) text_add_string(result, batch->arguments[number - 1]);
}

static bool modifier_error(const WCHAR *at)
{
    complain(L"The following usage of the path operator in batch-parameter\r\nsubstitution is invalid: %s\r\n\r\n\r\n"
             L"For valid formats type CALL /? or FOR /?\r\n", at);
    return false;
}

/* %name…: the position behind it, or NULL when the sign stands for itself (or, in a batch file, for nothing). */
static const WCHAR *expand_variable(const WCHAR *at, struct text *result, bool *failed)
{
    const WCHAR *name = at + 1, *end = name, *close;
    WCHAR *value;
    bool batch = shell.batch != NULL;

    while (*end && *end != '%' && !(shell.extensions && *end == ':' && end[1] != '%')) end++;
    if (!*end) return NULL;
    if (*end == '%') {
        value = variable_value(name, end - name);
        if (!value) return batch ? end + 1 : NULL;
        text_add_string(result, value);
        memory_free(value);
        return end + 1;
    }
    value = variable_value(name, end - name);
    if (!value) return batch ? end + 1 : NULL;
    close = wcschr(end + 1, '%');
    if (!close || !variable_modified(value, end + 1, close - end - 1, result)) {
        if (close && (end[1] == '=' || (end[1] == '*' && end[2] == '='))) {
            complain(L"The syntax of the command is incorrect.\r\n");
            *failed = true;
        }
        close = NULL;
    }
    memory_free(value);
    return close ? close + 1 : NULL;
}

bool expand_percent(const WCHAR *line, struct text *result)
{
    const WCHAR *at = line, *next;
    bool batch = shell.batch != NULL, failed = false;

    text_add(result, L"", 0);
    while (*at) {
        if (*at != '%') {
            if (*at != '\r') text_add_char(result, *at);
            at++;
            continue;
        }
        if (batch) {
            if (at[1] == '%') {
                text_add_char(result, '%');
                at += 2;
                continue;
            }
            if (at[1] == '*' && shell.extensions) {
                text_add_string(result, shell.batch->all);
                at += 2;
                continue;
            }
            if (at[1] >= '0' && at[1] <= '9') {
                expand_argument(at[1] - '0', result);
                at += 2;
                continue;
            }
            if (at[1] == '~' && shell.extensions) {
                next = expand_argument_modified(at + 2, result);
                if (!next) return modifier_error(at);
                at = next;
                continue;
            }
        }
        next = expand_variable(at, result, &failed);
        if (failed) return false;
        if (next) {
            at = next;
        } else {
            if (!batch) text_add_char(result, '%');
            at++;
        }
    }
    return true;
}

/* ---- values ---- */

WCHAR *environment_get(const WCHAR *name)
{
    WCHAR small[512];
    DWORD length;

    SetLastError(0);
    length = GetEnvironmentVariableW(name, small, ARRAYSIZE(small));
    if (!length) return GetLastError() == ERROR_ENVVAR_NOT_FOUND ? NULL : copy_text(L"");
    if (length < ARRAYSIZE(small)) return copy_part(small, length);
    WCHAR *value = memory_get((length + 1) * sizeof(WCHAR));
    GetEnvironmentVariableW(name, value, length + 1);
    return value;
}

static WCHAR *dynamic_value(const WCHAR *name)
{
    struct text text = { 0 };
    SYSTEMTIME now;

    if (!_wcsicmp(name, L"CD")) {
        WCHAR small[MAX_PATH];
        DWORD length = GetCurrentDirectoryW(MAX_PATH, small);
        if (length < MAX_PATH) return copy_part(small, length);
        WCHAR *value = memory_get((length + 1) * sizeof(WCHAR));
        GetCurrentDirectoryW(length + 1, value);
        return value;
    }
    if (!_wcsicmp(name, L"ERRORLEVEL")) text_format(&text, L"%d", shell.errorlevel);
    else if (!_wcsicmp(name, L"CMDEXTVERSION")) text_add_string(&text, L"2");
    else if (!_wcsicmp(name, L"CMDCMDLINE")) text_add_string(&text, GetCommandLineW());
    else if (!_wcsicmp(name, L"HIGHESTNUMANODENUMBER")) text_add_string(&text, L"0");
    else if (!_wcsicmp(name, L"RANDOM")) {
        static ULONG seed;
        if (!seed) {
            LARGE_INTEGER counter;
            QueryPerformanceCounter(&counter);
            seed = (counter.LowPart ^ GetCurrentProcessId() * 2654435761u) | 1;
        }
        seed = seed * 214013 + 2531011;
        text_format(&text, L"%u", seed >> 16 & 0x7fff);
    } else if (!_wcsicmp(name, L"DATE")) {
        GetLocalTime(&now);
        format_date(&now, &text, true);
    } else if (!_wcsicmp(name, L"TIME")) {
        GetLocalTime(&now);
        format_time(&now, &text);
    } else {
        return NULL;
    }
    return text_take(&text);
}

WCHAR *variable_value(const WCHAR *name, size_t length)
{
    WCHAR *copy, *value;

    if (!length) return NULL;
    copy = copy_part(name, length);
    value = environment_get(copy);
    if (!value && shell.extensions) value = dynamic_value(copy);
    memory_free(copy);
    return value;
}

/* ~start,count as SET /? describes it. */
static bool substring(const WCHAR *value, const WCHAR *at, size_t length, struct text *result)
{
    const WCHAR *end = at + length;
    LONG size = (LONG)wcslen(value), start = 0, count = size;
    WCHAR *stop;

    if (at < end && *at != ',') {
        start = wcstol(at, &stop, 0);
        if (stop == at) return false;
        at = stop;
    }
    if (at < end && *at == ',') {
        at++;
        if (at < end) {
            count = wcstol(at, &stop, 0);
            if (stop == at) return false;
            at = stop;
        }
    }
    if (at != end) return false;
    if (start < 0) start = start + size < 0 ? 0 : start + size;
    if (start > size) start = size;
    if (count < 0) count = size - start + count < 0 ? 0 : size - start + count;
    if (count > size - start) count = size - start;
    text_add(result, value + start, count);
    return true;
}

bool variable_modified(const WCHAR *value, const WCHAR *modifier, size_t length, struct text *result)
{
    const WCHAR *search = modifier, *equals, *replacement;
    size_t search_length, replacement_length;
    bool head = false;

    if (length && *modifier == '~') return substring(value, modifier + 1, length - 1, result);
    if (length && *search == '*') {
        head = true;
        search++;
    }
    if (search == modifier + length || *search == '=') return false;
    for (equals = search; equals < modifier + length && *equals != '='; equals++) {}
    if (equals == modifier + length) return false;
    search_length = equals - search;
    replacement = equals + 1;
    replacement_length = modifier + length - replacement;
    text_add(result, L"", 0);
    while (*value) {
        if (!_wcsnicmp(value, search, search_length)) {
            text_add(result, replacement, replacement_length);
            value += search_length;
            if (head) {
                text_add_string(result, value);
                return true;
            }
        } else if (head) {
            const WCHAR *found = value;
            while (*found && _wcsnicmp(found, search, search_length)) found++;
            if (!*found) {
                text_add_string(result, value);
                return true;
            }
            value = found;
        } else {
            text_add_char(result, *value++);
        }
    }
    return true;
}

/* ---- delayed expansion: when a command runs ---- */

WCHAR *expand_delayed(const WCHAR *text)
{
    struct text result = { 0 };

    if (!shell.delayed || !wcschr(text, '!')) return copy_text(text);
    while (*text) {
        if (*text == '^') {
            text++;
            if (*text) text_add_char(&result, *text++);
            continue;
        }
        if (*text != '!') {
            text_add_char(&result, *text++);
            continue;
        }
        const WCHAR *name = text + 1, *end = name;
        while (*end && *end != '!' && !(shell.extensions && *end == ':' && end[1] != '!')) end++;
        const WCHAR *close = *end ? wcschr(end, '!') : NULL;
        if (!close) { /* alone: dropped */
            text++;
            continue;
        }
        WCHAR *value = end > name ? variable_value(name, end - name) : NULL;
        if (value && *end == '!') text_add_string(&result, value);
        else if (value) variable_modified(value, end + 1, close - end - 1, &result);
        memory_free(value);
        text = close + 1;
    }
    return text_take(&result);
}

/* ---- FOR variables ---- */

WCHAR *for_values[128];
int for_depth;

WCHAR *expand_for(const WCHAR *text)
{
    struct text result = { 0 };

    if (!for_depth || !wcschr(text, '%')) return copy_text(text);
    while (*text) {
        if (*text != '%') {
            text_add_char(&result, *text++);
            continue;
        }
        if (text[1] && text[1] < 128 && for_values[text[1]]) {
            text_add_string(&result, for_values[text[1]]);
            text += 2;
            continue;
        }
        if (text[1] == '~' && shell.extensions) {
            /* Letters may be modifiers and names: the longest reading that ends in a variable. */
            const WCHAR *start = text + 2, *at = start;
            while (*at && wcschr(L"fdpnxsatzFDPNXSATZ", *at)) at++;
            if (*at == '$') {
                const WCHAR *colon = wcschr(at, ':');
                if (colon) at = colon + 1;
            }
            while (at >= start && !(*at && *at < 128 && for_values[*at])) at--;
            if (at >= start) {
                modify_value(for_values[*at], start, at - start, false, &result);
                text = at + 1;
                continue;
            }
        }
        text_add_char(&result, *text++);
    }
    return text_take(&result);
}

WCHAR *expand_at_run(const WCHAR *text)
{
    WCHAR *first = expand_for(text), *second;

    if (!shell.delayed) return first;
    second = expand_delayed(first);
    memory_free(first);
    return second;
}
