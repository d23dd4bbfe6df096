/* Elementary functions of double. The kernels compute with the 64-bit mantissa of the x87 registers, whatever precision
 * the program has set, and round once to double: errors stay within 0.51 ulp or so. Reference: "Math and floating-point
 * support", "matherr". */
#include "crt.h"
#include "math_tables.h"

#define DOMAIN 1
#define SING 2
#define OVERFLOW 3
#define UNDERFLOW 4

struct math_exception {
    int type;
    char *name;
    double arg1, arg2, retval;
};

static int(__cdecl *user_handler)(struct math_exception *);

CRTAPI void __setusermatherr(int(__cdecl *handler)(struct math_exception *))
{
    user_handler = handler;
}

static double failed(int type, const char *name, double x, double y, double result)
{
    struct math_exception exception = { type, (char *)name, x, y, result };

    if (user_handler && user_handler(&exception)) return exception.retval;
    errno = type == DOMAIN ? EDOM : ERANGE;
    return exception.retval;
}

union bits {
    double value;
    unsigned __int64 word;
};

static inline unsigned __int64 bits_of(double x)
{
    return ((union bits){ .value = x }).word;
}

static inline double from_bits(unsigned __int64 word)
{
    return ((union bits){ .word = word }).value;
}

#define INF __builtin_inf()
#define NAN_VALUE __builtin_nan("")
#define IS_NAN(x) ((x) != (x))
#define IS_INF(x) ((bits_of(x) & ~(1ull << 63)) == 0x7ff0000000000000ull)

/* The indefinite NaN, whose sign is set, is what the processor gives for an invalid operation. */
static double invalid(const char *name, double x)
{
    return failed(DOMAIN, name, x, 0, from_bits(0xfff8000000000000ull));
}

/* ---- kernels ---- */

#define KERNEL static __attribute__((noipa)) long double

/* EXPRESSION of kernels with full precision and rounding to nearest. */
#define EXTENDED(expression)                                                                                            \
    ({                                                                                                                  \
        unsigned short saved_, full_ = 0x37f;                                                                           \
        volatile double result_;                                                                                        \
        __asm__ volatile("fnstcw %0\n\tfldcw %1" : "=m"(saved_) : "m"(full_) : "memory");                               \
        result_ = (double)(expression);                                                                                 \
        __asm__ volatile("fnclex\n\tfldcw %0" : : "m"(saved_) : "memory");                                              \
        (double)result_;                                                                                                \
    })

static inline long double x_2xm1(long double x)
{
    __asm__("f2xm1" : "+t"(x));
    return x;
}

static inline long double x_scale(long double x, long double by)
{
    __asm__("fscale" : "+t"(x) : "u"(by));
    return x;
}

static inline long double x_rint(long double x)
{
    __asm__("frndint" : "+t"(x));
    return x;
}

static inline long double x_yl2x(long double y, long double x)
{
    __asm__("fyl2x" : "=t"(x) : "0"(x), "u"(y) : "st(1)");
    return x;
}

static inline long double x_yl2xp1(long double y, long double x)
{
    __asm__("fyl2xp1" : "=t"(x) : "0"(x), "u"(y) : "st(1)");
    return x;
}

static inline long double x_patan(long double y, long double x)
{
    __asm__("fpatan" : "=t"(x) : "0"(x), "u"(y) : "st(1)");
    return x;
}

static inline long double x_sqrt(long double x)
{
    __asm__("fsqrt" : "+t"(x));
    return x;
}

static inline long double x_abs(long double x)
{
    __asm__("fabs" : "+t"(x));
    return x;
}

KERNEL k_exp(long double x)
{
    long double n = x_rint(x * LOG2_E), r = (x - n * LN2_1) - n * LN2_2;

    return x_scale(x_2xm1(r * LOG2_E) + 1.0L, n);
}

KERNEL k_expm1(long double x)
{
    long double n = x_rint(x * LOG2_E), r;

    if (n == 0) return x_2xm1(x * LOG2_E);
    r = (x - n * LN2_1) - n * LN2_2;
    return x_scale(x_2xm1(r * LOG2_E), n) + (x_scale(1.0L, n) - 1.0L);
}

KERNEL k_exp2(long double x)
{
    long double n = x_rint(x);

    return x_scale(x_2xm1(x - n) + 1.0L, n);
}

/* SCALE * log2(x) */
KERNEL k_log(long double scale, long double x)
{
    long double less = x - 1.0L;

    if (less > -0.29L && less < 0.29L) return x_yl2xp1(scale, less);
    return x_yl2x(scale, x);
}

