/* Streams: the table of them, their buffers, and bytes in and out. Reference: "Stream I/O", "setvbuf", "fflush".
 *
 * As on Windows stdout and stderr to a console have no buffer of their own, stderr never has one, and everything
 * else is fully buffered. */
#include "crt.h"

#ifdef FERRY_MSVCRT
CRTDATA FILE _iob[IOB_COUNT];
static struct file_extra iob_extra[IOB_COUNT];
#define FIRST_FREE 3
#else
static FILE iob[3];
static struct file_extra iob_extra[3];
#define _iob iob
#endif

struct stream {
    FILE file;
    struct file_extra extra;
};

static FILE **streams; /* those beyond the first ARRAYSIZE(_iob) */
static int stream_count, stream_limit = 512;
CRTDATA int _commode;

struct file_extra *file_extra(FILE *file)
{
    if (file >= _iob && file < _iob + ARRAYSIZE(_iob)) return &iob_extra[file - _iob];
    return &((struct stream *)file)->extra;
}

FILE *crt_stdio(int number)
{
    return &_iob[number];
}

#ifdef FERRY_MSVCRT
CRTAPI FILE *__iob_func(void)
{
    return _iob;
}

CRTAPI FILE *__p__iob(void)
{
    return _iob;
}
#else
CRTAPI FILE *__acrt_iob_func(unsigned number)
{
    return &_iob[number];
}
#endif

void stdio_init(void)
{
    for (int i = 0; i < (int)ARRAYSIZE(_iob); i++) {
        InitializeCriticalSection(&iob_extra[i].lock);
        _iob[i]._file = -1;
    }
    for (int i = 0; i < 3; i++) {
        intptr_t handle = io_of(i)->osfhnd;
        _iob[i]._file = handle == -1 || handle == -2 ? -2 : i;
        _iob[i]._flag = (i ? IOWRT : IOREAD) | IOUSED;
    }
    _iob[2]._flag |= IONBF;
}

CRTAPI void _lock_file(FILE *file)
{
    EnterCriticalSection(&file_extra(file)->lock);
}

CRTAPI void _unlock_file(FILE *file)
{
    LeaveCriticalSection(&file_extra(file)->lock);
}

static FILE *claim(FILE *file)
{
    if (file->_flag) return NULL;
    _lock_file(file);
    if (file->_flag) {
        _unlock_file(file);
        return NULL;
    }
    memset(file, 0, sizeof(*file));
    file->_file = -1;
    file->_flag = IOUSED;
    file_extra(file)->process = NULL;
    return file;
}

FILE *file_allocate(void)
{
    FILE *file = NULL;
    struct stream *stream;

    _lock(LOCK_IOB_SCAN);
    for (int i = 3; i < (int)ARRAYSIZE(_iob) && !file; i++) file = claim(&_iob[i]);
    for (int i = 0; i < stream_count && !file; i++) file = claim(streams[i]);
    if (!file && stream_count + (int)ARRAYSIZE(_iob) < stream_limit) {
        if (!(stream_count & 15)) {
            FILE **more = realloc(streams, (stream_count + 16) * sizeof(*more));
            if (!more) goto out;
            streams = more;
        }
        stream = calloc(1, sizeof(*stream));
        if (stream) {
            InitializeCriticalSection(&stream->extra.lock);
            streams[stream_count++] = &stream->file;
            file = claim(&stream->file);
        }
    } else if (!file) {
        errno = EMFILE;
    }
out:
    _unlock(LOCK_IOB_SCAN);
    return file;
}

/* Gives the slot back; the caller holds its lock and loses it. */
void file_release(FILE *file)
{
    file->_ptr = file->_base = NULL;
    file->_cnt = 0;
    file->_file = -1;
    file->_flag = 0;
    _unlock_file(file);
}

CRTAPI int _getmaxstdio(void)
{
    return stream_limit;
}

CRTAPI int _setmaxstdio(int limit)
{
    REQUIRE(limit >= IOB_COUNT && limit <= IO_MAX, EINVAL, -1);
    stream_limit = limit;
    return limit;
}

/* ---- buffers ---- */

static BOOL has_buffer(FILE *file)
{
    return (file->_flag & (IOMYBUF | IOYOURBUF)) != 0;
}

static void get_buffer(FILE *file)
{
    file->_base = malloc(STREAM_BUFFER);
    if (file->_base) {
        file->_flag |= IOMYBUF;
        file->_bufsiz = STREAM_BUFFER;
    } else {
        file->_flag |= IONBF;
        file->_base = (char *)&file->_charbuf;
        file->_bufsiz = 2;
    }
    file->_ptr = file->_base;
    file->_cnt = 0;
}

