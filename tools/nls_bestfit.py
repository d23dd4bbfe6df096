"""Best fit of WideCharToMultiByte: what a character without an exact mapping becomes.

Letters lose their marks, compatibility forms become what they stand for, and the list below adds look-alikes. The
rules are those seen in the best fit tables that Microsoft published for the ANSI pages.
"""
import unicodedata

# character: alternatives, the first that the page has is taken
LOOK_ALIKE = {
    0x00A0: " ", 0x00A1: "!", 0x00A2: "c", 0x00A3: "L", 0x00A4: "\u263c", 0x00A5: "Y", 0x00A6: "|",
    0x00A9: "c", 0x00AA: "a", 0x00AB: "<", 0x00AC: "\u2310", 0x00AD: "-", 0x00AE: "r", 0x00AF: "_",
    0x00B2: "2", 0x00B3: "3", 0x00B4: "'", 0x00B5: "\u03bc\u03bc", 0x00B7: "\u2219.", 0x00B8: ",", 0x00B9: "1",
    0x00BA: "o", 0x00BB: ">", 0x00C6: "A", 0x00D0: "\u0110D", 0x00D7: "x", 0x00D8: "O", 0x00DE: "T", 0x00E6: "a",
    0x00F0: "d", 0x00F8: "o", 0x00FE: "t", 0x00DF: "\u03b2",
    0x0110: "\u00d0D", 0x0111: "d", 0x0126: "H", 0x0127: "h", 0x0131: "i", 0x0141: "L", 0x0142: "l",
    0x0152: "O", 0x0153: "o", 0x0166: "T", 0x0167: "t", 0x0180: "b", 0x0189: "\u00d0\u0110D", 0x0191: "\u0192F",
    0x0192: "f", 0x0197: "I", 0x019A: "l", 0x019F: "O", 0x01AB: "t", 0x01AE: "T", 0x01B6: "z", 0x01C0: "|",
    0x01C3: "!", 0x01E4: "G", 0x01E5: "g", 0x0261: "g", 0x02B9: "'", 0x02BA: '"', 0x02BC: "'", 0x02C4: "^",
    0x02C6: "^", 0x02C8: "'", 0x02C9: "\u00af", 0x02CA: "\u00b4", 0x02CB: "`", 0x02CD: "_", 0x02DA: "\u00b0",
    0x02DC: "~", 0x0300: "`", 0x0301: "\u00b4", 0x0302: "^", 0x0303: "~", 0x0304: "\u00af", 0x0305: "\u00af",
    0x0308: "\u00a8", 0x030A: "\u00b0", 0x030E: '"', 0x0327: "\u00b8", 0x0331: "_", 0x0332: "_", 0x037E: ";",
    0x0393: "G", 0x0398: "T", 0x03A3: "S", 0x03A6: "F", 0x03A9: "O", 0x03B1: "a", 0x03B4: "d", 0x03B5: "e",
    0x03BC: "\u00b5", 0x03C0: "p", 0x03C3: "s", 0x03C4: "t", 0x03C6: "f", 0x04BB: "h", 0x0589: ":", 0x066A: "%",
    0x2010: "-", 0x2011: "-", 0x2012: "-", 0x2013: "-", 0x2014: "-", 0x2015: "-", 0x2016: "|", 0x2017: "=",
    0x2018: "'", 0x2019: "'", 0x201A: "'", 0x201B: "'", 0x201C: '"', 0x201D: '"', 0x201E: '"', 0x201F: '"',
    0x2020: "+", 0x2021: "\u00d8+", 0x2022: "\u00b7\u2219.", 0x2024: "\u00b7", 0x2026: ".", 0x2030: "%",
    0x2032: "'", 0x2033: '"', 0x2035: "`", 0x2039: "<", 0x203A: ">", 0x203C: "!", 0x2044: "/",
    0x20A1: "\u00a2", 0x20A4: "\u00a3", 0x20A7: "P", 0x20AC: "\u00a4", 0x2118: "P", 0x2122: "T", 0x2126: "\u03a9O",
    0x212E: "e", 0x2205: "\u00d8", 0x2212: "-", 0x2213: "\u00b1", 0x2215: "/", 0x2216: "\\", 0x2217: "*",
    0x2218: "\u00b0", 0x2219: "\u00b7", 0x221A: "v", 0x221E: "8", 0x2223: "|", 0x2229: "n", 0x2236: ":",
    0x223C: "~", 0x2248: "\u02dc~", 0x2261: "=", 0x2264: "=", 0x2265: "=", 0x226A: "\u00ab", 0x226B: "\u00bb",
    0x22C5: "\u00b7", 0x2302: "\u00a6", 0x2303: "^", 0x2310: "\u00ac", 0x2320: "(", 0x2321: ")", 0x2329: "<",
    0x232A: ">", 0x2500: "-", 0x2502: "\u00a6|", 0x250C: "+", 0x2510: "+", 0x2514: "+", 0x2518: "+", 0x251C: "+",
    0x2524: "\u00a6|", 0x252C: "-", 0x2534: "-", 0x253C: "+", 0x2550: "-", 0x2551: "\u00a6|", 0x2552: "+",
    0x2553: "+", 0x2554: "+", 0x2555: "+", 0x2556: "+", 0x2557: "+", 0x2558: "+", 0x2559: "+", 0x255A: "+",
    0x255B: "+", 0x255C: "+", 0x255D: "+", 0x255E: "\u00a6|", 0x255F: "\u00a6|", 0x2560: "\u00a6|",
    0x2561: "\u00a6|", 0x2562: "\u00a6|", 0x2563: "\u00a6|", 0x2564: "-", 0x2565: "-", 0x2566: "-", 0x2567: "-",
    0x2568: "-", 0x2569: "-", 0x256A: "+", 0x256B: "+", 0x256C: "+", 0x2580: "\u00af", 0x2584: "_",
    0x2588: "\u00a6", 0x258C: "\u00a6", 0x2590: "\u00a6", 0x2591: "\u00a6", 0x2592: "\u00a6", 0x2593: "\u00a6",
    0x25A0: "\u00a6", 0x263C: "\u00a4", 0x2758: "|", 0x3000: " ", 0x3008: "<", 0x3009: ">", 0x301A: "\u00ab",
    0x301B: "\u00bb",
}

