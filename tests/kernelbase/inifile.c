/* INI files. */
#include "tap.h"

static char file[MAX_PATH];

/* Whether the texts are the same, inner zeros included. */
static BOOL same(const char *a, const char *b, int size)
{
    while (size && *a++ == *b++) size--;
    return !size;
}

static const char *read_all(void)
{
    static char text[1024];
    DWORD size = 0;
    HANDLE handle = CreateFileA(file, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);

    ReadFile(handle, text, sizeof(text) - 1, &size, NULL);
    text[size] = 0;
    CloseHandle(handle);
    return text;
}

static void write_all(const char *text)
{
    DWORD size;
    HANDLE handle = CreateFileA(file, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);

    WriteFile(handle, text, lstrlenA(text), &size, NULL);
    CloseHandle(handle);
}

START_TESTS
{
    char text[64], small[4];

    GetTempPathA(sizeof(file), file);
    lstrcatA(file, "ferry-test.ini");
    DeleteFileA(file);
    ok(GetPrivateProfileStringA("s", "k", "none  ", text, sizeof(text), file) == 4 && !lstrcmpA(text, "none"), "default: '%s'", text);
    ok(GetPrivateProfileIntA("s", "k", -3, file) == (UINT)-3, "default number");

    write_all("; comment\r\n[One]\r\na=1\r\n b = two words \r\nq=\"quoted \"\r\n;c=3\r\n\r\n[Two]\r\nn=-12x\r\n");
    ok(GetPrivateProfileStringA("one", "B", "", text, sizeof(text), file) == 9 && !lstrcmpA(text, "two words"), "'%s'", text);
    ok(GetPrivateProfileStringA("One", "q", "", text, sizeof(text), file) == 7 && !lstrcmpA(text, "quoted "), "'%s'", text);
    ok(GetPrivateProfileStringA("One", "c", "no", text, sizeof(text), file) == 2, "comment: '%s'", text);
    ok(GetPrivateProfileStringA("One", "b", "", small, sizeof(small), file) == 3 && !lstrcmpA(small, "two"), "cut: '%s'", small);
    ok(GetPrivateProfileIntA("Two", "n", 7, file) == (UINT)-12, "number");
    ok(GetPrivateProfileStringA(NULL, NULL, "", text, sizeof(text), file) == 8 && same(text, "One\0Two\0", 9), "sections");
    ok(GetPrivateProfileStringA("One", NULL, "", text, sizeof(text), file) == 6 && same(text, "a\0b\0q\0", 7), "keys");
    ok(GetPrivateProfileStringA(NULL, NULL, "", text, 6, file) == 4 && same(text, "One\0\0", 5), "cut list");

    ok(WritePrivateProfileStringA("One", "a", "new", file), "replace: %lu", GetLastError());
    ok(WritePrivateProfileStringA("One", "d", "4", file), "add");
    ok(WritePrivateProfileStringA("Three", "x", "y", file), "add a section");
    ok(WritePrivateProfileStringA("Two", "n", NULL, file), "remove");
    ok(GetPrivateProfileStringA("One", "a", "", text, sizeof(text), file) == 3 && !lstrcmpA(text, "new"), "'%s'", text);
    ok(GetPrivateProfileIntA("One", "d", 0, file) == 4, "added");
    ok(GetPrivateProfileStringA("Three", "x", "", text, sizeof(text), file) == 1 && *text == 'y', "'%s'", text);
    ok(GetPrivateProfileIntA("Two", "n", 5, file) == 5, "removed");
    ok(WritePrivateProfileStringA("One", NULL, NULL, file), "remove a section");
    ok(GetPrivateProfileStringA(NULL, NULL, "", text, sizeof(text), file) == 10, "sections");
    ok(read_all()[0] == ';', "comment kept");
    DeleteFileA(file);
}
