#!/usr/bin/env python3
"""Makes the table behind RtlNtStatusToDosError from dlls/ntdll/status.list: sorted by status.

    status.py LIST INCLUDE      INCLUDE is the folder with ntstatus.h and winerror.h
"""
import os
import re
import sys


def values(path, prefix):
    """Names to numbers of '#define PREFIX_NAME …number…' lines."""
    result = {}
    for name, text in re.findall(r"^#define\s+%s(\w+)\s+(.*)$" % prefix, open(path, errors="replace").read(), re.M):
        numbers = re.findall(r"\b(0x[0-9A-Fa-f]+|\d+)[lLuU]*\b", text)
        if numbers:
            result[name] = int(numbers[-1], 0)
    return result


def main():
    path, include = sys.argv[1:]
    statuses = values(os.path.join(include, "ntstatus.h"), "STATUS_")
    statuses.update({k: v for k, v in values(os.path.join(include, "winnt.h"), "STATUS_").items() if k not in statuses})
    errors = values(os.path.join(include, "winerror.h"), "ERROR_")
    errors.update(ABANDONED_WAIT_0=735, WAIT_IO_COMPLETION=0xC0)
    table = {}
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        status, error = words
        if status not in statuses:
            raise SystemExit("%s:%d: no STATUS_%s in ntstatus.h" % (path, number, status))
        if not error[0].isdigit() and error not in errors:
            raise SystemExit("%s:%d: no ERROR_%s in winerror.h" % (path, number, error))
        table[statuses[status]] = errors[error] if error in errors else int(error, 0)
    print("/* Made by tools/status.py. */\nstatic const struct {\n    unsigned status, error;\n} status_table[] = {")
    for status in sorted(table):
        print("    { 0x%08x, 0x%x }," % (status, table[status]))
    print("};")


if __name__ == "__main__":
    main()