static void need_read_buffer(FILE *file)
{
    if (file->_flag & (IOMYBUF | IOYOURBUF)) return;
    if (file->_flag & IONBF) {
        file->_base = (char *)&file->_charbuf;
        file->_bufsiz = 2;
        file->_ptr = file->_base;
    } else {
        get_buffer(file);
    }
}

static BOOL is_text_file(int fd)
{
    return io_is_open(fd) && (io_of(fd)->osfile & (FTEXT | FDEV | FPIPE)) == FTEXT;
}

static BOOL begin_reading(FILE *file)
{
    if (!file->_flag || (file->_flag & IOSTRG)) return FALSE;
    if (file->_flag & IOWRT) {
        file->_flag |= IOERR;
        errno = EBADF;
        return FALSE;
    }
    file->_flag |= IOREAD;
    return TRUE;
}

int file_fill(FILE *file)
{
    int got, size;

    file->_cnt = 0;
    if (!begin_reading(file)) return EOF;
    need_read_buffer(file);
    file->_ptr = file->_base;
    size = file->_bufsiz;
    if ((file->_flag & IONBF) && !(io_is_open(file->_file) && io_of(file->_file)->textmode != TEXT_ANSI)) size = 1;
    if (is_text_file(file->_file)) file_extra(file)->filled_at = crt_position(file->_file);
    got = _read(file->_file, file->_base, size);
    if (got <= 0) {
        file->_flag |= got ? IOERR : IOEOF;
        return EOF;
    }
    file->_cnt = got - 1;
    return (unsigned char)*file->_ptr++;
}

static BOOL begin_writing(FILE *file)
{
    if (!(file->_flag & (IOWRT | IORW))) {
        errno = EBADF;
        file->_flag |= IOERR;
        return FALSE;
    }
    if (file->_flag & IOSTRG) {
        errno = ERANGE;
        file->_flag |= IOERR;
        return FALSE;
    }
    if (file->_flag & IOREAD) {
        file->_cnt = 0;
        if (!(file->_flag & IOEOF)) { /* reading must have ended, or a seek lie between */
            file->_flag |= IOERR;
            return FALSE;
        }
        file->_ptr = file->_base;
        file->_flag &= ~IOREAD;
    }
    file->_flag = (file->_flag | IOWRT) & ~IOEOF;
    return TRUE;
}

int file_flush_put(int c, FILE *file)
{
    char byte = (char)c;
    int size, written;

    file->_cnt = 0; /* the caller took one below zero */
    if (!begin_writing(file)) return EOF;
    if (!has_buffer(file) && !(file->_flag & IONBF) && !((file == stdout || file == stderr) && _isatty(file->_file)))
        get_buffer(file);
    if (!has_buffer(file)) {
        if (_write(file->_file, &byte, 1) == 1) return (unsigned char)byte;
        file->_flag |= IOERR;
        return EOF;
    }
    size = (int)(file->_ptr - file->_base);
    file->_ptr = file->_base + 1;
    file->_cnt = file->_bufsiz - 1;
    written = size > 0 ? _write(file->_file, file->_base, size) : size;
    *file->_base = byte;
    if (written == size) return (unsigned char)byte;
    file->_flag |= IOERR;
    return EOF;
}

int file_flush(FILE *file)
{
    int result = 0;

    if ((file->_flag & (IOREAD | IOWRT)) == IOWRT && has_buffer(file)) {
        int size = (int)(file->_ptr - file->_base);
        if (size > 0) {
            if (_write(file->_file, file->_base, size) == size) {
                if (file->_flag & IORW) file->_flag &= ~IOWRT;
            } else {
                file->_flag |= IOERR;
                result = EOF;
            }
        }
    }
    file->_ptr = file->_base;
    file->_cnt = 0;
    return result;
}

/* flushall's work: how many streams, or EOF when one failed and ONLY_FAILURES. */
static int flush_streams(BOOL only_written, int *failed)
{
    int count = 0, total;

    *failed = 0;
    _lock(LOCK_IOB_SCAN);
    total = (int)ARRAYSIZE(_iob) + stream_count;
    for (int i = 0; i < total; i++) {
        FILE *file = i < (int)ARRAYSIZE(_iob) ? &_iob[i] : streams[i - ARRAYSIZE(_iob)];
        if (!(file->_flag & (IOREAD | IOWRT | IORW))) continue;
        _lock_file(file);
        if (file->_flag & (IOREAD | IOWRT | IORW)) {
            count++;
            if ((!only_written || (file->_flag & IOWRT)) && file_flush(file)) *failed = EOF;
        }
        _unlock_file(file);
    }
    _unlock(LOCK_IOB_SCAN);
    return count;
}

