/* _read and _write: text translation and the Unicode modes. Reference: "Text and binary mode file I/O",
 * "_setmode", "_write", "_read". */
#include "crt.h"

#define LF '\n'
#define CR '\r'
#define CTRLZ 26

static BOOL raw_write(HANDLE handle, const void *data, DWORD size, DWORD *written, DWORD *error)
{
    *written = 0;
    *error = 0;
    if (WriteFile(handle, data, size, written, NULL)) return TRUE;
    *error = GetLastError();
    return FALSE;
}

static int write_result(int fd, unsigned wanted, unsigned done, DWORD error)
{
    if (done) return (int)done;
    if (error) {
        if (error == ERROR_ACCESS_DENIED) {
            *__doserrno() = error;
            errno = EBADF;
        } else {
            _dosmaperr(error);
        }
        return -1;
    }
    (void)fd;
    (void)wanted;
    errno = ENOSPC;
    *__doserrno() = 0;
    return -1;
}

static int write_text(int fd, HANDLE handle, const char *text, unsigned size)
{
    char buffer[5 * 1024];
    unsigned done = 0;
    DWORD error = 0, written;

    while (done < size) {
        unsigned used = 0, taken = done;
        while (taken < size && used < sizeof(buffer) - 1) {
            if (text[taken] == LF) buffer[used++] = CR;
            buffer[used++] = text[taken++];
        }
        if (!raw_write(handle, buffer, used, &written, &error)) break;
        if (written < used) { /* count what of the caller's text went out */
            for (unsigned i = 0; i < written; i++, done++)
                if (buffer[i] == CR && i + 1 < used && buffer[i + 1] == LF && text[done] == LF) i++;
            break;
        }
        done = taken;
    }
    return write_result(fd, size, done, error);
}

/* Wide text in, UTF-16 or UTF-8 out; SIZE in bytes. To a console it goes as it is. */
static int write_wide(int fd, HANDLE handle, const wchar_t *text, unsigned size, BOOL utf8)
{
    wchar_t buffer[2048];
    char narrow[2048 * 3];
    unsigned count = size / 2, done = 0;
    DWORD error = 0, written, mode;
    BOOL console = (io_of(fd)->osfile & FDEV) && GetConsoleMode(handle, &mode);

    while (done < count) {
        unsigned used = 0, taken = done, bytes;
        BOOL worked;
        while (taken < count && used < ARRAYSIZE(buffer) - 1) {
            if (text[taken] == LF) buffer[used++] = CR;
            buffer[used++] = text[taken++];
        }
        if (taken < count && used > 1 && buffer[used - 1] >= 0xd800 && buffer[used - 1] < 0xdc00) used--, taken--;
        if (console) {
            worked = WriteConsoleW(handle, buffer, used, &written, NULL);
            if (!worked) error = GetLastError();
        } else if (utf8) {
            bytes = WideCharToMultiByte(CP_UTF8, 0, buffer, used, narrow, sizeof(narrow), NULL, NULL);
            worked = raw_write(handle, narrow, bytes, &written, &error);
        } else {
            worked = raw_write(handle, buffer, used * 2, &written, &error);
        }
        if (!worked) break;
        done = taken;
    }
    return write_result(fd, size, done * 2, error);
}

int crt_write_nolock(int fd, const void *data, unsigned size)
{
    struct ioinfo *io = io_of(fd);
    HANDLE handle = (HANDLE)io->osfhnd;
    DWORD written, error;

    if (!size) return 0;
    if (io->osfile & FAPPEND) {
        LARGE_INTEGER zero = { .QuadPart = 0 };
        SetFilePointerEx(handle, zero, NULL, FILE_END);
    }
    if (!(io->osfile & FTEXT)) {
        raw_write(handle, data, size, &written, &error);
        return write_result(fd, size, written, error);
    }
    if (io->textmode == TEXT_ANSI) return write_text(fd, handle, data, size);
    REQUIRE(!(size & 1), EINVAL, -1);
    return write_wide(fd, handle, data, size, io->textmode == TEXT_UTF8);
}

CRTAPI int _write(int fd, const void *data, unsigned size)
{
    int result;

    if (fd == -2 || !io_is_open(fd)) {
        *__doserrno() = 0;
        errno = EBADF;
        if (fd != -2) _invalid_parameter_noinfo();
        return -1;
    }
    if (!size) return 0;
    REQUIRE(data, EINVAL, -1);
    io_lock(fd);
    result = crt_write_nolock(fd, data, size);
    io_unlock(fd);
    return result;
}

/* One more byte after a CR at the end of what was read: from a file it is read and, when not LF, sought back; from a
 * pipe or device it is kept in pipech for the next read. */
static char *drop_carriage_returns(struct ioinfo *io, char *buffer, unsigned count, unsigned *kept)
{
    char *to = buffer, *end = buffer + count;

    for (char *from = buffer; from < end; from++) {
        if (*from == CTRLZ) {
            if (!(io->osfile & FDEV)) io->osfile |= FEOFLAG;
            else *to++ = *from;
            break;
        }
        if (*from != CR) {
            *to++ = *from;
            continue;
        }
        if (from + 1 < end) {
            if (from[1] == LF) from++;
            *to++ = *from;
            continue;
        }
        char next = 0;
        DWORD got = 0;
        if (!ReadFile((HANDLE)io->osfhnd, &next, 1, &got, NULL) || !got) {
            *to++ = CR;
        } else if (io->osfile & (FDEV | FPIPE)) {
            if (next == LF) {
                *to++ = LF;
            } else {
                *to++ = CR;
                io->pipech = next;
            }
        } else if (to == buffer && next == LF) {
            *to++ = LF;
        } else {
            LARGE_INTEGER back = { .QuadPart = -1 };
            SetFilePointerEx((HANDLE)io->osfhnd, back, NULL, FILE_CURRENT);
            if (next != LF) *to++ = CR;
        }
    }
    *kept = (unsigned)(to - buffer);
    return buffer;
}

