/* The table of descriptors: a Windows handle each, with flags. */
#include "crt.h"
#include <share.h>

CRTDATA struct ioinfo *__pioinfo[IO_MAX / IO_BLOCK];
CRTDATA struct ioinfo __badioinfo = { -1, 0, 10 };
int crt_io_count;

static BOOL grow(void)
{
    struct ioinfo *block;

    if (crt_io_count >= IO_MAX) return FALSE;
    block = calloc(IO_BLOCK, sizeof(*block));
    if (!block) return FALSE;
    for (int i = 0; i < IO_BLOCK; i++) {
        block[i].osfhnd = -1;
        block[i].pipech = 10;
    }
    __pioinfo[crt_io_count / IO_BLOCK] = block;
    crt_io_count += IO_BLOCK;
    return TRUE;
}

static void lock_entry(struct ioinfo *io)
{
    if (!io->lockinitflag) {
        _lock(LOCK_LOCKTAB);
        if (!io->lockinitflag) {
            InitializeCriticalSection(&io->lock);
            io->lockinitflag = 1;
        }
        _unlock(LOCK_LOCKTAB);
    }
    EnterCriticalSection(&io->lock);
}

void io_lock(int fd)
{
    lock_entry(io_of(fd));
}

void io_unlock(int fd)
{
    LeaveCriticalSection(&io_of(fd)->lock);
}

/* The first free descriptor, open and locked; -1 with EMFILE. */
int io_allocate(void)
{
    int fd;

    _lock(LOCK_OSFHND);
    for (fd = 0;; fd++) {
        if (fd == crt_io_count && !grow()) {
            _unlock(LOCK_OSFHND);
            errno = EMFILE;
            *__doserrno() = 0;
            return -1;
        }
        struct ioinfo *io = io_of(fd);
        if (io->osfile & FOPEN) continue;
        lock_entry(io);
        if (!(io->osfile & FOPEN)) break;
        LeaveCriticalSection(&io->lock);
    }
    struct ioinfo *io = io_of(fd);
    io->osfile = FOPEN;
    io->osfhnd = -1;
    io->pipech = 10;
    io->textmode = TEXT_ANSI;
    _unlock(LOCK_OSFHND);
    return fd;
}

static unsigned char type_flags(HANDLE handle)
{
    DWORD type = GetFileType(handle) & ~FILE_TYPE_REMOTE;

    return type == FILE_TYPE_CHAR ? FDEV : type == FILE_TYPE_PIPE ? FPIPE : 0;
}

/* lpReserved2: int count, count flag bytes, count handles. */
static void inherit(void)
{
    STARTUPINFOW info;
    const unsigned char *flags;
    int count;

    GetStartupInfoW(&info);
    if (info.cbReserved2 < sizeof(int) || !info.lpReserved2) return;
    memcpy(&count, info.lpReserved2, sizeof(count));
    flags = info.lpReserved2 + sizeof(int);
    count = min(count, (int)((info.cbReserved2 - sizeof(int)) / (1 + sizeof(HANDLE))));
    count = min(count, IO_MAX);
    for (int fd = 0; fd < count; fd++) {
        HANDLE handle;
        memcpy(&handle, flags + count + fd * sizeof(HANDLE), sizeof(handle));
        if (!(flags[fd] & FOPEN) || handle == INVALID_HANDLE_VALUE || handle == (HANDLE)-2) continue;
        if (!(flags[fd] & FPIPE) && GetFileType(handle) == FILE_TYPE_UNKNOWN) continue;
        while (fd >= crt_io_count)
            if (!grow()) return;
        io_of(fd)->osfhnd = (intptr_t)handle;
        io_of(fd)->osfile = flags[fd];
    }
}

void lowio_init(void)
{
    static const DWORD ids[3] = { STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE };

    if (!grow()) return;
    inherit();
    for (int fd = 0; fd < 3; fd++) {
        struct ioinfo *io = io_of(fd);
        if (io->osfile & FOPEN) {
            io->osfile |= FTEXT;
            continue;
        }
        HANDLE handle = GetStdHandle(ids[fd]);
        io->osfile = FOPEN | FTEXT;
        if (handle && handle != INVALID_HANDLE_VALUE && (GetFileType(handle) & 0xff) != FILE_TYPE_UNKNOWN) {
            io->osfhnd = (intptr_t)handle;
            io->osfile |= type_flags(handle);
        } else {
            io->osfhnd = -2; /* no console: writes fail with EBADF, _fileno of the stream is -2 */
            io->osfile |= FDEV;
        }
    }
}

