/* Numbers and narrow text. */
#include "crt.h"

#define CHAR char
#define F(n, w) n
#include "tconvert.h"

/* ---- _ecvt, _fcvt, _gcvt ---- */

static BOOL sign_and_special(double value, int *sign, const char **text)
{
    union {
        double value;
        unsigned __int64 word;
    } bits = { .value = value };

    *sign = (int)(bits.word >> 63);
    if ((bits.word >> 52 & 0x7ff) != 0x7ff) return FALSE;
    *text = bits.word << 12 ? "1#QNAN" : "1#INF";
    return TRUE;
}

static errno_t digits_to(char *buffer, size_t size, double value, char mode, int count, int *point, int *sign)
{
    char digits[FP_DIGITS];
    const char *special;
    int length, exponent = 0, wanted;

    REQUIRE(buffer && size && point && sign, EINVAL, EINVAL);
    if (sign_and_special(value, sign, &special)) {
        length = (int)strlen(special);
        *point = 1;
        wanted = max(count + (mode == 'f'), length);
        memcpy(digits, special, length);
    } else {
        if (mode == 'e' && count <= 0) {
            length = fp_digits(value, 'e', 1, FALSE, digits, &exponent);
            *point = length ? exponent : 0;
            if (length && count == 0) *point = exponent;
            *buffer = 0;
            return 0;
        }
        length = fp_digits(value, mode, min(count, 1000), FALSE, digits, &exponent);
        *point = value ? exponent : 0;
        wanted = mode == 'e' ? count : value ? max(exponent + count, 0) : max(count, 0);
        if (mode == 'f' && !length && value) *point = -max(count, 0);
    }
    if ((size_t)wanted + 1 > size) {
        *buffer = 0;
        REQUIRE(FALSE, ERANGE, ERANGE);
    }
    memcpy(buffer, digits, min(length, wanted));
    if (wanted > length) memset(buffer + length, '0', wanted - length);
    buffer[wanted] = 0;
    return 0;
}

CRTAPI errno_t _ecvt_s(char *buffer, size_t size, double value, int count, int *point, int *sign)
{
    return digits_to(buffer, size, value, 'e', count, point, sign);
}

CRTAPI errno_t _fcvt_s(char *buffer, size_t size, double value, int count, int *point, int *sign)
{
    return digits_to(buffer, size, value, 'f', count, point, sign);
}

CRTAPI char *_ecvt(double value, int count, int *point, int *sign)
{
    struct thread_data *data = thread_data();

    return digits_to(data->convert_text, sizeof(data->convert_text), value, 'e', min(count, 349), point, sign)
               ? NULL
               : data->convert_text;
}

CRTAPI char *_fcvt(double value, int count, int *point, int *sign)
{
    struct thread_data *data = thread_data();

    return digits_to(data->convert_text, sizeof(data->convert_text), value, 'f', min(count, 40), point, sign)
               ? NULL
               : data->convert_text;
}


static BOOL put_text(struct sink *sink, const void *text, size_t count)
{
    size_t part = min(count, sink->space);

    memcpy(sink->at, text, part);
    sink->at = (char *)sink->at + part;
    sink->space -= part;
    return TRUE;
}

static int format_into(char *buffer, size_t size, const char *format, ...)
{
    struct sink sink = { put_text, buffer, size - 1 };
    va_list args;
    int result;

    va_start(args, format);
    result = crt_format(&sink, PRINTF_DEFAULT, format, NULL, args);
    va_end(args);
    buffer[min(result, (int)size - 1)] = 0;
    return result;
}

/* "%.COUNTg" where a trailing point stays: 3.000000 to 2 digits is "3.". */
CRTAPI errno_t _gcvt_s(char *buffer, size_t size, double value, int count)
{
    char text[512];
    int length;

    REQUIRE(buffer && size, EINVAL, EINVAL);
    *buffer = 0;
    REQUIRE(count >= 0 && (size_t)count < size, ERANGE, ERANGE);
    length = format_into(text, sizeof(text) - 2, "%.*g", min(count, 400), value);
    if (!memchr(text, crt_locale(NULL)->decimal_point, length)) {
        char *e = strchr(text, 'e');
        char *at = e ? e : text + length;
        memmove(at + 1, at, text + length + 1 - at);
        *at = crt_locale(NULL)->decimal_point;
        length++;
    }
    REQUIRE((size_t)length < size, ERANGE, ERANGE);
    memcpy(buffer, text, length + 1);
    return 0;
}

CRTAPI char *_gcvt(double value, int count, char *buffer)
{
    return _gcvt_s(buffer, INT_MAX, value, count) ? NULL : buffer;
}

/* ---- _atodbl and friends ---- */

enum { OVERFLOW_RESULT = 3, UNDERFLOW_RESULT = 4 };

static int range_result(double value, int kept)
{
    BOOL range = errno == ERANGE;

    errno = kept;
    return !range ? 0 : value > 1 || value < -1 ? OVERFLOW_RESULT : UNDERFLOW_RESULT;
}

CRTAPI int _atodbl_l(double *result, char *text, _locale_t locale)
{
    int kept = errno;

    REQUIRE(result, EINVAL, EINVAL);
    errno = 0;
    *result = parse_float(text, NULL, FALSE, locale);
    return range_result(*result, kept);
}

CRTAPI int _atodbl(double *result, char *text)
{
    return _atodbl_l(result, text, NULL);
}

CRTAPI int _atoflt_l(float *result, char *text, _locale_t locale)
{
    int kept = errno;

    REQUIRE(result, EINVAL, EINVAL);
    errno = 0;
    *result = (float)parse_float(text, NULL, TRUE, locale);
    return range_result(*result, kept);
}

CRTAPI int _atoflt(float *result, char *text)
{
    return _atoflt_l(result, text, NULL);
}

/* ---- whole numbers ---- */

CRTAPI unsigned short _byteswap_ushort(unsigned short value)
{
    return __builtin_bswap16(value);
}

CRTAPI unsigned long _byteswap_ulong(unsigned long value)
{
    return __builtin_bswap32(value);
}

CRTAPI unsigned __int64 _byteswap_uint64(unsigned __int64 value)
{
    return __builtin_bswap64(value);
}

#define ROTATE(type, name, bits, left)                                                                                  \
    CRTAPI type name(type value, int shift)                                                                             \
    {                                                                                                                   \
        unsigned by = (unsigned)((left) ? shift : -shift) & (bits - 1);                                                 \
        return by ? value << by | value >> (bits - by) : value;                                                         \
    }
#undef _rotl
#undef _rotr
#undef _lrotl
#undef _lrotr
#undef _rotl64
#undef _rotr64
ROTATE(unsigned, _rotl, 32, TRUE)
ROTATE(unsigned, _rotr, 32, FALSE)
ROTATE(unsigned long, _lrotl, 32, TRUE)
ROTATE(unsigned long, _lrotr, 32, FALSE)
ROTATE(unsigned __int64, _rotl64, 64, TRUE)
ROTATE(unsigned __int64, _rotr64, 64, FALSE)
