/* What the C runtime's files share. The same sources make ucrtbase.dll and, with FERRY_MSVCRT, msvcrt.dll.
 *
 * CRTAPI marks a function and CRTDATA a variable that one of the two DLLs exports.
 */
#ifndef CRT_H
#define CRT_H

/* The prototypes of these headers come as inline functions and macros, which their implementation must not see. */
#define _INC_CTYPE
#define _IO_H_
#define _INC_STDLIB
#define _MM_MALLOC_H_INCLUDED
#define _CRTIMP
#define _SECIMP
#define wcstok wcstok_of_header /* with two parameters there */
#include "ferry/nt.h"
#undef wcstok
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>

#ifndef CRTAPI
#define CRTAPI
#define CRTDATA
#endif
#define HIDDEN

#undef errno
#define errno (*_errno())

/* ---- threads (threaddata.c) ---- */

typedef void(__cdecl *signal_handler)(int);

struct crt_tm {
    int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst;
};

struct crt_locale;

struct thread_data {
    int error;
    unsigned long dos_error;
    unsigned rand_state;
    char *strtok_next;
    wchar_t *wcstok_next;
    unsigned char *mbstok_next;
    int mbstate_btowc;
    struct crt_tm tm;
    char asctime_text[32];
    wchar_t wasctime_text[32];
    char *strerror_text;
    wchar_t *wcserror_text;
    char convert_text[352]; /* _ecvt, _fcvt */
    struct crt_locale *locale;
    _locale_tstruct locale_pair;
    int own_locale; /* 2: set by _configthreadlocale, -1: never own */
    signal_handler signal_fpe, signal_ill, signal_segv;
    int fpe_code;
    EXCEPTION_POINTERS *exception_pointers;
    void *start_function, *start_argument;
    HANDLE start_handle;
    HMODULE start_module;
    void *terminate_handler, *unexpected_handler, *translator;
    void *invalid_parameter_handler;
    void *cxx[12]; /* the C++ runtime's: current exception, its context, uncaught count, … */
};

struct thread_data *thread_data(void);
struct thread_data *thread_data_optional(void); /* NULL when this thread has none yet */
void thread_data_init(void);
void thread_data_free(void);

enum {
    LOCK_SIGNAL = 0,
    LOCK_IOB_SCAN = 1,
    LOCK_TMPNAM = 2,
    LOCK_CONIO = 3,
    LOCK_HEAP = 4,
    LOCK_TIME = 6,
    LOCK_ENV = 7,
    LOCK_EXIT1 = 8,
    LOCK_POPEN = 9,
    LOCK_LOCKTAB = 10,
    LOCK_OSFHND = 11,
    LOCK_LOCALE = 12,
    LOCK_MB_CP = 25,
    LOCK_TYPEINFO = 26,
    LOCK_STREAMS = 16, /* msvcrt: _iob[0] to _iob[19] */
    LOCK_COUNT = 48
};
void _lock(int number);
void _unlock(int number);
void locks_init(void);

/* ---- errors (errno.c, invalid.c) ---- */

int *_errno(void);
unsigned long *__doserrno(void);
void _dosmaperr(unsigned long error);
int crt_errno_from_win32(unsigned long error);
int crt_status(BOOL worked); /* 0, or -1 with errno from GetLastError */

typedef void(__cdecl *invalid_parameter_handler)(const wchar_t *, const wchar_t *, const wchar_t *, unsigned, uintptr_t);
void _invalid_parameter_noinfo(void);

/* Sets errno, calls the invalid parameter handler, and returns VALUE, when CONDITION is not met. */
#define REQUIRE(condition, error, value)                                                                                \
    do {                                                                                                                \
        if (!(condition)) {                                                                                             \
            errno = (error);                                                                                            \
            _invalid_parameter_noinfo();                                                                                \
            return value;                                                                                               \
        }                                                                                                               \
    } while (0)

/* ---- memory (heap.c, memory.c, string.c) ---- */

extern HANDLE crt_heap;
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *block, size_t size);
void free(void *block);
wchar_t *_wcsdup(const wchar_t *text);
char *_strdup(const char *text);

int iswctype(wint_t c, wctype_t mask);

/* ---- code pages and locales (locale.c, multibyte.c) ---- */

