"""Windows code pages from Python's codecs, with what Windows adds: every byte of a single-byte page is mapped
(C1 controls and private use fill the holes), user-defined areas of the double-byte pages, best fit."""
import functools
import struct
import unicodedata

import nls_bestfit

NAMES = {
    37: "IBM EBCDIC - U.S./Canada", 437: "OEM - United States", 500: "IBM EBCDIC - International",
    720: "Transparent ASMO", 737: "OEM - Greek 437G", 775: "OEM - Baltic", 850: "OEM - Multilingual Latin I",
    852: "OEM - Latin II", 855: "OEM - Cyrillic", 857: "OEM - Turkish", 858: "OEM - Multilingual Latin I + Euro",
    860: "OEM - Portuguese", 861: "OEM - Icelandic", 862: "OEM - Hebrew", 863: "OEM - Canadian French",
    864: "OEM - Arabic", 865: "OEM - Nordic", 866: "OEM - Russian", 869: "OEM - Modern Greek",
    874: "ANSI/OEM - Thai", 932: "ANSI/OEM - Japanese Shift-JIS", 936: "ANSI/OEM - Simplified Chinese GBK",
    949: "ANSI/OEM - Korean", 950: "ANSI/OEM - Traditional Chinese Big5", 1026: "IBM EBCDIC - Turkish (Latin-5)",
    1250: "ANSI - Central Europe", 1251: "ANSI - Cyrillic", 1252: "ANSI - Latin I", 1253: "ANSI - Greek",
    1254: "ANSI - Turkish", 1255: "ANSI - Hebrew", 1256: "ANSI - Arabic", 1257: "ANSI - Baltic",
    1258: "ANSI/OEM - Viet Nam", 1361: "Korean - Johab", 10000: "MAC - Roman", 10006: "MAC - Greek I",
    10007: "MAC - Cyrillic", 10029: "MAC - Latin II", 10079: "MAC - Icelandic", 10081: "MAC - Turkish",
    20127: "US-ASCII", 20866: "Russian - KOI8", 21866: "Ukrainian - KOI8-U", 28591: "ISO 8859-1 Latin I",
    28592: "ISO 8859-2 Central Europe", 28593: "ISO 8859-3 Latin 3", 28594: "ISO 8859-4 Baltic",
    28595: "ISO 8859-5 Cyrillic", 28596: "ISO 8859-6 Arabic", 28597: "ISO 8859-7 Greek",
    28598: "ISO 8859-8 Hebrew: Visual Ordering", 28599: "ISO 8859-9 Latin 5", 28603: "ISO 8859-13 Latin 7",
    28605: "ISO 8859-15 Latin 9",
}
CODECS = {1361: "johab", 10000: "mac_roman", 10006: "mac_greek", 10007: "mac_cyrillic", 10029: "mac_latin2",
          10079: "mac_iceland", 10081: "mac_turkish", 20127: "ascii", 20866: "koi8_r", 21866: "koi8_u",
          936: "gbk", 37: "cp037"}
ALL = sorted(NAMES)
DOUBLE = {932: [(0x81, 0x9F), (0xE0, 0xFC)], 936: [(0x81, 0xFE)], 949: [(0x81, 0xFE)], 950: [(0x81, 0xFE)],
          1361: [(0x84, 0xD3), (0xD8, 0xDE), (0xE0, 0xF9)]}
EBCDIC = (37, 500, 1026)

# Bytes that Python's tables leave out.
HOLES = {
    857: {0xD5: 0xF8BB, 0xE7: 0xF8BC, 0xF2: 0xF8BD},
    874: {**{0xDB + i: 0xF8C1 + i for i in range(4)}, **{0xFC + i: 0xF8C5 + i for i in range(4)}},
    932: {0x80: 0x80, 0xA0: 0xF8F0, 0xFD: 0xF8F1, 0xFE: 0xF8F2, 0xFF: 0xF8F3},
    936: {0x80: 0x20AC, 0xFF: 0xF8F5},
    949: {0x80: 0x80, 0xFF: 0xF8F7},
    950: {0x80: 0x80, 0xFF: 0xF8F8},
    1253: {0xAA: 0xF8F9, 0xD2: 0xF8FA, 0xFF: 0xF8FB},
    1255: {0xCA: 0x05BA, **{0xD9 + i: 0xF88D + i for i in range(7)}, 0xFB: 0xF894, 0xFC: 0xF895, 0xFF: 0xF896},
    1257: {0xA1: 0xF8FC, 0xA5: 0xF8FD},
}


def codec(codepage):
    if codepage in CODECS:
        return CODECS[codepage]
    return "iso8859_%d" % (codepage - 28590) if 28591 <= codepage <= 28605 else "cp%d" % codepage


def decode(data, codepage):
    try:
        text = data.decode(codec(codepage))
    except UnicodeDecodeError:
        return None
    return ord(text) if len(text) == 1 and ord(text) < 0x10000 else None


