/* The printf functions, over the engine; printf.c and wprintf.c include this with CHAR, WIDE, F(n, w), FORMAT. */

static BOOL put_buffer(struct sink *sink, const void *text, size_t count)
{
    size_t part = min(count, sink->space);

    if (part) {
        memcpy(sink->at, text, part * sizeof(CHAR));
        sink->at = (CHAR *)sink->at + part;
        sink->space -= part;
    }
    return TRUE;
}

static BOOL put_file(struct sink *sink, const void *text, size_t count)
{
#if WIDE
    const wchar_t *wide = text;
    for (; count; wide++, count--)
        if (file_put_wide(*wide, sink->at) == WEOF && ((FILE *)sink->at)->_flag & IOERR) return FALSE;
    return TRUE;
#else
    return file_write(sink->at, text, count) == count;
#endif
}

/* Characters written, not stored when they do not fit; no terminating zero. */
static int into(CHAR *buffer, size_t size, unsigned __int64 options, const CHAR *format, _locale_t locale, va_list args)
{
    struct sink sink = { put_buffer, buffer, buffer ? size : 0 };

    return FORMAT(&sink, options, format, locale, args);
}

/* To a stream. */
static int to_file(unsigned __int64 options, FILE *file, const CHAR *format, _locale_t locale, va_list args)
{
    struct sink sink = { put_file, file };
    BOOL buffering;
    int result;

    REQUIRE(file && format, EINVAL, -1);
    _lock_file(file);
    buffering = file_buffer_temporarily(file);
    result = FORMAT(&sink, options, format, locale, args);
    file_buffer_done(file, buffering);
    _unlock_file(file);
    return result;
}

/* To a buffer of SIZE characters. What happens at its end is in the options: LEGACY_VSPRINTF no zero when just full and
 * -1 when longer, STANDARD_SNPRINTF the whole length, neither -2. */
static int to_buffer(unsigned __int64 options, CHAR *buffer, size_t size, const CHAR *format, _locale_t locale,
                     va_list args)
{
    int result;

    REQUIRE(format, EINVAL, -1);
    REQUIRE(buffer || !size, EINVAL, -1);
    result = into(buffer, size, options, format, locale, args);
    if (!buffer) return result;
    if (!size) {
        if (result <= 0 || (options & PRINTF_STANDARD_SNPRINTF)) return result;
        return -1;
    }
    if (result < 0) {
        if (options & PRINTF_LEGACY_VSPRINTF) return -1;
        buffer[0] = 0;
        return -1;
    }
    if ((size_t)result < size) {
        buffer[result] = 0;
        return result;
    }
    if (options & PRINTF_LEGACY_VSPRINTF) return (size_t)result == size ? result : -1;
    buffer[size - 1] = 0;
    if (options & PRINTF_STANDARD_SNPRINTF) return result;
    return (size_t)result == size ? -1 : -2;
}

/* sprintf_s: too long is an invalid parameter. */
static int to_buffer_secure(unsigned __int64 options, CHAR *buffer, size_t size, const CHAR *format, _locale_t locale,
                            va_list args)
{
    int result;

    REQUIRE(format && buffer && size, EINVAL, -1);
    result = into(buffer, size, options | PRINTF_SECURE, format, locale, args);
    if (result < 0) {
        buffer[0] = 0;
        return -1;
    }
    if ((size_t)result >= size) {
        buffer[0] = 0;
        REQUIRE(FALSE, ERANGE, -1);
    }
    buffer[result] = 0;
    return result;
}

/* _snprintf_s: at most LIMIT characters; _TRUNCATE takes what fits. */
static int to_buffer_limited(unsigned __int64 options, CHAR *buffer, size_t size, size_t limit, const CHAR *format,
                             _locale_t locale, va_list args)
{
    int result;

    REQUIRE(format, EINVAL, -1);
    if (!limit && !buffer && !size) return 0;
    REQUIRE(buffer && size, EINVAL, -1);
    result = into(buffer, size, options | PRINTF_SECURE, format, locale, args);
    if (result < 0) {
        buffer[0] = 0;
        return -1;
    }
    if (limit != (size_t)-1 && limit < size) {
        if ((size_t)result <= limit) {
            buffer[result] = 0;
            return result;
        }
        buffer[limit] = 0;
        return -1;
    }
    if ((size_t)result < size) {
        buffer[result] = 0;
        return result;
    }
    if (limit == (size_t)-1) {
        buffer[size - 1] = 0;
        return -1;
    }
    buffer[0] = 0;
    REQUIRE(FALSE, ERANGE, -1);
    return -1;
}

#ifndef FERRY_MSVCRT
CRTAPI int F(__stdio_common_vfprintf, __stdio_common_vfwprintf)(unsigned __int64 options, FILE *file, const CHAR *format,
                                                                _locale_t locale, va_list args)
{
    return to_file(options, file, format, locale, args);
}

