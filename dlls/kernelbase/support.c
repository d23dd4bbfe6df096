/* Errors, ANSI arguments and result strings: what every file of kernelbase uses. */
#include "kernelbase.h"

void store_status(NTSTATUS status)
{
    FERRY_TEB *teb = ferry_teb();

    teb->LastStatusValue = status;
    teb->LastErrorValue = RtlNtStatusToDosError(status);
}

int wide_compare_nocase_n(const WCHAR *a, const WCHAR *b, size_t count)
{
    for (; count; a++, b++, count--) {
        WCHAR x = *a, y = *b;
        if (x != y && (x = RtlUpcaseUnicodeChar(x)) != (y = RtlUpcaseUnicodeChar(y))) return x < y ? -1 : 1;
        if (!x) return 0;
    }
    return 0;
}

int wide_compare_nocase(const WCHAR *a, const WCHAR *b)
{
    return wide_compare_nocase_n(a, b, ~(size_t)0);
}

WCHAR *wide_copy(const WCHAR *text)
{
    size_t bytes = (wide_length(text) + 1) * sizeof(WCHAR);
    WCHAR *copy = mem_alloc(bytes);

    if (copy) memcpy(copy, text, bytes);
    return copy;
}

/* ---- code page of file functions ---- */

static LONG file_apis_oem;

VOID WINAPI SetFileApisToOEM(void)
{
    InterlockedExchange(&file_apis_oem, 1);
}

VOID WINAPI SetFileApisToANSI(void)
{
    InterlockedExchange(&file_apis_oem, 0);
}

BOOL WINAPI AreFileApisANSI(void)
{
    return !file_apis_oem;
}

/* ---- arguments ---- */

static BOOL wide_convert(struct wide_argument *wide, const char *text, size_t size, bool oem, size_t *length)
{
    ULONG written = 0;

    wide->text = wide->small;
    /* One byte never makes more than one WCHAR in any Windows code page. */
    if (size + 1 > ARRAYSIZE(wide->small) && !(wide->text = mem_alloc((size + 1) * sizeof(WCHAR))))
        return set_error(ERROR_NOT_ENOUGH_MEMORY);
    if (size) (oem ? RtlOemToUnicodeN : RtlMultiByteToUnicodeN)(wide->text, size * sizeof(WCHAR), &written, text, size);
    wide->text[written / sizeof(WCHAR)] = 0;
    if (length) *length = written / sizeof(WCHAR);
    return TRUE;
}

BOOL wide_from_ansi_n(struct wide_argument *wide, const char *text, size_t size, size_t *length)
{
    return wide_convert(wide, text, size, false, length);
}

BOOL wide_from_ansi(struct wide_argument *wide, const char *text)
{
    wide->text = NULL;
    return !text || wide_convert(wide, text, str_length(text), false, NULL);
}

BOOL wide_from_file_name(struct wide_argument *wide, const char *text)
{
    wide->text = NULL;
    return !text || wide_convert(wide, text, str_length(text), file_apis_oem, NULL);
}

void wide_free(struct wide_argument *wide)
{
    if (wide->text != wide->small) mem_free(wide->text);
    wide->text = NULL;
}

/* ---- results ---- */

DWORD result_wide(WCHAR *buffer, DWORD size, const WCHAR *text, DWORD length)
{
    if (size <= length || !buffer) return length + 1;
    memcpy(buffer, text, length * sizeof(WCHAR));
    buffer[length] = 0;
    return length;
}

DWORD ansi_size(const WCHAR *text, DWORD length)
{
    ULONG size = 0;

    RtlUnicodeToMultiByteSize(&size, (WCHAR *)text, length * sizeof(WCHAR));
    return size;
}

DWORD ansi_from_wide(char *buffer, DWORD size, const WCHAR *text, DWORD length)
{
    ULONG written = 0;

    RtlUnicodeToMultiByteN(buffer, size, &written, text, length * sizeof(WCHAR));
    return written;
}

DWORD result_ansi(char *buffer, DWORD size, const WCHAR *text, DWORD length)
{
    DWORD bytes = ansi_size(text, length);

    if (size <= bytes || !buffer) return bytes + 1;
    ansi_from_wide(buffer, bytes, text, length);
    buffer[bytes] = 0;
    return bytes;
}

DWORD result_file_name(char *buffer, DWORD size, const WCHAR *text, DWORD length)
{
    ULONG written = 0;

    if (!file_apis_oem) return result_ansi(buffer, size, text, length);
    char *oem = mem_alloc(length * 2 + 1);
    if (!oem) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    RtlUnicodeToOemN(oem, length * 2, &written, text, length * sizeof(WCHAR));
    if (size <= written || !buffer) {
        mem_free(oem);
        return written + 1;
    }
    memcpy(buffer, oem, written);
    buffer[written] = 0;
    mem_free(oem);
    return written;
}

/* ---- system calls ---- */

BOOL nt_path(const WCHAR *dos_path, UNICODE_STRING *path)
{
    NTSTATUS status = RtlDosPathNameToNtPathName_U_WithStatus(dos_path, path, NULL, NULL);

    if (status < 0) return set_status(status);
    return TRUE;
}
