/* winbase.h: FormatMessage. Message tables, inserts, line width. Reference: FormatMessage, "Message Text Files". */
#include "nls.h"

#ifndef ERROR_NO_WORK_DONE
#define ERROR_NO_WORK_DONE 235
#endif

int __cdecl _snwprintf(WCHAR *to, size_t room, const WCHAR *format, ...);

/* ---- where the text comes from ---- */

struct text {
    const WCHAR *wide; /* ends with 0 */
    WCHAR *owned;      /* to free */
};

static const IMAGE_RESOURCE_DIRECTORY *sub_directory(const BYTE *root, const IMAGE_RESOURCE_DIRECTORY *directory, WORD id)
{
    const IMAGE_RESOURCE_DIRECTORY_ENTRY *entry = (const void *)(directory + 1);
    entry += directory->NumberOfNamedEntries;
    for (unsigned i = 0; i < directory->NumberOfIdEntries; i++)
        if (entry[i].Id == id && entry[i].DataIsDirectory) return (const void *)(root + entry[i].OffsetToDirectory);
    return NULL;
}

/* Languages in the order of the reference: neutral, thread, user, system, English; with one named, only that one. */
static const MESSAGE_RESOURCE_DATA *message_table(const BYTE *base, LANGID language, DWORD *error)
{
    const IMAGE_NT_HEADERS *headers = (const void *)(base + ((const IMAGE_DOS_HEADER *)base)->e_lfanew);
    const IMAGE_DATA_DIRECTORY *where;
    const IMAGE_RESOURCE_DIRECTORY *directory;
    const IMAGE_RESOURCE_DIRECTORY_ENTRY *entry, *found = NULL;
    const BYTE *root;
    LANGID wanted[] = {0, LANGIDFROMLCID(GetThreadLocale()), GetUserDefaultLangID(), GetSystemDefaultLangID(), 0x409};
    unsigned count;

    *error = ERROR_RESOURCE_DATA_NOT_FOUND;
    where = &headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_RESOURCE];
    if (!where->Size) return NULL;
    root = base + where->VirtualAddress;
    *error = ERROR_RESOURCE_TYPE_NOT_FOUND;
    if (!(directory = sub_directory(root, (const void *)root, 11 /* RT_MESSAGETABLE */))) return NULL;
    *error = ERROR_RESOURCE_NAME_NOT_FOUND;
    if (!(directory = sub_directory(root, directory, 1))) return NULL;
    *error = ERROR_RESOURCE_LANG_NOT_FOUND;
    entry = (const void *)(directory + 1);
    entry += directory->NumberOfNamedEntries;
    count = directory->NumberOfIdEntries;
    if (language) wanted[0] = language;
    for (unsigned w = 0; w < (language ? 1 : sizeof(wanted) / sizeof(wanted[0])) && !found; w++)
        for (unsigned i = 0; i < count && !found; i++)
            if (entry[i].Id == wanted[w]) found = &entry[i];
    if (!found && (!language || !PRIMARYLANGID(language)) && count) found = entry;
    if (!found || found->DataIsDirectory) return NULL;
    *error = ERROR_SUCCESS;
    const IMAGE_RESOURCE_DATA_ENTRY *data = (const void *)(root + found->OffsetToData);
    return (const void *)(base + data->OffsetToData);
}

