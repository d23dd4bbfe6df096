/* sysinfoapi.h and winbase.h: the version of Windows. 10.0.19045, as the PEB has it; a program whose manifest does not
 * say that it knows Windows 10 is told 6.2, as Windows does (sysinfoapi.h reference: GetVersionEx, remarks). */
#define VerSetConditionMask imported_VerSetConditionMask /* the header's is ntdll's */
#include "kernelbase.h"
#undef VerSetConditionMask
ULONGLONG WINAPI VerSetConditionMask(ULONGLONG mask, DWORD types, BYTE condition);

/* {8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}, the supportedOS of Windows 10, as manifests write it. */
static const char windows_10[] = "8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a";

static bool contains_nocase(const char *text, ULONG size, const char *wanted)
{
    size_t length = str_length(wanted);

    for (ULONG at = 0; at + length <= size; at++) {
        size_t i = 0;
        while (i < length && ascii_lower((UCHAR)text[at + i]) == (UCHAR)wanted[i]) i++;
        if (i == length) return true;
    }
    return false;
}

static bool knows_windows_10(void)
{
    static LONG known; /* 1 no, 2 yes */

    if (!known) {
        DWORD error = ferry_teb()->LastErrorValue;
        HRSRC resource = FindResourceW(NULL, MAKEINTRESOURCEW(1), (LPCWSTR)RT_MANIFEST);
        const char *text = resource ? LoadResource(NULL, resource) : NULL;
        InterlockedExchange(&known, text && contains_nocase(text, SizeofResource(NULL, resource), windows_10) ? 2 : 1);
        ferry_teb()->LastErrorValue = error;
    }
    return known == 2;
}

static void version(DWORD *major, DWORD *minor, DWORD *build)
{
    const FERRY_PEB *peb = ferry_peb();

    *major = peb->OSMajorVersion;
    *minor = peb->OSMinorVersion;
    *build = peb->OSBuildNumber;
    if (!knows_windows_10()) {
        *major = 6;
        *minor = 2;
        *build = 9200;
    }
}

DWORD WINAPI GetVersion(void)
{
    DWORD major, minor, build;

    version(&major, &minor, &build);
    return major | minor << 8 | build << 16;
}

BOOL WINAPI GetVersionExW(LPOSVERSIONINFOW info)
{
    if (info->dwOSVersionInfoSize != sizeof(*info) && info->dwOSVersionInfoSize != sizeof(OSVERSIONINFOEXW))
        return set_error(ERROR_INSUFFICIENT_BUFFER);
    version(&info->dwMajorVersion, &info->dwMinorVersion, &info->dwBuildNumber);
    info->dwPlatformId = VER_PLATFORM_WIN32_NT;
    memset(info->szCSDVersion, 0, sizeof(info->szCSDVersion));
    if (info->dwOSVersionInfoSize == sizeof(OSVERSIONINFOEXW)) {
        OSVERSIONINFOEXW *ex = (OSVERSIONINFOEXW *)info;
        ex->wServicePackMajor = ex->wServicePackMinor = 0;
        ex->wSuiteMask = VER_SUITE_SINGLEUSERTS;
        ex->wProductType = VER_NT_WORKSTATION;
        ex->wReserved = 0;
    }
    return TRUE;
}

BOOL WINAPI GetVersionExA(LPOSVERSIONINFOA info)
{
    OSVERSIONINFOEXW wide = { .dwOSVersionInfoSize = sizeof(wide) };

    if (info->dwOSVersionInfoSize != sizeof(*info) && info->dwOSVersionInfoSize != sizeof(OSVERSIONINFOEXA))
        return set_error(ERROR_INSUFFICIENT_BUFFER);
    GetVersionExW((OSVERSIONINFOW *)&wide);
    info->dwMajorVersion = wide.dwMajorVersion;
    info->dwMinorVersion = wide.dwMinorVersion;
    info->dwBuildNumber = wide.dwBuildNumber;
    info->dwPlatformId = wide.dwPlatformId;
    memset(info->szCSDVersion, 0, sizeof(info->szCSDVersion));
    if (info->dwOSVersionInfoSize == sizeof(OSVERSIONINFOEXA)) {
        OSVERSIONINFOEXA *ex = (OSVERSIONINFOEXA *)info;
        ex->wServicePackMajor = ex->wServicePackMinor = 0;
        ex->wSuiteMask = wide.wSuiteMask;
        ex->wProductType = wide.wProductType;
        ex->wReserved = 0;
    }
    return TRUE;
}

BOOL WINAPI GetProductInfo(DWORD major, DWORD minor, DWORD sp_major, DWORD sp_minor, PDWORD product)
{
    *product = major >= 6 ? PRODUCT_PROFESSIONAL : PRODUCT_UNDEFINED;
    return major >= 6;
}

