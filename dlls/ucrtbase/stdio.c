/* Characters, lines and blocks through streams, narrow. */
#include "crt.h"

CRTAPI int _fgetc_nolock(FILE *file)
{
    REQUIRE(file, EINVAL, EOF);
    return file_get(file);
}

CRTAPI int fgetc(FILE *file)
{
    int c;

    REQUIRE(file, EINVAL, EOF);
    _lock_file(file);
    c = file_get(file);
    _unlock_file(file);
    return c;
}

CRTAPI int getc(FILE *file)
{
    return fgetc(file);
}

CRTAPI int _getc_nolock(FILE *file)
{
    return _fgetc_nolock(file);
}

CRTAPI int getchar(void)
{
    return fgetc(stdin);
}

CRTAPI int _fgetchar(void)
{
    return fgetc(stdin);
}

CRTAPI int _fputc_nolock(int c, FILE *file)
{
    REQUIRE(file, EINVAL, EOF);
    return file_put(c, file);
}

CRTAPI int fputc(int c, FILE *file)
{
    REQUIRE(file, EINVAL, EOF);
    _lock_file(file);
    c = file_put(c, file);
    _unlock_file(file);
    return c;
}

CRTAPI int putc(int c, FILE *file)
{
    return fputc(c, file);
}

CRTAPI int _putc_nolock(int c, FILE *file)
{
    return _fputc_nolock(c, file);
}

CRTAPI int putchar(int c)
{
    return fputc(c, stdout);
}

CRTAPI int _fputchar(int c)
{
    return fputc(c, stdout);
}

int file_unget(int c, FILE *file)
{
    if (c == EOF || !((file->_flag & IOREAD) || ((file->_flag & IORW) && !(file->_flag & IOWRT)))) return EOF;
    if (!file->_base) {
        file->_base = malloc(STREAM_BUFFER);
        if (!file->_base) return EOF;
        file->_flag |= IOMYBUF;
        file->_bufsiz = STREAM_BUFFER;
        file->_ptr = file->_base;
        file->_cnt = 0;
    }
    if (file->_ptr == file->_base) {
        if (file->_cnt >= file->_bufsiz) return EOF;
        if (file->_cnt) memmove(file->_base + 1, file->_base, file->_cnt);
        file->_ptr++;
    }
    *--file->_ptr = (char)c;
    file->_cnt++;
    file->_flag = (file->_flag & ~IOEOF) | IOREAD;
    return (unsigned char)c;
}

CRTAPI int _ungetc_nolock(int c, FILE *file)
{
    REQUIRE(file, EINVAL, EOF);
    return file_unget(c, file);
}

CRTAPI int ungetc(int c, FILE *file)
{
    REQUIRE(file, EINVAL, EOF);
    _lock_file(file);
    c = file_unget(c, file);
    _unlock_file(file);
    return c;
}

CRTAPI char *fgets(char *buffer, int size, FILE *file)
{
    char *at = buffer;

    REQUIRE(buffer || !size, EINVAL, NULL);
    REQUIRE(size >= 0 && file, EINVAL, NULL);
    if (!size) return NULL;
    _lock_file(file);
    while (at < buffer + size - 1) {
        int c;
        if (file->_cnt > 0) { /* what is buffered, up to the end of the line */
            size_t part = min((size_t)(buffer + size - 1 - at), (size_t)file->_cnt);
            char *line = memchr(file->_ptr, '\n', part);
            if (line) part = line + 1 - file->_ptr;
            memcpy(at, file->_ptr, part);
            file->_ptr += part;
            file->_cnt -= (int)part;
            at += part;
            if (line) break;
            continue;
        }
        c = file_get(file);
        if (c == EOF) {
            if (at == buffer) buffer = NULL;
            break;
        }
        *at++ = (char)c;
        if (c == '\n') break;
    }
    _unlock_file(file);
    if (buffer) *at = 0;
    return buffer;
}

