#!/usr/bin/env python3
"""Makes the API set schema of ntdll.dll (PEB.ApiSetMap, version 6) from dlls/ntdll/apiset.list.

    apiset.py LIST          prints C: the table as ULONGs
    apiset.py LIST names    prints C for host code: each set's name, without the last number, and its host

Layout: API_SET_NAMESPACE, entries sorted by name, values, hash entries sorted by hash, strings in UTF-16.
"""
import struct
import sys

HASH_FACTOR = 31


def read(path):
    sets = {}
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        host, names = line.split(":")
        host = "" if host == "-" else host if "." in host and not host.startswith("windows") else host + ".dll"
        for name in names.split():
            if not name.startswith(("ext-", "api-")):
                name = "api-ms-win-" + name
            hashed = name.rsplit("-", 1)[0]
            if hashed in sets:
                raise SystemExit("%s:%d: %s is given twice" % (path, number, hashed))
            sets[hashed] = (name, host)
    return sorted(sets.values())


def main():
    sets = read(sys.argv[1])
    if sys.argv[2:] == ["names"]:
        print("/* Made by tools/apiset.py. */\nstatic const struct api_set {\n    const char *name, *host;\n} api_sets[] = {")
        for name, host in sorted((name.rsplit("-", 1)[0], host) for name, host in sets):
            print('    { "%s", "%s" },' % (name, host))
        print("};")
        return
    strings, offsets = bytearray(), {}
    header, entry, value, hash_entry = 28, 24, 20, 8
    entries_at = header
    values_at = entries_at + entry * len(sets)
    hashes_at = values_at + value * len(sets)
    strings_at = hashes_at + hash_entry * len(sets)

    def string(text):
        if text not in offsets:
            offsets[text] = strings_at + len(strings)
            strings.extend(text.encode("utf-16-le"))
        return offsets[text], 2 * len(text)

    entries, values, hashes = b"", b"", []
    for index, (name, host) in enumerate(sets):
        hashed = name.rsplit("-", 1)[0]
        number = 0
        for char in hashed:
            number = (number * HASH_FACTOR + ord(char)) & 0xFFFFFFFF
        hashes.append((number, index))
        at, size = string(name)
        entries += struct.pack("<6I", 1 if host else 0, at, size, 2 * len(hashed), values_at + value * index, 1)
        at, size = string(host) if host else (0, 0)
        values += struct.pack("<5I", 0, 0, 0, at, size)
    if len({number for number, _ in hashes}) != len(hashes):
        raise SystemExit("two sets have one hash")
    if len(strings) % 4:
        strings += b"\0\0"
    blob = struct.pack("<7I", 6, strings_at + len(strings), 0, len(sets), entries_at, hashes_at, HASH_FACTOR)
    blob += entries + values + b"".join(struct.pack("<2I", *pair) for pair in sorted(hashes)) + bytes(strings)
    words = struct.unpack("<%dI" % (len(blob) // 4), blob)
    print("/* Made by tools/apiset.py. */\n#include \"ldr.h\"\nconst ULONG apiset_map[] = {")
    for i in range(0, len(words), 8):
        print("    " + " ".join("0x%x," % word for word in words[i:i + 8]))
    print("};")


if __name__ == "__main__":
    main()