/* ---- VerifyVersionInfo ---- */

/* Where each value's comparison lies in the mask, three bits each, in the order of the VER_ bits. */
static ULONG condition_of(ULONGLONG mask, ULONG type)
{
    return mask >> (__builtin_ctz(type) * 3) & 7;
}

ULONGLONG WINAPI VerSetConditionMask(ULONGLONG mask, DWORD types, BYTE condition)
{
    if (!condition || condition > VER_OR || !types) return 0;
    /* One type a call; the highest of several, as the reference's order of checks has it. */
    ULONG bit = 1u << (31 - __builtin_clz(types & 0xff));
    return mask | (ULONGLONG)(condition & 7) << (__builtin_ctz(bit) * 3) | (ULONGLONG)1 << 63;
}

static bool compare(ULONG actual, ULONG wanted, ULONG condition)
{
    switch (condition) {
    case VER_EQUAL: return actual == wanted;
    case VER_GREATER: return actual > wanted;
    case VER_GREATER_EQUAL: return actual >= wanted;
    case VER_LESS: return actual < wanted;
    case VER_LESS_EQUAL: return actual <= wanted;
    default: return false;
    }
}

/* Major, minor and service pack count as one number: the first that differs decides. */
BOOL WINAPI VerifyVersionInfoW(LPOSVERSIONINFOEXW wanted, DWORD types, DWORDLONG mask)
{
    OSVERSIONINFOEXW actual = { .dwOSVersionInfoSize = sizeof(actual) };

    if (!types || !mask) return set_error(ERROR_BAD_ARGUMENTS);
    if (wanted->dwOSVersionInfoSize != sizeof(*wanted)) return set_error(ERROR_BAD_ARGUMENTS);
    GetVersionExW((OSVERSIONINFOW *)&actual);
    if (types & VER_PRODUCT_TYPE &&
        !compare(actual.wProductType, wanted->wProductType, condition_of(mask, VER_PRODUCT_TYPE))) goto differs;
    if (types & VER_SUITENAME) {
        ULONG common = actual.wSuiteMask & wanted->wSuiteMask, condition = condition_of(mask, VER_SUITENAME);
        if (condition == VER_AND ? common != wanted->wSuiteMask
            : condition == VER_OR ? !common && wanted->wSuiteMask : true) goto differs;
    }
    if (types & VER_PLATFORMID &&
        !compare(actual.dwPlatformId, wanted->dwPlatformId, condition_of(mask, VER_PLATFORMID))) goto differs;
    if (types & VER_BUILDNUMBER &&
        !compare(actual.dwBuildNumber, wanted->dwBuildNumber, condition_of(mask, VER_BUILDNUMBER))) goto differs;
    static const ULONG order[] = { VER_MAJORVERSION, VER_MINORVERSION, VER_SERVICEPACKMAJOR, VER_SERVICEPACKMINOR };
    const ULONG have[] = { actual.dwMajorVersion, actual.dwMinorVersion, actual.wServicePackMajor,
                           actual.wServicePackMinor };
    const ULONG want[] = { wanted->dwMajorVersion, wanted->dwMinorVersion, wanted->wServicePackMajor,
                           wanted->wServicePackMinor };
    ULONG condition = 0;
    for (int i = 0; i < 4; i++) {
        if (!(types & order[i])) continue;
        if (!condition || condition == VER_EQUAL) condition = condition_of(mask, order[i]);
        if (have[i] != want[i]) {
            if (!compare(have[i], want[i], condition)) goto differs;
            return TRUE;
        }
    }
    if (condition && !compare(0, 0, condition)) goto differs;
    return TRUE;
differs:
    return set_error(ERROR_OLD_WIN_VERSION);
}

BOOL WINAPI VerifyVersionInfoA(LPOSVERSIONINFOEXA wanted, DWORD types, DWORDLONG mask)
{
    OSVERSIONINFOEXW wide = {
        .dwOSVersionInfoSize = wanted->dwOSVersionInfoSize == sizeof(*wanted) ? sizeof(wide) : 0,
        .dwMajorVersion = wanted->dwMajorVersion,
        .dwMinorVersion = wanted->dwMinorVersion,
        .dwBuildNumber = wanted->dwBuildNumber,
        .dwPlatformId = wanted->dwPlatformId,
        .wServicePackMajor = wanted->wServicePackMajor,
        .wServicePackMinor = wanted->wServicePackMinor,
        .wSuiteMask = wanted->wSuiteMask,
        .wProductType = wanted->wProductType,
    };

    return VerifyVersionInfoW(&wide, types, mask);
}
