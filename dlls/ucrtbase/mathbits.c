/* Functions of double and float that work on the representation. Reference: <math.h>, <float.h>, and the _dclass
 * family that the headers' macros call. */
#include "crt.h"

union bits {
    double value;
    unsigned __int64 word;
};
union bitsf {
    float value;
    unsigned word;
};

static inline unsigned __int64 bits_of(double x)
{
    return ((union bits){ .value = x }).word;
}

static inline double from_bits(unsigned __int64 word)
{
    return ((union bits){ .word = word }).value;
}

static inline unsigned bits_of_f(float x)
{
    return ((union bitsf){ .value = x }).word;
}

static inline float from_bits_f(unsigned word)
{
    return ((union bitsf){ .word = word }).value;
}

#define SIGN (1ull << 63)
#define EXPONENT(word) ((int)((word) >> 52 & 0x7ff))
#define IS_NAN(x) ((x) != (x))

enum { CLASS_INFINITE = 1, CLASS_NAN = 2, CLASS_NORMAL = -1, CLASS_SUBNORMAL = -2, CLASS_ZERO = 0 };

CRTAPI short _dclass(double x)
{
    unsigned __int64 word = bits_of(x);

    if (EXPONENT(word) == 0x7ff) return word << 12 ? CLASS_NAN : CLASS_INFINITE;
    if (EXPONENT(word)) return CLASS_NORMAL;
    return word << 1 ? CLASS_SUBNORMAL : CLASS_ZERO;
}

CRTAPI short _fdclass(float x)
{
    unsigned word = bits_of_f(x);

    if ((word >> 23 & 0xff) == 0xff) return word << 9 ? CLASS_NAN : CLASS_INFINITE;
    if (word >> 23 & 0xff) return CLASS_NORMAL;
    return word << 1 ? CLASS_SUBNORMAL : CLASS_ZERO;
}

CRTAPI short _ldclass(double x)
{
    return _dclass(x);
}

CRTAPI short _dtest(double *x)
{
    return _dclass(*x);
}

CRTAPI short _fdtest(float *x)
{
    return _fdclass(*x);
}

CRTAPI short _ldtest(double *x)
{
    return _dclass(*x);
}

CRTAPI int _dsign(double x)
{
    return bits_of(x) >> 63 ? 0x8000 : 0;
}

CRTAPI int _fdsign(float x)
{
    return bits_of_f(x) >> 31 ? 0x8000 : 0;
}

CRTAPI int _ldsign(double x)
{
    return _dsign(x);
}

enum { FP_LT = 1, FP_EQ = 2, FP_GT = 4 };

CRTAPI int _dpcomp(double x, double y)
{
    return x < y ? FP_LT : x == y ? FP_EQ : x > y ? FP_GT : 0;
}

CRTAPI int _fdpcomp(float x, float y)
{
    return _dpcomp(x, y);
}

CRTAPI int _ldpcomp(double x, double y)
{
    return _dpcomp(x, y);
}

CRTAPI int _isnan(double x)
{
    return IS_NAN(x);
}

CRTAPI int _isnanf(float x)
{
    return IS_NAN(x);
}

CRTAPI int _finite(double x)
{
    return EXPONENT(bits_of(x)) != 0x7ff;
}

CRTAPI int _finitef(float x)
{
    return (bits_of_f(x) >> 23 & 0xff) != 0xff;
}

/* _FPCLASS_… */
CRTAPI int _fpclass(double x)
{
    BOOL negative = bits_of(x) >> 63;

    switch (_dclass(x)) {
    case CLASS_NAN: return bits_of(x) >> 51 & 1 ? 0x0002 : 0x0001;
    case CLASS_INFINITE: return negative ? 0x0004 : 0x0200;
    case CLASS_NORMAL: return negative ? 0x0008 : 0x0100;
    case CLASS_SUBNORMAL: return negative ? 0x0010 : 0x0080;
    default: return negative ? 0x0020 : 0x0040;
    }
}

CRTAPI int _fpclassf(float x)
{
    BOOL negative = bits_of_f(x) >> 31;

    switch (_fdclass(x)) {
    case CLASS_NAN: return bits_of_f(x) >> 22 & 1 ? 0x0002 : 0x0001;
    case CLASS_INFINITE: return negative ? 0x0004 : 0x0200;
    case CLASS_NORMAL: return negative ? 0x0008 : 0x0100;
    case CLASS_SUBNORMAL: return negative ? 0x0010 : 0x0080;
    default: return negative ? 0x0020 : 0x0040;
    }
}

CRTAPI double fabs(double x)
{
    return from_bits(bits_of(x) & ~SIGN);
}

CRTAPI float fabsf(float x)
{
    return from_bits_f(bits_of_f(x) & 0x7fffffff);
}

CRTAPI double _copysign(double x, double sign)
{
    return from_bits((bits_of(x) & ~SIGN) | (bits_of(sign) & SIGN));
}

