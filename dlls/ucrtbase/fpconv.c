/* Binary floating point to decimal and back, exact, with whole numbers of any length in 32-bit words. */
#include "crt.h"

#define BILLION 1000000000u

union bits {
    double value;
    unsigned __int64 word;
};

static int digits_of(unsigned value, char *at)
{
    char text[9];

    for (int i = 8; i >= 0; i--, value /= 10) text[i] = (char)('0' + value % 10);
    memcpy(at, text, 9);
    return 9;
}

/* words = words * factor + add; returns what leaves at the top. */
static unsigned multiply_add(unsigned *words, int count, unsigned factor, unsigned add)
{
    unsigned __int64 carry = add;

    for (int i = 0; i < count; i++) {
        carry += (unsigned __int64)words[i] * factor;
        words[i] = (unsigned)carry;
        carry >>= 32;
    }
    return (unsigned)carry;
}

static unsigned divide(unsigned *words, int count, unsigned divisor)
{
    unsigned __int64 rest = 0;

    while (count--) {
        rest = rest << 32 | words[count];
        words[count] = (unsigned)(rest / divisor);
        rest %= divisor;
    }
    return (unsigned)rest;
}

/* Digits of the whole part MANTISSA * 2^SHIFT, SHIFT >= 0, without leading zeros. */
static int whole_digits(unsigned __int64 mantissa, int shift, char *digits)
{
    unsigned words[36] = { 0 };
    unsigned chunks[36];
    int count, used = 0, at = shift / 32, length = 0;

    words[at] = (unsigned)(mantissa << (shift % 32));
    words[at + 1] = (unsigned)((mantissa << (shift % 32)) >> 32);
    words[at + 2] = shift % 32 ? (unsigned)(mantissa >> (64 - shift % 32)) : 0;
    for (count = at + 3; count && !words[count - 1];) count--;
    while (count) {
        chunks[used++] = divide(words, count, BILLION);
        while (count && !words[count - 1]) count--;
    }
    while (used--) length += digits_of(chunks[used], digits + length);
    count = 0;
    while (count < length && digits[count] == '0') count++;
    memmove(digits, digits + count, length - count);
    return length - count;
}

int fp_digits(double value, char mode, int count, BOOL ties_even, char *buffer, int *exponent)
{
    union bits bits = { .value = value };
    unsigned __int64 mantissa = bits.word & 0xfffffffffffffull;
    int power = (int)(bits.word >> 52 & 0x7ff), length = 0, needed, words_used, leading = 0;
    unsigned words[36];
    BOOL fraction = FALSE;

    *exponent = 1;
    buffer[0] = 0;
    if (!power && !mantissa) return 0;
    if (power) mantissa |= 1ull << 52;
    else power = 1;
    power -= 1075;

    words_used = 0;
    if (power >= 0) {
        length = whole_digits(mantissa, power, buffer);
    } else {
        int bit_count = -power; /* the fraction has this many bits; they are kept at the top of words[] */
        if (bit_count < 53) length = whole_digits(mantissa >> bit_count, 0, buffer);
        unsigned __int64 low = bit_count < 64 ? mantissa & ((1ull << bit_count) - 1) : mantissa;
        words_used = (bit_count + 31) / 32;
        memset(words, 0, sizeof(words));
        int shift = words_used * 32 - bit_count;
        words[0] = (unsigned)(low << shift);
        if (words_used > 1) words[1] = (unsigned)((low << shift) >> 32);
        if (words_used > 2 && shift) words[2] = (unsigned)(low >> (64 - shift));
        fraction = low != 0;
    }
    *exponent = length;

    /* Leading zeros of the fraction count for the exponent when there is no whole part. */
    for (;;) {
        int first = 0;
        char chunk[9];
        if (!length && !leading) needed = 1;
        else if (mode == 'e') needed = count + 1;
        else needed = *exponent + count + 1;
        if (needed < 1) needed = 1;
        if (!fraction || (length >= needed && length)) break;
        while (words_used && !words[0]) { /* low words that became zero */
            memmove(words, words + 1, (words_used - 1) * sizeof(*words));
            words_used--;
        }
        digits_of(multiply_add(words, words_used, BILLION, 0), chunk);
        if (!length) {
            while (first < 9 && chunk[first] == '0') first++;
            *exponent -= first;
            if (mode == 'f' && first == 9 && *exponent + count < -9) { /* far below what is asked for */
                buffer[0] = 0;
                return 0;
            }
        }
        memcpy(buffer + length, chunk + first, 9 - first);
        length += 9 - first;
        fraction = FALSE;
        for (int i = 0; i < words_used && !fraction; i++) fraction = words[i] != 0;
        if (length > FP_DIGITS - 12) break;
    }

    needed = mode == 'e' ? count : *exponent + count;
    if (needed < 0) {
        buffer[0] = 0;
        return 0;
    }
    if (length > needed) {
        char next = buffer[needed];
        BOOL rest = fraction, up;
        for (int i = needed + 1; i < length && !rest; i++) rest = buffer[i] != '0';
        up = next > '5' || (next == '5' && (rest || !ties_even || (needed && (buffer[needed - 1] & 1))));
        length = needed;
        if (up) {
            int i = length;
            while (i && buffer[i - 1] == '9') i--;
            if (i) {
                buffer[i - 1]++;
                memset(buffer + i, '0', length - i);
            } else {
                memmove(buffer + 1, buffer, length);
                buffer[0] = '1';
                memset(buffer + 1, '0', length);
                ++*exponent;
                if (mode == 'f' || !length) length++;
            }
        }
    }
    buffer[length] = 0;
    return length;
}

