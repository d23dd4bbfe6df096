/* userenv.h: folders of profiles and environments of users. There is one user, who started the programs; every token is of
 * him. The environment that the first program of a session was started with is his. */
#define _USERENV_
#include "ferry/ntapi.h"
#include <stdbool.h>
#include <userenv.h>

void *__cdecl memcpy(void *to, const void *from, size_t size);

static BOOL fail(DWORD error)
{
    SetLastError(error);
    return FALSE;
}

/* *size: characters, out: those needed or copied, with the terminator. */
static BOOL give(const WCHAR *text, WCHAR *to, DWORD *size)
{
    DWORD needed = (DWORD)lstrlenW(text) + 1, room = *size;

    *size = needed;
    if (!to || room < needed) return fail(ERROR_INSUFFICIENT_BUFFER);
    memcpy(to, text, needed * sizeof(WCHAR));
    return TRUE;
}

static BOOL give_ansi(const WCHAR *text, CHAR *to, DWORD *size)
{
    DWORD needed = (DWORD)WideCharToMultiByte(CP_ACP, 0, text, -1, NULL, 0, NULL, NULL), room = *size;

    *size = needed;
    if (!to || room < needed) return fail(ERROR_INSUFFICIENT_BUFFER);
    WideCharToMultiByte(CP_ACP, 0, text, -1, to, (int)room, NULL, NULL);
    return TRUE;
}

/* %USERPROFILE% etc.; false with the last error set. */
static bool expand(const WCHAR *variable, const WCHAR *fallback, WCHAR *to)
{
    DWORD length = GetEnvironmentVariableW(variable, to, MAX_PATH);

    if (!length && fallback) length = ExpandEnvironmentStringsW(fallback, to, MAX_PATH);
    if (length && length < MAX_PATH) return true;
    SetLastError(ERROR_FILE_NOT_FOUND);
    return false;
}

static bool check_token(HANDLE token)
{
    DWORD size;

    if (GetTokenInformation(token, TokenUser, NULL, 0, &size) || GetLastError() == ERROR_INSUFFICIENT_BUFFER) return true;
    return false;
}

static bool profile(HANDLE token, WCHAR *path)
{
    return check_token(token) && expand(L"USERPROFILE", NULL, path);
}

/* The token must allow TOKEN_QUERY. */
BOOL WINAPI GetUserProfileDirectoryW(HANDLE token, WCHAR *folder, DWORD *size)
{
    WCHAR path[MAX_PATH];

    if (!size) return fail(ERROR_INVALID_PARAMETER);
    return profile(token, path) && give(path, folder, size);
}

BOOL WINAPI GetUserProfileDirectoryA(HANDLE token, CHAR *folder, DWORD *size)
{
    WCHAR path[MAX_PATH];

    if (!size) return fail(ERROR_INVALID_PARAMETER);
    return profile(token, path) && give_ansi(path, folder, size);
}

static bool profiles(WCHAR *path)
{
    return expand(L"", L"%SystemDrive%\\Users", path);
}

BOOL WINAPI GetProfilesDirectoryW(WCHAR *folder, DWORD *size)
{
    WCHAR path[MAX_PATH];

    if (!size) return fail(ERROR_INVALID_PARAMETER);
    return profiles(path) && give(path, folder, size);
}

BOOL WINAPI GetProfilesDirectoryA(CHAR *folder, DWORD *size)
{
    WCHAR path[MAX_PATH];

    if (!size) return fail(ERROR_INVALID_PARAMETER);
    return profiles(path) && give_ansi(path, folder, size);
}

BOOL WINAPI GetAllUsersProfileDirectoryW(WCHAR *folder, DWORD *size)
{
    WCHAR path[MAX_PATH];

    if (!size) return fail(ERROR_INVALID_PARAMETER);
    return expand(L"ProgramData", L"%SystemDrive%\\ProgramData", path) && give(path, folder, size);
}

BOOL WINAPI GetAllUsersProfileDirectoryA(CHAR *folder, DWORD *size)
{
    WCHAR path[MAX_PATH];

    if (!size) return fail(ERROR_INVALID_PARAMETER);
    return expand(L"ProgramData", L"%SystemDrive%\\ProgramData", path) && give_ansi(path, folder, size);
}

/* Freed with DestroyEnvironmentBlock. `inherit` makes no difference: the user's environment is the process's. A NULL token
 * asks for system variables only, which are those that do not speak of the user. */
BOOL WINAPI CreateEnvironmentBlock(void **environment, HANDLE token, BOOL inherit)
{
    static const WCHAR *const of_user[] = {L"USERPROFILE", L"USERNAME", L"USERDOMAIN", L"APPDATA", L"LOCALAPPDATA",
                                           L"HOMEDRIVE", L"HOMEPATH", L"TEMP", L"TMP"};
    if (!environment) return fail(ERROR_INVALID_PARAMETER);
    if (token && !check_token(token)) return FALSE;
    WCHAR *all = GetEnvironmentStringsW(), *end = all, *to;
    if (!all) return fail(ERROR_NOT_ENOUGH_MEMORY);
    while (*end) end += lstrlenW(end) + 1;
    WCHAR *copy = HeapAlloc(GetProcessHeap(), 0, (end - all + 2) * sizeof(WCHAR));
    if (!copy) {
        FreeEnvironmentStringsW(all);
        return fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    to = copy;
    for (WCHAR *at = all; *at;) {
        int length = lstrlenW(at) + 1, name = 1;
        bool keep = true;
        while (at[name] && at[name] != '=') name++;
        for (unsigned i = 0; !token && i < ARRAYSIZE(of_user); i++)
            if (CompareStringOrdinal(at, name, of_user[i], -1, TRUE) == CSTR_EQUAL) keep = false;
        if (keep) {
            memcpy(to, at, length * sizeof(WCHAR));
            to += length;
        }
        at += length;
    }
    if (to == copy) *to++ = 0;
    *to = 0;
    FreeEnvironmentStringsW(all);
    *environment = copy;
    return TRUE;
}

BOOL WINAPI DestroyEnvironmentBlock(void *environment)
{
    if (!environment) return fail(ERROR_INVALID_PARAMETER);
    return HeapFree(GetProcessHeap(), 0, environment);
}

/* `size`: characters of `to`. */
BOOL WINAPI ExpandEnvironmentStringsForUserW(HANDLE token, const WCHAR *from, WCHAR *to, DWORD size)
{
    if (token && !check_token(token)) return FALSE;
    DWORD needed = ExpandEnvironmentStringsW(from, to, size);
    if (!needed) return FALSE;
    return needed <= size || fail(ERROR_INSUFFICIENT_BUFFER);
}