static bool text_from_module(struct text *text, const void *module, DWORD id, LANGID language, DWORD *error)
{
    const BYTE *base = (const BYTE *)((ULONG_PTR)module & ~(ULONG_PTR)3);
    const MESSAGE_RESOURCE_DATA *table = message_table(base, language, error);

    if (!table) return false;
    *error = ERROR_MR_MID_NOT_FOUND;
    for (unsigned i = 0; i < table->NumberOfBlocks; i++) {
        const MESSAGE_RESOURCE_BLOCK *block = &table->Blocks[i];
        if (id < block->LowId || id > block->HighId) continue;
        const MESSAGE_RESOURCE_ENTRY *entry = (const void *)((const BYTE *)table + block->OffsetToEntries);
        for (DWORD at = block->LowId; at < id; at++) entry = (const void *)((const BYTE *)entry + entry->Length);
        if (entry->Flags & 1 /* MESSAGE_RESOURCE_UNICODE */) text->wide = (const WCHAR *)entry->Text;
        else {
            int count = MultiByteToWideChar(CP_ACP, 0, (const char *)entry->Text, -1, NULL, 0);
            if (!(text->owned = mem_alloc(count * sizeof(WCHAR)))) {
                *error = ERROR_NOT_ENOUGH_MEMORY;
                return false;
            }
            MultiByteToWideChar(CP_ACP, 0, (const char *)entry->Text, -1, text->owned, count);
            text->wide = text->owned;
        }
        return true;
    }
    return false;
}

extern IMAGE_DOS_HEADER __ImageBase;

static bool find_text(struct text *text, DWORD flags, const void *source, DWORD id, LANGID language)
{
    DWORD error = ERROR_MR_MID_NOT_FOUND;
    if (flags & FORMAT_MESSAGE_FROM_HMODULE &&
        text_from_module(text, source ? source : ferry_peb()->ImageBaseAddress, id, language, &error))
        return true;
    if (flags & FORMAT_MESSAGE_FROM_SYSTEM) {
        if (text_from_module(text, &__ImageBase, id, language, &error)) return true;
        if (HIWORD(id) == 0x8007 && text_from_module(text, &__ImageBase, LOWORD(id), language, &error)) return true;
    }
    return set_error(error);
}

/* ---- building the message ---- */

struct message {
    WCHAR *text;
    size_t length, room;
    bool failed;
    DWORD width;       /* 0, or columns, or FORMAT_MESSAGE_MAX_WIDTH_MASK: soft line breaks are dropped */
    size_t line_start; /* of the current line */
    size_t last_blank; /* where the line may be broken, 0 if nowhere */
    /* inserts */
    bool ansi, ignore_inserts, is_array;
    const ULONG_PTR *arguments;
    bool is_double[128]; /* arguments seen so far that were 64 bits wide */
};

static void append(struct message *message, WCHAR c)
{
    if (message->failed) return;
    if (message->length == message->room) {
        size_t room = message->room ? message->room * 2 : 256;
        WCHAR *more = mem_alloc(room * sizeof(WCHAR));
        if (!more) {
            message->failed = true;
            return;
        }
        if (message->length) memcpy(more, message->text, message->length * sizeof(WCHAR));
        mem_free(message->text);
        message->text = more;
        message->room = room;
    }
    message->text[message->length++] = c;
}

static void new_line(struct message *message)
{
    append(message, '\r');
    append(message, '\n');
    message->line_start = message->length;
    message->last_blank = 0;
}

/* A character of text: wraps at the width. */
static void append_text(struct message *message, WCHAR c)
{
    if (c == ' ' && message->width && message->width != FORMAT_MESSAGE_MAX_WIDTH_MASK &&
        message->length - message->line_start >= message->width) {
        new_line(message);
        return;
    }
    append(message, c);
    if (message->failed || !message->width || message->width == FORMAT_MESSAGE_MAX_WIDTH_MASK) return;
    if (c == ' ') message->last_blank = message->length;
    if (message->length - message->line_start < message->width || !message->last_blank) return;
    if (c == ' ' && message->length - message->line_start == message->width) return;
    /* break at the last blank, which goes */
    size_t tail = message->length - message->last_blank, at = message->last_blank - 1;
    append(message, 0);
    if (message->failed) return;
    memmove(message->text + at + 2, message->text + message->last_blank, tail * sizeof(WCHAR));
    message->text[at] = '\r';
    message->text[at + 1] = '\n';
    message->length = at + 2 + tail;
    message->line_start = at + 2;
    message->last_blank = 0;
}

