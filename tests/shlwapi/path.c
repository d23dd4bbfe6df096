/* shlwapi.h: paths and strings. */
#include "tap.h"
#include <shlwapi.h>

static BOOL same(const WCHAR *a, const WCHAR *b)
{
    return a && !lstrcmpW(a, b);
}

static void test_remove(void)
{
    static const struct {
        const WCHAR *path, *left;
        BOOL result;
    } cases[] = {
        {L"C:\\a\\b.txt", L"C:\\a", TRUE}, {L"C:\\a", L"C:\\", TRUE}, {L"C:\\", L"C:\\", FALSE}, {L"a\\b", L"a", TRUE},
        {L"a", L"", TRUE}, {L"", L"", FALSE}, {L"C:a", L"C:", TRUE}, {L"\\a", L"\\", TRUE}, {L"C:\\a\\", L"C:\\a", TRUE},
        {L"\\\\server\\share\\x", L"\\\\server\\share", TRUE},
    };
    WCHAR path[MAX_PATH];

    for (int i = 0; i < ARRAYSIZE(cases); i++) {
        lstrcpyW(path, cases[i].path);
        ok(PathRemoveFileSpecW(path) == cases[i].result, "%S", cases[i].path);
        ok(same(path, cases[i].left), "%S: %S", cases[i].path, path);
    }
}

static void test_combine(void)
{
    static const WCHAR *const cases[][3] = {
        {L"C:\\a", L"b.txt", L"C:\\a\\b.txt"}, {L"C:\\a\\", L"b", L"C:\\a\\b"}, {L"C:\\a", L"..\\b", L"C:\\b"},
        {L"C:\\a", L"D:\\b", L"D:\\b"},        {L"C:\\a", L"\\b", L"C:\\b"},     {L"C:\\a", L".\\b", L"C:\\a\\b"},
        {L"a", L"b", L"a\\b"},                  {NULL, L"C:\\x", L"C:\\x"},      {L"C:\\a\\b", L"..\\..\\c", L"C:\\c"},
    };
    WCHAR path[MAX_PATH], longer[MAX_PATH];

    for (int i = 0; i < ARRAYSIZE(cases); i++)
        ok(same(PathCombineW(path, cases[i][0], cases[i][1]), cases[i][2]), "%S + %S: %S", cases[i][0], cases[i][1], path);
    ok(!PathCombineW(path, NULL, NULL) && !path[0], "nothing");
    for (int i = 0; i < MAX_PATH - 1; i++) longer[i] = 'x';
    longer[MAX_PATH - 1] = 0;
    ok(!PathCombineW(path, L"C:\\a", longer), "too long");
    lstrcpyW(path, L"C:\\a");
    ok(PathAppendW(path, L"\\b") && same(path, L"C:\\a\\b"), "append: %S", path);
}

static void test_parts(void)
{
    WCHAR text[MAX_PATH];

    ok(same(PathFindExtensionW(L"C:\\a.b\\c.txt"), L".txt") && same(PathFindExtensionW(L"C:\\a.b\\c"), L""), "extension");
    ok(same(PathFindFileNameW(L"C:\\a\\b.txt"), L"b.txt") && same(PathFindFileNameW(L"C:\\a\\"), L"a\\"), "file name");
    ok(PathIsRelativeW(L"a\\b") && !PathIsRelativeW(L"C:\\a") && !PathIsRelativeW(L"\\a") && !PathIsRelativeW(L"C:a"), "relative");
    ok(PathIsUNCW(L"\\\\a\\b") && !PathIsUNCW(L"C:\\") && !PathIsUNCW(L"\\a"), "UNC");
    ok(PathIsRootW(L"C:\\") && PathIsRootW(L"\\") && PathIsRootW(L"\\\\a\\b") && !PathIsRootW(L"C:") && !PathIsRootW(L"C:\\a"), "root");
    ok(PathCanonicalizeW(text, L"C:\\a\\.\\b\\..\\c") && same(text, L"C:\\a\\c"), "canonical: %S", text);
    ok(PathCanonicalizeW(text, L"") && same(text, L"\\"), "of nothing: %S", text);
    lstrcpyW(text, L"\"C:\\a b\"");
    PathUnquoteSpacesW(text);
    ok(same(text, L"C:\\a b"), "unquoted: %S", text);
    lstrcpyW(text, L"C:\\a.b\\c.txt");
    ok(PathRenameExtensionW(text, L".zip") && same(text, L"C:\\a.b\\c.zip"), "renamed: %S", text);
    PathRemoveExtensionW(text);
    ok(same(text, L"C:\\a.b\\c"), "removed: %S", text);
    PathStripPathW(text);
    ok(same(text, L"c"), "stripped: %S", text);
    lstrcpyW(text, L"C:\\a");
    ok(PathAddBackslashW(text) == text + 5 && PathAddBackslashW(text) == text + 5 && same(text, L"C:\\a\\"), "backslash: %S", text);
    lstrcpyW(text, L"C:\\a\\b");
    ok(PathStripToRootW(text) && same(text, L"C:\\"), "to root: %S", text);
    GetWindowsDirectoryW(text, MAX_PATH);
    ok(PathFileExistsW(text) && PathIsDirectoryW(text) && !PathFileExistsW(L"C:\\no such file"), "exists");
}

static void test_strings(void)
{
    static const WCHAR text[] = L"One two ONE Two";
    LONGLONG large;
    int value;

    ok(StrStrW(text, L"ONE") == text + 8 && !StrStrW(text, L"tWO"), "StrStr");
    ok(StrStrIW(text, L"TWO") == text + 4 && !StrStrIW(text, L"three") && !StrStrIW(text, L""), "StrStrI");
    ok(StrRStrIW(text, NULL, L"two") == text + 12 && StrRStrIW(text, text + 12, L"two") == text + 4, "StrRStrI");
    ok(StrChrW(text, 't') == text + 4 && StrRChrW(text, NULL, 'o') == text + 14, "StrChr");
    ok(StrToIntExW(L" -17x", 0, &value) && value == -17, "decimal");
    ok(StrToIntExW(L"0x1F", STIF_SUPPORT_HEX, &value) && value == 31, "hex");
    ok(StrToIntExW(L"0x1F", 0, &value) && value == 0, "not asked for");
    ok(!StrToIntExW(L"x", 0, &value), "none");
    ok(StrToInt64ExW(L"12345678901", 0, &large) && large == 12345678901ll, "64 bits");
    ok(StrToIntW(L"12a") == 12 && StrToIntW(L"a") == 0, "StrToInt");
    ok(StrCmpIW(L"abc", L"ABC") == 0 && StrCmpW(L"a", L"b") < 0, "compare");
}

START_TESTS
{
    test_remove();
    test_combine();
    test_parts();
    test_strings();
}
