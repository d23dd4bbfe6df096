/* stringapiset.h and the sorting half of winnls.h. */
#include "tap.h"

static int wide_equal(const WCHAR *a, const WCHAR *b, int count)
{
    for (int i = 0; i < count; i++)
        if (a[i] != b[i]) return 0;
    return 1;
}

static void to_wide(void)
{
    WCHAR out[64];
    int n;

    SetLastError(0);
    ok(!MultiByteToWideChar(1252, 0, NULL, 1, out, 64) && GetLastError() == ERROR_INVALID_PARAMETER, "no source");
    SetLastError(0);
    ok(!MultiByteToWideChar(1252, 0, "a", 0, out, 64) && GetLastError() == ERROR_INVALID_PARAMETER, "size 0");
    SetLastError(0);
    ok(!MultiByteToWideChar(1252, 0, "a", 1, out, -1) && GetLastError() == ERROR_INVALID_PARAMETER, "room -1");
    SetLastError(0);
    ok(!MultiByteToWideChar(12345, 0, "a", 1, out, 64) && GetLastError() == ERROR_INVALID_PARAMETER, "code page");
    SetLastError(0);
    ok(!MultiByteToWideChar(1252, 0x100, "a", 1, out, 64) && GetLastError() == ERROR_INVALID_FLAGS, "flags");
    /* the reference allows only 0 and MB_ERR_INVALID_CHARS; Wine takes it */
    SetLastError(0);
    ok(!MultiByteToWideChar(CP_UTF8, MB_PRECOMPOSED, "a", 1, out, 64) && GetLastError() == ERROR_INVALID_FLAGS, "UTF-8 flags");
    SetLastError(0);
    ok(!MultiByteToWideChar(CP_UTF7, MB_ERR_INVALID_CHARS, "a", 1, out, 64) && GetLastError() == ERROR_INVALID_FLAGS, "UTF-7 flags");
    ok(MultiByteToWideChar(1252, 0, "abc", -1, NULL, 0) == 4, "counts the terminator");
    ok(MultiByteToWideChar(1252, 0, "abc", -5, NULL, 0) == 4, "any negative size");
    SetLastError(0);
    ok(!MultiByteToWideChar(1252, 0, "abc", 3, out, 2) && GetLastError() == ERROR_INSUFFICIENT_BUFFER, "small buffer");
    n = MultiByteToWideChar(1252, 0, "\x80\x81\x9f\xe4", 4, out, 64);
    ok(n == 4 && wide_equal(out, L"\x20ac\x81\x178\xe4", 4), "1252: %d %x %x", n, out[0], out[1]);
    n = MultiByteToWideChar(437, 0, "\x80\xe1\xff", 3, out, 64);
    ok(n == 3 && wide_equal(out, L"\xc7\xdf\xa0", 3), "437");
    n = MultiByteToWideChar(437, MB_USEGLYPHCHARS, "\1\x1f\x7f", 3, out, 64);
    ok(n == 3 && wide_equal(out, L"\x263a\x25bc\x2302", 3), "glyphs: %x %x %x", out[0], out[1], out[2]);
    n = MultiByteToWideChar(932, 0, "\x82\xa0\xb1z", 4, out, 64);
    ok(n == 3 && wide_equal(out, L"\x3042\xff71z", 3), "932: %d %x", n, out[0]);
    n = MultiByteToWideChar(932, 0, "\x82", 1, out, 64);
    ok(n == 1, "932, lead byte alone: %d %x", n, out[0]);
    SetLastError(0);
    n = MultiByteToWideChar(932, MB_ERR_INVALID_CHARS, "\x82", 1, out, 64);
    ok(!n && GetLastError() == ERROR_NO_UNICODE_TRANSLATION, "932, lead byte alone: %d", n);
    n = MultiByteToWideChar(936, 0, "\xc4\xe3\xba\xc3\x80", 5, out, 64);
    ok(n == 3 && wide_equal(out, L"\x4f60\x597d\x20ac", 3), "936: %x %x %x", out[0], out[1], out[2]);
    n = MultiByteToWideChar(949, 0, "\xb0\xa1", 2, out, 64);
    ok(n == 1 && out[0] == 0xac00, "949: %x", out[0]);
    n = MultiByteToWideChar(950, 0, "\xa7\x41", 2, out, 64);
    ok(n == 1 && out[0] == 0x4f60, "950: %x", out[0]);
    n = MultiByteToWideChar(CP_UTF8, 0, "\xe2\x82\xac\xf0\x9f\x98\x80z", 8, out, 64);
    ok(n == 4 && wide_equal(out, L"\x20ac\xd83d\xde00z", 4), "UTF-8: %d", n);
    n = MultiByteToWideChar(CP_UTF8, 0, "a\xff\xc0\x80z", 5, out, 64);
    ok(n == 5 && wide_equal(out, L"a\xfffd\xfffd\xfffdz", 5), "bad UTF-8: %d", n);
    n = MultiByteToWideChar(CP_UTF8, 0, "\xe2\x82z", 3, out, 64);
    ok(n == 2 && wide_equal(out, L"\xfffdz", 2), "cut UTF-8: %d", n);
    n = MultiByteToWideChar(CP_UTF8, 0, "\xed\xa0\x80", 3, out, 64);
    ok(n == 3, "surrogate in UTF-8 (Unicode 3.9, maximal subparts; Wine has 2): %d", n);
    SetLastError(0);
    n = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, "a\xff", 2, out, 64);
    ok(!n && GetLastError() == ERROR_NO_UNICODE_TRANSLATION, "UTF-8, strict: %d", n);
    n = MultiByteToWideChar(CP_UTF7, 0, "A+AOk-B+-", 9, out, 64);
    ok(n == 4 && wide_equal(out, L"A\xe9" L"B+", 4), "UTF-7: %d", n);
    n = MultiByteToWideChar(CP_SYMBOL, 0, "\x1f\x20\xff", 3, out, 64);
    ok(n == 3 && wide_equal(out, L"\x1f\xf020\xf0ff", 3), "symbol: %d", n);
    n = MultiByteToWideChar(1252, MB_COMPOSITE, "\xe9", 1, out, 64);
    ok(n == 2 && wide_equal(out, L"e\x301", 2), "composite: %d", n);
    for (UINT page = 1250; page <= 1258; page++) {
        int same = 1;
        for (int byte = 1; byte < 256; byte++) {
            char from = (char)byte, back = 0;
            WCHAR c;
            if (MultiByteToWideChar(page, 0, &from, 1, &c, 1) != 1) same = 0;
            if (WideCharToMultiByte(page, 0, &c, 1, &back, 1, NULL, NULL) != 1 || back != from) same = 0;
        }
        ok(same, "%u: a byte does not come back", page);
    }
}

