#!/usr/bin/env python3
"""Makes linker input from dlls/NAME/NAME.exports.

    exports.py def ARCH FILE        module definition for linking the DLL
    exports.py implib ARCH FILE     module definition for dlltool, to make its import library
    exports.py base ARCH BASES NAME preferred base address of DLL NAME
    exports.py prototypes FILE HEADERS...  C prototypes, without system calls and what HEADERS declare
"""
import functools
import os
import sys

import declarations


def module_name(path):
    """The DLL's file name: the folder's, unless a line 'file NAME' style folder already has an extension."""
    name = os.path.basename(os.path.dirname(os.path.abspath(path)))
    return name if "." in name else name + ".dll"


def suffix(declaration):
    text = ""
    if declaration.ordinal is not None:
        text += " @%d" % declaration.ordinal
        if declaration.noname:
            text += " NONAME"
    if declaration.data:
        text += " DATA"
    return text


def quoted(name):
    return '"%s"' % name if any(c in name for c in "?@$.") else name


def print_def(arch, path):
    print('LIBRARY "%s"\nEXPORTS' % module_name(path))
    for item in declarations.read(path):
        if arch not in item.archs:
            continue
        if item.forward:
            target = quoted(item.forward)
        else:
            target = item.i386_symbol(item.symbol) if arch == "i386" else item.symbol
            target = quoted(target)
        name = quoted(item.name)
        print("  %s%s%s" % (name, "" if target == name else "=" + target, suffix(item)))


def followed(item, path):
    """The declaration that a forwarder leads to, which knows the arguments."""
    while item.forward:
        dll, target = item.forward.rsplit(".", 1)
        path = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(path))), dll, dll + ".exports")
        try:
            item = next(d for d in cached(path) if d.name == target)
        except (OSError, StopIteration):
            raise SystemExit("forward to %s.%s: no such export" % (dll, target))
    return item


@functools.lru_cache(None)
def cached(path):
    return declarations.read(path)


def print_implib(arch, path):
    print('LIBRARY "%s"\nEXPORTS' % module_name(path))
    for item in declarations.read(path):
        if arch not in item.archs:
            continue
        name = item.name
        if arch == "i386":
            name = followed(item, path).i386_symbol(item.name)
        print("  %s%s" % (quoted(name), suffix(item)))


def print_base(arch, bases, name):
    """64-bit DLLs lie from 0x180000000 up, 32-bit ones from 0x6a000000 up in steps of 4 MiB."""
    for line in open(bases, encoding="utf-8"):
        words = line.split("#")[0].split()
        if len(words) == 2 and words[0] == name:
            slot = int(words[1])
            print("0x%x" % (0x180000000 + slot * 0x1000000 if arch == "x86_64" else 0x6A000000 + slot * 0x400000))
            return
    raise SystemExit("%s: no slot for %s; add a line 'NAME NUMBER'" % (bases, name))


def print_prototypes(path, *headers):
    items = [item for item in declarations.read(path) if not item.name.startswith(("Nt", "Zw"))]
    print("/* Made by tools/exports.py. */\n#pragma once\n" + declarations.prototypes(items, headers))


def main():
    if len(sys.argv) < 4:
        raise SystemExit(__doc__)
    command = {"def": print_def, "implib": print_implib, "base": print_base,
               "prototypes": print_prototypes}[sys.argv[1]]
    command(*sys.argv[2:])


if __name__ == "__main__":
    main()
