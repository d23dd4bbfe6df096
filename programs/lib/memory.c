/* Memory and growing text. */
#include "tool.h"

static __attribute__((noreturn)) void out_of_memory(void)
{
    static const char message[] = "Not enough memory resources are available to process this command.\r\n";
    DWORD written;

    WriteFile(GetStdHandle(STD_ERROR_HANDLE), message, sizeof(message) - 1, &written, NULL);
    ExitProcess(1);
}

void *memory_get(size_t bytes)
{
    void *memory = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, bytes ? bytes : 1);

    if (!memory) out_of_memory();
    return memory;
}

void *memory_resize(void *memory, size_t bytes)
{
    if (!memory) return memory_get(bytes);
    memory = HeapReAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, memory, bytes ? bytes : 1);
    if (!memory) out_of_memory();
    return memory;
}

void memory_free(void *memory)
{
    if (memory) HeapFree(GetProcessHeap(), 0, memory);
}

WCHAR *copy_part(const WCHAR *text, size_t length)
{
    WCHAR *copy = memory_get((length + 1) * sizeof(WCHAR));

    memcpy(copy, text, length * sizeof(WCHAR));
    return copy;
}

WCHAR *copy_text(const WCHAR *text)
{
    return copy_part(text, wcslen(text));
}

void text_add(struct text *text, const WCHAR *part, size_t length)
{
    if (text->length + length + 1 > text->room) {
        text->room = (text->length + length + 1) * 2 + 32;
        text->data = memory_resize(text->data, text->room * sizeof(WCHAR));
    }
    memcpy(text->data + text->length, part, length * sizeof(WCHAR));
    text->length += length;
    text->data[text->length] = 0;
}

void text_add_string(struct text *text, const WCHAR *part)
{
    text_add(text, part, wcslen(part));
}

void text_add_char(struct text *text, WCHAR c)
{
    text_add(text, &c, 1);
}

static void format_into(struct text *text, const WCHAR *format, va_list args)
{
    size_t room = 1024;
    WCHAR small[1024], *buffer = small;
    int count;

    for (;;) {
        va_list copy;
        va_copy(copy, args);
        count = _vsnwprintf(buffer, room, format, copy);
        va_end(copy);
        if (count >= 0 && (size_t)count < room) break;
        if (buffer != small) memory_free(buffer);
        room *= 4;
        buffer = memory_get(room * sizeof(WCHAR));
    }
    text_add(text, buffer, count);
    if (buffer != small) memory_free(buffer);
}

void text_format(struct text *text, const WCHAR *format, ...)
{
    va_list args;

    va_start(args, format);
    format_into(text, format, args);
    va_end(args);
}

WCHAR *text_take(struct text *text)
{
    WCHAR *data = text->data ? text->data : copy_part(L"", 0);

    *text = (struct text){ 0 };
    return data;
}

void text_free(struct text *text)
{
    memory_free(text->data);
    *text = (struct text){ 0 };
}

void print(const WCHAR *format, ...)
{
    struct text text = { 0 };
    va_list args;

    va_start(args, format);
    format_into(&text, format, args);
    va_end(args);
    if (text.data) print_text(text.data);
    text_free(&text);
}

void complain(const WCHAR *format, ...)
{
    struct text text = { 0 };
    va_list args;

    output_flush();
    va_start(args, format);
    format_into(&text, format, args);
    va_end(args);
    output_to(GetStdHandle(STD_ERROR_HANDLE), text.data ? text.data : L"", text.length);
    text_free(&text);
}