static char *get_line(char *buffer, size_t size, BOOL secure)
{
    size_t used = 0;
    int c;

    REQUIRE(buffer && size, EINVAL, NULL);
    _lock_file(stdin);
    while ((c = file_get(stdin)) != '\n' && c != EOF) {
        if (used + 1 < size) buffer[used] = (char)c;
        used++;
    }
    _unlock_file(stdin);
    if (c == EOF && !used) return NULL;
    if (used >= size) {
        *buffer = 0;
        REQUIRE(!secure, ERANGE, NULL);
    }
    buffer[used] = 0;
    return buffer;
}

CRTAPI char *gets(char *buffer)
{
    return get_line(buffer, INT_MAX, FALSE);
}

CRTAPI char *gets_s(char *buffer, size_t size)
{
    return get_line(buffer, size, TRUE);
}

CRTAPI int fputs(const char *text, FILE *file)
{
    size_t length, written;
    BOOL buffering;

    REQUIRE(text && file, EINVAL, EOF);
    length = strlen(text);
    _lock_file(file);
    buffering = file_buffer_temporarily(file);
    written = file_write(file, text, length);
    file_buffer_done(file, buffering);
    _unlock_file(file);
    return written == length ? 0 : EOF;
}

CRTAPI int puts(const char *text)
{
    FILE *file = stdout;
    size_t length;
    int result = EOF;
    BOOL buffering;

    REQUIRE(text, EINVAL, EOF);
    length = strlen(text);
    _lock_file(file);
    buffering = file_buffer_temporarily(file);
    if (file_write(file, text, length) == length && file_put('\n', file) != EOF) result = 0;
    file_buffer_done(file, buffering);
    _unlock_file(file);
    return result;
}

CRTAPI size_t _fwrite_nolock(const void *data, size_t size, size_t count, FILE *file)
{
    if (!size || !count) return 0;
    REQUIRE(data && file && count <= (size_t)-1 / size, EINVAL, 0);
    return file_write(file, data, size * count) / size;
}

CRTAPI size_t fwrite(const void *data, size_t size, size_t count, FILE *file)
{
    size_t written;
    BOOL buffering;

    if (!size || !count) return 0;
    REQUIRE(file, EINVAL, 0);
    _lock_file(file);
    buffering = file_buffer_temporarily(file);
    written = _fwrite_nolock(data, size, count, file);
    file_buffer_done(file, buffering);
    _unlock_file(file);
    return written;
}

CRTAPI size_t _fread_nolock_s(void *data, size_t data_size, size_t size, size_t count, FILE *file)
{
    if (!size || !count) return 0;
    REQUIRE(data, EINVAL, 0);
    if (!file || count > (size_t)-1 / size || size * count > data_size) {
        if (data_size != (size_t)-1) memset(data, 0, data_size);
        REQUIRE(file && count <= (size_t)-1 / size, EINVAL, 0);
        REQUIRE(size * count <= data_size, ERANGE, 0);
    }
    return file_read(file, data, size * count) / size;
}

CRTAPI size_t fread_s(void *data, size_t data_size, size_t size, size_t count, FILE *file)
{
    size_t got;

    if (!size || !count) return 0;
    REQUIRE(file, EINVAL, 0);
    _lock_file(file);
    got = _fread_nolock_s(data, data_size, size, count, file);
    _unlock_file(file);
    return got;
}

CRTAPI size_t fread(void *data, size_t size, size_t count, FILE *file)
{
    return fread_s(data, (size_t)-1, size, count, file);
}

CRTAPI size_t _fread_nolock(void *data, size_t size, size_t count, FILE *file)
{
    return _fread_nolock_s(data, (size_t)-1, size, count, file);
}

CRTAPI int _getw(FILE *file)
{
    int value;

    REQUIRE(file, EINVAL, EOF);
    return fread(&value, sizeof(value), 1, file) == 1 ? value : EOF;
}

CRTAPI int _putw(int value, FILE *file)
{
    REQUIRE(file, EINVAL, EOF);
    return fwrite(&value, sizeof(value), 1, file) == 1 ? value : EOF;
}