enum { LC_ALL, LC_COLLATE, LC_CTYPE, LC_MONETARY, LC_NUMERIC, LC_TIME, LC_COUNT };

struct lconv {
    char *decimal_point, *thousands_sep, *grouping, *int_curr_symbol, *currency_symbol, *mon_decimal_point;
    char *mon_thousands_sep, *mon_grouping, *positive_sign, *negative_sign;
    char int_frac_digits, frac_digits, p_cs_precedes, p_sep_by_space, n_cs_precedes, n_sep_by_space, p_sign_posn, n_sign_posn;
    wchar_t *_W_decimal_point, *_W_thousands_sep, *_W_int_curr_symbol, *_W_currency_symbol, *_W_mon_decimal_point;
    wchar_t *_W_mon_thousands_sep, *_W_positive_sign, *_W_negative_sign;
};

/* Names and formats of LC_TIME, in the order that _Gettnames hands out. */
struct time_names {
    const wchar_t *wday_short[7], *wday[7], *month_short[12], *month[12], *ampm[2];
    const wchar_t *date_short, *date_long, *time;
    const char *narrow[43];
    const wchar_t *locale_name;
};

/* A locale never dies: setlocale finds an equal one again. Begins as programs of older compilers see it. */
struct crt_locale {
    threadlocinfo base;
    wchar_t names[LC_COUNT][86];       /* what setlocale returns for the category */
    wchar_t locale_names[LC_COUNT][86]; /* BCP 47 name, "" for the C locale */
    wchar_t *name_pointers[LC_COUNT];
    char *narrow_names[LC_COUNT];
    char decimal_point;
    const struct time_names *time;
    struct lconv conv;
    unsigned short ctype_table[257];
    unsigned char lower_table[256], upper_table[256];
    char *all_name;
    wchar_t *all_wname;
    struct crt_locale *next;
};

extern struct crt_locale c_locale;
extern struct crt_locale *global_locale;
extern int crt_locale_changed; /* not 0 once any locale but C was ever set */
struct crt_locale *crt_locale_of(_locale_t locale);

static inline struct crt_locale *crt_locale(_locale_t locale)
{
    if (locale && locale->locinfo) return (struct crt_locale *)locale->locinfo;
    return crt_locale_changed ? crt_locale_of(NULL) : &c_locale;
}
void locale_init(void);

extern const unsigned short c_ctype[257]; /* c_ctype[c + 1] */

/* Conversion of one character by the locale's LC_CTYPE code page; code page 0 is the C locale's (Latin 1). */
int crt_to_wide(struct crt_locale *locale, wchar_t *wide, const char *text, size_t size);
int crt_from_wide(struct crt_locale *locale, char *text, wchar_t wide); /* bytes, up to 5; 0 when it has none */
int crt_is_lead(struct crt_locale *locale, unsigned char byte);

/* Paths and environment: narrow text is in the ANSI code page, or UTF-8 in the UCRT when the locale is. */
wchar_t *crt_wide(const char *text); /* malloc'ed; NULL and errno */
char *crt_narrow(const wchar_t *text);
UINT crt_path_code_page(void);

/* ---- lowio ---- */

#define FOPEN 0x01
#define FEOFLAG 0x02
#define FCRLF 0x04
#define FPIPE 0x08
#define FNOINHERIT 0x10
#define FAPPEND 0x20
#define FDEV 0x40
#define FTEXT 0x80

enum { TEXT_ANSI, TEXT_UTF8, TEXT_UTF16 };

/* Programs read this through msvcrt's __pioinfo: 32 to a block. textmode lies where the older runtime had padding. */
struct ioinfo {
    intptr_t osfhnd;
    unsigned char osfile;
    char pipech;
    unsigned char textmode;
    char unused;
    int lockinitflag;
    CRITICAL_SECTION lock;
};

#define IO_BLOCK 32
#define IO_MAX 8192
extern struct ioinfo *__pioinfo[IO_MAX / IO_BLOCK];
extern int crt_io_count;