void *lowio_inheritance(WORD *size)
{
    int count = crt_io_count;
    unsigned char *block;

    while (count && (!(io_of(count - 1)->osfile & FOPEN) || (io_of(count - 1)->osfile & FNOINHERIT))) count--;
    *size = 0;
    if (!count || sizeof(int) + count * (1 + sizeof(HANDLE)) > 0xffff) return NULL;
    block = malloc(sizeof(int) + count * (1 + sizeof(HANDLE)));
    if (!block) return NULL;
    memcpy(block, &count, sizeof(count));
    for (int fd = 0; fd < count; fd++) {
        struct ioinfo *io = io_of(fd);
        BOOL give = (io->osfile & FOPEN) && !(io->osfile & FNOINHERIT);
        intptr_t handle = give ? io->osfhnd : -1;
        block[sizeof(int) + fd] = give ? io->osfile : 0;
        memcpy(block + sizeof(int) + count + fd * sizeof(HANDLE), &handle, sizeof(handle));
    }
    *size = (WORD)(sizeof(int) + count * (1 + sizeof(HANDLE)));
    return block;
}

#define REQUIRE_FD(fd, value)                                                                                           \
    do {                                                                                                                \
        if (fd == -2) {                                                                                                 \
            *__doserrno() = 0;                                                                                          \
            errno = EBADF;                                                                                              \
            return value;                                                                                               \
        }                                                                                                               \
        if (!io_is_open(fd)) {                                                                                          \
            *__doserrno() = 0;                                                                                          \
            REQUIRE(FALSE, EBADF, value);                                                                               \
        }                                                                                                               \
    } while (0)

CRTAPI intptr_t _get_osfhandle(int fd)
{
    REQUIRE_FD(fd, -1);
    return io_of(fd)->osfhnd;
}

static void set_std_handle(int fd, HANDLE handle)
{
    if (crt_app_type != 1 && crt_app_type) return; /* _CONSOLE_APP is 1 */
    if (fd == 0) SetStdHandle(STD_INPUT_HANDLE, handle);
    if (fd == 1) SetStdHandle(STD_OUTPUT_HANDLE, handle);
    if (fd == 2) SetStdHandle(STD_ERROR_HANDLE, handle);
}

CRTAPI int _open_osfhandle(intptr_t handle, int flags)
{
    unsigned char file_flags = FOPEN;
    DWORD type = GetFileType((HANDLE)handle);
    int fd;

    if (type == FILE_TYPE_UNKNOWN) {
        _dosmaperr(GetLastError() ? GetLastError() : ERROR_INVALID_HANDLE);
        return -1;
    }
    if (flags & _O_APPEND) file_flags |= FAPPEND;
    if (flags & (_O_TEXT | _O_WTEXT | _O_U8TEXT | _O_U16TEXT)) file_flags |= FTEXT;
    if (flags & _O_NOINHERIT) file_flags |= FNOINHERIT;
    fd = io_allocate();
    if (fd < 0) return -1;
    io_of(fd)->osfhnd = handle;
    io_of(fd)->osfile = file_flags | type_flags((HANDLE)handle);
    if (flags & _O_U8TEXT) io_of(fd)->textmode = TEXT_UTF8;
    else if (flags & (_O_WTEXT | _O_U16TEXT)) io_of(fd)->textmode = TEXT_UTF16;
    if (fd < 3) set_std_handle(fd, (HANDLE)handle);
    io_unlock(fd);
    return fd;
}

static int close_locked(int fd)
{
    struct ioinfo *io = io_of(fd);
    DWORD error = 0;
    BOOL shared = (fd == 1 && io_is_open(2) && io_of(2)->osfhnd == io->osfhnd) ||
                  (fd == 2 && io_is_open(1) && io_of(1)->osfhnd == io->osfhnd);

    /* The same handle behind stdout and stderr is closed with the last of them. */
    if (io->osfhnd != -1 && io->osfhnd != -2 && !shared && !CloseHandle((HANDLE)io->osfhnd)) error = GetLastError();
    if (fd < 3) set_std_handle(fd, NULL);
    io->osfhnd = -1;
    io->osfile = 0;
    if (!error) return 0;
    _dosmaperr(error);
    return -1;
}

CRTAPI int _close(int fd)
{
    int result;

    REQUIRE_FD(fd, -1);
    io_lock(fd);
    if (io_of(fd)->osfile & FOPEN) {
        result = close_locked(fd);
    } else {
        errno = EBADF;
        result = -1;
    }
    io_unlock(fd);
    return result;
}

CRTAPI int _isatty(int fd)
{
    REQUIRE_FD(fd, 0);
    return io_of(fd)->osfile & FDEV;
}

CRTAPI int _commit(int fd)
{
    int result = 0;

    REQUIRE_FD(fd, -1);
    io_lock(fd);
    if (!FlushFileBuffers((HANDLE)io_of(fd)->osfhnd)) {
        *__doserrno() = GetLastError();
        errno = EBADF;
        result = -1;
    }
    io_unlock(fd);
    return result;
}