CRTAPI int F(__stdio_common_vfprintf_s, __stdio_common_vfwprintf_s)(unsigned __int64 options, FILE *file,
                                                                    const CHAR *format, _locale_t locale, va_list args)
{
    return to_file(options | PRINTF_SECURE, file, format, locale, args);
}

CRTAPI int F(__stdio_common_vfprintf_p, __stdio_common_vfwprintf_p)(unsigned __int64 options, FILE *file,
                                                                    const CHAR *format, _locale_t locale, va_list args)
{
    return to_file(options | PRINTF_SECURE | PRINTF_POSITIONAL, file, format, locale, args);
}

CRTAPI int F(__stdio_common_vsprintf, __stdio_common_vswprintf)(unsigned __int64 options, CHAR *buffer, size_t size,
                                                                const CHAR *format, _locale_t locale, va_list args)
{
    return to_buffer(options, buffer, size, format, locale, args);
}

CRTAPI int F(__stdio_common_vsprintf_s, __stdio_common_vswprintf_s)(unsigned __int64 options, CHAR *buffer, size_t size,
                                                                    const CHAR *format, _locale_t locale, va_list args)
{
    return to_buffer_secure(options, buffer, size, format, locale, args);
}

CRTAPI int F(__stdio_common_vsprintf_p, __stdio_common_vswprintf_p)(unsigned __int64 options, CHAR *buffer, size_t size,
                                                                    const CHAR *format, _locale_t locale, va_list args)
{
    return to_buffer_secure(options | PRINTF_POSITIONAL, buffer, size, format, locale, args);
}

CRTAPI int F(__stdio_common_vsnprintf_s, __stdio_common_vsnwprintf_s)(unsigned __int64 options, CHAR *buffer, size_t size,
                                                                      size_t limit, const CHAR *format, _locale_t locale,
                                                                      va_list args)
{
    return to_buffer_limited(options, buffer, size, limit, format, locale, args);
}
#else

#define ARGS(...) __VA_ARGS__

/* Four functions: with and without _l, with a list and with arguments. HEAD parameters, PASS the same as arguments. */
#define FAMILY(list, list_l, plain, plain_l, HEAD, PASS, BODY)                                                          \
    CRTAPI int list_l(HEAD, const CHAR *format, _locale_t locale, va_list args)                                         \
    {                                                                                                                   \
        return BODY;                                                                                                    \
    }                                                                                                                   \
    CRTAPI int list(HEAD, const CHAR *format, va_list args)                                                             \
    {                                                                                                                   \
        return list_l(PASS, format, NULL, args);                                                                        \
    }                                                                                                                   \
    CRTAPI int plain_l(HEAD, const CHAR *format, _locale_t locale, ...)                                                 \
    {                                                                                                                   \
        va_list args;                                                                                                   \
        va_start(args, locale);                                                                                         \
        int result = list_l(PASS, format, locale, args);                                                                \
        va_end(args);                                                                                                   \
        return result;                                                                                                  \
    }                                                                                                                   \
    CRTAPI int plain(HEAD, const CHAR *format, ...)                                                                     \
    {                                                                                                                   \
        va_list args;                                                                                                   \
        va_start(args, format);                                                                                         \
        int result = list_l(PASS, format, NULL, args);                                                                  \
        va_end(args);                                                                                                   \
        return result;                                                                                                  \
    }

/* The same without parameters before the format. */
#define BARE_FAMILY(list, list_l, plain, plain_l, BODY)                                                                 \
    CRTAPI int list_l(const CHAR *format, _locale_t locale, va_list args)                                               \
    {                                                                                                                   \
        return BODY;                                                                                                    \
    }                                                                                                                   \
    CRTAPI int list(const CHAR *format, va_list args)                                                                   \
    {                                                                                                                   \
        return list_l(format, NULL, args);                                                                              \
    }                                                                                                                   \
    CRTAPI int plain_l(const CHAR *format, _locale_t locale, ...)                                                       \
    {                                                                                                                   \
        va_list args;                                                                                                   \
        va_start(args, locale);                                                                                         \
        int result = list_l(format, locale, args);                                                                      \
        va_end(args);                                                                                                   \
        return result;                                                                                                  \
    }                                                                                                                   \
    CRTAPI int plain(const CHAR *format, ...)                                                                           \
    {                                                                                                                   \
        va_list args;                                                                                                   \
        va_start(args, format);                                                                                         \
        int result = list_l(format, NULL, args);                                                                        \
        va_end(args);                                                                                                   \
        return result;                                                                                                  \
    }

#define OPTIONS PRINTF_DEFAULT
#define POSITIONS (PRINTF_DEFAULT | PRINTF_SECURE | PRINTF_POSITIONAL)

