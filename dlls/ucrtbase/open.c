/* _open and its relatives. Reference: "_open, _wopen", "_sopen_s, _wsopen_s", "_umask", Unicode byte order marks in
 * "fopen: Unicode support". */
#include "crt.h"
#include <share.h>
#include <sys/stat.h>

static int umask_value;

CRTAPI int _umask(int mode)
{
    return InterlockedExchange((LONG *)&umask_value, mode & (_S_IREAD | _S_IWRITE));
}

CRTAPI errno_t _umask_s(int mode, int *old)
{
    REQUIRE(old, EINVAL, EINVAL);
    *old = 0;
    REQUIRE(!(mode & ~(_S_IREAD | _S_IWRITE)), EINVAL, EINVAL);
    *old = _umask(mode);
    return 0;
}

/* Byte order mark of a text file opened for reading decides its encoding; a new Unicode file is given one. */
static int byte_order_mark(int fd, int flags, BOOL created_or_empty)
{
    struct ioinfo *io = io_of(fd);
    unsigned char mark[3];
    DWORD got = 0;
    BOOL unicode = flags & (_O_WTEXT | _O_U8TEXT | _O_U16TEXT);

    if (!unicode || !(io->osfile & FTEXT)) return 0;
    io->textmode = flags & _O_U8TEXT ? TEXT_UTF8 : TEXT_UTF16;
    if (io->osfile & (FDEV | FPIPE)) return 0;
    if (!created_or_empty && (flags & (_O_WRONLY | _O_RDWR)) != _O_WRONLY) {
        if (!ReadFile((HANDLE)io->osfhnd, mark, 3, &got, NULL)) got = 0;
        if (got >= 3 && mark[0] == 0xef && mark[1] == 0xbb && mark[2] == 0xbf) {
            io->textmode = TEXT_UTF8;
            return 0;
        }
        if (got >= 2 && mark[0] == 0xff && mark[1] == 0xfe) {
            io->textmode = TEXT_UTF16;
            return crt_lseek_nolock(fd, 2, SEEK_SET) < 0 ? -1 : 0;
        }
        if (got >= 2 && mark[0] == 0xfe && mark[1] == 0xff) {
            errno = EINVAL; /* big endian */
            return -1;
        }
        if (flags & _O_WTEXT) io->textmode = TEXT_ANSI;
        if (flags & _O_APPEND) return 0;
        return crt_lseek_nolock(fd, 0, SEEK_SET) < 0 ? -1 : 0;
    }
    if (created_or_empty && (flags & (_O_WRONLY | _O_RDWR))) {
        static const unsigned char utf8[3] = { 0xef, 0xbb, 0xbf }, utf16[2] = { 0xff, 0xfe };
        if (io->textmode == TEXT_UTF8) WriteFile((HANDLE)io->osfhnd, utf8, 3, &got, NULL);
        else WriteFile((HANDLE)io->osfhnd, utf16, 2, &got, NULL);
    }
    return 0;
}

