/* shlobj.h: where a user's folders are. Each is an environment variable and what stands behind it, as a fresh Windows has
 * them; a folder is made when it is asked for with the flag that says so. */
#include "shell32.h"

struct folder {
    GUID id;
    int csidl;               /* -1: none */
    const WCHAR *variable;   /* its value comes first */
    const WCHAR *below;
};

#define GUID_(a, b, c, d, e, f, g, h, i, j, k) {0x##a, 0x##b, 0x##c, {0x##d, 0x##e, 0x##f, 0x##g, 0x##h, 0x##i, 0x##j, 0x##k}}

static const struct folder folders[] = {
    {GUID_(B4BFCC3A, DB2C, 424C, B0, 29, 7F, E9, 9A, 87, C6, 41), CSIDL_DESKTOPDIRECTORY, L"USERPROFILE", L"\\Desktop"},
    {GUID_(FDD39AD0, 238F, 46AF, AD, B4, 6C, 85, 48, 03, 69, C7), CSIDL_PERSONAL, L"USERPROFILE", L"\\Documents"},
    {GUID_(374DE290, 123F, 4565, 91, 64, 39, C4, 92, 5E, 46, 7B), -1, L"USERPROFILE", L"\\Downloads"},
    {GUID_(4BD8D571, 6D19, 48D3, BE, 97, 42, 22, 20, 08, 0E, 43), CSIDL_MYMUSIC, L"USERPROFILE", L"\\Music"},
    {GUID_(33E28130, 4E1E, 4676, 83, 5A, 98, 39, 5C, 3B, C3, BB), CSIDL_MYPICTURES, L"USERPROFILE", L"\\Pictures"},
    {GUID_(18989B1D, 99B5, 455B, 84, 1C, AB, 7C, 74, E4, DD, FC), CSIDL_MYVIDEO, L"USERPROFILE", L"\\Videos"},
    {GUID_(1777F761, 68AD, 4D8A, 87, BD, 30, B7, 59, FA, 33, DD), CSIDL_FAVORITES, L"USERPROFILE", L"\\Favorites"},
    {GUID_(5E6C858F, 0E22, 4760, 9A, FE, EA, 33, 17, B6, 71, 73), CSIDL_PROFILE, L"USERPROFILE", L""},
    {GUID_(56784854, C6CB, 462B, 81, 69, 88, E3, 50, AC, B8, 82), -1, L"USERPROFILE", L"\\Contacts"},
    {GUID_(4C5C32FF, BB9D, 43B0, B5, B4, 2D, 72, E5, 4E, AA, A4), -1, L"USERPROFILE", L"\\Saved Games"},
    {GUID_(3EB685DB, 65F9, 4CF6, A0, 3A, E3, EF, 65, 72, 9F, 3D), CSIDL_APPDATA, L"APPDATA", L""},
    {GUID_(F1B32785, 6FBA, 4FCF, 9D, 55, 7B, 8E, 7F, 15, 70, 91), CSIDL_LOCAL_APPDATA, L"LOCALAPPDATA", L""},
    {GUID_(A520A1A4, 1780, 4FF6, BD, 18, 16, 73, 43, C5, AF, 16), -1, L"USERPROFILE", L"\\AppData\\LocalLow"},
    {GUID_(352481E8, 33BE, 4251, BA, 85, 60, 07, CA, ED, CF, 9D), CSIDL_INTERNET_CACHE, L"LOCALAPPDATA", L"\\Microsoft\\Windows\\INetCache"},
    {GUID_(2B0F765D, C0E9, 4171, 90, 8E, 08, A6, 11, B8, 4F, F6), CSIDL_COOKIES, L"LOCALAPPDATA", L"\\Microsoft\\Windows\\INetCookies"},
    {GUID_(D9DC8A3B, B784, 432E, A7, 81, 5A, 11, 30, A7, 59, 63), CSIDL_HISTORY, L"LOCALAPPDATA", L"\\Microsoft\\Windows\\History"},
    {GUID_(A77F5D77, 2E2B, 44C3, A6, A2, AB, A6, 01, 05, 4A, 51), CSIDL_PROGRAMS, L"APPDATA", L"\\Microsoft\\Windows\\Start Menu\\Programs"},
    {GUID_(625B53C3, AB48, 4EC1, BA, 1F, A1, EF, 41, 46, FC, 19), CSIDL_STARTMENU, L"APPDATA", L"\\Microsoft\\Windows\\Start Menu"},
    {GUID_(B97D20BB, F46A, 4C97, BA, 10, 5E, 36, 08, 43, 08, 54), CSIDL_STARTUP, L"APPDATA", L"\\Microsoft\\Windows\\Start Menu\\Programs\\Startup"},
    {GUID_(8983036C, 27C0, 404B, 8F, 08, 10, 2D, 10, DC, FD, 74), CSIDL_SENDTO, L"APPDATA", L"\\Microsoft\\Windows\\SendTo"},
    {GUID_(AE50C081, EBD2, 438A, 86, 55, 8A, 09, 2E, 34, 98, 7A), CSIDL_RECENT, L"APPDATA", L"\\Microsoft\\Windows\\Recent"},
    {GUID_(A63293E8, 664E, 48DB, A0, 79, DF, 75, 9E, 05, 09, F7), CSIDL_TEMPLATES, L"APPDATA", L"\\Microsoft\\Windows\\Templates"},
    {GUID_(62AB5D82, FDC1, 4DC3, A9, DD, 07, 0D, 1D, 49, 5D, 97), CSIDL_COMMON_APPDATA, L"ProgramData", L""},
    {GUID_(C4AA340D, F20F, 4863, AF, EF, F8, 7E, F2, E6, BA, 25), CSIDL_COMMON_DESKTOPDIRECTORY, L"PUBLIC", L"\\Desktop"},
    {GUID_(ED4824AF, DCE4, 45A8, 81, E2, FC, 79, 65, 08, 36, 34), CSIDL_COMMON_DOCUMENTS, L"PUBLIC", L"\\Documents"},
    {GUID_(DFDF76A2, C82A, 4D63, 90, 6A, 56, 44, AC, 45, 73, 85), -1, L"PUBLIC", L""},
    {GUID_(0139D44E, 6AFE, 49F2, 86, 90, 3D, AF, CA, E6, FF, B8), CSIDL_COMMON_PROGRAMS, L"ProgramData", L"\\Microsoft\\Windows\\Start Menu\\Programs"},
    {GUID_(A4115719, D62E, 491D, AA, 7C, E7, 4B, 8B, E3, B0, 67), CSIDL_COMMON_STARTMENU, L"ProgramData", L"\\Microsoft\\Windows\\Start Menu"},
    {GUID_(82A5EA35, D9CD, 47C5, 96, 29, E1, 5D, 2F, 71, 4E, 6E), CSIDL_COMMON_STARTUP, L"ProgramData", L"\\Microsoft\\Windows\\Start Menu\\Programs\\StartUp"},
    {GUID_(905E63B6, C1BF, 494E, B2, 9C, 65, B7, 32, D3, D2, 1A), CSIDL_PROGRAM_FILES, L"ProgramFiles", L""},
    {GUID_(7C5A40EF, A0FB, 4BFC, 87, 4A, C0, F2, E0, B9, FA, 8E), CSIDL_PROGRAM_FILESX86, L"ProgramFiles(x86)", L""},
    {GUID_(6D809377, 6AF0, 444B, 89, 57, A3, 77, 3F, 02, 20, 0E), -1, L"ProgramW6432", L""},
    {GUID_(F7F1ED05, 9F6D, 47A2, AA, AE, 29, D3, 17, C6, F0, 66), CSIDL_PROGRAM_FILES_COMMON, L"CommonProgramFiles", L""},
    {GUID_(DE974D24, D9C6, 4D3E, BF, 91, F4, 45, 51, 20, B9, 17), CSIDL_PROGRAM_FILES_COMMONX86, L"CommonProgramFiles(x86)", L""},
    {GUID_(F38BF404, 1D43, 42F2, 93, 05, 67, DE, 0B, 28, FC, 23), CSIDL_WINDOWS, L"SystemRoot", L""},
    {GUID_(1AC14E77, 02E7, 4E5D, B7, 44, 2E, B1, AE, 51, 98, B7), CSIDL_SYSTEM, L"SystemRoot", L"\\System32"},
    {GUID_(D65231B0, B2F1, 4857, A4, CE, A8, E7, C6, EA, 7D, 27), CSIDL_SYSTEMX86, L"SystemRoot", L"\\SysWOW64"},
    {GUID_(FD228CB7, AE11, 4AE3, 86, 4C, 16, F3, 91, 0A, B8, FE), CSIDL_FONTS, L"SystemRoot", L"\\Fonts"},
    {GUID_(8AD10C31, 2ADB, 4296, A8, F7, E4, 70, 12, 32, C9, 72), CSIDL_RESOURCES, L"SystemRoot", L"\\Resources"},
    {GUID_(0762D272, C50A, 4BB0, A3, 82, 69, 7D, CD, 72, 9B, 80), -1, L"SystemDrive", L"\\Users"},
};

