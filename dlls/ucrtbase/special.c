/* Gamma and error functions of the UCRT, by mingw-w64's 80-bit ones (libmingwex). Reference: math.h of the UCRT: "tgamma",
 * "lgamma", "erf". */
#ifndef FERRY_MSVCRT
#include "crt.h"

#ifdef __i386__
#define LONG_DOUBLE(name) long double name##_mingw(long double x) __asm__("_" #name)
#else
#define LONG_DOUBLE(name) long double name##_mingw(long double x) __asm__(#name)
#endif
LONG_DOUBLE(tgammal);
LONG_DOUBLE(lgammal);
LONG_DOUBLE(erfl);
LONG_DOUBLE(erfcl);

/* The x87 unit with its whole precision; programs run it with 53 bits. */
static unsigned short widen_precision(void)
{
    unsigned short before, wide;

    __asm__ volatile("fnstcw %0" : "=m"(before));
    wide = before | 0x0300;
    __asm__ volatile("fldcw %0" : : "m"(wide));
    return before;
}

static void restore_precision(unsigned short before)
{
    __asm__ volatile("fldcw %0" : : "m"(before));
}

/* A negative whole number is a domain error, 0 a pole, a large number overflows: errno tells. */
static int gamma_error(double x)
{
    union {
        double value;
        unsigned __int64 word;
    } bits = { .value = x };

    if (x != x) return 0;
    if (bits.word == 0xfff0000000000000ull) return EDOM;
    if (x == 0) return ERANGE;
    if (x < 0 && (x < -4503599627370496.0 || x == (double)(__int64)x)) return EDOM;
    return 0;
}

double tgamma(double x)
{
    unsigned short before;
    double result;
    int error = gamma_error(x);

    if (error) {
        errno = error;
        return error == EDOM ? __builtin_nan("") : __builtin_copysign(__builtin_inf(), x);
    }
    if (x > 172) {
        if (x != __builtin_inf()) errno = ERANGE;
        return __builtin_inf();
    }
    before = widen_precision();
    result = (double)tgammal_mingw(x);
    restore_precision(before);
    if (result == __builtin_inf()) errno = ERANGE;
    return result;
}

float tgammaf(float x)
{
    float result = (float)tgamma(x);

    if (result == __builtin_inff() && x != __builtin_inff()) errno = ERANGE;
    return result;
}

double lgamma(double x)
{
    unsigned short before;
    double result;

    if (x == __builtin_inf() || x == -__builtin_inf()) return __builtin_inf();
    if (gamma_error(x)) { /* poles all */
        errno = ERANGE;
        return __builtin_inf();
    }
    before = widen_precision();
    result = (double)lgammal_mingw(x);
    restore_precision(before);
    if (result == __builtin_inf()) errno = ERANGE;
    return result;
}

float lgammaf(float x)
{
    return (float)lgamma(x);
}

double erf(double x)
{
    unsigned short before = widen_precision();
    double result = (double)erfl_mingw(x);

    restore_precision(before);
    return result;
}

/* A result too small for a normal number is a range error. */
double erfc(double x)
{
    unsigned short before = widen_precision();
    double result = (double)erfcl_mingw(x);

    restore_precision(before);
    if (x < __builtin_inf() && result < 2.2250738585072014e-308) errno = ERANGE;
    return result;
}

float erff(float x)
{
    return (float)erf(x);
}

float erfcf(float x)
{
    return (float)erfc(x);
}

/* What libmingwex's functions call for an error: the caller's errno is set where it is found. */
void __mingw_raise_matherr(int type, const char *name, double a, double b, double result)
{
}
#endif
