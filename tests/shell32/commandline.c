/* shellapi.h: CommandLineToArgvW; shlobj.h: folders. */
#define INITGUID
#include "tap.h"
#include <shellapi.h>
#include <shlobj.h>
#include <knownfolders.h>

static int same(const WCHAR *a, const WCHAR *b)
{
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

START_TESTS
{
    static const struct {
        const WCHAR *line;
        int argc;
        const WCHAR *argv[5];
    } cases[] = {
        {L"a", 1, {L"a"}},
        {L"a b  c", 3, {L"a", L"b", L"c"}},
        {L"\"a b\" c", 2, {L"a b", L"c"}},
        {L"a\\\"b c", 2, {L"a\\\"b", L"c"}},
        {L"p \"a b\"c d", 3, {L"p", L"a bc", L"d"}},
        {L"p a\\\\b \"c\\\\\" d", 4, {L"p", L"a\\\\b", L"c\\", L"d"}},
        {L"p a\\\"b \\\\\\\"c", 3, {L"p", L"a\"b", L"\\\"c"}},
        {L"p \"\" x", 3, {L"p", L"", L"x"}},
        {L"p \"a\\\" b\"", 2, {L"p", L"a\" b"}},
        {L"p\tq", 2, {L"p", L"q"}},
        {L"p a\\\\\\", 2, {L"p", L"a\\\\\\"}},
        {L"p \"a\"\"b\"", 2, {L"p", L"a\"b"}},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int argc = 0;
        WCHAR **argv = CommandLineToArgvW(cases[i].line, &argc);
        ok(argv && argc == cases[i].argc, "'%S': %d", cases[i].line, argc);
        for (int j = 0; j < argc && j < cases[i].argc; j++)
            ok(same(argv[j], cases[i].argv[j]), "'%S' %d: '%S'", cases[i].line, j, argv[j]);
        ok(argv && !argv[argc], "no NULL at the end");
        LocalFree(argv);
    }
    WCHAR path[MAX_PATH], *known = NULL;
    ok(SHGetFolderPathW(NULL, CSIDL_APPDATA | CSIDL_FLAG_CREATE, NULL, 0, path) == S_OK, "APPDATA");
    ok(SHGetKnownFolderPath(&FOLDERID_RoamingAppData, 0, NULL, &known) == S_OK && same(known, path), "the same by its id");
    CoTaskMemFree(known);
    ok(SHGetFolderPathW(NULL, CSIDL_WINDOWS, NULL, 0, path) == S_OK, "Windows: '%S'", path);
    ok(SHGetFolderPathW(NULL, 0xfe, NULL, 0, path) == E_INVALIDARG, "no such folder");
}
