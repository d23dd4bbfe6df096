/* The stat family and file times. Reference: "_stat, _stat32, _stat64, …", "_fstat", "_utime".
 *
 * msvcrt's names without a number have the width of its time_t: 64 bits on x86_64, 32 on i386. */
#include "crt.h"

typedef __int64 time64;
typedef long time32;

#define IFDIR 0x4000
#define IFCHR 0x2000
#define IFIFO 0x1000
#define IFREG 0x8000
#define EPOCH_TICKS 116444736000000000ll

struct file_facts {
    unsigned device, mode;
    int links;
    __int64 size, accessed, modified, created;
};

#define LAYOUT(name, size_type, time_type)                                                                              \
    struct name {                                                                                                       \
        unsigned st_dev;                                                                                                \
        unsigned short st_ino;                                                                                          \
        unsigned short st_mode;                                                                                         \
        short st_nlink, st_uid, st_gid;                                                                                 \
        unsigned st_rdev;                                                                                               \
        size_type st_size;                                                                                              \
        time_type st_atime, st_mtime, st_ctime;                                                                         \
    };

LAYOUT(stat32, long, time32)
LAYOUT(stat32i64, __int64, time32)
LAYOUT(stat64i32, long, time64)
LAYOUT(stat64, __int64, time64)

static __int64 unix_time(FILETIME time)
{
    __int64 ticks = (__int64)time.dwHighDateTime << 32 | time.dwLowDateTime;

    return ticks ? (ticks - EPOCH_TICKS) / 10000000 : 0;
}

static BOOL is_program(const wchar_t *path)
{
    const wchar_t *dot = wcsrchr(path, '.');

    return dot && (!_wcsicmp(dot, L".exe") || !_wcsicmp(dot, L".com") || !_wcsicmp(dot, L".bat") || !_wcsicmp(dot, L".cmd"));
}

static unsigned mode_of(DWORD attributes, const wchar_t *path)
{
    unsigned mode = attributes & FILE_ATTRIBUTE_DIRECTORY ? IFDIR | 0100 : IFREG;

    mode |= attributes & FILE_ATTRIBUTE_READONLY ? 0400 : 0600;
    if (path && is_program(path)) mode |= 0100;
    return mode | (mode & 0700) >> 3 | (mode & 0700) >> 6;
}

/* Bytes that could be read: ReadDataAvailable of FILE_PIPE_LOCAL_INFORMATION. */
static ULONG waiting_in_pipe(HANDLE handle)
{
    IO_STATUS_BLOCK status;
    ULONG information[10];

    return NtQueryInformationFile(handle, &status, information, sizeof(information), 24) < 0 ? 0 : information[5];
}

/* -1 with errno */
static int facts_of_path(const wchar_t *path, struct file_facts *facts)
{
    WIN32_FILE_ATTRIBUTE_DATA data;
    wchar_t drive[4] = { 0 };

    if (wcspbrk(path, L"?*") && wcsncmp(path, L"\\\\?\\", 4)) {
        errno = ENOENT;
        *__doserrno() = ERROR_FILE_NOT_FOUND;
        return -1;
    }
    if (crt_status(GetFileAttributesExW(path, GetFileExInfoStandard, &data))) return -1;
    if (path[0] && path[1] == ':') {
        drive[0] = path[0] | 0x20;
    } else {
        wchar_t current[MAX_PATH];
        if (GetCurrentDirectoryW(MAX_PATH, current) && current[1] == ':') drive[0] = current[0] | 0x20;
    }
    facts->device = drive[0] ? drive[0] - 'a' : 0;
    facts->mode = mode_of(data.dwFileAttributes, path);
    facts->links = 1;
    facts->size = (__int64)data.nFileSizeHigh << 32 | data.nFileSizeLow;
    facts->accessed = unix_time(data.ftLastAccessTime);
    facts->modified = unix_time(data.ftLastWriteTime);
    facts->created = unix_time(data.ftCreationTime);
    return 0;
}

