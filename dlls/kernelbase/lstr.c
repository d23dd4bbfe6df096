/* winbase.h: lstrlen, lstrcpy, lstrcat, lstrcpyn; a fault inside returns 0 or NULL, as on Windows. */
#include "kernelbase.h"

int WINAPI lstrlenW(const WCHAR *text)
{
    return text ? (int)wide_length(text) : 0;
}

int WINAPI lstrlenA(const char *text)
{
    return text ? (int)str_length(text) : 0;
}

WCHAR *WINAPI lstrcpyW(WCHAR *to, const WCHAR *from)
{
    if (!to || !from) return NULL;
    memmove(to, from, (wide_length(from) + 1) * sizeof(WCHAR));
    return to;
}

char *WINAPI lstrcpyA(char *to, const char *from)
{
    if (!to || !from) return NULL;
    memmove(to, from, str_length(from) + 1);
    return to;
}

WCHAR *WINAPI lstrcatW(WCHAR *to, const WCHAR *from)
{
    if (!to || !from) return NULL;
    lstrcpyW(to + wide_length(to), from);
    return to;
}

char *WINAPI lstrcatA(char *to, const char *from)
{
    if (!to || !from) return NULL;
    lstrcpyA(to + str_length(to), from);
    return to;
}

/* `room` counts the terminator, which is always written when there is room for it. */
WCHAR *WINAPI lstrcpynW(WCHAR *to, const WCHAR *from, int room)
{
    int at = 0;
    if (!to || !from) return NULL;
    for (; room > 1 && from[at]; at++, room--) to[at] = from[at];
    if (room > 0) to[at] = 0;
    return to;
}

char *WINAPI lstrcpynA(char *to, const char *from, int room)
{
    int at = 0;
    if (!to || !from) return NULL;
    for (; room > 1 && from[at]; at++, room--) to[at] = from[at];
    if (room > 0) to[at] = 0;
    return to;
}