CRTAPI double copysign(double x, double sign)
{
    return _copysign(x, sign);
}

CRTAPI float _copysignf(float x, float sign)
{
    return from_bits_f((bits_of_f(x) & 0x7fffffff) | (bits_of_f(sign) & 0x80000000));
}

CRTAPI float copysignf(float x, float sign)
{
    return _copysignf(x, sign);
}

CRTAPI double _chgsign(double x)
{
    return from_bits(bits_of(x) ^ SIGN);
}

CRTAPI float _chgsignf(float x)
{
    return from_bits_f(bits_of_f(x) ^ 0x80000000);
}

/* ---- to whole numbers ---- */

CRTAPI double trunc(double x)
{
    int exponent = EXPONENT(bits_of(x)) - 1023;

    if (exponent >= 52) return x == x ? x : x + x;
    if (exponent < 0) return from_bits(bits_of(x) & SIGN);
    return from_bits(bits_of(x) & ~(0xfffffffffffffull >> exponent));
}

CRTAPI double floor(double x)
{
    double whole = trunc(x);

    return whole > x ? whole - 1 : whole;
}

CRTAPI double ceil(double x)
{
    double whole = trunc(x);

    return whole < x ? _copysign(whole + 1, x) : whole;
}

CRTAPI double round(double x)
{
    double whole = trunc(x), rest = x - whole;

    if (rest >= 0.5) return whole + 1;
    if (rest <= -0.5) return whole - 1;
    return whole;
}

/* In the current rounding direction. */
CRTAPI double rint(double x)
{
    double large = 4503599627370496.0;
    volatile double sum;

    if (EXPONENT(bits_of(x)) >= 1023 + 52) return x == x ? x : x + x;
    sum = fabs(x) + large;
    if (bits_of(x) & SIGN) { /* the direction is for x itself, not for its size */
        sum = x - large;
        return _copysign(sum + large, x);
    }
    return _copysign(sum - large, x);
}

CRTAPI double nearbyint(double x)
{
    unsigned saved, now;
    double result;

    __asm__ volatile("stmxcsr %0" : "=m"(saved));
    result = rint(x);
    __asm__ volatile("stmxcsr %0" : "=m"(now));
    now = (now & ~0x20u) | (saved & 0x20); /* no inexact */
    __asm__ volatile("ldmxcsr %0" : : "m"(now));
    return result;
}

CRTAPI float truncf(float x)
{
    return (float)trunc(x);
}

CRTAPI float floorf(float x)
{
    return (float)floor(x);
}

CRTAPI float ceilf(float x)
{
    return (float)ceil(x);
}

CRTAPI float roundf(float x)
{
    return (float)round(x);
}

CRTAPI float rintf(float x)
{
    return (float)rint(x);
}

CRTAPI float nearbyintf(float x)
{
    return (float)nearbyint(x);
}

static __int64 to_whole(double x, __int64 low, __int64 high)
{
    if (!(x >= (double)low && x <= (double)high) || x >= 9223372036854775808.0) {
        errno = EDOM;
        return high == LONG_MAX ? LONG_MIN : INT64_MIN;
    }
    return (__int64)x;
}

#define TO_WHOLE(type, name, low, high, rounded)                                                                        \
    CRTAPI type name(double x)                                                                                          \
    {                                                                                                                   \
        return (type)to_whole(rounded(x), low, high);                                                                   \
    }                                                                                                                   \
    CRTAPI type name##f(float x)                                                                                        \
    {                                                                                                                   \
        return (type)to_whole(rounded(x), low, high);                                                                   \
    }

TO_WHOLE(long, lround, LONG_MIN, LONG_MAX, round)
TO_WHOLE(long, lrint, LONG_MIN, LONG_MAX, rint)
TO_WHOLE(__int64, llround, INT64_MIN, INT64_MAX, round)
TO_WHOLE(__int64, llrint, INT64_MIN, INT64_MAX, rint)

/* ---- exponents ---- */

CRTAPI double frexp(double x, int *exponent)
{
    unsigned __int64 word = bits_of(x);
    int extra = 0;

    *exponent = 0;
    if (x == 0) return x;
    if (EXPONENT(word) == 0x7ff) {
        *exponent = -1;
        return x + x;
    }
    if (!EXPONENT(word)) {
        word = bits_of(x * 18014398509481984.0); /* 2^54 */
        extra = 54;
    }
    *exponent = EXPONENT(word) - 1022 - extra;
    return from_bits((word & ~(0x7ffull << 52)) | 1022ull << 52);
}

static double scaled(double x, int by)
{
    if (by > 1023) {
        x *= from_bits(0x7feull << 52);
        by -= 1023;
        if (by > 1023) x *= from_bits(0x7feull << 52), by -= 1023;
        if (by > 1023) by = 1023;
    } else if (by < -1022) { /* in steps that keep all bits, so that only the last one rounds */
        double step = from_bits((unsigned __int64)(1023 - 1022 + 53) << 52);
        x *= step;
        by += 1022 - 53;
        if (by < -1022) x *= step, by += 1022 - 53;
        if (by < -1022) by = -1022;
    }
    return x * from_bits((unsigned __int64)(1023 + by) << 52);
}