static void from_wide(void)
{
    char out[64];
    BOOL used;
    int n;

    /* these three by the reference of WideCharToMultiByte; Wine takes them */
    SetLastError(0);
    ok(!WideCharToMultiByte(CP_UTF8, 0, L"a", 1, out, 64, "?", NULL) && GetLastError() == ERROR_INVALID_PARAMETER, "UTF-8 default");
    SetLastError(0);
    ok(!WideCharToMultiByte(CP_UTF8, 0, L"a", 1, out, 64, NULL, &used) && GetLastError() == ERROR_INVALID_PARAMETER, "UTF-8 used");
    SetLastError(0);
    ok(!WideCharToMultiByte(1252, WC_ERR_INVALID_CHARS, L"a", 1, out, 64, NULL, NULL) && GetLastError() == ERROR_INVALID_FLAGS, "flags");
    n = WideCharToMultiByte(1252, 0, L"\x20ac\x100\x4e00", 3, out, 64, NULL, NULL);
    ok(n == 3 && (BYTE)out[0] == 0x80 && out[1] == 'A' && out[2] == '?', "1252: %d %x %x %x", n, out[0], out[1], out[2]);
    used = 7;
    n = WideCharToMultiByte(1252, 0, L"\x100", 1, out, 64, "*", &used);
    ok(n == 1 && out[0] == 'A' && !used, "best fit: %c %d", out[0], used);
    n = WideCharToMultiByte(1252, WC_NO_BEST_FIT_CHARS, L"\x100", 1, out, 64, "*", &used);
    ok(n == 1 && out[0] == '*' && used == TRUE, "no best fit: %c %d", out[0], used);
    n = WideCharToMultiByte(1252, 0, L"\x4e00?", 2, out, 64, NULL, &used);
    ok(n == 2 && out[0] == '?' && used == TRUE, "default");
    n = WideCharToMultiByte(1252, 0, L"?", 1, out, 64, NULL, &used);
    ok(n == 1 && !used, "a real question mark");
    n = WideCharToMultiByte(1252, 0, L"\xff21\xff1a\x3000\x2212\x03c0", 5, out, 64, NULL, NULL);
    ok(n == 5 && out[0] == 'A' && out[1] == ':' && out[2] == ' ' && out[3] == '-' && out[4] == 'p', "best fit: %c%c%c%c%c", out[0],
       out[1], out[2], out[3], out[4]);
    n = WideCharToMultiByte(437, 0, L"\x263a\x2500\xa9", 3, out, 64, NULL, NULL);
    ok(n == 3 && out[0] == 1 && (BYTE)out[1] == 0xc4 && out[2] == 'c', "437: %x %x %x", out[0], out[1], out[2]);
    n = WideCharToMultiByte(932, 0, L"\x3042\xff71", 2, out, 64, NULL, NULL);
    ok(n == 3 && (BYTE)out[0] == 0x82 && (BYTE)out[1] == 0xa0 && (BYTE)out[2] == 0xb1, "932: %d", n);
    SetLastError(0);
    n = WideCharToMultiByte(932, 0, L"\x3042", 1, out, 1, NULL, NULL);
    ok(!n && GetLastError() == ERROR_INSUFFICIENT_BUFFER, "half a character: %d", n);
    n = WideCharToMultiByte(CP_UTF8, 0, L"\x20ac\xd83d\xde00z", 4, out, 64, NULL, NULL);
    ok(n == 8 && (BYTE)out[0] == 0xe2 && (BYTE)out[3] == 0xf0 && out[7] == 'z', "UTF-8: %d", n);
    n = WideCharToMultiByte(CP_UTF8, 0, L"\xd800z", 2, out, 64, NULL, NULL);
    ok(n == 4 && (BYTE)out[0] == 0xef && (BYTE)out[2] == 0xbd, "lone surrogate: %d", n);
    SetLastError(0);
    n = WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, L"\xd800z", 2, out, 64, NULL, NULL);
    ok(!n && GetLastError() == ERROR_NO_UNICODE_TRANSLATION, "strict: %d", n);
    n = WideCharToMultiByte(CP_UTF7, 0, L"A\xe9-+", 4, out, 64, NULL, NULL);
    ok(n == 9 && out[1] == '+' && out[2] == 'A' && out[5] == '-', "UTF-7: %d", n);
    n = WideCharToMultiByte(1252, WC_COMPOSITECHECK, L"e\x301", 2, out, 64, NULL, NULL);
    ok(n == 1 && (BYTE)out[0] == 0xe9, "composite check: %d", n);
    ok(WideCharToMultiByte(1252, 0, L"abc", -1, NULL, 0, NULL, NULL) == 4, "counts");
}

