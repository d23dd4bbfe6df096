/* shlwapi.h: searching in text, and numbers. Case is folded as the file system folds it. */
#include "shlwapi_private.h"

static bool starts_with(const WCHAR *text, const WCHAR *find, SIZE_T length, bool fold)
{
    for (SIZE_T i = 0; i < length; i++)
        if (!text[i] || (fold ? RtlUpcaseUnicodeChar(text[i]) != RtlUpcaseUnicodeChar(find[i]) : text[i] != find[i])) return false;
    return true;
}

static WCHAR *find_text(const WCHAR *text, const WCHAR *find, bool fold)
{
    SIZE_T length;

    if (!text || !find || !*find) return NULL;
    length = wcslen(find);
    for (; *text; text++)
        if (starts_with(text, find, length, fold)) return (WCHAR *)text;
    return NULL;
}

WCHAR *WINAPI StrStrW(const WCHAR *text, const WCHAR *find)
{
    return find_text(text, find, false);
}

WCHAR *WINAPI StrStrIW(const WCHAR *text, const WCHAR *find)
{
    return find_text(text, find, true);
}

/* The last place before `last` (NULL: the end) where `find` starts. */
WCHAR *WINAPI StrRStrIW(const WCHAR *text, const WCHAR *last, const WCHAR *find)
{
    SIZE_T length;

    if (!text || !find || !*find) return NULL;
    length = wcslen(find);
    if (!last) last = text + wcslen(text);
    while (last-- > text)
        if (starts_with(last, find, length, true)) return (WCHAR *)last;
    return NULL;
}

WCHAR *WINAPI StrChrW(const WCHAR *text, WCHAR c)
{
    for (; text && *text; text++)
        if (*text == c) return (WCHAR *)text;
    return NULL;
}

WCHAR *WINAPI StrRChrW(const WCHAR *text, const WCHAR *end, WCHAR c)
{
    const WCHAR *found = NULL;

    for (; text && (end ? text < end : *text != 0); text++)
        if (*text == c) found = text;
    return (WCHAR *)found;
}

/* STIF_SUPPORT_HEX: 0x… too. FALSE if no number stands there. */
BOOL WINAPI StrToInt64ExW(const WCHAR *text, DWORD flags, LONGLONG *value)
{
    bool negative = false, digits = false;
    ULONGLONG number = 0;

    if (!text || !value || (flags & ~1u)) return FALSE;
    *value = 0;
    while (*text == ' ' || *text == '\t' || *text == '\n' || *text == '\r') text++;
    if (*text == '-' || *text == '+') negative = *text++ == '-';
    if ((flags & 1) && text[0] == '0' && (text[1] | 0x20) == 'x') {
        for (text += 2;; text++) {
            WCHAR c = *text | 0x20;
            if (*text >= '0' && *text <= '9') number = number << 4 | (*text - '0');
            else if (c >= 'a' && c <= 'f') number = number << 4 | (c - 'a' + 10);
            else break;
            digits = true;
        }
        negative = false; /* has no meaning in front of these */
    } else {
        for (; *text >= '0' && *text <= '9'; text++, digits = true) number = number * 10 + (*text - '0');
    }
    if (!digits) return FALSE;
    *value = (LONGLONG)(negative ? 0 - number : number);
    return TRUE;
}

BOOL WINAPI StrToIntExW(const WCHAR *text, DWORD flags, int *value)
{
    LONGLONG number;

    if (!value || !StrToInt64ExW(text, flags, &number)) return FALSE;
    *value = (int)number;
    return TRUE;
}

/* 0 if no number stands at the very start. */
int WINAPI StrToIntW(const WCHAR *text)
{
    int value = 0;

    if (!text || (*text != '-' && (*text < '0' || *text > '9'))) return 0;
    StrToIntExW(text, 0, &value);
    return value;
}

static int compare(const WCHAR *a, const WCHAR *b, DWORD flags)
{
    return CompareStringW(GetThreadLocale(), flags, a ? a : L"", -1, b ? b : L"", -1) - CSTR_EQUAL;
}

int WINAPI StrCmpW(const WCHAR *a, const WCHAR *b)
{
    return compare(a, b, 0);
}

int WINAPI StrCmpIW(const WCHAR *a, const WCHAR *b)
{
    return compare(a, b, NORM_IGNORECASE);
}