int crt_open(const wchar_t *path, int flags, int share, int mode, int *result)
{
    SECURITY_ATTRIBUTES security = { sizeof(security), NULL, !(flags & _O_NOINHERIT) };
    DWORD access, sharing, disposition, attributes = FILE_ATTRIBUTE_NORMAL, type;
    unsigned char file_flags = FOPEN;
    LARGE_INTEGER size;
    HANDLE handle;
    int fd;

    *result = -1;
    switch (flags & (_O_RDONLY | _O_WRONLY | _O_RDWR)) {
    case _O_RDONLY: access = GENERIC_READ; break;
    case _O_WRONLY:
        access = GENERIC_WRITE;
        /* A Unicode text file to be appended to is read first for its mark. */
        if ((flags & _O_APPEND) && (flags & (_O_WTEXT | _O_U8TEXT | _O_U16TEXT))) access |= GENERIC_READ;
        break;
    case _O_RDWR: access = GENERIC_READ | GENERIC_WRITE; break;
    default: REQUIRE(FALSE, EINVAL, EINVAL);
    }
    switch (share) {
    case _SH_DENYRW: sharing = 0; break;
    case _SH_DENYWR: sharing = FILE_SHARE_READ; break;
    case _SH_DENYRD: sharing = FILE_SHARE_WRITE; break;
    case _SH_DENYNO: sharing = FILE_SHARE_READ | FILE_SHARE_WRITE; break;
    case 0x80: sharing = access == GENERIC_READ ? FILE_SHARE_READ : 0; break; /* _SH_SECURE */
    default: REQUIRE(FALSE, EINVAL, EINVAL);
    }
    switch (flags & (_O_CREAT | _O_EXCL | _O_TRUNC)) {
    case 0:
    case _O_EXCL: disposition = OPEN_EXISTING; break;
    case _O_CREAT: disposition = OPEN_ALWAYS; break;
    case _O_TRUNC:
    case _O_TRUNC | _O_EXCL: disposition = TRUNCATE_EXISTING; break;
    case _O_CREAT | _O_TRUNC: disposition = CREATE_ALWAYS; break;
    default: disposition = CREATE_NEW; break;
    }
    if (flags & _O_CREAT) {
        REQUIRE(!(mode & ~(_S_IREAD | _S_IWRITE)), EINVAL, EINVAL);
        if (!((mode & ~umask_value) & _S_IWRITE)) attributes = FILE_ATTRIBUTE_READONLY;
    }
    if (flags & _O_TEMPORARY) {
        attributes |= FILE_FLAG_DELETE_ON_CLOSE;
        access |= DELETE;
        sharing |= FILE_SHARE_DELETE;
    }
    if (flags & _O_SHORT_LIVED) attributes |= FILE_ATTRIBUTE_TEMPORARY;
    if (flags & _O_SEQUENTIAL) attributes |= FILE_FLAG_SEQUENTIAL_SCAN;
    else if (flags & _O_RANDOM) attributes |= FILE_FLAG_RANDOM_ACCESS;
#ifdef _O_OBTAIN_DIR
    if (flags & _O_OBTAIN_DIR) attributes |= FILE_FLAG_BACKUP_SEMANTICS;
#endif

    if (flags & _O_APPEND) file_flags |= FAPPEND;
    if (flags & _O_NOINHERIT) file_flags |= FNOINHERIT;
    if (!(flags & _O_BINARY)) {
        if (flags & (_O_TEXT | _O_WTEXT | _O_U8TEXT | _O_U16TEXT)) file_flags |= FTEXT;
        else if (_fmode != _O_BINARY) file_flags |= FTEXT;
    }

    fd = io_allocate();
    if (fd < 0) return EMFILE;
    handle = CreateFileW(path, access, sharing, &security, disposition, attributes, NULL);
    if (handle == INVALID_HANDLE_VALUE && (access & GENERIC_READ) && (flags & _O_WRONLY)) {
        access &= ~GENERIC_READ;
        handle = CreateFileW(path, access, sharing, &security, disposition, attributes, NULL);
    }
    if (handle == INVALID_HANDLE_VALUE) {
        _dosmaperr(GetLastError());
        goto failed;
    }
    type = GetFileType(handle);
    if (type == FILE_TYPE_UNKNOWN) {
        _dosmaperr(GetLastError() ? GetLastError() : ERROR_INVALID_FUNCTION);
        if (errno == 0) errno = EACCES;
        CloseHandle(handle);
        goto failed;
    }
    if (type == FILE_TYPE_CHAR) file_flags |= FDEV;
    else if (type == FILE_TYPE_PIPE) file_flags |= FPIPE;
    io_of(fd)->osfhnd = (intptr_t)handle;
    io_of(fd)->osfile = file_flags;

    /* A text file that will be written after its end loses a closing Ctrl-Z. */
    if ((file_flags & FTEXT) && !(file_flags & (FDEV | FPIPE)) && (flags & _O_RDWR)) {
        LARGE_INTEGER last = { .QuadPart = -1 };
        char c = 0;
        DWORD got;
        if (SetFilePointerEx(handle, last, &size, FILE_END)) {
            if (ReadFile(handle, &c, 1, &got, NULL) && got == 1 && c == 26 && SetFilePointerEx(handle, size, NULL, FILE_BEGIN))
                SetEndOfFile(handle);
            crt_lseek_nolock(fd, 0, SEEK_SET);
        }
    }
    size.QuadPart = 0;
    if (!(file_flags & (FDEV | FPIPE))) GetFileSizeEx(handle, &size);
    if (byte_order_mark(fd, flags, !size.QuadPart) < 0) {
        CloseHandle(handle);
        goto failed;
    }
    io_unlock(fd);
    *result = fd;
    return 0;

failed:
    io_of(fd)->osfile = 0;
    io_of(fd)->osfhnd = -1;
    io_unlock(fd);
    return errno;
}

