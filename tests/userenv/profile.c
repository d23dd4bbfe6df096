/* userenv.h: folders of profiles, environment blocks. */
#include "tap.h"
#include <userenv.h>

START_TESTS
{
    WCHAR path[MAX_PATH], variable[MAX_PATH], *environment;
    char narrow[MAX_PATH];
    DWORD size = 0, length;
    HANDLE token;
    void *block;

    ok(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY | TOKEN_DUPLICATE, &token), "token: %lu", GetLastError());
    ok(!GetUserProfileDirectoryW(token, NULL, &size) && GetLastError() == ERROR_INSUFFICIENT_BUFFER && size > 3, "size: %lu", size);
    length = size;
    ok(GetUserProfileDirectoryW(token, path, &size) && size == length && lstrlenW(path) + 1 == (int)size, "folder: %S", path);
    GetEnvironmentVariableW(L"USERPROFILE", variable, MAX_PATH);
    ok(!lstrcmpiW(path, variable), "as in the environment: %S, %S", path, variable);
    size = MAX_PATH;
    ok(GetUserProfileDirectoryA(token, narrow, &size) && lstrlenA(narrow) + 1 == (int)size, "narrow: %s", narrow);
    ok(!GetUserProfileDirectoryW((HANDLE)0x7ffc, path, &size) && GetLastError() == ERROR_INVALID_HANDLE, "no token: %lu", GetLastError());
    size = MAX_PATH;
    ok(GetProfilesDirectoryW(path, &size) && lstrlenW(path) > 3, "profiles: %S", path);
    size = MAX_PATH;
    ok(GetAllUsersProfileDirectoryW(path, &size) && lstrlenW(path) > 3, "all users: %S", path);
    ok(CreateEnvironmentBlock(&block, token, FALSE), "environment: %lu", GetLastError());
    BOOL found = FALSE;
    for (environment = block; *environment; environment += lstrlenW(environment) + 1)
        if (CompareStringOrdinal(environment, 12, L"USERPROFILE=", 12, TRUE) == CSTR_EQUAL) found = TRUE;
    ok(found, "USERPROFILE");
    ok(DestroyEnvironmentBlock(block), "destroy");
    ok(CreateEnvironmentBlock(&block, NULL, FALSE), "system variables: %lu", GetLastError());
    DestroyEnvironmentBlock(block);
    ok(ExpandEnvironmentStringsForUserW(token, L"<%SystemRoot%>", path, MAX_PATH) && path[0] == '<' && path[1] != '%', "expand: %S", path);
    ok(!ExpandEnvironmentStringsForUserW(token, L"<%SystemRoot%>", path, 3), "no room");
    CloseHandle(token);
}
