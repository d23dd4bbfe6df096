#include <stdarg.h>
#include "tap.h"

int tap_argc;
char *tap_argv[16];

static LONG checks, failures, skipped;

static void put(char **at, char *end, char c)
{
    if (*at < end) *(*at)++ = c;
}

static void put_number(char **at, char *end, unsigned long long value, unsigned base, int width, char pad, int negative)
{
    char digits[24];
    int count = 0;

    do digits[count++] = "0123456789abcdef"[value % base];
    while (value /= base);
    if (negative) digits[count++] = '-';
    for (int i = count; i < width; i++) put(at, end, pad);
    while (count) put(at, end, digits[--count]);
}

static int format_list(char *buffer, int size, const char *format, va_list args)
{
    char *at = buffer, *end = buffer + size - 1;

    for (; *format; format++) {
        if (*format != '%') {
            put(&at, end, *format);
            continue;
        }
        char pad = ' ';
        int width = 0, longs = 0;
        format++;
        if (*format == '0') pad = '0';
        if (*format == '#') format++;
        while (*format >= '0' && *format <= '9') width = width * 10 + *format++ - '0';
        for (; *format == 'l' || *format == 'z' || *format == 'h'; format++)
            longs += *format == 'l' ? 1 : *format == 'z' ? (sizeof(void *) == 8 ? 2 : 1) : 0;
        switch (*format) {
        case 'd':
        case 'i': {
            long long value = longs > 1 ? va_arg(args, long long) : va_arg(args, int);
            put_number(&at, end, value < 0 ? 0 - (unsigned long long)value : (unsigned long long)value, 10, width, pad,
                       value < 0);
            break;
        }
        case 'u':
        case 'x':
        case 'X': {
            unsigned long long value = longs > 1 ? va_arg(args, unsigned long long) : va_arg(args, unsigned);
            put_number(&at, end, value, *format == 'u' ? 10 : 16, width, pad, 0);
            break;
        }
        case 'p': put_number(&at, end, (ULONG_PTR)va_arg(args, void *), 16, sizeof(void *) * 2, '0', 0); break;
        case 'c': put(&at, end, (char)va_arg(args, int)); break;
        case 's': {
            if (longs) goto wide;
            const char *text = va_arg(args, const char *);
            for (text = text ? text : "(null)"; *text; text++) put(&at, end, *text);
            break;
        }
        case 'S':
        wide: {
            const WCHAR *text = va_arg(args, const WCHAR *);
            for (text = text ? text : L"(null)"; *text; text++) {
                if (*text < 0x80) put(&at, end, (char)*text);
                else put(&at, end, '\\'), put(&at, end, 'u'), put_number(&at, end, *text, 16, 4, '0', 0);
            }
            break;
        }
        case '%': put(&at, end, '%'); break;
        default: put(&at, end, '?');
        }
    }
    *at = 0;
    return (int)(at - buffer);
}

int tap_format(char *buffer, int size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = format_list(buffer, size, format, args);
    va_end(args);
    return length;
}

static void write_line(const char *prefix, const char *format, va_list args)
{
    char line[2048];
    DWORD written;
    int length = tap_format(line, sizeof(line), "%s", prefix);

    length += format_list(line + length, (int)sizeof(line) - length - 1, format, args);
    while (length && (line[length - 1] == '\n')) length--;
    line[length++] = '\n';
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), line, length, &written, NULL);
}

void tap_check(int condition, const char *file, int line, const char *format, ...)
{
    LONG number = InterlockedIncrement(&checks);
    if (condition) return;
    InterlockedIncrement(&failures);
    for (const char *p = file; *p; p++)
        if (*p == '/' || *p == '\\') file = p + 1;
    char prefix[160];
    tap_format(prefix, sizeof(prefix), "not ok %ld - %s:%d: ", (int)number, file, line);
    va_list args;
    va_start(args, format);
    write_line(prefix, format, args);
    va_end(args);
}

void tap_skip(int count, const char *format, ...)
{
    LONG number = InterlockedExchangeAdd(&checks, count) + 1;
    InterlockedExchangeAdd(&skipped, count);
    char prefix[64];
    tap_format(prefix, sizeof(prefix), "ok %d # SKIP ", (int)number);
    va_list args;
    va_start(args, format);
    write_line(prefix, format, args);
    va_end(args);
}

void tap_note(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_line("# ", format, args);
    va_end(args);
}

static void split_arguments(void)
{
    static char line[1024];
    char *at = line;

    lstrcpynA(line, GetCommandLineA(), sizeof(line));
    while (*at && tap_argc < 16) {
        while (*at == ' ') at++;
        if (!*at) break;
        char stop = *at == '"' ? '"' : ' ';
        if (stop == '"') at++;
        tap_argv[tap_argc++] = at;
        while (*at && *at != stop) at++;
        if (*at) *at++ = 0;
    }
}

/* Prints the count in a form the runner reads: "# CHECKS total failed skipped". */
void tap_finish(void)
{
    va_list none = { 0 };
    char line[96];
    tap_format(line, sizeof(line), "1..%d\n# CHECKS %d %d %d", checks, checks, failures, skipped);
    write_line(line, "", none);
    ExitProcess(failures ? 1 : 0);
}

#ifdef TAP_WITH_CRT
int main(void)
{
    split_arguments();
    run_tests();
    tap_finish();
    return 0;
}
#else
void mainCRTStartup(void)
{
    split_arguments();
    run_tests();
    tap_finish();
}
#endif
