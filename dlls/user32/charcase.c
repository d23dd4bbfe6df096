/* winuser.h: characters of strings: case, steps, kinds, OEM conversion. */
#include "user32.h"

NTSYSAPI WCHAR NTAPI RtlDowncaseUnicodeChar(WCHAR c);

/* A pointer whose upper half is zero is one character (reference: CharUpper). */
static bool is_character(const void *text)
{
    return !((ULONG_PTR)text >> 16);
}

DWORD WINAPI CharUpperBuffW(WCHAR *text, DWORD count)
{
    for (DWORD i = 0; i < count; i++) text[i] = RtlUpcaseUnicodeChar(text[i]);
    return count;
}

DWORD WINAPI CharLowerBuffW(WCHAR *text, DWORD count)
{
    for (DWORD i = 0; i < count; i++) text[i] = RtlDowncaseUnicodeChar(text[i]);
    return count;
}

WCHAR *WINAPI CharUpperW(WCHAR *text)
{
    if (is_character(text)) return (WCHAR *)(ULONG_PTR)RtlUpcaseUnicodeChar((WCHAR)(ULONG_PTR)text);
    CharUpperBuffW(text, lstrlenW(text));
    return text;
}

WCHAR *WINAPI CharLowerW(WCHAR *text)
{
    if (is_character(text)) return (WCHAR *)(ULONG_PTR)RtlDowncaseUnicodeChar((WCHAR)(ULONG_PTR)text);
    CharLowerBuffW(text, lstrlenW(text));
    return text;
}

/* Character by character, so that what has no such form in the code page stays as it is. */
static DWORD change_ansi(char *text, DWORD size, WCHAR(NTAPI *change)(WCHAR))
{
    for (DWORD i = 0; i < size;) {
        int length = IsDBCSLeadByte(text[i]) && i + 1 < size ? 2 : 1;
        WCHAR c[2];
        char back[4];
        if (MultiByteToWideChar(CP_ACP, 0, text + i, length, c, 2) == 1) {
            WCHAR changed = change(c[0]);
            BOOL lost = FALSE;
            if (changed != c[0] &&
                WideCharToMultiByte(CP_ACP, WC_NO_BEST_FIT_CHARS, &changed, 1, back, sizeof(back), NULL, &lost) == length && !lost)
                memcpy(text + i, back, length);
        }
        i += length;
    }
    return size;
}

DWORD WINAPI CharUpperBuffA(char *text, DWORD size)
{
    return change_ansi(text, size, RtlUpcaseUnicodeChar);
}

DWORD WINAPI CharLowerBuffA(char *text, DWORD size)
{
    return change_ansi(text, size, RtlDowncaseUnicodeChar);
}

char *WINAPI CharUpperA(char *text)
{
    if (is_character(text)) {
        char c = (char)(ULONG_PTR)text;
        CharUpperBuffA(&c, 1);
        return (char *)(ULONG_PTR)(BYTE)c;
    }
    CharUpperBuffA(text, lstrlenA(text));
    return text;
}

char *WINAPI CharLowerA(char *text)
{
    if (is_character(text)) {
        char c = (char)(ULONG_PTR)text;
        CharLowerBuffA(&c, 1);
        return (char *)(ULONG_PTR)(BYTE)c;
    }
    CharLowerBuffA(text, lstrlenA(text));
    return text;
}

WCHAR *WINAPI CharNextW(const WCHAR *text)
{
    WORD type;
    if (*text) text++;
    while (*text && GetStringTypeW(CT_CTYPE3, text, 1, &type) && (type & (C3_NONSPACING | C3_ALPHA)) == C3_NONSPACING) text++;
    return (WCHAR *)text;
}

WCHAR *WINAPI CharPrevW(const WCHAR *start, const WCHAR *text)
{
    WORD type;
    while (text > start) {
        text--;
        if (!GetStringTypeW(CT_CTYPE3, text, 1, &type) || (type & (C3_NONSPACING | C3_ALPHA)) != C3_NONSPACING) break;
    }
    return (WCHAR *)text;
}

