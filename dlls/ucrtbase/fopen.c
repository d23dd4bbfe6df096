/* Opening and reopening streams. Reference: "fopen, _wfopen" (mode letters, ccs=), "freopen", "_fdopen", "_fsopen". */
#include "crt.h"
#include <share.h>
#include <sys/stat.h>

static BOOL same_word(const wchar_t *text, const char *word)
{
    while (*word) {
        wchar_t c = *text++;
        if (c >= 'A' && c <= 'Z') c += 32;
        if (c != *word++) return FALSE;
    }
    return TRUE;
}

/* Parses a mode; -1 with the invalid parameter handler called when it is none. */
int file_mode(const wchar_t *mode, int *open_flags, int *stream_flags)
{
    BOOL plus = FALSE, binary_or_text = FALSE, commit = FALSE, sequence = FALSE;

    while (*mode == ' ') mode++;
    *stream_flags = _commode;
    switch (*mode++) {
    case 'r':
        *open_flags = _O_RDONLY;
        *stream_flags |= IOREAD;
        break;
    case 'w':
        *open_flags = _O_WRONLY | _O_CREAT | _O_TRUNC;
        *stream_flags |= IOWRT;
        break;
    case 'a':
        *open_flags = _O_WRONLY | _O_CREAT | _O_APPEND;
        *stream_flags |= IOWRT;
        break;
    default: REQUIRE(FALSE, EINVAL, -1);
    }
    for (; *mode && *mode != ','; mode++) {
        switch (*mode) {
        case ' ': break;
        case '+':
            REQUIRE(!plus, EINVAL, -1);
            plus = TRUE;
            *open_flags = (*open_flags & ~(_O_RDONLY | _O_WRONLY)) | _O_RDWR;
            *stream_flags = (*stream_flags & ~(IOREAD | IOWRT)) | IORW;
            break;
        case 'b':
        case 't':
            REQUIRE(!binary_or_text, EINVAL, -1);
            binary_or_text = TRUE;
            *open_flags |= *mode == 'b' ? _O_BINARY : _O_TEXT;
            break;
        case 'c':
        case 'n':
            REQUIRE(!commit, EINVAL, -1);
            commit = TRUE;
            *stream_flags = *mode == 'c' ? *stream_flags | IOCOMMIT : *stream_flags & ~IOCOMMIT;
            break;
        case 'S':
        case 'R':
            REQUIRE(!sequence, EINVAL, -1);
            sequence = TRUE;
            *open_flags |= *mode == 'S' ? _O_SEQUENTIAL : _O_RANDOM;
            break;
        case 'T': *open_flags |= _O_SHORT_LIVED; break;
        case 'D': *open_flags |= _O_TEMPORARY; break;
        case 'N': *open_flags |= _O_NOINHERIT; break;
#ifndef FERRY_MSVCRT
        case 'x':
            REQUIRE(*open_flags & _O_TRUNC, EINVAL, -1);
            *open_flags |= _O_EXCL;
            break;
#endif
        default: REQUIRE(FALSE, EINVAL, -1);
        }
    }
    if (*mode == ',') {
        mode++;
        while (*mode == ' ') mode++;
        REQUIRE(same_word(mode, "ccs"), EINVAL, -1);
        mode += 3;
        while (*mode == ' ') mode++;
        REQUIRE(*mode == '=', EINVAL, -1);
        mode++;
        while (*mode == ' ') mode++;
        if (same_word(mode, "utf-8")) {
            *open_flags |= _O_U8TEXT;
            mode += 5;
        } else if (same_word(mode, "utf-16le")) {
            *open_flags |= _O_U16TEXT;
            mode += 8;
        } else if (same_word(mode, "unicode")) {
            *open_flags |= _O_WTEXT;
            mode += 7;
        } else {
            REQUIRE(FALSE, EINVAL, -1);
        }
        while (*mode == ' ') mode++;
        REQUIRE(!*mode, EINVAL, -1);
    }
    return 0;
}

static FILE *open_into(FILE *file, const wchar_t *path, const wchar_t *mode, int share)
{
    int open_flags, stream_flags, fd;

    if (file_mode(mode, &open_flags, &stream_flags) < 0) return NULL;
    if (crt_open(path, open_flags, share, _S_IREAD | _S_IWRITE, &fd)) return NULL;
    file->_flag = stream_flags | IOUSED;
    file->_cnt = 0;
    file->_ptr = file->_base = file->_tmpfname = NULL;
    file->_bufsiz = 0;
    file->_file = fd;
    return file;
}

CRTAPI FILE *_wfsopen(const wchar_t *path, const wchar_t *mode, int share)
{
    FILE *file;

    REQUIRE(path && mode && *mode, EINVAL, NULL);
    if (!*path) {
#ifdef FERRY_MSVCRT
        errno = ENOENT;
        return NULL;
#else
        REQUIRE(FALSE, EINVAL, NULL);
#endif
    }
    file = file_allocate();
    if (!file) return NULL;
    if (open_into(file, path, mode, share)) {
        _unlock_file(file);
        return file;
    }
    file_release(file);
    return NULL;
}