/* Argument `number` from 1. In a va_list of i386, a 64-bit argument takes two slots, and moves those behind it. */
static ULONGLONG argument(struct message *message, unsigned number, bool is_64)
{
    unsigned slot = number - 1;
    if (message->is_array || sizeof(void *) == 8) return message->arguments[slot];
    for (unsigned i = 1; i < number; i++) slot += message->is_double[i];
    message->is_double[number] = is_64;
    return message->arguments[slot] | (is_64 ? (ULONGLONG)message->arguments[slot + 1] << 32 : 0);
}

static void append_string(struct message *message, const void *string, bool ansi, int precision)
{
    if (!string) {
        for (const char *null = "(null)"; *null; null++) append_text(message, *null);
        return;
    }
    if (!ansi) {
        const WCHAR *wide = string;
        for (int i = 0; (precision < 0 || i < precision) && wide[i]; i++) append_text(message, wide[i]);
        return;
    }
    const char *narrow = string;
    int size = 0, count;
    while ((precision < 0 || size < precision) && narrow[size]) size++;
    if (!size) return;
    count = MultiByteToWideChar(CP_ACP, 0, narrow, size, NULL, 0);
    WCHAR *wide = mem_alloc(count * sizeof(WCHAR));
    if (!wide) {
        message->failed = true;
        return;
    }
    MultiByteToWideChar(CP_ACP, 0, narrow, size, wide, count);
    for (int i = 0; i < count; i++) append_text(message, wide[i]);
    mem_free(wide);
}

/* %number!format!; `at` is behind the number. Returns what follows, NULL for a format that is not closed. */
static const WCHAR *append_insert(struct message *message, unsigned number, const WCHAR *at)
{
    WCHAR format[32] = L"%", type = 's', buffer[256];
    unsigned length = 1;
    int width = -1, precision = -1;
    bool is_64 = false, is_short = false, is_long = false, left = false;

    if (*at == '!') {
        const WCHAR *close = wide_find(++at, '!');
        if (!close || close == at) return NULL;
        for (; at < close && (*at == '-' || *at == '+' || *at == '#' || *at == '0' || *at == ' '); at++) {
            if (*at == '-') left = true;
            if (length < 8) format[length++] = *at;
        }
        if (*at == '*') width = (int)argument(message, number++, false), at++;
        else if (*at >= '0' && *at <= '9')
            for (width = 0; *at >= '0' && *at <= '9'; at++) width = width * 10 + *at - '0';
        if (*at == '.') {
            at++;
            precision = 0;
            if (*at == '*') precision = (int)argument(message, number++, false), at++;
            else
                for (; *at >= '0' && *at <= '9'; at++) precision = precision * 10 + *at - '0';
        }
        if (at[0] == 'I' && at[1] == '6' && at[2] == '4') is_64 = true, at += 3;
        else if (at[0] == 'I' && at[1] == '3' && at[2] == '2') at += 3;
        else if (at[0] == 'l' && at[1] == 'l') is_64 = true, at += 2;
        else if (at[0] == 'I') is_64 = sizeof(void *) == 8, at++;
        else if (at[0] == 'h') is_short = true, at++;
        else if (at[0] == 'l' || at[0] == 'w') is_long = true, at++;
        if (at < close) type = *at;
        at = close + 1;
    }
    if (type == 's' || type == 'S') {
        bool ansi = type == 's' ? message->ansi : !message->ansi;
        const void *string = (const void *)(ULONG_PTR)argument(message, number, false);
        size_t start = message->length;
        if (is_short) ansi = true;
        if (is_long) ansi = false;
        if (width > 0 && !left) { /* measure, then pad in front */
            struct message measure = {.width = 0};
            append_string(&measure, string, ansi, precision);
            for (size_t i = measure.length; i < (size_t)width; i++) append_text(message, ' ');
            mem_free(measure.text);
            append_string(message, string, ansi, precision);
        } else {
            append_string(message, string, ansi, precision);
            while (width > 0 && message->length - start < (size_t)width && !message->failed) append_text(message, ' ');
        }
        return at;
    }
    if (type == 'c' || type == 'C') {
        ULONGLONG value = argument(message, number, false);
        bool ansi = (type == 'c' ? message->ansi : !message->ansi);
        if (is_short) ansi = true;
        if (is_long) ansi = false;
        char byte = (char)value;
        WCHAR c = (WCHAR)value;
        if (ansi) MultiByteToWideChar(CP_ACP, 0, &byte, 1, &c, 1);
        append_text(message, c);
        return at;
    }
    if (width > 200) width = 200;
    if (precision > 200) precision = 200;
    if (width >= 0) length += _snwprintf(format + length, 8, L"%d", width);
    if (precision >= 0) length += _snwprintf(format + length, 8, L".%d", precision);
    format[length++] = 'I';
    format[length++] = '6';
    format[length++] = '4';
    format[length++] = type == 'p' ? 'X' : type;
    format[length] = 0;
    ULONGLONG value = argument(message, number, is_64);
    if (!is_64 && type != 'p') value = type == 'd' || type == 'i' ? (ULONGLONG)(LONGLONG)(int)value : (DWORD)value;
    if (is_short) value = type == 'd' || type == 'i' ? (ULONGLONG)(LONGLONG)(short)value : (WORD)value;
    if (_snwprintf(buffer, 256, format, value) > 0)
        for (const WCHAR *c = buffer; *c; c++) append_text(message, *c);
    return at;
}