CRTAPI int _flushall(void)
{
    int failed;

    return flush_streams(FALSE, &failed);
}

CRTAPI int _fflush_nolock(FILE *file)
{
    int failed;

    if (!file) {
        flush_streams(TRUE, &failed);
        return failed;
    }
    if (file_flush(file)) return EOF;
    if ((file->_flag & IOCOMMIT) && io_is_open(file->_file)) {
        FlushFileBuffers((HANDLE)io_of(file->_file)->osfhnd);
    }
    return 0;
}

CRTAPI int fflush(FILE *file)
{
    int result;

    if (!file) return _fflush_nolock(NULL);
    _lock_file(file);
    result = _fflush_nolock(file);
    _unlock_file(file);
    return result;
}

/* At the end of the process: write what is buffered. Locks that dead threads held are not waited for. */
void stdio_exit(void)
{
    int total = (int)ARRAYSIZE(_iob) + stream_count;

    for (int i = 0; i < total; i++) {
        FILE *file = i < (int)ARRAYSIZE(_iob) ? &_iob[i] : streams[i - ARRAYSIZE(_iob)];
        if (!(file->_flag & IOWRT) || !TryEnterCriticalSection(&file_extra(file)->lock)) continue;
        file_flush(file);
        _unlock_file(file);
    }
}

CRTAPI int _fclose_nolock(FILE *file)
{
    int result;

    REQUIRE(file, EINVAL, EOF);
    if (!(file->_flag & (IOREAD | IOWRT | IORW))) {
        file_release(file);
        _lock_file(file);
        return EOF;
    }
    result = file_flush(file);
    if (file->_flag & IOMYBUF) free(file->_base);
    file->_flag &= ~(IOMYBUF | IOYOURBUF);
    if (_close(file->_file) < 0) result = EOF;
    if (file->_tmpfname) {
        free(file->_tmpfname);
        file->_tmpfname = NULL;
    }
    file_release(file);
    _lock_file(file);
    return result;
}

CRTAPI int fclose(FILE *file)
{
    int result;

    REQUIRE(file, EINVAL, EOF);
    if (file->_flag & IOSTRG) {
        file->_flag = 0;
        return EOF;
    }
    _lock_file(file);
    result = _fclose_nolock(file);
    _unlock_file(file);
    return result;
}

static int close_streams(BOOL only_temporary)
{
    int count = 0, total = (int)ARRAYSIZE(_iob) + stream_count;

    for (int i = 3; i < total; i++) {
        FILE *file = i < (int)ARRAYSIZE(_iob) ? &_iob[i] : streams[i - ARRAYSIZE(_iob)];
        if ((file->_flag & (IOREAD | IOWRT | IORW)) && (!only_temporary || file->_tmpfname) && !fclose(file)) count++;
    }
    return count;
}

CRTAPI int _fcloseall(void)
{
    return close_streams(FALSE);
}

CRTAPI int _rmtmp(void)
{
    return close_streams(TRUE);
}

size_t file_write(FILE *file, const void *data, size_t size)
{
    const char *text = data;
    size_t left = size;

    while (left) {
        if (has_buffer(file) && (file->_flag & IOWRT) && file->_cnt > 0) {
            size_t part = min(left, (size_t)file->_cnt);
            memcpy(file->_ptr, text, part);
            file->_ptr += part;
            file->_cnt -= (int)part;
            text += part;
            left -= part;
        } else if (left >= (size_t)(has_buffer(file) ? file->_bufsiz : (file->_flag & IONBF) ? 2 : STREAM_BUFFER) ||
                   ((file == stdout || file == stderr) && !has_buffer(file) && left > 1 && (file->_flag & IOWRT) &&
                    ((file->_flag & IONBF) || _isatty(file->_file)))) {
            size_t unit = has_buffer(file) ? file->_bufsiz : 1, part;
            int written;
            if (!begin_writing(file) || (has_buffer(file) && file_flush(file))) break;
            file->_flag |= IOWRT;
            part = min(left - left % unit, (size_t)0x40000000);
            if (!part) part = left;
            written = _write(file->_file, text, (unsigned)part);
            if (written < 0) {
                file->_flag |= IOERR;
                break;
            }
            text += written;
            left -= written;
            if ((size_t)written < part) {
                file->_flag |= IOERR;
                break;
            }
        } else {
            if (file_flush_put((unsigned char)*text, file) == EOF) break;
            text++;
            left--;
        }
    }
    return size - left;
}

