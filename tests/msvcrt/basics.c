/* A first round through msvcrt: formats, numbers, streams, sorting, time, longjmp. */
#include "tap.h"
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

__declspec(dllimport) int __cdecl _snprintf(char *, size_t, const char *, ...);

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void check_format(const char *expected, const char *format, double value)
{
    char text[512];

    _snprintf(text, sizeof(text), format, value);
    ok(!strcmp(text, expected), "%s: %s, not %s", format, text, expected);
}

START_TESTS
{
    static const char path[] = "msvcrt-basics.tmp";
    char line[32], text[64];
    int numbers[200], sorted = 1;
    volatile int jumps = 0;
    jmp_buf buffer;
    FILE *file;
    time_t day = 86400 * 365;
    char *end;

    check_format("3.14", "%.2f", 3.14159);
    check_format("1.000000e+100", "%e", 1e100);
    check_format("0.1000000000000000055511151231257827", "%.34f", 0.1);
    check_format("1e+015", "%g", 1e15);
    check_format("-0", "%g", -0.0);
    _snprintf(text, sizeof(text), "%I64d|%5d|%-5d|%05d|%#x|%hs", -1234567890123ll, 42, 42, 42, 255, "narrow");
    ok(!strcmp(text, "-1234567890123|   42|42   |00042|0xff|narrow"), "%s", text);
    ok(_snprintf(text, 3, "abc") == 3 && _snprintf(text, 3, "abcd") == -1, "a full buffer");

    ok(strtod("2.2250738585072014e-308", &end) == 2.2250738585072014e-308 && !*end, "smallest normal number");
    ok(strtod("1e400", NULL) > 1e308 && errno == ERANGE, "overflow sets ERANGE");
    ok(strtol("0x1f", &end, 0) == 31 && !*end, "base 0");

    file = fopen(path, "w");
    ok(file && fprintf(file, "one\ntwo\n") == 8 && !fclose(file), "write");
    file = fopen(path, "rb");
    ok(file && fread(text, 1, sizeof(text), file) == 10, "text mode writes CR LF");
    fclose(file);
    file = fopen(path, "r");
    ok(fgets(line, sizeof(line), file) && !strcmp(line, "one\n") && ftell(file) == 5, "position in text mode");
    ok(fgets(line, sizeof(line), file) && !fgets(line, sizeof(line), file) && feof(file), "end of file");
    fclose(file);
    ok(!remove(path), "remove");

    srand(1);
    for (int i = 0; i < 200; i++) numbers[i] = rand();
    ok(numbers[0] == 41 && numbers[1] == 18467, "rand: %d %d", numbers[0], numbers[1]);
    qsort(numbers, 200, sizeof(int), compare);
    for (int i = 1; i < 200; i++) sorted &= numbers[i - 1] <= numbers[i];
    ok(sorted, "qsort");

    ok(strftime(text, sizeof(text), "%Y-%m-%d %a %j", gmtime(&day)) && !strcmp(text, "1971-01-01 Fri 001"), "%s", text);

    if (setjmp(buffer) < 3) {
        jumps++;
        longjmp(buffer, jumps);
    }
    ok(jumps == 3, "longjmp: %d", jumps);
}