FAMILY(F(vfprintf, vfwprintf), F(_vfprintf_l, _vfwprintf_l), F(fprintf, fwprintf), F(_fprintf_l, _fwprintf_l),
       FILE *file, file, to_file(OPTIONS, file, format, locale, args))
FAMILY(F(vfprintf_s, vfwprintf_s), F(_vfprintf_s_l, _vfwprintf_s_l), F(fprintf_s, fwprintf_s),
       F(_fprintf_s_l, _fwprintf_s_l), FILE *file, file, to_file(OPTIONS | PRINTF_SECURE, file, format, locale, args))
FAMILY(F(_vfprintf_p, _vfwprintf_p), F(_vfprintf_p_l, _vfwprintf_p_l), F(_fprintf_p, _fwprintf_p),
       F(_fprintf_p_l, _fwprintf_p_l), FILE *file, file, to_file(POSITIONS, file, format, locale, args))

BARE_FAMILY(F(vprintf, vwprintf), F(_vprintf_l, _vwprintf_l), F(printf, wprintf), F(_printf_l, _wprintf_l),
            to_file(OPTIONS, stdout, format, locale, args))
BARE_FAMILY(F(vprintf_s, vwprintf_s), F(_vprintf_s_l, _vwprintf_s_l), F(printf_s, wprintf_s), F(_printf_s_l, _wprintf_s_l),
            to_file(OPTIONS | PRINTF_SECURE, stdout, format, locale, args))
BARE_FAMILY(F(_vprintf_p, _vwprintf_p), F(_vprintf_p_l, _vwprintf_p_l), F(_printf_p, _wprintf_p),
            F(_printf_p_l, _wprintf_p_l), to_file(POSITIONS, stdout, format, locale, args))

BARE_FAMILY(F(_vscprintf, _vscwprintf), F(_vscprintf_l, _vscwprintf_l), F(_scprintf, _scwprintf),
            F(_scprintf_l, _scwprintf_l), to_buffer(OPTIONS, NULL, 0, format, locale, args))
BARE_FAMILY(F(_vscprintf_p, _vscwprintf_p), F(_vscprintf_p_l, _vscwprintf_p_l), F(_scprintf_p, _scwprintf_p),
            F(_scprintf_p_l, _scwprintf_p_l), to_buffer(POSITIONS, NULL, 0, format, locale, args))

FAMILY(F(vsprintf, _vswprintf), F(_vsprintf_l, __vswprintf_l), F(sprintf, _swprintf), F(_sprintf_l, __swprintf_l),
       CHAR *buffer, buffer,
       to_buffer(OPTIONS | PRINTF_LEGACY_VSPRINTF, buffer, INT_MAX, format, locale, args))
FAMILY(F(_vsnprintf, _vsnwprintf), F(_vsnprintf_l, _vsnwprintf_l), F(_snprintf, _snwprintf), F(_snprintf_l, _snwprintf_l),
       ARGS(CHAR *buffer, size_t size), ARGS(buffer, size),
       to_buffer(OPTIONS | PRINTF_LEGACY_VSPRINTF, buffer, size, format, locale, args))
FAMILY(F(_vsnprintf_c, _vswprintf_c), F(_vsnprintf_c_l, _vswprintf_c_l), F(_snprintf_c, _swprintf_c),
       F(_snprintf_c_l, _swprintf_c_l), ARGS(CHAR *buffer, size_t size), ARGS(buffer, size),
       to_buffer_limited(OPTIONS, buffer, size, (size_t)-1, format, locale, args))
FAMILY(F(vsprintf_s, vswprintf_s), F(_vsprintf_s_l, _vswprintf_s_l), F(sprintf_s, swprintf_s),
       F(_sprintf_s_l, _swprintf_s_l), ARGS(CHAR *buffer, size_t size), ARGS(buffer, size),
       to_buffer_secure(OPTIONS, buffer, size, format, locale, args))
FAMILY(F(_vsprintf_p, _vswprintf_p), F(_vsprintf_p_l, _vswprintf_p_l), F(_sprintf_p, _swprintf_p),
       F(_sprintf_p_l, _swprintf_p_l), ARGS(CHAR *buffer, size_t size), ARGS(buffer, size),
       to_buffer_secure(POSITIONS, buffer, size, format, locale, args))
FAMILY(F(_vsnprintf_s, _vsnwprintf_s), F(_vsnprintf_s_l, _vsnwprintf_s_l), F(_snprintf_s, _snwprintf_s),
       F(_snprintf_s_l, _snwprintf_s_l), ARGS(CHAR *buffer, size_t size, size_t limit), ARGS(buffer, size, limit),
       to_buffer_limited(OPTIONS, buffer, size, limit, format, locale, args))
#endif