def user_defined(codepage):
    """{two-byte code: private use character} of the areas for characters of the user's own."""
    result, code = {}, 0xE000
    if codepage == 932:
        for lead in range(0xF0, 0xFA):
            for trail in list(range(0x40, 0x7F)) + list(range(0x80, 0xFD)):
                result[lead << 8 | trail], code = code, code + 1
    elif codepage == 936:
        for leads, trails in ((range(0xAA, 0xB0), range(0xA1, 0xFF)), (range(0xF8, 0xFF), range(0xA1, 0xFF)),
                              (range(0xA1, 0xA8), [t for t in range(0x40, 0xA1) if t != 0x7F])):
            for lead in leads:
                for trail in trails:
                    result[lead << 8 | trail], code = code, code + 1
    elif codepage == 949:
        for lead in (0xC9, 0xFE):
            for trail in range(0xA1, 0xFF):
                result[lead << 8 | trail], code = code, code + 1
    elif codepage == 950:
        for leads in (range(0xFA, 0xFF), range(0x8E, 0xA1), range(0x81, 0x8E), range(0xC6, 0xC9)):
            for lead in leads:
                for trail in list(range(0x40, 0x7F)) + list(range(0xA1, 0xFF)):
                    if lead == 0xC6 and trail < 0xA1:
                        continue
                    result[lead << 8 | trail], code = code, code + 1
    return result


@functools.lru_cache(None)
def mapping(codepage):
    """({bytes as number: character}, {lead byte}) both ways exact."""
    leads = set()
    for first, last in DOUBLE.get(codepage, []):
        leads.update(range(first, last + 1))
    result = {}
    for byte in range(256):
        if byte in leads:
            continue
        char = decode(bytes([byte]), codepage)
        char = HOLES.get(codepage, {}).get(byte, char)
        if codepage == 20127 and byte >= 0x80:
            char = byte & 0x7F
        if codepage == 1361 and byte == 0x5C:
            char = 0x20A9
        if codepage == 932 and byte < 0x80:
            char = byte
        if char is None and codepage not in DOUBLE:
            char = byte if byte < 0xA0 else None
        if char is not None:
            result[byte] = char
    if leads:
        own = user_defined(codepage)
        for lead in sorted(leads):
            for trail in range(0x31 if codepage == 1361 else 0x40, 0xFF):
                code = lead << 8 | trail
                char = decode(bytes([lead, trail]), codepage)
                if char is None or 0xE000 <= char < 0xF8FF:
                    char = own.get(code, char)
                if char is not None:
                    result[code] = char
    return result, leads


def reverse(codepage, forward):
    """{character: bytes as number}: exact, then best fit."""
    result = {}
    encoding = codec(codepage)
    for code, char in forward.items():
        if codepage == 20127 and code >= 0x80:
            continue
        if char in result and codepage in DOUBLE:
            try: # several codes for one character: what the codec prefers
                data = chr(char).encode(encoding)
                if int.from_bytes(data, "big") == code:
                    result[char] = code
            except UnicodeEncodeError:
                pass
        elif char not in result:
            result[char] = code
    for char, code in nls_bestfit.fit(codepage, dict(result)).items():
        result.setdefault(char, code)
    return result


def block(codepage):
    forward, leads = mapping(codepage)
    backward = reverse(codepage, forward)
    default = 0x6F if codepage in EBCDIC else 0x3F
    unicode_default = {932: 0x30FB, 936: 0x30FB if False else 0xFFFD}.get(codepage, 0xFFFD if codepage in DOUBLE else 0)
    if codepage == 932:
        unicode_default = 0x30FB
    elif codepage in DOUBLE:
        unicode_default = 0x3F
    else:
        unicode_default = 0x3F
    missing = unicode_default
    wide_size = len(leads) > 0
    head_size = 4 + 4 + 8 + 12 + 20 + 64
    to_wide = [forward.get(b, missing if b not in leads else 0) for b in range(256)]
    body = struct.pack("<256H", *to_wide)
    offsets = {"to_wide": head_size, "lead": 0, "trail": 0}
    at = head_size + len(body)
    if leads:
        numbers, tables, seen = [0] * 256, [], {}
        for lead in sorted(leads):
            table = tuple(forward.get(lead << 8 | t, missing) for t in range(256))
            if table not in seen:
                seen[table] = len(seen) + 1
                tables.append(struct.pack("<256H", *table))
            numbers[lead] = seen[table]
        offsets["lead"], offsets["trail"] = at, at + 256
        body += bytes(numbers) + b"".join(tables)
        at = head_size + len(body)
    values = [backward.get(c, default) for c in range(0x10000)]
    seen, index, pages = {}, [], []
    for start in range(0, 0x10000, 256):
        page = struct.pack("<256H" if wide_size else "<256B", *values[start:start + 256])
        if page not in seen:
            seen[page] = len(seen)
            pages.append(page)
        index.append(seen[page])
    offsets["index"], offsets["pages"] = at, at + 512
    body += struct.pack("<256H", *index) + b"".join(pages)
    ranges = [n for pair in DOUBLE.get(codepage, []) for n in pair]
    name = ("%-6d(%s)" % (codepage, NAMES[codepage])).encode()
    ascii_ = all(forward.get(b) == b and backward.get(b) == b for b in range(128))
    trans_unicode = backward.get(unicode_default, default)
    head = struct.pack("<IHBBHHHH12sIIIII64s", head_size + len(body), codepage, 2 if leads else 1, int(ascii_),
                       default, unicode_default, forward[default], trans_unicode,
                       bytes(ranges), offsets["to_wide"], offsets["lead"], offsets["trail"], offsets["index"],
                       offsets["pages"], name)
    assert len(head) == head_size
    return head + body
