#!/usr/bin/env python3
"""Makes tables of printf, strtod, strtol and scanf cases with what the C standard and Microsoft's reference expect of them.

    number_cases.py >number_cases.h

Python's numbers are the oracle: its decimal conversions are correctly rounded. The cases are the same at every run.
"""
import decimal
import random
import struct

rng = random.Random(19930520)


def bits(value):
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def from_bits(value):
    return struct.unpack("<d", struct.pack("<Q", value))[0]


def c_string(text):
    return '"%s"' % text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t").replace("?", "\\?")


def any_double():
    kind = rng.randrange(8)
    if kind == 0:
        return float(rng.randrange(-1000, 1000))
    if kind == 1:
        return rng.randrange(-10**9, 10**9) / 10.0 ** rng.randrange(0, 12)
    if kind == 2:  # exactly halfway for few digits
        return rng.randrange(-4000, 4000) / 2.0 ** rng.randrange(0, 12)
    if kind == 3:
        return float("%de%d" % (rng.randrange(1, 1000), rng.randrange(-30, 30)))
    if kind == 4:
        return from_bits(rng.getrandbits(52))  # subnormal
    if kind == 5:
        return 10.0 ** rng.randrange(-300, 300) - (0 if rng.randrange(2) else 1e-9)
    while True:
        value = from_bits(rng.getrandbits(64))
        if value == value and abs(value) != float("inf"):
            return value


def hexadecimal(value, precision, alternate, upper):
    """%a: one digit, precision digits (13 unless said), exponent of two."""
    raw = bits(abs(value))
    exponent, mantissa = raw >> 52, raw & ((1 << 52) - 1)
    lead = 1 if exponent else 0
    exponent = exponent - 1023 if exponent else (-1022 if mantissa else 0)
    number = lead << 52 | mantissa
    precision = 13 if precision is None else precision
    if precision < 13:
        shift = 4 * (13 - precision)
        rest, number = number & ((1 << shift) - 1), number >> shift
        half = 1 << (shift - 1)
        if rest > half or (rest == half and number & 1):
            number += 1
        lead, fraction = number >> 4 * precision, number & ((1 << 4 * precision) - 1)
        digits = "%0*x" % (precision, fraction) if precision else ""
    else:
        lead = number >> 52
        digits = "%013x" % mantissa + "0" * (precision - 13)
    text = "0x%d%s%sp%+d" % (lead, "." if digits or alternate else "", digits, exponent)
    return text.upper() if upper else text


def pad(text, sign, prefix_length, flags, width):
    body = sign + text
    if len(body) >= width:
        return body
    if "-" in flags:
        return body.ljust(width)
    if "0" in flags:
        cut = len(sign) + prefix_length
        return body[:cut] + "0" * (width - len(body)) + body[cut:]
    return body.rjust(width)


def significant(text):
    digits = "".join(c for c in text.lower().split("e")[0] if c.isdigit()).lstrip("0")
    return len(digits)


printf_cases = []


def printf_case(fmt, value, text, both=True, old=None):
    """both: msvcrt gives the same text, or `old`."""
    printf_cases.append((fmt, value, text, old if old is not None else text if both else None))


def three_digits(text):
    """msvcrt's exponents have three digits at least."""
    lower = text.lower()
    at = lower.rfind("e")
    return text if at < 0 or not lower[at + 1:at + 2] in "+-" else text[:at + 2] + text[at + 2:].zfill(3)


def half_away(spec, value):
    """`spec` of a number that lies halfway is rounded away from zero, as msvcrt does."""
    decimal.getcontext().prec = 2000
    text, raw = spec % value, bits(value)
    if not 0 < raw < 0x7fe0000000000000:
        return text
    below, above = spec % from_bits(raw - 1), spec % from_bits(raw + 1)
    low, high, exact = (decimal.Decimal(number) for number in (below, above, value))
    return above if low != high and decimal.Decimal(text) != exact and exact * 2 == low + high else text


def some_flags(letters):
    return "".join(c for c in letters if rng.randrange(4) == 0)


