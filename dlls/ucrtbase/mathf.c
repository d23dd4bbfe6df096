/* Functions of float: by those of double, rounded once more. */
#include "crt.h"

#define FLOAT1(name)                                                                                                    \
    double name(double x);                                                                                              \
    CRTAPI float name##f(float x)                                                                                       \
    {                                                                                                                   \
        float result = (float)name(x);                                                                                  \
        if (result - result != 0 && x - x == 0 && result == result) errno = ERANGE;                                     \
        return result;                                                                                                  \
    }
#define FLOAT2(name)                                                                                                    \
    double name(double x, double y);                                                                                    \
    CRTAPI float name##f(float x, float y)                                                                              \
    {                                                                                                                   \
        float result = (float)name(x, y);                                                                               \
        if (result - result != 0 && x - x == 0 && y - y == 0 && result == result) errno = ERANGE;                       \
        return result;                                                                                                  \
    }

FLOAT1(sin)
FLOAT1(cos)
FLOAT1(tan)
FLOAT1(asin)
FLOAT1(acos)
FLOAT1(atan)
FLOAT1(sinh)
FLOAT1(cosh)
FLOAT1(tanh)
FLOAT1(asinh)
FLOAT1(acosh)
FLOAT1(atanh)
FLOAT1(exp)
FLOAT1(exp2)
FLOAT1(expm1)
FLOAT1(log)
FLOAT1(log2)
FLOAT1(log10)
FLOAT1(log1p)
FLOAT1(cbrt)
FLOAT2(atan2)
FLOAT2(pow)
FLOAT2(fmod)
FLOAT2(remainder)
FLOAT2(hypot)
FLOAT2(_hypot)

CRTAPI float sqrtf(float x)
{
    if (x < 0) errno = EDOM;
    __asm__("sqrtss %1, %0" : "=x"(x) : "x"(x));
    return x;
}

double remquo(double x, double y, int *quotient);

CRTAPI float remquof(float x, float y, int *quotient)
{
    return (float)remquo(x, y, quotient);
}

/* The product of two floats is exact in a double; the sum is made odd when inexact, so that rounding it to float is
 * rounding once. */
CRTAPI float fmaf(float x, float y, float z)
{
    union {
        double value;
        unsigned __int64 word;
    } sum;
    double product = (double)x * y, part, error;

    sum.value = product + z;
    if (sum.value - sum.value != 0) return (float)sum.value;
    part = sum.value - product;
    error = (product - (sum.value - part)) + (z - part);
    if (error != 0 && !(sum.word & 1)) sum.word += (error > 0) == (sum.value > 0) ? 1 : -1;
    return (float)sum.value;
}