CRTAPI int _setmode(int fd, int mode)
{
    struct ioinfo *io;
    int old;

    REQUIRE(mode == _O_TEXT || mode == _O_BINARY || mode == _O_WTEXT || mode == _O_U8TEXT || mode == _O_U16TEXT, EINVAL, -1);
    REQUIRE_FD(fd, -1);
    io_lock(fd);
    io = io_of(fd);
    if (!(io->osfile & FTEXT)) old = _O_BINARY;
    else if (io->textmode == TEXT_ANSI) old = _O_TEXT;
    else old = io->textmode == TEXT_UTF8 ? _O_U8TEXT : _O_WTEXT;
    if (mode == _O_BINARY) io->osfile &= ~FTEXT;
    else io->osfile |= FTEXT;
    io->textmode = mode == _O_U8TEXT ? TEXT_UTF8 : mode & (_O_WTEXT | _O_U16TEXT) ? TEXT_UTF16 : TEXT_ANSI;
    io_unlock(fd);
    return old;
}

__int64 crt_lseek_nolock(int fd, __int64 offset, int origin)
{
    LARGE_INTEGER to = { .QuadPart = offset }, at;

    if (!SetFilePointerEx((HANDLE)io_of(fd)->osfhnd, to, &at, origin)) {
        _dosmaperr(GetLastError());
        return -1;
    }
    io_of(fd)->osfile &= ~FEOFLAG;
    return at.QuadPart;
}

CRTAPI __int64 _lseeki64(int fd, __int64 offset, int origin)
{
    __int64 result;

    REQUIRE_FD(fd, -1);
    REQUIRE(origin >= SEEK_SET && origin <= SEEK_END, EINVAL, -1);
    io_lock(fd);
    result = crt_lseek_nolock(fd, offset, origin);
    io_unlock(fd);
    return result;
}

CRTAPI long _lseek(int fd, long offset, int origin)
{
    __int64 result = _lseeki64(fd, offset, origin);

    if (result <= LONG_MAX) return (long)result;
    errno = EINVAL;
    return -1;
}

CRTAPI __int64 _telli64(int fd)
{
    return _lseeki64(fd, 0, SEEK_CUR);
}

CRTAPI long _tell(int fd)
{
    return _lseek(fd, 0, SEEK_CUR);
}

CRTAPI __int64 _filelengthi64(int fd)
{
    LARGE_INTEGER size;

    REQUIRE_FD(fd, -1);
    if (crt_status(GetFileSizeEx((HANDLE)io_of(fd)->osfhnd, &size))) return -1;
    return size.QuadPart;
}

CRTAPI long _filelength(int fd)
{
    __int64 size = _filelengthi64(fd);

    if (size <= LONG_MAX) return (long)size;
    errno = EOVERFLOW;
    return -1;
}

CRTAPI int _eof(int fd)
{
    __int64 at, end;

    REQUIRE_FD(fd, -1);
    if ((at = _telli64(fd)) < 0 || (end = _lseeki64(fd, 0, SEEK_END)) < 0) return -1;
    if (at == end) return 1;
    _lseeki64(fd, at, SEEK_SET);
    return 0;
}

CRTAPI errno_t _chsize_s(int fd, __int64 size)
{
    __int64 old;
    errno_t error = 0;

    REQUIRE_FD(fd, EBADF);
    REQUIRE(size >= 0, EINVAL, EINVAL);
    io_lock(fd);
    old = crt_lseek_nolock(fd, 0, SEEK_CUR);
    if (old < 0 || crt_lseek_nolock(fd, size, SEEK_SET) < 0 || crt_status(SetEndOfFile((HANDLE)io_of(fd)->osfhnd)))
        error = errno;
    if (old >= 0) {
        int kept = errno;
        crt_lseek_nolock(fd, old, SEEK_SET);
        errno = kept;
    }
    io_unlock(fd);
    return error;
}

CRTAPI int _chsize(int fd, long size)
{
    return _chsize_s(fd, size) ? -1 : 0;
}

static int duplicate(int from, int to)
{
    HANDLE copy;
    struct ioinfo *io = io_of(from);

    if (!DuplicateHandle(GetCurrentProcess(), (HANDLE)io->osfhnd, GetCurrentProcess(), &copy, 0, TRUE,
                         DUPLICATE_SAME_ACCESS)) {
        _dosmaperr(GetLastError());
        return -1;
    }
    io_of(to)->osfhnd = (intptr_t)copy;
    io_of(to)->osfile = io->osfile & ~FNOINHERIT;
    io_of(to)->textmode = io->textmode;
    if (to < 3) set_std_handle(to, copy);
    return 0;
}