/* ---- to binary ---- */

/* BITS (top bit set, or 0) * 2^POWER, more below when STICKY, rounded to nearest even. */
static double assemble(unsigned __int64 bits, BOOL sticky, long power, BOOL single, int *range)
{
    int precision = single ? 24 : 53, lowest = single ? -149 : -1074, highest = single ? 127 : 1023, drop;
    union bits result;

    *range = 0;
    if (!bits) return 0;
    drop = 64 - precision;
    if (power + drop < lowest) drop = (int)min((long)lowest - power, 66);
    unsigned __int64 kept = drop >= 64 ? 0 : bits >> drop, lost = drop >= 64 ? bits : bits & ((1ull << drop) - 1);
    BOOL inexact = lost || sticky;
    if (drop <= 64) {
        unsigned __int64 half = 1ull << (drop - 1);
        if (lost > half || (lost == half && (sticky || (kept & 1)))) kept++;
    }
    if (!kept) {
        *range = ERANGE;
        return 0;
    }
    power += drop;
    if (kept >> precision) {
        kept >>= 1;
        power++;
    }
    if (kept >> (precision - 1)) {
        if (power + precision - 1 > highest) {
            *range = ERANGE;
            result.word = 0x7ff0000000000000ull;
            return result.value;
        }
    } else if (inexact) {
        *range = ERANGE; /* subnormal and rounded */
    }
    /* kept * 2^power is exact in a double from here on */
    int top = 63 - __builtin_clzll(kept);
    long unbiased = power + top;
    if (unbiased >= -1022) {
        result.word = (unsigned __int64)(unbiased + 1023) << 52 | (kept << (52 - top) & 0xfffffffffffffull);
    } else {
        result.word = kept << (power + 1074);
    }
    return result.value;
}

double fp_from_hex(unsigned __int64 bits, BOOL sticky, long exponent, BOOL single, int *range)
{
    if (!bits) {
        *range = 0;
        return 0;
    }
    int shift = __builtin_clzll(bits);
    return assemble(bits << shift, sticky, exponent - shift, single, range);
}

#define MAX_DIGITS 800
#define MAX_WORDS 260

static const double powers[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

static int grow(unsigned *words, int count, unsigned top)
{
    if (top) words[count++] = top;
    return count;
}

double fp_from_decimal(const char *digits, int count, long exponent, BOOL single, int *range)
{
    unsigned words[MAX_WORDS];
    int length = 0, i;
    BOOL sticky = FALSE;
    long shift = 0;

    *range = 0;
    while (count && *digits == '0') digits++, count--;
    while (count && digits[count - 1] == '0') count--, exponent++;
    if (!count) return 0;
    if (count + exponent > 330) {
        *range = ERANGE;
        return __builtin_inf();
    }
    if (count + exponent < -360) {
        *range = ERANGE;
        return 0;
    }
    if (count <= 15 && !single && exponent >= -22 && exponent <= 22) {
        __int64 value = 0;
        for (i = 0; i < count; i++) value = value * 10 + digits[i] - '0';
        return exponent < 0 ? (double)value / powers[-exponent] : (double)value * powers[exponent];
    }
    if (count > MAX_DIGITS) { /* beyond any half way between two doubles */
        exponent += count - MAX_DIGITS;
        count = MAX_DIGITS;
        sticky = TRUE;
    }
    for (i = 0; i < count;) {
        unsigned chunk = 0, scale = 1;
        for (; i < count && scale < BILLION; i++, scale *= 10) chunk = chunk * 10 + digits[i] - '0';
        length = grow(words, length, multiply_add(words, length, scale, chunk));
    }
    while (exponent > 0) {
        unsigned scale = 1;
        for (int j = 0; j < 9 && exponent; j++, exponent--) scale *= 10;
        length = grow(words, length, multiply_add(words, length, scale, 0));
    }
    if (exponent < 0) {
        /* enough bits that 66 are left after the division */
        long have = length * 32 - __builtin_clz(words[length - 1]);
        long need = 66 + (-exponent * 3322 + 999) / 1000 + 1 - have;
        int by = need > 0 ? (int)((need + 31) / 32) : 0;
        memmove(words + by, words, length * sizeof(*words));
        memset(words, 0, by * sizeof(*words));
        length += by;
        shift = -by * 32L;
        for (exponent = -exponent; exponent > 0; exponent -= 9) {
            unsigned scale = 1;
            for (long j = min(exponent, 9L); j; j--) scale *= 10;
            if (divide(words, length, scale)) sticky = TRUE;
            while (length && !words[length - 1]) length--;
        }
    }
    unsigned __int64 bits = 0;
    int zeros = __builtin_clz(words[length - 1]);
    bits = (unsigned __int64)words[length - 1] << 32 | (length > 1 ? words[length - 2] : 0);
    if (zeros) bits = bits << zeros | (length > 2 ? words[length - 3] >> (32 - zeros) : 0);
    for (i = 0; i < length - 3 && !sticky; i++) sticky = words[i] != 0;
    if (length > 2 && !sticky) sticky = (unsigned)(words[length - 3] << zeros) != 0;
    return assemble(bits, sticky, shift + (length - 2) * 32L - zeros, single, range);
}
