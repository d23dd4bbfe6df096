/* Output in the console's terms. */
#include "tool.h"

bool output_unicode, output_failed;
static struct text pending; /* for standard output */

bool is_console(HANDLE handle)
{
    DWORD mode;

    return GetConsoleMode(handle, &mode);
}

UINT output_codepage(void)
{
    UINT page = GetConsoleOutputCP();

    return page ? page : GetOEMCP();
}

static bool write_bytes(HANDLE handle, const char *bytes, DWORD count)
{
    while (count) {
        DWORD written = 0;
        if (!WriteFile(handle, bytes, count, &written, NULL) || !written) return false;
        bytes += written;
        count -= written;
    }
    return true;
}

void output_to(HANDLE handle, const WCHAR *text, size_t length)
{
    char small[2048], *bytes = small;
    DWORD written;

    if (!length) return;
    if (is_console(handle)) {
        if (!WriteConsoleW(handle, text, (DWORD)length, &written, NULL)) output_failed = true;
        return;
    }
    if (output_unicode) {
        if (!write_bytes(handle, (const char *)text, (DWORD)(length * sizeof(WCHAR)))) output_failed = true;
        return;
    }
    UINT page = output_codepage();
    int count = (int)length * 3 <= (int)sizeof(small) ? (int)sizeof(small)
                                                      : WideCharToMultiByte(page, 0, text, (int)length, NULL, 0, NULL, NULL);
    if (count > (int)sizeof(small)) bytes = memory_get(count);
    count = WideCharToMultiByte(page, 0, text, (int)length, bytes, count, NULL, NULL);
    if (!write_bytes(handle, bytes, count)) output_failed = true;
    if (bytes != small) memory_free(bytes);
}

void output_flush(void)
{
    if (!pending.length) return;
    size_t length = pending.length;
    pending.length = 0;
    output_to(GetStdHandle(STD_OUTPUT_HANDLE), pending.data, length);
}

void print_text(const WCHAR *text)
{
    text_add_string(&pending, text);
    if (pending.length > 4096) output_flush();
}

WCHAR *error_text(DWORD error)
{
    WCHAR *buffer = NULL, *copy;
    DWORD length = FormatMessageW(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM |
                                  FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error, 0, (WCHAR *)&buffer, 0, NULL);

    copy = copy_part(buffer ? buffer : L"", length);
    LocalFree(buffer);
    return copy;
}

void complain_error(DWORD error)
{
    WCHAR *text = error_text(error);

    complain(L"%s", text);
    memory_free(text);
}

int console_width(void)
{
    CONSOLE_SCREEN_BUFFER_INFO info;

    return GetConsoleScreenBufferInfo(GetStdHandle(STD_OUTPUT_HANDLE), &info) ? info.dwSize.X : 80;
}

int console_height(void)
{
    CONSOLE_SCREEN_BUFFER_INFO info;

    return GetConsoleScreenBufferInfo(GetStdHandle(STD_OUTPUT_HANDLE), &info)
               ? info.srWindow.Bottom - info.srWindow.Top + 1 : 0;
}

WCHAR *grouped_number(ULONGLONG value, WCHAR buffer[40])
{
    WCHAR separator[8] = L",", *at = buffer + 39;
    int digits = 0;

    GetLocaleInfoW(LOCALE_USER_DEFAULT, LOCALE_STHOUSAND, separator, 8);
    *at = 0;
    do {
        if (digits && digits % 3 == 0 && *separator) *--at = *separator;
        *--at = L'0' + value % 10;
        value /= 10;
        digits++;
    } while (value);
    return at;
}
