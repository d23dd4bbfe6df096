/* Undecorated names. Reference: dbghelp.h: UnDecorateSymbolName. */
#include "session.h"
#include "undname.h"

/* The characters stored, without the terminating zero; a name that carries no decoration comes back as it is. */
DWORD WINAPI UnDecorateSymbolName(PCSTR name, PSTR text, DWORD size, DWORD flags)
{
    char whole[4096];
    const char *result = whole;
    size_t length;

    if (!name || !text || size < 2) return fail_with(ERROR_INVALID_PARAMETER);
    length = undecorate(name, flags | UND_32_BIT_DECODE, whole, sizeof(whole));
    if (!length) {
        result = name;
        length = strlen(name);
    }
    if (length >= size) length = size - 1;
    memcpy(text, result, length);
    text[length] = 0;
    return (DWORD)length;
}

DWORD WINAPI UnDecorateSymbolNameW(PCWSTR name, PWSTR text, DWORD size, DWORD flags)
{
    char narrow[4096], result[4096];
    DWORD length = 0;

    if (!name || !text || size < 2) return fail_with(ERROR_INVALID_PARAMETER);
    while (name[length] && length < sizeof(narrow) - 1) narrow[length] = (char)name[length], length++;
    narrow[length] = 0;
    length = UnDecorateSymbolName(narrow, result, min(size, (DWORD)sizeof(result)), flags);
    for (DWORD i = 0; i <= length; i++) text[i] = (unsigned char)result[i];
    return length;
}
