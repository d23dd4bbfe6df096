#!/usr/bin/env python3
"""Makes a table of mathematical functions' values, correctly rounded by MPFR (its shared library, which every gcc needs).

    math_cases.py >math_cases.h

Each row: function, arguments, the value rounded to nearest, and on which side of it the exact value lies, so that a test
can ask for at most one unit in the last place. Without the library the table is empty.
"""
import ctypes
import ctypes.util
import random
import struct
import sys

rng = random.Random(53)


class Number(ctypes.Structure):
    _fields_ = [("precision", ctypes.c_long), ("sign", ctypes.c_int), ("exponent", ctypes.c_long), ("limbs", ctypes.c_void_p)]


def load():
    for name in ("libmpfr.so.6", ctypes.util.find_library("mpfr")):
        try:
            return ctypes.CDLL(name) if name else None
        except OSError:
            pass
    return None


mpfr = load()
NEAREST = 0


def number(precision):
    result = Number()
    mpfr.mpfr_init2(ctypes.byref(result), ctypes.c_long(precision))
    return result


def evaluate(name, arguments, precision):
    """(value, side): side 1: the exact value is larger, -1: smaller, 0: the value is exact."""
    inputs = [number(53) for _ in arguments]
    result = number(precision)
    for place, value in zip(inputs, arguments):
        mpfr.mpfr_set_d(ctypes.byref(place), ctypes.c_double(value), NEAREST)
    function = getattr(mpfr, "mpfr_" + name)
    function.restype = ctypes.c_int
    if name == "lgamma":
        sign = ctypes.c_int()
        ternary = function(ctypes.byref(result), ctypes.byref(sign), ctypes.byref(inputs[0]), NEAREST)
    else:
        ternary = function(ctypes.byref(result), *[ctypes.byref(place) for place in inputs], NEAREST)
    value = mpfr.mpfr_get_d(ctypes.byref(result), NEAREST)
    for place in inputs + [result]:
        mpfr.mpfr_clear(ctypes.byref(place))
    return value, (ternary < 0) - (ternary > 0)


def uniform(low, high):
    return lambda: rng.uniform(low, high)


def spread(low, high):
    """Magnitudes of every size between 2**low and 2**high, either sign."""
    return lambda: rng.choice((-1, 1)) * rng.uniform(1, 2) * 2.0 ** rng.randint(low, high)


def positive(low, high):
    return lambda: rng.uniform(1, 2) * 2.0 ** rng.randint(low, high)


def mixed(*generators):
    return lambda: rng.choice(generators)()


near_one = mixed(uniform(0.5, 2), lambda: 1 + spread(-40, -2)())
FUNCTIONS = [  # name, MPFR's name, generator of each argument
    ("sin", "sin", [mixed(uniform(-10, 10), spread(-40, 60), uniform(-1e6, 1e6))]),
    ("cos", "cos", [mixed(uniform(-10, 10), spread(-40, 60), uniform(-1e6, 1e6))]),
    ("tan", "tan", [mixed(uniform(-10, 10), spread(-40, 60))]),
    ("asin", "asin", [mixed(uniform(-1, 1), spread(-40, -2))]),
    ("acos", "acos", [mixed(uniform(-1, 1), spread(-40, -2))]),
    ("atan", "atan", [spread(-40, 60)]),
    ("sinh", "sinh", [mixed(uniform(-700, 700), spread(-30, 3))]),
    ("cosh", "cosh", [mixed(uniform(-700, 700), spread(-30, 3))]),
    ("tanh", "tanh", [mixed(uniform(-25, 25), spread(-30, 3))]),
    ("asinh", "asinh", [spread(-40, 300)]),
    ("acosh", "acosh", [mixed(uniform(1, 10), positive(1, 300))]),
    ("atanh", "atanh", [mixed(uniform(-1, 1), spread(-40, -2))]),
    ("exp", "exp", [mixed(uniform(-700, 700), spread(-40, 3))]),
    ("exp2", "exp2", [mixed(uniform(-1000, 1000), spread(-40, 3))]),
    ("expm1", "expm1", [mixed(uniform(-30, 700), spread(-40, 3))]),
    ("log", "log", [mixed(positive(-1000, 1000), near_one)]),
    ("log2", "log2", [mixed(positive(-1000, 1000), near_one)]),
    ("log10", "log10", [mixed(positive(-1000, 1000), near_one)]),
    ("log1p", "log1p", [mixed(positive(-60, 300), uniform(-0.99, 1), spread(-40, -2))]),
    ("sqrt", "sqrt", [positive(-1000, 1000)]),
    ("cbrt", "cbrt", [spread(-1000, 1000)]),
    ("erf", "erf", [mixed(uniform(-6, 6), spread(-30, 1))]),
    ("erfc", "erfc", [mixed(uniform(-6, 26), spread(-30, 1))]),
    ("tgamma", "gamma", [mixed(uniform(0.1, 170), uniform(-20, 5))]),
    ("lgamma", "lgamma", [mixed(uniform(3, 1000), positive(3, 300))]),
    ("pow", "pow", [positive(-20, 20), mixed(uniform(-40, 40), uniform(-3, 3))]),
    ("atan2", "atan2", [spread(-30, 30), spread(-30, 30)]),
    ("hypot", "hypot", [spread(-300, 300), spread(-300, 300)]),
    ("fmod", "fmod", [spread(-30, 60), spread(-30, 60)]),
    ("remainder", "remainder", [spread(-30, 60), spread(-30, 60)]),
]
FLOATS = ["sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log", "log10", "sqrt", "pow", "atan2",
          "fmod", "cbrt", "erf", "log2", "exp2"]


def bits(value):
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def single(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def main():
    print("/* Made by tests/lib/math_cases.py. */\nstatic const struct math_case {\n    const char *function;\n"
          "    ULONG64 x, y, value;\n    int side;\n} math_cases[] = {")
    if mpfr:
        mpfr.mpfr_get_d.restype = ctypes.c_double
        for name, other, generators in FUNCTIONS:
            done = 0
            while done < 150:
                arguments = [make() for make in generators]
                value, side = evaluate(other, arguments, 53)
                if not 1e-290 < abs(value) < 1e290:
                    continue
                done += 1
                print('    { "%s", 0x%xull, 0x%xull, 0x%xull, %d },' %
                      (name, bits(arguments[0]), bits(arguments[1]) if len(arguments) > 1 else 0, bits(value), side))
        for name, other, generators in FUNCTIONS:
            done = 0
            while name in FLOATS and done < 60:
                try:
                    arguments = [single(make()) for make in generators]
                except OverflowError:
                    continue
                value, side = evaluate(other, arguments, 24)
                if not 1e-37 < abs(value) < 1e37 or any(abs(a) > 1e37 or abs(a) < 1e-37 for a in arguments):
                    continue
                done += 1
                print('    { "%sf", 0x%xull, 0x%xull, 0x%xull, %d },' %
                      (name, bits(arguments[0]), bits(arguments[1]) if len(arguments) > 1 else 0, bits(value), side))
    else:
        print("math_cases.py: libmpfr is not there, the table is empty", file=sys.stderr)
    print("    { 0 }\n};")


main()
