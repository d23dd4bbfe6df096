"""Decomposition, combining classes and composition, from Python's unicodedata (struct nls_normalize)."""
import struct
import sys
import unicodedata


def utf16(text):
    raw = text.encode("utf-16-le", "surrogatepass")
    return struct.unpack("<%dH" % (len(raw) // 2), raw)


def block():
    decompositions, pool, places, classes, pairs = [], [], {}, [], []

    def place(units):
        if units not in places:
            places[units] = len(pool)
            pool.extend(units)
        return places[units]

    for code in range(0x110000):
        if 0xD800 <= code < 0xE000 or 0xAC00 <= code < 0xD7A4:
            continue
        char = chr(code)
        combining = unicodedata.combining(char)
        if combining:
            if classes and classes[-1][1] == code - 1 and classes[-1][2] == combining:
                classes[-1][1] = code
            else:
                classes.append([code, code, combining])
        rule = unicodedata.decomposition(char)
        if not rule:
            continue
        for compat, form in ((0, "NFD"), (1, "NFKD")):
            full = unicodedata.normalize(form, char)
            if compat and full == unicodedata.normalize("NFD", char):
                continue
            if full != char:
                units = utf16(full)
                decompositions.append((code << 1 | compat, place(units), len(units)))
        parts = rule.split()
        if len(parts) == 2 and not rule.startswith("<") and unicodedata.normalize("NFC", char) == char:
            pairs.append((int(parts[0], 16), int(parts[1], 16), code))
    decompositions.sort()
    pairs.sort()
    head = 8 * 4
    blob = b"".join(struct.pack("<IHH", *entry) for entry in decompositions)
    at_classes = head + len(blob)
    blob += b"".join(struct.pack("<III", *entry) for entry in classes)
    at_pairs = head + len(blob)
    blob += b"".join(struct.pack("<III", *entry) for entry in pairs)
    at_pool = head + len(blob)
    blob += struct.pack("<%dH" % len(pool), *pool)
    blob += b"\0" * (-len(blob) % 4)
    return struct.pack("<8I", head + len(blob), head, len(decompositions), at_classes, len(classes), at_pairs,
                       len(pairs), at_pool) + blob


if __name__ == "__main__":
    sys.stdout.buffer.write(block())