static void seek_back(struct ioinfo *io, int bytes)
{
    LARGE_INTEGER back = { .QuadPart = -bytes };

    if (bytes) SetFilePointerEx((HANDLE)io->osfhnd, back, NULL, FILE_CURRENT);
}

/* UTF-8 or UTF-16 in, wide text out. Incomplete characters at the end are read again next time. */
static int read_wide(struct ioinfo *io, wchar_t *buffer, unsigned size)
{
    HANDLE handle = (HANDLE)io->osfhnd;
    unsigned room = size / 2, count, out = 0;
    wchar_t *text = buffer;
    DWORD got = 0;

    if (io->textmode == TEXT_UTF8) {
        unsigned want = room, used;
        char *bytes = malloc(want + 4);
        if (!bytes) return -1;
        if (!ReadFile(handle, bytes, want, &got, NULL) && GetLastError() != ERROR_BROKEN_PIPE) {
            free(bytes);
            _dosmaperr(GetLastError());
            return -1;
        }
        used = got;
        for (unsigned back = 1; back <= 3 && back <= used; back++) { /* a character cut at the end */
            unsigned char c = bytes[used - back];
            if (c < 0x80) break;
            if (c >= 0xc0) {
                unsigned length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
                if (back >= length) break;
                if (io->osfile & (FDEV | FPIPE)) { /* cannot seek: read the rest now */
                    for (DWORD more; back < length && used < want + 4; back++) {
                        if (!ReadFile(handle, bytes + used, 1, &more, NULL) || !more) break;
                        used++;
                    }
                } else if (used > back) {
                    seek_back(io, back);
                    used -= back;
                }
                break;
            }
        }
        count = MultiByteToWideChar(CP_UTF8, 0, bytes, used, text, room);
        if (!count && used) { /* four wide units from a tail that did not fit */
            free(bytes);
            errno = EILSEQ;
            return -1;
        }
        free(bytes);
    } else {
        DWORD more;
        if (!ReadFile(handle, text, room * 2, &got, NULL) && GetLastError() != ERROR_BROKEN_PIPE) {
            _dosmaperr(GetLastError());
            return -1;
        }
        if ((got & 1) && ReadFile(handle, (char *)text + got, 1, &more, NULL)) got += more;
        count = got / 2;
    }
    for (unsigned i = 0; i < count; i++) {
        wchar_t c = text[i];
        if (c == CTRLZ && !(io->osfile & FDEV)) {
            io->osfile |= FEOFLAG;
            break;
        }
        if (c == CR && i + 1 < count && text[i + 1] == LF) continue;
        if (c == CR && i + 1 == count && io->textmode == TEXT_UTF16) {
            wchar_t next = 0;
            if (ReadFile(handle, &next, 2, &got, NULL) && got == 2) {
                if (next == LF) c = LF;
                else if (!(io->osfile & (FDEV | FPIPE))) seek_back(io, 2);
            }
        } else if (c == CR && i + 1 == count) {
            char next = 0;
            if (ReadFile(handle, &next, 1, &got, NULL) && got == 1) {
                if (next == LF) c = LF;
                else if (!(io->osfile & (FDEV | FPIPE))) seek_back(io, 1);
            }
        }
        text[out++] = c;
    }
    return (int)(out * 2);
}

int crt_read_nolock(int fd, void *data, unsigned size)
{
    struct ioinfo *io = io_of(fd);
    char *buffer = data;
    unsigned have = 0, kept;
    DWORD got = 0;

    if (!size || (io->osfile & FEOFLAG)) return 0;
    if ((io->osfile & FTEXT) && io->textmode != TEXT_ANSI) {
        REQUIRE(!(size & 1), EINVAL, -1);
        return read_wide(io, data, size);
    }
    if ((io->osfile & (FPIPE | FDEV)) && io->pipech != LF) {
        buffer[have++] = io->pipech;
        io->pipech = LF;
    }
    if (have == size) return (int)have;
    if (!ReadFile((HANDLE)io->osfhnd, buffer + have, size - have, &got, NULL)) {
        DWORD error = GetLastError();
        if (error == ERROR_BROKEN_PIPE) return (int)have;
        if (error == ERROR_ACCESS_DENIED) {
            *__doserrno() = error;
            errno = EBADF;
        } else {
            _dosmaperr(error);
        }
        return -1;
    }
    have += got;
    if (!(io->osfile & FTEXT)) return (int)have;
    drop_carriage_returns(io, buffer, have, &kept);
    return (int)kept;
}

CRTAPI int _read(int fd, void *data, unsigned size)
{
    int result;

    if (fd == -2 || !io_is_open(fd)) {
        *__doserrno() = 0;
        errno = EBADF;
        if (fd != -2) _invalid_parameter_noinfo();
        return -1;
    }
    REQUIRE(size <= INT_MAX, EINVAL, -1);
    if (!size) return 0;
    REQUIRE(data, EINVAL, -1);
    io_lock(fd);
    result = crt_read_nolock(fd, data, size);
    io_unlock(fd);
    return result;
}
