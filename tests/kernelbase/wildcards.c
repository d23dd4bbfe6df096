/* Wildcards of FindFirstFile, as a table.
 *
 * What is asked for becomes, in the NT pattern (FsRtlIsNameInExpression reference): '?' a DOS_QM, which matches nothing at
 * a dot and at the end of a name; a '.' before a wildcard a DOS_DOT; a '*' before a last dot a DOS_STAR. "." and ".." are
 * left out of the comparison: whether "?.?" finds them is of no interest.
 */
#include "tap.h"

static const char *const names[] = {
    "a", "ab", "abc", "a.txt", "ab.txt", "abc.txt", "a.b.c", ".hidden", "..twodots", "x.htm", "x.html", 
    "UPPER.TXT", "with space.txt", "end", "b", "[x].dat", "a-b.dat", "long name.extension",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define EVERYTHING NULL

struct pattern {
    const char *pattern, *found; /* names, divided by bars, in the order of their letters; "": ERROR_FILE_NOT_FOUND */
};

static const struct pattern plain[] = {
    { "*", EVERYTHING },
    { "*.*", EVERYTHING },
    { "*.txt", "UPPER.TXT|a.txt|ab.txt|abc.txt|with space.txt" },
    { "*.TXT", "UPPER.TXT|a.txt|ab.txt|abc.txt|with space.txt" },
    { "*.t*", "..twodots|UPPER.TXT|a.txt|ab.txt|abc.txt|with space.txt" },
    { "a*", "a|a-b.dat|a.b.c|a.txt|ab|ab.txt|abc|abc.txt" },
    { "ab*", "ab|ab.txt|abc|abc.txt" },
    { "*b", "ab|b" },
    { "*b*", "a-b.dat|a.b.c|ab|ab.txt|abc|abc.txt|b" },
    { "*.b*", "a.b.c" },
    { "*.b.c", "a.b.c" },
    { "a.*", "a|a.b.c|a.txt" },
    { "a.*.*", "a|a.b.c|a.txt" },
    { "a.b.?", "a.b.c" },
    { "?.txt", "a.txt" },
    { "*.h*", ".hidden|x.htm|x.html" },
    { "*.html", "x.html" },
    { "x.*", "x.htm|x.html" },
    { "x.h?m", "x.htm" },
    { "X.HTM", "x.htm" },
    { "X.htm*", "x.htm|x.html" },
    { "upper.txt", "UPPER.TXT" },
    { "UPPER.*", "UPPER.TXT" },
    { "u*", "UPPER.TXT" },
    { "*R.*", "UPPER.TXT" },
    { "w* *", "with space.txt" },
    { "with*", "with space.txt" },
    { "* *", "long name.extension|with space.txt" },
    { "*space*", "with space.txt" },
    { "with space.?\??", "with space.txt" },
    { ".h*", ".hidden" },
    { ".hid*", ".hidden" },
    { "*hidden", ".hidden" },
    { "*.hidden", ".hidden" },
    { "...", "" },
    { "a", "a" },
    { "A", "a" },
    { "A.TXT", "a.txt" },
    { "nothing", "" },
    { "nothing*", "" },
    { "*z*", "" },
    { "[*", "[x].dat" },
    { "[x]*", "[x].dat" },
    { "[x].dat", "[x].dat" },
    { "*]*", "[x].dat" },
    { "*-*", "a-b.dat" },
    { "a-?.dat", "a-b.dat" },
    { "a-b.*", "a-b.dat" },
    { "*.dat", "[x].dat|a-b.dat" },
    { "*.d?t", "[x].dat|a-b.dat" },
    { "*.d?\?", "[x].dat|a-b.dat" },
    { "*t*", "..twodots|UPPER.TXT|[x].dat|a-b.dat|a.txt|ab.txt|abc.txt|long name.extension|with space.txt|x.htm|x.html" },
    { "*tx*", "UPPER.TXT|a.txt|ab.txt|abc.txt|with space.txt" },
    { "*.*.*", EVERYTHING },
    { "*.*.c", "a.b.c" },
    { "*.*c", "a.b.c" },
    { "*c", "a.b.c|abc" },
    { "*.c", "a.b.c" },
    { "?.b.c", "a.b.c" },
    { "a.b*", "a.b.c" },
    { "a.b.*", "a.b.c" },
    { "a.?.c", "a.b.c" },
    { "**", EVERYTHING },
    { "**.**", EVERYTHING },
    { "***", EVERYTHING },
    { "?*", EVERYTHING },
    { "a**", "a|a-b.dat|a.b.c|a.txt|ab|ab.txt|abc|abc.txt" },
    { "*a", "a" },
    { "a*b", "ab" },
    { "a*b*", "a-b.dat|a.b.c|ab|ab.txt|abc|abc.txt" },
    { "a*c", "a.b.c|abc" },
    { "a*t", "a-b.dat|a.txt|ab.txt|abc.txt" },
    { "abc*.txt", "abc.txt" },
    { "abc.t?t", "abc.txt" },
    { "abc.t*t", "abc.txt" },
    { "abc.tx", "" },
    { "abc.txt*", "abc.txt" },
    { "abc.txt.", "abc.txt" },
    { "abc.", "abc" },
    { "abc..", "abc" },
    { "a.", "a" },
    { "a..", "a" },
    { "long*", "long name.extension" },
    { "long name.ext*", "long name.extension" },
    { "*.extension", "long name.extension" },
    { "*.exten?\??n", "long name.extension" },
    { "*e*", ".hidden|UPPER.TXT|end|long name.extension|with space.txt" },
    { "*E*.TXT", "UPPER.TXT|with space.txt" },
    { "end", "end" },
    { "end.*", "end" },
    { "b", "b" },
    { "b.*", "b" },
};

/* Wine 8 takes '?' for exactly one character, knows no DOS_STAR, DOS_QM and DOS_DOT, and matches the short names it makes up. */
static const struct pattern dos[] = {
    { "*.", "a|ab|abc|b|end" },
    { "?", "a|b" },
    { "?\?", "a|ab|b" },
    { "?\??", "a|ab|abc|b|end" },
    { "?\??\?", "a|ab|abc|b|end" },
    { "a?", "a|ab" },
    { "a?\?", "a|ab|abc" },
    { "a*.", "a|ab|abc" },
    { "a?.txt", "a.txt|ab.txt" },
    { "a?\?.txt", "a.txt|ab.txt|abc.txt" },
    { "ab?", "ab|abc" },
    { "a.?", "a" },
    { "a.b.?\?", "a.b.c" },
    { "*.?\?", "a|a.b.c|ab|abc|b|end" },
    { "*.?\??", "UPPER.TXT|[x].dat|a|a-b.dat|a.b.c|a.txt|ab|ab.txt|abc|abc.txt|b|end|with space.txt|x.htm" },
    { "*.?\??\?", "UPPER.TXT|[x].dat|a|a-b.dat|a.b.c|a.txt|ab|ab.txt|abc|abc.txt|b|end|with space.txt|x.htm|x.html" },
    { "*.?\??\??", "UPPER.TXT|[x].dat|a|a-b.dat|a.b.c|a.txt|ab|ab.txt|abc|abc.txt|b|end|with space.txt|x.htm|x.html" },
    { "*.htm", "x.htm" },
    { "*.htm?", "x.htm|x.html" },
    { "*.d?\??", "[x].dat|a-b.dat" },
    { "*.*t", "UPPER.TXT|[x].dat|a-b.dat|a.txt|ab.txt|abc.txt|with space.txt" },
    { "*t", "UPPER.TXT|[x].dat|a-b.dat|a.txt|ab.txt|abc.txt|with space.txt" },
    { "a.?.?", "a|a.b.c" },
    { "?.?.?", "a|a.b.c|b" },
    { "?\?.?.?", "a|a.b.c|ab|b" },
    { "*?", EVERYTHING },
    { "*?*", EVERYTHING },
    { "?\?*", EVERYTHING },
    { "*?\?", EVERYTHING },
    { "?\??*", EVERYTHING },
    { "*a*", "[x].dat|a|a-b.dat|a.b.c|a.txt|ab|ab.txt|abc|abc.txt|long name.extension|with space.txt" },
    { "abc?", "abc" },
    { "abc?\?", "abc" },
    { "abc.?\??", "abc|abc.txt" },
    { "abc.?\??\?", "abc|abc.txt" },
    { "abc?.txt", "abc.txt" },
    { "abc.txt?", "abc.txt" },
    { "*.ext", "" },
    { "end?", "end" },
    { "b?", "b" },
    { "<", "a|ab|abc|b|end" },
    { "a<", "a|ab|abc" },
    { "<.txt", "UPPER.TXT|a.txt|ab.txt|abc.txt|with space.txt" },
    { ">", "a|b" },
    { "a>", "a|ab" },
    { ">>>", "a|ab|abc|b|end" },
    { "\"", "" },
    { "a\"txt", "a.txt" },
    { "a\"*", "a|a.b.c|a.txt" },
    { "*\"txt", "UPPER.TXT|a.txt|ab.txt|abc.txt|with space.txt" },
};

static int before(const char *a, const char *b)
{
    while (*a && *a == *b) a++, b++;
    return (unsigned char)*a < (unsigned char)*b;
}

static void add(char *list, int *used, const char *name)
{
    if (*used) list[(*used)++] = '|';
    while (*name) list[(*used)++] = *name++;
    list[*used] = 0;
}

static DWORD find(const char *pattern, char *list)
{
    static WIN32_FIND_DATAA found[32];
    int count = 0, used = 0;
    HANDLE handle = FindFirstFileA(pattern, &found[0]);

    list[0] = 0;
    if (handle == INVALID_HANDLE_VALUE) return GetLastError();
    do
        if (lstrcmpA(found[count].cFileName, ".") && lstrcmpA(found[count].cFileName, "..") && ++count == 31) break;
    while (FindNextFileA(handle, &found[count]));
    FindClose(handle);
    for (int i = 0; i < count; i++) { /* the least name that is left */
        int least = -1;
        for (int k = 0; k < count; k++)
            if (found[k].cFileName[0] && (least < 0 || before(found[k].cFileName, found[least].cFileName))) least = k;
        add(list, &used, found[least].cFileName);
        found[least].cFileName[0] = 0;
    }
    return 0;
}

static void test_patterns(const struct pattern *patterns, unsigned count, const char *everything)
{
    static char list[1024];

    for (unsigned i = 0; i < count; i++) {
        const char *wanted = patterns[i].found ? patterns[i].found : everything;
        DWORD error = find(patterns[i].pattern, list);
        ok(!lstrcmpA(list, wanted), "%s: finds %s, error %lu, not %s", patterns[i].pattern, list, error, wanted);
        ok(*wanted || !list[0] || error == ERROR_FILE_NOT_FOUND, "%s: error %lu", patterns[i].pattern, error);
    }
}

static void test_errors(void)
{
    static const struct {
        const char *pattern;
        DWORD error;
    } errors[] = {
        { "missing\\*", ERROR_PATH_NOT_FOUND }, { "a.txt\\*", ERROR_DIRECTORY }, { "a\\", ERROR_FILE_NOT_FOUND },
        { "no*\\x", ERROR_INVALID_NAME },       { "", ERROR_PATH_NOT_FOUND },     { "nothing", ERROR_FILE_NOT_FOUND },
        { "q:\\*", ERROR_PATH_NOT_FOUND },      { "*\\*", ERROR_INVALID_NAME },
    };
    WIN32_FIND_DATAA found;

    for (unsigned i = 0; i < COUNT(errors); i++) {
        SetLastError(0);
        HANDLE handle = FindFirstFileA(errors[i].pattern, &found);
        ok(handle == INVALID_HANDLE_VALUE && GetLastError() == errors[i].error, "%s: %lu", errors[i].pattern, GetLastError());
        if (handle != INVALID_HANDLE_VALUE) FindClose(handle);
    }
}

START_TESTS
{
    static char everything[1024];

    ok(CreateDirectoryA("wildcards", NULL) && SetCurrentDirectoryA("wildcards"), "a folder for it: %lu", GetLastError());
    for (unsigned i = 0; i < COUNT(names); i++) {
        HANDLE file = CreateFileA(names[i], GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
        ok(file != INVALID_HANDLE_VALUE, "%s: %lu", names[i], GetLastError());
        CloseHandle(file);
    }
    find("*", everything);
    ok(lstrlenA(everything) > 100, "everything: %s", everything);
    test_patterns(plain, COUNT(plain), everything);
    test_patterns(dos, COUNT(dos), everything);
    test_errors();
    for (unsigned i = 0; i < COUNT(names); i++) DeleteFileA(names[i]);
    SetCurrentDirectoryA("..");
    ok(RemoveDirectoryA("wildcards"), "clean up: %lu", GetLastError());
}
