/* printf, strtod, strtol and scanf of ucrtbase.dll and msvcrt.dll against generated cases (tests/lib/number_cases.py),
 * narrow and wide. Only the first few failures of a kind are shown.
 *
 * The reference (Wine 8) fails 299 cases of ucrtbase's printf: it pads %a within the number and gives it no digits beyond
 * the thirteenth, and does not know _CRT_INTERNAL_PRINTF_STANDARD_ROUNDING (stdio.h's reference: printf, "Starting in
 * Windows 10 version 2004"). Of msvcrt's it fails 39, where it fills integers with zeros although a precision is given
 * ("printf type field characters": then 0 is ignored); of strtol 29, where it negates the largest number ("strtoul":
 * ULONG_MAX on overflow). It ends in the last group. */
#include "tap.h"
#include "generated/number_cases.h"

/* _CRT_INTERNAL_PRINTF_STANDARD_SNPRINTF_BEHAVIOR and _STANDARD_ROUNDING: halfway goes to the even digit. */
#define OPTIONS (0x02 | 0x20)
static int(__cdecl *ucrt_printf)(ULONG64, char *, size_t, const char *, void *, void *);
static int(__cdecl *ucrt_wprintf)(ULONG64, WCHAR *, size_t, const WCHAR *, void *, void *);
static int(__cdecl *old_printf)(char *, size_t, const char *, void *);
static int(__cdecl *old_wprintf)(WCHAR *, size_t, const WCHAR *, void *);

static void widen(WCHAR *to, const char *from)
{
    while ((*to++ = (unsigned char)*from++)) continue;
}

static void narrow(char *to, const WCHAR *from)
{
    while ((*to++ = (char)*from++)) continue;
}