static inline struct ioinfo *io_of(int fd)
{
    return &__pioinfo[fd / IO_BLOCK][fd % IO_BLOCK];
}
static inline BOOL io_is_open(int fd)
{
    return fd >= 0 && fd < crt_io_count && (io_of(fd)->osfile & FOPEN);
}
void lowio_init(void);
BOOL crt_create_pipe(HANDLE *read, HANDLE *write, SECURITY_ATTRIBUTES *attributes, DWORD size);
int io_allocate(void); /* locked descriptor; -1: EMFILE */
void io_lock(int fd);
void io_unlock(int fd);
int crt_open(const wchar_t *path, int flags, int share, int mode, int *fd);
int crt_read_nolock(int fd, void *buffer, unsigned size);
int crt_write_nolock(int fd, const void *buffer, unsigned size);
__int64 crt_lseek_nolock(int fd, __int64 offset, int origin);
__int64 crt_position(int fd); /* without changing any flag; -1 */
int _read(int fd, void *buffer, unsigned size);
int _write(int fd, const void *buffer, unsigned size);
int _close(int fd);
__int64 _lseeki64(int fd, __int64 offset, int origin);
__int64 _filelengthi64(int fd);
int _isatty(int fd);
intptr_t _get_osfhandle(int fd);
int _open_osfhandle(intptr_t handle, int flags);
/* lpReserved2 of a child: 0 bytes when there is nothing to inherit; free() it */
void *lowio_inheritance(WORD *size);

/* ---- stdio ---- */

#ifdef FERRY_MSVCRT
struct _iobuf {
    char *_ptr;
    int _cnt;
    char *_base;
    int _flag;
    int _file;
    int _charbuf;
    int _bufsiz;
    char *_tmpfname;
};
#else
struct _iobuf {
    char *_ptr;
    char *_base;
    int _cnt;
    int _flag;
    int _file;
    int _charbuf;
    int _bufsiz;
    char *_tmpfname;
};
#endif
typedef struct _iobuf FILE;

#define IOREAD 0x0001
#define IOWRT 0x0002
#define IONBF 0x0004
#define IOMYBUF 0x0008
#define IOEOF 0x0010
#define IOERR 0x0020
#define IOSTRG 0x0040
#define IORW 0x0080
#define IOYOURBUF 0x0100
#define IOSETVBUF 0x0400
#define IOFEOF 0x0800
#define IOCTRLZ 0x2000
#define IOCOMMIT 0x4000
#define IOUSED 0x10000 /* the slot is taken (UCRT's and ours) */

#ifndef WEOF
#define WEOF ((wint_t)0xffff)
#endif
#ifndef EOF
#define EOF (-1)
#define BUFSIZ 512
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#endif
#define STREAM_BUFFER 4096
#define IOB_COUNT 20

/* Beside each FILE: its lock, and where in the file the text in its buffer began. */
struct file_extra {
    CRITICAL_SECTION lock;
    __int64 filled_at;
    HANDLE process; /* of _popen */
};
struct file_extra *file_extra(FILE *file);

FILE *crt_stdio(int number);
#define stdin crt_stdio(0)
#define stdout crt_stdio(1)
#define stderr crt_stdio(2)

void stdio_init(void);
void stdio_exit(void);
void _lock_file(FILE *file);
void _unlock_file(FILE *file);
FILE *file_allocate(void); /* locked */
void file_release(FILE *file);
int file_fill(FILE *file);          /* _filbuf, locked: the next byte, or EOF */
int file_flush_put(int c, FILE *file); /* _flsbuf, locked */
int file_flush(FILE *file);         /* writes what is buffered, locked */
int file_flush_all(BOOL close_too);
size_t file_write(FILE *file, const void *data, size_t size); /* locked; bytes */
size_t file_read(FILE *file, void *data, size_t size);
wint_t file_get_wide(FILE *file);
wint_t file_put_wide(wchar_t c, FILE *file);
wint_t file_unget_wide(wint_t c, FILE *file);
int file_unget(int c, FILE *file);
int file_mode(const wchar_t *mode, int *open_flags, int *stream_flags);
BOOL file_buffer_temporarily(FILE *file); /* stdout and stderr while printf runs */
void file_buffer_done(FILE *file, BOOL was);
int fclose(FILE *file);
int fflush(FILE *file);

static inline int file_get(FILE *file)
{
    return --file->_cnt >= 0 ? (unsigned char)*file->_ptr++ : file_fill(file);
}
static inline int file_put(int c, FILE *file)
{
    return --file->_cnt >= 0 ? (unsigned char)(*file->_ptr++ = (char)c) : file_flush_put(c, file);
}

