/* winuser.h: wsprintf, characters. */
#include "tap.h"

static int same(const char *a, const char *b)
{
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

START_TESTS
{
    char out[1100], text[16] = "aB\xe9z";
    WCHAR wide[1100];
    int n;

    n = wsprintfA(out, "%d|%5d|%-5d|%05d|%u", -7, 42, 42, 42, 0xffffffff);
    ok(n == 31 && same(out, "-7|   42|42   |00042|4294967295"), "%d '%s'", n, out);
    wsprintfA(out, "%x|%X|%#x|%08lX", 255, 255, 255, 0xbeef);
    ok(same(out, "ff|FF|0xff|0000BEEF"), "'%s'", out);
    wsprintfA(out, "[%s][%5s][%-5s][%.2s][%S]", "ab", "cd", "ef", "ghij", L"wide");
    ok(same(out, "[ab][   cd][ef   ][gh][wide]"), "'%s'", out);
    /* hd is a short by the reference; Wine prints an int */
    wsprintfA(out, "%c%%%I64d%hd", 'x', 1234567890123ll, 0x12345);
    ok(same(out, "x%12345678901239029"), "'%s'", out);
    n = wsprintfW(wide, L"%s %S %hs", L"w", "a", "h");
    ok(n == 5, "%d '%S'", n, wide);
    ok((ULONG_PTR)CharUpperA((char *)'q') == 'Q' && (ULONG_PTR)CharLowerW((WCHAR *)0xc9) == 0xe9, "one character");
    CharUpperA(text);
    ok(same(text, "AB\xc9Z"), "'%s'", text);
    CharLowerBuffA(text, 2);
    ok(same(text, "ab\xc9Z"), "'%s'", text);
    ok(*CharNextA("ab") == 'b' && !*CharNextA(""), "CharNextA");
    ok(IsCharAlphaW(0xe9) && !IsCharAlphaW('1') && IsCharAlphaNumericA('1') && IsCharUpperA('A') && IsCharLowerW('a'), "kinds");
    CharToOemA("\xe9", out);
    ok((BYTE)out[0] == 0x82, "OEM: %x", out[0]);
    OemToCharA("\x82", out);
    ok((BYTE)out[0] == 0xe9, "ANSI: %x", out[0]);
}