static int facts_of_descriptor(int fd, struct file_facts *facts)
{
    BY_HANDLE_FILE_INFORMATION data;
    HANDLE handle;
    DWORD type;

    if (!io_is_open(fd)) {
        *__doserrno() = 0;
        REQUIRE(fd == -2, EBADF, -1);
        errno = EBADF;
        return -1;
    }
    handle = (HANDLE)io_of(fd)->osfhnd;
    memset(facts, 0, sizeof(*facts));
    type = GetFileType(handle) & ~FILE_TYPE_REMOTE;
    if (type == FILE_TYPE_CHAR || type == FILE_TYPE_PIPE) {
        facts->mode = type == FILE_TYPE_CHAR ? IFCHR : IFIFO;
        facts->device = fd;
        facts->links = 1;
        if (type == FILE_TYPE_PIPE) facts->size = waiting_in_pipe(handle);
        return 0;
    }
    if (type != FILE_TYPE_DISK) {
        errno = EBADF;
        return -1;
    }
    if (crt_status(GetFileInformationByHandle(handle, &data))) return -1;
    facts->mode = mode_of(data.dwFileAttributes, NULL);
    facts->links = data.nNumberOfLinks;
    facts->size = (__int64)data.nFileSizeHigh << 32 | data.nFileSizeLow;
    facts->accessed = unix_time(data.ftLastAccessTime);
    facts->modified = unix_time(data.ftLastWriteTime);
    facts->created = unix_time(data.ftCreationTime);
    return 0;
}

#define FILL(type, result, facts)                                                                                       \
    do {                                                                                                                \
        memset(result, 0, sizeof(*result));                                                                             \
        result->st_dev = result->st_rdev = facts.device;                                                                \
        result->st_mode = (unsigned short)facts.mode;                                                                   \
        result->st_nlink = (short)facts.links;                                                                          \
        result->st_size = facts.size;                                                                                   \
        result->st_atime = facts.accessed;                                                                              \
        result->st_mtime = facts.modified;                                                                              \
        result->st_ctime = facts.created;                                                                               \
        if (result->st_size != facts.size || result->st_mtime != facts.modified) {                                      \
            errno = EOVERFLOW;                                                                                          \
            return -1;                                                                                                  \
        }                                                                                                               \
        return 0;                                                                                                       \
    } while (0)

#define FUNCTIONS(suffix, type)                                                                                         \
    CRTAPI int _wstat##suffix(const wchar_t *path, struct type *result)                                                 \
    {                                                                                                                   \
        struct file_facts facts;                                                                                        \
        REQUIRE(path && result, EINVAL, -1);                                                                            \
        if (facts_of_path(path, &facts)) return -1;                                                                     \
        FILL(type, result, facts);                                                                                      \
    }                                                                                                                   \
    CRTAPI int _stat##suffix(const char *path, struct type *result)                                                     \
    {                                                                                                                   \
        wchar_t *wide;                                                                                                  \
        int status;                                                                                                     \
        REQUIRE(path && result, EINVAL, -1);                                                                            \
        if (!(wide = crt_wide(path))) return -1;                                                                        \
        status = _wstat##suffix(wide, result);                                                                          \
        free(wide);                                                                                                     \
        return status;                                                                                                  \
    }                                                                                                                   \
    CRTAPI int _fstat##suffix(int fd, struct type *result)                                                              \
    {                                                                                                                   \
        struct file_facts facts;                                                                                        \
        REQUIRE(result, EINVAL, -1);                                                                                    \
        if (facts_of_descriptor(fd, &facts)) return -1;                                                                 \
        FILL(type, result, facts);                                                                                      \
    }

FUNCTIONS(32, stat32)
FUNCTIONS(32i64, stat32i64)
FUNCTIONS(64i32, stat64i32)
FUNCTIONS(64, stat64)
#ifdef FERRY_MSVCRT
#ifdef _WIN64
FUNCTIONS(, stat64i32)
FUNCTIONS(i64, stat64)
#else
FUNCTIONS(, stat32)
FUNCTIONS(i64, stat32i64)
#endif
#endif

/* ---- _utime ---- */

struct times64 {
    time64 actime, modtime;
};
struct times32 {
    time32 actime, modtime;
};

static FILETIME file_time(__int64 seconds)
{
    __int64 ticks = seconds * 10000000 + EPOCH_TICKS;

    return (FILETIME){ (DWORD)ticks, (DWORD)(ticks >> 32) };
}