def double_cases(count):
    for _ in range(count):
        value = any_double()
        conversion = rng.choice("eEfgGgeaA" if abs(value) < 1e22 else "eEgGa")
        flags = some_flags("-+ #0")
        width = rng.choice((0, 0, 1, 5, 12, 20, 30))
        precision = rng.choice((None, None, 0, 1, 2, 3, 5, 6, 10, 15, 16, 17, 20, 40))
        fmt = "%" + flags + (str(width) if width else "") + ("" if precision is None else "." + str(precision))
        sign = "-" if bits(value) >> 63 else "+" if "+" in flags else " " if " " in flags else ""
        if conversion in "aA":
            body = hexadecimal(value, precision, "#" in flags, conversion == "A")
            text = pad(body, sign, 2, flags, width)
            printf_case(fmt + conversion, bits(value), text, both=False)
            continue
        spec = "%" + ("#" if "#" in flags else "") + ("" if precision is None else ".%d" % precision) + conversion
        body = spec % abs(value)
        text = pad(body, sign, 0, flags, width)
        old = pad(three_digits(half_away(spec, abs(value))), sign, 0, flags, width) if significant(body) <= 17 else None
        printf_case(fmt + conversion, bits(value), text, both=False, old=old)


SIZES = {"hh": 8, "h": 16, "": 32, "l": 32, "ll": 64, "I64": 64, "I32": 32, "I": 64, "z": 64, "j": 64, "t": 64, "w": 32}


def integer_cases(count):
    for _ in range(count):
        size = rng.choice(["hh", "h", "", "", "l", "ll", "I64", "I32", "I", "z", "j", "t"])
        width_bits = SIZES[size]
        conversion = rng.choice("diuoxX")
        value = rng.getrandbits(64) >> rng.choice((0, 0, 20, 33, 40, 50, 60, 63))
        if rng.randrange(10) == 0:
            value = rng.choice((0, 1, 2**63, 2**64 - 1, 2**31, 2**31 - 1, 2**32 - 1))
        flags = some_flags("-+ #0")
        width = rng.choice((0, 0, 0, 1, 6, 12, 24))
        precision = rng.choice((None, None, None, 0, 1, 4, 10, 22))
        fmt = "%" + flags + (str(width) if width else "") + ("" if precision is None else "." + str(precision)) + size + conversion
        number = value & ((1 << width_bits) - 1)
        sign = ""
        if conversion in "di":
            if number >> (width_bits - 1):
                number, sign = (1 << width_bits) - number, "-"
            else:
                sign = "+" if "+" in flags else " " if " " in flags else ""
        digits = {"o": "%o", "x": "%x", "X": "%X"}.get(conversion, "%d") % number
        if precision is not None:
            digits = "" if precision == 0 and number == 0 else digits.rjust(precision, "0")
        prefix = ""
        if "#" in flags:
            if conversion == "o" and not digits.startswith("0"):
                digits = "0" + digits
            if conversion in "xX" and number:
                prefix = "0" + conversion
        pad_flags = flags if precision is None else flags.replace("0", "")
        text = pad(prefix + digits, sign, len(prefix), pad_flags, width)
        # msvcrt reads no hh, z, j, t.
        printf_case(fmt, value, text, both=size not in ("hh", "z", "j", "t"))


def text_cases(count):
    words = ["", "a", "text", "with blanks ", "0123456789", "%d", "tab\there"]
    for _ in range(count):
        flags = some_flags("-")
        width = rng.choice((0, 0, 1, 5, 15))
        precision = rng.choice((None, None, 0, 1, 3, 20))
        word = rng.choice(words)
        shown = word if precision is None else word[:precision]
        fmt = "%" + flags + (str(width) if width else "") + ("" if precision is None else "." + str(precision)) + "hs"
        printf_case("<" + fmt + "> " + c_string(word)[1:-1].replace("%", "%%").replace("\\t", "\t"), None,
                    "<" + pad(shown, "", 0, flags, width) + "> " + word)
        printf_cases[-1] = printf_cases[-1] + (word,)


