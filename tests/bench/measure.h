/* A row runs its operation in batches for about 60 ms and takes the fastest batch of five, which noise disturbs least. It is
 * printed as NAME<TAB>NANOSECONDS.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include "tap.h"

static LARGE_INTEGER frequency;
static const char *only;

static LONGLONG now_ns(void)
{
    LARGE_INTEGER now;
    QueryPerformanceCounter(&now);
    return now.QuadPart / frequency.QuadPart * 1000000000 + now.QuadPart % frequency.QuadPart * 1000000000 / frequency.QuadPart;
}

static int contains(const char *text, const char *part)
{
    for (; *text; text++) {
        const char *a = text, *b = part;
        while (*b && *a == *b) a++, b++;
        if (!*b) return 1;
    }
    return 0;
}

static void print_row(const char *name, LONGLONG tenths)
{
    char line[128];
    DWORD written;
    int length = tap_format(line, sizeof(line), "%s\t%lld.%lld\n", name, tenths / 10, tenths % 10);
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), line, length, &written, NULL);
}

static void measure(const char *name, void (*operation)(void))
{
    LONGLONG best = 0;
    LONG batch = 1;

    if (only && !contains(name, only)) return;
    for (;;) { /* a batch takes at least 12 ms */
        LONGLONG start = now_ns();
        for (LONG i = 0; i < batch; i++) operation();
        LONGLONG took = now_ns() - start;
        if (took >= 12000000 || batch >= 50000000) break;
        batch = took < 1000000 ? batch * 8 : batch * 2;
    }
    for (int round = 0; round < 5; round++) {
        LONGLONG start = now_ns();
        for (LONG i = 0; i < batch; i++) operation();
        LONGLONG tenths = (now_ns() - start) * 10 / batch;
        if (!round || tenths < best) best = tenths;
    }
    print_row(name, best);
}

/* Before the first row: reads which rows are wanted. */
static void measure_init(void)
{
    only = tap_argc > 1 ? tap_argv[1] : NULL;
    QueryPerformanceFrequency(&frequency);
}

#endif
