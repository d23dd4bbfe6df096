/* How names reach files, as tables: full paths, and what opening a name finds or says.
 *
 * Wine 8 differs: it takes "/" for Linux's root, says ERROR_FILE_NOT_FOUND for a drive that does not exist, and
 * ERROR_ACCESS_DENIED for a directory with a backslash behind. */
#include "tap.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static WCHAR here[300]; /* current directory, a backslash at its end */

static void put(WCHAR *to, const char *text)
{
    while ((*to++ = (unsigned char)*text++));
}

/* ---- GetFullPathName; in C:\windows\system32 ---- */

static void test_full_paths(void)
{
    static const struct {
        const char *path, *full, *file; /* file: "": none */
    } rows[] = {
        { "x", "C:\\windows\\system32\\x", "x" },
        { ".", "C:\\windows\\system32", "system32" },
        { "..", "C:\\windows", "windows" },
        { "...", "C:\\windows\\system32\\", "" },
        { "..\\x", "C:\\windows\\x", "x" },
        { "..\\..\\x", "C:\\x", "x" },
        { "..\\..\\..\\..\\x", "C:\\x", "x" },
        { ".\\x\\.", "C:\\windows\\system32\\x", "x" },
        { "x\\..", "C:\\windows\\system32", "system32" },
        { "x\\..\\", "C:\\windows\\system32\\", "" },
        { "x\\..\\y", "C:\\windows\\system32\\y", "y" },
        { "x\\.\\y", "C:\\windows\\system32\\x\\y", "y" },
        { "x\\\\y", "C:\\windows\\system32\\x\\y", "y" },
        { "x/y", "C:\\windows\\system32\\x\\y", "y" },
        { "x//y/", "C:\\windows\\system32\\x\\y\\", "" },
        { "x.", "C:\\windows\\system32\\x", "x" },
        { "x..", "C:\\windows\\system32\\x", "x" },
        { "x ", "C:\\windows\\system32\\x", "x" },
        { "x . ", "C:\\windows\\system32\\x", "x" },
        { "x .y", "C:\\windows\\system32\\x .y", "x .y" },
        { " x", "C:\\windows\\system32\\ x", " x" },
        { "x.\\y", "C:\\windows\\system32\\x\\y", "y" },
        { "x \\y", "C:\\windows\\system32\\x \\y", "y" },
        { "a.b.c", "C:\\windows\\system32\\a.b.c", "a.b.c" },
        { "\\", "C:\\", "" },
        { "/", "C:\\", "" },
        { "\\x", "C:\\x", "x" },
        { "\\..\\x", "C:\\x", "x" },
        { "\\x\\..\\..\\y", "C:\\y", "y" },
        { "C:x", "C:\\windows\\system32\\x", "x" },
        { "C:.", "C:\\windows\\system32", "system32" },
        { "C:..", "C:\\windows", "windows" },
        { "C:..\\x", "C:\\windows\\x", "x" },
        { "C:\\", "C:\\", "" },
        { "C:\\x", "C:\\x", "x" },
        { "c:\\X", "c:\\X", "X" },
        { "C:/x/y", "C:\\x\\y", "y" },
        { "C:\\x\\", "C:\\x\\", "" },
        { "C:\\.", "C:\\", "" },
        { "C:\\..", "C:\\", "" },
        { "C:\\x\\..", "C:\\", "" },
        { "C:\\x\\.\\y\\..\\z", "C:\\x\\z", "z" },
        { "C:\\x.\\..\\y", "C:\\y", "y" },
        { "C:\\*.*", "C:\\*.*", "*.*" },
        { "C:\\a?b", "C:\\a?b", "a?b" },
        { "C:\\a<b", "C:\\a<b", "a<b" },
        { "C:\\x:stream", "C:\\x:stream", "x:stream" },
        { "1:\\x", "1:\\x", "x" },
        { "nul", "\\\\.\\nul", "" },
        { "NUL", "\\\\.\\NUL", "" },
        { "nul ", "\\\\.\\nul", "" },
        { "con", "\\\\.\\con", "" },
        { "prn", "\\\\.\\prn", "" },
        { "aux", "\\\\.\\aux", "" },
        { "com1", "\\\\.\\com1", "" },
        { "com9", "\\\\.\\com9", "" },
        { "lpt1", "\\\\.\\lpt1", "" },
        { "com10", "C:\\windows\\system32\\com10", "com10" },
        { "com", "C:\\windows\\system32\\com", "com" },
        { "nulx", "C:\\windows\\system32\\nulx", "nulx" },
        { "xnul", "C:\\windows\\system32\\xnul", "xnul" },
        { "CONIN$", "\\\\.\\CONIN$", "" },
        { "CONOUT$", "\\\\.\\CONOUT$", "" },
        { "nul\\x", "C:\\windows\\system32\\nul\\x", "x" },
        { "\\\\server\\share\\", "\\\\server\\share\\", "" },
        { "\\\\server\\share\\x", "\\\\server\\share\\x", "x" },
        { "\\\\server\\share\\..", "\\\\server\\share\\", "" },
        { "\\\\server\\share\\..\\x", "\\\\server\\share\\x", "x" },
        { "\\\\server\\share\\a\\..\\x", "\\\\server\\share\\x", "x" },
        { "//server/share/x", "\\\\server\\share\\x", "x" },
        { "\\\\?\\C:\\x", "\\\\?\\C:\\x", "x" },
        { "\\\\?\\C:\\x\\..\\y", "\\\\?\\C:\\y", "y" },
        { "\\\\.\\C:", "\\\\.\\C:", "C:" },
        { "\\\\.\\C:\\x\\..\\y", "\\\\.\\C:\\y", "y" },
        { "\\\\.\\pipe\\x", "\\\\.\\pipe\\x", "x" },
        { "\\\\.\\nul", "\\\\.\\nul", "nul" },
        { "\\\\.", "\\\\.\\", "" },
    };
    WCHAR path[100], full[300], wanted[300], *file;

    SetCurrentDirectoryA("C:\\windows\\system32");
    for (unsigned i = 0; i < COUNT(rows); i++) {
        put(path, rows[i].path);
        put(wanted, rows[i].full);
        DWORD length = GetFullPathNameW(path, 300, full, &file);
        ok(!lstrcmpiW(full, wanted), "%s: %S", rows[i].path, full);
        ok(length == lstrlenW(full), "%s: length %lu", rows[i].path, length);
        put(wanted, rows[i].file);
        if (full[2] == '.') continue; /* a device has no file part to speak of */
        if (rows[i].file[0]) ok(file && !lstrcmpW(file, wanted), "%s: file %S", rows[i].path, file);
        else ok(!file, "%s: file %S", rows[i].path, file);
    }
    SetCurrentDirectoryW(here);
}

