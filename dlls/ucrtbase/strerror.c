/* Error texts. Reference: "strerror, _strerror, _wcserror, __wcserror", "errno constants". */
#include "crt.h"

/* Numbers 0 to 42; the last stands for every unknown number. */
CRTDATA const char *_sys_errlist[] = {
    "No error",
    "Operation not permitted",
    "No such file or directory",
    "No such process",
    "Interrupted function call",
    "Input/output error",
    "No such device or address",
    "Arg list too long",
    "Exec format error",
    "Bad file descriptor",
    "No child processes",
    "Resource temporarily unavailable",
    "Not enough space",
    "Permission denied",
    "Bad address",
    "Unknown error",
    "Resource device",
    "File exists",
    "Improper link",
    "No such device",
    "Not a directory",
    "Is a directory",
    "Invalid argument",
    "Too many open files in system",
    "Too many open files",
    "Inappropriate I/O control operation",
    "Unknown error",
    "File too large",
    "No space left on device",
    "Invalid seek",
    "Read-only file system",
    "Too many links",
    "Broken pipe",
    "Domain error",
    "Result too large",
    "Unknown error",
    "Resource deadlock avoided",
    "Unknown error",
    "Filename too long",
    "No locks available",
    "Function not implemented",
    "Directory not empty",
    "Illegal byte sequence",
    "Unknown error",
};
CRTDATA int _sys_nerr = 43;

#ifndef FERRY_MSVCRT
static const char *const posix_errors[] = {
    "address in use", "address not available", "address family not supported", "connection already in progress",
    "bad message", "operation canceled", "connection aborted", "connection refused", "connection reset",
    "destination address required", "host unreachable", "identifier removed", "operation in progress",
    "already connected", "too many symbolic link levels", "message size", "network down", "network reset",
    "network unreachable", "no buffer space", "no message available", "no link", "no message", "no protocol option",
    "no stream resources", "not a stream", "not connected", "state not recoverable", "not a socket",
    "not supported", "operation not supported", "Unknown error", "value too large", "owner dead", "protocol error",
    "protocol not supported", "wrong protocol type", "stream timeout", "timed out", "text file busy",
    "operation would block",
};
#endif

static const char *text_of(int number)
{
#ifndef FERRY_MSVCRT
    if (number >= EADDRINUSE && number <= EWOULDBLOCK) return posix_errors[number - EADDRINUSE];
#endif
    return number < 0 || number >= _sys_nerr ? _sys_errlist[_sys_nerr] : _sys_errlist[number];
}


#ifndef FERRY_MSVCRT
CRTAPI char **__sys_errlist(void)
{
    return (char **)_sys_errlist;
}

CRTAPI int *__sys_nerr(void)
{
    return &_sys_nerr;
}
#endif

#define TEXT_SIZE 256

static char *narrow_buffer(void)
{
    struct thread_data *data = thread_data();

    if (!data->strerror_text) data->strerror_text = malloc(TEXT_SIZE);
    return data->strerror_text;
}

static wchar_t *wide_buffer(void)
{
    struct thread_data *data = thread_data();

    if (!data->wcserror_text) data->wcserror_text = malloc(TEXT_SIZE * sizeof(wchar_t));
    return data->wcserror_text;
}

static void widen(wchar_t *to, size_t size, const char *from)
{
    while (size-- > 1 && *from) *to++ = (unsigned char)*from++;
    *to = 0;
}

CRTAPI char *strerror(int number)
{
    char *buffer = narrow_buffer();

    if (!buffer) return "Not enough space";
    lstrcpynA(buffer, text_of(number), TEXT_SIZE);
    return buffer;
}

CRTAPI wchar_t *_wcserror(int number)
{
    wchar_t *buffer = wide_buffer();

    if (buffer) widen(buffer, TEXT_SIZE, text_of(number));
    return buffer;
}

CRTAPI errno_t strerror_s(char *buffer, size_t size, int number)
{
    REQUIRE(buffer && size, EINVAL, EINVAL);
    lstrcpynA(buffer, text_of(number), (int)min(size, INT_MAX));
    return 0;
}

CRTAPI errno_t _wcserror_s(wchar_t *buffer, size_t size, int number)
{
    REQUIRE(buffer && size, EINVAL, EINVAL);
    widen(buffer, size, text_of(number));
    return 0;
}

/* "MESSAGE: text of errno\n", or the text alone. */
static void describe(char *buffer, size_t size, const char *message)
{
    size_t used = 0;
    const char *text = text_of(errno);

    if (message && *message) {
        while (*message && used + 1 < size) buffer[used++] = *message++;
        for (const char *p = ": "; *p && used + 1 < size; p++) buffer[used++] = *p;
    }
    while (*text && used + 1 < size) buffer[used++] = *text++;
    if (used + 1 < size) buffer[used++] = '\n';
    buffer[used] = 0;
}

CRTAPI char *_strerror(const char *message)
{
    char *buffer = narrow_buffer();

    if (buffer) describe(buffer, TEXT_SIZE, message);
    return buffer;
}

CRTAPI errno_t _strerror_s(char *buffer, size_t size, const char *message)
{
    REQUIRE(buffer && size, EINVAL, EINVAL);
    describe(buffer, size, message);
    return 0;
}

static void wide_describe(wchar_t *buffer, size_t size, const wchar_t *message)
{
    char text[TEXT_SIZE];
    size_t used = 0;

    if (message && *message) {
        while (*message && used + 1 < size) buffer[used++] = *message++;
        for (const char *p = ": "; *p && used + 1 < size; p++) buffer[used++] = *p;
    }
    describe(text, sizeof(text), NULL);
    widen(buffer + used, size - used, text);
}

CRTAPI wchar_t *__wcserror(const wchar_t *message)
{
    wchar_t *buffer = wide_buffer();

    if (buffer) wide_describe(buffer, TEXT_SIZE, message);
    return buffer;
}

CRTAPI errno_t __wcserror_s(wchar_t *buffer, size_t size, const wchar_t *message)
{
    REQUIRE(buffer && size, EINVAL, EINVAL);
    wide_describe(buffer, size, message);
    return 0;
}

CRTAPI void perror(const char *message)
{
    char text[1024];

    describe(text, sizeof(text), message);
    _write(2, text, lstrlenA(text));
}

CRTAPI void _wperror(const wchar_t *message)
{
    char *narrow = message ? crt_narrow(message) : NULL;

    perror(narrow);
    free(narrow);
}