CRTAPI errno_t _wsopen_s(int *fd, const wchar_t *path, int flags, int share, int mode)
{
    REQUIRE(fd, EINVAL, EINVAL);
    *fd = -1;
    REQUIRE(path, EINVAL, EINVAL);
    return crt_open(path, flags, share, mode, fd);
}

CRTAPI errno_t _sopen_s(int *fd, const char *path, int flags, int share, int mode)
{
    wchar_t *wide;
    errno_t error;

    REQUIRE(fd, EINVAL, EINVAL);
    *fd = -1;
    REQUIRE(path, EINVAL, EINVAL);
    wide = crt_wide(path);
    if (!wide) return errno;
    error = crt_open(wide, flags, share, mode, fd);
    free(wide);
    return error;
}

CRTAPI errno_t _sopen_dispatch(const char *path, int flags, int share, int mode, int *fd, int secure)
{
    return _sopen_s(fd, path, flags, share, mode);
}

CRTAPI errno_t _wsopen_dispatch(const wchar_t *path, int flags, int share, int mode, int *fd, int secure)
{
    return _wsopen_s(fd, path, flags, share, mode);
}

static int optional_mode(int flags, va_list args)
{
    return flags & _O_CREAT ? va_arg(args, int) & (_S_IREAD | _S_IWRITE) : 0;
}

#define OPENERS(prefix, CHAR)                                                                                           \
    CRTAPI int _##prefix##open(const CHAR *path, int flags, ...)                                                        \
    {                                                                                                                   \
        va_list args;                                                                                                   \
        int fd;                                                                                                         \
        va_start(args, flags);                                                                                          \
        _##prefix##sopen_s(&fd, path, flags, _SH_DENYNO, optional_mode(flags, args));                                   \
        va_end(args);                                                                                                   \
        return fd;                                                                                                      \
    }                                                                                                                   \
    CRTAPI int _##prefix##sopen(const CHAR *path, int flags, int share, ...)                                            \
    {                                                                                                                   \
        va_list args;                                                                                                   \
        int fd;                                                                                                         \
        va_start(args, share);                                                                                          \
        _##prefix##sopen_s(&fd, path, flags, share, optional_mode(flags, args));                                        \
        va_end(args);                                                                                                   \
        return fd;                                                                                                      \
    }                                                                                                                   \
    CRTAPI int _##prefix##creat(const CHAR *path, int mode)                                                             \
    {                                                                                                                   \
        int fd;                                                                                                         \
        _##prefix##sopen_s(&fd, path, _O_CREAT | _O_TRUNC | _O_RDWR, _SH_DENYNO, mode & (_S_IREAD | _S_IWRITE));        \
        return fd;                                                                                                      \
    }

OPENERS(, char)
OPENERS(w, wchar_t)