/* ---- formats (printf.c, scanf.c) ---- */

#define PRINTF_LEGACY_VSPRINTF 0x0001 /* _CRT_INTERNAL_PRINTF_… of corecrt_stdio_config.h */
#define PRINTF_STANDARD_SNPRINTF 0x0002
#define PRINTF_LEGACY_WIDE 0x0004
#define PRINTF_LEGACY_MSVCRT 0x0008
#define PRINTF_LEGACY_3DIGIT 0x0010
#define PRINTF_STANDARD_ROUNDING 0x0020
#define PRINTF_SECURE 0x10000     /* ours: the _s family */
#define PRINTF_POSITIONAL 0x20000 /* ours: the _p family */

#define SCANF_SECURE 0x0001
#define SCANF_LEGACY_WIDE 0x0002
#define SCANF_LEGACY_MSVCRT 0x0004

#ifdef FERRY_MSVCRT
#define PRINTF_DEFAULT (PRINTF_LEGACY_WIDE | PRINTF_LEGACY_MSVCRT | PRINTF_LEGACY_3DIGIT)
#define SCANF_DEFAULT (SCANF_LEGACY_WIDE | SCANF_LEGACY_MSVCRT)
#else
#define PRINTF_DEFAULT 0
#define SCANF_DEFAULT 0
#endif

/* Where formatted text goes: characters of the function's width. Returns FALSE on a write error. */
struct sink {
    BOOL (*put)(struct sink *sink, const void *text, size_t count);
    void *at;     /* next place in the buffer, or FILE */
    size_t space; /* characters left in the buffer */
};

int crt_format(struct sink *sink, unsigned __int64 options, const char *format, _locale_t locale, va_list args);
int crt_wformat(struct sink *sink, unsigned __int64 options, const wchar_t *format, _locale_t locale, va_list args);

/* A source of characters for scanf; get returns EOF at the end. */
struct source {
    int (*get)(struct source *source);
    void (*unget)(struct source *source, int c);
    const void *at;
    size_t left;
};
int crt_scan(struct source *source, unsigned __int64 options, const char *format, _locale_t locale, va_list args);
int crt_wscan(struct source *source, unsigned __int64 options, const wchar_t *format, _locale_t locale, va_list args);

/* ---- floating point text (fpconv.c) ---- */

/* Decimal digits of |VALUE|, exact and rounded: COUNT digits in all (mode 'e'), or COUNT digits after the point
 * (mode 'f', may be negative). Writes digits and a 0 to BUFFER (at least FP_DIGITS), strips no zeros, and sets
 * *EXPONENT so that the value is 0.DIGITS * 10^EXPONENT. Returns how many. ties_even: exact halves to even, else up. */
#define FP_DIGITS 1200
int fp_digits(double value, char mode, int count, BOOL ties_even, char *buffer, int *exponent);

/* The double (or float) nearest to a decimal or hexadecimal number. DIGITS without a point, times 10^EXPONENT.
 * *range: 0, or ERANGE on overflow and underflow. */
double fp_from_decimal(const char *digits, int count, long exponent, BOOL single, int *range);
double fp_from_hex(unsigned __int64 bits, BOOL sticky, long exponent, BOOL single, int *range);

/* strtod's work for any source of characters. NEXT gives the next or -1; more than it used may have been read. */
struct fp_scan {
    int (*next)(void *context);
    void *context;
};

/* ---- processes, start and end ---- */

extern char *_acmdln;
extern wchar_t *_wcmdln;
extern int __argc;
extern char **__argv;
extern wchar_t **__wargv;
extern char **_environ;
extern wchar_t **_wenviron;
extern int _fmode;
extern int _commode;
extern int crt_app_type;
void environment_init(void);
char *getenv(const char *name);
wchar_t *_wgetenv(const wchar_t *name);
void startup_init(void);
void exit_run(BOOL quick, BOOL return_to_caller);
__declspec(noreturn) void exit(int code);
__declspec(noreturn) void _exit(int code);
__declspec(noreturn) void abort(void);
__declspec(noreturn) void crt_terminate(void);
void _amsg_exit(int number);
int raise(int signal);

/* ---- 32-bit or 64-bit time ---- */
void _tzset(void);

#endif