static void code_pages(void)
{
    CPINFO info;
    CPINFOEXW ex;
    ok(GetCPInfo(932, &info) && info.MaxCharSize == 2 && info.LeadByte[0] == 0x81 && info.LeadByte[1] == 0x9f &&
           info.LeadByte[2] == 0xe0 && info.LeadByte[3] == 0xfc && !info.LeadByte[4], "932");
    ok(GetCPInfo(1252, &info) && info.MaxCharSize == 1 && info.DefaultChar[0] == '?' && !info.LeadByte[0], "1252");
    ok(GetCPInfo(CP_UTF8, &info) && info.MaxCharSize == 4, "UTF-8");
    SetLastError(0);
    ok(!GetCPInfo(CP_SYMBOL, &info) && GetLastError() == ERROR_INVALID_PARAMETER, "symbol");
    ok(!GetCPInfo(1252, NULL), "no buffer");
    ok(GetCPInfoExW(CP_ACP, 0, &ex) && ex.CodePage == GetACP(), "ACP: %u %u", ex.CodePage, GetACP());
    ok(IsValidCodePage(1252) && IsValidCodePage(932) && IsValidCodePage(CP_UTF8) && !IsValidCodePage(CP_ACP) &&
           !IsValidCodePage(12345), "IsValidCodePage");
    ok(IsDBCSLeadByteEx(932, 0x81) && !IsDBCSLeadByteEx(932, 0xa0) && !IsDBCSLeadByteEx(1252, 0xe9), "lead bytes");
}