static int same(const char *a, const char *b)
{
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

static int length_of(const char *text)
{
    int length = 0;

    while (text[length]) length++;
    return length;
}

/* Counts one case of `kind`; the first failures are told. */
static unsigned failures, count;
static int good(int condition)
{
    count++;
    if (!condition) failures++;
    return condition || failures > 20;
}

static void finish(const char *kind)
{
    ok(!failures, "%s: %u of %u cases are wrong", kind, failures, count);
    note("%s: %u cases", kind, count);
    failures = count = 0;
}

/* Sizes of the cases are those of 64-bit code: on others those of pointer-sized arguments do not apply. */
static int applies(const char *format)
{
    if (sizeof(void *) == 8) return 1;
    for (; *format; format++) {
        if (*format == 'z' || *format == 't' || *format == 'p') return 0;
        if (*format == 'I' && format[1] != '6' && format[1] != '3') return 0;
    }
    return 1;
}

static void test_printf(int wide, int old)
{
    for (unsigned i = 0; i < sizeof(printf_cases) / sizeof(*printf_cases); i++) {
        const struct printf_case *c = &printf_cases[i];
        const char *expected = old ? c->old : c->text;
        ULONG64 arguments[2] = { c->string ? (ULONG64)(ULONG_PTR)c->string : c->value, 0 };
        char text[512] = "";
        WCHAR wide_format[128], wide_text[512] = { 0 };
        int length;

        if (!expected || !applies(c->format)) continue;
        if (wide) {
            widen(wide_format, c->format);
            length = old ? old_wprintf(wide_text, 512, wide_format, arguments)
                         : ucrt_wprintf(OPTIONS, wide_text, 512, wide_format, NULL, arguments);
            narrow(text, wide_text);
        } else {
            length = old ? old_printf(text, 512, c->format, arguments)
                         : ucrt_printf(OPTIONS, text, 512, c->format, NULL, arguments);
        }
        if (!good(same(text, expected) && length == length_of(expected)))
            note("%s of %llx: \"%s\" (%d), expected \"%s\"", c->format, c->value, text, length, expected);
    }
    finish(old ? wide ? "msvcrt wide printf" : "msvcrt printf" : wide ? "ucrtbase wide printf" : "ucrtbase printf");
}

static void test_strtod(HMODULE runtime, const char *name)
{
    double(__cdecl *to_double)(const char *, char **) = (void *)GetProcAddress(runtime, "strtod");
    double(__cdecl *to_double_w)(const WCHAR *, WCHAR **) = (void *)GetProcAddress(runtime, "wcstod");

    for (unsigned i = 0; i < sizeof(strtod_cases) / sizeof(*strtod_cases); i++) {
        const struct strtod_case *c = &strtod_cases[i];
        union {
            double value;
            ULONG64 bits;
        } result;
        char *end;
        WCHAR wide[512], *wide_end;

        result.value = to_double(c->text, &end);
        if (!good(result.bits == c->value && end == c->text + c->length))
            note("%s: %s: %llx, %d read, expected %llx, %d", name, c->text, result.bits, (int)(end - c->text), c->value, c->length);
        widen(wide, c->text);
        result.value = to_double_w(wide, &wide_end);
        if (!good(result.bits == c->value && wide_end == wide + c->length))
            note("%s wide: %s: %llx, %d read, expected %llx, %d", name, c->text, result.bits, (int)(wide_end - wide), c->value, c->length);
    }
    finish(name);
}

static void test_strtol(HMODULE runtime, const char *name)
{
    LONG64(__cdecl *to_signed)(const char *, char **, int) = (void *)GetProcAddress(runtime, "_strtoi64");
    ULONG64(__cdecl *to_unsigned)(const char *, char **, int) = (void *)GetProcAddress(runtime, "_strtoui64");
    LONG64(__cdecl *to_signed_w)(const WCHAR *, WCHAR **, int) = (void *)GetProcAddress(runtime, "_wcstoi64");
    int *(__cdecl *error)(void) = (void *)GetProcAddress(runtime, "_errno");

    for (unsigned i = 0; i < sizeof(strtol_cases) / sizeof(*strtol_cases); i++) {
        const struct strtol_case *c = &strtol_cases[i];
        WCHAR wide[512], *wide_end;
        char *end;
        ULONG64 value;

        *error() = 0;
        value = (ULONG64)to_signed(c->text, &end, c->base);
        if (!good(value == c->value && end == c->text + c->length && *error() == (c->range ? 34 : 0)))
            note("%s: %s base %d: %llx, %d read, errno %d", name, c->text, c->base, value, (int)(end - c->text), *error());
        *error() = 0;
        value = to_unsigned(c->text, &end, c->base);
        if (!good(value == c->unsigned_value && end == c->text + c->length && *error() == (c->unsigned_range ? 34 : 0)))
            note("%s: %s base %d unsigned: %llx, %d read, errno %d", name, c->text, c->base, value, (int)(end - c->text), *error());
        *error() = 0;
        widen(wide, c->text);
        value = (ULONG64)to_signed_w(wide, &wide_end, c->base);
        if (!good(value == c->value && wide_end == wide + c->length && *error() == (c->range ? 34 : 0)))
            note("%s wide: %s base %d: %llx, %d read, errno %d", name, c->text, c->base, value, (int)(wide_end - wide), *error());
    }
    finish(name);
}

/* scanf reads what strtod and strtol read. */
static void test_scanf(HMODULE ucrt, HMODULE old)
{
    int(__cdecl *ucrt_scanf)(ULONG64, const char *, size_t, const char *, void *, void *) =
        (void *)GetProcAddress(ucrt, "__stdio_common_vsscanf");
    int(__cdecl *old_scanf)(const char *, const char *, ...) = (void *)GetProcAddress(old, "sscanf");

    for (unsigned i = 0; i < sizeof(strtod_cases) / sizeof(*strtod_cases); i++) {
        const struct strtod_case *c = &strtod_cases[i];
        char tail = c->text[c->length];
        ULONG64 bits = 0, read_to = 0;
        ULONG_PTR arguments[2] = { (ULONG_PTR)&bits, (ULONG_PTR)&read_to };

        if (tail == 'e' || tail == '.' || tail == '-') continue; /* a matching failure: what was read is lost */
        if (!good(ucrt_scanf(0, c->text, ~(size_t)0, "%lf%n", NULL, arguments) == 1 && bits == c->value && (unsigned)read_to == c->length))
            note("ucrtbase scanf: %s: %llx, %u read, expected %llx", c->text, bits, (unsigned)read_to, c->value);
        bits = read_to = 0;
        if (!good(old_scanf(c->text, "%lf%n", &bits, &read_to) == 1 && bits == c->value && (unsigned)read_to == c->length))
            note("msvcrt scanf: %s: %llx, %u read, expected %llx", c->text, bits, (unsigned)read_to, c->value);
    }
    finish("scanf");
}

START_TESTS
{
    HMODULE ucrt = LoadLibraryA("ucrtbase.dll"), old = LoadLibraryA("msvcrt.dll");

    ucrt_printf = (void *)GetProcAddress(ucrt, "__stdio_common_vsprintf");
    ucrt_wprintf = (void *)GetProcAddress(ucrt, "__stdio_common_vswprintf");
    old_printf = (void *)GetProcAddress(old, "_vsnprintf");
    old_wprintf = (void *)GetProcAddress(old, "_vsnwprintf");
    test_printf(FALSE, FALSE);
    test_printf(FALSE, TRUE);
    test_printf(TRUE, TRUE);
    test_strtod(ucrt, "ucrtbase strtod");
    test_strtod(old, "msvcrt strtod");
    test_strtol(ucrt, "ucrtbase strtol");
    test_strtol(old, "msvcrt strtol");
    test_scanf(ucrt, old);
    test_printf(TRUE, FALSE); /* last: it ends the reference */
}
