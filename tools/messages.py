#!/usr/bin/env python3
"""Makes a message table resource: messages.py winerror|ntstatus HEADER TEXTS >FILE.bin

The codes come from mingw-w64's winerror.h or ntstatus.h, the texts from tools/messages.txt; where that has none, the
constant's name is turned into words.
"""
import re
import struct
import sys

PREFIXES = re.compile(r"^(ERROR|STATUS|RPC_S|RPC_X|EPT_S|WSA_E|WSAE|WSA|CO_E|E|DISP_E|TYPE_E|STG_E|OLE_E|REGDB_E|CLASS_E|RPC_E|"
                      r"MK_E|NTE|CRYPT_E|SEC_E|TRUST_E|DRAGDROP_E|VIEW_E|OR|DNS_ERROR|CTX|NT)_?(?=[A-Z])")


def words(name):
    """ERROR_CTX_INVALID_PD to "Ctx invalid pd."."""
    text = PREFIXES.sub("", name).replace("_", " ").lower()
    return text[:1].upper() + text[1:] + "."


def codes(kind, header):
    """[(code, name)] sorted, the first name of a code."""
    result, order = {}, []
    hresult = re.compile(r"^#define\s+(\w+)\s+_HRESULT_TYPEDEF_\((0x[0-9A-Fa-f]+)\)")
    win32 = re.compile(r"^#define\s+((?:ERROR|RPC|EPT|WSA|OR|WAIT|DNS_ERROR)\w+)\s+(?:__MSABI_LONG\()?(\d+)\)?\s*(?:/\*.*)?$")
    status = re.compile(r"^#define\s+(\w+)\s+\(\(NTSTATUS\)\s*(0x[0-9A-Fa-f]+)\)")
    for line in open(header, encoding="utf-8", errors="replace"):
        for pattern in (status,) if kind == "ntstatus" else (hresult, win32):
            match = pattern.match(line)
            if match:
                code = int(match.group(2), 0)
                if match.group(1) not in ("NO_ERROR", "ERROR_SEVERITY_SUCCESS") and code not in result:
                    result[code] = match.group(1)
                    order.append(code)
    if kind == "winerror":
        result[258] = "WAIT_TIMEOUT"
    return sorted(result.items())


def entry(text):
    raw = (text + "\r\n").encode("utf-16-le") + b"\0\0"
    raw += b"\0" * (-len(raw) % 4)
    return struct.pack("<HH", 4 + len(raw), 1) + raw


def main():
    kind, header, texts = sys.argv[1:]
    known = {}
    for line in open(texts, encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            name, text = line.rstrip("\n").split(" ", 1)
            known[name] = text
    blocks = []
    for code, name in codes(kind, header):
        if not blocks or blocks[-1][1] != code - 1:
            blocks.append([code, code, b""])
        blocks[-1][1] = code
        blocks[-1][2] += entry(known.get(name) or words(name))
    at = 4 + 12 * len(blocks)
    table = struct.pack("<I", len(blocks))
    for first, last, data in blocks:
        table += struct.pack("<III", first, last, at)
        at += len(data)
    sys.stdout.buffer.write(table + b"".join(b[2] for b in blocks))


if __name__ == "__main__":
    main()