/* FALSE with the last error set. */
static bool build(struct message *message, const WCHAR *from)
{
    while (*from) {
        WCHAR c = *from++;
        if (c == '\r' || c == '\n') { /* a line break of the definition */
            if (c == '\r' && *from == '\n') from++;
            if (message->width) append_text(message, ' ');
            else new_line(message);
            continue;
        }
        if (c != '%') {
            append_text(message, c);
            continue;
        }
        c = *from;
        if (!c) return set_error(ERROR_INVALID_PARAMETER);
        if (c >= '1' && c <= '9') {
            unsigned number = c - '0';
            const WCHAR *start = from++;
            if (*from >= '0' && *from <= '9') number = number * 10 + *from++ - '0';
            if (message->ignore_inserts || !message->arguments) {
                if (!message->ignore_inserts) return set_error(ERROR_INVALID_PARAMETER);
                append_text(message, '%');
                while (start < from) append_text(message, *start++);
                continue;
            }
            if (!(from = append_insert(message, number, from))) return set_error(ERROR_INVALID_PARAMETER);
            continue;
        }
        from++;
        if (message->ignore_inserts && c != '0' && c != 'n' && c != 'r' && c != 't') {
            append_text(message, '%');
            append_text(message, c);
            continue;
        }
        switch (c) {
        case '0': return true;
        case 'n': new_line(message); break;
        case 'r': append(message, '\r'); break;
        case 't': append_text(message, '\t'); break;
        default: append(message, c); break;
        }
    }
    return true;
}

