/* Positions in streams. */
#include "crt.h"

typedef __int64 position;

static BOOL has_buffer(FILE *file)
{
    return (file->_flag & (IOMYBUF | IOYOURBUF)) != 0;
}

/* Text that lies in the buffer came from a place in the file that only reading it again tells: CR LF and LF look alike
 * there. */
static __int64 text_position(FILE *file, int consumed)
{
    HANDLE handle = (HANDLE)io_of(file->_file)->osfhnd;
    LARGE_INTEGER to = { .QuadPart = file_extra(file)->filled_at };
    __int64 now = crt_position(file->_file), at = to.QuadPart;
    int mode = io_of(file->_file)->textmode, unit = mode == TEXT_UTF16 ? 2 : 1;
    unsigned char bytes[1024];
    DWORD got;

    if (now < 0 || !SetFilePointerEx(handle, to, NULL, FILE_BEGIN)) return -1;
    if (mode != TEXT_ANSI) consumed /= 2;
    while (consumed > 0 && ReadFile(handle, bytes, sizeof(bytes) - unit, &got, NULL) && got) {
        DWORD i = 0;
        while (i < got && consumed > 0) {
            if (bytes[i] == '\r' && (unit == 1 || !bytes[i + 1])) {
                DWORD more;
                if (i + unit >= got && ReadFile(handle, bytes + got, unit, &more, NULL)) got += more;
                if (i + unit < got && bytes[i + unit] == '\n') {
                    i += unit;
                    at += unit;
                }
                consumed--;
            } else if (mode == TEXT_UTF8) {
                unsigned char c = bytes[i];
                if (c >= 0xf0) consumed -= 2; /* a surrogate pair */
                else if (c < 0x80 || c >= 0xc0) consumed--;
            } else {
                consumed--;
            }
            i += unit;
            at += unit;
            while (mode == TEXT_UTF8 && !consumed && i < got && (bytes[i] & 0xc0) == 0x80) i++, at++;
        }
    }
    to.QuadPart = now;
    SetFilePointerEx(handle, to, NULL, FILE_BEGIN);
    return at;
}

static int count_newlines(FILE *file, const char *from, const char *to)
{
    int count = 0;

    if (io_of(file->_file)->textmode == TEXT_ANSI) {
        for (; from < to; from++) count += *from == '\n';
        return count;
    }
    for (; from + 1 < to; from += 2) count += *(const wchar_t *)from == '\n';
    return count * 2;
}

CRTAPI __int64 _ftelli64_nolock(FILE *file)
{
    __int64 at;
    int used = (int)(file->_ptr - file->_base);

    REQUIRE(file, EINVAL, -1);
    if (file->_cnt < 0) file->_cnt = 0;
    at = _lseeki64(file->_file, 0, SEEK_CUR);
    if (at < 0) return -1;
    if (!has_buffer(file)) return at - (file->_flag & IOREAD ? file->_cnt : 0);
    if (!(file->_flag & (IOREAD | IOWRT | IORW))) {
        errno = EINVAL;
        return -1;
    }
    if (file->_flag & IOWRT) {
        if (io_of(file->_file)->osfile & FAPPEND) {
            if (!used) return at;
            at = _filelengthi64(file->_file);
        }
        if (io_of(file->_file)->osfile & FTEXT) used += count_newlines(file, file->_base, file->_ptr);
        return at + used;
    }
    if (!(file->_flag & IOREAD) || (!used && !file->_cnt)) return at;
    if ((io_of(file->_file)->osfile & (FTEXT | FDEV | FPIPE)) == FTEXT) return text_position(file, used);
    return at - file->_cnt;
}

CRTAPI __int64 _ftelli64(FILE *file)
{
    __int64 at;

    REQUIRE(file, EINVAL, -1);
    _lock_file(file);
    at = _ftelli64_nolock(file);
    _unlock_file(file);
    return at;
}

CRTAPI long _ftell_nolock(FILE *file)
{
    __int64 at = _ftelli64_nolock(file);

    if (at <= LONG_MAX) return (long)at;
    errno = EINVAL;
    return -1;
}

CRTAPI long ftell(FILE *file)
{
    __int64 at = _ftelli64(file);

    if (at <= LONG_MAX) return (long)at;
    errno = EINVAL;
    return -1;
}

CRTAPI int _fseeki64_nolock(FILE *file, __int64 offset, int origin)
{
    REQUIRE(file, EINVAL, -1);
    REQUIRE(origin >= SEEK_SET && origin <= SEEK_END, EINVAL, -1);
    if (!(file->_flag & (IOREAD | IOWRT | IORW))) {
        errno = EINVAL;
        return -1;
    }
    file->_flag &= ~IOEOF;
    if (origin == SEEK_CUR) {
        __int64 at = _ftelli64_nolock(file);
        if (at < 0) return -1;
        offset += at;
        origin = SEEK_SET;
    }
    file_flush(file);
    if (file->_flag & IORW) file->_flag &= ~(IOREAD | IOWRT);
    return _lseeki64(file->_file, offset, origin) < 0 ? -1 : 0;
}

CRTAPI int _fseeki64(FILE *file, __int64 offset, int origin)
{
    int result;

    REQUIRE(file, EINVAL, -1);
    _lock_file(file);
    result = _fseeki64_nolock(file, offset, origin);
    _unlock_file(file);
    return result;
}

CRTAPI int _fseek_nolock(FILE *file, long offset, int origin)
{
    return _fseeki64_nolock(file, offset, origin);
}

CRTAPI int fseek(FILE *file, long offset, int origin)
{
    return _fseeki64(file, offset, origin);
}

CRTAPI void rewind(FILE *file)
{
    REQUIRE(file, EINVAL, );
    _lock_file(file);
    file_flush(file);
    file->_flag &= ~(IOERR | IOEOF);
    if (io_is_open(file->_file)) io_of(file->_file)->osfile &= ~FEOFLAG;
    if (file->_flag & IORW) file->_flag &= ~(IOREAD | IOWRT);
    _lseeki64(file->_file, 0, SEEK_SET);
    _unlock_file(file);
}

CRTAPI int fgetpos(FILE *file, position *at)
{
    REQUIRE(file && at, EINVAL, -1);
    *at = _ftelli64(file);
    return *at == -1 ? -1 : 0;
}

CRTAPI int fsetpos(FILE *file, const position *at)
{
    REQUIRE(file && at, EINVAL, -1);
    return _fseeki64(file, *at, SEEK_SET);
}