/* Below the profile or its AppData where the variable itself is missing. */
static DWORD base_of(const WCHAR *variable, WCHAR *to, DWORD room)
{
    static const struct {
        const WCHAR *variable, *from, *below;
    } defaults[] = {
        {L"APPDATA", L"USERPROFILE", L"\\AppData\\Roaming"}, {L"LOCALAPPDATA", L"USERPROFILE", L"\\AppData\\Local"},
        {L"ProgramData", L"SystemDrive", L"\\ProgramData"},  {L"PUBLIC", L"SystemDrive", L"\\Users\\Public"},
        {L"ProgramFiles", L"SystemDrive", L"\\Program Files"}, {L"ProgramW6432", L"SystemDrive", L"\\Program Files"},
        {L"ProgramFiles(x86)", L"SystemDrive", L"\\Program Files (x86)"},
        {L"CommonProgramFiles", L"SystemDrive", L"\\Program Files\\Common Files"},
        {L"CommonProgramFiles(x86)", L"SystemDrive", L"\\Program Files (x86)\\Common Files"},
    };
    DWORD length = GetEnvironmentVariableW(variable, to, room);
    if (length) return length < room ? length : 0;
    for (unsigned i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++) {
        if (CompareStringOrdinal(variable, -1, defaults[i].variable, -1, TRUE) != CSTR_EQUAL) continue;
        length = GetEnvironmentVariableW(defaults[i].from, to, room);
        DWORD more = lstrlenW(defaults[i].below);
        if (!length || length + more >= room) return 0;
        memcpy(to + length, defaults[i].below, (more + 1) * sizeof(WCHAR));
        return length + more;
    }
    return 0;
}