CRTAPI double ldexp(double x, int by)
{
    double result;

    if (x == 0 || EXPONENT(bits_of(x)) == 0x7ff) return x + x;
    result = scaled(x, by);
    if (result == 0 || EXPONENT(bits_of(result)) == 0x7ff) errno = ERANGE;
    return result;
}

CRTAPI double scalbn(double x, int by)
{
    return ldexp(x, by);
}

CRTAPI double scalbln(double x, long by)
{
    return ldexp(x, by);
}

CRTAPI double _scalb(double x, long by)
{
    return ldexp(x, by);
}

CRTAPI float scalbnf(float x, int by)
{
    return (float)ldexp(x, by);
}

CRTAPI float scalblnf(float x, long by)
{
    return (float)ldexp(x, by);
}

CRTAPI float _scalbf(float x, long by)
{
    return (float)ldexp(x, by);
}

CRTAPI double modf(double x, double *whole)
{
    *whole = trunc(x);
    if (EXPONENT(bits_of(x)) == 0x7ff) return IS_NAN(x) ? x + x : from_bits(bits_of(x) & SIGN);
    return _copysign(x - *whole, x);
}

CRTAPI float modff(float x, float *whole)
{
    double part, rest = modf(x, &part);

    *whole = (float)part;
    return (float)rest;
}

CRTAPI int ilogb(double x)
{
    int exponent;

    if (x == 0) {
        errno = EDOM;
        return INT_MIN;
    }
    if (EXPONENT(bits_of(x)) == 0x7ff) {
        errno = EDOM;
        return INT_MAX;
    }
    frexp(x, &exponent);
    return exponent - 1;
}

CRTAPI int ilogbf(float x)
{
    return ilogb(x);
}

CRTAPI double logb(double x)
{
    if (x == 0) {
        errno = ERANGE;
        return -__builtin_inf();
    }
    if (EXPONENT(bits_of(x)) == 0x7ff) return x * x;
    return ilogb(x);
}

CRTAPI double _logb(double x)
{
    return logb(x);
}

CRTAPI float logbf(float x)
{
    return (float)logb(x);
}

CRTAPI float _logbf(float x)
{
    return (float)logb(x);
}

/* ---- neighbours ---- */

CRTAPI double nextafter(double x, double to)
{
    unsigned __int64 word = bits_of(x);

    if (IS_NAN(x) || IS_NAN(to)) return x + to;
    if (x == to) return to;
    if (x == 0) {
        errno = ERANGE;
        return _copysign(from_bits(1), to);
    }
    word += (x < to) == (x > 0) ? 1 : -1;
    if (EXPONENT(word) == 0x7ff || EXPONENT(word) == 0) errno = ERANGE;
    return from_bits(word);
}

CRTAPI double _nextafter(double x, double to)
{
    return nextafter(x, to);
}

CRTAPI double nexttoward(double x, double to)
{
    return nextafter(x, to);
}

CRTAPI float nexttowardf(float x, double to)
{
    unsigned word = bits_of_f(x);

    if (IS_NAN(x) || IS_NAN(to)) return x + (float)to;
    if (x == to) return (float)to;
    if (x == 0) {
        errno = ERANGE;
        return _copysignf(from_bits_f(1), to < 0 ? -1 : 1);
    }
    word += (x < to) == (x > 0) ? 1 : -1;
    return from_bits_f(word);
}

CRTAPI float nextafterf(float x, float to)
{
    return nexttowardf(x, to);
}

CRTAPI float _nextafterf(float x, float to)
{
    return nexttowardf(x, to);
}

/* ---- pairs ---- */

CRTAPI double fmax(double x, double y)
{
    return IS_NAN(x) ? y : IS_NAN(y) ? x : x > y ? x : y;
}

CRTAPI double fmin(double x, double y)
{
    return IS_NAN(x) ? y : IS_NAN(y) ? x : x < y ? x : y;
}

CRTAPI double fdim(double x, double y)
{
    return IS_NAN(x) || IS_NAN(y) ? x + y : x > y ? x - y : 0;
}

CRTAPI float fmaxf(float x, float y)
{
    return (float)fmax(x, y);
}

CRTAPI float fminf(float x, float y)
{
    return (float)fmin(x, y);
}

CRTAPI float fdimf(float x, float y)
{
    return IS_NAN(x) || IS_NAN(y) ? x + y : x > y ? x - y : 0;
}

CRTAPI double nan(const char *tag)
{
    return __builtin_nan("");
}

CRTAPI float nanf(const char *tag)
{
    return __builtin_nanf("");
}

#ifdef FERRY_MSVCRT
CRTDATA double _HUGE = __builtin_inf();
#endif
