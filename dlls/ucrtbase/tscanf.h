/* The scanf functions over the engine; scanf.c and wscanf.c include this with CHAR, WIDE, F(n, w), SCAN. */

static int get_text(struct source *source)
{
    const CHAR *at = source->at;

    if (!source->left || !*at) return EOF;
    source->at = at + 1;
    source->left--;
    return sizeof(CHAR) == 1 ? (unsigned char)*at : *at;
}

static void unget_text(struct source *source, int c)
{
    source->at = (const CHAR *)source->at - 1;
    source->left++;
}

static int get_file(struct source *source)
{
#if WIDE
    wint_t c = file_get_wide((FILE *)source->at);
    return c == WEOF ? EOF : c;
#else
    return file_get((FILE *)source->at);
#endif
}

static void unget_file(struct source *source, int c)
{
    F(file_unget, file_unget_wide)(c, (FILE *)source->at);
}

static int from_text(unsigned __int64 options, const CHAR *text, size_t size, const CHAR *format, _locale_t locale,
                     va_list args)
{
    struct source source = { get_text, unget_text, text, size };

    REQUIRE(text && format, EINVAL, EOF);
    return SCAN(&source, options, format, locale, args);
}

static int from_file(unsigned __int64 options, FILE *file, const CHAR *format, _locale_t locale, va_list args)
{
    struct source source = { get_file, unget_file, file };
    int result;

    REQUIRE(file && format, EINVAL, EOF);
    _lock_file(file);
    result = SCAN(&source, options, format, locale, args);
    _unlock_file(file);
    return result;
}

#ifndef FERRY_MSVCRT
CRTAPI int F(__stdio_common_vsscanf, __stdio_common_vswscanf)(unsigned __int64 options, const CHAR *text, size_t size,
                                                              const CHAR *format, _locale_t locale, va_list args)
{
    return from_text(options, text, size, format, locale, args);
}

CRTAPI int F(__stdio_common_vfscanf, __stdio_common_vfwscanf)(unsigned __int64 options, FILE *file, const CHAR *format,
                                                              _locale_t locale, va_list args)
{
    return from_file(options, file, format, locale, args);
}
#else
#define ARGS(...) __VA_ARGS__
#define PAIR(plain, plain_l, HEAD, CALL)                                                                                \
    CRTAPI int plain(HEAD const CHAR *format, ...)                                                                      \
    {                                                                                                                   \
        _locale_t locale = NULL;                                                                                        \
        va_list args;                                                                                                   \
        va_start(args, format);                                                                                         \
        int result = CALL;                                                                                              \
        va_end(args);                                                                                                   \
        return result;                                                                                                  \
    }                                                                                                                   \
    CRTAPI int plain_l(HEAD const CHAR *format, _locale_t locale, ...)                                                  \
    {                                                                                                                   \
        va_list args;                                                                                                   \
        va_start(args, locale);                                                                                         \
        int result = CALL;                                                                                              \
        va_end(args);                                                                                                   \
        return result;                                                                                                  \
    }
#define OPTIONS SCANF_DEFAULT
#define SECURE (SCANF_DEFAULT | SCANF_SECURE)

PAIR(F(sscanf, swscanf), F(_sscanf_l, _swscanf_l), ARGS(const CHAR *text, ),
     from_text(OPTIONS, text, (size_t)-1, format, locale, args))
PAIR(F(sscanf_s, swscanf_s), F(_sscanf_s_l, _swscanf_s_l), ARGS(const CHAR *text, ),
     from_text(SECURE, text, (size_t)-1, format, locale, args))
PAIR(F(_snscanf, _snwscanf), F(_snscanf_l, _snwscanf_l), ARGS(const CHAR *text, size_t size, ),
     from_text(OPTIONS, text, size, format, locale, args))
PAIR(F(_snscanf_s, _snwscanf_s), F(_snscanf_s_l, _snwscanf_s_l), ARGS(const CHAR *text, size_t size, ),
     from_text(SECURE, text, size, format, locale, args))
PAIR(F(fscanf, fwscanf), F(_fscanf_l, _fwscanf_l), ARGS(FILE *file, ), from_file(OPTIONS, file, format, locale, args))
PAIR(F(fscanf_s, fwscanf_s), F(_fscanf_s_l, _fwscanf_s_l), ARGS(FILE *file, ), from_file(SECURE, file, format, locale, args))
PAIR(F(scanf, wscanf), F(_scanf_l, _wscanf_l), , from_file(OPTIONS, stdin, format, locale, args))
PAIR(F(scanf_s, wscanf_s), F(_scanf_s_l, _wscanf_s_l), , from_file(SECURE, stdin, format, locale, args))
#endif
