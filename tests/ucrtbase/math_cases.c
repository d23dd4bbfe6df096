/* Mathematical functions of ucrtbase.dll and msvcrt.dll, to one unit in the last place (tests/lib/math_cases.py). */
#include "tap.h"
#include "generated/math_cases.h"

typedef double(__cdecl *one_double)(double);
typedef double(__cdecl *two_doubles)(double, double);
typedef float(__cdecl *one_float)(float);
typedef float(__cdecl *two_floats)(float, float);

union number {
    ULONG64 bits;
    double value;
};
union single {
    LONG bits;
    float value;
};

static int ends_with_f(const char *name)
{
    while (name[1]) name++;
    return *name == 'f' && name[-1] != 'r'; /* not erf */
}

static int same(const char *a, const char *b)
{
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

/* Magnitudes as integers: how many units the result is away on the side where the exact value lies; 0 and 1 are good. */
static LONG64 distance(LONG64 result, LONG64 value, int side)
{
    LONG64 units = result - value;

    return side < 0 || (!side && units < 0) ? -units : units;
}

static void test_runtime(const char *dll)
{
    HMODULE runtime = LoadLibraryA(dll);
    const char *last = "";
    unsigned count = 0, wrong = 0, here = 0;
    void *function = NULL;

    for (const struct math_case *c = math_cases; c->function; c++) {
        union number x = { .bits = c->x }, y = { .bits = c->y }, result, value = { .bits = c->value };
        LONG64 units;
        if (!same(c->function, last)) {
            if (here) note("%s: %s: %u wrong", dll, last, here);
            here = 0;
            last = c->function;
            function = (void *)GetProcAddress(runtime, last);
        }
        if (!function) continue; /* msvcrt has fewer */
        count++;
        if (ends_with_f(c->function)) {
            union single got, wanted = { .value = (float)value.value };
            if (c->y) got.value = ((two_floats)function)((float)x.value, (float)y.value);
            else got.value = ((one_float)function)((float)x.value);
            result.value = got.value;
            units = (got.bits ^ wanted.bits) < 0 ? 99 : distance(got.bits & 0x7fffffff, wanted.bits & 0x7fffffff, wanted.bits < 0 ? -c->side : c->side);
        } else {
            if (c->y) result.value = ((two_doubles)function)(x.value, y.value);
            else result.value = ((one_double)function)(x.value);
            units = (LONG64)(result.bits ^ value.bits) < 0
                        ? 99
                        : distance(result.bits & ~(1ull << 63), value.bits & ~(1ull << 63), value.bits >> 63 ? -c->side : c->side);
        }
        if (units == 0 || units == 1) continue;
        wrong++;
        if (++here <= 3)
            note("%s: %s(%llx, %llx) is %llx, expected %llx, side %d", dll, c->function, c->x, c->y, result.bits, c->value, c->side);
    }
    if (here) note("%s: %s: %u wrong", dll, last, here);
    ok(!wrong, "%s: %u of %u cases are more than one unit off", dll, wrong, count);
    note("%s: %u cases", dll, count);
}

START_TESTS
{
    if (!math_cases[0].function) {
        skip(2, "libmpfr was not there when the table was made");
        return;
    }
    test_runtime("ucrtbase.dll");
    test_runtime("msvcrt.dll");
}