/* ---- opening; `@` stands for the folder, `#` for its drive and path with \\?\ before ---- */

static void place(char *to, const char *from)
{
    for (; *from; from++) {
        if (*from == '#') to += tap_format(to, 300, "\\\\?\\%S", here);
        else if (*from == '@') to += tap_format(to, 300, "%S", here);
        else *to++ = *from;
    }
    *to = 0;
}

static void test_opening(void)
{
    static const struct {
        const char *path;
        DWORD error; /* 0: it is file.txt's content that is read */
    } rows[] = {
        { "file.txt", 0 }, { "FILE.TXT", 0 }, { "File.Txt", 0 }, { ".\\file.txt", 0 }, { "./file.txt", 0 },
        { "sub\\..\\file.txt", 0 }, { "nowhere\\..\\file.txt", 0 }, { "file.txt.", 0 }, { "file.txt..", 0 }, { "file.txt ", 0 },
        { "file.txt. .", 0 }, { "@file.txt", 0 }, { "@FILE.txt", 0 }, { "@.\\file.txt", 0 }, { "@sub\\..\\file.txt", 0 },
        { "@sub/../file.txt", 0 }, { "#file.txt", 0 }, { "#File.TXT", 0 },
        { "sub\\file.txt", ERROR_FILE_NOT_FOUND }, { "missing", ERROR_FILE_NOT_FOUND },
        { "missing\\file.txt", ERROR_PATH_NOT_FOUND }, { "sub\\missing\\file.txt", ERROR_PATH_NOT_FOUND },
        { "@missing", ERROR_FILE_NOT_FOUND }, { "@missing\\x", ERROR_PATH_NOT_FOUND }, { "q:\\file.txt", ERROR_PATH_NOT_FOUND },
        { "file.txt\\x", ERROR_PATH_NOT_FOUND },
        { "file.tx", ERROR_FILE_NOT_FOUND }, { "file.txtt", ERROR_FILE_NOT_FOUND }, { " file.txt", ERROR_FILE_NOT_FOUND },
        { "*", ERROR_INVALID_NAME }, { "file.*", ERROR_INVALID_NAME }, { "file?txt", ERROR_INVALID_NAME },
        { "a<b", ERROR_INVALID_NAME }, { "a>b", ERROR_INVALID_NAME }, { "a|b", ERROR_INVALID_NAME }, { "a\"b", ERROR_INVALID_NAME },
        { "@a|b", ERROR_INVALID_NAME }, { "#a|b", ERROR_INVALID_NAME }, { "#sub/../file.txt", ERROR_INVALID_NAME },
        { "#.\\file.txt", ERROR_INVALID_NAME }, { "#sub\\..\\file.txt", ERROR_INVALID_NAME },
        { "#file.txt.", ERROR_FILE_NOT_FOUND }, { "#file.txt ", ERROR_FILE_NOT_FOUND },
        { "sub", ERROR_ACCESS_DENIED }, { "SUB", ERROR_ACCESS_DENIED }, { "sub\\.", ERROR_ACCESS_DENIED }, { ".", ERROR_ACCESS_DENIED },
        { "", ERROR_PATH_NOT_FOUND }, { "sub\\", ERROR_PATH_NOT_FOUND }, { "@", ERROR_PATH_NOT_FOUND },
    };
    char path[400], text[16];

    for (unsigned i = 0; i < COUNT(rows); i++) {
        DWORD got = 0;
        place(path, rows[i].path);
        SetLastError(0);
        HANDLE file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
        DWORD error = file == INVALID_HANDLE_VALUE ? GetLastError() : 0;
        ok(error == rows[i].error, "%s: error %lu, not %lu", rows[i].path, error, rows[i].error);
        if (file == INVALID_HANDLE_VALUE) continue;
        if (!rows[i].error) ok(ReadFile(file, text, 16, &got, NULL) && got == 7 && text[0] == 'c', "%s: content", rows[i].path);
        CloseHandle(file);
    }
}

