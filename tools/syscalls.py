#!/usr/bin/env python3
"""Makes both sides of the border from include/ferry/syscalls.list (table 0) and win32u.list (table 1).

    syscalls.py host LIST          the host's prototypes and table (ferry/syscall_table.h)
    syscalls.py stubs-x86_64 LIST  the Windows side's entry points, assembly
    syscalls.py stubs-i386 LIST
    syscalls.py pe LIST HEADERS... prototypes for Windows code, but for those that HEADERS declare
"""
import sys

import declarations


# What the generated names of a table begin with.
PREFIX = ("FERRY_SYSCALL", "FERRY_WIN32U")


def host(calls, table):
    prefix = PREFIX[table]
    print("/* Made by tools/syscalls.py. %s_TABLE names every call: index, name, arguments. */" % prefix)
    print("#ifndef %s_TABLE_H\n#define %s_TABLE_H\n" % (prefix, prefix))
    print("#ifndef __ASSEMBLER__\n#include \"ferry/nt.h\"")
    if table == 1:
        print("#include \"ferry/win32u.h\"")
    for call in calls:
        args = ", ".join("%s %s" % arg for arg in call.args) or "void"
        print("%s sys_%s(%s);" % (call.returns, call.name, args))
    print("#endif")
    print("\n#define %s_COUNT %d" % (prefix, len(calls)))
    print("#define %s_TABLE(X) \\" % prefix)
    for number, call in enumerate(calls):
        print("    X(%d, %s, %d) \\" % (number, call.name, len(call.args)))
    print("\n#endif")


def stubs(calls, table, arch):
    print("/* Made by tools/syscalls.py. */\n    .text")
    for index, call in enumerate(calls):
        number = table * 0x1000 + index
        names = (call.name, "Zw" + call.name[2:]) if table == 0 else (call.name,)
        print("    .balign 16")
        if arch == "x86_64":
            for name in names:
                print("    .globl %s\n%s:" % (name, name))
            print("    mov %%rcx, %%r10\n    mov $%d, %%eax" % number)
            if table == 0:
                print("    jmp *ferry_syscall_dispatcher(%rip)")
            else: # the variable is ntdll's
                print("    mov __imp_ferry_syscall_dispatcher(%rip), %r11\n    jmp *(%r11)")
        else:
            size = call.stack_bytes()
            for name in names:
                print("    .globl _%s@%d\n_%s@%d:" % (name, size, name, size))
            print("    mov $%d, %%eax\n    call *%%fs:0xc0\n    ret $%d" % (number, size))


def main():
    calls, table = declarations.read(sys.argv[2]), declarations.table(sys.argv[2])
    if sys.argv[1] == "host":
        host(calls, table)
    elif sys.argv[1] == "pe":
        print("/* Made by tools/syscalls.py. */\n#pragma once\n" + declarations.prototypes(calls, sys.argv[3:]))
    else:
        stubs(calls, table, sys.argv[1].split("-")[1])


if __name__ == "__main__":
    main()