static int set_times(HANDLE handle, const struct times64 *times)
{
    FILETIME accessed, modified;

    if (times) {
        if (times->actime < 0 || times->modtime < 0) {
            errno = EINVAL;
            return -1;
        }
        accessed = file_time(times->actime);
        modified = file_time(times->modtime);
    } else {
        GetSystemTimeAsFileTime(&accessed);
        modified = accessed;
    }
    return crt_status(SetFileTime(handle, NULL, &accessed, &modified));
}

CRTAPI int _futime64(int fd, struct times64 *times)
{
    REQUIRE(io_is_open(fd), EBADF, -1);
    return set_times((HANDLE)io_of(fd)->osfhnd, times);
}

CRTAPI int _wutime64(const wchar_t *path, struct times64 *times)
{
    HANDLE handle;
    int result;

    REQUIRE(path, EINVAL, -1);
    handle = CreateFileW(path, FILE_WRITE_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                         OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (handle == INVALID_HANDLE_VALUE) return crt_status(FALSE);
    result = set_times(handle, times);
    CloseHandle(handle);
    return result;
}

CRTAPI int _utime64(const char *path, struct times64 *times)
{
    wchar_t *wide;
    int result;

    REQUIRE(path, EINVAL, -1);
    if (!(wide = crt_wide(path))) return -1;
    result = _wutime64(wide, times);
    free(wide);
    return result;
}

#define NARROW_TIMES(times)                                                                                             \
    struct times64 wide;                                                                                                \
    if (times) wide.actime = times->actime, wide.modtime = times->modtime

CRTAPI int _futime32(int fd, struct times32 *times)
{
    NARROW_TIMES(times);
    return _futime64(fd, times ? &wide : NULL);
}

CRTAPI int _utime32(const char *path, struct times32 *times)
{
    NARROW_TIMES(times);
    return _utime64(path, times ? &wide : NULL);
}

CRTAPI int _wutime32(const wchar_t *path, struct times32 *times)
{
    NARROW_TIMES(times);
    return _wutime64(path, times ? &wide : NULL);
}

#ifdef FERRY_MSVCRT
#ifdef _WIN64
#define NATIVE_TIMES struct times64
#define NATIVE(name) name##64
#else
#define NATIVE_TIMES struct times32
#define NATIVE(name) name##32
#endif
CRTAPI int _utime(const char *path, NATIVE_TIMES *times)
{
    return NATIVE(_utime)(path, times);
}

CRTAPI int _wutime(const wchar_t *path, NATIVE_TIMES *times)
{
    return NATIVE(_wutime)(path, times);
}

CRTAPI int _futime(int fd, NATIVE_TIMES *times)
{
    return NATIVE(_futime)(fd, times);
}
#endif

/* ---- _findfirst ---- */

#define FIND_LAYOUT(tag, time_type, size_type, CHAR)                                                                    \
    struct tag {                                                                                                        \
        unsigned attrib;                                                                                                \
        time_type time_create, time_access, time_write;                                                                 \
        size_type size;                                                                                                 \
        CHAR name[260];                                                                                                 \
    };

FIND_LAYOUT(found32, time32, unsigned, char)
FIND_LAYOUT(found32i64, time32, __int64, char)
FIND_LAYOUT(found64i32, time64, unsigned, char)
FIND_LAYOUT(found64, time64, __int64, char)
FIND_LAYOUT(wfound32, time32, unsigned, wchar_t)
FIND_LAYOUT(wfound32i64, time32, __int64, wchar_t)
FIND_LAYOUT(wfound64i32, time64, unsigned, wchar_t)
FIND_LAYOUT(wfound64, time64, __int64, wchar_t)

static int find_error(void)
{
    DWORD error = GetLastError();

    *__doserrno() = error;
    switch (error) {
    case ERROR_NO_MORE_FILES:
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND: errno = ENOENT; break;
    case ERROR_NOT_ENOUGH_MEMORY: errno = ENOMEM; break;
    default: errno = EINVAL;
    }
    return -1;
}

#define NARROW_NAME(to, from) (WideCharToMultiByte(crt_path_code_page(), 0, from, -1, to, 260, NULL, NULL) != 0)
#define WIDE_NAME(to, from) (lstrcpynW(to, from, 260) != NULL)

#define FOUND(result, data, copy)                                                                                       \
    result->attrib = data.dwFileAttributes == FILE_ATTRIBUTE_NORMAL ? 0 : data.dwFileAttributes;                        \
    result->time_create = unix_time(data.ftCreationTime);                                                               \
    result->time_access = unix_time(data.ftLastAccessTime);                                                             \
    result->time_write = unix_time(data.ftLastWriteTime);                                                               \
    result->size = (__int64)data.nFileSizeHigh << 32 | data.nFileSizeLow;                                               \
    if (!copy(result->name, data.cFileName)) {                                                                          \
        errno = EILSEQ;                                                                                                 \
        return -1;                                                                                                      \
    }

#define FINDERS(first, next, wfirst, wnext, type)                                                                       \
    CRTAPI int wnext(intptr_t handle, struct w##type *result)                                                           \
    {                                                                                                                   \
        WIN32_FIND_DATAW data;                                                                                          \
        REQUIRE(handle != -1 && handle && result, EINVAL, -1);                                                          \
        if (!FindNextFileW((HANDLE)handle, &data)) return find_error();                                                 \
        FOUND(result, data, WIDE_NAME);                                                                                 \
        return 0;                                                                                                       \
    }                                                                                                                   \
    CRTAPI intptr_t wfirst(const wchar_t *pattern, struct w##type *result)                                              \
    {                                                                                                                   \
        WIN32_FIND_DATAW data;                                                                                          \
        HANDLE handle;                                                                                                  \
        REQUIRE(pattern && result, EINVAL, -1);                                                                         \
        handle = FindFirstFileW(pattern, &data);                                                                        \
        if (handle == INVALID_HANDLE_VALUE) return find_error();                                                        \
        FOUND(result, data, WIDE_NAME);                                                                                 \
        return (intptr_t)handle;                                                                                        \
    }                                                                                                                   \
    CRTAPI int next(intptr_t handle, struct type *result)                                                               \
    {                                                                                                                   \
        WIN32_FIND_DATAW data;                                                                                          \
        REQUIRE(handle != -1 && handle && result, EINVAL, -1);                                                          \
        if (!FindNextFileW((HANDLE)handle, &data)) return find_error();                                                 \
        FOUND(result, data, NARROW_NAME);                                                                               \
        return 0;                                                                                                       \
    }                                                                                                                   \
    CRTAPI intptr_t first(const char *pattern, struct type *result)                                                     \
    {                                                                                                                   \
        WIN32_FIND_DATAW data;                                                                                          \
        HANDLE handle;                                                                                                  \
        wchar_t *wide;                                                                                                  \
        REQUIRE(pattern && result, EINVAL, -1);                                                                         \
        if (!(wide = crt_wide(pattern))) return -1;                                                                     \
        handle = FindFirstFileW(wide, &data);                                                                           \
        free(wide);                                                                                                     \
        if (handle == INVALID_HANDLE_VALUE) return find_error();                                                        \
        FOUND(result, data, NARROW_NAME);                                                                               \
        return (intptr_t)handle;                                                                                        \
    }

FINDERS(_findfirst32, _findnext32, _wfindfirst32, _wfindnext32, found32)
FINDERS(_findfirst32i64, _findnext32i64, _wfindfirst32i64, _wfindnext32i64, found32i64)
FINDERS(_findfirst64i32, _findnext64i32, _wfindfirst64i32, _wfindnext64i32, found64i32)
FINDERS(_findfirst64, _findnext64, _wfindfirst64, _wfindnext64, found64)
#ifdef FERRY_MSVCRT
#ifdef _WIN64
FINDERS(_findfirst, _findnext, _wfindfirst, _wfindnext, found64i32)
FINDERS(_findfirsti64, _findnexti64, _wfindfirsti64, _wfindnexti64, found64)
#else
FINDERS(_findfirst, _findnext, _wfindfirst, _wfindnext, found32)
FINDERS(_findfirsti64, _findnexti64, _wfindfirsti64, _wfindnexti64, found32i64)
#endif
#endif

CRTAPI int _findclose(intptr_t handle)
{
    if (FindClose((HANDLE)handle)) return 0;
    errno = EINVAL;
    return -1;
}