KERNEL k_log1p(long double x)
{
    if (x > -0.29L && x < 0.29L) return x_yl2xp1(LN2, x);
    return x_yl2x(LN2, x + 1.0L);
}

/* X less the nearest multiple N of pi/2, N modulo 4 in *QUADRANT. */
static long double reduce_large(double x, int *quadrant)
{
    unsigned __int64 word = bits_of(x), mantissa = (word & 0xfffffffffffffull) | 1ull << 52, high, low;
    int exponent = (int)(word >> 52 & 0x7ff) - 1075, first = exponent > 2 ? (exponent - 2) / 32 : 0;
    int fraction_bits = 32 * (first + 7) - exponent, at, shift, count = 0;
    unsigned product[10] = { 0 }, parts[6];
    unsigned __int64 carry = 0;
    long double r;

    for (int half = 0; half < 2; half++) { /* mantissa * 7 words of 2/pi, lowest first */
        unsigned factor = half ? (unsigned)(mantissa >> 32) : (unsigned)mantissa;
        carry = 0;
        for (int i = 0; i < 7; i++) {
            carry += (unsigned __int64)factor * two_over_pi[first + 6 - i] + product[i + half];
            product[i + half] = (unsigned)carry;
            carry >>= 32;
        }
        product[7 + half] = (unsigned)carry;
    }
    at = fraction_bits / 32;
    shift = fraction_bits % 32;
    for (int i = 0; i < 5; i++) /* parts[0]: the whole part; below it the fraction */
        parts[i] = at - i < 0 ? 0
                 : shift ? product[at - i] >> shift | (at - i + 1 < 10 ? product[at - i + 1] << (32 - shift) : 0)
                         : product[at - i];
    *quadrant = parts[0] & 3;
    high = (unsigned __int64)parts[1] << 32 | parts[2];
    low = (unsigned __int64)parts[3] << 32 | parts[4];
    BOOL negative = high >> 63;
    if (negative) {
        ++*quadrant;
        low = ~low + 1;
        high = ~high + !low;
    }
    if (!high) high = low, low = 0, count = 64;
    if (!high) return 0;
    int zeros = __builtin_clzll(high);
    if (zeros) high = high << zeros | low >> (64 - zeros);
    r = x_scale((long double)(high >> 1) * 2.0L + (long double)(high & 1), (long double)(-64 - count - zeros)) * HALF_PI;
    if (word >> 63) *quadrant = -*quadrant;
    return negative != (BOOL)(word >> 63) ? -r : r;
}

static inline long double reduce(double x, int *quadrant)
{
    long double n;

    if (x > -0.7853981633974483 && x < 0.7853981633974483) {
        *quadrant = 0;
        return x;
    }
    if (x < -1e6 || x > 1e6) return reduce_large(x, quadrant);
    n = x_rint((long double)x / HALF_PI);
    *quadrant = (int)n;
    return ((x - n * HALF_PI_1) - n * HALF_PI_2) - n * HALF_PI_3;
}

KERNEL k_sin(double x, int turn)
{
    int quadrant;
    long double r = reduce(x, &quadrant), result;

    quadrant += turn;
    if (quadrant & 1) __asm__("fcos" : "=t"(result) : "0"(r));
    else __asm__("fsin" : "=t"(result) : "0"(r));
    return quadrant & 2 ? -result : result;
}

KERNEL k_tan(double x)
{
    int quadrant;
    long double r = reduce(x, &quadrant), sine, cosine;

    __asm__("fsincos" : "=t"(cosine), "=u"(sine) : "0"(r));
    return quadrant & 1 ? -cosine / sine : sine / cosine;
}

KERNEL k_asin(long double x)
{
    return x_patan(x, x_sqrt((1.0L - x) * (1.0L + x)));
}

KERNEL k_acos(long double x)
{
    return x_patan(x_sqrt((1.0L - x) * (1.0L + x)), x);
}

KERNEL k_atan2(long double y, long double x)
{
    return x_patan(y, x);
}

KERNEL k_sinh(long double x)
{
    long double e = k_expm1(x_abs(x)), half = (e + e / (e + 1.0L)) * 0.5L;

    return x < 0 ? -half : half;
}

KERNEL k_cosh(long double x)
{
    long double e = k_exp(x_abs(x));

    return (e + 1.0L / e) * 0.5L;
}

