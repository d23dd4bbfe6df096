/* The version of the system: Windows 10 22H2, 10.0.19045. */
#include "ntdll.h"

#define MAJOR 10
#define MINOR 0
#define BUILD 19045

/* dwOSVersionInfoSize tells which of the two structures it is. */
NTSTATUS NTAPI RtlGetVersion(OSVERSIONINFOEXW *info)
{
    FERRY_PEB *peb = ferry_peb();

    info->dwMajorVersion = peb->OSMajorVersion;
    info->dwMinorVersion = peb->OSMinorVersion;
    info->dwBuildNumber = peb->OSBuildNumber & 0x3fff ? peb->OSBuildNumber : BUILD;
    info->dwPlatformId = peb->OSPlatformId;
    memset(info->szCSDVersion, 0, sizeof(info->szCSDVersion));
    if (info->dwOSVersionInfoSize == sizeof(OSVERSIONINFOEXW)) {
        info->wServicePackMajor = info->wServicePackMinor = 0;
        info->wSuiteMask = VER_SUITE_SINGLEUSERTS;
        info->wProductType = VER_NT_WORKSTATION;
        info->wReserved = 0;
    }
    return STATUS_SUCCESS;
}

void NTAPI RtlGetNtVersionNumbers(ULONG *major, ULONG *minor, ULONG *build)
{
    if (major) *major = MAJOR;
    if (minor) *minor = MINOR;
    if (build) *build = 0xf0000000 | BUILD; /* a free, not a checked, build */
}

BOOLEAN NTAPI RtlGetNtProductType(ULONG *type)
{
    *type = VER_NT_WORKSTATION;
    return TRUE;
}

#define PRODUCT_PROFESSIONAL_ 0x30

BOOLEAN NTAPI RtlGetProductInfo(DWORD major, DWORD minor, DWORD pack_major, DWORD pack_minor, DWORD *type)
{
    if (!type) return FALSE;
    if (major < 6) {
        *type = 0; /* PRODUCT_UNDEFINED */
        return FALSE;
    }
    *type = PRODUCT_PROFESSIONAL_;
    return TRUE;
}

ULONG NTAPI RtlGetSuiteMask(void)
{
    return VER_SUITE_SINGLEUSERTS;
}

BOOLEAN NTAPI RtlIsStateSeparationEnabled(void)
{
    return FALSE;
}

/* Three bits of condition for each bit of the type mask (winnt.h reference: VerSetConditionMask). */
ULONGLONG NTAPI VerSetConditionMask(ULONGLONG mask, ULONG type, UCHAR condition)
{
    static const struct {
        ULONG type;
        int shift;
    } places[] = {
        { VER_PRODUCT_TYPE, 7 }, { VER_SUITENAME, 6 },    { VER_SERVICEPACKMAJOR, 5 }, { VER_SERVICEPACKMINOR, 4 },
        { VER_MAJORVERSION, 1 }, { VER_MINORVERSION, 0 }, { VER_PLATFORMID, 3 },       { VER_BUILDNUMBER, 2 },
    };

    if (!(condition & 7)) return mask;
    for (unsigned i = 0; i < ARRAY_SIZE(places); i++)
        if (type & places[i].type) return mask | (ULONGLONG)(condition & 7) << places[i].shift * 3;
    return mask;
}

static bool holds(ULONG have, ULONG want, unsigned condition)
{
    switch (condition) {
    case VER_EQUAL: return have == want;
    case VER_GREATER: return have > want;
    case VER_GREATER_EQUAL: return have >= want;
    case VER_LESS: return have < want;
    case VER_LESS_EQUAL: return have <= want;
    default: return false;
    }
}

/* Major, minor and service pack are compared as one number, as the reference page says; STATUS_REVISION_MISMATCH. */
NTSTATUS NTAPI RtlVerifyVersionInfo(const OSVERSIONINFOEXW *want, ULONG type, ULONGLONG conditions)
{
    OSVERSIONINFOEXW have = { .dwOSVersionInfoSize = sizeof(have) };
#define CONDITION(place) ((unsigned)(conditions >> (place) * 3) & 7)

    if (!type || !conditions) return STATUS_INVALID_PARAMETER;
    RtlGetVersion(&have);
    if (type & VER_PRODUCT_TYPE && !holds(have.wProductType, want->wProductType, CONDITION(7))) return STATUS_REVISION_MISMATCH;
    if (type & VER_SUITENAME) {
        unsigned condition = CONDITION(6), both = have.wSuiteMask & want->wSuiteMask;
        if (condition == VER_AND) {
            if (both != want->wSuiteMask) return STATUS_REVISION_MISMATCH;
        } else if (condition == VER_OR) {
            if (!both && want->wSuiteMask) return STATUS_REVISION_MISMATCH;
        } else {
            return STATUS_INVALID_PARAMETER;
        }
    }
    if (type & VER_PLATFORMID && !holds(have.dwPlatformId, want->dwPlatformId, CONDITION(3))) return STATUS_REVISION_MISMATCH;
    if (type & VER_BUILDNUMBER && !holds(have.dwBuildNumber, want->dwBuildNumber, CONDITION(2))) return STATUS_REVISION_MISMATCH;

    static const ULONG types[] = { VER_MAJORVERSION, VER_MINORVERSION, VER_SERVICEPACKMAJOR, VER_SERVICEPACKMINOR };
    static const int places[] = { 1, 0, 5, 4 };
    ULONG have_parts[] = { have.dwMajorVersion, have.dwMinorVersion, have.wServicePackMajor, have.wServicePackMinor };
    ULONG want_parts[] = { want->dwMajorVersion, want->dwMinorVersion, want->wServicePackMajor, want->wServicePackMinor };
    unsigned condition = 0;
    for (int i = 0; i < 4; i++) {
        if (!(type & types[i])) continue;
        /* The first part's condition rules; an equal part leaves the decision to the next. */
        unsigned own = CONDITION(places[i]);
        if (!condition) condition = own;
        if (have_parts[i] != want_parts[i]) return holds(have_parts[i], want_parts[i], condition) ? STATUS_SUCCESS : STATUS_REVISION_MISMATCH;
        if (own && condition != VER_EQUAL && own != condition && own != VER_EQUAL) condition = own;
    }
    return !condition || holds(0, 0, condition) ? STATUS_SUCCESS : STATUS_REVISION_MISMATCH;
#undef CONDITION
}