/* The whole message, on the heap with a terminator; `*length` without it. NULL with the last error set. */
static WCHAR *format(DWORD flags, const WCHAR *string, const void *source, DWORD id, DWORD language, va_list *arguments,
                     bool ansi, size_t *length)
{
    struct text text = {string, NULL};
    struct message message = {
        .width = flags & FORMAT_MESSAGE_MAX_WIDTH_MASK,
        .ansi = ansi,
        .ignore_inserts = flags & FORMAT_MESSAGE_IGNORE_INSERTS,
        .is_array = flags & FORMAT_MESSAGE_ARGUMENT_ARRAY,
    };
    bool done;

    if (!string && !find_text(&text, flags, source, id, LOWORD(language))) return NULL;
    if (arguments)
        message.arguments = message.is_array ? (const ULONG_PTR *)arguments : *(const ULONG_PTR **)arguments;
    done = build(&message, text.wide);
    mem_free(text.owned);
    *length = message.length;
    append(&message, 0);
    if (done && !message.failed) return message.text;
    mem_free(message.text);
    if (done) set_error(ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
}

static bool arguments_are_valid(DWORD flags, const void *source, const void *buffer, DWORD size)
{
    if (!buffer) return set_error(flags & FORMAT_MESSAGE_ALLOCATE_BUFFER ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_PARAMETER);
    if (flags & FORMAT_MESSAGE_FROM_STRING ? !source || flags & (FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_FROM_HMODULE)
                                           : !(flags & (FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_FROM_HMODULE)))
        return set_error(ERROR_INVALID_PARAMETER);
    return true;
}

DWORD WINAPI FormatMessageW(DWORD flags, const void *source, DWORD id, DWORD language, WCHAR *buffer, DWORD size,
                            va_list *arguments)
{
    WCHAR *text;
    size_t length;
    DWORD result = 0;

    if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER && buffer) *(WCHAR **)buffer = NULL;
    if (!arguments_are_valid(flags, source, buffer, size)) return 0;
    text = format(flags, flags & FORMAT_MESSAGE_FROM_STRING ? source : NULL, source, id, language, arguments, false, &length);
    if (!text) return 0;
    if (!length) {
        if (!(flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) && size) buffer[0] = 0;
        set_error(ERROR_NO_WORK_DONE);
    } else if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) { /* freed with LocalFree */
        size_t room = length + 1 > size ? length + 1 : size;
        WCHAR *copy = mem_alloc(room * sizeof(WCHAR));
        if (copy) {
            memcpy(copy, text, (length + 1) * sizeof(WCHAR));
            *(WCHAR **)buffer = copy;
            result = (DWORD)length;
        } else set_error(ERROR_NOT_ENOUGH_MEMORY);
    } else if (length >= size) {
        if (size) {
            memcpy(buffer, text, (size - 1) * sizeof(WCHAR));
            buffer[size - 1] = 0;
        }
        set_error(ERROR_INSUFFICIENT_BUFFER);
    } else {
        memcpy(buffer, text, (length + 1) * sizeof(WCHAR));
        result = (DWORD)length;
    }
    mem_free(text);
    return result;
}

DWORD WINAPI FormatMessageA(DWORD flags, const void *source, DWORD id, DWORD language, char *buffer, DWORD size,
                            va_list *arguments)
{
    WCHAR *text, *string = NULL;
    size_t length;
    DWORD result = 0;
    int count;

    if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER && buffer) *(char **)buffer = NULL;
    if (!arguments_are_valid(flags, source, buffer, size)) return 0;
    if (flags & FORMAT_MESSAGE_FROM_STRING) {
        count = MultiByteToWideChar(CP_ACP, 0, source, -1, NULL, 0);
        if (!(string = mem_alloc(count * sizeof(WCHAR)))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
        MultiByteToWideChar(CP_ACP, 0, source, -1, string, count);
    }
    text = format(flags, string, source, id, language, arguments, true, &length);
    mem_free(string);
    if (!text) return 0;
    count = WideCharToMultiByte(CP_ACP, 0, text, (int)length + 1, NULL, 0, NULL, NULL);
    if (!length) {
        if (!(flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) && size) buffer[0] = 0;
        set_error(ERROR_NO_WORK_DONE);
    } else if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) {
        DWORD room = (DWORD)count > size ? (DWORD)count : size;
        char *copy = mem_alloc(room);
        if (copy) {
            WideCharToMultiByte(CP_ACP, 0, text, (int)length + 1, copy, room, NULL, NULL);
            *(char **)buffer = copy;
            result = count - 1;
        } else set_error(ERROR_NOT_ENOUGH_MEMORY);
    } else if ((DWORD)count > size) {
        if (size) buffer[0] = 0;
        set_error(ERROR_INSUFFICIENT_BUFFER);
    } else {
        WideCharToMultiByte(CP_ACP, 0, text, (int)length + 1, buffer, size, NULL, NULL);
        result = count - 1;
    }
    mem_free(text);
    return result;
}