/* Names as they are kept: made with one spelling, listed with another. */
static void test_making(void)
{
    static const struct {
        const char *path, *listed;
    } rows[] = {
        { "Mixed Case.TXT", "Mixed Case.TXT" }, { "dots...", "dots" }, { "space   ", "space" }, { "dot . dot. ", "dot . dot" },
        { "a.b.c.d", "a.b.c.d" }, { "...lead", "...lead" }, { "  lead", "  lead" }, { "semi;colon", "semi;colon" },
        { "plus+[]{}=,'~!@$%^&()", "plus+[]{}=,'~!@$%^&()" }, { "com10", "com10" }, { "nul1", "nul1" }, { "sub/slash", "slash" },
        { "sub\\..\\up", "up" }, { ".\\dot", "dot" },
    };
    char path[400];

    for (unsigned i = 0; i < COUNT(rows); i++) {
        WIN32_FIND_DATAA found = { 0 };
        HANDLE file = CreateFileA(rows[i].path, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
        ok(file != INVALID_HANDLE_VALUE, "%s: %lu", rows[i].path, GetLastError());
        CloseHandle(file);
        HANDLE find = FindFirstFileA(rows[i].path, &found);
        ok(find != INVALID_HANDLE_VALUE && !lstrcmpA(found.cFileName, rows[i].listed), "%s: listed as %s", rows[i].path, found.cFileName);
        FindClose(find);
        CharUpperA(lstrcpyA(path, rows[i].path));
        file = CreateFileA(path, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
        ok(file == INVALID_HANDLE_VALUE && GetLastError() == ERROR_FILE_EXISTS, "%s: there in another case: %lu", path, GetLastError());
        ok(DeleteFileA(path), "%s: deleted: %lu", path, GetLastError());
    }
}

static void test_directories(void)
{
    static const struct {
        const char *path;
        DWORD make, remove;
    } rows[] = {
        { "sub", ERROR_ALREADY_EXISTS, ERROR_DIR_NOT_EMPTY }, { "file.txt", ERROR_ALREADY_EXISTS, ERROR_DIRECTORY },
        { "new", 0, 0 }, { "new\\", 0, 0 }, { "New.", 0, 0 }, { "sub\\new", 0, 0 }, { "sub/../new", 0, 0 },
        { "missing\\new", ERROR_PATH_NOT_FOUND, ERROR_PATH_NOT_FOUND }, { "a|b", ERROR_INVALID_NAME, ERROR_INVALID_NAME },
        { "a*", ERROR_INVALID_NAME, ERROR_INVALID_NAME }, { "", ERROR_PATH_NOT_FOUND, ERROR_INVALID_NAME },
        { "file.txt\\x", ERROR_PATH_NOT_FOUND, ERROR_PATH_NOT_FOUND }, { "q:\\x", ERROR_PATH_NOT_FOUND, ERROR_PATH_NOT_FOUND },
    };

    CloseHandle(CreateFileA("sub\\inside", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL));
    for (unsigned i = 0; i < COUNT(rows); i++) {
        DWORD error = CreateDirectoryA(rows[i].path, NULL) ? 0 : GetLastError();
        ok(error == rows[i].make, "making %s: %lu", rows[i].path, error);
        error = RemoveDirectoryA(rows[i].path) ? 0 : GetLastError();
        ok(error == rows[i].remove, "removing %s: %lu", rows[i].path, error);
    }
    ok(!DeleteFileA("sub") && GetLastError() == ERROR_ACCESS_DENIED, "deleting a directory as a file: %lu", GetLastError());
    ok(DeleteFileA("SUB\\INSIDE"), "clean up");
}

START_TESTS
{
    DWORD written;

    CreateDirectoryA("Path rules", NULL);
    SetCurrentDirectoryA("path RULES");
    GetCurrentDirectoryW(290, here);
    lstrcatW(here, L"\\");
    CreateDirectoryA("sub", NULL);
    HANDLE file = CreateFileA("file.txt", GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    ok(WriteFile(file, "content", 7, &written, NULL) && CloseHandle(file), "the file");
    test_full_paths();
    test_opening();
    test_making();
    test_directories();
    ok(DeleteFileA("file.txt") && RemoveDirectoryA("sub"), "clean up");
    SetCurrentDirectoryA("..");
    ok(RemoveDirectoryA("Path rules"), "clean up: %lu", GetLastError());
}