KERNEL k_tanh(long double x)
{
    long double e = k_expm1(2.0L * x_abs(x)), result = e / (e + 2.0L);

    return x < 0 ? -result : result;
}

KERNEL k_asinh(long double x)
{
    long double a = x_abs(x), result = k_log1p(a + a * a / (1.0L + x_sqrt(a * a + 1.0L)));

    return x < 0 ? -result : result;
}

KERNEL k_acosh(long double x)
{
    long double t = x - 1.0L;

    return k_log1p(t + x_sqrt(2.0L * t + t * t));
}

KERNEL k_atanh(long double x)
{
    long double a = x_abs(x), result = 0.5L * k_log1p(2.0L * a / (1.0L - a));

    return x < 0 ? -result : result;
}

KERNEL k_hypot(long double x, long double y)
{
    return x_sqrt(x * x + y * y);
}

KERNEL k_cbrt(long double x)
{
    long double a = x_abs(x), r = k_exp2(x_yl2x(1.0L, a) / 3.0L);

    r -= (r * r * r - a) / (3.0L * r * r);
    return x < 0 ? -r : r;
}

KERNEL k_fmod(long double x, long double y)
{
    unsigned short status;

    do __asm__ volatile("fprem\n\tfnstsw %1" : "+t"(x), "=a"(status) : "u"(y));
    while (status & 0x400);
    return x;
}

/* fprem1; the low three bits of the quotient */
static __attribute__((noipa)) long double k_remainder(long double x, long double y, int *quotient)
{
    unsigned short status;

    do __asm__ volatile("fprem1\n\tfnstsw %1" : "+t"(x), "=a"(status) : "u"(y));
    while (status & 0x400);
    *quotient = (status >> 9 & 1) | (status >> 13 & 2) | (status >> 6 & 4);
    return x;
}

static inline long double head(long double x) /* the upper 32 bits */
{
    long double t = x * 4294967297.0L;

    return t - (t - x);
}

/* a * b = *high + the result, exactly */
static inline long double product(long double a, long double b, long double *high)
{
    long double p = a * b, ah = head(a), al = a - ah, bh = head(b), bl = b - bh;

    *high = p;
    return ((ah * bh - p) + ah * bl + al * bh) + al * bl;
}

/* |x|^y: the logarithm is kept in two parts, 11 bits beyond what the exponent's whole part takes away. */
KERNEL k_pow(long double x, long double y)
{
    long double m = x, k, c, s, s2, sl, num, den, ph, pl, sum, err, high, low, n;
    int i;

    __asm__("fxtract" : "=t"(m), "=u"(k) : "0"(x));
    if (m > 1.41421356237L) m *= 0.5L, k += 1.0L;
    i = (int)x_rint(m * 32.0L);
    c = i / 32.0L;
    num = m - c;
    den = m + c;
    s = num / den;
    sl = product(s, den, &ph);
    sl = ((num - ph) - sl) / den;
    s2 = s * s;
    low = s2 * (1.0L / 3 + s2 * (1.0L / 5 + s2 * (1.0L / 7 + s2 * (1.0L / 9 + s2 * (1.0L / 11 + s2 / 13)))));
    pl = product(s, TWO_LOG2_E_1, &ph);
    pl += s * TWO_LOG2_E_2 + (sl + s * low) * TWO_LOG2_E_1;
    high = k + log2_table[i - 22][0];
    sum = high + ph;
    err = sum - high;
    err = (high - (sum - err)) + (ph - err);
    low = err + pl + log2_table[i - 22][1];
    pl = product(y, sum, &ph) + y * low;
    if (ph > 20000.0L) return x_scale(1.0L, 16000.0L);
    if (ph < -20000.0L) return x_scale(1.0L, -16000.0L);
    n = x_rint(ph);
    return x_scale(x_2xm1((ph - n) + pl) + 1.0L, n);
}

/* ---- the functions ---- */