static wchar_t *wide_mode(wchar_t *buffer, size_t size, const char *mode)
{
    size_t i = 0;

    for (; mode[i] && i + 1 < size; i++) buffer[i] = (unsigned char)mode[i];
    buffer[i] = 0;
    return buffer;
}

CRTAPI FILE *_fsopen(const char *path, const char *mode, int share)
{
    wchar_t *wide, modes[64];
    FILE *file;

    REQUIRE(path && mode && *mode, EINVAL, NULL);
    wide = crt_wide(path);
    if (!wide) return NULL;
    file = _wfsopen(wide, wide_mode(modes, 64, mode), share);
    free(wide);
    return file;
}

CRTAPI FILE *fopen(const char *path, const char *mode)
{
    return _fsopen(path, mode, _SH_DENYNO);
}

CRTAPI FILE *_wfopen(const wchar_t *path, const wchar_t *mode)
{
    return _wfsopen(path, mode, _SH_DENYNO);
}

CRTAPI errno_t fopen_s(FILE **file, const char *path, const char *mode)
{
    REQUIRE(file, EINVAL, EINVAL);
    *file = _fsopen(path, mode, 0x80);
    return *file ? 0 : errno;
}

CRTAPI errno_t _wfopen_s(FILE **file, const wchar_t *path, const wchar_t *mode)
{
    REQUIRE(file, EINVAL, EINVAL);
    *file = _wfsopen(path, mode, 0x80);
    return *file ? 0 : errno;
}

static FILE *reopen(const wchar_t *path, const wchar_t *mode, FILE *file, int share)
{
    FILE *result;

    REQUIRE(path && mode && *mode && file, EINVAL, NULL);
    _lock_file(file);
    if (file->_flag & (IOREAD | IOWRT | IORW)) {
        int fd = file->_file;
        file_flush(file);
        if (file->_flag & IOMYBUF) free(file->_base);
        if (io_is_open(fd)) _close(fd);
    }
    file->_flag = IOUSED;
    file->_ptr = file->_base = NULL;
    file->_cnt = 0;
    result = open_into(file, path, mode, share);
    if (!result) {
        file_release(file);
        return NULL;
    }
    _unlock_file(file);
    return result;
}

CRTAPI FILE *_wfreopen(const wchar_t *path, const wchar_t *mode, FILE *file)
{
    return reopen(path, mode, file, _SH_DENYNO);
}

static FILE *narrow_reopen(const char *path, const char *mode, FILE *file, int share)
{
    wchar_t *wide, modes[64];
    FILE *result;

    REQUIRE(path && mode && *mode && file, EINVAL, NULL);
    wide = crt_wide(path);
    if (!wide) return NULL;
    result = reopen(wide, wide_mode(modes, 64, mode), file, share);
    free(wide);
    return result;
}

CRTAPI FILE *freopen(const char *path, const char *mode, FILE *file)
{
    return narrow_reopen(path, mode, file, _SH_DENYNO);
}

CRTAPI errno_t freopen_s(FILE **result, const char *path, const char *mode, FILE *file)
{
    REQUIRE(result, EINVAL, EINVAL);
    *result = narrow_reopen(path, mode, file, 0x80);
    return *result ? 0 : errno;
}

CRTAPI errno_t _wfreopen_s(FILE **result, const wchar_t *path, const wchar_t *mode, FILE *file)
{
    REQUIRE(result, EINVAL, EINVAL);
    *result = reopen(path, mode, file, 0x80);
    return *result ? 0 : errno;
}

CRTAPI FILE *_wfdopen(int fd, const wchar_t *mode)
{
    int open_flags, stream_flags;
    FILE *file;

    REQUIRE(mode, EINVAL, NULL);
    REQUIRE(io_is_open(fd), EBADF, NULL);
    if (file_mode(mode, &open_flags, &stream_flags) < 0) return NULL;
    file = file_allocate();
    if (!file) return NULL;
    file->_flag = stream_flags | IOUSED;
    file->_file = fd;
    _unlock_file(file);
    return file;
}

CRTAPI FILE *_fdopen(int fd, const char *mode)
{
    wchar_t modes[64];

    REQUIRE(mode, EINVAL, NULL);
    return _wfdopen(fd, wide_mode(modes, 64, mode));
}

CRTAPI int _fileno(FILE *file)
{
    REQUIRE(file, EINVAL, -1);
    return file->_file;
}

CRTAPI int feof(FILE *file)
{
    REQUIRE(file, EINVAL, 0);
    return file->_flag & IOEOF;
}

CRTAPI int ferror(FILE *file)
{
    REQUIRE(file, EINVAL, 0);
    return file->_flag & IOERR;
}

CRTAPI errno_t clearerr_s(FILE *file)
{
    REQUIRE(file, EINVAL, EINVAL);
    _lock_file(file);
    file->_flag &= ~(IOERR | IOEOF);
    if (io_is_open(file->_file)) io_of(file->_file)->osfile &= ~FEOFLAG;
    _unlock_file(file);
    return 0;
}

CRTAPI void clearerr(FILE *file)
{
    clearerr_s(file);
}