static void types(void)
{
    WORD type[8];
    ok(GetStringTypeW(CT_CTYPE1, L"aZ5 \t_\n", 7, type), "GetStringTypeW");
    ok(type[0] == (C1_LOWER | C1_ALPHA | C1_XDIGIT | C1_DEFINED), "a: %x", type[0]);
    ok(type[1] == (C1_UPPER | C1_ALPHA | C1_DEFINED), "Z: %x", type[1]);
    ok(type[2] == (C1_DIGIT | C1_XDIGIT | C1_DEFINED), "5: %x", type[2]);
    ok(type[3] == (C1_SPACE | C1_BLANK | C1_DEFINED), "blank: %x", type[3]);
    ok(type[4] == (C1_SPACE | C1_BLANK | C1_CNTRL | C1_DEFINED), "tab: %x", type[4]);
    ok(type[5] == (C1_PUNCT | C1_DEFINED), "_: %x", type[5]);
    ok(type[6] == (C1_SPACE | C1_CNTRL | C1_DEFINED), "newline: %x", type[6]);
    ok(GetStringTypeW(CT_CTYPE2, L"a5\x5d0,", 4, type) && type[0] == C2_LEFTTORIGHT && type[1] == C2_EUROPENUMBER &&
           type[2] == C2_RIGHTTOLEFT && type[3] == C2_COMMONSEPARATOR, "CT_CTYPE2: %x %x %x %x", type[0], type[1], type[2], type[3]);
    ok(GetStringTypeW(CT_CTYPE3, L"a\x3042\x30a2\x4e00\x301", 5, type), "CT_CTYPE3");
    ok(type[0] == (C3_ALPHA | C3_HALFWIDTH), "a: %x", type[0]);
    ok(type[1] & C3_HIRAGANA, "hiragana: %x", type[1]);
    ok(type[2] == (C3_ALPHA | C3_KATAKANA | C3_FULLWIDTH), "katakana: %x", type[2]);
    ok(type[3] & C3_IDEOGRAPH, "ideograph: %x", type[3]);
    ok(type[4] & C3_NONSPACING, "mark: %x", type[4]);
    SetLastError(0);
    ok(!GetStringTypeW(8, L"a", 1, type) && GetLastError() == ERROR_INVALID_PARAMETER, "info type");
}

