#!/usr/bin/env python3
"""How much of what programs import our DLLs export.

    coverage.py DLLS IMPORTS [--missing N] [--dll NAME]

DLLS is the folder of the DLLs, IMPORTS a table "dll<TAB>function<TAB>programs" with one line of titles: how many programs
import the function. API sets count for the DLL that serves them, as dlls/ntdll/apiset.list says. Prints, for each DLL, how
many of its imported functions are exported, and their share weighted by programs; then the N (40) most wanted that are
missing. --dll looks at one DLL alone.
"""
import argparse
import collections
import os
import sys

import apiset
import declarations


def read_imports(path, sets):
    """{dll: {function: programs}}, API sets resolved."""
    wanted = collections.defaultdict(collections.Counter)
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        fields = line.rstrip("\n").split("\t")
        if number == 1:
            continue
        if len(fields) != 3 or not fields[2].isdigit():
            raise SystemExit("%s:%d: not 'dll<TAB>function<TAB>programs'" % (path, number))
        dll = fields[0].lower()
        dll = sets.get(dll.rsplit("-", 1)[0], dll) if dll.startswith(("api-", "ext-")) else dll
        wanted[dll][fields[1]] += int(fields[2])
    return wanted


def read_exports(folder):
    """{dll: names and "#ordinal"s}, of every folder with an .exports file."""
    exports = {}
    for name in os.listdir(folder):
        path = os.path.join(folder, name, name + ".exports")
        if not os.path.exists(path):
            continue
        items = declarations.read(path)
        exports[name if "." in name else name + ".dll"] = (
            {item.name for item in items} | {"#%d" % item.ordinal for item in items if item.ordinal is not None})
    return exports


def main():
    parser = argparse.ArgumentParser(description="Share of imported functions that are exported.")
    parser.add_argument("dlls")
    parser.add_argument("imports")
    parser.add_argument("--missing", type=int, default=40, metavar="N")
    parser.add_argument("--dll", type=str.lower)
    options = parser.parse_args()
    sets = {name.rsplit("-", 1)[0]: host for name, host in
            apiset.read(os.path.join(options.dlls, "ntdll", "apiset.list")) if host}
    wanted, exports = read_imports(options.imports, sets), read_exports(options.dlls)
    missing, rows = [], []
    for dll, functions in wanted.items():
        if options.dll and dll != options.dll:
            continue
        have = exports.get(dll, set())
        weight = sum(functions.values())
        done = sum(count for name, count in functions.items() if name in have)
        rows.append((weight, dll, sum(name in have for name in functions), len(functions), done))
        missing += [(count, dll, name) for name, count in functions.items() if name not in have]
    if not rows:
        raise SystemExit("coverage.py: nothing imports %s" % options.dll if options.dll else "coverage.py: no imports")
    rows.append((sum(row[0] for row in rows), "all", *(sum(row[i] for row in rows) for i in (2, 3, 4))))
    print("%-28s %11s %9s" % ("DLL", "functions", "weighted"))
    for weight, dll, have, count, done in sorted(rows, key=lambda row: (row[1] == "all", -row[0], row[1])):
        print("%-28s %4d / %4d %7.1f %%" % (dll, have, count, 100 * done / weight if weight else 100))
    missing.sort(key=lambda item: (-item[0], item[1:]))
    if missing[:options.missing]:
        print("\nmost wanted, missing:")
    for count, dll, name in missing[:options.missing]:
        print("%6d  %s %s" % (count, dll, name))


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit("coverage.py: %s" % error)
