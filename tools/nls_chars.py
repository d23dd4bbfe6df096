"""Case and character types of the BMP, from Python's unicodedata."""
import struct
import unicodedata

UNICODE_VERSION = int(unicodedata.unidata_version.split(".")[0]) << 8


def _simple(text, original):
    """A simple case mapping: one BMP character, or none."""
    return ord(text) if len(text) == 1 and ord(text) < 0x10000 else original


def case_maps():
    """(upper, lower): {character: character}, as the file system and RtlUpcaseUnicodeChar have it.

    Only pairs that come back: no dotless i, long s, micro sign or Greek symbol variants. Beyond them, title case
    digraphs and final sigma have a capital.
    """
    upper, lower = {}, {}
    for code in range(0x10000):
        if 0xD800 <= code < 0xE000:
            continue
        char = chr(code)
        up, low = _simple(char.upper(), code), _simple(char.lower(), code)
        if up != code and _simple(chr(up).lower(), up) == code:
            upper[code] = up
        if low != code and _simple(chr(low).upper(), low) == code:
            lower[code] = low
    for title in (0x1C5, 0x1C8, 0x1CB, 0x1F2):
        upper[title], lower[title] = title - 1, title + 1
        upper[title + 1], lower[title - 1] = title - 1, title + 1
    upper[0x3C2] = 0x3A3
    for code in list(range(0x1F80, 0x1FB0)) + [0x1FB3, 0x1FBC, 0x1FC3, 0x1FCC, 0x1FF3, 0x1FFC]:
        # the simple mapping of letters with iota subscript is the title case letter
        title = _simple(chr(code).title(), code)
        if title != code:
            upper[code] = title
            lower[title] = code
    return upper, lower


def two_level(values, size, width):
    """(index, flat list of distinct pages) of 65536 values in pages of `size`."""
    seen, index, pages = {}, [], []
    for start in range(0, 0x10000, size):
        page = tuple(values[start:start + size])
        if page not in seen:
            seen[page] = len(seen)
            pages.extend(page)
        index.append(seen[page])
    assert max(index) < 1 << width
    return index, pages


def delta_table(mapping):
    return two_level([(mapping.get(c, c) - c) & 0xFFFF for c in range(0x10000)], 64, 8)


C1_UPPER, C1_LOWER, C1_DIGIT, C1_SPACE, C1_PUNCT, C1_CNTRL, C1_BLANK, C1_XDIGIT, C1_ALPHA, C1_DEFINED = (
    1, 2, 4, 8, 0x10, 0x20, 0x40, 0x80, 0x100, 0x200)
C2 = {"L": 1, "R": 2, "AL": 2, "EN": 3, "ES": 4, "ET": 5, "AN": 6, "CS": 7, "B": 8, "S": 9, "WS": 10}
C3_NONSPACING, C3_DIACRITIC, C3_VOWELMARK, C3_SYMBOL, C3_KATAKANA, C3_HIRAGANA, C3_HALFWIDTH, C3_FULLWIDTH, \
    C3_IDEOGRAPH, C3_KASHIDA, C3_LEXICAL, C3_HIGHSURROGATE, C3_LOWSURROGATE, C3_ALPHA = (
        1, 2, 4, 8, 0x10, 0x20, 0x40, 0x80, 0x100, 0x200, 0x400, 0x800, 0x1000, 0x8000)


def _in(code, *ranges):
    return any(first <= code <= last for first, last in ranges)


def ctype1(code):
    char = chr(code)
    category = unicodedata.category(char)
    if category == "Cn":
        return 0
    if category in ("Co", "Cs"):
        return C1_DEFINED
    bits = C1_DEFINED
    if category == "Lu" or category == "Lt":
        bits |= C1_UPPER | C1_ALPHA
    elif category == "Ll":
        bits |= C1_LOWER | C1_ALPHA
    if category == "Lt":
        bits |= C1_LOWER
    if category in ("Lm", "Lo", "Nl"):
        bits |= C1_ALPHA
    if category in ("Mn", "Mc", "Me") and _in(code, (0x300, 0x36F)):
        pass
    elif category == "Mc" or (category == "Mn" and unicodedata.combining(char) == 0):
        bits |= C1_ALPHA
    if unicodedata.digit(char, None) is not None and category == "Nd":
        bits |= C1_DIGIT
    if code in (0xB2, 0xB3, 0xB9):
        bits |= C1_DIGIT
    if category[0] in "PS" or code == 0xAD or (category == "No" and code not in (0xB2, 0xB3, 0xB9)):
        bits |= C1_PUNCT
    if code in (0xB2, 0xB3, 0xB9):
        bits |= C1_PUNCT
    if category == "Cc" or category in ("Cf", "Zl", "Zp") and code != 0xAD:
        bits |= C1_CNTRL
    if category in ("Zs", "Zl", "Zp") or _in(code, (9, 13)) or code == 0x85:
        bits |= C1_SPACE
    if code == 9 or category == "Zs":
        bits |= C1_BLANK
    if _in(code, (0x30, 0x39), (0x41, 0x46), (0x61, 0x66), (0xFF10, 0xFF19), (0xFF21, 0xFF26), (0xFF41, 0xFF46)):
        bits |= C1_XDIGIT
    if code in (0xAA, 0xBA):
        bits = C1_DEFINED | C1_LOWER | C1_ALPHA
    return bits


