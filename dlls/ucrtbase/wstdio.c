/* Wide characters through streams: converted by the locale in text mode, as they are in binary and Unicode modes. */
#include "crt.h"

static BOOL is_converted(FILE *file)
{
    struct ioinfo *io;

    if (file->_flag & IOSTRG) return FALSE;
    if (!io_is_open(file->_file)) return TRUE;
    io = io_of(file->_file);
    return (io->osfile & FTEXT) && io->textmode == TEXT_ANSI;
}

wint_t file_get_wide(FILE *file)
{
    struct crt_locale *locale = crt_locale(NULL);
    char bytes[5];
    wchar_t wide;
    int c, count = 0, step;

    if (!is_converted(file)) {
        int low = file_get(file), high;
        if (low == EOF) return WEOF;
        high = file_get(file);
        if (high == EOF) return WEOF;
        return (wint_t)(low | high << 8);
    }
    c = file_get(file);
    if (c == EOF) return WEOF;
    bytes[count++] = (char)c;
    while ((step = crt_to_wide(locale, &wide, bytes, count)) == -2 && count < 4) {
        c = file_get(file);
        if (c == EOF) break;
        bytes[count++] = (char)c;
    }
    if (step < 0) {
        errno = EILSEQ;
        return WEOF;
    }
    return wide;
}

wint_t file_put_wide(wchar_t c, FILE *file)
{
    char bytes[8];
    int count;

    if (!is_converted(file)) {
        if (file_put(c & 0xff, file) == EOF || file_put(c >> 8, file) == EOF) return WEOF;
        return c;
    }
    count = crt_from_wide(crt_locale(NULL), bytes, c);
    if (count <= 0) {
        errno = EILSEQ;
        return WEOF;
    }
    for (int i = 0; i < count; i++)
        if (file_put((unsigned char)bytes[i], file) == EOF) return WEOF;
    return c;
}

wint_t file_unget_wide(wint_t c, FILE *file)
{
    char bytes[8];
    int count;

    if (c == WEOF) return WEOF;
    if (is_converted(file)) {
        count = crt_from_wide(crt_locale(NULL), bytes, c);
        if (count <= 0) return WEOF;
    } else {
        count = 2;
        bytes[0] = (char)c;
        bytes[1] = (char)(c >> 8);
    }
    while (count)
        if (file_unget((unsigned char)bytes[--count], file) == EOF) return WEOF;
    return c;
}

CRTAPI wint_t _fgetwc_nolock(FILE *file)
{
    REQUIRE(file, EINVAL, WEOF);
    return file_get_wide(file);
}

CRTAPI wint_t fgetwc(FILE *file)
{
    wint_t c;

    REQUIRE(file, EINVAL, WEOF);
    _lock_file(file);
    c = file_get_wide(file);
    _unlock_file(file);
    return c;
}

CRTAPI wint_t getwc(FILE *file)
{
    return fgetwc(file);
}

CRTAPI wint_t _getwc_nolock(FILE *file)
{
    return _fgetwc_nolock(file);
}

CRTAPI wint_t getwchar(void)
{
    return fgetwc(stdin);
}

CRTAPI wint_t _fgetwchar(void)
{
    return fgetwc(stdin);
}

CRTAPI wint_t _fputwc_nolock(wchar_t c, FILE *file)
{
    REQUIRE(file, EINVAL, WEOF);
    return file_put_wide(c, file);
}

CRTAPI wint_t fputwc(wchar_t c, FILE *file)
{
    wint_t result;

    REQUIRE(file, EINVAL, WEOF);
    _lock_file(file);
    result = file_put_wide(c, file);
    _unlock_file(file);
    return result;
}

CRTAPI wint_t putwc(wchar_t c, FILE *file)
{
    return fputwc(c, file);
}

CRTAPI wint_t _putwc_nolock(wchar_t c, FILE *file)
{
    return _fputwc_nolock(c, file);
}

CRTAPI wint_t putwchar(wchar_t c)
{
    return fputwc(c, stdout);
}

CRTAPI wint_t _fputwchar(wchar_t c)
{
    return fputwc(c, stdout);
}

CRTAPI wint_t _ungetwc_nolock(wint_t c, FILE *file)
{
    REQUIRE(file, EINVAL, WEOF);
    return file_unget_wide(c, file);
}

CRTAPI wint_t ungetwc(wint_t c, FILE *file)
{
    REQUIRE(file, EINVAL, WEOF);
    _lock_file(file);
    c = file_unget_wide(c, file);
    _unlock_file(file);
    return c;
}

CRTAPI wchar_t *fgetws(wchar_t *buffer, int size, FILE *file)
{
    wchar_t *at = buffer;

    REQUIRE(buffer || !size, EINVAL, NULL);
    REQUIRE(size >= 0 && file, EINVAL, NULL);
    if (!size) return NULL;
    _lock_file(file);
    while (at < buffer + size - 1) {
        wint_t c = file_get_wide(file);
        if (c == WEOF) {
            if (at == buffer) buffer = NULL;
            break;
        }
        *at++ = c;
        if (c == '\n') break;
    }
    _unlock_file(file);
    if (buffer) *at = 0;
    return buffer;
}

static wchar_t *get_line(wchar_t *buffer, size_t size, BOOL secure)
{
    size_t used = 0;
    wint_t c;

    REQUIRE(buffer && size, EINVAL, NULL);
    _lock_file(stdin);
    while ((c = file_get_wide(stdin)) != '\n' && c != WEOF) {
        if (used + 1 < size) buffer[used] = c;
        used++;
    }
    _unlock_file(stdin);
    if (c == WEOF && !used) return NULL;
    if (used >= size) {
        *buffer = 0;
        REQUIRE(!secure, ERANGE, NULL);
    }
    buffer[used] = 0;
    return buffer;
}

CRTAPI wchar_t *_getws(wchar_t *buffer)
{
    return get_line(buffer, INT_MAX, FALSE);
}

CRTAPI wchar_t *_getws_s(wchar_t *buffer, size_t size)
{
    return get_line(buffer, size, TRUE);
}

static int put_text(const wchar_t *text, FILE *file, BOOL newline)
{
    int result = 0;
    BOOL buffering;

    REQUIRE(text && file, EINVAL, EOF);
    _lock_file(file);
    buffering = file_buffer_temporarily(file);
    for (; *text && !result; text++)
        if (file_put_wide(*text, file) == WEOF) result = EOF;
    if (newline && !result && file_put_wide('\n', file) == WEOF) result = EOF;
    file_buffer_done(file, buffering);
    _unlock_file(file);
    return result;
}

CRTAPI int fputws(const wchar_t *text, FILE *file)
{
    return put_text(text, file, FALSE);
}

CRTAPI int _putws(const wchar_t *text)
{
    return put_text(text, stdout, TRUE);
}