static void compare(void)
{
    static const struct {
        const WCHAR *a, *b;
        DWORD flags;
        int result;
    } cases[] = {
        {L"a", L"b", 0, CSTR_LESS_THAN},          {L"a", L"A", 0, CSTR_LESS_THAN},
        {L"a", L"A", NORM_IGNORECASE, CSTR_EQUAL}, {L"B", L"a", 0, CSTR_GREATER_THAN},
        {L"abc", L"abcd", 0, CSTR_LESS_THAN},     {L"", L"", 0, CSTR_EQUAL},
        {L"", L"a", 0, CSTR_LESS_THAN},           {L"coop", L"co-op", 0, CSTR_LESS_THAN},
        {L"co-op", L"coops", 0, CSTR_LESS_THAN},  {L"co-op", L"coop", SORT_STRINGSORT, CSTR_LESS_THAN},
        {L"resume", L"r\xe9sum\xe9", 0, CSTR_LESS_THAN}, {L"resume", L"r\xe9sum\xe9", NORM_IGNORENONSPACE, CSTR_EQUAL},
        {L"r\xe9sum\xe9", L"resumf", 0, CSTR_LESS_THAN}, {L"\xe9", L"e\x301", 0, CSTR_EQUAL},
        {L"1", L"a", 0, CSTR_LESS_THAN},          {L"_", L"1", 0, CSTR_LESS_THAN},
        {L"a.b", L"ab", NORM_IGNORESYMBOLS, CSTR_EQUAL}, {L"\x3042", L"\x30a2", NORM_IGNOREKANATYPE, CSTR_EQUAL},
        {L"a", L"\xff41", NORM_IGNOREWIDTH, CSTR_EQUAL}, {L"\xdf", L"ss", NORM_IGNORECASE, CSTR_EQUAL},
        {L"file10", L"file9", SORT_DIGITSASNUMBERS, CSTR_GREATER_THAN}, {L"file10", L"file9", 0, CSTR_LESS_THAN},
        {L"Z", L"\xe4", 0, CSTR_GREATER_THAN},    {L"\x430", L"z", 0, CSTR_GREATER_THAN},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int result = CompareStringW(0x409, cases[i].flags, cases[i].a, -1, cases[i].b, -1);
        ok(result == cases[i].result, "%u: '%S' '%S' %lx: %d", i, cases[i].a, cases[i].b, cases[i].flags, result);
        BYTE key_a[64], key_b[64];
        int n = LCMapStringW(0x409, LCMAP_SORTKEY | cases[i].flags, cases[i].a, -1, (WCHAR *)key_a, 64);
        int m = LCMapStringW(0x409, LCMAP_SORTKEY | cases[i].flags, cases[i].b, -1, (WCHAR *)key_b, 64);
        int at = 0;
        if (cases[i].flags & SORT_DIGITSASNUMBERS) continue;
        while (at < n && at < m && key_a[at] == key_b[at]) at++;
        int order = at == n && at == m ? CSTR_EQUAL : key_a[at] < key_b[at] ? CSTR_LESS_THAN : CSTR_GREATER_THAN;
        ok(n && m && order == cases[i].result, "%u: sort keys: %d, sizes %d %d", i, order, n, m);
    }
    SetLastError(0);
    ok(!CompareStringW(0x409, 0x80000000, L"a", 1, L"a", 1) && GetLastError() == ERROR_INVALID_FLAGS, "flags");
    SetLastError(0);
    ok(!CompareStringW(0x409, 0, NULL, 1, L"a", 1) && GetLastError() == ERROR_INVALID_PARAMETER, "NULL");
    ok(CompareStringOrdinal(L"a", -1, L"B", -1, FALSE) == CSTR_GREATER_THAN, "ordinal");
    ok(CompareStringOrdinal(L"a", -1, L"B", -1, TRUE) == CSTR_LESS_THAN, "ordinal, no case");
    ok(CompareStringA(0x409, NORM_IGNORECASE, "abc", -1, "ABC", 3) == CSTR_EQUAL, "ANSI");
    ok(FindStringOrdinal(FIND_FROMSTART, L"abcabc", -1, L"BC", -1, TRUE) == 1, "FindStringOrdinal");
    ok(FindStringOrdinal(FIND_FROMEND, L"abcabc", -1, L"bc", -1, FALSE) == 4, "from the end");
    ok(FindStringOrdinal(FIND_STARTSWITH, L"abcabc", -1, L"bc", -1, FALSE) == -1, "start");
    ok(FindStringOrdinal(FIND_ENDSWITH, L"abcabc", -1, L"bc", -1, FALSE) == 4, "end");
    int found = 0;
    ok(FindNLSStringEx(L"en-US", FIND_FROMSTART | NORM_IGNORECASE, L"xxABCyy", -1, L"abc", -1, &found, NULL, NULL, 0) == 2 &&
           found == 3, "FindNLSStringEx");
    ok(lstrcmpiA("abc", "ABC") == 0 && lstrcmpA("abc", "abd") < 0 && lstrcmpW(L"b", L"A") > 0, "lstrcmp");
}