# The glyphs of the OEM pages' control characters, which map to them one way.
OEM = (437, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 864, 865, 866, 869)
OEM_GLYPHS = {
    0x263A: 1, 0x263B: 2, 0x2665: 3, 0x2666: 4, 0x2663: 5, 0x2660: 6, 0x2022: 7, 0x25D8: 8, 0x25CB: 9, 0x25D9: 10,
    0x2642: 11, 0x2640: 12, 0x266A: 13, 0x266B: 14, 0x263C: 15, 0x25BA: 16, 0x25C4: 17, 0x2195: 18, 0x203C: 19,
    0x00B6: 20, 0x00A7: 21, 0x25AC: 22, 0x21A8: 23, 0x2191: 24, 0x2193: 25, 0x2192: 26, 0x2190: 27, 0x221F: 28,
    0x2194: 29, 0x25B2: 30, 0x25BC: 31, 0x2302: 127,
}
SINGLE = ("<wide>", "<narrow>", "<font>", "<super>", "<sub>", "<noBreak>", "<compat>")


def _stripped(char):
    """The character that `char` comes down to, or None."""
    decomposition = unicodedata.decomposition(char).split()
    if not decomposition:
        return None
    if decomposition[0].startswith("<"):
        if decomposition[0] not in SINGLE or len(decomposition) != 2:
            return None
        return chr(int(decomposition[1], 16))
    if len(decomposition) > 1 and not unicodedata.combining(chr(int(decomposition[1], 16))):
        return None
    return chr(int(decomposition[0], 16))


def fit(codepage, exact):
    """{character: bytes as number} for characters that are not in `exact`."""
    result = {}
    for code in range(0x80, 0x10000):
        if code in exact or 0xAC00 <= code < 0xF900:
            continue
        if codepage in OEM and code in OEM_GLYPHS:
            result[code] = OEM_GLYPHS[code]
            continue
        for other in LOOK_ALIKE.get(code, ""):
            if ord(other) in exact:
                result[code] = exact[ord(other)]
                break
        else:
            char = _stripped(chr(code))
            while char and ord(char) not in exact:
                char = _stripped(char)
            if char and (code < 0x2E80 or code >= 0xFF00 or code == 0x3000):
                result[code] = exact[ord(char)]
    return result