def decimal_text():
    kind = rng.randrange(7)
    sign = rng.choice(("", "", "-", "+"))
    if kind == 0:
        return sign + repr(any_double()).lstrip("-")
    if kind == 1:
        return sign + "%d.%d" % (rng.randrange(10**6), rng.randrange(10**6))
    if kind == 2:
        return sign + "%d.%de%d" % (rng.randrange(10), rng.getrandbits(80), rng.randrange(-330, 320))
    if kind == 3:  # around the halfway point of two neighbours
        raw = rng.getrandbits(62)
        value = from_bits(raw)
        if not 1e-250 < value < 1e250:
            value = 1.0 + rng.getrandbits(52) / 2.0 ** 52
        following = from_bits(bits(value) + 1)
        from fractions import Fraction
        middle = (Fraction(value) + Fraction(following)) / 2
        scale = 0
        while middle < 10**17:
            middle *= 10
            scale -= 1
        while middle > 10**30:
            middle /= 10
            scale += 1
        number = middle.numerator * 10**20 // middle.denominator
        return sign + "%de%d" % (number + rng.choice((-1, 0, 1)), scale - 20)
    if kind == 4:
        return sign + "." + "0" * rng.randrange(20) + str(rng.getrandbits(60))
    if kind == 5:
        return sign + str(rng.getrandbits(rng.choice((10, 64, 200)))) + rng.choice(("", ".", ".0", "e1", "E-2", "e+05"))
    return sign + "%de%d" % (rng.getrandbits(40), rng.randrange(-345, 300))


def strtod_cases(count):
    result = []
    for _ in range(count):
        text = decimal_text()
        value = float(text)
        tail = rng.choice(("", "", "", "x", " 1", "e", "e+", ".", "-"))
        if tail in (".", "-", "e", "e+") and ("e" in text.lower() or "." not in text) and tail == ".":
            tail = ""
        if tail.startswith("e") and "e" in text.lower():
            tail = ""
        result.append((text + tail, len(text), bits(value)))
    return result


def strtol_cases(count):
    result = []
    for _ in range(count):
        base = rng.choice((0, 2, 8, 10, 10, 16, 36, rng.randrange(2, 37)))
        number = rng.getrandbits(rng.choice((4, 16, 31, 32, 33, 63, 64, 70)))
        shown = base or rng.choice((8, 10, 16))
        digits, rest = "", number
        while rest or not digits:
            digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % shown] + digits
            rest //= shown
        if rng.randrange(2):
            digits = digits.upper()
        prefix = "0x" if base in (0, 16) and shown == 16 and (base == 0 or rng.randrange(2)) else "0" if base == 0 and shown == 8 else ""
        sign = rng.choice(("", "", "-", "+"))
        text = rng.choice(("", " ", "\t\n")) + sign + prefix + digits
        length = len(text)
        signed = -number if sign == "-" else number
        limits = (-2**63, 2**63 - 1)
        clipped = min(max(signed, limits[0]), limits[1])
        unsigned = 2**64 - 1 if number >= 2**64 else (signed % 2**64)
        result.append((text + rng.choice(("", "", "!", " 5", ".")), length, base, clipped % 2**64, unsigned,
                       int(clipped != signed), int(number >= 2**64)))
    return result


def main():
    double_cases(2600)
    integer_cases(2200)
    text_cases(300)
    print("/* Made by tests/lib/number_cases.py. */")
    print("static const struct printf_case {\n    const char *format;\n    ULONG64 value;\n    const char *text, *old, *string;\n} printf_cases[] = {")
    for case in printf_cases:
        fmt, value, text, old = case[:4]
        string = c_string(case[4]) if len(case) > 4 else "NULL"
        print("    { %s, 0x%xull, %s, %s, %s }," % (c_string(fmt), value or 0, c_string(text),
                                                  c_string(old) if old is not None else "NULL", string))
    print("};\nstatic const struct strtod_case {\n    const char *text;\n    unsigned length;\n    ULONG64 value;\n} strtod_cases[] = {")
    for text, length, value in strtod_cases(2500):
        print("    { %s, %d, 0x%xull }," % (c_string(text), length, value))
    print("};\nstatic const struct strtol_case {\n    const char *text;\n    unsigned length;\n    int base;\n    ULONG64 value, unsigned_value;\n"
          "    int range, unsigned_range;\n} strtol_cases[] = {")
    for case in strtol_cases(1000):
        print("    { %s, %d, %d, 0x%xull, 0x%xull, %d, %d }," % ((c_string(case[0]),) + case[1:]))
    print("};")


main()
