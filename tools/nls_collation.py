"""Sort weights of the BMP from CLDR's root collation, and the tailorings of languages (struct nls_collation).

A weight is 32 bits: primary 16, secondary 9, tertiary 5; or, with bit 31 set, a number of weights at a place in the
expansion list. Primary weights are numbered anew, in steps that leave room for tailoring between letters of the
European alphabets.
"""
import re
import struct
import unicodedata

ALLKEYS = "/usr/share/unicode/cldr/common/uca/allkeys_CLDR.txt"
GAP = 12  # free primaries behind each European letter
GAP_UP_TO = 0x0590
ELEMENT = re.compile(r"\[[.*]([0-9A-F]+)\.([0-9A-F]+)\.([0-9A-F]+)\]")


def read_allkeys(path=ALLKEYS):
    """{character string: [(primary, secondary, tertiary)]} of one BMP character or contractions of them."""
    result = {}
    for line in open(path, encoding="utf-8"):
        match = re.match(r"^([0-9A-F ]+?)\s*;\s*(\S+)", line)
        if not match:
            continue
        text = "".join(chr(int(c, 16)) for c in match.group(1).split())
        if len(text) == 1 and ord(text) >= 0x10000:
            continue
        result[text] = [tuple(int(w, 16) for w in e) for e in ELEMENT.findall(match.group(2))]
    return result


class Weights:
    def __init__(self):
        raw = read_allkeys()
        primaries = sorted({e[0] for elements in raw.values() for e in elements if e[0] and e[0] < 0xFB00})
        self.secondaries = sorted({e[1] for elements in raw.values() for e in elements if e[1]})
        europe = {e[0] for text, elements in raw.items() if len(text) == 1 and ord(text) < GAP_UP_TO
                  and text.isalpha() for e in elements}
        number, at = {0: 0}, 2
        for primary in primaries:
            number[primary] = at
            at += GAP if primary in europe else 1
        self.han = at
        self.first_digit = number[raw["0"][0][0]]
        self.limit = at
        secondary = {value: i + 1 for i, value in enumerate(self.secondaries)}
        secondary[0] = 0
        assert len(self.secondaries) < 511
        self.elements = {}
        for text, elements in raw.items():
            if all(e[0] < 0xFB00 for e in elements):
                self.elements[text] = [(number[p], secondary[s], t) for p, s, t in elements]
        # 4E00-9FFF, 3400-4DBF, surrogates, private use
        self.surrogates = self.han + 0x5200 + 0x19C0
        assert self.surrogates + 0x800 + 0x1900 < 0xFFF0, self.han

    def of(self, code):
        char = chr(code)
        if char in self.elements:
            return self.elements[char]
        common = (self.elements["a"][0][1], 2)
        if 0x4E00 <= code < 0xA000:
            return [(self.han + code - 0x4E00,) + common]
        if 0x3400 <= code < 0x4DC0:
            return [(self.han + 0x5200 + code - 0x3400,) + common]
        if 0xD800 <= code < 0xE000:
            return [(self.surrogates + code - 0xD800,) + common]
        if 0xE000 <= code < 0xF900:
            return [(self.surrogates + 0x800 + code - 0xE000,) + common]
        if 0xAC00 <= code < 0xD7A4:
            return None
        text = unicodedata.normalize("NFD", char)
        if text != char:
            return [e for c in text for e in (self.of(ord(c)) or [])]
        return []


def pack(element):
    primary, secondary, tertiary = element
    return primary << 14 | secondary << 5 | tertiary


def block():
    weights = Weights()
    expansions, places, values = [], {}, []
    for code in range(0x10000):
        elements = weights.of(code)
        if elements is None:
            values.append(0)
        elif len(elements) <= 1:
            values.append(pack(elements[0]) if elements else 0)
        else:
            # letters that stand for two, such as sharp s, equal them
            plain = {4: 2, 0xA: 8}
            if chr(code) in "\u00df\u1e9e\u00e6\u00c6":
                elements = [e for e in elements if e[0]]
            packed = tuple(pack((p, s, plain.get(t, t))) for p, s, t in elements)
            if packed not in places:
                places[packed] = len(expansions)
                expansions.extend(packed)
            values.append(0x80000000 | len(packed) << 20 | places[packed])
    index, cells, seen = [], [], {}
    for start in range(0, 0x10000, 64):
        page = tuple(values[start:start + 64])
        if page not in seen:
            seen[page] = len(seen)
            cells.extend(page)
        index.append(seen[page])
    head = 8 * 4
    blob = struct.pack("<1024H", *index) + struct.pack("<%dI" % len(cells), *cells)
    at_expansions = head + len(blob)
    blob += struct.pack("<%dI" % len(expansions), *expansions)
    jamo = [weights.elements[chr(c)][0][0] for c in (0x1100, 0x1161, 0x11A8)]
    return struct.pack("<8I", head + len(blob), head, head + 2048, at_expansions, weights.first_digit,
                       weights.elements["a"][0][1], weights.han, jamo[0]) + blob


if __name__ == "__main__":
    w = Weights()
    print(hex(w.han), len(w.secondaries), len(block()))