CRTAPI int _dup(int fd)
{
    int copy;

    REQUIRE_FD(fd, -1);
    copy = io_allocate();
    if (copy < 0) return -1;
    if (duplicate(fd, copy) < 0) {
        io_of(copy)->osfile = 0;
        io_unlock(copy);
        return -1;
    }
    io_unlock(copy);
    return copy;
}

CRTAPI int _dup2(int fd, int copy)
{
    int result;

    REQUIRE_FD(fd, -1);
    REQUIRE(copy >= 0 && copy < IO_MAX, EBADF, -1);
    if (fd == copy) return 0;
    _lock(LOCK_OSFHND);
    while (copy >= crt_io_count)
        if (!grow()) {
            _unlock(LOCK_OSFHND);
            errno = ENOMEM;
            return -1;
        }
    _unlock(LOCK_OSFHND);
    io_lock(min(fd, copy)); /* always the lower first: two threads crossing must not deadlock */
    io_lock(max(fd, copy));
    if (io_of(copy)->osfile & FOPEN) close_locked(copy);
    result = duplicate(fd, copy);
    io_unlock(max(fd, copy));
    io_unlock(min(fd, copy));
    return result;
}

/* Looked up when first used: anonymous pipes are the newest part of the base. */
BOOL crt_create_pipe(HANDLE *read, HANDLE *write, SECURITY_ATTRIBUTES *attributes, DWORD size)
{
    static BOOL(WINAPI *create)(HANDLE *, HANDLE *, SECURITY_ATTRIBUTES *, DWORD);

    if (!create) create = (void *)GetProcAddress(GetModuleHandleW(L"kernelbase.dll"), "CreatePipe");
    if (create) return create(read, write, attributes, size);
    SetLastError(ERROR_CALL_NOT_IMPLEMENTED);
    return FALSE;
}

CRTAPI int _pipe(int *fds, unsigned size, int mode)
{
    SECURITY_ATTRIBUTES attributes = { sizeof(attributes), NULL, !(mode & _O_NOINHERIT) };
    HANDLE handles[2];

    REQUIRE(fds, EINVAL, -1);
    fds[0] = fds[1] = -1;
    REQUIRE(!(mode & ~(_O_NOINHERIT | _O_BINARY | _O_TEXT | _O_U16TEXT | _O_U8TEXT | _O_WTEXT)), EINVAL, -1);
    if (crt_status(crt_create_pipe(&handles[0], &handles[1], &attributes, size))) return -1;
    if (!(mode & _O_BINARY) && !(mode & (_O_TEXT | _O_U16TEXT | _O_U8TEXT | _O_WTEXT)))
        mode |= _fmode & _O_BINARY ? _O_BINARY : _O_TEXT;
    for (int i = 0; i < 2; i++) {
        fds[i] = _open_osfhandle((intptr_t)handles[i], mode);
        if (fds[i] >= 0) continue;
        if (i) _close(fds[0]);
        else CloseHandle(handles[0]);
        CloseHandle(handles[1]);
        fds[0] = -1;
        return -1;
    }
    return 0;
}

enum { LK_UNLCK, LK_LOCK, LK_NBLCK, LK_RLCK, LK_NBRLCK };

CRTAPI int _locking(int fd, int mode, long bytes)
{
    HANDLE handle;
    __int64 at;
    BOOL worked;

    REQUIRE_FD(fd, -1);
    REQUIRE(mode >= LK_UNLCK && mode <= LK_NBRLCK && bytes >= 0, EINVAL, -1);
    io_lock(fd);
    handle = (HANDLE)io_of(fd)->osfhnd;
    at = crt_lseek_nolock(fd, 0, SEEK_CUR);
    io_unlock(fd);
    if (at < 0) return -1;
    for (int tries = mode == LK_LOCK || mode == LK_RLCK ? 10 : 1;; Sleep(1000)) {
        worked = mode == LK_UNLCK ? UnlockFile(handle, (DWORD)at, (DWORD)(at >> 32), bytes, 0)
                                  : LockFile(handle, (DWORD)at, (DWORD)(at >> 32), bytes, 0);
        if (worked) return 0;
        if (--tries == 0) break;
    }
    *__doserrno() = GetLastError();
    errno = mode == LK_LOCK || mode == LK_RLCK ? EDEADLK : EACCES;
    return -1;
}

__int64 crt_position(int fd)
{
    LARGE_INTEGER zero = { .QuadPart = 0 }, at;

    return SetFilePointerEx((HANDLE)io_of(fd)->osfhnd, zero, &at, FILE_CURRENT) ? at.QuadPart : -1;
}