static void map(void)
{
    WCHAR out[64];
    char narrow[64];
    int n;
    n = LCMapStringW(0x409, LCMAP_UPPERCASE, L"aB\xe9\x3c9\x44f", 5, out, 64);
    ok(n == 5 && wide_equal(out, L"AB\xc9\x3a9\x42f", 5), "upper");
    n = LCMapStringW(0x409, LCMAP_LOWERCASE, L"AB\xc9", -1, out, 64);
    ok(n == 4 && wide_equal(out, L"ab\xe9", 4), "lower");
    n = LCMapStringW(0x409, LCMAP_UPPERCASE, L"i\x131\xb5\xdf", 4, out, 64);
    ok(n == 4 && wide_equal(out, L"I\x131\xb5\xdf", 4), "not linguistic: %x %x", out[1], out[2]);
    n = LCMapStringW(0x41f, LCMAP_UPPERCASE | LCMAP_LINGUISTIC_CASING, L"i\x131", 2, out, 64);
    ok(n == 2 && wide_equal(out, L"\x130I", 2), "Turkish: %x %x", out[0], out[1]);
    n = LCMapStringW(0x411, LCMAP_KATAKANA, L"\x3042\x3096", 2, out, 64);
    ok(n == 2 && wide_equal(out, L"\x30a2\x30f6", 2), "katakana");
    n = LCMapStringW(0x411, LCMAP_FULLWIDTH, L"a \xff76\xff9e\xff8a\xff9f", 6, out, 64);
    ok(n == 4 && wide_equal(out, L"\xff41\x3000\x30ac\x30d1", 4), "full width: %d", n);
    n = LCMapStringW(0x411, LCMAP_HALFWIDTH, L"\xff41\x3000\x30ac\x30d1\x30f4", 5, out, 64);
    ok(n == 8 && wide_equal(out, L"a \xff76\xff9e\xff8a\xff9f\xff73\xff9e", 8), "half width: %d", n);
    n = LCMapStringA(0x409, LCMAP_UPPERCASE, "abc", -1, narrow, 64);
    ok(n == 4 && narrow[0] == 'A' && narrow[3] == 0, "ANSI: %d", n);
    SetLastError(0);
    ok(!LCMapStringW(0x409, LCMAP_UPPERCASE, L"abc", 3, out, 2) && GetLastError() == ERROR_INSUFFICIENT_BUFFER, "room");
    SetLastError(0);
    ok(!LCMapStringW(0x409, LCMAP_HIRAGANA | LCMAP_KATAKANA, L"abc", 3, out, 64) && GetLastError() == ERROR_INVALID_FLAGS, "flags");
    n = FoldStringW(MAP_FOLDDIGITS, L"\x0664\xff15", 2, out, 64);
    ok(n == 2 && wide_equal(out, L"45", 2), "digits");
    n = FoldStringW(MAP_FOLDCZONE, L"\xff21\xfb01", 2, out, 64);
    ok(n >= 2 && out[0] == 'A', "compatibility zone");
    n = FoldStringW(MAP_COMPOSITE, L"\xe9", 1, out, 64);
    ok(n == 2 && wide_equal(out, L"e\x301", 2), "composite");
    n = FoldStringW(MAP_PRECOMPOSED, L"e\x301", 2, out, 64);
    ok(n == 1 && out[0] == 0xe9, "precomposed");
}

static void normalize(void)
{
    WCHAR out[64];
    int n = NormalizeString(NormalizationD, L"\x1e69\xac01", 2, out, 64);
    ok(n == 6 && wide_equal(out, L"s\x323\x307\x1100\x1161\x11a8", 6), "D: %d", n);
    n = NormalizeString(NormalizationC, L"s\x307\x323\x1100\x1161\x11a8", 6, out, 64);
    ok(n == 2 && wide_equal(out, L"\x1e69\xac01", 2), "C: %d %x", n, out[0]);
    n = NormalizeString(NormalizationKC, L"\xfb01\xff21", 2, out, 64);
    ok(n == 3 && wide_equal(out, L"fiA", 3), "KC: %d", n);
    ok(IsNormalizedString(NormalizationC, L"\xe9", 1) && !IsNormalizedString(NormalizationD, L"\xe9", 1), "IsNormalizedString");
    SetLastError(0);
    n = NormalizeString(NormalizationC, L"a\xd800", 2, out, 64);
    ok(n <= 0 && GetLastError() == ERROR_NO_UNICODE_TRANSLATION, "lone surrogate: %d", n);
}

START_TESTS
{
    to_wide();
    from_wide();
    code_pages();
    types();
    compare();
    map();
    normalize();
}
