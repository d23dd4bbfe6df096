/* Invalid parameters, pure calls, abort and assertions. Reference: "Parameter validation", "abort", "assert". */
#include "crt.h"

static invalid_parameter_handler handler;
static void(__cdecl *purecall_handler)(void);

CRTAPI invalid_parameter_handler _set_invalid_parameter_handler(invalid_parameter_handler replacement)
{
    return (invalid_parameter_handler)InterlockedExchangePointer((void **)&handler, replacement);
}

CRTAPI invalid_parameter_handler _get_invalid_parameter_handler(void)
{
    return handler;
}

CRTAPI invalid_parameter_handler _set_thread_local_invalid_parameter_handler(invalid_parameter_handler replacement)
{
    struct thread_data *data = thread_data();
    invalid_parameter_handler old = data->invalid_parameter_handler;

    data->invalid_parameter_handler = replacement;
    return old;
}

CRTAPI invalid_parameter_handler _get_thread_local_invalid_parameter_handler(void)
{
    return thread_data()->invalid_parameter_handler;
}

__attribute__((noreturn)) static void fast_fail(unsigned code)
{
    __asm__ volatile("int $0x29" : : "c"(code));
    __builtin_unreachable();
}

CRTAPI __declspec(noreturn) void _invoke_watson(const wchar_t *expression, const wchar_t *function, const wchar_t *file,
                                                unsigned line, uintptr_t reserved)
{
    fast_fail(FAST_FAIL_INVALID_ARG);
}

/* Without a handler msvcrt lets the function return its error; the UCRT ends the process. */
CRTAPI void _invalid_parameter(const wchar_t *expression, const wchar_t *function, const wchar_t *file, unsigned line,
                               uintptr_t reserved)
{
    invalid_parameter_handler own = thread_data()->invalid_parameter_handler;

    if (!own) own = handler;
    if (own) own(expression, function, file, line, reserved);
#ifndef FERRY_MSVCRT
    else _invoke_watson(expression, function, file, line, reserved);
#endif
}

CRTAPI void _invalid_parameter_noinfo(void)
{
    _invalid_parameter(NULL, NULL, NULL, 0, 0);
}

CRTAPI __declspec(noreturn) void _invalid_parameter_noinfo_noreturn(void)
{
    _invalid_parameter(NULL, NULL, NULL, 0, 0);
    _invoke_watson(NULL, NULL, NULL, 0, 0);
}

CRTAPI void *_set_purecall_handler(void *replacement)
{
    return InterlockedExchangePointer((void **)&purecall_handler, replacement);
}

CRTAPI void *_get_purecall_handler(void)
{
    return purecall_handler;
}

CRTAPI int _purecall(void)
{
    if (purecall_handler) purecall_handler();
#ifdef FERRY_MSVCRT
    _amsg_exit(25);
#endif
    abort();
}

/* ---- abort ---- */

static unsigned abort_flags = 3; /* _WRITE_ABORT_MSG | _CALL_REPORTFAULT */
static int error_mode;

CRTAPI unsigned _set_abort_behavior(unsigned flags, unsigned mask)
{
    unsigned old = abort_flags;

    abort_flags = (old & ~mask) | (flags & mask);
    return old;
}

CRTAPI int _set_error_mode(int mode)
{
    int old = error_mode;

    if (mode == 3) return old; /* _REPORT_ERRMODE */
    REQUIRE(mode >= 0 && mode <= 2, EINVAL, -1);
    error_mode = mode;
    return old;
}

static void write_error(const char *text)
{
    DWORD written;
    HANDLE handle = GetStdHandle(STD_ERROR_HANDLE);

    if (handle && handle != INVALID_HANDLE_VALUE) WriteFile(handle, text, (DWORD)strlen(text), &written, NULL);
}

int crt_signal_is_handled(int number);

#define SIGABRT_NUMBER 22

CRTAPI __declspec(noreturn) void abort(void)
{
#ifdef FERRY_MSVCRT
    if (abort_flags & 1) {
        write_error("\r\nabnormal program termination\r\n");
    }
    raise(SIGABRT_NUMBER);
    _exit(3);
#else
    if (crt_signal_is_handled(SIGABRT_NUMBER)) raise(SIGABRT_NUMBER);
    if (abort_flags & 2) fast_fail(FAST_FAIL_FATAL_APP_EXIT);
    _exit(3);
#endif
}

static const struct {
    int number;
    const char *text;
} runtime_errors[] = {
    { 2, "R6002\r\n- floating point support not loaded\r\n" },
    { 8, "R6008\r\n- not enough space for arguments\r\n" },
    { 9, "R6009\r\n- not enough space for environment\r\n" },
    { 16, "R6016\r\n- not enough space for thread data\r\n" },
    { 17, "R6017\r\n- unexpected multithread lock error\r\n" },
    { 18, "R6018\r\n- unexpected heap error\r\n" },
    { 19, "R6019\r\n- unable to open console device\r\n" },
    { 24, "R6024\r\n- not enough space for _onexit/atexit table\r\n" },
    { 25, "R6025\r\n- pure virtual function call\r\n" },
    { 26, "R6026\r\n- not enough space for stdio initialization\r\n" },
    { 27, "R6027\r\n- not enough space for lowio initialization\r\n" },
    { 28, "R6028\r\n- unable to initialize heap\r\n" },
    { 30, "R6030\r\n- CRT not initialized\r\n" },
    { 31, "R6031\r\n- Attempt to initialize the CRT more than once.\r\n" },
};

/* A runtime error at start-up or later: message, exit code 255. */
CRTAPI void _amsg_exit(int number)
{
    write_error("\r\nruntime error ");
    for (unsigned i = 0; i < ARRAYSIZE(runtime_errors); i++)
        if (runtime_errors[i].number == number) write_error(runtime_errors[i].text);
    _exit(255);
}

/* Assertions print to stderr in console programs; windowed ones show a box there is no desktop for here. */
CRTAPI void _wassert(const wchar_t *message, const wchar_t *path, unsigned line)
{
    char text[1024], number[16];
    char *narrow_message = crt_narrow(message), *narrow_path = crt_narrow(path);
    int i = 15;

    number[i] = 0;
    do number[--i] = (char)('0' + line % 10);
    while (line /= 10);
    lstrcpynA(text, "Assertion failed: ", sizeof(text));
    strncat(text, narrow_message ? narrow_message : "", 600);
    strncat(text, ", file ", 8);
    strncat(text, narrow_path ? narrow_path : "", 300);
    strncat(text, ", line ", 8);
    strncat(text, number + i, 16);
    strncat(text, "\r\n\r\n", 5);
    fflush(NULL);
    write_error(text);
    free(narrow_message);
    free(narrow_path);
    abort();
}

CRTAPI void _assert(const char *message, const char *path, unsigned line)
{
    wchar_t *wide_message = crt_wide(message), *wide_path = crt_wide(path);

    _wassert(wide_message, wide_path, line);
}