def ctype2(code):
    char = chr(code)
    if unicodedata.category(char) == "Cn":
        return 0
    direction = unicodedata.bidirectional(char)
    if 0xE000 <= code < 0xF900 or 0xD800 <= code < 0xE000:
        return 0 if code < 0xE000 else 1
    return C2.get(direction, 11)


def ctype3(code, c1):
    if 0xD800 <= code < 0xDC00:
        return C3_HIGHSURROGATE
    if 0xDC00 <= code < 0xE000:
        return C3_LOWSURROGATE
    char = chr(code)
    category = unicodedata.category(char)
    if category in ("Cn", "Co"):
        return 0
    bits = 0
    if c1 & C1_ALPHA:
        bits |= C3_ALPHA
    if category in ("Mn", "Me", "Mc"):
        bits |= C3_NONSPACING
        if _in(code, (0x300, 0x36F), (0x483, 0x487), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF),
               (0xFE20, 0xFE2F), (0x3099, 0x309A)):
            bits |= C3_DIACRITIC
        if _in(code, (0x5B0, 0x5C7), (0x64B, 0x655), (0x93A, 0x94C), (0xE31, 0xE3A)):
            bits |= C3_VOWELMARK
    decomposition = unicodedata.decomposition(char)
    if decomposition and not decomposition.startswith("<") and len(decomposition.split()) > 1 and c1 & C1_ALPHA:
        if unicodedata.combining(chr(int(decomposition.split()[-1], 16))):
            bits |= C3_DIACRITIC | C3_NONSPACING
    if code in (0x5E, 0x60, 0xA8, 0xAF, 0xB4, 0xB8) or _in(code, (0x2C6, 0x2DD)) and category == "Sk":
        bits |= C3_DIACRITIC | C3_SYMBOL
    if category[0] in "PS" and not bits & C3_DIACRITIC or category == "No" or code == 0xAD:
        bits |= C3_SYMBOL
    if _in(code, (0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)):
        bits |= C3_HALFWIDTH | (C3_SYMBOL if category[0] in "PS" else 0)
    if _in(code, (0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A), (0x20, 0x20)):
        bits |= C3_HALFWIDTH
    if _in(code, (0x3041, 0x3096), (0x309D, 0x309F)):
        bits |= C3_HIRAGANA
    if _in(code, (0x30A1, 0x30FA), (0x30FD, 0x30FF), (0x31F0, 0x31FF)):
        bits |= C3_KATAKANA | C3_FULLWIDTH
    if code == 0x30FC:
        bits |= C3_KATAKANA | C3_HIRAGANA
    if _in(code, (0xFF66, 0xFF9D)):
        bits |= C3_KATAKANA | C3_HALFWIDTH
    if _in(code, (0xFF61, 0xFF65), (0xFF9E, 0xFF9F), (0xFFA0, 0xFFDC), (0xFFE8, 0xFFEE)):
        bits |= C3_HALFWIDTH
    if _in(code, (0x3000, 0x3030), (0xFF01, 0xFF60), (0xFFE0, 0xFFE6), (0x3131, 0x318E)):
        bits |= C3_FULLWIDTH
    if _in(code, (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF)) or code in (0x3005, 0x3007):
        bits |= C3_IDEOGRAPH
    if code in (0x20, 0xA0):
        bits |= C3_SYMBOL
    if code == 0x2D:
        bits &= ~C3_SYMBOL
    if code == 0x640:
        bits |= C3_KASHIDA | C3_LEXICAL
    if code in (0x27, 0x2D, 0x5F, 0xAD, 0x2010, 0x2011, 0x2019, 0x200C, 0x200D):
        bits |= C3_LEXICAL
    return bits


def ctype_block():
    numbers, triples, values = {}, [], []
    for code in range(0x10000):
        c1 = ctype1(code)
        triple = (c1, ctype2(code), ctype3(code, c1))
        if triple not in numbers:
            numbers[triple] = len(numbers)
            triples.extend(triple)
        values.append(numbers[triple])
    assert len(numbers) < 256
    index, pages = two_level(values, 64, 16)
    at = 16 + 2048
    at_triples = at + len(pages)
    blob = struct.pack("<1024H", *index) + bytes(pages) + struct.pack("<%dH" % len(triples), *triples)
    blob += b"\0" * (-len(blob) % 4)
    return struct.pack("<IIII", 16 + len(blob), 16, at, at_triples) + blob
