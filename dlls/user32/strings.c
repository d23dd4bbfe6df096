/* Conversions between ANSI and wide strings. */
#include "user32.h"

DWORD ansi_bytes(const WCHAR *text, DWORD units)
{
    ULONG size = 0;

    RtlUnicodeToMultiByteSize(&size, (WCHAR *)text, units * sizeof(WCHAR));
    return size;
}

WCHAR *wide_from_ansi_n(const char *text, DWORD bytes)
{
    WCHAR *wide = mem_alloc((bytes + 1) * sizeof(WCHAR));
    ULONG size = 0;

    if (!wide) return NULL;
    RtlMultiByteToUnicodeN(wide, bytes * sizeof(WCHAR), &size, text, bytes);
    wide[size / sizeof(WCHAR)] = 0;
    return wide;
}

WCHAR *wide_from_ansi(const char *text)
{
    return text ? wide_from_ansi_n(text, ansi_length(text)) : NULL;
}

char *ansi_from_wide(const WCHAR *text)
{
    if (!text) return NULL;
    DWORD units = wide_length(text);
    ULONG size = ansi_bytes(text, units);
    char *ansi = mem_alloc(size + 1);
    if (!ansi) return NULL;
    RtlUnicodeToMultiByteN(ansi, size, &size, text, units * sizeof(WCHAR));
    ansi[size] = 0;
    return ansi;
}

WCHAR *wide_copy(const WCHAR *text)
{
    if (!text) return NULL;
    SIZE_T bytes = (wide_length(text) + 1) * sizeof(WCHAR);
    WCHAR *copy = mem_alloc(bytes);
    if (copy) memcpy(copy, text, bytes);
    return copy;
}

DWORD ansi_into(char *to, DWORD room, const WCHAR *from, DWORD units)
{
    ULONG size = 0;

    if (!room) return 0;
    RtlUnicodeToMultiByteN(to, room - 1, &size, from, units * sizeof(WCHAR));
    to[size] = 0;
    return size;
}

DWORD wide_into(WCHAR *to, DWORD room, const char *from, DWORD bytes)
{
    ULONG size = 0;

    if (!room) return 0;
    RtlMultiByteToUnicodeN(to, (room - 1) * sizeof(WCHAR), &size, from, bytes);
    to[size / sizeof(WCHAR)] = 0;
    return size / sizeof(WCHAR);
}

WCHAR wide_of_char(char c)
{
    WCHAR wide = 0;
    ULONG size;

    RtlMultiByteToUnicodeN(&wide, sizeof(wide), &size, &c, 1);
    return wide;
}