char *WINAPI CharNextExA(WORD codepage, const char *text, DWORD flags)
{
    if (!*text) return (char *)text;
    return (char *)text + (IsDBCSLeadByteEx(codepage, text[0]) && text[1] ? 2 : 1);
}

char *WINAPI CharNextA(const char *text)
{
    return CharNextExA(CP_ACP, text, 0);
}

char *WINAPI CharPrevExA(WORD codepage, const char *start, const char *text, DWORD flags)
{
    while (start < text && *start) {
        const char *next = CharNextExA(codepage, start, flags);
        if (next >= text) break;
        start = next;
    }
    return (char *)start;
}

char *WINAPI CharPrevA(const char *start, const char *text)
{
    return CharPrevExA(CP_ACP, start, text, 0);
}

static WORD type_of(WCHAR c)
{
    WORD type = 0;
    GetStringTypeW(CT_CTYPE1, &c, 1, &type);
    return type;
}

static WCHAR wide_of(char c)
{
    WCHAR wide = 0;
    MultiByteToWideChar(CP_ACP, 0, &c, 1, &wide, 1);
    return wide;
}

BOOL WINAPI IsCharAlphaW(WCHAR c)
{
    return !!(type_of(c) & C1_ALPHA);
}
BOOL WINAPI IsCharAlphaA(CHAR c)
{
    return IsCharAlphaW(wide_of(c));
}
BOOL WINAPI IsCharAlphaNumericW(WCHAR c)
{
    return !!(type_of(c) & (C1_ALPHA | C1_DIGIT));
}
BOOL WINAPI IsCharAlphaNumericA(CHAR c)
{
    return IsCharAlphaNumericW(wide_of(c));
}
BOOL WINAPI IsCharUpperW(WCHAR c)
{
    return !!(type_of(c) & C1_UPPER);
}
BOOL WINAPI IsCharUpperA(CHAR c)
{
    return IsCharUpperW(wide_of(c));
}
BOOL WINAPI IsCharLowerW(WCHAR c)
{
    return !!(type_of(c) & C1_LOWER);
}
BOOL WINAPI IsCharLowerA(CHAR c)
{
    return IsCharLowerW(wide_of(c));
}

/* ---- OEM ---- */

BOOL WINAPI CharToOemBuffW(const WCHAR *from, char *to, DWORD count)
{
    return WideCharToMultiByte(CP_OEMCP, 0, from, count, to, count, NULL, NULL) != 0;
}

BOOL WINAPI OemToCharBuffW(const char *from, WCHAR *to, DWORD count)
{
    return MultiByteToWideChar(CP_OEMCP, MB_PRECOMPOSED | MB_USEGLYPHCHARS, from, count, to, count) != 0;
}

static BOOL through_wide(UINT from_page, DWORD flags, const char *from, UINT to_page, char *to, DWORD size)
{
    WCHAR *wide = mem_alloc(size * sizeof(WCHAR));
    BOOL done;
    int count;
    if (!wide) return FALSE;
    count = MultiByteToWideChar(from_page, flags, from, size, wide, size);
    done = count && WideCharToMultiByte(to_page, 0, wide, count, to, size, NULL, NULL);
    mem_free(wide);
    return done;
}

BOOL WINAPI CharToOemBuffA(const char *from, char *to, DWORD size)
{
    return through_wide(CP_ACP, 0, from, CP_OEMCP, to, size);
}

BOOL WINAPI OemToCharBuffA(const char *from, char *to, DWORD size)
{
    return through_wide(CP_OEMCP, 0, from, CP_ACP, to, size);
}

BOOL WINAPI CharToOemW(const WCHAR *from, char *to)
{
    return from && to && CharToOemBuffW(from, to, lstrlenW(from) + 1);
}
BOOL WINAPI CharToOemA(const char *from, char *to)
{
    return from && to && CharToOemBuffA(from, to, lstrlenA(from) + 1);
}
BOOL WINAPI OemToCharW(const char *from, WCHAR *to)
{
    return from && to && OemToCharBuffW(from, to, lstrlenA(from) + 1);
}
BOOL WINAPI OemToCharA(const char *from, char *to)
{
    return from && to && OemToCharBuffA(from, to, lstrlenA(from) + 1);
}