static bool is_folder(const WCHAR *path)
{
    DWORD attributes = GetFileAttributesW(path);
    return attributes != INVALID_FILE_ATTRIBUTES && attributes & FILE_ATTRIBUTE_DIRECTORY;
}

/* Every folder on the way. */
static bool make_folder(WCHAR *path)
{
    if (is_folder(path)) return true;
    for (WCHAR *at = path + 3; *at; at++) {
        if (*at != '\\') continue;
        *at = 0;
        if (!is_folder(path)) CreateDirectoryW(path, NULL);
        *at = '\\';
    }
    return CreateDirectoryW(path, NULL) || is_folder(path);
}

/* `path` holds MAX_PATH. */
static HRESULT folder_path(const struct folder *folder, bool verify, bool create, WCHAR *path)
{
    DWORD length = base_of(folder->variable, path, MAX_PATH), more = lstrlenW(folder->below);
    if (!length || length + more >= MAX_PATH) return HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND);
    memcpy(path + length, folder->below, (more + 1) * sizeof(WCHAR));
    if (create) return make_folder(path) ? S_OK : HRESULT_FROM_WIN32(GetLastError());
    if (verify && !is_folder(path)) return HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND);
    return S_OK;
}

/* The path is freed with CoTaskMemFree. */
HRESULT WINAPI SHGetKnownFolderPath(REFKNOWNFOLDERID id, DWORD flags, HANDLE token, WCHAR **result)
{
    WCHAR path[MAX_PATH];
    HRESULT status;

    if (!result) return E_INVALIDARG;
    *result = NULL;
    for (unsigned i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        if (memcmp(&folders[i].id, id, sizeof(GUID))) continue;
        status = folder_path(&folders[i], !(flags & KF_FLAG_DONT_VERIFY), flags & KF_FLAG_CREATE, path);
        if (FAILED(status)) return status;
        DWORD bytes = (lstrlenW(path) + 1) * sizeof(WCHAR);
        if (!(*result = RtlAllocateHeap(ferry_peb()->ProcessHeap, 0, bytes))) return E_OUTOFMEMORY;
        memcpy(*result, path, bytes);
        return S_OK;
    }
    return HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND); /* as for an id that is not registered */
}

/* `path` holds MAX_PATH. S_FALSE: the folder does not exist, its path is given. */
HRESULT WINAPI SHGetFolderPathW(HWND owner, int csidl, HANDLE token, DWORD flags, WCHAR *path)
{
    int number = csidl & 0xff;

    if (!path) return E_INVALIDARG;
    path[0] = 0;
    if (flags > SHGFP_TYPE_DEFAULT) return E_INVALIDARG;
    if (number == CSIDL_DESKTOP) number = CSIDL_DESKTOPDIRECTORY;
    if (number == CSIDL_MYDOCUMENTS) number = CSIDL_PERSONAL;
    for (unsigned i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        HRESULT status;
        if (folders[i].csidl != number) continue;
        status = folder_path(&folders[i], false, csidl & CSIDL_FLAG_CREATE, path);
        if (FAILED(status)) {
            path[0] = 0;
            return status;
        }
        return csidl & CSIDL_FLAG_DONT_VERIFY || is_folder(path) ? S_OK : S_FALSE;
    }
    return E_INVALIDARG;
}

HRESULT WINAPI SHGetFolderPathA(HWND owner, int csidl, HANDLE token, DWORD flags, char *path)
{
    WCHAR wide[MAX_PATH];
    HRESULT status;
    if (!path) return E_INVALIDARG;
    path[0] = 0;
    status = SHGetFolderPathW(owner, csidl, token, flags, wide);
    if (SUCCEEDED(status) && !WideCharToMultiByte(CP_ACP, 0, wide, -1, path, MAX_PATH, NULL, NULL)) return E_FAIL;
    return status;
}

BOOL WINAPI SHGetSpecialFolderPathW(HWND owner, WCHAR *path, int csidl, BOOL create)
{
    return SHGetFolderPathW(owner, csidl | (create ? CSIDL_FLAG_CREATE : 0), NULL, SHGFP_TYPE_CURRENT, path) == S_OK;
}

BOOL WINAPI SHGetSpecialFolderPathA(HWND owner, char *path, int csidl, BOOL create)
{
    return SHGetFolderPathA(owner, csidl | (create ? CSIDL_FLAG_CREATE : 0), NULL, SHGFP_TYPE_CURRENT, path) == S_OK;
}