#define ODD(name, valid, kernel)                                                                                        \
    CRTAPI double name(double x)                                                                                        \
    {                                                                                                                   \
        if (IS_NAN(x)) return x + x;                                                                                    \
        if (!(valid)) return invalid(#name, x);                                                                         \
        if (x == 0) return x;                                                                                           \
        return EXTENDED(kernel);                                                                                        \
    }

ODD(sin, !IS_INF(x), k_sin(x, 0))
ODD(tan, !IS_INF(x), k_tan(x))
ODD(asin, x >= -1 && x <= 1, k_asin(x))
ODD(atan, TRUE, k_atan2(x, 1.0L))
ODD(tanh, TRUE, x < -40 ? -1.0L : x > 40 ? 1.0L : k_tanh(x))

CRTAPI double cos(double x)
{
    if (IS_NAN(x)) return x + x;
    if (IS_INF(x)) return invalid("cos", x);
    return EXTENDED(k_sin(x, 1));
}

CRTAPI double acos(double x)
{
    if (IS_NAN(x)) return x + x;
    if (!(x >= -1 && x <= 1)) return invalid("acos", x);
    return EXTENDED(k_acos(x));
}

CRTAPI double atan2(double y, double x)
{
    if (IS_NAN(x) || IS_NAN(y)) return x + y;
    return EXTENDED(k_atan2(y, x));
}

static double grown(const char *name, double x, double y, double result)
{
    if (IS_INF(result)) return failed(OVERFLOW, name, x, y, result);
    return result;
}

CRTAPI double exp(double x)
{
    double result;

    if (IS_NAN(x)) return x + x;
    if (IS_INF(x)) return x > 0 ? x : 0;
    if (x > 800) x = 800;
    if (x < -800) x = -800;
    result = EXTENDED(k_exp(x));
    if (result == 0) return failed(UNDERFLOW, "exp", x, 0, result);
    return grown("exp", x, 0, result);
}

CRTAPI double exp2(double x)
{
    double result;

    if (IS_NAN(x)) return x + x;
    if (IS_INF(x)) return x > 0 ? x : 0;
    if (x > 1200) x = 1200;
    if (x < -1200) x = -1200;
    result = EXTENDED(k_exp2(x));
    if (result == 0) return failed(UNDERFLOW, "exp2", x, 0, result);
    return grown("exp2", x, 0, result);
}

CRTAPI double expm1(double x)
{
    if (IS_NAN(x) || x == 0) return x + x;
    if (IS_INF(x)) return x > 0 ? x : -1;
    if (x < -60) return -1;
    if (x > 800) x = 800;
    return grown("expm1", x, 0, EXTENDED(k_expm1(x)));
}

CRTAPI double sinh(double x)
{
    if (IS_NAN(x) || x == 0 || IS_INF(x)) return x + x;
    return grown("sinh", x, 0, EXTENDED(k_sinh(x > 800 ? 800 : x < -800 ? -800 : x)));
}

CRTAPI double cosh(double x)
{
    if (IS_NAN(x)) return x + x;
    if (IS_INF(x)) return INF;
    return grown("cosh", x, 0, EXTENDED(k_cosh(x > 800 ? 800 : x)));
}

#define LOGARITHM(name, kernel)                                                                                         \
    CRTAPI double name(double x)                                                                                        \
    {                                                                                                                   \
        if (IS_NAN(x)) return x + x;                                                                                    \
        if (x == 0) return failed(SING, #name, x, 0, -INF);                                                             \
        if (x < 0) return invalid(#name, x);                                                                            \
        if (IS_INF(x)) return x;                                                                                        \
        return EXTENDED(kernel);                                                                                        \
    }

LOGARITHM(log, k_log(LN2, x))
LOGARITHM(log2, k_log(1.0L, x))
LOGARITHM(log10, k_log(LOG10_2, x))

CRTAPI double log1p(double x)
{
    if (IS_NAN(x) || x == 0) return x + x;
    if (x == -1) return failed(SING, "log1p", x, 0, -INF);
    if (x < -1) return invalid("log1p", x);
    if (IS_INF(x)) return x;
    return EXTENDED(k_log1p(x));
}

CRTAPI double asinh(double x)
{
    if (IS_NAN(x) || x == 0 || IS_INF(x)) return x + x;
    return EXTENDED(k_asinh(x));
}

CRTAPI double acosh(double x)
{
    if (IS_NAN(x)) return x + x;
    if (x < 1) return invalid("acosh", x);
    if (IS_INF(x)) return x;
    return EXTENDED(k_acosh(x));
}

CRTAPI double atanh(double x)
{
    if (IS_NAN(x) || x == 0) return x + x;
    if (x == 1 || x == -1) return failed(SING, "atanh", x, 0, x * INF);
    if (x > 1 || x < -1) return invalid("atanh", x);
    return EXTENDED(k_atanh(x));
}

CRTAPI double cbrt(double x)
{
    if (IS_NAN(x) || x == 0 || IS_INF(x)) return x + x;
    return EXTENDED(k_cbrt(x));
}

CRTAPI double _hypot(double x, double y)
{
    if (IS_INF(x) || IS_INF(y)) return INF;
    if (IS_NAN(x) || IS_NAN(y)) return x + y;
    return grown("_hypot", x, y, EXTENDED(k_hypot(x, y)));
}

CRTAPI double hypot(double x, double y)
{
    return _hypot(x, y);
}

CRTAPI double sqrt(double x)
{
    if (x < 0) return invalid("sqrt", x);
    __asm__("sqrtsd %1, %0" : "=x"(x) : "x"(x));
    return x;
}

CRTAPI double fmod(double x, double y)
{
    if (IS_NAN(x) || IS_NAN(y)) return x + y;
    if (IS_INF(x) || y == 0) return invalid("fmod", x);
    if (IS_INF(y) || x == 0) return x;
    return EXTENDED(k_fmod(x, y));
}

CRTAPI double remquo(double x, double y, int *quotient)
{
    int bits = 0;
    double result;

    *quotient = 0;
    if (IS_NAN(x) || IS_NAN(y)) return x + y;
    if (IS_INF(x) || y == 0) return invalid("remquo", x);
    if (IS_INF(y)) return x;
    result = EXTENDED(k_remainder(x, y, &bits));
    *quotient = (bits_of(x) ^ bits_of(y)) >> 63 ? -bits : bits;
    return result;
}

CRTAPI double remainder(double x, double y)
{
    int quotient;

    return remquo(x, y, &quotient);
}

/* 0: no whole number, 1 odd, 2 even */
static int parity(double y)
{
    int exponent = (int)(bits_of(y) >> 52 & 0x7ff) - 1023;
    unsigned __int64 mantissa = (bits_of(y) & 0xfffffffffffffull) | 1ull << 52;

    if (exponent > 52) return 2;
    if (exponent < 0) return 0;
    mantissa <<= 11 + exponent;
    if (exponent == 52) return mantissa >> 63 ? 1 : 2;
    if (mantissa & 0x7fffffffffffffffull) return 0;
    return mantissa >> 63 ? 1 : 2;
}

CRTAPI double pow(double x, double y)
{
    double result, size = from_bits(bits_of(x) & ~(1ull << 63));
    BOOL negative = bits_of(x) >> 63, flip = FALSE;

    if (y == 0 || x == 1) return 1;
    if (IS_NAN(x) || IS_NAN(y)) return x + y;
    if (negative) flip = parity(y) == 1;
    if (IS_INF(y)) {
        if (size == 1) return 1;
        return (size > 1) == (y > 0) ? INF : 0;
    }
    if (x == 0) {
        if (y > 0) return flip ? -0.0 : 0.0;
        return failed(SING, "pow", x, y, flip ? -INF : INF);
    }
    if (IS_INF(x)) {
        result = y > 0 ? INF : 0;
        return flip ? -result : result;
    }
    if (negative && !parity(y)) return failed(DOMAIN, "pow", x, y, from_bits(0xfff8000000000000ull));
    result = size == 1 ? 1 : EXTENDED(k_pow(size, y));
    if (flip) result = -result;
    if (result == 0) return failed(UNDERFLOW, "pow", x, y, result);
    return grown("pow", x, y, result);
}

/* x * y + z rounded once: the sum of three exact parts, made odd where it is inexact, then rounded to double. */
KERNEL k_fma(long double x, long double y, long double z)
{
    long double high, low = product(x, y, &high), sum = high + z, part, err, total, rest;
    union {
        long double value;
        struct {
            unsigned __int64 mantissa;
            unsigned short exponent;
        };
    } odd;

    part = sum - high;
    err = (high - (sum - part)) + (z - part);
    rest = err + low;
    part = rest - err;
    low = (err - (rest - part)) + (low - part);
    total = sum + rest;
    part = total - sum;
    err = (sum - (total - part)) + (rest - part) + low;
    if (err != 0) {
        odd.value = total;
        if (!(odd.mantissa & 1)) {
            /* towards the rest, then odd: one step down in size when it points to zero */
            if ((err < 0) == (total < 0)) odd.mantissa |= 1;
            else if (odd.mantissa-- == 1ull << 63) odd.mantissa = ~0ull, odd.exponent--;
        }
        total = odd.value;
    }
    return total;
}

CRTAPI double fma(double x, double y, double z)
{
    if (IS_NAN(x) || IS_NAN(y) || IS_NAN(z) || IS_INF(x) || IS_INF(y) || IS_INF(z)) return x * y + z;
    if (x == 0 || y == 0) return x * y + z;
    return EXTENDED(k_fma(x, y, z));
}