size_t file_read(FILE *file, void *data, size_t size)
{
    char *text = data;
    size_t left = size;

    while (left) {
        if (file->_cnt > 0 && (file->_flag & IOREAD)) {
            size_t part = min(left, (size_t)file->_cnt);
            memcpy(text, file->_ptr, part);
            file->_ptr += part;
            file->_cnt -= (int)part;
            text += part;
            left -= part;
        } else if (left >= (size_t)(has_buffer(file) ? file->_bufsiz : STREAM_BUFFER)) {
            size_t unit = has_buffer(file) ? file->_bufsiz : STREAM_BUFFER;
            int got;
            file->_cnt = 0;
            if (!begin_reading(file)) break;
            file->_ptr = file->_base;
            got = _read(file->_file, text, (unsigned)min(left - left % unit, (size_t)0x40000000));
            if (got <= 0) {
                file->_flag |= got ? IOERR : IOEOF;
                break;
            }
            text += got;
            left -= got;
        } else {
            int c = file_fill(file);
            if (c == EOF) break;
            *text++ = (char)c;
            left--;
        }
    }
    return size - left;
}

/* While printf runs, a stream without buffer gets one, so that the text goes out in one piece. */
BOOL file_buffer_temporarily(FILE *file)
{
    static char *buffers[2];
    char **slot;

    if (file == stdout) slot = &buffers[0];
    else if (file == stderr) slot = &buffers[1];
    else return FALSE;
    if (!_isatty(file->_file) && !(file->_flag & IONBF)) return FALSE;
    if (has_buffer(file)) return FALSE;
    if (!*slot && !(*slot = malloc(STREAM_BUFFER))) return FALSE;
    file->_base = file->_ptr = *slot;
    file->_bufsiz = file->_cnt = STREAM_BUFFER;
    file->_flag |= IOWRT | IOYOURBUF | IOFEOF;
    return TRUE;
}

void file_buffer_done(FILE *file, BOOL was)
{
    if (!was || !(file->_flag & IOFEOF)) return;
    file_flush(file);
    file->_flag &= ~(IOYOURBUF | IOFEOF);
    file->_bufsiz = 0;
    file->_base = file->_ptr = NULL;
    file->_cnt = 0;
}

enum { FULL_BUFFER = 0, LINE_BUFFER = 0x40, NO_BUFFER = 4 };

CRTAPI int setvbuf(FILE *file, char *buffer, int mode, size_t size)
{
    int result = 0;

    REQUIRE(file, EINVAL, -1);
    REQUIRE(mode == FULL_BUFFER || mode == LINE_BUFFER || mode == NO_BUFFER, EINVAL, -1);
    if (mode != NO_BUFFER) REQUIRE(size >= 2 && size <= INT_MAX, EINVAL, -1);
    _lock_file(file);
    file_flush(file);
    if (file->_flag & IOMYBUF) free(file->_base);
    file->_flag &= ~(IOMYBUF | IOYOURBUF | IONBF | IOSETVBUF);
    if (mode == NO_BUFFER) {
        file->_flag |= IONBF;
        file->_base = (char *)&file->_charbuf;
        file->_bufsiz = 2;
    } else {
        size &= ~(size_t)1;
        file->_bufsiz = (int)size;
        if (buffer) {
            file->_flag |= IOYOURBUF | IOSETVBUF;
            file->_base = buffer;
        } else if ((file->_base = malloc(size))) {
            file->_flag |= IOMYBUF | IOSETVBUF;
        } else {
            file->_flag |= IONBF;
            file->_base = (char *)&file->_charbuf;
            file->_bufsiz = 2;
            result = -1;
        }
    }
    file->_ptr = file->_base;
    file->_cnt = 0;
    _unlock_file(file);
    return result;
}

CRTAPI void setbuf(FILE *file, char *buffer)
{
    setvbuf(file, buffer, buffer ? FULL_BUFFER : NO_BUFFER, BUFSIZ);
}

#ifdef FERRY_MSVCRT
CRTAPI int _filbuf(FILE *file)
{
    REQUIRE(file, EINVAL, EOF);
    return file_fill(file);
}

CRTAPI int _flsbuf(int c, FILE *file)
{
    return file_flush_put(c, file);
}
#else
CRTAPI errno_t _get_stream_buffer_pointers(FILE *file, char ***base, char ***pointer, int **count)
{
    REQUIRE(file, EINVAL, EINVAL);
    if (base) *base = &file->_base;
    if (pointer) *pointer = &file->_ptr;
    if (count) *count = &file->_cnt;
    return 0;
}
#endif
